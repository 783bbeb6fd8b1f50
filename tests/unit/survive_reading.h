/* survive_reading.h - a CSV text that is read while memory fails. */
#ifndef TESTS_UNIT_SURVIVE_READING_H
#define TESTS_UNIT_SURVIVE_READING_H

#include "check.h"

#include <dekking/csv.h>

/* The text is read whichever allocation fails before. */
static inline void survive_reading(dk_context *context, const char *text)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_survives_failing_memory(context,
                                   dk_read_csv_bytes(context, text, strlen(text), "x.csv", NULL, &t, NULL, &err),
                                   &err, t == NULL, dk_table_release(t));
}

#endif
