/* test_published.c - published tables. The figures are those of the region Midden-Gelderland. */
#include "check.h"

#include <stdlib.h>
#include <unistd.h>

#include "read/figures.h"

#include "with_context.h"

static const char region[] = "# counts per municipality\n"
                             " Arnhem 12 724 1.758 489 2.983\n\nDoesburg 10 51 89 34 184\n\n"
                             "Duiven 7 54 135 53 249\n\n   Lingewaard 7   72 201 89 369\r\n"
                             "Overbetuwe 4 97 231 83 415\nRheden 6 142 419 129 696\nRozendaal 0 0 0 0 0\n"
                             "Westervoort 4 49 106 45 204\nZevenaar 12 133 324 113 582\n\n"
                             "TOTAAL  AMR 62 1.322 3.263 1.035 5.682\n\n# end\n";

static dk_status read_text(const char *text, const dk_published_options *options, const dk_table **out,
                           const dk_table **checks, dk_error *err)
{
    return dki_read_published_bytes(context, text, strlen(text), "t.txt", options, out, checks, err);
}

static int64_t integer_at(const dk_table *table, const char *name, uint64_t row)
{
    dk_error err = DK_ERROR_INIT;
    dk_value value = { .is_null = true };
    size_t i = 0;

    assert_ok(dk_table_get(table, name, &i, &err), &err);
    assert_ok(dk_column_get(dk_table_field(table, i)->column, row, &value, &err), &err);
    assert_false(value.is_null);
    return value.as.integer;
}

static void the_region_is_read_and_adds_up(void **state)
{
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    assert_ok(read_text(region, NULL, &t, &checks, &err), &err);
    assert_int_equal(dk_table_n_rows(t), 10);
    assert_int_equal(dk_table_n_columns(t), 6);
    assert_int_equal(integer_at(t, "kolom_3", 0), 1758);
    assert_int_equal(integer_at(t, "kolom_1", 9), 62);
    assert_int_equal(integer_at(t, "kolom_2", 9), 1322);
    assert_int_equal(integer_at(t, "kolom_3", 9), 3263);
    assert_int_equal(integer_at(t, "kolom_4", 9), 1035);
    assert_int_equal(integer_at(t, "totaal", 9), 5682);
    assert_int_equal(integer_at(t, "totaal", 6), 0);

    /* The total is a margin row over the label; the levels are declared in the order of the publication. */
    const dk_field *label = dk_table_field(t, 0);
    const dk_dictionary *levels = dk_column_levels(label->column);
    assert_string_equal(label->name, "label");
    assert_int_equal(label->margin_bit, 0);
    assert_int_equal(dk_table_field(t, 1)->margin_bit, -1);
    assert_int_equal(dk_dictionary_n_levels(levels), 9);
    assert_true(dk_dictionary_is_declared(levels));
    assert_memory_equal(dk_dictionary_level(levels, 9).bytes, "Zevenaar", 8);
    assert_ok(dk_column_get(label->column, 9, &value, &err), &err);
    assert_true(value.is_null);
    assert_non_null(dk_table_margin(t));
    assert_ok(dk_column_get(dk_table_margin(t), 9, &value, &err), &err);
    assert_int_equal(value.as.integer, 1);
    assert_ok(dk_column_get(dk_table_margin(t), 8, &value, &err), &err);
    assert_int_equal(value.as.integer, 0);
    assert_string_equal(dk_table_properties(t)->source, "t.txt");
    assert_non_null(strstr(dk_table_note(t, 0), "\"TOTAAL AMR\""));
    assert_non_null(strstr(dk_table_note(t, 0), "15 sums checked, all hold"));

    assert_int_equal(dk_table_n_rows(checks), 15);
    assert_int_equal(integer_at(checks, "stated", 9), 5682);
    assert_int_equal(integer_at(checks, "computed", 9), 62 + 1322 + 3263 + 1035);
    assert_int_equal(integer_at(checks, "stated", 14), 5682);
    assert_int_equal(integer_at(checks, "difference", 14), 0);
    dk_table_release(checks);
    dk_table_release(t);
}

static void columns_and_label_can_be_named(void **state)
{
    const char *names[] = { "p", "q", "r", "s", "bekend" };
    dk_published_options o = { .label = "gemeente", .columns = names, .n_columns = 5 };
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(read_text(region, &o, &t, NULL, &err), &err);
    assert_string_equal(dk_table_field(t, 0)->name, "gemeente");
    assert_int_equal(integer_at(t, "bekend", 9), 5682);
    dk_table_release(t);
    t = NULL;
    o.n_columns = 4;
    assert_fails(read_text(region, &o, &t, NULL, &err), &err, DK_ERR_LENGTH,
                 "t.txt:2: 4 names are given, and the lines have 5 numbers (give one name for each number of a "
                 "line, the row total's included, and none for the label)");
    names[1] = "p";
    o.n_columns = 5;
    assert_fails(read_text(region, &o, &t, NULL, &err), &err, DK_ERR_DUPLICATE, "p");
    assert_null(t);
}

static void labels_may_have_several_words(void **state)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    assert_ok(read_text("Berg  en   Dal 1 2 3\n's-Hertogenbosch 1 0 1\nNoord - Holland\xC2\xA0"
                        "2 2 4\nTotaal: 4 4 8",
                        NULL, &t, NULL, &err),
              &err);
    assert_ok(dk_column_get(dk_table_field(t, 0)->column, 0, &value, &err), &err);
    assert_int_equal(value.as.text.size, 11);
    assert_memory_equal(value.as.text.bytes, "Berg en Dal", 11);
    assert_int_equal(integer_at(t, "totaal", 3), 8);
    dk_table_release(t);
}

static void without_row_totals_only_columns_are_checked(void **state)
{
    dk_published_options o = { .no_row_totals = true, .total_word = "samen" };
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(read_text("a 1 7\nb 2 8\nSamen 3 15\n", &o, &t, &checks, &err), &err);
    assert_int_equal(dk_table_n_rows(checks), 2);
    assert_int_equal(integer_at(t, "kolom_2", 2), 15);
    dk_table_release(t);
    dk_table_release(checks);
    t = NULL;
    assert_ok(read_text("a 1\nb 2\nTotaal 3\n", NULL, &t, NULL, &err), &err); /* one number is no sum of others */
    assert_int_equal(integer_at(t, "kolom_1", 2), 3);
    dk_table_release(t);
}

static void a_missing_total_is_noted(void **state)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(read_text("a 1 2 3\nb 1 1 2\n", NULL, &t, NULL, &err), &err);
    assert_int_equal(dk_table_n_rows(t), 2);
    assert_null(dk_table_margin(t));
    assert_non_null(strstr(dk_table_note(t, 0), "no line of the total"));
    dk_table_release(t);
}

static void refuse(const char *text, dk_status code, const char *part, uint64_t line, uint64_t column)
{
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(read_text(text, NULL, &t, &checks, &err), &err, code, part);
    assert_string_equal(err.file, "t.txt");
    if (err.line != line || err.column != column)
        fail_msg("%s: line %llu, column %llu", err.message, (unsigned long long)err.line,
                 (unsigned long long)err.column);
    assert_null(t);
    assert_null(checks);
}

static void a_sum_that_does_not_hold_tells_both_numbers(void **state)
{
    (void)state;
    refuse(
        "Arnhem 12 724 1.758 489 2.984\n", DK_ERR_DATA,
        "t.txt:1:6: the line of \"Arnhem\" does not add up: its last number is 2984, the ones before it make 2983 "
        "(compare the figures with the publication; if it says so itself, mismatch = \"note\" keeps the table)",
        1, 6);
    refuse("a 1 2 3\n\nb 4 5 9\nTotaal 5 8 13\n", DK_ERR_DATA,
           "column \"kolom_2\" does not add up: the total line says 8, the rows make 7", 4, 3);
    refuse("a 1 2 3\nTotaal 1 2 4\n", DK_ERR_DATA, "\"Totaal\" does not add up", 2, 4);
    refuse("a 999999999999999999 999999999999999999 1\n", DK_ERR_DATA, "make 1999999999999999998", 1, 4);
}

static void a_mismatch_can_be_accepted_as_a_note(void **state)
{
    dk_published_options o = { .accept_mismatch = true };
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    assert_ok(read_text("a 1 2 4\nTotaal 1 2 3\n", &o, &t, &checks, &err), &err);
    assert_int_equal(dk_table_n_notes(t), 3); /* the summary, the line of a, the column of totals */
    assert_non_null(strstr(dk_table_note(t, 0), "5 sums checked, 2 of them do not hold"));
    assert_non_null(strstr(dk_table_note(t, 1), "last number is 4, the ones before it make 3"));
    assert_int_equal(integer_at(checks, "difference", 0), 1);
    assert_ok(dk_column_get(dk_table_field(checks, 5)->column, 0, &value, &err), &err);
    assert_false(value.as.boolean);
    dk_table_release(t);
    dk_table_release(checks);
}

static void damaged_lines_are_refused_with_their_place(void **state)
{
    (void)state;
    refuse("a 1 2 3\nb 1.32 5 9\n", DK_ERR_DATA, "\"1.32\" is no whole number", 2, 2);
    refuse("a 1 x 3\n", DK_ERR_DATA, "\"x\" is no whole number", 1, 3);
    refuse("a - 2 3\n", DK_ERR_DATA, "\"-\" is no whole number", 1, 2);
    refuse("a 1 12,5 3\n", DK_ERR_DATA, "\"12,5\" is no whole number", 1, 3);
    refuse("a 1 2 3\n\nb 1 2\n", DK_ERR_DATA, "\"b\" has 2 numbers, and the ones before it have 3", 3, 0);
    refuse("a 1 2 3\na 1 2 3\n", DK_ERR_DATA, "stands on line 1 too", 2, 1);
    refuse("1 2 3\n", DK_ERR_DATA, "no label", 1, 0);
    refuse("a b c\n", DK_ERR_DATA, "no numbers", 1, 0);
    refuse("a 1 1\nTotaal 1 1\nb 1 1\n", DK_ERR_DATA, "a line follows the total", 3, 0);
    refuse("a 1 1\nTotaal 1 1\nTotaal 1 1\n", DK_ERR_DATA, "a line follows the total", 3, 0);
}

static void nothing_to_read_is_an_error(void **state)
{
    (void)state;
    refuse("", DK_ERR_DATA, "is empty", 0, 0);
    refuse("\n# remark\n\n", DK_ERR_DATA, "is empty", 0, 0);
    refuse("Totaal 1 1\n", DK_ERR_DATA, "no rows", 0, 0);
    refuse("\x01\x02\x03\x04\x05\x06", DK_ERR_DATA, "binary", 0, 0);
    refuse("a\x81 1 1\n", DK_ERR_ENCODING, "0x81", 1, 0);
}

static void files_are_read_by_path(void **state)
{
    char path[] = "/tmp/dekking-published-XXXXXX";
    int fd = mkstemp(path);
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, region, sizeof region - 1), (ssize_t)(sizeof region - 1));
    close(fd);
    assert_ok(dk_read_published(context, path, NULL, &t, NULL, &err), &err);
    assert_int_equal(integer_at(t, "totaal", 9), 5682);
    dk_table_release(t);
    unlink(path);
    t = NULL;
    assert_fails(dk_read_published(context, path, NULL, &t, NULL, &err), &err, DK_ERR_IO, "does not exist");
    assert_fails(dk_read_published(context, "/tmp", NULL, &t, NULL, &err), &err, DK_ERR_IO, "directory");
    assert_null(t);
}

static void options_are_checked(void **state)
{
    const char *columns[] = { "a", NULL, "c" };
    dk_published_options options = { .columns = columns, .n_columns = 3 };
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(read_text("x 1 2 3\n", &options, &t, &checks, &err), &err, DK_ERR_ARGUMENT,
                 "name 2 of the columns is missing");
    options = (dk_published_options){ .accept_mismatch = true };
    assert_fails(
        read_text(
            "x 999999999999999999 999999999999999999 999999999999999999 999999999999999999 999999999999999999 "
            "999999999999999999 999999999999999999 999999999999999999 999999999999999999 999999999999999999 1\n",
            &options, &t, &checks, &err),
        &err, DK_ERR_OVERFLOW,
        "the sum of the line \"x\" does not fit in 64 bits (compare the figures with the publication)");
    options = (dk_published_options){ .total_word = "" };
    assert_fails(read_text("x 1 2 3\n", &options, &t, &checks, &err), &err, DK_ERR_ARGUMENT,
                 "the word of the total is empty");
    assert_null(t);
    assert_null(checks);
}

static void survives_failing_memory(void **state)
{
    const dk_table *t = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, read_text(region, NULL, &t, &checks, &err), &err, !t && !checks,
                                   (dk_table_release(t), dk_table_release(checks)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_region_is_read_and_adds_up),
        TEST(columns_and_label_can_be_named),
        TEST(labels_may_have_several_words),
        TEST(without_row_totals_only_columns_are_checked),
        TEST(a_missing_total_is_noted),
        TEST(a_sum_that_does_not_hold_tells_both_numbers),
        TEST(a_mismatch_can_be_accepted_as_a_note),
        TEST(damaged_lines_are_refused_with_their_place),
        TEST(nothing_to_read_is_an_error),
        TEST(files_are_read_by_path),
        TEST(options_are_checked),
        TEST(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
