/* test_compared_long.c - comparisons with relative differences, and with a row for each group, measure and side. */
#include "compared.h"

static const dk_comparison_form wide_relative = { .relative = true };
static const dk_comparison_form is_long = { .is_long = true };
static const dk_comparison_form long_relative = { .is_long = true, .relative = true };

static void assert_refused(const struct question *question, const char *base, const char *other, dk_status expected,
                           const char *part)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(compare(question, base, other, &is_long, &result, &err), &err, expected, part);
    assert_null(result);
}

static const char *format_of(const dk_table *table, const char *column)
{
    return dk_table_field(table, dk_table_find(table, column))->format;
}

/* 30 % of the 1994 unknown are 598.2: 6280.2 of 7676. The difference is in points, in proportion it is 598.2 of 5682. */
static void a_share_of_the_unknown_of_the_region(void **state)
{
    const dk_table *region = make_region(context), *result = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.measures = { "known = count() where in_sonar", "dekking = known / count()" }));
    const dk_scenario *outreach = make_outreach(context, false);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        dk_scenario_compare_as(breakdown, region, NULL, &outreach, NULL, 1, &wide_relative, NULL, &result, &err),
        &err);
    assert_string_equal(show_names(result),
                        "known_base known_outreach known_outreach_difference known_outreach_relative dekking_base "
                        "dekking_outreach dekking_outreach_difference dekking_outreach_relative");
    assert_string_equal(show_rows(result),
                        "5682|6280.2|598.2|997/9470|2841/3838|31401/38380|2991/38380|997/9470\n");
    assert_string_equal(format_of(result, "dekking_outreach_difference"), "+0.00 pp");
    assert_string_equal(format_of(result, "dekking_outreach_relative"), "+0.0 %");
    assert_string_equal(format_of(result, "known_outreach_relative"), "+0.0 %");
    assert_null(format_of(result, "known_outreach_difference"));
    dk_table_release(result);
    dk_scenario_release(outreach);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

/* From 0 nothing grows by a share; what one side does not know has none either. */
static void a_relative_difference_from_nothing_is_null(void **state)
{
    (void)state;
    assert_compared(ASK(.by = { "g" }, .measures = { "n = count() where x > 1", "s = sum(x)" }),
                    "g:category x:integer\na|1\nb|4\nc|-2\n", "g:category x:integer\na|5\nb|-\nc|-3\nd|2\n",
                    &wide_relative,
                    "g n_base n_later n_later_difference n_later_relative s_base s_later s_later_difference "
                    "s_later_relative",
                    "a|0|1|1|-|1|5|4|4/1\nb|1|0|-1|-1/1|4|-|-|-\nc|0|0|0|-|-2|-3|-1|1/2\nd|0|1|1|-|-|2|-|-\n");
}

static void each_kind_of_number_has_its_relative_difference(void **state)
{
    (void)state;
    assert_compared(ASK(.measures = { "mr = max(r)", "md = max(d)", "me = max(e)", "mt = max(t)" }),
                    "r:real d:decimal2 e:date t:text\n0.5|1.25|2024-01-01|x\n",
                    "r:real d:decimal1 e:date t:text\n0.75|2.5|2024-03-01|y\n", &wide_relative,
                    "mr_base mr_later mr_later_difference mr_later_relative md_base md_later md_later_difference "
                    "md_later_relative me_base me_later me_later_difference mt_base mt_later",
                    "0.5|0.75|0.25|0.5|1.25|2.5|1.25|1/1|2024-01-01|2024-03-01|60|x|y\n");
}

/* Every group and total has a row for each measure. */
static void a_long_comparison_has_a_row_for_each_measure(void **state)
{
    static const char base[] = "g:category x:integer\na|1\na|5\nb|2\n",
                      later[] = "g:category x:integer\na|1\nb|4\n";

    (void)state;
    assert_compared(ASK(.by = { "g" }, .measures = { "s = sum(x)", "n = count()" }, .margins = DK_MARGINS_TOTALS),
                    base, later, &is_long, "g measure scenario base value difference",
                    "a|s|later|6|1|-5\na|n|later|2|1|-1\nb|s|later|2|4|2\nb|n|later|1|1|0\n*|s|later|8|5|-3\n"
                    "*|n|later|3|2|-1\n");
    assert_compared(ASK(.by = { "g" }, .measures = { "n = count()", "q = sum(x) / n" }), base, later,
                    &long_relative, "g measure scenario base value difference relative",
                    "a|n|later|2/1|1/1|-1/1|-1/2\na|q|later|3/1|1/1|-2/1|-2/3\nb|n|later|1/1|1/1|0/1|0/1\n"
                    "b|q|later|2/1|4/1|2/1|1/1\n");
    assert_compared(ASK(.measures = { "n = count()", "r = max(real(x))" }), base, later, &is_long,
                    "measure scenario base value difference", "n|later|3.0|2.0|-1.0\nr|later|5.0|4.0|-1.0\n");
    assert_compared(ASK(.by = { "g" }, .measures = { "n = count()" }), "g:category\n", "g:category\n", &is_long,
                    "g measure scenario base value difference", "");
}

/* What wide tells, long tells: of several scenarios, in their order. */
static void several_scenarios_stand_below_each_other(void **state)
{
    static const struct plan all = {
        .name = "allen",
        .steps = { { .name = "all", .all = true, .where = "not in_sonar", .set = { "in_sonar = true" } } }
    };
    const dk_table *region = make_region(context), *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.measures = { "known = count() where in_sonar" }));
    dk_comparison_basis basis;
    const dk_scenario *scenarios[] = { make_outreach(context, false), make_scenario(context, &all) };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        dk_scenario_compare_as(breakdown, region, NULL, scenarios, NULL, 2, &long_relative, &basis, &result, &err),
        &err);
    assert_string_equal(show_names(result), "measure scenario base value difference relative");
    assert_string_equal(show_rows(result), "known|outreach|5682|6280.2|598.2|997/9470\n"
                                           "known|allen|5682|7676.0|1994.0|997/2841\n");
    assert_int_equal(sum_at(basis.cells, dk_table_properties(basis.cells)->weight), INT64_C(7676) * 1000000000);
    assert_false(basis.by_rows);
    dk_table_release(basis.cells);
    dk_table_release(result);
    dk_scenario_release(scenarios[0]);
    dk_scenario_release(scenarios[1]);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

/* One column has one pattern, where all measures have it. */
static void a_pattern_is_kept_where_all_measures_have_it(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(ASK(.measures = { "q = max(x) / count()", "p = min(x) / count()" }), "x:integer\n1\n",
                      "x:integer\n2\n", &long_relative, &result, &err),
              &err);
    assert_null(format_of(result, "value"));
    assert_string_equal(format_of(result, "relative"), "+0.0 %");
    dk_table_release(result);
    assert_ok(compare(ASK(.measures = { "q = (count() where x > 1) / count()" }), "x:integer\n1\n",
                      "x:integer\n2\n", &long_relative, &result, &err),
              &err);
    assert_string_equal(format_of(result, "difference"), "+0.00 pp");
    dk_table_release(result);
}

/* 12 to 10..19 is between 10/12 and 19/12 of it; of 0..9 nothing can be said. */
static void bounds_have_bounds_of_relative_differences(void **state)
{
    static const char base[] = "g:category x:interval\na|12\nb|0..9\n",
                      later[] = "g:category x:interval\na|10..19\nb|5\n";

    (void)state;
    assert_compared(ASK(.by = { "g" }, .measures = { "s = sum(x)" }), base, later, &wide_relative,
                    "g s_base s_later s_later_difference s_later_relative",
                    "a|12|10..19|-2..7|-0.166667..0.583334\nb|0..9|5|-4..5|-0.444445..?[?]\n");
    assert_compared(ASK(.by = { "g" }, .measures = { "n = count()", "s = sum(x)" }), base, later, &is_long,
                    "g measure scenario base value difference",
                    "a|n|later|1|1|0\na|s|later|12|10..19|-2..7\nb|n|later|1|1|0\n"
                    "b|s|later|0..9|5|-4..5\n");
    assert_refused(
        ASK(.measures = { "s = sum(x)", "q = max(1 / 3)" }), base, later, DK_ERR_TYPE,
        "numbers in bounds and ratios do not stand in one column (take them one by one, or side by side)");
}

static void what_is_too_fine_is_rounded_and_noted(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(ASK(.measures = { "q = max(a) / max(b)" }), "a:integer b:integer\n5|9223372036854775783\n",
                      "a:integer b:integer\n9223372036854775642|9223372036854775643\n", &wide_relative, &result,
                      &err),
              &err);
    assert_int_equal(dk_table_n_notes(result), 2);
    assert_string_equal(dk_table_note(result, 1),
                        "q_later_relative is rounded: exact differences do not fit in 64 bits");
    dk_table_release(result);
    assert_ok(compare(ASK(.measures = { "q = max(a) / max(b)" }), "a:integer b:integer\n5|9223372036854775783\n",
                      "a:integer b:integer\n9223372036854775642|9223372036854775643\n", &is_long, &result, &err),
              &err);
    assert_string_equal(dk_table_note(result, 0),
                        "the difference of q_later is rounded: exact differences do not fit in 64 bits");
    dk_table_release(result);
}

static void what_has_no_place_in_long_is_refused(void **state)
{
    (void)state;
    assert_refused(ASK(.measures = { "n = count()", "m = max(g)" }), "g:date\n2024-01-01\n", "g:date\n2024-01-01\n",
                   DK_ERR_TYPE,
                   "a long comparison has all measures in one column of numbers, and m is date (leave it out, or "
                   "compare without long)");
    assert_refused(ASK(.by = { "value" }, .measures = { "n = count()" }), "value:integer\n1\n",
                   "value:integer\n1\n", DK_ERR_DUPLICATE,
                   "a long comparison has a column value of its own (give the dimension another name)");
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *a = make_table(context, "g:category x:decimal2\na|1.50\nb|2.25\n");
    const dk_table *b = make_table(context, "g:text x:decimal1\nc|1.5\nb|2.5\n"), *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(
        context, ASK(.by = { "g" }, .measures = { "n = count()", "m = mean(x)" }, .margins = DK_MARGINS_ROLLUP));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(
        context, dk_table_compare_as(breakdown, a, b, "later", NULL, &long_relative, &result, &err), &err,
        result == NULL, dk_table_release(result));
    dk_breakdown_release(breakdown);
    dk_table_release(a);
    dk_table_release(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_share_of_the_unknown_of_the_region, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_relative_difference_from_nothing_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_kind_of_number_has_its_relative_difference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_comparison_has_a_row_for_each_measure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_scenarios_stand_below_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pattern_is_kept_where_all_measures_have_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_have_bounds_of_relative_differences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_fine_is_rounded_and_noted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_place_in_long_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
