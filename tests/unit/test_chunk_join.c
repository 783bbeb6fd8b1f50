/* test_chunk_join.c - chunks of any length and storage become one, and what is saved has few of them. */
#include "columns.h"

#include "data/chunk.h"
#include "snapshots.h"
#include "watched.h"

#define N_SEGMENTS 14

/* Rows in segments, each with values of a width of its own or all alike, and a column of them whose parts are slices of
 * columns of the segments. */
struct made {
    row *rows;
    size_t n;
    const dk_column *column;
};

static void fill_segment(row *rows, size_t n)
{
    static const unsigned widths[] = { 1, 6, 7, 15, 31, 50 }, nulls[] = { 0, 0, 30, 100 };
    row *some = random_rows(n, widths[random_below(6)], nulls[random_below(4)]);
    bool alike = random_below(3) == 0;

    for (size_t i = 0; i < n; i++)
        rows[i] = alike ? some[0] : some[i];
    free(some);
}

/* A column of these rows with other rows before and behind, of which it shows its own. */
static const dk_column *cut_column(dk_type type, const dk_dictionary *levels, const row *rows, size_t n)
{
    size_t before = random_below(3) ? 0 : random_below(70), behind = random_below(3) ? 0 : 1;
    dk_builder *builder = NULL;
    const dk_column *whole = NULL, *cut = NULL;
    dk_error err = DK_ERROR_INIT;
    char text[40];

    assert_ok(dk_builder_new(context, type, scale_of(type), levels, &builder, &err), &err);
    for (size_t i = 0; i < before + n + behind; i++) {
        dk_value value = value_of(type, scale_of(type),
                                  rows[i < before       ? 0
                                       : i < before + n ? i - before
                                                        : n - 1],
                                  text);

        assert_ok(dk_builder_value(builder, &value, &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &whole, &err), &err);
    assert_ok(dk_column_slice(whole, before, n, &cut, &err), &err);
    dk_column_release(whole);
    dk_builder_release(builder);
    return cut;
}

static struct made make(dk_type type)
{
    static const size_t sizes[] = { 1, 2, 63, 64, 65, 500, 4096, 5000, 9000 };
    const dk_column *segments[N_SEGMENTS], *all;
    size_t lengths[N_SEGMENTS], at = 0;
    struct made made = { 0 };
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < N_SEGMENTS; i++)
        made.n += lengths[i] = sizes[random_below(9)];
    made.rows = malloc(made.n * sizeof *made.rows);
    assert_non_null(made.rows);
    for (size_t i = 0; i < N_SEGMENTS; at += lengths[i++])
        fill_segment(made.rows + at, lengths[i]);
    all = column_of(context, type, scale_of(type), made.rows, made.n); /* for its levels */
    at = 0;
    for (size_t i = 0; i < N_SEGMENTS; at += lengths[i++])
        segments[i] = cut_column(type, dk_column_levels(all), made.rows + at, lengths[i]);
    assert_ok(dki_column_concat(context, type, scale_of(type), dk_column_levels(all), segments, N_SEGMENTS,
                                &made.column, &err),
              &err);
    for (size_t i = 0; i < N_SEGMENTS; i++)
        dk_column_release(segments[i]);
    dk_column_release(all);
    return made;
}

static void drop(struct made *made)
{
    dk_column_release(made->column);
    free(made->rows);
}

static bool bits_behind_are_zeros(const dki_chunk *chunk, const uint64_t *words)
{
    return words == NULL || chunk->n_rows % 64 == 0 || words[chunk->n_rows / 64] >> chunk->n_rows % 64 == 0;
}

/* One after the other in the same memory, as a writer does it. */
static void rows_of_parts_are_one_chunk(void **state)
{
    dki_joint joint = { 0 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned k = 0; k < watched(12, 12, 2) * N_PLAIN_TYPES; k++) {
        dk_type type = (dk_type)(k % N_PLAIN_TYPES);
        struct made made = make(type);
        const dk_column *column = NULL;
        dki_part part = { 0 };

        assert_ok(dki_chunk_join(context, type, made.column->parts, made.column->n_parts, &joint, &err), &err);
        assert_int_equal(joint.chunk->n_rows, made.n);
        assert_true(bits_behind_are_zeros(joint.chunk, joint.chunk->valid));
        if (type == DK_BOOLEAN)
            assert_true(bits_behind_are_zeros(joint.chunk, joint.chunk->values));
        part.chunk = dki_chunk_retain(joint.chunk);
        part.n_rows = made.n;
        assert_ok(dki_column_of_parts(context, type, scale_of(type), made.column->levels, &part, 1, &column, &err),
                  &err);
        same_column(column, made.rows, made.n, 777);
        dk_column_release(column);
        drop(&made);
    }
    dki_joint_drop(&joint);
}

/* Storage is no wider than the values of all parts ask for. */
static void the_storage_is_the_narrowest(void **state)
{
    static const unsigned widths[] = { 7, 15, 31, 50 };
    static const dk_storage expected[] = { DK_STORE_I8, DK_STORE_I16, DK_STORE_I32, DK_STORE_I64 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        row *narrow = random_rows(900, 5, 20), *wide = random_rows(900, widths[i], 0);
        const dk_column *a = column_of(context, DK_INTEGER, 0, narrow, 900);
        const dk_column *b = column_of(context, DK_INTEGER, 0, wide, 900);
        dki_part parts[] = { *a->parts, *b->parts };
        dki_joint joint = { 0 };

        assert_ok(dki_chunk_join(context, DK_INTEGER, parts, 2, &joint, &err), &err);
        assert_int_equal(joint.chunk->storage, expected[i]);
        dki_joint_drop(&joint);
        dk_column_release(a);
        dk_column_release(b);
        free(narrow);
        free(wide);
    }
}

static void save_column(const dk_column *column, const char *path)
{
    dk_field field = DK_FIELD("c", column);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_new(context, &field, 1, dk_column_n_rows(column), &table, &err), &err);
    assert_ok(dk_snapshot_save(table, path, NULL, &err), &err);
    dk_table_release(table);
}

static void small_chunks_are_saved_as_few(void **state)
{
    (void)state;
    for (unsigned k = 0; k < watched(6, 6, 1) * N_PLAIN_TYPES; k++) {
        dk_type type = (dk_type)(k % N_PLAIN_TYPES);
        struct made made = make(type);
        const dk_table *opened;
        const dk_column *column;

        save_column(made.column, snapshot_path);
        opened = open_table(snapshot_path);
        column = dk_table_field(opened, 0)->column;
        assert_true(made.column->n_parts == N_SEGMENTS);
        assert_in_range(column->n_parts, 1, made.n / (DKI_CHUNK_ROWS / 2) + 1);
        same_column(column, made.rows, made.n, 4096);
        dk_table_release(opened);
        drop(&made);
    }
}

/* Chunks of one value, one behind the other, are one chunk of the file however many rows they have together; a short one
 * is joined with what stands beside it. */
static void equal_constants_are_one_chunk(void **state)
{
    static const struct {
        uint64_t n[4]; /* rows of seed 5, 5, 6, null */
        size_t n_parts;
    } cases[] = {
        { { 40000, 40000, 0, 0 }, 1 },     /* all rows, though each is short */
        { { 10, 20, 0, 0 }, 1 },           /* the same, and short together */
        { { 400000, 300000, 100, 0 }, 2 }, /* a long one, then a short one of its own */
        { { 300, 400, 100, 50 }, 1 },      /* none is long */
        { { 10, 0, 400000, 70000 }, 3 },   /* each has its own */
        { { 0, 0, 0, 200000 }, 1 },        /* nulls */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int t = 0; t < N_PLAIN_TYPES; t++) {
            dk_type type = (dk_type)t;
            const dk_column *columns[4], *both = NULL, *all;
            row rows[4] = { { false, 5 }, { false, 5 }, { false, 6 }, { true, 0 } };
            size_t n = 0;
            uint64_t total = 0;
            const dk_table *opened;
            dk_error err = DK_ERROR_INIT;
            char text[40];

            all = column_of(context, type, scale_of(type), rows, 4);
            for (size_t k = 0; k < 4; k++) {
                dk_value value = value_of(type, scale_of(type), rows[k], text);

                if (cases[i].n[k] == 0)
                    continue;
                total += cases[i].n[k];
                assert_ok(
                    dki_column_constant(context, &value, dk_column_levels(all), cases[i].n[k], &columns[n++], &err),
                    &err);
            }
            assert_ok(
                dki_column_concat(context, type, scale_of(type), dk_column_levels(all), columns, n, &both, &err),
                &err);
            save_column(both, snapshot_path);
            opened = open_table(snapshot_path);
            assert_int_equal(dk_table_field(opened, 0)->column->n_parts, cases[i].n_parts);
            assert_int_equal(dk_table_n_rows(opened), total);
            for (uint64_t at = 0, k = 0; k < 4; at += cases[i].n[k++]) {
                dk_value value, expected = value_of(type, scale_of(type), rows[k], text);

                if (cases[i].n[k] == 0)
                    continue;
                assert_ok(dk_column_get(dk_table_field(opened, 0)->column, at, &value, &err), &err);
                same_value(&value, &expected, at);
                assert_ok(dk_column_get(dk_table_field(opened, 0)->column, at + cases[i].n[k] - 1, &value, &err),
                          &err);
                same_value(&value, &expected, at);
            }
            dk_table_release(opened);
            dk_column_release(both);
            while (n > 0)
                dk_column_release(columns[--n]);
            dk_column_release(all);
        }
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        struct made made = make((dk_type)type);
        dki_joint joint = { 0 };
        dk_status status;
        uint64_t nth = 1;

        for (;; nth++) { /* what a joint has is its own, so it is dropped each time */
            dk_context_fail_allocation(context, nth);
            status = dki_chunk_join(context, (dk_type)type, made.column->parts, made.column->n_parts, &joint, &err);
            dk_context_fail_allocation(context, 0);
            dki_joint_drop(&joint);
            if (status == DK_OK)
                break;
            assert_int_equal(status, DK_ERR_MEMORY);
        }
        assert_true(nth > 2);
        drop(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(rows_of_parts_are_one_chunk),   TEST(the_storage_is_the_narrowest),
        TEST(small_chunks_are_saved_as_few), TEST(equal_constants_are_one_chunk),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
