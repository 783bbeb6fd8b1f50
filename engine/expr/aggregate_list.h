/* aggregate_list.h - the aggregates of the language, in one place: X(name, least and greatest number of arguments). */
#ifndef DKI_EXPR_AGGREGATE_LIST_H
#define DKI_EXPR_AGGREGATE_LIST_H

#define DKI_AGGREGATE_LIST(X)                                                   \
    X(count, 0, 0) /* sum of weights, or rows where the table has no weight */  \
    X(rows, 0, 0)  /* rows */                                                   \
    X(sum, 1, 1)                                                                \
    X(mean, 1, 1)                                                               \
    X(min, 1, 1)                                                                \
    X(max, 1, 1)                                                                \
    X(median, 1, 1)                                                             \
    X(quantile, 2, 2) /* of x, at a share of 0 to 1 */                          \
    X(distinct, 1, 1) /* how many different values are known */                 \
    X(mode, 1, 1)     /* the value that most rows have, of several the least */ \
    X(first, 1, 1)    /* the first known value in the order of rows */          \
    X(last, 1, 1)                                                               \
    X(variance, 1, 1) /* with divisor n - 1 */                                  \
    X(sd, 1, 1)                                                                 \
    X(cov, 2, 2)                                                                \
    X(corr, 2, 2)

#endif
