/* compared_roll_up.c - a comparison by municipality as one by region.
 *
 * Every side is rolled up as the result that it is, and the rolled results are compared as any others: so differences of counts and
 * of rates are those of the regions, and not sums of differences; where these tell bounds better, they are narrower
 * (compared_changes.h). What is shown of the comparison (compared_shown.c), be it wide
 * or long, is shown of the rolled one.
 */
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "compared_changes.h"
#include "compared_shown.h"
#include "expr/quote.h"
#include "query/breakdown_parts.h"
#include "whatif_parts.h"

/* What the sides answer ------------------------------------------------------------------------------------------ */

/* The text of a dimension as the breakdown had it that counted persons: one that is of members says so. NULL: no memory. */
static const char *dimension_text(const dk_table *table, const char *name, dki_arena *arena, dk_error *err)
{
    const char *quoted = dki_quote(arena, name, err);

    for (size_t i = 0; quoted && i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);
        const dk_expr *expr = NULL;
        dki_spread_kind kind = DKI_SPREAD_NOT;
        dk_status status;

        if (item->kind != DK_LINEAGE_DIMENSION || item->depth > 0 || strcmp(item->name, name) != 0)
            continue;
        status = dk_expr_parse(dk_table_context(table), item->text, &expr, err);
        if (status == DK_ERR_MEMORY)
            return NULL;
        if (status != DK_OK) /* what the table is by has only a name */
            continue;
        (void)dki_part_node(&(const dki_part){ .expr = expr }, &kind);
        dk_expr_release(expr);
        if (kind != DKI_SPREAD_NOT)
            return dki_arena_format(arena, err, "%s = %s", quoted, item->text);
    }
    return quoted;
}

static const char *measure_text(const dk_lineage_item *measure, dki_arena *arena, dk_error *err)
{
    const char *quoted = dki_quote(arena, measure->name, err);

    return quoted ? dki_arena_format(arena, err, "%s = %s", quoted, measure->text) : NULL;
}

/* Where the breakdown begins whose measures the comparison has, as they were asked: what was rolled up before goes by the breakdown of
 * the rows. */
static size_t find_asked(const dk_table *table)
{
    size_t found = 0;
    bool rolled = false;

    for (size_t i = 0; i < dk_table_n_lineage(table); i++) {
        const dk_lineage_item *item = dk_table_lineage(table, i);

        if (item->depth > 0)
            continue;
        if (item->kind == DK_LINEAGE_BREAKDOWN && !rolled)
            found = i;
        if (item->kind == DK_LINEAGE_BREAKDOWN || item->kind == DK_LINEAGE_STEP)
            rolled = item->kind == DK_LINEAGE_STEP && strstr(item->text, DKI_ROLLED_UP) != NULL;
    }
    return found;
}

/* The breakdown of all measures that the comparison's had, with dimensions as a rolled side has them. *kept: the numbers of those
 * that the comparison shows. */
static dk_status remake(const dki_beside *beside, dki_arena *arena, const dk_breakdown **out, size_t *kept,
                        dk_error *err)
{
    size_t n = dk_table_n_lineage(beside->table), n_by = dki_beside_n_by(beside);
    dk_measure *by = dki_arena_array(arena, n_by, sizeof *by, err);
    dk_measure *measures = dki_arena_array(arena, n, sizeof *measures, err);
    dk_breakdown_spec spec = { .by = by, .n_by = n_by, .measures = measures };

    if (by == NULL || measures == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_by; i++)
        if ((by[i].text = dimension_text(beside->table, dk_table_field(beside->rolled[0], i)->name, arena, err)) ==
            NULL)
            return DK_ERR_MEMORY;
    for (size_t i = find_asked(beside->table); i < n; i++) {
        const dk_lineage_item *item = dk_table_lineage(beside->table, i);

        if (item->kind == DK_LINEAGE_STEP && strstr(item->text, DKI_ROLLED_UP))
            break;
        if (item->kind != DK_LINEAGE_MEASURE || item->depth > 0)
            continue;
        for (size_t m = 0; m < beside->n_measures; m++)
            if (strcmp(beside->measures[m]->name, item->name) == 0)
                kept[m] = spec.n_measures;
        if ((measures[spec.n_measures++].text = measure_text(item, arena, err)) == NULL)
            return DK_ERR_MEMORY;
    }
    return dk_breakdown_new(dk_table_context(beside->table), &spec, out, err);
}

/* Comparing ------------------------------------------------------------------------------------------------------ */

static dk_status compare(const dki_beside *beside, const dki_shown *shown, const char *level, const char *dimension,
                         dki_arena *arena, const dk_table **out, dk_error *err)
{
    const dk_comparison_form form = { .is_long = shown->is_long, .relative = shown->is_relative };
    size_t *kept = dki_arena_array(arena, beside->n_measures, sizeof *kept, err);
    dki_part *measures = dki_arena_array(arena, beside->n_measures, sizeof *measures, err);
    const dk_breakdown *whole = NULL;
    const dk_table *made = NULL;
    dki_untouched untouched = { .context = NULL };
    dk_breakdown view;
    dk_status status = kept && measures ? remake(beside, arena, &whole, kept, err) : DK_ERR_MEMORY;

    if (status != DK_OK)
        return status;
    for (size_t m = 0; m < beside->n_measures; m++)
        measures[m] = whole->measures[kept[m]];
    memcpy(&view, whole, sizeof view);
    view.measures = measures;
    view.n_measures = beside->n_measures;
    status = dki_untouched_init(&untouched, &view, beside->rolled[0], beside->n_sides, err);
    if (status == DK_OK)
        status = dki_compared_changes(beside, whole, kept, level, dimension, &untouched, err);
    if (status == DK_OK)
        status = dki_compare_results(&view, beside->rolled, beside->sides, beside->n_sides, &form, &untouched,
                                     &made, err);
    dki_untouched_drop(&untouched);
    if (status == DK_OK)
        status = dki_shown_again(shown, made, dki_beside_n_by(beside), out, err);
    dk_table_release(made);
    dk_breakdown_release(whole);
    return status;
}

/* What the reader must know: of the comparison, whose notes say it of its sides too, but for members that belong to no level; where
 * it has lost these, of rolled sides. */
static dk_status carry_notes(const dk_table *compared, const dk_table *side, const dk_table **table, dk_error *err)
{
    size_t n = dk_table_n_notes(compared);
    dki_text_map notes;
    uint32_t number;
    dk_status status = DK_OK;

    dki_text_map_init(&notes, dk_table_context(*table));
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status =
            dki_text_map_add(&notes, dk_table_note(compared, i), strlen(dk_table_note(compared, i)), &number, err);
    for (size_t i = 0; i < dk_table_n_notes(side) && status == DK_OK; i++)
        if (n == 0 || strstr(dk_table_note(side, i), "that the hierarchy does not know"))
            status = dki_text_map_add(&notes, dk_table_note(side, i), strlen(dk_table_note(side, i)), &number, err);
    if (status == DK_OK)
        status = dki_put_notes(&notes, table, err);
    dki_text_map_drop(&notes);
    return status;
}

/* The wide comparison that is shown, by the level. */
static dk_status roll_up(const dki_shown *shown, const dk_table *wide, const char *level, const char *dimension,
                         const dk_table **out, dk_error *err)
{
    const dk_table *made = NULL;
    dki_beside beside;
    dki_arena arena;
    dk_status status = dki_beside_find(&beside, wide, err);

    dki_arena_init(&arena, dk_table_context(wide));
    if (status == DK_OK)
        status = dki_beside_roll_up(&beside, level, dimension, err);
    if (status == DK_OK)
        status = compare(&beside, shown, level, dimension, &arena, &made, err);
    if (status == DK_OK)
        status = carry_notes(shown->table, beside.rolled[0], &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dki_beside_drop(&beside);
    dki_arena_drop(&arena);
    return status;
}

dk_status dk_comparison_roll_up(const dk_table *table, const char *level, const char *dimension,
                                const dk_table **out, dk_error *err)
{
    const dk_table *wide = NULL;
    dki_shown shown;
    dk_status status;

    if (dki_beside_kind_of(table) != DKI_BESIDE_COMPARED)
        return dk_table_roll_up(table, level, dimension, out, err);
    status = dki_shown_find(&shown, table, err);
    if (status == DK_OK && shown.n_classes > 1) {
        status = dki_shown_roll_up_classes(&shown, level, dimension, out, err);
    } else if (status == DK_OK) {
        status = dki_shown_wide(&shown, &wide, err);
        if (status == DK_OK)
            status = roll_up(&shown, wide, level, dimension, out, err);
    }
    dk_table_release(wide);
    dki_shown_drop(&shown);
    return status;
}
