/* eval_column.c - the column that a bound expression makes: its blocks, by all threads, and the overlap of what it is computed from. */
#include "base/status.h"
#include "bound.h"
#include "data/column_parts.h"
#include "eval.h"
#include "overlap.h"

#define RANGE_BLOCKS 16

/* Ranges of rows become columns of their own, which are set below one another in the end. */
struct fill {
    const dki_bound *bound;
    uint64_t grain;
    const dk_column **pieces;
    dki_evals *evals;
};

static dk_status new_builder(const dki_bound *bound, dk_builder **out, dk_error *err)
{
    return dk_builder_new(bound->context, bound->root->type, dki_bound_scale(bound), bound->root->levels, out, err);
}

/* Ratios come out of expressions in lowest terms, which the builder need not find again. */
static dk_status append_view(dk_builder *builder, const dk_view *view, dk_error *err)
{
    if (view->storage == DK_STORE_RATIO && !view->constant)
        return dki_builder_ratios(builder, view->values, view->valid, view->n, err);
    return dk_builder_view(builder, view, err);
}

static dk_status append_range(const dki_bound *bound, dki_eval *eval, dk_builder *builder, uint64_t begin,
                              uint64_t end, dk_error *err)
{
    size_t block = dki_block_rows(bound->context);
    dk_status status = DK_OK;

    for (uint64_t row = begin; row < end && status == DK_OK; row += block) {
        size_t n = end - row < block ? (size_t)(end - row) : block;
        const dk_view *view;

        status = dki_poll(bound->context, err);
        if (status == DK_OK)
            status = dki_eval_block(eval, row, n, NULL, &view, err);
        if (status == DK_OK)
            status = append_view(builder, view, err);
    }
    return status;
}

static dk_status fill_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct fill *fill = arg;
    dk_builder *builder;
    dki_eval *eval;
    dk_status status = dki_evals_get(fill->evals, fill->bound, worker, &eval, err);

    if (status == DK_OK)
        status = new_builder(fill->bound, &builder, err);
    if (status != DK_OK)
        return status;
    status = append_range(fill->bound, eval, builder, begin, end, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &fill->pieces[begin / fill->grain], err);
    dk_builder_release(builder);
    return status;
}

static dk_status empty_column(const dki_bound *bound, const dk_column **out, dk_error *err)
{
    dk_builder *builder;
    dk_status status = new_builder(bound, &builder, err);

    if (status != DK_OK)
        return status;
    status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* How many rows a thread takes at a time: of ratios, which are brought to lowest terms, a thousand are worth waking one for. */
static uint64_t grain_of(const dki_bound *bound)
{
    uint64_t block = dki_block_rows(bound->context), grain = block * RANGE_BLOCKS;

    return bound->root->type == DK_RATIO && dk_table_n_rows(bound->table) <= grain * 2 ? (block + 3) / 4 : grain;
}

/* The same without the overlap of what it is computed from. */
static dk_status new_column(const dki_bound *bound, const dk_column **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(bound->table);
    dki_evals evals;
    struct fill fill = { .bound = bound, .grain = grain_of(bound), .evals = &evals };
    uint64_t n_pieces = n_rows / fill.grain + (n_rows % fill.grain != 0);
    size_t column = dki_bound_column(bound);
    dk_status status;

    if (column != DK_NO_COLUMN) {
        *out = dk_column_retain(dk_table_field(bound->table, column)->column);
        return DK_OK;
    }
    if (bound->root->run == dki_run_child) {
        *out = dk_column_retain(bound->root->data);
        return DK_OK;
    }
    if (n_rows == 0)
        return empty_column(bound, out, err);
    fill.pieces = dki_calloc(bound->context, n_pieces, sizeof *fill.pieces, err);
    if (fill.pieces == NULL)
        return DK_ERR_MEMORY;
    dki_evals_init(&evals, n_rows, fill.grain);
    status = dki_parallel(bound->context, n_rows, fill.grain, fill_range, &fill, err);
    if (status == DK_OK && n_pieces == 1)
        *out = dk_column_retain(fill.pieces[0]);
    else if (status == DK_OK)
        status = dki_column_concat(bound->context, bound->root->type, dki_bound_scale(bound), bound->root->levels,
                                   fill.pieces, n_pieces, out, err);
    for (uint64_t i = 0; i < n_pieces; i++)
        dk_column_release(fill.pieces[i]);
    dki_free(bound->context, fill.pieces);
    dki_evals_release(&evals);
    return status;
}

dk_status dki_bound_column_new(const dki_bound *bound, const dk_column **out, dk_error *err)
{
    size_t at;
    const dk_column *overlap = dki_bound_overlap(bound, &at), *plain = NULL;
    dk_status status;

    if (overlap == NULL || bound->root->run == dki_run_column)
        return new_column(bound, out, err);
    status = new_column(bound, &plain, err);
    if (status == DK_OK)
        status = dki_column_overlapping(plain, overlap, out, err);
    dk_column_release(plain);
    return status;
}
