/* test_step_order.c - whether the order of steps matters; the cells after each step, and what a step changes. */
#include <dekking/contribution.h>

#include "scenarios.h"

#include "whatif/basis.h"

#include "with_context.h"

/* 30 % of the unknown register, 10 % of the known leave, 10 persons register. */
static const struct plan three = {
    .name = "drie",
    .steps = { { .name = "in", .where = "not in_sonar", .share = "0.3", .set = { "in_sonar = true" } },
               { .name = "uit", .where = "in_sonar", .share = "0.1", .set = { "in_sonar = false" } },
               { .name = "tien", .where = "not in_sonar", .count = "10", .set = { "in_sonar = true" } } }
};

static dk_status ask_order(const struct plan *plan, const struct question *question, const dk_table **out,
                           dk_error *err)
{
    const dk_table *region = make_region(context);
    const dk_breakdown *breakdown = question ? make_breakdown(context, question) : NULL;
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_status status = dk_scenario_order(scenario, region, NULL, breakdown, NULL, out, err);

    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
    return status;
}

static void assert_order(const struct plan *plan, const struct question *question, const char *names,
                         const char *rows)
{
    for (unsigned way = 0; way < 4; way++) { /* one thread or two, on cells or on rows */
        const dk_table *result = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + way % 2);
        dki_basis_force(way < 2 ? DKI_PATH_CELLS : DKI_PATH_ROWS);
        assert_ok(ask_order(plan, question, &result, &err), &err);
        dki_basis_force(DKI_PATH_AUTO);
        assert_string_equal(show_names(result), names);
        assert_string_equal(show_rows(result), rows);
        dk_table_release(result);
    }
}

/* in, uit: 6280.2 - 628.02 + 10 = 5662.18. uit, in: 5113.8 + 768.66 + 10 = 5892.46: 230.28 more. tien, uit, in: 5692 - 569.2 = 5122.8,
 * and 30 % of 2553.2: 5888.76: 226.58 more. in, tien, uit: 6290.2 * 0.9 = 5661.18: 1 less. */
static void exchanged_steps_differ_by_what_hand_says(void **state)
{
    (void)state;
    assert_order(&three, ASK(.measures = { "known = count() where in_sonar", "n = count()" }),
                 "first first_name second second_name changes known_most n_most problem",
                 "1|in|2|uit|true|230.28|0|-\n1|in|3|tien|true|226.58|0|-\n2|uit|3|tien|true|1.00|0|-\n");
    assert_order(&three, ASK(.measures = { "n = count()" }),
                 "first first_name second second_name changes n_most problem",
                 "1|in|2|uit|false|0|-\n1|in|3|tien|false|0|-\n2|uit|3|tien|false|0|-\n");
    assert_order(&three, NULL, "first first_name second second_name changes most problem",
                 "1|in|2|uit|true|230.28|-\n1|in|3|tien|true|226.58|-\n2|uit|3|tien|true|1.00|-\n");
}

/* Steps that touch other people do not see each other; a pair that cannot run says why. */
static void steps_of_others_may_be_exchanged(void **state)
{
    static const struct plan apart = {
        .name = "apart",
        .steps = { { .name = "a", .where = "gemeente == 'Duiven'", .share = "0.3", .set = { "in_sonar = true" } },
                   { .name = "b", .where = "gemeente == 'Rheden'", .share = "0.3", .set = { "in_sonar = true" } },
                   { .name = "naar D",
                     .where = "gemeente == 'Zevenaar'",
                     .all = true,
                     .set = { "gemeente = 'D'" } },
                   { .name = "verder", .where = "gemeente == 'D'", .all = true, .set = { "gemeente = 'E'" } } }
    };

    (void)state;
    assert_order(
        &apart, NULL, "first first_name second second_name changes most problem",
        "1|a|2|b|false|0|-\n1|a|3|naar D|false|0|-\n1|a|4|verder|true|-|verder: nobody matches gemeente == 'D'\n"
        "2|b|3|naar D|false|0|-\n2|b|4|verder|true|-|verder: nobody matches gemeente == 'D'\n"
        "3|naar D|4|verder|true|-|verder: nobody matches gemeente == 'D'\n");
    assert_order(PLAN(.name = "een", .steps = { { .name = "a", .share = "0.3", .set = { "in_sonar = true" } } }),
                 NULL, "first first_name second second_name changes most problem", "");
}

static void percentages_differ_by_points(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(ask_order(&three,
                        ASK(.by = { "gemeente" }, .measures = { "dekking = (count() where in_sonar) / count()" }),
                        &result, &err),
              &err);
    assert_string_equal(dk_table_field(result, dk_table_find(result, "dekking_most"))->format, "0.00 pp");
    assert_int_equal(value_at(result, "dekking_most", 0).type, DK_RATIO);
    dk_table_release(result);
}

/* Texts differ or not; by how much is not said. */
static void what_is_no_number_only_differs(void **state)
{
    static const struct plan move = { .name = "om",
                                      .steps = { { .name = "a",
                                                   .where = "gemeente == 'Zevenaar'",
                                                   .share = "0.5",
                                                   .allow_none = true,
                                                   .set = { "gemeente = 'Zz'" } },
                                                 { .name = "b",
                                                   .where = "gemeente == 'Zevenaar'",
                                                   .all = true,
                                                   .set = { "gemeente = 'Arnhem'" } } } };

    (void)state;
    assert_order(&move, ASK(.measures = { "laatste = max(gemeente)" }),
                 "first first_name second second_name changes problem", "1|a|2|b|true|-\n");
}

static void the_first_error_is_that_of_the_scenario(void **state)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(ask_order(PLAN(.name = "x", .steps = { { .name = "niemand",
                                                          .where = "gemeente == 'Q'",
                                                          .all = true,
                                                          .set = { "in_sonar = true" } } }),
                           NULL, &result, &err),
                 &err, DK_ERR_UNREACHABLE, "niemand: nobody matches gemeente == 'Q'");
    assert_null(result);
}

/* A third of Duiven's 87 unknown: 29. */
static void changes_are_the_cells_whose_weight_differs(void **state)
{
    static const struct plan plan = { .name = "duiven",
                                      .steps = { { .name = "a",
                                                   .where = "gemeente == 'Duiven' and not in_sonar",
                                                   .share = "1/3",
                                                   .set = { "in_sonar = true" } },
                                                 { .name = "b",
                                                   .where = "gemeente == 'Duiven' and in_sonar",
                                                   .all = true,
                                                   .set = { "gemeente = 'D'" } } } };
    const dk_table *region = make_region(context), *cells = NULL, *stages[2] = { NULL, NULL }, *changes = NULL;
    const dk_scenario *scenario = make_scenario(context, &plan);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_int_equal(dk_scenario_n_steps(scenario), 2);
    assert_string_equal(dk_scenario_step_name(scenario, 1), "b");
    assert_ok(dk_cells_new(region, NULL, &scenario, 1, &cells, &err), &err);
    assert_ok(dk_scenario_stages(scenario, cells, NULL, stages, &err), &err);
    assert_ok(dk_cells_changes(cells, stages[0], &changes, &err), &err);
    assert_string_equal(show_names(changes), "gemeente in_sonar before after change");
    assert_string_equal(show_rows(changes), "Duiven|false|87|58|-29\nDuiven|true|249|278|29\n");
    dk_table_release(changes);
    assert_ok(dk_cells_changes(stages[0], stages[1], &changes, &err), &err);
    assert_string_equal(show_rows(changes), "Duiven|true|278|0|-278\nD|true|0|278|278\n");
    dk_table_release(changes);
    assert_ok(dk_cells_changes(cells, cells, &changes, &err), &err);
    assert_string_equal(show_rows(changes), "");
    dk_table_release(changes);
    dk_table_release(stages[0]);
    dk_table_release(stages[1]);
    dk_table_release(cells);
    dk_scenario_release(scenario);
    dk_table_release(region);
}

/* Bounds that are the same, and stand for something else, are two cells. */
static void cells_are_told_apart_by_markers(void **state)
{
    const dk_table *before = NULL, *after = NULL, *changes = NULL, *table;
    const struct plan plan = { .name = "x",
                               .steps = { { .name = "a", .where = "s", .all = true, .set = { "s = false" } } } };
    const dk_scenario *scenario = make_scenario(context, &plan);
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.measures = { "m = sum(x)" }));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    table =
        make_table(context, "x:interval s:boolean\n0..4|true\n0..4~<5~suppressed|true\n0..4~<5~suppressed|true\n");
    assert_ok(dk_cells_new(table, breakdown, &scenario, 1, &before, &err), &err);
    assert_ok(dk_scenario_stages(scenario, before, NULL, &after, &err), &err);
    assert_ok(dk_cells_changes(before, after, &changes, &err), &err);
    assert_int_equal(dk_table_n_rows(changes), 4);
    assert_int_equal(sum_at(changes, "change"), 0);
    assert_int_equal(sum_at(changes, "before"), 3);
    dk_table_release(changes);
    dk_table_release(after);
    dk_table_release(before);
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

static void other_columns_are_no_cells_of_one_table(void **state)
{
    const dk_table *region = make_region(context), *changes = NULL;
    const dk_table *other = with_weight(make_table(context, "x:integer n:decimal9\n1|2.000000000\n"), "n");
    const dk_scenario *scenario = make_scenario(context, &three);
    const dk_table *cells = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_cells_new(region, NULL, &scenario, 1, &cells, &err), &err);
    assert_fails(dk_cells_changes(cells, other, &changes, &err), &err, DK_ERR_ARGUMENT,
                 "these are no cells of one table: they have other columns");
    assert_fails(dk_cells_changes(region, cells, &changes, &err), &err, DK_ERR_ARGUMENT,
                 "a scenario runs on cells, and this table is none");
    dk_table_release(cells);
    dk_table_release(other);
    other = with_weight(make_table(context, "after:integer n:decimal9\n1|2.000000000\n"), "n");
    assert_fails(
        dk_cells_changes(other, other, &changes, &err), &err, DK_ERR_ARGUMENT,
        "changes of cells have a column after of their own (give that of the table another name: t:rename)");
    dk_scenario_release(scenario);
    dk_table_release(other);
    dk_table_release(region);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *region = make_region(context), *result = NULL, *cells = NULL, *after[3] = { NULL, NULL, NULL };
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.by = { "gemeente" }, .measures = { COVERAGE }));
    const dk_scenario *scenario = make_scenario(context, &three);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context,
                                   dk_scenario_order(scenario, region, NULL, breakdown, NULL, &result, &err), &err,
                                   result == NULL, dk_table_release(result));
    result = NULL;
    assert_ok(dk_cells_new(region, NULL, &scenario, 1, &cells, &err), &err);
    assert_survives_failing_memory(
        context, dk_scenario_stages(scenario, cells, NULL, after, &err), &err,
        after[0] == NULL && after[1] == NULL && after[2] == NULL,
        (dk_table_release(after[0]), dk_table_release(after[1]), dk_table_release(after[2])));
    assert_ok(dk_scenario_stages(scenario, cells, NULL, after, &err), &err);
    assert_survives_failing_memory(context, dk_cells_changes(cells, after[0], &result, &err), &err, result == NULL,
                                   dk_table_release(result));
    for (size_t i = 0; i < 3; i++)
        dk_table_release(after[i]);
    dk_table_release(cells);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(region);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exchanged_steps_differ_by_what_hand_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_of_others_may_be_exchanged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(percentages_differ_by_points, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_number_only_differs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_error_is_that_of_the_scenario, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_are_the_cells_whose_weight_differs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_are_told_apart_by_markers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_columns_are_no_cells_of_one_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
