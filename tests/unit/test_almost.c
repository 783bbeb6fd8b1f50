/* test_almost.c - what a note says of a column that is almost a number, and words that mean "not known". */
#include "check.h"

#include <stdlib.h>

#include "both_agree.h"
#include "read/readings.h"
#include "survive_reading.h"

#include "with_context.h"

/* Reads by both paths, which must agree. The caller drops it. */
static void read_text(const char *text, const dk_csv_options *o, both_reading *r)
{
    both_agree(context, text, o, r);
    assert_ok(r->status, &r->err);
}

static void expect(const char *text, const dk_csv_options *o, const char *note)
{
    both_reading r;

    read_text(text, o, &r);
    assert_int_equal(dk_table_n_notes(r.table), note ? 2 : 1);
    if (note)
        assert_string_equal(dk_table_note(r.table, 1), note);
    both_drop(&r);
}

static void the_odd_rows_are_told(void **state)
{
    (void)state;
    expect("k;n\na;1\nb;veel\nc;3\n", NULL,
           "column \"n\" is category: all of its values are numbers but 1: \"veel\" on line 3 (if it means \"not "
           "known\", "
           "state it: nulls = { \"veel\" })");
    expect("k;n\na;x\nb;2\n;3\nc;4\nd;y\ne;5\nf;x\ng;6\n", NULL,
           "column \"n\" is category: all of its values are numbers but 3: \"x\" on lines 2, 8; \"y\" on line 6");
    expect("k;n\n\"a\nb\";1\nb;30-02-2024\n;2\n;3\n", NULL,
           "column \"n\" is category: all of its values are numbers but 1: \"30-02-2024\" on line 4 (if it means "
           "\"not "
           "known\", state it: nulls = { \"30-02-2024\" })");
    expect("k;n\na;x\nb;y\nc;3\n", NULL, NULL); /* less than half of them are numbers */
}

static void long_lists_are_cut(void **state)
{
    char text[2000] = "k;n\n";

    (void)state;
    for (int i = 0; i < 30; i++)
        sprintf(text + strlen(text), "k;%d\n%s", i, i % 2 ? "k;x\n" : "");
    expect(text, NULL,
           "column \"n\" is category: all of its values are numbers but 15: \"x\" on lines 4, 7, 10, 13, 16, 19, "
           "22, 25, 28, "
           "31 and 5 more");
}

static void words_are_null_where_the_rest_is_no_text(void **state)
{
    static const char text[] = "k;n;t\na;1;NA\nb;NULL;x\nc;n/a;NULL\nd;4;z\n";
    static const char *const none[] = { NULL }, *const dash[] = { "-" };
    both_reading r;
    dk_value v;

    (void)state;
    read_text(text, NULL, &r);
    assert_int_equal(dk_column_type(dk_table_field(r.table, 1)->column), DK_INTEGER);
    assert_int_equal(dk_column_n_nulls(dk_table_field(r.table, 1)->column), 2);
    assert_int_equal(dk_column_n_nulls(dk_table_field(r.table, 2)->column), 0); /* Namibia is none */
    assert_ok(dk_column_get(dk_table_field(r.table, 1)->column, 3, &v, &r.err), &r.err);
    assert_int_equal(v.as.integer, 4);
    assert_string_equal(dk_table_note(r.table, 1),
                        "column \"n\": NULL, NA or another such word is null in 2 rows, the "
                        "first on line 3 (nulls = {} keeps them)");
    both_drop(&r);
    expect(text, &(dk_csv_options){ .nulls = none },
           "column \"n\" is category: all of its values are numbers but 2: \"NULL\" on line 3; \"n/a\" on line 4");
    read_text("k;n\na;1\nb;NULL\nc;-\n", &(dk_csv_options){ .nulls = dash, .n_nulls = 1 }, &r);
    assert_int_equal(dk_column_n_nulls(dk_table_field(r.table, 1)->column), 2);
    both_drop(&r);
    expect("k;n\na;NULL\nb;NA\n", NULL, NULL); /* nothing but such words is text */
}

static void words_are_null_in_all_types(void **state)
{
    static const dk_csv_column stated = { .name = "n", .type = DK_INTEGER };
    static const struct {
        const char *text;
        dk_type type;
    } cases[] = {
        { "k;n\na;1,5\nb;NaN\n", DK_DECIMAL },
        { "k;n\na;1e3\nb;nan\n", DK_REAL },
        { "k;n\na;ja\nb;None\n", DK_BOOLEAN },
        { "k;n\na;2024-01-01\nb;\\N\n", DK_DATE },
        { "k;n\na;2024-01-01 10:00\nb;NA\n", DK_TIMESTAMP },
        { "k;n\na;2024Q1\nb;#N/A\n", DK_PERIOD },
        { "k;n\na;12 %\nb;null\n", DK_DECIMAL },
    };
    both_reading r;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_text(cases[i].text, NULL, &r);
        assert_int_equal(dk_column_type(dk_table_field(r.table, 1)->column), cases[i].type);
        assert_int_equal(dk_column_n_nulls(dk_table_field(r.table, 1)->column), 1);
        both_drop(&r);
    }
    read_text("k;n\na;1\nb;NULL\n", &(dk_csv_options){ .columns = &stated, .n_columns = 1 }, &r);
    assert_int_equal(dk_column_n_nulls(dk_table_field(r.table, 1)->column), 1);
    both_drop(&r);
}

/* Columns that are not coded: more different values than are numbered. */
static void many_values_make_no_difference(void **state)
{
    enum { N = 70000 };
    char *text = malloc(N * 20 + 100);
    size_t used = (size_t)sprintf(text, "n;d\n");
    both_reading r;

    (void)state;
    for (int i = 0; i < N; i++)
        used += (size_t)(i % 10000 == 5 ? sprintf(text + used, "NULL;x%d\n", i)
                         : i == 69000 || i == 69500
                             ? sprintf(text + used, "%d,5;%d\n", i, i)
                             : sprintf(text + used, "%d,5;%s%d\n", i, i % 1000 == 7 && i > 68000 ? "?" : "", i));
    read_text(text, NULL, &r);
    assert_int_equal(dk_column_type(dk_table_field(r.table, 0)->column), DK_DECIMAL);
    assert_int_equal(dk_column_n_nulls(dk_table_field(r.table, 0)->column), 7);
    assert_int_equal(dk_column_type(dk_table_field(r.table, 1)->column), DK_TEXT);
    assert_int_equal(dk_table_n_notes(r.table), 3);
    assert_string_equal(
        dk_table_note(r.table, 1),
        "column \"n\": NULL, NA or another such word is null in 7 rows, the first on line 7 (nulls = {} "
        "keeps them)");
    assert_non_null(strstr(dk_table_note(r.table, 2),
                           "numbers but 9: \"x5\" on line 7; \"x10005\" on line 10007; "
                           "\"x20005\" on line 20007; \"x30005\" on line 30007 and 5 more"));
    both_drop(&r);
    free(text);
}

static void survives_failing_memory(void **state)
{
    (void)state;
    survive_reading(context, "k;n;m\na;1;NULL\nb;x;3\nc;3;4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_odd_rows_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_lists_are_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_are_null_where_the_rest_is_no_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_are_null_in_all_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_values_make_no_difference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
