/* test_cells_shown.c - going through a table: which cell is a value, null or a total, in any order of rows. */
#include "written.h"

#include "write/cells.h"

#include "with_context.h"

static void expect(dki_cells *cells, uint64_t row, size_t column, dki_cell_kind kind, const char *text)
{
    dk_error err = DK_ERROR_INIT;
    dki_cell cell;

    assert_ok(dki_cells_seek(cells, row, &err), &err);
    cell = dki_cells_get(cells, row, column);
    assert_int_equal(cell.kind, kind);
    assert_int_equal(cell.size, strlen(text));
    assert_memory_equal(cell.text, text, cell.size);
}

static void values_nulls_and_totals_differ(void **state)
{
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    static const dk_write_options worded = { .total_label = "Alle", .null_text = "?" };
    const dk_table *data = make_table(context, "gemeente:category n:integer\nArnhem|12\n-|7\n"), *table = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_cells cells;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "gemeente" }, .measures = { "som = sum(n)" }, .margins = DK_MARGINS_TOTALS),
                        data, NULL, &table, &err),
              &err);
    assert_ok(dki_cells_open(table, &plain, true, &cells, &err), &err);
    expect(&cells, 0, 0, DKI_CELL_VALUE, "Arnhem");
    expect(&cells, 1, 0, DKI_CELL_NULL, "\xE2\x80\x93"); /* a group of its own, and no total */
    expect(&cells, 2, 0, DKI_CELL_TOTAL, "totaal");
    expect(&cells, 2, 1, DKI_CELL_VALUE, "19");
    assert_int_equal(dki_cells_margin(&cells, 1), 0);
    assert_int_equal(dki_cells_margin(&cells, 2), dki_margin_all(table));
    dki_cells_close(&cells);
    assert_ok(dki_cells_open(table, &worded, false, &cells, &err), &err);
    expect(&cells, 1, 0, DKI_CELL_NULL, "?");
    expect(&cells, 2, 0, DKI_CELL_TOTAL, "Alle");
    dki_cells_close(&cells);
    dki_cells_close(&cells); /* twice is nothing */
    dk_table_release(table);
    dk_table_release(data);
}

/* 9 has no label, and stands for itself. */
static void codes_are_shown_as_asked(void **state)
{
    static const struct {
        dk_codes_shown codes;
        bool for_people;
        const char *shown[3];
    } cases[] = {
        { DK_CODES_USUAL, true, { "nee", "ja", "9" } },      { DK_CODES_USUAL, false, { "02", "01", "9" } },
        { DK_CODES_LABEL, false, { "nee", "ja", "9" } },     { DK_CODES_CODE, true, { "02", "01", "9" } },
        { DK_CODES_BOTH, true, { "02 nee", "01 ja", "9" } }, { DK_CODES_BOTH, false, { "02 nee", "01 ja", "9" } }
    };
    const dk_table *table = make_table(context, "s:category[01~ja,02~nee,9] p:category\n02|ja\n01|x\n9|y\n-|z\n");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_write_options options = { .codes = cases[i].codes, .null_text = "~" };
        dki_cells cells;

        assert_survives_failing_memory(context, dki_cells_open(table, &options, cases[i].for_people, &cells, &err),
                                       &err, true, (void)0);
        for (uint64_t row = 0; row < 3; row++)
            expect(&cells, row, 0, DKI_CELL_VALUE, cases[i].shown[row]);
        expect(&cells, 3, 0, DKI_CELL_NULL, "~");
        expect(&cells, 0, 1, DKI_CELL_VALUE, "ja");
        dki_cells_close(&cells);
    }
    dk_table_release(table);
}

/* The column's own rows say how many digits it needs. */
static void decimals_show_the_digits_that_their_column_needs(void **state)
{
    static const struct {
        const char *table, *shown;
    } cases[] = {
        { "x:decimal4\n1.5\n-2.25\n3\n", "1.50" },
        { "x:decimal4\n1\n2\n", "1" },
        { "x:decimal2\n-\n-\n", "" },
        { "x:decimal2\n0.01\n", "0.01" },
        { "x:decimal0\n7\n", "7" },
        { "x:decimal3\n1\n-0.125\n", "1.000" },
    };
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *table = make_table(context, cases[i].table);
        dki_cells cells;

        assert_ok(dki_cells_open(table, &plain, true, &cells, &err), &err);
        if (cases[i].shown[0])
            expect(&cells, 0, 0, DKI_CELL_VALUE, cases[i].shown);
        dki_cells_close(&cells);
        dk_table_release(table);
    }
}

/* The one row that needs two digits is the last of three blocks. */
static void the_last_row_counts_as_much_as_the_first(void **state)
{
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    enum { N = 2 * DK_BLOCK_ROWS + 5 };
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("x", NULL);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_cells cells;
    char text[32];

    (void)state;
    assert_ok(dk_builder_new(context, DK_DECIMAL, 3, NULL, &builder, &err), &err);
    for (int i = 0; i < N; i++)
        assert_ok(dk_builder_integer(builder, i == N - 1 ? 1250 : i * 1000, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, N, &table, &err), &err);
    assert_ok(dki_cells_open(table, &plain, true, &cells, &err), &err);
    for (uint64_t step = 0; step < 40; step++) { /* to and fro between blocks */
        uint64_t row = step * 4099 % (N - 1);

        sprintf(text, "%d.00", (int)row);
        expect(&cells, row, 0, DKI_CELL_VALUE, text);
    }
    expect(&cells, N - 1, 0, DKI_CELL_VALUE, "1.25");
    expect(&cells, 0, 0, DKI_CELL_VALUE, "0.00");
    dki_cells_close(&cells);
    dk_table_release(table);
    dk_column_release(field.column);
    dk_builder_release(builder);
}

static void a_pattern_counts_for_numbers_shown_to_people(void **state)
{
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    const dk_table *table = make_table(context, "deel:ratio plaats:category\n1/3|Arnhem\n");
    dk_error err = DK_ERROR_INIT;
    dki_cells cells;

    (void)state;
    table = restyled(table, "deel", "Aandeel", "0.0 %");
    table = restyled(table, "plaats", NULL, "0");
    assert_ok(dki_cells_open(table, &plain, true, &cells, &err), &err);
    assert_string_equal(dki_cells_heading(&cells, 0), "Aandeel");
    assert_string_equal(dki_cells_heading(&cells, 1), "plaats");
    expect(&cells, 0, 0, DKI_CELL_VALUE, "33.3 %");
    expect(&cells, 0, 1, DKI_CELL_VALUE, "Arnhem");
    dki_cells_close(&cells);
    assert_ok(dki_cells_open(table, &plain, false, &cells, &err), &err);
    expect(&cells, 0, 0, DKI_CELL_VALUE, "0.3333333333333333");
    dki_cells_close(&cells);
    dk_table_release(table);
}

static void what_cannot_be_shown_is_refused_at_once(void **state)
{
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    const dk_table *table = restyled(make_table(context, "n:integer deel:ratio\n1|1/3\n"), "deel", NULL, "0,0 %");
    dk_error err = DK_ERROR_INIT;
    dki_cells cells;

    (void)state;
    assert_fails(dki_cells_open(table, &plain, true, &cells, &err), &err, DK_ERR_ARGUMENT,
                 "the format \"0,0 %\" of column deel is no pattern of a number (patterns are \"0\", \"0.0\", "
                 "\"#,##0\", \"#,##0.0\", each perhaps with \" %\", \" pp\" or a unit such as "
                 "\" persons\" behind it, and \"+\" before)");
    assert_has(err.hint, "\"0.0\"");
    table = restyled(table, "deel", NULL, NULL);
    assert_fails(dki_cells_open(table, OPTIONS(.title = "\xFF"), true, &cells, &err), &err, DK_ERR_ARGUMENT,
                 "the title is not UTF-8");
    assert_fails(dki_cells_open(table, OPTIONS(.null_text = "a\xC3"), true, &cells, &err), &err, DK_ERR_ARGUMENT,
                 "the text of null is not UTF-8");
    assert_fails(dki_cells_open(table, OPTIONS(.total_label = "\xED\xA0\x80"), true, &cells, &err), &err,
                 DK_ERR_ARGUMENT, "the label of totals is not UTF-8");
    dk_table_release(table);
}

static void opening_and_reading_stop_on_request(void **state)
{
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    const dk_table *table = make_table(context, "x:decimal3\n1.5\n");
    dk_error err = DK_ERROR_INIT;
    dki_cells cells;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dki_cells_open(table, &plain, true, &cells, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_ok(dki_cells_open(table, &plain, false, &cells, &err), &err); /* needs no look at the rows */
    assert_fails(dki_cells_seek(&cells, 0, &err), &err, DK_ERR_INTERRUPTED, "");
    dk_context_clear_interrupt(context);
    expect(&cells, 0, 0, DKI_CELL_VALUE, "1.500");
    dki_cells_close(&cells);
    dk_table_release(table);
}

static void opening_survives_failing_memory(void **state)
{
    static const dk_write_options plain = DK_WRITE_OPTIONS_INIT;
    const dk_table *table = make_table(context, "x:decimal3 y:text\n1.5|a\n");
    dk_error err = DK_ERROR_INIT;
    dki_cells cells;

    (void)state;
    assert_survives_failing_memory(context, dki_cells_open(table, &plain, true, &cells, &err), &err, true,
                                   dki_cells_close(&cells));
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_nulls_and_totals_differ, set_up, tear_down),
        cmocka_unit_test_setup_teardown(decimals_show_the_digits_that_their_column_needs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_row_counts_as_much_as_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pattern_counts_for_numbers_shown_to_people, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_shown_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opening_and_reading_stop_on_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(codes_are_shown_as_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opening_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
