/* library.h - the part of the library that is written in Lua: embedded texts, each loaded when it is first used.
 *
 * The texts are the files scripts/dekking/NAME.lua, turned into C by scripts/embed.lua. Opening the module parses
 * none of them. A text is a chunk that gets `dk` and the table of C primitives as its arguments; what it returns is
 * what require "dekking.NAME" gives, and what dk.NAME is. Beside them stand the annotations, scripts/library/NAME.lua,
 * and tables of pages, docs/NAME.md, which no one runs: they are read for help().
 */
#ifndef DKL_LIBRARY_H
#define DKL_LIBRARY_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct dkl_script {
    const char *name; /* "publication" */
    const char *text;
    size_t size;
} dkl_script;

extern const dkl_script dkl_scripts[];
extern const size_t dkl_n_scripts;
extern const dkl_script dkl_annotations[];
extern const size_t dkl_n_annotations;

/* Sets the metatable of the table dk on top of the stack, which finds parts of the library, and registers each of
 * them for require. */
void dkl_open_library(lua_State *L);
/* Loads the part of that name unless it is loaded, and pushes what it returned. Raises where there is none. */
void dkl_push_script(lua_State *L, const char *name);

#endif
