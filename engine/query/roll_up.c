/* roll_up.c - a result by municipality as one by region, without its table.
 *
 * The lineage says what the dimensions and measures of the result are. What counts or sums is added up, least and greatest
 * are of all, a formula of other measures is computed anew, and a rate is the ratio of its sums. Anything else is refused
 * by name: a median cannot be had from medians (roll_up_measures.c). The rest is a breakdown of the result's own rows, with the level
 * as a column (roll_up_levels.c); totals are those that the result had (roll_up_totals.c).
 */
#include <dekking/breakdown.h>

#include <string.h>

#include "base/status.h"
#include "beside.h"
#include "data/lineage.h"
#include "expr/quote.h"
#include "roll_up.h"

/* The breakdown. --------------------------------------------------------------------------------------------------- */

const dk_lineage_item *dki_roll_item(const dki_roll *roll, dk_lineage_kind kind, const char *name)
{
    for (size_t i = roll->first; i < roll->end; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);

        if (item->kind == kind && item->depth == 0 && strcmp(item->name, name) == 0)
            return item;
    }
    return NULL;
}

static bool makes_column(const dk_lineage_item *item)
{
    return item->depth == 0 && (item->kind == DK_LINEAGE_DIMENSION || item->kind == DK_LINEAGE_MEASURE);
}

/* Which of the breakdown's columns have which names now. A column that was made anew is what it was called before. */
static dk_status follow_names(dki_roll *roll, dk_error *err)
{
    dk_status status = DK_OK;

    roll->names = dki_arena_array(&roll->arena, roll->end - roll->first, sizeof *roll->names, err);
    if (roll->names == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = roll->first; i < roll->end && status == DK_OK; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);
        dki_binding *binding;

        if (makes_column(item))
            roll->names[roll->n_names++] = (dki_binding){ .name = item->name, .of = i };
        if (item->depth > 0)
            continue;
        binding = item->kind == DK_LINEAGE_COLUMN ? dki_binding_find(roll->names, roll->n_names, item->name) : NULL;
        if (binding && strcmp(dk_table_lineage(roll->result, binding->of)->name, item->name) != 0)
            binding->name = "";
        if (dki_renames(item))
            status = dki_bindings_rename(roll->names, roll->n_names, item, &roll->arena, err);
    }
    return status;
}

/* A column that got the name of another one would be taken for it. */
static dk_status check_name(const dki_roll *roll, const char *name, dk_error *err)
{
    const dki_binding *binding = dki_binding_find(roll->names, roll->n_names, name);
    bool is_own = binding && strcmp(dk_table_lineage(roll->result, binding->of)->name, name) == 0;

    if (is_own)
        return DK_OK;
    if (!dki_roll_item(roll, DK_LINEAGE_MEASURE, name) && !dki_roll_item(roll, DK_LINEAGE_DIMENSION, name)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is neither a dimension nor a measure of the breakdown", name);
        dki_hint(err, "roll up first, or leave it out: result:drop \"%s\"", name);
        return DK_ERR_ARGUMENT;
    }
    if (binding)
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is not the breakdown's column of that name: it is %s, renamed",
                       name, dk_table_lineage(roll->result, binding->of)->name);
    else
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is not the breakdown's column of that name, but another", name);
    dki_hint(err, "roll up first, and rename what that gives");
    return DK_ERR_ARGUMENT;
}

/* Finds what the result's breakdown was, and what its columns are. */
static dk_status find_breakdown(dki_roll *roll, dk_error *err)
{
    dk_status status;

    roll->end = dk_table_n_lineage(roll->result);
    roll->first = dki_beside_breakdown(roll->result);
    if (roll->first == roll->end) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "only the result of a breakdown is rolled up");
        dki_hint(
            err,
            "put the rows into the level, and break them down by it: t:use(geo):breakdown { by = \"%s\", ... }",
            roll->level);
        return DK_ERR_ARGUMENT;
    }
    for (size_t i = roll->first; i < roll->end; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);

        if (item->depth == 0 && item->kind == DK_LINEAGE_STEP && strncmp(item->text, "the first ", 10) == 0) {
            (void)dki_fail(err, DK_ERR_ARGUMENT, "the result shows %s only", item->text);
            dki_hint(err, "roll up a result with all its groups");
            return DK_ERR_ARGUMENT;
        }
        if (item->kind == DK_LINEAGE_APPEND && item->depth == 0) {
            (void)dki_fail(err, DK_ERR_ARGUMENT, "rows of several results were put together: %s", item->text);
            dki_hint(err, "roll up each of them first");
            return DK_ERR_ARGUMENT;
        }
    }
    status = follow_names(roll, err);
    for (size_t i = 0; i < dk_table_n_columns(roll->result) && status == DK_OK; i++) {
        const char *name = dk_table_field(roll->result, i)->name;
        const dk_lineage_item *item = dki_roll_item(roll, DK_LINEAGE_DIMENSION, name);

        status = check_name(roll, name, err);
        if (item && roll->n_dims < DKI_ROLL_MOST)
            roll->dims[roll->n_dims++] = item;
    }
    return status;
}

/* The rows. -------------------------------------------------------------------------------------------------------- */

/* Those that rows with this mask tell apart. */
static dk_status add_dimensions(dki_roll *roll, uint64_t mask, dk_error *err)
{
    roll->n_by = 0;
    for (size_t i = 0; i < roll->n_dims; i++) {
        bool is_place = i == roll->base && roll->has == SIZE_MAX;
        const dk_field *field = dk_table_field(roll->result, dk_table_find(roll->result, roll->dims[i]->name));
        dk_measure *by = &roll->by[roll->n_by];

        if ((roll->goes[i] && !is_place) || dki_roll_totals(roll, i, mask))
            continue;
        by->text = dki_quote(&roll->arena, is_place ? roll->level : roll->dims[i]->name, err);
        if (by->text == NULL)
            return DK_ERR_MEMORY;
        if (!is_place)
            *by = (dk_measure){ by->text, field->label, field->format };
        roll->n_by++;
    }
    return DK_OK;
}

static dk_status sum_parts(const dki_roll *roll, const dk_breakdown *breakdown, const dk_table **out, dk_error *err)
{
    dk_breakdown summing;

    memcpy(&summing, breakdown, sizeof summing);
    summing.sums_parts = true;
    summing.told = breakdown;
    return dk_breakdown_run(&summing, roll->rows, NULL, out, err);
}

dk_status dki_roll_rows(dki_roll *roll, const dk_table *rows, uint64_t mask, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = NULL;
    bool has_sets = mask == 0 && roll->n_sets > 0;
    dk_status status;

    roll->rows = dk_table_retain(rows);
    status = add_dimensions(roll, mask, err);
    if (status == DK_OK)
        status = dki_roll_add_measures(roll, err);
    if (status == DK_OK) {
        dk_breakdown_spec spec = { .name = dk_table_properties(roll->result)->name,
                                   .by = roll->by,
                                   .n_by = roll->n_by,
                                   .measures = roll->measures,
                                   .n_measures = roll->n_measures,
                                   .margins = has_sets ? DK_MARGINS_SETS : DK_MARGINS_NONE,
                                   .sets = roll->sets,
                                   .n_sets = has_sets ? roll->n_sets : 0 };

        status = dk_breakdown_new(roll->context, &spec, &breakdown, err);
    }
    if (status == DK_OK)
        status = sum_parts(roll, breakdown, out, err);
    dk_breakdown_release(breakdown);
    dk_table_release(roll->rows);
    roll->rows = NULL;
    return status;
}

/* The rows that are no totals, of which the lineage says that they are rolled up. */
static dk_status take_detail(const dki_roll *roll, const dk_table **out, dk_error *err)
{
    const dk_table *detail = NULL;
    dk_status status = dk_table_detail(roll->levelled, &detail, err);

    if (status == DK_OK)
        status = dk_table_with_properties(detail, dk_table_properties(detail), out, err);
    if (status == DK_OK)
        status = dki_table_add_step(*out, detail, err, "%s" DKI_ROLLED_UP "%s", roll->dims[roll->base]->name,
                                    roll->level);
    dk_table_release(detail);
    return status;
}

dk_status dki_result_roll_up(const dk_table *result, const char *level, const char *dimension, const dk_table **out,
                             dk_error *err)
{
    dki_roll roll = { .result = result, .context = dk_table_context(result), .level = level };
    const dk_table *detail = NULL, *rolled = NULL;
    dk_status status;

    dki_arena_init(&roll.arena, roll.context);
    status = find_breakdown(&roll, err);
    if (status == DK_OK)
        status = dki_roll_find_dimensions(&roll, dimension, err);
    if (status == DK_OK)
        status = dki_roll_add_level(&roll, err);
    if (status == DK_OK)
        status = dki_roll_find_sets(&roll, err);
    if (status == DK_OK)
        status = take_detail(&roll, &detail, err);
    if (status == DK_OK)
        status = dki_roll_rows(&roll, detail, 0, &rolled, err);
    if (status == DK_OK && roll.n_apart > 0)
        status = dki_roll_add_apart(&roll, &rolled, err);
    if (status == DK_OK)
        status = dki_roll_note(&roll, &rolled, err);
    if (status == DK_OK)
        *out = rolled;
    else
        dk_table_release(rolled);
    dk_table_release(detail);
    dk_table_release(roll.levelled);
    dki_arena_drop(&roll.arena);
    return status;
}

dk_status dk_table_roll_up(const dk_table *result, const char *level, const char *dimension, const dk_table **out,
                           dk_error *err)
{
    return dki_beside_kind_of(result) == DKI_BESIDE_PIVOTED
               ? dki_pivot_roll_up(result, level, dimension, out, err)
               : dki_result_roll_up(result, level, dimension, out, err);
}
