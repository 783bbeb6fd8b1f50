/* test_fingerprint.c - the fingerprint knows what a table says, and nothing of how it is stored. */
#include "columns.h"
#include "tables.h"

#include <xxhash.h>

#include <dekking/fingerprint.h>

#include "data/chunk.h"
#include "snapshots.h"

static const char *fingerprint(const dk_table *table)
{
    static char texts[8][DK_FINGERPRINT_SIZE];
    static unsigned next;
    char *text = texts[next++ % 8];
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_fingerprint(table, text, &err), &err);
    assert_int_equal(strlen(text), 32);
    return text;
}

static const char *fingerprint_of(const char *text)
{
    const dk_table *table = make_table(context, text);
    const char *print = fingerprint(table);

    dk_table_release(table);
    return print;
}

static void put(uint8_t **at, uint64_t value)
{
    memcpy(*at, &value, 8);
    *at += 8;
}

/* By hand, from what docs/snapshot.md says. */
static void it_is_what_the_page_says(void **state)
{
    uint8_t n_piece[8 + 3 * 8], g_piece[8 + 3 * 8], whole[256], *at = n_piece;
    XXH128_canonical_t canonical;
    char expected[33];

    (void)state;
    put(&at, 5); /* rows 1 and 3 are known */
    put(&at, 7);
    put(&at, 0);
    put(&at, (uint64_t)-300);
    at = g_piece;
    put(&at, 6);
    put(&at, 0);
    put(&at, XXH3_64bits("Arnhem", 6));
    put(&at, XXH3_64bits("Duiven", 6));
    at = whole;
    put(&at, 3); /* rows */
    put(&at, 2); /* columns */
    put(&at, 1);
    put(&at, 'n');
    put(&at, 7);
    memcpy(at, "integer\0", 8);
    at += 8;
    put(&at, 0); /* digits */
    put(&at, 0); /* no dimension */
    put(&at, XXH3_64bits(n_piece, sizeof n_piece));
    put(&at, 1);
    put(&at, 'g');
    put(&at, 8);
    memcpy(at, "category", 8);
    at += 8;
    put(&at, 0);
    put(&at, 0);
    put(&at, XXH3_64bits(g_piece, sizeof g_piece));
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(whole, (size_t)(at - whole)));
    for (size_t i = 0; i < 16; i++)
        sprintf(expected + 2 * i, "%02x", canonical.digest[i]);
    assert_string_equal(fingerprint_of("n:integer g:category\n7|-\n-|Arnhem\n-300|Duiven\n"), expected);
}

static void it_tells_tables_apart(void **state)
{
    static const char *const tables[] = {
        "n:integer g:category\n7|A\n-|B\n",
        "n:integer g:category\n7|A\n0|B\n",  /* null is not 0 */
        "n:integer g:category\n-|B\n7|A\n",  /* order of rows */
        "g:category n:integer\nA|7\nB|-\n",  /* order of columns */
        "m:integer g:category\n7|A\n-|B\n",  /* names */
        "n:decimal0 g:category\n7|A\n-|B\n", /* types */
        "n:integer g:text\n7|A\n-|B\n",
        "n:integer g:category\n7|A\n-|C\n", /* values */
        "n:integer g:category\n7|A\n-|-\n",
        "n:integer g:category\n7|A\n", /* rows */
        "n:integer\n7\n-\n",
        "n:decimal1\n7\n-\n",
        "n:decimal2\n7\n-\n",
        "t:text\nab\nc\n",
        "t:text\na\nbc\n",
        "t:text\nabc\n\n", /* where texts end */
        "n:integer\n",
        "n:text\n",
        "d:date\n1970-01-08\n-\n",
        "d:month\n1970-08\n-\n",
        "d:quarter\n1971Q4\n-\n", /* seven of each, as of days */
        "d:year\n1977\n-\n",
        "r:real\n7.0\n-\n",
        "n:ratio\n7/1\n-\n",
    };
    enum { N = sizeof tables / sizeof *tables };
    char prints[N][DK_FINGERPRINT_SIZE];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        strcpy(prints[i], fingerprint_of(tables[i]));
        for (size_t k = 0; k < i; k++)
            if (strcmp(prints[i], prints[k]) == 0)
                fail_msg("one fingerprint for\n%s\nand\n%s", tables[i], tables[k]);
    }
}

/* The same rows with other codes, other chunks, and through a file; with more threads, and blocks of one row. */
static void storage_makes_no_difference(void **state)
{
    const size_t n = DKI_CHUNK_ROWS + 9000;
    static const dk_type types[] = { DK_BOOLEAN, DK_INTEGER,   DK_DECIMAL,  DK_REAL, DK_RATIO,
                                     DK_DATE,    DK_TIMESTAMP, DK_CATEGORY, DK_TEXT, DK_PERIOD };
    dk_snapshot_options compressed = { .compress = true };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        row *rows = random_rows(n, 6, 15);
        const dk_column *column = column_of(context, types[i], scale_of(types[i]), rows, n), *tail, *other;
        dk_field field = DK_FIELD("c", column);
        const dk_table *table = NULL, *again = NULL, *opened;
        char print[DK_FINGERPRINT_SIZE];
        dk_builder *builder = NULL;
        dk_view view;

        assert_ok(dk_table_new(context, &field, 1, n, &table, &err), &err);
        strcpy(print, fingerprint(table));
        dk_set_threads(1);
        dk_context_set_block_rows(context, 1);
        assert_string_equal(fingerprint(table), print);
        dk_context_set_block_rows(context, 4096);
        dk_set_threads(0);
        /* Other chunks, and for a category codes in another order: the last rows come first. */
        assert_ok(dk_builder_new(context, types[i], scale_of(types[i]), NULL, &builder, &err), &err);
        dk_view_init(&view, context);
        for (size_t at = n - 1; at > n - 500; at--) {
            assert_ok(dk_column_view(column, at, 1, &view, &err), &err);
            assert_ok(dk_builder_view(builder, &view, &err), &err);
        }
        for (size_t at = 0; at < n; at += 4096) {
            assert_ok(dk_column_view(column, at, n - at < 4096 ? n - at : 4096, &view, &err), &err);
            assert_ok(dk_builder_view(builder, &view, &err), &err);
        }
        dk_view_release(&view);
        assert_ok(dk_builder_finish(builder, &tail, &err), &err);
        assert_ok(dk_column_slice(tail, 499, n, &other, &err), &err);
        field.column = other;
        assert_ok(dk_table_new(context, &field, 1, n, &again, &err), &err);
        assert_string_equal(fingerprint(again), print);
        assert_ok(dk_snapshot_save(again, snapshot_path, &compressed, &err), &err);
        opened = open_table(snapshot_path);
        assert_string_equal(fingerprint(opened), print);
        dk_table_release(opened);
        dk_table_release(again);
        dk_table_release(table);
        dk_column_release(other);
        dk_column_release(tail);
        dk_column_release(column);
        dk_builder_release(builder);
        free(rows);
    }
}

/* Labels, notes and properties are not what a table says; which rows are totals is. */
static void totals_are_part_of_it_and_properties_are_not(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer\nA|1\nA|2\n"), *noted = NULL, *total = NULL;
    const dk_table *detail = NULL;
    dk_properties properties = { .unit = "persons", .as_of = "2024-12-31" };
    dk_error err = DK_ERROR_INIT;
    const char *print = fingerprint(table);

    (void)state;
    assert_ok(dk_table_with_properties(table, &properties, &noted, &err), &err);
    assert_string_equal(fingerprint(noted), print);
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "t = sum(n)" }, .margins = DK_MARGINS_ROLLUP), table, NULL,
                        &total, &err),
              &err);
    assert_ok(dk_table_detail(total, &detail, &err), &err);
    assert_string_not_equal(fingerprint(total), fingerprint(detail));
    assert_string_equal(fingerprint(detail), fingerprint_of("g:category t:integer\nA|3\n"));
    dk_table_release(detail);
    dk_table_release(total);
    dk_table_release(noted);
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_table(context, "g:category n:integer\nA|1\nB|2\n");
    char print[DK_FINGERPRINT_SIZE] = "";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_fingerprint(table, print, &err), &err, print[0] == '\0',
                                   (void)0);
    dk_set_threads(0);
    dk_context_interrupt(context);
    assert_fails(dk_table_fingerprint(table, print, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_what_the_page_says),      TEST(it_tells_tables_apart),
        TEST(storage_makes_no_difference),   TEST(totals_are_part_of_it_and_properties_are_not),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
