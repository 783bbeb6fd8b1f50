/* snapshot_save.c - files that hold a snapshot: written anew in one step, and grown in one step.
 *
 * Saving writes a file beside the one that it replaces and renames it; what a process that was killed left there is removed
 * by the next one that saves. Appending writes behind what is there:
 *
 *   1. blocks and directory, behind the end that the last footer has      then to the disk
 *   2. the footer: from here on the rows are part of the file             then to the disk
 *   3. the commit in the header, which tells damage from a broken append
 *
 * so that a process that ends anywhere leaves the old state or the new one. A lock on the file (flock) keeps a second
 * writer out; the system takes it away when a writer ends. Readers take none: what they read never changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/children.h"
#include "data/column_parts.h"
#include "data/table_parts.h"
#include "snapshot_parts.h"

static dk_status io_fail(dk_error *err, const char *path, const char *what, int reason)
{
    dki_fail(err, DK_ERR_IO, "cannot %s it: %s", what, strerror(reason));
    dki_at(err, path, 0, 0);
    return DK_ERR_IO;
}

/* Takes the lock of a file, which is given up when fd is closed. */
static dk_status lock(int fd, const char *path, dk_error *err)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno != EWOULDBLOCK)
            return io_fail(err, path, "lock", errno);
        dki_fail(err, DK_ERR_IO, "another process is writing to it");
        dki_hint(err, "wait until it is done, and try again");
        dki_at(err, path, 0, 0);
        return DK_ERR_IO;
    }
    return DK_OK;
}

/* Locks the file of that name as it is now: who opened it before another replaced it opens it again. *fd is -1 where there
 * is none. */
static dk_status open_locked(const char *path, int *fd, dk_error *err)
{
    struct stat opened, named;
    dk_status status = DK_OK;

    for (;;) {
        *fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
        if (*fd < 0)
            return DK_OK;
        status = lock(*fd, path, err);
        if (status == DK_OK && fstat(*fd, &opened) != 0)
            status = io_fail(err, path, "read", errno);
        if (status == DK_OK && stat(path, &named) == 0 && opened.st_ino == named.st_ino &&
            opened.st_dev == named.st_dev)
            return DK_OK;
        close(*fd);
        *fd = -1;
        if (status != DK_OK)
            return status;
    }
}

/* Saving ------------------------------------------------------------------------------------------------------------- */

static dk_status write_file(const dk_table *table, dki_output *output, const dk_snapshot_options *options,
                            dk_error *err)
{
    dki_segment segment = {
        .context = table->context, .fd = output->fd, .path = output->path, .generation = 1, .at = DKI_HEADER_BYTES
    };
    unsigned char header[DKI_HEADER_BYTES], bytes[DKI_FOOTER_BYTES];
    dki_footer footer;
    dki_commit commit = { 1, 0 };
    dk_status status = dki_segment_write(&segment, table, NULL, options, &footer, err);

    if (status != DK_OK)
        return status;
    dki_footer_encode(&footer, bytes);
    status = dki_segment_put(&segment, segment.at, bytes, sizeof bytes, err);
    commit.end = segment.at + sizeof bytes;
    dki_header_encode(footer.identity, &commit, header);
    return status == DK_OK ? dki_segment_put(&segment, 0, header, sizeof header, err) : status;
}

dk_status dk_snapshot_save(const dk_table *table, const char *path, const dk_snapshot_options *options,
                           dk_error *err)
{
    dki_output output;
    int locked = -1;
    dk_status status = dki_snapshot_check_options(table, options, err);

    if (status != DK_OK)
        return status;
    status = dki_output_open(table->context, path, &output, err);
    if (status != DK_OK)
        return status;
    if (output.temporary == NULL) {
        status = dki_fail(err, DK_ERR_IO, "is no regular file, which a snapshot is");
        dki_at(err, path, 0, 0);
    }
    if (status == DK_OK)
        status = open_locked(output.path, &locked, err);
    if (status == DK_OK) {
        dki_output_sweep(&output); /* they are as large as what they were to replace */
        status = write_file(table, &output, options, err);
    }
    if (status == DK_OK)
        status = dki_output_commit(&output, err);
    dki_output_drop(&output);
    if (locked >= 0)
        close(locked);
    return status;
}

/* Appending ---------------------------------------------------------------------------------------------------------- */

static dk_status flush(const dki_segment *segment, dk_error *err)
{
    return fdatasync(segment->fd) == 0 ? DK_OK : io_fail(err, segment->path, "write", errno);
}

static dk_status cut(const dki_segment *segment, uint64_t end, dk_error *err)
{
    return ftruncate(segment->fd, (off_t)end) == 0 ? DK_OK : io_fail(err, segment->path, "write", errno);
}

/* Appends the columns of table, which are those of the file, behind the state. */
static dk_status write_segment(dki_segment *segment, const dk_table *table, const size_t *n_known,
                               const dki_snapshot_state *state, const dk_snapshot_options *options, dk_error *err)
{
    unsigned char bytes[DKI_FOOTER_BYTES], commit_bytes[DKI_COMMIT_BYTES];
    dki_footer footer;
    dki_commit commit;
    dk_status status = DK_OK;

    if (state->file_bytes > state->end) /* what a broken append left: no reader looks there */
        status = cut(segment, state->end, err);
    if (status == DK_OK)
        status = dki_segment_write(segment, table, n_known, options, &footer, err);
    if (status == DK_OK)
        status = flush(segment, err);
    if (status == DK_OK) {
        dki_footer_encode(&footer, bytes);
        status = dki_segment_put(segment, segment->at, bytes, sizeof bytes, err);
    }
    if (status == DK_OK)
        status = flush(segment, err);
    if (status != DK_OK) {
        (void)cut(segment, state->end, NULL);
        return status;
    }
    commit = (dki_commit){ segment->generation, segment->at + sizeof bytes };
    dki_commit_encode(&commit, segment->identity, commit_bytes);
    /* Half a block: written as it is, without zeros behind it. What fails here takes nothing back: the footer rules. */
    if (pwrite(segment->fd, commit_bytes, sizeof commit_bytes, (off_t)DKI_COMMIT_OFFSET(commit.generation)) ==
        (ssize_t)sizeof commit_bytes)
        (void)fdatasync(segment->fd);
    return DK_OK;
}

/* A commit that lags behind the footer that rules is brought up first, so that a broken append cannot hide it. */
static dk_status mend_commit(const dki_segment *segment, const dki_snapshot_state *state, dk_error *err)
{
    dki_commit commit = { state->footer.generation, state->end };
    unsigned char bytes[DKI_COMMIT_BYTES], stored[DKI_COMMIT_BYTES];
    off_t offset = (off_t)DKI_COMMIT_OFFSET(commit.generation);

    dki_commit_encode(&commit, segment->identity, bytes);
    if (pread(segment->fd, stored, sizeof stored, offset) == (ssize_t)sizeof stored &&
        memcmp(stored, bytes, sizeof bytes) == 0)
        return DK_OK;
    if (pwrite(segment->fd, bytes, sizeof bytes, offset) != (ssize_t)sizeof bytes)
        return io_fail(err, segment->path, "write", errno);
    return flush(segment, err);
}

/* What the appended table is to be called: the file's properties, and the days of the delivery where it has them. */
static dk_status with_days(const dk_table *table, const dk_table *delivery, const dk_table *model,
                           const dk_table **out, dk_error *err)
{
    dk_properties properties = model->properties;
    dki_lineage *lineage;
    dk_table *made;
    dk_status status;

    if (delivery->properties.as_of)
        properties.as_of = delivery->properties.as_of;
    if (delivery->properties.published)
        properties.published = delivery->properties.published;
    status =
        dki_table_make_like(table, table->fields, table->n_fields, table->n_rows, &properties, NULL, &made, err);
    if (status != DK_OK)
        return status;
    made->notes = dki_calloc(table->context, model->n_notes, sizeof *made->notes, err);
    if (made->notes == NULL)
        status = DK_ERR_MEMORY;
    while (status == DK_OK && made->n_notes < model->n_notes) {
        made->notes[made->n_notes] = dki_strdup(table->context, model->notes[made->n_notes], err);
        status = made->notes[made->n_notes] ? DK_OK : DK_ERR_MEMORY;
        made->n_notes += status == DK_OK;
    }
    if (status == DK_OK)
        status = dki_table_check_properties(made, &properties, false, err);
    if (status == DK_OK)
        status = dki_lineage_after(delivery, &lineage, err);
    if (status == DK_OK) {
        dki_table_attach(made, lineage);
        *out = made;
    } else {
        dk_table_release(made);
    }
    return status;
}

/* The keys of the file and of the delivery, together, are looked at before a byte is written. */
static dk_status check_key(const dk_table *before, const dk_table *added, dk_error *err)
{
    const dk_properties *properties = &before->properties;
    dk_table *both = NULL;
    dk_field *fields;
    dk_status status = DK_OK;

    if (properties->n_key == 0)
        return DK_OK;
    fields = dki_calloc(before->context, properties->n_key, sizeof *fields, err);
    if (fields == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < properties->n_key && status == DK_OK; i++) {
        size_t at = dk_table_find(before, properties->key[i]);
        const dk_column *columns[] = { before->fields[at].column, added->fields[at].column };

        /* The second's levels begin with the first's. */
        fields[i] = DK_FIELD(properties->key[i], NULL);
        status = dki_column_concat(before->context, columns[0]->type, columns[0]->scale, columns[1]->levels,
                                   columns, 2, &fields[i].column, err);
    }
    if (status == DK_OK)
        status = dki_table_make(before->context, fields, properties->n_key, before->n_rows + added->n_rows, NULL,
                                NULL, &both, err);
    if (status == DK_OK)
        status = dki_key_check(both, properties->key, properties->n_key, err);
    dk_table_release(both);
    for (size_t i = 0; i < properties->n_key; i++)
        dk_column_release(fields[i].column);
    dki_free(before->context, fields);
    return status;
}

/* How many levels of each column the file has. */
static dk_status count_known(const dk_table *before, size_t **out, dk_error *err)
{
    dki_flat *flat = NULL;
    size_t n = 0;
    dk_status status = dki_table_flatten(before, &flat, &n, err);

    if (status != DK_OK)
        return status;
    *out = dki_calloc(before->context, n, sizeof **out, err);
    for (size_t i = 0; *out && i < n; i++)
        (*out)[i] = flat[i].column->levels ? dk_dictionary_n_levels(flat[i].column->levels) : 0;
    dki_free(before->context, flat);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status append(dki_segment *segment, const dk_table *table, dki_store *store,
                        const dk_snapshot_options *options, dk_error *err)
{
    dki_snapshot_state state;
    const dk_table *before = NULL, *fitting = NULL, *added = NULL;
    size_t *n_known = NULL;
    dk_status status = dki_snapshot_find(store, false, &state, err);

    if (status == DK_OK)
        status = dki_snapshot_read(store, &state, &before, err);
    if (status == DK_OK)
        status = dki_table_reconcile(table, before, &fitting, err);
    if (status == DK_OK)
        status = with_days(fitting, table, before, &added, err);
    if (status == DK_OK)
        status = check_key(before, added, err);
    if (status == DK_OK)
        status = count_known(before, &n_known, err);
    if (status == DK_OK && added->n_rows > 0) {
        segment->identity = state.identity;
        segment->generation = state.footer.generation + 1;
        segment->before = segment->at = state.end;
        status = mend_commit(segment, &state, err);
        if (status == DK_OK)
            status = write_segment(segment, added, n_known, &state, options, err);
    }
    dki_free(table->context, n_known);
    dk_table_release(added);
    dk_table_release(fitting);
    dk_table_release(before);
    return status;
}

dk_status dk_snapshot_append(const dk_table *table, const char *path, const dk_snapshot_options *options,
                             dk_error *err)
{
    dki_segment segment = { .context = table->context, .fd = -1, .path = path };
    dki_store *store = NULL;
    dk_status status = dki_snapshot_check_options(table, options, err);

    if (status == DK_OK) /* says what is wrong with a file that cannot be opened */
        status = dki_store_open(table->context, path, 0, &store, err);
    if (status != DK_OK)
        return status;
    dki_store_release(store);
    store = NULL;
    status = open_locked(path, &segment.fd, err);
    if (status == DK_OK && segment.fd < 0)
        status = io_fail(err, path, "write", errno);
    if (status == DK_OK)
        status = dki_store_open(table->context, path, 0, &store, err);
    if (status == DK_OK)
        status = append(&segment, table, store, options, err);
    dki_store_release(store);
    if (segment.fd >= 0)
        close(segment.fd);
    return status;
}
