/* key_order.h - the order of packed keys that lie in near caches. */
#ifndef DKI_QUERY_KEY_ORDER_H
#define DKI_QUERY_KEY_ORDER_H

#include <dekking/context.h>

/* n keys, 0 < n < 2^31, and room for what is made of them. */
typedef struct dki_key_order {
    const uint64_t *low, *high; /* high: NULL where keys have 64 bits */
    size_t n;
    uint64_t *items, *scratch; /* n numbers each, which hold anything then */
    uint32_t *buckets;         /* dki_key_buckets(n) numbers */
    uint32_t *order;           /* becomes the place of each key, in their order; equal ones stay in theirs */
} dki_key_order;

static inline size_t dki_key_buckets(size_t n)
{
    return 2 * n + 2;
}

/* Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED; the order is nothing then. */
dk_status dki_keys_order(dk_context *context, const dki_key_order *keys, dk_error *err);

#endif
