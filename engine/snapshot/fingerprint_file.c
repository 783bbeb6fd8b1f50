/* fingerprint_file.c - a hash of a file's bytes, read piece by piece. */
#include <dekking/fingerprint.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#define XXH_STATIC_LINKING_ONLY /* for the size of its state */
#include <xxhash.h>

#include "base/memory.h"
#include "base/status.h"

#define PIECE_BYTES ((size_t)1 << 20)

static dk_status fail(dk_error *err, const char *path, const char *why)
{
    dki_fail(err, DK_ERR_IO, "%s", why);
    dki_at(err, path, 0, 0);
    return DK_ERR_IO;
}

/* Adds what the file holds to the state. */
static dk_status hash_bytes(dk_context *context, const char *path, int fd, XXH3_state_t *state, char *piece,
                            uint64_t *n_bytes, dk_error *err)
{
    dk_status status = DK_OK;

    for (;;) {
        ssize_t n = read(fd, piece, PIECE_BYTES);

        if (n < 0 && errno != EINTR)
            return fail(err, path, strerror(errno));
        status = dki_poll(context, err);
        if (status != DK_OK || n == 0)
            return status;
        if (n > 0) {
            XXH3_128bits_update(state, piece, (size_t)n);
            *n_bytes += (uint64_t)n;
        }
    }
}

dk_status dk_file_fingerprint(dk_context *context, const char *path, char out[DK_FINGERPRINT_SIZE],
                              uint64_t *n_bytes, dk_error *err)
{
    struct stat what;
    XXH3_state_t *state;
    XXH128_canonical_t canonical;
    uint64_t n = 0;
    char *piece;
    dk_status status = DK_ERR_MEMORY;
    int fd;

    if (stat(path, &what) != 0)
        return fail(err, path, errno == ENOENT ? "the file does not exist" : strerror(errno));
    if (!S_ISREG(what.st_mode))
        return fail(err, path, "is no regular file");
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* it may have become a pipe */
    if (fd < 0)
        return fail(err, path, strerror(errno));
    state = dki_alloc_wide(context, sizeof *state, err);
    piece = state ? dki_alloc(context, PIECE_BYTES, err) : NULL;
    if (piece) {
        XXH3_128bits_reset(state);
        status = hash_bytes(context, path, fd, state, piece, &n, err);
    }
    if (status == DK_OK) {
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
        for (size_t i = 0; i < sizeof canonical.digest; i++)
            snprintf(out + 2 * i, 3, "%02x", canonical.digest[i]);
        *n_bytes = n;
    }
    dki_free(context, piece);
    dki_free(context, state);
    close(fd);
    return status;
}
