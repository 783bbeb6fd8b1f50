/* roll_up_totals.c - totals of a result that is rolled up.
 *
 * A total is that of the finer rows, as a breakdown of these makes it. But over the members of sets it counts everybody once, and
 * is the sum of nothing that the result has by member. Such totals are rolled up by themselves: what counts persons by
 * municipality is added up to regions, as any other rows are; and put in their places afterwards, where nothing was left out of them
 * (roll_up_left.c). So are totals of which the parts were left out.
 */
#include <dekking/append.h>
#include <dekking/sort.h>

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "expr/poll_row.h"
#include "roll_up.h"

/* Kinds. ----------------------------------------------------------------------------------------------------------- */

bool dki_roll_totals(const dki_roll *roll, size_t dim, uint64_t mask)
{
    int bit = dk_table_field(roll->result, dk_table_find(roll->result, roll->dims[dim]->name))->margin_bit;

    return bit >= 0 && (mask >> bit & 1) != 0;
}

static dk_status kind_of(const dki_roll *roll, const char *text, dki_spread_kind *out, dk_error *err)
{
    const dk_expr *expr = NULL;
    dki_part part = { .expr = NULL };
    dk_status status = dk_expr_parse(roll->context, text, &expr, err);

    part.expr = expr;
    if (status == DK_OK)
        (void)dki_part_node(&part, out);
    dk_expr_release(expr);
    return status;
}

/* Which dimensions are of the members of sets: in the breakdown, or in one before it, whose result was rolled up already. */
static dk_status find_spreads(dki_roll *roll, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t dim = 0; dim < roll->n_dims; dim++)
        for (size_t i = 0; i < roll->end && status == DK_OK && roll->spreads[dim] == DKI_SPREAD_NOT; i++) {
            const dk_lineage_item *item = dk_table_lineage(roll->result, i);

            if (item->kind == DK_LINEAGE_DIMENSION && item->depth == 0 &&
                strcmp(item->name, roll->dims[dim]->name) == 0)
                status = kind_of(roll, item->text, &roll->spreads[dim], err);
        }
    return status;
}

/* What rows of the rolled result with this mask of the old one are totals over: a bit for each of its dimensions. */
static int64_t mask_of(const dki_roll *roll, uint64_t mask)
{
    int64_t out = 0;
    int bit = 0;

    for (size_t i = 0; i < roll->n_dims; i++) {
        if (roll->goes[i] && (i != roll->base || roll->has != SIZE_MAX))
            continue;
        if (dki_roll_totals(roll, i, mask))
            out |= INT64_C(1) << bit;
        bit++;
    }
    return out;
}

bool dki_roll_overlaps(const dki_roll *roll)
{
    for (size_t i = 0; i < roll->n_dims; i++)
        if (roll->spreads[i] != DKI_SPREAD_NOT)
            return true;
    return false;
}

/* Whether rows with this mask are totals over members. */
static bool is_apart(const dki_roll *roll, uint64_t mask)
{
    for (size_t i = 0; i < roll->n_dims; i++)
        if (dki_roll_totals(roll, i, mask) && roll->spreads[i] != DKI_SPREAD_NOT)
            return true;
    return false;
}

/* Rows that are totals of the same as others are apart once: those of a region are not told twice where it had totals by
 * municipality, too. */
static void add_apart(dki_roll *roll, uint64_t mask)
{
    for (size_t i = 0; i < roll->n_apart; i++)
        if (mask_of(roll, roll->apart[i]) == mask_of(roll, mask))
            return;
    roll->apart[roll->n_apart++] = mask;
}

/* The set of dimensions that rows with this mask tell apart. */
static dk_status add_set(dki_roll *roll, uint64_t mask, dk_error *err)
{
    const char **by = dki_arena_array(&roll->arena, roll->n_dims, sizeof *by, err);
    dk_grouping_set *set = &roll->sets[roll->n_sets];

    if (by == NULL)
        return DK_ERR_MEMORY;
    *set = (dk_grouping_set){ by, 0 };
    for (size_t i = 0; i < roll->n_dims; i++) {
        bool is_place = i == roll->base && roll->has == SIZE_MAX;

        if ((!roll->goes[i] || is_place) && !dki_roll_totals(roll, i, mask))
            by[set->n_by++] = is_place ? roll->level : roll->dims[i]->name;
    }
    roll->n_sets++;
    return DK_OK;
}

/* The kinds of totals that the result has, detail among them. */
static dk_status find_masks(const dki_roll *roll, const dk_column *margin, dki_int_map *masks, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < dk_table_n_rows(roll->result) && status == DK_OK; row++) {
        dk_value mask;
        uint32_t number;

        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(roll->context, err);
        if (status == DK_OK)
            status = dk_column_get(margin, row, &mask, err);
        if (status == DK_OK)
            status = dki_int_map_add(masks, (uint64_t)mask.as.integer, &number, err);
    }
    return status;
}

/* has_parts: whether the result has rows that are no totals. */
static dk_status add_kind(dki_roll *roll, uint64_t mask, bool has_parts, dk_error *err)
{
    bool keeps = true;
    dk_status status;

    if (has_parts && !is_apart(roll, mask))
        return add_set(roll, mask, err);
    status = has_parts ? dki_roll_keeps(roll, mask, &keeps, err) : DK_OK;
    if (status == DK_OK && keeps)
        add_apart(roll, mask);
    roll->lacks_totals = roll->lacks_totals || !keeps;
    return status;
}

dk_status dki_roll_find_sets(dki_roll *roll, dk_error *err)
{
    const dk_column *margin = dk_table_margin(roll->result);
    bool has_parts; /* else totals were chosen alone */
    dki_int_map masks;
    dk_status status = find_spreads(roll, err);

    if (margin == NULL || status != DK_OK)
        return status;
    dki_int_map_init(&masks, roll->context);
    status = find_masks(roll, margin, &masks, err);
    if (status == DK_OK) {
        roll->sets = dki_arena_array(&roll->arena, masks.n, sizeof *roll->sets, err);
        roll->apart = dki_arena_array(&roll->arena, masks.n, sizeof *roll->apart, err);
        status = roll->sets && roll->apart ? DK_OK : DK_ERR_MEMORY;
    }
    has_parts = dki_int_map_find(&masks, 0) != DKI_MAP_NONE;
    for (size_t i = 0; i < masks.n && status == DK_OK; i++)
        status = add_kind(roll, masks.keys[i], has_parts, err);
    dki_int_map_drop(&masks);
    return status;
}

/* Those that are apart. -------------------------------------------------------------------------------------------- */

/* The rows with this mask, without margin. */
static dk_status take_rows(const dki_roll *roll, uint64_t mask, const dk_table **out, dk_error *err)
{
    const dk_column *margin = dk_table_margin(roll->levelled);
    uint64_t n_rows = dk_table_n_rows(roll->levelled), n = 0;
    uint64_t *rows = dki_alloc_array(roll->context, (size_t)n_rows, sizeof *rows, err);
    const dk_table *taken = NULL;
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;

    DKI_FOR_ROWS(row, n_rows, roll->context, status, err)
    {
        dk_value value;

        status = dk_column_get(margin, row, &value, err);
        if (status == DK_OK && (uint64_t)value.as.integer == mask)
            rows[n++] = row;
    }
    if (status == DK_OK)
        status = dk_table_gather(roll->levelled, rows, n, &taken, err);
    if (status == DK_OK)
        status = dk_table_with_margin(taken, NULL, out, err);
    dk_table_release(taken);
    dki_free(roll->context, rows);
    return status;
}

/* The masks of all rows, one part below the other. parts: the rolled result, and those of roll->apart. */
static dk_status make_margin(const dki_roll *roll, const dk_table *const *parts, uint64_t n_rows,
                             const dk_column **out, dk_error *err)
{
    const dk_column *margin = dk_table_margin(parts[0]);
    int64_t *masks = dki_alloc_array(roll->context, (size_t)n_rows, sizeof *masks, err);
    uint64_t n = dk_table_n_rows(parts[0]);
    dk_status status = masks ? DK_OK : DK_ERR_MEMORY;

    DKI_FOR_ROWS(row, n, roll->context, status, err)
    {
        dk_value value = { .as.integer = 0 };

        status = margin ? dk_column_get(margin, row, &value, err) : DK_OK;
        masks[row] = value.as.integer;
    }
    for (size_t k = 0; k < roll->n_apart && status == DK_OK; k++)
        for (uint64_t i = 0; i < dk_table_n_rows(parts[k + 1]); i++)
            masks[n++] = mask_of(roll, roll->apart[k]);
    if (status == DK_OK)
        status = dki_column_of_integers(roll->context, DK_INTEGER, 0, masks, (size_t)n_rows, out, err);
    dki_free(roll->context, masks);
    return status;
}

/* One below the other, without margin. */
static dk_status put_below(const dki_roll *roll, const dk_table **parts, const dk_table **out, dk_error *err)
{
    dk_append_options options = { .missing_is_null = true };
    const dk_table *first = parts[0];
    dk_status status = dk_table_with_margin(first, NULL, &parts[0], err);

    if (status != DK_OK)
        return status;
    status = dk_table_append(parts, roll->n_apart + 1, &options, out, err);
    dk_table_release(parts[0]);
    parts[0] = first;
    return status;
}

/* The rows in the order of their keys, each total behind what it is the total of. */
static dk_status put_in_order(const dki_roll *roll, const dk_table *below, size_t n_by, const dk_column *margin,
                              const dk_table **out, dk_error *err)
{
    size_t n = dk_table_n_columns(below);
    dk_field *fields = dki_calloc(roll->context, n, sizeof *fields, err);
    dk_sort_key keys[DKI_ROLL_MOST];
    const dk_table *plain = NULL, *table = NULL;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        fields[i] = *dk_table_field(below, i);
        fields[i].margin_bit = i < n_by ? (int)i : -1;
        if (i < n_by)
            keys[i] = (dk_sort_key){ fields[i].name, false };
    }
    if (status == DK_OK)
        status = dk_table_new(roll->context, fields, n, dk_table_n_rows(below), &plain, err);
    if (status == DK_OK)
        status = dk_table_with_margin(plain, margin, &table, err);
    if (status == DK_OK)
        status = dk_table_sort(table, keys, n_by, out, err);
    dk_table_release(table);
    dk_table_release(plain);
    dki_free(roll->context, fields);
    return status;
}

/* What else is known of the rolled result. */
static dk_status describe(const dk_table *rolled, const dk_table **table, dk_error *err)
{
    dki_lineage *lineage = NULL;
    const dk_table *next = NULL;
    dk_status status = dk_table_with_properties(*table, dk_table_properties(rolled), &next, err);

    for (size_t i = 0; status == DK_OK && i <= dk_table_n_notes(rolled); i++) {
        dk_table_release(*table);
        *table = next;
        next = NULL;
        if (i < dk_table_n_notes(rolled))
            status = dk_table_with_note(*table, dk_table_note(rolled, i), &next, err);
    }
    if (status == DK_OK)
        status = dki_lineage_after(rolled, &lineage, err);
    if (status == DK_OK)
        dki_table_attach(*table, lineage);
    return status;
}

dk_status dki_roll_add_apart(dki_roll *roll, const dk_table **rolled, dk_error *err)
{
    size_t n_by = roll->n_by;
    const dk_table **parts = dki_calloc(roll->context, roll->n_apart + 1, sizeof *parts, err);
    const dk_table *below = NULL, *table = NULL;
    const dk_column *margin = NULL;
    dk_status status = parts ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        parts[0] = *rolled;
    for (size_t k = 0; k < roll->n_apart && status == DK_OK; k++) {
        const dk_table *rows = NULL;

        status = take_rows(roll, roll->apart[k], &rows, err);
        if (status == DK_OK)
            status = dki_roll_rows(roll, rows, roll->apart[k], &parts[k + 1], err);
        dk_table_release(rows);
    }
    if (status == DK_OK)
        status = put_below(roll, parts, &below, err);
    if (status == DK_OK)
        status = make_margin(roll, parts, dk_table_n_rows(below), &margin, err);
    if (status == DK_OK)
        status = put_in_order(roll, below, n_by, margin, &table, err);
    if (status == DK_OK)
        status = describe(*rolled, &table, err);
    if (status == DK_OK) {
        dk_table_release(*rolled);
        *rolled = table;
        table = NULL;
    }
    for (size_t k = 0; k < roll->n_apart && parts; k++)
        dk_table_release(parts[k + 1]);
    dki_free(roll->context, (void *)parts);
    dk_column_release(margin);
    dk_table_release(below);
    dk_table_release(table);
    return status;
}

dk_status dki_roll_add_note(const char *text, const dk_table **rolled, dk_error *err)
{
    const dk_table *noted = NULL;
    dk_status status = dk_table_with_note(*rolled, text, &noted, err);

    if (status == DK_OK) {
        dk_table_release(*rolled);
        *rolled = noted;
    }
    return status;
}

dk_status dki_roll_note(dki_roll *roll, const dk_table **rolled, dk_error *err)
{
    dk_status status = roll->unknown ? dki_roll_add_note(roll->unknown, rolled, err) : DK_OK;

    for (size_t i = 0; i < roll->n_dims && status == DK_OK; i++) {
        dki_spread_kind kind = roll->spreads[i];
        char text[DKI_SPREAD_NOTE_BYTES];

        if (kind == DKI_SPREAD_NOT)
            continue;
        dki_spread_note(roll->dims[i]->name, kind, text);
        status = dki_roll_add_note(text, rolled, err);
    }
    return status == DK_OK ? dki_roll_note_left(roll, rolled, err) : status;
}
