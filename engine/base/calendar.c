/* calendar.c - days since 1970-01-01 and back.
 *
 * A year is counted from March, so that the leap day is its last; 400 years are 146,097 days.
 */
#include "calendar.h"

#include <stdio.h>

#define DAYS_BEFORE_1970 INT64_C(719468) /* since 0000-03-01 */

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool dki_date_make(int year, int month, int day, int64_t *days)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t y, m, day_of_year;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1] + (month == 2 && is_leap(year)))
        return false;
    y = month <= 2 ? year - 1 : year;
    m = month <= 2 ? month + 9 : month - 3; /* March is 0 */
    day_of_year = (153 * m + 2) / 5 + day - 1;
    *days = y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - DAYS_BEFORE_1970;
    return true;
}

void dki_date_split(int64_t days, int *year, int *month, int *day)
{
    int64_t since = days + DAYS_BEFORE_1970;
    int64_t era = (since >= 0 ? since : since - 146096) / 146097;
    int64_t in_era = since - era * 146097;
    int64_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t day_of_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(year_in_era + era * 400 + (*month <= 2));
}

int64_t dki_day_of_time(int64_t microseconds)
{
    return microseconds / DKI_DAY_MICROSECONDS - (microseconds % DKI_DAY_MICROSECONDS < 0);
}

/* Reads least .. greatest digits at *at. */
static bool read_number(const char *text, size_t size, size_t *at, int least, int greatest, int *out)
{
    int n = 0, number = 0;

    while (n < greatest && *at < size && text[*at] >= '0' && text[*at] <= '9') {
        number = number * 10 + (text[(*at)++] - '0');
        n++;
    }
    *out = number;
    return n >= least;
}

static bool read_mark(const char *text, size_t size, size_t *at, char mark)
{
    if (*at >= size || text[*at] != mark)
        return false;
    ++*at;
    return true;
}

/* A date at the start of text; *at is where it ends. */
static bool read_date(const char *text, size_t size, char order, size_t *at, int64_t *days)
{
    int part[3];
    int wide = order == 'y' ? 0 : 2; /* which part is the year */
    char separator = 0;

    *at = 0;
    for (int i = 0; i < 3; i++) {
        if (i == 1) {
            if (*at >= size)
                return false;
            separator = text[*at];
            if (separator != '-' && separator != '/' && separator != '.')
                return false;
        }
        if (i > 0 && !read_mark(text, size, at, separator))
            return false;
        if (!read_number(text, size, at, i == wide ? 4 : 1, i == wide ? 4 : 2, &part[i]))
            return false;
    }
    switch (order) {
    case 'y': return dki_date_make(part[0], part[1], part[2], days);
    case 'd': return dki_date_make(part[2], part[1], part[0], days);
    case 'm': return dki_date_make(part[2], part[0], part[1], days);
    default: return false;
    }
}

bool dki_parse_date(const char *text, size_t size, char order, int64_t *days)
{
    size_t at;
    int64_t parsed;

    if (!read_date(text, size, order, &at, &parsed) || at != size)
        return false;
    *days = parsed;
    return true;
}

bool dki_parse_timestamp(const char *text, size_t size, char order, int64_t *microseconds)
{
    size_t at;
    int64_t days;
    int hour, minute, second = 0, fraction = 0;

    if (!read_date(text, size, order, &at, &days))
        return false;
    if (!read_mark(text, size, &at, 'T') && !read_mark(text, size, &at, ' '))
        return false;
    if (!read_number(text, size, &at, 1, 2, &hour) || !read_mark(text, size, &at, ':') ||
        !read_number(text, size, &at, 2, 2, &minute))
        return false;
    if (read_mark(text, size, &at, ':')) {
        if (!read_number(text, size, &at, 2, 2, &second))
            return false;
        if (read_mark(text, size, &at, '.')) {
            size_t from = at;

            if (!read_number(text, size, &at, 1, 6, &fraction))
                return false;
            for (size_t n = at - from; n < 6; n++)
                fraction *= 10;
            while (at < size && text[at] == '0' && at - from < 9) /* databases write seven digits or nine */
                at++;
        }
    }
    if (at != size || hour > 23 || minute > 59 || second > 59)
        return false;
    *microseconds =
        days * DKI_DAY_MICROSECONDS + ((hour * INT64_C(60) + minute) * 60 + second) * 1000000 + fraction;
    return true;
}

size_t dki_format_date(int64_t days, char *out, size_t size)
{
    int year, month, day;

    dki_date_split(days, &year, &month, &day);
    return (size_t)snprintf(out, size, "%04d-%02d-%02d", year, month, day);
}

size_t dki_format_timestamp(int64_t microseconds, char *out, size_t size)
{
    int64_t days = microseconds / DKI_DAY_MICROSECONDS;
    int64_t rest = microseconds % DKI_DAY_MICROSECONDS;
    int year, month, day, seconds, fraction, length;

    if (rest < 0) {
        rest += DKI_DAY_MICROSECONDS;
        days--;
    }
    seconds = (int)(rest / 1000000);
    fraction = (int)(rest % 1000000);
    dki_date_split(days, &year, &month, &day);
    length = snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, seconds / 3600,
                      seconds / 60 % 60, seconds % 60);
    if (fraction && (size_t)length < size)
        length += snprintf(out + length, size - (size_t)length, ".%06d", fraction);
    return (size_t)length;
}
