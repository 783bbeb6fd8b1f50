/* test_vector.c - columns of every storage as vectors, constants, conversions. */
#include "columns.h"

#include "expr/bound.h"

#include "with_context.h"

static const dk_table *table_of(const dk_column *column)
{
    dk_field field = DK_FIELD("x", column);
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_table_new(context, &field, 1, dk_column_n_rows(column), &table, &err), &err);
    return table;
}

static const dk_column *eval(const dk_table *table, const char *text)
{
    const dk_expr *expr = NULL;
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_expr_parse(context, text, &expr, &err), &err);
    assert_ok(dk_table_eval(table, expr, NULL, &column, &err), &err);
    dk_expr_release(expr);
    return column;
}

/* Rows of every type and width, with and without nulls, in slices that begin anywhere: copied through an expression they are
 * the same rows. */
static void every_storage_is_read(void **state)
{
    static const size_t blocks[] = { 1, 63, DK_BLOCK_ROWS };

    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++)
        for (unsigned bits = 3; bits <= 60; bits += 19)
            for (unsigned nulls = 0; nulls <= 100; nulls += 50) {
                size_t n = 5000, from = random_below(900);
                row *rows = random_rows(n, bits, nulls);
                const dk_column *whole = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n);
                const dk_column *slice = NULL, *copy;
                const dk_table *table;
                dk_error err = DK_ERROR_INIT;

                assert_ok(dk_column_slice(whole, from, n - from, &slice, &err), &err);
                table = table_of(slice);
                dk_context_set_block_rows(context, blocks[(bits + nulls) % 3]);
                copy = eval(table, "case(true, x)");
                same_column(copy, rows + from, n - from, 1000);
                dk_column_release(copy);
                copy = eval(table, "coalesce(null, x)");
                same_column(copy, rows + from, n - from, 1000);
                dk_column_release(copy);
                dk_table_release(table);
                dk_column_release(slice);
                dk_column_release(whole);
                free(rows);
            }
}

/* A chunk that holds one value for all its rows, known or null. */
static void constant_chunks_are_spread(void **state)
{
    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++)
        for (int is_null = 0; is_null < 2; is_null++) {
            enum { N = 300 };
            row rows[N];
            const dk_column *column = NULL, *copy;
            const dk_table *table;
            char text[40];
            dk_value value;
            dk_error err = DK_ERROR_INIT;

            for (size_t i = 0; i < N; i++)
                rows[i] = (row){ is_null, 12345 };
            value = value_of((dk_type)type, scale_of((dk_type)type), rows[0], text);
            assert_ok(dki_column_constant(context, &value, NULL, N, &column, &err), &err);
            table = table_of(column);
            copy = eval(table, "case(true, x)");
            same_column(copy, rows, N, 100);
            dk_column_release(copy);
            copy = eval(table, "x is null");
            for (size_t i = 0; i < N; i++) {
                dk_value found;

                assert_ok(dk_column_get(copy, i, &found, &err), &err);
                assert_int_equal(found.as.boolean, is_null);
            }
            dk_column_release(copy);
            dk_table_release(table);
            dk_column_release(column);
        }
}

static void constants_fill_every_row(void **state)
{
    static const char *const texts[] = { "true", "5",         "0.25", "1e3", "1 / 3", "date '2024-12-31'",
                                         "'é'",  "bin(5, 3)", "null" };
    static const char *const shown[] = { "true", "5", "0.25", "1000.0", "1/3", "2024-12-31", "é", ">= 3", "null" };
    row *rows = random_rows(5000, 8, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 5000);
    const dk_table *table = table_of(column);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const dk_column *made = eval(table, texts[i]);

        assert_int_equal(dk_column_n_rows(made), 5000);
        for (uint64_t at = 0; at < 5000; at += 499) {
            dk_value value;
            char text[40];
            dk_error err = DK_ERROR_INIT;

            assert_ok(dk_column_get(made, at, &value, &err), &err);
            (void)dk_value_format(&value, text, sizeof text);
            assert_string_equal(text, shown[i]);
        }
        dk_column_release(made);
    }
    dk_table_release(table);
    dk_column_release(column);
    free(rows);
}

static void expect_conversion(dk_value from, dk_type type, uint8_t scale, const char *expected)
{
    dk_value to;
    char text[64];
    dk_error err = DK_ERROR_INIT;

    assert_ok(dki_value_convert(&from, type, scale, &to, &err), &err);
    assert_int_equal(to.type, type);
    assert_int_equal(to.scale, type == DK_DECIMAL ? scale : 0);
    assert_false(to.is_null);
    (void)dk_value_format(&to, text, sizeof text);
    assert_string_equal(text, expected);
}

static void numbers_are_converted_to_wider_ones(void **state)
{
    const dk_value integer = { .type = DK_INTEGER, .as.integer = -7 };
    const dk_value decimal = { .type = DK_DECIMAL, .scale = 2, .as.integer = 150 };
    const dk_value ratio = { .type = DK_RATIO, .as.ratio = { 1, 3 } };
    const dk_value large = { .type = DK_INTEGER, .as.integer = INT64_MAX };
    dk_value to;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    expect_conversion(integer, DK_INTEGER, 0, "-7");
    expect_conversion(integer, DK_DECIMAL, 3, "-7.000");
    expect_conversion(integer, DK_RATIO, 0, "-7/1");
    expect_conversion(integer, DK_REAL, 0, "-7.0");
    expect_conversion(decimal, DK_DECIMAL, 2, "1.50");
    expect_conversion(decimal, DK_DECIMAL, 4, "1.5000");
    expect_conversion(decimal, DK_RATIO, 0, "3/2");
    expect_conversion(decimal, DK_REAL, 0, "1.5");
    expect_conversion(ratio, DK_RATIO, 0, "1/3");
    expect_conversion(ratio, DK_REAL, 0, "0.3333333333333333");
    expect_conversion(large, DK_RATIO, 0, "9223372036854775807/1");
    expect_conversion(large, DK_REAL, 0, "9.223372036854776e18");
    assert_fails(dki_value_convert(&large, DK_DECIMAL, 1, &to, &err), &err, DK_ERR_OVERFLOW,
                 "9223372036854775807 does not fit with 1 digit after the point");
    assert_int_equal(dki_value_convert(&large, DK_DECIMAL, 1, &to, NULL), DK_ERR_OVERFLOW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_storage_is_read),
        TEST(constant_chunks_are_spread),
        TEST(constants_fill_every_row),
        TEST(numbers_are_converted_to_wider_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
