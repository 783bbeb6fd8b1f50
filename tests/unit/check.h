/* check.h - what every unit test shares: cmocka, and assertions about statuses, reals and memory. */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <dekking/context.h>

/* The call succeeded; else its error is shown. */
#define assert_ok(call, err)                                               \
    do {                                                                   \
        dk_status status_ = (call);                                        \
        if (status_ != DK_OK) {                                            \
            char text_[2048];                                              \
            dk_error_format((err), text_, sizeof text_);                   \
            fail_msg("%s: %s: %s", #call, dk_status_name(status_), text_); \
        }                                                                  \
    } while (0)

/* The call failed with that status, and its message contains that text. */
#define assert_fails(call, err, expected, part)                                                              \
    do {                                                                                                     \
        dk_status status_ = (call);                                                                          \
        char text_[2048];                                                                                    \
        dk_error_format((err), text_, sizeof text_);                                                         \
        if (status_ != (expected))                                                                           \
            fail_msg("%s: %s, not %s: %s", #call, dk_status_name(status_), dk_status_name(expected), text_); \
        if (strstr(text_, (part)) == NULL)                                                                   \
            fail_msg("%s: the message lacks \"%s\": %s", #call, (part), text_);                              \
    } while (0)

/* cmocka compares reals as float; this one compares doubles, to twelve digits. */
#define assert_near(actual, expected)                            \
    do {                                                         \
        double a_ = (actual), e_ = (expected);                   \
        if (!(fabs(a_ - e_) <= 1e-12 * fmax(1.0, fabs(e_))))     \
            fail_msg("%s is %.17g, not %.17g", #actual, a_, e_); \
    } while (0)

/* Fails the first allocation of `call` (a dk_status expression), then the second, until it succeeds. After each
 * failure `untouched` must hold (say out == NULL); `undo` is run after the success. Leaks show in the sanitizer and
 * in the context's count: used bytes must be what they were before the failing call. */
#define assert_survives_failing_memory(context, call, err, untouched, undo)                            \
    do {                                                                                               \
        uint64_t nth_ = 1;                                                                             \
        for (;; nth_++) {                                                                              \
            size_t before_ = dk_context_used_bytes(context);                                           \
            dk_context_fail_allocation((context), nth_);                                               \
            dk_status status_ = (call);                                                                \
            dk_context_fail_allocation((context), 0);                                                  \
            if (status_ == DK_OK)                                                                      \
                break;                                                                                 \
            if (status_ != DK_ERR_MEMORY)                                                              \
                fail_msg("allocation %llu failed, yet the status is %s: %s", (unsigned long long)nth_, \
                         dk_status_name(status_), (err)->message);                                     \
            if (!(untouched))                                                                          \
                fail_msg("allocation %llu: %s does not hold", (unsigned long long)nth_, #untouched);   \
            if (dk_context_used_bytes(context) != before_)                                             \
                fail_msg("allocation %llu leaks %lld bytes", (unsigned long long)nth_,                 \
                         (long long)(dk_context_used_bytes(context) - before_));                       \
            assert_true(nth_ < 1000000);                                                               \
        }                                                                                              \
        assert_true(nth_ > 1);                                                                         \
        undo;                                                                                          \
    } while (0)

#endif
