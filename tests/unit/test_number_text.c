/* test_number_text.c - numbers as text and back: the shortest decimal of a double, marks, extremes, the locale.
 *
 * The shortest decimals are those of Python's repr, the decimals of doubles those of decimal(repr(x)).
 */
#include "check.h"
#include "watched.h"

#include <locale.h>
#include <stdlib.h>

#include "base/number.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

static const struct {
    double value;
    const char *text;
} shortest[] = {
    { 0x1.0000000000000p+0, "1.0" },
    { -0x1.0000000000000p+0, "-1.0" },
    { 0x1.999999999999ap-4, "0.1" },
    { 0x1.1eb851eb851ecp-4, "0.07" },
    { 0x1.9000000000000p+3, "12.5" },
    { 0x1.5555555555555p-2, "0.3333333333333333" },
    { 0x1.5555555555555p-1, "0.6666666666666666" },
    { 0x1.9000000000000p+6, "100.0" },
    { 0x1.c6bf526340000p+49, "1000000000000000.0" },
    { 0x1.1c37937e08000p+53, "1e16" },
    { 0x1.c12218377de40p+46, "123456789012345.0" },
    { 0x1.18b54f22aeb00p+50, "1234567890123456.0" },
    { 0x1.5ee2a2eb5a5c4p+53, "1.2345678901234568e16" },
    { 0x1.0000000000000p+53, "9007199254740992.0" },
    { 0x1.0000000000001p+53, "9007199254740994.0" },
    { 0x1.4f8b588e368f1p-17, "0.00001" },
    { 0x1.f75104d551d69p-17, "0.000015" },
    { 0x1.4f82c188427bap-17, "9.999e-6" },
    { 0x1.0c6f7a0b5ed8dp-20, "1e-6" },
    { 0x1.a36e2eb1c432dp-14, "0.0001" },
    { 0x0.0000000000001p-1022, "5e-324" },
    { -0x0.0000000000001p-1022, "-5e-324" },
    { 0x0.0000000000002p-1022, "1e-323" },
    { 0x1.0000000000000p-1022, "2.2250738585072014e-308" },
    { 0x0.fffffffffffffp-1022, "2.225073858507201e-308" },
    { 0x1.fffffffffffffp+1023, "1.7976931348623157e308" },
    { -0x1.fffffffffffffp+1023, "-1.7976931348623157e308" },
    { 0x1.7e43c8800759cp+996, "1e300" },
    { 0x1.52d02c7e14af6p+76, "1e23" },
    { 0x1.374bc6a7ef9dbp-7, "0.0095" },
    { 0x1.0000000000000p-44, "5.684341886080802e-14" },
    { 0x1.0000000000000p+63, "9.223372036854776e18" },
    { 0x0.0000000000003p-1022, "1.5e-323" },
    { 0x1.52d02c7e14af6p+75, "5e22" },
    { 0x1.1666666666666p+2, "4.35" },
    { 0x1.3333333333333p-2, "0.3" },
    { 0x1.3333333333334p-2, "0.30000000000000004" },
    { 0x1.c7e83209e90b2p+72, "8.41e21" },
    { 0x1.0000000000000p+60, "1.152921504606847e18" },
    { 0x1.b1ae4d6e2ef50p+69, "1e21" },
    { 0x1.279a9c8073d8bp-100, "9.109e-31" },
    { 0x1.fe185ca57c517p+78, "6.02214076e23" },
    { 0x1.0000000000000p-1, "0.5" },
    { 0x1.02e85be180b5bp-13, "0.000123456789012345" },
    { 0x1.5c87fa06c50e6p-84, "7.0385307e-26" },
    { 0x1.8000000000000p-1022, "3.337610787760802e-308" },
    { 0x0.0000000000064p-1022, "4.94e-322" },
    { 0x1.0000000000000p-24, "5.960464477539063e-8" },
    { 0x1.0000000000000p-1017, "7.120236347223045e-307" },
    { 0x1.0000000000000p+89, "6.189700196426902e26" },
    { 0x1.0000000000000p+976, "6.386688990511104e293" },
    { -0x1.0000000000000p-77, "-6.617444900424222e-24" },
    { 0x1.0000000000000p-25, "2.9802322387695312e-8" },
};

static void a_double_prints_as_its_shortest_decimal(void **state)
{
    char out[48];

    (void)state;
    for (size_t i = 0; i < N_ROWS(shortest); i++) {
        assert_int_equal(dki_format_real(shortest[i].value, out, sizeof out), strlen(shortest[i].text));
        assert_string_equal(out, shortest[i].text);
    }
    assert_int_equal(dki_format_real(0.0, out, sizeof out), 3);
    assert_string_equal(out, "0.0");
    dki_format_real(-0.0, out, sizeof out);
    assert_string_equal(out, "0.0");
    dki_format_real(HUGE_VAL, out, sizeof out); /* no value is one of these; they show as what they are */
    assert_string_equal(out, "inf");
    dki_format_real(-HUGE_VAL, out, sizeof out);
    assert_string_equal(out, "-inf");
    dki_format_real((double)NAN, out, sizeof out);
    assert_string_equal(out, "nan");
}

static uint64_t random_bits(void)
{
    static uint64_t seed = 7676;

    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return seed ^ seed >> 29;
}

/* Doubles of any bits, of few digits, powers of two and their neighbours: what is printed reads back as the same,
 * and nothing that is shorter by a digit does. */
static void what_is_printed_reads_back_and_nothing_shorter_does(void **state)
{
    int rounds = (int)watched(20000, 20000, 300);

    (void)state;
    for (int i = 0; i < rounds; i++) {
        uint64_t bits = random_bits();
        double value, back;
        char out[48], shorter[48];
        int n_digits = 0;

        if (i % 4 == 1)
            value = (double)(int64_t)(bits % 1000000) / 1000;
        else if (i % 4 == 2)
            value = ldexp(1.0, (int)(bits % 2098) - 1074);
        else
            memcpy(&value, &bits, sizeof value);
        if (i % 8 == 6)
            value = nextafter(value, i % 16 == 6 ? 0 : HUGE_VAL);
        if (!isfinite(value) || value == 0)
            continue;
        dki_format_real(value, out, sizeof out);
        assert_true(dki_parse_real(out, strlen(out), '.', &back));
        if (back != value || strtod(out, NULL) != value)
            fail_msg("%a prints as %s, which reads as %a", value, out, back);
        for (const char *at = out + strspn(out, "-0."); *at && *at != 'e'; at++)
            n_digits += *at != '.';
        while (n_digits > 1 && fabs(value) >= 1 && fabs(value) < 1e16) { /* zeros that only hold a place */
            snprintf(shorter, sizeof shorter, "%.*e", n_digits - 1, value);
            if (shorter[strcspn(shorter, "e") - 1] != '0')
                break;
            n_digits--;
        }
        if (n_digits > 1) {
            snprintf(shorter, sizeof shorter, "%.*e", n_digits - 2, value);
            if (strtod(shorter, NULL) == value)
                fail_msg("%a prints as %s, and %s is shorter", value, out, shorter);
        }
    }
}

static void a_double_becomes_the_decimal_that_it_reads_as(void **state)
{
    static const struct {
        double value;
        bool fits;
        int64_t expected;
        uint8_t scale;
    } cases[] = {
        { 0x0.0p+0, true, INT64_C(0), 0 },
        { -0x0.0p+0, true, INT64_C(0), 0 },
        { 0x1.1eb851eb851ecp-4, true, INT64_C(7), 2 },
        { -0x1.1eb851eb851ecp-4, true, INT64_C(-7), 2 },
        { 0x1.3333333333334p-2, true, INT64_C(30000000000000004), 17 },
        { 0x1.0000000000000p+0, true, INT64_C(1), 0 },
        { -0x1.9000000000000p+3, true, INT64_C(-125), 1 },
        { 0x1.bc16d674ec800p+59, true, INT64_C(1000000000000000000), 0 },
        { 0x1.f399b1438a100p+62, true, INT64_C(9000000000000000000), 0 },
        { 0x1.158e460913d00p+63, false, 0, 0 },
        { 0x1.fffffffffffffp+62, true, INT64_C(9223372036854775000), 0 },
        { 0x1.0000000000000p+63, false, 0, 0 },
        { -0x1.0000000000000p+63, false, 0, 0 },
        { 0x1.2725dd1d243acp-60, true, INT64_C(1), 18 },
        { 0x1.d83c94fb6d2acp-64, false, 0, 0 },
        { 0x1.bab8cbabb6581p-60, false, 0, 0 },
        { 0x1.bab8cbabb6581p-57, true, INT64_C(12), 18 },
        { 0x1.3333333333333p-2, true, INT64_C(3), 1 },
        { 0x1.5555555555555p-2, true, INT64_C(3333333333333333), 16 },
        { 0x1.d6f3454800000p+26, true, INT64_C(123456789125), 3 },
        { 0x0.0000000000001p-1022, false, 0, 0 },
        { 0x1.7e43c8800759cp+996, false, 0, 0 },
        { 0x1.1666666666666p+2, true, INT64_C(435), 2 },
        { 0x1.c6bf526340004p+49, true, INT64_C(10000000000000005), 1 },
        { 0x1.0000000000000p+53, true, INT64_C(9007199254740992), 0 },
        { 0x1.9000000000000p+6, true, INT64_C(100), 0 },
        { 0x1.7979cfe362a00p+60, true, INT64_C(1700000000000000000), 0 },
        { 0x1.02207973f6440p+63, false, 0, 0 },
        { 0x1.f9add3746f659p-4, true, INT64_C(1234567890123456), 16 },
        { 0x1.948b0f90591e1p-7, true, INT64_C(1234567890123456), 17 },
        { 0x1.43a272d9e0e4ep-10, true, INT64_C(1234567890123456), 18 },
        { 0x1.948b0f90591e5p-7, true, INT64_C(12345678901234567), 18 },
        { HUGE_VAL, false, 0, 0 },
        { -HUGE_VAL, false, 0, 0 },
        { (double)NAN, false, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        int64_t out = 42;
        uint8_t scale = 43;

        if (dki_real_to_decimal(cases[i].value, &out, &scale) != cases[i].fits)
            fail_msg("row %zu", i);
        assert_true(out == (cases[i].fits ? cases[i].expected : 42));
        assert_int_equal(scale, cases[i].fits ? cases[i].scale : 43);
    }
}

/* Reading. ----------------------------------------------------------------------------------------------------- */

static void decimals_are_read_with_either_mark(void **state)
{
    static const struct {
        const char *text;
        char point;
        bool is_one;
        int64_t value;
        uint8_t scale;
    } cases[] = {
        { "0", '.', true, 0, 0 },
        { "-0", '.', true, 0, 0 },
        { "+12.50", '.', true, 1250, 2 },
        { "-12,50", ',', true, -1250, 2 },
        { "12,50", '.', false, 0, 0 },
        { "12.50", ',', false, 0, 0 },
        { "1.758", '.', true, 1758, 3 },
        { "1.758,5", ',', false, 0, 0 }, /* marks of thousands are the caller's */
        { "007", '.', true, 7, 0 },
        { "0000000000000000000000000000012.5", '.', true, 125, 1 },
        { "9223372036854775807", '.', true, INT64_MAX, 0 },
        { "9223372036854775808", '.', false, 0, 0 },
        { "-9223372036854775808", '.', true, INT64_MIN, 0 },
        { "-9223372036854775809", '.', false, 0, 0 },
        { "9.223372036854775807", '.', true, INT64_MAX, 18 },
        { "-9.223372036854775808", '.', true, INT64_MIN, 18 },
        { "-9.223372036854775809", '.', false, 0, 0 },
        { "92233720368547758.07", '.', true, INT64_MAX, 2 },
        { "99999999999999999999", '.', false, 0, 0 },
        { "0.000000000000000001", '.', true, 1, 18 },
        { "0.0000000000000000001", '.', false, 0, 0 },
        { "0.0000000000000000000", '.', false, 0, 0 }, /* nineteen places are too many, zeros or not */
        { "", '.', false, 0, 0 },
        { "+", '.', false, 0, 0 },
        { "-", '.', false, 0, 0 },
        { ".", '.', false, 0, 0 },
        { "5.", '.', false, 0, 0 },
        { ".5", '.', false, 0, 0 },
        { "-.5", '.', false, 0, 0 },
        { "1..5", '.', false, 0, 0 },
        { "1.5.", '.', false, 0, 0 },
        { "1.5x", '.', false, 0, 0 },
        { "x1", '.', false, 0, 0 },
        { " 1", '.', false, 0, 0 },
        { "1 ", '.', false, 0, 0 },
        { "--1", '.', false, 0, 0 },
        { "+-1", '.', false, 0, 0 },
        { "1e5", '.', false, 0, 0 },
        { "0x10", '.', false, 0, 0 },
        { "1/2", '.', false, 0, 0 },      /* the byte before 0 */
        { "1:2", '.', false, 0, 0 },      /* and the one behind 9 */
        { "\xC2\xB2", '.', false, 0, 0 }, /* a superscript two is no digit */
    };
    int64_t value = 42;
    uint8_t scale = 43;

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        value = 42;
        scale = 43;
        if (dki_parse_decimal(cases[i].text, strlen(cases[i].text), cases[i].point, &value, &scale) !=
            cases[i].is_one)
            fail_msg("%s with %c", cases[i].text, cases[i].point);
        if (value != (cases[i].is_one ? cases[i].value : 42) || scale != (cases[i].is_one ? cases[i].scale : 43))
            fail_msg("%s with %c: %lld, %u", cases[i].text, cases[i].point, (long long)value, scale);
    }
    assert_false(dki_parse_decimal("1\0", 2, '.', &value, &scale));
    assert_true(dki_parse_decimal("123", 2, '.', &value, &scale)); /* no more than size bytes count */
    assert_true(value == 12);
    assert_false(dki_parse_decimal(NULL, 0, '.', &value, &scale));
}

static void doubles_are_read_whole_or_not(void **state)
{
    static const struct {
        const char *text;
        char point;
        bool is_one;
        double value;
    } cases[] = {
        { "0", '.', true, 0 },
        { "-0", '.', true, 0 },
        { "1", '.', true, 1 },
        { "+1.5", '.', true, 1.5 },
        { "-1,5", ',', true, -1.5 },
        { "1,5", '.', false, 0 },
        { "1.5", ',', false, 0 },
        { "5.", '.', true, 5 },
        { ".5", '.', true, 0.5 },
        { "-.5e1", '.', true, -5 },
        { "1e5", '.', true, 100000 },
        { "1E+05", '.', true, 100000 },
        { "1,25e-3", ',', true, 0.00125 },
        { "1e", '.', false, 0 },
        { "1e+", '.', false, 0 },
        { "1e5.5", '.', false, 0 },
        { "1e5x", '.', false, 0 },
        { "e5", '.', false, 0 },
        { ".", '.', false, 0 },
        { ".e5", '.', false, 0 },
        { "", '.', false, 0 },
        { "-", '.', false, 0 },
        { "--1", '.', false, 0 },
        { " 1", '.', false, 0 },
        { "1 ", '.', false, 0 },
        { "0x10", '.', false, 0 },
        { "0x1p3", '.', false, 0 },
        { "inf", '.', false, 0 },
        { "-infinity", '.', false, 0 },
        { "nan", '.', false, 0 },
        { "NAN(1)", '.', false, 0 },
        { "1e308", '.', true, 1e308 },
        { "1.7976931348623157e308", '.', true, 0x1.fffffffffffffp1023 },
        { "1.7976931348623158e308", '.', true, 0x1.fffffffffffffp1023 },
        { "1.7976931348623159e308", '.', false, 0 },
        { "1e309", '.', false, 0 },
        { "-1e99999999999999999999", '.', false, 0 },
        { "1e-400", '.', true, 0 },
        { "-1e-400", '.', true, 0 },
        { "2.4703282292062328e-324", '.', true, 0x1p-1074 }, /* just over half of the least */
        { "2.4703282292062327e-324", '.', true, 0 },
        { "9007199254740993", '.', true, 0x1p53 }, /* a tie: to even */
        { "9007199254740993.0000000000000000000001", '.', true, 0x1.0000000000001p53 },
        { "9007199254740995", '.', true, 0x1.0000000000002p53 },
    };
    char longest[600];
    double value = 42;

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        value = 42;
        if (dki_parse_real(cases[i].text, strlen(cases[i].text), cases[i].point, &value) != cases[i].is_one)
            fail_msg("%s with %c", cases[i].text, cases[i].point);
        if (value != (cases[i].is_one ? cases[i].value : 42) || signbit(value) != (cases[i].value < 0))
            fail_msg("%s with %c: %a", cases[i].text, cases[i].point, value);
    }
    assert_false(dki_parse_real("1\0", 2, '.', &value));
    assert_true(dki_parse_real("123", 2, '.', &value));
    assert_true(value == 12);
    assert_false(dki_parse_real(NULL, 0, '.', &value));
    memset(longest, '0', sizeof longest);
    longest[510] = '7';
    assert_true(dki_parse_real(longest, 511, '.', &value));
    assert_true(value == 7);
    assert_false(dki_parse_real(longest, 512, '.', &value));
}

/* Writing. ----------------------------------------------------------------------------------------------------- */

static void decimals_are_written_with_all_their_places(void **state)
{
    dki_i128 most = ((dki_i128)1 << 126) - 1 + ((dki_i128)1 << 126);
    const struct {
        dki_i128 value;
        unsigned scale;
        const char *text;
    } cases[] = {
        { 0, 0, "0" },
        { 0, 3, "0.000" },
        { 5, 2, "0.05" },
        { -5, 2, "-0.05" },
        { 25, 2, "0.25" },
        { 125, 2, "1.25" },
        { -1250, 2, "-12.50" },
        { 7, 0, "7" },
        { 1, 18, "0.000000000000000001" },
        { INT64_MIN, 0, "-9223372036854775808" },
        { INT64_MIN, 18, "-9.223372036854775808" },
        { INT64_MIN, 1, "-922337203685477580.8" },
        { most, 0, "170141183460469231731687303715884105727" },
        { -most - 1, 0, "-170141183460469231731687303715884105728" },
        { -most - 1, 18, "-170141183460469231731.687303715884105728" },
    };
    char out[48];

    (void)state;
    for (size_t i = 0; i < N_ROWS(cases); i++) {
        assert_int_equal(dki_format_decimal(cases[i].value, cases[i].scale, out, sizeof out),
                         strlen(cases[i].text));
        assert_string_equal(out, cases[i].text);
    }
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        int64_t number = (int64_t)random_bits() >> random_bits() % 64, value;
        uint8_t scale = (uint8_t)(random_bits() % 19), places;
        char out[48];
        size_t n = dki_format_decimal(number, scale, out, sizeof out);

        assert_true(dki_parse_decimal(out, n, '.', &value, &places));
        assert_true(value == number && places == scale);
    }
}

/* A locale with a decimal comma, made on the spot where none is installed: localedef is part of the C library. */
static bool set_comma_locale(void)
{
    static const char source[] = "LC_NUMERIC\\ndecimal_point \"<U002C>\"\\nthousands_sep \"<U002E>\"\\n"
                                 "grouping 3;3\\nEND LC_NUMERIC\\n";
    char folder[] = "/tmp/dekking-locale-XXXXXX", command[400];
    bool done;

    if (setlocale(LC_NUMERIC, "nl_NL.UTF-8") || setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        return true;
    if (mkdtemp(folder) == NULL)
        return false;
    snprintf(command, sizeof command,
             "cd %s && printf '%s' >source && localedef -c --no-archive -i source ./nl_NL >log 2>&1", folder,
             source);
    (void)!system(command);
    setenv("LOCPATH", folder, 1);
    done = setlocale(LC_NUMERIC, "nl_NL") != NULL;
    snprintf(command, sizeof command, "rm -r %s", folder);
    (void)!system(command);
    return done;
}

/* A Dutch locale has a comma in printf and strtod; nothing here may notice. */
static void the_locale_changes_nothing(void **state)
{
    double value;
    char out[48];

    (void)state;
    if (!set_comma_locale())
        skip();
    snprintf(out, sizeof out, "%.1f", 0.5);
    assert_string_equal(out, "0,5");
    for (size_t i = 0; i < N_ROWS(shortest); i++) {
        dki_format_real(shortest[i].value, out, sizeof out);
        assert_string_equal(out, shortest[i].text);
        assert_true(dki_parse_real(out, strlen(out), '.', &value));
        assert_true(value == shortest[i].value);
    }
    assert_true(dki_parse_real("12,5", 4, ',', &value));
    assert_true(value == 12.5);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_double_prints_as_its_shortest_decimal),
        cmocka_unit_test(what_is_printed_reads_back_and_nothing_shorter_does),
        cmocka_unit_test(a_double_becomes_the_decimal_that_it_reads_as),
        cmocka_unit_test(decimals_are_read_with_either_mark),
        cmocka_unit_test(doubles_are_read_whole_or_not),
        cmocka_unit_test(decimals_are_written_with_all_their_places),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_locale_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
