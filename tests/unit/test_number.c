/* test_number.c - exact arithmetic, order and rounding of numbers.
 *
 * Expected values were worked with Python's fractions, whose integers have no limit; a result that does not fit in
 * 64 bits must be refused. Doubles are written in hexadecimal, to the bit.
 */
#include "check.h"

#include <stdlib.h>

#include "base/number.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

/* Reads a whole number of up to 38 digits. */
static dki_i128 whole(const char *text)
{
    bool negative = *text == '-';
    dki_i128 value = 0;

    for (text += negative; *text; text++)
        value = value * 10 + (*text - '0');
    return negative ? -value : value;
}

static void powers_of_ten_are_what_they_say(void **state)
{
    int64_t power = 1;

    (void)state;
    for (int i = 0; i < 19; i++) {
        assert_true(dki_power10[i] == power);
        if (i < 18)
            power *= 10;
    }
}

static void a_scale_changes_where_no_digit_is_lost(void **state)
{
    static const struct {
        int64_t value;
        unsigned from, to;
        bool fits;
        int64_t expected;
    } cases[] = {
        { 125, 2, 2, true, 125 },
        { 125, 2, 4, true, 12500 },
        { -12500, 4, 2, true, -125 },
        { -12500, 4, 1, false, 0 }, /* 1.25 has two */
        { 1, 0, 18, true, INT64_C(1000000000000000000) },
        { 9, 0, 18, true, INT64_C(9000000000000000000) },
        { 10, 0, 18, false, 0 },
        { -9, 0, 18, true, INT64_C(-9000000000000000000) },
        { INT64_C(9000000000000000000), 18, 0, true, 9 },
        { INT64_MIN, 0, 0, true, INT64_MIN },
        { INT64_MIN, 0, 1, false, 0 },
        { INT64_MIN, 1, 0, false, 0 },
        { INT64_C(922337203685477580), 0, 1, true, INT64_C(9223372036854775800) },
        { INT64_C(922337203685477581), 0, 1, false, 0 },
        { 0, 0, 18, true, 0 },
        { 0, 18, 0, true, 0 },
        { 1, 0, 30, false, 0 }, /* beyond what a decimal has: refused, not read past the powers */
        { 1, 30, 0, false, 0 },
        { 0, 0, 30, true, 0 },
        { 0, 30, 0, true, 0 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        int64_t out = 42;

        if (dki_rescale(cases[i].value, cases[i].from, cases[i].to, &out) != cases[i].fits)
            fail_msg("row %zu", i);
        if (out != (cases[i].fits ? cases[i].expected : 42))
            fail_msg("row %zu: %lld", i, (long long)out);
    }
}

/* Ratios. ------------------------------------------------------------------------------------------------------ */

static void a_ratio_is_in_lowest_terms_with_its_sign_above(void **state)
{
    dki_i128 least = -((dki_i128)1 << 126) - ((dki_i128)1 << 126), big = (dki_i128)INT64_MAX + 1;
    const struct {
        dki_i128 numerator, denominator;
        bool fits;
        dk_ratio expected;
    } cases[] = {
        { 5682, 7676, true, { 2841, 3838 } },
        { -5682, 7676, true, { -2841, 3838 } },
        { 5682, -7676, true, { -2841, 3838 } },
        { -5682, -7676, true, { 2841, 3838 } },
        { 0, 7676, true, { 0, 1 } },
        { 0, -7676, true, { 0, 1 } },
        { 0, 0, false, { 0 } },
        { 1, 0, false, { 0 } },
        { INT64_MAX, 1, true, { INT64_MAX, 1 } },
        { INT64_MIN, 1, true, { INT64_MIN, 1 } },
        { INT64_MIN, -1, false, { 0 } },
        { 1, INT64_MIN, false, { 0 } },
        { 2, INT64_MIN, true, { -1, INT64_C(4611686018427387904) } },
        { INT64_MIN, INT64_MIN, true, { 1, 1 } },
        { big, 1, false, { 0 } },
        { -big, 1, true, { INT64_MIN, 1 } },
        { big * 6, 4, false, { 0 } },
        { big * 6, 12, true, { INT64_C(4611686018427387904), 1 } },
        { big * big, big, false, { 0 } },
        { big * (big - 1), big, true, { INT64_MAX, 1 } },
        { big, big * (big - 1), true, { 1, INT64_MAX } },
        { 1, big, false, { 0 } },
        { least, least, true, { 1, 1 } },
        { least, 1, false, { 0 } },
        { 1, least, false, { 0 } },
        { least, big * 2, true, { INT64_MIN, 1 } },
        { least, -big * 2, false, { 0 } },
        { least + 1, least + 1, true, { 1, 1 } },
        { -(least + 1), least + 1, true, { -1, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        dk_ratio out = { 42, 43 };

        if (dki_ratio_make(cases[i].numerator, cases[i].denominator, &out) != cases[i].fits)
            fail_msg("row %zu", i);
        if (cases[i].fits &&
            (out.numerator != cases[i].expected.numerator || out.denominator != cases[i].expected.denominator))
            fail_msg("row %zu: %lld/%lld", i, (long long)out.numerator, (long long)out.denominator);
        if (!cases[i].fits)
            assert_true(out.numerator == 42 && out.denominator == 43);
    }
}

/* Every numerator and denominator from -60 to 60, against searching for a common divisor. */
static void small_ratios_have_no_common_divisor_left(void **state)
{
    (void)state;
    for (int n = -60; n <= 60; n++)
        for (int d = -60; d <= 60; d++) {
            dk_ratio out;

            assert_true(dki_ratio_make(n, d, &out) == (d != 0));
            if (d == 0)
                continue;
            assert_true(out.denominator > 0);
            assert_true(out.numerator * d == n * out.denominator);
            for (int64_t k = 2; k <= 60; k++)
                assert_false(out.numerator % k == 0 && out.denominator % k == 0);
        }
}

static void arithmetic_of_ratios_is_exact_or_refused(void **state)
{
    static const struct {
        char op;
        dk_ratio a, b;
        bool fits;
        dk_ratio expected;
    } cases[] = {
        { '+', { 1, 3 }, { 1, 6 }, true, { 1, 2 } },
        { '+', { -2841, 3838 }, { 997, 3838 }, true, { -922, 1919 } },
        { '+', { INT64_MAX, 1 }, { 1, 1 }, false, { 0, 1 } },
        { '+', { INT64_MIN, 1 }, { -1, 1 }, false, { 0, 1 } },
        { '+', { INT64_MAX, 2 }, { INT64_MAX, 2 }, true, { INT64_MAX, 1 } },
        { '+', { 1, INT64_MAX }, { 1, INT64_MAX }, true, { 2, INT64_MAX } },
        { '+', { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, false, { 0, 1 } },
        { '+', { INT64_MIN, 1 }, { INT64_MAX, 1 }, true, { -1, 1 } },
        { '+', { INT64_MIN, 1 }, { 0, 1 }, true, { INT64_MIN, 1 } },
        { '+', { 0, 1 }, { INT64_MIN, 1 }, true, { INT64_MIN, 1 } },
        { '+', { 0, 1 }, { 7, 3 }, true, { 7, 3 } },
        { '+', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, false, { 0, 1 } },
        { '+',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          false,
          { 0, 1 } },
        { '+', { 958521, 832 }, { -179996, 3361 }, true, { INT64_C(3071832409), 2796352 } },
        { '+',
          { 1792931687, INT64_C(4293179421) },
          { 2101705386, 1296473615 },
          true,
          { INT64_C(241435892295170213), INT64_C(118425400931648445) } },
        { '+', { INT64_C(-31670957910042), 551605583 }, { INT64_C(1228544913474), 87551749 }, false, { 0, 1 } },
        { '+', { INT64_C(177464965507), 79343 }, { 79343, INT64_C(177464965507) }, false, { 0, 1 } },
        { '+',
          { 137159997, INT64_C(887324827535) },
          { 103657566, INT64_C(887324827535) },
          true,
          { 240817563, INT64_C(887324827535) } },
        { '+', { INT64_C(35393435255750573), 79343 }, { INT64_C(177464965507), 50541491 }, false, { 0, 1 } },
        { '-', { 1, 3 }, { 1, 6 }, true, { 1, 6 } },
        { '-', { -2841, 3838 }, { 997, 3838 }, true, { -1, 1 } },
        { '-', { INT64_MAX, 1 }, { 1, 1 }, true, { INT64_C(9223372036854775806), 1 } },
        { '-', { INT64_MIN, 1 }, { -1, 1 }, true, { INT64_C(-9223372036854775807), 1 } },
        { '-', { INT64_MAX, 2 }, { INT64_MAX, 2 }, true, { 0, 1 } },
        { '-', { 1, INT64_MAX }, { 1, INT64_MAX }, true, { 0, 1 } },
        { '-', { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, false, { 0, 1 } },
        { '-', { INT64_MIN, 1 }, { INT64_MAX, 1 }, false, { 0, 1 } },
        { '-', { INT64_MIN, 1 }, { 0, 1 }, true, { INT64_MIN, 1 } },
        { '-', { 0, 1 }, { INT64_MIN, 1 }, false, { 0, 1 } },
        { '-', { 0, 1 }, { 7, 3 }, true, { -7, 3 } },
        { '-', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, true, { 0, 1 } },
        { '-',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          false,
          { 0, 1 } },
        { '-', { -39758, 403 }, { -491087, 632 }, true, { 172781005, 254696 } },
        { '-',
          { -779495941, 1328408245 },
          { -1580205257, INT64_C(2724618422) },
          true,
          { INT64_C(-24671308531681137), INT64_C(3619405576263689390) } },
        { '-', { INT64_C(-32273505685739), 481761025 }, { INT64_C(-34267425260320), 167639947 }, false, { 0, 1 } },
        { '-', { INT64_C(123363427449), 31621 }, { 31621, INT64_C(123363427449) }, false, { 0, 1 } },
        { '-',
          { 514171007, INT64_C(370090282347) },
          { 521531575, INT64_C(370090282347) },
          true,
          { -7360568, INT64_C(370090282347) } },
        { '-',
          { INT64_C(46092647488052217), 31621 },
          { INT64_C(41121142483), 3889383 },
          true,
          { INT64_C(5669395599909280208), 3889383 } },
        { '*', { 1, 3 }, { 1, 6 }, true, { 1, 18 } },
        { '*', { -2841, 3838 }, { 997, 3838 }, true, { -2832477, 14730244 } },
        { '*', { INT64_MAX, 1 }, { 1, 1 }, true, { INT64_MAX, 1 } },
        { '*', { INT64_MIN, 1 }, { -1, 1 }, false, { 0, 1 } },
        { '*', { INT64_MAX, 2 }, { INT64_MAX, 2 }, false, { 0, 1 } },
        { '*', { 1, INT64_MAX }, { 1, INT64_MAX }, false, { 0, 1 } },
        { '*', { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, false, { 0, 1 } },
        { '*', { INT64_MIN, 1 }, { INT64_MAX, 1 }, false, { 0, 1 } },
        { '*', { INT64_MIN, 1 }, { 0, 1 }, true, { 0, 1 } },
        { '*', { 0, 1 }, { INT64_MIN, 1 }, true, { 0, 1 } },
        { '*', { 0, 1 }, { 7, 3 }, true, { 0, 1 } },
        { '*', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, false, { 0, 1 } },
        { '*',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          true,
          { 1, 1 } },
        { '*', { 639969, 610 }, { -139165, 591 }, true, { INT64_C(-5937419059), 24034 } },
        { '*',
          { -126654919, 167655326 },
          { 126560313, 249886840 },
          true,
          { INT64_C(-16029486191629647), INT64_C(41894859623309840) } },
        { '*', { INT64_C(-4696057286399), 1019578201 }, { INT64_C(986788179740), 201238093 }, false, { 0, 1 } },
        { '*', { INT64_C(307212774427), 124999 }, { 124999, INT64_C(307212774427) }, true, { 1, 1 } },
        { '*', { 823398548, INT64_C(307212774427) }, { 1015554269, INT64_C(307212774427) }, false, { 0, 1 } },
        { '*', { INT64_C(146126063368976977), 124999 }, { INT64_C(13357077149), 1874985 }, false, { 0, 1 } },
        { '/', { 1, 3 }, { 1, 6 }, true, { 2, 1 } },
        { '/', { -2841, 3838 }, { 997, 3838 }, true, { -2841, 997 } },
        { '/', { INT64_MAX, 1 }, { 1, 1 }, true, { INT64_MAX, 1 } },
        { '/', { INT64_MIN, 1 }, { -1, 1 }, false, { 0, 1 } },
        { '/', { INT64_MAX, 2 }, { INT64_MAX, 2 }, true, { 1, 1 } },
        { '/', { 1, INT64_MAX }, { 1, INT64_MAX }, true, { 1, 1 } },
        { '/',
          { 1, INT64_MAX },
          { 1, INT64_C(9223372036854775806) },
          true,
          { INT64_C(9223372036854775806), INT64_MAX } },
        { '/', { INT64_MIN, 1 }, { INT64_MAX, 1 }, true, { INT64_MIN, INT64_MAX } },
        { '/', { INT64_MIN, 1 }, { 0, 1 }, false, { 0, 1 } },
        { '/', { 0, 1 }, { INT64_MIN, 1 }, true, { 0, 1 } },
        { '/', { 0, 1 }, { 7, 3 }, true, { 0, 1 } },
        { '/', { INT64_MIN, INT64_MAX }, { INT64_MIN, INT64_MAX }, true, { 1, 1 } },
        { '/',
          { INT64_C(9223372036854775806), INT64_MAX },
          { INT64_MAX, INT64_C(9223372036854775806) },
          false,
          { 0, 1 } },
        { '/', { -317923, 1352 }, { 94007, 2076 }, true, { -165002037, 31774366 } },
        { '/',
          { -7511067, INT64_C(2893573648) },
          { -668653488, INT64_C(2300791313) },
          true,
          { INT64_C(1920155300551219), INT64_C(214977568057787136) } },
        { '/', { INT64_C(-7554832545681), 501165076 }, { INT64_C(2588721287168), 131237729 }, false, { 0, 1 } },
        { '/', { INT64_C(180965890767), 152989 }, { 152989, INT64_C(180965890767) }, false, { 0, 1 } },
        { '/',
          { 290491908, INT64_C(301609817945) },
          { 91808036, INT64_C(180965890767) },
          true,
          { 217868931, 114760045 } },
        { '/',
          { INT64_C(27852641213839737), 152989 },
          { INT64_C(180965890767), 127745815 },
          true,
          { 128515685, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        dk_ratio out = { 42, 43 };
        bool fits = cases[i].op == '+'   ? dki_ratio_add(cases[i].a, cases[i].b, &out)
                    : cases[i].op == '-' ? dki_ratio_sub(cases[i].a, cases[i].b, &out)
                    : cases[i].op == '*' ? dki_ratio_mul(cases[i].a, cases[i].b, &out)
                                         : dki_ratio_div(cases[i].a, cases[i].b, &out);

        if (fits != cases[i].fits || out.numerator != (fits ? cases[i].expected.numerator : 42) ||
            out.denominator != (fits ? cases[i].expected.denominator : 43))
            fail_msg("row %zu: %d, %lld/%lld", i, fits, (long long)out.numerator, (long long)out.denominator);
    }
}

static void ratios_are_ordered_exactly(void **state)
{
    static const struct {
        dk_ratio a, b;
        int expected;
    } cases[] = {
        { { 237368223, 235374853 }, { INT64_C(1072855701540079424), INT64_C(1063846077830763675) }, 1 },
        { { 29854897, 90083103 }, { INT64_C(139113057598325572), INT64_C(419754785832116427) }, 1 },
        { { 1359944427, 928334059 }, { INT64_C(339520327143696928), INT64_C(231765561263126559) }, -1 },
        { { 139623070, 262769863 }, { 139623070, 262769863 }, 0 },
        { { 106262096, 541440461 }, { INT64_C(301563591966676945), INT64_C(1536566060726427429) }, -1 },
        { { 1412448919, 1860216009 }, { INT64_C(366445755549237208), INT64_C(482614451916184051) }, -1 },
        { { 243809733, 138195067 }, { 243809733, 138195067 }, 0 },
        { { 399091533, 1346127443 }, { 399091533, 1346127443 }, 0 },
        { { 2027530784, 1754754219 }, { INT64_C(593596446837383519), INT64_C(513736155175095945) }, 1 },
        { { 1558537407, 1062361351 }, { INT64_C(3288751884702763354), INT64_C(2241744650878709329) }, -1 },
        { { 698567948, 2051129485 }, { INT64_C(1305927772148814203), INT64_C(3834454424088169905) }, 1 },
        { { 640856, 2442543 }, { INT64_C(493518887742339305), INT64_C(1880985907322138937) }, -1 },
        { { 477787704, 634389611 }, { INT64_C(300145568183377511), INT64_C(398522667387913433) }, 1 },
        { { 51316165, 350294069 }, { INT64_C(146901560372060624), INT64_C(1002778468055402625) }, 1 },
        { { INT64_MAX, INT64_C(9223372036854775806) },
          { INT64_C(9223372036854775806), INT64_C(9223372036854775805) },
          -1 },
        { { INT64_MIN, 1 }, { INT64_MAX, 1 }, -1 },
        { { INT64_MIN, 1 }, { INT64_MIN, 1 }, 0 },
        { { INT64_MIN, INT64_MAX }, { -1, 1 }, -1 },
        { { 1, INT64_MAX }, { 0, 1 }, 1 },
        { { 1, INT64_MAX }, { 1, INT64_C(9223372036854775806) }, -1 },
        { { -1, INT64_MAX }, { -1, INT64_C(9223372036854775806) }, 1 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_ratio_compare(cases[i].a, cases[i].b) != cases[i].expected ||
            dki_ratio_compare(cases[i].b, cases[i].a) != -cases[i].expected)
            fail_msg("row %zu", i);
}

/* Decimals and reals. ------------------------------------------------------------------------------------------ */

static void decimals_of_two_scales_are_ordered_exactly(void **state)
{
    static const struct {
        int64_t a;
        unsigned a_scale;
        int64_t b;
        unsigned b_scale;
        int expected;
    } cases[] = {
        { 150, 2, 15, 1, 0 },
        { 150, 2, 151, 2, -1 },
        { 1, 18, 0, 0, 1 },
        { -1, 18, 0, 0, -1 },
        { INT64_MAX, 0, INT64_MAX, 18, 1 },
        { INT64_MIN, 0, INT64_MIN, 18, -1 },
        { INT64_MIN, 0, INT64_MAX, 0, -1 },
        { 9, 0, INT64_C(9000000000000000000), 18, 0 },
        { 9, 0, INT64_C(9000000000000000001), 18, -1 },
        { -9, 0, INT64_C(-9000000000000000001), 18, 1 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_decimal_compare(cases[i].a, cases[i].a_scale, cases[i].b, cases[i].b_scale) != cases[i].expected ||
            dki_decimal_compare(cases[i].b, cases[i].b_scale, cases[i].a, cases[i].a_scale) != -cases[i].expected)
            fail_msg("row %zu", i);
}

static void a_ratio_and_a_double_are_ordered_exactly(void **state)
{
    static const struct {
        dk_ratio a;
        double b;
        int expected;
    } cases[] = {
        { { 1, 3 }, 0x1.5555555555555p-2, 1 },
        { { 1, 10 }, 0x1.999999999999ap-4, -1 },
        { { 3, 10 }, 0x1.3333333333333p-2, 1 },
        { { 7, 10 }, 0x1.6666666666666p-1, 1 },
        { { 1, 4 }, 0x1.0000000000000p-2, 0 },
        { { 0, 1 }, 0x0.0p+0, 0 },
        { { 0, 1 }, -0x0.0p+0, 0 },
        { { 0, 1 }, 0x0.0000000000001p-1022, -1 },
        { { 0, 1 }, -0x0.0000000000001p-1022, 1 },
        { { 1, INT64_MAX }, 0x0.0000000000001p-1022, 1 },
        { { 1, INT64_MAX }, 0x1.0000000000000p-63, 1 },
        { { 1, INT64_MAX }, 0x1.0000000000001p-63, -1 },
        { { INT64_MAX, 1 }, 0x1.0000000000000p+63, -1 },
        { { INT64_MIN, 1 }, -0x1.0000000000000p+63, 0 },
        { { INT64_MIN, 1 }, -0x1.0000000000001p+63, 1 },
        { { INT64_MAX, 1 }, 0x1.fffffffffffffp+62, 1 },
        { { INT64_MAX, 1 }, 0x1.fffffffffffffp+1023, -1 },
        { { INT64_MIN, 1 }, -0x1.fffffffffffffp+1023, 1 },
        { { INT64_MAX, INT64_C(9223372036854775806) }, 0x1.0000000000000p+0, 1 },
        { { INT64_C(9223372036854775806), INT64_MAX }, 0x1.0000000000000p+0, -1 },
        { { INT64_MAX, INT64_C(9223372036854775806) }, 0x1.0000000000001p+0, -1 },
        { { INT64_MIN, INT64_MAX }, -0x1.0000000000000p+0, -1 },
        { { INT64_C(9007199254740993), 1 }, 0x1.0000000000000p+53, 1 },
        { { INT64_C(9007199254740993), 1 }, 0x1.0000000000001p+53, -1 },
        { { INT64_C(-9007199254740993), 1 }, -0x1.0000000000000p+53, -1 },
        { { 1, INT64_C(4611686018427387904) }, 0x1.0000000000000p-62, 0 },
        { { 2841, 3838 }, 0x1.7aff553e90e02p-1, -1 },
        { { 1, 3 }, 0x1.0000000000000p-1022, 1 },
        { { -1, 3 }, 0x1.5555555555555p-2, -1 },
        { { 1, 3 }, -0x1.5555555555555p-2, 1 },
        { { INT64_C(4146868286224703440), INT64_C(289264169471) }, 0x1.b57f620811419p+23, 1 },
        { { INT64_C(-9059029377288468999), 1 }, -0x1.f6e08ce32c6dep+62, -1 },
        { { INT64_C(-1999957941121007183), INT64_C(610983215280) }, -0x1.8f93fc10018e1p+21, -1 },
        { { INT64_C(-3694932548687461474), INT64_C(921828503331) }, -0x1.e94a44b9f2e10p+21, 1 },
        { { INT64_C(-3779581670182197676), 3 }, -0x1.17bec80564333p+60, -1 },
        { { INT64_C(7809552487706095551), INT64_C(1059440448843706853) }, 0x1.d7c4e9703df07p+2, 1 },
        { { INT64_C(-3785096356641446837), INT64_C(3647966271767990410) }, -0x1.099f8d7f4158bp+0, 1 },
        { { INT64_C(4534195710444992045), INT64_C(1048513772328) }, 0x1.07f0ca81044cbp+22, 1 },
        { { INT64_C(-8533213543548795305), INT64_C(1314030796156747348) }, -0x1.9f9c6b2c2daefp+2, 1 },
        { { INT64_C(-8610878852820567608), INT64_C(7775073014958111771) }, -0x1.1b84ff6846bbfp+0, 1 },
        { { INT64_C(417433439837979670), INT64_C(13076017943) }, 0x1.e71d865217042p+24, 1 },
        { { INT64_C(-3546255809854373705), INT64_C(399482331427) }, -0x1.0ee89019aeb71p+23, -1 },
        { { INT64_C(5456695526315991186), 1 }, 0x1.2ee84eae761c9p+62, -1 },
        { { INT64_C(-1217628870046311993), INT64_C(3523842566210187424) }, -0x1.61d542c3d0921p-2, 1 },
        { { INT64_C(8816219013019835129), 6 }, 0x1.464401490d943p+60, 1 },
        { { INT64_C(-5808418972077714824), INT64_C(6129260974027839221) }, -0x1.e532e94e7885fp-1, -1 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_ratio_compare_real(cases[i].a, cases[i].b) != cases[i].expected)
            fail_msg("row %zu: %d", i, dki_ratio_compare_real(cases[i].a, cases[i].b));
    assert_int_equal(dki_i64_compare_real(1, 1, 0.1), -1); /* the double is 0.1000000000000000055... */
    assert_int_equal(dki_i64_compare_real(7, 2, 0.07), -1);
    assert_int_equal(dki_i64_compare_real(5, 1, 0.5), 0);
    assert_int_equal(dki_i64_compare_real(INT64_MAX, 0, 9223372036854775808.0), -1);
    assert_int_equal(dki_i64_compare_real(INT64_MIN, 18, -9.2), -1);
    assert_int_equal(dki_i64_compare_real(1, 0, HUGE_VAL), -1);
    assert_int_equal(dki_i64_compare_real(INT64_MIN, 0, -HUGE_VAL), 1);
}

/* Ties to even, as the hardware divides. */
static void a_ratio_becomes_the_nearest_double(void **state)
{
    static const struct {
        dk_ratio a;
        double expected;
    } cases[] = {
        { { 0, 1 }, 0x0.0p+0 },
        { { 1, 3 }, 0x1.5555555555555p-2 },
        { { 2, 3 }, 0x1.5555555555555p-1 },
        { { -1, 3 }, -0x1.5555555555555p-2 },
        { { 1, 10 }, 0x1.999999999999ap-4 },
        { { 2841, 3838 }, 0x1.7aff553e90e02p-1 },
        { { INT64_C(9007199254740993), 1 }, 0x1.0000000000000p+53 },
        { { INT64_C(9007199254740995), 1 }, 0x1.0000000000002p+53 },
        { { INT64_C(-9007199254740993), 1 }, -0x1.0000000000000p+53 },
        { { INT64_C(18014398509481986), 1 }, 0x1.0000000000000p+54 },
        { { INT64_C(18014398509481990), 1 }, 0x1.0000000000002p+54 },
        { { INT64_C(18014398509481987), 1 }, 0x1.0000000000001p+54 },
        { { INT64_MAX, 1 }, 0x1.0000000000000p+63 },
        { { INT64_MIN, 1 }, -0x1.0000000000000p+63 },
        { { INT64_MAX, 2 }, 0x1.0000000000000p+62 },
        { { INT64_MAX, INT64_C(9223372036854775806) }, 0x1.0000000000000p+0 },
        { { 1, INT64_MAX }, 0x1.0000000000000p-63 },
        { { -1, INT64_MAX }, -0x1.0000000000000p-63 },
        { { INT64_MIN, INT64_MAX }, -0x1.0000000000000p+0 },
        { { INT64_C(9007199254740993), 2 }, 0x1.0000000000000p+52 },
        { { INT64_C(9007199254740993), INT64_C(4503599627370496) }, 0x1.0000000000000p+1 },
        { { INT64_C(4611686018427388160), 1 }, 0x1.0000000000000p+62 },
        { { INT64_C(4611686018427388161), 1 }, 0x1.0000000000000p+62 },
        { { INT64_C(4611686018427388159), 1 }, 0x1.0000000000000p+62 },
        { { INT64_C(4611686018427388672), 1 }, 0x1.0000000000001p+62 },
        { { INT64_C(9007199254740993), 4 }, 0x1.0000000000000p+51 },
        { { INT64_C(3002399751580331), 1 }, 0x1.5555555555556p+51 },
        { { INT64_C(61728394506172839), 500000000 }, 0x1.d6f34540ca458p+26 },
        { { INT64_C(999999999999999999), INT64_C(1000000000000000000) }, 0x1.0000000000000p+0 },
        { { 1, INT64_C(1000000000000000000) }, 0x1.2725dd1d243acp-60 },
        { { 7, INT64_C(1000000000000000000) }, 0x1.024121797fb36p-57 },
        { { INT64_C(48686998224562741), 55870878 }, 0x1.9f8681b937e56p+29 },
        { { INT64_C(1369760943324055500), 143923433 }, 0x1.1ba3279697ed1p+33 },
        { { INT64_C(1801270367744816465), 448118868 }, 0x1.df2d42208c8e1p+31 },
        { { INT64_C(-16051007418474411), INT64_C(230616674775281069) }, -0x1.1d1548d5bc39bp-4 },
        { { 362116873, INT64_C(946141808836276020) }, 0x1.a4d0ec601a003p-32 },
        { { -1049309945, 16 }, -0x1.f45997c800000p+25 },
        { { 1016255053, INT64_C(8336565900692112284) }, 0x1.0c1177c181446p-33 },
        { { INT64_C(-17896948176746032), INT64_C(6844453121338710883) }, -0x1.56ba7b86fdefdp-9 },
        { { INT64_C(-1329113419417949), 18 }, -0x1.0ca084b7c9312p+46 },
        { { INT64_C(-963011181521109569), 199502358 }, -0x1.1fb7312725bfdp+32 },
        { { INT64_C(15551880679999435), 4 }, 0x1.ba02d31c2a3e6p+51 },
        { { INT64_C(12117277072114177), 16 }, 0x1.5864cb5c3a100p+49 },
        { { INT64_C(16012799853924047), 16 }, 0x1.c71c73f938768p+49 },
        { { INT64_C(14968890398880917), 128 }, 0x1.a971031741a4ap+46 },
        { { INT64_C(14980720648779777), 8 }, 0x1.a9c716a5ffc00p+50 },
        { { INT64_C(16406529225553861), 8 }, 0x1.d24d3613e3be2p+50 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_ratio_real(cases[i].a) != cases[i].expected)
            fail_msg("row %zu: %a, not %a", i, dki_ratio_real(cases[i].a), cases[i].expected);
}

static void a_decimal_becomes_the_nearest_double(void **state)
{
    static const struct {
        int64_t value;
        unsigned scale;
        double expected;
    } cases[] = {
        { 7, 2, 0.07 },
        { 1, 18, 1e-18 },
        { INT64_MIN, 0, -0x1p63 },
        { INT64_MAX, 0, 0x1p63 },
        { INT64_C(9007199254740991), 18, 0.009007199254740991 },
        { INT64_C(9007199254740992), 18, 0.009007199254740992 },
        { INT64_C(9007199254740993), 18, 0.009007199254740993 },
        { INT64_C(-9007199254740993), 0, -9007199254740992.0 },
        { INT64_C(406548330908409530), 11, 0x1.f0465a7901151p+21 },
        { INT64_C(7994971164984981284), 2, 0x1.1c09d6d2c8c1dp+56 },
        { INT64_C(-11351899393715364), 17, -0x1.d0f94ae6f556cp-4 },
        { INT64_C(-4103324465761707422), 12, -0x1.f4e4e3b9e1463p+21 },
        { INT64_C(998578226602952), 12, 0x1.f34a03544ead9p+9 },
        { INT64_C(6170181462558187), 2, 0x1.c0f095f1296efp+45 },
        { 341282, 6, 0x1.5d790752da986p-2 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++)
        if (dki_decimal_real(cases[i].value, cases[i].scale) != cases[i].expected)
            fail_msg("row %zu: %a, not %a", i, dki_decimal_real(cases[i].value, cases[i].scale), cases[i].expected);
    assert_false(signbit(dki_decimal_real(0, 3)));
}

/* Decimals of every size, by the compiler's and the library's reading of their digits. */
static void a_decimal_becomes_what_its_digits_read_as(void **state)
{
    uint64_t seed = 7676;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[64];
        unsigned scale;
        int64_t value;

        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        scale = (unsigned)(seed >> 59) % 19;
        value = (int64_t)(seed * UINT64_C(0x9E3779B97F4A7C15)) >> (seed >> 40) % 60;
        snprintf(text, sizeof text, "%llde-%u", (long long)value, scale);
        if (dki_decimal_real(value, scale) != strtod(text, NULL))
            fail_msg("%s: %a", text, dki_decimal_real(value, scale));
    }
}

/* Rounding. ---------------------------------------------------------------------------------------------------- */

static void quotients_are_rounded_half_away_from_zero(void **state)
{
    dki_i128 most = ((dki_i128)1 << 126) - 1 + ((dki_i128)1 << 126);

    (void)state;
    for (int n = -100; n <= 100; n++)
        for (int d = 1; d <= 20; d++) {
            int size = n < 0 ? -n : n, expected = (2 * size + d) / (2 * d);

            assert_true(dki_divide_round(n, d) == (n < 0 ? -expected : expected));
        }
    assert_true(dki_divide_round(most, 1) == most);
    assert_true(dki_divide_round(-most - 1, 1) == -most - 1);
    assert_true(dki_divide_round(most, most) == 1);
    assert_true(dki_divide_round(most / 2, most) == 0); /* odd: just under the half */
    assert_true(dki_divide_round(most / 2 + 1, most) == 1);
    assert_true(dki_divide_round(-(most / 2) - 1, most) == -1);
    assert_true(dki_divide_round(-most - 1, 2) == -(most / 2) - 1);
}

static dki_i128 rounded(dk_value value, unsigned digits)
{
    dki_i128 out = 0;

    assert_true(dki_round_value(&value, digits, &out));
    return out;
}

static void values_are_rounded_from_what_they_are_exactly(void **state)
{
    dk_value n = { .type = DK_INTEGER, .as.integer = INT64_MIN };
    dk_value d = { .type = DK_DECIMAL, .scale = 2, .as.integer = 12345 };
    dk_value r = { .type = DK_RATIO, .as.ratio = { 5682, 7676 } };
    dk_value null = { .type = DK_INTEGER, .is_null = true }, text = { .type = DK_TEXT };
    dki_i128 out = 42;

    (void)state;
    assert_true(rounded(n, 0) == INT64_MIN);
    assert_true(rounded(n, 18) == whole("-9223372036854775808000000000000000000"));
    assert_true(rounded(d, 2) == 12345);
    assert_true(rounded(d, 1) == 1235); /* 123.45: half away */
    assert_true(rounded(d, 0) == 123);
    assert_true(rounded(d, 18) == whole("123450000000000000000"));
    d.as.integer = -12345;
    assert_true(rounded(d, 1) == -1235);
    d.scale = 18;
    d.as.integer = INT64_MAX;
    assert_true(rounded(d, 0) == 9);
    assert_true(rounded(r, 3) == 740); /* 0.7402... */
    assert_true(rounded(r, 4) == 7402);
    assert_true(rounded(r, 0) == 1);
    r.as.ratio = (dk_ratio){ -1, 8 };
    assert_true(rounded(r, 2) == -13);
    r.as.ratio = (dk_ratio){ INT64_MIN, 1 };
    assert_true(rounded(r, 18) == whole("-9223372036854775808000000000000000000"));
    r.as.ratio = (dk_ratio){ INT64_MAX, INT64_MAX - 1 };
    assert_true(rounded(r, 18) == whole("1000000000000000000"));
    assert_false(dki_round_value(&null, 0, &out));
    assert_false(dki_round_value(&text, 0, &out));
    assert_false(dki_round_value(&n, 19, &out));
    assert_true(out == 42);
}

/* 0.35 is a little less than it reads, 0.25 is itself; C's "%.1f" prints 0.25 as 0.2. */
static void a_double_is_rounded_from_its_binary_value(void **state)
{
    static const struct {
        double value;
        unsigned digits;
        bool fits;
        const char *expected;
    } cases[] = {
        { 0x1.0000000000000p-2, 1, true, "3" },
        { 0x1.6666666666666p-2, 1, true, "3" },
        { 0x1.5666666666666p+1, 2, true, "267" },
        { 0x1.0147ae147ae14p+0, 2, true, "100" },
        { 0x1.0000000000000p-1, 0, true, "1" },
        { 0x1.8000000000000p+0, 0, true, "2" },
        { 0x1.4000000000000p+1, 0, true, "3" },
        { -0x1.0000000000000p-1, 0, true, "-1" },
        { -0x1.4000000000000p+1, 0, true, "-3" },
        { 0x1.fffffffffffffp-2, 0, true, "0" },
        { -0x1.fffffffffffffp-2, 0, true, "0" },
        { 0x1.c6bf526340004p+49, 0, true, "1000000000000001" },
        { 0x1.0000000000002p+52, 0, true, "4503599627370498" },
        { 0x1.0000000000000p+53, 0, true, "9007199254740992" },
        { 0x1.bc16d674ec800p+59, 18, true, "1000000000000000000000000000000000000" },
        { 0x1.e240c9fbe76c9p+16, 18, true, "123456789000000004307367" },
        { 0x0.0000000000001p-1022, 18, true, "0" },
        { 0x1.d83c94fb6d2acp-62, 18, true, "0" },
        { 0x1.2725dd1d243acp-61, 18, true, "1" },
        { 0x1.622d6fbc91e01p-61, 18, true, "1" },
        { -0x1.622d6fbc91e01p-61, 18, true, "-1" },
        { 0x1.999999999999ap-4, 18, true, "100000000000000006" },
        { 0x1.5555555555555p-2, 18, true, "333333333333333315" },
        { -0x0.0p+0, 3, true, "0" },
        { 0x1.0000000000000p-3, 2, true, "13" },
        { -0x1.0000000000000p-3, 2, true, "-13" },
        { 0x1.8000000000000p-2, 2, true, "38" },
        { 0x1.5af1d78b58c40p+66, 0, true, "100000000000000000000" },
        { 0x1.0000000000000p+126, 0, true, "85070591730234615865843651857942052864" },
        { -0x1.0000000000000p+125, 0, true, "-42535295865117307932921825928971026432" },
        { 0x1.fffffffffffffp126, 0, true, "170141183460469212842221372237303250944" },
        { 0x1p127, 0, false, "0" },
        { -0x1p127, 0, false, "0" },
        { 1e300, 0, false, "0" },
        { 1e30, 18, false, "0" },
        { 0x1.fffffffffffffp1023, 18, false, "0" },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        dk_value value = { .type = DK_REAL, .as.real = cases[i].value };
        dki_i128 out = 0;

        if (dki_round_value(&value, cases[i].digits, &out) != cases[i].fits || out != whole(cases[i].expected))
            fail_msg("row %zu: %a with %u digits", i, cases[i].value, cases[i].digits);
    }
}

static void common_divisors_are_of_magnitudes(void **state)
{
    (void)state;
    assert_int_equal(dki_common_divisor(12, -18), 6);
    assert_int_equal(dki_common_divisor(-7, 0), 7);
    assert_int_equal(dki_common_divisor(0, 9), 9);
    assert_int_equal(dki_common_divisor(0, 0), 0);
    assert_int_equal(dki_common_divisor(INT64_MIN, 6), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_divisors_are_of_magnitudes),
        cmocka_unit_test(powers_of_ten_are_what_they_say),
        cmocka_unit_test(a_scale_changes_where_no_digit_is_lost),
        cmocka_unit_test(a_ratio_is_in_lowest_terms_with_its_sign_above),
        cmocka_unit_test(small_ratios_have_no_common_divisor_left),
        cmocka_unit_test(arithmetic_of_ratios_is_exact_or_refused),
        cmocka_unit_test(ratios_are_ordered_exactly),
        cmocka_unit_test(decimals_of_two_scales_are_ordered_exactly),
        cmocka_unit_test(a_ratio_and_a_double_are_ordered_exactly),
        cmocka_unit_test(a_ratio_becomes_the_nearest_double),
        cmocka_unit_test(a_decimal_becomes_the_nearest_double),
        cmocka_unit_test(a_decimal_becomes_what_its_digits_read_as),
        cmocka_unit_test(quotients_are_rounded_half_away_from_zero),
        cmocka_unit_test(values_are_rounded_from_what_they_are_exactly),
        cmocka_unit_test(a_double_is_rounded_from_its_binary_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
