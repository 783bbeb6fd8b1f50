/* test_follow.c - columns of later levels of a hierarchy, which follow what a step sets. */
#include "scenarios.h"

#include "scenario/scenario_parts.h"

#include "with_context.h"

#include "hierarchies.h"

/* Cells of persons in municipalities, with their regions and countries. */
static const dk_table *make_cells(void)
{
    const dk_hierarchy *geo =
        wide("g:category r:category l:category\na|x|n\nb|x|n\nc|y|n\nd|z|o\n", 3, false, NULL);
    const dk_table *table = make_table(context, "g:category w:decimal9\na|8\nb|4\n-|1\n"), *used = NULL, *weighted;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_use(table, geo, NULL, &used, &err), &err);
    weighted = with_weight(used, "w");
    dk_table_release(table);
    dk_hierarchy_release(geo);
    return weighted;
}

static void assert_cells_after(const struct plan *plan, const char *expected)
{
    const dk_table *cells = make_cells(), *after = NULL;
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err);
    assert_string_equal(show_names(after), "g r l w");
    assert_string_equal(show_rows(after), expected);
    dk_table_release(after);
    dk_scenario_release(scenario);
    dk_table_release(cells);
}

#define ONE(...) PLAN(.name = "p", .steps = { { .name = "stap", __VA_ARGS__ } })
#define REST "b|x|n|4.000000000\n"
#define NOWHERE "-|-|-|1.000000000\n"

static void levels_above_follow_what_is_set(void **state)
{
    (void)state;
    assert_cells_after(ONE(.where = "g == 'a'", .share = "0.5", .set = { "g = 'c'" }),
                       "a|x|n|4.000000000\n" REST "c|y|n|4.000000000\n" NOWHERE);
    assert_cells_after(ONE(.flows_of = "g", .flows = { { "'a'", "'d'", "0.25" }, { "null", "'c'", "1" } }),
                       "a|x|n|6.000000000\n" REST "c|y|n|1.000000000\nd|z|o|2.000000000\n");
    assert_cells_after(ONE(.where = "g == 'a'", .count = "3", .effect = DK_ADDS, .set = { "g = 'd'" }),
                       "a|x|n|8.000000000\n" REST "d|z|o|3.000000000\n" NOWHERE);
}

/* The level that is set goes before the one that would follow; what is above follows the last below it. */
static void what_is_set_does_not_follow(void **state)
{
    (void)state;
    assert_cells_after(ONE(.where = "g == 'a'", .all = true, .set = { "r = 'z'" }),
                       "a|z|o|8.000000000\n" REST NOWHERE);
    assert_cells_after(ONE(.where = "g == 'a'", .all = true, .set = { "g = 'd'", "r = 'y'" }),
                       REST "d|y|n|8.000000000\n" NOWHERE);
    assert_cells_after(ONE(.where = "g == 'a'", .all = true, .set = { "g = 'd'", "l = 'n'" }),
                       REST "d|z|n|8.000000000\n" NOWHERE);
}

/* A new name, nobody's name, and the old name leave everybody where they are. */
static void what_is_no_member_stays_where_it_is(void **state)
{
    (void)state;
    assert_cells_after(ONE(.where = "g in ('a', 'b')", .all = true, .set = { "g = 'ab'" }),
                       "ab|x|n|12.000000000\n" NOWHERE);
    assert_cells_after(ONE(.where = "g == 'a'", .all = true, .set = { "g = null" }),
                       REST "-|x|n|8.000000000\n" NOWHERE);
    assert_cells_after(
        PLAN(.name = "p", .steps = { { .name = "s", .where = "g == 'a'", .all = true, .set = { "r = 'z'" } },
                                     { .name = "t", .all = true, .set = { "g = g" } } }),
        "a|z|o|8.000000000\n" REST NOWHERE);
}

static void a_step_changes_what_follows(void **state)
{
    const dk_table *cells = make_cells();
    const dk_scenario *scenario =
        make_scenario(context, ONE(.flows_of = "r", .flows = { { "'x'", "'y'", "0.5" } }));
    const dki_step *step = &scenario->steps[0];

    (void)state;
    assert_false(dki_step_changes(step, cells, "g"));
    assert_true(dki_step_changes(step, cells, "r"));
    assert_true(dki_step_changes(step, cells, "l"));
    assert_false(dki_step_changes(step, cells, "w"));
    assert_false(dki_step_changes(step, cells, "nope"));
    dk_scenario_release(scenario);
    dk_table_release(cells);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *cells = make_cells(), *after = NULL;
    const dk_scenario *scenario =
        make_scenario(context, ONE(.where = "g == 'a'", .share = "0.5", .set = { "g = 'c'" }));
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err,
                                   after == NULL, dk_table_release(after));
    dk_scenario_release(scenario);
    dk_table_release(cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(levels_above_follow_what_is_set, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_set_does_not_follow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_member_stays_where_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_changes_what_follows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
