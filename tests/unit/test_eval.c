/* test_eval.c - blocks, selections, views, columns and workers; which failure is reported. */
#include "exprs.h"

#include "base/bitmap.h"
#include "expr/bound.h"

/* x = 0, 1, 2, ... and y, which is null on every third row, and -1 on bad; else x. */
static const dk_table *counted(uint64_t n, const uint64_t *bad, size_t n_bad)
{
    static const char *const names[] = { "x", "y" };
    dk_builder *builders[2] = { NULL, NULL };
    dk_error err = DK_ERROR_INIT;

    for (int i = 0; i < 2; i++)
        assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builders[i], &err), &err);
    for (uint64_t row = 0; row < n; row++) {
        bool is_bad = false;

        for (size_t i = 0; i < n_bad; i++)
            is_bad |= bad[i] == row;
        assert_ok(dk_builder_integer(builders[0], (int64_t)row, &err), &err);
        if (is_bad)
            assert_ok(dk_builder_integer(builders[1], INT64_MAX, &err), &err);
        else if (row % 3 == 0)
            assert_ok(dk_builder_null(builders[1], 1, &err), &err);
        else
            assert_ok(dk_builder_integer(builders[1], (int64_t)row, &err), &err);
    }
    return finish_table(context, builders, names, 2, n);
}

static void a_column_alone_is_itself(void **state)
{
    const dk_table *t = counted(100, NULL, 0);
    dki_bound *bound = bind_text(t, "(y)");
    const dk_column *column = NULL;
    const dk_view *view;
    dki_eval *eval = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dki_bound_column(bound), 1);
    assert_null(dki_bound_constant(bound));
    assert_ok(dki_bound_column_new(bound, &column, &err), &err);
    assert_ptr_equal(column, dk_table_field(t, 1)->column);
    dk_column_release(column);
    assert_ok(dki_eval_new(bound, &eval, &err), &err);
    assert_ok(dki_eval_block(eval, 10, 5, NULL, &view, &err), &err);
    assert_int_equal(view->storage, DK_STORE_I8); /* as it lies there */
    assert_int_equal(((const int8_t *)view->values)[0], 10);
    dki_eval_release(eval);
    dki_bound_release(bound);
    bound = bind_text(t, "y + 0");
    assert_int_equal(dki_bound_column(bound), DK_NO_COLUMN);
    dki_bound_release(bound);
    dki_bound_release(NULL);
    dki_eval_release(NULL);
    dk_table_release(t);
}

/* Of rows outside the selection nothing is asked, and nothing can fail. */
static void only_selected_rows_are_evaluated(void **state)
{
    static const uint64_t bad[] = { 70, 71 };
    const dk_table *t = counted(200, bad, 2);
    dki_bound *bound = bind_text(t, "y * 2 > 150");
    uint64_t selection[DK_BLOCK_WORDS] = { 0 }, truth[DK_BLOCK_WORDS], n_null = 99;
    dki_eval *eval = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_eval_new(bound, &eval, &err), &err);
    dki_bits_fill(selection, 100);
    dki_bit_clear(selection, 70);
    assert_fails(dki_eval_truth(eval, 0, 100, selection, truth, &n_null, &err), &err, DK_ERR_OVERFLOW, "row 72: ");
    dki_bit_clear(selection, 71);
    assert_ok(dki_eval_truth(eval, 0, 100, selection, truth, &n_null, &err), &err);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(dki_bit(truth, i), i > 75 && i % 3 != 0);
    assert_int_equal(n_null, 34); /* 0, 3, ... 99; none of 70 and 71 */
    assert_int_equal(truth[1] >> 36, 0);
    assert_ok(dki_eval_truth(eval, 100, 65, NULL, truth, &n_null, &err), &err);
    assert_int_equal(n_null, 21); /* 102 .. 162 */
    assert_int_equal(dki_bits_count(truth, 65), 44);
    dki_eval_release(eval);
    dki_bound_release(bound);
    dk_table_release(t);
}

/* The view of a result keeps what the view of a column promises: the value of what is null is 0. */
static void views_keep_their_promises(void **state)
{
    static const struct {
        const char *text;
        dk_storage storage;
    } cases[] = {
        { "y + 1", DK_STORE_I64 },
        { "-y", DK_STORE_I64 },
        { "y / 7", DK_STORE_RATIO },
        { "y * 1e0", DK_STORE_F64 },
        { "y > 5", DK_STORE_BITS },
        { "not (y > 5)", DK_STORE_BITS },
        { "y > 5 and x > 2", DK_STORE_BITS },
        { "y > 5 or x > 200", DK_STORE_BITS },
        { "y in (1, 4)", DK_STORE_BITS },
        { "y in (x)", DK_STORE_BITS },
        { "y between 2 and 5", DK_STORE_BITS },
        { "text(y)", DK_STORE_TEXT },
        { "bin(y, 5, 9)", DK_STORE_U32 },
        { "case(y > 5, y)", DK_STORE_I64 },
        { "coalesce(y, null)", DK_STORE_I64 },
        { "coalesce(y > 5, null)", DK_STORE_BITS },
        { "case(x > 5, y > 7)", DK_STORE_BITS },
        { "1 / 0", DK_STORE_RATIO },
        { "date(2024, 1, y)", DK_STORE_I64 },
        { "round(y / 3, 2)", DK_STORE_I64 },
        { "null", DK_STORE_BITS },
        { "y + 0.5", DK_STORE_I64 },
    };
    const dk_table *t = counted(30, NULL, 0);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dki_bound *bound = bind_text(t, cases[i].text);
        dki_eval *eval = NULL;
        const dk_view *view;
        size_t n_nulls = 0;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dki_eval_new(bound, &eval, &err), &err);
        assert_ok(dki_eval_block(eval, 0, 30, NULL, &view, &err), &err);
        assert_int_equal(view->storage, cases[i].storage);
        assert_int_equal(view->type, dki_bound_type(bound));
        assert_int_equal(view->n, 30);
        for (size_t row = 0; row < 30; row++) {
            bool known = view->type == DK_CATEGORY ? ((const uint32_t *)view->values)[row] != 0
                                                   : view->valid == NULL || dki_bit(view->valid, row);
            bool zero = false;

            n_nulls += !known;
            switch (view->storage) {
            case DK_STORE_BITS: zero = !dki_bit(view->values, row); break;
            case DK_STORE_F64: zero = ((const double *)view->values)[row] == 0; break;
            case DK_STORE_RATIO: zero = ((const dk_ratio *)view->values)[row].numerator == 0; break;
            case DK_STORE_U32: zero = ((const uint32_t *)view->values)[row] == 0; break;
            case DK_STORE_TEXT:
                zero = ((const uint32_t *)view->values)[row] == ((const uint32_t *)view->values)[row + 1];
                break;
            default: zero = ((const int64_t *)view->values)[row] == 0;
            }
            if (!known && !zero)
                fail_msg("%s: row %d is null, and not 0", cases[i].text, (int)row);
        }
        assert_true(n_nulls > 0);
        dki_eval_release(eval);
        dki_bound_release(bound);
    }
    dk_table_release(t);
}

static const char *const everything[] = {
    "x",
    "y",
    "y + 1",
    "y / (x - 7)",
    "y * 0.5",
    "y % 4",
    "y > 10 and x < 20 or y is null",
    "not (y in (1, 2, 5))",
    "y between 3 and x - 5",
    "text(y) .. '!'",
    "bin(y, 3, 9)",
    "case(y > 8, 'a', x > 4, text(x))",
    "coalesce(y, -x)",
    "least(x, y, 9)",
    "date(2024, 1, 1) + y",
    "length(text(y * y))",
    "1",
    "null",
    "'é'",
    "round(y / 3, 3)",
};

/* However the rows are cut, and whoever takes them: the same values. */
static void blocks_and_threads_do_not_show(void **state)
{
    static const size_t blocks[] = { 1, 2, 5, 64, 100, DK_BLOCK_ROWS };
    const dk_table *t = counted(1500, NULL, 0);

    (void)state;
    for (size_t i = 0; i < sizeof everything / sizeof *everything; i++) {
        char *first = NULL;

        for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
            for (unsigned threads = 1; threads <= 4; threads += 3) {
                const char *found;

                dk_context_set_block_rows(context, blocks[k]);
                dk_set_threads(threads);
                found = values_of(t, everything[i]);
                if (first == NULL)
                    first = strdup(found);
                else if (strcmp(first, found) != 0)
                    fail_msg("%s: blocks of %d rows, %u threads differ", everything[i], (int)blocks[k], threads);
            }
        free(first);
    }
    dk_table_release(t);
}

/* The failure of the earliest row, and of that row the first one from left to right. */
static void the_earliest_row_is_reported(void **state)
{
    static const uint64_t bad[] = { 333, 700, 1400 }; /* rows 334, 701, 1401 as they are shown */
    static const size_t blocks[] = { 1, 7, 64, DK_BLOCK_ROWS };
    static const char *const texts[][2] = {
        { "date(2024, 1, x % 900 + 1) - date(2024, 1, 1) + y * 2", "row 32: there is no day 2024-01-32" },
        /* of a block, the left operand is evaluated first, and fails at row 924 */
        { "x * 10000000000000000 + y * 2", "row 334: 9223372036854775807 * 2 does not fit" },
        { "y * 2 + x * 10000000000000000", "row 334: 9223372036854775807 * 2 does not fit" },
        { "case(x > 690, y * 2, x)", "row 701: 9223372036854775807 * 2 does not fit" },
        { "x > 400 and y * 2 > 0 or x > 1300", "row 701: 9223372036854775807 * 2 does not fit" },
        { "coalesce(y, x * 1000) * 2 + (x - 330) * 3000000000000000000",
          "row 1: -330 * 3000000000000000000 does not fit" },
        { "x in (1, y * 2)", "row 334: 9223372036854775807 * 2 does not fit" },
        { "least(x * 10000000000000000, y + 1)", "row 334: 9223372036854775807 + 1 does not fit" },
    };
    const dk_table *t = counted(1500, bad, 3);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
            for (unsigned threads = 1; threads <= 4; threads++) {
                const dk_expr *expr = parse(texts[i][0]);
                const dk_column *column = NULL;
                const dk_table *found = NULL;
                dk_error err = DK_ERROR_INIT;
                char condition[160];

                dk_context_set_block_rows(context, blocks[k]);
                dk_set_threads(threads);
                assert_fails(dk_table_eval(t, expr, NULL, &column, &err), &err,
                             strstr(texts[i][1], "no day") ? DK_ERR_RANGE : DK_ERR_OVERFLOW, texts[i][1]);
                assert_null(column);
                dk_expr_release(expr);
                (void)snprintf(condition, sizeof condition, "(%s) is null", texts[i][0]);
                expr = parse(condition);
                assert_fails(dk_table_where(t, expr, NULL, &found, &err), &err,
                             strstr(texts[i][1], "no day") ? DK_ERR_RANGE : DK_ERR_OVERFLOW, texts[i][1]);
                assert_null(found);
                dk_expr_release(expr);
            }
    dk_table_release(t);
}

/* A text of a block is copied before the next block is evaluated. */
static void texts_outlive_their_block(void **state)
{
    const dk_table *t = counted(40, NULL, 0);

    (void)state;
    dk_context_set_block_rows(context, 7);
    assert_string_equal(
        values_of(t, "case(x < 20, text(x) .. 'a', 'b' .. text(x))"),
        "0a 1a 2a 3a 4a 5a 6a 7a 8a 9a 10a 11a 12a 13a 14a 15a 16a 17a 18a 19a b20 b21 b22 b23 b24 b25 b26 "
        "b27 b28 b29 b30 b31 b32 b33 b34 b35 b36 b37 b38 b39");
    dk_table_release(t);
}

/* Slots are as wide as their type, and no longer than the table. */
static void small_tables_take_little_memory(void **state)
{
    const dk_table *t = counted(10, NULL, 0);
    char text[8192] = "x";

    (void)state;
    for (int i = 0; i < 100; i++)
        strcat(text, " + x");
    dk_context_reset_peak(context);
    assert_string_equal(values_of(t, text), "0 101 202 303 404 505 606 707 808 909");
    assert_true(dk_context_peak_bytes(context) < 600000);
    dk_table_release(t);
}

/* The deepest tree that there can be, on the stack of a thread. */
static void the_deepest_tree_is_evaluated(void **state)
{
    static const char *const chains[] = { " + x", " .. 'a'", " == true", " is not true", " in (x > 5)" };
    static const char *const firsts[] = { "x", "text(x)", "x > 5", "x > 5", "(x > 5)" };
    const dk_table *t = counted(200, NULL, 0);

    (void)state;
    dk_context_set_block_rows(context, 3);
    dk_set_threads(2);
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        char text[8192];
        const dk_expr *expr;
        const dk_column *column = NULL;
        dk_error err = DK_ERROR_INIT;

        strcpy(text, firsts[i]);
        for (int k = 0; k < (i == 3 ? 198 : 397); k++)
            strcat(text, chains[i]);
        expr = parse(text);
        assert_ok(dk_table_eval(t, expr, NULL, &column, &err), &err);
        dk_column_release(column);
        dk_expr_release(expr);
    }
    dk_table_release(t);
}

static void interruption_ends_it(void **state)
{
    const dk_table *t = counted(100, NULL, 0);
    const dk_expr *expr = parse("x + 1");
    const dk_column *column = NULL;
    const dk_table *found = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_int_equal(dk_table_eval(t, expr, NULL, &column, &err), DK_ERR_INTERRUPTED);
    assert_null(column);
    dk_expr_release(expr);
    expr = parse("x > 5");
    assert_int_equal(dk_table_where(t, expr, NULL, &found, &err), DK_ERR_INTERRUPTED);
    assert_null(found);
    dk_context_clear_interrupt(context);
    dk_expr_release(expr);
    dk_table_release(t);
}

static void failing_memory_is_survived(void **state)
{
    const dk_table *t = counted(40, NULL, 0);

    (void)state;
    dk_set_threads(1);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 2; i < sizeof everything / sizeof *everything; i++) {
            const dk_expr *expr = parse(everything[i]);
            const dk_column *column = NULL;
            dk_error err = DK_ERROR_INIT;

            dk_context_set_block_rows(context, k ? 1 : DK_BLOCK_ROWS); /* several ranges, and one */
            assert_survives_failing_memory(context, dk_table_eval(t, expr, NULL, &column, &err), &err,
                                           column == NULL, dk_column_release(column));
            dk_expr_release(expr);
        }
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_column_alone_is_itself, start, stop),
        cmocka_unit_test_setup_teardown(only_selected_rows_are_evaluated, start, stop),
        cmocka_unit_test_setup_teardown(views_keep_their_promises, start, stop),
        cmocka_unit_test_setup_teardown(blocks_and_threads_do_not_show, start, stop),
        cmocka_unit_test_setup_teardown(the_earliest_row_is_reported, start, stop),
        cmocka_unit_test_setup_teardown(texts_outlive_their_block, start, stop),
        cmocka_unit_test_setup_teardown(small_tables_take_little_memory, start, stop),
        cmocka_unit_test_setup_teardown(the_deepest_tree_is_evaluated, start, stop),
        cmocka_unit_test_setup_teardown(interruption_ends_it, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
