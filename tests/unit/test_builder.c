/* test_builder.c - the storage that rows get, which values fit which column, and what is refused. */
#include "columns.h"

#include "base/calendar.h"
#include "data/builder.h"

#include "builders.h"

/* Storage ----------------------------------------------------------------------------------------------------------- */

static dk_storage storage_at(const dk_column *column, uint64_t at, bool *constant)
{
    dk_view view;
    dk_error err = DK_ERROR_INIT;
    dk_storage storage;

    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, at, 1, &view, &err), &err);
    storage = view.storage;
    *constant = view.constant;
    dk_view_release(&view);
    return storage;
}

static void expect_storage(int64_t a, int64_t b, dk_storage expected)
{
    dk_builder *builder = start(DK_INTEGER, 0, NULL);
    const dk_column *column;
    dk_value value;
    bool constant;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_integer(builder, a, &err), &err);
    assert_ok(dk_builder_null(builder, 1, &err), &err);
    assert_ok(dk_builder_integer(builder, b, &err), &err);
    column = finish(builder);
    assert_int_equal(storage_at(column, 0, &constant), expected);
    assert_false(constant);
    assert_ok(dk_column_get(column, 0, &value, &err), &err);
    assert_true(value.as.integer == a);
    assert_ok(dk_column_get(column, 2, &value, &err), &err);
    assert_true(value.as.integer == b);
    dk_column_release(column);
}

static void integers_are_stored_in_the_narrowest_width(void **state)
{
    (void)state;
    expect_storage(-128, 127, DK_STORE_I8);
    expect_storage(-129, 0, DK_STORE_I16);
    expect_storage(0, 128, DK_STORE_I16);
    expect_storage(-32768, 32767, DK_STORE_I16);
    expect_storage(1, 32768, DK_STORE_I32);
    expect_storage(-32769, 1, DK_STORE_I32);
    expect_storage(INT32_MIN, INT32_MAX, DK_STORE_I32);
    expect_storage(INT64_C(2147483648), 0, DK_STORE_I64);
    expect_storage(INT64_C(-2147483649), 0, DK_STORE_I64);
    expect_storage(INT64_MIN, INT64_MAX, DK_STORE_I64);
    expect_storage(INT64_C(1) << 40, INT64_C(1) << 40, DK_STORE_I64); /* the null is a 0 that bounds do not see */
}

static void codes_are_stored_in_the_narrowest_width(void **state)
{
    static const uint32_t counts[] = { 255, 256, 65535, 65536 };
    static const dk_storage expected[] = { DK_STORE_U8, DK_STORE_U16, DK_STORE_U16, DK_STORE_U32 };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        dk_builder *builder = start(DK_CATEGORY, 0, NULL);
        const dk_column *column;
        bool constant;

        for (uint32_t i = 0; i < counts[k]; i++) {
            char name[16];
            int size = sprintf(name, "%u", i);

            assert_ok(dk_builder_text(builder, (dk_text){ name, (size_t)size }, &err), &err);
        }
        column = finish(builder);
        assert_int_equal(storage_at(column, 0, &constant), expected[k]);
        assert_int_equal(dk_dictionary_n_levels(dk_column_levels(column)), counts[k]);
        assert_int_equal(dk_dictionary_find(dk_column_levels(column), (dk_text){ "7", 1 }), 8);
        dk_column_release(column);
    }
}

/* Three chunks of one column: each with what it needs, and no more memory than that. */
static void each_chunk_has_a_storage_of_its_own(void **state)
{
    dk_builder *builder = start(DK_INTEGER, 0, NULL);
    const dk_column *column;
    bool constant;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int64_t i = 0; i < DKI_CHUNK_ROWS; i++)
        assert_ok(dk_builder_integer(builder, i % 100, &err), &err);
    for (int64_t i = 0; i < DKI_CHUNK_ROWS; i++)
        assert_ok(dk_builder_integer(builder, INT64_C(1) << 40, &err), &err);
    for (int64_t i = 0; i < DKI_CHUNK_ROWS; i++)
        assert_ok(dk_builder_integer(builder, i, &err), &err);
    column = finish(builder);
    assert_int_equal(storage_at(column, 5, &constant), DK_STORE_I8);
    assert_false(constant);
    assert_int_equal(storage_at(column, DKI_CHUNK_ROWS, &constant), DK_STORE_I64);
    assert_true(constant);
    assert_int_equal(storage_at(column, 2 * DKI_CHUNK_ROWS, &constant), DK_STORE_I32);
    assert_in_range(dk_column_bytes(column), 5 * DKI_CHUNK_ROWS, 5 * DKI_CHUNK_ROWS + 2000);
    dk_column_release(column);
}

/* A builder holds the closed chunks, one open chunk in the widest form, and what it takes to grow that. */
static void memory_under_construction_is_bounded(void **state)
{
    dk_builder *builder = start(DK_INTEGER, 0, NULL);
    const dk_column *column;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_reset_peak(context);
    for (int64_t i = 0; i < 8 * DKI_CHUNK_ROWS; i++)
        assert_ok(dk_builder_integer(builder, i % 7, &err), &err);
    assert_true(dk_context_peak_bytes(context) < 8 * DKI_CHUNK_ROWS + 2 * 8 * DKI_CHUNK_ROWS);
    column = finish(builder);
    dk_column_release(column);
}

static void long_texts_end_a_chunk_early(void **state)
{
    enum { N = 70, SIZE = 1 << 20 };
    dk_builder *builder = start(DK_TEXT, 0, NULL);
    char *bytes = malloc(SIZE);
    const dk_column *column;
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_non_null(bytes);
    for (int i = 0; i < N; i++) {
        memset(bytes, 'a' + i % 26, SIZE);
        assert_ok(dk_builder_text(builder, (dk_text){ bytes, (size_t)SIZE }, &err), &err);
    }
    column = finish(builder);
    assert_int_equal(column->n_parts, 2);
    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, 60, 10, &view, &err), &err); /* across the end */
    for (int i = 0; i < 10; i++) {
        dk_text text = dki_view_text(&view, (size_t)i);

        memset(bytes, 'a' + (60 + i) % 26, SIZE);
        assert_int_equal(text.size, SIZE);
        assert_memory_equal(text.bytes, bytes, SIZE);
    }
    dk_view_release(&view);
    dk_column_release(column);
    free(bytes);
}

/* Values ------------------------------------------------------------------------------------------------------------ */

#define INTEGER(n) ((dk_value){ .type = DK_INTEGER, .as.integer = (n) })
#define DECIMAL(n, digits) ((dk_value){ .type = DK_DECIMAL, .scale = (digits), .as.integer = (n) })
#define REAL(x) ((dk_value){ .type = DK_REAL, .as.real = (x) })
#define RATIO(n, d) ((dk_value){ .type = DK_RATIO, .as.ratio = { (n), (d) } })

static void becomes(dk_value given, dk_type type, uint8_t scale, dk_value expected)
{
    dk_builder *builder = start(type, scale, NULL);
    const dk_column *column;
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_builder_value(builder, &given, &err), &err);
    column = finish(builder);
    assert_ok(dk_column_get(column, 0, &value, &err), &err);
    same_value(&value, &expected, 0);
    dk_column_release(column);
}

static void is_refused(dk_value given, dk_type type, uint8_t scale, dk_status code, const char *part)
{
    dk_builder *builder = start(type, scale, NULL);
    dk_error err = DK_ERROR_INIT;

    assert_fails(dk_builder_value(builder, &given, &err), &err, code, part);
    assert_int_equal(dk_builder_n_rows(builder), 0);
    dk_builder_release(builder);
}

static void numbers_that_fit_exactly_are_taken(void **state)
{
    (void)state;
    becomes(DECIMAL(1200, 2), DK_INTEGER, 0, INTEGER(12));
    becomes(INTEGER(12), DK_DECIMAL, 2, DECIMAL(1200, 2));
    becomes(DECIMAL(1230, 3), DK_DECIMAL, 2, DECIMAL(123, 2));
    becomes(REAL(3), DK_INTEGER, 0, INTEGER(3));
    becomes(REAL(0.07), DK_DECIMAL, 2, DECIMAL(7, 2)); /* a real enters as its shortest decimal */
    becomes(RATIO(3, 4), DK_DECIMAL, 2, DECIMAL(75, 2));
    becomes(RATIO(6, -3), DK_INTEGER, 0, INTEGER(-2));
    becomes(RATIO(6, 8), DK_RATIO, 0, RATIO(3, 4));
    becomes(DECIMAL(74, 2), DK_RATIO, 0, RATIO(37, 50));
    becomes(INTEGER(5), DK_RATIO, 0, RATIO(5, 1));
    becomes(RATIO(1, 4), DK_REAL, 0, REAL(0.25));
    becomes(DECIMAL(25, 2), DK_REAL, 0, REAL(0.25));
    becomes(INTEGER(INT64_C(1) << 60), DK_REAL, 0, REAL(0x1p60));
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    is_refused(DECIMAL(1250, 2), DK_INTEGER, 0, DK_ERR_RANGE,
               "12.50 does not fit exactly into a column of type integer");
    is_refused(INTEGER(INT64_MAX), DK_DECIMAL, 1, DK_ERR_RANGE, "9223372036854775807");
    is_refused(REAL(0.5), DK_INTEGER, 0, DK_ERR_RANGE, "0.5");
    is_refused(REAL(1e300), DK_INTEGER, 0, DK_ERR_RANGE, "1e300");
    is_refused(RATIO(1, 3), DK_DECIMAL, 18, DK_ERR_RANGE, "1/3");
    is_refused(RATIO(1, 3), DK_REAL, 0, DK_ERR_RANGE, "1/3");
    is_refused(DECIMAL(1, 1), DK_REAL, 0, DK_ERR_RANGE, "0.1");
    is_refused(INTEGER(INT64_C(9007199254740993)), DK_REAL, 0, DK_ERR_RANGE, "9007199254740993");
    is_refused(REAL(0.5), DK_RATIO, 0, DK_ERR_RANGE, "0.5");
    is_refused(RATIO(1, 0), DK_RATIO, 0, DK_ERR_RANGE, "1 / 0 is no ratio");
    is_refused(RATIO(1, 0), DK_INTEGER, 0, DK_ERR_RANGE, "1 / 0 is no ratio");
    is_refused(RATIO(INT64_MIN, -1), DK_RATIO, 0, DK_ERR_RANGE, "is no ratio");
    is_refused(DECIMAL(1, 19), DK_INTEGER, 0, DK_ERR_RANGE, "18 digits");
}

static void reals_are_finite_and_zero_has_no_sign(void **state)
{
    dk_builder *builder = start(DK_REAL, 0, NULL);
    const double reals[] = { -0.0, 1, (double)INFINITY };
    const dk_column *column;
    dk_value value;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_builder_real(builder, (double)NAN, &err), &err, DK_ERR_RANGE,
                 "a real is finite: nan cannot be stored");
    assert_fails(dk_builder_real(builder, -(double)INFINITY, &err), &err, DK_ERR_RANGE, "-inf");
    assert_fails(dki_builder_reals(builder, reals, NULL, 3, &err), &err, DK_ERR_RANGE, "inf");
    assert_int_equal(dk_builder_n_rows(builder), 0);
    is_refused(REAL((double)NAN), DK_INTEGER, 0, DK_ERR_RANGE, "nan");
    assert_ok(dk_builder_real(builder, -0.0, &err), &err);
    assert_ok(dki_builder_reals(builder, reals, NULL, 2, &err), &err);
    column = finish(builder);
    for (uint64_t i = 0; i < 2; i++) {
        assert_ok(dk_column_get(column, i, &value, &err), &err);
        assert_false(signbit(value.as.real));
    }
    dk_column_release(column);
}

static void periods_lie_in_the_years_1_to_9999(void **state)
{
    static const int64_t bounds[][2] = {
        [DK_YEAR] = { -1969, 8029 }, [DK_QUARTER] = { -7876, 32119 }, [DK_MONTH] = { -23628, 96359 }
    };
    static const dk_storage storages[] = { DK_STORE_I16, DK_STORE_I16, DK_STORE_I32 };
    int64_t far = INT64_MIN;
    dk_error err = DK_ERROR_INIT;
    dk_builder *builder = NULL;

    (void)state;
    for (uint8_t f = 0; f < DK_N_FREQUENCIES; f++) {
        dk_value value = { .type = DK_PERIOD, .scale = f };
        const dk_column *column;
        bool constant;

        builder = start(DK_PERIOD, f, NULL);
        assert_ok(dk_builder_integer(builder, bounds[f][0], &err), &err);
        value.as.integer = bounds[f][1];
        assert_ok(dk_builder_value(builder, &value, &err), &err);
        assert_fails(dk_builder_integer(builder, bounds[f][0] - 1, &err), &err, DK_ERR_RANGE,
                     "s from the first of 1970 is not in the years 1 to 9999");
        value.as.integer = bounds[f][1] + 1;
        assert_fails(dk_builder_value(builder, &value, &err), &err, DK_ERR_RANGE,
                     "s from the first of 1970 is not in the years 1 to 9999");
        assert_fails(dki_builder_integers(builder, &far, NULL, 1, &err), &err, DK_ERR_RANGE,
                     "s from the first of 1970 is not in the years 1 to 9999");
        value.as.integer = 0;
        value.scale = (uint8_t)((f + 1) % DK_N_FREQUENCIES);
        assert_fails(dk_builder_value(builder, &value, &err), &err, DK_ERR_TYPE, "cannot go into a column of type");
        value = (dk_value){ .type = DK_INTEGER };
        assert_fails(dk_builder_value(builder, &value, &err), &err, DK_ERR_TYPE, "integer");
        value.type = DK_DATE;
        assert_fails(dk_builder_value(builder, &value, &err), &err, DK_ERR_TYPE, "a value of type date");
        column = finish(builder);
        assert_int_equal(dk_column_n_rows(column), 2);
        assert_int_equal(dk_column_scale(column), f);
        assert_int_equal(storage_at(column, 0, &constant), storages[f]);
        dk_column_release(column);
    }
    builder = NULL;
    assert_fails(dk_builder_new(context, DK_PERIOD, DK_N_FREQUENCIES, NULL, &builder, &err), &err, DK_ERR_RANGE,
                 "a period is a year, a quarter or a month, and there is no frequency 3");
    assert_null(builder);
}

/* A view of another frequency is refused where it has a value; null is null. */
static void views_of_one_frequency_are_taken(void **state)
{
    dk_builder *months = start(DK_PERIOD, DK_MONTH, NULL), *quarters = start(DK_PERIOD, DK_QUARTER, NULL);
    const dk_column *column;
    dk_error err = DK_ERROR_INIT;
    dk_view view;

    (void)state;
    assert_ok(dk_builder_null(months, 1, &err), &err);
    assert_ok(dk_builder_integer(months, 650, &err), &err);
    column = finish(months);
    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, 0, 1, &view, &err), &err);
    assert_ok(dk_builder_view(quarters, &view, &err), &err);
    assert_ok(dk_column_view(column, 1, 1, &view, &err), &err);
    assert_fails(dk_builder_view(quarters, &view, &err), &err, DK_ERR_TYPE,
                 "a month cannot go into a column of type quarter");
    assert_int_equal(dk_builder_n_rows(quarters), 1);
    dk_view_release(&view);
    dk_column_release(column);
    dk_builder_release(quarters);
}

static void dates_lie_in_the_years_1_to_9999(void **state)
{
    int64_t first, last;
    dk_builder *dates = start(DK_DATE, 0, NULL), *times = start(DK_TIMESTAMP, 0, NULL);
    const dk_column *column;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_true(dki_date_make(1, 1, 1, &first));
    assert_true(dki_date_make(9999, 12, 31, &last));
    assert_ok(dk_builder_integer(dates, first, &err), &err);
    assert_ok(dk_builder_integer(dates, last, &err), &err);
    assert_fails(dk_builder_integer(dates, first - 1, &err), &err, DK_ERR_RANGE,
                 " days from 1970-01-01 is not in the years 1 to 9999");
    assert_fails(dk_builder_integer(dates, last + 1, &err), &err, DK_ERR_RANGE,
                 " days from 1970-01-01 is not in the years 1 to 9999");
    assert_fails(dk_builder_integer(dates, INT64_MIN, &err), &err, DK_ERR_RANGE,
                 " days from 1970-01-01 is not in the years 1 to 9999");
    assert_ok(dk_builder_integer(times, first * DKI_DAY_MICROSECONDS, &err), &err);
    assert_ok(dk_builder_integer(times, (last + 1) * DKI_DAY_MICROSECONDS - 1, &err), &err);
    assert_fails(dk_builder_integer(times, first * DKI_DAY_MICROSECONDS - 1, &err), &err, DK_ERR_RANGE,
                 " microseconds from 1970-01-01 is not in the years 1 to 9999");
    assert_fails(dk_builder_integer(times, (last + 1) * DKI_DAY_MICROSECONDS, &err), &err, DK_ERR_RANGE,
                 " microseconds from 1970-01-01 is not in the years 1 to 9999");
    first = INT64_MAX;
    assert_fails(dki_builder_integers(times, &first, NULL, 1, &err), &err, DK_ERR_RANGE,
                 " microseconds from 1970-01-01 is not in the years 1 to 9999");
    column = finish(dates);
    assert_int_equal(dk_column_n_rows(column), 2);
    dk_column_release(column);
    dk_builder_release(times);
}

static void another_type_is_refused(void **state)
{
    dk_value date = { .type = DK_DATE }, yes = { .type = DK_BOOLEAN },
             text = { .type = DK_TEXT, .as.text = { "x", 1 } };
    dk_value odd = { .type = (dk_type)77 };
    dk_builder *builder = start(DK_INTEGER, 0, NULL), *real = start(DK_REAL, 0, NULL);
    row *rows = random_rows(5, 5, 0);
    const dk_column *column = column_of(context, DK_REAL, 0, rows, 5);
    uint64_t bits[1] = { 0 };
    int64_t integers[1] = { 0 };
    double reals[1] = { 0 };
    uint32_t codes[1] = { 0 };
    dk_view view;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    is_refused(date, DK_TIMESTAMP, 0, DK_ERR_TYPE, "type date cannot go into a column of type timestamp");
    is_refused(yes, DK_INTEGER, 0, DK_ERR_TYPE, "boolean");
    is_refused(text, DK_BOOLEAN, 0, DK_ERR_TYPE, "text");
    is_refused(INTEGER(1), DK_TEXT, 0, DK_ERR_TYPE, "integer");
    is_refused(INTEGER(1), DK_DATE, 0, DK_ERR_TYPE, "integer");
    is_refused(odd, DK_TEXT, 0, DK_ERR_TYPE, "unknown");
    assert_fails(dk_builder_real(builder, 1, &err), &err, DK_ERR_TYPE,
                 "type real cannot go into a column of type integer");
    assert_fails(dk_builder_boolean(builder, true, &err), &err, DK_ERR_TYPE, "boolean");
    assert_fails(dk_builder_code(builder, 1, &err), &err, DK_ERR_TYPE, "category");
    assert_fails(dk_builder_ratio(builder, (dk_ratio){ 1, 2 }, &err), &err, DK_ERR_TYPE, "ratio");
    assert_fails(dk_builder_text(builder, (dk_text){ "x", 1 }, &err), &err, DK_ERR_TYPE, "text");
    assert_fails(dk_builder_integer(real, 1, &err), &err, DK_ERR_TYPE, "integer");
    assert_fails(dki_builder_bits(builder, bits, NULL, 1, &err), &err, DK_ERR_TYPE, "boolean");
    assert_fails(dki_builder_integers(real, integers, NULL, 1, &err), &err, DK_ERR_TYPE, "integer");
    assert_fails(dki_builder_reals(builder, reals, NULL, 1, &err), &err, DK_ERR_TYPE, "real");
    assert_fails(dki_builder_codes(builder, codes, 1, &err), &err, DK_ERR_TYPE, "category");
    dk_view_init(&view, context);
    assert_ok(dk_column_view(column, 0, 5, &view, &err), &err);
    assert_fails(dk_builder_view(builder, &view, &err), &err, DK_ERR_TYPE, "real");
    dk_view_release(&view);
    dk_builder_release(builder);
    dk_builder_release(real);
    builder = NULL;
    assert_fails(dk_builder_new(context, (dk_type)42, 0, NULL, &builder, &err), &err, DK_ERR_TYPE, "42");
    assert_fails(dk_builder_new(context, DK_DECIMAL, 19, NULL, &builder, &err), &err, DK_ERR_RANGE, "18");
    assert_null(builder);
    dk_column_release(column);
    free(rows);
}

static void stated_levels_refuse_others_and_offer_the_nearest(void **state)
{
    const char *const names[] = { "Wajong", "Participatiewet" };
    dk_dictionary *d = levels_of(names, 2, true);
    dk_builder *builder = start(DK_CATEGORY, 0, d);
    uint32_t codes[] = { 1, 2, 3 };
    const dk_column *column;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_builder_text(builder, (dk_text){ "wajing", 6 }, &err), &err, DK_ERR_RANGE,
                 "\"wajing\" is none of the 2 levels that were stated (did you mean \"Wajong\"?)");
    assert_non_null(strstr(err.hint, "\"Wajong\""));
    assert_fails(dk_builder_text(builder, (dk_text){ "Waj\xF6ng", 6 }, &err), &err, DK_ERR_ENCODING,
                 "a level is not UTF-8");
    assert_fails(dk_builder_code(builder, 3, &err), &err, DK_ERR_RANGE, "code 3 of 2 levels");
    assert_fails(dki_builder_codes(builder, codes, 3, &err), &err, DK_ERR_RANGE, "code 3 of 2 levels");
    assert_int_equal(dk_builder_n_rows(builder), 0);
    assert_ok(dk_builder_code(builder, 0, &err), &err);
    assert_ok(dki_builder_codes(builder, codes, 2, &err), &err);
    column = finish(builder);
    assert_int_equal(dk_column_n_nulls(column), 1);
    assert_true(dk_column_levels(column) == d);
    dk_column_release(column);
    dk_dictionary_release(d);
}

/* First come, first code; the order of levels is by code point all the same. */
static void collected_levels_are_ordered_by_code_point(void **state)
{
    dk_builder *builder = start(DK_CATEGORY, 0, NULL);
    const dk_dictionary *d;
    const dk_column *column;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_ok(dk_builder_text(builder, (dk_text){ "b", 1 }, &err), &err);
    assert_ok(dk_builder_text(builder, (dk_text){ "a", 1 }, &err), &err);
    assert_ok(dk_builder_text(builder, (dk_text){ "b", 1 }, &err), &err);
    column = finish(builder);
    d = dk_column_levels(column);
    assert_int_equal(dk_dictionary_find(d, (dk_text){ "b", 1 }), 1);
    assert_int_equal(dk_dictionary_rank(d, 1), 1);
    assert_int_equal(dk_dictionary_rank(d, 2), 0);
    assert_false(dk_dictionary_is_declared(d));
    dk_column_release(column);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    dk_builder *text = start(DK_TEXT, 0, NULL), *category = start(DK_CATEGORY, 0, NULL);
    dk_error err = DK_ERROR_INIT;

    (void)state;
    assert_fails(dk_builder_text(text, (dk_text){ "\xFF", 1 }, &err), &err, DK_ERR_ENCODING, "a text is not UTF-8");
    assert_fails(dk_builder_text(text, (dk_text){ "", ((size_t)1 << 31) + 1 }, &err), &err, DK_ERR_LIMIT,
                 "a text of 2147483649 bytes is longer than 2 GiB");
    assert_fails(dk_builder_text(category, (dk_text){ "\xC3", 1 }, &err), &err, DK_ERR_ENCODING,
                 "a level is not UTF-8");
    assert_int_equal(dk_builder_n_rows(text) + dk_builder_n_rows(category), 0);
    dk_builder_release(text);
    dk_builder_release(category);
    dk_builder_release(NULL);
}

static void an_empty_builder_makes_an_empty_column(void **state)
{
    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++) {
        const dk_column *column = finish(start((dk_type)type, 0, NULL));

        same_column(column, NULL, 0, 1);
        assert_true((dk_column_levels(column) != NULL) == (type == DK_CATEGORY));
        dk_column_release(column);
    }
}

/* Building as a whole, with every allocation failing in turn. */
static dk_status build(dk_type type, const row *rows, size_t n, const dk_column **out, dk_error *err)
{
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(context, type, scale_of(type), NULL, &builder, err);

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        char text[40];
        dk_value value = value_of(type, scale_of(type), rows[i], text);

        status = dk_builder_value(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_null(builder, DKI_CHUNK_ROWS, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

static void failing_memory_leaves_nothing(void **state)
{
    row *rows = random_rows(300, 20, 10);

    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++) {
        const dk_column *column = NULL;
        dk_error err = DK_ERROR_INIT;

        assert_survives_failing_memory(context, build((dk_type)type, rows, 300, &column, &err), &err,
                                       column == NULL, dk_column_release(column));
    }
    free(rows);
}

/* After a failed append the rows before it are there, and appending goes on. */
static void a_failed_append_loses_no_row(void **state)
{
    (void)state;
    for (int type = 0; type < DK_N_TYPES; type++) {
        size_t n = 2000;
        row *rows = random_rows(n, 10, 10);
        dk_builder *builder = start((dk_type)type, scale_of((dk_type)type), NULL);
        const dk_column *column;
        dk_error err = DK_ERROR_INIT;

        for (size_t i = 0; i < n; i++) {
            char text[40];
            dk_value value = value_of((dk_type)type, scale_of((dk_type)type), rows[i], text);
            dk_status status = DK_ERR_MEMORY;

            for (uint64_t nth = 1; status != DK_OK; nth++) {
                dk_context_fail_allocation(context, nth);
                status = dk_builder_value(builder, &value, &err);
                dk_context_fail_allocation(context, 0);
                assert_int_equal(dk_builder_n_rows(builder), i + (status == DK_OK));
            }
        }
        column = finish(builder);
        same_column(column, rows, n, 4096);
        dk_column_release(column);
        free(rows);
    }
}

static void a_budget_stops_building(void **state)
{
    dk_builder *builder = start(DK_INTEGER, 0, NULL);
    dk_status status = DK_OK;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_set_budget(context, 1 << 20);
    for (int64_t i = 0; status == DK_OK && i < 1000000; i++)
        status = dk_builder_integer(builder, i, &err);
    assert_int_equal(status, DK_ERR_MEMORY);
    assert_non_null(strstr(err.message, "budget"));
    dk_context_set_budget(context, 0);
    dk_builder_release(builder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers_are_stored_in_the_narrowest_width),
        TEST(codes_are_stored_in_the_narrowest_width),
        TEST(each_chunk_has_a_storage_of_its_own),
        TEST(memory_under_construction_is_bounded),
        TEST(long_texts_end_a_chunk_early),
        TEST(numbers_that_fit_exactly_are_taken),
        TEST(numbers_that_do_not_fit_are_refused),
        TEST(reals_are_finite_and_zero_has_no_sign),
        TEST(dates_lie_in_the_years_1_to_9999),
        TEST(periods_lie_in_the_years_1_to_9999),
        TEST(views_of_one_frequency_are_taken),
        TEST(another_type_is_refused),
        TEST(stated_levels_refuse_others_and_offer_the_nearest),
        TEST(collected_levels_are_ordered_by_code_point),
        TEST(text_that_is_not_utf8_is_refused),
        TEST(an_empty_builder_makes_an_empty_column),
        TEST(failing_memory_leaves_nothing),
        TEST(a_failed_append_loses_no_row),
        TEST(a_budget_stops_building),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
