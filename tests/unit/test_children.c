/* test_children.c - columns of columns: intervals, and ratios that know their numerators. */
#include "check.h"

#include <dekking/column.h>

#include "data/column_parts.h"

#include "with_context.h"

static dk_text text(const char *bytes)
{
    return (dk_text){ bytes, strlen(bytes) };
}

/* 120 (115..125), <5 (0..4), 7, unavailable, at least 3, impossible, and anything; again and again up to n rows. */
static dk_interval row_of(uint64_t row)
{
    switch (row % 7) {
    case 0: return (dk_interval){ .least = 115, .greatest = 125 };
    case 1: return (dk_interval){ .least = 0, .greatest = 4, .meaning = DK_MEANS_SUPPRESSED, .marker = text("<5") };
    case 2: return (dk_interval){ .least = 7, .greatest = 7 };
    case 3:
        return (dk_interval){
            .no_least = true, .no_greatest = true, .meaning = DK_MEANS_UNAVAILABLE, .marker = text("x")
        };
    case 4: return (dk_interval){ .least = 3, .no_greatest = true };
    case 5:
        return (dk_interval){
            .no_least = true, .no_greatest = true, .meaning = DK_MEANS_IMPOSSIBLE, .marker = text("-")
        };
    default: return (dk_interval){ .no_least = true, .no_greatest = true, .meaning = DK_MEANS_UNBOUNDED };
    }
}

static bool is_null(dk_interval value)
{
    return value.meaning == DK_MEANS_UNAVAILABLE || value.meaning == DK_MEANS_IMPOSSIBLE;
}

static dk_status make(uint64_t n, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(context, DK_INTERVAL, 0, NULL, &builder, err);

    for (uint64_t row = 0; row < n && status == DK_OK; row++) {
        dk_interval value = row_of(row);

        status = dk_builder_interval(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

static void assert_row(const dk_column *column, uint64_t at, uint64_t row)
{
    dk_interval expected = row_of(row);
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    assert_ok(dk_column_get(column, at, &value, &err), &err);
    assert_int_equal(value.type, DK_INTERVAL);
    assert_int_equal(value.is_null, is_null(expected));
    assert_int_equal(value.as.interval.no_least, expected.no_least);
    assert_int_equal(value.as.interval.no_greatest, expected.no_greatest);
    assert_int_equal(value.as.interval.least, expected.least);
    assert_int_equal(value.as.interval.greatest, expected.greatest);
    assert_int_equal(value.as.interval.meaning, expected.meaning);
    assert_int_equal(value.as.interval.marker.size, expected.marker.size);
    if (expected.marker.size > 0)
        assert_memory_equal(value.as.interval.marker.bytes, expected.marker.bytes, expected.marker.size);
}

static void an_interval_is_what_was_appended(void **state)
{
    dk_error err = DK_ERROR_INIT;
    const dk_column *column = NULL;
    uint64_t n = 2 * DK_BLOCK_ROWS + 17;
    dk_view view;

    (void)state;
    assert_ok(make(n, &column, &err), &err);
    assert_int_equal(dk_column_n_rows(column), n);
    assert_int_equal(dk_column_n_nulls(column), n / 7 * 2 + (n % 7 > 3) + (n % 7 > 5));
    for (uint64_t row = 0; row < n; row += 311)
        assert_row(column, row, row);
    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, DK_BLOCK_ROWS - 3, 6, &view, &err), &err);
    for (size_t i = 0; i < 6; i++) {
        dk_interval expected = row_of(DK_BLOCK_ROWS - 3 + i);
        dk_value value = dki_view_value(&view, i);

        assert_int_equal(value.is_null, is_null(expected));
        assert_int_equal(value.as.interval.greatest, expected.greatest);
    }
    dk_view_release(&view);
    dk_column_release(column);
}

static void rows_of_it_keep_bounds_and_markers(void **state)
{
    static const uint64_t rows[] = { 5, 1, DK_ROW_NULL, 70000, 4, 0 };
    dk_error err = DK_ERROR_INIT;
    const dk_column *column = NULL, *part = NULL, *picked = NULL, *both = NULL;
    dk_value value;

    (void)state;
    assert_ok(make(70001, &column, &err), &err);
    assert_ok(dk_column_slice(column, 65534, 5, &part, &err), &err);
    for (uint64_t i = 0; i < 5; i++)
        assert_row(part, i, 65534 + i);
    assert_ok(dk_column_gather(column, rows, 6, &picked, &err), &err);
    for (uint64_t i = 0; i < 6; i++)
        if (rows[i] != DK_ROW_NULL)
            assert_row(picked, i, rows[i]);
    assert_ok(dk_column_get(picked, 2, &value, &err), &err);
    assert_true(value.is_null);
    assert_int_equal(value.as.interval.meaning, DK_MEANS_NOTHING);
    assert_ok(
        dki_column_concat(context, DK_INTERVAL, 0, NULL, (const dk_column *[]){ part, picked }, 2, &both, &err),
        &err);
    assert_int_equal(dk_column_n_rows(both), 11);
    assert_row(both, 4, 65538);
    assert_row(both, 6, 1);
    dk_column_release(column);
    dk_column_release(part);
    dk_column_release(picked);
    dk_column_release(both);
}

static void what_is_no_interval_is_refused(void **state)
{
    dk_interval crossed = { .least = 3, .greatest = 2 }, withheld = row_of(1);
    dk_error err = DK_ERROR_INIT;
    dk_builder *builder = NULL;
    dk_value number = { .type = DK_DECIMAL, .scale = 1, .as.integer = 15 };

    (void)state;
    assert_ok(dk_builder_new(context, DK_INTERVAL, 0, NULL, &builder, &err), &err);
    assert_fails(dk_builder_interval(builder, &crossed, &err), &err, DK_ERR_RANGE,
                 "an interval has a least bound above its greatest");
    assert_ok(dk_builder_interval(builder, &withheld, &err), &err);
    assert_fails(dk_builder_value(builder, &number, &err), &err, DK_ERR_RANGE, "1.5 does not fit exactly");
    assert_fails(dk_builder_integer(builder, 3, &err), &err, DK_ERR_TYPE,
                 "cannot go into a column of type interval");
    number.as.integer = 20;
    assert_ok(dk_builder_value(builder, &number, &err), &err);
    assert_int_equal(dk_builder_n_rows(builder), 2);
    dk_builder_release(builder);
}

/* Of what two sources write alike, the second meaning stands behind the marker; where the markers are stated, they mean one thing. */
static void a_marker_with_two_meanings_tells_them_apart(void **state)
{
    dk_interval unknown = {
        .no_least = true, .no_greatest = true, .meaning = DK_MEANS_UNAVAILABLE, .marker = text(".")
    };
    dk_interval cannot = unknown, claimed = unknown;
    dk_error err = DK_ERROR_INIT;
    dk_dictionary *plain = NULL, *stated = NULL;
    dk_builder *builder = NULL;
    const dk_column *column = NULL, *both = NULL;
    static const char *const expected[] = { ".", ". (impossible)", ".", ". (impossible)" };
    dk_value value;

    (void)state;
    cannot.meaning = DK_MEANS_IMPOSSIBLE;
    assert_ok(dk_builder_new(context, DK_INTERVAL, 0, NULL, &builder, &err), &err);
    for (int i = 0; i < 2; i++) {
        assert_ok(dk_builder_interval(builder, &unknown, &err), &err);
        assert_ok(dk_builder_interval(builder, &cannot, &err), &err);
    }
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    assert_int_equal(dk_column_n_rows(column), 4);
    for (uint64_t row = 0; row < 4; row++) {
        assert_ok(dk_column_get(column, row, &value, &err), &err);
        assert_true(value.is_null);
        assert_int_equal(value.as.interval.meaning, row % 2 ? DK_MEANS_IMPOSSIBLE : DK_MEANS_UNAVAILABLE);
        assert_int_equal(value.as.interval.marker.size, strlen(expected[row]));
        assert_memory_equal(value.as.interval.marker.bytes, expected[row], strlen(expected[row]));
    }
    assert_ok(
        dki_column_concat(context, DK_INTERVAL, 0, NULL, (const dk_column *[]){ column, column }, 2, &both, &err),
        &err);
    assert_int_equal(dk_dictionary_n_levels(dk_column_levels(dk_column_child(both, DK_CHILD_MARKER))), 2);
    dk_column_release(column);
    dk_column_release(both);
    claimed.marker = text(". (impossible)");
    assert_ok(dk_builder_new(context, DK_INTERVAL, 0, NULL, &builder, &err), &err);
    assert_ok(dk_builder_interval(builder, &claimed, &err), &err);
    assert_ok(dk_builder_interval(builder, &unknown, &err), &err);
    assert_fails(dk_builder_interval(builder, &cannot, &err), &err, DK_ERR_RANGE,
                 "the marker \". (impossible)\" has one meaning in a column: unavailable, and now impossible");
    dk_builder_release(builder);
    assert_ok(dk_dictionary_new(context, (dk_text[]){ text(".") }, 1, true, &plain, &err), &err);
    assert_ok(dk_dictionary_with_labels(plain, (dk_text[]){ text("unavailable") }, &stated, &err), &err);
    assert_ok(dk_builder_new(context, DK_INTERVAL, 0, stated, &builder, &err), &err);
    assert_ok(dk_builder_interval(builder, &unknown, &err), &err);
    assert_fails(dk_builder_interval(builder, &cannot, &err), &err, DK_ERR_RANGE,
                 "the marker \".\" has one meaning in a column: unavailable, and now impossible");
    dk_builder_release(builder);
    dk_dictionary_release(plain);
    dk_dictionary_release(stated);
}

static const dk_column *integers(const int64_t *values, size_t n)
{
    dk_error err = DK_ERROR_INIT;
    const dk_column *column = NULL;
    dk_builder *builder = NULL;

    assert_ok(dk_builder_new(context, DK_INTEGER, 0, NULL, &builder, &err), &err);
    for (size_t i = 0; i < n; i++)
        assert_ok(values[i] == INT64_MIN ? dk_builder_null(builder, 1, &err)
                                         : dk_builder_integer(builder, values[i], &err),
                  &err);
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

static void bounds_become_an_interval(void **state)
{
    const dk_column *least = integers((int64_t[]){ 1, INT64_MIN, 5 }, 3);
    const dk_column *greatest = integers((int64_t[]){ 1, 9, 4 }, 3), *made = NULL, *short_one = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_interval_new(least, greatest, NULL, &made, &err), &err, DK_ERR_RANGE,
                 "row 3 has a least bound above its greatest");
    assert_ok(dk_column_slice(greatest, 0, 2, &short_one, &err), &err);
    assert_fails(dk_interval_new(least, short_one, NULL, &made, &err), &err, DK_ERR_LENGTH,
                 "the bounds and the markers of an interval have one length");
    assert_fails(dk_interval_new(least, least, least, &made, &err), &err, DK_ERR_TYPE,
                 "an interval has two bounds, both integers or decimals of one scale, and a category of markers");
    dk_column_release(short_one);
    dk_column_release(least);
    dk_column_release(greatest);
}

static void a_rate_knows_both_its_parts(void **state)
{
    static const uint64_t rows[] = { 3, 0 };
    const dk_column *known = integers((int64_t[]){ 5682, 0, INT64_MIN, 249 }, 4);
    const dk_column *all = integers((int64_t[]){ 7676, 0, 10, 336 }, 4), *rate = NULL, *picked = NULL;
    dk_error err = DK_ERROR_INIT;
    dk_value value;

    (void)state;
    assert_ok(dk_rate_new(known, all, &rate, &err), &err);
    assert_int_equal(dk_column_type(rate), DK_RATIO);
    assert_int_equal(dk_column_n_nulls(rate), 2);
    assert_ok(dk_column_get(rate, 0, &value, &err), &err);
    assert_int_equal(value.as.ratio.numerator, 2841);
    assert_int_equal(value.as.ratio.denominator, 3838);
    assert_ok(dk_column_gather(rate, rows, 2, &picked, &err), &err);
    assert_int_equal(dk_column_n_children(picked), 2);
    assert_ok(dk_column_get(dk_column_child(picked, DK_CHILD_DENOMINATOR), 1, &value, &err), &err);
    assert_int_equal(value.as.integer, 7676);
    dk_column_release(known);
    known = picked;
    picked = NULL;
    assert_fails(dk_rate_new(known, all, &picked, &err), &err, DK_ERR_TYPE,
                 "a rate has a numerator and a denominator, both integers or decimals");
    assert_fails(dk_rate_new(dk_column_child(known, DK_CHILD_NUMERATOR), all, &picked, &err), &err, DK_ERR_LENGTH,
                 "the numerators and the denominators of a rate are as many");
    assert_null(picked);
    dk_column_release(known);
    dk_column_release(all);
    dk_column_release(rate);
}

/* A value that says that it is null is, whatever its bounds are; many nulls are as one. */
static void nulls_are_null(void **state)
{
    dk_value null = { .type = DK_INTERVAL, .is_null = true };
    const dk_column *column = NULL;
    dk_builder *builder = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_new(context, DK_INTERVAL, 0, NULL, &builder, &err), &err);
    assert_ok(dk_builder_value(builder, &null, &err), &err);
    assert_ok(dk_builder_null(builder, 200000, &err), &err);
    assert_int_equal(dk_builder_n_rows(builder), 200001);
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    assert_int_equal(dk_column_n_nulls(column), 200001);
    dk_builder_release(builder);
    dk_column_release(column);
}

static void memory_may_fail_anywhere(void **state)
{
    const dk_column *column = NULL;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_survives_failing_memory(context, make(20, &column, &err), &err, column == NULL,
                                   dk_column_release(column));
}

static void values_are_written_and_compared(void **state)
{
    dk_value a = { .type = DK_INTERVAL, .scale = 1, .as.interval = { .least = 1150, .greatest = 1250 } };
    dk_value open = { .type = DK_INTERVAL, .scale = 1, .as.interval = { .least = 1150, .no_greatest = true } };
    char out[64];

    (void)state;
    assert_int_equal(dk_value_format(&a, out, sizeof out), 12);
    assert_string_equal(out, "115.0..125.0");
    (void)dk_value_format(&open, out, sizeof out);
    assert_string_equal(out, "115.0..");
    assert_int_equal(dk_value_compare(&a, &open), -1);
    assert_int_equal(dk_value_compare(&open, &open), 0);
    a.as.interval = (dk_interval){ .no_least = true, .greatest = 40 };
    (void)dk_value_format(&a, out, sizeof out);
    assert_string_equal(out, "..4.0");
    assert_int_equal(dk_value_compare(&open, &a), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_interval_is_what_was_appended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_it_keep_bounds_and_markers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_interval_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_marker_with_two_meanings_tells_them_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bounds_become_an_interval, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rate_knows_both_its_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_are_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_fail_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_written_and_compared, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
