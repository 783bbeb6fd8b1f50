/* coder.h - codes for the values of a dimension: 0 is null, the others are dense.
 *
 * Categories, booleans and integers of a small range have codes that follow from the value; other values get the next one when
 * they are first met.
 */
#ifndef DKI_QUERY_CODER_H
#define DKI_QUERY_CODER_H

#include <dekking/column.h>

#include "base/bitmap.h"
#include "base/hash.h"

/* The rows of a block that count: DKI_FOR_SELECTED(i, n, selection) { ... } */
#define DKI_FOR_SELECTED(i, n, selection) \
    for (size_t i = 0; i < (n); i++)      \
        if ((selection) == NULL || dki_bit((selection), i))

/* What must be known of a dimension before the first row. levels is borrowed and must outlive the coder. */
typedef struct dki_dimension {
    dk_type type;
    uint8_t scale;
    const dk_dictionary *levels; /* category */
    bool has_bounds;             /* every known value lies in least .. greatest */
    int64_t least, greatest;
    bool known_only; /* of an argument: its code is 1 where it is known, whatever it is */
    bool
        has_wholes; /* of members: one more code, behind those of levels and null, stands for the whole row (entries.h) */
} dki_dimension;

/* Codes of a dimension where they are known beforehand, null included: the code of a level, 1 and 2 for false and
 * true, one more than the distance from the least of a range. 0: they are not known, or are more than 32 bits hold.
 * */
uint64_t dki_dimension_n_codes(const dki_dimension *what);
/* The same where a grouper counts with it: ranges of limited length. */
uint32_t dki_dimension_n_direct(const dki_dimension *what);

typedef enum dki_coder_kind {
    DKI_CODER_LEVELS,   /* codes as they are */
    DKI_CODER_BITS,     /* boolean: 1 false, 2 true */
    DKI_CODER_RANGE,    /* value - least + 1 */
    DKI_CODER_INTEGERS, /* number in `integers` + 1; a real goes in by its bits */
    DKI_CODER_BYTES     /* number in `texts` + 1; a ratio goes in by its bytes */
} dki_coder_kind;

/* A text of at most eight bytes that came lately, and its number: found again without a hash of its bytes. */
#define DKI_N_RECENT 4096
typedef struct dki_recent_text {
    uint64_t word;       /* its bytes */
    uint32_t size, code; /* 0: there is none */
} dki_recent_text;

typedef struct dki_coder {
    dki_dimension what;
    dki_coder_kind kind;
    uint32_t n_direct; /* number of codes where it is known beforehand, else 0 */
    dki_int_map integers;
    dki_text_map texts;
    dki_recent_text *recent; /* DKI_N_RECENT of `texts`; NULL until one is coded */
} dki_coder;

void dki_coder_init(dki_coder *coder, dk_context *context, const dki_dimension *what);
void dki_coder_drop(dki_coder *coder);
/* The codes of the rows in selection (NULL: all n); values is room for n. */
dk_status dki_coder_view(dki_coder *coder, const dk_view *view, size_t n, const uint64_t *selection,
                         int64_t *values, uint32_t *codes, dk_error *err);
/* The code of a value that is known, as an integer, a category's code or the bits of a real: found or made. Not for
 * texts and ratios. */
dk_status dki_coder_value(dki_coder *coder, int64_t value, uint32_t *code, dk_error *err);
/* The code here of a code of another coder of the same dimension. */
dk_status dki_coder_translate(dki_coder *coder, const dki_coder *other, uint32_t code, uint32_t *out,
                              dk_error *err);

#endif
