/* table_parts.h - the inside of tables. For engine/data alone. */
#ifndef DKI_DATA_TABLE_PARTS_H
#define DKI_DATA_TABLE_PARTS_H

#include <stdatomic.h>

#include <dekking/table.h>

#include "base/hash.h"

struct dk_table {
    atomic_size_t n_references;
    dk_context *context;
    uint64_t n_rows;
    size_t n_fields;
    dk_field *fields;   /* texts owned */
    dki_text_map names; /* number of a name is the number of its field */
    const dk_column *margin;
    dk_properties properties; /* texts owned */
    char **notes;
    size_t n_notes;
};

/* A table of those fields with another's properties and margin (both may be NULL: none). The margin must have n_rows
 * rows. Notes are not inherited. */
dk_status dki_table_make(dk_context *context, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                         const dk_properties *properties, const dk_column *margin, struct dk_table **out,
                         dk_error *err);

#endif
