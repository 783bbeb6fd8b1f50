/* test_header.c - whether the first record names the columns: where the values below decide, and where nothing does. */
#include "check.h"

#include "both_agree.h"
#include "survive_reading.h"

#include "with_context.h"

/* The name of the first column, by both paths, and the number of rows; a note tells where a header was not found. */
static void expect(const char *text, const dk_csv_options *o, const char *name, uint64_t n_rows, bool found_none)
{
    both_reading r;

    both_agree(context, text, o, &r);
    assert_ok(r.status, &r.err);
    assert_string_equal(dk_table_field(r.table, 0)->name, name);
    assert_int_equal(dk_table_n_rows(r.table), n_rows);
    assert_int_equal(strstr(dk_table_note(r.table, 0), "without header") != NULL, found_none);
    both_drop(&r);
}

static void refuse(const char *text, const char *part, uint64_t line, uint64_t column)
{
    both_reading r;

    both_read(context, text, strlen(text), NULL, false, &r);
    assert_fails(r.status, &r.err, DK_ERR_DATA, part);
    assert_non_null(strstr(r.err.hint, "header = false"));
    assert_int_equal(r.err.line, line);
    assert_int_equal(r.err.column, column);
    both_drop(&r);
}

static void texts_above_values_are_names(void **state)
{
    (void)state;
    expect("gemeente;n\nArnhem;5\n", NULL, "gemeente", 1, false);
    expect("g;d\nArnhem;2024-01-01\nDuiven;\n", NULL, "g", 2, false);
    expect("g;h\nArnhem;x\nDuiven;y\n", NULL, "g", 2, false);
    expect("n;2024-03\n5;7\n", NULL, "n", 1, false); /* a month above numbers */
    expect("g;n;n2\nArnhem;5;12.5\n", NULL, "g", 1, false);
    expect("2024-01-01;n\n2024-01-02;7\n", NULL, "2024-01-01", 1, false); /* the other column says so */
}

static void a_value_of_the_kind_below_is_no_name(void **state)
{
    (void)state;
    expect("x;2024-01-01\ny;2024-01-02\n", NULL, "kolom_1", 2, true);
    expect("x;12.5\ny;3.25\n", NULL, "kolom_1", 2, true);
    expect("x;-3\ny;4\n", NULL, "kolom_1", 2, true);
    expect("x;ja\ny;nee\n", NULL, "kolom_1", 2, true);
    expect("Arnhem;5\nDuiven;7\nArnhem;9\n", NULL, "kolom_1", 3, true); /* Arnhem is a value below */
    expect("a;b\nc;d\na;b\n", NULL, "kolom_1", 3, true);
    expect("k;b\nk;d\na;e\n", NULL, "k", 2, false); /* of one column it may be chance */
    expect("sep=;\nx;12.5\ny;3.25\n", NULL, "kolom_1", 2, true);
    expect("x;2024-01-01\n", NULL, "x", 0, false); /* nothing below: a table without rows */
}

static void years_and_numbers_that_count_are_names(void **state)
{
    (void)state;
    expect("gemeente;2019;2020\nArnhem;5;6\n", NULL, "gemeente", 1, false);
    expect("2019;2021\n5;6\n", NULL, "2019", 1, false);
    expect("gemeente;1;2;3\nArnhem;5;6;9\n", NULL, "gemeente", 1, false);
}

static void other_whole_numbers_must_be_told(void **state)
{
    (void)state;
    refuse("1;5\n2;7\n", "\"1\" can be the name of column 1 or its first value", 1, 1);
    refuse("\n\nArnhem;5\nDuiven;7\n", "\"5\" can be the name of column 2", 3, 2);
    refuse("g;18;27;50\nArnhem;5;6;9\n", "\"18\" can be", 1, 2);
    refuse(
        "sep=;\n1;5\n2;7\n",
        "x.csv:2:1: the first record can be read in two ways: \"1\" can be the name of column 1 or its first value "
        "(state it: header = true where the first record names the columns, header = false where it does not)",
        2, 1);
}

static void what_is_stated_holds(void **state)
{
    static const dk_csv_options first = { .header = DK_HEADER_FIRST }, none = { .header = DK_HEADER_NONE };
    static const dk_csv_column n = { .name = "5", .type = DK_INTEGER };
    static const dk_csv_options stated = { .columns = &n, .n_columns = 1 };
    static const char *const names[] = { "g", "d" };
    static const dk_csv_options named = { .names = names, .n_names = 2 };

    (void)state;
    expect("x;2024-01-01\ny;2024-01-02\n", &first, "x", 1, false);
    expect("g;n\nx;5\n", &none, "kolom_1", 2, false);
    expect("1;5\n2;7\n", &stated, "1", 1, false); /* a type is stated for the column 5 */
    expect("x;2024-01-01\ny;2024-01-02\n", &named, "g", 2, true);
    expect("naam;datum\ny;2024-01-02\n", &named, "g", 1, false);
}

static void the_sample_ends_where_columns_are_many(void **state)
{
    static char text[2 * 60000 * 2 + 8];
    size_t used = 0;

    (void)state;
    for (int row = 0; row < 2; row++)
        for (int i = 0; i < 60000; i++) {
            text[used++] = row == 0 ? 'a' : '5';
            text[used++] = i < 59999 ? ';' : '\n';
        }
    text[0] = 'b';
    both_reading r;
    both_read(context, text, used, NULL, false, &r);
    assert_fails(r.status, &r.err, DK_ERR_DUPLICATE, "the same name");
    both_drop(&r);
}

static void survives_failing_memory(void **state)
{
    (void)state;
    survive_reading(context, "x;2024-01-01\ny;2024-01-02\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_above_values_are_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_of_the_kind_below_is_no_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(years_and_numbers_that_count_are_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_whole_numbers_must_be_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_stated_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_sample_ends_where_columns_are_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
