/* test_value.c - names of types, exact order of values across types, and their plain text. */
#include "check.h"

#include <dekking/value.h>

static dk_value integer(int64_t n)
{
    return (dk_value){ .type = DK_INTEGER, .as.integer = n };
}
static dk_value decimal(int64_t n, uint8_t scale)
{
    return (dk_value){ .type = DK_DECIMAL, .scale = scale, .as.integer = n };
}
static dk_value real(double x)
{
    return (dk_value){ .type = DK_REAL, .as.real = x };
}
static dk_value ratio(int64_t n, int64_t d)
{
    return (dk_value){ .type = DK_RATIO, .as.ratio = { n, d } };
}
static dk_value text(const char *bytes)
{
    return (dk_value){ .type = DK_TEXT, .as.text = { bytes, strlen(bytes) } };
}

static void ordered(dk_value a, dk_value b, int expected)
{
    char x[64], y[64];

    dk_value_format(&a, x, sizeof x);
    dk_value_format(&b, y, sizeof y);
    if (dk_value_compare(&a, &b) != expected || dk_value_compare(&b, &a) != -expected)
        fail_msg("%s %s against %s %s: %d, not %d", dk_type_name(a.type), x, dk_type_name(b.type), y,
                 dk_value_compare(&a, &b), expected);
}

static void every_type_is_found_by_its_name(void **state)
{
    dk_type type = DK_TEXT;

    (void)state;
    for (int i = 0; i < DK_N_TYPES; i++) {
        assert_true(dk_type_find(dk_type_name((dk_type)i), &type));
        assert_int_equal(type, i);
    }
    type = DK_DATE;
    assert_false(dk_type_find("number", &type));
    assert_int_equal(type, DK_DATE);
    assert_string_equal(dk_type_name((dk_type)99), "unknown");
}

static void four_types_are_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < DK_N_TYPES; i++)
        assert_true(dk_type_is_number((dk_type)i) ==
                    (i == DK_INTEGER || i == DK_DECIMAL || i == DK_REAL || i == DK_RATIO));
}

/* What doubles cannot hold decides: 2^53 + 1 is more than the double nearest to it. */
static void numbers_of_all_types_are_compared_exactly(void **state)
{
    (void)state;
    ordered(integer(3), integer(3), 0);
    ordered(integer(-1), integer(1), -1);
    ordered(integer(INT64_C(9007199254740993)), real(9007199254740992.0), 1);
    ordered(integer(INT64_MAX), real(9223372036854775808.0), -1);
    ordered(integer(INT64_MIN), real(-9223372036854775808.0), 0);
    ordered(decimal(150, 2), decimal(15, 1), 0);
    ordered(decimal(INT64_MAX, 0), decimal(INT64_MAX, 18), 1);
    ordered(decimal(1, 1), real(0.1), -1); /* the double is 0.1000000000000000055... */
    ordered(decimal(5, 1), real(0.5), 0);
    ordered(ratio(1, 3), real(1.0 / 3.0), 1); /* the double is 0.333333333333333314... */
    ordered(ratio(1, 4), real(0.25), 0);
    ordered(ratio(3, 10), decimal(30, 2), 0);
    ordered(ratio(2841, 3838), decimal(74, 2), 1); /* 5682 / 7676 = 0.74022... */
    ordered(ratio(INT64_MAX, INT64_MAX - 1), integer(1), 1);
    ordered(integer(0), real(1e-300), -1);
    ordered(integer(INT64_MAX), real(1e300), -1);
    ordered(real(-1e300), ratio(INT64_MIN + 1, 1), -1);
    ordered(real(0.0), integer(0), 0);
}

static void texts_go_by_code_point(void **state)
{
    (void)state;
    ordered(text(""), text("a"), -1);
    ordered(text("a"), text("ab"), -1);
    ordered(text("Z"), text("a"), -1);
    ordered(text("z"), text("\xC3\xA9"), -1);                    /* z before é */
    ordered(text("\xEF\xBF\xBD"), text("\xF0\x90\x80\x80"), -1); /* U+FFFD before U+10000, unlike in UTF-16 */
    ordered(text("Arnhem"), text("Arnhem"), 0);
}

static void dates_times_and_booleans_have_their_order(void **state)
{
    dk_value no = { .type = DK_BOOLEAN }, yes = { .type = DK_BOOLEAN, .as.boolean = true };
    dk_value day = { .type = DK_DATE, .as.integer = -1 }, next = { .type = DK_DATE, .as.integer = 0 };
    dk_value time = { .type = DK_TIMESTAMP, .as.integer = INT64_C(-5) }, later = time;

    (void)state;
    ordered(no, yes, -1);
    ordered(yes, yes, 0);
    ordered(day, next, -1);
    later.as.integer = 1;
    ordered(time, later, -1);
}

static void formats_as(dk_value value, const char *expected)
{
    char out[64];

    assert_int_equal(dk_value_format(&value, out, sizeof out), strlen(expected));
    assert_string_equal(out, expected);
}

static void values_have_a_plain_form(void **state)
{
    dk_value null = { .type = DK_DATE, .is_null = true }, yes = { .type = DK_BOOLEAN, .as.boolean = true };
    dk_value day = { .type = DK_DATE, .as.integer = 19723 };
    dk_value time = { .type = DK_TIMESTAMP, .as.integer = INT64_C(1704067200000000) };

    (void)state;
    formats_as(null, "null");
    formats_as(yes, "true");
    formats_as(integer(INT64_MIN), "-9223372036854775808");
    formats_as(decimal(-1250, 2), "-12.50");
    formats_as(decimal(5, 3), "0.005");
    formats_as(real(0.1), "0.1");
    formats_as(real(3), "3.0");
    formats_as(ratio(2841, 3838), "2841/3838");
    formats_as(day, "2024-01-01");
    formats_as(time, "2024-01-01T00:00:00");
    formats_as(text("Nijmegen"), "Nijmegen");
}

/* The whole length is told, and no character is cut in two. */
static void a_text_that_does_not_fit_is_cut_between_characters(void **state)
{
    dk_value cafe = text("caf\xC3\xA9");
    char out[8] = "xxxxxxx";

    (void)state;
    assert_int_equal(dk_value_format(&cafe, out, 5), 5);
    assert_string_equal(out, "caf");
    assert_int_equal(dk_value_format(&cafe, out, 6), 5);
    assert_string_equal(out, "caf\xC3\xA9");
    assert_int_equal(dk_value_format(&cafe, out, 1), 5);
    assert_string_equal(out, "");
    assert_int_equal(dk_value_format(&cafe, NULL, 0), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_found_by_its_name),
        cmocka_unit_test(four_types_are_numbers),
        cmocka_unit_test(numbers_of_all_types_are_compared_exactly),
        cmocka_unit_test(texts_go_by_code_point),
        cmocka_unit_test(dates_times_and_booleans_have_their_order),
        cmocka_unit_test(values_have_a_plain_form),
        cmocka_unit_test(a_text_that_does_not_fit_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
