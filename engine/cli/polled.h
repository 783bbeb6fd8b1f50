/* polled.h - functions of Lua's libraries that may take long, and that SIGINT stops. */
#ifndef DKC_CLI_POLLED_H
#define DKC_CLI_POLLED_H

#include <lauxlib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Puts them in the place of Lua's: the same, until SIGINT comes. */
void dkc_replace_long(lua_State *L);

/* For these functions. --------------------------------------------------------------------------------------------- */

#define DKC_LONG_TEXT ((size_t)1 << 20) /* bytes: as many are dealt with between two looks at the context */

/* Puts the pieces of a text together, of the n arguments; where `add` cannot, what stands on the stack behind these goes, and Lua's
 * own is called. */
typedef bool dkc_add_fn(lua_State *L, luaL_Buffer *out, int n_args);
int dkc_build(lua_State *L, dkc_add_fn *add, lua_CFunction own);
/* Raises when SIGINT came. */
void dkc_poll(lua_State *L);

/* Adds what Lua's own, which is on top with its n arguments, makes of them; false, and nothing is added, where it raises
 * something. */
bool dkc_add_stock(lua_State *L, luaL_Buffer *out, int n);
/* Adds a text that may be long. */
void dkc_add_long(luaL_Buffer *out, const char *text, size_t size);
/* Whether an argument is a text that is long. */
bool dkc_is_long(lua_State *L, int arg);
/* Whether any from `first` to the last is. */
bool dkc_any_long(lua_State *L, int first);
/* An argument that is a whole number, or `otherwise` where there is none; false: it is something else. */
bool dkc_get_integer(lua_State *L, int arg, lua_Integer otherwise, lua_Integer *value);
/* The file of a handle that is open; NULL: it is none. */
FILE *dkc_open_file(lua_State *L, int index);

/* find, match, gmatch and gsub of the table on top. */
void dkc_replace_matching(lua_State *L);

int dkc_format(lua_State *L);        /* string.format */
int dkc_pack(lua_State *L);          /* string.pack */
int dkc_dump(lua_State *L);          /* string.dump */
int dkc_concat(lua_State *L);        /* table.concat */
int dkc_insert(lua_State *L);        /* table.insert */
int dkc_remove(lua_State *L);        /* table.remove */
int dkc_move(lua_State *L);          /* table.move */
int dkc_sort(lua_State *L);          /* table.sort */
int dkc_read_file(lua_State *L);     /* file:read */
int dkc_read_input(lua_State *L);    /* io.read */
int dkc_lines_of_file(lua_State *L); /* file:lines */
int dkc_lines(lua_State *L);         /* io.lines */
int dkc_write_file(lua_State *L);    /* file:write */
int dkc_write_output(lua_State *L);  /* io.write */
int dkc_date(lua_State *L);          /* os.date */

#endif
