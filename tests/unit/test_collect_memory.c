/* test_collect_memory.c - what reading takes beside the finished columns, and that columns whose codes are given up for it are
 * what they would have been.
 *
 * Not under valgrind: what is taken is counted all the same, and the paths are those of test_collect.c. */
#include "check.h"

#include <stdlib.h>

#include "base/memory.h"
#include "both_paths.h"
#include "watched.h"

#include "with_context.h"

#define MIB ((size_t)1 << 20)

typedef struct text {
    char *bytes;
    size_t n, room;
} text;

static void put(text *t, const char *format, ...) DK_PRINTF(2, 3);
static void put(text *t, const char *format, ...)
{
    va_list args;

    if (t->n + 256 > t->room) {
        t->room = t->room * 2 + 4096;
        t->bytes = realloc(t->bytes, t->room);
        assert_non_null(t->bytes);
    }
    va_start(args, format);
    t->n += (size_t)vsnprintf(t->bytes + t->n, 256, format, args);
    va_end(args);
}

static void put_run(text *t, char byte, size_t n)
{
    t->bytes = realloc(t->bytes, t->room = t->n + n + 4096);
    assert_non_null(t->bytes);
    memset(t->bytes + t->n, byte, n);
    t->n += n;
}

/* Both paths say the same, with one to three threads, and what is in use meanwhile is at most 1.5 times what is in the end, and
 * so many bytes for each thread. */
static void compare(const text *t, const dk_csv_options *o, size_t in_flight)
{
    both_reading plain, parallel;
    char why[2048] = "";

    both_read(context, t->bytes, t->n, o, true, &plain);
    for (unsigned threads = 1; threads <= 3; threads++) {
        size_t before = dk_context_used_bytes(context);
        dk_set_threads(threads);
        dk_context_reset_peak(context);
        both_read(context, t->bytes, t->n, o, false, &parallel);
        size_t peak = dk_context_peak_bytes(context) - before, kept = dk_context_used_bytes(context) - before;
        if (peak > kept + kept / 2 + threads * in_flight)
            fail_msg("%u threads: %zu bytes are kept, and %zu were in use", threads, kept, peak);
        if (!both_same(&parallel, &plain, why, sizeof why))
            fail_msg("%u threads: %s", threads, why);
        both_drop(&parallel);
    }
    dk_set_threads(0);
    both_drop(&plain);
}

static const dk_column *column_of(const both_reading *r, const char *name)
{
    return dk_table_field(r->table, dk_table_find(r->table, name))->column;
}

/* Names, numbers and times that differ in nearly all rows; and those of which a few more, or less, make a category. Long lines
 * at the beginning make the file look shorter than it is. */
static void columns_of_many_values_agree(void **state)
{
    enum { ROWS = 12000 };
    static const dk_csv_column stated[] = { { .name = "stated", .type = DK_TEXT } };

    (void)state;
    for (int misled = 0; misled < 2; misled++) {
        dk_csv_options o = DK_CSV_OPTIONS_INIT;
        both_reading read;
        text t = { .bytes = NULL };
        put(&t, "name;number;time;more;less;mixed;stated;note\n");
        for (unsigned i = 0; i < ROWS; i++) {
            put(&t, "p%u;%u;2024-01-%02u %02u:%02u:%02u;m%u;l%u;%s%u;s%u;", i, i * 7, 1 + i / 3600 % 28,
                i / 60 % 24, i % 60, i % 59, i % 1501, i % 1500, i % 5000 == 4999 ? "x" : "", i, i);
            if (misled && i < 300)
                put_run(&t, 'n', 1000);
            put(&t, "\n");
        }
        o.columns = stated;
        o.n_columns = 1;
        compare(&t, &o, 10 * MIB);
        both_read(context, t.bytes, t.n, &o, false, &read);
        assert_ok(read.status, &read.err);
        assert_int_equal(dk_column_type(column_of(&read, "name")), DK_TEXT);
        assert_int_equal(dk_column_type(column_of(&read, "number")), DK_INTEGER);
        assert_int_equal(dk_column_type(column_of(&read, "time")), DK_TIMESTAMP);
        assert_int_equal(dk_column_type(column_of(&read, "more")), DK_TEXT);     /* 1501 > 12000 / 8 */
        assert_int_equal(dk_column_type(column_of(&read, "less")), DK_CATEGORY); /* 1500 */
        both_drop(&read);
        free(t.bytes);
    }
}

/* A field of megabytes is in memory once, and once more as long as its record is read. */
static void long_fields_take_their_room_once(void **state)
{
    dk_csv_options o = DK_CSV_OPTIONS_INIT;

    (void)state;
    o.max_field_bytes = 8 * MIB;
    for (int kind = 0; kind < 3;
         kind++) { /* different ones, two that take turns, some with other rows between them */
        text t = { .bytes = NULL };
        put(&t, "a;b\n");
        for (int i = 0; i < (kind == 3 ? 700 : (int)watched(12, 12, 3)); i++) {
            put_run(&t, (char)('a' + (kind == 1 ? i % 2 : i % 26)), kind == 3 ? MIB / 8 + (size_t)i : 4 * MIB);
            put(&t, ";%d\n", i);
            for (int k = 0; kind == 2 && k < 50; k++)
                put(&t, "kort %d;%d\n", k, k);
        }
        /* Blocks of 16 MiB, a bit for each byte, some room; and each thread has met the two. */
        compare(&t, &o, kind == 1 ? 32 * MIB : 24 * MIB);
        free(t.bytes);
    }
}

/* Fields of about as many columns as there are rows; the last are names that repeat themselves, whose keys are most of what is
 * finished, and are there once for all threads. */
static void wide_tables_take_little_more_than_their_columns(void **state)
{
    enum { COLUMNS = 1000 };
    static const char *const words[] = { "", "v", "sleutel ", "naam " };
    static const unsigned n_values[] = { 700, 5, 1000000, 200 }, n_rows[] = { 1000, 1000, 1000, 3000 };
    uint64_t seed = 1;

    (void)state;
    for (int kind = 0; kind < 4; kind += (int)watched(1, 3, 4)) {
        dk_csv_options o = DK_CSV_OPTIONS_INIT;
        text t = { .bytes = NULL };
        for (unsigned c = 0; c < COLUMNS; c++)
            put(&t, "c%u%c", c, c + 1 < COLUMNS ? ';' : '\n');
        for (unsigned row = 0; row < n_rows[kind]; row++)
            for (unsigned c = 0; c < COLUMNS; c++) {
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                put(&t, "%s%u", words[kind], (unsigned)(seed >> 33) % n_values[kind]);
                put(&t, c + 1 < COLUMNS ? ";" : "\n");
            }
        compare(&t, &o, 11 * MIB); /* blocks of 4 MiB, and as much for places */
        free(t.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_of_many_values_agree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_fields_take_their_room_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wide_tables_take_little_more_than_their_columns, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("collect_memory", tests, NULL, NULL);
}
