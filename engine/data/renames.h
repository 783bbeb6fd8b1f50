/* renames.h - what the names of a result stand for after columns were renamed. For what adds up results and tells of them. */
#ifndef DKI_DATA_RENAMES_H
#define DKI_DATA_RENAMES_H

#include <dekking/lineage.h>

#include "base/arena.h"

/* What a name stands for, at the point of the lineage that was read last. */
typedef struct dki_binding {
    const char *name, *coming; /* coming: the name that the renames being read give; NULL */
    size_t of;
} dki_binding;

/* The binding of that name, or NULL. */
dki_binding *dki_binding_find(dki_binding *bindings, size_t n, const char *name);
/* Whether a step of the lineage renames a column. */
bool dki_renames(const dk_lineage_item *item);
/* Reads such a step. Names that were given at once are so here: with the last of them. Who had one of these names and got none is no
 * longer there. */
dk_status dki_bindings_rename(dki_binding *bindings, size_t n, const dk_lineage_item *item, dki_arena *arena,
                              dk_error *err);
/* What a column of that name was called when the table's last breakdown made it, as far as renames tell. NULL: no memory. */
const char *dki_name_before(const dk_table *table, const char *name, dki_arena *arena, dk_error *err);

#endif
