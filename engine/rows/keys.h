/* keys.h - keys as texts: what to sort by, within which groups to look. */
#ifndef DKI_ROWS_KEYS_H
#define DKI_ROWS_KEYS_H

#include <dekking/expr.h>

#include "sort_order.h"

/* Takes " desc" or " asc" from the end of text[0 .. *size-1]; false, and neither is touched, where there is none. */
bool dki_key_direction(const char *text, size_t *size, bool *descending);
/* "column", "column desc", "column asc", or an expression in place of the column. A column of the whole text comes first.
 * may_direct: asc and desc are taken. columns[i] is retained for the caller; what: for messages ("sort").
 * Errors: as for dk_table_eval; DK_ERR_ARGUMENT where something else than asc or desc stands behind a column. */
dk_status dki_keys_bind(const dk_table *table, const char *const *texts, size_t n, bool may_direct,
                        const char *what, const dk_params *params, dki_order_key *keys, dk_error *err);
void dki_keys_release(dki_order_key *keys, size_t n);

#endif
