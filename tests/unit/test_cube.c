/* test_cube.c - cells that are kept with their table: found again, made of finer ones, gone with the table and before an
 * allocation fails.
 */
#include "scenarios.h"

#include "base/cache.h"
#include "base/memory.h"
#include "base/pool.h"
#include "scenario/scenario_parts.h"
#include "with_context.h"

#define N_COLUMNS 5

static const char *const columns[N_COLUMNS] = { "gemeente", "klasse", "in_sonar", "leeftijd", "lengte" };

/* n rows of little variety; weighted: with a weight that has digits, and is 0 now and then. */
static const dk_table *random_table(size_t n_rows, bool weighted)
{
    static char text[1 << 17];
    size_t used =
        (size_t)sprintf(text, "gemeente:category[Ede,Arnhem] klasse:text in_sonar:boolean leeftijd:integer "
                              "lengte:real w:decimal2\n");
    const dk_table *table;

    for (size_t i = 0; i < n_rows; i++)
        used += (size_t)sprintf(
            text + used, "%s|%s|%s|%d|%d.5|%d.%d0\n", (const char *[]){ "Arnhem", "Ede", "-" }[pick(3)],
            (const char *[]){ "jong", "oud", "-", "" }[pick(4)], (const char *[]){ "true", "false", "-" }[pick(3)],
            (int)pick(3) * 10 + 18, (int)pick(2), (int)pick(3), (int)pick(2) * 5);
    table = make_table(context, text);
    return weighted ? with_weight(table, "w") : table;
}

/* Cells by the columns of those bits, and how they were had. */
static const dk_table *get(const dk_table *table, unsigned bits, dki_cube_way *way)
{
    const dk_table *cells = NULL;
    dk_error err = DK_ERROR_INIT;
    dki_text_map names;
    dki_cube_use use, look;

    dki_text_map_init(&names, context);
    for (unsigned i = N_COLUMNS; i-- > 0;) { /* the order of names does not matter: cells have that of the table */
        uint32_t number;

        if (bits >> i & 1)
            assert_ok(dki_text_map_add(&names, columns[i], strlen(columns[i]), &number, &err), &err);
    }
    dki_cube_look(table, &names, &look);
    assert_ok(dki_cube_get(table, &names, &cells, &use, &err), &err);
    assert_int_equal(look.way, use.way);
    assert_int_equal(look.n_from, use.n_from);
    dki_text_map_drop(&names);
    *way = use.way;
    return cells;
}

static void cells_are_made_once_for_a_table(void **state)
{
    const dk_table *table = random_table(300, false), *same = NULL, *first, *again;
    dki_cube_way way;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    first = get(table, 5, &way);
    assert_int_equal(way, DKI_CUBE_GROUPED);
    again = get(table, 5, &way);
    assert_int_equal(way, DKI_CUBE_KEPT);
    assert_ptr_equal(first, again);
    dk_table_release(again);
    assert_ok(dk_table_slice(table, 0, 299, &same, &err), &err); /* another table has cells of its own */
    again = get(same, 5, &way);
    assert_int_equal(way, DKI_CUBE_GROUPED);
    dk_table_release(again);
    dk_table_release(same);
    dk_table_release(table);
    assert_int_equal(dk_table_n_rows(first), 9); /* who holds cells has them, whatever the table does */
    dk_table_release(first);
}

/* Of finer cells, of these once more, and of rows: text for text the same. */
static void regrouped_cells_are_the_same_cells(void **state)
{
    (void)state;
    random_state = UINT64_C(0x9E3779B97F4A7C15);
    for (unsigned round = 0; round < random_rounds(60); round++) {
        size_t n_rows = 1 + pick(1500);
        const dk_table *table = random_table(n_rows, round % 2), *fine = NULL;
        dk_error err = DK_ERROR_INIT;
        unsigned bits = (unsigned)pick(1 << N_COLUMNS), less = bits & (unsigned)pick(1 << N_COLUMNS);
        dki_cube_way way;

        dk_set_threads(1 + round / 2 % 2);
        fine = get(table, bits, &way);
        assert_int_equal(way, DKI_CUBE_GROUPED);
        for (unsigned i = 0; i < 2; i++, less &= (unsigned)pick(1 << N_COLUMNS)) {
            const dk_table *whole = NULL, *direct, *regrouped = get(table, less, &way);
            static char expected[1 << 17];

            if (less == bits)
                assert_int_equal(way, DKI_CUBE_KEPT);
            else if (dk_table_n_rows(fine) < n_rows / 2)
                assert_int_not_equal(way, DKI_CUBE_GROUPED);
            assert_ok(dk_table_with_note(table, "a table of its own", &whole, &err), &err);
            direct = get(whole, less, &way);
            assert_int_equal(way, DKI_CUBE_GROUPED);
            snprintf(expected, sizeof expected, "%s\n%s", show_names(direct), show_rows(direct));
            assert_true(strncmp(expected, show_names(regrouped), strlen(show_names(regrouped))) == 0);
            assert_string_equal(strchr(expected, '\n') + 1, show_rows(regrouped));
            assert_string_equal(dk_table_properties(direct)->weight, dk_table_properties(regrouped)->weight);
            dk_table_release(direct);
            dk_table_release(whole);
            dk_table_release(regrouped);
        }
        dk_table_release(fine);
        dk_table_release(table);
    }
    dk_set_threads(0);
}

/* Bounds and the parts of rates are columns of cells on the way. */
static void regrouped_bounds_are_the_same(void **state)
{
    const char *rows = "gemeente:category n:interval\nEde|0..4\nEde|0..4\nArnhem|0..4\nArnhem|7..7\nEde|0..4\n"
                       "Ede|0..4\nEde|7..7\nEde|7..7\nEde|7..7\nEde|7..7\nEde|7..7\n";
    const dk_table *table = make_table(context, rows), *cells[3];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (unsigned i = 0; i < 3; i++) { /* both columns, then one of them from these, then one of rows */
        dki_text_map names;
        uint32_t number;
        dki_cube_use use;

        if (i == 2) {
            dk_table_release(table);
            table = make_table(context, rows);
        }
        dki_text_map_init(&names, context);
        assert_ok(dki_text_map_add(&names, "n", 1, &number, &err), &err);
        if (i == 0)
            assert_ok(dki_text_map_add(&names, "gemeente", 8, &number, &err), &err);
        assert_ok(dki_cube_get(table, &names, &cells[i], &use, &err), &err);
        assert_int_equal(use.way, i == 1 ? DKI_CUBE_REGROUPED : DKI_CUBE_GROUPED);
        dki_text_map_drop(&names);
    }
    assert_int_equal(dk_table_n_rows(cells[0]), 4);
    assert_int_equal(dk_table_n_rows(cells[2]), 2);
    {
        char expected[200];

        snprintf(expected, sizeof expected, "%s", show_rows(cells[2]));
        assert_string_equal(show_rows(cells[1]), expected);
    }
    for (unsigned i = 0; i < 3; i++)
        dk_table_release(cells[i]);
    dk_table_release(table);
}

static void cells_go_when_the_budget_needs_the_room(void **state)
{
    const dk_table *table = random_table(400, false);
    dki_cube_way way;
    dk_error err = DK_ERROR_INIT;
    void *block;

    (void)state;
    dk_table_release(get(table, 7, &way));
    dk_context_set_budget(context, dk_context_used_bytes(context) + 100);
    block = dki_alloc(context, 1000, &err);
    assert_non_null(block);
    dk_context_set_budget(context, 0);
    dk_table_release(get(table, 7, &way));
    assert_int_equal(way, DKI_CUBE_GROUPED);
    dki_free(context, block);
    dk_table_release(table);
}

/* What the budget has no room for at all is told with its size. */
static void cells_that_do_not_fit_are_told(void **state)
{
    const dk_table *table = random_table(2000, false), *cells = NULL;
    dki_text_map names;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dki_text_map_init(&names, context);
    for (unsigned i = 0; i < N_COLUMNS; i++) {
        uint32_t number;

        assert_ok(dki_text_map_add(&names, columns[i], strlen(columns[i]), &number, &err), &err);
    }
    dk_context_set_budget(context, dk_context_used_bytes(context) + 20000);
    assert_fails(dki_cube_get(table, &names, &cells, NULL, &err), &err, DK_ERR_MEMORY, " of 5 columns take ");
    assert_non_null(strstr(err.message, " MiB, and 0."));
    assert_non_null(strstr(err.message, " while a scenario runs on them: of the budget of "));
    assert_string_equal(err.hint, "raise it (dk.budget), or mention fewer columns; compare goes by rows");
    assert_null(cells);
    dk_context_set_budget(context, 0);
    dki_text_map_drop(&names);
    dk_table_release(table);
}

struct crowd {
    const dk_table *table;
    char rows[64][2000];
};

static dk_status ask_in_thread(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct crowd *crowd = arg;

    (void)worker;
    for (uint64_t i = begin; i < end; i++) {
        const dk_table *cells = NULL;
        const char *name = columns[i % 3];
        dki_text_map names;
        uint32_t number;
        dk_status status;

        dki_text_map_init(&names, context);
        status = dki_text_map_add(&names, name, strlen(name), &number, err);
        if (status == DK_OK)
            status = dki_cube_get(crowd->table, &names, &cells, NULL, err);
        for (uint64_t row = 0; status == DK_OK && row < dk_table_n_rows(cells); row++) {
            dk_value weight;

            status = dk_column_get(dk_table_field(cells, 1)->column, row, &weight, err);
            sprintf(crowd->rows[i] + strlen(crowd->rows[i]), "%lld ", (long long)weight.as.integer);
        }
        dk_table_release(cells);
        dki_text_map_drop(&names);
        if (status != DK_OK)
            return status;
        if (i % 7 == 0)
            (void)dki_cache_forget_oldest(context);
    }
    return DK_OK;
}

static void threads_share_cells(void **state)
{
    struct crowd crowd = { .table = random_table(500, false) };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(2);
    assert_ok(dki_parallel(context, 64, 1, ask_in_thread, &crowd, &err), &err);
    for (unsigned i = 3; i < 64; i++)
        assert_string_equal(crowd.rows[i], crowd.rows[i % 3]);
    dk_set_threads(0);
    dk_table_release(crowd.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cells_are_made_once_for_a_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(regrouped_cells_are_the_same_cells, set_up, tear_down),
        cmocka_unit_test_setup_teardown(regrouped_bounds_are_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_go_when_the_budget_needs_the_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cells_that_do_not_fit_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_share_cells, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
