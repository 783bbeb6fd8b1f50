/* protected.h - protected calls and coroutines that an interruption passes through. */
#ifndef DKC_CLI_PROTECTED_H
#define DKC_CLI_PROTECTED_H

#include <lua.h>

/* Puts pcall, xpcall, load and those functions of `coroutine` that run one in the place of Lua's: the same, until SIGINT comes.
 * Then a coroutine is stopped like the main one, and where somebody insists no pcall catches that. */
void dkc_replace_protected(lua_State *L);

#endif
