/* column_parts.h - what the engine may know of a column beyond its public face. */
#ifndef DKI_DATA_COLUMN_PARTS_H
#define DKI_DATA_COLUMN_PARTS_H

#include <dekking/column.h>

/* Bulk appending for readers and evaluators. valid: bit i = row i is known; NULL: all are. Values of null rows are
 * ignored. What cannot be (another type, a real that is not finite, a date outside its years, a code without a level) is
 * refused before any row is appended; after DK_ERR_MEMORY some rows may have been. Ratios are in lowest terms. */
dk_status dki_builder_bits(dk_builder *builder, const uint64_t *values, const uint64_t *valid, size_t n,
                           dk_error *err);
/* About so many rows will come: room for them at once, or for those of a chunk. */
dk_status dki_builder_expect(dk_builder *builder, uint64_t n, dk_error *err);
dk_status dki_builder_integers(dk_builder *builder, const int64_t *values, const uint64_t *valid, size_t n,
                               dk_error *err);
dk_status dki_builder_reals(dk_builder *builder, const double *values, const uint64_t *valid, size_t n,
                            dk_error *err);
dk_status dki_builder_ratios(dk_builder *builder, const dk_ratio *values, const uint64_t *valid, size_t n,
                             dk_error *err);
dk_status dki_builder_codes(dk_builder *builder, const uint32_t *codes, size_t n, dk_error *err); /* 0: null */

/* A chunk of rows as somebody else has filled it, in the form of column.h. values (and valid, and bytes) come from the
 * context's allocator; constant: they have one row, which stands for n_rows. The bounds are those of the known values of
 * integer, decimal, date and timestamp. */
typedef struct dki_made_chunk {
    dk_storage storage;
    bool constant, has_bounds;
    uint64_t n_rows, n_nulls;
    int64_t least, greatest;
    void *values;
    uint64_t *valid;
    char *bytes;
} dki_made_chunk;
void dki_made_drop(dk_context *context, dki_made_chunk *made);
/* The column of n such chunks, which are given, also on failure; those without rows are left out. */
dk_status dki_column_of_made(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                             dki_made_chunk *made, size_t n, const dk_column **out, dk_error *err);

/* The column of n known whole numbers of a type, or of n codes (0: null), in the narrowest storage that they fit, for who has
 * them all. They are what the type and the dictionary can have. Distances are from base; they and codes have 1 << width bytes,
 * width being 0, 1 or 2. */
dk_status dki_column_of_integers(dk_context *context, dk_type type, uint8_t scale, const int64_t *values, size_t n,
                                 const dk_column **out, dk_error *err);
/* The same of ratios in lowest terms. */
dk_status dki_column_of_ratios(dk_context *context, const dk_ratio *values, size_t n, const dk_column **out,
                               dk_error *err);
dk_status dki_column_of_distances(dk_context *context, dk_type type, uint8_t scale, unsigned width,
                                  const void *distances, int64_t base, size_t n, const dk_column **out,
                                  dk_error *err);
dk_status dki_column_of_codes(dk_context *context, const dk_dictionary *levels, unsigned width, const void *codes,
                              size_t n, const dk_column **out, dk_error *err);

/* A column of numbers that come block by block, ratios in lowest terms and others as integers. One block of known numbers, which
 * results of few rows are, needs no builder. */
typedef struct dki_blocks {
    dk_context *context; /* borrowed */
    dk_type type;
    uint8_t scale;
    uint64_t n_rows; /* in all */
    dk_builder *builder;
    const dk_column *whole;
} dki_blocks;
/* values: n times dk_ratio or int64_t. known: bit i = row i is known; NULL: all are. */
dk_status dki_blocks_add(dki_blocks *blocks, const void *values, const uint64_t *known, size_t n, dk_error *err);
/* The column, where status is that of all before; else, and where that fails, what there was is released. */
dk_status dki_blocks_finish(dki_blocks *blocks, dk_status status, const dk_column **out, dk_error *err);

/* A column of n rows that all are value, in the memory of one. levels: for a category, as for dk_builder_new. */
dk_status dki_column_constant(dk_context *context, const dk_value *value, const dk_dictionary *levels, uint64_t n,
                              const dk_column **out, dk_error *err);
/* The rows of n columns of this type, scale and dictionary, one below the other: chunks are shared. */
dk_status dki_column_concat(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                            const dk_column *const *columns, size_t n, const dk_column **out, dk_error *err);
/* The rows of n_columns columns whose numbers stand in rows, as dk_column_gather gives them: side by side. */
dk_status dki_columns_gather(dk_context *context, const dk_column *const *columns, size_t n_columns,
                             const uint64_t *rows, uint64_t n, const dk_column **out, dk_error *err);
/* A column of ratios, which are the quotients of the other two, as a rate; whole: of a share of a whole, else NULL. Where they
 * are no exact numbers it stays a column of ratios. */
dk_status dki_rate_of(const dk_column *ratio, const dk_column *numerator, const dk_column *denominator,
                      const char *whole, const dk_column **out, dk_error *err);
/* The same rows of a category over another dictionary, in which every code means what it means now. */
dk_status dki_column_with_levels(const dk_column *column, const dk_dictionary *levels, const dk_column **out,
                                 dk_error *err);
/* A category, or a text column as one. DK_ERR_TYPE, without a message, for any other. */
dk_status dki_column_categorise(const dk_column *column, const dk_column **out, dk_error *err);
/* Marks the codes that rows of a category have; occurs: of each code from 0 on. */
dk_status dki_column_mark_codes(const dk_column *column, bool *occurs, dk_error *err);
/* A category of the same rows over levels: of code c (0: null) the new one is codes[c], for every code of the column's
 * dictionary. */
dk_status dki_column_map_codes(const dk_column *column, const uint32_t *codes, const dk_dictionary *levels,
                               const dk_column **out, dk_error *err);
/* A dictionary with the same codes, and those of the levels that it lacks behind them, which have no labels;
 * declared as before. */
dk_status dki_dictionary_extend(const dk_dictionary *dictionary, const dk_text *levels, size_t n_levels,
                                dk_dictionary **out, dk_error *err);
dk_context *dki_dictionary_context(const dk_dictionary *dictionary);
/* Heap bytes of a dictionary, about. */
size_t dki_dictionary_bytes(const dk_dictionary *dictionary);

/* The rows of a view in one fixed form, into caller's memory of n items: for code that is not hot enough to care about
 * widths. Integers cover integer, decimal, date, timestamp, and boolean as 0 and 1. */
void dki_view_integers(const dk_view *view, int64_t *out);
void dki_view_codes(const dk_view *view, uint32_t *out);
void dki_view_texts(const dk_view *view, dk_text *out); /* of a text column */
uint32_t dki_view_code(const dk_view *view, size_t i);  /* of one row */
static inline bool dki_view_is_null(const dk_view *view, size_t i);
dk_text dki_view_text(const dk_view *view, size_t i); /* text, or the level of a category (empty where null) */
dk_text dki_view_bytes(const dk_view *view,
                       size_t i); /* of a text as it is, of a ratio the bytes that tell it from others */
dk_value dki_view_value(const dk_view *view, size_t i);

/* Shows a column, or n columns of one length, block by block: their rows from row on. Polls. false: there are no more, or *status
 * is not DK_OK. A loop over all rows is
 *
 *     for (uint64_t row = 0; dki_column_block(column, row, &view, &status, err); row += view.n)
 */
bool dki_column_block(const dk_column *column, uint64_t row, dk_view *view, dk_status *status, dk_error *err);
bool dki_columns_block(const dk_column *const *columns, size_t n, uint64_t row, dk_view *views, dk_status *status,
                       dk_error *err);

/* Data derived from a column once and kept with it: codes of a key, an order. make runs at most once for each kind,
 * safely between threads, and again only after a failure; it may ask for another kind of the same column. What it makes
 * lives as long as the column and counts against the budget. */
typedef struct dki_derived_kind {
    const char *name;
    dk_status (*make)(const dk_column *column, void **out, dk_error *err);
    void (*drop)(dk_context *context, void *derived);
} dki_derived_kind;
dk_status dki_column_derived(const dk_column *column, const dki_derived_kind *kind, const void **out,
                             dk_error *err);

/* The number under which the context's cache (base/cache.h) keeps things for the column: large ones, which may be
 * dropped when memory is short. It is forgotten with the column. */
uint64_t dki_column_owner(const dk_column *column);

static inline bool dki_view_is_null(const dk_view *view, size_t i)
{
    if (view->constant)
        i = 0;
    switch (view->storage) {
    case DK_STORE_U8: return ((const uint8_t *)view->values)[i] == 0;
    case DK_STORE_U16: return ((const uint16_t *)view->values)[i] == 0;
    case DK_STORE_U32: return ((const uint32_t *)view->values)[i] == 0;
    default: return view->valid && !(view->valid[i / 64] >> (i % 64) & 1);
    }
}

#endif
