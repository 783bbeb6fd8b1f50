/* breakdown_sight.h - what an aggregate's argument may be, told before it is computed. For breakdown_interval.c. */
#ifndef DKI_QUERY_BREAKDOWN_SIGHT_H
#define DKI_QUERY_BREAKDOWN_SIGHT_H

#include "breakdown_plan.h"

typedef struct dki_sight {
    const dk_table *table;
    bool has_intervals;  /* some column, or call, is of them: the argument may be one */
    bool has_estimates;  /* there may be some */
    bool may_be_null;    /* some may be a number or none */
    dk_text impossible;  /* the marker of what cannot be, and of what nobody knows, which the dictionary of */
    dk_text unavailable; /* a column keeps; bytes NULL: there is none */
} dki_sight;

/* Whether the argument, a tree of expr, is an interval, and what its rows may be. */
dk_status dki_sight_of(const dki_plan *plan, const dk_expr *expr, const dki_node *argument, dki_sight *sight,
                       bool *is_interval, dk_error *err);

#endif
