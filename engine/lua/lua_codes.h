/* lua_codes.h - code lists as Lua sees them. */
#ifndef DKL_LUA_CODES_H
#define DKL_LUA_CODES_H

#include "bind.h"

/* The dictionary of the code list at index, and the code of its `other` (0: none); NULL where it is no code list. */
const dk_dictionary *dkl_test_codes(lua_State *L, int index, uint32_t *other);

/* Pushes the levels as a list in their order; the labels as { code = label }. */
void dkl_push_levels(lua_State *L, const dk_dictionary *levels);
void dkl_push_labels(lua_State *L, const dk_dictionary *levels);

/* "1 = ja, 2 = nee"; of a longer list the first ones. Returns out. */
#define DKL_CODES_BYTES 640
const char *dkl_codes_shown(const dk_dictionary *levels, char out[DKL_CODES_BYTES]);

#endif
