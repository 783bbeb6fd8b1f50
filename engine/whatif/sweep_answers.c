/* sweep_answers.c - what points gave: rows of a result, or a problem.
 *
 * Threads put pieces into one list; each point has its own answer.
 */
#include <stdatomic.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "sweep_parts.h"

dk_status dki_piece_of(dki_sweep *sweep, const dk_table *rows, int64_t *masks, dki_piece **out, dk_error *err)
{
    dki_piece *piece = dki_calloc(sweep->context, 1, sizeof *piece, err), *head;

    if (piece == NULL) {
        dki_free(sweep->context, masks);
        return DK_ERR_MEMORY;
    }
    piece->rows = dk_table_retain(rows);
    piece->masks = masks;
    head = atomic_load(&sweep->pieces);
    do {
        piece->next = head;
    } while (!atomic_compare_exchange_weak(&sweep->pieces, &head, piece));
    *out = piece;
    return DK_OK;
}

dk_status dki_piece_new(dki_sweep *sweep, const dk_table *result, unsigned shift, dki_piece **out, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    uint64_t n = dk_table_n_rows(result);
    int64_t *masks = margin ? dki_alloc_array(sweep->context, (size_t)n, sizeof *masks, err) : NULL;
    const dk_table *bare = NULL;
    dk_view view;
    dk_status status = margin && masks == NULL ? DK_ERR_MEMORY : dk_table_with_margin(result, NULL, &bare, err);

    dk_view_init(&view, sweep->context);
    for (uint64_t row = 0; margin && dki_column_block(margin, row, &view, &status, err); row += view.n) {
        dki_view_integers(&view, masks + row);
        for (size_t i = 0; i < view.n; i++)
            masks[row + i] >>= shift;
    }
    dk_view_release(&view);
    if (status == DK_OK)
        status = dki_piece_of(sweep, bare, masks, out, err);
    else
        dki_free(sweep->context, masks);
    dk_table_release(bare);
    return status;
}

dk_status dki_sweep_problem(dki_sweep *sweep, uint64_t point, dk_status status, const dk_error *why, dk_error *err)
{
    dki_answer *answer = &sweep->answers[point];

    if (status != DK_ERR_UNREACHABLE && status != DK_ERR_RANGE && status != DK_ERR_OVERFLOW) {
        if (err)
            *err = *why;
        return status;
    }
    dki_free(sweep->context, answer->problem);
    answer->problem = dki_strdup(sweep->context, why->message, err);
    return answer->problem ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_sweep_ask(const dki_group *group, uint64_t point, const dk_table *cells, dk_error *err)
{
    dki_sweep *sweep = group->sweep;
    const dk_table *result = NULL;
    dki_piece *piece = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = dk_breakdown_run(&sweep->question, cells, &group->params, &result, &why);

    if (status != DK_OK)
        return dki_sweep_problem(sweep, point, status, &why, err);
    status = dki_piece_new(sweep, result, 0, &piece, err);
    if (status == DK_OK)
        sweep->answers[point] = (dki_answer){ .piece = piece, .n = dk_table_n_rows(result) };
    dk_table_release(result);
    return status;
}
