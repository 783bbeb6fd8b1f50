/* allocate.c - Lua's memory, which SIGINT can keep from it.
 *
 * Nobody can stop Lua's own functions and what is built into it (`..`, the parser), but all of them ask for memory, and have to
 * end with an error where there is none. So they get none once SIGINT has waited for so long that it seems that nothing
 * else stops them; interrupt.c puts into words what that error means.
 *
 * A long text is copied at once when its memory is there, be it into another text or a buffer. What takes long is not the copy but
 * the system, which gives each page of the copy when it is first written: six times as long. So the pages are asked for here, with a
 * look in between; and large ones, so that what is long is also given back soon, when the program ends.
 */
#include "allocate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "blocks.h"
#include "interrupt.h"
#include "mapping.h"

#define LONG_TEXT ((size_t)32 << 20) /* bytes: what is shorter is copied soon enough */
#define STEP ((size_t)1 << 20)       /* bytes between two looks */
#define PAGE 4096

/* Has the system give the pages; false when a signal came. */
static bool touch_pages(char *block, size_t size)
{
    for (size_t at = 0; at < size; at += PAGE) {
        block[at] = 0;
        if (at % STEP == 0 && dkc_interrupt_refuses(size, true))
            return false;
    }
    return true;
}

static void *resize(void *block, size_t old_size, size_t size)
{
    void *made;

    if (!dkc_is_mapping(old_size) && !dkc_is_mapping(size)) {
        made = dkc_block_resize(block, old_size, size);
        if (made)
            dki_advise_large_block(made, size);
        return made;
    }
    if (dkc_is_mapping(old_size) && dkc_is_mapping(size))
        return dkc_mapping_resize(block, old_size, size);
    made = size == 0 ? NULL : dkc_is_mapping(size) ? dkc_mapping_new(size) : dkc_block_resize(NULL, 0, size);
    if (made == NULL && size > 0)
        return NULL;
    if (block && size > 0)
        memcpy(made, block, old_size < size ? old_size : size);
    if (dkc_is_mapping(old_size))
        dkc_mapping_free(block, old_size);
    else if (block)
        dkc_block_resize(block, old_size, 0);
    return made;
}

/* kind: of a block its size, else what Lua makes there */
static void *allocate(void *unused, void *block, size_t kind, size_t size)
{
    bool is_new = block == NULL;

    (void)unused;
    if (is_new && (size == 0 || dkc_interrupt_refuses(size, false)))
        return NULL;
    block = resize(block, is_new ? 0 : kind, size);
    if (is_new && block && size >= LONG_TEXT && !touch_pages(block, size)) {
        resize(block, size, 0);
        return NULL;
    }
    return block;
}

void dkc_allocate(lua_State *L)
{
    lua_setallocf(L, allocate, NULL);
}
