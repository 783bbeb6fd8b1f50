/* sort_key.h - the values of a column as numbers that stand in the same order. */
#ifndef DKI_ROWS_SORT_KEY_H
#define DKI_ROWS_SORT_KEY_H

#include <dekking/column.h>

/* a is before b exactly where codes[a] < codes[b], and equal where they are equal. */
typedef struct dki_sort_codes {
    uint64_t *codes;
    uint64_t *nulls; /* bit i: row i is null; NULL: none is. A null row has code 0 */
} dki_sort_codes;

/* Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED, DK_ERR_LIMIT (2^32 different texts). Dropping twice does nothing. */
dk_status dki_sort_codes_init(dki_sort_codes *codes, const dk_column *column, dk_error *err);
void dki_sort_codes_drop(dki_sort_codes *codes, dk_context *context);

/* Order of two rows: negative, 0, positive; null last in either direction. */
static inline int dki_sort_codes_compare(const dki_sort_codes *codes, bool descending, uint64_t a, uint64_t b)
{
    uint64_t x = codes->codes[a], y = codes->codes[b];

    if (codes->nulls) {
        int null_a = (int)(codes->nulls[a / 64] >> (a % 64) & 1);
        int null_b = (int)(codes->nulls[b / 64] >> (b % 64) & 1);

        if (null_a | null_b)
            return null_a - null_b;
    }
    if (x == y)
        return 0;
    return (x < y) != descending ? -1 : 1;
}

#endif
