/* test_functions_cast.c - a value as another type, or an error that says why it cannot be. */
#include "exprs.h"

static void integers_come_of_what_is_whole(void **state)
{
    (void)state;
    assert_string_equal(value("integer(5)"), "integer 5");
    assert_string_equal(value("integer(5.00)"), "integer 5");
    assert_string_equal(value("integer(-3e0)"), "integer -3");
    assert_string_equal(value("integer(6 / 3)"), "integer 2");
    assert_string_equal(value("integer(true)"), "integer 1");
    assert_string_equal(value("integer(false)"), "integer 0");
    assert_string_equal(value("integer('-12')"), "integer -12");
    assert_string_equal(value("integer('+12.0')"), "integer 12");
    assert_string_equal(value("integer('1e3')"), "integer 1000");
    assert_string_equal(value("integer('9223372036854775807')"), "integer 9223372036854775807");
    assert_string_equal(value("integer('-9223372036854775808')"), "integer -9223372036854775808");
    assert_string_equal(value("integer('9007199254740993.0000000')"), "integer 9007199254740993"); /* no double */
}

static void decimals_are_rounded_to_their_digits(void **state)
{
    (void)state;
    assert_string_equal(value("decimal(5, 2)"), "decimal 5.00");
    assert_string_equal(value("decimal(1.005, 2)"), "decimal 1.01");
    assert_string_equal(value("decimal(-1.005, 2)"), "decimal -1.01");
    assert_string_equal(value("decimal(1 / 3, 4)"), "decimal 0.3333");
    assert_string_equal(value("decimal(1.5e-1, 1)"), "decimal 0.1"); /* the double lies below */
    assert_string_equal(value("decimal('12.345', 2)"), "decimal 12.35");
    assert_string_equal(value("decimal(true, 1)"), "decimal 1.0");
    assert_string_equal(value("decimal(2.5, 0)"), "decimal 3");
}

static void reals_are_the_nearest(void **state)
{
    (void)state;
    assert_string_equal(value("real(1 / 3)"), "real 0.3333333333333333");
    assert_string_equal(value("real(0.1)"), "real 0.1");
    assert_string_equal(value("real(9223372036854775807)"), "real 9.223372036854776e18");
    assert_string_equal(value("real('1e-5')"), "real 0.00001");
    assert_string_equal(value("real('123456789012345678901234567890')"), "real 1.2345678901234568e29");
    assert_string_equal(value("real(2e0)"), "real 2.0");
}

static void texts_are_what_expressions_read_back(void **state)
{
    const dk_table *t = make_table(context, "s:timestamp c:category\n2024-12-31 13:05:09.25|Ede\n");

    (void)state;
    assert_string_equal(value("text(-5)"), "text -5");
    assert_string_equal(value("text(0.50)"), "text 0.50");
    assert_string_equal(value("text(1e300)"), "text 1e300");
    assert_string_equal(value("text(2e0)"), "text 2.0");
    assert_string_equal(value("text(2 / 6)"), "text 1/3");
    assert_string_equal(value("text(true)"), "text true");
    assert_string_equal(value("text(date '2024-12-31')"), "text 2024-12-31");
    assert_string_equal(value("text('a')"), "text a");
    assert_string_equal(values_of(t, "text(s) .. ' ' .. text(c)"), "2024-12-31T13:05:09.250000 Ede");
    dk_table_release(t);
}

static void booleans_come_of_what_says_so(void **state)
{
    (void)state;
    assert_string_equal(value("boolean(1)"), "boolean true");
    assert_string_equal(value("boolean(0)"), "boolean false");
    assert_string_equal(value("boolean('true')"), "boolean true");
    assert_string_equal(value("boolean('false')"), "boolean false");
    assert_string_equal(value("boolean(true)"), "boolean true");
    assert_string_equal(value("boolean(1 > 2)"), "boolean false");
}

static void what_cannot_be_is_an_error(void **state)
{
    const dk_table *t = make_table(context, "t:text d:decimal1 r:real c:category\n12|1.0|1|1\n1,5|2.5|2.5|x\n");

    (void)state;
    fails(t, "integer(t)", DK_ERR_RANGE, 1, "row 2: \"1,5\" is no integer\n  integer(t)\n  ^^^^^^^^^^");
    fails(t, "1 + integer(d)", DK_ERR_RANGE, 5,
          "row 2: 2.5 is no integer\n  1 + integer(d)\n      ^^^^^^^^^^ (round(x), floor(x) and ceil(x) say which "
          "way)");
    fails(t, "integer(r)", DK_ERR_RANGE, 1, "row 2: 2.5 is no integer");
    fails(t, "integer(c)", DK_ERR_RANGE, 1, "row 2: \"x\" is no integer");
    fails(t, "integer(1 / 3)", DK_ERR_RANGE, 1, "1/3 is no integer");
    fails(t, "integer(1e19)", DK_ERR_OVERFLOW, 1, "row 1: the result does not fit in 64 bits");
    fails(t, "integer('1e30')", DK_ERR_OVERFLOW, 1, "does not fit");
    fails(t, "decimal(9223372036854775807, 1)", DK_ERR_OVERFLOW, 1, "does not fit");
    fails(t, "decimal(t, 2)", DK_ERR_RANGE, 1, "row 2: \"1,5\" is no decimal");
    fails(t, "real(t)", DK_ERR_RANGE, 1, "row 2: \"1,5\" is no real");
    for (size_t i = 0; i < 11; i++) {
        static const char *const texts[] = {
            "", " 1", "1 ", "0x10", "inf", "nan", "1e", ".", "--1", "1e400", ".e1"
        };
        char text[64];

        (void)snprintf(text, sizeof text, "real('%s')", texts[i]);
        fails(t, text, DK_ERR_RANGE, 1, "is no real");
        (void)snprintf(text, sizeof text, "integer('%s')", texts[i]);
        fails(t, text, DK_ERR_RANGE, 1, "is no integer");
    }
    fails(t, "boolean(t)", DK_ERR_RANGE, 1, "row 1: \"12\" is no boolean");
    fails(t, "boolean(2)", DK_ERR_RANGE, 1, "2 is no boolean");
    fails(t, "boolean('True')", DK_ERR_RANGE, 1, "\"True\" is no boolean");
    fails(t, "integer('')", DK_ERR_RANGE, 1, "row 1: \"\" is no integer");
    fails(t, "boolean(1.0)", DK_ERR_RANGE, 1, "1.0 is no boolean");
    dk_table_release(t);
}

static void other_types_are_refused(void **state)
{
    const dk_table *t = make_table(context, "e:date n:integer\n2024-01-01|1\n");

    (void)state;
    fails(t, "integer(e)", DK_ERR_TYPE, 9, "integer() wants a number or a text, and this is date");
    fails(t, "boolean(e)", DK_ERR_TYPE, 9, "boolean() wants a number or a text, and this is date");
    fails(t, "decimal(1, n)", DK_ERR_RANGE, 12, "the number of digits is a whole number from 0 to 18");
    fails(t, "decimal(1, 19)", DK_ERR_RANGE, 12, "the number of digits is a whole number from 0 to 18");
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(integers_come_of_what_is_whole, start, stop),
        cmocka_unit_test_setup_teardown(decimals_are_rounded_to_their_digits, start, stop),
        cmocka_unit_test_setup_teardown(reals_are_the_nearest, start, stop),
        cmocka_unit_test_setup_teardown(texts_are_what_expressions_read_back, start, stop),
        cmocka_unit_test_setup_teardown(booleans_come_of_what_says_so, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_an_error, start, stop),
        cmocka_unit_test_setup_teardown(other_types_are_refused, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
