/* chunk.h - the inside of columns: chunks, and the parts of them that make a column. For engine/data alone. */
#ifndef DKI_DATA_CHUNK_H
#define DKI_DATA_CHUNK_H

#include <pthread.h>
#include <stdatomic.h>

#include <dekking/column.h>

#define DKI_CHUNK_ROWS 262144 /* rows of a full chunk: whole blocks */

/* What is known of some rows. Bounds are those of known integers, decimals, dates and timestamps. */
typedef struct dki_column_facts {
    uint64_t n_nulls;
    bool has_bounds;
    int64_t least, greatest;
} dki_column_facts;

/* Values of some rows in one storage; immutable and shared by the columns whose parts point into it. */
typedef struct dki_chunk {
    atomic_size_t n_references;
    dk_context *context;
    dk_storage storage;
    bool constant; /* one value, known or null, stands for every row: a chunk of any length */
    uint64_t n_rows;
    dki_column_facts facts;
    void *values;    /* as in column.h; owned */
    uint64_t *valid; /* NULL where nothing is null; owned */
    char *bytes;     /* text; owned */
    size_t heap_bytes;
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
    size_t n_parts;
    dki_part *parts;
    pthread_mutex_t lock; /* guards derived; recursive, so that making one kind may ask for another */
    struct dki_derived *derived;
};

size_t dki_storage_width(dk_storage storage); /* bytes of a value; 0 for BITS and TEXT */
void dki_chunk_release(dki_chunk *chunk);
/* The part that holds a row of the column. */
const dki_part *dki_column_part(const dk_column *column, uint64_t row);
/* Makes a column of parts, which are given: released on failure too; their starts are set here. levels is borrowed.
 * Cost: the facts of whole chunks are known; the rows of parts of chunks are looked at. */
dk_status dki_column_of_parts(dk_context *context, dk_type type, uint8_t scale, const dk_dictionary *levels,
                              const dki_part *parts, size_t n_parts, const dk_column **out, dk_error *err);

/* Readers of one value of a chunk; row is the chunk's own, and the value is not null. */
int64_t dki_chunk_integer(const dki_chunk *chunk, uint64_t row);
uint32_t dki_chunk_code(const dki_chunk *chunk, uint64_t row);
dk_text dki_chunk_text(const dki_chunk *chunk, uint64_t row);
bool dki_chunk_is_null(const dki_chunk *chunk, uint64_t row);

#endif
