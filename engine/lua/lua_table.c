/* lua_table.c - the object that a table of the engine is in Lua. What it can do stands in the files of its methods. */
#include "lua_table.h"

#include <string.h>

#include "lua_options.h"

const dk_table *dkl_check_table(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_TABLE, "a table of dekking");
}

const dk_table **dkl_new_table(lua_State *L)
{
    return dkl_new_object(L, DKL_TABLE, DKL_COLUMNS);
}

const dk_table **dkl_new_table_given(lua_State *L, const dkl_options *options)
{
    return dkl_new_object_given(L, DKL_TABLE, DKL_COLUMNS, options);
}

void dkl_check_columns(lua_State *L, const dk_table *table, int index, const char *what)
{
    const char *unknown = NULL;
    dk_error err = DK_ERROR_INIT;
    size_t i;

    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *name = dkl_check_text(L, -2, what); /* the table keeps it */

        if (dk_table_find(table, name) == DK_NO_COLUMN && (unknown == NULL || strcmp(name, unknown) < 0))
            unknown = name;
    }
    if (unknown && dk_table_get(table, unknown, &i, &err) != DK_OK)
        dkl_raise(L, &err);
}
