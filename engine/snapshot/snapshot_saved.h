/* snapshot_saved.h - a table of a snapshot in the making. For engine/data/snapshot_*.c that read. */
#ifndef DKI_SNAPSHOT_SNAPSHOT_SAVED_H
#define DKI_SNAPSHOT_SNAPSHOT_SAVED_H

#include "base/arena.h"
#include "data/chunk.h"
#include "data/lineage.h"
#include "snapshot_parts.h"
#include "snapshot_tree.h"

/* A column as the segments say it is. */
typedef struct dki_saved_column {
    const char *name, *label, *format;
    dk_type type;
    uint8_t scale;
    int margin_bit;
    uint64_t flags;
    uint64_t n_rows;
    uint64_t n_nulls; /* of an interval, which has no chunks */
    uint64_t n_levels;
    dki_part *levels; /* texts; held */
    size_t n_level_parts, level_capacity;
    dk_text *labels; /* by level, as the last segment says; the arena's, or NULL */
    struct {
        const dk_hierarchy *hierarchy; /* among the trees */
        size_t level;
    } of[DK_MOST_HIERARCHIES]; /* n_of, of the same */
    size_t n_of;
    dk_text *members, *member_labels; /* of sets, the same */
    size_t n_members;
    bool members_declared;
    dki_part *parts;
    size_t n_parts, capacity;
    const dk_dictionary *dictionary;
    const dk_column *made;
} dki_saved_column;

/* The table in the making. Names are the arena's; those of columns are the store's, for messages to come. */
typedef struct dki_saved_table {
    dki_store *store;
    dk_context *context;
    dki_arena arena;
    dki_saved_column *columns;
    size_t n_columns, columns_capacity;
    size_t column; /* the next one of this segment */
    uint64_t n_rows, n_segment_rows;
    uint64_t begin, end; /* blocks of this segment lie between */
    bool is_first;       /* segment; also of a table that is attached, which each segment has anew */
    unsigned depth;      /* 0, or of a table that is attached to one of the depth before */
    dk_properties properties;
    const char **key;
    size_t key_capacity;
    const char **notes;
    size_t n_notes, notes_capacity;
    const dk_column *margin;
    dki_trees trees;          /* of this segment */
    dk_lineage_item *lineage; /* of all segments so far; texts are the arena's */
    size_t n_lineage, lineage_capacity;
    bool has_lineage;        /* this segment */
    dk_attachment *attached; /* of the last segment that has any; tables are owned, names the arena's */
    size_t n_attached, attached_capacity;
    bool has_attached;              /* this segment */
    const dk_table *whole, *behind; /* of this segment, owned; or NULL */
} dki_saved_table;

/* Of snapshot_directory.c: adds what the directory of the segment at hand says. */
dk_status dki_saved_parse(dki_saved_table *reading, const unsigned char *bytes, size_t size, dk_error *err);
/* Of snapshot_attached.c: reads a table that is attached; forgets all that are; reads one that the table was made of, or that
 * its numbers are. */
dk_status dki_saved_attached(dki_saved_table *reading, dki_cursor *cursor, dk_error *err);
void dki_saved_detach(dki_saved_table *reading);
dk_status dki_saved_kept(const dki_saved_table *reading, dki_cursor *cursor, const dk_table **out, dk_error *err);
/* Of snapshot_open.c. */
void dki_saved_init(dki_saved_table *reading, dki_store *store);
void dki_saved_drop(dki_saved_table *reading);
/* Of snapshot_lineage.c: reads the record, adds what a segment without one has, and gives the table the lineage of all. */
dk_status dki_saved_lineage(dki_saved_table *reading, dki_cursor *cursor, dk_error *err);
dk_status dki_saved_lineage_end(dki_saved_table *reading, dk_error *err);
dk_status dki_saved_lineage_make(const dki_saved_table *reading, const dk_table *table, dk_error *err);
/* Of snapshot_table.c: the table of all that was said. */
dk_status dki_saved_make(dki_saved_table *reading, const dk_table **out, dk_error *err);

#endif
