/* column.h - a column: a logical type over chunks, read in blocks through views.
 *
 * A column is immutable and reference-counted. It is a row of chunks, each with a storage of its own (the
 * narrowest width that holds it, a constant, codes of a dictionary), so that nobody ever sees an array of the whole
 * column: a reader asks for a view of at most DK_BLOCK_ROWS rows. A view points into the chunk where it can and
 * gathers into scratch memory of its own where it must (rows from two chunks, a bitmap that starts within a word).
 *
 * storage     values                              type
 * BITS        uint64_t words, bit i = row i       boolean
 * I8 .. I64   signed integers                     integer, decimal (scaled), date, timestamp, period
 * F64         double                              real
 * RATIO       dk_ratio                            ratio
 * U8 .. U32   codes, 0 is null                    category
 * TEXT        uint32_t[n + 1] offsets into bytes  text
 * INTERVAL    dk_interval, put together           interval
 *
 * valid is a bitmap, bit i = row i is known, NULL only where no row of the view is null; always NULL for category, whose
 * null is code 0. Where a row is null, its value is 0 (an empty text, 0/1 for ratio; an interval may have a meaning and a marker).
 * Bits past n are unspecified.
 * Bit i of a bitmap is bit i % 64 of word i / 64; view bitmaps start at bit 0 of word 0.
 */
#ifndef DEKKING_COLUMN_H
#define DEKKING_COLUMN_H

#include <dekking/dictionary.h>

#define DK_BLOCK_ROWS 4096
#define DK_BLOCK_WORDS (DK_BLOCK_ROWS / 64)

typedef struct dk_column dk_column;

typedef enum dk_storage {
    DK_STORE_BITS,
    DK_STORE_I8,
    DK_STORE_I16,
    DK_STORE_I32,
    DK_STORE_I64,
    DK_STORE_F64,
    DK_STORE_RATIO,
    DK_STORE_U8,
    DK_STORE_U16,
    DK_STORE_U32,
    DK_STORE_TEXT,
    DK_STORE_INTERVAL
} dk_storage;

typedef struct dk_view {
    dk_type type;
    dk_storage storage;
    uint8_t scale; /* decimal; of a period its dk_frequency */
    bool constant; /* values[0] (and bit 0 of valid, where there is one) stand for all n rows */
    size_t n;
    const void *values;
    const uint64_t *valid;
    const char *bytes;           /* text: what the offsets point into */
    const dk_dictionary *levels; /* category: borrowed from the column */
    dk_context *context;         /* set by dk_view_init; borrowed */
    void *scratch;               /* owned; reused from call to call */
    size_t scratch_bytes;
    const void *held; /* what keeps values of a snapshot in memory; owned */
} dk_view;

/* One reference more, or less: the last one frees the column. */
DK_API const dk_column *dk_column_retain(const dk_column *column);
DK_API void dk_column_release(const dk_column *column); /* NULL does nothing */

/* What a column is; the context is borrowed. */
DK_API dk_context *dk_column_context(const dk_column *column);
DK_API dk_type dk_column_type(const dk_column *column);
DK_API uint8_t dk_column_scale(const dk_column *column); /* decimal; of a period its dk_frequency; else 0 */
DK_API const dk_dictionary *dk_column_levels(const dk_column *column); /* category; else NULL; borrowed */
DK_API uint64_t dk_column_n_rows(const dk_column *column);
DK_API uint64_t dk_column_n_nulls(const dk_column *column);
/* Least and greatest known value of an integer, decimal (scaled), date, timestamp or period column, as stored. Returns
 * false for other types and where nothing is known. */
DK_API bool dk_column_bounds(const dk_column *column, int64_t *least, int64_t *greatest);
/* Heap bytes that the column's chunks hold, or would hold if all of a snapshot's stood in memory; a dictionary counts in
 * full for each column that uses it. */
DK_API size_t dk_column_bytes(const dk_column *column);

/* Prepares a view before its first use; dk_view_release frees its scratch memory and may be called twice. */
DK_API void dk_view_init(dk_view *view, dk_context *context);
DK_API void dk_view_release(dk_view *view);
/* Makes view show rows row .. row + n - 1 (n in 1 .. DK_BLOCK_ROWS, inside the column). What it shows stays valid
 * until the next call with this view or the column's release. Errors: DK_ERR_RANGE, DK_ERR_MEMORY; of a snapshot
 * (snapshot.h) also DK_ERR_IO, DK_ERR_DATA. */
DK_API DK_MUST_USE dk_status dk_column_view(const dk_column *column, uint64_t row, size_t n, dk_view *view,
                                            dk_error *err);

/* One row as a value; a text points into the column. Slow: for edges of the program, never for loops over rows. */
DK_API DK_MUST_USE dk_status dk_column_get(const dk_column *column, uint64_t row, dk_value *out, dk_error *err);

/* Rows start .. start + n - 1, as far as they exist, as a column that shares the chunks. */
DK_API DK_MUST_USE dk_status dk_column_slice(const dk_column *column, uint64_t start, uint64_t n,
                                             const dk_column **out, dk_error *err);
#define DK_ROW_NULL UINT64_MAX
/* The rows whose numbers stand in rows[0 .. n-1], in that order; DK_ROW_NULL makes a null row. */
DK_API DK_MUST_USE dk_status dk_column_gather(const dk_column *column, const uint64_t *rows, uint64_t n,
                                              const dk_column **out, dk_error *err);

/* Columns of columns. ---------------------------------------------------------------------------------------------
 *
 * An interval is three columns of its length, its children: least and greatest (integer where its scale is 0, else decimal
 * of its scale; null on a side that is open), and marker (category: how the source writes the value, with the name of its
 * meaning as label; null: it stands for itself). A row is null where neither bound is known, unless its meaning is that there
 * is a number all the same (DK_MEANS_UNBOUNDED, whose marker may be empty). Who computes with bounds takes the children,
 * which are ordinary columns.
 *
 * A ratio may have two: numerator and denominator, integers or decimals, of which it is the quotient; it is null where one
 * of them is, or the denominator is 0. Then it is a rate: it can be added up by adding up both. A third one, a text, makes it
 * the share of a whole, and says what that is per ("" of all): shares of one whole have one denominator, and add up as they
 * are. */
#define DK_MOST_CHILDREN 3
enum { DK_CHILD_LEAST, DK_CHILD_GREATEST, DK_CHILD_MARKER };
enum { DK_CHILD_NUMERATOR, DK_CHILD_DENOMINATOR, DK_CHILD_WHOLE };

DK_API size_t dk_column_n_children(const dk_column *column); /* 0: it has none */
/* Child i; borrowed. */
DK_API const dk_column *dk_column_child(const dk_column *column, size_t i);
/* A ratio that can be added up by adding up its children; not so a share of a whole. */
DK_API bool dk_column_is_rate(const dk_column *column);
/* marker may be NULL: no value has one. Errors: DK_ERR_TYPE, DK_ERR_LENGTH; DK_ERR_RANGE where a least bound is above the
 * greatest, with the row; DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_interval_new(const dk_column *least, const dk_column *greatest,
                                             const dk_column *marker, const dk_column **out, dk_error *err);
/* The ratios of two columns as a rate; null where either is, or the denominator is 0. Errors: DK_ERR_TYPE, DK_ERR_LENGTH,
 * DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
DK_API DK_MUST_USE dk_status dk_rate_new(const dk_column *numerator, const dk_column *denominator,
                                         const dk_column **out, dk_error *err);

/* Builders. One builder makes one column by appending; a row that was appended stays. ---------------------------- */

typedef struct dk_builder dk_builder;

/* scale is for decimal and (a dk_frequency) for period, levels for category (retained; NULL: levels are collected as they
 * come, and are ordered by code point in the end). Of an interval levels are the markers, with their meanings as labels. */
DK_API DK_MUST_USE dk_status dk_builder_new(dk_context *context, dk_type type, uint8_t scale,
                                            const dk_dictionary *levels, dk_builder **out, dk_error *err);
DK_API void dk_builder_release(dk_builder *builder);
DK_API uint64_t dk_builder_n_rows(const dk_builder *builder);

DK_API DK_MUST_USE dk_status dk_builder_null(dk_builder *builder, uint64_t n, dk_error *err); /* n null rows */
DK_API DK_MUST_USE dk_status dk_builder_boolean(dk_builder *builder, bool value, dk_error *err);
/* integer, decimal (already scaled), date, timestamp, period */
DK_API DK_MUST_USE dk_status dk_builder_integer(dk_builder *builder, int64_t value, dk_error *err);
DK_API DK_MUST_USE dk_status dk_builder_real(dk_builder *builder, double value, dk_error *err); /* finite */
DK_API DK_MUST_USE dk_status dk_builder_ratio(dk_builder *builder, dk_ratio value,
                                              dk_error *err); /* reduced here */
/* text and category. A category with stated levels refuses another level with DK_ERR_RANGE. */
DK_API DK_MUST_USE dk_status dk_builder_text(dk_builder *builder, dk_text value, dk_error *err);
DK_API DK_MUST_USE dk_status dk_builder_code(dk_builder *builder, uint32_t code, dk_error *err);
/* scaled as the builder's type is; a null one (dk_interval_is_known) keeps its marker. A marker that has another meaning than before
 * gets it behind it: ". (impossible)". Errors: DK_ERR_TYPE; DK_ERR_RANGE where its least bound is above its greatest, or levels are
 * stated and the marker has another meaning there. */
DK_API DK_MUST_USE dk_status dk_builder_interval(dk_builder *builder, const dk_interval *value, dk_error *err);
/* A value of the builder's own type, or a number that fits it exactly, or text for a category.
 * Errors: DK_ERR_TYPE, DK_ERR_RANGE, DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_builder_value(dk_builder *builder, const dk_value *value, dk_error *err);
/* The first n rows of a view of the builder's type (and scale; a category of another dictionary is translated). */
DK_API DK_MUST_USE dk_status dk_builder_view(dk_builder *builder, const dk_view *view, dk_error *err);

/* Ends building: *out is the column. The builder may only be released then, also after a failure. */
DK_API DK_MUST_USE dk_status dk_builder_finish(dk_builder *builder, const dk_column **out, dk_error *err);

#endif
