/* blocks.h - memory for Lua's small objects. */
#ifndef DKC_CLI_BLOCKS_H
#define DKC_CLI_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

/* What an allocator of Lua does: takes where memory is NULL, gives where size is 0, and what gets smaller is never refused. Of
 * malloc where there is no room, or the size is larger. */
void *dkc_block_resize(void *memory, size_t old_size, size_t size);

/* Its parts. */

#define DKC_MOST_BLOCK 512 /* bytes of the largest one */

/* A block of 1 to DKC_MOST_BLOCK bytes; NULL: the room is used up, or there is none. */
void *dkc_block_take(size_t size);
bool dkc_block_is(const void *memory);
/* Whether a block of one size can be one of the other. */
bool dkc_block_fits(size_t size, size_t other);
void dkc_block_give(void *block, size_t size);

#endif
