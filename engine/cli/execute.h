/* execute.h - os.execute at the prompt. */
#ifndef DKC_CLI_EXECUTE_H
#define DKC_CLI_EXECUTE_H

#include <lua.h>

/* Puts it in the place of Lua's: the same, but that Ctrl-C ends what calls it where no program was there to take the signal, or
 * the program ended soon after it. */
void dkc_replace_execute(lua_State *L);

#endif
