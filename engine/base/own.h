/* own.h - what a context does for the thread that made it, without a lock: counting bytes, and keeping small blocks at hand. For
 * engine/base alone.
 *
 * A call that asks something of a small table makes and frees some thirty blocks. For each, malloc and free take 130 instructions in
 * up to a hundred lines of the processor's cache, and counting two locked additions. Here it is a few instructions. All other threads
 * use malloc, and count together. Every small block is malloc's, so that any thread may free it.
 *
 * What is kept does not count as used: half a megabyte at the most.
 */
#ifndef DKI_BASE_OWN_H
#define DKI_BASE_OWN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define DKI_SMALL_MOST 1024 /* bytes of a block, with its header */
#define DKI_SMALL_UNIT 16
#define DKI_SMALL_KEPT 16 /* blocks of a size */

typedef struct dki_small {
    struct dki_small *next;
    size_t n; /* blocks from here on */
} dki_small;

typedef struct dki_own {
    const void *thread;
    atomic_size_t used; /* what this thread counted; less than nothing where it freed what others made */
    size_t most;        /* blocks of a list; none where memory is watched */
    dki_small *lists[DKI_SMALL_MOST / DKI_SMALL_UNIT + 1];
} dki_own;

void dki_own_init(dki_own *own);
void dki_own_drop(dki_own *own);

extern _Thread_local char dki_here;

/* An address that no other thread that lives has. Where the compiler knows one it costs no call, and who asks saves no registers. */
static inline const void *dki_thread(void)
{
#if __has_builtin(__builtin_thread_pointer)
    return __builtin_thread_pointer();
#else
    return &dki_here;
#endif
}

/* Whether the thread that asks made the context. */
static inline bool dki_is_own(const dki_own *own)
{
    return own->thread == dki_thread();
}

/* Adds to what this thread counted, or takes from it by wrapping around; gives what it is then. Of the own thread alone. */
static inline size_t dki_own_count(dki_own *own, size_t change)
{
    size_t used = atomic_load_explicit(&own->used, memory_order_relaxed) + change;

    atomic_store_explicit(&own->used, used, memory_order_release);
    return used;
}

static inline bool dki_is_small(size_t size)
{
    return size <= DKI_SMALL_MOST;
}

/* What malloc is asked for: whole units, so that any block of a list fits. A sanitizer is to see where it ends. */
static inline size_t dki_small_size(size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    return size;
#else
    return (size + DKI_SMALL_UNIT - 1) & ~(size_t)(DKI_SMALL_UNIT - 1);
#endif
}

static inline dki_small **dki_small_list(dki_own *own, size_t size)
{
    return &own->lists[(size + DKI_SMALL_UNIT - 1) / DKI_SMALL_UNIT];
}

/* These are of the own thread alone. */

/* A block that was kept, or NULL. */
static inline void *dki_small_take(dki_own *own, size_t size)
{
    dki_small **list = dki_small_list(own, size), *block = *list;

    if (block)
        *list = block->next;
    return block;
}

/* Keeps a block; false: there are enough. */
static inline bool dki_small_keep(dki_own *own, void *memory, size_t size)
{
    dki_small **list = dki_small_list(own, size), *block = memory;
    size_t n = *list ? (*list)->n : 0;

    if (n >= own->most)
        return false;
    block->next = *list;
    block->n = n + 1;
    *list = block;
    return true;
}

#endif
