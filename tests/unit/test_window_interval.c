/* test_window_interval.c - windows over numbers that are known in bounds only. */
#include "exprs.h"
#include "intervals.h"

#include <dekking/window.h>

#include "data/column_parts.h"

#define FIGURES                                   \
    "g:category j:integer n:interval w:integer\n" \
    "a|1|10..12|1\n"                              \
    "a|2|0..4~<5~suppressed|2\n"                  \
    "a|3|3..|1\n"                                 \
    "a|4|~.~unavailable|1\n"                      \
    "a|5|7|3\n"                                   \
    "b|1|..6|1\n"                                 \
    "b|2|1..2|1\n"

static dk_status ask(const dk_table *table, const char *text, const dk_table **out, dk_error *err)
{
    static const char *const within[] = { "g" }, *const order[] = { "j" };
    const dk_expr *expr = NULL;
    dk_status status = dk_expr_parse(context, text, &expr, err);
    dk_window_spec spec = {
        .within = within, .n_within = 1, .order = order, .n_order = 1, .columns = &expr, .n_columns = 1
    };

    if (status == DK_OK)
        status = dk_table_window(table, &spec, NULL, out, err);
    dk_expr_release(expr);
    return status;
}

static void check_of(const char *figures, const char *weight, const char *call, const char *expected)
{
    const dk_table *table = make_table(context, figures), *made = NULL, *only = NULL;
    dk_error err = DK_ERROR_INIT;
    char text[100];

    if (weight)
        table = with_weight(table, weight);
    (void)snprintf(text, sizeof text, "x = %s", call);
    assert_ok(ask(table, text, &made, &err), &err);
    if (weight)
        made = with_weight(made, NULL);
    assert_ok(dk_table_select(made, (const char *const[]){ "x" }, 1, &only, &err), &err);
    assert_string_equal(show_rows(only), expected);
    dk_table_release(only);
    dk_table_release(made);
    dk_table_release(table);
}

static void check(const char *weight, const char *call, const char *expected)
{
    check_of(FIGURES, weight, call, expected);
}

static void frames_have_bounds(void **state)
{
    (void)state;
    check(NULL, "running_sum(n)", "10..12\n10..16\n13..\n13..\n20..\n..6\n..8\n");
    check(NULL, "moving_sum(n, 2)", "10..12\n10..16\n3..\n3..\n7\n..6\n..8\n");
    check(NULL, "running_min(n)", "10..12\n0..4\n0..4\n0..4\n0..4\n..6\n..2\n");
    check(NULL, "running_max(n)", "10..12\n10..12\n10..\n10..\n10..\n..6\n1..6\n");
    check(NULL, "running_mean(n)",
          "10.000000..12.000000\n5.000000..8.000000\n4.333333..\n4.333333..\n5.000000..\n..6.000000\n..4.000000\n");
    check(NULL, "sum(n) where j < 3", "10..16\n10..16\n10..16\n10..16\n10..16\n..8\n..8\n");
    check(NULL, "running_count(n)", "1\n2\n3\n3\n4\n1\n2\n");
    check("w", "running_sum(n)", "10..12\n10..20\n13..\n13..\n34..\n..6\n..8\n");
}

static void other_rows_keep_bounds_and_markers(void **state)
{
    (void)state;
    check(NULL, "previous(n)", "-\n10..12\n0..4[<5]\n3..\n-[.]\n-\n..6\n");
    check(NULL, "change(n)", "-\n-12..-6\n-1..\n-[.]\n-[.]\n-\n-5..\n");
    check(NULL, "first_value(n)", "10..12\n10..12\n10..12\n10..12\n10..12\n..6\n..6\n");
}

/* From the row of an estimate on, running sums are estimates; a row of no weight is nobody. */
static void an_estimate_makes_estimates(void **state)
{
    static const char figures[] = "g:category j:integer n:interval w:integer\n"
                                  "a|1|10..12|1\n"
                                  "a|2|5~s~estimate|0\n"
                                  "a|3|7|1\n"
                                  "b|1|1|1\n";

    (void)state;
    check_of(figures, NULL, "running_sum(n)", "10..12\n15..17[~]\n22..24[~]\n1\n");
    check_of(figures, NULL, "moving_sum(n, 1)", "10..12\n5[~]\n7\n1\n");
    check_of(figures, NULL, "mean(n)",
             "7.333333..8.000000[~]\n7.333333..8.000000[~]\n7.333333..8.000000[~]\n1.000000\n");
    check_of(figures, NULL, "max(n)", "10..12[~]\n10..12[~]\n10..12[~]\n1\n");
    check_of(figures, NULL, "sum(n) where j > 2", "7\n7\n7\n-\n");
    check_of(figures, "w", "sum(n)", "17..19\n17..19\n17..19\n1\n");
}

static void shares_are_refused(void **state)
{
    const dk_table *table = make_table(context, FIGURES), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(ask(table, "x = share(n)", &made, &err), &err, DK_ERR_TYPE,
                 "share() is not known of numbers in bounds");
    assert_string_equal(err.hint, "in a breakdown m / all(m) is a share of which the bounds are known");
    dk_table_release(table);
}

static void the_truth_is_within_the_bounds(void **state)
{
    static const char *const calls[] = { "x = running_sum(a)",     "x = moving_sum(a, 3)",
                                         "x = change(a)",          "x = running_min(a)",
                                         "x = running_max(a)",     "x = moving_mean(a, 2)",
                                         "x = sum(a) where b > 3", "x = mean(a) - previous(b)" };
    size_t n_closed = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(2000); round++) {
        size_t k = random_below(sizeof calls / sizeof *calls);
        const dk_table *tables[2], *made[2] = { NULL };
        const dk_column *rows;
        dk_field field = DK_FIELD("j", NULL);
        dk_error err = DK_ERROR_INIT;
        int64_t numbers[30];
        size_t n = 1 + random_below(30);

        make_pair_of_tables(context, n, 40, random_below(2), random_below(2) ? 0 : 10, &tables[0], &tables[1]);
        for (size_t i = 0; i < n; i++)
            numbers[i] = (int64_t)i;
        assert_ok(dki_column_of_integers(context, DK_INTEGER, 0, numbers, n, &rows, &err), &err);
        field.column = rows;
        for (int t = 0; t < 2; t++) {
            const dk_table *numbered;

            assert_ok(dk_table_with(tables[t], &field, 1, &numbered, &err), &err);
            assert_ok(ask(numbered, calls[k], &made[t], &err), &err);
            dk_table_release(numbered);
        }
        if (strstr(calls[k], "where") == NULL)
            n_closed +=
                assert_within(dk_table_field(made[0], 5)->column, dk_table_field(made[1], 5)->column, calls[k]);
        for (int t = 0; t < 2; t++) {
            dk_table_release(made[t]);
            dk_table_release(tables[t]);
        }
        dk_column_release(rows);
    }
    assert_true(n_closed > 5000 || random_rounds(2000) < 2000);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_table(context, FIGURES "b|3|9~s~estimate|1\n"), *made = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, ask(table, "x = running_mean(n)", &made, &err), &err, made == NULL,
                                   dk_table_release(made));
    dk_set_threads(0);
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frames_have_bounds), TEST(other_rows_keep_bounds_and_markers), TEST(an_estimate_makes_estimates),
        TEST(shares_are_refused), TEST(the_truth_is_within_the_bounds),     TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
