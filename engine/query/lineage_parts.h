/* lineage_parts.h - what questions put into the lineage of their results. */
#ifndef DKI_QUERY_LINEAGE_PARTS_H
#define DKI_QUERY_LINEAGE_PARTS_H

#include "breakdown_plan.h"
#include "data/lineage.h"

/* Adds the values of the parameters that a tree mentions, each once for each call. params may be NULL. */
dk_status dki_lineage_params(dki_lineage *lineage, const dki_node *root, const dk_params *params, dk_error *err);
/* The lineage of a breakdown's result. Attached to made, which is the caller's alone. */
dk_status dki_result_lineage(const dki_result *result, const dk_table *made, dk_error *err);

#endif
