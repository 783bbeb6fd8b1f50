/* lua_table_class.c - what t.NAME means, and what else an operator does to a table.
 *
 * t.NAME is a method where there is one of that name, else a column; t:column "NAME" is always the column. A few
 * methods are written in Lua and loaded when first used (lazy_methods).
 */
#include <string.h>

#include "base/text.h"
#include "chunk.h"
#include "expr/elsewhere.h"
#include "library.h"
#include "lua_options.h"
#include "lua_table.h"

/* Methods that a part of the library adds to the table of methods: { method, part }. */
static const char *const lazy_methods[][2] = { { "breakdown", "breakdown" },
                                               { "breakdowns", "breakdown" },
                                               { "describe", "summary" },
                                               { "explain", "explain" },
                                               { "map", "map" },
                                               { "plan", "explain" },
                                               { "receipt", "receipt" },
                                               { "recode", "hierarchy" },
                                               { "summary", "summary" },
                                               { "write_receipt", "receipt" } };
#define N_LAZY (sizeof lazy_methods / sizeof *lazy_methods)

static int table_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)dk_table_n_rows(dkl_check_table(L, 1)));
    return 1;
}

static int fail_member(lua_State *L, const dk_table *table, const char *name, size_t size)
{
    const char **methods;
    size_t n_methods;
    dki_nearest nearest;

    if (dki_elsewhere_method(name))
        return dkl_fail(L, "the table has no column or method '%s' (%s)", name, dki_elsewhere_method(name));
    methods = dkl_sorted_keys(L, lua_upvalueindex(1), &n_methods);
    dki_nearest_init(&nearest, name, size);
    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        dki_nearest_try(&nearest, dk_table_field(table, i)->name, strlen(dk_table_field(table, i)->name));
    for (size_t i = 0; i < n_methods; i++)
        dki_nearest_try(&nearest, methods[i], strlen(methods[i]));
    if (nearest.best)
        return dkl_fail(L, "the table has no column or method '%s' (did you mean '%s'?)", name, nearest.best);
    return dkl_fail(L, "the table has no column or method '%s' (t:schema() shows its columns)", name);
}

/* __index; upvalue: the methods */
static int table_index(lua_State *L)
{
    const dk_table *table;
    const char *name;
    size_t i;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    table = dkl_check_table(L, 1);
    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_fail(
            L,
            "a table is indexed by the name of a column or method, not by %s (rows: t:rows(), t:slice(from, to))",
            dkl_push_kind(L, 2));
    lua_pushvalue(L, 2);
    if (dkl_push_kept_column(L, 1))
        return 1;
    name = dkl_check_text(L, 2, "the name of a column");
    i = dk_table_find(table, name);
    if (i == DK_NO_COLUMN)
        return fail_member(L, table, name, strlen(name));
    dkl_push_column(L, 1, i);
    return 1;
}

/* Whether the function of C that runs was called by a part of the library. */
static bool is_for_library(lua_State *L)
{
    lua_Debug caller;

    return lua_getstack(L, 1, &caller) && lua_getinfo(L, "S", &caller) && dkl_is_library(caller.source);
}

void dkl_note_clashes(lua_State *L, const dk_table **out, const char *given)
{
    size_t n = 0, n_columns = dk_table_n_columns(*out);
    const char *first = NULL;
    luaL_Buffer text;
    int methods;

    if (is_for_library(L)) /* which knows its names */
        return;
    luaL_checkstack(L, 8, "too many values");
    dkl_push_core(L);
    lua_getfield(L, -1, "table_methods");
    methods = lua_gettop(L);
    luaL_buffinit(L, &text);
    for (size_t i = 0; i < n_columns; i++) {
        const char *name = dk_table_field(*out, i)->name;
        bool is_method = lua_getfield(L, methods, name) != LUA_TNIL;

        lua_pop(L, 1);
        if (!is_method || (given && strcmp(name, given) == 0))
            continue;
        first = first ? first : name;
        luaL_addstring(&text, n++ ? ", " : "");
        luaL_addstring(&text, name);
    }
    luaL_pushresult(&text);
    if (n > 0) {
        lua_pushfstring(L, "%s: %s too; t:column \"%s\" is the column, and so is the name in an expression",
                        lua_tostring(L, -1), n == 1 ? "a method is called so" : "methods are called so", first);
        for (size_t i = 0; i < dk_table_n_notes(*out); i++)
            if (strcmp(dk_table_note(*out, i), lua_tostring(L, -1)) == 0)
                n = 0; /* a snapshot kept it */
        if (n > 0)
            dkl_add_note(L, out, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    lua_pop(L, 3);
}

static int table_newindex(lua_State *L)
{
    dkl_check_table(L, 1);
    return dkl_fail(L, "a table never changes: t:derive { \"name = expression\" } gives a new one");
}

/* A method that is written in Lua. Upvalues: the methods, its name, the part of the library that brings it. */
static int lazy_method(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(3));
    dkl_push_script(L, lua_tostring(L, -1)); /* replaces this function among the methods */
    lua_settop(L, -3);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_rawget(L, lua_upvalueindex(1));
    if (lua_tocfunction(L, -1) == lazy_method) /* a part from a folder may be anything */
        return dkl_fail(L, "the library's part '%s' has no method '%s'", lua_tostring(L, lua_upvalueindex(3)),
                        lua_tostring(L, lua_upvalueindex(2)));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int table_call(lua_State *L)
{
    return dkl_fail(L, "a table is not called: `for row in t:rows() do` goes over its rows, t:breakdown { ... } asks it");
}

static const luaL_Reg meta[] = { { "__len", table_len },
                                 { "__call", table_call },
                                 { "__newindex", table_newindex },
                                 { "__tostring", dkl_table_tostring },
                                 { "__pairs", dkl_table_columns },
                                 { NULL, NULL } };

void dkl_open_table(lua_State *L)
{
    const luaL_Reg *const lists[] = { dkl_query_methods,  dkl_derive_methods,   dkl_row_methods,
                                      dkl_window_methods, dkl_reshape_methods,  dkl_tighten_methods,
                                      dkl_join_methods,   dkl_write_methods,    dkl_bars_methods,
                                      dkl_about_methods,  dkl_snapshot_methods, dkl_codes_methods,
                                      dkl_set_methods,    dkl_hierarchy_methods };

    dkl_object_class(L, DKL_TABLE, meta);
    dkl_open_rows(L);
    dkl_open_write(L);
    dkl_open_about(L);
    lua_newtable(L); /* core.table_methods: parts of the library add some */
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        luaL_setfuncs(L, lists[i], 0);
        dkl_record_methods(L, lists[i]);
    }
    for (size_t i = 0; i < N_LAZY; i++) {
        lua_pushvalue(L, -1);
        lua_pushstring(L, lazy_methods[i][0]);
        lua_pushstring(L, lazy_methods[i][1]);
        lua_pushcclosure(L, lazy_method, 3);
        lua_setfield(L, -2, lazy_methods[i][0]);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, "table_methods");
    luaL_getmetatable(L, DKL_TABLE); /* methods metatable */
    lua_insert(L, -2);
    lua_pushcclosure(L, table_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    dkl_close_lightly(L, DKL_TABLE);
}
