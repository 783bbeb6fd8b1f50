/* dense.h - groups and aggregates of a breakdown whose keys are few: counted by index, without looking for a key.
 *
 * Where the codes of every dimension are known beforehand, a row's slot is (code 0 * n 1 + code 1) * n 2 + ..., and
 * what is counted for it is found by that number alone. Aggregates over narrow values are computed here as well;
 * others are given the slot as their group.
 */
#ifndef DKI_QUERY_DENSE_H
#define DKI_QUERY_DENSE_H

#include "breakdown_plan.h"
#include "dense_kernels.h"
#include "dense_lists.h"

#define DKI_DENSE_BITS 4 /* conditions that one table of counters tells apart */

/* Counters of rows by slot, by the code of a value where there is one, and by which of some conditions hold:
 * counter = (conditions * n_codes + code) * n_slots + slot */
typedef struct dki_dense_counters {
    size_t value; /* DKI_NONE: none, and n_codes is 1 */
    uint64_t n_codes;
    size_t n_bits;
    size_t filters[DKI_DENSE_BITS]; /* of the plan; DKI_NONE: the breakdown's where */
    size_t n;                       /* counters */
    size_t stride;                  /* from one table to the next, 0: there is one only */
    unsigned
        pair_bits; /* of an index, where rows are counted two at a time, in tables behind these; 0: they are not */
} dki_dense_counters;

/* All counters of all its tables, and where those of pairs begin. */
static inline size_t dki_dense_pairs_at(const dki_dense_counters *counters)
{
    return counters->n + counters->stride * (DKI_COUNT_TABLES - 1);
}
static inline size_t dki_dense_n_counts(const dki_dense_counters *counters)
{
    size_t n_pairs = counters->pair_bits ? (counters->n << counters->pair_bits) * DKI_PAIR_TABLES : 0;

    return dki_dense_pairs_at(counters) + n_pairs;
}

/* Sum, least and greatest of a value by slot. */
typedef struct dki_dense_sums {
    size_t value;
    bool sum, least, most;
    unsigned width; /* of the value's codes */
    unsigned shift; /* the number of values stands above their sum in one word; 0: it stands elsewhere */
    bool in_records;
    size_t word;       /* of its total in the row of a slot; of records, which of them it is */
    size_t n_word;     /* and of the number of values, where that stands apart */
    size_t counted_by; /* sums that tell this number for it; DKI_NONE: none do */
} dki_dense_sums;

typedef enum dki_dense_way { DKI_DENSE_NOT, DKI_DENSE_COUNTED, DKI_DENSE_SUMMED, DKI_DENSE_LISTED } dki_dense_way;

typedef struct dki_dense_take {
    dki_dense_way how;
    size_t number; /* of its counters, sums or lists */
} dki_dense_take;

typedef struct dki_dense_plan {
    const dki_plan *plan; /* borrowed; NULL: keys are too many, nothing here applies */
    size_t n_slots;
    uint32_t radix[DKI_MAX_DIMENSIONS]; /* codes of each dimension */
    dki_dense_counters *counters;
    dki_dense_sums *sums;
    size_t *lists; /* the value of each */
    size_t n_counters, n_sums, n_lists;
    dki_dense_take *takes; /* of each aggregate */
    bool all_taken;
    bool sorts; /* values have to be sorted by group that nothing here takes */
    unsigned
        row_bits; /* totals of a slot lie in a row of 1 << row_bits words, so that a row touches one line of cache */
    size_t n_records;
    unsigned record_bits; /* those of a slot lie side by side, up to four, which are a line of cache */
    size_t told_by;       /* sums that tell which slots have rows, where records and counters do not; or DKI_NONE */
    size_t seen_by;       /* sums whose records tell which slots have rows; DKI_NONE: the first counters, or seen */
    size_t listed_by;     /* lists that tell it, where neither these nor sums do; or DKI_NONE */
    size_t gathered_by; /* an aggregate whose accumulator tells it, by slot, where nothing else does; or DKI_NONE */
} dki_dense_plan;

/* Whether an aggregate is counted by slot, so that it needs no accumulator until then. */
static inline bool dki_dense_takes(const dki_dense_plan *dense, size_t aggregate)
{
    return dense->plan && dense->takes[aggregate].how != DKI_DENSE_NOT;
}

/* What one worker has counted. */
typedef struct dki_dense {
    const dki_dense_plan *plan;
    dki_arena arena;   /* holds the lists below, and how codes are made */
    uint32_t **counts; /* of each counters */
    uint8_t *seen;     /* where nothing else tells it: slots with rows (2 for each slot where there is a where) */
    uint64_t *rows;    /* of each slot */
    uint64_t **totals; /* of each sums, in the first row; what it does not need is NULL */
    uint64_t **ns;
    void **least, **most;
    dki_record **records; /* of each sums, that of the first slot */
    dki_record *record_room;
    dki_record **terms;          /* of every code, where those are few */
    dki_dense_list *lists;       /* of each lists */
    char *room;                  /* owned; what follows lies in it */
    void *index, *other, *codes; /* of the block at hand */
    void *picked;                /* indexes of the rows that count, one behind the other */
    dki_code_sum *forms;         /* how they are made: slots, each counters, each sums, each lists */
    uint64_t *masks;             /* of each sums, each lists */
    void *loose;                 /* codes that are clamped first: of dimensions, of values of counters */
} dki_dense;

/* The inputs of a block. */
typedef struct dki_dense_block {
    size_t n, n_selected;
    const uint64_t *selection;    /* where the breakdown's where holds; NULL: it has none */
    const dk_view *const *by;     /* of each dimension */
    const dk_view *const *values; /* of each value of the plan */
    const uint64_t *truths;       /* DK_BLOCK_WORDS for each filter of the plan */
} dki_dense_block;

/* Whether keys of these dimensions have places by index; dense: gets their numbers, or NULL. */
bool dki_dense_fits(const dki_dimension *dims, size_t n_dims, uint64_t n_rows, dki_dense_plan *dense);
/* The plan may be dropped after a failure too, and when it is zeroed. */
dk_status dki_dense_plan_init(dki_dense_plan *dense, const dki_plan *plan, dk_error *err);
void dki_dense_plan_drop(dki_dense_plan *dense);

/* After a failure only to be dropped; a zeroed one may be dropped too. */
dk_status dki_dense_init(dki_dense *dense, const dki_dense_plan *plan, dk_error *err);
void dki_dense_drop(dki_dense *dense);
/* Takes the rows of a block in. slots: NULL, or where the slot of each row goes. */
dk_status dki_dense_add(dki_dense *dense, const dki_dense_block *block, uint32_t *slots, dk_error *err);
/* What is known of a value in a slot: n values, the sum of their codes, the codes of the least and the greatest. Takes in what was
 * counted elsewhere; what is not asked for is 0, and so are codes where there is no value. */
typedef struct dki_dense_known {
    uint64_t n, sum, least, most;
} dki_dense_known;
void dki_dense_add_known(dki_dense *dense, size_t number, size_t slot, const dki_dense_known *known);
/* A slot has rows, where neither counters nor totals tell. */
void dki_dense_see(dki_dense *dense, size_t slot);
/* Takes in what another worker counted; its lists are left empty. */
dk_status dki_dense_merge(dki_dense *dense, dki_dense *from, dk_error *err);
/* Makes groups of the slots that have rows, and fills the accumulators that were taken. by_slot: the accumulators
 * of the others, by slot, one for each aggregate. groups is initialised and empty. */
dk_status dki_dense_finish(dki_dense *dense, const dki_accumulator *by_slot, dki_groups *groups, dk_error *err);

#endif
