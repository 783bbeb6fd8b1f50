/* show.c - bytes of a file as a message shows them.
 *
 * Input is hostile and a message goes to a terminal: nothing that could move a cursor leaves this file. What is cut
 * is marked as cut, at the boundary of a character.
 */
#include "show.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SHOWN_BYTES 60

static bool is_control(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

const char *dki_show(char out[DKI_SHOW_BYTES], const char *bytes, size_t size)
{
    size_t used = 0, i = 0;

    out[used++] = '"';
    while (i < size && used < SHOWN_BYTES) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '\n' || c == '\r' || c == '\t') {
            out[used++] = '\\';
            out[used++] = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
            i++;
        } else if (is_control(c)) {
            used += (size_t)snprintf(out + used, 5, "\\x%02X", c);
            i++;
        } else if (c < 0x80) {
            out[used++] = (char)c;
            i++;
        } else {
            /* One character: its lead byte and the continuation bytes that follow. C1 controls are two bytes. */
            size_t length = 1;
            while (length < 4 && i + length < size && ((unsigned char)bytes[i + length] & 0xC0) == 0x80)
                length++;
            if (dki_utf8_check(bytes + i, length) != length || (c == 0xC2 && (unsigned char)bytes[i + 1] < 0xA0)) {
                used += (size_t)snprintf(out + used, 5, "\\x%02X", c);
                i++;
            } else {
                memcpy(out + used, bytes + i, length);
                used += length;
                i += length;
            }
        }
    }
    if (i < size) {
        memcpy(out + used, "\xE2\x80\xA6", 3);
        used += 3;
    }
    out[used++] = '"';
    out[used] = '\0';
    return out;
}

const char *dki_show_key(char out[DKI_SHOW_BYTES], const char *name)
{
    static const char *const reserved[] = { "and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
                                            "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
                                            "repeat",   "return", "then", "true", "until",  "while" };
    bool plain = *name && !(*name >= '0' && *name <= '9') && strlen(name) < DKI_SHOW_BYTES;
    char quoted[DKI_SHOW_BYTES];

    for (const char *c = name; plain && *c; c++)
        plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_';
    for (size_t i = 0; plain && i < sizeof reserved / sizeof *reserved; i++)
        plain = strcmp(name, reserved[i]) != 0;
    if (plain)
        memcpy(out, name, strlen(name) + 1);
    else
        snprintf(out, DKI_SHOW_BYTES, "[%.*s]", DKI_SHOW_BYTES - 3, dki_show(quoted, name, strlen(name)));
    return out;
}
