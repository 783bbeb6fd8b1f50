/* source.h - the bytes that a reading begins with, any part of them at any time: a file on disk, or memory. */
#ifndef DKI_READ_SOURCE_H
#define DKI_READ_SOURCE_H

#include <dekking/context.h>

typedef struct dki_source {
    const char *name;  /* in messages; borrowed */
    const char *bytes; /* NULL: fd; borrowed */
    int fd;            /* -1: none */
    uint64_t size;
} dki_source;

/* A regular file that can be read in parts. False where path is something else, or cannot be opened: who reads it as a
 * whole will say why. */
bool dki_source_open(const char *path, dki_source *out);
void dki_source_of_bytes(const char *bytes, uint64_t size, const char *name, dki_source *out);
void dki_source_close(dki_source *source); /* may be called twice */

/* Copies n bytes from offset to out; any thread. Errors: DK_ERR_IO, also where the file has become shorter. */
dk_status dki_source_read(const dki_source *source, uint64_t offset, size_t n, char *out, dk_error *err);

#endif
