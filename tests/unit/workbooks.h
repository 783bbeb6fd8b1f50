/* workbooks.h - workbooks written out in tests, part by part, and packed by libzip. */
#ifndef TESTS_UNIT_WORKBOOKS_H
#define TESTS_UNIT_WORKBOOKS_H

#include <stdlib.h>
#include <zip.h>

#include "check.h"

typedef struct part {
    const char *name, *text;
} part;

#define WORKBOOK_RELS                                                                      \
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>" \
    "<Relationship Id='r1' Type='http://x/relationships/officeDocument' "                  \
    "Target='xl/workbook.xml'/></Relationships>"
#define BOOK_RELS                                                                                       \
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"              \
    "<Relationship Id='s1' Type='http://x/relationships/worksheet' Target='worksheets/sheet1.xml'/>"    \
    "<Relationship Id='s2' Type='http://x/relationships/worksheet' Target='/xl/worksheets/other.xml'/>" \
    "<Relationship Id='t' Type='http://x/relationships/sharedStrings' Target='sharedStrings.xml'/>"     \
    "<Relationship Id='f' Type='http://x/relationships/styles' Target='../xl/styles.xml'/></Relationships>"
#define BOOK                                                                                      \
    "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' "                \
    "xmlns:r='http://x/relationships'>"                                                           \
    "<sheets><sheet name='Blad1' sheetId='1' r:id='s1'/><sheet name='Q4 &amp; meer' sheetId='2' " \
    "r:id='s2'/></sheets>"                                                                        \
    "</workbook>"
#define STRINGS                                                                                                 \
    "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>Arnhem</t></si>"             \
    "<si><r><rPr><b/></rPr><t>Zo</t></r><r><t xml:space='preserve'>\xC3\xAB </t></r><rPh><t>nee</t></rPh></si>" \
    "<si><t>a_x000D_b_x0041__x_</t></si><si><t/></si></sst>"
#define STYLES                                                                                           \
    "<styleSheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><numFmts><numFmt "    \
    "numFmtId='164' "                                                                                    \
    "formatCode='dd\\-mm\\-yyyy'/><numFmt numFmtId='165' formatCode='0.0 &quot;dagen&quot;'/></numFmts>" \
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/>"     \
    "<xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='20'/></cellXfs></styleSheet>"
#define SHEET(rows)                                                                                                \
    "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>" rows "</sheetData>" \
    "</worksheet>"

/* The parts as a zip file; free the bytes. */
static inline char *pack_parts(const part *parts, size_t n, size_t *size)
{
    zip_error_t problem;
    zip_source_t *source;
    zip_t *archive;
    zip_stat_t about;
    char *bytes;

    zip_error_init(&problem);
    source = zip_source_buffer_create(NULL, 0, 0, &problem);
    assert_non_null(source);
    archive = zip_open_from_source(source, ZIP_TRUNCATE, &problem);
    assert_non_null(archive);
    zip_source_keep(source);
    for (size_t i = 0; i < n; i++)
        assert_true(zip_file_add(archive, parts[i].name,
                                 zip_source_buffer(archive, parts[i].text, strlen(parts[i].text), 0), 0) >= 0);
    assert_int_equal(zip_close(archive), 0);
    assert_int_equal(zip_source_open(source), 0);
    zip_stat_init(&about);
    assert_int_equal(zip_source_stat(source, &about), 0);
    *size = (size_t)about.size;
    bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(zip_source_read(source, bytes, *size), *size);
    zip_source_close(source);
    zip_source_free(source);
    return bytes;
}

/* A whole workbook with that sheet as its first. */
static inline char *pack_workbook(const char *sheet, size_t *size)
{
    const part parts[] = { { "_rels/.rels", WORKBOOK_RELS },
                           { "xl/workbook.xml", BOOK },
                           { "xl/_rels/workbook.xml.rels", BOOK_RELS },
                           { "xl/sharedStrings.xml", STRINGS },
                           { "xl/styles.xml", STYLES },
                           { "xl/worksheets/sheet1.xml", sheet },
                           { "xl/worksheets/other.xml", SHEET("<row><c><v>1</v></c></row>") } };

    return pack_parts(parts, sizeof parts / sizeof *parts, size);
}

#endif
