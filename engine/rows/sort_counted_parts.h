/* sort_counted_parts.h - what the files of sort_counted.h share. */
#ifndef DKI_ROWS_SORT_COUNTED_PARTS_H
#define DKI_ROWS_SORT_COUNTED_PARTS_H

#include "sort_counted.h"

#define DKI_SORT_COUNTED_BITS 16 /* of a code at the most */

struct dki_sort_counted {
    dk_context *context;
    dki_sort_pieces pieces;
    unsigned shifts[DKI_SORT_COUNTED_BITS + 1]; /* of keys that have bits, from the lowest bit of the code */
    uint64_t n_rows, slice;
    size_t n_codes, n_slices;
    uint16_t *codes;  /* by row; NULL: nobody wants rows */
    uint32_t *places; /* of each slice n_codes: counts, then places */
    uint64_t *ends;
};

#endif
