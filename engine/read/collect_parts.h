/* collect_parts.h - where the collecting of a file stands. For engine/read/collect.c and collect_take.c. */
#ifndef DKI_READ_COLLECT_PARTS_H
#define DKI_READ_COLLECT_PARTS_H

#include <pthread.h>

#include "block.h"
#include "collect.h"

struct dki_collecting {
    dk_context *context;
    const dki_source *source;
    dki_collect_options options;
    dki_collected *out;
    dki_block_reader *readers;
    unsigned n_workers;
    size_t block_rows, read_bytes, most_bytes;
    size_t first_block;     /* of the run */
    bool shares;            /* the first block is still to be split, and its values given to all threads */
    unsigned n_sets;        /* of values: one for each worker, or one of all: */
    pthread_mutex_t *locks; /* by column; else NULL */
    unsigned *n_coded;      /* the same */

    pthread_mutex_t lock; /* guards what follows, and out; who holds it may take it again */
    uint64_t offset, row, line;
    size_t record_bytes;
    bool is_done, is_odd; /* is_odd: the run ends before the end of the file, where this record begins: */
    uint64_t odd_offset, odd_line;
};

/* From the record at offset on the file is read otherwise. Called with the lock held. */
void dki_collect_end_at(dki_collecting *c, uint64_t offset, uint64_t line);
/* The next block, its text in the reader; NULL where there is none. Called with the lock held. */
dk_status dki_collect_take(dki_collecting *c, unsigned worker, dki_block **out, size_t *size, dk_error *err);
/* Behind the blocks that there are; a block that could not be put stays the caller's. */
dk_status dki_collect_put(dki_collected *out, dki_block *block, dk_error *err);

#endif
