/* readings.c - what a field can be read as: the syntax of numbers, dates, periods and booleans in files.
 *
 * One grammar decides both what type a column gets and what value a field has, so that the two cannot disagree.
 *
 *   number   [-] whole [mark digits] [e [+-] digits] [blanks %]     no percentage with an exponent
 *   whole    digits without leading zero | 1 to 3 digits, then groups of thousands | nothing, if digits follow the mark
 *
 * Invariants: a number without exponent is exact (value, scale); more than eighteen digits are none.
 */
#include "readings.h"

#include <string.h>
#include <strings.h>

#include "base/calendar.h"
#include "base/checked.h"
#include "base/number.h"
#include "base/period.h"
#include "base/text.h"
#include "canonical.h"

#define MAX_DIGITS 18
#define LONGEST_NUMBER 400 /* no double needs more */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void trim(const char **text, size_t *size)
{
    while (*size > 0 && ((*text)[0] == ' ' || (*text)[0] == '\t')) {
        (*text)++;
        (*size)--;
    }
    while (*size > 0 && ((*text)[*size - 1] == ' ' || (*text)[*size - 1] == '\t'))
        (*size)--;
}

/* Takes "%" and the blanks before it away: plain, no-break and narrow no-break ones. */
static bool trim_percent(const char *text, size_t *size)
{
    size_t n = *size;

    if (n == 0 || text[n - 1] != '%')
        return false;
    n--;
    for (;;) {
        if (n > 0 && text[n - 1] == ' ')
            n--;
        else if (n > 1 && memcmp(text + n - 2, "\xC2\xA0", 2) == 0)
            n -= 2;
        else if (n > 2 && memcmp(text + n - 3, "\xE2\x80\xAF", 3) == 0)
            n -= 3;
        else
            break;
    }
    *size = n;
    return true;
}

/* The whole part at text: digits, or groups of thousands. Returns its length; 0 where it is none. */
static size_t whole_part(const char *text, size_t size, char thousands, bool loose, bool *grouped)
{
    size_t n = 0;

    while (n < size && is_digit(text[n]))
        n++;
    *grouped = false;
    if (n >= 1 && n <= 3 && text[0] != '0') {
        size_t end = n;
        while (end + 3 < size && text[end] == thousands && is_digit(text[end + 1]) && is_digit(text[end + 2]) &&
               is_digit(text[end + 3]) && !(end + 4 < size && is_digit(text[end + 4])))
            end += 4;
        if (end > n) {
            *grouped = true;
            return end;
        }
    }
    return n > 1 && text[0] == '0' && !loose ? 0 : n;
}

/* Reads text, whose form is known, as a double. */
static bool read_real(const char *text, size_t size, char point, char thousands, double *out)
{
    char plain[LONGEST_NUMBER];
    size_t n = 0;

    if (size >= sizeof plain)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == thousands || text[i] == '+')
            continue;
        if (text[i] == point && (i == 0 || !is_digit(text[i - 1])) && n + 1 < sizeof plain)
            plain[n++] = '0'; /* .5 */
        if (n == sizeof plain)
            return false;
        plain[n++] = text[i];
    }
    return dki_parse_real(plain, n, point, out);
}

bool dki_number_read(const char *text, size_t size, int mark, bool loose, dki_number *out)
{
    const char point = mark == DKI_POINT ? '.' : ',', thousands = mark == DKI_POINT ? ',' : '.';
    dki_number number = { 0 };
    size_t at = 0, n_whole, n_fraction = 0, n_digits = 0;
    bool negative = false, grouped, marked;
    int64_t value = 0; /* below zero, where there is room for one more */

    trim(&text, &size);
    number.percent = trim_percent(text, &size);
    if (size == 0)
        return false;
    if (text[0] == '-' || (text[0] == '+' && loose)) {
        negative = text[0] == '-';
        at = 1;
    }
    n_whole = whole_part(text + at, size - at, thousands, loose, &grouped);
    if (n_whole == 0 && !(at < size && text[at] == point))
        return false;

    /* Leading zeroes are no digits of the value. */
    bool leading = true;
    for (size_t i = at; i < at + n_whole; i++) {
        if (!is_digit(text[i]))
            continue;
        leading = leading && text[i] == '0';
        if (leading)
            continue;
        n_digits++;
        number.wide = number.wide || dki_mul_i64(value, 10, &value) || dki_sub_i64(value, text[i] - '0', &value);
    }
    size_t n_whole_digits = n_digits;
    at += n_whole;
    marked = at < size && text[at] == point;
    if (marked) {
        at++;
        for (; at < size && is_digit(text[at]); at++) {
            n_fraction++;
            if (n_digits > 0 || text[at] != '0')
                n_digits++;
            number.wide =
                number.wide || dki_mul_i64(value, 10, &value) || dki_sub_i64(value, text[at] - '0', &value);
        }
        if (n_fraction == 0)
            return false;
    }
    if (at < size && (text[at] == 'e' || text[at] == 'E') && !grouped && !number.percent) {
        size_t sign = at + 1 < size && (text[at + 1] == '-' || text[at + 1] == '+') ? 1 : 0, from = at + 1 + sign;
        at = from;
        while (at < size && is_digit(text[at]))
            at++;
        if (at == from || at < size)
            return false;
        number.exponent = true;
    }
    if (at < size)
        return false;
    n_fraction += number.percent ? 2 : 0;
    number.wide = number.wide || n_fraction > DK_DECIMAL_MAX_SCALE || (n_digits > MAX_DIGITS && !loose) ||
                  (!negative && value == INT64_MIN);
    if (number.exponent || number.wide) {
        if (!number.exponent && (!loose || number.percent))
            return false;
        number.wide = !number.exponent;
        if (!read_real(text, size, point, thousands, &number.real))
            return false;
    } else {
        number.value = negative ? value : -value;
        number.scale = (uint8_t)n_fraction;
        if (number.percent)
            n_whole_digits = n_whole_digits > 2 ? n_whole_digits - 2 : 0;
        number.whole_digits = (uint8_t)n_whole_digits;
    }
    *out = number;
    return true;
}

static const char *const pairs[4][2] = {
    { "nee", "ja" }, { "false", "true" }, { "onwaar", "waar" }, { "no", "yes" }
};

bool dki_boolean_read(const char *text, size_t size, int pair, bool *out)
{
    trim(&text, &size);
    for (int truth = 0; truth < 2; truth++)
        if (dki_text_equal_fold(text, size, pairs[pair][truth], strlen(pairs[pair][truth]))) {
            *out = truth == 1;
            return true;
        }
    return false;
}

bool dki_boolean_read_any(const char *text, size_t size, bool *out)
{
    static const char short_forms[2][5] = { "0nf", "1jty" };

    for (int pair = 0; pair < 4; pair++)
        if (dki_boolean_read(text, size, pair, out))
            return true;
    trim(&text, &size);
    for (int truth = 0; truth < 2; truth++)
        for (const char *form = short_forms[truth]; *form && size == 1; form++)
            if (*text == *form || (*form >= 'a' && *text == *form - 'a' + 'A')) {
                *out = truth == 1;
                return true;
            }
    return false;
}

static const char order_letters[DKI_N_ORDERS] = { 'y', 'd', 'm' };

/* Dates begin with a digit; what does not is not worth a look. */
bool dki_null_word(const char *text, size_t size)
{
    static const char *const words[] = { "null", "na", "n/a", "#n/a", "nan", "none", "\\n" };

    for (size_t i = 0; i < sizeof words / sizeof *words && size >= 2 && size <= 4; i++)
        if (strlen(words[i]) == size && strncasecmp(words[i], text, size) == 0)
            return true;
    return false;
}

bool dki_date_read(const char *text, size_t size, int order, int64_t *days)
{
    trim(&text, &size);
    return size >= 8 && size <= 10 && is_digit(text[0]) && dki_parse_date(text, size, order_letters[order], days);
}

bool dki_time_read(const char *text, size_t size, int order, int64_t *microseconds)
{
    trim(&text, &size);
    return size >= 13 && size <= 32 && is_digit(text[0]) &&
           dki_parse_timestamp(text, size, order_letters[order], microseconds);
}

bool dki_period_read(const char *text, size_t size, dk_frequency frequency, int64_t *period)
{
    trim(&text, &size);
    return dki_parse_period(text, size, frequency, period);
}

static void find_numbers(const char *text, size_t size, bool loose, dki_facts *out)
{
    bool read[DKI_N_MARKS];

    for (int mark = 0; mark < DKI_N_MARKS; mark++) {
        dki_number *number = &out->number[mark];
        read[mark] = dki_number_read(text, size, mark, loose, number);
        if (!read[mark])
            continue;
        out->readings |= UINT32_C(1) << ((number->percent ? DKI_READ_PERCENT : DKI_READ_NUMBER) + mark);
        if (!number->percent && number->scale == 0 && !number->exponent && !number->wide)
            out->readings |= UINT32_C(1) << (DKI_READ_INTEGER + mark);
    }
    if (read[0] && read[1]) {
        const dki_number *a = &out->number[0], *b = &out->number[1];
        out->mark_differs = a->exponent != b->exponent || a->wide != b->wide || a->scale != b->scale ||
                            a->value != b->value ||
                            ((a->exponent || a->wide) && (a->real < b->real || a->real > b->real));
    }
}

/* For speed alone: what is a canonical number is a number in this way only, and nothing else. */
static bool find_canonical(const char *text, size_t size, dki_facts *out)
{
    dki_canonical number;

    if (!dki_canonical_read(text, size, &number))
        return false;
    for (int mark = 0; mark < DKI_N_MARKS; mark++) {
        if (number.scale > 0 && (number.mark == ',') != (mark == DKI_COMMA))
            continue;
        out->readings |= UINT32_C(1) << (DKI_READ_NUMBER + mark);
        if (number.scale == 0)
            out->readings |= UINT32_C(1) << (DKI_READ_INTEGER + mark);
        out->number[mark] =
            (dki_number){ .value = number.value, .scale = number.scale, .whole_digits = number.whole_digits };
    }
    return true;
}

void dki_facts_find(const char *text, size_t size, bool loose, dki_facts *out)
{
    bool read[DKI_N_ORDERS], truth;
    int64_t when[DKI_N_ORDERS], period;

    memset(out, 0, sizeof *out);
    trim(&text, &size);
    if (size == 0 || find_canonical(text, size, out))
        return;
    char first = text[0];
    if (is_digit(first) || first == '-' || first == '.' || first == ',' || (first == '+' && loose))
        find_numbers(text, size, loose, out);
    if (is_digit(first) && (size == 6 || size == 7)) {
        if (dki_period_read(text, size, DK_QUARTER, &period))
            out->readings |= UINT32_C(1) << DKI_READ_QUARTER;
        else if (dki_period_read(text, size, DK_MONTH, &period))
            out->readings |= UINT32_C(1) << DKI_READ_MONTH;
    }
    if (is_digit(first) && size >= 8) {
        for (int order = 0; order < DKI_N_ORDERS; order++) {
            read[order] = dki_date_read(text, size, order, &when[order]);
            if (read[order])
                out->readings |= UINT32_C(1) << (DKI_READ_DATE + order);
        }
        if (read[DKI_DMY] && read[DKI_MDY] && when[DKI_DMY] != when[DKI_MDY])
            out->order_differs = true;
        for (int order = 0; order < DKI_N_ORDERS; order++) {
            read[order] = dki_time_read(text, size, order, &when[order]);
            if (!read[order])
                continue;
            out->readings |= UINT32_C(1) << (DKI_READ_TIME + order);
            out->midnight = when[order] % DKI_DAY_MICROSECONDS == 0;
        }
        if (read[DKI_DMY] && read[DKI_MDY] && when[DKI_DMY] != when[DKI_MDY])
            out->order_differs = true;
    }
    if (size <= 6 && !is_digit(first))
        for (int pair = 0; pair < 4; pair++)
            if (dki_boolean_read(text, size, pair, &truth))
                out->readings |= UINT32_C(1) << (DKI_READ_BOOLEAN + pair);
}
