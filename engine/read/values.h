/* values.h - the different values of one column as one thread meets them, and their numbers: made for looking up.
 *
 * Values get codes 1, 2, 3 ... in the order of their first appearance; 0 is null. Short values are compared exactly in
 * words of eight bytes: a value of up to 8, 16, 24 or 32 bytes is one to four words, filled up with zeroes, which no
 * value holds, because a NUL byte never gets here. Longer values are looked up as texts; values of one byte, as long as a
 * column has no others, by that byte.
 */
#ifndef DKI_READ_VALUES_H
#define DKI_READ_VALUES_H

#include "base/arena.h"
#include "base/hash.h"
#include "raw.h"

/* Every text that is looked up may be read so far beyond its first byte. */
#define DKI_VALUES_OVERREAD 32

typedef struct dki_value_entry {
    const char *bytes;
    size_t size;
    uint64_t row; /* the first one that has it */
} dki_value_entry;

typedef struct dki_values {
    dk_context *context;
    dki_value_entry *entries; /* by code - 1 */
    size_t n, entries_room;
    dki_arena arena; /* their bytes */

    /* Slots: the words of a key, then its code. In a free one all are zero, which is what an empty field looks for. */
    unsigned n_words; /* of a key: 1 to 4 */
    unsigned shift;   /* hash to slot */
    uint64_t factors[4];
    size_t n_slots, n_used;
    uint64_t *slots;
    bool is_sparing;      /* of memory, at some cost of time: one of many columns */
    bool has_bytes_alone; /* all values are of one byte: */
    uint16_t *of_byte;    /* 256 of them: their codes; NO_CODE: none. NULL where sparing */

    dki_text_map longs; /* values over 32 bytes */
    uint16_t *long_codes;
    size_t long_room;

    bool has_empty; /* "" has a code: */
    uint16_t empty_code;
} dki_values;

dk_status dki_values_begin(dki_values *values, dk_context *context, bool is_sparing, dk_error *err);
/* Gives up what looking up takes; the values stay. May be called twice, and after a drop. */
void dki_values_close(dki_values *values);
void dki_values_drop(dki_values *values); /* may be called twice */

/* Makes a value mean null. Before any other is added. */
dk_status dki_values_add_null(dki_values *values, const char *bytes, size_t size, dk_error *err);

/* The code of a value that is not an empty field; it is added where it is new, as first seen in row. *code is
 * DKI_RAW_LEVELS + 1 where it would be one too many. */
dk_status dki_values_add(dki_values *values, const char *bytes, size_t size, uint64_t row, uint32_t *code,
                         dk_error *err);

/* Fields of one column in a text: field i begins behind position ends[i * stride - 1] and ends before ends[i * stride].
 * ends[-1] can be read, and is UINT32_MAX before the first field of the text. */
typedef struct dki_fields {
    const char *text;
    const uint32_t *ends;
    size_t stride, n;
    char quote;       /* 0: the text has none */
    bool has_escapes; /* a doubled quote stands somewhere in the text */
    bool cut_cr;      /* the field may end in a CR that belongs to the line end */
} dki_fields;

/* A field without its quotes. is_quoted: bytes may hold doubled quotes. Returns its size. */
static inline size_t dki_field_get(const dki_fields *f, size_t i, const char **bytes, bool *is_quoted)
{
    const uint32_t *end = f->ends + i * f->stride;
    uint32_t from = end[-1] + 1, to = end[0];

    if (f->cut_cr && to > from && f->text[to - 1] == '\r')
        to--;
    *is_quoted = f->quote && f->text[from] == f->quote; /* where an empty field begins stands what ends it */
    *bytes = f->text + from + *is_quoted;
    return to - from - 2u * *is_quoted;
}

/* Codes of fields i, i + 1, ... that are known, as far as they can be looked up without further ado. Returns the number of
 * the first one that cannot: for dki_values_add; n where all can. */
size_t dki_values_find(const dki_values *values, const dki_fields *fields, size_t i, uint16_t *codes);

#endif
