/* end.h - the end of the program. */
#ifndef DKC_CLI_END_H
#define DKC_CLI_END_H

#include <lua.h>

/* Has to come before anything else that has a finalizer. */
void dkc_end_prepare(lua_State *L);

/* Closes the state: variables with <close>, and finalizers. Then calls `rest`, which ends the program; the state's memory is left to
 * the system. */
void dkc_end(lua_State *L, void (*rest)(const void *of), const void *of);

#endif
