/* recode_days.c - members as they are called on one day, of rows that have days of their own.
 *
 * Between two days on which something changes all rows are recoded alike. So a member and such a time are one value for a
 * while, "Rijnwaarden" of the first, and what each becomes is a recode like any other. Only times and members that rows have are
 * asked for: what nobody stated of others is no fault. A value that is no member on its day stays what it is, and is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"
#include "dated_sets.h"
#include "hierarchy_turns.h"
#include "hierarchy_use.h"
#include "recode_parts.h"

#define NAMED 3      /* so many strays does a note name */
#define APART '\x1f' /* between a member and the number of a time, which has digits alone */

struct days {
    const dki_recode_days *by;
    dk_context *context;
    const dk_column *column, *on;
    const dk_dictionary *values; /* of the column; of sets, those of their members */
    bool is_set;
    dki_dated_sets sets; /* of the rows, where the column is of sets */
    dki_turns turns;
    uint32_t **codes; /* of each turn that rows have, of each member: the new code, from 1; 0: it does not occur */
    size_t n_codes, n_found;
    bool *strays; /* of each that was found whether it is none on its day */
    uint64_t n_strays;
    dk_builder *builder;
    dki_arena arena;
    dki_recode_items items;
};

static dk_status fail_day(const struct days *days, uint64_t row, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DATA, "row %llu has no day in %s", (unsigned long long)row + 1, days->by->on);
    dki_hint(err, "leave such rows out: t:where \"%s is not null\"", days->by->on);
    return DK_ERR_DATA;
}

/* What the members of a turn are in the new column. */
static dk_status codes_of(struct days *days, size_t turn, dk_error *err)
{
    if (days->codes[turn] == NULL)
        days->codes[turn] = dki_calloc(days->context, days->n_codes, sizeof **days->codes, err);
    return days->codes[turn] ? DK_OK : DK_ERR_MEMORY;
}

static dk_status mark(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                      dk_error *err)
{
    struct days *days = arg;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        if (codes[i] == 0)
            continue;
        status = turns[i] == DKI_NO_TURN ? fail_day(days, row + i, err) : codes_of(days, turns[i], err);
        if (status == DK_OK)
            days->codes[turns[i]][codes[i]] = 1;
    }
    return status;
}

/* The same of sets. */
static dk_status mark_sets(struct days *days, dk_error *err)
{
    dk_status status = dki_dated_sets_init(&days->sets, &days->turns, days->column, days->on, err);

    if (status == DK_OK && days->sets.n_dayless > 0)
        status = fail_day(days, days->sets.dayless, err);
    for (size_t pair = 0; pair < days->sets.pairs.n && status == DK_OK; pair++) {
        size_t n = 0, turn = dki_dated_turn(&days->sets, pair);
        const uint32_t *members = dki_dated_members(&days->sets, pair, &n);

        status = codes_of(days, turn, err);
        for (size_t i = 0; i < n && status == DK_OK; i++)
            days->codes[turn][members[i]] = 1;
    }
    return status;
}

static dk_status append(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                        dk_error *err)
{
    struct days *days = arg;
    uint32_t made[DK_BLOCK_ROWS];

    (void)row;
    for (size_t i = 0; i < n; i++) {
        made[i] = codes[i] ? days->codes[turns[i]][codes[i]] : 0;
        days->n_strays += made[i] > 0 && days->strays[made[i]];
    }
    return dki_builder_codes(days->builder, made, n, err);
}

/* Counts rows with a member that is none on their day. */
static dk_status count_sets(struct days *days, dk_error *err)
{
    uint64_t *counts = dki_calloc(days->context, days->sets.pairs.n, sizeof *counts, err);

    if (counts == NULL)
        return DK_ERR_MEMORY;
    dki_dated_sets_count(&days->sets, counts);
    for (size_t pair = 0; pair < days->sets.pairs.n; pair++) {
        size_t n = 0, turn = dki_dated_turn(&days->sets, pair);
        const uint32_t *members = dki_dated_members(&days->sets, pair, &n);
        bool strays = false;

        for (size_t i = 0; i < n && !strays; i++)
            strays = days->strays[days->codes[turn][members[i]]];
        days->n_strays += strays ? counts[pair] : 0;
    }
    dki_free(days->context, counts);
    return DK_OK;
}

static dk_status found_at(void *arg, size_t turn, const uint32_t **out, dk_error *err)
{
    (void)err;
    *out = ((struct days *)arg)->codes[turn];
    return DK_OK;
}

static bool same_text(dk_text a, dk_text b)
{
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

/* The member that a value stands for in a turn, and what it is called; 0: none that is there then. */
static uint32_t member_of(const struct days *days, dk_text value, size_t turn, dk_text *name)
{
    const dk_hierarchy *hierarchy = days->by->hierarchy;
    int64_t day = days->turns.days[turn];
    uint32_t member = dki_hierarchy_member_on(hierarchy, 0, value, day);

    if (member == 0 || dki_hierarchy_span(hierarchy, 0, member, day) == NULL)
        return 0;
    *name = dk_dictionary_level(hierarchy->levels[0].members, member);
    return member;
}

/* The label of a member that stays, as it may be called otherwise by then; its name where it has none, and another is called so. */
static dk_text kept_name(const struct days *days, uint32_t member, dk_text value)
{
    const dk_hierarchy *hierarchy = days->by->hierarchy;
    uint32_t other;

    if (dki_hierarchy_label(hierarchy, 0, member, days->by->day, &value))
        return value;
    other = dki_hierarchy_member_on(hierarchy, 0, value, days->by->day);
    return other > 0 && other != member && dki_hierarchy_span(hierarchy, 0, other, days->by->day)
               ? dk_dictionary_level(hierarchy->levels[0].members, member)
               : value;
}

/* What a value becomes in a turn: by name, or else by label, as it is called itself. */
static dk_status add_pairs(struct days *days, const dk_recode *recode, dk_text name, dk_text value, size_t turn,
                           dk_error *err)
{
    const dk_dictionary *members = days->by->hierarchy->levels[0].members;
    dk_text member;
    bool stays = true, known = member_of(days, value, turn, &member) > 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < dk_recode_n_pairs(recode) && known && status == DK_OK; i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);

        if (!same_text(pair.old, member))
            continue;
        stays = false;
        if (!same_text(value, member))
            (void)dki_hierarchy_label(days->by->hierarchy, 0, dk_dictionary_find(members, pair.new), days->by->day,
                                      &pair.new);
        status = dki_recode_add(&days->items, name, pair.new, pair.share, err);
    }
    if (stays && known && !same_text(value, member))
        value = kept_name(days, dk_dictionary_find(members, member), value);
    return stays && status == DK_OK ? dki_recode_add(&days->items, name, value, (dk_ratio){ 1, 1 }, err) : status;
}

/* The new value for a member in a turn. */
static dk_status name_of(struct days *days, dk_text member, size_t turn, dk_text *out, dk_error *err)
{
    char *name = dki_arena_alloc(&days->arena, member.size + 32, err);

    if (name == NULL)
        return DK_ERR_MEMORY;
    memcpy(name, member.bytes, member.size); /* a zero byte may be in it */
    *out = (dk_text){ name, member.size + (size_t)snprintf(name + member.size, 32, "%c%zu", APART, turn) };
    return DK_OK;
}

/* Numbers what occurs, members in their order, and says what each becomes. recodes: of each turn. */
static dk_status name_all(struct days *days, const dk_recode **recodes, dk_text *names, dk_error *err)
{
    const dk_dictionary *levels = days->values;
    dk_status status = DK_OK;

    for (uint32_t code = 1; code < days->n_codes && status == DK_OK; code++)
        for (size_t turn = 0; turn < days->turns.n && status == DK_OK; turn++) {
            dk_text value = dk_dictionary_level(levels, code), member;

            if (days->codes[turn] == NULL || days->codes[turn][code] == 0)
                continue;
            status = name_of(days, value, turn, &names[days->n_found], err);
            if (status == DK_OK)
                status = add_pairs(days, recodes[turn], names[days->n_found], value, turn, err);
            days->codes[turn][code] = (uint32_t)++days->n_found;
            days->strays[days->n_found] = member_of(days, value, turn, &member) == 0;
        }
    return status;
}

/* What the members that a turn's rows have are on the day. */
static dk_status recode_turn(struct days *days, size_t turn, const dk_recode **out, dk_error *err)
{
    const dk_hierarchy *hierarchy = days->by->hierarchy;
    bool *wanted =
        dki_calloc(days->context, dk_dictionary_n_levels(hierarchy->levels[0].members) + 1, sizeof *wanted, err);
    dk_text member;
    dk_status status = wanted ? DK_OK : DK_ERR_MEMORY;

    for (uint32_t code = 1; code < days->n_codes && status == DK_OK; code++)
        if (days->codes[turn][code] > 0)
            wanted[member_of(days, dk_dictionary_level(days->values, code), turn, &member)] = true;
    if (status == DK_OK)
        status = dki_hierarchy_recode(hierarchy, days->turns.days[turn], days->by->day, days->by->weights, wanted,
                                      NULL, out, err);
    dki_free(days->context, wanted);
    return status;
}

static dk_status make_levels(struct days *days, dk_dictionary **out, dk_error *err)
{
    const dk_recode **recodes = dki_arena_array(&days->arena, days->turns.n, sizeof *recodes, err);
    dk_text *names = NULL;
    size_t n = 0;
    dk_status status = recodes ? DK_OK : DK_ERR_MEMORY;

    for (size_t turn = 0; turn < days->turns.n && status == DK_OK; turn++) {
        if (days->codes[turn] == NULL)
            continue;
        for (size_t code = 1; code < days->n_codes; code++)
            n += days->codes[turn][code];
        status = recode_turn(days, turn, &recodes[turn], err);
    }
    if (status == DK_OK) {
        names = dki_arena_array(&days->arena, n, sizeof *names, err);
        days->strays = names ? dki_arena_array(&days->arena, n + 1, sizeof *days->strays, err) : NULL;
        status = days->strays ? name_all(days, recodes, names, err) : DK_ERR_MEMORY;
    }
    for (size_t i = 0; recodes && i < days->turns.n; i++)
        dk_recode_release(recodes[i]);
    if (status == DK_OK)
        status = dk_dictionary_new(days->context, names, n, dk_dictionary_is_declared(days->values), out, err);
    return status;
}

/* Says how many rows have a value that is no member on their day, and names some. */
static dk_status tell_strays(const struct days *days, const char *column, dki_buffer *note, dk_error *err)
{
    bool one = days->n_strays == 1;
    size_t n = 0;
    dk_status status;

    if (days->n_strays == 0)
        return DK_OK;
    status = dki_buffer_format(note, err,
                               "%llu row%s ha%s a %s that the hierarchy does not know on %s day, and keep%s it:",
                               (unsigned long long)days->n_strays, one ? "" : "s", one ? "s" : "ve", column,
                               one ? "its" : "their", one ? "s" : "");
    for (uint32_t code = 1; code < days->n_codes && n <= NAMED && status == DK_OK; code++) {
        dk_text value = dk_dictionary_level(days->values, code);
        bool strays = false;

        for (size_t turn = 0; turn < days->turns.n && !strays; turn++)
            strays = days->codes[turn] && days->codes[turn][code] && days->strays[days->codes[turn][code]];
        if (strays && ++n <= NAMED)
            status = dki_buffer_format(
                note, err, "%s %.*s", n > 1 ? "," : "",
                (int)dki_utf8_floor(value.bytes, value.size, value.size < 60 ? value.size : 60), value.bytes);
    }
    return status == DK_OK && n > NAMED ? dki_buffer_format(note, err, ", ...") : status;
}

bool dki_recode_days_keep(const dki_recode_days *by, dk_text value)
{
    uint32_t member = dki_hierarchy_member_on(by->hierarchy, 0, value, by->day);

    return member == 0 || dki_hierarchy_span(by->hierarchy, 0, member, by->day) != NULL;
}

static dk_status find_on(struct days *days, const dk_table *table, dk_error *err)
{
    size_t at = 0;
    dk_status status = dk_table_get(table, days->by->on, &at, err);

    if (status != DK_OK)
        return status;
    days->on = dk_table_field(table, at)->column;
    return dki_turns_check(days->by->on, days->on, err);
}

/* The column in which members are told apart by times, which are the levels. */
static dk_status make_column(struct days *days, const dk_dictionary *levels, const dk_column **out, dk_error *err)
{
    dk_status status;

    if (days->is_set) {
        status = count_sets(days, err);
        return status == DK_OK ? dki_dated_sets_map(&days->sets, found_at, days, levels, out, err) : status;
    }
    status = dk_builder_new(days->context, DK_CATEGORY, 0, levels, &days->builder, err);
    if (status == DK_OK)
        status = dki_each_dated(&days->turns, days->column, days->on, append, days, err);
    if (status == DK_OK)
        status = dk_builder_finish(days->builder, out, err);
    dk_builder_release(days->builder);
    return status;
}

dk_status dki_recode_by_day(const dk_table *table, const dk_column *column, const char *name,
                            const dk_recode *recode, dki_buffer *note, const dk_column **out,
                            const dk_recode **out_recode, dk_error *err)
{
    struct days days = { .by = dki_recode_days_of(recode), .context = dk_table_context(table), .column = column };
    dk_dictionary *levels = NULL;
    const dk_column *made = NULL;
    dk_status status = find_on(&days, table, err);

    dki_arena_init(&days.arena, days.context);
    dki_recode_items_init(&days.items, days.context);
    days.is_set = dk_column_is_set(column);
    days.values = days.is_set ? dk_dictionary_members(dk_column_levels(column)) : dk_column_levels(column);
    if (status == DK_OK)
        status = dki_turns_init(&days.turns, days.by->hierarchy, 0, err);
    if (status == DK_OK) {
        days.n_codes = dk_dictionary_n_levels(days.values) + 1;
        days.codes = dki_calloc(days.context, days.turns.n, sizeof *days.codes, err);
        status = days.codes == NULL ? DK_ERR_MEMORY
                 : days.is_set      ? mark_sets(&days, err)
                                    : dki_each_dated(&days.turns, column, days.on, mark, &days, err);
    }
    if (status == DK_OK)
        status = make_levels(&days, &levels, err);
    if (status == DK_OK)
        status = make_column(&days, levels, &made, err);
    if (status == DK_OK)
        status = tell_strays(&days, name, note, err);
    if (status == DK_OK)
        status = dki_recode_of(&days.items, out_recode, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_column_release(made);
    dk_dictionary_release(levels);
    dki_recode_items_drop(&days.items);
    dki_arena_drop(&days.arena);
    for (size_t i = 0; days.codes && i < days.turns.n; i++)
        dki_free(days.context, days.codes[i]);
    dki_free(days.context, days.codes);
    dki_dated_sets_drop(&days.sets);
    dki_turns_drop(&days.turns);
    return status;
}

dk_text dki_recode_days_value(dk_text name)
{
    while (name.size > 0 && name.bytes[--name.size] != APART)
        ;
    return name;
}
