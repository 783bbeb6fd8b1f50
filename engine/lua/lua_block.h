/* lua_block.h - blocks of rows, as functions of a script get them: column by column, as plain lists of Lua.
 *
 * b.NAME and b:column "NAME" are a list of the column's values in the block, made when first asked for; null is nil in it, so
 * that #b, and not the list's own length, says how many rows there are. A list is the script's own and may be kept. A block
 * points at what the engine reads right now, so it is dead as soon as those rows have passed: then everything asked of
 * it raises.
 */
#ifndef DKL_LUA_BLOCK_H
#define DKL_LUA_BLOCK_H

#include "bind.h"

#define DKL_BLOCK "dk.block"

typedef struct dkl_block dkl_block; /* memory of Lua; owns nothing of the engine's */

/* Pushes what all blocks of one run share: their columns' names, in order, and strings that were made once. */
void dkl_push_frame(lua_State *L, const char *const *names, size_t n);
/* Pushes a block of the first n_rows rows of the views, one for each name of the frame at that index. They are borrowed until
 * dkl_block_end; first: the number of its first row, from 0. */
dkl_block *dkl_push_block(lua_State *L, int frame, const dk_view *views, size_t n_rows, uint64_t first);
/* Kills the block, which its owner keeps from the collector until then. Raises nothing; NULL, and once more, does nothing. */
void dkl_block_end(dkl_block *block);

/* Pushes a list of plain values of the view: of its rows rows[0 .. n-1], or of the first n where rows is NULL. texts: the
 * index of a table that keeps the strings of codes from call to call, for views of one column; 0: there is none. */
void dkl_push_list(lua_State *L, const dk_view *view, const uint32_t *rows, size_t n, int texts);

/* Makes the class. */
void dkl_open_block(lua_State *L);

#endif
