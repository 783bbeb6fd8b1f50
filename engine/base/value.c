/* value.c - types and single values. */
#include <dekking/value.h>

#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "number.h"
#include "period.h"
#include "text.h"
#include "types.h"

static const char *const names[] = {
#define TYPE_NAME(code, name) name,
    DK_TYPE_LIST(TYPE_NAME)
#undef TYPE_NAME
};

const char *dk_type_name(dk_type type)
{
    return (unsigned)type < DK_N_TYPES ? names[type] : "unknown";
}

bool dk_type_find(const char *name, dk_type *out)
{
    for (int i = 0; i < DK_N_TYPES; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (dk_type)i;
            return true;
        }
    return false;
}

static const char *const frequencies[] = { [DK_YEAR] = "year", [DK_QUARTER] = "quarter", [DK_MONTH] = "month" };

const char *dk_frequency_name(dk_frequency frequency)
{
    return (unsigned)frequency < DK_N_FREQUENCIES ? frequencies[frequency] : "unknown";
}

bool dk_frequency_find(const char *name, dk_frequency *out)
{
    for (int i = 0; i < DK_N_FREQUENCIES; i++)
        if (strcmp(frequencies[i], name) == 0) {
            *out = (dk_frequency)i;
            return true;
        }
    return false;
}

static const char *const meanings[] = { "", "suppressed", "estimate", "unavailable", "impossible", "unbounded" };

const char *dk_meaning_name(dk_meaning meaning)
{
    return (unsigned)meaning < DK_N_MEANINGS ? meanings[meaning] : "unknown";
}

bool dk_meaning_find(const char *name, dk_meaning *out)
{
    for (int i = DK_MEANS_NOTHING + 1; i < DK_N_MEANINGS; i++)
        if (strcmp(meanings[i], name) == 0) {
            *out = (dk_meaning)i;
            return true;
        }
    return false;
}

uint8_t dki_type_scale_limit(dk_type type)
{
    return type == DK_DECIMAL || type == DK_INTERVAL ? DK_DECIMAL_MAX_SCALE
           : type == DK_PERIOD                       ? DK_N_FREQUENCIES - 1
                                                     : 0;
}

uint8_t dki_type_scale(dk_type type, uint8_t scale)
{
    return type == DK_DECIMAL || type == DK_PERIOD || type == DK_INTERVAL ? scale : 0;
}

bool dki_type_bounds(dk_type type, uint8_t scale, int64_t *least, int64_t *greatest)
{
    switch (type) {
    case DK_DATE:
        *least = DKI_DATE_LEAST;
        *greatest = DKI_DATE_GREATEST;
        return true;
    case DK_TIMESTAMP:
        *least = DKI_TIME_LEAST;
        *greatest = DKI_TIME_GREATEST;
        return true;
    case DK_PERIOD: dki_period_bounds(scale, least, greatest); return true;
    default: return false;
    }
}

bool dki_type_parse(dk_type type, uint8_t scale, dk_text text, int64_t *out)
{
    int64_t days;

    if (type == DK_PERIOD)
        return dki_parse_period(text.bytes, text.size, scale, out);
    if (type == DK_TIMESTAMP && dki_parse_timestamp(text.bytes, text.size, 'y', out))
        return true;
    if (!dki_parse_date(text.bytes, text.size, 'y', &days))
        return false;
    *out = type == DK_TIMESTAMP ? days * DKI_DAY_MICROSECONDS : days;
    return true;
}

const char *dki_type_shown(dk_type type, uint8_t scale)
{
    return type == DK_PERIOD ? dk_frequency_name(scale) : dk_type_name(type);
}

bool dk_type_is_number(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL || type == DK_REAL || type == DK_RATIO;
}

/* An exact number as a fraction that need not be in lowest terms. */
static dk_ratio fraction(const dk_value *value)
{
    if (value->type == DK_RATIO)
        return value->as.ratio;
    return (dk_ratio){ value->as.integer, dki_power10[value->type == DK_DECIMAL ? value->scale : 0] };
}

static int compare_numbers(const dk_value *a, const dk_value *b)
{
    if (a->type == DK_REAL && b->type == DK_REAL)
        return (a->as.real > b->as.real) - (a->as.real < b->as.real);
    if (a->type == DK_REAL)
        return -dki_ratio_compare_real(fraction(b), a->as.real);
    if (b->type == DK_REAL)
        return dki_ratio_compare_real(fraction(a), b->as.real);
    return dki_ratio_compare(fraction(a), fraction(b));
}

static int compare_sides(bool a_open, int64_t a, bool b_open, int64_t b, int open_is)
{
    if (a_open || b_open)
        return a_open == b_open ? 0 : a_open ? open_is : -open_is;
    return (a > b) - (a < b);
}

static int compare_intervals(const dk_interval *a, const dk_interval *b)
{
    int order = compare_sides(a->no_least, a->least, b->no_least, b->least, -1);

    return order ? order : compare_sides(a->no_greatest, a->greatest, b->no_greatest, b->greatest, 1);
}

int dk_value_compare(const dk_value *a, const dk_value *b)
{
    if (dk_type_is_number(a->type))
        return compare_numbers(a, b);
    switch (a->type) {
    case DK_BOOLEAN: return (int)a->as.boolean - (int)b->as.boolean;
    case DK_INTERVAL: return compare_intervals(&a->as.interval, &b->as.interval);
    case DK_PERIOD:
        if (a->scale != b->scale)
            return a->scale < b->scale ? -1 : 1;
        /* fall through */
    case DK_DATE:
    case DK_TIMESTAMP: return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    default: {
        int order = dki_text_compare(a->as.text.bytes, a->as.text.size, b->as.text.bytes, b->as.text.size);

        return (order > 0) - (order < 0);
    }
    }
}

bool dk_interval_is_known(const dk_interval *interval)
{
    return !interval->no_least || !interval->no_greatest || interval->meaning == DK_MEANS_UNBOUNDED;
}

/* Both bounds where they differ: "115..125", "115..", "..125", ".."; "0..1?" where it may be null. */
static size_t format_interval(const dk_interval *interval, uint8_t scale, char *out, size_t size)
{
    bool is_point = !interval->no_least && !interval->no_greatest && interval->least == interval->greatest;
    size_t n = 0;

    if (!interval->no_least)
        n = dki_format_decimal(interval->least, scale, out, size);
    if (!is_point) {
        memcpy(out + n, "..", 3);
        n += 2;
    }
    if (!is_point && !interval->no_greatest)
        n += dki_format_decimal(interval->greatest, scale, out + n, size - n);
    if (interval->may_be_null) {
        out[n++] = '?';
        out[n] = '\0';
    }
    return n;
}

size_t dk_value_format(const dk_value *value, char *buffer, size_t size)
{
    char text[80];
    const char *bytes = text;
    size_t length, fits;

    if (value->is_null) {
        bytes = "null";
        length = 4;
    } else {
        switch (value->type) {
        case DK_BOOLEAN:
            bytes = value->as.boolean ? "true" : "false";
            length = strlen(bytes);
            break;
        case DK_INTEGER: length = dki_format_decimal(value->as.integer, 0, text, sizeof text); break;
        case DK_DECIMAL: length = dki_format_decimal(value->as.integer, value->scale, text, sizeof text); break;
        case DK_REAL: length = dki_format_real(value->as.real, text, sizeof text); break;
        case DK_RATIO:
            length = (size_t)snprintf(text, sizeof text, "%lld/%lld", (long long)value->as.ratio.numerator,
                                      (long long)value->as.ratio.denominator);
            break;
        case DK_INTERVAL: length = format_interval(&value->as.interval, value->scale, text, sizeof text); break;
        case DK_DATE: length = dki_format_date(value->as.integer, text, sizeof text); break;
        case DK_TIMESTAMP: length = dki_format_timestamp(value->as.integer, text, sizeof text); break;
        case DK_PERIOD: length = dki_format_period(value->as.integer, value->scale, text, sizeof text); break;
        default: bytes = value->as.text.bytes; length = value->as.text.size;
        }
    }
    if (size > 0) {
        fits = length < size ? length : dki_utf8_floor(bytes, length, size - 1);
        if (fits > 0)
            memcpy(buffer, bytes, fits);
        buffer[fits] = '\0';
    }
    return length;
}
