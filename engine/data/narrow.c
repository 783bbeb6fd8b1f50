/* narrow.c - leaves out the levels of a category that no row has.
 *
 * Rows that were chosen share the dictionary of those they were chosen from. That costs nothing, but whoever gets these rows gets the
 * pseudonyms of all others, too. Codes keep their order, so that levels that are left are where they were among each other. What a
 * script stated (levels, members, code lists, hierarchies) is no data but says what could occur, and stays.
 */
#include "narrow.h"

#include <dekking/members.h>

#include "base/memory.h"
#include "column_parts.h"
#include "hierarchy_levels.h"
#include "hierarchy_use.h"
#include "levels.h"

struct narrowing {
    dk_context *context;
    const dk_column *column;
    const dk_dictionary *own;
    uint32_t *codes; /* of each code the new one; 0: no row has it */
    size_t n_met;
};

static dk_status meet(struct narrowing *n, dk_error *err)
{
    size_t n_levels = dk_dictionary_n_levels(n->own);
    uint32_t *codes = dki_alloc_array(n->context, DK_BLOCK_ROWS, sizeof *codes, err);
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;
    dk_view view;

    dk_view_init(&view, n->context);
    for (uint64_t row = 0, n_rows; n->n_met < n_levels && dki_column_block(n->column, row, &view, &status, err);
         row += n_rows) {
        n_rows = view.n;
        view.n = view.constant ? 1 : view.n;
        dki_view_codes(&view, codes);
        for (size_t i = 0; i < view.n; i++)
            if (codes[i] != 0 && n->codes[codes[i]] == 0) {
                n->codes[codes[i]] = 1;
                n->n_met++;
            }
    }
    dk_view_release(&view);
    dki_free(n->context, codes);
    return status;
}

/* Members of a hierarchy, which says what could occur, count as met. */
static void meet_members(struct narrowing *n)
{
    for (size_t i = 0; i < dk_dictionary_n_hierarchies(n->own); i++) {
        size_t level;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(n->own, i, &level);

        for (uint32_t code = 1; code <= dk_dictionary_n_levels(n->own); code++)
            if (n->codes[code] == 0 &&
                dki_hierarchy_member(hierarchy, level, dk_dictionary_level(n->own, code)) != 0) {
                n->codes[code] = 1;
                n->n_met++;
            }
    }
}

/* Numbers the levels that were met. */
static dk_status choose(struct narrowing *n, dk_dictionary **out, dk_error *err)
{
    dk_text *levels = dki_alloc_array(n->context, n->n_met, sizeof *levels, err);
    uint32_t n_chosen = 0;
    dk_status status;

    if (levels == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(n->own); code++)
        if (n->codes[code] != 0) {
            levels[n_chosen++] = dk_dictionary_level(n->own, code);
            n->codes[code] = n_chosen;
        }
    status = dk_dictionary_new(n->context, levels, n_chosen, false, out, err);
    dki_free(n->context, levels);
    return status;
}

/* The levels as sets, of members that are stated, or those that they have. */
static dk_status make_sets(const dk_dictionary *levels, const dk_dictionary *members, dk_dictionary **out,
                           dk_error *err)
{
    const dk_dictionary *labelled = NULL;
    dk_dictionary *found = NULL;
    dk_status status;

    if (dk_dictionary_is_declared(members))
        return dk_dictionary_of_sets(levels, members, out, err);
    status = dk_dictionary_of_sets(levels, NULL, &found, err);
    if (status == DK_OK)
        status = dki_dictionary_adopt(dk_dictionary_members(found), members, &labelled, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(levels, labelled, out, err);
    dk_dictionary_release(labelled);
    dk_dictionary_release(found);
    return status;
}

/* The dictionary of what was met, with what else the own one says of it. */
static dk_status make_levels(struct narrowing *n, const dk_dictionary **out, dk_error *err)
{
    const dk_dictionary *members = dk_dictionary_members(n->own), *labelled = NULL;
    dk_dictionary *chosen = NULL, *sets = NULL;
    dk_status status = choose(n, &chosen, err);

    if (status == DK_OK && members)
        status = make_sets(chosen, members, &sets, err);
    if (status == DK_OK)
        status = dki_dictionary_adopt(members ? sets : chosen, n->own, &labelled, err);
    if (status == DK_OK)
        status = dki_levels_shared(labelled, &n->own, 1, out, err);
    dk_dictionary_release(labelled);
    dk_dictionary_release(sets);
    dk_dictionary_release(chosen);
    return status;
}

dk_status dki_column_narrow(const dk_column *column, const dk_column **out, dk_error *err)
{
    struct narrowing n = { .context = dk_column_context(column),
                           .column = column,
                           .own = dk_column_levels(column) };
    const dk_dictionary *levels = NULL;
    dk_status status;

    if (n.own == NULL || dk_dictionary_is_declared(n.own)) {
        *out = dk_column_retain(column);
        return DK_OK;
    }
    n.codes = dki_calloc(n.context, dk_dictionary_n_levels(n.own) + 1, sizeof *n.codes, err);
    status = n.codes ? meet(&n, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        meet_members(&n);
    if (status == DK_OK && n.n_met == dk_dictionary_n_levels(n.own)) {
        *out = dk_column_retain(column);
    } else if (status == DK_OK) {
        status = make_levels(&n, &levels, err);
        if (status == DK_OK)
            status = dki_column_map_codes(column, n.codes, levels, out, err);
    }
    dk_dictionary_release(levels);
    dki_free(n.context, n.codes);
    return status;
}
