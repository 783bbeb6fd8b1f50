/* period.c - periods and their texts. */
#include "period.h"

#include <stdio.h>

#include "calendar.h"

#define EPOCH_YEAR 1970

int dki_periods_in_year(unsigned frequency)
{
    return frequency == DK_YEAR ? 1 : frequency == DK_QUARTER ? 4 : 12;
}

static int64_t ordinal(int year, int part, unsigned frequency)
{
    return (int64_t)(year - EPOCH_YEAR) * dki_periods_in_year(frequency) + part - 1;
}

void dki_period_bounds(unsigned frequency, int64_t *least, int64_t *greatest)
{
    *least = ordinal(1, 1, frequency);
    *greatest = ordinal(9999, dki_periods_in_year(frequency), frequency);
}

void dki_period_split(int64_t period, unsigned frequency, int *year, int *part)
{
    int64_t n = dki_periods_in_year(frequency);
    int64_t years = period / n - (period % n < 0);

    *year = (int)(years + EPOCH_YEAR);
    *part = (int)(period - years * n) + 1;
}

/* A whole number of exactly n digits. */
static bool read_digits(const char *text, size_t n, int *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

bool dki_parse_period(const char *text, size_t size, unsigned frequency, int64_t *period)
{
    size_t at = 4;
    int year, part = 1;

    if (size < 4 || !read_digits(text, 4, &year) || year < 1)
        return false;
    switch (frequency) {
    case DK_YEAR: break;
    case DK_QUARTER:
        at += size > at && text[at] == '-';
        if (size != at + 2 || (text[at] != 'Q' && text[at] != 'K') || !read_digits(text + at + 1, 1, &part))
            return false;
        at += 2;
        break;
    default:
        if (size != 7 || text[at] != '-' || !read_digits(text + at + 1, 2, &part))
            return false;
        at += 3;
    }
    if (at != size || part < 1 || part > dki_periods_in_year(frequency))
        return false;
    *period = ordinal(year, part, frequency);
    return true;
}

size_t dki_format_period(int64_t period, unsigned frequency, char *out, size_t size)
{
    int year, part;

    dki_period_split(period, frequency, &year, &part);
    switch (frequency) {
    case DK_YEAR: return (size_t)snprintf(out, size, "%04d", year);
    case DK_QUARTER: return (size_t)snprintf(out, size, "%04dQ%d", year, part);
    default: return (size_t)snprintf(out, size, "%04d-%02d", year, part);
    }
}

const char *dki_period_example(unsigned frequency)
{
    return frequency == DK_YEAR ? "2024" : frequency == DK_QUARTER ? "2024Q3" : "2024-03";
}

int64_t dki_period_of_day(int64_t days, unsigned frequency)
{
    int year, month, day;

    dki_date_split(days, &year, &month, &day);
    return dki_period_coarsen(ordinal(year, month, DK_MONTH), DK_MONTH, frequency);
}

int64_t dki_period_coarsen(int64_t period, unsigned from, unsigned to)
{
    int64_t n = dki_periods_in_year(from) / dki_periods_in_year(to);

    return period / n - (period % n < 0);
}

int64_t dki_period_first_day(int64_t period, unsigned frequency)
{
    int64_t days = 0;
    int year, part;

    dki_period_split(period, frequency, &year, &part);
    (void)dki_date_make(year, (part - 1) * (12 / dki_periods_in_year(frequency)) + 1, 1, &days);
    return days;
}

int64_t dki_period_last_day(int64_t period, unsigned frequency)
{
    int64_t least, greatest;

    dki_period_bounds(frequency, &least, &greatest);
    return period == greatest ? DKI_DATE_GREATEST : dki_period_first_day(period + 1, frequency) - 1;
}
