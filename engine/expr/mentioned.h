/* mentioned.h - which parameters an expression mentions, for the lineage of what was computed with it. */
#ifndef DKI_EXPR_MENTIONED_H
#define DKI_EXPR_MENTIONED_H

#include "data/lineage.h"
#include "node.h"

/* Parameters that trees mention, each once however often it is mentioned; those beyond the first 64 are left out. */
typedef struct dki_mentioned {
    const dk_params *params; /* may be NULL */
    uint64_t bits;
} dki_mentioned;

/* Collects what a tree mentions. */
void dki_mentioned_collect(dki_mentioned *mentioned, const dki_node *root);
/* Adds their values. */
dk_status dki_mentioned_add(const dki_mentioned *mentioned, dki_lineage *lineage, dk_error *err);
/* Both, for one tree. */
dk_status dki_lineage_params(dki_lineage *lineage, const dki_node *root, const dk_params *params, dk_error *err);

#endif
