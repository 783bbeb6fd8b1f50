/* scratch.c - a folder of its own, so that taking it away is enough for its file not to be made later. */
#include "scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/status.h"

#define MOST_TRIES 100 /* each meets a file that somebody makes and takes away at once */

static dk_status fail_system(const char *what, const char *verb, dk_error *err)
{
    return dki_fail(err, DK_ERR_IO, "the %s could not be %s in the folder for temporary files: %s", what, verb,
                    strerror(errno));
}

dk_status dki_scratch_open(dki_scratch *out, const char *what, dk_error *err)
{
    const char *parent = getenv("TMPDIR");
    int size = snprintf(out->folder, sizeof out->folder, "%s/dekking-XXXXXX", parent && *parent ? parent : "/tmp");
    bool fits = size > 0 && (size_t)size < sizeof out->folder &&
                (size_t)snprintf(out->path, sizeof out->path, "%.*s/file", size, out->folder) < sizeof out->path;

    if (fits && mkdtemp(out->folder)) {
        memcpy(out->path, out->folder, (size_t)size);
        return DK_OK;
    }
    if (!fits)
        errno = ENAMETOOLONG;
    *out = (dki_scratch){ "", "" };
    return fail_system(what, "made", err);
}

dk_status dki_scratch_read(const dki_scratch *scratch, const char *what, dk_context *context, dki_sink *sink,
                           dk_error *err)
{
    FILE *file = fopen(scratch->path, "rb");
    dk_status status = DK_OK;
    char block[8192];
    size_t size;

    if (file == NULL)
        return fail_system(what, "read", err);
    while (status == DK_OK && (size = fread(block, 1, sizeof block, file)) > 0) {
        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dki_buffer_append(&sink->buffer, block, size, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    if (status == DK_OK && ferror(file))
        status = fail_system(what, "read", err);
    fclose(file);
    return status;
}

void dki_scratch_drop(const dki_scratch *scratch)
{
    if (scratch->folder[0] == '\0')
        return;
    for (int i = 0; i < MOST_TRIES; i++) {
        (void)unlink(scratch->path);
        if (rmdir(scratch->folder) == 0 || (errno != ENOTEMPTY && errno != EEXIST))
            return;
    }
}
