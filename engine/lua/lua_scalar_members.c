/* lua_scalar_members.c - what a value that Lua does not have tells of itself: v.NAME, and its methods. */
#include <string.h>

#include "base/calendar.h"
#include "base/period.h"
#include "base/types.h"
#include "data/members.h"
#include "lua_options.h"
#include "lua_scalar.h"
#include "lua_value.h"

static const char *const date_members[] = { "type", "year", "quarter", "month", "day", "weekday", "period", NULL };
static const char *const time_members[] = { "type", "year", "quarter", "month",  "day",         "weekday", "period",
                                            "date", "hour", "minute",  "second", "microsecond", NULL };
static const char *const period_members[] = { "type", "year", "quarter", "month", "first", "last", "period", NULL };
static const char *const decimal_members[] = { "type", "number", "digits", NULL };
static const char *const ratio_members[] = { "type", "number", "numerator", "denominator", NULL };
static const char *const level_members[] = { "type", "code", "label", "place", NULL };
static const char *const set_members[] = { "type", "has", "has_any", "has_all", "members", NULL };

static const char *const *members_of(const dkl_scalar *scalar)
{
    switch (scalar->type) {
    case DK_DATE: return date_members;
    case DK_TIMESTAMP: return time_members;
    case DK_PERIOD: return period_members;
    case DK_DECIMAL: return decimal_members;
    case DK_RATIO: return ratio_members;
    case DK_CATEGORY: return level_members;
    default: return set_members;
    }
}

static void push_of_type(lua_State *L, dk_type type, int64_t number)
{
    dkl_push_scalar(L, &(dk_value){ .type = type, .as.integer = number });
}

/* A part of a day, or of the time of a day. */
static void push_part(lua_State *L, const dkl_scalar *scalar, const char *name)
{
    bool is_time = scalar->type == DK_TIMESTAMP;
    int64_t days = is_time ? dki_day_of_time(scalar->integer) : scalar->integer;
    int64_t time = is_time ? scalar->integer - days * DKI_DAY_MICROSECONDS : 0, part;
    int year, month, day;

    if (scalar->type == DK_PERIOD)
        days = dki_period_first_day(scalar->integer, scalar->scale);
    dki_date_split(days, &year, &month, &day);
    switch (*name) {
    case 'y': part = year; break;
    case 'q': part = (month + 2) / 3; break;
    case 'd': part = day; break;
    case 'w': part = ((days + 3) % 7 + 7) % 7 + 1; break; /* Monday is 1, as ISO has it */
    case 'h': part = time / INT64_C(3600000000); break;
    case 's': part = time / 1000000 % 60; break;
    default: part = strcmp(name, "minute") == 0 ? time / 60000000 % 60 : name[1] == 'i' ? time % 1000000 : month;
    }
    lua_pushinteger(L, part);
}

static void push_members(lua_State *L, const dkl_scalar *set)
{
    dk_text joined = { set->text, (size_t)set->integer }, member;
    lua_Integer n = 0;

    lua_newtable(L);
    for (size_t at = 0; dki_next_member(joined, &at, &member);) {
        lua_pushlstring(L, member.bytes, member.size);
        lua_rawseti(L, -2, ++n);
    }
}

/* A level's code, label or place. */
static void push_of_level(lua_State *L, const dkl_scalar *scalar, const char *name)
{
    const dk_dictionary *levels = dkl_scalar_levels(L, 1);
    dk_text text = dk_dictionary_level(levels, scalar->code);

    if (*name == 'p')
        lua_pushinteger(L, (lua_Integer)dk_dictionary_rank(levels, scalar->code) + 1);
    else if (*name == 'c' || dk_dictionary_label(levels, scalar->code, &text))
        lua_pushlstring(L, text.bytes, text.size);
    else
        lua_pushnil(L);
}

/* Pushes the member of that name, which the type has. */
static void push_member(lua_State *L, const dkl_scalar *scalar, const char *name)
{
    dk_value value;

    dkl_scalar_value(L, 1, &value);
    if (strcmp(name, "type") == 0)
        dkl_push_scalar_type(L, scalar);
    else if (strcmp(name, "number") == 0)
        dkl_push_value(L, &value);
    else if (strcmp(name, "digits") == 0)
        lua_pushinteger(L, scalar->scale);
    else if (strcmp(name, "numerator") == 0 || strcmp(name, "denominator") == 0)
        lua_pushinteger(L, *name == 'n' ? scalar->integer : scalar->denominator);
    else if (strcmp(name, "date") == 0)
        push_of_type(L, DK_DATE, dki_day_of_time(scalar->integer));
    else if (strcmp(name, "first") == 0)
        push_of_type(L, DK_DATE, dki_period_first_day(scalar->integer, scalar->scale));
    else if (strcmp(name, "last") == 0)
        push_of_type(L, DK_DATE, dki_period_last_day(scalar->integer, scalar->scale));
    else if (scalar->type == DK_CATEGORY)
        push_of_level(L, scalar, name);
    else if (scalar->type == DKL_SET)
        push_members(L, scalar);
    else
        push_part(L, scalar, name);
}

/* Whether a period has that part: a quarter has no month. */
static bool has_part(const dkl_scalar *scalar, const char *name)
{
    return scalar->type != DK_PERIOD || ((strcmp(name, "month") != 0 || scalar->scale >= DK_MONTH) &&
                                         (strcmp(name, "quarter") != 0 || scalar->scale >= DK_QUARTER));
}

/* __index; upvalue: the methods */
int dkl_scalar_index(lua_State *L)
{
    const dkl_scalar *scalar = dkl_check_scalar(L, 1);
    const char *const *names = members_of(scalar);
    const char *name, *type;
    size_t i = 0;

    if (scalar->type == DKL_SET && lua_type(L, 2) == LUA_TNUMBER) {
        push_members(L, scalar);
        lua_pushvalue(L, 2);
        lua_rawget(L, -2);
        return 1;
    }
    name = dkl_check_text(L, 2, "a member of a value");
    while (names[i] && strcmp(names[i], name) != 0)
        i++;
    if (names[i] == NULL || !has_part(scalar, name)) {
        type = lua_pushfstring(L, "a %s", dkl_scalar_kind(scalar));
        if (names[i])
            return dkl_fail(L, "%s goes over several %ss, and has no %s", type, name, name);
        return dkl_fail_unknown(L, type, "member", name, strlen(name), names);
    }
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL)
        push_member(L, scalar, names[i]);
    return 1;
}

/* Methods. -------------------------------------------------------------------------------------------------------- */

/* d:period "month" -> the period that a date, a timestamp or a finer period lies in */
static int scalar_period(lua_State *L)
{
    const dkl_scalar *scalar = dkl_check_scalar(L, 1);
    dk_value made = { .type = DK_PERIOD };
    dk_frequency frequency;

    if (!dki_type_is_calendar(scalar->type))
        return dkl_arg_fail(L, 1, "a date, a timestamp or a period");
    if (lua_type(L, 2) != LUA_TSTRING || !dk_frequency_find(lua_tostring(L, 2), &frequency))
        return dkl_arg_fail(L, 2, "\"month\", \"quarter\" or \"year\"");
    made.scale = (uint8_t)frequency;
    if (scalar->type == DK_PERIOD && scalar->scale < frequency)
        return dkl_fail(L, "a %s lies in no single %s", dk_frequency_name(scalar->scale),
                        dk_frequency_name(frequency));
    made.as.integer =
        scalar->type == DK_PERIOD
            ? dki_period_coarsen(scalar->integer, scalar->scale, made.scale)
            : dki_period_of_day(scalar->type == DK_DATE ? scalar->integer : dki_day_of_time(scalar->integer),
                                made.scale);
    dkl_push_scalar(L, &made);
    return 1;
}

bool dkl_set_has(const dkl_scalar *set, dk_text wanted)
{
    dk_text joined = { set->text, (size_t)set->integer }, member;

    for (size_t at = 0; dki_next_member(joined, &at, &member);)
        if (member.size == wanted.size && memcmp(member.bytes, wanted.bytes, wanted.size) == 0)
            return true;
    return false;
}

/* How many of the members that follow are in the set, of how many. */
static lua_Integer count_members(lua_State *L, lua_Integer *n_wanted)
{
    const dkl_scalar *set = dkl_check_scalar(L, 1);
    lua_Integer n = 0;

    *n_wanted = 0;
    if (set->type != DKL_SET)
        return dkl_arg_fail(L, 1, "a set");
    for (int i = 2; i <= lua_gettop(L); i++) {
        const dkl_scalar *other = dkl_test_scalar(L, i);
        dk_text member;

        if (other && other->type == DKL_SET) {
            dk_text joined = { other->text, (size_t)other->integer };

            for (size_t at = 0; dki_next_member(joined, &at, &member); ++*n_wanted)
                n += dkl_set_has(set, member);
            continue;
        }
        if (other == NULL && lua_type(L, i) != LUA_TSTRING)
            return dkl_arg_fail(L, i, "a member, or a set");
        member.bytes = other ? dkl_scalar_text(L, i, &member.size) : lua_tolstring(L, i, &member.size);
        n += dkl_set_has(set, member);
        ++*n_wanted;
    }
    if (lua_gettop(L) < 2)
        return dkl_arg_fail(L, 2, "a member, or a set");
    return n;
}

/* s:has "lassen"; s:has_any("lassen", "koken"); s:has_all(other) */
static int set_has_any(lua_State *L)
{
    lua_Integer n_wanted, n = count_members(L, &n_wanted);

    lua_pushboolean(L, n > 0);
    return 1;
}

static int set_has_all(lua_State *L)
{
    lua_Integer n_wanted, n = count_members(L, &n_wanted);

    lua_pushboolean(L, n == n_wanted);
    return 1;
}

const luaL_Reg dkl_scalar_methods[] = { { "period", scalar_period },
                                        { "has", set_has_all },
                                        { "has_all", set_has_all },
                                        { "has_any", set_has_any },
                                        { NULL, NULL } };
