/* large.c - a context's large blocks, of which some are kept for the next when they are given back.
 *
 * What the system gives it has to clear, and on some virtual machines the host has to find it first: half of the processor's time of a
 * question whose lists take 200 MB. The next question mostly asks for blocks of the same sizes. Those that were freed last are kept, up
 * to some bytes of them, and a block is taken that is as large as is wanted or a little larger; what it has too much goes back.
 *
 * Any thread may ask. Nothing that is kept counts as used.
 */
#include "large.h"

#include <stdint.h>
#include <string.h>

#define MOST_CLEARED \
    ((size_t)32 << 20) /* bytes: of what is larger perhaps not all is touched, and new pages are clear */
#define MOST_KEPT ((size_t)64 << 20) /* bytes, where nothing else is said */

void dki_large_init(dki_large *large)
{
    *large = (dki_large){ .most = MOST_KEPT };
    pthread_mutex_init(&large->lock, NULL);
}

void dki_large_drop(dki_large *large)
{
    (void)dki_large_forget(large, 0);
    pthread_mutex_destroy(&large->lock);
}

/* Takes out the one in place i. */
static struct dki_large_kept take(dki_large *large, size_t i)
{
    struct dki_large_kept taken = large->kept[i];

    memmove(&large->kept[i], &large->kept[i + 1], (--large->n - i) * sizeof *large->kept);
    atomic_fetch_sub_explicit(&large->bytes, taken.size, memory_order_relaxed);
    return taken;
}

static void give_back_oldest(dki_large *large)
{
    struct dki_large_kept oldest = take(large, 0);

    dki_mapping_free(oldest.at, oldest.size);
}

/* Gives back the oldest until so many bytes are left at the most. */
static void shrink(dki_large *large, size_t bytes)
{
    while (atomic_load_explicit(&large->bytes, memory_order_relaxed) > bytes)
        give_back_oldest(large);
}

void dki_large_keep(dki_large *large, size_t bytes)
{
    pthread_mutex_lock(&large->lock);
    large->most = bytes;
    shrink(large, bytes);
    pthread_mutex_unlock(&large->lock);
}

bool dki_large_forget(dki_large *large, size_t left)
{
    bool is_more = atomic_load_explicit(&large->bytes, memory_order_relaxed) > left;

    if (is_more) {
        pthread_mutex_lock(&large->lock);
        shrink(large, left);
        pthread_mutex_unlock(&large->lock);
    }
    return is_more;
}

/* The best of those that are kept: at most a quarter larger than is wanted; NULL: none. */
static char *reuse(dki_large *large, size_t size)
{
    struct dki_large_kept taken = { NULL, 0 };
    size_t best = SIZE_MAX;

    pthread_mutex_lock(&large->lock);
    for (size_t i = 0; i < large->n; i++) {
        size_t has = large->kept[i].size;

        if (has >= size && has - size <= size / 4 && (best == SIZE_MAX || has < large->kept[best].size))
            best = i;
    }
    if (best != SIZE_MAX)
        taken = take(large, best);
    pthread_mutex_unlock(&large->lock);
    return taken.at ? dki_mapping_resize(taken.at, taken.size, size) : NULL;
}

void *dki_large_new(dki_large *large, size_t size, bool clear)
{
    char *block =
        size > PTRDIFF_MAX || (clear && size > MOST_CLEARED) ? NULL : reuse(large, dki_mapping_size(size));

    if (block && clear)
        memset(block, 0, size);
    if (block == NULL)
        block = dki_mapping_new(size);
    if (block == NULL && dki_large_forget(large, 0))
        block = dki_mapping_new(size);
    return block;
}

void *dki_large_resize(dki_large *large, void *block, size_t old_size, size_t size)
{
    void *made = dki_mapping_resize(block, old_size, size);

    if (made == NULL && dki_large_forget(large, 0))
        made = dki_mapping_resize(block, old_size, size);
    return made;
}

void dki_large_free(dki_large *large, void *block, size_t size, size_t room)
{
    size_t whole = dki_mapping_size(size);

    pthread_mutex_lock(&large->lock);
    room = room < large->most ? room : large->most;
    if (whole <= room) {
        shrink(large, room - whole);
        if (large->n == DKI_LARGE_KEPT)
            give_back_oldest(large);
        large->kept[large->n++] = (struct dki_large_kept){ block, whole };
        atomic_fetch_add_explicit(&large->bytes, whole, memory_order_relaxed);
        block = NULL;
    }
    pthread_mutex_unlock(&large->lock);
    if (block)
        dki_mapping_free(block, size);
}
