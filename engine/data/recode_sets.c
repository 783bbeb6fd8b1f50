/* recode_sets.c - a column of sets whose members are others now.
 *
 * A set in which several of those are that became one has that once: nobody is counted twice. A set cannot be divided, and so no
 * member of it can.
 */
#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "chunk.h"
#include "column_parts.h"
#include "dictionary_parts.h"
#include "lineage.h"
#include "members.h"
#include "recode_table.h"
#include "table_parts.h"

static dk_status fail_divided(const char *name, dk_text member, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is a column of sets, and %.*s became several", name, (int)member.size,
                   member.bytes);
    dki_hint(err, "sets are not divided: count by member(%s), and recode these", name);
    return DK_ERR_ARGUMENT;
}

/* What each member is now. */
static dk_status find_names(const dk_dictionary *members, const char *name, const dk_recode *recode,
                            dk_text *becomes, dk_error *err)
{
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(members); code++)
        becomes[code] = dk_dictionary_level(members, code);
    for (size_t i = 0; i < dk_recode_n_pairs(recode); i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);
        uint32_t code = dk_dictionary_find(members, pair.old);
        const char *fault = dki_member_fault(pair.new);

        if (code == 0)
            continue;
        if (pair.share.numerator != pair.share.denominator)
            return fail_divided(name, pair.old, err);
        if (fault)
            return dki_fail(err, DK_ERR_RANGE, "%s: \"%.*s\" cannot be in a set: it %s", name, (int)pair.new.size,
                            pair.new.bytes, fault);
        becomes[code] = pair.new;
    }
    return DK_OK;
}

/* The members that there are now, in the order of those that they were. */
static dk_status make_members(dk_context *context, const dk_dictionary *before, const dk_text *becomes,
                              dk_dictionary **out, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(before);
    dk_text *names = dki_calloc(context, n + 1, sizeof *names, err);
    dki_text_map map;
    uint32_t number;
    dk_status status = names ? DK_OK : DK_ERR_MEMORY;

    dki_text_map_init(&map, context);
    for (uint32_t code = 1; code <= n && status == DK_OK; code++)
        status = dki_text_map_add(&map, becomes[code].bytes, becomes[code].size, &number, err);
    for (uint32_t i = 0; i < map.n && status == DK_OK; i++)
        names[i].bytes = dki_text_map_get(&map, i, &names[i].size);
    if (status == DK_OK)
        status = dk_dictionary_new(context, names, map.n, dk_dictionary_is_declared(before), out, err);
    dki_text_map_drop(&map);
    dki_free(context, names);
    return status;
}

static dk_status recode_column(const dk_column *column, const char *name, const dk_recode *recode,
                               const dk_column **out, dk_error *err)
{
    const dk_dictionary *before = dk_dictionary_members(dk_column_levels(column));
    dk_text *becomes = dki_calloc(column->context, dk_dictionary_n_levels(before) + 1, sizeof *becomes, err);
    dk_dictionary *members = NULL;
    dk_status status = becomes ? find_names(before, name, recode, becomes, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = make_members(column->context, before, becomes, &members, err);
    if (status == DK_OK)
        status = dki_column_map_members(column, becomes, members, out, err);
    dk_dictionary_release(members);
    dki_free(column->context, becomes);
    return status;
}

dk_status dki_recode_sets(const dk_table *table, size_t at, const dk_recode *recode, const dk_table **out,
                          dk_error *err)
{
    dk_field field = *dk_table_field(table, at);
    const dk_column *before = field.column, *made = NULL;
    dk_status status;

    if (dki_recode_days_of(recode)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "%s is a column of sets, and members of sets go by one day for all rows", field.name);
        dki_hint(err, "geo:recode(\"2017-12-31\", \"2018-01-01\") is from one day to another");
        return DK_ERR_ARGUMENT;
    }
    status = recode_column(before, field.name, recode, &made, err);
    field.column = made;
    if (status == DK_OK)
        status = dk_table_with(table, &field, 1, out, err);
    dk_column_release(made);
    if (status == DK_OK)
        status = dki_table_add_step(*out, table, err, "members of %s recoded", field.name);
    if (status != DK_OK) {
        dk_table_release(*out);
        *out = NULL;
    }
    return status;
}
