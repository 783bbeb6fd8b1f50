/* test_xlsx_sheet.c - workbooks as cells: zip, XML, shared texts, formats, sheets. */
#include "read/xlsx_sheet.h"
#include "workbooks.h"

#include "with_context.h"

struct shown {
    char text[4096];
    size_t used;
};

static dk_status show(void *arg, const dki_sheet_cell *cell, dk_error *err)
{
    static const char *const kinds[] = { "number", "boolean", "date", "text", "lost" };
    struct shown *shown = arg;
    char name[16];
    size_t room = sizeof shown->text - shown->used;

    (void)err;
    assert_true(room > 100);
    shown->used += (size_t)snprintf(shown->text + shown->used, room, "%s %s ",
                                    dki_cell_name(cell->row, cell->column, name, sizeof name), kinds[cell->is]);
    room = sizeof shown->text - shown->used;
    if (cell->is == DKI_IS_TEXT)
        shown->used +=
            (size_t)snprintf(shown->text + shown->used, room, "[%.*s]\n", (int)cell->text.size, cell->text.bytes);
    else if (cell->is == DKI_IS_DATE)
        shown->used += (size_t)snprintf(shown->text + shown->used, room, "%lld\n", (long long)cell->microseconds);
    else
        shown->used += (size_t)snprintf(shown->text + shown->used, room, "%.17g\n", cell->number);
    return DK_OK;
}

static dk_status read_sheet(const char *bytes, size_t size, size_t which, struct shown *shown, dk_error *err)
{
    dki_book book = { 0 };
    dk_status status = dki_book_open(context, bytes, size, "x.xlsx", &book, err);

    shown->used = 0;
    shown->text[0] = '\0';
    if (status == DK_OK) {
        assert_true(which < book.n_sheets);
        status = dki_sheet_read(&book, &book.sheets[which], show, shown, err);
    }
    dki_book_close(&book);
    return status;
}

static void check_sheet(const char *sheet, const char *expected)
{
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes = pack_workbook(sheet, &size);

    assert_ok(read_sheet(bytes, size, 0, &shown, &err), &err);
    assert_string_equal(shown.text, expected);
    free(bytes);
}

static void check_refused(const char *sheet, dk_status expected, const char *words, uint64_t row, uint64_t column)
{
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes = pack_workbook(sheet, &size);

    assert_fails(read_sheet(bytes, size, 0, &shown, &err), &err, expected, words);
    assert_string_equal(err.file, "x.xlsx");
    assert_int_equal(err.line, row);
    assert_int_equal(err.column, column);
    free(bytes);
}

static void cells_have_kinds_and_places(void **state)
{
    (void)state;
    check_sheet(
        SHEET("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c></row>"
              "<row r='3'><c r='A3'><v>12</v></c><c r='B3' t='n'><v>-0.5</v></c><c r='C3'><v>1E3</v></c>"
              "<c r='D3' t='b'><v>1</v></c><c r='E3' t='b'><v>0</v></c><c r='F3' t='e'><v>#N/A</v></c>"
              "<c r='G3' t='str'><f>A1</f><v>Arnhem</v></c><c r='H3'/><c r='I3'><f>1+1</f></c>"
              "<c r='AA3' t='inlineStr'><is><t>los </t><r><t>woord</t></r><rPh><t>x</t></rPh></is></c></row>"),
        "A1 text [Arnhem]\nC1 text [Zo\xC3\xAB ]\nA3 number 12\nB3 number -0.5\nC3 number 1000\n"
        "D3 boolean 1\nE3 boolean 0\nF3 text [#N/A]\nG3 text [Arnhem]\nI3 lost 0\nAA3 text [los woord]\n");
}

static void places_may_be_left_out(void **state)
{
    (void)state;
    check_sheet(SHEET("<row><c><v>1</v></c><c><v>2</v></c></row><row><c r='B2'><v>3</v></c><c><v>4</v></c></row>"),
                "A1 number 1\nB1 number 2\nB2 number 3\nC2 number 4\n");
}

static void escapes_stand_for_characters(void **state)
{
    (void)state;
    check_sheet(SHEET("<row><c t='s'><v>2</v></c><c t='s'><v>3</v></c></row>"), "A1 text [a\rbA_x_]\nB1 text []\n");
}

/* Days by hand: serial 45657 is 2024-12-31, which is day 20088 since 1970; 1 is 1900-01-01, 59 1900-02-28, 61
 * 1900-03-01. */
static void dates_are_numbers_whose_format_shows_a_day(void **state)
{
    (void)state;
    check_sheet(SHEET("<row><c s='1'><v>45657</v></c><c s='2'><v>45657.5</v></c><c s='3'><v>45657</v></c>"
                      "<c s='4'><v>0.4270833333333333</v></c><c s='1'><v>1</v></c><c s='1'><v>59</v></c>"
                      "<c s='1'><v>61</v></c><c t='d'><v>2024-12-31</v></c><c t='d'><v>2024-12-31T12:00:00Z</v></c>"
                      "<c s='9'><v>7</v></c></row>"),
                "A1 date 1735603200000000\nB1 date 1735646400000000\nC1 number 45657\nD1 text [10:15:00]\n"
                "E1 date -2208988800000000\nF1 date -2203977600000000\nG1 date -2203891200000000\n"
                "H1 date 1735603200000000\nI1 date 1735646400000000\nJ1 number 7\n");
}

static void some_workbooks_count_from_1904(void **state)
{
    const part parts[] = {
        { "_rels/.rels", WORKBOOK_RELS },
        { "xl/workbook.xml", "<workbook xmlns:r='http://x'><workbookPr date1904='1'/><sheets><sheet name='a' "
                             "r:id='s1'/></sheets></workbook>" },
        { "xl/_rels/workbook.xml.rels", BOOK_RELS },
        { "xl/sharedStrings.xml", STRINGS },
        { "xl/styles.xml", STYLES },
        { "xl/worksheets/sheet1.xml", SHEET("<row><c s='1'><v>0</v></c><c s='1'><v>44195</v></c></row>") },
    };
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes = pack_parts(parts, sizeof parts / sizeof *parts, &size);

    (void)state;
    assert_ok(read_sheet(bytes, size, 0, &shown, &err), &err);
    assert_string_equal(shown.text, "A1 date -2082844800000000\nB1 date 1735603200000000\n");
    free(bytes);
}

static void formats_tell_dates_from_numbers(void **state)
{
    static const struct {
        const char *code;
        dki_format_kind kind;
    } cases[] = {
        { "General", DKI_FORMAT_PLAIN },
        { "0.0 %", DKI_FORMAT_PLAIN },
        { "#,##0;[Red]-#,##0", DKI_FORMAT_PLAIN },
        { "0.00E+00", DKI_FORMAT_PLAIN },
        { "yyyy-mm-dd", DKI_FORMAT_DATE },
        { "d/m/yy h:mm", DKI_FORMAT_DATE },
        { "[$-413]d mmmm yyyy;@", DKI_FORMAT_DATE },
        { "mmm", DKI_FORMAT_DATE },
        { "hh:mm:ss", DKI_FORMAT_TIME },
        { "mm:ss", DKI_FORMAT_TIME },
        { "[h]:mm", DKI_FORMAT_TIME },
        { "0 \"dagen\"", DKI_FORMAT_PLAIN },
        { "0\\d", DKI_FORMAT_PLAIN },
        { "@", DKI_FORMAT_PLAIN },
        { "", DKI_FORMAT_PLAIN },
        { "0;yyyy", DKI_FORMAT_PLAIN },
        { "[Yellow]0", DKI_FORMAT_PLAIN },
        { "\\", DKI_FORMAT_PLAIN },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (dki_format_of_code(cases[i].code) != cases[i].kind)
            fail_msg("\"%s\" is %d, not %d", cases[i].code, dki_format_of_code(cases[i].code), cases[i].kind);
}

static void names_of_cells_are_read_and_written(void **state)
{
    static const struct {
        const char *name;
        uint32_t row, column;
    } cases[] = {
        { "A1", 1, 1 }, { "Z9", 9, 26 }, { "AA10", 10, 27 }, { "AZ1", 1, 52 }, { "XFD1048576", 1048576, 16384 }
    };
    static const char *const wrong[] = { "", "A", "1", "A0", "XFE1", "AAAA1", "A1048577", "A99999999999", "-A1" };
    uint32_t row = 0, column = 0;
    char name[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(dki_cell_parse(cases[i].name, &row, &column), strlen(cases[i].name));
        assert_int_equal(row, cases[i].row);
        assert_int_equal(column, cases[i].column);
        assert_string_equal(dki_cell_name(row, column, name, sizeof name), cases[i].name);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(dki_cell_parse(wrong[i], &row, &column), 0);
}

static void sheets_have_names(void **state)
{
    dki_book book = { 0 };
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes = pack_workbook(SHEET(""), &size);

    (void)state;
    assert_ok(dki_book_open(context, bytes, size, "x.xlsx", &book, &err), &err);
    assert_int_equal(book.n_sheets, 2);
    assert_string_equal(book.sheets[0].name, "Blad1");
    assert_string_equal(book.sheets[1].name, "Q4 & meer");
    dki_book_close(&book);
    dki_book_close(&book);
    assert_ok(read_sheet(bytes, size, 1, &shown, &err), &err);
    assert_string_equal(shown.text, "A1 number 1\n");
    free(bytes);
}

static void cells_that_cannot_be_are_refused_with_their_place(void **state)
{
    (void)state;
    check_refused(SHEET("<row r='2'><c r='B2'><v>1.5x</v></c></row>"), DK_ERR_DATA,
                  "x.xlsx:2:2: sheet Blad1, cell B2: this is no number: \"1.5x\" (open the workbook in the program "
                  "that made it, and save it again)",
                  2, 2);
    check_refused(SHEET("<row><c t='s'><v>4</v></c></row>"), DK_ERR_DATA, "no shared text \"4\"", 1, 1);
    check_refused(SHEET("<row><c t='s'><v>-1</v></c></row>"), DK_ERR_DATA, "no shared text \"-1\"", 1, 1);
    check_refused(SHEET("<row><c t='b'><v>2</v></c></row>"), DK_ERR_DATA, "0 or 1, and not \"2\"", 1, 1);
    check_refused(SHEET("<row><c t='q'><v>2</v></c></row>"), DK_ERR_DATA, "not known: \"q\"", 1, 1);
    check_refused(SHEET("<row><c s='1'><v>-3</v></c></row>"), DK_ERR_DATA, "no date: \"-3\"", 1, 1);
    check_refused(SHEET("<row><c s='1'><v>2958466</v></c></row>"), DK_ERR_DATA, "no date", 1, 1);
    check_refused(SHEET("<row><c t='d'><v>2024-02-30</v></c></row>"), DK_ERR_DATA, "no date", 1, 1);
    check_refused(SHEET("<row r='2'><c><v>1</v></c></row><row r='2'/>"), DK_ERR_DATA, "the row behind it", 2, 1);
    check_refused(SHEET("<row r='1048577'/>"), DK_ERR_DATA, "1048577", 0, 1);
    check_refused(SHEET("<row><c r='B1'><v>1</v></c><c r='A1'><v>2</v></c></row>"), DK_ERR_DATA, "\"A1\"", 1, 2);
    check_refused(SHEET("<row><c r='A2'><v>1</v></c></row>"), DK_ERR_DATA, "\"A2\"", 1, 0);
    check_refused(SHEET("<row><c r='XFD1'><v>1</v></c><c><v>2</v></c></row>"), DK_ERR_DATA, "no more columns", 1,
                  16384);
}

static void damaged_xml_is_refused_with_its_line(void **state)
{
    (void)state;
    check_refused("<worksheet>\n<sheetData>", DK_ERR_DATA, "xl/worksheets/sheet1.xml, line 2: no element found", 0,
                  0);
    check_refused("<worksheet></sheet>", DK_ERR_DATA, "mismatched tag", 0, 0);
    check_refused("", DK_ERR_DATA, "no element found", 0, 0);
}

static void bombs_are_refused(void **state)
{
    size_t size = 40u << 20;
    char *deep = malloc(400 * 3 + 1), *many = malloc(size + 64);
    char *at = deep;

    (void)state;
    assert_true(deep && many);
    check_refused("<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>", DK_ERR_DATA,
                  "a document type", 0, 0);
    for (int i = 0; i < 400; i++)
        at = stpcpy(at, "<a>");
    check_refused(deep, DK_ERR_LIMIT, "deeper", 0, 0);
    /* One number a thousand times a thousand times packs 1 to 1000: more than any sheet. */
    memset(many, ' ', size);
    memcpy(many, "<a>", 3);
    strcpy(many + size, "</a>");
    check_refused(many, DK_ERR_LIMIT, " bytes, which no sheet does", 0, 0);
    memset(many, 'x', 6u << 20);
    memcpy(many, "<a b='", 6);
    strcpy(many + (6u << 20), "'/>");
    check_refused(many, DK_ERR_LIMIT, "a tag of more than 4 MiB", 0, 0);
    free(deep);
    free(many);
}

static void what_is_no_workbook_is_refused(void **state)
{
    const part nothing[] = { { "a.txt", "hallo" } };
    const part binary[] = { { "_rels/.rels", "<Relationships><Relationship Id='r' Type='x/officeDocument' "
                                             "Target='xl/workbook.bin'/></Relationships>" } };
    const part lacking[] = { { "_rels/.rels", WORKBOOK_RELS } };
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes;

    (void)state;
    assert_fails(read_sheet("hallo", 5, 0, &shown, &err), &err, DK_ERR_DATA,
                 "x.xlsx: the file is no workbook, or it is damaged: Not a zip archive (open it in the program "
                 "that made it, and save it again)");
    assert_fails(read_sheet("", 0, 0, &shown, &err), &err, DK_ERR_DATA, "x.xlsx: the file is empty");
    bytes = pack_parts(nothing, 1, &size);
    assert_fails(
        read_sheet(bytes, size, 0, &shown, &err), &err, DK_ERR_DATA,
        "x.xlsx: the file is a zip file, and no workbook: nothing in it says where the sheets are (a workbook is "
        "saved as .xlsx; older (.xls), binary (.xlsb) and open document (.ods) ones are not read)");
    free(bytes);
    bytes = pack_parts(binary, 1, &size);
    assert_fails(read_sheet(bytes, size, 0, &shown, &err), &err, DK_ERR_DATA, "a zip file, and no workbook");
    free(bytes);
    bytes = pack_parts(lacking, 1, &size);
    assert_fails(read_sheet(bytes, size, 0, &shown, &err), &err, DK_ERR_DATA, "xl/workbook.xml");
    free(bytes);
}

static char *put_number(char *at, uint64_t number, unsigned n_bytes)
{
    for (unsigned i = 0; i < n_bytes; i++)
        *at++ = (char)(number >> 8 * i);
    return at;
}

/* A zip file is as long as its directory: of empty parts, each named by five digits. */
static void a_zip_file_of_very_many_parts_is_refused(void **state)
{
    const size_t n = 100001, directory = n * (46 + 5), size = directory + 56 + 20 + 22;
    char *bytes = calloc(1, size), *at = bytes, name[8];
    struct shown shown;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) {
        at = put_number(at, 0x02014b50, 4);
        at = put_number(at + 24, 5, 2); /* bytes of the name */
        at += 16;
        snprintf(name, sizeof name, "%05zx", i);
        memcpy(at, name, 5);
        at += 5;
    }
    at = put_number(at, 0x06064b50, 4); /* the end, as more than 65535 parts have it */
    at = put_number(at, 44, 8);
    at = put_number(put_number(at, 45, 2), 45, 2);
    at = put_number(put_number(at + 8, n, 8), n, 8);
    at = put_number(put_number(at, directory, 8), 0, 8);
    at = put_number(at, 0x07064b50, 4); /* where that is */
    at = put_number(put_number(at + 4, directory, 8), 1, 4);
    at = put_number(at, 0x06054b50, 4); /* the end, as fewer have it */
    at = put_number(put_number(at + 4, 0xFFFF, 2), 0xFFFF, 2);
    at = put_number(put_number(at, 0xFFFFFFFF, 4), 0xFFFFFFFF, 4) + 2;
    assert_ptr_equal(at, bytes + size);
    assert_fails(read_sheet(bytes, size, 0, &shown, &err), &err, DK_ERR_LIMIT,
                 "x.xlsx: the file has more than 100000 parts, which no workbook has");
    free(bytes);
}

/* Each byte of a small workbook, damaged in turn: an answer or an error, never more. */
static void damage_is_survived(void **state)
{
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes = pack_workbook(SHEET("<row><c t='s'><v>0</v></c><c s='1'><v>45657</v></c></row>"), &size);
    size_t n_refused = 0;

    (void)state;
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x55;
        n_refused += read_sheet(bytes, size, 0, &shown, &err) != DK_OK;
        bytes[i] ^= 0x55;
        n_refused += read_sheet(bytes, i, 0, &shown, &err) != DK_OK;
    }
    assert_true(n_refused > size);
    free(bytes);
}

static void failing_memory_leaves_nothing(void **state)
{
    struct shown shown;
    dk_error err = DK_ERROR_INIT;
    size_t size;
    char *bytes = pack_workbook(SHEET("<row><c t='s'><v>2</v></c><c t='str'><v>a_x0041_</v></c></row>"), &size);

    (void)state;
    assert_survives_failing_memory(context, read_sheet(bytes, size, 0, &shown, &err), &err, true, (void)0);
    assert_string_equal(shown.text, "A1 text [a\rbA_x_]\nB1 text [aA]\n");
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_have_kinds_and_places),
        cmocka_unit_test(places_may_be_left_out),
        cmocka_unit_test(escapes_stand_for_characters),
        cmocka_unit_test(dates_are_numbers_whose_format_shows_a_day),
        cmocka_unit_test(some_workbooks_count_from_1904),
        cmocka_unit_test(formats_tell_dates_from_numbers),
        cmocka_unit_test(names_of_cells_are_read_and_written),
        cmocka_unit_test(sheets_have_names),
        cmocka_unit_test(cells_that_cannot_be_are_refused_with_their_place),
        cmocka_unit_test(damaged_xml_is_refused_with_its_line),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(what_is_no_workbook_is_refused),
        cmocka_unit_test(a_zip_file_of_very_many_parts_is_refused),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
