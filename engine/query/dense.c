/* dense.c - takes blocks of rows into counters and sums that are found by index.
 *
 * Codes stay as narrow as they are stored: a category of up to 255 levels alone in `by` is counted as it lies in
 * its column. Null is code 0, in a dimension as in a value. A row that a condition leaves out is counted as such,
 * in counters that nobody reads, so that there is no branch and no gathering of rows.
 *
 * Invariants: every index is below the size of its table, also in rows that are not selected, whose values are
 * unspecified: what is not a plain column is clamped. Nothing here fails. Poll: the caller, once per block.
 */
#include "dense.h"

#include <string.h>

#include "base/memory.h"
#include "data/column_parts.h"
#include "dense_kernels.h"

#define MOST_TERMS 512 /* a quarter of the nearest cache */
#define SCRATCH_BYTES (DK_BLOCK_ROWS * sizeof(uint32_t))

/* Memory. ------------------------------------------------------------------------------------------------------ */

static size_t width_bytes(unsigned width)
{
    return (size_t)1 << width;
}

static dk_status init_terms(dki_dense *dense, size_t i, dk_error *err)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];
    const dki_plan *plan = dense->plan->plan;
    uint64_t n_codes = dki_dimension_n_codes(&plan->values[sums->value].what) + 1;

    if (n_codes > MOST_TERMS || n_codes > dk_table_n_rows(plan->table))
        return DK_OK;
    dense->terms[i] = dki_alloc_array(plan->context, (size_t)n_codes, sizeof *dense->terms[i], err);
    if (dense->terms[i] == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 0; code < n_codes; code++)
        dense->terms[i][code] = dki_record_term(code, sums->shift);
    return DK_OK;
}

static dk_status init_sums(dki_dense *dense, size_t i, dk_error *err)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];
    dk_context *context = dense->plan->plan->context;
    size_t n = dense->plan->n_slots;

    if (sums->in_records) {
        dense->records[i] = dki_calloc(context, n, sizeof *dense->records[i], err);
        if (dense->records[i] == NULL)
            return DK_ERR_MEMORY;
        for (size_t slot = 0; slot < n; slot++)
            dense->records[i][slot] = dki_record_term(0, sums->shift);
        return init_terms(dense, i, err);
    }
    if (sums->sum && (dense->totals[i] = dki_calloc(context, n, sizeof *dense->totals[i], err)) == NULL)
        return DK_ERR_MEMORY;
    if (sums->sum && sums->shift == 0 && (dense->ns[i] = dki_calloc(context, n, sizeof *dense->ns[i], err)) == NULL)
        return DK_ERR_MEMORY;
    if (sums->most && (dense->most[i] = dki_calloc(context, n, width_bytes(sums->width), err)) == NULL)
        return DK_ERR_MEMORY;
    if (sums->least && (dense->least[i] = dki_alloc_array(context, n, width_bytes(sums->width), err)) == NULL)
        return DK_ERR_MEMORY;
    if (sums->least)
        memset(dense->least[i], 0xff, n * width_bytes(sums->width));
    return DK_OK;
}

dk_status dki_dense_init(dki_dense *dense, const dki_dense_plan *plan, dk_error *err)
{
    dk_context *context = plan->plan->context;
    dk_status status = DK_OK;

    memset(dense, 0, sizeof *dense);
    dense->plan = plan;
    dense->counts = dki_calloc(context, plan->n_counters, sizeof *dense->counts, err);
    dense->totals = dki_calloc(context, plan->n_sums, sizeof *dense->totals, err);
    dense->ns = dki_calloc(context, plan->n_sums, sizeof *dense->ns, err);
    dense->least = dki_calloc(context, plan->n_sums, sizeof *dense->least, err);
    dense->most = dki_calloc(context, plan->n_sums, sizeof *dense->most, err);
    dense->records = dki_calloc(context, plan->n_sums, sizeof *dense->records, err);
    dense->terms = dki_calloc(context, plan->n_sums, sizeof *dense->terms, err);
    dense->index = dki_alloc_wide(context, SCRATCH_BYTES, err);
    dense->other = dki_alloc_wide(context, SCRATCH_BYTES, err);
    dense->codes = dki_alloc_wide(context, SCRATCH_BYTES, err);
    if (!dense->counts || !dense->totals || !dense->ns || !dense->least || !dense->most || !dense->records ||
        !dense->terms || !dense->index || !dense->other || !dense->codes)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < plan->n_counters; i++) {
        const dki_dense_counters *counters = &plan->counters[i];
        size_t n = counters->n + counters->stride * (DKI_COUNT_TABLES - 1);

        dense->counts[i] = dki_calloc(context, n, sizeof *dense->counts[i], err);
        if (dense->counts[i] == NULL)
            return DK_ERR_MEMORY;
    }
    if (plan->n_counters == 0 && plan->seen_by == DKI_NONE) {
        dense->seen = dki_calloc(context, plan->n_slots, 2, err);
        if (dense->seen == NULL)
            return DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < plan->n_sums; i++)
        status = init_sums(dense, i, err);
    return status;
}

static void free_each(dk_context *context, void **arrays, size_t n)
{
    for (size_t i = 0; arrays && i < n; i++)
        dki_free(context, arrays[i]);
    dki_free(context, (void *)arrays);
}

void dki_dense_drop(dki_dense *dense)
{
    const dki_dense_plan *plan = dense->plan;
    dk_context *context;

    if (plan == NULL)
        return;
    context = plan->plan->context;
    free_each(context, (void **)dense->counts, plan->n_counters);
    free_each(context, (void **)dense->totals, plan->n_sums);
    free_each(context, (void **)dense->ns, plan->n_sums);
    free_each(context, dense->least, plan->n_sums);
    free_each(context, dense->most, plan->n_sums);
    free_each(context, (void **)dense->records, plan->n_sums);
    free_each(context, (void **)dense->terms, plan->n_sums);
    dki_free(context, dense->seen);
    dki_free(context, dense->index);
    dki_free(context, dense->other);
    dki_free(context, dense->codes);
    memset(dense, 0, sizeof *dense);
}

/* Codes of a block. -------------------------------------------------------------------------------------------- */

/* Codes with their width. */
struct codes {
    const void *at;
    unsigned width;
};

static unsigned stored_bytes(dk_storage storage)
{
    switch (storage) {
    case DK_STORE_I8: return 1;
    case DK_STORE_I16: return 2;
    case DK_STORE_I32: return 4;
    default: return 8;
    }
}

/* The code that stands for every row of a constant view. */
static uint32_t constant_code(const dki_dimension *what, const dk_view *view)
{
    dk_view one = *view;
    int64_t value;
    uint32_t code;

    one.n = 1;
    if (what->type == DK_CATEGORY) {
        dki_view_codes(&one, &code);
        return code;
    }
    if (dki_view_is_null(view, 0))
        return 0;
    if (what->known_only)
        return 1;
    dki_view_integers(&one, &value);
    return (uint32_t)((uint64_t)value - (what->type == DK_BOOLEAN ? 0 : (uint64_t)what->least)) + 1;
}

/* The codes of a view, where they lie or in scratch. plain: the view is that of a column. */
static struct codes codes_of(const dki_dimension *what, bool plain, const dk_view *view, void *scratch)
{
    uint64_t n_codes = dki_dimension_n_codes(what);
    struct codes codes = { scratch, dki_width_for(n_codes) };
    size_t n = view->n;

    if (view->constant) {
        uint32_t code = constant_code(what, view);

        dki_codes_fill(codes.width, scratch, code < n_codes ? code : 0, n);
    } else if (what->type == DK_CATEGORY) {
        codes.width = view->storage == DK_STORE_U8 ? 0 : view->storage == DK_STORE_U16 ? 1 : 2;
        codes.at = view->values;
        if (!plain) {
            dki_codes_copy(codes.width, scratch, codes.width, view->values, n);
            dki_codes_clamp(codes.width, scratch, (uint32_t)n_codes, n);
            codes.at = scratch;
        }
    } else {
        if (what->known_only) {
            dki_codes_fill(codes.width, scratch, 1, n);
        } else if (what->type == DK_BOOLEAN) {
            dki_codes_fill(codes.width, scratch, 1, n);
            dki_codes_add_bits(codes.width, scratch, 1, view->values, n);
        } else {
            dki_codes_from(codes.width, scratch, stored_bytes(view->storage), view->values,
                           (uint64_t)what->least - 1, n);
        }
        if (view->valid)
            dki_codes_mask(codes.width, scratch, view->valid, n);
    }
    return codes;
}

static struct codes dimension_codes(const dki_dense *dense, const dki_dense_block *block, size_t d, void *scratch)
{
    const dki_plan *plan = dense->plan->plan;

    return codes_of(&plan->dims[d], plan->by_column[d], block->by[d], scratch);
}

static struct codes value_codes(const dki_dense *dense, const dki_dense_block *block, size_t value)
{
    const dki_plan_value *from = &dense->plan->plan->values[value];

    return codes_of(&from->what, from->is_column, block->values[value], dense->codes);
}

static const uint64_t *truth_of(const dki_dense_block *block, size_t filter)
{
    return filter == DKI_NONE ? block->selection : block->truths + filter * DK_BLOCK_WORDS;
}

/* Taking rows in. ---------------------------------------------------------------------------------------------- */

/* The slot of every row. */
static struct codes slots_of(const dki_dense *dense, const dki_dense_block *block)
{
    const dki_dense_plan *plan = dense->plan;
    struct codes slots = { dense->index, dki_width_for(plan->n_slots) };
    size_t n_dims = plan->plan->breakdown->n_by;

    if (n_dims == 0)
        dki_codes_fill(slots.width, dense->index, 0, block->n);
    if (n_dims == 1)
        return dimension_codes(dense, block, 0, dense->index);
    for (size_t d = 0; d < n_dims; d++) {
        struct codes codes = dimension_codes(dense, block, d, dense->codes);

        if (d == 0)
            dki_codes_copy(slots.width, dense->index, codes.width, codes.at, block->n);
        else
            dki_codes_append(slots.width, dense->index, plan->radix[d], codes.width, codes.at, block->n);
    }
    return slots;
}

/* Slots with a term for a code, and one for each condition that holds. last: nobody looks at the slots any more. */
static struct codes indexes_of(const dki_dense *dense, const dki_dense_block *block, struct codes slots,
                               const dki_dense_counters *counters, bool last)
{
    size_t n_slots = dense->plan->n_slots;
    struct codes indexes = { dense->other, dki_width_for(counters->n) };
    void *to = dense->other;

    if (counters->value == DKI_NONE && counters->n_bits == 0)
        return slots;
    if (last && slots.at == dense->index && slots.width == indexes.width)
        indexes.at = to = dense->index; /* for speed alone */
    else
        dki_codes_copy(indexes.width, to, slots.width, slots.at, block->n);
    if (counters->value != DKI_NONE) {
        struct codes codes = value_codes(dense, block, counters->value);

        dki_codes_add(indexes.width, to, (uint32_t)n_slots, codes.width, codes.at, block->n);
    }
    for (size_t b = 0; b < counters->n_bits; b++)
        dki_codes_add_bits(indexes.width, to, (uint32_t)((n_slots * counters->n_codes) << b),
                           truth_of(block, counters->filters[b]), block->n);
    return indexes;
}

static void see(const dki_dense *dense, const dki_dense_block *block, struct codes slots)
{
    const dki_dense_counters pairs = { .value = DKI_NONE,
                                       .n_codes = 1,
                                       .n_bits = block->selection != NULL,
                                       .filters = { DKI_NONE },
                                       .n = dense->plan->n_slots * 2 };
    struct codes indexes = indexes_of(dense, block, slots, &pairs, false);

    dki_see(indexes.width, dense->seen, indexes.at, block->n);
}

/* Codes of a record: one more, and 0 in rows that the breakdown's where leaves out. */
static struct codes record_codes(const dki_dense *dense, const dki_dense_block *block, size_t value, unsigned width)
{
    const dki_dimension *what = &dense->plan->plan->values[value].what;
    size_t filter = dense->plan->plan->values[value].filter;
    const dk_view *view = block->values[value];
    struct codes codes = { dense->codes, width };

    if (view->constant) {
        dki_codes_fill(width, dense->codes, constant_code(what, view), block->n);
    } else {
        dki_codes_from(width, dense->codes, stored_bytes(view->storage), view->values, (uint64_t)what->least - 1,
                       block->n);
        if (view->valid)
            dki_codes_mask(width, dense->codes, view->valid, block->n);
    }
    if (filter != DKI_NONE)
        dki_codes_mask(width, dense->codes, truth_of(block, filter), block->n);
    dki_codes_raise(width, dense->codes, block->n);
    if (block->selection)
        dki_codes_mask(width, dense->codes, block->selection, block->n);
    return codes;
}

static void add_sums(const dki_dense *dense, const dki_dense_block *block, struct codes slots, size_t i)
{
    const dki_dense_sums *sums = &dense->plan->sums[i];
    const uint64_t *truth = truth_of(block, dense->plan->plan->values[sums->value].filter);
    struct codes codes;
    size_t n = block->n;

    if (sums->in_records) {
        codes = record_codes(dense, block, sums->value, sums->width);
        dki_record_codes(slots.width, slots.at, codes.width, codes.at, dense->records[i], dense->terms[i],
                         sums->shift, n);
        return;
    }
    codes = value_codes(dense, block, sums->value);
    if (truth)
        dki_codes_mask(codes.width, dense->codes, truth, n); /* codes of numbers lie in scratch */
    if (sums->sum && sums->shift)
        dki_sum_codes(slots.width, slots.at, codes.width, codes.at, dense->totals[i], sums->shift, n);
    else if (sums->sum)
        dki_sum_wide_codes(slots.width, slots.at, codes.width, codes.at, dense->totals[i], dense->ns[i], n);
    if (sums->least)
        dki_least_codes(slots.width, slots.at, codes.width, codes.at, dense->least[i], n);
    if (sums->most)
        dki_most_codes(slots.width, slots.at, codes.width, codes.at, dense->most[i], n);
}

void dki_dense_add(dki_dense *dense, const dki_dense_block *block, uint32_t *slots)
{
    const dki_dense_plan *plan = dense->plan;
    struct codes at = slots_of(dense, block);

    for (size_t i = 0; i < plan->n_counters; i++) {
        bool last = i + 1 == plan->n_counters && plan->n_sums == 0 && slots == NULL;
        struct codes indexes = indexes_of(dense, block, at, &plan->counters[i], last);

        dki_count(indexes.width, dense->counts[i], plan->counters[i].stride, indexes.at, block->n);
    }
    if (dense->seen)
        see(dense, block, at);
    for (size_t i = 0; i < plan->n_sums; i++)
        add_sums(dense, block, at, i);
    if (slots)
        dki_codes_copy(2, slots, at.width, at.at, block->n);
}
