/* pool.h - the process's threads. Only this file's source starts threads, and one function there decides how many.
 *
 * Workers block all signals, run C over immutable input into output of their own, and are started when first
 * needed. Small inputs wake nobody, and a call from inside a task does its work itself. How the work is cut depends
 * on n and grain only, never on the number of threads.
 */
#ifndef DKI_BASE_POOL_H
#define DKI_BASE_POOL_H

#include <pthread.h>
#include <stdbool.h>

#include <dekking/context.h>

#define DKI_MOST_WORKERS 256

/* Works on items begin .. end - 1, and fills err where it fails. worker is under DKI_MOST_WORKERS and names the
 * accumulators to use: two tasks that run at once never have the same, and the caller's own is 0. Which worker gets
 * which ranges is not determined, so that what accumulators are merged to must not depend on it. */
typedef dk_status dki_task_fn(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err);

/* Into how many ranges of grain > 0 items n are cut. */
static inline uint64_t dki_ranges(uint64_t n, uint64_t grain)
{
    return n / grain + (n % grain != 0);
}
/* What every worker of a call of dki_parallel is under, 1 at least: as many accumulators there can be. */
static inline unsigned dki_workers_bound(uint64_t n, uint64_t grain)
{
    uint64_t n_ranges = dki_ranges(n, grain);

    return n_ranges <= 1 ? 1 : n_ranges < DKI_MOST_WORKERS ? (unsigned)n_ranges : DKI_MOST_WORKERS;
}

/* How many workers a call with that much work would have now, 1 from inside a task: into how many parts to cut what
 * is cut by workers. Not a bound of worker, since dk_set_threads may be called in between. */
unsigned dki_parallel_workers(uint64_t n, uint64_t grain);

/* Calls task for the ranges [0, grain), [grain, 2 grain), ... of n items, each once, grain > 0; returns when all
 * are done. After a failure no range is begun that lies behind it, and the error of the earliest failing range is
 * the one reported, as with one thread. Polls the context before each range (DK_ERR_INTERRUPTED). What tasks wrote
 * is seen by the caller. Where the context is held to one thread (memory.h), that is the caller's. */
dk_status dki_parallel(dk_context *context, uint64_t n, uint64_t grain, dki_task_fn *task, void *arg,
                       dk_error *err);

/* Starts a thread beside the pool's, in which every signal is blocked: for a call that its caller waits for (aside.h), not
 * for a share of some work. False where none can be had. */
bool dki_thread_start(pthread_t *out, void *(*run)(void *), void *arg);

#endif
