/* partition.h - groups where keys are many: each part holds the groups of a range of keys.
 *
 * Keys are packed so that they stand in the order of the results (packed_key.h), and a part's keys come before those
 * of the next one. So a part is filled, sorted and finished by one thread at a time without looking at the others,
 * and results are put one below the other: nothing is merged, and nothing locked.
 */
#ifndef DKI_QUERY_PARTITION_H
#define DKI_QUERY_PARTITION_H

#include "breakdown_plan.h"
#include "packed_key.h"

typedef struct dki_partition {
    uint64_t *low,
        *high; /* keys of groups, in their order once all rows are in; high: NULL where 64 bits are enough */
    size_t n, capacity;
    struct dki_partition_slot *slots; /* of keys, by hash */
    size_t n_slots;
    dki_accumulator *accumulators; /* one for each aggregate */
    uint32_t *order;               /* groups in the order of their keys, once all rows are in */
    uint64_t first;                /* place of its first group in the result */
} dki_partition;

typedef struct dki_partitions {
    const dki_plan *plan; /* borrowed */
    uint64_t seed;
    dki_packing packing;
    dki_partition *parts;
    size_t n_parts;
    size_t n_groups; /* of all, once all rows are in */
    /* Where parts were sorted (partition_sorted.c); else NULL. */
    const dk_column **made; /* of each part: its dimensions, then its aggregates; NULL: from its accumulator */
    bool *direct;           /* of each aggregate, whether it has no accumulators */
} dki_partitions;

/* Rows for a part, at most DK_BLOCK_ROWS. Arrays of values: integers and codes as 64 bits, reals as they are. */
typedef struct dki_partition_rows {
    size_t n;
    const uint64_t *low, *high;
    const uint64_t *const *values; /* of each value of the plan; NULL: it has none to look at */
    const int64_t *weights;
    const uint64_t *numbers;       /* of each row, where an aggregate goes by them; else NULL */
    const uint64_t *const *known;  /* a bitmap for each value of the plan; NULL: all */
    const uint64_t *const *truths; /* a bitmap for each filter of the plan */
} dki_partition_rows;

/* Makes n_parts empty parts for a plan; the packing is taken over, also after a failure. */
dk_status dki_partitions_init(dki_partitions *parts, const dki_plan *plan, const dki_packing *packing,
                              size_t n_parts, dk_error *err);
void dki_partitions_drop(dki_partitions *parts); /* a zeroed one too */
dk_status dki_partition_add(const dki_partitions *parts, dki_partition *part, const dki_partition_rows *rows,
                            dk_error *err);
/* Has the accumulators of a part take rows whose groups are known, and numbered below part->n. */
dk_status dki_partition_accumulate(const dki_partitions *parts, dki_partition *part, const dki_partition_rows *rows,
                                   const uint32_t *groups, dk_error *err);
/* Puts the groups of every part in order, once all rows are in. */
dk_status dki_partitions_settle(dki_partitions *parts, dk_error *err);
/* Counts the groups of all parts. */
void dki_partitions_number(dki_partitions *parts);

/* Of partition_columns.c: columns of the whole result, in the order of keys. */
dk_status dki_partitions_dimension(const dki_partitions *parts, size_t dim, const dk_column **out, dk_error *err);
dk_status dki_partitions_finish(dki_partitions *parts, size_t aggregate, const dk_column **out, size_t *fault,
                                dk_error *err);

/* Puts all groups into one grouper and one set of accumulators, for who wants to look at them together. groups is
 * initialised and empty. */
dk_status dki_partitions_gather(const dki_partitions *parts, dki_groups *groups, dk_error *err);

/* Of partition_scan.c: the pass over the rows, where this way of grouping serves the plan: *out, else NULL. by_index:
 * the plan can also be counted by index. Counts what conditions leave out in groups. */
dk_status dki_partitions_scan(const dki_plan *plan, bool by_index, dki_groups *groups, dki_partitions **out,
                              dk_error *err);

#endif
