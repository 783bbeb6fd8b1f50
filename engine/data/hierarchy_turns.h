/* hierarchy_turns.h - days on which a hierarchy changes, and rows that have days of their own. For engine/data alone. */
#ifndef DKI_DATA_HIERARCHY_TURNS_H
#define DKI_DATA_HIERARCHY_TURNS_H

#include "hierarchy_parts.h"

#define DKI_NO_TURN UINT32_MAX

/* Between two turns nothing changes; turn 0 is the beginning. */
typedef struct dki_turns {
    dk_context *context;
    int64_t *days; /* ascending */
    uint32_t n;
} dki_turns;

/* Those of a level and all later ones, and of the changes. */
dk_status dki_turns_init(dki_turns *turns, const dk_hierarchy *hierarchy, size_t level, dk_error *err);
void dki_turns_drop(dki_turns *turns);

/* Whether the column, which is called on, has the days of rows. */
dk_status dki_turns_check(const char *on, const dk_column *column, dk_error *err);
/* Called for a block of rows that begins at `row`: codes of their members (0: null), and the turns that their days lie in
 * (DKI_NO_TURN: no day). */
typedef dk_status dki_dated_fn(void *arg, uint64_t row, const uint32_t *codes, const uint32_t *turns, size_t n,
                               dk_error *err);
/* members: a category; on: dates or timestamps. */
dk_status dki_each_dated(const dki_turns *turns, const dk_column *members, const dk_column *on, dki_dated_fn *act,
                         void *arg, dk_error *err);

#endif
