/* lua_recipe_pack.c - the arguments of a call, packed: as bytes that need neither Lua's memory nor its collector.
 *
 * A value is a byte that says what it is, and
 *
 *   INTEGER, FLOAT  its eight bytes
 *   TEXT            a byte that is its size, and the text
 *   TABLE           a byte that is its items in order, one that is its pairs, and the pairs: key, value
 *   OPTIONS         a list of names that stays, a bit for each of them that is given, and their values in that order
 *   KEPT            nothing: it is the next one among the user values
 *
 * Where there is no room for all of them the call has no bytes, and every value is a user value.
 */
#include <string.h>

#include "chunk.h"
#include "lua_recipe_parts.h"

enum { NIL, FALSE, TRUE, INTEGER, FLOAT, TEXT, TABLE, OPTIONS, KEPT };

typedef struct listed_options {
    const char *const *names;
    uint32_t given;
} listed_options;

#define LONGEST 64   /* text that is packed: a longer one Lua has once */
#define MOST_KEPT 16 /* values of one table */
#define DEEPEST 3    /* tables in tables */

typedef struct packer {
    dkl_recipe_room room;
    uint8_t *bytes;
    size_t size, most;
    bool is_full;
    bool keeps_all; /* every value is pushed */
} packer;

static void put(packer *p, uint8_t kind, const void *payload, size_t size)
{
    if (p->most - p->size <= size) {
        p->is_full = true;
        return;
    }
    p->bytes[p->size++] = kind;
    if (size > 0) /* payload may be NULL */
        memcpy(p->bytes + p->size, payload, size);
    p->size += size;
}

static void put_text(packer *p, const char *text, size_t size)
{
    if (p->most - p->size <= size + 1) {
        p->is_full = true;
        return;
    }
    p->bytes[p->size] = TEXT;
    p->bytes[p->size + 1] = (uint8_t)size;
    memcpy(p->bytes + p->size + 2, text, size);
    p->size += size + 2;
}

/* The value on top of the stack, which stands for itself, is kept. */
static void put_kept(packer *p)
{
    if (!p->keeps_all)
        put(p, KEPT, "", 0);
}

/* A string, a number, a truth value or nil: whether it is one, and is packed. */
static bool pack_plain(lua_State *L, int index, int type, packer *p)
{
    const char *text;
    size_t size;
    lua_Integer integer;
    lua_Number number;

    switch (type) {
    case LUA_TNIL: put(p, NIL, "", 0); return true;
    case LUA_TBOOLEAN: put(p, lua_toboolean(L, index) ? TRUE : FALSE, "", 0); return true;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            integer = lua_tointeger(L, index);
            put(p, INTEGER, &integer, sizeof integer);
        } else {
            number = lua_tonumber(L, index);
            put(p, FLOAT, &number, sizeof number);
        }
        return true;
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &size);
        if (size > LONGEST)
            return false;
        put_text(p, text, size);
        return true;
    default: return false;
    }
}

/* Pushes a copy of the value, which so is kept. */
static void keep(lua_State *L, int index, packer *p, int depth)
{
    dkl_recipe_copy(L, index, &p->room, depth);
    put_kept(p);
}

static bool pack_table(lua_State *L, int index, packer *p, int depth);

/* Packs a value of a table; what is kept is pushed. */
static void pack_within(lua_State *L, int index, int type, packer *p, int depth)
{
    if (!pack_plain(L, index, type, p) && (type != LUA_TTABLE || !pack_table(L, index, p, depth)))
        keep(L, index, p, depth);
}

/* Packs the pairs of a table; false: it has too much, or odd keys. top: the stack before it. */
static bool pack_pairs(lua_State *L, int index, packer *p, int depth, int top, uint8_t *n)
{
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) { /* kept ... key value */
        int key = lua_gettop(L) - 1, type = lua_type(L, key), value, n_kept;

        if (key - top > MOST_KEPT || *n == UINT8_MAX || (type != LUA_TSTRING && type != LUA_TNUMBER) ||
            !pack_plain(L, key, type, p))
            return false;
        value = lua_type(L, key + 1);
        if (value >= LUA_TTABLE && type == LUA_TSTRING && dkl_recipe_names_levels(lua_tostring(L, key)))
            return false;
        pack_within(L, key + 1, value, p, depth + 1);
        n_kept = lua_gettop(L) - key - 1;
        if (n_kept > 0)
            lua_rotate(L, key, n_kept); /* kept ... key value */
        if (p->is_full || !p->room.fits)
            return false;
        ++*n;
    }
    return true;
}

/* What was packed since p had this size and room; gives false. */
static bool take_back(lua_State *L, packer *p, int top, size_t size, const dkl_recipe_room *room)
{
    lua_settop(L, top);
    p->room = *room;
    p->size = size;
    p->is_full = false;
    return false;
}

/* Packs a small table; false: it is none, and nothing was packed. */
static bool pack_table(lua_State *L, int index, packer *p, int depth)
{
    size_t start = p->size, n_items = lua_rawlen(L, index);
    dkl_recipe_room before = p->room;
    int top = lua_gettop(L);
    uint8_t counts[2] = { (uint8_t)n_items, 0 };

    if (depth >= DEEPEST || n_items > UINT8_MAX || p->is_full)
        return false;
    if (lua_getmetatable(L, index)) {
        lua_pop(L, 1);
        return false;
    }
    luaL_checkstack(L, MOST_KEPT + LUA_MINSTACK, "too many values");
    put(p, TABLE, counts, sizeof counts);
    if (pack_pairs(L, index, p, depth, top, &counts[1])) {
        if (!p->is_full)
            p->bytes[start + 2] = counts[1];
        return true;
    }
    return take_back(L, p, top, start, &before);
}

/* A list of names that was read; false: one is too long, and nothing was packed. */
static bool pack_names(const dkl_given *list, packer *p)
{
    uint8_t counts[2] = { (uint8_t)list->size, (uint8_t)list->size };

    for (size_t i = 0; i < list->size; i++)
        if (strlen(list->names[i]) > LONGEST)
            return false;
    put(p, TABLE, counts, sizeof counts);
    for (lua_Integer i = 1; i <= (lua_Integer)list->size && !p->is_full; i++) {
        put(p, INTEGER, &i, sizeof i);
        put_text(p, list->names[i - 1], strlen(list->names[i - 1]));
    }
    return true;
}

/* A text that is known by its size. */
static void pack_text(const char *text, size_t size, packer *p)
{
    if (size > LONGEST)
        p->is_full = true;
    else
        put_text(p, text, size);
}

/* An option that stands on the stack; top: where the stack was before. What is known of it is packed without asking Lua; what is
 * pushed is kept. */
static void pack_option(lua_State *L, const char *name, const dkl_given *value, int top, packer *p)
{
    if (value->text && value->size <= LONGEST) {
        put_text(p, value->text, value->size);
        return;
    }
    if (value->is_integer) {
        put(p, INTEGER, &value->integer, sizeof value->integer);
        return;
    }
    if ((value->names && pack_names(value, p)) || pack_plain(L, value->at, value->type, p))
        return;
    luaL_checkstack(L, MOST_KEPT + LUA_MINSTACK, "too many values");
    pack_within(L, value->at, value->type, p, 1);
    p->is_full = p->is_full || lua_gettop(L) - top > MOST_KEPT ||
                 (value->type >= LUA_TTABLE && dkl_recipe_names_levels(name));
}

/* Texts by names, all of them a script's: as a table. */
static void pack_texts(const dkl_options *options, packer *p)
{
    uint8_t counts[2] = { 0, 0 };

    while (options->given >> counts[1] & 1)
        counts[1]++;
    put(p, TABLE, counts, sizeof counts);
    for (int i = 0; i < counts[1] && !p->is_full; i++) {
        pack_text(options->names[i], strlen(options->names[i]), p);
        pack_text(options->values[i].text, options->values[i].size, p);
    }
}

/* A table whose options are spread; false: as before. */
static bool pack_options(lua_State *L, const dkl_options *options, packer *p)
{
    size_t start = p->size;
    dkl_recipe_room before = p->room;
    int top = lua_gettop(L);

    if (options->given == 0 || lua_getmetatable(L, options->index)) {
        lua_settop(L, top);
        return false;
    }
    if (options->are_texts) {
        pack_texts(options, p);
    } else {
        listed_options listed = { options->names, options->given };

        put(p, OPTIONS, &listed, sizeof listed);
        for (uint32_t left = options->given; left && !p->is_full && p->room.fits; left &= left - 1) {
            int i = __builtin_ctz(left);

            pack_option(L, options->names[i], &options->values[i], top, p);
        }
    }
    if (!p->is_full && p->room.fits)
        return true;
    return take_back(L, p, top, start, &before);
}

static void pack_argument(lua_State *L, int index, packer *p)
{
    int type = lua_type(L, index);
    const dkl_object *object = type == LUA_TUSERDATA ? dkl_recipe_holder(L, index) : NULL;

    if (object && object->has_recipe && !object->has_call) { /* the usual */
        lua_getiuservalue(L, index, object->recipe_value);
        p->room.opaque = p->room.opaque || object->call.opaque;
        put_kept(p);
    } else if (!pack_plain(L, index, type, p) && (type != LUA_TTABLE || !pack_table(L, index, p, 0))) {
        keep(L, index, p, 0);
    }
}

/* Who asked. ------------------------------------------------------------------------------------------------------ */

/* The deepest level of the stack. */
static int last_level(lua_State *L)
{
    lua_Debug at;
    int least = 0, most = 1;

    while (lua_getstack(L, most, &at)) {
        least = most;
        most *= 2;
    }
    while (most - least > 1) {
        int middle = least + (most - least) / 2;

        if (lua_getstack(L, middle, &at))
            least = middle;
        else
            most = middle;
    }
    return least;
}

/* Packs a text of C's, or nil where it is NULL. */
static void put_string(lua_State *L, packer *p, const char *text)
{
    size_t size = text ? strlen(text) : 0;

    if (p->keeps_all || size > LONGEST) {
        lua_pushstring(L, text);
        put_kept(p);
    } else if (text) {
        put_text(p, text, size);
    } else {
        put(p, NIL, "", 0);
    }
}

/* Packs the number of an object, 0: nil. */
static void put_number(lua_State *L, packer *p, uint64_t number)
{
    if (p->keeps_all)
        lua_pushinteger(L, (lua_Integer)number);
    else
        put(p, INTEGER, &number, sizeof number);
}

/* Whether what runs there stands in a file of a script's. */
static bool is_file(const lua_Debug *at)
{
    return at->source[0] == '@' && !dkl_is_library(at->source);
}

/* Packs who asked: the outermost file, and the file with the line, which is returned, 0: none; and of which tables. */
static int pack_question(lua_State *L, packer *p, const dkl_manner *how, int first, int n)
{
    lua_Debug asking, at;
    int level = dkl_script_level(L, &asking);
    const char *script = NULL;

    put_string(L, p, level > 0 ? asking.short_src : NULL);
    for (int outer = last_level(L); script == NULL && outer > level && lua_getstack(L, outer, &at); outer--) {
        lua_getinfo(L, "S", &at);
        script = is_file(&at) ? at.source + 1 : NULL;
    }
    if (script == NULL && level > 0 && is_file(&asking))
        script = asking.source + 1;
    put_string(L, p, script);
    for (int i = 0; i < n; i++) {
        bool is_asked = i == 0 && !how->by_name; /* the breakdown or scenario */
        dkl_object *object = is_asked ? NULL : dkl_as_object(L, first + i, DKL_TABLE);

        if (object && !object->was_asked)
            dkl_recipe_note_asked(L, first + i, object);
        put_number(L, p, object ? object->number : 0);
    }
    return level > 0 ? asking.currentline : 0;
}

/* ----------------------------------------------------------------------------------------------------------------- */

static void pack_all(lua_State *L, const dkl_manner *how, const dkl_options *options, int first, int n, packer *p,
                     dkl_call *call)
{
    int i = first;

    if (call->is_question && !how->by_name && n > 0) { /* of what is asked, which does not change */
        lua_pushvalue(L, i++);
        put_kept(p);
    }
    for (; i < first + n && p->room.fits && !p->is_full; i++)
        if (p->keeps_all)
            dkl_recipe_copy(L, i, &p->room, 0);
        else if (options == NULL || i != options->index || !pack_options(L, options, p))
            pack_argument(L, i, p);
    if (call->is_question && p->room.fits && !p->is_full)
        call->line = pack_question(L, p, how, first, n);
}

/* Begins with all the room that there is. */
static void start(packer *p, const dkl_manner *how, dkl_packed *packed, bool keeps_all)
{
    p->room.values = MOST_VALUES;
    p->room.bytes = MOST_BYTES;
    p->room.fits = true;
    p->room.opaque = false;
    p->room.levels = how->levels;
    p->bytes = packed->bytes;
    p->size = 0;
    p->most = sizeof packed->bytes;
    p->is_full = false;
    p->keeps_all = keeps_all;
}

void dkl_recipe_pack(lua_State *L, const dkl_manner *how, const dkl_options *options, int first, int n,
                     dkl_packed *packed)
{
    dkl_call *call = &packed->call;
    int top = lua_gettop(L);
    packer p;

    call->op = how->op;
    call->line = 0;
    call->n = 0;
    call->is_question = how->by_name || how->is_call || (!how->of_table && n > 0 && dkl_is_asked(L, first));
    if (n > LUA_MINSTACK / 4) /* the function that runs may have pushed some */
        luaL_checkstack(L, n + LUA_MINSTACK, "too many values");
    start(&p, how, packed, false);
    p.room.fits = n <= MOST_VALUES;
    pack_all(L, how, options, first, n, &p, call);
    if (p.is_full) { /* all over again, without bytes */
        lua_settop(L, top);
        luaL_checkstack(L, 2 * n + LUA_MINSTACK, "too many values");
        start(&p, how, packed, true);
        pack_all(L, how, options, first, n, &p, call);
    }
    call->fits = p.room.fits;
    call->opaque = p.room.opaque || !call->fits;
    if (call->fits) {
        call->n = (uint16_t)n;
    } else { /* what was copied would be of no use */
        lua_settop(L, top);
        start(&p, how, packed, false);
        if (call->is_question)
            call->line = pack_question(L, &p, how, first, 0);
    }
    call->n_kept = (uint16_t)(lua_gettop(L) - top);
    call->n_bytes = (uint16_t)p.size;
}

/* Unpacking. ------------------------------------------------------------------------------------------------------ */

typedef struct reader {
    const uint8_t *at;
    int recipe; /* its index */
    int n_kept; /* that were read */
} reader;

static void unpack(lua_State *L, reader *r)
{
    lua_Integer integer;
    lua_Number number;
    listed_options listed;
    int n;

    luaL_checkstack(L, 4, "too many values");
    switch (*r->at++) {
    case FALSE: lua_pushboolean(L, false); return;
    case TRUE: lua_pushboolean(L, true); return;
    case INTEGER:
        memcpy(&integer, r->at, sizeof integer);
        r->at += sizeof integer;
        lua_pushinteger(L, integer);
        return;
    case FLOAT:
        memcpy(&number, r->at, sizeof number);
        r->at += sizeof number;
        lua_pushnumber(L, number);
        return;
    case TEXT:
        n = *r->at++;
        lua_pushlstring(L, (const char *)r->at, (size_t)n);
        r->at += n;
        return;
    case TABLE:
        n = r->at[1];
        lua_createtable(L, r->at[0], n > r->at[0] ? n - r->at[0] : 0);
        r->at += 2;
        for (; n > 0; n--) {
            unpack(L, r);
            unpack(L, r);
            lua_rawset(L, -3);
        }
        return;
    case OPTIONS:
        memcpy(&listed, r->at, sizeof listed);
        r->at += sizeof listed;
        lua_createtable(L, 0, __builtin_popcount(listed.given));
        for (; listed.given; listed.given &= listed.given - 1) {
            lua_pushstring(L, listed.names[__builtin_ctz(listed.given)]);
            unpack(L, r);
            lua_rawset(L, -3);
        }
        return;
    case KEPT: lua_getiuservalue(L, r->recipe, ++r->n_kept); return;
    default: lua_pushnil(L); return;
    }
}

void dkl_recipe_push_value(lua_State *L, int index, lua_Integer i)
{
    const dkl_recipe *node = lua_touserdata(L, index);
    reader r = { node->bytes, lua_absindex(L, index), 0 };
    const uint8_t *end = r.at + node->call.n_bytes;

    if (node->call.n_bytes == 0 && i >= 1 && i <= node->call.n_kept) {
        lua_getiuservalue(L, index, (int)i);
        return;
    }
    lua_pushnil(L);
    for (; i > 0 && r.at < end; i--) {
        lua_pop(L, 1);
        unpack(L, &r);
    }
    if (i > 0) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
}
