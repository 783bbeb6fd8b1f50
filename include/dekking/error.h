/* error.h - what a function of dekking answers, and what it has to say when it fails.
 *
 * A function that can fail returns a dk_status and takes a dk_error that belongs to the caller. The function
 * that finds the fault fills the error once: what is wrong, where, with which value, and what to do about it.
 * Whoever stands above passes it on. An error owns no heap memory, so that raising one never leaks.
 *
 * After failure every `out` parameter is as it was before the call.
 */
#ifndef DEKKING_ERROR_H
#define DEKKING_ERROR_H

#include <dekking/api.h>

/* One list for codes, names and texts: X(CODE, "name", "what it means"). */
#define DK_STATUS_LIST(X)                                                                \
    X(OK, "ok", "no error")                                                              \
    X(ERR_MEMORY, "memory", "out of memory, or over the memory budget")                  \
    X(ERR_INTERRUPTED, "interrupted", "stopped on request")                              \
    X(ERR_ARGUMENT, "argument", "a function was called in a way that it does not allow") \
    X(ERR_TYPE, "type", "a value or column has a type that does not fit here")           \
    X(ERR_LENGTH, "length", "lengths differ that must be equal")                         \
    X(ERR_NAME, "name", "a name that nothing has")                                       \
    X(ERR_DUPLICATE, "duplicate", "a name or key that occurs twice")                     \
    X(ERR_OVERFLOW, "overflow", "an exact result does not fit")                          \
    X(ERR_RANGE, "range", "a value outside the range that is allowed")                   \
    X(ERR_SYNTAX, "syntax", "an expression that cannot be parsed")                       \
    X(ERR_DATA, "data", "input that is not what it claims to be")                        \
    X(ERR_ENCODING, "encoding", "bytes that are not text in the stated encoding")        \
    X(ERR_IO, "io", "a file that cannot be opened, read or written")                     \
    X(ERR_MARGIN, "margin", "rows with totals where only details make sense")            \
    X(ERR_UNREACHABLE, "unreachable", "a target or amount that cannot be had")           \
    X(ERR_LIMIT, "limit", "a stated limit was passed")                                   \
    X(ERR_CALLBACK, "callback", "a callback of the host failed")

typedef enum dk_status {
#define DK_STATUS_ENUM(code, name, text) DK_##code,
    DK_STATUS_LIST(DK_STATUS_ENUM)
#undef DK_STATUS_ENUM
        DK_N_STATUSES
} dk_status;

/* What went wrong. message is one sentence without a position; hint says what to do and may be empty. Where the
 * fault lies in a file or in an expression, file names it and line and column (both from 1, 0 when unknown)
 * point into it; column counts characters of an expression, and fields of a CSV record. */
typedef struct dk_error {
    dk_status code;
    uint64_t line;
    uint64_t column;
    char file[256];
    char message[640];
    char hint[384];
} dk_error;

#define DK_ERROR_INIT \
    {                 \
        .code = DK_OK \
    }

/* Gives the short name ("memory") or the meaning of a status. Never NULL, also for a number that is no status. */
DK_API const char *dk_status_name(dk_status status);
DK_API const char *dk_status_text(dk_status status);

/* Writes "file:line:column: message (hint)" into buffer, with only the parts that are known; a position is one in a
 * file, and is left out where there is none (the message about an expression shows the place itself). Terminated,
 * and cut at a character's boundary when it does not fit; size 0 writes nothing. Returns the length, in bytes and
 * without terminator, that the whole text has. */
DK_API size_t dk_error_format(const dk_error *err, char *buffer, size_t size);

#endif
