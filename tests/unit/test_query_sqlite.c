/* test_query_sqlite.c - random tables and questions, answered by SQLite as well.
 *
 * Each table goes into both; each question is written in both languages from one choice. Answers must agree row by row, in
 * the order of their keys, for blocks of one row and of many, with one thread and two.
 */
#include <dekking/join.h>
#include <dekking/sort.h>

#include "random.h"
#include "tables.h"

#include "with_sqlite.h"

/* Tables. ----------------------------------------------------------------------------------------------------------- */

static const char *const words[] = { "Arnhem", "Duiven",     "é",          "Z",   "z",
                                     "",       "Ĳsselstein", "\U0001F600", "a b", "null" };

/* t(c category, b boolean, n small integer, k large integer, s text, d date, x decimal of two digits, r real) in both;
 * SQLite holds x as an integer of hundredths, d as days, b as 0 and 1. */
static const dk_table *random_table(const char *name, size_t n_rows)
{
    static const dk_type types[] = { DK_CATEGORY, DK_BOOLEAN, DK_INTEGER, DK_INTEGER,
                                     DK_TEXT,     DK_DATE,    DK_DECIMAL, DK_REAL };
    static const char *const names[] = { "c", "b", "n", "k", "s", "d", "x", "r" };
    dk_builder *builders[8];
    char sql[256];
    sqlite3_stmt *insert;
    dk_error err = DK_ERROR_INIT;

    (void)snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s; CREATE TABLE %s (c, b, n, k, s, d, x, r)", name,
                   name);
    run_sql(sql);
    (void)snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?, ?, ?)", name);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &insert, NULL), SQLITE_OK);
    run_sql("BEGIN");
    for (size_t i = 0; i < 8; i++)
        assert_ok(dk_builder_new(context, types[i], types[i] == DK_DECIMAL ? 2 : 0, NULL, &builders[i], &err),
                  &err);
    for (size_t row = 0; row < n_rows; row++) {
        for (int i = 0; i < 8; i++) {
            const char *word = words[pick(i == 0 ? 5 : 10)];
            int64_t whole = (int64_t)pick(9) - 4;
            double real = ldexp((double)pick(1000) - 500, (int)pick(20) - 10);

            if (pick(6) == 0) {
                assert_ok(dk_builder_null(builders[i], 1, &err), &err);
                sqlite3_bind_null(insert, i + 1);
                continue;
            }
            switch (types[i]) {
            case DK_CATEGORY:
            case DK_TEXT:
                assert_ok(dk_builder_text(builders[i], (dk_text){ word, strlen(word) }, &err), &err);
                sqlite3_bind_text(insert, i + 1, word, -1, SQLITE_STATIC);
                break;
            case DK_BOOLEAN:
                assert_ok(dk_builder_boolean(builders[i], whole > 0, &err), &err);
                sqlite3_bind_int64(insert, i + 1, whole > 0);
                break;
            case DK_REAL:
                assert_ok(dk_builder_real(builders[i], real, &err), &err);
                sqlite3_bind_double(insert, i + 1, real);
                break;
            default:
                if (i == 3)
                    whole *= INT64_C(1000000007);
                if (i == 5)
                    whole += 19000;
                if (i == 6)
                    whole = whole * 17 + pick(3);
                assert_ok(dk_builder_integer(builders[i], whole, &err), &err);
                sqlite3_bind_int64(insert, i + 1, whole);
            }
        }
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    run_sql("COMMIT");
    sqlite3_finalize(insert);
    return finish_table(context, builders, names, 8, n_rows);
}

/* Questions. -------------------------------------------------------------------------------------------------------- */

/* The same condition in both languages. */
static const char *const conditions[][2] = {
    { "b", "b" },
    { "not b", "NOT b" },
    { "n > 0", "n > 0" },
    { "n <= k", "n <= k" },
    { "c == 'Arnhem'", "c = 'Arnhem'" },
    { "c ~= 'z'", "c <> 'z'" },
    { "c in ('Duiven', 'é', 'nowhere')", "c IN ('Duiven', 'é', 'nowhere')" },
    { "s >= 'Z'", "s >= 'Z'" },
    { "s is null", "s IS NULL" },
    { "not (d is null)", "d IS NOT NULL" },
    { "x > 0.5", "x > 50" },
    { "x * 2 - n < 1.25", "x * 2 - n * 100 < 125" },
    { "n + k ~= 3", "n + k <> 3" },
    { "r < 0.25", "r < 0.25" },
    { "n == 2 or n == -2", "n = 2 OR n = -2" },
    { "c == s", "c = s" },
};
#define N_CONDITIONS (sizeof conditions / sizeof *conditions)

static void random_condition(char *ours, char *theirs, size_t size)
{
    static const char *const joints[][2] = { { "and", "AND" }, { "or", "OR" } };
    const char *const *first = conditions[pick(N_CONDITIONS)], *const *second = conditions[pick(N_CONDITIONS)];
    const char *const *joint = joints[pick(2)];

    if (pick(2)) {
        (void)snprintf(ours, size, "%s", first[0]);
        (void)snprintf(theirs, size, "%s", first[1]);
    } else {
        bool negated = pick(3) == 0;

        (void)snprintf(ours, size, "%s((%s) %s (%s))", negated ? "not " : "", first[0], joint[0], second[0]);
        (void)snprintf(theirs, size, "%s((%s) %s (%s))", negated ? "NOT " : "", first[1], joint[1], second[1]);
    }
}

/* How an answer of theirs is read. */
enum reading { EXACT, HUNDREDTHS, MEAN, MEAN_HUNDREDTHS, NEAR, TRUTH };

static const struct aggregate {
    const char *ours, *theirs; /* theirs with %s for the condition */
    enum reading reading;
} aggregates[] = {
    { "count()", "count(*) FILTER (WHERE %s)", EXACT },
    { "rows()", "count(*) FILTER (WHERE %s)", EXACT },
    { "sum(n)", "sum(n) FILTER (WHERE %s)", EXACT },
    { "sum(k)", "sum(k) FILTER (WHERE %s)", EXACT },
    { "sum(x)", "sum(x) FILTER (WHERE %s)", HUNDREDTHS },
    { "sum(n * k + 1)", "sum(n * k + 1) FILTER (WHERE %s)", EXACT },
    { "mean(n)", "sum(n) FILTER (WHERE %s) || '/' || count(n) FILTER (WHERE %s)", MEAN },
    { "mean(x)", "sum(x) FILTER (WHERE %s) || '/' || count(x) FILTER (WHERE %s)", MEAN_HUNDREDTHS },
    { "sum(r)", "sum(r) FILTER (WHERE %s)", NEAR },
    { "mean(r)", "avg(r) FILTER (WHERE %s)", NEAR },
    { "min(k)", "min(k) FILTER (WHERE %s)", EXACT },
    { "max(x)", "max(x) FILTER (WHERE %s)", HUNDREDTHS },
    { "min(s)", "min(s) FILTER (WHERE %s)", EXACT },
    { "max(c)", "max(c) FILTER (WHERE %s)", EXACT },
    { "max(d)", "max(d) FILTER (WHERE %s)", EXACT },
    { "min(r)", "min(r) FILTER (WHERE %s)", EXACT },
    { "max(b)", "max(b) FILTER (WHERE %s)", TRUTH },
    { "distinct(c)", "count(DISTINCT c) FILTER (WHERE %s)", EXACT },
    { "distinct(s)", "count(DISTINCT s) FILTER (WHERE %s)", EXACT },
    { "distinct(k)", "count(DISTINCT k) FILTER (WHERE %s)", EXACT },
    { "distinct(n)", "count(DISTINCT n) FILTER (WHERE %s)", EXACT },
    { "distinct(r)", "count(DISTINCT r) FILTER (WHERE %s)", EXACT },
    { "distinct(x / 3)", "count(DISTINCT x) FILTER (WHERE %s)", EXACT },
    { "distinct(b)", "count(DISTINCT b) FILTER (WHERE %s)", EXACT },
};
#define N_AGGREGATES (sizeof aggregates / sizeof *aggregates)

static void assert_cell(const dk_value *ours, sqlite3_stmt *theirs, int column, enum reading reading,
                        const char *what)
{
    long long numerator = 0, denominator = 1;
    bool null = sqlite3_column_type(theirs, column) == SQLITE_NULL;
    char text[128];

    (void)dk_value_format(ours, text, sizeof text);
    if (ours->is_null != null)
        fail_msg("%s: %s, and SQLite says %s", what, ours->is_null ? "null" : text,
                 sqlite3_column_text(theirs, column));
    if (null)
        return;
    switch (ours->type) {
    case DK_CATEGORY:
    case DK_TEXT:
        assert_int_equal(ours->as.text.size, sqlite3_column_bytes(theirs, column));
        if (ours->as.text.size)
            assert_memory_equal(ours->as.text.bytes, sqlite3_column_text(theirs, column), ours->as.text.size);
        return;
    case DK_REAL:
        if (reading == NEAR && !(fabs(ours->as.real - sqlite3_column_double(theirs, column)) <= 1e-9))
            fail_msg("%s: %.17g, not %.17g", what, ours->as.real, sqlite3_column_double(theirs, column));
        if (reading != NEAR && ours->as.real != sqlite3_column_double(theirs, column))
            fail_msg("%s: %.17g, not %.17g", what, ours->as.real, sqlite3_column_double(theirs, column));
        return;
    case DK_RATIO:
        assert_int_equal(
            sscanf((const char *)sqlite3_column_text(theirs, column), "%lld/%lld", &numerator, &denominator), 2);
        denominator *= reading == MEAN_HUNDREDTHS ? 100 : 1;
        assert_true((dki_i128)ours->as.ratio.numerator * denominator ==
                    (dki_i128)numerator * ours->as.ratio.denominator);
        return;
    case DK_BOOLEAN: assert_int_equal(ours->as.boolean, sqlite3_column_int64(theirs, column)); return;
    default:
        if (ours->as.integer != sqlite3_column_int64(theirs, column))
            fail_msg("%s: %s, not %lld", what, text, (long long)sqlite3_column_int64(theirs, column));
    }
}

/* Every row of the table against every row that the query gives. */
static void assert_same_rows(const dk_table *ours, const char *sql, const enum reading *readings)
{
    sqlite3_stmt *theirs;
    uint64_t row = 0;
    dk_error err = DK_ERROR_INIT;

    if (sqlite3_prepare_v2(db, sql, -1, &theirs, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(theirs) == SQLITE_ROW) {
        if (row >= dk_table_n_rows(ours))
            fail_msg("only %d rows: %s", (int)row, sql);
        for (size_t i = 0; i < dk_table_n_columns(ours); i++) {
            dk_value value;

            assert_ok(dk_column_get(dk_table_field(ours, i)->column, row, &value, &err), &err);
            assert_cell(&value, theirs, (int)i, readings[i], sql);
        }
        row++;
    }
    if (row != dk_table_n_rows(ours))
        fail_msg("%d rows, not %d: %s", (int)dk_table_n_rows(ours), (int)row, sql);
    sqlite3_finalize(theirs);
}

static void vary(unsigned round)
{
    static const size_t blocks[] = { 1, DK_BLOCK_ROWS, 5 };

    dk_context_set_block_rows(context, blocks[round % 3]);
    dk_set_threads(round / 3 % 2 + 1);
}

static void ask_both(const dk_table *table, unsigned round)
{
    static const char *const dims[] = { "c", "b", "n", "s", "d", "k", "x" };
    char where[2][256], filters[8][2][256], measures[8][600], sql[8192];
    struct question question = { .where = where[0] };
    enum reading readings[16];
    size_t n_dims = pick(4), n_measures = 1 + pick(5), used;
    bool chosen[7] = { false };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    random_condition(where[0], where[1], sizeof where[0]);
    used = (size_t)snprintf(sql, sizeof sql, "SELECT ");
    for (size_t d = 0; d < n_dims; d++) {
        unsigned k;

        do
            k = pick(7);
        while (chosen[k]);
        chosen[k] = true;
        question.by[d] = dims[k];
        readings[d] = EXACT;
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s, ", dims[k]);
    }
    for (size_t m = 0; m < n_measures; m++) {
        const struct aggregate *aggregate = &aggregates[pick(N_AGGREGATES)];
        bool filtered = pick(2);

        random_condition(filters[m][0], filters[m][1], sizeof filters[m][0]);
        (void)snprintf(measures[m], sizeof measures[m], "m%d = %s%s%.255s", (int)m, aggregate->ours,
                       filtered ? " where " : "", filtered ? filters[m][0] : "");
        question.measures[m] = measures[m];
        readings[n_dims + m] = aggregate->reading;
        used += (size_t)snprintf(sql + used, sizeof sql - used, m ? ", " : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
        used += (size_t)snprintf(sql + used, sizeof sql - used, aggregate->theirs, filtered ? filters[m][1] : "1",
                                 filtered ? filters[m][1] : "1");
#pragma GCC diagnostic pop
    }
    used += (size_t)snprintf(sql + used, sizeof sql - used, " FROM t WHERE %s", where[1]);
    for (size_t d = 0; d < n_dims; d++)
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s%s", d ? ", " : " GROUP BY ", question.by[d]);
    for (size_t d = 0; d < n_dims; d++)
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s%s IS NULL, %s", d ? ", " : " ORDER BY ",
                                 question.by[d], question.by[d]);
    vary(round);
    assert_ok(ask_table(&question, table, NULL, &result, &err), &err);
    assert_same_rows(result, sql, readings);
    dk_table_release(result);
}

static void breakdowns_agree(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        const dk_table *table = random_table("t", round % 7 == 0 ? round % 2 : pick(300));

        for (unsigned i = 0; i < 10; i++)
            ask_both(table, round + i);
        dk_table_release(table);
    }
}

/* Totals of every set of dimensions, each as a query of its own. */
static void cubes_agree(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        const dk_table *table = random_table("t", 1 + pick(200)), *result = NULL, *part = NULL;
        static const char *const selections[][3] = {
            { "not (c is total) and not (b is total)", "c, b",
              " GROUP BY c, b ORDER BY c IS NULL, c, b IS NULL, b" },
            { "b is total and not (c is total)", "c, NULL", " GROUP BY c ORDER BY c IS NULL, c" },
            { "c is total and not (b is total)", "NULL, b", " GROUP BY b ORDER BY b IS NULL, b" },
            { "c is total and b is total", "NULL, NULL", "" },
        };
        static const enum reading readings[] = { EXACT, EXACT, EXACT, HUNDREDTHS, MEAN, EXACT, NEAR };
        dk_error err = DK_ERROR_INIT;

        vary(round);
        assert_ok(ask_table(ASK(.by = { "c", "b" },
                                .measures = { "m1 = count()", "m2 = sum(x)", "m3 = mean(n)", "m4 = max(s)",
                                              "m5 = sum(r)" },
                                .margins = DK_MARGINS_CUBE),
                            table, NULL, &result, &err),
                  &err);
        for (size_t i = 0; i < 4; i++) {
            const dk_expr *expr = NULL;
            char sql[512];

            (void)snprintf(sql, sizeof sql,
                           "SELECT %s, count(*), sum(x), sum(n) || '/' || count(n), max(s), sum(r) FROM t%s",
                           selections[i][1], selections[i][2]);
            assert_ok(dk_expr_parse(context, selections[i][0], &expr, &err), &err);
            assert_ok(dk_table_where(result, expr, NULL, &part, &err), &err);
            assert_same_rows(part, sql, readings);
            dk_table_release(part);
            part = NULL;
            dk_expr_release(expr);
        }
        dk_table_release(result);
        dk_table_release(table);
    }
}

static void sorts_agree(void **state)
{
    static const char *const columns[] = { "c", "b", "n", "k", "s", "d", "x", "r" };
    static const enum reading readings[8] = { EXACT };

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        const dk_table *table = random_table("t", pick(300)), *sorted = NULL;
        dk_sort_key keys[3];
        char sql[512];
        size_t n = 1 + pick(3), used = (size_t)snprintf(sql, sizeof sql, "SELECT * FROM t ORDER BY ");
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < n; i++) {
            keys[i] = (dk_sort_key){ columns[pick(8)], pick(2) };
            used += (size_t)snprintf(sql + used, sizeof sql - used, "%s IS NULL, %s%s, ", keys[i].column,
                                     keys[i].column, keys[i].descending ? " DESC" : "");
        }
        (void)snprintf(sql + used, sizeof sql - used, "rowid");
        vary(round);
        assert_ok(dk_table_sort(table, keys, n, &sorted, &err), &err);
        assert_same_rows(sorted, sql, readings);
        dk_table_release(sorted);
        dk_table_release(table);
    }
}

/* The right table is one row for each key: a breakdown of a random one. */
static const dk_table *unique_right(const char *key, const char *other)
{
    const dk_table *table = random_table("u", pick(200)), *result = NULL;
    char by[2][32], sql[256];
    dk_error err = DK_ERROR_INIT;

    (void)snprintf(by[0], sizeof by[0], "key_1 = %s", key);
    (void)snprintf(by[1], sizeof by[1], "key_2 = %s", other);
    assert_ok(ask_table(ASK(.by = { by[0], by[1] }, .measures = { "aantal = count()", "som = sum(n)" }), table,
                        NULL, &result, &err),
              &err);
    (void)snprintf(sql, sizeof sql,
                   "DROP TABLE IF EXISTS v; CREATE TABLE v AS SELECT %s AS key_1, %s AS key_2, count(*) AS aantal, "
                   "sum(n) AS som FROM u GROUP BY 1, 2",
                   key, other);
    run_sql(sql);
    dk_table_release(table);
    return result;
}

static void joins_agree(void **state)
{
    static const char *const pairs[][3] = {
        /* left column, right columns; SQL wants x as hundredths on both sides */
        { "c", "c", "b" }, { "s", "c", "d" }, { "c", "s", "n" }, { "n", "n", "s" }, { "k", "k", "b" },
        { "x", "x", "c" }, { "d", "d", "n" }, { "r", "r", "b" }, { "b", "b", "s" }
    };
    static const enum reading readings[16] = { EXACT };

    (void)state;
    for (unsigned round = 0; round < 90; round++) {
        const char *const *pair = pairs[round % 9];
        const dk_table *left = random_table("t", pick(200)), *right = unique_right(pair[1], pair[2]),
                       *joined = NULL;
        const char *left_keys[] = { pair[0], pair[2] }, *right_keys[] = { "key_1", "key_2" };
        dk_join_options how = { .kind = pick(2) ? DK_JOIN_LEFT : DK_JOIN_INNER };
        char sql[512];
        dk_error err = DK_ERROR_INIT;

        vary(round / 9);
        assert_ok(dk_table_join(left, right, left_keys, right_keys, 2, &how, &joined, &err), &err);
        (void)snprintf(
            sql, sizeof sql,
            "SELECT t.*, aantal, som FROM t %s JOIN v ON t.%s = v.key_1 AND t.%s = v.key_2 ORDER BY t.rowid",
            how.kind == DK_JOIN_LEFT ? "LEFT" : "INNER", pair[0], pair[2]);
        assert_same_rows(joined, sql, readings);
        dk_table_release(joined);
        joined = NULL;
        assert_ok(dk_table_link(left, right, left_keys, right_keys, 2, "mark", right_keys, 1, DK_MULTIPLE_ERROR,
                                &joined, &err),
                  &err);
        (void)snprintf(
            sql, sizeof sql,
            "SELECT t.*, CASE WHEN t.%s IS NOT NULL AND t.%s IS NOT NULL THEN key_1 IS NOT NULL END, key_1 "
            "FROM t LEFT JOIN v ON t.%s = v.key_1 AND t.%s = v.key_2 ORDER BY t.rowid",
            pair[0], pair[2], pair[0], pair[2]);
        assert_same_rows(joined, sql, readings);
        dk_table_release(joined);
        dk_table_release(right);
        dk_table_release(left);
    }
}

/* Enough rows for several ranges of whole blocks. */
static void many_rows_agree(void **state)
{
    const dk_table *table = random_table("t", watched(150000, 50000, 20000));

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        random_state += i;
        ask_both(table, 1 + 3 * i); /* blocks of their usual size */
    }
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(breakdowns_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(cubes_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(sorts_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(joins_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(many_rows_agree, open_both, close_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
