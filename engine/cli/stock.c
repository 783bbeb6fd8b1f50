/* stock.c - Lua's own functions, in whose place others stand. */
#include "stock.h"

dkc_stock_functions dkc_stock;

void dkc_stock_replace(lua_State *L, const char *name, lua_CFunction function, lua_CFunction *own)
{
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    if (lua_iscfunction(L, -1)) {
        *own = lua_tocfunction(L, -1);
        lua_pushstring(L, name);
        lua_pushcfunction(L, function);
        lua_rawset(L, -4);
    }
    lua_pop(L, 1);
}
