/* test_finish.c - from columns of text to the table: doubts, misfits, notes and rejects, read plainly and collected. */
#include "check.h"

#include <stdlib.h>

#include "read/finish.h"
#include "read/merge.h"

#include "with_context.h"

typedef enum path { PLAIN, COLLECTED } path;

static const dki_dialect dialect = { .delimiter = ';', .quote = '"' };

/* Collects what stands behind the header. */
static dk_status collect(dki_records *r, dki_collected *c, const dki_source *source, dk_error *err)
{
    dki_collecting *collecting = NULL;
    bool is_plain;
    size_t offset;
    uint64_t line;
    dk_status status =
        dki_records_begin(r, source->bytes, (size_t)source->size, true, &is_plain, &offset, &line, err);

    if (status != DK_OK)
        return status;
    assert_true(is_plain);
    const dki_collect_options options = { .dialect = dialect,
                                          .csv = r->options,
                                          .stated = r->stated,
                                          .n_columns = r->n_columns,
                                          .max_field_bytes = 1000,
                                          .offset = offset,
                                          .line = line };
    if (r->options->lenient)
        status = dki_rejects_begin(&r->rejects, context, err);
    if (status == DK_OK)
        status = dki_collect_begin(context, source, &options, c, &collecting, err);
    if (status == DK_OK)
        status = dki_collect_run(collecting, err);
    dki_collect_end(collecting);
    r->collected = c;
    r->n_rows = c->n_rows;
    if (status == DK_OK)
        status = dki_records_note_line(r, 0, line, err);
    return status;
}

/* Reads a whole text by one path and finishes it. */
static dk_status finish(const char *text, const dk_csv_options *o, path by, bool *is_again, dki_found *found,
                        const dk_table **table, const dk_table **rejected, dk_error *err)
{
    size_t size = strlen(text);
    dki_collected c = { .context = NULL };
    dki_records r;
    dki_source source;

    dki_source_of_bytes(text, size, "x.csv", &source);
    dki_records_init(&r, context, "x.csv", text, size, o, dialect);
    r.found = found;
    dk_status status = by == PLAIN ? dki_records_read(&r, NULL, NULL, err) : collect(&r, &c, &source, err);
    if (status == DK_OK)
        status = dki_finish(&r, DK_ENCODING_UTF8, false, is_again, table, rejected, err);
    dki_records_drop(&r);
    dki_collected_drop(&c);
    return status;
}

/* The text is refused, in the same words by both paths. */
static void expect_refused(const char *text, const dk_csv_options *o, uint64_t line, uint64_t column,
                           const char *message, const char *hint)
{
    for (path by = PLAIN; by <= COLLECTED; by++) {
        const dk_table *table = NULL, *rejected = NULL;
        dk_error err = DK_ERROR_INIT;
        bool is_again;
        assert_fails(finish(text, o, by, &is_again, NULL, &table, &rejected, &err), &err, DK_ERR_DATA, message);
        assert_int_equal(err.line, line);
        assert_int_equal(err.column, column);
        assert_string_equal(err.file, "x.csv");
        if (!strstr(err.hint, hint))
            fail_msg("the hint lacks \"%s\": %s", hint, err.hint);
        assert_null(table);
        assert_null(rejected);
    }
}

static void a_number_of_two_marks_is_refused_with_both_readings(void **state)
{
    const dk_csv_options o = DK_CSV_OPTIONS_INIT;

    (void)state;
    expect_refused("a;bedrag\n1;\n2;1.758\n", &o, 3, 2,
                   "column \"bedrag\" can be read in two ways: \"1.758\" is 1758 (a dot between thousands) or "
                   "1.758 (a decimal "
                   "point), and nothing in the file decides",
                   "types = { bedrag = \"integer\" } for 1758, types = { bedrag = \"decimal\" } for 1.758");
    expect_refused("bedrag\n1,758\n", &o, 2, 1,
                   "\"1,758\" is 1758 (a comma between thousands) or 1.758 (a decimal comma)",
                   "decimal = \".\" or \",\"");
    expect_refused("a;b;c\n0,5;0.5;-1.758\n", &o, 2, 3,
                   "\"-1.758\" is -1758 (a dot between thousands) or -1.758 (a decimal point), and columns 1 and 2 "
                   "contradict each other",
                   "state it");
    expect_refused("a\n1.758 %\n2.000 %\n", &o, 2, 1,
                   "is 1758 % (a dot between thousands) or 1.758 % (a decimal point)",
                   "state the decimal mark: decimal = \",\" makes it 1758 %, decimal = \".\" 1.758 %");
}

static void a_date_of_two_orders_is_refused_with_both_readings(void **state)
{
    const dk_csv_options o = DK_CSV_OPTIONS_INIT;

    (void)state;
    expect_refused(
        "naam;datum\nx;01-02-2024\n", &o, 2, 2,
        "column \"datum\" can be read in two ways: \"01-02-2024\" is 2024-02-01 (day first) or 2024-01-02 (month "
        "first), and nothing in the file decides",
        "types = { datum = \"text\" } to keep it as it is");
    expect_refused("a;b;c\n31-12-2024;12-31-2024;\n30-12-2024;12-30-2024;01-02-2024\n", &o, 3, 3,
                   "and columns 1 and 2 contradict each other", "dates = \"dmy\" or dates = \"mdy\"");
    expect_refused("t\n01-02-2024 10:00\n", &o, 2, 1, "\"01-02-2024 10:00\" is 2024-02-01", "state the order");
}

/* Strict: the first row of the file with a value that does not fit, and in it the first column. */
static void the_first_value_that_does_not_fit_is_told(void **state)
{
    static const dk_csv_column columns[] = { { .name = "b", .type = DK_INTEGER },
                                             { .name = "a", .type = DK_DATE } };
    const dk_csv_options o = { .columns = columns, .n_columns = 2 };

    (void)state;
    expect_refused("a;b\n2024-01-01;1\n2024-02-30;x\n2024-01-02;y\n", &o, 3, 1, "2024-02-30", "");
    expect_refused("a;b\n2024-01-01;1\n2024-01-02;x\nz;y\n", &o, 3, 2, "x", "");
}

static void what_was_found_is_told_to_who_asks(void **state)
{
    const dk_csv_options o = DK_CSV_OPTIONS_INIT;

    (void)state;
    for (path by = PLAIN; by <= COLLECTED; by++) {
        const dk_table *table = NULL, *rejected = NULL;
        dk_error err = DK_ERROR_INIT;
        dki_found found = { .doubt = DKI_SURE };
        bool is_again;
        assert_int_equal(finish("a\n1.758\n", &o, by, &is_again, &found, &table, &rejected, &err), DK_ERR_DATA);
        assert_int_equal(found.doubt, DKI_TWO_MARKS);
        assert_int_equal(found.marks.mark, -1);
        found.doubt = DKI_SURE;
        assert_ok(finish("a;b\n1,5;31-12-2024\n", &o, by, &is_again, &found, &table, &rejected, &err), &err);
        assert_int_equal(found.doubt, DKI_SURE);
        assert_int_equal(found.marks.mark, DKI_COMMA);
        assert_int_equal(found.marks.order, DKI_DMY);
        dk_table_release(table);
        dk_table_release(rejected);
    }
}

static void notes_say_how_the_file_was_read(void **state)
{
    static const struct {
        const char *text, *notes[3];
    } cases[] = {
        { "a;b\n1;x\n", { "read as UTF-8, delimiter semicolon" } },
        { "a;b\n1,5;1.758\n", { "read as UTF-8, delimiter semicolon, decimal comma as in column \"a\"" } },
        { "a;b\n31-12-2024;x\n",
          { "read as UTF-8, delimiter semicolon, dates day-month-year as in column \"a\"" } },
        { "a;b\n0,5;0.5\n", { "read as UTF-8, delimiter semicolon, decimal marks that differ (columns 1 and 2)" } },
        { "a;b\n31-12-2024;12-31-2024\n",
          { "read as UTF-8, delimiter semicolon, orders of dates that differ (columns 1 and 2)" } },
        { "a;b\n1;1\n2;2\n3;drie\n4;4\n",
          { "read as UTF-8, delimiter semicolon",
            "column \"b\" is category: all of its values are numbers but 1: \"drie\" on line 4 (if it means \"not "
            "known\", state it: nulls = { \"drie\" })" } },
        { "a;b\n2024-01-01;1\nx;2\ny;3\n2024-01-02;4\n",
          { "read as UTF-8, delimiter semicolon",
            "column \"a\" is category: all of its values are dates but 2: \"x\" on line 3; \"y\" on line 4" } },
    };
    const dk_csv_options o = DK_CSV_OPTIONS_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (path by = PLAIN; by <= COLLECTED; by++) {
            const dk_table *table = NULL, *rejected = NULL;
            dk_error err = DK_ERROR_INIT;
            bool is_again;
            size_t n = cases[i].notes[1] ? 2 : 1;
            assert_ok(finish(cases[i].text, &o, by, &is_again, NULL, &table, &rejected, &err), &err);
            assert_int_equal(dk_table_n_notes(table), n);
            for (size_t k = 0; k < n; k++)
                assert_string_equal(dk_table_note(table, k), cases[i].notes[k]);
            assert_int_equal(dk_table_n_rows(rejected), 0);
            dk_table_release(table);
            dk_table_release(rejected);
        }
}

/* None of them is odd; all of them are written otherwise than the script says. */
static void a_stated_mark_that_nothing_has_is_told(void **state)
{
    const dk_csv_options o = { .decimal_mark = DK_MARK_COMMA };

    (void)state;
    for (path by = PLAIN; by <= COLLECTED; by++) {
        const dk_table *table = NULL, *rejected = NULL;
        dk_error err = DK_ERROR_INIT;
        bool is_again;
        assert_ok(finish("a\n1.5\n2.5\n", &o, by, &is_again, NULL, &table, &rejected, &err), &err);
        assert_int_equal(dk_table_n_notes(table), 2);
        assert_string_equal(dk_table_note(table, 1),
                            "column \"a\" is category: its values look like numbers, and do not fit exactly or are "
                            "written otherwise than stated for the file");
        dk_table_release(table);
        dk_table_release(rejected);
    }
}

/* Lenient: what does not fit is kept apart, and the types of other columns are those of the rows that stay. */
static void misfits_are_rejected_and_types_found_without_them(void **state)
{
    static const dk_csv_column columns[] = { { .name = "a", .type = DK_INTEGER } };
    const dk_csv_options o = { .columns = columns, .n_columns = 1, .lenient = true };

    (void)state;
    for (path by = PLAIN; by <= COLLECTED; by++) {
        const dk_table *table = NULL, *rejected = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_value v;
        bool is_again;
        assert_ok(finish("a;b\n1;10\nx;elf\n3;12\n", &o, by, &is_again, NULL, &table, &rejected, &err), &err);
        assert_false(is_again);
        assert_int_equal(dk_table_n_rows(table), 2);
        assert_int_equal(dk_column_type(dk_table_field(table, 1)->column), DK_INTEGER); /* without elf */
        assert_string_equal(dk_table_note(table, 0), "read as UTF-8, delimiter semicolon; 1 of 3 records rejected");
        assert_int_equal(dk_table_n_rows(rejected), 1);
        assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_LINE)->column, 0, &v, &err), &err);
        assert_int_equal(v.as.integer, 3);
        assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_FIELD)->column, 0, &v, &err), &err);
        assert_int_equal(v.as.integer, 1);
        assert_ok(dk_column_get(dk_table_field(rejected, DKI_REJECT_RECORD)->column, 0, &v, &err), &err);
        assert_int_equal(v.as.text.size, 5);
        assert_memory_equal(v.as.text.bytes, "x;elf", 5);
        dk_table_release(table);
        dk_table_release(rejected);
    }
}

static void survives_failing_memory(void **state)
{
    static const dk_csv_column columns[] = { { .name = "a", .type = DK_INTEGER } };
    static const char text[] = "a;b;c\n1;1,5;p\nx;2,5;q\n3;;drie\n4;1;\n";

    (void)state;
    dk_set_threads(1);
    for (path by = PLAIN; by <= COLLECTED; by++)
        for (int lenient = 0; lenient < 2; lenient++) {
            const dk_csv_options o = { .columns = columns, .n_columns = (size_t)lenient, .lenient = lenient };
            const dk_table *table = NULL, *rejected = NULL;
            dk_error err = DK_ERROR_INIT;
            bool is_again;
            assert_survives_failing_memory(context, finish(text, &o, by, &is_again, NULL, &table, &rejected, &err),
                                           &err, table == NULL && rejected == NULL,
                                           (dk_table_release(table), dk_table_release(rejected)));
        }
    dk_set_threads(0);
}

static void an_interrupted_reading_makes_nothing(void **state)
{
    const dk_csv_options o = DK_CSV_OPTIONS_INIT;

    (void)state;
    for (path by = PLAIN; by <= COLLECTED; by++) {
        const dk_table *table = NULL, *rejected = NULL;
        dk_error err = DK_ERROR_INIT;
        bool is_again;
        dk_context_interrupt(context);
        assert_fails(finish("a\n1\n", &o, by, &is_again, NULL, &table, &rejected, &err), &err, DK_ERR_INTERRUPTED,
                     "interrupted");
        dk_context_clear_interrupt(context);
        assert_null(table);
        assert_null(rejected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_number_of_two_marks_is_refused_with_both_readings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_date_of_two_orders_is_refused_with_both_readings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_value_that_does_not_fit_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_found_is_told_to_who_asks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notes_say_how_the_file_was_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stated_mark_that_nothing_has_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(misfits_are_rejected_and_types_found_without_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupted_reading_makes_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("finish", tests, NULL, NULL);
}
