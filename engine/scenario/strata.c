/* strata.c - whom an intervention matches, in which strata, and how much of each it takes.
 *
 * Numbers are settled here, per stratum; cells share them afterwards. All in units of 10^-DK_WEIGHT_SCALE persons, exact
 * in 128 bits.
 */
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "query/eval.h"
#include "query/sort_rows.h"
#include "scenario_parts.h"

#define PERSON 1000000000 /* units: 10^DK_WEIGHT_SCALE */
_Static_assert(DK_WEIGHT_SCALE == 9, "a person is 10^9 units");

int dki_compare_values(const dk_column *column, uint64_t a, uint64_t b)
{
    dk_value x, y;

    if (dk_column_get(column, a, &x, NULL) != DK_OK || dk_column_get(column, b, &y, NULL) != DK_OK)
        return 0;
    if (x.is_null || y.is_null)
        return (int)x.is_null - (int)y.is_null;
    if (x.type == DK_CATEGORY) {
        const dk_dictionary *levels = dk_column_levels(column);
        uint32_t p = dk_dictionary_rank(levels, dk_dictionary_find(levels, x.as.text));
        uint32_t q = dk_dictionary_rank(levels, dk_dictionary_find(levels, y.as.text));

        return (p > q) - (p < q);
    }
    return dk_value_compare(&x, &y);
}

size_t dki_describe(const dk_table *table, uint64_t row, const size_t *columns, size_t n, char *out, size_t size)
{
    size_t used = 0;

    if (n == 0)
        used = (size_t)snprintf(out, size, "everybody");
    for (size_t i = 0; i < n && used < size; i++) {
        const dk_field *field = dk_table_field(table, columns[i]);
        dk_value value;
        char text[80];

        if (dk_column_get(field->column, row, &value, NULL) != DK_OK)
            continue;
        dk_value_format(&value, text, sizeof text);
        used += (size_t)snprintf(out + used, size - used, "%s%s = %s", i ? ", " : "", field->name, text);
    }
    return used < size ? used : size - 1;
}

/* Matching ---------------------------------------------------------------------------------------------------------- */

static dk_status find_matches(const dki_step *step, const dk_table *cells, const int64_t *weights,
                              const dk_params *params, uint32_t *of_cell, uint64_t *n_matches, dk_error *err)
{
    dki_scope scope = { .table = cells, .params = params };
    uint64_t n_rows = dk_table_n_rows(cells), truth[DK_BLOCK_WORDS], n_null;
    dki_bound *bound = NULL;
    dki_eval *eval = NULL;
    dk_status status = DK_OK;

    *n_matches = 0;
    if (step->where) {
        status = dki_bind(&scope, step->where, dki_expr_root(step->where), &bound, err);
        if (status == DK_OK && dki_bound_type(bound) != DK_BOOLEAN)
            status = dki_fail(err, DK_ERR_TYPE, "where wants a condition, and %s is %s", dk_expr_text(step->where),
                              dk_type_name(dki_bound_type(bound)));
        if (status == DK_OK)
            status = dki_eval_new(bound, &eval, err);
    }
    for (uint64_t row = 0; row < n_rows && status == DK_OK;) {
        size_t n = n_rows - row < dki_block_rows(dk_table_context(cells)) ? (size_t)(n_rows - row)
                                                                          : dki_block_rows(dk_table_context(cells));

        status = dki_poll(dk_table_context(cells), err);
        if (status == DK_OK && eval)
            status = dki_eval_truth(eval, row, n, NULL, truth, &n_null, err);
        for (size_t i = 0; i < n && status == DK_OK; i++) {
            bool matches = weights[row + i] > 0 && (eval == NULL || dki_bit(truth, i));

            of_cell[row + i] = matches ? 0 : UINT32_MAX;
            *n_matches += matches;
        }
        row += n;
    }
    dki_eval_release(eval);
    dki_bound_release(bound);
    return status;
}

/* The columns whose values make strata: those of per, or else all that the step mentions. */
static dk_status find_columns(const dki_step *step, const dk_table *cells, dki_strata *strata, dk_error *err)
{
    dki_text_map names;
    dk_status status = DK_OK;

    dki_text_map_init(&names, strata->context);
    for (size_t i = 0; i < step->n_per && status == DK_OK; i++) {
        uint32_t number;

        status = dki_text_map_add(&names, step->per[i], strlen(step->per[i]), &number, err);
    }
    if (step->n_per == 0 && status == DK_OK)
        status = dki_step_columns(step, false, &names, err);
    if (status == DK_OK) {
        strata->columns = dki_calloc(strata->context, names.n, sizeof *strata->columns, err);
        status = strata->columns ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; i < names.n && status == DK_OK; i++) {
        size_t size;

        status = dk_table_get(cells, dki_text_map_get(&names, (uint32_t)i, &size), &strata->columns[i], err);
        strata->n_columns++;
    }
    dki_text_map_drop(&names);
    return status;
}

struct order {
    const dk_table *cells;
    const dki_strata *strata;
};

static int compare_cells(const void *arg, uint64_t a, uint64_t b)
{
    const struct order *order = arg;

    for (size_t i = 0; i < order->strata->n_columns; i++) {
        int sign = dki_compare_values(dk_table_field(order->cells, order->strata->columns[i])->column, a, b);

        if (sign)
            return sign;
    }
    return 0;
}

dk_status dki_strata_find(const dki_step *step, const dk_table *cells, const int64_t *weights,
                          const dk_params *params, dki_strata *out, dk_error *err)
{
    dk_context *context = dk_table_context(cells);
    uint64_t n_rows = dk_table_n_rows(cells), n_matches, n = 0;
    uint64_t *rows = NULL;
    struct order order = { cells, out };
    dk_status status;

    *out = (dki_strata){ .context = context };
    out->of_cell = dki_alloc_array(context, n_rows, sizeof *out->of_cell, err);
    status = out->of_cell ? find_columns(step, cells, out, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = find_matches(step, cells, weights, params, out->of_cell, &n_matches, err);
    if (status == DK_OK && n_matches == 0 && !step->allow_none) {
        status = dki_fail(err, DK_ERR_UNREACHABLE, "nobody matches%s%s", step->where ? " " : "",
                          step->where ? dk_expr_text(step->where) : "");
        dki_hint(err, "say allow_none = true where that may be so");
    }
    if (status == DK_OK) {
        rows = dki_alloc_array(context, n_matches, sizeof *rows, err);
        out->available = dki_calloc(context, n_matches, sizeof *out->available, err);
        out->taken = dki_calloc(context, n_matches, sizeof *out->taken, err);
        out->first = dki_calloc(context, n_matches, sizeof *out->first, err);
        if (rows == NULL || out->available == NULL || out->taken == NULL || out->first == NULL)
            status = DK_ERR_MEMORY;
    }
    for (uint64_t i = 0; i < n_rows && status == DK_OK; i++)
        if (out->of_cell[i] != UINT32_MAX)
            rows[n++] = i;
    if (status == DK_OK)
        status = dki_sort_rows(context, rows, n, compare_cells, &order, err);
    for (uint64_t k = 0; k < n && status == DK_OK; k++) {
        if (k == 0 || compare_cells(&order, rows[k - 1], rows[k]) != 0)
            out->first[out->n++] = rows[k];
        out->of_cell[rows[k]] = (uint32_t)out->n - 1;
        out->available[out->n - 1] +=
            weights[rows[k]]; /* the sum over all cells fits: it is the weight of the table */
    }
    dki_free(context, rows);
    if (status != DK_OK)
        dki_strata_drop(out);
    return status;
}

void dki_strata_drop(dki_strata *strata)
{
    dki_free(strata->context, strata->of_cell);
    dki_free(strata->context, strata->available);
    dki_free(strata->context, strata->taken);
    dki_free(strata->context, strata->first);
    dki_free(strata->context, strata->columns);
    *strata = (dki_strata){ .context = strata->context };
}

/* Settling ---------------------------------------------------------------------------------------------------------- */

/* The value of share or count: a number that no row decides. */
static dk_status number_of(const dk_expr *expr, const dk_table *cells, const dk_params *params, const char *what,
                           dk_ratio *out, dk_error *err)
{
    dki_scope scope = { .table = cells, .params = params };
    dki_bound *bound;
    const dk_value *value;
    uint8_t scale;
    dk_status status = dki_bind(&scope, expr, dki_expr_root(expr), &bound, err);

    if (status != DK_OK)
        return status;
    value = dki_bound_constant(bound);
    if (value == NULL || value->is_null || !dk_type_is_number(value->type)) {
        status = dki_fail(err, DK_ERR_TYPE, "a %s is one number, and %s is none", what, dk_expr_text(expr));
        dki_hint(err, "it is made of literals and parameters, not of columns");
    } else if (value->type == DK_RATIO) {
        *out = value->as.ratio;
    } else if (value->type == DK_REAL) {
        int64_t scaled;

        if (dki_real_to_decimal(value->as.real, &scaled, &scale))
            dki_ratio_make(scaled, dki_power10[scale], out);
        else
            status = dki_fail(err, DK_ERR_RANGE, "a %s of %g has more digits than an exact number can have", what,
                              value->as.real);
    } else {
        dki_ratio_make(value->as.integer, dki_power10[value->type == DK_DECIMAL ? value->scale : 0], out);
    }
    dki_bound_release(bound);
    return status;
}

static void format_ratio(dk_ratio ratio, char *out, size_t size)
{
    dk_value value = { .type = DK_RATIO, .as.ratio = ratio };

    if (ratio.denominator == 1)
        snprintf(out, size, "%lld", (long long)ratio.numerator);
    else
        snprintf(out, size, "%g", dki_ratio_real(value.as.ratio));
}

static void format_weight(int64_t weight, char *out, size_t size)
{
    int64_t trimmed = weight;
    unsigned scale = DK_WEIGHT_SCALE;

    while (scale > 0 && trimmed % 10 == 0) {
        trimmed /= 10;
        scale--;
    }
    dki_format_decimal(trimmed, scale, out, size);
}

static dk_status settle_share(const dki_step *step, dk_ratio share, dki_strata *strata, dk_error *err)
{
    dki_i128 *numerators;
    dk_status status;

    if (share.numerator < 0 || share.numerator > share.denominator) {
        char text[64];

        format_ratio(share, text, sizeof text);
        dki_fail(err, DK_ERR_RANGE, "a share lies between 0 and 1, and %s does not", text);
        return DK_ERR_RANGE;
    }
    numerators = dki_alloc_array(strata->context, strata->n, sizeof *numerators, err);
    if (numerators == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < strata->n; k++)
        numerators[k] = (dki_i128)share.numerator * strata->available[k];
    status = dki_apportion_quotas(strata->context, numerators, share.denominator, step->whole ? PERSON : 1,
                                  strata->available, strata->n, strata->taken, err);
    dki_free(strata->context, numerators);
    return status;
}

static dk_status settle_count(const dki_step *step, const dk_table *cells, dk_ratio count, dki_strata *strata,
                              dk_error *err)
{
    dki_i128 units, total = 0;
    dki_i128 *numerators;
    dk_status status = DK_OK;
    char wanted[64], there[64], where[160];

    format_ratio(count, wanted, sizeof wanted);
    if (count.numerator < 0)
        return dki_fail(err, DK_ERR_RANGE, "a count is not negative, and %s is", wanted);
    if (step->whole && count.denominator != 1)
        return dki_fail(err, DK_ERR_RANGE, "%s is no whole number of persons", wanted);
    units = dki_divide_round((dki_i128)count.numerator * PERSON, count.denominator);
    for (size_t k = 0; k < strata->n; k++)
        total += strata->available[k];
    if (units > total) {
        format_weight((int64_t)total, there, sizeof there);
        if (strata->n == 1)
            dki_describe(cells, strata->first[0], strata->columns, strata->n_columns, where, sizeof where);
        else
            snprintf(where, sizeof where, "%zu strata", strata->n);
        dki_fail(err, DK_ERR_UNREACHABLE, "%s are to be taken, and there are %s (%s)", wanted, there, where);
        return DK_ERR_UNREACHABLE;
    }
    if (total == 0)
        return DK_OK;
    numerators = dki_alloc_array(strata->context, strata->n, sizeof *numerators, err);
    if (numerators == NULL)
        return DK_ERR_MEMORY;
    for (size_t k = 0; k < strata->n; k++)
        numerators[k] = units * strata->available[k]; /* both fit in 63 bits */
    status = dki_apportion_quotas(strata->context, numerators, total, step->whole ? PERSON : 1, strata->available,
                                  strata->n, strata->taken, err);
    dki_free(strata->context, numerators);
    return status;
}

dk_status dki_strata_settle(const dki_step *step, const dk_table *cells, const dk_params *params,
                            dki_strata *strata, dk_error *err)
{
    dk_ratio number = { 0, 1 };
    dk_status status;

    if (step->all) {
        for (size_t k = 0; k < strata->n; k++)
            strata->taken[k] = strata->available[k];
        return DK_OK;
    }
    status = number_of(step->share ? step->share : step->count, cells, params, step->share ? "share" : "count",
                       &number, err);
    if (status != DK_OK)
        return status;
    return step->share ? settle_share(step, number, strata, err) : settle_count(step, cells, number, strata, err);
}
