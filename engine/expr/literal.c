/* literal.c - values as text of an expression. */
#include "literal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define MOST_PLAIN 128 /* bytes of whatever is no text */

static bool is_text(const dk_value *value)
{
    return !value->is_null && (value->type == DK_TEXT || value->type == DK_CATEGORY);
}

size_t dki_literal_size(const dk_value *value)
{
    return is_text(value) ? 4 * value->as.text.size + 3 : MOST_PLAIN;
}

static size_t put_text(dk_text text, char *out)
{
    size_t n = 0;

    out[n++] = '"';
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.bytes[i];

        if (c < 32 || c == 127) {
            out[n++] = '\\';
            out[n++] = (char)('0' + c / 100);
            out[n++] = (char)('0' + c / 10 % 10);
            out[n++] = (char)('0' + c % 10);
            continue;
        }
        if (c == '"' || c == '\\')
            out[n++] = '\\';
        out[n++] = (char)c;
    }
    out[n++] = '"';
    out[n] = '\0';
    return n;
}

static size_t put_number(int64_t number, unsigned scale, char *out)
{
    char last[64];
    size_t n;

    if (number != INT64_MIN)
        return dki_format_decimal(number, scale, out, MOST_PLAIN);
    out[0] = '('; /* its digits without the sign do not fit */
    n = 1 + dki_format_decimal(INT64_MIN + 1, scale, out + 1, MOST_PLAIN - 1);
    dki_format_decimal(1, scale, last, sizeof last);
    return n + (size_t)snprintf(out + n, MOST_PLAIN - n, " - %s)", last);
}

static size_t put_ratio(dk_ratio ratio, char *out)
{
    if (ratio.numerator == INT64_MIN) /* a literal has no sign, and the least integer no negative */
        return (size_t)snprintf(out, MOST_PLAIN, "((-9223372036854775807 - 1) / %" PRId64 ")", ratio.denominator);
    return (size_t)snprintf(out, MOST_PLAIN, "(%" PRId64 " / %" PRId64 ")", ratio.numerator, ratio.denominator);
}

size_t dki_literal_into(const dk_value *value, char *out)
{
    char plain[64];

    if (is_text(value))
        return put_text(value->as.text, out);
    if (!value->is_null)
        switch (value->type) {
        case DK_BOOLEAN: return (size_t)snprintf(out, MOST_PLAIN, "%s", value->as.boolean ? "true" : "false");
        case DK_INTEGER: return put_number(value->as.integer, 0, out);
        case DK_DECIMAL: return put_number(value->as.integer, value->scale, out);
        case DK_REAL: return dki_format_real(value->as.real, out, MOST_PLAIN);
        case DK_RATIO: return put_ratio(value->as.ratio, out);
        case DK_DATE:
        case DK_TIMESTAMP:
        case DK_PERIOD:
            (void)dk_value_format(value, plain, sizeof plain);
            if (value->type == DK_PERIOD)
                return (size_t)snprintf(out, MOST_PLAIN, "period('%s', '%s')", plain,
                                        dk_frequency_name(value->scale));
            return (size_t)snprintf(out, MOST_PLAIN, value->type == DK_DATE ? "date '%s'" : "timestamp('%s')",
                                    plain);
        default: break;
        }
    return (size_t)snprintf(out, MOST_PLAIN, "null");
}
