/* test_levels.c - stated levels and code lists put on columns that are there; labels of two dictionaries. */
#include "tables.h"

#include <dekking/fingerprint.h>
#include <dekking/levels.h>

#include "data/column_parts.h"
#include "data/levels.h"

#include "with_context.h"

static dk_status recode(const char *text, const char *list, uint32_t other, const dk_table **out, uint64_t *n_other,
                        dk_error *err)
{
    const dk_table *table = make_table(context, text);
    const dk_dictionary *levels = tables_levels(context, list);
    const dk_column *column = NULL;
    dk_status status =
        dk_column_recode(dk_table_field(table, 0)->column, levels, other, "s", &column, n_other, err);

    if (status == DK_OK) {
        assert_ptr_equal(dk_column_levels(column), levels);
        assert_ok(dk_table_with(table, &DK_FIELD("s", column), 1, out, err), err);
    }
    dk_column_release(column);
    dk_dictionary_release(levels);
    dk_table_release(table);
    return status;
}

static void recoded(const char *text, const char *list, uint32_t other, const char *rows, uint64_t n_other)
{
    const dk_table *table = NULL;
    uint64_t n = 99;
    dk_error err = DK_ERROR_INIT;

    assert_ok(recode(text, list, other, &table, &n, &err), &err);
    assert_string_equal(show_rows(table), rows);
    assert_int_equal(n, n_other);
    dk_table_release(table);
}

static void refused(const char *text, const char *list, dk_status expected, const char *message, const char *hint)
{
    const dk_table *table = NULL;
    uint64_t n = 99;
    dk_error err = DK_ERROR_INIT;

    assert_fails(recode(text, list, 0, &table, &n, &err), &err, expected, message);
    assert_non_null(strstr(err.hint, hint));
    assert_null(table);
    assert_int_equal(n, 99);
}

static void categories_texts_and_integers_get_levels(void **state)
{
    (void)state;
    recoded("s:category\n2\n-\n1\n", "1~ja,2~nee,9", 0, "2\n-\n1\n", 0);
    recoded("s:category[1,2]\n2\n1\n", "1~ja,2~nee,9", 0, "2\n1\n", 0); /* the same codes: rows are shared */
    recoded("s:category[2,1,7]\n2\n1\n", "1,2", 0, "2\n1\n", 0);        /* 7 does not occur */
    recoded("s:text\n01\n1\n-\n", "1,01", 0, "01\n1\n-\n", 0);          /* a leading zero is one */
    recoded("s:integer\n-3\n12\n-\n", "12~a,-3~b", 0, "-3\n12\n-\n", 0);
    recoded("s:category\n", "1,2", 0, "", 0);
    recoded("s:category\n-\n-\n", "1", 0, "-\n-\n", 0);
}

static void what_the_list_lacks_counts_as_other(void **state)
{
    (void)state;
    recoded("s:category\n1\n7\n-\n8\n7\n", "1~ja,9~ander", 2, "1\n9\n-\n9\n9\n", 3);
    recoded("s:text\n\n1\n", "1,9", 2, "9\n1\n", 1); /* an empty text is a value */
    recoded("s:integer\n7\n9\n", "1,9", 2, "9\n9\n", 1);
}

static void what_the_list_lacks_is_named_with_its_rows(void **state)
{
    (void)state;
    refused("s:category\n1\n7\n8\n7\n6\n5\n", "1~ja", DK_ERR_RANGE,
            "column s: 5 rows have a value that is no code of the list: \"7\" in row 2, \"8\" in row 3, \"6\" in "
            "row 5 and more",
            "other = ");
    refused("s:text\n1\nja\n", "1~ja", DK_ERR_RANGE,
            "column s: 1 row has a value that is no code of the list: \"ja\" in row 2",
            "add the codes to the list");
    refused("s:integer\n3\n", "1,2", DK_ERR_RANGE, "no stated level: \"3\" in row 1", "add them to the levels");
    refused("s:decimal1\n1.0\n", "1.0", DK_ERR_TYPE,
            "column s is decimal, and only a category, text or integer can have levels", "");
    refused("s:boolean\ntrue\n", "true", DK_ERR_TYPE, "column s is boolean", "");
}

/* Over several blocks, and where a value is longer than what is shown of it. */
static void rows_are_counted_over_blocks(void **state)
{
    enum { N = 3 * DK_BLOCK_ROWS + 5 };
    dk_builder *builder = NULL;
    const dk_column *column = NULL, *out = NULL;
    const dk_dictionary *levels = tables_levels(context, "a,b");
    char text[128];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_TEXT, 0, NULL, &builder, &err), &err);
    for (int i = 0; i < N; i++) {
        int size = sprintf(text, i % DK_BLOCK_ROWS == 7 ? "%080d" : i % 2 ? "a" : "b", i);

        assert_ok(dk_builder_text(builder, (dk_text){ text, (size_t)size }, &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    assert_fails(dk_column_recode(column, levels, 0, "s", &out, NULL, &err), &err, DK_ERR_RANGE,
                 "column s: 3 rows have a value that is no stated level: "
                 "\"00000000000000000000000000000000000000000000000\" in row 8");
    assert_null(out);
    assert_ok(dk_column_recode(column, levels, 1, "s", &out, NULL, &err), &err);
    for (uint64_t i = 0; i < N; i++) {
        dk_value value;

        assert_ok(dk_column_get(out, i, &value, &err), &err);
        assert_int_equal(value.as.text.bytes[0], i % DK_BLOCK_ROWS == 7 || i % 2 ? 'a' : 'b');
    }
    dk_column_release(out);
    dk_column_release(column);
    dk_dictionary_release(levels);
}

static void labels_are_adopted_where_there_are_none(void **state)
{
    const dk_dictionary *a = tables_levels(context, "1~ja,2,3"), *b = tables_levels(context, "3~drie,2~twee,1~een"),
                        *none = tables_levels(context, "1,2"), *out = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_text label;
    uint32_t code = 0;

    (void)state;
    assert_survives_failing_memory(context, dki_dictionary_adopt(a, b, &out, &err), &err, out == NULL, (void)0);
    assert_true(dk_dictionary_label(out, 1, &label));
    assert_string_equal(label.bytes, "ja"); /* its own stays */
    assert_true(dk_dictionary_label(out, 2, &label));
    assert_string_equal(label.bytes, "twee");
    assert_true(dk_dictionary_label(out, 3, &label));
    assert_string_equal(label.bytes, "drie");
    dk_dictionary_release(out);
    assert_ok(dki_dictionary_adopt(a, none, &out, &err), &err);
    assert_ptr_equal(out, a);
    dk_dictionary_release(out);
    assert_ok(dki_dictionary_adopt(a, NULL, &out, &err), &err);
    assert_ptr_equal(out, a);
    dk_dictionary_release(out);
    assert_true(dki_labels_differ(a, b, &code)); /* ja, een */
    assert_int_equal(code, 1);
    assert_false(dki_labels_differ(a, none, &code));
    assert_false(dki_labels_differ(none, b, &code));
    dk_dictionary_release(a);
    dk_dictionary_release(b);
    dk_dictionary_release(none);
}

static void labels_make_no_other_fingerprint(void **state)
{
    static const char *const texts[] = { "s:category[1~ja,2~nee]\n2\n-\n1\n", "s:category[2~x,1~y,3]\n2\n-\n1\n",
                                         "s:category\n2\n-\n1\n" };
    char first[DK_FINGERPRINT_SIZE], next[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const dk_table *table = make_table(context, texts[i]);

        assert_ok(dk_table_fingerprint(table, i ? next : first, &err), &err);
        if (i)
            assert_string_equal(next, first);
        dk_table_release(table);
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_table(context, "a:category b:text\n1|1\n2|2\n-|7\n");
    const dk_dictionary *levels = tables_levels(context, "2~b,1~a,9");
    const dk_column *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_survives_failing_memory(
            context, dk_column_recode(dk_table_field(table, i)->column, levels, 3, "s", &out, NULL, &err), &err,
            out == NULL, dk_column_release(out));
        out = NULL;
    }
    dk_context_interrupt(context);
    assert_fails(dk_column_recode(dk_table_field(table, 1)->column, levels, 3, "s", &out, NULL, &err), &err,
                 DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(out);
    dk_dictionary_release(levels);
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(categories_texts_and_integers_get_levels),
        TEST(what_the_list_lacks_counts_as_other),
        TEST(what_the_list_lacks_is_named_with_its_rows),
        TEST(rows_are_counted_over_blocks),
        TEST(labels_are_adopted_where_there_are_none),
        TEST(labels_make_no_other_fingerprint),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
