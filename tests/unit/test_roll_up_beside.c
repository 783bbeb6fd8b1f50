/* test_roll_up_beside.c - comparisons and pivots by a coarser level. */
#include <dekking/pivot.h>

#include "scenarios.h"

#include "with_context.h"

#include "hierarchies.h"

/* Persons in municipalities a and b of region X, and c of region Y. */
static const dk_table *persons(const char *rows)
{
    const dk_hierarchy *geo = wide("g:category r:category\na|X\nb|X\nc|Y\n", 2, false, NULL);
    const dk_table *table = make_table(context, rows), *used = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_use(table, geo, NULL, &used, &err), &err);
    dk_table_release(table);
    dk_hierarchy_release(geo);
    return used;
}

#define NOW "g:category s:category k:boolean\na|m|true\na|m|false\na|v|false\nb|m|true\nc|v|true\nc|m|false\n"
#define LATER "g:category s:category k:boolean\na|m|true\na|m|true\nb|v|true\nb|v|true\nc|v|false\n"

static void differences_are_those_of_regions(void **state)
{
    const dk_table *now = persons(NOW), *later = persons(LATER), *compared = NULL, *rolled = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "g" }, .margins = DK_MARGINS_TOTALS,
                                    .measures = { "n = count()", "d = (count() where k) / count()" }));
    const dk_comparison_form form = { .relative = true };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare_as(breakdown, now, later, "z", NULL, &form, &compared, &err), &err);
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_comparison_roll_up(compared, "r", NULL, &rolled, &err), &err,
                                   rolled == NULL, (void)0);
    assert_string_equal(show_names(rolled),
                        "r n_base n_z n_z_difference n_z_relative d_base d_z d_z_difference d_z_relative");
    /* X: 2 of 4, then 4 of 4; Y: 1 of 2, then 0 of 1. */
    assert_string_equal(show_rows(rolled), "X|4|4|0|0/1|1/2|1/1|1/2|1/1\nY|2|1|-1|-1/2|1/2|0/1|-1/2|-1/1\n"
                                           "*|6|5|-1|-1/6|1/2|4/5|3/10|3/5\n");
    dk_table_release(rolled);
    rolled = NULL;
    assert_fails(dk_comparison_roll_up(now, "r", NULL, &rolled, &err), &err, DK_ERR_ARGUMENT,
                 "only the result of a breakdown is rolled up");
    assert_fails(dk_table_roll_up(compared, "r", NULL, &rolled, &err), &err, DK_ERR_ARGUMENT,
                 "n_base is neither a dimension nor a measure of the breakdown");
    dk_table_release(compared);
    dk_breakdown_release(breakdown);
    dk_table_release(later);
    dk_table_release(now);
}

static void columns_of_a_pivot_are_rolled_up(void **state)
{
    const dk_table *now = persons(NOW), *result = NULL, *wide_table = NULL, *rolled = NULL;
    const dk_breakdown *breakdown = make_breakdown(
        context, ASK(.by = { "g", "s" }, .measures = { "n = count()", "d = (count() where k) / count()" }));
    const dk_pivot_spec spec = { .rows = (const char *const[]){ "g" },
                                 .n_rows = 1,
                                 .columns = (const char *const[]){ "s" },
                                 .n_columns = 1,
                                 .values = (const char *const[]){ "n", "d" },
                                 .n_values = 2 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_breakdown_run(breakdown, now, NULL, &result, &err), &err);
    assert_ok(dk_table_pivot(result, &spec, &wide_table, &err), &err);
    dk_set_threads(1);
    assert_survives_failing_memory(context, dk_table_roll_up(wide_table, "r", NULL, &rolled, &err), &err,
                                   rolled == NULL, (void)0);
    assert_string_equal(show_names(rolled), "r n_m n_v d_m d_v");
    assert_string_equal(show_rows(rolled), "X|3|1|2/3|0/1\nY|1|1|0/1|1/1\n");
    dk_table_release(rolled);
    dk_table_release(wide_table);
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(differences_are_those_of_regions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_of_a_pivot_are_rolled_up, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
