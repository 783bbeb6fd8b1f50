/* window_parts.h - the inside of windows: an ordered table, a call, and what computes it. For engine/rows/window*.c.
 *
 * "Place" p is the p-th row in order: rows[p] is its number in the table. Groups are ranges of places. What a call gives is
 * kept by row.
 */
#ifndef DKI_ROWS_WINDOW_PARTS_H
#define DKI_ROWS_WINDOW_PARTS_H

#include <dekking/window.h>

#include "base/bitmap.h"
#include "base/checked.h"
#include "base/memory.h"
#include "expr/eval.h"
#include "row_values.h"
#include "sort_key.h"
#include "sort_order.h"

typedef struct dki_window {
    dk_context *context; /* borrowed */
    const dk_table *table;
    uint64_t n_rows;
    uint64_t *rows;
    uint8_t *starts; /* of sort_order.h */
    size_t n_order;
    dki_order_key step; /* the key of a single order; borrowed */
} dki_window;

/* What a call computes. */
typedef enum dki_window_what {
    DKI_OF_PLACE, /* row_number, rank, ...: function tells which */
    DKI_OF_ROW,   /* previous, next, first_value, ... */
    DKI_COUNT,
    DKI_SUM,
    DKI_MEAN,
    DKI_MIN,
    DKI_MAX
} dki_window_what;

typedef enum dki_frame {
    DKI_FRAME_GROUP,
    DKI_FRAME_RUNNING,
    DKI_FRAME_ROWS,   /* the last n */
    DKI_FRAME_PERIODS /* the last n, by the order key */
} dki_frame;

typedef struct dki_window_call {
    const dk_expr *expr;          /* for messages, with ... */
    const dki_node *node;         /* ... the place in it */
    dki_window_function function; /* of DKI_OF_PLACE and DKI_OF_ROW */
    dki_window_what what;
    dki_frame frame;
    bool by_period;
    const dk_column *arg;    /* NULL: rows are counted */
    const dk_column *filter; /* boolean: rows where it is not true do not count; NULL: all do */
    const dk_column
        *weight; /* of counts, sums, means, the least and the greatest: a row is so many; NULL: one. Borrowed */
    int64_t n;
} dki_window_call;

/* Computes a call for all rows. Errors of window.h. */
dk_status dki_window_run(const dki_window *window, const dki_window_call *call, const dk_column **out,
                         dk_error *err);

/* Groups, side by side. -------------------------------------------------------------------------------------------- */

/* Called for places begin .. end - 1 of a group. */
typedef dk_status dki_group_fn(void *arg, uint64_t begin, uint64_t end, dk_error *err);
/* Calls fn for every group, in parallel; the error of the first group at fault is the one reported. */
dk_status dki_each_group(const dki_window *window, dki_group_fn *fn, void *arg, dk_error *err);
/* Inside a group: polls now and then. */
static inline dk_status dki_poll_place(const dki_window *window, uint64_t place, dk_error *err)
{
    return place % DK_BLOCK_ROWS ? DK_OK : dki_poll(window->context, err);
}

/* The order key as whole numbers, by row, so that one period more is 1 more. */
typedef struct dki_steps {
    const dki_window *window;
    int64_t *values;
    uint64_t *known; /* bits by row; NULL: all are */
    bool descending;
} dki_steps;
/* DK_ERR_ARGUMENT where the order is not one key that steps. */
dk_status dki_steps_init(dki_steps *steps, const dki_window *window, const dki_window_call *call, dk_error *err);
void dki_steps_drop(dki_steps *steps);
static inline bool dki_step_known(const dki_steps *steps, uint64_t place)
{
    return steps->known == NULL || dki_bit(steps->known, (size_t)steps->window->rows[place]);
}
static inline int64_t dki_step(const dki_steps *steps, uint64_t place)
{
    return steps->values[steps->window->rows[place]];
}
/* The end of the places of a group whose step is known: those without one come last. */
uint64_t dki_steps_end(const dki_steps *steps, uint64_t begin, uint64_t end);

/* The frame of a place: first .. last - 1. Both only grow from place to place of a group. ---------------------------- */

typedef struct dki_framer {
    const dki_window *window;
    const dki_window_call *call;
    const dki_steps *steps; /* of DKI_FRAME_PERIODS */
    uint64_t begin, end;    /* of the group */
    uint64_t known_end;     /* of its places with a period */
    uint64_t first, last;
} dki_framer;
void dki_framer_begin(dki_framer *framer, uint64_t begin, uint64_t end);
void dki_framer_move(dki_framer *framer, uint64_t place);

/* window_place.c, window_row.c, window_sum.c, window_interval.c ------------------------------------------- */

/* What the place of a row in its group says: ranks, numbers, shares. */
dk_status dki_window_place(const dki_window *window, const dki_window_call *call, const dk_column **out,
                           dk_error *err);
/* Also the least and the greatest of a frame. */
dk_status dki_window_row(const dki_window *window, const dki_window_call *call, const dk_column **out,
                         dk_error *err);
/* Counts, sums and means. */
dk_status dki_window_sum(const dki_window *window, const dki_window_call *call, const dk_column **out,
                         dk_error *err);

/* Sums, means, least and greatest of intervals. */
dk_status dki_window_interval(const dki_window *window, const dki_window_call *call, const dk_column **out,
                              dk_error *err);
/* window_rate.c: dki_window_run, but where the argument is a rate a sum is that of the numerators over that of the
 * denominators, and a mean is refused ... */
dk_status dki_window_rate(const dki_window *window, const dki_window_call *call, const dk_column **out,
                          dk_error *err);
/* ... as is a share, with DK_ERR_TYPE. */
dk_status dki_window_fail_rate(const dk_expr *expr, const dki_node *node, dk_error *err);

/* window_whole.c: DK_ERR_ARGUMENT where a sum goes over shares of different wholes, ... */
dk_status dki_window_check_whole(const dki_window *window, const dki_window_call *call, dk_error *err);
/* ... or over figures, which have an overlap (data/overlap.h), of different groups. */
dk_status dki_window_check_overlap(const dki_window *window, const dki_window_call *call, dk_error *err);

/* The row's result does not fit. */
dk_status dki_window_overflow(const dki_window_call *call, uint64_t row, dk_error *err);

/* Puts groups, order and columns into the lineage of made, which is the caller's alone. weight: what counts, sums and means
 * were weighed by; NULL: nothing. */
dk_status dki_window_lineage(const dk_table *table, const dk_table *made, const dk_window_spec *spec,
                             const dk_params *params, const char *weight, dk_error *err);

/* window_weight.c --------------------------------------------------------------------------------------------------- */

/* The weights by row, where the call has one, which the caller frees also on failure; and rows of weight 0 are taken out of those
 * that count: bits by row, NULL where all do. */
dk_status dki_window_weights(const dki_window *window, const dki_window_call *call, int64_t **out, uint64_t **known,
                             dk_error *err);
/* Weighed sums by row as integers of `scale` digits, which are fewer afterwards where they would not fit: then those that go are
 * 0 in every row. known: a byte for each; NULL: all are. DK_ERR_OVERFLOW where that is not so. */
dk_status dki_window_narrow(const dki_window *window, const dki_window_call *call, const dki_i128 *sums,
                            const uint8_t *known, unsigned *scale, int64_t *out, dk_error *err);

/* A column of values by row. known: a byte for each; NULL: all are. One of the arrays is given. */
typedef struct dki_window_values {
    int64_t *integers;
    double *reals;
    dk_ratio *ratios;
    uint8_t *known;
} dki_window_values;
dk_status dki_window_column(dk_context *context, dk_type type, uint8_t scale, const dki_window_values *values,
                            uint64_t n_rows, const dk_column **out, dk_error *err);

#endif
