/* collects.h - compares the parallel reading of a text with the plain one, in a context of the test's own. */
#ifndef TESTS_UNIT_COLLECTS_H
#define TESTS_UNIT_COLLECTS_H

#include "both_paths.h"
#include "random.h"
#include "read/scan.h"

#include "with_context.h"

/* 0 .. n - 1, to be printed. */
static inline unsigned below(unsigned n)
{
    return (unsigned)pick(n);
}

/* Ends a test that chose how to scan. */
static inline int best_scan(void **state)
{
    dki_scan_use(DKI_SCAN_BEST);
    return tear_down(state);
}

/* Both paths read the text in the same way, the parallel one with blocks of that many rows and so many threads. */
static inline void compare(const char *text, size_t size, const dk_csv_options *o, const size_t *block_rows,
                           size_t n)
{
    both_reading plain, parallel;
    char why[2048] = "";

    both_read(context, text, size, o, true, &plain);
    for (size_t i = 0; i < n; i++) {
        dk_context_set_block_rows(context, block_rows[i]);
        dk_set_threads(1 + (unsigned)i % 3);
        both_read(context, text, size, o, false, &parallel);
        if (!both_same(&parallel, &plain, why, sizeof why))
            fail_msg("blocks of %zu rows: %s, in:\n%.*s", block_rows[i], why, (int)(size < 3000 ? size : 3000),
                     text);
        both_drop(&parallel);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    both_drop(&plain);
}

#endif
