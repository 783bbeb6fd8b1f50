/* bars.h - numbers as lengths, drawn with characters. For engine/write alone. */
#ifndef DKI_WRITE_BARS_H
#define DKI_WRITE_BARS_H

#include "cells.h"

/* What the bars of a column go from and to: zero is between or at one of them. Where both are, there is nothing to draw. */
typedef struct dki_bar_scale {
    dk_value least, greatest;
    double low, high;  /* the same */
    bool is_any;       /* there is something to draw */
    bool has_details;  /* rows that are no totals */
    bool draws_totals; /* they are on the scale of details, as those of percentages are, or there are no others */
} dki_bar_scale;

/* The bounds of what is known of a number; an open side is infinite. False where nothing is, and for other values. */
bool dki_value_ends(const dk_value *value, double *low, double *high);

/* Finds the scale of a column: that of its details, where it has any. A column of percentages that are parts of a whole, and
 * reach its half, goes to 100 %. full: where bars end, when it is over 0. Cost: a pass over the column.
 * Errors: DK_ERR_TYPE where the column has no numbers; DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_bars_open(const dki_cells *cells, size_t column, double full, dki_bar_scale *out, dk_error *err);
/* Appends the bar of a cell on a scale that has a length, `width` columns (8 or more) at most: █ for what is known, ░ for what lies between bounds, ▒ for totals beside details;
 * ▶ or ◀ at its end says that it goes on. */
dk_status dki_bar_draw(const dki_bar_scale *scale, const dki_cell *cell, bool is_total, size_t width,
                       dki_buffer *to, dk_error *err);

#endif
