/* memory.h - every allocation of the engine: counted against the context's budget, and failing on request in tests. */
#ifndef DKI_BASE_MEMORY_H
#define DKI_BASE_MEMORY_H

#include <dekking/context.h>

/* Each returns NULL and fills err (DK_ERR_MEMORY) when it cannot. Memory is 16-byte aligned; dki_alloc_wide gives
 * 64-byte alignment. A size of 0 gives a pointer that may be freed. dki_calloc checks n * size for overflow and
 * clears; dki_alloc_array checks and does not clear. */
void *dki_alloc(dk_context *context, size_t size, dk_error *err);
void *dki_alloc_wide(dk_context *context, size_t size, dk_error *err);
void *dki_calloc(dk_context *context, size_t n, size_t size, dk_error *err);
void *dki_alloc_array(dk_context *context, size_t n, size_t size, dk_error *err);
/* Gives *pointer room for size bytes, keeping what fits; *pointer stays valid on failure. Keeps the alignment kind. */
dk_status dki_resize(dk_context *context, void **pointer, size_t size, dk_error *err);
/* Doubles the room of an array until it holds `needed` items; *capacity counts items. */
dk_status dki_grow(dk_context *context, void **array, size_t *capacity, size_t needed, size_t item_size,
                   dk_error *err);
void dki_free(dk_context *context, void *pointer); /* NULL does nothing */
/* Copies size bytes and adds a terminator. */
char *dki_strndup(dk_context *context, const char *bytes, size_t size, dk_error *err);
char *dki_strdup(dk_context *context, const char *text, dk_error *err);

/* Interruption: DK_ERR_INTERRUPTED (err filled) once the flag is set. Cheap; loops poll once per block. */
dk_status dki_poll(dk_context *context, dk_error *err);
/* Progress from any thread; reaches the sink from the calling thread only, at a bounded rate. */
void dki_progress(dk_context *context, const char *what, uint64_t done, uint64_t total);
void dki_progress_end(dk_context *context);
/* Rows in a block: DK_BLOCK_ROWS unless a test asked for fewer. */
size_t dki_block_rows(const dk_context *context);

#endif
