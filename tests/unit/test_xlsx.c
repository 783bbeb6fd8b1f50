/* test_xlsx.c - sheets as tables: ranges, headers, kinds of cells, types, rejects. */
#include <dekking/xlsx.h>
#include <unistd.h>

#include "read/xlsx_records.h"
#include "tables.h"
#include "workbooks.h"

static dk_context *context;
static char path[] = "/tmp/dekking-test-XXXXXX";

static int start(void **state)
{
    dk_error err = DK_ERROR_INIT;
    int file = mkstemp(path);

    (void)state;
    if (file < 0)
        return -1;
    close(file);
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

static void put_workbook(const char *sheet)
{
    size_t size;
    char *bytes = pack_workbook(sheet, &size);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

static void check_table(const char *sheet, const dk_xlsx_options *options, const char *columns, const char *rows)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;
    char found[256] = "";

    put_workbook(sheet);
    assert_ok(dk_read_xlsx(context, path, options, &table, NULL, &err), &err);
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);

        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s:%s", i ? ", " : "", field->name,
                 dk_type_name(dk_column_type(field->column)));
    }
    assert_string_equal(found, columns);
    assert_string_equal(show_rows(table), rows);
    dk_table_release(table);
}

static void check_refused(const char *sheet, const dk_xlsx_options *options, dk_status expected, const char *words,
                          uint64_t row, uint64_t column)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    put_workbook(sheet);
    assert_fails(dk_read_xlsx(context, path, options, &table, NULL, &err), &err, expected, words);
    assert_int_equal(err.line, row);
    assert_int_equal(err.column, column);
    assert_null(table);
}

#define T(text) "<c t='str'><v>" text "</v></c>"
#define N(text) "<c><v>" text "</v></c>"
#define D(text) "<c s='1'><v>" text "</v></c>"
#define B(text) "<c t='b'><v>" text "</v></c>"
#define ROW(cells) "<row>" cells "</row>"

static void cells_become_columns_of_their_types(void **state)
{
    (void)state;
    check_table(SHEET(ROW(T("gemeente") T("n") T("deel") T("ok") T("dag") T("tijd") T("code"))
                          ROW(T("Arnhem") N("2983") N("0.525") B("1") D("45657") D("45657.5") T("007"))
                              ROW(T("Duiven") N("249") N("1E-2") B("0") D("45658") D("45658") T("012"))),
                NULL,
                "gemeente:category, n:integer, deel:decimal, ok:boolean, dag:date, tijd:timestamp, code:category",
                "Arnhem|2983|0.525|true|2024-12-31|2024-12-31T12:00:00|007\n"
                "Duiven|249|0.010|false|2025-01-01|2025-01-01T00:00:00|012\n");
}

/* 0.1 + 0.2 as spreadsheets store it has seventeen digits: a decimal of that scale would have no room for 1758. */
static void numbers_of_more_than_fifteen_digits_make_reals(void **state)
{
    (void)state;
    check_table(
        SHEET(ROW(T("x") T("y")) ROW(N("0.30000000000000004") N("0.10000000000000001")) ROW(N("1758") N("2"))),
        NULL, "x:real, y:decimal", "0.30000000000000004|0.1\n1758.0|2.0\n");
}

static void text_is_read_as_a_csv_file_would_be(void **state)
{
    dk_xlsx_options comma = { .fields = { .decimal_mark = DK_MARK_COMMA } };

    (void)state;
    check_table(SHEET(ROW(T("ok") T("dag") T("n")) ROW(T("ja") T("31-12-2024") T("12"))
                          ROW(T("nee") T("01-02-2024") T("7"))),
                NULL, "ok:boolean, dag:date, n:integer", "true|2024-12-31|12\nfalse|2024-02-01|7\n");
    check_table(SHEET(ROW(T("n") T("m")) ROW(T("1.758,5") N("2.25")) ROW(T("12,25") N("3"))), &comma,
                "n:decimal, m:decimal", "1758.50|2.25\n12.25|3.00\n");
}

static void empty_cells_are_null_and_empty_rows_are_skipped(void **state)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    check_table(SHEET("<row r='3'>" T("a") T("b") "</row><row r='6'><c r='B6'><v>1</v></c></row>"
                                                  "<row r='9'><c r='A9'><v>2</v></c><c r='B9' s='1'/></row>"),
                NULL, "a:integer, b:integer", "-|1\n2|-\n");
    assert_ok(dk_read_xlsx(context, path, NULL, &table, NULL, &err), &err);
    assert_string_equal(dk_table_note(table, 0), "read from sheet \"Blad1\", one of several; 6 blank rows skipped");
    dk_table_release(table);
}

static void a_range_is_what_counts(void **state)
{
    const char *sheet = SHEET("<row r='1'>" T(
        "titel") "</row>"
                 "<row r='3'><c r='B3' t='str'><v>a</v></c><c r='C3' t='str'><v>b</v></c><c r='D3' "
                 "t='str'><v>x</v></c></row>"
                 "<row r='4'><c r='A4' t='str'><v>q</v></c><c r='B4'><v>1</v></c><c r='C4'><v>2</v></c></row>"
                 "<row r='5'><c r='B5'><v>3</v></c></row><row r='6'>" T("einde") "</row>");
    dk_xlsx_options options = { .range = "B3:C5" };

    (void)state;
    check_table(sheet, &options, "a:integer, b:integer", "1|2\n3|-\n");
    options.range = "b3:d4";
    check_table(sheet, &options, "a:integer, b:integer, x:text", "1|2|-\n");
    options.range = "B3";
    check_table(sheet, &options, "a:integer, b:integer, x:text", "1|2|-\n3|-|-\n");
    options.range = "B:C";
    check_table(sheet, &options, "a:integer, b:integer", "1|2\n3|-\n");
    options.range = "B4:C5";
    options.fields.header = DK_HEADER_NONE;
    check_table(sheet, &options, "kolom_1:integer, kolom_2:integer", "1|2\n3|-\n");
    options.range = "Q9:R10";
    check_refused(
        sheet, &options, DK_ERR_DATA,
        "sheet \"Blad1\" has no value there (name another sheet or range: { sheet = \"...\", range = \"A1:F20\" })",
        0, 0);
}

static void ranges_that_are_none_are_refused(void **state)
{
    static const char *const wrong[] = { "",    "B",    "3",    "B3:",  "B3:A1", "B3:C2",
                                         "C:B", "B:C3", "B3:C", "ZZZ1", "B3:C4x" };
    dki_range range;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        dk_error err = DK_ERROR_INIT;

        assert_fails(
            dki_range_read(wrong[i], &range, &err), &err, DK_ERR_ARGUMENT,
            "is no range of a sheet (ranges are \"B3:F20\", \"B3\" (from there on) and \"B:F\" (columns))");
    }
}

static void a_header_of_several_rows_is_joined(void **state)
{
    dk_xlsx_options options = { .n_header_rows = 2 };

    (void)state;
    check_table(SHEET("<row>" T("gemeente") T("bekend") "<c/>" T(
                    "onbekend") "</row>"
                                "<row><c/>" T("man") T("vrouw") "<c/></row>"
                                                                "<row>" T("Arnhem") N("1") N("2") N("3") "</row>"),
                &options, "gemeente:category, bekend man:integer, bekend vrouw:integer, onbekend:integer",
                "Arnhem|1|2|3\n");
}

static void a_header_that_cannot_be_is_refused_with_its_cell(void **state)
{
    dk_xlsx_options shifted = { .range = "B2" };

    (void)state;
    check_refused(SHEET(ROW(T("a") "<c/>" T("b")) ROW(N("1"))), NULL, DK_ERR_DATA, "no name for field 2", 1, 2);
    check_refused(SHEET("<row r='2'>" T("q") T("a") T("a") "</row>"), &shifted, DK_ERR_DUPLICATE, "same name \"a\"",
                  2, 3);
    check_refused(SHEET(ROW(T("a")) ROW(N("1") N("2"))), NULL, DK_ERR_DATA,
                  "the record has 2 fields, and the header has 1", 2, 0);
    check_refused(SHEET(""), NULL, DK_ERR_DATA, "has no value there", 0, 0);
}

static void a_sheet_is_chosen_by_name_or_number(void **state)
{
    dk_xlsx_options by_name = { .sheet = "Q4 & meer", .fields = { .header = DK_HEADER_NONE } };
    dk_xlsx_options by_number = { .number = 2, .fields = { .header = DK_HEADER_NONE } };
    dk_xlsx_options wrong = { .sheet = "Q4 & meerr" }, far = { .number = 3 };
    const char *sheet = SHEET(ROW(T("a")) ROW(N("5")));

    (void)state;
    check_table(sheet, &by_name, "kolom_1:integer", "1\n");
    check_table(sheet, &by_number, "kolom_1:integer", "1\n");
    check_refused(sheet, &wrong, DK_ERR_NAME, "did you mean \"Q4 & meer\"?", 0, 0);
    check_refused(sheet, &far, DK_ERR_NAME, "there is no sheet 3: the workbook has 2", 0, 0);
}

static void errors_of_formulas_are_text_and_may_be_null(void **state)
{
    const char *markers[] = { "#N/A" };
    dk_xlsx_options options = { .fields = { .nulls = markers, .n_nulls = 1 } };
    const char *sheet = SHEET(ROW(T("n")) ROW(N("5")) ROW("<c t='e'><v>#N/A</v></c>") ROW(N("7")));

    (void)state;
    check_table(sheet, NULL, "n:integer", "5\n-\n7\n");
    check_table(SHEET(ROW(T("n")) ROW(N("5")) ROW("<c t='e'><v>#DIV/0!</v></c>") ROW(N("7"))), NULL, "n:category",
                "5\n#DIV/0!\n7\n");
    check_table(sheet, &options, "n:integer", "5\n-\n7\n");
}

static void formulas_without_a_value_are_told(void **state)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    put_workbook(
        SHEET(ROW(T("a") T("b")) ROW(N("1") "<c><f>A2*2</f></c>") ROW(N("2") "<c><f>A3*2</f><v>4</v></c>")));
    assert_ok(dk_read_xlsx(context, path, NULL, &table, NULL, &err), &err);
    assert_string_equal(show_rows(table), "1|-\n2|4\n");
    assert_non_null(strstr(dk_table_note(table, dk_table_n_notes(table) - 1), "1 formula has no stored value"));
    dk_table_release(table);
}

static void a_value_that_does_not_fit_is_refused_or_rejected(void **state)
{
    const dk_csv_column columns[] = { { .name = "n", .type = DK_INTEGER } };
    dk_xlsx_options options = { .range = "B2", .fields = { .columns = columns, .n_columns = 1 } };
    const char *sheet = SHEET("<row r='2'><c r='B2' t='str'><v>k</v></c><c r='C2' t='str'><v>n</v></c></row>"
                              "<row r='3'><c r='B3' t='str'><v>a</v></c><c r='C3'><v>1</v></c></row>"
                              "<row r='5'><c r='B5' t='str'><v>b</v></c><c r='C5'><v>1.5</v></c></row>"
                              "<row r='6'><c r='B6' t='str'><v>c</v></c><c r='C6'><v>3</v></c></row>");
    const dk_table *table = NULL, *rejected = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    check_refused(sheet, &options, DK_ERR_DATA,
                  "\"1.5\" in column \"n\" is no integer (correct the value, or read the column as decimal: types "
                  "= { n = \"decimal\" })",
                  5, 3);
    options.fields.lenient = true;
    assert_ok(dk_read_xlsx(context, path, &options, &table, &rejected, &err), &err);
    assert_string_equal(show_rows(table), "a|1\nc|3\n");
    assert_int_equal(dk_table_n_rows(rejected), 1);
    assert_non_null(strstr(show_rows(rejected), "5|3|1.5|"));
    assert_non_null(strstr(show_rows(rejected), "b\t1.5"));
    dk_table_release(table);
    dk_table_release(rejected);
}

static void failing_memory_leaves_nothing(void **state)
{
    dk_xlsx_options options = { .n_header_rows = 2 };
    const dk_table *table = NULL, *rejected = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    put_workbook(SHEET(ROW(T("a") T("b")) ROW(T("a") "<c/>") ROW(N("1") D("45657")) ROW(T("x") "<c/>")));
    assert_survives_failing_memory(context, dk_read_xlsx(context, path, &options, &table, &rejected, &err), &err,
                                   table == NULL && rejected == NULL,
                                   (dk_table_release(table), dk_table_release(rejected)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_become_columns_of_their_types),
        cmocka_unit_test(numbers_of_more_than_fifteen_digits_make_reals),
        cmocka_unit_test(text_is_read_as_a_csv_file_would_be),
        cmocka_unit_test(empty_cells_are_null_and_empty_rows_are_skipped),
        cmocka_unit_test(a_range_is_what_counts),
        cmocka_unit_test(ranges_that_are_none_are_refused),
        cmocka_unit_test(a_header_of_several_rows_is_joined),
        cmocka_unit_test(a_header_that_cannot_be_is_refused_with_its_cell),
        cmocka_unit_test(a_sheet_is_chosen_by_name_or_number),
        cmocka_unit_test(errors_of_formulas_are_text_and_may_be_null),
        cmocka_unit_test(formulas_without_a_value_are_told),
        cmocka_unit_test(a_value_that_does_not_fit_is_refused_or_rejected),
        cmocka_unit_test(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
