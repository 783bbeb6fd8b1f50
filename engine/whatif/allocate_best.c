/* allocate_best.c - the best numbers of an allocation, and what limits are worth.
 *
 * Where nothing but one budget (or none) stands in the way, persons are taken by what they gain per cost, the best first
 * (Dantzig 1957): exact for parts of persons, and for whole ones that all cost the same. Everything else is a program
 * (base/program.h), solved three times: for the gains, then for the least cost with those gains, then for the greatest
 * numbers of the first groups with that cost.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"

/* Who gains nothing --------------------------------------------------------------------------------------------- */

/* Of groups that gain nothing and help no target, nobody is taken beyond the minimum. */
static void hold_useless(dki_allocation *a, bool *helps)
{
    const dki_program *p = &a->program;

    memset(helps, 0, a->n * sizeof *helps);
    for (size_t t = 0; t < p->starts[p->n_rows]; t++)
        helps[p->numbers[t]] |= p->factors[t] < 0;
    for (size_t k = 0; k < a->n; k++)
        if (!helps[k] && a->gains[k] <= 0)
            p->greatest[k] = p->least[k];
}

/* Dantzig -------------------------------------------------------------------------------------------------------- */

static bool has_budget_alone(const dki_allocation *a)
{
    int64_t cost = 0;

    if (a->n_limits > 1 || (a->n_limits == 1 && a->limits[0].target != SIZE_MAX))
        return false;
    for (size_t k = 0; k < a->n && a->grain == 1 && a->n_limits == 1; k++) {
        if (a->gains[k] <= 0 || a->program.least[k] == a->program.greatest[k])
            continue;
        if (cost && cost != a->cost_factors[k])
            return false;
        cost = a->cost_factors[k];
    }
    return true;
}

struct worth {
    int64_t gain, cost;
    size_t group;
};

/* The greater gain per cost first, the earlier group of equals. */
static int by_worth(const void *left, const void *right)
{
    const struct worth *x = left, *y = right;
    dki_i128 a = (dki_i128)x->gain * y->cost, b = (dki_i128)y->gain * x->cost;

    if (a != b)
        return a > b ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

/* Numbers for the groups by worth, within the program's first row; *stopped is the first group that is not full. */
static void take_by_worth(dki_allocation *a, const struct worth *order, size_t n, dki_i128 left, bool is_limited,
                          size_t *stopped)
{
    *stopped = n;
    for (size_t i = 0; i < n; i++) {
        size_t k = order[i].group;
        dki_i128 take = (dki_i128)a->program.greatest[k] - a->numbers[k];

        if (is_limited && order[i].cost > 0 && left / order[i].cost < take)
            take = left / order[i].cost;
        a->numbers[k] += (int64_t)take;
        left -= take * order[i].cost;
        if (a->numbers[k] < a->program.greatest[k]) {
            *stopped = i;
            return;
        }
    }
}

/* Orders whom it is worth taking. Groups that cost nothing come first of all. */
static size_t list_worth(const dki_allocation *a, struct worth *order, const int64_t *costs)
{
    size_t n = 0;

    for (size_t k = 0; k < a->n; k++)
        if (a->gains[k] > 0 && a->program.greatest[k] > a->program.least[k])
            order[n++] = (struct worth){ a->gains[k], costs[k], k };
    qsort(order, n, sizeof *order, by_worth);
    return n;
}

/* The price of the budget: what the next one that is not taken gains per cost. */
static void price_budget(dki_allocation *a, const struct worth *next)
{
    dk_ratio price = { 0, 1 };

    if (a->n_limits == 0)
        return;
    if (next && next->cost > 0 &&
        !(dki_ratio_make(next->gain, next->cost, &price) && dki_ratio_mul(price, a->gain_unit, &price) &&
          dki_ratio_div(price, a->limits[0].unit, &price)))
        return; /* as Clp's are: near enough */
    a->limits[0].price = price;
}

/* Costs in the units of the budget's row; all 0 without one. */
static void row_costs(const dki_allocation *a, int64_t *costs)
{
    const dki_program *p = &a->program;

    memset(costs, 0, a->n * sizeof *costs);
    for (size_t t = 0; t < p->starts[p->n_rows]; t++)
        costs[p->numbers[t]] = p->factors[t];
}

static dk_status take_greedily(dki_allocation *a, double *prices, dk_error *err)
{
    struct worth *order = dki_alloc_array(a->context, a->n, sizeof *order, err);
    int64_t *costs = dki_alloc_array(a->context, a->n, sizeof *costs, err);
    dki_i128 left = a->n_limits ? a->program.most[0] : 0;
    size_t n, stopped;

    if (order && costs) {
        row_costs(a, costs);
        for (size_t k = 0; k < a->n; k++)
            left -= (dki_i128)costs[k] * a->numbers[k];
        n = list_worth(a, order, costs);
        take_by_worth(a, order, n, left, a->n_limits > 0, &stopped);
        price_budget(a, stopped < n ? &order[stopped] : NULL);
        if (a->n_limits)
            prices[0] = stopped < n && order[stopped].cost > 0
                            ? (double)order[stopped].gain / (double)order[stopped].cost
                            : 0;
        a->is_proved = true;
    }
    dki_free(a->context, costs);
    dki_free(a->context, order);
    return order && costs ? DK_OK : DK_ERR_MEMORY;
}

/* Programs ------------------------------------------------------------------------------------------------------- */

/* Of equal answers the cheapest, and of those the one that gives the first groups most. */
static dk_status break_ties(dki_allocation *a, dki_program_answer *answer, dk_error *err)
{
    int64_t *costs = dki_alloc_array(a->context, a->n, sizeof *costs, err);
    dk_status status =
        costs ? dki_program_hold(&a->program, a->gains, a->grain, DKI_ALLOCATE, answer, err) : DK_ERR_MEMORY;
    bool has_costs = false, is_proved = true;

    for (size_t k = 0; k < a->n && status == DK_OK; k++) {
        costs[k] = -a->cost_factors[k];
        has_costs |= costs[k] != 0;
    }
    if (status == DK_OK && has_costs && !a->by_cost) {
        status = dki_program_solve(&a->program, costs, a->grain, DKI_ALLOCATE, answer, err);
        is_proved = answer->is_proved;
        if (status == DK_OK)
            status = dki_program_hold(&a->program, costs, a->grain, DKI_ALLOCATE, answer, err);
    }
    if (status == DK_OK)
        status = dki_program_first(&a->program, a->grain, DKI_ALLOCATE, answer, err);
    answer->is_proved &= is_proved;
    dki_free(a->context, costs);
    return status;
}

/* What is not proved is not passed over. */
static dk_status note_unproved(dki_allocation *a, const dki_program_answer *answer, dk_error *err)
{
    char value[64], bound[64], text[240];
    dk_value shown = { .type = DK_RATIO };
    dki_i128 scaled;

    if (!answer->has_bound || !dki_ratio_make(answer->value, 1, &shown.as.ratio) ||
        !dki_ratio_mul(shown.as.ratio, a->gain_unit, &shown.as.ratio) || !dki_round_value(&shown, 2, &scaled))
        return dki_allocation_note(a, "the best that was found: that nothing is better is not proved", err);
    dki_format_decimal(scaled < 0 ? -scaled : scaled, 2, value, sizeof value);
    if (!dki_ratio_make(answer->bound, 1, &shown.as.ratio) ||
        !dki_ratio_mul(shown.as.ratio, a->gain_unit, &shown.as.ratio) || !dki_round_value(&shown, 2, &scaled))
        return dki_allocation_note(a, "the best that was found: that nothing is better is not proved", err);
    dki_format_decimal(scaled < 0 ? -scaled : scaled, 2, bound, sizeof bound);
    snprintf(text, sizeof text,
             "the best that was found: it gives %s, and what is proved is that nothing gives %s than %s", value,
             a->spec->minimise ? "less" : "more", bound);
    return dki_allocation_note(a, text, err);
}

/* Prices --------------------------------------------------------------------------------------------------------- */

/* The nearest ratio with a small denominator: prices are ratios of costs and gains, which are such. */
static dk_ratio near_ratio(double value)
{
    int64_t before[2] = { 0, 1 }, now[2] = { 1, 0 };
    double rest = fabs(value);
    dk_ratio ratio = { 0, 1 };

    if (!(rest < 1e9))
        return ratio;
    for (unsigned i = 0; i < 40; i++) {
        int64_t whole = (int64_t)floor(rest);
        int64_t top = whole * now[0] + before[0], bottom = whole * now[1] + before[1];

        if (bottom > 1000000 || top > INT64_C(1000000000000))
            break;
        before[0] = now[0];
        before[1] = now[1];
        now[0] = top;
        now[1] = bottom;
        if (fabs((double)top / (double)bottom - fabs(value)) <= 1e-10 * fmax(1, fabs(value)) ||
            rest - (double)whole < 1e-12)
            break;
        rest = 1 / (rest - (double)whole);
    }
    ratio.numerator = value < 0 ? -now[0] : now[0];
    ratio.denominator = now[1] ? now[1] : 1;
    return ratio;
}

/* Multipliers of the program's rows as prices: in what is maximised, for one of what the limit counts. */
static void set_prices(dki_allocation *a, const double *multipliers)
{
    for (size_t i = 0; i < a->n_limits; i++)
        if (a->limits[i].price.denominator == 0)
            a->limits[i].price =
                near_ratio(multipliers[i] * dki_ratio_real(a->gain_unit) / dki_ratio_real(a->limits[i].unit));
}

/* What one person more of each group would bring beyond what limits take of it. */
static void set_group_prices(dki_allocation *a, const double *multipliers)
{
    const dki_program *p = &a->program;
    double *rests = a->rests;

    for (size_t k = 0; k < a->n; k++)
        rests[k] = (double)a->gains[k];
    for (size_t i = 0; i < a->n_limits; i++)
        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++)
            rests[p->numbers[t]] -= multipliers[i] * (double)p->factors[t];
    for (size_t k = 0; k < a->n; k++) {
        double rest = rests[k] * dki_ratio_real(a->gain_unit) * (double)a->grain;

        a->prices[k] = fabs(rest) < 1e-9 ? (dk_ratio){ 0, 1 } : near_ratio(rest);
    }
}

/* All together --------------------------------------------------------------------------------------------------- */

static dk_status search(dki_allocation *a, double *multipliers, dk_error *err)
{
    dki_program_answer answer = { .numbers = a->numbers };
    dk_status status = dki_program_solve(&a->program, a->gains, a->grain, DKI_ALLOCATE, &answer, err);

    if (status == DK_OK && !answer.is_possible)
        return dki_allocation_unmet(a, err);
    a->is_proved = answer.is_proved;
    if (status == DK_OK && !a->is_proved)
        status = note_unproved(a, &answer, err);
    if (status == DK_OK)
        status = dki_program_prices(&a->program, a->gains, a->grain, DKI_ALLOCATE, multipliers, err);
    if (status != DK_OK || !a->is_proved)
        return status;
    status = break_ties(a, &answer, err);
    if (status == DK_OK && !answer.is_proved)
        status = dki_allocation_note(
            a, "of plans that are as good, this may not be the one that costs least and serves the first groups",
            err);
    return status;
}

dk_status dki_allocation_best(dki_allocation *a, dk_error *err)
{
    bool *helps = dki_calloc(a->context, a->n, sizeof *helps, err);
    double *multipliers = dki_calloc(a->context, a->n_limits, sizeof *multipliers, err);
    int64_t *least = dki_alloc_array(a->context, a->n, sizeof *least, err);
    int64_t *greatest = dki_alloc_array(a->context, a->n, sizeof *greatest, err);
    dk_status status = DK_OK;

    a->prices = dki_calloc(a->context, a->n, sizeof *a->prices, err);
    a->rests = dki_calloc(a->context, a->n, sizeof *a->rests, err);
    if (!helps || !multipliers || !least || !greatest || !a->prices || !a->rests)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_allocation_check_minimums(a, err);
    if (status == DK_OK) {
        memcpy(least, a->program.least, a->n * sizeof *least);
        memcpy(greatest, a->program.greatest, a->n * sizeof *greatest);
        memcpy(a->numbers, a->program.least, a->n * sizeof *a->numbers);
        hold_useless(a, helps);
        status = has_budget_alone(a) ? take_greedily(a, multipliers, err) : search(a, multipliers, err);
        memcpy(a->program.least, least, a->n * sizeof *least); /* for what the reader sees */
        memcpy(a->program.greatest, greatest, a->n * sizeof *greatest);
    }
    if (status == DK_OK) {
        set_prices(a, multipliers);
        set_group_prices(a, multipliers);
        if (a->grain == 1)
            status = dki_allocation_note(a, "shadow prices are those of the same plan in parts of persons", err);
    }
    dki_free(a->context, greatest);
    dki_free(a->context, least);
    dki_free(a->context, multipliers);
    dki_free(a->context, helps);
    return status;
}
