/* interval_share.h - quotients whose denominator contains the numerator as a part. */
#ifndef DKI_EXPR_INTERVAL_SHARE_H
#define DKI_EXPR_INTERVAL_SHARE_H

#include "bound.h"

#define DKI_MOST_TERMS 32

/* What a tree adds up and takes away. */
typedef struct dki_terms {
    const dki_node *nodes[DKI_MOST_TERMS];
    bool minus[DKI_MOST_TERMS];
    size_t n;
} dki_terms;

/* Adds the terms of a tree; false: they are too many. */
bool dki_terms_find(dki_terms *terms, const dki_node *node, bool minus);
/* Takes the terms of a part out; false: one of them is not there. */
bool dki_terms_take(dki_terms *terms, const dki_terms *part);
/* Binds the quotient that a node is, whose operands are bound, where the one is a part of the other; *out is NULL where it is not. */
dk_status dki_bind_interval_share(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out);

#endif
