/* beside.h - results of one breakdown that stand beside each other in one table, and each of them again.
 *
 *   gemeente  n_base  n_meer  n_meer_difference     a comparison: sides base and meer
 *   gemeente  18-26  27-49                          a pivot: sides 18-26 and 27-49, of the one measure n
 *   gemeente  n_18-26  n_27-49  d_18-26  d_27-49    the same, of n and d
 */
#ifndef DKI_QUERY_BESIDE_H
#define DKI_QUERY_BESIDE_H

#include <dekking/lineage.h>

#include "base/arena.h"
#include "expr/node.h"

/* What the step says between the names of a dimension and a level. */
#define DKI_ROLLED_UP " rolled up to "
/* What the step of a pivot begins with. */
#define DKI_EACH_VALUE "a column for each value of "

typedef enum dki_beside_kind { DKI_BESIDE_NOT, DKI_BESIDE_COMPARED, DKI_BESIDE_PIVOTED } dki_beside_kind;
typedef enum dki_beside_role {
    DKI_BESIDE_DIMENSION,
    DKI_BESIDE_VALUE,
    DKI_BESIDE_DIFFERENCE, /* of a comparison: from the base */
    DKI_BESIDE_RELATIVE
} dki_beside_role;

/* What a column of the table is. */
typedef struct dki_beside_column {
    dki_beside_role role;
    size_t measure, side;
} dki_beside_column;

typedef struct dki_beside {
    dki_beside_kind kind;
    const dk_table *table;       /* borrowed */
    const dk_lineage_item *step; /* that put them beside each other */
    dki_arena arena;
    dki_beside_column *columns;       /* of the table */
    const dk_lineage_item **measures; /* n_measures, as their breakdown made them */
    size_t n_measures;
    const char **sides; /* n_sides names; of a comparison the first is "base" */
    size_t n_sides;
    const dk_table **rolled; /* each side, once it was rolled up: owned; else NULL */
} dki_beside;

/* What the table is, by its lineage; nothing of the kind where every column is a dimension or measure of the breakdown. */
dki_beside_kind dki_beside_kind_of(const dk_table *table);
/* The item of its last breakdown, or how many items there are. */
size_t dki_beside_breakdown(const dk_table *table);
/* Whether the last breakdown was compared: also a side of that. */
bool dki_beside_was_compared(const dk_table *table);
/* Whether nothing came after a comparison or pivot that may have made columns which look like those of a side. Errors: DK_ERR_ARGUMENT. */
dk_status dki_beside_check(const dk_table *table, dk_error *err);
/* A column of a comparison or pivot, which cannot be told. */
dk_status dki_beside_fail(const dk_table *table, const char *column, dk_error *err);
/* Finds what each column is; to be dropped in any case. DK_ERR_ARGUMENT: a column is nothing of the kind, or one is lacking. */
dk_status dki_beside_find(dki_beside *beside, const dk_table *table, dk_error *err);
void dki_beside_drop(dki_beside *beside);
/* One side, as the breakdown's result that it is: its dimensions, and its measures by their names. */
dk_status dki_beside_side(const dki_beside *beside, size_t side, const dk_table **out, dk_error *err);
/* The column of the table that is that of a measure on a side, or DK_NO_COLUMN. */
size_t dki_beside_find_column(const dki_beside *beside, dki_beside_role role, size_t measure, size_t side);
/* roll_up_beside.c: rolls up each side; all have the same rows. Errors: as for dk_table_roll_up. */
dk_status dki_beside_roll_up(dki_beside *beside, const char *level, const char *dimension, dk_error *err);
/* Once they were rolled up: how many columns they begin with are dimensions. */
size_t dki_beside_n_by(const dki_beside *beside);
/* roll_up_beside.c: a pivot rolled up. */
dk_status dki_pivot_roll_up(const dk_table *table, const char *level, const char *dimension, const dk_table **out,
                            dk_error *err);

#endif
