/* scenario.h - what if: interventions on weighted cells.
 *
 * A scenario is an ordered list of interventions. It never edits data: the table is grouped once by the columns
 * that the scenario and the breakdown mention (the cells, a table with a weight), each intervention takes from the
 * cells where its condition holds a share or an amount and gives it new values, and the breakdown runs on what
 * results.
 *
 * Weights are fixed point: decimals with DK_WEIGHT_SCALE digits. What is taken plus what stays is what there
 * was, to the last unit, and where an intervention adds or removes persons the total changes by what it says it took.
 * All the weights of a table together are less than 2^63 units: nine thousand million persons.
 *
 * How many are taken is settled for each stratum: the groups of `per`, or, where it names none, the combinations of
 * the columns that the intervention mentions.
 *   share s     stratum of weight w gives s * w
 *   count k     k persons over all strata together, in proportion to what each has
 *   whole       the same quotas, then whole persons: the sum of the quotas rounded half away from zero is handed
 *               out by largest remainder (Hamilton): each stratum its quota rounded down, the rest one by one to
 *               the largest fractions, ties to the stratum that comes first in the order of keys. A stratum gives
 *               no more whole persons than it has; what it cannot give goes to the next, and round again
 *   drawn       whole persons, by chance. Of a share each person of a stratum is taken or not, so that a binomial number
 *               is; a part of a person goes or stays as it is. Of a count every choice among all strata is alike. The
 *               random numbers are keyed by the seed, the step's name and the values that make the stratum, and by
 *               nothing else; with more share, or a greater count, no stratum ever gives fewer
 *   drawn persons  the same by person, keyed by the table's key in place of the stratum: by share those whose own
 *               number is under it, by count those with the least numbers. A person goes whole, in every column
 *   scale f     stratum of weight w becomes f * w
 *   rate, to s  as few of a stratum become true as make true ones at least s of it; where there are more, as many
 *               become false as leave them at least s. Who is not known counts in the whole, and is not taken
 *   flows       of all that have the value `from`, over all strata of those, each flow its share, and who is in no
 *               flow stays: by largest remainder, at once; each stratum gives in proportion to what it has left
 *
 * Columns of later levels of a hierarchy follow what is set: who gets another municipality is in its region, where the step
 * does not set the region itself. A value that is no member leaves them where they are.
 *
 * A stratum's number is shared by the combinations of the columns that the scenario mentions, and a combination's by
 * its cells, each time in proportion and to the last unit; where the step says who comes first, whole combinations give
 * in that order until the number is reached, and those that come together give in proportion. So no number that these
 * columns tell depends on what else a breakdown asks for; what tells people apart within a combination is known to
 * 10^-9 of a person.
 */
#ifndef DEKKING_SCENARIO_H
#define DEKKING_SCENARIO_H

#include <dekking/breakdown.h>
#include <dekking/lineage.h>
#include <dekking/recode.h>

#define DK_WEIGHT_SCALE 9

typedef struct dk_scenario dk_scenario;

/* Whether chance decides who is taken. */
typedef enum dk_drawn {
    DK_DRAWN_NOT,
    DK_DRAWN_NUMBERS, /* how many of each stratum */
    DK_DRAWN_PERSONS  /* each person, by the table's key */
} dk_drawn;

/* What happens to those who are taken. */
typedef enum dk_effect {
    DK_MOVES,  /* they get the values that are set */
    DK_ADDS,   /* as many come, like them but for the values that are set */
    DK_REMOVES /* they leave */
} dk_effect;

/* A share of those who have one value gets another. Texts are expressions without columns. */
typedef struct dk_flow {
    const char *from, *to; /* values of the column; the same: they stay */
    const char *share;     /* 0 .. 1 */
} dk_flow;

/* Exactly one of share, count, all, scale, rate and flows. Texts are expressions: where over the columns, set over
 * the values before the step, the others without columns (literals and parameters). */
typedef struct dk_intervention {
    const char *name;  /* what it does, for messages and receipts */
    const char *where; /* NULL: everybody */
    const char *share; /* 0 .. 1 */
    const char *count; /* persons, >= 0 */
    bool all;
    bool whole;             /* whole persons */
    const char *const *per; /* n_per columns */
    size_t n_per;
    const char *const *set; /* n_set of "column = expression"; at least 1 where share, count or all moves */
    size_t n_set;
    bool allow_none; /* matching nobody is no error */
    bool estimate;   /* whom it moves is an assumption: a note of what comes of it says so */
    const char *const
        *first; /* n_first of "expression", "expression asc" or "expression desc": who of a stratum is taken
                                 first, null last; not with drawn, nor without share or count */
    size_t n_first;
    dk_drawn drawn;       /* with share or count, and a name */
    uint64_t seed;        /* of what is drawn */
    dk_effect effect;     /* of share, count and all */
    const char *when;     /* a condition: the step is skipped where it does not hold; NULL: never */
    const char *scale;    /* a factor >= 0 on the weights of all whom it matches */
    const char *rate;     /* a boolean column */
    const char *to;       /* with rate: the share of true ones, 0 .. 1 */
    const char *flows_of; /* with flows: the column whose values they are */
    const dk_flow *flows; /* n_flows; the shares of one `from` add up to 1 at most; with all, to 1 */
    size_t n_flows;
    const dk_recode_pair
        *merges; /* n_merges: the step is a merger, and of a column of sets it makes members these others */
    size_t n_merges;
    const char *merges_where; /* with merges: whom it takes of a column of sets, as where says it of a category */
} dk_intervention;

/* A parameter with its default, and the range that values must lie in; a side may be open. */
typedef struct dk_scenario_param {
    const char *name;
    const char *doc; /* may be NULL */
    dk_value value;
    bool has_least, has_greatest;
    dk_value least, greatest; /* numbers */
} dk_scenario_param;

/* Makes a scenario; texts are copied. One without steps leaves everything as it is.
 *
 * Errors  DK_ERR_SYNTAX, DK_ERR_MEMORY
 *         DK_ERR_ARGUMENT   no name; not exactly one of the ways to say how many; nothing set, or something that the
 *                           effect cannot have; set without a column; whole persons of all; a share or another number
 *                           that mentions a column; flows that only exchange names; a parameter used and not defined,
 *                           or defined and not used; drawn without a name, or with first or whole
 *         DK_ERR_DUPLICATE  a parameter twice, a column set twice in one step, a flow twice;
 *                           two drawn steps of one name and seed
 *         DK_ERR_TYPE       a bound or default of a range that is no number; a share or count that is none; a `when`
 *                           that is no condition
 *         DK_ERR_RANGE      a default outside its range; a range that is empty; a share outside 0 .. 1, shares of one
 *                           value that add up to more, or a count or factor below 0, where no parameter decides it
 *         DK_ERR_ENCODING   a name that is not UTF-8 */
DK_API DK_MUST_USE dk_status dk_scenario_new(dk_context *context, const char *name, const dk_scenario_param *params,
                                             size_t n_params, const dk_intervention *steps, size_t n_steps,
                                             const dk_scenario **out, dk_error *err);
/* a's steps, then b's. A parameter of both must be defined the same, and drawn steps of both have two names or seeds:
 * DK_ERR_DUPLICATE. name NULL: "a+b". */
DK_API DK_MUST_USE dk_status dk_scenario_compose(const dk_scenario *a, const dk_scenario *b, const char *name,
                                                 const dk_scenario **out, dk_error *err);
DK_API const dk_scenario *dk_scenario_retain(const dk_scenario *scenario);
DK_API void dk_scenario_release(const dk_scenario *scenario); /* NULL does nothing */
DK_API const char *dk_scenario_name(const dk_scenario *scenario);
/* The columns that its steps mention, and its parameters; as dk_breakdown_needs. */
DK_API void dk_scenario_needs(const dk_scenario *scenario, dk_need_fn *visit, void *arg);
DK_API size_t dk_scenario_n_params(const dk_scenario *scenario);
/* Borrowed, valid as long as the scenario. */
DK_API const dk_scenario_param *dk_scenario_get_param(const dk_scenario *scenario, size_t i);

/* Groups table by the columns that the breakdown and the scenarios mention: a table of those columns and a weight,
 * the column that its property `weight` names. breakdown may be NULL (then scenarios alone decide).
 *
 * Errors  as for dk_breakdown_run, and
 *         DK_ERR_NAME      a column that the table does not have; the step in the message
 *         DK_ERR_MARGIN    the table has margin rows
 *         DK_ERR_ARGUMENT  what cells do not have: rows(), median() and others, which look at records; the weight column
 *                          itself; a column whose name holds a backquote
 *                          a scenario that draws persons, of a table without a key
 *         DK_ERR_LIMIT     more columns than a breakdown can have
 *         DK_ERR_OVERFLOW  the weights do not fit: too many digits, or too many persons */
DK_API DK_MUST_USE dk_status dk_cells_new(const dk_table *table, const dk_breakdown *breakdown,
                                          const dk_scenario *const *scenarios, size_t n_scenarios,
                                          const dk_table **out, dk_error *err);

/* Runs the steps on cells. params override defaults; only the scenario's own.
 * out     cells again, with a note for each step whose condition left somebody out because it was null.
 * moved   may be NULL: one row for each step, stratum and what is set: step (integer, from 1), name (text), the
 *         stratum's columns as text in `stratum` ("gemeente = Duiven"), available (decimal), taken (decimal), effect
 *         (text: moves, adds, removes) and set (text, as written; null where nothing is). The total changes by what is
 *         taken where the effect adds or removes, and by nothing else.
 *
 * Errors  (but for the first, the step stands in front of the message)
 *         DK_ERR_ARGUMENT     the table is no cells, or has margin rows; the weight is set
 *         DK_ERR_UNREACHABLE  a step takes more than there is (the stratum in the message), or matches nobody
 *         DK_ERR_NAME         a column that the cells lack; a parameter that the scenario lacks
 *         DK_ERR_RANGE        a parameter or share outside its range
 *         DK_ERR_TYPE         where is no condition; a share or count is no number; a value that the column cannot
 *                             hold
 *         DK_ERR_OVERFLOW     a value to be set does not fit; whose, in the message
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_scenario_apply(const dk_scenario *scenario, const dk_table *cells,
                                               const dk_params *params, const dk_table **out,
                                               const dk_table **moved, dk_error *err);

/* How a comparison is laid out. All zero: wide, the measures of all sides beside each other. */
typedef struct dk_comparison_form {
    bool is_long;  /* a row for each group, measure and side */
    bool relative; /* with the difference as a share of the base */
    /* n_interventions items of what scenarios do, for the lineage of what is compared with them; NULL: they are not told */
    const dk_lineage_item *interventions;
    size_t n_interventions;
} dk_comparison_form;

/* What the scenarios of a comparison ran on. */
typedef struct dk_comparison_basis {
    const dk_table *cells; /* before any step; the caller releases them */
    bool by_rows; /* the breakdown was asked of rows: the cells say who moved, and may lack columns of it */
} dk_comparison_basis;

/* Runs breakdown on table as it is and under each scenario. Columns: the dimensions, then for each measure M:
 * M_base, and for each scenario S: M_S, M_S_difference, and M_S_relative where that is asked for. A long one has the columns
 * measure, scenario (categories in that order), base, value, difference and relative, each in a type that holds the numbers of all
 * measures. Rows: the union of the groups of all, in the order of keys,
 * totals after their parts; a group that one side does not have is null there (counts: 0). The breakdown's own
 * order and limit are left aside. A difference of ratios that is too fine for 64 bits is rounded to a real, and a
 * note says so; so is a relative difference. One from a base of 0 is null.
 *
 * breakdown_params  the $names of the breakdown; those of scenarios may be among them. May be NULL.
 * params            params[i] belong to scenarios[i]; may be NULL.
 * form              may be NULL: wide.
 * basis             may be NULL, else gets what the scenarios ran on
 *
 * Errors as for apply and breakdown_run; DK_ERR_DUPLICATE where two scenarios have one name, or a column would
 * occur twice; DK_ERR_NAME for one of breakdown_params that nothing mentions; DK_ERR_TYPE for a long comparison with a measure that
 * is no number, or of numbers in bounds and ratios. */
DK_API DK_MUST_USE dk_status dk_scenario_compare_as(const dk_breakdown *breakdown, const dk_table *table,
                                                    const dk_params *breakdown_params,
                                                    const dk_scenario *const *scenarios, const dk_params *params,
                                                    size_t n_scenarios, const dk_comparison_form *form,
                                                    dk_comparison_basis *basis, const dk_table **out,
                                                    dk_error *err);
/* The same, wide. */
DK_API DK_MUST_USE dk_status dk_scenario_compare(const dk_breakdown *breakdown, const dk_table *table,
                                                 const dk_params *breakdown_params,
                                                 const dk_scenario *const *scenarios, const dk_params *params,
                                                 size_t n_scenarios, const dk_table **out, dk_error *err);
/* The same columns for two tables: M_base, M_NAME, M_NAME_difference with name as NAME. A dimension may be text in
 * one and a category in the other (it is text then), or have more digits in one; DK_ERR_TYPE where its types differ
 * otherwise. */
DK_API DK_MUST_USE dk_status dk_table_compare_as(const dk_breakdown *breakdown, const dk_table *base,
                                                 const dk_table *other, const char *name, const dk_params *params,
                                                 const dk_comparison_form *form, const dk_table **out,
                                                 dk_error *err);
/* The same, wide. */
DK_API DK_MUST_USE dk_status dk_table_compare(const dk_breakdown *breakdown, const dk_table *base,
                                              const dk_table *other, const char *name, const dk_params *params,
                                              const dk_table **out, dk_error *err);

/* A wide comparison with a coarser level in the place of a dimension, as dk_table_roll_up has it of a result: each side is rolled
 * up, and differences are made anew. Any other table is rolled up as there. Errors: as there, and DK_ERR_ARGUMENT where a column of
 * a side was left out. */
DK_API DK_MUST_USE dk_status dk_comparison_roll_up(const dk_table *table, const char *level, const char *dimension,
                                                   const dk_table **out, dk_error *err);

/* Compares as dk_scenario_compare does, and tells how: a table of steps as dk_breakdown_plan gives it. Its steps are
 *   predict      what: the columns that cells are told apart by; rows of the table; out: the cells that are expected
 *   base         the breakdown as things are
 *   cube         out: the cells; rows or cells that were grouped (null: they were kept); where there is none, how says why
 *   steps' cells where each row is a cell: those of the scenarios' columns, on which the steps run
 *   scenario     what: its name; rows: cells or rows that it ran on; out: groups
 * Errors: as for compare. */
DK_API DK_MUST_USE dk_status dk_scenario_plan(const dk_breakdown *breakdown, const dk_table *table,
                                              const dk_params *breakdown_params,
                                              const dk_scenario *const *scenarios, const dk_params *params,
                                              size_t n_scenarios, const dk_table **out, dk_error *err);

/* Which cell of the breakdown's result a target is about: values for some dimensions; the others are totals. */
typedef struct dk_cell_at {
    const char *dimension;
    dk_value value;
} dk_cell_at;

typedef struct dk_solve_spec {
    const char *vary;     /* the parameter whose least value is sought, within its range */
    const char *target;   /* condition over the result's columns: "dekking >= 0.90" */
    const dk_cell_at *at; /* n_at values; none: the grand total */
    size_t n_at;
    const char *each; /* or: solve for each group of this dimension on its own; NULL: not */
} dk_solve_spec;

/* Finds the least value of a parameter for which the target holds. Exact: a candidate counts only if the condition
 * is true of exact ratios. What is tried depends on what the parameter is:
 *   a step's share  whole numbers of persons among those whom the step can take, each as the share that they are
 *   a step's count  whole numbers of persons
 *   a factor, a rate or a flow's share, by itself; and whatever has a range that is not whole
 *                   its range in steps of a power of ten, a million of them or somewhat more
 *   else            the whole numbers of its range, where default and range are whole
 * Where it follows from the scenario and the target that more moves the measure one way only, the least is found by
 * halving; else every candidate is tried, and of more than DK_SOLVE_MOST candidates so many at even distances,
 * which the answer then says.
 *
 * With `each`, the steps that mention the parameter take from one group at a time; everything else happens as in
 * the whole, and the cell is the group's.
 *
 * out   one row, or one for each group of `each`: the dimension (each), reachable (boolean), persons (what the steps
 *       that mention the parameter take; integer where whole; null where not reachable), available (what these steps
 *       could take), VARY (integer for counts and whole numbers, else ratio; null where nothing is nearer), one column
 *       for each measure as reached, or as it is nearest to the target where that cannot be reached, and answer (text:
 *       one sentence).
 *
 * Errors  as for compare, and
 *         DK_ERR_NAME         vary, each or at name nothing; the result has no such cell
 *         DK_ERR_ARGUMENT     both at and each; a parameter without a range that is no share or count of a step by
 *                             itself, or a count of those who come; a measure named like a column of the answer; a
 *                             later step that changes the dimension of `each`
 *         DK_ERR_TYPE         the parameter is no number, the target no condition
 *         DK_ERR_RANGE        the range of a share or count holds none
 *         DK_ERR_UNREACHABLE  nobody is ever matched; no value can be tried at all */
#define DK_SOLVE_MOST 4096
DK_API DK_MUST_USE dk_status dk_scenario_solve(const dk_breakdown *breakdown, const dk_table *table,
                                               const dk_params *breakdown_params, const dk_scenario *scenario,
                                               const dk_params *params, const dk_solve_spec *spec,
                                               const dk_table **out, dk_error *err);

/* Whole numbers that add up to total, in proportion to weights[0 .. n-1] (>= 0), by largest remainder; ties to the
 * earlier one. out is written on success alone. Errors: DK_ERR_RANGE for a negative weight or total, or where all
 * weights are 0 and total is not; DK_ERR_MEMORY. */
DK_API DK_MUST_USE dk_status dk_apportion(dk_context *context, const int64_t *weights, size_t n, int64_t total,
                                          int64_t *out, dk_error *err);

#endif
