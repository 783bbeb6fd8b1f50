/* test_odd.c - odd records read plainly, some at a time: where reading stands behind them, and what the encoding does. */
#include "check.h"

#include <stdlib.h>

#include "read/odd.h"

#include "with_context.h"

typedef struct odd_case {
    dki_source source;
    dki_records records;
    uint64_t offset, line;
    bool is_utf8;
} odd_case;

/* Stands behind the header of a text with two columns. */
static void begin(odd_case *t, const char *text, size_t size, const dk_csv_options *o)
{
    dk_error err = DK_ERROR_INIT;
    bool is_plain;
    size_t offset;

    dki_source_of_bytes(text, size, "x.csv", &t->source);
    dki_records_init(&t->records, context, "x.csv", text, size, o, (dki_dialect){ .delimiter = ';', .quote = '"' });
    assert_ok(dki_records_begin(&t->records, text, size, true, &is_plain, &offset, &t->line, &err), &err);
    assert_true(is_plain);
    t->offset = offset;
    if (o->lenient)
        assert_ok(dki_rejects_begin(&t->records.rejects, context, &err), &err);
}

static dk_status read_some(odd_case *t, uint64_t most, dk_error *err)
{
    return dki_odd_read(&t->source, &t->records, most, &t->offset, &t->line, &t->is_utf8, err);
}

static void reading_stands_behind_what_was_read(void **state)
{
    static const char text[] = "a;b\n1;2;3\n\n\"x\ny\";4\n5\"6;7\n8;9\r10;11";
    static const struct {
        uint64_t offset, line, n_rows, n_rejected, n_blank;
    } after[] = { { 10, 3, 0, 1, 0 }, { 11, 4, 0, 1, 1 }, { 19, 6, 1, 1, 1 },
                  { 25, 7, 1, 2, 1 }, { 29, 8, 2, 2, 1 }, { 34, 8, 3, 2, 1 } };
    const dk_csv_options o = { .lenient = true };
    dk_error err = DK_ERROR_INIT;
    odd_case t;

    (void)state;
    begin(&t, text, sizeof text - 1, &o);
    for (size_t i = 0; i < 6; i++) {
        assert_ok(read_some(&t, 1, &err), &err);
        assert_true(t.is_utf8);
        assert_int_equal(t.offset, after[i].offset);
        assert_true(i == 5 || t.line == after[i].line); /* at the end no record begins */
        assert_int_equal(t.records.n_rows, after[i].n_rows);
        assert_int_equal(t.records.n_rejected, after[i].n_rejected);
        assert_int_equal(t.records.n_blank, after[i].n_blank);
    }
    dki_records_drop(&t.records);
    begin(&t, text, sizeof text - 1, &o); /* three, then as many as there are */
    assert_ok(read_some(&t, 3, &err), &err);
    assert_int_equal(t.offset, 19);
    assert_ok(read_some(&t, 100, &err), &err);
    assert_int_equal(t.offset, sizeof text - 1);
    assert_int_equal(t.records.n_rows, 3);
    dki_records_drop(&t.records);
}

/* A record that is longer than what is read at first, and one whose CR is the last byte of it. */
static void a_long_record_is_read_in_one_piece(void **state)
{
    enum { BYTES = 300000, FIRST = 65536 };
    char *text = malloc(BYTES + 64);
    const dk_csv_options o = { .lenient = true };
    dk_error err = DK_ERROR_INIT;
    const char *bytes;
    size_t size;
    odd_case t;

    (void)state;
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "a;b\n1;\"");
    memset(text + n, 'x', BYTES);
    text[n + 1000] = '\n';
    n += BYTES;
    n += (size_t)sprintf(text + n, "\"\n2;3\n");
    begin(&t, text, n, &o);
    assert_ok(read_some(&t, 1, &err), &err);
    assert_int_equal(t.offset, n - 4);
    assert_int_equal(t.line, 4);
    assert_true(dki_raw_get(&t.records.columns[1], 0, &bytes, &size));
    assert_int_equal(size, BYTES);
    dki_records_drop(&t.records);

    n = (size_t)sprintf(text, "a;b\n1;");
    memset(text + n, 'y', FIRST);
    n = 4 + FIRST - 1; /* the last byte of the first part */
    n += (size_t)sprintf(text + n, "\r\n2;3\n");
    begin(&t, text, n, &o);
    assert_ok(read_some(&t, 1, &err), &err);
    assert_int_equal(t.offset, 4 + FIRST + 1); /* no blank line is left */
    assert_int_equal(t.line, 3);
    dki_records_drop(&t.records);
    free(text);
}

/* What libcsv makes of the record that a text begins with, and where the next one begins. */
static void one_record_is_looked_at_alone(void **state)
{
    static const struct {
        const char *text;
        bool whole;
        size_t n_columns;
        dki_odd_kind kind;
        size_t size;
    } cases[] = {
        { "1;2\n3;4\n", true, 2, DKI_ODD_ROW, 4 },
        { "1;2\r3;4\n", true, 2, DKI_ODD_ROW, 4 },
        { "1;2\r\n3;4\n", true, 2, DKI_ODD_ROW, 5 },
        { "\"a\rb\";\"c\nd\"\n3;4\n", true, 2, DKI_ODD_ROW, 12 },
        { "1;2;3\n4;5\n", true, 2, DKI_ODD_FAULT, 6 },
        { "1\"2;3\n4;5\n", true, 2, DKI_ODD_FAULT, 6 },
        { "\r\r\n1;2\n", true, 2, DKI_ODD_BLANK, 1 },
        { "\r\r\n1\n", true, 1, DKI_ODD_ROW, 1 },
        { "1;2", true, 2, DKI_ODD_ROW, 3 },
        { "1;\"2", true, 2, DKI_ODD_FAULT, 4 },
        { "1;2", false, 2, DKI_ODD_CUT, 0 },
        { "1;\"2\n\n", false, 2, DKI_ODD_CUT, 0 },
        { "1;2\r", false, 2, DKI_ODD_CUT, 0 }, /* a LF may follow */
        { "1;12345678\n", true, 2, DKI_ODD_FAULT, 11 },
    };
    enum { LONG = 5000 };
    dk_error err = DK_ERROR_INIT;
    dki_odd_kind kind;
    char text[LONG];
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dki_collect_options o = { .dialect = { .delimiter = ';', .quote = '"' },
                                        .n_columns = cases[i].n_columns,
                                        .max_field_bytes = 7 };
        assert_ok(
            dki_odd_look(context, &o, cases[i].text, strlen(cases[i].text), cases[i].whole, &kind, &size, &err),
            &err);
        assert_int_equal(kind, cases[i].kind);
        assert_int_equal(size, cases[i].size);
    }
    /* Longer than what is looked at first. */
    const dki_collect_options o = { .dialect = { .delimiter = ';', .quote = '"' },
                                    .n_columns = 1,
                                    .max_field_bytes = LONG };
    memset(text, '\r', LONG);
    text[0] = text[LONG - 2] = '"';
    text[LONG - 1] = '\n';
    assert_ok(dki_odd_look(context, &o, text, LONG, false, &kind, &size, &err), &err);
    assert_int_equal(kind, DKI_ODD_ROW);
    assert_int_equal(size, LONG);
}

static void what_was_left_out_is_told_in_its_order(void **state)
{
    static const char text[] = "a;b\n1;2;3\n\n4;5\nx\"y;6\n7;8\n9";
    static const dki_odd_span spans[] = {
        { .offset = 4, .size = 7, .line = 2 },
        { .offset = 15, .size = 6, .line = 5 },
        { .offset = 25, .size = 2, .line = 7 }
    }; /* with a line end that is not there */
    static const char *const records[] = { "1;2;3", "x\"y;6", "9" };
    static const int64_t lines[] = { 2, 5, 7 };
    const dk_csv_options o = { .lenient = true };
    const dk_table *rejected = NULL;
    dk_error err = DK_ERROR_INIT;
    odd_case t;

    (void)state;
    begin(&t, text, sizeof text - 1, &o);
    assert_ok(dki_odd_tell(&t.source, &t.records, spans, 3, &err), &err);
    assert_int_equal(t.records.n_rows, 0);
    assert_int_equal(t.records.n_blank, 1);
    assert_int_equal(t.records.n_rejected, 3);
    assert_ok(dki_rejects_finish(&t.records.rejects, &rejected, &err), &err);
    for (uint64_t i = 0; i < 3; i++) {
        dk_value v;
        assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_LINE)->column, i, &v, &err), &err);
        assert_int_equal(v.as.integer, lines[i]);
        assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_RECORD)->column, i, &v, &err), &err);
        assert_int_equal(v.as.text.size, strlen(records[i]));
        assert_memory_equal(v.as.text.bytes, records[i], v.as.text.size);
    }
    dk_table_release(rejected);
    dki_records_drop(&t.records);
}

/* A fault of the encoding comes before one of a record, also where it stands far behind it. */
static void the_encoding_is_looked_at_first(void **state)
{
    enum { BYTES = 3000000 };
    char *text = malloc(BYTES + 64);
    const dk_csv_options strict = { .lenient = false }, lenient = { .lenient = true };
    dk_error err = DK_ERROR_INIT;
    odd_case t;

    (void)state;
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "a;b\n1;2;3\n");
    while (n < BYTES)
        n += (size_t)sprintf(text + n, "\xE2\x82\xAC;2\n"); /* parts end within characters */
    begin(&t, text, n, &strict);
    assert_fails(read_some(&t, 1, &err), &err, DK_ERR_DATA, "the record has 3 fields, and the header has 2");
    assert_int_equal(err.line, 2);
    assert_true(t.is_utf8);
    dki_records_drop(&t.records);
    text[n - 3] = '\xEB'; /* the last record's 2nd field: no UTF-8 */
    begin(&t, text, n, &strict);
    assert_ok(read_some(&t, 1, &err), &err);
    assert_false(t.is_utf8);
    dki_records_drop(&t.records);
    text[n - 3] = ';';
    text[4] = '\xEB';
    begin(&t, text, n, &lenient);
    assert_ok(read_some(&t, 1, &err), &err);
    assert_false(t.is_utf8);
    assert_int_equal(t.records.n_rejected, 0);
    dki_records_drop(&t.records);
    free(text);
}

static void a_file_that_became_shorter_is_an_error(void **state)
{
    static const char text[] = "a;b\n1\n";
    const dk_csv_options o = { .lenient = true };
    char path[] = "/tmp/dekking-odd-XXXXXX";
    dk_error err = DK_ERROR_INIT;
    int fd = mkstemp(path);
    odd_case t;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(remove(path), 0);
    begin(&t, text, sizeof text - 1, &o);
    t.source = (dki_source){ .name = "x.csv", .fd = fd, .size = 6 };
    assert_fails(read_some(&t, 1, &err), &err, DK_ERR_IO, "x.csv");
    dki_source_close(&t.source);
    dki_records_drop(&t.records);
}

static void survives_failing_memory_and_interruption(void **state)
{
    static const char text[] = "a;b\n1;2\n3\n\"4\";5\n";
    const dk_csv_options o = { .lenient = true };
    dk_status status = DK_ERR_MEMORY;
    odd_case t;

    (void)state;
    for (uint64_t nth = 1; status != DK_OK; nth++) {
        dk_error err = DK_ERROR_INIT;
        begin(&t, text, sizeof text - 1, &o);
        dk_context_fail_allocation(context, nth);
        status = read_some(&t, 9, &err);
        dk_context_fail_allocation(context, 0);
        dki_records_drop(&t.records);
        assert_int_equal(dk_context_used_bytes(context), 0);
        assert_true(status == DK_ERR_MEMORY || (status == DK_OK && nth > 5));
    }
    dk_error err = DK_ERROR_INIT;
    begin(&t, text, sizeof text - 1, &o);
    dk_context_interrupt(context);
    assert_fails(read_some(&t, 9, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
    dki_records_drop(&t.records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reading_stands_behind_what_was_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_record_is_read_in_one_piece, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_record_is_looked_at_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_out_is_told_in_its_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_encoding_is_looked_at_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_became_shorter_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory_and_interruption, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("odd", tests, NULL, NULL);
}
