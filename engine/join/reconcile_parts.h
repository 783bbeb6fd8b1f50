/* reconcile_parts.h - a report of how two tables agree, on its way. For engine/join/reconcile*.c. */
#ifndef DKI_JOIN_RECONCILE_PARTS_H
#define DKI_JOIN_RECONCILE_PARTS_H

#include <dekking/join.h>

#include "base/buffer.h"
#include "join_key.h"
#include "key_index.h"

typedef enum dki_finding {
    DKI_FOUND_BOTH,
    DKI_FOUND_LEFT_ONLY,
    DKI_FOUND_RIGHT_ONLY,
    DKI_FOUND_NO_KEY,
    DKI_FOUND_DOUBLE_LEFT,
    DKI_FOUND_DOUBLE_RIGHT,
    DKI_FOUND_EQUAL,
    DKI_FOUND_CONFLICT,
    DKI_FOUND_LEFT_KNOWN,
    DKI_FOUND_RIGHT_KNOWN,
    DKI_FOUND_NOT_COMPARABLE,
    DKI_N_FINDINGS
} dki_finding;

#define DKI_NOT_SHOWN UINT64_MAX /* a number that is not shown */

typedef struct dki_report {
    dki_join join;
    dki_key_index *left_index;
    uint64_t *doubles[2]; /* of left and right: bit r: the key whose first row is r has several */
    uint64_t *used;       /* bit r: the key of right whose first row is r is one of left's */
    uint64_t *pairs[2];   /* rows of left and right that are a pair */
    uint64_t n_pairs;
    size_t n_examples;
    dki_buffer text; /* examples of one finding */
    size_t n_shown;
    dk_builder *findings, *columns, *left_rows, *right_rows, *keys, *examples;
} dki_report;

/* The first row with the key of a row, which may be DKI_NULL_KEY. */
static inline uint32_t dki_report_first(const dki_key_index *index, uint64_t row)
{
    return index->firsts ? index->firsts[row] : (uint32_t)row;
}

static inline bool dki_report_wants_example(const dki_report *report)
{
    return report->n_shown < report->n_examples;
}

/* A row as it is told. */
static inline unsigned long long dki_report_row(uint64_t row)
{
    return (unsigned long long)row + 1;
}

/* Adds the key of a row, and what is said of it in brackets, to the examples. */
DK_PRINTF(5, 6)
dk_status dki_report_add_example(dki_report *report, int side, uint64_t row, dk_error *err, const char *format,
                                 ...);
/* A row of the report, with the examples that were collected. */
dk_status dki_report_add_row(dki_report *report, dki_finding finding, const char *column, uint64_t left,
                             uint64_t right, uint64_t keys, dk_error *err);

/* reconcile_values.c: compares the columns that both tables have, key by key. */
dk_status dki_report_add_values(dki_report *report, dk_error *err);

#endif
