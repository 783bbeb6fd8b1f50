/* solve_monotone.c - whether more can only move the target's measure one way.
 *
 * Then the least value that reaches the target is found by halving, and a target that neither end reaches is out of
 * reach. It holds where the measure is a + b x, or a ratio of two such forms whose denominator counts persons and
 * so is never negative, of the number x that is taken: such a function goes one way only. Counts and sums of the
 * result have that form in two cases:
 *
 *   in proportion  the step that is driven takes parts of persons, or from one stratum alone, and later steps take
 *                  shares or all: then every cell's weight has the form a + b x. So it has where x is a factor of
 *                  weights, or the share of a flow
 *   alike          the step that is driven is the last, and every count of the measure sees all whom the step
 *                  matches alike, before and after: it then changes by the same for each person taken, whoever it is
 *
 * Whole persons from several strata are the reason for the second: the number of one stratum can fall by one while
 * the total grows (the Alabama paradox), so that only what does not tell strata apart is sure to go one way.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "data/column_parts.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "solve_parts.h"

/* Forms -------------------------------------------------------------------------------------------------------- */

typedef enum form {
    FORM_CONSTANT,
    FORM_COUNT,  /* a + b x, never negative */
    FORM_LINEAR, /* a + b x */
    FORM_RATIO,  /* LINEAR / COUNT, or that and a constant */
    FORM_OTHER
} form;

/* What the forms are of. In the alike case tables hold whom the step matches, before and after. */
typedef struct forms {
    const dki_solver *s;
    const dki_place *place;
    const dk_table *before, *after; /* NULL: in proportion */
    dk_status status;
    dk_error *err;
} forms;

static form form_of(forms *f, const dk_expr *expr, const dki_node *node);

static bool is_positive(const dki_node *node)
{
    const dk_value zero = { .type = DK_INTEGER, .as.integer = 0 };

    return node->kind == DKI_NODE_LITERAL && !node->value.is_null && dk_type_is_number(node->value.type) &&
           dk_value_compare(&node->value, &zero) > 0;
}

/* All rows of a condition say the same. The column is boolean. */
static dk_status is_uniform(const dk_column *column, bool *out, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(column);
    bool first = false;
    dk_status status = DK_OK;

    *out = true;
    DKI_FOR_ROWS(row, n_rows, dk_column_context(column), status, err)
    {
        dk_value value;
        bool holds;

        status = dk_column_get(column, row, &value, err);
        if (status != DK_OK)
            break;
        holds = !value.is_null && value.as.boolean;
        if (row == 0)
            first = holds;
        *out = holds == first;
        if (!*out)
            break;
    }
    return status;
}

/* A condition over the columns of cells holds for all of them or for none. */
static bool holds_alike(forms *f, const dk_table *cells, const dk_expr *expr, const dki_node *node)
{
    dki_scope scope = { .table = cells, .params = f->s->breakdown_params };
    dki_bound *bound = NULL;
    const dk_column *column = NULL;
    bool alike = false;

    if (f->status == DK_OK)
        f->status = dki_bind(&scope, expr, node, &bound, f->err);
    if (f->status == DK_OK)
        f->status = dki_bound_column_new(bound, &column, f->err);
    if (f->status == DK_OK)
        f->status = is_uniform(column, &alike, f->err);
    dk_column_release(column);
    dki_bound_release(bound);
    return f->status == DK_OK && alike;
}

/* All of them are in the cell of the result, or none is. */
static bool stand_alike(forms *f, const dk_table *cells)
{
    uint64_t n_rows = dk_table_n_rows(cells);
    bool alike = true;

    for (size_t i = 0; i < f->place->n_at && alike; i++) {
        size_t d = dki_question_dimension(f->s, f->place->at[i].dimension);
        const dk_column *column = NULL;
        bool first = false;

        if (f->status == DK_OK)
            f->status = dk_table_eval(cells, f->s->question.by[d].expr, f->s->breakdown_params, &column, f->err);
        DKI_FOR_ROWS(row, n_rows, f->s->context, f->status, f->err)
        {
            dk_value value;
            bool in;

            f->status = dk_column_get(column, row, &value, f->err);
            if (f->status != DK_OK)
                break;
            in = dki_values_equal(&value, &f->place->at[i].value);
            if (row == 0)
                first = in;
            alike = alike && in == first;
        }
        dk_column_release(column);
    }
    return f->status == DK_OK && alike;
}

static bool counts_alike(forms *f, const dk_expr *expr, const dki_node *node)
{
    const dk_table *tables[] = { f->before, f->after };
    const dk_expr *where = f->s->breakdown->where;

    for (int i = 0; i < 2; i++) {
        if (where && !holds_alike(f, tables[i], where, dki_expr_root(where)))
            return false;
        if (node->filter && !holds_alike(f, tables[i], expr, node->filter))
            return false;
    }
    return true;
}

static form form_of_aggregate(forms *f, const dk_expr *expr, const dki_node *node)
{
    if (f->before) /* alike: a sum adds something else for each */
        return strcmp(node->text, "count") == 0 && counts_alike(f, expr, node) ? FORM_COUNT : FORM_OTHER;
    if (strcmp(node->text, "count") == 0)
        return FORM_COUNT;
    if (strcmp(node->text, "sum") == 0)
        return FORM_LINEAR;
    return strcmp(node->text, "mean") == 0 ? FORM_RATIO : FORM_OTHER;
}

static form form_of_sum(const dki_node *node, form a, form b)
{
    bool is_sum = strcmp(node->text, "+") == 0;

    if (a == FORM_CONSTANT && b == FORM_CONSTANT)
        return FORM_CONSTANT;
    if (a == FORM_RATIO || b == FORM_RATIO)
        return a == FORM_CONSTANT || b == FORM_CONSTANT ? FORM_RATIO : FORM_OTHER;
    return is_sum && a == FORM_COUNT && b == FORM_COUNT ? FORM_COUNT : FORM_LINEAR;
}

static form form_of_product(const dki_node *node, form a, form b)
{
    form factor = a == FORM_CONSTANT ? b : a;
    const dki_node *constant = node->children[a == FORM_CONSTANT ? 0 : 1];

    if (a != FORM_CONSTANT && b != FORM_CONSTANT)
        return FORM_OTHER;
    return factor == FORM_COUNT && !is_positive(constant) ? FORM_LINEAR : factor;
}

static form form_of_quotient(const dki_node *node, form a, form b)
{
    if (b == FORM_CONSTANT)
        return a == FORM_COUNT && !is_positive(node->children[1]) ? FORM_LINEAR : a;
    return b == FORM_COUNT && a <= FORM_LINEAR ? FORM_RATIO : FORM_OTHER;
}

static form form_of_call(forms *f, const dk_expr *expr, const dki_node *node)
{
    form a, b;

    if (node->n_children == 0)
        return FORM_OTHER;
    a = form_of(f, expr, node->children[0]);
    if (a == FORM_OTHER)
        return a;
    if (strcmp(node->text, "all") == 0) /* a total within something may not be one of all of them alike */
        return f->before && node->n_children > 1 ? FORM_OTHER : a;
    if (strcmp(node->text, "-") == 0 && node->n_children == 1)
        return a == FORM_COUNT ? FORM_LINEAR : a;
    if (node->n_children != 2)
        return FORM_OTHER;
    b = form_of(f, expr, node->children[1]);
    if (b == FORM_OTHER)
        return b;
    if (strcmp(node->text, "+") == 0 || strcmp(node->text, "-") == 0)
        return form_of_sum(node, a, b);
    if (strcmp(node->text, "*") == 0)
        return form_of_product(node, a, b);
    return strcmp(node->text, "/") == 0 ? form_of_quotient(node, a, b) : FORM_OTHER;
}

static form form_of(forms *f, const dk_expr *expr, const dki_node *node)
{
    size_t measure;

    switch (node->kind) {
    case DKI_NODE_LITERAL:
    case DKI_NODE_PARAM: return FORM_CONSTANT;
    case DKI_NODE_AGGREGATE: return form_of_aggregate(f, expr, node);
    case DKI_NODE_CALL: return form_of_call(f, expr, node);
    default:
        measure = dki_breakdown_find_measure(f->s->breakdown, node->text);
        if (measure == SIZE_MAX)
            return FORM_OTHER; /* a dimension */
        expr = f->s->breakdown->measures[measure].expr;
        return form_of(f, expr, dki_expr_root(expr));
    }
}

/* Steps -------------------------------------------------------------------------------------------------------- */

static bool in_proportion(const dki_solver *s, const dki_outcome *outcome)
{
    const dki_step *driven = &s->scenario->steps[s->first];

    if ((driven->whole && outcome->n_strata > 1) || driven->n_first > 0 || driven->drawn)
        return false;
    for (size_t i = s->first + 1; i < s->scenario->n_steps; i++) {
        const dki_step *step = &s->scenario->steps[i];

        if (step->whole || step->count || step->rate || step->n_first > 0 || step->drawn)
            return false;
    }
    return true;
}

/* Whom the last step matches, before and after it. */
static dk_status find_matched(const dki_solver *s, const dki_place *place, const dk_table **before,
                              const dk_table **after, dk_error *err)
{
    const dk_table *cells = s->before;
    uint64_t n = dk_table_n_rows(cells);
    int64_t *weights = dki_alloc_array(s->context, (size_t)n, sizeof *weights, err);
    size_t *columns = dki_calloc(s->context, dk_table_n_columns(cells), sizeof *columns, err);
    dk_params params = { s->values, s->scenario->n_params };
    dki_stage stage = { .step = &s->scenario->steps[s->first],
                        .cells = cells,
                        .weights = weights,
                        .params = &params,
                        .columns = columns,
                        .only = place->only,
                        .allow_none = true };
    dki_strata strata = { .context = NULL };
    dk_status status = weights && columns ? dki_cells_weights(cells, weights, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_mentioned_columns(s->scenario, cells, columns, &stage.n_columns, err);
    if (status == DK_OK)
        status = dki_strata_find(&stage, &strata, err);
    if (status == DK_OK)
        status = dk_table_gather(cells, strata.cells, strata.n_cells, before, err);
    if (status == DK_OK)
        status =
            dki_moved_cells(&stage, stage.step->set, stage.step->n_set, strata.cells, strata.n_cells, after, err);
    dki_strata_drop(&strata);
    dki_free(s->context, columns);
    dki_free(s->context, weights);
    return status;
}

dk_status dki_solve_is_monotone(const dki_solver *s, const dki_place *place, const dki_outcome *low,
                                const dki_outcome *high, bool *out, dk_error *err)
{
    const dk_table *before = NULL, *after = NULL;
    dk_error trouble = DK_ERROR_INIT;
    forms f = { .s = s, .place = place, .status = DK_OK, .err = &trouble };
    bool may_be = true;

    *out = false;
    if ((s->vary != DKI_VARY_SHARE && s->vary != DKI_VARY_COUNT && !s->is_linear) || s->side == NULL)
        return DK_OK;
    if (low->side.is_null ||
        high->side.is_null) /* a denominator is 0 at that end, and the form says nothing there */
        return DK_OK;
    if (!in_proportion(s, low)) {
        if (s->is_linear || s->first + 1 < s->scenario->n_steps)
            return DK_OK;
        f.status = find_matched(s, place, &before, &after, &trouble);
        f.before = before;
        f.after = after;
        may_be = f.status == DK_OK && stand_alike(&f, before) && stand_alike(&f, after);
    }
    may_be = may_be && form_of(&f, s->target, s->side) < FORM_OTHER;
    dk_table_release(before);
    dk_table_release(after);
    if (f.status == DK_ERR_MEMORY || f.status == DK_ERR_INTERRUPTED) {
        if (err)
            *err = trouble;
        return f.status;
    }
    *out = may_be && f.status == DK_OK; /* what cannot be computed for all of them is no proof */
    return DK_OK;
}
