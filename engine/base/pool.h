/* pool.h - the process's threads. Only this file's source starts threads, and one function there decides how many.
 *
 * Workers block all signals, run C over immutable input into output of their own, and are started when first
 * needed. Nested calls run inline; small inputs wake nobody. How the work is cut depends on n and grain only, never
 * on the number of threads.
 */
#ifndef DKI_BASE_POOL_H
#define DKI_BASE_POOL_H

#include <dekking/context.h>

/* Works on items begin .. end - 1. worker is 0 .. dki_parallel_workers() - 1 and names the accumulators to use. */
typedef dk_status dki_task_fn(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err);

/* How many workers dki_parallel will use at most for that much work. */
unsigned dki_parallel_workers(uint64_t n, uint64_t grain);
/* Calls task for the ranges [0, grain), [grain, 2 grain), ... of n items, each once. After a failure no further
 * range is begun that lies after it, and the error of the earliest failing range is the one reported, as with one
 * thread. Polls the context between ranges. */
dk_status dki_parallel(dk_context *context, uint64_t n, uint64_t grain, dki_task_fn *task, void *arg,
                       dk_error *err);

#endif
