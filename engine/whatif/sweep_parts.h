/* sweep_parts.h - one scenario at many points, on its way. For engine/whatif alone.
 *
 *   sweep_points.c  which points there are
 *   sweep.c         what is asked, checked, and shared out
 *   sweep_groups.c  which of them have what in common
 *   sweep_run.c     the points of a group
 *   sweep_weights.c one of them after another (sweep_weights.h)
 *   sweep_answers.c what they gave
 *   sweep_sums.c    counts and sums of many points, added up (sums.h)
 *   sweep_stack.c   any other breakdown at many points at once
 *   sweep_table.c   the long table
 */
#ifndef DKI_WHATIF_SWEEP_PARTS_H
#define DKI_WHATIF_SWEEP_PARTS_H

#include <stdatomic.h>

#include <dekking/sweep.h>

#include "basis.h"
#include "scenario/model.h"
#include "sums.h"
#include "whatif_parts.h"

/* sweep_points.c ----------------------------------------------------------------------------------------------- */

/* The values of one parameter. Of a combination the value of point i is number i / stride % n, of a table's row number i. */
typedef struct dki_axis {
    size_t param;
    const dk_column *column; /* n values */
    dk_value *values;        /* the same */
    uint64_t n, stride;
} dki_axis;

typedef struct dki_points {
    dk_context *context; /* borrowed */
    const dk_scenario *scenario;
    dki_arena arena;
    dki_axis *axes; /* in the order of the scenario's parameters */
    size_t n_axes;
    uint64_t n;
    dk_param *base; /* all of the scenario's: what no axis changes */
} dki_points;

/* params: of the scenario, what the axes leave as it is. */
dk_status dki_points_init(dki_points *points, const dk_scenario *scenario, const dk_params *params,
                          const dk_sweep_spec *spec, dk_error *err);
void dki_points_drop(dki_points *points);
static inline uint64_t dki_points_place(const dki_axis *axis, uint64_t point)
{
    return axis->stride ? point / axis->stride % axis->n : point;
}
/* The same from point to point: to the next one there is nothing to divide. Begins as DKI_WALK. */
typedef struct dki_walk {
    uint64_t point, place, left; /* points that still have the place */
} dki_walk;
#define DKI_WALK ((dki_walk){ UINT64_MAX - 1, 0, 0 })
static inline uint64_t dki_walk_to(dki_walk *walk, const dki_axis *axis, uint64_t point)
{
    if (point != walk->point && point != walk->point + 1) {
        walk->place = dki_points_place(axis, point);
        walk->left = axis->stride ? axis->stride - point % axis->stride : 1;
    } else if (point != walk->point && --walk->left == 0) {
        walk->place = walk->place + 1 == axis->n ? 0 : walk->place + 1;
        walk->left = axis->stride ? axis->stride : 1;
    }
    walk->point = point;
    return walk->place;
}
/* The values of all parameters at a point, in the order of the scenario. */
void dki_points_values(const dki_points *points, uint64_t point, dk_param *values);
/* The same where values has those of the point that walks, one for each axis, came from. */
void dki_points_walk(const dki_points *points, uint64_t point, dki_walk *walks, dk_param *values);

/* sweep_groups.c ----------------------------------------------------------------------------------------------- */

/* Points in an order in which those that have much in common stand together. */
typedef struct dki_grouping {
    uint64_t *points;
    uint32_t *selection; /* by point */
    size_t *groups;      /* of group g those from groups[g] on; and their number */
    size_t n_groups;
    bool selects; /* some group has several selections */
} dki_grouping;

/* To be dropped in any case. */
struct dki_sweep;
dk_status dki_grouping_init(dki_grouping *grouping, const struct dki_sweep *sweep, dk_error *err);
void dki_grouping_drop(dki_grouping *grouping, dk_context *context);

/* sweep_answers.c --------------------------------------------------------------------------------------------- */

/* A result that holds the rows of some points. */
typedef struct dki_piece {
    struct dki_piece *next;
    const dk_table *rows; /* dimensions and measures, without margins */
    int64_t *masks;       /* of each row: its totals; NULL: none is one */
    uint64_t first;       /* row of all pieces together */
} dki_piece;

/* What a point gave: n rows of a piece from `first` on, or a problem. */
typedef struct dki_answer {
    const dki_piece *piece;
    uint64_t first, n;
    char *problem; /* owned; NULL: none */
} dki_answer;

typedef struct dki_sweep {
    dk_context *context;
    const dk_breakdown *breakdown; /* as given */
    const dk_params *breakdown_params;
    const dk_scenario *scenario;
    const dk_table *table, *cells; /* cells: those of the basis */
    dki_basis basis;
    dk_breakdown question; /* without order, limit and rest */
    dki_points points;
    dki_answer *answers;         /* by point */
    _Atomic(dki_piece *) pieces; /* in any order: points know theirs */
} dki_sweep;

/* Points at which what the steps do and what the breakdown asks are the same, and mostly also whom the steps match. */
typedef struct dki_group {
    dki_sweep *sweep;
    const uint64_t *points;
    size_t n;
    const uint32_t
        *selection;   /* by point: those with one number match the same; NULL: all do. Such points stand together */
    dk_params params; /* of the breakdown */
} dki_group;

/* Keeps rows, without margins, and their masks (NULL: none is a total), which are given. */
dk_status dki_piece_of(dki_sweep *sweep, const dk_table *rows, int64_t *masks, dki_piece **out, dk_error *err);
/* Keeps the rows of a result; shift: margins have so many bits for dimensions that are not there. Threads any. */
dk_status dki_piece_new(dki_sweep *sweep, const dk_table *result, unsigned shift, dki_piece **out, dk_error *err);
/* Asks the question of cells, for one point of the group. Threads any, for different points. */
dk_status dki_sweep_ask(const dki_group *group, uint64_t point, const dk_table *cells, dk_error *err);
/* What is wrong at a point alone is its problem; any other failure is that of the whole. */
dk_status dki_sweep_problem(dki_sweep *sweep, uint64_t point, dk_status status, const dk_error *why, dk_error *err);

/* sweep_stack.c ------------------------------------------------------------------------------------------------ */

/* The same question asked of many points at once: with the point as its first dimension, in which nothing totals. */
typedef struct dki_stack_question {
    dk_breakdown breakdown;
    dki_part by[DKI_MAX_DIMENSIONS];
    const char *point, *weight; /* columns of what it is asked of */
    dki_arena arena;
} dki_stack_question;

/* *out: whether it can be asked so. */
dk_status dki_stack_init(dki_stack_question *question, const dki_sweep *sweep, bool *out, dk_error *err);
void dki_stack_drop(dki_stack_question *question);
/* Asks it of n points, of which each has a weight for each lump: those of point points[i] from weights[i * lumps->n] on. Sets
 * the answers of these points. */
dk_status dki_stack_ask(const dki_stack_question *question, const dki_group *group, const dki_lumps *lumps,
                        const uint64_t *points, const int64_t *weights, size_t n, dk_error *err);

/* sweep_sums.c ------------------------------------------------------------------------------------------------- */

/* Sets the answers of those of n points that are there, whose sums are in the room, which is used up. *done: false where a
 * measure fails at some point. */
dk_status dki_sums_ask(const dki_sums *sums, const dki_group *group, const uint64_t *points, const bool *there,
                       const dki_sums_room *room, size_t n, bool *done, dk_error *err);

/* sweep_run.c -------------------------------------------------------------------------------------------------- */

/* How the points of a sweep are asked together; and whether the steps may have something to tell. */
typedef struct dki_asking {
    dki_sweep *sweep;
    dki_group *groups;
    dki_stack_question question;
    bool can_stack;
    dki_lump_base *base; /* what groups have in common, where there are several; or NULL */
    atomic_bool has_notes;
} dki_asking;

/* What lumps of the sweep's cells there are before any step. */
dk_status dki_sweep_base(const dki_sweep *sweep, dki_lump_base **out, dk_error *err);
dk_status dki_sweep_run(dki_asking *asking, dki_group *group, dk_error *err);
/* The same of several selections, where that can be. */
dk_status dki_sweep_run_selections(dki_asking *asking, dki_group *group, bool *done, dk_error *err);
/* The breakdown's parameters: those that are swept have the values of the group. *out: the list, to be freed. */
dk_status dki_group_params(dki_group *group, const dk_param *values, dk_param **out, dk_error *err);

/* sweep_table.c ------------------------------------------------------------------------------------------------ */

/* notes: what the reader must know. */
dk_status dki_sweep_table(dki_sweep *sweep, const dki_text_map *notes, const dk_table **out, dk_error *err);

#endif
