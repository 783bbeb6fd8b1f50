/* csv_cache.c - a snapshot beside a CSV file, from which the same reading is served the next time.
 *
 * x.csv.dk holds the table; the name of that table, which a reading does not give, tells of which file and which reading
 * it is:
 *
 *   cache of 1234 bytes, changed 1735689600.123456789, read by 0.1.0 as 0123456789abcdef
 *
 * The last is a hash of all options. A file of that name which is none of ours is never written over. Whatever keeps the
 * cache from being used or kept is a note, and the file is read: a cache is for speed alone.
 *
 * A file may be written twice within one tick of the clock that stamps it, and then looks unchanged. So one that was
 * written just now is read only when that tick has passed, and kept only when it is as it was before.
 */
#include "csv_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <dekking/snapshot.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"
#include "csv_source.h"
#include "data/checksum.h"
#include "data/lineage.h"
#include "rejects.h"

#define ENDING ".dk"
#define PREFIX "cache of "
#define TICK_NANOSECONDS 20000000 /* kernels stamp with a clock of 10 ms at most */

typedef struct cache {
    dk_context *context;
    const char *path;      /* of the file */
    const char *kept_path; /* of the snapshot */
    struct stat about;     /* of the file */
    const char *stamp;
} cache;

/* The reading, as a text that two readings share only if they mean the same. --------------------------------------- */

/* A text with its length, so that no two lists look alike; NULL is another than the empty one. */
static dk_status put_text(dki_buffer *out, const char *bytes, size_t size, dk_error *err)
{
    dk_status status = bytes ? dki_buffer_format(out, err, "%zu:", size) : dki_buffer_text(out, "-:", err);

    return status == DK_OK && bytes ? dki_buffer_append(out, bytes, size, err) : status;
}

static dk_status put_list(dki_buffer *out, const char *const *items, size_t n, dk_error *err)
{
    dk_status status = dki_buffer_format(out, err, "[%zu%s ", n, items ? "" : "-");

    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = put_text(out, items[i], strlen(items[i]), err);
    return status;
}

static dk_status put_rule(dki_buffer *out, const dk_bounds_rule *rule, dk_error *err)
{
    dk_status status =
        dki_buffer_format(out, err, "bounds %zu %u %lld ", rule->n_markers, rule->scale, (long long)rule->rounded);

    for (size_t i = 0; i < rule->n_markers && status == DK_OK; i++) {
        const dk_interval *marker = &rule->markers[i];

        status = put_text(out, marker->marker.bytes, marker->marker.size, err);
        if (status == DK_OK)
            status = dki_buffer_format(out, err, "%d %d %lld %d %lld ", (int)marker->meaning, marker->no_least,
                                       (long long)marker->least, marker->no_greatest, (long long)marker->greatest);
    }
    return status;
}

static dk_status put_column(dki_buffer *out, const dk_csv_column *column, dk_error *err)
{
    const dk_dictionary *levels = column->levels;
    dk_status status = put_text(out, column->name, strlen(column->name), err);

    if (status == DK_OK)
        status = dki_buffer_format(out, err, "{%d %d %u ", (int)column->type, column->has_scale, column->scale);
    if (status == DK_OK && levels)
        status = dki_buffer_format(out, err, "%zu %d ", dk_dictionary_n_levels(levels),
                                   dk_dictionary_is_declared(levels));
    if (status == DK_OK && column->bounds)
        status = put_rule(out, column->bounds, err);
    if (status == DK_OK && column->other)
        status = dki_buffer_format(out, err, "other %u ", column->other);
    if (status == DK_OK && column->split)
        status = put_text(out, column->split->delimiter, strlen(column->split->delimiter), err);
    if (column->split)
        levels = column->split->members;
    for (uint32_t code = 1; levels && code <= dk_dictionary_n_levels(levels) && status == DK_OK; code++) {
        dk_text level = dk_dictionary_level(levels, code), label;
        status = put_text(out, level.size > 0 ? level.bytes : "", level.size, err);
        if (status == DK_OK)
            status = dki_buffer_format(out, err, "%u ", dk_dictionary_rank(levels, code));
        if (status == DK_OK && dk_dictionary_label(levels, code, &label))
            status = put_text(out, label.bytes, label.size, err);
    }
    return status;
}

static dk_status put_options(dki_buffer *out, const dk_csv_options *o, dk_error *err)
{
    dk_status status =
        dki_buffer_format(out, err, "%d %d %d %d %d %d %d %d %zu %llu ", o->delimiter, o->quote, (int)o->header,
                          (int)o->encoding, (int)o->decimal_mark, (int)o->date_order, o->lenient, o->any_line_end,
                          o->max_field_bytes, (unsigned long long)o->max_unpacked_bytes);

    if (status == DK_OK)
        status = put_list(out, o->names, o->n_names, err);
    if (status == DK_OK)
        status = put_list(out, o->nulls, o->n_nulls, err);
    for (size_t i = 0; i < o->n_columns && status == DK_OK; i++)
        status = put_column(out, &o->columns[i], err);
    return status;
}

/* A file that took another's place, or was written with another's time, has another number or another time of writing,
 * which nobody sets. */
static dk_status make_stamp(const cache *c, const dk_csv_options *options, dki_buffer *stamp, dk_error *err)
{
    dki_buffer text;
    dk_status status;

    dki_buffer_init(&text, c->context);
    status = put_options(&text, options, err);
    if (status == DK_OK)
        status = dki_buffer_format(
            stamp, err,
            PREFIX "%lld bytes, changed %lld.%09ld, file %llu, written %lld.%09ld, read by %s as %016llx",
            (long long)c->about.st_size, (long long)c->about.st_mtim.tv_sec, c->about.st_mtim.tv_nsec,
            (unsigned long long)c->about.st_ino, (long long)c->about.st_ctim.tv_sec, c->about.st_ctim.tv_nsec,
            DK_VERSION, (unsigned long long)dki_checksum(text.bytes, text.size));
    dki_buffer_drop(&text);
    return status;
}

/* Notes. ---------------------------------------------------------------------------------------------------------- */

DK_PRINTF(3, 4) static dk_status note(const dk_table **table, dk_error *err, const char *format, ...)
{
    char text[1024];
    const dk_table *noted;
    va_list arguments;
    dk_status status;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    status = dk_table_with_note(*table, text, &noted, err);
    if (status == DK_OK) {
        dk_table_release(*table);
        *table = noted;
    }
    return status;
}

/* Serving. -------------------------------------------------------------------------------------------------------- */

static dk_status with_name(const dk_table *table, const char *name, const char *source, const dk_table **out,
                           dk_error *err)
{
    dk_properties properties = *dk_table_properties(table);

    properties.name = name;
    properties.source = source;
    return dk_table_with_properties(table, &properties, out, err);
}

/* What the reading rejected whose table is served: nothing. */
static dk_status no_rejects(const cache *c, const dk_table *served, const dk_table **out, dk_error *err)
{
    dki_rejects rejects;
    dk_status status = dki_rejects_begin(&rejects, c->context, err);

    if (status != DK_OK)
        return status;
    status = dki_rejects_finish(&rejects, out, err);
    dki_rejects_drop(&rejects);
    return status == DK_OK ? dki_rejects_note(out, c->path, dk_table_n_rows(served), err) : status;
}

/* *served is NULL where there is nothing to serve from; *is_ours: what is there may be replaced. */
static dk_status serve(const cache *c, const dk_table **served, bool *is_ours, dk_error *err)
{
    const dk_table *kept = NULL;
    dk_snapshot_open_options how = { .remedy = "it is a cache: take it away, and read the file again" };
    struct stat about;
    dk_error met = DK_ERROR_INIT;
    const char *name;
    dk_status status;

    *is_ours = true;
    if (stat(c->kept_path, &about) != 0 || (S_ISREG(about.st_mode) && about.st_size == 0))
        return DK_OK; /* an empty one is about to be written by another process, or was never finished */
    status = dk_snapshot_open(c->context, c->kept_path, &how, &kept, &met);
    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
        if (err)
            *err = met;
        return status;
    }
    name = status == DK_OK ? dk_table_properties(kept)->name : NULL;
    *is_ours = name && strncmp(name, PREFIX, strlen(PREFIX)) == 0;
    status = DK_OK;
    if (name && strcmp(name, c->stamp) == 0) {
        status = with_name(kept, NULL, c->path, served, err);
        if (status == DK_OK)
            status = note(served, err, "served from %s, which was made of this file as it is", c->kept_path);
        if (status == DK_OK)
            dki_table_attach(*served, NULL); /* as it is where it was read */
    }
    dk_table_release(kept);
    return status;
}

/* Keeping. -------------------------------------------------------------------------------------------------------- */

/* Who may not read the file may not read what is kept of it either, at no moment: the place is taken by an empty file
 * with its permissions, which the snapshot then takes over. *made: it was not there before. */
static dk_status take_place(const cache *c, bool *made, dk_error *err)
{
    int fd = open(c->kept_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    *made = fd >= 0;
    if (fd < 0 && errno == EEXIST)
        return DK_OK;
    if (fd < 0 || fchmod(fd, (c->about.st_mode & 0666) | 0200) != 0) {
        dki_fail(err, DK_ERR_IO, "cannot write it: %s", strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(c->kept_path);
        }
        return DK_ERR_IO;
    }
    close(fd);
    return DK_OK;
}

static bool is_unchanged(const cache *c)
{
    struct stat now;

    return stat(c->path, &now) == 0 && now.st_size == c->about.st_size && now.st_ino == c->about.st_ino &&
           now.st_mtim.tv_sec == c->about.st_mtim.tv_sec && now.st_mtim.tv_nsec == c->about.st_mtim.tv_nsec &&
           now.st_ctim.tv_sec == c->about.st_ctim.tv_sec && now.st_ctim.tv_nsec == c->about.st_ctim.tv_nsec;
}

static dk_status keep(const cache *c, const dk_table **table, uint64_t n_rejected, bool is_ours, dk_error *err)
{
    const dk_table *named = NULL;
    dk_error met = DK_ERROR_INIT;
    bool made = false;
    dk_status status;

    if (!is_ours)
        return note(table, err, "not kept: %s is no cache, or a damaged one, and is left alone (take it away)",
                    c->kept_path);
    if (n_rejected > 0)
        return note(table, err, "not kept in %s: a cache has no place for rejected records", c->kept_path);
    if (!is_unchanged(c))
        return note(table, err, "not kept in %s: the file changed while it was read", c->kept_path);
    status = with_name(*table, c->stamp, c->path, &named, &met);
    if (status == DK_OK)
        status = take_place(c, &made, &met);
    if (status == DK_OK)
        status = dk_snapshot_save(named, c->kept_path, NULL, &met);
    dk_table_release(named);
    if (status != DK_OK && made)
        unlink(c->kept_path);
    if (status == DK_OK)
        return note(table, err, "kept in %s for the next reading", c->kept_path);
    if (status == DK_ERR_IO)
        return note(table, err, "not kept in %s: %s", c->kept_path, met.message);
    if (err)
        *err = met;
    return status;
}

/* Both. ----------------------------------------------------------------------------------------------------------- */

/* Waits until whatever is written from now on gets another time than the file has. */
static void let_tick_pass(const struct stat *about)
{
    struct timespec now, tick = { .tv_nsec = TICK_NANOSECONDS };
    int64_t age;

    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec - about->st_ctim.tv_sec > 1 || about->st_ctim.tv_sec - now.tv_sec > 1)
        return;
    age = (int64_t)(now.tv_sec - about->st_ctim.tv_sec) * 1000000000 + (now.tv_nsec - about->st_ctim.tv_nsec);
    if (age < TICK_NANOSECONDS)
        nanosleep(&tick, NULL);
}

static dk_status serve_or_read(const cache *c, const dk_csv_options *options, const dk_table **out,
                               const dk_table **rejected, dk_error *err)
{
    const dk_table *table = NULL, *rejects = NULL;
    bool is_ours, is_served;
    dk_status status = serve(c, &table, &is_ours, err);

    is_served = table != NULL;
    if (status == DK_OK && is_served)
        status = no_rejects(c, table, &rejects, err);
    if (status == DK_OK && !is_served)
        status = dki_read_csv_path(c->context, c->path, options, NULL, &table, &rejects, err);
    if (status == DK_OK && !is_served)
        status = keep(c, &table, dk_table_n_rows(rejects), is_ours, err);
    if (status == DK_OK) {
        *out = table;
        table = NULL;
        if (rejected) {
            *rejected = rejects;
            rejects = NULL;
        }
    }
    dk_table_release(table);
    dk_table_release(rejects);
    return status;
}

dk_status dki_read_csv_cached(dk_context *context, const char *path, const dk_csv_options *options,
                              const dk_table **out, const dk_table **rejected, dk_error *err)
{
    cache c = { .context = context, .path = path };
    dki_buffer kept_path, stamp;
    dk_status status = dki_csv_options_check(options, err);

    if (status != DK_OK)
        return status;
    if (strcmp(path, "-") == 0 ||
        (stat(path, &c.about) == 0 && !S_ISREG(c.about.st_mode) && !S_ISDIR(c.about.st_mode))) {
        dki_fail(err, DK_ERR_ARGUMENT, "cache is for files: of a stream nobody knows whether it is the same");
        dki_at(err, strcmp(path, "-") == 0 ? "standard input" : path, 0, 0);
        return DK_ERR_ARGUMENT;
    }
    if (stat(path, &c.about) != 0 || S_ISDIR(c.about.st_mode) || access(path, R_OK) != 0)
        return dki_read_csv_path(context, path, options, NULL, out, rejected, err); /* which says what is wrong */
    let_tick_pass(&c.about);
    dki_buffer_init(&kept_path, context);
    dki_buffer_init(&stamp, context);
    status = dki_buffer_format(&kept_path, err, "%s" ENDING, path);
    if (status == DK_OK && stat(path, &c.about) != 0) { /* as it is now that the tick has passed */
        status = dki_fail(err, DK_ERR_IO, "the file was taken away");
        dki_at(err, path, 0, 0);
    }
    if (status == DK_OK)
        status = make_stamp(&c, options, &stamp, err);
    c.kept_path = kept_path.bytes;
    c.stamp = stamp.bytes;
    if (status == DK_OK)
        status = serve_or_read(&c, options, out, rejected, err);
    dki_buffer_drop(&stamp);
    dki_buffer_drop(&kept_path);
    return status;
}
