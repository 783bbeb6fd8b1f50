/* aggregate_loop.h - going over the rows of a block that count. For aggregate.c and aggregate_best.c. */
#ifndef DKI_MEASURE_AGGREGATE_LOOP_H
#define DKI_MEASURE_AGGREGATE_LOOP_H

#include "base/bitmap.h"

/* Runs the statement that comes last for every row i of use (all: every row), group being its group. */
#define DKI_FOR_USED(rows, use, all, ...)                                        \
    do {                                                                         \
        if (all) {                                                               \
            for (size_t i = 0; i < (rows)->n; i++) {                             \
                uint32_t group = (rows)->groups[i];                              \
                __VA_ARGS__;                                                     \
            }                                                                    \
        } else {                                                                 \
            for (size_t word_ = 0; word_ < dki_bit_words((rows)->n); word_++) {  \
                for (uint64_t left_ = (use)[word_]; left_; left_ &= left_ - 1) { \
                    size_t i = word_ * 64 + (size_t)__builtin_ctzll(left_);      \
                    uint32_t group = (rows)->groups[i];                          \
                    __VA_ARGS__;                                                 \
                }                                                                \
            }                                                                    \
        }                                                                        \
    } while (0)

#endif
