/* arena.h - scratch memory of one call, dropped at one point. */
#ifndef DKI_BASE_ARENA_H
#define DKI_BASE_ARENA_H

#include "memory.h"

typedef struct dki_arena {
    dk_context *context; /* borrowed */
    struct dki_arena_chunk *chunks;
    size_t used, size; /* of the newest chunk; before there is one, half of what the first has, 0: the usual */
} dki_arena;

void dki_arena_init(dki_arena *arena, dk_context *context);
/* For what seldom holds more than a few names: the first chunk has room for some 200 bytes. */
void dki_arena_init_small(dki_arena *arena, dk_context *context);
/* Each gives memory that lives until the arena is dropped, or NULL with err filled (DK_ERR_MEMORY; of a format that
 * the C library refuses DK_ERR_ARGUMENT), and then the arena is as it was. Memory is 16-byte aligned and not
 * cleared, that of dki_arena_array is checked for overflow of n * size and cleared; a size of 0 gives a pointer to
 * nothing. Texts are terminated. What counts against the budget are whole chunks. */
void *dki_arena_alloc(dki_arena *arena, size_t size, dk_error *err);
void *dki_arena_array(dki_arena *arena, size_t n, size_t size, dk_error *err);
char *dki_arena_text(dki_arena *arena, const char *bytes, size_t size, dk_error *err); /* a copy */
DK_PRINTF(3, 4) char *dki_arena_format(dki_arena *arena, dk_error *err, const char *format, ...);
void dki_arena_drop(dki_arena *arena); /* frees all; the arena can be used again */

#endif
