/* snapshot_pieces.h - the chunks that columns are written as, and their blocks. For engine/snapshot alone. */
#ifndef DKI_SNAPSHOT_SNAPSHOT_PIECES_H
#define DKI_SNAPSHOT_SNAPSHOT_PIECES_H

#include "snapshot_format.h"

/* Some rows of a column, which become a chunk of the file. */
typedef struct dki_piece {
    size_t first_part, n_parts; /* of the list's parts */
    bool constant;              /* all parts are of one value */
    bool compress;
    size_t n_bytes;            /* about what its parts take */
    dki_stored_form form;      /* rows, type and scale at first; the rest once it is encoded */
    dki_chunk *chunk;          /* while it is encoded: what it is written from; retained */
    bool is_held;              /* that chunk */
    void *owned[DKI_N_BLOCKS]; /* a block that is not the chunk's own memory; else NULL */
} dki_piece;

typedef struct dki_pieces {
    dk_context *context;
    int level; /* of compression */
    dki_piece *items;
    size_t n, capacity;
    dki_part *parts; /* their chunks are retained */
    size_t n_parts, parts_capacity;
} dki_pieces;

/* Cuts a column into pieces, which are added. On failure the list can only be dropped. */
dk_status dki_pieces_add(dki_pieces *pieces, const dk_column *column, bool compress, dk_error *err);
void dki_pieces_drop(dki_pieces *pieces);

/* Makes the blocks of a piece: its form is complete but for the blocks' places. joint is where parts are joined; it is the
 * piece's until dki_piece_let, which gives up all else that this took, also after a failure. Threads: any piece at the
 * same time as another. */
dk_status dki_piece_encode(const dki_pieces *pieces, dki_piece *piece, dki_joint *joint, dk_error *err);
const void *dki_piece_block(const dki_piece *piece, size_t which);
void dki_piece_let(const dki_pieces *pieces, dki_piece *piece);

#endif
