/* window_build.h - the inside of a column that looks at other rows while it is made. For engine/rows/window*.c.
 *
 * Calls are taken out of the column's expression (window_hoist.c): each is computed for all rows (window_call.c tells which call
 * it is), or stands for another tree (window_written.c).
 */
#ifndef DKI_ROWS_WINDOW_BUILD_H
#define DKI_ROWS_WINDOW_BUILD_H

#include "base/arena.h"
#include "window_parts.h"

/* A call that stands in the expression at hand: a hidden column, or another tree. */
typedef struct dki_window_hoisted {
    const dki_node *node;
    const dki_node *other; /* NULL: a column */
    const dk_column *column;
    size_t at; /* of the column, in the table that the expression is bound to */
} dki_window_hoisted;

typedef struct dki_window_build {
    dk_context *context;
    dki_window window;
    const dk_params *params;
    const dk_table *made;   /* what there is so far */
    const dk_table *beside; /* the same with hidden columns */
    const dk_expr *expr;    /* at hand, with ... */
    dki_arena arena;        /* ... trees that are other than they were written */
    dki_window_hoisted *hoisted;
    size_t n_hoisted, hoisted_capacity;
    dki_bound **bounds; /* all there were, for their notes */
    size_t n_bounds, bounds_capacity;
    bool weighed; /* some call looked at weights */
} dki_window_build;

/* window_call.c --------------------------------------------------------------------------------------------------- */

/* Binds a part of the expression to the table so far; *out belongs to the build. */
dk_status dki_window_bind_part(dki_window_build *build, const dki_node *node, dki_bound **out, dk_error *err);
/* Finds what the call is, and evaluates its arguments. call's columns are the caller's to release in any case. */
dk_status dki_window_call_prepare(dki_window_build *build, dki_window_call *call, dk_error *err);

/* window_written.c ------------------------------------------------------------------------------------------------- */

bool dki_window_is_written_out(dki_window_function function);
bool dki_window_is_relative(dki_window_function function);
/* The tree that a call of such a function stands for, in the build's arena; NULL: no memory. in_bounds: its argument is. */
dki_node *dki_window_write_out(dki_window_build *build, const dki_node *node, dki_window_function function,
                               bool in_bounds, dk_error *err);

/* window_hoist.c --------------------------------------------------------------------------------------------------- */

/* Takes the calls of a tree out of it: each once, its column computed. What was taken out is the build's also on failure. */
dk_status dki_window_hoist(dki_window_build *build, const dki_node *node, dk_error *err);
/* NULL: no call, or one that was not taken out. */
const dki_window_hoisted *dki_window_find_hoisted(const dki_window_build *build, const dki_node *node);

#endif
