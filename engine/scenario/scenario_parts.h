/* scenario_parts.h - a parsed scenario, and what the files of this folder share. For engine/scenario alone. */
#ifndef DKI_SCENARIO_PARTS_H
#define DKI_SCENARIO_PARTS_H

#include <stdatomic.h>

#include <dekking/scenario.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/checked.h"
#include "base/hash.h"
#include "base/quantile.h"
#include "expr/node.h"

struct dki_bound; /* expr/eval.h */

#define DKI_PERSON 1000000000 /* units of weight: 10^DK_WEIGHT_SCALE */
_Static_assert(DK_WEIGHT_SCALE == 9, "a person is 10^9 units");

/* Who comes first: by the value of an expression. */
typedef struct dki_first {
    const dk_expr *expr;
    bool descending;
} dki_first;

/* A flow of a step, with the number of its `from` among the different ones, and of its destination. */
typedef struct dki_flow {
    const dk_expr *share, *from, *set; /* set: "column = to" */
    uint32_t row, place;
} dki_flow;

typedef struct dki_step {
    const char *name;      /* for messages: as given, or "step 2" */
    const dk_expr **exprs; /* n_exprs: all of the step's, owned; those below are among them, NULL where not given */
    size_t n_exprs;
    const dk_expr *where, *when, *share, *count, *scale, *to;
    dk_effect effect;
    bool all, whole, allow_none, estimate;
    const char **per;
    size_t n_per;
    const dk_expr **set;
    size_t n_set;
    dki_first *first;
    size_t n_first;
    dk_drawn drawn;
    uint64_t seed;
    const char *rate;           /* a column */
    const dk_expr *rate_set[2]; /* it becomes true, or false */
    const char *flows_of;       /* a column */
    dki_flow *flows;
    size_t n_flows, n_rows, n_places; /* different values from and to */
    const dk_recode *merges;          /* of members, owned; NULL: it is no merger */
    const dk_expr *merges_where;      /* in the place of where, for sets */
} dki_step;

struct dk_scenario {
    atomic_size_t n_references; /* 0: a view for one call, which nobody may keep */
    dk_context *context;
    dki_arena arena;
    const char *name;
    dk_scenario_param *params;
    size_t n_params;
    dki_step *steps;
    size_t n_steps;
    const dk_scenario *a, *b; /* what it is composed of, and whose steps these are; or NULL: its own */
    const dk_scenario
        *part_of; /* a view with some of its steps: what it mentions tells cells apart all the same; or NULL */
};

/* step.c ------------------------------------------------------------------------------------------------------- */

/* Adds the names of a kind that an expression (NULL: none) mentions. */
dk_status dki_expr_names(const dk_expr *expr, dki_node_kind kind, dki_text_map *names, dk_error *err);
/* Adds the columns that a step mentions: all of them, or those whose combinations are its strata. */
dk_status dki_step_columns(const dki_step *step, bool all, dki_text_map *names, dk_error *err);
/* How often an expression (NULL: never), and a step, mentions a parameter. */
size_t dki_expr_mentions(const dk_expr *expr, const char *param);
size_t dki_step_mentions(const dki_step *step, const char *param);
/* How often in what is a share, a factor or a rate. */
size_t dki_step_shares(const dki_step *step, const char *param);
/* Visits the trees of a step; false, at once, where visit says so. */
bool dki_step_visit(const dki_step *step, dki_node_visit_fn *visit, void *arg);
/* Sets the message to "PREFIX: MESSAGE"; what is long is cut, at a character. */
void dki_error_prefix(dk_error *err, const char *prefix, size_t size, const char *message);
/* Names the step in front of the message that stands in err, unless memory is out. Returns status. */
dk_status dki_step_fail(const dki_step *step, dk_status status, dk_error *err);
/* Fills the step, which has its name, with texts and expressions of its own. */
dk_status dki_step_parse(dk_scenario *scenario, const dk_intervention *from, dki_step *step, dk_error *err);
void dki_step_drop(dki_step *step); /* its expressions; the arena has the rest */
/* Whether the step is a merger of members of sets, which the table has in the column. */
bool dki_step_merges_sets(const dki_step *step, const dk_table *table, const char *column);
/* Whether the step happens. */
dk_status dki_step_happens(const dki_step *step, const dk_table *table, const dk_params *params, bool *out,
                           dk_error *err);

/* taking.c ----------------------------------------------------------------------------------------------------- */

/* Fills what the step says about who is taken. */
dk_status dki_taking_parse(dk_scenario *scenario, const dk_intervention *from, dki_step *step, dk_error *err);
/* No two steps draw the same random numbers: DK_ERR_DUPLICATE. */
dk_status dki_taking_check(const dk_scenario *scenario, dk_error *err);
/* Whether some step draws that. */
bool dki_scenario_draws(const dk_scenario *scenario, dk_drawn kind);
/* Persons are to be drawn, and nothing tells them apart. */
dk_status dki_fail_keyless(dk_error *err);
/* Adds the columns of the table's key, where the scenario draws persons. */
dk_status dki_add_key(const dk_table *table, const dk_scenario *scenario, dki_text_map *names, dk_error *err);

/* scenario_params.c -------------------------------------------------------------------------------------------- */

/* Adds a copy of a parameter whose definition makes sense. */
dk_status dki_scenario_add_param(dk_scenario *scenario, const dk_scenario_param *param, dk_error *err);
/* DK_ERR_RANGE, DK_ERR_TYPE: it is no value of the parameter. */
dk_status dki_param_check(const dk_scenario_param *param, const dk_value *value, dk_error *err);
bool dki_param_equal(const dk_scenario_param *a, const dk_scenario_param *b); /* the same definition, docs apart */
/* The number of a parameter, or SIZE_MAX; find fails with the nearest name. */
size_t dki_scenario_find_param(const dk_scenario *scenario, const char *name);
dk_status dki_scenario_get_param(const dk_scenario *scenario, const char *name, size_t *out, dk_error *err);
/* A question gives a parameter values of its own: params (may be NULL) give it none. */
dk_status dki_param_is_free(const dk_params *params, const char *name, dk_error *err);
/* Every parameter that is used is defined, and the other way round. */
dk_status dki_scenario_check_params(const dk_scenario *scenario, dk_error *err);
/* Defaults with what params overrides, in `values`, room for n_params items. Errors: DK_ERR_NAME for a parameter
 * that the scenario does not have, DK_ERR_RANGE, DK_ERR_TYPE. */
dk_status dki_scenario_values(const dk_scenario *scenario, const dk_params *params, dk_param *values,
                              dk_error *err);
/* DK_ERR_NAME for a parameter that neither the breakdown nor target (may be NULL) nor a scenario mentions. */
dk_status dki_check_breakdown_params(const dk_breakdown *breakdown, const dk_expr *target,
                                     const dk_scenario *const *scenarios, size_t n_scenarios,
                                     const dk_params *params, dk_error *err);

/* scenario_columns.c ------------------------------------------------------------------------------------------- */

/* The levels of a with those of b that it lacks behind them; codes of a stay. b may be NULL. */
dk_status dki_levels_join(dk_context *context, const dk_dictionary *a, const dk_dictionary *b,
                          const dk_dictionary **out, dk_error *err);
/* Both nothing, or the same number, text, truth, day or period; a text equals the day or period that it writes. */
bool dki_values_equal(const dk_value *a, const dk_value *b);
/* A decimal, or the bounds of intervals, with no more digits than it needs, but at least `least`; an integer where that is 0.
 * Others as they are. */
dk_status dki_trim_column(const dk_column *column, uint8_t least, const dk_column **out, dk_error *err);
/* Gives a table notes, each once. *table is replaced. */
dk_status dki_put_notes(const dki_text_map *notes, const dk_table **table, dk_error *err);
/* What a weight counts: the table's unit, or persons; of one, a person. */
const char *dki_unit(const dk_table *table, int64_t weight);
/* A weight as persons: "598.2". size >= 48. */
size_t dki_format_weight(int64_t weight, char *out, size_t size);
/* Appends "gemeente = Duiven, klasse = null" to text. */
dk_status dki_describe(const dk_table *table, uint64_t row, const size_t *columns, size_t n, dki_buffer *text,
                       dk_error *err);

/* cells.c ------------------------------------------------------------------------------------------------------ */

/* The columns that cells for the breakdown (NULL: none) and the scenarios need; each is one of the table, which has no
 * totals, and none is its weight. */
dk_status dki_cells_names(const dk_table *table, const dk_breakdown *breakdown, const dk_scenario *const *scenarios,
                          size_t n_scenarios, dki_text_map *names, dk_error *err);
/* The breakdown can be asked of cells of the table. */
dk_status dki_cells_check(const dk_table *table, const dk_breakdown *breakdown, dk_error *err);
/* Groups a table by the columns of those names, in the order in which the table has them, with their weight. */
dk_status dki_cells_group(const dk_table *table, const dki_text_map *names, const dk_table **out, dk_error *err);
size_t dki_cells_weight(const dk_table *cells); /* the column that holds the weights */
/* The name of that column in cells of a table, which no other column has. */
dk_status dki_cells_weight_name(const dk_table *table, dki_arena *arena, const char **out, dk_error *err);
/* All weights, in units, into n_rows numbers. DK_ERR_ARGUMENT where the table is no cells, DK_ERR_OVERFLOW where
 * their sum does not fit. */
dk_status dki_cells_weights(const dk_table *cells, int64_t *out, dk_error *err);

/* model.c: tables of cells below each other, which all have the columns of the first, and its levels with perhaps some more. */
dk_status dki_cells_join(const dk_table *const *tables, size_t n_tables, const dk_table **out, dk_error *err);
/* The first row of each combination of values of all columns but the weight, in the order of keys. number: of each row
 * that of its combination. */
dk_status dki_cells_distinct(const dk_table *table, size_t weight, uint32_t *number, const dk_table **out,
                             dk_error *err);

/* cell_measures.c ---------------------------------------------------------------------------------------------- */

/* What a measure wants, from what every cell has to what only rows have. */
typedef enum dki_want { DKI_WANT_PERSONS, DKI_WANT_WHOLE, DKI_WANT_RECORDS } dki_want;
typedef struct dki_wants {
    dki_want most;
    const dk_expr *expr; /* what wants the most; unset where nothing wants more than persons */
    const dki_node *node;
} dki_wants;

/* What the breakdown wants the most. */
dki_wants dki_breakdown_wants(const dk_breakdown *breakdown);
/* What wants the most cannot be had. DK_ERR_ARGUMENT. */
dk_status dki_wants_fail(const dki_wants *wants, const dk_context *context, dk_error *err);
/* Adds the columns that cells need for the breakdown. What it says of groups finer than the figures beside the table goes by
 * the columns by which these are known. */
dk_status dki_breakdown_mentions(const dk_table *table, const dk_breakdown *breakdown, dki_text_map *names,
                                 dk_error *err);

/* cube.c ------------------------------------------------------------------------------------------------------- */

/* Where cells came from: kept with the table; kept ones with more columns, regrouped; the rows. */
typedef enum dki_cube_way { DKI_CUBE_KEPT, DKI_CUBE_REGROUPED, DKI_CUBE_GROUPED } dki_cube_way;
typedef struct dki_cube_use {
    dki_cube_way way;
    uint64_t n_from; /* cells or rows that were grouped */
} dki_cube_use;

/* The cells of a table by those columns: kept with the table as long as it lives and the budget has room, and shared by all
 * threads. use (may be NULL) tells how. Errors: DK_ERR_OVERFLOW where weights do not fit; as for a breakdown. */
dk_status dki_cube_get(const dk_table *table, const dki_text_map *names, const dk_table **out, dki_cube_use *use,
                       dk_error *err);
/* How it would be had now, without making it. */
void dki_cube_look(const dk_table *table, const dki_text_map *names, dki_cube_use *use);

/* cube_size.c -------------------------------------------------------------------------------------------------- */

typedef struct dki_cube_size {
    uint64_t n_cells; /* that are expected */
    uint64_t n_most;  /* that there can be: the product of the values of the columns, or rows */
    bool is_exact;    /* n_cells is their number */
    size_t cell_bytes;
} dki_cube_size;

/* From what is known of each column: n_cells is n_most. */
void dki_cube_bound(const dk_table *table, const dki_text_map *names, dki_cube_size *out);
/* From a sample of the rows. Errors: as for a breakdown. */
dk_status dki_cube_predict(const dk_table *table, const dki_text_map *names, dki_cube_size *out, dk_error *err);
/* Bytes of the cells, and at most with all that is made while a scenario runs on them. */
uint64_t dki_cube_kept_bytes(const dki_cube_size *size);
uint64_t dki_cube_need_bytes(const dki_cube_size *size);

/* cell_children.c ---------------------------------------------------------------------------------------------- */

/* The table with the children of columns of those names as columns behind its own. */
dk_status dki_children_spread(const dk_table *table, const dki_text_map *names, dki_arena *arena,
                              const dk_table **out, dk_error *err);
/* Visits each column of those names, in the order of the table: by its own name, or by those that its children have there. */
typedef dk_status dki_child_visit_fn(void *arg, const char *name, dk_error *err);
dk_status dki_children_visit(const dk_table *table, const dki_text_map *names, dki_arena *arena,
                             dki_child_visit_fn *visit, void *arg, dk_error *err);
/* grouped has the columns that were visited, and others behind them: the same with columns put together as table has them. */
dk_status dki_children_join(const dk_table *table, const dki_text_map *names, const dk_table *grouped,
                            const dk_table **out, dk_error *err);

/* strata.c ----------------------------------------------------------------------------------------------------- */

/* Whom some steps may take from: those for whom a dimension has a value. For solving group by group. */
typedef struct dki_only {
    const dk_expr *dimension;
    const dk_params *params; /* of the dimension */
    const dk_value *value;
    const bool *steps; /* which steps, by number */
} dki_only;

/* What repeated draws of a step have in common: the law of each stratum, as the first draw found it and filled it in. Later draws
 * only read, several at once; where a step before them has left other numbers they do without. Zeros are none. */
typedef struct dki_laws {
    dki_quantile *items; /* n of strata */
    uint64_t n;
} dki_laws;

/* A step on its way, and what it runs on. */
typedef struct dki_stage {
    const dki_step *step;
    const dk_table *cells;
    const int64_t *weights; /* of the cells, in units */
    const dk_params *params;
    const size_t *columns; /* of the cells: all that the scenario mentions */
    size_t n_columns;
    const dki_only *only; /* NULL: everybody */
    bool allow_none;
    bool anybody;           /* whatever its condition says */
    dki_text_map *notes;    /* or NULL */
    uint32_t draw;          /* which of repeated draws */
    dki_laws *laws;         /* of the step, or NULL */
    const char *const *key; /* n_key columns that tell persons apart */
    size_t n_key;
} dki_stage;

/* Matched cells by stratum, then by combination of the columns that the scenario mentions, then as they stand:
 *   cells         c c c c c c c c
 *   combinations  |   |     | | |    numbers of the first cell of each, and n_cells
 *   strata        |         | |      numbers of the first combination of each, and n_combinations */
typedef struct dki_strata {
    dk_context *context;
    uint64_t *cells, *combinations, *strata;
    uint64_t n_cells, n_combinations, n;
    int64_t *available, *taken; /* units, of each stratum */
    dk_effect effect;           /* what happens to who is taken */
    const dk_expr *const *set;  /* n_set: what they get */
    size_t n_set;
    size_t *columns;         /* whose values make the strata, then the others that the scenario mentions */
    size_t n_columns;        /* the former */
    int64_t left_out;        /* units for whom the condition is null */
    int64_t *chosen;         /* units, of each cell: where persons are drawn; else NULL */
    const dk_table *figured; /* the cells with figures as they are after the step (follow_figures.c), or NULL */
} dki_strata;

/* The step's condition over cells, and as an expression: of a merger of members of sets another one; NULL: everybody. */
const dk_expr *dki_step_where(const dki_step *step, const dk_table *cells);
dk_status dki_step_bind_where(const dki_step *step, const dk_table *cells, const dk_params *params,
                              struct dki_bound **out, dk_error *err);
/* Finds the cells that the step matches and their strata, in the order of keys. Weights are those of cells: their
 * sum fits. */
dk_status dki_strata_find(const dki_stage *stage, dki_strata *out, dk_error *err);
/* An expression failed for a row of cells, whose number says nothing: err tells who that is. */
void dki_tell_cell(const dki_stage *stage, const dk_table *cells, dk_error *err);
/* A cell of stratum k. */
uint64_t dki_strata_cell(const dki_strata *strata, uint64_t k);
void dki_strata_drop(dki_strata *strata);

/* settle.c ----------------------------------------------------------------------------------------------------- */

/* The value of a share or count, which no row decides. */
dk_status dki_amount(const dk_expr *expr, const dk_table *table, const dk_params *params, const char *what,
                     dk_ratio *out, dk_error *err);
/* A value (NULL: none) as one, exactly; text is how it was written. */
dk_status dki_amount_of(const dk_value *value, const char *what, const char *text, dk_ratio *out, dk_error *err);
/* As a decimal where it is one, else as a fraction: 0.3, 1994, 1/3. */
void dki_format_ratio(dk_ratio ratio, char *out, size_t size);
dk_status dki_check_share(dk_ratio share, dk_error *err); /* 0 .. 1 */
dk_status dki_check_count(dk_ratio count, bool whole, dk_error *err);
dk_status dki_check_factor(dk_ratio factor, dk_error *err);
dk_status dki_fail_many(dk_error *err); /* there would be more persons than weights can tell */
/* More is to be taken than there is: fills err, and gives DK_ERR_UNREACHABLE. kind: "", "whole ". */
dk_status dki_fail_short(const dki_stage *stage, const dki_strata *strata, dk_ratio wanted, int64_t there,
                         const char *kind, dk_error *err);
/* Settles how much is taken of each stratum by a share, a count, all or a factor. */
dk_status dki_strata_settle(const dki_stage *stage, dki_strata *strata, dk_error *err);
/* Room for spreading a number over n weights. */
typedef struct dki_sharing {
    dk_context *context;
    dki_i128 *numerators;
    int64_t *weights, *shares;
    int64_t *endless; /* or NULL: nobody gives more than they weigh */
} dki_sharing;
/* To be dropped, also after a failure. */
dk_status dki_sharing_init(dki_sharing *sharing, dk_context *context, size_t n, bool endless, dk_error *err);
void dki_sharing_drop(dki_sharing *sharing);
/* shares[] of `taken`, in proportion to the n weights, whose sum is `whole`: largest remainder, ties to the earlier one. */
dk_status dki_share_out(const dki_sharing *sharing, int64_t taken, int64_t whole, size_t n, dk_error *err);
/* Shares it out: taken[i] of each cell, also of those that are not matched. */
dk_status dki_strata_split(const dki_stage *stage, const dki_strata *strata, int64_t *taken, dk_error *err);

/* apportion.c -------------------------------------------------------------------------------------------------- */

/* Apportionment in units. Quota k is numerators[k] / denominator, and not over limits[k]. shares[k] is the quota
 * rounded down to a multiple of unit; then units go one by one to the largest fractions, ties to the earlier one,
 * until all add up to the sum of the quotas rounded half away from zero. A share never passes its limit: what one
 * cannot take goes to the next, round after round. *left (may be NULL) is how many units nobody could take. */
dk_status dki_apportion_quotas(dk_context *context, const dki_i128 *numerators, dki_i128 denominator, int64_t unit,
                               const int64_t *limits, size_t n, int64_t *shares, int64_t *left, dk_error *err);
/* The same for speed alone, of whole persons over few weights: shares of `taken`, which is under `whole`, the sum of the weights,
 * in units of 1. false: they are too many, or no whole persons, and nothing was done. */
bool dki_apportion_persons(const int64_t *weights, size_t n, int64_t taken, int64_t whole, int64_t *shares);

/* flows.c -------------------------------------------------------------------------------------------------------- */

/* A matrix of shares, with numbers for what its texts say. */
typedef struct dki_matrix {
    dk_context *context;
    const dki_step *step;
    struct dki_bound **bounds; /* which own the values: of rows, then of places */
    dk_value *from, *to;       /* n_rows and n_places */
    dk_ratio *shares;          /* of each flow */
    dk_ratio *stay;            /* of each row: what no flow takes */
} dki_matrix;

/* Errors: DK_ERR_DUPLICATE, DK_ERR_TYPE, DK_ERR_RANGE, and DK_ERR_ARGUMENT for a cycle of shares of 1. */
dk_status dki_matrix_init(dki_matrix *matrix, const dki_step *step, const dk_table *table, const dk_params *params,
                          dk_error *err);
void dki_matrix_drop(dki_matrix *matrix);

/* Flows over strata on their way: one destination after the other, each of what the others left. */
typedef struct dki_flows {
    dki_matrix matrix;
    int64_t unit;
    size_t *rows;  /* of each stratum; SIZE_MAX: it stays */
    int64_t *left; /* of each stratum */
    struct dki_row {
        uint64_t begin, end; /* its strata */
        int64_t left;
    } * sums;
    int64_t *totals; /* of each flow */
    dki_i128 *numerators;
    int64_t *limits, *shares; /* room for apportioning */
} dki_flows;

/* The flows of a step, over the strata of its source. */
dk_status dki_flows_init(dki_flows *flows, const dki_stage *stage, const dki_strata *strata, dk_error *err);
void dki_flows_drop(dki_flows *flows);
/* Settles what goes to a destination. */
dk_status dki_flows_settle(dki_flows *flows, size_t place, dki_strata *strata, dk_error *err);

/* rate.c --------------------------------------------------------------------------------------------------------- */

/* Settles who becomes true, or false: of the cells that are the other, whose weights go into `weights`, which are 0 for
 * all others. Errors: DK_ERR_TYPE, and DK_ERR_UNREACHABLE, with what can be reached. */
dk_status dki_rate_settle(const dki_stage *stage, bool becomes, dki_strata *strata, int64_t *weights,
                          dk_error *err);

/* moves.c -------------------------------------------------------------------------------------------------------- */

/* Who is taken at once, and gets the same values: one move of most steps, a move for each destination of a matrix, two of a
 * rate. */
size_t dki_moves_n(const dki_step *step);
/* What who is taken by a move gets. */
const dk_expr *const *dki_move_set(const dki_step *step, size_t move, size_t *n_set);
/* Settles the moves of a step that happens, one after the other, and has each taken: of stage->weights, which are then those
 * that can be. The stage's cells get figures beside them as they are after the step, which live as long as strata. left: what
 * who was taken before left of each cell, which take keeps up to date. */
typedef dk_status dki_take_fn(void *arg, size_t move, const dki_strata *strata, dk_error *err);
dk_status dki_moves_settle(dki_stage *stage, const int64_t *left, dki_strata *strata, dki_take_fn *take, void *arg,
                           dk_error *err);

/* follow.c ----------------------------------------------------------------------------------------------------- */

/* Adds the columns of later levels that follow from the n_set fields that are set, none of which they are: behind those, *n
 * in all. fields has room for n_set and as many as the cells have columns. */
dk_status dki_follow_levels(const dk_table *cells, dk_field *fields, size_t n_set, size_t *n, dk_error *err);
/* Whether the step may give some persons another value in a column of the table. */
bool dki_step_changes(const dki_step *step, const dk_table *table, const char *column);

/* follow_figures.c --------------------------------------------------------------------------------------------- */

/* Whether the step sets a column by which figures beside the cells are known. */
bool dki_step_sets_figures(const dki_step *step, const dk_table *cells);
/* The stage goes on with cells that have figures as they are after the step beside them; strata keeps those. */
dk_status dki_follow_figures(dki_stage *stage, dki_strata *strata, dk_error *err);
/* Tells of figures that do not follow: cells of those rows became `moved`; or, where that is NULL, persons came or left. */
dk_status dki_tell_figures(const dki_stage *stage, const uint64_t *rows, const dk_table *moved, dk_error *err);

/* known.c ------------------------------------------------------------------------------------------------------ */

/* What is wrong with a step whatever the ones before it leave. params: all of the scenario's. */
dk_status dki_steps_check(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                          dk_error *err);
/* The same of the rows that cells are yet to be made of, so that it is told before a pass over them. params: as given. */
dk_status dki_scenario_check_on(const dk_scenario *scenario, const dk_table *table, const dk_params *params,
                                dk_error *err);
/* The same of the steps that mention none of n parameters, whose values are yet to come. params: all of the scenario's. */
dk_status dki_steps_check_but(const dk_scenario *scenario, const dk_table *table, const dk_params *params,
                              const char *const *varied, size_t n, dk_error *err);
/* The column of the step's rate is true or false. */
dk_status dki_rate_check(const dki_step *step, const dk_table *cells, const dk_column **out, dk_error *err);

/* assign.c ----------------------------------------------------------------------------------------------------- */

/* The cells of those numbers as they are after a step moved them, with what follows from what is set; weights as before. */
dk_status dki_moved_cells(const dki_stage *stage, const dk_expr *const *set, size_t n_set, const uint64_t *rows,
                          uint64_t n, const dk_table **out, dk_error *err);

/* apply.c ------------------------------------------------------------------------------------------------------ */

/* What a step did. */
typedef struct dki_tally {
    int64_t available, taken; /* units */
    uint64_t n_strata;
} dki_tally;

void dki_tally_strata(const dki_strata *strata, dki_tally *tally); /* of one move more */

/* One row for each stratum of each step, on its way. */
typedef struct dki_receipt {
    dk_builder *step, *name, *stratum, *available, *taken, *effect, *set;
} dki_receipt;

/* Adds what step `number` took of each stratum; finish makes the table of all. */
dk_status dki_receipt_init(dki_receipt *receipt, dk_context *context, dk_error *err);
dk_status dki_receipt_add(dki_receipt *receipt, size_t number, const dki_stage *stage, const dki_strata *strata,
                          dk_error *err);
dk_status dki_receipt_finish(const dki_receipt *receipt, dk_context *context, const dk_table **out, dk_error *err);
void dki_receipt_drop(dki_receipt *receipt);

/* Steps of a scenario on their way. Zero what is not used. */
typedef struct dki_run {
    const dk_scenario *scenario;
    size_t from, to;         /* steps from .. to - 1 */
    const dk_params *params; /* all of the scenario's */
    bool checks;             /* what can be known of any step is checked before the first one */
    const dki_only *only;
    const dk_table *keyed;   /* the table whose key tells persons apart; NULL: the cells */
    uint32_t draw;           /* which of repeated draws */
    dki_laws *laws;          /* by step; or NULL */
    const bool *allow_none;  /* by step: matching nobody is no error, whatever the step says; or NULL */
    const bool *anybody;     /* by step, for a model: its condition is asked later (dki_model_select); or NULL */
    dki_tally *tallies;      /* room for n_steps; or NULL */
    dki_text_map *notes;     /* gets what the reader must know of the steps; or NULL */
    dki_receipt *receipt;    /* or NULL */
    struct dki_trail *trail; /* gets what became of each cell; or NULL */
} dki_run;

/* What dk_scenario_apply does, in one of repeated draws: the first is its own. trail: as of a run. */
dk_status dki_scenario_draw(const dk_scenario *scenario, const dk_table *cells, const dk_params *params,
                            uint32_t draw, struct dki_trail *trail, const dk_table **out, const dk_table **moved,
                            dk_error *err);
dk_status dki_run_steps(const dki_run *run, const dk_table *cells, const dk_table **out, dk_error *err);
/* The columns of the cells that the scenario mentions: room for all of them. */
dk_status dki_mentioned_columns(const dk_scenario *scenario, const dk_table *cells, size_t *columns, size_t *n,
                                dk_error *err);

#endif
