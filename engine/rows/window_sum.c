/* window_sum.c - counts, sums and means of frames.
 *
 * A frame's first and last place only grow, so that rows are added at one end and taken away at the other: exactly, and so
 * without a trace. Integers and decimals take 128 bits, reals a long fixed-point number (real_sum.h) that is rounded once
 * for each result, ratios are added as ratios.
 *
 * In a table with weights a row is so many: its weight is what a count adds up, and what a value is multiplied by.
 *
 * Cost: O(rows), of ratios too. A real costs some ten instructions more for its rounding, a long one some hundred.
 */
#include "window_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/real_sum.h"
#include "base/status.h"
#include "data/column_parts.h"

struct sums {
    const dki_window *window;
    const dki_window_call *call;
    dk_type type; /* of the argument; integer where rows are counted */
    dki_steps steps;
    int64_t *values;  /* of the argument, by row; NULL: rows are counted, or ... */
    dk_ratio *ratios; /* ... these are its values */
    uint64_t *known;  /* bits by row; NULL: all count */
    int64_t *weights; /* by row, in units of 10^-weight_scale; NULL: each row is one */
    unsigned weight_scale;
    dki_i128 *wides; /* weighed sums and counts by row, before they are integers in `made` */
    dki_window_values made;
};

/* What a frame holds. */
struct total {
    int64_t n;       /* values */
    dki_i128 weight; /* of them */
    dki_i128 whole;
    int64_t high; /* 2^128s beside whole */
    dki_short_sum little;
    dki_real_sum large;
    int64_t n_large; /* terms that are in the large sum */
    dk_ratio ratio;
};

static bool add_ratio(struct total *total, dk_ratio value, int64_t weight, bool away)
{
    if (weight != 1 && !dki_ratio_mul(value, (dk_ratio){ weight, 1 }, &value))
        return false;
    return away ? dki_ratio_sub(total->ratio, value, &total->ratio)
                : dki_ratio_add(total->ratio, value, &total->ratio);
}

/* Adds the row, or takes it away again. False where a ratio does not fit. */
static bool count_row(const struct sums *sums, struct total *total, uint64_t row, bool away)
{
    int64_t sign = away ? -1 : 1, weight = sums->weights ? sums->weights[row] : 1;

    if (sums->known && !dki_bit(sums->known, (size_t)row))
        return true;
    total->n += sign;
    total->weight += sign * weight;
    if (sums->ratios)
        return add_ratio(total, sums->ratios[row], weight, away);
    if (sums->values == NULL)
        return true;
    if (sums->type == DK_REAL) {
        double value;

        memcpy(&value, &sums->values[row], sizeof value);
        if (!dki_short_sum_add(&total->little, value, sign * weight)) {
            dki_real_sum_add(&total->large, value, sign * weight);
            total->n_large += sign;
        }
        return true;
    }
    dki_wide_add(&total->whole, &total->high, (dki_i128)(sign * weight) * sums->values[row]);
    return true;
}

static bool round_real(const struct total *total, dki_u128 divisor, double *out)
{
    dki_real_sum sum;

    if (total->n_large == 0 &&
        divisor <= UINT64_MAX) { /* for speed alone: what came into the large sum has left it, and it is 0 */
        *out = dki_short_sum_round(&total->little, (uint64_t)divisor);
        return true;
    }
    sum = total->large;
    dki_real_sum_merge_short(&sum, &total->little);
    return dki_real_sum_round(&sum, divisor, out);
}

/* The result for a row; false where it does not fit. */
static bool put(const struct sums *sums, const struct total *total, uint64_t row)
{
    const dki_window_values *made = &sums->made;
    bool is_mean = sums->call->what == DKI_MEAN;
    /* what the sum is in other units than the result: digits of weights cancel out in a mean */
    dki_i128 divisor = is_mean ? total->weight : dki_power10[sums->weight_scale];

    if (sums->call->what == DKI_COUNT) {
        if (sums->wides)
            sums->wides[row] = total->weight;
        else
            made->integers[row] = total->n;
        return true;
    }
    made->known[row] = total->n > 0;
    if (total->n == 0) {
        if (sums->wides)
            sums->wides[row] = 0;
        else if (made->ratios)
            made->ratios[row] = (dk_ratio){ 0, 1 };
        else
            memset(made->integers ? (void *)&made->integers[row] : (void *)&made->reals[row], 0, sizeof(int64_t));
        return true;
    }
    if (made->reals)
        return round_real(total, (dki_u128)divisor, &made->reals[row]);
    if (sums->wides) {
        sums->wides[row] = total->whole;
        return total->high == 0;
    }
    if (made->integers) {
        made->integers[row] = (int64_t)total->whole;
        return dki_fits_i64(total->whole);
    }
    if (sums->ratios) {
        if (divisor != 1)
            return dki_fits_i64(divisor) &&
                   dki_ratio_div(total->ratio, (dk_ratio){ (int64_t)divisor, 1 }, &made->ratios[row]);
        made->ratios[row] = total->ratio;
        return true;
    }
    if (sums->type == DK_DECIMAL && dki_mul_i128(divisor, dki_power10[dk_column_scale(sums->call->arg)], &divisor))
        return false;
    return total->high == 0 && dki_ratio_make(total->whole, divisor, &made->ratios[row]);
}

static dk_status sum_group(void *arg, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct sums *sums = arg;
    const uint64_t *rows = sums->window->rows;
    dki_framer framer = { .window = sums->window, .call = sums->call };
    struct total total = { .ratio = { 0, 1 } };
    uint64_t first = begin, last = begin;

    if (sums->call->frame == DKI_FRAME_PERIODS)
        framer.steps = &sums->steps;
    dki_framer_begin(&framer, begin, end);
    for (uint64_t p = begin; p < end; p++) {
        dk_status status = dki_poll_place(sums->window, p, err);
        bool fits = true, moved = p == begin;

        if (status != DK_OK)
            return status;
        dki_framer_move(&framer, p);
        moved |= framer.first != first || framer.last != last;
        for (; first < framer.first && first < last && fits; first++)
            fits = count_row(sums, &total, rows[first], true);
        if (first < framer.first) { /* the frame has jumped over what it never held */
            first = framer.first;
            last = first;
        }
        for (; last < framer.last && fits; last++) {
            if (last % DK_BLOCK_ROWS == 0 && (status = dki_poll(sums->window->context, err)) != DK_OK)
                return status;
            fits = count_row(sums, &total, rows[last], false);
        }
        if (!fits || (moved && !put(sums, &total, rows[p])))
            return dki_window_overflow(sums->call, rows[p], err);
        if (!moved) { /* peers, or the whole group: the same as the place before */
            uint64_t row = rows[p], before = rows[p - 1];

            if (sums->made.known)
                sums->made.known[row] = sums->made.known[before];
            if (sums->wides)
                sums->wides[row] = sums->wides[before];
            else if (sums->made.integers)
                sums->made.integers[row] = sums->made.integers[before];
            else if (sums->made.reals)
                sums->made.reals[row] = sums->made.reals[before];
            else
                sums->made.ratios[row] = sums->made.ratios[before];
        }
    }
    return DK_OK;
}

/* What is read and made. -------------------------------------------------------------------------------------------- */

static dk_status load_ratios(struct sums *sums, dk_error *err)
{
    const dk_column *arg = sums->call->arg;
    dk_context *context = sums->window->context;
    uint64_t n_rows = sums->window->n_rows;
    dk_status status = DK_OK;
    dk_view view;

    sums->ratios = dki_alloc_array(context, (size_t)n_rows, sizeof *sums->ratios, err);
    sums->known =
        sums->ratios ? dki_calloc(context, dki_bit_words((size_t)n_rows), sizeof *sums->known, err) : NULL;
    if (sums->known == NULL)
        return DK_ERR_MEMORY;
    dk_view_init(&view, context);
    for (uint64_t row = 0; dki_column_block(arg, row, &view, &status, err); row += view.n) {
        for (size_t i = 0; i < view.n; i++) {
            size_t at = view.constant ? 0 : i;

            sums->ratios[row + i] = ((const dk_ratio *)view.values)[at];
            if (view.valid == NULL || dki_bit(view.valid, at))
                dki_bit_set(sums->known, (size_t)row + i);
        }
    }
    dk_view_release(&view);
    return status;
}

/* Rows count where the argument is known and the filter true. */
static dk_status load_known(struct sums *sums, dk_error *err)
{
    dk_context *context = sums->window->context;
    size_t n_words = dki_bit_words((size_t)sums->window->n_rows);
    uint64_t *truth;
    dk_status status;

    if (sums->call->filter == NULL)
        return DK_OK;
    status = dki_true_rows(sums->call->filter, &truth, err);
    if (status != DK_OK)
        return status;
    for (size_t w = 0; sums->known && w < n_words; w++)
        truth[w] &= sums->known[w];
    dki_free(context, sums->known);
    sums->known = truth;
    return DK_OK;
}

static dk_status load_argument(struct sums *sums, dk_error *err)
{
    const dki_window_call *call = sums->call;
    dk_status status = DK_OK;

    if (call->arg && sums->type == DK_RATIO && call->what != DKI_COUNT)
        status = load_ratios(sums, err);
    else if (call->arg && call->what != DKI_COUNT)
        status = dki_column_words(call->arg, &sums->values, &sums->known, err);
    else if (call->arg && dk_column_n_nulls(call->arg) > 0)
        status = dki_known_rows(call->arg, &sums->known, err);
    if (status == DK_OK)
        status = load_known(sums, err);
    if (status == DK_OK)
        status = dki_window_weights(sums->window, call, &sums->weights, &sums->known, err);
    return status;
}

static dk_status make_room(struct sums *sums, dk_type type, dk_error *err)
{
    dk_context *context = sums->window->context;
    size_t n = (size_t)sums->window->n_rows;
    dki_window_values *made = &sums->made;
    void *values = dki_alloc_array(context, n, type == DK_RATIO ? sizeof(dk_ratio) : sizeof(int64_t), err);

    if (values == NULL)
        return DK_ERR_MEMORY;
    if (type == DK_RATIO)
        made->ratios = values;
    else if (type == DK_REAL)
        made->reals = values;
    else
        made->integers = values;
    if (sums->call->weight && made->integers) {
        sums->wides = dki_alloc_array(context, n, sizeof *sums->wides, err);
        if (sums->wides == NULL)
            return DK_ERR_MEMORY;
    }
    if (sums->call->what == DKI_COUNT)
        return DK_OK;
    made->known = dki_alloc_array(context, n, sizeof *made->known, err);
    return made->known ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_window_sum(const dki_window *window, const dki_window_call *call, const dk_column **out,
                         dk_error *err)
{
    struct sums sums = { .window = window,
                         .call = call,
                         .type = call->arg ? dk_column_type(call->arg) : DK_INTEGER,
                         .weight_scale = call->weight ? dk_column_scale(call->weight) : 0 };
    dk_context *context = window->context;
    dk_type type = call->what == DKI_COUNT ? DK_INTEGER : sums.type;
    unsigned scale = type == DK_DECIMAL ? dk_column_scale(call->arg) : 0;
    dk_status status;

    if (call->what == DKI_MEAN && type != DK_REAL)
        type = DK_RATIO;
    if (call->weight && type == DK_INTEGER)
        type = dk_column_type(call->weight);
    if (call->weight && type == DK_DECIMAL)
        scale += dk_column_scale(call->weight);
    status = make_room(&sums, type, err);
    if (status == DK_OK && call->by_period)
        status = dki_steps_init(&sums.steps, window, call, err);
    if (status == DK_OK)
        status = load_argument(&sums, err);
    if (status == DK_OK)
        status = dki_each_group(window, sum_group, &sums, err);
    if (status == DK_OK && sums.wides)
        status = dki_window_narrow(window, call, sums.wides, sums.made.known, &scale, sums.made.integers, err);
    if (status == DK_OK)
        status = dki_window_column(context, type, type == DK_DECIMAL ? (uint8_t)scale : 0, &sums.made,
                                   window->n_rows, out, err);
    dki_steps_drop(&sums.steps);
    dki_free(context, sums.values);
    dki_free(context, sums.ratios);
    dki_free(context, sums.known);
    dki_free(context, sums.weights);
    dki_free(context, sums.wides);
    dki_free(context, sums.made.integers);
    dki_free(context, sums.made.reals);
    dki_free(context, sums.made.ratios);
    dki_free(context, sums.made.known);
    return status;
}
