/* key_number.h - a number as a value of another type, where it has exactly that value. */
#ifndef DKI_JOIN_KEY_NUMBER_H
#define DKI_JOIN_KEY_NUMBER_H

#include <dekking/value.h>

/* False, *out untouched, where no value of the type (and scale) is equal to the number, which is known. Both are of
 * type integer, decimal, real or ratio. */
bool dki_number_as(const dk_value *value, dk_type type, uint8_t scale, dk_value *out);

#endif
