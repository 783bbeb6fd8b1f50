/* file.h - whole files in, and files that are complete or absent out. */
#ifndef DKI_BASE_FILE_H
#define DKI_BASE_FILE_H

#include "memory.h"

/* The bytes of a regular file (mapped, or read where it cannot be), or of standard input for "-". Pipes and other
 * streams are read to their end. Errors: DK_ERR_IO with one sentence for each of: does not exist, is a directory,
 * no permission, anything else (with the system's reason); err->file names the path. */
typedef struct dki_file {
    dk_context *context;
    const char *bytes;
    size_t size;
    void *owned; /* read into memory; NULL where mapped */
} dki_file;
dk_status dki_file_open(dk_context *context, const char *path, dki_file *out, dk_error *err);
void dki_file_close(dki_file *file);

/* A file in the making: bytes go to a temporary file in the same folder, commit syncs it and renames it to path;
 * drop removes it and leaves path as it was. Drop after commit does nothing. The mode of an existing file is kept;
 * a new one gets what umask leaves of 0666. A path that exists and is no regular file (a pipe, a terminal,
 * /dev/stdout) is written to directly. */
typedef struct dki_output {
    dk_context *context;
    int fd;
    char *path;
    char *temporary; /* NULL: written to directly */
} dki_output;
dk_status dki_output_open(dk_context *context, const char *path, dki_output *out, dk_error *err);
dk_status dki_output_write(dki_output *output, const char *bytes, size_t size, dk_error *err);
dk_status dki_output_commit(dki_output *output, dk_error *err);
void dki_output_drop(dki_output *output);

#endif
