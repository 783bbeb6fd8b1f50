/* linear.h - what sums say of numbers that are known in bounds only: bounds are made narrower, or no numbers fit.
 *
 * A sum is factors times numbers, and lies within a total's bounds: parts minus their total are 0. Two ways to use them:
 * each sum on its own, again and again (propagation), or all together, by linear programming: the least and the greatest of
 * each number that all sums and bounds allow. The second takes COIN-OR Clp, whose library is opened when first needed.
 *
 * Invariant: numbers that obey all sums are never cut off. Clp computes with doubles, so that nothing it says is taken over:
 * its multipliers of the sums, made whole, add the sums up to one, and what that says of a number is computed anew in
 * whole numbers of 128 bits. Any multipliers give a true bound; good ones the narrowest.
 */
#ifndef DKI_BASE_LINEAR_H
#define DKI_BASE_LINEAR_H

#include <dekking/context.h>

/* From least to greatest, both included; a side may be open. */
typedef struct dki_bounds {
    int64_t least, greatest;
    bool no_least, no_greatest;
} dki_bounds;

typedef struct dki_sums {
    size_t n_numbers, n_sums;
    const size_t *starts;     /* n_sums + 1: the terms of sum i are starts[i] .. starts[i + 1] - 1 */
    const uint32_t *numbers;  /* of each term; in a sum no number stands twice */
    const int32_t *factors;   /* of each term; not 0 */
    const dki_bounds *totals; /* of each sum */
    bool are_whole;           /* numbers are: bounds become whole inwards, else outwards */
} dki_sums;

typedef struct dki_sums_answer {
    bool is_possible; /* else the bounds are worth nothing, and ... */
    size_t *conflict; /* ... these sums cannot hold; the caller's, with room for n_sums */
    size_t n_conflict;
    bool is_smallest;   /* without any of them, the others can hold */
    size_t n_unsettled; /* bounds that stay as they are because the solver gave no proof */
} dki_sums_answer;

/* Each sum on its own, until nothing changes or it has gone on for long. bounds: n_numbers of them, made narrower.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED. Cost: terms, times the rounds it takes (at most DKI_MOST_ROUNDS). */
#define DKI_MOST_ROUNDS 100
dk_status dki_sums_propagate(dk_context *context, const dki_sums *sums, dki_bounds *bounds, dki_sums_answer *answer,
                             dk_error *err);
/* The same, then all together, for the numbers that are not exact by then. who needs the library.
 * Errors: also DK_ERR_IO, where the library is missing and needed. Clp's own memory is not counted. Cost: at most two
 * linear programs a number; those whose bounds another one's solution shows to be met are left out. */
dk_status dki_sums_tighten(dk_context *context, const dki_sums *sums, const char *who, dki_bounds *bounds,
                           dki_sums_answer *answer, dk_error *err);

#endif
