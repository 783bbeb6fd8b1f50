/* points.c - patterns of differences: of percentages they are points. */
#include "points.h"

#include <stdio.h>
#include <string.h>

bool dki_points_format(const char *format, char out[DKI_FORMAT_BYTES])
{
    size_t size = format ? strlen(format) : 0;

    if (size < 2 || size + 4 > DKI_FORMAT_BYTES || format[size - 1] != '%')
        return false;
    size -= format[size - 2] == ' ' ? 2 : 1;
    (void)snprintf(out, DKI_FORMAT_BYTES, "%s%.*s pp", format[0] == '+' ? "" : "+", (int)size, format);
    return true;
}
