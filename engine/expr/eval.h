/* eval.h - binding a tree to a table, and evaluating it block by block.
 *
 * Binding checks names, types and parameters, folds constants, and turns predicates on a category into look-up tables
 * of codes. A bound expression is immutable and may be shared by threads; each worker makes a dki_eval of its own
 * for its scratch memory. Values come out as views, the same that columns give: a bare column name costs nothing.
 */
#ifndef DKI_EXPR_EVAL_H
#define DKI_EXPR_EVAL_H

#include "base/pool.h"
#include "node.h"
#include "window_list.h"

typedef struct dki_bound dki_bound;
typedef struct dki_eval dki_eval;

/* What names and aggregates mean. aggregate, when set, gives the column of `table` that stands for an AGGREGATE or
 * "all" node (measures are arithmetic over a table of results); NULL refuses such nodes with DK_ERR_ARGUMENT. window does
 * the same for calls of window functions, or gives another tree that stands for the call (with the places of the call). */
struct dki_common;
typedef struct dki_scope {
    const dk_table *table;
    const struct dki_common *common; /* parts that are shared (common.h), which outlive what is bound; NULL: none */
    const dk_params *params;         /* may be NULL */
    dk_status (*aggregate)(void *arg, const dki_node *node, size_t *column, dk_error *err);
    dk_status (*window)(void *arg, const dki_node *node, size_t *column, const dki_node **other, dk_error *err);
    void *arg;
} dki_scope;

/* The window function of that name; false, *out untouched, where there is none. */
bool dki_window_find(const char *name, dki_window_function *out);

/* node is expr's root or a part of it. The bound expression retains what it needs of table and expr. */
dk_status dki_bind(const dki_scope *scope, const dk_expr *expr, const dki_node *node, dki_bound **out,
                   dk_error *err);
void dki_bound_release(dki_bound *bound);
dk_type dki_bound_type(const dki_bound *bound);
uint8_t dki_bound_scale(const dki_bound *bound);
const dk_dictionary *dki_bound_levels(const dki_bound *bound); /* category; else NULL; borrowed */
/* The value where it is the same for every row; NULL where it is not. Texts are borrowed from bound. */
const dk_value *dki_bound_constant(const dki_bound *bound);
/* The column of the scope's table that the expression is, where it is nothing but one; else DK_NO_COLUMN. */
size_t dki_bound_column(const dki_bound *bound);
/* Whether values are looked up by the codes of a few columns: each row then has one, whatever the selection. */
bool dki_bound_is_looked_up(const dki_bound *bound);
/* Bounds of what is looked up, where they are known: integers, decimals, dates, timestamps, periods. */
bool dki_bound_bounds(const dki_bound *bound, int64_t *least, int64_t *greatest);
/* The texts that are looked up, one for each joint code, where is_null is 0; *n codes. NULL where it is no text that is looked
 * up. */
const dk_text *dki_bound_texts(const dki_bound *bound, uint32_t *n, const uint8_t **is_null);
/* Puts whole numbers from 0 to `greatest` in the place of these texts: numbers[code] of each. The type is integer then. */
dk_status dki_bound_number_texts(dki_bound *bound, const int64_t *numbers, int64_t greatest, dk_error *err);
/* How it is computed, in words, cut where they are long. */
#define DKI_DESCRIPTION 240
void dki_bound_describe(const dki_bound *bound, char *out, size_t size);
/* Sentences for the result: a literal that no category has, with the nearest one. */
size_t dki_bound_n_notes(const dki_bound *bound);
const char *dki_bound_note(const dki_bound *bound, size_t i);

/* What one thread needs to evaluate a bound expression, which outlives it. */
dk_status dki_eval_new(const dki_bound *bound, dki_eval **out, dk_error *err);
void dki_eval_release(dki_eval *eval);
/* Evaluates rows row .. row + n - 1 (n <= DK_BLOCK_ROWS). Only rows in selection are evaluated (NULL: all): others
 * have unspecified values and raise nothing. Boolean results have storage BITS. *out points to a view that stays
 * valid until the next call with this eval. A failure is that of the earliest selected row at fault, which the message
 * names (from 1), whatever n. */
dk_status dki_eval_block(dki_eval *eval, uint64_t row, size_t n, const uint64_t *selection, const dk_view **out,
                         dk_error *err);
/* For a boolean expression: bit i of truth = row is selected and the value is true. *n_null counts selected rows
 * where it is null. truth has room for DK_BLOCK_WORDS words. */
dk_status dki_eval_truth(dki_eval *eval, uint64_t row, size_t n, const uint64_t *selection, uint64_t *truth,
                         uint64_t *n_null, dk_error *err);
/* An evaluator for each worker that a call of dki_parallel can have, made when it is first asked for. Behind the first n items there
 * is nothing: clearing all of them takes longer than a few rows. */
typedef struct dki_evals {
    unsigned n;
    dki_eval *items[DKI_MOST_WORKERS];
} dki_evals;
void dki_evals_init(dki_evals *evals, uint64_t n_rows, uint64_t grain);
dk_status dki_evals_get(dki_evals *evals, const dki_bound *bound, unsigned worker, dki_eval **out, dk_error *err);
void dki_evals_release(dki_evals *evals);
/* All rows of the scope's table as a column, in parallel. */
dk_status dki_bound_column_new(const dki_bound *bound, const dk_column **out, dk_error *err);

#endif
