/* value.c - types and single values. */
#include <dekking/value.h>

#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "number.h"
#include "text.h"

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

int dk_value_compare(const dk_value *a, const dk_value *b)
{
    if (dk_type_is_number(a->type))
        return compare_numbers(a, b);
    switch (a->type) {
    case DK_BOOLEAN: return (int)a->as.boolean - (int)b->as.boolean;
    case DK_DATE:
    case DK_TIMESTAMP: return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    default: {
        int order = dki_text_compare(a->as.text.bytes, a->as.text.size, b->as.text.bytes, b->as.text.size);

        return (order > 0) - (order < 0);
    }
    }
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
        case DK_DATE: length = dki_format_date(value->as.integer, text, sizeof text); break;
        case DK_TIMESTAMP: length = dki_format_timestamp(value->as.integer, text, sizeof text); break;
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
