/* dense_forms.h - how the codes of a block's rows are made that dense.h counts by: indexes of tables, and codes of values.
 *
 * A form is said once for each block; codes are then made of some rows at a time, so that they stay in the nearest cache.
 */
#ifndef DKI_QUERY_DENSE_FORMS_H
#define DKI_QUERY_DENSE_FORMS_H

#include "dense.h"

#define DKI_TILE_ROWS 512 /* of which codes are made at a time: fetching waits for memory while they are counted */
#define DKI_LOOSE_BYTES (DK_BLOCK_ROWS * sizeof(uint32_t))

/* Codes with their width. */
typedef struct dki_dense_codes {
    const void *at;
    unsigned width;
} dki_dense_codes;

/* What forms are said of. */
typedef struct dki_dense_forms {
    const dki_dense_plan *plan;
    const dki_dense_block *block;
    size_t n_slots; /* that indexes tell apart: those of the plan, without the codes of ... */
    size_t skips;   /* ... a dimension that indexes leave out; DKI_NONE: none */
    char *loose;    /* room for codes that are clamped first, dki_dense_n_loose() times DKI_LOOSE_BYTES; moved on */
    uint64_t *masks; /* 2 * DK_BLOCK_WORDS for each value */
} dki_dense_forms;

/* Codes that are not trusted where they lie: of dimensions, of values of counters. */
size_t dki_dense_n_loose(const dki_dense_plan *dense);
/* Whether picking the rows that the breakdown's where lets through takes less than counting all apart. */
bool dki_dense_is_few(const dki_dense_block *block);
static inline const uint64_t *dki_dense_truth(const dki_dense_block *block, size_t filter)
{
    return filter == DKI_NONE ? block->selection : block->truths + filter * DK_BLOCK_WORDS;
}
/* From one counter to that of the same row where condition b holds. */
static inline size_t dki_dense_condition(size_t n_slots, const dki_dense_counters *counters, size_t b)
{
    return (n_slots * counters->n_codes) << b;
}
/* Where the counters of rows begin for which the breakdown's where holds. */
size_t dki_dense_first_selected(size_t n_slots, const dki_dense_counters *counters);

/* The slot of every row. */
void dki_form_slots(dki_dense_forms *forms, dki_code_sum *sum);
/* Adds to slots a term for a code, and one for each condition that holds. few: nobody looks at rows outside the
 * selection, and counting begins where those of the others do: an index may then be nothing but a column's codes. */
void dki_form_indexes(dki_dense_forms *forms, const dki_dense_counters *counters, bool few, dki_code_sum *sum);
/* Codes of a value, 0 in rows that do not count. i: whose masks it takes. */
void dki_form_kept(const dki_dense_forms *forms, size_t value, size_t i, dki_code_sum *sum);
/* Codes of rows from .. from + n - 1: where they lie, or made. */
dki_dense_codes dki_form_take(const dki_code_sum *sum, unsigned width, void *to, size_t from, size_t n);

#endif
