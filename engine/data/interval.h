/* interval.h - numbers that are known in bounds only, put together from their columns. For engine/data alone. */
#ifndef DKI_DATA_INTERVAL_H
#define DKI_DATA_INTERVAL_H

#include "chunk.h"
#include "marker.h"

/* dk_column_get of an interval, for a row that it has. */
dk_status dki_interval_get(const dk_column *column, uint64_t row, dk_value *out, dk_error *err);
/* Puts n <= DK_BLOCK_ROWS rows together; *n_known how many are known, and valid which. */
dk_status dki_interval_rows(const dk_column *column, uint64_t row, size_t n, dk_interval *out, uint64_t *valid,
                            size_t *n_known, dk_error *err);
/* Columns of intervals of one scale, one below the other, with one dictionary of markers. */
dk_status dki_intervals_concat(dk_context *context, uint8_t scale, const dk_column *const *columns, size_t n,
                               const dk_column **out, dk_error *err);

/* Builders of the children. */
typedef struct dki_interval_builder {
    dk_builder *children[DK_MOST_CHILDREN];
    dki_marker_means *means; /* of the markers, in the order of their codes */
    size_t n_means, capacity;
} dki_interval_builder;
dk_status dki_interval_builder_new(dk_context *context, uint8_t scale, const dk_dictionary *markers,
                                   dki_interval_builder **out, dk_error *err);
void dki_interval_builder_release(dk_context *context, dki_interval_builder *builder); /* NULL does nothing */
dk_status dki_interval_builder_null(dki_interval_builder *builder, uint64_t n, dk_error *err);
dk_status dki_interval_builder_finish(dki_interval_builder *builder, const dk_column **out, dk_error *err);

#endif
