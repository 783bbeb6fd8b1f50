/* formats.h - a column whose numbers are of several measures: a pattern for each value of another column.
 *
 *   by "measure": "register" "0", "dekking" "0.0 %"      stands in dk_field.format, and goes where the column goes
 *
 * Quotes within a text are doubled. A value that is not named has no pattern, nor has any where the other column is gone. */
#ifndef DKI_DATA_FORMATS_H
#define DKI_DATA_FORMATS_H

#include <dekking/table.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "points.h"

/* Whether the format (may be NULL) is such a one. */
bool dki_formats_are(const char *format);
/* The column by whose values it goes, or DK_NO_COLUMN: not there, or no category. */
size_t dki_formats_column(const char *format, const dk_table *table);
/* The pattern of a value; false where it has none. */
bool dki_formats_find(const char *format, dk_text value, char out[DKI_FORMAT_BYTES]);
/* The same by a column of another name; NULL: out of memory, err tells. */
const char *dki_formats_rename(dki_arena *arena, const char *format, const char *old_name, const char *new_name,
                               dk_error *err);

/* Writing one: begins, then a pattern (NULL: none) for each value. Errors: DK_ERR_MEMORY. */
dk_status dki_formats_begin(dki_buffer *to, const char *column, dk_error *err);
dk_status dki_formats_add(dki_buffer *to, const char *value, const char *pattern, dk_error *err);
/* How many digits after the point some value of a column of decimals needs, and at least *digits. */
dk_status dki_column_digits(const dk_column *column, unsigned *digits, dk_error *err);
/* The pattern that numbers of a column without one are shown by: "0", or "0.00" with the digits that its values need. NULL
 * in *pattern for ratios, reals and bounds, which are shown as everywhere. columns: n of one measure. */
dk_status dki_formats_plain(const dk_column *const *columns, size_t n, char out[DKI_FORMAT_BYTES],
                            const char **pattern, dk_error *err);

#endif
