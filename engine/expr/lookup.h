/* lookup.h - tables by the codes of some columns. For engine/expr alone; see lookup.c. */
#ifndef DKI_EXPR_LOOKUP_H
#define DKI_EXPR_LOOKUP_H

#include "bound.h"
#include "data/codes.h"

#define DKI_LOOKUP_COLUMNS 4

typedef struct dki_lookup_source {
    dki_coding coding;
    uint32_t n_codes, factor; /* its code times factor is its part of the joint code */
    bool never_null;          /* no row has its code 0 */
} dki_lookup_source;

/* Of an op whose args are the columns. */
typedef struct dki_lookup {
    size_t n_sources;
    dki_lookup_source sources[DKI_LOOKUP_COLUMNS];
    uint32_t n;     /* joint codes */
    unsigned width; /* that holds them */
    uint8_t *truth; /* boolean: 1 where it is true */
    uint8_t *null;  /* 1 where it is null */
    bool any_null;  /* in a row that can be */
    dki_code_set is_true, is_null;
    void *values; /* other types, as vectors hold them */
    void *narrow; /* category: as columns store them */
    unsigned narrow_width;
    bool has_bounds; /* integer, decimal, date, timestamp, period */
    int64_t least, greatest;
} dki_lookup;

/* Puts look-ups in the place of op or what is below it, where that pays. */
dk_status dki_look_up(dki_binder *b, dki_op **op);
/* What a category that is looked up is in the eval's rows; like dki_run_lookup, with its codes as narrow as they
 * go. */
dk_status dki_lookup_view(dki_eval *eval, const dki_op *op, dk_view *view, dk_error *err);

#endif
