/* shown.c - what one value looks like.
 *
 * For people: rounded, in the style asked for. For files that machines read: exact where a decimal can be, else the shortest
 * text that reads back as the same double; dates as ISO 8601 has them.
 */
#include "shown.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/number.h"
#include "base/period.h"
#include "base/text.h"

/* A ratio that a decimal of at most 18 digits is, exactly. */
static bool ratio_as_decimal(dk_ratio ratio, int64_t *value, unsigned *scale)
{
    for (unsigned digits = 0; digits <= 18; digits++) {
        dki_i128 scaled = (dki_i128)ratio.numerator * dki_power10[digits];

        if (scaled % ratio.denominator == 0) {
            if (!dki_fits_i64(scaled / ratio.denominator))
                return false;
            *value = (int64_t)(scaled / ratio.denominator);
            *scale = digits;
            return true;
        }
    }
    return false;
}

static size_t print_exact(const dk_value *value, dk_style style, char *out, size_t size)
{
    int64_t scaled = value->as.integer;
    unsigned scale = value->type == DK_DECIMAL ? value->scale : 0;
    size_t length;

    if (value->type == DK_REAL)
        length = dki_format_real(value->as.real, out, size);
    else if (value->type == DK_RATIO && !ratio_as_decimal(value->as.ratio, &scaled, &scale))
        length = dki_format_real(dki_ratio_real(value->as.ratio), out, size);
    else
        length = dki_format_decimal(scaled, scale, out, size);
    for (char *c = out; style == DK_STYLE_NL && *c; c++)
        if (*c == '.')
            *c = ',';
    return length;
}

static size_t print_number(const dk_value *value, const dki_look *look, char *out, size_t size)
{
    dki_pattern plain = { .digits = value->type == DK_INTEGER ? 0 : look->digits };
    size_t length = SIZE_MAX;

    if (look->for_people)
        length = dki_pattern_print(look->pattern ? look->pattern : &plain, value, look->style, out, size);
    if (length == SIZE_MAX)
        length = print_exact(value, look->style, out, size);
    return length;
}

/* Digits after the point of the number itself that are shown. */
static unsigned pattern_digits(const dki_look *look)
{
    const dki_pattern *pattern = look->pattern;

    return pattern ? pattern->digits + (pattern->percent || pattern->points ? 2 : 0) : look->digits;
}

/* One side of an interval, rounded outward where people read fewer digits than it has. */
static size_t print_bound(int64_t bound, uint8_t scale, bool upward, const dki_look *look, char *out, size_t size)
{
    dk_value value = { .type = scale > 0 ? DK_DECIMAL : DK_INTEGER, .scale = scale, .as.integer = bound };
    unsigned digits = pattern_digits(look);

    if (look->for_people && digits < scale) {
        value.as.integer = (int64_t)dki_divide_outward(bound, dki_power10[scale - digits], upward);
        value.scale = (uint8_t)digits;
        value.type = digits > 0 ? DK_DECIMAL : DK_INTEGER;
    }
    return print_number(&value, look, out, size);
}

/* Whether bounds are those of a quotient that was rounded outward in its last digit, or of a difference of two, and people who read
 * fewer digits read one number. */
static bool reads_as_one(const dk_interval *interval, uint8_t scale, const dki_look *look)
{
    unsigned digits = pattern_digits(look);
    int64_t unit, width;

    if (!look->for_people || digits >= scale ||
        __builtin_sub_overflow(interval->greatest, interval->least, &width) || width > 2)
        return false;
    unit = dki_power10[scale - digits];
    return width < 2 || dki_divide_round(interval->least, unit) == dki_divide_round(interval->greatest, unit);
}

/* Both bounds where they are one number, or read as one; *length is what it takes. In a file what may be null has both, "0..0?", as
 * "0?" would be somebody's doubt. */
static bool print_point(const dk_value *value, const dki_look *look, char *out, size_t size, size_t *length)
{
    const dk_interval *interval = &value->as.interval;
    dk_value point = { .type = DK_DECIMAL, .scale = value->scale, .as.integer = interval->least };

    if (interval->no_least || interval->no_greatest || (interval->may_be_null && !look->for_people) ||
        (interval->least != interval->greatest && !reads_as_one(interval, value->scale, look)))
        return false;
    if (value->scale == 0)
        point.type = DK_INTEGER;
    *length = print_number(&point, look, out, size);
    return true;
}

/* Both bounds where they differ, or are those of a marker: "115..125", "115..", "70.1..75.0 %". An estimate begins with "~". */
static size_t print_number_or_bounds(const dk_value *value, const dki_look *look, char *out, size_t size)
{
    const dk_interval *interval = &value->as.interval;
    char side[DKI_SHOWN_BYTES / 4];
    size_t n = 0, length;

    if (interval->meaning == DK_MEANS_ESTIMATE)
        out[n++] = '~';
    if (interval->meaning != DK_MEANS_SUPPRESSED && print_point(value, look, out + n, size / 4, &length))
        return n + length;
    if (!interval->no_least) {
        length = print_bound(interval->least, value->scale, false, look, out + n, size / 4);
        n += length;
    }
    if (!interval->no_least && !interval->no_greatest && look->for_people && look->pattern)
        n -= dki_pattern_behind(look->pattern, look->style); /* the unit stands behind both */
    out[n++] = '.';
    out[n++] = '.';
    if (!interval->no_greatest) {
        length = print_bound(interval->greatest, value->scale, true, look, side, sizeof side);
        memcpy(out + n, side, length);
        n += length;
    }
    out[n] = '\0';
    return n;
}

/* What may be null ends with "?". */
static size_t print_interval(const dk_value *value, const dki_look *look, char *out, size_t size)
{
    size_t n = print_number_or_bounds(value, look, out, size);

    if (value->as.interval.may_be_null) {
        out[n++] = '?';
        out[n] = '\0';
    }
    return n;
}

/* A marker, with its bounds where it does not tell them: "<5", "<5 (1..4)". Room of DKI_SHOWN_BYTES beside the marker. */
static const char *print_marker(const dk_value *value, const dki_look *look, char *out, size_t size, size_t *length)
{
    const dk_interval *interval = &value->as.interval;
    dk_text marker = interval->marker;
    size_t n = marker.size;

    *length = n;
    if (!look->facts || dki_marker_tells(look->facts, interval, value->scale, look->style))
        return marker.bytes;
    memcpy(out, marker.bytes, n);
    out[n++] = ' ';
    out[n++] = '(';
    n += print_interval(value, look, out + n, size - n);
    out[n++] = ')';
    *length = n;
    return out;
}

static size_t print_date(int64_t days, const dki_look *look, char *out, size_t size)
{
    int year, month, day;

    if (look->style != DK_STYLE_NL || !look->for_people)
        return dki_format_date(days, out, size);
    dki_date_split(days, &year, &month, &day);
    return (size_t)snprintf(out, size, "%02d-%02d-%04d", day, month, year);
}

/* In what people read, and in what spreadsheets open, a blank stands between date and time. */
static size_t print_timestamp(int64_t microseconds, const dki_look *look, char *out, size_t size)
{
    int64_t days = dki_day_of_time(microseconds);
    char date[16];
    size_t length = dki_format_timestamp(microseconds, out, size);

    if (look->for_people || look->style == DK_STYLE_NL)
        out[10] = ' ';
    if (print_date(days, look, date, sizeof date) == 10)
        memcpy(out, date, 10); /* dates of both styles have ten characters */
    return length;
}

bool dki_is_shown(const dk_value *value)
{
    return !value->is_null || (value->type == DK_INTERVAL && value->as.interval.marker.size > 0);
}

const char *dki_show_value(const dk_value *value, const dki_look *look, char *scratch, size_t size, size_t *length)
{
    const char *word;

    switch (value->type) {
    case DK_BOOLEAN:
        word = look->style == DK_STYLE_NL ? (value->as.boolean ? "ja" : "nee")
                                          : (value->as.boolean ? "true" : "false");
        *length = strlen(word);
        return word;
    case DK_CATEGORY:
    case DK_TEXT: *length = value->as.text.size; return value->as.text.bytes;
    case DK_DATE: *length = print_date(value->as.integer, look, scratch, size); break;
    case DK_TIMESTAMP: *length = print_timestamp(value->as.integer, look, scratch, size); break;
    case DK_PERIOD: *length = dki_format_period(value->as.integer, value->scale, scratch, size); break;
    case DK_INTERVAL:
        if (value->as.interval.marker.size > 0 && value->as.interval.meaning != DK_MEANS_ESTIMATE &&
            !value->as.interval.may_be_null)
            return print_marker(value, look, scratch, size, length);
        *length = print_interval(value, look, scratch, size);
        break;
    default: *length = print_number(value, look, scratch, size);
    }
    return scratch;
}

size_t dk_value_print(const dk_value *value, const char *text, dk_style style, char *buffer, size_t size)
{
    dki_pattern pattern;
    dki_look look = {
        .pattern = text ? &pattern : NULL,
        .style = style,
        .digits = value->type == DK_DECIMAL || value->type == DK_INTERVAL ? value->scale : DKI_SCREEN_DIGITS,
        .for_people = true,
    };
    char scratch[DKI_SHOWN_BYTES];
    const char *shown = DKI_NULL_SHOWN;
    size_t length = strlen(shown), fits;

    if (text && !dki_pattern_parse(text, &pattern))
        return SIZE_MAX;
    if (dki_is_shown(value))
        shown = dki_show_value(value, &look, scratch, sizeof scratch, &length);
    if (size > 0) {
        fits = length < size ? length : dki_utf8_floor(shown, length, size - 1);
        if (fits > 0)
            memcpy(buffer, shown, fits);
        buffer[fits] = '\0';
    }
    return length;
}
