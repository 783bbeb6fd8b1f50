/* test_separator.c - the first line `sep=;`: it states the delimiter, is no record, and counts as a line. */
#include "check.h"

#include "both_agree.h"
#include "read/separator.h"
#include "survive_reading.h"

#include "with_context.h"

static void the_line_is_known_by_all_of_it(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        char delimiter;
    } cases[] = {
        { "sep=;\na", 6, ';' },
        { "sep=,\r\na", 7, ',' },
        { "sep=\t\ra", 6, '\t' },
        { "sep=\\t\na", 7, '\t' },
        { "SEP=|\na", 6, '|' },
        { "\"sep=;\"\na", 8, ';' },
        { "sep=;", 5, ';' },
        { "sep=\"\n", 6, '"' },
        { "sep=\\\na", 6, '\\' },
        { "sep=;;\na", 0, 0 },
        { "sep=\na", 0, 0 },
        { "sep=", 0, 0 },
        { "sep=\xC3\xA9\n", 0, 0 },
        { "\"sep=;\na", 0, 0 },
        { "sep;=\na", 0, 0 },
        { " sep=;\na", 0, 0 },
        { "", 0, 0 },
        { "\"", 0, 0 },
        { "\"sep=;", 0, 0 },
        { "sep=;a\n", 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char delimiter = 0;
        size_t size = dki_separator_find(cases[i].text, strlen(cases[i].text), &delimiter);

        if (size != cases[i].size || delimiter != cases[i].delimiter)
            fail_msg("%s: %zu bytes, '%c'", cases[i].text, size, delimiter);
    }
}

static void refuse(const char *text, const dk_csv_options *o, dk_status code, const char *part, uint64_t line)
{
    both_reading r;

    both_agree(context, text, o, &r);
    assert_fails(r.status, &r.err, code, part);
    assert_int_equal(r.err.line, line);
    both_drop(&r);
}

static void it_states_the_delimiter_and_is_no_record(void **state)
{
    both_reading r;
    dk_value value;

    (void)state;
    /* commas cut these records as well as semicolons do */
    both_agree(context, "\xEF\xBB\xBFsep=;\r\na;b,c\r\n1;2,5\r\n", NULL, &r);
    assert_ok(r.status, &r.err);
    assert_int_equal(dk_table_n_rows(r.table), 1);
    assert_string_equal(dk_table_field(r.table, 1)->name, "b,c");
    assert_ok(dk_column_get(dk_table_field(r.table, 1)->column, 0, &value, &r.err), &r.err);
    assert_int_equal(value.as.integer, 25);
    assert_non_null(strstr(dk_table_note(r.table, 0), "delimiter semicolon as the first line states"));
    both_drop(&r);

    both_agree(context, "sep=\\t\na;b\tc\n", NULL, &r);
    assert_ok(r.status, &r.err);
    assert_int_equal(dk_table_n_columns(r.table), 2);
    both_drop(&r);

    both_agree(context, "sep=;\n1;2\n", &(dk_csv_options){ .header = DK_HEADER_NONE, .delimiter = ';' }, &r);
    assert_ok(r.status, &r.err);
    assert_int_equal(dk_table_n_rows(r.table), 1);
    both_drop(&r);
}

static void lines_are_counted_with_it(void **state)
{
    static const dk_csv_column integer = { .name = "b", .type = DK_INTEGER };
    const dk_csv_options lenient = { .lenient = true, .columns = &integer, .n_columns = 1 };
    both_reading r;
    static const int64_t lines[] = { 4, 5, 7 };

    (void)state;
    refuse("sep=;\na;b\n1;2\n3\n", NULL, DK_ERR_DATA, "the record has 1 field", 4);
    refuse("sep=;\na;a\n1;2\n", NULL, DK_ERR_DUPLICATE, "the same name", 2);
    refuse("sep=;\na;b\n1;x\n", &(dk_csv_options){ .columns = &integer, .n_columns = 1 }, DK_ERR_DATA, "x", 3);
    refuse("sep=;\na;b\n1;1.758\n", NULL, DK_ERR_DATA, "two ways", 3);
    refuse("sep=;\na;b\n1;\xC3\xA9\n2;\xE9\n", NULL, DK_ERR_ENCODING,
           "x.csv:4: byte 0xE9 is no UTF-8, while other parts of the file are (repair this line; encoding = "
           "\"windows-1252\" reads the whole file so)",
           4);
    refuse("sep=;\n1;2\n3\n", &(dk_csv_options){ .header = DK_HEADER_NONE }, DK_ERR_DATA, "1 field", 3);
    both_agree(context, "sep=;\na;b\n1;2\n3\n4;x\n5;6\n7;8;9\n", &lenient, &r);
    assert_ok(r.status, &r.err);
    assert_int_equal(dk_table_n_rows(r.table), 2);
    assert_int_equal(dk_table_n_rows(r.rejected), 3);
    for (uint64_t row = 0; row < 3; row++) {
        dk_value value;
        assert_ok(dk_column_get(dk_table_field(r.rejected, 0)->column, row, &value, &r.err), &r.err);
        assert_int_equal(value.as.integer, lines[row]);
    }
    both_drop(&r);
}

static void what_contradicts_it_is_an_error(void **state)
{
    (void)state;
    refuse("sep=;\na,b\n", &(dk_csv_options){ .delimiter = ',' }, DK_ERR_ARGUMENT,
           "x.csv:1: the first line states the delimiter semicolon, and the option comma (leave the option out, or "
           "take the line away)",
           1);
    refuse("sep=\"\na,b\n", NULL, DK_ERR_ARGUMENT,
           "x.csv:1: the first line states a delimiter that is the quote (leave the option out, or take the line "
           "away)",
           1);
    refuse("sep=;\n", NULL, DK_ERR_DATA, "the file is empty", 0);
}

static void survives_failing_memory(void **state)
{
    (void)state;
    survive_reading(context, "sep=;\na;b\n1;2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_known_by_all_of_it),
        cmocka_unit_test_setup_teardown(it_states_the_delimiter_and_is_no_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_are_counted_with_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_contradicts_it_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
