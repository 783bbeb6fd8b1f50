/* snapshot_open.c - finds the footer that rules, and reads the segments that it stands for, the first one first.
 *
 * Nothing of the rows is read but the levels of categories.
 *
 * Cost: proportional to the directories, about 150 bytes for each 65536 rows of a column.
 */
#include "snapshot_saved.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "data/checksum.h"

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
    dki_hint(err, "%s", dki_store_remedy(store));
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
        dki_hint(err, "%s", dki_store_remedy(store));
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

/* Segments ---------------------------------------------------------------------------------------------------------- */

static dk_status read_segment(dki_saved_table *reading, const dki_footer *footer, dk_error *err)
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
        reading->is_first = footer->before == 0;
        reading->end = footer->offset;
        status = dki_saved_parse(reading, bytes, (size_t)footer->size, err);
    }
    dki_free(reading->context, bytes);
    return status;
}

/* All footers, the first segment's first. */
static dk_status read_chain(dki_saved_table *reading, const dki_snapshot_state *state, dk_error *err)
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

void dki_saved_init(dki_saved_table *reading, dki_store *store)
{
    *reading = (dki_saved_table){ .store = store, .context = dki_store_context(store) };
    dki_arena_init(&reading->arena, reading->context);
    dki_trees_init(&reading->trees, reading->context);
}

void dki_saved_drop(dki_saved_table *reading)
{
    for (size_t i = 0; i < reading->n_columns; i++) {
        dki_saved_column *column = &reading->columns[i];

        for (size_t k = 0; k < column->n_parts; k++)
            dki_chunk_release(column->parts[k].chunk);
        for (size_t k = 0; k < column->n_level_parts; k++)
            dki_chunk_release(column->levels[k].chunk);
        dki_free(reading->context, column->parts);
        dki_free(reading->context, column->levels);
        dk_dictionary_release(column->dictionary);
        dk_column_release(column->made);
    }
    dki_saved_detach(reading);
    dk_table_release(reading->whole);
    dk_table_release(reading->behind);
    dki_free(reading->context, reading->attached);
    dki_free(reading->context, reading->columns);
    dki_free(reading->context, reading->key);
    dki_free(reading->context, reading->notes);
    dki_free(reading->context, reading->lineage);
    dki_trees_drop(&reading->trees);
    dki_arena_drop(&reading->arena);
}

dk_status dki_snapshot_read(dki_store *store, const dki_snapshot_state *state, const dk_table **out, dk_error *err)
{
    dki_saved_table reading;
    dk_status status;

    dki_saved_init(&reading, store);
    status = read_chain(&reading, state, err);
    if (status == DK_OK)
        status = dki_saved_make(&reading, out, err);
    dki_saved_drop(&reading);
    return status;
}
