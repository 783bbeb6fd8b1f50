/* cells.h - the text of every cell of a table, the same for all formats. For engine/write alone. */
#ifndef DKI_WRITE_CELLS_H
#define DKI_WRITE_CELLS_H

#include <dekking/write.h>

#include "base/buffer.h"
#include "data/formats.h"
#include "shown.h"

typedef enum dki_cell_kind { DKI_CELL_VALUE, DKI_CELL_NULL, DKI_CELL_TOTAL } dki_cell_kind;

typedef struct dki_cell {
    dki_cell_kind kind;
    dk_value value;   /* of DKI_CELL_VALUE */
    const char *text; /* UTF-8, valid until the next cell; for TOTAL the label, for NULL the text of null */
    size_t size;
} dki_cell;

/* The pattern of the rows that have one level of another column. */
typedef struct dki_level_pattern {
    bool is_one;
    dki_pattern pattern; /* of text */
    char text[DKI_FORMAT_BYTES];
} dki_level_pattern;

typedef struct dki_cell_column {
    const dk_field *field;
    bool has_pattern; /* for all rows */
    dki_pattern pattern;
    size_t by;                   /* whose levels have patterns of their own; or DK_NO_COLUMN */
    dki_level_pattern *patterns; /* by code, n_patterns */
    size_t n_patterns;
    unsigned digits;        /* without a pattern, for people: a decimal shows so many */
    bool is_number;         /* right-aligned; also bounds */
    dki_marker_facts facts; /* of intervals, for machines */
    dk_text *shown;         /* of a code list: what stands for each code; NULL: the level does */
    char *shown_bytes;
    dk_view view;
} dki_cell_column;

/* Goes through a table row by row. */
typedef struct dki_cells {
    const dk_table *table;
    const dk_write_options *options;
    bool for_people; /* text, Markdown, HTML: rounded; else exact */
    const char *null_text, *total_label;
    size_t n_columns;
    dki_cell_column *columns;
    dk_view margin;
    uint64_t row; /* the block that the views show */
    size_t n;
    bool counts; /* the rows, for progress */
    char *shown; /* of shown_size bytes, for the text of a cell */
    size_t shown_size;
} dki_cells;

/* Checks patterns, and finds how many digits decimals need. Errors: DK_ERR_ARGUMENT for a bad pattern, DK_ERR_MEMORY,
 * DK_ERR_INTERRUPTED. */
dk_status dki_cells_open(const dk_table *table, const dk_write_options *options, bool for_people, dki_cells *out,
                         dk_error *err);
void dki_cells_close(dki_cells *cells);
/* Makes the row's block the one that the views show. Must stand before dki_cells_get for that row. */
dk_status dki_cells_seek(dki_cells *cells, uint64_t row, dk_error *err);
dki_cell dki_cells_get(dki_cells *cells, uint64_t row, size_t column);
/* Which of the column's patterns the row has: below n_patterns, or 0. And that pattern; NULL: none. */
size_t dki_cells_which(const dki_cells *cells, uint64_t row, size_t column);
const dki_pattern *dki_cells_pattern(const dki_cell_column *column, size_t which);
/* Which dimensions the row is a total over, as bits; 0 for details. */
int64_t dki_cells_margin(const dki_cells *cells, uint64_t row);
const char *dki_cells_heading(const dki_cells *cells, size_t column); /* label, or else the name */

/* Where the formats write: a buffer that is handed on whenever it is long. */
typedef struct dki_sink {
    dki_buffer buffer;
    dk_sink_fn *fn;
    void *arg;
} dki_sink;
dk_status dki_sink_flush(dki_sink *sink, bool all, dk_error *err);

/* The formats. */
typedef dk_status dki_write_fn(const dk_table *table, const dk_write_options *options, dki_sink *sink,
                               dk_error *err);
dki_write_fn dki_write_text_table, dki_write_csv, dki_write_markdown, dki_write_html, dki_write_json,
    dki_write_xlsx;

/* Bits of the margin under which a row totals every dimension that the table shows. */
int64_t dki_margin_all(const dk_table *table);

#endif
