/* touched.h - who moved, came or left in the steps of a scenario, and what that did to a breakdown's groups. For engine/whatif alone. */
#ifndef DKI_WHATIF_TOUCHED_H
#define DKI_WHATIF_TOUCHED_H

#include "whatif_parts.h"

#define DKI_TOUCHED_NAMES 31
#define DKI_TOUCHED_ALL (UINT32_C(1) << DKI_TOUCHED_NAMES) /* the bit of who came or left */
#define DKI_TOUCHED_ANSWERS 64

/* Some of a cell, who got other values in columns. */
typedef struct dki_touched_part {
    size_t stage;      /* the cells before its step; those after it are the next stage */
    uint64_t from, to; /* cells, or UINT64_MAX */
    int64_t units;
    uint32_t changed; /* bits of columns */
} dki_touched_part;

/* What parts that changed some of the columns did to the groups of the base. */
typedef struct dki_touched_answer {
    uint32_t bits;
    bool *touched;  /* by row of the base */
    dk_value *sums; /* what they add to sum k: row * n_sums + k; an interval, null where that is not known */
} dki_touched_answer;

/* Borrowed but for what is said to be owned. */
typedef struct dki_touched {
    dk_context *context;
    const dk_breakdown *whole;
    const dk_params *breakdown_params;
    const dk_scenario *scenario;
    const dk_table *base;    /* what the breakdown says of the table */
    uint64_t n_rows;         /* of the base */
    dki_text_map names;      /* of the cells' columns; owned, as all that follows */
    const dk_table **stages; /* cells: before the first step, and after each */
    size_t n_stages;
    dki_touched_part *parts;
    size_t n_parts, capacity;
    size_t *sums; /* the measures whose sums are asked for */
    size_t n_sums;
    const dk_breakdown *counting; /* rows() */
    dki_touched_answer answers[DKI_TOUCHED_ANSWERS];
    size_t n_answers;
} dki_touched;

/* Makes room for as many stages as there are steps and one, of which cells is the first, and for all measures as sums; to be dropped
 * in any case. names are there. */
dk_status dki_touched_init(dki_touched *t, dk_error *err);
void dki_touched_drop(dki_touched *t);
/* Finds the parts. params: all of the scenario's. */
dk_status dki_touched_run(dki_touched *t, const dk_params *params, dk_error *err);
/* Whether some part changed one of the columns. */
bool dki_touched_any(const dki_touched *t, uint32_t bits);
/* What those did, found once. *out: NULL where there are more kinds than are kept. */
dk_status dki_touched_ask(dki_touched *t, uint32_t bits, const dki_touched_answer **out, dk_error *err);

#endif
