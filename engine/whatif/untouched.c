/* untouched.c - what a scenario leaves as it was, behind a comparison's numbers in bounds.
 *
 * A number that is known as 5..9 differs by -4..4 from another such number, and not at all from itself. A group's measure is the same
 * number on both sides where no step changed a column that it reads (touched.h): those of its condition and argument, of the
 * breakdown's where, and of the dimensions that the row does not total. Who goes from one municipality to another is the same person
 * in the region. Where some were touched, a sum differs by what it is of those who are there now less what it was of them, and by
 * nothing of the others.
 *
 * Cost: as much as running the steps, and two breakdowns of those who moved for each kind of totals; nothing where no measure is in
 * bounds.
 */
#include "untouched.h"

#include <string.h>

#include "base/memory.h"
#include "basis.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "touched.h"

/* Measures ---------------------------------------------------------------------------------------------------------- */

/* The number of the sum that a measure is; n_sums: it is none. */
static size_t find_sum(const dki_touched *t, size_t measure)
{
    size_t k = 0, of = dki_reads_sum_of(t->whole, measure);

    while (k < t->n_sums && t->sums[k] != of)
        k++;
    return k;
}

/* Whether figures beside the table go where a step takes whole groups. */
static bool figures_follow(const dki_touched *t)
{
    for (size_t i = 0; i < t->scenario->n_steps; i++)
        if (dki_step_sets_figures(&t->scenario->steps[i], t->stages[0]))
            return true;
    return false;
}

/* Whether the rows that a measure looks at beside those of its group, and figures beside the table, are as they were. */
static bool leaves_others(const dki_touched *t, const dki_reads *reads)
{
    uint32_t all = reads->columns | DKI_TOUCHED_ALL;

    return !(reads->of_all && dki_touched_any(t, all)) && !(reads->of_others && t->n_parts > 0) &&
           !(reads->of_figures && figures_follow(t));
}

static dk_status find_measure(dki_touched *t, size_t measure, const uint32_t *masks, dk_value *within,
                              dk_error *err)
{
    size_t k = find_sum(t, measure);
    dki_reads reads;
    dk_status status = DK_OK;
    bool may;

    dki_reads_find(&reads, t->whole, measure, &t->names);
    may = leaves_others(t, &reads);
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        const dki_touched_answer *answer = NULL;

        within[row] = (dk_value){ .type = DK_INTERVAL, .is_null = true };
        if (may)
            status = dki_touched_ask(t, reads.columns | dki_reads_dimensions(&reads, masks[row]) | DKI_TOUCHED_ALL,
                                     &answer, err);
        if (status == DK_OK && answer && (!answer->touched[row] || !reads.of_rows))
            within[row].is_null = false;
        else if (status == DK_OK && answer && k < t->n_sums)
            within[row] = answer->sums[row * t->n_sums + k];
    }
    return status;
}

static bool is_bounded(const dk_breakdown *whole, const dk_table *base, size_t measure)
{
    return dk_column_type(dk_table_field(base, whole->n_by + measure)->column) == DK_INTERVAL;
}

static bool has_bounds(const dk_breakdown *whole, const dk_table *base)
{
    for (size_t m = 0; m < whole->n_measures; m++)
        if (is_bounded(whole, base, m))
            return true;
    return false;
}

dk_value *dki_untouched_new(dki_untouched *u, size_t measure, size_t side, dk_error *err)
{
    dk_value **slot = &u->within[measure * u->n_sides + side];

    *slot = dki_alloc_array(u->context, (size_t)u->n_rows, sizeof **slot, err);
    return *slot;
}

static dk_status read_masks(const dki_touched *t, uint32_t *masks, dk_error *err)
{
    const dk_column *margin = dk_table_margin(t->base);
    dk_status status = DK_OK;

    if (margin == NULL)
        return DK_OK;
    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        dk_value value;

        status = dk_column_get(margin, row, &value, err);
        masks[row] = (uint32_t)value.as.integer;
    }
    return status;
}

static dk_status search(dki_touched *t, dki_untouched *u, const dk_params *params, size_t side, dk_error *err)
{
    uint32_t *masks = dki_calloc(t->context, (size_t)t->n_rows, sizeof *masks, err);
    dk_status status = masks ? read_masks(t, masks, err) : DK_ERR_MEMORY;

    for (size_t m = 0; m < t->whole->n_measures && status == DK_OK; m++)
        if (is_bounded(t->whole, t->base, m) && dki_reads_sum_of(t->whole, m) == m)
            t->sums[t->n_sums++] = m;
    if (status == DK_OK)
        status = dki_touched_run(t, params, err);
    for (size_t m = 0; m < t->whole->n_measures && status == DK_OK; m++) {
        dk_value *within = is_bounded(t->whole, t->base, m) ? dki_untouched_new(u, m, side, err) : NULL;

        if (within)
            status = find_measure(t, m, masks, within, err);
        else if (is_bounded(t->whole, t->base, m))
            status = DK_ERR_MEMORY;
    }
    dki_free(t->context, masks);
    return status;
}

/* Whether not to know is better than to fail: with what is known already there is an answer. */
static bool gives_up(const dk_context *context, dk_status status)
{
    return status == DK_ERR_LIMIT || status == DK_ERR_OVERFLOW ||
           (status == DK_ERR_MEMORY && dk_context_budget(context) > 0);
}

/* Whether the cells that tell it are few enough to be made, and have few enough columns. */
static dk_status may_ask(const dk_breakdown *whole, const dk_table *table, const dk_scenario *scenario,
                         dki_text_map *names, bool *may, dk_error *err)
{
    dki_basis basis;
    dk_status status = dki_basis_init(&basis, whole, table, &scenario, 1, err);

    *may = status == DK_OK && !(basis.by_rows && basis.is_predicted) && basis.names.n <= DKI_TOUCHED_NAMES;
    dki_basis_drop(&basis);
    return *may ? dki_cells_names(table, whole, &scenario, 1, names, err) : status;
}

dk_status dki_untouched_find(dki_untouched *u, const dk_breakdown *whole, const dk_table *table,
                             const dk_params *breakdown_params, const dk_scenario *scenario,
                             const dk_params *params, const dk_table *base, size_t side, dk_error *err)
{
    dki_touched t = { .context = u->context,
                      .whole = whole,
                      .breakdown_params = breakdown_params,
                      .scenario = scenario,
                      .base = base,
                      .n_rows = u->n_rows };
    dk_param *values;
    bool may = false;
    dk_status status;

    if (!has_bounds(whole, base) || !dki_breakdown_is_own(whole))
        return DK_OK;
    dki_text_map_init(&t.names, t.context);
    values = dki_alloc_array(t.context, scenario->n_params, sizeof *values, err);
    status = values ? dki_scenario_values(scenario, params, values, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = may_ask(whole, table, scenario, &t.names, &may, err);
    if (status == DK_OK && may)
        status = dki_touched_init(&t, err);
    if (status == DK_OK && may)
        status = dki_cube_get(table, &t.names, &t.stages[0], NULL, err);
    if (status == DK_OK && may) {
        t.n_stages = 1;
        status = search(&t, u, &(dk_params){ values, scenario->n_params }, side, err);
    }
    for (size_t m = 0; m < u->n_measures && status != DK_OK; m++) {
        dki_free(u->context, u->within[m * u->n_sides + side]);
        u->within[m * u->n_sides + side] = NULL;
    }
    dki_touched_drop(&t);
    dki_free(t.context, values);
    return gives_up(u->context, status) ? DK_OK : status;
}

/* Two tables -------------------------------------------------------------------------------------------------------- */

/* Whether both tables have the very same column of that name, or neither has one. */
static bool is_same_column(const dk_table *a, const dk_table *b, const char *name)
{
    size_t x = dk_table_find(a, name), y = dk_table_find(b, name);

    return x == DK_NO_COLUMN || y == DK_NO_COLUMN ? x == y
                                                  : dk_table_field(a, x)->column == dk_table_field(b, y)->column;
}

/* Whether all columns that a measure reads, in any row of a result, are those of both tables. */
static bool reads_the_same(const dk_table *a, const dk_table *b, const dki_reads *reads)
{
    const char *x = dk_table_properties(a)->weight, *y = dk_table_properties(b)->weight;
    uint32_t bits = reads->columns | dki_reads_dimensions(reads, 0);

    if (reads->of_figures || dk_table_n_rows(a) != dk_table_n_rows(b) || (x == NULL) != (y == NULL) ||
        (x && (strcmp(x, y) != 0 || !is_same_column(a, b, x))))
        return false;
    for (uint32_t i = 0; i < reads->names->n; i++) {
        size_t size;

        if (bits >> i & 1 && !is_same_column(a, b, dki_text_map_get(reads->names, i, &size)))
            return false;
    }
    return true;
}

dk_status dki_untouched_tables(dki_untouched *u, const dk_breakdown *whole, const dk_table *table,
                               const dk_table *other, const dk_table *base, size_t side, dk_error *err)
{
    dki_text_map names;
    dk_status status;

    if (!has_bounds(whole, base) || !dki_breakdown_is_own(whole))
        return DK_OK;
    dki_text_map_init(&names, u->context);
    status = dki_breakdown_mentions(table, whole, &names, err);
    for (size_t m = 0; m < u->n_measures && status == DK_OK && names.n <= DKI_TOUCHED_NAMES; m++) {
        dki_reads reads;
        dk_value *within;

        dki_reads_find(&reads, whole, m, &names);
        if (!is_bounded(whole, base, m) || !reads_the_same(table, other, &reads))
            continue;
        within = dki_untouched_new(u, m, side, err);
        if (within == NULL)
            status = DK_ERR_MEMORY;
        for (uint64_t row = 0; within && row < u->n_rows; row++)
            within[row] = (dk_value){ .type = DK_INTERVAL };
    }
    dki_text_map_drop(&names);
    return status;
}

/* What was found ---------------------------------------------------------------------------------------------------- */

dk_status dki_untouched_init(dki_untouched *u, const dk_breakdown *breakdown, const dk_table *base, size_t n_sides,
                             dk_error *err)
{
    *u = (dki_untouched){ .context = dk_table_context(base),
                          .n_measures = breakdown->n_measures,
                          .n_sides = n_sides,
                          .n_rows = dk_table_n_rows(base) };
    u->within = dki_calloc(u->context, u->n_measures * n_sides, sizeof *u->within, err);
    return u->within ? DK_OK : DK_ERR_MEMORY;
}

void dki_untouched_drop(dki_untouched *u)
{
    for (size_t i = 0; u->within && i < u->n_measures * u->n_sides; i++)
        dki_free(u->context, u->within[i]);
    dki_free(u->context, u->within);
    *u = (dki_untouched){ .context = NULL };
}

bool dki_untouched_has(const dki_untouched *u, size_t measure, size_t side)
{
    return u && u->within && u->within[measure * u->n_sides + side];
}

const dk_value *dki_untouched_get(const dki_untouched *u, size_t measure, size_t side, uint64_t row)
{
    const dk_value *within =
        dki_untouched_has(u, measure, side) && row < u->n_rows ? u->within[measure * u->n_sides + side] : NULL;

    return within && !within[row].is_null ? &within[row] : NULL;
}
