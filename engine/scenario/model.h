/* model.h - a scenario on cells, compiled: what no value of some parameters changes is found once.
 *
 * Where a parameter occurs in shares, counts, factors and rates alone, it does not decide whom a step matches, in which
 * strata they are, or what becomes of them: every cell that there can be, whoever is in it, is known beforehand. Then a
 * value of the parameter costs arithmetic on weights, and no table is made.
 *
 *   model.c        every cell that there can be before and after each step, and where what is taken goes
 *   model_run.c    weights after the steps, settled and split by what settles and splits them for tables
 *   model_lumps.c  cells that go the same way as one lump, as long as nothing has to be rounded
 *   model_lumps_run.c  and weights of these after the steps
 *   model_strata.c  weights of lumps where what has to be rounded is the number of a stratum alone
 *   model_select.c whom steps match where parameters decide that
 *   model_choose.c and lumps of those
 *
 * Invariant: weights are those that dki_run_steps gives, to the unit.
 */
#ifndef DKI_SCENARIO_MODEL_H
#define DKI_SCENARIO_MODEL_H

#include "scenario_parts.h"

#define DKI_NOWHERE UINT32_MAX

/* A step on the cells that there can be before it. */
typedef struct dki_model_step {
    const dki_step *step;
    size_t number;
    const dk_table *cells;
    size_t n;          /* of them */
    dki_strata strata; /* those that it matches, whoever is in them */
    uint32_t *stay;    /* the cell after it, of each cell: for who is not taken */
    uint32_t **move;   /* of each of n_moves the same of each matched cell, in the order of strata: for who is */
    size_t n_moves;
    bool selects; /* whom of the matched it takes from is selected */
} dki_model_step;

/* Whom steps of a model match at some values of the parameters that only decide that. */
typedef struct dki_selection {
    dk_context *context;
    bool **matched; /* by step of the model, of each of its cells; NULL: as the model says */
    size_t n_steps;
    bool has_notes; /* a run of the steps may have something to tell of it */
} dki_selection;

typedef struct dki_model {
    dk_context *context; /* borrowed, as the scenario is */
    const dk_scenario *scenario;
    const dki_only *only;
    const bool *allow_none;         /* borrowed, as the scenario: of a run */
    const dki_selection *selection; /* borrowed, of a copy for some points; or NULL: everybody whom steps match */
    uint32_t draw;
    dki_model_step *steps;
    size_t n_steps;
    const dk_table *base; /* the cells that it was compiled on */
    int64_t *weights;     /* of the base's */
    bool *matched;        /* of the base's: some step may match it; others stay as they are, and are in no step's */
    int64_t *first;       /* weights of the first step's cells */
    const dk_table *cells; /* that there can be of these after the steps; what their weights say is nothing */
    size_t n;              /* of them */
    size_t *columns;       /* of all cells: those that the scenario mentions */
    size_t n_columns;
    bool has_notes; /* a run of the steps may have something to tell */
} dki_model;

/* Whether the parameter is nowhere but in shares, counts, factors and rates. */
bool dki_param_is_amount(const dk_scenario *scenario, size_t param);

/* Whether it is nowhere but there and in conditions of steps. */
bool dki_param_selects(const dk_scenario *scenario, size_t param);

/* Compiles the run's steps on cells. run: scenario, from, to, params, only, draw and allow_none, which live as long as
 * the model. params: all of the scenario's; another run may have other values of what is an amount. *out is NULL where
 * it cannot be compiled: then the steps are to be run. */
dk_status dki_model_new(const dki_run *run, const dk_table *cells, dki_model **out, dk_error *err);
void dki_model_drop(dki_model *model); /* NULL does nothing */

/* Whether some column has more than n levels that it did not have before; with n > 0 only of those whose order was stated. */
bool dki_cells_gain_levels(const dk_table *before, const dk_table *after, size_t n);

/* Weights after the steps, into weights[0 .. n-1]. tallies: by step of the scenario; or NULL. A failure that is neither
 * of memory nor an interruption has no message: running the steps says what is wrong, unless *told, and then
 * it is the same message.
 * Threads any. */
dk_status dki_model_run(const dki_model *model, const dk_params *params, dki_tally *tallies, int64_t *weights,
                        bool *told, dk_error *err);
/* How many cells there can be before step i of the model's, or after the last one. */
static inline size_t dki_model_cells(const dki_model *model, size_t i)
{
    return i < model->n_steps ? model->steps[i].n : model->n;
}

/* Step i of the model's alone: adds what becomes of the weights of the cells before it to those after it, which begin as zeros.
 * Otherwise as dki_model_run. */
dk_status dki_model_step_run(const dki_model *model, size_t i, const dk_params *params, const int64_t *weights,
                             dki_tally *tallies, int64_t *after, bool *told, dk_error *err);
/* The cells with those weights, without those that nobody is in, and those that no step matches: they count what dki_run_steps
 * gives. */
dk_status dki_model_table(const dki_model *model, const int64_t *weights, const dk_table **out, dk_error *err);

/* Selections ---------------------------------------------------------------------------------------------------- */

/* Room for whom the steps of a model that was compiled for anybody match. To be dropped in any case. */
dk_status dki_selection_init(dki_selection *selection, const dki_model *model, dk_error *err);
void dki_selection_drop(dki_selection *selection);
/* Finds them. A failure is that of the condition. */
dk_status dki_model_select(const dki_model *model, const dk_params *params, dki_selection *selection,
                           dk_error *err);

/* Lumps --------------------------------------------------------------------------------------------------------- */

/* A step on lumps: where what stays and what is taken of each goes; DKI_NOWHERE where nobody is taken. */
typedef struct dki_lump_step {
    const dki_model_step *of;
    size_t n;
    uint32_t *stay, *move;
    size_t param;  /* the amount is this parameter; SIZE_MAX: the expression's value */
    bool is_fixed; /* and this, whatever the parameters are */
    dk_ratio amount;
} dki_lump_step;

/* Of each stratum of the last step, the lump of all who stay and of all who are taken; NULL where that is not one each. */
typedef struct dki_lump_ends {
    uint32_t *stay, *move;
    int64_t *available; /* of a model with one step: units in each stratum */
    int64_t *still;     /* likewise: of each lump after it, where nobody is taken */
} dki_lump_ends;

/* Cells that tell the columns of a question the same, and go the same way. */
typedef struct dki_lumps {
    const dki_model *model;
    dk_context *context;
    dki_lump_step *steps;  /* as many as the model's */
    const dk_table *table; /* after the steps: a row for each lump, with the columns of the question */
    size_t n, most;        /* of these, and of any step */
    bool is_exact;         /* steps may be run on lumps */
    uint32_t *of_cell;     /* of the model's cells after the steps */
    int64_t *multiples;    /* of each lump before the first step, so many units */
    int64_t unit, total;   /* total: of all cells, in units of weights */
    int64_t *rest;         /* of each lump after the steps, what cells that no step matches weigh */
    dki_lump_ends ends;

    /* Of a model with steps that select, what choosing the lumps of some points begins with; stays, takes and still are there where
     * that is the first one alone. */
    bool can_choose;
    size_t n_own;            /* of a choice: the first steps, whose arrays are its own, as multiples are */
    uint32_t **after;        /* by step that selects: the lump after it of each cell after it; else NULL */
    uint32_t *stays, *takes; /* of each cell before the first step, the lump after it */
    int64_t *still;          /* multiples of each lump after the first step, where nobody is taken */
} dki_lumps;

/* Cells, before any step, that tell the columns of a question the same: what models on the same cells share. */
typedef struct dki_lump_base {
    dk_context *context;
    const dk_table *table; /* a row for each, with those columns and a weight that says nothing */
    uint32_t *of_cell;
} dki_lump_base;

/* columns: those of the question. */
dk_status dki_lump_base_new(const dk_table *cells, const dki_text_map *columns, dki_lump_base **out, dk_error *err);
void dki_lump_base_drop(dki_lump_base *base); /* NULL does nothing */
/* base: of the model's base and these columns; NULL: it is made for this alone. */
dk_status dki_lumps_new(const dki_model *model, const dki_text_map *columns, const dki_lump_base *base,
                        dki_lumps **out, dk_error *err);
void dki_lumps_drop(dki_lumps *lumps); /* NULL does nothing */
/* The share, count or factor of a step that takes alike of all; NULL: all. */
static inline const dk_expr *dki_step_amount(const dki_step *step)
{
    return step->share ? step->share : step->count ? step->count : step->scale;
}
/* Makes the lumps before each of the first n steps, of those that cells after these are in, and what the first ones weigh. */
dk_status dki_lumps_make(dki_lumps *lumps, size_t n, const uint32_t *last, dk_error *err);
/* model_choose.c: what is kept for choosing, before the lumps before steps are made, when those after step i are known, and after
 * all; nothing where no step selects. */
dk_status dki_lumps_prepare(dki_lumps *lumps, dk_error *err);
dk_status dki_lumps_note(dki_lumps *lumps, size_t step, const uint32_t *after, dk_error *err);
dk_status dki_lumps_begin(dki_lumps *lumps, dk_error *err);
/* The lumps of a selection of the model's: with the same table. model: a copy of the lumps' model, which has it. *out is to be dropped
 * by dki_lumps_drop_choice, also on failure. */
dk_status dki_lumps_choose(const dki_lumps *all, const dki_model *model, dki_lumps *out, dk_error *err);
void dki_lumps_drop_choice(dki_lumps *choice); /* of zeros does nothing */
/* What lumps weigh before and after each step at the parameters that came last: at others, steps whose amounts are the same need not
 * be taken again. For one thread. */
typedef struct dki_track {
    dk_context *context; /* borrowed */
    const dki_lumps *lumps;
    struct dki_way *ways;
    dk_value *amounts;  /* by step: of its parameter */
    int64_t *multiples; /* of all ways */
    size_t n_kept;      /* steps whose way is known */
} dki_track;

void dki_track_init(dki_track *track, dk_context *context);
/* lumps outlive it, or it begins anew with others. */
dk_status dki_track_begin(dki_track *track, const dki_lumps *lumps, dk_error *err);
void dki_track_drop(dki_track *track);
/* The weights of lumps after the steps at those parameters, all of the scenario's in its order. *done: false where something
 * has to be rounded, or cannot be: then dki_model_run says how. */
dk_status dki_lumps_run(dki_track *track, const dk_param *params, int64_t *out, bool *done, dk_error *err);
/* model_strata.c: finds the ends, where there are any; and lets go of them. */
dk_status dki_lump_ends_find(dki_lumps *lumps, dk_error *err);
void dki_lump_ends_drop(dki_lumps *lumps);
/* The weights of lumps that the model's of cells make, as dki_model_run finds them, and with its failures. model: the lumps', or a copy
 * with a selection. */
dk_status dki_lumps_weigh(const dki_lumps *lumps, const dki_model *model, const dk_params *params,
                          dki_tally *tallies, int64_t *out, bool *told, dk_error *err);
/* The weights of lumps that weights of cells make. */
void dki_lumps_add(const dki_lumps *lumps, const int64_t *weights, int64_t *out);
/* The lumps that somebody is in, with those weights, which are put together. */
dk_status dki_lumps_table(const dki_lumps *lumps, int64_t *weights, const dk_table **out, dk_error *err);

#endif
