/* row_list.h - lists of rows that several threads make.
 *
 * A table's rows are cut into ranges, the same whatever the number of threads. Each says how many items the list gets from
 * it, and then writes them to its place, so that the list is in the order of rows.
 */
#ifndef DKI_JOIN_ROW_LIST_H
#define DKI_JOIN_ROW_LIST_H

#include <dekking/context.h>

#define DKI_COUNT_ONLY UINT64_MAX

/* How many items rows begin .. end - 1 give. Writes them from item `at` of the list on, unless that is DKI_COUNT_ONLY. */
typedef uint64_t dki_row_list_fn(void *arg, uint64_t begin, uint64_t end, uint64_t at);

typedef struct dki_row_list {
    dk_context *context; /* borrowed */
    dki_row_list_fn *fn;
    void *arg;
    uint64_t n_rows, n; /* rows of the table, items of the list */
    uint64_t *starts;   /* of each range */
} dki_row_list;

/* Counts, so that the caller can make room for list->n items. After a failure the list may only be dropped. */
dk_status dki_row_list_count(dki_row_list *list, dk_context *context, uint64_t n_rows, dki_row_list_fn *fn,
                             void *arg, dk_error *err);
dk_status dki_row_list_write(const dki_row_list *list, dk_error *err);
void dki_row_list_drop(dki_row_list *list); /* a zeroed one too */

/* Which of rows row .. row + n - 1, n at most 64, are chosen: bit i says it of row + i. */
typedef uint64_t dki_row_mask_fn(const void *arg, uint64_t row, unsigned n);
/* The *n of n_rows rows that are chosen, in their order. The caller frees *rows; untouched on failure. */
dk_status dki_rows_choose(dk_context *context, uint64_t n_rows, dki_row_mask_fn *fn, const void *arg,
                          uint64_t **rows, uint64_t *n, dk_error *err);

#endif
