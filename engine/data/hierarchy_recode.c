/* hierarchy_recode.c - what becomes of members from one day to another: changes that follow each other, as one recode.
 *
 * Members are followed forward in time, whichever way the recode goes. The way back, a member was what went on as it, each
 * by its weight on the earlier day; nothing needs to be known of days in between.
 */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_parts.h"
#include "recode_parts.h"

/* A part of the member that is followed; what share of it is 0/0 where nobody stated that. */
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
    bool back; /* to is before from */
    const dk_table *weights;
    const dk_column *weight_members, *weight;
    dk_ratio *by_member; /* of each member its weight; 0/0: none was given */
    struct pieces now, next, parts;
    dki_recode_items made;
};

static dk_text name_of(const struct follow *follow, uint32_t member)
{
    return dk_dictionary_level(follow->hierarchy->levels[0].members, member);
}

static dk_status fail_fit(const struct follow *follow, uint32_t member, dk_error *err)
{
    dk_text name = name_of(follow, member);

    return dki_fail(err, DK_ERR_OVERFLOW, "the shares of %.*s do not fit", (int)name.size, name.bytes);
}

static dk_status add_piece(const struct follow *follow, struct pieces *pieces, uint32_t member, dk_ratio share,
                           dk_error *err)
{
    dk_status status;

    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->items[i].member == member) {
            dk_ratio *has = &pieces->items[i].share;

            if (has->denominator == 0 || share.denominator == 0)
                *has = (dk_ratio){ 0, 0 };
            else if (!dki_ratio_add(*has, share, has))
                return fail_fit(follow, member, err);
            return DK_OK;
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

/* Divides a piece over parts by their weights, each as far as it counts: its share. */
static dk_status divide_by_weights(struct follow *follow, const struct piece *piece, const struct piece *parts,
                                   size_t n, dk_error *err)
{
    dk_text name = name_of(follow, piece->member);
    dk_ratio sum = { 0, 1 };
    dk_status status = DK_OK;
    bool fits = true;

    for (size_t i = 0; i < n; i++) {
        dk_ratio weight = follow->by_member[parts[i].member];

        if (weight.denominator == 0) {
            dk_text lacks = name_of(follow, parts[i].member);

            (void)dki_fail(err, DK_ERR_DATA, "%.*s is divided over %zu, and no weight says how much %.*s gets",
                           (int)name.size, name.bytes, n, (int)lacks.size, lacks.bytes);
            dki_hint(err, "give weights: a table with the columns %s and weight, of the day that is recoded to",
                     follow->hierarchy->levels[0].name);
            return DK_ERR_DATA;
        }
        fits = fits && dki_ratio_mul(weight, parts[i].share, &weight) && dki_ratio_add(sum, weight, &sum);
    }
    if (fits && sum.numerator == 0)
        return dki_fail(err, DK_ERR_DATA, "%.*s is divided over members whose weights are 0", (int)name.size,
                        name.bytes);
    for (size_t i = 0; i < n && fits && status == DK_OK; i++) {
        dk_ratio share = follow->by_member[parts[i].member];

        fits = dki_ratio_mul(share, parts[i].share, &share) && dki_ratio_div(share, sum, &share) &&
               dki_ratio_mul(share, piece->share, &share);
        if (fits && share.numerator > 0)
            status = add_piece(follow, &follow->next, parts[i].member, share, err);
    }
    return fits ? status : fail_fit(follow, piece->member, err);
}

/* The changes of one day, of which changes[0 .. n-1] are all, do to a piece what they say of its member. */
static dk_status step(struct follow *follow, const dki_change *changes, size_t n, const struct piece *piece,
                      dk_error *err)
{
    struct pieces *parts = &follow->parts;
    bool stated = true;
    dk_status status = DK_OK;

    parts->n = 0;
    for (size_t i = 0; i < n && status == DK_OK; i++)
        if (changes[i].old == piece->member) {
            stated = stated && changes[i].share.denominator > 0;
            status = add_piece(follow, parts, changes[i].new, changes[i].share, err);
        }
    if (status == DK_OK && parts->n == 0)
        return add_piece(follow, &follow->next, piece->member, piece->share, err);
    if (status == DK_OK && !stated && !follow->back) {
        for (size_t i = 0; i < parts->n; i++)
            parts->items[i].share = (dk_ratio){ 1, 1 };
        return divide_by_weights(follow, piece, parts->items, parts->n, err);
    }
    for (size_t i = 0; i < parts->n && status == DK_OK; i++) {
        dk_ratio share = { 0, 0 };

        if (stated && piece->share.denominator > 0 && !dki_ratio_mul(piece->share, parts->items[i].share, &share))
            return fail_fit(follow, piece->member, err);
        status = add_piece(follow, &follow->next, parts->items[i].member, share, err);
    }
    return status;
}

/* What became of a member from the earlier day to the later one: the pieces in follow->now. */
static dk_status follow_member(struct follow *follow, uint32_t member, dk_error *err)
{
    const dki_change *changes = follow->hierarchy->changes;
    size_t n = follow->hierarchy->n_changes, begin = 0, end;
    int64_t first = follow->back ? follow->to : follow->from, last = follow->back ? follow->from : follow->to;
    dk_status status;

    follow->now.n = 0;
    status = add_piece(follow, &follow->now, member, (dk_ratio){ 1, 1 }, err);
    while (begin < n && changes[begin].day <= first)
        begin++;
    for (; begin < n && changes[begin].day <= last && status == DK_OK; begin = end) {
        struct pieces done;

        for (end = begin + 1; end < n && changes[end].day == changes[begin].day;)
            end++;
        follow->next.n = 0;
        for (size_t i = 0; i < follow->now.n && status == DK_OK; i++)
            status = step(follow, changes + begin, end - begin, &follow->now.items[i], err);
        done = follow->now;
        follow->now = follow->next;
        follow->next = done;
    }
    return status;
}

static dk_status fail_unknown(const struct follow *follow, uint32_t member, dk_error *err)
{
    dk_text name = name_of(follow, member);
    char day[32];

    (void)dki_fail(err, DK_ERR_DATA, "%.*s is not there on %s, and no change says what %s", (int)name.size,
                   name.bytes, dki_day_shown(follow->to, day), follow->back ? "it came from" : "became of it");
    dki_hint(err, "add it to the changes of the hierarchy: date, old, new");
    return DK_ERR_DATA;
}

/* Adds what a member becomes, unless it stays what it is. */
static dk_status add_pairs(struct follow *follow, uint32_t member, const struct pieces *becomes, dk_error *err)
{
    dk_status status = DK_OK;

    if (becomes->n == 1 && becomes->items[0].member == member)
        return DK_OK;
    for (size_t i = 0; i < becomes->n && status == DK_OK; i++)
        status = dki_recode_add(&follow->made, name_of(follow, member), name_of(follow, becomes->items[i].member),
                                becomes->items[i].share, err);
    return status;
}

/* Members of the day `from` on a later day. */
static dk_status recode_forth(struct follow *follow, size_t n_members, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        if (!dki_hierarchy_span(follow->hierarchy, 0, member, follow->from))
            continue;
        status = follow_member(follow, member, err);
        for (size_t i = 0; i < follow->now.n && status == DK_OK; i++)
            if (!dki_hierarchy_span(follow->hierarchy, 0, follow->now.items[i].member, follow->to))
                status = fail_unknown(follow, follow->now.items[i].member, err);
        if (status == DK_OK)
            status = add_pairs(follow, member, &follow->now, err);
    }
    return status;
}

/* An earlier member goes on as a part of a later one. */
struct origin {
    uint32_t later;
    struct piece earlier;
};

struct origins {
    struct origin *items;
    size_t n, capacity;
};

static int by_later(const void *a, const void *b)
{
    const struct origin *x = a, *y = b;

    if (x->later != y->later)
        return x->later < y->later ? -1 : 1;
    return (x->earlier.member > y->earlier.member) - (x->earlier.member < y->earlier.member);
}

/* What all members of the earlier day go on as. */
static dk_status find_origins(struct follow *follow, size_t n_members, struct origins *origins, dk_error *err)
{
    dk_status status = DK_OK;

    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        if (!dki_hierarchy_span(follow->hierarchy, 0, member, follow->to))
            continue;
        status = follow_member(follow, member, err);
        if (status == DK_OK)
            status = dki_grow(follow->context, (void **)&origins->items, &origins->capacity,
                              origins->n + follow->now.n, sizeof *origins->items, err);
        for (size_t i = 0; i < follow->now.n && status == DK_OK; i++)
            origins->items[origins->n++] =
                (struct origin){ follow->now.items[i].member, { member, follow->now.items[i].share } };
    }
    if (origins->n > 1)
        qsort(origins->items, origins->n, sizeof *origins->items, by_later);
    return status;
}

/* The way back: a later member was the earlier ones that it was made of, each by its weight. */
static dk_status come_from(struct follow *follow, uint32_t later, const struct origin *origins, size_t n,
                           dk_error *err)
{
    const struct piece whole = { later, { 1, 1 } };
    dk_status status = DK_OK;

    follow->parts.n = 0;
    follow->next.n = 0;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_text name = name_of(follow, later);

        if (n > 1 && origins[i].earlier.share.denominator == 0)
            return dki_fail(err, DK_ERR_DATA,
                            "%.*s came from members that were divided by shares that nobody stated", (int)name.size,
                            name.bytes);
        status = add_piece(follow, &follow->parts, origins[i].earlier.member, origins[i].earlier.share, err);
    }
    if (status == DK_OK && n > 1)
        status = divide_by_weights(follow, &whole, follow->parts.items, n, err);
    else if (status == DK_OK)
        status = add_piece(follow, &follow->next, origins[0].earlier.member, whole.share, err);
    return status == DK_OK ? add_pairs(follow, later, &follow->next, err) : status;
}

static dk_status recode_back(struct follow *follow, size_t n_members, dk_error *err)
{
    struct origins origins = { NULL, 0, 0 };
    dk_status status = find_origins(follow, n_members, &origins, err);

    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        size_t begin = 0, end;

        if (!dki_hierarchy_span(follow->hierarchy, 0, member, follow->from))
            continue;
        while (begin < origins.n && origins.items[begin].later < member)
            begin++;
        for (end = begin; end < origins.n && origins.items[end].later == member;)
            end++;
        status = end == begin ? fail_unknown(follow, member, err)
                              : come_from(follow, member, origins.items + begin, end - begin, err);
    }
    dki_free(follow->context, origins.items);
    return status;
}

dk_status dki_hierarchy_recode_day(const dk_hierarchy *hierarchy, const char *text, int64_t *out, dk_error *err)
{
    if (text == NULL || strlen(text) != 10 || !dki_parse_date(text, 10, 'y', out))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "a recode goes from one day to another, such as 2018-01-01, and \"%.40s\" is none",
                        text ? text : "");
    if (hierarchy->dated)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "nothing changes in a hierarchy without days");
    dki_hint(err, "make it with from and to, and with changes");
    return DK_ERR_ARGUMENT;
}

dk_status dki_hierarchy_recode(const dk_hierarchy *hierarchy, int64_t from, int64_t to, const dk_table *weights,
                               const dk_recode **out, dk_error *err)
{
    struct follow follow = { .hierarchy = hierarchy, .context = hierarchy->context, .weights = weights };
    size_t n_members = dk_dictionary_n_levels(hierarchy->levels[0].members);
    dk_status status;

    follow.from = from;
    follow.to = to;
    follow.back = to < from;
    dki_recode_items_init(&follow.made, hierarchy->context);
    status = load_weights(&follow, err);
    if (status == DK_OK)
        status = (follow.back ? recode_back : recode_forth)(&follow, n_members, err);
    if (status == DK_OK)
        status = dki_recode_of(&follow.made, out, err);
    dki_recode_items_drop(&follow.made);
    dki_free(follow.context, follow.by_member);
    dki_free(follow.context, follow.now.items);
    dki_free(follow.context, follow.next.items);
    dki_free(follow.context, follow.parts.items);
    return status;
}

dk_status dk_hierarchy_recode(const dk_hierarchy *hierarchy, const char *from, const char *to,
                              const dk_table *weights, const dk_recode **out, dk_error *err)
{
    int64_t first = 0, last = 0;
    dk_status status = dki_hierarchy_recode_day(hierarchy, from, &first, err);

    if (status == DK_OK)
        status = dki_hierarchy_recode_day(hierarchy, to, &last, err);
    return status == DK_OK ? dki_hierarchy_recode(hierarchy, first, last, weights, out, err) : status;
}
