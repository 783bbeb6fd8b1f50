/* repl.h - the prompt. */
#ifndef DKC_CLI_REPL_H
#define DKC_CLI_REPL_H

#include <lua.h>

/* Reads, runs and prints until the end of input. Errors are shown and forgotten; what was defined stays. */
void dkc_repl(lua_State *L);

#endif
