/* test_scenario_params.c - parameters of a scenario: definitions, ranges, use, and the values that a question
 * gives. */
#include "scenarios.h"

#include "scenario/scenario_parts.h"

#include "with_context.h"

/* A scenario of one step that uses $p, and that parameter. */
static dk_status define(dk_scenario_param param, const dk_scenario **out, dk_error *err)
{
    return plan_scenario(
        context,
        PLAN(.name = "plan", .params = { param }, .steps = { { .name = "s", .all = true, .set = { "a = $p" } } }),
        out, err);
}

static void assert_refused(dk_scenario_param param, dk_status expected, const char *part)
{
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(define(param, &scenario, &err), &err, expected, part);
    assert_null(scenario);
}

#define P(...) ((dk_scenario_param){ .name = "p", __VA_ARGS__ })

static void a_default_lies_in_its_range(void **state)
{
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_refused(P(.value = DECIMAL(11, 1), .has_least = true, .has_greatest = true, .least = WHOLE(0),
                     .greatest = WHOLE(1)),
                   DK_ERR_RANGE, "the parameter p lies between 0 and 1, and 1.1 does not");
    assert_refused(P(.value = WHOLE(-1), .has_least = true, .least = DECIMAL(0, 1)), DK_ERR_RANGE,
                   "the parameter p is at least 0.0, and -1 is not");
    assert_refused(P(.value = WHOLE(6), .has_greatest = true, .greatest = WHOLE(5)), DK_ERR_RANGE,
                   "the parameter p is at most 5, and 6 is not");
    assert_refused(P(.value = TEXT("x"), .has_least = true, .least = WHOLE(0)), DK_ERR_TYPE,
                   "the parameter p is a number");
    assert_refused(P(.value = NOTHING, .has_greatest = true, .greatest = WHOLE(0)), DK_ERR_TYPE,
                   "the parameter p is a number");
    assert_ok(define(P(.value = WHOLE(5), .has_greatest = true, .greatest = WHOLE(5)), &scenario, &err), &err);
    dk_scenario_release(scenario);
}

static void a_range_is_made_of_numbers_and_not_empty(void **state)
{
    (void)state;
    assert_refused(P(.value = WHOLE(1), .has_least = true, .least = TEXT("0")), DK_ERR_TYPE,
                   "the range of the parameter p is made of numbers");
    assert_refused(P(.value = WHOLE(1), .has_greatest = true, .greatest = NOTHING), DK_ERR_TYPE,
                   "the range of the parameter p is made of numbers");
    assert_refused(P(.value = WHOLE(1), .has_least = true, .has_greatest = true, .least = WHOLE(2),
                     .greatest = DECIMAL(15, 1)),
                   DK_ERR_RANGE, "the range of the parameter p is empty: from 2 to 1.5");
}

static void a_parameter_has_one_name_and_is_used(void **state)
{
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_refused((dk_scenario_param){ .name = "", .value = WHOLE(1) }, DK_ERR_ARGUMENT, "a parameter has a name");
    assert_fails(plan_scenario(context,
                               PLAN(.name = "x", .params = { P(.value = WHOLE(1)), P(.value = WHOLE(1)) },
                                    .steps = { { .name = "s", .all = true, .set = { "a = $p" } } }),
                               &scenario, &err),
                 &err, DK_ERR_DUPLICATE, "the parameter p is defined twice");
    assert_fails(
        plan_scenario(context,
                      PLAN(.name = "x", .params = { P(.value = WHOLE(1)), { .name = "rest", .value = WHOLE(1) } },
                           .steps = { { .name = "s", .all = true, .where = "b > $p", .set = { "a = 1" } } }),
                      &scenario, &err),
        &err, DK_ERR_ARGUMENT, "the parameter rest is defined and not used");
    assert_fails(plan_scenario(context,
                               PLAN(.name = "x", .params = { { .name = "aandeel", .value = WHOLE(1) } },
                                    .steps = { { .name = "s", .share = "$aandel", .set = { "a = $aandeel" } } }),
                               &scenario, &err),
                 &err, DK_ERR_ARGUMENT, "the parameter $aandel is used and not defined (did you mean $aandeel?)");
    assert_fails(
        plan_scenario(context, PLAN(.name = "x", .steps = { { .name = "s", .count = "$n", .set = { "a = 1" } } }),
                      &scenario, &err),
        &err, DK_ERR_ARGUMENT, "the parameter $n is used and not defined (define it: params = { n = ... })");
    assert_null(scenario);
}

static void values_override_defaults(void **state)
{
    const struct plan plan = { .name = "plan",
                               .params = { SHARE("aandeel", 3, 1), { .name = "naar", .value = TEXT("Ede") } },
                               .steps = { { .name = "s", .share = "$aandeel", .set = { "a = $naar" } } } };
    const dk_scenario *scenario = make_scenario(context, &plan);
    const dk_param given[] = { { "naar", TEXT("Wageningen") } }, high[] = { { "aandeel", DECIMAL(2, 0) } };
    const dk_param wrong[] = { { "aandel", WHOLE(1) } }, text[] = { { "aandeel", TEXT("x") } };
    dk_params params = { given, 1 };
    dk_param values[2];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_scenario_values(scenario, NULL, values, &err), &err);
    assert_string_equal(values[0].name, "aandeel");
    assert_int_equal(values[0].value.as.integer, 3);
    assert_int_equal(values[1].value.as.text.size, 3);
    assert_ok(dki_scenario_values(scenario, &params, values, &err), &err);
    assert_int_equal(values[0].value.as.integer, 3);
    assert_int_equal(values[1].value.as.text.size, 10);
    params.items = high;
    assert_fails(dki_scenario_values(scenario, &params, values, &err), &err, DK_ERR_RANGE,
                 "the parameter aandeel lies between 0 and 1, and 2 does not");
    params.items = wrong;
    assert_fails(dki_scenario_values(scenario, &params, values, &err), &err, DK_ERR_NAME,
                 "the scenario plan has no parameter aandel (did you mean aandeel?)");
    params.items = text;
    assert_fails(dki_scenario_values(scenario, &params, values, &err), &err, DK_ERR_TYPE,
                 "the parameter aandeel is a number");
    dk_scenario_release(scenario);
}

/* A name that breakdown, target and scenarios all do not have is a slip. */
static void a_parameter_that_nothing_mentions_is_refused(void **state)
{
    const dk_breakdown *breakdown = make_breakdown(
        context, ASK(.by = { "k = a + $d" }, .measures = { "n = count() where a < $m" }, .where = "a > $w"));
    const dk_scenario *scenario = make_outreach(context, false);
    const dk_param all[] = {
        { "d", WHOLE(1) }, { "m", WHOLE(1) }, { "w", WHOLE(1) }, { "doel", WHOLE(1) }, { "aandeel", WHOLE(1) }
    };
    const dk_param wrong[] = { { "doal", WHOLE(1) } }, far[] = { { "iets_anders", WHOLE(1) } };
    dk_params params = { all, 5 };
    const dk_expr *target = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_expr_parse(context, "n >= $doel", &target, &err), &err);
    assert_ok(dki_check_breakdown_params(breakdown, target, &scenario, 1, NULL, &err), &err);
    assert_ok(dki_check_breakdown_params(breakdown, target, &scenario, 1, &params, &err), &err);
    assert_fails(dki_check_breakdown_params(breakdown, NULL, &scenario, 1, &params, &err), &err, DK_ERR_NAME,
                 "nothing here has a parameter doel");
    assert_fails(dki_check_breakdown_params(breakdown, target, NULL, 0, &params, &err), &err, DK_ERR_NAME,
                 "nothing here has a parameter aandeel");
    params = (dk_params){ wrong, 1 };
    assert_fails(dki_check_breakdown_params(breakdown, target, &scenario, 1, &params, &err), &err, DK_ERR_NAME,
                 "nothing here has a parameter doal (did you mean doel?)");
    params = (dk_params){ far, 1 };
    assert_fails(dki_check_breakdown_params(breakdown, target, &scenario, 1, &params, &err), &err, DK_ERR_NAME,
                 "nothing here has a parameter iets_anders");
    assert_string_equal(err.hint, "");
    params = (dk_params){ all, 5 };
    assert_survives_failing_memory(
        context, dki_check_breakdown_params(breakdown, target, &scenario, 1, &params, &err), &err, true, (void)0);
    dk_expr_release(target);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_default_lies_in_its_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_range_is_made_of_numbers_and_not_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_parameter_has_one_name_and_is_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_override_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_parameter_that_nothing_mentions_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
