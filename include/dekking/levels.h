/* levels.h - puts stated levels, or a code list, on a column that is there.
 *
 * A code list is a dictionary whose levels are stated and have labels (dictionary.h).
 */
#ifndef DEKKING_LEVELS_H
#define DEKKING_LEVELS_H

#include <dekking/column.h>

/* The column as a category with these levels, which are all that can occur; their order and labels are the dictionary's.
 * Null stays null.
 *
 * column  a category, text or integer; an integer is the text of its digits. Borrowed.
 * levels  retained by the result.
 * other   the code that values without a level get; 0: they are an error.
 * name    of the column, for messages.
 * n_other may be NULL; how many rows got `other`.
 *
 * Errors  DK_ERR_TYPE   a column of another type
 *         DK_ERR_RANGE  values that are no levels: how many rows, and which
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED
 * Cost    a category whose codes mean the same shares its rows; others are copied. */
DK_API DK_MUST_USE dk_status dk_column_recode(const dk_column *column, const dk_dictionary *levels, uint32_t other,
                                              const char *name, const dk_column **out, uint64_t *n_other,
                                              dk_error *err);

#endif
