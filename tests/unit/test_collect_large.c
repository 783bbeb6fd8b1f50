/* test_collect_large.c - large files, many columns and long records by the parallel path: what the plain one says. */
#include <stdlib.h>

#include "collects.h"

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
    size_t n = watched(sizeof cases / sizeof *cases, 2, 1);
    for (size_t i = 0; i < n; i++) {
        size_t used = (size_t)sprintf(text, "sleutel;bedrag;datum;letter\n");
        random_state = i + 1;
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
    for (unsigned round = 0; round < watched(8, 2, 1); round++) {
        static const unsigned rare[] = { 5000, 20000, 300, 40 }; /* 40: blocks of many odd records */
        bool lenient = round & 1;
        size_t used = (size_t)sprintf(text, "sleutel;naam;klein;bedrag\n");
        random_state = round + 1;
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
    for (unsigned k = 0; k < watched(sizeof cases / sizeof *cases, 2, 1); k++) {
        size_t used = (size_t)sprintf(text, "n;sleutel;naam;d;bedrag;lang\n");
        random_state = k + 1;
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
    if (under_valgrind())
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
    enum { BYTES = 8000 };
    const unsigned n_rows = watched(5000, 2500, 0); /* a block has 16 MiB at most */
    char *text;
    size_t used;
    const size_t blocks[] = { 4096, 4096 };
    dk_csv_options o = { .delimiter = ';' };

    (void)state;
    if (under_valgrind())
        return;
    text = malloc((size_t)n_rows * (BYTES + 64) + 64);
    assert_non_null(text);
    used = (size_t)sprintf(text, "k;l\n");
    for (unsigned row = 0; row < n_rows; row++) {
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
    if (under_valgrind()) {
        free(text);
        return;
    }
    assert_non_null(text);
    random_state = 3;
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
    compare(text, used, &o, blocks, watched(3, 2, 0));
    both_read(context, text, used, &o, false, &reading);
    assert_ok(reading.status, &reading.err);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 0)->column), DK_INTEGER);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 1)->column), DK_CATEGORY);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 2)->column), DK_TEXT);
    assert_int_equal(dk_column_type(dk_table_field(reading.table, 3)->column), DK_CATEGORY);
    both_drop(&reading);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_agree_wherever_the_reading_turns_plain, set_up, best_scan),
        cmocka_unit_test_setup_teardown(reading_goes_on_behind_odd_records, set_up, best_scan),
        cmocka_unit_test_setup_teardown(rows_that_do_not_fit_leave_what_was_collected, set_up, best_scan),
        cmocka_unit_test_setup_teardown(numbers_of_many_forms_agree, set_up, best_scan),
        cmocka_unit_test_setup_teardown(long_records_agree, set_up, best_scan),
        cmocka_unit_test_setup_teardown(thousands_of_columns_agree, set_up, best_scan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
