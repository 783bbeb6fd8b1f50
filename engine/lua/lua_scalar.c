/* lua_scalar.c - the class of values that Lua does not have: what they are, how they compare and print.
 *
 * User value 1 keeps the text, once it was asked for; 2, of a level alone, the object that holds its dictionary.
 */
#include "lua_scalar.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/number.h"
#include "base/period.h"
#include "base/text.h"
#include "base/types.h"
#include "data/members.h"
#include "lua_expr.h"
#include "lua_options.h"
#include "lua_value.h"

#define LEVELS "dk.levels" /* an object that holds a dictionary; scripts never see it */

enum { TEXT = 1, HOLDER = 2 };

/* Making. --------------------------------------------------------------------------------------------------------- */

static dkl_scalar *push_new(lua_State *L, dk_type type, uint8_t scale, size_t n_bytes)
{
    dkl_scalar *made;

    luaL_checkstack(L, 4, "too many values");
    made = lua_newuserdatauv(L, sizeof *made + n_bytes, type == DK_CATEGORY ? HOLDER : TEXT);
    *made = (dkl_scalar){ .type = type, .scale = scale };
    luaL_setmetatable(L, DKL_SCALAR);
    return made;
}

void dkl_push_scalar(lua_State *L, const dk_value *value)
{
    dkl_scalar *made = push_new(L, value->type, value->scale, 0);

    made->integer = value->type == DK_RATIO ? value->as.ratio.numerator : value->as.integer;
    made->denominator = value->type == DK_RATIO ? value->as.ratio.denominator : 0;
}

void dkl_push_set(lua_State *L, dk_text joined)
{
    dkl_scalar *made = push_new(L, DKL_SET, 0, joined.size + 2);

    made->integer = (int64_t)joined.size;
    if (joined.size > 0)
        memcpy(made->text, joined.bytes, joined.size);
    made->text[joined.size] = DK_SET_MARK;
    made->text[joined.size + 1] = '\0';
}

void dkl_push_members(lua_State *L, dk_text *members, size_t n)
{
    dk_error err = DK_ERROR_INIT;
    dki_buffer *joined;
    dk_status status;

    for (size_t i = 0; i < n; i++)
        if (dki_member_fault(members[i])) {
            dkl_fail(L, "set: the member \"%s\" %s", members[i].bytes, dki_member_fault(members[i]));
            return;
        }
    joined = dkl_buffer(L);
    status = dki_set_text(members, n, joined, &err);
    if (status != DK_OK) {
        dkl_raise(L, &err);
        return;
    }
    dkl_push_set(L, (dk_text){ joined->bytes, joined->size });
    lua_closeslot(L, -2); /* slot set */
    lua_replace(L, -2);
}

void dkl_push_level_holder(lua_State *L, const dk_dictionary *levels)
{
    void **held = dkl_new_holder(L, LEVELS, 0, dkl_release_dictionary);

    *held = (void *)(uintptr_t)dk_dictionary_retain(levels);
}

void dkl_push_level(lua_State *L, int holder, uint32_t code)
{
    holder = lua_absindex(L, holder);
    push_new(L, DK_CATEGORY, 0, 0)->code = code;
    lua_pushvalue(L, holder);
    lua_setiuservalue(L, -2, HOLDER);
}

bool dkl_has_level_values(const dk_dictionary *levels)
{
    return levels && dk_dictionary_members(levels) == NULL &&
           (dk_dictionary_is_declared(levels) || dk_dictionary_has_labels(levels));
}

/* Looking. -------------------------------------------------------------------------------------------------------- */

const dkl_scalar *dkl_test_scalar(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TUSERDATA ? luaL_testudata(L, index, DKL_SCALAR) : NULL;
}

const dkl_scalar *dkl_check_scalar(lua_State *L, int arg)
{
    if (dkl_test_scalar(L, arg) == NULL)
        dkl_arg_fail(L, arg, "a value of dekking");
    return lua_touserdata(L, arg);
}

const dk_dictionary *dkl_scalar_levels(lua_State *L, int index)
{
    const dkl_object *object;

    lua_getiuservalue(L, index, HOLDER);
    object = lua_touserdata(L, -1);
    lua_pop(L, 1); /* the value keeps it */
    if (object == NULL || dkl_held(object) == NULL)
        dkl_fail(L, "this level was closed");
    return object ? dkl_held(object) : NULL;
}

void dkl_scalar_value(lua_State *L, int index, dk_value *out)
{
    const dkl_scalar *scalar = lua_touserdata(L, index);

    *out = (dk_value){ .type = scalar->type, .scale = scalar->scale };
    if (scalar->type == DK_CATEGORY) {
        out->type = DK_TEXT;
        out->as.text = dk_dictionary_level(dkl_scalar_levels(L, index), scalar->code);
    } else if (scalar->type == DKL_SET) {
        size_t size = (size_t)scalar->integer;
        bool is_one = size > 0 && memchr(scalar->text, DK_SET_MARK, size) == NULL;

        out->type = DK_TEXT;
        out->as.text = (dk_text){ scalar->text, size + is_one };
    } else if (scalar->type == DK_RATIO) {
        out->as.ratio = (dk_ratio){ scalar->integer, scalar->denominator };
    } else {
        out->as.integer = scalar->integer;
    }
}

const char *dkl_scalar_text(lua_State *L, int index, size_t *size)
{
    const dkl_scalar *scalar = dkl_test_scalar(L, index);
    char text[80];
    const char *kept;
    dk_value value;

    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, "too many values");
    if (lua_getiuservalue(L, index, TEXT) != LUA_TSTRING) {
        lua_pop(L, 1);
        dkl_scalar_value(L, index, &value);
        if (scalar->type == DKL_SET)
            lua_pushlstring(L, scalar->text, (size_t)scalar->integer);
        else if (scalar->type == DK_CATEGORY)
            lua_pushlstring(L, value.as.text.bytes, value.as.text.size);
        else
            lua_pushlstring(L, text, dk_value_format(&value, text, sizeof text));
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, index, TEXT);
    }
    kept = lua_tolstring(L, -1, size);
    lua_pop(L, 1);
    return kept;
}

const char *dkl_scalar_kind(const dkl_scalar *scalar)
{
    return scalar->type == DKL_SET ? "set" : dki_type_shown(scalar->type, scalar->scale);
}

const char *dkl_push_scalar_type(lua_State *L, const dkl_scalar *scalar)
{
    if (scalar->type == DK_DECIMAL)
        return lua_pushfstring(L, "decimal(%d)", (int)scalar->scale);
    return lua_pushstring(L, dkl_scalar_kind(scalar));
}

bool dkl_exact_number(lua_State *L, int index, dk_value *out)
{
    const dkl_scalar *scalar = dkl_test_scalar(L, index);

    if (scalar ? scalar->type != DK_DECIMAL && scalar->type != DK_RATIO : lua_type(L, index) != LUA_TNUMBER)
        return false;
    return dkl_to_value(L, index, out);
}

/* Comparing. ------------------------------------------------------------------------------------------------------ */

/* One side of a comparison. */
typedef struct side {
    const dkl_scalar *scalar; /* NULL: a value of Lua */
    dk_value value;
    bool is_known;
} side;

static side get_side(lua_State *L, int index)
{
    side s = { .scalar = dkl_test_scalar(L, index) };

    s.is_known = dkl_to_value(L, index, &s.value) && !s.value.is_null;
    return s;
}

static int fail_order(lua_State *L, const char *why)
{
    const char *a, *b;

    lua_settop(L, 2);
    (void)dkl_defer_operator(L, "__lt"); /* says what to write */
    a = dkl_push_kind(L, 1);
    b = dkl_push_kind(L, 2);
    return dkl_fail(L, "%s and %s have no order between them%s", a, b, why);
}

/* A string beside a date, a timestamp or a period is read as one. */
static void read_text(lua_State *L, int index, side *s, const side *other)
{
    dk_type type = other->value.type;
    uint8_t scale = other->value.scale;

    if (s->scalar || s->value.type != DK_TEXT || !s->is_known || !other->scalar || !dki_type_is_calendar(type))
        return;
    if (!dki_type_parse(type, scale, s->value.as.text, &s->value.as.integer))
        dkl_fail(L, "\"%s\" is no %s such as \"%s\"", lua_tostring(L, index), dki_type_shown(type, scale),
                 type == DK_PERIOD ? dki_period_example(scale) : "2024-12-31");
    s->value.type = type;
    s->value.scale = scale;
}

uint32_t dkl_find_level(lua_State *L, const dk_dictionary *levels, dk_text level)
{
    uint32_t code = dk_dictionary_find(levels, level);
    dki_nearest nearest;

    if (code != 0)
        return code;
    dki_nearest_init(&nearest, level.bytes, level.size);
    for (uint32_t i = 1; i <= dk_dictionary_n_levels(levels); i++)
        dki_nearest_try(&nearest, dk_dictionary_level(levels, i).bytes, dk_dictionary_level(levels, i).size);
    lua_pushlstring(L, level.bytes, level.size);
    if (nearest.best == NULL)
        dkl_fail(L, "\"%s\" is no level of this order", lua_tostring(L, -1));
    lua_pushlstring(L, nearest.best, nearest.best_size);
    dkl_fail(L, "\"%s\" is no level of this order (did you mean \"%s\"?)", lua_tostring(L, -2),
             lua_tostring(L, -1));
    return 0;
}

static int rank_of(lua_State *L, const dk_dictionary *levels, dk_text level)
{
    return (int)dk_dictionary_rank(levels, dkl_find_level(L, levels, level));
}

/* By the order of the levels of either; those of two lists have one where both lists agree. */
static int compare_levels(lua_State *L, const side *a, const side *b)
{
    const dk_dictionary *left = a->scalar && a->scalar->type == DK_CATEGORY ? dkl_scalar_levels(L, 1) : NULL;
    const dk_dictionary *right = b->scalar && b->scalar->type == DK_CATEGORY ? dkl_scalar_levels(L, 2) : NULL;
    const dk_dictionary *levels = left ? left : right;
    int order = rank_of(L, levels, a->value.as.text) - rank_of(L, levels, b->value.as.text);

    if (left && right && left != right) {
        int other = rank_of(L, right, a->value.as.text) - rank_of(L, right, b->value.as.text);

        if ((order > 0) - (order < 0) != (other > 0) - (other < 0))
            return dkl_fail(L, "\"%s\" and \"%s\" come in two orders: their lists of levels differ",
                            dkl_scalar_text(L, 1, NULL), dkl_scalar_text(L, 2, NULL));
    }
    return order;
}

static bool is_level(const side *s)
{
    return s->scalar ? s->scalar->type == DK_CATEGORY : s->is_known && s->value.type == DK_TEXT;
}

/* The order of the arguments 1 and 2; raises where they have none. */
static int compare(lua_State *L)
{
    side a = get_side(L, 1), b = get_side(L, 2);

    if (dkl_is_null(L, 1) || dkl_is_null(L, 2))
        return fail_order(L, ": null is not known (test with == dk.null)");
    if (!a.is_known || !b.is_known)
        return fail_order(L, "");
    read_text(L, 1, &a, &b);
    read_text(L, 2, &b, &a);
    if (dk_type_is_number(a.value.type) && dk_type_is_number(b.value.type))
        return dk_value_compare(&a.value, &b.value);
    if (dki_type_is_calendar(a.value.type) &&
        dki_type_same(a.value.type, a.value.scale, b.value.type, b.value.scale))
        return dk_value_compare(&a.value, &b.value);
    if (is_level(&a) && is_level(&b))
        return compare_levels(L, &a, &b);
    if (a.value.type == DK_TIMESTAMP || b.value.type == DK_TIMESTAMP)
        return fail_order(L, " (t.date is the day of a timestamp)");
    return fail_order(L, "");
}

static int scalar_lt(lua_State *L)
{
    lua_pushboolean(L, compare(L) < 0);
    return 1;
}

static int scalar_le(lua_State *L)
{
    lua_pushboolean(L, compare(L) <= 0);
    return 1;
}

/* Lua asks for two objects alone: a value never equals a number or a string of Lua. */
static int scalar_eq(lua_State *L)
{
    const dkl_scalar *a = dkl_test_scalar(L, 1), *b = dkl_test_scalar(L, 2);
    dk_value left, right;
    bool same = a && b;

    if (!same && dkl_defer_operator(L, "__eq"))
        return 1;
    if (same) {
        dkl_scalar_value(L, 1, &left);
        dkl_scalar_value(L, 2, &right);
        if (dk_type_is_number(left.type) && dk_type_is_number(right.type))
            same = dk_value_compare(&left, &right) == 0;
        else
            same = a->type == b->type && a->scale == b->scale && dk_value_compare(&left, &right) == 0;
    }
    lua_pushboolean(L, same);
    return 1;
}

/* Printing. ------------------------------------------------------------------------------------------------------- */

static int scalar_newindex(lua_State *L)
{
    dkl_check_scalar(L, 1);
    return dkl_fail(L, "a value never changes");
}

static int scalar_tostring(lua_State *L)
{
    dkl_check_scalar(L, 1);
    (void)dkl_scalar_text(L, 1, NULL);
    lua_getiuservalue(L, 1, TEXT);
    return 1;
}

/* As numbers of Lua are, values are joined to strings. */
static int scalar_concat(lua_State *L)
{
    for (int i = 1; i <= 2; i++)
        if (dkl_test_scalar(L, i) == NULL && lua_type(L, i) != LUA_TSTRING && lua_type(L, i) != LUA_TNUMBER)
            return dkl_fail(L, "%s cannot be joined to a text", dkl_push_kind(L, i));
        else
            luaL_tolstring(L, i, NULL);
    lua_concat(L, 2);
    return 1;
}

/* #set */
static int scalar_len(lua_State *L)
{
    const dkl_scalar *scalar = dkl_check_scalar(L, 1);
    dk_text joined = { scalar->text, (size_t)scalar->integer }, member;
    lua_Integer n = 0;

    if (scalar->type != DKL_SET)
        return dkl_fail(L, "a %s has no length", dkl_scalar_kind(scalar));
    for (size_t at = 0; dki_next_member(joined, &at, &member);)
        n++;
    lua_pushinteger(L, n);
    return 1;
}

static const luaL_Reg meta[] = { { "__eq", scalar_eq },
                                 { "__lt", scalar_lt },
                                 { "__le", scalar_le },
                                 { "__len", scalar_len },
                                 { "__concat", scalar_concat },
                                 { "__newindex", scalar_newindex },
                                 { "__tostring", scalar_tostring },
                                 { NULL, NULL } };

void dkl_open_scalar(lua_State *L)
{
    static const luaL_Reg none[] = { { NULL, NULL } };

    dkl_object_class(L, LEVELS, none);
    dkl_class(L, DKL_SCALAR, meta);
    luaL_getmetatable(L, DKL_SCALAR);
    luaL_setfuncs(L, dkl_scalar_arithmetic, 0);
    lua_newtable(L);
    luaL_setfuncs(L, dkl_scalar_methods, 0);
    lua_pushcclosure(L, dkl_scalar_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    dkl_open_scalar_new(L);
}
