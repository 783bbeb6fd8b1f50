/* expr_lexer.c - cuts the text of an expression into tokens.
 *
 * Words as in Lua, and besides: names with letters of any script, names in `backquotes`, $parameters. A number with a point
 * is a decimal, one with an exponent a real. What another language or a word processor would write (!=, &&, curly
 * quotes) is recognised, to say what is written here.
 *
 * The text is well-formed UTF-8: whoever calls has seen to it. Cost: linear in the text.
 */
#include "expr_lexer.h"

#include <string.h>
#include <utf8proc.h>

#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "mark.h"

static dk_status fail(const dki_lexer *lexer, size_t at, size_t size, dk_error *err, const char *message)
{
    return dki_mark_fail(lexer->text, at, size, err, DK_ERR_SYNTAX, "%s", message);
}

/* Characters -------------------------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum kind { OTHER, BLANK, LETTER, DIGIT }; /* DIGIT: what a name may go on with, but not begin with */

/* What the character at a place of the text is; *n is its bytes. */
static enum kind kind_at(const dki_lexer *lexer, size_t at, size_t *n)
{
    unsigned char c = (unsigned char)lexer->text[at];
    utf8proc_int32_t point;

    *n = 1;
    if (c < 0x80) {
        if (is_digit((char)c))
            return DIGIT;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
            return LETTER;
        return c == ' ' || (c >= '\t' && c <= '\r') ? BLANK : OTHER;
    }
    *n = (size_t)utf8proc_iterate((const utf8proc_uint8_t *)lexer->text + at, (utf8proc_ssize_t)(lexer->size - at),
                                  &point);
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL: return LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NO: return DIGIT;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return BLANK;
    default: return OTHER;
    }
}

static bool is_letter_at(const dki_lexer *lexer, size_t at)
{
    size_t n;

    return at < lexer->size && kind_at(lexer, at, &n) == LETTER;
}

static size_t name_end(const dki_lexer *lexer, size_t at)
{
    size_t n;

    for (; at < lexer->size; at += n) {
        enum kind kind = kind_at(lexer, at, &n);

        if (kind != LETTER && kind != DIGIT)
            break;
    }
    return at;
}

bool dki_lexer_is_name(const char *text)
{
    const dki_lexer lexer = { .text = text, .size = strlen(text) };

    return dki_utf8_check(text, lexer.size) == lexer.size && is_letter_at(&lexer, 0) &&
           name_end(&lexer, 0) == lexer.size;
}

static size_t blanks_end(const dki_lexer *lexer, size_t at)
{
    size_t n;

    for (; at < lexer->size && kind_at(lexer, at, &n) == BLANK;)
        at += n;
    return at;
}

/* Tokens ------------------------------------------------------------------------------------------------------------ */

static size_t digits_end(const dki_lexer *lexer, size_t at)
{
    while (at < lexer->size && is_digit(lexer->text[at]))
        at++;
    return at;
}

/* Reads size bytes, which are digits with a point or without, as an exact number. */
static bool exact_number(const char *text, size_t size, dk_value *out)
{
    char copy[48] = "0"; /* .5 is 0.5 */
    uint8_t scale;

    if (size + 2 > sizeof copy)
        return false;
    memcpy(copy + 1, text, size);
    if (!dki_parse_decimal(copy, size + 1, '.', &out->as.integer, &scale))
        return false;
    out->type = memchr(text, '.', size) ? DK_DECIMAL : DK_INTEGER;
    out->scale = scale;
    return true;
}

static dk_status read_number(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from = lexer->at, at = digits_end(lexer, from);
    bool exponent = false;

    if (at + 1 < lexer->size && text[at] == '.' && is_digit(text[at + 1]))
        at = digits_end(lexer, at + 1);
    if (at < lexer->size && (text[at] == 'e' || text[at] == 'E')) {
        size_t after = at + 1;

        if (after < lexer->size && (text[after] == '+' || text[after] == '-'))
            after++;
        if (digits_end(lexer, after) > after) {
            exponent = true;
            at = digits_end(lexer, after);
        }
    }
    if (at < lexer->size && (is_letter_at(lexer, at) || text[at] == '.')) {
        fail(lexer, from, name_end(lexer, at + (text[at] == '.')) - from, err, "malformed number");
        if (text[at] != '.')
            dki_hint(err, "a name that begins with a digit stands in `backquotes`");
        return DK_ERR_SYNTAX;
    }
    out->kind = DKI_TOKEN_LITERAL;
    out->size = (uint32_t)(at - from);
    lexer->at = at;
    if (!exponent) {
        if (exact_number(text + from, at - from, &out->value))
            return DK_OK;
        return fail(lexer, from, at - from, err, "this number has more digits than an exact one can have");
    }
    out->value.type = DK_REAL;
    if (dki_parse_real(text + from, at - from, '.', &out->value.as.real))
        return DK_OK;
    return fail(lexer, from, at - from, err, "this number does not fit in a real");
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One escape of a text; *at is behind the backslash. Returns the bytes put at `to` (at most 4; none for \z, which leaves out
 * the blanks and line ends behind it), or -1. */
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
    if (text[*at] == 'z') {
        for (++*at; *at < lexer->size && (text[*at] == ' ' || (text[*at] >= '\t' && text[*at] <= '\r'));)
            ++*at;
        return 0;
    }
    if (text[*at] == 'u' && *at + 1 < lexer->size && text[*at + 1] == '{') {
        unsigned c = 0;
        size_t i = *at + 2;

        for (; i < lexer->size && hex_digit(text[i]) >= 0 && c <= 0x10FFFF; i++)
            c = c * 16 + (unsigned)hex_digit(text[i]);
        if (i == *at + 2 || i >= lexer->size || text[i] != '}' || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
            return -1;
        *at = i + 1;
        return (int)utf8proc_encode_char((utf8proc_int32_t)c, (utf8proc_uint8_t *)to);
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

/* Where the text that begins at `from` has its closing quote; the end of all where it has none. */
static size_t text_end(const dki_lexer *lexer, size_t from)
{
    size_t at = from + 1;

    while (at < lexer->size && lexer->text[at] != lexer->text[from])
        at += lexer->text[at] == '\\' && at + 1 < lexer->size ? 2 : 1;
    return at;
}

static dk_status read_text(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from = lexer->at, at = from + 1, end = text_end(lexer, from), size = 0;
    char *bytes = dki_arena_alloc(lexer->arena, end - from + 1, err); /* an escape is longer than what it means */

    if (bytes == NULL)
        return DK_ERR_MEMORY;
    while (at < end && text[at] != '\n') {
        if (text[at] == '\\') {
            size_t start = at++;
            int n = read_escape(lexer, &at, bytes + size);

            if (n < 0)
                return fail(lexer, start, 2, err, "this escape is not known: they are those of Lua");
            size += (size_t)n;
        } else {
            bytes[size++] = text[at++];
        }
    }
    if (at >= lexer->size || text[at] == '\n')
        return fail(lexer, from, at - from, err, "this text does not end");
    if (dki_utf8_check(bytes, size) != size) /* escapes of bytes may make anything */
        return fail(lexer, from, at + 1 - from, err, "this text is not UTF-8");
    bytes[size] = '\0';
    out->kind = DKI_TOKEN_LITERAL;
    out->value = (dk_value){ .type = DK_TEXT, .as.text = { bytes, size } };
    out->size = (uint32_t)(at + 1 - from);
    lexer->at = at + 1;
    return DK_OK;
}

size_t dki_lexer_text_place(const char *text, size_t from, size_t to, size_t byte)
{
    const dki_lexer lexer = { .text = text, .size = to };
    size_t at = from, done = 0;
    char put[4];

    while (at < to && text[at] != '"' && text[at] != '\'') /* brackets around it */
        at++;
    for (at++; at < to && done < byte;) {
        int n = 1;

        if (text[at++] == '\\')
            n = read_escape(&lexer, &at, put);
        done += n >= 0 ? (size_t)n : 1;
    }
    return at;
}

/* `name`; two backquotes within stand for one. */
static dk_status read_quoted_name(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from = lexer->at, at, end = from + 1, size = 0;
    char *name;

    for (; end < lexer->size && (text[end] != '`' || (end + 1 < lexer->size && text[end + 1] == '`')); end++)
        end += text[end] == '`';
    if (end >= lexer->size)
        return fail(lexer, from, lexer->size - from, err, "this name does not end: a backquote is missing");
    if (end == from + 1)
        return fail(lexer, from, 2, err, "a name has at least one character");
    name = dki_arena_alloc(lexer->arena, end - from, err);
    if (name == NULL)
        return DK_ERR_MEMORY;
    for (at = from + 1; at < end; at++) {
        name[size++] = text[at];
        at += text[at] == '`';
    }
    name[size] = '\0';
    out->kind = DKI_TOKEN_NAME;
    out->quoted = true;
    out->size = (uint32_t)(end + 1 - from);
    out->text = name;
    lexer->at = end + 1;
    return DK_OK;
}

/* A name, or $ and a name. */
static dk_status read_name(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    size_t from = lexer->at;
    bool param = lexer->text[from] == '$';
    size_t start = from + param;
    size_t end = is_letter_at(lexer, start) ? name_end(lexer, start) : start;

    if (end == start)
        return fail(lexer, from, 1, err, "a parameter is $ and a name");
    out->kind = param ? DKI_TOKEN_PARAM : DKI_TOKEN_NAME;
    out->size = (uint32_t)(end - from);
    out->text = dki_arena_text(lexer->arena, lexer->text + start, end - start, err);
    lexer->at = end;
    return out->text ? DK_OK : DK_ERR_MEMORY;
}

static dk_status read_sign(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    static const char *const signs[] = { "==", "~=", "<=", ">=", "//", "..", "+", "-", "*", "/",
                                         "%",  "<",  ">",  "(",  ")",  "{",  "}", ",", "=", NULL };
    /* clang-format off */
    static const char *const foreign[][2] = {
        { "!=", "not equal is written ~=" },     { "<>", "not equal is written ~=" },
        { "\u2260", "not equal is written ~=" }, { "\u2264", "at most is written <=" },
        { "\u2265", "at least is written >=" },  { "&", "and is written `and`" },
        { "||", "or is written `or`, and texts are joined by .." },
        { "|", "or is written `or`" },           { "!", "not is written `not`" },
        { "^", "there are no powers: write x * x" },
        { "**", "there are no powers: write x * x" },
        { "::", "a value of another type is integer(x), decimal(x, 2), real(x), text(x), boolean(x) or date(x)" },
        { "?", "a choice is case(x > 1, a, b), and b where a is null is coalesce(a, b)" },
        { ":", "a function has its text in parentheses: upper(s), sub(s, 1, 3)" },
        { "#", "the length of a text is length(s), and how many a set has size(s)" },
        { ";", "an expression has no ;" },
        { "[", "a list is written with ( )" },   { "--", "there are no comments here, and minus minus is -(-x)" },
        { "\u2212", "minus is written -" },      { "\u2013", "minus is written -" },
        { "\u00D7", "times is written *" },      { "\u00F7", "divided by is written /" },
        { "\u2018", "a text stands between straight quotes" },
        { "\u2019", "a text stands between straight quotes" },
        { "\u201A", "a text stands between straight quotes" },
        { "\u201C", "a text stands between straight quotes" },
        { "\u201D", "a text stands between straight quotes" },
        { "\u201E", "a text stands between straight quotes" },
    };
    /* clang-format on */
    const char *at = lexer->text + lexer->at;
    size_t left = lexer->size - lexer->at, n;

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
    if (*at == '.') /* one that is not of two */
        return fail(lexer, lexer->at, 1, err,
                    "columns and functions have plain names: x and not t.x, floor(x) and not math.floor(x)");
    (void)kind_at(lexer, lexer->at, &n);
    return fail(
        lexer, lexer->at, n, err,
        n == 1 ? "this character has no meaning here"
               : "this character has no meaning here: names with other signs than letters stand in `backquotes`");
}

dk_status dki_lexer_next(dki_lexer *lexer, dki_token *out, dk_error *err)
{
    const char *text = lexer->text;
    size_t from = lexer->at = blanks_end(lexer, lexer->at);

    *out = (dki_token){ .kind = DKI_TOKEN_END, .at = (uint32_t)from };
    if (from >= lexer->size)
        return DK_OK;
    if (is_digit(text[from]) || (text[from] == '.' && digits_end(lexer, from + 1) > from + 1))
        return read_number(lexer, out, err);
    if (text[from] == '"' || text[from] == '\'')
        return read_text(lexer, out, err);
    if (text[from] == '`')
        return read_quoted_name(lexer, out, err);
    if (is_letter_at(lexer, from) || text[from] == '$')
        return read_name(lexer, out, err);
    return read_sign(lexer, out, err);
}
