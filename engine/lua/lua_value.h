/* lua_value.h - values between Lua and the engine.
 *
 * To Lua, plainly: boolean and integer as they are; decimal, real and ratio as the nearest float; date, timestamp, period,
 * category and text as strings; a set as a list of strings; an interval as a table of least, greatest, marker and meaning; null
 * as nil. Exactly: what Lua does not have is a value of lua_scalar.h, and null is dk.null. From Lua: an integer is an integer, a
 * float enters as its shortest decimal (as a real where that does not fit), a string is text, dk.null is null, a value of
 * lua_scalar.h what it is.
 */
#ifndef DKL_LUA_VALUE_H
#define DKL_LUA_VALUE_H

#include "bind.h"

/* dk.null and dk.total. */
void dkl_push_null(lua_State *L);
bool dkl_is_null(lua_State *L, int index);
bool dkl_is_total(lua_State *L, int index);

/* Pushes nil for null. */
void dkl_push_value(lua_State *L, const dk_value *value);
/* The same, of a column with these levels (or NULL): a set is a fresh list of its members. */
void dkl_push_value_of(lua_State *L, const dk_dictionary *levels, const dk_value *value);
/* Row i of a view. */
void dkl_push_view(lua_State *L, const dk_view *view, size_t i);
/* lua_to_lua.c: pushes a list of the first n values of a column, exact or plain; c:to_lua(). */
int dkl_push_values(lua_State *L, const dk_column *column, uint64_t n, bool plain);
int dkl_column_to_lua(lua_State *L);

/* false where the Lua value is no value of the engine (nil, a function, a table, a float that is not finite). A text
 * is borrowed from the Lua value. */
bool dkl_to_value(lua_State *L, int index, dk_value *out);

/* Parameters from a table { name = value } at index, or none. Pushes one anchor in any case. */
void dkl_check_params(lua_State *L, int index, dk_params *out);

/* Pushes text that an expression reads back as the value: what is in it can never be anything else. */
void dkl_push_literal(lua_State *L, const dk_value *value);
/* Pushes text that an expression reads back as this column's name. Raises where none does: a name with a backquote. */
void dkl_push_quoted_name(lua_State *L, const char *name);

/* Pushes the type's name, "decimal(2)" with its scale. */
void dkl_push_type(lua_State *L, const dk_column *column);

#endif
