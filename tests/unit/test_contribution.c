/* test_contribution.c - what each step of a scenario contributes: the region, hand-worked subsets, subsets that cannot run. */
#include <dekking/contribution.h>

#include "scenarios.h"

#include "whatif/basis.h"

#include "with_context.h"

/* A share of the unknown, then of those who are left. */
static const struct plan twice = {
    .name = "twee keer",
    .params = { SHARE("deel", 5, 1) },
    .steps = { { .name = "eerst", .where = "not in_sonar", .share = "$deel", .set = { "in_sonar = true" } },
               { .name = "dan", .where = "not in_sonar", .share = "$deel", .set = { "in_sonar = true" } } }
};

/* Somebody must be moved before they can be moved on. */
static const struct plan chain = {
    .name = "keten",
    .steps = { { .name = "vast", .where = "not in_sonar", .all = true, .set = { "in_sonar = true" } },
               { .name = "naar D", .where = "gemeente == 'Duiven'", .all = true, .set = { "gemeente = 'D'" } },
               { .name = "verder", .where = "gemeente == 'D'", .all = true, .set = { "gemeente = 'E'" } } }
};

static dk_status contribute(const struct question *question, const struct plan *plan,
                            const dk_contribution_spec *spec, const dk_params *params, const dk_table **out,
                            dk_error *err)
{
    const dk_table *region = make_region(context);
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_status status = dk_scenario_contributions(breakdown, region, NULL, scenario, params, spec, out, err);

    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
    return status;
}

static void assert_contributes(const struct question *question, const struct plan *plan,
                               const dk_contribution_spec *spec, const char *names, const char *rows)
{
    for (unsigned way = 0; way < 4; way++) { /* one thread or two, on cells or on rows */
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + way % 2);
        dki_basis_force(way < 2 ? DKI_PATH_CELLS : DKI_PATH_ROWS);
        assert_ok(contribute(question, plan, spec, NULL, &result, &err), &err);
        dki_basis_force(DKI_PATH_AUTO);
        assert_string_equal(show_names(result), names);
        assert_string_equal(show_rows(result), rows);
        dk_table_release(result);
    }
}

static void assert_refused(const struct question *question, const struct plan *plan,
                           const dk_contribution_spec *spec, dk_status expected, const char *part)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(contribute(question, plan, spec, NULL, &result, &err), &err, expected, part);
    assert_null(result);
}

#define SPEC(...) (&(const dk_contribution_spec){ __VA_ARGS__ })
#define TOTAL .place = { .total = true }

static const struct question by_gemeente = { .by = { "gemeente" },
                                             .measures = { COVERAGE },
                                             .margins = DK_MARGINS_TOTALS };

/* Half of 1994 is 997, half of the rest 498.5. Each comes first in one of two orders: (997 + 498.5) / 2 = 747.75. */
static void two_equal_steps_share_alike_by_shapley_alone(void **state)
{
    (void)state;
    assert_contributes(&by_gemeente, &twice, SPEC(.measure = "known", TOTAL), "step name contribution",
                       "1|eerst|997.0\n2|dan|498.5\n*|*|1495.5\n");
    assert_contributes(&by_gemeente, &twice, SPEC(.measure = "known", TOTAL, .method = DK_CONTRIBUTION_SHAPLEY),
                       "step name contribution", "1|eerst|747.75\n2|dan|747.75\n*|*|1495.50\n");
    assert_contributes(&by_gemeente, &twice, SPEC(.measure = "dekking", TOTAL), "step name contribution",
                       "1|eerst|997/7676\n2|dan|997/15352\n*|*|2991/15352\n");
}

/* 87 of Duiven's 336: 43.5 and 21.75. */
static void a_place_is_a_cell_or_each_group_or_all(void **state)
{
    static const struct question two = { .by = { "in_sonar", "gemeente" }, .measures = { "n = count()" } };
    dk_cell_at duiven = { "gemeente", TEXT("Duiven") };

    (void)state;
    assert_contributes(&by_gemeente, &twice, SPEC(.measure = "known", .place = { .at = &duiven, .n_at = 1 }),
                       "gemeente step name contribution",
                       "Duiven|1|eerst|43.50\nDuiven|2|dan|21.75\nDuiven|*|*|65.25\n");
    assert_contributes(&two, &twice, SPEC(.place = { .each = "in_sonar" }), "in_sonar step name contribution",
                       "false|1|eerst|-997.0\nfalse|2|dan|-498.5\nfalse|*|*|-1495.5\ntrue|1|eerst|997.0\n"
                       "true|2|dan|498.5\ntrue|*|*|1495.5\n");
    assert_contributes(ASK(.by = { "groot = gemeente == 'Arnhem'" },
                           .measures = { "known = count() where in_sonar" }, .margins = DK_MARGINS_TOTALS),
                       &twice, SPEC(.measure = NULL), "groot step name contribution",
                       "false|1|eerst|473.50\nfalse|2|dan|236.75\nfalse|*|*|710.25\ntrue|1|eerst|523.50\n"
                       "true|2|dan|261.75\ntrue|*|*|785.25\n*|1|eerst|997.00\n*|2|dan|498.50\n*|*|*|1495.50\n");
}

/* A subset that cannot run is named; the scenario itself fails as it always does. */
static void a_subset_that_cannot_run_is_named(void **state)
{
    static const struct plan short_of = {
        .name = "te veel",
        .steps = { { .name = "in", .where = "gemeente == 'Arnhem'", .all = true, .set = { "gemeente = 'Duiven'" } },
                   { .name = "uit",
                     .where = "gemeente == 'Duiven'",
                     .count = "4000",
                     .set = { "gemeente = 'Rheden'" } } }
    };

    (void)state;
    assert_refused(&by_gemeente, &chain, SPEC(.measure = "known", TOTAL, .method = DK_CONTRIBUTION_SHAPLEY),
                   DK_ERR_UNREACHABLE, "in the subset {vast, verder}: verder: nobody matches gemeente == 'D'");
    assert_refused(&by_gemeente, &short_of, SPEC(.measure = "known", TOTAL, .method = DK_CONTRIBUTION_SHAPLEY),
                   DK_ERR_UNREACHABLE, "in the subset {uit}: uit: 4000 persons are to be taken, and there are 336");
    assert_contributes(&by_gemeente, &short_of, SPEC(.measure = "register", TOTAL), "step name contribution",
                       "1|in|0\n2|uit|0\n*|*|0\n");
    assert_refused(
        &by_gemeente,
        PLAN(.name = "niets",
             .steps = { { .name = "x", .where = "gemeente == 'D'", .all = true, .set = { "gemeente = 'E'" } } }),
        SPEC(.measure = "known", TOTAL, .method = DK_CONTRIBUTION_SHAPLEY), DK_ERR_UNREACHABLE,
        "x: nobody matches gemeente == 'D'");
}

/* Of 336 in Duiven none stay. To E go those who are in D: of six orders "verder" moves them in the three where it comes after
 * "naar D", and so does "naar D" where it comes before: half each. */
static void a_step_that_matches_nobody_may_do_nothing(void **state)
{
    static const struct question question = { .measures = { "e = count() where gemeente == 'E'" } };

    (void)state;
    assert_contributes(&question, &chain, SPEC(.method = DK_CONTRIBUTION_SHAPLEY, .allow_none = true),
                       "step name contribution", "1|vast|0\n2|naar D|168\n3|verder|168\n*|*|336\n");
    assert_contributes(&question, &chain, SPEC(.allow_none = true), "step name contribution",
                       "1|vast|0\n2|naar D|0\n3|verder|336\n*|*|336\n");
}

/* What only rows know is asked of rows, subset by subset: Zevenaar's 204 unknown are the last rows. */
static void what_rows_know_is_asked_of_rows(void **state)
{
    static const struct plan plan = {
        .name = "rijen",
        .steps = { { .name = "weg",
                     .where = "gemeente == 'Arnhem'",
                     .all = true,
                     .set = { "gemeente = 'Duiven'" } },
                   { .name = "vast", .where = "not in_sonar", .all = true, .set = { "in_sonar = true" } },
                   { .name = "verder",
                     .where = "gemeente == 'Q'",
                     .all = true,
                     .allow_none = true,
                     .set = { "gemeente = 'E'" } } }
    };
    static const struct question plaatsen = { .measures = { "plaatsen = distinct(gemeente)" } };

    (void)state;
    assert_contributes(&plaatsen, &plan, SPEC(.method = DK_CONTRIBUTION_SHAPLEY), "step name contribution",
                       "1|weg|-1\n2|vast|0\n3|verder|0\n*|*|-1\n");
    dki_basis_force(DKI_PATH_ROWS);
    assert_refused(&by_gemeente, &chain, SPEC(.measure = "known", TOTAL, .method = DK_CONTRIBUTION_SHAPLEY),
                   DK_ERR_UNREACHABLE, "in the subset {vast, verder}: verder: nobody matches gemeente == 'D'");
    dki_basis_force(DKI_PATH_AUTO);
}

/* A mean that is real cannot be exact: all are decimals that add up. */
static void rounded_ones_add_up_and_say_so(void **state)
{
    const dk_table *result = NULL;
    int64_t sum = 0;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(contribute(ASK(.measures = { "m = real((count() where in_sonar)) / 21" }), &twice,
                         SPEC(.method = DK_CONTRIBUTION_SHAPLEY), NULL, &result, &err),
              &err);
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(dk_table_note(result, 0),
                        "contributions are rounded to 12 digits, by largest remainder, so that they add up");
    for (uint64_t i = 0; i < 2; i++)
        sum += value_at(result, "contribution", i).as.integer;
    assert_int_equal(sum, value_at(result, "contribution", 2).as.integer);
    assert_near(real_at(result, "contribution", 2), 1495.5 / 21);
    dk_table_release(result);
}

static void what_cannot_be_asked_is_told(void **state)
{
    dk_cell_at duivn = { "gemeente", TEXT("Duivn") }, place = { "plaats", TEXT("Duiven") };

    (void)state;
    assert_refused(&by_gemeente, &twice, SPEC(.measure = NULL), DK_ERR_ARGUMENT,
                   "contributions: the breakdown has several measures, and one is asked about (say which: measure "
                   "= \"dekking\")");
    assert_refused(&by_gemeente, &twice, SPEC(.measure = "deking"), DK_ERR_NAME,
                   "deking is no measure of the breakdown (did you mean dekking?)");
    assert_refused(&by_gemeente, &twice, SPEC(.measure = "dekking", .place = { .at = &duivn, .n_at = 1 }),
                   DK_ERR_NAME, "the result has no cell gemeente = Duivn (did you mean Duiven?)");
    assert_refused(&by_gemeente, &twice, SPEC(.measure = "dekking", .place = { .at = &place, .n_at = 1 }),
                   DK_ERR_NAME, "plaats is no dimension of the breakdown");
    assert_refused(&by_gemeente, &twice, SPEC(.measure = "dekking", .place = { .total = true, .each = "gemeente" }),
                   DK_ERR_ARGUMENT,
                   "contributions: one cell is named (at), or each group of a dimension (each), not both");
    assert_refused(ASK(.measures = { "g = max(gemeente)" }), &twice, SPEC(.measure = "g"), DK_ERR_TYPE,
                   "contributions are of numbers, and g is none");
    assert_refused(ASK(.measures = { "g = sum(interval(n))" }), &twice, SPEC(.measure = "g"), DK_ERR_ARGUMENT,
                   "n is the weight");
    assert_refused(ASK(.measures = { "g = sum(interval(1, 2))" }), &twice, SPEC(.measure = "g"), DK_ERR_TYPE,
                   "contributions are of numbers, and g is known in bounds only: what is added would not be known");
    assert_refused(ASK(.by = { "step = gemeente" }, .measures = { "n_ = count()" }), &twice, SPEC(.measure = "n_"),
                   DK_ERR_ARGUMENT, "the answer has a column step of its own (give the dimension another name)");
}

/* Nine steps have 512 subsets. */
static void shapley_is_of_at_most_eight_steps(void **state)
{
    dk_intervention steps[9];
    const char *set[] = { "in_sonar = true" };
    const dk_table *region = make_region(context), *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.measures = { "known = count() where in_sonar" }));
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    memset(steps, 0, sizeof steps);
    for (size_t i = 0; i < 9; i++)
        steps[i] =
            (dk_intervention){ .name = "x", .where = "not in_sonar", .share = "0.5", .set = set, .n_set = 1 };
    assert_ok(dk_scenario_new(context, "negen", NULL, 0, steps, 9, &scenario, &err), &err);
    assert_fails(dk_scenario_contributions(breakdown, region, NULL, scenario, NULL,
                                           SPEC(.method = DK_CONTRIBUTION_SHAPLEY), &result, &err),
                 &err, DK_ERR_LIMIT,
                 "by Shapley every subset of the steps is run, of at most 8 steps, and negen has 9 (take method = "
                 "\"order\", "
                 "or put steps together in fewer)");
    assert_ok(
        dk_scenario_contributions(breakdown, region, NULL, scenario, NULL, SPEC(.measure = NULL), &result, &err),
        &err);
    assert_int_equal(dk_table_n_rows(result), 10);
    dk_table_release(result);
    dk_scenario_release(scenario);
    assert_ok(dk_scenario_new(context, "acht", NULL, 0, steps, 8, &scenario, &err), &err);
    assert_ok(dk_scenario_contributions(breakdown, region, NULL, scenario, NULL,
                                        SPEC(.method = DK_CONTRIBUTION_SHAPLEY), &result, &err),
              &err);
    for (uint64_t i = 0; i < 8; i++) /* 1994 * (1 - 2^-8) / 8 */
        assert_near(real_at(result, "contribution", i), 1994.0 * 255 / 256 / 8);
    dk_table_release(result);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    ASSERT_ANSWER_SURVIVES(context, &by_gemeente, &twice, dk_scenario_contributions,
                           SPEC(.measure = "dekking", .method = DK_CONTRIBUTION_SHAPLEY));
    ASSERT_ANSWER_SURVIVES(context, &by_gemeente, &chain, dk_scenario_contributions,
                           SPEC(.measure = "dekking", .method = DK_CONTRIBUTION_SHAPLEY, .allow_none = true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_equal_steps_share_alike_by_shapley_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_is_a_cell_or_each_group_or_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_subset_that_cannot_run_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_that_matches_nobody_may_do_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_rows_know_is_asked_of_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rounded_ones_add_up_and_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_asked_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shapley_is_of_at_most_eight_steps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
