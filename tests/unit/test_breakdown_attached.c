/* test_breakdown_attached.c - measures of a table that is attached: by hand, and as SQLite looks them up. */
#include <sqlite3.h>

#include <dekking/lineage.h>

#include "exprs.h"
#include "random.h"

/* table, which is consumed, with other, which is too, known per these columns. */
static const dk_table *attach(const dk_table *table, const dk_table *other, const char *const *by, size_t n)
{
    const dk_table *made = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_attach(table, other, by, n, &made, &err), &err);
    dk_table_release(table);
    dk_table_release(other);
    return made;
}

static const char *const regio[] = { "regio" };

#define PERSONS                                                      \
    "regio:category gemeente:text jong:boolean\n"                    \
    "Midden|Arnhem|true\nMidden|Duiven|false\nMidden|Arnhem|false\n" \
    "Rivier|Tiel|true\nZuid|Sittard|true\n-|Elders|true\n"

static const dk_table *persons_and_register(void)
{
    return attach(make_table(context, PERSONS),
                  make_table(context, "regio:text register:integer\nRivier|4\nMidden|8\nNoord|3\n-|2\nMidden|2\n"),
                  regio, 1);
}

static void assert_rows(const dk_table *table, const struct question *question, const char *expected)
{
    static const size_t blocks[] = { 1, DK_BLOCK_ROWS };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < 2; i++) {
        dk_set_threads(1 + (unsigned)i);
        dk_context_set_block_rows(context, blocks[i]);
        assert_ok(ask_table(question, table, NULL, &result, &err), &err);
        assert_string_equal(show_rows(result), expected);
        dk_table_release(result);
    }
}

static void a_group_has_the_figure_of_its_own_and_a_total_that_of_all(void **state)
{
    const dk_table *table = persons_and_register(), *result = NULL;
    const struct question *question =
        ASK(.by = { "regio" }, .margins = DK_MARGINS_TOTALS,
            .measures = { "n = count()", "register = attached(register)", "dekking = n / attached(register)",
                          "k = attached(count())", "deel = n / all(attached(register))" });
    dk_error err = DK_ERROR_INIT;

    (void)state;
    /* Zuid has no figure; Noord, which has no person, is in the total: 8 + 2 + 4 + 3 + 2. */
    assert_rows(table, question,
                "Midden|3|10|3/10|2|3/19\nRivier|1|4|1/4|1|1/19\nZuid|1|-|-|-|1/19\n-|1|2|1/2|1|1/19\n*|6|19|6/"
                "19|5|6/19\n");
    assert_ok(ask_table(question, table, NULL, &result, &err), &err);
    assert_string_equal(
        dk_table_note(result, 0),
        "attached(register): 1 group of the table that is attached has no rows here; totals hold it");
    assert_null(dk_table_properties(result)->attached);
    dk_table_release(result);
    assert_rows(table, ASK(.measures = { "d = count() / attached(register)", "g = attached(max(register) - 1)" }),
                "6/19|7\n");
    assert_rows(table,
                ASK(.by = { "letter = lower(regio)" }, .where = "regio ~= 'Rivier'",
                    .measures = { "a = attached(register)", "b = attached((count() where register > 2))" }),
                "midden|10|1\nzuid|-|-\n");
    dk_table_release(table);
}

static void what_is_known_per_region_is_not_known_per_municipality(void **state)
{
    const dk_table *table = persons_and_register(), *out = NULL, *bare = make_table(context, PERSONS);
    static const char *const sets[] = { "regio", NULL };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(ask_table(ASK(.by = { "regio", "gemeente" }, .measures = { "d = count() / attached(register)" }),
                           table, NULL, &out, &err),
                 &err, DK_ERR_ARGUMENT,
                 "attached(register) is known per regio, and breakdown vraag goes by gemeente");
    assert_fails(
        ask_table(ASK(.by = { "regio", "gemeente" }, .measures = { "d = all(attached(register), gemeente)" }),
                  table, NULL, &out, &err),
        &err, DK_ERR_ARGUMENT, "all(attached(register), regio) is that of each regio as a whole");
    assert_fails(
        ask_table(ASK(.by = { "gemeente" }, .measures = { "d = attached(register)" }), table, NULL, &out, &err),
        &err, DK_ERR_ARGUMENT, "by = \"regio\"");
    assert_fails(ask_table(ASK(.by = { "regio" }, .where = "jong", .measures = { "d = attached(register)" }), table,
                           NULL, &out, &err),
                 &err, DK_ERR_ARGUMENT, "the condition of breakdown vraag looks at more than that");
    assert_fails(
        ask_table(ASK(.by = { "regio" }, .measures = { "d = attached(register)" }), bare, NULL, &out, &err), &err,
        DK_ERR_ARGUMENT, "attached() reads figures beside the table, and it has none");
    assert_fails(
        ask_table(ASK(.by = { "regio" }, .limit = 1, .rest = "overig", .measures = { "d = attached(register)" }),
                  table, NULL, &out, &err),
        &err, DK_ERR_ARGUMENT, "attached() has no figure for the rest of the groups");
    assert_fails(
        ask_table(ASK(.by = { "regio" }, .measures = { "d = attached(registr)" }), table, NULL, &out, &err), &err,
        DK_ERR_NAME, "registr");
    assert_fails(ask_table(ASK(.by = { "regio" }, .measures = { "d = attached()" }), table, NULL, &out, &err), &err,
                 DK_ERR_SYNTAX, "attached() takes one measure");
    assert_null(out);
    /* The region's share of each municipality, and the regions alone of both dimensions. */
    assert_rows(table,
                ASK(.by = { "regio", "gemeente" }, .margins = DK_MARGINS_ROLLUP,
                    .measures = { "d = count() / all(attached(register), regio)" }),
                "Midden|Arnhem|1/5\nMidden|Duiven|1/10\nMidden|*|3/10\nRivier|Tiel|1/4\nRivier|*|1/4\n"
                "Zuid|Sittard|-\nZuid|*|-\n-|Elders|1/2\n-|*|1/2\n*|*|6/19\n");
    assert_rows(table,
                ASK(.by = { "regio", "gemeente" }, .margins = DK_MARGINS_SETS, .sets = { sets },
                    .measures = { "r = attached(register)" }),
                "Midden|*|10\nRivier|*|4\nZuid|*|-\n-|*|2\n");
    dk_table_release(bare);
    dk_table_release(table);
}

static void only_what_fits_is_attached(void **state)
{
    const dk_table *table = make_table(context, PERSONS), *out = NULL, *attached;
    const dk_table *numbers = make_table(context, "regio:integer n:integer\n1|2\n"), *result = NULL;
    const char *wrong[] = { "regios" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_attach(table, numbers, regio, 0, &out, &err), &err, DK_ERR_ARGUMENT,
                 "attach wants the columns by which the figures are known");
    assert_fails(dk_table_attach(table, numbers, wrong, 1, &out, &err), &err, DK_ERR_NAME, "regios");
    assert_fails(dk_table_attach(table, numbers, regio, 1, &out, &err), &err, DK_ERR_TYPE,
                 "attach: regio is category in this table, and integer in the one that is attached");
    assert_ok(ask_table(ASK(.by = { "regio" }, .margins = DK_MARGINS_TOTALS, .measures = { "n = count()" }), table,
                        NULL, &result, &err),
              &err);
    assert_fails(dk_table_attach(table, result, regio, 1, &out, &err), &err, DK_ERR_MARGIN, "t:detail()");
    attached = persons_and_register();
    assert_null(out);
    assert_string_equal(dk_table_lineage(attached, dk_table_n_lineage(attached) - 2)->text,
                        "5 rows of another table were attached, known per regio");
    assert_int_equal(dk_table_lineage(attached, dk_table_n_lineage(attached) - 1)->depth, 1); /* that table */
    while (dk_table_properties(attached)->n_attached < DK_MOST_ATTACHED) {
        assert_ok(dk_table_attach(attached, table, regio, 1, &out, &err), &err);
        dk_table_release(attached);
        attached = out;
    }
    out = NULL;
    assert_fails(
        dk_table_attach(attached, table, regio, 1, &out, &err), &err, DK_ERR_LIMIT,
        "attach: the table has 64 tables attached already (put figures that are known by the same columns into "
        "one table: t:join)");
    dk_table_release(attached);
    dk_table_release(result);
    dk_table_release(numbers);
    dk_table_release(table);
}

static void decimals_of_other_digits_are_the_same_numbers(void **state)
{
    static const char *const x[] = { "x" };
    const dk_table *table =
        attach(make_table(context, "x:decimal1\n1.5\n2.0\n0.0\n"),
               make_table(context, "x:decimal3 n:integer\n2.000|4\n1.500|3\n1.501|9\n0.000|7\n"), x, 1);

    (void)state;
    assert_rows(table, ASK(.by = { "x" }, .measures = { "a = attached(n)" }), "0.0|7\n1.5|3\n2.0|4\n");
    dk_table_release(table);
}

/* Without rows on a side there is nothing to look up. */
static void empty_sides(void **state)
{
    const dk_table *table = attach(make_table(context, "regio:category\n"),
                                   make_table(context, "regio:category n:decimal2\nA|1.50\n"), regio, 1);
    const struct question *question = ASK(.by = { "regio" }, .measures = { "a = attached(n)" });
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(question, table, NULL, &result, &err), &err);
    assert_int_equal(dk_table_n_rows(result), 0);
    assert_int_equal(dk_column_type(dk_table_field(result, 1)->column), DK_DECIMAL);
    dk_table_release(result);
    assert_rows(table, ASK(.measures = { "a = count()", "b = attached(n)" }), "0|1.50\n");
    dk_table_release(table);
    table = attach(make_table(context, "regio:category\nA\n"), make_table(context, "regio:category n:decimal2\n"),
                   regio, 1);
    assert_rows(table, question, "A|-\n");
    dk_table_release(table);
}

static void failures_leave_nothing(void **state)
{
    const dk_table *table = persons_and_register(), *other = make_table(context, PERSONS), *out = NULL;
    const struct question *question =
        ASK(.by = { "regio" }, .margins = DK_MARGINS_TOTALS, .measures = { "d = count() / attached(register)" });
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, ask_table(question, table, NULL, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    out = NULL;
    assert_survives_failing_memory(context, dk_table_attach(other, table, regio, 1, &out, &err), &err, out == NULL,
                                   dk_table_release(out));
    out = NULL;
    assert_survives_failing_memory(context,
                                   dk_table_rename(table, regio, (const char *const[]){ "streek" }, 1, &out, &err),
                                   &err, out == NULL, dk_table_release(out));
    dk_table_release(other);
    dk_table_release(table);
}

/* As SQLite says. ---------------------------------------------------------------------------------------------------- */

static sqlite3 *db;

static void run_sql(const char *sql)
{
    char *message = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

/* name(g, h, x) in both: a few texts, a few whole numbers, and nulls. */
static const dk_table *random_side(const char *name, size_t n_rows)
{
    char rows[16384] = "g:text h:integer x:integer\n", sql[256];

    (void)snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s; CREATE TABLE %s (g, h, x)", name, name);
    run_sql(sql);
    for (size_t i = 0; i < n_rows; i++) {
        char g[8] = "-", h[8] = "-", x[8] = "-";

        if (random_below(6))
            (void)snprintf(g, sizeof g, "%c", 'a' + (int)random_below(5));
        if (random_below(6))
            (void)snprintf(h, sizeof h, "%d", (int)random_below(4));
        if (random_below(6))
            (void)snprintf(x, sizeof x, "%d", (int)random_below(100) - 50);
        (void)snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "%s|%s|%s\n", g, h, x);
        (void)snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (nullif('%s', '-'), %s, %s)", name, g,
                       strcmp(h, "-") ? h : "NULL", strcmp(x, "-") ? x : "NULL");
        run_sql(sql);
    }
    return make_table(context, rows);
}

/* The same cell of b in SQLite: count and sum; where nothing is there, null. */
static void check_row(const dk_table *result, uint64_t row)
{
    char sql[400] = "SELECT count(*), sum(x) FROM b WHERE 1", text[64];
    dk_value mask = { .as.integer = 0 }, value;
    sqlite3_stmt *theirs;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_column_get(dk_table_margin(result), row, &mask, &err), &err);
    for (size_t d = 0; d < 2; d++) {
        if (mask.as.integer >> d & 1)
            continue;
        assert_ok(dk_column_get(dk_table_field(result, d)->column, row, &value, &err), &err);
        (void)dk_value_format(&value, text, sizeof text);
        (void)snprintf(sql + strlen(sql), sizeof sql - strlen(sql),
                       value.is_null ? " AND %s IS NULL" : " AND %s = '%s'", d ? "CAST(h AS TEXT)" : "g", text);
    }
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &theirs, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(theirs), SQLITE_ROW);
    assert_ok(dk_column_get(dk_table_field(result, 2)->column, row, &value, &err), &err);
    if (value.is_null)
        assert_true(mask.as.integer != 3 && sqlite3_column_int64(theirs, 0) == 0);
    else
        assert_int_equal(value.as.integer, sqlite3_column_int64(theirs, 0));
    assert_ok(dk_column_get(dk_table_field(result, 3)->column, row, &value, &err), &err);
    assert_int_equal(value.is_null, sqlite3_column_type(theirs, 1) == SQLITE_NULL);
    if (!value.is_null)
        assert_int_equal(value.as.integer, sqlite3_column_int64(theirs, 1));
    sqlite3_finalize(theirs);
}

static void each_cell_is_what_sqlite_looks_up(void **state)
{
    static const char *const by[] = { "g", "h" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (unsigned i = 0; i < random_rounds(100); i++) {
        const dk_table *b = random_side("b", random_below(60)),
                       *table = attach(random_side("a", random_below(60)), b, by, 2), *result = NULL;

        assert_ok(ask_table(ASK(.by = { "g", "h" }, .margins = DK_MARGINS_CUBE,
                                .measures = { "n = attached(count())", "s = attached(x)" }),
                            table, NULL, &result, &err),
                  &err);
        for (uint64_t row = 0; row < dk_table_n_rows(result); row++)
            check_row(result, row);
        dk_table_release(result);
        dk_table_release(table);
    }
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_group_has_the_figure_of_its_own_and_a_total_that_of_all, start, stop),
        cmocka_unit_test_setup_teardown(what_is_known_per_region_is_not_known_per_municipality, start, stop),
        cmocka_unit_test_setup_teardown(only_what_fits_is_attached, start, stop),
        cmocka_unit_test_setup_teardown(decimals_of_other_digits_are_the_same_numbers, start, stop),
        cmocka_unit_test_setup_teardown(empty_sides, start, stop),
        cmocka_unit_test_setup_teardown(failures_leave_nothing, start, stop),
        cmocka_unit_test_setup_teardown(each_cell_is_what_sqlite_looks_up, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
