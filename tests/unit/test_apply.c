/* test_apply.c - steps on cells: worked examples, order, setting, and what is refused while running. */
#include "plans.h"

#include "scenario/scenario_parts.h"

/* Worked examples ---------------------------------------------------------------------------------------------- */

/* The measures of the region after a scenario; the caller releases it. */
static const dk_table *region_after(const dk_scenario *scenario, const struct question *question)
{
    const dk_table *region = make_region(context), *cells = NULL, *after = NULL, *result = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, question);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_cells_new(region, breakdown, &scenario, 1, &cells, &err), &err);
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err);
    assert_true(sum_at(after, "n") == INT64_C(7676) * DKI_PERSON);
    assert_ok(dk_breakdown_run(breakdown, after, NULL, &result, &err), &err);
    dk_table_release(after);
    dk_table_release(cells);
    dk_table_release(region);
    dk_breakdown_release(breakdown);
    return result;
}

/* c' = (S + f U) / N with f = 0.30: 598.2 persons more, 81.816 %, 7.793 points. */
static void w1_a_share_of_the_unknown_registers(void **state)
{
    const dk_scenario *outreach = make_outreach(context, false);
    const dk_table *result = region_after(outreach, ASK(.measures = { COVERAGE }));

    (void)state;
    assert_near(real_at(result, "register", 0), 7676);
    assert_near(real_at(result, "known", 0), 5682 + 598.2);
    assert_near(real_at(result, "dekking", 0), 6280.2 / 7676);
    assert_true(value_at(result, "dekking", 0).as.ratio.numerator == 31401 && /* 62802 / 76760, in lowest terms */
                value_at(result, "dekking", 0).as.ratio.denominator == 38380);
    dk_table_release(result);
    dk_scenario_release(outreach);
}

/* The same in whole persons, by largest remainder over the unknown of each municipality. Rozendaal has nobody.
 * */
static void w2_whole_persons_over_municipalities(void **state)
{
    const dk_scenario *outreach = make_outreach(context, true);
    const dk_table *result = region_after(
        outreach, ASK(.by = { "gemeente" }, .measures = { "register = count()", "known = count() where in_sonar" },
                      .margins = DK_MARGINS_TOTALS, .all_levels = true));

    (void)state;
    assert_string_equal(show_rows(result),
                        "Arnhem|4030.000000000|3297.000000000\nDoesburg|249.000000000|203.000000000\n"
                        "Duiven|336.000000000|275.000000000\nLingewaard|498.000000000|408.000000000\n"
                        "Overbetuwe|561.000000000|459.000000000\nRheden|940.000000000|769.000000000\n"
                        "Rozendaal|0.000000000|0.000000000\nWestervoort|276.000000000|226.000000000\n"
                        "Zevenaar|786.000000000|643.000000000\n*|7676.000000000|6280.000000000\n");
    dk_table_release(result);
    dk_scenario_release(outreach);
}

/* Two municipalities merge. Published columns of Duiven (7 54 135 53) and Westervoort (4 49 106 45). */
static void w3_two_municipalities_merge(void **state)
{
    (void)state;
    assert_after("gemeente:category[Arnhem,Duiven,Westervoort] kolom:integer w:integer\n"
                 "Arnhem|1|12\nArnhem|2|724\nArnhem|3|1758\nArnhem|4|489\n"
                 "Duiven|1|7\nDuiven|2|54\nDuiven|3|135\nDuiven|4|53\n"
                 "Westervoort|1|4\nWestervoort|2|49\nWestervoort|3|106\nWestervoort|4|45\n",
                 ONE(.where = "gemeente in ('Duiven', 'Westervoort') and kolom > 0", .all = true,
                     .set = { "gemeente = 'Duiven-Westervoort'" }),
                 "Arnhem|1|12.000000000\nArnhem|2|724.000000000\nArnhem|3|1758.000000000\nArnhem|4|489.000000000\n"
                 "Duiven-Westervoort|1|11.000000000\nDuiven-Westervoort|2|103.000000000\n"
                 "Duiven-Westervoort|3|241.000000000\nDuiven-Westervoort|4|98.000000000\n");
}

/* A municipality changes region; the total does not change. */
static void w4_a_municipality_changes_region(void **state)
{
    const dk_scenario *move =
        make_scenario(context, ONE(.where = "gemeente == 'b'", .all = true, .set = { "regio = 'Zuid'" }));
    const dk_table *table =
        make_table(context, "regio:category gemeente:category\nNoord|a\nNoord|b\nNoord|b\nZuid|c\n");
    const dk_breakdown *breakdown = make_breakdown(
        context, ASK(.by = { "regio" }, .measures = { "n = count()" }, .margins = DK_MARGINS_TOTALS));
    const dk_table *cells = NULL, *after = NULL, *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_cells_new(table, breakdown, &move, 1, &cells, &err), &err);
    assert_ok(dk_scenario_apply(move, cells, NULL, &after, NULL, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, after, NULL, &result, &err), &err);
    assert_string_equal(show_rows(result), "Noord|1.000000000\nZuid|3.000000000\n*|4.000000000\n");
    dk_table_release(result);
    dk_table_release(after);
    dk_table_release(cells);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
    dk_scenario_release(move);
}

/* Order -------------------------------------------------------------------------------------------------------- */

static const struct plan_step registers = {
    .name = "registreer", .where = "not known", .share = "0.5", .allow_none = true, .set = { "known = true" }
};
static const struct plan_step moves = {
    .name = "verhuis", .where = "known", .share = "0.5", .allow_none = true, .set = { "place = 'b'" }
};

/* Ten unknown in a. Registering half and moving half of the known is 2.5 in b; moving first moves nobody. */
static void steps_run_in_their_order(void **state)
{
    static const char text[] = "place:category known:boolean w:integer\na|false|10\n";

    (void)state;
    assert_after(text, PLAN(.name = "p", .steps = { registers, moves }),
                 "a|false|5.000000000\na|true|2.500000000\nb|true|2.500000000\n");
    assert_after(text, PLAN(.name = "p", .steps = { moves, registers }),
                 "a|false|5.000000000\na|true|5.000000000\n");
}

static void a_composition_is_one_after_the_other(void **state)
{
    const struct plan one = { .name = "a", .steps = { registers } }, two = { .name = "b", .steps = { moves } };
    const dk_scenario *a = make_scenario(context, &one), *b = make_scenario(context, &two), *both = NULL;
    const dk_table *table =
        with_weight(make_table(context, "place:category known:boolean w:integer\na|false|10\nc|true|3\n"), "w");
    const dk_table *cells = NULL, *first = NULL, *second = NULL, *composed = NULL;
    char expected[1024];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_scenario_compose(a, b, NULL, &both, &err), &err);
    assert_ok(dk_cells_new(table, NULL, &both, 1, &cells, &err), &err);
    assert_ok(dk_scenario_apply(a, cells, NULL, &first, NULL, &err), &err);
    assert_ok(dk_scenario_apply(b, first, NULL, &second, NULL, &err), &err);
    assert_ok(dk_scenario_apply(both, cells, NULL, &composed, NULL, &err), &err);
    snprintf(expected, sizeof expected, "%s", show_rows(second));
    assert_string_equal(show_rows(composed), expected);
    assert_string_equal(expected,
                        "a|false|5.000000000\na|true|2.500000000\nb|true|4.000000000\nc|true|1.500000000\n");
    dk_table_release(composed);
    dk_table_release(second);
    dk_table_release(first);
    dk_table_release(cells);
    dk_table_release(table);
    dk_scenario_release(both);
    dk_scenario_release(b);
    dk_scenario_release(a);
}

/* Setting ------------------------------------------------------------------------------------------------------ */

static void what_is_set_is_evaluated_all_at_once(void **state)
{
    (void)state;
    assert_after("a:integer b:integer\n1|2\n5|7\n",
                 ONE(.where = "a == 1", .all = true, .set = { "a = b", "b = a" }),
                 "2|1|1.000000000\n5|7|1.000000000\n");
}

/* Those who are not taken are not evaluated: their values may be what cannot be computed with. */
static void what_is_set_fails_for_nobody_else(void **state)
{
    static const char text[] = "a:integer w:integer\n9000000000000000000|1\n3|1\n";

    (void)state;
    assert_after(text, ONE(.where = "a < 5", .all = true, .set = { "a = a * 2" }),
                 "6|1.000000000\n9000000000000000000|1.000000000\n");
    assert_refused(text, ONE(.all = true, .set = { "a = a * 2" }), DK_ERR_OVERFLOW,
                   "stap: where a = 9000000000000000000: 9000000000000000000 * 2 does not fit");
}

/* New levels come in: where levels were stated, behind them; else where they belong. */
static void new_levels_come_in(void **state)
{
    (void)state;
    assert_after("p:category[z,a] w:integer\nz|1\na|2\n",
                 ONE(.where = "p == 'z'", .all = true, .set = { "p = 'm'" }), "a|2.000000000\nm|1.000000000\n");
    assert_after("p:category w:integer\nz|1\na|2\n", ONE(.where = "p == 'z'", .share = "0.5", .set = { "p = 'm'" }),
                 "a|2.000000000\nm|0.500000000\nz|0.500000000\n");
    assert_after("p:category[z,a] q:category[z,y] w:integer\nz|y|1\na|z|2\n", ONE(.all = true, .set = { "p = q" }),
                 "z|z|2.000000000\ny|y|1.000000000\n");
}

static void every_type_can_be_set(void **state)
{
    (void)state;
    assert_after("b:boolean i:integer d:decimal2 t:text e:date c:category w:integer\n"
                 "true|1|1.25|x|2024-01-31|k|1\n",
                 PLAN(.name = "p",
                      .steps = { { .name = "s", .all = true, .set = { "b = null", "i = 2.0", "d = 3", "t = c" } },
                                 { .name = "t", .all = true, .set = { "c = t", "e = e + 1" } } }),
                 "-|2|3.00|k|2024-02-01|k|1.000000000\n");
}

static void what_a_column_cannot_hold_is_refused(void **state)
{
    static const char text[] = "i:integer d:decimal1 b:boolean e:date c:category\n1|1.5|true|2024-01-31|x\n";

    (void)state;
    assert_refused(text, ONE(.all = true, .set = { "i = 'twee'" }), DK_ERR_TYPE,
                   "stap: i is integer, and cannot be set to 'twee'");
    assert_refused(text, ONE(.all = true, .set = { "i = 1.5" }), DK_ERR_RANGE,
                   "stap: i is integer, and cannot be set to 1.5");
    assert_refused(text, ONE(.all = true, .set = { "i = d + 1" }), DK_ERR_RANGE,
                   "stap: i is integer, and cannot be set to d + 1 (2.5 does not fit)");
    assert_refused(text, ONE(.all = true, .set = { "d = 1 / 3" }), DK_ERR_RANGE,
                   "d is decimal, and cannot be set to");
    assert_refused(text, ONE(.all = true, .set = { "b = 1" }), DK_ERR_TYPE,
                   "stap: b is boolean, and cannot be set to 1");
    assert_refused(text, ONE(.all = true, .set = { "e = 5" }), DK_ERR_TYPE,
                   "stap: e is date, and cannot be set to 5");
    assert_refused(text, ONE(.all = true, .set = { "c = 5" }), DK_ERR_TYPE,
                   "stap: c is category, and cannot be set to 5");
    assert_refused(text, ONE(.all = true, .set = { "i = nope" }), DK_ERR_NAME, "stap: unknown column \"nope\"");
    assert_refused(text, ONE(.all = true, .set = { "i = sum(i)" }), DK_ERR_ARGUMENT, "stap: ");
}

/* Parameters --------------------------------------------------------------------------------------------------- */

static void parameters_override_defaults(void **state)
{
    const struct plan plan = {
        .name = "plan",
        .params = { SHARE("aandeel", 5, 1),
                    { .name = "naar", .value = TEXT("b") },
                    { .name = "van", .value = TEXT("a") } },
        .steps = { { .name = "s", .where = "p == $van", .share = "$aandeel", .set = { "p = $naar" } } }
    };
    const dk_param given[] = { { "naar", TEXT("c") }, { "aandeel", DECIMAL(25, 2) } };
    const dk_param wrong[] = { { "nar", TEXT("c") } }, high[] = { { "aandeel", WHOLE(2) } };
    dk_params params = { given, 2 };
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_after("p:category w:integer\na|8\n", &plan, "a|4.000000000\nb|4.000000000\n");
    assert_ok(run_plan("p:category w:integer\na|8\n", &plan, &params, &after, &err), &err);
    assert_string_equal(show_rows(after), "a|6.000000000\nc|2.000000000\n");
    dk_table_release(after);
    after = NULL;
    params = (dk_params){ wrong, 1 };
    assert_fails(run_plan("p:category w:integer\na|8\n", &plan, &params, &after, &err), &err, DK_ERR_NAME,
                 "the scenario plan has no parameter nar (did you mean naar?)");
    params = (dk_params){ high, 1 };
    assert_fails(run_plan("p:category w:integer\na|8\n", &plan, &params, &after, &err), &err, DK_ERR_RANGE,
                 "the parameter aandeel lies between 0 and 1, and 2 does not");
    assert_null(after);
}

/* Nobody ------------------------------------------------------------------------------------------------------- */

static void matching_nobody_is_an_error_unless_it_is_allowed(void **state)
{
    static const char text[] = "a:integer w:integer\n1|5\n2|0\n";

    (void)state;
    assert_refused(text, ONE(.where = "a > 5", .all = true, .set = { "a = 3" }), DK_ERR_UNREACHABLE,
                   "stap: nobody matches a > 5");
    assert_refused(text, ONE(.where = "a == 2", .all = true, .set = { "a = 3" }), DK_ERR_UNREACHABLE,
                   "stap: nobody matches a == 2"); /* a row, and nobody in it */
    assert_after(text, ONE(.where = "a > 5", .all = true, .allow_none = true, .set = { "a = 3" }),
                 "1|5.000000000\n2|0.000000000\n");
    assert_after(text, ONE(.where = "a > 5", .count = "7", .allow_none = true, .set = { "a = 3" }),
                 "1|5.000000000\n2|0.000000000\n");
    assert_after(text, ONE(.share = "0.0", .set = { "a = 3" }), "1|5.000000000\n2|0.000000000\n");
    assert_after(text, ONE(.all = true, .set = { "a = 3" }), "2|0.000000000\n3|5.000000000\n"); /* still a row */
    assert_refused(text, ONE(.count = "7", .where = "a == 1", .set = { "a = 3" }), DK_ERR_UNREACHABLE,
                   "stap: 7 persons are to be taken, and there are 5 (a = 1)");
}

/* The persons for whom a condition is null are neither taken nor kept silent about. */
static void a_note_tells_whom_null_left_out(void **state)
{
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        run_plan("known:boolean p:category w:decimal1\ntrue|a|1.0\n-|a|2.0\n-|b|0.5\nfalse|b|3.0\n",
                 PLAN(.name = "p",
                      .steps = { { .name = "een", .where = "not known", .all = true, .set = { "known = true" } },
                                 { .name = "twee", .all = true, .set = { "p = 'c'" } } }),
                 NULL, &after, &err),
        &err);
    assert_string_equal(show_rows(after), "true|c|4.000000000\n-|c|2.500000000\n");
    assert_int_equal(dk_table_n_notes(after), 1);
    assert_string_equal(dk_table_note(after, 0), "een: 2.5 persons left out, because not known is null there");
    dk_table_release(after);
}

/* One of two names is misspelt: the other matches, so that it is no error, and it is said. */
static void a_note_tells_what_nobody_has(void **state)
{
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(run_plan("g:category w:integer\nDuiven|3\nWestervoort|2\n",
                       ONE(.where = "g in ('Duiven', 'Westervort')", .all = true, .set = { "g = 'samen'" }), NULL,
                       &after, &err),
              &err);
    assert_string_equal(show_rows(after), "Westervoort|2.000000000\nsamen|3.000000000\n");
    assert_int_equal(dk_table_n_notes(after), 1);
    assert_string_equal(dk_table_note(after, 0), "stap: no g is \"Westervort\"; the nearest is \"Westervoort\"");
    dk_table_release(after);
}

/* Cells -------------------------------------------------------------------------------------------------------- */

static void a_scenario_runs_on_cells_alone(void **state)
{
    const dk_scenario *scenario = make_scenario(context, ONE(.all = true, .set = { "a = 3" }));
    const dk_scenario *reads = make_scenario(context, ONE(.all = true, .where = "w > 2", .set = { "a = 3" }));
    const dk_scenario *sets = make_scenario(context, ONE(.all = true, .set = { "w = 3" }));
    const dk_table *bare = make_table(context, "a:integer w:decimal9\n1|2\n"), *after = NULL;
    const dk_table *whole = with_weight(make_table(context, "a:integer w:integer\n1|2\n"), "w");
    const dk_table *cells = with_weight(make_table(context, "w:decimal9 a:integer b:integer\n2|1|5\n"), "w");
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_scenario_apply(scenario, bare, NULL, &after, NULL, &err), &err, DK_ERR_ARGUMENT,
                 "a scenario runs on cells, and this table is none");
    assert_fails(dk_scenario_apply(scenario, whole, NULL, &after, NULL, &err), &err, DK_ERR_ARGUMENT,
                 "a scenario runs on cells, and this table is none");
    assert_fails(dk_scenario_apply(reads, cells, NULL, &after, NULL, &err), &err, DK_ERR_ARGUMENT,
                 "stap: w is the weight, which steps move: they cannot read or set it");
    assert_fails(dk_scenario_apply(sets, cells, NULL, &after, NULL, &err), &err, DK_ERR_ARGUMENT,
                 "stap: w is the weight");
    assert_null(after);
    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err); /* wherever the weight stands */
    assert_string_equal(show_names(after), "a b w");
    assert_string_equal(show_rows(after), "3|5|2.000000000\n");
    dk_table_release(after);
    dk_table_release(cells);
    dk_table_release(whole);
    dk_table_release(bare);
    dk_scenario_release(sets);
    dk_scenario_release(reads);
    dk_scenario_release(scenario);
}

/* Cells may have a key; who stays and who moves share it. */
static void a_key_of_the_cells_goes(void **state)
{
    const dk_scenario *scenario = make_scenario(context, ONE(.share = "0.5", .set = { "a = 3" }));
    const dk_table *cells = with_weight(make_table(context, "k:text a:integer w:decimal9\nx|1|2\n"), "w");
    const char *const key[] = { "k" };
    dk_properties properties = *dk_table_properties(cells);
    const dk_table *keyed = NULL, *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    properties.key = key;
    properties.n_key = 1;
    assert_ok(dk_table_with_properties(cells, &properties, &keyed, &err), &err);
    assert_ok(dk_scenario_apply(scenario, keyed, NULL, &after, NULL, &err), &err);
    assert_string_equal(show_rows(after), "x|1|1.000000000\nx|3|1.000000000\n");
    dk_table_release(after);
    dk_table_release(keyed);
    dk_table_release(cells);
    dk_scenario_release(scenario);
}

/* What a later step lacks is found before the first one runs. */
static void every_step_is_checked_before_the_first_runs(void **state)
{
    const dk_scenario *scenario = make_scenario(
        context, PLAN(.name = "p", .steps = { { .name = "een", .count = "99", .set = { "a = 3" } },
                                              { .name = "twee", .all = true, .set = { "zz = 3" } } }));
    const dk_table *cells = with_weight(make_table(context, "a:integer w:decimal9\n1|2\n"), "w"), *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err, DK_ERR_NAME,
                 "twee: unknown column \"zz\"");
    dk_table_release(cells);
    dk_scenario_release(scenario);
}

static void every_failing_allocation_is_survived(void **state)
{
    const struct plan plan = { .name = "plan",
                               .params = { SHARE("aandeel", 5, 1) },
                               .steps = { { .name = "s",
                                            .where = "known",
                                            .share = "$aandeel",
                                            .whole = true,
                                            .per = { "p" },
                                            .set = { "p = 'nieuw'", "known = null" } },
                                          { .name = "t", .where = "known", .all = true, .set = { "p = p" } } } };
    const dk_table *table =
        with_weight(make_table(context, "p:category known:boolean w:integer\na|true|3\nb|true|4\nb|-|1\n"), "w");
    const dk_scenario *scenario = make_scenario(context, &plan);
    const dk_table *cells = NULL, *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_ok(dk_cells_new(table, NULL, &scenario, 1, &cells, &err), &err);
    assert_made_despite_failing_memory(context, dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err,
                                       after, dk_table_release);
    /* Quotas 1.5 and 2: 3.5 is rounded to 4, and both fractions are there to take. */
    assert_string_equal(show_rows(after), "a|true|1.000000000\nb|true|2.000000000\nb|-|1.000000000\n"
                                          "nieuw|-|4.000000000\n");
    dk_table_release(after);
    dk_table_release(cells);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

static void an_interruption_stops_it(void **state)
{
    const dk_scenario *scenario = make_scenario(context, ONE(.all = true, .set = { "a = 3" }));
    const dk_table *cells = with_weight(make_table(context, "a:integer w:decimal9\n1|2\n"), "w"), *after = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err, DK_ERR_INTERRUPTED, "");
    assert_null(after);
    dk_context_clear_interrupt(context);
    dk_table_release(cells);
    dk_scenario_release(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(w1_a_share_of_the_unknown_registers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(w2_whole_persons_over_municipalities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(w3_two_municipalities_merge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(w4_a_municipality_changes_region, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_run_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_composition_is_one_after_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_set_is_evaluated_all_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_set_fails_for_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_levels_come_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_type_can_be_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_column_cannot_hold_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_override_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(matching_nobody_is_an_error_unless_it_is_allowed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_tells_whom_null_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_tells_what_nobody_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scenario_runs_on_cells_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_of_the_cells_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_step_is_checked_before_the_first_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interruption_stops_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
