/* test_chunk_runs.c - columns whose equal rows follow each other say what they would say otherwise, in less memory. */
#include "columns.h"

#include <dekking/fingerprint.h>

#include "data/store.h"
#include "reseal.h"
#include "snapshots.h"

#define N_ROWS (DKI_CHUNK_ROWS + 9000)

static bool has_runs(dk_type type)
{
    return type != DK_TEXT;
}

/* Rows in runs of at least `least` rows, and up to four times as many. */
static row *rows_in_runs(size_t n, unsigned bits, unsigned nulls, size_t least)
{
    row *rows = random_rows(n, bits, nulls);

    for (size_t at = 0; at < n;) {
        size_t size = least + random_below(3 * least + 1);

        for (size_t i = at + 1; i < at + size && i < n; i++)
            rows[i] = rows[at];
        at += size;
    }
    return rows;
}

/* The same rows in chunks that are too short for runs. */
static const dk_column *plain_column(const dk_column *like, const row *rows, size_t n)
{
    enum { SHORT = 1000 };
    dk_type type = dk_column_type(like);
    const dk_column *pieces[N_ROWS / SHORT + 1], *all = NULL;
    size_t n_pieces = 0;
    dk_error err = DK_ERROR_INIT;
    char text[40];

    for (size_t at = 0; at < n; at += SHORT) {
        dk_builder *builder = NULL;

        assert_ok(dk_builder_new(context, type, scale_of(type), dk_column_levels(like), &builder, &err), &err);
        for (size_t i = at; i < n && i < at + SHORT; i++) {
            dk_value value = value_of(type, scale_of(type), rows[i], text);

            assert_ok(dk_builder_value(builder, &value, &err), &err);
        }
        assert_ok(dk_builder_finish(builder, &pieces[n_pieces++], &err), &err);
        dk_builder_release(builder);
    }
    assert_ok(
        dki_column_concat(context, type, scale_of(type), dk_column_levels(like), pieces, n_pieces, &all, &err),
        &err);
    for (size_t i = 0; i < n_pieces; i++)
        dk_column_release(pieces[i]);
    return all;
}

static bool any_runs(const dk_column *column)
{
    for (size_t i = 0; i < column->n_parts; i++)
        if (column->parts[i].chunk->n_runs > 0)
            return true;
    return false;
}

static const char *print_of(const dk_column *column, char print[DK_FINGERPRINT_SIZE])
{
    dk_field field = DK_FIELD("c", column);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_new(context, &field, 1, dk_column_n_rows(column), &table, &err), &err);
    assert_ok(dk_table_fingerprint(table, print, &err), &err);
    dk_table_release(table);
    return print;
}

static const dk_table *save_and_open(const dk_column *column, bool compress)
{
    dk_field field = DK_FIELD("c", column);
    dk_snapshot_options options = { .compress = compress };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_new(context, &field, 1, dk_column_n_rows(column), &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, &options, &err), &err);
    dk_table_release(table);
    return open_table(snapshot_path);
}

/* Of many rows that jump about the whole column is laid out first. */
static void gather_some(const dk_column *column, const row *rows, size_t n)
{
    enum { FEW = 3000, MANY = 66000 };
    size_t n_picked = n == N_ROWS && random_below(4) == 0 ? MANY : FEW;
    static uint64_t numbers[MANY];
    static row expected[MANY];
    const dk_column *gathered = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n_picked; i++) {
        numbers[i] = i % 2 ? random_below(n) : n * i / n_picked;
        if (random_below(20) == 0)
            numbers[i] = DK_ROW_NULL;
        expected[i] = numbers[i] == DK_ROW_NULL ? (row){ true, 0 } : rows[numbers[i]];
    }
    assert_ok(dk_column_gather(column, numbers, n_picked, &gathered, &err), &err);
    same_column(gathered, expected, n_picked, 4096);
    dk_column_release(gathered);
}

/* By every way there is to read a column; also of slices, which begin within a run. */
static void rows_in_runs_are_read_as_any_others(void **state)
{
    static const unsigned widths[] = { 1, 7, 15, 31, 50 }, nulls[] = { 0, 30, 90 };
    static const size_t sizes[] = { 4096, 5000, N_ROWS };
    char a[DK_FINGERPRINT_SIZE], b[DK_FINGERPRINT_SIZE];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned k = 0; k < 4 * N_PLAIN_TYPES; k++) {
        dk_type type = (dk_type)(k % N_PLAIN_TYPES);
        size_t n = sizes[random_below(3)], start = random_below(n / 2);
        row *rows = rows_in_runs(n, widths[random_below(5)], nulls[random_below(3)], 1200);
        const dk_column *column = column_of(context, type, scale_of(type), rows, n), *slice = NULL;
        const dk_column *plain = plain_column(column, rows, n), *opened;
        const dk_table *table;

        assert_false(any_runs(plain));
        same_column(column, rows, n, 4096);
        same_column(column, rows, n, 777);
        gather_some(column, rows, n);
        assert_ok(dk_column_slice(column, start, n - start - 5, &slice, &err), &err);
        same_column(slice, rows + start, n - start - 5, 1000);
        gather_some(slice, rows + start, n - start - 5);
        assert_string_equal(print_of(column, a), print_of(plain, b));
        for (unsigned from = 0; from < 3; from++) { /* whole, joined from short chunks, and a slice */
            table = save_and_open(from == 0 ? column : from == 1 ? plain : slice, k % 2);
            opened = dk_table_field(table, 0)->column;
            if (from < 2) {
                same_column(opened, rows, n, 4096);
                gather_some(opened, rows, n);
                assert_string_equal(print_of(opened, a), print_of(plain, b));
            } else {
                same_column(opened, rows + start, n - start - 5, 4096);
            }
            dk_table_release(table);
        }
        dk_column_release(slice);
        dk_column_release(plain);
        dk_column_release(column);
        free(rows);
    }
}

/* A value and an end for each run, in memory and in a file, and what is too short stays as it is. */
static void runs_are_kept_where_they_are_long(void **state)
{
    (void)state;
    for (int t = 0; t < N_PLAIN_TYPES; t++) {
        dk_type type = (dk_type)t;
        row *rows = rows_in_runs(N_ROWS, 16, 20, 1200), *often = rows_in_runs(N_ROWS, 16, 20, 200);
        const dk_column *column = column_of(context, type, scale_of(type), rows, N_ROWS);
        const dk_column *other = column_of(context, type, scale_of(type), often, N_ROWS);
        const dk_column *plain = plain_column(column, rows, N_ROWS);
        const dk_table *table = save_and_open(plain, false);

        assert_false(any_runs(other) && has_runs(type) && type != DK_BOOLEAN); /* of two values some runs join */
        assert_int_equal(any_runs(column), has_runs(type));
        assert_int_equal(any_runs(dk_table_field(table, 0)->column), has_runs(type));
        if (has_runs(type) && type != DK_CATEGORY) { /* whose levels count */
            assert_in_range(dk_column_bytes(column), 1, N_ROWS / 8);
            assert_in_range(dk_column_bytes(dk_table_field(table, 0)->column), 1, N_ROWS / 8);
        }
        dk_table_release(table);
        dk_column_release(plain);
        dk_column_release(other);
        dk_column_release(column);
        free(often);
        free(rows);
    }
}

/* A block within one run is a view of one value: groups count it at once. */
static void a_block_within_a_run_is_constant(void **state)
{
    (void)state;
    for (int t = 0; t < N_PLAIN_TYPES; t++) {
        dk_type type = (dk_type)t;
        row *rows = random_rows(20000, 10, 0);
        const dk_column *column;
        dk_view view;
        dk_error err = DK_ERROR_INIT;

        if (!has_runs(type)) {
            free(rows);
            continue;
        }
        for (size_t i = 0; i < 20000; i++)
            rows[i] = i < 5000 ? (row){ true, 0 } : (row){ false, i < 12000 ? 3 : 4 };
        column = column_of(context, type, scale_of(type), rows, 20000);
        free(rows);
        dk_view_init(&view, context);
        assert_ok(dk_column_view(column, 100, 4096, &view, &err), &err);
        assert_true(view.constant && dki_view_is_null(&view, 4000));
        assert_ok(dk_column_view(column, 4904, 96, &view, &err), &err);
        assert_true(view.constant && dki_view_is_null(&view, 95));
        assert_ok(dk_column_view(column, 5000, 4096, &view, &err), &err);
        assert_true(view.constant && !dki_view_is_null(&view, 4000));
        assert_ok(dk_column_view(column, 4999, 4, &view, &err), &err);
        assert_true(!view.constant && dki_view_is_null(&view, 0) && !dki_view_is_null(&view, 1));
        dk_view_release(&view);
        dk_column_release(column);
    }
}

/* What the parts of a file say is not believed: `at` is where a byte is changed, counted from the block of ends. */
static void runs_that_cannot_be_are_refused(void **state)
{
    static const struct {
        size_t at;
        uint8_t byte;
        const char *says;
    } lies[] = {
        { 1, 0x00, "runs that go backwards" },          /* 4096 becomes 0 */
        { 1, 0xff, "runs that go backwards" },          /* behind the second */
        { 9, 0x31, "runs that do not cover the rows" }, /* 12288 becomes 12544 */
        { 9, 0x21, "runs that do not cover the rows" }, /* or less */
        { 5, 0x21, "the stated number of nulls" },      /* the nulls are 256 more */
    };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned k = 0; k < 2 * sizeof lies / sizeof *lies; k++) {
        dk_type type = k % 2 ? DK_INTEGER : DK_CATEGORY;
        row *rows = random_rows(12288, 4, 0);
        const dk_column *column;
        const dk_table *table;
        size_t size, ends = 0;
        uint8_t *bytes;
        uint32_t expected[] = { 4096, 8192, 12288 };
        dk_value value;

        for (size_t i = 0; i < 12288; i++)
            rows[i] = i < 4096 ? (row){ false, 1 } : i < 8192 ? (row){ true, 0 } : (row){ false, 2 };
        column = column_of(context, type, 0, rows, 12288);
        dk_table_release(save_and_open(column, false));
        bytes = read_file(snapshot_path, &size);
        for (size_t i = 128; i + sizeof expected <= size; i += 64)
            if (memcmp(bytes + i, expected, sizeof expected) == 0)
                ends = i;
        assert_true(ends > 0);
        bytes[ends + lies[k / 2].at] = lies[k / 2].byte;
        reseal(bytes, size);
        write_file(snapshot_path, bytes, size);
        table = open_table(snapshot_path);
        assert_fails(dk_column_get(dk_table_field(table, 0)->column, 0, &value, &err), &err, DK_ERR_DATA,
                     lies[k / 2].says);
        dk_table_release(table);
        dk_column_release(column);
        free(bytes);
        free(rows);
    }
}

/* The directory's numbers: a size of ends that is no whole number of them, one run, runs of texts. */
static void forms_that_cannot_be_are_refused(void **state)
{
    dki_stored_form form = { .what = "c", .type = DK_INTEGER, .storage = DK_STORE_I8, .n_rows = 5000 };

    (void)state;
    form.facts = (dki_column_facts){ 0, true, 1, 2 };
    form.blocks[DKI_BLOCK_VALUES] = (dki_block){ 128, 3, 3, 0, false };
    form.blocks[DKI_BLOCK_ENDS] = (dki_block){ 192, 12, 12, 0, false };
    assert_null(dki_form_check(&form));
    form.blocks[DKI_BLOCK_ENDS].bytes = form.blocks[DKI_BLOCK_ENDS].stored_bytes = 14;
    assert_string_equal(dki_form_check(&form), "have runs that cannot be");
    form.blocks[DKI_BLOCK_ENDS].bytes = form.blocks[DKI_BLOCK_ENDS].stored_bytes = 4;
    assert_string_equal(dki_form_check(&form), "have runs that cannot be");
    form.blocks[DKI_BLOCK_ENDS].bytes = form.blocks[DKI_BLOCK_ENDS].stored_bytes = 16;
    assert_string_equal(dki_form_check(&form), "have a size that does not go with their rows");
    form.blocks[DKI_BLOCK_ENDS].bytes = form.blocks[DKI_BLOCK_ENDS].stored_bytes = 12;
    form.n_rows = 2;
    assert_string_equal(dki_form_check(&form), "have runs that cannot be");
    form.n_rows = UINT64_C(1) << 33;
    assert_string_equal(dki_form_check(&form), "have runs that cannot be");
    form.n_rows = 5000;
    form.constant = true;
    assert_string_equal(dki_form_check(&form), "have runs that cannot be");
    form = (dki_stored_form){ .what = "t", .type = DK_TEXT, .storage = DK_STORE_TEXT, .n_rows = 5000 };
    form.blocks[DKI_BLOCK_VALUES] = (dki_block){ 128, 16, 16, 0, false };
    form.blocks[DKI_BLOCK_ENDS] = (dki_block){ 192, 12, 12, 0, false };
    assert_string_equal(dki_form_check(&form), "have runs that cannot be");
}

static void failing_memory_leaves_nothing(void **state)
{
    (void)state;
    for (int t = 0; t < N_PLAIN_TYPES; t++) {
        dk_type type = (dk_type)t;
        row *rows = random_rows(9000, 6, 30);
        const dk_column *column, *copy = NULL;
        uint64_t numbers[9000];
        dk_view view;
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < 9000; i++) {
            rows[i] = i < 3000 ? (row){ false, 1 } : i < 6000 ? (row){ true, 0 } : (row){ false, 2 };
            numbers[i] = i;
        }
        column = column_of(context, type, scale_of(type), rows, 9000);
        assert_survives_failing_memory(context, dk_column_gather(column, numbers, 9000, &copy, &err), &err,
                                       copy == NULL, same_column(copy, rows, 9000, 4096));
        dk_column_release(copy);
        dk_view_init(&view, context);
        if (has_runs(type))
            assert_survives_failing_memory(context, dk_column_view(column, 10, 4000, &view, &err), &err, true,
                                           (void)0);
        dk_view_release(&view);
        dk_column_release(column);
        free(rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(rows_in_runs_are_read_as_any_others), TEST(runs_are_kept_where_they_are_long),
        TEST(a_block_within_a_run_is_constant),    TEST(runs_that_cannot_be_are_refused),
        TEST(forms_that_cannot_be_are_refused),    TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
