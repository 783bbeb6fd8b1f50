/* bands_parts.h - repeated draws on their way. For engine/whatif alone.
 *
 *   bands.c        the draws
 *   bands_table.c  what their numbers say together
 */
#ifndef DKI_WHATIF_BANDS_PARTS_H
#define DKI_WHATIF_BANDS_PARTS_H

#include <dekking/bands.h>

#include "query/breakdown_parts.h"
#include "whatif_parts.h"

/* A number of one measure: an integer or decimal as a ratio of a power of ten, a ratio, or a double. */
typedef struct dki_band_number {
    union {
        int64_t integer;
        double real;
    } as;
    int64_t denominator; /* of a double 1. 0: null */
} dki_band_number;

typedef struct dki_bands {
    dk_context *context;
    const dk_breakdown *breakdown; /* as given */
    const dk_bands_spec *spec;
    const dk_table *like;     /* the breakdown of a table without rows: types, digits and formats */
    dki_text_map groups;      /* by key */
    size_t capacity;          /* groups that numbers has room for */
    dki_band_number *numbers; /* [group][measure][draw] */
    dk_type *types;           /* of each measure: decimal where it is in some draw, and an integer in others */
    uint8_t *scales;          /* the greatest of a decimal */
    const dk_table **layouts; /* n_layouts results that have groups which none before them has */
    size_t n_layouts, layout_capacity;
} dki_bands;

static inline dki_band_number *dki_band_numbers(const dki_bands *bands, uint64_t group, size_t measure)
{
    return bands->numbers + (group * bands->breakdown->n_measures + measure) * bands->spec->n_draws;
}

/* Keeps what draw number `draw` gave. Numbers come in order. */
dk_status dki_bands_keep(dki_bands *bands, uint64_t draw, const dk_table *result, dk_error *err);
/* Mean, standard deviation and quantiles of all of them, as a table. */
dk_status dki_bands_table(dki_bands *bands, const dk_table **out, dk_error *err);
/* The key of a row of a result among its groups. */
dk_status dki_bands_key(const dki_bands *bands, const dk_table *result, uint64_t row, dki_buffer *key,
                        dk_error *err);

#endif
