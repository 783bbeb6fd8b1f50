/* pieces.h - what a step splits cells into. For engine/scenario alone. */
#ifndef DKI_SCENARIO_PIECES_H
#define DKI_SCENARIO_PIECES_H

#include <dekking/table.h>

/* Some of those who are taken, who got the same values: cells, and their weights. */
typedef struct dki_piece {
    const dk_table *cells;
    const dk_column *weights;
} dki_piece;

/* One table of all pieces of these cells, not yet grouped. */
dk_status dki_pieces_join(const dk_table *cells, const dki_piece *pieces, size_t n, const dk_table **out,
                          dk_error *err);
/* The rows of n columns of one type below each other; columns[i] is replaced where its levels are not those of all: the first
 * column's, which all others have too, and what these have beside them. */
dk_status dki_columns_join(const dk_column **columns, size_t n, const dk_column **out, dk_error *err);

#endif
