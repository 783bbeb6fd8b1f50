/* quote.h - which byte stands around the fields of a file. */
#ifndef DKI_READ_QUOTE_H
#define DKI_READ_QUOTE_H

#include "tokens.h"

/* " unless the first records tell that it is ', by the rules of docs/csv.md. delimiter: 0 where it is not known.
 * Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED. */
dk_status dki_quote_find(dk_context *context, const char *bytes, size_t size, char delimiter, char *out,
                         dk_error *err);

#endif
