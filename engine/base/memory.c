/* memory.c - contexts, and every allocation of the engine.
 *
 * A block has a header before it, which says how large it is and how far before it the system's block begins, so that
 * freeing needs no size. What counts against the budget is what was asked for and the header.
 *
 *   | system's block ... pad ... | size (8) | offset (8) | block, 16- or 64-byte aligned ...
 *
 * Invariants: used is the sum over live blocks; peak is never under used for longer than an allocation takes.
 */
#include "memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checked.h"
#include "status.h"

#define HEADER 16

struct dk_context {
    atomic_size_t n_references;
    atomic_size_t budget; /* 0: none */
    atomic_size_t used;
    atomic_size_t peak;
    atomic_uint_fast64_t until_failure; /* 0: off; counts allocations down to the one that fails */
    atomic_bool interrupted;            /* lock-free: set by signal handlers */
    size_t block_rows;
    dk_progress_fn *progress;
    void *progress_arg;
    pthread_t progress_thread; /* the one that set the sink: the sink is told from there alone */
    struct timespec progress_last;
    bool progress_shown;
};

dk_status dk_context_new(dk_context **out, dk_error *err)
{
    dk_context *context = calloc(1, sizeof *context);

    if (context == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory");
    atomic_init(&context->n_references, 1);
    context->block_rows = 4096;
    *out = context;
    return DK_OK;
}

dk_context *dk_context_retain(dk_context *context)
{
    atomic_fetch_add_explicit(&context->n_references, 1, memory_order_relaxed);
    return context;
}

void dk_context_release(dk_context *context)
{
    if (context && atomic_fetch_sub_explicit(&context->n_references, 1, memory_order_acq_rel) == 1)
        free(context);
}

void dk_context_set_budget(dk_context *context, size_t budget_bytes)
{
    atomic_store(&context->budget, budget_bytes);
}

size_t dk_context_budget(const dk_context *context)
{
    return atomic_load(&((dk_context *)(uintptr_t)context)->budget);
}

size_t dk_context_used_bytes(const dk_context *context)
{
    return atomic_load(&((dk_context *)(uintptr_t)context)->used);
}

size_t dk_context_peak_bytes(const dk_context *context)
{
    return atomic_load(&((dk_context *)(uintptr_t)context)->peak);
}

void dk_context_reset_peak(dk_context *context)
{
    atomic_store(&context->peak, atomic_load(&context->used));
}

void dk_context_interrupt(dk_context *context)
{
    atomic_store_explicit(&context->interrupted, true, memory_order_relaxed);
}

void dk_context_clear_interrupt(dk_context *context)
{
    atomic_store(&context->interrupted, false);
}

bool dk_context_is_interrupted(const dk_context *context)
{
    return atomic_load_explicit(&((dk_context *)(uintptr_t)context)->interrupted, memory_order_relaxed);
}

void dk_context_fail_allocation(dk_context *context, uint64_t nth)
{
    atomic_store(&context->until_failure, nth);
}

void dk_context_set_block_rows(dk_context *context, size_t n_rows)
{
    context->block_rows = n_rows < 1 ? 1 : n_rows > 4096 ? 4096 : n_rows;
}

size_t dki_block_rows(const dk_context *context)
{
    return context->block_rows;
}

dk_status dki_poll(dk_context *context, dk_error *err)
{
    if (dk_context_is_interrupted(context))
        return dki_fail(err, DK_ERR_INTERRUPTED, "interrupted");
    return DK_OK;
}

/* Progress ---------------------------------------------------------------------------------------------------------- */

void dk_context_set_progress(dk_context *context, dk_progress_fn *fn, void *arg)
{
    context->progress = fn;
    context->progress_arg = arg;
    context->progress_thread = pthread_self();
    context->progress_shown = false;
    context->progress_last = (struct timespec){ 0, 0 };
}

void dki_progress(dk_context *context, const char *what, uint64_t done, uint64_t total)
{
    struct timespec now;
    int64_t milliseconds;

    if (context->progress == NULL || !pthread_equal(pthread_self(), context->progress_thread))
        return;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    milliseconds = (int64_t)(now.tv_sec - context->progress_last.tv_sec) * 1000 +
                   (now.tv_nsec - context->progress_last.tv_nsec) / 1000000;
    if (milliseconds < 50)
        return;
    context->progress_last = now;
    context->progress_shown = true;
    context->progress(context->progress_arg, what, done, total);
}

void dki_progress_end(dk_context *context)
{
    if (context->progress == NULL || !context->progress_shown ||
        !pthread_equal(pthread_self(), context->progress_thread))
        return;
    context->progress_shown = false;
    context->progress(context->progress_arg, "", 0, 0);
}

/* Allocation -------------------------------------------------------------------------------------------------------- */

static size_t *header_of(void *pointer)
{
    return (size_t *)pointer - 2;
}

static double mebibytes(size_t bytes)
{
    return (double)bytes / (1024.0 * 1024.0);
}

static bool fails_on_request(dk_context *context)
{
    uint_fast64_t left = atomic_load_explicit(&context->until_failure, memory_order_relaxed);

    while (left > 0)
        if (atomic_compare_exchange_weak(&context->until_failure, &left, left - 1))
            return left == 1;
    return false;
}

/* Takes size bytes from the budget. */
static dk_status reserve(dk_context *context, size_t size, dk_error *err)
{
    size_t budget = atomic_load_explicit(&context->budget, memory_order_relaxed);
    size_t used, peak;

    if (fails_on_request(context))
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (an allocation of %zu bytes failed on request)", size);
    used = atomic_fetch_add_explicit(&context->used, size, memory_order_relaxed) + size;
    if (budget > 0 && used > budget) {
        atomic_fetch_sub_explicit(&context->used, size, memory_order_relaxed);
        dki_fail(err, DK_ERR_MEMORY, "needs %.1f MiB more, and %.1f of the budget of %.1f MiB are in use",
                 mebibytes(size), mebibytes(used - size), mebibytes(budget));
        dki_hint(err, "raise the budget, or ask for less at once");
        return DK_ERR_MEMORY;
    }
    peak = atomic_load_explicit(&context->peak, memory_order_relaxed);
    while (used > peak && !atomic_compare_exchange_weak(&context->peak, &peak, used))
        ;
    return DK_OK;
}

static void *allocate(dk_context *context, size_t size, size_t alignment, dk_error *err)
{
    size_t whole;
    char *base;
    char *pointer;

    if (dki_add_size(size, alignment, &whole)) {
        dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu bytes are more than there can be)", size);
        return NULL;
    }
    if (reserve(context, size + HEADER, err) != DK_OK)
        return NULL;
    base = alignment == HEADER ? malloc(whole) : aligned_alloc(alignment, (whole + 63) / 64 * 64);
    if (base == NULL) {
        atomic_fetch_sub_explicit(&context->used, size + HEADER, memory_order_relaxed);
        dki_fail(err, DK_ERR_MEMORY, "out of memory (%.1f MiB could not be had)", mebibytes(size));
        return NULL;
    }
    pointer = base + alignment; /* the header lies between */
    header_of(pointer)[0] = size;
    header_of(pointer)[1] = alignment;
    return pointer;
}

void *dki_alloc(dk_context *context, size_t size, dk_error *err)
{
    return allocate(context, size, HEADER, err);
}

void *dki_alloc_wide(dk_context *context, size_t size, dk_error *err)
{
    return allocate(context, size, 64, err);
}

void *dki_alloc_array(dk_context *context, size_t n, size_t size, dk_error *err)
{
    size_t bytes;

    if (dki_mul_size(n, size, &bytes)) {
        dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu times %zu bytes are more than there can be)", n, size);
        return NULL;
    }
    return dki_alloc(context, bytes, err);
}

void *dki_calloc(dk_context *context, size_t n, size_t size, dk_error *err)
{
    void *pointer = dki_alloc_array(context, n, size, err);

    if (pointer)
        memset(pointer, 0, n * size);
    return pointer;
}

void dki_free(dk_context *context, void *pointer)
{
    size_t offset;

    if (pointer == NULL)
        return;
    offset = header_of(pointer)[1];
    atomic_fetch_sub_explicit(&context->used, header_of(pointer)[0] + HEADER, memory_order_relaxed);
    free((char *)pointer - offset);
}

dk_status dki_resize(dk_context *context, void **pointer, size_t size, dk_error *err)
{
    size_t alignment = *pointer ? header_of(*pointer)[1] : HEADER;
    size_t before = *pointer ? header_of(*pointer)[0] : 0;
    void *larger = allocate(context, size, alignment, err);

    if (larger == NULL)
        return DK_ERR_MEMORY;
    if (before > 0)
        memcpy(larger, *pointer, before < size ? before : size);
    dki_free(context, *pointer);
    *pointer = larger;
    return DK_OK;
}

dk_status dki_grow(dk_context *context, void **array, size_t *capacity, size_t needed, size_t item_size,
                   dk_error *err)
{
    size_t larger = *capacity < 16 ? 16 : *capacity;
    size_t bytes;

    if (needed <= *capacity)
        return DK_OK;
    while (larger < needed)
        if (dki_mul_size(larger, 2, &larger))
            larger = needed;
    if (dki_mul_size(larger, item_size, &bytes))
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu items are more than there can be)", needed);
    if (dki_resize(context, array, bytes, err) != DK_OK)
        return DK_ERR_MEMORY;
    *capacity = larger;
    return DK_OK;
}

char *dki_strndup(dk_context *context, const char *bytes, size_t size, dk_error *err)
{
    char *copy = dki_alloc(context, size + 1, err);

    if (copy) {
        if (size > 0)
            memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}

char *dki_strdup(dk_context *context, const char *text, dk_error *err)
{
    return dki_strndup(context, text, strlen(text), err);
}
