/* finish.h - from columns of text to the table: types, doubts, values that do not fit, notes. */
#ifndef DKI_READ_FINISH_H
#define DKI_READ_FINISH_H

#include "records.h"

/* Makes the table of all that was read. *is_again: nothing was made, because the records must be read again, plainly: rows
 * that do not fit their columns have to become rejects, and one of them was read plainly among others that were collected.
 * Errors: DK_ERR_DATA for a column in doubt or a value that does not fit, DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_finish(dki_records *records, dk_encoding encoding, bool has_mark, bool *is_again,
                     const dk_table **out, const dk_table **rejected, dk_error *err);

#endif
