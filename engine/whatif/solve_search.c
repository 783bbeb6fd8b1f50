/* solve_search.c - the least value of a parameter that reaches a target.
 *
 * Values stand in a list, from the least to the greatest, that is never written out: value i is computed. Halving
 * takes log2 n tries where it is proved that what is compared goes one way; otherwise every value is tried, from
 * the least on, until one reaches the target. Of more than DK_SOLVE_MOST values so many are tried at even
 * distances, then those between the first that reaches it and the one before by halving, and the finding says that
 * it is not complete.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/progress.h"
#include "base/status.h"
#include "solve_parts.h"

#define LEAST_PARTS 1000000

/* The values of a parameter. For persons: whole numbers first .. first + n_whole - 1; where there is something left
 * of a person at an end, the end itself. */
typedef struct values {
    const dki_solver *s;
    int64_t available; /* units */
    int64_t first;
    int64_t n_whole, n;
    dk_ratio step; /* of a range in parts */
} values;

static dk_value ratio_value(dk_ratio ratio)
{
    return (dk_value){ .type = DK_RATIO, .as.ratio = ratio };
}

static dk_value whole_value(int64_t number)
{
    return (dk_value){ .type = DK_INTEGER, .as.integer = number };
}

/* Whole persons whose share lies between the least and the greatest. */
static void list_shares(values *v)
{
    const dki_solver *s = v->s;
    dki_i128 low = (dki_i128)v->available * s->least.numerator;
    dki_i128 high = (dki_i128)v->available * s->greatest.numerator;
    int64_t last = (int64_t)dki_divide_outward(high, (dki_i128)s->greatest.denominator * DKI_PERSON, false);

    v->first = (int64_t)dki_divide_outward(low, (dki_i128)s->least.denominator * DKI_PERSON, true);
    v->n_whole = last >= v->first ? last - v->first + 1 : 0;
    if (v->n_whole > 0) /* and the greatest, where it is no whole number */
        v->n = v->n_whole + ((dki_i128)last * DKI_PERSON * s->greatest.denominator < high);
    else
        v->n = dki_ratio_compare(s->least, s->greatest) < 0 ? 2 : 1;
}

/* Whole numbers of persons, as many as there are at most, unless they come; true where the least is more than that. */
static bool list_counts(values *v)
{
    const dki_solver *s = v->s;
    dki_i128 last = v->available / DKI_PERSON;

    if (s->has_greatest) {
        dki_i128 most = dki_divide_outward(s->greatest.numerator, s->greatest.denominator, false);

        last = most < last || s->scenario->steps[s->first].effect == DK_ADDS ? most : last;
    }
    v->first = (int64_t)dki_divide_outward(s->least.numerator, s->least.denominator, true);
    if (v->first > last) {
        v->first = (int64_t)(v->available / DKI_PERSON);
        v->n_whole = v->n = 1;
        return true;
    }
    v->n_whole = v->n = (int64_t)last - v->first + 1;
    return false;
}

static void list_whole(values *v)
{
    dki_i128 n = (dki_i128)v->s->greatest.numerator - v->s->least.numerator + 1; /* denominators are 1 */

    v->first = v->s->least.numerator;
    v->n_whole = v->n = n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

/* The range in steps of a power of ten, of which there are LEAST_PARTS or somewhat more, and the greatest. */
static void list_parts(values *v)
{
    const dki_solver *s = v->s;
    dk_ratio width, count, next = { 1, 1 };
    const dk_ratio ten = { 10, 1 }, parts = { LEAST_PARTS, 1 };

    v->step = next;
    v->n_whole = 1;
    v->n = dki_ratio_compare(s->least, s->greatest) < 0 ? 2 : 1;
    if (v->n == 1 || !dki_ratio_sub(s->greatest, s->least, &width))
        return;
    while (dki_ratio_mul(next, ten, &next) && dki_ratio_div(width, next, &count) &&
           dki_ratio_compare(count, parts) >= 0)
        v->step = next;
    while (dki_ratio_div(width, v->step, &count) && dki_ratio_compare(count, parts) < 0 &&
           dki_ratio_div(v->step, ten, &next))
        v->step = next;
    v->n_whole = (int64_t)dki_divide_outward(count.numerator, count.denominator, false) + 1;
    v->n = v->n_whole + (count.denominator != 1);
}

/* Value i of 0 .. n - 1. */
static dk_value value_at(const values *v, int64_t i)
{
    const dki_solver *s = v->s;
    dk_ratio part, sum;

    switch (s->vary) {
    case DKI_VARY_SHARE:
        if (i < v->n_whole && v->available > 0 &&
            dki_ratio_make((dki_i128)(v->first + i) * DKI_PERSON, v->available, &part))
            return ratio_value(part);
        return ratio_value(i == 0 ? s->least : s->greatest);
    case DKI_VARY_COUNT:
    case DKI_VARY_WHOLE: return whole_value(v->first + i);
    default:
        if (i < v->n_whole && dki_ratio_mul(v->step, (dk_ratio){ i, 1 }, &part) &&
            dki_ratio_add(s->least, part, &sum))
            return ratio_value(sum);
        return ratio_value(s->greatest);
    }
}

/* Searching ---------------------------------------------------------------------------------------------------- */

typedef struct search {
    dki_solver *s;
    const dki_place *place;
    values values;
    dki_finding *found; /* holds the outcome that is best so far */
    bool has_outcome;
} search;

/* Whether an outcome that does not reach the target is nearer to it than another. */
static bool is_nearer(const dki_solver *s, const dki_outcome *a, const dki_outcome *b)
{
    int sign;

    if (!b->ran || (b->row == NULL && a->row))
        return a->ran;
    if (!a->ran || s->direction == 0)
        return a->ran;
    if (a->side.is_null || b->side.is_null)
        return b->side.is_null && !a->side.is_null;
    if (a->may_reach != b->may_reach)
        return a->may_reach;
    sign = dk_value_compare(&a->side, &b->side);
    return s->direction > 0 ? sign > 0 : sign < 0;
}

/* Tries value i. Where it reaches the target it is the finding, else where it is nearer than what was found. */
static dk_status try_value(search *w, int64_t i, bool *reached, dki_outcome *copy, dk_error *err)
{
    dki_finding *found = w->found;
    dki_outcome o;
    dk_status status = dki_solve_try(w->s, w->place, value_at(&w->values, i), &o, err);

    if (status != DK_OK)
        return status;
    found->n_tried++;
    *reached = o.reached;
    if (copy) {
        *copy = o;
        copy->row = NULL; /* its numbers alone */
    }
    if (o.reached || !w->has_outcome || (!found->reachable && is_nearer(w->s, &o, &found->outcome))) {
        dki_outcome_drop(&found->outcome);
        found->outcome = o;
        found->reachable = o.reached;
        w->has_outcome = true;
    } else {
        dki_outcome_drop(&o);
    }
    return DK_OK;
}

/* low does not reach the target and high does. */
static dk_status halve(search *w, int64_t low, int64_t high, dk_error *err)
{
    dk_status status = DK_OK;

    while (status == DK_OK && high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        bool reached;

        status = try_value(w, middle, &reached, NULL, err);
        if (status == DK_OK && reached)
            high = middle;
        else
            low = middle;
    }
    return status;
}

/* Values at even distances, all of them where they are few, from the least on. Those up to `before` were tried, and
 * the last, which reaches the target or not. */
static dk_status scan(search *w, int64_t before, bool last_reached, dk_error *err)
{
    int64_t last = w->values.n - 1, n = last < DK_SOLVE_MOST ? last : DK_SOLVE_MOST, high = -1;
    dk_status status = DK_OK;

    w->found->complete = n == last;
    for (int64_t i = 1; i < n && high < 0 && status == DK_OK; i++) {
        int64_t at = (int64_t)((dki_i128)last * i / n);
        bool reached;

        if (at <= before)
            continue;
        status = dki_poll(w->s->context, err);
        if (status == DK_OK)
            status = try_value(w, at, &reached, NULL, err);
        if (status == DK_OK && reached)
            high = at;
        else
            before = at;
        dki_progress(w->s->context, "solving", (uint64_t)i, (uint64_t)n);
    }
    dki_progress_end(w->s->context);
    if (high < 0 && last_reached)
        high = last;
    return status == DK_OK && high >= 0 ? halve(w, before, high, err) : status;
}

static dk_status list_values(search *w, dk_error *err)
{
    values *v = &w->values;
    dk_status status = DK_OK;

    switch (w->s->vary) {
    case DKI_VARY_SHARE:
        status = dki_solve_available(w->s, w->place, ratio_value(w->s->least), &v->available, err);
        if (status == DK_OK)
            list_shares(v);
        break;
    case DKI_VARY_COUNT:
        status = dki_solve_available(w->s, w->place, whole_value(0), &v->available, err);
        if (status == DK_OK)
            w->found->is_short = list_counts(v);
        break;
    case DKI_VARY_WHOLE: list_whole(v); break;
    default: list_parts(v);
    }
    return status;
}

/* Tries the least value, and the next one where there is no scenario of the least, as when a later step takes from
 * those whom this one moves. *at is the number of the last that was tried. */
static dk_status try_least(search *w, dki_outcome *low, int64_t *at, bool *reached, dk_error *err)
{
    dk_status status = try_value(w, 0, reached, low, err);

    *at = 0;
    if (status == DK_OK && !low->ran && w->values.n > 2) {
        *at = 1;
        status = try_value(w, 1, reached, low, err);
    }
    return status;
}

dk_status dki_solve_search(dki_solver *s, const dki_place *place, dki_finding *out, dk_error *err)
{
    dki_finding found = { .complete = true };
    search w = { .s = s, .place = place, .found = &found, .values.s = s };
    dki_outcome low, high;
    int64_t first = 0;
    bool reached = false, monotone = false;
    dk_status status = list_values(&w, err);

    if (status == DK_OK)
        status = try_least(&w, &low, &first, &reached, err);
    if (status == DK_OK && !reached && w.values.n - 1 > first) {
        status = try_value(&w, w.values.n - 1, &reached, &high, err);
        if (status == DK_OK)
            status = dki_solve_is_monotone(s, place, &low, &high, &monotone, err);
        if (status == DK_OK && !monotone)
            status = scan(&w, first, reached, err);
        else if (status == DK_OK && reached)
            status = halve(&w, first, w.values.n - 1, err);
        if (status == DK_OK && !s->any_ran) /* what is wrong is told of the greatest value */
            status = try_value(&w, w.values.n - 1, &reached, NULL, err);
    }
    if (status == DK_OK) {
        found.reachable = found.reachable && !found.is_short;
        *out = found;
    } else {
        dki_outcome_drop(&found.outcome);
    }
    dki_solve_forget(s);
    return status;
}
