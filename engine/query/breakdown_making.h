/* breakdown_making.h - trees that stand for parts of an expression. For breakdown_interval.c and breakdown_share.c. */
#ifndef DKI_QUERY_BREAKDOWN_MAKING_H
#define DKI_QUERY_BREAKDOWN_MAKING_H

#include "base/arena.h"
#include "expr/node.h"

typedef struct dki_making {
    dki_arena *arena;
    const dki_node *at; /* whose place in the text the new nodes have */
    dk_error *err;
    bool failed; /* no memory */
} dki_making;

/* A node with those children; NULL, and failed, where there is no memory, or a child is NULL. */
dki_node *dki_make(dki_making *m, dki_node_kind kind, const char *text, const dki_node *const *children, size_t n);

#endif
