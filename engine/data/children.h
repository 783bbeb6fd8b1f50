/* children.h - columns that are made of columns: intervals, and ratios that know their numerators. For engine/data
 * alone. */
#ifndef DKI_DATA_CHILDREN_H
#define DKI_DATA_CHILDREN_H

#include "chunk.h"

/* A column of own rows (NULL: an interval, which has none) and children, all of which are given, also where status is a
 * failure; that is returned then. Nobody else may have own yet. */
dk_status dki_column_compose(const dk_column *own, const dk_column *const children[DK_MOST_CHILDREN], size_t n_children, dk_status status,
                             const dk_column **out, dk_error *err);

/* How many children all n columns have, of the same types and dictionaries; 0 where it is not so. */
size_t dki_children_in_common(const dk_column *const *columns, size_t n);
/* Child i of all columns, one below the other, for each of n_children. After a failure children has what was made. */
dk_status dki_children_concat(dk_context *context, const dk_column *const *columns, size_t n, size_t n_children,
                              const dk_column *children[DK_MOST_CHILDREN], dk_error *err);

#endif
