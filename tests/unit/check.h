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

#include "base/cache.h"
#include "base/memory.h"

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

/* Whether the nth allocation, which was to fail, did: else it is still to come. */
static inline bool has_failed(dk_context *context, uint64_t nth)
{
    for (uint64_t i = 0; i < nth; i++) {
        void *memory = dki_alloc(context, 1, NULL);

        if (memory == NULL)
            return false;
        dki_free(context, memory);
    }
    return true;
}

/* What is in use, when nothing is kept for the next question. */
static inline size_t bytes_in_use(dk_context *context)
{
    while (dki_cache_forget_oldest(context))
        ;
    return dk_context_used_bytes(context);
}

/* Fails the first allocation of `call` (a dk_status expression), then the second, until none is left to fail. After each failure the
 * error says that memory was lacking, and `untouched` must hold (say out == NULL), as it did before. There are several successes where
 * something can be done without: `undo` is run after each. Leaks show in the sanitizer and in the context's count: used bytes must be
 * what they were before the failing call, but for what is kept for the next question. */
#define assert_survives_failing_memory(context, call, err, untouched, undo) \
    SURVIVE_FAILING_MEMORY_(context, call, err, untouched, undo, undo)
/* The same, and what the last success made stays in out, for the test to look at. */
#define assert_made_despite_failing_memory(context, call, err, out, release) \
    SURVIVE_FAILING_MEMORY_(context, call, err, (out) == NULL, release(out), (void)0)

#define SURVIVE_FAILING_MEMORY_(context, call, err, untouched, undo, undo_last)                        \
    do {                                                                                               \
        bool failed_ = true;                                                                           \
        for (uint64_t nth_ = 1; failed_; nth_++) {                                                     \
            size_t before_ = dk_context_used_bytes(context);                                           \
            bool held_ = (untouched);                                                                  \
            *(err) = (dk_error)DK_ERROR_INIT;                                                          \
            dk_context_fail_allocation((context), nth_);                                               \
            dk_status status_ = (call);                                                                \
            failed_ = has_failed((context), nth_);                                                     \
            dk_context_fail_allocation((context), 0);                                                  \
            if (status_ == DK_OK) {                                                                    \
                assert_true(nth_ > 1 || failed_);                                                      \
                if (failed_) {                                                                         \
                    undo;                                                                              \
                } else {                                                                               \
                    undo_last;                                                                         \
                }                                                                                      \
                continue;                                                                              \
            }                                                                                          \
            if (status_ != DK_ERR_MEMORY)                                                              \
                fail_msg("allocation %llu failed, yet the status is %s: %s", (unsigned long long)nth_, \
                         dk_status_name(status_), (err)->message);                                     \
            if (strstr((err)->message, "out of memory (") == NULL)                                     \
                fail_msg("allocation %llu failed, yet the error says: %s", (unsigned long long)nth_,   \
                         (err)->message);                                                              \
            if (held_ && !(untouched))                                                                 \
                fail_msg("allocation %llu: %s does not hold", (unsigned long long)nth_, #untouched);   \
            if (dk_context_used_bytes(context) != before_ && bytes_in_use(context) > before_)          \
                fail_msg("allocation %llu leaks %lld bytes", (unsigned long long)nth_,                 \
                         (long long)(dk_context_used_bytes(context) - before_));                       \
            assert_true(nth_ < 1000000);                                                               \
        }                                                                                              \
    } while (0)

#endif
