/* context.h - what a computation may use, and how it is stopped.
 *
 * A context owns the memory budget, the interruption flag, the progress sink and, for tests, the failing of
 * allocations. Constructors take one; what they make retains it. Several contexts live in one process; only the
 * pool of threads is shared by all of them.
 *
 * Threads: every function here may be called from any thread at any time, except the two that say otherwise.
 */
#ifndef DEKKING_CONTEXT_H
#define DEKKING_CONTEXT_H

#include <dekking/error.h>

typedef struct dk_context dk_context;

/* Makes a context without a budget. out gets it with one reference, which the caller releases; untouched on
 * failure. Errors: DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_context_new(dk_context **out, dk_error *err);
DK_API dk_context *dk_context_retain(dk_context *context); /* gives context */
DK_API void dk_context_release(dk_context *context);       /* NULL does nothing */

/* Sets how many bytes may be in use at once; 0 takes the limit away. What is in use already stays. */
DK_API void dk_context_set_budget(dk_context *context, size_t budget_bytes);
DK_API size_t dk_context_budget(const dk_context *context); /* 0: none */
/* Bytes in use now, and the most that were in use since the context was made or the peak was reset. */
DK_API size_t dk_context_used_bytes(const dk_context *context);
DK_API size_t dk_context_peak_bytes(const dk_context *context);
DK_API void dk_context_reset_peak(dk_context *context);

/* How many bytes of freed blocks of 4 MB and more are kept for the next ones (64 MB, where nothing is said) instead of given back to the
 * system, which has to clear what it gives. They count neither as used nor against the budget, within which they stay all the same. */
DK_API void dk_context_keep(dk_context *context, size_t bytes);

/* Asks every running call on this context to stop with DK_ERR_INTERRUPTED, and later ones to do so at their first
 * poll, until the flag is cleared. Async-signal-safe, all three. */
DK_API void dk_context_interrupt(dk_context *context);
DK_API void dk_context_clear_interrupt(dk_context *context);
DK_API bool dk_context_is_interrupted(const dk_context *context);

/* What is being done, and how much of how much, in bytes, rows or other parts (total 0: unknown). what is borrowed for the call; NULL
 * says no more than that the call goes on, and of how many parts of its present step so many are done. An empty what says that the work
 * that had a name has ended. */
typedef void dk_progress_fn(void *arg, const char *what, uint64_t done, uint64_t total);
/* Sets who is told (NULL: nobody), at most twenty times a second and from the thread that called this function
 * only: calls into the library from other threads are silent. Not while a call on this context runs. */
DK_API void dk_context_set_progress(dk_context *context, dk_progress_fn *fn, void *arg);

/* For tests: the nth allocation from now (1 is the next) fails once; 0 switches this off. */
DK_API void dk_context_fail_allocation(dk_context *context, uint64_t nth);
/* For tests: rows in a block (1 .. DK_BLOCK_ROWS, others are brought there). Results never depend on it. Not while
 * a call on this context runs. */
DK_API void dk_context_set_block_rows(dk_context *context, size_t n_rows);

/* The number of threads that a call may use, its own included: process-wide; 0 (as at the start) means one for each
 * processor that the process may run on. More than 256 count as 256. */
DK_API void dk_set_threads(unsigned n_threads);
DK_API unsigned dk_threads(void); /* never 0 */

#endif
