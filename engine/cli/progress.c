/* progress.c - one line that is written over, and gone when the work has ended. */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 500 /* milliseconds before anything is shown, unless DEKKING_PROGRESS says others */

static struct {
    bool shown;
    bool running; /* work was told of that has not ended */
    struct timespec begun;
    long patience;
} line;

static int64_t milliseconds_since(struct timespec then)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)(now.tv_sec - then.tv_sec) * 1000 + (now.tv_nsec - then.tv_nsec) / 1000000;
}

void dkc_progress_clear(void)
{
    if (line.shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    line.shown = line.running = false;
}

static void show(void *arg, const char *what, uint64_t done, uint64_t total)
{
    (void)arg;
    if (done == 0 && total == 0) {
        dkc_progress_clear();
        return;
    }
    if (!line.running) {
        line.running = true;
        clock_gettime(CLOCK_MONOTONIC, &line.begun);
    }
    if (milliseconds_since(line.begun) < line.patience)
        return;
    if (total > 0)
        fprintf(stderr, "\r\033[K%s %u %%", what,
                (unsigned)(100.0 * (double)(done < total ? done : total) / (double)total));
    else
        fprintf(stderr, "\r\033[K%s", what);
    fflush(stderr);
    line.shown = true;
}

void dkc_progress_begin(dk_context *context)
{
    const char *terminal = getenv("TERM"), *wanted = getenv("DEKKING_PROGRESS");

    line.patience = wanted && *wanted ? strtol(wanted, NULL, 10) : PATIENCE;
    if (context && line.patience > 0 && isatty(STDERR_FILENO) && terminal && *terminal &&
        strcmp(terminal, "dumb") != 0)
        dk_context_set_progress(context, show, NULL);
}
