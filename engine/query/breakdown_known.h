/* breakdown_known.h - by what the figures beside a table are known. */
#ifndef DKI_QUERY_BREAKDOWN_KNOWN_H
#define DKI_QUERY_BREAKDOWN_KNOWN_H

#include "breakdown_plan.h"

/* The attachment that attached(m) is about: the one that has the columns which m names, or else can get them as levels of its own.
 * *n: how many tables have them alike; where that is not 1 the first is given, and NULL where there is none at all. */
const dk_attachment *dki_attached_to(const dk_table *table, const dki_node *node, size_t *n);

/* Whether an expression is made of columns by which the figures are known: those that were named when they were attached,
 * and coarser levels of these. */
bool dki_attached_knows(const dki_plan *plan, const dk_attachment *attachment, const dk_expr *expr);
/* Bits of the dimensions that are there for the bounds of other figures, and tell nothing of what the node is about: its figure is that
 * of those that are shown. */
uint32_t dki_attached_passed(const dki_plan *plan, const dki_node *node);
/* Bits of the others by which nothing is known of what the node is about. */
uint32_t dki_attached_unknown(const dki_plan *plan, const dki_node *node);
/* The table that the node is about, with a column for each such level that dimensions, the condition and the measure mention. */
dk_status dki_attached_other(const dki_plan *plan, const dki_node *node, dki_note_fn *note, void *arg,
                             const dk_table **out, dk_error *err);
/* Groups that one of both tables does not have. */
typedef struct dki_lacking {
    uint64_t n_missed; /* that have no rows here */
    uint64_t n, first; /* for which there is no figure, and a cell of them */
} dki_lacking;
dk_status dki_attached_notes(const dki_result *result, const dk_expr *expr, const dki_node *node,
                             const dki_lacking *lacking, dki_note_fn *note, void *arg, dk_error *err);
/* Of breakdown_attached_lacking.c: where cells are coarser than what the figures are known by, notes for which of these there is
 * none: totals lack them. */
dk_status dki_attached_lacking(const dki_result *result, const dk_expr *expr, const dki_node *node,
                               dki_note_fn *note, void *arg, dk_error *err);
/* Notes which figures beside the table are of another day than its rows. */
dk_status dki_result_days(dki_result *result, dki_note_fn *note, void *arg, dk_error *err);

#endif
