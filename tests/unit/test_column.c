/* test_column.c - what a column knows of its rows, slices that share chunks, single rows, other dictionaries. */
#include "columns.h"

#include "data/chunk.h"

#include "with_context.h"

static void a_slice_of_a_slice_shows_the_rows_and_knows_its_bounds(void **state)
{
    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        size_t n = DKI_CHUNK_ROWS + 3000;
        row *rows = random_rows(n, 12, 15);
        const dk_column *column = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n);
        dk_error err = DK_ERROR_INIT;

        for (unsigned k = 0; k < 6; k++) {
            uint64_t start = k < 3 ? random_below(n) : DKI_CHUNK_ROWS - random_below(3000);
            uint64_t length = 1 + random_below(n - start < 6000 ? n - start : 6000);
            uint64_t inner = random_below(length), inner_length = 1 + random_below(length - inner);
            const dk_column *slice = NULL, *second = NULL;

            assert_ok(dk_column_slice(column, start, length, &slice, &err), &err);
            same_column(slice, rows + start, length, 100 + (size_t)random_below(1000));
            assert_ok(dk_column_slice(slice, inner, inner_length, &second, &err), &err);
            dk_column_release(slice); /* the second stands on its own */
            same_column(second, rows + start + inner, inner_length, 4096);
            assert_true(dk_column_levels(second) == dk_column_levels(column));
            dk_column_release(second);
        }
        dk_column_release(column);
        free(rows);
    }
}

static void a_slice_copies_no_rows_and_keeps_the_chunk_alive(void **state)
{
    row *rows = random_rows(100000, 40, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 100000), *slice = NULL;
    size_t before = dk_context_used_bytes(context);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_column_slice(column, 1, 99998, &slice, &err), &err);
    assert_in_range(dk_context_used_bytes(context) - before, 1, 600);
    dk_column_release(column);
    same_column(slice, rows + 1, 99998, 4096);
    dk_column_release(slice);
    free(rows);
}

static void the_whole_is_the_column_itself_and_more_is_cut(void **state)
{
    row *rows = random_rows(10, 10, 50);
    const dk_column *column = column_of(context, DK_DATE, 0, rows, 10), *slice = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_column_slice(column, 0, UINT64_MAX, &slice, &err), &err);
    assert_true(slice == column);
    dk_column_release(slice);
    assert_ok(dk_column_slice(column, 7, UINT64_MAX, &slice, &err), &err);
    same_column(slice, rows + 7, 3, 10);
    dk_column_release(slice);
    assert_ok(dk_column_slice(column, 99, 5, &slice, &err), &err);
    same_column(slice, rows, 0, 10);
    dk_column_release(slice);
    dk_column_release(column);
    dk_column_release(NULL);
    free(rows);
}

static void bounds_are_of_known_integers_only(void **state)
{
    static const row rows[] = { { true, 0 }, { false, 12 }, { false, -3 }, { true, 0 } };
    static const row unknown[] = { { true, 0 }, { true, 0 } };
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 4);
    const dk_column *positive = column_of(context, DK_DECIMAL, 2, rows, 2);
    const dk_column *nothing = column_of(context, DK_DATE, 0, unknown, 2);
    const dk_column *real = column_of(context, DK_REAL, 0, rows, 4);
    int64_t least = 99, greatest = 99;

    (void)state;
    assert_true(dk_column_bounds(column, &least, &greatest));
    assert_true(least == -3 && greatest == 12);
    assert_true(dk_column_bounds(positive, &least, &greatest));
    assert_true(least == 12 && greatest == 12); /* the 0 under the null does not count */
    least = 99;
    assert_false(dk_column_bounds(nothing, &least, &greatest));
    assert_false(dk_column_bounds(real, &least, &greatest));
    assert_int_equal(least, 99);
    assert_int_equal(dk_column_n_nulls(column), 2);
    assert_int_equal(dk_column_scale(positive), 2);
    dk_column_release(column);
    dk_column_release(positive);
    dk_column_release(nothing);
    dk_column_release(real);
}

static void a_row_outside_is_refused(void **state)
{
    row *rows = random_rows(3, 10, 0);
    const dk_column *column = column_of(context, DK_TEXT, 0, rows, 3);
    dk_value value = { .type = DK_DATE };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_column_get(column, 3, &value, &err), &err, DK_ERR_RANGE, "row 4 of a column of 3 rows");
    assert_int_equal(value.type, DK_DATE);
    dk_column_release(column);
    free(rows);
}

static void bytes_count_chunks_once(void **state)
{
    row *rows = random_rows(100000, 40, 0);
    const dk_column *column = column_of(context, DK_INTEGER, 0, rows, 100000);

    (void)state;
    assert_in_range(dk_column_bytes(column), 800000, 801000);
    dk_column_release(column);
    free(rows);
}

/* A trillion equal rows cost what one costs. */
static void a_constant_column_of_any_length_is_one_row(void **state)
{
    uint64_t n = UINT64_C(1000000000000);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++)
        for (int is_null = 0; is_null < 2; is_null++) {
            row r = { is_null, 123 }, copies[200];
            char text[40];
            dk_value value = value_of((dk_type)type, scale_of((dk_type)type), r, text), actual;
            const dk_column *column = NULL, *slice = NULL;

            for (size_t i = 0; i < 200; i++)
                copies[i] = r;
            assert_ok(dki_column_constant(context, &value, NULL, n, &column, &err), &err);
            assert_int_equal(dk_column_n_rows(column), n);
            assert_int_equal(dk_column_n_nulls(column), is_null ? n : 0);
            assert_true(dk_column_bytes(column) < 1000);
            assert_ok(dk_column_get(column, n - 1, &actual, &err), &err);
            same_value(&actual, &value, n - 1);
            assert_ok(dk_column_slice(column, n / 3, 200, &slice, &err), &err);
            same_column(slice, copies, 200, 64);
            dk_column_release(slice);
            dk_column_release(column);
            assert_ok(dki_column_constant(context, &value, NULL, 0, &column, &err), &err);
            assert_int_equal(dk_column_n_rows(column), 0);
            dk_column_release(column);
        }
}

static void a_constant_of_stated_levels_keeps_them(void **state)
{
    const dk_text levels[] = { { "nee", 3 }, { "ja", 2 } };
    dk_dictionary *d = NULL;
    dk_value yes = { .type = DK_CATEGORY, .as.text = { "ja", 2 } },
             other = { .type = DK_CATEGORY, .as.text = { "j", 1 } };
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_dictionary_new(context, levels, 2, true, &d, &err), &err);
    assert_ok(dki_column_constant(context, &yes, d, 5, &column, &err), &err);
    assert_true(dk_column_levels(column) == d);
    dk_column_release(column);
    column = NULL;
    assert_fails(dki_column_constant(context, &other, d, 5, &column, &err), &err, DK_ERR_RANGE, "\"j\" is none of");
    assert_fails(dki_column_constant(context, &yes, d, UINT64_MAX, &column, &err), &err, DK_ERR_LIMIT, "rows");
    assert_null(column);
    dk_dictionary_release(d);
}

static void other_levels_leave_the_rows(void **state)
{
    row *rows = random_rows(500, 8, 10);
    const dk_column *column = column_of(context, DK_CATEGORY, 0, rows, 500), *other = NULL;
    const dk_text more[] = { { "Rozendaal", 9 } };
    dk_dictionary *longer = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dki_dictionary_extend(dk_column_levels(column), more, 1, &longer, &err), &err);
    assert_survives_failing_memory(context, dki_column_with_levels(column, longer, &other, &err), &err,
                                   other == NULL, (void)0);
    dk_column_release(column);
    assert_true(dk_column_levels(other) == longer);
    dk_dictionary_release(longer);
    same_column(other, rows, 500, 100);
    assert_true(dk_dictionary_find(dk_column_levels(other), more[0]) > 0);
    dk_column_release(other);
    free(rows);
}

static void failing_memory_leaves_nothing(void **state)
{
    row *rows = random_rows(100, 8, 10);
    const dk_column *column = column_of(context, DK_TEXT, 0, rows, 100), *slice = NULL, *constant = NULL;
    dk_value value = { .type = DK_CATEGORY, .as.text = { "x", 1 } };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, dk_column_slice(column, 3, 50, &slice, &err), &err, slice == NULL,
                                   dk_column_release(slice));
    assert_survives_failing_memory(context, dki_column_constant(context, &value, NULL, 9, &constant, &err), &err,
                                   constant == NULL, dk_column_release(constant));
    dk_column_release(column);
    free(rows);
}

static dk_status join(const dk_column *const *pieces, size_t n, const dk_column **out, dk_error *err)
{
    return dki_column_concat(context, dk_column_type(pieces[0]), dk_column_scale(pieces[0]),
                             dk_column_levels(pieces[0]), pieces, n, out, err);
}

static void columns_below_one_another_share_their_rows(void **state)
{
    (void)state;
    for (int type = 0; type < N_PLAIN_TYPES; type++) {
        size_t n = 5000;
        row *rows = random_rows(n, 12, 15);
        const dk_column *whole = column_of(context, (dk_type)type, scale_of((dk_type)type), rows, n);
        const dk_column *pieces[4] = { NULL }, *joined = NULL;
        static const uint64_t starts[] = { 0, 1, 4096, 5000, 5000 }; /* the last piece has no rows */
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < 4; i++)
            assert_ok(dk_column_slice(whole, starts[i], starts[i + 1] - starts[i], &pieces[i], &err), &err);
        assert_survives_failing_memory(context, join(pieces, 4, &joined, &err), &err, joined == NULL, (void)0);
        same_column(joined, rows, n, 700);
        assert_int_equal(dk_column_n_nulls(joined), dk_column_n_nulls(whole));
        assert_ptr_equal(dk_column_levels(joined), dk_column_levels(whole));
        for (size_t i = 0; i < 4; i++)
            dk_column_release(pieces[i]);
        dk_column_release(whole);
        same_column(joined, rows, n, 4096); /* what is shared stays */
        dk_column_release(joined);
        free(rows);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_slice_of_a_slice_shows_the_rows_and_knows_its_bounds),
        TEST(a_slice_copies_no_rows_and_keeps_the_chunk_alive),
        TEST(the_whole_is_the_column_itself_and_more_is_cut),
        TEST(bounds_are_of_known_integers_only),
        TEST(a_row_outside_is_refused),
        TEST(columns_below_one_another_share_their_rows),
        TEST(bytes_count_chunks_once),
        TEST(a_constant_column_of_any_length_is_one_row),
        TEST(a_constant_of_stated_levels_keeps_them),
        TEST(other_levels_leave_the_rows),
        TEST(failing_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
