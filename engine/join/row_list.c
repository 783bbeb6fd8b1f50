/* row_list.c - counts what each range of rows gives, and has it written there.
 *
 * Cost: two passes over the rows, 8 bytes for each range of a block. Poll: once per block.
 */
#include "row_list.h"

#include <dekking/column.h>

#include "base/memory.h"
#include "base/pool.h"

#define RANGE_ROWS ((uint64_t)DK_BLOCK_ROWS)

static dk_status count_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    dki_row_list *list = arg;

    (void)worker;
    (void)err;
    list->starts[begin / RANGE_ROWS] = list->fn(list->arg, begin, end, DKI_COUNT_ONLY);
    return DK_OK;
}

static dk_status write_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const dki_row_list *list = arg;

    (void)worker;
    (void)err;
    (void)list->fn(list->arg, begin, end, list->starts[begin / RANGE_ROWS]);
    return DK_OK;
}

dk_status dki_row_list_count(dki_row_list *list, dk_context *context, uint64_t n_rows, dki_row_list_fn *fn,
                             void *arg, dk_error *err)
{
    size_t n_ranges = (size_t)((n_rows + RANGE_ROWS - 1) / RANGE_ROWS);
    dk_status status;

    *list = (dki_row_list){ .context = context, .fn = fn, .arg = arg, .n_rows = n_rows };
    list->starts = dki_alloc_array(context, n_ranges, sizeof *list->starts, err);
    if (list->starts == NULL)
        return DK_ERR_MEMORY;
    status = dki_parallel(context, n_rows, RANGE_ROWS, count_range, list, err);
    for (size_t r = 0; status == DK_OK && r < n_ranges; r++) {
        uint64_t n = list->starts[r];

        list->starts[r] = list->n;
        list->n += n;
    }
    return status;
}

dk_status dki_row_list_write(const dki_row_list *list, dk_error *err)
{
    return dki_parallel(list->context, list->n_rows, RANGE_ROWS, write_range, (void *)list, err);
}

void dki_row_list_drop(dki_row_list *list)
{
    if (list->context)
        dki_free(list->context, list->starts);
    *list = (dki_row_list){ .context = NULL };
}

struct choosing {
    dki_row_mask_fn *fn;
    const void *arg;
    uint64_t *rows;
};

static uint64_t list_chosen(void *arg, uint64_t begin, uint64_t end, uint64_t at)
{
    const struct choosing *choosing = arg;
    uint64_t n = 0;

    for (uint64_t row = begin; row < end; row += 64) {
        uint64_t mask = choosing->fn(choosing->arg, row, end - row < 64 ? (unsigned)(end - row) : 64);

        if (at == DKI_COUNT_ONLY)
            n += (uint64_t)__builtin_popcountll(mask);
        else
            for (; mask; mask &= mask - 1)
                choosing->rows[at + n++] = row + (uint64_t)__builtin_ctzll(mask);
    }
    return n;
}

dk_status dki_rows_choose(dk_context *context, uint64_t n_rows, dki_row_mask_fn *fn, const void *arg,
                          uint64_t **rows, uint64_t *n, dk_error *err)
{
    struct choosing choosing = { .fn = fn, .arg = arg };
    dki_row_list list;
    dk_status status = dki_row_list_count(&list, context, n_rows, list_chosen, &choosing, err);

    if (status == DK_OK) {
        choosing.rows = dki_alloc_wide(context, (size_t)list.n * sizeof *choosing.rows, err);
        status = choosing.rows ? dki_row_list_write(&list, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK) {
        *rows = choosing.rows;
        *n = list.n;
    } else {
        dki_free(context, choosing.rows);
    }
    dki_row_list_drop(&list);
    return status;
}
