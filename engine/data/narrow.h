/* narrow.h - the levels of a category that some row has. For the layers from engine/data on. */
#ifndef DKI_DATA_NARROW_H
#define DKI_DATA_NARROW_H

#include <dekking/column.h>

/* The column over a dictionary without the levels that no row has, of sets also without the members that none of them has; what was
 * stated stays, and members of its hierarchies do. It is retained where there is nothing to leave out, and where it is no category.
 *
 * Errors  DK_ERR_MEMORY, DK_ERR_INTERRUPTED
 * Cost    a look at the codes of rows, until each level was met; where some are left out, a copy of the codes. */
dk_status dki_column_narrow(const dk_column *column, const dk_column **out, dk_error *err);

#endif
