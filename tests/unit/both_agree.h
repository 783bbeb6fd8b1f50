/* both_agree.h - a test's reading of a CSV text, by both paths. */
#ifndef TESTS_UNIT_BOTH_AGREE_H
#define TESTS_UNIT_BOTH_AGREE_H

#include "both_paths.h"
#include "check.h"

/* Reads a text by both paths, which must agree, and gives the parallel one's reading. */
static inline void both_agree(dk_context *context, const char *text, const dk_csv_options *o, both_reading *out)
{
    both_reading plain;
    char why[2048];

    both_read(context, text, strlen(text), o, false, out);
    both_read(context, text, strlen(text), o, true, &plain);
    if (!both_same(out, &plain, why, sizeof why))
        fail_msg("%s: %s", text, why);
    both_drop(&plain);
}

#endif
