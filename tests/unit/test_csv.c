/* test_csv.c - whole files: header, nulls, blank lines, lenient reading, notes. */
#include "csv_texts.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Values. --------------------------------------------------------------------------------------------------------- */

static void a_dutch_file_is_read(void **state)
{
    const dk_table *t = get("\xEF\xBB\xBFgemeente;personen;aandeel;bedrag;datum;in_sonar\r\n"
                            "Arnhem;2.983;74 %;12,5;31-12-2024;ja\r\n"
                            "Duiven;249;100 %;;01-02-2024;nee\r\n"
                            "\"Berg en Dal\";;0,5 %;3;;\r\n",
                            NULL);

    (void)state;
    expect_column(t, 0, "gemeente", DK_CATEGORY, "Arnhem|Duiven|Berg en Dal");
    expect_column(t, 1, "personen", DK_INTEGER, "2983|249|~");
    expect_column(t, 2, "aandeel", DK_DECIMAL, "0.740|1.000|0.005");
    expect_column(t, 3, "bedrag", DK_DECIMAL, "12.5|~|3.0");
    expect_column(t, 4, "datum", DK_DATE, "2024-12-31|2024-02-01|~");
    expect_column(t, 5, "in_sonar", DK_BOOLEAN, "true|false|~");
    assert_string_equal(dk_table_properties(t)->source, "x.csv");
    assert_true(has_note(t, "UTF-8 with byte-order mark"));
    assert_true(has_note(t, "delimiter semicolon"));
    assert_true(has_note(t, "decimal comma as in column \"aandeel\""));
    assert_true(has_note(t, "dates day-month-year as in column \"datum\""));
    dk_table_release(t);
}

static void windows_1252_is_read(void **state)
{
    const dk_table *t = get("naam\nS\xFA"
                            "dwest-Frysl\xE2n\n",
                            NULL);

    (void)state;
    expect_column(t, 0, "naam", DK_CATEGORY,
                  "S\xC3\xBA"
                  "dwest-Frysl\xC3\xA2n");
    assert_true(has_note(t, "Windows-1252"));
    assert_true(has_note(t, "one column"));
    dk_table_release(t);
}

static void empty_text_is_text_only_in_text(void **state)
{
    const dk_table *t = get("a;b\n\"\";\"\"\n;\nx;1\n", NULL);

    (void)state;
    expect_column(t, 0, "a", DK_CATEGORY, "|~|x");
    expect_column(t, 1, "b", DK_INTEGER, "~|~|1");
    dk_table_release(t);
}

static void blanks_stay_in_text_and_do_not_count_in_numbers(void **state)
{
    const dk_table *t = get("a;b\n x ; 1\ny;2 \n", NULL);

    (void)state;
    expect_column(t, 0, "a", DK_CATEGORY, " x |y");
    expect_column(t, 1, "b", DK_INTEGER, "1|2");
    dk_table_release(t);
}

static void blank_lines_are_null_in_one_column_and_skipped_elsewhere(void **state)
{
    const dk_table *t = get("\na\n1\n\n2\n\n", NULL);
    dk_csv_options o = { .header = DK_HEADER_NONE };

    (void)state;
    expect_column(t, 0, "a", DK_INTEGER, "1|~|2|~");
    dk_table_release(t);
    t = get("a;b\n\n1;2\n\n\n", NULL);
    expect_column(t, 0, "a", DK_INTEGER, "1");
    assert_true(has_note(t, "3 blank lines skipped"));
    dk_table_release(t);
    t = get("\n\n1\n", &o);
    expect_column(t, 0, "kolom_1", DK_INTEGER, "~|~|1");
    dk_table_release(t);
}

static void null_markers_are_stated(void **state)
{
    const char *nulls[] = { "NB", "-" };
    dk_csv_options o = { .nulls = nulls, .n_nulls = 2 };
    const dk_table *t = get("a;b\n1;x\nNB;-\n-;\"NB\"\n", &o);

    (void)state;
    expect_column(t, 0, "a", DK_INTEGER, "1|~|~");
    expect_column(t, 1, "b", DK_CATEGORY, "x|~|~");
    dk_table_release(t);
    t = get("a;b\n1;x\nNB;y\n", NULL);
    expect_column(t, 0, "a", DK_CATEGORY, "1|NB");
    assert_true(has_note(t,
                         "column \"a\" is category: all of its values are numbers but 1: \"NB\" on line 3 (if it "
                         "means \"not known\", state it: nulls = { \"NB\" })"));
    dk_table_release(t);
}

static void a_file_without_header_gets_neutral_or_given_names(void **state)
{
    const char *names[] = { "x", "y" };
    dk_csv_options o = { .header = DK_HEADER_NONE };
    const dk_table *t = get("1;2\n3;4\n", &o);

    (void)state;
    expect_column(t, 1, "kolom_2", DK_INTEGER, "2|4");
    dk_table_release(t);
    o.names = names;
    o.n_names = 2;
    t = get("1;2\n3;4\n", &o);
    expect_column(t, 1, "y", DK_INTEGER, "2|4");
    dk_table_release(t);
    o.header = DK_HEADER_FIRST;
    t = get("a;a\n3;4\n", &o); /* the header's own names do not matter */
    expect_column(t, 0, "x", DK_INTEGER, "3");
    dk_table_release(t);
    o.n_names = 1;
    refuse("a;b\n3;4\n", &o, DK_ERR_LENGTH,
           "x.csv:1: 1 name is given, and the header has 2 fields (give one name for each field, in their order)",
           1, 0, "one name for each");
}

static void a_header_alone_is_a_table_without_rows(void **state)
{
    const dk_csv_column columns[] = { { .name = "b", .type = DK_INTEGER } };
    dk_csv_options o = { .columns = columns, .n_columns = 1 };
    const dk_table *t = get("a;b\n", &o);

    (void)state;
    assert_int_equal(dk_table_n_rows(t), 0);
    expect_column(t, 0, "a", DK_TEXT, "");
    expect_column(t, 1, "b", DK_INTEGER, "");
    dk_table_release(t);
}

static void the_options_of_the_dialect_are_followed(void **state)
{
    dk_csv_options o = { .delimiter = ':', .quote = '\'' };
    const dk_table *t = get("a:b\n'x:y':\"z\"\n", &o);

    (void)state;
    expect_column(t, 0, "a", DK_CATEGORY, "x:y");
    expect_column(t, 1, "b", DK_CATEGORY, "\"z\"");
    dk_table_release(t);
    o = (dk_csv_options){ .encoding = DK_ENCODING_WINDOWS_1252, .delimiter = ';' };
    t = get("a\n\xC3\xBA\n", &o);
    expect_column(t, 0, "a", DK_CATEGORY, "\xC3\x83\xC2\xBA");
    dk_table_release(t);
}

static void types_can_be_stated(void **state)
{
    const dk_text levels[] = { { "laag", 4 }, { "hoog", 4 } };
    dk_dictionary *dictionary = NULL;
    dk_error err = DK_ERROR_INIT;
    const dk_table *t;

    (void)state;
    assert_ok(dk_dictionary_new(context, levels, 2, true, &dictionary, &err), &err);
    const dk_csv_column columns[] = {
        { .name = "vlag", .type = DK_BOOLEAN }, { .name = "code", .type = DK_TEXT },
        { .name = "n", .type = DK_INTEGER },    { .name = "b", .type = DK_DECIMAL, .has_scale = true, .scale = 3 },
        { .name = "r", .type = DK_REAL },       { .name = "niveau", .type = DK_CATEGORY, .levels = dictionary }
    };
    dk_csv_options o = { .columns = columns, .n_columns = 6, .delimiter = ';' };
    t = get("r;niveau;b;n;code;vlag\n1,5;hoog;2,25;1.758;12;1\n;\"laag\";;;\"\";0\n", &o);
    expect_column(t, 0, "r", DK_REAL, "1.5|~");
    expect_column(t, 1, "niveau", DK_CATEGORY, "hoog|laag");
    assert_true(dk_dictionary_is_declared(dk_column_levels(dk_table_field(t, 1)->column)));
    expect_column(t, 2, "b", DK_DECIMAL, "2.250|~");
    expect_column(t, 3, "n", DK_INTEGER, "1758|~");
    expect_column(t, 4, "code", DK_TEXT, "12|");
    expect_column(t, 5, "vlag", DK_BOOLEAN, "true|false");
    dk_table_release(t);
    dk_dictionary_release(dictionary);
}

static void person_keys_are_text_and_municipalities_are_categories(void **state)
{
    enum { N = 7676 };
    char *text = malloc(N * 32), *at = text;
    const dk_table *t;

    (void)state;
    at += sprintf(at, "pseudoniem;gemeente\n");
    for (int i = 0; i < N; i++)
        at += sprintf(at, "p%05x;gemeente %d\n", i * 7, i % 9);
    t = get(text, NULL);
    assert_int_equal(dk_column_type(dk_table_field(t, 0)->column), DK_TEXT);
    assert_int_equal(dk_column_type(dk_table_field(t, 1)->column), DK_CATEGORY);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(dk_table_field(t, 1)->column)), 9);
    dk_table_release(t);
    free(text);
}

/* The type of the whole file, not of its first thousand rows. */
static void the_last_row_counts_for_the_type(void **state)
{
    enum { N = 20000 };
    char *text = malloc(N * 8), *at = text;
    const dk_table *t;

    (void)state;
    at += sprintf(at, "a;b\n");
    for (int i = 0; i < N; i++)
        at += sprintf(at, "1;2\n");
    sprintf(at, "1,5;x\n");
    t = get(text, NULL);
    assert_int_equal(dk_column_type(dk_table_field(t, 0)->column), DK_DECIMAL);
    assert_int_equal(dk_column_type(dk_table_field(t, 1)->column), DK_CATEGORY);
    assert_true(has_note(t, "on line 20002"));
    dk_table_release(t);
    free(text);
}

/* Lenient. -------------------------------------------------------------------------------------------------------- */

static void lenient_reading_keeps_rejects_in_the_order_of_the_file(void **state)
{
    dk_csv_column column = { .name = "n", .type = DK_INTEGER };
    dk_csv_options o = { .columns = &column, .n_columns = 1, .lenient = true };
    const dk_table *t = NULL, *r = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(read_text("naam;n\na;1\nb;x\n\nc;2;3\nd\"e;4\nf;5\ng;\"6\nh;7\n", &o, &t, &r, &err), &err);
    expect_column(t, 0, "naam", DK_CATEGORY, "a|f");
    expect_column(t, 1, "n", DK_INTEGER, "1|5");
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(dk_table_field(t, 0)->column)), 2);
    expect_column(r, 0, "line", DK_INTEGER, "3|5|6|8");
    expect_column(r, 1, "field", DK_INTEGER, "2|0|1|2");
    expect_column(r, 2, "value", DK_TEXT, "x|~|d\"e|\"6");
    expect_column(r, 4, "record", DK_TEXT, "b;x|c;2;3|d\"e;4|g;\"6\nh;7\n");
    assert_string_equal(dk_table_field(r, 3)->name, "reason");
    assert_non_null(strstr(column_text(r, 3), "\"x\" in column \"n\" is no integer"));
    assert_non_null(strstr(column_text(r, 3), "has 3 fields, and the header has 2"));
    assert_true(has_note(t, "4 of 6 records rejected"));
    assert_true(has_note(t, "1 blank line skipped"));
    dk_table_release(t);
    dk_table_release(r);
}

static void strict_reading_gives_an_empty_table_of_rejects(void **state)
{
    const dk_table *t = NULL, *r = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(read_text("a;b\n1;2\n", NULL, &t, &r, &err), &err);
    assert_int_equal(dk_table_n_rows(r), 0);
    assert_int_equal(dk_table_n_columns(r), 5);
    dk_table_release(t);
    dk_table_release(r);
}

/* Text of the same fields in another layout reads as the same table: generated, and counted independently. */
static void generated_files_keep_every_field(void **state)
{
    enum { ROWS = 300, COLUMNS = 7 };
    static const char *const pieces[] = { "x", "\"", ";", "\n", "\r\n", " ", "\xC3\xAB", "," };
    static char fields[ROWS][COLUMNS][32], text[ROWS * COLUMNS * 80];
    uint64_t random = 7;
    size_t used = 0;
    dk_csv_column columns[COLUMNS];
    dk_csv_options o = { .columns = columns, .n_columns = COLUMNS, .delimiter = ';', .any_line_end = true };
    const dk_table *t;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t j = 0; j < COLUMNS; j++) {
        static char names[COLUMNS][4];
        snprintf(names[j], sizeof names[j], "k%zu", j);
        columns[j] = (dk_csv_column){ .name = names[j], .type = DK_TEXT };
        used += (size_t)sprintf(text + used, "%s%s", j ? ";" : "", names[j]);
    }
    used += (size_t)sprintf(text + used, "\n");
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < COLUMNS; j++) {
            char *f = fields[i][j];
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
            for (uint64_t n = random >> 40 & 7; n > 0; n--) {
                random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
                strcat(f, pieces[random >> 61]);
            }
            bool quoted = strpbrk(f, "\";\r\n") || random >> 33 & 1 || (j == 0 && !*f);
            text[used] = ';';
            used += j > 0;
            if (quoted)
                text[used++] = '"';
            for (const char *c = f; *c; c++) {
                if (*c == '"')
                    text[used++] = '"';
                text[used++] = *c;
            }
            if (quoted)
                text[used++] = '"';
            if (!quoted && !*f)
                strcpy(f, "~");
        }
        text[used++] = i % 2 ? '\r' : '\n';
    }
    text[used] = '\0';
    t = get(text, &o);
    assert_int_equal(dk_table_n_rows(t), ROWS);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COLUMNS; j++) {
            dk_value v;
            assert_ok(dk_column_get(dk_table_field(t, j)->column, i, &v, &err), &err);
            if (strcmp(fields[i][j], "~") == 0) {
                assert_true(v.is_null);
            } else {
                assert_false(v.is_null);
                assert_int_equal(v.as.text.size, strlen(fields[i][j]));
                assert_memory_equal(v.as.text.bytes, fields[i][j], v.as.text.size);
            }
        }
    dk_table_release(t);
}

static void rows_and_rejects_are_all_records(void **state)
{
    static const char *const lines[] = { "1;a",      "x;b", "1;2;3", "\"q\";c", "a\"b;c", "\"7\";\"d\nd\"",
                                         "\"8\"x;y", "-4;" };
    dk_csv_column column = { .name = "n", .type = DK_INTEGER };
    dk_csv_options o = { .columns = &column, .n_columns = 1, .lenient = true, .delimiter = ';' };
    uint64_t random = 3;

    (void)state;
    for (int round = 0; round < 200; round++) {
        char text[2048] = "n;t\n";
        uint64_t n = 0, n_good = 0;
        const dk_table *t = NULL, *r = NULL;
        dk_error err = DK_ERROR_INIT;
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
        for (n = 0; n < (random >> 58); n++) {
            uint64_t pick = (random >> (n % 60)) & 7;
            strcat(strcat(text, lines[pick]), "\n");
            n_good += pick == 0 || pick == 5 || pick == 7;
        }
        assert_ok(read_text(text, &o, &t, &r, &err), &err);
        assert_int_equal(dk_table_n_rows(t), n_good);
        assert_int_equal(dk_table_n_rows(t) + dk_table_n_rows(r), n);
        dk_table_release(t);
        dk_table_release(r);
    }
}

/* Files, threads, memory. ----------------------------------------------------------------------------------------- */

static void files_are_read_by_path(void **state)
{
    char path[] = "/tmp/dekking-csv-XXXXXX";
    int fd = mkstemp(path);
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a;b\n1;2\n", 8), 8);
    close(fd);
    assert_ok(dk_read_csv(context, path, NULL, &t, NULL, &err), &err);
    assert_string_equal(dk_table_properties(t)->source, path);
    dk_table_release(t);
    t = NULL;
    assert_int_equal(truncate(path, 0), 0);
    assert_fails(dk_read_csv(context, path, NULL, &t, NULL, &err), &err, DK_ERR_DATA, "is empty");
    assert_string_equal(err.file, path);
    unlink(path);
    assert_fails(dk_read_csv(context, path, NULL, &t, NULL, &err), &err, DK_ERR_IO, "does not exist");
    assert_fails(dk_read_csv(context, "/tmp", NULL, &t, NULL, &err), &err, DK_ERR_IO, "directory");
    assert_null(t);
}

static void results_do_not_depend_on_threads_or_blocks(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++)
        for (size_t rows = 1; rows <= DK_BLOCK_ROWS; rows += DK_BLOCK_ROWS - 1) {
            dk_set_threads(threads);
            dk_context_set_block_rows(context, rows);
            const dk_table *t = get("a;b;c\n1,5;x;31-12-2024\n;;\n2;y;01-01-2024\n", NULL);
            expect_column(t, 0, "a", DK_DECIMAL, "1.5|~|2.0");
            expect_column(t, 1, "b", DK_CATEGORY, "x|~|y");
            expect_column(t, 2, "c", DK_DATE, "2024-12-31|~|2024-01-01");
            dk_table_release(t);
        }
    dk_set_threads(0);
}

static void an_interrupted_reading_stops(void **state)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_int_equal(read_text("a;b\n1;2\n", NULL, &t, NULL, &err), DK_ERR_INTERRUPTED);
    dk_context_clear_interrupt(context);
    assert_null(t);
}

static void the_budget_is_kept(void **state)
{
    enum { N = 1 << 20 };
    char *text = malloc(N + 1);
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    memcpy(text, "a;b\n", 4);
    for (size_t i = 4; i < N; i += 4)
        memcpy(text + i, "1;x\n", 4);
    text[N] = '\0';
    dk_context_set_budget(context, 200000);
    assert_int_equal(read_text(text, NULL, &t, NULL, &err), DK_ERR_MEMORY);
    dk_context_set_budget(context, 0);
    assert_null(t);
    free(text);
}

static void survives_failing_memory(void **state)
{
    dk_csv_column column = { .name = "n", .type = DK_INTEGER };
    dk_csv_options o = { .columns = &column, .n_columns = 1, .lenient = true };
    const dk_table *t = NULL, *r = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(
        context,
        read_text("n;naam;d\n1;\xE9;31-12-2024\nx;b;\n2;c\n3;\"q\"\"\";01-01-2024\n4;n;\n", &o, &t, &r, &err), &err,
        !t && !r, (dk_table_release(t), dk_table_release(r)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_dutch_file_is_read),
        TEST(windows_1252_is_read),
        TEST(empty_text_is_text_only_in_text),
        TEST(blanks_stay_in_text_and_do_not_count_in_numbers),
        TEST(blank_lines_are_null_in_one_column_and_skipped_elsewhere),
        TEST(null_markers_are_stated),
        TEST(a_file_without_header_gets_neutral_or_given_names),
        TEST(a_header_alone_is_a_table_without_rows),
        TEST(the_options_of_the_dialect_are_followed),
        TEST(types_can_be_stated),
        TEST(person_keys_are_text_and_municipalities_are_categories),
        TEST(the_last_row_counts_for_the_type),
        TEST(lenient_reading_keeps_rejects_in_the_order_of_the_file),
        TEST(strict_reading_gives_an_empty_table_of_rejects),
        TEST(generated_files_keep_every_field),
        TEST(rows_and_rejects_are_all_records),
        TEST(files_are_read_by_path),
        TEST(results_do_not_depend_on_threads_or_blocks),
        TEST(an_interrupted_reading_stops),
        TEST(the_budget_is_kept),
        TEST(survives_failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
