/* test_common.c - what several expressions of a breakdown have in common is computed once, and shows in nothing
 * else. */
#include "exprs.h"
#include "random.h"
#include "watched.h"

/* Columns of so many values that nothing is looked up, but g and b. */
static const dk_table *make_rows(uint64_t n_rows)
{
    static const char *const names[] = { "g", "b", "x", "y", "s" };
    static const dk_type types[] = { DK_CATEGORY, DK_BOOLEAN, DK_INTEGER, DK_INTEGER, DK_TEXT };
    dk_field fields[5];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (size_t k = 0; k < 5; k++) {
        dk_builder *builder = NULL;

        fields[k] = DK_FIELD(names[k], NULL);
        assert_ok(dk_builder_new(context, types[k], 0, NULL, &builder, &err), &err);
        for (uint64_t row = 0; row < n_rows; row++) {
            char text[32];

            if (pick(5) == 0) {
                assert_ok(dk_builder_null(builder, 1, &err), &err);
            } else if (types[k] == DK_BOOLEAN) {
                assert_ok(dk_builder_boolean(builder, pick(2) == 1, &err), &err);
            } else if (types[k] == DK_INTEGER) {
                assert_ok(dk_builder_integer(builder, (int64_t)pick(1000000) - 300000, &err), &err);
            } else {
                (void)snprintf(text, sizeof text, "a%llu", (unsigned long long)pick(k == 0 ? 3 : 1000000));
                assert_ok(dk_builder_text(builder, (dk_text){ text, strlen(text) }, &err), &err);
            }
        }
        assert_ok(dk_builder_finish(builder, &fields[k].column, &err), &err);
        dk_builder_release(builder);
    }
    assert_ok(dk_table_new(context, fields, 5, n_rows, &table, &err), &err);
    for (size_t k = 0; k < 5; k++)
        dk_column_release(fields[k].column);
    return table;
}

static const dk_breakdown *breakdown_of(const struct question *question)
{
    dk_measure by[4], measures[16];
    dk_breakdown_spec spec = { .by = by, .measures = measures, .where = question->where };
    const dk_breakdown *breakdown = NULL;
    dk_error err = DK_ERROR_INIT;

    for (; question->by[spec.n_by]; spec.n_by++)
        by[spec.n_by] = (dk_measure){ question->by[spec.n_by], NULL, NULL };
    for (; question->measures[spec.n_measures]; spec.n_measures++)
        measures[spec.n_measures] = (dk_measure){ question->measures[spec.n_measures], NULL, NULL };
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    return breakdown;
}

/* The common parts of a plan: "part places rows", one a line. Good until the next call. */
static const char *common_parts(const dk_table *table, struct question question)
{
    static char out[1024];
    const dk_breakdown *breakdown = breakdown_of(&question);
    const dk_table *plan = NULL;
    size_t used = 0;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_breakdown_plan(breakdown, table, NULL, &plan, &err), &err);
    dk_breakdown_release(breakdown);
    out[0] = '\0';
    for (uint64_t row = 0; row < dk_table_n_rows(plan); row++) {
        dk_value step, what, shared, rows;

        assert_ok(dk_column_get(dk_table_field(plan, 0)->column, row, &step, &err), &err);
        assert_ok(dk_column_get(dk_table_field(plan, 1)->column, row, &what, &err), &err);
        assert_ok(dk_column_get(dk_table_field(plan, 3)->column, row, &shared, &err), &err);
        assert_ok(dk_column_get(dk_table_field(plan, 4)->column, row, &rows, &err), &err);
        if (step.as.text.size != 6 || memcmp(step.as.text.bytes, "common", 6) != 0)
            continue;
        used += (size_t)snprintf(out + used, sizeof out - used, "%.*s %lld %lld\n", (int)what.as.text.size,
                                 what.as.text.bytes, (long long)shared.as.integer, (long long)rows.as.integer);
    }
    dk_table_release(plan);
    return out;
}

static void parts_are_computed_once(void **state)
{
    const dk_table *t = make_rows(1000);

    (void)state;
    /* in two measures and a dimension */
    assert_string_equal(
        common_parts(t, (struct question){ .by = { "k = abs(x - y) % 3" },
                                           .measures = { "a = sum(abs(x - y) + 1)", "z = max(2 * abs(x - y))" } }),
        "abs(x - y) 3 1000\n");
    /* twice in one expression; blanks and brackets do not matter */
    assert_string_equal(common_parts(t, (struct question){ .measures = { "a = sum(x * y + (x*y) // 7)" } }),
                        "x * y 2 1000\n");
    /* in a condition and in another under it */
    assert_string_equal(common_parts(t, (struct question){ .where = "x // 5 > 3",
                                                           .measures = { "n = count() where x // 5 < 100000" } }),
                        "x // 5 2 1000\n");
    /* a part within a part */
    assert_string_equal(
        common_parts(t, (struct question){ .measures = { "a = sum((x - y) * 2)", "b = max((x - y) * 2 + x)",
                                                         "c = min(x - y + 1)" } }),
        "(x - y) 2 1000\n(x - y) * 2 2 1000\n");
    /* what is the whole argument of several aggregates is one argument, and no part */
    assert_string_equal(common_parts(t, (struct question){ .measures = { "a = sum(x - y)", "b = max(x - y)" } }),
                        "");
    /* look-ups, columns and constants cost nothing twice */
    assert_string_equal(common_parts(t, (struct question){ .by = { "u = upper(g)" },
                                                           .where = "b or g is null",
                                                           .measures = { "n = count() where upper(g) == 'A1'",
                                                                         "m = sum(x + 2 * 3)", "k = max(y + 2 * 3)",
                                                                         "o = count() where b or g is null" } }),
                        "");
    dk_table_release(t);
}

/* Rows that only one of two conditions lets through are computed once each, and others not at all. */
static void only_rows_that_are_asked_for_are_computed(void **state)
{
    const dk_table *t = make_table(context, "b:boolean x:integer y:integer\n"
                                            "true|1|100000\ntrue|2|7\nfalse|3|9\nfalse|4|11\nfalse|5|12\n-|6|1\n");

    (void)state;
    assert_string_equal(common_parts(t, (struct question){ .measures = { "a = sum(x * y + 1) where b",
                                                                         "z = max(x * y - 1) where not b" } }),
                        "x * y 2 5\n");
    assert_string_equal(
        common_parts(t, (struct question){ .measures = { "a = sum(x * y + 1) where b", "z = max(x * y - 1)" } }),
        "x * y 2 6\n");
    assert_string_equal(
        common_parts(
            t, (struct question){ .measures = { "a = count() where y > 10 and x * y > 20 and x * y < 50000" } }),
        "x * y 2 3\n");
    dk_table_release(t);
}

/* A failure is that of the earliest row, at the place in the expression that reached it. */
static void failures_show_who_asked(void **state)
{
    const dk_table *t = make_table(context, "b:boolean x:integer\ntrue|1\nfalse|5000000000\ntrue|3\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(ask_table(ASK(.measures = { "a = sum(x * x + 1) where b", "z = max(1 - x * x) where not b" }),
                               t, NULL, &result, &err),
                     DK_ERR_OVERFLOW);
    assert_string_equal(err.message, "row 2: 5000000000 * 5000000000 does not fit\n"
                                     "  z = max(1 - x * x) where not b\n"
                                     "              ^^^^^");
    assert_int_equal(err.column, 13);
    assert_int_equal(
        ask_table(ASK(.measures = { "a = sum(x * x + 1)", "z = max(1 - x * x)" }), t, NULL, &result, &err),
        DK_ERR_OVERFLOW);
    assert_non_null(strstr(err.message, "a = sum(x * x + 1)"));
    assert_int_equal(err.column, 9);
    assert_null(result);
    /* what no row reaches cannot fail */
    assert_ok(ask_table(ASK(.measures = { "a = sum(x * x + 1) where b", "z = max(1 - x * x) where b" }), t, NULL,
                        &result, &err),
              &err);
    dk_table_release(result);
    dk_table_release(t);
}

/* Faults of names and types are those of the whole, and notes are not lost. */
static void binding_says_what_it_says_without(void **state)
{
    const dk_table *t = make_rows(50), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(
        ask_table(ASK(.measures = { "a = sum(x + z * 2)", "b = sum(1 + z * 2)" }), t, NULL, &result, &err),
        DK_ERR_NAME);
    assert_non_null(strstr(err.message, "needs the column z"));
    assert_int_equal(
        ask_table(ASK(.measures = { "a = sum(x + s * 2)", "b = sum(1 + s * 2)" }), t, NULL, &result, &err),
        DK_ERR_TYPE);
    assert_non_null(strstr(err.message, "a = sum(x + s * 2)"));
    assert_ok(ask_table(ASK(.by = { "k = case(g == 'a9' and x > y, 1, 2)" },
                            .measures = { "n = count() where (g == 'a9' and x > y) or b" }),
                        t, NULL, &result, &err),
              &err);
    assert_true(dk_table_n_notes(result) >= 1);
    {
        bool found = false;

        for (size_t i = 0; i < dk_table_n_notes(result); i++)
            found |= strstr(dk_table_note(result, i), "no g is \"a9\"") != NULL;
        assert_true(found);
    }
    dk_table_release(result);
    dk_table_release(t);
}

/* Several measures at once and each alone.
 * ------------------------------------------------------------------------- */

static const char *const parts[] = { "(x - y)",          "abs(x - y)", "(x * 3 + y)",
                                     "coalesce(x, y)",   "length(s)",  "case(x > y, x, b, y)",
                                     "(abs(x - y) % 7)", "x % 10",     "greatest(x, y)" };

static void random_measure(char *out, size_t size, int number)
{
    static const char *const aggregates[] = { "sum", "min", "max", "mean" };
    static const char *const filters[][2] = { { " where b", "" },
                                              { " where ", " > 10" },
                                              { " where ", " is not null and not b" },
                                              { " where upper(s) < 'M' or ", " > 5" } };
    size_t f = (size_t)pick(6);
    const char *one = parts[pick(9)], *two = parts[pick(9)];
    char filter[128] = "";

    if (f < 4)
        (void)snprintf(filter, sizeof filter, "%s%s%s", filters[f][0], f ? parts[pick(9)] : "", filters[f][1]);
    (void)snprintf(out, size, "m%d = %s(%s + %s * 2)%s", number, aggregates[pick(4)], one, two, filter);
}

static void assert_column(const dk_table *a, size_t i, const dk_table *b, size_t k, const char *what)
{
    dk_error err = DK_ERROR_INIT;

    assert_int_equal(dk_table_n_rows(a), dk_table_n_rows(b));
    for (uint64_t row = 0; row < dk_table_n_rows(a); row++) {
        char x[80], y[80];
        dk_value value;

        assert_ok(dk_column_get(dk_table_field(a, i)->column, row, &value, &err), &err);
        (void)dk_value_format(&value, x, sizeof x);
        assert_ok(dk_column_get(dk_table_field(b, k)->column, row, &value, &err), &err);
        (void)dk_value_format(&value, y, sizeof y);
        if (strcmp(x, y) != 0)
            fail_msg("%s, row %llu: %s and %s", what, (unsigned long long)row, x, y);
    }
}

static void several_measures_are_each_alone(void **state)
{
    bool quick = under_valgrind();
    const dk_table *t = make_rows(quick ? 500 : 20000);
    static const size_t blocks[] = { DK_BLOCK_ROWS, 64, 7 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int round = 0; round < (quick ? 4 : 40); round++) {
        char measures[6][256], by[64], where[64];
        struct question all = { .where = pick(2) ? where : NULL };
        const dk_table *together = NULL;
        size_t n = 2 + (size_t)pick(5);

        (void)snprintf(by, sizeof by, "k = %s %% 5", parts[pick(9)]);
        (void)snprintf(where, sizeof where, "%s > 3 or b", parts[pick(9)]);
        all.by[0] = by;
        for (size_t i = 0; i < n; i++) {
            random_measure(measures[i], sizeof measures[i], (int)i);
            all.measures[i] = measures[i];
        }
        dk_set_threads((unsigned)pick(3) + 1);
        dk_context_set_block_rows(context, blocks[pick(3)]);
        assert_ok(ask_table(&all, t, NULL, &together, &err), &err);
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        for (size_t i = 0; i < n; i++) {
            struct question one = { .by = { "k = 0 + j" }, .measures = { measures[i] } };
            const dk_expr *expr;
            const dk_table *derived = NULL, *alone = NULL;
            char text[80];

            (void)snprintf(text, sizeof text, "j%s", by + 1); /* the dimension made beforehand, as a column */
            expr = parse(text);
            assert_ok(dk_table_derive(t, &expr, 1, NULL, &derived, &err), &err);
            dk_expr_release(expr);
            one.where = all.where;
            assert_ok(ask_table(&one, derived, NULL, &alone, &err), &err);
            assert_column(together, i + 1, alone, 1, measures[i]);
            dk_table_release(alone);
            dk_table_release(derived);
        }
        dk_table_release(together);
    }
    dk_table_release(t);
}

/* Parts within parts, each of which stands in two places of its own. */
static void many_parts_are_computed(void **state)
{
    enum { N = 15 };
    const dk_table *t = make_rows(500);
    char parts_of[N + 1][400] = { "x" }, measures[N][900];
    struct question all = { .by = { "k = abs(y) % 3" } };
    const dk_table *together = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < N; i++) {
        (void)snprintf(parts_of[i + 1], sizeof parts_of[i + 1], "(%s - y // %d)", parts_of[i], i + 2);
        (void)snprintf(measures[i], sizeof measures[i], "m%d = sum(%s + 1) + max(%s * 2)", i, parts_of[i + 1],
                       parts_of[i + 1]);
        all.measures[i] = measures[i];
    }
    assert_ok(ask_table(&all, t, NULL, &together, &err), &err);
    for (size_t i = 0; i < N; i++) {
        struct question one = { .by = { all.by[0] }, .measures = { measures[i] } };
        const dk_table *alone = NULL;

        assert_ok(ask_table(&one, t, NULL, &alone, &err), &err);
        assert_column(together, i + 1, alone, 1, measures[i]);
        dk_table_release(alone);
    }
    dk_table_release(together);
    dk_table_release(t);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *t = make_rows(100), *result = NULL;
    const struct question question = { .by = { "k = abs(x - y) % 3" },
                                       .where = "length(s) > 3",
                                       .measures = { "a = sum(abs(x - y) + 1)", "l = max(upper(s .. 'x'))",
                                                     "m = min(upper(s .. 'x') .. 'y')",
                                                     "z = max(length(s) + 2)" } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, ask_table(&question, t, NULL, &result, &err), &err, result == NULL,
                                   dk_table_release(result));
    dk_table_release(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_are_computed_once, start, stop),
        cmocka_unit_test_setup_teardown(only_rows_that_are_asked_for_are_computed, start, stop),
        cmocka_unit_test_setup_teardown(failures_show_who_asked, start, stop),
        cmocka_unit_test_setup_teardown(binding_says_what_it_says_without, start, stop),
        cmocka_unit_test_setup_teardown(several_measures_are_each_alone, start, stop),
        cmocka_unit_test_setup_teardown(many_parts_are_computed, start, stop),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
