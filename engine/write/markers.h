/* markers.h - whether a marker alone tells who reads a file the bounds that it stands for. For engine/write alone. */
#ifndef DKI_WRITE_MARKERS_H
#define DKI_WRITE_MARKERS_H

#include <dekking/write.h>

#include "read/bounds.h"

/* What the numbers of a column tell who reads them in a file: with all of their digits, as CSV has them, and with those alone that
 * they need, as cells of a workbook have. */
typedef struct dki_marker_facts {
    dki_bounds_facts all, needed;
    bool are_various; /* rows that have the same marker have different bounds */
    size_t longest;   /* bytes of a marker */
} dki_marker_facts;

/* Of a column of intervals. Polls. Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_marker_facts_get(const dk_column *column, dki_marker_facts *out, dk_error *err);
/* Whether a marker beside these numbers is read as the interval; or, as x, has to be stated, and can be for all rows that have it. */
bool dki_marker_tells(const dki_marker_facts *facts, const dk_interval *interval, uint8_t scale, dk_style style);

#endif
