/* harmless.c - text as a terminal may see it. */
#include "harmless.h"

#include "base/text.h"
#include "control.h"

/* A mark for what would move the cursor or worse: ESC is shown as the letters that stand for it. */
static const char *mark_of(dki_char_kind kind, unsigned char c, char picture[4])
{
    switch (kind) {
    case DKI_CHAR_LINE_END: return "\xE2\x86\xB5";
    case DKI_CHAR_TAB: return "\xE2\x87\xA5";
    default:
        if (kind == DKI_CHAR_BROKEN || c >= 0x80)
            return DKI_REPLACEMENT;
        picture[0] = '\xE2'; /* U+2400 .. U+2421, control pictures */
        picture[1] = '\x90';
        picture[2] = (char)(c == 0x7F ? 0xA1 : 0x80 + c);
        picture[3] = '\0';
        return picture;
    }
}

/* Bytes that need no look each: letters, digits and signs of ASCII. */
static size_t ascii_run(const char *text, size_t size)
{
    size_t n = 0;

    while (n < size && text[n] >= ' ' && text[n] <= '~')
        n++;
    return n;
}

dk_status dki_make_harmless(dki_buffer *to, const char *text, size_t size, size_t limit, dk_error *err)
{
    size_t width = 0, kept = 0, n;
    dk_status status = DK_OK;

    to->size = 0;
    for (size_t i = 0; i < size && status == DK_OK; i += n) {
        dki_char_kind kind;
        char picture[4];

        n = ascii_run(text + i, size - i);
        if (n > 0 && n < limit - width) { /* speed: the general way does the same */
            status = dki_buffer_append(to, text + i, n, err);
            width += n;
            kept = to->size;
            continue;
        }
        kind = dki_char_next(text + i, size - i, &n);
        width += kind == DKI_CHAR_PLAIN ? dki_utf8_width(text + i, n) : 1;
        if (width > limit) {
            to->size = kept;
            return dki_buffer_text(to, "\xE2\x80\xA6", err);
        }
        if (kind == DKI_CHAR_PLAIN)
            status = dki_buffer_append(to, text + i, n, err);
        else
            status = dki_buffer_text(to, mark_of(kind, (unsigned char)text[i], picture), err);
        if (width < limit)
            kept = to->size;
    }
    return status;
}
