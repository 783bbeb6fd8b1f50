/* hierarchy_origins.c - what members of one day were on an earlier one.
 *
 * From the earlier day on, a day of changes at a time, each member has the members that it came from, with the share of it that each
 * is, and a mass: what weights of the earlier day make of it. What several go into is theirs by their masses. Where nobody stated the
 * shares of a member that was divided, the masses of its parts are not known, and yet of each part the origins are, as they are the
 * whole's: a mass is needed only where members of different origins meet.
 */
#include "hierarchy_recode.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"

/* Why the origins of a member are known, but not which share of it each is. */
enum doubt { SURE, LACKS_WEIGHT, UNSTATED, ZERO };

struct state {
    bool there;
    enum doubt doubt, mass_doubt;
    dk_ratio mass;      /* where mass_doubt is SURE */
    dki_pieces origins; /* by member */
};

/* What flows into a member: of another one, before the changes of a day. */
struct flow {
    const struct state *state;
    enum doubt doubt;
    dk_ratio mass;
};

struct flows {
    struct flow *items;
    size_t n, capacity;
};

struct back {
    dki_follow *follow;
    struct state *states; /* of each member */
    struct state *next;   /* of members that changes of a day are about, until all of them are there */
    struct flows flows;
};

static int by_member(const void *a, const void *b)
{
    const dki_piece *x = a, *y = b;

    return (x->member > y->member) - (x->member < y->member);
}

static bool same_origins(const struct state *a, const struct state *b)
{
    if (a->doubt != SURE || b->doubt != SURE || a->origins.n != b->origins.n)
        return false;
    for (size_t i = 0; i < a->origins.n; i++)
        if (a->origins.items[i].member != b->origins.items[i].member ||
            dki_ratio_compare(a->origins.items[i].share, b->origins.items[i].share) != 0)
            return false;
    return true;
}

/* share: 1 where a member stays what it is; 0/0 where nobody stated it. */
static dk_status add_flow(struct back *back, uint32_t from, dk_ratio share, dk_error *err)
{
    const struct state *state = &back->states[from];
    struct flow flow = { state, state->mass_doubt, { 0, 1 } };
    dk_status status;

    if (!state->there)
        return DK_OK;
    if (flow.doubt == SURE && state->mass.numerator > 0) {
        if (share.denominator == 0)
            flow.doubt = UNSTATED;
        else if (!dki_ratio_mul(state->mass, share, &flow.mass))
            return dki_follow_fail_fit(back->follow, from, err);
    }
    status = dki_grow(back->follow->context, (void **)&back->flows.items, &back->flows.capacity, back->flows.n + 1,
                      sizeof *back->flows.items, err);
    if (status == DK_OK)
        back->flows.items[back->flows.n++] = flow;
    return status;
}

static bool is_nothing(const struct flow *flow)
{
    return flow->doubt == SURE && flow->mass.numerator == 0;
}

/* The mass of what flows together. */
static dk_status add_masses(struct back *back, uint32_t member, struct state *out, dk_error *err)
{
    out->mass = (dk_ratio){ 0, 1 };
    for (size_t i = 0; i < back->flows.n; i++) {
        const struct flow *flow = &back->flows.items[i];

        if (flow->doubt != SURE)
            out->mass_doubt = out->mass_doubt == UNSTATED ? UNSTATED : flow->doubt;
        else if (!dki_ratio_add(out->mass, flow->mass, &out->mass))
            return dki_follow_fail_fit(back->follow, member, err);
    }
    return DK_OK;
}

/* Whether, and if not why, shares of what flows together are known. *same: all have the same origins. */
static enum doubt judge(const struct back *back, const struct state *out, const struct flow **same)
{
    enum doubt doubt = out->mass_doubt != SURE ? out->mass_doubt : out->mass.numerator == 0 ? ZERO : SURE;
    bool differs = false;

    *same = NULL;
    for (size_t i = 0; i < back->flows.n; i++) {
        const struct flow *flow = &back->flows.items[i];

        if (doubt != ZERO && is_nothing(flow))
            continue;
        if (*same == NULL)
            *same = flow;
        differs |= !same_origins(flow->state, (*same)->state);
        if (flow->state->doubt != SURE && (doubt == SURE || doubt == ZERO))
            doubt = flow->state->doubt;
    }
    if (!differs)
        return SURE;
    *same = NULL;
    return doubt;
}

static dk_status mix(struct back *back, uint32_t member, struct state *out, dk_error *err)
{
    const struct flow *same = NULL;
    dk_status status = add_masses(back, member, out, err);

    if (status == DK_OK)
        out->doubt = judge(back, out, &same);
    for (size_t i = 0; i < back->flows.n && status == DK_OK; i++) {
        const struct flow *flow = &back->flows.items[i];
        const dki_pieces *origins = &flow->state->origins;

        if ((same && flow != same) || (out->doubt == SURE && !same && is_nothing(flow)))
            continue;
        for (size_t k = 0; k < origins->n && status == DK_OK; k++) {
            dk_ratio share = origins->items[k].share;

            if (out->doubt != SURE)
                share = (dk_ratio){ 0, 0 };
            else if (same == NULL &&
                     !(dki_ratio_mul(share, flow->mass, &share) && dki_ratio_div(share, out->mass, &share)))
                return dki_follow_fail_fit(back->follow, member, err);
            status = dki_follow_add(back->follow, &out->origins, origins->items[k].member, share, err);
        }
    }
    if (out->origins.n > 1)
        qsort(out->origins.items, out->origins.n, sizeof *out->origins.items, by_member);
    return status;
}

/* What a member is after changes begin .. end - 1 of a day, made of what all were before. */
static dk_status renew(struct back *back, uint32_t member, size_t begin, size_t end, dk_error *err)
{
    const dki_change *changes = back->follow->hierarchy->changes;
    struct state *out = &back->next[member];
    bool stays = true;
    dk_status status = DK_OK;

    if (out->there) /* done already */
        return DK_OK;
    back->flows.n = 0;
    for (size_t i = begin; i < end && status == DK_OK; i++) {
        stays = stays && changes[i].old != member;
        if (changes[i].new == member)
            status = add_flow(back, changes[i].old, changes[i].share, err);
    }
    if (stays && status == DK_OK)
        status = add_flow(back, member, (dk_ratio){ 1, 1 }, err);
    if (status != DK_OK || back->flows.n == 0)
        return status;
    out->there = true;
    return mix(back, member, out, err);
}

static void settle(struct back *back, uint32_t member)
{
    if (back->states[member].origins.items != back->next[member].origins.items)
        dki_free(back->follow->context, back->states[member].origins.items);
    back->states[member] = back->next[member];
}

/* The changes of a day, all at once. */
static dk_status pass_day(struct back *back, size_t begin, size_t end, dk_error *err)
{
    const dki_change *changes = back->follow->hierarchy->changes;
    const struct state none = { .there = false };
    dk_status status = DK_OK;

    for (size_t i = begin; i < end && status == DK_OK; i++) {
        status = renew(back, changes[i].old, begin, end, err);
        if (status == DK_OK)
            status = renew(back, changes[i].new, begin, end, err);
    }
    for (size_t i = begin; i < end && status == DK_OK; i++) {
        settle(back, changes[i].old);
        settle(back, changes[i].new);
    }
    for (size_t i = begin; i < end && status == DK_OK; i++)
        back->next[changes[i].old] = back->next[changes[i].new] = none;
    return status;
}

static dk_status start(struct back *back, size_t n_members, dk_error *err)
{
    const dki_follow *follow = back->follow;
    dk_status status = DK_OK;

    back->states = dki_calloc(follow->context, n_members + 1, sizeof *back->states, err);
    back->next = back->states ? dki_calloc(follow->context, n_members + 1, sizeof *back->next, err) : NULL;
    if (back->next == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        struct state *state = &back->states[member];

        state->there = dki_hierarchy_span(follow->hierarchy, 0, member, follow->to) != NULL;
        state->mass = follow->by_member[member];
        state->mass_doubt = state->mass.denominator == 0 ? LACKS_WEIGHT : SURE;
        if (state->there)
            status = dki_follow_add(follow, &state->origins, member, (dk_ratio){ 1, 1 }, err);
    }
    return status;
}

static dk_status fail_doubt(const struct back *back, uint32_t member, dk_error *err)
{
    const struct state *state = &back->states[member];
    dk_text name = dki_follow_name(back->follow, member);

    if (state->doubt == ZERO)
        return dki_follow_fail_zero(back->follow, member, err);
    for (size_t i = 0; i < state->origins.n && state->doubt == LACKS_WEIGHT; i++)
        if (back->follow->by_member[state->origins.items[i].member].denominator == 0)
            return dki_follow_fail_weight(back->follow, member, state->origins.n, state->origins.items[i].member,
                                          err);
    (void)dki_fail(err, DK_ERR_DATA, "%.*s came from members that were divided by shares that nobody stated",
                   (int)name.size, name.bytes);
    dki_hint(err, "state the shares of what was divided in the changes of the hierarchy: date, old, new, share");
    return DK_ERR_DATA;
}

static dk_status add_all(struct back *back, size_t n_members, dk_error *err)
{
    dki_follow *follow = back->follow;
    dk_status status = DK_OK;

    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        const struct state *state = &back->states[member];

        if (!dki_follow_wants(follow, member))
            continue;
        status = !state->there          ? dki_follow_fail_unknown(follow, member, err)
                 : state->doubt != SURE ? fail_doubt(back, member, err)
                                        : dki_follow_add_pairs(follow, member, &state->origins, err);
    }
    return status;
}

dk_status dki_recode_back(dki_follow *follow, size_t n_members, dk_error *err)
{
    const dki_change *changes = follow->hierarchy->changes;
    size_t n = follow->hierarchy->n_changes, begin = 0, end;
    struct back back = { .follow = follow };
    dk_status status = start(&back, n_members, err);

    while (begin < n && changes[begin].day <= follow->to)
        begin++;
    for (; begin < n && changes[begin].day <= follow->from && status == DK_OK; begin = end) {
        end = dki_follow_day_end(follow, begin);
        status = pass_day(&back, begin, end, err);
    }
    if (status == DK_OK)
        status = add_all(&back, n_members, err);
    for (size_t i = 0; i <= n_members; i++) {
        if (back.states)
            dki_free(follow->context, back.states[i].origins.items);
        if (back.next && back.next[i].origins.items != back.states[i].origins.items)
            dki_free(follow->context, back.next[i].origins.items);
    }
    dki_free(follow->context, back.states);
    dki_free(follow->context, back.next);
    dki_free(follow->context, back.flows.items);
    return status;
}
