/* recode.h - members that become others: mergers, splits, other names.
 *
 * A recode says of each old member which new ones it becomes, with a share of each. Where every old one becomes one new one
 * it is exact. Where one becomes several, its rows are divided by these shares, and what is counted then is an estimate.
 * What it does not mention stays what it is.
 */
#ifndef DEKKING_RECODE_H
#define DEKKING_RECODE_H

#include <dekking/hierarchy.h>

typedef struct dk_recode dk_recode;

/* An old member, a new one, and which share of the old one that is. */
typedef struct dk_recode_pair {
    dk_text old, new; /* borrowed */
    dk_ratio share;
} dk_recode_pair;

/* Makes a recode of n pairs. Errors: DK_ERR_ARGUMENT where the shares of an old one do not add up to 1, or one is not above
 * 0; DK_ERR_DUPLICATE where a pair occurs twice; DK_ERR_ENCODING, DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_recode_new(dk_context *context, const dk_recode_pair *pairs, size_t n,
                                           const dk_recode **out, dk_error *err);
DK_API const dk_recode *dk_recode_retain(const dk_recode *recode);
DK_API void dk_recode_release(const dk_recode *recode); /* NULL does nothing */
DK_API size_t dk_recode_n_pairs(const dk_recode *recode);
DK_API dk_recode_pair dk_recode_get(const dk_recode *recode, size_t i);
/* Whether no member is divided; false where that is not known. */
DK_API bool dk_recode_is_exact(const dk_recode *recode);
/* DK_OK where it is known what every member becomes; else what dk_hierarchy_recode lacks, of the first one. */
DK_API DK_MUST_USE dk_status dk_recode_check(const dk_recode *recode, dk_error *err);

/* What members of the finest level that are valid on the day `from` are on the day `to`, which may be the earlier one: from
 * the hierarchy's changes. A member that is divided without stated shares is divided by weights, of members that are
 * valid on the day `to`; so is what had merged, the way back.
 * A member that is gone by then weighs what those weigh that it became, where these have weights. What comes out the same whatever weights
 * and shares that nobody stated are asks for none.
 *
 * A member of which that cannot be told has no pairs, and a table of which a row has it is not recoded: DK_ERR_DATA where it ends between
 * the days and no change says what it becomes, or is divided and has neither shares nor weights, or weights that are 0 together;
 * DK_ERR_OVERFLOW for a share that does not fit. dk_recode_check tells of the first one.
 *
 * weights  NULL, or a table with a column called as the finest level, and one of whole or decimal numbers called weight.
 *
 * Errors  DK_ERR_ARGUMENT  what is no day; a hierarchy without days and changes
 *         DK_ERR_DATA      weights that are negative or null, or of one member twice
 *         DK_ERR_NAME, DK_ERR_TYPE for weights; DK_ERR_MEMORY */
DK_API DK_MUST_USE dk_status dk_hierarchy_recode(const dk_hierarchy *hierarchy, const char *from, const char *to,
                                                 const dk_table *weights, const dk_recode **out, dk_error *err);

/* The same from the day of each row: a series over a reorganisation becomes one of one vintage. on names the column of dates or
 * timestamps. What members become is found for the days and members that a table has, when it is recoded; until then the recode has no
 * pairs, and is not known to be exact. What is no member on its day stays what it is, and a note of the
 * table counts it. Errors: DK_ERR_ARGUMENT, DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_hierarchy_recode_on(const dk_hierarchy *hierarchy, const char *on, const char *to,
                                                    const dk_table *weights, const dk_recode **out, dk_error *err);
/* The column of days, or NULL; and (to not NULL) the day that is recoded to. Borrowed. */
DK_API const char *dk_recode_on(const dk_recode *recode, const char **to);

typedef struct dk_recode_options {
    const char *const *columns; /* n_columns integers or decimals that are divided along with the rows */
    size_t n_columns;
    const char
        *weight; /* the name of a weight column to be made where rows are divided and have none; NULL: none */
} dk_recode_options;

/* The table with a column of members recoded. Rows of a member that becomes several are as many rows, one below the
 * other, in the order of the pairs; the table's weight and the named columns are divided by the shares, in units of
 * 10^-9 of their own last digit or less, so that the parts add up to what there was. A note says how many rows were divided.
 * Values may be labels of members, which become labels. Of sets the members are recoded, and no row is divided.
 * The column stays a level of a hierarchy where all new values are members, and columns of later levels follow. Figures that are
 * attached by the column are recoded too, where no member is divided and none goes by its day; notes tell which ones stay.
 *
 * Errors  DK_ERR_NAME      no such column
 *         DK_ERR_TYPE      it is neither category nor text; a column to be divided is no whole or decimal number
 *         DK_ERR_ARGUMENT  rows are to be divided, and there is no weight and no column to divide; of sets a member becomes
 *                          several, or goes by the day of each row
 *         DK_ERR_RANGE     of sets, and a new name cannot be that of a member
 *         DK_ERR_MARGIN    they are, and the table has totals
 *         DK_ERR_DATA      by the day of each row, and a row has none; a label that two members had; what nobody
 *                          stated of the days and members of rows
 *         DK_ERR_OVERFLOW, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_recode(const dk_table *table, const char *column, const dk_recode *recode,
                                             const dk_recode_options *options, const dk_table **out, dk_error *err);

#endif
