/* test_sort_order.c - the order of rows by several columns, against a comparison of their values two by two. */
#include "columns.h"
#include "rows/sort_counted.h"
#include "rows/sort_order.h"

#include "with_context.h"

#include <stdlib.h>

#define MOST_KEYS 6

/* Values of all keys, row by row. */
static struct model {
    size_t n_keys, n_rows;
    dki_order_key keys[MOST_KEYS];
    dk_value *values[MOST_KEYS];
} model;

static int compare_keys(size_t a, size_t b, size_t n_keys)
{
    for (size_t k = 0; k < n_keys; k++) {
        const dk_value *x = &model.values[k][a], *y = &model.values[k][b];
        int order;

        if (x->is_null || y->is_null) {
            if (x->is_null != y->is_null)
                return x->is_null ? 1 : -1;
            continue;
        }
        order = dk_value_compare(x, y);
        if (order)
            return model.keys[k].descending ? -order : order;
    }
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    int order = compare_keys((size_t)x, (size_t)y, model.n_keys);

    return order ? order : x < y ? -1 : x > y;
}

/* A text that shares its beginning with others; sometimes long, with a zero byte, or of letters beyond ASCII. */
static size_t random_text(char *out, size_t longest)
{
    static const char *const letters[] = { "a", "b", "aa", "é", "\U0001F600", "Z", "0", "\x01" };
    size_t size = 0;

    for (uint64_t n = random_below(4); n > 0; n--) {
        const char *letter = letters[random_below(8)];

        memcpy(out + size, letter, strlen(letter));
        size += strlen(letter);
        if (random_below(20) == 0)
            out[size++] = '\0';
    }
    while (longest > 20 && random_below(3) && size + 12 < longest)
        size += (size_t)sprintf(out + size, "%010u", (unsigned)random_below(3));
    return size;
}

static void append_random(dk_builder *builder, dk_type type, unsigned width, size_t longest)
{
    int64_t whole = (int64_t)(width >= 64 ? random_u64() : random_below(UINT64_C(1) << width));
    char text[200];
    dk_error err = DK_ERROR_INIT;

    switch (type) {
    case DK_BOOLEAN: assert_ok(dk_builder_boolean(builder, whole & 1, &err), &err); return;
    case DK_REAL: {
        double value = random_below(5) == 0 ? (random_below(2) ? 0.0 : -0.0)
                                            : ldexp((double)(whole % 1000) - 500, (int)random_below(width) - 9);

        assert_ok(dk_builder_real(builder, value, &err), &err);
        return;
    }
    case DK_RATIO:
        assert_ok(dk_builder_ratio(builder, (dk_ratio){ whole % 20 - 10, 1 + (int64_t)random_below(6) }, &err),
                  &err);
        return;
    case DK_TEXT:
    case DK_CATEGORY:
        assert_ok(dk_builder_text(builder, (dk_text){ text, random_text(text, longest) }, &err), &err);
        return;
    case DK_DATE:
    case DK_PERIOD: whole = whole % 500; break;
    case DK_TIMESTAMP: whole = whole % 1000000000000; break;
    default: whole = width >= 64 ? whole : whole - ((int64_t)1 << width) / 2;
    }
    assert_ok(dk_builder_integer(builder, whole, &err), &err);
}

static void make_key_of(size_t k, size_t n_rows, dk_type type, unsigned width)
{
    uint64_t nulls = random_below(3) * 4; /* one in so many; 0: none */
    size_t longest = random_below(3) ? 20 : 150;
    dk_builder *builder;
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_new(context, type, scale_of(type), NULL, &builder, &err), &err);
    for (size_t i = 0; i < n_rows; i++)
        if (nulls && random_below(nulls) == 0)
            assert_ok(dk_builder_null(builder, 1, &err), &err);
        else
            append_random(builder, type, width, longest);
    assert_ok(dk_builder_finish(builder, &model.keys[k].column, &err), &err);
    dk_builder_release(builder);
    model.keys[k].descending = random_below(2);
    model.values[k] = malloc((n_rows + 1) * sizeof(dk_value));
    dk_view_init(&view, context);
    for (size_t i = 0; i < n_rows; i++)
        assert_ok(dk_column_get(model.keys[k].column, i, &model.values[k][i], &err), &err);
    dk_view_release(&view);
}

static void make_key(size_t k, size_t n_rows)
{
    make_key_of(k, n_rows, (dk_type)random_below(N_PLAIN_TYPES),
                random_below(4) == 0 ? 64 : 1 + (unsigned)random_below(12));
}

/* Keys that have few combinations of values. A category has some thousand levels, so that it takes many rows, and
 * may have too many all the same. */
static void make_narrow_model(size_t n_rows, size_t n_keys)
{
    static const dk_type types[] = { DK_CATEGORY, DK_BOOLEAN, DK_INTEGER, DK_DECIMAL, DK_DATE };

    model.n_rows = n_rows;
    model.n_keys = n_keys;
    for (size_t k = 0; k < n_keys; k++) {
        bool may_be_category = k == 0 && n_rows > 66000;

        make_key_of(k, n_rows, types[may_be_category ? random_below(3) : 1 + random_below(4)],
                    1 + (unsigned)random_below(3));
    }
}

static void make_model(size_t n_rows, size_t n_keys)
{
    model.n_rows = n_rows;
    model.n_keys = n_keys;
    for (size_t k = 0; k < n_keys; k++)
        make_key(k, n_rows);
}

static void drop_model(void)
{
    for (size_t k = 0; k < model.n_keys; k++) {
        dk_column_release(model.keys[k].column);
        free(model.values[k]);
    }
}

static void check_order(size_t n_group, uint64_t limit)
{
    size_t n = model.n_rows, n_right = limit < n ? (size_t)limit : n;
    uint64_t *rows = malloc((n + 1) * sizeof *rows), *expected = malloc((n + 1) * sizeof *expected);
    uint8_t *starts = malloc(n + 1);
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        expected[i] = i;
    qsort(expected, n, sizeof *expected, compare_rows);
    assert_ok(dki_order_rows(context, model.keys, model.n_keys, n_group, n, limit, rows, starts, &err), &err);
    for (size_t p = 0; p < n_right; p++) {
        if (rows[p] != expected[p])
            fail_msg("place %zu has row %llu, not %llu", p, (unsigned long long)rows[p],
                     (unsigned long long)expected[p]);
        assert_int_equal((starts[p] & DKI_STARTS_PEERS) != 0,
                         p == 0 || compare_keys(expected[p - 1], expected[p], model.n_keys) != 0);
        assert_int_equal((starts[p] & DKI_STARTS_GROUP) != 0,
                         p == 0 || compare_keys(expected[p - 1], expected[p], n_group) != 0);
    }
    memset(rows, 0, n * sizeof *rows);
    assert_ok(dki_order_rows(context, model.keys, model.n_keys, n_group, n, limit, rows, NULL, &err), &err);
    assert_memory_equal(rows, expected, n_right * sizeof *rows);
    free(rows);
    free(expected);
    free(starts);
}

static void random_keys_come_out_as_comparing_has_them(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(150); i++) {
        size_t n_keys = random_below(MOST_KEYS + 1);

        make_model(random_below(i % 5 ? 300 : 6000), n_keys);
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, i % 3 ? DK_BLOCK_ROWS : 1 + random_below(100));
        check_order(random_below(n_keys + 1), i % 4 ? UINT64_MAX : random_below(100));
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        drop_model();
    }
}

/* Ranges of the first word, and runs of rows that are alike in it, go to several threads. */
static void many_rows_come_out_as_comparing_has_them(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        make_model(140000, 1 + i % 3);
        dk_set_threads(1 + i % 2);
        check_order(i % 2, i == 3 ? 1000 : UINT64_MAX);
        drop_model();
    }
}

/* The key's column in order, made of counts alone, beside its values picked one by one. */
static void check_counted_columns(void)
{
    size_t n = model.n_rows;
    uint64_t *expected = malloc(n * sizeof *expected);
    dki_sort_counted *counted;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_sort_counted_new(context, model.keys, model.n_keys, 0, n, false, &counted, &err), &err);
    if (dk_column_type(model.keys[0].column) != DK_CATEGORY)
        assert_non_null(counted); /* else these keys would go by without being tested */
    if (counted == NULL) {
        free(expected);
        return;
    }
    for (size_t i = 0; i < n; i++)
        expected[i] = i;
    qsort(expected, n, sizeof *expected, compare_rows);
    for (size_t k = 0; k < model.n_keys; k++) {
        const dk_column *made;
        uint64_t n_nulls = 0;
        int64_t least, greatest;

        assert_ok(dki_sort_counted_column(counted, k, &made, &err), &err);
        assert_int_equal(dk_column_n_rows(made), n);
        for (size_t p = 0; p < n; p++) {
            const dk_value *value = &model.values[k][expected[p]];
            dk_value got;

            assert_ok(dk_column_get(made, p, &got, &err), &err);
            assert_int_equal(got.is_null, value->is_null);
            n_nulls += value->is_null;
            if (!value->is_null)
                assert_int_equal(dk_value_compare(&got, value), 0);
        }
        assert_int_equal(dk_column_n_nulls(made), n_nulls);
        if (dk_column_bounds(made, &least, &greatest)) {
            int64_t old_least, old_greatest;

            assert_true(dk_column_bounds(model.keys[k].column, &old_least, &old_greatest));
            assert_int_equal(least, old_least);
            assert_int_equal(greatest, old_greatest);
        }
        dk_column_release(made);
    }
    dki_sort_counted_drop(counted);
    free(expected);
}

static void check_first(uint64_t limit)
{
    size_t n = model.n_rows;
    uint64_t *rows = malloc(n * sizeof *rows), *expected = malloc(n * sizeof *expected);
    dk_error err = DK_ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        expected[i] = i;
    qsort(expected, n, sizeof *expected, compare_rows);
    assert_ok(dki_order_rows(context, model.keys, model.n_keys, 0, n, limit, rows, NULL, &err), &err);
    assert_memory_equal(rows, expected, (size_t)limit * sizeof *rows);
    free(rows);
    free(expected);
}

/* Each type of the first key, few and many ties, rows in order and against it, by more ranges than there are threads. */
static void the_first_rows_are_those_of_the_whole_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(4 * N_PLAIN_TYPES); i++) {
        size_t n_keys = 1 + random_below(2);
        size_t n_rows = i % 8 ? 500 + random_below(8000) : 150000;

        model.n_rows = n_rows;
        model.n_keys = n_keys;
        make_key_of(0, n_rows, (dk_type)(i % N_PLAIN_TYPES), random_below(3) ? 64 : 1 + (unsigned)random_below(12));
        if (n_keys > 1)
            make_key(1, n_rows);
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, i % 3 ? DK_BLOCK_ROWS : 100 + random_below(100));
        for (unsigned j = 0; j < 3; j++)
            check_first(1 + random_below(j ? 20 : n_rows / 16 - 1));
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        drop_model();
    }
}

static void narrow_keys_are_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < random_rounds(40); i++) {
        size_t n_keys = 1 + random_below(2);

        make_narrow_model(i % 8 ? 4096 + random_below(3000) : 66001 + random_below(100000), n_keys);
        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, i % 3 ? DK_BLOCK_ROWS : 50 + random_below(100));
        check_order(random_below(n_keys + 1), UINT64_MAX);
        check_counted_columns();
        dk_context_set_block_rows(context, DK_BLOCK_ROWS);
        drop_model();
    }
}

static dk_status count_columns(dk_error *err)
{
    dki_sort_counted *counted;
    dk_status status =
        dki_sort_counted_new(context, model.keys, model.n_keys, 0, model.n_rows, true, &counted, err);

    for (size_t k = 0; k < model.n_keys && status == DK_OK; k++) {
        const dk_column *made;

        status = dki_sort_counted_column(counted, k, &made, err);
        if (status == DK_OK)
            dk_column_release(made);
    }
    if (counted)
        dki_sort_counted_drop(counted);
    return status;
}

static dk_status order(uint64_t *rows, uint8_t *starts, dk_error *err)
{
    return dki_order_rows(context, model.keys, model.n_keys, 1, model.n_rows, UINT64_MAX, rows, starts, err);
}

static void failing_memory_and_interruption_are_statuses(void **state)
{
    static uint64_t rows[500];
    static uint8_t starts[500];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (unsigned i = 0; i < 20; i++) {
        make_model(500, MOST_KEYS);
        assert_survives_failing_memory(context, order(rows, starts, &err), &err, true, (void)0);
        dk_context_interrupt(context);
        assert_fails(order(rows, starts, &err), &err, DK_ERR_INTERRUPTED, "");
        dk_context_clear_interrupt(context);
        dk_context_set_budget(context, dk_context_used_bytes(context) + 2000);
        assert_fails(order(rows, starts, &err), &err, DK_ERR_MEMORY, "");
        dk_context_set_budget(context, 0);
        drop_model();
    }
}

static dk_status order_first(uint64_t *rows, dk_error *err)
{
    return dki_order_rows(context, model.keys, model.n_keys, 0, model.n_rows, 10, rows, NULL, err);
}

static void counting_survives_failing_memory_and_interruption(void **state)
{
    static uint64_t rows[2100];
    static uint8_t starts[2100];
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    for (unsigned i = 0; i < 10; i++) {
        make_narrow_model(2100, 1 + i % 2);
        assert_survives_failing_memory(context, order(rows, starts, &err), &err, true, (void)0);
        assert_survives_failing_memory(context, order_first(rows, &err), &err, true, (void)0);
        assert_survives_failing_memory(context, count_columns(&err), &err, true, (void)0);
        dk_context_interrupt(context);
        assert_fails(order(rows, starts, &err), &err, DK_ERR_INTERRUPTED, "");
        dk_context_clear_interrupt(context);
        drop_model();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_keys_come_out_as_comparing_has_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_come_out_as_comparing_has_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_rows_are_those_of_the_whole_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(narrow_keys_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counting_survives_failing_memory_and_interruption, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_memory_and_interruption_are_statuses, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
