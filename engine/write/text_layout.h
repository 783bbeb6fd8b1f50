/* text_layout.h - which columns and rows of a table stand where on a screen, and how wide. For engine/write alone. */
#ifndef DKI_WRITE_TEXT_LAYOUT_H
#define DKI_WRITE_TEXT_LAYOUT_H

#include "cells.h"

#define DKI_GAP 2 /* between columns */

typedef struct dki_width {
    size_t shown; /* of the texts */
    size_t body;  /* what stands below the name needs */
    size_t least; /* what its numbers need */
    size_t bar;   /* of what is drawn behind them, without the gap between; 0: nothing is */
} dki_width;

/* One part of the table: the columns of `list`, and how wide it is. */
typedef struct dki_part {
    const size_t *list;
    size_t n;
    size_t width;
} dki_part;

typedef struct dki_layout {
    const dk_write_options *options;
    const dki_cells *cells;
    dki_width *widths;
    size_t *list;   /* of the part that was asked for last */
    bool is_folded; /* it does not fit as it is: names may stand in several lines */
    uint64_t n_rows;
    uint64_t head, tail; /* rows shown at either end; head is all where nothing is cut */
    size_t n_repeated;   /* leading columns that every part has */
    size_t n_shown;      /* leading columns that are in a part */
    size_t next;         /* column with which the next part begins */
} dki_layout;

/* A layout whose widths are all 0. Errors: DK_ERR_MEMORY. */
dk_status dki_layout_open(const dki_cells *cells, dki_layout *out, dk_error *err);
void dki_layout_close(dki_layout *layout);
/* Fits it to the screen, when the widths are known. Part after part is then asked for. */
void dki_layout_fit(dki_layout *layout);
/* The next part; false where there is none. It is valid until the next is asked for. */
bool dki_layout_next(dki_layout *layout, dki_part *out);
/* The row that stands below a row, after skipping what is cut. */
uint64_t dki_layout_below(const dki_layout *layout, uint64_t row);
/* A name in one or more lines, where that makes the column narrower: line i of n, counted from 0; n is at least 1. */
size_t dki_layout_heading_lines(const dki_layout *layout, size_t column);
dk_text dki_layout_heading(const dki_layout *layout, size_t column, size_t line);
/* What a column takes, with its bar. */
size_t dki_layout_width(const dki_layout *layout, size_t column);

#endif
