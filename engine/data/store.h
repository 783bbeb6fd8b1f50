/* store.h - chunks whose values lie in a file and are brought into memory when they are needed. For engine/data and
 * engine/snapshot.
 *
 * A store is a file that is open for reading. Its chunks are read whole, checked, and kept in memory while they are
 * held; after that they stay as long as there is room (dki_store_limit), the oldest leaving first. So a table may be
 * larger than memory, and what was checked is what is computed with, whatever happens to the file meanwhile.
 */
#ifndef DKI_DATA_STORE_H
#define DKI_DATA_STORE_H

#include "chunk.h"

typedef struct dki_store dki_store;

/* Some bytes of the file: as they are, or compressed. They begin at a multiple of 64, and zeros follow up to the next. */
#define DKI_BLOCK_ALIGN 64
typedef struct dki_block {
    uint64_t offset;
    uint64_t stored_bytes; /* in the file; 0: there is no such block */
    uint64_t bytes;        /* in memory */
    uint64_t hash;         /* of the stored bytes */
    bool compressed;
} dki_block;

enum { DKI_BLOCK_VALUES, DKI_BLOCK_VALID, DKI_BLOCK_BYTES, DKI_BLOCK_ENDS, DKI_N_BLOCKS };

/* A chunk as the file describes it. */
typedef struct dki_stored_form {
    const char *what; /* the column, for messages; lives as long as the store */
    dk_type type;
    uint8_t scale; /* decimal; of a period its frequency */
    dk_storage storage;
    bool constant;
    uint8_t packed;    /* as in chunk.h */
    uint32_t n_levels; /* category */
    uint64_t first_row, n_rows;
    dki_column_facts facts;
    dki_block blocks[DKI_N_BLOCKS];
} dki_stored_form;

/* Runs of a chunk that the file describes; 0: it has none. */
static inline uint64_t dki_form_n_runs(const dki_stored_form *form)
{
    return form->blocks[DKI_BLOCK_ENDS].bytes / sizeof(uint32_t);
}
/* Bytes of its values, where it has n of them. */
static inline uint64_t dki_form_value_bytes(const dki_stored_form *form, size_t n)
{
    return form->packed ? dki_packed_bytes(form->packed, n) : dki_storage_bytes(form->storage, n);
}
/* How many values stand for its rows. */
static inline uint64_t dki_form_n_values(const dki_stored_form *form)
{
    return form->constant ? 1 : dki_form_n_runs(form) ? dki_form_n_runs(form) : form->n_rows;
}

/* Opens a regular file. memory_bytes: what its chunks may take when nobody holds them; 0: a quarter of the machine's.
 * Under a budget it is never more than a quarter of that. Errors: DK_ERR_IO, DK_ERR_MEMORY. */
dk_status dki_store_open(dk_context *context, const char *path, size_t memory_bytes, dki_store **out,
                         dk_error *err);
void dki_store_release(dki_store *store); /* chunks keep the store alive; NULL does nothing */
dk_context *dki_store_context(const dki_store *store);
const char *dki_store_path(const dki_store *store);
/* What messages about damage say to do; remedy is copied, and NULL is the usual. Before chunks are read. */
dk_status dki_store_set_remedy(dki_store *store, const char *remedy, dk_error *err);
const char *dki_store_remedy(const dki_store *store);
/* Bytes that the file has now. */
dk_status dki_store_size(dki_store *store, uint64_t *size, dk_error *err);
/* Reads exactly size bytes. A file that ends before them is DK_ERR_IO: it became shorter. */
dk_status dki_store_read(dki_store *store, uint64_t offset, void *out, size_t size, dk_error *err);
/* A copy of a name that lives as long as the store. */
const char *dki_store_name(dki_store *store, const char *bytes, size_t size, dk_error *err);

/* A chunk that lies in the store, with one reference; the form was checked (dki_form_check). */
dk_status dki_store_chunk(dki_store *store, const dki_stored_form *form, dki_chunk **out, dk_error *err);

/* Whether a form can be: blocks of the right sizes, facts that agree. NULL, or what is wrong with it. */
const char *dki_form_check(const dki_stored_form *form);
/* Whether values are what their form says, and what the engine may rely on. NULL, or what is wrong with them. */
const char *dki_chunk_check(const dki_chunk *chunk, const dki_stored_form *form);

/* zstd. Where it is not there each of these is DK_ERR_IO, with what to install. */
dk_status dki_zstd_check(dk_error *err);
/* *out: at least *size bytes, of which *size are used; NULL where nothing is gained. */
dk_status dki_zstd_compress(dk_context *context, const void *bytes, size_t size, int level, void **out,
                            size_t *out_size, dk_error *err);
/* false where the bytes are no frame of exactly size bytes. */
dk_status dki_zstd_expand(dk_context *context, const void *bytes, size_t stored, void *out, size_t size,
                          bool *is_ok, dk_error *err);
/* What compressed bytes may grow to, so that a small file cannot ask for much memory. */
bool dki_zstd_is_believable(uint64_t stored, uint64_t bytes);

#endif
