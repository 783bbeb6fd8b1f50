/* merge.h - what the blocks of a collected file hold together: the different values of a column, any of its fields. */
#ifndef DKI_READ_MERGE_H
#define DKI_READ_MERGE_H

#include "collect.h"
#include "convert.h"

/* The values of one column over the whole file. */
typedef struct dki_levels {
    bool is_known;        /* few enough to be numbered; else the rest is empty */
    dki_text_map map;     /* in the order of their first appearance in the file; its texts are those of the sets */
    uint64_t *first_rows; /* by number */
} dki_levels;

/* Once, before anything else, where something was odd: values know the rows that have them, and are in their order; columns
 * that seem to have too many values, and have not, because some stood only in rows that were dropped, are coded. */
dk_status dki_collected_settle(dki_collected *collected, dk_error *err);
/* Numbers the values of a column whose codes were given up, where they are at most `most`; *few: they are, and it is coded
 * now. */
dk_status dki_collected_number(dki_collected *collected, size_t column, size_t most, bool *few, dk_error *err);

dk_status dki_levels_find(const dki_collected *collected, size_t column, dki_levels *out, dk_error *err);
void dki_levels_drop(dki_levels *levels); /* may be called twice, and on zeroes */

static inline dki_values *dki_values_of(const dki_collected *collected, unsigned set, size_t column)
{
    return &collected->values[set * collected->n_columns + column];
}

/* Adds what is known of a stretch that is not coded. */
void dki_stretch_profile(const dki_block *block, const dki_stretch *stretch, dki_profile *profile);
/* The same as dki_profile_find says of a raw column. */
dk_status dki_collected_profile(const dki_collected *collected, size_t column, const dki_levels *levels,
                                const dk_csv_column *stated, dki_profile *out, dk_error *err);

/* The field of a row; false where it is null. The bytes are valid until the next call of this thread. */
bool dki_collected_get(const dki_collected *collected, size_t column, uint64_t row, const char **bytes,
                       size_t *size);
bool dki_stretch_get(const dki_collected *collected, size_t column, const dki_stretch *stretch, size_t i,
                     const char **bytes, size_t *size);
static inline uint32_t dki_stretch_code(const dki_stretch *stretch, size_t i)
{
    return stretch->is_wide ? ((const uint16_t *)stretch->codes)[i] : ((const uint8_t *)stretch->codes)[i];
}

/* The same as dki_convert_check. */
dk_status dki_collected_check(const dki_collected *collected, size_t column, const dki_plan *plan, uint64_t *bad,
                              uint64_t *n_bad, dk_error *err);

/* Makes the column, and drops its stretches; every field fits. */
dk_status dki_collected_column(dki_collected *collected, size_t column, const dki_levels *levels,
                               const dki_plan *plan, const dk_column **out, dk_error *err);

#endif
