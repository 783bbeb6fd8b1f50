/* store_zstd.c - compressed blocks. The library is opened when a column is first compressed or read; where it is not there,
 * then or when dekking was built, every call says so, by name.
 *
 * zstd's own memory comes from the context, so that it counts and can be made to fail.
 */
#include "store.h"

#include <string.h>

#include "base/late.h"
#include "base/memory.h"
#include "base/status.h"

#ifdef DK_HAVE_ZSTD
#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_customMem */
#include <zstd.h>

#define LIBRARY "libzstd.so.1"
#define PACKAGE "libzstd1"

#define FUNCTIONS(X)            \
    X(ZSTD_createCCtx_advanced) \
    X(ZSTD_compressCCtx)        \
    X(ZSTD_freeCCtx)            \
    X(ZSTD_createDCtx_advanced) \
    X(ZSTD_decompressDCtx)      \
    X(ZSTD_freeDCtx)            \
    X(ZSTD_getFrameContentSize) \
    X(ZSTD_compressBound)       \
    X(ZSTD_isError)             \
    X(ZSTD_getErrorName)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

static void *zstd_alloc(void *context, size_t size)
{
    return dki_alloc(context, size, NULL);
}

static void zstd_free(void *context, void *memory)
{
    dki_free(context, memory);
}

dk_status dki_zstd_check(dk_error *err)
{
    struct functions zstd;

    return open_functions("compressing", &zstd, err);
}

dk_status dki_zstd_compress(dk_context *context, const void *bytes, size_t size, int level, void **out,
                            size_t *out_size, dk_error *err)
{
    ZSTD_customMem memory = { zstd_alloc, zstd_free, context };
    struct functions zstd;
    size_t room, used;
    void *packed;
    ZSTD_CCtx *work;
    dk_status status = open_functions("compressing", &zstd, err);

    *out = NULL;
    if (status != DK_OK)
        return status;
    room = zstd.ZSTD_compressBound(size);
    packed = dki_alloc_wide(context, room, err);
    if (packed == NULL)
        return DK_ERR_MEMORY;
    work = zstd.ZSTD_createCCtx_advanced(memory);
    if (work == NULL) {
        dki_free(context, packed);
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (compressing %zu bytes)", size);
    }
    used = zstd.ZSTD_compressCCtx(work, packed, room, bytes, size, level);
    zstd.ZSTD_freeCCtx(work);
    if (zstd.ZSTD_isError(used)) {
        dki_free(context, packed);
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (zstd: %s)", zstd.ZSTD_getErrorName(used));
    }
    if (used >= size || !dki_zstd_is_believable(used, size)) {
        dki_free(context, packed);
        return DK_OK;
    }
    *out = packed;
    *out_size = used;
    return DK_OK;
}

dk_status dki_zstd_expand(dk_context *context, const void *bytes, size_t stored, void *out, size_t size,
                          bool *is_ok, dk_error *err)
{
    ZSTD_customMem memory = { zstd_alloc, zstd_free, context };
    struct functions zstd;
    ZSTD_DCtx *work;
    size_t made;
    dk_status status = open_functions("reading a compressed column", &zstd, err);

    *is_ok = false;
    if (status != DK_OK)
        return status;
    if (zstd.ZSTD_getFrameContentSize(bytes, stored) != size)
        return DK_OK;
    work = zstd.ZSTD_createDCtx_advanced(memory);
    if (work == NULL)
        return dki_fail(err, DK_ERR_MEMORY, "out of memory (expanding %zu bytes)", size);
    made = zstd.ZSTD_decompressDCtx(work, out, size, bytes, stored);
    zstd.ZSTD_freeDCtx(work);
    *is_ok = !zstd.ZSTD_isError(made) && made == size;
    return DK_OK;
}

#else

static dk_status built_without(dk_error *err)
{
    dki_fail(err, DK_ERR_IO, "compressed columns need zstd, which this dekking was built without");
    dki_hint(err, "install libzstd-dev and build it again");
    return DK_ERR_IO;
}

dk_status dki_zstd_check(dk_error *err)
{
    return built_without(err);
}

dk_status dki_zstd_compress(dk_context *context, const void *bytes, size_t size, int level, void **out,
                            size_t *out_size, dk_error *err)
{
    (void)context;
    (void)bytes;
    (void)size;
    (void)level;
    (void)out_size;
    *out = NULL;
    return built_without(err);
}

dk_status dki_zstd_expand(dk_context *context, const void *bytes, size_t stored, void *out, size_t size,
                          bool *is_ok, dk_error *err)
{
    (void)context;
    (void)bytes;
    (void)stored;
    (void)out;
    (void)size;
    *is_ok = false;
    return built_without(err);
}

#endif

bool dki_zstd_is_believable(uint64_t stored, uint64_t bytes)
{
    return bytes <= ((uint64_t)4 << 20) || bytes / 1024 <= stored;
}
