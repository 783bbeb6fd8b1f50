/* published.h - reads a table as a publication prints it, in the form `pdftotext -layout` leaves it.
 *
 * Each line that counts is a label of one or more words and then numbers, a dot between thousands; blank lines are
 * skipped; there is no header. A line whose label begins with the word of the total ("totaal", in any case)
 * closes the table and sums its columns; the last number of a line is the sum of those before it, unless the caller
 * says that it is not or it is the only one. Lines that begin with # are remarks. Every sum is checked. Words of a label
 * have no digit; blanks between them count as one. docs/csv.md has the rules in full.
 */
#ifndef DEKKING_PUBLISHED_H
#define DEKKING_PUBLISHED_H

#include <dekking/csv.h>

typedef struct dk_published_options {
    const char *label;          /* name of the label column; NULL: "label" */
    const char *const *columns; /* n_columns names, the row total's included; NULL: kolom_1 ... and "totaal" */
    size_t n_columns;
    const char *total_word;       /* NULL: "totaal" */
    bool no_row_totals;           /* the last number is a column like the others */
    const dk_bounds_rule *bounds; /* markers and rounding: figures are intervals; NULL: they are whole numbers */
    bool parts_at_most;           /* parts may make less than their total, where some are of unknown class */
    bool accept_mismatch;         /* sums that do not add up become notes instead of an error */
} dk_published_options;

/* out     label (category, levels declared in the order of the publication), then integer columns, or intervals where there are bounds. The line of the
 *         total is a margin row over dimension 0, the label, which is null there; its own words are in the table's
 *         notes. Where there is no such line no column is checked, and a note says so.
 * checks  may be NULL: one row for each sum: of (category: "row" or "column"), name (text: the label, or the
 *         column), stated, computed, difference (integers, or intervals where there are bounds), holds (boolean); and with
 *         bounds or parts_at_most because (category): "equal"; "bounds", where both may be the same; "unknown class", where the
 *         parts make less and may; "nothing". A sum of which the bounds overlap holds.
 *
 * Errors  DK_ERR_IO, DK_ERR_ENCODING, DK_ERR_MEMORY, DK_ERR_INTERRUPTED
 *         DK_ERR_DATA       no rows; a line with another number of numbers; a number that is none; a label twice; a
 *                           sum that does not add up (message gives both numbers)
 *         DK_ERR_LENGTH     the number of names is not the number of columns
 *         DK_ERR_DUPLICATE  two columns of one name
 *         DK_ERR_OVERFLOW   a sum that does not hold (accept_mismatch) does not fit in 64 bits */
DK_API DK_MUST_USE dk_status dk_read_published(dk_context *context, const char *path,
                                               const dk_published_options *options, const dk_table **out,
                                               const dk_table **checks, dk_error *err);

#endif
