/* attribution.c - the arithmetic of contributions, in whole numbers of 128 bits.
 *
 * All values are brought to one denominator; then a contribution is a sum of whole numbers over that denominator, times n! by Shapley.
 */
#include "attribution.h"

#include "base/number.h"

#define MOST_DIGITS 18u /* that values are rounded to, where they are */

size_t dki_attribution_n(const dki_attribution *a)
{
    return a->is_shapley ? (size_t)1 << a->n : a->n + 1;
}

static int64_t factorial(size_t n)
{
    static const int64_t factorials[DKI_SHAPLEY_MOST + 1] = { 1, 1, 2, 6, 24, 120, 720, 5040, 40320 };

    return factorials[n];
}

/* How often value k counts for step i; n: for the whole difference, which the divisor divides too. */
static int64_t coefficient(const dki_attribution *a, size_t i, size_t k, int64_t divisor)
{
    size_t last = dki_attribution_n(a) - 1, n_set;
    bool has;

    if (i == a->n) /* without steps the last is the first */
        return (k == last ? divisor : 0) - (k == 0 ? divisor : 0);
    if (!a->is_shapley)
        return k == i + 1 ? 1 : k == i ? -1 : 0;
    has = k >> i & 1;
    n_set = (size_t)__builtin_popcountll(k) - has;
    return (has ? 1 : -1) * factorial(n_set) * factorial(a->n - n_set - 1);
}

/* a->sums[0 .. n]: what each step contributes, and the whole, times the divisor. false: that does not fit. */
static bool add_up(const dki_attribution *a, const dk_value *values, dki_share *out)
{
    int64_t divisor = a->is_shapley ? factorial(a->n) : 1;

    for (size_t i = 0; i <= a->n; i++) {
        out[i] = (dki_share){ .exact = { 0, 1 } };
        a->sums[i] = 0;
        for (size_t k = 0; k < dki_attribution_n(a); k++) {
            int64_t times = coefficient(a, i, k, divisor);
            dki_i128 term;

            if (times == 0)
                continue;
            out[i].is_null = out[i].is_null || values[k].is_null;
            if (dki_mul_i128(a->numbers[k], times, &term) || dki_add_i128(a->sums[i], term, &a->sums[i]))
                return false;
        }
    }
    return true;
}

/* Exact -------------------------------------------------------------------------------------------------------- */

static bool to_ratio(const dk_value *value, dk_ratio *out)
{
    switch (value->type) {
    case DK_RATIO: *out = value->as.ratio; return true;
    case DK_DECIMAL: return dki_ratio_make(value->as.integer, dki_power10[value->scale], out);
    case DK_INTEGER: *out = (dk_ratio){ value->as.integer, 1 }; return true;
    default: return false;
    }
}

/* The least denominator of all known values. */
static bool common_denominator(const dki_attribution *a, const dk_value *values, dki_i128 *out)
{
    *out = 1;
    for (size_t k = 0; k < dki_attribution_n(a); k++) {
        dk_ratio ratio;

        if (values[k].is_null)
            continue;
        if (!to_ratio(&values[k], &ratio))
            return false;
        ratio.denominator /= dki_common_divisor(ratio.denominator, (int64_t)(*out % ratio.denominator));
        if (dki_mul_i128(*out, ratio.denominator, out))
            return false;
    }
    return true;
}

/* Exact sums over one denominator. */
static bool add_up_exact(const dki_attribution *a, const dk_value *values, dki_share *out, dki_i128 *denominator)
{
    if (!common_denominator(a, values, denominator))
        return false;
    for (size_t k = 0; k < dki_attribution_n(a); k++) {
        dk_ratio ratio = { 0, 1 };

        if (!values[k].is_null)
            (void)to_ratio(&values[k], &ratio);
        if (dki_mul_i128(*denominator / ratio.denominator, ratio.numerator, &a->numbers[k]))
            return false;
    }
    return add_up(a, values, out) && !dki_mul_i128(*denominator, a->is_shapley ? factorial(a->n) : 1, denominator);
}

bool dki_attribute_exact(const dki_attribution *a, const dk_value *values, dki_share *out)
{
    dki_i128 denominator;

    if (!add_up_exact(a, values, out, &denominator))
        return false;
    for (size_t i = 0; i <= a->n; i++)
        if (!out[i].is_null && !dki_ratio_make(a->sums[i], denominator, &out[i].exact))
            return false;
    return true;
}

/* Rounded ------------------------------------------------------------------------------------------------------ */

/* Values as whole numbers of 10^-*digits, with as many digits as leave room for sums. */
static bool round_values(const dki_attribution *a, const dk_value *values, unsigned *digits)
{
    const dki_i128 most = (dki_i128)1 << 100;

    for (unsigned p = MOST_DIGITS;; p--) {
        bool fits = true;

        for (size_t k = 0; k < dki_attribution_n(a) && fits; k++) {
            a->numbers[k] = 0;
            fits = values[k].is_null || (dki_round_value(&values[k], p, &a->numbers[k]) && a->numbers[k] < most &&
                                         a->numbers[k] > -most);
        }
        if (fits) {
            *digits = p;
            return true;
        }
        if (p == 0)
            return false;
    }
}

/* Sums such that `unit` of them make 10^-digits: exact where 128 bits hold them. */
static bool add_up_scaled(const dki_attribution *a, const dk_value *values, unsigned digits, dki_share *out,
                          dki_i128 *unit)
{
    unsigned of_values;
    bool fits = add_up_exact(a, values, out, unit);

    for (size_t i = 0; i <= a->n && fits; i++)
        fits = !dki_mul_i128(a->sums[i], dki_power10[digits], &a->sums[i]);
    if (fits)
        return true;
    *unit = a->is_shapley ? factorial(a->n) : 1;
    if (!round_values(a, values, &of_values) || of_values < digits || !add_up(a, values, out))
        return false;
    *unit *= dki_power10[of_values - digits];
    return true;
}

static dki_i128 divide_down(dki_i128 a, dki_i128 b)
{
    return a / b - (a % b < 0);
}

/* Gives the units that are left to the largest remainders. */
static void hand_out(const dki_attribution *a, dki_i128 unit, dki_share *out)
{
    int64_t left = out[a->n].rounded;

    for (size_t i = 0; i < a->n; i++)
        left -= out[i].rounded;
    for (; left > 0; left--) {
        size_t best = 0;

        for (size_t i = 1; i < a->n; i++)
            if (a->sums[i] > a->sums[best])
                best = i;
        out[best].rounded++;
        a->sums[best] -= unit; /* behind all others */
    }
}

bool dki_attribute_rounded(const dki_attribution *a, const dk_value *values, unsigned digits, dki_share *out)
{
    dki_i128 unit;
    bool any_null = false;

    if (!add_up_scaled(a, values, digits, out, &unit))
        return false;
    for (size_t i = 0; i <= a->n; i++)
        any_null = any_null || out[i].is_null;
    for (size_t i = 0; i <= a->n; i++) {
        dki_i128 rounded =
            i == a->n || any_null ? dki_divide_round(a->sums[i], unit) : divide_down(a->sums[i], unit);

        if (!dki_fits_i64(rounded))
            return false;
        out[i].rounded = out[i].is_null ? 0 : (int64_t)rounded;
        a->sums[i] -= rounded * unit;
    }
    if (!any_null)
        hand_out(a, unit, out);
    return true;
}
