/* text_codes.h - the texts of a column as numbers in their order, found once and kept with the column. */
#ifndef DKI_QUERY_TEXT_CODES_H
#define DKI_QUERY_TEXT_CODES_H

#include <dekking/column.h>

#include "base/cache.h"
#include "expr/eval.h"

typedef struct dki_text_codes {
    dki_kept kept;
    const dk_column *numbers; /* of each row: 0, 1, ... in the order of the texts; null where the text is */
    const dk_column *texts;   /* the text of each number */
} dki_text_codes;

/* Those of a text column, retained; or *out = NULL where numbering it is not worth while: few rows, few different texts in a
 * sample, or no room in the budget. kept_only: also where they are not there yet. */
dk_status dki_text_codes_get(const dk_column *column, bool kept_only, dki_text_codes **out, dk_error *err);
/* The same of texts that an expression looks up (expr/eval.h), whose place their numbers take: numbers is NULL, since the
 * expression has them. *out = NULL where it looks up none. */
dk_status dki_text_codes_looked_up(dk_context *context, dki_bound *bound, dki_text_codes **out, dk_error *err);
void dki_text_codes_release(dki_text_codes *codes); /* NULL does nothing */
/* The texts of a column of numbers, as a column. */
dk_status dki_text_codes_texts(const dki_text_codes *codes, const dk_column *numbers, const dk_column **out,
                               dk_error *err);

#endif
