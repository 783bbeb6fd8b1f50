/* test_memory.c - contexts: what is counted, what is refused and what fails on request; stopping. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/memory.h"
#include "watched.h"

#define HEADER 16
#define WIDE 64
#define MIB (1024 * 1024)

struct fixture {
    dk_context *context;
    dk_error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || dk_context_new(&f->context, &f->err) != DK_OK)
        return -1;
    *state = f;
    return 0;
}

/* Whatever a test did, all of it was freed. */
static int tear_down(void **state)
{
    struct fixture *f = *state;
    size_t left = dk_context_used_bytes(f->context);

    dk_context_release(f->context);
    free(f);
    if (left > 0)
        print_error("%zu bytes are still in use\n", left);
    return left == 0 ? 0 : -1;
}

/* What is counted. --------------------------------------------------------------------------------------------- */

static void a_block_counts_with_its_header(void **state)
{
    struct fixture *f = *state;
    void *plain = dki_alloc(f->context, 100, &f->err), *wide = dki_alloc_wide(f->context, 100, &f->err);
    void *none = dki_alloc(f->context, 0, &f->err), *cleared = dki_calloc(f->context, 7, 9, &f->err);
    void *array = dki_alloc_array(f->context, 7, 9, &f->err);

    assert_true(plain && wide && none && cleared && array);
    assert_int_equal((uintptr_t)plain % 16, 0);
    assert_int_equal((uintptr_t)none % 16, 0);
    assert_int_equal((uintptr_t)cleared % 16, 0);
    assert_int_equal((uintptr_t)wide % 64, 0);
    for (int i = 0; i < 63; i++)
        assert_int_equal(((unsigned char *)cleared)[i], 0);
    memset(plain, 1, 100);
    memset(wide, 2, 100);
    memset(array, 3, 63);
    assert_int_equal(dk_context_used_bytes(f->context), 100 + 100 + 0 + 63 + 63 + 4 * HEADER + WIDE);
    dki_free(f->context, plain);
    dki_free(f->context, wide);
    assert_int_equal(dk_context_used_bytes(f->context), 63 + 63 + 3 * HEADER);
    assert_int_equal(dk_context_peak_bytes(f->context), 100 + 100 + 63 + 63 + 4 * HEADER + WIDE);
    dk_context_reset_peak(f->context);
    assert_int_equal(dk_context_peak_bytes(f->context), 63 + 63 + 3 * HEADER);
    dki_free(f->context, none);
    dki_free(f->context, cleared);
    dki_free(f->context, array);
    dki_free(f->context, NULL);
    assert_int_equal(dk_context_used_bytes(f->context), 0);
}

static void texts_are_copied_with_a_terminator(void **state)
{
    struct fixture *f = *state;
    char *part = dki_strndup(f->context, "Arnhem", 3, &f->err), *none = dki_strndup(f->context, NULL, 0, &f->err);
    char *whole = dki_strdup(f->context, "Duiven", &f->err);

    assert_string_equal(part, "Arn");
    assert_string_equal(none, "");
    assert_string_equal(whole, "Duiven");
    assert_int_equal(dk_context_used_bytes(f->context), 4 + 1 + 7 + 3 * HEADER);
    dki_free(f->context, part);
    dki_free(f->context, none);
    dki_free(f->context, whole);
}

static void resizing_keeps_what_fits_and_the_alignment(void **state)
{
    struct fixture *f = *state;
    void *plain = NULL, *wide = dki_alloc_wide(f->context, 10, &f->err);

    assert_ok(dki_resize(f->context, &plain, 10, &f->err), &f->err);
    memcpy(plain, "0123456789", 10);
    memcpy(wide, "0123456789", 10);
    for (size_t size = 10; size < 3 * MIB; size = size * 3 + 1) {
        assert_ok(dki_resize(f->context, &plain, size, &f->err), &f->err);
        assert_ok(dki_resize(f->context, &wide, size, &f->err), &f->err);
        assert_memory_equal(plain, "0123456789", 10);
        assert_memory_equal(wide, "0123456789", 10);
        assert_int_equal((uintptr_t)plain % 16, 0);
        assert_int_equal((uintptr_t)wide % 64, 0);
        memset((char *)plain + size - 1, 0, 1); /* the last byte is there */
        memset((char *)wide + size - 1, 0, 1);
        memcpy(plain, "0123456789", 10);
        memcpy(wide, "0123456789", 10);
        assert_int_equal(dk_context_used_bytes(f->context), 2 * size + HEADER + WIDE);
    }
    assert_ok(dki_resize(f->context, &plain, 4, &f->err), &f->err);
    assert_ok(dki_resize(f->context, &wide, 4, &f->err), &f->err);
    assert_memory_equal(plain, "0123", 4);
    assert_memory_equal(wide, "0123", 4);
    assert_int_equal(dk_context_used_bytes(f->context), 8 + HEADER + WIDE);
    assert_ok(dki_resize(f->context, &plain, 0, &f->err), &f->err);
    assert_non_null(plain);
    dki_free(f->context, plain);
    dki_free(f->context, wide);
}

/* A growing block of 3 MiB was never there twice: else no array could take more than a third of the budget. */
static void growing_counts_the_difference(void **state)
{
    struct fixture *f = *state;
    void *block = dki_alloc(f->context, 2 * MIB, &f->err);

    dk_context_set_budget(f->context, 3 * MIB + HEADER);
    assert_ok(dki_resize(f->context, &block, 3 * MIB, &f->err), &f->err);
    assert_int_equal(dk_context_peak_bytes(f->context), 3 * MIB + HEADER);
    assert_fails(dki_resize(f->context, &block, 3 * MIB + 1, &f->err), &f->err, DK_ERR_MEMORY,
                 "needs 0.1 MiB more");
    dki_free(f->context, block);
}

static void an_array_doubles_until_it_holds_what_is_needed(void **state)
{
    struct fixture *f = *state;
    void *array = NULL;
    size_t capacity = 0;

    assert_ok(dki_grow(f->context, &array, &capacity, 1, 8, &f->err), &f->err);
    assert_int_equal(capacity, 16);
    assert_ok(dki_grow(f->context, &array, &capacity, 16, 8, &f->err), &f->err);
    assert_int_equal(capacity, 16);
    assert_ok(dki_grow(f->context, &array, &capacity, 17, 8, &f->err), &f->err);
    assert_int_equal(capacity, 32);
    assert_ok(dki_grow(f->context, &array, &capacity, 1000, 8, &f->err), &f->err);
    assert_int_equal(capacity, 1024);
    assert_int_equal(dk_context_used_bytes(f->context), 8 * 1024 + HEADER);
    assert_fails(dki_grow(f->context, &array, &capacity, SIZE_MAX / 4, 8, &f->err), &f->err, DK_ERR_MEMORY,
                 "more than there can be");
    assert_fails(dki_grow(f->context, &array, &capacity, SIZE_MAX, 1, &f->err), &f->err, DK_ERR_MEMORY,
                 "more than there can be");
    assert_int_equal(capacity, 1024);
    memset(array, 1, 8 * 1024);
    dki_free(f->context, array);
}

static void a_large_array_gets_an_eighth_more_than_is_needed(void **state)
{
    struct fixture *f = *state;
    void *array = NULL;
    size_t capacity = 0;

    assert_ok(dki_grow_little(f->context, &array, &capacity, 800, 2, &f->err), &f->err);
    assert_int_equal(capacity, 900);
    assert_int_equal(dk_context_used_bytes(f->context), 1800 + HEADER);
    assert_ok(dki_grow_little(f->context, &array, &capacity, 900, 2, &f->err), &f->err);
    assert_int_equal(capacity, 900);
    assert_fails(dki_grow_little(f->context, &array, &capacity, SIZE_MAX, 1, &f->err), &f->err, DK_ERR_MEMORY,
                 "more than there can be");
    assert_fails(dki_grow_little(f->context, &array, &capacity, SIZE_MAX / 4, 8, &f->err), &f->err, DK_ERR_MEMORY,
                 "more than there can be");
    assert_int_equal(capacity, 900);
    dki_free(f->context, array);
}

/* The most that the process had in memory so far. */
static size_t peak_bytes(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss * 1024;
}

static void a_large_block_moves_its_pages_when_it_grows(void **state)
{
    struct fixture *f = *state;
    void *block = NULL;
    size_t before;

    if (watched(0, 1, 1)) /* by what has an allocator of its own, which copies */
        skip();
    assert_ok(dki_resize(f->context, &block, 128 * MIB, &f->err), &f->err);
    memset(block, 7, 128 * MIB);
    before = peak_bytes();
    for (size_t size = 256; size <= 1024; size *= 2)
        assert_ok(dki_resize(f->context, &block, size * MIB, &f->err), &f->err);
    for (size_t i = 0; i < 128 * MIB; i += MIB)
        assert_int_equal(((char *)block)[i], 7);
    assert_true(peak_bytes() - before < 32 * MIB);
    dki_free(f->context, block);
}

/* What is refused. --------------------------------------------------------------------------------------------- */

static void over_the_budget_is_refused_with_the_figures(void **state)
{
    struct fixture *f = *state;
    void *first, *second;

    assert_int_equal(dk_context_budget(f->context), 0);
    dk_context_set_budget(f->context, 10 * MIB);
    assert_int_equal(dk_context_budget(f->context), 10 * MIB);
    first = dki_alloc(f->context, 6 * MIB, &f->err);
    assert_non_null(first);
    assert_null(dki_alloc(f->context, 5 * MIB, &f->err));
    assert_int_equal(f->err.code, DK_ERR_MEMORY);
    assert_string_equal(f->err.message, "needs 5.0 MiB more, and 6.0 of the budget of 10.0 MiB are in use");
    assert_string_equal(f->err.hint, "raise the budget, or ask for less at once");
    assert_int_equal(dk_context_used_bytes(f->context), 6 * MIB + HEADER);
    assert_int_equal(dk_context_peak_bytes(f->context), 6 * MIB + HEADER); /* what was refused was never in use */
    second = dki_alloc(f->context, 4 * MIB - 2 * HEADER, &f->err);         /* fits to the byte */
    assert_non_null(second);
    assert_null(dki_alloc(f->context, 0, NULL));
    assert_int_equal(dk_context_used_bytes(f->context), 10 * MIB);

    dk_context_set_budget(f->context, MIB); /* what is there stays; it may shrink, not grow */
    assert_fails(dki_resize(f->context, &second, 4 * MIB, &f->err), &f->err, DK_ERR_MEMORY,
                 "of the budget of 1.0 MiB");
    assert_ok(dki_resize(f->context, &second, 3 * MIB, &f->err), &f->err);
    dk_context_set_budget(f->context, 0);
    assert_ok(dki_resize(f->context, &second, 12 * MIB, &f->err), &f->err);
    dki_free(f->context, first);
    dki_free(f->context, second);
}

/* Sizes near the end of size_t must not wrap into small ones, with or without a budget. */
static void impossible_sizes_are_refused(void **state)
{
    static const size_t sizes[] = { SIZE_MAX,        SIZE_MAX - 1,     SIZE_MAX - 15,     SIZE_MAX - 16,
                                    SIZE_MAX - 63,   SIZE_MAX - 64,    SIZE_MAX - 65,     SIZE_MAX - 127,
                                    SIZE_MAX - 1000, SIZE_MAX / 2 + 1, SIZE_MAX / 2 - 16, SIZE_MAX / 2 - 63 };
    struct fixture *f = *state;
    void *block = dki_alloc(f->context, 10, &f->err);

    memcpy(block, "0123456789", 10);
    for (size_t budget = 0; budget <= 1000; budget += 1000)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            void *same = block;

            dk_context_set_budget(f->context, budget);
            f->err.code = DK_OK;
            assert_null(dki_alloc(f->context, sizes[i], &f->err));
            assert_int_equal(f->err.code, DK_ERR_MEMORY);
            assert_null(dki_alloc_wide(f->context, sizes[i], &f->err));
            assert_null(dki_calloc(f->context, sizes[i], 1, &f->err));
            assert_null(dki_calloc(f->context, 2, sizes[i], &f->err));
            assert_null(dki_alloc_array(f->context, sizes[i] / 2, 4, &f->err));
            assert_fails(dki_resize(f->context, &block, sizes[i], &f->err), &f->err, DK_ERR_MEMORY, "");
            assert_ptr_equal(block, same);
            assert_int_equal(dk_context_used_bytes(f->context), 10 + HEADER);
            assert_int_equal(dk_context_peak_bytes(f->context), 10 + HEADER);
        }
    assert_memory_equal(block, "0123456789", 10);
    dki_free(f->context, block);
    assert_null(dki_alloc_array(f->context, SIZE_MAX / 2, 4, &f->err));
    assert_string_equal(f->err.message,
                        "out of memory (9223372036854775807 times 4 bytes are more than there can be)");
    assert_null(dki_alloc(f->context, SIZE_MAX, &f->err));
    assert_string_equal(f->err.message, "out of memory (18446744073709551615 bytes are more than there can be)");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they end the program instead */
static void what_the_system_refuses_is_no_crash(void **state)
{
    struct fixture *f = *state;
    void *block = dki_alloc(f->context, 10, &f->err);

    assert_null(dki_alloc(f->context, SIZE_MAX / 2 - 1000, &f->err));
    assert_string_equal(f->err.message, "out of memory (8796093022208.0 MiB could not be had)");
    assert_null(dki_alloc_wide(f->context, SIZE_MAX / 2 - 1000, &f->err));
    assert_fails(dki_resize(f->context, &block, SIZE_MAX / 2 - 1000, &f->err), &f->err, DK_ERR_MEMORY,
                 "could not be had");
    assert_int_equal(dk_context_used_bytes(f->context), 10 + HEADER);
    assert_int_equal(dk_context_peak_bytes(f->context), 10 + HEADER);
    dki_free(f->context, block);
}
#endif

static void the_nth_allocation_fails_and_only_that_one(void **state)
{
    struct fixture *f = *state;

    for (uint64_t nth = 1; nth <= 6; nth++) {
        void *blocks[6] = { NULL };
        void *grown = NULL;
        size_t capacity = 0;

        dk_context_fail_allocation(f->context, nth);
        blocks[0] = dki_alloc(f->context, 1, &f->err);
        assert_true((blocks[0] == NULL) == (nth == 1));
        blocks[1] = dki_alloc_wide(f->context, 1, &f->err);
        assert_true((blocks[1] == NULL) == (nth == 2));
        blocks[2] = dki_calloc(f->context, 1, 1, &f->err);
        assert_true((blocks[2] == NULL) == (nth == 3));
        blocks[3] = dki_strdup(f->context, "Arnhem", &f->err);
        assert_true((blocks[3] == NULL) == (nth == 4));
        assert_true((dki_grow(f->context, &grown, &capacity, 10, 1, &f->err) == DK_ERR_MEMORY) == (nth == 5));
        assert_true((grown == NULL) == (nth == 5) && (capacity == 0) == (nth == 5));
        blocks[5] = grown;
        assert_true((dki_resize(f->context, &blocks[5], 20, &f->err) == DK_ERR_MEMORY) == (nth == 6));
        if (nth != 2)
            assert_string_equal(f->err.message + strlen(f->err.message) - 18, "failed on request)");
        for (int i = 0; i < 6; i++)
            dki_free(f->context, blocks[i]);
        blocks[0] = dki_alloc(f->context, 1, &f->err);
        assert_non_null(blocks[0]);
        dki_free(f->context, blocks[0]);
    }
    dk_context_fail_allocation(f->context, 1);
    dk_context_fail_allocation(f->context, 0);
    dki_free(f->context, dki_alloc(f->context, 1, &f->err));
    assert_int_equal(dk_context_used_bytes(f->context), 0);
}

/* Threads. ----------------------------------------------------------------------------------------------------- */

#define ROUNDS 20000

static void *allocate_and_free(void *arg)
{
    struct fixture *f = arg;
    uintptr_t failed = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        void *a = dki_alloc(f->context, i % 100, NULL), *b = dki_alloc_wide(f->context, i % 77, NULL);

        failed += a == NULL || b == NULL;
        if (a)
            failed += dki_resize(f->context, &a, i % 300, NULL) != DK_OK;
        dki_free(f->context, a);
        dki_free(f->context, b);
    }
    return (void *)failed;
}

static void *ask_too_much(void *arg)
{
    struct fixture *f = arg;
    uintptr_t had = 0;

    for (unsigned i = 0; i < ROUNDS; i++)
        had += dki_alloc(f->context, 10 * MIB, NULL) != NULL;
    return (void *)had;
}

/* Two threads need at most 2 * (300 + 77 + 80 + 64) bytes of the budget; what the third asks for and does not get
 * must not be missing for them, not for a moment. */
static void a_refused_request_takes_nothing_from_other_threads(void **state)
{
    struct fixture *f = *state;
    pthread_t threads[3];
    void *wrong;

    dk_context_set_budget(f->context, MIB);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, i == 2 ? ask_too_much : allocate_and_free, f), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_int_equal(dk_context_used_bytes(f->context), 0);
    assert_in_range(dk_context_peak_bytes(f->context), 1, 2 * (299 + 76 + HEADER + WIDE));
}

/* Stopping and telling. ---------------------------------------------------------------------------------------- */

static dk_context *to_interrupt;

static void on_signal(int number)
{
    (void)number;
    dk_context_interrupt(to_interrupt);
}

static void an_interruption_stays_until_it_is_cleared(void **state)
{
    struct fixture *f = *state;
    dk_context *other = NULL;
    struct sigaction action = { .sa_handler = on_signal }, before;

    assert_ok(dk_context_new(&other, &f->err), &f->err);
    assert_ok(dki_poll(f->context, &f->err), &f->err);
    to_interrupt = f->context;
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    assert_true(dk_context_is_interrupted(f->context));
    assert_fails(dki_poll(f->context, &f->err), &f->err, DK_ERR_INTERRUPTED, "interrupted");
    assert_int_equal(dki_poll(f->context, NULL), DK_ERR_INTERRUPTED);
    assert_ok(dki_poll(other, &f->err), &f->err); /* each context has its own */
    dk_context_clear_interrupt(f->context);
    assert_false(dk_context_is_interrupted(f->context));
    assert_ok(dki_poll(f->context, &f->err), &f->err);
    dk_context_release(other);
}

static void blocks_have_1_to_4096_rows(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(dki_block_rows(f->context), 4096);
    dk_context_set_block_rows(f->context, 1);
    assert_int_equal(dki_block_rows(f->context), 1);
    dk_context_set_block_rows(f->context, 0);
    assert_int_equal(dki_block_rows(f->context), 1);
    dk_context_set_block_rows(f->context, 4097);
    assert_int_equal(dki_block_rows(f->context), 4096);
}

static void a_context_lives_as_long_as_its_last_reference(void **state)
{
    struct fixture *f = *state;

    assert_ptr_equal(dk_context_retain(f->context), f->context);
    dk_context_release(f->context);
    assert_int_equal(dk_context_used_bytes(f->context), 0); /* still there: the sanitizer would tell */
    dk_context_release(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_block_counts_with_its_header),
        TEST(texts_are_copied_with_a_terminator),
        TEST(resizing_keeps_what_fits_and_the_alignment),
        TEST(growing_counts_the_difference),
        TEST(an_array_doubles_until_it_holds_what_is_needed),
        TEST(a_large_array_gets_an_eighth_more_than_is_needed),
        TEST(a_large_block_moves_its_pages_when_it_grows),
        TEST(over_the_budget_is_refused_with_the_figures),
        TEST(impossible_sizes_are_refused),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        TEST(what_the_system_refuses_is_no_crash),
#endif
        TEST(the_nth_allocation_fails_and_only_that_one),
        TEST(a_refused_request_takes_nothing_from_other_threads),
        TEST(an_interruption_stays_until_it_is_cleared),
        TEST(blocks_have_1_to_4096_rows),
        TEST(a_context_lives_as_long_as_its_last_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
