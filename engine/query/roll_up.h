/* roll_up.h - a result by municipality as one by region, on its way. For roll_up*.c alone. */
#ifndef DKI_QUERY_ROLL_UP_H
#define DKI_QUERY_ROLL_UP_H

#include <dekking/breakdown.h>
#include <dekking/lineage.h>

#include "base/arena.h"
#include "breakdown_parts.h"
#include "data/renames.h"

#define DKI_ROLL_MOST 16

typedef struct dki_roll {
    const dk_table *result;
    dk_context *context;
    const char *level;
    dki_arena arena;
    const dk_lineage_item *dims[DKI_ROLL_MOST];
    size_t n_dims;
    dki_spread_kind spreads[DKI_ROLL_MOST]; /* of dimensions; known once sets are */
    bool goes[DKI_ROLL_MOST];               /* the dimension is finer than the level */
    size_t base;                            /* the finest of these */
    size_t has;                             /* a dimension that is the level already, or SIZE_MAX */
    size_t first, end;                      /* items of the breakdown in the lineage */
    dki_binding *names;                     /* of columns; of: the item that each was made by */
    size_t n_names;
    const dk_table *levelled; /* the result, with the level */
    const char *unknown;      /* which members belong to no level, as a note; or NULL */
    const dk_table *rows;     /* some of it, with parts of rates */
    dk_measure by[DKI_ROLL_MOST], *measures;
    size_t n_by, n_measures;
    dk_grouping_set *sets; /* totals that are those of finer rows */
    size_t n_sets;
    uint64_t *apart; /* masks of the others: totals over members of sets */
    size_t n_apart;
    bool lacks_totals; /* of these some are left out, as rows were */
} dki_roll;

/* dk_table_roll_up of a result whose columns are dimensions and measures. */
dk_status dki_result_roll_up(const dk_table *result, const char *level, const char *dimension, const dk_table **out,
                             dk_error *err);

/* Rows of the result that are totals over the same dimensions, without margin, by the level: with the totals of sets where mask
 * is 0. Before totals are found there are none. */
dk_status dki_roll_rows(dki_roll *roll, const dk_table *rows, uint64_t mask, const dk_table **out, dk_error *err);

/* The item of the result's breakdown that has this name, or NULL. */
const dk_lineage_item *dki_roll_item(const dki_roll *roll, dk_lineage_kind kind, const char *name);

/* roll_up_levels.c: which dimensions the level takes the place of. dimension: the finest of them, or NULL. */
dk_status dki_roll_find_dimensions(dki_roll *roll, const char *dimension, dk_error *err);
/* The result with the level as a column: roll->levelled. */
dk_status dki_roll_add_level(dki_roll *roll, dk_error *err);

/* roll_up_measures.c: what the measures are of roll->rows. */
dk_status dki_roll_add_measures(dki_roll *roll, dk_error *err);
/* A column as one of roll->rows, under a name that no other has: "register of each gemeente", with `what` before it. *out is that
 * name in an expression. */
dk_status dki_roll_add_part(dki_roll *roll, const dk_column *column, const char *what, const char *measure,
                            const char **out, dk_error *err);
/* roll_up_shares.c: the text of a formula of measures in which shares in bounds are of their part and the rest. */
dk_status dki_roll_write_shares(dki_roll *roll, const dki_node *root, const char *source, const char **out,
                                dk_error *err);

/* roll_up_totals.c. Whether rows with this mask are totals over the dimension. */
bool dki_roll_totals(const dki_roll *roll, size_t dim, uint64_t mask);
/* Whether groups of the result overlap: some dimension is of the members of sets. */
bool dki_roll_overlaps(const dki_roll *roll);
/* Finds the kinds of totals that the result has. */
dk_status dki_roll_find_sets(dki_roll *roll, dk_error *err);
/* Puts those that are apart among the rows of *rolled. */
dk_status dki_roll_add_apart(dki_roll *roll, const dk_table **rolled, dk_error *err);
/* Says of *rolled which groups overlap, which members belong to no level, and which rows were left out before. */
dk_status dki_roll_note(dki_roll *roll, const dk_table **rolled, dk_error *err);
dk_status dki_roll_add_note(const char *text, const dk_table **rolled, dk_error *err);

/* roll_up_left.c: whether totals over members, with this mask, are still of the rows left. */
dk_status dki_roll_keeps(const dki_roll *roll, uint64_t mask, bool *keeps, dk_error *err);
/* Says of *rolled which rows were left out before. */
#define DKI_ROWS_LEFT "rolled up are the rows that were left " /* how these notes begin */
dk_status dki_roll_note_left(dki_roll *roll, const dk_table **rolled, dk_error *err);
/* What notes say of rows that were left out of what was rolled up, or of what that was made of. lacks_totals: that totals are left out is said already. */
dk_status dki_roll_say_again(const dk_table *before, bool lacks_totals, const dk_table **rolled, dk_error *err);

#endif
