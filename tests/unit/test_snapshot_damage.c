/* test_snapshot_damage.c - every damage is found, and named with the file: never a crash, a leak, or a wrong value. */
#include "columns.h"
#include "tables.h"

#include "damage.h"

/* A small file of two segments with everything in it; the table that it holds. */
static const dk_table *make_file(bool compress)
{
    dk_snapshot_options options = { .compress = compress };
    const dk_table *table =
        make_table(context, "b:boolean n:integer d:decimal1 g:category[Arnhem~A,Duiven] t:text\n"
                            "true|1|1.5|Arnhem|een\nfalse|-|2.0|-|\xc3\xa9\xc3\xa9n\n");
    const dk_table *noted = NULL, *more = make_table(context, "b:boolean n:integer d:decimal1 g:category t:text\n"
                                                              "-|70000|-1.0|Duiven|-\n");
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_with_note(table, "een noot", &noted, &err), &err);
    assert_ok(dk_snapshot_save(noted, snapshot_path, &options, &err), &err);
    assert_ok(dk_snapshot_append(more, snapshot_path, &options, &err), &err);
    dk_table_release(table);
    dk_table_release(noted);
    dk_table_release(more);
    return open_table(snapshot_path);
}

/* A copy in memory, so that the file can be damaged. */
static const dk_table *copy_of(const dk_table *table)
{
    uint64_t rows[8];
    const dk_table *copy = NULL, *described = NULL, *noted = NULL;
    dk_error err = DK_ERROR_INIT;

    for (uint64_t i = 0; i < 8; i++)
        rows[i] = i;
    assert_ok(dk_table_gather(table, rows, dk_table_n_rows(table), &copy, &err), &err);
    assert_ok(dk_table_with_properties(copy, dk_table_properties(table), &described, &err), &err);
    assert_ok(dk_table_with_note(described, dk_table_note(table, 0), &noted, &err), &err);
    dk_table_release(copy);
    dk_table_release(described);
    return noted;
}

static void every_flipped_byte(bool compress)
{
    const dk_table *opened = make_file(compress), *table = copy_of(opened);

    dk_table_release(opened);
    flip_every_byte(table);
    dk_table_release(table);
}

static void every_flipped_byte_is_found(void **state)
{
    (void)state;
    every_flipped_byte(false);
}

static void every_flipped_byte_is_found_in_compressed_columns(void **state)
{
    (void)state;
    every_flipped_byte(true);
}

static void every_truncation_is_found(void **state)
{
    const dk_table *opened = make_file(false);
    size_t size;
    uint8_t *bytes;

    (void)state;
    dk_table_release(opened);
    bytes = read_file(snapshot_path, &size);
    for (size_t left = 0; left < size; left += stride(size)) {
        dk_error err = DK_ERROR_INIT;
        dk_status status;

        write_file(snapshot_path, bytes, left);
        opened = NULL;
        status = dk_snapshot_open(context, snapshot_path, NULL, &opened, &err);
        if (status != DK_ERR_DATA || strcmp(err.file, snapshot_path) != 0)
            fail_msg("%zu of %zu bytes: %s", left, size, status == DK_OK ? "opened" : err.message);
    }
    free(bytes);
}

static void directories_that_lie_are_found(void **state)
{
    const dk_table *opened = make_file(false), *table = copy_of(opened);

    (void)state;
    dk_table_release(opened);
    lie_at_random(table, watched(5000, 5000, 300));
    dk_table_release(table);
}

/* One value of a file changed, under right checksums, and what is said of it. */
struct lie {
    const char *table;
    size_t offset; /* in the first block, at byte 128 */
    uint8_t byte;
    const char *says;
};

static void values_that_cannot_be_are_refused(void **state)
{
    static const struct lie lies[] = {
        { "n:integer\n1\n5\n", 1, 6, "do not keep to their bounds" },
        { "n:integer\n1\n5\n", 0, 2, "do not keep to their bounds" },
        { "n:integer\n1\n5\n-\n", 2, 3, "a value where a row is null" },
        { "n:integer\n1\n5\n-\n", 1, 0, "do not keep to their bounds" },
        { "b:boolean\ntrue\nfalse\n-\n", 0, 5, "a value where a row is null" },
        { "t:text\nab\ncd\n", 0, 1, "do not cover their bytes" },
        { "t:text\nab\ncd\n", 4, 5, "run backwards" },
        { "t:text\nab\ncd\n-\n", 8, 3, "a value where a row is null" },
        { "t:text\na\xc3\xa9\ncd\n", 4, 2, "within a character" },
        { "t:text\nab\ncd\n", 64, 0xff, "not UTF-8" },
        { "r:real\n1.0\n1.5\n", 7, 0x7f, "not finite" },
        { "r:real\n0.0\n1.5\n", 7, 0x80, "zero with a sign" },
        { "r:real\n0.5\n-\n", 8, 1, "a value where a row is null" },
        { "q:ratio\n1/2\n-\n", 16, 1, "a value where a row is null" },
        { "g:category\nA\nB\n", 128, 3, "a code without a level" },
        { "g:category\nA\nB\n", 128, 0, "the stated number of nulls" },
        { "n:integer\n1\n5\n-\n", 64, 1, "the stated number of nulls" },
        { "q:ratio\n1/2\n1/3\n", 0, 2, "lowest terms" },
        { "q:ratio\n1/2\n1/3\n", 8, 0, "lowest terms" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        const dk_table *table = make_table(context, lies[i].table), *opened;
        size_t size;
        uint8_t *bytes;
        dk_error err = DK_ERROR_INIT;
        dk_value value;

        assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
        bytes = read_file(snapshot_path, &size);
        bytes[128 + lies[i].offset] = lies[i].byte;
        reseal(bytes, size);
        write_file(snapshot_path, bytes, size);
        opened = open_table(snapshot_path);
        assert_fails(dk_column_get(dk_table_field(opened, 0)->column, 0, &value, &err), &err, DK_ERR_DATA,
                     lies[i].says);
        assert_string_equal(err.file, snapshot_path);
        dk_table_release(opened);
        dk_table_release(table);
        free(bytes);
    }
}

/* A name of a directory changed for another of the same length. */
static void replace_name(const char *from, const char *to)
{
    assert_true(put_behind(from, strlen(from), 0, to, strlen(from)) > 0);
}

static void what_is_not_known_is_refused_by_name(void **state)
{
    static const char *const names[][3] = {
        { "integer", "periods",
          "n has the type \"periods\", which this dekking does not know (a later dekking wrote it: open it with "
          "that one)" },
        { "i8\0\0", "pack", "the storage \"pack\"" },
        { "raw\0", "lz4\0", "the encoding \"lz4\"" },
        { "values", "keys\0\0", "the part \"keys\"" },
        { "property", "lineage1", "the record \"lineage1\"" },
    };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const dk_table *plain = make_table(context, "n:integer\n1\n2\n"), *table = NULL, *opened = NULL;
        dk_properties properties = { .unit = "persons" };
        char from[16] = { 0 }, to[16] = { 0 };

        assert_ok(dk_table_with_properties(plain, &properties, &table, &err), &err);
        assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
        strcpy(from, names[i][0]);
        strcpy(to, names[i][1]);
        {
            size_t n = strlen(from) > strlen(to) ? strlen(from) : strlen(to);

            assert_true(put_behind(from, n, 0, to, n) > 0);
        }
        assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA, names[i][2]);
        assert_string_equal(err.file, snapshot_path);
        dk_table_release(table);
        dk_table_release(plain);
    }
}

/* Columns that say that they hold which rows are totals, and cannot. */
static void margins_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = { { "n:integer\n-1\n", ": the column that says which rows are totals is none" },
                  { "n:integer m:integer\n1|2\n", ": two columns say which rows are totals" } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *table = make_table(context, cases[i].text), *opened = NULL;

        assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
        /* the flags, behind the type, its digits and its dimension */
        assert_int_equal(put_behind("integer\0", 8, 24, "\1", 1), i + 1);
        assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                     cases[i].part);
        dk_table_release(table);
    }
}

/* Bounds of other digits than the interval that they are of, and fewer nulls than it. */
static void intervals_that_cannot_be_are_refused(void **state)
{
    const dk_table *table = make_table(context, "n:interval0\n115..125\n-\n"), *opened = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    assert_int_equal(put_behind("interval", 8, 8, "\1", 1), 1); /* digits behind the point */
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                 "n is made of columns that cannot be");
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    assert_int_equal(put_behind("interval", 8, 72, "\2", 1), 1); /* nulls */
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                 "n has more nulls than its bounds");
    dk_table_release(table);
}

/* The number behind the type's name says which period it is: a file that says something else is not believed. */
static void frequencies_that_cannot_be_are_refused(void **state)
{
    static const struct {
        uint64_t frequency;
        const char *part;
    } cases[] = { { DK_N_FREQUENCIES, "the directory at byte 192 has a column with numbers that cannot be" },
                  { UINT64_C(1) << 32, "the directory at byte 192 has a column with numbers that cannot be" },
                  { DK_YEAR, "n, rows from 1 on: the values have periods outside the years 1 to 9999" } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *table = make_table(context, "n:month\n9999-12\n2024-03\n"), *opened = NULL;

        assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
        assert_int_equal(put_behind("period\0\0\2\0\0\0\0\0\0\0", 16, 8, &cases[i].frequency, 8), 1);
        assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                     cases[i].part);
        dk_table_release(table);
    }
}

/* Labels belong to the levels of the column that stands before them, each to one. */
static void labels_that_cannot_be_are_refused(void **state)
{
    static const struct {
        size_t at; /* behind the record's name */
        uint64_t is;
        const char *part;
    } cases[] = { { 16, 3, "labels that belong to no levels" }, /* how many they are: 2 */
                  { 16, UINT64_C(1) << 60, "labels that belong to no levels" },
                  { 16, 1, "labels that belong to no levels" },
                  { 24, UINT64_C(1) << 40, "ends too early" } }; /* the size of the first one */
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *table = make_table(context, "s:category[1~ja,2~nee]\n1\n"), *opened = NULL;

        assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
        assert_int_equal(put_behind("labels\0\0\1\0\0\0\0\0\0\0", 16, 8 + cases[i].at, &cases[i].is, 8), 1);
        if (dk_snapshot_open(context, snapshot_path, NULL, &opened, &err) == DK_OK)
            fail_msg("case %zu is opened", i);
        assert_int_equal(err.code, DK_ERR_DATA);
        if (strstr(err.message, cases[i].part) == NULL)
            fail_msg("case %zu: %s", i, err.message);
        dk_table_release(table);
    }
}

/* What a later version adds and marks as optional is passed over. */
static void optional_records_are_passed_over(void **state)
{
    const dk_table *plain = make_table(context, "n:integer\n1\n2\n"), *table = NULL, *opened;
    dk_properties properties = { .unit = "persons" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_with_properties(plain, &properties, &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    replace_name("property", "lineage1");
    assert_true(put_behind("lineage1", 8, 8, "\1", 1) > 0);
    opened = open_table(snapshot_path);
    assert_same_table(opened, plain);
    dk_table_release(opened);
    dk_table_release(table);
    dk_table_release(plain);
}

static void a_later_version_is_refused(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n1\n"), *opened = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    uint8_t *bytes;

    (void)state;
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    bytes = read_file(snapshot_path, &size);
    bytes[8] = 2;
    reseal(bytes, size);
    write_file(snapshot_path, bytes, size);
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                 "is a snapshot of version 2, and this dekking knows version 1 (open it with the dekking that "
                 "wrote it, or with a later one)");
    free(bytes);
    dk_table_release(table);
}

/* A compressed block may not claim to be a great deal more than it is. */
static void a_small_block_cannot_ask_for_much_memory(void **state)
{
    dk_snapshot_options options = { .compress = true };
    char text[8192] = "t:text\n";
    const dk_table *table, *opened = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t size, n = 0;
    uint8_t *bytes;

    (void)state;
    for (int i = 0; i < 500; i++)
        strcat(text, i % 2 ? "aaaaaaaaaa\n" : "bbbbbbbbbb\n");
    table = make_table(context, text);
    assert_ok(dk_snapshot_save(table, snapshot_path, &options, &err), &err);
    bytes = read_file(snapshot_path, &size);
    for (size_t i = 128; i + 48 <= size; i += 8)
        if (memcmp(bytes + i, "bytes\0\0\0zstd\0\0\0", 16) == 0) {
            reseal_put(bytes + i + 32, UINT64_C(3) << 30);
            n++;
        }
    assert_int_equal(n, 1);
    reseal(bytes, size);
    write_file(snapshot_path, bytes, size);
    dk_context_reset_peak(context);
    assert_fails(dk_snapshot_open(context, snapshot_path, NULL, &opened, &err), &err, DK_ERR_DATA,
                 "does not go with what is stored");
    assert_true(dk_context_peak_bytes(context) < 1 << 20);
    free(bytes);
    dk_table_release(table);
}

/* Who shortens or overwrites the file while it is open gets an error to the reader, and no signal. */
static void a_file_that_shrinks_is_an_error(void **state)
{
    const size_t n = 300000;
    row *rows = random_rows(n, 30, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, n);
    dk_field field = DK_FIELD("n", column);
    const dk_table *table = NULL, *opened;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    uint8_t *bytes;
    dk_view view;

    (void)state;
    assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
    assert_ok(dk_snapshot_save(table, snapshot_path, NULL, &err), &err);
    bytes = read_file(snapshot_path, &size);
    opened = open_table(snapshot_path);
    dk_view_init(&view, context);
    assert_ok(dk_column_view(dk_table_field(opened, 0)->column, 0, 4096, &view, &err), &err);
    assert_int_equal(truncate(snapshot_path, 4096), 0);
    /* What was read stays, whatever becomes of the file; what was not is an error that says so. */
    same_row(&view, 4095, &(dk_value){ .type = DK_INTEGER, .as.integer = rows[4095].seed }, 4095);
    assert_fails(dk_column_view(dk_table_field(opened, 0)->column, 270000, 4096, &view, &err), &err, DK_ERR_IO,
                 "the file ends at byte 4096, and 151424 bytes from 1048704 on should be there (it became "
                 "shorter while it was open: a snapshot is replaced or appended to, never written over)");
    assert_string_equal(err.file, snapshot_path);
    dk_view_release(&view);
    dk_table_release(opened);
    write_file(snapshot_path, bytes, size);
    opened = open_table(snapshot_path);
    memset(bytes + 128, 7, size - 128);
    write_file(snapshot_path, bytes, size);
    assert_fails(dk_column_view(dk_table_field(opened, 0)->column, 270000, 4096, &view, &err), &err, DK_ERR_DATA,
                 "do not match their checksum");
    dk_view_release(&view);
    dk_table_release(opened);
    dk_table_release(table);
    dk_column_release(column);
    free(bytes);
    free(rows);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_flipped_byte_is_found),
        TEST(every_flipped_byte_is_found_in_compressed_columns),
        TEST(every_truncation_is_found),
        TEST(directories_that_lie_are_found),
        TEST(values_that_cannot_be_are_refused),
        TEST(what_is_not_known_is_refused_by_name),
        TEST(margins_that_cannot_be_are_refused),
        TEST(frequencies_that_cannot_be_are_refused),
        TEST(intervals_that_cannot_be_are_refused),
        TEST(labels_that_cannot_be_are_refused),
        TEST(optional_records_are_passed_over),
        TEST(a_later_version_is_refused),
        TEST(a_small_block_cannot_ask_for_much_memory),
        TEST(a_file_that_shrinks_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
