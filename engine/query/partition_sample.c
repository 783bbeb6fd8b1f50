/* partition_sample.c - looks at some rows from everywhere before all are grouped.
 *
 * Which rows follows from their number alone, so that how a table is cut never depends on the threads.
 */
#include "partition_sample.h"

#include "base/bitmap.h"
#include "base/memory.h"
#include "rows/sort_rows.h"

#define SAMPLE_PLACES 256
#define SAMPLE_ROWS 64 /* at each place */

static int compare_sample(const void *arg, uint64_t a, uint64_t b)
{
    const dki_sample *sample = arg;

    if (sample->high[a] != sample->high[b])
        return sample->high[a] < sample->high[b] ? -1 : 1;
    return sample->low[a] < sample->low[b] ? -1 : sample->low[a] > sample->low[b];
}

static dk_status sample_place(const dki_packing *packing, dki_inputs *inputs, uint64_t row, size_t n,
                              dki_sample *sample, dk_error *err)
{
    uint64_t low[SAMPLE_ROWS], high[SAMPLE_ROWS] = { 0 }, scratch[SAMPLE_ROWS];
    bool any;
    dk_status status = dki_inputs_keys(inputs, row, n, &any, err);

    if (status != DK_OK || !any)
        return status;
    dki_packing_keys(packing, inputs->by_views, n, low, packing->bits > 64 ? high : NULL, scratch);
    for (size_t i = 0; i < n; i++) {
        if (inputs->selection && !dki_bit(inputs->selection, i))
            continue;
        sample->low[sample->n] = low[i];
        sample->high[sample->n] = high[i];
        sample->order[sample->n] = sample->n;
        sample->n++;
    }
    return DK_OK;
}

dk_status dki_sample_take(const dki_plan *plan, const dki_packing *packing, dki_arena *arena, dki_sample *sample,
                          dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(plan->table);
    size_t step = dki_block_rows(plan->context) < SAMPLE_ROWS ? dki_block_rows(plan->context) : SAMPLE_ROWS;
    uint64_t n_places = n_rows / step < SAMPLE_PLACES ? n_rows / step : SAMPLE_PLACES;
    dki_inputs inputs;
    dk_error ignored = DK_ERROR_INIT;
    dk_status status;

    *sample = (dki_sample){ 0 };
    sample->low = dki_arena_alloc(arena, SAMPLE_PLACES * SAMPLE_ROWS * sizeof *sample->low, err);
    sample->high = dki_arena_alloc(arena, SAMPLE_PLACES * SAMPLE_ROWS * sizeof *sample->high, err);
    sample->order = dki_arena_alloc(arena, SAMPLE_PLACES * SAMPLE_ROWS * sizeof *sample->order, err);
    if (!sample->low || !sample->high || !sample->order)
        return DK_ERR_MEMORY;
    status = dki_inputs_init(&inputs, plan, NULL, err);
    for (uint64_t place = 0; status == DK_OK && place < n_places; place++) {
        uint64_t row = place * step + (n_rows - n_places * step) / n_places * place;

        sample->n_seen += step;
        status = sample_place(packing, &inputs, row, n_rows - row < step ? (size_t)(n_rows - row) : step, sample,
                              &ignored);
        if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
            if (err)
                *err = ignored;
        } else if (status != DK_OK) {
            sample->n = 0;
            place = n_places;
            status = DK_OK;
        }
    }
    dki_inputs_drop(&inputs);
    if (status == DK_OK)
        status = dki_sort_rows(plan->context, sample->order, sample->n, compare_sample, sample, err);
    for (size_t i = 0; status == DK_OK && i < sample->n; i++)
        sample->n_keys += i == 0 || compare_sample(sample, sample->order[i - 1], sample->order[i]) != 0;
    return status;
}

void dki_borders_find(const dki_sample *sample, unsigned bits, size_t n_parts, dki_borders *borders)
{
    borders->n = 0;
    borders->shift = bits > DKI_BUCKET_BITS ? bits - DKI_BUCKET_BITS : 0;
    for (size_t k = 1; k < n_parts; k++) {
        size_t at = (size_t)sample->order[sample->n * k / n_parts];
        size_t last = borders->n - 1;

        if (borders->n && borders->low[last] == sample->low[at] && borders->high[last] == sample->high[at])
            continue;
        borders->low[borders->n] = sample->low[at];
        borders->high[borders->n++] = sample->high[at];
    }
    borders->are_apart = bits <= 64;
    for (size_t bucket = 0, k = 0; bucket <= DKI_KEY_BUCKETS; bucket++) {
        while (k < borders->n && dki_bucket_of(borders, borders->low[k], borders->high[k]) < bucket)
            k++;
        borders->before[bucket] = (uint16_t)k;
        borders->are_apart &= bucket == 0 || k - borders->before[bucket - 1] < 2;
    }
}
