/* bands_table.c - mean, standard deviation and quantiles of repeated draws.
 *
 * Quantiles are exact: values that occurred, in order of size. Means and standard deviations are doubles, added up in the
 * order of the draws, so that they are the same whatever threads.
 *
 * Cost: a sort of the draws for each group and measure.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bands_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/overlap.h"
#include "expr/poll_row.h"
#include "sides.h"

#define GRAIN 16 /* groups */

/* What the draws of one measure say, group by group. */
struct figures {
    const dki_bands *bands;
    size_t measure;
    dk_type type;
    uint8_t scale;
    double *mean, *sd;
    uint64_t *n_known;          /* draws */
    dki_band_number *quantiles; /* [group][quantile] */
};

static double real_of(const struct figures *f, const dki_band_number *number)
{
    return f->type == DK_REAL ? number->as.real
                              : dki_ratio_real((dk_ratio){ number->as.integer, number->denominator });
}

static int by_ratio(const void *a, const void *b)
{
    const dki_band_number *x = a, *y = b;

    return dki_ratio_compare((dk_ratio){ x->as.integer, x->denominator },
                             (dk_ratio){ y->as.integer, y->denominator });
}

static int by_real(const void *a, const void *b)
{
    const dki_band_number *x = a, *y = b;

    return (x->as.real > y->as.real) - (x->as.real < y->as.real);
}

/* The least value that a share of n >= 1 values in order does not exceed. */
static const dki_band_number *quantile_of(const dki_band_number *sorted, uint64_t n, dk_ratio share)
{
    dki_i128 wanted = (dki_i128)share.numerator * (dki_i128)n;
    uint64_t place = (uint64_t)((wanted + share.denominator - 1) / share.denominator);

    return &sorted[place > 0 ? place - 1 : 0];
}

/* The group's figures, from its draws; known: room for all of them. */
static void figure_group(const struct figures *f, uint64_t group, dki_band_number *known)
{
    const dk_bands_spec *spec = f->bands->spec;
    const dki_band_number *numbers = dki_band_numbers(f->bands, group, f->measure);
    uint64_t n = 0;
    double sum = 0, squares = 0;

    for (uint64_t i = 0; i < spec->n_draws; i++)
        if (numbers[i].denominator != 0) {
            known[n++] = numbers[i];
            sum += real_of(f, &numbers[i]);
        }
    f->n_known[group] = n;
    if (n == 0)
        return;
    f->mean[group] = sum / (double)n;
    for (uint64_t i = 0; i < n; i++) {
        double from_mean = real_of(f, &known[i]) - f->mean[group];

        squares += from_mean * from_mean;
    }
    f->sd[group] = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
    qsort(known, (size_t)n, sizeof *known, f->type == DK_REAL ? by_real : by_ratio);
    for (size_t q = 0; q < spec->n_quantiles; q++)
        f->quantiles[group * spec->n_quantiles + q] = *quantile_of(known, n, spec->quantiles[q]);
}

static dk_status figure_groups(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct figures *f = arg;
    dk_context *context = f->bands->context;
    dki_band_number *known = dki_alloc_array(context, (size_t)f->bands->spec->n_draws, sizeof *known, err);
    dk_status status = known ? DK_OK : DK_ERR_MEMORY;

    (void)worker;
    for (uint64_t group = begin; group < end && status == DK_OK; group++) {
        figure_group(f, group, known);
        status = dki_poll(context, err);
    }
    dki_free(context, known);
    return status;
}

/* Columns ------------------------------------------------------------------------------------------------------ */

/* The table on its way: who stands in which row. */
struct assembly {
    dki_bands *bands;
    uint64_t *order; /* the group of each row */
    uint64_t n_rows;
    const dk_table *table;
};

/* Adds a column behind the others. */
static dk_status add_column(struct assembly *a, const char *measure, const char *suffix, const dk_column *column,
                            const char *format, dk_error *err)
{
    dki_arena arena;
    dk_field field = DK_FIELD(NULL, column);
    const dk_table *like = a->bands->like, *next = NULL;
    dk_status status = DK_ERR_MEMORY;

    dki_arena_init(&arena, a->bands->context);
    field.name = dki_arena_format(&arena, err, "%s_%s", measure, suffix);
    field.format = format;
    if (field.name && dk_table_find(a->table, field.name) != DK_NO_COLUMN) {
        status = dki_fail(err, DK_ERR_DUPLICATE, "the bands would have two columns %s", field.name);
        dki_hint(err, "rename a measure or a dimension");
    } else if (field.name) {
        status = DK_OK;
    }
    (void)dk_column_retain(column);
    if (status == DK_OK && dki_column_overlap(dk_table_field(like, dk_table_find(like, measure))->column))
        status = dki_breakdown_overlap(a->bands->breakdown, dk_table_field(a->table, 0), &field.column, err);
    if (status == DK_OK)
        status = dk_table_with(a->table, &field, 1, &next, err);
    dk_column_release(field.column);
    if (status == DK_OK) {
        dk_table_release(a->table);
        a->table = next;
    }
    dki_arena_drop(&arena);
    return status;
}

/* A number for each row, null where fewer than `least` draws know one. */
static dk_status add_reals(struct assembly *a, const struct figures *f, const char *measure, const char *suffix,
                           const double *values, uint64_t least, const char *format, dk_error *err)
{
    const dk_column *column = NULL;
    dk_builder *builder;
    dk_status status = dk_builder_new(a->bands->context, DK_REAL, 0, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(row, a->n_rows, a->bands->context, status, err)
    {
        uint64_t group = a->order[row];

        status = f->n_known[group] < least ? dk_builder_null(builder, 1, err)
                                           : dk_builder_real(builder, values[group], err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, &column, err);
    if (status == DK_OK)
        status = add_column(a, measure, suffix, column, format, err);
    dk_column_release(column);
    dk_builder_release(builder);
    return status;
}

static dk_status build_quantile(const struct assembly *a, const struct figures *f, size_t q, const dk_column **out,
                                dk_error *err)
{
    dk_builder *builder;
    dk_status status =
        dk_builder_new(a->bands->context, f->type, f->type == DK_DECIMAL ? f->scale : 0, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    DKI_FOR_ROWS(row, a->n_rows, a->bands->context, status, err)
    {
        const dki_band_number *number = &f->quantiles[a->order[row] * a->bands->spec->n_quantiles + q];
        dk_value value = { .type = f->type, .is_null = f->n_known[a->order[row]] == 0, .scale = f->scale };

        if (f->type == DK_RATIO)
            value.as.ratio = (dk_ratio){ number->as.integer, number->denominator };
        else if (f->type == DK_REAL)
            value.as.real = number->as.real;
        else if (dki_mul_i64(number->as.integer,
                             f->type == DK_DECIMAL && number->denominator > 0
                                 ? dki_power10[f->scale] / number->denominator
                                 : 1,
                             &value.as.integer))
            status = dki_fail(err, DK_ERR_OVERFLOW, "a quantile does not fit: it has other draws' digits too");
        if (status == DK_OK)
            status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* "q2_5" of 0.025; of what has no such digits, to a millionth of a millionth. size >= 64. */
static void name_quantile(dk_ratio share, char *out, size_t size)
{
    dk_value percent = { .type = DK_RATIO };
    dki_i128 scaled = 0;
    unsigned digits = 12;

    if (!dki_ratio_mul(share, (dk_ratio){ 100, 1 }, &percent.as.ratio))
        percent.as.ratio = share; /* a share of so many digits has no percents that fit */
    (void)dki_round_value(&percent, digits, &scaled);
    for (; digits > 0 && scaled % 10 == 0; digits--)
        scaled /= 10;
    out[0] = 'q';
    dki_format_decimal(scaled, digits, out + 1, size - 1);
    for (char *point = strchr(out, '.'); point; point = NULL)
        *point = '_';
}

static dk_status add_quantiles(struct assembly *a, const struct figures *f, const dk_field *like, dk_error *err)
{
    uint8_t least = dk_column_type(like->column) == DK_DECIMAL ? dk_column_scale(like->column) : 0;
    dk_status status = DK_OK;

    for (size_t q = 0; q < a->bands->spec->n_quantiles && status == DK_OK; q++) {
        const dk_column *raw = NULL, *column = NULL;
        char suffix[64];

        name_quantile(a->bands->spec->quantiles[q], suffix, sizeof suffix);
        status = build_quantile(a, f, q, &raw, err);
        if (status == DK_OK)
            status = dki_trim_column(raw, least, &column, err);
        if (status == DK_OK)
            status = add_column(a, like->name, suffix, column, like->format, err);
        dk_column_release(column);
        dk_column_release(raw);
    }
    return status;
}

static dk_status add_measure(struct assembly *a, size_t m, dk_error *err)
{
    dki_bands *bands = a->bands;
    dk_context *context = bands->context;
    size_t n = bands->groups.n, n_by = bands->breakdown->n_by;
    const dk_field *like = dk_table_field(bands->like, n_by + m);
    struct figures f = { .bands = bands,
                         .measure = m,
                         .type = bands->types[m],
                         .scale = bands->scales[m],
                         .mean = dki_calloc(context, n, sizeof *f.mean, err),
                         .sd = dki_calloc(context, n, sizeof *f.sd, err),
                         .n_known = dki_calloc(context, n, sizeof *f.n_known, err),
                         .quantiles = dki_calloc(context, n * bands->spec->n_quantiles, sizeof *f.quantiles, err) };
    dk_status status = f.mean && f.sd && f.n_known && f.quantiles ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_parallel(context, n, GRAIN, figure_groups, &f, err);
    if (status == DK_OK)
        status = add_reals(a, &f, like->name, "mean", f.mean, 1, like->format, err);
    if (status == DK_OK)
        status = add_reals(a, &f, like->name, "sd", f.sd, 2, like->format, err);
    if (status == DK_OK)
        status = add_quantiles(a, &f, like, err);
    dki_free(context, f.quantiles);
    dki_free(context, f.n_known);
    dki_free(context, f.sd);
    dki_free(context, f.mean);
    return status;
}

/* Rows --------------------------------------------------------------------------------------------------------- */

/* The groups of all draws in the order of keys. */
static dk_status lay_out(const dki_bands *bands, const dk_table **out, dk_error *err)
{
    dki_sides sides;
    dk_status status = dki_sides_find(&sides, bands->layouts, bands->n_layouts, bands->breakdown->n_by, err);

    if (status == DK_OK)
        status = dki_sides_table(&sides, 1, out, err);
    dki_sides_drop(&sides);
    return status;
}

static dk_status find_order(struct assembly *a, dk_error *err)
{
    dki_buffer key;
    dk_status status = DK_OK;

    a->n_rows = dk_table_n_rows(a->table);
    a->order = dki_alloc_array(a->bands->context, (size_t)a->n_rows, sizeof *a->order, err);
    if (a->order == NULL)
        return DK_ERR_MEMORY;
    dki_buffer_init(&key, a->bands->context);
    DKI_FOR_ROWS(row, a->n_rows, a->bands->context, status, err)
    {
        status = dki_bands_key(a->bands, a->table, row, &key, err);
        if (status == DK_OK)
            a->order[row] = dki_text_map_find(&a->bands->groups, key.bytes, key.size);
    }
    dki_buffer_drop(&key);
    return status;
}

dk_status dki_bands_table(dki_bands *bands, const dk_table **out, dk_error *err)
{
    struct assembly a = { .bands = bands };
    dk_status status = lay_out(bands, &a.table, err);

    if (status == DK_OK)
        status = find_order(&a, err);
    for (size_t m = 0; m < bands->breakdown->n_measures && status == DK_OK; m++)
        status = add_measure(&a, m, err);
    dki_free(bands->context, a.order);
    if (status == DK_OK)
        *out = a.table;
    else
        dk_table_release(a.table);
    return status;
}
