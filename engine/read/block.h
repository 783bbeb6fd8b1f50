/* block.h - the text of one block into stretches of columns. For collect.c and its tests. */
#ifndef DKI_READ_BLOCK_H
#define DKI_READ_BLOCK_H

#include <pthread.h>

#include "collect.h"
#include "scan.h"

/* A part of the text that the scan cannot vouch for, line end included: one row whose fields are known all the same, or a
 * record that is none. */
typedef struct dki_text_span {
    size_t at, size;
    bool is_row;
} dki_text_span;

/* What one thread works with, from block to block. */
typedef struct dki_block_reader {
    dk_context *context;
    const dki_collect_options *options;
    unsigned set;       /* number of its values */
    dki_values *values; /* by column */
    pthread_mutex_t
        *locks; /* by column: who holds it looks its values up, which all threads share; NULL: they are its own */
    unsigned n_others;     /* threads that share them */
    unsigned *n_coded;     /* by column: stretches of all threads whose codes are about them; under the lock */
    bool has_split;        /* a block, so that codes of the values are about */
    atomic_bool *is_plain; /* by column; shared by all threads */
    atomic_uint *n_given_up;
    uint64_t likely_rows; /* of the file; 0: not known */
    uint64_t n_seen;      /* rows of the blocks before */
    char *text;           /* of the block, whole records, and DKI_SCAN_PADDING bytes more */
    size_t text_room;
    uint64_t *bits; /* structural bytes */
    size_t bits_room;
    dki_scan scan;      /* what was met in the text */
    dki_text_span *odd; /* in the text */
    size_t n_odd, odd_room;
    uint64_t odd_line;   /* on which the record begins where a block was cut short */
    uint32_t *positions; /* of structural bytes; behind one that stands before the text */
    size_t positions_room;
    char *plain; /* a field without doubled quotes */
    size_t plain_room;
    int64_t *numbers; /* of one column */
    size_t numbers_room;
    dki_profile profile; /* of one column's text */
} dki_block_reader;

void dki_block_reader_drop(dki_block_reader *reader); /* gives up all its memory; it can go on */

/* Splits size bytes of reader->text, block->n_rows records and odd spans, which end in a LF, into block->stretches. Records
 * that are no rows are noted in block->odd. From the first one on that must be read otherwise (strictly, a ragged one; one
 * with a field that may be too long) all are left out: block->n_rows says how many stay, *odd_at where that record begins,
 * size where there is none. The text is changed. */
dk_status dki_block_split(dki_block_reader *reader, dki_block *block, size_t size, size_t *odd_at, dk_error *err);

#endif
