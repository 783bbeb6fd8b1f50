/* test_collect_odd.c - odd records among others, from one in ten to one in ten thousand: both paths say the same.
 *
 * The plain path, which is libcsv's, is the oracle. Records of every odd kind stand alone and side by side, at the edges of
 * blocks and of the file, in one to twelve columns.
 */
#include "check.h"

#include <stdlib.h>

#include "both_paths.h"
#include "random.h"
#include "read/scan.h"

#include "with_context.h"

/* Both paths read the text in the same way, the parallel one on so many threads with blocks of so many rows. */
static void compare(const char *text, size_t size, const dk_csv_options *o, size_t block_rows)
{
    both_reading plain, parallel;
    char why[2048] = "";

    both_read(context, text, size, o, true, &plain);
    dk_context_set_block_rows(context, block_rows);
    for (unsigned threads = 1; threads <= 3; threads++) {
        dk_set_threads(threads);
        both_read(context, text, size, o, false, &parallel);
        if (!both_same(&parallel, &plain, why, sizeof why))
            fail_msg("%u threads, blocks of %zu rows: %s, in:\n%.*s", threads, block_rows, why,
                     (int)(size < 3000 ? size : 3000), text);
        both_drop(&parallel);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    both_drop(&plain);
}

/* The first of them are no faults. */
#define N_RIGHT 9
static const struct {
    const char *text;
    size_t size;
} odd[] = {
#define ODD(text)             \
    {                         \
        text, sizeof text - 1 \
    }
    ODD("\n"),
    ODD("\r"),
    ODD("\r\n"),
    ODD("\r\r\r\n"),
    ODD("1;c\rd;2;3\n"), /* in four columns one row within quotes, or two that a CR parts */
    ODD("1;2;3;4\r"),
    ODD("1;\"a\rb\";\"x\"\"y\";4\n"),
    ODD("\"\r\n\r\";\"\";;\"z\r\"\r\n"),
    ODD("5;6;\"7\n;8\r9\";0\r\r"),
    ODD("1;2;3\n"),
    ODD("1;2;3;4;5\n"),
    ODD(" \n"),
    ODD("x;\"y\"z;1;2\n"),
    ODD("s\"t;1;2;3\n"),
    ODD("\"p\nq\";s\"t;1;2\n"),
    ODD("\"p\nq\"r\ns;1;2;3\n"),
    ODD("1;\0;3;4\n"),
    ODD("\"\0\";2;3;4\n"),
    ODD("\"a\rb\";2;3\n"),
    ODD("\"\"\"\";\"\"\"x\" ;1;2\n"),
    ODD("1;2;3;a very long field indeed that passes the limit where there is one\n"),
    ODD("\"1\n2\n3 and this one has lines as well, and is too long for the limit\";2;3;4\n"),
    ODD("\xC3\xAB;\"\xC3\xAB\"\xC3\xAB;3;4\n"),
};
#define N_ODD (sizeof odd / sizeof *odd)

static size_t put(char *out, const void *bytes, size_t size)
{
    memcpy(out, bytes, size);
    return size;
}

/* A row of so many columns: keys, categories, numbers, and now and then quotes. */
static size_t put_row(char *out, unsigned row, unsigned n_columns, bool crlf)
{
    size_t used = 0;

    for (unsigned c = 0; c < n_columns; c++) {
        if (c > 0)
            out[used++] = ';';
        if (c % 4 == 0)
            used += (size_t)sprintf(out + used, "%x", row * UINT32_C(2654435761));
        else if (c % 4 == 1)
            used +=
                (size_t)sprintf(out + used, row % 50 ? "n%u" : "\"n\n%u\"", row / 150 + (unsigned)random_below(3));
        else if (c % 4 == 2)
            used += random_below(9) ? (size_t)sprintf(out + used, "%u", row / 2000) : 0;
        else
            used +=
                (size_t)sprintf(out + used, "%u,%02u", (unsigned)random_below(100000), (unsigned)random_below(100));
    }
    return used + (crlf ? put(out + used, "\r\n", 2) : put(out + used, "\n", 1));
}

static size_t generate(char *text, unsigned n_rows, unsigned n_columns, unsigned one_in, size_t n_kinds)
{
    const bool crlf = random_below(3) == 0;
    size_t used = 0;

    for (unsigned c = 0; c < n_columns; c++)
        used += (size_t)sprintf(text + used, "k%u%s", c, c + 1 < n_columns ? ";" : "\n");
    for (unsigned row = 0; row < n_rows; row++) {
        while (random_below(one_in) == 0) {
            size_t kind = random_below(n_kinds);
            used += put(text + used, odd[kind].text, odd[kind].size);
        }
        used += put_row(text + used, row, n_columns, crlf);
    }
    if (random_below(2)) { /* as the last record, perhaps without its line end */
        size_t kind = random_below(n_kinds);
        used += put(text + used, odd[kind].text, odd[kind].size - random_below(2));
    }
    return used;
}

static void odd_records_among_others_agree(void **state)
{
    static const unsigned rare[] = { 10, 100, 1000, 10000 };
    enum { MOST_ROWS = 40000 };
    static const char *const nulls[] = { "n3" };
    char *text = malloc((size_t)MOST_ROWS * 256);

    (void)state;
    assert_non_null(text);
    for (unsigned round = 0; round < random_rounds(160); round++) {
        bool lenient = random_below(3) > 0, is_long = round % watched(8, 8, 20) == 0;
        unsigned n_rows = is_long ? MOST_ROWS : 1 + (unsigned)random_below(400);
        unsigned n_columns = random_below(3) ? 4 : 1 + (unsigned)random_below(12);
        unsigned one_in = rare[is_long ? random_below(4) : random_below(2)];
        size_t size = generate(text, n_rows, n_columns, one_in, lenient || random_below(4) == 0 ? N_ODD : N_RIGHT);
        dk_csv_column stated = { .name = "k0", .type = DK_TEXT };
        if (random_below(2)) /* some keys are no integers, and their records become rejects */
            stated.type = DK_INTEGER;
        dk_csv_options o = { .delimiter = n_columns > 1 || random_below(2) ? ';' : 0,
                             .lenient = lenient,
                             .nulls = nulls,
                             .n_nulls = random_below(2),
                             .columns = &stated,
                             .n_columns = random_below(3) == 0,
                             .max_field_bytes = random_below(3) ? 0 : 40 };
        dki_scan_use((dki_scan_kind)(DKI_SCAN_PLAIN + random_below(DKI_N_SCAN_KINDS - DKI_SCAN_PLAIN)));
        compare(text, size, &o, is_long ? DK_BLOCK_ROWS : 1 + random_below(round % 2 ? 5 : 200));
    }
    dki_scan_use(DKI_SCAN_BEST);
    free(text);
}

/* Strictly, the first fault is the answer, with its line, however many blank lines and other rows stand before it. */
static void the_first_fault_is_told_with_its_line(void **state)
{
    char text[4096];

    (void)state;
    for (size_t kind = N_RIGHT; kind < N_ODD; kind++)
        for (unsigned before = 0; before < 12; before++) {
            size_t used = (size_t)sprintf(text, "a;b;c;d\n");
            for (unsigned i = 0; i < before; i++) {
                used += put(text + used, odd[i % N_RIGHT].text, odd[i % N_RIGHT].size);
                used += put_row(text + used, i, 4, false);
            }
            used += put(text + used, odd[kind].text, odd[kind].size);
            used += put_row(text + used, 9, 4, false);
            used += put(text + used, "1;2\n", 4);
            dk_csv_options o = { .delimiter = ';', .max_field_bytes = 40 };
            for (size_t block_rows = 1; block_rows < 9; block_rows += 3)
                compare(text, used, &o, block_rows);
        }
}

static dk_status read_text(dk_context *c, const char *text, size_t size, const dk_csv_options *o,
                           const dk_table **out, const dk_table **rejected, dk_error *err)
{
    return dk_read_csv_bytes(c, text, size, "x.csv", o, out, rejected, err);
}

static void survives_failing_memory(void **state)
{
    static const char text[] = "a;b\n1;\"p\rq\"\n2;3\r4;5\n\n6\"6;7\n8;9;9\n10;11\nx;12\n13;14\r\n";
    const dk_csv_column column = { .name = "a", .type = DK_INTEGER };
    dk_csv_options o = { .lenient = true, .delimiter = ';', .columns = &column, .n_columns = 1 };
    const dk_table *t = NULL, *r = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_set_block_rows(context, 3);
    for (unsigned threads = 1; threads <= 2; threads++) {
        dk_set_threads(threads);
        assert_survives_failing_memory(context, read_text(context, text, sizeof text - 1, &o, &t, &r, &err), &err,
                                       t == NULL && r == NULL, (dk_table_release(t), dk_table_release(r)));
        t = r = NULL;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(odd_records_among_others_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_fault_is_told_with_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("collect_odd", tests, NULL, NULL);
}
