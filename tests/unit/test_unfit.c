/* test_unfit.c - rows with values that do not fit leave what was collected: what stays, what is told, what cannot be. */
#include "check.h"

#include <stdlib.h>

#include "base/bitmap.h"
#include "read/merge.h"
#include "read/unfit.h"

#include "with_context.h"

static const dk_csv_column columns[] = { { .name = "n", .type = DK_INTEGER } };
static const dk_csv_options lenient = { .lenient = true, .columns = columns, .n_columns = 1 };
static const dki_plan plans[3] = { { .type = DK_INTEGER, .loose = true, .mark = DKI_POINT } };

/* Rows 0, 4 and 5 do not fit; two of the records have several lines. */
static const char rows[] =
    "n;naam;x\ntwee;weg;1\n1;b;2\n\"2\";\"a\na\";3\n;b;4\n\"drie\n\";weg;5\nx\"\"y;c;6\n6;a;7\n";
static const uint64_t bad[1] = { 0x31 }, bad_but_odd[1] = { 0x11 };

typedef struct unfit_case {
    dki_source source;
    dki_records records;
    dki_collected collected;
    char text[256];
} unfit_case;

static void begin(unfit_case *t, const char *text, size_t block_rows)
{
    dki_collecting *collecting = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t offset, size = strlen(text);
    bool is_plain;
    uint64_t line;
    const dki_dialect dialect = { .delimiter = ';', .quote = '"' };

    memset(t, 0, sizeof *t);
    strcpy(t->text, text);
    dk_context_set_block_rows(context, block_rows);
    dki_source_of_bytes(t->text, size, "x.csv", &t->source);
    dki_records_init(&t->records, context, "x.csv", t->text, size, &lenient, dialect);
    assert_ok(dki_records_begin(&t->records, t->text, size, true, &is_plain, &offset, &line, &err), &err);
    assert_true(is_plain);
    assert_ok(dki_rejects_begin(&t->records.rejects, context, &err), &err);
    const dki_collect_options options = { .dialect = dialect,
                                          .csv = &lenient,
                                          .stated = t->records.stated,
                                          .n_columns = t->records.n_columns,
                                          .max_field_bytes = 1000,
                                          .offset = offset,
                                          .line = line };
    assert_ok(dki_collect_begin(context, &t->source, &options, &t->collected, &collecting, &err), &err);
    assert_ok(dki_collect_run(collecting, &err), &err);
    dki_collect_end(collecting);
    t->records.collected = &t->collected;
    t->records.n_rows = t->collected.n_rows;
    for (size_t b = 0; b < t->collected.n_blocks; b++) {
        const dki_block *block = t->collected.blocks[b];
        assert_ok(dki_records_note_line(&t->records, block->row, block->line, &err), &err);
        for (size_t i = 0; i < block->n_runs; i++)
            assert_ok(dki_records_note_line(&t->records, block->runs[i].row, block->runs[i].line, &err), &err);
    }
}

static void drop(unfit_case *t)
{
    dki_records_drop(&t->records);
    dki_collected_drop(&t->collected);
}

static void expect_fields(const unfit_case *t, size_t column, const char *expected)
{
    char text[256] = "";

    for (uint64_t row = 0; row < t->collected.n_rows; row++) {
        const char *bytes;
        size_t size;
        if (dki_collected_get(&t->collected, column, row, &bytes, &size))
            strncat(text, bytes, size);
        else
            strcat(text, "~");
        strcat(text, "|");
    }
    assert_string_equal(text, expected);
}

static void the_rows_that_stay_have_new_numbers_and_their_lines(void **state)
{
    static const uint64_t lines[] = { 3, 4, 6, 10 };

    (void)state;
    for (size_t block_rows = 1; block_rows < 9; block_rows++) {
        const dk_table *rejected = NULL;
        dk_error err = DK_ERROR_INIT;
        dki_levels levels = { .is_known = false };
        unfit_case t;
        dk_set_threads(1 + block_rows % 2);
        begin(&t, rows, block_rows);
        /* A quote within an unquoted field is odd: that record is no row, and stands between two in the block's text. */
        assert_int_equal(t.collected.n_rows, 6);
        assert_ok(dki_unfit_drop(&t.records, bad_but_odd, 2, plans, &err), &err);
        expect_fields(&t, 0, "1|2|~|6|");
        for (uint64_t row = 0; row < 4; row++)
            assert_int_equal(dki_records_line(&t.records, row), lines[row]);
        assert_int_equal(t.records.n_rejected, 2);
        drop(&t);
        char text[256];
        strcpy(text, rows);
        memcpy(strstr(text, "x\"\"y"), "xxxy", 4);
        begin(&t, text, block_rows);
        assert_int_equal(t.collected.n_rows, 7);
        assert_true(dki_unfit_can_go(&t.collected, bad));
        assert_ok(dki_unfit_drop(&t.records, bad, 3, plans, &err), &err);
        assert_int_equal(t.collected.n_rows, 4);
        assert_int_equal(t.records.n_rows, 4);
        expect_fields(&t, 0, "1|2|~|6|");
        expect_fields(&t, 1, "b|a\na|b|a|");
        expect_fields(&t, 2, "2|3|4|7|");
        for (uint64_t row = 0; row < 4; row++)
            assert_int_equal(dki_records_line(&t.records, row), lines[row]);
        /* weg and c are no values any more, and b is the first. */
        assert_ok(dki_collected_settle(&t.collected, &err), &err);
        assert_ok(dki_levels_find(&t.collected, 1, &levels, &err), &err);
        assert_int_equal(levels.map.n, 3);
        assert_int_equal(dki_text_map_find(&levels.map, "b", 1), 0);
        assert_int_equal(dki_text_map_find(&levels.map, "a\na", 3), 1);
        assert_int_equal(dki_text_map_find(&levels.map, "a", 1), 2);
        assert_int_equal(levels.first_rows[2], 3);
        dki_levels_drop(&levels);
        expect_fields(&t, 1, "b|a\na|b|a|");

        assert_int_equal(t.records.n_rejected, 3);
        assert_ok(dki_rejects_finish(&t.records.rejects, &rejected, &err), &err);
        static const char *const values[] = { "twee", "drie\n", "xxxy" }, *const records[] = { "twee;weg;1",
                                                                                               "\"drie\n\";weg;5",
                                                                                               "xxxy;c;6" };
        static const int64_t reject_lines[] = { 2, 7, 9 };
        for (uint64_t i = 0; i < 3; i++) {
            dk_value v;
            assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_LINE)->column, i, &v, &err), &err);
            assert_int_equal(v.as.integer, reject_lines[i]);
            assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_VALUE)->column, i, &v, &err), &err);
            assert_int_equal(v.as.text.size, strlen(values[i]));
            assert_memory_equal(v.as.text.bytes, values[i], v.as.text.size);
            assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_RECORD)->column, i, &v, &err), &err);
            assert_int_equal(v.as.text.size, strlen(records[i]));
            assert_memory_equal(v.as.text.bytes, records[i], v.as.text.size);
        }
        dk_table_release(rejected);
        drop(&t);
    }
}

static void rows_that_were_read_plainly_cannot_go(void **state)
{
    unfit_case t;
    uint64_t none[1] = { 0 };

    (void)state;
    begin(&t, "n;naam;x\n1;b;2\nx;c;6\n", 8);
    t.collected.blocks[0]->is_raw = true;
    none[0] = 2;
    assert_false(dki_unfit_can_go(&t.collected, none));
    none[0] = 0;
    assert_true(dki_unfit_can_go(&t.collected, none));
    drop(&t);
}

/* Between the two readings another program wrote to the file. */
static void a_file_that_changes_meanwhile_is_an_error(void **state)
{
    static const char *const changed[] = { "n;naam;x\n1;b;2\nx;;;;\n", "n;naam;x\n1;b;2\nx;c\"6\n",
                                           "n;naam;x\n1;b;2;x;c;6\n" };
    const uint64_t second[1] = { 2 };
    unfit_case t;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        dk_error err = DK_ERROR_INIT;
        begin(&t, "n;naam;x\n1;b;2\nx;c;6\n", 8);
        strcpy(t.text, changed[i]);
        assert_fails(dki_unfit_drop(&t.records, second, 1, plans, &err), &err, DK_ERR_IO,
                     "the file has changed while it was read");
        drop(&t);
    }
}

static void survives_failing_memory_and_interruption(void **state)
{
    char text[256];
    dk_status status = DK_ERR_MEMORY;
    unfit_case t;

    (void)state;
    strcpy(text, rows);
    memcpy(strstr(text, "x\"\"y"), "xxxy", 4);
    for (uint64_t nth = 1; status != DK_OK; nth++) {
        dk_error err = DK_ERROR_INIT;
        begin(&t, text, 3);
        dk_context_fail_allocation(context, nth);
        status = dki_unfit_drop(&t.records, bad, 3, plans, &err);
        if (status == DK_OK)
            status = dki_collected_settle(&t.collected, &err);
        dk_context_fail_allocation(context, 0);
        drop(&t);
        assert_int_equal(dk_context_used_bytes(context), 0);
        assert_true(status == DK_ERR_MEMORY || (status == DK_OK && nth > 10));
    }
    dk_error err = DK_ERROR_INIT;
    begin(&t, text, 3);
    dk_context_interrupt(context);
    assert_fails(dki_unfit_drop(&t.records, bad, 3, plans, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
    drop(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_rows_that_stay_have_new_numbers_and_their_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_that_were_read_plainly_cannot_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_changes_meanwhile_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory_and_interruption, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("unfit", tests, NULL, NULL);
}
