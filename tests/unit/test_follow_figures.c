/* test_follow_figures.c - figures beside cells, which go where a step moves whole groups. */
#include "scenarios.h"

#include "with_context.h"

#include "hierarchies.h"

/* Cells of persons in municipalities, with their regions and countries; figures are known per municipality. e has no cell. */
static const dk_table *make_cells(const char *figures, const char *key)
{
    const dk_hierarchy *geo =
        wide("g:category r:category l:category\na|x|n\nb|x|n\nc|y|n\nd|z|o\ne|y|n\n", 3, false, NULL);
    const dk_table *table =
        make_table(context, "g:category jong:boolean w:decimal9\na|true|8\nb|true|4\nc|false|1\n");
    const dk_table *other = make_table(context, figures), *used = NULL, *attached = NULL, *weighted;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_use(table, geo, NULL, &used, &err), &err);
    assert_ok(dk_table_attach(used, other, &key, 1, &attached, &err), &err);
    weighted = with_weight(attached, "w");
    dk_table_release(used);
    dk_table_release(other);
    dk_table_release(table);
    dk_hierarchy_release(geo);
    return weighted;
}

#define PER_G "g:text n:integer\na|10\nb|20\nc|30\nd|40\ne|50\n-|60\n"
#define STAYED "a|10\nb|20\nc|30\nd|40\ne|50\n-|60\n"

static void assert_figures_after(const char *figures, const char *key, const struct plan *plan, const char *names,
                                 const char *expected)
{
    const dk_table *cells = make_cells(figures, key), *after = NULL;
    const dk_scenario *scenario = make_scenario(context, plan);
    const dk_attachment *attachment;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_scenario_apply(scenario, cells, NULL, &after, NULL, &err), &err);
    assert_int_equal(dk_table_properties(after)->n_attached, 1);
    attachment = &dk_table_properties(after)->attached[0];
    assert_string_equal(show_names(attachment->table), names);
    assert_string_equal(show_rows(attachment->table), expected);
    for (size_t i = 0; i < attachment->n_by; i++)
        assert_true(dk_table_find(attachment->table, attachment->by[i]) != DK_NO_COLUMN);
    dk_table_release(after);
    dk_scenario_release(scenario);
    dk_table_release(cells);
}

#define ONE(...) PLAN(.name = "p", .steps = { { .name = "stap", __VA_ARGS__ } })

/* With the levels above that cells have, which stay where the new name is no member, also those of figures without cells. */
static void whole_groups_take_their_figures_along(void **state)
{
    (void)state;
    assert_figures_after(PER_G, "g", ONE(.where = "g in ('b', 'e')", .all = true, .set = { "g = 'be'" }), "g n r l",
                         "a|10|x|n\nbe|20|x|n\nc|30|y|n\nd|40|z|o\nbe|50|y|n\n-|60|-|-\n");
    assert_figures_after(PER_G, "g", ONE(.where = "g in ('b', 'e')", .share = "1", .set = { "g = 'd'" }), "g n r l",
                         "a|10|x|n\nd|20|z|o\nc|30|y|n\nd|40|z|o\nd|50|z|o\n-|60|-|-\n");
    assert_figures_after(PER_G, "g", ONE(.where = "r == 'x'", .all = true, .set = { "r = 'y'" }), "g n r l",
                         "a|10|y|n\nb|20|y|n\nc|30|y|n\nd|40|z|o\ne|50|y|n\n-|60|-|-\n");
    assert_figures_after(
        PER_G, "g",
        ONE(.flows_of = "g", .flows = { { "'a'", "'c'", "1" }, { "'b'", "'a'", "0.5" }, { "'c'", "'new'", "1" } }),
        "g n r l", "c|10|y|n\nb|20|x|n\nnew|30|y|n\nd|40|z|o\ne|50|y|n\n-|60|-|-\n");
    assert_figures_after("r:category n:integer\nx|1\ny|2\nz|3\n", "r",
                         ONE(.where = "r in ('x', 'y')", .all = true, .set = { "r = 'xy'", "jong = true" }),
                         "r n l", "xy|1|n\nxy|2|n\nz|3|o\n");
    assert_figures_after(PER_G, "g", ONE(.all = true, .set = { "g = null" }), "g n r l",
                         "-|10|x|n\n-|20|x|n\n-|30|y|n\n-|40|z|o\n-|50|y|n\n-|60|-|-\n");
}

static void figures_stay_where_parts_of_groups_move(void **state)
{
    (void)state;
    assert_figures_after(PER_G, "g", ONE(.where = "g == 'a'", .share = "0.5", .set = { "g = 'c'" }), "g n", STAYED);
    assert_figures_after(PER_G, "g", ONE(.where = "g == 'a' and jong", .all = true, .set = { "g = 'c'" }), "g n",
                         STAYED);
    assert_figures_after(PER_G, "g", ONE(.all = true, .set = { "g = case(jong, 'c', 'd')" }), "g n", STAYED);
    assert_figures_after(PER_G, "g", ONE(.where = "g == 'a'", .count = "8", .set = { "g = 'c'" }), "g n", STAYED);
    assert_figures_after(PER_G, "g", ONE(.where = "g == 'a'", .all = true, .effect = DK_ADDS, .set = { "g = 'c'" }),
                         "g n", STAYED);
    assert_figures_after(PER_G, "g", ONE(.where = "g == 'a'", .all = true, .effect = DK_REMOVES), "g n", STAYED);
    assert_figures_after(PER_G, "g", ONE(.where = "g == 'a'", .all = true, .set = { "jong = false" }), "g n",
                         STAYED);
    assert_figures_after("r:text n:integer\nx|1\ny|2\n", "r",
                         ONE(.where = "g == 'a'", .all = true, .set = { "g = 'c'" }), "r n", "x|1\ny|2\n");
    assert_figures_after(
        PER_G, "g", ONE(.where = "g == 'q'", .all = true, .allow_none = true, .set = { "g = 'c'" }), "g n", STAYED);
}

static void every_failing_allocation_is_survived(void **state)
{
    const dk_table *cells = make_cells(PER_G, "g"), *after = NULL;
    const dk_scenario *scenario =
        make_scenario(context, ONE(.where = "g in ('b', 'e')", .all = true, .set = { "g = 'd'" }));
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
        cmocka_unit_test_setup_teardown(whole_groups_take_their_figures_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figures_stay_where_parts_of_groups_move, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
