/* sums.c - counts and sums of a breakdown at one point or many, added up from the weights of lumps.
 *
 * Which rows the breakdown can have at any point, and which lumps each takes together, is found once: it is asked of all lumps,
 * as if somebody were in each. A point then costs an addition for each lump and sum, and measures are made for all points as
 * one table of columns. A row that nobody is in at a point is left out there, but for the total of everything.
 *
 * Invariant: rows and numbers are those that the breakdown gives of the point's lumps alone.
 */
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "expr/poll_row.h"
#include "query/margin.h"
#include "sums.h"
#include "whatif_parts.h"

void dki_sums_drop(dki_sums *sums)
{
    if (sums == NULL)
        return;
    dki_given_drop(&sums->given);
    dk_table_release(sums->rows);
    dki_free(sums->context, sums->masks);
    dki_free(sums->context, sums->always);
    dki_free(sums->context, sums->ends);
    dki_free(sums->context, sums->lumps);
    dki_free(sums->context, sums);
}

/* Rows ----------------------------------------------------------------------------------------------------------- */

/* The values of dimensions in a row as bytes. */
static dk_status key_of(const dk_column *const *columns, size_t n, uint64_t row, int64_t mask, dki_buffer *key,
                        dk_error *err)
{
    dk_status status;

    key->size = 0;
    status = dki_buffer_format(key, err, "%lld", (long long)mask);
    for (size_t d = 0; d < n && status == DK_OK; d++) {
        dk_value value;

        if (mask >> d & 1)
            continue;
        status = dk_column_get(columns[d], row, &value, err);
        if (status == DK_OK)
            status = dki_group_key_add(&value, key, err);
    }
    return status;
}

/* The rows that there can be, in their order, and a number for the key of each. */
static dk_status find_rows(dki_sums *sums, const dk_breakdown *question, const dk_table *table,
                           const dk_params *params, dki_text_map *keys, dki_int_map *masks, dk_error *err)
{
    size_t n_by = question->n_by;
    int64_t all = (int64_t)dki_all_totals(n_by);
    const dk_table *result = NULL, *bare = NULL;
    const dk_column *columns[DKI_MAX_DIMENSIONS], *margin;
    const char *names[DKI_MAX_DIMENSIONS];
    dki_buffer key;
    uint32_t number;
    dk_status status = dk_breakdown_run(question, table, params, &result, err);

    dki_buffer_init(&key, sums->context);
    if (status == DK_OK) {
        sums->n_rows = (size_t)dk_table_n_rows(result);
        sums->masks = dki_calloc(sums->context, sums->n_rows, sizeof *sums->masks, err);
        sums->always = dki_calloc(sums->context, sums->n_rows, sizeof *sums->always, err);
        status = sums->masks && sums->always ? DK_OK : DK_ERR_MEMORY;
    }
    margin = status == DK_OK ? dk_table_margin(result) : NULL;
    sums->has_margin = margin != NULL;
    for (size_t d = 0; d < n_by && status == DK_OK; d++) {
        columns[d] = dk_table_field(result, d)->column;
        names[d] = dk_table_field(result, d)->name;
    }
    DKI_FOR_ROWS(r, sums->n_rows, sums->context, status, err)
    {
        dk_value mask = { .as.integer = 0 };

        status = margin ? dk_column_get(margin, r, &mask, err) : DK_OK;
        sums->masks[r] = mask.as.integer;
        sums->always[r] = mask.as.integer == all;
        if (status == DK_OK)
            status = dki_int_map_add(masks, (uint64_t)mask.as.integer, &number, err);
        if (status == DK_OK)
            status = key_of(columns, n_by, r, mask.as.integer, &key, err);
        if (status == DK_OK)
            status = dki_text_map_add(keys, key.bytes, key.size, &number, err);
        if (status == DK_OK && number != r)
            status = DK_ERR_DATA; /* a row of its own for each key */
    }
    if (status == DK_OK)
        status = dk_table_with_margin(result, NULL, &bare, err);
    if (status == DK_OK)
        status = dk_table_select(bare, names, n_by, &sums->rows, err);
    dki_buffer_drop(&key);
    dk_table_release(bare);
    dk_table_release(result);
    return status;
}

/* The row of each lump for each set of totals: place k * n_masks + m; DKI_NOWHERE where the condition leaves it out. */
static dk_status place_lumps(const dki_sums *sums, const dk_breakdown *question, const dk_table *table,
                             const dk_params *params, const dki_text_map *keys, const dki_int_map *masks,
                             uint32_t *places, dk_error *err)
{
    const dk_column *columns[DKI_MAX_DIMENSIONS];
    size_t n_columns = 0, n = (size_t)dk_table_n_rows(table);
    dki_buffer key;
    dk_status status = DK_OK;

    dki_buffer_init(&key, sums->context);
    for (; n_columns < question->n_by && status == DK_OK; n_columns++) {
        columns[n_columns] = NULL;
        status = dk_table_eval(table, question->by[n_columns].expr, params, &columns[n_columns], err);
    }
    DKI_FOR_ROWS(k, n, sums->context, status, err)
    for (size_t m = 0; m < masks->n && status == DK_OK; m++) {
        uint32_t *place = &places[k * masks->n + m];

        *place = DKI_NOWHERE;
        if (!sums->given.there[k])
            continue;
        status = key_of(columns, n_columns, k, (int64_t)masks->keys[m], &key, err);
        if (status == DK_OK)
            *place = dki_text_map_find(keys, key.bytes, key.size);
        if (status == DK_OK && *place == DKI_MAP_NONE)
            status = DK_ERR_DATA;
    }
    for (size_t d = 0; d < n_columns; d++)
        dk_column_release(columns[d]);
    dki_buffer_drop(&key);
    return status;
}

/* The lumps of each row, from the rows of each lump. */
static dk_status turn_round(dki_sums *sums, const uint32_t *places, size_t n_lumps, size_t n_masks, dk_error *err)
{
    size_t n = 0;

    sums->ends = dki_calloc(sums->context, sums->n_rows + 1, sizeof *sums->ends, err);
    if (sums->ends == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_lumps * n_masks; i++)
        if (places[i] != DKI_NOWHERE) {
            sums->ends[places[i] + 1]++;
            n++;
        }
    for (size_t r = 0; r < sums->n_rows; r++)
        sums->ends[r + 1] += sums->ends[r];
    sums->lumps = dki_alloc_array(sums->context, n, sizeof *sums->lumps, err);
    if (sums->lumps == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = n_lumps; k-- > 0;)
        for (size_t m = n_masks; m-- > 0;)
            if (places[k * n_masks + m] != DKI_NOWHERE)
                sums->lumps[--sums->ends[places[k * n_masks + m] + 1]] = (uint32_t)k;
    for (size_t r = 0; r < sums->n_rows; r++) /* ends[r + 1] is where row r begins now */
        sums->ends[r] = sums->ends[r + 1];
    sums->ends[sums->n_rows] = n;
    return DK_OK;
}

dk_status dki_sums_new(const dk_breakdown *question, const dk_params *params, const dki_lumps *lumps,
                       dki_sums **out, dk_error *err)
{
    dk_context *context = lumps->context;
    dki_sums *sums = dki_calloc(context, 1, sizeof *sums, err);
    uint32_t *places = NULL;
    dki_text_map keys;
    dki_int_map masks;
    dk_error why = DK_ERROR_INIT;
    bool can = false;
    dk_status status = sums ? DK_OK : DK_ERR_MEMORY;

    *out = NULL;
    if (status != DK_OK)
        return status;
    sums->context = context;
    dki_text_map_init(&keys, context);
    dki_int_map_init(&masks, context);
    status = dki_given_init(&sums->given, question, lumps->table, params, &can, &why);
    if (status == DK_OK && can)
        status = find_rows(sums, question, lumps->table, params, &keys, &masks, &why);
    if (status == DK_OK && can) {
        places = dki_alloc_array(context, lumps->n, masks.n * sizeof *places, &why);
        status =
            places ? place_lumps(sums, question, lumps->table, params, &keys, &masks, places, &why) : DK_ERR_MEMORY;
    }
    if (status == DK_OK && can)
        status = turn_round(sums, places, lumps->n, masks.n, &why);
    dki_free(context, places);
    dki_int_map_drop(&masks);
    dki_text_map_drop(&keys);
    if (status == DK_OK && can) {
        *out = sums;
        return DK_OK;
    }
    dki_sums_drop(sums);
    if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
        return DK_OK; /* a run says what is wrong, if anything is */
    if (err)
        *err = why;
    return status;
}

/* Adding --------------------------------------------------------------------------------------------------------- */

/* One sum of a row; *known: somebody takes part. false: it does not fit. */
static bool add_sum(const dki_given_sum *sum, const uint32_t *lumps, size_t n, const int64_t *weights, int64_t *out,
                    bool *known)
{
    dki_i128 total = 0;

    if (sum->counts) { /* whose sum fits */
        int64_t count = 0;

        for (size_t i = 0; i < n; i++)
            count += weights[lumps[i]] & -(int64_t)sum->known[lumps[i]];
        *out = count;
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        total += (dki_i128)weights[lumps[i]] * sum->values[lumps[i]];
        *known = *known || (sum->known[lumps[i]] && weights[lumps[i]] > 0);
    }
    *out = (int64_t)total;
    return dki_fits_i64(total);
}

bool dki_sums_add(const dki_sums *sums, const int64_t *weights, size_t i, const dki_sums_room *room)
{
    size_t first = i * sums->n_rows;

    for (size_t r = 0; r < sums->n_rows; r++) {
        const uint32_t *lumps = sums->lumps + sums->ends[r];
        size_t n = sums->ends[r + 1] - sums->ends[r];
        bool there = sums->always[r];

        for (size_t k = 0; k < n && !there; k++)
            there = weights[lumps[k]] > 0;
        room->there[first + r] = there;
        for (size_t s = 0; s < sums->given.n_sums; s++) {
            bool known = sums->given.sums[s].counts;

            if (!add_sum(&sums->given.sums[s], lumps, n, weights, &room->sums[s][first + r], &known))
                return false;
            if (room->known[s])
                room->known[s][first + r] = known;
        }
    }
    return true;
}

void dki_sums_room_drop(const dki_sums *sums, dki_sums_room *room)
{
    for (size_t s = 0; room->sums && s < sums->given.n_sums; s++)
        dki_free(sums->context, room->sums[s]);
    for (size_t s = 0; room->known && s < sums->given.n_sums; s++)
        dki_free(sums->context, room->known[s]);
    dki_free(sums->context, room->sums);
    dki_free(sums->context, room->known);
    dki_free(sums->context, room->there);
}

dk_status dki_sums_room_init(const dki_sums *sums, size_t n, dki_sums_room *room, dk_error *err)
{
    dk_context *context = sums->context;
    size_t n_sums = sums->given.n_sums;
    dk_status status;

    *room = (dki_sums_room){ .sums = dki_calloc(context, n_sums, sizeof *room->sums, err),
                             .known = dki_calloc(context, n_sums, sizeof *room->known, err),
                             .there = dki_alloc_array(context, n, sums->n_rows * sizeof *room->there, err) };
    status = room->sums && room->known && room->there ? DK_OK : DK_ERR_MEMORY;
    for (size_t s = 0; s < n_sums && status == DK_OK; s++) {
        room->sums[s] = dki_alloc_array(context, n, sums->n_rows * sizeof **room->sums, err);
        if (!sums->given.sums[s].counts)
            room->known[s] = dki_alloc_array(context, n, sums->n_rows * sizeof **room->known, err);
        if (room->sums[s] == NULL || (!sums->given.sums[s].counts && room->known[s] == NULL))
            status = DK_ERR_MEMORY;
    }
    return status;
}

/* Tables --------------------------------------------------------------------------------------------------------- */

static dk_status sum_column(const dki_sums *sums, size_t s, const dki_sums_room *room, size_t n,
                            const dk_column **out, dk_error *err)
{
    const dki_given_sum *sum = &sums->given.sums[s];
    dk_builder *builder = NULL;
    dk_status status;

    if (sum->counts)
        return dki_column_of_integers(sums->context, DK_DECIMAL, sum->scale, room->sums[s], n, out, err);
    status = dk_builder_new(sums->context, DK_DECIMAL, sum->scale, NULL, &builder, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = room->known[s][i] ? dk_builder_integer(builder, room->sums[s][i], err)
                                   : dk_builder_null(builder, 1, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_sums_measures(const dki_sums *sums, const dki_sums_room *room, const uint64_t *rows, size_t n,
                            const dk_table **out, dk_error *err)
{
    const dk_column **columns = dki_calloc(sums->context, sums->given.n_sums, sizeof *columns, err);
    const dk_table *dimensions = NULL;
    size_t made = 0;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (; made < sums->given.n_sums && status == DK_OK; made++)
        status = sum_column(sums, made, room, n, &columns[made], err);
    if (status == DK_OK && rows == NULL)
        dimensions = dk_table_retain(sums->rows);
    else if (status == DK_OK && dk_table_n_columns(sums->rows) == 0)
        status = dk_table_new(sums->context, NULL, 0, n, &dimensions, err);
    else if (status == DK_OK)
        status = dk_table_gather(sums->rows, rows, n, &dimensions, err);
    if (status == DK_OK)
        status = dki_given_measures(&sums->given, dimensions, columns, out, err);
    dk_table_release(dimensions);
    for (size_t s = 0; columns && s < made; s++)
        dk_column_release(columns[s]);
    dki_free(sums->context, columns);
    return status;
}

/* One point ------------------------------------------------------------------------------------------------------ */

size_t dki_sums_pack(const dki_sums *sums, const dki_sums_room *room, size_t i, size_t n, uint64_t *rows)
{
    for (size_t r = 0; r < sums->n_rows; r++) {
        size_t from = i * sums->n_rows + r;

        if (!room->there[from])
            continue;
        rows[n] = r;
        for (size_t s = 0; s < sums->given.n_sums && n < from; s++) {
            room->sums[s][n] = room->sums[s][from];
            if (room->known[s])
                room->known[s][n] = room->known[s][from];
        }
        n++;
    }
    return n;
}

static dk_status add_margin(const dki_sums *sums, const uint64_t *rows, size_t n, const dk_table **table,
                            dk_error *err)
{
    int64_t *masks = dki_alloc_array(sums->context, n, sizeof *masks, err);
    const dk_column *margin = NULL;
    const dk_table *made = NULL;
    dk_status status = masks ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        masks[i] = sums->masks[rows[i]];
    if (status == DK_OK)
        status = dki_column_of_integers(sums->context, DK_INTEGER, 0, masks, n, &margin, err);
    if (status == DK_OK)
        status = dk_table_with_margin(*table, margin, &made, err);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = made;
    }
    dk_column_release(margin);
    dki_free(sums->context, masks);
    return status;
}

dk_status dki_sums_result(const dki_sums *sums, const int64_t *weights, bool *done, const dk_table **out,
                          dk_error *err)
{
    uint64_t *rows = dki_alloc_array(sums->context, sums->n_rows, sizeof *rows, err);
    const dk_table *made = NULL;
    dk_error why = DK_ERROR_INIT;
    dki_sums_room room;
    dk_status status = dki_sums_room_init(sums, 1, &room, err);

    *done = false;
    if (status == DK_OK && rows == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK && dki_sums_add(sums, weights, 0, &room)) {
        size_t n = dki_sums_pack(sums, &room, 0, 0, rows);

        status = dki_sums_measures(sums, &room, n < sums->n_rows ? rows : NULL, n, &made, &why);
        *done = status == DK_OK;
        if (status != DK_OK && status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
            status = DK_OK; /* a run says what is wrong */
        else if (status != DK_OK && err)
            *err = why;
        if (*done && sums->has_margin)
            status = add_margin(sums, rows, n, &made, err);
    }
    dki_sums_room_drop(sums, &room);
    dki_free(sums->context, rows);
    if (status == DK_OK && *done)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
