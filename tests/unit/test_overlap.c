/* test_overlap.c - figures of groups that overlap know of which group they are, whatever is done with their rows. */
#include "tables.h"

#include <dekking/append.h>

#include "data/column_parts.h"
#include "data/overlap.h"
#include "with_context.h"

#define FIGURES                \
    "lid:category n:integer\n" \
    "koken|3\n"                \
    "lassen|2\n"               \
    "-|1\n"                    \
    "zagen|5\n"

/* The figures of the table with their groups. */
static const dk_column *make_figures(const dk_table *table)
{
    const dk_column *out = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(
        dki_column_overlapping(dk_table_field(table, 1)->column, dk_table_field(table, 0)->column, &out, &err),
        &err);
    return out;
}

static void assert_group(const dk_column *column, uint64_t row, const char *group)
{
    const dk_column *overlap = dki_column_overlap(column);
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    assert_non_null(overlap);
    assert_int_equal(dk_column_n_rows(overlap), dk_column_n_rows(column));
    assert_ok(dk_column_get(overlap, row, &value, &err), &err);
    assert_int_equal(value.is_null, group == NULL);
    if (group)
        assert_memory_equal(value.as.text.bytes, group, strlen(group));
}

static void groups_follow_rows(void **state)
{
    static const uint64_t rows[] = { 3, DK_ROW_NULL, 0 };
    const dk_table *table = make_table(context, FIGURES);
    const dk_column *figures = make_figures(table), *picked = NULL, *part = NULL, *both = NULL, *plain = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_null(dki_column_overlap(dk_table_field(table, 1)->column));
    assert_string_equal(dki_overlap_name(table, dki_column_overlap(figures)), "lid");
    assert_ok(dk_column_gather(figures, rows, 3, &picked, &err), &err);
    assert_group(picked, 0, "zagen");
    assert_group(picked, 1, NULL);
    assert_group(picked, 2, "koken");
    assert_null(dki_overlap_name(table, dki_column_overlap(picked)));
    assert_ok(dk_column_slice(figures, 1, 2, &part, &err), &err);
    assert_group(part, 0, "lassen");
    assert_group(part, 1, NULL);
    assert_ok(
        dki_column_concat(context, DK_INTEGER, 0, NULL, (const dk_column *[]){ part, picked }, 2, &both, &err),
        &err);
    assert_group(both, 2, "zagen");
    assert_ok(dki_column_overlapping(both, NULL, &plain, &err), &err);
    assert_null(dki_column_overlap(plain));
    dk_column_release(plain);
    dk_column_release(both);
    dk_column_release(part);
    dk_column_release(picked);
    dk_column_release(figures);
    dk_table_release(table);
}

/* Of two tables with groups of their own, one of which has none. */
static void groups_are_put_below_each_other(void **state)
{
    const dk_table *above = make_table(context, FIGURES),
                   *below = make_table(context, "lid:category n:integer\nbouwen|7\n");
    const dk_table *tables[3] = { NULL, NULL, below }, *all = NULL;
    dk_error err = DK_ERROR_INIT;
    const dk_table *const sources[2] = { above, below };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        dk_field field = *dk_table_field(sources[i], 1);

        field.column = make_figures(sources[i]);
        assert_ok(dk_table_with(sources[i], &field, 1, &tables[i], &err), &err);
        dk_column_release(field.column);
    }
    assert_ok(dk_table_append(tables, 3, NULL, &all, &err), &err);
    assert_group(dk_table_field(all, 1)->column, 1, "lassen");
    assert_group(dk_table_field(all, 1)->column, 4, "bouwen");
    assert_group(dk_table_field(all, 1)->column, 5, NULL);
    dk_table_release(all);
    dk_table_release(tables[0]);
    dk_table_release(tables[1]);
    dk_table_release(above);
    dk_table_release(below);
}

static dk_status pick(const dk_column *figures, const dk_column **out, dk_error *err)
{
    static const uint64_t rows[] = { 2, 1 };
    const dk_column *picked = NULL, *part = NULL;
    dk_status status = dk_column_gather(figures, rows, 2, &picked, err);

    if (status == DK_OK)
        status = dk_column_slice(picked, 0, 1, &part, err);
    if (status == DK_OK)
        status = dki_overlap_give(&part, dki_column_overlap(part), err);
    if (status == DK_OK)
        status =
            dki_column_concat(context, DK_INTEGER, 0, NULL, (const dk_column *[]){ part, picked }, 2, out, err);
    dk_column_release(part);
    dk_column_release(picked);
    return status;
}

static void memory_may_fail_anywhere(void **state)
{
    const dk_table *table = make_table(context, FIGURES);
    const dk_column *figures = make_figures(table), *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, pick(figures, &column, &err), &err, column == NULL,
                                   dk_column_release(column));
    dk_column_release(figures);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups_follow_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(groups_are_put_below_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_fail_anywhere, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
