/* hierarchy_changes.c - what becomes of members: from a table of changes to a recode between two days. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"
#include "hierarchy_parts.h"
#include "recode_parts.h"

/* A table of changes. ---------------------------------------------------------------------------------------------- */

static int by_day_and_old(const void *a, const void *b)
{
    const dki_change *x = a, *y = b;

    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->old != y->old)
        return x->old < y->old ? -1 : 1;
    return (x->new > y->new) - (x->new < y->new);
}

struct change_columns {
    const dk_column *date, *old, *new, *share; /* share may be NULL */
};

static dk_status find_columns(const dk_table *changes, struct change_columns *out, dk_error *err)
{
    static const char *const names[] = { "date", "old", "new", "share" };
    const dk_column **places[] = { &out->date, &out->old, &out->new, &out->share };

    for (size_t i = 0; i < 4; i++) {
        size_t at = dk_table_find(changes, names[i]);
        dk_type type;
        bool fits;

        if (i == 3 && at == DK_NO_COLUMN)
            break;
        if (at == DK_NO_COLUMN) {
            dk_status status = dk_table_get(changes, names[i], &at, err);

            dki_hint(err,
                     "a table of changes has the columns date, old and new, and share where a member is divided");
            return status;
        }
        *places[i] = dk_table_field(changes, at)->column;
        type = dk_column_type(*places[i]);
        fits = i == 0   ? type == DK_DATE
               : i == 3 ? type == DK_INTEGER || type == DK_DECIMAL || type == DK_RATIO
                        : type == DK_CATEGORY || type == DK_TEXT;
        if (!fits)
            return dki_fail(err, DK_ERR_TYPE, "the column %s of the changes is %s, and not %s", names[i],
                            dk_type_name(type),
                            i == 0   ? "a date"
                            : i == 3 ? "a whole, decimal or ratio number"
                                     : "a category or text");
    }
    return DK_OK;
}

static dk_status get_member(const dk_hierarchy *hierarchy, const dk_column *column, uint64_t row, const char *name,
                            uint32_t *out, dk_error *err)
{
    const dk_dictionary *members = hierarchy->levels[0].members;
    dk_value value;
    dk_status status = dk_column_get(column, row, &value, err);

    if (status != DK_OK)
        return status;
    *out = value.is_null ? 0 : dk_dictionary_find(members, value.as.text);
    if (*out == 0 && !value.is_null)
        *out = dk_dictionary_find_label(members, value.as.text);
    if (*out > 0)
        return DK_OK;
    return dki_fail(err, DK_ERR_DATA, "row %llu of the changes: %s is %.*s, which is no %s of the hierarchy",
                    (unsigned long long)row + 1, name, value.is_null ? 4 : (int)value.as.text.size,
                    value.is_null ? "null" : value.as.text.bytes, hierarchy->levels[0].name);
}

static dk_status get_share(const dk_column *column, uint64_t row, dk_ratio *out, dk_error *err)
{
    dk_value value;
    dk_status status;

    *out = (dk_ratio){ 0, 0 }; /* not stated */
    if (column == NULL)
        return DK_OK;
    status = dk_column_get(column, row, &value, err);
    if (status != DK_OK || value.is_null)
        return status;
    *out = value.type == DK_RATIO
               ? value.as.ratio
               : (dk_ratio){ value.as.integer, value.type == DK_DECIMAL ? dki_power10[value.scale] : 1 };
    if (out->numerator <= 0 || out->numerator > out->denominator)
        return dki_fail(err, DK_ERR_DATA, "row %llu of the changes has a share that is not above 0 and at most 1",
                        (unsigned long long)row + 1);
    return DK_OK;
}

/* Changes of one day and one old member: a single one without a share is the whole; of several all or none have one, and
 * they add up to 1. */
static dk_status check_shares(const dk_hierarchy *hierarchy, dki_change *changes, size_t n, dk_error *err)
{
    dk_text old = dk_dictionary_level(hierarchy->levels[0].members, changes[0].old);
    dk_ratio sum = { 0, 1 };
    size_t n_stated = 0;
    char day[32];

    if (n == 1 && changes[0].share.denominator == 0)
        changes[0].share = (dk_ratio){ 1, 1 };
    for (size_t i = 0; i < n; i++)
        if (changes[i].share.denominator > 0) {
            n_stated++;
            if (!dki_ratio_add(sum, changes[i].share, &sum))
                return dki_fail(err, DK_ERR_DATA, "the shares of %.*s do not fit", (int)old.size, old.bytes);
        }
    if (n_stated == 0 || (n_stated == n && sum.numerator == sum.denominator))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_DATA, "%.*s is divided on %s, and the shares %s", (int)old.size, old.bytes,
                   dki_day_shown(changes[0].day, day),
                   n_stated < n ? "are there for some only" : "do not add up to 1");
    dki_hint(err, "state every share, or none and give weights when recoding");
    return DK_ERR_DATA;
}

dk_status dki_changes_read(dk_hierarchy *hierarchy, const dk_table *changes, dk_error *err)
{
    struct change_columns columns = { NULL, NULL, NULL, NULL };
    size_t n = (size_t)dk_table_n_rows(changes);
    dk_status status = find_columns(changes, &columns, err);

    if (status != DK_OK || n == 0)
        return status;
    hierarchy->changes = dki_calloc(hierarchy->context, n, sizeof *hierarchy->changes, err);
    if (hierarchy->changes == NULL)
        return DK_ERR_MEMORY;
    hierarchy->n_changes = n;
    for (size_t row = 0; row < n && status == DK_OK; row++) {
        dki_change *change = &hierarchy->changes[row];
        dk_value day;

        status = dk_column_get(columns.date, row, &day, err);
        if (status == DK_OK && day.is_null)
            status = dki_fail(err, DK_ERR_DATA, "row %zu of the changes has no date", row + 1);
        if (status == DK_OK)
            status = get_member(hierarchy, columns.old, row, "old", &change->old, err);
        if (status == DK_OK)
            status = get_member(hierarchy, columns.new, row, "new", &change->new, err);
        if (status == DK_OK)
            status = get_share(columns.share, row, &change->share, err);
        if (status == DK_OK)
            change->day = day.as.integer;
    }
    if (status != DK_OK)
        return status;
    qsort(hierarchy->changes, n, sizeof *hierarchy->changes, by_day_and_old);
    for (size_t i = 0, end; i < n && status == DK_OK; i = end) {
        for (end = i + 1; end < n && hierarchy->changes[end].day == hierarchy->changes[i].day &&
                          hierarchy->changes[end].old == hierarchy->changes[i].old;
             end++)
            if (hierarchy->changes[end].new == hierarchy->changes[end - 1].new)
                return dki_fail(
                    err, DK_ERR_DATA, "the changes say the same of %.*s twice",
                    (int)dk_dictionary_level(hierarchy->levels[0].members, hierarchy->changes[i].old).size,
                    dk_dictionary_level(hierarchy->levels[0].members, hierarchy->changes[i].old).bytes);
        status = check_shares(hierarchy, hierarchy->changes + i, end - i, err);
    }
    return status;
}

/* From one day to another. ----------------------------------------------------------------------------------------- */

/* A part of the member that is followed. */
struct piece {
    uint32_t member;
    dk_ratio share;
};

struct pieces {
    struct piece *items;
    size_t n, capacity;
};

struct follow {
    const dk_hierarchy *hierarchy;
    dk_context *context;
    int64_t from, to;
    const dk_table *weights;
    const dk_column *weight_members, *weight;
    dk_ratio *by_member; /* of each member its weight; 0/0: none was given */
    struct pieces now, next;
    dki_recode_items made;
};

static dk_text name_of(const struct follow *follow, uint32_t member)
{
    return dk_dictionary_level(follow->hierarchy->levels[0].members, member);
}

static dk_status add_piece(const struct follow *follow, struct pieces *pieces, uint32_t member, dk_ratio share,
                           dk_error *err)
{
    dk_status status;

    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->items[i].member == member) {
            if (dki_ratio_add(pieces->items[i].share, share, &pieces->items[i].share))
                return DK_OK;
            return dki_fail(err, DK_ERR_OVERFLOW, "the shares of %.*s do not fit",
                            (int)name_of(follow, member).size, name_of(follow, member).bytes);
        }
    status = dki_grow(follow->context, (void **)&pieces->items, &pieces->capacity, pieces->n + 1,
                      sizeof *pieces->items, err);
    if (status == DK_OK)
        pieces->items[pieces->n++] = (struct piece){ member, share };
    return status;
}

static dk_status load_weights(struct follow *follow, dk_error *err)
{
    const dk_dictionary *members = follow->hierarchy->levels[0].members;
    size_t n_members = dk_dictionary_n_levels(members), at = 0, weight_at = 0;
    dk_type type;
    dk_status status;

    follow->by_member = dki_calloc(follow->context, n_members + 1, sizeof *follow->by_member, err);
    if (follow->by_member == NULL)
        return DK_ERR_MEMORY;
    if (follow->weights == NULL)
        return DK_OK;
    status = dk_table_get(follow->weights, follow->hierarchy->levels[0].name, &at, err);
    if (status == DK_OK)
        status = dk_table_get(follow->weights, "weight", &weight_at, err);
    if (status != DK_OK) {
        dki_hint(err, "weights are a table with the columns %s and weight", follow->hierarchy->levels[0].name);
        return status;
    }
    follow->weight_members = dk_table_field(follow->weights, at)->column;
    follow->weight = dk_table_field(follow->weights, weight_at)->column;
    type = dk_column_type(follow->weight);
    if (type != DK_INTEGER && type != DK_DECIMAL)
        return dki_fail(err, DK_ERR_TYPE, "weights are whole or decimal numbers, and the column weight is %s",
                        dk_type_name(type));
    if (dk_column_type(follow->weight_members) != DK_CATEGORY && dk_column_type(follow->weight_members) != DK_TEXT)
        return dki_fail(err, DK_ERR_TYPE, "the column %s of the weights is %s, and not a category or text",
                        follow->hierarchy->levels[0].name, dk_type_name(dk_column_type(follow->weight_members)));
    for (uint64_t row = 0; row < dk_table_n_rows(follow->weights) && status == DK_OK; row++) {
        dk_value member, weight;
        uint32_t code;

        status = dk_column_get(follow->weight_members, row, &member, err);
        if (status == DK_OK)
            status = dk_column_get(follow->weight, row, &weight, err);
        if (status != DK_OK)
            break;
        code = member.is_null ? 0 : dk_dictionary_find(members, member.as.text);
        if (code == 0)
            continue; /* of nobody here */
        if (weight.is_null || weight.as.integer < 0)
            return dki_fail(err, DK_ERR_DATA, "the weight of %.*s is %s", (int)member.as.text.size,
                            member.as.text.bytes, weight.is_null ? "null" : "negative");
        follow->by_member[code] =
            (dk_ratio){ weight.as.integer, weight.type == DK_DECIMAL ? dki_power10[weight.scale] : 1 };
    }
    return status;
}

/* Divides a piece over members by their weights. times: NULL, or what each weight counts for. */
static dk_status divide_by_weights(struct follow *follow, const struct piece *piece, const uint32_t *members,
                                   const dk_ratio *times, size_t n, dk_error *err)
{
    dk_text name = name_of(follow, piece->member);
    dk_ratio sum = { 0, 1 };
    dk_status status = DK_OK;
    bool fits = true;

    for (size_t i = 0; i < n; i++) {
        dk_ratio weight = follow->by_member[members[i]];

        if (weight.denominator == 0) {
            dk_text lacks = name_of(follow, members[i]);

            (void)dki_fail(err, DK_ERR_DATA, "%.*s is divided over %zu, and no weight says how much %.*s gets",
                           (int)name.size, name.bytes, n, (int)lacks.size, lacks.bytes);
            dki_hint(err, "give weights: a table with the columns %s and weight, of the day that is recoded to",
                     follow->hierarchy->levels[0].name);
            return DK_ERR_DATA;
        }
        if (times)
            fits = fits && dki_ratio_mul(weight, times[i], &weight);
        fits = fits && dki_ratio_add(sum, weight, &sum);
    }
    if (fits && sum.numerator == 0)
        return dki_fail(err, DK_ERR_DATA, "%.*s is divided over members whose weights are 0", (int)name.size,
                        name.bytes);
    for (size_t i = 0; i < n && fits && status == DK_OK; i++) {
        dk_ratio share = follow->by_member[members[i]];

        if (times)
            fits = dki_ratio_mul(share, times[i], &share);
        fits = fits && dki_ratio_div(share, sum, &share) && dki_ratio_mul(share, piece->share, &share);
        if (fits && share.numerator > 0)
            status = add_piece(follow, &follow->next, members[i], share, err);
    }
    if (!fits)
        return dki_fail(err, DK_ERR_OVERFLOW, "the shares of %.*s do not fit", (int)name.size, name.bytes);
    return status;
}

#define MOST_PARTS 256

/* The changes of one day, of which changes[0 .. n-1] are all, do to a piece what they say of its member. */
static dk_status step_forward(struct follow *follow, const dki_change *changes, size_t n, const struct piece *piece,
                              dk_error *err)
{
    uint32_t members[MOST_PARTS];
    size_t n_parts = 0;
    bool stated = true;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++)
        if (changes[i].old == piece->member) {
            if (n_parts == MOST_PARTS)
                return dki_fail(err, DK_ERR_LIMIT, "a member is divided into more than %d", MOST_PARTS);
            members[n_parts++] = changes[i].new;
            stated = stated && changes[i].share.denominator > 0;
        }
    if (n_parts == 0)
        return add_piece(follow, &follow->next, piece->member, piece->share, err);
    if (!stated)
        return divide_by_weights(follow, piece, members, NULL, n_parts, err);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (changes[i].old == piece->member) {
            dk_ratio share;

            if (!dki_ratio_mul(piece->share, changes[i].share, &share))
                return dki_fail(err, DK_ERR_OVERFLOW, "the shares of %.*s do not fit",
                                (int)name_of(follow, piece->member).size, name_of(follow, piece->member).bytes);
            status = add_piece(follow, &follow->next, changes[i].new, share, err);
        }
    return status;
}

/* The way back: those that have become the piece's member, each as far as it has. */
static dk_status step_back(struct follow *follow, const dki_change *changes, size_t n, const struct piece *piece,
                           dk_error *err)
{
    uint32_t members[MOST_PARTS];
    dk_ratio times[MOST_PARTS];
    size_t n_parts = 0;
    bool stated = true, is_old = false;

    for (size_t i = 0; i < n; i++) {
        is_old |= changes[i].old == piece->member;
        if (changes[i].new != piece->member)
            continue;
        if (n_parts == MOST_PARTS)
            return dki_fail(err, DK_ERR_LIMIT, "a member is made of more than %d", MOST_PARTS);
        members[n_parts] = changes[i].old;
        times[n_parts++] = changes[i].share;
        stated = stated && changes[i].share.denominator > 0;
    }
    /* A member that was there before and took others in is one of those that it came from. */
    if (n_parts > 0 && !is_old && dki_hierarchy_span(follow->hierarchy, 0, piece->member, changes[0].day - 1)) {
        if (n_parts == MOST_PARTS)
            return dki_fail(err, DK_ERR_LIMIT, "a member is made of more than %d", MOST_PARTS);
        members[n_parts] = piece->member;
        times[n_parts++] = (dk_ratio){ 1, 1 };
    }
    if (n_parts == 0)
        return add_piece(follow, &follow->next, piece->member, piece->share, err);
    if (n_parts == 1)
        return add_piece(follow, &follow->next, members[0], piece->share, err);
    if (!stated) {
        dk_text name = name_of(follow, piece->member);

        return dki_fail(err, DK_ERR_DATA, "%.*s came from members that were divided by shares that nobody stated",
                        (int)name.size, name.bytes);
    }
    return divide_by_weights(follow, piece, members, times, n_parts, err);
}

/* What became of a member. */
static dk_status follow_member(struct follow *follow, uint32_t member, dk_error *err)
{
    const dk_hierarchy *hierarchy = follow->hierarchy;
    const dki_change *changes = hierarchy->changes;
    bool back = follow->to < follow->from;
    int64_t first = back ? follow->to : follow->from, last = back ? follow->from : follow->to;
    size_t begin = 0, end;
    dk_status status;

    follow->now.n = 0;
    status = add_piece(follow, &follow->now, member, (dk_ratio){ 1, 1 }, err);
    while (begin < hierarchy->n_changes && changes[begin].day <= first)
        begin++;
    for (end = begin; end < hierarchy->n_changes && changes[end].day <= last;)
        end++;
    while (begin < end && status == DK_OK) {
        size_t from = begin, to = end;
        struct pieces done;

        if (back)
            for (from = end - 1; from > begin && changes[from - 1].day == changes[end - 1].day;)
                from--;
        else
            for (to = begin + 1; to < end && changes[to].day == changes[begin].day;)
                to++;
        follow->next.n = 0;
        for (size_t i = 0; i < follow->now.n && status == DK_OK; i++)
            status =
                (back ? step_back : step_forward)(follow, changes + from, to - from, &follow->now.items[i], err);
        done = follow->now;
        follow->now = follow->next;
        follow->next = done;
        if (back)
            end = from;
        else
            begin = to;
    }
    return status;
}

static dk_status add_member(struct follow *follow, uint32_t member, dk_error *err)
{
    dk_text old = name_of(follow, member);
    dk_status status = follow_member(follow, member, err);

    for (size_t i = 0; i < follow->now.n && status == DK_OK; i++) {
        const struct piece *piece = &follow->now.items[i];
        dk_text new = name_of(follow, piece->member);
        char day[32];

        if (!dki_hierarchy_span(follow->hierarchy, 0, piece->member, follow->to)) {
            (void)dki_fail(err, DK_ERR_DATA, "%.*s is not there on %s, and no change says what %s", (int)new.size,
                           new.bytes, dki_day_shown(follow->to, day),
                           follow->to < follow->from ? "it came from" : "became of it");
            dki_hint(err, "add it to the changes of the hierarchy: date, old, new");
            return DK_ERR_DATA;
        }
        if (follow->now.n == 1 && piece->member == member)
            break; /* it stays what it is */
        status = dki_recode_add(&follow->made, old, new, piece->share, err);
    }
    return status;
}

static dk_status get_day(const char *text, int64_t *out, dk_error *err)
{
    if (text && strlen(text) == 10 && dki_parse_date(text, 10, 'y', out))
        return DK_OK;
    return dki_fail(err, DK_ERR_ARGUMENT,
                    "a recode goes from one day to another, such as 2018-01-01, and \"%.40s\" is none",
                    text ? text : "");
}

dk_status dk_hierarchy_recode(const dk_hierarchy *hierarchy, const char *from, const char *to,
                              const dk_table *weights, const dk_recode **out, dk_error *err)
{
    struct follow follow = { .hierarchy = hierarchy, .context = hierarchy->context, .weights = weights };
    size_t n_members = dk_dictionary_n_levels(hierarchy->levels[0].members);
    dk_status status = get_day(from, &follow.from, err);

    if (status == DK_OK)
        status = get_day(to, &follow.to, err);
    if (status == DK_OK && !hierarchy->dated) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "nothing changes in a hierarchy without days");
        dki_hint(err, "make it with from and to, and with changes");
        return DK_ERR_ARGUMENT;
    }
    dki_recode_items_init(&follow.made, hierarchy->context);
    if (status == DK_OK)
        status = load_weights(&follow, err);
    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++)
        if (dki_hierarchy_span(hierarchy, 0, member, follow.from))
            status = add_member(&follow, member, err);
    if (status == DK_OK)
        status = dki_recode_of(&follow.made, out, err);
    dki_recode_items_drop(&follow.made);
    dki_free(follow.context, follow.by_member);
    dki_free(follow.context, follow.now.items);
    dki_free(follow.context, follow.next.items);
    return status;
}
