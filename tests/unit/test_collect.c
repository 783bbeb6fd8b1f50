/* test_collect.c - the parallel path and the plain one meet: same table, notes, rejects, or the same error.
 *
 * The plain path, which is libcsv's, is the oracle. Blocks of one row are read a byte at a time, so that every place of a
 * text is the edge of a block once.
 */
#include "check.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "both_paths.h"
#include "read/scan.h"

static dk_context *context;

static int set_up(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    return dk_context_new(&context, &err) != DK_OK;
}

static int tear_down(void **state)
{
    (void)state;
    dk_set_threads(0);
    dki_scan_use(DKI_SCAN_BEST);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static uint64_t seed;
static unsigned below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((seed >> 33) % n);
}

/* Both paths read the text in the same way, the parallel one with blocks of that many rows and so many threads. */
static void compare(const char *text, size_t size, const dk_csv_options *o, const size_t *block_rows, size_t n)
{
    both_reading plain, parallel;
    char why[2048] = "";

    both_read(context, text, size, o, true, &plain);
    for (size_t i = 0; i < n; i++) {
        dk_context_set_block_rows(context, block_rows[i]);
        dk_set_threads(1 + (unsigned)i % 3);
        both_read(context, text, size, o, false, &parallel);
        if (!both_same(&parallel, &plain, why, sizeof why))
            fail_msg("blocks of %zu rows: %s, in:\n%.*s", block_rows[i], why, (int)(size < 3000 ? size : 3000),
                     text);
        both_drop(&parallel);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    both_drop(&plain);
}

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
        for (unsigned k = 0; k < 80; k += getenv("DEKKING_TEST_QUICK") ? 11 : 1) { /* fewer under valgrind */
            if (k >= 32)                                                           /* a year, a quarter, a month */
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
    seed = 11;
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
    seed = 5;
    unsigned n = getenv("DEKKING_TEST_QUICK") ? 50 : 1000; /* under valgrind */
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

/* Many rows: keys that become text, in blocks of their own and behind an odd record, early and late. */
static void keys_agree_wherever_the_reading_turns_plain(void **state)
{
    /* A stray quote is found while blocks are taken, a ragged record only while another thread is one block further. */
    static const char *const odd[] = { "\"", ";" };
    static const struct {
        unsigned odd_row, n_keys;
    } cases[] = { { 0, 200000 }, { 70000, 200000 }, { 65534, 65535 }, { 80000, 65536 }, { 99999, 200000 } };
    enum { ROWS = 100000 };
    size_t room = ROWS * 64;
    char *text = malloc(room);
    const size_t blocks[] = { 4096, 1000, 4096 };

    (void)state;
    assert_non_null(text);
    size_t n = getenv("DEKKING_TEST_QUICK") ? 1 : sizeof cases / sizeof *cases;
    for (size_t i = 0; i < n; i++) {
        size_t used = (size_t)sprintf(text, "sleutel;bedrag;datum;letter\n");
        seed = i + 1;
        for (unsigned row = 0; row < ROWS; row++)
            used +=
                (size_t)sprintf(text + used, "%08x;%u,%02u;%02u-12-2024;%c%s\n",
                                (unsigned)(row % cases[i].n_keys * UINT32_C(2654435761)), below(100000), below(100),
                                1 + below(31), (char)('a' + below(3)), row == cases[i].odd_row ? odd[i % 2] : "");
        dk_csv_options o = { .lenient = true };
        compare(text, used, &o, blocks, 3);
        o.lenient = false;
        compare(text, used, &o, blocks, 1);
    }
    free(text);
}

/* Records of many kinds here and there: behind each of them reading goes on as before. The values of the rows around them
 * are first met there, so that what a dropped block left behind would show. Strict reading takes what is no fault. */
static void reading_goes_on_behind_odd_records(void **state)
{
    static const char *const odd[] = { "\n",
                                       "1;\"a\rb\";x;y\n",
                                       "2;c\rd;3;4\n",
                                       "\r\n", /* no faults: two of them are rows */
                                       "1;2;3\n",
                                       "1;2;3;4;5\n",
                                       "x;\"y\"z;1;2\n",
                                       "\"p\nq\";s\"t;1;2\n",
                                       " \n",
                                       ";\n" };
    enum { ROWS = 60000 };
    char *text = malloc(ROWS * 96);
    const size_t blocks[] = { 4096, 4096, 4096, 1000 };

    (void)state;
    assert_non_null(text);
    for (unsigned round = 0; round < (getenv("DEKKING_TEST_QUICK") ? 1u : 8u); round++) {
        static const unsigned rare[] = { 5000, 20000, 300, 40 }; /* 40: blocks of many odd records */
        bool lenient = round & 1;
        size_t used = (size_t)sprintf(text, "sleutel;naam;klein;bedrag\n");
        seed = round + 1;
        for (unsigned row = 0; row < ROWS; row++) {
            bool burst = row > 30000 && row < 30020, begins = row == 0 && round < 4;
            if (below(rare[round / 2]) == 0 || burst || begins)
                used += (size_t)sprintf(text + used, "%s", odd[below(lenient ? 10 : 4)]);
            used += (size_t)sprintf(text + used, "%x;n%u;%u;%u,%02u\n", row * UINT32_C(2654435761),
                                    row / 150 + below(3), row / 20000, below(100000), below(100));
        }
        dk_csv_options o = { .delimiter = ';', .lenient = lenient };
        compare(text, used, &o, blocks, 4);
    }
    free(text);
}

/* Lenient, and types stated: rows that do not fit leave what was collected, among records that are odd themselves. What
 * only they had is no value of a column; keys become categories without them, and numbers narrower. */
static void rows_that_do_not_fit_leave_what_was_collected(void **state)
{
    enum { ROWS = 70000 };
    static const dk_csv_column columns[] = { { .name = "n", .type = DK_INTEGER },
                                             { .name = "d", .type = DK_DATE } };
    static const struct {
        unsigned unfit, odd; /* one in so many */
    } cases[] = { { 30000, 0 }, { 900, 20000 }, { 3, 0 }, { 1, 0 }, { 40, 3000 } };
    char *text = malloc(ROWS * 128);
    const size_t blocks[] = { 4096, 4096, 1000 };

    (void)state;
    assert_non_null(text);
    for (unsigned k = 0; k < (getenv("DEKKING_TEST_QUICK") ? 1 : sizeof cases / sizeof *cases); k++) {
        size_t used = (size_t)sprintf(text, "n;sleutel;naam;d;bedrag;lang\n");
        seed = k + 1;
        for (unsigned row = 0; row < ROWS; row++) {
            bool unfit = below(cases[k].unfit) == 0, lines = below(1000) == 0;
            if (cases[k].odd && below(cases[k].odd) == 0)
                used += (size_t)sprintf(text + used, below(2) ? "1;2\n" : "\n");
            if (unfit && row % 2)
                used += (size_t)sprintf(text + used, "x%u;", row);
            else
                used += (size_t)sprintf(text + used, row % 7 ? "%u;" : "\"%u\";", row);
            used += (size_t)sprintf(text + used, unfit ? "weg%u;" : "k%u;", unfit ? row : row % 60000);
            used += (size_t)sprintf(text + used, unfit ? "nergens%u;" : "n%u;", row / 100 + below(3));
            used += (size_t)sprintf(text + used, unfit && row % 2 == 0 ? "2024-13-01;" : "2024-12-%02u;",
                                    1 + below(31));
            used += (size_t)sprintf(text + used, unfit && row % 3 == 0 ? "veel;" : row % 11 ? "%u,5;" : ";", row);
            used += (size_t)sprintf(text + used,
                                    lines            ? "\"een\ntwee\"\n"
                                    : row + 1 < ROWS ? "een tekst van %u\n"
                                                     : "z",
                                    row);
        }
        for (size_t n = 1; n <= 2; n++) {
            dk_csv_options o = { .delimiter = ';', .lenient = true, .columns = columns, .n_columns = n };
            compare(text, used, &o, blocks, 3);
        }
    }
    free(text);
}

/* One field of a column of numbers. More than 65,535 differ from row 65535 on, in the block that begins with row 49152;
 * what is in the last row decides what kind of column it is. */
static size_t put_number(char *out, unsigned column, unsigned row, bool is_last)
{
    unsigned n = row * 7919u % 1000003u;

    switch (column) {
    case 0: return (size_t)sprintf(out, "%s%u", row % 2 ? "-" : "", n);
    case 1: /* Dutch amounts */
        return n < 1000 ? (size_t)sprintf(out, "%u,%02u", n, row % 100)
                        : (size_t)sprintf(out, "%u.%03u,%02u", n / 1000, n % 1000, row % 100);
    case 2: return (size_t)sprintf(out, row % 3 ? "%u,5" : "%u,25", n);
    case 3: return is_last ? (size_t)sprintf(out, "onbekend") : (size_t)sprintf(out, "%u,%02u", n, row % 100);
    case 4: return (size_t)sprintf(out, row >= 65536 ? "%u.25" : "%u,25", n);
    case 5: return is_last ? (size_t)sprintf(out, "1e3") : (size_t)sprintf(out, "%u", n);
    case 6: return is_last ? (size_t)sprintf(out, "5 %%") : (size_t)sprintf(out, "%u,5", n);
    case 7: return row % 5 ? (size_t)sprintf(out, "\"%u,%03u\"", 1000 + n, row % 1000) : 0;
    case 8: return (size_t)sprintf(out, "%u0000000000", n);
    default: return (size_t)sprintf(out, row < 65536 ? "%u,5" : "%u,25", n); /* blocks differ */
    }
}

static void numbers_of_many_forms_agree(void **state)
{
    enum { ROWS = 75000, COLUMNS = 10 };
    char *text;
    size_t used;
    const size_t blocks[] = { 4096, 1000 };
    const dk_csv_column columns[] = { { .name = "k2", .type = DK_DECIMAL },
                                      { .name = "k1", .type = DK_REAL },
                                      { .name = "k6", .type = DK_DECIMAL } };

    (void)state;
    if (getenv("DEKKING_TEST_QUICK")) /* under valgrind */
        return;
    text = malloc((size_t)ROWS * COLUMNS * 24);
    assert_non_null(text);
    used = (size_t)sprintf(text, "k0;k1;k2;k3;k4;k5;k6;k7;k8;k9\n");
    for (unsigned row = 0; row < ROWS; row++)
        for (unsigned c = 0; c < COLUMNS; c++) {
            used += put_number(text + used, c, row, row == ROWS - 1);
            text[used++] = c + 1 < COLUMNS ? ';' : '\n';
        }
    for (unsigned k = 0; k < 5; k++) {
        dk_csv_options o = { .delimiter = ';',
                             .decimal_mark = k == 1 ? DK_MARK_COMMA : DK_MARK_DETECT,
                             .columns = &columns[k >= 2 ? k - 2 : 0],
                             .n_columns = k >= 2 };
        compare(text, used, &o, blocks, 2);
    }
    free(text);
}

/* Records so long that a block ends before it has its rows. */
static void long_records_agree(void **state)
{
    enum { ROWS = 5000, BYTES = 8000 };
    char *text;
    size_t used;
    const size_t blocks[] = { 4096, 4096 };
    dk_csv_options o = { .delimiter = ';' };

    (void)state;
    if (getenv("DEKKING_TEST_QUICK")) /* under valgrind */
        return;
    text = malloc((size_t)ROWS * (BYTES + 64));
    assert_non_null(text);
    used = (size_t)sprintf(text, "k;l\n");
    for (unsigned row = 0; row < ROWS; row++) {
        used += (size_t)sprintf(text + used, "%u;\"", row);
        memset(text + used, 'a' + (int)(row % 26), BYTES);
        used += BYTES;
        used += (size_t)sprintf(text + used, "%s\"\n", row % 100 ? "" : "\n\"\"");
    }
    compare(text, used, &o, blocks, 2);
    used += (size_t)sprintf(text + used, "x;\"open");
    compare(text, used, &o, blocks, 2);
    free(text);
}

/* Thousands of columns: those whose values do not repeat themselves give their codes up early, and are categories all the
 * same where that is what they are in the end. */
static void thousands_of_columns_agree(void **state)
{
    enum { COLUMNS = 4096, ROWS = 700 };
    char *text = malloc((size_t)COLUMNS * (ROWS + 1) * 16);
    size_t used = 0;
    const size_t blocks[] = { 4096, 4096, 100 };
    dk_csv_options o = { .delimiter = ';' };
    both_reading reading;

    (void)state;
    if (getenv("DEKKING_TEST_QUICK")) { /* under valgrind */
        free(text);
        return;
    }
    assert_non_null(text);
    seed = 3;
    for (unsigned c = 0; c < COLUMNS; c++)
        used += (size_t)sprintf(text + used, "k%u%c", c, c + 1 < COLUMNS ? ';' : '\n');
    for (unsigned row = 0; row < ROWS; row++)
        for (unsigned c = 0; c < COLUMNS; c++) {
            if (c % 5 == 0) /* numbers, 700 of them different */
                used += (size_t)sprintf(text + used, "%u", row * 7);
            else if (c % 5 == 1) /* a category: at most 512 texts differ, though most do at first */
                used += (size_t)sprintf(text + used, "n%u", row < 500 ? row : below(500));
            else if (c % 5 == 2) /* text */
                used += (size_t)sprintf(text + used, "t%u", row);
            else if (c % 5 == 3) /* one number is none */
                used += (size_t)sprintf(text + used, row == 600 ? "x" : "%u", row % 400);
            else
                used += (size_t)sprintf(text + used, "%u", below(3));
            text[used++] = c + 1 < COLUMNS ? ';' : '\n';
        }
    compare(text, used, &o, blocks, 3);
    both_read(context, text, used, &o, false, &reading);
    assert_ok(reading.status, &reading.err);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 0)->column), DK_INTEGER);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 1)->column), DK_CATEGORY);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 2)->column), DK_TEXT);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 3)->column), DK_CATEGORY);
    both_drop(&reading);
    free(text);
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
    seed = 4;
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
        cmocka_unit_test_setup_teardown(edges_of_the_format_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nul_bytes_and_long_fields_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_of_all_lengths_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(generated_files_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reading_goes_on_behind_odd_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_that_do_not_fit_leave_what_was_collected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_agree_wherever_the_reading_turns_plain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_of_many_forms_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thousands_of_columns_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_records_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_corpus_of_the_fuzzer_agrees, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_on_disk_are_read_in_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupted_reading_stops, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
