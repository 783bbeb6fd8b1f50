/* recode_sets.c - a column of sets whose members are others now.
 *
 * A set in which several of those are that became one has that once: nobody is counted twice. A set cannot be divided, and so no
 * member of it can. Where each row goes by its own day, members are told apart by times first, as those of a category are.
 */
#include "base/buffer.h"
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

/* Sets on their way. */
struct recoding {
    dk_context *context;
    const char *name;
    const dk_recode *recode;
    const dki_recode_days *days; /* by which each row goes by its own; NULL: all go by one */
    const dk_dictionary *values; /* the members as they were */
    const dk_dictionary *before; /* the same; by days, told apart by times */
    uint32_t *becomes;           /* of each code of these the one of the new member */
    dki_text_map names;          /* of the new members, by their codes but for 1 */
};

static dk_status fail_divided(const struct recoding *r, dk_text member, dk_error *err)
{
    if (r->days)
        member = dki_recode_days_value(member);
    (void)dki_fail(err, DK_ERR_ARGUMENT, "%s is a column of sets, and %.*s became several", r->name,
                   (int)member.size, member.bytes);
    dki_hint(err, "sets are not divided: count by member(%s), and recode these", r->name);
    return DK_ERR_ARGUMENT;
}

/* The pair in labels of the days that it goes from and to, where the member has one then that is no member itself. */
static bool of_labels(const struct recoding *r, dk_recode_pair *pair)
{
    const dk_dictionary *old = dki_recode_old(r->recode), *new = dki_recode_new(r->recode);
    dk_text label;

    if (old == NULL || !dk_dictionary_label(old, dk_dictionary_find(old, pair->old), &label) ||
        dk_dictionary_find(old, label) > 0)
        return false;
    pair->old = label;
    (void)dk_dictionary_label(new, dk_dictionary_find(new, pair->new), &pair->new);
    return true;
}

/* What a member is now that a pair is about. */
static dk_status apply_pair(const struct recoding *r, dk_recode_pair pair, bool by_label, dk_text *becomes,
                            dk_error *err)
{
    uint32_t code = by_label && !of_labels(r, &pair) ? 0 : dk_dictionary_find(r->before, pair.old);
    const char *fault = dki_member_fault(pair.new);

    if (code == 0)
        return DK_OK;
    if (pair.share.numerator != pair.share.denominator)
        return fail_divided(r, pair.old, err);
    if (fault)
        return dki_fail(err, DK_ERR_RANGE, "%s: \"%.*s\" cannot be in a set: it %s", r->name, (int)pair.new.size,
                        pair.new.bytes, fault);
    becomes[code] = pair.new;
    return DK_OK;
}

/* What each member is now. */
static dk_status find_names(const struct recoding *r, dk_text *becomes, dk_error *err)
{
    size_t n_pairs = dk_recode_n_pairs(r->recode);
    dk_status status = DK_OK;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(r->before); code++)
        becomes[code] = dki_recode_kept_name(r->recode, dk_dictionary_level(r->before, code));
    for (size_t i = 0; i < 2 * n_pairs && status == DK_OK; i++)
        status = apply_pair(r, dk_recode_get(r->recode, i % n_pairs), i >= n_pairs, becomes, err);
    return status;
}

/* By days, members stay in their places that rows have, or can have, on the day that is recoded to. */
static dk_status keep_members(struct recoding *r, const dk_text *becomes, dk_error *err)
{
    dki_text_map news;
    uint32_t number;
    dk_status status = DK_OK;

    dki_text_map_init(&news, r->context);
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(r->before) && status == DK_OK; code++)
        status = dki_text_map_add(&news, becomes[code].bytes, becomes[code].size, &number, err);
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(r->values) && status == DK_OK; code++) {
        dk_text name = dk_dictionary_level(r->values, code);

        if (dki_text_map_find(&news, name.bytes, name.size) != DKI_MAP_NONE || dki_recode_days_keep(r->days, name))
            status = dki_text_map_add(&r->names, name.bytes, name.size, &number, err);
    }
    dki_text_map_drop(&news);
    return status;
}

/* The members that there are now, in the order of those that they were. */
static dk_status make_members(struct recoding *r, const dk_text *becomes, const dk_dictionary **out, dk_error *err)
{
    dk_text *names = NULL;
    dk_dictionary *plain = NULL;
    dk_status status = r->days ? keep_members(r, becomes, err) : DK_OK;

    for (uint32_t code = 1; code <= dk_dictionary_n_levels(r->before) && status == DK_OK; code++) {
        uint32_t number = 0;

        status = dki_text_map_add(&r->names, becomes[code].bytes, becomes[code].size, &number, err);
        r->becomes[code] = number + 1;
    }
    if (status == DK_OK) {
        names = dki_calloc(r->context, r->names.n + 1, sizeof *names, err);
        status = names ? DK_OK : DK_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < r->names.n && status == DK_OK; i++)
        names[i].bytes = dki_text_map_get(&r->names, i, &names[i].size);
    if (status == DK_OK)
        status =
            dk_dictionary_new(r->context, names, r->names.n, dk_dictionary_is_declared(r->values), &plain, err);
    if (status == DK_OK)
        status = dki_recode_label(r->recode, r->values, plain, out, err);
    dk_dictionary_release(plain);
    dki_free(r->context, names);
    return status;
}

static dk_status recode_column(struct recoding *r, const dk_column *column, const dk_column **out, dk_error *err)
{
    const dk_dictionary *members = NULL;
    dk_text *becomes;
    dk_status status;

    r->before = dk_dictionary_members(dk_column_levels(column));
    becomes = dki_calloc(r->context, dk_dictionary_n_levels(r->before) + 1, sizeof *becomes, err);
    r->becomes = dki_calloc(r->context, dk_dictionary_n_levels(r->before) + 1, sizeof *r->becomes, err);
    status = becomes && r->becomes ? find_names(r, becomes, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = make_members(r, becomes, &members, err);
    if (status == DK_OK)
        status = dki_column_map_members(column, r->becomes, members, out, err);
    dk_dictionary_release(members);
    dki_free(r->context, r->becomes);
    dki_free(r->context, becomes);
    return status;
}

dk_status dki_recode_set_column(const dk_column *column, const char *name, const dk_recode *recode,
                                const dk_column **out, dk_error *err)
{
    struct recoding r = { .context = column->context, .name = name, .recode = recode };
    dk_status status;

    r.values = dk_dictionary_members(dk_column_levels(column));
    dki_text_map_init(&r.names, r.context);
    status = dki_recode_check_rows(recode, column, err);
    if (status == DK_OK)
        status = recode_column(&r, column, out, err);
    dki_text_map_drop(&r.names);
    return status;
}

/* By the day of each row. */
static dk_status recode_by_day(const dk_table *table, const dk_column *column, const char *name,
                               const dk_recode *recode, dki_buffer *note, const dk_column **out, dk_error *err)
{
    struct recoding r = { .context = column->context, .name = name, .days = dki_recode_days_of(recode) };
    const dk_column *apart = NULL;
    dk_status status = dki_recode_by_day(table, column, name, recode, note, &apart, &r.recode, err);

    r.values = dk_dictionary_members(dk_column_levels(column));
    dki_text_map_init(&r.names, r.context);
    if (status == DK_OK)
        status = recode_column(&r, apart, out, err);
    dki_text_map_drop(&r.names);
    dk_recode_release(r.recode);
    dk_column_release(apart);
    return status;
}

dk_status dki_recode_sets(const dk_table *table, size_t at, const dk_recode *recode, const dk_table **out,
                          dk_error *err)
{
    dk_field field = *dk_table_field(table, at);
    const dk_column *made = NULL;
    const dk_table *recoded = NULL, *noted = NULL;
    dki_buffer note;
    dk_status status;

    dki_buffer_init(&note, dk_table_context(table));
    status = dki_recode_days_of(recode) ? recode_by_day(table, field.column, field.name, recode, &note, &made, err)
                                        : dki_recode_set_column(field.column, field.name, recode, &made, err);
    field.column = made;
    if (status == DK_OK)
        status = dk_table_with(table, &field, 1, &recoded, err);
    if (status == DK_OK)
        status = dki_table_add_step(recoded, table, err, "members of %s recoded", field.name);
    if (status == DK_OK && note.size > 0)
        status = dk_table_with_note(recoded, note.bytes, &noted, err);
    if (status == DK_OK)
        *out = dk_table_retain(noted ? noted : recoded);
    dk_table_release(noted);
    dk_table_release(recoded);
    dk_column_release(made);
    dki_buffer_drop(&note);
    return status;
}
