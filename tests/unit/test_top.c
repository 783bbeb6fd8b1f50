/* test_top.c - the first rows of each group, against all rows numbered by a window. SQLite: test_window_sqlite.c. */
#include <dekking/sort.h>
#include <dekking/top.h>
#include <dekking/window.h>

#include "shapes.h"

#include "with_context.h"

static int start(void **state)
{
    random_state = UINT64_C(0x14057B7EF767814F);
    return set_up(state);
}

static void assert_top(const dk_table *table, const dk_top_spec *spec, const char *expected)
{
    static const size_t blocks[] = { DK_BLOCK_ROWS, 3, 1 };

    for (size_t i = 0; i < 3; i++) {
        const dk_table *out = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_context_set_block_rows(context, blocks[i]);
        assert_ok(dk_table_top(table, spec, NULL, &out, &err), &err);
        assert_string_equal(show_rows(out), expected);
        dk_table_release(out);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
}

static const char data[] = "g:category x:integer n:integer\n"
                           "a|3|1\nb|5|2\na|9|3\n-|4|4\nb|5|5\na|9|6\nb|7|7\na|-|8\n";

static void the_first_rows_of_each_group_stay(void **state)
{
    const dk_table *table = make_table(context, data);
    const char *const by[] = { "x desc" }, *const within[] = { "g" };
    dk_top_spec spec = { .n = 2, .within = within, .n_within = 1, .order = by, .n_order = 1 };

    (void)state;
    assert_top(table, &spec, "a|9|3\na|9|6\nb|7|7\nb|5|2\n-|4|4\n"); /* of the two fives the first */
    spec.ties = true;
    assert_top(table, &spec, "a|9|3\na|9|6\nb|7|7\nb|5|2\nb|5|5\n-|4|4\n");
    spec.table_order = true;
    assert_top(table, &spec, "b|5|2\na|9|3\n-|4|4\nb|5|5\na|9|6\nb|7|7\n");
    spec.n = 1;
    assert_top(table, &spec, "a|9|3\n-|4|4\na|9|6\nb|7|7\n");
    spec.ties = false;
    spec.n = 100; /* null comes last */
    spec.table_order = false;
    assert_top(table, &spec, "a|9|3\na|9|6\na|3|1\na|-|8\nb|7|7\nb|5|2\nb|5|5\n-|4|4\n");
    spec.n = UINT64_MAX;
    assert_top(table, &spec, "a|9|3\na|9|6\na|3|1\na|-|8\nb|7|7\nb|5|2\nb|5|5\n-|4|4\n");
    spec.n = 2;
    spec.n_within = 0; /* all are one group */
    assert_top(table, &spec, "a|9|3\na|9|6\n");
    spec.n_order = 0; /* as they come */
    assert_top(table, &spec, "a|3|1\nb|5|2\n");
    spec.n_within = 1;
    assert_top(table, &spec, "a|3|1\na|9|3\nb|5|2\nb|5|5\n-|4|4\n");
    spec.n = 0;
    assert_top(table, &spec, "");
    dk_table_release(table);
}

/* What a window and a condition give, in the order of the table. */
static const dk_table *numbered(const dk_table *table, const dk_top_spec *spec)
{
    const dk_expr *number = NULL, *first = NULL;
    const dk_window_spec window = { .within = spec->within,
                                    .n_within = spec->n_within,
                                    .order = spec->order,
                                    .n_order = spec->n_order,
                                    .columns = &number,
                                    .n_columns = 1 };
    const dk_table *all = NULL, *out = NULL;
    dk_params params = { &(dk_param){ "n", { .type = DK_INTEGER, .as.integer = (int64_t)spec->n } }, 1 };
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_expr_parse(context, spec->ties ? "place = rank()" : "place = row_number()", &number, &err), &err);
    assert_ok(dk_expr_parse(context, "place <= $n", &first, &err), &err);
    assert_ok(dk_table_window(table, &window, NULL, &all, &err), &err);
    assert_ok(dk_table_where(all, first, &params, &out, &err), &err);
    dk_table_release(all);
    dk_expr_release(number);
    dk_expr_release(first);
    return out;
}

/* Columns that both have must be the same. */
static void assert_as_numbered(const dk_table *table, dk_top_spec spec)
{
    const dk_table *expected = numbered(table, &spec), *plain = NULL, *ordered = NULL, *sorted = NULL, *top = NULL;
    const char *names[N_SHAPES], *keys[8];
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        names[i] = dk_table_field(table, i)->name;
    assert_ok(dk_table_select(expected, names, dk_table_n_columns(table), &plain, &err), &err);
    spec.table_order = true;
    assert_ok(dk_table_top(table, &spec, NULL, &top, &err), &err);
    assert_same(top, plain);
    dk_table_release(top);
    spec.table_order = false; /* which is that of a stable sort of the same rows */
    memcpy((void *)keys, (const void *)spec.within, spec.n_within * sizeof *keys);
    memcpy((void *)(keys + spec.n_within), (const void *)spec.order, spec.n_order * sizeof *keys);
    assert_ok(dk_table_sort_by(plain, keys, spec.n_within + spec.n_order, NULL, UINT64_MAX, &sorted, &err), &err);
    assert_ok(dk_table_top(table, &spec, NULL, &ordered, &err), &err);
    assert_same(ordered, sorted);
    dk_table_release(sorted);
    dk_table_release(ordered);
    dk_table_release(plain);
    dk_table_release(expected);
}

static void random_groups_are_as_numbered(void **state)
{
    static const char *const withins[] = {
        "few", "some", "hours", "yes", "day", "wide", "month", "low * 2", "real"
    };
    static const char *const orders[] = { "hours desc", "real", "huge desc", "few",       "month desc",
                                          "some desc",  "yes",  "real desc", "hours * 2", "least" };
    static const uint64_t sizes[] = { 0, 1, 64, 700, 5000, 140000 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const dk_table *table = table_of(context, shapes, N_SHAPES, quick() ? sizes[i] / 10 : sizes[i]);

        for (size_t k = 0; k < (i == 5 ? 6 : quick() ? 5 : 30); k++) {
            const char *within[2], *by[2];
            dk_top_spec spec = { .n = 1 + pick(pick(3) ? 4 : 40), .within = within, .order = by, .ties = pick(2) };

            spec.n_within = (size_t)pick(3);
            spec.n_order = 1 + (size_t)pick(2);
            for (size_t d = 0; d < 2; d++) {
                within[d] = withins[pick(sizeof withins / sizeof *withins)];
                by[d] = orders[pick(sizeof orders / sizeof *orders)];
            }
            dk_set_threads(1 + (unsigned)pick(2));
            dk_context_set_block_rows(context, pick(3) || i == 5 ? DK_BLOCK_ROWS : 1 + pick(70));
            assert_as_numbered(table, spec);
        }
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        dk_table_release(table);
    }
}

static void what_cannot_be_is_refused(void **state)
{
    const dk_table *table = make_table(context, data), *totals = NULL, *out = NULL;
    const char *const by[] = { "x falling" }, *const within[] = { "nergens" };
    dk_top_spec spec = { .n = 2, .order = by, .n_order = 1 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_table_top(table, &spec, NULL, &out, &err), &err, DK_ERR_ARGUMENT, "asc or desc");
    spec.within = within;
    spec.n_within = 1;
    assert_fails(dk_table_top(table, &spec, NULL, &out, &err), &err, DK_ERR_NAME, "nergens");
    spec.n_within = spec.n_order = 0;
    dk_context_interrupt(context);
    assert_fails(dk_table_top(table, &spec, NULL, &out, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    dk_context_clear_interrupt(context);
    assert_ok(ask_table(ASK(.by = { "g" }, .measures = { "k = count()" }, .margins = DK_MARGINS_TOTALS), table,
                        NULL, &totals, &err),
              &err);
    assert_fails(dk_table_top(totals, &spec, NULL, &out, &err), &err, DK_ERR_MARGIN, "t:detail()");
    assert_null(out);
    dk_table_release(totals);
    dk_table_release(table);
}

static void failing_memory_leaves_nothing(void **state)
{
    const dk_table *table = table_of(context, shapes, N_SHAPES, 300), *out = NULL;
    const char *const by[] = { "real desc", "hours * 2" }, *const within[] = { "few" };
    dk_top_spec spec = { .n = 2, .within = within, .n_within = 1, .order = by, .n_order = 2 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (int i = 0; i < 4;
         i++) { /* by heaps alone, with a second pass, in the order of the table, all rows in order */
        spec.n_order = i == 0 ? 1 : 2;
        spec.order = i == 0 ? by + 1 : by;
        spec.table_order = i == 2;
        spec.n = i == 3 ? 200 : 2;
        assert_survives_failing_memory(context, dk_table_top(table, &spec, NULL, &out, &err), &err, out == NULL,
                                       dk_table_release(out));
        out = NULL;
    }
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_rows_of_each_group_stay, start, tear_down),
        cmocka_unit_test_setup_teardown(random_groups_are_as_numbered, start, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, start, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_leaves_nothing, start, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
