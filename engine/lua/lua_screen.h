/* lua_screen.h - how tables are shown where a call does not say: what dk.options says, and what the terminal is. */
#ifndef DKL_LUA_SCREEN_H
#define DKL_LUA_SCREEN_H

#include "bind.h"

typedef enum dkl_place { DKL_SCREEN, DKL_STRING, DKL_FILE } dkl_place;

/* The format in which the place shows tables without more: text, or what the program was told. */
dk_format dkl_usual_format(lua_State *L);
/* What holds for the format in that place before a call's options do: dk.options is for readers, and does not change what CSV and
 * JSON are. A screen cuts and folds, strings and files have all. paints: the output is a terminal's, as far as the caller
 * knows. Texts are borrowed from dk.options, until that is called again. */
void dkl_usual_options(lua_State *L, const dk_table *table, dk_format format, dkl_place place, bool paints,
                       dk_write_options *out);
/* Reads the options at index over those of out. Names of columns are borrowed; pushes one anchor. */
void dkl_read_write_options(lua_State *L, int index, const char *what, dk_write_options *out);
/* Those of dkl_read_write_options that make sense for text, and for files; they end with NULL. */
extern const char *const dkl_screen_names[];
extern const char *const dkl_file_names[];

/* The format that the option at index names, or the usual one: text, for strings and the screen (lua_write.c). */
dk_format dkl_text_format(lua_State *L, int index, const char *what);
/* Writes to standard output; index: the options of the call. It gives nothing back, which the prompt would print once more
 * (lua_write.c). */
int dkl_print_table(lua_State *L, const dk_table *table, dk_format format, int index, dk_write_options *options,
                    const char *what);

/* Adds dk.options to the table at index 1. */
void dkl_open_screen(lua_State *L);

#endif
