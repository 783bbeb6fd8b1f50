/* column_parts.h - what the engine may know of a column beyond its public face. */
#ifndef DKI_DATA_COLUMN_PARTS_H
#define DKI_DATA_COLUMN_PARTS_H

#include <dekking/column.h>

/* Bulk appending for readers and evaluators. valid: bit i = row i is known; NULL: all are. Values of null rows are
 * ignored. */
dk_status dki_builder_bits(dk_builder *builder, const uint64_t *values, const uint64_t *valid, size_t n,
                           dk_error *err);
dk_status dki_builder_integers(dk_builder *builder, const int64_t *values, const uint64_t *valid, size_t n,
                               dk_error *err);
dk_status dki_builder_reals(dk_builder *builder, const double *values, const uint64_t *valid, size_t n,
                            dk_error *err);
dk_status dki_builder_codes(dk_builder *builder, const uint32_t *codes, size_t n, dk_error *err); /* 0: null */

/* The rows of a view in one fixed form, into caller's memory of n items: for code that is not hot enough to care about
 * widths. Integers cover integer, decimal, date, timestamp, and boolean as 0 and 1. */
void dki_view_integers(const dk_view *view, int64_t *out);
void dki_view_codes(const dk_view *view, uint32_t *out);
static inline bool dki_view_is_null(const dk_view *view, size_t i);
dk_text dki_view_text(const dk_view *view, size_t i); /* text, or the level of a category (empty where null) */
dk_value dki_view_value(const dk_view *view, size_t i);

/* Data derived from a column once and kept with it: codes of a key, an order. make runs at most once for each kind,
 * safely between threads; what it makes lives as long as the column and counts against the budget. */
typedef struct dki_derived_kind {
    const char *name;
    dk_status (*make)(const dk_column *column, void **out, dk_error *err);
    void (*drop)(dk_context *context, void *derived);
} dki_derived_kind;
dk_status dki_column_derived(const dk_column *column, const dki_derived_kind *kind, const void **out,
                             dk_error *err);

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
