/* builders.h - builders and dictionaries that are made as they should be.
 *
 * Included after the other headers of the tests, as with_context.h. */
#ifndef TESTS_UNIT_BUILDERS_H
#define TESTS_UNIT_BUILDERS_H

#include <dekking/column.h>

#include "with_context.h"

static inline dk_builder *start(dk_type type, uint8_t scale, const dk_dictionary *levels)
{
    dk_builder *builder = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, type, scale, levels, &builder, &err), &err);
    return builder;
}

static inline const dk_column *finish(dk_builder *builder)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

static inline dk_dictionary *levels_of(const char *const *names, size_t n, bool declared)
{
    dk_text levels[16];
    dk_dictionary *d = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        levels[i] = (dk_text){ names[i], strlen(names[i]) };
    assert_ok(dk_dictionary_new(context, levels, n, declared, &d, &err), &err);
    return d;
}

#endif
