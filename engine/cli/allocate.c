/* allocate.c - long texts, whose memory is made ready in parts.
 *
 * Lua copies what a buffer holds into the text that comes of it, and nobody can stop that. What takes long there is not the
 * copy but the system, which gives each page of the new text when it is first written: eight times as long. So the pages are
 * asked for beforehand, with a look at the context in between, and Lua is given their memory when it asks for as much.
 */
#include "allocate.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"

#define LONG_RESULT ((size_t)32 << 20) /* bytes: what is shorter is copied at once */
#define STEP ((size_t)1 << 20)         /* bytes between two looks */
#define PAGE 4096
#define HEAD 64 /* bytes, at most, that Lua adds to a text */

static struct {
    char *block; /* or NULL */
    size_t size;
} reserved;

static void *allocate(void *unused, void *block, size_t old_size, size_t size)
{
    (void)unused;
    (void)old_size;
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (block == NULL && reserved.block && size <= reserved.size && size > reserved.size - HEAD) {
        block = reserved.block;
        reserved.block = NULL;
        return block;
    }
    return realloc(block, size);
}

void dkc_allocate_reserved(lua_State *L)
{
    lua_setallocf(L, allocate, NULL);
}

static void drop_reserved(void)
{
    free(reserved.block);
    reserved.block = NULL;
}

static void reserve(lua_State *L, size_t size)
{
    dk_context *context = dkl_context(L);
    dk_error err = DK_ERROR_INIT;

    drop_reserved();
    reserved.size = size + HEAD;
    reserved.block = context ? malloc(reserved.size) : NULL; /* none: Lua asks itself, and says so */
    for (size_t at = 0; reserved.block && at < size; at += PAGE) {
        reserved.block[at] = 0;
        if (at % STEP == 0 && dki_poll(context, &err) != DK_OK) {
            drop_reserved();
            dkl_raise(L, &err);
        }
    }
}

void dkc_push_result(luaL_Buffer *buffer)
{
    bool is_long = luaL_bufflen(buffer) >= LONG_RESULT;

    if (is_long)
        reserve(buffer->L, luaL_bufflen(buffer));
    luaL_pushresult(buffer);
    if (is_long)
        drop_reserved();
}
