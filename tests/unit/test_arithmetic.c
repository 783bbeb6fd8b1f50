/* test_arithmetic.c - exact, or an error that names the operands; division by zero is null. */
#include "exprs.h"

static void integers_are_exact(void **state)
{
    (void)state;
    assert_string_equal(value("2 + 3 * 4"), "integer 14");
    assert_string_equal(value("7 - 10"), "integer -3");
    assert_string_equal(value("9223372036854775807 - 1 + 1"), "integer 9223372036854775807");
    assert_string_equal(value("-9223372036854775807 - 1"), "integer -9223372036854775808");
    assert_string_equal(value("3037000499 * 3037000499"), "integer 9223372030926249001");
    assert_string_equal(value("-(2 + 3)"), "integer -5");
    assert_string_equal(value("- -5"), "integer 5");
}

static void decimals_are_exact(void **state)
{
    (void)state;
    assert_string_equal(value("0.07 * 100"), "decimal 7.00");
    assert_string_equal(value("0.07 * 100 == 7"), "boolean true");
    assert_string_equal(value("0.1 + 0.2 == 0.3"), "boolean true");
    assert_string_equal(value("0.1 + 0.20"), "decimal 0.30");
    assert_string_equal(value("1 - 0.9"), "decimal 0.1");
    assert_string_equal(value("1.5 * 1.5"), "decimal 2.25");
    assert_string_equal(value("-0.5 * 3"), "decimal -1.5");
    assert_string_equal(value("1e-1 + 2e-1 == 0.3"), "boolean false"); /* reals are what they are */
}

/* What is computed on the way may be larger than what comes out. */
static void only_the_result_must_fit(void **state)
{
    const dk_table *t = make_table(context, "n:integer d:decimal1\n1200000000000000000|-500000000000000000.0\n");

    (void)state;
    assert_string_equal(values_of(t, "n + d"), "700000000000000000.0"); /* n itself does not fit with a digit */
    assert_string_equal(values_of(t, "n % 0.7"), "0.5"); /* 12 * 10^18 is 7 * 1714285714285714285 + 5 */
    assert_string_equal(values_of(t, "n // 0.7"), "1714285714285714285");
    fails(t, "n - d", DK_ERR_OVERFLOW, 1, "row 1: 1200000000000000000 - -500000000000000000.0 does not fit");
    dk_table_release(t);
}

static void division_gives_a_ratio(void **state)
{
    (void)state;
    assert_string_equal(value("5682 / 7676"), "ratio 2841/3838");
    assert_string_equal(value("6 / 3"), "ratio 2/1");
    assert_string_equal(value("-6 / 4"), "ratio -3/2");
    assert_string_equal(value("6 / -4"), "ratio -3/2");
    assert_string_equal(value("0 / 5"), "ratio 0/1");
    assert_string_equal(value("0.5 / 0.25"), "ratio 2/1");
    assert_string_equal(value("1 / 3 + 1 / 6"), "ratio 1/2");
    assert_string_equal(value("1 / 3 - 0.5"), "ratio -1/6");
    assert_string_equal(value("2 / 3 * 3"), "ratio 2/1");
    assert_string_equal(value("1 / 2 / 3"), "ratio 1/6");
    assert_string_equal(value("-(1 / 3)"), "ratio -1/3");
    assert_string_equal(value("1e0 / 4"), "real 0.25");
    assert_string_equal(value("1 / 3 + 1e0"), "real 1.3333333333333333");
}

/* 90 % of 7676 is 6908.4: reached at 6909, and only there. */
static void ratios_are_compared_exactly(void **state)
{
    const dk_table *t = make_table(context, "s:integer n:integer\n6908|7676\n6909|7676\n9|10\n0|0\n-|5\n");

    (void)state;
    assert_string_equal(values_of(t, "s / n >= 0.90"), "false true true null null");
    assert_string_equal(values_of(t, "s / n == 0.9"), "false false true null null");
    assert_string_equal(values_of(t, "s / n > 0.9"), "false true false null null");
    assert_string_equal(values_of(t, "s / n == 9 / 10"), "false false true null null");
    assert_string_equal(values_of(t, "s / n < 0.9e0"),
                        "true false true null null"); /* the double lies above 9/10 */
    assert_string_equal(value("4611686018427387903 / 9223372036854775807 < 0.5"), "boolean true");
    assert_string_equal(value("9223372036854775807 / 9223372036854775806 > 1"), "boolean true");
    assert_string_equal(
        value("9223372036854775807 / 9223372036854775806 > 9223372036854775806 / 9223372036854775805"),
        "boolean false");
    dk_table_release(t);
}

static void division_by_zero_is_null(void **state)
{
    static const char *const texts[] = { "5 / 0",      "0 / 0",       "5 // 0",    "5 % 0",      "5.5 / 0",
                                         "5.5 // 0.0", "5.5 % 0",     "5 % 0.00",  "5e0 / 0",    "5e0 // 0",
                                         "5e0 % 0",    "(1 / 3) / 0", "0e0 / 0e0", "5 / (1 - 1)" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(strchr(value(texts[i]), ' '), " null");
}

/* As Lua: // rounds down, and % has the sign of the divisor. */
static void floor_division_is_that_of_lua(void **state)
{
    (void)state;
    assert_string_equal(value("7 // 2"), "integer 3");
    assert_string_equal(value("-7 // 2"), "integer -4");
    assert_string_equal(value("7 // -2"), "integer -4");
    assert_string_equal(value("-7 // -2"), "integer 3");
    assert_string_equal(value("7 % 3"), "integer 1");
    assert_string_equal(value("-7 % 3"), "integer 2");
    assert_string_equal(value("7 % -3"), "integer -2");
    assert_string_equal(value("-7 % -3"), "integer -1");
    assert_string_equal(value("6 % -3"), "integer 0");
    assert_string_equal(value("7.5 // 2"), "integer 3");
    assert_string_equal(value("-7.5 // 2"), "integer -4");
    assert_string_equal(value("7.5 % 2"), "decimal 1.5");
    assert_string_equal(value("-7.5 % 2"), "decimal 0.5");
    assert_string_equal(value("7 % 0.4"), "decimal 0.2");
    assert_string_equal(value("7.5 // 0.25"), "integer 30");
    assert_string_equal(value("7.5e0 // 2"), "real 3.0");
    assert_string_equal(value("-7.5e0 % 2"), "real 0.5");
    assert_string_equal(value("7.5e0 % -2"), "real -0.5");
    assert_string_equal(value("-6e0 % 3"), "real 0.0");
    assert_string_equal(value("(-9223372036854775807 - 1) % -1"), "integer 0");
    assert_string_equal(value("(-9223372036854775807 - 1) // 1"), "integer -9223372036854775808");
}

static void overflow_names_the_operands(void **state)
{
    const dk_table *t =
        make_table(context, "x:integer d:decimal2 r:real q:ratio\n"
                            "1|0.01|1|1/3\n"
                            "9223372036854775807|92233720368547758.07|1e308|1/9223372036854775807\n"
                            "-9223372036854775808|-92233720368547758.08|-1e308|-9223372036854775808/3\n");

    (void)state;
    fails(t, "x + 1", DK_ERR_OVERFLOW, 1, "row 2: 9223372036854775807 + 1 does not fit\n  x + 1\n  ^^^^^");
    fails(t, "2 * (x - 1)", DK_ERR_OVERFLOW, 1, "row 2: 2 * 9223372036854775806 does not fit");
    fails(t, "0 - x", DK_ERR_OVERFLOW, 1, "row 3: 0 - -9223372036854775808 does not fit");
    fails(t, "-x", DK_ERR_OVERFLOW, 1, "row 3: the negative of -9223372036854775808 does not fit\n  -x\n  ^^");
    fails(t, "x // -1", DK_ERR_OVERFLOW, 1, "row 3: -9223372036854775808 // -1 does not fit");
    fails(t, "d + 0.01", DK_ERR_OVERFLOW, 1, "row 2: 92233720368547758.07 + 0.01 does not fit");
    fails(t, "-d", DK_ERR_OVERFLOW, 1, "row 3: the negative of -92233720368547758.08 does not fit");
    fails(t, "d // 0.01 * 10", DK_ERR_OVERFLOW, 1, "row 2: 9223372036854775807 * 10 does not fit");
    fails(t, "d * 10", DK_ERR_OVERFLOW, 1, "row 2: 92233720368547758.07 * 10 does not fit");
    fails(t, "r * 10", DK_ERR_OVERFLOW, 1, "row 2: 1e308 * 10.0 does not fit");
    fails(t, "r / 1e-10", DK_ERR_OVERFLOW, 1, "row 2: 1e308 / 1e-10 does not fit");
    fails(t, "r - r * -1", DK_ERR_OVERFLOW, 1, "row 2: 1e308 - -1e308 does not fit");
    fails(t, "q / 10", DK_ERR_OVERFLOW, 1,
          "row 2: 1/9223372036854775807 / 10 does not fit\n  q / 10\n  ^^^^^^ (the exact ratio needs more than 64 "
          "bits: use "
          "real(...) for a rounded one)");
    fails(t, "-q", DK_ERR_OVERFLOW, 1, "row 3: the negative of -9223372036854775808/3 does not fit");
    fails(t, "x / -1", DK_ERR_OVERFLOW, 1, "row 3: -9223372036854775808 / -1 does not fit");
    dk_table_release(t);
}

static void dates_count_days(void **state)
{
    const dk_table *t = make_table(
        context, "d:date e:date n:integer\n2024-02-28|2023-12-31|2\n-|2024-01-01|1\n0001-01-01|9999-12-31|-\n");

    (void)state;
    assert_string_equal(values_of(t, "d + n"), "2024-03-01 null null");
    assert_string_equal(values_of(t, "e - n"), "2023-12-29 2023-12-31 null");
    assert_string_equal(values_of(t, "d - e"), "59 null -3652058");
    assert_string_equal(values_of(t, "e - d < 0"), "true null false");
    assert_string_equal(value("date '2024-12-31' - date '2024-01-01'"), "integer 365");
    assert_string_equal(value("date '0001-01-01' + 3652058"), "date 9999-12-31");
    fails(t, "e + 1", DK_ERR_RANGE, 1, "row 3: 9999-12-31 + 1 lies outside the years 1 to 9999\n  e + 1\n  ^^^^^");
    fails(t, "d - 1", DK_ERR_RANGE, 1, "row 3: 0001-01-01 - 1 lies outside the years 1 to 9999");
    fails(t, "d + 9223372036854775807", DK_ERR_RANGE, 1, "row 1: 2024-02-28 + 9223372036854775807 lies outside");
    dk_table_release(t);
}

/* Every pair of these, and every sign, against 128 bits. */
static void all_pairs_of_extremes_agree_with_wide_arithmetic(void **state)
{
    static const int64_t numbers[] = { 0,
                                       1,
                                       -1,
                                       2,
                                       -2,
                                       3,
                                       7,
                                       -10,
                                       1000000007,
                                       3037000499,
                                       3037000500,
                                       -3037000500,
                                       INT64_C(4611686018427387904),
                                       INT64_MAX - 1,
                                       INT64_MAX,
                                       INT64_MIN,
                                       INT64_MIN + 1 };
    static const char *const signs[] = { "+", "-", "*", "//", "%" };
    size_t n = sizeof numbers / sizeof *numbers;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            char rows[128];
            const dk_table *t;

            (void)snprintf(rows, sizeof rows, "a:integer b:integer\n%lld|%lld\n", (long long)numbers[i],
                           (long long)numbers[k]);
            t = make_table(context, rows);
            for (int s = 0; s < 5; s++) {
                dki_i128 a = numbers[i], b = numbers[k], result = 0;
                char text[16], expected[32];

                (void)snprintf(text, sizeof text, "a %s b", signs[s]);
                if (s == 0)
                    result = a + b;
                else if (s == 1)
                    result = a - b;
                else if (s == 2)
                    result = a * b;
                else if (b != 0) { /* the remainder is between 0 and b; the quotient follows */
                    dki_i128 rest = a % b;

                    if (rest != 0 && (rest < 0) != (b < 0))
                        rest += b;
                    result = s == 4 ? rest : (a - rest) / b;
                }
                if (s >= 3 && b == 0)
                    assert_string_equal(values_of(t, text), "null");
                else if (result < INT64_MIN || result > INT64_MAX)
                    fails(t, text, DK_ERR_OVERFLOW, 1, "does not fit");
                else {
                    (void)snprintf(expected, sizeof expected, "%lld", (long long)result);
                    assert_string_equal(values_of(t, text), expected);
                }
            }
            dk_table_release(t);
        }
    }
}

static void null_is_never_computed_with(void **state)
{
    const dk_table *t = make_table(context, "x:integer y:integer d:decimal1 r:real q:ratio\n"
                                            "9223372036854775807|-|-|-|-\n-|9223372036854775807|1.0|1|1/2\n");

    (void)state;
    assert_string_equal(values_of(t, "x + y"), "null null");
    assert_string_equal(values_of(t, "x * y"), "null null");
    assert_string_equal(values_of(t, "x / y"), "null null");
    assert_string_equal(values_of(t, "x % y"), "null null");
    assert_string_equal(values_of(t, "x + d"), "null null");
    assert_string_equal(values_of(t, "x * r"), "null null");
    assert_string_equal(values_of(t, "x - q"), "null null");
    assert_string_equal(values_of(t, "-d"), "null -1.0");
    assert_string_equal(values_of(t, "-r"), "null -1.0");
    assert_string_equal(values_of(t, "-q"), "null -1/2");
    assert_string_equal(values_of(t, "0e0 * r - 0"), "null 0.0"); /* zero has no sign */
    assert_string_equal(value("-(0e0)"), "real 0.0");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(integers_are_exact, start, stop),
        cmocka_unit_test_setup_teardown(decimals_are_exact, start, stop),
        cmocka_unit_test_setup_teardown(only_the_result_must_fit, start, stop),
        cmocka_unit_test_setup_teardown(division_gives_a_ratio, start, stop),
        cmocka_unit_test_setup_teardown(ratios_are_compared_exactly, start, stop),
        cmocka_unit_test_setup_teardown(division_by_zero_is_null, start, stop),
        cmocka_unit_test_setup_teardown(floor_division_is_that_of_lua, start, stop),
        cmocka_unit_test_setup_teardown(overflow_names_the_operands, start, stop),
        cmocka_unit_test_setup_teardown(dates_count_days, start, stop),
        cmocka_unit_test_setup_teardown(all_pairs_of_extremes_agree_with_wide_arithmetic, start, stop),
        cmocka_unit_test_setup_teardown(null_is_never_computed_with, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
