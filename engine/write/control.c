/* control.c - finds the characters that no output may pass on as they are.
 *
 * A value can hold any character. ESC and its one-byte relative CSI (U+009B) give orders to a terminal; the marks that
 * override or isolate a direction show a text in another order than it has.
 */
#include "control.h"

#include "base/text.h"

static bool is_direction(unsigned char second, unsigned char third)
{
    return (second == 0x80 && third >= 0xAA && third <= 0xAE) || /* U+202A .. U+202E */
           (second == 0x81 && third >= 0xA6 && third <= 0xA9);   /* U+2066 .. U+2069 */
}

dki_char_kind dki_char_next(const char *text, size_t size, size_t *n)
{
    const unsigned char *p = (const unsigned char *)text;
    unsigned char c = p[0];

    *n = 1;
    if (c >= 0x20 && c < 0x7F)
        return DKI_CHAR_PLAIN;
    if (c == '\n')
        return DKI_CHAR_LINE_END;
    if (c == '\r') {
        *n = size > 1 && p[1] == '\n' ? 2 : 1;
        return DKI_CHAR_LINE_END;
    }
    if (c == '\t')
        return DKI_CHAR_TAB;
    if (c < 0x80)
        return DKI_CHAR_CONTROL;
    *n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (*n > size || dki_utf8_check(text, *n) != *n) {
        *n = 1;
        return DKI_CHAR_BROKEN;
    }
    if (c == 0xC2 && p[1] < 0xA0)
        return p[1] == 0x85 ? DKI_CHAR_LINE_END : DKI_CHAR_CONTROL;
    if (c == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9))
        return DKI_CHAR_LINE_END;
    return c == 0xE2 && is_direction(p[1], p[2]) ? DKI_CHAR_CONTROL : DKI_CHAR_PLAIN;
}
