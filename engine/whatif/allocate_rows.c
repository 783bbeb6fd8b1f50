/* allocate_rows.c - budget, targets and what is maximised as rows of whole numbers.
 *
 * A target `left >= right` becomes left - right >= 0; where a side is t / b, both are multiplied by b, which must not be able
 * to become negative. What a group adds for each of its persons is full[k] / available[k]; with the least common
 * multiple of these denominators everything is whole. Where it has too many digits, 10^9 takes its place, and factors are
 * rounded so that what holds for the row holds for the target.
 */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"

#define MOST_MULTIPLE 1000000000

/* The least common multiple of two, or 0 where that is over MOST_MULTIPLE. */
static int64_t common_multiple(int64_t a, int64_t b)
{
    dki_i128 multiple;

    if (a == 0)
        return 0;
    multiple = (dki_i128)(a / dki_common_divisor(a, b)) * b;
    return multiple <= MOST_MULTIPLE ? (int64_t)multiple : 0;
}

/* Rows --------------------------------------------------------------------------------------------------------- */

/* What makes full[k] / available[k] of all groups whole; 0 where that is too much. */
static int64_t multiple_of(const dki_allocation *a, const dki_form *form)
{
    int64_t multiple = 1;

    for (size_t k = 0; k < a->n && multiple > 0; k++)
        if (form->full[k] != 0) {
            int64_t available = a->available[k];
            int64_t rest = (int64_t)(form->full[k] % available);

            multiple = common_multiple(multiple, available / dki_common_divisor(available, rest));
        }
    return multiple;
}

/* factors[k]: what one of the program's numbers adds to the form, times a multiple; rounded down (way -1) or to the nearest (0)
 * where that is no whole number. *unit is what one of them is: factor = multiple * full / available, so that a number, of `unit`
 * units of weight, adds factor * unit / multiple / denominator. */
static dk_status make_factors(dki_allocation *a, const dki_form *form, int way, int64_t *factors, int64_t *multiple,
                              dk_ratio *unit, dk_error *err)
{
    bool fits;

    *multiple = multiple_of(a, form);
    fits = *multiple > 0 && dki_ratio_make(a->unit, (dki_i128)*multiple * form->denominator, unit);
    if (!fits) {
        dk_status status =
            dki_allocation_note(a, "what tells persons of a group apart is rounded to 10^-9 of a person", err);

        if (status != DK_OK)
            return status;
        *multiple = MOST_MULTIPLE;
        while (!fits && *multiple > 1000) { /* of what is compared, more digits are lost than that */
            fits = dki_ratio_make(a->unit, (dki_i128)*multiple * form->denominator, unit);
            *multiple /= fits ? 1 : 10;
        }
        if (!fits)
            return dki_form_fail(err);
    }
    for (size_t k = 0; k < a->n; k++) {
        dki_i128 product, factor;

        factors[k] = 0;
        if (form->full[k] == 0)
            continue;
        if (dki_mul_i128(form->full[k], *multiple, &product))
            return dki_form_fail(err);
        factor = way < 0 ? dki_divide_outward(product, a->available[k], false)
                         : dki_divide_round(product, a->available[k]);
        if (!dki_fits_i64(factor))
            return dki_form_fail(err);
        factors[k] = (int64_t)factor;
    }
    return DK_OK;
}

static int64_t divisor_of(const int64_t *factors, size_t n)
{
    int64_t divisor = 0;

    for (size_t k = 0; k < n && divisor != 1; k++)
        divisor = dki_common_divisor(divisor, factors[k]);
    return divisor > 0 ? divisor : 1;
}

/* Adds factors . numbers <= most, and what it is to the reader; the factors are made smaller where they have a divisor. */
static dk_status add_row(dki_allocation *a, int64_t *factors, dki_i128 most, dki_limit limit, dk_error *err)
{
    int64_t divisor = divisor_of(factors, a->n);
    dk_ratio by = { divisor, 1 };
    dk_status status =
        dki_grow(a->context, (void **)&a->limits, &a->limits_capacity, a->n_limits + 1, sizeof *a->limits, err);

    most = dki_divide_outward(most, divisor, false);
    if (status == DK_OK && !dki_ratio_mul(limit.unit, by, &limit.unit))
        status = dki_form_fail(err);
    for (size_t k = 0; k < a->n; k++)
        factors[k] /= divisor;
    if (status == DK_OK)
        status = dki_program_add(&a->program, factors, most, err);
    if (status == DK_OK)
        a->limits[a->n_limits++] = limit;
    return status;
}

/* form >= 0, or > 0. */
static dk_status add_target(dki_allocation *a, const dki_form *form, bool is_strict, dki_limit limit, dk_error *err)
{
    int64_t *factors = dki_alloc_array(a->context, a->n, sizeof *factors, err), multiple;
    dki_i128 most = 0;
    dk_status status = factors ? make_factors(a, form, -1, factors, &multiple, &limit.unit, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_form_value(form, &limit.most, err);
    if (status == DK_OK && dki_mul_i128(form->constant, multiple, &most))
        status = dki_form_fail(err);
    if (status == DK_OK) {
        for (size_t k = 0; k < a->n; k++)
            factors[k] = -factors[k];
        most =
            dki_divide_outward(most - (is_strict ? 1 : 0), a->unit, false); /* > c is >= c + 1 of whole numbers */
        status = add_row(a, factors, most, limit, err);
    }
    dki_free(a->context, factors);
    return status;
}

/* Targets ------------------------------------------------------------------------------------------------------ */

/* False: null, as a division by 0 is. */
static bool has_value(const dki_allocation *a, const dki_side *side)
{
    return !side->is_null &&
           !(side->has_bottom && side->bottom.constant == 0 && dki_form_is_constant(a, &side->bottom));
}

/* A form is nowhere negative, whoever is taken; of those who come the most that may. */
static bool stays_positive(const dki_allocation *a, const dki_form *form)
{
    dki_i128 least = form->constant;

    for (size_t k = 0; k < a->n; k++) {
        dki_i128 most = (dki_i128)a->program.greatest[k] * a->unit;
        dki_i128 times = a->available[k] ? (most + a->available[k] - 1) / a->available[k] : 0;

        if (form->full[k] < 0 && (dki_mul_i128(form->full[k], times, &times) || dki_add_i128(least, times, &least)))
            return false;
    }
    return least >= 0;
}

/* left - right, both multiplied by a bottom that one of them has, in left->top. */
static dk_status subtract(const dki_allocation *a, dki_side *left, dki_side *right, bool *fits, dk_error *err)
{
    dki_side *ratio = left->has_bottom ? left : right, *other = ratio == left ? right : left;
    dk_ratio number;
    dk_status status = DK_OK;

    if (ratio->has_bottom) {
        *fits = !other->has_bottom && dki_form_is_constant(a, &other->top) && stays_positive(a, &ratio->bottom);
        if (!*fits)
            return DK_OK;
        status = dki_form_value(&other->top, &number, err); /* other becomes number * bottom */
        dki_free(a->context, other->top.full);
        other->top = ratio->bottom;
        ratio->bottom.full = NULL;
        if (status == DK_OK)
            status = dki_form_scale(a, &other->top, number, err);
    }
    return status == DK_OK ? dki_form_add(a, &left->top, &right->top, -1, err) : status;
}

/* What is compared, and how: ">=" as it is, "<=" the other way around, "==" both. */
struct comparison {
    const dk_expr *expr;
    const dki_node *node;
    dki_limit limit;
};

static dk_status fail_target(const dk_expr *expr, const dki_node *node, dk_error *err)
{
    (void)dki_node_fail(expr, node, err, DK_ERR_ARGUMENT,
                        "a target compares measures: with >=, <=, >, < or ==, and joined by and");
    dki_hint(err, "dekking >= 0.9 and known >= 100; of a ratio whose denominator changes, with a number");
    return DK_ERR_ARGUMENT;
}

static dk_status add_comparison(dki_allocation *a, const dki_cell *cell, const struct comparison *c, dk_error *err)
{
    const char *sign = c->node->text;
    bool is_strict = sign[1] == '\0', fits = true;
    dki_side left = { .is_null = false }, right = { .is_null = false };
    dk_status status = dki_side_of(a, cell, c->expr, c->node->children[0], &left, err);

    if (status == DK_OK)
        status = dki_side_of(a, cell, c->expr, c->node->children[1], &right, err);
    if (status == DK_OK && has_value(a, &left) && has_value(a, &right)) {
        status = subtract(a, &left, &right, &fits, err);
        if (status == DK_OK && !fits) { /* both are ratios, or the other is no number */
            fits = true;
            status = dki_side_fold(a, &left, err);
            if (status == DK_OK)
                status = dki_side_fold(a, &right, err);
            if (status == DK_OK)
                status = subtract(a, &left, &right, &fits, err);
        }
        if (status == DK_OK && !fits)
            status = fail_target(c->expr, c->node, err);
        if (status == DK_OK && sign[0] != '<')
            status = add_target(a, &left.top, is_strict, c->limit, err);
        if (status == DK_OK && sign[0] != '>') {
            status = dki_form_scale(a, &left.top, (dk_ratio){ -1, 1 }, err);
            if (status == DK_OK)
                status = add_target(a, &left.top, is_strict, c->limit, err);
        }
    }
    dki_side_drop(a, &left);
    dki_side_drop(a, &right);
    return status;
}

/* The comparisons of a condition, one after the other. */
static dk_status add_condition(dki_allocation *a, const dki_cell *cell, struct comparison *c, const dki_node *node,
                               dk_error *err)
{
    static const char *const signs[] = { ">=", "<=", ">", "<", "==" };
    dk_status status = DK_OK;
    bool is_comparison = false;

    if (node->kind == DKI_NODE_CALL && strcmp(node->text, "and") == 0) {
        for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
            status = add_condition(a, cell, c, node->children[i], err);
        return status;
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs && node->kind == DKI_NODE_CALL; i++)
        is_comparison |= strcmp(node->text, signs[i]) == 0;
    if (!is_comparison)
        return fail_target(c->expr, node, err);
    c->node = node;
    c->limit.node = node;
    c->limit.text = dki_arena_text(&a->arena, dk_expr_text(c->expr) + node->at, node->size, err);
    return c->limit.text ? add_comparison(a, cell, c, err) : DK_ERR_MEMORY;
}

static dk_status add_at_cell(dki_allocation *a, void *arg, const dki_cell *cell, const char *label, dk_error *err)
{
    const size_t *t = arg;
    struct comparison c = { .expr = a->targets[*t], .limit.target = *t };

    c.limit.cell = dki_arena_text(&a->arena, label, strlen(label), err);
    return c.limit.cell ? add_condition(a, cell, &c, dki_expr_root(c.expr), err) : DK_ERR_MEMORY;
}

/* Bounds and budget -------------------------------------------------------------------------------------------- */

/* ratio * numbers in a person, rounded up or down; what does not fit is as much as fits. */
static int64_t in_numbers(const dki_allocation *a, dk_ratio ratio, bool up)
{
    dki_i128 number = (dki_i128)ratio.numerator * a->grain; /* not negative */

    number = up ? (number + ratio.denominator - 1) / ratio.denominator : number / ratio.denominator;
    return number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

/* The step brings persons, as many as it likes. */
static bool comes(const dki_allocation *a)
{
    return a->step->effect == DK_ADDS;
}

static dk_status fail_minimum(dki_allocation *a, size_t k, dk_error *err)
{
    char minimum[64], most[64];
    const char *name;
    bool is_capacity = comes(a) || a->program.greatest[k] < a->available[k] / a->unit;
    dk_status status = dki_allocation_name(a, k, &name, err);

    if (status != DK_OK)
        return status;
    dki_format_weight(a->program.least[k] * a->unit, minimum, sizeof minimum);
    dki_format_weight(a->program.greatest[k] * a->unit, most, sizeof most);
    return dki_fail(err, DK_ERR_UNREACHABLE, "a minimum of %s cannot be reached where %s: %s %s", minimum, name,
                    is_capacity ? "the capacity is" : "at most", most);
}

/* What nobody bounds has no best. */
static dk_status check_capacities(dki_allocation *a, dk_error *err)
{
    const char *name;
    dk_status status = DK_OK;

    for (size_t k = 0; k < a->n && status == DK_OK; k++) {
        if (a->program.greatest[k] <= INT64_MAX / a->unit / 2)
            continue;
        status = dki_allocation_name(a, k, &name, err);
        if (status != DK_OK)
            return status;
        dki_fail(err, DK_ERR_ARGUMENT, "any number may come where %s", name);
        dki_hint(err, "say how many at most: capacity = ...");
        return dki_step_fail(a->step, DK_ERR_ARGUMENT, err);
    }
    return status;
}

static dk_status set_bounds(dki_allocation *a, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    dk_ratio *numbers = dki_calloc(a->context, a->n, sizeof *numbers, err);
    bool *null = dki_calloc(a->context, a->n, sizeof *null, err);
    dk_status status = numbers && null ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < a->n && status == DK_OK; k++)
        a->program.greatest[k] = !comes(a) ? a->available[k] / a->unit : a->available[k] > 0 ? INT64_MAX : 0;
    if (status == DK_OK && spec->capacity)
        status = dki_allocation_numbers(a, spec->capacity, "capacity", false, numbers, null, err);
    for (size_t k = 0; k < a->n && status == DK_OK && spec->capacity; k++) {
        int64_t most = null[k] ? INT64_MAX : in_numbers(a, numbers[k], false);

        if (most < a->program.greatest[k])
            a->program.greatest[k] = most;
    }
    if (status == DK_OK && comes(a))
        status = check_capacities(a, err);
    if (status == DK_OK && spec->minimum)
        status = dki_allocation_numbers(a, spec->minimum, "minimum", false, numbers, null, err);
    for (size_t k = 0; k < a->n && status == DK_OK && spec->minimum; k++) {
        a->program.least[k] = null[k] ? 0 : in_numbers(a, numbers[k], true);
        if (a->program.least[k] > a->program.greatest[k])
            status = fail_minimum(a, k, err);
    }
    dki_free(a->context, null);
    dki_free(a->context, numbers);
    return status;
}

/* Ratios as whole numbers, all times one multiple. */
static dk_status whole_ratios(const dki_allocation *a, const dk_ratio *ratios, const char *what, int64_t *out,
                              int64_t *multiple, dk_error *err)
{
    *multiple = 1;
    for (size_t k = 0; k<a->n && * multiple> 0; k++)
        *multiple = common_multiple(*multiple, ratios[k].denominator);
    if (*multiple == 0)
        return dki_fail(err, DK_ERR_LIMIT, "the %ss of the groups have more digits together than fit: 9", what);
    for (size_t k = 0; k < a->n; k++)
        if (dki_mul_i64(ratios[k].numerator, *multiple / ratios[k].denominator, &out[k]))
            return dki_form_fail(err);
    return DK_OK;
}

/* What persons cost: cost_factors, and the budget as the first row. */
static dk_status add_budget(dki_allocation *a, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    dki_limit limit = { .target = SIZE_MAX };
    dk_ratio budget = { 0, 1 };
    const dk_expr *expr = NULL;
    int64_t multiple = 1;
    int64_t *factors = dki_calloc(a->context, a->n, sizeof *factors, err);
    dki_i128 most;
    dk_status status =
        factors ? dki_allocation_numbers(a, spec->cost ? spec->cost : "1", "cost", false, a->costs, NULL, err)
                : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = whole_ratios(a, a->costs, "cost", a->cost_factors, &multiple, err);
    if (status == DK_OK && !dki_ratio_make(a->unit, (dki_i128)multiple * DKI_PERSON, &a->cost_unit))
        status = dki_form_fail(err);
    if (status == DK_OK && spec->budget) {
        status = dk_expr_parse(a->context, spec->budget, &expr, err);
        if (status == DK_OK)
            status = dki_amount(expr, a->cells[DKI_BEFORE], a->breakdown_params, "budget", &budget, err);
        if (status == DK_OK && budget.numerator < 0)
            status = dki_fail(err, DK_ERR_RANGE, "a budget is not negative, and %s is", spec->budget);
    }
    if (status == DK_OK && spec->budget) {
        memcpy(factors, a->cost_factors, a->n * sizeof *factors);
        if (dki_mul_i128((dki_i128)budget.numerator * multiple, a->grain, &most))
            status = dki_form_fail(err);
        limit.unit = a->cost_unit;
        limit.most = budget;
        limit.text = dki_arena_format(&a->arena, err, "budget %s", spec->budget);
        if (status == DK_OK)
            status = limit.text
                         ? add_row(a, factors, dki_divide_outward(most, budget.denominator, false), limit, err)
                         : DK_ERR_MEMORY;
    }
    dk_expr_release(expr);
    dki_free(a->context, factors);
    return status;
}

/* What is maximised -------------------------------------------------------------------------------------------- */

static dk_status gains_of_measure(dki_allocation *a, const char *name, bool negative, dk_error *err)
{
    size_t measure = dki_breakdown_find_measure(a->breakdown, name);
    dki_side side = { .is_null = false };
    dki_nearest nearest;
    const dk_expr *expr;
    int64_t multiple;
    dk_status status;

    if (measure == SIZE_MAX) {
        dki_nearest_init(&nearest, name, strlen(name));
        for (size_t i = 0; i < a->breakdown->n_measures; i++)
            dki_nearest_try(&nearest, a->breakdown->measures[i].name, strlen(a->breakdown->measures[i].name));
        dki_fail(err, DK_ERR_NAME, "%s is no measure of the breakdown", name);
        if (nearest.best)
            dki_hint(err, "did you mean %s?", nearest.best);
        return DK_ERR_NAME;
    }
    expr = a->breakdown->measures[measure].expr;
    status = dki_side_of(a, NULL, expr, dki_expr_root(expr), &side, err);
    if (status == DK_OK)
        status = dki_side_fold(a, &side, err);
    if (status == DK_OK && (side.is_null || side.has_bottom)) {
        dki_fail(err, DK_ERR_ARGUMENT, "%s is a ratio whose denominator changes, and no sum of what groups add",
                 name);
        dki_hint(err, "maximise its numerator, and set a target for the ratio");
        status = DK_ERR_ARGUMENT;
    }
    if (status == DK_OK && dki_form_is_constant(a, &side.top)) {
        status = dki_fail(err, DK_ERR_ARGUMENT, "%s is the same, whoever is taken", name);
        status = dki_step_fail(a->step, status, err);
    }
    if (status == DK_OK)
        status = make_factors(a, &side.top, 0, a->gains, &multiple, &a->gain_unit, err);
    for (size_t k = 0; k < a->n && status == DK_OK && negative; k++)
        a->gains[k] = -a->gains[k];
    dki_side_drop(a, &side);
    return status;
}

static dk_status gains_of_persons(dki_allocation *a, dk_error *err)
{
    dk_ratio *gains = dki_calloc(a->context, a->n, sizeof *gains, err);
    int64_t multiple = 1;
    dk_status status =
        gains ? dki_allocation_numbers(a, a->spec->gain, "gain", true, gains, NULL, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = whole_ratios(a, gains, "gain", a->gains, &multiple, err);
    if (status == DK_OK && !dki_ratio_make(a->unit, (dki_i128)multiple * DKI_PERSON, &a->gain_unit))
        status = dki_form_fail(err);
    dki_free(a->context, gains);
    return status;
}

static dk_status set_gains(dki_allocation *a, dk_error *err)
{
    const dk_allocate_spec *spec = a->spec;
    int64_t divisor;
    dk_status status = DK_OK;

    a->by_cost = spec->minimise && strcmp(spec->minimise, "cost") == 0;
    if (a->by_cost) {
        a->gain_unit = a->cost_unit;
        for (size_t k = 0; k < a->n; k++)
            a->gains[k] = -a->cost_factors[k];
    } else if (spec->gain) {
        status = gains_of_persons(a, err);
    } else {
        status = gains_of_measure(a, spec->maximise ? spec->maximise : spec->minimise, spec->minimise != NULL, err);
    }
    divisor = divisor_of(a->gains, a->n);
    if (status == DK_OK && !dki_ratio_mul(a->gain_unit, (dk_ratio){ divisor, 1 }, &a->gain_unit))
        status = dki_form_fail(err);
    for (size_t k = 0; k < a->n; k++)
        a->gains[k] /= divisor;
    return status;
}

dk_status dki_allocation_rows(dki_allocation *a, dk_error *err)
{
    dk_status status = dki_program_init(&a->program, a->context, a->n, err);

    a->costs = dki_calloc(a->context, a->n, sizeof *a->costs, err);
    a->cost_factors = dki_calloc(a->context, a->n, sizeof *a->cost_factors, err);
    a->gains = dki_calloc(a->context, a->n, sizeof *a->gains, err);
    a->numbers = dki_calloc(a->context, a->n, sizeof *a->numbers, err);
    if (a->costs == NULL || a->cost_factors == NULL || a->gains == NULL || a->numbers == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = set_bounds(a, err);
    if (status == DK_OK)
        status = add_budget(a, err);
    for (size_t t = 0; t < a->spec->n_targets && status == DK_OK; t++)
        status = dki_allocation_cells(a, t, add_at_cell, &t, err);
    return status == DK_OK ? set_gains(a, err) : status;
}
