/* test_lookup.c - expressions over few codes are looked up, and say what evaluating them row by row says.
 *
 * Where a table has fewer rows than there are codes nothing is looked up: the same rows, a few at a time, take the
 * other way.
 */
#include "exprs.h"
#include "random.h"

#include "data/codes.h"
#include "expr/bound.h"

/* Columns of few values, and one of many; each but "sure" is null now and then. */
static const dk_table *make_rows(uint64_t n_rows)
{
    static const char *const names[] = { "c", "d", "b", "sure", "i", "money", "day", "many" };
    static const dk_type types[] = { DK_CATEGORY, DK_CATEGORY, DK_BOOLEAN, DK_BOOLEAN,
                                     DK_INTEGER,  DK_DECIMAL,  DK_DATE,    DK_INTEGER };
    dk_field fields[8];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t k = 0; k < 8; k++) {
        dk_builder *builder = NULL;
        const dk_column *column = NULL;

        assert_ok(dk_builder_new(context, types[k], types[k] == DK_DECIMAL ? 2 : 0, NULL, &builder, &err), &err);
        for (uint64_t row = 0; row < n_rows; row++) {
            char text[8];

            if (k != 3 && pick(6) == 0) {
                assert_ok(dk_builder_null(builder, 1, &err), &err);
                continue;
            }
            switch (types[k]) {
            case DK_CATEGORY:
                (void)snprintf(text, sizeof text, "%c%llu", k == 0 ? 'p' : 'q',
                               (unsigned long long)pick(k == 0 ? 4 : 90));
                assert_ok(dk_builder_text(builder, (dk_text){ text, strlen(text) }, &err), &err);
                break;
            case DK_BOOLEAN: assert_ok(dk_builder_boolean(builder, pick(2) == 1, &err), &err); break;
            case DK_DATE: assert_ok(dk_builder_integer(builder, 19700 + (int64_t)pick(300), &err), &err); break;
            default:
                assert_ok(dk_builder_integer(
                              builder, k == 7 ? (int64_t)pick(UINT64_C(1) << 40) : (int64_t)pick(40) - 5, &err),
                          &err);
            }
        }
        assert_ok(dk_builder_finish(builder, &column, &err), &err);
        dk_builder_release(builder);
        fields[k] = DK_FIELD(names[k], column);
    }
    assert_ok(dk_table_new(context, fields, 8, n_rows, &table, &err), &err);
    for (size_t k = 0; k < 8; k++)
        dk_column_release(fields[k].column);
    return table;
}

static const char *const conditions[] = {
    "c is null",
    "c == 'p1'",
    "d in ('q3', 'q4', 'q50', 'q51', 'q70', 'q71', 'q80', 'q20', 'q30')",
    "b",
    "sure",
    "b is true",
    "i > 12",
    "i is null",
    "money between 1 and 0.2 * i",
    "c < d",
    "i == money",
    "day >= date '2024-01-01'",
    "many % 3 == 0",
    "many > i",
    "b == sure",
    "month(day) in (1, 7, null)",
    "upper(c) == 'P2'",
    "10 / i > 2",
};
#define N_CONDITIONS (sizeof conditions / sizeof *conditions)

static const char *const values[] = {
    "bin(i, 0, 10, 20)",
    "year(day)",
    "period(day, 'quarter')",
    "i * 2 - 3",
    "10 / i",
    "real(i) / 3e0",
    "money * i",
    "case(b, c, sure, 'other')",
    "coalesce(c, 'none')",
    "coalesce(i, 7) + coalesce(money, 1)",
    "case(i > 3, day + 4)",
    "length(c)",
    "upper(d)",
    "case(c is null, i, 0)",
    "bin(case(c == 'p1', i), 5)",
};
#define N_VALUES (sizeof values / sizeof *values)

static void append(char *out, size_t size, const char *text)
{
    assert_true(strlen(out) + strlen(text) < size);
    strcat(out, text);
}

static void random_condition(char *out, size_t size, unsigned depth)
{
    static const char *const joins[] = { " and ", " or " };
    size_t n = 2 + (size_t)pick(2), join = (size_t)pick(2);

    if (depth == 0 || pick(4) == 0) {
        append(out, size, conditions[pick(N_CONDITIONS)]);
        return;
    }
    if (pick(4) == 0)
        append(out, size, "not ");
    append(out, size, "(");
    for (size_t k = 0; k < n; k++) {
        append(out, size, k ? joins[join] : "");
        append(out, size, "(");
        random_condition(out, size, depth - 1);
        append(out, size, ")");
    }
    append(out, size, ")");
}

static const dk_column *eval(const dk_table *table, const dk_expr *expr)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_eval(table, expr, NULL, &column, &err), &err);
    return column;
}

static void assert_same_row(const char *text, uint64_t row, const dk_value *a, const dk_value *b)
{
    char x[80], y[80];

    if (a->type == b->type && a->is_null == b->is_null && (a->is_null || dk_value_compare(a, b) == 0))
        return;
    (void)dk_value_format(a, x, sizeof x);
    (void)dk_value_format(b, y, sizeof y);
    fail_msg("%s, row %llu: %s and %s", text, (unsigned long long)(row + 1), x, y);
}

/* The whole table at once, and seven rows at a time: fewer than four for each of two codes. */
static void assert_both_ways(const dk_table *table, const char *text)
{
    const dk_expr *expr = parse(text);
    const dk_column *whole = eval(table, expr);
    uint64_t n_rows = dk_table_n_rows(table);
    dk_error err = DK_ERROR_INIT;

    for (uint64_t row = 0; row < n_rows; row += 7) {
        const dk_table *some = NULL;
        const dk_column *part;

        assert_ok(dk_table_slice(table, row, 7, &some, &err), &err);
        part = eval(some, expr);
        for (uint64_t i = 0; i < dk_table_n_rows(some); i++) {
            dk_value a, b;

            assert_ok(dk_column_get(whole, row + i, &a, &err), &err);
            assert_ok(dk_column_get(part, i, &b, &err), &err);
            assert_same_row(text, row + i, &a, &b);
        }
        dk_column_release(part);
        dk_table_release(some);
    }
    dk_column_release(whole);
    dk_expr_release(expr);
}

static void random_conditions_have_one_answer(void **state)
{
    const dk_table *table = make_rows(watched(5000, 1500, 400));

    (void)state;
    for (size_t i = 0; i < N_CONDITIONS; i++)
        assert_both_ways(table, conditions[i]);
    for (int i = 0; i < (int)watched(120, 30, 5); i++) {
        char text[4096] = "";

        (void)dki_codes_set_way(i % 4);
        random_condition(text, sizeof text, 3);
        assert_both_ways(table, text);
    }
    (void)dki_codes_set_way(3);
    dk_table_release(table);
}

static void values_have_one_answer(void **state)
{
    const dk_table *table = make_rows(watched(5000, 1500, 400));

    (void)state;
    for (int way = 0; way < 4; way++) {
        (void)dki_codes_set_way(way);
        for (size_t i = 0; i < N_VALUES; i++)
            assert_both_ways(table, values[i]);
    }
    dk_table_release(table);
}

static dki_run_fn *run_of(const dk_table *table, const char *text)
{
    const dk_expr *expr = parse(text);
    dki_scope scope = { .table = table };
    dki_bound *bound = NULL;
    dki_run_fn *run;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_bind(&scope, expr, dki_expr_root(expr), &bound, &err), &err);
    run = bound->root->run;
    dki_bound_release(bound);
    dk_expr_release(expr);
    return run;
}

/* Which way is taken: joint codes that a byte holds, or other operators over more; not words of bits, not many
 * values. */
static void what_has_few_codes_is_looked_up(void **state)
{
    const dk_table *table = make_rows(4000), *small = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ptr_equal(run_of(table, "c is null and not b"), dki_run_lookup);  /* 5 * 3 codes */
    assert_ptr_equal(run_of(table, "c is null or i > 3"), dki_run_lookup);   /* 5 * 41 */
    assert_ptr_equal(run_of(table, "c is null and d is null"), dki_run_and); /* 5 * 91: two tables */
    assert_ptr_equal(run_of(table, "c < d"), dki_run_lookup);                /* the same, and no junction */
    assert_ptr_equal(run_of(table, "b and not sure"), dki_run_and);          /* words already */
    assert_ptr_equal(run_of(table, "many > 3"), dki_run_compare);            /* 2^40 values */
    assert_ptr_equal(run_of(table, "i + 1"), dki_run_lookup);
    assert_ok(dk_table_slice(table, 0, 10, &small, &err), &err);
    assert_ptr_equal(run_of(small, "c is null and not b"), dki_run_and); /* more codes than a quarter of the rows */
    dk_table_release(small);
    dk_table_release(table);
}

/* A combination that fails may not occur: it fails for the row that has it, or not at all. */
static void what_fails_is_left_to_the_row(void **state)
{
    const dk_table *table = make_rows(4000);

    (void)state;
    assert_both_ways(table, "i > 30 or i * 300000000000000000 > 5");
    assert_both_ways(table, "case(i < 30, i * 300000000000000000)");
    fails(table, "sure or i * 900000000000000000 > 5", DK_ERR_OVERFLOW, 9, "does not fit");
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_rows(2000);
    const dk_expr *expr = parse("case(c is null and not b, bin(i, 0, 10), i in (3, 4) or c == 'p1', 'x')");
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_eval(table, expr, NULL, &column, &err), &err, column == NULL,
                                   dk_column_release(column));
    dk_expr_release(expr);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_conditions_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(values_have_one_answer, start, stop),
        cmocka_unit_test_setup_teardown(what_has_few_codes_is_looked_up, start, stop),
        cmocka_unit_test_setup_teardown(what_fails_is_left_to_the_row, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, stop),
    };

    random_state = UINT64_C(0x9E3779B97F4A7C15);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
