/* allocate.h - Lua's memory, which a signal can keep from it. */
#ifndef DKC_CLI_ALLOCATE_H
#define DKC_CLI_ALLOCATE_H

#include <lua.h>

/* For a state of luaL_newstate: what it has stays, and is freed as before. */
void dkc_allocate(lua_State *L);

#endif
