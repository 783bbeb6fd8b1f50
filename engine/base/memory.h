/* memory.h - every allocation of the engine: counted against the context's budget, and failing on request in tests.
 *
 * Any thread may allocate, resize and free. A block is freed with the context that it was made with, which must
 * still live; whoever owns blocks retains the context.
 */
#ifndef DKI_BASE_MEMORY_H
#define DKI_BASE_MEMORY_H

#include <dekking/context.h>

/* Each gives a block that the caller frees, or NULL with err filled (DK_ERR_MEMORY: over budget, out of memory,
 * or more than there can be). Blocks are 16-byte aligned; those of dki_alloc_wide are 64-byte aligned. A size of
 * 0 gives a block that may be freed. dki_alloc_array and dki_calloc check n * size for overflow; dki_calloc
 * clears, and costs nothing for pages that are never touched. 16 bytes count on top of each block, 64 on top of
 * a wide one. */
void *dki_alloc(dk_context *context, size_t size, dk_error *err);
void *dki_alloc_wide(dk_context *context, size_t size, dk_error *err);
void *dki_alloc_array(dk_context *context, size_t n, size_t size, dk_error *err);
void *dki_calloc(dk_context *context, size_t n, size_t size, dk_error *err);
/* Gives *pointer (NULL: a new block) room for size bytes, keeping what fits and the alignment. Growing counts the
 * difference, except for wide blocks, of which both are there for a moment. On failure *pointer is as it was. */
dk_status dki_resize(dk_context *context, void **pointer, size_t size, dk_error *err);
/* Doubles the room of an array (at first 16 items) until it holds `needed` items; *capacity counts items. On
 * failure both are as they were. */
dk_status dki_grow(dk_context *context, void **array, size_t *capacity, size_t needed, size_t item_size,
                   dk_error *err);
/* The same for arrays that are large, and whose size is known: an eighth more than is needed. */
dk_status dki_grow_little(dk_context *context, void **array, size_t *capacity, size_t needed, size_t item_size,
                          dk_error *err);
void dki_free(dk_context *context, void *pointer); /* NULL does nothing */
/* Asks the system for large pages, which come and go many times as fast as small ones: only advice. For a block of malloc's, of which
 * those of 4 MB and more are advised, and for bytes of a mapping. */
void dki_advise_large_block(void *block, size_t size);
void dki_advise_large_pages(void *from, size_t size);
/* Copies size bytes and adds a terminator; NULL with err filled on failure. */
char *dki_strndup(dk_context *context, const char *bytes, size_t size, dk_error *err);
char *dki_strdup(dk_context *context, const char *text, dk_error *err);

/* Interruption: DK_ERR_INTERRUPTED (err filled) while the flag is set. Costs two loads; loops poll once per block. Who is told of
 * progress (progress.h) hears that the work goes on. */
dk_status dki_poll(dk_context *context, dk_error *err);
/* Rows in a block: DK_BLOCK_ROWS unless a test asked for fewer. */
size_t dki_block_rows(const dk_context *context);
/* While one that began has not ended, dki_parallel does all work on this context in the thread that calls it. */
void dki_single_begin(dk_context *context);
void dki_single_end(dk_context *context);
bool dki_is_single(const dk_context *context);

#endif
