/* polled_match.c - find, match, gmatch and gsub of the program's string library, over the engine's own matcher.
 *
 * Stock Lua's matcher cannot be stopped while it tries, and what it tries may take longer than anybody waits. This one
 * polls the context; results and texts of errors are stock Lua's. While the state closes and the context is gone, Lua's own serve.
 */
#include <lauxlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/text_pattern.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"
#include "polled.h"
#include "stock.h"

#define PATTERN "dk.string_pattern"
/* A pattern of so many bytes takes no memory of the arena: a set of 32 bytes and an item of 8 for each, and the end. */
#define SHORT_PATTERN 18
#define PLAIN_STEP ((size_t)1 << 20) /* bytes of a subject that are looked through in one go: at most some 4 ms */

/* A pattern that was taken apart, in memory of Lua's; only a long one has something to drop. */
typedef struct holder {
    dki_text_pattern pattern;
    dki_arena arena;
} holder;

static int drop_holder(lua_State *L)
{
    holder *held = lua_touserdata(L, 1);

    dki_arena_drop(&held->arena);
    return 0;
}

/* What is wrong with a pattern is told as stock Lua does. */
static void fail_match(lua_State *L, const dk_error *err)
{
    if (err->code == DK_ERR_ARGUMENT)
        luaL_error(L, "%s", err->message);
    dkl_raise(L, err);
}

/* Takes a pattern apart: in *room where it is short, else in an object that is pushed. */
static holder *take_apart(lua_State *L, holder *room, const char *bytes, size_t size, bool anchors)
{
    dk_error err; /* filled where a call fails: clearing it takes longer than a match */

    if (room == NULL || size > SHORT_PATTERN) {
        room = lua_newuserdatauv(L, sizeof *room, 0);
        dki_arena_init_small(&room->arena, dkl_context(L));
        luaL_setmetatable(L, PATTERN);
    } else {
        dki_arena_init_small(&room->arena, dkl_context(L));
    }
    if (dki_text_pattern_init(&room->pattern, &room->arena, bytes, size, anchors, &err) != DK_OK)
        fail_match(L, &err);
    return room;
}

static bool next_match(lua_State *L, dki_text_search *search, dki_text_match *match)
{
    dk_error err;
    bool found = false;

    if (dki_text_search_next(search, match, &found, &err) != DK_OK)
        fail_match(L, &err);
    return found;
}

static void push_capture(lua_State *L, const dki_text_match *match, const char *subject, size_t i)
{
    dk_error err;
    dki_text_capture capture;

    if (dki_text_match_get(match, i, &capture, &err) != DK_OK)
        fail_match(L, &err);
    if (capture.size == DKI_CAPTURE_PLACE)
        lua_pushinteger(L, (lua_Integer)capture.at + 1);
    else
        lua_pushlstring(L, subject + capture.at, capture.size);
}

/* The captures, of which a match without any has itself if that is wanted; how many were pushed. */
static int push_captures(lua_State *L, const dki_text_match *match, const char *subject, bool or_match)
{
    size_t n = match->n_captures == 0 && or_match ? 1 : match->n_captures;

    luaL_checkstack(L, (int)n, "too many captures");
    for (size_t i = 0; i < n; i++)
        push_capture(L, match, subject, i);
    return (int)n;
}

/* Where a search begins, from 0: an argument counts from 1, or back from the end. */
static size_t first_place(lua_State *L, int arg, size_t size)
{
    lua_Integer place = luaL_optinteger(L, arg, 1);

    if (place > 0)
        return (size_t)place - 1;
    if (place == 0 || place < -(lua_Integer)size)
        return 0;
    return size - (size_t)-place;
}

/* Where a text stands as it is; SIZE_MAX. A part of the subject after the other, with a look at the context in between. */
static size_t find_plain(lua_State *L, const char *subject, size_t size, size_t at, const char *text,
                         size_t text_size)
{
    size_t step = text_size < PLAIN_STEP / 4 ? PLAIN_STEP : 4 * text_size;

    for (; at < size && size - at > step; at += step - text_size + 1) { /* a match may begin in the next part */
        size_t found = dki_text_find(subject, at + step, at, text, text_size);

        if (found != SIZE_MAX)
            return found;
        dkl_poll(L);
    }
    return dki_text_find(subject, size, at, text, text_size);
}

static int find_or_match(lua_State *L, bool find)
{
    size_t size, pattern_size, at;
    const char *subject = luaL_checklstring(L, 1, &size), *pattern = luaL_checklstring(L, 2, &pattern_size);
    dki_text_search search;
    dki_text_match match;
    holder room, *held;
    bool found;

    at = first_place(L, 3, size);
    if (at > size) {
        luaL_pushfail(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || dki_text_pattern_is_plain(pattern, pattern_size))) {
        at = find_plain(L, subject, size, at, pattern, pattern_size);
        if (at == SIZE_MAX) {
            luaL_pushfail(L);
            return 1;
        }
        lua_pushinteger(L, (lua_Integer)at + 1);
        lua_pushinteger(L, (lua_Integer)(at + pattern_size));
        return 2;
    }
    held = take_apart(L, &room, pattern, pattern_size, true);
    dki_text_search_init(&search, &held->pattern, subject, size, at, UINT64_MAX);
    found = next_match(L, &search, &match);
    dki_arena_drop(&held->arena);
    if (!found) {
        luaL_pushfail(L);
        return 1;
    }
    if (!find)
        return push_captures(L, &match, subject, true);
    lua_pushinteger(L, (lua_Integer)match.from + 1);
    lua_pushinteger(L, (lua_Integer)match.to);
    return 2 + push_captures(L, &match, subject, false);
}

static int string_find(lua_State *L)
{
    return dkl_context(L) ? find_or_match(L, true) : dkc_stock.find(L);
}

static int string_match(lua_State *L)
{
    return dkl_context(L) ? find_or_match(L, false) : dkc_stock.match(L);
}

/* Upvalues: the subject, the pattern's object, the search. */
static int next_of_gmatch(lua_State *L)
{
    dki_text_search *search = lua_touserdata(L, lua_upvalueindex(3));
    dki_text_match match;

    return next_match(L, search, &match) ? push_captures(L, &match, search->subject, true) : 0;
}

static int string_gmatch(lua_State *L)
{
    size_t size, pattern_size, at;
    const char *subject, *bytes;
    const holder *held;

    if (dkl_context(L) == NULL)
        return dkc_stock.gmatch(L);
    subject = luaL_checklstring(L, 1, &size);
    bytes = luaL_checklstring(L, 2, &pattern_size);
    at = first_place(L, 3, size);
    lua_pushvalue(L, 1);
    held = take_apart(L, NULL, bytes, pattern_size, false);
    dki_text_search_init(lua_newuserdatauv(L, sizeof(dki_text_search), 0), &held->pattern, subject, size,
                         at > size ? size + 1 : at, UINT64_MAX);
    lua_pushcclosure(L, next_of_gmatch, 3);
    return 1;
}

/* Adds a replacement text, with what its %0 to %9 stand for. */
static void add_text(lua_State *L, luaL_Buffer *out, const dki_text_match *match, const char *subject)
{
    dk_error err;
    dki_replacement_part part;
    size_t size, at = 0;
    const char *text = lua_tolstring(L, 3, &size);

    for (;;) {
        bool found = false;

        if (dki_replacement_next(text, size, &at, &part, &found, &err) != DK_OK)
            fail_match(L, &err);
        if (!found)
            return;
        if (part.capture < 0) {
            luaL_addlstring(out, part.bytes, part.size);
        } else if (part.capture == 0) {
            luaL_addlstring(out, subject + match->from, match->to - match->from);
        } else {
            push_capture(L, match, subject, (size_t)part.capture - 1);
            luaL_addvalue(out);
        }
    }
}

/* Adds what stands in the place of a match; false where that is the match itself. */
static bool add_replacement(lua_State *L, luaL_Buffer *out, const dki_text_match *match, const char *subject)
{
    switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(L, match, subject, true), 1);
        break;
    case LUA_TTABLE:
        push_capture(L, match, subject, 0);
        lua_gettable(L, 3);
        break;
    default: add_text(L, out, match, subject); return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, subject + match->from, match->to - match->from);
        return false;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return true;
}

static int string_gsub(lua_State *L)
{
    size_t size, pattern_size, done = 0;
    const char *subject, *bytes;
    lua_Integer most, n = 0;
    bool changed = false;
    dki_text_search search;
    dki_text_match match;
    luaL_Buffer out;
    holder room, *held;
    int type;

    if (dkl_context(L) == NULL)
        return dkc_stock.gsub(L);
    subject = luaL_checklstring(L, 1, &size);
    bytes = luaL_checklstring(L, 2, &pattern_size);
    type = lua_type(L, 3);
    most = luaL_optinteger(L, 4, (lua_Integer)size + 1);
    if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TFUNCTION && type != LUA_TTABLE)
        return luaL_typeerror(L, 3, "string/function/table");
    held = take_apart(L, &room, bytes, pattern_size, true);
    dki_text_search_init(&search, &held->pattern, subject, size, 0, UINT64_MAX);
    luaL_buffinit(L, &out);
    for (; n < most && next_match(L, &search, &match); n++) {
        luaL_addlstring(&out, subject + done, match.from - done);
        changed = add_replacement(L, &out, &match, subject) || changed;
        done = match.to;
    }
    if (changed) {
        luaL_addlstring(&out, subject + done, size - done);
        luaL_pushresult(&out);
    } else {
        lua_pushvalue(L, 1);
    }
    dki_arena_drop(&held->arena);
    lua_pushinteger(L, n);
    return 2;
}

void dkc_replace_matching(lua_State *L)
{
    static const luaL_Reg meta[] = { { "__gc", drop_holder }, { NULL, NULL } };

    dkl_class(L, PATTERN, meta);
    dkc_stock_replace(L, "find", string_find, &dkc_stock.find);
    dkc_stock_replace(L, "match", string_match, &dkc_stock.match);
    dkc_stock_replace(L, "gmatch", string_gmatch, &dkc_stock.gmatch);
    dkc_stock_replace(L, "gsub", string_gsub, &dkc_stock.gsub);
}
