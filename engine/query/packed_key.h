/* packed_key.h - the dimensions of a row as one number of up to 128 bits that stands in the order of the results.
 *
 *   | first dimension | ... | last dimension |     highest bits first
 *
 * The code of a dimension stands in the order of its values, null last: of a category the rank of its level, of whole
 * numbers and times the distance from the least, where that is known, of reals their bits, put in order.
 */
#ifndef DKI_QUERY_PACKED_KEY_H
#define DKI_QUERY_PACKED_KEY_H

#include "breakdown_inputs.h"

typedef struct dki_packed_dim {
    dki_dimension what;
    bool clamps;       /* codes of rows that are not selected may be anything */
    uint8_t bits;      /* of the code, without the bit above it that says null */
    bool has_null_bit; /* no code is left for null */
    uint8_t place;     /* of its lowest bit in the key */
    uint64_t null;     /* the code of null, where there is no such bit */
    uint32_t *ranks;   /* of a category: of each code; NULL: the rank is code - 1 */
    uint32_t *codes;   /* the other way */
} dki_packed_dim;

typedef struct dki_packing {
    dk_context *context; /* borrowed */
    size_t n_dims;
    unsigned bits; /* of a key: at most 128 */
    dki_packed_dim dims[DKI_MAX_DIMENSIONS];
} dki_packing;

typedef dki_u128 dki_key;

/* Lays keys out for the dimensions of a plan. *fits: whether that is possible. To be dropped in any case. */
dk_status dki_packing_init(dki_packing *packing, const dki_plan *plan, bool *fits, dk_error *err);
void dki_packing_drop(dki_packing *packing);
/* The keys of n rows; high may be NULL where keys have at most 64 bits. Keys of rows that are not selected may be
 * anything. scratch: DK_BLOCK_ROWS numbers. */
void dki_packing_keys(const dki_packing *packing, const dk_view *const *views, size_t n, uint64_t *low,
                      uint64_t *high, uint64_t *scratch);
/* The values of a dimension of n keys as a column. scratch: n numbers. */
dk_status dki_packing_column(const dki_packing *packing, size_t dim, const uint64_t *low, const uint64_t *high,
                             size_t n, uint64_t *scratch, const dk_column **out, dk_error *err);
/* What a dimension of a key is: the value as the dimension has it (an integer, a code, the bits of a real). */
typedef struct dki_packed_value {
    bool is_null;
    int64_t value;
} dki_packed_value;
dki_packed_value dki_packing_value(const dki_packing *packing, size_t dim, uint64_t low, uint64_t high);

#endif
