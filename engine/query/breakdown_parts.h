/* breakdown_parts.h - a parsed breakdown, for those inside the engine who look into one.
 *
 * Everything here is immutable after dk_breakdown_new and lives as long as the breakdown.
 */
#ifndef DKI_QUERY_BREAKDOWN_PARTS_H
#define DKI_QUERY_BREAKDOWN_PARTS_H

#include <stdatomic.h>

#include <dekking/breakdown.h>

#include "base/arena.h"
#include "expr/node.h"

#define DKI_MAX_DIMENSIONS 16
#define DKI_NULL_THERE " is null there" /* how notes of what was left out end */

/* A dimension or a measure: its name and tree; label and format may be NULL. */
typedef struct dki_part {
    const char *name;
    const char *label;
    const char *format;
    const dk_expr *expr;
    bool shows_levels; /* of a dimension: also those without rows, as its levels were asked for by name */
    uint32_t n_nodes;  /* of a measure: aggregates and what is around them, with what names of measures stand for */
} dki_part;

/* Whether the values of a dimension are sets, and a row stands in the groups of several members. */
typedef enum dki_spread_kind { DKI_SPREAD_NOT, DKI_SPREAD_MEMBERS, DKI_SPREAD_MISSING } dki_spread_kind;
/* The tree of which each row has one value: the part's own, or what stands in member() or missing(). */
const dki_node *dki_part_node(const dki_part *part, dki_spread_kind *kind);
/* Says that groups of a dimension overlap. */
#define DKI_SPREAD_NOTE_BYTES 600
void dki_spread_note(const char *dimension, dki_spread_kind kind, char out[DKI_SPREAD_NOTE_BYTES]);
/* Gives *column, in its place, the overlap (data/overlap.h) of figures by the members that the breakdown's dimensions show:
 * dims are its columns of a result. *column stays as it is where the breakdown goes by no members. */
dk_status dki_breakdown_overlap(const dk_breakdown *breakdown, const dk_field *dims, const dk_column **column,
                                dk_error *err);

typedef struct dki_order {
    const char *column; /* a dimension or a measure */
    bool descending;
} dki_order;

/* What an all() names and is no dimension: it may be a level above one, which only a table can tell. */
typedef struct dki_within {
    const dk_expr *expr; /* of the measure */
    const dki_node *node;
} dki_within;

struct dk_breakdown {
    atomic_uint references;
    dk_context *context; /* retained */
    dki_arena arena;     /* holds the texts and arrays below */
    const char *name;    /* may be NULL */
    const char *title;   /* for messages: "breakdown coverage", or "the breakdown" */
    dki_part *by;
    size_t n_by;
    const dk_expr *where; /* may be NULL */
    dki_part *measures;
    size_t n_measures;
    dk_margins margins;
    const uint32_t *sets; /* of DK_MARGINS_SETS: bit k says that dimension k is totalled */
    size_t n_sets;
    bool all_levels;
    dki_order *order;
    size_t n_order;
    uint64_t limit;
    const char *rest; /* name of what is beyond the limit, as one group; may be NULL */
    dki_within *within;
    size_t n_within;
    size_t n_hidden;          /* so many dimensions, the last ones, are not shown: each is told by another */
    const uint32_t *told_by;  /* of these: bits of those that tell it, though not of null; NULL: none that do so */
    size_t n_bounding;        /* so many of them, the last ones, are for attached(m, 'bounds') alone */
    size_t n_apart;           /* so many dimensions, the first ones, tell questions apart: no all() totals them */
    bool sums_parts;          /* of a result: what its rows left out was told of them */
    const dk_breakdown *told; /* the one that a result says it comes from; NULL: this one */
};

/* Calls visit for the name of every column of the table that the breakdown reads: in its dimensions, its where, and
 * inside its aggregates. A name may come more than once. Stops and returns false when visit does. */
typedef bool dki_column_visit_fn(void *arg, const char *column);
bool dki_breakdown_columns(const dk_breakdown *breakdown, dki_column_visit_fn *visit, void *arg);
/* Whether levels without rows are shown at all. */
bool dki_breakdown_shows_levels(const dk_breakdown *breakdown);
/* The dimension or measure of that name, or SIZE_MAX. */
size_t dki_breakdown_find_dimension(const dk_breakdown *breakdown, const char *name);
size_t dki_breakdown_find_measure(const dk_breakdown *breakdown, const char *name);
/* Of breakdown_spec.c: fills a breakdown of which only the context and the arena are set. What was made before a failure is released
 * with it. */
dk_status dki_breakdown_read_spec(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err);
/* Of breakdown_check.c: checks the names and calls of all measures, and notes how many parts each has. has_rest: the breakdown is
 * to have one. */
dk_status dki_breakdown_check_measures(dk_breakdown *breakdown, bool has_rest, dk_error *err);
/* Of breakdown_earlier.c: puts the expressions of the dimensions that the breakdown has so far in the place of their names in the
 * next one. */
dk_status dki_breakdown_use_earlier(dk_breakdown *breakdown, dki_part *part, dk_error *err);
/* Of breakdown_known.c: whether some attached(m, 'bounds') or 'estimate' of the breakdown is about what is attached to the table. */
bool dki_attached_bounds(const dk_breakdown *breakdown, const dk_table *table, const dk_attachment *attachment);
/* Whether an expression is made of what the figures beside the table are known by: keys, and levels above. */
bool dki_figures_know(const dk_table *table, const dk_attachment *attachment, const dk_expr *expr);
/* The key that a column is, or is a level above; NULL: nothing is known by it. */
const char *dki_figures_key(const dk_table *table, const dk_attachment *attachment, const char *name);
/* The table of figures with each column of `table` that is a level above a key, by its name, and the key as a level below it.
 * names: room for all columns of the table; gets those n. */
dk_status dki_figures_levels(const dk_table *table, const dk_attachment *attachment, const char **names, size_t *n,
                             const dk_table **out, dk_error *err);
/* Of breakdown_rate.c: whether a measure is the quotient of two numbers of rows: a share without a unit. */
bool dki_measure_is_of_counts(const dk_breakdown *breakdown, size_t measure);

#endif
