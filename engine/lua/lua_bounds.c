/* lua_bounds.c - what a script says of markers and rounding. */
#include "lua_bounds.h"

#include <string.h>

#include "base/number.h"
#include "lua_options.h"
#include "lua_value.h"

/* A marker as it was said: its bounds in digits of their own. */
struct said {
    dk_interval interval;
    dk_value bounds[2];
};

static int fail_marker(lua_State *L, const char *what, const char *marker, const char *problem)
{
    return dkl_fail(L, "%s: the marker \"%s\": %s", what, marker, problem);
}

/* The number on top of the stack, or null where there is nil; pops it. */
static dk_value take_bound(lua_State *L, const char *what, const char *marker)
{
    dk_value value = { .type = DK_INTEGER, .is_null = true };

    if (!lua_isnil(L, -1) &&
        (lua_type(L, -1) != LUA_TNUMBER || !dkl_to_value(L, -1, &value) || value.type == DK_REAL))
        fail_marker(L, what, marker, "its bounds are numbers of at most 18 digits");
    lua_pop(L, 1);
    return value;
}

static void take_meaning(lua_State *L, const char *what, const char *marker, dk_meaning *out)
{
    if (!dk_meaning_find(dkl_check_text(L, -1, what), out))
        fail_marker(L, what, marker,
                    lua_pushfstring(L,
                                    "it means suppressed, estimate, unavailable, impossible or unbounded, not '%s'",
                                    lua_tostring(L, -1)));
}

/* A list such as { "suppressed", 0, 4 } or { 0, 4 }, at the top of the stack. */
static void read_list(lua_State *L, const char *what, const char *marker, struct said *out)
{
    int list = lua_gettop(L), first = 1;
    lua_Unsigned n = lua_rawlen(L, list);

    if (lua_rawgeti(L, list, 1) == LUA_TSTRING) {
        take_meaning(L, what, marker, &out->interval.meaning);
        first = 2;
    }
    lua_pop(L, 1);
    if (n > (lua_Unsigned)first + 1)
        fail_marker(L, what, marker,
                    "a list has at most a word, the least and the greatest: { \"suppressed\", 0, 4 }");
    for (lua_pushnil(L); lua_next(L, list); lua_pop(L, 1))
        if (lua_type(L, -2) != LUA_TNUMBER)
            fail_marker(L, what, marker, "a list has no names: { \"suppressed\", 0, 4 }");
    for (int side = 0; side < 2; side++) {
        lua_rawgeti(L, list, first + side);
        out->bounds[side] = take_bound(L, what, marker);
    }
}

/* What stands for the marker, at the top of the stack. */
static void read_said(lua_State *L, const char *what, const char *marker, struct said *out)
{
    const dk_value none = { .type = DK_INTEGER, .is_null = true };
    dk_meaning meaning;
    bool any;

    *out = (struct said){ .interval.meaning = DK_MEANS_NOTHING, .bounds = { none, none } };
    if (lua_type(L, -1) == LUA_TSTRING) {
        take_meaning(L, what, marker, &out->interval.meaning);
    } else if (lua_type(L, -1) == LUA_TNUMBER) {
        lua_pushvalue(L, -1);
        out->bounds[0] = out->bounds[1] = take_bound(L, what, marker);
    } else if (lua_istable(L, -1)) {
        read_list(L, what, marker, out);
    } else {
        fail_marker(L, what, marker,
                    "it is a word such as \"suppressed\", a list { \"suppressed\", 0, 4 }, or a number");
    }
    meaning = out->interval.meaning;
    any = !out->bounds[0].is_null || !out->bounds[1].is_null;
    if (meaning == DK_MEANS_IMPOSSIBLE && any)
        fail_marker(L, what, marker, "what is impossible has no bounds");
    if (meaning == DK_MEANS_UNBOUNDED && any)
        fail_marker(L, what, marker, "what is unbounded has no bounds");
    if ((meaning == DK_MEANS_NOTHING || meaning == DK_MEANS_ESTIMATE) && !any)
        fail_marker(L, what, marker, "say its bounds: { \"estimate\", 300, 370 }");
    if (any && !out->bounds[0].is_null && !out->bounds[1].is_null &&
        dk_value_compare(&out->bounds[0], &out->bounds[1]) > 0)
        fail_marker(L, what, marker, "its least bound is above the greatest");
}

static uint8_t scale_of(const dk_value *value, uint8_t so_far)
{
    return value->scale > so_far ? value->scale : so_far;
}

static int64_t rescale(lua_State *L, const char *what, const dk_value *value, uint8_t scale)
{
    int64_t scaled = 0;

    if (!value->is_null && !dki_rescale(value->as.integer, value->scale, scale, &scaled))
        dkl_fail(L, "%s: the bounds of the markers have more than 18 digits together", what);
    return scaled;
}

static dk_value option_rounded(lua_State *L, int index, const char *what)
{
    dk_value value = { .type = DK_INTEGER, .as.integer = 0 };

    if (dkl_option(L, index, "rounded") && (lua_type(L, -1) != LUA_TNUMBER || !dkl_to_value(L, -1, &value) ||
                                            value.type == DK_REAL || value.as.integer <= 0))
        dkl_fail(L, "%s: rounded is the number that figures are multiples of, such as 10", what);
    lua_pop(L, 1);
    return value;
}

const dk_bounds_rule *dkl_option_bounds(lua_State *L, int index, const char *what)
{
    dk_value rounded;
    dk_bounds_rule *rule;
    dk_interval *markers;
    struct said *said;
    const char **keys = NULL;
    size_t n = 0;
    int option;

    index = lua_absindex(L, index);
    luaL_checkstack(L, 20, "too many markers");
    rounded = option_rounded(L, index, what);
    if (dkl_option(L, index, "markers")) {
        option = lua_gettop(L);
        if (!lua_istable(L, option))
            dkl_fail(L, "%s: markers are a table such as { x = \"suppressed\" }, not %s", what,
                     dkl_push_kind(L, option));
        for (lua_pushnil(L); lua_next(L, option); lua_pop(L, 1))
            if (lua_type(L, -2) != LUA_TSTRING)
                dkl_fail(L, "%s: a marker is a string: [\"%s\"] = ...", what, dkl_push_given(L, -2));
        keys = dkl_sorted_keys(L, option, &n);
    } else {
        option = lua_gettop(L);
    }
    if (keys == NULL && rounded.as.integer == 0)
        return NULL;
    rule = dkl_array(L, 1, sizeof *rule);
    markers = dkl_array(L, n, sizeof *markers);
    said = dkl_array(L, n, sizeof *said);
    rule->scale = rounded.scale;
    for (size_t i = 0; i < n; i++) {
        if (*keys[i] == '\0')
            dkl_fail(L, "%s: a field without text is null, and no marker", what);
        lua_getfield(L, option, keys[i]);
        read_said(L, what, keys[i], &said[i]);
        lua_pop(L, 1);
        for (int side = 0; side < 2; side++)
            rule->scale = scale_of(&said[i].bounds[side], rule->scale);
    }
    for (size_t i = 0; i < n; i++) {
        markers[i] = said[i].interval;
        markers[i].marker = (dk_text){ keys[i], strlen(keys[i]) };
        markers[i].no_least = said[i].bounds[0].is_null;
        markers[i].no_greatest = said[i].bounds[1].is_null;
        markers[i].least = rescale(L, what, &said[i].bounds[0], rule->scale);
        markers[i].greatest = rescale(L, what, &said[i].bounds[1], rule->scale);
    }
    rule->markers = markers;
    rule->n_markers = n;
    rule->rounded = rescale(L, what, &rounded, rule->scale);
    return rule;
}
