/* test_cube_size.c - how many cells are expected: exact where the table is small, bounded by what columns can have, and near
 * where a sample must do.
 */
#include "scenarios.h"

#include "base/memory.h"
#include "data/column_parts.h"
#include "scenario/scenario_parts.h"
#include "with_context.h"

static dki_cube_size predict(const dk_table *table, const char *const *columns, size_t n)
{
    dki_cube_size size;
    dki_text_map names;
    dk_error err = DK_ERROR_INIT;

    dki_text_map_init(&names, context);
    for (size_t i = 0; i < n; i++) {
        uint32_t number;

        assert_ok(dki_text_map_add(&names, columns[i], strlen(columns[i]), &number, &err), &err);
    }
    assert_ok(dki_cube_predict(table, &names, &size, &err), &err);
    dki_text_map_drop(&names);
    return size;
}

/* Of the region: 9 levels, of which 8 occur; true and false; 18 numbers. */
static void a_small_table_is_looked_at_whole(void **state)
{
    const dk_table *table = make_region(context);
    dki_cube_size size;

    (void)state;
    size = predict(table, (const char *[]){ "gemeente", "in_sonar" }, 2);
    assert_int_equal(size.n_cells, 16);
    assert_int_equal(size.n_most, 16); /* 18 by levels, of 16 rows */
    assert_true(size.is_exact);
    size = predict(table, (const char *[]){ "in_sonar" }, 1);
    assert_int_equal(size.n_cells, 2);
    assert_int_equal(size.n_most, 2);
    size = predict(table, NULL, 0);
    assert_int_equal(size.n_cells, 1);
    dk_table_release(table);
    table = make_table(context, "a:category[x,y] b:boolean\n");
    size = predict(table, (const char *[]){ "a", "b" }, 2);
    assert_int_equal(size.n_cells, 0);
    dk_table_release(table);
}

/* n rows of a number below each bound, drawn evenly: sorted where the first column says so. */
static const dk_table *drawn(size_t n, const int64_t bounds[3], bool sorted)
{
    static const char *const names[] = { "a", "b", "c" };
    int64_t *values = dki_alloc_array(context, n, sizeof *values, NULL);
    dk_field fields[3];
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    for (unsigned c = 0; c < 3; c++) {
        fields[c] = DK_FIELD(names[c], NULL);
        for (size_t i = 0; i < n; i++)
            values[i] =
                c == 0 && sorted ? (int64_t)(i * (uint64_t)bounds[0] / n) : (int64_t)pick((uint64_t)bounds[c]);
        assert_ok(dki_column_of_integers(context, DK_INTEGER, 0, values, n, &fields[c].column, &err), &err);
    }
    assert_ok(dk_table_new(context, fields, 3, n, &table, &err), &err);
    for (unsigned c = 0; c < 3; c++)
        dk_column_release(fields[c].column);
    dki_free(context, values);
    return table;
}

static void a_sample_comes_near(void **state)
{
    static const struct {
        int64_t bounds[3];
        bool sorted;
    } cases[] = {
        { { 10, 10, 10 }, false }, { { 40, 20, 10 }, true }, { { 100, 50, 10 }, false }, { { 1000, 100, 3 }, true }
    };

    (void)state;
    random_state = UINT64_C(0x2545F4914F6CDD1D);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const dk_table *table = drawn(400000, cases[i].bounds, cases[i].sorted), *cells = NULL;
        const char *const columns[] = { "a", "b", "c" };
        dki_cube_size size = predict(table, columns, 3);
        dki_text_map names;
        dk_error err = DK_ERROR_INIT;
        uint64_t n;

        dki_text_map_init(&names, context);
        for (size_t c = 0; c < 3; c++) {
            uint32_t number;

            assert_ok(dki_text_map_add(&names, columns[c], 1, &number, &err), &err);
        }
        assert_ok(dki_cells_group(table, &names, &cells, &err), &err);
        n = dk_table_n_rows(cells);
        assert_false(size.is_exact);
        if (size.n_cells * 4 < n * 3 || size.n_cells * 3 > n * 4)
            fail_msg("%llu cells expected, and %llu there", (unsigned long long)size.n_cells,
                     (unsigned long long)n);
        assert_true(n <= size.n_most);
        dki_text_map_drop(&names);
        dk_table_release(cells);
        dk_table_release(table);
    }
}

/* Where every row of the sample is another one, as many cells as rows are expected. */
static void a_key_has_a_cell_for_each_row(void **state)
{
    const dk_table *table = drawn(300000, (const int64_t[]){ INT64_MAX, 2, 2 }, false);
    dki_cube_size size = predict(table, (const char *[]){ "a", "b" }, 2);

    (void)state;
    assert_int_equal(size.n_cells, 300000);
    assert_int_equal(size.n_most, 300000);
    assert_true(dki_cube_need_bytes(&size) > dki_cube_kept_bytes(&size));
    assert_int_equal(dki_cube_kept_bytes(&size), 300000 * size.cell_bytes);
    dk_table_release(table);
}

static void failing_memory_is_survived(void **state)
{
    const dk_table *table = drawn(20000, (const int64_t[]){ 5, 2, 2 }, false);
    dki_text_map names;
    uint32_t number;
    dki_cube_size size;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    dki_text_map_init(&names, context);
    assert_ok(dki_text_map_add(&names, "a", 1, &number, &err), &err);
    assert_survives_failing_memory(context, dki_cube_predict(table, &names, &size, &err), &err, true, (void)size);
    dki_text_map_drop(&names);
    dk_table_release(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_small_table_is_looked_at_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sample_comes_near, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_has_a_cell_for_each_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_is_survived, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
