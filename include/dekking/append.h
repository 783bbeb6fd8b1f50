/* append.h - tables one below the other: deliveries of the same register.
 *
 * Columns are matched by name, and stand in the order of the first table. Where two tables differ in a column's type,
 * the one that holds every value of both is taken:
 *
 *   integer, decimal        decimal, with as many digits as the longest
 *   these and real          real, if each value is one exactly
 *   integer, decimal, ratio ratio
 *   date, timestamp         timestamp: a date is its midnight
 *   category, text          text
 *   no value at all         the type of the others
 *
 * Anything else is an error that names the column, both types and both tables. Levels of categories are put together:
 * stated levels keep their order, which must not contradict; where one table states levels and the other has more, the
 * levels are no longer stated, and a note says so. A level has the label that any table has for it; two that differ are
 * an error.
 *
 * Cost: columns of one type share their rows; others are copied.
 */
#ifndef DEKKING_APPEND_H
#define DEKKING_APPEND_H

#include <dekking/table.h>

typedef struct dk_append_options {
    bool missing_is_null; /* a column that a table lacks is null there; else that is an error */
} dk_append_options;

/* The rows of tables[0], then those of tables[1], ... (n at least 1). Name, labels and formats are the first one's; unit
 * and weight must be the same in all; sources are listed; a key and days are kept where they are the same in all, and a key
 * must be one still. options NULL: defaults.
 *
 * Errors  DK_ERR_ARGUMENT  n is 0
 *         DK_ERR_NAME      a column that another table lacks
 *         DK_ERR_TYPE      a column whose types do not fit together; another unit, or another weight
 *         DK_ERR_RANGE     a value that does not fit into the common type; orders of stated levels, or labels of a
 *                          level, that contradict
 *         DK_ERR_MARGIN    a table has margin rows: take its detail
 *         DK_ERR_DUPLICATE a key occurs twice
 *         DK_ERR_LIMIT     more rows than a table can have
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_append(const dk_table *const *tables, size_t n,
                                             const dk_append_options *options, const dk_table **out, dk_error *err);

#endif
