/* window_row.c - functions that give the value of another row: the one before, the first, that of the period before, the
 * one with the least value of a frame.
 *
 * For each row the number of the other one is found, or none; the argument is then gathered once, whatever its type.
 * The least of a frame that moves: places whose value no later place undercuts, in a queue; the first of them is the least.
 *
 * Cost: O(rows) for each function.
 */
#include "window_parts.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"

struct others {
    const dki_window *window;
    const dki_window_call *call;
    uint64_t *rows; /* by row: the other row, or DK_ROW_NULL */
    dki_steps steps;
    dki_sort_codes codes; /* of the argument: least, greatest */
    uint64_t *counts;     /* bits of rows that pass the filter; NULL: all */
    uint64_t *queue;      /* a place for each place */
};

/* By place. --------------------------------------------------------------------------------------------------------- */

static dk_status shift_group(void *arg, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct others *others = arg;
    const uint64_t *rows = others->window->rows;
    uint64_t n = (uint64_t)others->call->n;
    bool back = others->call->function == DKI_WINDOW_previous;

    for (uint64_t p = begin; p < end; p++) {
        dk_status status = dki_poll_place(others->window, p, err);
        bool is_there = back ? p - begin >= n : end - p > n;

        if (status != DK_OK)
            return status;
        others->rows[rows[p]] = is_there ? rows[back ? p - n : p + n] : DK_ROW_NULL;
    }
    return DK_OK;
}

static dk_status end_group(void *arg, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct others *others = arg;
    const uint64_t *rows = others->window->rows;
    uint64_t other = rows[others->call->function == DKI_WINDOW_first_value ? begin : end - 1];

    for (uint64_t p = begin; p < end; p++) {
        dk_status status = dki_poll_place(others->window, p, err);

        if (status != DK_OK)
            return status;
        others->rows[rows[p]] = other;
    }
    return DK_OK;
}

/* By period. -------------------------------------------------------------------------------------------------------- */

static dk_status fail_twice(const struct others *others, uint64_t place, dk_error *err)
{
    const dki_window *window = others->window;
    dk_value value = { .type = dk_column_type(window->step.column), .scale = dk_column_scale(window->step.column) };
    char text[64];

    value.as.integer = dki_step(&others->steps, place);
    (void)dk_value_format(&value, text, sizeof text);
    dki_node_fail(others->call->expr, others->call->node, err, DK_ERR_DUPLICATE,
                  "%s() finds %s twice in a group: rows %llu and %llu", others->call->node->text, text,
                  (unsigned long long)window->rows[place - 1] + 1, (unsigned long long)window->rows[place] + 1);
    dki_hint(err, "name what tells them apart in within, or go by rows: previous(), next()");
    return DK_ERR_DUPLICATE;
}

/* Steps from place a to place b, in the direction of the order. */
static dki_i128 ahead(const dki_steps *steps, uint64_t a, uint64_t b)
{
    dki_i128 difference = (dki_i128)dki_step(steps, b) - dki_step(steps, a);

    return steps->descending ? -difference : difference;
}

static dk_status period_group(void *arg, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct others *others = arg;
    const dki_steps *steps = &others->steps;
    const uint64_t *rows = others->window->rows;
    uint64_t known_end = dki_steps_end(steps, begin, end), q = begin;
    bool later = others->call->function == DKI_WINDOW_next_period;
    /* so many steps in the direction of the order, from a row to the other one */
    dki_i128 wanted = later != steps->descending ? (dki_i128)others->call->n : -(dki_i128)others->call->n;

    for (uint64_t p = begin + 1; p < known_end; p++)
        if (ahead(steps, p - 1, p) == 0)
            return fail_twice(others, p, err);
    for (uint64_t p = begin; p < end; p++) {
        dk_status status = dki_poll_place(others->window, p, err);

        if (status != DK_OK)
            return status;
        others->rows[rows[p]] = DK_ROW_NULL;
        if (p >= known_end)
            continue;
        while (q < known_end && ahead(steps, p, q) < wanted)
            q++;
        if (q < known_end && ahead(steps, p, q) == wanted)
            others->rows[rows[p]] = rows[q];
    }
    return DK_OK;
}

/* The least and the greatest. --------------------------------------------------------------------------------------- */

static bool counts(const struct others *others, uint64_t row)
{
    if (others->counts && !dki_bit(others->counts, (size_t)row))
        return false;
    return others->codes.nulls == NULL || !dki_bit(others->codes.nulls, (size_t)row);
}

/* Whether the row has to be before the other one: of equal ones the first is taken. */
static bool is_better(const struct others *others, uint64_t row, uint64_t other)
{
    uint64_t a = others->codes.codes[row], b = others->codes.codes[other];

    return others->call->what == DKI_MIN ? a < b : a > b;
}

static dk_status best_group(void *arg, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct others *others = arg;
    const uint64_t *rows = others->window->rows;
    uint64_t *queue = others->queue + begin;
    size_t head = 0, tail = 0; /* of the queue, which holds places */
    uint64_t taken = begin;
    dki_framer framer = { .window = others->window, .call = others->call };

    if (others->call->frame == DKI_FRAME_PERIODS)
        framer.steps = &others->steps;
    dki_framer_begin(&framer, begin, end);
    for (uint64_t p = begin; p < end; p++) {
        dk_status status = dki_poll_place(others->window, p, err);

        if (status != DK_OK)
            return status;
        dki_framer_move(&framer, p);
        for (; taken < framer.last; taken++) {
            if (!counts(others, rows[taken]))
                continue;
            while (tail > head && is_better(others, rows[taken], rows[queue[tail - 1]]))
                tail--;
            queue[tail++] = taken;
        }
        while (head < tail && queue[head] < framer.first)
            head++;
        others->rows[rows[p]] = head < tail ? rows[queue[head]] : DK_ROW_NULL;
    }
    return DK_OK;
}

/* The whole. -------------------------------------------------------------------------------------------------------- */

static dk_status prepare_best(struct others *others, dk_error *err)
{
    int64_t *weights = NULL;
    dk_context *context = others->window->context;
    dk_status status = dki_sort_codes_init(&others->codes, others->call->arg, err);

    if (status == DK_OK && others->call->filter)
        status = dki_true_rows(others->call->filter, &others->counts, err);
    if (status == DK_OK)
        status = dki_window_weights(others->window, others->call, &weights, &others->counts, err);
    dki_free(context, weights);
    if (status == DK_OK) {
        others->queue = dki_alloc_array(context, (size_t)others->window->n_rows, sizeof *others->queue, err);
        status = others->queue ? DK_OK : DK_ERR_MEMORY;
    }
    return status;
}

static dki_group_fn *find_group_fn(const dki_window_call *call)
{
    if (call->what != DKI_OF_ROW)
        return best_group;
    switch (call->function) {
    case DKI_WINDOW_previous:
    case DKI_WINDOW_next: return shift_group;
    case DKI_WINDOW_first_value:
    case DKI_WINDOW_last_value: return end_group;
    default: return period_group;
    }
}

dk_status dki_window_row(const dki_window *window, const dki_window_call *call, const dk_column **out,
                         dk_error *err)
{
    struct others others = { .window = window, .call = call };
    dk_context *context = window->context;
    dk_status status = DK_OK;

    others.rows = dki_alloc_array(context, (size_t)window->n_rows, sizeof *others.rows, err);
    if (others.rows == NULL)
        status = DK_ERR_MEMORY;
    if (status == DK_OK && call->by_period)
        status = dki_steps_init(&others.steps, window, call, err);
    if (status == DK_OK && call->what != DKI_OF_ROW)
        status = prepare_best(&others, err);
    if (status == DK_OK)
        status = dki_each_group(window, find_group_fn(call), &others, err);
    if (status == DK_OK)
        status = dk_column_gather(call->arg, others.rows, window->n_rows, out, err);
    dki_steps_drop(&others.steps);
    dki_sort_codes_drop(&others.codes, context);
    dki_free(context, others.counts);
    dki_free(context, others.queue);
    dki_free(context, others.rows);
    return status;
}
