/* repl.h - the prompt. */
#ifndef DKC_CLI_REPL_H
#define DKC_CLI_REPL_H

#include <lua.h>
#include <stdbool.h>

/* Reads, runs and prints until the end of input. Errors are shown and forgotten; what was defined stays. On a terminal the
 * script of the user's own runs first, unless the environment is to be ignored. */
void dkc_repl(lua_State *L, bool ignore_environment);

#endif
