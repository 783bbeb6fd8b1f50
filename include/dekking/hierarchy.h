/* hierarchy.h - members of levels, and who belongs to whom from when to when: gemeente -> arbeidsmarktregio -> land.
 *
 * A hierarchy is immutable and reference-counted. Its levels go from the finest to the coarsest; each has members, which
 * are categories. A member belongs to at most one parent on a day. The parent is of a later level, not always of the next
 * (a ragged hierarchy): of the levels between the member has none.
 *
 * Validity goes from a day, which is included, to a day, which is not; null is open. A hierarchy that has days is dated;
 * dk_hierarchy_at gives the one that holds on a day, its vintage, which has none.
 *
 * What becomes of members is told by changes: on a day an old member goes on as one or more new ones, each with a share of
 * it. They make a recode (recode.h).
 *
 * A column that a table got from a hierarchy knows its level: its dictionary says so, whatever is done to the rows, and
 * whatever the column is called.
 */
#ifndef DEKKING_HIERARCHY_H
#define DEKKING_HIERARCHY_H

#include <dekking/table.h>

/* dk_hierarchy itself is declared in dictionary.h. */

#define DK_MOST_LEVELS 16

/* Columns of a table, by name; texts and categories hold members. Two forms:
 *   wide   levels (n_levels of them): each row has a member of the finest level and those that it belongs to. A null
 *          level is none of this member's.
 *   long   member, parent and level: each row has a member, its parent (null: none) and the name of its level; levels
 *          names these, from the finest on. */
typedef struct dk_hierarchy_spec {
    const char *name;          /* for messages; may be NULL */
    const char *const *levels; /* n_levels names */
    size_t n_levels;           /* 1 .. DK_MOST_LEVELS */
    const char *const
        *labels;           /* NULL, or for each level (long form: for all, the first) a column of labels, or NULL */
    const char *from, *to; /* columns of dates; NULL: always valid */
    const char *member, *parent, *level; /* the long form: all three; else NULL */
    const dk_table *changes; /* NULL, or a table of columns date, old, new and share (integer, decimal or ratio; may
                              * be missing: each old member has one new one), of members of the finest level */
} dk_hierarchy_spec;

/* Errors  DK_ERR_NAME       no such column
 *         DK_ERR_TYPE       members that are neither category nor text; days that are no dates; shares that are no numbers
 *         DK_ERR_ARGUMENT   no levels, or too many; a level twice
 *         DK_ERR_DATA       (with the row or the day) a member that belongs to two parents on one day; a parent that is not
 *                           of a later level, which every cycle has; a member without a parent on a day on which it is
 *                           valid; a label that stands for two members on one day; a member with two labels on one day;
 *                           validity that ends before it begins; a row without a member; shares of an old member that do not add up to 1
 *         DK_ERR_MARGIN     the table has rows that are totals
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_hierarchy_new(const dk_table *table, const dk_hierarchy_spec *spec,
                                              const dk_hierarchy **out, dk_error *err);
DK_API const dk_hierarchy *dk_hierarchy_retain(const dk_hierarchy *hierarchy);
DK_API void dk_hierarchy_release(const dk_hierarchy *hierarchy); /* NULL does nothing */
DK_API dk_context *dk_hierarchy_context(const dk_hierarchy *hierarchy);

DK_API const char *dk_hierarchy_name(const dk_hierarchy *hierarchy); /* may be NULL */
DK_API size_t dk_hierarchy_n_levels(const dk_hierarchy *hierarchy);
DK_API const char *dk_hierarchy_level(const dk_hierarchy *hierarchy, size_t level); /* its name; 0 is the finest */
/* The level of that name, or SIZE_MAX. */
DK_API size_t dk_hierarchy_find_level(const dk_hierarchy *hierarchy, const char *name);
/* Members of a level, of all days; code k is member k. Labels are labels, of all days the last ones. Borrowed. */
DK_API const dk_dictionary *dk_hierarchy_members(const dk_hierarchy *hierarchy, size_t level);
DK_API bool dk_hierarchy_is_dated(const dk_hierarchy *hierarchy);
/* The day that it holds on, such as 2018-01-01, where it is one vintage of a dated one; else NULL. */
DK_API const char *dk_hierarchy_vintage(const dk_hierarchy *hierarchy);

/* What holds on a day ("2018-01-01"): members that are valid then, their labels of that day, and their parents. Errors:
 * DK_ERR_ARGUMENT for what is no day; DK_ERR_DATA where nothing is valid then; DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_hierarchy_at(const dk_hierarchy *hierarchy, const char *day,
                                             const dk_hierarchy **out, dk_error *err);

/* A table with a row for each member of the finest level and each time in which it belongs to the same: a column for each level
 * (category), with from and to (date) where it is dated. */
DK_API DK_MUST_USE dk_status dk_hierarchy_table(const dk_hierarchy *hierarchy, const dk_table **out, dk_error *err);

/* Tables. ---------------------------------------------------------------------------------------------------------- */

typedef struct dk_use_options {
    const char *column; /* the column that has members; NULL: that of the finest level whose name is a column's */
    const char *level;  /* the level that they are of; NULL: the one that is called as the column is */
    const char *on; /* a column of dates or timestamps: each row is told by what holds on its day; NULL: all rows by
                         * one vintage */
} dk_use_options;

/* The table with a column for each later level, behind the others, and its own column knowing its level. Members come by
 * name, or by label where the column's values are no names but labels. The vintage of a dated hierarchy without `on` is the
 * table's as_of. A level that the table has already stays, and must say the same in every row.
 *
 * Codes get the labels that the hierarchy has for them, also in place of those of another vintage; not those that have labels of their
 * own, and not where some values are labels. The same goes for members of sets, and for levels that the table has already.
 *
 * Rows whose member the hierarchy does not have are null in the new columns, and a note counts them. A column of sets gets columns of
 * sets: who has no region, or is no member, is in none.
 *
 * Errors  DK_ERR_NAME      no column is called as a level; no such column
 *         DK_ERR_TYPE      the column is neither category nor text; `on` is no date
 *         DK_ERR_ARGUMENT  a dated hierarchy, and neither `on` nor an as_of; `on` beside a column of sets
 *         DK_ERR_RANGE     of sets, and a region has a name that a member of a set cannot have
 *         DK_ERR_DATA      a column that is there already says otherwise, with the first rows
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_use(const dk_table *table, const dk_hierarchy *hierarchy,
                                          const dk_use_options *options, const dk_table **out, dk_error *err);

#endif
