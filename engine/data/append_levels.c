/* append_levels.c - the levels of several dictionaries as one.
 *
 * Where levels are stated their order counts. Each list is woven into those before it: what both have must stand in the
 * same order, and what is new comes behind the level that it stands behind in its own list. Else levels come in the order
 * in which they are met, and the dictionary orders them by code point.
 *
 * Levels that are sets are put together by their texts, and their members in the same way as levels.
 *
 * A level has the label that any table has for it; two tables that do not have the same are refused.
 */
#include "append_parts.h"

#include <string.h>

#include <dekking/members.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "hierarchy_levels.h"
#include "levels.h"

/* The union so far: a list through `next`, from the sentinel 0; level number i is item i + 1. */
struct weave {
    dk_context *context;
    dki_text_map levels;
    uint32_t *next;  /* 0: the end */
    uint32_t *place; /* in the list as it was before the present dictionary */
    size_t next_room, place_room;
};

static const dk_dictionary *levels_of(const dki_stack *stack, size_t i)
{
    const dk_column *column = stack->columns[i];
    bool counts = column && (stack->empty || dk_column_n_nulls(column) < dk_column_n_rows(column));
    const dk_dictionary *levels = counts ? dk_column_levels(column) : NULL;

    return levels && stack->members ? dk_dictionary_members(levels) : levels;
}

static int shown_size(dk_text level)
{
    return (int)dki_utf8_floor(level.bytes, level.size, level.size < 60 ? level.size : 60);
}

static dk_status fail_order(const dki_stack *stack, size_t i, dk_text before, dk_text after, dk_error *err)
{
    char table[DKI_TABLE_NAME_BYTES];

    (void)dki_fail(err, DK_ERR_RANGE,
                   "the levels of column %s are stated in another order in %s: \"%.*s\" before \"%.*s\"",
                   stack->name, dki_stack_shown(stack, i, table), shown_size(before), before.bytes,
                   shown_size(after), after.bytes);
    dki_hint(err, "state the same order for all %s", stack->of_one ? "columns" : "tables");
    return DK_ERR_RANGE;
}

static void number_places(struct weave *weave)
{
    uint32_t place = 0;

    for (uint32_t item = weave->next[0]; item != 0; item = weave->next[item])
        weave->place[item] = ++place;
}

/* Adds the levels of a dictionary in their order. checked: what is there already must stand in that order. */
static dk_status weave_in(struct weave *weave, const dki_stack *stack, size_t i, bool checked, dk_error *err)
{
    const dk_dictionary *dictionary = levels_of(stack, i);
    size_t n_before = weave->levels.n, n = dk_dictionary_n_levels(dictionary);
    uint32_t at = 0, last_known = 0;
    dk_status status;

    status = dki_grow(weave->context, (void **)&weave->next, &weave->next_room, n_before + n + 1,
                      sizeof *weave->next, err);
    if (status == DK_OK)
        status = dki_grow(weave->context, (void **)&weave->place, &weave->place_room, n_before + n + 1,
                          sizeof *weave->place, err);
    if (status != DK_OK)
        return status;
    if (n_before == 0)
        weave->next[0] = 0;
    number_places(weave);
    for (uint32_t code = 1; code <= n; code++) {
        dk_text level = dk_dictionary_level(dictionary, code);
        uint32_t number, item;

        if (code % 4096 == 0 && (status = dki_poll(weave->context, err)) != DK_OK)
            return status;
        status = dki_text_map_add(&weave->levels, level.bytes, level.size, &number, err);
        if (status != DK_OK)
            return status;
        item = number + 1;
        if (number >= n_before) { /* new */
            weave->next[item] = weave->next[at];
            weave->next[at] = item;
            at = item;
            continue;
        }
        if (checked && last_known && weave->place[item] < weave->place[last_known]) {
            dk_text before;

            before.bytes = dki_text_map_get(&weave->levels, last_known - 1, &before.size);
            return fail_order(stack, i, before, level, err);
        }
        last_known = item;
        at = item;
    }
    return DK_OK;
}

/* Whether every dictionary with stated levels holds the levels of those without. */
static bool stated_hold_all(const dki_stack *stack, const struct weave *stated)
{
    for (size_t i = 0; i < stack->n; i++) {
        const dk_dictionary *levels = levels_of(stack, i);

        if (levels == NULL || dk_dictionary_is_declared(levels))
            continue;
        for (uint32_t code = 1; code <= dk_dictionary_n_levels(levels); code++) {
            dk_text level = dk_dictionary_level(levels, code);

            if (dki_text_map_find(&stated->levels, level.bytes, level.size) == UINT32_MAX)
                return false;
        }
    }
    return true;
}

/* Labels. ---------------------------------------------------------------------------------------------------------- */

static dk_status fail_labels(const dki_stack *stack, size_t i, size_t k, uint32_t code, dk_error *err)
{
    char first[DKI_TABLE_NAME_BYTES], second[DKI_TABLE_NAME_BYTES];
    const dk_dictionary *a = levels_of(stack, i), *b = levels_of(stack, k);
    dk_text level = dk_dictionary_level(a, code), mine = level, theirs = level;

    (void)dk_dictionary_label(a, code, &mine);
    (void)dk_dictionary_label(b, dk_dictionary_find(b, level), &theirs);
    (void)dki_fail(err, DK_ERR_RANGE, "in column %s the code \"%.*s\" is \"%.*s\" in %s and \"%.*s\" in %s",
                   stack->name, shown_size(level), level.bytes, shown_size(mine), mine.bytes,
                   dki_stack_shown(stack, i, first), shown_size(theirs), theirs.bytes,
                   dki_stack_shown(stack, k, second));
    dki_hint(err, "give both the same code list: t:with_levels { %s = codes }", stack->name);
    return DK_ERR_RANGE;
}

/* The day of the division that the column's levels are of; "": of none, or of all. */
static const char *vintage_of(const dk_dictionary *levels)
{
    size_t level;
    const dk_hierarchy *hierarchy = levels ? dk_dictionary_hierarchy(levels, &level) : NULL;
    const char *vintage = hierarchy ? dk_hierarchy_vintage(hierarchy) : NULL;

    return vintage ? vintage : "";
}

static dk_status check_labels(const dki_stack *stack, dk_error *err)
{
    for (size_t k = 1; k < stack->n; k++)
        for (size_t i = 0; i < k; i++) {
            uint32_t code;

            if (levels_of(stack, i) && levels_of(stack, k) && levels_of(stack, i) != levels_of(stack, k) &&
                !dki_levels_vintages(levels_of(stack, i), levels_of(stack, k)) &&
                dki_labels_differ(levels_of(stack, i), levels_of(stack, k), &code))
                return fail_labels(stack, i, k, code, err);
        }
    return DK_OK;
}

/* The table whose division is the latest; the first where none has one. */
static size_t find_latest(const dki_stack *stack)
{
    size_t latest = 0;

    for (size_t i = 1; i < stack->n; i++)
        if (strcmp(vintage_of(levels_of(stack, i)), vintage_of(levels_of(stack, latest))) > 0)
            latest = i;
    return latest;
}

/* Puts the labels of all tables on the levels of the result: what vintages call otherwise as the latest of them does. */
static dk_status gather_labels(const dki_stack *stack, const dk_dictionary **levels, dk_error *err)
{
    size_t latest = find_latest(stack);
    dk_status status = DK_OK;

    for (size_t i = 0; i <= stack->n && status == DK_OK; i++) {
        const dk_dictionary *labelled;

        status = dki_dictionary_adopt(*levels, levels_of(stack, i == 0 ? latest : i - 1), &labelled, err);
        if (status != DK_OK)
            break;
        dk_dictionary_release(*levels);
        *levels = labelled;
    }
    return status;
}

/* The result has the levels of hierarchies that all tables have. */
static dk_status settle_hierarchy(const dki_stack *stack, const dk_dictionary **levels, dk_error *err)
{
    const dk_dictionary **all = dki_alloc_array(stack->context, stack->n, sizeof *all, err), *settled;
    size_t n = 0;
    dk_status status;

    if (all == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < stack->n; i++)
        if (levels_of(stack, i))
            all[n++] = levels_of(stack, i);
    status = dki_levels_shared(*levels, all, n, &settled, err);
    dki_free(stack->context, (void *)all);
    if (status != DK_OK)
        return status;
    dk_dictionary_release(*levels);
    *levels = settled;
    return DK_OK;
}

static bool is_same(const dk_dictionary *dictionary, const dk_text *levels, size_t n, bool declared)
{
    if (dk_dictionary_n_levels(dictionary) != n || dk_dictionary_is_declared(dictionary) != declared)
        return false;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text level = dk_dictionary_level(dictionary, code);

        if (level.size != levels[code - 1].size || memcmp(level.bytes, levels[code - 1].bytes, level.size) != 0)
            return false;
    }
    return true;
}

/* Whether the labels of a table are those of the result, as far as it has some. */
static bool is_called_so(const dki_stack *stack, const dk_dictionary *own)
{
    const dk_dictionary *latest = levels_of(stack, find_latest(stack));

    return !dk_dictionary_has_labels(own) || latest == NULL || !dki_levels_vintages(own, latest);
}

/* The first column's own dictionary where it is the union. */
static dk_status make_dictionary(const dki_stack *stack, const struct weave *weave, bool declared,
                                 const dk_dictionary **out, dk_error *err)
{
    dk_text *levels = dki_alloc_array(stack->context, weave->levels.n, sizeof *levels, err);
    dk_dictionary *dictionary = NULL;
    size_t n = 0;
    dk_status status;

    if (levels == NULL)
        return DK_ERR_MEMORY;
    if (declared)
        for (uint32_t item = weave->next[0]; item != 0; item = weave->next[item], n++)
            levels[n].bytes = dki_text_map_get(&weave->levels, item - 1, &levels[n].size);
    else
        for (; n < weave->levels.n; n++)
            levels[n].bytes = dki_text_map_get(&weave->levels, (uint32_t)n, &levels[n].size);
    for (size_t i = 0; i < stack->n; i++) {
        const dk_dictionary *own = levels_of(stack, i);

        if (own && is_same(own, levels, n, declared) && is_called_so(stack, own)) {
            *out = dk_dictionary_retain(own);
            dki_free(stack->context, levels);
            return DK_OK;
        }
    }
    status = dk_dictionary_new(stack->context, levels, n, declared, &dictionary, err);
    dki_free(stack->context, levels);
    if (status == DK_OK)
        *out = dictionary;
    return status;
}

/* Where levels are sets: makes those of the union sets of the union of members. */
static dk_status stack_members(const dki_stack *stack, const dk_dictionary **levels, bool *loose, dk_error *err)
{
    dki_stack of_members = *stack;
    const dk_dictionary *members = NULL;
    dk_dictionary *sets = NULL;
    bool are_sets = false;
    dk_status status = DK_OK;

    for (size_t i = 0; i < stack->n && !stack->members; i++)
        are_sets = are_sets || (stack->columns[i] && dk_column_is_set(stack->columns[i]));
    if (!are_sets) /* where one with values is, all are */
        return DK_OK;
    of_members.members = true;
    status = dki_stack_levels(&of_members, &members, loose, err);
    if (status == DK_OK && members != dk_dictionary_members(*levels)) {
        status = dk_dictionary_of_sets(*levels, members, &sets, err);
        if (status == DK_OK) {
            dk_dictionary_release(*levels);
            *levels = sets;
        }
    }
    dk_dictionary_release(members);
    return status;
}

static dk_status weave_levels(const dki_stack *stack, const dk_dictionary **out, bool *loose, dk_error *err)
{
    struct weave weave = { .context = stack->context };
    bool declared = false;
    const dk_dictionary *made = NULL;
    dk_status status = check_labels(stack, err);

    dki_text_map_init(&weave.levels, stack->context);
    for (size_t i = 0; status == DK_OK && i < stack->n; i++)
        if (levels_of(stack, i) && dk_dictionary_is_declared(levels_of(stack, i))) {
            declared = true;
            status = weave_in(&weave, stack, i, true, err);
        }
    *loose = status == DK_OK && declared && !stated_hold_all(stack, &weave);
    for (size_t i = 0; status == DK_OK && (*loose || !declared) && i < stack->n; i++)
        if (levels_of(stack, i))
            status = weave_in(&weave, stack, i, false, err);
    if (status == DK_OK)
        status = make_dictionary(stack, &weave, declared && !*loose, &made, err);
    if (status == DK_OK)
        status = gather_labels(stack, &made, err);
    if (status == DK_OK)
        status = stack_members(stack, &made, loose, err);
    if (status == DK_OK)
        status = settle_hierarchy(stack, &made, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_dictionary_release(made);
    dki_text_map_drop(&weave.levels);
    dki_free(stack->context, weave.next);
    dki_free(stack->context, weave.place);
    return status;
}

static bool has_values(const dki_stack *stack)
{
    for (size_t i = 0; i < stack->n; i++)
        if (stack->columns[i] && dk_column_n_nulls(stack->columns[i]) < dk_column_n_rows(stack->columns[i]))
            return true;
    return false;
}

/* The dictionary of all columns with values, which is their union; NULL: they have several, or there are none. */
static const dk_dictionary *only_levels(const dki_stack *stack)
{
    const dk_dictionary *only = NULL;

    for (size_t i = 0; i < stack->n; i++) {
        const dk_dictionary *levels = levels_of(stack, i);

        if (levels && only && levels != only)
            return NULL;
        only = levels ? levels : only;
    }
    return only;
}

dk_status dki_stack_levels(const dki_stack *stack, const dk_dictionary **out, bool *loose, dk_error *err)
{
    dki_stack whole = *stack;
    const dk_dictionary *only;

    whole.empty = !has_values(stack);
    only = only_levels(&whole);
    *loose = false;
    if (only == NULL)
        return weave_levels(&whole, out, loose, err);
    *out = dk_dictionary_retain(only);
    return DK_OK;
}
