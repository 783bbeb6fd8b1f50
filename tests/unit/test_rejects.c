/* test_rejects.c - the records that a lenient reading left out, as a table. */
#include "check.h"

#include "read/rejects.h"

#include "with_context.h"

#define TEXT(literal) ((dk_text){ .bytes = (literal), .size = sizeof(literal) - 1 })
#define NO_TEXT ((dk_text){ .bytes = NULL, .size = 0 })

static dk_value get(const dk_table *t, size_t column, uint64_t row)
{
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_column_get(dk_table_field(t, column)->column, row, &value, &err), &err);
    return value;
}

static void expect_text(const dk_table *t, size_t column, uint64_t row, const char *text)
{
    dk_value value = get(t, column, row);

    assert_false(value.is_null);
    assert_int_equal(value.as.text.size, strlen(text));
    assert_memory_equal(value.as.text.bytes, text, value.as.text.size);
}

static void rejects_become_rows_with_their_place_and_reason(void **state)
{
    static const char *const names[] = { "line", "field", "value", "reason", "record" };
    dki_rejects rejects = { 0 };
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_rejects_begin(&rejects, context, &err), &err);
    assert_ok(dki_rejects_add(&rejects, 3, 2, TEXT("veel"), "is no integer", TEXT("a;veel"), &err), &err);
    assert_ok(dki_rejects_add(&rejects, 7, 0, NO_TEXT, "3 fields", TEXT("a;b;c"), &err), &err);
    assert_ok(dki_rejects_add(&rejects, UINT64_C(5000000000), 1, TEXT(""), "reason", TEXT(""), &err), &err);
    assert_int_equal(rejects.n, 3);
    assert_ok(dki_rejects_finish(&rejects, &t, &err), &err);
    dki_rejects_drop(&rejects);
    dki_rejects_drop(&rejects);

    assert_int_equal(dk_table_n_rows(t), 3);
    assert_int_equal(dk_table_n_columns(t), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(dk_table_field(t, i)->name, names[i]);
        assert_int_equal(dk_column_type(dk_table_field(t, i)->column), i < 2 ? DK_INTEGER : DK_TEXT);
    }
    assert_int_equal(get(t, 0, 0).as.integer, 3);
    assert_int_equal(get(t, 1, 0).as.integer, 2);
    expect_text(t, 2, 0, "veel");
    expect_text(t, 3, 0, "is no integer");
    expect_text(t, 4, 0, "a;veel");
    assert_int_equal(get(t, 1, 1).as.integer, 0);
    assert_true(get(t, 2, 1).is_null); /* the record as a whole */
    assert_int_equal(get(t, 0, 2).as.integer, INT64_C(5000000000));
    expect_text(t, 2, 2, "");
    dk_table_release(t);
}

static void no_rejects_are_a_table_without_rows(void **state)
{
    dki_rejects rejects = { 0 };
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_rejects_drop(&rejects); /* on zeroes */
    assert_ok(dki_rejects_begin(&rejects, context, &err), &err);
    assert_ok(dki_rejects_finish(&rejects, &t, &err), &err);
    assert_int_equal(dk_table_n_rows(t), 0);
    assert_int_equal(dk_table_n_columns(t), 5);
    dk_table_release(t);
    dki_rejects_drop(&rejects);
}

static dk_status one_reject(const dk_table **out, dk_error *err)
{
    dki_rejects rejects = { 0 };
    dk_status status = dki_rejects_begin(&rejects, context, err);

    if (status == DK_OK)
        status = dki_rejects_add(&rejects, 1, 1, TEXT("x"), "why", TEXT("x;y"), err);
    if (status == DK_OK)
        status = dki_rejects_finish(&rejects, out, err);
    dki_rejects_drop(&rejects);
    return status;
}

static void survives_failing_memory(void **state)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, one_reject(&t, &err), &err, t == NULL, dk_table_release(t));
}

static void two_lots_are_merged_by_their_lines(void **state)
{
    static const unsigned long long lines[2][3] = { { 2, 7, 9 }, { 1, 8, 0 } }, merged[] = { 1, 2, 7, 8, 9 };
    static const char *const records[] = { "1", "2", "7", "8", "9" };
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (uint64_t nth = 0;;
         nth++) { /* at first without a failure, then with one at each allocation of the merging */
        dki_rejects lots[2] = { { 0 }, { 0 } };
        for (int k = 0; k < 2; k++) {
            assert_ok(dki_rejects_begin(&lots[k], context, &err), &err);
            for (int i = 0; i < 3 - k; i++) {
                char record[24];
                int n = snprintf(record, sizeof record, "%llu", lines[k][i]);
                dk_text whole = { .bytes = record, .size = (size_t)n };
                assert_ok(dki_rejects_add(&lots[k], lines[k][i], (uint64_t)k, k ? TEXT("v") : NO_TEXT, "why", whole,
                                          &err),
                          &err);
            }
        }
        dk_context_fail_allocation(context, nth);
        dk_status status = dki_rejects_merge(&lots[0], &lots[1], &err);
        dk_context_fail_allocation(context, 0);
        if (status == DK_OK) {
            assert_int_equal(lots[0].n, 5);
            assert_ok(dki_rejects_finish(&lots[0], &t, &err), &err);
            assert_int_equal(dk_table_n_rows(t), 5);
            for (uint64_t row = 0; row < 5; row++) {
                bool second = merged[row] == 1 || merged[row] == 8;
                assert_int_equal(get(t, DKI_REJECT_LINE, row).as.integer, merged[row]);
                assert_int_equal(get(t, DKI_REJECT_FIELD, row).as.integer, second);
                assert_int_equal(get(t, DKI_REJECT_VALUE, row).is_null, !second);
                expect_text(t, DKI_REJECT_RECORD, row, records[row]);
                expect_text(t, DKI_REJECT_REASON, row, "why");
            }
            dk_table_release(t);
        }
        dki_rejects_drop(&lots[0]);
        dki_rejects_drop(&lots[1]);
        assert_int_equal(dk_context_used_bytes(context), 0);
        if (status == DK_OK && nth > 0) {
            assert_true(nth > 5);
            break;
        }
        assert_true(status == (nth > 0 ? DK_ERR_MEMORY : DK_OK));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rejects_become_rows_with_their_place_and_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_rejects_are_a_table_without_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_lots_are_merged_by_their_lines, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("rejects", tests, NULL, NULL);
}
