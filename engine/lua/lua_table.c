/* lua_table.c - the object that a table of the engine is in Lua. What it can do stands in the files of its methods. */
#include "lua_table.h"

const dk_table *dkl_check_table(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_TABLE, "a table of dekking");
}

const dk_table **dkl_new_table(lua_State *L)
{
    return dkl_new_object(L, DKL_TABLE, DKL_TABLE_VALUES);
}

int dkl_close_table(lua_State *L)
{
    const dk_table **slot = luaL_checkudata(L, 1, DKL_TABLE);
    const dk_table *table = *slot;

    *slot = NULL;
    dk_table_release(table);
    return 0;
}
