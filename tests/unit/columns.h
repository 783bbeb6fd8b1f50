/* columns.h - a naive model of a column, plain arrays of rows, and comparing a column with it.
 *
 * A row is null or a seed; what value a seed stands for depends on the type alone, and is written here in the plainest
 * way. Tests build a column from rows, do something to both, and compare every row by every way there is to read it.
 */
#ifndef TESTS_UNIT_COLUMNS_H
#define TESTS_UNIT_COLUMNS_H

#include "check.h"

#include <dekking/column.h>
#include <stdlib.h>

#include "data/column_parts.h"
#include "random.h"

/* Types whose columns are made of chunks; those of intervals are made of columns. */
#define N_PLAIN_TYPES DK_INTERVAL

typedef struct row {
    bool is_null;
    int64_t seed;
} row;

static inline int64_t greatest_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* Bounds that are a number, two, or open; with a marker now and then. */
static inline dk_interval interval_of(int64_t seed)
{
    dk_interval made = { .least = seed, .greatest = seed + (seed % 3 == 0 ? 0 : 5), .marker = { "", 0 } };

    if (seed % 7 == 0)
        made.no_greatest = true;
    else if (seed % 7 == 1)
        made.no_least = true;
    if (made.no_greatest)
        made.greatest = 0;
    if (made.no_least)
        made.least = 0;
    if (seed % 11 == 0) {
        made.meaning = DK_MEANS_SUPPRESSED;
        made.marker = (dk_text){ "x", 1 };
    }
    return made;
}

/* The value that a row stands for; text lives in the caller's buffer. */
static inline dk_value value_of(dk_type type, uint8_t scale, row r, char text[40])
{
    dk_value value = { .type = type, .scale = scale, .is_null = r.is_null };

    if (r.is_null)
        return value;
    switch (type) {
    case DK_BOOLEAN: value.as.boolean = r.seed & 1; break;
    case DK_REAL: value.as.real = (double)(r.seed % 1000000) / 8; break;
    case DK_RATIO: {
        int64_t numerator = r.seed % 1000000, divisor = greatest_divisor(numerator, 12);

        value.as.ratio = (dk_ratio){ numerator / divisor, 12 / divisor };
        break;
    }
    case DK_DATE: value.as.integer = r.seed % 700000; break;
    case DK_TIMESTAMP: value.as.integer = r.seed % 60000000000000000; break;
    case DK_PERIOD: value.as.integer = r.seed % 20000; break;
    case DK_CATEGORY:
    case DK_TEXT:
        value.as.text.bytes = text;
        value.as.text.size = (size_t)sprintf(text, "%lld", (long long)r.seed);
        if (r.seed % 10 == 0)
            value.as.text.size = 0; /* an empty text is known */
        break;
    case DK_INTERVAL: value.as.interval = interval_of(r.seed); break;
    default: value.as.integer = r.seed;
    }
    return value;
}

static inline bool holds_integer(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL || type == DK_DATE || type == DK_TIMESTAMP || type == DK_PERIOD;
}

static inline void same_value(const dk_value *actual, const dk_value *expected, uint64_t i)
{
    char a[80], e[80];

    if (actual->type == expected->type && actual->scale == expected->scale &&
        actual->is_null == expected->is_null && (actual->is_null || dk_value_compare(actual, expected) == 0) &&
        (actual->type != DK_INTERVAL || actual->is_null ||
         (actual->as.interval.meaning == expected->as.interval.meaning &&
          actual->as.interval.marker.size == expected->as.interval.marker.size)))
        return;
    dk_value_format(actual, a, sizeof a);
    dk_value_format(expected, e, sizeof e);
    fail_msg("row %llu is %s %s, not %s %s", (unsigned long long)i, dk_type_name(actual->type), a,
             dk_type_name(expected->type), e);
}

/* Seeds below 2^bits, of both signs, and n_nulls in a hundred null rows. */
static inline row *random_rows(size_t n, unsigned bits, unsigned nulls_in_hundred)
{
    row *rows = malloc((n + 1) * sizeof *rows);

    assert_non_null(rows);
    for (size_t i = 0; i < n; i++) {
        rows[i].is_null = random_below(100) < nulls_in_hundred;
        rows[i].seed = (int64_t)(random_u64() >> (64 - bits));
        if (random_u64() & 1)
            rows[i].seed = -rows[i].seed;
    }
    return rows;
}

/* A column of those rows, appended one by one; a category has these levels (NULL: its own). */
static inline const dk_column *column_over(dk_context *context, dk_type type, uint8_t scale,
                                           const dk_dictionary *levels, const row *rows, size_t n)
{
    dk_error err = DK_ERROR_INIT;
    dk_builder *builder = NULL;
    const dk_column *column = NULL;
    char text[40];

    assert_ok(dk_builder_new(context, type, scale, levels, &builder, &err), &err);
    for (size_t i = 0; i < n; i++) {
        dk_value value = value_of(type, scale, rows[i], text);

        assert_ok(dk_builder_value(builder, &value, &err), &err);
    }
    assert_int_equal(dk_builder_n_rows(builder), n);
    assert_ok(dk_builder_finish(builder, &column, &err), &err);
    dk_builder_release(builder);
    return column;
}

static inline const dk_column *column_of(dk_context *context, dk_type type, uint8_t scale, const row *rows,
                                         size_t n)
{
    return column_over(context, type, scale, NULL, rows, n);
}

/* What a view shows of its row i, read from its raw memory as column.h describes it. */
static inline void same_row(const dk_view *view, size_t i, const dk_value *expected, uint64_t row_number)
{
    size_t at = view->constant ? 0 : i;
    bool known = view->valid == NULL || (view->valid[at / 64] >> at % 64 & 1);
    int64_t integer = 0;
    dk_value value;

    switch (view->storage) {
    case DK_STORE_BITS: integer = ((const uint64_t *)view->values)[at / 64] >> at % 64 & 1; break;
    case DK_STORE_I8: integer = ((const int8_t *)view->values)[at]; break;
    case DK_STORE_I16: integer = ((const int16_t *)view->values)[at]; break;
    case DK_STORE_I32: integer = ((const int32_t *)view->values)[at]; break;
    case DK_STORE_I64: integer = ((const int64_t *)view->values)[at]; break;
    case DK_STORE_U8: integer = ((const uint8_t *)view->values)[at]; break;
    case DK_STORE_U16: integer = ((const uint16_t *)view->values)[at]; break;
    case DK_STORE_U32: integer = ((const uint32_t *)view->values)[at]; break;
    case DK_STORE_F64: assert_true(known || ((const double *)view->values)[at] == 0); break;
    case DK_STORE_RATIO:
        assert_true(known || (((const dk_ratio *)view->values)[at].numerator == 0 &&
                              ((const dk_ratio *)view->values)[at].denominator == 1));
        break;
    case DK_STORE_TEXT:
        assert_true(known || ((const uint32_t *)view->values)[at] == ((const uint32_t *)view->values)[at + 1]);
        break;
    case DK_STORE_INTERVAL: break; /* same_value looks at all of it */
    }
    if (view->type == DK_CATEGORY) {
        assert_null(view->valid);
        known = integer != 0;
    }
    if (known == expected->is_null)
        fail_msg("row %llu is %s", (unsigned long long)row_number, known ? "known" : "null");
    assert_true(dki_view_is_null(view, i) == expected->is_null);
    if (!known)
        assert_int_equal(integer, 0);
    value = dki_view_value(view, i);
    same_value(&value, expected, row_number);
    if (known && holds_integer(view->type))
        assert_true(integer == expected->as.integer);
}

/* Looks at rows first .. first + n - 1 of the column through one view. */
static inline void same_view(const dk_column *column, const row *rows, uint64_t first, size_t n, dk_view *view)
{
    dk_error err = DK_ERROR_INIT;
    char text[40];
    static int64_t integers[DK_BLOCK_ROWS];
    static uint32_t codes[DK_BLOCK_ROWS];

    assert_ok(dk_column_view(column, first, n, view, &err), &err);
    assert_int_equal(view->n, n);
    assert_int_equal(view->type, dk_column_type(column));
    if (holds_integer(view->type) || view->type == DK_BOOLEAN)
        dki_view_integers(view, integers);
    if (view->type == DK_CATEGORY)
        dki_view_codes(view, codes);
    for (size_t i = 0; i < n; i++) {
        dk_value expected = value_of(view->type, view->scale, rows[first + i], text);

        same_row(view, i, &expected, first + i);
        if (holds_integer(view->type))
            assert_true(integers[i] == (expected.is_null ? 0 : expected.as.integer));
        if (view->type == DK_BOOLEAN)
            assert_true(integers[i] == (!expected.is_null && expected.as.boolean));
        if (view->type == DK_CATEGORY) {
            dk_text level = expected.is_null ? (dk_text){ "", 0 } : expected.as.text;
            dk_text shown = dki_view_text(view, i);

            assert_true((codes[i] == 0) == expected.is_null);
            assert_true(shown.size == level.size && memcmp(shown.bytes, level.bytes, level.size) == 0);
        }
    }
}

/* Compares all that a column knows with the rows: length, nulls, bounds, and every row through views of block_rows. */
static inline void same_column(const dk_column *column, const row *rows, uint64_t n, size_t block_rows)
{
    dk_type type = dk_column_type(column);
    uint64_t n_nulls = 0;
    int64_t least = INT64_MAX, greatest = INT64_MIN, low = 1, high = 1;
    bool any = false;
    char text[40];
    dk_view view;

    assert_int_equal(dk_column_n_rows(column), n);
    for (uint64_t i = 0; i < n; i++) {
        dk_value value = value_of(type, dk_column_scale(column), rows[i], text);

        n_nulls += value.is_null;
        if (!value.is_null && holds_integer(type)) {
            any = true;
            least = value.as.integer < least ? value.as.integer : least;
            greatest = value.as.integer > greatest ? value.as.integer : greatest;
        }
    }
    assert_int_equal(dk_column_n_nulls(column), n_nulls);
    if (type != DK_INTERVAL)
        assert_true(dk_column_bounds(column, &low, &high) == any);
    if (any)
        assert_true(low == least && high == greatest);
    dk_view_init(&view, dk_column_context(column));
    for (uint64_t first = 0; first < n; first += block_rows)
        same_view(column, rows, first, n - first < block_rows ? (size_t)(n - first) : block_rows, &view);
    dk_view_release(&view);
    for (unsigned k = 0; k < 20 && n > 0; k++) {
        uint64_t i = random_below(n);
        dk_value actual, expected = value_of(type, dk_column_scale(column), rows[i], text);
        dk_error err = DK_ERROR_INIT;

        assert_ok(dk_column_get(column, i, &actual, &err), &err);
        same_value(&actual, &expected, i);
    }
}

/* The scale that tests give to columns of a type. */
static inline uint8_t scale_of(dk_type type)
{
    return type == DK_DECIMAL || type == DK_PERIOD ? 2 : 0; /* hundredths, months */
}

#endif
