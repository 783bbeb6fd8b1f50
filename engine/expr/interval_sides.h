/* interval_sides.h - arithmetic of bounds: sides that are numbers or open. For engine/expr alone. */
#ifndef DKI_EXPR_INTERVAL_SIDES_H
#define DKI_EXPR_INTERVAL_SIDES_H

#include "base/number.h"
#include "bound.h"

#define DKI_INTERVAL_DIGITS 6

/* One side: a number, or open: infinite is -1 or 1. */
typedef struct dki_side {
    int infinite;
    dki_i128 value;
} dki_side;

typedef struct dki_bounds {
    dki_side least, greatest;
    bool is_estimate;
} dki_bounds;

static inline dki_side dki_side_known(dki_i128 value)
{
    return (dki_side){ 0, value };
}

static inline int dki_side_compare(dki_side a, dki_side b)
{
    if (a.infinite != b.infinite)
        return a.infinite < b.infinite ? -1 : 1;
    return a.infinite ? 0 : (a.value > b.value) - (a.value < b.value);
}

static inline int dki_side_sign(dki_side side)
{
    return side.infinite ? side.infinite : (side.value > 0) - (side.value < 0);
}

static inline dki_side dki_side_add(dki_side a, dki_side b)
{
    return a.infinite || b.infinite ? (dki_side){ a.infinite ? a.infinite : b.infinite, 0 }
                                    : dki_side_known(a.value + b.value);
}

/* 0 times what is open is 0: every number there is one. *fits: where it is no more than 128 bits. */
dki_side dki_side_multiply(dki_side a, dki_side b, bool *fits);
/* a / b, rounded; b has a sign, or is 0 as the limit of what has the sign `near`. factor scales the result. */
dki_side dki_side_divide(dki_side a, dki_side b, int near, dki_i128 factor, bool upward, bool *fits);

/* The scale that a number takes part with, and the greatest one of several. */
uint8_t dki_interval_scale(const dki_op *op);
uint8_t dki_interval_common_scale(dki_op *const *ops, size_t n);

/* The bounds of a number, scaled; both sides open where it is null. */
dki_bounds dki_bounds_of(const dk_value *value, uint8_t scale);
dki_bounds dki_bounds_negate(const dki_bounds *x);
/* The least and the greatest of four. */
dki_bounds dki_bounds_span(const dki_side corners[4], bool is_estimate);
/* x / y with y's zero left out; both sides open where nothing is left. */
dki_bounds dki_bounds_quotient(const dki_bounds *x, const dki_bounds *y, dki_i128 factor, bool *fits);

/* As a value: null where both sides are open. DK_ERR_OVERFLOW, with err filled. */
dk_status dki_bounds_store(const dki_bounds *bounds, dk_value *out, dk_error *err);
dk_status dki_side_store(dki_side side, bool *is_open, int64_t *out, dk_error *err);
dk_status dki_bounds_too_wide(dk_error *err);

#endif
