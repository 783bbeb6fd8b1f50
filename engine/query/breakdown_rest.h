/* breakdown_rest.h - breakdowns that show the first groups, and the rest as one. */
#ifndef DKI_QUERY_BREAKDOWN_REST_H
#define DKI_QUERY_BREAKDOWN_REST_H

#include "breakdown_parts.h"

/* dk_breakdown_run() of a breakdown that names its rest. */
dk_status dki_breakdown_run_rest(const dk_breakdown *breakdown, const dk_table *table, const dk_params *params,
                                 const dk_table **out, dk_error *err);

#endif
