/* lua_recipe_copy.c - copies what a call was given, so that its recipe keeps no table alive. */
#include <string.h>

#include "lua_recipe_parts.h"
#include "lua_scalar.h"

#define DEEPEST 32   /* tables in tables */
#define MOST_FLAT 40 /* values of one argument */

/* Takes the room of a string. */
static bool fit_text(lua_State *L, int index, dkl_recipe_room *room)
{
    size_t size = lua_rawlen(L, index);

    if (size > room->bytes)
        return false;
    room->bytes -= size;
    return true;
}

/* Whether columns below that key say which levels there are. */
static bool names_levels(lua_State *L, int key)
{
    const char *name = lua_type(L, key) == LUA_TSTRING ? lua_tostring(L, key) : "";

    return strcmp(name, "levels") == 0 || strcmp(name, "members") == 0 || strcmp(name, "types") == 0;
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
        room->levels = outer || (within && names_levels(L, -3));
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
        dkl_recipe_new(L, (dkl_call){ .n_flat = 1 }, false, 0)->is_column =
            true; /* the column would keep its table */
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

/* Flat arguments. ------------------------------------------------------------------------------------------------- */

/* The mark of a table is a light pointer, which no argument is: how many values behind it are its, and its items in order. */
static void push_mark(lua_State *L, size_t n_within, size_t n_items)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)(n_within << 8 | n_items));
}

static size_t mark_within(lua_State *L)
{
    return (size_t)(uintptr_t)lua_touserdata(L, -1) >> 8;
}

static size_t mark_items(lua_State *L)
{
    return (size_t)(uintptr_t)lua_touserdata(L, -1) & 255;
}

static bool flatten_table(lua_State *L, int index, dkl_recipe_room *room, int depth, int most);

/* Puts what stands for the value on top of the stack, which is that of the key below it, in its place. */
static bool flatten_value(lua_State *L, dkl_recipe_room *room, int depth, int most)
{
    int type = lua_type(L, -1), at;

    if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN) /* it stands for itself */
        return --room->values >= 0 && (type != LUA_TSTRING || fit_text(L, -1, room));
    at = lua_gettop(L);
    if (names_levels(L, at - 1))
        return false;
    if (type == LUA_TTABLE && depth < 2) {
        if (!flatten_table(L, at, room, depth + 1, most))
            return false;
    } else {
        dkl_recipe_copy(L, at, room, depth + 1);
    }
    lua_remove(L, at);
    return room->fits;
}

/* Pushes a small table flat; false: it is none, and what was pushed is to be dropped. most: where the stack may end. */
static bool flatten_table(lua_State *L, int index, dkl_recipe_room *room, int depth, int most)
{
    int at;
    size_t n_items = lua_rawlen(L, index);

    if (n_items > MOST_FLAT || --room->values < 0 || lua_getmetatable(L, index))
        return false;
    lua_pushnil(L); /* its mark comes here */
    at = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, index);) { /* mark ... key value */
        int key = lua_gettop(L) - 1, type = lua_type(L, key);

        if (key + 2 > most || --room->values < 0 || (type != LUA_TSTRING && type != LUA_TNUMBER))
            return false;
        if (type == LUA_TSTRING && !fit_text(L, key, room))
            return false;
        if (!flatten_value(L, room, depth, most))
            return false;
        lua_pushvalue(L, key);
    }
    push_mark(L, (size_t)(lua_gettop(L) - at), n_items);
    lua_replace(L, at);
    return true;
}

bool dkl_recipe_flatten_options(lua_State *L, int index, const dkl_options *options, dkl_recipe_room *room)
{
    int top = lua_gettop(L);
    dkl_recipe_room before = *room;

    if (lua_getmetatable(L, index)) {
        lua_pop(L, 1);
        return false;
    }
    luaL_checkstack(L, MOST_FLAT + LUA_MINSTACK, "too many values");
    lua_pushnil(L); /* their mark comes here */
    --room->values;
    for (int i = 0; options->names[i]; i++) {
        int type = lua_type(L, options->first + i);

        if (type == LUA_TNIL)
            continue;
        room->values -= 2;
        if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN) {
            room->fits = type != LUA_TSTRING || fit_text(L, options->first + i, room);
            lua_pushlightuserdata(L, (void *)(uintptr_t)options->names[i]);
            lua_pushvalue(L, options->first + i);
        } else {
            lua_pushstring(L, options->names[i]);
            lua_pushvalue(L, options->first + i);
            room->fits = flatten_value(L, room, 0, top + MOST_FLAT);
        }
        if (!room->fits || room->values < 0) {
            lua_settop(L, top);
            *room = before;
            return false;
        }
    }
    push_mark(L, (size_t)(lua_gettop(L) - top - 1), 0);
    lua_replace(L, top + 1);
    return true;
}

void dkl_recipe_flatten(lua_State *L, int index, dkl_recipe_room *room)
{
    const dkl_object *object;
    dkl_recipe_room before;
    int top;

    switch (lua_type(L, index)) { /* most arguments are one of these two */
    case LUA_TSTRING:
        room->fits = --room->values >= 0 && fit_text(L, index, room);
        lua_pushvalue(L, index);
        return;
    case LUA_TUSERDATA:
        object = dkl_recipe_holder(L, index);
        if (object == NULL || !object->has_recipe || object->has_call)
            break;
        room->fits = --room->values >= 0;
        lua_getiuservalue(L, index, object->recipe_value);
        room->opaque = room->opaque || ((const dkl_recipe *)lua_touserdata(L, -1))->call.opaque;
        return;
    case LUA_TTABLE:
        top = lua_gettop(L);
        before = *room;
        luaL_checkstack(L, MOST_FLAT + LUA_MINSTACK, "too many values");
        if (flatten_table(L, index, room, 0, top + MOST_FLAT))
            return;
        lua_settop(L, top);
        *room = before;
        break;
    default: break;
    }
    dkl_recipe_copy(L, index, room, 0);
}

/* Pushes the key of a table that stands there: a light pointer is to the name of an option. */
static void unflatten_key(lua_State *L, int recipe, int *at)
{
    if (lua_getiuservalue(L, recipe, (*at)++) == LUA_TLIGHTUSERDATA) {
        lua_pushstring(L, lua_touserdata(L, -1));
        lua_remove(L, -2);
    }
}

/* Pushes what stands at user value *at of the recipe, which then is the one behind it. */
static void unflatten(lua_State *L, int recipe, int *at)
{
    size_t n_items;
    int end;

    lua_getiuservalue(L, recipe, (*at)++);
    if (lua_type(L, -1) != LUA_TLIGHTUSERDATA)
        return;
    luaL_checkstack(L, 4, "too many values");
    n_items = mark_items(L);
    end = *at + (int)mark_within(L);
    lua_pop(L, 1);
    lua_createtable(L, (int)n_items, 0);
    while (*at < end) {
        unflatten_key(L, recipe, at);
        unflatten(L, recipe, at);
        lua_rawset(L, -3);
    }
}

void dkl_recipe_push_argument(lua_State *L, int index, lua_Integer i)
{
    const dkl_recipe *node = lua_touserdata(L, index);
    int at = 1;

    if (i < 1 || i > node->call.n || at > node->call.n_flat) {
        lua_pushnil(L);
        return;
    }
    while (--i > 0) {
        if (lua_getiuservalue(L, index, at++) == LUA_TLIGHTUSERDATA)
            at += (int)mark_within(L);
        lua_pop(L, 1);
    }
    unflatten(L, index, &at);
}
