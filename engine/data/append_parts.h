/* append_parts.h - one column of the tables that are put below each other. For engine/data alone. */
#ifndef DKI_DATA_APPEND_PARTS_H
#define DKI_DATA_APPEND_PARTS_H

#include <dekking/append.h>

/* A column of the result: what each table has of it. */
typedef struct dki_stack {
    dk_context *context; /* of the result */
    const dk_table *const *tables;
    const dk_column **columns; /* by table; NULL where a table lacks it */
    size_t n;
    const char *name;
    bool of_one;  /* the tables are columns of one table, which messages call by their names */
    bool members; /* levels are those of the dictionaries of members */
    bool empty;   /* no column has a value: what could occur is what all of them say */
} dki_stack;

#define DKI_TABLE_NAME_BYTES 120
/* What messages call a table: its name, its source, or its place. Returns out. */
const char *dki_table_shown(const dk_table *const *tables, size_t i, char out[DKI_TABLE_NAME_BYTES]);

/* What messages call the place of a column: its table, or itself. Returns out. */
const char *dki_stack_shown(const dki_stack *stack, size_t i, char out[DKI_TABLE_NAME_BYTES]);

/* The levels of all columns that are categories. *loose: levels were stated somewhere, and are not in the result, because
 * a table without stated levels has more. */
dk_status dki_stack_levels(const dki_stack *stack, const dk_dictionary **out, bool *loose, dk_error *err);

/* The columns one below the other, in the type that holds all their values. */
dk_status dki_stack_column(const dki_stack *stack, const dk_column **out, bool *loose, dk_error *err);

#endif
