/* test_margin.c - grouping sets: which cells there are, in which order, and who is whose total. */
#include "query/margin.h"
#include "tables.h"

#include "with_context.h"

/* Three dimensions, four groups: (0,0,0) (0,1,0) (1,0,2) (1,0,3). */
static const uint32_t groups[] = { 1, 0, 3, 0, 0, 0, 0, 1, 0, 1, 0, 2 };

/* The shown cells in order as text: "0 1 *", one a line. */
static const char *shown_cells(const dki_cells *cells)
{
    static char text[4096];
    uint64_t rows[256];
    size_t n_shown, used = 0;
    dk_error err = DK_ERROR_INIT;

    assert_true(dki_cells_n(cells) <= 256);
    assert_ok(dki_cells_order(cells, rows, &n_shown, &err), &err);
    text[0] = '\0';
    for (size_t i = 0; i < n_shown; i++) {
        const uint32_t *ranks = dki_cell_ranks(cells, (size_t)rows[i]);

        for (size_t d = 0; d < cells->n_dims; d++) {
            if (dki_cell_mask(cells, (size_t)rows[i]) >> d & 1)
                used += (size_t)sprintf(text + used, "*");
            else
                used += (size_t)sprintf(text + used, "%u", ranks[d]);
        }
        used += (size_t)sprintf(text + used, " ");
    }
    return text;
}

static void assert_cells(dk_margins margins, const char *expected)
{
    dki_cells cells;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_cells_init(&cells, context, groups, 4, 3, &err), &err);
    assert_ok(dki_cells_margins(&cells, margins, NULL, 0, NULL, 0, &err), &err);
    assert_string_equal(shown_cells(&cells), expected);
    dki_cells_drop(&cells);
}

static void each_kind_of_margins_has_its_cells(void **state)
{
    (void)state;
    assert_cells(DK_MARGINS_NONE, "000 010 102 103 ");
    assert_cells(DK_MARGINS_TOTALS, "000 010 102 103 *** ");
    assert_cells(DK_MARGINS_ROLLUP, "000 00* 010 01* 0** 102 103 10* 1** *** ");
    assert_cells(DK_MARGINS_CUBE, "000 00* 010 01* 0*0 0** 102 103 10* 1*2 1*3 1** "
                                  "*00 *02 *03 *0* *10 *1* **0 **2 **3 *** ");
}

/* Each level's map leads from the parent's cells to theirs: following it down to a total visits every group once. */
static void every_level_holds_each_group_once(void **state)
{
    dki_cells cells;
    uint64_t held[64] = { 1, 2, 4, 8 }; /* which groups a cell holds, as bits */
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_cells_init(&cells, context, groups, 4, 3, &err), &err);
    assert_ok(dki_cells_margins(&cells, DK_MARGINS_CUBE, NULL, 0, NULL, 0, &err), &err);
    assert_int_equal(cells.n_levels, 8);
    for (size_t k = 1; k < cells.n_levels; k++) {
        const dki_level *level = &cells.levels[k], *parent = &cells.levels[level->parent];
        uint64_t all = 0;

        assert_int_equal(parent->mask & level->mask, parent->mask);
        for (size_t i = 0; i < parent->n; i++) {
            assert_int_equal(held[level->to[i]] & held[parent->first + i], 0);
            held[level->to[i]] |= held[parent->first + i];
        }
        for (size_t i = 0; i < level->n; i++) {
            assert_int_equal(all & held[level->first + i], 0);
            all |= held[level->first + i];
        }
        assert_int_equal(all, 15);
    }
    for (size_t cell = 0; cell < dki_cells_n(&cells); cell++) {
        for (uint32_t mask = 0; mask < 8; mask++) {
            uint32_t coarser = dki_cell_coarser(&cells, cell, mask);

            assert_int_not_equal(coarser, UINT32_MAX);
            assert_int_equal(held[coarser] & held[cell], held[cell]);
            assert_int_equal(dki_cell_mask(&cells, coarser), dki_cell_mask(&cells, cell) | mask);
        }
    }
    dki_cells_drop(&cells);
}

/* What an all() looks up is there, and is not shown. */
static void levels_to_look_up_are_hidden(void **state)
{
    const uint32_t coarser[] = { 6, 5 };
    dki_cells cells;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_cells_init(&cells, context, groups, 4, 3, &err), &err);
    assert_ok(dki_cells_margins(&cells, DK_MARGINS_NONE, NULL, 0, coarser, 2, &err), &err);
    assert_string_equal(shown_cells(&cells), "000 010 102 103 ");
    for (size_t cell = 0; cell < dki_cells_n(&cells);
         cell++) { /* also from what was looked up: all(all(m, x), y) */
        assert_int_not_equal(dki_cell_coarser(&cells, cell, 6), UINT32_MAX);
        assert_int_not_equal(dki_cell_coarser(&cells, cell, 5), UINT32_MAX);
    }
    dki_cells_drop(&cells);
}

static void no_groups_have_a_grand_total(void **state)
{
    dki_cells cells;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_cells_init(&cells, context, groups, 0, 2, &err), &err);
    assert_ok(dki_cells_margins(&cells, DK_MARGINS_CUBE, NULL, 0, NULL, 0, &err), &err);
    assert_string_equal(shown_cells(&cells), "** ");
    dki_cells_drop(&cells);
}

/* The margins of a result are known by name. */
static void totals_are_found_by_is_total(void **state)
{
    const dk_table *table = make_table(context, "regio:category gemeente:category\nZ|Breda\nZ|-\nN|Assen\n");
    const dk_table *result = NULL, *found = NULL;
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(
        ask_table(ASK(.by = { "regio", "gemeente" }, .measures = { "n = count()" }, .margins = DK_MARGINS_ROLLUP),
                  table, NULL, &result, &err),
        &err);
    assert_int_equal(dk_table_field(result, 0)->margin_bit, 0);
    assert_int_equal(dk_table_field(result, 1)->margin_bit, 1);
    assert_int_equal(dk_table_field(result, 2)->margin_bit, -1);
    assert_ok(dk_expr_parse(context, "gemeente is total and not (regio is total)", &expr, &err), &err);
    assert_ok(dk_table_where(result, expr, NULL, &found, &err), &err);
    assert_string_equal(show_rows(found), "N|*|1\nZ|*|2\n");
    dk_table_release(found);
    found = NULL;
    assert_ok(dk_table_detail(result, &found, &err), &err);
    assert_string_equal(show_rows(found), "N|Assen|1\nZ|Breda|1\nZ|-|1\n");
    dk_table_release(found);
    dk_expr_release(expr);
    dk_table_release(result);
    dk_table_release(table);
}

/* A cube over 16 dimensions of one row has every one of its 65536 totals. */
static void a_cube_of_sixteen_dimensions_is_possible(void **state)
{
    dki_cells cells;
    uint32_t ranks[16] = { 0 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_cells_init(&cells, context, ranks, 1, 16, &err), &err);
    assert_ok(dki_cells_margins(&cells, DK_MARGINS_CUBE, NULL, 0, NULL, 0, &err), &err);
    assert_int_equal(dki_cells_n(&cells), 65536);
    dki_cells_drop(&cells);
}

/* Sixteen dimensions in which a thousand groups all differ would make 65 million totals. */
static void a_cube_beyond_all_reading_is_refused(void **state)
{
    static uint32_t ranks[1000 * 16];
    dki_cells cells;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (uint32_t i = 0; i < 1000 * 16; i++)
        ranks[i] = i / 16;
    assert_ok(dki_cells_init(&cells, context, ranks, 1000, 16, &err), &err);
    assert_fails(dki_cells_margins(&cells, DK_MARGINS_CUBE, NULL, 0, NULL, 0, &err), &err, DK_ERR_LIMIT,
                 "16 dimensions");
    dki_cells_drop(&cells);
}

static void every_failing_allocation_is_survived(void **state)
{
    const uint32_t coarser[] = { 6 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (uint64_t nth = 1;; nth++) {
        size_t before = dk_context_used_bytes(context);
        dki_cells cells;
        uint64_t rows[64];
        size_t n_shown;
        dk_status status;

        dk_context_fail_allocation(context, nth);
        status = dki_cells_init(&cells, context, groups, 4, 3, &err);
        if (status == DK_OK)
            status = dki_cells_margins(&cells, DK_MARGINS_ROLLUP, NULL, 0, coarser, 1, &err);
        if (status == DK_OK)
            status = dki_cells_order(&cells, rows, &n_shown, &err);
        dk_context_fail_allocation(context, 0);
        dki_cells_drop(&cells);
        assert_int_equal(dk_context_used_bytes(context), before);
        if (status == DK_OK)
            break;
        assert_int_equal(status, DK_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_of_margins_has_its_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_level_holds_each_group_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_to_look_up_are_hidden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_groups_have_a_grand_total, set_up, tear_down),
        cmocka_unit_test_setup_teardown(totals_are_found_by_is_total, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cube_of_sixteen_dimensions_is_possible, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cube_beyond_all_reading_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
