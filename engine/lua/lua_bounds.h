/* lua_bounds.h - what a script says of markers and rounding:
 *
 *   markers = { x = "suppressed", ["<5"] = { "suppressed", 0, 4 }, ["."] = "unavailable", ["-"] = "impossible", ["0"] = 0 },
 *   rounded = 10
 *
 * Of a list the numbers are the least and the greatest; without a word only the bounds are kept.
 */
#ifndef DKL_LUA_BOUNDS_H
#define DKL_LUA_BOUNDS_H

#include "bind.h"

/* Reads both options of the table at index; NULL where neither is there. Pushes anchors. what: "read". */
const dk_bounds_rule *dkl_option_bounds(lua_State *L, int index, const char *what);

#endif
