/* breakdown_run.c - runs a breakdown on a table: rows to groups, groups to cells, cells to a table.
 *
 * Everything after the pass over the rows works on cells, of which there are few. Rows stand in the order of their
 * keys, so that nothing of how they were grouped can be seen.
 */
#include "breakdown_plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <dekking/sort.h>

#include "base/memory.h"
#include "base/status.h"

/* Levels that have no rows. --------------------------------------------------------------------------------------- */

static bool shows_levels(const dki_dimension *dim)
{
    return dim->type == DK_CATEGORY && dk_dictionary_is_declared(dim->levels);
}

/* Adds the group of every combination of stated levels to the values of the other dimensions in key. */
static dk_status add_levels(const dki_plan *plan, dki_grouper *grouper, uint32_t *key, size_t dim, dk_error *err)
{
    uint32_t number;
    dk_status status = DK_OK;

    while (dim < grouper->n_dims && !shows_levels(&plan->dims[dim]))
        dim++;
    if (dim == grouper->n_dims)
        return dki_group_add(grouper, key, &number, err);
    for (size_t code = 1; status == DK_OK && code <= dk_dictionary_n_levels(plan->dims[dim].levels); code++) {
        if (code % 64 == 1)
            status = dki_poll(plan->context, err);
        key[dim] = (uint32_t)code;
        if (status == DK_OK)
            status = add_levels(plan, grouper, key, dim + 1, err);
    }
    return status;
}

/* Adds the groups that could occur but do not: stated levels with every combination of the other dimensions that occurs. */
static dk_status add_missing(const dki_plan *plan, dki_grouper *grouper, dk_error *err)
{
    size_t n_found = grouper->n_groups, n_dims = grouper->n_dims;
    uint32_t key[DKI_MAX_DIMENSIONS] = { 0 };
    bool only_levels = true;
    dki_text_map seen; /* combinations of the other dimensions */
    dk_status status = DK_OK;

    for (size_t d = 0; d < n_dims; d++)
        only_levels = only_levels && shows_levels(&plan->dims[d]);
    if (only_levels)
        return add_levels(plan, grouper, key, 0, err);
    dki_text_map_init(&seen, plan->context);
    for (size_t i = 0; status == DK_OK && i < n_found; i++) {
        size_t n_seen = seen.n;
        uint32_t number;

        for (size_t d = 0; d < n_dims; d++)
            key[d] = shows_levels(&plan->dims[d]) ? 0 : dki_grouper_key(grouper, i)[d];
        status = dki_text_map_add(&seen, (const char *)key, n_dims * sizeof *key, &number, err);
        if (status == DK_OK && number == n_seen)
            status = add_levels(plan, grouper, key, 0, err);
    }
    dki_text_map_drop(&seen);
    return status;
}

/* Cells. ----------------------------------------------------------------------------------------------------------- */

/* The ranks of every group: n_dims for each. */
static dk_status make_ranks(const dki_grouper *grouper, uint32_t *ranks, dk_error *err)
{
    for (size_t d = 0; d < grouper->n_dims; d++) {
        uint32_t *rank_of = dki_alloc_array(grouper->context, dki_grouper_n_codes(grouper, d), sizeof *rank_of, err);
        dk_status status;

        if (rank_of == NULL)
            return DK_ERR_MEMORY;
        status = dki_grouper_ranks(grouper, d, rank_of, err);
        for (size_t i = 0; status == DK_OK && i < grouper->n_groups; i++)
            ranks[i * grouper->n_dims + d] = rank_of[dki_grouper_key(grouper, i)[d]];
        dki_free(grouper->context, rank_of);
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

static dk_status make_cells(dki_result *result, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dki_grouper *grouper = &result->groups.grouper;
    uint32_t *ranks = dki_alloc_array(plan->context, grouper->n_groups, (grouper->n_dims + 1) * sizeof *ranks, err);
    uint32_t coarser[64];
    dki_int_map masks;
    dk_status status;

    if (ranks == NULL)
        return DK_ERR_MEMORY;
    dki_int_map_init(&masks, plan->context);
    status = make_ranks(grouper, ranks, err);
    if (status == DK_OK)
        status = dki_cells_init(&result->cells, plan->context, ranks, grouper->n_groups, grouper->n_dims, err);
    dki_free(plan->context, ranks);
    if (status == DK_OK)
        status = dki_plan_coarser(plan, &masks, err);
    if (status == DK_OK && masks.n > sizeof coarser / sizeof *coarser)
        status = dki_fail(err, DK_ERR_LIMIT, "%s has all() over more than %zu sets of dimensions",
                          plan->breakdown->title, sizeof coarser / sizeof *coarser);
    for (size_t i = 0; status == DK_OK && i < masks.n; i++)
        coarser[i] = (uint32_t)masks.keys[i];
    if (status == DK_OK)
        status = dki_cells_margins(&result->cells, plan->breakdown->margins, coarser, masks.n, err);
    dki_int_map_drop(&masks);
    return status;
}

/* Puts the accumulators of finer cells together, level by level. */
static dk_status fill_levels(dki_result *result, dk_error *err)
{
    const dki_cells *cells = &result->cells;
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < result->groups.n_accumulators; i++)
        status = dki_accumulator_room(&result->groups.accumulators[i], dki_cells_n(cells), err);
    for (size_t k = 1; status == DK_OK && k < cells->n_levels; k++) {
        const dki_level *parent = &cells->levels[cells->levels[k].parent];

        status = dki_poll(result->plan->context, err);
        for (size_t i = 0; status == DK_OK && i < result->groups.n_accumulators; i++) {
            dki_accumulator *accumulator = &result->groups.accumulators[i];

            status = dki_accumulator_merge(accumulator, accumulator, parent->first, parent->n, cells->levels[k].to, err);
        }
    }
    return status;
}

static dk_status order_cells(dki_result *result, dk_error *err)
{
    size_t n = dki_cells_n(&result->cells);
    dk_status status;

    result->n_rows = n;
    result->order = dki_alloc_array(result->plan->context, n, sizeof *result->order, err);
    result->rows = dki_alloc_array(result->plan->context, n, sizeof *result->rows, err);
    if (result->order == NULL || result->rows == NULL)
        return DK_ERR_MEMORY;
    status = dki_cells_order(&result->cells, result->order, &result->n_shown, err);
    for (size_t i = 0; status == DK_OK && i < n; i++)
        result->rows[result->order[i]] = (uint32_t)i;
    return status;
}

/* Dimensions as columns. ------------------------------------------------------------------------------------------- */

/* For each cell the code of a dimension; a totalled one is null. Codes come down from the groups level by level. */
static void make_codes(const dki_result *result, size_t dim, uint32_t *codes)
{
    const dki_cells *cells = &result->cells;
    const dki_grouper *grouper = &result->groups.grouper;

    memset(codes, 0, dki_cells_n(cells) * sizeof *codes);
    for (size_t i = 0; i < grouper->n_groups; i++)
        codes[i] = dki_grouper_key(grouper, i)[dim];
    for (size_t k = 1; k < cells->n_levels; k++) {
        const dki_level *level = &cells->levels[k], *parent = &cells->levels[level->parent];

        if (level->mask >> dim & 1)
            continue;
        for (size_t i = 0; i < parent->n; i++)
            codes[level->to[i]] = codes[parent->first + i];
    }
}

static dk_status dimension_column(dki_result *result, size_t dim, const dk_column **out, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dki_dimension *what = &plan->dims[dim];
    uint32_t *codes = dki_alloc_array(plan->context, result->n_rows, sizeof *codes, err);
    dk_builder *builder = NULL;
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK) {
        make_codes(result, dim, codes);
        status = dk_builder_new(plan->context, what->type, what->scale, what->levels, &builder, err);
    }
    for (size_t i = 0; status == DK_OK && i < result->n_rows; i++)
        status = dki_grouper_append(&result->groups.grouper, dim, codes[result->order[i]], builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_free(plan->context, codes);
    return status;
}

static dk_status margin_column(dki_result *result, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(result->plan->context, DK_INTEGER, 0, NULL, &builder, err);

    for (size_t i = 0; status == DK_OK && i < result->n_rows; i++)
        status = dk_builder_integer(builder, dki_cell_mask(&result->cells, (size_t)result->order[i]), err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

/* A table of the dimensions alone, over every cell. */
static dk_status dimension_table(dki_result *result, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    dk_field fields[DKI_MAX_DIMENSIONS];
    const dk_table *plain = NULL;
    const dk_column *margin = NULL;
    size_t n = 0;
    dk_status status = DK_OK;

    for (; status == DK_OK && n < breakdown->n_by; n++) {
        fields[n] = (dk_field){ .name = breakdown->by[n].name,
                                .label = breakdown->by[n].label,
                                .format = breakdown->by[n].format,
                                .margin_bit = breakdown->margins == DK_MARGINS_NONE ? -1 : (int)n };
        status = dimension_column(result, n, &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(result->plan->context, fields, n, result->n_rows, &plain, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    if (status == DK_OK && breakdown->margins != DK_MARGINS_NONE && n > 0) {
        status = margin_column(result, &margin, err);
        if (status == DK_OK)
            status = dk_table_with_margin(plain, margin, out, err);
        dk_column_release(margin);
        dk_table_release(plain);
    } else if (status == DK_OK) {
        *out = plain;
    }
    return status;
}

static dk_status make_prefix(dki_result *result, dk_error *err)
{
    const dk_breakdown *breakdown = result->plan->breakdown;
    size_t longest = 0;
    char *prefix;

    for (size_t i = 0; i < breakdown->n_by + breakdown->n_measures; i++) {
        const char *name = i < breakdown->n_by ? breakdown->by[i].name : breakdown->measures[i - breakdown->n_by].name;
        size_t n = strspn(name, "\x01");

        longest = n > longest ? n : longest;
    }
    prefix = dki_arena_array(&result->arena, longest + 2, 1, err);
    if (prefix == NULL)
        return DK_ERR_MEMORY;
    memset(prefix, 1, longest + 1);
    result->prefix = prefix;
    return DK_OK;
}

/* Notes. ----------------------------------------------------------------------------------------------------------- */

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
    char text[1024];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return add_note(notes, text, err);
}

static const char *rows_were(uint64_t n) { return n == 1 ? "row was" : "rows were"; }

/* What a condition left out because it was null. */
static dk_status add_null_notes(struct notes *notes, const dki_result *result, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_breakdown *breakdown = plan->breakdown;
    uint64_t n = result->groups.n_where_null;
    dk_status status = DK_OK;

    if (n > 0)
        status = format_note(notes, err, "%llu %s left out, because %.500s is null there", (unsigned long long)n,
                             rows_were(n), dk_expr_text(breakdown->where));
    for (size_t i = 0; status == DK_OK && i < plan->n_filters; i++) {
        const dki_plan_filter *filter = &plan->filters[i];
        const dki_part *part = &breakdown->measures[filter->measure];

        n = result->groups.n_filter_null[i];
        if (n > 0)
            status = format_note(notes, err, "%llu %s left out of %s, because %.*s is null there",
                                 (unsigned long long)n, rows_were(n), part->name,
                                 filter->node->size < 500 ? (int)filter->node->size : 500,
                                 dk_expr_text(part->expr) + filter->node->at);
    }
    return status;
}

static dk_status add_plan_notes(struct notes *notes, const dki_plan *plan, dk_error *err)
{
    dk_status status = add_bound_notes(notes, plan->where, err);

    for (size_t i = 0; status == DK_OK && i < plan->breakdown->n_by; i++)
        status = add_bound_notes(notes, plan->by[i], err);
    for (size_t i = 0; status == DK_OK && i < plan->n_filters; i++)
        status = add_bound_notes(notes, plan->filters[i].bound, err);
    for (size_t i = 0; status == DK_OK && i < plan->n_values; i++)
        status = add_bound_notes(notes, plan->values[i].bound, err);
    return status;
}

/* The table that the user gets. ------------------------------------------------------------------------------------ */

/* Dimensions and measures, with labels, formats and properties; hidden columns stay behind. */
static dk_status result_table(const dki_result *result, const dk_table **out, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_breakdown *breakdown = plan->breakdown;
    const dk_properties *from = dk_table_properties(plan->table);
    dk_properties properties = { .name = breakdown->name, .source = from->source, .unit = from->unit };
    size_t n = breakdown->n_by + breakdown->n_measures;
    dk_field *fields = dki_alloc_array(plan->context, n, sizeof *fields, err);
    const dk_table *made = NULL, *named = NULL;
    dk_status status;

    if (fields == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const dki_part *part = i < breakdown->n_by ? &breakdown->by[i] : &breakdown->measures[i - breakdown->n_by];

        fields[i] = *dk_table_field(result->shown, dk_table_find(result->shown, part->name));
        fields[i].label = part->label;
        fields[i].format = part->format;
    }
    status = dk_table_new(plan->context, fields, n, result->n_shown, &made, err);
    dki_free(plan->context, fields);
    if (status == DK_OK)
        status = dk_table_with_properties(made, &properties, &named, err);
    if (status == DK_OK && dk_table_margin(result->shown)) {
        status = dk_table_with_margin(named, dk_table_margin(result->shown), out, err);
        dk_table_release(named);
    } else if (status == DK_OK) {
        *out = named;
    }
    dk_table_release(made);
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
    for (uint64_t i = 0; status == DK_OK && i < n_rows; i++) {
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

/* The whole. ------------------------------------------------------------------------------------------------------- */

static dk_status make_tables(dki_result *result, dk_error *err)
{
    dk_status status = make_prefix(result, err);

    if (status == DK_OK)
        status = dimension_table(result, &result->all, err);
    if (status == DK_OK)
        status = dk_table_slice(result->all, 0, result->n_shown, &result->shown, err);
    return status;
}

static dk_status make_result(dki_result *result, struct notes *notes, dk_error *err)
{
    const dki_plan *plan = result->plan;
    dki_grouper *grouper = &result->groups.grouper;
    uint32_t number, nothing = 0;
    dk_status status = dki_groups_scan(&result->groups, plan, err);

    if (status == DK_OK && plan->breakdown->all_levels)
        status = add_missing(plan, grouper, err);
    if (status == DK_OK && grouper->n_dims == 0)
        status = dki_group_add(grouper, &nothing, &number, err); /* one row, also for no rows */
    if (status == DK_OK)
        status = make_cells(result, err);
    if (status == DK_OK)
        status = fill_levels(result, err);
    if (status == DK_OK)
        status = order_cells(result, err);
    if (status == DK_OK)
        status = make_tables(result, err);
    if (status == DK_OK)
        status = add_null_notes(notes, result, err);
    if (status == DK_OK)
        status = add_plan_notes(notes, plan, err);
    if (status == DK_OK)
        status = dki_result_measures(result, add_note, notes, err);
    return status;
}

static void result_drop(dki_result *result)
{
    dk_table_release(result->all);
    dk_table_release(result->shown);
    dki_free(result->plan->context, result->order);
    dki_free(result->plan->context, result->rows);
    dki_free(result->plan->context, (void *)result->totals);
    dki_cells_drop(&result->cells);
    dki_groups_drop(&result->groups);
    dki_arena_drop(&result->arena);
}

dk_status dk_breakdown_run(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                           const dk_table **out, dk_error *err)
{
    dki_plan plan;
    dki_result result = { .plan = &plan };
    struct notes notes;
    const dk_table *made = NULL;
    dk_status status = dki_plan_init(&plan, breakdown, table, params, err);

    dki_arena_init(&result.arena, plan.context);
    dki_text_map_init(&notes.texts, plan.context);
    if (status == DK_OK)
        status = make_result(&result, &notes, err);
    if (status == DK_OK)
        status = result_table(&result, &made, err);
    if (status == DK_OK)
        status = sort_result(breakdown, &made, err);
    if (status == DK_OK)
        status = limit_result(&result, &notes, &made, err);
    if (status == DK_OK)
        status = put_notes(&notes, &made, err);
    result_drop(&result);
    dki_text_map_drop(&notes.texts);
    dki_plan_drop(&plan);
    if (status != DK_OK) {
        dk_table_release(made);
        return status;
    }
    *out = made;
    return DK_OK;
}
