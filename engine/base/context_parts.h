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

struct dk_context {
    /* What every poll and every allocation reads, and hardly anybody writes. */
    atomic_bool interrupted;
    atomic_size_t budget;               /* 0: none */
    atomic_uint_fast64_t until_failure; /* 0: off; counts allocations down to the one that fails */
    size_t block_rows;
    atomic_size_t n_single; /* reasons to run in the caller's thread alone */
    dk_progress_fn *progress;
    void *progress_arg;
    pthread_t progress_thread; /* the one that set the sink: the sink is told from there alone */
    struct timespec progress_last;
    bool progress_shown;
    /* What every allocation writes, on a cache line of its own: polls of other threads need not wait for it. */
    alignas(64) atomic_size_t used;
    atomic_size_t peak;
    atomic_size_t n_references;
    dki_large large;
    dki_cache cache;
    dki_attached *attached;
};

#endif
