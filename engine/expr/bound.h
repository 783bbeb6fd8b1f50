/* bound.h - bound expressions and their evaluation, from the inside. For engine/expr alone.
 *
 * A bound node computes a vector of at most DK_BLOCK_ROWS values in the wide form of its type:
 *
 *   boolean                            bits
 *   integer, decimal, date, timestamp, period  int64_t
 *   real                               double
 *   ratio                              dk_ratio
 *   category                           uint32_t codes of the node's levels, 0 is null
 *   text                               dk_text
 *   interval                           dk_interval, which may have a marker where it is null
 *
 * valid has a bit for each row that is known, NULL where all are; a category needs none. What stands in rows outside the
 * selection is unspecified.
 */
#ifndef DKI_EXPR_BOUND_H
#define DKI_EXPR_BOUND_H

#include <dekking/function.h>
#include <dekking/members.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/types.h"
#include "eval.h"

typedef struct dki_op dki_op;
typedef struct dki_vector {
    const void *values;
    const uint64_t *valid;
} dki_vector;

/* Memory of one node in one evaluator. */
typedef struct dki_slot {
    dki_vector vector;
    void *values;    /* room for a block of the op's type, and behind it */
    uint64_t *valid; /* for a bit a row */
    size_t n_made;   /* so many of a constant's rows are there, from block to block */
    dk_view view;    /* of a column */
    void *state;     /* a function's own, kept from block to block; NULL at first */
    void (*drop_state)(dk_context *context, void *state);
} dki_slot;

/* What stands for a column while tables of its codes are made. */
typedef struct dki_override {
    size_t column;
    dki_vector vector;
} dki_override;

struct dki_eval {
    const dki_bound *bound;
    dk_context *context;
    const dki_op *root;
    dki_slot *slots;
    size_t n_slots;
    dki_arena arena;                 /* texts of the block */
    uint64_t row;                    /* first row of the block */
    size_t n;                        /* its rows */
    struct dki_common_evals *common; /* where references are computed; NULL where there are none */
    const dki_override *overrides;
    size_t n_overrides;
    dk_view out;
};

/* Fills the node's slot for the selected rows; bits of the selection past the block are 0. */
typedef dk_status dki_run_fn(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err);
/* One row of a function: args[0 .. n-1] -> out; DK_ERR_OVERFLOW and the like with err filled by dki_fail. */
typedef dk_status dki_row_fn(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err);

struct dki_op {
    dki_run_fn *run;
    const dki_node *node; /* for messages */
    dk_type type;
    uint8_t scale;
    const dk_dictionary *levels; /* category; retained by the bound expression */
    size_t slot;                 /* numbered where the op is evaluated: dki_op_number */
    size_t n_args;
    dki_op **args;
    bool is_constant;
    bool is_null_literal; /* null, whose type the context decides */
    dk_value value;       /* constant */
    size_t column;        /* of the scope's table */
    dki_row_fn *row;
    bool by_rank;          /* comparison: categories whose declared order is one */
    char sign;             /* arithmetic: + - * / ~ (floor division) %; comparison: = ! < l > g */
    const void *data;      /* a function's own */
    const uint8_t *truth;  /* look-up: 0 false, 1 true, 2 null, by code */
    const uint32_t *codes; /* map: code of levels by code of the argument */
};

struct dki_bound {
    dk_context *context;
    const dk_table *table;
    const dk_expr *expr;
    dki_arena arena;
    dki_op *root;
    size_t n_slots;
    const dk_dictionary **dictionaries; /* retained for ops */
    size_t n_dictionaries, dictionaries_capacity;
    const char **notes;
    size_t n_notes, notes_capacity;
    size_t n_missing; /* literals that no category has */
    bool is_single;   /* it asks the host, and holds the context to one thread */
};

/* What binding works with. */
typedef struct dki_binder {
    const dki_scope *scope;
    dki_bound *bound;
    dk_error *err;
} dki_binder;

/* Binds a tree: types are checked, and what needs no row is computed. */
dk_status dki_bind_node(dki_binder *b, const dki_node *node, dki_op **out);
/* A new node of that type; args may be set later. NULL: no memory, err filled. */
dki_op *dki_op_new(dki_binder *b, const dki_node *node, dki_run_fn *run, dk_type type, uint8_t scale,
                   size_t n_args);
dki_op *dki_op_constant(dki_binder *b, const dki_node *node, dk_value value);
/* The op as another type of number, date, ...: *op is replaced where something is to be done. */
dk_status dki_op_convert(dki_binder *b, dki_op **op, dk_type type, uint8_t scale);
/* Gives a null literal the type of its context. */
dk_status dki_op_settle(dki_binder *b, dki_op **op, dk_type type, uint8_t scale, const dk_dictionary *levels);
/* A constant text as the date, timestamp or period that it stands beside; what else it is stays. DK_ERR_TYPE: it is none. */
dk_status dki_op_read(dki_binder *b, dki_op **op, dk_type type, uint8_t scale);
/* One type for several ops (numbers; texts and categories; or one type): they are converted in place, numbers only where
 * convert_numbers is set: a comparison takes any two as they are. what names the ops. */
dk_status dki_op_unify(dki_binder *b, dki_op **ops, size_t n, bool convert_numbers, const char *what);
/* Periods of two frequencies: what names the operator or function. DK_ERR_TYPE. */
dk_status dki_fail_frequencies(dki_binder *b, const dki_node *node, const char *what, uint8_t x, uint8_t y);
/* The type and scale that numbers among the ops meet in. */
dk_type dki_op_number_type(dki_op *const *ops, size_t n, uint8_t *scale);
/* Ops whose order is asked for: where one is a category with declared levels, all are brought to these levels, and *levels is
 * set. Errors: DK_ERR_RANGE for a constant that is none of them, DK_ERR_TYPE for what has another order or none. */
dk_status dki_op_order(dki_binder *b, dki_op **ops, size_t n, const dk_dictionary **levels);
/* The nearest level or label of a text that is none; *labelled: the code of the label that it is, or 0. */
dk_status dki_nearest_level(dki_binder *b, const dk_dictionary *levels, dk_text text, dki_nearest *nearest,
                            uint32_t *labelled);
/* Ops of which one is chosen: where they are one category and constants, all become categories of *levels, which are its
 * levels and then the constants that it lacks. Else *levels stays NULL. */
dk_status dki_op_one_category(dki_binder *b, dki_op **ops, size_t n, const dk_dictionary **levels);
/* Numbers the slots of op and all below it from `next`; returns the next number. */
size_t dki_op_number(dki_op *op, size_t next);
dk_status dki_bound_keep(dki_bound *bound, const dk_dictionary *dictionary, dk_error *err); /* given */
dk_status dki_bound_add_note(dki_bound *bound, const char *note, dk_error *err);
dk_status dki_bound_end_notes(dki_bound *bound, dk_error *err); /* says how many notes were not made */
/* Constants and functions of one category become tables: see fold.c. */
dk_status dki_fold(dki_binder *b, dki_op **op);
/* Whether it compares a category with a text that is the same in all rows, as the same or another. */
bool dki_compares_level(const dki_op *left, const dki_op *right, char sign);

/* common.c: a reference where the node is a part that is shared; else *out is NULL. */
dk_status dki_common_bind(dki_binder *b, const dki_node *node, dki_op **out);

static inline bool dki_type_is_text(dk_type type)
{
    return type == DK_TEXT || type == DK_CATEGORY;
}

typedef struct dki_function {
    const char *name;
    size_t least, greatest; /* arguments */
    dk_status (*bind)(dki_binder *b, const struct dki_function *function, const dki_node *node, dki_op **args,
                      size_t n_args, dki_op **out);
    dki_row_fn *row;
} dki_function;
const dki_function *dki_function_find(const char *name); /* NULL where there is none of that name */
const dki_function *dki_function_get(size_t i);          /* NULL behind the last */

/* functions_host.c: a call of a function that the host has defined, with as many arguments as it takes. */
dk_status dki_function_bind_host(dki_binder *b, const dk_function *function, const dki_node *node, dki_op **args,
                                 dki_op **out);

/* The constants of `in`, in order. */
typedef struct dki_value_set {
    size_t n;
    bool has_null;
    dk_value *values;
} dki_value_set;
/* Whether the op's values are sets. */
static inline bool dki_op_is_set(const dki_op *op)
{
    return op->type == DK_CATEGORY && op->levels && dk_dictionary_members(op->levels);
}
/* The name of its type, as messages show it. */
static inline const char *dki_op_shown(const dki_op *op)
{
    return dki_op_is_set(op) ? "set" : dki_type_shown(op->type, op->scale);
}
/* Whether the text is what totals are called, where the table has some: over the dimension, or any where it is NULL. */
bool dki_means_total(const dki_binder *b, const dki_node *dimension, dk_text text);
/* bind_compare.c: notes each constant that is no member of the set; one that is the label of a member is refused. */
dk_status dki_note_members(dki_binder *b, const dki_op *set, dki_op *const *constants, size_t n);
/* Puts the members that a constant text lists in the order of a set's text. */
dk_status dki_op_make_set(dki_binder *b, dki_op *constant);
/* functions_set.c: gives values of which one is chosen, and which are sets of several columns, one dictionary. */
dk_status dki_op_meet_sets(dki_binder *b, const dki_node *node, dki_op **ops, size_t n);
/* sign is one of = ! < l > g. */
dk_status dki_bind_comparison(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out);
dk_status dki_bind_in(dki_binder *b, const dki_node *node, dki_op **args, size_t n, dki_op **out);
dk_status dki_bind_between(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out);
/* bind_arithmetic.c: sign is one of + - * / ~ %. */
dk_status dki_bind_arithmetic(dki_binder *b, const dki_node *node, char sign, dki_op **args, dki_op **out);
dk_status dki_bind_negative(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out);

/* functions_rate.c: whether an op is a column that is a rate, which no row of another may be added to. */
bool dki_op_is_rate(const dki_binder *b, const dki_op *op);
dk_status dki_fail_rates(dki_binder *b, const dki_node *node, const dki_op *const args[2]);
/* overlap.c: DK_ERR_ARGUMENT where two columns that are to be added up are of different groups that overlap. */
dk_status dki_check_overlaps(const dki_binder *b, const dki_node *node, const dki_op *const args[2]);

/* Runs. */
dki_run_fn dki_run_child; /* data: a column that a column of the table is made of */
dki_run_fn dki_run_column, dki_run_constant, dki_run_arithmetic, dki_run_negate, dki_run_compare, dki_run_and,
    dki_run_or, dki_run_not, dki_run_is_null, dki_run_is_true, dki_run_is_total, dki_run_in, dki_run_in_set,
    dki_run_between, dki_run_case, dki_run_coalesce, dki_run_row, dki_run_null_row, dki_run_convert,
    dki_run_truth_table, dki_run_code_map, dki_run_lookup, dki_run_common;

/* Computes the op over the rows of the block that are selected: dki_op_vector has it then. */
dk_status dki_op_run(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err);
static inline dki_vector dki_op_vector(const dki_eval *eval, const dki_op *op)
{
    return eval->slots[op->slot].vector;
}
/* A column of texts that has been run, as it lies: text i from offsets[i] to offsets[i + 1] - 1 of its bytes, one behind the
 * other, also in rows that are not selected. NULL: the op is something else. */
const dk_view *dki_op_text_view(const dki_eval *eval, const dki_op *op);
/* Whether all texts of such a view are ASCII; not of NULL. */
bool dki_texts_are_ascii(const dk_view *view);
/* 64 rows: bit i = row is known. */
static inline uint64_t dki_vector_known(dki_vector vector, size_t word)
{
    return vector.valid ? vector.valid[word] : ~UINT64_C(0);
}
/* Whether any of n rows is selected. */
static inline bool dki_any_row(const uint64_t *selection, size_t n)
{
    uint64_t any = 0;

    for (size_t w = 0; w < n / 64 + (n % 64 != 0); w++)
        any |= selection[w];
    return any != 0;
}
/* Row i of what the op gave. */
dk_value dki_vector_value(const dki_op *op, dki_vector vector, size_t i);
bool dki_vector_is_null(const dki_op *op, dki_vector vector, size_t i);
/* Writes a value of the op's type into row i of its slot. */
void dki_slot_put(const dki_op *op, dki_slot *slot, size_t i, const dk_value *value);
/* Points at the node, and names the row. */
DK_PRINTF(6, 7)
dk_status dki_row_fail(const dki_eval *eval, const dki_op *op, size_t i, dk_error *err, dk_status code,
                       const char *format, ...);
/* What a function found wrong, at its place and row; a hint stays. */
dk_status dki_row_fail_again(const dki_eval *eval, const dki_op *op, size_t i, dk_error *err, dk_status status);
/* The exact value as another type of number, or as an interval; DK_ERR_OVERFLOW, with err filled by dki_fail. */
dk_status dki_value_convert(const dk_value *from, dk_type type, uint8_t scale, dk_value *out, dk_error *err);
/* An evaluator of op and what is below it, whose slots have been numbered 0 .. n_slots - 1, for blocks of at most n rows. */
dk_status dki_eval_make(const dki_bound *bound, const dki_op *op, size_t n_slots, size_t n, dki_eval **out,
                        dk_error *err);
/* Evaluates the op for n rows from `row`; where there are overrides, these stand for all its columns. */
dk_status dki_eval_run(dki_eval *eval, uint64_t row, size_t n, const dki_override *overrides, size_t n_overrides,
                       const uint64_t *selection, dk_error *err);

#endif
