/* program.h - the most that a sum of whole numbers can be while other sums are limited: linear and integer programs.
 *
 *   gains . numbers                as much as can be, where
 *   factors of row i . numbers     at most most[i], for every row
 *   least[j] .. greatest[j]        for every number
 *
 * Either the numbers are whole (integer program), or each is a billionth or so of what may be had in parts (linear program,
 * in `grain` parts of one): then the exact fractions are rounded to parts, so that nothing exceeds its limit.
 *
 * Invariant: nothing that COIN-OR Clp or Cbc say is taken over. They compute with doubles: what they propose is made whole
 * and checked against every row in 128 bits, and that nothing is better is proved by their multipliers, made whole too: any
 * multipliers give a true bound, good ones the narrowest (weak duality). What is not proved says so.
 */
#ifndef DKI_BASE_PROGRAM_H
#define DKI_BASE_PROGRAM_H

#include <dekking/context.h>

#include "checked.h"

typedef struct dki_program {
    dk_context *context;
    size_t n, n_rows;
    int64_t *least, *greatest; /* n; the caller sets them */
    size_t *starts;            /* n_rows + 1: terms of row i are starts[i] .. starts[i + 1] - 1 */
    uint32_t *numbers;         /* of each term */
    int64_t *factors;          /* of each term; not 0 */
    dki_i128 *most;            /* n_rows */
    size_t starts_capacity, most_capacity, numbers_capacity, factors_capacity;
} dki_program;

/* After failure, drop is still right. */
dk_status dki_program_init(dki_program *program, dk_context *context, size_t n, dk_error *err);
void dki_program_drop(dki_program *program);
/* Adds a row: factors of all n numbers, of which those that are 0 are left out. */
dk_status dki_program_add(dki_program *program, const int64_t *factors, dki_i128 most, dk_error *err);

typedef struct dki_program_answer {
    int64_t *numbers; /* the caller's, with room for n */
    bool is_possible; /* on entry: numbers are a solution, to begin with; after: they are the answer */
    bool
        is_proved; /* exactly: there is no better one, or none at all. In parts: none that differs by more than rounding */
    dki_i128 value; /* gains . numbers */
    bool has_bound;
    dki_i128 bound; /* nothing is more than that */
} dki_program_answer;

/* The numbers with the greatest sum of gains; grain 1: whole ones. who needs the library, for messages.
 * Errors: DK_ERR_IO where a library is missing that is needed, DK_ERR_MEMORY, DK_ERR_INTERRUPTED. The libraries' own memory
 * is not counted. Poll: every 1000 steps of the simplex method, and at each node of the search. */
dk_status dki_program_solve(const dki_program *program, const int64_t *gains, int64_t grain, const char *who,
                            dki_program_answer *answer, dk_error *err);
/* Holds the gains at what the answer has: adds a row, and narrows the bounds of numbers to what can be with that much.
 * Errors: as solve. */
dk_status dki_program_hold(dki_program *program, const int64_t *gains, int64_t grain, const char *who,
                           const dki_program_answer *answer, dk_error *err);
/* Of all numbers that hold, as those in the answer do: the first one as great as can be, then the second, and so on. So that
 * of equal answers it is always the same one. */
dk_status dki_program_first(const dki_program *program, int64_t grain, const char *who, dki_program_answer *answer,
                            dk_error *err);
/* What one more of each row's limit is worth in gains, in parts: multipliers of the linear program, from 0 up. Where several
 * are right (a limit is met exactly as another is), those that hold when every limit is a little wider, the earlier rows by
 * more. A program that has no solution gives zeros. */
dk_status dki_program_prices(const dki_program *program, const int64_t *gains, int64_t grain, const char *who,
                             double *prices, dk_error *err);

/* numbers obey all bounds and rows. */
bool dki_program_holds(const dki_program *program, const int64_t *numbers);
dki_i128 dki_program_value(const dki_program *program, const int64_t *gains, const int64_t *numbers);
/* What gains can be at most, as multipliers (from 0 up) of the rows prove it; false: nothing, as a number became too large.
 * gains NULL: all 0, so that a bound under 0 proves that there is no solution. */
bool dki_program_bound(const dki_program *program, const int64_t *gains, const double *multipliers,
                       dki_i128 *bound);

#endif
