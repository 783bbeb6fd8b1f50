/* sample_weight.h - the keys of weighed samples. */
#ifndef DKI_ROWS_SAMPLE_WEIGHT_H
#define DKI_ROWS_SAMPLE_WEIGHT_H

#include <dekking/sample.h>

/* An integer for each row: those with the least are drawn, null is never drawn (its weight is 0). text: the weight as it was
 * written. Errors: DK_ERR_TYPE for what is no number, DK_ERR_RANGE for the first weight that is null or negative. */
dk_status dki_sample_keys(const dk_column *weight, const char *text, uint64_t seed, const dk_column **out,
                          dk_error *err);

#endif
