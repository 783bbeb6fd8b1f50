/* test_solve_search.c - the least value: against trying every value by hand, where more helps and where it does
 * not. */
#include "solves.h"

#include "with_context.h"

/* Trying every value, with the public functions alone ---------------------------------------------------------- */

/* Whether the target holds in the one row of the question on cells where $p is given; 0 also where it cannot run.
 * */
static bool holds(const dk_table *cells, const dk_scenario *scenario, const dk_breakdown *breakdown,
                  const dk_expr *target, dk_value value)
{
    const dk_param items[] = { { "p", value } };
    const dk_params params = { items, 1 };
    const dk_table *after = NULL, *result = NULL, *kept = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_status status = dk_scenario_apply(scenario, cells, &params, &after, NULL, &err);
    bool found = false;

    if (status == DK_OK) {
        assert_ok(dk_breakdown_run(breakdown, after, NULL, &result, &err), &err);
        assert_ok(dk_table_where(result, target, NULL, &kept, &err), &err);
        found = dk_table_n_rows(kept) == 1;
    } else {
        assert_int_equal(status, DK_ERR_UNREACHABLE);
    }
    dk_table_release(kept);
    dk_table_release(result);
    dk_table_release(after);
    return found;
}

/* The least of 0 .. n persons that reaches the target, or -1. *falls: it is reached, and then not, with more. */
static int64_t least_by_trying(const dk_table *table, const struct plan *plan, const struct question *question,
                               const char *target_text, int64_t n, bool is_share, bool *falls)
{
    const dk_scenario *scenario = make_scenario(context, plan);
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_table *cells = NULL;
    const dk_expr *target = NULL;
    int64_t least = -1;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &cells, &err), &err);
    assert_ok(dk_expr_parse(context, target_text, &target, &err), &err);
    for (int64_t k = 0; k <= n; k++) {
        dk_value share = { .type = DK_RATIO, .as.ratio = { k, n ? n : 1 } };
        dk_value count = { .type = DK_INTEGER, .as.integer = k };

        if (is_share && n > 0) { /* in lowest terms */
            int64_t a = k, b = n;

            while (b) {
                int64_t rest = a % b;

                a = b;
                b = rest;
            }
            share.as.ratio = (dk_ratio){ k / a, n / a };
        }
        if (holds(cells, scenario, breakdown, target, is_share ? share : count))
            least = least < 0 ? k : least;
        else if (least >= 0)
            *falls = true;
    }
    dk_expr_release(target);
    dk_table_release(cells);
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    return least;
}

/* Random tables, steps, measures and targets. The question is asked at the total; its where makes a cell of it. */
static void the_least_is_what_trying_every_value_finds(void **state)
{
    static const char *const targets[] = { "q >= 0.5",   "q > 0.8",           "k >= 5",         "k >= 4 and k <= 6",
                                           "q <= 0.2",   "m >= 25",           "k > 3 or n < 2", "q == 0.5",
                                           "n - k <= 3", "k % 3 == 2",        "2 * q - 1 > 0",  "oudste < 30",
                                           "0.6 <= q",   "n >= 4 and q > 0.5" };
    unsigned n_reached = 0, n_not = 0, n_falling = 0;

    (void)state;
    for (unsigned round = 0; round < random_rounds(500); round++) {
        static char text[4000];
        size_t used = (size_t)sprintf(text, "g:category bekend:boolean leeftijd:integer\n");
        size_t n_rows = random_below(40);
        const char *target = targets[random_below(sizeof targets / sizeof *targets)];
        bool is_share = random_below(2), falls = false;
        int64_t n_unknown = 0, expected;
        struct question question = { .measures = { "n = count()", "k = count() where bekend", "q = k / n",
                                                   "m = mean(leeftijd) where bekend", "oudste = max(leeftijd)" } };
        struct plan plan = { .name = "plan",
                             .params = { { .name = "p", .value = WHOLE(0) } },
                             .steps = { { .name = "s",
                                          .where = "not bekend",
                                          .allow_none = true,
                                          .whole = random_below(2),
                                          .set = { "bekend = true" } } } };
        const dk_table *table, *result = NULL;
        dk_error err = DK_ERROR_INIT;
        dk_status status;

        if (is_share)
            plan.steps[0].share = "$p";
        else
            plan.steps[0].count = "$p";
        if (random_below(2))
            plan.steps[0].per[0] = "g";
        if (random_below(3) == 0) /* people who register are moved, or made older */
            plan.steps[0].set[1] =
                (const char *[]){ "g = 'a'", "leeftijd = leeftijd + 5", "leeftijd = 30" }[random_below(3)];
        if (random_below(4) == 0) /* and something happens afterwards */
            plan.steps[1] = (struct plan_step){ .name = "t",
                                                .where = "bekend",
                                                .allow_none = true,
                                                .share = random_below(2) ? "0.5" : NULL,
                                                .set = { "leeftijd = 20" } };
        if (plan.steps[1].name && plan.steps[1].share == NULL)
            plan.steps[1].count = random_below(2) ? "2" : "1";
        if (random_below(2))
            question.where = random_below(2) ? "g == 'a'" : "g ~= 'c' and leeftijd < 40";
        for (size_t i = 0; i < n_rows; i++) {
            bool known = random_below(3) == 0;

            n_unknown += !known;
            used += (size_t)sprintf(text + used, "%c|%s|%d\n", (char)('a' + random_below(3)),
                                    known ? "true" : "false", 20 + 10 * (int)random_below(4));
        }
        table = make_table(context, text);
        expected = least_by_trying(table, &plan, &question, target, n_unknown, is_share, &falls);
        status = solve_on(table, SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = target),
                          &result, &err);
        dk_table_release(table);
        n_falling += falls;
        if (status != DK_OK) { /* a later step always wants more than there is */
            if (status != DK_ERR_UNREACHABLE || expected >= 0)
                fail_msg("round %u, %s: %s", round, target, err.message);
            continue;
        }
        if (expected < 0) {
            if (value_at(result, "reachable", 0).as.boolean)
                fail_msg("round %u, %s: %s, and no value does", round, target, text_at(result, "answer", 0));
            n_not++;
        } else {
            double given = real_at(result, "p", 0) * (double)(is_share && n_unknown ? n_unknown : 1);

            if (!value_at(result, "reachable", 0).as.boolean || fabs(given - (double)expected) > 1e-9)
                fail_msg("round %u, %s: %s, and %lld of %lld is the least%s", round, target,
                         text_at(result, "answer", 0), (long long)expected, (long long)n_unknown,
                         plan.steps[0].whole ? ", whole" : "");
            n_reached++;
        }
        dk_table_release(result);
    }
    assert_true(n_reached > random_rounds(500) / 4 && n_not > 2 && n_falling > 0);
}

/* A target that only the middle reaches: 5 or 6 of 10. */
static void a_target_in_the_middle_is_found(void **state)
{
    static const char text[] = "in_sonar:boolean w:integer\ntrue|2\nfalse|10\n";
    const struct question question = { .measures = { COVERAGE } };
    const dk_table *result = solved(with_weight(make_table(context, text), "w"),
                                    SEARCH(.question = &question, .plan = SHARE_PLAN(.per = { NULL }),
                                           .vary = "aandeel", .target = "known > 6.5 and known < 8.5"));

    (void)state;
    assert_string_equal(show_rows(result), "true|5|10|1/2|12|7|7/12|5 persons, 50.00 % of 10, give known = 7\n");
    dk_table_release(result);
}

/* The Alabama paradox: places a, b, c of 6, 6 and 2. Of ten, c gives two, of eleven one (quotas 4.71 4.71 1.57). */
static void a_number_that_falls_while_the_total_grows_is_found(void **state)
{
    static const char text[] = "g:category in_sonar:boolean w:integer\na|false|6\nb|false|6\nc|false|2\n";
    const struct question question = { .by = { "g" }, .measures = { COVERAGE } };
    const dk_table *result =
        solved(with_weight(make_table(context, text), "w"),
               SEARCH(.question = &question, .plan = SHARE_PLAN(.whole = true, .per = { "g" }), .vary = "aandeel",
                      .target = "known >= 2", .at = { { "g", TEXT("c") } }));
    const struct plan eleven = { .name = "elf",
                                 .params = { { .name = "p", .value = WHOLE(11) } },
                                 .steps = { KNOWN_STEP(.count = "$p", .whole = true, .per = { "g" }) } };
    const dk_scenario *scenario = make_scenario(context, &eleven);
    const dk_table *table = with_weight(make_table(context, text), "w"), *cells = NULL, *after = NULL,
                   *moved = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 10);
    dk_table_release(result);
    assert_ok(dk_cells_new(table, NULL, &scenario, 1, &cells, &err), &err);
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, &moved, &err), &err);
    assert_string_equal(text_at(moved, "taken", 2), "1.000000000");
    dk_table_release(moved);
    dk_table_release(after);
    dk_table_release(cells);
    dk_table_release(table);
    dk_scenario_release(scenario);
}

/* Less is sought: a scenario that takes persons out of Sonar. */
static void a_target_from_above_is_found(void **state)
{
    const struct question question = { .measures = { COVERAGE } };
    const struct plan plan = {
        .name = "plan",
        .params = { SHARE("p", 0, 0) },
        .steps = { { .name = "vergeet", .where = "in_sonar", .share = "$p", .set = { "in_sonar = false" } } }
    };
    const dk_table *result = solved(make_region(context), SEARCH(.question = &question, .plan = &plan, .vary = "p",
                                                                 .target = "dekking <= 0.5"));

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 5682 - 3838);
    dk_table_release(result);
    result = solved(make_region(context),
                    SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = "0.8 <= dekking"));
    assert_string_equal(text_at(result, "answer", 0), "cannot be reached: at most 74.02 %"); /* as it is */
    assert_near(real_at(result, "p", 0), 0);
    dk_table_release(result);
}

/* Whole numbers of a range: who is under the limit registers. Ages 20, 30, 40 with 5 unknown each. */
static void whole_numbers_of_a_range_are_tried_in_turn(void **state)
{
    static const char text[] =
        "in_sonar:boolean leeftijd:integer w:integer\ntrue|50|5\nfalse|20|5\nfalse|30|5\nfalse|40|5\n";
    const struct question question = { .measures = { COVERAGE } };
    const struct plan plan = { .name = "plan",
                               .params = { { .name = "grens",
                                             .value = WHOLE(30),
                                             .has_least = true,
                                             .has_greatest = true,
                                             .least = WHOLE(18),
                                             .greatest = WHOLE(65) } },
                               .steps = { KNOWN_STEP(.all = true) } };
    struct plan limited = plan;
    const dk_table *result;

    (void)state;
    limited.steps[0].where = "not in_sonar and leeftijd < $grens";
    result = solved(with_weight(make_table(context, text), "w"),
                    SEARCH(.question = &question, .plan = &limited, .vary = "grens", .target = "dekking >= 0.6"));
    assert_string_equal(show_rows(result),
                        "true|10|10|31|20|15|3/4|grens = 31 gives 75.00 %, with 10 persons of 10\n");
    assert_int_equal(value_at(result, "grens", 0).type, DK_INTEGER);
    dk_table_release(result);
    result = solved(with_weight(make_table(context, text), "w"),
                    SEARCH(.question = &question, .plan = &limited, .vary = "grens", .target = "dekking >= 0.2"));
    assert_string_equal(text_at(result, "answer", 0), "grens = 18 gives 25.00 %, and moves nobody");
    dk_table_release(result);
    result = solved(with_weight(make_table(context, text), "w"),
                    SEARCH(.question = &question, .plan = &limited, .vary = "grens", .target = "dekking > 1"));
    assert_string_equal(text_at(result, "answer", 0), "cannot be reached: at most 100.00 %");
    dk_table_release(result);
}

/* Half of $p registers: 90 % needs 1226.4 of 1994, so $p is 1.2301 and not to be had; 80 % needs 458.8, and
 * 0.460181 in millionths. */
static void a_parameter_inside_a_formula_is_tried_in_parts(void **state)
{
    const struct question question = { .measures = { COVERAGE } };
    const struct plan plan = { .name = "plan",
                               .params = { SHARE("p", 5, 1) },
                               .steps = { KNOWN_STEP(.share = "$p / 2") } };
    const dk_table *result = solved(make_region(context), SEARCH(.question = &question, .plan = &plan, .vary = "p",
                                                                 .target = "dekking >= 0.8"));

    (void)state;
    assert_near(real_at(result, "p", 0), 0.460181);
    assert_string_equal(text_at(result, "persons", 0), "458.800457");
    dk_table_release(result);
    result = solved(make_region(context),
                    SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = "dekking >= 0.9"));
    assert_false(value_at(result, "reachable", 0).as.boolean);
    assert_string_equal(text_at(result, "answer", 0), "not reached by any of 4097 values of p: at most 87.01 %");
    dk_table_release(result);
}

/* A later step wants 100 of those who registered: fewer than that cannot run, and are passed over. */
static void values_that_cannot_run_are_passed_over(void **state)
{
    const struct question question = { .measures = { COVERAGE, "nieuw = count() where gemeente == 'Ede'" } };
    const struct plan plan = {
        .name = "plan",
        .params = { SHARE("p", 5, 1) },
        .steps = { { .name = "s",
                     .where = "not in_sonar and gemeente == 'Arnhem'",
                     .share = "$p",
                     .set = { "in_sonar = true", "gemeente = 'Ede'" } },
                   { .name = "t", .where = "gemeente == 'Ede'", .count = "100", .set = { "gemeente = 'Rheden'" } } }
    };
    const struct plan never = {
        .name = "plan",
        .params = { SHARE("p", 5, 1) },
        .steps = { { .name = "s",
                     .where = "not in_sonar and gemeente == 'Duiven'",
                     .share = "$p",
                     .set = { "in_sonar = true", "gemeente = 'Ede'" } },
                   { .name = "t", .where = "gemeente == 'Ede'", .count = "100", .set = { "gemeente = 'Rheden'" } } }
    };
    const dk_table *result = solved(
        make_region(context), SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = "nieuw >= 0"));
    const dk_table *region = make_region(context), *none = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(value_at(result, "persons", 0).as.integer, 100);
    dk_table_release(result);
    assert_fails(solve_on(region,
                          SEARCH(.question = &question, .plan = &never, .vary = "p", .target = "nieuw >= 0"), &none,
                          &err),
                 &err, DK_ERR_UNREACHABLE, "t: 100 persons are to be taken, and there are 87 (gemeente = Ede)");
    dk_table_release(region);
}

/* Parts of persons are available: whole persons are tried, and in the end all there are. */
static void the_last_part_of_a_person_counts(void **state)
{
    static const char text[] = "in_sonar:boolean w:decimal1\ntrue|1\nfalse|2.5\n";
    const struct question question = { .measures = { COVERAGE } };
    const dk_table *result = solved(with_weight(make_table(context, text), "w"),
                                    SEARCH(.question = &question, .plan = SHARE_PLAN(.per = { NULL }),
                                           .vary = "aandeel", .target = "known >= 2.5"));

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "2 persons, 80.00 % of 2.5, give known = 3");
    dk_table_release(result);
    result = solved(with_weight(make_table(context, text), "w"),
                    SEARCH(.question = &question, .plan = SHARE_PLAN(.per = { NULL }), .vary = "aandeel",
                           .target = "known >= 3.5"));
    assert_string_equal(show_rows(result),
                        "true|2.5|2.5|1/1|3.5|3.5|1/1|2.5 persons, 100.00 % of 2.5, give known = 3.5\n");
    dk_table_release(result);
}

/* A range that holds no whole person has its ends. */
static void a_range_between_two_persons_has_its_ends(void **state)
{
    static const char text[] = "in_sonar:boolean w:integer\ntrue|1\nfalse|10\n";
    const struct question question = { .measures = { COVERAGE } };
#define NARROW(low, high)                                \
    PLAN(.name = "p",                                    \
         .params = { { .name = "p",                      \
                       .value = DECIMAL(low, 2),         \
                       .has_least = true,                \
                       .has_greatest = true,             \
                       .least = DECIMAL(low, 2),         \
                       .greatest = DECIMAL(high, 2) } }, \
         .steps = { KNOWN_STEP(.share = "$p") })
    const dk_table *result =
        solved(with_weight(make_table(context, text), "w"),
               SEARCH(.question = &question, .plan = NARROW(22, 28), .vary = "p", .target = "known >= 3.5"));

    (void)state;
    assert_string_equal(text_at(result, "answer", 0), "2.8 persons, 28.00 % of 10, give known = 3.8");
    dk_table_release(result);
    result = solved(with_weight(make_table(context, text), "w"),
                    SEARCH(.question = &question, .plan = NARROW(22, 28), .vary = "p", .target = "known >= 3"));
    assert_string_equal(text_at(result, "answer", 0), "2.2 persons, 22.00 % of 10, give known = 3.2");
    dk_table_release(result);
    result = solved(with_weight(make_table(context, text), "w"),
                    SEARCH(.question = &question, .plan = NARROW(25, 25), .vary = "p", .target = "known >= 5"));
    assert_string_equal(text_at(result, "answer", 0), "cannot be reached: known is at most 3.5");
    dk_table_release(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_least_is_what_trying_every_value_finds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_target_in_the_middle_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_number_that_falls_while_the_total_grows_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_target_from_above_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_numbers_of_a_range_are_tried_in_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_parameter_inside_a_formula_is_tried_in_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_that_cannot_run_are_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_part_of_a_person_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_range_between_two_persons_has_its_ends, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
