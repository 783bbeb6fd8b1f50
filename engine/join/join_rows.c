/* join_rows.c - which rows of two tables stand beside each other in a join.
 *
 * Invariants: rows of left stand in their order; of one row of left the rows of right stand in theirs.
 * Poll: once per block.
 */
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "join_parts.h"
#include "row_list.h"

static bool keeps_unmatched(dk_join_kind kind)
{
    return kind == DK_JOIN_LEFT || kind == DK_JOIN_FULL;
}

dk_status dki_joining_chain(dki_joining *making, dk_error *err)
{
    dki_join *join = &making->join;
    uint64_t n_rows = dk_table_n_rows(join->right);
    dk_status status = dki_join_index(join, err); /* the match may have been known without it */

    if (status == DK_OK) {
        making->next = dki_alloc_array(join->context, (size_t)n_rows, sizeof *making->next, err);
        making->last =
            making->next ? dki_alloc_array(join->context, (size_t)n_rows, sizeof *making->last, err) : NULL;
        status = making->last ? dki_key_index_chain(join->index, making->next, making->last, err) : DK_ERR_MEMORY;
    }
    return status;
}

/* The rows of left, and beside each the row of right that it gets: several of them where all are taken. Only those of right
 * where left has a row for each of its own. */
static uint64_t list_pairs(void *arg, uint64_t begin, uint64_t end, uint64_t at)
{
    const dki_joining *making = arg;
    bool all = making->next && making->how->multiple == DK_MULTIPLE_ALL;
    const uint32_t *last = making->how->multiple == DK_MULTIPLE_LAST ? making->last : NULL;
    bool keeps = keeps_unmatched(making->how->kind);
    uint64_t n = 0;

    for (uint64_t row = begin; row < end; row++) {
        uint32_t match = making->matches[row];

        if (match >= DKI_NULL_KEY && !keeps)
            continue;
        if (at != DKI_COUNT_ONLY) {
            if (making->left)
                making->left[at + n] = row;
            making->right[at + n] = match >= DKI_NULL_KEY ? DK_ROW_NULL : last ? last[match] : match;
        }
        n++;
        if (!all || match >= DKI_NULL_KEY)
            continue;
        for (match = making->next[match]; match != DKI_NO_ROW; match = making->next[match], n++) {
            if (at != DKI_COUNT_ONLY) {
                making->left[at + n] = row;
                making->right[at + n] = match;
            }
        }
    }
    return n;
}

dk_status dki_joining_rows(dki_joining *making, dk_error *err)
{
    dk_context *context = making->join.context;
    uint64_t n_left = dk_table_n_rows(making->join.left);
    bool all = making->next && making->how->multiple == DK_MULTIPLE_ALL;
    dki_row_list list;
    dk_status status = dki_row_list_count(&list, context, n_left, list_pairs, making, err);

    making->n = list.n;
    making->is_all_left = !all && list.n == n_left;
    if (status == DK_OK && list.n >= DKI_NULL_KEY)
        status = dki_fail(err, DK_ERR_LIMIT, "%s: the result would have %llu rows, and %lu are the most",
                          making->join.what, (unsigned long long)list.n, (unsigned long)DKI_NULL_KEY - 1);
    if (status == DK_OK && !making->is_all_left) {
        making->left = dki_alloc_wide(context, (size_t)list.n * sizeof *making->left, err);
        status = making->left ? DK_OK : DK_ERR_MEMORY;
    }
    if (status == DK_OK) {
        making->right = dki_alloc_wide(context, (size_t)list.n * sizeof *making->right, err);
        status = making->right ? dki_row_list_write(&list, err) : DK_ERR_MEMORY;
    }
    dki_row_list_drop(&list);
    return status;
}

struct alone {
    const uint32_t *firsts;
    const uint64_t *used;
};

static uint64_t mask_alone(const void *arg, uint64_t row, unsigned n)
{
    const struct alone *alone = arg;
    uint64_t mask = 0;

    for (unsigned i = 0; i < n; i++) {
        uint32_t first = alone->firsts ? alone->firsts[row + i] : (uint32_t)(row + i);

        mask |= (uint64_t)(first == DKI_NULL_KEY || !dki_bit(alone->used, first)) << i;
    }
    return mask;
}

dk_status dki_joining_alone(dki_joining *making, dk_error *err)
{
    dk_context *context = making->join.context;
    struct alone alone;
    uint64_t *used = NULL;
    dk_status status = dki_join_index(&making->join, err);

    if (status == DK_OK)
        status = dki_join_used(&making->join, &used, err);
    if (status != DK_OK)
        return status;
    alone = (struct alone){ making->join.index->firsts, used };
    dki_free(context, making->right);
    making->right = NULL;
    status = dki_rows_choose(context, dk_table_n_rows(making->join.right), mask_alone, &alone, &making->right,
                             &making->n, err);
    dki_free(context, used);
    return status;
}
