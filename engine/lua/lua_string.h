/* lua_string.h - a string library whose matching can be stopped. */
#ifndef DKL_LUA_STRING_H
#define DKL_LUA_STRING_H

#include <lua.h>

/* Puts find, match, gmatch and gsub in the place of those of the table `string`, after luaL_openlibs and
 * luaopen_dekking: the same results and errors, but an interruption of the context ends them. */
void dkl_replace_matching(lua_State *L);

#endif
