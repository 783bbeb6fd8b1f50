/* test_sweep.c - a breakdown at many points: worked examples, the order of points, problems, and what is refused. */
#include <dekking/sweep.h>

#include "scenarios.h"

#include "with_context.h"

static dk_status sweep(const dk_table *table, const struct question *question, const dk_scenario *scenario,
                       const dk_sweep_axis *axes, size_t n_axes, const dk_table **out, dk_error *err)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_sweep_spec spec = { .axes = axes, .n_axes = n_axes };
    dk_status status = dk_scenario_sweep(breakdown, table, NULL, scenario, NULL, &spec, out, err);

    dk_breakdown_release(breakdown);
    return status;
}

static void assert_sweep(const dk_table *table, const struct question *question, const struct plan *plan,
                         const dk_sweep_axis *axes, size_t n_axes, const char *names, const char *rows)
{
    const dk_scenario *scenario = make_scenario(context, plan);

    for (unsigned threads = 1; threads <= 2; threads++) {
        const dk_table *swept = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(threads);
        assert_ok(sweep(table, question, scenario, axes, n_axes, &swept, &err), &err);
        assert_string_equal(show_names(swept), names);
        assert_string_equal(show_rows(swept), rows);
        dk_table_release(swept);
    }
    dk_scenario_release(scenario);
}

#define AXIS(name, ...)                                                                                       \
    {                                                                                                         \
        name, (const dk_value[]){ __VA_ARGS__ }, sizeof((const dk_value[]){ __VA_ARGS__ }) / sizeof(dk_value) \
    }

static const struct plan outreach = { .name = "outreach",
                                      .params = { SHARE("f", 3, 1) },
                                      .steps = { { .name = "register",
                                                   .where = "not in_sonar",
                                                   .share = "$f",
                                                   .per = { "gemeente" },
                                                   .set = { "in_sonar = true" } } } };

/* Of 7676 in the region 5682 are known: registering 30 % of the other 1994 is 598.2 persons, and 6280.2 / 7676. */
static void a_share_of_the_unknown_registers(void **state)
{
    const dk_table *region = make_region(context);
    const dk_sweep_axis axes[] = { AXIS("f", WHOLE(0), DECIMAL(3, 1), WHOLE(1)) };

    (void)state;
    assert_sweep(region, ASK(.measures = { COVERAGE }), &outreach, axes, 1, "f register known dekking problem",
                 "0.0|7676|5682.0|2841/3838|-\n"
                 "0.3|7676|6280.2|31401/38380|-\n" /* 0.818160 */
                 "1.0|7676|7676.0|1/1|-\n");
    dk_table_release(region);
}

/* Largest remainder over the published totals, whoever asks for it: 598 and 1227 persons. */
static void whole_persons_over_municipalities(void **state)
{
    const dk_table *totals = with_weight(
        make_table(
            context,
            "gemeente:category[Arnhem,Doesburg,Duiven,Lingewaard,Overbetuwe,Rheden,Rozendaal,Westervoort,Zevenaar] "
            "in_sonar:boolean n:integer\n"
            "Arnhem|false|2983\nDoesburg|false|184\nDuiven|false|249\nLingewaard|false|369\n"
            "Overbetuwe|false|415\nRheden|false|696\nWestervoort|false|204\nZevenaar|false|582\n"),
        "n");
    const struct plan plan = { .name = "plan",
                               .params = { { .name = "n", .value = WHOLE(0) } },
                               .steps = { { .name = "register",
                                            .count = "$n",
                                            .whole = true,
                                            .per = { "gemeente" },
                                            .set = { "in_sonar = true" } } } };
    const dk_sweep_axis axes[] = { AXIS("n", WHOLE(598), WHOLE(1227)) };

    (void)state;
    assert_sweep(
        totals, ASK(.by = { "gemeente" }, .measures = { "gemeld = count()" }, .where = "in_sonar"), &plan, axes, 1,
        "n gemeente gemeld problem",
        "598|Arnhem|314|-\n598|Doesburg|19|-\n598|Duiven|26|-\n598|Lingewaard|39|-\n598|Overbetuwe|44|-\n"
        "598|Rheden|73|-\n598|Westervoort|22|-\n598|Zevenaar|61|-\n"
        "1227|Arnhem|644|-\n1227|Doesburg|40|-\n1227|Duiven|54|-\n1227|Lingewaard|80|-\n1227|Overbetuwe|89|-\n"
        "1227|Rheden|150|-\n1227|Westervoort|44|-\n1227|Zevenaar|126|-\n");
    dk_table_release(totals);
}

static const char few[] = "plaats:category kent:boolean n:integer\nEde|true|4\nEde|false|6\nVelp|false|5\n";

/* The scenario's last parameter changes fastest, whichever is given first; where what matches depends on one, too. */
static void points_are_combinations(void **state)
{
    const dk_table *table = with_weight(make_table(context, few), "n");
    const struct plan plan = { .name = "plan",
                               .params = { { .name = "waar", .value = TEXT("Ede") },
                                           { .name = "n", .value = WHOLE(1) } },
                               .steps = { { .name = "meld",
                                            .where = "plaats == $waar and not kent",
                                            .count = "$n",
                                            .set = { "kent = true" } } } };
    const dk_sweep_axis axes[] = { AXIS("n", WHOLE(2), WHOLE(6)), AXIS("waar", TEXT("Velp"), TEXT("Ede")) };

    (void)state;
    assert_sweep(table, ASK(.measures = { "kent_n = count() where kent" }), &plan, axes, 2, "waar n kent_n problem",
                 "Velp|2|6|-\n"
                 "Velp|6|-|meld: 6 persons are to be taken, and there are 5 (plaats = Velp, kent = false)\n"
                 "Ede|2|6|-\n"
                 "Ede|6|10|-\n");
    dk_table_release(table);
}

/* Two steps whose places are parameters: a seventh of the 6 or 5 who are not known, then all of the known of a place to Velp. */
static void conditions_choose_in_several_steps(void **state)
{
    const dk_table *table = with_weight(make_table(context, few), "n");
    const struct plan plan = { .name = "plan",
                               .params = { { .name = "waar", .value = TEXT("Ede") },
                                           { .name = "ook", .value = TEXT("Ede") } },
                               .steps = { { .name = "meld",
                                            .where = "plaats == $waar and not kent",
                                            .share = "1 / 7",
                                            .set = { "kent = true" } },
                                          { .name = "verhuis",
                                            .where = "plaats == $ook and kent",
                                            .all = true,
                                            .allow_none = true,
                                            .set = { "plaats = 'Velp'" } } } };
    const dk_sweep_axis axes[] = { AXIS("waar", TEXT("Ede"), TEXT("Velp")),
                                   AXIS("ook", TEXT("Ede"), TEXT("Velp")) };

    (void)state;
    assert_sweep(table, ASK(.measures = { "m = count() where kent and plaats == 'Velp'" }), &plan, axes, 2,
                 "waar ook m problem",
                 "Ede|Ede|4.857142857|-\n"
                 "Ede|Velp|0.000000000|-\n"
                 "Velp|Ede|4.714285714|-\n"
                 "Velp|Velp|0.714285714|-\n");
    dk_table_release(table);
}

/* Totals of a point are its own, as are shares of them; the breakdown's order and limit are left aside. */
static void totals_do_not_go_over_points(void **state)
{
    const dk_table *table = with_weight(make_table(context, few), "n");
    const struct plan plan = {
        .name = "plan",
        .params = { SHARE("f", 0, 0) },
        .steps = { { .name = "verhuis", .where = "plaats == 'Velp'", .share = "$f", .set = { "plaats = 'Ede'" } } }
    };
    const dk_sweep_axis axes[] = { AXIS("f", DECIMAL(2, 1), WHOLE(1)) };

    (void)state;
    assert_sweep(table,
                 ASK(.by = { "plaats" }, .measures = { "m = count()", "deel = m / all(m)" },
                     .margins = DK_MARGINS_TOTALS, .order = { "m" }, .limit = 1),
                 &plan, axes, 1, "f plaats m deel problem",
                 "0.2|Ede|11|11/15|-\n0.2|Velp|4|4/15|-\n0.2|*|15|1/1|-\n"
                 "1.0|Ede|15|1/1|-\n1.0|*|15|1/1|-\n");
    dk_table_release(table);
}

/* No point has an answer: the columns are there nevertheless. */
static void problems_are_rows(void **state)
{
    const dk_table *table = with_weight(make_table(context, few), "n");
    const struct plan plan = {
        .name = "plan",
        .params = { { .name = "f", .value = WHOLE(1) } },
        .steps = { { .name = "meld", .where = "kent", .share = "$f", .set = { "kent = false" } } }
    };
    const dk_sweep_axis axes[] = { AXIS("f", DECIMAL(12, 1), WHOLE(-1)) };

    (void)state;
    assert_sweep(table, ASK(.by = { "plaats" }, .measures = { "m = count()" }), &plan, axes, 1,
                 "f plaats m problem",
                 "1.2|-|-|meld: a share lies between 0 and 1, and 1.2 does not\n"
                 "-1.0|-|-|meld: a share lies between 0 and 1, and -1 does not\n");
    dk_table_release(table);
}

static void points_may_be_a_table(void **state)
{
    const dk_table *region = make_region(context), *points = make_table(context, "f:decimal1\n0.5\n0.0\n"),
                   *swept = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.measures = { COVERAGE }));
    const dk_scenario *scenario = make_scenario(context, &outreach);
    const dk_sweep_spec spec = { .points = points };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_sweep(breakdown, region, NULL, scenario, NULL, &spec, &swept, &err), &err);
    assert_string_equal(show_rows(swept), "0.5|7676|6679|6679/7676|-\n0.0|7676|5682|2841/3838|-\n");
    dk_table_release(swept);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(points);
    dk_table_release(region);
}

/* Who was left out because nothing is known of him, and whom the breakdown leaves out. */
static void a_sweep_has_notes(void **state)
{
    const dk_table *table = make_table(context, "kent:boolean leeftijd:integer\ntrue|20\n-|-\nfalse|30\n"),
                   *swept = NULL;
    const dk_scenario *scenario = make_scenario(
        context,
        PLAN(.name = "p", .params = { SHARE("f", 0, 0) },
             .steps = { { .name = "meld", .where = "not kent", .share = "$f", .set = { "kent = true" } } }));
    const dk_sweep_axis axes[] = { AXIS("f", WHOLE(1)) };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        sweep(table, ASK(.measures = { "n = count()" }, .where = "leeftijd < 40"), scenario, axes, 1, &swept, &err),
        &err);
    assert_int_equal(dk_table_n_notes(swept), 2);
    assert_string_equal(dk_table_note(swept, 0), "1 row was left out, because leeftijd < 40 is null there");
    assert_string_equal(dk_table_note(swept, 1), "meld: 1 person left out, because not kent is null there");
    dk_table_release(swept);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

static void assert_refused(const struct question *question, const struct plan *plan, const dk_sweep_axis *axes,
                           size_t n, dk_status expected, const char *part)
{
    const dk_table *region = make_region(context), *swept = NULL;
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_error err = DK_ERROR_INIT;

    assert_fails(sweep(region, question, scenario, axes, n, &swept, &err), &err, expected, part);
    assert_null(swept);
    dk_scenario_release(scenario);
    dk_table_release(region);
}

static void what_no_sweep_can_be_is_refused(void **state)
{
    const dk_sweep_axis f = AXIS("f", WHOLE(0)), twice[] = { f, f }, nothing = { "f", NULL, 0 };
    const dk_sweep_axis wrong = AXIS("g", WHOLE(0)), beyond = AXIS("f", WHOLE(0), WHOLE(2));
    const dk_sweep_axis mixed = AXIS("f", WHOLE(0), TEXT("veel"));
    const struct question *ask = ASK(.measures = { "n = count()" });

    (void)state;
    assert_refused(ask, &outreach, NULL, 0, DK_ERR_ARGUMENT,
                   "a sweep goes over values of parameters, or over a table of them");
    assert_refused(ask, &outreach, &wrong, 1, DK_ERR_NAME, "the scenario outreach has no parameter g");
    assert_refused(ask, &outreach, twice, 2, DK_ERR_DUPLICATE, "the parameter f is swept twice");
    assert_refused(ask, &outreach, &nothing, 1, DK_ERR_ARGUMENT, "the parameter f has no values to be swept over");
    assert_refused(ask, &outreach, &beyond, 1, DK_ERR_RANGE,
                   "the parameter f lies between 0 and 1, and 2 does not");
    assert_refused(ask, &outreach, &mixed, 1, DK_ERR_TYPE, "values of f are of several types: integer and text");
    assert_refused(ASK(.measures = { "f = count()" }), &outreach, &f, 1, DK_ERR_DUPLICATE,
                   "the sweep would have two columns f: a parameter and one of the breakdown");
    assert_refused(ASK(.measures = { "problem = count()" }), &outreach, &f, 1, DK_ERR_DUPLICATE,
                   "a sweep has a column problem of its own: rename that of the breakdown");
}

static void too_many_points_are_refused(void **state)
{
    static dk_value values[4000];
    const struct plan plan = { .name = "p",
                               .params = { { .name = "a", .value = WHOLE(0) }, { .name = "b", .value = WHOLE(0) } },
                               .steps = { { .name = "s", .share = "$a * $b", .set = { "in_sonar = true" } } } };
    const dk_sweep_axis axes[] = { { "a", values, 4000 }, { "b", values, 4000 } };

    (void)state;
    for (size_t i = 0; i < 4000; i++)
        values[i] = (dk_value)WHOLE(0);
    assert_refused(ASK(.measures = { "n = count()" }), &plan, axes, 2, DK_ERR_LIMIT,
                   "the sweep has more than 10000000 points");
}

static void parameters_named_problem_are_refused(void **state)
{
    const struct plan plan = { .name = "p",
                               .params = { { .name = "problem", .value = WHOLE(0) } },
                               .steps = { { .name = "s", .share = "$problem", .set = { "in_sonar = true" } } } };
    const dk_sweep_axis axis = AXIS("problem", WHOLE(0));

    (void)state;
    assert_refused(ASK(.measures = { "n = count()" }), &plan, &axis, 1, DK_ERR_DUPLICATE,
                   "a sweep has a column problem of its own: rename the parameter");
}

static void a_sweep_survives_failing_memory(void **state)
{
    const struct plan plan = { .name = "p",
                               .params = { { .name = "f", .value = WHOLE(0) },
                                           { .name = "waar", .value = TEXT("Ede") } },
                               .steps = { { .name = "meld",
                                            .where = "plaats == $waar and not kent",
                                            .share = "$f",
                                            .set = { "kent = true" } } } };
    const dk_sweep_axis axes[] = { AXIS("f", DECIMAL(5, 1), WHOLE(2), { .type = DK_RATIO, .as.ratio = { 1, 7 } }),
                                   AXIS("waar", TEXT("Ede"), TEXT("Velp")) };
    const dk_table *table = with_weight(make_table(context, few), "n"), *swept = NULL;
    const dk_scenario *scenario = make_scenario(context, &plan);
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "plaats" }, .measures = { "m = count() where kent" }));
    const dk_sweep_spec spec = { .axes = axes, .n_axes = 2 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context,
                                   dk_scenario_sweep(breakdown, table, NULL, scenario, NULL, &spec, &swept, &err),
                                   &err, swept == NULL, dk_table_release(swept));
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_share_of_the_unknown_registers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_persons_over_municipalities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(points_are_combinations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(conditions_choose_in_several_steps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_do_not_go_over_points, set_up, tear_down),
        cmocka_unit_test_setup_teardown(problems_are_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(points_may_be_a_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sweep_has_notes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_sweep_can_be_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_points_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_named_problem_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sweep_survives_failing_memory, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
