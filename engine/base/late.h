/* late.h - libraries that are opened when first used, so that starting does not pay for what few scripts need. */
#ifndef DKI_BASE_LATE_H
#define DKI_BASE_LATE_H

#include <dekking/error.h>

/* Opens the shared library `file` ("libzip.so.4") and looks n functions up by name: functions[i] is names[i]'s, or
 * functions are untouched on error. The library stays open for the process. need ends the sentence "... needs": what
 * cannot be done without it; package is what Debian calls it.
 *
 * Errors  DK_ERR_IO  the library is not there, or lacks a function
 * Threads any. */
dk_status dki_late_open(const char *file, const char *package, const char *need, const char *const *names, size_t n,
                        void **functions, dk_error *err);

#endif
