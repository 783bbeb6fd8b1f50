/* blocks.c - memory for Lua's small objects, apart from that of the engine.
 *
 * Collecting garbage frees thousands of small objects at once. In malloc's lists they stand before the blocks that the engine
 * frees and takes again in each call, which then have to be looked for: calls of small tables took up to a quarter longer. Here
 * a freed block goes on a list of its size, and comes from there. Lua says the size of what it frees, so that a block needs no
 * head. The room is one range of addresses of which the system gives the pages that are used; beyond it malloc goes on, so
 * that what lists of other sizes hold is never more than the room.
 *
 *   | blocks in the order in which they were first taken | never used |
 *   start                                              unused        end
 *
 * Lua runs on one thread. Cost: a block is taken and given in a few instructions.
 */
#include "blocks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define ROOM ((size_t)64 << 20)
#define UNIT 16
#define LINE 64
#define N_SIZES (DKC_MOST_BLOCK / UNIT + 1)

typedef struct freed {
    struct freed *next;
} freed;

static struct {
    char *start, *unused, *end;
    freed *lists[N_SIZES];
    bool is_open;
} room;

/* Where few addresses are allowed (ulimit -v), they are for what a script asks for. */
static bool is_tight(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
           limit.rlim_cur < 64 * (rlim_t)ROOM;
}

/* Under a sanitizer, which finds what is used after it was freed in memory of malloc alone, there is no room. */
static void open_room(void)
{
    room.is_open = true;
#ifndef __SANITIZE_ADDRESS__
    if (is_tight())
        return;
    void *made = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (made == MAP_FAILED)
        return;
    room.start = room.unused = made;
    room.end = room.start + ROOM;
#endif
}

static size_t units(size_t size)
{
    return (size + UNIT - 1) / UNIT;
}

/* The block of several lines that comes next was freed a collection ago and is no longer in the first cache: it is there again when
 * it is taken. For speed alone. */
static void fetch(const freed *block, size_t size)
{
    for (size_t at = 0; size > LINE && block && at < size; at += LINE)
        __builtin_prefetch((const char *)block + at, 1);
}

void *dkc_block_take(size_t size)
{
    size_t n = units(size);
    freed *block = room.lists[n];

    if (block) {
        room.lists[n] = block->next;
        fetch(block->next, n * UNIT);
        return block;
    }
    if (!room.is_open)
        open_room();
    if ((size_t)(room.end - room.unused) < n * UNIT)
        return NULL;
    block = (freed *)(void *)room.unused;
    room.unused += n * UNIT;
    return block;
}

bool dkc_block_is(const void *memory)
{
    return (const char *)memory >= room.start && (const char *)memory < room.end;
}

bool dkc_block_fits(size_t size, size_t other)
{
    return size <= DKC_MOST_BLOCK && other <= DKC_MOST_BLOCK && units(size) == units(other);
}

void dkc_block_give(void *block, size_t size)
{
    freed *given = block;

    given->next = room.lists[units(size)];
    room.lists[units(size)] = given;
}

static void *take(size_t size)
{
    void *block = size <= DKC_MOST_BLOCK ? dkc_block_take(size) : NULL;

    return block ? block : malloc(size);
}

static void give(void *memory, size_t size)
{
    if (dkc_block_is(memory))
        dkc_block_give(memory, size);
    else
        free(memory);
}

void *dkc_block_resize(void *memory, size_t old_size, size_t size)
{
    void *made;

    if (memory == NULL)
        return size > 0 ? take(size) : NULL;
    if (size == 0) {
        give(memory, old_size);
        return NULL;
    }
    if (!dkc_block_is(memory))
        return realloc(memory, size);
    if (dkc_block_fits(old_size, size))
        return memory;
    made = take(size);
    if (made == NULL)
        return size < old_size ? memory : NULL;
    memcpy(made, memory, size < old_size ? size : old_size);
    dkc_block_give(memory, old_size);
    return made;
}
