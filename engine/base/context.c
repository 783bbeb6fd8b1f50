/* context.c - contexts: what they are told, what they tell, and what is kept with them. Memory is memory.c's. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "context_parts.h"
#include "memory.h"
#include "progress.h"
#include "status.h"

static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "a signal handler sets the flag");

dk_status dk_context_new(dk_context **out, dk_error *err)
{
    dk_context *context = aligned_alloc(alignof(dk_context), sizeof *context);

    if (context == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory");
    memset(context, 0, sizeof *context);
    atomic_init(&context->n_references, 1);
    context->block_rows = 4096;
    pthread_mutex_init(&context->cache.lock, NULL);
    dki_own_init(&context->own);
    dki_large_init(&context->large);
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
    if (context == NULL || atomic_fetch_sub_explicit(&context->n_references, 1, memory_order_acq_rel) != 1)
        return;
    while (context->attached) {
        dki_attached *attached = context->attached;

        context->attached = attached->next;
        attached->drop(context, attached);
    }
    assert(context->cache.first == NULL); /* owners hold the context */
    pthread_mutex_destroy(&context->cache.lock);
    dki_large_drop(&context->large);
    dki_own_drop(&context->own);
    free(context);
}

void dki_attach(dk_context *context, dki_attached *attached)
{
    attached->next = context->attached;
    context->attached = attached;
}

const dki_attached *dki_attached_first(const dk_context *context)
{
    return context->attached;
}

dki_cache *dki_context_cache(dk_context *context)
{
    return &context->cache;
}

void dk_context_set_budget(dk_context *context, size_t budget_bytes)
{
    atomic_store(&context->budget, budget_bytes);
}

size_t dk_context_budget(const dk_context *context)
{
    return atomic_load(&((dk_context *)(uintptr_t)context)->budget);
}

void dk_context_keep(dk_context *context, size_t bytes)
{
    dki_large_keep(&context->large, bytes);
}

size_t dk_context_used_bytes(const dk_context *context)
{
    return dki_used(context);
}

size_t dk_context_peak_bytes(const dk_context *context)
{
    return atomic_load(&((dk_context *)(uintptr_t)context)->peak);
}

void dk_context_reset_peak(dk_context *context)
{
    atomic_store(&context->peak, dki_used(context));
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

void dki_single_begin(dk_context *context)
{
    atomic_fetch_add(&context->n_single, 1);
}

void dki_single_end(dk_context *context)
{
    atomic_fetch_sub(&context->n_single, 1);
}

bool dki_is_single(const dk_context *context)
{
    return atomic_load(&((dk_context *)(uintptr_t)context)->n_single) > 0;
}

dk_status dki_poll(dk_context *context, dk_error *err)
{
    if (dk_context_is_interrupted(context))
        return dki_fail(err, DK_ERR_INTERRUPTED, "interrupted");
    if (context->progress)
        dki_progress_beat(context);
    return DK_OK;
}
