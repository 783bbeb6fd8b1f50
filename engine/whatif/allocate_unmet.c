/* allocate_unmet.c - which limit of an allocation cannot be met, and how near to it the numbers come.
 *
 * Limits are tried in the order in which they were given: the first whose sum cannot be as small as it has to be within those before it
 * is the one that is named.
 */
#include <stdio.h>
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"

/* With at most two digits behind the point, rounded up or down. */
static void show_amount(dk_ratio ratio, bool up, char *out, size_t size)
{
    dki_i128 scaled = dki_divide_outward((dki_i128)ratio.numerator * 100, ratio.denominator, up);

    (void)dki_format_decimal(scaled % 100 == 0 ? scaled / 100 : scaled, scaled % 100 == 0 ? 0 : 2, out, size);
}

dk_status dki_allocation_check_minimums(dki_allocation *a, dk_error *err)
{
    const dki_program *p = &a->program;
    dki_i128 sum = 0;
    char text[64] = "more than can be told";
    dk_ratio value;

    if (a->n_limits == 0 || a->limits[0].target != SIZE_MAX)
        return DK_OK;
    for (size_t t = p->starts[0]; t < p->starts[1]; t++)
        sum += (dki_i128)p->factors[t] * p->least[p->numbers[t]];
    if (sum <= p->most[0])
        return DK_OK;
    if (dki_ratio_make(sum, 1, &value) && dki_ratio_mul(value, a->limits[0].unit, &value))
        show_amount(value, true, text, sizeof text);
    return dki_fail(err, DK_ERR_UNREACHABLE, "the minimums alone cost %s, and that is more than the budget of %s",
                    text, a->spec->budget);
}

/* The side of a comparison that is no number, at the numbers of the answer. */
struct reached {
    const dki_limit *limit;
    bool found;
    dk_value value;
    bool is_most; /* it had to become greater */
};

static bool is_constant_side(const dki_allocation *a, const dki_side *side)
{
    return !side->has_bottom && dki_form_is_constant(a, &side->top);
}

/* (constant + sum of full * taken / available) as a numerator over the form's denominator, in units of 10^-6. */
static bool at_numbers(const dki_allocation *a, const dki_form *form, dki_i128 *out)
{
    dki_i128 sum = 0, term;
    const int64_t digits = 1000000;

    if (dki_mul_i128(form->constant, digits, &sum))
        return false;
    for (size_t k = 0; k < a->n; k++) {
        if (form->full[k] == 0)
            continue;
        if (dki_mul_i128(form->full[k], digits, &term) || dki_mul_i128(term / a->available[k], a->unit, &term))
            return false;
        term *= a->numbers[k];
        sum += term;
    }
    *out = sum;
    return true;
}

static dk_status look_at(dki_allocation *a, void *arg, const dki_cell *cell, const char *label, dk_error *err)
{
    struct reached *r = arg;
    const dki_limit *limit = r->limit;
    const dk_expr *expr = a->targets[limit->target];
    dki_side sides[2] = { { .is_null = false }, { .is_null = false } };
    dki_i128 top, bottom = 0;
    int at;
    dk_status status;

    if (r->found || strcmp(label, limit->cell) != 0)
        return DK_OK;
    r->found = true;
    r->value.is_null = true;
    status = dki_side_of(a, cell, expr, limit->node->children[0], &sides[0], err);
    if (status == DK_OK)
        status = dki_side_of(a, cell, expr, limit->node->children[1], &sides[1], err);
    if (status == DK_OK && is_constant_side(a, &sides[0]) != is_constant_side(a, &sides[1])) {
        at = is_constant_side(a, &sides[0]);
        r->is_most = (limit->node->text[0] == '<') == (at == 1);
        if (at_numbers(a, &sides[at].top, &top) &&
            (!sides[at].has_bottom || (at_numbers(a, &sides[at].bottom, &bottom) && bottom > 0))) {
            dki_i128 over = sides[at].has_bottom ? bottom : (dki_i128)1000000 * sides[at].top.denominator;

            if (sides[at].has_bottom && sides[at].top.denominator != sides[at].bottom.denominator)
                (void)(dki_mul_i128(top, sides[at].bottom.denominator, &top) ||
                       dki_mul_i128(over, sides[at].top.denominator, &over));
            r->value = (dk_value){ .type = DK_RATIO };
            r->value.is_null = !dki_ratio_make(top, over, &r->value.as.ratio);
        }
    }
    dki_side_drop(a, &sides[0]);
    dki_side_drop(a, &sides[1]);
    return status;
}

/* "87.66 %", or "6729": rounded to the side on which it is, so that what is missed by little is not shown as reached. */
static void show_reached(const struct reached *r, char *out, size_t size)
{
    const dk_ratio ratio = r->value.as.ratio;
    bool is_share = ratio.denominator != 1 && ratio.numerator >= 0 && ratio.numerator <= ratio.denominator;
    size_t length;

    if (!is_share) {
        show_amount(ratio, !r->is_most, out, size);
        return;
    }
    length = dki_format_decimal(
        dki_divide_outward((dki_i128)ratio.numerator * 10000, ratio.denominator, !r->is_most), 2, out, size);
    snprintf(out + length, size - length, " %%");
}

/* Row i cannot be met together with those before it; the numbers come as near as can be. */
static dk_status fail_row(dki_allocation *a, size_t i, bool within_budget, dk_error *err)
{
    const dki_limit *limit = &a->limits[i];
    struct reached r = { .limit = limit };
    char shown[64], where[200] = "", budget[100] = "";
    dk_status status = dki_allocation_cells(a, limit->target, look_at, &r, err);

    if (status != DK_OK)
        return status;
    if (strcmp(limit->cell, "total") != 0)
        snprintf(where, sizeof where, " where %s", limit->cell);
    if (within_budget)
        snprintf(budget, sizeof budget, " with a budget of %s", a->spec->budget);
    if (r.value.is_null)
        return dki_fail(err, DK_ERR_UNREACHABLE, "%s cannot be reached%s%s", limit->text, where, budget);
    show_reached(&r, shown, sizeof shown);
    return dki_fail(err, DK_ERR_UNREACHABLE, "%s cannot be reached%s%s: %s %s", limit->text, where, budget,
                    r.is_most ? "at most" : "at least", shown);
}

/* The least that row i's sum can be within the rows before it, of which the first (skip) may be left out. */
static dk_status least_of(dki_allocation *a, size_t i, bool skip_budget, bool *can_be, dk_error *err)
{
    const dki_program *p = &a->program;
    dki_program before;
    int64_t *factors = dki_alloc_array(a->context, a->n, sizeof *factors, err);
    dki_program_answer answer = { .numbers = a->numbers };
    dk_status status = factors ? dki_program_init(&before, a->context, a->n, err) : DK_ERR_MEMORY;

    if (factors == NULL)
        return DK_ERR_MEMORY;
    for (size_t row = skip_budget ? 1 : 0; row <= i && status == DK_OK; row++) {
        memset(factors, 0, a->n * sizeof *factors);
        for (size_t t = p->starts[row]; t < p->starts[row + 1]; t++)
            factors[p->numbers[t]] = p->factors[t];
        if (row < i)
            status = dki_program_add(&before, factors, p->most[row], err);
    }
    for (size_t k = 0; k < a->n && status == DK_OK; k++) {
        before.least[k] = p->least[k];
        before.greatest[k] = p->greatest[k];
        factors[k] = -factors[k];
    }
    if (status == DK_OK)
        status = dki_program_solve(&before, factors, a->grain, DKI_ALLOCATE, &answer, err);
    *can_be = status == DK_OK && answer.is_possible && -answer.value <= p->most[i];
    dki_program_drop(&before);
    dki_free(a->context, factors);
    return status;
}

dk_status dki_allocation_unmet(dki_allocation *a, dk_error *err)
{
    bool has_budget = a->n_limits > 0 && a->limits[0].target == SIZE_MAX, can_be, could_be;
    dk_status status = dki_allocation_check_minimums(a, err);

    for (size_t i = has_budget ? 1 : 0; i < a->n_limits && status == DK_OK; i++) {
        status = least_of(a, i, false, &can_be, err);
        if (status != DK_OK || can_be)
            continue;
        could_be = false;
        if (has_budget) { /* would it be met with all the money there is? */
            status = least_of(a, i, true, &could_be, err);
            if (status == DK_OK && could_be)
                status = least_of(a, i, false, &can_be, err);
        }
        return status == DK_OK ? fail_row(a, i, could_be, err) : status;
    }
    if (status == DK_OK)
        status = dki_fail(err, DK_ERR_UNREACHABLE,
                          "no plan was found that meets all limits, nor one that contradicts it");
    return status;
}
