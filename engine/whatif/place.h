/* place.h - a place in a breakdown's result, as a question of its own. For engine/whatif alone. */
#ifndef DKI_WHATIF_PLACE_H
#define DKI_WHATIF_PLACE_H

#include <dekking/contribution.h>

#include "query/breakdown_parts.h"
#include "sides.h"

/* The breakdown with its order and limit left aside; where a place is named, of the one set of dimensions that it tells. */
typedef struct dki_question {
    dk_breakdown breakdown;
    const dk_place *place;
    size_t measure;
    uint32_t set;  /* dimensions that are totalled, where a place is named */
    bool is_named; /* else all groups and totals of the breakdown */
} dki_question;

/* what: "contributions", for messages. measure may be NULL. */
dk_status dki_question_init(dki_question *q, const dk_breakdown *breakdown, const char *measure,
                            const dk_place *place, const char *what, dk_error *err);
/* The groups of the place, as positions in the order of the sides: room for sides->groups.n of them. DK_ERR_NAME where
 * the cell that is named is not there. */
dk_status dki_question_groups(const dki_question *q, const dki_sides *sides, uint64_t *positions, uint64_t *n,
                              dk_error *err);
/* What a side has of the measure in a group: 0 persons, or null, where it lacks the group. */
dk_status dki_question_value(const dki_question *q, const dki_sides *sides, size_t side, uint64_t position,
                             dk_value *out, dk_error *err);
/* How the measure is shown; NULL: in no way of its own. */
const char *dki_question_format(const dki_question *q, const dki_sides *sides);
/* n rows, of the group at positions[i] each: the dimensions of the place, then the fields. total (may be NULL) says which of
 * them are totals of the fields with the margin bit sides->n_by. DK_ERR_ARGUMENT where a dimension is called as a field. */
dk_status dki_question_table(const dki_question *q, const dki_sides *sides, const uint64_t *positions, uint64_t n,
                             const dk_field *fields, size_t n_fields, const bool *total, const dk_table **out,
                             dk_error *err);

#endif
