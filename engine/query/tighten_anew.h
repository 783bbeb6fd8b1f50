/* tighten_anew.h - measures that a result made of its sums, made of them again once these are narrower. For tighten*.c alone.
 *
 *   lineage -> quantities: what each column is made of                  tighten_quantities.c
 *           -> forms: sums and differences of numbers that are solved   tighten_forms.c, tighten_mixture.c
 *           -> after solving: columns, computed anew and narrower       tighten_anew.c
 */
#ifndef DKI_QUERY_TIGHTEN_ANEW_H
#define DKI_QUERY_TIGHTEN_ANEW_H

#include "base/arena.h"
#include "breakdown_making.h"
#include "data/renames.h"
#include "expr/interval_share.h"
#include "tighten_parts.h"

#define DKI_QUANTITY "\x01q" /* begins the name of one in a tree; its number follows */

/* A dimension, a measure, or a column that was derived since. */
typedef struct dki_quantity {
    const char *name; /* in trees */
    const dki_node *
        root; /* what it is made of: names are those of quantities, and what is inside aggregates is as it was written.
                             NULL: it is a dimension, or nobody knows */
    const dk_expr *expr; /* of root; owned */
    size_t column;       /* of the table; DK_NO_COLUMN: it is not there, or not any more */
    size_t value;        /* among the columns of numbers; DK_NO_COLUMN */
    const char *work;    /* its newest column in the working table */
    bool is_dimension;
    bool is_anew;     /* it was made anew */
    size_t n_against; /* numbers that stayed as they were, as what they are made of says another thing */
} dki_quantity;

/* factor times a number: that of the column in the row, or in the row that totals it. */
typedef struct dki_form_term {
    uint32_t column; /* among the columns of numbers */
    uint32_t in;     /* 0: in the row itself; k: in that of lookup k - 1 */
    int32_t factor;
} dki_form_term;

/* A number that is a sum or difference of others, in every row. */
typedef struct dki_form {
    dki_form_term terms[2 * DKI_MOST_TERMS];
    size_t n_terms;
    const char *name; /* in the working table */
} dki_form;

/* For each row the one that totals some dimensions, too. */
typedef struct dki_lookup {
    uint32_t mask;
    bool is_there;  /* for some row */
    uint64_t *rows; /* DK_ROW_NULL: there is none; owned */
} dki_lookup;

typedef struct dki_anew {
    dki_tighten *t;
    dki_arena arena;
    bool is_result;
    const char *since; /* the step after which names may mean anything; NULL: there is none */
    dki_quantity *quantities;
    size_t n_quantities, quantity_capacity;
    dki_binding *bindings; /* of: the quantity */
    size_t n_bindings, binding_capacity;
    const dk_expr **params; /* their values, owned */
    size_t n_params, param_capacity;
    dki_form *forms;
    size_t n_forms, form_capacity;
    dki_lookup *lookups;
    size_t n_lookups, lookup_capacity;
    bool is_solved;       /* forms have columns in the working table */
    const dk_table *work; /* the table by columns "\x01c0", ..., and more behind these; NULL before it is solved */
    size_t n_work;        /* these */
} dki_anew;

/* tighten_quantities.c: reads the lineage of t->table. To be dropped in any case. */
dk_status dki_anew_init(dki_anew *anew, dki_tighten *t, dk_error *err);
void dki_anew_drop(dki_anew *anew);
/* The quantity that a name in a tree, or a column of the table, is; NULL: none. */
dki_quantity *dki_anew_find(const dki_anew *anew, const dki_node *node);
dki_quantity *dki_anew_of_column(const dki_anew *anew, size_t column);
/* Whether totals of the column are no sums: it is a quotient, a mean. */
bool dki_anew_never_adds(const dki_anew *anew, size_t column);
/* Whether that is so for sure: a quotient of two numbers of the row, a mean, a median. A share of all, or a thousandth, may add up. */
bool dki_anew_is_rate(const dki_anew *anew, size_t column);
/* The measure of the result that is nothing but this aggregate, or figure of another table; NULL: none. */
dki_quantity *dki_anew_find_same(const dki_anew *anew, const dki_node *node);

/* tighten_forms.c: *out is NULL where a tree is no sum of numbers that are solved; else the name of its column. minus: less that
 * tree, which may be NULL. Before solving a form is added; afterwards it is found. */
dk_status dki_anew_form(dki_anew *anew, const dki_node *node, const dki_node *minus, const char **out,
                        dk_error *err);
/* Which lookup an all() is, in its dimensions; *out is SIZE_MAX where the table has no such totals. */
dk_status dki_anew_lookup(dki_anew *anew, const dki_node *node, size_t *out, dk_error *err);
/* tighten_mixture.c, once numbers are solved: makes forms columns of the working table. */
dk_status dki_anew_add_forms(dki_anew *anew, const dki_bounds *after, dk_error *err);

/* tighten_anew.c: finds all forms; before solving. */
dk_status dki_anew_collect(dki_anew *anew, dk_error *err);
/* Afterwards. columns: of each of the table's its new one, owned, or NULL where it stays; more are filled in, and replaced. */
dk_status dki_anew_make(dki_anew *anew, const dki_bounds *after, const dk_column **columns, dk_error *err);
/* What was made, and what was not, as notes; ... */
dk_status dki_anew_note(const dki_anew *anew, const dk_table **table, dk_error *err);
/* ... and for the step: ", and a and b anew of these", or "". In the arena; NULL: no memory. */
const char *dki_anew_words(const dki_anew *anew, dk_error *err);

#endif
