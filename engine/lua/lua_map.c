/* lua_map.c - a column that a function of a script made, for scripts/dekking/map.lua. */
#include "data/lineage.h"
#include "lua_table.h"

/* core.with_made(table, name, column) -> the table with the column, which its lineage says is a function's */
static int with_made(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    const char *name = luaL_checkstring(L, 2);
    const dk_column *column = dkl_check_object(L, 3, DKL_COLUMN, "a column");
    const dk_field field = DK_FIELD(name, column);
    const dk_table **out = dkl_new_table_like(L);
    dk_error err = DK_ERROR_INIT;

    DKL_TRY(dk_table_with(table, &field, 1, out, &err));
    DKL_ONCE(dki_table_add_step(*out, table, &err, "column %s by a function of the script", name));
    return 1;
}

void dkl_open_map(lua_State *L)
{
    lua_pushcfunction(L, with_made);
    lua_setfield(L, 2, "with_made");
}
