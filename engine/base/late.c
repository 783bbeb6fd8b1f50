/* late.c - opening a library by the name of its file. */
#include "late.h"

#include <dlfcn.h>

#include "status.h"

static dk_status fail_missing(const char *file, const char *package, const char *need, const char *why,
                              dk_error *err)
{
    (void)dki_fail(err, DK_ERR_IO, "%s needs the library %s: %s", need, file, why ? why : "it cannot be opened");
    dki_hint(err, "install it (Debian: apt-get install %s)", package);
    return DK_ERR_IO;
}

dk_status dki_late_open(const char *file, const char *package, const char *need, const char *const *names, size_t n,
                        void **functions, dk_error *err)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL); /* counted, and never closed */

    if (library == NULL)
        return fail_missing(file, package, need, dlerror(), err);
    for (size_t i = 0; i < n; i++)
        if (dlsym(library, names[i]) == NULL)
            return fail_missing(file, package, need, dlerror(), err);
    for (size_t i = 0; i < n; i++)
        functions[i] = dlsym(library, names[i]);
    return DK_OK;
}
