/* test_join_sqlite.c - joins of every kind and tables as sets, on random tables, answered by SQLite as well.
 *
 * Keys are few, so that they occur several times on both sides, and null now and then. Answers must agree row by row, in
 * the order that join.h and set.h state, for blocks of one row and of many, with one thread and two.
 */
#include <dekking/join.h>
#include <dekking/set.h>

#include "random.h"
#include "tables.h"

#include "with_sqlite.h"

static const char *const words[] = { "Arnhem", "Duiven", "é", "", "00ff", "een woord van meer dan zestien bytes" };

/* A table of both: t text or a category, n of few integers, d of few days, v the number of the row. */
static const dk_table *random_table(const char *name, bool category, size_t n_rows, unsigned n_keys)
{
    char text[16384], sql[16384], cell[64];
    size_t used, sql_used;

    used = (size_t)snprintf(text, sizeof text, "t:%s n:integer d:date v:integer\n", category ? "category" : "text");
    sql_used =
        (size_t)snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS %s; CREATE TABLE %s (t, n, d, v);", name, name);
    for (size_t row = 0; row < n_rows; row++) {
        const char *word = words[random_below(n_keys < 6 ? n_keys : 6)];
        int n = (int)random_below(n_keys) - 2, day = (int)random_below(28) + 1;
        bool null_t = random_below(8) == 0, null_n = random_below(8) == 0, null_d = random_below(10) == 0;

        sql_used += (size_t)snprintf(sql + sql_used, sizeof sql - sql_used, "INSERT INTO %s VALUES (", name);
        (void)snprintf(cell, sizeof cell, null_t ? "NULL," : "'%s',", word);
        sql_used += (size_t)snprintf(sql + sql_used, sizeof sql - sql_used, "%s", cell);
        (void)snprintf(cell, sizeof cell, null_n ? "NULL," : "%d,", n);
        sql_used += (size_t)snprintf(sql + sql_used, sizeof sql - sql_used, "%s", cell);
        (void)snprintf(cell, sizeof cell, null_d ? "NULL," : "'2024-02-%02d',", day);
        sql_used += (size_t)snprintf(sql + sql_used, sizeof sql - sql_used, "%s%d);", cell, (int)row);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s|", null_t ? "-" : word);
        used += (size_t)snprintf(text + used, sizeof text - used, null_n ? "-|" : "%d|", n);
        used += (size_t)snprintf(text + used, sizeof text - used, null_d ? "-|" : "2024-02-%02d|", day);
        used += (size_t)snprintf(text + used, sizeof text - used, "%d\n", (int)row);
        assert_true(used + 200 < sizeof text && sql_used + 200 < sizeof sql);
    }
    run_sql(sql);
    return make_table(context, text);
}

/* What SQLite answers, as show_rows shows it. */
static const char *ask_sqlite(const char *sql)
{
    static char text[1 << 16];
    sqlite3_stmt *query;
    size_t used = 0;

    text[0] = '\0';
    if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(query) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(query); i++) {
            const unsigned char *value = sqlite3_column_text(query, i);

            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? "|" : "",
                                     value ? (const char *)value : "-");
        }
        used += (size_t)snprintf(text + used, sizeof text - used, "\n");
        assert_true(used + 512 < sizeof text);
    }
    sqlite3_finalize(query);
    return text;
}

static void vary(unsigned round)
{
    static const size_t blocks[] = { 1, DK_BLOCK_ROWS, 5 };

    dk_context_set_block_rows(context, blocks[round % 3]);
    dk_set_threads(round / 3 % 2 + 1);
}

static void assert_answer(const dk_table *ours, const char *sql)
{
    const char *theirs = ask_sqlite(sql);

    if (strcmp(show_rows(ours), theirs) != 0)
        fail_msg("%s: %.2000s\nand not\n%.2000s", sql, show_rows(ours), theirs);
    dk_table_release(ours);
}

/* The statement for a join; on is its condition. */
static void write_join(char *sql, size_t size, dk_join_kind kind, dk_multiple multiple, const char *key,
                       const char *on)
{
    static const char *const kinds[] = { "INNER", "LEFT", "RIGHT", "FULL" };
    const char *rest = strcmp(key, "t") == 0   ? "a.n, a.d, a.v, b.n, b.d, b.v"
                       : strcmp(key, "n") == 0 ? "a.t, coalesce(a.n, b.n), a.d, a.v, b.t, b.d, b.v"
                                               : "coalesce(a.n, b.n), a.d, a.v, b.d, b.v";
    const char *first = strcmp(key, "n") == 0 ? "" : "coalesce(a.t, b.t), ";
    char chosen[400] = "";

    if (kind == DK_JOIN_SEMI || kind == DK_JOIN_ANTI) {
        (void)snprintf(sql, size, "SELECT * FROM a WHERE %s EXISTS (SELECT 1 FROM b WHERE %s) ORDER BY v",
                       kind == DK_JOIN_SEMI ? "" : "NOT", on);
        return;
    }
    if (multiple != DK_MULTIPLE_ALL)
        (void)snprintf(chosen, sizeof chosen, " AND b.v = (SELECT %s(c.v) FROM b c WHERE c.%s = b.%s%s)",
                       multiple == DK_MULTIPLE_FIRST ? "min" : "max", key[0] == 'n' ? "n" : "t",
                       key[0] == 'n' ? "n" : "t", strcmp(key, "tn") == 0 ? " AND c.n = b.n" : "");
    /* Rows of right alone are those that no row of left has, whichever of several were chosen. */
    (void)snprintf(
        sql, size,
        "SELECT %s%s FROM a %s JOIN b ON %s%s WHERE a.v IS NOT NULL OR NOT EXISTS (SELECT 1 FROM a WHERE %s) "
        "ORDER BY a.v IS NULL, a.v, b.v",
        first, rest, kinds[kind], on, chosen, on);
}

static void joins_of_every_kind_agree(void **state)
{
    static const struct {
        const char *name, *on;
        const char *keys[2];
        size_t n_keys;
    } keys[] = { { "t", "a.t = b.t", { "t" }, 1 },
                 { "n", "a.n = b.n", { "n" }, 1 },
                 { "tn", "a.t = b.t AND a.n = b.n", { "t", "n" }, 2 } };

    (void)state;
    for (unsigned round = 0; round < random_rounds(1200); round++) {
        unsigned k = round % 3, n_keys = 1 + (unsigned)random_below(40);
        const dk_table *a = random_table("a", random_below(2), random_below(40), n_keys), *joined = NULL;
        const dk_table *b = random_table("b", random_below(2), random_below(40), n_keys);
        const dk_join_options how = { .kind = (dk_join_kind)random_below(6),
                                      .multiple = (dk_multiple)(1 + random_below(3)),
                                      .suffix = "_2" };
        char sql[2000];
        dk_error err = DK_ERROR_INIT;

        vary(round);
        assert_ok(dk_table_join(a, b, keys[k].keys, keys[k].keys, keys[k].n_keys, &how, &joined, &err), &err);
        write_join(sql, sizeof sql, how.kind, how.multiple, keys[k].name, keys[k].on);
        assert_answer(joined, sql);
        dk_table_release(a);
        dk_table_release(b);
    }
}

/* Days between 2024-02-01 and 28 are numbers of one or two digits. */
static void rows_by_time_agree(void **state)
{
    static const char *const orders[] = { "e DESC", "e", "far, e" };
    static const char *const conditions[] = { "b.d <= a.d", "b.d >= a.d", "b.d IS NOT NULL" };

    (void)state;
    for (unsigned round = 0; round < random_rounds(900); round++) {
        const dk_table *a = random_table("a", random_below(2), random_below(40), 5), *joined = NULL;
        const dk_table *b = random_table("b", random_below(2), random_below(40), 5);
        unsigned direction = (unsigned)random_below(3), n_keys = (unsigned)random_below(3);
        bool last = random_below(2), inner = random_below(2);
        const dk_asof asof = { .left = "d",
                               .right = "d",
                               .direction = (dk_asof_direction)direction,
                               .has_tolerance = random_below(2),
                               .tolerance = (int64_t)random_below(5) };
        const char *names[] = { "t", "n" }, *columns[] = { "v" };
        const dk_join_options how = { .kind = inner ? DK_JOIN_INNER : DK_JOIN_LEFT,
                                      .multiple = last ? DK_MULTIPLE_LAST : DK_MULTIPLE_FIRST,
                                      .columns = columns,
                                      .n_columns = 1,
                                      .suffix = "_2",
                                      .asof = &asof };
        char sql[2000], near[100] = "";
        dk_error err = DK_ERROR_INIT;

        vary(round);
        assert_ok(dk_table_join(a, b, names, names, n_keys, &how, &joined, &err), &err);
        if (asof.has_tolerance)
            (void)snprintf(near, sizeof near, " AND abs(julianday(b.d) - julianday(a.d)) <= %d",
                           (int)asof.tolerance);
        (void)snprintf(
            sql, sizeof sql,
            "SELECT * FROM (SELECT a.*, (SELECT o FROM (SELECT b.v AS o, b.d AS e, abs(julianday(b.d) - "
            "julianday(a.d)) AS far FROM b WHERE a.d IS NOT NULL AND %s%s%s%s) ORDER BY %s, o %s LIMIT 1) AS w "
            "FROM a) WHERE %s ORDER BY v",
            conditions[direction], near, n_keys > 0 ? " AND b.t = a.t" : "", n_keys > 1 ? " AND b.n = a.n" : "",
            orders[direction], last ? "DESC" : "", inner ? "w IS NOT NULL" : "1");
        assert_answer(joined, sql);
        dk_table_release(a);
        dk_table_release(b);
    }
}

static void sets_agree(void **state)
{
    static const char *const queries[] = {
        "SELECT t, n FROM (SELECT t, n, v, 0 AS w FROM a UNION ALL SELECT t, n, v, 1 FROM b) GROUP BY t, n ORDER "
        "BY "
        "min(w * 1000 + v)",
        "SELECT t, n FROM (SELECT t, n, v, 0 AS w FROM a UNION ALL SELECT t, n, v, 1 FROM b) ORDER BY w, v",
        "SELECT t, n FROM a WHERE EXISTS (SELECT 1 FROM b WHERE a.t IS b.t AND a.n IS b.n) GROUP BY t, n ORDER BY "
        "min(v)",
        "SELECT t, n FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE a.t IS b.t AND a.n IS b.n) GROUP BY t, n ORDER "
        "BY "
        "min(v)",
    };
    const char *names[] = { "t", "n", "t", "v", "d" };

    (void)state;
    for (unsigned round = 0; round < random_rounds(900); round++) {
        unsigned n_keys = 1 + (unsigned)random_below(20);
        const dk_table *a = random_table("a", random_below(2), random_below(50), n_keys), *a2 = NULL, *b2 = NULL;
        const dk_table *b = random_table("b", random_below(2), random_below(50), n_keys), *made = NULL;
        dk_error err = DK_ERROR_INIT;

        vary(round);
        assert_ok(dk_table_select(a, names, 2, &a2, &err), &err);
        assert_ok(dk_table_select(b, names + 1, 2, &b2, &err), &err); /* in another order */
        assert_ok(dk_table_union(a2, b2, false, &made, &err), &err);
        assert_answer(made, queries[0]);
        assert_ok(dk_table_union(a2, b2, true, &made, &err), &err);
        assert_answer(made, queries[1]);
        assert_ok(dk_table_intersect(a2, b2, &made, &err), &err);
        assert_answer(made, queries[2]);
        assert_ok(dk_table_except(a2, b2, &made, &err), &err);
        assert_answer(made, queries[3]);
        assert_ok(dk_table_distinct(a, names, 2, DK_KEEP_FIRST, &made, &err), &err);
        assert_answer(made, "SELECT t, n, d, v FROM a WHERE v IN (SELECT min(v) FROM a GROUP BY t, n) ORDER BY v");
        assert_ok(dk_table_distinct(a, names, 1, DK_KEEP_LAST, &made, &err), &err);
        assert_answer(made, "SELECT t, n, d, v FROM a WHERE v IN (SELECT max(v) FROM a GROUP BY t) ORDER BY v");
        assert_ok(dk_table_distinct(b, NULL, 0, DK_KEEP_FIRST, &made, &err), &err);
        assert_answer(made, "SELECT DISTINCT t, n, d, v FROM b ORDER BY v");
        dk_table_release(a2);
        dk_table_release(b2);
        dk_table_release(a);
        dk_table_release(b);
    }
}

/* The first four findings, and what is said of d for keys that both have once. */
static void reports_agree(void **state)
{
    static const char sql[] =
        "WITH ka AS (SELECT t, n, count(*) AS c, min(d) AS d FROM a WHERE t IS NOT NULL AND n IS NOT NULL GROUP BY "
        "t, n), "
        "kb AS (SELECT t, n, count(*) AS c, min(d) AS d FROM b WHERE t IS NOT NULL AND n IS NOT NULL GROUP BY t, "
        "n), "
        "k AS (SELECT ka.c AS ca, kb.c AS cb, ka.d AS da, kb.d AS db FROM ka FULL JOIN kb ON ka.t = kb.t AND ka.n "
        "= kb.n), "
        "p AS (SELECT * FROM k WHERE ca = 1 AND cb = 1) "
        "SELECT 'both', NULL, coalesce(sum(ca), 0), coalesce(sum(cb), 0), count(*) FROM k WHERE ca > 0 AND cb > 0 "
        "UNION ALL "
        "SELECT 'left only', NULL, coalesce(sum(ca), 0), 0, count(*) FROM k WHERE cb IS NULL UNION ALL "
        "SELECT 'right only', NULL, 0, coalesce(sum(cb), 0), count(*) FROM k WHERE ca IS NULL UNION ALL "
        "SELECT 'no key', NULL, (SELECT count(*) FROM a WHERE t IS NULL OR n IS NULL), (SELECT count(*) FROM b "
        "WHERE t IS "
        "NULL OR n IS NULL), 0 UNION ALL "
        "SELECT 'double left', NULL, coalesce(sum(ca), 0), NULL, count(*) FROM k WHERE ca > 1 UNION ALL "
        "SELECT 'double right', NULL, NULL, coalesce(sum(cb), 0), count(*) FROM k WHERE cb > 1 UNION ALL "
        "SELECT 'equal', 'd', count(*), count(*), count(*) FROM p WHERE da IS db UNION ALL "
        "SELECT 'conflict', 'd', count(*), count(*), count(*) FROM p WHERE da <> db UNION ALL "
        "SELECT 'only left known', 'd', count(*), count(*), count(*) FROM p WHERE da IS NOT NULL AND db IS NULL "
        "UNION ALL "
        "SELECT 'only right known', 'd', count(*), count(*), count(*) FROM p WHERE da IS NULL AND db IS NOT NULL";
    const char *keys[] = { "t", "n" }, *without[] = { "v" };

    (void)state;
    for (unsigned round = 0; round < random_rounds(600); round++) {
        unsigned n_keys = 1 + (unsigned)random_below(30);
        const dk_table *a = random_table("a", random_below(2), random_below(60), n_keys), *a2 = NULL,
                       *report = NULL;
        const dk_table *b = random_table("b", random_below(2), random_below(60), n_keys);
        dk_error err = DK_ERROR_INIT;

        vary(round);
        assert_ok(dk_table_drop(a, without, 1, &a2, &err), &err);
        assert_ok(dk_table_reconcile(a2, b, keys, keys, 2, 0, &report, &err), &err);
        assert_answer(report, sql);
        dk_table_release(a2);
        dk_table_release(a);
        dk_table_release(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(joins_of_every_kind_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(rows_by_time_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(sets_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(reports_agree, open_both, close_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
