/* settle.c - how much an intervention takes: of each stratum, and from there of each cell.
 *
 * All in units of 10^-DK_WEIGHT_SCALE persons, exact in 128 bits: a numerator is a product of two numbers under
 * 2^63.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "draw.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "priority.h"
#include "scenario_parts.h"

/* Amounts ------------------------------------------------------------------------------------------------------ */

dk_status dki_amount(const dk_expr *expr, const dk_table *table, const dk_params *params, const char *what,
                     dk_ratio *out, dk_error *err)
{
    dki_scope scope = { .table = table, .params = params };
    dki_bound *bound;
    const dk_value *value;
    dk_status status = dki_bind(&scope, expr, dki_expr_root(expr), &bound, err);

    if (status != DK_OK)
        return status;
    value = dki_bound_constant(bound);
    if (value == NULL || value->is_null || !dk_type_is_number(value->type)) {
        status = dki_fail(err, DK_ERR_TYPE, "a %s is a number, and %s is none", what, dk_expr_text(expr));
    } else if (value->type == DK_RATIO) {
        *out = value->as.ratio;
    } else if (value->type == DK_REAL) {
        int64_t scaled;
        uint8_t scale;

        if (dki_real_to_decimal(value->as.real, &scaled, &scale))
            (void)dki_ratio_make(scaled, dki_power10[scale], out);
        else
            status = dki_fail(err, DK_ERR_RANGE, "a %s of %g has more digits than an exact number can have", what,
                              value->as.real);
    } else {
        (void)dki_ratio_make(value->as.integer, dki_power10[value->type == DK_DECIMAL ? value->scale : 0], out);
    }
    dki_bound_release(bound);
    return status;
}

/* As a decimal where it is one, else as a fraction: 0.3, 1994, 1/3. */
static void format_ratio(dk_ratio ratio, char *out, size_t size)
{
    dk_value value = { .type = DK_RATIO, .as.ratio = ratio };
    dki_i128 scaled;

    for (unsigned digits = 0; digits <= 12; digits++) {
        dk_ratio rounded;

        if (dki_round_value(&value, digits, &scaled) && dki_ratio_make(scaled, dki_power10[digits], &rounded) &&
            rounded.numerator == ratio.numerator && rounded.denominator == ratio.denominator) {
            dki_format_decimal(scaled, digits, out, size);
            return;
        }
    }
    dk_value_format(&value, out, size);
}

dk_status dki_check_share(dk_ratio share, dk_error *err)
{
    char text[64];

    if (share.numerator >= 0 && share.numerator <= share.denominator)
        return DK_OK;
    format_ratio(share, text, sizeof text);
    dki_fail(err, DK_ERR_RANGE, "a share lies between 0 and 1, and %s does not", text);
    if (share.numerator > share.denominator && share.numerator / share.denominator <= 100)
        dki_hint(err, "30 %% is written 0.30");
    return DK_ERR_RANGE;
}

dk_status dki_check_count(dk_ratio count, bool whole, dk_error *err)
{
    char text[64];

    format_ratio(count, text, sizeof text);
    if (count.numerator < 0)
        return dki_fail(err, DK_ERR_RANGE, "a count is not negative, and %s is", text);
    if (whole && count.denominator != 1)
        return dki_fail(err, DK_ERR_RANGE, "%s is no whole number of persons", text);
    return DK_OK;
}

/* Strata ------------------------------------------------------------------------------------------------------- */

/* " (gemeente = Duiven)" for one stratum, ": 9 strata by gemeente" for several; empty where memory is out. */
static void tell_strata(const dki_stage *stage, const dki_strata *strata, char *out, size_t size)
{
    dki_buffer text;
    dk_status status = DK_OK;

    out[0] = '\0';
    if (strata->n == 0)
        return;
    dki_buffer_init(&text, strata->context);
    if (strata->n == 1) {
        status =
            dki_describe(stage->cells, dki_strata_cell(strata, 0), strata->columns, strata->n_columns, &text, NULL);
    } else {
        for (size_t i = 0; i < strata->n_columns && status == DK_OK; i++)
            status = dki_buffer_format(&text, NULL, "%s%s", i ? ", " : "",
                                       dk_table_field(stage->cells, strata->columns[i])->name);
    }
    if (status == DK_OK) {
        int shown = (int)dki_utf8_floor(text.bytes, text.size, size / 2);

        if (strata->n == 1)
            snprintf(out, size, " (%.*s)", shown, text.bytes);
        else
            snprintf(out, size, ", in %llu strata by %.*s", (unsigned long long)strata->n, shown, text.bytes);
    }
    dki_buffer_drop(&text);
}

dk_status dki_fail_short(const dki_stage *stage, const dki_strata *strata, dk_ratio wanted, int64_t there,
                         const char *kind, dk_error *err)
{
    bool is_one = wanted.numerator == 1 && wanted.denominator == 1;
    char wanted_text[64], there_text[64], where[240];

    format_ratio(wanted, wanted_text, sizeof wanted_text);
    dki_format_weight(there, there_text, sizeof there_text);
    tell_strata(stage, strata, where, sizeof where);
    return dki_fail(err, DK_ERR_UNREACHABLE, "%s %s%s %s to be taken, and there %s %s%s", wanted_text, kind,
                    dki_unit(stage->cells, is_one ? DKI_PERSON : 0), is_one ? "is" : "are",
                    there == DKI_PERSON ? "is" : "are", there_text, where);
}

static dk_status settle_share(const dki_stage *stage, dk_ratio share, dki_strata *strata, dk_error *err)
{
    dki_i128 *numerators;
    dk_status status = dki_check_share(share, err);

    if (status != DK_OK)
        return status;
    numerators = dki_alloc_array(strata->context, (size_t)strata->n, sizeof *numerators, err);
    if (numerators == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t k = 0; k < strata->n; k++)
        numerators[k] = (dki_i128)share.numerator * strata->available[k];
    status =
        dki_apportion_quotas(strata->context, numerators, share.denominator, stage->step->whole ? DKI_PERSON : 1,
                             strata->available, (size_t)strata->n, strata->taken, NULL, err);
    dki_free(strata->context, numerators);
    return status;
}

static dk_status settle_count(const dki_stage *stage, dk_ratio count, dki_strata *strata, dk_error *err)
{
    bool whole = stage->step->whole;
    dki_i128 units, total = 0;
    dki_i128 *numerators;
    int64_t left = 0;
    dk_status status = dki_check_count(count, whole, err);

    if (status != DK_OK || (strata->n == 0 && stage->step->allow_none))
        return status;
    units = dki_divide_round((dki_i128)count.numerator * DKI_PERSON, count.denominator);
    for (uint64_t k = 0; k < strata->n; k++)
        total += strata->available[k];
    if (units > total)
        return dki_fail_short(stage, strata, count, (int64_t)total, "", err);
    if (strata->n == 0) /* nobody, of nobody */
        return DK_OK;
    numerators = dki_alloc_array(strata->context, (size_t)strata->n, sizeof *numerators, err);
    if (numerators == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t k = 0; k < strata->n; k++)
        numerators[k] = units * strata->available[k];
    status = dki_apportion_quotas(strata->context, numerators, total, whole ? DKI_PERSON : 1, strata->available,
                                  (size_t)strata->n, strata->taken, &left, err);
    if (status == DK_OK && left > 0) /* strata with parts of persons */
        status =
            dki_fail_short(stage, strata, count, (int64_t)(units - (dki_i128)left * DKI_PERSON), "whole ", err);
    dki_free(strata->context, numerators);
    return status;
}

dk_status dki_strata_settle(const dki_stage *stage, dki_strata *strata, dk_error *err)
{
    const dki_step *step = stage->step;
    dk_ratio number = { 0, 1 };
    dk_status status;

    if (step->all) {
        for (uint64_t k = 0; k < strata->n; k++)
            strata->taken[k] = strata->available[k];
        return DK_OK;
    }
    if (step->drawn)
        return dki_draw_settle(stage, strata, err);
    status = dki_amount(step->share ? step->share : step->count, stage->cells, stage->params,
                        step->share ? "share" : "count", &number, err);
    if (status != DK_OK)
        return status;
    return step->share ? settle_share(stage, number, strata, err) : settle_count(stage, number, strata, err);
}

/* Cells -------------------------------------------------------------------------------------------------------- */

/* Room for spreading a number over n weights. */
struct spread {
    dk_context *context;
    dki_i128 *numerators;
    int64_t *limits, *shares;
};

/* shares[] of `taken`, in proportion to the n limits, whose sum is `whole`. */
static dk_status spread_over(const struct spread *spread, int64_t taken, int64_t whole, size_t n, dk_error *err)
{
    if (n == 1 || taken == 0 || taken == whole) { /* for speed alone */
        for (size_t i = 0; i < n; i++)
            spread->shares[i] = taken == whole ? spread->limits[i] : taken;
        return DK_OK;
    }
    for (size_t i = 0; i < n; i++)
        spread->numerators[i] = (dki_i128)taken * spread->limits[i];
    return dki_apportion_quotas(spread->context, spread->numerators, whole, 1, spread->limits, n, spread->shares,
                                NULL, err);
}

/* The weight of a combination. */
static int64_t combined_weight(const dki_stage *stage, const dki_strata *strata, uint64_t c)
{
    int64_t weight = 0;

    for (uint64_t i = strata->combinations[c]; i < strata->combinations[c + 1]; i++)
        weight += stage->weights[strata->cells[i]];
    return weight;
}

/* What combination c gives, from each of its cells. */
static dk_status split_combination(const dki_stage *stage, const dki_strata *strata, uint64_t c, int64_t given,
                                   int64_t whole, const struct spread *spread, int64_t *taken, dk_error *err)
{
    const uint64_t *cells = strata->cells + strata->combinations[c];
    size_t n = (size_t)(strata->combinations[c + 1] - strata->combinations[c]);
    dk_status status;

    for (size_t i = 0; i < n; i++)
        spread->limits[i] = stage->weights[cells[i]];
    status = spread_over(spread, given, whole, n, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        taken[cells[i]] = spread->shares[i];
    return status;
}

/* What each combination of stratum k gives, in order of priority: all that it has, until nothing is left to be taken. */
static dk_status spread_in_order(const dki_stage *stage, const dki_strata *strata, uint64_t k,
                                 const dki_priority *priority, const struct spread *spread, int64_t *given,
                                 dk_error *err)
{
    uint64_t end = strata->strata[k + 1];
    int64_t left = strata->taken[k];
    dk_status status = DK_OK;

    for (uint64_t i = strata->strata[k], next = i; i < end && status == DK_OK; i = next) {
        int64_t together = 0, taken;
        size_t n = 0;

        do { /* those who come together */
            spread->limits[n] = combined_weight(stage, strata, priority->order[next++]);
            together += spread->limits[n++];
        } while (next < end && !priority->starts[next]);
        taken = together < left ? together : left;
        left -= taken;
        status = spread_over(spread, taken, together, n, err);
        for (size_t c = 0; c < n && status == DK_OK; c++)
            given[priority->order[i + c]] = spread->shares[c];
    }
    return status;
}

/* What each combination of stratum k gives, in proportion to what it has. */
static dk_status spread_alike(const dki_stage *stage, const dki_strata *strata, uint64_t k,
                              const struct spread *spread, int64_t *given, dk_error *err)
{
    uint64_t first = strata->strata[k];
    size_t n = (size_t)(strata->strata[k + 1] - first);
    dk_status status;

    for (size_t c = 0; c < n; c++)
        spread->limits[c] = combined_weight(stage, strata, first + c);
    status = spread_over(spread, strata->taken[k], strata->available[k], n, err);
    if (status == DK_OK)
        memcpy(given + first, spread->shares, n * sizeof *given);
    return status;
}

dk_status dki_strata_split(const dki_stage *stage, const dki_strata *strata, int64_t *taken, dk_error *err)
{
    dk_context *context = strata->context;
    size_t n = (size_t)strata->n_cells;
    struct spread spread = { context, dki_alloc_array(context, n, sizeof *spread.numerators, err),
                             dki_alloc_array(context, n, sizeof *spread.limits, err),
                             dki_alloc_array(context, n, sizeof *spread.shares, err) };
    int64_t *given = dki_alloc_array(context, n, sizeof *given, err); /* by combination */
    dki_priority priority = { .context = NULL };
    dk_status status = spread.numerators && spread.limits && spread.shares && given ? DK_OK : DK_ERR_MEMORY;

    memset(taken, 0, (size_t)dk_table_n_rows(stage->cells) * sizeof *taken);
    for (uint64_t i = 0; strata->chosen && i < strata->n_cells; i++)
        taken[strata->cells[i]] = strata->chosen[i];
    if (status == DK_OK && stage->step->n_first > 0)
        status = dki_priority_init(stage, strata, &priority, err);
    DKI_FOR_ROWS(k, strata->chosen ? 0 : strata->n, context, status, err)
    status = stage->step->n_first > 0 ? spread_in_order(stage, strata, k, &priority, &spread, given, err)
                                      : spread_alike(stage, strata, k, &spread, given, err);
    DKI_FOR_ROWS(c, strata->chosen ? 0 : strata->n_combinations, context, status, err)
    status = split_combination(stage, strata, c, given[c], combined_weight(stage, strata, c), &spread, taken, err);
    dki_priority_drop(&priority);
    dki_free(context, given);
    dki_free(context, spread.shares);
    dki_free(context, spread.limits);
    dki_free(context, spread.numerators);
    return status;
}
