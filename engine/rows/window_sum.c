/* window_sum.c - counts, sums and means of frames.
 *
 * A frame's first and last place only grow, so that rows are added at one end and taken away at the other: exactly, and so
 * without a trace. Integers and decimals take 128 bits, reals a long fixed-point number (real_sum.h) that is rounded once
 * for each result, ratios are added as ratios.
 *
 * Cost: O(rows), of ratios too. A real costs some ten instructions more for its rounding, a long one some hundred.
 */
#include "window_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/real_sum.h"

struct sums {
    const dki_window *window;
    const dki_window_call *call;
    dk_type type; /* of the argument; integer where rows are counted */
    dki_steps steps;
    int64_t *values;  /* of the argument, by row; NULL: rows are counted, or ... */
    dk_ratio *ratios; /* ... these are its values */
    uint64_t *known;  /* bits by row; NULL: all count */
    dki_window_values made;
};

/* What a frame holds. */
struct total {
    int64_t n; /* values */
    dki_i128 whole;
    dki_short_sum little;
    dki_real_sum large;
    int64_t n_large; /* terms that are in the large sum */
    dk_ratio ratio;
};

static bool add_ratio(struct total *total, dk_ratio value, bool away)
{
    return away ? dki_ratio_sub(total->ratio, value, &total->ratio)
                : dki_ratio_add(total->ratio, value, &total->ratio);
}

/* Adds the row, or takes it away again. False where a ratio does not fit. */
static bool count_row(const struct sums *sums, struct total *total, uint64_t row, bool away)
{
    int sign = away ? -1 : 1;

    if (sums->known && !dki_bit(sums->known, (size_t)row))
        return true;
    total->n += sign;
    if (sums->ratios)
        return add_ratio(total, sums->ratios[row], away);
    if (sums->values == NULL)
        return true;
    if (sums->type == DK_REAL) {
        double value;

        memcpy(&value, &sums->values[row], sizeof value);
        if (!dki_short_sum_add(&total->little, value, sign)) {
            dki_real_sum_add(&total->large, value, sign);
            total->n_large += sign;
        }
        return true;
    }
    total->whole += away ? -(dki_i128)sums->values[row] : (dki_i128)sums->values[row];
    return true;
}

static bool round_real(const struct total *total, uint64_t divisor, double *out)
{
    dki_real_sum sum;

    if (total->n_large == 0) { /* for speed alone: what came into the large sum has left it, and it is 0 */
        *out = dki_short_sum_round(&total->little, divisor);
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
    dki_i128 divisor = total->n;

    if (sums->call->what == DKI_COUNT) {
        made->integers[row] = total->n;
        return true;
    }
    made->known[row] = total->n > 0;
    if (total->n == 0) {
        if (made->ratios)
            made->ratios[row] = (dk_ratio){ 0, 1 };
        else
            memset(made->integers ? (void *)&made->integers[row] : (void *)&made->reals[row], 0, sizeof(int64_t));
        return true;
    }
    if (made->reals)
        return round_real(total, sums->call->what == DKI_MEAN ? (uint64_t)total->n : 1, &made->reals[row]);
    if (made->integers) {
        made->integers[row] = (int64_t)total->whole;
        return dki_fits_i64(total->whole);
    }
    if (sums->ratios) {
        if (sums->call->what == DKI_MEAN)
            return dki_ratio_div(total->ratio, (dk_ratio){ total->n, 1 }, &made->ratios[row]);
        made->ratios[row] = total->ratio;
        return true;
    }
    if (sums->type == DK_DECIMAL)
        divisor *= dki_power10[dk_column_scale(sums->call->arg)];
    return dki_ratio_make(total->whole, divisor, &made->ratios[row]);
}

static dk_status fail_row(const struct sums *sums, uint64_t row, dk_error *err)
{
    return dki_node_fail(sums->call->expr, sums->call->node, err, DK_ERR_OVERFLOW, "row %llu: %s() does not fit",
                         (unsigned long long)row + 1, sums->call->node->text);
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
        if (!fits)
            return fail_row(sums, rows[p], err);
        if (moved && !put(sums, &total, rows[p]))
            return fail_row(sums, rows[p], err);
        if (!moved) { /* peers, or the whole group: the same as the place before */
            uint64_t row = rows[p], before = rows[p - 1];

            if (sums->made.known)
                sums->made.known[row] = sums->made.known[before];
            if (sums->made.integers)
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
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dk_column_view(arg, row, n, &view, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
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
    return status == DK_OK ? load_known(sums, err) : status;
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
                         .type = call->arg ? dk_column_type(call->arg) : DK_INTEGER };
    dk_context *context = window->context;
    dk_type type = call->what == DKI_COUNT ? DK_INTEGER : sums.type;
    dk_status status;

    if (call->what == DKI_MEAN && type != DK_REAL)
        type = DK_RATIO;
    status = make_room(&sums, type, err);
    if (status == DK_OK && call->by_period)
        status = dki_steps_init(&sums.steps, window, call, err);
    if (status == DK_OK)
        status = load_argument(&sums, err);
    if (status == DK_OK)
        status = dki_each_group(window, sum_group, &sums, err);
    if (status == DK_OK)
        status = dki_window_column(context, type, type == DK_DECIMAL ? dk_column_scale(call->arg) : 0, &sums.made,
                                   window->n_rows, out, err);
    dki_steps_drop(&sums.steps);
    dki_free(context, sums.values);
    dki_free(context, sums.ratios);
    dki_free(context, sums.known);
    dki_free(context, sums.made.integers);
    dki_free(context, sums.made.reals);
    dki_free(context, sums.made.ratios);
    dki_free(context, sums.made.known);
    return status;
}
