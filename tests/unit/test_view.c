/* test_view.c - every row of every type through views: any start, any length, across chunks, shifted bitmaps. */
#include "columns.h"

#include "data/chunk.h"

#include "with_context.h"

/* Views of random ranges within first .. last, through one view, so that its scratch memory is used again. */
static void look_around(const dk_column *column, const row *rows, uint64_t first, uint64_t last, unsigned times)
{
    dk_view view;

    dk_view_init(&view, context);
    for (unsigned k = 0; k < times; k++) {
        uint64_t start = first + random_below(last - first);
        uint64_t most = last - start < DK_BLOCK_ROWS ? last - start : DK_BLOCK_ROWS;

        same_view(column, rows, start, (size_t)(1 + random_below(most)), &view);
    }
    dk_view_release(&view);
    dk_view_release(&view);
}

static void small_columns_show_their_rows_in_blocks_of_any_size(void **state)
{
    static const size_t lengths[] = { 1, 2, 63, 64, 65, 127, 129, 1000, 4096, 4097, 9000 };
    static const unsigned nulls[] = { 0, 10, 100 };

    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
            for (size_t k = 0; k < 3; k++) {
                row *rows = random_rows(lengths[l], 10, nulls[k]);
                const dk_column *column =
                    column_of(context, (dk_type)type, scale_of((dk_type)type), rows, lengths[l]);

                same_column(column, rows, lengths[l], 4096);
                same_column(column, rows, lengths[l], 1);
                same_column(column, rows, lengths[l], 61);
                look_around(column, rows, 0, lengths[l], 5);
                dk_column_release(column);
                free(rows);
            }
}

/* Chunks of other widths, a constant one between them, and nulls at the very ends. */
static void views_cross_the_ends_of_chunks(void **state)
{
    size_t n = 2 * DKI_CHUNK_ROWS + 5000;

    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        row *rows = random_rows(n, 5, 20);
        row *wide = random_rows(5000, 40, 20);
        const dk_column *column;

        for (size_t i = DKI_CHUNK_ROWS; i < 2 * DKI_CHUNK_ROWS; i++)
            rows[i] = (row){ type % 2 == 0, 7 };
        memcpy(rows + 2 * DKI_CHUNK_ROWS, wide, 5000 * sizeof *wide);
        rows[0].is_null = rows[DKI_CHUNK_ROWS - 1].is_null = rows[n - 1].is_null = true;
        column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n);
        same_column(column, rows, n, 4096);
        same_column(column, rows, n, 4000);
        look_around(column, rows, DKI_CHUNK_ROWS - 5000, DKI_CHUNK_ROWS + 5000, 30);
        look_around(column, rows, 2 * DKI_CHUNK_ROWS - 5000, n, 30);
        dk_column_release(column);
        free(rows);
        free(wide);
    }
}

/* Chunks of one row each: what slices and appended tables may come to. */
static void a_view_may_gather_from_many_chunks(void **state)
{
    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        row *rows = random_rows(300, 20, 30);
        dki_part parts[300];
        const dk_column *column = NULL;
        const dk_column *whole = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, 300);
        dk_error err = DK_ERROR_INIT;

        for (uint64_t i = 0; i < 300; i++) {
            parts[i] = (dki_part){ whole->parts[0].chunk, i, 0, 1 };
            atomic_fetch_add(&whole->parts[0].chunk->n_references, 1);
        }
        assert_ok(dki_column_of_parts(context, (dk_type)type, scale_of((dk_type)type), dk_column_levels(whole),
                                      parts, 300, &column, &err),
                  &err);
        same_column(column, rows, 300, 300);
        same_column(column, rows, 300, 7);
        look_around(column, rows, 0, 300, 20);
        dk_column_release(whole);
        dk_column_release(column);
        free(rows);
    }
}

static void a_view_points_into_the_chunk_where_it_can(void **state)
{
    row *rows = random_rows(1000, 10, 10);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 1000);
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, 128, 500, &view, &err), &err);
    assert_int_equal(view.storage, DK_STORE_I16);
    assert_null(view.scratch); /* nothing was copied */
    assert_ok(dk_column_view(column, 130, 500, &view, &err), &err);
    assert_non_null(view.scratch); /* the bitmap was moved to bit 0 */
    dk_view_release(&view);
    assert_null(view.scratch);
    dk_column_release(column);
    free(rows);
}

static void rows_outside_the_column_are_refused(void **state)
{
    row *rows = random_rows(10, 10, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 10), *empty = NULL;
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_column_slice(column, 0, 0, &empty, &err), &err);
    dk_view_init(&view, context);
    assert_fails(dk_column_view(column, 0, 11, &view, &err), &err, DK_ERR_RANGE, "11 rows from row 1");
    assert_fails(dk_column_view(column, 10, 1, &view, &err), &err, DK_ERR_RANGE, "10 rows");
    assert_fails(dk_column_view(column, UINT64_MAX, 2, &view, &err), &err, DK_ERR_RANGE, "");
    assert_fails(dk_column_view(column, 0, 0, &view, &err), &err, DK_ERR_RANGE, "");
    assert_fails(dk_column_view(column, 0, DK_BLOCK_ROWS + 1, &view, &err), &err, DK_ERR_RANGE, "");
    assert_fails(dk_column_view(empty, 0, 1, &view, &err), &err, DK_ERR_RANGE, "0 rows");
    dk_view_release(&view);
    dk_column_release(empty);
    dk_column_release(column);
    free(rows);
}

/* Two blocks and 10 rows; the second column begins a row later. */
static void blocks_are_all_rows_each_once(void **state)
{
    uint64_t n = 2 * DK_BLOCK_ROWS + 10, next = 0;
    row *rows = random_rows(n + 1, 40, 10);
    const dk_column *columns[] = { column_of(context, DK_INTEGER, 0, rows, n),
                                   column_of(context, DK_INTEGER, 0, rows + 1, n) };
    const dk_column *empty = NULL;
    dk_view views[2];
    dk_error err = DK_ERROR_INIT;
    dk_status status = DK_OK;

    (void)state;
    dk_view_init(&views[0], context);
    dk_view_init(&views[1], context);
    for (uint64_t first = 0; dki_columns_block(columns, 2, first, views, &status, &err); first += views->n) {
        assert_int_equal(first, next);
        assert_int_equal(views[0].n, first < 2 * DK_BLOCK_ROWS ? DK_BLOCK_ROWS : 10);
        assert_int_equal(views[1].n, views[0].n);
        for (int k = 0; k < 2; k++)
            for (size_t i = 0; i < views[k].n; i++) {
                dk_value expected = value_of(DK_INTEGER, 0, rows[first + i + (size_t)k], NULL);

                same_row(&views[k], i, &expected, first + i);
            }
        next = first + views->n;
    }
    assert_ok(status, &err);
    assert_int_equal(next, n);
    assert_ok(dk_column_slice(columns[0], 0, 0, &empty, &err), &err);
    assert_false(dki_column_block(empty, 0, views, &status, &err));
    assert_ok(status, &err);
    status = DK_ERR_DATA; /* what the loop found ends it */
    assert_false(dki_column_block(columns[0], 0, views, &status, &err));
    assert_int_equal(status, DK_ERR_DATA);
    status = DK_OK;
    dk_context_interrupt(context);
    assert_false(dki_column_block(columns[0], 0, views, &status, &err));
    assert_int_equal(status, DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
    for (int k = 0; k < 2; k++) {
        dk_view_release(&views[k]);
        dk_column_release(columns[k]);
    }
    dk_column_release(empty);
    free(rows);
}

static void failing_memory_leaves_nothing(void **state)
{
    row *rows = random_rows(DKI_CHUNK_ROWS + 100, 10, 10);
    const dk_column *column = column_of(context, DK_TEXT, 0, rows, DKI_CHUNK_ROWS + 100);
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_view_init(&view, context);
    assert_survives_failing_memory(context, dk_column_view(column, DKI_CHUNK_ROWS - 50, 100, &view, &err), &err,
                                   view.scratch == NULL, (void)0);
    same_view(column, rows, DKI_CHUNK_ROWS - 50, 100, &view);
    dk_view_release(&view);
    dk_column_release(column);
    free(rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_columns_show_their_rows_in_blocks_of_any_size),
        TEST(views_cross_the_ends_of_chunks),
        TEST(a_view_may_gather_from_many_chunks),
        TEST(a_view_points_into_the_chunk_where_it_can),
        TEST(rows_outside_the_column_are_refused),
        TEST(blocks_are_all_rows_each_once),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
