/* test_gather.c - rows in any order, and null rows among them. */
#include "columns.h"

#include "data/chunk.h"

#include "with_context.h"

/* Gathers rows of the column, and the same rows of the model. */
static void gather_both(const dk_column *column, const row *rows, const uint64_t *numbers, size_t n)
{
    row *expected = malloc((n + 1) * sizeof *expected);
    const dk_column *gathered = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_non_null(expected);
    for (size_t i = 0; i < n; i++)
        expected[i] = numbers[i] == DK_ROW_NULL ? (row){ true, 0 } : rows[numbers[i]];
    assert_ok(dk_column_gather(column, numbers, n, &gathered, &err), &err);
    same_column(gathered, expected, n, 4096);
    assert_true(dk_column_levels(gathered) == dk_column_levels(column));
    dk_column_release(gathered);
    free(expected);
}

static void any_order_of_rows_of_every_type(void **state)
{
    enum { N = 20000 };
    static uint64_t numbers[N];

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++)
        for (unsigned k = 0; k < 3; k++) {
            size_t n = k == 0 ? 1 : k == 1 ? 500 : DKI_CHUNK_ROWS + 5000;
            row *rows = random_rows(n, 12, 15);
            const dk_column *column;

            for (size_t i = DKI_CHUNK_ROWS; i < n; i++) /* the second chunk is constant */
                rows[i] = (row){ false, 3 };
            column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n);
            for (size_t i = 0; i < N; i++)
                numbers[i] = random_below(10) == 0 ? DK_ROW_NULL : random_below(n);
            gather_both(column, rows, numbers, N);
            for (size_t i = 0; i < N; i++) /* in order, as a selection gives them, over the end of the chunk */
                numbers[i] = n < N ? n * i / N : n - N + i;
            gather_both(column, rows, numbers, N);
            dk_column_release(column);
            free(rows);
        }
}

/* So many rows that jump about are picked from the column in one piece: chunks of several widths, constant ones, parts of
 * chunks (a slice), and null rows. */
static void many_rows_that_jump_about_of_every_type(void **state)
{
    enum { N = 66000, ROWS = DKI_CHUNK_ROWS + 3000 };
    static uint64_t numbers[N];

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++)
        for (unsigned k = 0; k < 3; k++) {
            row *rows = random_rows(ROWS, k ? 12 : 40, k == 2 ? 3 : 40);
            const dk_column *column, *part = NULL;
            dk_error err = DK_ERROR_INIT;

            for (size_t i = DKI_CHUNK_ROWS; k == 1 && i < ROWS; i++)
                rows[i] = (row){ false, 3 };
            column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, ROWS);
            assert_ok(dk_column_slice(column, 777, ROWS - 1000, &part, &err), &err);
            for (size_t i = 0; i < N; i++)
                numbers[i] = k == 2 && random_below(10) == 0 ? DK_ROW_NULL : random_below(ROWS - 1000);
            dk_set_threads(1 + k);
            gather_both(part, rows + 777, numbers, N);
            numbers[N - 1] = ROWS;
            {
                const dk_column *none = NULL;
                char message[40];

                (void)snprintf(message, sizeof message, "row %d of", ROWS + 1);
                assert_fails(dk_column_gather(part, numbers, N, &none, &err), &err, DK_ERR_RANGE, message);
                assert_null(none);
            }
            dk_column_release(part);
            dk_column_release(column);
            free(rows);
        }
    dk_set_threads(0);
}

static void jumping_about_survives_failing_memory(void **state)
{
    enum { N = 66000 };
    static uint64_t numbers[N];
    static const dk_type types[] = { DK_TEXT, DK_INTEGER, DK_CATEGORY };

    (void)state;
    for (size_t i = 0; i < N; i++)
        numbers[i] = N - 1 - i;
    dk_set_threads(1);
    for (size_t t = 0; t < 3; t++) {
        row *rows = random_rows(N, 12, 20);
        const dk_column *column = column_of(context, types[t], 0, rows, N), *out = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_survives_failing_memory(context, dk_column_gather(column, numbers, N, &out, &err), &err, out == NULL,
                                       dk_column_release(out));
        dk_context_interrupt(context);
        out = NULL;
        assert_fails(dk_column_gather(column, numbers, N, &out, &err), &err, DK_ERR_INTERRUPTED, "");
        dk_context_clear_interrupt(context);
        dk_column_release(column);
        free(rows);
    }
    dk_set_threads(0);
}

static void blocks_of_one_row_give_the_same(void **state)
{
    uint64_t numbers[300];

    (void)state;
    dk_context_set_block_rows(context, 1);
    for (int type = 0; type < DK_N_TYPES; type++) {
        row *rows = random_rows(100, 30, 20);
        const dk_column *column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, 100);

        for (size_t i = 0; i < 300; i++)
            numbers[i] = i % 7 == 0 ? DK_ROW_NULL : random_below(100);
        gather_both(column, rows, numbers, 300);
        dk_column_release(column);
        free(rows);
    }
}

static void slices_are_gathered_by_their_own_numbers(void **state)
{
    uint64_t numbers[1000];

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++) {
        row *rows = random_rows(5000, 16, 20);
        const dk_column *column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, 5000);
        const dk_column *slice = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_column_slice(column, 1234, 777, &slice, &err), &err);
        for (size_t i = 0; i < 1000; i++)
            numbers[i] = random_below(777);
        gather_both(slice, rows + 1234, numbers, 1000);
        dk_column_release(slice);
        dk_column_release(column);
        free(rows);
    }
}

static void nothing_can_be_gathered_from_nothing_but_nulls(void **state)
{
    uint64_t numbers[] = { DK_ROW_NULL, DK_ROW_NULL, 0 };

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++) {
        const dk_column *column = column_of(context, (dk_type)type, scale_of((dk_type)type), NULL, 0), *out = NULL;
        dk_error err = DK_ERROR_INIT;

        gather_both(column, NULL, numbers, 0);
        gather_both(column, NULL, numbers, 2);
        assert_fails(dk_column_gather(column, numbers, 3, &out, &err), &err, DK_ERR_RANGE,
                     "row 1 of a column without rows");
        assert_null(out);
        dk_column_release(column);
    }
}

static void a_row_outside_is_refused(void **state)
{
    row *rows = random_rows(10, 8, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 10), *out = NULL;
    uint64_t numbers[] = { 3, 10, 2 }, huge[] = { DK_ROW_NULL - 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_column_gather(column, numbers, 3, &out, &err), &err, DK_ERR_RANGE, "row 11 of a column of 10");
    assert_fails(dk_column_gather(column, huge, 1, &out, &err), &err, DK_ERR_RANGE, "of a column of 10");
    assert_null(out);
    dk_column_release(column);
    free(rows);
}

static void it_can_be_interrupted(void **state)
{
    row *rows = random_rows(10, 8, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 10), *out = NULL;
    uint64_t numbers[] = { 3, 4 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dk_column_gather(column, numbers, 2, &out, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    assert_null(out);
    dk_column_release(column);
    free(rows);
}

static void few_rows_are_gathered_in_little_memory(void **state)
{
    static const uint64_t numbers[] = { 4, 0, 3 };

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++) {
        row *rows = random_rows(5, 8, 20);
        const dk_column *column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, 5), *out = NULL;
        dk_error err = DK_ERROR_INIT;
        size_t before = dk_context_used_bytes(context);

        dk_context_reset_peak(context);
        assert_ok(dk_column_gather(column, numbers, 3, &out, &err), &err);
        assert_true(dk_context_peak_bytes(context) - before < 16384);
        dk_column_release(out);
        dk_column_release(column);
        free(rows);
    }
}

/* Whichever way they are picked: as narrow as they can be, and rows that are alike as one. */
static void gathered_rows_are_stored_as_a_builder_stores_them(void **state)
{
    enum { N = 70000 };
    static const size_t sizes[] = { 1, 3, 500, N };
    static uint64_t numbers[N];

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++)
        for (unsigned k = 0; k < 12; k++) {
            size_t n = sizes[k % 4], n_rows = n == N ? N : 1000;
            row *rows = random_rows(n_rows, 40, 10), *picked = malloc(n * sizeof *picked);
            const dk_column *column, *built, *out = NULL;
            dk_error err = DK_ERROR_INIT;

            assert_non_null(picked);
            for (size_t i = 0; i < n_rows && k < 8; i++) /* every second row is alike, known or null */
                rows[i] = i % 2 ? (row){ k < 4, 5 } : rows[i];
            column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n_rows);
            for (size_t i = 0; i < n; i++) {
                numbers[i] = k < 8 ? 2 * random_below(n_rows / 2) + 1 : random_below(n_rows);
                picked[i] = rows[numbers[i]];
            }
            built =
                column_over(context, (dk_type)type, scale_of((dk_type)type), dk_column_levels(column), picked, n);
            assert_ok(dk_column_gather(column, numbers, n, &out, &err), &err);
            assert_int_equal(out->n_parts, built->n_parts);
            for (size_t p = 0; p < built->n_parts; p++) {
                const dki_chunk *made = out->parts[p].chunk, *like = built->parts[p].chunk;

                assert_int_equal(made->storage, like->storage);
                assert_int_equal(made->constant, like->constant);
                assert_int_equal(made->heap_bytes, like->heap_bytes);
                assert_int_equal(made->facts.n_nulls, like->facts.n_nulls);
                assert_int_equal(made->facts.has_bounds, like->facts.has_bounds);
            }
            dk_column_release(out);
            dk_column_release(built);
            dk_column_release(column);
            free(picked);
            free(rows);
        }
}

static void failing_memory_leaves_nothing(void **state)
{
    uint64_t numbers[200];

    (void)state;
    for (size_t i = 0; i < 200; i++)
        numbers[i] = i % 50;
    for (int type = 0; type < DK_N_TYPES; type++) {
        row *rows = random_rows(50, 8, 20);
        const dk_column *column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, 50), *out = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_survives_failing_memory(context, dk_column_gather(column, numbers, 200, &out, &err), &err,
                                       out == NULL, dk_column_release(out));
        dk_column_release(column);
        free(rows);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_order_of_rows_of_every_type),
        TEST(many_rows_that_jump_about_of_every_type),
        TEST(jumping_about_survives_failing_memory),
        TEST(blocks_of_one_row_give_the_same),
        TEST(slices_are_gathered_by_their_own_numbers),
        TEST(nothing_can_be_gathered_from_nothing_but_nulls),
        TEST(a_row_outside_is_refused),
        TEST(it_can_be_interrupted),
        TEST(few_rows_are_gathered_in_little_memory),
        TEST(gathered_rows_are_stored_as_a_builder_stores_them),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
