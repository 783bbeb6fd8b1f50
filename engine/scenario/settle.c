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

dk_status dki_amount_of(const dk_value *value, const char *what, const char *text, dk_ratio *out, dk_error *err)
{
    if (value == NULL || value->is_null || !dk_type_is_number(value->type))
        return dki_fail(err, DK_ERR_TYPE, "a %s is a number, and %s is none", what, text);
    if (value->type == DK_RATIO) {
        *out = value->as.ratio;
    } else if (value->type == DK_REAL) {
        int64_t scaled;
        uint8_t scale;

        if (!dki_real_to_decimal(value->as.real, &scaled, &scale))
            return dki_fail(err, DK_ERR_RANGE, "a %s of %g has more digits than an exact number can have", what,
                            value->as.real);
        (void)dki_ratio_make(scaled, dki_power10[scale], out);
    } else {
        (void)dki_ratio_make(value->as.integer, dki_power10[value->type == DK_DECIMAL ? value->scale : 0], out);
    }
    return DK_OK;
}

dk_status dki_amount(const dk_expr *expr, const dk_table *table, const dk_params *params, const char *what,
                     dk_ratio *out, dk_error *err)
{
    dki_scope scope = { .table = table, .params = params };
    dki_bound *bound;
    dk_status status = dki_bind(&scope, expr, dki_expr_root(expr), &bound, err);

    if (status == DK_OK) {
        status = dki_amount_of(dki_bound_constant(bound), what, dk_expr_text(expr), out, err);
        dki_bound_release(bound);
    }
    return status;
}

void dki_format_ratio(dk_ratio ratio, char *out, size_t size)
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
    dki_format_ratio(share, text, sizeof text);
    dki_fail(err, DK_ERR_RANGE, "a share lies between 0 and 1, and %s does not", text);
    if (share.numerator > share.denominator && share.numerator / share.denominator <= 100)
        dki_hint(err, "30 %% is written 0.30");
    return DK_ERR_RANGE;
}

dk_status dki_check_factor(dk_ratio factor, dk_error *err)
{
    char text[64];

    if (factor.numerator >= 0)
        return DK_OK;
    dki_format_ratio(factor, text, sizeof text);
    return dki_fail(err, DK_ERR_RANGE, "a scale is not negative, and %s is", text);
}

dk_status dki_check_count(dk_ratio count, bool whole, dk_error *err)
{
    char text[64];

    dki_format_ratio(count, text, sizeof text);
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

    dki_format_ratio(wanted, wanted_text, sizeof wanted_text);
    dki_format_weight(there, there_text, sizeof there_text);
    tell_strata(stage, strata, where, sizeof where);
    return dki_fail(err, DK_ERR_UNREACHABLE, "%s %s%s %s to be taken, and there %s %s%s", wanted_text, kind,
                    dki_unit(stage->cells, is_one ? DKI_PERSON : 0), is_one ? "is" : "are",
                    there == DKI_PERSON ? "is" : "are", there_text, where);
}

/* Limits where there are none: who comes is taken from nobody. */
static dk_status make_endless(dk_context *context, size_t n, int64_t **out, dk_error *err)
{
    *out = dki_alloc_array(context, n, sizeof **out, err);
    for (size_t i = 0; *out && i < n; i++)
        (*out)[i] = INT64_MAX;
    return *out ? DK_OK : DK_ERR_MEMORY;
}

/* Each stratum gives numerators[k] / denominator. */
static dk_status settle_quotas(const dki_stage *stage, dki_strata *strata, const dki_i128 *numerators,
                               dki_i128 denominator, int64_t *left, dk_error *err)
{
    dk_context *context = strata->context;
    size_t n = (size_t)strata->n;
    int64_t *endless = NULL;
    dk_status status = DK_OK;

    if (strata->effect == DK_ADDS)
        status = make_endless(context, n, &endless, err);
    if (status == DK_OK)
        status = dki_apportion_quotas(context, numerators, denominator, stage->step->whole ? DKI_PERSON : 1,
                                      endless ? endless : strata->available, n, strata->taken, left, err);
    dki_free(context, endless);
    return status;
}

static dki_i128 total_available(const dki_strata *strata)
{
    dki_i128 total = 0;

    for (uint64_t k = 0; k < strata->n; k++)
        total += strata->available[k];
    return total;
}

dk_status dki_fail_many(dk_error *err)
{
    return dki_fail(err, DK_ERR_OVERFLOW,
                    "there would be more persons than a scenario can count: 9223372036, in billionths");
}

/* share may be more than 1 where that many come. */
static dk_status settle_share(const dki_stage *stage, dk_ratio share, dki_strata *strata, dk_error *err)
{
    dki_i128 *numerators;
    dk_status status;

    if (strata->effect == DK_ADDS && !dki_fits_i64(share.numerator * total_available(strata) / share.denominator +
                                                   (dki_i128)strata->n * DKI_PERSON))
        return dki_fail_many(err);
    numerators = dki_alloc_array(strata->context, (size_t)strata->n, sizeof *numerators, err);
    if (numerators == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t k = 0; k < strata->n; k++)
        numerators[k] = (dki_i128)share.numerator * strata->available[k];
    status = settle_quotas(stage, strata, numerators, share.denominator, NULL, err);
    dki_free(strata->context, numerators);
    return status;
}

static dk_status settle_count(const dki_stage *stage, dk_ratio count, dki_strata *strata, dk_error *err)
{
    bool whole = stage->step->whole;
    dki_i128 units, total = total_available(strata);
    dki_i128 *numerators;
    int64_t left = 0;
    dk_status status = dki_check_count(count, whole, err);

    if (status != DK_OK || (strata->n == 0 && stage->step->allow_none))
        return status;
    units = dki_divide_round((dki_i128)count.numerator * DKI_PERSON, count.denominator);
    if (strata->effect != DK_ADDS && units > total)
        return dki_fail_short(stage, strata, count, (int64_t)total, "", err);
    if (!dki_fits_i64(units))
        return dki_fail_many(err);
    if (strata->n == 0) /* nobody, of nobody */
        return DK_OK;
    numerators = dki_alloc_array(strata->context, (size_t)strata->n, sizeof *numerators, err);
    if (numerators == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t k = 0; k < strata->n; k++)
        numerators[k] = units * strata->available[k];
    status = settle_quotas(stage, strata, numerators, total, &left, err);
    if (status == DK_OK && left > 0) /* strata with parts of persons */
        status =
            dki_fail_short(stage, strata, count, (int64_t)(units - (dki_i128)left * DKI_PERSON), "whole ", err);
    dki_free(strata->context, numerators);
    return status;
}

/* What a factor makes more or less. */
static dk_status settle_scale(const dki_stage *stage, dk_ratio factor, dki_strata *strata, dk_error *err)
{
    const dk_ratio one = { 1, 1 };
    dk_ratio change;
    dk_status status = dki_check_factor(factor, err);

    if (status != DK_OK)
        return status;
    strata->effect = dki_ratio_compare(factor, one) < 0 ? DK_REMOVES : DK_ADDS;
    (void)(strata->effect == DK_ADDS ? dki_ratio_sub(factor, one, &change) : dki_ratio_sub(one, factor, &change));
    return settle_share(stage, change, strata, err);
}

dk_status dki_strata_settle(const dki_stage *stage, dki_strata *strata, dk_error *err)
{
    const dki_step *step = stage->step;
    const dk_expr *amount = step->share ? step->share : step->count ? step->count : step->scale;
    const char *what = step->share ? "share" : step->count ? "count" : "scale";
    dk_ratio number = { 0, 1 };
    dk_status status;

    strata->effect = step->effect;
    strata->set = step->set;
    strata->n_set = step->n_set;
    if (step->all) {
        for (uint64_t k = 0; k < strata->n; k++)
            strata->taken[k] = strata->available[k];
        return DK_OK;
    }
    if (step->drawn)
        return dki_draw_settle(stage, strata, err);
    status = dki_amount(amount, stage->cells, stage->params, what, &number, err);
    if (status != DK_OK)
        return status;
    if (step->count)
        return settle_count(stage, number, strata, err);
    if (step->scale)
        return settle_scale(stage, number, strata, err);
    status = dki_check_share(number, err);
    return status == DK_OK ? settle_share(stage, number, strata, err) : status;
}

/* Cells -------------------------------------------------------------------------------------------------------- */

dk_status dki_share_out(const dki_sharing *spread, int64_t taken, int64_t whole, size_t n, dk_error *err)
{
    if (n == 1 || taken == 0 || taken == whole) { /* for speed alone */
        for (size_t i = 0; i < n; i++)
            spread->shares[i] = taken == whole ? spread->weights[i] : taken;
        return DK_OK;
    }
    if (taken < whole && dki_apportion_persons(spread->weights, n, taken, whole, spread->shares))
        return DK_OK;
    for (size_t i = 0; i < n; i++)
        spread->numerators[i] = (dki_i128)taken * spread->weights[i];
    return dki_apportion_quotas(spread->context, spread->numerators, whole, 1,
                                spread->endless ? spread->endless : spread->weights, n, spread->shares, NULL, err);
}

dk_status dki_sharing_init(dki_sharing *spread, dk_context *context, size_t n, bool endless, dk_error *err)
{
    *spread = (dki_sharing){ context, dki_alloc_array(context, n, sizeof *spread->numerators, err),
                             dki_alloc_array(context, n, sizeof *spread->weights, err),
                             dki_alloc_array(context, n, sizeof *spread->shares, err), NULL };
    if (spread->numerators == NULL || spread->weights == NULL || spread->shares == NULL)
        return DK_ERR_MEMORY;
    return endless ? make_endless(context, n, &spread->endless, err) : DK_OK;
}

void dki_sharing_drop(dki_sharing *spread)
{
    dki_free(spread->context, spread->endless);
    dki_free(spread->context, spread->shares);
    dki_free(spread->context, spread->weights);
    dki_free(spread->context, spread->numerators);
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
                                   int64_t whole, const dki_sharing *spread, int64_t *taken, dk_error *err)
{
    const uint64_t *cells = strata->cells + strata->combinations[c];
    size_t n = (size_t)(strata->combinations[c + 1] - strata->combinations[c]);
    dk_status status;

    for (size_t i = 0; i < n; i++)
        spread->weights[i] = stage->weights[cells[i]];
    status = dki_share_out(spread, given, whole, n, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        taken[cells[i]] = spread->shares[i];
    return status;
}

/* What each combination of stratum k gives, in order of priority: all that it has, until nothing is left to be taken. */
static dk_status spread_in_order(const dki_stage *stage, const dki_strata *strata, uint64_t k,
                                 const dki_priority *priority, const dki_sharing *spread, int64_t *given,
                                 dk_error *err)
{
    uint64_t end = strata->strata[k + 1];
    int64_t left = strata->taken[k];
    dk_status status = DK_OK;

    for (uint64_t i = strata->strata[k], next = i; i < end && status == DK_OK; i = next) {
        int64_t together = 0, taken;
        size_t n = 0;

        do { /* those who come together */
            spread->weights[n] = combined_weight(stage, strata, priority->order[next++]);
            together += spread->weights[n++];
        } while (next < end && !priority->starts[next]);
        taken = together < left ? together : left;
        left -= taken;
        status = dki_share_out(spread, taken, together, n, err);
        for (size_t c = 0; c < n && status == DK_OK; c++)
            given[priority->order[i + c]] = spread->shares[c];
    }
    return status;
}

/* What each combination of stratum k gives, in proportion to what it has. */
static dk_status spread_alike(const dki_stage *stage, const dki_strata *strata, uint64_t k,
                              const dki_sharing *spread, int64_t *given, dk_error *err)
{
    uint64_t first = strata->strata[k];
    size_t n = (size_t)(strata->strata[k + 1] - first);
    int64_t whole = 0;
    dk_status status;

    for (size_t c = 0; c < n; c++)
        whole += spread->weights[c] = combined_weight(stage, strata, first + c);
    status = dki_share_out(spread, strata->taken[k], whole, n, err);
    if (status == DK_OK)
        memcpy(given + first, spread->shares, n * sizeof *given);
    return status;
}

dk_status dki_strata_split(const dki_stage *stage, const dki_strata *strata, int64_t *taken, dk_error *err)
{
    dk_context *context = strata->context;
    size_t n = (size_t)strata->n_cells;
    dki_sharing spread;
    dk_status status = dki_sharing_init(&spread, context, n, strata->effect == DK_ADDS, err);
    int64_t *given = dki_alloc_array(context, n, sizeof *given, err); /* by combination */
    dki_priority priority = { .context = NULL };

    if (given == NULL)
        status = DK_ERR_MEMORY;
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
    dki_sharing_drop(&spread);
    return status;
}
