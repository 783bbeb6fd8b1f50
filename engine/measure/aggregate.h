/* aggregate.h - the aggregates of each group: taking rows in, merging, finishing.
 *
 * An accumulator holds one aggregate for all groups, as arrays by group number. What it holds is exact (integers of
 * 128 bits and more, long fixed-point numbers for reals), so that neither the order of rows nor the merging of
 * workers' accumulators can be seen in a result.
 *
 * In a table with weights count() is the sum of weights, rows() counts records, and all others take a record as so many
 * persons as it weighs. A record of weight 0 is nobody: all but rows() pass over it.
 */
#ifndef DKI_MEASURE_AGGREGATE_H
#define DKI_MEASURE_AGGREGATE_H

#include <dekking/aggregate.h>
#include <dekking/column.h>

#include "base/checked.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/real_sum.h"
#include "moments.h"
#include "tally.h"

typedef enum dki_aggregate_kind {
    DKI_AGGREGATE_COUNT,
    DKI_AGGREGATE_ROWS,
    DKI_AGGREGATE_SUM,
    DKI_AGGREGATE_MEAN,
    DKI_AGGREGATE_MIN,
    DKI_AGGREGATE_MAX,
    DKI_AGGREGATE_QUANTILE, /* the median too */
    DKI_AGGREGATE_DISTINCT,
    DKI_AGGREGATE_MODE,
    DKI_AGGREGATE_FIRST,
    DKI_AGGREGATE_LAST,
    DKI_AGGREGATE_VARIANCE,
    DKI_AGGREGATE_SD,
    DKI_AGGREGATE_COV,
    DKI_AGGREGATE_CORR,
    DKI_AGGREGATE_DEFINED /* by the host */
} dki_aggregate_kind;

typedef struct dki_aggregate {
    dki_aggregate_kind kind;
    dk_type type; /* of the argument, and its scale and levels (borrowed); unused by count and rows */
    uint8_t scale;
    const dk_dictionary *levels;
    dk_ratio share;      /* quantile: 0 .. 1 */
    bool unique;         /* distinct: values are known to differ, so that counting the known ones is enough */
    bool narrow;         /* moments: sums of products fit in 64 bits */
    uint8_t other_scale; /* cov: of the second argument */
    bool weighted;       /* all but rows, in a table with weights */
    dk_type weight_type;
    uint8_t weight_scale;
    const dk_aggregate *defined; /* by the host; lives as long as the context */
} dki_aggregate;

/* Finds the kind of that name ("count"). */
bool dki_aggregate_find(const char *name, dki_aggregate_kind *out);
const char *dki_aggregate_name(dki_aggregate_kind kind);

static inline bool dki_aggregate_tallies(dki_aggregate_kind kind)
{
    return kind == DKI_AGGREGATE_QUANTILE || kind == DKI_AGGREGATE_DISTINCT || kind == DKI_AGGREGATE_MODE;
}
/* Those taken from sums of values and their products. */
static inline bool dki_aggregate_has_moments(dki_aggregate_kind kind)
{
    return kind >= DKI_AGGREGATE_VARIANCE && kind <= DKI_AGGREGATE_CORR;
}
/* Those of two arguments, which take the rows where both are known. */
static inline bool dki_aggregate_has_pairs(dki_aggregate_kind kind)
{
    return kind == DKI_AGGREGATE_COV || kind == DKI_AGGREGATE_CORR;
}
/* One person, in the units of the weights. */
static inline uint64_t dki_aggregate_one(const dki_aggregate *what)
{
    return what->weighted && what->weight_type == DK_DECIMAL ? (uint64_t)dki_power10[what->weight_scale] : 1;
}
/* From one state to the next. */
static inline size_t dki_state_bytes(const dk_aggregate *defined)
{
    return (defined->state_bytes + 15) / 16 * 16 + (defined->state_bytes == 0) * 16;
}
static inline bool dki_aggregate_is_placed(dki_aggregate_kind kind)
{
    return kind == DKI_AGGREGATE_FIRST || kind == DKI_AGGREGATE_LAST;
}

/* Sums of ratios, exact for any order: the numerators of each denominator of each group. */
typedef struct dki_ratio_sums {
    dki_text_map keys; /* group and denominator */
    dki_wide *numerators;
    size_t capacity;
} dki_ratio_sums;

typedef struct dki_accumulator {
    dk_context *context; /* borrowed */
    dki_aggregate what;
    bool has_most_digits; /* a decimal sum is to have at most so many digits */
    uint8_t most_digits;
    size_t capacity;       /* groups that there is room for; arrays below are NULL where what needs none */
    uint64_t *n;           /* values (rows, for count and rows) taken in */
    dki_i128 *sum;         /* of values, weighed; of weights, for count */
    int64_t *high;         /* what of a weighed sum does not fit in 128 bits */
    dki_i128 *weight;      /* of the values of a weighed mean */
    dki_short_sum *shorts; /* sums of reals, and what they cannot take; longs[i] NULL: nothing */
    dki_real_sum **longs;
    dki_ratio_sums ratios;
    dki_tally tally; /* quantile, distinct, mode */
    dki_moments moments;
    uint64_t *places;        /* of first and last: the row that has it */
    void *states;            /* of the host's, dki_state_bytes each */
    struct dki_batch *batch; /* rows that the host has not seen yet, where it takes many at once */
    void *best; /* least or greatest, first or last: int64_t, double, dk_ratio, or dk_text with memory of its own */
} dki_accumulator;

/* The rows of a block that an aggregate takes in. */
typedef struct dki_rows {
    size_t n;
    const uint32_t *groups;
    const uint64_t *selection; /* rows that count; NULL: all */
    const dk_view *value;      /* the argument; NULL for count and rows */
    const int64_t *integers;   /* the same as integers or codes, for all types but real, ratio and text */
    const dk_view *other;      /* the second argument, where there is one, and the same as integers */
    const int64_t *other_integers;
    const int64_t *weights;  /* where the aggregate is weighted; >= 0 */
    uint64_t row;            /* the number of the first row: what first and last go by */
    const uint64_t *numbers; /* of each row, where they do not follow on each other; else NULL */
} dki_rows;

void dki_accumulator_init(dki_accumulator *accumulator, dk_context *context, const dki_aggregate *what);
void dki_accumulator_drop(dki_accumulator *accumulator);
/* Makes room for n groups; new ones hold nothing. */
dk_status dki_accumulator_room(dki_accumulator *accumulator, size_t n, dk_error *err);
dk_status dki_accumulator_add(dki_accumulator *accumulator, const dki_rows *rows, dk_error *err);
/* Hands rows to the host that wait for being many. To be called when the last rows are there, before merging and finishing. */
dk_status dki_accumulator_flush(dki_accumulator *accumulator, dk_error *err);
/* Takes in what `from` holds: its group first + i goes to group map[i] (DKI_NO_GROUP: nowhere), for n groups. Both may
 * be one accumulator where no group is read and written in the same call. There is room for every map[i]. */
dk_status dki_accumulator_merge(dki_accumulator *accumulator, const dki_accumulator *from, size_t first, size_t n,
                                const uint32_t *map, dk_error *err);
/* The results of groups[0 .. n-1] as a column: count and rows are integers (count a decimal where weights are), a sum
 * has the argument's type, a mean and a quantile are ratios (a real of reals), min, max, mode, first and last keep the
 * type, variance, sd, cov and corr are reals. Where a group's result does not fit, DK_ERR_OVERFLOW, and *fault is its
 * place in groups. */
dk_status dki_accumulator_finish(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                 const dk_column **out, size_t *fault, dk_error *err);
/* Whether that deals the groups to all threads by itself, so that it is not to be a part of something that does. */
static inline bool dki_accumulator_finishes_wide(const dki_accumulator *accumulator)
{
    return accumulator->what.kind == DKI_AGGREGATE_QUANTILE && accumulator->tally.lists;
}

/* Of aggregate_best.c: takes the rows of use in (all: every row), and merges one group. */
dk_status dki_accumulator_add_best(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use,
                                   bool all, dk_error *err);
dk_status dki_accumulator_merge_best(dki_accumulator *accumulator, const dki_accumulator *from, size_t group,
                                     uint32_t to, dk_error *err);

/* Of aggregate_moments.c: those of sums of products. */
dk_status dki_accumulator_add_moments(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use,
                                      dk_error *err);
dk_status dki_accumulator_finish_moments(const dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                         const dk_column **out, size_t *fault, dk_error *err);

/* Of aggregate_tally.c: quantiles, distinct counts and modes. Puts the tally in order. */
dk_status dki_accumulator_finish_tally(dki_accumulator *accumulator, const uint32_t *groups, size_t n,
                                       const dk_column **out, size_t *fault, dk_error *err);

/* Of aggregate_ratio.c. */
void dki_ratio_sums_init(dki_ratio_sums *sums, dk_context *context);
void dki_ratio_sums_drop(dki_ratio_sums *sums);
dk_status dki_ratio_sums_add(dki_ratio_sums *sums, uint32_t group, int64_t denominator, dki_wide numerator,
                             dk_error *err);
dk_status dki_ratio_sums_merge(dki_ratio_sums *sums, const dki_ratio_sums *from, size_t first, size_t n,
                               const uint32_t *map, dk_error *err);
/* totals[i] = the sum of group i < n divided by divisors[i] (> 0), fits[i] whether it fits in a ratio. */
dk_status dki_ratio_sums_finish(const dki_ratio_sums *sums, size_t n, const dki_i128 *divisors, dk_ratio *totals,
                                bool *fits, dk_error *err);

#endif
