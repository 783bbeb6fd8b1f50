/* breakdown_known.h - by what the figures beside a table are known. */
#ifndef DKI_QUERY_BREAKDOWN_KNOWN_H
#define DKI_QUERY_BREAKDOWN_KNOWN_H

#include "breakdown_plan.h"

/* Whether an expression is made of columns by which the figures are known: those that were named when they were attached,
 * and coarser levels of these. */
bool dki_attached_knows(const dki_plan *plan, const dk_expr *expr);
/* Bits of the dimensions by which nothing is known. */
uint32_t dki_attached_unknown(const dki_plan *plan);
/* The table that is attached, with a column for each such level that dimensions, the condition and the measure mention. */
dk_status dki_attached_other(const dki_plan *plan, const dki_node *measure, dki_note_fn *note, void *arg,
                             const dk_table **out, dk_error *err);

#endif
