/* cube_size.c - how many cells a table will have by some columns, before they are made.
 *
 * At most the product of the values that each column can have, and as many as there are rows. Some rows from everywhere are
 * grouped: where f1 combinations occur once among them and f2 twice, f1 (f1 - 1) / (2 (f2 + 1)) were not met (Chao,
 * Nonparametric estimation of the number of classes in a population, 1984): that is about right where combinations are about
 * equally frequent, and too few where they are not. Of D combinations N rows have some D (1 - exp(-N / D)). Of a table that is
 * no larger than the sample the number is exact.
 *
 * Cost: some milliseconds at most, whatever the table. Bytes are what was measured, rounded up.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "scenario_parts.h"

#define PLACES 2048
#define PLACE_ROWS 8
#define SAMPLE_ROWS ((uint64_t)PLACES * PLACE_ROWS)
#define ASK_BYTES \
    320 /* of a cell, while a scenario runs and the breakdown is asked; while cells are made it is less */

/* How many values a column can have, null among them. */
static uint64_t most_values(const dk_column *column)
{
    uint64_t n = dk_column_n_rows(column), null = dk_column_n_nulls(column) > 0;
    const dk_dictionary *levels = dk_column_levels(column);
    int64_t least, greatest;

    if (dk_column_type(column) == DK_BOOLEAN)
        return 2 + null;
    if (levels)
        return dk_dictionary_n_levels(levels) + null;
    if (dk_column_bounds(column, &least, &greatest) && (uint64_t)greatest - (uint64_t)least < n)
        return (uint64_t)greatest - (uint64_t)least + 1 + null;
    return n > 0 ? n : 1;
}

/* Bytes of a cell, and how many there can be by what is known of each column. */
static void look_at_columns(const dk_table *table, const dki_text_map *names, dki_cube_size *size)
{
    uint64_t n_rows = dk_table_n_rows(table);

    size->n_most = n_rows > 0;
    size->cell_bytes = sizeof(int64_t);
    for (uint32_t i = 0; i < names->n; i++) {
        size_t length;
        const dk_column *column =
            dk_table_field(table, dk_table_find(table, dki_text_map_get(names, i, &length)))->column;

        if (__builtin_mul_overflow(size->n_most, most_values(column), &size->n_most) || size->n_most > n_rows)
            size->n_most = n_rows;
        if (n_rows > 0)
            size->cell_bytes += dk_column_bytes(column) / n_rows + 1;
    }
}

void dki_cube_bound(const dk_table *table, const dki_text_map *names, dki_cube_size *out)
{
    look_at_columns(table, names, out);
    out->n_cells = out->n_most;
}

/* Columns of those names alone, which nothing is known of. */
static dk_status pick_columns(const dk_table *table, const dki_text_map *names, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_field *fields = dki_alloc_array(context, names->n, sizeof *fields, err);
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t i = 0; fields && i < names->n; i++) {
        size_t size;

        fields[i] = *dk_table_field(table, dk_table_find(table, dki_text_map_get(names, i, &size)));
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, names->n, dk_table_n_rows(table), out, err);
    dki_free(context, fields);
    return status;
}

/* Rows from everywhere: neighbours may be alike, places are not. */
static dk_status take_sample(const dk_table *table, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    uint64_t n_rows = dk_table_n_rows(table), n = 0;
    uint64_t *rows;
    dk_status status;

    if (n_rows <= SAMPLE_ROWS) {
        *out = dk_table_retain(table);
        return DK_OK;
    }
    rows = dki_alloc_array(context, SAMPLE_ROWS, sizeof *rows, err);
    for (uint64_t place = 0; rows && place < PLACES; place++)
        for (uint64_t i = 0; i < PLACE_ROWS; i++)
            rows[n++] = place * (n_rows / PLACES) + i;
    status = rows ? dk_table_gather(table, rows, n, out, err) : DK_ERR_MEMORY;
    dki_free(context, rows);
    return status;
}

/* How many combinations the rows of a sample have, and how many of these once and twice. */
static dk_status count_sample(const dk_table *sample, const dki_text_map *names, uint64_t n[3], dk_error *err)
{
    dk_context *context = dk_table_context(sample);
    const dk_table *cells = NULL;
    int64_t *weights = NULL;
    dk_status status = dki_cells_group(sample, names, &cells, err);

    if (status == DK_OK) {
        n[0] = dk_table_n_rows(cells);
        weights = dki_alloc_array(context, (size_t)n[0], sizeof *weights, err);
        status = weights ? dki_cells_weights(cells, weights, err) : DK_ERR_MEMORY;
    }
    for (uint64_t i = 0; status == DK_OK && i < n[0]; i++) {
        n[1] += weights[i] == DKI_PERSON;
        n[2] += weights[i] == 2 * (int64_t)DKI_PERSON;
    }
    dki_free(context, weights);
    dk_table_release(cells);
    return status;
}

/* Of the combinations that there may be those that n_rows rows have. */
static uint64_t expected(const uint64_t n[3], uint64_t n_rows, uint64_t n_most)
{
    double all = (double)n[0] + (double)n[1] * ((double)n[1] - 1) / (2 * ((double)n[2] + 1));
    double met = n[1] > 0 ? -all * expm1(-(double)n_rows / all) : (double)n[0];

    return n[1] == SAMPLE_ROWS || met >= (double)n_most ? n_most : met > (double)n[0] ? (uint64_t)met : n[0];
}

dk_status dki_cube_predict(const dk_table *table, const dki_text_map *names, dki_cube_size *out, dk_error *err)
{
    const dk_table *picked = NULL, *sample = NULL;
    uint64_t n[3] = { 0 };
    dk_status status;

    dki_cube_bound(table, names, out);
    if (names->n == 0) { /* one cell, of everybody, and of nobody too */
        out->n_cells = out->n_most = 1;
        out->is_exact = true;
        return DK_OK;
    }
    status = pick_columns(table, names, &picked, err);
    if (status == DK_OK)
        status = take_sample(picked, &sample, err);
    if (status == DK_OK)
        status = count_sample(sample, names, n, err);
    if (status == DK_OK) {
        out->is_exact = sample == picked;
        out->n_cells = out->is_exact ? n[0] : expected(n, dk_table_n_rows(table), out->n_most);
    }
    dk_table_release(sample);
    dk_table_release(picked);
    return status;
}

/* What cannot be counted in 64 bits is more than there is. */
static uint64_t times(uint64_t n, uint64_t bytes)
{
    uint64_t product;

    return __builtin_mul_overflow(n, bytes, &product) ? UINT64_MAX : product;
}

uint64_t dki_cube_kept_bytes(const dki_cube_size *size)
{
    return times(size->n_cells, size->cell_bytes);
}

uint64_t dki_cube_need_bytes(const dki_cube_size *size)
{
    return times(size->n_cells, size->cell_bytes + ASK_BYTES);
}
