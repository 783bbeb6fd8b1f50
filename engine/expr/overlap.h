/* overlap.h - of which groups that overlap the figures of an expression are (data/overlap.h). */
#ifndef DKI_EXPR_OVERLAP_H
#define DKI_EXPR_OVERLAP_H

#include "data/overlap.h"
#include "eval.h"

/* The overlap of what an expression gives: that of the first column in it that has one, with its number; NULL where it is no
 * number, or nothing that would be added up, such as a condition on one. Borrowed from the table. */
const dk_column *dki_bound_overlap(const dki_bound *bound, size_t *column);

#endif
