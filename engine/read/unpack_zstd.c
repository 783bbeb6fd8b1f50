/* unpack_zstd.c - zstd, whose library is opened when the first such file is read. Its memory is the context's. */
#include "unpack_codec.h"

#include "base/status.h"

#ifdef DK_HAVE_ZSTD

#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_customMem */
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/late.h"

#define LIBRARY "libzstd.so.1"
#define PACKAGE "libzstd1"

#define FUNCTIONS(X)            \
    X(ZSTD_createDCtx_advanced) \
    X(ZSTD_decompressStream)    \
    X(ZSTD_freeDCtx)            \
    X(ZSTD_isError)             \
    X(ZSTD_getErrorCode)        \
    X(ZSTD_getErrorName)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

typedef struct zstd {
    struct functions fn;
    dk_context *context;
    ZSTD_DCtx *stream;
    dk_error met; /* by an allocation */
} zstd;

static void *zstd_alloc(void *opaque, size_t size)
{
    zstd *z = opaque;

    return dki_alloc(z->context, size, &z->met);
}

static void zstd_free(void *opaque, void *memory)
{
    zstd *z = opaque;

    dki_free(z->context, memory);
}

static dk_status fail_memory(const zstd *z, dk_error *err)
{
    if (err)
        *err = z->met;
    return DK_ERR_MEMORY;
}

static void zstd_close(void *state)
{
    zstd *z = state;

    if (z->stream)
        z->fn.ZSTD_freeDCtx(z->stream);
    dki_free(z->context, z);
}

static dk_status zstd_open(dk_context *context, void **state, dk_error *err)
{
    struct functions fn;
    zstd *z;
    dk_status status = open_functions("unpacking zstd", &fn, err);

    if (status != DK_OK)
        return status;
    z = dki_calloc(context, 1, sizeof *z, err);
    if (z == NULL)
        return DK_ERR_MEMORY;
    z->fn = fn;
    z->context = context;
    z->stream = z->fn.ZSTD_createDCtx_advanced(
        (ZSTD_customMem){ .customAlloc = zstd_alloc, .customFree = zstd_free, .opaque = z });
    if (z->stream == NULL) {
        if (z->met.code == DK_OK)
            dki_fail(&z->met, DK_ERR_MEMORY, "zstd cannot be started");
        status = fail_memory(z, err);
        zstd_close(z);
        return status;
    }
    *state = z;
    return DK_OK;
}

static dk_status zstd_step(void *state, dki_unpack_step *step, dk_error *err)
{
    zstd *z = state;
    ZSTD_inBuffer in = { .src = step->in, .size = step->n_in };
    ZSTD_outBuffer out = { .dst = step->out, .size = step->room };
    size_t answer = z->fn.ZSTD_decompressStream(z->stream, &out, &in);

    step->in += in.pos;
    step->n_in -= in.pos;
    step->out += out.pos;
    step->room -= out.pos;
    if (z->fn.ZSTD_isError(answer)) {
        if (z->fn.ZSTD_getErrorCode(answer) == ZSTD_error_memory_allocation && z->met.code != DK_OK)
            return fail_memory(z, err);
        step->why = z->fn.ZSTD_getErrorName(answer);
        return DK_ERR_DATA;
    }
    step->is_end = answer == 0;
    return DK_OK;
}

const dki_codec dki_codec_zstd = { .open = zstd_open, .step = zstd_step, .close = zstd_close };

#else

static dk_status zstd_open(dk_context *context, void **state, dk_error *err)
{
    (void)context, (void)state;
    (void)dki_fail(err, DK_ERR_ARGUMENT, "this dekking was built without zstd, so it cannot unpack it");
    dki_hint(err,
             "install it (Debian: apt-get install libzstd-dev) and build again; or unpack the file first: unzstd");
    return DK_ERR_ARGUMENT;
}

const dki_codec dki_codec_zstd = { .open = zstd_open };

#endif
