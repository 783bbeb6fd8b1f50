/* test_unique.c - columns whose known values all differ, and distinct counts that rely on it. */
#include "join/unique.h"

#include "join/key_index.h"
#include "tables.h"

#include "with_context.h"

/* Row i holds the number i (or a text of it), but row `odd` holds that of row `like`; every
 * `null`th row is null. */
static const dk_column *make_column(dk_type type, uint64_t n, uint64_t odd, uint64_t like, uint64_t null)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, type, type == DK_DECIMAL ? 2 : 0, NULL, &builder, &err), &err);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t number = i == odd ? like : i;
        char text[32];

        if (null && i % null == 1)
            assert_ok(dk_builder_null(builder, 1, &err), &err);
        else if (type == DK_TEXT) {
            (void)snprintf(text, sizeof text, "%llx", (unsigned long long)(number * 7919));
            assert_ok(dk_builder_text(builder, (dk_text){ text, strlen(text) }, &err), &err);
        } else
            assert_ok(dk_builder_integer(builder, (int64_t)(number * 7919), &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

static void assert_unique(const dk_column *column, bool expected)
{
    bool unique = !expected;
    dk_error err = DK_ERROR_INIT;

    for (int again = 0; again < 2; again++) {
        assert_ok(dki_column_is_unique(column, &unique, &err), &err);
        assert_int_equal(unique, expected);
    }
    dk_column_release(column);
}

static void one_value_that_is_there_twice_is_found(void **state)
{
    static const dk_type types[] = { DK_TEXT, DK_INTEGER, DK_DECIMAL, DK_TIMESTAMP };
    static const uint64_t sizes[] = { 2, 64, 1023, 1024, 1025, 65537, 200000 };

    (void)state;
    for (unsigned threads = 1; threads <= 3; threads += 2) {
        dk_set_threads(threads);
        for (size_t t = 0; t < 4; t++) {
            for (size_t i = 0; i < 7; i++) {
                uint64_t n = sizes[i];

                assert_unique(make_column(types[t], n, UINT64_MAX, 0, 0), true);
                assert_unique(make_column(types[t], n, n - 1, 0, 0), false);
                assert_unique(make_column(types[t], n, n - 1, n / 2, 0),
                              n == 2); /* of two, that is the row itself */
            }
        }
    }
}

static void nulls_are_not_equal_to_each_other(void **state)
{
    (void)state;
    assert_unique(make_column(DK_TEXT, 5000, UINT64_MAX, 0, 3), true);
    assert_unique(make_column(DK_TEXT, 5000, 4500, 3, 3), false);
    assert_unique(make_column(DK_TEXT, 5000, UINT64_MAX, 0, 1), true); /* i % 1 is never 1: none is null */
    assert_unique(make_column(DK_TEXT, 0, UINT64_MAX, 0, 0), true);
    assert_unique(make_column(DK_INTEGER, 1, UINT64_MAX, 0, 0), true);
}

/* What a join found out about the column needs not be found out again: 16 bytes a row. */
static void an_index_that_is_kept_is_asked(void **state)
{
    (void)state;
    for (unsigned odd = 0; odd < 2; odd++) {
        const dk_column *column = make_column(DK_TEXT, 70000, odd ? 69999 : UINT64_MAX, 5, 7);
        dki_key_index *index = NULL;
        size_t before;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dki_key_index_new(context, &column, 1, 70000, false, &index, &err), &err);
        dki_key_index_keep(index, &column, 1);
        dki_key_index_release(index);
        before = dk_context_used_bytes(context);
        dk_context_reset_peak(context);
        assert_unique(column, odd == 0);
        assert_true(dk_context_peak_bytes(context) - before < 10000);
    }
}

/* More values than the range has places for need no look at the rows. */
static void a_narrow_range_is_not_unique(void **state)
{
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (int64_t i = 0; i < 5000; i++)
        assert_ok(dk_builder_integer(builder, i < 4000 ? i : i - 4000, &err), &err);
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    assert_unique(column, false);
}

/* Rows of several ranges; an integer expression goes through the hash tables, a condition is counted by index. Of
 * 70001 rows 10000 are null, 5000 of them even; row 70000 holds the value of row 0. */
static void distinct_counts_of_keys_are_counts_of_the_known(void **state)
{
    const dk_column *key = make_column(DK_TEXT, 70001, UINT64_MAX, 0, 7);
    const dk_column *number = make_column(DK_INTEGER, 70001, UINT64_MAX, 0, 0);
    const dk_column *twice = make_column(DK_TEXT, 70001, 70000, 0, 7);
    const dk_field fields[] = { DK_FIELD("key", key), DK_FIELD("n", number), DK_FIELD("twice", twice) };
    static const char *const ways[] = { "g = n % 2", "g = n % 2 == 0" };
    static const char *const expected[] = { "0|30001|30001|30000|34500\n1|30000|30000|30000|34500\n",
                                            "false|30000|30000|30000|34500\ntrue|30001|30001|30000|34500\n" };
    const dk_table *table = NULL, *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_new(context, fields, 3, 70001, &table, &err), &err);
    for (int way = 0; way < 2; way++) {
        for (unsigned threads = 1; threads <= 2; threads++) {
            dk_set_threads(threads);
            assert_ok(
                ask_table(ASK(.by = { ways[way] },
                              .measures = { "a = distinct(key)", "b = count() where key is not null",
                                            "c = distinct(twice)", "d = distinct(n) where n >= 7919 * 1001" }),
                          table, NULL, &result, &err),
                &err);
            assert_string_equal(show_rows(result), expected[way]);
            dk_table_release(result);
        }
    }
    dk_table_release(table);
    dk_column_release(key);
    dk_column_release(number);
    dk_column_release(twice);
}

static void failing_memory_is_survived(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (uint64_t nth = 1;; nth++) {
        const dk_column *column = make_column(DK_TEXT, 3000, UINT64_MAX, 0, 5);
        bool unique = false;
        dk_status status;

        dk_context_fail_allocation(context, nth);
        status = dki_column_is_unique(column, &unique, &err);
        dk_context_fail_allocation(context, 0);
        assert_int_equal(unique, status == DK_OK);
        dk_column_release(column);
        assert_int_equal(dk_context_used_bytes(context), 0);
        if (status == DK_OK)
            break;
        assert_int_equal(status, DK_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_value_that_is_there_twice_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_are_not_equal_to_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_index_that_is_kept_is_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_narrow_range_is_not_unique, set_up, tear_down),
        cmocka_unit_test_setup_teardown(distinct_counts_of_keys_are_counts_of_the_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
