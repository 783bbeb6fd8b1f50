/* chunk.h - which chunks are the library's own: errors name the line of a script, and pass over those. */
#ifndef DKL_CHUNK_H
#define DKL_CHUNK_H

#include <stdbool.h>

/* What the name of an embedded part begins with, as a chunk's source. */
#define DKL_CHUNK "=dekking/"

/* The folder whose files stand for embedded parts (the environment variable DEKKING_SCRIPTS when it is first asked for), or NULL. */
const char *dkl_scripts_folder(void);
/* Whether a chunk's source, as lua_Debug gives it, is a part of the library. */
bool dkl_is_library(const char *source);

#endif
