/* group_key.c - values of dimensions as bytes: lengths and texts, so that no two keys are the same by accident. */
#include <string.h>

#include "base/text.h"
#include "whatif_parts.h"

/* A decimal by its value, whatever its digits: 1.50 is 1.5. */
static void trim_value(dk_value *value)
{
    while (value->type == DK_DECIMAL && value->scale > 0 && value->as.integer % 10 == 0) {
        value->as.integer /= 10;
        value->scale--;
    }
}

/* What stood in the place of a number tells bounds apart that are the same. */
static dk_status add_marker(const dk_interval *interval, dki_buffer *key, dk_error *err)
{
    dk_status status = dki_buffer_format(key, err, ",%d:%zu:", (int)interval->meaning, interval->marker.size);

    return status == DK_OK ? dki_buffer_append(key, interval->marker.bytes, interval->marker.size, err) : status;
}

dk_status dki_group_key_add(const dk_value *given, dki_buffer *key, dk_error *err)
{
    dk_value value = *given;
    char text[80];
    dk_status status;

    if (value.is_null) {
        status = dki_buffer_text(key, "|n", err);
    } else if (value.type == DK_TEXT || value.type == DK_CATEGORY) {
        status = dki_buffer_format(key, err, "|%zu:", value.as.text.size);
        return status == DK_OK ? dki_buffer_append(key, value.as.text.bytes, value.as.text.size, err) : status;
    } else {
        trim_value(&value);
        dk_value_format(&value, text, sizeof text);
        status = dki_buffer_format(key, err, "|%zu:%s", strlen(text), text);
    }
    return status == DK_OK && value.type == DK_INTERVAL ? add_marker(&value.as.interval, key, err) : status;
}
