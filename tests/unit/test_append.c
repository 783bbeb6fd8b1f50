/* test_append.c - tables one below the other. */
#include <dekking/append.h>

#include "columns.h"
#include "tables.h"

#include "with_context.h"

static const dk_append_options missing_null = { .missing_is_null = true };

static dk_status append_texts(const char *const *texts, size_t n, const dk_append_options *options,
                              const dk_table **out, dk_error *err)
{
    const dk_table *tables[8];
    dk_status status;

    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++)
        tables[i] = make_table(context, texts[i]);
    status = dk_table_append(tables, n, options, out, err);
    for (size_t i = 0; i < n; i++)
        dk_table_release(tables[i]);
    return status;
}

#define TEXTS(...) \
    ((const char *const[]){ __VA_ARGS__ }), sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)

static void check_append(const char *const *texts, size_t n, const dk_append_options *options, const char *types,
                         const char *rows)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;
    char found[256] = "";

    assert_ok(append_texts(texts, n, options, &table, &err), &err);
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_field *field = dk_table_field(table, i);
        size_t used = strlen(found);

        snprintf(found + used, sizeof found - used, "%s%s:%s", i ? " " : "", field->name,
                 dk_type_name(dk_column_type(field->column)));
        used = strlen(found);
        if (dk_column_type(field->column) == DK_DECIMAL)
            snprintf(found + used, sizeof found - used, "%d", dk_column_scale(field->column));
    }
    assert_string_equal(found, types);
    assert_string_equal(show_rows(table), rows);
    dk_table_release(table);
}

static void check_refused(const char *const *texts, size_t n, const dk_append_options *options, dk_status expected,
                          const char *message, const char *hint)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(append_texts(texts, n, options, &table, &err), &err, expected, message);
    if (strstr(err.hint, hint) == NULL)
        fail_msg("the hint lacks \"%s\": %s", hint, err.hint);
    assert_null(table);
}

static void rows_follow_in_the_order_of_the_tables_and_columns_by_name(void **state)
{
    (void)state;
    check_append(TEXTS("g:category n:integer\nArnhem|1\n-|2\n", "n:integer g:category\n3|Duiven\n-|Arnhem\n",
                       "g:category n:integer\n"),
                 NULL, "g:category n:integer", "Arnhem|1\n-|2\nDuiven|3\nArnhem|-\n");
}

static void one_table_is_itself(void **state)
{
    (void)state;
    check_append(TEXTS("n:integer\n1\n-\n"), NULL, "n:integer", "1\n-\n");
}

static void types_meet_in_the_one_that_holds_both(void **state)
{
    (void)state;
    check_append(TEXTS("x:integer\n7\n-\n", "x:decimal2\n0.25\n", "x:decimal1\n1.5\n"), NULL, "x:decimal2",
                 "7.00\n-\n0.25\n1.50\n");
    check_append(TEXTS("x:integer\n7\n", "x:real\n0.5\n"), NULL, "x:real", "7.0\n0.5\n");
    check_append(TEXTS("x:decimal1\n2.5\n", "x:ratio\n1/3\n"), NULL, "x:ratio", "5/2\n1/3\n");
    check_append(TEXTS("x:date\n2024-12-31\n-\n", "x:timestamp\n2024-12-31T10:15\n"), NULL, "x:timestamp",
                 "2024-12-31T00:00:00\n-\n2024-12-31T10:15:00\n");
    check_append(TEXTS("x:category\nja\n-\n", "x:text\nnee\n"), NULL, "x:text", "ja\n-\nnee\n");
    check_append(TEXTS("x:text\nnee\n", "x:category\nja\n"), NULL, "x:text", "nee\nja\n");
}

static void a_column_without_values_has_the_type_of_the_others(void **state)
{
    (void)state;
    check_append(TEXTS("x:text\n-\n-\n", "x:boolean\ntrue\n"), NULL, "x:boolean", "-\n-\ntrue\n");
    check_append(TEXTS("x:integer\n-\n", "x:category[a,b]\nb\n"), NULL, "x:category", "-\nb\n");
    check_append(TEXTS("x:date\n-\n", "x:text\n-\n"), NULL, "x:date", "-\n-\n");
    check_append(TEXTS("x:year\n-\n", "x:month\n2024-03\n", "x:quarter\n-\n"), NULL, "x:period", "-\n2024-03\n-\n");
    check_append(TEXTS("x:date\n", "x:boolean\n"), NULL, "x:date", "");
}

static void types_that_do_not_fit_name_column_types_and_tables(void **state)
{
    (void)state;
    check_refused(TEXTS("x:integer\n1\n", "x:integer\n2\n", "x:category\na\n"), NULL, DK_ERR_TYPE,
                  "column x is integer in table 1 and category in table 3 (read both with the same types = { ... "
                  "}, or derive a column of one type first)",
                  "types = {");
    check_refused(TEXTS("x:boolean\ntrue\n", "x:integer\n1\n"), NULL, DK_ERR_TYPE, "boolean in table 1", "types");
    check_refused(TEXTS("x:real\n0.5\n", "x:ratio\n1/3\n"), NULL, DK_ERR_TYPE, "real in table 1", "types");
    check_refused(TEXTS("x:month\n2024-03\n", "x:quarter\n2024Q1\n"), NULL, DK_ERR_TYPE,
                  "column x is month in table 1 and quarter in table 2", "types");
    check_refused(TEXTS("x:year\n-\n", "x:quarter\n2024Q1\n", "x:year\n2024\n"), NULL, DK_ERR_TYPE,
                  "column x is quarter in table 2 and year in table 3", "types");
    check_refused(TEXTS("x:month\n2024-03\n", "x:date\n2024-03-01\n"), NULL, DK_ERR_TYPE,
                  "column x is month in table 1 and date in table 2", "types");
    check_refused(TEXTS("x:date\n2024-01-01\n", "x:integer\n1\n"), NULL, DK_ERR_TYPE, "date in table 1", "types");
}

static void a_value_that_does_not_fit_exactly_is_refused_with_its_place(void **state)
{
    (void)state;
    check_refused(TEXTS("x:integer\n1\n9007199254740993\n", "x:real\n0.5\n"), NULL, DK_ERR_RANGE,
                  "9007199254740993 does not fit exactly into a column of type real (it stands in column x of "
                  "table 1, at about row 1; read both with the same types = { ... })",
                  "column x of table 1");
    check_refused(TEXTS("x:integer\n9223372036854775807\n", "x:decimal2\n0.25\n"), NULL, DK_ERR_RANGE,
                  "9223372036854775807 does not fit exactly", "column x of table 1");
}

static void a_missing_column_is_an_error_or_null(void **state)
{
    (void)state;
    check_refused(TEXTS("a:integer b:integer\n1|2\n", "a:integer\n3\n"), NULL, DK_ERR_NAME,
                  "table 2 has no column b, and table 1 has (select { ... } leaves it out; append(..., { missing = "
                  "\"null\" }) makes it null there)",
                  "missing = \"null\"");
    check_refused(TEXTS("a:integer\n1\n", "a:integer b:integer\n3|4\n"), NULL, DK_ERR_NAME,
                  "table 1 has no column b, and table 2 has", "missing = \"null\"");
    check_refused(TEXTS("gemeente:integer\n1\n", "gemeenten:integer\n3\n"), NULL, DK_ERR_NAME,
                  "table 1 has no column gemeenten, and table 2 has (rename { gemeente = \"gemeenten\" }, if that "
                  "is what it is)",
                  "rename { gemeente = \"gemeenten\" }");
    check_append(TEXTS("a:integer b:boolean\n1|true\n", "c:category[x,y] a:integer\ny|3\n"), &missing_null,
                 "a:integer b:boolean c:category", "1|true|-\n3|-|y\n");
}

static void levels_of_table(const char *const *texts, size_t n, bool declared, const char *expected)
{
    const dk_table *table = NULL;
    const dk_dictionary *levels;
    dk_error err = DK_ERROR_INIT;
    char found[256] = "";
    size_t n_levels;

    assert_ok(append_texts(texts, n, NULL, &table, &err), &err);
    levels = dk_column_levels(dk_table_field(table, 0)->column);
    n_levels = dk_dictionary_n_levels(levels);
    assert_int_equal(dk_dictionary_is_declared(levels), declared);
    for (uint32_t rank = 0; rank < n_levels; rank++)
        for (uint32_t code = 1; code <= n_levels; code++)
            if (dk_dictionary_rank(levels, code) == rank) {
                dk_text level = dk_dictionary_level(levels, code);
                size_t used = strlen(found);

                snprintf(found + used, sizeof found - used, "%s%.*s", rank ? "," : "", (int)level.size,
                         level.bytes);
            }
    assert_string_equal(found, expected);
    dk_table_release(table);
}

static void levels_are_put_together(void **state)
{
    (void)state;
    levels_of_table(TEXTS("x:category\nb\nd\n", "x:category\nc\na\nb\n"), false, "a,b,c,d");
    /* stated orders are woven: new levels come behind the one that they stand behind in their own list */
    levels_of_table(TEXTS("x:category[laag,hoog]\nlaag\n", "x:category[laag,midden,hoog]\nmidden\n"), true,
                    "laag,midden,hoog");
    levels_of_table(TEXTS("x:category[b,d]\nb\n", "x:category[a,b,c]\na\n", "x:category[d,e]\ne\n"), true,
                    "a,b,c,d,e");
    /* levels without a stated order that are among the stated ones */
    levels_of_table(TEXTS("x:category[z,y]\nz\n", "x:category\ny\n"), true, "z,y");
    levels_of_table(TEXTS("x:category[z,y]\nz\n", "x:category\na\n"), false, "a,y,z");
    /* a table whose column is null all over states nothing */
    levels_of_table(TEXTS("x:category\na\n", "x:category[q]\n-\n"), false, "a");
}

static void rows_keep_their_levels_whatever_their_codes_were(void **state)
{
    (void)state;
    check_append(TEXTS("x:category[b,d]\nd\nb\n-\n", "x:category[a,b,c]\nc\nb\na\n", "x:category[d,e]\ne\nd\n"),
                 NULL, "x:category", "d\nb\n-\nc\nb\na\ne\nd\n");
}

static void stated_orders_that_contradict_are_refused(void **state)
{
    (void)state;
    check_refused(TEXTS("x:category[a,b,c]\na\n", "x:category[c,a]\na\n"), NULL, DK_ERR_RANGE,
                  "the levels of column x are stated in another order in table 2: \"c\" before \"a\" (state the "
                  "same order for all tables)",
                  "same order");
}

static void levels_that_are_no_longer_stated_are_told(void **state)
{
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(append_texts(TEXTS("x:category[z,y]\nz\n", "x:category\na\n"), NULL, &table, &err), &err);
    assert_int_equal(dk_table_n_notes(table), 1);
    assert_non_null(strstr(dk_table_note(table, 0), "the levels of x are no longer stated"));
    dk_table_release(table);
}

static const dk_table *with_properties(const char *rows, const dk_properties *properties)
{
    const dk_table *plain = make_table(context, rows), *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_with_properties(plain, properties, &table, &err), &err);
    dk_table_release(plain);
    return table;
}

static void properties_must_agree_and_sources_are_listed(void **state)
{
    const dk_properties a = { .name = "register", .source = "jan.csv", .unit = "persons", .weight = "w" };
    const dk_properties b = { .name = "x", .source = "feb.csv", .unit = "persons", .weight = "w" };
    const dk_properties other_unit = { .unit = "jobs", .weight = "w" }, no_weight = { .unit = "persons" };
    const dk_table *tables[3] = { with_properties("w:integer\n1\n", &a), with_properties("w:integer\n2\n", &b),
                                  with_properties("w:integer\n2\n", &a) };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_append(tables, 3, NULL, &table, &err), &err);
    assert_string_equal(dk_table_properties(table)->name, "register");
    assert_string_equal(dk_table_properties(table)->source, "jan.csv, feb.csv");
    assert_string_equal(dk_table_properties(table)->unit, "persons");
    assert_string_equal(dk_table_properties(table)->weight, "w");
    dk_table_release(table);
    table = NULL;
    dk_table_release(tables[1]);
    tables[1] = with_properties("w:integer\n2\n", &other_unit);
    assert_fails(dk_table_append(tables, 3, NULL, &table, &err), &err, DK_ERR_TYPE,
                 "the unit of table 1 is persons, and that of table 2 is jobs (state the same one for all: t:with "
                 "{ unit = ... })");
    dk_table_release(tables[1]);
    tables[1] = with_properties("w:integer\n2\n", &no_weight);
    assert_fails(dk_table_append(tables, 3, NULL, &table, &err), &err, DK_ERR_TYPE,
                 "the weight of table 1 is w, and that of table 2 is not stated");
    assert_null(table);
    for (size_t i = 0; i < 3; i++)
        dk_table_release(tables[i]);
}

/* The labels of the first column of the result, by code, -- where there is none. */
static void labels_of_table(const char *const *texts, size_t n, const char *expected)
{
    const dk_table *table = NULL;
    const dk_dictionary *levels;
    dk_error err = DK_ERROR_INIT;
    char found[256] = "";

    assert_ok(append_texts(texts, n, NULL, &table, &err), &err);
    levels = dk_column_levels(dk_table_field(table, 0)->column);
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(levels); code++) {
        dk_text level = dk_dictionary_level(levels, code), label = { "--", 2 };
        size_t used = strlen(found);

        (void)dk_dictionary_label(levels, code, &label);
        snprintf(found + used, sizeof found - used, "%.*s=%.*s ", (int)level.size, level.bytes, (int)label.size,
                 label.bytes);
    }
    assert_string_equal(found, expected);
    dk_table_release(table);
}

static void labels_are_put_together(void **state)
{
    (void)state;
    labels_of_table(TEXTS("s:category[1~ja,2~nee]\n1\n", "s:category[1~ja,2~nee]\n2\n"), "1=ja 2=nee ");
    labels_of_table(TEXTS("s:category[1~ja]\n1\n", "s:category[1,2~nee]\n2\n"), "1=ja 2=nee ");
    labels_of_table(TEXTS("s:category\n2\n", "s:category[1~ja,2~nee]\n2\n"), "1=ja 2=nee ");
    labels_of_table(TEXTS("s:category\n3\n", "s:category[1~ja,2~nee]\n2\n"),
                    "1=ja 2=nee 3=-- ");                                                /* no longer stated */
    labels_of_table(TEXTS("s:category[1~ja]\n1\n", "s:category[1~nee]\n-\n"), "1=ja "); /* nobody has the other */
}

static void labels_that_differ_are_refused(void **state)
{
    (void)state;
    check_refused(TEXTS("s:category[1~ja,2~nee]\n1\n", "s:category[2~nee]\n2\n", "s:category[2~geen,1~ja]\n1\n"),
                  NULL, DK_ERR_RANGE,
                  "in column s the code \"2\" is \"nee\" in table 1 and \"geen\" in table 3 (give both the same "
                  "code list: t:with_levels { s = codes })",
                  "t:with_levels { s = codes }");
}

static void what_was_appended_can_be_appended_to(void **state)
{
    const dk_properties weighted = { .weight = "w" };
    const dk_table *tables[2] = { with_properties("w:integer a:integer\n1|1\n", &weighted),
                                  with_properties("w:integer a:integer\n2|2\n", &weighted) };
    const dk_table *appended = NULL, *both[2];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_append(tables, 2, NULL, &appended, &err), &err);
    assert_int_equal(dk_table_n_rows(appended), 2);
    both[0] = appended;
    both[1] = tables[0];
    dk_table_release(tables[1]);
    assert_ok(dk_table_append(both, 2, NULL, &tables[1], &err), &err); /* appending to what was appended */
    assert_int_equal(dk_table_n_rows(tables[1]), 3);
    dk_table_release(tables[0]);
    dk_table_release(tables[1]);
    dk_table_release(appended);
}

/* Rows that are all null take no memory. */
static void more_rows_than_can_be_counted_are_refused(void **state)
{
    const dk_table *tables[2], *out = NULL;
    dk_builder *builder;
    dk_field field = DK_FIELD("a", NULL);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    assert_ok(dk_builder_null(builder, INT64_MAX, &err), &err);
    assert_ok(dk_builder_finish(builder, &field.column, &err), &err);
    dk_builder_release(builder);
    assert_ok(dk_table_new(context, &field, 1, INT64_MAX, &tables[0], &err), &err);
    dk_column_release(field.column);
    tables[1] = tables[0];
    assert_fails(dk_table_append(tables, 2, NULL, &out, &err), &err, DK_ERR_LIMIT,
                 "together the tables have more rows than a table can have");
    assert_null(out);
    dk_table_release(tables[0]);
}

static void totals_are_refused(void **state)
{
    const dk_table *plain = make_table(context, "g:category n:integer\na|1\nb|2\n"), *result = NULL, *table = NULL;
    const dk_table *tables[2];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "m = sum(n)" }, .margins = DK_MARGINS_TOTALS), plain, NULL,
                        &result, &err),
              &err);
    tables[0] = tables[1] = result;
    assert_fails(dk_table_append(tables, 2, NULL, &table, &err), &err, DK_ERR_MARGIN,
                 "table 1 (vraag) has rows that are totals of others (append its :detail())");
    assert_non_null(strstr(err.hint, ":detail()"));
    assert_fails(dk_table_append(NULL, 0, NULL, &table, &err), &err, DK_ERR_ARGUMENT,
                 "there is no table to append to");
    dk_table_release(plain);
    dk_table_release(result);
}

/* Columns of every type, long enough for several chunks, appended in pieces and compared with the whole. */
static void pieces_make_the_whole(void **state)
{
    static const dk_type types[] = { DK_BOOLEAN, DK_INTEGER,   DK_DECIMAL,  DK_REAL, DK_RATIO,
                                     DK_DATE,    DK_TIMESTAMP, DK_CATEGORY, DK_TEXT, DK_PERIOD };

    (void)state;
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        static const size_t sizes[] = { 1, 4095, 4097, 0, 70000 };
        size_t n = 0, n_pieces = sizeof sizes / sizeof *sizes;
        row *rows = random_rows(80000, types[t] == DK_CATEGORY ? 9 : 40, t % 2 ? 0 : 20);
        const dk_table *pieces[8], *whole = NULL;
        const dk_column *column;
        uint8_t scale = types[t] == DK_DECIMAL ? 3 : scale_of(types[t]);
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < n_pieces; i++) {
            dk_field field = DK_FIELD("x", column_of(context, types[t], scale, rows + n, sizes[i]));

            assert_ok(dk_table_new(context, &field, 1, sizes[i], &pieces[i], &err), &err);
            dk_column_release(field.column);
            n += sizes[i];
        }
        assert_ok(dk_table_append(pieces, n_pieces, NULL, &whole, &err), &err);
        assert_int_equal(dk_table_n_rows(whole), n);
        column = dk_table_field(whole, 0)->column;
        for (uint64_t i = 0; i < n; i++) {
            char text[40];
            dk_value expected = value_of(types[t], scale, rows[i], text), actual;

            assert_ok(dk_column_get(column, i, &actual, &err), &err);
            same_value(&actual, &expected, i);
        }
        for (size_t i = 0; i < n_pieces; i++)
            dk_table_release(pieces[i]);
        dk_table_release(whole);
        free(rows);
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *tables[3] = { make_table(context, "x:category[a~A,b] y:integer z:text\na|1|p\n"),
                                  make_table(context, "x:category[b~B,c] y:decimal2\nc|0.25\n"),
                                  make_table(context, "x:category y:integer z:category\nd|3|q\n") };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_table_append(tables, 3, &missing_null, &table, &err), &err,
                                   table == NULL, dk_table_release(table));
    for (size_t i = 0; i < 3; i++)
        dk_table_release(tables[i]);
}

static void an_interrupted_copy_stops(void **state)
{
    const dk_table *tables[2] = { make_table(context, "x:integer\n1\n"),
                                  make_table(context, "x:decimal2\n0.25\n") };
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dk_table_append(tables, 2, NULL, &table, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
    assert_null(table);
    dk_table_release(tables[0]);
    dk_table_release(tables[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_follow_in_the_order_of_the_tables_and_columns_by_name),
        cmocka_unit_test(one_table_is_itself),
        cmocka_unit_test(types_meet_in_the_one_that_holds_both),
        cmocka_unit_test(a_column_without_values_has_the_type_of_the_others),
        cmocka_unit_test(types_that_do_not_fit_name_column_types_and_tables),
        cmocka_unit_test(a_value_that_does_not_fit_exactly_is_refused_with_its_place),
        cmocka_unit_test(a_missing_column_is_an_error_or_null),
        cmocka_unit_test(levels_are_put_together),
        cmocka_unit_test(rows_keep_their_levels_whatever_their_codes_were),
        cmocka_unit_test(stated_orders_that_contradict_are_refused),
        cmocka_unit_test(levels_that_are_no_longer_stated_are_told),
        cmocka_unit_test(properties_must_agree_and_sources_are_listed),
        cmocka_unit_test(labels_are_put_together),
        cmocka_unit_test(labels_that_differ_are_refused),
        cmocka_unit_test(what_was_appended_can_be_appended_to),
        cmocka_unit_test(more_rows_than_can_be_counted_are_refused),
        cmocka_unit_test(totals_are_refused),
        cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(failing_memory_leaves_nothing),
        cmocka_unit_test(an_interrupted_copy_stops),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
