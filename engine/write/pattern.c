/* pattern.c - number patterns, applied to exact values: one rounding, half away from zero, at the end. */
#include "pattern.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "control.h"

/* Words that would be taken for the sign "%", which multiplies. */
static bool is_percent_word(const char *text, size_t size)
{
    static const char *const words[] = { "percent", "procent", "pct" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (size >= strlen(words[i]) && dki_text_equal_fold(text, strlen(words[i]), words[i], strlen(words[i])))
            return true;
    return false;
}

/* A unit: a word that begins with a letter, or anything in quotes, as spreadsheets have it. */
static bool parse_unit(const char *text, dk_text *out)
{
    size_t size = strlen(text);
    bool quoted = size >= 2 && text[0] == '"' && text[size - 1] == '"';
    unsigned char first;

    if (quoted) {
        text++;
        size -= 2;
    }
    first = (unsigned char)text[0];
    if (size == 0 || size > DKI_UNIT_BYTES || (!quoted && text[size - 1] == ' ') ||
        dki_utf8_check(text, size) != size)
        return false;
    if (!quoted && first < 0x80 && !((first | 0x20) >= 'a' && (first | 0x20) <= 'z'))
        return false;
    if (is_percent_word(text, size))
        return false;
    for (size_t i = 0, n; i < size; i += n)
        if (dki_char_next(text + i, size - i, &n) != DKI_CHAR_PLAIN || text[i] == '"')
            return false;
    *out = (dk_text){ text, size };
    return true;
}

dk_text dki_pattern_unit(const dki_pattern *pattern, dk_style style)
{
    const char *word = !pattern->points ? "%" : style == DK_STYLE_NL ? "procentpunt" : "pp";

    return pattern->points || pattern->percent ? (dk_text){ word, strlen(word) } : pattern->unit;
}

size_t dki_pattern_behind(const dki_pattern *pattern, dk_style style)
{
    return dki_pattern_unit(pattern, style).size + pattern->blank;
}

bool dki_pattern_parse(const char *text, dki_pattern *out)
{
    dki_pattern pattern = { .sign = *text == '+' };

    text += pattern.sign;
    pattern.body.bytes = text;
    if (strncmp(text, "#,##0", 5) == 0) {
        pattern.thousands = true;
        text += 5;
    } else if (*text == '0') {
        text++;
    } else {
        return false;
    }
    if (*text == '.') {
        for (text++; *text == '0'; text++)
            pattern.digits++;
        if (pattern.digits == 0 || pattern.digits > 15)
            return false;
    }
    pattern.body.size = (size_t)(text - pattern.body.bytes);
    pattern.blank = *text == ' ';
    text += pattern.blank;
    if (strcmp(text, "%") == 0)
        pattern.percent = true;
    else if (strcmp(text, "pp") == 0 && pattern.blank)
        pattern.points = true;
    else if (pattern.blank ? !parse_unit(text, &pattern.unit) : *text != '\0')
        return false;
    *out = pattern;
    return true;
}

size_t dki_pattern_print(const dki_pattern *pattern, const dk_value *number, dk_style style, char *out, size_t size)
{
    char digits[64];
    dki_i128 scaled;
    size_t length, whole, n = 0;
    bool negative;
    char point = style == DK_STYLE_NL ? ',' : '.', separator = style == DK_STYLE_NL ? '.' : ',';
    dk_text unit = dki_pattern_unit(pattern, style);

    /* A percentage is the value with two more digits, read with the mark two places further. */
    if (!dki_round_value(number, pattern->digits + (pattern->percent || pattern->points ? 2 : 0), &scaled))
        return SIZE_MAX;
    negative = scaled < 0;
    length = dki_format_decimal(negative ? -scaled : scaled, pattern->digits, digits, sizeof digits);
    whole = length - (pattern->digits ? pattern->digits + 1 : 0);
    if (negative || (pattern->sign && scaled > 0))
        out[n++] = negative ? '-' : '+';
    for (size_t i = 0; i < length; i++) {
        if (pattern->thousands && i > 0 && i < whole && (whole - i) % 3 == 0)
            out[n++] = separator;
        out[n++] = digits[i] == '.' ? point : digits[i];
    }
    if (pattern->blank)
        out[n++] = ' ';
    if (unit.size >= size - n)
        return SIZE_MAX;
    if (unit.size > 0)
        memcpy(out + n, unit.bytes, unit.size);
    out[n + unit.size] = '\0';
    return n + unit.size;
}
