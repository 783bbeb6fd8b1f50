/* arena.c - memory in chunks that are freed together.
 *
 * A chunk begins with the link to the one before it; what is handed out follows, 16-byte aligned. A request larger
 * than a chunk gets one of its own, behind the newest, so that the room left in that one is not lost.
 */
#include "arena.h"

#include <stdarg.h>
#include <string.h>

#include "checked.h"
#include "status.h"
#include "text.h"

#define FIRST_CHUNK 992 /* with two headers within what glibc keeps at hand for each thread: 1032 bytes */
/* Small first chunks are of another size than the usual ones: glibc keeps seven of a size at hand. */
#define SMALL_CHUNK 208
#define LARGEST_CHUNK 262144

struct dki_arena_chunk {
    struct dki_arena_chunk *before;
    uint64_t pad; /* keeps what follows 16-byte aligned */
};

void dki_arena_init(dki_arena *arena, dk_context *context)
{
    memset(arena, 0, sizeof *arena);
    arena->context = context;
}

void dki_arena_init_small(dki_arena *arena, dk_context *context)
{
    dki_arena_init(arena, context);
    arena->size = SMALL_CHUNK / 2;
}

static struct dki_arena_chunk *new_chunk(dki_arena *arena, size_t size, dk_error *err)
{
    size_t bytes;

    if (dki_add_size(size, sizeof(struct dki_arena_chunk), &bytes)) {
        dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu bytes are more than there can be)", size);
        return NULL;
    }
    return dki_alloc(arena->context, bytes, err);
}

void *dki_arena_alloc(dki_arena *arena, size_t size, dk_error *err)
{
    size_t rounded;
    struct dki_arena_chunk *chunk;

    if (dki_add_size(size, 15, &rounded)) {
        dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu bytes are more than there can be)", size);
        return NULL;
    }
    rounded &= ~(size_t)15;
    if (arena->chunks == NULL || rounded > arena->size - arena->used) {
        size_t next = arena->size == 0 ? FIRST_CHUNK : arena->size * 2;

        if (next > LARGEST_CHUNK)
            next = LARGEST_CHUNK;
        if (rounded > next / 2 && arena->chunks != NULL) {
            chunk = new_chunk(arena, rounded, err);
            if (chunk == NULL)
                return NULL;
            chunk->before = arena->chunks->before;
            arena->chunks->before = chunk;
            return chunk + 1;
        }
        if (next < rounded)
            next = rounded;
        chunk = new_chunk(arena, next, err);
        if (chunk == NULL)
            return NULL;
        chunk->before = arena->chunks;
        arena->chunks = chunk;
        arena->size = next;
        arena->used = 0;
    }
    arena->used += rounded;
    return (char *)(arena->chunks + 1) + arena->used - rounded;
}

void *dki_arena_array(dki_arena *arena, size_t n, size_t size, dk_error *err)
{
    size_t bytes;
    void *array;

    if (dki_mul_size(n, size, &bytes)) {
        dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu times %zu bytes are more than there can be)", n, size);
        return NULL;
    }
    array = dki_arena_alloc(arena, bytes, err);
    if (array)
        memset(array, 0, bytes);
    return array;
}

char *dki_arena_text(dki_arena *arena, const char *bytes, size_t size, dk_error *err)
{
    char *copy = dki_arena_alloc(arena, size + 1, err);

    if (copy) {
        if (size > 0)
            memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}

char *dki_arena_format(dki_arena *arena, dk_error *err, const char *format, ...)
{
    va_list args;
    size_t size;
    char *text, few[256];

    va_start(args, format);
    size = dki_text_vprint(few, sizeof few, format, args);
    va_end(args);
    if (size == SIZE_MAX) {
        dki_fail(err, DK_ERR_ARGUMENT, "a text could not be formatted");
        return NULL;
    }
    text = dki_arena_alloc(arena, size + 1, err);
    if (text && size < sizeof few) {
        memcpy(text, few, size + 1);
    } else if (text) {
        va_start(args, format);
        (void)dki_text_vprint(text, size + 1, format, args);
        va_end(args);
    }
    return text;
}

void dki_arena_drop(dki_arena *arena)
{
    while (arena->chunks) {
        struct dki_arena_chunk *chunk = arena->chunks;

        arena->chunks = chunk->before;
        dki_free(arena->context, chunk);
    }
    arena->used = 0;
    arena->size = 0;
}
