/* builder.h - the inside of builders. For engine/data alone. */
#ifndef DKI_DATA_BUILDER_H
#define DKI_DATA_BUILDER_H

#include "base/calendar.h"
#include "base/hash.h"
#include "chunk.h"

/* Rows are collected in the widest storage of the type, up to a full chunk, which is then narrowed and closed. */
struct dk_builder {
    dk_context *context;
    dk_type type;
    uint8_t scale;
    const dk_dictionary *levels; /* stated levels; NULL: collected */
    dki_text_map collected;
    uint64_t n_closed; /* rows in closed chunks */
    dki_part *parts;
    size_t n_parts, parts_capacity;
    size_t n; /* rows of the open chunk */
    size_t capacity;
    void *values;    /* widest storage; offsets for text: n + 1 of them */
    uint64_t *valid; /* capacity bits; kept from the first row on */
    size_t n_nulls;  /* of the open chunk */
    char *bytes;
    size_t n_bytes, bytes_capacity;
    const dk_dictionary *translated; /* codes of this dictionary, which is retained, ... */
    uint32_t *translation;           /* ... in ours; 0: not looked up */
    struct dki_interval_builder
        *interval; /* of that type: the builders of its children, and nothing else is used */
};

/* Makes room for at least one more row of the open chunk, closing it where it is full; *room rows may be written. */
dk_status dki_builder_room(dk_builder *builder, size_t *room, dk_error *err);
/* Marks the next n rows, whose values stand in the open chunk, as all known or all null, and counts them. */
void dki_builder_count(dk_builder *builder, size_t n, bool known);
dk_status dki_builder_close_chunk(dk_builder *builder, dk_error *err);
/* Closes the open chunk, which holds one row, as a constant chunk of n rows. Takes the row away on failure. */
dk_status dki_builder_stretch(dk_builder *builder, uint64_t n, dk_error *err);

/* The builder's code of a level: found, or added where levels are collected. */
dk_status dki_builder_level(dk_builder *builder, dk_text level, uint32_t *code, dk_error *err);
/* Appends to a text column what is known to be UTF-8 and not too long. */
dk_status dki_builder_known_text(dk_builder *builder, dk_text value, dk_error *err);
dk_status dki_builder_wrong_type(const dk_builder *builder, dk_type given, dk_error *err);
/* Dates and timestamps lie in the years 1 to 9999; other integers anywhere. */
dk_status dki_builder_check_integer(const dk_builder *builder, int64_t value, dk_error *err);

#endif
