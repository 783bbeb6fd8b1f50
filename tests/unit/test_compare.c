/* test_compare.c - a breakdown as things are and under scenarios: the region's figures, several plans, parameters,
 * margins, and that nothing changes where nobody moves.
 */
#include "scenarios.h"

#include "exprs.h"

/* A question compared under plans, on a table that is consumed. */
static dk_status compare(const dk_table *table, const struct question *question, const struct plan *const *plans,
                         size_t n, const dk_params *breakdown_params, const dk_params *params, const dk_table **out,
                         dk_error *err)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_scenario *scenarios[4];
    dk_status status;

    for (size_t i = 0; i < n; i++)
        scenarios[i] = make_scenario(context, plans[i]);
    status = dk_scenario_compare(breakdown, table, breakdown_params, scenarios, params, n, out, err);
    for (size_t i = 0; i < n; i++)
        dk_scenario_release(scenarios[i]);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
    return status;
}

static const struct plan outreach = { .name = "outreach",
                                      .params = { SHARE("aandeel", 30, 2) },
                                      .steps = { { .name = "register the unknown",
                                                   .where = "not in_sonar",
                                                   .share = "$aandeel",
                                                   .whole = true,
                                                   .per = { "gemeente" },
                                                   .set = { "in_sonar = true" } } } };
static const struct plan merger = { .name = "fusie",
                                    .steps = { { .name = "merge",
                                                 .where = "gemeente in ('Duiven', 'Westervoort')",
                                                 .all = true,
                                                 .set = { "gemeente = 'Duiven-Westervoort'" } } } };
static const struct plan *const plan_outreach[] = { &outreach };

/* 598 whole persons more, as worked out for each municipality. */
static void the_region_has_598_persons_more(void **state)
{
    static const struct question question = { .by = { "gemeente" },
                                              .measures = { "register = count()",
                                                            "known = count() where in_sonar" },
                                              .margins = DK_MARGINS_TOTALS,
                                              .all_levels = true };

    (void)state;
    for (unsigned threads = 1; threads <= 2; threads++) {
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(threads);
        assert_ok(compare(make_region(context), &question, plan_outreach, 1, NULL, NULL, &result, &err), &err);
        assert_string_equal(show_names(result),
                            "gemeente register_base register_outreach register_outreach_difference known_base "
                            "known_outreach known_outreach_difference");
        assert_string_equal(show_rows(result), "Arnhem|4030|4030|0|2983|3297|314\nDoesburg|249|249|0|184|203|19\n"
                                               "Duiven|336|336|0|249|275|26\nLingewaard|498|498|0|369|408|39\n"
                                               "Overbetuwe|561|561|0|415|459|44\nRheden|940|940|0|696|769|73\n"
                                               "Rozendaal|0|0|0|0|0|0\nWestervoort|276|276|0|204|226|22\n"
                                               "Zevenaar|786|786|0|582|643|61\n*|7676|7676|0|5682|6280|598\n");
        dk_table_release(result);
    }
}

/* Rates are ratios of sums, of whole and of parts: 5682/7676, and with 30 % of the unknown 62802/76760. */
static void rates_are_exact(void **state)
{
    const struct plan parts = {
        .name = "deel",
        .steps = { { .name = "s", .where = "not in_sonar", .share = "0.30", .set = { "in_sonar = true" } } }
    };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(make_region(context), ASK(.measures = { COVERAGE }), (const struct plan *[]){ &parts }, 1,
                      NULL, NULL, &result, &err),
              &err);
    /* 2841/3838 + 2991/38380 = 31401/38380, all in lowest terms */
    assert_string_equal(show_rows(result), "7676|7676|0|5682|6280.2|598.2|2841/3838|31401/38380|2991/38380\n");
    assert_string_equal(values_of(result, "numerator(dekking_base)"), "5682");
    assert_string_equal(values_of(result, "numerator(dekking_deel) - 6280.2"), "0.000000000");
    assert_string_equal(values_of(result, "denominator(dekking_deel)"), "7676.000000000");
    dk_table_release(result);
}

/* A merger as a comparison: groups of one side only. The region does not change. */
static void a_merger_has_groups_of_one_side(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(make_region(context),
                      ASK(.by = { "gemeente" }, .measures = { COVERAGE }, .margins = DK_MARGINS_TOTALS,
                          .where = "gemeente in ('Duiven', 'Westervoort', 'Zevenaar', 'Duiven-Westervoort')"),
                      (const struct plan *[]){ &merger }, 1, NULL, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "Duiven|336|0|-336|249|0|-249|83/112|-|-\n"
                                           "Westervoort|276|0|-276|204|0|-204|17/23|-|-\n"
                                           "Zevenaar|786|786|0|582|582|0|97/131|97/131|0/1\n"
                                           "Duiven-Westervoort|0|612|612|0|453|453|-|151/204|-\n"
                                           "*|1398|1398|0|1035|1035|0|345/466|345/466|0/1\n");
    dk_table_release(result);
}

static void several_scenarios_stand_side_by_side(void **state)
{
    const struct plan half = {
        .name = "helft",
        .params = { SHARE("aandeel", 5, 1) },
        .steps = { { .name = "s", .where = "not in_sonar", .share = "$aandeel", .set = { "in_sonar = true" } } }
    };
    const struct plan *const plans[] = { &half, &outreach, &merger };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(make_region(context), ASK(.measures = { "known = count() where in_sonar" }), plans, 3, NULL,
                      NULL, &result, &err),
              &err);
    assert_string_equal(show_names(result), "known_base known_helft known_helft_difference known_outreach "
                                            "known_outreach_difference known_fusie known_fusie_difference");
    assert_string_equal(show_rows(result), "5682|6679|997|6280|598|5682|0\n");
    dk_table_release(result);
    result = NULL;
    assert_fails(compare(make_region(context), ASK(.measures = { "n = count()" }),
                         (const struct plan *[]){ &half, &half }, 2, NULL, NULL, &result, &err),
                 &err, DK_ERR_DUPLICATE, "two sides of a comparison are named helft");
    assert_ok(compare(make_region(context), ASK(.measures = { "n = count()" }), NULL, 0, NULL, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "7676\n");
    dk_table_release(result);
}

/* Each scenario has parameters of its own; those of the breakdown go along. */
static void parameters_go_where_they_belong(void **state)
{
    static const struct question question = { .measures = { "n = count() where in_sonar and n_min >= $minst" } };
    const struct plan other = {
        .name = "ander",
        .params = { SHARE("aandeel", 1, 1) },
        .steps = { { .name = "s", .where = "not in_sonar", .share = "$aandeel", .set = { "in_sonar = true" } } }
    };
    const struct plan *const plans[] = { &outreach, &other };
    static const char text[] = "gemeente:category in_sonar:boolean n_min:integer\na|true|1\na|false|5\na|false|5\n";
    const dk_param one[] = { { "aandeel", WHOLE(1) } }, half[] = { { "aandeel", DECIMAL(5, 1) } };
    const dk_param least[] = { { "minst", WHOLE(3) }, { "aandeel", WHOLE(1) } }, wrong[] = { { "mist", WHOLE(3) } };
    const dk_params params[] = { { one, 1 }, { half, 1 } };
    dk_params own = { least, 2 };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(make_table(context, text), &question, plans, 2, &own, params, &result, &err), &err);
    assert_string_equal(show_rows(result), "0|2|2|1|1\n");
    dk_table_release(result);
    result = NULL;
    assert_ok(compare(make_table(context, text), &question, plans, 2, &own, NULL, &result, &err), &err);
    assert_string_equal(show_rows(result), "0|1|1|0.2|0.2\n"); /* 0.6 in whole persons is 1 */
    dk_table_release(result);
    result = NULL;
    assert_fails(compare(make_table(context, text), &question, plans, 2, NULL, params, &result, &err), &err,
                 DK_ERR_NAME, "$minst");
    own = (dk_params){ wrong, 1 };
    assert_fails(compare(make_table(context, text), &question, plans, 2, &own, params, &result, &err), &err,
                 DK_ERR_NAME, "nothing here has a parameter mist (did you mean minst?)");
    assert_fails(compare(make_table(context, text), ASK(.measures = { "n = count()" }), plans, 2, NULL,
                         (const dk_params[]){ { least, 1 }, { one, 1 } }, &result, &err),
                 &err, DK_ERR_NAME, "the scenario outreach has no parameter minst");
    assert_null(result);
}

static void order_and_limit_of_the_breakdown_are_left_aside(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(make_table(context, "gemeente:category in_sonar:boolean\nb|false\na|true\nb|true\n"),
                      ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .order = { "n desc" }, .limit = 1),
                      plan_outreach, 1, NULL, NULL, &result, &err),
              &err);
    assert_string_equal(show_rows(result), "a|1|1|0\nb|2|2|0\n");
    dk_table_release(result);
}

/* Notes of the base are about rows, those of steps about persons; with several scenarios they say whose they are.
 * */
static void notes_come_along(void **state)
{
    static const char text[] = "gemeente:category in_sonar:boolean x:integer\na|false|1\na|-|2\nb|-|-\n";
    static const struct question question = { .measures = { "n = count() where x > 1" } };
    const struct plan other = outreach;
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;
    struct plan renamed;

    (void)state;
    assert_ok(compare(make_table(context, text), &question, plan_outreach, 1, NULL, NULL, &result, &err), &err);
    assert_int_equal(dk_table_n_notes(result), 2);
    assert_string_equal(dk_table_note(result, 0), "1 row was left out of n, because x > 1 is null there");
    assert_string_equal(dk_table_note(result, 1),
                        "register the unknown: 2 persons left out, because not in_sonar is null there");
    dk_table_release(result);
    memcpy(&renamed, &other, sizeof renamed);
    renamed.name = "ander";
    assert_ok(compare(make_table(context, text), &question, (const struct plan *[]){ &outreach, &renamed }, 2, NULL,
                      NULL, &result, &err),
              &err);
    assert_int_equal(dk_table_n_notes(result), 3);
    assert_string_equal(dk_table_note(result, 2),
                        "ander: register the unknown: 2 persons left out, because not in_sonar is null there");
    dk_table_release(result);
}

static void notes_of_two_tables_say_whose_they_are(void **state)
{
    const dk_table *base = make_table(context, "x:integer\n1\n-\n"),
                   *other = make_table(context, "x:integer\n-\n-\n");
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.measures = { "n = count() where x > $p" }));
    const dk_param one[] = { { "p", WHOLE(0) } };
    const dk_params params = { one, 1 };
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare(breakdown, base, other, "q4", &params, &result, &err), &err);
    assert_string_equal(show_rows(result), "1|0|-1\n");
    assert_int_equal(dk_table_n_notes(result), 2);
    assert_string_equal(dk_table_note(result, 0), "base: 1 row was left out of n, because x > $p is null there");
    assert_string_equal(dk_table_note(result, 1), "q4: 2 rows were left out of n, because x > $p is null there");
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(other);
    dk_table_release(base);
}

/* What a breakdown says of a column that is not there, and what a scenario says, come before anything is shown. */
static void what_is_wrong_comes_first(void **state)
{
    const struct plan too_many = { .name = "veel",
                                   .steps = { { .name = "te veel",
                                                .where = "not in_sonar",
                                                .count = "1995",
                                                .per = { "gemeente" },
                                                .set = { "in_sonar = true" } } } };
    const dk_table *result = NULL, *totals = NULL, *region;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(compare(make_region(context), ASK(.by = { "plaats" }, .measures = { "n = count()" }),
                         plan_outreach, 1, NULL, NULL, &result, &err),
                 &err, DK_ERR_NAME, "breakdown vraag needs the column plaats, which the table does not have");
    assert_fails(compare(make_region(context), ASK(.measures = { "n = rows()" }), plan_outreach, 1, NULL, NULL,
                         &result, &err),
                 &err, DK_ERR_ARGUMENT, "rows() counts records");
    assert_fails(compare(make_region(context), ASK(.measures = { "n = count()" }),
                         (const struct plan *[]){ &too_many }, 1, NULL, NULL, &result, &err),
                 &err, DK_ERR_UNREACHABLE,
                 "te veel: 1995 persons are to be taken, and there are 1994, in 8 strata by gemeente");
    region = make_region(context);
    assert_ok(ask_table(ASK(.by = { "gemeente" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS),
                        region, NULL, &totals, &err),
              &err);
    dk_table_release(region);
    assert_fails(compare(totals, ASK(.by = { "gemeente" }, .measures = { "m = count()" }), plan_outreach, 1, NULL,
                         NULL, &result, &err),
                 &err, DK_ERR_MARGIN, "");
    assert_null(result);
}

/* Hundreds of millions of persons: exact rates, and a difference whose denominator has 18 digits. */
static void big_registers_are_exact(void **state)
{
    const struct plan third = {
        .name = "derde",
        .steps = { { .name = "s", .where = "not in_sonar", .share = "1 / 3", .set = { "in_sonar = true" } } }
    };
    const dk_table *region =
        with_weight(make_table(context, "in_sonar:boolean w:integer\ntrue|400000000\nfalse|600000001\n"), "w");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(compare(region, ASK(.measures = { COVERAGE }), (const struct plan *[]){ &third }, 1, NULL, NULL,
                      &result, &err),
              &err);
    assert_string_equal(show_rows(result),
                        "1000000001|1000000001|0|400000000|600000000.333333333|200000000.333333333|"
                        "400000000/1000000001|600000000333333333/1000000001000000000|28571428619047619/"
                        "142857143000000000\n"); /* both by 7 */
    dk_table_release(result);
}

/* A table of thousands of groups: all of it in one pass for each side. */
static void thousands_of_groups_are_compared(void **state)
{
    static char text[400000];
    size_t used = (size_t)sprintf(text, "g:integer gemeente:category in_sonar:boolean\n");
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 12000; i++)
        used += (size_t)sprintf(text + used, "%d|%c|%s\n", i % 6000, 'a' + i % 3, i % 2 ? "true" : "false");
    assert_ok(
        compare(make_table(context, text),
                ASK(.by = { "g" }, .measures = { "k = count() where in_sonar" }, .margins = DK_MARGINS_TOTALS),
                plan_outreach, 1, NULL, NULL, &result, &err),
        &err);
    assert_int_equal(dk_table_n_rows(result), 6001);
    assert_near(real_at(result, "k_base", 6000), 6000);
    assert_near(real_at(result, "k_outreach", 6000), 6000 + 1800);
    assert_near(real_at(result, "k_outreach_difference", 1), 0); /* odd ones were known */
    dk_table_release(result);
}

/* A scenario that moves nobody changes no figure of any measure, in any margin. */
static void nobody_moved_means_nothing_changed(void **state)
{
    static const struct plan nothing[] = {
        { .name = "niets", .steps = { { .name = "s", .share = "0", .set = { "plaats = 'Ede'" } } } },
        { .name = "niets",
          .steps = { { .name = "s",
                       .where = "leeftijd < 0",
                       .all = true,
                       .allow_none = true,
                       .set = { "in_sonar = true" } } } },
        { .name = "niets",
          .steps = { { .name = "s", .all = true, .set = { "in_sonar = in_sonar", "plaats = plaats" } } } },
    };
    static const struct question questions[] = {
        { .by = { "plaats", "klasse" }, .measures = { COVERAGE }, .margins = DK_MARGINS_CUBE },
        { .by = { "klasse" },
          .measures = { "s = sum(bedrag)", "m = mean(bedrag)", "lo = min(leeftijd)", "hi = max(plaats)",
                        "q = s / all(s)" },
          .margins = DK_MARGINS_TOTALS },
        { .by = { "plaats" },
          .measures = { "s = sum(lengte)", "m = mean(lengte) where not in_sonar" },
          .margins = DK_MARGINS_ROLLUP },
    };

    (void)state;
    for (unsigned round = 0; round < 45; round++) {
        static char text[40000];
        size_t used = (size_t)sprintf(text, "plaats:category klasse:text in_sonar:boolean leeftijd:integer "
                                            "bedrag:decimal2 lengte:real\n");
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < 1 + random_below(200); i++)
            used += (size_t)sprintf(text + used, "%s|%s|%s|%d|%d.%02d|%d.%d\n",
                                    (const char *[]){ "Arnhem", "Ede", "-" }[random_below(3)],
                                    (const char *[]){ "jong", "oud", "-" }[random_below(3)],
                                    (const char *[]){ "true", "false", "-" }[random_below(3)],
                                    (int)random_below(80), (int)random_below(20), (int)random_below(100),
                                    (int)random_below(3), (int)random_below(10));
        assert_ok(compare(make_table(context, text), &questions[round % 3],
                          (const struct plan *[]){ &nothing[round / 15] }, 1, NULL, NULL, &result, &err),
                  &err);
        for (size_t c = 0; c < dk_table_n_columns(result); c++) {
            const char *name = dk_table_field(result, c)->name;
            char other[64];

            if (strlen(name) < 5 || strcmp(name + strlen(name) - 5, "_base") != 0)
                continue;
            sprintf(other, "%.*s_niets", (int)(strlen(name) - 5), name);
            for (uint64_t row = 0; row < dk_table_n_rows(result); row++)
                assert_string_equal(text_at(result, name, row), text_at(result, other, row));
        }
        dk_table_release(result);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    static const struct question question = {
        .by = { "gemeente" }, .measures = { COVERAGE }, .margins = DK_MARGINS_TOTALS
    };
    static const struct plan *const plans[] = { &outreach, &merger };

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        ASSERT_ASKING_SURVIVES(
            context, make_region(context), &question, plans[i],
            dk_scenario_compare(breakdown_, table_, NULL, &scenario_, NULL, 1, &result_, &err_));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_region_has_598_persons_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rates_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_merger_has_groups_of_one_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_scenarios_stand_side_by_side, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_go_where_they_belong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_and_limit_of_the_breakdown_are_left_aside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notes_come_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(notes_of_two_tables_say_whose_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(big_registers_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thousands_of_groups_are_compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_moved_means_nothing_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
