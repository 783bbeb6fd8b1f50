/* polled.h - functions of Lua's libraries that may take long, and that SIGINT stops. */
#ifndef DKC_CLI_POLLED_H
#define DKC_CLI_POLLED_H

#include <lua.h>

/* Puts string.rep, table.concat, table.move and table.sort in the place of Lua's: the same, until SIGINT comes. */
void dkc_replace_long(lua_State *L);

#endif
