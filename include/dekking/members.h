/* members.h - columns of sets: several members in one row, of a list of members that all rows share.
 *
 * A set column is a category whose levels are sets. Its dictionary has a second one, that of the members, and knows for each
 * level which members are in it. The text of a level is its members in the order of their code points with "|" between
 * them, so that a set has one text; the empty set is the empty text, and null is a set that is not known. Whatever works for
 * categories works for sets, as for one value: equality, groups, joins, snapshots.
 *
 * Members that were stated are all that can occur, in that order; else they are those that some level has, by code point. A
 * member may have a label, as a level may (dictionary.h). No member is empty, begins or ends with a blank, or holds "|".
 */
#ifndef DEKKING_MEMBERS_H
#define DEKKING_MEMBERS_H

#include <dekking/table.h>

#define DK_SET_MARK '|'

/* The same levels, codes and order, as sets. members: retained where it has all of them, else taken over with those that it
 * lacks behind it; NULL: they are found.
 * Errors  DK_ERR_RANGE   a level is no text of a set (its members twice or in another order, a blank at an end); a member that
 *                        is not stated
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_dictionary_of_sets(const dk_dictionary *levels, const dk_dictionary *members,
                                                   dk_dictionary **out, dk_error *err);
/* The dictionary of members, borrowed; NULL where the levels are no sets. */
DK_API const dk_dictionary *dk_dictionary_members(const dk_dictionary *dictionary);
/* The codes of the *n members of a level of sets, in the order of their code points; borrowed. */
DK_API const uint32_t *dk_dictionary_set(const dk_dictionary *dictionary, uint32_t code, size_t *n);

/* Whether the levels of the column are sets. */
DK_API bool dk_column_is_set(const dk_column *column);
/* The name of the column's type: "set" where it is one, else dk_type_name. */
DK_API const char *dk_column_type_name(const dk_column *column);

typedef struct dk_split {
    const char *delimiter;        /* stands between members: at least a byte; blanks around members do not count */
    const dk_dictionary *members; /* all that may occur, in this order; NULL: those that do */
    bool empty;                   /* null is the empty set, and not a set that is not known */
} dk_split;

/* The sets that the texts of a category or text column list. A member that is listed twice is in the set once; nothing
 * between two delimiters is no member. A column of sets is taken as it is but for `members` and `empty`.
 *
 * name    of the column, for messages.
 * Errors  DK_ERR_TYPE      a column of another type
 *         DK_ERR_ARGUMENT  no delimiter
 *         DK_ERR_RANGE     a member holds "|", or is none of the stated ones: in how many rows, and which
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED
 * Cost    each different text once, and each row at memory speed. */
DK_API DK_MUST_USE dk_status dk_column_split(const dk_column *column, const dk_split *how, const char *name,
                                             const dk_column **out, dk_error *err);

#endif
