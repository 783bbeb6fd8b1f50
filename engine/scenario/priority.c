/* priority.c - puts the combinations of strata in the order of a step's `first`.
 *
 * What `first` reads are columns that the scenario mentions, so that all cells of a combination have one place. Those
 * that have the same place come together, and share what is left when it is their turn.
 *
 * Cost: a sort of the combinations. Poll: once per block.
 */
#include "priority.h"

#include "base/memory.h"
#include "base/status.h"
#include "expr/poll_row.h"
#include "rows/interval_order.h"
#include "rows/sort_order.h"

/* The first cell of each combination, as a table. */
static dk_status gather_firsts(const dki_stage *stage, const dki_strata *strata, const dk_table **out,
                               dk_error *err)
{
    dk_context *context = strata->context;
    uint64_t *rows = dki_alloc_array(context, (size_t)strata->n_combinations, sizeof *rows, err);
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t c = 0; rows && c < strata->n_combinations; c++)
        rows[c] = strata->cells[strata->combinations[c]];
    if (status == DK_OK)
        status = dk_table_gather(stage->cells, rows, strata->n_combinations, out, err);
    dki_free(context, rows);
    return status;
}

/* The stratum of each combination. */
static dk_status number_strata(const dki_strata *strata, const dk_column **out, dk_error *err)
{
    dk_builder *builder;
    dk_status status = dk_builder_new(strata->context, DK_INTEGER, 0, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(k, strata->n, strata->context, status, err)
    for (uint64_t c = strata->strata[k]; c < strata->strata[k + 1] && status == DK_OK; c++)
        status = dk_builder_integer(builder, (int64_t)k, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

static dk_status eval_key(const dki_stage *stage, const dk_table *firsts, const dki_first *first,
                          dki_order_key *out, dk_error *err)
{
    const dk_column *column = NULL;
    dk_status status = dk_table_eval(firsts, first->expr, stage->params, &column, err);

    if (status == DK_ERR_OVERFLOW)
        dki_tell_cell(stage, firsts, err);
    if (status == DK_OK)
        status = dki_order_column(column, &out->column, err);
    out->descending = first->descending;
    dk_column_release(column);
    return status;
}

dk_status dki_priority_init(const dki_stage *stage, const dki_strata *strata, dki_priority *out, dk_error *err)
{
    dk_context *context = strata->context;
    size_t n = (size_t)strata->n_combinations, n_keys = 1 + stage->step->n_first;
    dki_order_key *keys = dki_calloc(context, n_keys, sizeof *keys, err);
    dki_priority made = { context, dki_alloc_array(context, n, sizeof *made.order, err),
                          dki_alloc_array(context, n, sizeof *made.starts, err) };
    const dk_table *firsts = NULL;
    dk_status status =
        keys && made.order && made.starts ? gather_firsts(stage, strata, &firsts, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = number_strata(strata, &keys[0].column, err);
    for (size_t i = 1; i < n_keys && status == DK_OK; i++)
        status = eval_key(stage, firsts, &stage->step->first[i - 1], &keys[i], err);
    if (status == DK_OK)
        status = dki_order_rows(context, keys, n_keys, 1, n, n, made.order, made.starts, err);
    for (size_t i = 0; keys && i < n_keys; i++)
        dk_column_release(keys[i].column);
    dk_table_release(firsts);
    dki_free(context, keys);
    if (status == DK_OK)
        *out = made;
    else
        dki_priority_drop(&made);
    return status;
}

void dki_priority_drop(dki_priority *priority)
{
    if (priority->context == NULL)
        return;
    dki_free(priority->context, priority->order);
    dki_free(priority->context, priority->starts);
}
