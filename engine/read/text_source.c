/* text_source.c - what stands around the text of a file, taken off before anything else looks at it.
 *
 *   bytes --gzip, zstd--> bytes --UTF-16--> text in memory
 *
 * A file that is neither stays where it is: it is read in parts. Others are taken in block by block, so that the text and
 * a block are there at once, never the file and its text.
 *
 * Poll: once per block.
 */
#include "text_source.h"

#include <string.h>

#include "base/memory.h"
#include "base/progress.h"
#include "base/status.h"
#include "unpack.h"
#include "utf16.h"

#define HEAD_BYTES 4096
#define BLOCK_BYTES ((size_t)1 << 18)
#define FIRST_ROOM ((size_t)1 << 12)

/* Growing text. --------------------------------------------------------------------------------------------------- */

typedef struct growing {
    dk_context *context;
    char *bytes;
    size_t size, room;
} growing;

/* Room for n more bytes. By a quarter rather than to the double: these texts are large. */
static dk_status make_room(growing *g, size_t n, dk_error *err)
{
    size_t room = g->room > 0 ? g->room : FIRST_ROOM;
    dk_status status;

    if (n <= g->room - g->size)
        return DK_OK;
    if (n > SIZE_MAX / 2 - g->size)
        return dki_fail(err, DK_ERR_MEMORY, "the text does not fit in memory");
    room += room / 4;
    room = room > g->size + n ? room : g->size + n;
    status = dki_resize(g->context, (void **)&g->bytes, room, err);
    if (status == DK_OK)
        g->room = room;
    return status;
}

/* UTF-16. --------------------------------------------------------------------------------------------------------- */

/* Which order the bytes have, DKI_NO_ORDER where they are no UTF-16. */
static dk_status find_order(const char *head, size_t size, const char *name, dk_encoding encoding,
                            dki_byte_order *order, bool *has_mark, dk_error *err)
{
    *order = dki_utf16_find(head, size, has_mark);
    if (*order == DKI_NO_ORDER && encoding == DK_ENCODING_UTF16) {
        *order = dki_utf16_guess(head, size);
        if (*order != DKI_NO_ORDER || size == 0)
            return DK_OK;
        dki_fail(err, DK_ERR_ENCODING,
                 "UTF-16 is stated, and the file does not look so: it has no byte-order mark, "
                 "and nothing shows the order of its bytes");
        dki_hint(err, "leave the encoding out, or save the file as UTF-8");
    } else if (*order != DKI_NO_ORDER && encoding != DK_ENCODING_DETECT && encoding != DK_ENCODING_UTF16) {
        dki_fail(err, DK_ERR_ENCODING, "the file %s UTF-16, and %s is stated",
                 *has_mark ? "begins with the byte-order mark of" : "is",
                 encoding == DK_ENCODING_UTF8 ? "UTF-8" : "Windows-1252");
        dki_hint(err, "leave the encoding out, or state UTF-16");
    } else {
        return DK_OK;
    }
    dki_at(err, name, 1, 0);
    return DK_ERR_ENCODING;
}

/* Blocks. --------------------------------------------------------------------------------------------------------- */

/* What is taken in: unpacked, or as it is. */
typedef struct intake {
    dk_context *context;
    const dki_source *source;
    dki_unpack *unpack; /* NULL: as it is, ... */
    uint64_t offset;    /* ... from there on */
    char *block;
    size_t n; /* bytes in it; 0: the end */
} intake;

static dk_status take_block(intake *in, dk_error *err)
{
    uint64_t left = in->source->size - in->offset;
    dk_status status;

    if (in->unpack)
        return dki_unpack_read(in->unpack, in->block, BLOCK_BYTES, &in->n, err);
    in->n = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
    status = dki_source_read(in->source, in->offset, in->n, in->block, err);
    in->offset += in->n;
    dki_progress(in->context, "decoding", in->offset, in->source->size);
    return status == DK_OK ? dki_poll(in->context, err) : status;
}

/* All blocks, from the one that is there on; skip bytes of that are a mark. */
static dk_status take_all(intake *in, dki_byte_order order, size_t skip, growing *text, dk_error *err)
{
    dki_utf16 utf16;
    dk_status status = DK_OK;

    dki_utf16_init(&utf16, order, in->source->name);
    while (status == DK_OK && in->n > 0) {
        const char *bytes = in->block + skip;
        size_t n = in->n - skip, written = n;

        status = make_room(text, order == DKI_NO_ORDER ? n : DKI_UTF16_ROOM(n), err);
        if (status == DK_OK && order == DKI_NO_ORDER)
            memcpy(text->bytes + text->size, bytes, n);
        else if (status == DK_OK)
            status = dki_utf16_push(&utf16, bytes, n, text->bytes + text->size, &written, err);
        if (status == DK_OK) {
            text->size += written;
            skip = 0;
            status = take_block(in, err);
        }
    }
    return status == DK_OK && order != DKI_NO_ORDER ? dki_utf16_end(&utf16, err) : status;
}

/* Takes in what is packed, or UTF-16, or both. */
static dk_status take_text(intake *in, dki_packing packing, dk_encoding encoding, uint64_t most_bytes,
                           dki_text_source *out, dk_error *err)
{
    growing text = { .context = in->context };
    dki_byte_order order = DKI_NO_ORDER;
    bool has_mark = false;
    dk_status status = DK_OK;

    if (packing != DKI_NOT_PACKED)
        status = dki_unpack_open(in->context, in->source, packing, most_bytes, &in->unpack, err);
    in->block = status == DK_OK ? dki_alloc(in->context, BLOCK_BYTES, err) : NULL;
    if (status == DK_OK)
        status = in->block ? take_block(in, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = find_order(in->block, in->n, in->source->name, encoding, &order, &has_mark, err);
    if (status == DK_OK)
        status = take_all(in, order, has_mark ? 2 : 0, &text, err);
    if (status == DK_OK && text.size < text.room && text.size > 0)
        status = dki_resize(in->context, (void **)&text.bytes, text.size, err);
    if (status == DK_OK) {
        *out = (dki_text_source){ .context = in->context,
                                  .owned = text.bytes,
                                  .packed = dki_packing_name(packing),
                                  .is_utf16 = order != DKI_NO_ORDER,
                                  .has_mark = has_mark };
        dki_source_of_bytes(text.bytes, text.size, in->source->name, &out->source);
    } else {
        dki_free(in->context, text.bytes);
    }
    dki_free(in->context, in->block);
    dki_unpack_close(in->unpack);
    return status;
}

dk_status dki_text_source_open(dk_context *context, const dki_source *source, dk_encoding encoding,
                               uint64_t most_bytes, dki_text_source *out, dk_error *err)
{
    char head[HEAD_BYTES];
    size_t n = source->size < sizeof head ? (size_t)source->size : sizeof head;
    intake in = { .context = context, .source = source };
    dki_packing packing;
    dki_byte_order order = DKI_NO_ORDER;
    bool has_mark = false;
    dk_status status = dki_source_read(source, 0, n, head, err);

    packing = status == DK_OK ? dki_packing_find(head, n) : DKI_NOT_PACKED;
    if (status == DK_OK && packing == DKI_NOT_PACKED)
        status = find_order(head, n, source->name, encoding, &order, &has_mark, err);
    if (status != DK_OK)
        return status;
    if (packing != DKI_NOT_PACKED || order != DKI_NO_ORDER)
        return take_text(&in, packing, encoding, most_bytes, out, err);
    *out = (dki_text_source){ .context = context, .source = *source };
    return DK_OK;
}

void dki_text_source_close(dki_text_source *text)
{
    if (text->owned)
        dki_free(text->context, text->owned);
    text->owned = NULL;
}
