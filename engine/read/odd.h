/* odd.h - the records of a source that the parallel path leaves alone, read plainly, some at a time. */
#ifndef DKI_READ_ODD_H
#define DKI_READ_ODD_H

#include "records.h"
#include "source.h"

/* Reads at most `most` records, blank lines and faults, the first of which begins at *offset on *line, behind what records
 * holds; at least one. *offset and *line are then those of the record behind them. *is_utf8: what was looked at is,
 * else nothing counts; strictly, a fault is the answer only where all of the rest is, since a fault of the encoding comes
 * before it. */
dk_status dki_odd_read(const dki_source *source, dki_records *records, uint64_t most, uint64_t *offset,
                       uint64_t *line, bool *is_utf8, dk_error *err);

#endif
