/* allocate.h - long texts, whose memory is made ready in parts. */
#ifndef DKC_CLI_ALLOCATE_H
#define DKC_CLI_ALLOCATE_H

#include <lauxlib.h>

/* For a state of luaL_newstate: what it has stays, and is freed as before. */
void dkc_allocate_reserved(lua_State *L);
/* luaL_pushresult, which a signal can stop. */
void dkc_push_result(luaL_Buffer *buffer);

#endif
