/* solve_parts.h - a question of the kind "how many more must be registered", on its way. For engine/whatif alone.
 *
 *   solve.c           what is asked, checked and put together
 *   solve_vary.c      the parameter: the steps that mention it, what it is to them, and its range
 *   solve_cell.c      what one value of the parameter gives, in the cell that the target is about
 *   solve_model.c     the same, compiled, where many are tried
 *   solve_monotone.c  whether more can only move the target's measure one way
 *   solve_search.c    which values are tried, and the least that reaches the target
 *   solve_members.c   whom steps take from where the group is that of a member of sets
 *   solve_sentence.c  an answer as a sentence
 *   solve_answer.c    answers as a table
 */
#ifndef DKI_WHATIF_SOLVE_PARTS_H
#define DKI_WHATIF_SOLVE_PARTS_H

#include "base/buffer.h"
#include "query/breakdown_parts.h"
#include "scenario/model.h"
#include "whatif_parts.h"

/* What the parameter is, and so which of its values are tried. */
typedef enum dki_vary {
    DKI_VARY_SHARE, /* the share of a step, by itself: whole persons of those whom it can take */
    DKI_VARY_COUNT, /* the count of a step, by itself: whole persons */
    DKI_VARY_WHOLE, /* whole numbers of its range */
    DKI_VARY_PARTS  /* its range in equal parts */
} dki_vary;

typedef struct dki_solver {
    dk_context *context;
    const dk_breakdown *breakdown; /* as given */
    const dk_params *breakdown_params;
    const dk_scenario *scenario;
    const dk_solve_spec *spec;
    const dk_table *table;

    /* The breakdown with the dimensions that matter alone, and every margin over them. */
    dk_breakdown question;
    dki_part by[DKI_MAX_DIMENSIONS];

    /* The target. Where it compares something with a number: that side, and which way it must go. */
    const dk_expr *target;
    bool needs_cell;      /* measures or target look at other cells: nothing is known where the cell is not */
    const dki_node *side; /* else NULL */
    int direction;        /* 1: it must become greater, -1: less, 0: no such comparison */
    dk_value bound;       /* the number */

    /* The parameter, and the steps that mention it. */
    size_t param;
    dki_vary vary;
    bool is_linear;    /* cells' weights have the form a + b x of it, as of a share */
    bool has_greatest; /* false: a count without an upper bound */
    dk_ratio least, greatest;
    bool *driven;
    size_t first; /* the first driven step */
    dk_param *values;
    const dk_table *before; /* cells before that step: what comes earlier happens once */

    /* Steps from the first driven one on, compiled for the place that is searched; NULL: run. */
    dki_model *model;
    dki_lumps *lumps;
    unsigned n_tried;

    bool *matched;      /* by step: somebody was matched, for some value */
    dki_text_map notes; /* of the steps before those */
    dki_text_map told;  /* of these and later ones: what they tell at every answer */
    bool is_told;       /* there was an answer that they ran for */
    bool may_tell;      /* of the last place that was searched: they may have something to tell */
    bool any_reached;   /* some value reaches the target */
    bool any_ran;       /* some value could be tried */
    dk_error trouble;   /* else why the last that was tried could not */
    bool any_cell;      /* the cell exists, for some value */
    dk_error no_cell;   /* else what is wrong with it */
} dki_solver;

/* The cell of the result, and whom the driven steps take from. */
typedef struct dki_place {
    const dk_cell_at *at;
    size_t n_at;
    const dki_only *only; /* NULL: from everybody */
} dki_place;

/* What one value of the parameter gives. */
typedef struct dki_outcome {
    dk_value given; /* of the parameter */
    bool ran;       /* false: there is no scenario of that value, as when more is to be taken than there is */
    bool reached;   /* the target holds, surely */
    bool may_reach; /* else, of a number in bounds: nobody knows whether it does */
    const dk_table
        *row;      /* of the question's result; owned; NULL: nobody is in the cell, and nothing is known of it */
    dk_value side; /* the side of the target that is compared; null where not known */
    int64_t taken, available; /* units, of the driven steps */
    uint64_t n_strata;        /* of the first driven step */
} dki_outcome;

/* solve_vary.c. Finds the steps that mention the parameter, what it is to them, and its range. */
dk_status dki_solve_vary(dki_solver *s, dk_error *err);

/* solve_cell.c. What belongs to one value alone is no error: more taken than there is, a cell that nobody is in. */
dk_status dki_solve_try(dki_solver *s, const dki_place *place, dk_value given, dki_outcome *out, dk_error *err);
/* Runs the steps at the value of an answer for what they have to tell. */
dk_status dki_solve_tell(dki_solver *s, const dki_place *place, const dki_outcome *answer, dk_error *err);
/* How many units the first driven step can take: of a step whose share or count the parameter is, for any value. */
dk_status dki_solve_available(dki_solver *s, const dki_place *place, dk_value given, int64_t *out, dk_error *err);
void dki_outcome_drop(dki_outcome *outcome);
/* solve_model.c. Compiles the steps, when a place has been tried some times. Errors: of memory, and interruption. */
dk_status dki_solve_compile(dki_solver *s, const dki_place *place, dk_error *err);
/* Cells after the driven steps, put together as the question cannot tell them apart. *done: false where the steps are to be run. */
dk_status dki_solve_weigh(const dki_solver *s, dki_tally *tallies, bool *done, const dk_table **out, dk_error *err);
void dki_solve_forget(dki_solver *s); /* another place is to be searched */
/* The value of a part of the target in a row; null where the row is. */
dk_status dki_solve_value(const dki_solver *s, const dki_node *node, const dk_table *row, dk_value *out,
                          dk_error *err);
/* The number of a dimension of the question, or SIZE_MAX. */
size_t dki_question_dimension(const dki_solver *s, const char *name);

/* solve_members.c. The condition that holds for those of the group of a member, with the parameters that it has; both but the
 * expression, which the caller releases, live in the arena and as long as member does. */
dk_status dki_solve_member(const dki_solver *s, size_t dim, const dk_value *member, dki_arena *arena,
                           const dk_expr **condition, dk_params *params, dk_error *err);
/* Says that answers are about groups that overlap. */
dk_status dki_solve_members_note(dki_solver *s, size_t dim, dk_error *err);

/* solve_monotone.c. Whether what is compared can only go one way while the parameter grows from one value to
 * another, for both of which it is known. False means: not proved. */
dk_status dki_solve_is_monotone(const dki_solver *s, const dki_place *place, const dki_outcome *low,
                                const dki_outcome *high, bool *out, dk_error *err);

/* The least value that reaches the target, or the nearest to it. */
typedef struct dki_finding {
    dki_outcome outcome;
    bool reachable;
    bool complete;    /* no value was left out that could be less, or reach it */
    uint64_t n_tried; /* where it is not complete */
    bool is_short;    /* a count whose least value is more than there is */
} dki_finding;

/* solve_search.c */
dk_status dki_solve_search(dki_solver *s, const dki_place *place, dki_finding *out, dk_error *err);

/* solve_sentence.c. Appends the sentence that tells it. */
dk_status dki_solve_sentence(const dki_solver *s, const dki_finding *finding, dki_buffer *text, dk_error *err);

/* solve_answer.c */
typedef struct dki_answers {
    dk_builder *group, *reachable, *persons, *available, *vary, *text; /* group may be NULL */
    const dk_table **rows; /* of the result, one for each answer; NULL where nothing is known */
    size_t n, capacity;
} dki_answers;

/* groups: of which values there is an answer each; NULL: one answer. */
dk_status dki_answers_init(dki_answers *answers, const dki_solver *s, const dk_column *groups, dk_error *err);
dk_status dki_answers_add(dki_answers *answers, const dki_solver *s, const dk_value *group,
                          const dki_finding *finding, dk_error *err);
dk_status dki_answers_finish(dki_answers *answers, const dki_solver *s, const dk_table **out, dk_error *err);
void dki_answers_drop(dki_answers *answers, dk_context *context);

#endif
