/* test_window_sqlite.c - random windows, computed by SQLite as well.
 *
 * Ties of rows are broken by their number in SQLite; peers, for ranks and ranges, have the same keys. Answers must agree
 * row by row, for one thread and several, and for blocks of a few rows.
 */
#include <dekking/top.h>
#include <dekking/window.h>

#include "exprs.h"
#include "random.h"

#include "with_sqlite.h"

#define N_COLUMNS 8

/* p(id, g category, h integer, k integer, x integer, r real in eighths, s text, and the weights w integer, q decimal). */
static const dk_table *random_table(size_t n_rows, unsigned spread)
{
    static const dk_type types[] = { DK_CATEGORY, DK_INTEGER, DK_INTEGER, DK_INTEGER,
                                     DK_REAL,     DK_TEXT,    DK_INTEGER, DK_DECIMAL };
    static const char *const names[] = { "g", "h", "k", "x", "r", "s", "w", "q" };
    static const char *const words[] = { "Arnhem", "Duiven", "é", "Z", "z", "" };
    dk_builder *builders[N_COLUMNS];
    sqlite3_stmt *insert;
    dk_error err = DK_ERROR_INIT;

    run_sql("DROP TABLE IF EXISTS p; CREATE TABLE p (id INTEGER PRIMARY KEY, g, h, k, x, r, s, w, q); BEGIN");
    assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO p VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &insert, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < N_COLUMNS; i++)
        assert_ok(dk_builder_new(context, types[i], types[i] == DK_DECIMAL ? 2 : 0, NULL, &builders[i], &err),
                  &err);
    for (size_t row = 0; row < n_rows; row++) {
        sqlite3_bind_int64(insert, 1, (int64_t)row);
        for (int i = 0; i < N_COLUMNS; i++) {
            const char *word = words[random_below(6)];
            int64_t whole = (int64_t)random_below(i == 1 ? 3 : spread) - 4;

            if (i >= 6) { /* a weight: 0 to 3, or quarters */
                whole = (int64_t)random_below(4);
                if (types[i] == DK_INTEGER) {
                    assert_ok(dk_builder_integer(builders[i], whole, &err), &err);
                    sqlite3_bind_int64(insert, i + 2, whole);
                } else {
                    assert_ok(dk_builder_integer(builders[i], whole * 25, &err), &err);
                    sqlite3_bind_double(insert, i + 2, (double)whole / 4);
                }
            } else if (random_below(7) == 0) {
                assert_ok(dk_builder_null(builders[i], 1, &err), &err);
                sqlite3_bind_null(insert, i + 2);
            } else if (types[i] == DK_INTEGER) {
                assert_ok(dk_builder_integer(builders[i], whole, &err), &err);
                sqlite3_bind_int64(insert, i + 2, whole);
            } else if (types[i] == DK_REAL) {
                assert_ok(dk_builder_real(builders[i], (double)whole / 8, &err), &err);
                sqlite3_bind_double(insert, i + 2, (double)whole / 8);
            } else {
                assert_ok(dk_builder_text(builders[i], (dk_text){ word, strlen(word) }, &err), &err);
                sqlite3_bind_text(insert, i + 2, word, -1, SQLITE_STATIC);
            }
        }
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    run_sql("COMMIT");
    sqlite3_finalize(insert);
    return finish_table(context, builders, names, N_COLUMNS, n_rows);
}

/* What a function's window is: theirs is written as F OVER (partition, order, frame), or with @ for each OVER. */
enum kind {
    PEERS, /* ordered by the keys alone */
    ROWS,  /* by the keys, then the number of the row */
    GROUP, /* not ordered */
    RANGE  /* by k alone, one way or the other */
};

static const struct asked {
    const char *ours, *theirs, *frame, *descending; /* descending: the frame where k falls; NULL: the same */
    enum kind kind;
} questions[] = {
    { "row_number()", "row_number()", "", NULL, ROWS },
    { "rank()", "rank()", "", NULL, PEERS },
    { "dense_rank()", "dense_rank()", "", NULL, PEERS },
    { "percent_rank()", "percent_rank()", "", NULL, PEERS },
    { "cume_dist()", "cume_dist()", "", NULL, PEERS },
    { "ntile(3)", "ntile(3)", "", NULL, ROWS },
    { "ntile(50)", "ntile(50)", "", NULL, ROWS },
    { "previous(x)", "lag(x)", "", NULL, ROWS },
    { "previous(s, 3)", "lag(s, 3)", "", NULL, ROWS },
    { "next(r)", "lead(r)", "", NULL, ROWS },
    { "next(x + h, 2)", "lead(x + h, 2)", "", NULL, ROWS },
    { "first_value(s)", "first_value(s)", "", NULL, ROWS },
    { "last_value(x)", "last_value(x)", "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", NULL, ROWS },
    { "running_sum(x)", "sum(x)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_sum(r)", "sum(r)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_mean(x)", "avg(x)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_count()", "count(*)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_count(s)", "count(s)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_min(s)", "min(s)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_max(g)", "max(g)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "moving_sum(x, 3)", "sum(x)", "ROWS 2 PRECEDING", NULL, ROWS },
    { "moving_sum(real(x) / 4, 5)", "sum(x / 4.0)", "ROWS 4 PRECEDING", NULL, ROWS },
    { "moving_mean(r, 4)", "avg(r)", "ROWS 3 PRECEDING", NULL, ROWS },
    { "moving_mean(x, 7)", "avg(x)", "ROWS 6 PRECEDING", NULL, ROWS },
    { "moving_count(x, 2)", "count(x)", "ROWS 1 PRECEDING", NULL, ROWS },
    { "moving_min(x, 3)", "min(x)", "ROWS 2 PRECEDING", NULL, ROWS },
    { "moving_max(s, 5)", "max(s)", "ROWS 4 PRECEDING", NULL, ROWS },
    { "moving_max(x, 1)", "max(x)", "ROWS 0 PRECEDING", NULL, ROWS },
    { "moving_sum_period(x, 3)", "sum(x)", "RANGE 2 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 2 FOLLOWING",
      RANGE },
    { "moving_count_period(s, 1)", "count(s)", "RANGE 0 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 0 FOLLOWING",
      RANGE },
    { "moving_mean_period(r, 5)", "avg(r)", "RANGE 4 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 4 FOLLOWING",
      RANGE },
    { "moving_min_period(x, 2)", "min(x)", "RANGE 1 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING",
      RANGE },
    { "moving_max_period(s, 4)", "max(s)", "RANGE 3 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 3 FOLLOWING",
      RANGE },
    { "sum(x)", "sum(x)", "", NULL, GROUP },
    { "mean(r)", "avg(r)", "", NULL, GROUP },
    { "count()", "count(*)", "", NULL, GROUP },
    { "rows() where x > 2", "count(*) FILTER (WHERE x > 2)", "", NULL, GROUP },
    { "max(s) where h == 1", "max(s) FILTER (WHERE h = 1)", "", NULL, GROUP },
    { "sum(x) where h is null or r < 0.5", "sum(x) FILTER (WHERE h IS NULL OR r < 0.5)", "", NULL, GROUP },
    { "min(x)", "min(x)", "", NULL, GROUP },
};
#define N_QUESTIONS (sizeof questions / sizeof *questions)

/* The same of tables with a weight, which is W in theirs. (SQLite passes over the FILTER of a least in a moving frame.) */
#define SUM(x) "sum(" x " * W) FILTER (WHERE W > 0) @"
#define COUNT(x) "coalesce(sum(W) FILTER (WHERE " x " IS NOT NULL) @, 0)"
#define MEAN(x) SUM(x) " * 1.0 / sum(W) FILTER (WHERE " x " IS NOT NULL) @"
static const struct asked weighed[] = {
    { "rows()", "count(*)", "", NULL, GROUP },
    { "count()", COUNT("1"), "", NULL, GROUP },
    { "count() where x > 2", "coalesce(sum(W) FILTER (WHERE x > 2) @, 0)", "", NULL, GROUP },
    { "sum(x)", SUM("x"), "", NULL, GROUP },
    { "mean(r)", MEAN("r"), "", NULL, GROUP },
    { "mean(x)", MEAN("x"), "", NULL, GROUP },
    { "min(s)", "min(s) FILTER (WHERE W > 0)", "", NULL, GROUP },
    { "share(x)", "x * W * 1.0 / " SUM("x"), "", NULL, GROUP },
    { "share(r)", "r * W / " SUM("r"), "", NULL, GROUP },
    { "running_count()", COUNT("1"), "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_count(s)", COUNT("s"), "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_sum(x)", SUM("x"), "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_mean(r)", MEAN("r"), "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "running_max(x)", "max(x) FILTER (WHERE W > 0)", "ROWS UNBOUNDED PRECEDING", NULL, ROWS },
    { "moving_sum(r, 3)", SUM("r"), "ROWS 2 PRECEDING", NULL, ROWS },
    { "moving_mean(x, 4)", MEAN("x"), "ROWS 3 PRECEDING", NULL, ROWS },
    { "moving_mean(x / 4, 2)", MEAN("x / 4.0"), "ROWS 1 PRECEDING", NULL, ROWS },
    { "moving_min(x, 5)", "min(CASE WHEN W > 0 THEN x END)", "ROWS 4 PRECEDING", NULL, ROWS },
    { "moving_sum_period(x, 3)", SUM("x"), "RANGE 2 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 2 FOLLOWING",
      RANGE },
    { "moving_mean_period(r, 5)", MEAN("r"), "RANGE 4 PRECEDING", "RANGE BETWEEN CURRENT ROW AND 4 FOLLOWING",
      RANGE },
    { "rank()", "rank()", "", NULL, PEERS },
    { "previous(x)", "lag(x)", "", NULL, ROWS },
};
#define N_WEIGHED (sizeof weighed / sizeof *weighed)

static const struct within {
    const char *keys[3];
    const char *sql;
} withins[] = {
    { { NULL }, "" },
    { { "g", NULL }, "PARTITION BY g" },
    { { "h", NULL }, "PARTITION BY h" },
    { { "h", "g", NULL }, "PARTITION BY h, g" },
    { { "x > 1", NULL }, "PARTITION BY x > 1" },
};

static const struct order {
    const char *keys[4];
    const char *sql;
} orders[] = {
    { { "k", NULL }, "k NULLS LAST" },
    { { "k desc", NULL }, "k DESC NULLS LAST" },
    { { "k", "s desc", NULL }, "k NULLS LAST, s DESC NULLS LAST" },
    { { "s", "h + x desc", "r", NULL }, "s NULLS LAST, h + x DESC NULLS LAST, r NULLS LAST" },
};

static size_t count(const char *const *keys)
{
    size_t n = 0;

    while (keys[n])
        n++;
    return n;
}

static void same_answer(const dk_value *ours, sqlite3_stmt *theirs, const char *sql, uint64_t row)
{
    char text[200];
    double number;

    (void)dk_value_format(ours, text, sizeof text);
    if (sqlite3_column_type(theirs, 0) == SQLITE_NULL || ours->is_null) {
        if (!ours->is_null || sqlite3_column_type(theirs, 0) != SQLITE_NULL)
            fail_msg("%s: row %llu is %s", sql, (unsigned long long)row + 1, text);
        return;
    }
    switch (ours->type) {
    case DK_INTEGER: number = (double)ours->as.integer; break;
    case DK_RATIO: number = (double)ours->as.ratio.numerator / (double)ours->as.ratio.denominator; break;
    case DK_REAL: number = ours->as.real; break;
    case DK_DECIMAL: number = (double)ours->as.integer / pow(10, ours->scale); break;
    default:
        if ((size_t)sqlite3_column_bytes(theirs, 0) != ours->as.text.size ||
            memcmp(sqlite3_column_text(theirs, 0), ours->as.text.bytes, ours->as.text.size) != 0)
            fail_msg("%s: row %llu is %s", sql, (unsigned long long)row + 1, text);
        return;
    }
    if (!(fabs(number - sqlite3_column_double(theirs, 0)) <= 1e-9))
        fail_msg("%s: row %llu is %s, not %.17g", sql, (unsigned long long)row + 1, text,
                 sqlite3_column_double(theirs, 0));
}

static void ask_both(const dk_table *table, const struct asked *question, const struct within *within,
                     const struct order *order)
{
    char ours[200], over[400], sql[2000] = "SELECT ";
    const char *weight = dk_table_properties(table)->weight, *at = question->theirs;
    const dk_expr *expr;
    const dk_table *made = NULL;
    const dk_column *column;
    sqlite3_stmt *theirs;
    bool falls = order == &orders[1];
    dk_window_spec spec = { .within = within->keys, .columns = &expr, .n_columns = 1, .order = order->keys };
    dk_error err = DK_ERROR_INIT;
    uint64_t row = 0;

    (void)snprintf(ours, sizeof ours, "uitkomst = %s", question->ours);
    (void)snprintf(over, sizeof over, " OVER (%s %s%s%s %s)", within->sql,
                   question->kind == GROUP ? "" : "ORDER BY ", question->kind == GROUP ? "" : order->sql,
                   question->kind == ROWS ? ", id" : "",
                   falls && question->descending ? question->descending : question->frame);
    for (; *at; at++) {
        char letter[2] = { *at, '\0' };

        strcat(sql, *at == '@' ? over : *at == 'W' && weight && at[1] != 'H' ? weight : letter);
    }
    strcat(strcat(sql, strchr(question->theirs, '@') ? "" : over), " FROM p ORDER BY id");
    spec.n_within = count(within->keys);
    spec.n_order = question->kind == GROUP ? 0 : count(order->keys);
    expr = parse(ours);
    assert_ok(dk_table_window(table, &spec, NULL, &made, &err), &err);
    dk_expr_release(expr);
    column = dk_table_field(made, dk_table_n_columns(made) - 1)->column;
    if (sqlite3_prepare_v2(db, sql, -1, &theirs, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    for (; sqlite3_step(theirs) == SQLITE_ROW; row++) {
        dk_value value;

        assert_ok(dk_column_get(column, row, &value, &err), &err);
        same_answer(&value, theirs, sql, row);
    }
    sqlite3_finalize(theirs);
    assert_int_equal(row, dk_table_n_rows(table));
    dk_table_release(made);
}

static void windows_say_what_sqlite_says(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(60); i++) {
        const dk_table *table = random_table(random_below(i % 3 ? 60 : 400), i % 2 ? 12 : 200);

        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, i % 4 ? DK_BLOCK_ROWS : 1 + random_below(20));
        for (size_t q = 0; q < N_QUESTIONS; q++) {
            size_t n_orders = questions[q].kind == RANGE ? 2 : sizeof orders / sizeof *orders;

            ask_both(table, &questions[q], &withins[random_below(sizeof withins / sizeof *withins)],
                     &orders[random_below(n_orders)]);
        }
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        dk_table_release(table);
    }
}

static void weighed_windows_say_what_sqlite_says(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(60); i++) {
        const dk_table *table = random_table(random_below(i % 3 ? 60 : 400), i % 2 ? 12 : 200);

        table = with_weight(table, i % 4 < 2 ? "w" : "q");
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, i % 4 ? DK_BLOCK_ROWS : 1 + random_below(20));
        for (size_t q = 0; q < N_WEIGHED; q++) {
            size_t n_orders = weighed[q].kind == RANGE ? 2 : sizeof orders / sizeof *orders;

            ask_both(table, &weighed[q], &withins[random_below(sizeof withins / sizeof *withins)],
                     &orders[random_below(n_orders)]);
        }
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        dk_table_release(table);
    }
}

/* The first rows of each group: SQLite numbers all of them. */
static void top_both(const dk_table *table, const struct within *within, const struct order *order, uint64_t n,
                     bool ties)
{
    char sql[600];
    dk_top_spec spec = { .n = n, .within = within->keys, .order = order->keys, .ties = ties, .table_order = true };
    const dk_table *made = NULL;
    const dk_column *ids;
    sqlite3_stmt *theirs;
    dk_error err = DK_ERROR_INIT;
    uint64_t row = 0;

    (void)snprintf(
        sql, sizeof sql,
        "SELECT id FROM (SELECT id, %s OVER (%s ORDER BY %s%s) AS place FROM p) WHERE place <= %d ORDER BY id",
        ties ? "rank()" : "row_number()", within->sql, order->sql, ties ? "" : ", id", (int)n);
    spec.n_within = count(within->keys);
    spec.n_order = count(order->keys);
    assert_ok(dk_table_top(table, &spec, NULL, &made, &err), &err);
    ids = dk_table_field(made, dk_table_n_columns(made) - 1)->column;
    if (sqlite3_prepare_v2(db, sql, -1, &theirs, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    for (; sqlite3_step(theirs) == SQLITE_ROW; row++) {
        dk_value value;

        assert_ok(dk_column_get(ids, row, &value, &err), &err);
        same_answer(&value, theirs, sql, row);
    }
    sqlite3_finalize(theirs);
    assert_int_equal(row, dk_table_n_rows(made));
    dk_table_release(made);
}

static void first_rows_are_those_of_sqlite(void **state)
{
    const dk_expr *number = parse("nummer = row_number()"), *id = parse("id = nummer - 1");
    const dk_window_spec spec = { .columns = &number, .n_columns = 1 };

    (void)state;
    for (unsigned i = 0; i < random_rounds(60); i++) {
        const dk_table *plain = random_table(random_below(i % 3 ? 60 : 1500), i % 2 ? 12 : 200), *numbered, *table;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_table_window(plain, &spec, NULL, &numbered, &err), &err);
        assert_ok(dk_table_derive(numbered, &id, 1, NULL, &table, &err), &err);
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, i % 4 ? DK_BLOCK_ROWS : 1 + random_below(20));
        for (unsigned k = 0; k < 20; k++)
            top_both(table, &withins[random_below(sizeof withins / sizeof *withins)],
                     &orders[random_below(sizeof orders / sizeof *orders)], 1 + random_below(k % 4 ? 5 : 100),
                     k % 3 == 0);
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        dk_table_release(plain);
        dk_table_release(numbered);
        dk_table_release(table);
    }
    dk_expr_release(number);
    dk_expr_release(id);
}

/* Groups begin in several ranges of places, and one goes over several. */
static void large_tables_say_what_sqlite_says(void **state)
{
    const dk_table *table = random_table(watched(40000, 20000, 5000), 5000);

    (void)state;
    for (size_t q = 0; q < N_QUESTIONS; q++) {
        dk_set_threads(1 + q % 3);
        ask_both(table, &questions[q], &withins[q % 4], &orders[q / 4 % (questions[q].kind == RANGE ? 2 : 4)]);
    }
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(first_rows_are_those_of_sqlite, open_both, close_both),
        cmocka_unit_test_setup_teardown(windows_say_what_sqlite_says, open_both, close_both),
        cmocka_unit_test_setup_teardown(weighed_windows_say_what_sqlite_says, open_both, close_both),
        cmocka_unit_test_setup_teardown(large_tables_say_what_sqlite_says, open_both, close_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
