/* test_rate.c - a rate that is set, as few as it takes. */
#include "plans.h"

#include "scenario/scenario_parts.h"

/* The region after steps. */
static const dk_table *region_known(const struct plan *plan, const dk_table **moved)
{
    const dk_scenario *scenario = make_scenario(context, plan);
    const dk_table *region = make_region(context), *cells = NULL, *after = NULL, *result = NULL;
    const struct question question = { .measures = { COVERAGE } };
    const dk_breakdown *breakdown = make_breakdown(context, &question);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_cells_new(region, breakdown, &scenario, 1, &cells, &err), &err);
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, moved, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, after, NULL, &result, &err), &err);
    dk_table_release(after);
    dk_table_release(cells);
    dk_table_release(region);
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    return result;
}

/* 90 % of 7676 are 6909 persons, that is 1227 more. */
static void w5_ninety_percent_take_1227_persons(void **state)
{
    const dk_table *moved = NULL;
    const dk_table *result = region_known(
        PLAN(.name = "p", .steps = { { .name = "s", .rate = "in_sonar", .to = "0.90", .whole = true } }), &moved);

    (void)state;
    assert_near(real_at(result, "known", 0), 6909);
    assert_int_equal(dk_table_n_rows(moved), 1);
    assert_near(real_at(moved, "taken", 0), 1227);
    assert_near(real_at(moved, "available", 0), 7676);
    dk_table_release(moved);
    dk_table_release(result);
}

/* The register grows by 20 a month for a year, all unknown at first: 90 % of 7916 are 7125, so 1443 more. */
static void w6_the_same_while_the_register_grows(void **state)
{
    const struct plan plan = { .name = "p",
                               .params = { { .name = "g", .value = WHOLE(20) },
                                           { .name = "T", .value = WHOLE(12) } },
                               .steps = { { .name = "groei",
                                            .where = "not in_sonar",
                                            .count = "$g * $T",
                                            .whole = true,
                                            .effect = DK_ADDS },
                                          { .name = "doel", .rate = "in_sonar", .to = "0.90", .whole = true } } };
    const dk_table *moved = NULL, *result = region_known(&plan, &moved);

    (void)state;
    assert_near(real_at(result, "register", 0), 7916);
    assert_near(real_at(result, "known", 0), 7125);
    assert_near(real_at(moved, "taken", dk_table_n_rows(moved) - 1), 1443);
    dk_table_release(moved);
    dk_table_release(result);
}

/* Each municipality its own: ceil(0.8 N) - S, by hand; Arnhem 3224 - 2983, Doesburg 200 - 184, Duiven 269 - 249, ... */
static void each_stratum_has_its_rate(void **state)
{
    static const double expected[] = { 241, 16, 20, 30, 34, 56, 17, 47 };
    const dk_table *moved = NULL;
    const dk_table *result = region_known(
        PLAN(.name = "p",
             .steps = { { .name = "s", .rate = "in_sonar", .to = "0.80", .per = { "gemeente" }, .whole = true } }),
        &moved);

    (void)state;
    assert_int_equal(dk_table_n_rows(moved), 8);
    for (uint64_t row = 0; row < 8; row++)
        assert_near(real_at(moved, "taken", row), expected[row]);
    assert_near(real_at(result, "known", 0), 5682 + 461);
    dk_table_release(moved);
    dk_table_release(result);
}

/* A third of 10 is not whole: 3.333333334 persons reach it, where 3.333333333 do not; and 4 whole ones. */
static void the_rate_is_reached_and_not_missed_by_a_unit(void **state)
{
    (void)state;
    assert_after("k:boolean w:integer\ntrue|2\nfalse|8\n", ONE(.rate = "k", .to = "1 / 3"),
                 "false|6.666666666\ntrue|3.333333334\n");
    assert_after("k:boolean w:integer\ntrue|2\nfalse|8\n", ONE(.rate = "k", .to = "1 / 3", .whole = true),
                 "false|6.000000000\ntrue|4.000000000\n");
    assert_after("k:boolean w:integer\ntrue|8\nfalse|2\n", ONE(.rate = "k", .to = "1 / 3"),
                 "false|6.666666666\ntrue|3.333333334\n");
    assert_after("k:boolean w:integer\ntrue|8\nfalse|2\n", ONE(.rate = "k", .to = "1 / 3", .whole = true),
                 "false|6.000000000\ntrue|4.000000000\n");
    assert_after("k:boolean w:integer\ntrue|8\nfalse|2\n", ONE(.rate = "k", .to = "0.8"),
                 "false|2.000000000\ntrue|8.000000000\n");
    assert_after("k:boolean w:integer\ntrue|8\nfalse|2\n", ONE(.rate = "k", .to = "0"), "false|10.000000000\n");
}

/* One stratum grows while another shrinks; a condition limits both. */
static void strata_go_their_own_ways(void **state)
{
    (void)state;
    assert_after("p:category k:boolean w:integer\na|true|8\na|false|2\nb|true|1\nb|false|3\nc|false|7\n",
                 ONE(.where = "p in ('a', 'b')", .rate = "k", .to = "0.5"),
                 "a|false|5.000000000\na|true|5.000000000\nb|false|2.000000000\nb|true|2.000000000\n"
                 "c|false|7.000000000\n");
}

/* 6 of 10 are wanted and 2 are true: of the false ones the oldest give 4, whole ages first, and the true ones nothing. */
static void who_comes_first_changes_first(void **state)
{
    static const char text[] = "k:boolean a:integer w:integer\ntrue|70|2\nfalse|60|3\nfalse|40|3\nfalse|20|2\n";

    (void)state;
    assert_after(text, ONE(.rate = "k", .to = "0.6", .first = { "a desc" }),
                 "false|20|2.000000000\nfalse|40|2.000000000\ntrue|40|1.000000000\ntrue|60|3.000000000\n"
                 "true|70|2.000000000\n");
    assert_after(text, ONE(.rate = "k", .to = "0.1", .first = { "a desc" }),
                 "false|20|2.000000000\nfalse|40|3.000000000\nfalse|60|3.000000000\nfalse|70|1.000000000\n"
                 "true|70|1.000000000\n");
}

/* Who is not known counts, and stays what they are: of 10, 6 can be true. */
static void what_cannot_be_reached_is_told(void **state)
{
    static const char text[] = "p:category k:boolean w:integer\na|true|2\na|false|4\na|-|4\nb|false|1\n";

    (void)state;
    assert_after("p:category k:boolean w:integer\na|true|2\na|false|4\na|-|4\n",
                 ONE(.rate = "k", .to = "0.6", .per = { "p" }), "a|true|6.000000000\na|-|4.000000000\n");
    assert_refused(text, ONE(.rate = "k", .to = "0.7", .per = { "p" }), DK_ERR_UNREACHABLE,
                   "stap: k cannot be 0.7 where p = a: at most 6 of 10 persons");
    assert_refused(text, ONE(.rate = "k", .to = "1"), DK_ERR_UNREACHABLE,
                   "stap: k cannot be 1: at most 7 of 11 persons");
    assert_refused("k:boolean w:decimal1\ntrue|2.0\nfalse|1.5\n", ONE(.rate = "k", .to = "0.9", .whole = true),
                   DK_ERR_UNREACHABLE, "stap: k cannot be 0.9: at most 3 of 3.5 persons");
}

static void what_is_no_rate_is_refused(void **state)
{
    static const char text[] = "p:category k:boolean n:integer w:integer\na|true|1|2\n";
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_refused(text, ONE(.rate = "n", .to = "0.5"), DK_ERR_TYPE,
                   "stap: a rate is of a column that is true or false, and n is integer");
    assert_refused(text, ONE(.rate = "niets", .to = "0.5"), DK_ERR_NAME, "stap: unknown column \"niets\"");
    assert_refused(text, ONE(.where = "p == 'z'", .rate = "k", .to = "0.5"), DK_ERR_UNREACHABLE,
                   "stap: nobody matches p == 'z'");
    assert_fails(plan_scenario(context, ONE(.rate = "k"), &scenario, &err), &err, DK_ERR_ARGUMENT,
                 "stap: rate names a column and to the share of it that becomes true: to is missing");
    assert_fails(plan_scenario(context, ONE(.all = true, .set = { "a = 1" }, .to = "0.5"), &scenario, &err), &err,
                 DK_ERR_ARGUMENT, "rate is missing");
    assert_fails(plan_scenario(context, ONE(.rate = "k", .to = "80"), &scenario, &err), &err, DK_ERR_RANGE,
                 "stap: a share lies between 0 and 1, and 80 does not (30 % is written 0.30)");
    assert_fails(plan_scenario(context, ONE(.rate = "k", .to = "0.5", .per = { "k" }), &scenario, &err), &err,
                 DK_ERR_ARGUMENT, "stap: per names k, and the rate is of both who has it and who has not");
    assert_fails(plan_scenario(context, ONE(.rate = "k", .to = "n / 2"), &scenario, &err), &err, DK_ERR_ARGUMENT,
                 "stap: a rate is one number for everybody, and n / 2 mentions the column n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(w5_ninety_percent_take_1227_persons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(w6_the_same_while_the_register_grows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_stratum_has_its_rate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rate_is_reached_and_not_missed_by_a_unit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strata_go_their_own_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_comes_first_changes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_reached_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_rate_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
