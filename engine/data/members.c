/* members.c - dictionaries whose levels are sets, and columns of texts as columns of sets.
 *
 * Everything is done once for each different text: rows change their codes only.
 *
 * Invariants: a set has one text, and its members stand in the order of their code points, in the text and as codes.
 */
#include "members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"
#include "base/text.h"
#include "base/types.h"
#include "column_parts.h"
#include "dictionary_parts.h"
#include "levels.h"

bool dk_column_is_set(const dk_column *column)
{
    const dk_dictionary *levels = dk_column_levels(column);

    return levels && dk_dictionary_members(levels);
}

const char *dk_column_type_name(const dk_column *column)
{
    return dk_column_is_set(column) ? "set" : dki_type_shown(dk_column_type(column), dk_column_scale(column));
}

/* Texts. ---------------------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *dki_member_fault(dk_text member)
{
    if (member.size == 0)
        return "is empty";
    if (memchr(member.bytes, DK_SET_MARK, member.size))
        return "holds \"|\", which stands between members";
    if (memchr(member.bytes, '\0', member.size))
        return "holds a zero byte";
    if (is_blank(member.bytes[0]) || is_blank(member.bytes[member.size - 1]))
        return "begins or ends with a blank";
    return NULL;
}

static int compare_members(const void *a, const void *b)
{
    const dk_text *x = a, *y = b;

    return dki_text_compare(x->bytes, x->size, y->bytes, y->size);
}

dk_status dki_set_text(dk_text *members, size_t n, dki_buffer *out, dk_error *err)
{
    static const char mark = DK_SET_MARK;
    dk_status status = DK_OK;

    out->size = 0;
    if (n > 1)
        qsort(members, n, sizeof *members, compare_members);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        if (i > 0 && compare_members(&members[i - 1], &members[i]) == 0)
            continue;
        if (i > 0)
            status = dki_buffer_append(out, &mark, 1, err);
        if (status == DK_OK)
            status = dki_buffer_append(out, members[i].bytes, members[i].size, err);
    }
    return status == DK_OK ? dki_buffer_terminate(out, err) : status;
}

/* The members that a text lists, as they stand there. */
struct members {
    dk_context *context;
    dk_text *items;
    size_t n, room;
};

/* The next member that a text lists, from *at on: without blanks around it, and never empty; false where there is none. */
static bool next_listed(dk_text text, dk_text delimiter, size_t *at, dk_text *member)
{
    while (*at <= text.size) {
        size_t from = *at;
        const char *found = text.size - from >= delimiter.size
                                ? memmem(text.bytes + from, text.size - from, delimiter.bytes, delimiter.size)
                                : NULL;
        size_t end = found ? (size_t)(found - text.bytes) : text.size;

        *at = found ? end + delimiter.size : text.size + 1;
        while (from < end && is_blank(text.bytes[from]))
            from++;
        while (end > from && is_blank(text.bytes[end - 1]))
            end--;
        if (end > from) {
            *member = (dk_text){ text.bytes + from, end - from };
            return true;
        }
    }
    return false;
}

static dk_status list_members(struct members *list, dk_text text, dk_text delimiter, dk_error *err)
{
    dk_status status = DK_OK;
    dk_text member;

    list->n = 0;
    for (size_t at = 0; status == DK_OK && next_listed(text, delimiter, &at, &member);) {
        status = dki_grow(list->context, (void **)&list->items, &list->room, list->n + 1, sizeof *list->items, err);
        if (status == DK_OK)
            list->items[list->n++] = member;
    }
    return status;
}

static bool is_stray(const dk_split *how, dk_text member)
{
    return dki_member_fault(member) || (how->members && dk_dictionary_find(how->members, member) == 0);
}

bool dki_split_stray(const dk_split *how, dk_text text, dk_text *stray)
{
    const dk_text delimiter = { how->delimiter, strlen(how->delimiter) };

    for (size_t at = 0; next_listed(text, delimiter, &at, stray);)
        if (is_stray(how, *stray))
            return true;
    return false;
}

dk_status dki_set_of_text(dk_context *context, dk_text list, dki_buffer *out, dk_error *err)
{
    static const char mark = DK_SET_MARK;
    struct members members = { .context = context };
    dk_status status = list_members(&members, list, (dk_text){ &mark, 1 }, err);

    if (status == DK_OK)
        status = dki_set_text(members.items, members.n, out, err);
    dki_free(context, members.items);
    return status;
}

/* Dictionaries. --------------------------------------------------------------------------------------------------- */

void dki_sets_drop(dk_context *context, dki_sets *sets)
{
    dk_dictionary_release(sets->members);
    dki_free(context, sets->ends);
    dki_free(context, sets->codes);
    *sets = (dki_sets){ NULL, NULL, NULL };
}

static dk_status fail_level(dk_text level, const char *why, dk_error *err)
{
    int shown = (int)dki_utf8_floor(level.bytes, level.size, level.size < 80 ? level.size : 80);

    (void)dki_fail(err, DK_ERR_RANGE, "\"%.*s\" is no set: %s", shown, level.bytes, why);
    dki_hint(err, "members stand there once, in the order of their letters, with \"|\" in between");
    return DK_ERR_RANGE;
}

static dk_status fail_member(dk_text level, const char *fault, dk_error *err)
{
    char why[80];

    (void)snprintf(why, sizeof why, "a member %s", fault);
    return fail_level(level, why, err);
}

/* Writes the codes of the members of every level, in which new ones are given numbers by the map. codes NULL: counts. */
static dk_status number_members(const dk_dictionary *levels, dki_text_map *members, dki_sets *sets, size_t *n_codes,
                                dk_error *err)
{
    size_t n = 0;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(levels); code++) {
        dk_text level = dk_dictionary_level(levels, code), member, before = { NULL, 0 };
        size_t at = 0;

        if (code % 4096 == 0) {
            dk_status status = dki_poll(members->context, err);

            if (status != DK_OK)
                return status;
        }
        for (; dki_next_member(level, &at, &member); before = member, n++) {
            const char *fault = dki_member_fault(member);
            dk_status status;

            if (fault)
                return fail_member(level, fault, err);
            if (before.bytes && compare_members(&before, &member) >= 0)
                return fail_level(level, "its members stand there twice, or in another order", err);
            if (sets->codes == NULL)
                continue;
            status = dki_text_map_add(members, member.bytes, member.size, &sets->codes[n], err);
            if (status != DK_OK)
                return status;
            sets->codes[n]++;
        }
        if (n > UINT32_MAX)
            return dki_fail(err, DK_ERR_LIMIT, "sets with more than %u members in all", UINT32_MAX);
        if (sets->codes)
            sets->ends[code] = (uint32_t)n;
    }
    *n_codes = n;
    return DK_OK;
}

/* The dictionary of the map's members, the first of which are those of `known`. */
static dk_status make_members(dki_text_map *map, const dk_dictionary *known, const dk_dictionary **out,
                              dk_error *err)
{
    size_t n_known = known ? dk_dictionary_n_levels(known) : 0, n_new = map->n - n_known;
    dk_dictionary *made = NULL;
    dk_text *texts;
    dk_status status;

    if (known && n_new == 0) {
        *out = dk_dictionary_retain(known);
        return DK_OK;
    }
    if (known == NULL) {
        status = dki_dictionary_of_map(map, &made, err);
    } else {
        texts = dki_alloc_array(map->context, n_new, sizeof *texts, err);
        if (texts == NULL)
            return DK_ERR_MEMORY;
        for (size_t i = 0; i < n_new; i++)
            texts[i].bytes = dki_text_map_get(map, (uint32_t)(n_known + i), &texts[i].size);
        if (dk_dictionary_is_declared(known))
            status = dki_fail(
                err, DK_ERR_RANGE, "\"%.*s\" is none of the stated members",
                (int)dki_utf8_floor(texts[0].bytes, texts[0].size, texts[0].size < 80 ? texts[0].size : 80),
                texts[0].bytes);
        else
            status = dki_dictionary_extend(known, texts, n_new, &made, err);
        dki_free(map->context, texts);
    }
    if (status == DK_OK)
        *out = made;
    return status;
}

dk_status dki_sets_of_levels(const dk_dictionary *levels, const dk_dictionary *members, dki_sets *sets,
                             dk_error *err)
{
    dk_context *context = dki_dictionary_context(levels);
    dki_text_map map;
    size_t n_codes = 0;
    uint32_t number;
    dk_status status = DK_OK;

    dki_text_map_init(&map, context);
    for (uint32_t code = 1; members && status == DK_OK && code <= dk_dictionary_n_levels(members); code++) {
        dk_text member = dk_dictionary_level(members, code);

        if (dki_member_fault(member))
            status = dki_fail(err, DK_ERR_RANGE, "the member \"%.*s\" %s",
                              (int)dki_utf8_floor(member.bytes, member.size, member.size < 80 ? member.size : 80),
                              member.bytes, dki_member_fault(member));
        else
            status = dki_text_map_add(&map, member.bytes, member.size, &number, err);
    }
    if (status == DK_OK)
        status = number_members(levels, &map, sets, &n_codes, err);
    if (status == DK_OK) {
        sets->ends = dki_calloc(context, dk_dictionary_n_levels(levels) + 1, sizeof *sets->ends, err);
        sets->codes = dki_alloc_array(context, n_codes + 1, sizeof *sets->codes, err);
        status = sets->ends && sets->codes ? number_members(levels, &map, sets, &n_codes, err) : DK_ERR_MEMORY;
    }
    if (status == DK_OK)
        status = make_members(&map, members, &sets->members, err);
    if (status != DK_OK)
        dki_sets_drop(context, sets);
    dki_text_map_drop(&map);
    return status;
}

/* Columns. -------------------------------------------------------------------------------------------------------- */

struct split {
    const dk_split *how;
    const char *name;
    dk_context *context;
    dk_text delimiter;
    struct members list;
    dki_buffer text;
    dki_text_map sets;
    uint32_t *codes; /* of the sets, by the old code */
    dk_text *strays; /* by the old code: the member that cannot be; of no bytes where there is none */
    bool any_stray, marked;
};

static dk_status add_set(struct split *split, uint32_t code, dk_error *err)
{
    uint32_t number;
    dk_status status = dki_set_text(split->list.items, split->list.n, &split->text, err);

    if (status == DK_OK)
        status = dki_text_map_add(&split->sets, split->text.bytes, split->text.size, &number, err);
    if (status == DK_OK)
        split->codes[code] = number + 1;
    return status;
}

static dk_status split_level(struct split *split, dk_text level, uint32_t code, dk_error *err)
{
    dk_status status = list_members(&split->list, level, split->delimiter, err);

    for (size_t i = 0; status == DK_OK && i < split->list.n; i++) {
        dk_text member = split->list.items[i];

        if (!is_stray(split->how, member))
            continue;
        split->strays[code] = member;
        split->any_stray = true;
        split->marked = split->marked || dki_member_fault(member);
        return DK_OK;
    }
    return status == DK_OK ? add_set(split, code, err) : status;
}

static dk_status split_levels(struct split *split, const dk_dictionary *levels, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(levels);
    dk_status status = DK_OK;

    split->codes = dki_calloc(split->context, n + 1, sizeof *split->codes, err);
    split->strays = dki_calloc(split->context, n + 1, sizeof *split->strays, err);
    if (split->codes == NULL || split->strays == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= n && status == DK_OK; code++) {
        if (code % 4096 == 0)
            status = dki_poll(split->context, err);
        if (status == DK_OK)
            status = split_level(split, dk_dictionary_level(levels, code), code, err);
    }
    split->list.n = 0;
    if (status == DK_OK && split->how->empty)
        status = add_set(split, 0, err);
    return status;
}

/* Fails where a row has a text with a member that cannot be. */
static dk_status check_strays(const struct split *split, const dk_column *column, dk_error *err)
{
    uint32_t *codes = dki_alloc_array(split->context, DK_BLOCK_ROWS, sizeof *codes, err);
    dki_strays strays = { 0 };
    char shown[DKI_STRAYS_BYTES];
    dk_view view;
    dk_status status = codes ? DK_OK : DK_ERR_MEMORY;

    dk_view_init(&view, split->context);
    for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n) {
        dki_view_codes(&view, codes);
        for (size_t i = 0; i < view.n; i++)
            if (split->strays[codes[i]].size > 0)
                dki_strays_add(&strays, split->strays[codes[i]], 1, row + i + 1);
    }
    dk_view_release(&view);
    dki_free(split->context, codes);
    if (status != DK_OK || strays.n_rows == 0)
        return status;
    (void)dki_fail(err, DK_ERR_RANGE, "column %.100s: %llu row%s %s a member that %s: %s", split->name,
                   (unsigned long long)strays.n_rows, strays.n_rows == 1 ? "" : "s",
                   strays.n_rows == 1 ? "has" : "have", split->marked ? "cannot be one" : "is not stated",
                   dki_strays_shown(&strays, "in row", shown));
    dki_hint(err, split->marked
                      ? "\"|\" stands between members in what dekking shows: take another delimiter, or replace it"
                      : "add it to the members");
    return DK_ERR_RANGE;
}

static dk_status make_column(struct split *split, const dk_column *column, const dk_column **out, dk_error *err)
{
    dk_dictionary *levels = NULL, *sets = NULL;
    dk_status status = split_levels(split, dk_column_levels(column), err);

    if (status == DK_OK && split->any_stray)
        status = check_strays(split, column, err);
    if (status == DK_OK)
        status = dki_dictionary_of_map(&split->sets, &levels, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(levels, split->how->members, &sets, err);
    if (status == DK_OK)
        status = dki_column_map_codes(column, split->codes, sets, out, err);
    dk_dictionary_release(levels);
    dk_dictionary_release(sets);
    return status;
}

dk_status dk_column_split(const dk_column *column, const dk_split *how, const char *name, const dk_column **out,
                          dk_error *err)
{
    static const char mark = DK_SET_MARK;
    struct split split = { .how = how, .name = name, .context = dk_column_context(column) };
    const dk_column *category = NULL;
    dk_status status;

    if (how->delimiter == NULL || how->delimiter[0] == '\0')
        return dki_fail(err, DK_ERR_ARGUMENT, "column %.100s: what stands between members cannot be empty", name);
    status = dki_column_categorise(column, &category, err);
    if (status == DK_ERR_TYPE) {
        (void)dki_fail(err, DK_ERR_TYPE, "column %.100s is %s, and only a category or text can list members", name,
                       dk_column_type_name(column));
        dki_hint(err, "read it as a category: types = { %.100s = \"category\" }", name);
    }
    if (status != DK_OK)
        return status;
    split.delimiter = (dk_text){ how->delimiter, strlen(how->delimiter) };
    if (dk_dictionary_members(dk_column_levels(category)))
        split.delimiter = (dk_text){ &mark, 1 };
    split.list.context = split.context;
    dki_buffer_init(&split.text, split.context);
    dki_text_map_init(&split.sets, split.context);
    status = make_column(&split, category, out, err);
    dki_text_map_drop(&split.sets);
    dki_buffer_drop(&split.text);
    dki_free(split.context, split.list.items);
    dki_free(split.context, split.strays);
    dki_free(split.context, split.codes);
    dk_column_release(category);
    return status;
}
