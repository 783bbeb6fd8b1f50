/* window_list.h - the functions that look at other rows of a window, in one place: X(name, least and greatest number of
 * arguments). What they mean stands in include/dekking/window.h; engine/rows/window*.c computes them. */
#ifndef DKI_EXPR_WINDOW_LIST_H
#define DKI_EXPR_WINDOW_LIST_H

#define DKI_WINDOW_LIST(X)          \
    X(row_number, 0, 0)             \
    X(rank, 0, 0)                   \
    X(dense_rank, 0, 0)             \
    X(percent_rank, 0, 0)           \
    X(cume_dist, 0, 0)              \
    X(ntile, 1, 1)                  \
    X(previous, 1, 2)               \
    X(next, 1, 2)                   \
    X(previous_period, 1, 2)        \
    X(next_period, 1, 2)            \
    X(first_value, 1, 1)            \
    X(last_value, 1, 1)             \
    X(change, 1, 2)                 \
    X(relative_change, 1, 2)        \
    X(change_period, 1, 2)          \
    X(relative_change_period, 1, 2) \
    X(share, 1, 1)                  \
    X(running_count, 0, 1)          \
    X(running_sum, 1, 1)            \
    X(running_mean, 1, 1)           \
    X(running_min, 1, 1)            \
    X(running_max, 1, 1)            \
    X(moving_count, 2, 2)           \
    X(moving_sum, 2, 2)             \
    X(moving_mean, 2, 2)            \
    X(moving_min, 2, 2)             \
    X(moving_max, 2, 2)             \
    X(moving_count_period, 2, 2)    \
    X(moving_sum_period, 2, 2)      \
    X(moving_mean_period, 2, 2)     \
    X(moving_min_period, 2, 2)      \
    X(moving_max_period, 2, 2)

typedef enum dki_window_function {
#define DKI_WINDOW_ENUM(name, least, greatest) DKI_WINDOW_##name,
    DKI_WINDOW_LIST(DKI_WINDOW_ENUM)
#undef DKI_WINDOW_ENUM
        DKI_N_WINDOW_FUNCTIONS
} dki_window_function;

#endif
