/* margin_rows.h - tables whose rows are totals of others, where those would count double. */
#ifndef DKI_ROWS_MARGIN_ROWS_H
#define DKI_ROWS_MARGIN_ROWS_H

#include <dekking/table.h>

#include "base/status.h"

/* DK_ERR_MARGIN where the table has such rows; what: "a pivot". */
static inline dk_status dki_refuse_margin(const dk_table *table, const char *what, dk_error *err)
{
    if (dk_table_margin(table) == NULL)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_MARGIN, "%s: the table has rows that are totals of others", what);
    dki_hint(err, "take the table without them: t:detail()");
    return DK_ERR_MARGIN;
}

#endif
