/* compared_shown.h - what a table shows of the comparison that it was made of. For engine/whatif alone. */
#ifndef DKI_WHATIF_COMPARED_SHOWN_H
#define DKI_WHATIF_COMPARED_SHOWN_H

#include "data/lineage.h"
#include "query/beside.h"

/* Columns of a long comparison that tell its rows apart. */
#define DKI_LONG_MEASURE "measure"
#define DKI_LONG_SCENARIO "scenario"
/* The same of the rows that such a one keeps where pairs were rolled up by different groups (compared_pairs.c). No dimension is called
 * so. */
#define DKI_PAIR_MEASURE "\1measure"
#define DKI_PAIR_SCENARIO "\1scenario"

typedef struct dki_shown {
    const dk_table *table, *whole; /* whole: with the columns of all sides; both borrowed */
    const dk_table *of_pairs; /* whole with what tells pairs apart, of which each has rows of its own; or NULL */
    const dk_table *made;     /* owns whole, where of_pairs is one; or NULL */
    dki_beside all;           /* of whole */
    bool is_long, is_relative;
    bool *needed; /* by measure of all: it is shown, or what is shown is made of it */
    bool *pairs;  /* of a long comparison, by measure * sides + side: the table has its rows */
    size_t n_pairs;
    uint64_t *rows; /* n_rows of whole, which the table shows */
    uint64_t n_rows;
    uint32_t *pair_of; /* of each row of the table */
    /* Pairs with rows of the same groups are of one class. Of several, each is to be taken by itself: rows are those of all. */
    uint32_t *class_of; /* of each pair that has rows */
    size_t n_classes;
} dki_shown;

/* Finds it; to be dropped in any case. Errors: DK_ERR_ARGUMENT where a column is nothing of the comparison, or it cannot be known
 * which rows are shown. */
dk_status dki_shown_find(dki_shown *shown, const dk_table *table, dk_error *err);
void dki_shown_drop(dki_shown *shown);
bool dki_shown_is_dimension(const dki_shown *shown, const char *name);
/* compared_rows.c: finds pairs and rows, and which measures these need; columns are known. */
dk_status dki_shown_find_rows(dki_shown *shown, dk_error *err);
/* The pair of a row of a long comparison that has these columns, as measures and scenarios are called in `all`. */
dk_status dki_shown_pair(const dki_shown *shown, const dk_table *table, uint64_t row, uint32_t *pair,
                         dk_error *err);
/* These rows as a wide comparison of the measures that are needed, by the dimensions that are shown; it came to be as the table
 * did. */
dk_status dki_shown_wide(const dki_shown *shown, const dk_table **out, dk_error *err);
/* What a comparison of the same sides, whose first n_by columns are dimensions, has of it: its columns, in their order and
 * formats, and of a long one its pairs. */
dk_status dki_shown_again(const dki_shown *shown, const dk_table *compared, size_t n_by, const dk_table **out,
                          dk_error *err);

/* compared_classes.c: a long comparison of several classes by a level: each class by itself, put below each other in the order of
 * groups, measures and scenarios. */
dk_status dki_shown_roll_up_classes(const dki_shown *shown, const char *level, const char *dimension,
                                    const dk_table **out, dk_error *err);
/* compared_pairs.c: what such a one keeps: the wide comparison of each class that was rolled up, whose first n_by columns are
 * dimensions, as rows of each of its pairs. */
dk_status dki_shown_keep_pairs(const dki_shown *shown, const dk_table *const *rolled, size_t n_by,
                               const dki_lineage *lineage, const dk_table **out, dk_error *err);

#endif
