/* flows.c - a matrix of shares: from each value of a column to others, all at once.
 *
 * Numbers are those of what was there before: of all that have a value, each flow's share and who stays are settled
 * together, by largest remainder, so that they add up to the unit. Then one destination after the other takes its
 * number from the strata, in proportion to what each has left, which never runs out.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/members.h"
#include "expr/eval.h"
#include "expr/poll_row.h"
#include "scenario_parts.h"

/* The matrix --------------------------------------------------------------------------------------------------- */

void dki_matrix_drop(dki_matrix *matrix)
{
    if (matrix->context == NULL)
        return;
    for (size_t i = 0; matrix->bounds && i < matrix->step->n_rows + matrix->step->n_places; i++)
        dki_bound_release(matrix->bounds[i]);
    dki_free(matrix->context, matrix->bounds);
    dki_free(matrix->context, matrix->from);
    dki_free(matrix->context, matrix->to);
    dki_free(matrix->context, matrix->shares);
    dki_free(matrix->context, matrix->stay);
    memset(matrix, 0, sizeof *matrix);
}

/* The value of an expression that no row decides, which *bound owns. */
static dk_status find_value(const dki_scope *scope, const dk_expr *expr, dki_bound **bound, dk_value *out,
                            dk_error *err)
{
    const dk_value *value;
    dk_status status;

    if (*bound)
        return DK_OK;
    status = dki_bind(scope, expr, dki_expr_root(expr), bound, err);
    if (status != DK_OK)
        return status;
    value = dki_bound_constant(*bound);
    if (value == NULL)
        return dki_fail(err, DK_ERR_TYPE, "what moves is a value, and %s is none", dk_expr_text(expr));
    *out = *value;
    return DK_OK;
}

/* What a flow does in a message: "Arnhem -> Duiven". */
static void tell_flow(const dki_matrix *m, const dki_flow *flow, char *out, size_t size)
{
    char from[80], to[80];

    dk_value_format(&m->from[flow->row], from, sizeof from);
    dk_value_format(&m->to[flow->place], to, sizeof to);
    snprintf(out, size, "%s -> %s", from, to);
}

/* The sets of a column whose values move; NULL: it has none. */
static const dk_dictionary *sets_of(const dki_step *step, const dk_table *table)
{
    size_t at = dk_table_find(table, step->flows_of);

    return at != DK_NO_COLUMN && dk_column_is_set(dk_table_field(table, at)->column)
               ? dk_column_levels(dk_table_field(table, at)->column)
               : NULL;
}

/* Whole sets move by shares, and members of sets do not. */
static dk_status check_members(const dki_step *step, dk_error *err)
{
    for (size_t i = 0; step->merges && i < dk_recode_n_pairs(step->merges); i++) {
        dk_recode_pair pair = dk_recode_get(step->merges, i);

        if (pair.share.numerator == pair.share.denominator)
            continue;
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is a column of sets, and %.*s became several", step->flows_of,
                       (int)pair.old.size, pair.old.bytes);
        dki_hint(err, "sets are not divided: count by member(%s), and recode these", step->flows_of);
        return DK_ERR_ARGUMENT;
    }
    return DK_OK;
}

/* Sets that are written in any order, and "x|" of x alone, as the column has them. */
static dk_status find_sets(dki_matrix *m, const dk_dictionary *sets, dk_error *err)
{
    dki_buffer text;
    dk_status status = DK_OK;

    dki_buffer_init(&text, m->context);
    for (size_t r = 0; r < m->step->n_rows && status == DK_OK; r++) {
        dk_value *value = &m->from[r];
        uint32_t code = 0;

        if (value->is_null || (value->type != DK_TEXT && value->type != DK_CATEGORY))
            continue;
        text.size = 0;
        status = dki_set_of_text(m->context, value->as.text, &text, err);
        if (status == DK_OK)
            code = dk_dictionary_find(sets, (dk_text){ text.bytes ? text.bytes : "", text.size });
        if (code > 0)
            value->as.text = dk_dictionary_level(sets, code);
    }
    dki_buffer_drop(&text);
    return status;
}

static dk_status find_shares(dki_matrix *m, const dk_table *table, const dk_params *params, dk_error *err)
{
    const dki_step *step = m->step;

    for (size_t r = 0; r < step->n_rows; r++)
        m->stay[r] = (dk_ratio){ 1, 1 };
    for (size_t i = 0; i < step->n_flows; i++) {
        const dki_flow *flow = &step->flows[i];
        dk_status status = dki_amount(flow->share, table, params, "share", &m->shares[i], err);
        char what[200];

        if (status == DK_OK)
            status = dki_check_share(m->shares[i], err);
        if (status != DK_OK)
            return status;
        tell_flow(m, flow, what, sizeof what);
        if (!dki_ratio_sub(m->stay[flow->row], m->shares[i], &m->stay[flow->row]))
            return dki_fail(err, DK_ERR_RANGE, "shares up to %s have too many digits to be added up exactly", what);
        if (m->stay[flow->row].numerator < 0) {
            dk_value_format(&m->from[flow->row], what, sizeof what);
            return dki_fail(err, DK_ERR_RANGE, "shares of %s add up to more than 1", what);
        }
    }
    return DK_OK;
}

/* Where all go, the shares of a value are all that there is of it. */
static dk_status check_all(const dki_matrix *m, dk_error *err)
{
    for (size_t r = 0; r < m->step->n_rows && m->step->all; r++)
        if (m->stay[r].numerator > 0) {
            const dk_ratio stay = m->stay[r];
            char value[80], sum[64];

            dk_value_format(&m->from[r], value, sizeof value);
            dki_format_ratio((dk_ratio){ stay.denominator - stay.numerator, stay.denominator }, sum, sizeof sum);
            return dki_fail(err, DK_ERR_RANGE, "shares of %s add up to %s, and all of them go: they add up to 1",
                            value, sum);
        }
    return DK_OK;
}

/* Every value and every flow once. */
static dk_status check_twice(const dki_matrix *m, dk_error *err)
{
    const dki_step *step = m->step;
    dki_text_map seen;
    char text[200];
    dk_status status = DK_OK;

    dki_text_map_init(&seen, m->context);
    for (size_t r = 1; r < step->n_rows && status == DK_OK; r++)
        for (size_t q = 0; q < r && status == DK_OK; q++)
            if (dki_values_equal(&m->from[q], &m->from[r])) {
                dk_value_format(&m->from[r], text, sizeof text);
                status = dki_fail(err, DK_ERR_DUPLICATE, "what moves from %s is told twice", text);
            }
    for (size_t i = 0; i < step->n_flows && status == DK_OK; i++) {
        uint32_t pair[2] = { step->flows[i].row, step->flows[i].place }, number;

        status = dki_text_map_add(&seen, (const char *)pair, sizeof pair, &number, err);
        if (status == DK_OK && number < i) {
            tell_flow(m, &step->flows[i], text, sizeof text);
            status = dki_fail(err, DK_ERR_DUPLICATE, "%s is told twice", text);
        }
    }
    dki_text_map_drop(&seen);
    return status;
}

/* The row of a value, or SIZE_MAX. */
static size_t find_row(const dki_matrix *m, const dk_value *value)
{
    for (size_t r = 0; r < m->step->n_rows; r++)
        if (dki_values_equal(&m->from[r], value))
            return r;
    return SIZE_MAX;
}

/* Where all that have a value go elsewhere, and those there too, round to the first, only names are exchanged. */
static dk_status check_cycles(const dki_matrix *m, dk_error *err)
{
    const dki_step *step = m->step;
    size_t *next = dki_alloc_array(m->context, step->n_rows, sizeof *next, err);

    if (next == NULL)
        return DK_ERR_MEMORY;
    for (size_t r = 0; r < step->n_rows; r++)
        next[r] = SIZE_MAX;
    for (size_t i = 0; i < step->n_flows; i++)
        if (m->shares[i].numerator == m->shares[i].denominator)
            next[step->flows[i].row] = find_row(m, &m->to[step->flows[i].place]);
    for (size_t r = 0; r < step->n_rows; r++) {
        size_t at = next[r], n = 1;

        for (; at != SIZE_MAX && at != r && n <= step->n_rows; n++)
            at = next[at];
        if (at == r && n > 1) {
            char from[80], to[80];

            dk_value_format(&m->from[r], from, sizeof from);
            dk_value_format(&m->from[next[r]], to, sizeof to);
            dki_free(m->context, next);
            return dki_fail(
                err, DK_ERR_ARGUMENT,
                "all of %s become %s and, round a cycle, others become %s: only names would be exchanged", from, to,
                from);
        }
    }
    dki_free(m->context, next);
    return DK_OK;
}

dk_status dki_matrix_init(dki_matrix *out, const dki_step *step, const dk_table *table, const dk_params *params,
                          dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dki_scope scope = { .table = table, .params = params };
    dki_matrix m = { context,
                     step,
                     dki_calloc(context, step->n_rows + step->n_places, sizeof *m.bounds, err),
                     dki_calloc(context, step->n_rows, sizeof *m.from, err),
                     dki_calloc(context, step->n_places, sizeof *m.to, err),
                     dki_calloc(context, step->n_flows, sizeof *m.shares, err),
                     dki_calloc(context, step->n_rows, sizeof *m.stay, err) };
    dk_status status = m.bounds && m.from && m.to && m.shares && m.stay ? DK_OK : DK_ERR_MEMORY;
    const dk_dictionary *sets = sets_of(step, table);

    for (size_t i = 0; i < step->n_flows && status == DK_OK; i++) {
        const dki_flow *flow = &step->flows[i];

        status = find_value(&scope, flow->from, &m.bounds[flow->row], &m.from[flow->row], err);
        if (status == DK_OK)
            status = find_value(&scope, flow->set, &m.bounds[step->n_rows + flow->place], &m.to[flow->place], err);
    }
    if (status == DK_OK && sets)
        status = check_members(step, err);
    if (status == DK_OK && sets)
        status = find_sets(&m, sets, err);
    if (status == DK_OK)
        status = check_twice(&m, err);
    if (status == DK_OK)
        status = find_shares(&m, table, params, err);
    if (status == DK_OK)
        status = check_all(&m, err);
    if (status == DK_OK)
        status = check_cycles(&m, err);
    if (status == DK_OK)
        *out = m;
    else
        dki_matrix_drop(&m);
    return status;
}

/* Numbers ------------------------------------------------------------------------------------------------------ */

void dki_flows_drop(dki_flows *flows)
{
    dk_context *context = flows->matrix.context;

    if (context == NULL)
        return;
    dki_free(context, flows->rows);
    dki_free(context, flows->left);
    dki_free(context, flows->sums);
    dki_free(context, flows->totals);
    dki_free(context, flows->numerators);
    dki_free(context, flows->limits);
    dki_free(context, flows->shares);
    dki_matrix_drop(&flows->matrix);
    memset(flows, 0, sizeof *flows);
}

/* The row of each stratum. Strata are in the order of the column, so that those of one value follow each other. */
static dk_status find_rows(dki_flows *f, const dki_stage *stage, const dki_strata *strata, dk_error *err)
{
    const dk_column *column = dk_table_field(stage->cells, strata->columns[0])->column;
    dk_value before = { 0 };
    dk_status status = DK_OK;

    DKI_FOR_ROWS(k, strata->n, strata->context, status, err)
    {
        dk_value value;

        status = dk_column_get(column, dki_strata_cell(strata, k), &value, err);
        if (status == DK_OK)
            f->rows[k] = k && dki_values_equal(&before, &value) ? f->rows[k - 1] : find_row(&f->matrix, &value);
        before = value;
    }
    return status;
}

/* Where strata of each row begin and end, and how much they have that can go. */
static dk_status find_strata(dki_flows *f, const dki_stage *stage, const dki_strata *strata, dk_error *err)
{
    for (uint64_t k = 0; k < strata->n; k++) {
        size_t r = f->rows[k];

        f->left[k] = strata->available[k] - strata->available[k] % f->unit;
        if (r == SIZE_MAX)
            continue;
        if (f->sums[r].begin == f->sums[r].end)
            f->sums[r].begin = k;
        f->sums[r].end = k + 1;
        f->sums[r].left += f->left[k];
    }
    for (size_t r = 0; r < stage->step->n_rows && !stage->allow_none; r++)
        if (f->sums[r].begin == f->sums[r].end) {
            const char *where = stage->step->where ? dk_expr_text(stage->step->where) : NULL;
            char text[80];

            dk_value_format(&f->matrix.from[r], text, sizeof text);
            dki_fail(err, DK_ERR_UNREACHABLE, "nobody%s%s%s has %s %s", where ? " for whom " : "",
                     where ? where : "", where ? " holds" : "", stage->step->flows_of, text);
            if (sets_of(stage->step, stage->cells))
                dki_hint(err, "whole sets move, \"x|\" that of x alone; dk.merge makes members others");
            else
                dki_hint(err, "say allow_none = true where that may be so");
            return DK_ERR_UNREACHABLE;
        }
    return DK_OK;
}

/* The least common multiple of what shares of a row are divided by. */
static bool find_denominator(const dki_matrix *m, size_t row, int64_t *out)
{
    dki_i128 all = 1;

    for (size_t i = 0; i < m->step->n_flows; i++) {
        dk_ratio part;

        if (m->step->flows[i].row != row)
            continue;
        (void)dki_ratio_make(all, m->shares[i].denominator, &part);
        all = (dki_i128)part.numerator * m->shares[i].denominator;
        if (!dki_fits_i64(all))
            return false;
    }
    *out = (int64_t)all;
    return true;
}

/* What goes with each flow of a row, and what stays: as much as there is. */
static dk_status settle_row(dki_flows *f, size_t row, dk_error *err)
{
    const dki_matrix *m = &f->matrix;
    size_t n = 0;
    int64_t denominator;
    dk_status status;

    if (!find_denominator(m, row, &denominator)) {
        char text[80];

        dk_value_format(&m->from[row], text, sizeof text);
        return dki_fail(err, DK_ERR_RANGE, "shares of %s have too many digits to be added up exactly", text);
    }
    for (size_t i = 0; i <= m->step->n_flows; i++) { /* the last: who stays */
        dk_ratio share = i < m->step->n_flows ? m->shares[i] : m->stay[row];

        if (i < m->step->n_flows && m->step->flows[i].row != row)
            continue;
        f->limits[n] = f->sums[row].left;
        f->numerators[n++] = (dki_i128)share.numerator * (denominator / share.denominator) * f->sums[row].left;
    }
    status =
        dki_apportion_quotas(m->context, f->numerators, denominator, f->unit, f->limits, n, f->shares, NULL, err);
    n = 0;
    for (size_t i = 0; i < m->step->n_flows && status == DK_OK; i++)
        if (m->step->flows[i].row == row)
            f->totals[i] = f->shares[n++];
    return status;
}

dk_status dki_flows_init(dki_flows *out, const dki_stage *stage, const dki_strata *strata, dk_error *err)
{
    const dki_step *step = stage->step;
    dk_context *context = strata->context;
    size_t n_most = step->n_flows + 1 > strata->n ? step->n_flows + 1 : (size_t)strata->n;
    dki_flows f = { .unit = step->whole ? DKI_PERSON : 1 };
    dk_status status = dki_matrix_init(&f.matrix, step, stage->cells, stage->params, err);

    if (status != DK_OK)
        return status;
    f.rows = dki_alloc_array(context, (size_t)strata->n, sizeof *f.rows, err);
    f.left = dki_alloc_array(context, (size_t)strata->n, sizeof *f.left, err);
    f.sums = dki_calloc(context, step->n_rows, sizeof *f.sums, err);
    f.totals = dki_calloc(context, step->n_flows, sizeof *f.totals, err);
    f.numerators = dki_alloc_array(context, n_most, sizeof *f.numerators, err);
    f.limits = dki_alloc_array(context, n_most, sizeof *f.limits, err);
    f.shares = dki_alloc_array(context, n_most, sizeof *f.shares, err);
    if (!f.rows || !f.left || !f.sums || !f.totals || !f.numerators || !f.limits || !f.shares)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = find_rows(&f, stage, strata, err);
    if (status == DK_OK)
        status = find_strata(&f, stage, strata, err);
    for (size_t r = 0; r < step->n_rows && status == DK_OK; r++)
        status = settle_row(&f, r, err);
    if (status == DK_OK)
        *out = f;
    else
        dki_flows_drop(&f);
    return status;
}

/* Each stratum of the flow's row gives in proportion to what it has left. */
static dk_status settle_flow(dki_flows *f, size_t i, int64_t *taken, dk_error *err)
{
    struct dki_row *row = &f->sums[f->matrix.step->flows[i].row];
    uint64_t begin = row->begin;
    size_t n = (size_t)(row->end - begin);
    dk_status status;

    if (f->totals[i] == 0)
        return DK_OK;
    for (size_t k = 0; k < n; k++)
        f->numerators[k] = (dki_i128)f->totals[i] * f->left[begin + k];
    status = dki_apportion_quotas(f->matrix.context, f->numerators, row->left, f->unit, f->left + begin, n,
                                  taken + begin, NULL, err);
    for (size_t k = 0; k < n && status == DK_OK; k++)
        f->left[begin + k] -= taken[begin + k];
    row->left -= f->totals[i];
    return status;
}

dk_status dki_flows_settle(dki_flows *f, size_t place, dki_strata *strata, dk_error *err)
{
    const dki_step *step = f->matrix.step;
    dk_status status = DK_OK;

    strata->effect = DK_MOVES;
    strata->n_set = 1;
    memset(strata->taken, 0, (size_t)strata->n * sizeof *strata->taken);
    for (size_t i = 0; i < step->n_flows && status == DK_OK; i++) {
        const dki_flow *flow = &step->flows[i];

        if (flow->place != place)
            continue;
        strata->set = &flow->set;
        if (!dki_values_equal(&f->matrix.from[flow->row], &f->matrix.to[place]))
            status = settle_flow(f, i, strata->taken, err);
    }
    return status;
}
