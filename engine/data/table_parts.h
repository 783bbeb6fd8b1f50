/* table_parts.h - the inside of tables, for those inside the engine who make them. */
#ifndef DKI_DATA_TABLE_PARTS_H
#define DKI_DATA_TABLE_PARTS_H

#include <stdatomic.h>

#include <dekking/table.h>

#include "base/hash.h"
#include "lineage.h"

/* The names of columns, which tables share that have the same: most steps of a script change none. */
typedef struct dki_table_names {
    atomic_size_t n_references;
    dki_text_map map; /* number of a name is the number of its field */
} dki_table_names;

struct dk_table {
    atomic_size_t n_references;
    dk_context *context;
    uint64_t n_rows;
    size_t n_fields, fields_capacity;
    dk_field *fields; /* a name is that of names, other texts are owned */
    dki_table_names *names;
    const dk_column *margin;
    dk_properties properties; /* texts owned */
    char **notes;
    size_t n_notes;
    const dki_lineage *lineage; /* NULL: nobody made it from another */
    atomic_uint_fast64_t owner; /* its number in the context's cache; 0: nothing was ever kept for it */
};

/* table_names.c. New ones are none; NULL: DK_ERR_MEMORY. */
dki_table_names *dki_table_names_new(dk_context *context, dk_error *err);
dki_table_names *dki_table_names_retain(dki_table_names *names);
void dki_table_names_release(dk_context *context, dki_table_names *names);
/* Whether the names of the fields are this table's own, in their order. */
bool dki_table_has_names(const dk_table *table, const dk_field *fields, size_t n_fields);
/* Whether the next field can have the name; adding it, where nobody else has the names, makes *name the table's copy. */
dk_status dki_table_check_name(const dk_table *table, const char *name, dk_error *err);
dk_status dki_table_add_name(dk_table *table, const char **name, dk_error *err);

/* As dk_table_find, of a name that mostly stands in that place. */
size_t dki_table_find_near(const dk_table *table, const char *name, size_t place);

/* The number under which the context's cache (base/cache.h) keeps things for the table. It is forgotten with the table. */
uint64_t dki_table_owner(const dk_table *table);

/* A table of those fields with another's properties and margin (both may be NULL: none). The margin must have
 * n_rows rows. Notes are not inherited. */
dk_status dki_table_make(dk_context *context, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                         const dk_properties *properties, const dk_column *margin, struct dk_table **out,
                         dk_error *err);
/* The same with this table's context, and its names where the fields have them all. */
dk_status dki_table_make_like(const dk_table *table, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                              const dk_properties *properties, const dk_column *margin, struct dk_table **out,
                              dk_error *err);

/* A table with these properties, which are checked as dk_table_with_properties checks them; like: as dki_table_make_like. */
dk_status dki_table_new_with(const dk_table *like, const dk_field *fields, size_t n_fields, uint64_t n_rows,
                             const dk_properties *properties, const dk_table **out, dk_error *err);

/* The caller's table gets one more note, in place where nobody else has the table; on failure it is released, and NULL. */
dk_status dki_table_add_note(const dk_table **table, const char *note, dk_error *err);

/* Adds a column to the caller's table, or puts it in the place of one of that name, as dk_table_with does: in place
 * where nobody else has the table. After a failure the table can only be released. */
dk_status dki_table_lengthen(const dk_table **table, const dk_field *added, dk_error *err);

/* Says of a table, which nobody else has yet, that it shows what `whole` knows; NULL: that it is whole, and that who leaves out
 * columns keeps it. */
void dki_table_keep(const dk_table *made, const dk_table *whole);

/* The same rows in another order, which rows gives: each row once, which is not checked. Columns are those of made,
 * which are retained; where it has NULL, they are gathered. rows may be NULL where nothing has to be. There is no
 * margin. */
dk_status dki_table_reorder(const dk_table *table, const uint64_t *rows, const dk_column *const *made,
                            const dk_table **out, dk_error *err);

/* table_properties.c: whether the column can be the table's weights. */
dk_status dki_table_check_weight(const dk_table *table, const char *name, dk_error *err);
/* Checks what dk_table_with_properties does. unique: also that no key occurs twice, which looks at every row. */
dk_status dki_table_check_properties(const dk_table *table, const dk_properties *properties, bool unique,
                                     dk_error *err);
/* A table like this one that keeps, or does not keep (NULL), what its measures are made of. */
dk_status dki_table_with_behind(const dk_table *table, const dk_table *behind, const dk_table **out, dk_error *err);
/* A table like this one that keeps nothing of what it does not show: neither that, nor columns of a comparison that were left out. */
dk_status dki_table_as_shown(const dk_table *table, const dk_table **out, dk_error *err);
/* A new table loses a key that it does not have as the other had it: a column is missing, or is another one. */
void dki_table_settle_key(dk_table *table, const dk_table *before);
void dki_table_drop_key(dk_table *table);

/* n names; *n_out counts those that were copied, also after a failure, and the caller frees them. */
dk_status dki_names_copy(dk_context *context, const char *const *names, size_t n, const char *const **out,
                         size_t *n_out, dk_error *err);
void dki_names_free(dk_context *context, const char *const *names, size_t n);
/* attached.c: what is attached to a table, of properties that have nothing attached yet. What was copied before a failure
 * is dropped with the others. */
dk_status dki_attachments_copy(dk_context *context, const dk_properties *from, dk_properties *to, dk_error *err);
/* Likewise, where columns of the table have new names, and so have those by which figures are known. */
dk_status dki_attachments_rename(dk_context *context, const dk_properties *from, const char *const *old_names,
                                 const char *const *new_names, size_t n, dk_properties *to, dk_error *err);
void dki_attachments_drop(dk_context *context, dk_properties *properties);
/* Whether two tables have the same attached, by the same columns. */
bool dki_attachments_same(const dk_properties *a, const dk_properties *b);

/* key.c: whether the values of these columns tell all rows apart. */
dk_status dki_key_check(const dk_table *table, const char *const *key, size_t n_key, dk_error *err);

#endif
