/* test_collect.c - the parallel path and the plain one meet: same table, notes, rejects, or the same error.
 *
 * The plain path, which is libcsv's, is the oracle. Blocks of one row are read a byte at a time, so that every place of a
 * text is the edge of a block once.
 */
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "collects.h"

static const size_t small_blocks[] = { 1, 2, 3, 4096, 5, 1, 2, 64 };
#define N_SMALL (sizeof small_blocks / sizeof *small_blocks)

static void edges_of_the_format_agree(void **state)
{
    static const char *const texts[] = {
        "a;b\n1;2\n",
        "a;b\n1;2",
        "a;b\r\n1;2\r\n",
        "a;b\r\n1;2\r",
        "a;b\r\n1;\"2\"\r\n\"x\";\r\n",
        "a;b\n1;2\n\n",
        "a;b\n1;2\n\n3;4\n",
        "a;b\n\n\n",
        "\na;b\n1;2\n",
        "a\n1\n\n2\n",
        "a\n\"\"\n\n\"\"\n",
        "a;b\n\"1\n2\";3\n4;5\n\"\n\n\";6\n7;8\n",
        "a;b\n\"1\r\n2\";3\r\n4;5\r\n6;x\"\r\n",
        "a;b\n\"1\r2\";3\n4;5\n",
        "a;b\r1;2\r3;4\r",
        "a;b\n1;2\r3;4\n5;6\n",
        "a;b\n1;2\r\r\n3;4\n",
        "a;b\n\"x\"\"y\";\"\"\"\"\n\"\"\"a\";\"a\"\"\"\n",
        "a;b\n\"x\"y;1\n2;3\n",
        "a;b\nx\"y\";1\n2;3\n",
        "a;b\n\"x\" ;1\n",
        "a;b\n \"x\";1\n",
        "a;b\n1;\"2\n3;4\n",
        "a;b\n1;2\n3;\"",
        "a;b\n1;2\n3;\"\"",
        "a;b\n1;2\n3;\"4\"",
        "a;b\n1;2;3\n4;5\n",
        "a;b\n1\n4;5\n",
        "a;b\n1;2\n3\n4;5;6\n7;8\n",
        "a;b\n;\n;\n\"\";\"\"\n",
        "a;b\n;\n;\n",
        "a;b\n",
        "a;b",
        "a;b\r\n",
        "a;b\r",
        "a;b\n1;NB\n\"NB\";2\n;3\n",
        "\xEF\xBB\xBF"
        "a;b\n1;2\n",
        "\xEF\xBB\xBF"
        "\"a\";b\n1;2\n",
        "\"a\nb\";c\n1;2\n3;4;5\n",
        "\"a\rb\";c\n1;2\n3;4;5\n",
        "a;a\n1;2\n",
        "a;\n1;2\n",
        "a;b\n\xC3\xAB;2\n\xE2\x82\xAC;4\n",
        "a;b\n\xEB;2\n\x80;4\n",
        "a;b\n\xEB;2\n\xC3\xAB;4\n",
        "a;b\n1;2;3\n\xEB;2\n",
        "a;b\n1;2\n3;4\n5;6\n7;8\xEB\n9;1\n2;3\n",
        "a;b\n12,5;1.758\n3;4.000\n",
        "a;b\n1;1.758\n3;4.000\n",
        "a;b\n1;01-02-2024\n3;31-12-2024\n",
        "a;b\n1;01-02-2024\n3;03-04-2024\n",
        "a;b\nja;2024-12-31 10:00\nnee;2024-12-31\n",
        "a;b\nja;1\nnee;2\nmisschien;x\n",
        "a;b\n1;x\n2;y\n3;4\ndrie;5\n5;6\n",
        "a;b\n2024-01;2024Q1\n2023-12;2024-Q2\n;\n2024-01; 2024K3\n\"\";2024-K4\n",
        "a;b\n2024-01;2024Q1\n2024-13;2024Q5\n2024-02;2024q3\n",
        "a;b\n2024;2024-01\n0999;2024-02 \n10000;\t2024-03\n",
        "a;b\n2024;2024Q1\n2023;2024-01\n1.999;x\n",
        "a;b\n-0e0;1\n1e3;2\n",
        "a;b\n9223372036854775807;12 %\n-5;3,5 %\n",
        "\xEB",
        "a\xEB;b\n1;2\n3;4;5\n",
        "a\xEB;b\n1;\xC3\xAB\n",
        "titel\na;b;c\n1;2;3\n4;5;6\n7;8;9\n",
        "",
        "\n",
        "\"",
        "a",
        ";",
        ";\n;",
    };
    static const char *const nulls[] = { "NB", "een lange aanduiding van wat niet bekend is" };
    dk_csv_column column = { .name = "a", .type = DK_INTEGER };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (unsigned k = 0; k < 80; k += watched(1, 1, 11)) {
            if (k >= 32) /* a year, a quarter, a month */
                column = (dk_csv_column){
                    .name = "a", .type = DK_PERIOD, .has_scale = true, .scale = (uint8_t)(k / 16 - 2)
                };
            else
                column = (dk_csv_column){ .name = "a", .type = DK_INTEGER };
            dk_csv_options o = { .delimiter = k & 1 ? ';' : 0,
                                 .header = k & 2 ? DK_HEADER_NONE : DK_HEADER_FIRST,
                                 .lenient = k & 4,
                                 .nulls = nulls,
                                 .n_nulls = k & 8 ? 2 : 0,
                                 .columns = &column,
                                 .n_columns = k & 16 || k >= 32 ? 1 : 0 };
            compare(texts[i], strlen(texts[i]), &o, small_blocks, N_SMALL);
        }
}

static void nul_bytes_and_long_fields_agree(void **state)
{
    static const char nul[] = "a;b\n1;2\n3;\0\n4;5\n\"\0\";6\n";
    dk_csv_options o = { .delimiter = ';' };

    (void)state;
    for (int lenient = 0; lenient < 2; lenient++) {
        o.lenient = lenient;
        o.max_field_bytes = 0;
        compare(nul, sizeof nul - 1, &o, small_blocks, N_SMALL);
        for (o.max_field_bytes = 1; o.max_field_bytes < 9; o.max_field_bytes++)
            compare("a;b\n1;22\n\"333\";4\n\"5\"\"5\";\n;666666\r\n7;7", 36, &o, small_blocks, N_SMALL);
    }
}

/* Values from one byte to beyond the longest key, in every order of first appearance. */
static void values_of_all_lengths_agree(void **state)
{
    static char text[200000];
    size_t used = (size_t)sprintf(text, "a;b;c\n");

    (void)state;
    random_state = 11;
    for (unsigned row = 0; row < 1500; row++) {
        for (unsigned c = 0; c < 3; c++) {
            unsigned size = below(c == 0 ? 9 : c == 1 ? 18 : 40);
            for (unsigned i = 0; i < size; i++)
                text[used++] = (char)('a' + (i + size < 3 ? below(3) : 0));
            text[used++] = c < 2 ? ';' : '\n';
        }
    }
    dk_csv_options o = { .delimiter = ';' };
    compare(text, used, &o, small_blocks, N_SMALL);
}

/* Files of pieces that are well-formed, or nearly. */
static size_t generate(char *text, size_t room, unsigned damage)
{
    static const char *const pieces[] = { "1",
                                          "0",
                                          "12,5",
                                          "1.758",
                                          "Arnhem",
                                          "x",
                                          "\xC3\xAB",
                                          "ja",
                                          "nee",
                                          "",
                                          "",
                                          "\"\"",
                                          "\"a;b\"",
                                          "\"a\nb\"",
                                          "\"q\"\"q\"",
                                          "31-12-2024",
                                          "01-02-2024",
                                          "74 %",
                                          " 5 ",
                                          "\"5\"",
                                          "NB",
                                          "2024-12-31 10:00",
                                          "2024-03",
                                          "2024Q3",
                                          "1999-K4",
                                          "2024",
                                          "praktijkonderwijs",
                                          "Nuenen, Gerwen en Nederwetten (gemeente)" };
    static const char *const damages[] = { "\"", "\r", "\n", ";", "x\"", "\"x\"y", "\xEB", " ", ",", "\"\n" };
    unsigned n_columns = 1 + below(4), n_rows = below(40), crlf = below(2), kinds = 1 + below(28);
    size_t used = 0;

    for (unsigned c = 0; c < n_columns; c++)
        used += (size_t)snprintf(text + used, room - used, "%sk%u", c ? ";" : "", c);
    used += (size_t)snprintf(text + used, room - used, "%s", crlf ? "\r\n" : "\n");
    for (unsigned row = 0; row < n_rows; row++) {
        for (unsigned c = 0; c < n_columns; c++) {
            const char *piece = pieces[(c * 5 + below(kinds)) % (sizeof pieces / sizeof *pieces)];
            used += (size_t)snprintf(text + used, room - used, "%s%s%s", c ? ";" : "", piece,
                                     below(200) < damage ? damages[below(10)] : "");
        }
        if (row + 1 < n_rows || below(4))
            used += (size_t)snprintf(text + used, room - used, "%s", crlf ? "\r\n" : "\n");
    }
    return used;
}

static void generated_files_agree(void **state)
{
    static char text[1 << 16];
    static const char *const nulls[] = { "NB" };
    dk_csv_column columns[] = { { .name = "k0", .type = DK_TEXT }, { .name = "k1", .type = DK_INTEGER } };

    (void)state;
    random_state = 5;
    unsigned n = watched(1000, 300, 50);
    for (unsigned round = 0; round < n; round++) {
        size_t size = generate(text, sizeof text, round % 3);
        dk_csv_options o = { .delimiter = below(2) ? ';' : 0,
                             .header = below(4) == 0 ? DK_HEADER_NONE : DK_HEADER_FIRST,
                             .lenient = below(2),
                             .any_line_end = below(2),
                             .nulls = nulls,
                             .n_nulls = below(2),
                             .columns = columns,
                             .n_columns = below(6) == 0 ? below(3) : 0 };
        size_t blocks[3] = { 1 + below(4), 1 + below(40), 4096 };
        columns[0].type = below(3) ? below(2) ? DK_CATEGORY : DK_DATE : DK_PERIOD;
        columns[0].has_scale = columns[0].type == DK_PERIOD;
        columns[0].scale = (uint8_t)(columns[0].has_scale ? below(DK_N_FREQUENCIES) : 0);
        dki_scan_use((dki_scan_kind)(DKI_SCAN_PLAIN + below(DKI_N_SCAN_KINDS - DKI_SCAN_PLAIN)));
        compare(text, size, &o, blocks, 3);
    }
}

/* The corpora of the fuzzers: the first byte of a file chooses options, as fuzz_csv.c does. */
static void compare_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    static char text[1 << 17];
    size_t n_files = 0;

    if (!dir)
        fail_msg("%s cannot be read: tests run in the project's folder", folder);
    while ((entry = readdir(dir)) != NULL) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(text, 1, sizeof text, file);
        fclose(file);
        if (size == 0)
            continue;
        for (unsigned k = 0; k < 4; k++) {
            dk_csv_options o = { .delimiter = text[0] & 1 ? ';' : 0,
                                 .header = text[0] & 2 ? DK_HEADER_NONE : DK_HEADER_FIRST,
                                 .lenient = k & 1,
                                 .max_field_bytes = k & 2 ? 5 : 0 };
            compare(text + 1, size - 1, &o, small_blocks, 4);
        }
        n_files++;
    }
    closedir(dir);
    assert_true(n_files > 0);
}

static void the_corpus_of_the_fuzzer_agrees(void **state)
{
    (void)state;
    compare_folder("tests/fuzz/corpus/csv");
}

static void files_on_disk_are_read_in_parts(void **state)
{
    char path[] = "/tmp/dekking-collect-XXXXXX";
    static char text[1 << 16];
    dk_error err = DK_ERROR_INIT;
    const dk_table *t = NULL;
    both_reading plain;
    char why[2048] = "";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    random_state = 4;
    size_t size = generate(text, sizeof text, 0);
    assert_int_equal(write(fd, text, size), size);
    close(fd);
    both_read(context, text, size, NULL, true, &plain);
    for (size_t rows = 1; rows <= 4096; rows *= 64) {
        dk_context_set_block_rows(context, rows);
        assert_ok(dk_read_csv(context, path, NULL, &t, NULL, &err), &err);
        if (!both_same_tables(t, plain.table, why, sizeof why))
            fail_msg("%s", why);
        assert_string_equal(dk_table_properties(t)->source, path);
        dk_table_release(t);
        t = NULL;
    }
    both_drop(&plain);
    unlink(path);
}

static dk_status read_rows(dk_context *c, const char *text, const dk_csv_options *o, const dk_table **out,
                           const dk_table **rejected, dk_error *err)
{
    dk_status status = dk_read_csv_bytes(c, text, strlen(text), "x.csv", o, out, rejected, err);

    return status;
}

static void survives_failing_memory(void **state)
{
    static const char *const texts[] = {
        "a;b;c\n1;x;\"y\ny\"\n2;;12,5\n\"q\"\"q\";z;3\n;;\n",
        "a;b;c\n1;x;y\n2;;12,5\n3;odd\n4;z;3\n5;\"\";\n",
        "a;b;c\nja;31-12-2024;een heel lange tekst die niet in een sleutel past\nnee;;x\n",
    };
    dk_csv_options o = { .lenient = true, .delimiter = ';' };
    const dk_table *t = NULL, *r = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_set_block_rows(context, 2);
    for (unsigned threads = 1; threads <= 2; threads++)
        for (size_t i = 0; i < 3; i++) {
            dk_set_threads(threads);
            assert_survives_failing_memory(context, read_rows(context, texts[i], &o, &t, &r, &err), &err,
                                           t == NULL && r == NULL, (dk_table_release(t), dk_table_release(r)));
            t = r = NULL;
        }
}

static void an_interrupted_reading_stops(void **state)
{
    const dk_table *t = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(read_rows(context, "a;b\n1;2\n", NULL, &t, NULL, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(edges_of_the_format_agree, set_up, best_scan),
        cmocka_unit_test_setup_teardown(nul_bytes_and_long_fields_agree, set_up, best_scan),
        cmocka_unit_test_setup_teardown(values_of_all_lengths_agree, set_up, best_scan),
        cmocka_unit_test_setup_teardown(generated_files_agree, set_up, best_scan),
        cmocka_unit_test_setup_teardown(the_corpus_of_the_fuzzer_agrees, set_up, best_scan),
        cmocka_unit_test_setup_teardown(files_on_disk_are_read_in_parts, set_up, best_scan),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, best_scan),
        cmocka_unit_test_setup_teardown(an_interrupted_reading_stops, set_up, best_scan),
    };
    return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
