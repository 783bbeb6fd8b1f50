/* canonical.c - numbers whose text follows from their value.
 *
 * For speed: readings.c reads the same, and much more, in ten times the time. What this file reads it reads as readings.c
 * does with the mark that stands there, and readings.c reads nothing in it with the other mark, nor as a date.
 */
#include "canonical.h"

#include <string.h>

#define MOST_DIGITS 18

static inline unsigned digit(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

bool dki_canonical_read(const char *bytes, size_t size, dki_canonical *out)
{
    const char *at = bytes, *end = bytes + size, *whole;
    uint64_t value = 0;
    size_t n_digits = 0, n_groups = 0, n_whole;
    char group = 0;
    bool negative = size > 1 && *at == '-';

    at += negative;
    whole = at;
    while (at < end && digit(*at) < 10)
        value = value * 10 + digit(*at++);
    n_whole = n_digits = (size_t)(at - whole);
    if (n_digits == 0 || n_digits > MOST_DIGITS || (n_digits > 1 && *whole == '0'))
        return false;
    /* Groups of three, behind which a mark of another kind must come. */
    while (n_digits <= MOST_DIGITS && end - at > 4 && (*at == '.' || *at == ',') && (group == 0 || *at == group) &&
           digit(at[1]) < 10 && digit(at[2]) < 10 && digit(at[3]) < 10 && digit(at[4]) >= 10) {
        group = *at;
        value = value * 1000 + digit(at[1]) * 100 + digit(at[2]) * 10 + digit(at[3]);
        at += 4;
        n_digits += 3;
        n_groups++;
    }
    if (n_groups > 0 && (n_whole > 3 || *whole == '0'))
        return false;
    *out = (dki_canonical){ .whole_digits = (uint8_t)(*whole == '0' ? 0 : n_digits),
                            .is_grouped = n_groups > 0,
                            .is_large = n_digits > 3 };
    if (at < end) {
        char mark = *at;
        const char *fraction = ++at;
        if ((mark != '.' && mark != ',') || mark == group)
            return false;
        while (at < end && digit(*at) < 10 && at - fraction < MOST_DIGITS)
            value = value * 10 + digit(*at++);
        size_t n = (size_t)(at - fraction);
        if (at < end || n == 0 || n_digits + n > MOST_DIGITS)
            return false;
        if (n == 3 && n_groups == 0 && n_digits <= 3 && *whole != '0') /* 1.758 */
            return false;
        out->mark = mark;
        out->scale = (uint8_t)n;
    } else if (n_groups > 0 || n_digits > MOST_DIGITS) {
        return false;
    }
    if (negative && value == 0)
        return false;
    out->value = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

size_t dki_canonical_write(int64_t value, unsigned scale, char mark, bool is_grouped, char out[DKI_CANONICAL_BYTES])
{
    char reversed[DKI_CANONICAL_BYTES];
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    unsigned n = 0, n_digits = 0;

    for (; n_digits < scale; n_digits++, left /= 10)
        reversed[n++] = (char)('0' + left % 10);
    if (scale > 0)
        reversed[n++] = mark;
    n_digits = 0;
    do {
        if (is_grouped && n_digits > 0 && n_digits % 3 == 0)
            reversed[n++] = mark == ',' ? '.' : ',';
        reversed[n++] = (char)('0' + left % 10);
        left /= 10;
        n_digits++;
    } while (left > 0);
    if (value < 0)
        reversed[n++] = '-';
    for (unsigned i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return n;
}
