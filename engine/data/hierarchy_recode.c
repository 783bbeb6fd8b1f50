/* hierarchy_recode.c - what becomes of members from one day to a later one: changes that follow each other, as one recode.
 *
 * A member is followed through the changes, a day of these at a time. What nobody stated the shares of is divided by the weights of
 * what its parts are in the end: by weights of the day that is recoded to, whatever happened in between. Where weights do not say, shares
 * are some that nobody stated, which is a fault where the end depends on them (hierarchy_shares.h). The way back is told in
 * hierarchy_origins.c.
 */
#include "hierarchy_recode.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "column_parts.h"
#include "hierarchy_use.h"

bool dki_follow_wants(const dki_follow *follow, uint32_t member)
{
    return (follow->wanted == NULL || follow->wanted[member]) &&
           dki_hierarchy_span(follow->hierarchy, 0, member, follow->from) != NULL;
}

dk_text dki_follow_name(const dki_follow *follow, uint32_t member)
{
    return dk_dictionary_level(follow->hierarchy->levels[0].members, member);
}

dk_status dki_follow_fail_fit(const dki_follow *follow, uint32_t member, dk_error *err)
{
    dk_text name = dki_follow_name(follow, member);

    return dki_fail(err, DK_ERR_OVERFLOW, "the shares of %.*s do not fit", (int)name.size, name.bytes);
}

dk_status dki_follow_add(const dki_follow *follow, dki_pieces *pieces, uint32_t member, const dki_share *share,
                         dk_error *err)
{
    dk_status status;

    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->items[i].member == member) {
            pieces->items[i].share = dki_share_add(&pieces->items[i].share, share);
            return DK_OK;
        }
    status = dki_grow(follow->context, (void **)&pieces->items, &pieces->capacity, pieces->n + 1,
                      sizeof *pieces->items, err);
    if (status == DK_OK)
        pieces->items[pieces->n++] = (dki_piece){ member, *share };
    return status;
}

/* The weight of a row, of a member that is code k. */
static dk_status add_weight(dki_follow *follow, uint32_t code, dk_text name, const dk_value *weight, dk_error *err)
{
    dk_ratio *has = &follow->by_member[code];

    if (weight->is_null || weight->as.integer < 0)
        return dki_fail(err, DK_ERR_DATA, "the weight of %.*s is %s", (int)name.size, name.bytes,
                        weight->is_null ? "null" : "negative");
    if (has->denominator > 0) {
        (void)dki_fail(err, DK_ERR_DATA, "the weights have %.*s twice", (int)name.size, name.bytes);
        dki_hint(err, "add them up: t:breakdown { by = \"%s\", measures = \"weight = sum(...)\" }",
                 follow->hierarchy->levels[0].name);
        return DK_ERR_DATA;
    }
    *has = (dk_ratio){ weight->as.integer, weight->type == DK_DECIMAL ? dki_power10[weight->scale] : 1 };
    return DK_OK;
}

static dk_status load_weights(dki_follow *follow, dk_error *err)
{
    const dk_dictionary *members = follow->hierarchy->levels[0].members;
    const char *name = follow->hierarchy->levels[0].name;
    const dk_column *of, *weights;
    size_t n_members = dk_dictionary_n_levels(members), at = 0, weight_at = 0;
    dk_type type;
    dk_status status;

    follow->by_member = dki_calloc(follow->context, n_members + 1, sizeof *follow->by_member, err);
    if (follow->by_member == NULL)
        return DK_ERR_MEMORY;
    if (follow->weights == NULL)
        return DK_OK;
    status = dk_table_get(follow->weights, name, &at, err);
    if (status == DK_OK)
        status = dk_table_get(follow->weights, "weight", &weight_at, err);
    if (status != DK_OK) {
        dki_hint(err, "weights are a table with the columns %s and weight", name);
        return status;
    }
    of = dk_table_field(follow->weights, at)->column;
    weights = dk_table_field(follow->weights, weight_at)->column;
    type = dk_column_type(weights);
    if (type != DK_INTEGER && type != DK_DECIMAL)
        return dki_fail(err, DK_ERR_TYPE, "weights are whole or decimal numbers, and the column weight is %s",
                        dk_type_name(type));
    if (dk_column_type(of) != DK_CATEGORY && dk_column_type(of) != DK_TEXT)
        return dki_fail(err, DK_ERR_TYPE, "the column %s of the weights is %s, and not a category or text", name,
                        dk_type_name(dk_column_type(of)));
    for (uint64_t row = 0; row < dk_table_n_rows(follow->weights) && status == DK_OK; row++) {
        dk_value member, weight;
        uint32_t code;

        status = dk_column_get(of, row, &member, err);
        if (status == DK_OK)
            status = dk_column_get(weights, row, &weight, err);
        code = status != DK_OK || member.is_null
                   ? 0
                   : dki_hierarchy_member_on(follow->hierarchy, 0, member.as.text, follow->to);
        if (code > 0) /* else of nobody here */
            status = add_weight(follow, code, member.as.text, &weight, err);
    }
    return status;
}

/* Divides what nobody stated the shares of. --------------------------------------------------------------------------- */

dk_status dki_follow_fail_lack(const dki_follow *follow, const dki_lack *lack, dk_error *err)
{
    dk_text name = dki_follow_name(follow, lack->member), part;

    if (lack->lacks == 0) {
        (void)dki_fail(err, DK_ERR_DATA, "%.*s is divided over members whose weights are 0", (int)name.size,
                       name.bytes);
        dki_hint(err, "give one of them a weight above 0");
        return DK_ERR_DATA;
    }
    part = dki_follow_name(follow, lack->lacks);
    (void)dki_fail(err, DK_ERR_DATA, "%.*s is divided over %zu, and no weight says how much %.*s gets",
                   (int)name.size, name.bytes, lack->n, (int)part.size, part.bytes);
    dki_hint(err, "give weights: a table with the columns %s and weight, of the day that is recoded to",
             follow->hierarchy->levels[0].name);
    return DK_ERR_DATA;
}

/* The first change behind those of the day of changes[begin]. */
static size_t day_end(const dki_follow *follow, size_t begin)
{
    const dk_hierarchy *hierarchy = follow->hierarchy;
    size_t end = begin + 1;

    while (end < hierarchy->n_changes && hierarchy->changes[end].day == hierarchy->changes[begin].day)
        end++;
    return end;
}

/* Of the changes of a day, begin .. *end - 1, the first of a member; *end is the first behind them. */
static size_t changes_of(const dki_follow *follow, uint32_t member, size_t begin, size_t *end)
{
    const dki_change *changes = follow->hierarchy->changes;
    size_t low = begin, high = *end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (changes[middle].old < member)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < *end && changes[high].old == member; high++)
        ;
    *end = high;
    return low;
}

/* What a member is in the end, whatever share of it each is: changes from `begin` on do it. */
static dk_status reach(const dki_follow *follow, uint32_t member, size_t begin, dki_pieces *out, dk_error *err)
{
    const dki_change *changes = follow->hierarchy->changes;
    const dki_share some = { { 0, 0 }, { 0 } };
    dki_pieces next = { NULL, 0, 0 };
    dk_status status = dki_follow_add(follow, out, member, &some, err);

    for (size_t end; begin < follow->hierarchy->n_changes && changes[begin].day <= follow->to && status == DK_OK;
         begin = end) {
        dki_pieces done = *out;

        end = day_end(follow, begin);
        next.n = 0;
        for (size_t i = 0; i < done.n && status == DK_OK; i++) {
            size_t last = end, first = changes_of(follow, done.items[i].member, begin, &last);

            if (first == last)
                status = dki_follow_add(follow, &next, done.items[i].member, &some, err);
            for (size_t k = first; k < last && status == DK_OK; k++)
                status = dki_follow_add(follow, &next, changes[k].new, &some, err);
        }
        *out = next;
        next = done;
    }
    dki_free(follow->context, next.items);
    return status;
}

static bool has_piece(const dki_pieces *pieces, uint32_t member)
{
    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->items[i].member == member)
            return true;
    return false;
}

/* The weight of a member, or one that nobody gave. */
static dki_share weight_of(const dki_follow *follow, uint32_t member)
{
    dk_ratio weight = follow->by_member[member];

    return weight.denominator > 0 ? dki_share_stated(weight) : dki_share_unweighed(member);
}

/* A part weighs what the members weigh that it is in the end; one that several parts come to weighs for each alike. *lacks: the first
 * that has no weight, unless there was one before. */
static dki_share weigh_part(const dki_follow *follow, const dki_pieces *ends, size_t n, size_t part,
                            uint32_t *lacks)
{
    dki_share sum = dki_share_stated((dk_ratio){ 0, 1 });

    for (size_t i = 0; i < ends[part].n; i++) {
        uint32_t end = ends[part].items[i].member;
        dki_share weight = weight_of(follow, end), alike;
        int64_t n_parts = 0;

        for (size_t k = 0; k < n; k++)
            n_parts += has_piece(&ends[k], end);
        if (*lacks == 0 && follow->by_member[end].denominator == 0)
            *lacks = end;
        alike = dki_share_stated((dk_ratio){ 1, n_parts });
        alike = dki_share_mul(&weight, &alike);
        sum = dki_share_add(&sum, &alike);
    }
    return sum;
}

static void note_lack(dki_follow *follow, uint32_t member, size_t n, uint32_t lacks)
{
    if (follow->lack.member == 0)
        follow->lack = (dki_lack){ member, lacks, n };
}

/* The weights of parts, as their shares. Those of members in between serve where those of the end are not given. Of one end alone, where
 * weights say nothing, each part is the same. */
static dk_status weigh_parts(dki_follow *follow, uint32_t member, const dki_pieces *ends, dk_error *err)
{
    const dki_share some = { { 0, 0 }, { 0 } };
    dki_division *parts = follow->parts;
    dki_pieces all = { NULL, 0, 0 };
    bool own = true;
    uint32_t lacks = 0;
    size_t n = follow->n_parts, n_ends;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n; i++) {
        own = own && follow->by_member[parts[i].member].denominator > 0;
        for (size_t k = 0; k < ends[i].n && status == DK_OK; k++)
            status = dki_follow_add(follow, &all, ends[i].items[k].member, &some, err);
    }
    n_ends = all.n;
    dki_free(follow->context, all.items);
    for (size_t i = 0; i < n; i++)
        parts[i].share =
            n_ends == 1 ? dki_share_stated((dk_ratio){ 1, 1 }) : weigh_part(follow, ends, n, i, &lacks);
    for (size_t i = 0; i < n && lacks > 0 && own; i++)
        parts[i].share = weight_of(follow, parts[i].member);
    if (lacks > 0 && !own)
        note_lack(follow, member, n_ends, lacks);
    return status;
}

/* Makes weights of parts shares of the whole, without parts that weigh nothing; where none weighs anything, shares that nobody stated. */
static void share_parts(dki_follow *follow, uint32_t member, size_t change)
{
    dki_share sum = dki_share_stated((dk_ratio){ 0, 1 });
    size_t n = 0;

    for (size_t i = 0; i < follow->n_parts; i++)
        sum = dki_share_add(&sum, &follow->parts[i].share);
    if (dki_share_is_zero(&sum)) {
        note_lack(follow, member, follow->n_parts, 0);
        for (size_t i = 0; i < follow->n_parts; i++)
            follow->parts[i].share = dki_share_unstated(change, i, follow->n_parts);
        return;
    }
    for (size_t i = 0; i < follow->n_parts; i++) {
        dki_division part = follow->parts[i];

        part.share = dki_share_div(&part.share, &sum);
        if (!dki_share_is_zero(&part.share))
            follow->parts[n++] = part;
    }
    follow->n_parts = n;
}

/* Shares of the parts of a member, of which nobody stated any, from `change` on; changes from `later` on are those of later days. */
static dk_status divide_by_weights(dki_follow *follow, uint32_t member, size_t change, size_t later, dk_error *err)
{
    size_t n = follow->n_parts;
    dki_pieces *ends = dki_calloc(follow->context, n, sizeof *ends, err);
    dk_status status = ends ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = reach(follow, follow->parts[i].member, later, &ends[i], err);
    if (status == DK_OK)
        status = weigh_parts(follow, member, ends, err);
    if (status == DK_OK)
        share_parts(follow, member, change);
    for (size_t i = 0; ends && i < n; i++)
        dki_free(follow->context, ends[i].items);
    dki_free(follow->context, ends);
    return status;
}

/* Follows a member. ------------------------------------------------------------------------------------------------ */

/* The changes of one day, begin .. end - 1, do to a piece what they say of its member. */
static dk_status step(dki_follow *follow, size_t begin, size_t end, const dki_piece *piece, dk_error *err)
{
    const dki_change *changes = follow->hierarchy->changes;
    size_t last = end, first = changes_of(follow, piece->member, begin, &last);
    dk_status status = dki_grow(follow->context, (void **)&follow->parts, &follow->parts_capacity, last - first,
                                sizeof *follow->parts, err);

    if (status == DK_OK && first == last)
        return dki_follow_add(follow, &follow->next, piece->member, &piece->share, err);
    for (size_t i = first; i < last && status == DK_OK; i++)
        follow->parts[i - first] =
            (dki_division){ changes[i].new, changes[i].share.denominator > 0
                                                ? dki_share_stated(changes[i].share)
                                                : dki_share_unstated(first, i - first, last - first) };
    follow->n_parts = last - first;
    if (status == DK_OK && follow->forth && changes[first].share.denominator == 0)
        status = divide_by_weights(follow, piece->member, first, end, err);
    for (size_t i = 0; i < follow->n_parts && status == DK_OK; i++) {
        dki_share share = dki_share_mul(&piece->share, &follow->parts[i].share);

        status = dki_follow_add(follow, &follow->next, follow->parts[i].member, &share, err);
    }
    return status;
}

dk_status dki_follow_member(dki_follow *follow, uint32_t member, int64_t after, int64_t until, dk_error *err)
{
    const dki_change *changes = follow->hierarchy->changes;
    const dki_share whole = dki_share_stated((dk_ratio){ 1, 1 });
    size_t n = follow->hierarchy->n_changes, begin = 0, end;
    dk_status status;

    follow->now.n = 0;
    follow->lack.member = 0;
    status = dki_follow_add(follow, &follow->now, member, &whole, err);
    while (begin < n && changes[begin].day <= after)
        begin++;
    for (; begin < n && changes[begin].day <= until && status == DK_OK; begin = end) {
        dki_pieces done;

        end = day_end(follow, begin);
        follow->next.n = 0;
        for (size_t i = 0; i < follow->now.n && status == DK_OK; i++)
            status = step(follow, begin, end, &follow->now.items[i], err);
        done = follow->now;
        follow->now = follow->next;
        follow->next = done;
    }
    return status;
}

/* The first day of a member that begins behind the day that is recoded to; DKI_DAY_LAST: it was there before. */
static int64_t begins_later(const dki_follow *follow, uint32_t member)
{
    const dki_hierarchy_level *level = &follow->hierarchy->levels[0];
    int64_t first = level->spans[level->first[member]].from;

    return first > follow->to ? first : DKI_DAY_LAST;
}

dk_status dki_follow_fail_unknown(const dki_follow *follow, uint32_t member, dk_error *err)
{
    bool back = follow->to < follow->from;
    dk_text name = dki_follow_name(follow, member);
    int64_t later = back ? DKI_DAY_LAST : begins_later(follow, member);
    char day[32];

    if (back && dki_hierarchy_span(follow->hierarchy, 0, member, follow->to)) {
        (void)dki_fail(err, DK_ERR_DATA, "%.*s is there on %s, and before that a change says that it became others",
                       (int)name.size, name.bytes, dki_day_shown(follow->from, day));
        dki_hint(err, "end it on the day of the change, or let a share of it stay: old and new are the same");
        return DK_ERR_DATA;
    }
    (void)dki_fail(err, DK_ERR_DATA, "%.*s is not there on %s, and no change says what %s", (int)name.size,
                   name.bytes, dki_day_shown(follow->to, day), back ? "it came from" : "became of it");
    if (later == DKI_DAY_LAST)
        dki_hint(err, "add it to the changes of the hierarchy: date, old, new");
    else
        dki_hint(err, "it is there from %s on: a change is of the day on which what is new begins",
                 dki_day_shown(later, day));
    return DK_ERR_DATA;
}

dk_status dki_follow_add_pairs(dki_follow *follow, uint32_t member, const dki_pieces *becomes, dk_error *err)
{
    dk_status status = DK_OK;

    if (becomes->n == 1 && becomes->items[0].member == member)
        return DK_OK;
    for (size_t i = 0; i < becomes->n && status == DK_OK; i++)
        status =
            dki_recode_add(&follow->made, dki_follow_name(follow, member),
                           dki_follow_name(follow, becomes->items[i].member), becomes->items[i].share.exact, err);
    return status;
}

/* What became of a member is there, and depends on nothing that nobody said. */
static dk_status check_known(const dki_follow *follow, uint32_t member, dk_error *err)
{
    const dki_share whole = dki_share_stated((dk_ratio){ 1, 1 });

    for (size_t i = 0; i < follow->now.n; i++) {
        const dki_piece *piece = &follow->now.items[i];

        if (!dki_hierarchy_span(follow->hierarchy, 0, piece->member, follow->to))
            return dki_follow_fail_unknown(follow, piece->member, err);
        if (!dki_share_same(&piece->share, &whole, DKI_POINT_SHARES) ||
            !dki_share_same(&piece->share, &whole, DKI_POINT_WEIGHTS))
            return dki_follow_fail_lack(follow, &follow->lack, err);
    }
    for (size_t i = 0; i < follow->now.n; i++)
        if (follow->now.items[i].share.exact.denominator == 0)
            return dki_follow_fail_fit(follow, member, err);
    return DK_OK;
}

dk_status dki_follow_told(dki_follow *follow, uint32_t member, dk_status status, const dk_error *own, dk_error *err)
{
    dki_lacking *lacking = follow->lacking;

    if (lacking == NULL || (status != DK_ERR_DATA && status != DK_ERR_OVERFLOW)) {
        if (status != DK_OK && err)
            *err = *own;
        return status;
    }
    if (lacking->n++ == 0)
        lacking->first = *own;
    lacking->members[member] = true;
    return DK_OK;
}

/* What a member of the day `from` is on a later day. */
static dk_status tell_forth(dki_follow *follow, uint32_t member, dk_error *err)
{
    dk_status status = dki_poll(follow->context, err);

    if (status == DK_OK)
        status = dki_follow_member(follow, member, follow->from, follow->to, err);
    if (status == DK_OK)
        status = check_known(follow, member, err);
    return status == DK_OK ? dki_follow_add_pairs(follow, member, &follow->now, err) : status;
}

static dk_status recode_forth(dki_follow *follow, size_t n_members, dk_error *err)
{
    dk_status status = DK_OK;

    follow->forth = true;
    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        dk_error own = DK_ERROR_INIT;

        if (dki_follow_wants(follow, member))
            status = dki_follow_told(follow, member, tell_forth(follow, member, &own), &own, err);
    }
    return status;
}

dk_status dki_hierarchy_recode_day(const dk_hierarchy *hierarchy, const char *text, int64_t *out, dk_error *err)
{
    if (text == NULL || strlen(text) != 10 || !dki_parse_date(text, 10, 'y', out))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "a recode goes from one day to another, such as 2018-01-01, and \"%.40s\" is none",
                        text ? text : "");
    if (hierarchy->dated || hierarchy->n_changes > 0)
        return DK_OK;
    if (hierarchy->vintage[0]) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "nothing changes in what holds on %s", hierarchy->vintage);
        dki_hint(err, "ask the hierarchy of all days, which it was taken from");
        return DK_ERR_ARGUMENT;
    }
    (void)dki_fail(err, DK_ERR_ARGUMENT, "nothing changes in a hierarchy without days");
    dki_hint(err, "make it with from and to, and with changes");
    return DK_ERR_ARGUMENT;
}

dk_status dki_hierarchy_recode(const dk_hierarchy *hierarchy, int64_t from, int64_t to, const dk_table *weights,
                               const bool *wanted, dki_lacking *lacking, const dk_recode **out, dk_error *err)
{
    dki_follow follow = { .hierarchy = hierarchy,
                          .context = hierarchy->context,
                          .from = from,
                          .to = to,
                          .weights = weights,
                          .wanted = wanted,
                          .lacking = lacking };
    size_t n_members = dk_dictionary_n_levels(hierarchy->levels[0].members);
    dk_status status;

    dki_recode_items_init(&follow.made, hierarchy->context);
    status = load_weights(&follow, err);
    if (status == DK_OK)
        status = (to < from ? dki_recode_back : recode_forth)(&follow, n_members, err);
    if (status == DK_OK)
        status = dki_recode_of(&follow.made, out, err);
    dki_recode_items_drop(&follow.made);
    dki_free(follow.context, follow.by_member);
    dki_free(follow.context, follow.now.items);
    dki_free(follow.context, follow.next.items);
    dki_free(follow.context, follow.parts);
    return status;
}
