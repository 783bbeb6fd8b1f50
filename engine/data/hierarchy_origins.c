/* hierarchy_origins.c - what members of one day were on an earlier one.
 *
 * Each member of the earlier day is followed to the later one. What of it came into a member weighs what it weighs itself, by that
 * share; so much of what came into the member is of it. Shares of members that were divided are not told by weights of the earlier
 * day: where nobody stated them, or a weight is not given, what depends on that is not known (hierarchy_shares.h).
 */
#include "hierarchy_recode.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"

/* The members of the day `from`, and of each what came into it from those of the day `to`, by member; shares are weights. */
typedef struct dki_origins {
    dki_follow *follow;
    dki_pieces *of;
} dki_origins;

static bool weighs_nothing(const dki_follow *follow, uint32_t member)
{
    return follow->by_member[member].denominator > 0 && follow->by_member[member].numerator == 0;
}

/* Adds a member of the day `to` to what came into those that it became. */
static dk_status add_origin(dki_origins *origins, uint32_t origin, dk_error *err)
{
    dki_follow *follow = origins->follow;
    dk_ratio weight = follow->by_member[origin];
    dki_share weighs = weight.denominator > 0 ? dki_share_stated(weight) : dki_share_unweighed(origin);
    dk_status status = dki_follow_member(follow, origin, follow->to, follow->from, err);

    for (size_t i = 0; i < follow->now.n && status == DK_OK; i++) {
        const dki_piece *piece = &follow->now.items[i];
        dki_share mass = dki_share_mul(&piece->share, &weighs);

        if (dki_follow_wants(follow, piece->member))
            status = dki_follow_add(follow, &origins->of[piece->member], origin, &mass, err);
    }
    return status;
}

/* The shares of what came into a member are known at all points alike. */
static dk_status check_known(const dki_follow *follow, uint32_t member, const dki_pieces *origins,
                             const dki_share *sum, dk_error *err)
{
    dk_text name = dki_follow_name(follow, member);
    bool stated = true, weighed = true;
    dki_lack lack = { member, 0, origins->n };

    for (size_t i = 0; i < origins->n; i++) {
        const dki_piece *piece = &origins->items[i];

        stated = stated && dki_share_same(&piece->share, sum, DKI_POINT_SHARES);
        weighed = weighed && dki_share_same(&piece->share, sum, DKI_POINT_WEIGHTS);
        if (lack.lacks == 0 && follow->by_member[piece->member].denominator == 0)
            lack.lacks = piece->member;
    }
    if (stated)
        return weighed ? DK_OK : dki_follow_fail_lack(follow, &lack, err);
    (void)dki_fail(err, DK_ERR_DATA, "%.*s came from members that were divided by shares that nobody stated",
                   (int)name.size, name.bytes);
    dki_hint(err, "state the shares of what was divided in the changes of the hierarchy: date, old, new, share");
    return DK_ERR_DATA;
}

/* Makes weights of what came into a member shares of it, without what weighs nothing. */
static dk_status share_origins(const dki_follow *follow, uint32_t member, dki_pieces *origins, const dki_share *sum,
                               dk_error *err)
{
    size_t n = 0;

    for (size_t i = 0; i < origins->n; i++)
        if (!weighs_nothing(follow, origins->items[i].member))
            origins->items[n++] = origins->items[i];
    origins->n = n;
    for (size_t i = 0; i < n; i++) {
        dk_ratio *share = &origins->items[i].share.exact;

        if (n == 1)
            *share = (dk_ratio){ 1, 1 };
        else if (share->denominator == 0 || sum->exact.denominator == 0 ||
                 !dki_ratio_div(*share, sum->exact, share))
            return dki_follow_fail_fit(follow, member, err);
    }
    return DK_OK;
}

/* Says what a member was. */
static dk_status add_member(dki_follow *follow, uint32_t member, dki_pieces *origins, dk_error *err)
{
    dki_share sum = dki_share_stated((dk_ratio){ 0, 1 });
    bool weighs = false;
    dk_status status;

    if (origins->n == 0)
        return dki_follow_fail_unknown(follow, member, err);
    for (size_t i = 0; i < origins->n; i++) {
        sum = dki_share_add(&sum, &origins->items[i].share);
        weighs |= !weighs_nothing(follow, origins->items[i].member);
    }
    if (origins->n == 1) /* whatever it weighs */
        origins->items[0].share = dki_share_stated((dk_ratio){ 1, 1 });
    else if (!weighs)
        return dki_follow_fail_lack(follow, &(dki_lack){ member, 0, origins->n }, err);
    status = origins->n == 1 ? DK_OK : check_known(follow, member, origins, &sum, err);
    if (status == DK_OK && origins->n > 1)
        status = share_origins(follow, member, origins, &sum, err);
    return status == DK_OK ? dki_follow_add_pairs(follow, member, origins, err) : status;
}

dk_status dki_recode_back(dki_follow *follow, size_t n_members, dk_error *err)
{
    dki_origins origins = { .follow = follow };
    dk_status status;

    origins.of = dki_calloc(follow->context, n_members + 1, sizeof *origins.of, err);
    status = origins.of ? DK_OK : DK_ERR_MEMORY;
    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        status = dki_poll(follow->context, err);
        if (status == DK_OK && dki_hierarchy_span(follow->hierarchy, 0, member, follow->to))
            status = add_origin(&origins, member, err);
    }
    for (uint32_t member = 1; member <= n_members && status == DK_OK; member++) {
        dk_error own = DK_ERROR_INIT;

        if (dki_follow_wants(follow, member))
            status =
                dki_follow_told(follow, member, add_member(follow, member, &origins.of[member], &own), &own, err);
    }
    for (size_t i = 0; origins.of && i <= n_members; i++)
        dki_free(follow->context, origins.of[i].items);
    dki_free(follow->context, origins.of);
    return status;
}
