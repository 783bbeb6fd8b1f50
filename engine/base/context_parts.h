/* context_parts.h - what a context is. For engine/base alone. */
#ifndef DKI_BASE_CONTEXT_PARTS_H
#define DKI_BASE_CONTEXT_PARTS_H

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <time.h>

#include "attach.h"
#include "cache_parts.h"
#include "dekking/context.h"
#include "large.h"
#include "own.h"

/* How far the work is, as the sink was told last or is told next (progress.c). */
typedef struct dki_progress_parts {
    struct timespec last;
    const char *what; /* NULL: whoever works has not said what it does */
    uint64_t done, total;
    bool is_counted; /* a loop of the pool counts */
    bool is_shown;
} dki_progress_parts;

struct dk_context {
    /* What every poll and every allocation reads, and hardly anybody writes. */
    atomic_bool interrupted;
    atomic_size_t budget;               /* 0: none */
    atomic_uint_fast64_t until_failure; /* 0: off; counts allocations down to the one that fails */
    size_t block_rows;
    atomic_size_t n_single;   /* reasons to run in the caller's thread alone */
    dk_progress_fn *progress; /* the sink, or NULL */
    void *progress_arg;
    pthread_t progress_thread; /* the one that set the sink: the sink is told from there alone */
    /* What every allocation of the own thread writes, and what those of others do: cache lines of their own, for which polls of other
     * threads need not wait. */
    alignas(64) dki_own own;
    dki_progress_parts told;        /* the progress thread's */
    alignas(64) atomic_size_t used; /* by others, and where there is a budget */
    atomic_size_t peak;
    atomic_size_t n_references;
    dki_large large;
    dki_cache cache;
    dki_attached *attached;
};

/* The bytes in use. What the own thread counted is read first: it frees what another made after that was counted. */
static inline size_t dki_used(const dk_context *context)
{
    size_t own = atomic_load_explicit(&((dk_context *)(uintptr_t)context)->own.used, memory_order_acquire);

    return own + atomic_load_explicit(&((dk_context *)(uintptr_t)context)->used, memory_order_relaxed);
}

#endif
