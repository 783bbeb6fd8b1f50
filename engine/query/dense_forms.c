/* dense_forms.c - says how codes of a block are made of what its columns hold.
 *
 * Codes stay as narrow as they are stored: a category of up to 255 levels alone in `by` is counted as it lies in
 * its column. Null is code 0, in a dimension as in a value.
 *
 * Invariants: every index is below the size of its table, also in rows that are not selected, whose values are
 * unspecified: what may hold anything there is clamped.
 */
#include "dense_forms.h"

size_t dki_dense_n_loose(const dki_dense_plan *dense)
{
    const dki_plan *plan = dense->plan;
    size_t n = 0;

    for (size_t d = 0; d < plan->breakdown->n_by; d++)
        n += !plan->by_in_range[d];
    for (size_t i = 0; i < dense->n_counters; i++)
        n += dense->counters[i].value != DKI_NONE && !plan->values[dense->counters[i].value].in_range;
    return n;
}

bool dki_dense_is_few(const dki_dense_block *block)
{
    size_t n = block->n;

    return block->selection && block->n_selected < (dki_codes_picks_fast() ? n - n / 8 : n / 8);
}

size_t dki_dense_first_selected(size_t n_slots, const dki_dense_counters *counters)
{
    for (size_t b = 0; b < counters->n_bits; b++) {
        if (counters->filters[b] == DKI_NONE)
            return dki_dense_condition(n_slots, counters, b);
    }
    return 0;
}

static dki_coding coding_of(const dki_dimension *what)
{
    return (dki_coding){ .type = what->type, .known_only = what->known_only, .least = what->least };
}

/* Adds factor times the codes of a view. in_range: its codes are, in every row. */
static void add_view(dki_dense_forms *forms, dki_code_sum *sum, const dki_dimension *what, bool in_range,
                     const dk_view *view, uint32_t factor)
{
    dki_coding coding = coding_of(what);
    unsigned width = view->storage == DK_STORE_U8 ? 0 : view->storage == DK_STORE_U16 ? 1 : 2;

    if (what->type != DK_CATEGORY || in_range || view->constant) {
        dki_sum_view(sum, &coding, view, factor);
        return;
    }
    dki_codes_copy(width, forms->loose, width, view->values, view->n);
    dki_codes_clamp(width, forms->loose, (uint32_t)dki_dimension_n_codes(what), view->n);
    dki_sum_codes_of(sum, width, forms->loose, false, factor);
    forms->loose += DKI_LOOSE_BYTES;
}

void dki_form_slots(dki_dense_forms *forms, dki_code_sum *sum)
{
    const dki_plan *plan = forms->plan->plan;
    uint32_t factor = 1;

    sum->start = 0;
    sum->n_terms = 0;
    for (size_t d = plan->breakdown->n_by; d-- > 0;) {
        if (d == forms->skips)
            continue;
        add_view(forms, sum, &plan->dims[d], plan->by_in_range[d], forms->block->by[d], factor);
        factor *= forms->plan->radix[d];
    }
}

void dki_form_indexes(dki_dense_forms *forms, const dki_dense_counters *counters, bool few, dki_code_sum *sum)
{
    size_t n_slots = forms->n_slots;

    if (counters->value != DKI_NONE) {
        const dki_plan_value *value = &forms->plan->plan->values[counters->value];

        add_view(forms, sum, &value->what, value->in_range, forms->block->values[counters->value],
                 (uint32_t)n_slots);
    }
    for (size_t b = 0; b < counters->n_bits; b++) {
        if (!few || counters->filters[b] != DKI_NONE)
            dki_sum_bits(sum, dki_dense_truth(forms->block, counters->filters[b]),
                         (uint32_t)dki_dense_condition(n_slots, counters, b));
    }
}

void dki_form_kept(const dki_dense_forms *forms, size_t value, size_t i, dki_code_sum *sum)
{
    const dki_plan_value *from = &forms->plan->plan->values[value];
    dki_coding coding = coding_of(&from->what);

    sum->start = 0;
    sum->n_terms = 0;
    dki_sum_view_kept(sum, &coding, forms->block->values[value], 1, dki_dense_truth(forms->block, from->filter),
                      forms->masks + i * 2 * DK_BLOCK_WORDS);
}

dki_dense_codes dki_form_take(const dki_code_sum *sum, unsigned width, void *to, size_t from, size_t n)
{
    dki_dense_codes codes;

    if (dki_sum_is_codes(sum, &codes.width, &codes.at)) {
        codes.at = (const char *)codes.at + (sum->terms[0].local ? 0 : from << codes.width);
        return codes;
    }
    dki_codes_sum(width, to, sum, from, n);
    return (dki_dense_codes){ to, width };
}
