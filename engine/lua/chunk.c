/* chunk.c - which chunks are the library's own. */
#include "chunk.h"

#include <stdlib.h>
#include <string.h>

const char *dkl_scripts_folder(void)
{
    const char *folder = getenv("DEKKING_SCRIPTS");

    return folder && folder[0] ? folder : NULL;
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
