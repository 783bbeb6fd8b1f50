/* expr_lexer.c - cuts the text of an expression into tokens.
 *
 * Words as in Lua, and besides: names with letters of any script, names in `backquotes`, $parameters. A number with a point
 * is a decimal, one with an exponent a real. What another language would write (!=, &&, a single =) is recognised, to
 * say what is written here.
 */
#include "expr_lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/status.h"
#include "base/text.h"

dk_status dki_text_fail(const char *text, uint32_t at, uint32_t size, dk_error *err, dk_status code,
                        const char *format, ...)
{
    char message[256];
    va_list args;
    size_t length = strlen(text);
    size_t from, to, column, width;
    bool one_line;

    if (err == NULL)
        return code;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    message[dki_utf8_floor(message, strlen(message), sizeof message - 2)] = '\0';
    if (at > length)
        at = (uint32_t)length;
    if (size > length - at)
        size = (uint32_t)(length - at);
    column = dki_utf8_length(text, at);
    /* A window of the text around the place: long expressions are cut at both ends. */
    from = at > 60 ? at - 60 : 0;
    while (from > 0 && ((unsigned char)text[from] & 0xC0) == 0x80)
        from--;
    to = dki_utf8_floor(text, length, from + 150 < length ? from + 150 : length);
    one_line = memchr(text + from, '\n', to - from) == NULL;
    width = dki_utf8_width(text + at, at + size <= to ? size : to > at ? to - at : 0);
    if (one_line && to > from)
        dki_fail(
            err, code, "%s\n  %.*s\n  %*s%.*s", message, (int)(to - from), text + from,
            (int)dki_utf8_width(text + from, at - from), "", (int)(width > 0 ? width : 1),
            "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^");
    else
        dki_fail(err, code, "%s", message);
    dki_at(err, NULL, 1, column + 1);
    return code;
}

static dk_status fail(const dki_lexer *lexer, size_t at, size_t size, dk_error *err, const char *message)
{
    return dki_text_fail(lexer->text, (uint32_t)at, (uint32_t)size, err, DK_ERR_SYNTAX, "%s", message);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
}

static size_t name_end(const dki_lexer *lexer, size_t at)
{
    while (at < lexer->size && (is_letter(lexer->text[at]) || is_digit(lexer->text[at])))
        at++;
    return at;
}

static dk_status read_number(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from = lexer->at, at = from;
    bool exponent = false;
    uint8_t scale;

    while (at < lexer->size && is_digit(text[at]))
        at++;
    if (at + 1 < lexer->size && text[at] == '.' && is_digit(text[at + 1]))
        for (at++; at < lexer->size && is_digit(text[at]);)
            at++;
    if (at < lexer->size && (text[at] == 'e' || text[at] == 'E')) {
        size_t after = at + 1;

        if (after < lexer->size && (text[after] == '+' || text[after] == '-'))
            after++;
        if (after < lexer->size && is_digit(text[after])) {
            exponent = true;
            for (at = after; at < lexer->size && is_digit(text[at]);)
                at++;
        }
    }
    if (at < lexer->size && (is_letter(text[at]) || text[at] == '.'))
        return fail(lexer, from, name_end(lexer, at) + (text[at] == '.') - from, err, "malformed number");
    out->kind = DKI_TOKEN_LITERAL;
    out->size = (uint32_t)(at - from);
    lexer->at = at;
    if (exponent) {
        out->value.type = DK_REAL;
        if (!dki_parse_real(text + from, at - from, '.', &out->value.as.real))
            return fail(lexer, from, at - from, err, "this number does not fit in a real");
        return DK_OK;
    }
    if (!dki_parse_decimal(text + from, at - from, '.', &out->value.as.integer, &scale))
        return fail(lexer, from, at - from, err, "this number has more digits than an exact one can have");
    out->value.type = memchr(text + from, '.', at - from) ? DK_DECIMAL : DK_INTEGER;
    out->value.scale = scale;
    return DK_OK;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* One escape of a text; *at is behind the backslash. Returns the bytes put at `to` (at most 4), or -1. */
static int read_escape(const dki_lexer *lexer, size_t *at, char *to)
{
    static const char plain[] = "nrtabfv\\\"'\n";
    static const char meant[] = "\n\r\t\a\b\f\v\\\"'\n";
    const char *text = lexer->text;
    const char *found;

    if (*at >= lexer->size || text[*at] == '\0')
        return -1;
    found = strchr(plain, text[*at]);
    if (found) {
        to[0] = meant[found - plain];
        ++*at;
        return 1;
    }
    if (text[*at] == 'u' && *at + 1 < lexer->size && text[*at + 1] == '{') {
        unsigned c = 0;
        size_t i = *at + 2;

        for (; i < lexer->size && hex_digit(text[i]) >= 0 && c <= 0x10FFFF; i++)
            c = c * 16 + (unsigned)hex_digit(text[i]);
        if (i == *at + 2 || i >= lexer->size || text[i] != '}' || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
            return -1;
        *at = i + 1;
        return (int)put_utf8(to, c);
    }
    if (text[*at] == 'x' && *at + 2 < lexer->size && hex_digit(text[*at + 1]) >= 0 &&
        hex_digit(text[*at + 2]) >= 0) {
        to[0] = (char)(hex_digit(text[*at + 1]) * 16 + hex_digit(text[*at + 2]));
        *at += 3;
        return 1;
    }
    if (is_digit(text[*at])) {
        int byte = 0, n = 0;

        for (; n < 3 && *at < lexer->size && is_digit(text[*at]); n++)
            byte = byte * 10 + (text[(*at)++] - '0');
        to[0] = (char)byte;
        return byte > 255 ? -1 : 1;
    }
    return -1;
}

static dk_status read_text(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from = lexer->at, at = from + 1, size = 0;
    char quote = text[from];
    char *bytes = dki_arena_alloc(lexer->arena, lexer->size - from + 1, err);

    if (bytes == NULL)
        return DK_ERR_MEMORY;
    while (at < lexer->size && text[at] != quote) {
        if (text[at] == '\\') {
            size_t start = at++;
            int n = read_escape(lexer, &at, bytes + size);

            if (n < 0)
                return fail(lexer, start, 2, err, "this escape is not known: they are those of Lua");
            size += (size_t)n;
        } else if (text[at] == '\n') {
            break;
        } else {
            bytes[size++] = text[at++];
        }
    }
    if (at >= lexer->size || text[at] != quote)
        return fail(lexer, from, lexer->size - from, err, "this text does not end");
    if (dki_utf8_check(bytes, size) != size) /* escapes of bytes may make anything */
        return fail(lexer, from, at + 1 - from, err, "this text is not UTF-8");
    bytes[size] = '\0';
    out->kind = DKI_TOKEN_LITERAL;
    out->value = (dk_value){ .type = DK_TEXT, .as.text = { bytes, size } };
    out->size = (uint32_t)(at + 1 - from);
    lexer->at = at + 1;
    return DK_OK;
}

static dk_status read_quoted_name(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    size_t from = lexer->at;
    const char *end = memchr(lexer->text + from + 1, '`', lexer->size - from - 1);
    size_t size;

    if (end == NULL)
        return fail(lexer, from, lexer->size - from, err, "this name does not end: a backquote is missing");
    size = (size_t)(end - lexer->text) - from - 1;
    if (size == 0)
        return fail(lexer, from, 2, err, "a name has at least one character");
    out->kind = DKI_TOKEN_NAME;
    out->quoted = true;
    out->size = (uint32_t)size + 2;
    out->text = dki_arena_text(lexer->arena, lexer->text + from + 1, size, err);
    lexer->at = from + size + 2;
    return out->text ? DK_OK : DK_ERR_MEMORY;
}

static dk_status read_sign(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    static const char *const signs[] = { "==", "~=", "<=", ">=", "//", "..", "+", "-", "*", "/",
                                         "%",  "<",  ">",  "(",  ")",  "{",  "}", ",", "=", NULL };
    static const char *const foreign[][2] = {
        { "!=", "not equal is written ~=" }, { "<>", "not equal is written ~=" },
        { "&&", "and is written `and`" },    { "||", "or is written `or`" },
        { "!", "not is written `not`" },     { "^", "there are no powers" },
        { ";", "an expression has no ;" },   { "[", "a list is written with ( )" },
    };
    const char *at = lexer->text + lexer->at;
    size_t left = lexer->size - lexer->at;

    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        size_t size = strlen(foreign[i][0]);

        if (left >= size && memcmp(at, foreign[i][0], size) == 0)
            return fail(lexer, lexer->at, size, err, foreign[i][1]);
    }
    for (size_t i = 0; signs[i]; i++) {
        size_t size = strlen(signs[i]);

        if (left >= size && memcmp(at, signs[i], size) == 0) {
            out->kind = DKI_TOKEN_SIGN;
            out->text = signs[i];
            out->size = (uint32_t)size;
            lexer->at += size;
            return DK_OK;
        }
    }
    return fail(lexer, lexer->at, 1, err, "this character has no meaning here");
}

dk_status dki_lexer_next(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from;

    while (lexer->at < lexer->size && strchr(" \t\r\n", text[lexer->at]))
        lexer->at++;
    from = lexer->at;
    *out = (dki_token){ .kind = DKI_TOKEN_END, .at = (uint32_t)from };
    if (from >= lexer->size)
        return DK_OK;
    if (is_digit(text[from]))
        return read_number(lexer, out, err);
    if (text[from] == '"' || text[from] == '\'')
        return read_text(lexer, out, err);
    if (text[from] == '`')
        return read_quoted_name(lexer, out, err);
    if (is_letter(text[from]) || text[from] == '$') {
        bool param = text[from] == '$';
        size_t start = from + param;
        size_t end = start < lexer->size && is_letter(text[start]) ? name_end(lexer, start) : start;

        if (end == start)
            return fail(lexer, from, 1, err, "a parameter is $ and a name");
        out->kind = param ? DKI_TOKEN_PARAM : DKI_TOKEN_NAME;
        out->size = (uint32_t)(end - from);
        out->text = dki_arena_text(lexer->arena, text + start, end - start, err);
        lexer->at = end;
        return out->text ? DK_OK : DK_ERR_MEMORY;
    }
    return read_sign(lexer, out, err);
}
