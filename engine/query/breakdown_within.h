/* breakdown_within.h - shares within a level that is no dimension. */
#ifndef DKI_QUERY_BREAKDOWN_WITHIN_H
#define DKI_QUERY_BREAKDOWN_WITHIN_H

#include "breakdown_parts.h"

/* Whether what a breakdown asks may need dimensions that nobody sees. */
bool dki_breakdown_looks_within(const dk_breakdown *breakdown);
/* Of breakdown_run.c: a breakdown all of whose dimensions are there. */
dk_status dki_breakdown_run_plainly(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                    const dk_table **out, dk_error *err);
dk_status dki_breakdown_plan_plainly(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                     const dk_table **out, dk_error *err);
/* dk_breakdown_run() of a breakdown of which an all() names what is no dimension, or (planned) dk_breakdown_plan(). */
dk_status dki_breakdown_run_within(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                   bool planned, const dk_table **out, dk_error *err);
/* Refuses a breakdown of which an all() names what is no dimension. */
dk_status dki_breakdown_check_within(const dk_breakdown *breakdown, dk_error *err);

#endif
