/* sweep_sums.c - answers of many points from their counts and sums (sums.c), as one table. */
#include "base/memory.h"
#include "base/status.h"
#include "sweep_parts.h"

/* Moves the rows of points that are there to the front. */
static size_t pack(const dki_sums *sums, const dki_sums_room *room, const bool *there, size_t n_points,
                   uint64_t *rows, dki_answer *const *answers)
{
    size_t n = 0;

    for (size_t i = 0; i < n_points; i++) {
        if (!there[i])
            continue;
        answers[i]->first = n;
        n = dki_sums_pack(sums, room, i, n, rows);
        answers[i]->n = n - answers[i]->first;
    }
    return n;
}

dk_status dki_sums_ask(const dki_sums *sums, const dki_group *group, const uint64_t *points, const bool *there,
                       const dki_sums_room *room, size_t n, bool *done, dk_error *err)
{
    dki_sweep *sweep = group->sweep;
    uint64_t *rows = dki_alloc_array(sums->context, n, sums->n_rows * sizeof *rows, err);
    dki_answer **answers = dki_alloc_array(sums->context, n, sizeof *answers, err);
    int64_t *masks = NULL;
    const dk_table *made = NULL;
    dki_piece *piece = NULL;
    dk_error why = DK_ERROR_INIT;
    size_t n_rows = 0;
    dk_status status = rows && answers ? DK_OK : DK_ERR_MEMORY;

    *done = true;
    if (status == DK_OK) {
        for (size_t i = 0; i < n; i++)
            answers[i] = &sweep->answers[points[i]];
        n_rows = pack(sums, room, there, n, rows, answers);
        status = dki_sums_measures(sums, room, rows, n_rows, &made, &why);
        if (status != DK_OK && status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED) {
            *done = false; /* for some point: each is asked */
            status = DK_OK;
        } else if (status != DK_OK && err) {
            *err = why;
        }
    }
    if (status == DK_OK && *done && sums->has_margin) {
        masks = dki_alloc_array(sums->context, n_rows, sizeof *masks, err);
        status = masks ? DK_OK : DK_ERR_MEMORY;
        for (size_t i = 0; i < n_rows && status == DK_OK; i++)
            masks[i] = sums->masks[rows[i]];
    }
    if (status == DK_OK && *done)
        status = dki_piece_of(sweep, made, masks, &piece, err);
    else
        dki_free(sums->context, masks);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (there[i])
            *answers[i] =
                *done ? (dki_answer){ piece, answers[i]->first, answers[i]->n, NULL } : (dki_answer){ .n = 0 };
    dk_table_release(made);
    dki_free(sums->context, answers);
    dki_free(sums->context, rows);
    return status;
}
