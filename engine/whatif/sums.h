/* sums.h - a breakdown of counts and sums, of lumps whose weights come later. For engine/whatif alone. */
#ifndef DKI_WHATIF_SUMS_H
#define DKI_WHATIF_SUMS_H

#include "query/breakdown_given.h"
#include "scenario/model.h"

/* The rows that the breakdown can have, and the lumps that each takes together. */
typedef struct dki_sums {
    dk_context *context;
    dki_given given;
    const dk_table *rows; /* their dimensions */
    size_t n_rows;
    int64_t *masks; /* of each row: what it totals */
    bool *always;   /* it is there also where nobody is */
    bool has_margin;
    size_t *ends; /* of row r the lumps ends[r] .. ends[r + 1] - 1 */
    uint32_t *lumps;
} dki_sums;

/* Sums of n points, row r of point i at i * n_rows + r. */
typedef struct dki_sums_room {
    int64_t **sums;
    bool **known; /* NULL for counts */
    bool *there;
} dki_sums_room;

/* *out is NULL where the breakdown is none of counts and sums. question, params and lumps outlive it. */
dk_status dki_sums_new(const dk_breakdown *question, const dk_params *params, const dki_lumps *lumps,
                       dki_sums **out, dk_error *err);
void dki_sums_drop(dki_sums *sums); /* NULL does nothing */
dk_status dki_sums_room_init(const dki_sums *sums, size_t n, dki_sums_room *room, dk_error *err);
void dki_sums_room_drop(const dki_sums *sums, dki_sums_room *room);
/* Adds up the weights of lumps at point i of the room. false: some sum does not fit. Threads any, for different points. */
bool dki_sums_add(const dki_sums *sums, const int64_t *weights, size_t i, const dki_sums_room *room);
/* Moves the rows that are there at point i behind the n at the front of the room, which are of points before it; rows[]: which row
 * each is. Returns how many stand there then. */
size_t dki_sums_pack(const dki_sums *sums, const dki_sums_room *room, size_t i, size_t n, uint64_t *rows);
/* Measures of n rows of those numbers (NULL: all), whose sums stand at the front of the room. */
dk_status dki_sums_measures(const dki_sums *sums, const dki_sums_room *room, const uint64_t *rows, size_t n,
                            const dk_table **out, dk_error *err);
/* What the breakdown gives of those weights, but for what is told beside it. *done: false where a sum does not fit, or a measure
 * fails. */
dk_status dki_sums_result(const dki_sums *sums, const int64_t *weights, bool *done, const dk_table **out,
                          dk_error *err);

#endif
