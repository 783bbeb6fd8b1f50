/* lua_interval.h - numbers that are known in bounds only, as tables of Lua:
 *
 *   { least = 0, greatest = 4, marker = "<5", meaning = "suppressed" }
 *
 * A side that is open is absent. tostring shows them as tables do.
 */
#ifndef DKL_LUA_INTERVAL_H
#define DKL_LUA_INTERVAL_H

#include "bind.h"

/* Pushes nil where the value has neither a bound nor a marker. exactly: bounds with digits as decimals, and not as floats. */
void dkl_push_interval(lua_State *L, const dk_value *value, bool exactly);
/* The table at index; raises where it has other members. false where it has none of them. The marker is borrowed from the table. */
bool dkl_to_interval(lua_State *L, int index, dk_value *out);
void dkl_open_interval(lua_State *L);

#endif
