/* csv_files.c - several CSV files as one table.
 *
 *   each file --csv--> table --append--> one table; notes and rejects of all
 *
 * Each file is read for itself, with types of its own, which append reconciles. What nothing in one file decides, the
 * decimal mark or the order of dates, the others may: such a file is read again with what they say, if they agree.
 *
 * Cost: each file once, those in doubt twice. Memory: the tables of all, and what append has to copy.
 */
#include <string.h>

#include <dekking/append.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "csv_source.h"
#include "data/lineage.h"
#include "paths.h"

typedef struct csv_part {
    const char *path;
    const dk_table *table, *rejected;
    dki_found found;
    dk_error err;        /* where it is in doubt: table is NULL */
    const char *mark_of; /* the file that decided its mark, ... */
    const char *order_of;
} csv_part;

typedef struct parts {
    dk_context *context;
    csv_part *items;
    size_t n;
    bool missing_is_null;
} parts;

/* What the files say. --------------------------------------------------------------------------------------------- */

/* The mark (order) that all files have which have one, also one that is in doubt of the other thing; -1 where there is
 * none, or they differ. *of: the first of them. */
static int agreed(const parts *p, bool order, const char **of)
{
    int found = -1;

    for (size_t i = 0; i < p->n; i++) {
        const dki_marks *m = &p->items[i].found.marks;
        int here = order ? m->order : m->mark;
        bool contradicts = (order ? m->order_by : m->mark_by) == DKI_CONTRADICTED;

        if (here < 0 && !contradicts)
            continue;
        if (contradicts || (found >= 0 && found != here))
            return -1;
        if (found < 0)
            *of = p->items[i].path;
        found = here;
    }
    return found;
}

static dk_status read_part(const parts *p, csv_part *part, const dk_csv_options *options, bool wants_rejected,
                           dk_error *err)
{
    return dki_read_csv_path(p->context, part->path, options, &part->found, &part->table,
                             wants_rejected ? &part->rejected : NULL, err);
}

/* Reads a file in doubt once more, with what the others say. */
static dk_status read_again(const parts *p, csv_part *part, const dk_csv_options *options, bool wants_rejected,
                            dk_error *err)
{
    dk_csv_options again = *options;
    const dki_marks *own = &part->found.marks;
    int mark = own->mark_by == DKI_BY_NOTHING ? agreed(p, false, &part->mark_of) : -1;
    int order = own->order_by == DKI_BY_NOTHING ? agreed(p, true, &part->order_of) : -1;

    if (mark >= 0)
        again.decimal_mark = mark == DKI_COMMA ? DK_MARK_COMMA : DK_MARK_POINT;
    else
        part->mark_of = NULL;
    if (order == DKI_DMY || order == DKI_MDY)
        again.date_order = order == DKI_DMY ? DK_DATES_DMY : DK_DATES_MDY;
    else
        part->order_of = NULL;
    if (part->found.doubt == DKI_TWO_MARKS ? part->mark_of == NULL : part->order_of == NULL) {
        if (err)
            *err = part->err;
        return part->err.code;
    }
    return read_part(p, part, &again, wants_rejected, err);
}

static dk_status read_parts(parts *p, const dki_paths *paths, const dk_csv_options *options, bool wants_rejected,
                            dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < p->n && status == DK_OK; i++) {
        csv_part *part = &p->items[i];

        part->path = paths->items[i];
        status = read_part(p, part, options, wants_rejected, &part->err);
        if (status == DK_ERR_DATA && part->found.doubt != DKI_SURE)
            status = DK_OK; /* for now */
        else if (status != DK_OK && err)
            *err = part->err;
    }
    for (size_t i = 0; i < p->n && status == DK_OK; i++)
        if (p->items[i].table == NULL)
            status = read_again(p, &p->items[i], options, wants_rejected, err);
    return status;
}

/* Notes. ---------------------------------------------------------------------------------------------------------- */

static bool has_note(const dk_table *table, const char *note)
{
    for (size_t i = 0; i < dk_table_n_notes(table); i++)
        if (strcmp(dk_table_note(table, i), note) == 0)
            return true;
    return false;
}

static bool all_have(const parts *p, const char *note)
{
    for (size_t i = 0; i < p->n; i++)
        if (!has_note(p->items[i].table, note))
            return false;
    return true;
}

/* Takes the text as a note. */
static dk_status add_note(dki_buffer *text, const dk_table **table, dk_error *err)
{
    const dk_table *noted;
    dk_status status = dk_table_with_note(*table, text->bytes, &noted, err);

    if (status == DK_OK) {
        dk_table_release(*table);
        *table = noted;
        text->size = 0;
        text->bytes[0] = '\0';
    }
    return status;
}

static dk_status note_again(const csv_part *part, dki_buffer *text, const dk_table **table, dk_error *err)
{
    dk_status status = DK_OK;

    if (part->mark_of)
        status = dki_buffer_format(text, err, "%s: its decimal mark is that of %s", part->path, part->mark_of);
    if (status == DK_OK && part->mark_of)
        status = add_note(text, table, err);
    if (status == DK_OK && part->order_of)
        status = dki_buffer_format(text, err, "%s: its order of dates is that of %s", part->path, part->order_of);
    return status == DK_OK && part->order_of ? add_note(text, table, err) : status;
}

/* Which files they are, then what is said of all of them, then what is said of some. */
static dk_status add_notes(const parts *p, const dk_table **table, dk_error *err)
{
    dki_buffer text;
    dk_status status;

    dki_buffer_init(&text, p->context);
    status = dki_buffer_format(&text, err, "read from %zu files, the first %s, the last %s", p->n, p->items[0].path,
                               p->items[p->n - 1].path);
    if (status == DK_OK)
        status = add_note(&text, table, err);
    for (size_t i = 0; i < p->n && status == DK_OK; i++) {
        const dk_table *own = p->items[i].table;

        for (size_t k = 0; k < dk_table_n_notes(own) && status == DK_OK; k++) {
            const char *note = dk_table_note(own, k);
            bool of_all = all_have(p, note);

            if (of_all && i > 0)
                continue;
            status = dki_buffer_format(&text, err, "%s: %s", of_all ? "all" : p->items[i].path, note);
            if (status == DK_OK)
                status = add_note(&text, table, err);
        }
        if (status == DK_OK)
            status = note_again(&p->items[i], &text, table, err);
    }
    dki_buffer_drop(&text);
    return status;
}

/* Rejects. -------------------------------------------------------------------------------------------------------- */

/* The rejects of one file, with its name in a column of its own. */
static dk_status name_file(const parts *p, csv_part *part, dk_error *err)
{
    const dk_table *with = NULL;
    const dk_column *column = NULL;
    dk_builder *builder = NULL;
    dk_status status = dk_builder_new(p->context, DK_TEXT, 0, NULL, &builder, err);

    for (uint64_t row = 0; row < dk_table_n_rows(part->rejected) && status == DK_OK; row++)
        status = dk_builder_text(builder, (dk_text){ .bytes = part->path, .size = strlen(part->path) }, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &column, err);
    if (status == DK_OK)
        status = dk_table_with(part->rejected, &DK_FIELD("file", column), 1, &with, err);
    if (status == DK_OK) {
        dk_table_release(part->rejected);
        part->rejected = with;
    }
    dk_builder_release(builder);
    dk_column_release(column);
    return status;
}

/* How many records all files have, then those of each file that has rejects. */
static dk_status note_rejects(const parts *p, const dk_table *table, const dk_table **rejects, dk_error *err)
{
    unsigned long long n = dk_table_n_rows(table), n_rejected = dk_table_n_rows(*rejects);
    dki_buffer text;
    dk_status status;

    dki_buffer_init(&text, p->context);
    status = dki_buffer_format(&text, err, "%llu records in %zu files: %llu read, %llu rejected", n + n_rejected,
                               p->n, n, n_rejected);
    if (status == DK_OK)
        status = add_note(&text, rejects, err);
    for (size_t i = 0; i < p->n && status == DK_OK; i++) {
        n = dk_table_n_rows(p->items[i].table);
        n_rejected = dk_table_n_rows(p->items[i].rejected);
        if (n_rejected == 0)
            continue;
        status = dki_buffer_format(&text, err, "%s: %llu records: %llu read, %llu rejected", p->items[i].path,
                                   n + n_rejected, n, n_rejected);
        if (status == DK_OK)
            status = add_note(&text, rejects, err);
    }
    dki_buffer_drop(&text);
    return status;
}

/* All. ------------------------------------------------------------------------------------------------------------ */

static dk_status append_all(const parts *p, bool rejected, const dk_table **out, dk_error *err)
{
    const dk_table **tables = dki_alloc_array(p->context, p->n, sizeof *tables, err);
    const dk_append_options how = { .missing_is_null = p->missing_is_null };
    dk_status status = tables ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < p->n && status == DK_OK; i++)
        tables[i] = rejected ? p->items[i].rejected : p->items[i].table;
    if (status == DK_OK)
        status = dk_table_append(tables, p->n, &how, out, err);
    if (status == DK_OK)
        dki_table_attach(*out, NULL); /* one source: the files */
    dki_free(p->context, tables);
    return status;
}

static dk_status join_parts(const parts *p, const dk_table **out, const dk_table **rejected, dk_error *err)
{
    const dk_table *table = NULL, *rejects = NULL;
    dk_status status = append_all(p, false, &table, err);

    if (status == DK_OK)
        status = add_notes(p, &table, err);
    for (size_t i = 0; i < p->n && status == DK_OK && rejected; i++)
        status = name_file(p, &p->items[i], err);
    if (status == DK_OK && rejected)
        status = append_all(p, true, &rejects, err);
    if (status == DK_OK && rejected)
        status = note_rejects(p, table, &rejects, err);
    if (status == DK_OK) {
        *out = table;
        if (rejected)
            *rejected = rejects;
    } else {
        dk_table_release(table);
        dk_table_release(rejects);
    }
    return status;
}

static dk_status read_files(dk_context *context, const dki_paths *paths, const dk_csv_options *options,
                            const dk_table **out, const dk_table **rejected, dk_error *err)
{
    static const dk_csv_options defaults = DK_CSV_OPTIONS_INIT;
    parts p = { .context = context, .n = paths->n, .missing_is_null = options && options->missing_is_null };
    dk_status status;

    p.items = dki_calloc(context, p.n, sizeof *p.items, err);
    if (p.items == NULL)
        return DK_ERR_MEMORY;
    status = read_parts(&p, paths, options ? options : &defaults, rejected != NULL, err);
    if (status == DK_OK)
        status = join_parts(&p, out, rejected, err);
    for (size_t i = 0; i < p.n; i++) {
        dk_table_release(p.items[i].table);
        dk_table_release(p.items[i].rejected);
    }
    dki_free(context, p.items);
    return status;
}

dk_status dk_read_csv_files(dk_context *context, const char *const *paths, size_t n, const dk_csv_options *options,
                            const dk_table **out, const dk_table **rejected, dk_error *err)
{
    dki_paths found;
    dk_status status = dki_paths_find(context, paths, n, &found, err);

    if (status != DK_OK)
        return status;
    if (found.n > 1 && options && options->cache) {
        status = dki_fail(err, DK_ERR_ARGUMENT, "cache is for one file, and these are %zu", found.n);
        dki_hint(err, "save the table of all of them: t:save");
    } else if (found.n == 1)
        status = dk_read_csv(context, found.items[0], options, out, rejected, err);
    else
        status = read_files(context, &found, options, out, rejected, err);
    dki_paths_drop(&found);
    return status;
}
