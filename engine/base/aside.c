/* aside.c - a thread for one call, and somebody who waits for it.
 *
 * Invariants: a job is freed by the caller where it saw the end of the work, by the thread where it did not; memory of the
 * context is touched by the caller alone.
 */
#include "aside.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "memory.h"
#include "pool.h"

#define POLL_NANOSECONDS 10000000

/* Not the context's memory: it may outlive that. */
struct job {
    dki_aside_fn *work, *drop;
    void *arg;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t ended;
    bool is_done, is_left;
};

static struct job *new_job(dki_aside_fn *work, dki_aside_fn *drop, void *arg)
{
    struct job *job = malloc(sizeof *job);
    pthread_condattr_t how;

    if (job == NULL)
        return NULL;
    *job = (struct job){ .work = work, .drop = drop, .arg = arg };
    pthread_mutex_init(&job->lock, NULL);
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(&job->ended, &how);
    pthread_condattr_destroy(&how);
    return job;
}

static void free_job(struct job *job)
{
    if (job == NULL)
        return;
    pthread_cond_destroy(&job->ended);
    pthread_mutex_destroy(&job->lock);
    free(job);
}

static void *run_thread(void *arg)
{
    struct job *job = arg;
    bool is_left;

    job->work(job->arg);
    pthread_mutex_lock(&job->lock);
    job->is_done = true;
    is_left = job->is_left;
    pthread_cond_signal(&job->ended);
    pthread_mutex_unlock(&job->lock);
    if (is_left) {
        job->drop(job->arg);
        free_job(job);
    }
    return NULL;
}

/* Until the work is done, DK_OK, or left to the thread. */
static dk_status wait_for(struct job *job, dk_context *context, dk_error *err)
{
    dk_status status = DK_OK;

    pthread_mutex_lock(&job->lock);
    while (!job->is_done && status == DK_OK) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += POLL_NANOSECONDS;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
        (void)pthread_cond_timedwait(&job->ended, &job->lock, &until);
        if (!job->is_done)
            status = dki_poll(context, err);
    }
    job->is_left = status != DK_OK;
    pthread_mutex_unlock(&job->lock);
    return status;
}

dk_status dki_aside(dk_context *context, dki_aside_fn *work, dki_aside_fn *drop, void *arg, dk_error *err)
{
    struct job *job = new_job(work, drop, arg);
    pthread_t thread;
    dk_status status;

    if (job == NULL || !dki_thread_start(&thread, run_thread, job)) {
        free_job(job);
        work(arg);
        return DK_OK;
    }
    status = wait_for(job, context, err);
    if (status != DK_OK) {
        pthread_detach(thread);
        return status;
    }
    pthread_join(thread, NULL);
    free_job(job);
    return DK_OK;
}
