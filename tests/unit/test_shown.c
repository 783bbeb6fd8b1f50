/* test_shown.c - what one value looks like, to people and to machines. */
#include "check.h"

#include "base/calendar.h"
#include "write/shown.h"

static void to_people(dk_value value, const char *pattern, dk_style style, const char *shown)
{
    char out[128];

    assert_int_equal(dk_value_print(&value, pattern, style, out, sizeof out), strlen(shown));
    assert_string_equal(out, shown);
}

static void to_machines(dk_value value, dk_style style, const char *shown)
{
    dki_look look = { .style = style };
    char scratch[DKI_SHOWN_BYTES];
    size_t length = 0;
    const char *text = dki_show_value(&value, &look, scratch, sizeof scratch, &length);

    assert_int_equal(length, strlen(shown));
    assert_memory_equal(text, shown, length);
}

static dk_value of_integer(dk_type type, int64_t n, uint8_t scale)
{
    return (dk_value){ .type = type, .scale = scale, .as.integer = n };
}

static dk_value of_real(double x)
{
    return (dk_value){ .type = DK_REAL, .as.real = x };
}

static dk_value of_ratio(int64_t numerator, int64_t denominator)
{
    return (dk_value){ .type = DK_RATIO, .as.ratio = { numerator, denominator } };
}

static dk_value of_text(dk_type type, const char *text)
{
    return (dk_value){ .type = type, .as.text = { text, strlen(text) } };
}

static dk_value of_time(const char *text)
{
    dk_value value = { .type = DK_TIMESTAMP };

    assert_true(dki_parse_timestamp(text, strlen(text), 'y', &value.as.integer));
    return value;
}

static dk_value of_date(const char *text)
{
    dk_value value = { .type = DK_DATE };

    assert_true(dki_parse_date(text, strlen(text), 'y', &value.as.integer));
    return value;
}

static dk_value of_period(int64_t number, dk_frequency frequency)
{
    return (dk_value){ .type = DK_PERIOD, .scale = (uint8_t)frequency, .as.integer = number };
}

static void people_see_rounded_numbers(void **state)
{
    (void)state;
    to_people(of_integer(DK_INTEGER, 1758, 0), NULL, DK_STYLE_INTERNATIONAL, "1758");
    to_people(of_integer(DK_INTEGER, 1758, 0), "#,##0", DK_STYLE_NL, "1.758");
    to_people(of_integer(DK_DECIMAL, 1250, 2), NULL, DK_STYLE_INTERNATIONAL, "12.50");
    to_people(of_integer(DK_DECIMAL, 1250, 2), NULL, DK_STYLE_NL, "12,50");
    to_people(of_ratio(2, 3), NULL, DK_STYLE_INTERNATIONAL, "0.6667");
    to_people(of_ratio(2, 3), "0.0 %", DK_STYLE_NL, "66,7 %");
    to_people(of_real(2.5), NULL, DK_STYLE_NL, "2,5000");
    to_people(of_real(1e300), "0.0 %", DK_STYLE_INTERNATIONAL, "1e300"); /* cannot be rounded */
    to_people(of_real(1.5e300), NULL, DK_STYLE_NL, "1,5e300");
}

static void people_see_dates_and_truth_in_their_style(void **state)
{
    (void)state;
    to_people(of_date("2024-12-31"), NULL, DK_STYLE_INTERNATIONAL, "2024-12-31");
    to_people(of_date("2024-12-31"), NULL, DK_STYLE_NL, "31-12-2024");
    to_people(of_date("0001-02-03"), NULL, DK_STYLE_NL, "03-02-0001");
    to_people(of_time("2024-12-31T23:59:58"), NULL, DK_STYLE_INTERNATIONAL, "2024-12-31 23:59:58");
    to_people(of_time("2024-12-31T23:59:58"), NULL, DK_STYLE_NL, "31-12-2024 23:59:58");
    to_people(of_time("1969-12-31T23:00:00.25"), NULL, DK_STYLE_NL, "31-12-1969 23:00:00.250000");
    to_people(of_period(650, DK_MONTH), NULL, DK_STYLE_NL, "2024-03"); /* a period is written in one way */
    to_people(of_period(-1, DK_QUARTER), NULL, DK_STYLE_INTERNATIONAL, "1969Q4");
    to_people(of_period(54, DK_YEAR), NULL, DK_STYLE_NL, "2024");
    to_people((dk_value){ .type = DK_BOOLEAN, .as.boolean = true }, NULL, DK_STYLE_INTERNATIONAL, "true");
    to_people((dk_value){ .type = DK_BOOLEAN, .as.boolean = true }, NULL, DK_STYLE_NL, "ja");
    to_people((dk_value){ .type = DK_BOOLEAN }, NULL, DK_STYLE_NL, "nee");
    to_people((dk_value){ .type = DK_INTEGER, .is_null = true }, "0.0", DK_STYLE_NL, "\xE2\x80\x93");
    to_people(of_text(DK_TEXT, "Arnhem"), NULL, DK_STYLE_NL, "Arnhem");
    to_people(of_text(DK_CATEGORY, ""), NULL, DK_STYLE_NL, "");
}

static void machines_get_exact_numbers(void **state)
{
    (void)state;
    to_machines(of_integer(DK_INTEGER, INT64_MIN, 0), DK_STYLE_INTERNATIONAL, "-9223372036854775808");
    to_machines(of_integer(DK_DECIMAL, 1250, 2), DK_STYLE_INTERNATIONAL, "12.50");
    to_machines(of_integer(DK_DECIMAL, -5, 2), DK_STYLE_NL, "-0,05");
    to_machines(of_integer(DK_DECIMAL, INT64_MAX, 18), DK_STYLE_INTERNATIONAL, "9.223372036854775807");
    to_machines(of_ratio(1, 8), DK_STYLE_INTERNATIONAL, "0.125");
    to_machines(of_ratio(1, 8), DK_STYLE_NL, "0,125");
    to_machines(of_ratio(-7, 1), DK_STYLE_INTERNATIONAL, "-7");
    to_machines(of_ratio(2, 3), DK_STYLE_INTERNATIONAL, "0.6666666666666666");
    to_machines(of_real(0.1), DK_STYLE_INTERNATIONAL, "0.1");
    to_machines(of_real(5), DK_STYLE_INTERNATIONAL, "5.0");
    to_machines(of_real(1.5e300), DK_STYLE_NL, "1,5e300");
}

/* 1/2^18 has 18 digits after the mark, and is exact; 1/2^19 has 19, which no decimal holds. */
static void a_ratio_is_a_decimal_where_it_can_be(void **state)
{
    (void)state;
    to_machines(of_ratio(1, 262144), DK_STYLE_INTERNATIONAL, "0.000003814697265625");
    to_machines(of_ratio(1, 524288), DK_STYLE_INTERNATIONAL, "1.9073486328125e-6");
    to_machines(of_ratio(INT64_MAX, 10), DK_STYLE_INTERNATIONAL, "922337203685477580.7");
    to_machines(of_ratio(INT64_MAX, 1), DK_STYLE_INTERNATIONAL, "9223372036854775807");
    to_machines(of_ratio(INT64_MAX, 2), DK_STYLE_INTERNATIONAL, "4.611686018427388e18"); /* .5 needs too many */
}

static void machines_get_dates_that_read_one_way(void **state)
{
    (void)state;
    to_machines(of_date("2024-02-01"), DK_STYLE_INTERNATIONAL, "2024-02-01");
    to_machines(of_date("2024-02-01"), DK_STYLE_NL, "2024-02-01");
    to_machines(of_period(650, DK_MONTH), DK_STYLE_NL, "2024-03");
    to_machines(of_period(218, DK_QUARTER), DK_STYLE_NL, "2024Q3");
    to_machines(of_period(-1969, DK_YEAR), DK_STYLE_INTERNATIONAL, "0001");
    to_machines(of_time("2024-02-01T10:20:30"), DK_STYLE_INTERNATIONAL, "2024-02-01T10:20:30");
    to_machines(of_time("2024-02-01T10:20:30"), DK_STYLE_NL, "2024-02-01 10:20:30");
}

static void a_text_that_does_not_fit_is_cut_at_a_character(void **state)
{
    dk_value value = of_text(DK_TEXT, "a\xE2\x82\xAC"
                                      "b");
    char out[8] = "xxxxxxx";

    (void)state;
    assert_int_equal(dk_value_print(&value, NULL, DK_STYLE_NL, out, 4), 5);
    assert_string_equal(out, "a");
    assert_int_equal(dk_value_print(&value, NULL, DK_STYLE_NL, out, 5), 5);
    assert_string_equal(out, "a\xE2\x82\xAC");
    assert_int_equal(dk_value_print(&value, NULL, DK_STYLE_NL, out, 1), 5);
    assert_string_equal(out, "");
    assert_int_equal(dk_value_print(&value, NULL, DK_STYLE_NL, NULL, 0), 5);
}

static void print_bounds(dk_interval interval, uint8_t scale, const char *pattern, dk_style style,
                         const char *expected)
{
    dk_value value = { .type = DK_INTERVAL, .scale = scale, .as.interval = interval };
    char out[128];

    value.is_null = interval.no_least && interval.no_greatest;
    assert_int_equal(dk_value_print(&value, pattern, style, out, sizeof out), strlen(expected));
    assert_string_equal(out, expected);
}

/* Bounds still hold when they are rounded; one sign stands behind both; a marker stands for all but an estimate. */
static void bounds_are_shown_in_one_form(void **state)
{
    dk_interval share = { .least = 110965, .greatest = 999999 }, open = { .least = -15, .no_greatest = true };
    dk_interval withheld = { .greatest = 4, .meaning = DK_MEANS_SUPPRESSED, .marker = { "<5", 2 } };
    dk_interval nobody = {
        .no_least = true, .no_greatest = true, .meaning = DK_MEANS_UNAVAILABLE, .marker = { ".", 1 }
    };
    dk_interval model = { .least = 3364, .greatest = 3364, .meaning = DK_MEANS_ESTIMATE, .marker = { "s", 1 } };

    (void)state;
    print_bounds(share, 6, "0.0 %", DK_STYLE_INTERNATIONAL, "11.0..100.0 %");
    print_bounds(share, 6, "0.0%", DK_STYLE_NL, "11,0..100,0%");
    print_bounds(share, 6, NULL, DK_STYLE_NL, "0,110965..0,999999");
    print_bounds(open, 1, "0", DK_STYLE_NL, "-2..");
    print_bounds(open, 1, "0 %", DK_STYLE_NL, "-150 %..");
    print_bounds((dk_interval){ .no_least = true, .greatest = 1250000 }, 0, "#,##0", DK_STYLE_NL, "..1.250.000");
    print_bounds((dk_interval){ .least = 12, .greatest = 12 }, 0, "0.0", DK_STYLE_NL, "12,0");
    print_bounds(withheld, 0, "0.0", DK_STYLE_NL, "<5");
    print_bounds(nobody, 0, NULL, DK_STYLE_NL, ".");
    print_bounds(model, 1, NULL, DK_STYLE_NL, "~336,4");
    print_bounds((dk_interval){ .no_least = true, .no_greatest = true }, 0, NULL, DK_STYLE_NL, "\xE2\x80\x93");
}

static void a_bad_pattern_is_told(void **state)
{
    dk_value value = of_integer(DK_INTEGER, 1, 0);
    char out[8] = "before";

    (void)state;
    assert_true(dk_value_print(&value, "percent", DK_STYLE_NL, out, sizeof out) == SIZE_MAX);
    assert_string_equal(out, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_see_rounded_numbers),
        cmocka_unit_test(people_see_dates_and_truth_in_their_style),
        cmocka_unit_test(machines_get_exact_numbers),
        cmocka_unit_test(a_ratio_is_a_decimal_where_it_can_be),
        cmocka_unit_test(machines_get_dates_that_read_one_way),
        cmocka_unit_test(a_text_that_does_not_fit_is_cut_at_a_character),
        cmocka_unit_test(bounds_are_shown_in_one_form),
        cmocka_unit_test(a_bad_pattern_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
