/* program_parts.h - what the files of a program share: program.c computes in whole numbers, program_clp.c asks Clp,
 * program_branch.c searches whole solutions, integer_cbc.c asks Cbc for one. For engine/base alone. */
#ifndef DKI_BASE_PROGRAM_PARTS_H
#define DKI_BASE_PROGRAM_PARTS_H

#include "program.h"

typedef struct dki_relaxed dki_relaxed; /* the program in doubles, on its way through Clp */

typedef enum dki_relaxed_end { DKI_RELAXED_SOLVED, DKI_RELAXED_IMPOSSIBLE, DKI_RELAXED_STOPPED } dki_relaxed_end;

/* Both stay valid until the next run. */
typedef struct dki_relaxed_answer {
    dki_relaxed_end end;
    const double *numbers;     /* in ones, not in grains */
    const double *multipliers; /* of the rows as they are, from 0 up; of no solution those that show it, if any */
} dki_relaxed_answer;

dk_status dki_relaxed_open(const dki_program *program, int64_t grain, const char *who, dki_relaxed **out,
                           dk_error *err);
void dki_relaxed_close(dki_relaxed *relaxed);
/* Solves for gains within the bounds that the program has now; limits as they are, all a little wider, or rows narrower, so that
 * rounding to grains passes none. */
typedef enum dki_limits { DKI_LIMITS_STATED, DKI_LIMITS_WIDER, DKI_LIMITS_NARROWER } dki_limits;
dk_status dki_relaxed_run(dki_relaxed *relaxed, const int64_t *gains, dki_limits limits, dki_relaxed_answer *answer,
                          dk_error *err);

/* Narrows the bounds of numbers, by what multipliers prove of all that gain at least value. */
void dki_program_narrow(dki_program *program, const int64_t *gains, const double *multipliers, dki_i128 value);
/* Puts numbers in the answer's place where they hold and gain more. True where they do. */
bool dki_program_offer(const dki_program *program, const int64_t *gains, const int64_t *numbers,
                       dki_program_answer *answer);

/* integer_cbc.c: offers what Cbc finds. Without the library, or where it finds nothing, nothing is offered: DK_OK. */
dk_status dki_program_ask_cbc(const dki_program *program, const int64_t *gains, dki_program_answer *answer,
                              dk_error *err);
/* program_branch.c: whole numbers. The answer may hold a solution already. *n_nodes is how many may be looked at, and becomes
 * how many are left of them; without any, nothing is searched, and nothing proved. */
dk_status dki_program_branch(dki_program *program, const int64_t *gains, dki_relaxed *relaxed, size_t *n_nodes,
                             dki_program_answer *answer, dk_error *err);
/* How many nodes a search of this size is given: some seconds. */
size_t dki_program_nodes(const dki_program *program);

#endif
