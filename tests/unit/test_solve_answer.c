/* test_solve_answer.c - answers in words, and the table that they stand in. */
#include "solves.h"

#include "with_context.h"

#define MEASURES                                                                                         \
    COVERAGE, "gemiddelde = mean(x) where in_sonar", "per_persoon = sum(x) / known", "laatste = max(d)", \
        "bedrag = sum(b) where in_sonar", "wie = max(g)"

/* 4 known of 10; x 20 each. */
static const char people[] = "g:category in_sonar:boolean x:integer d:date b:decimal2 w:integer\n"
                             "a|true|20|2024-01-31|1.50|4\nb|false|20|2024-06-30|2.25|6\n";

static void assert_answer(const char *target, const char *answer)
{
    const struct question question = { .measures = { MEASURES } };
    const dk_table *result = solved(
        with_weight(make_table(context, people), "w"),
        SEARCH(.question = &question, .plan = SHARE_PLAN(.whole = true), .vary = "aandeel", .target = target));

    assert_string_equal(text_at(result, "answer", 0), answer);
    dk_table_release(result);
}

static void rates_are_percentages_and_other_figures_have_names(void **state)
{
    (void)state;
    assert_answer("dekking >= 0.75", "4 persons, 66.67 % of 6, give 80.00 %");
    assert_answer("dekking > 0.4", "1 person, 16.67 % of 6, gives 50.00 %");
    assert_answer("dekking >= 0.4", "reached already: 40.00 %");
    assert_answer("dekking > 1", "cannot be reached: at most 100.00 %");
    assert_answer("dekking <= 0.1", "cannot be reached: at least 40.00 %");
    assert_answer("known >= 9", "5 persons, 83.33 % of 6, give known = 9");
    assert_answer("known >= 3", "reached already: known = 4");
    assert_answer("known >= 99", "cannot be reached: known is at most 10");
    assert_answer("gemiddelde >= 99",
                  "cannot be reached: gemiddelde is at most 20"); /* a mean is a ratio, and no rate */
    assert_answer("per_persoon <= 25", "4 persons, 66.67 % of 6, give per_persoon = 25");
    assert_answer("per_persoon <= 30", "3 persons, 50.00 % of 6, give per_persoon = 28.57"); /* 200 / 7 */
    assert_answer("bedrag >= 10", "2 persons, 33.33 % of 6, give bedrag = 10.5");
    assert_answer("1 - dekking <= 0.3", "3 persons, 50.00 % of 6, give 1 - dekking = 0.3");
    assert_answer("known / register >= 0.45", "1 person, 16.67 % of 6, gives 50.00 %");
}

static void targets_that_compare_nothing_are_reached_or_not(void **state)
{
    (void)state;
    assert_answer("dekking >= 0.5 and known > 5", "2 persons, 33.33 % of 6, give 60.00 %"); /* the first measure */
    assert_answer("dekking >= 0.5 and known > 99", "cannot be reached by any value of aandeel");
    assert_answer("laatste > date(2024, 3, 1)", "reached already: laatste = 2024-06-30");
    assert_answer("laatste is not null", "reached already: laatste = 2024-06-30");
    assert_answer("wie == 'b'", "reached already"); /* a text would go on and on */
    assert_answer("wie == 'z'", "cannot be reached by any value of aandeel");
    assert_answer("1 == 1", "reached already");
}

/* 899996 of a million are no 90 %, whatever two digits say. */
static void rounding_does_not_tell_another_story(void **state)
{
    const struct question question = { .measures = { COVERAGE } };
    const struct plan plan = {
        .name = "p",
        .params = { { .name = "p", .value = WHOLE(1), .has_greatest = true, .greatest = WHOLE(99996) } },
        .steps = { KNOWN_STEP(.count = "$p") }
    };
    static const char text[] = "in_sonar:boolean w:integer\ntrue|800000\nfalse|200000\n";
    static const struct {
        const char *target, *answer;
    } cases[] = { { "dekking >= 0.9", "cannot be reached: at most 89.9996 %" },
                  { "dekking >= 0.899", "99000 persons of 200000 give 89.90 %" },
                  { "dekking > 0.899", "99001 persons of 200000 give 89.9001 %" },
                  { "dekking >= 0.95", "cannot be reached: at most 90.00 %" },
                  { "known >= 899996.5", "cannot be reached: known is at most 899996" } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *result =
            solved(with_weight(make_table(context, text), "w"),
                   SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = cases[i].target));

        assert_string_equal(text_at(result, "answer", 0), cases[i].answer);
        dk_table_release(result);
    }
}

static void the_unit_is_that_of_the_table(void **state)
{
    const struct question question = { .measures = { COVERAGE } };
    const dk_table *table = with_weight(make_table(context, people), "w"), *named = NULL, *result;
    dk_properties properties = *dk_table_properties(table);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    properties.unit = "personen";
    assert_ok(dk_table_with_properties(table, &properties, &named, &err), &err);
    dk_table_release(table);
    result = solved(named, SEARCH(.question = &question, .plan = SHARE_PLAN(.whole = true), .vary = "aandeel",
                                  .target = "known >= 5"));
    assert_string_equal(text_at(result, "answer", 0), "1 personen, 16.67 % of 6, gives known = 5");
    dk_table_release(result);
}

/* A format decides where it is there: a mean with a percentage, a rate without. */
static void a_format_decides_what_is_a_percentage(void **state)
{
    const dk_measure measures[] = { { "register = count()", NULL, NULL },
                                    { "known = count() where in_sonar", NULL, "0 %" },
                                    { "dekking = known / register", NULL, "0.000" } };
    const dk_breakdown_spec spec = { .measures = measures, .n_measures = 3 };
    const dk_scenario *scenario = make_scenario(context, SHARE_PLAN(.whole = true));
    const dk_table *table = with_weight(make_table(context, people), "w"), *result = NULL;
    const dk_breakdown *breakdown = NULL;
    dk_solve_spec what = { .vary = "aandeel", .target = "dekking >= 0.5" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dk_scenario_solve(breakdown, table, NULL, scenario, NULL, &what, &result, &err), &err);
    assert_string_equal(text_at(result, "answer", 0), "1 person, 16.67 % of 6, gives dekking = 0.5");
    assert_string_equal(dk_table_field(result, dk_table_find(result, "dekking"))->format, "0.000");
    dk_table_release(result);
    what.target = "known >= 5";
    assert_ok(dk_scenario_solve(breakdown, table, NULL, scenario, NULL, &what, &result, &err), &err);
    assert_string_equal(text_at(result, "answer", 0), "1 person, 16.67 % of 6, gives 500.00 %");
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
    dk_scenario_release(scenario);
}

static void a_count_that_is_too_high_says_how_many_there_are(void **state)
{
    const struct question question = { .by = { "g" }, .measures = { COVERAGE } };
    const struct plan plan = {
        .name = "p",
        .params = { { .name = "p", .value = WHOLE(5), .has_least = true, .least = DECIMAL(25, 1) } },
        .steps = { KNOWN_STEP(.count = "$p", .per = { "g" }) }
    };
    const dk_table *result = solved(
        with_weight(
            make_table(context, "g:category in_sonar:boolean w:decimal1\na|false|1.0\nb|false|2.5\nc|false|9.0\n"),
            "w"),
        SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = "dekking >= 0.1", .each = "g"));

    (void)state;
    assert_string_equal(text_at(result, "answer", 0),
                        "cannot be reached: p is at least 2.5, and there is 1 person");
    assert_string_equal(text_at(result, "answer", 1),
                        "cannot be reached: p is at least 2.5, and there are 2.5 persons");
    assert_string_equal(text_at(result, "answer", 2), "3 persons of 9 give 33.33 %");
    dk_table_release(result);
}

/* Rows of one table: more digits in one, nothing known in another, levels that the other has not. */
static void measures_of_all_answers_fit_in_one_column(void **state)
{
    const struct question question = {
        .by = { "g" }, .measures = { "known = count() where in_sonar", "b = sum(x) where in_sonar", "wie = max(h)" }
    };
    const struct plan plan = { .name = "p",
                               .params = { SHARE("p", 5, 1) },
                               .steps = { { .name = "s",
                                            .where = "not in_sonar",
                                            .share = "$p",
                                            .set = { "in_sonar = true", "h = 'nieuw'" } } } };
    const dk_table *result = solved(
        with_weight(make_table(context,
                               "g:category in_sonar:boolean x:decimal2 h:category w:decimal1\n"
                               "a|false|0.25|k|1.0\nb|false|1.50|l|2.0\nb|true|1.00|z|0.5\nc|true|7.00|-|1.0\n"),
                    "w"),
        SEARCH(.question = &question, .plan = &plan, .vary = "p", .target = "known >= 1", .each = "g"));

    (void)state;
    assert_string_equal(show_rows(result),
                        "a|true|1|1|1/1|1.0|0.25|nieuw|1 person, 100.00 % of 1, gives known = 1\n"
                        "b|true|1|2|1/2|1.5|2.00|z|1 person, 50.00 % of 2, gives known = 1.5\n"
                        "c|true|0|0|0/1|1.0|7.00|-|reached already: known = 1\n");
    dk_table_release(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rates_are_percentages_and_other_figures_have_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(targets_that_compare_nothing_are_reached_or_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rounding_does_not_tell_another_story, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_unit_is_that_of_the_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_format_decides_what_is_a_percentage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_count_that_is_too_high_says_how_many_there_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(measures_of_all_answers_fit_in_one_column, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
