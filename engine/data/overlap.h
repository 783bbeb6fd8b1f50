/* overlap.h - figures of groups that overlap, as those of the members of a set do: of which group each value is. For who adds
 * up: values of several groups go over some persons more than once.
 *
 * It is a category beside the column, of its length, null where a value is of no such group (or of that of sets that are not
 * known, where nobody is in another). It follows the column through what chooses rows, puts them in order or below others,
 * and through snapshots. */
#ifndef DKI_DATA_OVERLAP_H
#define DKI_DATA_OVERLAP_H

#include <dekking/table.h>

const dk_column *dki_column_overlap(const dk_column *column); /* NULL: there is nothing to know; borrowed */
/* The same column with another overlap, or (NULL) with none. */
dk_status dki_column_overlapping(const dk_column *column, const dk_column *overlap, const dk_column **out,
                                 dk_error *err);
/* Gives *column, which nobody else has yet, this overlap, which is given. status: a failure so far, which is returned, and
 * after which *column and overlap are released. */
dk_status dki_overlap_take(const dk_column **column, const dk_column *overlap, dk_status status);
/* Gives *column another overlap (NULL: leaves it), in the place of what it was. */
dk_status dki_overlap_give(const dk_column **column, const dk_column *overlap, dk_error *err);
/* Where all columns have one of the same levels, these one below the other; else *out is NULL. */
dk_status dki_overlap_concat(dk_context *context, const dk_column *const *columns, size_t n, const dk_column **out,
                             dk_error *err);
/* Whether it tells of more than one group; groups: the first two. Cost: a pass over rows. */
bool dki_overlap_has_several(const dk_column *overlap, dk_value groups[2]);
/* The name of the column of the table that shows the groups, for a message; NULL: none does. Borrowed. Cost: a pass over rows. */
const char *dki_overlap_name(const dk_table *table, const dk_column *overlap);

#endif
