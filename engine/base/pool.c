/* pool.c - a few threads that wait for work.
 *
 * One job runs at a time; a call that comes while another runs, or from inside a task, does its work itself. The
 * caller is worker 0 and takes ranges like the others, so that a job ends even if no thread could be started.
 * Ranges are handed out in their order, and none behind a failed one is begun: so the earliest failure is always
 * found.
 *
 * Invariants: idle threads touch only this file's static memory; a job lives on its caller's stack, and no thread
 * looks at it after it has taken itself off n_working.
 */
#include "pool.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "progress.h"

#define WAIT_NANOSECONDS 50000000 /* for the others, until who listens is told that the work goes on */

struct job {
    dk_context *context;
    dki_task_fn *task;
    void *arg;
    uint64_t n, grain, n_ranges;
    unsigned n_workers;
    bool counts;       /* the caller tells how far it is */
    unsigned n_joined; /* workers besides the caller so far, at most n_workers - 1; guarded by the pool's lock */
    atomic_uint_fast64_t next;
    atomic_uint_fast64_t failed; /* the earliest range that failed; UINT64_MAX: none */
    pthread_mutex_t lock;        /* guards status and error */
    dk_status status;
    dk_error error;
};

static atomic_uint wanted_threads; /* 0: one for each processor */

static pthread_mutex_t busy = PTHREAD_MUTEX_INITIALIZER; /* held by whoever runs a job */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static struct job *current; /* NULL: no work */
static unsigned n_started;
static unsigned n_working;

static _Thread_local bool inside; /* this thread works on a job already */

void dk_set_threads(unsigned n_threads)
{
    atomic_store(&wanted_threads, n_threads > DKI_MOST_WORKERS ? DKI_MOST_WORKERS : n_threads);
}

/* Processors that this process may run on: where it was given only some, more threads would only get in each
 * other's way. Asking the system costs a third of a microsecond; asking how many are online opens a file. */
static unsigned processors(void)
{
    cpu_set_t set;
    long n;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    else
        n = sysconf(_SC_NPROCESSORS_ONLN); /* more than the set has room for */
    return n < 1 ? 1 : n > DKI_MOST_WORKERS ? DKI_MOST_WORKERS : (unsigned)n;
}

unsigned dk_threads(void)
{
    unsigned wanted = atomic_load(&wanted_threads);

    return wanted > 0 ? wanted : processors();
}

unsigned dki_parallel_workers(uint64_t n, uint64_t grain)
{
    uint64_t n_ranges = dki_ranges(n, grain);
    unsigned threads;

    if (inside || n_ranges <= 1)
        return 1;
    threads = dk_threads();
    return n_ranges < threads ? (unsigned)n_ranges : threads;
}

static void note_failure(struct job *job, uint64_t range, dk_status status, const dk_error *error)
{
    pthread_mutex_lock(&job->lock);
    if (range < atomic_load(&job->failed)) {
        atomic_store(&job->failed, range);
        job->status = status;
        job->error = *error;
    }
    pthread_mutex_unlock(&job->lock);
}

static void work(struct job *job, unsigned worker)
{
    dk_error error = DK_ERROR_INIT;

    for (;;) {
        uint64_t range = atomic_fetch_add(&job->next, 1);
        uint64_t begin, end;
        dk_status status;

        if (range >= job->n_ranges || range > atomic_load(&job->failed))
            return;
        begin = range * job->grain;
        end = job->n - begin < job->grain ? job->n : begin + job->grain;
        if (worker == 0 && job->counts)
            dki_progress_count(job->context, range, job->n_ranges);
        status = dki_poll(job->context, &error);
        if (status == DK_OK)
            status = job->task(job->arg, worker, begin, end, &error);
        if (status != DK_OK)
            note_failure(job, range, status, &error);
    }
}

static bool has_place(const struct job *job)
{
    return job && job->n_joined + 1 < job->n_workers;
}

static void *run_thread(void *arg)
{
    (void)arg;
    inside = true;
    pthread_mutex_lock(&lock);
    for (;;) {
        struct job *job;
        unsigned worker;

        while (!has_place(current))
            pthread_cond_wait(&wake, &lock);
        job = current;
        worker = ++job->n_joined;
        n_working++;
        pthread_mutex_unlock(&lock);
        work(job, worker);
        pthread_mutex_lock(&lock);
        if (--n_working == 0)
            pthread_cond_signal(&finished);
    }
    return NULL;
}

bool dki_thread_start(pthread_t *out, void *(*run)(void *), void *arg)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(out, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

/* Starts threads until n run. Called with lock held. */
static void start_threads(unsigned n)
{
    while (n_started < n) {
        pthread_t thread;

        if (!dki_thread_start(&thread, run_thread, NULL))
            break; /* the others do the work */
        pthread_detach(thread);
        n_started++;
    }
}

/* Called with lock held, which it gives back for a while. Who listens for progress hears that the work goes on. */
static void wait_for_others(dk_context *context)
{
    struct timespec until;

    if (!dki_progress_is_heard(context)) {
        pthread_cond_wait(&finished, &lock);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WAIT_NANOSECONDS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (pthread_cond_timedwait(&finished, &lock, &until) != 0) {
        pthread_mutex_unlock(&lock);
        dki_progress_beat(context);
        pthread_mutex_lock(&lock);
    }
}

static void run_with_threads(struct job *job)
{
    pthread_mutex_lock(&lock);
    start_threads(job->n_workers - 1);
    current = job;
    for (unsigned i = 1; i < job->n_workers; i++)
        pthread_cond_signal(&wake); /* as many as there are places */
    pthread_mutex_unlock(&lock);

    inside = true;
    work(job, 0);
    inside = false;

    pthread_mutex_lock(&lock);
    current = NULL; /* who wakes up late finds nothing to do */
    while (n_working > 0)
        wait_for_others(job->context);
    pthread_mutex_unlock(&lock);
}

static dk_status work_alone(dk_context *context, uint64_t n, uint64_t grain, dki_task_fn *task, void *arg,
                            dk_error *err)
{
    bool counts = dki_progress_count_begin(context);
    dk_status status = DK_OK;

    for (uint64_t begin = 0, end; begin < n && status == DK_OK; begin = end) {
        end = n - begin < grain ? n : begin + grain;
        if (counts)
            dki_progress_count(context, begin, n);
        status = dki_poll(context, err);
        if (status == DK_OK)
            status = task(arg, 0, begin, end, err);
    }
    if (counts)
        dki_progress_count_end(context);
    return status;
}

/* Tasks have an error to fill, and to look at, also where nobody asked for one. */
static dk_status work_unheard(dk_context *context, uint64_t n, uint64_t grain, dki_task_fn *task, void *arg)
{
    dk_error error = DK_ERROR_INIT;

    return work_alone(context, n, grain, task, arg, &error);
}

static dk_status work_together(dk_context *context, uint64_t n, uint64_t grain, unsigned n_workers,
                               dki_task_fn *task, void *arg, dk_error *err)
{
    struct job job = { .context = context, .task = task, .arg = arg, .n = n, .grain = grain };

    job.n_ranges = dki_ranges(n, grain);
    job.n_workers = n_workers;
    atomic_init(&job.next, 0);
    atomic_init(&job.failed, UINT64_MAX);
    pthread_mutex_init(&job.lock, NULL);
    job.status = DK_OK;
    job.counts = dki_progress_count_begin(context);
    run_with_threads(&job);
    if (job.counts)
        dki_progress_count_end(context);
    pthread_mutex_destroy(&job.lock);
    if (job.status != DK_OK && err)
        *err = job.error;
    return job.status;
}

/* A job, and an error of each worker, are more to make than most tables of a script take to be worked on. */
dk_status dki_parallel(dk_context *context, uint64_t n, uint64_t grain, dki_task_fn *task, void *arg, dk_error *err)
{
    unsigned n_workers;
    dk_status status;

    assert(grain > 0);
    n_workers = dki_is_single(context) ? 1 : dki_parallel_workers(n, grain);
    if (n_workers == 1 || pthread_mutex_trylock(&busy) != 0)
        return err ? work_alone(context, n, grain, task, arg, err) : work_unheard(context, n, grain, task, arg);
    status = work_together(context, n, grain, n_workers, task, arg, err);
    pthread_mutex_unlock(&busy);
    return status;
}
