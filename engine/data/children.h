/* children.h - columns that are made of columns: intervals, and ratios that know their numerators. For engine/data, and for
 * who takes them apart and puts them together again. */
#ifndef DKI_DATA_CHILDREN_H
#define DKI_DATA_CHILDREN_H

#include <dekking/table.h>

#include "chunk.h"

/* A column of own rows (NULL: an interval, which has none) and children, all of which are given, also where status is a
 * failure; that is returned then. Nobody else may have own yet. */
dk_status dki_column_compose(const dk_column *own, const dk_column *const children[DK_MOST_CHILDREN],
                             size_t n_children, dk_status status, const dk_column **out, dk_error *err);

/* Whether such columns can be the children of a column of that type and scale, as far as their types tell. */
bool dki_children_fit(dk_type type, uint8_t scale, const dk_column *const *children, size_t n);

/* How many children all n columns have, of the same types and dictionaries; 0 where it is not so. */
size_t dki_children_in_common(const dk_column *const *columns, size_t n);
/* Child i of all columns, one below the other, for each of n_children. After a failure children has what was made. */
dk_status dki_children_concat(dk_context *context, const dk_column *const *columns, size_t n, size_t n_children,
                              const dk_column *children[DK_MOST_CHILDREN], dk_error *err);

/* An interval of children, of whose rows n_nulls are null: nobody looks. They are given where it succeeds. */
dk_status dki_interval_with_nulls(const dk_column *const children[DK_MOST_CHILDREN], uint64_t n_nulls,
                                  const dk_column **out, dk_error *err);

/* A table's columns as snapshots and fingerprints have them: each with its children behind it, and last the one that says
 * which rows are totals. */
typedef struct dki_flat {
    const char *name;      /* of a child what it is: "least"; NULL: of the one that says which rows are totals */
    const dk_field *field; /* it belongs to; NULL for the one of the totals */
    const dk_column *column;
    bool is_child;
} dki_flat;
/* The caller frees *out. */
dk_status dki_table_flatten(const dk_table *table, dki_flat **out, size_t *n, dk_error *err);
/* What child i of a column of that type is called. */
const char *dki_child_name(dk_type type, size_t i);

/* rate.c: the ratios of two columns as a rate or, where a column says what wholes are per, as shares of these. */
dk_status dki_rate_new(const dk_column *numerator, const dk_column *denominator, const dk_column *whole,
                       const dk_column **out, dk_error *err);

#endif
