/* polled_read.c - file:read, file:lines, io.read and io.lines.
 *
 * A file may be long, and a device without end. What is read is what Lua 5.4 reads, with a look at the context after so many
 * bytes; numbers, and whatever is wrong, are left to Lua's own.
 */
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "polled.h"
#include "stock.h"

#define INPUT "_IO_input" /* where the registry has the standard input of Lua's library */

/* Reads n bytes at most to `to`; fewer: the file has ended. */
static size_t read_bytes(lua_State *L, FILE *file, char *to, size_t n)
{
    size_t done = 0, got, step;

    do {
        step = n - done < DKC_LONG_TEXT ? n - done : DKC_LONG_TEXT;
        got = fread(to + done, 1, step, file);
        done += got;
        if (step == DKC_LONG_TEXT)
            dkc_poll(L);
    } while (got == step && done < n);
    return done;
}

/* These push what was read, and tell whether it is something. */

static bool read_all(lua_State *L, FILE *file)
{
    luaL_Buffer buffer;
    size_t step, got;

    luaL_buffinit(L, &buffer);
    do { /* in steps that become larger with what was read */
        step = luaL_bufflen(&buffer) < LUAL_BUFFERSIZE ? LUAL_BUFFERSIZE : luaL_bufflen(&buffer);
        step = step < DKC_LONG_TEXT ? step : DKC_LONG_TEXT;
        got = read_bytes(L, file, luaL_prepbuffsize(&buffer, step), step);
        luaL_addsize(&buffer, got);
    } while (got == step);
    luaL_pushresult(&buffer);
    return true;
}

static bool read_chars(lua_State *L, FILE *file, size_t n)
{
    luaL_Buffer buffer;
    size_t got;

    luaL_buffinit(L, &buffer);
    got = read_bytes(L, file, luaL_prepbuffsize(&buffer, n), n);
    luaL_addsize(&buffer, got);
    luaL_pushresult(&buffer);
    return got > 0;
}

/* Reads to the end of the line, n bytes at most; *c is what came last: the end, EOF or another character. */
static size_t read_part(FILE *file, char *to, size_t n, int *c)
{
    size_t done = 0;

    flockfile(file);
    while (done < n && (*c = getc_unlocked(file)) != EOF && *c != '\n')
        to[done++] = (char)*c;
    funlockfile(file);
    return done;
}

static bool read_line(lua_State *L, FILE *file, bool with_end)
{
    char text[LUAL_BUFFERSIZE];
    luaL_Buffer buffer;
    int c = 0;
    size_t n = read_part(file, text, sizeof text, &c);

    if (n < sizeof text) { /* faster than through a buffer */
        if (with_end && c == '\n')
            text[n++] = '\n';
        lua_pushlstring(L, text, n);
        return c == '\n' || n > 0;
    }
    luaL_buffinit(L, &buffer);
    luaL_addlstring(&buffer, text, n);
    while (c != EOF && c != '\n') {
        luaL_addsize(&buffer, read_part(file, luaL_prepbuffer(&buffer), LUAL_BUFFERSIZE, &c));
        if (luaL_bufflen(&buffer) % (DKC_LONG_TEXT / 16) == 0) /* character by character: slower than in blocks */
            dkc_poll(L);
    }
    if (with_end && c == '\n')
        luaL_addchar(&buffer, '\n');
    luaL_pushresult(&buffer);
    return true;
}

static bool is_more(lua_State *L, FILE *file)
{
    int c = getc(file);

    ungetc(c, file); /* nothing, at the end */
    lua_pushliteral(L, "");
    return c != EOF;
}

/* Lua's own function reads a number; handle: of its file, or 0 where it needs none. */
static bool read_number(lua_State *L, int handle)
{
    lua_pushcfunction(L, handle ? dkc_stock.file_read : dkc_stock.read);
    if (handle)
        lua_pushvalue(L, handle);
    lua_pushliteral(L, "n");
    lua_call(L, handle ? 2 : 1, 1);
    return !lua_isnil(L, -1);
}

/* Reads by the n formats from `first`; returns how many values were pushed. */
static int read_formats(lua_State *L, FILE *file, int handle, int first, int n)
{
    int top;
    bool success = true;

    clearerr_unlocked(file);
    if (n == 0 && read_line(L, file, false)) /* what most do */
        return 1;
    if (n == 0)
        success = false;
    else
        luaL_checkstack(L, n + LUA_MINSTACK, "too many arguments");
    top = lua_gettop(L) - (n == 0);
    for (int arg = first; arg < first + n && success; arg++) {
        const char *format;

        if (lua_type(L, arg) == LUA_TNUMBER) {
            size_t size = (size_t)luaL_checkinteger(L, arg);

            success = size == 0 ? is_more(L, file) : read_chars(L, file, size);
            continue;
        }
        format = luaL_checkstring(L, arg);
        switch (*format == '*' ? format[1] : *format) {
        case 'n': success = read_number(L, handle); break;
        case 'l': success = read_line(L, file, false); break;
        case 'L': success = read_line(L, file, true); break;
        case 'a': success = read_all(L, file); break;
        default: return luaL_argerror(L, arg, "invalid format");
        }
    }
    if (ferror_unlocked(file)) {
        n = luaL_fileresult(L, 0, NULL);
        clearerr(file); /* of standard output nothing was lost */
        return n;
    }
    if (!success) {
        lua_pop(L, 1);
        luaL_pushfail(L);
    }
    return lua_gettop(L) - top;
}

int dkc_read_file(lua_State *L)
{
    FILE *file = dkc_open_file(L, 1);

    return file ? read_formats(L, file, 1, 2, lua_gettop(L) - 1) : dkc_stock.file_read(L);
}

int dkc_read_input(lua_State *L)
{
    int n = lua_gettop(L);
    FILE *file;

    lua_getfield(L, LUA_REGISTRYINDEX, INPUT);
    file = dkc_open_file(L, -1);
    if (file) /* its handle stays where it is: a finalizer may give the registry another */
        return read_formats(L, file, 0, 1, n);
    lua_settop(L, n);
    return dkc_stock.read(L);
}

enum { HANDLE = 1, N_FORMATS, CLOSES, N_FIXED = CLOSES }; /* upvalues of Lua's iterator, and of the one here */

static int next_line(lua_State *L)
{
    luaL_Stream *stream = lua_touserdata(L, lua_upvalueindex(HANDLE));
    int n = (int)lua_tointeger(L, lua_upvalueindex(N_FORMATS));

    if (stream->closef == NULL)
        return luaL_error(L, "file is already closed");
    lua_settop(L, 1);
    luaL_checkstack(L, n, "too many arguments");
    for (int i = 1; i <= n; i++)
        lua_pushvalue(L, lua_upvalueindex(N_FIXED + i));
    n = read_formats(L, stream->f, 0, 2, n);
    if (lua_toboolean(L, -n))
        return n;
    if (n > 1) {
        dkc_poll(L); /* a read that waited, and that SIGINT ended */
        return luaL_error(L, "%s", lua_tostring(L, -n + 1));
    }
    if (lua_toboolean(L, lua_upvalueindex(CLOSES))) {
        lua_CFunction close = stream->closef;

        lua_settop(L, 0);
        lua_pushvalue(L, lua_upvalueindex(HANDLE));
        stream->closef = NULL;
        close(L);
    }
    return 0;
}

/* Puts an iterator of ours in the place of Lua's own, which is the first of the results on top. */
static int take_iterator(lua_State *L, int n_results)
{
    int iterator = lua_gettop(L) - n_results + 1, n;

    lua_getupvalue(L, iterator, N_FORMATS);
    n = N_FIXED + (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    luaL_checkstack(L, n, "too many arguments");
    for (int i = 1; i <= n; i++) {
        const char *format;

        lua_getupvalue(L, iterator, i);
        format = i > N_FIXED && lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        if (format[*format == '*'] == 'n') { /* numbers are Lua's own to read */
            lua_settop(L, iterator + n_results - 1);
            return n_results;
        }
    }
    lua_pushcclosure(L, next_line, n);
    lua_replace(L, iterator);
    return n_results;
}

int dkc_lines(lua_State *L)
{
    return take_iterator(L, dkc_stock.lines(L));
}

int dkc_lines_of_file(lua_State *L)
{
    return take_iterator(L, dkc_stock.file_lines(L));
}
