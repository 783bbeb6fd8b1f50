/* interrupt.h - Ctrl-C stops what runs, and nothing else. */
#ifndef DKC_CLI_INTERRUPT_H
#define DKC_CLI_INTERRUPT_H

#include <dekking/context.h>
#include <lua.h>

/* From here until dkc_interrupt_end, SIGINT stops the Lua code that runs in L and the engine's work on context, by
 * raising an error there. A third SIGINT in one call ends the program, for what cannot be stopped otherwise. */
void dkc_interrupt_begin(lua_State *L, dk_context *context);
void dkc_interrupt_end(lua_State *L);

#endif
