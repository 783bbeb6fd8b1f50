/* test_records.c - records into columns of text: header, lines of rows, blank lines, faults, and the second pass. */
#include "check.h"

#include "read/records.h"

#include "with_context.h"

static const dk_csv_options strict = { .delimiter = ';' };

static void begin(dki_records *r, const char *text, const dk_csv_options *o)
{
    dki_records_init(r, context, "x.csv", text, strlen(text), o,
                     (dki_dialect){ .delimiter = o->delimiter, .quote = '"' });
}

static void read_all(dki_records *r, const char *text, const dk_csv_options *o)
{
    dk_error err = DK_ERROR_INIT;

    begin(r, text, o);
    assert_ok(dki_records_read(r, NULL, NULL, &err), &err);
}

/* The rows of a column between bars, null as ~. */
static void expect(const dki_records *r, size_t column, const char *expected)
{
    char text[256] = "";

    for (uint64_t row = 0; row < r->n_rows; row++) {
        const char *bytes;
        size_t size;
        if (row > 0)
            strcat(text, "|");
        if (dki_raw_get(&r->columns[column], row, &bytes, &size))
            strncat(text, bytes, size);
        else
            strcat(text, "~");
    }
    assert_string_equal(text, expected);
}

static void rows_know_their_line(void **state)
{
    dki_records r;

    (void)state;
    read_all(&r, "\na;b\r\n1;x\n\"2\n2\";y\n\n\n3;z\r4;\n", &strict);
    assert_true(r.has_columns);
    assert_int_equal(r.n_columns, 2);
    assert_string_equal(r.names[0], "a");
    assert_string_equal(r.names[1], "b");
    assert_int_equal(r.n_rows, 4);
    assert_int_equal(r.n_blank, 3);
    expect(&r, 0, "1|2\n2|3|4");
    expect(&r, 1, "x|y|z|~");
    assert_int_equal(dki_records_line(&r, 0), 3);
    assert_int_equal(dki_records_line(&r, 1), 4);
    assert_int_equal(dki_records_line(&r, 2), 8);
    assert_int_equal(dki_records_line(&r, 3), 9);
    assert_int_equal(r.n_runs, 2); /* lines 3 and 4 follow each other, 8 and 9 too */
    dki_records_drop(&r);
}

static void blank_lines_are_rows_of_one_column(void **state)
{
    dk_csv_options o = { .header = DK_HEADER_NONE, .delimiter = ';' };
    dki_records r;

    (void)state;
    read_all(&r, "\n\nx\n\ny", &o);
    assert_string_equal(r.names[0], "kolom_1");
    assert_int_equal(r.n_blank, 0);
    expect(&r, 0, "~|~|x|~|y");
    assert_int_equal(dki_records_line(&r, 0), 1);
    assert_int_equal(dki_records_line(&r, 4), 5);
    dki_records_drop(&r);
    read_all(&r, "\n\nx;1\n\ny;2", &o); /* two columns: skipped, also those before the first record */
    assert_int_equal(r.n_blank, 3);
    expect(&r, 0, "x|y");
    dki_records_drop(&r);
}

static void stated_types_find_their_column(void **state)
{
    static const dk_csv_column columns[] = { { .name = "b", .type = DK_INTEGER },
                                             { .name = "a", .type = DK_TEXT } };
    dk_csv_options o = { .delimiter = ';', .columns = columns, .n_columns = 2 };
    dki_records r;

    (void)state;
    read_all(&r, "a;b;c\n", &o);
    assert_ptr_equal(r.stated[0], &columns[1]);
    assert_ptr_equal(r.stated[1], &columns[0]);
    assert_null(r.stated[2]);
    assert_int_equal(r.n_rows, 0);
    dki_records_drop(&r);
}

static void a_strict_reading_ends_at_the_first_fault(void **state)
{
    static const struct {
        const char *text, *part;
        uint64_t line, column;
        dk_status code;
    } cases[] = {
        { "a;b\n1;2\n1;2;3\nx\"\n",
          "the record has 3 fields, and the header has 2 (a field that contains the delimiter or a line end stands "
          "between quotes; lenient = true keeps records like this one apart)",
          3, 0, DK_ERR_DATA },
        { "a;b\n1;2\n \n", "the record has 1 field", 3, 0, DK_ERR_DATA },
        { "a;b\n1;x\"\n", "a quote stands inside a field", 2, 2, DK_ERR_DATA },
        { "a;\n1;2\n", "no name for field 2", 1, 2, DK_ERR_DATA },
        { ";b;;;;;\n", "no name for fields 1, 3, 4, 5 and others", 1, 1, DK_ERR_DATA },
        { "a;b;a\n", "fields 1 and 3 have the same name", 1, 3, DK_ERR_DUPLICATE },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dki_records r;
        dk_error err = DK_ERROR_INIT;
        begin(&r, cases[i].text, &strict);
        assert_fails(dki_records_read(&r, NULL, NULL, &err), &err, cases[i].code, cases[i].part);
        if (err.line != cases[i].line || err.column != cases[i].column)
            fail_msg("%s: line %llu, column %llu", cases[i].text, (unsigned long long)err.line,
                     (unsigned long long)err.column);
        dki_records_drop(&r);
    }
}

static void names_are_one_for_each_field(void **state)
{
    static const char *const names[] = { "x", "y", "z" };
    dk_csv_options o = { .delimiter = ';', .names = names, .n_names = 3 };
    dki_records r;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    begin(&r, "a;b\n1;2\n", &o);
    assert_fails(dki_records_read(&r, NULL, NULL, &err), &err, DK_ERR_LENGTH,
                 "3 names are given, and the header has 2");
    dki_records_drop(&r);
    o.n_names = 2;
    read_all(&r, "a;\n1;2\n", &o); /* the header is read over, also one without a name */
    assert_string_equal(r.names[1], "y");
    expect(&r, 1, "2");
    dki_records_drop(&r);
}

/* Rows that do not fit become rejects among those of the first pass, in the order of the file. */
static void the_second_pass_leaves_rows_out(void **state)
{
    static const dk_csv_column column = { .name = "n", .type = DK_INTEGER };
    dk_csv_options o = { .delimiter = ';', .lenient = true, .columns = &column, .n_columns = 1 };
    dki_plan plans[] = { { .type = DK_INTEGER, .loose = true }, { .type = DK_TEXT } };
    const uint64_t skip[] = { 1u << 1 | 1u << 3 };
    const dk_table *rejects = NULL;
    dki_records r;
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    read_all(&r, "n;t\n1;a\nx;b\n1;2;3\n2;c\ny;d\n3;e\n", &o);
    assert_int_equal(r.n_rows, 5);
    assert_int_equal(r.n_rejected, 1);
    assert_ok(dki_records_read(&r, skip, plans, &err), &err);
    assert_int_equal(r.n_rows, 3);
    assert_int_equal(r.n_rejected, 3);
    expect(&r, 1, "a|c|e");
    assert_int_equal(r.columns[1].map.n, 3); /* what only a rejected row had is no value of the column */
    assert_int_equal(dki_records_line(&r, 2), 7);
    assert_ok(dki_rejects_finish(&r.rejects, &rejects, &err), &err);
    for (uint64_t row = 0; row < 3; row++) {
        assert_ok(dk_column_get(dk_table_field(rejects, DKI_REJECT_LINE)->column, row, &value, &err), &err);
        assert_int_equal(value.as.integer, row + 3 + (row == 2));
    }
    dk_table_release(rejects);
    dki_records_drop(&r);
}

static dk_status read_once(dki_records *r, dk_error *err)
{
    static const dk_csv_options o = { .delimiter = ';', .lenient = true, .header = DK_HEADER_NONE };

    begin(r, "\n1;2\n\n\"3\n\";\"4\"\n5\nx\"\n", &o);
    dk_status status = dki_records_read(r, NULL, NULL, err);
    if (status != DK_OK)
        dki_records_drop(r);
    return status;
}

static void survives_failing_memory(void **state)
{
    dki_records r;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, read_once(&r, &err), &err, true, dki_records_drop(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_know_their_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(blank_lines_are_rows_of_one_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stated_types_find_their_column, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_strict_reading_ends_at_the_first_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_one_for_each_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_second_pass_leaves_rows_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
