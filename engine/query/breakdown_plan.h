/* breakdown_plan.h - a breakdown bound to one table, on its way to a result:
 *
 *   plan    names and types checked, aggregates collected, equal ones once      breakdown_plan.c, breakdown_bind.c,
 *                                                                               breakdown_aggregates.c
 *   groups  one pass over the rows: groups and their accumulators               breakdown_scan.c
 *   cells   groups and their totals in the order of keys, dimensions as columns  breakdown_cells.c
 *   result  aggregates, and then measures, as columns                           breakdown_columns.c, breakdown_measure.c
 *   table   order, limit, labels, notes                                         breakdown_run.c
 *   trace   how it went, as a table, where somebody asks                        breakdown_trace.c
 */
#ifndef DKI_QUERY_BREAKDOWN_PLAN_H
#define DKI_QUERY_BREAKDOWN_PLAN_H

#include "breakdown_parts.h"
#include "expr/common.h"
#include "group.h"
#include "margin.h"
#include "measure/aggregate.h"
#include "text_codes.h"
#include "trace.h"

#define DKI_NONE SIZE_MAX

/* The condition of some aggregates. */
typedef struct dki_plan_filter {
    const dki_node *node;
    dki_bound *bound;
    size_t measure; /* the first that has it */
} dki_plan_filter;

/* The argument of some aggregates, evaluated where their condition holds. */
typedef struct dki_plan_value {
    const dki_node *node;
    dki_bound *bound;
    size_t filter;      /* DKI_NONE: all rows */
    bool needs_whole;   /* wanted as integers, see dki_rows */
    bool is_column;     /* nothing but a column */
    bool in_range;      /* every row has one of its codes, also where no row was asked for */
    dki_dimension what; /* its type, and what is known of its values */
} dki_plan_value;

typedef struct dki_plan_aggregate {
    const dki_node *node;
    const dk_expr *expr;
    size_t measure; /* the first that has it */
    size_t value;   /* DKI_NONE for count and rows */
    size_t other;   /* the second argument of cov and corr, else DKI_NONE */
    size_t filter;  /* DKI_NONE: all rows */
    dki_aggregate what;
} dki_plan_aggregate;

/* What keeps a count() within one period: the least and the greatest of the column under its condition. All but the
 * column are numbers of aggregates. */
typedef struct dki_plan_period {
    size_t count, column, least, greatest;
} dki_plan_period;

/* A sum() of rates: that of their numerators over that of their denominators. Numbers of aggregates. */
typedef struct dki_plan_rate {
    const dki_node *node;
    size_t numerator, denominator;
} dki_plan_rate;

/* What keeps a sum() of shares within one whole, or one of figures of groups that overlap within one of these
 * (breakdown_whole.c): what tells wholes or groups apart, at least and at most. */
typedef struct dki_plan_share {
    const dki_node *node;
    const dk_expr *expr;
    size_t measure;
    const char *column;       /* of the table; "": what shares are per; NULL: the denominator */
    const dk_column *overlap; /* of such figures; NULL: of shares */
    size_t least, greatest;   /* numbers of aggregates */
} dki_plan_share;

#define DKI_BOUNDS_PARTS 9 /* of .bounds (breakdown_interval.c) */
/* An aggregate of intervals, and the tree of ordinary aggregates that stands for it. */
typedef struct dki_plan_split {
    const dki_node *node, *made;
    const dk_expr *expr;
} dki_plan_split;

/* The entries of each set of a dimension (entries.h): of code c those of codes[ends[c]] .. codes[ends[c + 1] - 1]; codes may
 * be read some places further. */
typedef struct dki_entry_list {
    const uint32_t *ends, *codes;
    const uint8_t *narrow; /* the same in a byte each, where they fit; or NULL */
} dki_entry_list;

/* The same as bits, where these are few (lanes.h): of code c, entry k is bit k % 32 of groups[k / 32][c + 1]; groups[..][0] is 0. */
#define DKI_LANE_GROUPS 2
typedef struct dki_entry_words {
    const uint32_t *groups[DKI_LANE_GROUPS]; /* NULL from the first on that has no member */
} dki_entry_words;

/* What a run of a plan is measured by, where somebody asks. */
typedef enum dki_phase {
    DKI_PHASE_BIND,
    DKI_PHASE_SCAN,
    DKI_PHASE_MERGE,
    DKI_PHASE_CELLS,
    DKI_PHASE_MEASURES,
    DKI_PHASE_TABLE,
    DKI_N_PHASES
} dki_phase;

/* Steps of the pass over the rows, numbered: where, dimensions, conditions, arguments, counting, accumulators. Times are
 * those of all workers together, in nanoseconds. */
#define DKI_STEP_WHERE 0
#define DKI_STEP_BY 1
#define DKI_STEP_FILTER(plan) (1 + (plan)->breakdown->n_by)
#define DKI_STEP_VALUE(plan) (DKI_STEP_FILTER(plan) + (plan)->n_filters)
#define DKI_STEP_COUNT(plan) (DKI_STEP_VALUE(plan) + (plan)->n_values)
#define DKI_STEP_ACCUMULATE(plan) (DKI_STEP_COUNT(plan) + 1)
#define DKI_STEP_TRUE(plan) (DKI_STEP_COUNT(plan) + 2) /* no times, but rows for which each condition holds */
#define DKI_N_STEPS(plan) (DKI_STEP_TRUE(plan) + (plan)->n_filters)

typedef struct dki_trace {
    uint64_t phases[DKI_N_PHASES]; /* nanoseconds */
    uint64_t *steps;               /* nanoseconds of each */
    unsigned n_workers;
    size_t n_slots;     /* by index; 0: by hash */
    bool in_parts;      /* in partitions of keys */
    bool in_order;      /* there by sorting, else by hash */
    size_t n_counted;   /* aggregates that counters by index give */
    size_t n_summed;    /* and sums by index */
    size_t n_listed;    /* and lists of values by index */
    uint64_t *n_common; /* rows that each common part was computed for */
    uint64_t n_groups;
    size_t n_together;     /* breakdowns that took the pass, this one among them */
    bool comes_later;      /* and it is not the first of them: times of the pass are that one's */
    bool takes_where;      /* the condition is that of an earlier one, which found its rows */
    uint64_t takes_filter; /* bits of filters of which the same holds; of those beyond 64 it is not said */
} dki_trace;

typedef struct dki_plan {
    dk_context *context; /* borrowed, as everything else that is not made here */
    const dk_breakdown *breakdown;
    const dk_table *table;
    const dk_params *params;
    const dki_common *common; /* parts of the expressions below that are computed once */
    dki_common own;           /* these, where no other plan has them too */
    dki_bound *where;         /* NULL: all rows */
    dki_bound *by[DKI_MAX_DIMENSIONS];
    dki_dimension dims[DKI_MAX_DIMENSIONS];
    bool by_in_range[DKI_MAX_DIMENSIONS];        /* as in_range of a value */
    dki_spread_kind spreads[DKI_MAX_DIMENSIONS]; /* by and dims are then of the sets, or where there are ... */
    const dki_entry_list *entries; /* ... of each dimension, dims are of members; NULL: there are none */
    const dki_entry_words *words;  /* of the one dimension that has entries, in the place of lists; or NULL */
    const dk_dictionary *sets[DKI_MAX_DIMENSIONS]; /* of a dimension that is spread; borrowed */
    dki_text_codes *texts[DKI_MAX_DIMENSIONS]; /* of a dimension whose texts are numbers on the way; else NULL */
    const dk_column *weight;                   /* NULL: every row counts once */
    dki_plan_filter *filters;
    size_t n_filters, filter_capacity;
    dki_plan_value *values;
    size_t n_values, value_capacity;
    dki_plan_aggregate *aggregates;
    size_t n_aggregates, aggregate_capacity;
    const dk_table *wide; /* the table with the bounds of intervals behind its columns; NULL: none are needed */
    dki_plan_split *splits;
    size_t n_splits, split_capacity;
    dki_plan_period *periods;
    size_t n_periods, period_capacity;
    dki_plan_rate *rates;
    size_t n_rates, rate_capacity;
    dki_plan_share *shares;
    size_t n_shares, share_capacity;
    dki_arena arena;  /* holds nodes that no expression has */
    dki_trace *trace; /* NULL: nobody asks */
} dki_plan;

/* Makes room for the numbers of a plan that is ready, and has it measured from now on; with its own numbers at 0. */
dk_status dki_trace_begin(dki_trace *trace, dki_plan *plan, dk_error *err);
void dki_trace_drop(dki_trace *trace, const dki_plan *plan);

/* common: what plans of one pass have in common, which outlives the plan; NULL: it finds its own. */
dk_status dki_plan_init(dki_plan *plan, const dk_breakdown *breakdown, const dk_table *table,
                        const dk_params *params, const dki_common *common, dk_error *err);
void dki_plan_drop(dki_plan *plan);
/* Finds the parts that breakdowns over one table have in common, each with the others or within itself. */
dk_status dki_plan_common(const dk_breakdown *const *breakdowns, size_t n, const dk_table *table,
                          const dk_params *params, dki_common *out, dk_error *err);
/* Whether an aggregate is the host's, and whether one of these wants all calls from one thread. */
bool dki_plan_has_defined(const dki_plan *plan);
bool dki_plan_wants_one_thread(const dki_plan *plan);
/* Whether the groups of every level of a dimension are shown, also those without rows. */
bool dki_plan_shows_levels(const dki_plan *plan, size_t dim);
/* A column that a bound expression is. */
static inline const dk_column *dki_plan_column(const dki_plan *plan, size_t number)
{
    return dk_table_field(plan->wide ? plan->wide : plan->table, number)->column;
}
/* The aggregate that a node of a measure stands for. */
size_t dki_plan_find(const dki_plan *plan, const dki_node *node);

struct dki_partitions;

/* What the pass over the rows found. */
typedef struct dki_groups {
    dk_context *context; /* borrowed */
    struct dki_partitions
        *parts; /* where keys are many: groups by ranges of their keys, and nothing in what follows */
    dki_grouper grouper;
    dki_accumulator *accumulators; /* one for each aggregate of the plan */
    size_t n_accumulators;
    uint64_t n_where;        /* rows that the breakdown's where lets through */
    uint64_t n_where_null;   /* rows left out because the breakdown's where was null */
    uint64_t *n_filter_null; /* the same for each filter of the plan */
} dki_groups;

/* Fills groups[0 .. n-1] from n plans over one table, which share the parts that they have in common, in one pass over the
 * rows; those whose keys are many take one of their own. After a failure all of them are to be dropped. */
dk_status dki_groups_scan(dki_groups *groups, const dki_plan *const *plans, size_t n, dk_error *err);
/* most: so many groups there are at most; 0: they are grouped elsewhere. */
dk_status dki_groups_init(dki_groups *groups, const dki_plan *plan, uint64_t most, dk_error *err);
void dki_groups_drop(dki_groups *groups);
/* Puts groups that stand in parts together, for who wants to look at any of them. */
dk_status dki_groups_gather(dki_groups *groups, const dki_plan *plan, dk_error *err);

/* Takes a sentence for the reader of the result. */
typedef dk_status dki_note_fn(void *arg, const char *note, dk_error *err);

/* Groups with their totals, on the way to columns. Accumulators hold every cell. */
typedef struct dki_result {
    const dki_plan *plan;
    dki_groups groups;
    dki_cells cells;
    dki_arena arena;
    uint64_t *order; /* the cell of each row: the n_shown that are shown, then the others; NULL while groups stay in
                      * parts, whose rows are in order as they are */
    uint32_t *rows;  /* the row of each cell */
    uint32_t *
        held_by; /* of each cell the one whose accumulators are its own, too; NULL: each has its own. In the arena */
    size_t n_rows, n_shown;
    size_t n_found;          /* groups that rows have; those behind them are shown levels */
    const dk_table *all;     /* a row for every cell: dimensions, measures that other rows look up, aggregates */
    const dk_table *shown;   /* a row for every cell that is shown: dimensions, measures, aggregates */
    const char *prefix;      /* begins the names of columns that only measures see; no other name begins with it */
    const dki_node **totals; /* nodes of all(); their columns are numbered as they stand here */
    size_t n_totals, total_capacity;
    const dk_column **ready;   /* of each aggregate over all rows, where it has been made; or NULL, ... */
    const dk_column **dims;    /* ... with each dimension */
    const dki_node **attached; /* nodes of attached(), the same */
    size_t n_attached, attached_capacity;
    dki_note_fn *note; /* while measures are made: where the reader's sentences go, with ... */
    void *note_arg;
} dki_result;

/* Of breakdown_lacking.c: DK_ERR_NAME, with all of them, where the table lacks several columns that the breakdown reads. */
dk_status dki_plan_check_columns(const dki_plan *plan, dk_error *err);
/* Of breakdown_bind.c: DK_ERR_NAME or DK_ERR_DUPLICATE where a name of an expression (in_measure: within its aggregates) is no
 * column of the table, or that of a measure, too; ... */
dk_status dki_plan_check_names(const dki_plan *plan, const dk_expr *expr, bool in_measure, dk_error *err);
/* ... binds a tree of an expression to the table, or one that must be true or false; ... */
dk_status dki_plan_bind(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dki_bound **out,
                        dk_error *err);
dk_status dki_plan_bind_condition(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dki_bound **out,
                                  dk_error *err);
/* ... tells what is known of an expression's values before the first row. Returns whether that holds in every row, also
 * where the expression was not asked for. */
bool dki_plan_describe(const dki_plan *plan, const dki_bound *bound, dki_dimension *out);
/* Of breakdown_aggregates.c: has the plan compute all aggregates of a measure; ... */
dk_status dki_plan_collect(dki_plan *plan, size_t measure, dk_error *err);
/* ... one of them. Equal ones are computed once. */
dk_status dki_plan_add_aggregate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure,
                                 dk_error *err);
/* Of breakdown_rate.c: whether an aggregate is a sum() of rates, which is then added as what it is made of. */
dk_status dki_plan_add_rate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure, bool *added,
                            dk_error *err);
/* Of breakdown_whole.c: has the plan see to it that sum() of a column of shares stays within one whole; ... */
dk_status dki_plan_add_shares(dki_plan *plan, const dk_expr *expr, const dki_node *node, const dk_column *column,
                              size_t measure, dk_error *err);
/* ... the same where what a sum() or a weighted count() adds up is of groups that overlap, which node's sums or weights say; ... */
dk_status dki_plan_add_overlap(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t value,
                               size_t measure, dk_error *err);
const dki_plan_share *dki_plan_find_overlap(const dki_plan *plan, const dki_node *node); /* NULL: it is not */
/* ... DK_ERR_ARGUMENT where it did not. */
dk_status dki_result_shares(const dki_result *result, dk_error *err);
/* Of breakdown_rate.c: the sum of rates that a node is; NULL: it is none. */
const dki_plan_rate *dki_plan_find_rate(const dki_plan *plan, const dki_node *node);
/* Fails for an aggregate over rates that is the mean of ratios. */
dk_status dki_plan_check_rate(const dki_plan *plan, const dk_expr *expr, const dki_node *node, dk_error *err);
/* Whether a measure adds up over rows. */
bool dki_measure_adds_up(const dk_breakdown *breakdown, const dki_node *node);
/* The parts of a measure that is a rate, the quotient of two counts or sums. false: it is none. */
bool dki_measure_parts(const dk_breakdown *breakdown, const dki_node *root, const dki_node *parts[2]);
/* What a measure that is a share has its denominator per, "" for all; NULL: it is no share of a whole. In the arena. */
dk_status dki_measure_whole(const dk_breakdown *breakdown, const dki_node *root, dki_arena *arena, const char **out,
                            dk_error *err);
/* Of breakdown_interval.c: has the plan compute what stands for an aggregate, where that is of intervals. */
dk_status dki_plan_split_aggregate(dki_plan *plan, const dk_expr *expr, const dki_node *node, size_t measure,
                                   bool *is_split, dk_error *err);
const dki_plan_split *dki_plan_find_split(const dki_plan *plan, const dki_node *node); /* NULL: it is none */
/* Of breakdown_share.c: whether every row of a sum is one of the other, so that this is it and the rest; */
bool dki_is_part(const dki_node *part, const dki_node *whole);
/* a measure in which shares of a whole are such; the same tree where there are none. */
dk_status dki_plan_shares(const dki_plan *plan, dki_arena *arena, const dki_node *node, const dki_node **out,
                          dk_error *err);
/* Of breakdown_period.c: what keeps each count() within one period, where the key of the table has one. */
dk_status dki_plan_periods(dki_plan *plan, dk_error *err);

/* Of breakdown_run.c: from the groups of a plan, which are given, to the table that the user gets, or its trace. noted: the
 * plan whose sentences the reader gets. */
dk_status dki_plan_finish(const dki_plan *plan, const dki_plan *noted, dki_groups *groups, const dk_table **out,
                          dk_error *err);
bool dki_plan_has_notes(const dki_plan *plan);
/* ... what the user gets of the column of that name: with the label and the format that are stated. DK_ERR_TYPE for a format of what
 * is no number. */
dk_status dki_part_field(const dki_part *part, const dk_table *shown, dk_field *out, dk_error *err);

/* Of breakdown_cells.c: makes cells and their order of scanned groups. */
dk_status dki_result_cells(dki_result *result, dk_error *err);
/* Whether nobody looks at other cells than his own, so that groups in parts may stay there. */
dk_status dki_plan_stays_in_parts(const dki_plan *plan, bool *stays, dk_error *err);
/* Of breakdown_levels.c: adds the groups of levels that have no rows, where they are shown. */
dk_status dki_plan_add_levels(const dki_plan *plan, dki_grouper *grouper, dk_error *err);
/* Of breakdown_dimensions.c: makes both tables of a result that has its cells, with the dimensions; ... */
dk_status dki_result_tables(dki_result *result, dk_error *err);
/* ... a dimension as a column, with texts where groups had numbers for them; ... */
dk_status dki_result_dimension(const dki_result *result, size_t dim, const dk_column **out, dk_error *err);
/* ... writes "gemeente = Duiven, jaar = total" for a row of `all`, terminated; ... */
#define DKI_CELL_TEXT 256
void dki_result_describe(const dki_result *result, uint64_t row, char out[DKI_CELL_TEXT]);
/* ... of the dimensions whose bits are set. */
void dki_result_describe_by(const dki_result *result, uint64_t row, uint32_t dims, char out[DKI_CELL_TEXT]);
/* Of breakdown_columns.c: the accumulators' groups of the first n rows, which the caller frees; ... */
dk_status dki_result_groups(const dki_result *result, size_t n, uint32_t **out, dk_error *err);
/* ... makes the columns of all aggregates and dimensions side by side, where there is enough to do for several threads; ... */
dk_status dki_result_make_columns(dki_result *result, dk_error *err);
/* ... sees to it that a table of the result has the column of an aggregate that is not split; its name there, or NULL: no
 * memory. */
dk_status dki_result_need_aggregate(dki_result *result, const dk_table **table, const dki_node *node,
                                    dk_error *err);
const char *dki_result_aggregate_name(dki_result *result, const dki_node *node, dk_error *err);
/* Of breakdown_measure.c: for each of the first n rows what column has in the row that totals `mask`, too. */
dk_status dki_result_look_up(const dki_result *result, uint64_t n, uint32_t mask, const dk_column *column,
                             const dk_column **out, dk_error *err);
/* Of breakdown_spread.c: DK_ERR_TYPE where a dimension of members is of no set; ... */
dk_status dki_plan_check_spread(const dki_plan *plan, size_t dim, dk_error *err);
bool dki_plan_spreads(const dki_plan *plan);
/* ... has cells of members made; the column of a dimension of members; says that groups overlap. */
dk_status dki_result_spread(dki_result *result, dk_error *err);
dk_status dki_spread_column(const dki_result *result, size_t dim, const dk_column **out, dk_error *err);
dk_status dki_result_spread_notes(const dki_result *result, dki_note_fn *note, void *arg, dk_error *err);
/* Of breakdown_measure.c: adds the measures, in order, to the tables of a result that has its dimensions. */
dk_status dki_result_measures(dki_result *result, dki_note_fn *note, void *arg, dk_error *err);
/* Of breakdown_period.c: DK_ERR_ARGUMENT where a count() goes over several periods; notes what totals count. */
dk_status dki_result_periods(dki_result *result, dki_note_fn *note, void *arg, dk_error *err);
/* Of breakdown_attached.c: attached(), of which the plan says what cannot be known, ... */
dk_status dki_plan_check_attached(const dki_plan *plan, dk_error *err);
/* ... and which gives the tables of a result a column for each. */
dk_status dki_result_attached(dki_result *result, dki_note_fn *note, void *arg, dk_error *err);
bool dki_is_attached(const dki_node *node);
/* Of breakdown_bounds.c: attached(m, 'bounds') and attached(m, 'estimate'). */
bool dki_is_bounded(const dki_node *node);
/* For the first n rows of the result; sure: those who are surely in each group, for all rows. */
dk_status dki_result_bounds(const dki_result *result, const dk_expr *expr, const dki_node *node,
                            const dk_column *sure, uint64_t n, const dk_column **out, dk_error *err);
/* Whether a measure is the share of those who are surely there in what attached(m, 'bounds') gives. */
bool dki_measure_is_bounded_share(const dk_breakdown *breakdown, const dki_node *root);
/* Of breakdown_attached.c: the name of the column; NULL: no memory. */
const char *dki_attached_name(dki_result *result, const dki_node *node, dk_error *err);

/* Of breakdown_lineage.c: the lineage of a result. Attached to made, which is the caller's alone. */
dk_status dki_result_lineage(const dki_result *result, const dk_table *made, dk_error *err);
/* Of breakdown_trace.c: how the run of a plan went, step by step, as a table; of the result that it gave. */
dk_status dki_trace_table(const dki_result *result, const dk_table *made, const dk_table **out, dk_error *err);
/* Of breakdown_measure.c: adds to masks what each all() of the measures totals. */
dk_status dki_plan_coarser(const dki_plan *plan, dki_int_map *masks, dk_error *err);

#endif
