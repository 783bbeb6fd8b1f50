/* poll_row.h - interruption of loops that go row by row. */
#ifndef DKI_EXPR_POLL_ROW_H
#define DKI_EXPR_POLL_ROW_H

#include <dekking/column.h>

#include "base/memory.h"

/* Polls once for each DK_BLOCK_ROWS rows. */
static inline dk_status dki_poll_row(dk_context *context, uint64_t row, dk_error *err)
{
    return row % DK_BLOCK_ROWS ? DK_OK : dki_poll(context, err);
}

/* for every row 0 .. n - 1, as long as status is DK_OK and nobody interrupts. */
#define DKI_FOR_ROWS(row, n, context, status, err) \
    for (uint64_t row = 0;                         \
         (status) == DK_OK && row < (n) && ((status) = dki_poll_row(context, row, err)) == DK_OK; row++)

#endif
