/* test_tighten_levels.c - sets of regions, and of municipalities, that say something of each other by their hierarchy. */
#include <dekking/tighten.h>

#include "scenarios.h"
#include "with_context.h"

#include "hierarchies.h"

/* a is 0..3, b 2, c 1: of X, which is 5 with b and Y 1. */
static void failing_memory_is_survived(void **state)
{
    const dk_hierarchy *geo = wide("g:category r:category\na|X\nb|X\nc|Y\n", 2, false, NULL);
    const dk_table *bare = make_table(context, "g:category n:integer\na|3\nb|2\nc|1\n"), *table = NULL,
                   *result = NULL;
    const dk_table *known = NULL, *tight = NULL;
    static const char *const of_r[] = { "r" }, *const of_g[] = { "g" };
    const dk_grouping_set sets[] = { { of_r, 1 }, { of_g, 1 } };
    const dk_measure by[] = { { .text = "r" }, { .text = "g" } };
    const dk_measure measures[] = { { .text = "s = sum(n)" } };
    const dk_breakdown_spec spec = { .by = by,
                                     .n_by = 2,
                                     .measures = measures,
                                     .n_measures = 1,
                                     .margins = DK_MARGINS_SETS,
                                     .sets = sets,
                                     .n_sets = 2 };
    const dk_breakdown *breakdown = NULL;
    const dk_expr *expr = NULL;
    dk_field field = DK_FIELD("s", NULL);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_use(bare, geo, NULL, &table, &err), &err);
    assert_ok(dk_breakdown_new(context, &spec, &breakdown, &err), &err);
    assert_ok(dk_breakdown_run(breakdown, table, NULL, &result, &err), &err);
    assert_ok(dk_expr_parse(context, "interval(case(g == 'a', 0, s), s)", &expr, &err), &err);
    assert_ok(dk_table_eval(result, expr, NULL, &field.column, &err), &err);
    assert_ok(dk_table_with(result, &field, 1, &known, &err), &err);
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_tighten(known, &(dk_tighten_spec){ 0 }, &tight, &err), &err,
                                   tight == NULL, (void)0);
    assert_string_equal(show_rows(known), "X|*|5\nY|*|1\n*|a|0..3\n*|b|2\n*|c|1\n");
    assert_string_equal(show_rows(tight), "X|*|5\nY|*|1\n*|a|3\n*|b|2\n*|c|1\n");
    dk_table_release(tight);
    dk_table_release(known);
    dk_column_release(field.column);
    dk_expr_release(expr);
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(table);
    dk_table_release(bare);
    dk_hierarchy_release(geo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
