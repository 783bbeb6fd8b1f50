/* test_snapshot.c - what is saved is what is opened. */
#include "columns.h"
#include "tables.h"

#include "data/chunk.h"
#include "snapshots.h"

#define EVERY_TYPE                                                                                              \
    "b:boolean i:integer d:decimal2 r:real q:ratio day:date at:timestamp c:category s:category[m,v,x] t:text\n" \
    "true|1|12.50|0.5|1/3|2024-12-31|2024-12-31T10:11:12|Arnhem|v|een\n"                                        \
    "-|-|-|-|-|-|-|-|-|-\n"                                                                                     \
    "false|-70000|-0.01|-3.25|-2/7|0001-01-01|1969-12-31T23:59:59|Duiven|m|\n"                                  \
    "true|9000000000|0.00|0.0|5/1|9999-12-31|2024-01-01T00:00|Arnhem|-|\xc3\xa9\xc3\xa9n\n"

/* A table of one column of every type with n rows of those many bits. */
static const dk_table *wide_table(size_t n, unsigned bits, unsigned nulls, row *rows[DK_N_TYPES])
{
    char names[DK_N_TYPES][2];
    dk_field fields[DK_N_TYPES];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (int type = 0; type < DK_N_TYPES; type++) {
        rows[type] = random_rows(n, bits, nulls);
        names[type][0] = (char)('a' + type);
        names[type][1] = '\0';
        fields[type] =
            DK_FIELD(names[type], column_of(context, (dk_type)type, scale_of((dk_type)type), rows[type], n));
    }
    assert_ok(dk_table_new(context, fields, DK_N_TYPES, n, &table, &err), &err);
    for (int type = 0; type < DK_N_TYPES; type++)
        dk_column_release(fields[type].column);
    return table;
}

static void drop_rows(row *rows[DK_N_TYPES])
{
    for (int type = 0; type < DK_N_TYPES; type++)
        free(rows[type]);
}

static void values_of_every_type_come_back(void **state)
{
    const dk_table *table = make_table(context, EVERY_TYPE), *opened;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_same_table(opened, table);
    assert_true(dk_dictionary_is_declared(dk_column_levels(dk_table_field(opened, 8)->column)));
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(dk_table_field(opened, 8)->column)), 3);
    assert_false(dk_dictionary_is_declared(dk_column_levels(dk_table_field(opened, 7)->column)));
    dk_table_release(opened);
    dk_table_release(table);
}

/* Widths, nulls, constants, one row and none, read by every way there is. */
static void columns_of_every_width_come_back(void **state)
{
    static const size_t sizes[] = { 0, 1, 63, 64, 65, 5000 };
    static const unsigned widths[] = { 1, 7, 15, 31, 56 }, nulls[] = { 0, 30, 100 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (size_t k = 0; k < 15; k++) {
            row *rows[DK_N_TYPES];
            const dk_table *table = wide_table(sizes[s], widths[k % 5], nulls[k / 5], rows), *opened;
            dk_snapshot_options options = { .compress = k % 2 };

            assert_ok(dk_snapshot_save(table, snapshot_path, &options, &err), &err);
            opened = open_table(snapshot_path);
            for (int type = 0; type < DK_N_TYPES; type++)
                same_column(dk_table_field(opened, (size_t)type)->column, rows[type], sizes[s], 700);
            dk_table_release(opened);
            dk_table_release(table);
            drop_rows(rows);
        }
    }
}

/* Several chunks, views across their ends, gathering, slices of slices, and saving what was opened. */
static void chunks_come_back(void **state)
{
    const size_t n = DKI_CHUNK_ROWS + 5000;
    row *rows[DK_N_TYPES];
    const dk_table *table = wide_table(n, 12, 20, rows), *opened, *slice = NULL, *again;
    dk_error err = DK_ERROR_INIT;
    char second[128];

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    for (int type = 0; type < DK_N_TYPES; type++)
        same_column(dk_table_field(opened, (size_t)type)->column, rows[type], n, 4093);
    assert_ok(dk_table_slice(opened, 1001, n - 2002, &slice, &err), &err);
    snprintf(second, sizeof second, "%s/second.dk", snapshot_folder);
    assert_ok(dk_snapshot_save(slice, second, NULL, &err), &err);
    again = open_table(second);
    for (int type = 0; type < DK_N_TYPES; type++) {
        const dk_column *gathered = NULL;
        uint64_t numbers[3] = { n - 2003, DK_ROW_NULL, 0 };
        row picked[3] = { rows[type][n - 1002], { true, 0 }, rows[type][1001] };

        same_column(dk_table_field(again, (size_t)type)->column, rows[type] + 1001, n - 2002, 4096);
        assert_ok(dk_column_gather(dk_table_field(again, (size_t)type)->column, numbers, 3, &gathered, &err), &err);
        same_column(gathered, picked, 3, 3);
        dk_column_release(gathered);
    }
    dk_table_release(again);
    dk_table_release(slice);
    dk_table_release(opened);
    dk_table_release(table);
    drop_rows(rows);
}

static const dk_table *with_everything(void)
{
    static const char *const key[] = { "g", "n" };
    const dk_table *table =
        make_table(context, "g:category n:integer w:integer\nArnhem|1|2\nArnhem|2|0\nDuiven|1|5\n");
    const dk_table *described = NULL, *noted = NULL, *labelled = NULL;
    dk_properties properties = { .name = "register",
                                 .source = "register.csv",
                                 .unit = "persons",
                                 .weight = "w",
                                 .key = key,
                                 .n_key = 2,
                                 .as_of = "2024-12-31",
                                 .published = "2025-02-01" };
    dk_error err = DK_ERROR_INIT;
    dk_field field = *dk_table_field(table, 0);

    field.label = "Gemeente";
    field.format = "";
    assert_ok(dk_table_with(table, &field, 1, &labelled, &err), &err);
    assert_ok(dk_table_with_properties(labelled, &properties, &described, &err), &err);
    assert_ok(dk_table_with_note(described, "twee rijen zijn weggelaten", &noted, &err), &err);
    dk_table_release(described);
    dk_table_release(labelled);
    dk_table_release(table);
    return noted;
}

static void properties_come_back(void **state)
{
    const dk_table *table = with_everything(), *opened;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_same_table(opened, table);
    assert_string_equal(dk_table_properties(opened)->key[1], "n");
    assert_string_equal(dk_table_properties(opened)->as_of, "2024-12-31");
    assert_string_equal(dk_table_field(opened, 0)->format, "");
    assert_null(dk_table_field(opened, 1)->format);
    dk_table_release(opened);
    dk_table_release(table);
}

static void totals_come_back(void **state)
{
    const dk_table *table = make_table(context, "g:category k:category n:integer\nA|x|1\nA|y|2\nB|x|3\n");
    const dk_table *result = NULL, *opened, *detail = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g", "k" }, .measures = { "total = sum(n)" }, .margins = DK_MARGINS_ROLLUP),
                        table, NULL, &result, &err),
              &err);
    assert_non_null(dk_table_margin(result));
    assert_ok(dk_snapshot_save(result, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_same_table(opened, result);
    assert_string_equal(show_rows(opened), "A|x|1\nA|y|2\nA|*|3\nB|x|3\nB|*|3\n*|*|6\n");
    assert_ok(dk_table_detail(opened, &detail, &err), &err);
    assert_string_equal(show_rows(detail), "A|x|1\nA|y|2\nB|x|3\n");
    dk_table_release(detail);
    dk_table_release(opened);
    dk_table_release(result);
    dk_table_release(table);
}

static void a_table_without_columns_keeps_its_rows(void **state)
{
    const dk_table *table = NULL, *opened;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_new(context, NULL, 0, 7, &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    opened = open_table(snapshot_path);
    assert_int_equal(dk_table_n_rows(opened), 7);
    assert_int_equal(dk_table_n_columns(opened), 0);
    dk_table_release(opened);
    dk_table_release(table);
}

/* The bytes do not depend on threads, nor on what lies behind the last bit of a bitmap. */
static void the_same_table_gives_the_same_file(void **state)
{
    row *rows[DK_N_TYPES];
    const dk_table *table = wide_table(5001, 20, 10, rows);
    size_t first_size, size;
    uint8_t *first = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        uint8_t *bytes;

        dk_set_threads(threads);
        assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
        bytes = read_file(snapshot_path, &size);
        if (first == NULL) {
            first = bytes;
            first_size = size;
            continue;
        }
        assert_int_equal(size, first_size);
        assert_memory_equal(bytes, first, size);
        free(bytes);
    }
    dk_set_threads(0);
    free(first);
    dk_table_release(table);
    drop_rows(rows);
}

static void some_columns_can_be_compressed(void **state)
{
    static const char *const some[] = { "t" }, *const none[] = { "u" };
    dk_snapshot_options options = { .compressed = some, .n_compressed = 1 };
    char text[16384];
    const dk_table *table, *opened;
    size_t plain, size;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    strcpy(text, "t:text n:integer\n");
    for (int i = 0; i < 400; i++)
        sprintf(text + strlen(text), "een lange tekst %d|%d\n", i % 7, i * 1000);
    table = make_table(context, text);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    free(read_file(snapshot_path, &plain));
    assert_ok(dk_snapshot_save(table, snapshot_path, &options, &err), &err);
    free(read_file(snapshot_path, &size));
    assert_true(size < plain - 5000);
    opened = open_table(snapshot_path);
    assert_same_table(opened, table);
    dk_table_release(opened);
    options.compressed = none;
    assert_fails(dk_snapshot_save(table, snapshot_path, &options, &err), &err, DK_ERR_NAME, "\"u\"");
    options.compressed = some;
    options.level = 20;
    assert_fails(dk_snapshot_save(table, snapshot_path, &options, &err), &err, DK_ERR_ARGUMENT,
                 "a level of compression is 1 to 19, not 20");
    dk_table_release(table);
}

static void files_that_cannot_be_are_named(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n1\n"), *opened = NULL;
    dk_error err = DK_ERROR_INIT;
    char path[160];

    (void)state;
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_IO, "does not exist");
    assert_string_equal(err.file, snapshot_path);
    assert_fails(dk_snapshot_open(context, snapshot_folder, NULL, &opened, &err), &err, DK_ERR_IO, "directory");
    assert_fails(dk_snapshot_open(context, "/dev/null", NULL, &opened, &err), &err, DK_ERR_IO,
                 "/dev/null: is no regular file, which a snapshot is");
    assert_fails(dk_snapshot_save(table, "/dev/null", NULL, &err), &err, DK_ERR_IO,
                 "/dev/null: is no regular file, which a snapshot is");
    snprintf(path, sizeof path, "%s/none/t.dk", snapshot_folder);
    assert_fails(dk_snapshot_save(table, path, NULL, &err), &err, DK_ERR_IO, "folder does not exist");
    assert_fails(dk_snapshot_append(table, snapshot_path, NULL, &err), &err, DK_ERR_IO, "does not exist");
    write_file(snapshot_path, "pseudoniem;gemeente\n", 20);
    assert_fails(
        dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
        ": is no snapshot of dekking (a snapshot is what t:save wrote; other files are read with dk.read)");
    assert_string_equal(err.file, snapshot_path);
    write_file(snapshot_path, "", 0);
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA, "no snapshot");
    if (geteuid() != 0) {
        chmod(snapshot_path, 0);
        assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_IO,
                     "no permission");
    }
    assert_null(opened);
    dk_table_release(table);
}

/* Opening reads directories: the values may all be gone, and it does not notice until it is asked for one. */
static void opening_reads_no_values(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n1\n2\n"), *opened;
    dk_error err = DK_ERROR_INIT;
    dk_value value = { .type = DK_INTEGER };
    uint8_t wrong = 99;
    int fd;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    fd = open(snapshot_path, O_WRONLY);
    assert_int_equal(pwrite(fd, &wrong, 1, 128), 1);
    close(fd);
    opened = open_table(snapshot_path);
    assert_int_equal(dk_table_n_rows(opened), 2);
    assert_fails(dk_column_get(dk_table_field(opened, 0)->column, 0, &value, &err), &err, DK_ERR_DATA,
                 "n, rows 1 to 2: the values (2 bytes at 128) do not match their checksum");
    assert_string_equal(err.file, snapshot_path);
    dk_table_release(opened);
    dk_table_release(table);
}

static void a_replaced_file_stays_what_it_was_for_who_has_it_open(void **state)
{
    const dk_table *first = make_table(context, "n:integer\n1\n"), *second = make_table(context, "m:text\nx\n");
    const dk_table *before, *after;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(first, snapshot_path, NULL, &err), &err);
    before = open_table(snapshot_path);
    assert_ok(dk_snapshot_save(second, snapshot_path, NULL, &err), &err);
    after = open_table(snapshot_path);
    assert_same_table(before, first);
    assert_same_table(after, second);
    /* A table that lies in a file can be saved over that file. */
    assert_ok(dk_snapshot_save(after, snapshot_path, NULL, &err), &err);
    assert_same_table(after, second);
    dk_table_release(before);
    dk_table_release(after);
    dk_table_release(first);
    dk_table_release(second);
}

static void failing_memory_leaves_nothing(void **state)
{
    dk_snapshot_options options = { .compress = true };
    row *rows[DK_N_TYPES];
    const dk_table *table = wide_table(300, 6, 20, rows), *opened = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_snapshot_save(table, snapshot_path, &options, &err), &err,
                                   access(snapshot_path, F_OK) != 0, (void)0);
    assert_made_despite_failing_memory(context, dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err,
                                       opened, dk_table_release);
    dk_table_release(opened);
    for (int type = 0; type < N_PLAIN_TYPES; type++) { /* of an interval one column may stay in memory */
        const dk_table *fresh = open_table(snapshot_path);
        const dk_column *column = dk_table_field(fresh, (size_t)type)->column;
        size_t before = dk_context_used_bytes(context);
        uint64_t nth = 1;
        dk_value value;

        for (;; nth++) {
            dk_status status;

            dk_context_fail_allocation(context, nth);
            status = dk_column_get(column, 5, &value, &err);
            dk_context_fail_allocation(context, 0);
            if (status == DK_OK)
                break;
            assert_int_equal(status, DK_ERR_MEMORY);
            assert_int_equal(dk_context_used_bytes(context), before);
        }
        assert_true(nth > 1);
        same_column(column, rows[type], 300, 64);
        dk_table_release(fresh);
    }
    dk_set_threads(0);
    dk_table_release(table);
    drop_rows(rows);
}

static void it_can_be_interrupted(void **state)
{
    row *rows[DK_N_TYPES];
    const dk_table *table = wide_table(5000, 12, 20, rows), *opened = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    dk_context_interrupt(context);
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_null(opened);
    unlink(snapshot_path);
    assert_fails(dk_snapshot_save(table, snapshot_path, NULL, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_int_not_equal(access(snapshot_path, F_OK), 0);
    dk_context_clear_interrupt(context);
    dk_table_release(table);
    drop_rows(rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_of_every_type_come_back),
        TEST(columns_of_every_width_come_back),
        TEST(chunks_come_back),
        TEST(properties_come_back),
        TEST(totals_come_back),
        TEST(a_table_without_columns_keeps_its_rows),
        TEST(the_same_table_gives_the_same_file),
        TEST(some_columns_can_be_compressed),
        TEST(files_that_cannot_be_are_named),
        TEST(opening_reads_no_values),
        TEST(a_replaced_file_stays_what_it_was_for_who_has_it_open),
        TEST(failing_memory_leaves_nothing),
        TEST(it_can_be_interrupted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
