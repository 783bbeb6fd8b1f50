/* source.c - the bytes that a reading begins with, any part of them at any time.
 *
 * A file is read in parts rather than mapped: one that shrinks while it is mapped would end the process by a signal, and
 * pages that are mapped count as the process's memory. The copy costs a tenth of a second for each gigabyte.
 */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"

bool dki_source_open(const char *path, dki_source *out)
{
    struct stat about;
    int fd;

    if (strcmp(path, "-") == 0 || stat(path, &about) != 0 || !S_ISREG(about.st_mode))
        return false;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    /* A size of zero may be a file of the system's that has no size and yet content. */
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0) {
        close(fd);
        return false;
    }
    *out = (dki_source){ .name = path, .fd = fd, .size = (uint64_t)about.st_size };
    return true;
}

void dki_source_of_bytes(const char *bytes, uint64_t size, const char *name, dki_source *out)
{
    *out = (dki_source){ .name = name, .bytes = size > 0 ? bytes : "", .fd = -1, .size = size };
}

void dki_source_close(dki_source *source)
{
    if (source->fd >= 0)
        close(source->fd);
    source->fd = -1;
}

dk_status dki_source_read(const dki_source *source, uint64_t offset, size_t n, char *out, dk_error *err)
{
    if (source->bytes) {
        if (n > 0)
            memcpy(out, source->bytes + offset, n);
        return DK_OK;
    }
    while (n > 0) {
        ssize_t got = pread(source->fd, out, n < (1u << 30) ? n : 1u << 30, (off_t)offset);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got < 0)
                dki_fail(err, DK_ERR_IO, "cannot read it: %s", strerror(errno));
            else
                dki_fail(err, DK_ERR_IO, "the file became shorter while it was read");
            dki_at(err, source->name, 0, 0);
            return DK_ERR_IO;
        }
        out += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return DK_OK;
}
