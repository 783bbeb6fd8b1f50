/* file.c - whole files in, and files that are complete or absent out.
 *
 * A file is read into memory: one that shrinks while it is mapped would end the process by a signal.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checked.h"
#include "status.h"

/* One sentence for a failed call on path. */
static dk_status fail(dk_error *err, const char *path, const char *verb, int reason)
{
    switch (reason) {
    case ENOENT:
    case ENOTDIR:
        dki_fail(err, DK_ERR_IO, "%s", verb[0] == 'r' ? "the file does not exist" : "the folder does not exist");
        dki_hint(err, "check the name, and the folder that the program was started in");
        break;
    case EISDIR: dki_fail(err, DK_ERR_IO, "is a directory, not a file"); break;
    case EACCES:
    case EPERM: dki_fail(err, DK_ERR_IO, "no permission to %s it", verb); break;
    default: dki_fail(err, DK_ERR_IO, "cannot %s it: %s", verb, strerror(reason));
    }
    dki_at(err, path, 0, 0);
    return DK_ERR_IO;
}

/* Reads fd to its end. size_hint is what it is expected to hold. */
static dk_status read_all(dk_context *context, int fd, const char *path, size_t size_hint, dki_file *out,
                          dk_error *err)
{
    char *bytes = NULL;
    size_t capacity = 0, size = 0;
    dk_status status;

    for (;;) {
        ssize_t got;
        size_t room = size_hint > size ? size_hint - size + 1 : 65536; /* one more, to meet the end */
        size_t needed;

        if (size == capacity) {
            if (dki_add_size(size, room, &needed)) {
                status = dki_fail(err, DK_ERR_MEMORY, "out of memory (the file is larger than memory can be)");
                goto fail;
            }
            if (capacity == 0) {
                status = dki_resize(context, (void **)&bytes, needed, err);
                capacity = needed;
            } else {
                status = dki_grow(context, (void **)&bytes, &capacity, needed, 1, err);
            }
            if (status != DK_OK)
                goto fail;
        }
        got = read(fd, bytes + size, capacity - size < (1u << 30) ? capacity - size : (1u << 30));
        if (got < 0 && errno == EINTR) {
            status = dki_poll(context, err);
            if (status != DK_OK)
                goto fail;
            continue;
        }
        if (got < 0) {
            status = fail(err, path, "read", errno);
            goto fail;
        }
        if (got == 0)
            break;
        size += (size_t)got;
        status = dki_poll(context, err);
        if (status != DK_OK)
            goto fail;
    }
    out->context = context;
    out->owned = bytes;
    out->bytes = bytes;
    out->size = size;
    return DK_OK;

fail:
    dki_free(context, bytes);
    return status;
}

dk_status dki_file_open(dk_context *context, const char *path, dki_file *out, dk_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    dk_status status;

    if (fd < 0)
        return fail(err, path, "read", errno);
    if (fstat(fd, &about) != 0)
        status = fail(err, path, "read", errno);
    else if (S_ISDIR(about.st_mode))
        status = fail(err, path, "read", EISDIR);
    else
        status = read_all(context, fd, path,
                          S_ISREG(about.st_mode) && about.st_size > 0 ? (size_t)about.st_size : 0, out, err);
    if (!standard)
        close(fd);
    return status;
}

void dki_file_close(dki_file *file)
{
    dki_free(file->context, file->owned);
    file->owned = NULL;
    file->bytes = NULL;
    file->size = 0;
}

/* Output ------------------------------------------------------------------------------------------------------- */

static atomic_uint counter; /* tells temporary files of one process apart */

/* Makes an empty file beside path, with the mode that the finished one is to have. */
static dk_status open_temporary(dki_output *out, const struct stat *before, dk_error *err)
{
    size_t room = strlen(out->path) + 64;

    out->temporary = dki_alloc(out->context, room, err);
    if (out->temporary == NULL)
        return DK_ERR_MEMORY;
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(out->temporary, room, "%s.%ld-%u.new", out->path, (long)getpid(), atomic_fetch_add(&counter, 1));
        out->fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (out->fd >= 0) {
            if (before && fchmod(out->fd, before->st_mode & 07777) != 0)
                return fail(err, out->path, "write", errno);
            return DK_OK;
        }
        if (errno != EEXIST)
            break;
    }
    {
        int reason = errno;

        dki_free(out->context, out->temporary);
        out->temporary = NULL;
        return fail(err, out->path, "write", reason);
    }
}

dk_status dki_output_open(dk_context *context, const char *path, dki_output *out, dk_error *err)
{
    struct stat about;
    bool exists = stat(path, &about) == 0;
    char *real = NULL;
    dk_status status;

    *out = (dki_output){ .context = context, .fd = -1 };
    if (exists && S_ISDIR(about.st_mode))
        return fail(err, path, "write", EISDIR);
    if (exists && access(path, W_OK) != 0)
        return fail(err, path, "write", errno);
    if (exists && S_ISREG(about.st_mode)) /* what a link points to is replaced, not the link */
        real = realpath(path, NULL);
    out->path = dki_strdup(context, real ? real : path, err);
    free(real);
    if (out->path == NULL)
        return DK_ERR_MEMORY;
    if (exists && !S_ISREG(about.st_mode)) {
        out->fd = open(path, O_WRONLY | O_CLOEXEC);
        status = out->fd < 0 ? fail(err, path, "write", errno) : DK_OK;
    } else {
        status = open_temporary(out, exists ? &about : NULL, err);
    }
    if (status != DK_OK)
        dki_output_drop(out);
    return status;
}

dk_status dki_output_write(dki_output *output, const char *bytes, size_t size, dk_error *err)
{
    while (size > 0) {
        ssize_t done = write(output->fd, bytes, size);

        if (done < 0 && errno == EINTR) {
            dk_status status = dki_poll(output->context, err);

            if (status != DK_OK)
                return status;
            continue;
        }
        if (done < 0)
            return fail(err, output->path, "write", errno);
        bytes += done;
        size -= (size_t)done;
    }
    return DK_OK;
}

dk_status dki_output_commit(dki_output *output, dk_error *err)
{
    dk_status status = DK_OK;

    if (output->temporary && fsync(output->fd) != 0)
        status = fail(err, output->path, "write", errno);
    if (close(output->fd) != 0 && status == DK_OK && errno != EINTR)
        status = fail(err, output->path, "write", errno);
    output->fd = -1;
    if (status == DK_OK && output->temporary && rename(output->temporary, output->path) != 0)
        status = fail(err, output->path, "write", errno);
    if (status == DK_OK) {
        dki_free(output->context, output->temporary);
        output->temporary = NULL;
    }
    return status;
}

void dki_output_drop(dki_output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    if (output->temporary)
        unlink(output->temporary);
    dki_free(output->context, output->temporary);
    dki_free(output->context, output->path);
    output->temporary = NULL;
    output->path = NULL;
    output->fd = -1;
}
