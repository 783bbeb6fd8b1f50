/* aggregate.c - takes rows into accumulators, and merges accumulators.
 *
 * A block comes with a group number for each row and a bitmap of the rows that count. Rows whose value is null or
 * whose weight is 0 are taken out of the bitmap first; where nothing is left out the loops run over all rows
 * without looking at it, which is there for speed alone.
 *
 * Invariants: nothing here rounds and nothing here fails but for want of memory. Poll: the caller, once per block.
 */
#include "aggregate.h"

#include <string.h>

#include "aggregate_batch.h"
#include "aggregate_defined.h"
#include "aggregate_loop.h"
#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/ordered_key.h"
#include "data/column_parts.h"

#define FAR_GROUPS 8192 /* sums of so many do not lie in the near caches */

static const char *const kind_names[] = {
    [DKI_AGGREGATE_COUNT] = "count",
    [DKI_AGGREGATE_ROWS] = "rows",
    [DKI_AGGREGATE_SUM] = "sum",
    [DKI_AGGREGATE_MEAN] = "mean",
    [DKI_AGGREGATE_MIN] = "min",
    [DKI_AGGREGATE_MAX] = "max",
    [DKI_AGGREGATE_QUANTILE] = "quantile",
    [DKI_AGGREGATE_DISTINCT] = "distinct",
    [DKI_AGGREGATE_MODE] = "mode",
    [DKI_AGGREGATE_FIRST] = "first",
    [DKI_AGGREGATE_LAST] = "last",
    [DKI_AGGREGATE_VARIANCE] = "variance",
    [DKI_AGGREGATE_SD] = "sd",
    [DKI_AGGREGATE_COV] = "cov",
    [DKI_AGGREGATE_CORR] = "corr",
};

bool dki_aggregate_find(const char *name, dki_aggregate_kind *out)
{
    for (size_t i = 0; i < sizeof kind_names / sizeof *kind_names; i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *out = (dki_aggregate_kind)i;
            return true;
        }
    }
    *out = DKI_AGGREGATE_QUANTILE;
    return strcmp(name, "median") == 0;
}

const char *dki_aggregate_name(dki_aggregate_kind kind)
{
    return kind_names[kind];
}

static bool is_best(const dki_aggregate *what)
{
    return what->kind == DKI_AGGREGATE_MIN || what->kind == DKI_AGGREGATE_MAX ||
           dki_aggregate_is_placed(what->kind);
}

static bool is_sum(const dki_aggregate *what)
{
    return what->kind == DKI_AGGREGATE_SUM || what->kind == DKI_AGGREGATE_MEAN;
}

static bool is_whole(dk_type type)
{
    return type == DK_INTEGER || type == DK_DECIMAL;
}

/* Bytes of one item of `best`. */
static size_t best_size(dk_type type)
{
    switch (type) {
    case DK_REAL: return sizeof(double);
    case DK_RATIO: return sizeof(dk_ratio);
    case DK_TEXT: return sizeof(dk_text);
    default: return sizeof(int64_t);
    }
}

static void init_moments(dki_accumulator *accumulator, const dki_aggregate *what)
{
    static const unsigned sets[] = { 1 << DKI_MOMENT_X | 1 << DKI_MOMENT_XX,
                                     1 << DKI_MOMENT_X | 1 << DKI_MOMENT_Y | 1 << DKI_MOMENT_XY,
                                     (1 << DKI_MOMENTS) - 1 };
    size_t set = what->kind == DKI_AGGREGATE_CORR ? 2 : dki_aggregate_has_pairs(what->kind);

    dki_moments_init(&accumulator->moments, accumulator->context,
                     what->type == DK_REAL ? DKI_MOMENTS_REAL
                     : what->narrow        ? DKI_MOMENTS_NARROW
                                           : DKI_MOMENTS_WHOLE,
                     sets[set]);
}

void dki_accumulator_init(dki_accumulator *accumulator, dk_context *context, const dki_aggregate *what)
{
    memset(accumulator, 0, sizeof *accumulator);
    accumulator->context = context;
    accumulator->what = *what;
    dki_ratio_sums_init(&accumulator->ratios, context);
    dki_tally_init(&accumulator->tally, context);
    if (dki_aggregate_has_moments(what->kind))
        init_moments(accumulator, what);
}

void dki_accumulator_drop(dki_accumulator *accumulator)
{
    dk_context *context = accumulator->context;

    if (context == NULL)
        return;
    if (accumulator->best && accumulator->what.type == DK_TEXT) {
        for (size_t i = 0; i < accumulator->capacity; i++)
            dki_free(context, (char *)((dk_text *)accumulator->best)[i].bytes);
    }
    if (accumulator->states)
        dki_accumulator_drop_states(accumulator);
    dki_batch_release(accumulator->batch);
    dki_free(context, accumulator->n);
    dki_free(context, accumulator->sum);
    dki_free(context, accumulator->high);
    dki_free(context, accumulator->weight);
    for (size_t i = 0; accumulator->longs && i < accumulator->capacity; i++)
        dki_free(context, accumulator->longs[i]);
    dki_free(context, accumulator->shorts);
    dki_free(context, (void *)accumulator->longs);
    dki_free(context, accumulator->places);
    dki_free(context, accumulator->best);
    dki_ratio_sums_drop(&accumulator->ratios);
    dki_tally_drop(&accumulator->tally);
    if (dki_aggregate_has_moments(accumulator->what.kind))
        dki_moments_drop(&accumulator->moments);
    memset(accumulator, 0, sizeof *accumulator);
}

/* Makes an array longer and clears what is new. */
static dk_status lengthen(dki_accumulator *accumulator, void **array, size_t capacity, size_t item, dk_error *err)
{
    size_t size;
    dk_status status;

    if (dki_mul_size(capacity, item, &size)) {
        size = SIZE_MAX;
    }
    status = dki_resize(accumulator->context, array, size, err);
    if (status == DK_OK)
        memset((char *)*array + accumulator->capacity * item, 0, (capacity - accumulator->capacity) * item);
    return status;
}

dk_status dki_accumulator_room(dki_accumulator *accumulator, size_t n, dk_error *err)
{
    const dki_aggregate *what = &accumulator->what;
    size_t least = n > 16 ? n : 16; /* who knows them all says so first */
    size_t capacity = accumulator->capacity ? accumulator->capacity : least;
    bool counts_weights = what->kind == DKI_AGGREGATE_COUNT && what->weighted;
    dk_status status;

    if (n <= accumulator->capacity)
        return DK_OK;
    while (capacity < n)
        capacity *= 2;
    status = lengthen(accumulator, (void **)&accumulator->n, capacity, sizeof *accumulator->n, err);
    if (status == DK_OK && (counts_weights || (is_sum(what) && is_whole(what->type))))
        status = lengthen(accumulator, (void **)&accumulator->sum, capacity, sizeof *accumulator->sum, err);
    if (status == DK_OK && is_sum(what) && is_whole(what->type) && what->weighted)
        status = lengthen(accumulator, (void **)&accumulator->high, capacity, sizeof *accumulator->high, err);
    if (status == DK_OK && what->weighted &&
        (what->kind == DKI_AGGREGATE_MEAN || dki_aggregate_has_moments(what->kind)))
        status = lengthen(accumulator, (void **)&accumulator->weight, capacity, sizeof *accumulator->weight, err);
    if (status == DK_OK && is_sum(what) && what->type == DK_REAL)
        status = lengthen(accumulator, (void **)&accumulator->shorts, capacity, sizeof *accumulator->shorts, err);
    if (status == DK_OK && is_sum(what) && what->type == DK_REAL)
        status = lengthen(accumulator, (void **)&accumulator->longs, capacity, sizeof *accumulator->longs, err);
    if (status == DK_OK && is_best(what))
        status = lengthen(accumulator, &accumulator->best, capacity, best_size(what->type), err);
    if (status == DK_OK && dki_aggregate_is_placed(what->kind))
        status = lengthen(accumulator, (void **)&accumulator->places, capacity, sizeof *accumulator->places, err);
    if (status == DK_OK && what->defined)
        status = lengthen(accumulator, &accumulator->states, capacity, dki_state_bytes(what->defined), err);
    if (status == DK_OK && dki_aggregate_has_moments(what->kind))
        status = dki_moments_room(&accumulator->moments, capacity, err);
    if (status == DK_OK)
        accumulator->capacity = capacity;
    return status;
}

/* Taking rows in. ---------------------------------------------------------------------------------------------- */

/* Clears the rows whose value is null. integers: codes, where it is a category. */
static void drop_nulls(const dk_view *value, const int64_t *integers, size_t n, uint64_t *use)
{
    size_t n_words = dki_bit_words(n);

    if (value->constant) {
        if (dki_view_is_null(value, 0))
            memset(use, 0, n_words * sizeof *use);
    } else if (value->type == DK_CATEGORY) {
        for (size_t i = 0; i < n; i++) {
            if (integers[i] == 0)
                dki_bit_clear(use, i);
        }
    } else if (value->valid) {
        for (size_t i = 0; i < n_words; i++)
            use[i] &= value->valid[i];
    }
}

/* Fills use with the rows that count, whose value is known and whose weight is not 0. Returns whether that is every
 * row. */
static bool usable_rows(const dki_accumulator *accumulator, const dki_rows *rows, uint64_t *use)
{
    size_t n_words = dki_bit_words(rows->n);
    uint64_t missing = 0;

    if (rows->selection)
        memcpy(use, rows->selection, n_words * sizeof *use);
    else
        memset(use, 0xff, n_words * sizeof *use);
    if (rows->value)
        drop_nulls(rows->value, rows->integers, rows->n, use);
    if (rows->other)
        drop_nulls(rows->other, rows->other_integers, rows->n, use);
    if ((rows->value || accumulator->what.defined) && accumulator->what.weighted) {
        for (size_t i = 0; i < rows->n; i++) {
            if (rows->weights[i] == 0)
                dki_bit_clear(use, i);
        }
    }
    use[n_words - 1] &= dki_bit_tail(rows->n);
    for (size_t i = 0; i + 1 < n_words; i++)
        missing |= ~use[i];
    missing |= use[n_words - 1] ^ dki_bit_tail(rows->n);
    return missing == 0;
}

static void add_whole(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, bool all)
{
    uint64_t *n = accumulator->n;
    dki_i128 *sum = accumulator->sum;
    const int64_t *values = rows->integers;

    if (accumulator->what.weighted) {
        DKI_FOR_USED(rows, use, all, {
            n[group]++;
            dki_wide_add(&sum[group], &accumulator->high[group], (dki_i128)values[i] * rows->weights[i]);
        });
    } else {
        DKI_FOR_USED(rows, use, all, {
            n[group]++;
            sum[group] += values[i];
        });
    }
}

/* The long sum of a group, made when it is first needed. */
static dki_real_sum *long_sum(dki_accumulator *accumulator, size_t group, dk_error *err)
{
    if (accumulator->longs[group] == NULL)
        accumulator->longs[group] = dki_calloc(accumulator->context, 1, sizeof(dki_real_sum), err);
    return accumulator->longs[group];
}

static dk_status add_reals(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, bool all,
                           dk_error *err)
{
    const double *values = rows->value->values;

    for (size_t i = 0; accumulator->capacity > FAR_GROUPS && i < rows->n; i++) { /* for speed alone */
        if (all || dki_bit(use, i))
            __builtin_prefetch(&accumulator->shorts[rows->groups[i]], 1);
    }
    DKI_FOR_USED(rows, use, all, {
        double value = values[rows->value->constant ? 0 : i];
        int64_t weight = accumulator->what.weighted ? rows->weights[i] : 1;
        dki_short_sum *into = &accumulator->shorts[group];

        accumulator->n[group]++;
        if (!(weight == 1 ? dki_short_sum_add_one(into, value) : dki_short_sum_add(into, value, weight))) {
            dki_real_sum *sum = long_sum(accumulator, group, err);

            if (sum == NULL)
                return DK_ERR_MEMORY;
            dki_real_sum_add(sum, value, weight);
        }
    });
    return DK_OK;
}

static dk_status add_ratios(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, bool all,
                            dk_error *err)
{
    const dk_ratio *values = rows->value->values;

    DKI_FOR_USED(rows, use, all, {
        dk_ratio value = values[rows->value->constant ? 0 : i];
        int64_t weight = accumulator->what.weighted ? rows->weights[i] : 1;
        dki_wide numerator = { (dki_i128)value.numerator * weight, 0 };
        dk_status status = dki_ratio_sums_add(&accumulator->ratios, group, value.denominator, numerator, err);

        if (status != DK_OK)
            return status;
        accumulator->n[group]++;
    });
    return DK_OK;
}

static dk_status add_sum(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, bool all,
                         dk_error *err)
{
    dk_status status = DK_OK;

    if (accumulator->weight)
        DKI_FOR_USED(rows, use, all, accumulator->weight[group] += rows->weights[i]);
    switch (accumulator->what.type) {
    case DK_REAL: status = add_reals(accumulator, rows, use, all, err); break;
    case DK_RATIO: status = add_ratios(accumulator, rows, use, all, err); break;
    default: add_whole(accumulator, rows, use, all); break;
    }
    return status;
}

/* Numbers, times, codes and reals; texts and ratios by their bytes. */
static dk_status add_tally(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, bool all,
                           dk_error *err)
{
    const dk_view *value = rows->value;
    dki_tally *tally = &accumulator->tally;
    /* Which values there are does not depend on weights. */
    bool weighs = accumulator->what.weighted && accumulator->what.kind != DKI_AGGREGATE_DISTINCT;
    dk_status status = DK_OK;

    DKI_FOR_USED(rows, use, all, accumulator->n[group]++);
    if (accumulator->what.unique)
        return DK_OK;
    status = dki_tally_room(tally, rows->n, err);
    if (status != DK_OK)
        return status;
#define COUNT_OF(i) (weighs ? (uint64_t)rows->weights[i] : 1)
    switch (accumulator->what.type) {
    case DK_REAL:
        DKI_FOR_USED(rows, use, all, {
            double real = ((const double *)value->values)[value->constant ? 0 : i];

            dki_tally_put(tally, group, dki_real_key(real), COUNT_OF(i));
        });
        break;
    case DK_RATIO:
        DKI_FOR_USED(rows, use, all, {
            const dk_ratio *ratio = (const dk_ratio *)value->values + (value->constant ? 0 : i);

            status = dki_tally_put_text(tally, group, (const char *)ratio, sizeof *ratio, COUNT_OF(i), err);
            if (status != DK_OK)
                return status;
        });
        break;
    case DK_TEXT:
        DKI_FOR_USED(rows, use, all, {
            dk_text text = dki_view_text(value, i);

            status = dki_tally_put_text(tally, group, text.bytes, text.size, COUNT_OF(i), err);
            if (status != DK_OK)
                return status;
        });
        break;
    default:
        DKI_FOR_USED(rows, use, all, dki_tally_put(tally, group, dki_integer_key(rows->integers[i]), COUNT_OF(i)));
    }
#undef COUNT_OF
    return DK_OK;
}

/* One call of the host for each row, or for many. */
static dk_status add_defined(dki_accumulator *accumulator, const dki_rows *rows, const uint64_t *use, bool all,
                             dk_error *err)
{
    const dki_aggregate *what = &accumulator->what;

    if (what->defined->block)
        return dki_batch_add(accumulator, rows, all ? NULL : use, err);
    DKI_FOR_USED(rows, use, all, {
        dk_value values[DK_AGGREGATE_MOST_ARGUMENTS];
        dk_value weight = { .type = what->weight_type, .scale = what->weight_scale };
        dk_status status;

        if (rows->value)
            values[0] = dki_view_value(rows->value, i);
        if (rows->other)
            values[1] = dki_view_value(rows->other, i);
        if (what->weighted)
            weight.as.integer = rows->weights[i];
        status = dki_accumulator_step(accumulator, group, values, what->weighted ? &weight : NULL, err);
        if (status != DK_OK)
            return status;
    });
    return DK_OK;
}

dk_status dki_accumulator_add(dki_accumulator *accumulator, const dki_rows *rows, dk_error *err)
{
    uint64_t use[DK_BLOCK_WORDS];
    bool all = usable_rows(accumulator, rows, use);

    switch (accumulator->what.kind) {
    case DKI_AGGREGATE_COUNT:
        if (accumulator->what.weighted)
            DKI_FOR_USED(rows, use, all, accumulator->sum[group] += rows->weights[i]);
        DKI_FOR_USED(rows, use, all, accumulator->n[group]++);
        return DK_OK;
    case DKI_AGGREGATE_ROWS: DKI_FOR_USED(rows, use, all, accumulator->n[group]++); return DK_OK;
    case DKI_AGGREGATE_SUM:
    case DKI_AGGREGATE_MEAN: return add_sum(accumulator, rows, use, all, err);
    case DKI_AGGREGATE_QUANTILE:
    case DKI_AGGREGATE_DISTINCT:
    case DKI_AGGREGATE_MODE: return add_tally(accumulator, rows, use, all, err);
    case DKI_AGGREGATE_VARIANCE:
    case DKI_AGGREGATE_SD:
    case DKI_AGGREGATE_COV:
    case DKI_AGGREGATE_CORR: return dki_accumulator_add_moments(accumulator, rows, use, err);
    case DKI_AGGREGATE_DEFINED: return add_defined(accumulator, rows, use, all, err);
    case DKI_AGGREGATE_MIN:
    case DKI_AGGREGATE_MAX:
    case DKI_AGGREGATE_FIRST:
    case DKI_AGGREGATE_LAST: break;
    }
    return dki_accumulator_add_best(accumulator, rows, use, all, err);
}

/* Merging. ----------------------------------------------------------------------------------------------------- */

dk_status dki_accumulator_merge(dki_accumulator *accumulator, const dki_accumulator *from, size_t first, size_t n,
                                const uint32_t *map, dk_error *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t group = first + i;
        uint32_t to = map[i];

        if (to == DKI_NO_GROUP)
            continue;
        if (accumulator->states) {
            dk_status status = dki_accumulator_merge_state(accumulator, to, from, group, err);

            if (status != DK_OK)
                return status;
            continue;
        }
        if (accumulator->best) {
            dk_status status = dki_accumulator_merge_best(accumulator, from, group, to, err);

            if (status != DK_OK)
                return status;
        }
        if (accumulator->high) {
            dki_wide_add(&accumulator->sum[to], &accumulator->high[to], from->sum[group]);
            accumulator->high[to] += from->high[group];
        } else if (accumulator->sum) {
            accumulator->sum[to] += from->sum[group];
        }
        if (accumulator->weight)
            accumulator->weight[to] += from->weight[group];
        if (accumulator->shorts)
            dki_short_sum_merge(&accumulator->shorts[to], &from->shorts[group]);
        if (accumulator->longs && from->longs[group]) {
            dki_real_sum *sum = long_sum(accumulator, to, err);

            if (sum == NULL)
                return DK_ERR_MEMORY;
            dki_real_sum_merge(sum, from->longs[group]);
        }
        if (accumulator->moments.records) {
            dk_status status = dki_moments_merge(&accumulator->moments, to, &from->moments, group, err);

            if (status != DK_OK)
                return status;
        }
        accumulator->n[to] += from->n[group];
    }
    if (dki_aggregate_tallies(accumulator->what.kind))
        return dki_tally_merge(&accumulator->tally, &from->tally, first, n, map, err);
    if (accumulator->what.type == DK_RATIO && is_sum(&accumulator->what))
        return dki_ratio_sums_merge(&accumulator->ratios, &from->ratios, first, n, map, err);
    return DK_OK;
}
