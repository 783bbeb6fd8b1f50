/* memory.c - every allocation of the engine.
 *
 * A block has a header before it, which says how large it is and how far before it the system's block begins, so
 * that freeing needs no size. What counts against the budget is what was asked for and HEADER or, of a wide block, WIDE.
 *
 *   | system's block: pad (0 to 48) | size (8) | offset (8), and whether it is wide | block, 16- or 64-byte aligned ...
 *
 * The system's block is malloc's, or a large one (large.h), or a small one that was kept (own.h), which its size tells.
 *
 * Invariants: used is the sum over live blocks and never passes the budget, not even while a request is refused, so
 * that a large request of one thread cannot make a small one of another fail; peak is never under used for longer
 * than an allocation takes. No block is larger than LARGEST, so that no sum of a size and an offset overflows.
 */
#include "memory.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cache.h"
#include "checked.h"
#include "context_parts.h"
#include "status.h"

#define HEADER 16
#define WIDE 64
#define IS_WIDE 1       /* in the header, beside the offset, which is a multiple of 16 */
#define FIRST_BYTES 128 /* of an array that grows: about as much as it begins with */
#define PAGE ((size_t)4096)
#define LARGE_BLOCK ((size_t)4 << 20)
#define LARGEST ((size_t)PTRDIFF_MAX - WIDE)

static_assert(2 * sizeof(size_t) == HEADER && alignof(max_align_t) >= HEADER,
              "the header keeps malloc's alignment");

static size_t *header_of(void *pointer)
{
    return (size_t *)pointer - 2;
}

static bool is_wide(void *pointer)
{
    return header_of(pointer)[1] & IS_WIDE;
}

/* What counts of a block beside its size. */
static size_t overhead_of(void *pointer)
{
    return is_wide(pointer) ? WIDE : HEADER;
}

static char *system_block(void *pointer)
{
    return (char *)pointer - (header_of(pointer)[1] & ~(size_t)IS_WIDE);
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

static dk_status refuse_size(size_t size, dk_error *err)
{
    return dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu bytes are more than there can be)", size);
}

static dk_status refuse_array(size_t n, size_t size, dk_error *err)
{
    return dki_fail(err, DK_ERR_MEMORY, "out of memory (%zu times %zu bytes are more than there can be)", n, size);
}

static dk_status refuse_system(size_t size, dk_error *err)
{
    return dki_fail(err, DK_ERR_MEMORY, "out of memory (%.1f MiB could not be had)", mebibytes(size));
}

static dk_status refuse_budget(dk_context *context, size_t size, size_t used, dk_error *err)
{
    size_t budget = atomic_load_explicit(&context->budget, memory_order_relaxed);

    dki_fail(err, DK_ERR_MEMORY, "needs %.1f MiB more, and %.1f of the budget of %.1f MiB are in use",
             mebibytes(size) < 0.1 ? 0.1 : mebibytes(size), mebibytes(used), mebibytes(budget));
    dki_hint(err, "raise the budget, or ask for less at once");
    return DK_ERR_MEMORY;
}

/* Whether nobody else takes from what the calling thread does, and nothing is in its way: it made the context, there is no budget, and
 * no allocation is to fail. */
static inline bool is_free(const dk_context *context)
{
    return dki_is_own(&context->own) && atomic_load_explicit(&context->budget, memory_order_relaxed) == 0 &&
           atomic_load_explicit(&context->until_failure, memory_order_relaxed) == 0;
}

/* Takes size bytes from the budget, all or none; *after is what is in use then. What the own thread counted only becomes less where
 * there is a budget. */
static dk_status reserve(dk_context *context, size_t size, size_t *after, dk_error *err)
{
    size_t budget = atomic_load_explicit(&context->budget, memory_order_relaxed);

    if (is_free(context)) {
        *after = dki_own_count(&context->own, size) + atomic_load_explicit(&context->used, memory_order_relaxed);
        return DK_OK;
    }
    if (fails_on_request(context))
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (an allocation of %zu bytes failed on request)", size);
    for (;;) {
        size_t own = atomic_load_explicit(&context->own.used, memory_order_acquire);
        size_t shared = atomic_load_explicit(&context->used, memory_order_relaxed), used = own + shared;

        if (dki_add_size(used, size, after))
            return refuse_size(size, err);
        if (budget > 0 && *after > budget && size > 0) {
            if (!dki_cache_forget_oldest(context)) /* what may be computed again makes room first */
                return refuse_budget(context, size, used, err);
        } else if (atomic_compare_exchange_weak_explicit(&context->used, &shared, shared + size,
                                                         memory_order_relaxed, memory_order_relaxed)) {
            return DK_OK;
        }
    }
}

static void give_back(dk_context *context, size_t size)
{
    if (dki_is_own(&context->own))
        (void)dki_own_count(&context->own, -size);
    else
        atomic_fetch_sub_explicit(&context->used, size, memory_order_relaxed);
}

/* How many bytes the budget leaves. */
static size_t room_of(const dk_context *context)
{
    size_t budget = atomic_load_explicit(&context->budget, memory_order_relaxed);
    size_t used = dki_used(context);

    return budget == 0 ? SIZE_MAX : budget > used ? budget - used : 0;
}

/* used: with a block that was had now. What is kept of large ones stays within the budget with it. */
static void note_used(dk_context *context, size_t used)
{
    size_t peak = atomic_load_explicit(&context->peak, memory_order_relaxed);

    while (used > peak && !atomic_compare_exchange_weak(&context->peak, &peak, used))
        ;
    if (atomic_load_explicit(&context->large.bytes, memory_order_relaxed) > 0)
        (void)dki_large_forget(&context->large, room_of(context));
}

void dki_advise_large_pages(void *from, size_t size)
{
#ifdef MADV_HUGEPAGE
    uintptr_t first = (uintptr_t)from & ~(uintptr_t)(PAGE - 1);

    (void)madvise((void *)first, (uintptr_t)from + size - first, MADV_HUGEPAGE);
#else
    (void)from;
    (void)size;
#endif
}

/* All pages of the block, and that of malloc's words before it: a mapping of which a part is advised becomes two, and the system
 * moves no pages of two mappings at once. realloc copied them then. */
void dki_advise_large_block(void *block, size_t size)
{
    if (size >= LARGE_BLOCK)
        dki_advise_large_pages((char *)block - HEADER, HEADER + size);
}

/* The bytes that a block of so many, with its header, is given: whoever reads 64 bytes at a time of a wide one may read the last ones. */
static size_t room_of_block(size_t whole, bool wide)
{
    return wide ? (whole + WIDE - 1) & ~(size_t)(WIDE - 1) : whole;
}

static char *allocate_small(dk_context *context, size_t whole)
{
    char *kept = dki_is_own(&context->own) ? dki_small_take(&context->own, whole) : NULL;

    return kept ? kept : malloc(dki_small_size(whole));
}

/* malloc's memory for a wide block, and where the block begins in it. It is aligned by hand: the system's way of aligning takes
 * several times as long as malloc. */
static char *allocate_wide(dk_context *context, size_t whole, size_t *offset)
{
    size_t room = room_of_block(whole, true);
    char *base = dki_is_small(room) ? allocate_small(context, room) : malloc(room);

    *offset = WIDE - ((uintptr_t)base & (WIDE - 1)); /* 16 at least, as malloc aligns */
    return base;
}

/* Clearing what is large is left to the system, which gives pages that are clear; calloc does not look among what the thread has
 * freed. */
static char *allocate_system(dk_context *context, size_t whole, bool wide, bool clear, size_t *offset)
{
    char *base;

    *offset = wide ? WIDE : HEADER;
    if (dki_is_large(whole))
        return dki_large_new(&context->large, whole, clear);
    if (wide)
        return allocate_wide(context, whole, offset);
    if (!dki_is_small(whole))
        return clear ? calloc(1, whole) : malloc(whole);
    base = allocate_small(context, whole);
    if (base && clear)
        memset(base, 0, whole);
    return base;
}

/* whole: with the header. */
static void free_system(dk_context *context, char *base, size_t whole, bool wide)
{
    size_t room = room_of_block(whole, wide);

    if (dki_is_large(whole))
        dki_large_free(&context->large, base, whole, room_of(context));
    else if (!dki_is_small(room) || !dki_is_own(&context->own) || !dki_small_keep(&context->own, base, room))
        free(base);
}

static void *write_header(char *base, size_t offset, size_t size, bool wide)
{
    size_t *header = header_of(base + offset);

    header[0] = size;
    header[1] = offset | (wide ? IS_WIDE : 0);
    return base + offset;
}

static void *refuse_block(dk_context *context, size_t whole, size_t size, dk_error *err)
{
    give_back(context, whole);
    refuse_system(size, err);
    return NULL;
}

static void *allocate_any(dk_context *context, size_t size, bool wide, bool clear, dk_error *err)
{
    size_t whole = size + (wide ? WIDE : HEADER), offset, used;
    char *base;

    if (size > LARGEST) {
        refuse_size(size, err);
        return NULL;
    }
    if (reserve(context, whole, &used, err) != DK_OK)
        return NULL;
    base = allocate_system(context, whole, wide, clear, &offset);
    if (base == NULL)
        return refuse_block(context, whole, size, err);
    note_used(context, used);
    return write_header(base, offset, size, wide);
}

/* A kept block where one fits and nothing is in its way; else NULL. The usual: these are few instructions, and no call. */
static inline void *take_kept(dk_context *context, size_t size)
{
    size_t whole = size + HEADER, used;
    char *base = size <= DKI_SMALL_MOST - HEADER && is_free(context) ? dki_small_take(&context->own, whole) : NULL;

    if (base == NULL)
        return NULL;
    used = dki_own_count(&context->own, whole) + atomic_load_explicit(&context->used, memory_order_relaxed);
    if (used > atomic_load_explicit(&context->peak, memory_order_relaxed))
        note_used(context, used);
    return write_header(base, HEADER, size, false);
}

void *dki_alloc(dk_context *context, size_t size, dk_error *err)
{
    void *kept = take_kept(context, size);

    return kept ? kept : allocate_any(context, size, false, false, err);
}

void *dki_alloc_wide(dk_context *context, size_t size, dk_error *err)
{
    return allocate_any(context, size, true, false, err);
}

static bool array_bytes(size_t n, size_t size, size_t *bytes, dk_error *err)
{
    if (!dki_mul_size(n, size, bytes))
        return true;
    refuse_array(n, size, err);
    return false;
}

void *dki_alloc_array(dk_context *context, size_t n, size_t size, dk_error *err)
{
    size_t bytes;

    return array_bytes(n, size, &bytes, err) ? dki_alloc(context, bytes, err) : NULL;
}

void *dki_calloc(dk_context *context, size_t n, size_t size, dk_error *err)
{
    size_t bytes;
    void *kept;

    if (!array_bytes(n, size, &bytes, err))
        return NULL;
    kept = take_kept(context, bytes);
    return kept ? memset(kept, 0, bytes) : allocate_any(context, bytes, false, true, err);
}

void dki_free(dk_context *context, void *pointer)
{
    size_t whole, room;

    if (pointer == NULL)
        return;
    whole = header_of(pointer)[0] + overhead_of(pointer);
    room = room_of_block(whole, is_wide(pointer));
    if (dki_is_small(room) && dki_is_own(&context->own) &&
        dki_small_keep(&context->own, system_block(pointer), room)) { /* the usual */
        (void)dki_own_count(&context->own, -whole);
        return;
    }
    give_back(context, whole);
    free_system(context, system_block(pointer), whole, is_wide(pointer));
}

/* A block of the system's for another size, with what fits of the one that it takes the place of; NULL: it stays. The system moves the
 * pages of what is large instead of copying them. malloc knows nothing of wide alignment. */
static char *resize_system(dk_context *context, void *pointer, size_t before, size_t after, size_t *offset)
{
    bool wide = is_wide(pointer), is_large = dki_is_large(after);
    bool is_small = dki_is_small(before) || dki_is_small(after);
    char *base = system_block(pointer), *made;

    *offset = overhead_of(pointer);
    if (is_large && dki_is_large(before))
        return dki_large_resize(&context->large, base, before, after);
    if (!wide && !is_small && !is_large && !dki_is_large(before))
        return realloc(base, after);
    made = allocate_system(context, after, wide, false, offset);
    if (made == NULL)
        return NULL;
    memcpy(made + *offset, pointer, (before < after ? before : after) - overhead_of(pointer));
    free_system(context, base, before, wide);
    return made;
}

/* Only the difference counts. */
dk_status dki_resize(dk_context *context, void **pointer, size_t size, dk_error *err)
{
    size_t before, overhead, more, used, offset;
    bool wide;
    char *base;

    if (*pointer == NULL) {
        *pointer = dki_alloc(context, size, err);
        return *pointer ? DK_OK : DK_ERR_MEMORY;
    }
    wide = is_wide(*pointer);
    overhead = overhead_of(*pointer);
    before = header_of(*pointer)[0];
    more = size > before ? size - before : 0;
    if (size > LARGEST)
        return refuse_size(size, err);
    if (reserve(context, more, &used, err) != DK_OK)
        return DK_ERR_MEMORY;
    base = resize_system(context, *pointer, overhead + before, overhead + size, &offset);
    if (base == NULL) {
        give_back(context, more);
        return refuse_system(size, err);
    }
    note_used(context, used);
    if (size < before)
        give_back(context, before - size);
    *pointer = write_header(base, offset, size, wide);
    return DK_OK;
}

/* Gives an array room for `larger` items, of which `needed` are needed. */
static dk_status grow_to(dk_context *context, void **array, size_t *capacity, size_t larger, size_t needed,
                         size_t item_size, dk_error *err)
{
    size_t bytes;

    if (dki_mul_size(larger, item_size, &bytes))
        return refuse_array(needed, item_size, err);
    if (dki_resize(context, array, bytes, err) != DK_OK)
        return DK_ERR_MEMORY;
    *capacity = larger;
    return DK_OK;
}

dk_status dki_grow(dk_context *context, void **array, size_t *capacity, size_t needed, size_t item_size,
                   dk_error *err)
{
    size_t least = item_size < FIRST_BYTES / 16 ? 16 : item_size < FIRST_BYTES ? FIRST_BYTES / item_size : 1;
    size_t larger = *capacity < least ? least : *capacity;

    if (needed <= *capacity)
        return DK_OK;
    while (larger < needed)
        if (dki_mul_size(larger, 2, &larger))
            larger = needed;
    return grow_to(context, array, capacity, larger, needed, item_size, err);
}

dk_status dki_grow_little(dk_context *context, void **array, size_t *capacity, size_t needed, size_t item_size,
                          dk_error *err)
{
    size_t larger;

    if (needed <= *capacity)
        return DK_OK;
    if (dki_add_size(needed, needed / 8, &larger))
        larger = needed;
    return grow_to(context, array, capacity, larger, needed, item_size, err);
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
