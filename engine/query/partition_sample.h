/* partition_sample.h - a sample of a table's keys: whether they are many, and where partitions begin and end. */
#ifndef DKI_QUERY_PARTITION_SAMPLE_H
#define DKI_QUERY_PARTITION_SAMPLE_H

#include "packed_key.h"

#define DKI_MOST_PARTITIONS 256
#define DKI_BUCKET_BITS 12
#define DKI_KEY_BUCKETS (1 << DKI_BUCKET_BITS)

/* Where parts begin: part k has the keys from border k - 1 on, before border k. */
typedef struct dki_borders {
    uint64_t low[DKI_MOST_PARTITIONS], high[DKI_MOST_PARTITIONS];
    size_t n;                             /* one less than parts */
    unsigned shift;                       /* of a key to its bucket */
    bool are_apart;                       /* no bucket has two, and keys have no high half */
    uint16_t before[DKI_KEY_BUCKETS + 1]; /* borders in buckets before this one */
} dki_borders;

/* Keys of rows from everywhere, sorted. */
typedef struct dki_sample {
    uint64_t *low, *high, *order;
    size_t n, n_keys;
    uint64_t n_seen; /* rows that were looked at, selected or not */
} dki_sample;

/* Keys of some rows from everywhere, in memory of the arena. What cannot be evaluated in a sample is left to the pass
 * over all rows, which reports the earliest row: the sample is empty then. */
dk_status dki_sample_take(const dki_plan *plan, const dki_packing *packing, dki_arena *arena, dki_sample *sample,
                          dk_error *err);
/* Borders between at most n_parts partitions that have about as many rows of the sample each; bits: of a key. A key that
 * is frequent makes one border. */
void dki_borders_find(const dki_sample *sample, unsigned bits, size_t n_parts, dki_borders *borders);

static inline size_t dki_bucket_of(const dki_borders *borders, uint64_t low, uint64_t high)
{
    return (size_t)((((dki_key)high << 64) | low) >> borders->shift);
}

/* The same as dki_partition_of for borders that are apart. */
static inline size_t dki_partition_apart(const dki_borders *borders, uint64_t low)
{
    size_t before = borders->before[low >> borders->shift];

    return before +
           ((before < borders->n) & (low >= borders->low[before])); /* that one may lie in a later bucket */
}

static inline size_t dki_partition_of(const dki_borders *borders, uint64_t low, uint64_t high)
{
    size_t bucket = dki_bucket_of(borders, low, high);
    size_t from = borders->before[bucket], to = borders->before[bucket + 1];

    while (from < to) { /* of most buckets there is nothing left to find */
        size_t middle = (from + to) / 2;

        if (high < borders->high[middle] || (high == borders->high[middle] && low < borders->low[middle]))
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

#endif
