/* tighten.h - bounds of a table's numbers, made narrower by its own totals.
 *
 * A published table withholds some of its numbers, or rounds them, and gives their totals. Each total is the sum of its parts,
 * which limits what they can be:
 *
 *   gemeente   kolom_1  kolom_2  totaal              kolom_1  kolom_2  totaal
 *   Arnhem          12      724     736   -------->       12      724     736
 *   Duiven           x       54      61   tighten          7       54      61
 *   totaal          19      778     797                   19      778     797
 *
 * The sums are those of the table's margin rows: of each total, the rows of the next finer level that have its other dimensions.
 * In a table without margin rows, those are totals that have a word in the place of a value ("Totaal"). Beside them a column may
 * be the sum of others in each row. Every part has a row: what is left out of a table but not of its totals makes them wrong.
 */
#ifndef DEKKING_TIGHTEN_H
#define DEKKING_TIGHTEN_H

#include <dekking/table.h>

typedef struct dk_tighten_spec {
    const char *const
        *values; /* n_values columns of integers, decimals of one scale and intervals; NULL: all that are so, and
                                  neither dimensions nor `total`, nor measures of a result that do not add up */
    size_t n_values;
    const char *total;     /* a column: in each row the sum of `values`; NULL: there is none */
    const char *const *by; /* n_by dimensions of a table without margin rows, texts or categories; NULL: none */
    size_t n_by;
    const char *total_word; /* what they have in the rows that are totals, in any case; NULL: "totaal" */
    bool at_least;          /* a total may be more than its parts, where some belong to no part that is shown */
    bool one_by_one;        /* each sum on its own, again and again: needs no library, and may leave wider bounds */
} dk_tighten_spec;

/* The table with columns of bounds in the place of `values` and `total`, where any of their numbers is not known exactly. What is
 * null is open on both sides, if it is not impossible: then it adds nothing. Whole numbers stay whole; decimals are rounded
 * outward. A number whose bounds have become narrower loses its marker, unless it is an estimate. A note says how many there
 * are. Bounds are the narrowest that the sums allow, for numbers with fractions; of two dimensions, of which one may have a
 * hierarchy, for whole numbers too. No table that obeys the sums is cut off.
 * Other columns of bounds that the result of a breakdown made of these numbers, shares, rates and differences, are made anew of them
 * and get no wider; notes name these, and those that stay as they were.
 * Errors  DK_ERR_NAME       no such column
 *         DK_ERR_ARGUMENT   no values; a column in two roles; nothing is a total; `by` beside margin rows; a value that
 *                           is a rate of a result
 *         DK_ERR_TYPE       a value that is no number of that kind, scales that differ, a dimension that is no text
 *         DK_ERR_DUPLICATE  two rows for one total
 *         DK_ERR_DATA       sums that cannot hold: the smallest set of them, by name
 *         DK_ERR_LIMIT      more numbers, or kinds of totals, than can be solved
 *         DK_ERR_IO         Clp is needed, and missing
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_tighten(const dk_table *table, const dk_tighten_spec *spec,
                                              const dk_table **out, dk_error *err);

#endif
