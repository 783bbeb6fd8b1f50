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
        cmocka_unit_test(decimals_of_two_scales_are_ordered_exactly),
        cmocka_unit_test(a_decimal_becomes_the_nearest_double),
        cmocka_unit_test(a_decimal_becomes_what_its_digits_read_as),
        cmocka_unit_test(quotients_are_rounded_half_away_from_zero),
        cmocka_unit_test(values_are_rounded_from_what_they_are_exactly),
        cmocka_unit_test(a_double_is_rounded_from_its_binary_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
