/* large.h - a context's large blocks, of which some are kept for the next when they are given back. For engine/base alone. */
#ifndef DKI_BASE_LARGE_H
#define DKI_BASE_LARGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "mapping.h"

#define DKI_LARGE_LEAST ((size_t)4 << 20) /* bytes */
#define DKI_LARGE_KEPT 64                 /* blocks */

typedef struct dki_large {
    pthread_mutex_t lock;
    size_t most;         /* bytes that may be kept */
    atomic_size_t bytes; /* that are */
    size_t n;
    struct dki_large_kept {
        char *at;
        size_t size;        /* whole large pages */
    } kept[DKI_LARGE_KEPT]; /* the oldest first */
} dki_large;

void dki_large_init(dki_large *large);
void dki_large_drop(dki_large *large);
/* How many bytes may be kept; what is over that is given back to the system at once. */
void dki_large_keep(dki_large *large, size_t bytes);

/* Whether a block of that size is a large one: of what is smaller malloc keeps enough. */
static inline bool dki_is_large(size_t size)
{
    return size >= DKI_LARGE_LEAST && DKI_HAS_MAPPINGS;
}

/* A large block, all zero where clear says so; NULL: the system gives no more. */
void *dki_large_new(dki_large *large, size_t size, bool clear);
/* Another size, also a large one; NULL: the system gives no more, and the block is as it was. */
void *dki_large_resize(dki_large *large, void *block, size_t old_size, size_t size);
/* Keeps it, or gives it back. room: how many bytes may be kept now. */
void dki_large_free(dki_large *large, void *block, size_t size, size_t room);
/* Gives back what is kept but for so many bytes; whether there was anything. */
bool dki_large_forget(dki_large *large, size_t left);

#endif
