/* snapshot_records.h - the directory of a segment: its records. For engine/snapshot alone. */
#ifndef DKI_SNAPSHOT_SNAPSHOT_RECORDS_H
#define DKI_SNAPSHOT_SNAPSHOT_RECORDS_H

#include "data/children.h"
#include "snapshot_pieces.h"

/* What a column is written as: levels, and chunks, as numbers of pieces. */
typedef struct dki_column_pieces {
    size_t levels, chunks, end;
} dki_column_pieces;

/* The records of a table, whose n flat columns stand in the pieces as `items` say, and whose blocks have their places. n_known: how many
 * levels of each stand in the file already; NULL: none do. Errors: DK_ERR_MEMORY, DK_ERR_LIMIT. */
dk_status dki_put_directory(dki_buffer *directory, const dki_pieces *pieces, const dk_table *table,
                            const dki_flat *flat, size_t n, const size_t *n_known, const dki_column_pieces *items,
                            dk_error *err);

#endif
