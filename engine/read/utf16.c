/* utf16.c - UTF-16 to UTF-8, in pieces, which may end anywhere: in the middle of a unit, or between the halves of a pair.
 *
 * Nothing is replaced: half a pair and half a unit are errors, with their line.
 */
#include "utf16.h"

#include <string.h>

#include "base/status.h"

#define HEAD_BYTES 4096

static void count_zeroes(const char *bytes, size_t size, size_t n_zero[2], size_t *n)
{
    *n = size < HEAD_BYTES ? size & ~(size_t)1 : HEAD_BYTES;
    n_zero[0] = n_zero[1] = 0;
    for (size_t i = 0; i < *n; i++)
        n_zero[i % 2] += bytes[i] == '\0';
}

dki_byte_order dki_utf16_find(const char *bytes, size_t size, bool *has_mark)
{
    size_t n_zero[2], n;

    *has_mark = false;
    if (size >= 4 && (memcmp(bytes, "\xFF\xFE\0\0", 4) == 0 || memcmp(bytes, "\0\0\xFE\xFF", 4) == 0))
        return DKI_NO_ORDER;
    if (size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        *has_mark = true;
        return bytes[0] == '\xFF' ? DKI_LITTLE_ENDIAN : DKI_BIG_ENDIAN;
    }
    count_zeroes(bytes, size, n_zero, &n);
    /* Nine in ten: a euro sign, a name from far away. Of a short text, of which a few signs are more than that, all but
     * four. */
    if (n < 4 || (n_zero[0] > 0 && n_zero[1] > 0) ||
        ((n_zero[0] + n_zero[1]) * 10 < n / 2 * 9 && (n_zero[0] + n_zero[1] + 4 < n / 2 || n < 32)))
        return DKI_NO_ORDER;
    return n_zero[1] > 0 ? DKI_LITTLE_ENDIAN : DKI_BIG_ENDIAN;
}

dki_byte_order dki_utf16_guess(const char *bytes, size_t size)
{
    size_t n_zero[2], n;

    count_zeroes(bytes, size, n_zero, &n);
    return n_zero[0] == n_zero[1] ? DKI_NO_ORDER : n_zero[1] > n_zero[0] ? DKI_LITTLE_ENDIAN : DKI_BIG_ENDIAN;
}

void dki_utf16_init(dki_utf16 *utf16, dki_byte_order order, const char *name)
{
    *utf16 = (dki_utf16){ .order = order, .name = name, .line = 1 };
}

static dk_status fail_half(const dki_utf16 *u, unsigned unit, dk_error *err)
{
    dki_fail(err, DK_ERR_ENCODING, "0x%04X is one half of a character of UTF-16, and the other half is not there",
             unit);
    dki_hint(err, "the file is damaged on this line: save it anew, as UTF-8");
    dki_at(err, u->name, u->line, 0);
    return DK_ERR_ENCODING;
}

static char *put(char *out, unsigned c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

/* One more unit. *out moves behind what was written. */
static dk_status push_unit(dki_utf16 *u, unsigned unit, char **out, dk_error *err)
{
    bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;

    if (is_low != (u->high != 0))
        return fail_half(u, u->high ? u->high : unit, err);
    if (is_low) {
        *out = put(*out, 0x10000 + ((u->high - 0xD800) << 10) + (unit - 0xDC00));
        u->high = 0;
        return DK_OK;
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        u->high = unit;
        return DK_OK;
    }
    u->line += unit == '\r' || (unit == '\n' && !u->after_cr);
    u->after_cr = unit == '\r';
    *out = put(*out, unit);
    return DK_OK;
}

dk_status dki_utf16_push(dki_utf16 *u, const char *bytes, size_t n, char *out, size_t *written, dk_error *err)
{
    char *start = out;
    unsigned shift = u->order == DKI_BIG_ENDIAN ? 8 : 0; /* of the first byte of a unit */
    dk_status status = DK_OK;
    size_t i = 0;

    *written = 0;
    if (u->has_first && n > 0) {
        status =
            push_unit(u, (unsigned)u->first << shift | (unsigned)(unsigned char)bytes[0] << (8 - shift), &out, err);
        u->has_first = false;
        i = 1;
    }
    for (; i + 1 < n && status == DK_OK; i += 2)
        status = push_unit(
            u, (unsigned)(unsigned char)bytes[i] << shift | (unsigned)(unsigned char)bytes[i + 1] << (8 - shift),
            &out, err);
    if (status == DK_OK && i < n) {
        u->first = (unsigned char)bytes[i];
        u->has_first = true;
    }
    *written = (size_t)(out - start);
    return status;
}

dk_status dki_utf16_end(const dki_utf16 *u, dk_error *err)
{
    if (u->high)
        return fail_half(u, u->high, err);
    if (!u->has_first)
        return DK_OK;
    dki_fail(err, DK_ERR_ENCODING, "the file has an odd number of bytes, so that it is no whole text in UTF-16");
    dki_hint(err, "its end is missing, or it is something else: save it anew, as UTF-8");
    dki_at(err, u->name, u->line, 0);
    return DK_ERR_ENCODING;
}
