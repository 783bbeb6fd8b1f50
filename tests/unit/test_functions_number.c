/* test_functions_number.c - abs, round, floor, ceil: exact for every kind of number, to the extremes. */
#include "exprs.h"

static void abs_keeps_the_type(void **state)
{
    (void)state;
    assert_string_equal(value("abs(-5)"), "integer 5");
    assert_string_equal(value("abs(5)"), "integer 5");
    assert_string_equal(value("abs(-0.25)"), "decimal 0.25");
    assert_string_equal(value("abs(-1e300)"), "real 1e300");
    assert_string_equal(value("abs(-0e0)"), "real 0.0");
    assert_string_equal(value("abs(-1/3)"), "ratio 1/3");
    assert_string_equal(value("abs(1/-3)"), "ratio 1/3");
    assert_string_equal(value("abs(-9223372036854775807)"), "integer 9223372036854775807");
}

static void abs_of_the_least_does_not_fit(void **state)
{
    const dk_table *t = make_table(context, "x:integer d:decimal2 q:ratio\n"
                                            "1|0.01|1/2\n"
                                            "-9223372036854775808|-92233720368547758.08|-9223372036854775808/3\n");

    (void)state;
    fails(t, "abs(x)", DK_ERR_OVERFLOW, 1, "row 2: abs(-9223372036854775808) does not fit\n  abs(x)\n  ^^^^^^");
    fails(t, "abs(d)", DK_ERR_OVERFLOW, 1, "row 2: abs(-92233720368547758.08) does not fit");
    fails(t, "abs(q)", DK_ERR_OVERFLOW, 1, "row 2: abs(-9223372036854775808/3) does not fit");
    dk_table_release(t);
}

/* Half away from zero, on the exact value: the double nearest to 0.15 lies below it, the decimal does not. */
static void round_is_half_away_from_zero(void **state)
{
    (void)state;
    assert_string_equal(value("round(0.5)"), "integer 1");
    assert_string_equal(value("round(-0.5)"), "integer -1");
    assert_string_equal(value("round(1.5)"), "integer 2");
    assert_string_equal(value("round(2.5)"), "integer 3");
    assert_string_equal(value("round(-2.5)"), "integer -3");
    assert_string_equal(value("round(2.4999999999)"), "integer 2");
    assert_string_equal(value("round(0.25, 1)"), "decimal 0.3");
    assert_string_equal(value("round(0.15, 1)"), "decimal 0.2");
    assert_string_equal(value("round(1.5e-1, 1)"), "decimal 0.1");
    assert_string_equal(value("round(2.5e0)"), "integer 3");
    assert_string_equal(value("round(-2.5e0)"), "integer -3");
    assert_string_equal(value("round(7, 2)"), "decimal 7.00");
    assert_string_equal(value("round(7, 0)"), "integer 7");
    assert_string_equal(value("round(1.005, 3)"), "decimal 1.005");
    assert_string_equal(value("round(1.005, 2)"), "decimal 1.01");
    assert_string_equal(value("round(2 / 3, 4)"), "decimal 0.6667");
    assert_string_equal(value("round(-2 / 3, 4)"), "decimal -0.6667");
    assert_string_equal(value("round(1 / 8, 2)"), "decimal 0.13");
    assert_string_equal(value("round(5682 / 7676, 3)"), "decimal 0.740");
    assert_string_equal(value("round(1 / 3, 18)"), "decimal 0.333333333333333333");
    assert_string_equal(value("round(9223372036854775807)"), "integer 9223372036854775807");
    assert_string_equal(value("round(9223372036854775807 / 2)"), "integer 4611686018427387904");
}

static void floor_and_ceil_go_down_and_up(void **state)
{
    (void)state;
    assert_string_equal(value("floor(2.7)"), "integer 2");
    assert_string_equal(value("floor(-2.7)"), "integer -3");
    assert_string_equal(value("floor(-2.0)"), "integer -2");
    assert_string_equal(value("ceil(2.1)"), "integer 3");
    assert_string_equal(value("ceil(-2.7)"), "integer -2");
    assert_string_equal(value("ceil(0.07 * 100)"), "integer 7");
    assert_string_equal(value("ceil(6.00001)"), "integer 7");
    assert_string_equal(value("floor(-7 / 2)"), "integer -4");
    assert_string_equal(value("ceil(-7 / 2)"), "integer -3");
    assert_string_equal(value("ceil(0.9 * 7676)"), "integer 6909"); /* what 90 % of the register needs */
    assert_string_equal(value("floor(-0.5e0)"), "integer -1");
    assert_string_equal(value("ceil(-0.5e0)"), "integer 0");
    assert_string_equal(value("floor(9.2e18)"), "integer 9200000000000000000");
    assert_string_equal(value("floor(5)"), "integer 5");
    assert_string_equal(value("ceil(-9223372036854775807 - 1)"), "integer -9223372036854775808");
    assert_string_equal(value("floor((-9223372036854775807 - 1) / 3)"), "integer -3074457345618258603");
}

static void what_does_not_fit_is_an_error(void **state)
{
    const dk_table *t = make_table(context, "x:integer\n9223372036854775807\n");

    (void)state;
    fails(t, "round(x, 1)", DK_ERR_OVERFLOW, 1, "row 1: the result does not fit in 64 bits");
    fails(t, "round(1e19)", DK_ERR_OVERFLOW, 1, "does not fit");
    fails(t, "floor(-1e19)", DK_ERR_OVERFLOW, 1, "does not fit");
    fails(t, "ceil(9223372036854775808e0)", DK_ERR_OVERFLOW, 1, "does not fit"); /* 2^63 */
    fails(t, "round(1e300)", DK_ERR_OVERFLOW, 1, "does not fit");
    fails(t, "round(1e3, 18)", DK_ERR_OVERFLOW, 1, "does not fit");
    dk_table_release(t);
}

static void other_types_and_digits_are_refused(void **state)
{
    const dk_table *t = make_table(context, "x:integer t:text b:boolean e:date\n1|a|true|2024-01-01\n");

    (void)state;
    fails(t, "abs(t)", DK_ERR_TYPE, 5, "abs() wants a number, and this is text\n  abs(t)\n      ^");
    fails(t, "abs(b)", DK_ERR_TYPE, 5, "abs() wants a number, and this is boolean");
    fails(t, "round(e)", DK_ERR_TYPE, 7, "round() wants a number, and this is date");
    fails(t, "floor('1')", DK_ERR_TYPE, 7, "floor() wants a number, and this is text");
    fails(t, "round(x, x)", DK_ERR_RANGE, 10,
          "the number of digits is a whole number from 0 to 18\n  round(x, x)\n           ^");
    fails(t, "round(x, -1)", DK_ERR_RANGE, 10, "the number of digits");
    fails(t, "round(x, 19)", DK_ERR_RANGE, 10, "the number of digits");
    fails(t, "round(x, 1.0)", DK_ERR_RANGE, 10, "the number of digits");
    fails(t, "round(x, null)", DK_ERR_RANGE, 10, "the number of digits");
    assert_string_equal(values_with(t, "round(x / 3, $n)",
                                    &(dk_params){ &(dk_param){ "n", { .type = DK_INTEGER, .as.integer = 2 } }, 1 }),
                        "0.33");
    assert_string_equal(values_of(t, "round(x / 3, 1 + 1)"), "0.33");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(abs_keeps_the_type, start, stop),
        cmocka_unit_test_setup_teardown(abs_of_the_least_does_not_fit, start, stop),
        cmocka_unit_test_setup_teardown(round_is_half_away_from_zero, start, stop),
        cmocka_unit_test_setup_teardown(floor_and_ceil_go_down_and_up, start, stop),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_an_error, start, stop),
        cmocka_unit_test_setup_teardown(other_types_and_digits_are_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
