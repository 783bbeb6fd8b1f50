/* snapshot_tree.h - hierarchies in a snapshot: docs/snapshot.md draws their bytes. For engine/snapshot alone. */
#ifndef DKI_SNAPSHOT_SNAPSHOT_TREE_H
#define DKI_SNAPSHOT_SNAPSHOT_TREE_H

#include <dekking/hierarchy.h>

#include "snapshot_format.h"

/* Different ones, in the order in which columns have them. */
typedef struct dki_trees {
    dk_context *context;
    const dk_hierarchy **items;
    size_t n, capacity;
} dki_trees;

void dki_trees_init(dki_trees *trees, dk_context *context);
void dki_trees_drop(dki_trees *trees); /* they are none then */
/* Adds those that the levels of a column know, unless they, or ones that say the same, are there. */
dk_status dki_trees_add(dki_trees *trees, const dk_dictionary *levels, dk_error *err);
/* Writes a record for each; and one for each level that a column is. */
dk_status dki_put_trees(dki_buffer *directory, const dki_trees *trees, dk_error *err);
dk_status dki_put_levels(dki_buffer *directory, const dki_trees *trees, const dk_dictionary *levels, dk_error *err);
/* Reads what such a record says, and adds it. What cannot be is said in cursor->bad. */
dk_status dki_get_tree(dki_cursor *cursor, dki_arena *arena, dki_trees *trees, dk_error *err);

#endif
