/* table.h - a table: named columns of one length, immutable, sharing what they can.
 *
 * Row order and column order are stable. Selecting, renaming, and adding a column copy no rows.
 *
 * A table may hold rows that are totals of others (margins). That is a property of the row, not a value: the
 * table then has a margin column, an integer bitmap for each row whose bit k says "this row is a total over
 * dimension k", and each field says which dimension it shows (margin_bit, or -1). Operations for which totals would
 * count double refuse such a table and name detail().
 *
 * Notes are sentences for the reader of a result: how many rows a condition left out because it was null, which
 * literal no category has. They belong to the table that they were made for: giving it other properties, a margin or
 * another note keeps them; tables with other columns or rows do not inherit them.
 */
#ifndef DEKKING_TABLE_H
#define DEKKING_TABLE_H

#include <dekking/column.h>

typedef struct dk_table dk_table;

/* A named column. Texts are copied by whoever takes a field; label and format may be NULL. format is a pattern such
 * as "0.0 %" (write.h); label stands for the name in output. */
typedef struct dk_field {
    const char *name;
    const dk_column *column;
    const char *label;
    const char *format;
    int margin_bit; /* which dimension this column shows, or -1 */
} dk_field;

#define DK_FIELD(name_, column_) \
    ((dk_field){ .name = (name_), .column = (column_), .label = NULL, .format = NULL, .margin_bit = -1 })

/* Makes a table of n_fields columns of n_rows rows each; columns are retained.
 *
 * Errors  DK_ERR_LENGTH     a column has another length (n_rows counts for a table without columns)
 *         DK_ERR_DUPLICATE  a name occurs twice
 *         DK_ERR_ARGUMENT   a name is empty or not UTF-8
 *         DK_ERR_MEMORY */
DK_API DK_MUST_USE dk_status dk_table_new(dk_context *context, const dk_field *fields, size_t n_fields,
                                          uint64_t n_rows, const dk_table **out, dk_error *err);
/* One reference more, or less: the last one frees the table. */
DK_API const dk_table *dk_table_retain(const dk_table *table);
DK_API void dk_table_release(const dk_table *table); /* NULL does nothing */

/* The context, borrowed, and the size. */
DK_API dk_context *dk_table_context(const dk_table *table);
DK_API uint64_t dk_table_n_rows(const dk_table *table);
DK_API size_t dk_table_n_columns(const dk_table *table);
/* Field i; borrowed, valid as long as the table. */
DK_API const dk_field *dk_table_field(const dk_table *table, size_t i);
#define DK_NO_COLUMN SIZE_MAX
/* The number of the column of that name, or DK_NO_COLUMN. */
DK_API size_t dk_table_find(const dk_table *table, const char *name);
/* The same, but an unknown name is DK_ERR_NAME with the nearest name as a hint. */
DK_API DK_MUST_USE dk_status dk_table_get(const dk_table *table, const char *name, size_t *out, dk_error *err);

/* New tables over the same columns. names: n names. --------------------------------------------------------------- */

/* Those columns alone, in that order; all but those; those under other names. An unknown name is DK_ERR_NAME. */
DK_API DK_MUST_USE dk_status dk_table_select(const dk_table *table, const char *const *names, size_t n,
                                             const dk_table **out, dk_error *err);
DK_API DK_MUST_USE dk_status dk_table_drop(const dk_table *table, const char *const *names, size_t n,
                                           const dk_table **out, dk_error *err);
DK_API DK_MUST_USE dk_status dk_table_rename(const dk_table *table, const char *const *old_names,
                                             const char *const *new_names, size_t n, const dk_table **out,
                                             dk_error *err);
/* Replaces the columns of the same name in place, and appends the others. */
DK_API DK_MUST_USE dk_status dk_table_with(const dk_table *table, const dk_field *fields, size_t n,
                                           const dk_table **out, dk_error *err);
/* Rows start .. start + n - 1, as far as they exist. */
DK_API DK_MUST_USE dk_status dk_table_slice(const dk_table *table, uint64_t start, uint64_t n, const dk_table **out,
                                            dk_error *err);
/* The rows whose numbers stand in rows, in that order (no DK_ROW_NULL here). */
DK_API DK_MUST_USE dk_status dk_table_gather(const dk_table *table, const uint64_t *rows, uint64_t n,
                                             const dk_table **out, dk_error *err);

/* Margins. -------------------------------------------------------------------------------------------------------- */

/* A table like this one whose rows have margin masks: an integer column without nulls, NULL takes them away. */
DK_API DK_MUST_USE dk_status dk_table_with_margin(const dk_table *table, const dk_column *margin,
                                                  const dk_table **out, dk_error *err);
DK_API const dk_column *dk_table_margin(const dk_table *table); /* NULL: no row is a total; borrowed */
/* The rows that are no totals, without a margin column: a table that can be broken down again. */
DK_API DK_MUST_USE dk_status dk_table_detail(const dk_table *table, const dk_table **out, dk_error *err);

/* Properties. ----------------------------------------------------------------------------------------------------- */

/* Figures beside a table, and by what they are known: see dk_table_attach. The table is retained by whoever takes it. */
typedef struct dk_attachment {
    const dk_table *table;
    const char *const *by; /* n_by columns of both tables */
    size_t n_by;
} dk_attachment;

/* Where the rows come from and what they are. All texts may be NULL; weight names an integer or decimal column whose
 * sum count() gives instead of the number of rows; key names the columns that together tell one row from every other.
 * Texts are copied.
 *
 * Tables made from a table inherit its properties. The weight follows its column when that is renamed; leaving the column
 * out is DK_ERR_ARGUMENT, and a column that takes its place must be a weight too. The key follows its columns, and is
 * gone from a table that lacks one of them, has another in its place, or has a row twice. */
typedef struct dk_properties {
    const char *name;   /* of the table, for messages */
    const char *source; /* a file, or how it was made */
    const char *unit;   /* what a row counts: "persons" */
    const char *weight;
    const char *const *key; /* n_key columns, without nulls; NULL: none */
    size_t n_key;
    const char *as_of;     /* the day that the rows describe, and ... */
    const char *published; /* ... the day that they were published on: 2024-12-31 */
    const dk_attachment
        *attached; /* n_attached tables of figures that attached() in a breakdown reads; NULL: none */
    size_t n_attached;
    bool keeps_whole;      /* the first table that lacks a column of this one keeps this one, ... */
    const dk_table *whole; /* ... as what it was made of; NULL: it is whole. Of comparisons; retained */
    const dk_table
        *behind; /* of a result: what its measures are made of, for explaining them; retained. NULL: not kept */
} dk_properties;
DK_API const dk_properties *dk_table_properties(const dk_table *table); /* never NULL; borrowed */
/* Errors: DK_ERR_NAME or DK_ERR_TYPE for the weight column, DK_ERR_RANGE where a weight is null or negative; for the key
 * DK_ERR_NAME, DK_ERR_RANGE where it is null, DK_ERR_DUPLICATE where it occurs twice (with the rows), DK_ERR_MARGIN;
 * DK_ERR_ARGUMENT for a text that is no date, and for a name or unit that is not UTF-8. Cost: a key that the table does not have yet is looked for in every row. */
DK_API DK_MUST_USE dk_status dk_table_with_properties(const dk_table *table, const dk_properties *properties,
                                                      const dk_table **out, dk_error *err);
/* The table with figures of another one beside it, such as how many persons the register of each region has: attached(m) in a
 * breakdown is the measure m over the rows of other, for the dimensions that are made of the columns `by` alone. by: n columns that
 * both have, of one type (a category and a text are one). Several tables may be attached: m is about the one that has the columns
 * which m names. Tables made from it have them too, and snapshots.
 * Errors: DK_ERR_NAME, DK_ERR_TYPE, DK_ERR_MARGIN; DK_ERR_ARGUMENT where n is 0; DK_ERR_LIMIT for more than
 * DK_MOST_ATTACHED. */
#define DK_MOST_ATTACHED 64
DK_API DK_MUST_USE dk_status dk_table_attach(const dk_table *table, const dk_table *other, const char *const *by,
                                             size_t n, const dk_table **out, dk_error *err);
DK_API size_t dk_table_n_notes(const dk_table *table);
DK_API const char *dk_table_note(const dk_table *table, size_t i);
DK_API DK_MUST_USE dk_status dk_table_with_note(const dk_table *table, const char *note, const dk_table **out,
                                                dk_error *err);

#endif
