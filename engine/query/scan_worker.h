/* scan_worker.h - one of those that go over the rows of a breakdown: evaluators, groups and accumulators of its own. */
#ifndef DKI_QUERY_SCAN_WORKER_H
#define DKI_QUERY_SCAN_WORKER_H

#include "breakdown_inputs.h"
#include "dense.h"
#include "entries.h"
#include "lanes.h"

typedef struct dki_scan_worker {
    dki_inputs inputs;
    dki_entries entries; /* where rows are taken once for each member */
    dki_lanes lanes;     /* where they are counted for all members at once */
    dki_groups found;    /* by slot and without groups where the scan is dense */
    dki_dense dense;
    dki_arena arena;  /* holds the arrays here */
    int64_t *wholes;  /* DK_BLOCK_ROWS numbers for each value that needs them */
    size_t *whole_at; /* where, for each value */
    int64_t *weights;
    uint32_t *group;
    uint32_t *codes;
} dki_scan_worker;

/* Zeroed before; may be dropped after a failure too. common: the evaluators of another plan's worker, or NULL. */
dk_status dki_scan_worker_init(dki_scan_worker *worker, const dki_plan *plan, const dki_dense_plan *dense,
                               dki_common_evals *common, dk_error *err);
/* Frees it too. NULL does nothing. */
void dki_scan_worker_drop(dki_scan_worker *worker, const dki_plan *plan);
/* Takes n rows in, from row on. dense: that of the plan that it was made for. */
dk_status dki_scan_worker_block(dki_scan_worker *worker, const dki_dense_plan *dense, uint64_t row, size_t n,
                                dk_error *err);
/* Once all rows are in. */
void dki_scan_worker_end(dki_scan_worker *worker);

#endif
