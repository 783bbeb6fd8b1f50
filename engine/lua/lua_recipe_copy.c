/* lua_recipe_copy.c - copies what a call was given, so that its recipe keeps no table alive. */
#include <string.h>

#include "lua_recipe_parts.h"
#include "lua_scalar.h"

#define DEEPEST 32 /* tables in tables */

/* Takes the room of a string. */
static bool fit_text(lua_State *L, int index, dkl_recipe_room *room)
{
    size_t size = lua_rawlen(L, index);

    if (size > room->bytes)
        return false;
    room->bytes -= size;
    return true;
}

bool dkl_recipe_names_levels(const char *name)
{
    static const char *const names[] = { "levels", "members", "types" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (*names[i] == *name && strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Pushes a copy of the Lua table, as far as it fits. */
static void push_table(lua_State *L, int index, dkl_recipe_room *room, int depth)
{
    int n = 0, n_items = (int)lua_rawlen(L, index), copy;

    if (n_items <= MOST_VALUES)
        for (lua_pushnil(L); lua_next(L, index) && ++n <= MOST_VALUES;)
            lua_pop(L, 1);
    if (n_items > MOST_VALUES || n > MOST_VALUES) {
        if (n > MOST_VALUES)
            lua_pop(L, 2);
        room->fits = false;
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, n_items, n > n_items ? n - n_items : 0);
    copy = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, index);) { /* copy key value */
        int type = lua_type(L, -2);
        bool outer = room->levels, within = type == LUA_TSTRING && lua_type(L, -1) >= LUA_TTABLE;

        room->fits = room->fits && (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN);
        dkl_recipe_copy(L, -2, room, depth + 1);
        room->levels = outer || (within && dkl_recipe_names_levels(lua_tostring(L, -3)));
        dkl_recipe_copy(L, -2, room, depth + 1);
        room->levels = outer;
        if (!room->fits)
            break;
        lua_rawset(L, copy);
        lua_pop(L, 1);
    }
    lua_settop(L, copy);
}

/* Pushes a list of a column's levels, in their order; a column that has none, or labels, does not fit. */
static void push_levels(lua_State *L, int index, dkl_recipe_room *room)
{
    const dk_column *column = dkl_test_object(L, index, DKL_COLUMN);
    const dk_dictionary *levels = column ? dk_column_levels(column) : NULL;
    size_t n = levels ? dk_dictionary_n_levels(levels) : 0;

    lua_newtable(L);
    room->fits = levels && dk_column_type(column) == DK_CATEGORY && !dk_dictionary_has_labels(levels) &&
                 n <= (size_t)room->values;
    for (uint32_t code = 1; room->fits && code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, code);

        room->fits = level.size <= room->bytes;
        room->bytes -= room->fits ? level.size : 0;
        lua_pushlstring(L, level.bytes, level.size);
        lua_rawseti(L, -2, (lua_Integer)dk_dictionary_rank(levels, code) + 1);
    }
    room->values -= (int)n;
}

/* Pushes what stands for a userdata. */
static void push_object(lua_State *L, int index, dkl_recipe_room *room)
{
    const dkl_object *object = dkl_recipe_holder(L, index);
    const dkl_scalar *scalar;

    if (object) {
        room->opaque = dkl_recipe_push(L, index)->call.opaque || room->opaque;
    } else if (dkl_is_asked(L, index)) {
        lua_pushvalue(L, index); /* which does not change */
    } else if (dkl_is_object(L, index, DKL_COLUMN)) {
        if (room->levels) {
            push_levels(L, index, room);
            return;
        }
        dkl_recipe_new(L, (dkl_call){ .n_kept = 1 }, 0)->is_column = true; /* the column would keep its table */
        lua_getiuservalue(L, index, 1);
        lua_setiuservalue(L, -2, 1);
    } else if ((scalar = dkl_test_scalar(L, index)) != NULL &&
               scalar->type == DK_CATEGORY) { /* which keeps its dictionary */
        size_t size;
        const char *text = dkl_scalar_text(L, index, &size);

        lua_pushlstring(L, text, size);
    } else if (scalar || dkl_kind(L, index) || luaL_testudata(L, index, DKL_SENTINEL)) {
        lua_pushvalue(L, index); /* none of these changes */
    } else {
        room->fits = false;
        lua_pushnil(L);
    }
}

void dkl_recipe_copy(lua_State *L, int index, dkl_recipe_room *room, int depth)
{
    room->fits = room->fits && --room->values >= 0;
    switch (room->fits ? lua_type(L, index) : LUA_TFUNCTION) {
    case LUA_TSTRING:
        room->fits = fit_text(L, index, room);
        lua_pushvalue(L, index);
        return;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER: lua_pushvalue(L, index); return;
    case LUA_TUSERDATA:
        luaL_checkstack(L, 12, "too many values");
        push_object(L, lua_absindex(L, index), room);
        return;
    case LUA_TTABLE:
        luaL_checkstack(L, 12, "too many values");
        index = lua_absindex(L, index);
        if (dkl_recipe_is_answer(L, index)) {
            room->opaque = dkl_recipe_push(L, index)->call.opaque || room->opaque;
            return;
        }
        if (depth < DEEPEST && !lua_getmetatable(L, index)) {
            push_table(L, index, room, depth);
            return;
        }
        if (depth < DEEPEST)
            lua_pop(L, 1);
        break;
    default: break;
    }
    room->fits = false;
    lua_pushnil(L);
}
