/* chunk.h - the inside of columns: chunks, and the parts that make a column. For engine/data and engine/snapshot. */
#ifndef DKI_DATA_CHUNK_H
#define DKI_DATA_CHUNK_H

#include <pthread.h>
#include <stdatomic.h>

#include <dekking/column.h>

#include "storage.h"

/* Rows of a full chunk: whole blocks, and what a thread takes of a table at a time, so that two threads that go through a
 * snapshot seldom wait for the same chunk. */
#define DKI_CHUNK_ROWS 65536

/* What is known of some rows. Bounds are those of known integers, decimals, dates and timestamps. */
typedef struct dki_column_facts {
    uint64_t n_nulls;
    bool has_bounds;
    int64_t least, greatest;
} dki_column_facts;

/* Values of some rows in one storage; immutable and shared by the columns whose parts point into it.
 *
 * A chunk has a value for each row, or one for all (constant), or one for each run of equal rows: then ends[k] is the row
 * behind run k, and the last is n_rows. Texts have no runs. Values of one byte from 0 to 15 may be packed, where there is
 * one for each row; only chunks of a snapshot are.
 *
 * A chunk of a snapshot is stored: its values stand in memory only while somebody holds it, or nobody needs the room.
 * Whoever reads values holds the chunk meanwhile; what else stands in the chunk is always there. */
typedef struct dki_chunk {
    atomic_size_t n_references;
    dk_context *context;
    dk_storage storage;
    bool constant;   /* one value, known or null, stands for every row: a chunk of any length */
    uint8_t packed;  /* bits of a value: 1, 2 or 4; 0: it has a byte, as the storage says */
    uint32_t n_runs; /* 0: it has none; else 2 or more */
    uint64_t n_rows;
    dki_column_facts facts;
    void *values;              /* as in column.h; owned */
    uint64_t *valid;           /* NULL where nothing is null; owned */
    char *bytes;               /* text; owned */
    uint32_t *ends;            /* of runs; owned */
    size_t heap_bytes;         /* of a stored chunk: what it takes while it stands in memory */
    struct dki_stored *stored; /* where it lies in a file; NULL: it is in memory for good */
} dki_chunk;

/* Rows offset .. offset + n_rows - 1 of a chunk, which are rows start .. of the column. */
typedef struct dki_part {
    dki_chunk *chunk;
    uint64_t offset;
    uint64_t start;
    uint64_t n_rows;
} dki_part;

struct dk_column {
    atomic_size_t n_references;
    dk_context *context;
    dk_type type;
    uint8_t scale;
    const dk_dictionary *levels;
    uint64_t n_rows;
    dki_column_facts facts;
    size_t n_parts;  /* of an interval 0 */
    dki_part *parts; /* behind the column */
    size_t n_children;
    const dk_column *children[DK_MOST_CHILDREN];
    const dk_column *overlap; /* overlap.h; NULL: none */
    pthread_mutex_t lock;     /* guards derived; recursive, so that making one kind may ask for another */
    struct dki_derived *derived;
    atomic_uint_fast64_t owner; /* its number in the context's cache; 0: nothing was ever kept for it */
};

/* How many values stand for the rows. */
static inline uint64_t dki_chunk_n_values(const dki_chunk *chunk)
{
    return chunk->constant ? 1 : chunk->n_runs ? chunk->n_runs : chunk->n_rows;
}
/* The run of a row. */
size_t dki_chunk_run(const dki_chunk *chunk, uint64_t row);
/* Which value stands for row `at`. */
static inline uint64_t dki_chunk_place(const dki_chunk *chunk, uint64_t at)
{
    return chunk->constant ? 0 : chunk->n_runs ? dki_chunk_run(chunk, at) : at;
}
/* Gives a chunk in memory that nobody shares runs, where they are long enough to pay: some 1000 rows each. Cost: little
 * where they are not. On failure it is as it was. */
dk_status dki_chunk_find_runs(dki_chunk *chunk, dk_error *err);
/* Writes the values of n rows from row `at` on, and (valid: not NULL) which are known. */
void dki_runs_expand(const dki_chunk *chunk, uint64_t at, size_t n, void *values, uint64_t *valid);
/* Bits that each value of a chunk takes, where packing it pays; else 0. */
unsigned dki_chunk_packable(const dki_chunk *chunk);
size_t dki_packed_bytes(unsigned width, size_t n); /* of n values; n far from overflow */
void dki_pack(const uint8_t *values, size_t n, unsigned width, uint8_t *out);
/* Writes the bytes of n rows of a packed chunk, from row `at` on. */
void dki_unpack(const dki_chunk *chunk, uint64_t at, size_t n, uint8_t *out);
static inline uint8_t dki_packed_value(const dki_chunk *chunk, uint64_t at)
{
    unsigned byte = ((const uint8_t *)chunk->values)[at * chunk->packed / 8];

    return (uint8_t)(byte >> (at * chunk->packed % 8) & ((1u << chunk->packed) - 1));
}
dki_chunk *dki_chunk_retain(const dki_chunk *chunk);
void dki_chunk_release(dki_chunk *chunk);

/* Brings the values of a chunk into memory, where they stay until as many calls of dki_chunk_let. Free for chunks that
 * are in memory for good. Errors: DK_ERR_MEMORY, DK_ERR_IO, DK_ERR_DATA with the file. */
static inline dk_status dki_chunk_hold(const dki_chunk *chunk, dk_error *err);
static inline void dki_chunk_let(const dki_chunk *chunk);
/* The same for as long as the chunk lives. */
static inline dk_status dki_chunk_keep(const dki_chunk *chunk, dk_error *err);
/* Makes view show rows of a chunk as dk_column_view does, but for type, scale and levels, which a chunk does not know. */
dk_status dki_chunk_view(const dki_chunk *chunk, uint64_t at, size_t n, dk_view *view, dk_error *err);
/* What a part holds. Cost: a look at each row of a part that is not its whole chunk, which is at most two of a slice's
 * parts. */
dk_status dki_part_facts(const dki_part *part, dki_column_facts *out, dk_error *err);
void dki_merge_facts(dki_column_facts *into, const dki_column_facts *facts);
/* A chunk that the rows of several parts are copied into, again and again, in memory that grows where it must: memory that
 * is new to the process costs more than copying does. All zeros at first. */
typedef struct dki_joint {
    dki_chunk *chunk;
    size_t values_room, valid_room, bytes_room;
} dki_joint;
/* Makes joint->chunk the rows of n parts of columns of one type (and dictionary), one behind the other; nobody else may
 * have it any more. Bits behind the last row are zeros. Errors: also DK_ERR_LIMIT. */
dk_status dki_chunk_join(dk_context *context, dk_type type, const dki_part *parts, size_t n, dki_joint *joint,
                         dk_error *err);
void dki_joint_drop(dki_joint *joint);
/* The part that holds a row of the column. */
const dki_part *dki_column_part(const dk_column *column, uint64_t row);
/* Makes a column of parts, which are given: released on failure too; their starts are set here. levels is borrowed.
 * Cost: the facts of whole chunks are known; the rows of parts of chunks are looked at. */
dk_status dki_column_of_parts(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                              const dki_part *parts, size_t n_parts, const dk_column **out, dk_error *err);

/* Readers of one value of a chunk that is held; row is the chunk's own, and the value is not null. */
int64_t dki_chunk_integer(const dki_chunk *chunk, uint64_t row);
uint32_t dki_chunk_code(const dki_chunk *chunk, uint64_t row);
dk_text dki_chunk_text(const dki_chunk *chunk, uint64_t row);
bool dki_chunk_is_null(const dki_chunk *chunk, uint64_t row);

/* store.c */
dk_status dki_stored_hold(struct dki_stored *stored, dk_error *err);
void dki_stored_let(struct dki_stored *stored);
dk_status dki_stored_keep(struct dki_stored *stored, dk_error *err);
/* Frees what the chunk has in memory, and its place in the store. */
void dki_stored_drop(struct dki_stored *stored);

static inline dk_status dki_chunk_hold(const dki_chunk *chunk, dk_error *err)
{
    return chunk->stored ? dki_stored_hold(chunk->stored, err) : DK_OK;
}

static inline void dki_chunk_let(const dki_chunk *chunk)
{
    if (chunk->stored)
        dki_stored_let(chunk->stored);
}

static inline dk_status dki_chunk_keep(const dki_chunk *chunk, dk_error *err)
{
    return chunk->stored ? dki_stored_keep(chunk->stored, err) : DK_OK;
}

#endif
