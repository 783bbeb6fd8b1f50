/* polled.h - functions of Lua's libraries that may take long, and that SIGINT stops. */
#ifndef DKC_CLI_POLLED_H
#define DKC_CLI_POLLED_H

#include <lua.h>
#include <stddef.h>

/* Puts them in the place of Lua's: the same, until SIGINT comes. Each has Lua's own as its first upvalue. */
void dkc_replace_long(lua_State *L);

/* For these functions. --------------------------------------------------------------------------------------------- */

#define DKC_LONG_TEXT ((size_t)1 << 20) /* bytes: as many are dealt with between two looks at the context */

/* Lua's own, with the arguments of the function that runs. */
int dkc_call_stock(lua_State *L);
/* Raises when SIGINT came. */
void dkc_poll(lua_State *L);

int dkc_format(lua_State *L);     /* string.format */
int dkc_read_file(lua_State *L);  /* file:read */
int dkc_read_input(lua_State *L); /* io.read */
int dkc_lines(lua_State *L);      /* file:lines and io.lines */

#endif
