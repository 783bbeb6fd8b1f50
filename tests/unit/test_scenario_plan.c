/* test_scenario_plan.c - how scenarios are computed, as a table: what was expected, made, kept, and why by rows. */
#include "whatif/basis.h"

#include "scenarios.h"
#include "with_context.h"

static const struct question coverage = { .by = { "gemeente" }, .measures = { COVERAGE } };

static const dk_table *plan(const dk_table *table, const struct question *question)
{
    const dk_breakdown *breakdown = make_breakdown(context, question);
    const dk_scenario *scenario = make_outreach(context, true);
    const dk_table *steps = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_scenario_plan(breakdown, table, NULL, &scenario, NULL, 1, &steps, &err), &err);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return steps;
}

static void assert_step(const dk_table *steps, uint64_t row, const char *step, const char *what, const char *how,
                        const char *rows, const char *out)
{
    assert_string_equal(text_at(steps, "step", row), step);
    assert_string_equal(text_at(steps, "what", row), what);
    if (strstr(text_at(steps, "how", row), how) == NULL)
        fail_msg("%s, and not %s", text_at(steps, "how", row), how);
    assert_string_equal(text_at(steps, "rows", row), rows);
    assert_string_equal(text_at(steps, "out", row), out);
}

static void cells_are_expected_made_and_kept(void **state)
{
    const dk_table *table = make_region(context), *steps;

    (void)state;
    for (unsigned again = 0; again < 2; again++) {
        steps = plan(table, &coverage);
        assert_int_equal(dk_table_n_rows(steps), 4);
        assert_step(steps, 0, "predict", "gemeente, in_sonar", "all rows looked at; at most 16, ", "16", "16");
        assert_step(steps, 1, "base", "null", again ? "kept with the table" : "asked of the rows",
                    again ? "null" : "16", "8");
        assert_step(steps, 2, "cube", "gemeente, in_sonar",
                    again ? "kept with the table: made before" : "made of the rows, and kept with the table",
                    again ? "null" : "16", "16");
        assert_step(steps, 3, "scenario", "outreach", "1 step on cells, then the breakdown on what they became",
                    "16", "8");
        dk_table_release(steps);
    }
    dk_table_release(table);
}

static void rows_are_taken_and_it_says_why(void **state)
{
    static const struct question questions[] = {
        { .by = { "gemeente" }, .measures = { "r = rows()" } },
        { .by = { "gemeente" }, .measures = { "l = last(in_sonar)" } },
    };
    const dk_table *table =
        make_table(context, "gemeente:category in_sonar:boolean\nEde|true\nArnhem|true\nEde|true\n");
    const dk_scenario *scenario = make_scenario(
        context,
        PLAN(.name = "fusie",
             .steps = {
                 { .name = "a", .where = "gemeente == 'Ede'", .all = true, .set = { "gemeente = 'Arnhem'" } } }));

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        const dk_breakdown *breakdown = make_breakdown(context, &questions[i]);
        const dk_table *steps = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_scenario_plan(breakdown, table, NULL, &scenario, NULL, 1, &steps, &err), &err);
        assert_step(steps, 2, "cube", i ? "gemeente, in_sonar" : "gemeente",
                    "not made, each row is a cell: a measure looks at records, which cells are not", "null",
                    "null");
        assert_step(steps, 3, "steps' cells", "gemeente",
                    i ? "kept with the table: made before" : "made of the rows", i ? "null" : "3", "2");
        assert_step(steps, 4, "scenario", "fusie",
                    "1 step on cells, then the breakdown on rows, each with what became of its cell", "3", "1");
        dk_table_release(steps);
        dk_breakdown_release(breakdown);
    }
    dk_scenario_release(scenario);
    dk_table_release(table);
}

/* A distinct count of weights with digits, and more columns than cells have. */
static void every_reason_is_said(void **state)
{
    const dk_table *table =
        with_weight(make_table(context, "gemeente:category in_sonar:boolean w:decimal2\nEde|false|1.50\n"), "w");
    const dk_scenario *scenario = make_outreach(context, false);
    const dk_breakdown *breakdown = make_breakdown(context, ASK(.measures = { "d = distinct(gemeente)" }));
    dki_basis basis;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_basis_init(&basis, breakdown, table, &scenario, 1, &err), &err);
    assert_true(basis.by_rows);
    assert_string_equal(basis.why, "distinct() counts whole persons, and weights have parts of persons");
    dki_basis_drop(&basis);
    dk_breakdown_release(breakdown);
    dk_scenario_release(scenario);
    dk_table_release(table);
}

static void what_is_wrong_is_told_as_compare_tells_it(void **state)
{
    const dk_table *table = make_region(context), *steps = NULL;
    const dk_breakdown *breakdown = make_breakdown(context, &coverage);
    const dk_scenario *scenario = make_outreach(context, true);
    dk_param other = { "x", WHOLE(1) };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_scenario_plan(breakdown, table, &(dk_params){ &other, 1 }, &scenario, NULL, 1, &steps, &err),
                 &err, DK_ERR_NAME, "x");
    dk_set_threads(1);
    assert_survives_failing_memory(context,
                                   dk_scenario_plan(breakdown, table, NULL, &scenario, NULL, 1, &steps, &err), &err,
                                   steps == NULL, dk_table_release(steps));
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_are_expected_made_and_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_are_taken_and_it_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_reason_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_told_as_compare_tells_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
