/* lua_scalar.h - values that Lua does not have: decimals, ratios, dates, timestamps, periods, sets, and levels of a category
 * with a stated order or labels.
 *
 * One class, DKL_SCALAR. A value never changes, is compared exactly, and prints as what an expression or a table reads back.
 * It is memory of Lua and needs no finalizer; the dictionary of a level is held by an object that its levels share.
 */
#ifndef DKL_LUA_SCALAR_H
#define DKL_LUA_SCALAR_H

#include "bind.h"

#define DKL_SCALAR "dk.value"

/* Beside the types of the engine, where a set is a category. */
#define DKL_SET ((dk_type)DK_N_TYPES)

typedef struct dkl_scalar {
    dk_type type; /* DK_DECIMAL, _RATIO, _DATE, _TIMESTAMP, _PERIOD, _CATEGORY or DKL_SET */
    uint8_t scale;
    uint32_t code;       /* of a level */
    int64_t integer;     /* decimal (scaled), date, timestamp, period; numerator; bytes of the text of a set */
    int64_t denominator; /* of a ratio */
    char text[];         /* of a set: its members as the engine has them, then the mark and a terminator */
} dkl_scalar;

/* The value, or NULL where the one at index is none. */
const dkl_scalar *dkl_test_scalar(lua_State *L, int index);
/* The same, or raises. */
const dkl_scalar *dkl_check_scalar(lua_State *L, int arg);
/* The dictionary of a level; raises where its state is closing. */
const dk_dictionary *dkl_scalar_levels(lua_State *L, int index);
/* As the engine takes it; a level and a set as text (a set of one member with the mark behind it, so that it is no member). */
void dkl_scalar_value(lua_State *L, int index, dk_value *out);
/* What tostring gives; the value at index keeps it. */
const char *dkl_scalar_text(lua_State *L, int index, size_t *size);
/* "decimal", "date", "month", "category", "set"; pushed, "decimal(2)" with its digits. */
const char *dkl_scalar_kind(const dkl_scalar *scalar);
const char *dkl_push_scalar_type(lua_State *L, const dkl_scalar *scalar);

/* Push one: of a known decimal, ratio, date, timestamp or period; the set of a text as the engine has it. */
void dkl_push_scalar(lua_State *L, const dk_value *value);
void dkl_push_set(lua_State *L, dk_text joined);
/* The set of n members in any order; the array is sorted. Raises where one cannot be a member. */
void dkl_push_members(lua_State *L, dk_text *members, size_t n);
/* Pushes what levels of one dictionary share, and a level of that at index. */
void dkl_push_level_holder(lua_State *L, const dk_dictionary *levels);
void dkl_push_level(lua_State *L, int holder, uint32_t code);
/* The code of the level; raises where there is none. */
uint32_t dkl_find_level(lua_State *L, const dk_dictionary *levels, dk_text level);
/* Whether levels of the dictionary are such values to Lua, and not strings. */
bool dkl_has_level_values(const dk_dictionary *levels);

/* The exact number at index (of Lua, or such a value); false where it is none. */
bool dkl_exact_number(lua_State *L, int index, dk_value *out);

/* Whether the set has that member. */
bool dkl_set_has(const dkl_scalar *set, dk_text member);

/* lua_scalar_members.c: __index, whose upvalue is a table of the methods. */
int dkl_scalar_index(lua_State *L);
extern const luaL_Reg dkl_scalar_methods[];
/* lua_scalar_math.c: the arithmetic, as metamethods. */
extern const luaL_Reg dkl_scalar_arithmetic[];
/* lua_scalar_new.c: "1/3", not reduced; adds dk.date and its like to the table at index 1. */
bool dkl_parse_ratio(dk_text text, dk_ratio *out);
void dkl_open_scalar_new(lua_State *L);
/* Makes the class. */
void dkl_open_scalar(lua_State *L);

#endif
