/* late.h - libraries that are opened when first used, so that starting does not pay for what few scripts need. */
#ifndef DKI_BASE_LATE_H
#define DKI_BASE_LATE_H

#include <assert.h>
#include <string.h>

#include <dekking/error.h>

/* Opens the shared library `file` ("libzip.so.4") and looks n functions up by name: functions[i] is names[i]'s, or
 * functions are untouched on error. The library stays open for the process. need ends the sentence "... needs": what
 * cannot be done without it; package is what Debian calls it.
 *
 * Errors  DK_ERR_IO  the library is not there, or lacks a function
 * Threads any. */
dk_status dki_late_open(const char *file, const char *package, const char *need, const char *const *names, size_t n,
                        void **functions, dk_error *err);

/* For a source that needs a library: makes struct functions, which has a member for each function of the list (an X
 * macro), under its own name, and open_functions(need, out, err), which fills it. */
#define DKI_LATE_FUNCTIONS(LIST, file, package)                                                                    \
    struct functions {                                                                                             \
        LIST(DKI_LATE_MEMBER)                                                                                      \
    };                                                                                                             \
    static dk_status open_functions(const char *need, struct functions *out, dk_error *err)                        \
    {                                                                                                              \
        static const char *const names[] = { LIST(DKI_LATE_NAME) };                                                \
        void *pointers[sizeof names / sizeof *names];                                                              \
        dk_status status = dki_late_open(file, package, need, names, sizeof names / sizeof *names, pointers, err); \
                                                                                                                   \
        static_assert(sizeof pointers == sizeof *out, "functions are pointers");                                   \
        if (status == DK_OK)                                                                                       \
            memcpy(out, pointers, sizeof pointers);                                                                \
        return status;                                                                                             \
    }
#define DKI_LATE_MEMBER(name) __typeof__(&name) name;
#define DKI_LATE_NAME(name) #name,

#endif
