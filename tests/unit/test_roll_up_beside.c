/* test_roll_up_beside.c - comparisons and pivots by a coarser level. */
#include <dekking/pivot.h>

#include "scenarios.h"

#include "with_context.h"

#include "data/lineage.h"
#include "hierarchies.h"

/* Persons in municipalities a and b of region X, and c of region Y; both are of country N. */
static const dk_table *persons(const char *rows)
{
    const dk_hierarchy *geo = wide("g:category r:category l:category\na|X|N\nb|X|N\nc|Y|N\n", 3, false, NULL);
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
    assert_made_despite_failing_memory(context, dk_comparison_roll_up(compared, "r", NULL, &rolled, &err), &err,
                                       rolled, dk_table_release);
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

static void what_was_left_out_is_known(void **state)
{
    const dk_table *now = persons(NOW), *later = persons(LATER), *compared = NULL, *some = NULL, *rolled = NULL;
    const dk_breakdown *breakdown = make_breakdown(
        context, ASK(.by = { "g" }, .margins = DK_MARGINS_TOTALS,
                     .measures = { "n = count()", "d = (count() where k) / count()", "m = mode(s)" }));
    static const char *const names[] = { "g", "d_z_difference" };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare_as(breakdown, now, later, "z", NULL, NULL, &compared, &err), &err);
    assert_ok(dk_table_select(compared, names, 2, &some, &err), &err);
    dk_table_release(compared);
    dk_set_threads(1);
    assert_made_despite_failing_memory(context, dk_comparison_roll_up(some, "r", NULL, &rolled, &err), &err, rolled,
                                       dk_table_release);
    assert_string_equal(show_names(rolled), "r d_z_difference");
    assert_string_equal(show_rows(rolled), "X|1/2\nY|-1/2\n*|3/10\n");
    dk_table_release(rolled);
    dk_table_release(some);
    dk_breakdown_release(breakdown);
    dk_table_release(later);
    dk_table_release(now);
}

static void long_ones_are_rolled_up(void **state)
{
    const dk_table *now = persons(NOW), *later = persons(LATER), *compared = NULL, *rolled = NULL, *twice = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "g" }, .margins = DK_MARGINS_TOTALS,
                                    .measures = { "n = count()", "d = (count() where k) / count()" }));
    const dk_comparison_form form = { .is_long = true };
    const uint64_t rows[] = { 0, 0 };
    dki_lineage *lineage = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare_as(breakdown, now, later, "z", NULL, &form, &compared, &err), &err);
    dk_set_threads(1);
    assert_made_despite_failing_memory(context, dk_comparison_roll_up(compared, "r", NULL, &rolled, &err), &err,
                                       rolled, dk_table_release);
    assert_string_equal(show_names(rolled), "r measure scenario base value difference");
    assert_string_equal(show_rows(rolled), "X|n|z|4/1|4/1|0/1\nX|d|z|1/2|1/1|1/2\nY|n|z|2/1|1/1|-1/1\n"
                                           "Y|d|z|1/2|0/1|-1/2\n*|n|z|6/1|5/1|-1/1\n*|d|z|1/2|4/5|3/10\n");
    dk_table_release(rolled);
    rolled = NULL;
    assert_ok(dk_table_gather(compared, rows, 2, &twice, &err), &err);
    assert_ok(dki_lineage_after(compared, &lineage, &err), &err);
    dki_table_attach(twice, lineage);
    assert_fails(dk_comparison_roll_up(twice, "r", NULL, &rolled, &err), &err, DK_ERR_ARGUMENT,
                 "a row of the comparison is there twice");
    dk_table_release(twice);
    dk_table_release(compared);
    dk_breakdown_release(breakdown);
    dk_table_release(later);
    dk_table_release(now);
}

/* As a selection leaves it: of n the rows of a and c, of d those of b and c. One each is as many, and not the same. */
static void different_groups_are_rolled_up_by_themselves(void **state)
{
    const dk_table *now = persons(NOW), *later = persons(LATER), *compared = NULL, *rolled = NULL, *twice = NULL;
    const dk_breakdown *breakdown = make_breakdown(
        context, ASK(.by = { "g" }, .measures = { "n = count()", "d = (count() where k) / count()" }));
    const dk_comparison_form form = { .is_long = true };
    const uint64_t rows[] = { 5, 3, 0, 4 };
    const dk_table *gathered = NULL, *some = NULL;
    dki_lineage *lineage = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare_as(breakdown, now, later, "z", NULL, &form, &compared, &err), &err);
    assert_ok(dk_table_gather(compared, rows, 4, &gathered, &err), &err);
    assert_ok(dk_table_with_properties(gathered, dk_table_properties(compared), &some, &err), &err);
    assert_ok(dki_lineage_after(compared, &lineage, &err), &err);
    dki_table_attach(some, lineage);
    dk_set_threads(1);
    assert_made_despite_failing_memory(context, dk_comparison_roll_up(some, "r", NULL, &rolled, &err), &err, rolled,
                                       dk_table_release);
    assert_string_equal(show_names(rolled), "r measure scenario base value difference");
    assert_string_equal(show_rows(rolled),
                        "X|n|z|3/1|2/1|-1/1\nX|d|z|1/1|1/1|0/1\nY|n|z|2/1|1/1|-1/1\nY|d|z|1/2|0/1|-1/2\n");
    assert_made_despite_failing_memory(context, dk_comparison_roll_up(rolled, "l", NULL, &twice, &err), &err, twice,
                                       dk_table_release);
    assert_string_equal(show_rows(twice), "N|n|z|5/1|3/1|-2/1\nN|d|z|2/3|2/3|0/1\n");
    dk_table_release(twice);
    dk_table_release(rolled);
    dk_table_release(some);
    dk_table_release(gathered);
    dk_table_release(compared);
    dk_breakdown_release(breakdown);
    dk_table_release(later);
    dk_table_release(now);
}

/* The table with a column of one text, of which its lineage knows nothing. */
static const dk_table *slip_in(const dk_table *table, const char *name, const char *text)
{
    char rows[64];
    const dk_table *one, *many = NULL, *made = NULL;
    const uint64_t first[16] = { 0 };
    dk_error err = DK_ERROR_INIT;

    snprintf(rows, sizeof rows, "t:category\n%s\n", text);
    one = make_table(context, rows);
    assert_ok(dk_table_gather(one, first, dk_table_n_rows(table), &many, &err), &err);
    assert_ok(dk_table_with(table, &DK_FIELD(name, dk_table_field(many, 0)->column), 1, &made, &err), &err);
    dk_table_release(many);
    dk_table_release(one);
    return made;
}

static void assert_refused(const dk_table *table, const char *how)
{
    const dk_table *rolled = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_comparison_roll_up(table, "r", NULL, &rolled, &err), &err, DK_ERR_ARGUMENT, how);
    dk_table_release(table);
}

static void what_slipped_in_is_told(void **state)
{
    const dk_table *now = persons(NOW), *later = persons(LATER), *compared = NULL, *less = NULL, *bare = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "g" }, .margins = DK_MARGINS_TOTALS,
                                    .measures = { "n = count()", "l = count() where k" }));
    static const char *const names[] = { "l_z", "l_z_difference" };
    const dk_comparison_form form = { .is_long = true };
    dk_properties properties;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare_as(breakdown, now, later, "z", NULL, NULL, &compared, &err), &err);
    assert_refused(slip_in(compared, "q_y", "m"),
                   "q_y is no measure of a side of the comparison (roll up first, or leave it "
                   "out: result:drop \"q_y\")");
    assert_ok(dk_table_drop(compared, names, 2, &less, &err), &err);
    assert_refused(slip_in(less, "value", "m"), "value is no measure of a side of the comparison");
    properties = *dk_table_properties(less);
    properties.whole = NULL; /* as an earlier snapshot has it */
    assert_ok(dk_table_with_properties(less, &properties, &bare, &err), &err);
    assert_refused(bare, "the column of l for z was left out (roll up first, and leave columns out then)");
    dk_table_release(less);
    dk_table_release(compared);
    compared = NULL;
    assert_ok(dk_table_compare_as(breakdown, now, later, "z", NULL, &form, &compared, &err), &err);
    less = slip_in(compared, "measure", "p");
    assert_refused(less, "row 1 is no row of the comparison");
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
    assert_made_despite_failing_memory(context, dk_table_roll_up(wide_table, "r", NULL, &rolled, &err), &err,
                                       rolled, dk_table_release);
    assert_string_equal(show_names(rolled), "r n_m n_v d_m d_v");
    assert_string_equal(show_rows(rolled), "X|3|1|2/3|0/1\nY|1|1|0/1|1/1\n");
    dk_table_release(rolled);
    dk_table_release(wide_table);
    dk_table_release(result);
    dk_breakdown_release(breakdown);
    dk_table_release(now);
}

/* a is 3..5, b 1, and c 2..4, and they are themselves. */
static void what_is_the_same_of_parts_is_so_of_regions(void **state)
{
    const dk_table *now = persons(NOW), *compared = NULL, *rolled = NULL;
    const dk_breakdown *breakdown =
        make_breakdown(context, ASK(.by = { "g" }, .margins = DK_MARGINS_TOTALS,
                                    .measures = { "x = sum(interval(1, case(s == 'm', 1, 3)))" }));
    const dk_comparison_form form = { .relative = true };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_table_compare_as(breakdown, now, now, "z", NULL, &form, &compared, &err), &err);
    dk_set_threads(1);
    assert_made_despite_failing_memory(context, dk_comparison_roll_up(compared, "r", NULL, &rolled, &err), &err,
                                       rolled, dk_table_release);
    assert_string_equal(show_rows(rolled), "X|4..6|4..6|0|0.000000\nY|2..4|2..4|0|0.000000\n"
                                           "*|6..10|6..10|0|0.000000\n");
    dk_table_release(rolled);
    dk_table_release(compared);
    dk_breakdown_release(breakdown);
    dk_table_release(now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(differences_are_those_of_regions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_out_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_ones_are_rolled_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(different_groups_are_rolled_up_by_themselves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_slipped_in_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(columns_of_a_pivot_are_rolled_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_the_same_of_parts_is_so_of_regions, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
