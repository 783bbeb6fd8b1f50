/* snapshot_format.h - the bytes of a snapshot: docs/snapshot.md draws them. For engine/snapshot alone.
 *
 *   header | blocks, directory, footer | blocks, directory, footer | ...
 *            segment 1                   segment 2: rows that were appended
 *
 * All numbers are little-endian. Header, blocks, directories and footers begin at multiples of 64; zeros lie between.
 */
#ifndef DKI_SNAPSHOT_SNAPSHOT_FORMAT_H
#define DKI_SNAPSHOT_SNAPSHOT_FORMAT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "data/store.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "a snapshot is little-endian, and its blocks go into memory as they are"
#endif

#define DKI_SNAPSHOT_VERSION 1
#define DKI_HEADER_BYTES 128
#define DKI_COMMIT_BYTES 32
#define DKI_COMMIT_OFFSET(generation) (64 + (uint64_t)(generation) % 2 * DKI_COMMIT_BYTES)
#define DKI_FOOTER_BYTES 64

#define DKI_ALIGNED(size) (((size) + DKI_BLOCK_ALIGN - 1) / DKI_BLOCK_ALIGN * DKI_BLOCK_ALIGN)

/* What the header says is there: segments up to a generation, which end at a byte. */
typedef struct dki_commit {
    uint64_t generation, end;
} dki_commit;

typedef struct dki_footer {
    uint64_t generation;   /* 1 for the first segment */
    uint64_t offset, size; /* of the directory, which the footer follows */
    uint64_t hash;         /* of the directory */
    uint64_t before;       /* where the segment before ends; 0: this is the first */
    uint64_t identity;     /* of the file */
} dki_footer;

enum dki_header_fault { DKI_HEADER_OK, DKI_HEADER_NO_SNAPSHOT, DKI_HEADER_NEWER, DKI_HEADER_DAMAGED };

/* What stands at the beginning of a file: one of its commits, and all of it. */
void dki_commit_encode(const dki_commit *commit, uint64_t identity, unsigned char out[DKI_COMMIT_BYTES]);
void dki_header_encode(uint64_t identity, const dki_commit *commit, unsigned char out[DKI_HEADER_BYTES]);
/* *n_commits: how many of the two commits are whole; the newest is *commit. */
enum dki_header_fault dki_header_decode(const unsigned char bytes[DKI_HEADER_BYTES], uint64_t *identity,
                                        dki_commit *commit, unsigned *n_commits, uint32_t *version);
void dki_footer_encode(const dki_footer *footer, unsigned char out[DKI_FOOTER_BYTES]);
/* false where the bytes are no footer of that file that ends at byte `end`. */
bool dki_footer_decode(const unsigned char bytes[DKI_FOOTER_BYTES], uint64_t identity, uint64_t end,
                       dki_footer *out);

/* Directories. ---------------------------------------------------------------------------------------------------- */

#define DKI_NAME_BYTES 8 /* a name, padded with zeros */
#define DKI_RECORD_OPTIONAL 1u
#define DKI_MOST_NESTED 4u /* tables attached to tables that are attached */
#define DKI_COLUMN_MARGIN 1u
#define DKI_COLUMN_DECLARED 2u
#define DKI_COLUMN_CHILD 4u
#define DKI_MEMBERS_DECLARED 1u /* of the record of members */

/* Parts of a directory, one behind the other. */
dk_status dki_put_u64(dki_buffer *buffer, uint64_t value, dk_error *err);
dk_status dki_put_name(dki_buffer *buffer, const char *name, dk_error *err);
dk_status dki_put_text(dki_buffer *buffer, const char *text, dk_error *err); /* NULL stays NULL */
/* A record begins; end gives it its size. */
dk_status dki_put_record(dki_buffer *buffer, const char *name, uint64_t flags, size_t *start, dk_error *err);
void dki_end_record(dki_buffer *buffer, size_t start);
dk_status dki_put_chunk(dki_buffer *buffer, const dki_stored_form *form, dk_error *err);

/* Reading: once something is wrong, bad says what, and everything read after is 0. */
typedef struct dki_cursor {
    const unsigned char *at, *end;
    const char *bad;
} dki_cursor;
uint64_t dki_get_u64(dki_cursor *cursor);
void dki_get_name(dki_cursor *cursor, char out[DKI_NAME_BYTES + 1]);
/* UTF-8 without zero bytes, terminated, in the arena; NULL where it is NULL, or bad. */
dk_status dki_get_text(dki_cursor *cursor, dki_arena *arena, const char **out, dk_error *err);
/* The record's payload; false at the end. */
bool dki_get_record(dki_cursor *cursor, char name[DKI_NAME_BYTES + 1], uint64_t *flags, dki_cursor *payload);
/* Fills storage, constant, packed, n_rows, facts and blocks. unknown: the name of what this version does not know. */
bool dki_get_chunk(dki_cursor *cursor, dki_stored_form *form, char unknown[32]);

#endif
