/* lua_callback.c - functions of a script that the engine calls. */
#include "lua_callback.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/types.h"
#include "chunk.h"
#include "lua_options.h"
#include "lua_value.h"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* What Lua says of a yield that cannot be, of functions that ask each other without end and of an error without a value has no
 * line, or one of the library. */
static int explain_error(lua_State *L)
{
    const char *text = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "", *said = NULL;

    lua_settop(L, 1);
    if (begins(text, &DKL_CHUNK[1])) /* "dekking/map.lua:20: " */
        text = strstr(text, ": ") ? strstr(text, ": ") + 2 : text;
    if (begins(text, "attempt to yield "))
        said = "a function that answers a part of a question cannot yield: who asked waits for the answer";
    else if (begins(text, "C stack overflow"))
        said = "functions ask each other without end (C stack overflow)";
    else if (lua_isnil(L, 1))
        said = "error was called without a value";
    else if (lua_isboolean(L, 1) && !lua_toboolean(L, 1)) /* dkl_raise knows it from no error by that */
        said = "error was called with false, which says nothing";
    if (said == NULL)
        return 1;
    dkl_where(L);
    lua_pushstring(L, said);
    lua_concat(L, 2);
    return 1;
}

/* core.explained(function, ...) -> what it gives; raises what it raises, put so that it says where */
static int core_explained(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushcfunction(L, explain_error);
    lua_insert(L, 1);
    if (lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1) != LUA_OK)
        return lua_error(L);
    return lua_gettop(L) - 1;
}

void dkl_open_callback(lua_State *L)
{
    lua_pushcfunction(L, core_explained);
    lua_setfield(L, 2, "explained");
}

static void fill_error(dk_error *err, const char *text)
{
    if (err == NULL)
        return;
    memset(err, 0, sizeof *err);
    err->code = DK_ERR_CALLBACK;
    strncpy(err->message, text, sizeof err->message - 1);
}

dk_status dkl_call_back(dkl_state *state, lua_CFunction function, void *call, dk_error *err)
{
    lua_State *L = state->running;
    dk_status status = DK_OK;
    int top;

    if (L == NULL || !lua_checkstack(L, 8)) {
        fill_error(err, L ? "too many values on Lua's stack" : "a function of the script cannot be called here");
        return DK_ERR_CALLBACK;
    }
    top = lua_gettop(L);
    lua_pushcfunction(L, explain_error);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, call);
    if (lua_pcall(L, 1, 0, top + 1) != LUA_OK) {
        fill_error(err, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error that is no text");
        dkl_keep_error(L);
        status = DK_ERR_CALLBACK;
    }
    lua_settop(L, top);
    return status;
}

/* Results. -------------------------------------------------------------------------------------------------------- */

dk_type dkl_option_result(lua_State *L, int index, const char *what, uint8_t *scale)
{
    static const char *const names[] = {
        "boolean", "integer", "decimal", "real", "text", "date", "timestamp", NULL
    };
    static const dk_type types[] = { DK_BOOLEAN, DK_INTEGER, DK_DECIMAL, DK_REAL, DK_TEXT, DK_DATE, DK_TIMESTAMP };
    const char *text = dkl_option_text(L, index, what, "result");
    unsigned digits = 0;
    int end = 0;

    if (text && sscanf(text, "decimal(%2u)%n", &digits, &end) == 1 && end > 0 && text[end] == '\0') {
        *scale = (uint8_t)digits;
        return DK_DECIMAL;
    }
    *scale = 0;
    return types[dkl_option_choice(L, index, what, "result", names, 3)];
}

/* A number that is not of the type becomes the nearest that is. */
static bool convert(dk_value *value, dk_type type, uint8_t scale)
{
    dk_value made = { .type = type, .scale = scale };
    dki_i128 rounded;
    int64_t time;

    switch (type) {
    case DK_REAL:
        if (value->type != DK_INTEGER && value->type != DK_DECIMAL && value->type != DK_RATIO)
            return false;
        made.as.real = value->type == DK_RATIO ? dki_ratio_real(value->as.ratio)
                                               : dki_decimal_real(value->as.integer, value->scale);
        break;
    case DK_DECIMAL:
        if (!dk_type_is_number(value->type) || !dki_round_value(value, scale, &rounded) || rounded < INT64_MIN ||
            rounded > INT64_MAX)
            return false;
        made.as.integer = (int64_t)rounded;
        break;
    case DK_DATE:
    case DK_TIMESTAMP:
        if (value->type != DK_TEXT || !dki_type_parse(type, 0, value->as.text, &time))
            return false;
        made.as.integer = time;
        break;
    default: return type == DK_CATEGORY && value->type == DK_TEXT;
    }
    *value = made;
    return true;
}

bool dkl_to_result(lua_State *L, int index, dk_type type, uint8_t scale, dk_value *out)
{
    dk_value value = { .type = type, .is_null = true };

    if (type == DK_REAL && lua_type(L, index) == LUA_TNUMBER) { /* without looking for its shortest decimal */
        *out = (dk_value){ .type = DK_REAL, .as.real = (double)lua_tonumber(L, index) };
        return isfinite(out->as.real);
    }
    if (!lua_isnil(L, index) && !dkl_to_value(L, index, &value))
        return false;
    if (value.is_null)
        value = (dk_value){ .type = type, .is_null = true };
    *out = value;
    if (value.is_null || (value.type == type && (type != DK_DECIMAL || value.scale == scale)))
        return true;
    return convert(out, type, scale);
}

int dkl_fail_result(lua_State *L, int index, const char *who, dk_type type)
{
    bool is_number = lua_type(L, index) == LUA_TNUMBER;
    const char *what;

    index = lua_absindex(L, index);
    what =
        is_number || lua_type(L, index) == LUA_TSTRING ? luaL_tolstring(L, index, NULL) : dkl_push_kind(L, index);
    return dkl_fail(L, "%s gave %s, and its result is %s%s", who, what, dk_type_name(type),
                    is_number ? " (nil is what is not known)" : "");
}
