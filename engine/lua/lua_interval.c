/* lua_interval.c - numbers that are known in bounds only, as tables of Lua. */
#include "lua_interval.h"

#include <string.h>

#include <dekking/write.h>

#include "base/number.h"
#include "data/marker.h"
#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_value.h"

#define INTERVAL "dk.interval"

static const char *const members[] = { "least", "greatest", "marker", "meaning", "may_be_null", NULL };

static void set_bound(lua_State *L, const char *name, bool is_open, int64_t bound, uint8_t scale, bool exactly)
{
    dk_value value = { .type = scale > 0 ? DK_DECIMAL : DK_INTEGER, .scale = scale, .as.integer = bound };

    if (is_open)
        return;
    if (exactly && scale > 0)
        dkl_push_scalar(L, &value);
    else
        dkl_push_value(L, &value);
    lua_setfield(L, -2, name);
}

void dkl_push_interval(lua_State *L, const dk_value *value, bool exactly)
{
    const dk_interval *interval = &value->as.interval;

    if (!dk_interval_is_known(interval) && interval->marker.size == 0) {
        lua_pushnil(L);
        return;
    }
    lua_createtable(L, 0, 4);
    luaL_setmetatable(L, INTERVAL);
    set_bound(L, "least", interval->no_least, interval->least, value->scale, exactly);
    set_bound(L, "greatest", interval->no_greatest, interval->greatest, value->scale, exactly);
    if (interval->marker.size > 0) {
        lua_pushlstring(L, interval->marker.bytes, interval->marker.size);
        lua_setfield(L, -2, "marker");
    }
    if (interval->meaning != DK_MEANS_NOTHING) {
        lua_pushstring(L, dk_meaning_name(interval->meaning));
        lua_setfield(L, -2, "meaning");
    }
    if (interval->may_be_null) {
        lua_pushboolean(L, true);
        lua_setfield(L, -2, "may_be_null");
    }
}

/* The bound of that name, as the engine's value; null where it is absent. */
static dk_value get_bound(lua_State *L, int index, const char *name)
{
    dk_value value = { .type = DK_INTEGER, .is_null = true };
    bool fits = true;

    lua_pushstring(L, name);
    if (lua_rawget(L, index) != LUA_TNIL)
        fits = dkl_exact_number(L, -1, &value) && (value.type == DK_INTEGER || value.type == DK_DECIMAL);
    if (!fits)
        dkl_fail(L, "the %s of an interval is a number of at most 18 digits, not %s", name, dkl_push_given(L, -1));
    lua_pop(L, 1);
    return value;
}

/* A text of the table, which keeps it. */
static dk_text get_text(lua_State *L, int index, const char *name)
{
    dk_text text = { "", 0 };

    lua_pushstring(L, name);
    if (lua_rawget(L, index) == LUA_TSTRING)
        text.bytes = lua_tolstring(L, -1, &text.size);
    else if (!lua_isnil(L, -1))
        dkl_fail(L, "the %s of an interval is a string, not %s", name, dkl_push_kind(L, -1));
    lua_pop(L, 1);
    return text;
}

static bool get_may_be_null(lua_State *L, int index)
{
    bool may;

    lua_pushliteral(L, "may_be_null");
    if (lua_rawget(L, index) > LUA_TBOOLEAN)
        dkl_fail(L, "the may_be_null of an interval is true or false, not %s", dkl_push_kind(L, -1));
    may = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return may;
}

/* Gives what may be null its marker, which says that; it has no other. */
static void mark(lua_State *L, dk_value *value)
{
    dk_interval *interval = &value->as.interval;
    dk_text given = interval->marker;

    if (value->is_null || interval->meaning == DK_MEANS_SUPPRESSED || interval->meaning == DK_MEANS_UNAVAILABLE)
        dkl_fail(L, "what may be null is a number in bounds, an estimate or unbounded, and no other");
    dki_interval_mark(interval);
    if (given.size > 0 &&
        (given.size != interval->marker.size || memcmp(given.bytes, interval->marker.bytes, given.size) != 0))
        dkl_fail(L, "an interval that may be null has the marker \"%s\", not \"%s\"", interval->marker.bytes,
                 given.bytes);
}

static int64_t rescale(lua_State *L, const dk_value *bound, uint8_t scale)
{
    int64_t scaled = 0;

    if (!bound->is_null && !dki_rescale(bound->as.integer, bound->scale, scale, &scaled))
        dkl_fail(L, "the bounds of an interval have more than 18 digits together");
    return scaled;
}

static void check_members(lua_State *L, int index)
{
    const char *unknown;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        if (lua_type(L, -2) != LUA_TSTRING)
            dkl_fail(L, "an interval has members by name, such as { least = 0, greatest = 4 }");
    unknown = dkl_find_unknown(L, index, members);
    if (unknown)
        dkl_fail_unknown(L, "an interval", "member", unknown, strlen(unknown), members);
}

bool dkl_to_interval(lua_State *L, int index, dk_value *out)
{
    dk_value least, greatest, value = { .type = DK_INTERVAL };
    dk_text meaning;

    index = lua_absindex(L, index);
    if (!lua_istable(L, index))
        return false;
    check_members(L, index);
    least = get_bound(L, index, "least");
    greatest = get_bound(L, index, "greatest");
    meaning = get_text(L, index, "meaning");
    value.as.interval.marker = get_text(L, index, "marker");
    value.as.interval.may_be_null = get_may_be_null(L, index);
    value.scale = least.scale > greatest.scale ? least.scale : greatest.scale;
    value.as.interval.no_least = least.is_null;
    value.as.interval.no_greatest = greatest.is_null;
    value.as.interval.least = rescale(L, &least, value.scale);
    value.as.interval.greatest = rescale(L, &greatest, value.scale);
    if (meaning.size > 0 && !dk_meaning_find(meaning.bytes, &value.as.interval.meaning))
        dkl_fail(L, "a marker means suppressed, estimate, unavailable, impossible or unbounded, not %s",
                 meaning.bytes);
    value.is_null = !dk_interval_is_known(&value.as.interval);
    if (value.as.interval.meaning == DK_MEANS_IMPOSSIBLE && (!least.is_null || !greatest.is_null))
        dkl_fail(L, "an interval that is impossible has no least and no greatest");
    if (value.as.interval.meaning == DK_MEANS_UNBOUNDED) {
        if (!least.is_null || !greatest.is_null)
            dkl_fail(L, "an interval that is unbounded has no least and no greatest");
    } else if (!value.as.interval.may_be_null && (value.as.interval.marker.size > 0) != (meaning.size > 0)) {
        dkl_fail(
            L,
            "an interval has a marker and its meaning, or neither: { marker = \"x\", meaning = \"suppressed\" }");
    }
    if (value.as.interval.may_be_null)
        mark(L, &value);
    *out = value;
    return true;
}

static int interval_tostring(lua_State *L)
{
    dk_value value;
    char text[256];

    if (!dkl_to_interval(L, 1, &value))
        return dkl_arg_fail(L, 1, "an interval");
    (void)dk_value_print(&value, NULL, DK_STYLE_INTERNATIONAL, text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

static bool is_interval(lua_State *L, int index)
{
    bool is_one = lua_getmetatable(L, index);

    luaL_getmetatable(L, INTERVAL);
    is_one = is_one && lua_rawequal(L, -1, -2);
    lua_settop(L, 2);
    return is_one;
}

/* The same bounds, marker and meaning; 1 and 1.00 are the same bound. */
static int interval_eq(lua_State *L)
{
    dk_value a, b;
    bool same = is_interval(L, 1) && is_interval(L, 2) && dkl_to_interval(L, 1, &a) && dkl_to_interval(L, 2, &b);

    if (same) {
        dk_text x = a.as.interval.marker, y = b.as.interval.marker;
        const dk_interval *l = &a.as.interval, *r = &b.as.interval;

        same = l->no_least == r->no_least && l->no_greatest == r->no_greatest && l->meaning == r->meaning &&
               l->may_be_null == r->may_be_null && dki_decimal_compare(l->least, a.scale, r->least, b.scale) == 0 &&
               dki_decimal_compare(l->greatest, a.scale, r->greatest, b.scale) == 0 && x.size == y.size &&
               memcmp(x.bytes, y.bytes, x.size) == 0;
    }
    lua_pushboolean(L, same);
    return 1;
}

static const luaL_Reg meta[] = { { "__eq", interval_eq }, { "__tostring", interval_tostring }, { NULL, NULL } };

void dkl_open_interval(lua_State *L)
{
    dkl_class(L, INTERVAL, meta);
}
