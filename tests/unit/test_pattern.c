/* test_pattern.c - number patterns: which there are, and one rounding of the exact value. */
#include "check.h"

#include <stdlib.h>

#include "write/pattern.h"

static void expect(const char *pattern, dk_value number, dk_style style, const char *shown)
{
    char out[128];
    dki_pattern parsed;

    assert_true(dki_pattern_parse(pattern, &parsed));
    assert_int_equal(dki_pattern_print(&parsed, &number, style, out, sizeof out), strlen(shown));
    assert_string_equal(out, shown);
}

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

static dk_value ratio(int64_t numerator, int64_t denominator)
{
    return (dk_value){ .type = DK_RATIO, .as.ratio = { numerator, denominator } };
}

static void a_pattern_says_digits_thousands_and_percent(void **state)
{
    dki_pattern p;

    (void)state;
    assert_true(dki_pattern_parse("0", &p));
    assert_true(p.digits == 0 && !p.thousands && !p.percent && !p.blank);
    assert_true(dki_pattern_parse("0.00", &p));
    assert_true(p.digits == 2 && !p.thousands && !p.percent && !p.blank);
    assert_true(dki_pattern_parse("#,##0.0", &p));
    assert_true(p.digits == 1 && p.thousands && !p.percent && !p.blank);
    assert_true(dki_pattern_parse("0.0 %", &p));
    assert_true(p.digits == 1 && !p.thousands && p.percent && p.blank);
    assert_true(dki_pattern_parse("#,##0%", &p));
    assert_true(p.digits == 0 && p.thousands && p.percent && !p.blank);
    assert_true(dki_pattern_parse("0.000000000000000", &p));
    assert_int_equal(p.digits, 15);
}

static void what_is_no_pattern_is_refused(void **state)
{
    static const char *const bad[] = {
        "",      "%",  "0.",        ".0",     "00",    "0,0",  "0.0  %",
        "0.0 ",  " 0", "#,###",     "#,##0.", "#.##0", "0.0x", "0.0 %%",
        "0.0% ", "%0", "0 percent", "-0",     "1",     "0.01", "0.0000000000000000"
    };
    dki_pattern p = { .digits = 77 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (dki_pattern_parse(bad[i], &p))
            fail_msg("\"%s\" passes for a pattern", bad[i]);
    assert_int_equal(p.digits, 77); /* untouched */
}

/* The exact value decides: as a double 0.125 is exact, and 0.15, 0.35 and 1.005 lie below. */
static void halves_are_rounded_away_from_zero(void **state)
{
    (void)state;
    expect("0.0", decimal(25, 2), DK_STYLE_INTERNATIONAL, "0.3");
    expect("0.0", decimal(-25, 2), DK_STYLE_INTERNATIONAL, "-0.3");
    expect("0.0", decimal(24999, 5), DK_STYLE_INTERNATIONAL, "0.2");
    expect("0.0", ratio(1, 4), DK_STYLE_INTERNATIONAL, "0.3");
    expect("0.0", ratio(-3, 20), DK_STYLE_INTERNATIONAL, "-0.2");
    expect("0", ratio(1, 2), DK_STYLE_INTERNATIONAL, "1");
    expect("0", ratio(5, 2), DK_STYLE_INTERNATIONAL, "3"); /* not to even */
    expect("0", decimal(5, 1), DK_STYLE_INTERNATIONAL, "1");
    expect("0.00", real(0.125), DK_STYLE_INTERNATIONAL, "0.13");
    expect("0.0", real(0.25), DK_STYLE_INTERNATIONAL, "0.3"); /* %.1f has 0.2 */
    expect("0.0", real(0.15), DK_STYLE_INTERNATIONAL, "0.1");
    expect("0.0", real(0.35), DK_STYLE_INTERNATIONAL, "0.3");
    expect("0.00", real(1.005), DK_STYLE_INTERNATIONAL, "1.00");
    expect("0.0", decimal(35, 2), DK_STYLE_INTERNATIONAL, "0.4");
    expect("0.00", decimal(1005, 3), DK_STYLE_INTERNATIONAL, "1.01");
    expect("0.0 %", ratio(5682, 7676), DK_STYLE_INTERNATIONAL, "74.0 %");
    expect("0.00 %", ratio(5682, 7676), DK_STYLE_INTERNATIONAL, "74.02 %");
    expect("0.0 %", ratio(1, 2000), DK_STYLE_INTERNATIONAL, "0.1 %"); /* 0.05 % */
    expect("0.0%", decimal(9995, 4), DK_STYLE_INTERNATIONAL, "100.0%");
}

static void a_plus_shows_signs_and_points_are_a_hundredfold(void **state)
{
    dki_pattern p;

    (void)state;
    assert_true(dki_pattern_parse("+0.0 pp", &p));
    assert_true(p.digits == 1 && p.sign && p.points && !p.percent && !p.thousands);
    expect("+0.0 pp", ratio(598, 7676), DK_STYLE_INTERNATIONAL, "+7.8 pp"); /* 7.7905 */
    expect("+0.00 pp", ratio(-598, 7676), DK_STYLE_NL, "-7,79 procentpunt");
    expect("+0.0 pp", decimal(-4, 4), DK_STYLE_INTERNATIONAL, "0.0 pp"); /* neither sign */
    expect("0 pp", ratio(1, 8), DK_STYLE_INTERNATIONAL, "13 pp");
    expect("+0.0 %", ratio(1, 8), DK_STYLE_NL, "+12,5 %");
    expect("+#,##0", integer(1758), DK_STYLE_INTERNATIONAL, "+1,758");
    expect("+#,##0", integer(0), DK_STYLE_INTERNATIONAL, "0");
    assert_false(dki_pattern_parse("0.0pp", &p));
    assert_false(dki_pattern_parse("++0", &p));
    assert_false(dki_pattern_parse("+", &p));
    assert_false(dki_pattern_parse("0.0 pp ", &p));
}

static void a_unit_stands_behind(void **state)
{
    static const char *const bad[] = { "0 \"",
                                       "0 \"\"",
                                       "0 a\nb",
                                       "0 \"a\"b\"",
                                       "0 1",
                                       "0.0 \xff",
                                       "0 % persons",
                                       "0persons",
                                       "0 Procenten",
                                       "0 \"pct\"",
                                       "0 of more letters than a unit can have" };
    dki_pattern p;

    (void)state;
    expect("#,##0 persons", integer(1758), DK_STYLE_INTERNATIONAL, "1,758 persons");
    expect("#,##0.0 uur per week", decimal(17585, 1), DK_STYLE_NL, "1.758,5 uur per week");
    expect("0 \"% of 2\"", integer(3), DK_STYLE_NL, "3 % of 2");
    expect("+0 €", integer(12), DK_STYLE_NL, "+12 €");
    assert_true(dki_pattern_parse("+0.00 fte", &p));
    assert_true(p.blank && p.sign && p.unit.size == 3 && p.body.size == 4 && !p.percent && !p.points);
    assert_int_equal(dki_pattern_behind(&p, DK_STYLE_NL), 4);
    assert_true(dki_pattern_parse("0.0 pp", &p));
    assert_int_equal(dki_pattern_behind(&p, DK_STYLE_NL), strlen(" procentpunt"));
    assert_true(dki_pattern_parse("0%", &p));
    assert_int_equal(dki_pattern_behind(&p, DK_STYLE_NL), 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (dki_pattern_parse(bad[i], &p))
            fail_msg("\"%s\" passes for a pattern", bad[i]);
}

/* What is rounded to nothing has no sign. */
static void zero_is_never_negative(void **state)
{
    (void)state;
    expect("0.0", decimal(-4, 2), DK_STYLE_INTERNATIONAL, "0.0");
    expect("0.0", real(-0.0), DK_STYLE_INTERNATIONAL, "0.0");
    expect("0", ratio(-1, 3), DK_STYLE_INTERNATIONAL, "0");
    expect("0.0 %", decimal(-5, 2), DK_STYLE_INTERNATIONAL, "-5.0 %");
}

static void styles_choose_the_marks(void **state)
{
    (void)state;
    expect("#,##0", integer(1758), DK_STYLE_INTERNATIONAL, "1,758");
    expect("#,##0", integer(1758), DK_STYLE_NL, "1.758");
    expect("#,##0.0", decimal(17585, 1), DK_STYLE_INTERNATIONAL, "1,758.5");
    expect("#,##0.0", decimal(17585, 1), DK_STYLE_NL, "1.758,5");
    expect("0.0 %", ratio(5682, 7676), DK_STYLE_NL, "74,0 %");
    expect("0", integer(1758), DK_STYLE_NL, "1758");
}

static void thousands_stand_in_groups_of_three(void **state)
{
    (void)state;
    expect("#,##0", integer(0), DK_STYLE_NL, "0");
    expect("#,##0", integer(999), DK_STYLE_NL, "999");
    expect("#,##0", integer(1000), DK_STYLE_NL, "1.000");
    expect("#,##0", integer(-1000), DK_STYLE_NL, "-1.000");
    expect("#,##0", integer(-999), DK_STYLE_NL, "-999");
    expect("#,##0", integer(123456), DK_STYLE_NL, "123.456");
    expect("#,##0", integer(1234567), DK_STYLE_NL, "1.234.567");
    expect("#,##0", integer(INT64_MAX), DK_STYLE_INTERNATIONAL, "9,223,372,036,854,775,807");
    expect("#,##0", integer(INT64_MIN), DK_STYLE_INTERNATIONAL, "-9,223,372,036,854,775,808");
    expect("#,##0.00 %", integer(INT64_MIN), DK_STYLE_NL, "-922.337.203.685.477.580.800,00 %");
    expect("#,##0", decimal(9995, 1), DK_STYLE_NL, "1.000");
}

static void numbers_of_every_type_get_the_digits(void **state)
{
    (void)state;
    expect("0.00", integer(7), DK_STYLE_INTERNATIONAL, "7.00");
    expect("0.000", decimal(5, 1), DK_STYLE_INTERNATIONAL, "0.500");
    expect("0.000000000000000", ratio(1, 3), DK_STYLE_INTERNATIONAL, "0.333333333333333");
    expect("0", real(1e15), DK_STYLE_INTERNATIONAL, "1000000000000000");
    expect("0.0", real(1e-300), DK_STYLE_INTERNATIONAL, "0.0");
    expect("0", real(9007199254740993.0), DK_STYLE_INTERNATIONAL, "9007199254740992");
}

/* 10^38 and more digits do not fit in 128 bits: the caller then shows another form. */
static void what_cannot_be_rounded_is_left_to_the_caller(void **state)
{
    dki_pattern p;
    dk_value huge = real(1e300);
    char out[64];

    (void)state;
    assert_true(dki_pattern_parse("0.0", &p));
    assert_true(dki_pattern_print(&p, &huge, DK_STYLE_INTERNATIONAL, out, sizeof out) == SIZE_MAX);
    huge = real(-1.7e38);
    assert_true(dki_pattern_print(&p, &huge, DK_STYLE_INTERNATIONAL, out, sizeof out) == SIZE_MAX);
}

/* Rounding as at school, on the digits that are written. */
static void round_on_paper(int64_t value, unsigned scale, unsigned digits, char *out)
{
    char text[64];
    size_t whole;
    bool up = false;

    sprintf(text, "%0*lld", (int)scale + 1, (long long)llabs(value)); /* at least one digit before the mark */
    whole = strlen(text) - scale;
    for (unsigned places = scale; places < digits; places++)
        strcat(text, "0");
    if (scale > digits)
        up = text[whole + digits] >= '5';
    text[whole + digits] = '\0';
    for (size_t i = whole + digits; up && i-- > 0;) {
        up = text[i] == '9';
        text[i] = up ? '0' : (char)(text[i] + 1);
    }
    sprintf(out, "%s%s%.*s%s%s", value < 0 && (up || strspn(text, "0") < strlen(text)) ? "-" : "", up ? "1" : "",
            (int)whole, text, digits ? "." : "", text + whole);
}

static void decimals_are_rounded_as_on_paper(void **state)
{
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);

    (void)state;
    for (int round = 0; round < 20000; round++) {
        unsigned scale, digits;
        int64_t value;
        char pattern[32] = "0", expected[96];

        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        scale = (unsigned)(seed % 19);
        digits = (unsigned)(seed / 19 % 16);
        value = (int64_t)(seed >> (seed % 60)) - (int64_t)(seed % 1000);
        if (digits > 0)
            strcat(pattern, ".");
        for (unsigned i = 0; i < digits; i++)
            strcat(pattern, "0");
        round_on_paper(value, scale, digits, expected);
        expect(pattern, decimal(value, (uint8_t)scale), DK_STYLE_INTERNATIONAL, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_says_digits_thousands_and_percent),
        cmocka_unit_test(what_is_no_pattern_is_refused),
        cmocka_unit_test(halves_are_rounded_away_from_zero),
        cmocka_unit_test(a_plus_shows_signs_and_points_are_a_hundredfold),
        cmocka_unit_test(a_unit_stands_behind),
        cmocka_unit_test(zero_is_never_negative),
        cmocka_unit_test(styles_choose_the_marks),
        cmocka_unit_test(thousands_stand_in_groups_of_three),
        cmocka_unit_test(numbers_of_every_type_get_the_digits),
        cmocka_unit_test(what_cannot_be_rounded_is_left_to_the_caller),
        cmocka_unit_test(decimals_are_rounded_as_on_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
