/* test_taking.c - what a step may say about who is taken. */
#include "scenarios.h"

#include "scenario/scenario_parts.h"
#include "with_context.h"

#define STEP(...) (&(const dk_intervention){ .set = sets, .n_set = 1, __VA_ARGS__ })
#define FIRST(...) .first = (const char *const[]){ __VA_ARGS__ }, .n_first = 1

static const char *const sets[] = { "x = 2" };

static dk_status make(const dk_intervention *steps, size_t n, const dk_scenario **out, dk_error *err)
{
    return dk_scenario_new(context, "plan", NULL, 0, steps, n, out, err);
}

static void what_does_not_go_together_is_refused(void **state)
{
    const struct {
        dk_intervention step;
        const char *message;
    } cases[] = {
        { { .name = "s", .all = true, .drawn = DK_DRAWN_NUMBERS },
          "so many are drawn as share or count say, and this step says neither" },
        { { .name = "s", .share = "0.5", .whole = true, .drawn = DK_DRAWN_NUMBERS },
          "whole persons are drawn anyway: drawn goes without whole" },
        { { .name = "s", .share = "0.5", .drawn = DK_DRAWN_PERSONS, FIRST("x") },
          "either chance decides who is taken, or who comes first: drawn goes without first" },
        { { .share = "0.5", .drawn = DK_DRAWN_NUMBERS },
          "step 1 of plan: what is drawn is keyed by the name of its step, and this one has none (begin it with "
          "what it "
          "does: { \"register the unknown\", ... })" },
        { { .name = "s", .all = true, FIRST("x") },
          "first says who comes first where not all are taken: it goes with share, count or rate" },
        { { .name = "s", .share = "0.5", .effect = DK_ADDS, FIRST("x") },
          "who comes is like those who are matched, in proportion: add goes without first" },
        { { .name = "s", .share = "0.5", .effect = DK_ADDS, .drawn = DK_DRAWN_PERSONS },
          "add goes without drawn persons" },
        { { .name = "s", .share = "0.5", FIRST("y = x") }, "first sets nothing, and y = x does" },
        { { .name = "s", .share = "0.5", FIRST("$p + x desc") }, "the parameter $p is used and not defined" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        dk_intervention step = cases[i].step;
        const dk_scenario *scenario = NULL;
        dk_error err = DK_ERROR_INIT;

        step.set = sets;
        step.n_set = 1;
        assert_fails(make(&step, 1, &scenario, &err), &err, DK_ERR_ARGUMENT, cases[i].message);
        assert_null(scenario);
    }
}

static void what_is_no_order_or_number_is_refused(void **state)
{
    const dk_scenario *scenario = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(make(STEP(.name = "s", .share = "0.5", FIRST("x + desc")), 1, &scenario, &err), &err,
                 DK_ERR_SYNTAX, "a value is expected");
    assert_null(scenario);
    assert_fails(make(STEP(.name = "s", .share = "0.5", FIRST("x + y z")), 1, &scenario, &err), &err, DK_ERR_SYNTAX,
                 "a name of several words stands in `backquotes`");
    assert_null(scenario);
    assert_fails(make(STEP(.name = "s", .count = "1.5", .drawn = DK_DRAWN_NUMBERS), 1, &scenario, &err), &err,
                 DK_ERR_RANGE, "1.5 is no whole number of persons");
    assert_null(scenario);
}

/* Else both would take the same persons, and no reader would think so. */
static void two_steps_do_not_draw_the_same(void **state)
{
    const dk_intervention drawn = *STEP(.name = "s", .share = "0.5", .drawn = DK_DRAWN_NUMBERS, .seed = 1);
    dk_intervention steps[2] = { drawn, drawn };
    const dk_scenario *scenario = NULL, *one = NULL, *both = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(
        make(steps, 2, &scenario, &err), &err, DK_ERR_DUPLICATE,
        "two steps named s would draw the same random numbers (give one another name, or a seed of its own)");
    assert_null(scenario);
    assert_ok(make(&drawn, 1, &one, &err), &err);
    assert_fails(dk_scenario_compose(one, one, NULL, &both, &err), &err, DK_ERR_DUPLICATE, "two steps named s");
    assert_null(both);
    dk_scenario_release(one);
    steps[1].seed = 2;
    assert_ok(make(steps, 2, &scenario, &err), &err);
    dk_scenario_release(scenario);
    steps[1].seed = 1;
    steps[1].name = "t";
    assert_ok(make(steps, 2, &scenario, &err), &err);
    dk_scenario_release(scenario);
}

static bool list_column(void *arg, const char *name, bool is_param)
{
    char *text = arg;

    (void)is_param;
    strcat(strcat(text, *text ? " " : ""), name);
    return true;
}

/* Cells must have the columns of first; strata must not. */
static void columns_of_first_are_mentioned(void **state)
{
    const dk_scenario *scenario = NULL;
    dki_text_map names;
    char text[100] = "";
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(make(STEP(.name = "s", .where = "w > 0", .share = "0.5", FIRST("a + b desc")), 1, &scenario, &err),
              &err);
    dk_scenario_needs(scenario, list_column, text);
    assert_string_equal(text, "w a b x");
    assert_true(scenario->steps[0].first[0].descending);
    for (int all = 0; all < 2; all++) {
        dki_text_map_init(&names, context);
        assert_ok(dki_step_columns(&scenario->steps[0], all, &names, &err), &err);
        assert_int_equal(names.n, all ? 4 : 2);
        dki_text_map_drop(&names);
    }
    dk_scenario_release(scenario);
    scenario = NULL;
    text[0] = '\0';
    assert_ok(make(STEP(.name = "s", .share = "0.5", FIRST("a in years desc")), 1, &scenario, &err), &err);
    dk_scenario_needs(scenario, list_column, text); /* no expression: a name */
    assert_string_equal(text, "a in years x");
    dk_scenario_release(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_does_not_go_together_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_order_or_number_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_steps_do_not_draw_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_of_first_are_mentioned, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
