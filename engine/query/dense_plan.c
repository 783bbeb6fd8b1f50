/* dense_plan.c - which aggregates of a breakdown are counted by index, and by which tables.
 *
 * count() and rows() go into counters of rows. Aggregates over a value of few codes go into counters by that code
 * as well, from which all of them follow; over a value of more codes they go into sums, but quantiles into lists of values,
 * from which a variance follows too. A condition is one more
 * digit of a counter's index: a row is counted once, whether it holds or not. So most questions cost one addition
 * for each row.
 *
 * How large a table may be follows from the number of rows and what near caches hold, never from the threads.
 */
#include "dense.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "dense_kernels.h"

#define MOST_SLOTS (UINT64_C(1) << 18)
#define MOST_COUNTED (UINT64_C(1) << 21)   /* where rows are but counted: counters in all, 8 MiB for each worker */
#define LEAST_ROWS_COUNTED 8               /* for each such counter */
#define BUDGET_SHARE 64                    /* bytes of a budget for each such counter */
#define MOST_COUNTERS (UINT64_C(1) << 20)  /* 4 MiB for each worker */
#define CHEAP_COUNTERS (UINT64_C(1) << 15) /* where sums would do as well */
#define FEW_SLOTS 4096
#define MOST_ROWS (UINT64_C(1) << 31) /* what 32 bits count for certain */
#define MOST_RECORD_CODES 65533       /* codes of a record take two more numbers, and so do its least */
#define SPREAD_COUNTERS 2048          /* tables up to this size come in several copies */

/* Rows pay for clearing and reading so many counters. */
static uint64_t affordable(uint64_t n_rows, uint64_t most)
{
    return n_rows < most / 4 ? n_rows * 4 + 1024 : most;
}

/* dense: gets the numbers, or NULL. */
static bool fits(const dki_dimension *dims, size_t n_dims, uint64_t most, dki_dense_plan *dense)
{
    uint64_t n = 1;

    for (size_t d = 0; d < n_dims; d++) {
        uint64_t n_codes = dki_dimension_n_direct(&dims[d]);

        if (n_codes == 0 || n_codes > most || n * n_codes > most)
            return false;
        n *= n_codes;
        if (dense)
            dense->radix[d] = (uint32_t)n_codes;
    }
    if (dense)
        dense->n_slots = (size_t)n;
    return true;
}

bool dki_dense_fits(const dki_dimension *dims, size_t n_dims, uint64_t n_rows, dki_dense_plan *dense)
{
    return n_rows < MOST_ROWS && fits(dims, n_dims, affordable(n_rows, MOST_SLOTS), dense);
}

/* How many slots pay. Those that have no rows stay out of the caches, so that where rows are but counted there may be
 * more than caches hold: a row costs one addition even then, and less than finding its key in a table. */
static uint64_t most_slots(const dki_plan *plan, uint64_t n_rows)
{
    uint64_t most = affordable(n_rows, MOST_SLOTS), counted = n_rows / LEAST_ROWS_COUNTED, n_each = 0;
    size_t budget = dk_context_budget(plan->context);

    for (size_t i = 0; i < plan->n_aggregates; i++) {
        if (plan->aggregates[i].value != DKI_NONE || plan->aggregates[i].what.weighted)
            return most;
        n_each += plan->aggregates[i].filter == DKI_NONE ? 1 : 2;
    }
    n_each = (n_each ? n_each : 1) * (plan->where ? 2 : 1);
    counted = counted < MOST_COUNTED ? counted : MOST_COUNTED;
    if (budget && counted > budget / BUDGET_SHARE)
        counted = budget / BUDGET_SHARE;
    return counted / n_each > most ? counted / n_each : most;
}

/* A counters of that value and condition, with room for n_more conditions; made where there is none. */
static bool find_counters(dki_dense_plan *dense, size_t value, size_t filter, uint64_t most, size_t *out)
{
    uint64_t n_codes = value == DKI_NONE ? 1 : dki_dimension_n_codes(&dense->plan->values[value].what);
    dki_dense_counters *counters;
    uint64_t n;

    for (size_t i = 0; i < dense->n_counters; i++) {
        counters = &dense->counters[i];
        if (counters->value != value)
            continue;
        *out = i;
        if (filter == DKI_NONE)
            return true;
        for (size_t b = 0; b < counters->n_bits; b++) {
            if (counters->filters[b] == filter)
                return true;
        }
        if (counters->n_bits < DKI_DENSE_BITS &&
            counters->n * 2 <= (most < CHEAP_COUNTERS ? most : CHEAP_COUNTERS)) {
            counters->filters[counters->n_bits++] = filter;
            counters->n *= 2;
            return true;
        }
    }
    n = n_codes > most ? UINT64_MAX : dense->n_slots * n_codes;
    n = n > most ? UINT64_MAX : n << ((dense->plan->where != NULL) + (filter != DKI_NONE));
    if (n_codes == 0 || n > most)
        return false;
    *out = dense->n_counters;
    counters = &dense->counters[dense->n_counters++];
    *counters = (dki_dense_counters){ .value = value, .n_codes = n_codes, .n = (size_t)n };
    if (dense->plan->where)
        counters->filters[counters->n_bits++] = DKI_NONE;
    if (filter != DKI_NONE)
        counters->filters[counters->n_bits++] = filter;
    return true;
}

static size_t find_sums(dki_dense_plan *dense, size_t value, uint64_t n_rows)
{
    uint64_t n_codes = dki_dimension_n_codes(&dense->plan->values[value].what);
    unsigned sum_bits = dki_bit_length(n_rows) + dki_bit_length(n_codes + 1);

    for (size_t i = 0; i < dense->n_sums; i++) {
        if (dense->sums[i].value == value)
            return i;
    }
    dense->sums[dense->n_sums] = (dki_dense_sums){
        .value = value,
        .width = dki_width_for(n_codes),
        .shift = sum_bits + dki_bit_length(n_rows) <= 64 ? sum_bits : 0,
    };
    return dense->n_sums++;
}

static size_t find_lists(dki_dense_plan *dense, size_t value)
{
    for (size_t i = 0; i < dense->n_lists; i++) {
        if (dense->lists[i] == value)
            return i;
    }
    return DKI_NONE;
}

/* The lists of a value that there are already: a variance alone takes less without. */
static void take_listed(dki_dense_plan *dense, size_t number)
{
    const dki_plan_aggregate *aggregate = &dense->plan->aggregates[number];
    dki_dense_take *to = &dense->takes[number];
    size_t found;

    if (aggregate->what.kind != DKI_AGGREGATE_VARIANCE && aggregate->what.kind != DKI_AGGREGATE_SD)
        return;
    found = aggregate->what.weighted ? DKI_NONE : find_lists(dense, aggregate->value);
    if (found != DKI_NONE)
        *to = (dki_dense_take){ .how = DKI_DENSE_LISTED, .number = found };
}

static void take(dki_dense_plan *dense, size_t number, uint64_t n_rows)
{
    const dki_plan *plan = dense->plan;
    const dki_plan_aggregate *aggregate = &plan->aggregates[number];
    dki_aggregate_kind kind = aggregate->what.kind;
    dki_dense_take *to = &dense->takes[number];
    const dki_dimension *what;
    uint64_t most = affordable(n_rows, MOST_COUNTERS);

    if (aggregate->what.weighted)
        return;
    if (aggregate->value == DKI_NONE) { /* four for each slot at most */
        if (find_counters(dense, DKI_NONE, aggregate->filter, UINT64_MAX, &to->number))
            to->how = DKI_DENSE_COUNTED;
        return;
    }
    what = &plan->values[aggregate->value].what;
    if (dki_aggregate_has_moments(kind) || dki_aggregate_is_placed(kind))
        return;
    if (dki_dimension_n_codes(what) == 0 || (what->known_only && kind != DKI_AGGREGATE_DISTINCT))
        return;
    if (!dki_aggregate_tallies(kind) && most > CHEAP_COUNTERS)
        most = CHEAP_COUNTERS;
    if (find_counters(dense, aggregate->value, plan->values[aggregate->value].filter, most, &to->number)) {
        to->how = DKI_DENSE_COUNTED;
    } else if (kind == DKI_AGGREGATE_QUANTILE) {
        to->how = DKI_DENSE_LISTED;
        to->number = find_lists(dense, aggregate->value);
        if (to->number == DKI_NONE) {
            to->number = dense->n_lists;
            dense->lists[dense->n_lists++] = aggregate->value;
        }
    } else if (what->has_bounds && !dki_aggregate_tallies(kind)) {
        to->how = DKI_DENSE_SUMMED;
        to->number = find_sums(dense, aggregate->value, n_rows);
        if (kind == DKI_AGGREGATE_MIN)
            dense->sums[to->number].least = true;
        else if (kind == DKI_AGGREGATE_MAX)
            dense->sums[to->number].most = true;
        else
            dense->sums[to->number].sum = true;
    }
}

/* Where least or greatest are wanted as well, one place holds it all. */
static void place_sums(dki_dense_plan *dense)
{
    dense->seen_by = DKI_NONE;
    for (size_t i = 0; i < dense->n_sums; i++) {
        dki_dense_sums *sums = &dense->sums[i];
        uint64_t n_codes = dki_dimension_n_codes(&dense->plan->values[sums->value].what);

        if (sums->shift == 0 || n_codes > MOST_RECORD_CODES || !(sums->least || sums->most))
            continue;
        sums->in_records = true;
        sums->word = dense->n_records++;
        sums->width = dki_width_for(n_codes + 1);
        if (dense->n_counters == 0)
            dense->seen_by = i;
    }
    while (dense->record_bits < 2 && (size_t)1 << dense->record_bits < dense->n_records)
        dense->record_bits++;
}

/* Whether every row that counts has a value. */
static bool never_null(const dki_dense_plan *dense, size_t number)
{
    const dki_plan *plan = dense->plan;
    const dki_plan_value *value = &plan->values[number];

    return value->is_column && dk_column_n_nulls(dki_plan_column(plan, dki_bound_column(value->bound))) == 0;
}

static bool is_total(const dki_dense_sums *sums)
{
    return sums->sum && !sums->in_records;
}

/* Other sums whose word tells how many rows a slot has for these. */
static size_t find_counted(const dki_dense_plan *dense, size_t number)
{
    const dki_plan_value *values = dense->plan->values;

    for (size_t i = 0; never_null(dense, dense->sums[number].value) && i < dense->n_sums; i++) {
        if (is_total(&dense->sums[i]) && dense->sums[i].shift && never_null(dense, dense->sums[i].value) &&
            values[dense->sums[i].value].filter == values[dense->sums[number].value].filter)
            return i;
    }
    return DKI_NONE;
}

/* Words of totals in the row of a slot, and what else they tell. */
static void place_totals(dki_dense_plan *dense)
{
    size_t n = 0;

    dense->told_by = DKI_NONE;
    for (size_t i = 0; i < dense->n_sums; i++) {
        dki_dense_sums *sums = &dense->sums[i];

        sums->counted_by = DKI_NONE;
        if (!is_total(sums))
            continue;
        sums->word = n++;
        if (sums->shift == 0)
            sums->counted_by = find_counted(dense, i);
        if (sums->shift == 0 && sums->counted_by == DKI_NONE)
            sums->n_word = n++;
        if (dense->n_counters == 0 && dense->seen_by == DKI_NONE && never_null(dense, sums->value) &&
            dense->plan->values[sums->value].filter == DKI_NONE)
            dense->told_by = i;
    }
    while ((size_t)1 << dense->row_bits < n)
        dense->row_bits++;
}

/* Lists that have a value of every row, where nothing else tells which slots have rows. */
static void place_lists(dki_dense_plan *dense)
{
    dense->listed_by = DKI_NONE;
    for (size_t i = 0; i < dense->n_lists; i++) {
        if (dense->n_counters == 0 && dense->seen_by == DKI_NONE && dense->told_by == DKI_NONE &&
            never_null(dense, dense->lists[i]) && dense->plan->values[dense->lists[i]].filter == DKI_NONE)
            dense->listed_by = i;
    }
}

/* An aggregate that takes in every row by its slot, where nothing else tells which slots have rows. */
static void place_gathered(dki_dense_plan *dense)
{
    const dki_plan *plan = dense->plan;

    dense->gathered_by = DKI_NONE;
    if (dense->n_counters > 0 || dense->seen_by != DKI_NONE || dense->told_by != DKI_NONE ||
        dense->listed_by != DKI_NONE)
        return;
    for (size_t i = 0; i < plan->n_aggregates; i++) {
        const dki_plan_aggregate *aggregate = &plan->aggregates[i];

        if (dense->takes[i].how == DKI_DENSE_NOT && dki_aggregate_has_moments(aggregate->what.kind) &&
            !aggregate->what.weighted && aggregate->filter == DKI_NONE && never_null(dense, aggregate->value) &&
            (aggregate->other == DKI_NONE || never_null(dense, aggregate->other)))
            dense->gathered_by = i;
    }
}

/* Equal indexes in a row would wait for each other; where counters are many they are rare, and copies cost cache; where
 * rows are few, clearing and adding up the copies costs more. */
static void spread(dki_dense_counters *counters, uint64_t n_rows)
{
    unsigned bits = dki_bit_length(counters->n - 1); /* 0 where there is one counter */

    counters->stride = counters->n <= SPREAD_COUNTERS && counters->n <= n_rows / 8 ? counters->n : 0;
    if (bits <= DKI_MOST_PAIR_BITS && counters->n << bits <= n_rows / 8)
        counters->pair_bits = bits;
}

dk_status dki_dense_plan_init(dki_dense_plan *dense, const dki_plan *plan, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(plan->table);
    size_t n = plan->n_aggregates, ignored;

    memset(dense, 0, sizeof *dense);
    if (n_rows >= MOST_ROWS || !fits(plan->dims, plan->breakdown->n_by, most_slots(plan, n_rows), dense))
        return DK_OK;
    if (dki_plan_has_defined(plan)) /* its states could not go from slots to groups without a merge */
        return DK_OK;
    dense->plan = plan;
    dense->counters = dki_calloc(plan->context, n + 1, sizeof *dense->counters, err);
    dense->sums = dki_calloc(plan->context, n, sizeof *dense->sums, err);
    dense->takes = dki_calloc(plan->context, n, sizeof *dense->takes, err);
    dense->lists = dki_calloc(plan->context, n, sizeof *dense->lists, err);
    if (dense->counters == NULL || dense->sums == NULL || dense->takes == NULL || dense->lists == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        take(dense, i, n_rows);
    dense->all_taken = true;
    for (size_t i = 0; i < n; i++) {
        take_listed(dense, i);
        if (dense->takes[i].how != DKI_DENSE_NOT)
            continue;
        dense->all_taken = false;
        dense->sorts = dense->sorts || dki_aggregate_tallies(plan->aggregates[i].what.kind);
    }
    if (!dense->all_taken && dense->n_slots > FEW_SLOTS && dense->n_slots > n_rows / 8) {
        dki_dense_plan_drop(dense); /* accumulators are wide: one for each group that there is takes less */
        return DK_OK;
    }
    if (n == 0)
        (void)find_counters(dense, DKI_NONE, DKI_NONE, UINT64_MAX, &ignored);
    place_sums(dense);
    place_totals(dense);
    place_lists(dense);
    place_gathered(dense);
    for (size_t i = 0; i < dense->n_counters; i++)
        spread(&dense->counters[i], n_rows);
    return DK_OK;
}

void dki_dense_plan_drop(dki_dense_plan *dense)
{
    if (dense->plan == NULL)
        return;
    dki_free(dense->plan->context, dense->counters);
    dki_free(dense->plan->context, dense->sums);
    dki_free(dense->plan->context, dense->takes);
    dki_free(dense->plan->context, dense->lists);
    memset(dense, 0, sizeof *dense);
}
