/* mapping.c - Lua's largest blocks, each a mapping of its own in large pages.
 *
 * The system gives and takes a large page (2 MB) as fast as a small one. malloc's large blocks begin anywhere, so that what grows is moved
 * page by page: a text of 100 MB took 180 ms more when it was next read, on a virtual machine whose host learns of each page anew. These
 * begin where a large page does, and move as a whole. Lua says the size of what it gives back, so that no block needs a head.
 *
 *   | before | block: whole large pages | behind |      before and behind: what the system gave too much, given back at once
 */
#include "mapping.h"

#include <stdint.h>
#include <sys/mman.h>

#include "base/memory.h"

#define LEAST ((size_t)32 << 20) /* of what is smaller malloc keeps some for the next */
#define LARGE_PAGE ((size_t)2 << 20)

static size_t whole(size_t size)
{
    return (size + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
}

/* Under a sanitizer, which finds what is used after it was freed in memory of malloc alone, there is none. */
bool dkc_is_mapping(size_t size)
{
#ifdef __SANITIZE_ADDRESS__
    (void)size;
    return false;
#else
    return size >= LEAST;
#endif
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

void *dkc_mapping_new(size_t size)
{
    char *block = size > PTRDIFF_MAX ? NULL : reserve(whole(size));

    if (block)
        dki_advise_large_pages(block, whole(size));
    return block;
}

void *dkc_mapping_resize(void *block, size_t old_size, size_t size)
{
    size_t before = whole(old_size), after;
    char *to;

    if (size > PTRDIFF_MAX)
        return NULL;
    after = whole(size);
    if (before == after)
        return block;
    if (mremap(block, before, after, 0) != MAP_FAILED)
        return block;
    to = reserve(after);
    if (to == NULL)
        return NULL;
    if (mremap(block, before, after, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
        munmap(to, after);
        return NULL;
    }
    return to;
}

/* A thread of the engine may have taken the old place meanwhile: so it is asked for, which the system heeds where it is free. */
bool dkc_mapping_undo(void *resized, size_t size, void *block, size_t old_size)
{
    size_t before = whole(old_size), after = whole(size);
    void *place;

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
}

void dkc_mapping_free(void *block, size_t size)
{
    munmap(block, whole(size));
}
