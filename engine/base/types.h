/* types.h - what a type says of the numbers of its values. */
#ifndef DKI_BASE_TYPES_H
#define DKI_BASE_TYPES_H

#include <dekking/value.h>

/* The greatest scale that a value of the type can have; 0 where the type has none. */
uint8_t dki_type_scale_limit(dk_type type);
/* The scale, where the type has one; else 0. */
uint8_t dki_type_scale(dk_type type, uint8_t scale);
/* Bounds of what is stored for a type of the calendar: the years 1 to 9999. False for other types. */
bool dki_type_bounds(dk_type type, uint8_t scale, int64_t *least, int64_t *greatest);
static inline bool dki_type_is_calendar(dk_type type)
{
    return type == DK_DATE || type == DK_TIMESTAMP || type == DK_PERIOD;
}
/* Reads all of a text as a value of a type of the calendar: a date year first, a timestamp as ISO says or as a date, a
 * period as period.h says. False, *out untouched, where it is none. */
bool dki_type_parse(dk_type type, uint8_t scale, dk_text text, int64_t *out);
/* The type in messages: a period by its frequency. */
const char *dki_type_shown(dk_type type, uint8_t scale);
/* Whether it is one type: periods of two frequencies are two. */
static inline bool dki_type_same(dk_type a, uint8_t a_scale, dk_type b, uint8_t b_scale)
{
    return a == b && (a != DK_PERIOD || a_scale == b_scale);
}

#endif
