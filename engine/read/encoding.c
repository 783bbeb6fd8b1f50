/* encoding.c - the bytes of a file as UTF-8 text.
 *
 * Nothing is guessed: a file without stated encoding is UTF-8 where all of it is well-formed; Windows-1252 where it is
 * not and no part of it looks like UTF-8 either; a mixture is refused, because half of its letters would come out
 * wrong whichever was taken. UTF-32 and binary files get a message that says what they are; UTF-16 does not come this far (utf16.h).
 *
 * Cost: one pass to check; a second and a copy where the file is Windows-1252. Poll: once per megabyte.
 */
#include "encoding.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"

#define HEAD_BYTES 4096
#define PIECE_BYTES ((size_t)1 << 16)
#define POLL_BYTES ((size_t)1 << 20)

uint64_t dki_line_of(const char *bytes, size_t offset)
{
    uint64_t line = 1;

    for (size_t i = 0; i < offset; i++)
        if (bytes[i] == '\n' || (bytes[i] == '\r' && bytes[i + 1] != '\n'))
            line++;
    return line;
}

/* What a file is by its first bytes, where that is known to be no table in text; NULL for others. */
static const char *known_kind(const char *bytes, size_t size, const char **what_to_do)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *kind, *what_to_do;
    } kinds[] = {
        { "\x89"
          "DKS",
          4, "a snapshot of dekking", "open it with dk.open" },
        { "PK\3\4", 4, "a spreadsheet or another zip archive",
          "a workbook is read where its name ends in .xlsx; of others save the sheet as CSV first" },
        { "\xD0\xCF\x11\xE0", 4, "an old spreadsheet or office document", "save the sheet as CSV first" },
        { "%PDF-", 5, "a PDF document", "take its text out first: pdftotext -layout" },
        { "\x1F\x8B", 2, "compressed by gzip", "unpack it first: gunzip" },
        { "\x28\xB5\x2F\xFD", 4, "compressed by zstd", "unpack it first: unzstd" },
        { "SQLite format 3", 15, "an SQLite database", "write the table as CSV first" },
        { "PAR1", 4, "a Parquet file", "write the table as CSV first" },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (size >= kinds[i].size && memcmp(bytes, kinds[i].bytes, kinds[i].size) == 0) {
            *what_to_do = kinds[i].what_to_do;
            return kinds[i].kind;
        }
    return NULL;
}

/* More than one in twenty of the first bytes, and at least four, is a control character that text has no use for.
 * A single NUL in a long text is left to the record that it stands in. */
static dk_status refuse_binary(const char *bytes, size_t size, const char *name, dk_error *err)
{
    size_t n = size < HEAD_BYTES ? size : HEAD_BYTES, n_control = 0, first = 0;
    const char *nul = memchr(bytes, 0, n);
    const char *what_to_do = NULL, *kind = known_kind(bytes, size, &what_to_do);

    for (size_t i = n; i-- > 0;) {
        unsigned char c = (unsigned char)bytes[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v') || c == 0x7F) {
            n_control++;
            first = i;
        }
    }
    bool binary = n_control >= 4 && n_control * 20 > n;
    if (!binary && (!kind || (n_control == 0 && bytes[0] != '%')))
        return DK_OK;
    if (kind)
        dki_fail(err, DK_ERR_DATA, "the file is %s, not text", kind);
    else
        dki_fail(err, DK_ERR_DATA, "the file is binary, not text: it holds %s (the first at byte %zu)",
                 nul ? "NUL bytes" : "control characters", nul ? (size_t)(nul - bytes) + 1 : first + 1);
    if (what_to_do)
        dki_hint(err, "%s", what_to_do);
    else
        dki_hint(err, "a CSV file is plain text: save the table as CSV in UTF-8");
    dki_at(err, name, 0, 0);
    return DK_ERR_DATA;
}

static dk_status refuse_utf32(const char *name, dk_error *err)
{
    dki_fail(err, DK_ERR_ENCODING, "the file is UTF-32, which is not read here");
    dki_hint(err, "save it as UTF-8, or convert it: iconv -f UTF-32 -t UTF-8 old.csv > new.csv");
    dki_at(err, name, 0, 0);
    return DK_ERR_ENCODING;
}

dk_status dki_utf8_count(dk_context *context, const char *bytes, size_t size, size_t *good, dk_error *err)
{
    size_t done = 0;

    while (done < size) {
        size_t n = size - done < POLL_BYTES ? size - done : dki_utf8_floor(bytes + done, size - done, POLL_BYTES);
        if (n == 0) /* no boundary within a megabyte: the check stops at the first bytes anyway */
            n = size - done;
        size_t ok = dki_utf8_check(bytes + done, n);
        done += ok;
        if (ok < n)
            break;
        dk_status status = dki_poll(context, err);
        if (status != DK_OK)
            return status;
    }
    *good = done;
    return DK_OK;
}

static bool has_high(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            return true;
    return false;
}

/* Does well-formed UTF-8 beyond ASCII occur in bytes that are not UTF-8 as a whole? bad is the first that is not. */
static bool is_mixture(const char *bytes, size_t size, size_t bad)
{
    if (has_high(bytes, bad))
        return true;
    for (size_t at = bad; at < size; at++) {
        if ((unsigned char)bytes[at] < 0x80)
            continue;
        /* a whole character beyond ASCII starts here? */
        size_t n = size - at < 4 ? size - at : 4;
        if (dki_utf8_check(bytes + at, n) > 0)
            return true;
    }
    return false;
}

static dk_status refuse_bytes(const char *bytes, size_t bad, const char *name, const char *what, dk_error *err)
{
    dki_fail(err, DK_ERR_ENCODING, "byte 0x%02X %s", (unsigned char)bytes[bad], what);
    dki_at(err, name, dki_line_of(bytes, bad), 0);
    return DK_ERR_ENCODING;
}

/* Windows-1252 to UTF-8; *undefined is the offset of the first byte that the code page does not define, or SIZE_MAX. */
static dk_status transcode(dk_context *context, const char *bytes, size_t size, dki_decoded *out, size_t *undefined,
                           dk_error *err)
{
    char *piece = NULL, *text = NULL;
    size_t n_high = 0, used = 0, wanted;
    dk_status status = DK_OK;

    *undefined = SIZE_MAX;
    for (size_t i = 0; i < size; i++)
        n_high += (unsigned char)bytes[i] >= 0x80;
    if (n_high > (SIZE_MAX - size) / 2)
        return dki_fail(err, DK_ERR_MEMORY, "the file does not fit in memory");
    wanted = size + 2 * n_high; /* at most three bytes for each of them */
    text = dki_alloc(context, wanted ? wanted : 1, err);
    piece = text ? dki_alloc(context, 3 * PIECE_BYTES, err) : NULL;
    if (!piece) {
        status = DK_ERR_MEMORY;
        goto done;
    }
    for (size_t at = 0; at < size; at += PIECE_BYTES) {
        size_t n = size - at < PIECE_BYTES ? size - at : PIECE_BYTES, bad = 0;
        size_t length = dki_from_windows_1252(bytes + at, n, piece, &bad);
        if (length == SIZE_MAX) {
            *undefined = at + bad;
            goto done;
        }
        memcpy(text + used, piece, length);
        used += length;
        status = dki_poll(context, err);
        if (status != DK_OK)
            goto done;
    }
    out->owned = text;
    out->bytes = text;
    out->size = used;
    text = NULL;
done:
    dki_free(context, piece);
    dki_free(context, text);
    return status;
}

dk_status dki_decode_head(const char *bytes, size_t size, const char *name, dk_encoding *encoding, bool *has_mark,
                          dk_error *err)
{
    dk_status status;

    *has_mark = false;
    if (size >= 4 && (memcmp(bytes, "\xFF\xFE\0\0", 4) == 0 || memcmp(bytes, "\0\0\xFE\xFF", 4) == 0))
        return refuse_utf32(name, err);
    if (size > 0) {
        status = refuse_binary(bytes, size, name, err);
        if (status != DK_OK)
            return status;
    }
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        if (*encoding == DK_ENCODING_WINDOWS_1252) {
            dki_fail(err, DK_ERR_ENCODING,
                     "the file begins with the byte-order mark of UTF-8, and Windows-1252 is stated");
            dki_hint(err, "leave the encoding out, or state UTF-8");
            dki_at(err, name, 1, 0);
            return DK_ERR_ENCODING;
        }
        *has_mark = true;
        *encoding = DK_ENCODING_UTF8;
    }
    return DK_OK;
}

dk_status dki_decode(dk_context *context, const char *bytes, size_t size, const char *name, dk_encoding encoding,
                     dki_decoded *out, dk_error *err)
{
    dki_decoded decoded = { .context = context, .bytes = bytes, .size = size };
    size_t good = 0, undefined = SIZE_MAX;
    dk_status status = dki_decode_head(bytes, size, name, &encoding, &decoded.has_mark, err);

    if (status != DK_OK)
        return status;
    if (decoded.has_mark) {
        decoded.bytes += 3;
        decoded.size -= 3;
    }
    if (encoding != DK_ENCODING_WINDOWS_1252) {
        status = dki_utf8_count(context, decoded.bytes, decoded.size, &good, err);
        if (status != DK_OK)
            return status;
        if (good == decoded.size) {
            decoded.encoding = DK_ENCODING_UTF8;
            *out = decoded;
            return DK_OK;
        }
        if (encoding == DK_ENCODING_UTF8) {
            refuse_bytes(decoded.bytes, good, name, "is no UTF-8", err);
            if (decoded.has_mark)
                dki_hint(err, "the byte-order mark says UTF-8: the file is damaged on this line");
            else
                dki_hint(err, "if the file comes from an older program, state it: encoding = \"windows-1252\"");
            return DK_ERR_ENCODING;
        }
        if (is_mixture(decoded.bytes, decoded.size, good)) {
            refuse_bytes(decoded.bytes, good, name, "is no UTF-8, while other parts of the file are", err);
            dki_hint(err, "repair this line; encoding = \"windows-1252\" reads the whole file so");
            return DK_ERR_ENCODING;
        }
    }
    decoded.encoding = DK_ENCODING_WINDOWS_1252;
    status = transcode(context, bytes, size, &decoded, &undefined, err);
    if (status == DK_OK && undefined != SIZE_MAX) {
        status = refuse_bytes(bytes, undefined, name,
                              encoding == DK_ENCODING_WINDOWS_1252
                                  ? "is no character of Windows-1252"
                                  : "is no character of Windows-1252, and the file is no UTF-8 either",
                              err);
        dki_hint(err, "find out how the file was written, and save it as UTF-8");
    }
    if (status == DK_OK)
        *out = decoded;
    return status;
}

void dki_decoded_drop(dki_decoded *decoded)
{
    if (decoded->owned)
        dki_free(decoded->context, decoded->owned);
    decoded->owned = NULL;
}
