/* breakdown_inputs.h - what a pass over the rows reads: the values of a breakdown's condition, dimensions, and the
 * conditions and arguments of its aggregates, block by block. */
#ifndef DKI_QUERY_BREAKDOWN_INPUTS_H
#define DKI_QUERY_BREAKDOWN_INPUTS_H

#include "breakdown_plan.h"

/* What gives the values of a block: a plain column is looked at where it lies. */
typedef struct dki_input {
    const dk_column *column; /* NULL: eval */
    dk_view view;
    dki_eval *eval;
} dki_input;

/* Of one worker. */
typedef struct dki_inputs {
    const dki_plan *plan;     /* borrowed */
    dki_common_evals *common; /* of parts that the others have in common */
    dki_common_evals own;     /* these, where no other inputs have them too */
    dki_eval *where;
    dki_input by[DKI_MAX_DIMENSIONS];
    dki_eval **filters;
    dki_input *values;
    dk_view weight_view;
    dki_arena arena;                /* holds the arrays here */
    uint64_t n_where, n_where_null; /* rows that the where lets through, and those where it is null */
    uint64_t *n_filter_null;        /* of each filter */
    uint64_t *steps;                /* of the trace; NULL: nobody asks */
    uint64_t since;                 /* when the step at hand began */
    const struct dki_inputs
        *like;           /* others with the same condition, which have read the block at hand before; or NULL */
    size_t *filter_like; /* the filter of theirs that each filter is, or DKI_NONE */
    /* Of the block at hand. */
    uint64_t *where_truth; /* DK_BLOCK_WORDS words */
    uint64_t *truths;      /* DK_BLOCK_WORDS words for each filter */
    uint64_t n_null_here;  /* rows where the where is null */
    uint64_t *filter_null_here;
    size_t n_selected;
    const uint64_t *selection;         /* where the breakdown's where holds; NULL: it has none */
    const dk_view **by_views, **views; /* of each dimension, of each value */
} dki_inputs;

/* common: evaluators of what the plan has in common with others, which outlive the inputs; NULL: it makes its own. After a
 * failure the inputs may only be dropped; zeroed ones may be dropped too. */
dk_status dki_inputs_init(dki_inputs *inputs, const dki_plan *plan, dki_common_evals *common, dk_error *err);
void dki_inputs_drop(dki_inputs *inputs);
/* Where others have the same condition, and read each block first, theirs serves; and so do filters that both have. Says
 * whether they have. */
dk_status dki_inputs_follow(dki_inputs *inputs, const dki_inputs *others, bool *does, dk_error *err);
/* Reads n rows. *any: whether the condition holds for one; where it does not, nothing else is read. */
dk_status dki_inputs_block(dki_inputs *inputs, uint64_t row, size_t n, bool *any, dk_error *err);
/* The same of the dimensions alone. */
dk_status dki_inputs_keys(dki_inputs *inputs, uint64_t row, size_t n, bool *any, dk_error *err);
dk_status dki_inputs_weights(dki_inputs *inputs, uint64_t row, size_t n, int64_t *weights, dk_error *err);
/* Of breakdown_scan.c: adds what the conditions of a worker left out, and what its steps took; once for each
 * worker. */
void dki_groups_count_nulls(dki_groups *groups, const dki_inputs *inputs);
static inline const uint64_t *dki_inputs_truth(const dki_inputs *inputs, size_t filter)
{
    return filter == DKI_NONE ? inputs->selection : inputs->truths + filter * DK_BLOCK_WORDS;
}

#endif
