/* unpack_gzip.c - gzip, by zlib, which is opened when the first such file is read. Its memory is the context's. */
#include "unpack_codec.h"

#include "base/status.h"

#if __has_include(<zlib.h>)

#include <string.h>
#include <zlib.h>

#include "base/late.h"

#define LIBRARY "libz.so.1"
#define PACKAGE "zlib1g"
#define GZIP_WINDOW (15 + 16) /* the largest window, and a gzip header rather than one of zlib */
#define MOST_STEP (1u << 30)  /* zlib counts with unsigned int */

#define FUNCTIONS(X) \
    X(inflateInit2_) \
    X(inflate)       \
    X(inflateReset)  \
    X(inflateEnd)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

typedef struct gzip {
    struct functions fn;
    dk_context *context;
    z_stream stream;
    bool is_open, at_end;
    dk_error met; /* by an allocation */
} gzip;

static void *gzip_alloc(void *opaque, unsigned n, unsigned size)
{
    gzip *g = opaque;

    return dki_calloc(g->context, n, size,
                      &g->met); /* zeroed: zlib's checks read a window that was never written */
}

static void gzip_free(void *opaque, void *memory)
{
    gzip *g = opaque;

    dki_free(g->context, memory);
}

static dk_status fail_memory(const gzip *g, dk_error *err)
{
    if (err)
        *err = g->met;
    return DK_ERR_MEMORY;
}

static void gzip_close(void *state)
{
    gzip *g = state;

    if (g->is_open)
        g->fn.inflateEnd(&g->stream);
    dki_free(g->context, g);
}

static dk_status gzip_open(dk_context *context, void **state, dk_error *err)
{
    struct functions fn;
    gzip *g;
    dk_status status = open_functions("unpacking gzip", &fn, err);

    if (status != DK_OK)
        return status;
    g = dki_calloc(context, 1, sizeof *g, err);
    if (g == NULL)
        return DK_ERR_MEMORY;
    g->fn = fn;
    g->context = context;
    g->stream.zalloc = gzip_alloc;
    g->stream.zfree = gzip_free;
    g->stream.opaque = g;
    if (g->fn.inflateInit2_(&g->stream, GZIP_WINDOW, ZLIB_VERSION, (int)sizeof g->stream) != Z_OK) {
        if (g->met.code == DK_OK)
            dki_fail(&g->met, DK_ERR_MEMORY, "zlib cannot be started");
        status = fail_memory(g, err);
        gzip_close(g);
        return status;
    }
    g->is_open = true;
    *state = g;
    return DK_OK;
}

static dk_status gzip_step(void *state, dki_unpack_step *step, dk_error *err)
{
    gzip *g = state;
    unsigned n_in = step->n_in < MOST_STEP ? (unsigned)step->n_in : MOST_STEP;
    unsigned room = step->room < MOST_STEP ? (unsigned)step->room : MOST_STEP;
    int answer;

    if (g->at_end) {
        /* Zeroes behind a member are filling, as on tapes; gzip skips them too. */
        while (step->n_in > 0 && *step->in == '\0') {
            step->in++;
            step->n_in--;
        }
        if (step->n_in == 0)
            return DK_OK;
        g->fn.inflateReset(&g->stream);
        g->at_end = step->is_end = false;
        n_in = step->n_in < n_in ? (unsigned)step->n_in : n_in;
    }
    g->stream.next_in = (z_const Bytef *)(uintptr_t)step->in;
    g->stream.avail_in = n_in;
    g->stream.next_out = (Bytef *)step->out;
    g->stream.avail_out = room;
    answer = g->fn.inflate(&g->stream, Z_NO_FLUSH);
    step->in += n_in - g->stream.avail_in;
    step->n_in -= n_in - g->stream.avail_in;
    step->out += room - g->stream.avail_out;
    step->room -= room - g->stream.avail_out;
    if (answer == Z_MEM_ERROR)
        return fail_memory(g, err);
    if (answer == Z_STREAM_END)
        g->at_end = step->is_end = true;
    else if (answer != Z_OK && answer != Z_BUF_ERROR) {
        step->why = g->stream.msg ? g->stream.msg : "a part of it cannot be unpacked";
        return DK_ERR_DATA;
    }
    return DK_OK;
}

const dki_codec dki_codec_gzip = { .open = gzip_open, .step = gzip_step, .close = gzip_close };

#else

static dk_status gzip_open(dk_context *context, void **state, dk_error *err)
{
    (void)context, (void)state;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "this dekking was built without zlib, so it cannot unpack gzip");
    dki_hint(err,
             "install it (Debian: apt-get install zlib1g-dev) and build again; or unpack the file first: gunzip");
    return DK_ERR_ARGUMENT;
}

const dki_codec dki_codec_gzip = { .open = gzip_open };

#endif
