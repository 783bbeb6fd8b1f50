/* window_group.c - what the functions of windows share: groups side by side, steps of an order, frames, columns. */
#include "window_parts.h"

#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/types.h"
#include "data/column_parts.h"

#define RANGE_PLACES 16384

/* Groups. ----------------------------------------------------------------------------------------------------------- */

struct groups {
    const dki_window *window;
    dki_group_fn *fn;
    void *arg;
};

static bool begins(const dki_window *window, uint64_t place)
{
    return place >= window->n_rows || (window->starts[place] & DKI_STARTS_GROUP);
}

/* The groups that begin in the range. */
static dk_status run_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct groups *groups = arg;
    dk_status status = DK_OK;

    (void)worker;
    while (begin < end && !begins(groups->window, begin))
        begin++;
    while (begin < end && status == DK_OK) {
        uint64_t next = begin + 1;

        while (!begins(groups->window, next))
            next++;
        status = groups->fn(groups->arg, begin, next, err);
        begin = next;
    }
    return status;
}

dk_status dki_each_group(const dki_window *window, dki_group_fn *fn, void *arg, dk_error *err)
{
    struct groups groups = { window, fn, arg };

    return dki_parallel(window->context, window->n_rows, RANGE_PLACES, run_range, &groups, err);
}

/* Steps. ------------------------------------------------------------------------------------------------------------ */

dk_status dki_steps_init(dki_steps *steps, const dki_window *window, const dki_window_call *call, dk_error *err)
{
    dk_type type;

    memset(steps, 0, sizeof *steps);
    steps->window = window;
    if (window->n_order != 1) {
        dki_node_fail(call->expr, call->node, err, DK_ERR_ARGUMENT,
                      "%s() steps through periods, and the order of this window has %zu keys", call->node->text,
                      window->n_order);
        dki_hint(err, "order = one month, quarter, year, date or whole number");
        return DK_ERR_ARGUMENT;
    }
    type = dk_column_type(window->step.column);
    if (type != DK_PERIOD && type != DK_DATE && type != DK_INTEGER)
        return dki_node_fail(call->expr, call->node, err, DK_ERR_ARGUMENT,
                             "%s() steps through months, quarters, years, dates or whole numbers, and the order of "
                             "this window is %s",
                             call->node->text, dki_type_shown(type, dk_column_scale(window->step.column)));
    steps->descending = window->step.descending;
    return dki_column_words(window->step.column, &steps->values, &steps->known, err);
}

void dki_steps_drop(dki_steps *steps)
{
    if (steps->window == NULL)
        return;
    dki_free(steps->window->context, steps->values);
    dki_free(steps->window->context, steps->known);
    memset(steps, 0, sizeof *steps);
}

uint64_t dki_steps_end(const dki_steps *steps, uint64_t begin, uint64_t end)
{
    while (end > begin && !dki_step_known(steps, end - 1))
        end--;
    return end;
}

/* Frames. ----------------------------------------------------------------------------------------------------------- */

void dki_framer_begin(dki_framer *framer, uint64_t begin, uint64_t end)
{
    framer->begin = begin;
    framer->end = end;
    framer->first = begin;
    framer->last = begin;
    framer->known_end = framer->steps ? dki_steps_end(framer->steps, begin, end) : end;
}

/* How many steps place a lies before place b; a negative number where it lies behind. */
static dki_i128 steps_between(const dki_steps *steps, uint64_t a, uint64_t b)
{
    return (dki_i128)dki_step(steps, b) - dki_step(steps, a);
}

/* Rising: from the first place that is fewer than n steps before this one, up to the last of its peers. Falling: from the
 * first of the peers on, as long as that holds. */
static void move_by_period(dki_framer *framer, uint64_t place)
{
    const dki_steps *steps = framer->steps;
    int64_t n = framer->call->n;

    if (place >= framer->known_end) { /* those without a period */
        framer->first = framer->known_end;
        framer->last = framer->end;
        return;
    }
    if (steps->descending) {
        while (steps_between(steps, place, framer->first) > 0)
            framer->first++;
        while (framer->last < framer->known_end && steps_between(steps, framer->last, place) < n)
            framer->last++;
        return;
    }
    while (steps_between(steps, framer->first, place) >= n)
        framer->first++;
    while (framer->last < framer->known_end && steps_between(steps, framer->last, place) >= 0)
        framer->last++;
}

void dki_framer_move(dki_framer *framer, uint64_t place)
{
    uint64_t n = (uint64_t)framer->call->n;

    switch (framer->call->frame) {
    case DKI_FRAME_GROUP: framer->last = framer->end; break;
    case DKI_FRAME_RUNNING: framer->last = place + 1; break;
    case DKI_FRAME_ROWS:
        framer->last = place + 1;
        if (framer->last - framer->begin > n)
            framer->first = framer->last - n;
        break;
    case DKI_FRAME_PERIODS: move_by_period(framer, place); break;
    }
}

/* The result. ------------------------------------------------------------------------------------------------------- */

dk_status dki_window_column(dk_context *context, dk_type type, uint8_t scale, const dki_window_values *values,
                            uint64_t n_rows, const dk_column **out, dk_error *err)
{
    uint64_t valid[DK_BLOCK_WORDS];
    dk_builder *builder;
    dk_status status = dk_builder_new(context, type, scale, NULL, &builder, err);

    if (status != DK_OK)
        return status;
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(context, err);
        if (status != DK_OK)
            break;
        dki_bits_fill(valid, n);
        for (size_t i = 0; values->known && i < n; i++)
            if (!values->known[row + i])
                dki_bit_clear(valid, i);
        if (values->integers)
            status = dki_builder_integers(builder, values->integers + row, valid, n, err);
        else if (values->reals)
            status = dki_builder_reals(builder, values->reals + row, valid, n, err);
        else
            status = dki_builder_ratios(builder, values->ratios + row, valid, n, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_window_overflow(const dki_window_call *call, uint64_t row, dk_error *err)
{
    (void)dki_node_fail(call->expr, call->node, err, DK_ERR_OVERFLOW, "row %llu: %s() does not fit",
                        (unsigned long long)row + 1, call->node->text);
    if (call->arg && dk_column_type(call->arg) != DK_REAL)
        dki_hint(err, "%s(real(x)) gives the nearest real instead", call->node->text);
    return DK_ERR_OVERFLOW;
}

dk_status dki_window_run(const dki_window *window, const dki_window_call *call, const dk_column **out,
                         dk_error *err)
{
    if (call->what > DKI_COUNT && dk_column_type(call->arg) == DK_INTERVAL)
        return dki_window_interval(window, call, out, err);
    switch (call->what) {
    case DKI_OF_PLACE: return dki_window_place(window, call, out, err);
    case DKI_OF_ROW:
    case DKI_MIN:
    case DKI_MAX: return dki_window_row(window, call, out, err);
    default: return dki_window_sum(window, call, out, err);
    }
}
