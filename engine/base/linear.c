/* linear.c - bounds from sums, in whole numbers: each sum on its own, and several as one by multipliers.
 *
 * A sum lies in its total's bounds, and all its terms but one in theirs; what is left is what the one lies in. With
 * multipliers, y[i] times sum i, for all sums, gives one sum with other factors, to which the same applies.
 */
#include "linear.h"

#include <math.h>

#include "linear_parts.h"
#include "memory.h"

/* Bounds. ----------------------------------------------------------------------------------------------------------- */

static dki_i128 divide_down(dki_i128 value, dki_i128 by)
{
    return value / by - (value % by < 0);
}

static dki_i128 divide_up(dki_i128 value, dki_i128 by)
{
    return value / by + (value % by > 0);
}

bool dki_bounds_raise(dki_bounds *b, dki_i128 value, dki_i128 by, bool is_whole)
{
    dki_i128 least = is_whole ? divide_up(value, by) : divide_down(value, by);

    if (!dki_fits_i64(least) || (!b->no_least && b->least >= (int64_t)least))
        return false;
    b->least = (int64_t)least;
    b->no_least = false;
    return true;
}

bool dki_bounds_lower(dki_bounds *b, dki_i128 value, dki_i128 by, bool is_whole)
{
    dki_i128 greatest = is_whole ? divide_down(value, by) : divide_up(value, by);

    if (!dki_fits_i64(greatest) || (!b->no_greatest && b->greatest <= (int64_t)greatest))
        return false;
    b->greatest = (int64_t)greatest;
    b->no_greatest = false;
    return true;
}

/* A side of factor times a number: the least (up false) or the greatest. False: it is open. */
static bool find_side(const dki_bounds *b, int64_t factor, bool up, dki_i128 *out)
{
    bool is_greatest = (factor > 0) == up;

    *out = (dki_i128)factor * (is_greatest ? b->greatest : b->least);
    return is_greatest ? !b->no_greatest : !b->no_least;
}

/* Each sum on its own. ---------------------------------------------------------------------------------------------- */

/* What the terms of a sum can add up to; terms whose side is open are counted instead. Side 0 is the least, 1 the greatest.
 * 2^32 terms of 2^31 times 2^63 have room. */
struct activity {
    dki_i128 sum[2];
    size_t n_open[2];
};

static struct activity add_up(const dki_sums *sums, const dki_bounds *bounds, size_t i)
{
    struct activity a = { 0 };

    for (size_t t = sums->starts[i]; t < sums->starts[i + 1]; t++)
        for (int side = 0; side < 2; side++) {
            dki_i128 term;

            if (find_side(&bounds[sums->numbers[t]], sums->factors[t], side, &term))
                a.sum[side] += term;
            else
                a.n_open[side]++;
        }
    return a;
}

/* True where the sum has no terms that fit. */
static bool cannot_hold(const dki_bounds *total, const struct activity *a)
{
    return (!total->no_greatest && a->n_open[0] == 0 && a->sum[0] > total->greatest) ||
           (!total->no_least && a->n_open[1] == 0 && a->sum[1] < total->least);
}

size_t dki_sums_alone(const dki_sums *sums, const dki_bounds *bounds)
{
    size_t i = 0;

    for (; i < sums->n_sums; i++) {
        struct activity a = add_up(sums, bounds, i);

        if (cannot_hold(&sums->totals[i], &a))
            break;
    }
    return i;
}

/* What the others leave of one side of the total: of the greatest by their least, and the other way around. */
static bool find_rest(const dki_bounds *total, const struct activity *a, const dki_bounds *b, int64_t factor,
                      bool up, dki_i128 *out)
{
    int side = !up;
    dki_i128 own;
    bool is_known = find_side(b, factor, side, &own);

    if (up ? total->no_greatest : total->no_least)
        return false;
    if (a->n_open[side] > (is_known ? 0U : 1U)) /* another one is open */
        return false;
    *out = (up ? total->greatest : total->least) - (a->sum[side] - (is_known ? own : 0));
    return true;
}

/* True where a bound changed; the activity stays what the bounds before it gave, which is true of those after it. */
static bool narrow(const dki_sums *sums, dki_bounds *bounds, size_t i, const struct activity *a)
{
    bool has_changed = false;

    for (size_t t = sums->starts[i]; t < sums->starts[i + 1]; t++) {
        dki_bounds *b = &bounds[sums->numbers[t]];
        const dki_bounds before = *b;
        int64_t factor = sums->factors[t];
        dki_i128 rest, by = factor < 0 ? -(dki_i128)factor : factor;

        for (int up = 0; up < 2; up++)
            if (find_rest(&sums->totals[i], a, &before, factor, up, &rest)) {
                bool is_greatest = (factor > 0) == up;

                rest = factor < 0 ? -rest : rest;
                has_changed |= is_greatest ? dki_bounds_lower(b, rest, by, sums->are_whole)
                                           : dki_bounds_raise(b, rest, by, sums->are_whole);
            }
    }
    return has_changed;
}

/* The first number of a sum whose bounds cross makes the sum one that cannot hold. */
static bool crosses(const dki_sums *sums, const dki_bounds *bounds, size_t i)
{
    for (size_t t = sums->starts[i]; t < sums->starts[i + 1]; t++)
        if (dki_bounds_cross(&bounds[sums->numbers[t]]))
            return true;
    return false;
}

static void tell_conflict(dki_sums_answer *answer, size_t sum, bool is_smallest)
{
    answer->is_possible = false;
    answer->conflict[0] = sum;
    answer->n_conflict = 1;
    answer->is_smallest = is_smallest;
}

dk_status dki_sums_propagate(dk_context *context, const dki_sums *sums, dki_bounds *bounds, dki_sums_answer *answer,
                             dk_error *err)
{
    size_t alone = dki_sums_alone(sums, bounds);
    bool has_changed = true;

    answer->is_possible = true;
    answer->n_conflict = answer->n_unsettled = 0;
    if (alone < sums->n_sums) {
        tell_conflict(answer, alone, true);
        return DK_OK;
    }
    for (size_t round = 0; has_changed && round < DKI_MOST_ROUNDS; round++) {
        has_changed = false;
        for (size_t i = 0; i < sums->n_sums; i++) {
            struct activity a = add_up(sums, bounds, i);
            dk_status status = dki_poll(context, err);

            if (status != DK_OK)
                return status;
            has_changed |= narrow(sums, bounds, i, &a);
            if (cannot_hold(&sums->totals[i], &a) || crosses(sums, bounds, i)) {
                tell_conflict(answer, i, false);
                return DK_OK;
            }
        }
    }
    return DK_OK;
}

/* Several as one. --------------------------------------------------------------------------------------------------- */

#define MOST_MULTIPLIER 1e12 /* so that a thousand million of them, times factors, are no overflow that matters */

/* y * by as a whole number; 0 where the side of the total that it takes is open, or it is none of those. */
static int64_t make_whole(double y, int64_t by, const dki_bounds *total)
{
    double whole = nearbyint(y * (double)by);

    if (!(fabs(whole) <= MOST_MULTIPLIER) || (whole > 0 ? total->no_least : total->no_greatest))
        return 0;
    return (int64_t)whole;
}

static bool add_product(dki_i128 *value, int64_t factor, int64_t number)
{
    return !dki_add_i128(*value, (dki_i128)factor * number, value);
}

bool dki_sums_prove(const dki_sums *sums, const dki_bounds *bounds, const double *multipliers, int64_t by,
                    size_t number, int sign, int64_t *scratch, dki_i128 *value)
{
    bool holds = true;

    *value = 0;
    if (sign != 0)
        scratch[number] = sign * by;
    for (size_t i = 0; i < sums->n_sums; i++) {
        const dki_bounds *total = &sums->totals[i];
        int64_t y = multipliers[i] != 0 ? make_whole(multipliers[i], by, total) : 0;

        if (y == 0)
            continue;
        holds &= add_product(value, y, y > 0 ? total->least : total->greatest);
        for (size_t t = sums->starts[i]; t < sums->starts[i + 1]; t++) {
            int64_t term;

            holds &= !dki_mul_i64(y, sums->factors[t], &term) &&
                     !dki_sub_i64(scratch[sums->numbers[t]], term, &scratch[sums->numbers[t]]);
        }
    }
    for (size_t k = 0; k < sums->n_numbers; k++) {
        int64_t factor = scratch[k];

        scratch[k] = 0;
        if (factor == 0)
            continue;
        holds &= factor > 0 ? !bounds[k].no_least : !bounds[k].no_greatest;
        holds &= add_product(value, factor, factor > 0 ? bounds[k].least : bounds[k].greatest);
    }
    return holds;
}
