/* mapping.c - large blocks that are mappings of their own, in large pages.
 *
 * The system gives and takes a large page (2 MB) as fast as a small one. malloc's large blocks begin anywhere, so that what grows is moved
 * page by page: a text of 100 MB took 180 ms more when it was next read, on a virtual machine whose host learns of each page anew. These
 * begin where a large page does, and move as a whole. Whoever gives one back says its size, so that no block needs a head.
 *
 *   | before | block: whole large pages | behind |      before and behind: what the system gave too much, given back at once
 */
#include "mapping.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

#define LARGE_PAGE ((size_t)2 << 20)

bool dki_has_mappings(void)
{
#ifdef __SANITIZE_ADDRESS__
    return false;
#else
    static atomic_int known; /* 1: there are none, 2: there are */
    int is = atomic_load_explicit(&known, memory_order_relaxed);

    if (is == 0) {
        const char *preloaded = getenv("LD_PRELOAD");

        is = preloaded && strstr(preloaded, "vgpreload") ? 1 : 2;
        atomic_store_explicit(&known, is, memory_order_relaxed);
    }
    return is == 2;
#endif
}

size_t dki_mapping_size(size_t size)
{
    return (size + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
}

/* Addresses for so many bytes, beginning with a large page. */
static char *reserve(size_t size)
{
    char *got, *start;
    size_t before, behind;

    if (size > (size_t)PTRDIFF_MAX - LARGE_PAGE)
        return NULL;
    got = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (got == MAP_FAILED)
        return NULL;
    before = -(uintptr_t)got & (LARGE_PAGE - 1);
    behind = LARGE_PAGE - before;
    start = got + before;
    if (before > 0)
        munmap(got, before);
    munmap(start + size, behind);
    return start;
}

void *dki_mapping_new(size_t size)
{
    char *block = size > PTRDIFF_MAX ? NULL : reserve(dki_mapping_size(size));

    if (block)
        dki_advise_large_pages(block, dki_mapping_size(size));
    return block;
}

/* Moves the pages, not what they hold. Where fewer addresses are allowed than both places take (ulimit -v), the block goes anywhere:
 * then the system counts only by how much it grows. */
static void *move(void *block, size_t before, size_t after)
{
    char *to = reserve(after);

#ifdef MREMAP_FIXED
    if (to && mremap(block, before, after, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED)
        return to;
    if (to)
        munmap(to, after);
    to = mremap(block, before, after, MREMAP_MAYMOVE);
    return to == MAP_FAILED ? NULL : to;
#else
    if (to == NULL)
        return NULL;
    dki_advise_large_pages(to, after);
    memcpy(to, block, before < after ? before : after);
    munmap(block, before);
    return to;
#endif
}

void *dki_mapping_resize(void *block, size_t old_size, size_t size)
{
    size_t before = dki_mapping_size(old_size), after;

    if (size > PTRDIFF_MAX)
        return NULL;
    after = dki_mapping_size(size);
    if (before == after)
        return block;
    if (after < before) {
        munmap((char *)block + after, before - after);
        return block;
    }
#ifdef MREMAP_FIXED
    if (mremap(block, before, after, 0) != MAP_FAILED)
        return block;
#endif
    return move(block, before, after);
}

/* A thread of the engine may have taken the old place meanwhile: so it is asked for, which the system heeds where it is free. */
bool dki_mapping_undo(void *resized, size_t size, void *block, size_t old_size)
{
    size_t before = dki_mapping_size(old_size), after = dki_mapping_size(size);
    void *place;

#ifdef MREMAP_FIXED
    if (resized == block)
        return before == after || mremap(block, after, before, 0) != MAP_FAILED;
    place = mmap(block, before, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place != block) {
        if (place != MAP_FAILED)
            munmap(place, before);
        return false;
    }
    if (mremap(resized, before, before, MREMAP_MAYMOVE | MREMAP_FIXED, block) == MAP_FAILED)
        return false;
    munmap((char *)resized + before, after - before);
    return true;
#else
    (void)resized, (void)block, (void)before, (void)after, (void)place;
    return false;
#endif
}

void dki_mapping_free(void *block, size_t size)
{
    munmap(block, dki_mapping_size(size));
}
