/* aggregate.h - aggregates of one's own, for the measures of breakdowns: "g = gini(inkomen)".
 *
 * An aggregate is four functions over a state: start, step, merge, finish. A group has a state of its own; step takes a
 * row in, or block many of them, merge takes in the state of a finer group (totals) or of another thread, finish makes
 * the value. A definition belongs to a context and to the expressions that are parsed with it afterwards.
 */
#ifndef DEKKING_AGGREGATE_H
#define DEKKING_AGGREGATE_H

#include <dekking/column.h>
#include <dekking/context.h>
#include <dekking/value.h>

#define DK_AGGREGATE_MOST_ARGUMENTS 2

/* Some rows of one group, in their order. Everything in it is borrowed for the call. */
typedef struct dk_aggregate_rows {
    size_t n; /* 1 .. DK_BLOCK_ROWS */
    const dk_view *
        values; /* of each argument: known in every row, none constant, stored as bits, I64, F64, RATIO, U32 or TEXT */
    const dk_view *weights; /* integers or decimals above 0, I64; NULL in a table without weights */
} dk_aggregate_rows;

/* Each function returns DK_OK, or another status with err filled; that ends the breakdown with this error. arg is the
 * definition's. */
typedef struct dk_aggregate {
    const char *name;   /* a word of the language that nothing else has; copied */
    size_t n_arguments; /* 0 .. DK_AGGREGATE_MOST_ARGUMENTS */
    dk_type result;     /* boolean, integer, decimal, real, date, timestamp or text */
    uint8_t scale;      /* of a decimal */
    /* Bytes of a state. It is zeroed before start and may be moved in memory like any struct. */
    size_t state_bytes;
    /* Whether calls for different states may come from several threads at once, and rows in any order; merge must not
     * depend on who is merged with whom. Else all calls come from the thread that runs the breakdown, rows in
     * their order. */
    bool any_thread;
    /* Whether step looks at weights. Else a table with weights is refused. */
    bool weighs;
    void *arg;

    dk_status (*start)(void *arg, void *state, dk_error *err); /* NULL: zeroed is started */
    /* A row whose n_arguments values are all known; texts are borrowed for the call. weight: an integer or a decimal above 0,
     * NULL in a table without weights. */
    dk_status (*step)(void *arg, void *state, const dk_value *values, const dk_value *weight, dk_error *err);
    /* In the place of step, which is NULL then: many rows of a group at once. They are gathered while the table is gone over,
     * so that a call has some dozens of rows where groups are not more than the rows of a block or two. */
    dk_status (*block)(void *arg, void *state, const dk_aggregate_rows *rows, dk_error *err);
    /* NULL: the aggregate has no totals, and needs any_thread to be false. */
    dk_status (*merge)(void *arg, void *state, const void *other, dk_error *err);
    /* Puts the value of the state into out: of the result's type (an integer also where that is decimal or real), or null.
     * A text must live until the next call for this definition. Of a group without such rows the state is a started
     * one. */
    dk_status (*finish)(void *arg, const void *state, dk_value *out, dk_error *err);
    void (*drop)(void *arg, void *state); /* frees what a started state holds; NULL: nothing */
    void (*release)(void *arg);           /* with the context; NULL: nothing */
} dk_aggregate;

/* Defines an aggregate; one of the same name takes its place in what is run afterwards. Not while a call on the context
 * runs. The definition is copied, arg is given on DK_OK.
 * Errors  DK_ERR_ARGUMENT   no name, or one that is no word; too many arguments; neither step nor block, or both; no finish; a type that no result
 *                           has; threads without merge
 *         DK_ERR_DUPLICATE  a function or an aggregate of the language has the name
 *         DK_ERR_MEMORY */
DK_API DK_MUST_USE dk_status dk_aggregate_define(dk_context *context, const dk_aggregate *aggregate, dk_error *err);

#endif
