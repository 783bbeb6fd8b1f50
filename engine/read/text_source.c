/* text_source.c - what stands around the text of a file, taken off before anything else looks at it.
 *
 *   bytes --UTF-16--> UTF-8 in memory
 *
 * A file in UTF-8 or Windows-1252 stays where it is: it is read in parts. Others are taken in block by block, so that
 * the text and a block are there at once, never the file and its text.
 *
 * Poll: once per block.
 */
#include "text_source.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
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

static dk_status transcode(dk_context *context, const dki_source *source, dki_byte_order order, uint64_t offset,
                           growing *text, dk_error *err)
{
    dki_utf16 utf16;
    char *block = dki_alloc(context, BLOCK_BYTES, err);
    dk_status status = block ? DK_OK : DK_ERR_MEMORY;

    dki_utf16_init(&utf16, order, source->name);
    while (status == DK_OK && offset < source->size) {
        size_t n = source->size - offset < BLOCK_BYTES ? (size_t)(source->size - offset) : BLOCK_BYTES, written = 0;

        status = dki_source_read(source, offset, n, block, err);
        if (status == DK_OK)
            status = make_room(text, DKI_UTF16_ROOM(n), err);
        if (status == DK_OK)
            status = dki_utf16_push(&utf16, block, n, text->bytes + text->size, &written, err);
        text->size += written;
        offset += n;
        dki_progress(context, "decoding", offset, source->size);
        if (status == DK_OK)
            status = dki_poll(context, err);
    }
    if (status == DK_OK)
        status = dki_utf16_end(&utf16, err);
    dki_free(context, block);
    return status;
}

/* Both. ----------------------------------------------------------------------------------------------------------- */

dk_status dki_text_source_open(dk_context *context, const dki_source *source, dk_encoding encoding,
                               dki_text_source *out, dk_error *err)
{
    char head[HEAD_BYTES];
    size_t n = source->size < sizeof head ? (size_t)source->size : sizeof head;
    growing text = { .context = context };
    dki_byte_order order = DKI_NO_ORDER;
    bool has_mark = false;
    dk_status status = dki_source_read(source, 0, n, head, err);

    if (status == DK_OK)
        status = find_order(head, n, source->name, encoding, &order, &has_mark, err);
    if (status != DK_OK)
        return status;
    if (order == DKI_NO_ORDER) {
        *out = (dki_text_source){ .context = context, .source = *source };
        return DK_OK;
    }
    status = transcode(context, source, order, has_mark ? 2 : 0, &text, err);
    if (status == DK_OK && text.size < text.room && text.size > 0)
        status = dki_resize(context, (void **)&text.bytes, text.size, err);
    if (status != DK_OK) {
        dki_free(context, text.bytes);
        return status;
    }
    *out = (dki_text_source){ .context = context, .owned = text.bytes, .is_utf16 = true, .has_mark = has_mark };
    dki_source_of_bytes(text.bytes, text.size, source->name, &out->source);
    return DK_OK;
}

void dki_text_source_close(dki_text_source *text)
{
    if (text->owned)
        dki_free(text->context, text->owned);
    text->owned = NULL;
}
