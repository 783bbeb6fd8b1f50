/* test_solve.c - how many more must be registered: the region's figures, cells and groups. */
#include "solves.h"

#include "with_context.h"

/* 80, 90 and 95 % of 7676 need 6141, 6909 and 7293 persons: 459, 1227 and 1611 more than 5682. */
static void the_region_needs_459_1227_and_1611_more(void **state)
{
    static const struct {
        const char *target;
        int64_t persons, known;
        const char *answer;
    } cases[] = { { "dekking >= 0.80", 459, 6141, "459 persons, 23.02 % of 1994, give 80.00 %" },
                  { "dekking >= 0.90", 1227, 6909, "1227 persons, 61.53 % of 1994, give 90.01 %" },
                  { "dekking >= 0.95", 1611, 7293, "1611 persons, 80.79 % of 1994, give 95.01 %" } };

    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int whole = 0; whole < 2; whole++)
            for (unsigned threads = 1; threads <= 2; threads++) {
                const dk_table *result;

                dk_set_threads(threads);
                result =
                    solved(make_region(context), SEARCH(.question = &by_gemeente,
                                                        .plan = SHARE_PLAN(.whole = whole, .per = { "gemeente" }),
                                                        .vary = "aandeel", .target = cases[i].target));
                assert_string_equal(show_names(result),
                                    "reachable persons available aandeel register known dekking answer");
                assert_int_equal(dk_table_n_rows(result), 1);
                assert_true(value_at(result, "reachable", 0).as.boolean);
                assert_int_equal(value_at(result, "persons", 0).type, DK_INTEGER);
                assert_int_equal(value_at(result, "persons", 0).as.integer, cases[i].persons);
                assert_int_equal(value_at(result, "available", 0).as.integer, 1994);
                assert_int_equal(value_at(result, "known", 0).as.integer, cases[i].known);
                assert_near(real_at(result, "aandeel", 0), (double)cases[i].persons / 1994);
                assert_near(real_at(result, "dekking", 0), (double)cases[i].known / 7676);
                assert_string_equal(text_at(result, "answer", 0), cases[i].answer);
                dk_table_release(result);
            }
}

/* ceil(0.9 N) - S of each. */
static void each_municipality_has_a_number_of_its_own(void **state)
{
    static const struct question all_levels = {
        .by = { "gemeente" }, .measures = { COVERAGE }, .all_levels = true, .order = { "dekking desc" }, .limit = 2
    };
    const dk_table *result =
        solved(make_region(context), SEARCH(.question = &all_levels, .plan = SHARE_PLAN(.per = { "gemeente" }),
                                            .vary = "aandeel", .target = "dekking >= 0.90", .each = "gemeente"));

    (void)state;
    assert_string_equal(show_names(result),
                        "gemeente reachable persons available aandeel register known dekking answer");
    assert_string_equal(show_rows(result),
                        "Arnhem|true|644|1047|644/1047|4030|3627|9/10|644 persons, 61.51 % of 1047, give 90.00 %\n"
                        "Doesburg|true|41|65|41/65|249|225|75/83|41 persons, 63.08 % of 65, give 90.36 %\n"
                        "Duiven|true|54|87|18/29|336|303|101/112|54 persons, 62.07 % of 87, give 90.18 %\n"
                        "Lingewaard|true|80|129|80/129|498|449|449/498|80 persons, 62.02 % of 129, give 90.16 %\n"
                        "Overbetuwe|true|90|146|45/73|561|505|505/561|90 persons, 61.64 % of 146, give 90.02 %\n"
                        "Rheden|true|150|244|75/122|940|846|9/10|150 persons, 61.48 % of 244, give 90.00 %\n"
                        "Rozendaal|false|-|0|-|0|0|-|cannot be reached: dekking has no value there\n"
                        "Westervoort|true|45|72|5/8|276|249|83/92|45 persons, 62.50 % of 72, give 90.22 %\n"
                        "Zevenaar|true|126|204|21/34|786|708|118/131|126 persons, 61.76 % of 204, give 90.08 %\n");
    dk_table_release(result);
}

/* If the 1994 are spread like the known, Arnhem has 1047 of them: all of them bring the region to 6729 / 7676. */
static void arnhem_alone_cannot_bring_the_region_to_90(void **state)
{
    const struct plan plan = { .name = "arnhem",
                               .params = { SHARE("aandeel", 3, 1) },
                               .steps = { { .name = "alleen Arnhem",
                                            .where = "not in_sonar and gemeente == 'Arnhem'",
                                            .share = "$aandeel",
                                            .whole = true,
                                            .set = { "in_sonar = true" } } } };
    const dk_table *result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &plan,
                                                                 .vary = "aandeel", .target = "dekking >= 0.90"));

    (void)state;
    assert_string_equal(show_rows(result),
                        "false|-|1047|1/1|7676|6729|6729/7676|cannot be reached: at most 87.66 %\n");
    dk_table_release(result);
}

/* 240 more come into the register, all unknown: ceil(0.9 * 7916) = 7125, so 1443. */
static void a_register_that_grows_needs_1443(void **state)
{
    const dk_table *table = with_weight(make_table(context, REGION_ROWS "-|false|240\n"), "n");
    const dk_table *result = solved(table, SEARCH(.question = &by_gemeente, .plan = SHARE_PLAN(.per = { NULL }),
                                                  .vary = "aandeel", .target = "dekking >= 0.90"));

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 1443);
    assert_int_equal(value_at(result, "available", 0).as.integer, 2234);
    dk_table_release(result);
}

/* A cell: all municipalities get the same share, and Duiven must come to 90 % of 336, that is 302.4 and 53.4 more.
 * Of k in 1994 persons it gets 87 k / 1994: 53.404 with 1224, 53.36 with 1223. In whole persons it needs 54, and
 * has them with 1225: 53.448, whose fraction is among the largest (worked out by another program for every k). */
static void a_cell_is_reached_by_a_plan_for_everybody(void **state)
{
    const struct search parts = { .question = &by_gemeente,
                                  .plan = SHARE_PLAN(.per = { "gemeente" }),
                                  .vary = "aandeel",
                                  .target = "dekking >= 0.90",
                                  .at = { { "gemeente", TEXT("Duiven") } } };
    struct search whole = parts;
    const dk_table *result = solved(make_region(context), &parts);

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 1224);
    assert_int_equal(value_at(result, "register", 0).as.integer, 336);
    dk_table_release(result);
    whole.plan = SHARE_PLAN(.per = { "gemeente" }, .whole = true);
    result = solved(make_region(context), &whole);
    assert_int_equal(value_at(result, "known", 0).as.integer, 303);
    assert_int_equal(value_at(result, "persons", 0).as.integer, 1225);
    dk_table_release(result);
}

static void ranges_are_kept(void **state)
{
    const struct plan up_to_half = { .name = "p",
                                     .params = { { .name = "aandeel",
                                                   .value = DECIMAL(3, 1),
                                                   .has_least = true,
                                                   .has_greatest = true,
                                                   .least = DECIMAL(1, 1),
                                                   .greatest = DECIMAL(5, 1) } },
                                     .steps = { KNOWN_STEP(.share = "$aandeel") } };
    const dk_table *result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &up_to_half,
                                                                 .vary = "aandeel", .target = "dekking >= 0.90"));

    (void)state;
    assert_string_equal(show_rows(result), /* (5682 + 997) / 7676 */
                        "false|-|1994|1/2|7676|6679|6679/7676|cannot be reached: at most 87.01 %\n");
    dk_table_release(result);
    /* 75 % needs 75 more, and a tenth of 1994 is at least 200 whole persons. */
    result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &up_to_half, .vary = "aandeel",
                                                 .target = "dekking >= 0.75"));
    assert_string_equal(show_rows(result),
                        "true|200|1994|100/997|7676|5882|2941/3838|200 persons, 10.03 % of 1994, give 76.63 %\n");
    dk_table_release(result);
}

static void counts_are_whole_persons(void **state)
{
#define RANGE(low, high) .has_least = true, .has_greatest = true, .least = WHOLE(low), .greatest = WHOLE(high)
    const dk_table *result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = COUNT_PLAN,
                                                                 .vary = "aantal", .target = "dekking >= 0.90"));

    (void)state;
    assert_string_equal(show_rows(result),
                        "true|1227|1994|1227|7676|6909|6909/7676|1227 persons of 1994 give 90.01 %\n");
    assert_int_equal(value_at(result, "aantal", 0).type, DK_INTEGER);
    dk_table_release(result);
    result = solved(
        make_region(context),
        SEARCH(.question = &by_gemeente, .vary = "aantal", .target = "dekking >= 0.90",
               .plan = PLAN(.name = "p", .params = { { .name = "aantal", .value = WHOLE(100), RANGE(50, 1000) } },
                            .steps = { KNOWN_STEP(.count = "$aantal", .whole = true) })));
    assert_string_equal(show_rows(result),
                        "false|-|1994|1000|7676|6682|3341/3838|cannot be reached: at most 87.05 %\n");
    dk_table_release(result);
    result = solved(
        make_region(context),
        SEARCH(.question = &by_gemeente, .vary = "aantal", .target = "dekking >= 0.70",
               .plan = PLAN(.name = "p", .params = { { .name = "aantal", .value = WHOLE(100), RANGE(50, 1000) } },
                            .steps = { KNOWN_STEP(.count = "$aantal", .per = { "gemeente" }) })));
    assert_string_equal(show_rows(result), "true|50|1994|50|7676|5732|1433/1919|50 persons of 1994 give 74.67 %\n");
    dk_table_release(result);
    result = solved(make_region(context),
                    SEARCH(.question = &by_gemeente, .vary = "aantal", .target = "dekking >= 0.70",
                           .plan = PLAN(.name = "p",
                                        .params = { { .name = "aantal", .value = WHOLE(3000), RANGE(2500, 4000) } },
                                        .steps = { KNOWN_STEP(.count = "$aantal") })));
    assert_string_equal(text_at(result, "answer", 0),
                        "cannot be reached: aantal is at least 2500, and there are 1994 persons");
    assert_false(value_at(result, "reachable", 0).as.boolean);
    dk_table_release(result);
}

/* Steps before and after: what they move is not what is counted as persons. */
static void persons_are_those_of_the_steps_that_are_varied(void **state)
{
    const struct plan plan = { .name = "plan",
                               .params = { SHARE("aandeel", 3, 1) },
                               .steps = { { .name = "fusie",
                                            .where = "gemeente in ('Duiven', 'Westervoort')",
                                            .all = true,
                                            .set = { "gemeente = 'Duiven-Westervoort'" } },
                                          KNOWN_STEP(.share = "$aandeel", .whole = true, .per = { "gemeente" }),
                                          { .name = "vergeet",
                                            .where = "in_sonar and gemeente == 'Rheden'",
                                            .share = "0.0",
                                            .set = { "in_sonar = false" } } } };
    const dk_table *result =
        solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel",
                                            .target = "dekking >= 0.90", .each = "gemeente"));
    uint64_t row = 0;

    (void)state;
    while (strcmp(text_at(result, "gemeente", row), "Duiven-Westervoort") != 0)
        row++;
    assert_int_equal(value_at(result, "persons", row).as.integer, 98); /* ceil(0.9 * 612) - 453 */
    assert_int_equal(value_at(result, "available", row).as.integer, 159);
    assert_int_equal(dk_table_n_rows(result), 7);
    dk_table_release(result);
    result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel",
                                                 .target = "dekking >= 0.90"));
    assert_int_equal(value_at(result, "persons", 0).as.integer, 1227);
    dk_table_release(result);
}

/* Who leaves and who comes: 5682 of 7676 - x are 90 % for x = 1363; (5682 + x) of (7676 + x) are 75 % for x = 300, more than the 184
 * whom they are like. */
static void steps_that_change_how_many_there_are_are_solved(void **state)
{
#define UP_TO(m) .has_least = true, .has_greatest = true, .least = WHOLE(0), .greatest = WHOLE(m)
    const struct plan leave = {
        .name = "p",
        .params = { SHARE("f", 3, 1) },
        .steps = { { .name = "uit", .where = "not in_sonar", .share = "$f", .effect = DK_REMOVES } }
    };
    const struct plan come = { .name = "p",
                               .params = { { .name = "f", .value = WHOLE(0), UP_TO(10000) } },
                               .steps = { { .name = "in",
                                            .where = "in_sonar and gemeente == 'Doesburg'",
                                            .count = "$f",
                                            .effect = DK_ADDS } } };
    const struct plan any = { .name = "p",
                              .params = { { .name = "f", .value = WHOLE(0) } },
                              .steps = {
                                  { .name = "in", .where = "in_sonar", .count = "$f", .effect = DK_ADDS } } };
    const dk_table *result = solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &leave,
                                                                 .vary = "f", .target = "dekking >= 0.90"));
    const dk_table *region = make_region(context), *out = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "1363 persons, 68.36 % of 1994, give 90.00 %");
    dk_table_release(result);
    result = solved(make_region(context),
                    SEARCH(.question = &by_gemeente, .plan = &come, .vary = "f", .target = "dekking >= 0.75"));
    assert_string_equal(text_at(result, "answer", 0), "300 persons of 184 give 75.00 %");
    dk_table_release(result);
    assert_fails(
        solve_on(region, SEARCH(.question = &by_gemeente, .plan = &any, .vary = "f", .target = "dekking >= 0.75"),
                 &out, &err),
        &err, DK_ERR_ARGUMENT,
        "the parameter f has no greatest value, and any number may come (give it one: f = { 0, max = ... })");
    dk_table_release(region);
}

/* What is no number of persons is a share all the same, also where its range has whole ends: 0.1 of Arnhem's 4030 make 739 of Duiven's
 * 336, and 5682 f / (5682 f + 1994) is 90 % for f = 17946 / 5682. Both go one way, so that halving finds them. */
static void flows_and_factors_are_no_whole_numbers(void **state)
{
    const struct plan moves = {
        .name = "p",
        .params = { { .name = "f", .value = WHOLE(0), UP_TO(1) } },
        .steps = { { .name = "verhuis", .flows_of = "gemeente", .flows = { { "'Arnhem'", "'Duiven'", "$f" } } } }
    };
    const struct plan scales = { .name = "p",
                                 .params = { { .name = "f", .value = WHOLE(1), UP_TO(5) } },
                                 .steps = { { .name = "groei", .where = "in_sonar", .scale = "$f" } } };
    const dk_table *result =
        solved(make_region(context), SEARCH(.question = &by_gemeente, .plan = &moves, .vary = "f",
                                            .target = "register >= 739", .at = { { "gemeente", TEXT("Duiven") } }));

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "f = 0.1 gives register = 739, with 403 persons of 7676");
    dk_table_release(result);
    result = solved(make_region(context),
                    SEARCH(.question = &by_gemeente, .plan = &scales, .vary = "f", .target = "dekking >= 0.90"));
    assert_string_equal(text_at(result, "f", 0), "631679/200000"); /* 3.158395, and 3.15839493 is what it takes */
    dk_table_release(result);
}

/* In one group there is nobody to register, in another everybody is known already: both have an answer. */
static void groups_where_nobody_matches_have_an_answer(void **state)
{
    const dk_table *result =
        solved(make_table(context,
                          "gemeente:category in_sonar:boolean\na|true\na|true\nb|false\nb|false\nb|true\n-|true\n"),
               SEARCH(.question = &by_gemeente, .plan = SHARE_PLAN(.per = { "gemeente" }), .vary = "aandeel",
                      .target = "dekking > 0.5", .each = "gemeente"));

    (void)state;
    assert_string_equal(show_rows(result), "a|true|0|0|0/1|2|2|1/1|reached already: 100.00 %\n"
                                           "b|true|1|2|1/2|3|2|2/3|1 person, 50.00 % of 2, gives 66.67 %\n"
                                           "-|true|0|0|0/1|1|1|1/1|reached already: 100.00 %\n");
    dk_table_release(result);
}

/* The same for a count: nobody of nobody is taken. */
static void a_count_of_nobody_has_an_answer(void **state)
{
    const dk_table *result =
        solved(make_table(context, "gemeente:category in_sonar:boolean\na|true\nb|false\nb|true\n"),
               SEARCH(.question = &by_gemeente, .plan = COUNT_PLAN, .vary = "aantal", .target = "known >= 2",
                      .each = "gemeente"));

    (void)state;
    assert_string_equal(show_rows(result), "a|false|-|0|0|1|1|1/1|cannot be reached: known is at most 1\n"
                                           "b|true|1|1|1|2|2|1/1|1 person of 1 gives known = 2\n");
    dk_table_release(result);
}

static void parameters_go_where_they_belong(void **state)
{
    const struct plan plan = { .name = "plan",
                               .params = { SHARE("aandeel", 3, 1), SHARE("eerst", 0, 0) },
                               .steps = { { .name = "een",
                                            .where = "not in_sonar and gemeente == 'Arnhem'",
                                            .share = "$eerst",
                                            .set = { "in_sonar = true" } },
                                          KNOWN_STEP(.share = "$aandeel", .allow_none = true) } };
    const dk_param all[] = { { "eerst", WHOLE(1) } }, goal[] = { { "doel", DECIMAL(90, 2) } };
    const dk_param wrong[] = { { "dol", WHOLE(1) } }, of_step[] = { { "eerst", WHOLE(2) } };
    dk_params params = { all, 1 }, own = { goal, 1 };
    const dk_table *result, *region = make_region(context), *none = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    /* Arnhem's 1047 first: 6729, so 180 of the other 947. */
    result = solved(make_region(context),
                    SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel", .target = "dekking >= $doel",
                           .params = &params, .breakdown_params = &own));
    assert_string_equal(show_rows(result),
                        "true|180|947|180/947|7676|6909|6909/7676|180 persons, 19.01 % of 947, give 90.01 %\n");
    dk_table_release(result);
    own.items = wrong;
    assert_fails(solve_on(region,
                          SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel",
                                 .target = "dekking >= $doel", .breakdown_params = &own),
                          &none, &err),
                 &err, DK_ERR_NAME, "nothing here has a parameter dol (did you mean doel?)");
    assert_fails(
        solve_on(region,
                 SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel", .target = "dekking >= $doel"),
                 &none, &err),
        &err, DK_ERR_NAME, "$doel");
    params.items = of_step;
    assert_fails(solve_on(region,
                          SEARCH(.question = &by_gemeente, .plan = &plan, .vary = "aandeel",
                                 .target = "dekking >= 0.9", .params = &params),
                          &none, &err),
                 &err, DK_ERR_RANGE, "the parameter eerst lies between 0 and 1, and 2 does not");
    dk_table_release(region);
}

static void a_note_tells_whom_null_left_out(void **state)
{
    const dk_table *result =
        solved(make_table(context, "gemeente:category in_sonar:boolean\na|true\na|false\na|-\nb|-\n"),
               SEARCH(.question = &by_gemeente, .plan = SHARE_PLAN(.per = { NULL }), .vary = "aandeel",
                      .target = "known >= 2"));

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 1);
    assert_int_equal(dk_table_n_notes(result), 1);
    assert_string_equal(dk_table_note(result, 0),
                        "register the unknown: 2 persons left out, because not in_sonar is null there");
    dk_table_release(result);
}

static const dk_table *few_persons(void)
{
    return make_table(context,
                      "gemeente:category in_sonar:boolean\na|true\na|false\na|false\nb|false\nb|false\nb|-\n");
}

static void failing_allocations_are_survived(void)
{
    const struct plan *whole = SHARE_PLAN(.whole = true, .per = { "gemeente" });
    const dk_solve_spec specs[] = {
        { .vary = "aandeel", .target = "dekking >= 0.6" },
        { .vary = "aandeel", .target = "dekking >= 0.6 and known > 1", .each = "gemeente" }
    };

    for (size_t i = 0; i < 2; i++)
        ASSERT_ASKING_SURVIVES(
            context, few_persons(), &by_gemeente, whole,
            dk_scenario_solve(breakdown_, table_, NULL, scenario_, NULL, &specs[i], &result_, &err_));
}

/* Thousands of allocations, and each time all before it: not where tests are watched, and slow. */
static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    if (!under_valgrind())
        failing_allocations_are_survived();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_region_needs_459_1227_and_1611_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_municipality_has_a_number_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arnhem_alone_cannot_bring_the_region_to_90, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_register_that_grows_needs_1443, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cell_is_reached_by_a_plan_for_everybody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ranges_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_are_whole_persons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(persons_are_those_of_the_steps_that_are_varied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_that_change_how_many_there_are_are_solved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flows_and_factors_are_no_whole_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_where_nobody_matches_have_an_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_of_nobody_has_an_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_go_where_they_belong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_tells_whom_null_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
