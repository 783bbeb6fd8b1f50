/* test_infer.c - which type a column has, from all of its values; and columns of text (raw.c) below it. */
#include "check.h"

#include "read/infer.h"

#include "with_context.h"

/* A column from "a b c", words between blanks; _ is a blank, ~ null, ^ an empty text. */
static void fill(dki_raw *raw, const char *words)
{
    dk_error err = DK_ERROR_INIT;
    char word[64];

    dki_raw_init(raw, context);
    while (*words) {
        size_t n = strcspn(words, " ");
        for (size_t i = 0; i < n; i++)
            word[i] = words[i] == '_' ? ' ' : words[i];
        if (n == 1 && *words == '~')
            assert_ok(dki_raw_null(raw, &err), &err);
        else
            assert_ok(dki_raw_text(raw, word, n == 1 && *words == '^' ? 0 : n, &err), &err);
        words += n + (words[n] == ' ');
    }
}

/* Plans of the first of n columns. */
static dki_plan plan_of(size_t n, const char *const *columns, const dk_csv_column *stated, dk_csv_options options,
                        dki_marks *marks)
{
    dki_profile profiles[4];
    const dk_csv_column *by_column[4] = { stated, NULL, NULL, NULL };
    dk_error err = DK_ERROR_INIT;
    dki_marks found;
    dki_plan plan;

    for (size_t i = 0; i < n; i++) {
        dki_raw raw;
        fill(&raw, columns[i]);
        assert_ok(dki_profile_find(&raw, by_column[i], &profiles[i], &err), &err);
        dki_raw_drop(&raw);
    }
    dki_marks_find(profiles, by_column, n, &options, &found);
    dki_profile_plan(&profiles[0], stated, &found, &plan);
    if (marks)
        *marks = found;
    return plan;
}

static const dk_csv_options none = DK_CSV_OPTIONS_INIT;

static dki_plan plan(const char *words)
{
    return plan_of(1, &words, NULL, none, NULL);
}

static dki_plan plan_stated(const char *words, dk_type type)
{
    dk_csv_column column = { .name = "x", .type = type };
    return plan_of(1, &words, &column, none, NULL);
}

static void expect(const char *words, dk_type type, unsigned scale)
{
    dki_plan p = plan(words);

    if (p.doubt != DKI_SURE || p.type != type || p.scale != scale)
        fail_msg("<%s> is %s, scale %u, doubt %d", words, dk_type_name(p.type), p.scale, p.doubt);
}

static void plain_columns_get_their_type(void **state)
{
    (void)state;
    expect("62 1322 -5", DK_INTEGER, 0);
    expect("0 1 1 0", DK_INTEGER, 0);
    expect("12,5 1,25 3", DK_DECIMAL, 2);
    expect("12.5 -0.125", DK_DECIMAL, 3);
    expect("1.5e3 2", DK_REAL, 0);
    expect("2024-12-31 2024-01-01", DK_DATE, 0);
    expect("31-12-2024 01-02-2024", DK_DATE, 0);
    expect("12/31/2024 01/02/2024", DK_DATE, 0);
    expect("2024-12-31T10:00 2024-12-31T00:00", DK_TIMESTAMP, 0);
    expect("2024-12-31T00:00 2024-12-30T00:00:00", DK_DATE, 0);
    expect("2024-12-31 2024-12-30T10:00", DK_TIMESTAMP, 0); /* a date is its midnight */
    expect("2024-12-31 ~ 2024-12-30T00:00", DK_DATE, 0);
    expect("31-12-2024 30-12-2024T9:05", DK_TIMESTAMP, 0);
    expect("31-12-2024T10:00 2024-12-30", DK_CATEGORY, 0); /* two orders are none */
    expect("2024-12-31T10:00 2024-12-30 gisteren", DK_CATEGORY, 0);
    expect("2024-03 ~ 1999-12", DK_PERIOD, DK_MONTH);
    expect("_2024-03 ^ 1999-12_", DK_PERIOD, DK_MONTH);
    expect("2024Q1 2024-Q2 2024K3 2024-K4", DK_PERIOD, DK_QUARTER);
    expect("2024 2023", DK_INTEGER, 0);
    expect("2024-03 2024Q1", DK_CATEGORY, 0);
    expect("2024-03 2024-13", DK_CATEGORY, 0);
    expect("2024-03 2024", DK_CATEGORY, 0);
    expect("2024-03 2024-03-01", DK_CATEGORY, 0);
    expect("2024-00 0000-01", DK_CATEGORY, 0);
    expect("ja nee JA", DK_BOOLEAN, 0);
    expect("waar ~ onwaar", DK_BOOLEAN, 0);
    expect("74_% 12,5_%", DK_DECIMAL, 3);
    expect("Arnhem Duiven Arnhem", DK_CATEGORY, 0);
    expect("ja nee onbekend", DK_CATEGORY, 0);
    expect("ja false", DK_CATEGORY, 0);
    expect("", DK_TEXT, 0);
    expect("~ ~", DK_TEXT, 0);
    expect("^ ~", DK_CATEGORY, 0);
}

static void nulls_and_empty_texts_do_not_make_text_of_numbers(void **state)
{
    (void)state;
    expect("62 ~ ^ 7", DK_INTEGER, 0);
}

static void identifiers_stay_text(void **state)
{
    (void)state;
    expect("007 123", DK_CATEGORY, 0);
    expect("1234567890123456789 1", DK_CATEGORY, 0);
    expect("+31612345678 1", DK_CATEGORY, 0);
    expect("123456789012345678,5 0,25", DK_CATEGORY, 0); /* nineteen digits at the column's scale */
}

static void thousands_are_decided_by_the_rest_of_the_column(void **state)
{
    (void)state;
    expect("12 724 1.758.000 1.758", DK_INTEGER, 0);
    expect("1.758 12,5", DK_DECIMAL, 1);
    expect("1.758 1.5", DK_DECIMAL, 3);
    expect("1,758 1,758.5", DK_DECIMAL, 1);
    expect("1.758 0.125", DK_DECIMAL, 3);
}

static void what_can_be_read_two_ways_is_told(void **state)
{
    dki_plan p = plan("12 724 1.758 489");

    (void)state;
    assert_int_equal(p.doubt, DKI_TWO_MARKS);
    assert_int_equal(p.doubt_row, 2);
    assert_int_equal(plan("12 1,758").doubt, DKI_TWO_MARKS);
    assert_int_equal(plan("1.758_% 2_%").doubt, DKI_TWO_MARKS);
    p = plan("05-05-2024 01-02-2024");
    assert_int_equal(p.doubt, DKI_TWO_ORDERS);
    assert_int_equal(p.doubt_row, 1);
    assert_int_equal(plan("05-05-2024").doubt, DKI_SURE); /* the same day in both */
    assert_int_equal(plan("01-02-2024T10:00").doubt, DKI_TWO_ORDERS);
}

static void the_rest_of_the_file_decides(void **state)
{
    const char *dutch[] = { "1.758 489", "12,5 3" }, *plain[] = { "1.758 489", "12.5 3" };
    const char *against[] = { "1.758", "12,5", "12.5" }, *dates[] = { "01-02-2024", "31-12-2024 05-06-2024" };
    dki_marks marks;

    (void)state;
    dki_plan p = plan_of(2, dutch, NULL, none, &marks);
    assert_int_equal(p.type, DK_INTEGER);
    assert_int_equal(marks.mark_by, DKI_BY_COLUMN);
    assert_int_equal(marks.mark_column, 1);
    p = plan_of(2, plain, NULL, none, NULL);
    assert_int_equal(p.type, DK_DECIMAL);
    assert_int_equal(p.scale, 3);
    p = plan_of(3, against, NULL, none, &marks);
    assert_int_equal(p.doubt, DKI_TWO_MARKS);
    assert_int_equal(marks.mark_by, DKI_CONTRADICTED);
    assert_int_equal(marks.mark_against, 2);
    p = plan_of(2, dates, NULL, none, &marks);
    assert_int_equal(p.type, DK_DATE);
    assert_int_equal(p.order, DKI_DMY);
    assert_int_equal(marks.order_column, 1);
}

static void options_decide_for_the_file(void **state)
{
    const char *numbers = "1.758 489", *dates = "01-02-2024 03-04-2024", *dutch = "12,5 3";
    dk_csv_options o = { .decimal_mark = DK_MARK_COMMA, .date_order = DK_DATES_MDY };

    (void)state;
    assert_int_equal(plan_of(1, &numbers, NULL, o, NULL).type, DK_INTEGER);
    assert_int_equal(plan_of(1, &dates, NULL, o, NULL).order, DKI_MDY);
    o.decimal_mark = DK_MARK_POINT;
    o.date_order = DK_DATES_YMD;
    assert_int_equal(plan_of(1, &numbers, NULL, o, NULL).type, DK_DECIMAL);
    dki_plan p = plan_of(1, &dates, NULL, o, NULL);
    assert_int_equal(p.type, DK_CATEGORY);
    assert_string_equal(p.almost, "dates");
    p = plan_of(1, &dutch, NULL, o, NULL);
    assert_int_equal(p.type, DK_CATEGORY);
    assert_string_equal(p.almost, "numbers");
}

/* types = { x = "integer" } says that the dot stands between thousands, "decimal" that it does not. */
static void a_stated_type_decides_for_its_column(void **state)
{
    dki_plan p = plan_stated("12 1.758", DK_INTEGER);

    (void)state;
    assert_int_equal(p.doubt, DKI_SURE);
    assert_int_equal(p.mark, DKI_COMMA);
    p = plan_stated("12 1,758", DK_INTEGER);
    assert_int_equal(p.mark, DKI_POINT);
    p = plan_stated("12 1.758", DK_DECIMAL);
    assert_int_equal(p.doubt, DKI_SURE);
    assert_int_equal(p.mark, DKI_POINT);
    assert_int_equal(p.scale, 3);
    const char *dotted = "12 1.758";
    const dk_csv_column two_digits = { .name = "x", .type = DK_DECIMAL, .has_scale = true, .scale = 2 };
    p = plan_of(1, &dotted, &two_digits, none, NULL); /* three digits after a point would not fit */
    assert_int_equal(p.doubt, DKI_SURE);
    assert_int_equal(p.mark, DKI_COMMA);
    p = plan_stated("12 1,758", DK_REAL);
    assert_int_equal(p.mark, DKI_COMMA);
    p = plan_stated("1,758 1.758", DK_DECIMAL);
    assert_int_equal(p.doubt, DKI_TWO_MARKS);
    p = plan_stated("1,758 1.758", DK_INTEGER);
    assert_int_equal(p.doubt, DKI_TWO_MARKS);
    p = plan_stated("01-02-2024", DK_DATE);
    assert_int_equal(p.doubt, DKI_TWO_ORDERS);
    p = plan_stated("2024-01-05 31-12-2024 01-02-2024", DK_DATE);
    assert_int_equal(p.doubt, DKI_SURE);
    assert_int_equal(p.order, DKI_DMY);
    p = plan_stated("12,5 74 veel", DK_DECIMAL);
    assert_int_equal(p.mark, DKI_COMMA);
}

/* A stated period is of the frequency that is stated, whatever the values look like. */
static void stated_periods_keep_their_frequency(void **state)
{
    static const char *const words[] = { "2024 2023", "2024-03 2024Q1", "" };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (uint8_t f = 0; f < DK_N_FREQUENCIES; f++) {
            dk_csv_column column = { .name = "x", .type = DK_PERIOD, .has_scale = true, .scale = f };
            dki_plan p = plan_of(1, &words[i], &column, none, NULL);

            assert_int_equal(p.type, DK_PERIOD);
            assert_int_equal(p.scale, f);
            assert_int_equal(p.doubt, DKI_SURE);
        }
}

static void almost_numbers_are_text_and_say_why(void **state)
{
    dki_plan p = plan("12 13 n.b. 14 15");

    (void)state;
    assert_int_equal(p.type, DK_CATEGORY);
    assert_string_equal(p.almost, "numbers");
    assert_int_equal(p.n_odd, 1);
    assert_int_equal(p.odd_row, 2);
    assert_string_equal(plan("2024-01-01 onbekend 2024-01-02").almost, "dates");
    assert_string_equal(plan("2024-01 2024-13 2024-02").almost, "months");
    assert_int_equal(plan("2024-01 2024-13 2024-02").odd_row, 1);
    assert_string_equal(plan("2024Q1 onbekend 2024K2").almost, "quarters");
    assert_null(plan("Arnhem 12 Duiven Zevenaar").almost);
}

static void many_different_values_are_text(void **state)
{
    dk_error err = DK_ERROR_INIT;
    dki_profile profile;
    const dk_csv_column *stated = NULL;
    dki_marks marks;

    (void)state;
    for (int n = 512; n <= 513; n++)
        for (int times = 1; times <= 8; times += 7) {
            dki_raw raw;
            dki_raw_init(&raw, context);
            for (int i = 0; i < n * times; i++) {
                char text[16];
                int size = snprintf(text, sizeof text, "p%d", i % n);
                assert_ok(dki_raw_text(&raw, text, (size_t)size, &err), &err);
            }
            assert_ok(dki_profile_find(&raw, NULL, &profile, &err), &err);
            dki_marks_find(&profile, &stated, 1, &none, &marks);
            dki_plan p;
            dki_profile_plan(&profile, NULL, &marks, &p);
            assert_int_equal(p.type, n == 512 || times == 8 ? DK_CATEGORY : DK_TEXT);
            dki_raw_drop(&raw);
        }
}

static void a_column_with_too_many_values_becomes_plain_text(void **state)
{
    enum { N = 70000 };
    dk_error err = DK_ERROR_INIT;
    dki_profile profile;
    dki_raw raw;
    const char *bytes;
    size_t size;

    (void)state;
    dki_raw_init(&raw, context);
    assert_ok(dki_raw_null(&raw, &err), &err);
    for (int i = 0; i < N; i++) {
        char text[16];
        int n = snprintf(text, sizeof text, "%d", i);
        assert_ok(dki_raw_text(&raw, text, (size_t)n, &err), &err);
    }
    assert_ok(dki_raw_null(&raw, &err), &err);
    assert_false(raw.is_coded);
    assert_int_equal(raw.n_rows, N + 2);
    assert_int_equal(raw.n_nulls, 2);
    assert_false(dki_raw_get(&raw, 0, &bytes, &size));
    assert_false(dki_raw_get(&raw, N + 1, &bytes, &size));
    assert_true(dki_raw_get(&raw, 65536, &bytes, &size));
    assert_int_equal(size, 5);
    assert_memory_equal(bytes, "65535", 5);
    assert_ok(dki_profile_find(&raw, NULL, &profile, &err), &err);
    assert_int_equal(profile.n_values, N);
    assert_int_equal(profile.n_read[DKI_READ_INTEGER], N);
    dki_raw_drop(&raw);
}

static dk_status build_and_profile(dki_profile *out, dk_error *err)
{
    dki_raw raw;
    dk_status status = DK_OK;

    dki_raw_init(&raw, context);
    for (int i = 0; i < 300 && status == DK_OK; i++) {
        char text[16];
        int n = snprintf(text, sizeof text, "%d", i);
        status = i % 7 ? dki_raw_text(&raw, text, (size_t)n, err) : dki_raw_null(&raw, err);
    }
    if (status == DK_OK)
        status = dki_profile_find(&raw, NULL, out, err);
    dki_raw_drop(&raw);
    return status;
}

static void survives_failing_memory(void **state)
{
    dk_error err = DK_ERROR_INIT;
    dki_profile profile = { 0 };

    (void)state;
    assert_survives_failing_memory(context, build_and_profile(&profile, &err), &err, profile.n_values == 0,
                                   (void)0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_columns_get_their_type),
        TEST(nulls_and_empty_texts_do_not_make_text_of_numbers),
        TEST(identifiers_stay_text),
        TEST(thousands_are_decided_by_the_rest_of_the_column),
        TEST(what_can_be_read_two_ways_is_told),
        TEST(the_rest_of_the_file_decides),
        TEST(options_decide_for_the_file),
        TEST(a_stated_type_decides_for_its_column),
        TEST(stated_periods_keep_their_frequency),
        TEST(almost_numbers_are_text_and_say_why),
        TEST(many_different_values_are_text),
        TEST(a_column_with_too_many_values_becomes_plain_text),
        TEST(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
