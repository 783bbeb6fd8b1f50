/* sift.h - leaves out of a block's text what is no row. For block.c. */
#ifndef DKI_READ_SIFT_H
#define DKI_READ_SIFT_H

#include "block.h"

/* How many lines end in a text, which does not end within one: in LF, CR, or CR LF. */
uint64_t dki_count_lines(const char *text, size_t size);

/* Of a text whose n_ends structural bytes stand in reader->positions: rows and their positions are moved together, so that
 * field c of row r ends at position r * n_columns + c. Fills block->n_rows, line, runs and odd, and *odd_at as
 * dki_block_split has it. */
dk_status dki_sift(dki_block_reader *reader, dki_block *block, size_t n_ends, size_t size, size_t *odd_at,
                   dk_error *err);

#endif
