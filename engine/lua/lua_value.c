/* lua_value.c - values between Lua and the engine, and two that are nothing else: null and total. */
#include "lua_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/number.h"
#include "base/period.h"
#include "base/types.h"
#include "data/column_parts.h"
#include "data/members.h"
#include "lua_interval.h"
#include "lua_scalar.h"

static const char null_key;
static const char total_key;

void dkl_push_null(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &null_key);
}

static bool is_sentinel(lua_State *L, int index, const void *key)
{
    bool same;

    if (lua_type(L, index) != LUA_TUSERDATA)
        return false;
    index = lua_absindex(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    same = lua_rawequal(L, index, -1);
    lua_pop(L, 1);
    return same;
}

bool dkl_is_null(lua_State *L, int index)
{
    return is_sentinel(L, index, &null_key);
}
bool dkl_is_total(lua_State *L, int index)
{
    return is_sentinel(L, index, &total_key);
}

static void push_date(lua_State *L, int64_t days)
{
    char text[32];

    dki_format_date(days, text, sizeof text);
    lua_pushstring(L, text);
}

static void push_timestamp(lua_State *L, int64_t microseconds)
{
    char text[48];

    dki_format_timestamp(microseconds, text, sizeof text);
    lua_pushstring(L, text);
}

static void push_period(lua_State *L, int64_t period, unsigned frequency)
{
    char text[DKI_PERIOD_BYTES];

    dki_format_period(period, frequency, text, sizeof text);
    lua_pushstring(L, text);
}

void dkl_push_value(lua_State *L, const dk_value *value)
{
    if (value->type == DK_INTERVAL) {
        dkl_push_interval(L, value, false);
        return;
    }
    if (value->is_null) {
        lua_pushnil(L);
        return;
    }
    switch (value->type) {
    case DK_BOOLEAN: lua_pushboolean(L, value->as.boolean); break;
    case DK_INTEGER: lua_pushinteger(L, value->as.integer); break;
    case DK_DECIMAL: lua_pushnumber(L, dki_decimal_real(value->as.integer, value->scale)); break;
    case DK_REAL: lua_pushnumber(L, value->as.real); break;
    case DK_RATIO: lua_pushnumber(L, dki_ratio_real(value->as.ratio)); break;
    case DK_DATE: push_date(L, value->as.integer); break;
    case DK_TIMESTAMP: push_timestamp(L, value->as.integer); break;
    case DK_PERIOD: push_period(L, value->as.integer, value->scale); break;
    case DK_CATEGORY:
    case DK_TEXT: lua_pushlstring(L, value->as.text.bytes, value->as.text.size); break;
    default: lua_pushnil(L); break;
    }
}

void dkl_push_value_of(lua_State *L, const dk_dictionary *levels, const dk_value *value)
{
    dk_text member;
    lua_Integer n = 0;

    if (value->is_null || levels == NULL || dk_dictionary_members(levels) == NULL) {
        dkl_push_value(L, value);
        return;
    }
    lua_newtable(L);
    for (size_t at = 0; dki_next_member(value->as.text, &at, &member);) {
        lua_pushlstring(L, member.bytes, member.size);
        lua_rawseti(L, -2, ++n);
    }
}

void dkl_push_view(lua_State *L, const dk_view *view, size_t i)
{
    dk_value value = dki_view_value(view, i);

    dkl_push_value_of(L, view->levels, &value);
}

bool dkl_to_value(lua_State *L, int index, dk_value *out)
{
    dk_value value = { .type = DK_TEXT };

    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        value.type = DK_BOOLEAN;
        value.as.boolean = lua_toboolean(L, index);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            value.type = DK_INTEGER;
            value.as.integer = lua_tointeger(L, index);
        } else {
            double number = lua_tonumber(L, index);

            if (!isfinite(number))
                return false;
            value.type = DK_DECIMAL;
            if (!dki_real_to_decimal(number, &value.as.integer, &value.scale)) {
                value.type = DK_REAL;
                value.scale = 0;
                value.as.real = number;
            }
        }
        break;
    case LUA_TSTRING: value.as.text.bytes = lua_tolstring(L, index, &value.as.text.size); break;
    default:
        if (dkl_test_scalar(L, index))
            dkl_scalar_value(L, index, &value);
        else if (dkl_is_null(L, index))
            value.is_null = true;
        else
            return false;
    }
    *out = value;
    return true;
}

static int compare_params(const void *a, const void *b)
{
    return strcmp(((const dk_param *)a)->name, ((const dk_param *)b)->name);
}

void dkl_check_params(lua_State *L, int index, dk_params *out)
{
    const char *wrong = NULL; /* the first in order */
    dk_param *items;
    size_t n = 0;

    out->items = NULL;
    out->n = 0;
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L);
        return;
    }
    index = lua_absindex(L, index);
    if (!lua_istable(L, index)) {
        dkl_fail(L, "parameters are a table such as { aandeel = 0.3 }, not %s", dkl_push_kind(L, index));
        return;
    }
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        n++;
    items = dkl_array(L, n, sizeof *items);
    n = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            dkl_fail(L, "a parameter has a name, not %s as its key", dkl_push_given(L, -2));
            return;
        }
        items[n].name = lua_tostring(L, -2);
        if (strlen(items[n].name) != lua_rawlen(L, -2) || !dkl_to_value(L, -1, &items[n].value)) {
            if (wrong == NULL || strcmp(items[n].name, wrong) < 0)
                wrong = items[n].name;
        }
        n++;
    }
    if (wrong) {
        lua_getfield(L, index, wrong);
        dkl_fail(L, "parameter $%s must be a number, a string, true, false, dk.null or a date or such, not %s",
                 wrong, lua_type(L, -1) == LUA_TNUMBER ? luaL_tolstring(L, -1, NULL) : dkl_push_kind(L, -1));
        return;
    }
    /* Lua's order differs from run to run, and the first one at fault is the one reported. */
    if (n > 1)
        qsort(items, n, sizeof *items, compare_params);
    out->items = items;
    out->n = n;
}

void dkl_push_type(lua_State *L, const dk_column *column)
{
    dk_type type = dk_column_type(column);

    if (type == DK_DECIMAL || (type == DK_INTERVAL && dk_column_scale(column) > 0))
        lua_pushfstring(L, "%s(%d)", dk_type_name(type), (int)dk_column_scale(column));
    else
        lua_pushstring(L, dk_column_type_name(column));
}

/* dk.null and dk.total ------------------------------------------------------------------------------------------- */

static int sentinel_tostring(lua_State *L)
{
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* Metamethod of what computes or compares; upvalue: its name. The other side may know what to do. */
static int sentinel_refuse(lua_State *L)
{
    const char *name;

    if (!luaL_testudata(L, 2, DKL_SENTINEL) &&
        luaL_getmetafield(L, 2, lua_tostring(L, lua_upvalueindex(1))) != LUA_TNIL) {
        lua_insert(L, 1);
        lua_call(L, 2, 1);
        return 1;
    }
    name = luaL_tolstring(L, luaL_testudata(L, 1, DKL_SENTINEL) ? 1 : 2, NULL);
    return dkl_fail(L, "dk.%s is no value: nothing is computed from it, and it has no order (test with == dk.%s)",
                    name, name);
}

static const luaL_Reg sentinel_meta[] = { { "__tostring", sentinel_tostring }, { NULL, NULL } };

static void new_sentinel(lua_State *L, const void *key, const char *name)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newuserdatauv(L, 0, 1);
        lua_pushstring(L, name);
        lua_setiuservalue(L, -2, 1);
        luaL_setmetatable(L, DKL_SENTINEL);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, key);
    }
    lua_setfield(L, 1, name);
}

/* core.decimal(number) -> the digits of its shortest decimal as a whole number, and how many stand after the point;
 * nil where that does not fit in 64 bits */
static int core_decimal(lua_State *L)
{
    dk_value value;

    if (!dkl_exact_number(L, 1, &value) || value.type == DK_REAL || value.type == DK_RATIO) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, value.as.integer);
    lua_pushinteger(L, value.scale); /* 0 of an integer */
    return 2;
}

/* core.is_number(value): one of Lua, a decimal or a ratio */
static int core_is_number(lua_State *L)
{
    dk_value value;

    lua_pushboolean(L, lua_type(L, 1) == LUA_TNUMBER || dkl_exact_number(L, 1, &value));
    return 1;
}

void dkl_open_value(lua_State *L)
{
    static const char *const refused[] = { "__add", "__sub", "__mul",    "__div", "__mod", "__idiv",
                                           "__pow", "__unm", "__concat", "__lt",  "__le" };

    lua_pushcfunction(L, core_is_number);
    lua_setfield(L, 2, "is_number");
    lua_pushcfunction(L, core_decimal);
    lua_setfield(L, 2, "decimal");
    dkl_class(L, DKL_SENTINEL, sentinel_meta);
    luaL_getmetatable(L, DKL_SENTINEL);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        lua_pushstring(L, refused[i]);
        lua_pushcclosure(L, sentinel_refuse, 1);
        lua_setfield(L, -2, refused[i]);
    }
    lua_pop(L, 1);
    dkl_open_interval(L);
    dkl_open_scalar(L);
    new_sentinel(L, &null_key, "null");
    new_sentinel(L, &total_key, "total");
}
