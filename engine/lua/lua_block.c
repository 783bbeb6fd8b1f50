/* lua_block.c - blocks of rows, as functions of a script get them. */
#include "lua_block.h"

#include <string.h>

#include "base/number.h"
#include "lua_options.h"
#include "lua_value.h"

/* User values of a block. A frame is { NAME = i, [i] = NAME, texts = { [i] = { [code] = string } } }. */
enum { FRAME = 1, LISTS = 2, BLOCK_VALUES = 2 };

static const char texts_key; /* of a frame: no column can have that name */

struct dkl_block {
    const dk_view *views; /* NULL: dead */
    size_t n_rows;
    uint64_t first;
};

/* Lists. ---------------------------------------------------------------------------------------------------------- */

static inline bool is_known(const dk_view *view, size_t i)
{
    return view->valid == NULL || (view->valid[i / 64] >> (i % 64) & 1);
}

static inline size_t row_at(const dk_view *view, const uint32_t *rows, size_t k)
{
    return view->constant ? 0 : rows ? rows[k] : k;
}

/* What most columns hold is pushed by loops of its own: the switch of dkl_push_view costs more than the value. */
#define FILL(is_there, push)                      \
    for (size_t k = 0; k < n; k++) {              \
        size_t i = row_at(view, rows, k);         \
        if (!(is_there))                          \
            continue;                             \
        push;                                     \
        lua_rawseti(L, list, (lua_Integer)k + 1); \
    }
#define FILL_INTEGERS(c_type)                                                                    \
    do {                                                                                         \
        const c_type *values = view->values;                                                     \
        if (view->type == DK_DECIMAL)                                                            \
            FILL(is_known(view, i), lua_pushnumber(L, dki_decimal_real(values[i], view->scale))) \
        else                                                                                     \
            FILL(is_known(view, i), lua_pushinteger(L, values[i]))                               \
    } while (0)
#define FILL_CODES(c_type) \
    FILL(((const c_type *)view->values)[i] != 0, push_code(L, view, ((const c_type *)view->values)[i], texts))

static void push_code(lua_State *L, const dk_view *view, uint32_t code, int texts)
{
    dk_text level;

    if (texts != 0 && lua_rawgeti(L, texts, code) != LUA_TNIL)
        return;
    if (texts != 0)
        lua_pop(L, 1);
    level = dk_dictionary_level(view->levels, code);
    lua_pushlstring(L, level.bytes, level.size);
    if (texts != 0) {
        lua_pushvalue(L, -1);
        lua_rawseti(L, texts, code);
    }
}

void dkl_push_list(lua_State *L, const dk_view *view, const uint32_t *rows, size_t n, int texts)
{
    bool is_set = view->levels && dk_dictionary_members(view->levels);
    bool is_plain = view->type != DK_INTEGER && view->type != DK_DECIMAL && view->type != DK_REAL &&
                    (view->type != DK_CATEGORY || is_set);
    dk_storage storage = is_plain ? DK_STORE_RATIO : view->storage;
    int list;

    luaL_checkstack(L, 8, "too many values");
    texts = texts ? lua_absindex(L, texts) : 0;
    lua_createtable(L, (int)n, 0);
    list = lua_gettop(L);
    switch (storage) {
    case DK_STORE_I8: FILL_INTEGERS(int8_t); break;
    case DK_STORE_I16: FILL_INTEGERS(int16_t); break;
    case DK_STORE_I32: FILL_INTEGERS(int32_t); break;
    case DK_STORE_I64: FILL_INTEGERS(int64_t); break;
    case DK_STORE_F64: FILL(is_known(view, i), lua_pushnumber(L, ((const double *)view->values)[i])); break;
    case DK_STORE_U8: FILL_CODES(uint8_t); break;
    case DK_STORE_U16: FILL_CODES(uint16_t); break;
    case DK_STORE_U32: FILL_CODES(uint32_t); break;
    default: FILL(true, dkl_push_view(L, view, i)); break;
    }
}

/* Blocks. --------------------------------------------------------------------------------------------------------- */

void dkl_push_frame(lua_State *L, const char *const *names, size_t n)
{
    luaL_checkstack(L, 6, "too many values");
    lua_createtable(L, n < 1000000 ? (int)n : 0, n < 1000000 ? (int)n + 1 : 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, names[i]);
        lua_pushvalue(L, -1);
        lua_pushinteger(L, (lua_Integer)i + 1);
        lua_rawset(L, -4); /* frame name */
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_newtable(L);
    lua_rawsetp(L, -2, &texts_key);
}

dkl_block *dkl_push_block(lua_State *L, int frame, const dk_view *views, size_t n_rows, uint64_t first)
{
    dkl_block *block;

    luaL_checkstack(L, 4, "too many values");
    frame = lua_absindex(L, frame);
    block = lua_newuserdatauv(L, sizeof *block, BLOCK_VALUES);
    block->views = views;
    block->n_rows = n_rows;
    block->first = first;
    lua_pushvalue(L, frame);
    lua_setiuservalue(L, -2, FRAME);
    luaL_setmetatable(L, DKL_BLOCK);
    return block;
}

void dkl_block_end(dkl_block *block)
{
    if (block)
        block->views = NULL;
}

/* The block, alive, as argument 1. */
static dkl_block *check_block(lua_State *L)
{
    dkl_block *block = luaL_testudata(L, 1, DKL_BLOCK);

    if (block == NULL)
        dkl_arg_fail(L, 1, "a block");
    else if (block->views == NULL)
        dkl_fail(L, "this block is over, and other rows stand in its place (keep lists such as b.leeftijd, not b)");
    return block;
}

/* The list of column i, from 1: the one that was made, or a new one. */
static int push_column(lua_State *L, const dkl_block *block, lua_Integer i)
{
    int lists, texts;

    if (lua_getiuservalue(L, 1, LISTS) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, 1, LISTS);
    }
    lists = lua_gettop(L);
    if (lua_rawgeti(L, lists, i) != LUA_TNIL)
        return 1;
    lua_getiuservalue(L, 1, FRAME);
    lua_rawgetp(L, -1, &texts_key);
    if (lua_rawgeti(L, -1, i) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, i);
    }
    texts = lua_gettop(L);
    dkl_push_list(L, &block->views[i - 1], NULL, block->n_rows, texts);
    lua_pushvalue(L, -1);
    lua_rawseti(L, lists, i);
    return 1;
}

/* Pushes the column that argument 2 names. */
static int find_column(lua_State *L, const dkl_block *block)
{
    const char *name = dkl_check_text(L, 2, "the name of a column"), **names;
    size_t n;

    lua_getiuservalue(L, 1, FRAME);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, -2) == LUA_TNUMBER)
        return push_column(L, block, lua_tointeger(L, -1));
    lua_pop(L, 1);
    names = dkl_sorted_keys(L, -1, &n);
    return dkl_fail_unknown(L, "the block", "column", name, strlen(name), names);
}

/* b:column "name" -> the list of its values, also where a method has that name */
static int block_column(lua_State *L)
{
    const dkl_block *block = check_block(L);

    return find_column(L, block);
}

/* b:row(i) -> { column = value } of row i of the block, without what is null */
static int block_row(lua_State *L)
{
    const dkl_block *block = check_block(L);
    int exact;
    lua_Integer row = lua_tointegerx(L, 2, &exact);
    size_t n;

    if (!exact || row < 1 || (size_t)row > block->n_rows) {
        lua_pushfstring(L, "the number of a row of the block, 1 to %d", (int)block->n_rows);
        return dkl_arg_fail(L, 2, lua_tostring(L, -1));
    }
    lua_getiuservalue(L, 1, FRAME);
    n = lua_rawlen(L, -1);
    lua_createtable(L, 0, n < 1000000 ? (int)n : 0);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -2, (lua_Integer)i + 1);
        dkl_push_view(L, &block->views[i], (size_t)row - 1); /* frame record name value */
        lua_rawset(L, -3);
    }
    return 1;
}

/* b:first() -> the number that its first row has in the table, from 1 */
static int block_first(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)check_block(L)->first + 1);
    return 1;
}

static int block_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)check_block(L)->n_rows);
    return 1;
}

/* __index; upvalue: the methods */
static int block_index(lua_State *L)
{
    const dkl_block *block = check_block(L);

    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_fail(L, "a block is indexed by the name of a column, not by %s (row i of it is b:row(i))",
                        dkl_push_kind(L, 2));
    return find_column(L, block);
}

static int block_newindex(lua_State *L)
{
    check_block(L);
    return dkl_fail(L, "a block only shows rows of a table, and a table never changes");
}

static int block_tostring(lua_State *L)
{
    const dkl_block *block = luaL_checkudata(L, 1, DKL_BLOCK);

    if (block->views == NULL)
        lua_pushliteral(L, "block that is over");
    else
        lua_pushfstring(L, "block of rows %I to %I", (LUAI_UACINT)block->first + 1,
                        (LUAI_UACINT)(block->first + block->n_rows));
    return 1;
}

static const luaL_Reg methods[] = {
    { "column", block_column }, { "first", block_first }, { "row", block_row }, { NULL, NULL }
};

static const luaL_Reg meta[] = {
    { "__len", block_len }, { "__newindex", block_newindex }, { "__tostring", block_tostring }, { NULL, NULL }
};

void dkl_open_block(lua_State *L)
{
    dkl_class(L, DKL_BLOCK, meta);
    luaL_getmetatable(L, DKL_BLOCK);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, block_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
