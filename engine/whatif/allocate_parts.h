/* allocate_parts.h - an allocation on its way. For engine/whatif alone.
 *
 *   allocate.c         what is asked, checked and put together
 *   allocate_groups.c  the groups: who is in them
 *   allocate_numbers.c what a person of each costs and gains
 *   allocate_form.c    a measure as what it is and what each group adds to it
 *   allocate_cells.c   where targets are asked
 *   allocate_rows.c    budget, targets and what is maximised as rows of whole numbers
 *   allocate_best.c    the best numbers, and which limit stands in the way where there are none
 *   allocate_answer.c  the tables
 */
#ifndef DKI_WHATIF_ALLOCATE_PARTS_H
#define DKI_WHATIF_ALLOCATE_PARTS_H

#include <dekking/allocate.h>

#include "base/program.h"
#include "query/breakdown_parts.h"
#include "whatif_parts.h"

#define DKI_ALLOCATE "allocate" /* who asks, in messages of the solver */

/* Cells before the step; of those whom it matches; and these as they would be. */
typedef enum dki_state { DKI_BEFORE, DKI_MATCHED, DKI_MOVED, DKI_N_STATES } dki_state;

/* value = (constant + full . shares taken) / denominator, where full[k] is what taking all of group k adds. */
typedef struct dki_form {
    dki_i128 constant;
    dki_i128 *full;
    int64_t denominator;
} dki_form;

/* One side of a target: a form, or the ratio of two. */
typedef struct dki_side {
    dki_form top, bottom;
    bool has_bottom;
    bool is_null; /* no value there, whoever is taken */
} dki_side;

/* What an aggregate says of each row: computed once. */
typedef struct dki_atom {
    const dki_node *node;
    dki_i128 *values[DKI_N_STATES];
    uint8_t scale;
} dki_atom;

/* Where a target is asked: rows of each state that are in the cell. NULL: the grand total. */
typedef struct dki_cell {
    bool *in[DKI_N_STATES];
} dki_cell;

/* A row of the program, and what it is to the reader. */
typedef struct dki_limit {
    const char *text, *cell; /* cell NULL: the budget */
    size_t target;           /* number of the target; SIZE_MAX: the budget */
    const dki_node *node;    /* the comparison */
    dk_ratio unit;           /* one of the row is so much of what is compared */
    dk_ratio most;           /* of that: the row's own may be rounded */
    dk_ratio price;          /* denominator 0: not known yet */
} dki_limit;

typedef struct dki_allocation {
    dk_context *context;
    const dk_breakdown *breakdown;
    const dk_params *breakdown_params;
    const dk_scenario *scenario;
    const dk_params *params;
    const dk_allocate_spec *spec;
    const dk_table *table;
    const dki_step *step; /* the last one */
    dki_arena arena;      /* texts */
    dki_text_map notes;
    const dk_expr **targets;

    /* Groups */
    const dk_table *cells[DKI_N_STATES];
    int64_t *weights[DKI_N_STATES];
    uint32_t *groups[DKI_N_STATES]; /* of each row */
    const dk_table *keys;           /* a row for each group */
    dki_text_map places;            /* the groups' keys as texts: numbers are theirs */
    size_t n;
    int64_t *available; /* units of weight */
    int64_t unit;       /* of the program's numbers, in units of weight: a person, or 1 */
    int64_t grain;      /* numbers in a person */
    dk_ratio *costs;
    int64_t *numbers;

    /* The program: rows 0 .. n_limits - 1 are limits. */
    dki_program program;
    dki_limit *limits;
    size_t n_limits, limits_capacity;
    int64_t *gains, *cost_factors; /* of the program's numbers */
    dk_ratio gain_unit, cost_unit; /* what one of them is */
    bool by_cost;                  /* gains are costs, negative */
    bool is_proved;
    dk_ratio *prices; /* of one person more of each group */
    double *rests;
    dki_atom *atoms;
    size_t n_atoms, atoms_capacity;
} dki_allocation;

/* allocate.c */
/* What the reader must know, once. */
dk_status dki_allocation_note(dki_allocation *a, const char *text, dk_error *err);

/* allocate_groups.c */
dk_status dki_allocation_group(dki_allocation *a, dk_error *err);
/* Notes what the last step has to tell where it takes as many as are allocated. */
dk_status dki_allocation_tell(dki_allocation *a, dk_error *err);
/* Appends a value to a key: with its length, so that no two keys are written alike. */
dk_status dki_allocation_key(const dk_value *value, dki_buffer *key, dk_error *err);
/* The key of a row of the table, by the columns of per. */
dk_status dki_allocation_row_key(const dki_allocation *a, const dk_table *table, uint64_t row, dki_buffer *key,
                                 dk_error *err);
/* A measure of the table by the columns of per: a row for each group, in the order of keys. */
dk_status dki_allocation_measure(dki_allocation *a, const dk_table *table, const char *text, const dk_table **out,
                                 dk_error *err);
/* "gemeente = Arnhem", in the arena. */
dk_status dki_allocation_name(dki_allocation *a, size_t group, const char **out, dk_error *err);

/* allocate_numbers.c */
/* Numbers of the groups by an expression over columns; *null is set where it is null (may be NULL: an error where persons
 * are). what names it. None is negative, unless it may be. */
dk_status dki_allocation_numbers(dki_allocation *a, const char *text, const char *what, bool may_be_negative,
                                 dk_ratio *out, bool *null, dk_error *err);

/* allocate_form.c */
/* The value of a node over measures at a cell. On success the caller drops it. */
dk_status dki_side_of(dki_allocation *a, const dki_cell *cell, const dk_expr *expr, const dki_node *node,
                      dki_side *out, dk_error *err);
void dki_side_drop(const dki_allocation *a, dki_side *side);
/* t / b becomes a form where b does not change; of b = 0 it has no value. */
dk_status dki_side_fold(const dki_allocation *a, dki_side *side, dk_error *err);
bool dki_form_is_constant(const dki_allocation *a, const dki_form *form);
/* form * factor. */
dk_status dki_form_scale(const dki_allocation *a, dki_form *form, dk_ratio factor, dk_error *err);
/* form + sign * other, sign 1 or -1. */
dk_status dki_form_add(const dki_allocation *a, dki_form *form, const dki_form *other, int sign, dk_error *err);
/* constant / denominator of a form that is constant. */
dk_status dki_form_value(const dki_form *form, dk_ratio *out, dk_error *err);
/* More digits than fit. */
dk_status dki_form_fail(dk_error *err);

/* allocate_rows.c */
/* Bounds of the numbers, the budget, the targets, and what is maximised. */
dk_status dki_allocation_rows(dki_allocation *a, dk_error *err);

/* allocate_cells.c */
/* Visits each cell that target t is asked at, in order; label is its name. */
typedef dk_status dki_cell_visit_fn(dki_allocation *a, void *arg, const dki_cell *cell, const char *label,
                                    dk_error *err);
dk_status dki_allocation_cells(dki_allocation *a, size_t t, dki_cell_visit_fn *visit, void *arg, dk_error *err);

/* allocate_best.c */
dk_status dki_allocation_best(dki_allocation *a, dk_error *err);

/* allocate_unmet.c */
/* DK_ERR_UNREACHABLE where the minimums alone cost more than the budget. */
dk_status dki_allocation_check_minimums(dki_allocation *a, dk_error *err);
/* Fails with which limit cannot be met with those before it. Errors: DK_ERR_UNREACHABLE, and those of solving. */
dk_status dki_allocation_unmet(dki_allocation *a, dk_error *err);

/* allocate_answer.c */
dk_status dki_allocation_plan(dki_allocation *a, const dk_table **out, dk_error *err);
dk_status dki_allocation_limits(dki_allocation *a, const dk_table **out, dk_error *err);

#endif
