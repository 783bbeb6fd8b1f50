/* allocate_form.c - a measure as a form: what it is before anybody is taken, and what each group adds if all of it is.
 *
 * Between the two it grows in proportion, as everybody of a group is taken alike. An aggregate is added up over the cells
 * before, those that are matched, and these as they would be: the form's constant is the first, and what a group adds is the
 * third less the second. Arithmetic of measures is arithmetic of forms, with one denominator each, in 128 bits.
 */
#include <string.h>

#include "allocate_parts.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "expr/eval.h"
#include "expr/poll_row.h"

dk_status dki_form_fail(dk_error *err)
{
    return dki_fail(err, DK_ERR_LIMIT, "the figures of this allocation have more digits than fit");
}

/* Forms -------------------------------------------------------------------------------------------------------- */

static dk_status form_new(const dki_allocation *a, dki_form *form, dk_error *err)
{
    form->constant = 0;
    form->denominator = 1;
    form->full = dki_calloc(a->context, a->n, sizeof *form->full, err);
    return form->full ? DK_OK : DK_ERR_MEMORY;
}

void dki_side_drop(const dki_allocation *a, dki_side *side)
{
    dki_free(a->context, side->top.full);
    dki_free(a->context, side->bottom.full);
    memset(side, 0, sizeof *side);
}

bool dki_form_is_constant(const dki_allocation *a, const dki_form *form)
{
    for (size_t k = 0; k < a->n; k++)
        if (form->full[k] != 0)
            return false;
    return true;
}

static bool multiply(const dki_allocation *a, dki_form *form, dki_i128 by)
{
    bool fits = !dki_mul_i128(form->constant, by, &form->constant);

    for (size_t k = 0; k < a->n && fits; k++)
        fits = !dki_mul_i128(form->full[k], by, &form->full[k]);
    return fits;
}

dk_status dki_form_scale(const dki_allocation *a, dki_form *form, dk_ratio factor, dk_error *err)
{
    int64_t common = dki_common_divisor(factor.numerator, form->denominator);

    if (common > 1) { /* the common part cancels */
        factor.numerator /= common;
        form->denominator /= common;
    }
    if (!multiply(a, form, factor.numerator) ||
        dki_mul_i64(form->denominator, factor.denominator, &form->denominator))
        return dki_form_fail(err);
    return DK_OK;
}

dk_status dki_form_add(const dki_allocation *a, dki_form *form, const dki_form *other, int sign, dk_error *err)
{
    int64_t common = dki_common_divisor(form->denominator, other->denominator), denominator;
    dki_i128 by = other->denominator / common, times = form->denominator / common * sign, product;

    if (dki_mul_i64(form->denominator, (int64_t)by, &denominator) || !multiply(a, form, by) ||
        dki_mul_i128(other->constant, times, &product) || dki_add_i128(form->constant, product, &form->constant))
        return dki_form_fail(err);
    form->denominator = denominator;
    for (size_t k = 0; k < a->n; k++)
        if (dki_mul_i128(other->full[k], times, &product) || dki_add_i128(form->full[k], product, &form->full[k]))
            return dki_form_fail(err);
    return DK_OK;
}

dk_status dki_form_value(const dki_form *form, dk_ratio *out, dk_error *err)
{
    return dki_ratio_make(form->constant, form->denominator, out) ? DK_OK : dki_form_fail(err);
}

/* Aggregates --------------------------------------------------------------------------------------------------- */

/* A part of an expression over columns, for every row of the cells. */
static dk_status evaluate(const dki_allocation *a, dki_state state, const dk_expr *expr, const dki_node *node,
                          const dk_column **out, dk_error *err)
{
    dki_scope scope = { .table = a->cells[state], .params = a->breakdown_params };
    dki_bound *bound = NULL;
    dk_status status = dki_bind(&scope, expr, node, &bound, err);

    if (status == DK_OK)
        status = dki_bound_column_new(bound, out, err);
    dki_bound_release(bound);
    return status;
}

/* What the aggregate is made of: columns that may be NULL. */
struct parts {
    const dk_column *where, *filter, *argument;
};

static dk_status evaluate_parts(const dki_allocation *a, dki_state state, const dk_expr *expr, const dki_node *node,
                                struct parts *parts, dk_error *err)
{
    const dk_expr *where = a->breakdown->where;
    dk_status status = DK_OK;

    memset(parts, 0, sizeof *parts);
    if (where)
        status = evaluate(a, state, where, dki_expr_root(where), &parts->where, err);
    if (status == DK_OK && node->filter)
        status = evaluate(a, state, expr, node->filter, &parts->filter, err);
    if (status == DK_OK && node->n_children > 0)
        status = evaluate(a, state, expr, node->children[0], &parts->argument, err);
    return status;
}

static void drop_parts(const struct parts *parts)
{
    dk_column_release(parts->where);
    dk_column_release(parts->filter);
    dk_column_release(parts->argument);
}

static dk_status is_true(const dk_column *column, uint64_t row, bool *out, dk_error *err)
{
    dk_value value = { .as.boolean = true };
    dk_status status = column ? dk_column_get(column, row, &value, err) : DK_OK;

    *out = status == DK_OK && !value.is_null && value.as.boolean;
    return status;
}

/* What row adds to the aggregate: its weight, times the argument of a sum. */
static dk_status row_value(const dki_allocation *a, dki_state state, const dki_node *node,
                           const struct parts *parts, uint64_t row, dki_i128 *out, dk_error *err)
{
    dk_value value = { .as.integer = 1 };
    bool in, holds = false;
    dk_status status = is_true(parts->where, row, &in, err);

    *out = 0;
    if (status == DK_OK && in)
        status = is_true(parts->filter, row, &holds, err);
    if (status == DK_OK && holds && parts->argument)
        status = dk_column_get(parts->argument, row, &value, err);
    if (status == DK_OK && holds && !value.is_null)
        *out = (dki_i128)a->weights[state][row] * (strcmp(node->text, "sum") == 0 ? value.as.integer : 1);
    return status;
}

static dk_status check_argument(const dk_expr *expr, const dki_node *node, const dk_column *argument, dk_error *err)
{
    dk_type type = dk_column_type(argument);

    if (strcmp(node->text, "sum") != 0 || type == DK_INTEGER || type == DK_DECIMAL)
        return DK_OK;
    (void)dki_node_fail(expr, node, err, DK_ERR_TYPE, "an allocation sums exact numbers, and this is %s",
                        dk_type_name(type));
    dki_hint(err, type == DK_INTERVAL ? "it is known in bounds only: least(x) and greatest(x) are exact"
                                      : "make it one with so many digits: decimal(x, 2)");
    return DK_ERR_TYPE;
}

static dk_status fill_atom(dki_allocation *a, dki_state state, const dk_expr *expr, const dki_node *node,
                           dki_atom *atom, dk_error *err)
{
    uint64_t n = dk_table_n_rows(a->cells[state]);
    struct parts parts;
    dk_status status = evaluate_parts(a, state, expr, node, &parts, err);

    if (status == DK_OK && parts.argument) {
        status = check_argument(expr, node, parts.argument, err);
        atom->scale = strcmp(node->text, "sum") == 0 ? dk_column_scale(parts.argument) : 0;
    }
    if (status == DK_OK) {
        atom->values[state] = dki_alloc_array(a->context, (size_t)n, sizeof *atom->values[state], err);
        status = atom->values[state] ? DK_OK : DK_ERR_MEMORY;
    }
    DKI_FOR_ROWS(row, n, a->context, status, err)
    status = row_value(a, state, node, &parts, row, &atom->values[state][row], err);
    drop_parts(&parts);
    return status;
}

static dk_status find_atom(dki_allocation *a, const dk_expr *expr, const dki_node *node, const dki_atom **out,
                           dk_error *err)
{
    dki_atom *atom;
    dk_status status;

    for (size_t i = 0; i < a->n_atoms; i++)
        if (a->atoms[i].node == node) {
            *out = &a->atoms[i];
            return DK_OK;
        }
    status = dki_grow(a->context, (void **)&a->atoms, &a->atoms_capacity, a->n_atoms + 1, sizeof *a->atoms, err);
    if (status != DK_OK)
        return status;
    atom = &a->atoms[a->n_atoms++];
    *atom = (dki_atom){ .node = node };
    for (int state = 0; state < DKI_N_STATES && status == DK_OK; state++)
        status = fill_atom(a, (dki_state)state, expr, node, atom, err);
    *out = atom;
    return status;
}

static dk_status fail_form(const dk_expr *expr, const dki_node *node, dk_error *err)
{
    (void)dki_node_fail(expr, node, err, DK_ERR_ARGUMENT,
                        "an allocation takes what grows in proportion to who is taken, and this may not");
    dki_hint(err,
             "count() and sum() do, their sums, differences and multiples, and in a target a ratio of two beside a "
             "number");
    return DK_ERR_ARGUMENT;
}

static dk_status form_of_aggregate(dki_allocation *a, const dki_cell *cell, const dk_expr *expr,
                                   const dki_node *node, dki_side *out, dk_error *err)
{
    const dki_atom *atom;
    dki_form *form = &out->top;
    dk_status status;

    if (strcmp(node->text, "count") != 0 && strcmp(node->text, "sum") != 0)
        return fail_form(expr, node, err);
    status = find_atom(a, expr, node, &atom, err);
    if (status == DK_OK)
        status = form_new(a, form, err);
    for (int state = 0; state < DKI_N_STATES && status == DK_OK; state++)
        for (uint64_t row = 0; row < dk_table_n_rows(a->cells[state]); row++) {
            dki_i128 value = atom->values[state][row];

            if (value == 0 || (cell && !cell->in[state][row]))
                continue;
            if (state == DKI_BEFORE)
                form->constant += value;
            else
                form->full[a->groups[state][row]] += state == DKI_MOVED ? value : -value;
        }
    if (status == DK_OK && dki_mul_i64(DKI_PERSON, dki_power10[atom->scale], &form->denominator))
        return dki_form_fail(err);
    return status;
}

/* Expressions -------------------------------------------------------------------------------------------------- */

static dk_status form_of_constant(dki_allocation *a, const dk_expr *expr, const dki_node *node, dki_side *out,
                                  dk_error *err)
{
    const dk_table *nothing = NULL;
    dki_scope scope = { .params = a->breakdown_params };
    dki_bound *bound = NULL;
    const dk_value *value;
    dk_ratio number = { 0, 1 };
    dk_status status = dk_table_new(a->context, NULL, 0, 0, &nothing, err);

    scope.table = nothing;
    if (status == DK_OK)
        status = dki_bind(&scope, expr, node, &bound, err);
    value = status == DK_OK ? dki_bound_constant(bound) : NULL;
    if (value && value->is_null)
        out->is_null = true;
    else if (status == DK_OK && dki_amount_of(value, "number", "", &number, NULL) != DK_OK)
        status = fail_form(expr, node, err);
    if (status == DK_OK)
        status = form_new(a, &out->top, err);
    if (status == DK_OK) {
        out->top.constant = number.numerator;
        out->top.denominator = number.denominator;
    }
    dki_bound_release(bound);
    dk_table_release(nothing);
    return status;
}

static bool side_is_constant(const dki_allocation *a, const dki_side *side)
{
    return !side->has_bottom && dki_form_is_constant(a, &side->top);
}

dk_status dki_side_fold(const dki_allocation *a, dki_side *side, dk_error *err)
{
    dk_ratio bottom, inverse;
    dk_status status;

    if (!side->has_bottom || !dki_form_is_constant(a, &side->bottom))
        return DK_OK;
    status = dki_form_value(&side->bottom, &bottom, err);
    if (status != DK_OK)
        return status;
    side->is_null |= bottom.numerator == 0;
    side->has_bottom = false;
    inverse = bottom.numerator < 0 ? (dk_ratio){ -bottom.denominator, -bottom.numerator }
                                   : (dk_ratio){ bottom.denominator, bottom.numerator };
    return side->is_null ? DK_OK : dki_form_scale(a, &side->top, inverse, err);
}

/* left + sign * right, in left. */
static dk_status add_sides(const dki_allocation *a, dki_side *left, dki_side *right, int sign, bool *fits,
                           dk_error *err)
{
    dk_ratio number;
    dk_status status;

    if (left->has_bottom && side_is_constant(a, right)) { /* t / b + c = (t + c b) / b */
        dki_form times = { .full = NULL };

        status = dki_form_value(&right->top, &number, err);
        if (status == DK_OK)
            status = form_new(a, &times, err);
        if (status == DK_OK)
            status = dki_form_add(a, &times, &left->bottom, 1, err);
        if (status == DK_OK)
            status = dki_form_scale(a, &times, number, err);
        if (status == DK_OK)
            status = dki_form_add(a, &left->top, &times, sign, err);
        dki_free(a->context, times.full);
        return status;
    }
    if (right->has_bottom && side_is_constant(a, left)) {
        dki_side swap = *left;

        if (sign < 0) {
            status = dki_form_scale(a, &right->top, (dk_ratio){ -1, 1 }, err);
            if (status != DK_OK)
                return status;
        }
        *left = *right;
        *right = swap;
        return add_sides(a, left, right, 1, fits, err);
    }
    *fits = !left->has_bottom && !right->has_bottom;
    return *fits ? dki_form_add(a, &left->top, &right->top, sign, err) : DK_OK;
}

static dk_status multiply_sides(const dki_allocation *a, dki_side *left, dki_side *right, bool *fits, dk_error *err)
{
    dk_ratio number;
    dk_status status;

    if (side_is_constant(a, left)) {
        dki_side swap = *left;

        *left = *right;
        *right = swap;
    }
    *fits = side_is_constant(a, right);
    if (!*fits)
        return DK_OK;
    status = dki_form_value(&right->top, &number, err);
    return status == DK_OK ? dki_form_scale(a, &left->top, number, err) : status;
}

/* By a number at once; else a ratio of two forms, also where the second does not change: a target counts persons of it. */
static dk_status divide_sides(const dki_allocation *a, dki_side *left, dki_side *right, bool is_number, bool *fits,
                              dk_error *err)
{
    dk_ratio number;
    dk_status status;

    if (side_is_constant(a, right) && (is_number || left->has_bottom)) {
        status = dki_form_value(&right->top, &number, err);
        if (status != DK_OK)
            return status;
        left->is_null |= number.numerator == 0;
        return left->is_null
                   ? DK_OK
                   : dki_form_scale(a, &left->top,
                                    number.numerator < 0 ? (dk_ratio){ -number.denominator, -number.numerator }
                                                         : (dk_ratio){ number.denominator, number.numerator },
                                    err);
    }
    *fits = !left->has_bottom && !right->has_bottom;
    if (*fits) {
        left->bottom = right->top;
        left->has_bottom = true;
        right->top.full = NULL;
    }
    return DK_OK;
}

static dk_status form_of_call(dki_allocation *a, const dki_cell *cell, const dk_expr *expr, const dki_node *node,
                              dki_side *out, dk_error *err)
{
    char sign = node->text[1] == '\0' ? node->text[0] : '\0';
    bool is_number;
    dki_side right = { .is_null = false };
    bool fits = true;
    dk_status status;

    if (strcmp(node->text, "all") == 0 && node->n_children == 1) /* over all groups: the grand total's */
        return dki_side_of(a, NULL, expr, node->children[0], out, err);
    if (sign == '-' && node->n_children == 1) {
        status = dki_side_of(a, cell, expr, node->children[0], out, err);
        return status == DK_OK ? dki_form_scale(a, &out->top, (dk_ratio){ -1, 1 }, err) : status;
    }
    if (sign == '\0' || strchr("+-*/", sign) == NULL || node->n_children != 2)
        return fail_form(expr, node, err);
    status = dki_side_of(a, cell, expr, node->children[0], out, err);
    if (status == DK_OK)
        status = dki_side_of(a, cell, expr, node->children[1], &right, err);
    is_number = node->children[1]->kind == DKI_NODE_LITERAL || node->children[1]->kind == DKI_NODE_PARAM;
    if (status == DK_OK)
        status = dki_side_fold(a, out, err);
    if (status == DK_OK)
        status = dki_side_fold(a, &right, err);
    if (status == DK_OK) {
        out->is_null |= right.is_null;
        if (out->is_null)
            fits = true;
        else if (sign == '*')
            status = multiply_sides(a, out, &right, &fits, err);
        else if (sign == '/')
            status = divide_sides(a, out, &right, is_number, &fits, err);
        else
            status = add_sides(a, out, &right, sign == '+' ? 1 : -1, &fits, err);
    }
    dki_side_drop(a, &right);
    return status == DK_OK && !fits ? fail_form(expr, node, err) : status;
}

dk_status dki_side_of(dki_allocation *a, const dki_cell *cell, const dk_expr *expr, const dki_node *node,
                      dki_side *out, dk_error *err)
{
    dki_side side = { .is_null = false };
    size_t measure;
    dk_status status;

    switch (node->kind) {
    case DKI_NODE_LITERAL:
    case DKI_NODE_PARAM: status = form_of_constant(a, expr, node, &side, err); break;
    case DKI_NODE_AGGREGATE: status = form_of_aggregate(a, cell, expr, node, &side, err); break;
    case DKI_NODE_CALL: status = form_of_call(a, cell, expr, node, &side, err); break;
    default:
        measure = dki_breakdown_find_measure(a->breakdown, node->text);
        if (measure == SIZE_MAX) {
            status = dki_node_fail(expr, node, err, DK_ERR_NAME, "%s is no measure of the breakdown", node->text);
        } else {
            expr = a->breakdown->measures[measure].expr;
            status = dki_side_of(a, cell, expr, dki_expr_root(expr), &side, err);
        }
    }
    if (status == DK_OK)
        *out = side;
    else
        dki_side_drop(a, &side);
    return status;
}
