/* odd.h - the records of a source that the parallel path leaves alone, read plainly, one or some at a time. */
#ifndef DKI_READ_ODD_H
#define DKI_READ_ODD_H

#include "collect.h"
#include "records.h"
#include "source.h"

/* What the record is at which a text begins. */
typedef enum dki_odd_kind {
    DKI_ODD_CUT,   /* its end is not in the text */
    DKI_ODD_ROW,   /* as wide as the table */
    DKI_ODD_BLANK, /* a blank line, which is no row */
    DKI_ODD_FAULT  /* a fault, or ragged */
} dki_odd_kind;

/* Has libcsv look at the record at which text begins; whole: the text ends where the file does. *size: the bytes that it takes,
 * its line end included. Time: as the record is long, not as the text is. */
dk_status dki_odd_look(dk_context *context, const dki_collect_options *options, const char *text, size_t n,
                       bool whole, dki_odd_kind *kind, size_t *size, dk_error *err);

/* Tells the records the reading's columns have no room for, which a run of the collecting left out: they become rejects, or
 * are counted as blank. Polls. */
dk_status dki_odd_tell(const dki_source *source, dki_records *records, const dki_odd_span *spans, size_t n,
                       dk_error *err);

/* Reads at most `most` records, blank lines and faults, the first of which begins at *offset on *line, behind what records
 * holds; at least one. *offset and *line are then those of the record behind them. *is_utf8: what was looked at is,
 * else nothing counts; strictly, a fault is the answer only where all of the rest is, since a fault of the encoding comes
 * before it. */
dk_status dki_odd_read(const dki_source *source, dki_records *records, uint64_t most, uint64_t *offset,
                       uint64_t *line, bool *is_utf8, dk_error *err);

#endif
