/* harmless.h - text as a terminal may see it: without what would move the cursor or worse. For engine/write alone. */
#ifndef DKI_WRITE_HARMLESS_H
#define DKI_WRITE_HARMLESS_H

#include "base/buffer.h"

/* Makes `to` the text as it may be shown, in at most `limit` columns: cut with an ellipsis where it needs more. */
dk_status dki_make_harmless(dki_buffer *to, const char *text, size_t size, size_t limit, dk_error *err);

#endif
