/* test_json.c - JSON, as SQLite reads it. */
#include "written.h"

#include <sqlite3.h>

static dk_context *context;
static sqlite3 *db;
static const char *document; /* what the queries ask */

static int set_up(void **state)
{
    dk_error err = DK_ERROR_INIT;

    (void)state;
    return sqlite3_open(":memory:", &db) != SQLITE_OK || dk_context_new(&context, &err) != DK_OK;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(dk_context_used_bytes(context), 0);
    dk_context_release(context);
    return 0;
}

/* The answer of one expression over the document, which is ?1. The statement is to be finalized. */
static sqlite3_stmt *ask_json(const char *expression)
{
    sqlite3_stmt *statement = NULL;
    char query[512];

    snprintf(query, sizeof query, "select %s", expression);
    if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", query, sqlite3_errmsg(db));
    sqlite3_bind_text(statement, 1, document, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_ROW)
        fail_msg("%s: %s", query, sqlite3_errmsg(db));
    return statement;
}

static void expect(const char *expression, const char *value)
{
    sqlite3_stmt *statement = ask_json(expression);
    const char *got = (const char *)sqlite3_column_text(statement, 0);

    if (strcmp(got ? got : "null", value) != 0)
        fail_msg("%s is %s, not %s", expression, got ? got : "null", value);
    sqlite3_finalize(statement);
}

static void write_document(const dk_table *table, const dk_write_options *options)
{
    document = written(table, DK_FORMAT_JSON, options);
    expect("json_valid(?1)", "1");
}

static void columns_have_names_types_and_labels(void **state)
{
    const dk_table *table = make_table(context, "gemeente:category deel:ratio\nArnhem|1/4\n");

    (void)state;
    table = restyled(table, "deel", "Aandeel", "0.0 %");
    write_document(table, NULL);
    expect("json_extract(?1, '$.columns[0].name')", "gemeente");
    expect("json_extract(?1, '$.columns[0].type')", "category");
    expect("json_type(?1, '$.columns[0].label')", "null"); /* there is none */
    expect("json_extract(?1, '$.columns[1].label')", "Aandeel");
    expect("json_array_length(?1, '$.columns')", "2");
    expect("json_array_length(?1, '$.rows')", "1");
    expect("json_extract(?1, '$.rows[0].deel')", "0.25"); /* exact, whatever the pattern */
    dk_table_release(table);
}

static void values_keep_their_type_and_digits(void **state)
{
    const dk_table *table =
        make_table(context, "n:integer d:decimal17 x:real q:ratio sinds:date om:timestamp b:boolean t:text\n"
                            "9223372036854775807|0.00000000000000001|1e300|2/3|2024-12-31|"
                            "2024-12-31T10:20:30|true|a\n"
                            "-9223372036854775808|-9.5|-0.1|-7/1|0001-01-01|9999-12-31T23:59:59.5|false|\n"
                            "-|-|-|-|-|-|-|-\n");

    (void)state;
    write_document(table, OPTIONS(.style = DK_STYLE_NL, .null_text = "NB")); /* style and null are for people */
    expect("json_extract(?1, '$.rows[0].n')", "9223372036854775807");
    expect("json_extract(?1, '$.rows[1].n')", "-9223372036854775808");
    /* SQLite reads numbers in extended precision, which valgrind does not have: the last bit is not asked for. */
    expect("abs(json_extract(?1, '$.rows[0].d') / 1e-17 - 1) < 1e-15", "1");
    expect("json_extract(?1, '$.rows[1].d') = -9.5", "1");
    expect("abs(json_extract(?1, '$.rows[0].x') / 1e300 - 1) < 1e-15", "1");
    expect("json_extract(?1, '$.rows[1].x') = -0.1", "1");
    expect("abs(json_extract(?1, '$.rows[0].q') - 2.0 / 3) < 1e-15", "1");
    expect("json_type(?1, '$.rows[1].q')", "integer");
    expect("json_extract(?1, '$.rows[0].sinds')", "2024-12-31");
    expect("json_extract(?1, '$.rows[0].om')", "2024-12-31T10:20:30");
    expect("json_extract(?1, '$.rows[1].om')", "9999-12-31T23:59:59.500000");
    expect("json_type(?1, '$.rows[0].b')", "true");
    expect("json_type(?1, '$.rows[1].b')", "false");
    expect("json_type(?1, '$.rows[1].t')", "text"); /* empty, which is not null */
    expect("(select count(*) from json_each(?1, '$.rows[2]') where type = 'null')", "8");
    assert_has(document, "\"d\": 0.00000000000000001,");
    dk_table_release(table);
}

static void totals_stand_beside_the_rows(void **state)
{
    const dk_table *data = make_table(context, "a:category b:category n:integer\nx|p|1\nx|q|2\ny|p|4\n");
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    /* A measure may be called total. */
    assert_ok(ask_table(ASK(.by = { "a", "b" }, .measures = { "total = sum(n)" }, .margins = DK_MARGINS_ROLLUP),
                        data, NULL, &table, &err),
              &err);
    write_document(table, OPTIONS(.total_label = "Alle"));
    expect("json_extract(?1, '$.rows[2].total')", "3");
    expect("json_type(?1, '$.rows[2].b')", "null");
    expect("json_extract(?1, '$.totals')", "[{\"row\":2,\"over\":[\"b\"]},{\"row\":4,\"over\":[\"b\"]},"
                                           "{\"row\":5,\"over\":[\"a\",\"b\"]}]");
    expect("json_extract(?1, '$.rows[5].total')", "7");
    dk_table_release(table);
    write_document(data, NULL);
    expect("json_extract(?1, '$.totals')", "[]");
    dk_table_release(data);
}

/* Every character below U+0100 but NUL, every kind of text, as names, values, labels and notes. */
static void texts_come_back_as_they_were(void **state)
{
    const char *values[300] = { "\"\\/",
                                "a\r\nb",
                                "\xE2\x80\xA8\xE2\x80\xA9",
                                "\xE2\x80\xAE\xE2\x81\xA6",
                                "日本",
                                "\xF0\x9F\x98\x80",
                                "\\u0041",
                                "",
                                "\xC2\x85" };
    static char low[256][4];
    size_t n = 9;
    const dk_table *table;

    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        sprintf(low[c], c < 0x80 ? "%c" : "%c%c", c < 0x80 ? (char)c : (char)(0xC0 | c >> 6),
                (char)(0x80 | (c & 0x3F)));
        values[n++] = low[c];
    }
    table = restyled(text_column(context, "na\"am\\\x1B", values, n), "na\"am\\\x1B", "la\"bel\x07", NULL);
    table = noted(table, "a \"note\"\nwith \x1B[31m");
    write_document(table, NULL);
    for (const char *c = document; *c; c++) { /* harmless on a terminal too */
        assert_true(((unsigned char)*c >= 0x20 && *c != 0x7F) || *c == '\n');
        assert_false(*c == '\xC2' && (unsigned char)c[1] < 0xA0);
    }
    for (size_t i = 0; i < n; i++) {
        char expression[128];
        sqlite3_stmt *statement;

        sprintf(expression, "(select value from json_each(?1, '$.rows[%zu]'))", i);
        statement = ask_json(expression);
        if (strcmp((const char *)sqlite3_column_text(statement, 0), values[i]) != 0)
            fail_msg("text %zu came back as \"%s\"", i, sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
    }
    expect("json_extract(?1, '$.columns[0].name')", "na\"am\\\x1B");
    expect("json_extract(?1, '$.columns[0].label')", "la\"bel\x07");
    expect("json_extract(?1, '$.notes[0]')", "a \"note\"\nwith \x1B[31m");
    dk_table_release(table);
}

static void what_is_no_text_is_replaced(void **state)
{
    const dk_table *table = noted(make_table(context, "n:integer\n1\n"), "bad \xFF\xC3");
    dk_builder *builder = NULL;
    dk_field field = DK_FIELD("t", NULL);
    const dk_table *zero = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    write_document(table, NULL);
    expect("json_extract(?1, '$.notes[0]')", "bad ��");
    dk_table_release(table);
    assert_ok(dk_builder_new(context, DK_TEXT, 0, NULL, &builder, &err), &err);
    assert_ok(dk_builder_text(builder, (dk_text){ "a\0b", 3 }, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    assert_ok(dk_table_new(context, &field, 1, 1, &zero, &err), &err);
    write_document(zero, NULL);
    assert_has(document, "{ \"t\": \"a\\u0000b\" }");
    dk_table_release(zero);
    dk_column_release(field.column);
    dk_builder_release(builder);
}

static void nothing_is_a_document_too(void **state)
{
    const dk_table *table = make_table(context, "n:integer\n");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    write_document(table, NULL);
    expect("json(?1)",
           "{\"columns\":[{\"name\":\"n\",\"type\":\"integer\"}],\"rows\":[],\"totals\":[],\"notes\":[]}");
    dk_table_release(table);
    assert_ok(dk_table_new(context, NULL, 0, 2, &table, &err), &err);
    write_document(table, NULL);
    expect("json(?1)", "{\"columns\":[],\"rows\":[{},{}],\"totals\":[],\"notes\":[]}");
    dk_table_release(table);
}

static void writing_survives_failing_memory(void **state)
{
    const dk_table *table = noted(restyled(with_total(context), "som", "Som\"", "#,##0"), "a note");

    (void)state;
    write_survives_failing_memory(table, DK_FORMAT_JSON, NULL);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_have_names_types_and_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_keep_their_type_and_digits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_stand_beside_the_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_come_back_as_they_were, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_text_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_a_document_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_survives_failing_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
