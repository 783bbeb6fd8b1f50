/* test_effects.c - steps that add, remove and scale, steps that happen on a condition, and scenarios without steps. */
#include "plans.h"

#include "scenario/scenario_parts.h"

static const char two[] = "plaats:category bekend:boolean w:integer\na|true|6\na|false|2\nb|false|4\n";

/* Adding ------------------------------------------------------------------------------------------------------- */

/* Of those who are matched, 2 live in a and 4 in b: 3 more are 1 and 2, with what is set in place of theirs. */
static void who_comes_is_like_those_who_are_matched(void **state)
{
    (void)state;
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .where = "not bekend", .count = "3", .effect = DK_ADDS),
                 "a|false|3.000000000\na|true|6.000000000\nb|false|6.000000000\n");
    assert_after(two,
                 ONE(.per = { "plaats", "bekend" }, .where = "not bekend", .count = "3", .effect = DK_ADDS,
                     .set = { "bekend = null" }),
                 "a|false|2.000000000\na|true|6.000000000\na|-|1.000000000\nb|false|4.000000000\n"
                 "b|-|2.000000000\n");
    assert_after(two,
                 ONE(.per = { "plaats", "bekend" }, .where = "plaats == 'b'", .share = "0.25", .effect = DK_ADDS,
                     .set = { "plaats = 'c'" }),
                 "a|false|2.000000000\na|true|6.000000000\nb|false|4.000000000\nc|false|1.000000000\n");
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .all = true, .effect = DK_ADDS),
                 "a|false|4.000000000\na|true|12.000000000\nb|false|8.000000000\n");
}

/* More may come than there are: 50 like 6, of whom 2 in a. */
static void more_may_come_than_there_are(void **state)
{
    (void)state;
    assert_after(
        two,
        ONE(.per = { "plaats", "bekend" }, .where = "not bekend", .count = "50", .whole = true, .effect = DK_ADDS),
        "a|false|19.000000000\na|true|6.000000000\nb|false|37.000000000\n"); /* 16.67 and 33.33 */
    assert_after("p:category w:decimal1\na|0.5\nb|0.5\n",
                 ONE(.per = { "p" }, .count = "3", .whole = true, .effect = DK_ADDS),
                 "a|2.500000000\nb|1.500000000\n"); /* the tie goes to a */
}

static void nobody_is_like_nobody(void **state)
{
    (void)state;
    assert_refused(two, ONE(.where = "plaats == 'c'", .count = "3", .effect = DK_ADDS), DK_ERR_UNREACHABLE,
                   "stap: nobody matches plaats == 'c'");
}

/* Removing ----------------------------------------------------------------------------------------------------- */

static void who_leaves_is_gone(void **state)
{
    (void)state;
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .where = "not bekend", .count = "3", .effect = DK_REMOVES),
                 "a|false|1.000000000\na|true|6.000000000\nb|false|2.000000000\n");
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .where = "not bekend", .all = true, .effect = DK_REMOVES),
                 "a|true|6.000000000\n");
    assert_after(two,
                 ONE(.where = "bekend or not bekend", .share = "0.5", .per = { "plaats" }, .effect = DK_REMOVES),
                 "a|false|1.000000000\na|true|3.000000000\nb|false|2.000000000\n");
    assert_refused(
        two, ONE(.per = { "plaats", "bekend" }, .where = "not bekend", .count = "7", .effect = DK_REMOVES),
        DK_ERR_UNREACHABLE, "stap: 7 persons are to be taken, and there are 6, in 2 strata by plaats, bekend");
}

/* Scaling ------------------------------------------------------------------------------------------------------ */

static void weights_are_scaled(void **state)
{
    (void)state;
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .scale = "1.02"),
                 "a|false|2.040000000\na|true|6.120000000\nb|false|4.080000000\n");
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .where = "plaats == 'a'", .scale = "2.5"),
                 "a|false|5.000000000\na|true|15.000000000\nb|false|4.000000000\n");
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .where = "bekend", .scale = "0.75"),
                 "a|false|2.000000000\na|true|4.500000000\nb|false|4.000000000\n");
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .scale = "1"),
                 "a|false|2.000000000\na|true|6.000000000\nb|false|4.000000000\n");
    assert_after(two, ONE(.per = { "plaats", "bekend" }, .where = "bekend", .scale = "0"),
                 "a|false|2.000000000\nb|false|4.000000000\n");
    assert_after(two,
                 ONE(.where = "bekend or not bekend", .scale = "1.25", .whole = true,
                     .per = { "plaats" }), /* 2 and 1 more; of a's, 0.5 and 1.5 */
                 "a|false|2.500000000\na|true|7.500000000\nb|false|5.000000000\n");
}

/* Accounts ----------------------------------------------------------------------------------------------------- */

/* The total changes by exactly what the receipt says, and notes say it too. */
static void the_account_tells_who_came_and_left(void **state)
{
    const struct plan plan = {
        .name = "p",
        .steps = { { .name = "groei", .scale = "1.01" },
                   { .name = "vertrek", .where = "plaats == 'a'", .share = "1 / 3", .effect = DK_REMOVES },
                   { .name = "komst",
                     .where = "bekend",
                     .count = "10",
                     .effect = DK_ADDS,
                     .set = { "bekend = false", "plaats = 'c'" } } }
    };
    const dk_scenario *scenario = make_scenario(context, &plan);
    const dk_table *table = with_weight(make_table(context, two), "w"), *cells = NULL, *after = NULL, *moved = NULL;
    int64_t total = INT64_C(12) * DKI_PERSON;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_cells_new(table, NULL, &scenario, 1, &cells, &err), &err);
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, &moved, &err), &err);
    for (uint64_t row = 0; row < dk_table_n_rows(moved); row++) {
        const char *effect = text_at(moved, "effect", row);

        total += value_at(moved, "taken", row).as.integer * (strcmp(effect, "adds") == 0 ? 1 : -1);
    }
    assert_true(sum_at(after, "w") == total);
    assert_int_equal(total, INT64_C(19426666667)); /* 12.12 - 8.08 / 3 + 10, in units */
    assert_string_equal(text_at(moved, "set", 0), "null");
    assert_string_equal(text_at(moved, "set", dk_table_n_rows(moved) - 1), "bekend = false, plaats = 'c'");
    assert_int_equal(dk_table_n_notes(after), 3);
    assert_string_equal(dk_table_note(after, 0), "groei: 0.12 persons came");
    assert_string_equal(dk_table_note(after, 1), "vertrek: 2.693333333 persons left");
    assert_string_equal(dk_table_note(after, 2), "komst: 10 persons came");
    dk_table_release(moved);
    dk_table_release(after);
    dk_table_release(cells);
    dk_table_release(table);
    dk_scenario_release(scenario);
}

/* Conditions --------------------------------------------------------------------------------------------------- */

static void a_step_happens_where_its_condition_holds(void **state)
{
    const struct plan plan = { .name = "p",
                               .params = { { .name = "jaar", .value = WHOLE(2025) } },
                               .steps = { { .name = "s",
                                            .when = "$jaar >= 2026",
                                            .where = "plaats == 'nergens'",
                                            .all = true,
                                            .set = { "bekend = true" } },
                                          { .name = "t",
                                            .when = "$jaar < 2026",
                                            .where = "not bekend",
                                            .all = true,
                                            .set = { "bekend = true" } } } };
    const dk_param given[] = { { "jaar", WHOLE(2026) } };
    const dk_params params = { given, 1 };
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_after(two, &plan, "a|true|8.000000000\nb|true|4.000000000\n");
    assert_fails(run_plan(two, &plan, &params, &after, &err), &err, DK_ERR_UNREACHABLE,
                 "s: nobody matches plaats == 'nergens'");
}

static void a_scenario_without_steps_changes_nothing(void **state)
{
    const dk_scenario *nothing = make_scenario(context, PLAN(.name = "niets")), *outreach, *both = NULL;
    const dk_table *region = make_region(context), *result = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "gemeente" }, .measures = { COVERAGE }, .margins = DK_MARGINS_TOTALS));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_compare(breakdown, region, NULL, &nothing, NULL, 1, &result, &err), &err);
    for (uint64_t row = 0; row < dk_table_n_rows(result); row++) {
        assert_near(real_at(result, "known_niets", row), real_at(result, "known_base", row));
        assert_near(real_at(result, "dekking_niets_difference", row), 0);
    }
    outreach = make_outreach(context, true);
    assert_ok(dk_scenario_compose(nothing, outreach, NULL, &both, &err), &err);
    assert_string_equal(dk_scenario_name(both), "niets+outreach");
    dk_table_release(result);
    result = NULL;
    assert_ok(dk_scenario_compare(breakdown, region, NULL, &both, NULL, 1, &result, &err), &err);
    assert_near(real_at(result, "known_niets+outreach_difference", dk_table_n_rows(result) - 1), 598);
    dk_scenario_release(both);
    dk_scenario_release(outreach);
    dk_breakdown_release(breakdown);
    dk_table_release(result);
    dk_table_release(region);
    dk_scenario_release(nothing);
}

/* Refused ------------------------------------------------------------------------------------------------------ */

static void what_does_not_go_together_is_refused(void **state)
{
    (void)state;
    plan_is_refused(context, ONE(.all = true, .effect = DK_REMOVES, .set = { "a = 1" }), DK_ERR_ARGUMENT,
                    "stap: who leaves has no values any more: remove goes without set");
    plan_is_refused(context, ONE(.scale = "2", .set = { "a = 1" }), DK_ERR_ARGUMENT,
                    "stap: set goes with share, count or all, and this step says scale");
    plan_is_refused(context, ONE(.scale = "2", .effect = DK_ADDS), DK_ERR_ARGUMENT,
                    "stap: add goes with share, count or all");
    plan_is_refused(context, ONE(.scale = "2", .share = "0.5"), DK_ERR_ARGUMENT,
                    "stap: a step says exactly one of share, count, all, scale and rate, and this one says 2");
    plan_is_refused(context, ONE(.scale = "-0.5"), DK_ERR_RANGE, "stap: a scale is not negative, and -0.5 is");
    plan_is_refused(context, ONE(.scale = "a * 2"), DK_ERR_ARGUMENT,
                    "stap: a scale is one number for everybody, and a * 2 mentions the column a");
    plan_is_refused(context, ONE(.scale = "'veel'"), DK_ERR_TYPE, "stap: a scale is a number, and 'veel' is none");
    plan_is_refused(context, ONE(.share = "1.5", .effect = DK_ADDS), DK_ERR_RANGE,
                    "stap: a share lies between 0 and 1");
    plan_is_refused(context, ONE(.all = true, .set = { "a = 1" }, .when = "a > 1"), DK_ERR_ARGUMENT,
                    "stap: when is one condition for everybody, and a > 1 mentions the column a");
    plan_is_refused(context, ONE(.all = true, .set = { "a = 1" }, .when = "5"), DK_ERR_TYPE,
                    "stap: when wants a condition that is true or false, and 5 is none");
    plan_is_refused(context, ONE(.all = true, .set = { "a = 1" }, .when = "null"), DK_ERR_TYPE,
                    "stap: when wants a condition");
    plan_is_refused(context, ONE(.all = true, .set = { "a = 1" }, .when = "$p > 1"), DK_ERR_ARGUMENT,
                    "the parameter $p is used and not defined");
}

/* Nobody is in c, which is found when the first step runs; what is wrong with the second is known before. */
static void what_can_be_known_is_told_before_anything_runs(void **state)
{
    static const struct {
        struct plan_step step;
        dk_status status;
        const char *message;
    } cases[] = {
        { { .name = "t", .share = "$p", .set = { "bekend = true" } },
          DK_ERR_RANGE,
          "t: a share lies between 0 and 1" },
        { { .name = "t", .count = "0 - $p", .set = { "bekend = true" } },
          DK_ERR_RANGE,
          "t: a count is not negative" },
        { { .name = "t", .count = "$p / 2", .whole = true, .set = { "bekend = true" } },
          DK_ERR_RANGE,
          "t: 2.5 is no whole number of persons" },
        { { .name = "t", .scale = "0 - $p" }, DK_ERR_RANGE, "t: a scale is not negative" },
        { { .name = "t", .rate = "bekend", .to = "$p" }, DK_ERR_RANGE, "t: a share lies between 0 and 1" },
        { { .name = "t", .rate = "plaats", .to = "0.5", .where = "$p > 0" },
          DK_ERR_TYPE,
          "t: a rate is of a column" },
        { { .name = "t", .flows_of = "plaats", .flows = { { "'a'", "'b'", "$p" } } },
          DK_ERR_RANGE,
          "t: a share lies" },
        { { .name = "t", .all = true, .where = "$p", .set = { "bekend = true" } }, DK_ERR_TYPE, "t: where wants" },
        { { .name = "t", .all = true, .when = "$p", .set = { "bekend = true" } }, DK_ERR_TYPE, "t: when wants" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plan plan = { .name = "p", .params = { { .name = "p", .value = WHOLE(5) } } };

        plan.steps[0] =
            (struct plan_step){ .name = "s", .where = "plaats == 'c'", .all = true, .set = { "bekend = true" } };
        plan.steps[1] = cases[i].step;
        assert_refused(two, &plan, cases[i].status, cases[i].message);
        if (plan.steps[1].when)
            continue;
        plan.steps[1].when = "$p > 5"; /* what does not happen is not wrong */
        assert_refused(two, &plan, DK_ERR_UNREACHABLE, "s: nobody matches plaats == 'c'");
    }
}

/* 9223372036 persons are what weights can tell. */
static void too_many_to_count_is_an_error(void **state)
{
    static const char text[] = "p:category w:integer\na|9000000000\nb|1\n";

    (void)state;
    assert_refused(text, ONE(.count = "300000000", .effect = DK_ADDS), DK_ERR_OVERFLOW,
                   "stap: there would be more persons than a scenario can count: 9223372036, in billionths");
    assert_refused(text, ONE(.scale = "1.5"), DK_ERR_OVERFLOW, "more persons than a scenario can count");
    assert_refused(text, ONE(.scale = "9000000000000000000"), DK_ERR_OVERFLOW, "more persons");
    assert_refused(text, ONE(.count = "9000000000000000000", .effect = DK_ADDS), DK_ERR_OVERFLOW, "more persons");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_comes_is_like_those_who_are_matched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_may_come_than_there_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_like_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_leaves_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights_are_scaled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_account_tells_who_came_and_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_happens_where_its_condition_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scenario_without_steps_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_go_together_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_can_be_known_is_told_before_anything_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_to_count_is_an_error, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
