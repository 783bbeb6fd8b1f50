/* paths.h - the files that a script names: by path, or by pattern. */
#ifndef DKI_READ_PATHS_H
#define DKI_READ_PATHS_H

#include "base/arena.h"

typedef struct dki_paths {
    dki_arena arena;
    const char **items;
    size_t n, room;
} dki_paths;

/* given: n paths. One that exists stands for itself, and so does one without * ? [; another is a pattern as glob(7) has
 * it, and stands for the files that match, sorted by the bytes of their names.
 *
 * Errors  DK_ERR_IO         no file matches; a folder cannot be looked into
 *         DK_ERR_DUPLICATE  a file is named twice
 *         DK_ERR_ARGUMENT   n is 0
 *         DK_ERR_MEMORY */
dk_status dki_paths_find(dk_context *context, const char *const *given, size_t n, dki_paths *out, dk_error *err);
void dki_paths_drop(dki_paths *paths); /* not after a failure */

#endif
