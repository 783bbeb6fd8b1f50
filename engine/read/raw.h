/* raw.h - the fields of one column as text, before its type is known.
 *
 * While few values differ each row is the number of its value; when too many do, the column becomes plain text. Null is
 * a row without value. What a table is read into: knows nothing of records, delimiters or types.
 */
#ifndef DKI_READ_RAW_H
#define DKI_READ_RAW_H

#include "base/buffer.h"
#include "base/hash.h"

#define DKI_RAW_LEVELS 65535 /* at most so many different values are numbered */

typedef struct dki_raw {
    dk_context *context;
    uint64_t n_rows, n_nulls;
    bool is_coded;

    dki_text_map map;     /* coded: the values, in the order of their first appearance */
    uint32_t *codes;      /* coded: 0 is null, else number + 1 */
    uint64_t *first_rows; /* coded: by number */
    size_t codes_room, first_rows_room;

    dki_buffer bytes;   /* else: one after another; */
    size_t *ends;       /* by row; */
    uint64_t *is_known; /* a bitmap */
    size_t ends_room, known_room;
} dki_raw;

void dki_raw_init(dki_raw *raw, dk_context *context);
void dki_raw_drop(dki_raw *raw); /* frees all; the column is empty, and can be used again */
dk_status dki_raw_null(dki_raw *raw, dk_error *err);
dk_status dki_raw_text(dki_raw *raw, const char *bytes, size_t size, dk_error *err);
/* The value of a row; false where it is null. Valid until the next append. */
bool dki_raw_get(const dki_raw *raw, uint64_t row, const char **bytes, size_t *size);
/* Coded: how many rows have each value, into counts of map.n items. */
void dki_raw_count(const dki_raw *raw, uint64_t *counts);

#endif
