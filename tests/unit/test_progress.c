/* test_progress.c - how far the work is: who is told, how often, and of what. */
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/progress.h"

#define MOST_TOLD 64

struct told {
    const char *what; /* NULL: nothing was said of it */
    uint64_t done, total;
};

struct fixture {
    dk_context *context;
    dk_error err;
    unsigned n, n_ends;
    struct told told[MOST_TOLD];
    pthread_t own;
};

static void sink(void *arg, const char *what, uint64_t done, uint64_t total)
{
    struct fixture *f = arg;

    if (what && *what == '\0') {
        assert_int_equal(done + total, 0);
        f->n_ends++;
        return;
    }
    if (f->n < MOST_TOLD)
        f->told[f->n] = (struct told){ what, done, total };
    f->n++;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    if (f == NULL || dk_context_new(&f->context, &f->err) != DK_OK)
        return -1;
    f->own = pthread_self();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    dk_set_threads(0);
    dk_context_release(f->context);
    free(f);
    return 0;
}

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pass(int n)
{
    struct timespec pause = { 0, n * 1000000L };

    nanosleep(&pause, NULL);
}

static void what_is_said_is_told_at_a_bounded_rate(void **state)
{
    struct fixture *f = *state;
    int64_t begun = milliseconds(), passed;

    dki_progress(f->context, "reading", 1, 10); /* nobody listens */
    dki_progress_end(f->context);
    dk_context_set_progress(f->context, sink, f);
    dki_progress_end(f->context);
    assert_int_equal(f->n_ends, 0); /* nothing was told, so nothing ends */
    dki_progress(f->context, "reading", 5, 10);
    assert_int_equal(f->n, 1);
    assert_string_equal(f->told[0].what, "reading");
    assert_int_equal(f->told[0].done, 5);
    assert_int_equal(f->told[0].total, 10);
    do {
        dki_progress(f->context, "reading", 6, 10);
        passed = milliseconds() - begun;
    } while (passed < 180);
    /* One at once, then one every 50 ms by a clock that may be some milliseconds behind. */
    assert_in_range(f->n, 2, 1 + (passed + 10) / 50);
    dki_progress_end(f->context);
    dki_progress_end(f->context);
    assert_int_equal(f->n_ends, 1);
    dk_context_set_progress(f->context, NULL, NULL);
    dki_progress(f->context, "reading", 7, 10);
    assert_int_equal(f->told[f->n - 1].done, 6);
}

static void *report_from_elsewhere(void *arg)
{
    struct fixture *f = arg;

    assert_false(dki_progress_is_heard(f->context));
    dki_progress(f->context, "elsewhere", 1, 2);
    assert_false(dki_progress_count_begin(f->context));
    (void)dki_poll(f->context, NULL);
    dki_progress_end(f->context);
    return NULL;
}

static void the_thread_that_asked_is_heard_alone(void **state)
{
    struct fixture *f = *state;
    pthread_t thread;

    dk_context_set_progress(f->context, sink, f);
    assert_int_equal(pthread_create(&thread, NULL, report_from_elsewhere, f), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(f->n + f->n_ends, 0);
    dki_progress(f->context, "here", 1, 2);
    assert_int_equal(f->n, 1);
}

static void a_poll_says_that_the_work_goes_on(void **state)
{
    struct fixture *f = *state;

    dk_context_set_progress(f->context, sink, f);
    assert_ok(dki_poll(f->context, &f->err), &f->err);
    assert_int_equal(f->n, 1);
    assert_null(f->told[0].what);
    assert_int_equal(f->told[0].total, 0);
    dki_progress(f->context, "saving", 3, 4); /* too soon, and not forgotten */
    assert_int_equal(f->n, 1);
    pass(70);
    assert_ok(dki_poll(f->context, &f->err), &f->err);
    assert_int_equal(f->n, 2);
    assert_string_equal(f->told[1].what, "saving");
    assert_int_equal(f->told[1].done, 3);
    dki_progress_end(f->context);
    assert_int_equal(f->n_ends, 1);
    pass(70);
    assert_ok(dki_poll(f->context, &f->err), &f->err);
    assert_null(f->told[2].what);
    assert_int_equal(f->told[2].total, 0);
}

/* Twenty ranges of 20 ms; what a range does within itself is not what is told of. */
static dk_status slowly(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err);

static dk_status at_once(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    (void)arg;
    (void)worker;
    (void)begin;
    (void)end;
    (void)err;
    return DK_OK;
}

static dk_status slowly(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct fixture *f = arg;

    (void)worker;
    (void)begin;
    (void)end;
    pass(20);
    return dki_parallel(f->context, 1000, 100, at_once, f, err);
}

static void check_counted(const struct fixture *f, uint64_t total)
{
    uint64_t before = 0;

    assert_in_range(f->n, 2, MOST_TOLD);
    for (unsigned i = 0; i < f->n; i++) {
        assert_null(f->told[i].what);
        assert_int_equal(f->told[i].total, total);
        assert_in_range(f->told[i].done, before, total - 1);
        before = f->told[i].done;
    }
    assert_in_range(before, 1, total - 1);
}

static void a_loop_counts_its_ranges(void **state)
{
    struct fixture *f = *state;

    dk_context_set_progress(f->context, sink, f);
    dk_set_threads(1);
    assert_ok(dki_parallel(f->context, 100, 5, slowly, f, &f->err), &f->err);
    check_counted(f, 100);
    pass(70);
    assert_ok(dki_poll(f->context, &f->err), &f->err);
    assert_int_equal(f->told[f->n - 1].total, 0); /* it is over */
}

static void a_loop_of_several_threads_counts_its_ranges(void **state)
{
    struct fixture *f = *state;

    dk_context_set_progress(f->context, sink, f);
    dk_set_threads(2);
    assert_ok(dki_parallel(f->context, 200, 5, slowly, f, &f->err), &f->err);
    check_counted(f, 40);
}

static void what_has_a_name_is_not_counted_by_loops(void **state)
{
    struct fixture *f = *state;

    dk_context_set_progress(f->context, sink, f);
    dki_progress(f->context, "sweeping", 1, 7);
    assert_ok(dki_parallel(f->context, 100, 5, slowly, f, &f->err), &f->err);
    assert_in_range(f->n, 2, MOST_TOLD);
    for (unsigned i = 0; i < f->n; i++) {
        assert_string_equal(f->told[i].what, "sweeping");
        assert_int_equal(f->told[i].done, 1);
        assert_int_equal(f->told[i].total, 7);
    }
}

/* The thread that asked has nothing to do, and waits for the other. */
static dk_status others_take_long(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct fixture *f = arg;

    (void)worker;
    (void)begin;
    (void)end;
    (void)err;
    pass(pthread_equal(pthread_self(), f->own) ? 10 : 400);
    return DK_OK;
}

static void who_waits_for_others_says_that_the_work_goes_on(void **state)
{
    struct fixture *f = *state;
    int64_t begun, took = 0;

    dk_context_set_progress(f->context, sink, f);
    dk_set_threads(2);
    for (int i = 0; i < 20 && took < 300; i++) { /* until the other thread took part */
        f->n = 0;
        begun = milliseconds();
        assert_ok(dki_parallel(f->context, 4, 1, others_take_long, f, &f->err), &f->err);
        took = milliseconds() - begun;
    }
    assert_true(took >= 300);
    assert_in_range(f->n, 3, MOST_TOLD);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_said_is_told_at_a_bounded_rate),
        TEST(the_thread_that_asked_is_heard_alone),
        TEST(a_poll_says_that_the_work_goes_on),
        TEST(a_loop_counts_its_ranges),
        TEST(a_loop_of_several_threads_counts_its_ranges),
        TEST(what_has_a_name_is_not_counted_by_loops),
        TEST(who_waits_for_others_says_that_the_work_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
