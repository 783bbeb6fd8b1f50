/* test_store.c - values of a snapshot come into memory and leave it: within a limit, and safely between threads. */
#include "columns.h"

#include <dekking/breakdown.h>

#include "base/pool.h"
#include "data/chunk.h"
#include "snapshots.h"

#define N_CHUNKS 12
#define N_ROWS ((uint64_t)DKI_CHUNK_ROWS * N_CHUNKS)
#define CHUNK_BYTES ((size_t)DKI_CHUNK_ROWS * 4)

/* Row i of the column is a number of that row; wide enough for four bytes. */
static int64_t value_at(uint64_t at)
{
    return (int64_t)((at * UINT64_C(2654435761)) % 2000000000);
}

static void save_numbers(void)
{
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("n", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (uint64_t i = 0; i < N_ROWS; i++)
        assert_ok(dk_builder_integer(builder, value_at(i), &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, N_ROWS, &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    dk_table_release(table);
    dk_column_release(field.column);
    dk_builder_release(builder);
}

static const dk_table *open_within(size_t memory_bytes)
{
    dk_snapshot_open_options options = { .memory_bytes = memory_bytes };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_snapshot_open(context, snapshot_path, &options, &table, &err), &err);
    return table;
}

/* Looks at all rows through one view. */
static void scan(const dk_column *column, size_t step)
{
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    dk_view_init(&view, context);
    for (uint64_t at = 0; at < N_ROWS; at += step) {
        size_t n = N_ROWS - at < step ? (size_t)(N_ROWS - at) : step;

        assert_ok(dk_column_view(column, at, n, &view, &err), &err);
        assert_int_equal(dki_view_value(&view, 0).as.integer, value_at(at));
        assert_int_equal(dki_view_value(&view, n - 1).as.integer, value_at(at + n - 1));
    }
    dk_view_release(&view);
}

/* One pass needs one window, however long the column; only what is looked at again and again stays. */
static void a_pass_takes_the_memory_of_a_chunk(void **state)
{
    const dk_table *table;
    const dk_column *column;

    (void)state;
    save_numbers();
    table = open_within(0);
    column = dk_table_field(table, 0)->column;
    assert_true(dk_column_bytes(column) > N_CHUNKS * CHUNK_BYTES);
    dk_context_reset_peak(context);
    for (int pass = 0; pass < 3; pass++)
        scan(column, 4096);
    assert_true(dk_context_peak_bytes(context) < CHUNK_BYTES * 3 / 2);
    for (int pass = 0; pass < 2; pass++)
        scan(column, 4096);
    assert_true(dk_context_used_bytes(context) > N_CHUNKS * CHUNK_BYTES);
    dk_table_release(table);
    assert_int_equal(dk_context_used_bytes(context), 0);
}

static void memory_stays_within_its_limit(void **state)
{
    const dk_table *table;

    (void)state;
    save_numbers();
    table = open_within(3 * CHUNK_BYTES);
    dk_context_reset_peak(context);
    for (int pass = 0; pass < 7; pass++)
        scan(dk_table_field(table, 0)->column, 4096);
    assert_true(dk_context_peak_bytes(context) < 4 * CHUNK_BYTES);
    dk_table_release(table);
}

/* A budget that the table does not fit into by far. */
static void a_table_larger_than_the_budget_is_read(void **state)
{
    const dk_table *table;

    (void)state;
    save_numbers();
    dk_context_set_budget(context, 3 * CHUNK_BYTES);
    table = open_within(0);
    for (int pass = 0; pass < 6; pass++)
        scan(dk_table_field(table, 0)->column, 1000); /* views across the ends of chunks hold two of them */
    dk_table_release(table);
    dk_context_set_budget(context, 0);
}

static void what_a_view_shows_is_not_given_up(void **state)
{
    enum { N_VIEWS = 6 };
    const dk_table *table;
    const dk_column *column;
    dk_view views[N_VIEWS];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    save_numbers();
    table = open_within(CHUNK_BYTES); /* less than is held at once */
    column = dk_column_retain(dk_table_field(table, 0)->column);
    for (size_t i = 0; i < N_VIEWS; i++) {
        dk_view_init(&views[i], context);
        assert_ok(dk_column_view(column, i * DKI_CHUNK_ROWS + 5, 100, &views[i], &err), &err);
    }
    for (int pass = 0; pass < 6; pass++)
        scan(column, 4096);
    dk_table_release(table);
    for (size_t i = 0; i < N_VIEWS; i++)
        assert_int_equal(dki_view_value(&views[i], 99).as.integer, value_at(i * DKI_CHUNK_ROWS + 104));
    for (size_t i = 0; i < N_VIEWS; i++)
        dk_view_release(&views[i]);
    scan(column, 4096);
    dk_column_release(column);
}

/* Values of a text point into the column, and stay for as long as it does. */
static void texts_that_were_given_away_stay(void **state)
{
    const size_t n = DKI_CHUNK_ROWS * 3;
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("t", NULL);
    const dk_table *table = NULL;
    dk_value values[3];
    dk_error err = DK_ERROR_INIT;
    char text[32];

    (void)state;
    assert_ok(dk_builder_new(context, DK_TEXT, 0, NULL, &builder, &err), &err);
    for (size_t i = 0; i < n; i++) {
        dk_text piece = { text, (size_t)sprintf(text, "t%zu", i) };

        assert_ok(dk_builder_text(builder, piece, &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    dk_table_release(table);
    dk_column_release(field.column);
    dk_builder_release(builder);
    table = open_within(1);
    for (size_t i = 0; i < 3; i++)
        assert_ok(dk_column_get(dk_table_field(table, 0)->column, i * DKI_CHUNK_ROWS + 7, &values[i], &err), &err);
    for (size_t i = 0; i < 3; i++) {
        sprintf(text, "t%zu", i * DKI_CHUNK_ROWS + 7);
        assert_int_equal(values[i].as.text.size, strlen(text));
        assert_memory_equal(values[i].as.text.bytes, text, strlen(text));
    }
    dk_table_release(table);
}

struct race {
    const dk_column *column;
};

/* Looks at blocks here and there, so that threads want the same chunk and different ones. */
static dk_status look(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct race *race = arg;
    dk_view view;
    dk_status status = DK_OK;

    (void)worker;
    dk_view_init(&view, context);
    for (uint64_t i = begin; i < end && status == DK_OK; i++) {
        uint64_t at = i * 7919 * 4096 % (N_ROWS - 4096);

        status = dk_column_view(race->column, at, 4096, &view, err);
        for (size_t k = 0; status == DK_OK && k < 4096; k += 511)
            if (dki_view_value(&view, k).as.integer != value_at(at + k))
                status = DK_ERR_DATA;
    }
    dk_view_release(&view);
    return status;
}

static void threads_share_what_is_read(void **state)
{
    const size_t limits[] = { 1, 3 * CHUNK_BYTES, 0 };

    (void)state;
    save_numbers();
    for (size_t i = 0; i < 3; i++) {
        const dk_table *table = open_within(limits[i]);
        struct race race = { dk_table_field(table, 0)->column };
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(4);
        assert_ok(dki_parallel(context, 2000, 10, look, &race, &err), &err);
        dk_set_threads(0);
        dk_table_release(table);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pass_takes_the_memory_of_a_chunk),     TEST(memory_stays_within_its_limit),
        TEST(a_table_larger_than_the_budget_is_read), TEST(what_a_view_shows_is_not_given_up),
        TEST(texts_that_were_given_away_stay),        TEST(threads_share_what_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
