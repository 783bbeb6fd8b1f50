/* breakdown_run.c - runs a breakdown on a table: plan, groups, cells, measures, and the table that the user gets.
 *
 * Rows stand in the order of their keys unless the breakdown says another, so that nothing of how they were grouped
 * can be seen. Notes tell what the reader must know: rows that a null condition left out, groups that are not
 * shown.
 */
#include "breakdown_plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <dekking/sort.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "breakdown_rest.h"
#include "breakdown_within.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"

/* Notes. ------------------------------------------------------------------------------------------------------- */

struct notes {
    dki_text_map texts; /* each sentence once, in the order in which it came */
};

static dk_status add_note(void *arg, const char *note, dk_error *err)
{
    struct notes *notes = arg;
    uint32_t number;

    return dki_text_map_add(&notes->texts, note, strlen(note), &number, err);
}

static dk_status add_bound_notes(struct notes *notes, const dki_bound *bound, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && bound && i < dki_bound_n_notes(bound); i++)
        status = add_note(notes, dki_bound_note(bound, i), err);
    return status;
}

DK_PRINTF(3, 4)
static dk_status format_note(struct notes *notes, dk_error *err, const char *format, ...)
{
    char text[1200]; /* callers see to it that it is enough */
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return add_note(notes, text, err);
}

static const char *rows_were(uint64_t n)
{
    return n == 1 ? "row was" : "rows were";
}

/* So many bytes of a condition's text go into a note. */
static int shown_size(const char *text, size_t size)
{
    return (int)dki_utf8_floor(text, size, 500);
}

/* What a condition left out because it was null. */
static dk_status add_null_notes(struct notes *notes, const dki_result *result, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_breakdown *breakdown = plan->breakdown;
    uint64_t n = result->groups.n_where_null;
    dk_status status = DK_OK;

    if (n > 0) {
        const char *text = dk_expr_text(breakdown->where);

        status = format_note(notes, err, "%llu %s left out, because %.*s" DKI_NULL_THERE, (unsigned long long)n,
                             rows_were(n), shown_size(text, strlen(text)), text);
    }
    for (size_t i = 0; status == DK_OK && i < plan->n_filters; i++) {
        const dki_plan_filter *filter = &plan->filters[i];
        const dki_part *part = &breakdown->measures[filter->measure];
        const char *text = dk_expr_text(part->expr) + filter->node->at;

        n = result->groups.n_filter_null[i];
        if (n > 0)
            status = format_note(notes, err, "%llu %s left out of %.*s, because %.*s" DKI_NULL_THERE,
                                 (unsigned long long)n, rows_were(n), shown_size(part->name, strlen(part->name)),
                                 part->name, shown_size(text, filter->node->size), text);
    }
    return status;
}

static dk_status add_plan_notes(struct notes *notes, const dki_plan *plan, dk_error *err)
{
    dk_status status = add_bound_notes(notes, plan->where, err);

    for (size_t i = 0; status == DK_OK && i < plan->common->n; i++)
        status = add_bound_notes(notes, plan->common->parts[i].bound, err);
    for (size_t i = 0; status == DK_OK && i < plan->breakdown->n_by; i++)
        status = add_bound_notes(notes, plan->by[i], err);
    for (size_t i = 0; status == DK_OK && i < plan->n_filters; i++)
        status = add_bound_notes(notes, plan->filters[i].bound, err);
    for (size_t i = 0; status == DK_OK && i < plan->n_values; i++)
        status = add_bound_notes(notes, plan->values[i].bound, err);
    return status;
}

/* Rows that a recode divided by shares, also of a table that was joined or put below, make what is counted an estimate. */
static dk_status add_estimate_notes(struct notes *notes, const dk_table *table, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_table_n_lineage(table) && status == DK_OK; i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);
        const char *end = item->text ? strstr(item->text, DKI_DIVIDED) : NULL;

        if (end)
            status = format_note(notes, err, "an estimate: %.*s, some divided by shares",
                                 shown_size(item->text, (size_t)(end - item->text)), item->text);
    }
    return status;
}

static bool bound_has_notes(const dki_bound *bound)
{
    return bound && dki_bound_n_notes(bound) > 0;
}

bool dki_plan_has_notes(const dki_plan *plan)
{
    bool has = bound_has_notes(plan->where);

    for (size_t i = 0; i < plan->common->n; i++)
        has = has || bound_has_notes(plan->common->parts[i].bound);
    for (size_t i = 0; i < plan->breakdown->n_by; i++)
        has = has || bound_has_notes(plan->by[i]);
    for (size_t i = 0; i < plan->n_filters; i++)
        has = has || bound_has_notes(plan->filters[i].bound);
    for (size_t i = 0; i < plan->n_values; i++)
        has = has || bound_has_notes(plan->values[i].bound);
    return has;
}

/* The table that the user gets. -------------------------------------------------------------------------------- */

dk_status dki_part_field(const dki_part *part, const dk_table *shown, dk_field *out, dk_error *err)
{
    dk_field field = *dk_table_field(shown, dk_table_find(shown, part->name));
    dk_type type = dk_column_type(field.column);

    if (part->format && !dk_type_is_number(type) && type != DK_INTERVAL)
        return dki_fail(err, DK_ERR_TYPE, "format: column %s is a %s, and patterns are for numbers", part->name,
                        dk_type_name(type));
    field.label = part->label;
    field.format = part->format;
    *out = field;
    return DK_OK;
}

/* Dimensions and measures, with labels, formats and properties; hidden columns stay behind. */
static dk_status result_table(const dki_result *result, const dk_table **out, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_breakdown *breakdown = plan->breakdown;
    const dk_properties *from = dk_table_properties(plan->table);
    dk_properties properties = { .name = breakdown->name,
                                 .source = from->source,
                                 .unit = from->unit,
                                 .as_of = from->as_of,
                                 .published = from->published };
    size_t n_by = breakdown->n_by - breakdown->n_hidden, n = n_by + breakdown->n_measures;
    dk_field *fields = dki_alloc_array(plan->context, n, sizeof *fields, err);
    dk_table *made;
    dk_status status = DK_OK;

    if (fields == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = dki_part_field(i < n_by ? &breakdown->by[i] : &breakdown->measures[i - n_by], result->shown,
                                &fields[i], err);
    if (status == DK_OK)
        status = dki_table_make(plan->context, fields, n, result->n_shown, &properties,
                                dk_table_margin(result->shown), &made, err);
    dki_free(plan->context, fields);
    if (status == DK_OK)
        *out = made;
    return status;
}

static dk_status sort_result(const dk_breakdown *breakdown, const dk_table **table, dk_error *err)
{
    dk_context *context = dk_table_context(*table);
    dk_sort_key *keys;
    const dk_table *sorted;
    dk_status status;

    if (breakdown->n_order == 0)
        return DK_OK;
    keys = dki_alloc_array(context, breakdown->n_order, sizeof *keys, err);
    if (keys == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < breakdown->n_order; i++)
        keys[i] = (dk_sort_key){ breakdown->order[i].column, breakdown->order[i].descending };
    status = dk_table_sort(*table, keys, breakdown->n_order, &sorted, err);
    dki_free(context, keys);
    if (status != DK_OK)
        return status;
    dk_table_release(*table);
    *table = sorted;
    return DK_OK;
}

/* Keeps the first detail rows, and every total. */
static dk_status limit_result(const dki_result *result, struct notes *notes, const dk_table **table, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    const dk_column *margin = dk_table_margin(*table);
    uint64_t n_rows = dk_table_n_rows(*table), n = 0, n_detail = 0;
    uint64_t *rows;
    const dk_table *limited;
    dk_status status = DK_OK;

    if (breakdown->limit == 0 || breakdown->limit >= n_rows)
        return DK_OK;
    rows = dki_alloc_array(result->plan->context, (size_t)n_rows, sizeof *rows, err);
    if (rows == NULL)
        return DK_ERR_MEMORY;
    DKI_FOR_ROWS(i, n_rows, result->plan->context, status, err)
    {
        dk_value mask = { .as.integer = 0 };

        if (margin)
            status = dk_column_get(margin, i, &mask, err);
        if (mask.as.integer != 0 || n_detail < breakdown->limit)
            rows[n++] = i;
        n_detail += mask.as.integer == 0;
    }
    if (status == DK_OK)
        status = dk_table_gather(*table, rows, n, &limited, err);
    dki_free(result->plan->context, rows);
    if (status != DK_OK)
        return status;
    dk_table_release(*table);
    *table = limited;
    if (n_detail <= breakdown->limit)
        return DK_OK;
    n = n_detail - breakdown->limit;
    return format_note(notes, err, "%llu %s not shown%s", (unsigned long long)n, n == 1 ? "group is" : "groups are",
                       margin ? "; totals cover them too" : "");
}

static dk_status put_notes(const struct notes *notes, const dk_table **table, dk_error *err)
{
    for (uint32_t i = 0; i < notes->texts.n; i++) {
        size_t size;
        const dk_table *noted;
        dk_status status = dk_table_with_note(*table, dki_text_map_get(&notes->texts, i, &size), &noted, err);

        if (status != DK_OK)
            return status;
        dk_table_release(*table);
        *table = noted;
    }
    return DK_OK;
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static dk_status make_result(dki_result *result, const dki_plan *noted, struct notes *notes, dk_error *err)
{
    uint64_t *phases = result->plan->trace ? result->plan->trace->phases : NULL;
    uint64_t since = phases ? dki_trace_now() : 0;
    dk_status status = dki_result_cells(result, err);

    dki_trace_lap(phases, DKI_PHASE_CELLS, &since);
    if (status == DK_OK)
        status = dki_result_tables(result, err);
    if (status == DK_OK)
        status = dki_result_periods(result, add_note, notes, err);
    if (status == DK_OK)
        status = dki_result_shares(result, err);
    if (status == DK_OK)
        status = dki_result_spread_notes(result, add_note, notes, err);
    if (status == DK_OK)
        status = add_null_notes(notes, result, err);
    if (status == DK_OK)
        status = add_plan_notes(notes, noted, err);
    if (status == DK_OK)
        status = add_estimate_notes(notes, result->plan->table, err);
    if (status == DK_OK)
        status = dki_result_attached(result, add_note, notes, err);
    if (status == DK_OK)
        status = dki_result_measures(result, add_note, notes, err);
    dki_trace_lap(phases, DKI_PHASE_MEASURES, &since);
    return status;
}

static void result_drop(dki_result *result)
{
    for (size_t i = 0; result->ready && i < result->plan->n_aggregates; i++)
        dk_column_release(result->ready[i]);
    for (size_t i = 0; result->dims && i < result->plan->breakdown->n_by; i++)
        dk_column_release(result->dims[i]);
    dk_table_release(result->all);
    dk_table_release(result->shown);
    dki_free(result->plan->context, result->order);
    dki_free(result->plan->context, result->rows);
    dki_free(result->plan->context, (void *)result->totals);
    dki_free(result->plan->context, (void *)result->attached);
    dki_cells_drop(&result->cells);
    dki_groups_drop(&result->groups);
    dki_arena_drop(&result->arena);
}

dk_status dki_plan_finish(const dki_plan *plan, const dki_plan *noted, dki_groups *groups, const dk_table **out,
                          dk_error *err)
{
    uint64_t *phases = plan->trace ? plan->trace->phases : NULL, since;
    dki_result result = { .plan = plan, .groups = *groups };
    struct notes notes;
    const dk_table *made = NULL;
    dk_status status;

    memset(groups, 0, sizeof *groups);
    dki_arena_init(&result.arena, plan->context);
    dki_text_map_init(&notes.texts, plan->context);
    status = make_result(&result, noted, &notes, err);
    since = phases ? dki_trace_now() : 0;
    if (status == DK_OK)
        status = result_table(&result, &made, err);
    if (status == DK_OK)
        status = sort_result(plan->breakdown, &made, err);
    if (status == DK_OK)
        status = limit_result(&result, &notes, &made, err);
    if (status == DK_OK)
        status = put_notes(&notes, &made, err);
    if (status == DK_OK)
        status = dki_result_lineage(&result, made, err);
    dki_trace_lap(phases, DKI_PHASE_TABLE, &since);
    if (status == DK_OK && plan->trace)
        status = dki_trace_table(&result, made, out, err);
    result_drop(&result);
    dki_text_map_drop(&notes.texts);
    if (status != DK_OK || plan->trace)
        dk_table_release(made);
    else
        *out = made;
    return status;
}

/* From a plan to the table that the user gets. */
static dk_status run_plan(const dki_plan *plan, const dk_table **out, dk_error *err)
{
    dki_groups groups = { 0 };
    dk_status status = dki_groups_scan(&groups, &plan, 1, err);

    if (status == DK_OK)
        status = dki_plan_finish(plan, plan, &groups, out, err);
    dki_groups_drop(&groups);
    return status;
}

dk_status dk_breakdown_run(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                           const dk_table **out, dk_error *err)
{
    if (breakdown->rest)
        return dki_breakdown_run_rest(breakdown, table, params, out, err);
    if (dki_breakdown_looks_within(breakdown))
        return dki_breakdown_run_within(breakdown, table, params, false, out, err);
    return dki_breakdown_run_plainly(breakdown, table, params, out, err);
}

dk_status dki_breakdown_run_plainly(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                    const dk_table **out, dk_error *err)
{
    dki_plan plan;
    dk_status status = dki_plan_init(&plan, breakdown, table, params, NULL, err);

    if (status == DK_OK)
        status = run_plan(&plan, out, err);
    dki_plan_drop(&plan);
    return status;
}

dk_status dk_breakdown_plan(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                            const dk_table **out, dk_error *err)
{
    if (dki_breakdown_looks_within(breakdown))
        return dki_breakdown_run_within(breakdown, table, params, true, out, err);
    return dki_breakdown_plan_plainly(breakdown, table, params, out, err);
}

dk_status dki_breakdown_plan_plainly(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                     const dk_table **out, dk_error *err)
{
    dki_plan plan;
    dki_trace trace = { .n_workers = 0 };
    uint64_t since = dki_trace_now();
    dk_status status = dki_plan_init(&plan, breakdown, table, params, NULL, err);

    dki_trace_lap(trace.phases, DKI_PHASE_BIND, &since);
    if (status == DK_OK)
        status = dki_trace_begin(&trace, &plan, err);
    if (status == DK_OK)
        status = run_plan(&plan, out, err);
    dki_trace_drop(&trace, &plan);
    dki_plan_drop(&plan);
    return status;
}
