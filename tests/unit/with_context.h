/* with_context.h - what most tests begin and end with: a context of their own, which must be empty in the end.
 *
 * Included after the other headers of the tests, whose parameters are named context too. */
#ifndef TESTS_UNIT_WITH_CONTEXT_H
#define TESTS_UNIT_WITH_CONTEXT_H

#include "check.h"

static dk_context *context;

static inline int set_up(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    dk_set_threads(0);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

#endif
