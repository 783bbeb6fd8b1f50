/* number_text.c - numbers as text and back, whatever the locale of the process says.
 *
 * The C library is asked for digits only, and for reading a double, in its "C" locale: it rounds correctly both
 * ways.
 */
#include <ctype.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t plain; /* lives as long as the process */

static void make_locale(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* text is terminated and uses a point. */
static double read_double(const char *text)
{
    pthread_once(&once, make_locale);
    return plain ? strtod_l(text, NULL, plain) : strtod(text, NULL);
}

/* value to n significant digits, d.ddd * 10^exponent. */
static void digits_of(double value, int n, char digits[20], int *exponent)
{
    char text[40];
    const char *mark;

    snprintf(text, sizeof text, "%.*e", n - 1, value);
    mark = strchr(text, 'e');
    *exponent = atoi(mark + 1);
    n = 0;
    for (const char *at = text; at < mark; at++) /* the point may be any mark: digits are what counts */
        if (*at >= '0' && *at <= '9')
            digits[n++] = *at;
    digits[n] = '\0';
}

static bool reads_as(const char *digits, int exponent, double value)
{
    char text[40];

    snprintf(text, sizeof text, "%c.%se%d", digits[0], digits + 1, exponent);
    return read_double(text) == value;
}

/* The digits, as a number, and one; false for nothing but nines. */
static bool count_up(char *digits, int n)
{
    while (n > 0 && digits[n - 1] == '9')
        digits[--n] = '0';
    if (n > 0)
        digits[n - 1]++;
    return n > 0;
}

/* The fewest significant digits that read back as value (over 0, finite), d.ddd * 10^exponent; of several as short
 * the nearest.
 *
 * Speed: what a decimal of up to DBL_DIG (15) digits reads as, prints as that decimal with 15. So 15, 16 and 17
 * digits are all that need be tried, but for doubles under DBL_MIN, which have fewer bits. 17 always do.
 *
 * The doubles above a power of two lie twice as far apart as those below. There the nearest decimal of 16 digits
 * may lie below and be too far, while the next one above is near enough: 2^-24 is 5.960464477539063e-8. */
static void find_shortest(double value, char digits[20], int *exponent)
{
    int e;

    for (int n = value < DBL_MIN ? 1 : DBL_DIG; n < DBL_DECIMAL_DIG; n++) {
        digits_of(value, n, digits, exponent);
        if (reads_as(digits, *exponent, value))
            return;
    }
    if (frexp(value, &e) == 0.5 && count_up(digits, DBL_DECIMAL_DIG - 1) && reads_as(digits, *exponent, value))
        return;
    digits_of(value, DBL_DECIMAL_DIG, digits, exponent);
}

/* The same for any finite value but 0, without zeros at the end. Returns the number of digits. */
static int shortest(double value, char digits[20], int *exponent)
{
    int n;

    find_shortest(fabs(value), digits, exponent);
    n = (int)strlen(digits);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return n;
}

/* The same for value over 0 that has few digits after the point and at most DBL_DIG in all, which is what people write, much sooner:
 * value is *number / 10^*places. A quotient of two integers that doubles hold is the double nearest to it, and so is what is
 * read; of decimals of that many digits there is only one that reads as value. */
static bool is_short(double value, int64_t *number, uint8_t *places)
{
    for (uint8_t k = 0; k <= 6; k++) {
        double power = (double)dki_power10[k], scaled = value * power;

        int64_t whole;

        if (scaled >= 1e15)
            return false;
        whole = llrint(scaled);
        if ((double)whole / power == value) {
            *number = whole;
            *places = k;
            return true;
        }
    }
    return false;
}

bool dki_real_to_decimal(double value, int64_t *out, uint8_t *scale)
{
    char digits[20];
    int exponent, n, places;
    int64_t number = 0;

    if (!isfinite(value))
        return false;
    if (value == 0) {
        *out = 0;
        *scale = 0;
        return true;
    }
    if (is_short(fabs(value), out, scale)) {
        *out = value < 0 ? -*out : *out;
        return true;
    }
    n = shortest(value, digits, &exponent);
    places = n - 1 - exponent; /* digits after the point */
    if (places > 18 || exponent > 18)
        return false;
    for (int i = 0; i < n; i++)
        number = number * 10 + (digits[i] - '0');
    if (places < 0) {
        if (dki_mul_i64(number, dki_power10[-places], &number))
            return false;
        places = 0;
    }
    *out = value < 0 ? -number : number;
    *scale = (uint8_t)places;
    return true;
}

bool dki_parse_decimal(const char *text, size_t size, char point, int64_t *value, uint8_t *scale)
{
    size_t at = 0, whole, places = 0;
    bool negative = false;
    int64_t number = 0;

    if (size > 0 && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        at = 1;
    }
    for (whole = at; at < size && text[at] >= '0' && text[at] <= '9'; at++)
        if (dki_mul_i64(number, 10, &number) || dki_sub_i64(number, text[at] - '0', &number))
            return false;
    if (at == whole)
        return false;
    if (at < size) {
        if (text[at++] != point)
            return false;
        for (; at < size && text[at] >= '0' && text[at] <= '9'; at++) {
            if (++places > 18)
                return false;
            if (dki_mul_i64(number, 10, &number) || dki_sub_i64(number, text[at] - '0', &number))
                return false;
        }
        if (places == 0 || at < size)
            return false;
    }
    if (!negative && number == INT64_MIN) /* it was counted down, to reach the least value */
        return false;
    *value = negative ? number : -number;
    *scale = (uint8_t)places;
    return true;
}

bool dki_parse_real(const char *text, size_t size, char point, double *value)
{
    char copy[512];
    size_t at = 0, n_digits = 0;
    double real;

    if (size == 0 || size >= sizeof copy)
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (copy[0] == '+' || copy[0] == '-')
        at++;
    for (; isdigit((unsigned char)copy[at]); at++)
        n_digits++;
    if (at < size && copy[at] == point) {
        copy[at++] = '.';
        for (; isdigit((unsigned char)copy[at]); at++)
            n_digits++;
    }
    if (n_digits == 0)
        return false;
    if (at < size && (copy[at] == 'e' || copy[at] == 'E')) {
        at++;
        if (copy[at] == '+' || copy[at] == '-')
            at++;
        if (!isdigit((unsigned char)copy[at]))
            return false;
        while (isdigit((unsigned char)copy[at]))
            at++;
    }
    if (at != size)
        return false;
    real = read_double(copy);
    if (!isfinite(real))
        return false;
    *value = real == 0 ? 0.0 : real;
    return true;
}

size_t dki_format_decimal(dki_i128 value, unsigned scale, char *out, size_t size)
{
    char digits[64]; /* from the end */
    dki_u128 rest = value < 0 ? -(dki_u128)value : (dki_u128)value;
    size_t n = 0, length;

    do {
        if (n == scale && scale > 0)
            digits[n++] = '.';
        digits[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest > 0 || n < scale);
    if (n == scale && scale > 0)
        digits[n++] = '.';
    if (digits[n - 1] == '.')
        digits[n++] = '0';
    if (value < 0)
        digits[n++] = '-';
    for (length = 0; length < n && length + 1 < size; length++)
        out[length] = digits[n - 1 - length];
    out[length] = '\0';
    return length;
}

size_t dki_format_real(double value, char *out, size_t size)
{
    char digits[20], text[48];
    int exponent, n;
    size_t at = 0;

    if (value == 0 || !isfinite(value)) /* a column holds no other; a caller's mistake shows as what it is */
        return (size_t)snprintf(out, size, "%s",
                                value == 0     ? "0.0"
                                : isnan(value) ? "nan"
                                : value < 0    ? "-inf"
                                               : "inf");
    n = shortest(value, digits, &exponent);
    if (value < 0)
        text[at++] = '-';
    if (exponent < -5 || exponent > 15) {
        text[at++] = digits[0];
        if (n > 1) {
            text[at++] = '.';
            memcpy(text + at, digits + 1, (size_t)n - 1);
            at += (size_t)n - 1;
        }
        at += (size_t)snprintf(text + at, sizeof text - at, "e%d", exponent);
    } else {
        if (exponent < 0) {
            text[at++] = '0';
            text[at++] = '.';
            for (int i = -1; i > exponent; i--)
                text[at++] = '0';
        }
        for (int i = 0; i < n || i <= exponent; i++) {
            if (exponent >= 0 && i == exponent + 1)
                text[at++] = '.';
            text[at++] = i < n ? digits[i] : '0';
        }
        if (exponent >= 0 && n <= exponent + 1) {
            text[at++] = '.';
            text[at++] = '0';
        }
        text[at] = '\0';
    }
    return (size_t)snprintf(out, size, "%s", text);
}
