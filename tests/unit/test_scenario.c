/* test_scenario.c - scenarios as values: what is refused when one is made, and composing. */
#include "scenarios.h"

#include "with_context.h"

/* A step that is right but for what is given. */
#define REFUSED(status, part, ...)                                                                                \
    plan_is_refused(context, PLAN(.name = "x", .steps = { { .name = "stap", .set = { "a = 1" }, __VA_ARGS__ } }), \
                    status, part)

static void a_scenario_has_a_name(void **state)
{
    (void)state;
    plan_is_refused(context, PLAN(.name = "", .steps = { { .name = "a", .all = true, .set = { "a = 1" } } }),
                    DK_ERR_ARGUMENT, "a scenario has a name");
    plan_is_refused(context, PLAN(.steps = { { .name = "a", .all = true, .set = { "a = 1" } } }), DK_ERR_ARGUMENT,
                    "a scenario has a name");
    plan_is_refused(context, PLAN(.name = "x", .steps = { { .name = "", .all = true, .set = { "a = 1" } } }),
                    DK_ERR_ARGUMENT, "a step has a name");
    plan_is_refused(context, PLAN(.name = "\xff", .steps = { { .name = "a", .all = true, .set = { "a = 1" } } }),
                    DK_ERR_ENCODING, "the name of a scenario is UTF-8, and this one is not");
    plan_is_refused(context, PLAN(.name = "x", .steps = { { .name = "\xe9t", .all = true, .set = { "a = 1" } } }),
                    DK_ERR_ENCODING, "the name of a step is UTF-8, and this one is not");
}

static void a_step_says_exactly_one_way(void **state)
{
    (void)state;
    REFUSED(DK_ERR_ARGUMENT,
            "stap: a step says exactly one of share, count, all, scale and rate, and this one says 0 (share = 0.3 "
            "takes 30 %, "
            "count = 500 takes 500 persons, all = true takes everybody)",
            .where = "b");
    REFUSED(DK_ERR_ARGUMENT, "and this one says 2", .share = "0.5", .all = true);
    REFUSED(DK_ERR_ARGUMENT, "and this one says 3", .share = "0.5", .count = "5", .all = true);
    REFUSED(DK_ERR_ARGUMENT, "stap: all takes everybody as they are: whole goes with share or count", .all = true,
            .whole = true);
}

static void a_step_sets_something_once(void **state)
{
    (void)state;
    plan_is_refused(context, PLAN(.name = "x", .steps = { { .name = "stap", .all = true } }), DK_ERR_ARGUMENT,
                    "stap: nothing is set: a step says which columns get which values");
    plan_is_refused(context, PLAN(.name = "x", .steps = { { .name = "stap", .all = true, .set = { "a + 1" } } }),
                    DK_ERR_ARGUMENT, "stap: what is set is written as \"column = value\", not a + 1");
    plan_is_refused(
        context, PLAN(.name = "x", .steps = { { .name = "s", .all = true, .set = { "a = 1", "b = 2", "a = 3" } } }),
        DK_ERR_DUPLICATE, "s: a is set twice");
}

static void what_cannot_be_parsed_shows_its_place(void **state)
{
    dk_error err = DK_ERROR_INIT;
    const dk_scenario *scenario = NULL;

    (void)state;
    REFUSED(DK_ERR_SYNTAX, "stap: ", .where = "a == ", .all = true);
    REFUSED(DK_ERR_SYNTAX, "stap: ", .share = "0.5 +");
    REFUSED(DK_ERR_SYNTAX, "stap: ", .count = ")");
    plan_is_refused(context, PLAN(.name = "x", .steps = { { .name = "s", .all = true, .set = { "a = = 1" } } }),
                    DK_ERR_SYNTAX, "s: ");
    assert_int_equal(
        plan_scenario(
            context,
            PLAN(.name = "x", .steps = { { .name = "s", .all = true, .where = "a == 1 b", .set = { "a = 1" } } }),
            &scenario, &err),
        DK_ERR_SYNTAX);
    assert_int_equal(err.line, 1);
    assert_int_equal(err.column, 8);
}

/* One = for two is easily written. */
static void a_condition_that_sets_is_refused(void **state)
{
    (void)state;
    REFUSED(DK_ERR_ARGUMENT, "stap: where sets nothing, and gemeente = 'Ede' does (== compares)",
            .where = "gemeente = 'Ede'", .all = true);
    REFUSED(DK_ERR_ARGUMENT, "stap: share sets nothing, and s = 0.5 does", .share = "s = 0.5");
    REFUSED(DK_ERR_ARGUMENT, "stap: count sets nothing, and s = 5 does", .count = "s = 5");
}

/* What no parameter decides is checked before anything runs. */
static void an_amount_that_is_known_is_checked(void **state)
{
    (void)state;
    REFUSED(DK_ERR_RANGE, "stap: a share lies between 0 and 1, and 1.5 does not (30 % is written 0.30)",
            .share = "1.5");
    REFUSED(DK_ERR_RANGE, "and 30 does not (30 % is written 0.30)", .share = "30");
    REFUSED(DK_ERR_RANGE, "a share lies between 0 and 1, and -0.1 does not", .share = "-0.1");
    REFUSED(DK_ERR_RANGE, "a share lies between 0 and 1, and 4/3 does not", .share = "4 / 3");
    REFUSED(DK_ERR_RANGE, "stap: a count is not negative, and -5 is", .count = "2 - 7");
    REFUSED(DK_ERR_RANGE, "stap: 2.5 is no whole number of persons", .count = "2.5", .whole = true);
    REFUSED(DK_ERR_TYPE, "stap: a share is a number, and 'veel' is none", .share = "'veel'");
    REFUSED(DK_ERR_TYPE, "stap: a count is a number, and null is none", .count = "null");
    REFUSED(DK_ERR_TYPE, "stap: a count is a number, and 1 == 1 is none", .count = "1 == 1");
    REFUSED(DK_ERR_ARGUMENT,
            "stap: a share is one number for everybody, and leeftijd / 100 mentions the column leeftijd "
            "(per = \"column\" settles it for each group, where limits it)",
            .share = "leeftijd / 100");
    REFUSED(DK_ERR_RANGE, "a share of 1e-30 has more digits than an exact number can have", .share = "1e-30");
}

static void a_step_without_a_name_has_a_number(void **state)
{
    const char *set[] = { "a = 1" };
    const dk_intervention steps[] = { { .all = true, .set = set, .n_set = 1 }, { .set = set, .n_set = 1 } };
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_scenario_new(context, "plan", NULL, 0, steps, 2, &scenario, &err), &err, DK_ERR_ARGUMENT,
                 "step 2 of plan: a step says exactly one");
}

static void texts_are_copied(void **state)
{
    char name[] = "plan", step[] = "stap", set[] = "a = $p", param[] = "p", doc[] = "uitleg", text[] = "waarde";
    const char *sets[] = { set };
    const dk_intervention steps[] = { { .name = step, .all = true, .set = sets, .n_set = 1 } };
    const dk_scenario_param params[] = {
        { .name = param, .doc = doc, .value = { .type = DK_TEXT, .as.text = { text, 6 } } }
    };
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_new(context, name, params, 1, steps, 1, &scenario, &err), &err);
    memset(name, 'x', 4);
    memset(step, 'x', 4);
    memset(set, 'x', 4);
    memset(param, 'x', 1);
    memset(doc, 'x', 6);
    memset(text, 'x', 6);
    assert_string_equal(dk_scenario_name(scenario), "plan");
    assert_int_equal(dk_scenario_n_params(scenario), 1);
    assert_string_equal(dk_scenario_get_param(scenario, 0)->name, "p");
    assert_string_equal(dk_scenario_get_param(scenario, 0)->doc, "uitleg");
    assert_memory_equal(dk_scenario_get_param(scenario, 0)->value.as.text.bytes, "waarde", 6);
    assert_ptr_equal(dk_scenario_retain(scenario), scenario);
    dk_scenario_release(scenario);
    assert_string_equal(dk_scenario_name(scenario), "plan");
    dk_scenario_release(scenario);
    dk_scenario_release(NULL);
}

/* A name of two hundred bytes and more is cut at a character, and what was wrong is still said. */
static void a_long_name_leaves_room_for_what_is_wrong(void **state)
{
    char name[400];
    dk_error err = DK_ERROR_INIT;
    const dk_scenario *scenario = NULL;

    (void)state;
    name[0] = 'x';
    for (size_t i = 1; i + 2 < sizeof name; i += 2)
        memcpy(name + i, "\xc3\xa9", 2);
    name[sizeof name - 1] = '\0';
    assert_fails(
        plan_scenario(context, PLAN(.name = "p", .steps = { { .name = name, .all = true } }), &scenario, &err),
        &err, DK_ERR_ARGUMENT, "\xc3\xa9...: nothing is set");
}

/* Composing ---------------------------------------------------------------------------------------------------- */

static const struct plan first = {
    .name = "eerst",
    .params = { SHARE("p", 30, 2), { .name = "q", .value = WHOLE(5) } },
    .steps = { { .name = "a", .where = "b", .share = "$p", .per = { "g", "h" }, .set = { "b = false", "c = $q" } } }
};

static void a_composition_has_the_steps_and_parameters_of_both(void **state)
{
    const struct plan second = { .name = "dan",
                                 .params = { SHARE("p", 3, 1), { .name = "r", .value = TEXT("x") } },
                                 .steps = { { .name = "z", .share = "$p", .set = { "g = $r" } } } };
    const dk_scenario *a = make_scenario(context, &first), *b = make_scenario(context, &second), *both = NULL;
    const dk_scenario *named = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_compose(a, b, NULL, &both, &err), &err); /* 0.30 and 0.3 are one default */
    assert_ok(dk_scenario_compose(a, a, "twee keer", &named, &err), &err);
    dk_scenario_release(a);
    dk_scenario_release(b);
    assert_string_equal(dk_scenario_name(both), "eerst+dan");
    assert_int_equal(dk_scenario_n_params(both), 3);
    assert_string_equal(dk_scenario_get_param(both, 0)->name, "p");
    assert_string_equal(dk_scenario_get_param(both, 1)->name, "q");
    assert_string_equal(dk_scenario_get_param(both, 2)->name, "r");
    assert_string_equal(dk_scenario_name(named), "twee keer");
    assert_int_equal(dk_scenario_n_params(named), 2);
    dk_scenario_release(both);
    dk_scenario_release(named);
}

static void a_parameter_that_is_defined_differently_is_refused(void **state)
{
    static const dk_scenario_param others[] = {
        { .name = "p",
          .value = DECIMAL(31, 2),
          .has_least = true,
          .has_greatest = true,
          .least = WHOLE(0),
          .greatest = WHOLE(1) },
        { .name = "p",
          .value = DECIMAL(30, 2),
          .has_least = true,
          .has_greatest = true,
          .least = WHOLE(0),
          .greatest = DECIMAL(9, 1) },
        { .name = "p", .value = DECIMAL(30, 2), .has_least = true, .least = WHOLE(0) },
        { .name = "p", .value = DECIMAL(30, 2) },
        { .name = "p", .value = TEXT("0.30") },
        { .name = "p", .value = NOTHING },
    };
    const dk_scenario *a = make_scenario(context, &first), *both = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct plan plan = { .name = "dan",
                                   .params = { others[i] },
                                   .steps = { { .name = "z", .all = true, .set = { "g = $p" } } } };
        const dk_scenario *b = make_scenario(context, &plan);

        assert_fails(
            dk_scenario_compose(a, b, NULL, &both, &err), &err, DK_ERR_DUPLICATE,
            "eerst and dan define the parameter p differently (give it the same default and range in both, "
            "or two names)");
        assert_null(both);
        dk_scenario_release(b);
    }
    assert_fails(dk_scenario_compose(a, a, "", &both, &err), &err, DK_ERR_ARGUMENT, "a scenario has a name");
    assert_fails(dk_scenario_compose(a, a, "\xff", &both, &err), &err, DK_ERR_ENCODING, "is UTF-8");
    dk_scenario_release(a);
}

static void every_failing_allocation_is_survived(void **state)
{
    const struct plan second = { .name = "dan",
                                 .params = { { .name = "r", .value = TEXT("x"), .doc = "wat" } },
                                 .steps = { { .name = "z", .count = "5", .whole = true, .set = { "g = $r" } } } };
    const dk_scenario *a = NULL, *b = NULL, *both = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, plan_scenario(context, &first, &a, &err), &err, a == NULL, (void)0);
    assert_survives_failing_memory(context, plan_scenario(context, &second, &b, &err), &err, b == NULL, (void)0);
    assert_survives_failing_memory(context, dk_scenario_compose(a, b, NULL, &both, &err), &err, both == NULL,
                                   dk_scenario_release(both));
    dk_scenario_release(a);
    dk_scenario_release(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_scenario_has_a_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_says_exactly_one_way, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_sets_something_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_parsed_shows_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_condition_that_sets_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amount_that_is_known_is_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_without_a_name_has_a_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_are_copied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_name_leaves_room_for_what_is_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_composition_has_the_steps_and_parameters_of_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_parameter_that_is_defined_differently_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
