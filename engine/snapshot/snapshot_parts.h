/* snapshot_parts.h - what opening and writing snapshots share. For engine/snapshot alone. */
#ifndef DKI_SNAPSHOT_SNAPSHOT_PARTS_H
#define DKI_SNAPSHOT_SNAPSHOT_PARTS_H

#include <dekking/snapshot.h>

#include "snapshot_format.h"

/* What of a file holds: segments up to the footer that ends at `end`. Bytes behind it are of an append that was broken
 * off. */
typedef struct dki_snapshot_state {
    uint64_t identity;
    uint64_t end;
    uint64_t file_bytes;
    dki_footer footer;
} dki_snapshot_state;

/* Finds the footer that rules. strict: also a commit in the header that is damaged, or lags behind, is an error. */
dk_status dki_snapshot_find(dki_store *store, bool strict, dki_snapshot_state *out, dk_error *err);
/* The table of the segments up to that footer. */
dk_status dki_snapshot_read(dki_store *store, const dki_snapshot_state *state, const dk_table **out, dk_error *err);
/* Fails with DK_ERR_DATA in the store's file. */
DK_PRINTF(3, 4) dk_status dki_snapshot_fail(const dki_store *store, dk_error *err, const char *format, ...);

/* Where the blocks, the directory and the footer of a new segment go. */
typedef struct dki_segment {
    dk_context *context;
    int fd;
    const char *path;
    uint64_t identity;   /* 0: the hash of the directory becomes it */
    uint64_t generation; /* of this segment */
    uint64_t before;     /* where the segment before ends; 0: none */
    uint64_t at;         /* where the next byte goes */
} dki_segment;

/* Writes a table as a segment, up to and without its footer, which is left in *footer. n_known: how many levels of each column, as
 * dki_table_flatten gives them, stand in the file already; NULL: none do. */
dk_status dki_segment_write(dki_segment *segment, const dk_table *table, const size_t *n_known,
                            const dk_snapshot_options *options, dki_footer *footer, dk_error *err);
/* The record of how the table came to be, if it is known. */
dk_status dki_put_lineage(dki_buffer *directory, const dk_table *table, dk_error *err);
/* Writes all bytes at an offset. */
dk_status dki_segment_put(const dki_segment *segment, uint64_t offset, const void *bytes, size_t size,
                          dk_error *err);
/* Checks options against a table. */
dk_status dki_snapshot_check_options(const dk_table *table, const dk_snapshot_options *options, dk_error *err);

/* The table's columns in the order and the types of the model's, with levels that begin as the model's do. */
dk_status dki_table_reconcile(const dk_table *table, const dk_table *model, const dk_table **out, dk_error *err);

#endif
