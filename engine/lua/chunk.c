/* chunk.c - which chunks are the library's own. */
#include "chunk.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Read once: getenv goes through all variables, and every question looks for the script that asks it. */
const char *dkl_scripts_folder(void)
{
    static const char unread[] = "";
    static _Atomic(const char *) known = unread;
    const char *folder = atomic_load(&known);

    if (folder == unread) {
        folder = getenv("DEKKING_SCRIPTS");
        folder = folder && folder[0] ? folder : NULL;
        atomic_store(&known, folder);
    }
    return folder;
}

bool dkl_is_library(const char *source)
{
    const char *folder;
    size_t size;

    if (source[0] == DKL_CHUNK[0])
        return strncmp(source, DKL_CHUNK, strlen(DKL_CHUNK)) == 0;
    folder = source[0] == '@' ? dkl_scripts_folder() : NULL;
    size = folder ? strlen(folder) : 0;
    return folder && strncmp(source + 1, folder, size) == 0 && source[1 + size] == '/';
}
