/* progress.c - how far the work on a context is, for whoever set a sink.
 *
 * What says what it does, and how much of how much of it is done, is heard as long as it has not ended. Else a loop of the
 * pool counts its ranges, the outermost where there are several, and every poll says that the work goes on. Only the thread
 * that set the sink is heard: it takes part in each loop that it waits for.
 */
#include <string.h>

#include "context_parts.h"
#include "progress.h"

#define LEAST_MILLISECONDS 50 /* between two times that the sink is told */

void dk_context_set_progress(dk_context *context, dk_progress_fn *fn, void *arg)
{
    context->progress = fn;
    context->progress_arg = arg;
    context->progress_thread = pthread_self();
    memset(&context->told, 0, sizeof context->told);
}

bool dki_progress_is_heard(const dk_context *context)
{
    return context->progress && pthread_equal(pthread_self(), context->progress_thread);
}

static void tell(dk_context *context)
{
    dki_progress_parts *told = &context->told;
    struct timespec now;
    int64_t milliseconds;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    milliseconds = (int64_t)(now.tv_sec - told->last.tv_sec) * 1000 + (now.tv_nsec - told->last.tv_nsec) / 1000000;
    if (milliseconds < LEAST_MILLISECONDS)
        return;
    told->last = now;
    told->is_shown = true;
    context->progress(context->progress_arg, told->what, told->done, told->total);
}

void dki_progress(dk_context *context, const char *what, uint64_t done, uint64_t total)
{
    if (!dki_progress_is_heard(context))
        return;
    context->told.what = what;
    context->told.done = done;
    context->told.total = total;
    tell(context);
}

void dki_progress_end(dk_context *context)
{
    if (!dki_progress_is_heard(context))
        return;
    context->told.what = NULL;
    context->told.done = context->told.total = 0;
    if (!context->told.is_shown)
        return;
    context->told.is_shown = false;
    context->progress(context->progress_arg, "", 0, 0);
}

void dki_progress_beat(dk_context *context)
{
    if (dki_progress_is_heard(context))
        tell(context);
}

bool dki_progress_count_begin(dk_context *context)
{
    if (!dki_progress_is_heard(context) || context->told.is_counted)
        return false;
    return context->told.is_counted = true;
}

void dki_progress_count(dk_context *context, uint64_t done, uint64_t total)
{
    if (context->told.what)
        return;
    context->told.done = done;
    context->told.total = total;
}

void dki_progress_count_end(dk_context *context)
{
    dki_progress_count(context, 0, 0);
    context->told.is_counted = false;
}
