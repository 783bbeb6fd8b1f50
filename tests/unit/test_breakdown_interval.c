/* test_breakdown_interval.c - aggregates, shares and margins of numbers that are known in bounds only. */
#include "intervals.h"

#include <dekking/scenario.h>

#include "with_context.h"

/* The published columns of three municipalities of the region, one withheld and one rounded to tens. */
#define REGION                                                                    \
    "g:category k:category n:interval w:integer\n"                                \
    "Duiven|1|0..9~<10~suppressed|2\nDuiven|2|54|1\nDuiven|3|130..140|1\n"        \
    "Rheden|1|0..9~<10~suppressed|1\nRheden|2|142|3\nRheden|3|~.~unavailable|1\n" \
    "Zevenaar|1|12|1\nZevenaar|2|3..|2\n"

static void check(const char *text, const char *weight, const struct question *question, const char *rows)
{
    static const size_t blocks[] = { 1, 3, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *table = make_table(context, text), *result = NULL;
        dk_error err = DK_ERROR_INIT;

        if (weight)
            table = with_weight(table, weight);
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, blocks[i / 2]);
        assert_ok(ask_table(question, table, NULL, &result, &err), &err);
        assert_string_equal(show_rows(result), rows);
        dk_table_release(result);
        dk_table_release(table);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(0);
}

static void sums_add_bounds_and_margins_too(void **state)
{
    (void)state;
    check(REGION, NULL,
          ASK(.by = { "g" }, .measures = { "s = sum(n)", "m = mean(n)", "k = count() where n is not null" },
              .margins = DK_MARGINS_TOTALS),
          "Duiven|184..203|61.333333..67.666667|3\nRheden|142..151|71.000000..75.500000|2\nZevenaar|15..|7.500000.."
          "|2\n"
          "*|341..|48.714285..|7\n");
    check(
        REGION, NULL,
        ASK(.by = { "g" },
            .measures = { "lo = min(n)", "hi = max(n)", "md = median(n)", "f = first(n)", "l = last(n)" },
            .margins = DK_MARGINS_TOTALS),
        "Duiven|0..9|130..140|54.000000|0..9|130..140\nRheden|0..9|142|71.000000..75.500000|0..9|142\n"
        "Zevenaar|3..12|12..|7.500000..|12|3..\n*|0..9|142..|12.000000..54.000000|0..9|3..\n"); /* of 9 9 12 54 140 142 and more the fourth */
    check(REGION, NULL,
          ASK(.by = { NULL }, .measures = { "s = sum(n) where k == '1'", "q = quantile(n, 0.25) where n < 100" }),
          "12..30|0.000000..9.000000\n");
}

/* What nothing is known of has no bounds, but its marker; a group without rows has none either. */
static void nothing_known_is_null(void **state)
{
    (void)state;
    check(REGION, NULL,
          ASK(.by = { "g" }, .measures = { "s = sum(n) where k == '3'", "m = min(n) where k == '3'" }),
          "Duiven|130..140|130..140\nRheden|-[.]|-[.]\nZevenaar|-|-\n");
    check("n:interval\n..4\n..7\n", NULL,
          ASK(.by = { NULL }, .measures = { "s = sum(n)", "a = min(n)", "b = max(n)" }), "..11|..4|..7\n");
}

static void weights_weigh_bounds(void **state)
{
    (void)state;
    check(REGION, "w",
          ASK(.by = { "g" }, .measures = { "s = sum(n)", "m = mean(n)" }, .margins = DK_MARGINS_TOTALS),
          "Duiven|184..212|46.000000..53.000000\nRheden|426..435|106.500000..108.750000\nZevenaar|18..|6.000000..\n"
          "*|628..|57.090909..\n");
}

/* a / (a + the rest): 12 of 12 + 12..30 - 12, and not 12 / 12..30. */
static void shares_of_a_whole_stay_within_it(void **state)
{
    (void)state;
    check("g:category n:interval\na|12\nb|0..9\nc|0..9\n", NULL,
          ASK(.by = { "g" }, .measures = { "s = sum(n)", "p = s / all(s)" }, .margins = DK_MARGINS_TOTALS),
          "a|12|0.400000..1.000000\nb|0..9|0.000000..0.428572\nc|0..9|0.000000..0.428572\n*|12..30|1.000000\n");
    check("g:category n:interval\na|3..\nb|5\nc|0\n", NULL,
          ASK(.by = { "g" }, .measures = { "s = sum(n)", "p = 100 * (sum(n) / all(s))" },
              .margins = DK_MARGINS_TOTALS),
          "a|3..|37.500000..100.000000\nb|5|0.000000..62.500000\nc|0|0.000000\n*|8..|100.000000\n");
    check(
        "g:category k:category n:interval\na|x|3..5\na|y|1..2\nb|x|0..0\nb|y|0..0\n", NULL,
        ASK(.by = { "g" },
            .measures = { "s = sum(n)", "p = (sum(n) where k == 'x') / s", "q = (sum(n) where k == 'x') / all(s)" },
            .margins = DK_MARGINS_TOTALS),
        "a|4..7|0.600000..0.833334|0.600000..0.833334\nb|0|-|0.000000\n*|4..7|0.600000..0.833334|0.600000..0."
        "833334\n");
    check("g:category h:category n:interval\na|x|1..2\na|y|1..2\nb|x|4\n", NULL,
          ASK(.by = { "g", "h" }, .measures = { "s = sum(n)", "p = s / all(s, g)" }),
          "a|x|1..2|0.333333..0.666667\na|y|1..2|0.333333..0.666667\nb|x|4|1.000000\n");
}

/* Rates of two intervals; shares of what may be negative are plain quotients. */
static void other_quotients_are_by_each_bound(void **state)
{
    (void)state;
    check("g:category a:interval b:interval\nx|5..7|10\ny|0..4|8..16\n", NULL,
          ASK(.by = { "g" }, .measures = { "p = sum(a) / sum(b)", "q = 1 - p" }, .margins = DK_MARGINS_TOTALS),
          "x|0.500000..0.700000|0.300000..0.500000\ny|0.000000..0.500000|0.500000..1.000000\n"
          "*|0.192307..0.611112|0.388888..0.807693\n");
    /* -2 of 8 and 2 of 12 */
    check("g:category n:interval\nx|-2..2\ny|10\n", NULL,
          ASK(.by = { "g" }, .measures = { "s = sum(n)", "p = s / all(s)" }),
          "x|-2..2|-0.250000..0.166667\ny|10|0.833333..1.250000\n");
}

/* An estimate among the values makes an estimate; what rows are left out is told once. */
static void estimates_stay_estimates(void **state)
{
    const dk_table *table =
        make_table(context, "g:category n:interval k:boolean\na|5~s~estimate|true\na|1..2|true\nb|3..4|-\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "s = sum(n)", "p = s / all(s)", "t = sum(n) where k" },
                            .margins = DK_MARGINS_TOTALS),
                        table, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result),
                        "a|6..7[~]|0.600000..0.700000[~]|6..7[~]\nb|3..4|0.300000..0.400000[~]|-\n"
                        "*|9..11[~]|1.000000[~]|6..7[~]\n");
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(dk_table_note(result, 0), "1 row was left out of t, because k is null there");
    dk_table_release(result);
    dk_table_release(table);
}

static void what_has_no_bounds_is_refused(void **state)
{
    static const char *const measures[] = { "v = variance(n)", "v = sd(n)", "v = distinct(n)", "v = mode(n)",
                                            "v = cov(w, n)" };
    const dk_table *table = make_table(context, REGION), *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        assert_fails(ask_table(ASK(.by = { NULL }, .measures = { measures[i] }), table, NULL, &result, &err), &err,
                     DK_ERR_TYPE, "() is not known of numbers in bounds");
    assert_string_equal(err.hint,
                        "least(x) and greatest(x) are numbers; sum, mean, min, max, median, quantile, first and "
                        "last have bounds");
    assert_fails(ask_table(ASK(.by = { NULL }, .measures = { "s = sum(n * 9223372036854775807)" }), table, NULL,
                           &result, &err),
                 &err, DK_ERR_OVERFLOW, "a bound of the result does not fit in 64 bits");
    assert_null(result);
    dk_table_release(table);
}

/* Over random tables every measure's truth is within its bounds, in every group and total. */
static void the_truth_is_within_the_bounds(void **state)
{
    const struct question *question =
        ASK(.by = { "g" },
            .measures = { "s = sum(a)", "f = sum(a) where b > 20", "m = mean(a)", "lo = min(a)", "hi = max(a)",
                          "p = s / all(s)", "r = s / sum(b)", "d = s - sum(b)", "x = sum(a * b)", "md = median(a)",
                          "z = sum(a + b) / all(s)", "q = (sum(a) where g > 1) / all(s)",
                          "e = mean(a) / all(mean(b))" },
            .margins = DK_MARGINS_TOTALS);
    size_t n_closed = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(3000); round++) {
        const dk_table *truth, *bounds, *exact = NULL, *made = NULL;
        unsigned open = random_below(3) ? 0 : 10;
        dk_error err = DK_ERROR_INIT;

        make_pair_of_tables(context, random_below(30), random_below(2) ? 8 : 500, random_below(4) == 0, open,
                            &truth, &bounds);
        assert_ok(ask_table(question, truth, NULL, &exact, &err), &err);
        assert_ok(ask_table(question, bounds, NULL, &made, &err), &err);
        for (size_t i = 1; i < dk_table_n_columns(made); i++) {
            const char *name = dk_table_field(made, i)->name;

            /* A condition that is not known leaves its rows out, and a note says so; so does a product of which
             * nothing is known, which is null. */
            if (strcmp(name, "f") != 0 && (strcmp(name, "x") != 0 || open == 0))
                n_closed += assert_within(dk_table_field(exact, i)->column, dk_table_field(made, i)->column, name);
        }
        dk_table_release(made);
        dk_table_release(exact);
        dk_table_release(truth);
        dk_table_release(bounds);
    }
    assert_true(n_closed > 10000 || random_rounds(3000) < 3000);
}

/* The differences of two deliveries are within the differences of their bounds. */
static void comparisons_have_bounds(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(300); round++) {
        const dk_table *truth[2], *bounds[2], *exact = NULL, *made = NULL;
        const dk_breakdown *breakdown = NULL;
        dk_error err = DK_ERROR_INIT;

        for (int k = 0; k < 2; k++)
            make_pair_of_tables(context, 1 + random_below(20), 50, false, random_below(2) ? 0 : 10, &truth[k],
                                &bounds[k]);
        assert_ok(question_breakdown(context,
                                     ASK(.by = { "g" }, .measures = { "s = sum(a)", "p = s / all(s)" },
                                         .margins = DK_MARGINS_TOTALS),
                                     &breakdown, &err),
                  &err);
        assert_ok(dk_table_compare(breakdown, truth[0], truth[1], "later", NULL, &exact, &err), &err);
        assert_ok(dk_table_compare(breakdown, bounds[0], bounds[1], "later", NULL, &made, &err), &err);
        for (size_t i = 1; i < dk_table_n_columns(made); i++)
            (void)assert_within(dk_table_field(exact, i)->column, dk_table_field(made, i)->column,
                                dk_table_field(made, i)->name);
        for (int k = 0; k < 2; k++) {
            dk_table_release(truth[k]);
            dk_table_release(bounds[k]);
        }
        dk_breakdown_release(breakdown);
        dk_table_release(made);
        dk_table_release(exact);
    }
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = make_table(context, REGION);

    (void)state;
    assert_ask_survives(ASK(.by = { "g" },
                            .measures = { "s = sum(n) where k ~= '3'", "m = mean(n)", "p = s / all(s)" },
                            .margins = DK_MARGINS_TOTALS),
                        table);
    dk_set_threads(0);
    dk_table_release(table);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sums_add_bounds_and_margins_too),
        TEST(nothing_known_is_null),
        TEST(weights_weigh_bounds),
        TEST(shares_of_a_whole_stay_within_it),
        TEST(other_quotients_are_by_each_bound),
        TEST(estimates_stay_estimates),
        TEST(what_has_no_bounds_is_refused),
        TEST(the_truth_is_within_the_bounds),
        TEST(comparisons_have_bounds),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
