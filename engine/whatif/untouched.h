/* untouched.h - what a scenario leaves as it was, behind a comparison's numbers in bounds. For engine/whatif alone. */
#ifndef DKI_WHATIF_UNTOUCHED_H
#define DKI_WHATIF_UNTOUCHED_H

#include "whatif_parts.h"

/* What differences lie within, whatever else is known of both sides: by row of the base, or nothing. */
typedef struct dki_untouched {
    dk_context *context;
    size_t n_measures, n_sides;
    uint64_t n_rows;
    dk_value **
        within; /* of measure * n_sides + side: an interval for each row of the base, null where nothing is known; NULL: of none */
} dki_untouched;

/* To be dropped in any case. */
dk_status dki_untouched_init(dki_untouched *u, const dk_breakdown *breakdown, const dk_table *base, size_t n_sides,
                             dk_error *err);
void dki_untouched_drop(dki_untouched *u);
/* Finds it for a scenario of the table, as side `side`. base: what `whole` says of the table. Where the cells that steps run on are
 * too many nothing is known. Errors: as for running the scenario on cells. */
dk_status dki_untouched_find(dki_untouched *u, const dk_breakdown *whole, const dk_table *table,
                             const dk_params *breakdown_params, const dk_scenario *scenario,
                             const dk_params *params, const dk_table *base, size_t side, dk_error *err);
/* The same of another table, of which some columns may be those of the first. */
dk_status dki_untouched_tables(dki_untouched *u, const dk_breakdown *whole, const dk_table *table,
                               const dk_table *other, const dk_table *base, size_t side, dk_error *err);
/* Room for what the differences of a measure lie within, by row of the base; NULL: no memory. */
dk_value *dki_untouched_new(dki_untouched *u, size_t measure, size_t side, dk_error *err);
/* Whether something is known of a measure on a side. u may be NULL. */
bool dki_untouched_has(const dki_untouched *u, size_t measure, size_t side);
/* What the difference lies within; NULL: nothing is known. */
const dk_value *dki_untouched_get(const dki_untouched *u, size_t measure, size_t side, uint64_t row);

/* reads.c: which columns a measure reads, by their numbers in a map of names. */
typedef struct dki_reads {
    const dk_breakdown *breakdown;
    const dki_text_map *names;
    uint32_t columns; /* bits of those of the measure, and of the breakdown's where */
    bool of_rows;     /* it gathers something of the group's own rows */
    bool of_all;      /* it looks at the rows of everything, too ... */
    bool of_others;   /* ... or at those of other groups */
    bool of_figures;  /* or at figures beside the table */
} dki_reads;

/* names: no more than 31, all that the breakdown reads among them. */
void dki_reads_find(dki_reads *reads, const dk_breakdown *breakdown, size_t measure, const dki_text_map *names);
/* Bits of the columns of the dimensions that mask does not total. */
uint32_t dki_reads_dimensions(const dki_reads *reads, uint32_t mask);
/* The measure that this one is, by its own name or another, where that is sum(x), perhaps where something holds: then what moved adds
 * up to its difference; else SIZE_MAX. */
size_t dki_reads_sum_of(const dk_breakdown *breakdown, size_t measure);

#endif
