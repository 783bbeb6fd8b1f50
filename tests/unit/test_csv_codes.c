/* test_csv_codes.c - columns read with a code list: codes, labels, what the list does not have; by both paths. */
#include "tables.h"

#include "both_agree.h"
#include "random.h"

#include "with_context.h"

static void codes_are_kept_and_have_labels(void **state)
{
    const dk_dictionary *list = tables_levels(context, "0193~Zwolle,0202~Arnhem,0014~Groningen");
    dk_csv_column column = { .name = "g", .type = DK_CATEGORY, .levels = list };
    dk_csv_options o = { .columns = &column, .n_columns = 1 };
    both_reading r;

    (void)state;
    both_agree(context, "g;n\n0202;1\n0193;2\n;3\n", &o, &r);
    assert_int_equal(r.status, DK_OK);
    assert_string_equal(show_rows(r.table), "0202|1\n0193|2\n-|3\n");
    assert_ptr_equal(dk_column_levels(dk_table_field(r.table, 0)->column),
                     list); /* order and labels are the list's */
    both_drop(&r);
    dk_dictionary_release(list);
}

static void what_the_list_lacks_is_named_with_its_lines(void **state)
{
    const dk_dictionary *list = tables_levels(context, "1~ja,2~nee");
    dk_csv_column column = { .name = "s", .type = DK_CATEGORY, .levels = list };
    dk_csv_options o = { .columns = &column, .n_columns = 1 };
    both_reading r;

    (void)state;
    both_agree(context, "n;s\n1;1\n2;7\n3;2\n4;8\n5;7\n6;01\n7;\"\"\n", &o, &r);
    assert_int_equal(r.status, DK_ERR_DATA);
    assert_string_equal(r.err.message, "\"7\" in column \"s\" is no code of the list; 5 rows have such a value: "
                                       "\"7\" on line 3, \"8\" on line 5, \"01\" on line 7 and more");
    assert_int_equal(r.err.line, 3);
    assert_int_equal(r.err.column, 2);
    both_agree(context, "n;s\n1;01\n", &o, &r);
    assert_string_equal(r.err.message, "\"01\" in column \"s\" is no code of the list");
    assert_string_equal(r.err.hint, "did you mean \"1\"?");
    o.lenient = true;
    both_agree(context, "n;s\n1;1\n2;7\n3;2\n4;8\n", &o, &r);
    assert_int_equal(r.status, DK_OK);
    assert_string_equal(show_rows(r.table), "1|1\n3|2\n");
    assert_int_equal(dk_table_n_rows(r.rejected), 2);
    both_drop(&r);
    dk_dictionary_release(list);
}

static void another_code_stands_for_what_the_list_lacks(void **state)
{
    const dk_dictionary *list = tables_levels(context, "1~ja,9~onbekend");
    dk_csv_column column = { .name = "s", .type = DK_CATEGORY, .levels = list, .other = 2 };
    dk_csv_options o = { .columns = &column, .n_columns = 1 };
    both_reading r;

    (void)state;
    both_agree(context, "s;n\n1;1\n7;2\n;3\n9;4\n8;5\n7;6\n", &o, &r);
    assert_int_equal(r.status, DK_OK);
    assert_string_equal(show_rows(r.table), "1|1\n9|2\n-|3\n9|4\n9|5\n9|6\n");
    assert_int_equal(dk_table_n_notes(r.table), 2);
    assert_string_equal(
        dk_table_note(r.table, 1),
        "column \"s\": 3 rows with a code that the list does not have, read as \"9\": \"7\" on line 3, "
        "\"8\" on line 6 and more");
    both_drop(&r);
    both_agree(context, "s;n\n1;1\n9;2\n", &o, &r);
    assert_int_equal(dk_table_n_notes(r.table), 1);
    both_drop(&r);
    both_agree(context, "s;n\n1;1\n4;2\n", &o, &r);
    assert_string_equal(
        dk_table_note(r.table, 1),
        "column \"s\": 1 row with a code that the list does not have, read as \"9\": \"4\" on line 3");
    both_drop(&r);
    dk_dictionary_release(list);
}

static void other_must_be_a_code(void **state)
{
    const dk_dictionary *list = tables_levels(context, "1~ja,9~onbekend");
    const dk_csv_column columns[] = { { .name = "s", .type = DK_CATEGORY, .levels = list, .other = 3 },
                                      { .name = "s", .type = DK_CATEGORY, .other = 1 },
                                      { .name = "s", .type = DK_TEXT, .levels = list, .other = 1 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        dk_csv_options o = { .columns = &columns[i], .n_columns = 1 };
        const dk_table *table = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_fails(dk_read_csv_bytes(context, "s\n1\n", 4, "x.csv", &o, &table, NULL, &err), &err,
                     DK_ERR_ARGUMENT, "other of column \"s\" is no code of its levels");
        assert_null(table);
    }
    dk_dictionary_release(list);
}

/* So many values differ that the column is no longer numbered; an odd record in the middle hands over to the plain path. */
static void both_paths_agree_on_many_values(void **state)
{
    enum { N = 150000 };
    const dk_dictionary *list = tables_levels(context, "c1~een,c2~twee,c99999~veel,x~ander");
    dk_csv_column column = { .name = "s", .type = DK_CATEGORY, .levels = list, .other = 4 };
    dk_csv_options o = { .columns = &column, .n_columns = 1, .lenient = true };
    char *text = malloc(N * 12 + 100), *to = text;
    uint64_t n_listed[4] = { 0 };
    dk_error err = DK_ERROR_INIT;
    both_reading r;

    (void)state;
    assert_non_null(text);
    to += sprintf(to, "n;s\n");
    for (int i = 0; i < N; i++) {
        to += sprintf(to, "%d;c%d\n", i % 10, i);
        n_listed[i == 1 ? 0 : i == 2 ? 1 : i == 99999 ? 2 : 3]++;
        if (i == 120000)
            to += sprintf(to, "odd\n");
    }
    for (unsigned threads = 1; threads <= 2; threads++) {
        dk_set_threads(threads);
        both_agree(context, text, &o, &r);
        if (r.status != DK_OK)
            fail_msg("%s", r.err.message);
        assert_int_equal(dk_table_n_rows(r.table), N);
        assert_int_equal(dk_table_n_rows(r.rejected), 1);
        for (uint64_t i = 0; i < N; i++) {
            dk_value value;

            assert_ok(dk_column_get(dk_table_field(r.table, 1)->column, i, &value, &err), &err);
            n_listed[dk_dictionary_find(list, value.as.text) - 1]--;
        }
        for (int k = 0; k < 4; k++)
            assert_int_equal(n_listed[k], 0);
        for (int k = 0; k < 4; k++)
            n_listed[k] = k < 3 ? 1 : N - 3;
        both_drop(&r);
    }
    free(text);
    dk_dictionary_release(list);
}

/* DK_OK where the reading is refused as it should be. */
static dk_status read_refused(const char *text, const dk_csv_options *o, const dk_table **out, dk_error *err)
{
    dk_status status = dk_read_csv_bytes(context, text, strlen(text), "x.csv", o, out, NULL, err);

    return status == DK_ERR_DATA ? DK_OK : status;
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_dictionary *list = tables_levels(context, "1~ja,9~onbekend");
    dk_csv_column column = { .name = "s", .type = DK_CATEGORY, .levels = list, .other = 2 };
    dk_csv_options o = { .columns = &column, .n_columns = 1 };
    const char *text = "s;n\n1;1\n7;2\n;3\n";
    const dk_table *table = NULL, *rejected = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context, dk_read_csv_bytes(context, text, strlen(text), "x.csv", &o, &table, &rejected, &err), &err,
        table == NULL && rejected == NULL, (dk_table_release(table), dk_table_release(rejected)));
    table = rejected = NULL;
    column.other = 0;
    assert_survives_failing_memory(context, read_refused(text, &o, &table, &err), &err, table == NULL, (void)0);
    dk_dictionary_release(list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes_are_kept_and_have_labels),
        TEST(what_the_list_lacks_is_named_with_its_lines),
        TEST(another_code_stands_for_what_the_list_lacks),
        TEST(other_must_be_a_code),
        TEST(both_paths_agree_on_many_values),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
