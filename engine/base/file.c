/* file.c - whole files in, and files that are complete or absent out.
 *
 * A file is read into memory, not mapped: one that shrinks while it is mapped would end the process by a signal,
 * and one that is written to would change between two passes over it. Mapping would save the copy: 0.7 s for each GB
 * on one core, where this was measured.
 */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checked.h"
#include "pool.h"
#include "status.h"
#include "text.h"

#define PIECE ((size_t)8 << 20) /* bytes between two polls, and the range of a worker */
#define FIRST_PIECE 65536       /* of a stream, whose size is not known */

static dk_status refuse(dk_error *err, const char *path, const char *why)
{
    dki_fail(err, DK_ERR_IO, "%s", why);
    dki_at(err, path, 0, 0);
    return DK_ERR_IO;
}

/* One sentence for a failed call on path. */
static dk_status fail(dk_error *err, const char *path, const char *verb, int reason)
{
    if (*path == '\0')
        return refuse(err, path, "the name is empty");
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

/* A call that failed with EINTR is tried again, unless the signal was an interruption. */
static bool try_again(dk_context *context, dk_status *status, dk_error *err)
{
    if (errno != EINTR)
        return false;
    *status = dki_poll(context, err);
    return *status == DK_OK;
}

/* open waits where path is a pipe that has no other end yet. */
static dk_status open_path(dk_context *context, const char *path, int flags, const char *verb, int *fd,
                           dk_error *err)
{
    dk_status status = DK_OK;

    do
        *fd = open(path, flags | O_CLOEXEC);
    while (*fd < 0 && try_again(context, &status, err));
    if (*fd < 0 && status == DK_OK)
        status = fail(err, path, verb, errno);
    return status;
}

/* Input. ------------------------------------------------------------------------------------------------------- */

struct reading {
    dk_context *context;
    const char *path;
    int fd;
    char *bytes;
    size_t size, capacity;
    atomic_size_t end; /* where a range met the end of the file: it may have become shorter */
};

/* One call of read, at most a piece; *got is 0 at the end. */
static dk_status read_some(struct reading *r, size_t at, size_t most, bool in_place, size_t *got, dk_error *err)
{
    dk_status status = DK_OK;
    ssize_t n;

    do
        n = in_place ? pread(r->fd, r->bytes + at, most, (off_t)at) : read(r->fd, r->bytes + at, most);
    while (n < 0 && try_again(r->context, &status, err));
    if (n < 0 && status == DK_OK)
        status = fail(err, r->path, "read", errno);
    *got = n < 0 ? 0 : (size_t)n;
    return status;
}

static dk_status read_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct reading *r = arg;
    dk_status status = DK_OK;
    size_t at = (size_t)begin, got = 1, known;

    (void)worker;
    while (status == DK_OK && got > 0 && at < end) {
        status = read_some(r, at, (size_t)end - at, true, &got, err);
        at += got;
    }
    known = atomic_load(&r->end);
    while (status == DK_OK && at < end && at < known && !atomic_compare_exchange_weak(&r->end, &known, at))
        ;
    return status;
}

/* A large file, as far as it is known to reach. */
static dk_status read_ranges(struct reading *r, size_t size, dk_error *err)
{
    dk_status status;

    atomic_store(&r->end, size);
    status = dki_parallel(r->context, size, PIECE, read_range, r, err);
    r->size = atomic_load(&r->end);
    if (status == DK_OK && lseek(r->fd, (off_t)r->size, SEEK_SET) < 0)
        status = fail(err, r->path, "read", errno);
    return status;
}

static dk_status read_to_end(struct reading *r, dk_error *err)
{
    size_t got = 1;

    while (got > 0) {
        dk_status status = dki_poll(r->context, err);

        if (status == DK_OK && r->size == r->capacity)
            status = dki_grow(r->context, (void **)&r->bytes, &r->capacity, r->size + FIRST_PIECE, 1, err);
        if (status == DK_OK) {
            size_t room = r->capacity - r->size;

            status = read_some(r, r->size, room < PIECE ? room : PIECE, false, &got, err);
        }
        if (status != DK_OK)
            return status;
        r->size += got;
    }
    return DK_OK;
}

/* size_hint is what is left of a regular file, 0 where that is not known; from its beginning where whole is set. */
static dk_status read_all(struct reading *r, size_t size_hint, bool whole, dk_error *err)
{
    dk_status status;

    r->capacity = size_hint > 0 ? size_hint + 1 : FIRST_PIECE; /* one more, to meet the end */
    r->bytes = dki_alloc(r->context, r->capacity, err);
    if (r->bytes == NULL)
        return DK_ERR_MEMORY;
    status = whole && size_hint > 2 * PIECE ? read_ranges(r, size_hint, err) : DK_OK;
    if (status == DK_OK)
        status = read_to_end(r, err);
    if (status == DK_OK && r->capacity - r->size > FIRST_PIECE) /* a stream: its room was doubled */
        (void)dki_resize(r->context, (void **)&r->bytes, r->size, NULL);
    if (status != DK_OK)
        dki_free(r->context, r->bytes);
    return status;
}

dk_status dki_file_open(dk_context *context, const char *path, dki_file *out, dk_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    struct reading r = { .context = context, .path = standard ? "standard input" : path, .fd = STDIN_FILENO };
    struct stat about;
    dk_status status = standard ? DK_OK : open_path(context, path, O_RDONLY, "read", &r.fd, err);

    if (status != DK_OK)
        return status;
    if (fstat(r.fd, &about) != 0)
        status = fail(err, r.path, "read", errno);
    else if (S_ISDIR(about.st_mode))
        status = fail(err, r.path, "read", EISDIR);
    else
        status =
            read_all(&r, S_ISREG(about.st_mode) && about.st_size > 0 ? (size_t)about.st_size : 0, !standard, err);
    if (!standard)
        close(r.fd);
    if (status == DK_OK)
        *out = (dki_file){ .context = context, .bytes = r.bytes, .size = r.size, .owned = r.bytes };
    return status;
}

void dki_file_close(dki_file *file)
{
    dki_free(file->context, file->owned);
    file->owned = NULL;
    file->bytes = NULL;
    file->size = 0;
}

/* Output. ------------------------------------------------------------------------------------------------------ */

#define LONGEST_NAME 255 /* bytes, of a file in its folder */

static atomic_uint counter; /* tells temporary files of one process apart */

/* The descriptor that a path such as /dev/stdout or /dev/fd/3 stands for, -1 for any other path. To open it would
 * not do: where it is a file, that would begin to write at its beginning, or replace it under the hands of who
 * holds it. */
static int named_descriptor(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t n = strlen(folders[i]);

        if (strncmp(path, folders[i], n) == 0 && path[n] && strspn(path + n, "0123456789") == strlen(path + n) &&
            strlen(path + n) < 6)
            return atoi(path + n);
    }
    return -1;
}

/* Locks a temporary file, so that dki_output_sweep of another process leaves it alone. The lock outlives the closing of fd,
 * which comes before the renaming. false where the file is gone: a sweep came between making and locking it. Where a file
 * system has no locks nothing is swept either. */
static bool lock_temporary(dki_output *out)
{
    struct stat about;

    if (flock(out->fd, LOCK_EX | LOCK_NB) != 0)
        return errno != EWOULDBLOCK;
    out->lock = fcntl(out->fd, F_DUPFD_CLOEXEC, 0);
    return fstat(out->fd, &about) != 0 || about.st_nlink > 0;
}

static void unlock(dki_output *out)
{
    if (out->lock >= 0)
        close(out->lock);
    out->lock = -1;
}

/* Makes an empty file beside path, with the permissions that the finished one is to have. */
static dk_status open_temporary(dki_output *out, const struct stat *before, dk_error *err)
{
    const char *slash = strrchr(out->path, '/');
    size_t folder = slash ? (size_t)(slash - out->path) + 1 : 0, name = strlen(out->path + folder);
    size_t room = folder + LONGEST_NAME + 1;
    int n_tried = 0, reason;

    out->temporary = dki_alloc(out->context, room, err);
    if (out->temporary == NULL)
        return DK_ERR_MEMORY;
    name = dki_utf8_floor(out->path + folder, name, LONGEST_NAME - 40); /* leaves room for two numbers */
    do {
        snprintf(out->temporary, room, "%.*s.%ld-%u.new", (int)(folder + name), out->path, (long)getpid(),
                 atomic_fetch_add(&counter, 1));
        out->fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (out->fd >= 0 && !lock_temporary(out)) {
            unlock(out);
            close(out->fd);
            unlink(out->temporary);
            out->fd = -1;
            errno = EEXIST;
        }
    } while (out->fd < 0 && errno == EEXIST && ++n_tried < 1000); /* left by a process that was killed */
    if (out->fd >= 0 && (!before || fchmod(out->fd, before->st_mode & 0777) == 0))
        return DK_OK;
    reason = errno;
    if (out->fd < 0) {
        dki_free(out->context, out->temporary); /* nothing to be removed */
        out->temporary = NULL;
    }
    if (reason != EACCES)
        return fail(err, out->path, "write", reason);
    return refuse(err, out->path, "no permission to make a file in its folder");
}

/* A path that stands for what is there already and is no regular file. */
static dk_status open_directly(dki_output *out, int descriptor, dk_error *err)
{
    if (descriptor < 0)
        return open_path(out->context, out->path, O_WRONLY, "write", &out->fd, err);
    if (descriptor == STDOUT_FILENO)
        fflush(stdout); /* what the host printed stands before it */
    out->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return out->fd < 0 ? fail(err, out->path, "write", errno) : DK_OK;
}

dk_status dki_output_open(dk_context *context, const char *path, dki_output *out, dk_error *err)
{
    dki_output output = { .context = context, .fd = -1, .lock = -1 };
    int descriptor = named_descriptor(path);
    bool exists = false, directly = descriptor >= 0;
    char *real = NULL;
    struct stat about;
    dk_status status;

    if (path[0] == '\0')
        return refuse(err, path, "the name is empty");
    if (!directly) {
        exists = stat(path, &about) == 0;
        if (!exists && errno != ENOENT)
            return fail(err, path, "write", errno);
        if (!exists && lstat(path, &about) == 0)
            return refuse(err, path, "is a link to a file that does not exist");
        if (exists && S_ISDIR(about.st_mode))
            return fail(err, path, "write", EISDIR);
        if (exists && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
            return fail(err, path, "write", errno);
        directly = exists && !S_ISREG(about.st_mode);
        if (exists && !directly) /* what a link points to is replaced, not the link */
            real = realpath(path, NULL);
    }
    output.path = dki_strdup(context, real ? real : path, err);
    free(real);
    if (output.path == NULL)
        return DK_ERR_MEMORY;
    status =
        directly ? open_directly(&output, descriptor, err) : open_temporary(&output, exists ? &about : NULL, err);
    if (status == DK_OK)
        *out = output;
    else
        dki_output_drop(&output);
    return status;
}

dk_status dki_output_write(dki_output *output, const char *bytes, size_t size, dk_error *err)
{
    dk_status status = DK_OK;

    while (size > 0) {
        ssize_t done = write(output->fd, bytes, size);

        if (done < 0 && try_again(output->context, &status, err))
            continue;
        if (done <= 0)
            return status != DK_OK ? status : fail(err, output->path, "write", done < 0 ? errno : EIO);
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
    unlock(output);
    if (status == DK_OK) {
        dki_free(output->context, output->temporary);
        output->temporary = NULL;
    }
    return status;
}

/* Whether a name is prefix, then the two numbers and the end of a temporary file's. */
static bool is_temporary(const char *name, const char *prefix, size_t size)
{
    size_t n;

    if (strncmp(name, prefix, size) != 0)
        return false;
    name += size;
    n = strspn(name, "0123456789");
    if (n == 0 || name[n] != '-')
        return false;
    name += n + 1;
    n = strspn(name, "0123456789");
    return n > 0 && strcmp(name + n, ".new") == 0;
}

/* Removes a file that nobody has locked, if it is still there once we have. */
static void remove_left(int folder, const char *name)
{
    struct stat opened, named;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return;
    if (fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && opened.st_ino == named.st_ino &&
        opened.st_dev == named.st_dev)
        (void)unlinkat(folder, name, 0);
    close(fd);
}

void dki_output_sweep(const dki_output *output)
{
    const char *slash, *name;
    char folder[4096];
    size_t size;
    DIR *all;

    if (output->temporary == NULL || output->lock < 0)
        return;
    slash = strrchr(output->temporary, '/');
    name = slash ? slash + 1 : output->temporary;
    size = (size_t)(name - output->temporary);
    if (size >= sizeof folder)
        return; /* opendir takes no longer name either */
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)size : 1, slash ? output->temporary : ".");
    for (size = strlen(name) - strlen(".new"); name[size - 1] != '.'; size--) /* up to the numbers */
        ;
    all = opendir(folder);
    for (struct dirent *entry = all ? readdir(all) : NULL; entry; entry = readdir(all))
        if (is_temporary(entry->d_name, name, size))
            remove_left(dirfd(all), entry->d_name);
    if (all)
        closedir(all);
}

void dki_output_drop(dki_output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    if (output->temporary)
        unlink(output->temporary);
    unlock(output);
    dki_free(output->context, output->temporary);
    dki_free(output->context, output->path);
    output->temporary = NULL;
    output->path = NULL;
    output->fd = -1;
}
