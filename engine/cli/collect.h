/* collect.h - collectgarbage, which SIGINT stops. */
#ifndef DKC_CLI_COLLECT_H
#define DKC_CLI_COLLECT_H

#include <lua.h>

/* Puts it in the place of Lua's. */
void dkc_replace_collect(lua_State *L);

#endif
