/* lane_weights.c - says which weighted aggregates lanes take, makes what rows add, and gives sums of lanes to accumulators.
 *
 * Weights are whole numbers of some unit, and not negative, so that all of this is exact: lanes hold so many rows as fit
 * in 64 bits, and accumulators all of them.
 */
#include "lane_weights.h"

#include "base/bit_length.h"

#define LEAST_ROWS 4096 /* that lanes have to hold: adding up would cost more than it spares */

bool dki_lane_weighed_init(dki_lane_weighed *weighed, const dki_plan *plan, size_t number)
{
    const dki_plan_aggregate *aggregate = &plan->aggregates[number];
    const dki_aggregate *what = &aggregate->what;
    uint64_t n_codes = 2, most;
    int64_t lightest, heaviest;
    dki_u128 term;

    if (!what->weighted || !dk_column_bounds(plan->weight, &lightest, &heaviest))
        return false;
    *weighed = (dki_lane_weighed){ .aggregate = number, .first = 1 };
    if (what->kind == DKI_AGGREGATE_COUNT) {
        weighed->counts = true;
        weighed->in_all = aggregate->filter == DKI_NONE;
    } else if ((what->kind == DKI_AGGREGATE_SUM || what->kind == DKI_AGGREGATE_MEAN) &&
               (what->type == DK_INTEGER || what->type == DK_DECIMAL)) {
        const dki_dimension *value = &plan->values[aggregate->value].what;
        bool is_small = value->least >= 0 && value->least <= UINT32_MAX;

        n_codes = dki_dimension_n_codes(value);
        if (n_codes == 0 || value->known_only || !value->has_bounds)
            return false;
        weighed->base = is_small ? 0 : value->least;
        weighed->first = is_small ? (uint64_t)value->least : 0;
        weighed->weighs = !is_small || what->kind == DKI_AGGREGATE_MEAN;
    } else {
        return false;
    }
    most = weighed->first + n_codes; /* more than any value, so that weights alone fit too */
    term = (dki_u128)most * (uint64_t)heaviest;
    if (term > UINT64_MAX / LEAST_ROWS)
        return false;
    weighed->most_rows = UINT64_MAX >> dki_bit_length((uint64_t)term);
    return true;
}

void dki_lane_weigh(const dki_lane_weighed *weighed, const uint32_t *codes, const uint64_t *weights,
                    uint64_t *terms, size_t n)
{
    uint64_t before = weighed->first - 1; /* of code 0 */

    for (size_t i = 0; codes == NULL && i < n; i++)
        terms[i] = weights[i];
    for (size_t i = 0; codes && i < n; i++)
        terms[i] = codes[i] ? (before + codes[i]) * weights[i] : 0;
}

void dki_lane_weighed_keep(const dki_lane_weighed *weighed, const uint32_t *codes, const uint64_t *weights,
                           const uint32_t *words, uint32_t *kept, size_t n)
{
    uint64_t always = weighed->counts;

    for (size_t i = 0; i < n; i++)
        kept[i] = codes[i] && (weights[i] | always) ? words[i] : 0;
}

void dki_lane_weighed_settle(const dki_lane_weighed *weighed, dki_accumulator *to, size_t slot, uint64_t n,
                             uint64_t sum, uint64_t weight)
{
    to->n[slot] += n;
    if (weighed->counts)
        to->sum[slot] += sum;
    else
        dki_wide_add(&to->sum[slot], &to->high[slot], (dki_i128)sum + (dki_i128)weighed->base * (dki_i128)weight);
    if (to->weight)
        to->weight[slot] += weight;
}
