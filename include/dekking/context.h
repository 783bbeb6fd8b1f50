/* context.h - what a computation may use, and how it is stopped.
 *
 * A context owns the memory budget, the interruption flag, the progress sink and, for tests, the failing of
 * allocations. Constructors take one; what they make retains it. Several contexts live in one process; only the
 * pool of threads is shared by all of them.
 */
#ifndef DEKKING_CONTEXT_H
#define DEKKING_CONTEXT_H

#include <dekking/error.h>

typedef struct dk_context dk_context;

/* Makes a context without a budget, with one reference that the caller releases. */
DK_API DK_MUST_USE dk_status dk_context_new(dk_context **out, dk_error *err);
DK_API dk_context *dk_context_retain(dk_context *context);
DK_API void dk_context_release(dk_context *context); /* NULL does nothing */

/* Sets how many bytes may be in use at once; 0 takes the limit away. What is in use already stays. */
DK_API void dk_context_set_budget(dk_context *context, size_t budget_bytes);
DK_API size_t dk_context_budget(const dk_context *context);
/* Bytes in use now, and the most that were in use since the context was made or the peak was reset. */
DK_API size_t dk_context_used_bytes(const dk_context *context);
DK_API size_t dk_context_peak_bytes(const dk_context *context);
DK_API void dk_context_reset_peak(dk_context *context);

/* Asks every running call on this context to stop with DK_ERR_INTERRUPTED, and later ones to do so at their first
 * poll, until the flag is cleared. Async-signal-safe. */
DK_API void dk_context_interrupt(dk_context *context);
DK_API void dk_context_clear_interrupt(dk_context *context);
DK_API bool dk_context_is_interrupted(const dk_context *context);

/* Told from the thread that called into the library, at most some twenty times a second: what is being done, and
 * how much of how much (total 0: unknown; in bytes or rows). done == total == 0 says that the work has ended. */
typedef void dk_progress_fn(void *arg, const char *what, uint64_t done, uint64_t total);
DK_API void dk_context_set_progress(dk_context *context, dk_progress_fn *fn, void *arg);

/* For tests: the nth allocation from now (1 is the next) fails once; 0 switches this off. */
DK_API void dk_context_fail_allocation(dk_context *context, uint64_t nth);
/* For tests: rows in a block (1 .. DK_BLOCK_ROWS). Results never depend on it. */
DK_API void dk_context_set_block_rows(dk_context *context, size_t n_rows);

/* The number of threads that a call may use, its own included: process-wide; 0 means one for each processor. */
DK_API void dk_set_threads(unsigned n_threads);
DK_API unsigned dk_threads(void);

#endif
