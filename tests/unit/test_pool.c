/* test_pool.c - work cut into ranges: each once, the same at any number of threads, the earliest error, nested and
 * concurrent calls, signals, interruption.
 *
 * The order of the tests matters for one of them: that small inputs wake nobody shows only before a thread was
 * started.
 */
#include "check.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/pool.h"
#include "base/status.h"

static const unsigned thread_counts[] = { 1, 2, 3, 8, 64 };
#define N_COUNTS (sizeof thread_counts / sizeof *thread_counts)

static dk_context *context;

static int set_up(void **state)
{
    dk_error err;

    (void)state;
    return dk_context_new(&context, &err) == DK_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    dk_context_release(context);
    dk_set_threads(0);
    return 0;
}

static size_t n_threads_of_process(void)
{
    DIR *folder = opendir("/proc/self/task");
    size_t n = 0;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

/* A thread may take a while to come; a few milliseconds of sleep in a range make sure that it finds work. */
static void rest(void)
{
    struct timespec pause = { 0, 2000000 };

    nanosleep(&pause, NULL);
}

/* What is cut, and how. ---------------------------------------------------------------------------------------- */

struct seen {
    uint64_t n, grain;
    atomic_uint *times; /* by item */
    atomic_uint n_wrong;
    pthread_t caller;
    atomic_uint n_elsewhere; /* ranges that another thread worked on */
};

static dk_status see(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct seen *seen = arg;

    (void)err;
    if (begin % seen->grain != 0 || end <= begin || end > seen->n ||
        (end - begin != seen->grain && end != seen->n) || worker >= DKI_MOST_WORKERS)
        atomic_fetch_add(&seen->n_wrong, 1);
    if (pthread_equal(pthread_self(), seen->caller) != (worker == 0))
        atomic_fetch_add(&seen->n_wrong, 1);
    if (worker != 0)
        atomic_fetch_add(&seen->n_elsewhere, 1);
    for (uint64_t i = begin; i < end && seen->times; i++)
        atomic_fetch_add(&seen->times[i], 1);
    return DK_OK;
}

static void small_inputs_wake_nobody(void **state)
{
    size_t before = n_threads_of_process();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(8);
    for (uint64_t n = 0; n <= 1000; n += 250) {
        struct seen seen = { .n = n, .grain = 1000, .caller = pthread_self() };

        assert_ok(dki_parallel(context, n, 1000, see, &seen, &err), &err);
        assert_int_equal(atomic_load(&seen.n_wrong) + atomic_load(&seen.n_elsewhere), 0);
    }
    assert_int_equal(n_threads_of_process(), before);
}

static void one_thread_wakes_nobody(void **state)
{
    struct seen seen = { .n = 100, .grain = 1, .caller = pthread_self() };
    size_t before = n_threads_of_process();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_set_threads(1);
    assert_int_equal(dk_threads(), 1);
    assert_ok(dki_parallel(context, 100, 1, see, &seen, &err), &err);
    assert_int_equal(atomic_load(&seen.n_wrong) + atomic_load(&seen.n_elsewhere), 0);
    assert_int_equal(n_threads_of_process(), before);
}

static void each_item_is_worked_on_once(void **state)
{
    static const uint64_t sizes[] = { 0, 1, 2, 9, 10, 11, 100, 101, 9999 };
    static const uint64_t grains[] = { 1, 2, 10, 1000, UINT64_MAX };
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t t = 0; t < N_COUNTS; t++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (size_t g = 0; g < sizeof grains / sizeof *grains; g++) {
                struct seen seen = { .n = sizes[s], .grain = grains[g], .caller = pthread_self() };

                seen.times = calloc(sizes[s] + 1, sizeof *seen.times);
                dk_set_threads(thread_counts[t]);
                assert_ok(dki_parallel(context, sizes[s], grains[g], see, &seen, &err), &err);
                assert_int_equal(atomic_load(&seen.n_wrong), 0);
                for (uint64_t i = 0; i < sizes[s]; i++)
                    assert_int_equal(atomic_load(&seen.times[i]), 1);
                free(seen.times);
            }
}

/* The last range ends at n, however large that is. */
static dk_status last_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    uint64_t *sum = arg;

    (void)worker;
    (void)err;
    *sum += end - begin;
    return DK_OK;
}

static void no_size_is_too_large(void **state)
{
    dk_error err = DK_ERROR_INIT;
    uint64_t sum = 0;

    (void)state;
    dk_set_threads(1);
    assert_ok(dki_parallel(context, UINT64_MAX, UINT64_MAX / 3 - 1, last_range, &sum, &err), &err);
    assert_true(sum == UINT64_MAX);
    sum = 0;
    assert_ok(dki_parallel(context, UINT64_MAX, UINT64_MAX, last_range, &sum, &err), &err);
    assert_true(sum == UINT64_MAX);
}

static void the_number_of_threads_is_what_was_asked_for(void **state)
{
    cpu_set_t before, one;
    unsigned all;

    (void)state;
    dk_set_threads(5);
    assert_int_equal(dk_threads(), 5);
    dk_set_threads(1000000);
    assert_int_equal(dk_threads(), DKI_MOST_WORKERS);
    dk_set_threads(0);
    all = dk_threads();
    assert_true(all >= 1);
    /* Of a process that may use one processor only, one thread is enough. */
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &before)) {
            CPU_SET(i, &one);
            break;
        }
    assert_int_equal(all, CPU_COUNT(&before));
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(dk_threads(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(dk_threads(), all);
}

static dk_status fail_looking(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    (void)worker;
    (void)end;
    if (err == NULL)
        atomic_store((atomic_bool *)arg, true);
    return begin < 20 ? DK_OK : dki_fail(err, DK_ERR_DATA, "range %llu", (unsigned long long)begin);
}

static void tasks_have_an_error_also_where_nobody_asks_for_one(void **state)
{
    atomic_bool lacks;
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (size_t t = 0; t < N_COUNTS; t++) {
        dk_set_threads(thread_counts[t]);
        atomic_init(&lacks, false);
        assert_int_equal(dki_parallel(context, 40, 10, fail_looking, &lacks, NULL), DK_ERR_DATA);
        assert_false(atomic_load(&lacks));
        assert_fails(dki_parallel(context, 40, 10, fail_looking, &lacks, &err), &err, DK_ERR_DATA, "range 20");
    }
}

static void workers_are_as_many_as_ranges_and_threads_allow(void **state)
{
    (void)state;
    dk_set_threads(4);
    assert_int_equal(dki_workers_bound(0, 10), 1);
    assert_int_equal(dki_workers_bound(10, 10), 1);
    assert_int_equal(dki_workers_bound(11, 10), 2);
    assert_int_equal(dki_workers_bound(UINT64_MAX, 1), DKI_MOST_WORKERS);
    assert_int_equal(dki_parallel_workers(0, 10), 1);
    assert_int_equal(dki_parallel_workers(10, 10), 1);
    assert_int_equal(dki_parallel_workers(11, 10), 2);
    assert_int_equal(dki_parallel_workers(40, 10), 4);
    assert_int_equal(dki_parallel_workers(UINT64_MAX, 1), 4);
    dk_set_threads(1);
    assert_int_equal(dki_parallel_workers(UINT64_MAX, 1), 1);
}

/* Workers have accumulators of their own. ---------------------------------------------------------------------- */

struct sums {
    uint64_t sum[DKI_MOST_WORKERS]; /* not atomic: the thread sanitizer tells when two tasks share one */
    uint64_t *values;
    bool slow;
};

static dk_status add_up(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct sums *sums = arg;

    (void)err;
    if (sums->slow)
        rest();
    for (uint64_t i = begin; i < end; i++) {
        sums->sum[worker] += i * i;
        sums->values[i] = i + 1;
    }
    return DK_OK;
}

static void the_result_is_the_same_at_any_number_of_threads(void **state)
{
    dk_error err = DK_ERROR_INIT;
    uint64_t values[2000];

    (void)state;
    for (size_t t = 0; t < N_COUNTS; t++)
        for (int round = 0; round < 50; round++) {
            struct sums sums = { .values = values, .slow = round == 0 };
            uint64_t sum = 0;
            unsigned n_used = 0;

            dk_set_threads(thread_counts[t]);
            memset(values, 0, sizeof values);
            assert_ok(dki_parallel(context, 2000, 40, add_up, &sums, &err), &err);
            for (int i = 0; i < DKI_MOST_WORKERS; i++) {
                sum += sums.sum[i];
                n_used += sums.sum[i] > 0;
                assert_true(sums.sum[i] == 0 || i < (int)thread_counts[t]);
            }
            assert_true(sum == UINT64_C(1999) * 2000 * 3999 / 6);
            for (uint64_t i = 0; i < 2000; i++)
                assert_true(values[i] == i + 1);
            /* While one sleeps the others come: work is really shared, be there one processor only. */
            if (round == 0 && thread_counts[t] > 1)
                assert_true(n_used > 1);
        }
}

/* Failing. ----------------------------------------------------------------------------------------------------- */

struct failing {
    const bool *fails; /* by item */
    uint64_t first;
};

static dk_status fail_where_told(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct failing *failing = arg;

    (void)worker;
    for (uint64_t i = begin; i < end; i++)
        if (failing->fails[i]) {
            dki_fail(err, i % 2 ? DK_ERR_DATA : DK_ERR_OVERFLOW, "item %llu", (unsigned long long)i);
            dki_at(err, "file", i, 3);
            return err->code;
        }
    return DK_OK;
}

static void the_earliest_failure_is_reported(void **state)
{
    uint64_t seed = 7676;
    bool fails[1000];

    (void)state;
    for (int round = 0; round < 100; round++) {
        struct failing failing = { .fails = fails, .first = UINT64_MAX };

        for (uint64_t i = 0; i < 1000; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            fails[i] = (seed >> 33) % 1000 < (uint64_t)(round % 4);
            if (fails[i] && failing.first == UINT64_MAX)
                failing.first = i;
        }
        for (size_t t = 0; t < N_COUNTS; t++)
            for (uint64_t grain = 1; grain <= 64; grain *= 8) {
                dk_error err = { .message = "as before" };
                char expected[32];
                dk_status status;

                dk_set_threads(thread_counts[t]);
                status = dki_parallel(context, 1000, grain, fail_where_told, &failing, &err);
                if (failing.first == UINT64_MAX) {
                    assert_int_equal(status, DK_OK);
                    assert_string_equal(err.message, "as before");
                    continue;
                }
                snprintf(expected, sizeof expected, "item %llu", (unsigned long long)failing.first);
                assert_int_equal(status, failing.first % 2 ? DK_ERR_DATA : DK_ERR_OVERFLOW);
                assert_int_equal(err.code, status);
                assert_string_equal(err.message, expected);
                assert_string_equal(err.file, "file");
                assert_int_equal(err.line, failing.first);
                assert_int_equal(dki_parallel(context, 1000, grain, fail_where_told, &failing, NULL), status);
            }
    }
}

static dk_status fail_at_once(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    atomic_uint *n_begun = arg;

    (void)worker;
    (void)end;
    atomic_fetch_add(n_begun, 1);
    return dki_fail(err, DK_ERR_DATA, "item %llu", (unsigned long long)begin);
}

/* Of a million ranges no more are begun than there are threads. */
static void nothing_is_begun_behind_a_failure(void **state)
{
    (void)state;
    for (size_t t = 0; t < N_COUNTS; t++) {
        atomic_uint n_begun = 0;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(thread_counts[t]);
        assert_fails(dki_parallel(context, 1000000, 1, fail_at_once, &n_begun, &err), &err, DK_ERR_DATA, "item 0");
        assert_in_range(atomic_load(&n_begun), 1, thread_counts[t]);
    }
}

static dk_status interrupt_at_ten(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    atomic_uint *n_begun = arg;

    (void)worker;
    (void)end;
    (void)err;
    atomic_fetch_add(n_begun, 1);
    if (begin == 10)
        dk_context_interrupt(context);
    return DK_OK;
}

static void an_interruption_stops_before_the_next_range(void **state)
{
    (void)state;
    for (size_t t = 0; t < N_COUNTS; t++) {
        atomic_uint n_begun = 0;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(thread_counts[t]);
        dk_context_clear_interrupt(context);
        assert_fails(dki_parallel(context, 1000000, 1, interrupt_at_ten, &n_begun, &err), &err, DK_ERR_INTERRUPTED,
                     "interrupted");
        assert_true(atomic_load(&n_begun) >= 11 && atomic_load(&n_begun) < 1000000);
        assert_int_equal(dki_parallel(context, 5, 1, interrupt_at_ten, &n_begun, &err), DK_ERR_INTERRUPTED);
        dk_context_clear_interrupt(context);
        assert_ok(dki_parallel(context, 5, 1, interrupt_at_ten, &n_begun, &err), &err);
    }
}

/* Calls from within, and from several threads. ----------------------------------------------------------------- */

struct nested {
    atomic_uint n_inner, n_wrong;
};

struct inner {
    struct nested *outer;
    pthread_t thread;
};

static dk_status work_inside(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct inner *inner = arg;

    (void)err;
    if (worker != 0 || !pthread_equal(inner->thread, pthread_self()))
        atomic_fetch_add(&inner->outer->n_wrong, 1);
    atomic_fetch_add(&inner->outer->n_inner, (unsigned)(end - begin));
    return begin == 7 ? dki_fail(err, DK_ERR_NAME, "inner") : DK_OK;
}

static dk_status call_inside(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct inner inner = { arg, pthread_self() };

    (void)worker;
    (void)end;
    rest();
    if (dki_parallel_workers(1000, 1) != 1)
        atomic_fetch_add(&inner.outer->n_wrong, 1);
    if (dki_parallel(context, 7, 1, work_inside, &inner, err) != DK_OK)
        atomic_fetch_add(&inner.outer->n_wrong, 1);
    return begin == 19 ? dki_parallel(context, 9, 1, work_inside, &inner, err) : DK_OK;
}

static void a_call_from_inside_a_task_does_its_work_itself(void **state)
{
    (void)state;
    for (size_t t = 1; t < N_COUNTS; t++) {
        struct nested nested = { 0 };
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(thread_counts[t]);
        assert_fails(dki_parallel(context, 20, 1, call_inside, &nested, &err), &err, DK_ERR_NAME, "inner");
        assert_int_equal(atomic_load(&nested.n_wrong), 0);
        assert_int_equal(atomic_load(&nested.n_inner), 20 * 7 + 8);
    }
}

static void *call_often(void *arg)
{
    uintptr_t n_wrong = 0;
    uint64_t values[500];

    (void)arg;
    for (int round = 0; round < 200; round++) {
        struct sums sums = { .values = values };
        dk_error err = DK_ERROR_INIT;
        uint64_t sum = 0;

        n_wrong += dki_parallel(context, 500, 7, add_up, &sums, &err) != DK_OK;
        for (int i = 0; i < DKI_MOST_WORKERS; i++)
            sum += sums.sum[i];
        n_wrong += sum != UINT64_C(499) * 500 * 999 / 6;
    }
    return (void *)n_wrong;
}

static void threads_of_the_host_may_call_together(void **state)
{
    pthread_t threads[4];
    void *wrong;

    (void)state;
    dk_set_threads(3);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, NULL), 0);
    for (int i = 0; i < 100; i++)
        dk_set_threads((unsigned)i % 5); /* changed while others work */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
}

/* Signals. ----------------------------------------------------------------------------------------------------- */

struct signals {
    sigset_t of_caller;
    atomic_uint n_elsewhere, n_wrong;
};

static dk_status look_at_signals(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGUSR1, SIGCHLD, SIGPIPE, SIGWINCH };
    struct signals *signals = arg;
    sigset_t set;

    (void)begin;
    (void)end;
    (void)err;
    rest();
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigismember(&set, numbers[i]) != (worker == 0 ? sigismember(&signals->of_caller, numbers[i]) : 1))
            atomic_fetch_add(&signals->n_wrong, 1);
    if (worker != 0)
        atomic_fetch_add(&signals->n_elsewhere, 1);
    return DK_OK;
}

static void workers_block_signals_and_the_caller_does_not(void **state)
{
    struct signals signals = { .n_wrong = 0 };
    dk_error err = DK_ERROR_INIT;
    sigset_t after;

    (void)state;
    pthread_sigmask(SIG_SETMASK, NULL, &signals.of_caller);
    assert_false(sigismember(&signals.of_caller, SIGINT));
    dk_set_threads(70); /* more than ever before, so that some are started here */
    assert_ok(dki_parallel(context, 200, 1, look_at_signals, &signals, &err), &err);
    assert_true(atomic_load(&signals.n_elsewhere) > 0);
    assert_int_equal(atomic_load(&signals.n_wrong), 0);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_false(sigismember(&after, SIGINT));
    assert_false(sigismember(&after, SIGUSR1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(small_inputs_wake_nobody),
        TEST(one_thread_wakes_nobody),
        TEST(each_item_is_worked_on_once),
        TEST(no_size_is_too_large),
        TEST(the_number_of_threads_is_what_was_asked_for),
        TEST(tasks_have_an_error_also_where_nobody_asks_for_one),
        TEST(workers_are_as_many_as_ranges_and_threads_allow),
        TEST(the_result_is_the_same_at_any_number_of_threads),
        TEST(the_earliest_failure_is_reported),
        TEST(nothing_is_begun_behind_a_failure),
        TEST(an_interruption_stops_before_the_next_range),
        TEST(a_call_from_inside_a_task_does_its_work_itself),
        TEST(threads_of_the_host_may_call_together),
        TEST(workers_block_signals_and_the_caller_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
