/* snapshot_open.c - finds the footer that rules, and makes a table of what the directories say.
 *
 * Nothing of the rows is read but the levels of categories. What a directory says is hostile until it was checked: sizes
 * against the file, counts against the bytes that are there, names against what this version knows.
 *
 * Cost: proportional to the directories, about 150 bytes for each 65536 rows of a column.
 */
#include "snapshot_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <dekking/members.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"
#include "checksum.h"
#include "children.h"
#include "hierarchy_parts.h"
#include "snapshot_tree.h"
#include "table_parts.h"

#define MAX_LEVELS (UINT32_MAX - 2)
#define MAX_MARGIN 62
#define MAX_ROWS (UINT64_C(1) << 48)

dk_status dki_snapshot_fail(const dki_store *store, dk_error *err, const char *format, ...)
{
    char message[600];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dki_fail(err, DK_ERR_DATA, "%s", message);
    dki_at(err, dki_store_path(store), 0, 0);
    return DK_ERR_DATA;
}

static dk_status damaged(const dki_store *store, dk_error *err, const char *what, uint64_t offset)
{
    dki_snapshot_fail(store, err, "%s at byte %llu is damaged", what, (unsigned long long)offset);
    dki_hint(err, "take a copy of the file, or make it anew from its source");
    return DK_ERR_DATA;
}

/* The footer that rules ---------------------------------------------------------------------------------------------- */

static dk_status read_header(dki_store *store, uint64_t file_bytes, bool strict, uint64_t *identity,
                             dki_commit *commit, dk_error *err)
{
    unsigned char bytes[DKI_HEADER_BYTES];
    unsigned n_commits = 0;
    uint32_t version = 0;
    size_t size = file_bytes < sizeof bytes ? (size_t)file_bytes : sizeof bytes;
    dk_status status;

    memset(bytes, 0, sizeof bytes);
    status = dki_store_read(store, 0, bytes, size, err);
    if (status != DK_OK)
        return status;
    switch (dki_header_decode(bytes, identity, commit, &n_commits, &version)) {
    case DKI_HEADER_NO_SNAPSHOT:
        dki_snapshot_fail(store, err, "is no snapshot of dekking");
        dki_hint(err, "a snapshot is what t:save wrote; other files are read with dk.read");
        return DK_ERR_DATA;
    case DKI_HEADER_NEWER:
        dki_snapshot_fail(store, err, "is a snapshot of version %u, and this dekking knows version %d", version,
                          DKI_SNAPSHOT_VERSION);
        dki_hint(err, "open it with the dekking that wrote it, or with a later one");
        return DK_ERR_DATA;
    case DKI_HEADER_DAMAGED: return damaged(store, err, "the header", 0);
    case DKI_HEADER_OK: break;
    }
    if (size < sizeof bytes)
        return damaged(store, err, "the header", 0);
    return strict && n_commits < 2 ? damaged(store, err, "a commit of the header", 64) : DK_OK;
}

/* The footer that ends there; *is_one says whether it is one. */
static dk_status read_footer(dki_store *store, uint64_t identity, uint64_t end, dki_footer *out, bool *is_one,
                             dk_error *err)
{
    unsigned char bytes[DKI_FOOTER_BYTES];
    dk_status status;

    *is_one = false;
    if (end < DKI_HEADER_BYTES + DKI_FOOTER_BYTES || end % DKI_BLOCK_ALIGN != 0)
        return DK_OK;
    status = dki_store_read(store, end - DKI_FOOTER_BYTES, bytes, sizeof bytes, err);
    if (status == DK_OK)
        *is_one = dki_footer_decode(bytes, identity, end, out);
    return status;
}

dk_status dki_snapshot_find(dki_store *store, bool strict, dki_snapshot_state *out, dk_error *err)
{
    uint64_t file_bytes = 0;
    dki_commit commit;
    bool is_one = false;
    dk_status status = dki_store_size(store, &file_bytes, err);

    if (status == DK_OK)
        status = read_header(store, file_bytes, strict, &out->identity, &commit, err);
    if (status ==
        DK_OK) /* after the commit: a file that grows meanwhile is as long as its header says, or longer */
        status = dki_store_size(store, &file_bytes, err);
    if (status != DK_OK)
        return status;
    out->file_bytes = file_bytes;
    if (commit.end > file_bytes) {
        dki_snapshot_fail(store, err, "is cut off: %llu bytes were written, and %llu are there",
                          (unsigned long long)commit.end, (unsigned long long)file_bytes);
        dki_hint(err, "take a copy of the file, or make it anew from its source");
        return DK_ERR_DATA;
    }
    /* An append that ended between its footer and the header's commit holds; while another is at work the end of the
     * file moves, which is no fault. */
    out->end = file_bytes;
    if (file_bytes > commit.end && !strict &&
        read_footer(store, out->identity, file_bytes, &out->footer, &is_one, NULL) == DK_OK && is_one &&
        out->footer.generation == commit.generation + 1 && out->footer.before == commit.end)
        return DK_OK;
    out->end = commit.end;
    status = read_footer(store, out->identity, commit.end, &out->footer, &is_one, err);
    if (status != DK_OK)
        return status;
    return is_one && out->footer.generation == commit.generation
               ? DK_OK
               : damaged(store, err, "the footer", commit.end - DKI_FOOTER_BYTES);
}

/* Reading directories ------------------------------------------------------------------------------------------------ */

struct column {
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
};

/* The table in the making. Names are the arena's; those of columns are the store's, for messages to come. */
struct reading {
    dki_store *store;
    dk_context *context;
    dki_arena arena;
    struct column *columns;
    size_t n_columns, columns_capacity;
    size_t column; /* the next one of this segment */
    uint64_t n_rows, n_segment_rows;
    uint64_t begin, end; /* blocks of this segment lie between */
    dk_properties properties;
    const char **key;
    size_t key_capacity;
    const char **notes;
    size_t n_notes, notes_capacity;
    const dk_column *margin;
    dki_trees trees; /* of this segment */
};

static dk_status not_known(const struct reading *reading, const char *where, const char *kind, const char *name,
                           dk_error *err)
{
    dki_snapshot_fail(reading->store, err, "%s has the %s \"%s\", which this dekking does not know", where, kind,
                      name);
    dki_hint(err, "a later dekking wrote it: open it with that one");
    return DK_ERR_DATA;
}

static dk_status no_directory(const struct reading *reading, const char *how, dk_error *err)
{
    return dki_snapshot_fail(reading->store, err, "the directory at byte %llu %s", (unsigned long long)reading->end,
                             how);
}

/* Reads a chunk's record and appends the chunk to parts. */
static dk_status add_chunk(struct reading *reading, dki_cursor *cursor, dki_stored_form *form, dki_part **parts,
                           size_t *n_parts, size_t *capacity, dk_error *err)
{
    char unknown[32];
    const char *wrong;
    dki_chunk *chunk;
    dk_status status;

    if (!dki_get_chunk(cursor, form, unknown)) {
        char *name = strchr(unknown, ' ');

        *name = '\0';
        return not_known(reading, form->what, unknown, name + 1, err);
    }
    if (cursor->bad)
        return no_directory(reading, cursor->bad, err);
    wrong = dki_form_check(form);
    for (size_t i = 0; i < DKI_N_BLOCKS && wrong == NULL; i++) {
        const dki_block *block = &form->blocks[i];

        if (block->stored_bytes > 0 &&
            (block->offset % DKI_BLOCK_ALIGN != 0 || block->offset < reading->begin ||
             block->offset > reading->end || block->stored_bytes > reading->end - block->offset))
            wrong = "lie outside their segment";
    }
    if (wrong)
        return dki_snapshot_fail(reading->store, err, "%s, rows from %llu on: the values %s", form->what,
                                 (unsigned long long)form->first_row + 1, wrong);
    status = dki_grow(reading->context, (void **)parts, capacity, *n_parts + 1, sizeof **parts, err);
    if (status == DK_OK)
        status = dki_store_chunk(reading->store, form, &chunk, err);
    if (status == DK_OK)
        (*parts)[(*n_parts)++] = (dki_part){ chunk, 0, 0, form->n_rows };
    return status;
}

/* The levels that this segment adds. */
static dk_status add_levels(struct reading *reading, dki_cursor *cursor, struct column *column, dk_error *err)
{
    dki_stored_form form = { .what = column->name, .type = DK_TEXT, .first_row = column->n_levels };
    uint64_t n_before = dki_get_u64(cursor), n_chunks = dki_get_u64(cursor);
    dk_status status = DK_OK;

    if (cursor->bad || n_before != column->n_levels || (n_chunks > 0 && column->type != DK_CATEGORY))
        return no_directory(reading, "has levels that do not follow those before", err);
    if (n_chunks == 0)
        return DK_OK;
    form.what = dki_arena_format(&reading->arena, err, "the levels of %s", column->name);
    if (form.what)
        form.what = dki_store_name(reading->store, form.what, strlen(form.what), err);
    if (form.what == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n_chunks && status == DK_OK; i++) {
        form.first_row = column->n_levels;
        status = add_chunk(reading, cursor, &form, &column->levels, &column->n_level_parts, &column->level_capacity,
                           err);
        column->n_levels += form.n_rows;
        if (status == DK_OK &&
            (form.facts.n_nulls > 0 || column->n_levels > MAX_LEVELS || (form.constant && form.n_rows > 1)))
            status = no_directory(reading, "has levels that cannot be", err);
    }
    return status;
}

static dk_status get_text(struct reading *reading, dki_cursor *cursor, const char **out, dk_error *err)
{
    dk_status status = dki_get_text(cursor, &reading->arena, out, err);

    return status == DK_OK && cursor->bad ? no_directory(reading, cursor->bad, err) : status;
}

/* What a column is: read into *column, whose name is the store's. */
static dk_status get_column(struct reading *reading, dki_cursor *cursor, struct column *column, dk_error *err)
{
    const char *name, *type = NULL;
    uint64_t scale, margin;
    dk_status status = get_text(reading, cursor, &name, err);

    if (status == DK_OK)
        status = get_text(reading, cursor, &type, err);
    if (status != DK_OK)
        return status;
    if (name == NULL || type == NULL)
        return no_directory(reading, "has a column without a name or a type", err);
    if (!dk_type_find(type, &column->type))
        return not_known(reading, name, "type", type, err);
    column->name = dki_store_name(reading->store, name, strlen(name), err);
    if (column->name == NULL)
        return DK_ERR_MEMORY;
    scale = dki_get_u64(cursor);
    margin = dki_get_u64(cursor);
    column->flags = dki_get_u64(cursor);
    column->scale = (uint8_t)scale;
    column->margin_bit = (int)(margin & 127) - 1;
    if (scale > dki_type_scale_limit(column->type) || margin > MAX_MARGIN + 1 ||
        column->flags > (DKI_COLUMN_MARGIN | DKI_COLUMN_DECLARED | DKI_COLUMN_CHILD))
        return no_directory(reading, "has a column with numbers that cannot be", err);
    status = get_text(reading, cursor, &column->label, err);
    return status == DK_OK ? get_text(reading, cursor, &column->format, err) : status;
}

/* The place of the next column: a new one in the first segment, later the one that it continues. */
static dk_status place_column(struct reading *reading, const struct column *said, struct column **out,
                              dk_error *err)
{
    struct column *column;
    dk_status status;

    if (reading->begin == DKI_HEADER_BYTES) {
        status = dki_grow(reading->context, (void **)&reading->columns, &reading->columns_capacity,
                          reading->n_columns + 1, sizeof *reading->columns, err);
        if (status != DK_OK)
            return status;
        reading->columns[reading->n_columns++] = *said;
    }
    if (reading->column >= reading->n_columns)
        return no_directory(reading, "has more columns than the first", err);
    column = &reading->columns[reading->column++];
    if (strcmp(column->name, said->name) != 0 || column->type != said->type || column->scale != said->scale ||
        column->flags != said->flags)
        return no_directory(reading, "has other columns than the first", err);
    column->margin_bit = said->margin_bit;
    column->label = said->label;
    column->format = said->format;
    column->labels = column->members = NULL;
    column->n_of = 0;
    *out = column;
    return DK_OK;
}

static dk_status add_column(struct reading *reading, dki_cursor *cursor, dk_error *err)
{
    struct column said = { 0 }, *column = NULL;
    dki_stored_form form = { 0 };
    uint64_t n_chunks, n_before;
    dk_status status = get_column(reading, cursor, &said, err);

    if (status == DK_OK && said.flags & DKI_COLUMN_CHILD && reading->column == 0)
        return no_directory(reading, "begins with a part of another column", err);
    if (status == DK_OK)
        status = place_column(reading, &said, &column, err);
    if (status != DK_OK || column == NULL)
        return status;
    status = add_levels(reading, cursor, column, err);
    if (status != DK_OK)
        return status;
    form.what = column->name;
    form.type = column->type;
    form.scale = column->scale;
    form.n_levels = (uint32_t)column->n_levels;
    n_chunks = dki_get_u64(cursor);
    n_before = column->n_rows;
    for (uint64_t i = 0; i < n_chunks && status == DK_OK; i++) {
        form.first_row = column->n_rows;
        status = add_chunk(reading, cursor, &form, &column->parts, &column->n_parts, &column->capacity, err);
        column->n_rows += form.n_rows;
        if (status == DK_OK && column->n_rows - n_before > reading->n_segment_rows)
            break;
    }
    if (status == DK_OK && column->type == DK_INTERVAL)
        column->n_nulls += dki_get_u64(cursor);
    if (status == DK_OK && cursor->bad)
        status = no_directory(reading, cursor->bad, err);
    if (status == DK_OK && column->n_rows - n_before != (column->type == DK_INTERVAL ? 0 : reading->n_segment_rows))
        status = no_directory(reading, "has a column that is not as long as the others", err);
    return status;
}

/* The labels of the column that came last. */
static dk_status add_labels(struct reading *reading, dki_cursor *cursor, dk_error *err)
{
    struct column *column = reading->column > 0 ? &reading->columns[reading->column - 1] : NULL;
    uint64_t n = dki_get_u64(cursor);
    dk_status status = DK_OK;

    /* Each takes eight bytes at least: no more memory is asked for than the directory has. */
    if (cursor->bad || column == NULL || column->labels || column->type != DK_CATEGORY || n != column->n_levels ||
        n > (size_t)(cursor->end - cursor->at) / 8)
        return no_directory(reading, "has labels that belong to no levels", err);
    column->labels = dki_arena_array(&reading->arena, (size_t)n, sizeof *column->labels, err);
    if (column->labels == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        const char *text = NULL;

        status = get_text(reading, cursor, &text, err);
        column->labels[i] = (dk_text){ text, text ? strlen(text) : 0 };
    }
    return status;
}

/* Of which level of a hierarchy the column that came last is. */
static dk_status add_level(struct reading *reading, dki_cursor *cursor, dk_error *err)
{
    struct column *column = reading->column > 0 ? &reading->columns[reading->column - 1] : NULL;
    uint64_t tree = dki_get_u64(cursor), level = dki_get_u64(cursor);

    if (cursor->bad || column == NULL || column->n_of == DK_MOST_HIERARCHIES || column->type != DK_CATEGORY ||
        tree >= reading->trees.n || level >= dk_hierarchy_n_levels(reading->trees.items[tree]))
        return no_directory(reading, "has a level of a hierarchy that is not there", err);
    column->of[column->n_of].hierarchy = reading->trees.items[tree];
    column->of[column->n_of++].level = (size_t)level;
    return DK_OK;
}

/* The members of the column that came last, whose levels are sets. */
static dk_status add_members(struct reading *reading, dki_cursor *cursor, dk_error *err)
{
    struct column *column = reading->column > 0 ? &reading->columns[reading->column - 1] : NULL;
    uint64_t flags = dki_get_u64(cursor), n = dki_get_u64(cursor);
    dk_status status = DK_OK;

    /* Two texts each take sixteen bytes at least. */
    if (cursor->bad || column == NULL || column->members || column->type != DK_CATEGORY ||
        flags > DKI_MEMBERS_DECLARED || n > (size_t)(cursor->end - cursor->at) / 16)
        return no_directory(reading, "has members that belong to no levels", err);
    column->members = dki_arena_array(&reading->arena, (size_t)n + 1, sizeof *column->members, err);
    column->member_labels = dki_arena_array(&reading->arena, (size_t)n + 1, sizeof *column->member_labels, err);
    if (column->members == NULL || column->member_labels == NULL)
        return DK_ERR_MEMORY;
    column->n_members = (size_t)n;
    column->members_declared = flags == DKI_MEMBERS_DECLARED;
    for (uint64_t i = 0; i < n && status == DK_OK; i++) {
        const char *text = NULL, *label = NULL;

        status = get_text(reading, cursor, &text, err);
        if (status == DK_OK)
            status = get_text(reading, cursor, &label, err);
        if (status == DK_OK && text == NULL)
            status = no_directory(reading, "has a member without a text", err);
        column->members[i] = (dk_text){ text, text ? strlen(text) : 0 };
        column->member_labels[i] = (dk_text){ label, label ? strlen(label) : 0 };
    }
    return status;
}

static dk_status add_text_to(struct reading *reading, const char ***list, size_t *n, size_t *capacity,
                             const char *text, dk_error *err)
{
    dk_status status = dki_grow(reading->context, (void **)list, capacity, *n + 1, sizeof **list, err);

    if (status == DK_OK)
        (*list)[(*n)++] = text;
    return status;
}

static dk_status add_property(struct reading *reading, dki_cursor *cursor, dk_error *err)
{
    dk_properties *properties = &reading->properties;
    const char *name, *text = NULL;
    dk_status status = get_text(reading, cursor, &name, err);

    if (status == DK_OK)
        status = get_text(reading, cursor, &text, err);
    if (status != DK_OK)
        return status;
    if (name == NULL || text == NULL)
        return no_directory(reading, "has a property without a name or a text", err);
    {
        const struct {
            const char *name;
            const char **place;
        } places[] = { { "name", &properties->name },   { "source", &properties->source },
                       { "unit", &properties->unit },   { "weight", &properties->weight },
                       { "as_of", &properties->as_of }, { "published", &properties->published } };

        for (size_t i = 0; i < sizeof places / sizeof *places; i++)
            if (strcmp(name, places[i].name) == 0)
                *places[i].place = text;
    }
    if (strcmp(name, "key") == 0)
        status = add_text_to(reading, &reading->key, &properties->n_key, &reading->key_capacity, text, err);
    return status;
}

static dk_status add_record(struct reading *reading, const char *name, uint64_t flags, dki_cursor *cursor,
                            bool *has_table, dk_error *err)
{
    const char *note;
    dk_status status = DK_OK;

    if (strcmp(name, "table") == 0 && !*has_table) {
        *has_table = true;
        reading->n_segment_rows = dki_get_u64(cursor);
        if (reading->n_segment_rows > MAX_ROWS)
            return no_directory(reading, "has more rows than there can be", err);
    } else if (!*has_table) {
        return no_directory(reading, "does not begin with the table", err);
    } else if (strcmp(name, "column") == 0) {
        status = add_column(reading, cursor, err);
    } else if (strcmp(name, "labels") == 0) {
        status = add_labels(reading, cursor, err);
    } else if (strcmp(name, "tree") == 0) {
        status = dki_get_tree(cursor, &reading->arena, &reading->trees, err);
    } else if (strcmp(name, "level") == 0) {
        status = add_level(reading, cursor, err);
    } else if (strcmp(name, "members") == 0) {
        status = add_members(reading, cursor, err);
    } else if (strcmp(name, "property") == 0) {
        status = add_property(reading, cursor, err);
    } else if (strcmp(name, "note") == 0) {
        status = get_text(reading, cursor, &note, err);
        if (status == DK_OK && note)
            status = add_text_to(reading, &reading->notes, &reading->n_notes, &reading->notes_capacity, note, err);
    } else if (flags & DKI_RECORD_OPTIONAL) {
        return DK_OK;
    } else {
        return not_known(reading, "the directory", "record", name, err);
    }
    if (status == DK_OK && cursor->bad)
        status = no_directory(reading, cursor->bad, err);
    if (status == DK_OK && cursor->at != cursor->end)
        status = no_directory(reading, "has a record that is longer than what is in it", err);
    return status;
}

static dk_status parse_directory(struct reading *reading, const unsigned char *bytes, size_t size, dk_error *err)
{
    dki_cursor cursor = { bytes, bytes + size, NULL }, payload;
    char name[DKI_NAME_BYTES + 1];
    uint64_t flags;
    bool has_table = false;
    dk_status status = DK_OK;

    /* What a table is, besides its rows, is what the last segment says. */
    memset(&reading->properties, 0, sizeof reading->properties);
    reading->n_notes = 0;
    reading->column = 0;
    dki_trees_drop(&reading->trees);
    while (status == DK_OK && dki_get_record(&cursor, name, &flags, &payload))
        status = add_record(reading, name, flags, &payload, &has_table, err);
    if (status == DK_OK && cursor.bad)
        status = no_directory(reading, cursor.bad, err);
    if (status == DK_OK && (!has_table || reading->column != reading->n_columns))
        status = no_directory(reading, "lacks the table or a column", err);
    reading->n_rows += reading->n_segment_rows;
    if (status == DK_OK && reading->n_rows > MAX_ROWS)
        status = no_directory(reading, "has more rows than there can be", err);
    return status;
}

static dk_status read_segment(struct reading *reading, const dki_footer *footer, dk_error *err)
{
    size_t padded = (size_t)DKI_ALIGNED(footer->size);
    unsigned char *bytes = dki_alloc_wide(reading->context, padded, err);
    dk_status status = bytes ? dki_poll(reading->context, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_store_read(reading->store, footer->offset, bytes, padded, err);
    if (status == DK_OK && dki_checksum(bytes, (size_t)footer->size) != footer->hash)
        status = damaged(reading->store, err, "the directory", footer->offset);
    for (size_t i = (size_t)footer->size; i < padded && status == DK_OK; i++)
        if (bytes[i] != 0)
            status = damaged(reading->store, err, "what follows the directory", footer->offset + i);
    if (status == DK_OK) {
        reading->begin = footer->before ? footer->before : DKI_HEADER_BYTES;
        reading->end = footer->offset;
        status = parse_directory(reading, bytes, (size_t)footer->size, err);
    }
    dki_free(reading->context, bytes);
    return status;
}

/* All footers, the first segment's first. */
static dk_status read_chain(struct reading *reading, const dki_snapshot_state *state, dk_error *err)
{
    dki_footer *chain = NULL, footer = state->footer;
    size_t n = 0, capacity = 0;
    dk_status status = DK_OK;

    for (;;) {
        dki_footer before;
        bool is_one = false;

        status = dki_grow(reading->context, (void **)&chain, &capacity, n + 1, sizeof *chain, err);
        if (status != DK_OK)
            break;
        chain[n++] = footer;
        if (footer.before == 0)
            break;
        status = read_footer(reading->store, state->identity, footer.before, &before, &is_one, err);
        if (status == DK_OK && (!is_one || before.generation + 1 != footer.generation))
            status = damaged(reading->store, err, "the footer", footer.before - DKI_FOOTER_BYTES);
        if (status != DK_OK)
            break;
        footer = before;
    }
    while (n > 0 && status == DK_OK)
        status = read_segment(reading, &chain[--n], err);
    dki_free(reading->context, chain);
    return status;
}

/* Making the table --------------------------------------------------------------------------------------------------- */

/* Faults of what was put together are faults of the file. */
static dk_status blame(const struct reading *reading, dk_status status, dk_error *err)
{
    if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_IO)
        return status;
    if (err)
        err->code = DK_ERR_DATA;
    dki_at(err, dki_store_path(reading->store), 0, 0);
    return DK_ERR_DATA;
}

/* The dictionary as one of sets. */
static dk_status make_sets(struct reading *reading, const struct column *column, dk_dictionary **levels,
                           dk_error *err)
{
    dk_dictionary *plain = NULL, *members = NULL, *sets = NULL;
    dk_status status = dk_dictionary_new(reading->context, column->members, column->n_members,
                                         column->members_declared, &plain, err);

    if (status == DK_OK)
        status = dk_dictionary_with_labels(plain, column->member_labels, &members, err);
    if (status == DK_OK)
        status = dk_dictionary_of_sets(*levels, members, &sets, err);
    dk_dictionary_release(plain);
    dk_dictionary_release(members);
    if (status != DK_OK)
        return status;
    dk_dictionary_release(*levels);
    *levels = sets;
    return DK_OK;
}

static dk_status make_dictionary(struct reading *reading, struct column *column, dk_error *err)
{
    dk_text *texts = dki_alloc_array(reading->context, (size_t)column->n_levels, sizeof *texts, err);
    dk_dictionary *made = NULL;
    size_t n = 0, n_held = 0;
    dk_status status = texts ? DK_OK : DK_ERR_MEMORY;

    for (; n_held < column->n_level_parts && status == DK_OK; n_held++) {
        const dki_chunk *chunk = column->levels[n_held].chunk;

        status = dki_chunk_hold(chunk, err);
        if (status != DK_OK)
            break;
        for (uint64_t row = 0; row < chunk->n_rows; row++)
            texts[n++] = dki_chunk_text(chunk, row);
    }
    if (status == DK_OK)
        status = dk_dictionary_new(reading->context, texts, n, column->flags & DKI_COLUMN_DECLARED, &made, err);
    while (n_held > 0)
        dki_chunk_let(column->levels[--n_held].chunk);
    dki_free(reading->context, texts);
    if (status == DK_OK && column->labels) {
        dk_dictionary *plain = made;

        made = NULL;
        status = dk_dictionary_with_labels(plain, column->labels, &made, err);
        dk_dictionary_release(plain);
    }
    if (status == DK_OK && column->members)
        status = make_sets(reading, column, &made, err);
    for (size_t i = 0; i < column->n_of && status == DK_OK; i++) {
        dk_dictionary *plain = made;

        made = NULL;
        status = dki_dictionary_of_level(plain, column->of[i].hierarchy, column->of[i].level, &made, err);
        dk_dictionary_release(plain);
    }
    column->dictionary = made;
    return blame(reading, status, err);
}

static dk_status make_own(struct reading *reading, struct column *column, dk_error *err)
{
    dk_status status = column->type == DK_CATEGORY ? make_dictionary(reading, column, err) : DK_OK;
    size_t n_parts = column->n_parts;

    if (status != DK_OK)
        return status;
    column->n_parts = 0; /* given away */
    return dki_column_of_parts(reading->context, column->type, column->scale, column->dictionary, column->parts,
                               n_parts, &column->made, err);
}

/* The column of number `at`, and its children, which follow it. */
static dk_status make_column(struct reading *reading, size_t at, dk_error *err)
{
    struct column *column = &reading->columns[at];
    const dk_column *children[DK_MOST_CHILDREN] = { NULL }, *own = NULL, *made = NULL;
    size_t n = 0;
    dk_status status = column->type == DK_INTERVAL ? DK_OK : make_own(reading, column, err);

    for (; status == DK_OK && at + 1 + n < reading->n_columns &&
           reading->columns[at + 1 + n].flags & DKI_COLUMN_CHILD;
         n++) {
        struct column *child = &reading->columns[at + 1 + n];

        status = n < DK_MOST_CHILDREN && child->type != DK_INTERVAL
                     ? make_own(reading, child, err)
                     : dki_snapshot_fail(reading->store, err, "%s is made of columns that cannot be", column->name);
    }
    if (status != DK_OK || (n == 0 && column->type != DK_INTERVAL))
        return status;
    for (size_t i = 0; i < n; i++)
        children[i] = reading->columns[at + 1 + i].made;
    own = column->made;
    if (!dki_children_fit(column->type, column->scale, children, n))
        return dki_snapshot_fail(reading->store, err, "%s is made of columns that cannot be", column->name);
    if (column->type == DK_INTERVAL && (column->n_nulls > dk_column_n_nulls(children[DK_CHILD_LEAST]) ||
                                        column->n_nulls > dk_column_n_nulls(children[DK_CHILD_GREATEST])))
        return dki_snapshot_fail(reading->store, err, "%s has more nulls than its bounds", column->name);
    if (column->type == DK_INTERVAL) /* the file says how many: its values are not looked at */
        status = dki_interval_with_nulls(children, column->n_nulls, &made, err);
    if (status != DK_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        reading->columns[at + 1 + i].made = NULL; /* given away */
    column->made = NULL;
    if (column->type != DK_INTERVAL)
        status = dki_column_compose(own, children, n, DK_OK, &made, err);
    column->made = made;
    return status;
}

static dk_status check_margin(const struct reading *reading, const dk_column *margin, dk_error *err)
{
    int64_t least = 0, greatest = 0;

    if (dk_column_type(margin) != DK_INTEGER || dk_column_n_nulls(margin) > 0 ||
        (dk_column_bounds(margin, &least, &greatest) && least < 0))
        return dki_snapshot_fail(reading->store, err, "the column that says which rows are totals is none");
    return DK_OK;
}

static dk_status copy_notes(const struct reading *reading, dk_table *table, dk_error *err)
{
    if (reading->n_notes == 0)
        return DK_OK;
    table->notes = dki_calloc(reading->context, reading->n_notes, sizeof *table->notes, err);
    if (table->notes == NULL)
        return DK_ERR_MEMORY;
    for (; table->n_notes < reading->n_notes; table->n_notes++) {
        table->notes[table->n_notes] = dki_strdup(reading->context, reading->notes[table->n_notes], err);
        if (table->notes[table->n_notes] == NULL)
            return DK_ERR_MEMORY;
    }
    return DK_OK;
}

static dk_status make_table(struct reading *reading, const dk_table **out, dk_error *err)
{
    dk_field *fields = dki_calloc(reading->context, reading->n_columns, sizeof *fields, err);
    dk_table *table = NULL;
    const dk_column *margin = NULL;
    size_t n_fields = 0;
    dk_status status = fields ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < reading->n_columns && status == DK_OK; i++) {
        struct column *column = &reading->columns[i];

        if (column->flags & DKI_COLUMN_CHILD && i > 0) /* its column made it */
            continue;
        status = make_column(reading, i, err);
        if (status == DK_OK && column->flags & DKI_COLUMN_MARGIN) {
            status = margin ? dki_snapshot_fail(reading->store, err, "two columns say which rows are totals")
                            : check_margin(reading, column->made, err);
            margin = column->made;
        } else if (status == DK_OK) {
            fields[n_fields++] = (dk_field){ .name = column->name,
                                             .column = column->made,
                                             .label = column->label,
                                             .format = column->format,
                                             .margin_bit = column->margin_bit };
        }
    }
    reading->properties.key = reading->properties.n_key > 0 ? reading->key : NULL;
    if (status == DK_OK)
        status = blame(reading,
                       dki_table_make(reading->context, fields, n_fields, reading->n_rows, &reading->properties,
                                      margin, &table, err),
                       err);
    if (status == DK_OK)
        status = blame(reading, dki_table_check_properties(table, &reading->properties, false, err), err);
    if (status == DK_OK)
        status = copy_notes(reading, table, err);
    if (status == DK_OK)
        *out = table;
    else
        dk_table_release(table);
    dki_free(reading->context, fields);
    return status;
}

dk_status dki_snapshot_read(dki_store *store, const dki_snapshot_state *state, const dk_table **out, dk_error *err)
{
    struct reading reading = { .store = store, .context = dki_store_context(store) };
    dk_status status;

    dki_arena_init(&reading.arena, reading.context);
    dki_trees_init(&reading.trees, reading.context);
    status = read_chain(&reading, state, err);
    if (status == DK_OK)
        status = make_table(&reading, out, err);
    for (size_t i = 0; i < reading.n_columns; i++) {
        struct column *column = &reading.columns[i];

        for (size_t k = 0; k < column->n_parts; k++)
            dki_chunk_release(column->parts[k].chunk);
        for (size_t k = 0; k < column->n_level_parts; k++)
            dki_chunk_release(column->levels[k].chunk);
        dki_free(reading.context, column->parts);
        dki_free(reading.context, column->levels);
        dk_dictionary_release(column->dictionary);
        dk_column_release(column->made);
    }
    dki_free(reading.context, reading.columns);
    dki_free(reading.context, reading.key);
    dki_free(reading.context, reading.notes);
    dki_trees_drop(&reading.trees);
    dki_arena_drop(&reading.arena);
    return status;
}
