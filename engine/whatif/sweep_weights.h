/* sweep_weights.h - the points of a group on their way through threads. For sweep_run.c and sweep_weights.c. */
#ifndef DKI_WHATIF_SWEEP_WEIGHTS_H
#define DKI_WHATIF_SWEEP_WEIGHTS_H

#include "sweep_parts.h"

typedef struct dki_sweep_work {
    const dki_group *group;
    const dki_model *model; /* NULL: the steps are run */
    const dki_lumps *lumps; /* NULL: points are asked alone */
    const uint64_t *points; /* some of the group's */
    int64_t *weights;       /* of lumps, at each of these; or, where there are sums, nothing */
    bool *there;            /* whether they are known */
    const dki_sums *sums;   /* NULL: it is none of counts and sums */
    dki_sums_room *room;    /* of the sums of these points */
    atomic_bool fits;       /* all sums do */
    atomic_bool has_notes;  /* a selection may have something to tell */
} dki_sweep_work;

/* Points begin .. end - 1 of these, for dki_parallel: arg is the work. The answers, or the weights, of each. */
dk_status dki_sweep_run_points(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err);

#endif
