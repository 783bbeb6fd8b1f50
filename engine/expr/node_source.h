/* node_source.h - parts of an expression as expressions of their own.
 *
 * A condition behind more than an aggregate belongs to every one of these, and does not stand in their own text: of
 * `(sum(a) where x) / n where y` the sum is of rows where x and y.
 */
#ifndef DKI_EXPR_NODE_SOURCE_H
#define DKI_EXPR_NODE_SOURCE_H

#include "base/buffer.h"
#include "node.h"

/* Whether a condition of the node's aggregates stands outside its own text. */
bool dki_node_is_limited(const dki_node *node);
/* Appends the condition of an aggregate, all of it, as it was written: `x and (y or z)`. */
dk_status dki_node_put_filter(dki_buffer *out, const dk_expr *expr, const dki_node *filter, dk_error *err);
/* Appends the node as it was written, with the conditions that stand outside it: `(a / b) where y`; an aggregate without brackets
 * around it, with all of its conditions: `sum(a) where x and y`. */
dk_status dki_node_put(dki_buffer *out, const dk_expr *expr, const dki_node *node, dk_error *err);

#endif
