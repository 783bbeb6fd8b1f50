/* interval_ends.h - arithmetic of bounds: ends that are numbers or open. For engine/expr alone. */
#ifndef DKI_EXPR_INTERVAL_ENDS_H
#define DKI_EXPR_INTERVAL_ENDS_H

#include "base/number.h"
#include "bound.h"

#define DKI_INTERVAL_DIGITS 6

/* One end: a number, or open: infinite is -1 or 1. */
typedef struct dki_interval_end {
    int infinite;
    dki_i128 value;
} dki_interval_end;

enum { DKI_MARK_ESTIMATE = 1, DKI_MARK_MAY_BE_NULL = 2 };

typedef struct dki_interval_ends {
    dki_interval_end least, greatest;
    uint8_t marks; /* DKI_MARK_...: what is computed of marked ones is marked, too */
    bool is_null;
} dki_interval_ends;

static inline dki_interval_end dki_interval_end_known(dki_i128 value)
{
    return (dki_interval_end){ 0, value };
}

static inline int dki_interval_end_compare(dki_interval_end a, dki_interval_end b)
{
    if (a.infinite != b.infinite)
        return a.infinite < b.infinite ? -1 : 1;
    return a.infinite ? 0 : (a.value > b.value) - (a.value < b.value);
}

static inline int dki_interval_end_sign(dki_interval_end side)
{
    return side.infinite ? side.infinite : (side.value > 0) - (side.value < 0);
}

static inline dki_interval_end dki_interval_end_add(dki_interval_end a, dki_interval_end b)
{
    return a.infinite || b.infinite ? (dki_interval_end){ a.infinite ? a.infinite : b.infinite, 0 }
                                    : dki_interval_end_known(a.value + b.value);
}

/* Whether 0 is between the bounds, which are included. */
static inline bool dki_interval_ends_may_be_zero(const dki_interval_ends *x)
{
    return dki_interval_end_sign(x->least) <= 0 && dki_interval_end_sign(x->greatest) >= 0;
}

/* 0 times what is open is 0: every number there is one. *fits: where it is no more than 128 bits. */
dki_interval_end dki_interval_end_multiply(dki_interval_end a, dki_interval_end b, bool *fits);
/* a / b, rounded; b has a sign, or is 0 as the limit of what has the sign `near`. factor scales the result. */
dki_interval_end dki_interval_end_divide(dki_interval_end a, dki_interval_end b, int near, dki_i128 factor,
                                         bool upward, bool *fits);

/* The scale that a number takes part with, and the greatest one of several. */
uint8_t dki_interval_scale(const dki_op *op);
uint8_t dki_interval_common_scale(dki_op *const *ops, size_t n);

/* What is not there: null, its ends open. */
#define DKI_INTERVAL_ENDS_NULL ((dki_interval_ends){ { -1, 0 }, { 1, 0 }, 0, true })

/* The bounds of a number, scaled. */
dki_interval_ends dki_interval_ends_of(const dk_value *value, uint8_t scale);
dki_interval_ends dki_interval_ends_negate(const dki_interval_ends *x);
/* The least and the greatest of four. */
dki_interval_ends dki_interval_ends_span(const dki_interval_end corners[4], uint8_t marks);
/* x / y with y's zero left out; it may be null where y may be 0, and is null where y is. */
dki_interval_ends dki_interval_ends_quotient(const dki_interval_ends *x, const dki_interval_ends *y,
                                             dki_i128 factor, bool *fits);

/* part / (part + rest), of two numbers that know nothing of each other (interval_share.c). */
dki_interval_ends dki_interval_ends_share(const dki_interval_ends *part, const dki_interval_ends *rest,
                                          dki_i128 factor, bool *fits);

/* Null: why it is so is told by the operands that are null: by their marker, where each has one; what nobody knows goes before what
 * cannot be. */
dk_status dki_interval_store_missing(const dk_value *args, size_t n, dk_value *out, dk_error *err);
/* As a value: unbounded where both ends are open, and then no estimate. DK_ERR_OVERFLOW, with err filled. */
dk_status dki_interval_ends_store(const dki_interval_ends *bounds, dk_value *out, dk_error *err);
dk_status dki_interval_end_store(dki_interval_end side, bool *is_open, int64_t *out, dk_error *err);
dk_status dki_interval_ends_too_wide(dk_error *err);

#endif
