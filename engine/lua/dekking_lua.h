/* dekking_lua.h - the module `dekking`, and what a program that embeds it may ask and set. */
#ifndef DKL_DEKKING_LUA_H
#define DKL_DEKKING_LUA_H

#include <dekking/context.h>
#include <dekking/write.h>
#include <lua.h>

/* Pushes the module's table. Once for each state; installs no signal handler. */
DK_API int luaopen_dekking(lua_State *L);

/* The state's context, borrowed: it lives as long as the state. NULL before luaopen_dekking. */
dk_context *dkl_context(lua_State *L);

/* How tostring, and so print, shows tables from now on: within a terminal of so many columns and rows (0: no limit
 * to the width, the usual number of rows), and in which format. */
void dkl_set_screen(lua_State *L, size_t columns, size_t rows);
void dkl_set_format(lua_State *L, dk_format format);
/* print as stock Lua has it; a table begins on a line of its own, and on a terminal that has colours has them. */
int dkl_print(lua_State *L);

/* Is called before a function of the module raises because the context was interrupted. */
void dkl_on_interrupt(lua_State *L, void (*raised)(lua_State *L));

/* Whether a function of the module is in the engine now, and what the script has called that led there, as a module or the script
 * names it ("breakdown"). Raise nothing and ask for no memory, so that they may be called while the engine works. */
bool dkl_running(lua_State *L);
void dkl_name_running(lua_State *L, char *name, size_t size);

#endif
