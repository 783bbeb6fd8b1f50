/* snapshot_directory.c - what the directory of a segment says of a table.
 *
 * All of it is hostile until it was checked: sizes against the file, counts against the bytes that are there, names against
 * what this version knows.
 */
#include "snapshot_saved.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/types.h"

#define MAX_LEVELS (UINT32_MAX - 2)
#define MAX_MARGIN 62
#define MAX_ROWS (UINT64_C(1) << 48)

static dk_status not_known(const dki_saved_table *reading, const char *where, const char *kind, const char *name,
                           dk_error *err)
{
    dki_snapshot_fail(reading->store, err, "%s has the %s \"%s\", which this dekking does not know", where, kind,
                      name);
    dki_hint(err, "a later dekking wrote it: open it with that one");
    return DK_ERR_DATA;
}

static dk_status no_directory(const dki_saved_table *reading, const char *how, dk_error *err)
{
    return dki_snapshot_fail(reading->store, err, "the directory at byte %llu %s", (unsigned long long)reading->end,
                             how);
}

/* Reads a chunk's record and appends the chunk to parts. */
static dk_status add_chunk(dki_saved_table *reading, dki_cursor *cursor, dki_stored_form *form, dki_part **parts,
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
static dk_status add_levels(dki_saved_table *reading, dki_cursor *cursor, dki_saved_column *column, dk_error *err)
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

static dk_status get_text(dki_saved_table *reading, dki_cursor *cursor, const char **out, dk_error *err)
{
    dk_status status = dki_get_text(cursor, &reading->arena, out, err);

    return status == DK_OK && cursor->bad ? no_directory(reading, cursor->bad, err) : status;
}

/* What a column is: read into *column, whose name is the store's. */
static dk_status get_column(dki_saved_table *reading, dki_cursor *cursor, dki_saved_column *column, dk_error *err)
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
static dk_status place_column(dki_saved_table *reading, const dki_saved_column *said, dki_saved_column **out,
                              dk_error *err)
{
    dki_saved_column *column;
    dk_status status;

    if (reading->is_first) {
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

static dk_status add_column(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
{
    dki_saved_column said = { 0 }, *column = NULL;
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
static dk_status add_labels(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
{
    dki_saved_column *column = reading->column > 0 ? &reading->columns[reading->column - 1] : NULL;
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
static dk_status add_level(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
{
    dki_saved_column *column = reading->column > 0 ? &reading->columns[reading->column - 1] : NULL;
    uint64_t tree = dki_get_u64(cursor), level = dki_get_u64(cursor);

    if (cursor->bad || column == NULL || column->n_of == DK_MOST_HIERARCHIES || column->type != DK_CATEGORY ||
        tree >= reading->trees.n || level >= dk_hierarchy_n_levels(reading->trees.items[tree]))
        return no_directory(reading, "has a level of a hierarchy that is not there", err);
    column->of[column->n_of].hierarchy = reading->trees.items[tree];
    column->of[column->n_of++].level = (size_t)level;
    return DK_OK;
}

/* The members of the column that came last, whose levels are sets. */
static dk_status add_members(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
{
    dki_saved_column *column = reading->column > 0 ? &reading->columns[reading->column - 1] : NULL;
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

static dk_status add_text_to(dki_saved_table *reading, const char ***list, size_t *n, size_t *capacity,
                             const char *text, dk_error *err)
{
    dk_status status = dki_grow(reading->context, (void **)list, capacity, *n + 1, sizeof **list, err);

    if (status == DK_OK)
        (*list)[(*n)++] = text;
    return status;
}

static dk_status add_property(dki_saved_table *reading, dki_cursor *cursor, dk_error *err)
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
    if (strcmp(name, "keeps") == 0)
        properties->keeps_whole = true;
    if (strcmp(name, "key") == 0)
        status = add_text_to(reading, &reading->key, &properties->n_key, &reading->key_capacity, text, err);
    return status;
}

static dk_status add_record(dki_saved_table *reading, const char *name, uint64_t flags, dki_cursor *cursor,
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
    } else if (strcmp(name, "attached") == 0) {
        status = dki_saved_attached(reading, cursor, err);
    } else if (strcmp(name, "whole") == 0) {
        status = dki_saved_kept(reading, cursor, &reading->whole, err);
    } else if (strcmp(name, "behind") == 0) {
        status = dki_saved_kept(reading, cursor, &reading->behind, err);
    } else if (strcmp(name, "lineage") == 0) {
        status = dki_saved_lineage(reading, cursor, err);
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

dk_status dki_saved_parse(dki_saved_table *reading, const unsigned char *bytes, size_t size, dk_error *err)
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
    reading->has_lineage = false;
    reading->has_attached = false;
    dk_table_release(reading->whole);
    dk_table_release(reading->behind);
    reading->whole = reading->behind = NULL;
    dki_trees_drop(&reading->trees);
    while (status == DK_OK && dki_get_record(&cursor, name, &flags, &payload))
        status = add_record(reading, name, flags, &payload, &has_table, err);
    if (status == DK_OK && cursor.bad)
        status = no_directory(reading, cursor.bad, err);
    if (status == DK_OK && (!has_table || reading->column != reading->n_columns))
        status = no_directory(reading, "lacks the table or a column", err);
    if (status == DK_OK)
        status = dki_saved_lineage_end(reading, err);
    reading->n_rows += reading->n_segment_rows;
    if (status == DK_OK && reading->n_rows > MAX_ROWS)
        status = no_directory(reading, "has more rows than there can be", err);
    return status;
}
