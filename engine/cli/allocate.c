/* allocate.c - Lua's memory, which SIGINT can keep from it.
 *
 * Nobody can stop Lua's own functions and what is built into it (`..`, the parser, a list that grows), but all of them ask for memory,
 * and have to end with an error where there is none. So they get none once SIGINT has waited for so long that it seems that nothing
 * else stops them; interrupt.c puts into words what that error means.
 *
 * What is put into large memory, the copy of a text or the empty places of a list that grows, comes at once when that is there. What
 * takes long is not that but the system, which gives each page when it is first written: up to six times as long, and eighty times where
 * a virtual machine's host has to find it first. So the pages are asked for here, with a look in between; and large ones, so that what
 * is long is also given back soon, when the program ends.
 *
 * A buffer that grows is not filled at once, and may never be. What tells it from a table is that Lua has a function of its own for
 * tables, for which the linker puts ours in between (--wrap in the Makefile).
 */
#include "allocate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mapping.h"
#include "base/memory.h"
#include "blocks.h"
#include "interrupt.h"

#define LONG ((size_t)4 << 20)           /* bytes: the pages of what is shorter come soon enough */
#define STEP ((size_t)1 << 20)           /* bytes between two looks */
#define LEAST_MAPPING ((size_t)32 << 20) /* bytes: of what is smaller malloc keeps some for the next */
#define PAGE 4096

/* Of what Lua 5.4 calls where a table, the stack or the table of all texts changes its size: its own, and what calls of it come to. */
void *__real_luaM_realloc_(lua_State *L, void *block, size_t old_size, size_t size);
void *__wrap_luaM_realloc_(lua_State *L, void *block, size_t old_size, size_t size);

static bool is_filled; /* what grows now */

/* Whether a block of that size is a mapping of its own. */
static bool is_mapping(size_t size)
{
    return size >= LEAST_MAPPING && DKI_HAS_MAPPINGS;
}

/* Has the system give the pages from old_size on; false when a signal came. */
static bool touch_pages(char *block, size_t old_size, size_t size)
{
    for (size_t at = old_size; at < size; at += PAGE) {
        if ((at - old_size) % STEP == 0 && dkc_interrupt_refuses(size, true))
            return false;
        block[at] = 0;
    }
    return true;
}

static void give(void *block, size_t size)
{
    if (is_mapping(size))
        dki_mapping_free(block, size);
    else
        dkc_block_resize(block, size, 0);
}

static void *take(size_t size, bool filled)
{
    void *block = is_mapping(size) ? dki_mapping_new(size) : dkc_block_resize(NULL, 0, size);

    if (block == NULL || size < LONG)
        return block;
    if (!is_mapping(size))
        dki_advise_large_block(block, size);
    if (!filled || touch_pages(block, 0, size))
        return block;
    give(block, size);
    return NULL;
}

static void *resize_mapping(void *block, size_t old_size, size_t size)
{
    void *resized = dki_mapping_resize(block, old_size, size);

    if (resized && is_filled && !touch_pages(resized, old_size, size) &&
        dki_mapping_undo(resized, size, block, old_size))
        return NULL;
    return resized;
}

static void *resize(void *block, size_t old_size, size_t size)
{
    void *made;

    if (is_mapping(old_size) && is_mapping(size))
        return resize_mapping(block, old_size, size);
    if (!is_mapping(old_size) && !is_mapping(size)) {
        made = dkc_block_resize(block, old_size, size);
        if (made)
            dki_advise_large_block(made, size);
        return made;
    }
    made = take(size, is_filled);
    if (made) {
        memcpy(made, block, old_size < size ? old_size : size);
        give(block, old_size);
    }
    return made;
}

/* kind: of a block its size, else what Lua makes there */
static void *allocate(void *unused, void *block, size_t kind, size_t size)
{
    (void)unused;
    if (block == NULL)
        return size == 0 || dkc_interrupt_refuses(size, false) ? NULL : take(size, true);
    if (size > 0)
        return resize(block, kind, size);
    give(block, kind);
    return NULL;
}

void *__wrap_luaM_realloc_(lua_State *L, void *block, size_t old_size, size_t size)
{
    void *resized;

    is_filled = true;
    resized = __real_luaM_realloc_(L, block, old_size, size);
    is_filled = false;
    return resized;
}

void dkc_allocate(lua_State *L)
{
    lua_setallocf(L, allocate, NULL);
}
