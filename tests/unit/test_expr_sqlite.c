/* test_expr_sqlite.c - random expressions over random tables, evaluated by SQLite as well.
 *
 * An expression is written in both languages from one choice, and must have the same value in every row: for blocks of one row
 * and of many, with one thread and two. Conditions must also cut the table in three: where they hold, where their negation
 * holds, where they are null.
 */
#include "both_languages.h"
#include "exprs.h"

#include "with_sqlite.h"

#include "base/bitmap.h"

/* Tables ------------------------------------------------------------------------------------------------------------ */

/* The columns of both_languages.h. Ours has the number of the row besides. */
static const char *const names[] = { "c", "k", "s", "b", "a", "m", "n", "x", "d", "r", "e", "f", "number" };
static const dk_type types[] = { DK_CATEGORY, DK_CATEGORY, DK_TEXT,    DK_BOOLEAN, DK_BOOLEAN, DK_INTEGER,
                                 DK_INTEGER,  DK_INTEGER,  DK_DECIMAL, DK_REAL,    DK_DATE,    DK_DATE };
#define N_COLUMNS (sizeof types / sizeof *types)

static const char *const words[] = { "Arnhem", "Ede",        "a", "b",    "",   "Ab c",
                                     "é",      "\U0001F600", "Ĳ", "null", "aB", "zz" };
static const int64_t extremes[] = { INT64_MIN,
                                    INT64_MIN + 1,
                                    -1,
                                    0,
                                    1,
                                    2,
                                    INT64_MAX - 1,
                                    INT64_MAX,
                                    INT64_C(9007199254740993),
                                    INT64_C(-9007199254740993) };
static const double reals[] = {
    0, 0.5, -0.5, 1, 2.25, -3, 1e300, -1e300, 1e-300, 0.1, 9007199254740992.0, 9223372036854775808.0
};

static void add_cell(dk_builder *builder, sqlite3_stmt *insert, int column)
{
    dk_error err = DK_ERROR_INIT;
    const char *word = words[pick(column == 0 ? 4 : 12)];
    int64_t whole = (int64_t)pick(7) - 3;
    double real = reals[pick(12)];

    if (pick(5) == 0) {
        assert_ok(dk_builder_null(builder, 1, &err), &err);
        sqlite3_bind_null(insert, column + 1);
        return;
    }
    switch (types[column]) {
    case DK_CATEGORY:
    case DK_TEXT:
        assert_ok(dk_builder_text(builder, (dk_text){ word, strlen(word) }, &err), &err);
        sqlite3_bind_text(insert, column + 1, word, -1, SQLITE_STATIC);
        return;
    case DK_BOOLEAN:
        assert_ok(dk_builder_boolean(builder, whole > 0, &err), &err);
        sqlite3_bind_int64(insert, column + 1, whole > 0);
        return;
    case DK_REAL:
        assert_ok(dk_builder_real(builder, real, &err), &err);
        sqlite3_bind_double(insert, column + 1, real);
        return;
    case DK_DATE: whole += 19700; break;
    case DK_DECIMAL: whole = whole * 50 + pick(4); break;
    default:
        if (column == 7)
            whole = extremes[pick(10)];
    }
    assert_ok(dk_builder_integer(builder, whole, &err), &err);
    sqlite3_bind_int64(insert, column + 1, whole);
}

static const dk_table *random_table(size_t n_rows)
{
    dk_builder *builders[N_COLUMNS + 1];
    sqlite3_stmt *insert;
    dk_error err = DK_ERROR_INIT;

    run_sql("DROP TABLE IF EXISTS t; CREATE TABLE t (c, k, s, b, a, m, n, x, d, r, e, f)");
    assert_int_equal(
        sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &insert, NULL),
        SQLITE_OK);
    run_sql("BEGIN");
    for (size_t i = 0; i < N_COLUMNS; i++)
        assert_ok(dk_builder_new(context, types[i], types[i] == DK_DECIMAL ? 2 : 0, NULL, &builders[i], &err),
                  &err);
    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builders[N_COLUMNS], &err), &err);
    for (size_t row = 0; row < n_rows; row++) {
        assert_ok(dk_builder_integer(builders[N_COLUMNS], (int64_t)row, &err), &err);
        for (size_t i = 0; i < N_COLUMNS; i++)
            add_cell(builders[i], insert, (int)i);
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    run_sql("COMMIT");
    sqlite3_finalize(insert);
    return finish_table(context, builders, names, N_COLUMNS + 1, n_rows);
}

/* Comparing --------------------------------------------------------------------------------------------------------- */

static bool same_value(const dk_value *ours, sqlite3_stmt *theirs, enum kind kind)
{
    int64_t whole = ours->as.integer;

    if (ours->is_null || sqlite3_column_type(theirs, 0) == SQLITE_NULL)
        return ours->is_null && sqlite3_column_type(theirs, 0) == SQLITE_NULL;
    switch (kind) {
    case CONDITION: return ours->as.boolean == (sqlite3_column_int64(theirs, 0) != 0);
    case TEXT:
    case ASCII:
        return ours->as.text.size == (size_t)sqlite3_column_bytes(theirs, 0) &&
               (ours->as.text.size == 0 ||
                memcmp(ours->as.text.bytes, sqlite3_column_text(theirs, 0), ours->as.text.size) == 0);
    case HUNDREDTHS:
        for (unsigned i = ours->type == DK_DECIMAL ? ours->scale : 0; i < 2; i++)
            whole *= 10;
        break;
    default: break;
    }
    return sqlite3_column_type(theirs, 0) == SQLITE_INTEGER && whole == sqlite3_column_int64(theirs, 0);
}

static void vary(unsigned round)
{
    static const size_t blocks[] = { 1, DK_BLOCK_ROWS, 5, 64 };

    dk_context_set_block_rows(context, blocks[round % 4]);
    dk_set_threads(round / 4 % 2 + 1);
}

/* Every row of the expression against every row that the query gives; *truth collects 1 true, 0 false, 2 null. */
static void expect_same_values(const dk_table *table, const both *text, enum kind kind, unsigned char *truth)
{
    static char sql[LONGEST + 64];
    const dk_expr *expr = NULL;
    const dk_column *column = NULL;
    sqlite3_stmt *theirs;
    uint64_t row = 0;
    dk_error err = DK_ERROR_INIT;

    (void)snprintf(sql, sizeof sql, "SELECT %s FROM t ORDER BY rowid", text->theirs);
    if (sqlite3_prepare_v2(db, sql, -1, &theirs, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_ok(dk_expr_parse(context, text->ours, &expr, &err), &err);
    if (dk_table_eval(table, expr, NULL, &column, &err) != DK_OK)
        fail_msg("%s: %s", text->ours, err.message);
    for (; sqlite3_step(theirs) == SQLITE_ROW; row++) {
        dk_value value;

        assert_ok(dk_column_get(column, row, &value, &err), &err);
        if (!same_value(&value, theirs, kind)) {
            char shown[256];

            (void)dk_value_format(&value, shown, sizeof shown);
            fail_msg("row %d is %s, and not %s:\n%s\n%s", (int)row + 1, shown, sqlite3_column_text(theirs, 0),
                     text->ours, text->theirs);
        }
        truth[row] = value.is_null ? 2 : kind == CONDITION && value.as.boolean;
    }
    assert_int_equal(row, dk_table_n_rows(table));
    sqlite3_finalize(theirs);
    dk_column_release(column);
    dk_expr_release(expr);
}

/* The rows that a condition keeps are those of that truth, in their order. */
static void expect_kept(const dk_table *table, const char *condition, const unsigned char *truth,
                        unsigned char kept)
{
    const dk_expr *expr = parse(condition);
    const dk_table *found = NULL;
    const dk_column *numbers;
    uint64_t n = 0;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_where(table, expr, NULL, &found, &err), &err);
    numbers = dk_table_field(found, N_COLUMNS)->column;
    for (uint64_t row = 0; row < dk_table_n_rows(table); row++) {
        dk_value number;

        if (truth[row] != kept)
            continue;
        assert_ok(dk_column_get(numbers, n++, &number, &err), &err);
        if (number.as.integer != (int64_t)row)
            fail_msg("row %d is not kept: %s", (int)row + 1, condition);
    }
    assert_int_equal(dk_table_n_rows(found), n);
    dk_table_release(found);
    dk_expr_release(expr);
}

/* A condition, its negation and its null are all rows, each once. */
static void expect_partition(const dk_table *table, const char *condition, const unsigned char *truth)
{
    static char text[LONGEST + 64];

    expect_kept(table, condition, truth, 1);
    (void)snprintf(text, sizeof text, "not (%s)", condition);
    expect_kept(table, text, truth, 0);
    (void)snprintf(text, sizeof text, "(%s) is null", condition);
    expect_kept(table, text, truth, 2);
}

static bool has_no_type(const char *text)
{
    return strstr(text, "null, null") || strcmp(text, "null") == 0;
}

static void expressions_agree(void **state)
{
    static both text;
    static unsigned char truth[400];
    unsigned n_compared[N_KINDS] = { 0 };

    (void)state;
    for (unsigned round = 0; round < watched(80, 80, 20); round++) {
        const dk_table *table = random_table(round % 8 < 2 ? round % 8 : 1 + pick(399)); /* none, one, some */

        for (unsigned i = 0; i < 40; i++) {
            enum kind kind = i % 2 ? CONDITION : (enum kind)pick(N_KINDS);

            do
                make(&text, kind, 1 + (int)pick(4));
            while (strlen(text.ours) > 1500 || strlen(text.theirs) > 3000 || has_no_type(text.ours));
            vary(round + i);
            expect_same_values(table, &text, kind, truth);
            n_compared[kind]++;
            if (kind == CONDITION)
                expect_partition(table, text.ours, truth);
        }
        dk_table_release(table);
    }
    for (int kind = 0; kind < N_KINDS; kind++)
        assert_true(n_compared[kind] > 20);
}

/* Enough rows for several ranges of whole blocks. */
static void many_rows_agree(void **state)
{
    static both text;
    static unsigned char truth[140000];
    bool quick = under_valgrind();
    const dk_table *table = random_table(quick ? 5000 : sizeof truth);

    (void)state;
    dk_set_threads(2);
    dk_context_set_block_rows(context, quick ? 100 : DK_BLOCK_ROWS);
    for (unsigned i = 0; i < 2 * N_KINDS; i++) {
        enum kind kind = (enum kind)(i % N_KINDS);

        do
            make(&text, kind, 3);
        while (strlen(text.ours) > 400 || strlen(text.theirs) > 1000 || has_no_type(text.ours));
        expect_same_values(table, &text, kind, truth);
        if (kind == CONDITION)
            expect_partition(table, text.ours, truth);
    }
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(expressions_agree, open_both, close_both),
        cmocka_unit_test_setup_teardown(many_rows_agree, open_both, close_both),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
