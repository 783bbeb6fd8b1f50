/* key_pair.h - which columns can be keys of one join, and what to write where two cannot. */
#ifndef DKI_JOIN_KEY_PAIR_H
#define DKI_JOIN_KEY_PAIR_H

#include <dekking/column.h>

#include "base/status.h"

/* Whether values of the two columns can be compared at all. */
bool dki_keys_compare(const dk_column *a, const dk_column *b);
/* The hint for two that cannot: the column to derive, on which side, and the pair of names to take then. */
void dki_key_pair_hint(const char *left_name, const dk_column *left, const char *right_name, const dk_column *right,
                       dk_error *err);

#endif
