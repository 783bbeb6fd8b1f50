/* breakdown_spread.c - dimensions that put a row in several groups: member(v) and missing(v) of a set v.
 *
 * Rows are grouped by the set itself, one code a row, as by any category. What is done with members is done with cells
 * (margin_spread.c): this file says which members each set has, or lacks, and shows them as a column. Where sets make too many
 * groups beside other dimensions, rows are grouped by members instead (entries.h), and cells are of these already.
 *
 * Invariants: a set that is not known stands in the group of null, behind all members; a set that has (or lacks) nobody is in
 * no group, and counts in totals alone.
 */
#include "breakdown_plan.h"

#include <stdio.h>
#include <string.h>

#include <dekking/members.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "data/overlap.h"
#include "expr/poll_row.h"

const dki_node *dki_part_node(const dki_part *part, dki_spread_kind *kind)
{
    const dki_node *root = dki_expr_root(part->expr);

    *kind = DKI_SPREAD_NOT;
    if (root->kind != DKI_NODE_CALL || root->n_children != 1)
        return root;
    if (strcmp(root->text, "member") == 0)
        *kind = DKI_SPREAD_MEMBERS;
    else if (strcmp(root->text, "missing") == 0)
        *kind = DKI_SPREAD_MISSING;
    return *kind == DKI_SPREAD_NOT ? root : root->children[0];
}

bool dki_plan_spreads(const dki_plan *plan)
{
    for (size_t d = 0; d < plan->breakdown->n_by; d++)
        if (plan->spreads[d] != DKI_SPREAD_NOT)
            return true;
    return false;
}

dk_status dki_plan_check_spread(const dki_plan *plan, size_t dim, dk_error *err)
{
    const dki_part *part = &plan->breakdown->by[dim];
    const dki_dimension *what = &plan->dims[dim];
    const dki_node *root = dki_expr_root(part->expr);

    if (plan->spreads[dim] == DKI_SPREAD_NOT || (what->levels && dk_dictionary_members(what->levels)))
        return DK_OK;
    (void)dki_node_fail(part->expr, root->children[0], err, DK_ERR_TYPE, "%s() wants a set, and this is %s",
                        root->text, dk_type_name(what->type));
    dki_hint(err, "a column that lists several members is read as one: types = { %s = { \"set\", \";\" } }",
             root->children[0]->kind == DKI_NODE_NAME ? root->children[0]->text : "x");
    return DK_ERR_TYPE;
}

/* Which members sets have. ----------------------------------------------------------------------------------------- */

/* The ranks of the members that a set has, or lacks; returns how many. ranks NULL: counts. */
static uint32_t list_members(const dk_dictionary *sets, uint32_t code, dki_spread_kind kind, uint32_t *ranks)
{
    const dk_dictionary *members = dk_dictionary_members(sets);
    uint32_t n_members = (uint32_t)dk_dictionary_n_levels(members), n_out = 0;
    const uint32_t *codes;
    size_t n;

    if (code == 0) {
        if (ranks)
            ranks[0] = n_members;
        return 1;
    }
    codes = dk_dictionary_set(sets, code, &n);
    if (kind == DKI_SPREAD_MISSING && ranks == NULL)
        return n_members - (uint32_t)n;
    if (ranks == NULL)
        return (uint32_t)n;
    if (kind == DKI_SPREAD_MEMBERS) {
        for (size_t i = 0; i < n; i++)
            ranks[i] = dk_dictionary_rank(members, codes[i]);
        return (uint32_t)n;
    }
    for (uint32_t member = 1; member <= n_members; member++) {
        bool has = false;

        for (size_t i = 0; i < n && !has; i++)
            has = codes[i] == member;
        if (!has)
            ranks[n_out++] = dk_dictionary_rank(members, member);
    }
    return n_out;
}

/* Of one dimension, whose codes are those of the dictionary of its sets. */
static dk_status spread_dimension(dki_result *result, size_t dim, dki_spread *out, dk_error *err)
{
    const dki_grouper *grouper = &result->groups.grouper;
    const dk_dictionary *sets = result->plan->sets[dim];
    dki_spread_kind kind = result->plan->spreads[dim];
    size_t n_codes = dki_grouper_n_codes(grouper, dim);
    uint32_t *rank_of = dki_arena_array(&result->arena, n_codes, sizeof *rank_of, err);
    uint32_t *ends = dki_arena_array(&result->arena, n_codes + 1, sizeof *ends, err);
    uint32_t *members = NULL;
    uint64_t n = 0;
    uint8_t *occurs = dki_arena_array(&result->arena, n_codes, 1, err); /* sets that no group has need no list */
    dk_status status = rank_of && ends && occurs ? dki_grouper_ranks(grouper, dim, rank_of, err) : DK_ERR_MEMORY;

    for (size_t i = 0; status == DK_OK && i < grouper->n_groups; i++)
        occurs[dki_grouper_key(grouper, i)[dim]] = 1;
    for (uint32_t code = 0; status == DK_OK && code < n_codes; code++) {
        uint32_t own = occurs[code] ? list_members(sets, code, kind, NULL) : 0;

        ends[rank_of[code] + 1] = own;
        n += own;
    }
    if (status == DK_OK && n > DKI_MOST_SPREAD) {
        status = dki_fail(err, DK_ERR_LIMIT, "%s: the sets that rows have make more than %llu members of %s",
                          result->plan->breakdown->title, (unsigned long long)DKI_MOST_SPREAD,
                          result->plan->breakdown->by[dim].name);
        dki_hint(err, "take fewer rows: where = ...; or put members together before they are sets");
    }
    if (status == DK_OK) {
        members = dki_arena_array(&result->arena, (size_t)n + 1, sizeof *members, err);
        status = members ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t rank = 0; status == DK_OK && rank < n_codes; rank++)
        ends[rank + 1] += ends[rank];
    for (uint32_t code = 0; status == DK_OK && code < n_codes; code++) {
        if (code % DK_BLOCK_ROWS == 0)
            status = dki_poll(result->plan->context, err);
        if (occurs[code])
            (void)list_members(sets, code, kind, members + ends[rank_of[code]]);
    }
    if (status != DK_OK)
        return status;
    *out = (dki_spread){ .ends = ends,
                         .members = members,
                         .n_known = (uint32_t)dk_dictionary_n_levels(dk_dictionary_members(sets)),
                         .shows_all = dki_plan_shows_levels(result->plan, dim) };
    out->n_members = out->n_known + 1;
    return DK_OK;
}

/* The same where groups are of members as it is: each is its own, and nobody's the group of whole rows. */
static dk_status keep_members(dki_result *result, size_t dim, dki_spread *out, dk_error *err)
{
    uint32_t n = (uint32_t)dk_dictionary_n_levels(dk_dictionary_members(result->plan->sets[dim])) + 1;
    uint32_t *ends = dki_arena_array(&result->arena, (size_t)n + 2, sizeof *ends, err);
    uint32_t *members = dki_arena_array(&result->arena, n, sizeof *members, err);

    if (!ends || !members)
        return DK_ERR_MEMORY;
    for (uint32_t rank = 0; rank < n; rank++)
        ends[rank] = members[rank] = rank;
    ends[n] = ends[n + 1] = n;
    *out = (dki_spread){ .ends = ends,
                         .members = members,
                         .n_members = n,
                         .n_known = n - 1,
                         .shows_all = dki_plan_shows_levels(result->plan, dim) };
    return DK_OK;
}

dk_status dki_result_spread(dki_result *result, dk_error *err)
{
    dki_spread spreads[DKI_MAX_DIMENSIONS] = { { NULL, NULL, 0, 0, false } };
    const dki_plan *plan = result->plan;
    dk_status status = DK_OK;

    if (!dki_plan_spreads(plan))
        return DK_OK;
    for (size_t d = 0; status == DK_OK && d < plan->breakdown->n_by; d++)
        if (plan->spreads[d] != DKI_SPREAD_NOT)
            status = plan->entries ? keep_members(result, d, &spreads[d], err)
                                   : spread_dimension(result, d, &spreads[d], err);
    if (status == DK_OK)
        dki_cells_spread(&result->cells, spreads, result->n_found);
    return status;
}

/* Members as a column. ------------------------------------------------------------------------------------------------ */

dk_status dki_spread_column(const dki_result *result, size_t dim, const dk_column **out, dk_error *err)
{
    const dk_dictionary *members = dk_dictionary_members(result->plan->sets[dim]);
    uint32_t n = (uint32_t)dk_dictionary_n_levels(members);
    uint32_t *code_of = dki_alloc_array(result->plan->context, (size_t)n + 1, sizeof *code_of, err);
    uint32_t *codes = dki_alloc_array(result->plan->context, result->n_rows, sizeof *codes, err);
    dk_status status = code_of && codes ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 1; status == DK_OK && code <= n; code++)
        code_of[dk_dictionary_rank(members, code)] = code;
    DKI_FOR_ROWS(i, result->n_rows, result->plan->context, status, err)
    {
        uint32_t rank = dki_cell_ranks(&result->cells, (size_t)result->order[i])[dim];

        codes[i] = rank < n ? code_of[rank] : 0; /* null, and total */
    }
    if (status == DK_OK)
        status = dki_column_of_codes(result->plan->context, members, 2, codes, result->n_rows, out, err);
    dki_free(result->plan->context, codes);
    dki_free(result->plan->context, code_of);
    return status;
}

/* Several members as one text, "koken, lassen"; null where none of them is known. */
static dk_status join_members(const dk_breakdown *breakdown, const dk_field *dims, uint64_t row, dk_builder *to,
                              dki_buffer *text, dk_error *err)
{
    dk_status status = DK_OK;
    bool any = false;

    text->size = 0;
    for (size_t d = 0; status == DK_OK && d < breakdown->n_by; d++) {
        dki_spread_kind kind;
        dk_value value;

        (void)dki_part_node(&breakdown->by[d], &kind);
        if (kind == DKI_SPREAD_NOT)
            continue;
        status = dk_column_get(dims[d].column, row, &value, err);
        if (status == DK_OK && text->size > 0)
            status = dki_buffer_text(text, ", ", err);
        if (status == DK_OK && value.is_null)
            status = dki_buffer_text(text, "\xe2\x80\x93", err);
        else if (status == DK_OK)
            status = dki_buffer_append(text, value.as.text.bytes, value.as.text.size, err);
        any = any || (status == DK_OK && !value.is_null);
    }
    if (status != DK_OK)
        return status;
    return any ? dk_builder_text(to, (dk_text){ text->bytes, text->size }, err) : dk_builder_null(to, 1, err);
}

/* The combinations of members of several dimensions as one column. */
static dk_status join_dimensions(const dk_breakdown *breakdown, const dk_field *dims, const dk_column **out,
                                 dk_error *err)
{
    dk_builder *builder = NULL;
    dki_buffer text;
    dk_status status = dk_builder_new(breakdown->context, DK_CATEGORY, 0, NULL, &builder, err);

    dki_buffer_init(&text, breakdown->context);
    DKI_FOR_ROWS(row, dk_column_n_rows(dims[0].column), breakdown->context, status, err)
    status = join_members(breakdown, dims, row, builder, &text, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_buffer_drop(&text);
    return status;
}

dk_status dki_breakdown_overlap(const dk_breakdown *breakdown, const dk_field *dims, const dk_column **column,
                                dk_error *err)
{
    const dk_column *overlap = NULL;
    size_t n = 0;
    dk_status status = DK_OK;

    for (size_t d = 0; d < breakdown->n_by; d++) {
        dki_spread_kind kind;

        (void)dki_part_node(&breakdown->by[d], &kind);
        if (kind != DKI_SPREAD_NOT && n++ == 0)
            overlap = dk_column_retain(dims[d].column);
    }
    if (n > 1) {
        dk_column_release(overlap);
        overlap = NULL;
        status = join_dimensions(breakdown, dims, &overlap, err);
    }
    if (status == DK_OK)
        status = dki_overlap_give(column, overlap, err);
    dk_column_release(overlap);
    return status;
}

void dki_spread_note(const char *dimension, dki_spread_kind kind, char out[DKI_SPREAD_NOTE_BYTES])
{
    size_t size = strlen(dimension);
    int shown = (int)dki_utf8_floor(dimension, size, size < 200 ? size : 200);

    (void)snprintf(
        out, DKI_SPREAD_NOTE_BYTES,
        "groups of %.*s overlap: a row counts in that of every member it %s, and in totals once; groups do "
        "not add up to totals",
        shown, dimension, kind == DKI_SPREAD_MISSING ? "lacks" : "has");
}

dk_status dki_result_spread_notes(const dki_result *result, dki_note_fn *note, void *arg, dk_error *err)
{
    const dki_plan *plan = result->plan;
    dk_status status = DK_OK;

    for (size_t d = 0; status == DK_OK && d < plan->breakdown->n_by; d++) {
        char text[DKI_SPREAD_NOTE_BYTES];

        if (plan->spreads[d] == DKI_SPREAD_NOT)
            continue;
        dki_spread_note(plan->breakdown->by[d].name, plan->spreads[d], text);
        status = note(arg, text, err);
    }
    return status;
}
