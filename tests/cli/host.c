/* host.c - a program that embeds Lua: opens the module in one state after another, as a server would.
 *
 * Each state starts threads of the pool and closes while they live. usage: host CPATH SCRIPT
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

static int run(const char *cpath, const char *script)
{
    lua_State *L = luaL_newstate();
    int status;

    if (L == NULL)
        return 1;
    luaL_openlibs(L);
    lua_getglobal(L, "package");
    lua_pushstring(L, cpath);
    lua_setfield(L, -2, "cpath");
    lua_pop(L, 1);
    status = luaL_dofile(L, script);
    if (status != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return status;
}

int main(int argc, char **argv)
{
    int status = argc == 3 ? 0 : 1;

    for (int i = 0; i < 20 && status == 0; i++)
        status = run(argv[1], argv[2]);
    return status;
}
