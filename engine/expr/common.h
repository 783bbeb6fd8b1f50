/* common.h - parts that several expressions over one table have in common, computed once for each block.
 *
 * Who asks several expressions at once gives their trees; parts that occur twice or more, and cost more than a
 * look-up, are bound by themselves. Binding the expressions with these in the scope puts a reference in the place
 * of each. A worker has one evaluator for each part beside those of the expressions: the first reference of a block
 * computes it for its rows, the next one takes what is there.
 */
#ifndef DKI_EXPR_COMMON_H
#define DKI_EXPR_COMMON_H

#include "eval.h"

typedef struct dki_common_part {
    const dk_expr *expr; /* of the first place where it stands */
    const dki_node *node;
    dki_bound *bound;
    size_t n_places;
} dki_common_part;

/* Begins as { 0 }. */
typedef struct dki_common {
    dk_context *context;
    dki_common_part *parts; /* room for all that there can be: larger ones refer to smaller ones */
    size_t n;
} dki_common;

/* A tree and the expression that it belongs to. */
typedef struct dki_tree {
    const dk_expr *expr;
    const dki_node *node;
} dki_tree;

/* Finds and binds the parts that trees have in common. What does not bind is left to who binds the whole. */
dk_status dki_common_find(dki_common *common, const dki_scope *scope, const dki_tree *trees, size_t n,
                          dk_error *err);
void dki_common_drop(dki_common *common);

/* One worker's evaluators. Begins as { 0 }. */
typedef struct dki_common_eval {
    dki_eval *eval;
    uint64_t row;
    size_t n; /* rows of the block that values are there for; 0: none yet */
    uint64_t done[DK_BLOCK_WORDS];
    uint64_t n_computed; /* rows in all */
} dki_common_eval;

typedef struct dki_common_evals {
    dk_context *context;
    dki_common_eval *items;
    size_t n;
} dki_common_evals;

dk_status dki_common_evals_init(dki_common_evals *evals, const dki_common *common, dk_error *err);
void dki_common_evals_drop(dki_common_evals *evals);
/* Lets an evaluator look there for its references; evals must outlive it. NULL eval does nothing. */
void dki_eval_use(dki_eval *eval, dki_common_evals *evals);

#endif
