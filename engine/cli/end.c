/* end.c - the end of the program, which does not free each object of Lua.
 *
 * To close a state is to call the finalizers, and then to free what there is: for ten million objects half a second, after a Ctrl-C
 * too, of what the system does at once. Finalizers are called from the youngest to the oldest, so the oldest of all takes over there.
 */
#include "end.h"

#include <lauxlib.h>
#include <stddef.h>

static const char oldest; /* its address is the place in the registry */
static void (*rest_of_program)(const void *of);
static const void *what;

static int take_over(lua_State *L)
{
    (void)L;
    if (rest_of_program)
        rest_of_program(what);
    return 0;
}

void dkc_end_prepare(lua_State *L)
{
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, take_over);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &oldest);
}

void dkc_end(lua_State *L, void (*rest)(const void *of), const void *of)
{
#ifndef __SANITIZE_ADDRESS__ /* which tells of what was not freed */
    rest_of_program = rest;
    what = of;
#endif
    lua_close(L);
    rest(of);
}
