/* trace.h - the clock of measured runs. */
#ifndef DKI_QUERY_TRACE_H
#define DKI_QUERY_TRACE_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds from some moment on. */
static inline uint64_t dki_trace_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Adds to *step what has passed since *since, and begins anew. Does nothing where steps are not measured. */
static inline void dki_trace_lap(uint64_t *steps, size_t step, uint64_t *since)
{
    uint64_t now;

    if (steps == NULL)
        return;
    now = dki_trace_now();
    steps[step] += now - *since;
    *since = now;
}

#endif
