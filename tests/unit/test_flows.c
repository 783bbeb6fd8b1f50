/* test_flows.c - a matrix of shares: what goes where, at once, and to the unit. */
#include "plans.h"

#include "scenario/scenario_parts.h"

/* A Markov chain over the states of 7676 persons; the sum stays. Worked by hand from the rows (.90 .10 0),
 * (.02 .88 .10) and (.01 .04 .95): the first month 1891.42 3786.68 1997.90, the second as below. */
static const struct plan_step month = { .name = "maand",
                                        .flows_of = "staat",
                                        .flows = { { "'a'", "'a'", "0.90" },
                                                   { "'a'", "'b'", "0.10" },
                                                   { "'b'", "'a'", "0.02" },
                                                   { "'b'", "'b'", "0.88" },
                                                   { "'b'", "'c'", "0.10" },
                                                   { "'c'", "'a'", "0.01" },
                                                   { "'c'", "'b'", "0.04" },
                                                   { "'c'", "'c'", "0.95" } } };

static void w18_flows_between_states(void **state)
{
    static const char text[] = "staat:category w:integer\na|1994\nb|4000\nc|1682\n";

    (void)state;
    assert_after(text, PLAN(.name = "p", .steps = { month }),
                 "a|1891.420000000\nb|3786.680000000\nc|1997.900000000\n");
    assert_after(text, PLAN(.name = "p", .steps = { month, month }),
                 "a|1797.990600000\nb|3601.336400000\nc|2276.673000000\n");
}

/* Two that exchange parts do so of what was there before: not 8 + 3 - (10 + 2) * 0.3. */
static void flows_are_of_what_was_there_before(void **state)
{
    (void)state;
    assert_after("p:category w:integer\na|10\nb|10\n",
                 ONE(.flows_of = "p", .flows = { { "'a'", "'b'", "0.2" }, { "'b'", "'a'", "0.3" } }),
                 "a|11.000000000\nb|9.000000000\n");
    assert_after("p:category w:integer\na|10\nb|10\nc|0\n",
                 ONE(.flows_of = "p", .flows = { { "'a'", "'b'", "1" }, { "'b'", "'c'", "1" } }),
                 "b|10.000000000\nc|10.000000000\n");
}

/* Thirds of ten units: what goes and what stays are ten units again, the first in order the greater. */
static void what_goes_and_what_stays_add_up_to_the_unit(void **state)
{
    (void)state;
    assert_after("p:category w:decimal9\na|0.000000010\n",
                 ONE(.flows_of = "p", .flows = { { "'a'", "'b'", "1 / 3" }, { "'a'", "'c'", "1 / 3" } }),
                 "a|0.000000003\nb|0.000000004\nc|0.000000003\n");
    assert_after("p:category w:decimal9\na|0.000000010\n",
                 ONE(.flows_of = "p",
                     .flows = { { "'a'", "'b'", "1 / 3" }, { "'a'", "'c'", "1 / 3" }, { "'a'", "'d'", "1 / 3" } }),
                 "b|0.000000004\nc|0.000000003\nd|0.000000003\n");
}

/* Of 11 in a, over two ages, 20 % and 55 % go: 2.2 and 6.05, and 2.75 stay. Whole: 2 and 6 and 3, of 5 young ones and 6
 * old ones; 2 over both is 0.91 and 1.09, so 1 and 1; 6 of the 4 and 5 that are left is 2.67 and 3.33, so 3 and 3. */
static void whole_persons_go(void **state)
{
    (void)state;
    assert_after("p:category k:category w:integer\na|jong|5\na|oud|6\n",
                 ONE(.flows_of = "p", .whole = true, .per = { "k" },
                     .flows = { { "'a'", "'b'", "0.2" }, { "'a'", "'c'", "0.55" } }),
                 "a|jong|1.000000000\na|oud|2.000000000\nb|jong|1.000000000\nb|oud|1.000000000\n"
                 "c|jong|3.000000000\nc|oud|3.000000000\n");
}

/* 10.5 persons are ten who can go. */
static void parts_of_persons_stay(void **state)
{
    (void)state;
    assert_after("p:category w:decimal1\na|10.5\n",
                 ONE(.flows_of = "p", .whole = true, .flows = { { "'a'", "'b'", "0.5" }, { "'a'", "'c'", "0.5" } }),
                 "a|0.500000000\nb|5.000000000\nc|5.000000000\n");
}

static void where_limits_who_goes(void **state)
{
    (void)state;
    assert_after("p:category k:boolean w:integer\na|true|4\na|false|8\nb|true|2\n",
                 ONE(.where = "k", .flows_of = "p", .flows = { { "'a'", "'b'", "0.5" }, { "'b'", "'d'", "0.5" } }),
                 "a|false|8.000000000\na|true|2.000000000\nb|true|3.000000000\nd|true|1.000000000\n");
}

/* Destinations that no person had: levels of each come in beside those of the others. */
static void new_levels_come_in_side_by_side(void **state)
{
    (void)state;
    assert_after("p:category[b,a] w:integer\nb|4\na|8\n",
                 ONE(.flows_of = "p",
                     .flows = { { "'a'", "'z'", "0.25" }, { "'a'", "'y'", "0.25" }, { "'b'", "'x'", "0.5" } }),
                 "b|2.000000000\na|4.000000000\nz|2.000000000\ny|2.000000000\nx|2.000000000\n");
}

static void values_are_of_any_type_and_may_be_null(void **state)
{
    (void)state;
    assert_after(
        "p:integer w:integer\n1|4\n2|8\n-|6\n",
        ONE(.flows_of = "p", .flows = { { "1", "2", "0.5" }, { "null", "1", "0.5" }, { "2", "null", "0.25" } }),
        "1|5.000000000\n2|8.000000000\n-|5.000000000\n");
    assert_after("p:date w:integer\n2024-01-31|4\n",
                 ONE(.flows_of = "p", .flows = { { "'2024-01-31'", "'2024-02-01'", "0.5" } }),
                 "2024-01-31|2.000000000\n2024-02-01|2.000000000\n");
}

static void parameters_decide_shares_and_places(void **state)
{
    const struct plan plan = {
        .name = "p",
        .params = { SHARE("deel", 25, 2), { .name = "naar", .value = TEXT("b") } },
        .steps = { { .name = "s", .flows_of = "p", .flows = { { "'a'", "$naar", "$deel * 2" } } } }
    };
    const dk_param given[] = { { "deel", DECIMAL(75, 2) } };
    const dk_params params = { given, 1 };
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_after("p:category w:integer\na|8\n", &plan, "a|4.000000000\nb|4.000000000\n");
    assert_fails(run_plan("p:category w:integer\na|8\n", &plan, &params, &after, &err), &err, DK_ERR_RANGE,
                 "s: a share lies between 0 and 1, and 1.5 does not");
}

static void the_account_has_a_row_for_each_flow(void **state)
{
    const dk_scenario *scenario = make_scenario(context, PLAN(.name = "p", .steps = { month }));
    const dk_table *cells =
        with_weight(make_table(context, "staat:category w:decimal9\na|1994\nb|4000\nc|1682\n"), "w");
    const dk_table *after = NULL, *moved = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, &moved, &err), &err);
    assert_string_equal(show_rows(moved), "1|maand|staat = b|4000.000000000|80.000000000|moves|staat = 'a'\n"
                                          "1|maand|staat = c|1682.000000000|16.820000000|moves|staat = 'a'\n"
                                          "1|maand|staat = a|1994.000000000|199.400000000|moves|staat = 'b'\n"
                                          "1|maand|staat = c|1682.000000000|67.280000000|moves|staat = 'b'\n"
                                          "1|maand|staat = b|4000.000000000|400.000000000|moves|staat = 'c'\n");
    assert_int_equal(dk_table_n_notes(after), 0);
    dk_table_release(moved);
    dk_table_release(after);
    dk_table_release(cells);
    dk_scenario_release(scenario);
}

/* Refused ------------------------------------------------------------------------------------------------------ */

#define FLOWS(...) ONE(.flows_of = "p", .flows = { __VA_ARGS__ })

static void what_cannot_be_a_matrix_is_refused_before_it_runs(void **state)
{
    (void)state;
    plan_is_refused(context, FLOWS({ "'a'", "'b'", "0.6" }, { "'c'", "'b'", "1" }, { "'a'", "'c'", "0.5" }),
                    DK_ERR_RANGE, "stap: shares of a add up to more than 1");
    plan_is_refused(
        context, ONE(.flows_of = "p", .all = true, .flows = { { "'a'", "'b'", "0.6" }, { "'a'", "'a'", "0.3" } }),
        DK_ERR_RANGE, "stap: shares of a add up to 0.9, and all of them go: they add up to 1");
    plan_is_refused(context, FLOWS({ "'a'", "'b'", "1.5" }), DK_ERR_RANGE,
                    "stap: a share lies between 0 and 1, and 1.5 does not");
    plan_is_refused(context, FLOWS({ "'a'", "'b'", "0.5" }, { "'a'", "'b'", "0.25" }), DK_ERR_DUPLICATE,
                    "stap: a -> b is told twice");
    plan_is_refused(context, FLOWS({ "'a'", "'b'", "0.5" }, { "'a' ", "'c'", "0.25" }), DK_ERR_DUPLICATE,
                    "stap: what moves from a is told twice");
    plan_is_refused(context, FLOWS({ "q", "'b'", "0.5" }), DK_ERR_ARGUMENT,
                    "stap: from is one value for everybody, and q mentions the column q");
    plan_is_refused(context, FLOWS({ "'a'", "q", "0.5" }), DK_ERR_ARGUMENT,
                    "stap: to is one value for everybody, and");
    plan_is_refused(context, FLOWS({ "'a'", "'b'", "q" }), DK_ERR_ARGUMENT,
                    "stap: a share is one number for everybody, and q");
    plan_is_refused(context, ONE(.flows_of = "p", .share = "0.5", .flows = { { "'a'", "'b'", "1" } }),
                    DK_ERR_ARGUMENT, "and this one says 2");
    plan_is_refused(context, ONE(.flows_of = "p", .set = { "q = 1" }, .flows = { { "'a'", "'b'", "1" } }),
                    DK_ERR_ARGUMENT,
                    "stap: set goes with share, count or all, and this step says what moves where");
    plan_is_refused(context,
                    FLOWS({ "'a'", "'b'", "1 / 4611686018427387847" }, { "'a'", "'c'", "1 / 4611686018427387817" }),
                    DK_ERR_RANGE, "have too many digits to be added up exactly");
}

/* Two exchange their names, or three do, and whoever else comes along. */
static void a_cycle_of_all_is_refused(void **state)
{
    (void)state;
    plan_is_refused(context, FLOWS({ "'a'", "'b'", "1" }, { "'b'", "'a'", "1" }), DK_ERR_ARGUMENT,
                    "stap: all of a become b and, round a cycle, others become a: only names would be exchanged");
    plan_is_refused(
        context,
        FLOWS({ "'d'", "'a'", "1" }, { "'a'", "'b'", "1" }, { "'b'", "'c'", "1.0" }, { "'c'", "'a'", "1" }),
        DK_ERR_ARGUMENT, "stap: all of a become b and, round a cycle, others become a");
    assert_after("p:category w:integer\na|10\nb|10\n", FLOWS({ "'a'", "'b'", "1" }, { "'b'", "'a'", "0.9" }),
                 "a|9.000000000\nb|11.000000000\n");
    assert_after("p:category w:integer\na|10\n", FLOWS({ "'a'", "'a'", "1" }), "a|10.000000000\n");
}

static void what_no_value_is_cannot_move(void **state)
{
    (void)state;
    plan_is_refused(context, FLOWS({ "9223372036854775807 + 1", "'b'", "0.5" }), DK_ERR_TYPE,
                    "stap: what moves is a value, and 9223372036854775807 + 1 is none");
}

static void a_value_that_nobody_has_is_an_error_unless_it_is_allowed(void **state)
{
    static const char text[] = "p:category k:boolean w:integer\na|true|8\n";

    (void)state;
    assert_refused(text, FLOWS({ "'a'", "'b'", "0.5" }, { "'Arnhm'", "'b'", "0.5" }), DK_ERR_UNREACHABLE,
                   "stap: nobody has p Arnhm (say allow_none = true where that may be so)");
    assert_refused(text, ONE(.where = "k", .flows_of = "p", .flows = { { "'c'", "'b'", "0.5" } }),
                   DK_ERR_UNREACHABLE, "stap: nobody for whom k holds has p c");
    assert_after(
        "p:category w:integer\na|8\n",
        ONE(.allow_none = true, .flows_of = "p", .flows = { { "'a'", "'b'", "0.5" }, { "'c'", "'b'", "0.5" } }),
        "a|4.000000000\nb|4.000000000\n");
    assert_refused("p:integer w:integer\n1|8\n", FLOWS({ "1", "'b'", "0.5" }), DK_ERR_TYPE,
                   "stap: p is integer, and cannot be set to 'b'");
}

/* Every kind of step, made and run. */
static void every_failing_allocation_is_survived(void **state)
{
    const struct plan plan = {
        .name = "plan",
        .params = { SHARE("deel", 25, 2) },
        .steps = { { .name = "s",
                     .when = "$deel > 0",
                     .flows_of = "p",
                     .whole = true,
                     .flows = { { "'a'", "'x'", "$deel" }, { "'a'", "'y'", "0.25" }, { "'b'", "null", "1" } } },
                   { .name = "t", .rate = "k", .to = "0.5", .per = { "p" } },
                   { .name = "u", .where = "k", .count = "2", .effect = DK_ADDS, .set = { "p = 'z'" } },
                   { .name = "v", .scale = "0.5" } }
    };
    const dk_table *table =
        with_weight(make_table(context, "p:category k:boolean w:integer\na|true|4\na|false|4\nb|false|2\n"), "w");
    const dk_scenario *scenario = NULL;
    const dk_table *cells = NULL, *after = NULL, *moved = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, plan_scenario(context, &plan, &scenario, &err), &err, scenario == NULL,
                                   (void)0);
    assert_ok(dk_cells_new(table, NULL, &scenario, 1, &cells, &err), &err);
    assert_survives_failing_memory(context, dk_scenario_apply(scenario, cells, NULL, &after, &moved, &err), &err,
                                   after == NULL && moved == NULL,
                                   (dk_table_release(after), dk_table_release(moved)));
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, &moved, &err), &err);
    /* 2 to x and 2 to y, each half true; 2 to null, of whom one becomes true; 2 like the 5 true ones; half of all. */
    assert_string_equal(show_rows(after), "a|false|1.000000000\na|true|1.000000000\nx|false|0.500000000\n"
                                          "x|true|0.500000000\ny|false|0.500000000\ny|true|0.500000000\n"
                                          "z|true|1.000000000\n-|false|0.500000000\n-|true|0.500000000\n");
    dk_table_release(moved);
    dk_table_release(after);
    dk_table_release(cells);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

/* Property ----------------------------------------------------------------------------------------------------- */

/* Random matrices over random cells: each place has what stays and what comes, each within as many units as there are
 * flows, and the total is the total. */
static void places_have_what_stays_and_what_comes(void **state)
{
    (void)state;
    for (unsigned round = 0; round < random_rounds(200); round++) {
        char text[2048], shares[10][24];
        struct plan plan = { .name = "p", .steps = { { .name = "s", .flows_of = "p", .allow_none = true } } };
        static const char *const values[] = { "'a'", "'b'", "'c'", "'d'" };
        double part[4][4] = { { 0 } };
        int64_t before[4] = { 0 }, total = 0, n_flows = 0;
        size_t used = (size_t)sprintf(text, "p:category[a,b,c,d] k:integer w:decimal9\n");
        const dk_table *after = NULL;
        dk_error err = DK_ERROR_INIT;

        for (int i = 0; i < 4; i++)
            for (int k = 0; k < 3; k++) {
                int64_t weight = (int64_t)random_below(50) * 123456789;

                used += (size_t)sprintf(text + used, "%c|%d|%lld.%09lld\n", 'a' + i, k,
                                        (long long)(weight / DKI_PERSON), (long long)(weight % DKI_PERSON));
                before[i] += weight;
                total += weight;
            }
        for (int i = 0; i < 4 && n_flows < 9; i++) {
            int left = 60;

            for (int j = 0; j < 4 && n_flows < 9; j++) {
                int share = (int)random_below((uint64_t)left / 2 + 1);

                if (random_below(2) || i == j)
                    continue;
                sprintf(shares[n_flows], "%d / 60", share);
                plan.steps[0].flows[n_flows] = (dk_flow){ values[i], values[j], shares[n_flows] };
                n_flows++;
                part[i][j] = share / 60.0;
                left -= share;
            }
        }
        if (n_flows == 0)
            continue;
        if (random_below(2))
            plan.steps[0].per[0] = "k";
        assert_ok(run_plan(text, &plan, NULL, &after, &err), &err);
        assert_true(sum_at(after, "w") == total);
        for (int j = 0; j < 4; j++) {
            double expected = (double)before[j];
            int64_t actual = 0;

            for (int i = 0; i < 4; i++)
                expected += (double)before[i] * part[i][j] - (double)before[j] * part[j][i];
            for (uint64_t row = 0; row < dk_table_n_rows(after); row++)
                if (text_at(after, "p", row)[0] == 'a' + j)
                    actual += value_at(after, "w", row).as.integer;
            if (fabs((double)actual - expected) > 10)
                fail_msg("%c has %lld units, not %.2f", 'a' + j, (long long)actual, expected);
        }
        dk_table_release(after);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(w18_flows_between_states, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flows_are_of_what_was_there_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_goes_and_what_stays_add_up_to_the_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_persons_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parts_of_persons_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_limits_who_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_levels_come_in_side_by_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_of_any_type_and_may_be_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_decide_shares_and_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_account_has_a_row_for_each_flow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_a_matrix_is_refused_before_it_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cycle_of_all_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_value_is_cannot_move, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_that_nobody_has_is_an_error_unless_it_is_allowed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_have_what_stays_and_what_comes, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
