/* test_chunk_packed.c - values of a few bits are what they would be as bytes. */
#include "columns.h"

#include "data/store.h"
#include "reseal.h"
#include "snapshots.h"

/* Every width, length and place to begin, against reading bit by bit. */
static void what_is_packed_is_unpacked(void **state)
{
    static const size_t sizes[] = { 1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 1000, 4096 };
    static const unsigned widths[] = { 1, 2, 4 };
    static uint8_t values[4096], packed[4096], out[4096 + 1];

    (void)state;
    for (size_t w = 0; w < 3; w++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            size_t n = sizes[s], bytes = (n * widths[w] + 7) / 8;
            dki_chunk chunk = { .packed = (uint8_t)widths[w], .values = packed, .n_rows = n };

            assert_int_equal(dki_packed_bytes(widths[w], n), bytes);
            memset(packed, 0xAA, sizeof packed);
            for (size_t i = 0; i < n; i++)
                values[i] = (uint8_t)random_below(UINT64_C(1) << widths[w]);
            dki_pack(values, n, widths[w], packed);
            assert_int_equal(packed[bytes], 0xAA);
            for (size_t i = 0; i < bytes * 8 / widths[w]; i++) { /* as the page draws it; zeros behind the last */
                unsigned bits = 0;

                for (unsigned k = 0; k < widths[w]; k++)
                    bits |= (packed[(i * widths[w] + k) / 8] >> (i * widths[w] + k) % 8 & 1u) << k;
                assert_int_equal(bits, i < n ? values[i] : 0);
            }
            for (unsigned k = 0; k < 40; k++) {
                size_t at = k < 9 && k < n ? k : random_below(n), m = k == 0 ? n : 1 + random_below(n - at);

                memset(out, 0x55, sizeof out);
                dki_unpack(&chunk, at, m, out);
                assert_memory_equal(out, values + at, m);
                assert_int_equal(out[m], 0x55);
            }
        }
}

static row *small_rows(size_t n, uint64_t most, unsigned nulls)
{
    row *rows = random_rows(n, 8, nulls);

    for (size_t i = 0; i < n; i++)
        rows[i].seed = (int64_t)random_below(most + 1);
    rows[n / 2] = (row){ false, (int64_t)most };
    rows[n / 3] = (row){ false, 0 };
    return rows;
}

static const dk_table *save_and_open(const dk_column *column)
{
    dk_field field = DK_FIELD("c", column);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_new(context, &field, 1, dk_column_n_rows(column), &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    dk_table_release(table);
    return open_table(snapshot_path);
}

static void gather_all(const dk_column *column, const row *rows, size_t n)
{
    uint64_t *numbers = malloc(n * sizeof *numbers);
    row *expected = malloc(n * sizeof *expected);
    const dk_column *gathered = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_true(numbers && expected);
    for (size_t i = 0; i < n; i++) {
        numbers[i] = i % 11 == 0 ? DK_ROW_NULL : random_below(n);
        expected[i] = numbers[i] == DK_ROW_NULL ? (row){ true, 0 } : rows[numbers[i]];
    }
    assert_ok(dk_column_gather(column, numbers, n, &gathered, &err), &err);
    same_column(gathered, expected, n, 4096);
    dk_column_release(gathered);
    free(numbers);
    free(expected);
}

/* Codes begin at 1, so that a category of 15 levels takes four bits, and one of 16 a byte. */
static void small_values_are_saved_in_few_bits(void **state)
{
    static const struct {
        dk_type type;
        uint64_t most;
        unsigned nulls, width;
    } cases[] = { { DK_INTEGER, 1, 0, 1 },   { DK_INTEGER, 1, 30, 1 }, { DK_INTEGER, 3, 0, 2 },
                  { DK_INTEGER, 3, 30, 2 },  { DK_DECIMAL, 15, 0, 4 }, { DK_PERIOD, 15, 30, 4 },
                  { DK_INTEGER, 16, 0, 0 },  { DK_DATE, 2, 90, 2 },    { DK_CATEGORY, 2, 0, 2 },
                  { DK_CATEGORY, 2, 30, 2 }, { DK_CATEGORY, 3, 0, 4 }, { DK_CATEGORY, 14, 30, 4 },
                  { DK_CATEGORY, 40, 0, 0 } };
    static const size_t sizes[] = { 1024, 5000, DKI_CHUNK_ROWS + 3001 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t k = 0; k < 3 * sizeof cases / sizeof *cases; k++) {
        dk_type type = cases[k / 3].type;
        size_t n = sizes[k % 3];
        row *rows = small_rows(n, cases[k / 3].most, cases[k / 3].nulls);
        const dk_column *column = column_of(context, type, scale_of(type), rows, n), *opened, *slice = NULL;
        const dk_table *table = save_and_open(column), *again;

        opened = dk_table_field(table, 0)->column;
        assert_int_equal(opened->parts->chunk->packed, cases[k / 3].width);
        if (cases[k / 3].width > 0 && type != DK_CATEGORY)
            assert_true(dk_column_bytes(opened) < dk_column_bytes(column));
        same_column(opened, rows, n, 4096);
        same_column(opened, rows, n, 777);
        gather_all(opened, rows, n);
        assert_ok(dk_column_slice(opened, 13, n - 20, &slice, &err), &err);
        same_column(slice, rows + 13, n - 20, 1001);
        again = save_and_open(slice); /* packed rows are joined, and packed again */
        same_column(dk_table_field(again, 0)->column, rows + 13, n - 20, 4096);
        dk_table_release(again);
        dk_column_release(slice);
        again = save_and_open(opened);
        same_column(dk_table_field(again, 0)->column, rows, n, 4096);
        dk_table_release(again);
        dk_table_release(table);
        dk_column_release(column);
        free(rows);
    }
}

static void few_rows_are_not_worth_it(void **state)
{
    row *rows = small_rows(1023, 1, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 1023);
    const dk_table *table = save_and_open(column);

    (void)state;
    assert_int_equal(dk_table_field(table, 0)->column->parts->chunk->packed, 0);
    dk_table_release(table);
    dk_column_release(column);
    free(rows);
}

/* Changed bytes of the values, which begin at byte 128 where there are no levels. */
static void packed_values_that_cannot_be_are_refused(void **state)
{
    static const struct {
        uint64_t most;
        unsigned nulls;
        size_t n, at;
        uint8_t bits; /* turned around */
        const char *says;
    } lies[] = {
        { 2, 0, 2000, 5, 0xff, "do not keep to their bounds" },
        { 14, 0, 2000, 500, 0xff, "do not keep to their bounds" },
        { 1, 0, 2001, 250, 0x80, "bits behind the last one" },
        { 3, 0, 2001, 500, 0x40, "bits behind the last one" },
        { 15, 0, 2001, 1000, 0x10, "bits behind the last one" },
        { 1, 50, 2000, 100, 0xff,
          "c, rows 1 to 2000: the values (250 bytes at 128) have a value where a row is null (the file is damaged: "
          "take a copy of the file, or make it anew from its source)" },
    };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t k = 0; k < sizeof lies / sizeof *lies; k++) {
        row *rows = small_rows(lies[k].n, lies[k].most, lies[k].nulls);
        const dk_column *column;
        const dk_table *table;
        dk_value value;
        uint8_t *bytes;
        size_t size;

        /* What is turned around, whatever the width, is 0 or null. */
        for (size_t row_at = lies[k].at * 2; row_at < lies[k].at * 8 + 8 && row_at < lies[k].n; row_at++)
            rows[row_at] = (row){ lies[k].nulls > 0, 0 };
        column = column_of(context, DK_INTEGER, 0, rows, lies[k].n);
        dk_table_release(save_and_open(column));
        bytes = read_file(snapshot_path, &size);
        bytes[128 + lies[k].at] ^= lies[k].bits;
        reseal(bytes, size);
        write_file(snapshot_path, bytes, size);
        table = open_table(snapshot_path);
        assert_fails(dk_column_get(dk_table_field(table, 0)->column, 0, &value, &err), &err, DK_ERR_DATA,
                     lies[k].says);
        dk_table_release(table);
        dk_column_release(column);
        free(bytes);
        free(rows);
    }
}

static void a_packed_code_without_a_level_is_refused(void **state)
{
    row *rows = small_rows(2000, 1, 0); /* two levels: codes 1 and 2 in two bits */
    const dk_column *column = column_of(context, DK_CATEGORY, 0, rows, 2000);
    const dk_table *table = save_and_open(column);
    dk_error err = DK_ERROR_INIT;
    dk_value value;
    uint8_t *bytes;
    size_t size;

    (void)state;
    dk_table_release(table);
    bytes = read_file(snapshot_path, &size);
    bytes[256] |= 0xff; /* the levels take the blocks at 128 and 192 */
    reseal(bytes, size);
    write_file(snapshot_path, bytes, size);
    table = open_table(snapshot_path);
    assert_fails(dk_column_get(dk_table_field(table, 0)->column, 0, &value, &err), &err, DK_ERR_DATA,
                 "a code without a level");
    dk_table_release(table);
    dk_column_release(column);
    free(bytes);
    free(rows);
}

static void forms_that_cannot_be_are_refused(void **state)
{
    dki_stored_form form = { .what = "c", .type = DK_INTEGER, .storage = DK_STORE_I8, .packed = 2, .n_rows = 5000 };

    (void)state;
    form.facts = (dki_column_facts){ 0, true, 0, 3 };
    form.blocks[DKI_BLOCK_VALUES] = (dki_block){ 128, 1250, 1250, 0, false };
    assert_null(dki_form_check(&form));
    form.blocks[DKI_BLOCK_VALUES].bytes = form.blocks[DKI_BLOCK_VALUES].stored_bytes = 5000;
    assert_string_equal(dki_form_check(&form), "have a size that does not go with their rows");
    form.blocks[DKI_BLOCK_VALUES].bytes = form.blocks[DKI_BLOCK_VALUES].stored_bytes = 1;
    form.constant = true;
    assert_string_equal(dki_form_check(&form), "are packed where each row has no value of its own");
    form.constant = false;
    form.blocks[DKI_BLOCK_ENDS] = (dki_block){ 192, 12, 12, 0, false };
    assert_string_equal(dki_form_check(&form), "are packed where each row has no value of its own");
    form.type = DK_BOOLEAN;
    assert_string_equal(dki_form_check(&form), "are stored in a way that their type is not");
}

static void failing_memory_leaves_nothing(void **state)
{
    row *rows = small_rows(5000, 3, 20);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 5000), *copy = NULL;
    dk_field field = DK_FIELD("c", column);
    const dk_table *table = NULL;
    uint64_t numbers[100];
    dk_error err = DK_ERROR_INIT;
    dk_view view;

    (void)state;
    assert_ok(dk_table_new(context, &field, 1, 5000, &table, &err), &err);
    assert_survives_failing_memory(context, dk_snapshot_save(table, snapshot_path, NULL, &err), &err, true,
                                   (void)0);
    dk_table_release(table);
    table = open_table(snapshot_path);
    for (size_t i = 0; i < 100; i++)
        numbers[i] = i;
    assert_ok(dk_column_gather(dk_table_field(table, 0)->column, numbers, 100, &copy, &err), &err);
    dk_column_release(copy);
    dk_view_init(&view, context);
    assert_survives_failing_memory(context, dk_column_view(dk_table_field(table, 0)->column, 10, 4000, &view, &err),
                                   &err, true, (void)0);
    dk_view_release(&view);
    dk_table_release(table);
    dk_column_release(column);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_is_packed_is_unpacked),
        TEST(small_values_are_saved_in_few_bits),
        TEST(few_rows_are_not_worth_it),
        TEST(packed_values_that_cannot_be_are_refused),
        TEST(a_packed_code_without_a_level_is_refused),
        TEST(forms_that_cannot_be_are_refused),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
