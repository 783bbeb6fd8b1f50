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

/* Appends the bar of a cell on a scale that has a length, `width` columns (8 or more) at most: █ for what is known, ░
 * for what lies between bounds, ▒ for totals beside details; ▶ or ◀ at its end says that it goes on. */
dk_status dki_bar_draw(const dki_bar_scale *scale, const dki_cell *cell, bool is_total, size_t width,
                       dki_buffer *to, dk_error *err);

/* Where a bar stands on the scale, in shares of its length: what is known from solid[0] to solid[1], what lies between bounds from
 * light[0] to light[1]. False where it has none. */
bool dki_bar_place(const dki_bar_scale *scale, const dki_cell *cell, bool is_total, double solid[2],
                   double light[2]);
/* Appends what the bars of a column go from and to: "bar of dekking: 0.0 % to 100.0 %". */
dk_status dki_bar_say(const dki_bar_scale *scale, const dki_cells *cells, size_t column, dki_buffer *to,
                      dk_error *err);

/* The scales of the columns that the options name, in an array for all columns of the table; those of others, and of such that
 * have nothing to draw, have no length. A scale is that of the column's details, where it has any. A column of percentages
 * that are parts of a whole, and reach its half, goes to 100 %. *out is NULL where the options name none; free it with
 * dki_free. Cost: a pass over each column. Errors: DK_ERR_NAME; DK_ERR_TYPE where a column has no numbers; DK_ERR_MEMORY,
 * DK_ERR_INTERRUPTED. */
dk_status dki_bars_of_options(const dki_cells *cells, dki_bar_scale **out, dk_error *err);
static inline bool dki_has_bar(const dki_bar_scale *scales, size_t column)
{
    return scales && scales[column].low < scales[column].high;
}

#endif
