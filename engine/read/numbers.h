/* numbers.h - a column of one block as canonical numbers: as narrow as the finished column. */
#ifndef DKI_READ_NUMBERS_H
#define DKI_READ_NUMBERS_H

#include "block.h"

/* Makes the stretch where every known field is a canonical number of one form; *is_done says whether it is. */
dk_status dki_numbers_split(dki_block_reader *reader, const dki_fields *fields, dki_stretch *out, bool *is_done,
                            dk_error *err);

static inline int64_t dki_stretch_number(const dki_stretch *stretch, size_t i)
{
    switch (stretch->width) {
    case 1: return ((const int8_t *)stretch->numbers)[i];
    case 2: return ((const int16_t *)stretch->numbers)[i];
    case 4: return ((const int32_t *)stretch->numbers)[i];
    default: return ((const int64_t *)stretch->numbers)[i];
    }
}

#endif
