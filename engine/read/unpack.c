/* unpack.c - the bytes of a compressed file, block by block.
 *
 * A file is one or more members (gzip) or frames (zstd), one behind the other. What it says of its size is not believed;
 * what comes out is counted, and held against a limit: a table of people packs ten to one, one with the same record
 * throughout some hundreds to one, and a bomb a thousand (gzip) to ten thousand (zstd) to one.
 */
#include "unpack.h"

#include <string.h>

#include "base/progress.h"
#include "base/status.h"
#include "unpack_codec.h"

#define BLOCK_BYTES ((size_t)1 << 16)
#define FREE_BYTES (UINT64_C(256) << 20) /* any file may unpack to so much, */
#define MOST_TIMES 250                   /* and to so many times its size */

struct dki_unpack {
    dk_context *context;
    const dki_source *source;
    dki_packing packing;
    const dki_codec *codec;
    void *state;
    uint64_t offset, most, n_out; /* read of the source; what may come out, and what came */
    dki_unpack_step step;
    char block[BLOCK_BYTES];
};

dki_packing dki_packing_find(const char *bytes, size_t size)
{
    if (size >= 3 && memcmp(bytes, "\x1F\x8B\x08", 3) == 0)
        return DKI_GZIP;
    if (size >= 4 && memcmp(bytes, "\x28\xB5\x2F\xFD", 4) == 0)
        return DKI_ZSTD;
    /* a zstd file may begin with a frame to be skipped: 184D2A5? in little-endian */
    if (size >= 4 && ((unsigned char)bytes[0] & 0xF0) == 0x50 && memcmp(bytes + 1, "\x2A\x4D\x18", 3) == 0)
        return DKI_ZSTD;
    return DKI_NOT_PACKED;
}

const char *dki_packing_name(dki_packing packing)
{
    return packing == DKI_GZIP ? "gzip" : packing == DKI_ZSTD ? "zstd" : NULL;
}

uint64_t dki_unpack_most_bytes(uint64_t packed_bytes)
{
    uint64_t most = packed_bytes > UINT64_MAX / MOST_TIMES ? UINT64_MAX : packed_bytes * MOST_TIMES;

    return most > FREE_BYTES ? most : FREE_BYTES;
}

dk_status dki_unpack_open(dk_context *context, const dki_source *source, dki_packing packing, uint64_t most_bytes,
                          dki_unpack **out, dk_error *err)
{
    dki_unpack *u = dki_alloc(context, sizeof *u, err);
    dk_status status;

    if (u == NULL)
        return DK_ERR_MEMORY;
    memset(u, 0, offsetof(dki_unpack, block));
    u->context = context;
    u->source = source;
    u->packing = packing;
    u->codec = packing == DKI_GZIP ? &dki_codec_gzip : &dki_codec_zstd;
    u->most = most_bytes > 0 ? most_bytes : dki_unpack_most_bytes(source->size);
    status = u->codec->open(context, &u->state, err);
    if (status != DK_OK) {
        dki_at(err, source->name, 0, 0);
        dki_free(context, u);
        return status;
    }
    *out = u;
    return DK_OK;
}

void dki_unpack_close(dki_unpack *unpack)
{
    if (unpack == NULL)
        return;
    unpack->codec->close(unpack->state);
    dki_free(unpack->context, unpack);
}

static dk_status fail_damaged(const dki_unpack *u, dk_error *err)
{
    dki_fail(err, DK_ERR_DATA,
             "the file is damaged: it is compressed by %s, and cannot be unpacked near byte %llu: %s",
             dki_packing_name(u->packing), (unsigned long long)(u->offset - u->step.n_in), u->step.why);
    dki_hint(err, "get it anew");
    dki_at(err, u->source->name, 0, 0);
    return DK_ERR_DATA;
}

static dk_status fail_cut(const dki_unpack *u, dk_error *err)
{
    dki_fail(err, DK_ERR_DATA, "the file is cut off: what %s packed goes on behind its %llu bytes",
             dki_packing_name(u->packing), (unsigned long long)u->source->size);
    dki_hint(err, "get it anew: its end is missing");
    dki_at(err, u->source->name, 0, 0);
    return DK_ERR_DATA;
}

static dk_status fail_limit(const dki_unpack *u, dk_error *err)
{
    dki_fail(err, DK_ERR_LIMIT, "the file unpacks to more than %llu bytes, from %llu", (unsigned long long)u->most,
             (unsigned long long)u->source->size);
    dki_hint(err, "if you know where it comes from, state how many it may be: max_unpacked = %llu",
             (unsigned long long)(u->most > UINT64_MAX / 10 ? UINT64_MAX : u->most * 10));
    dki_at(err, u->source->name, 0, 0);
    return DK_ERR_LIMIT;
}

static dk_status fill(dki_unpack *u, dk_error *err)
{
    uint64_t left = u->source->size - u->offset;
    size_t n = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
    dk_status status = dki_source_read(u->source, u->offset, n, u->block, err);

    u->offset += n;
    u->step.in = u->block;
    u->step.n_in = n;
    dki_progress(u->context, "unpacking", u->offset, u->source->size);
    return status == DK_OK ? dki_poll(u->context, err) : status;
}

dk_status dki_unpack_read(dki_unpack *u, char *out, size_t room, size_t *got, dk_error *err)
{
    dki_unpack_step *s = &u->step;
    dk_status status = DK_OK;

    s->out = out;
    s->room = room;
    while (status == DK_OK && s->room > 0) {
        size_t n_in = s->n_in, before = s->room;

        if (s->n_in == 0 && u->offset < u->source->size) {
            status = fill(u, err);
            continue;
        }
        if (s->n_in == 0 && s->is_end)
            break;
        status = u->codec->step(u->state, s, err);
        if (status == DK_ERR_DATA)
            status = fail_damaged(u, err);
        else if (status == DK_OK && s->n_in == n_in && s->room == before && !s->is_end)
            status = fail_cut(u, err); /* nothing went in and nothing came out */
    }
    *got = room - s->room;
    u->n_out += *got;
    if (status == DK_OK && u->n_out > u->most)
        status = fail_limit(u, err);
    return status == DK_OK ? dki_poll(u->context, err) : status;
}
