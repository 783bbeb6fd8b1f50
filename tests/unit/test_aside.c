/* test_aside.c - work in a thread of its own: done, left to itself by who is interrupted, and done without a thread. */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "base/aside.h"

struct work {
    pthread_t thread; /* the one that did it */
    atomic_int may_end, n_done, n_dropped;
    bool blocks_signals;
};

static void rest(void)
{
    const struct timespec pause = { 0, 1000000 };

    nanosleep(&pause, NULL);
}

static void work(void *arg)
{
    struct work *job = arg;
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    job->blocks_signals = sigismember(&blocked, SIGINT) == 1;
    job->thread = pthread_self();
    while (!atomic_load(&job->may_end))
        rest();
    atomic_fetch_add(&job->n_done, 1);
}

static void drop(void *arg)
{
    struct work *job = arg;

    atomic_fetch_add(&job->n_dropped, 1);
}

static dk_context *new_context(void)
{
    dk_context *context = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(dk_context_new(&context, &err), &err);
    return context;
}

static void work_that_is_done_stays_the_callers(void **state)
{
    dk_context *context = new_context();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 100; i++) {
        struct work job = { .may_end = 1 };

        assert_ok(dki_aside(context, work, drop, &job, &err), &err);
        assert_int_equal(job.n_done, 1);
        assert_int_equal(job.n_dropped, 0);
        assert_false(pthread_equal(job.thread, pthread_self()));
        assert_true(job.blocks_signals);
    }
    dk_context_release(context);
}

/* The context is gone before the work ends, and what belongs to it is dropped all the same. */
static void who_is_interrupted_leaves_the_work(void **state)
{
    static struct work job;
    dk_context *context = new_context();
    dk_error err = DK_ERROR_INIT;

    (void)state;
    dk_context_interrupt(context);
    assert_fails(dki_aside(context, work, drop, &job, &err), &err, DK_ERR_INTERRUPTED, "interrupted");
    assert_int_equal(atomic_load(&job.n_done), 0);
    dk_context_release(context);
    atomic_store(&job.may_end, 1);
    for (int i = 0; i < 10000 && !atomic_load(&job.n_dropped); i++)
        rest();
    assert_int_equal(atomic_load(&job.n_done), 1);
    assert_int_equal(atomic_load(&job.n_dropped), 1);
}

static void where_no_thread_can_be_had_the_caller_works(void **state)
{
    struct work job = { .may_end = 1 };
    dk_context *context = new_context();
    dk_error err = DK_ERROR_INIT;
    pthread_attr_t usual, huge;

    (void)state;
    pthread_getattr_default_np(&usual);
    pthread_attr_init(&huge);
    assert_int_equal(pthread_attr_setstacksize(&huge, (size_t)1 << 47), 0);
    assert_int_equal(pthread_setattr_default_np(&huge), 0);
    assert_ok(dki_aside(context, work, drop, &job, &err), &err);
    assert_int_equal(pthread_setattr_default_np(&usual), 0);
    pthread_attr_destroy(&huge);
    pthread_attr_destroy(&usual);
    assert_int_equal(job.n_done, 1);
    assert_int_equal(job.n_dropped, 0);
    assert_true(pthread_equal(job.thread, pthread_self()));
    dk_context_release(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_that_is_done_stays_the_callers),
        cmocka_unit_test(who_is_interrupted_leaves_the_work),
        cmocka_unit_test(where_no_thread_can_be_had_the_caller_works),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
