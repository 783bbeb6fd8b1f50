/* status.h - filling a dk_error, once, where the fault is found. */
#ifndef DKI_BASE_STATUS_H
#define DKI_BASE_STATUS_H

#include <dekking/error.h>

/* Sets code and message, takes hint and position away, and returns the code, so that `return dki_fail(err, ...)`
 * reads as what it is. err may be NULL. A message that does not fit is cut at a character's boundary. */
DK_PRINTF(3, 4) dk_status dki_fail(dk_error *err, dk_status code, const char *format, ...);
/* The same as DK_ERROR_INIT for who asks thousands of times: clears what says that there is nothing, not the room for it. */
static inline void dki_error_begin(dk_error *err)
{
    err->code = DK_OK;
    err->line = err->column = 0;
    err->file[0] = err->message[0] = err->hint[0] = '\0';
}
/* Adds what to do about it. */
DK_PRINTF(2, 3) void dki_hint(dk_error *err, const char *format, ...);
/* Adds where: file may be NULL (what stands there stays); line and column 0 stay unknown. */
void dki_at(dk_error *err, const char *file, uint64_t line, uint64_t column);

#endif
