/* polled_write.c - file:write and io.write of long texts and of many values, with a look at the context in between.
 *
 * Both make room on the screen where a bar shows how far the call is that has called the script.
 */
#include <lauxlib.h>
#include <lualib.h>

#include "polled.h"
#include "progress.h"
#include "stock.h"

#define OUTPUT "_IO_output" /* where the registry has the standard output of Lua's library */
#define MANY 1000           /* values: within 2 ms */

FILE *dkc_open_file(lua_State *L, int index)
{
    const luaL_Stream *stream = luaL_testudata(L, index, LUA_FILEHANDLE);

    return stream && stream->closef ? stream->f : NULL;
}

static bool write_text(lua_State *L, FILE *file, int arg)
{
    size_t size, step, done = 0, at;
    const char *text = luaL_checklstring(L, arg, &size);

    for (at = 0; at < size && done == at; at += step) {
        step = size - at < DKC_LONG_TEXT ? size - at : DKC_LONG_TEXT;
        done += fwrite(text + at, 1, step, file);
        if (step == DKC_LONG_TEXT)
            dkc_poll(L);
    }
    return done == size;
}

static bool write_number(lua_State *L, FILE *file, int arg)
{
    if (lua_isinteger(L, arg))
        return fprintf(file, LUA_INTEGER_FMT, lua_tointeger(L, arg)) > 0;
    return fprintf(file, LUA_NUMBER_FMT, lua_tonumber(L, arg)) > 0;
}

static bool is_much(lua_State *L, int first)
{
    return lua_gettop(L) > MANY || dkc_any_long(L, first);
}

/* Writes the arguments from `first` to `last`; gives the handle. */
static int write_all(lua_State *L, FILE *file, int handle, int first, int last)
{
    bool success = true;

    for (int arg = first; arg <= last; arg++) {
        if (!success) /* what is no text is told all the same */
            luaL_checkstring(L, arg);
        else if (lua_type(L, arg) == LUA_TNUMBER)
            success = write_number(L, file, arg);
        else
            success = write_text(L, file, arg);
        if (success && arg % MANY == 0)
            dkc_poll(L);
    }
    if (!success)
        return luaL_fileresult(L, 0, NULL);
    lua_pushvalue(L, handle);
    return 1;
}

int dkc_write_file(lua_State *L)
{
    FILE *file = dkc_open_file(L, 1);

    if (file == stdout || file == stderr)
        dkc_progress_hide();
    return file && is_much(L, 2) ? write_all(L, file, 1, 2, lua_gettop(L)) : dkc_stock.file_write(L);
}

int dkc_write_output(lua_State *L)
{
    int n = lua_gettop(L);
    FILE *file;

    dkc_progress_hide();
    if (!is_much(L, 1))
        return dkc_stock.write(L);
    lua_getfield(L, LUA_REGISTRYINDEX, OUTPUT);
    file = dkc_open_file(L, n + 1);
    if (file)
        return write_all(L, file, n + 1, 1, n);
    lua_settop(L, n);
    return dkc_stock.write(L);
}
