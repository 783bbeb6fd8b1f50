/* file.h - whole files in, and files that are complete or absent out.
 *
 * Every error is DK_ERR_IO with one sentence (does not exist, is a directory, no permission, or the system's
 * reason) and the path in err->file; DK_ERR_MEMORY; or DK_ERR_INTERRUPTED, for which reading polls once every 8 MiB
 * and writing where a signal stops it. After a failure of opening, *out is as it was.
 */
#ifndef DKI_BASE_FILE_H
#define DKI_BASE_FILE_H

#include "memory.h"

typedef struct dki_file {
    dk_context *context; /* borrowed */
    const char *bytes;
    size_t size;
    void *owned; /* the block that holds bytes */
} dki_file;

/* Reads a whole file into memory, on several threads where it is large; "-" is standard input. Pipes and other
 * streams are read to their end. Of a file that changes meanwhile no more is read than it has, whatever that is.
 * The caller closes it. */
dk_status dki_file_open(dk_context *context, const char *path, dki_file *out, dk_error *err);
void dki_file_close(dki_file *file); /* frees the bytes; twice does nothing */

/* A file in the making. Bytes go to a temporary file in the same folder; commit syncs it and renames it to path,
 * and drop removes it and leaves path as it was. The permissions of an existing file are kept, a new one gets what
 * umask leaves of 0666. A link's target is replaced, not the link. What is no regular file (a pipe, a terminal), and
 * /dev/stdout, /dev/stderr and /dev/fd/N whatever they are, is written to directly, behind what was written to it
 * before. */
typedef struct dki_output {
    dk_context *context; /* borrowed */
    int fd;
    char *path;
    char *temporary; /* NULL: written to directly */
    int lock;        /* on the temporary file, until it has its name; -1: none */
} dki_output;

dk_status dki_output_open(dk_context *context, const char *path, dki_output *out, dk_error *err);
dk_status dki_output_write(dki_output *output, const char *bytes, size_t size, dk_error *err);
/* After it, also when it fails, only drop may follow. */
dk_status dki_output_commit(dki_output *output, dk_error *err);
/* Removes temporary files for the same path that processes left which were killed. What a process still writes to is
 * locked, and stays. Cost: a look at every name in the folder. */
void dki_output_sweep(const dki_output *output);
/* To be called in the end, after commit too, when it leaves the file alone; twice does nothing. */
void dki_output_drop(dki_output *output);

#endif
