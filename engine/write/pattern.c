/* pattern.c - number patterns, applied to exact values: one rounding, half away from zero, at the end. */
#include "pattern.h"

#include <string.h>

#include "base/number.h"

const char *dki_points_word(dk_style style)
{
    return style == DK_STYLE_NL ? "procentpunt" : "pp";
}

bool dki_pattern_parse(const char *text, dki_pattern *out)
{
    dki_pattern pattern = { .sign = *text == '+' };

    text += pattern.sign;
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
    if (strcmp(text, " %") == 0) {
        pattern.percent = true;
        pattern.blank = true;
    } else if (strcmp(text, "%") == 0) {
        pattern.percent = true;
    } else if (strcmp(text, " pp") == 0) {
        pattern.points = true;
    } else if (*text) {
        return false;
    }
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
    const char *unit = pattern->points ? dki_points_word(style) : pattern->percent ? "%" : "";

    /* A percentage is the value with two more digits, read with the mark two places further. */
    if (!dki_round_value(number, pattern->digits + (pattern->percent || pattern->points ? 2 : 0), &scaled))
        return SIZE_MAX;
    negative = scaled < 0;
    length = dki_format_decimal(negative ? -scaled : scaled, pattern->digits, digits, sizeof digits);
    whole = length - (pattern->digits ? pattern->digits + 1 : 0);
    if (negative || (pattern->sign && scaled > 0))
        out[n++] = negative ? '-' : '+';
    for (size_t i = 0; i < length && n + 6 < size; i++) {
        if (pattern->thousands && i > 0 && i < whole && (whole - i) % 3 == 0)
            out[n++] = separator;
        out[n++] = digits[i] == '.' ? point : digits[i];
    }
    if (pattern->blank || pattern->points)
        out[n++] = ' ';
    while (*unit && n + 1 < size)
        out[n++] = *unit++;
    out[n] = '\0';
    return n;
}
