/* records.c - the records of a CSV file into columns of text: header, nulls, blank lines, ragged and rejected records.
 *
 * Invariants: rows and rejects together are the records of the file, header and skipped blank lines aside; rows and
 * rejects are in the order of the file.
 */
#include "records.h"

#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "show.h"

#define MAX_FIELD_BYTES ((size_t)16 << 20)

void dki_records_init(dki_records *records, dk_context *context, const char *name, const char *text, size_t size,
                      const dk_csv_options *options, dki_dialect dialect)
{
    *records =
        (dki_records){ .context = context,
                       .name = name,
                       .text = text,
                       .size = size,
                       .first_line = 1,
                       .options = options,
                       .dialect = dialect,
                       .max_field_bytes = options->max_field_bytes ? options->max_field_bytes : MAX_FIELD_BYTES };
    dki_arena_init(&records->arena, context);
}

void dki_records_drop(dki_records *records)
{
    if (records->columns)
        for (size_t i = 0; i < records->n_columns; i++)
            dki_raw_drop(&records->columns[i]);
    dki_rejects_drop(&records->rejects);
    dki_free(records->context, records->runs);
    dki_free(records->context, records->blank_lines);
    dki_arena_drop(&records->arena);
}

uint64_t dki_records_line(const dki_records *records, uint64_t row)
{
    size_t low = 0, high = records->n_runs;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (records->runs[middle].row <= row)
            low = middle;
        else
            high = middle;
    }
    return records->runs[low].line + (row - records->runs[low].row);
}

dk_status dki_records_note_line(dki_records *r, uint64_t row, uint64_t line, dk_error *err)
{
    if (r->n_runs > 0 && r->runs[r->n_runs - 1].line + (row - r->runs[r->n_runs - 1].row) == line)
        return DK_OK; /* nearly always */
    if (r->n_runs == r->runs_room) {
        dk_status status =
            dki_grow(r->context, (void **)&r->runs, &r->runs_room, r->n_runs + 1, sizeof *r->runs, err);
        if (status != DK_OK)
            return status;
    }
    r->runs[r->n_runs++] = (dki_line_run){ .row = row, .line = line };
    return DK_OK;
}

/* Rejects. -------------------------------------------------------------------------------------------------------- */

/* why holds the fault, filled. Strict: it is the answer; lenient: it becomes a reject. A fault before the columns are
 * known is the header's, and fatal in both. */
static dk_status reject(dki_records *r, const dk_error *why, uint64_t line, dk_text value, dk_text raw,
                        dk_error *err)
{
    bool in_header = r->options->header != DK_HEADER_NONE && !r->header_read;

    if (!r->options->lenient || in_header) {
        if (err)
            *err = *why;
        return why->code;
    }
    r->n_rejected++;
    return dki_rejects_add(&r->rejects, line, why->column, value, why->message, raw, err);
}

static dk_status on_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    dki_records *r = arg;
    dk_error why = DK_ERROR_INIT;
    char shown[DKI_SHOW_BYTES];

    dki_fail(&why, fault->code, "%s: %s", fault->reason, dki_show(shown, fault->value, fault->value_size));
    dki_hint(&why, "%s", fault->hint);
    dki_at(&why, r->name, fault->fault_line, fault->column);
    return reject(r, &why, fault->line, (dk_text){ .bytes = fault->value, .size = fault->value_size },
                  (dk_text){ .bytes = fault->raw, .size = fault->raw_size }, err);
}

static dk_status reject_ragged(dki_records *r, const dki_record *record, dk_error *err)
{
    dk_error why = DK_ERROR_INIT;
    bool blank = record->n_cells == 1;
    const char *whose = r->options->names                      ? "there are names for"
                        : r->options->header != DK_HEADER_NONE ? "the header has"
                                                               : "the first record has";

    for (size_t i = 0; blank && i < record->raw_size; i++)
        blank = record->raw[i] == ' ' || record->raw[i] == '\t';
    dki_fail(&why, DK_ERR_DATA, "the record has %zu field%s, and %s %zu", record->n_cells,
             record->n_cells == 1 ? "" : "s", whose, r->n_columns);
    if (blank)
        dki_hint(&why, "the line holds nothing but blanks: empty it, or take it away");
    else if (r->n_rows == 0 && r->n_columns == 1)
        dki_hint(&why,
                 "if the first line is a title, take it away; if the file has one column, state a delimiter that "
                 "does not occur in it");
    else
        dki_hint(&why,
                 "a field that contains the delimiter or a line end stands between quotes; lenient = true keeps "
                 "records like this one apart");
    dki_at(&why, r->name, record->line, 0);
    return reject(r, &why, record->line, (dk_text){ .bytes = NULL, .size = 0 },
                  (dk_text){ .bytes = record->raw, .size = record->raw_size }, err);
}

/* Second pass: a record with a value that does not fit its column. */
static dk_status reject_misfit(dki_records *r, const dki_record *record, dk_error *err)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        const dki_cell *cell = &record->cells[i];
        dki_converted value;
        if (!r->stated[i] || !cell->bytes)
            continue;
        dki_misfit misfit = dki_convert(&r->plans[i], cell->bytes, cell->size, &value);
        if (misfit <= DKI_FITS_NULL)
            continue;
        dk_error why = DK_ERROR_INIT;
        dki_misfit_tell(misfit, &r->plans[i], r->names[i], cell->bytes, cell->size, &why);
        dki_at(&why, r->name, record->line, dki_records_column(r, i));
        return reject(r, &why, record->line, (dk_text){ .bytes = cell->bytes, .size = cell->size },
                      (dk_text){ .bytes = record->raw, .size = record->raw_size }, err);
    }
    return DK_OK; /* not reached: the bit says that one of them does not fit */
}

/* Header. --------------------------------------------------------------------------------------------------------- */

static dk_status refuse_unnamed(dki_records *r, const dki_record *record, dk_error *err)
{
    char list[128] = "";
    size_t n = 0, used = 0, at = 0;

    for (size_t i = 0; i < record->n_cells; i++) {
        if (record->cells[i].size > 0)
            continue;
        n++;
        if (n == 1)
            at = dki_records_column(r, i);
        if (n <= 4) /* at most 20 digits each */
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%zu", n == 1 ? "" : ", ", i + 1);
        else if (n == 5)
            snprintf(list + used, sizeof list - used, " and others");
    }
    dki_fail(err, DK_ERR_DATA, "the header has no name for field%s %s", n == 1 ? "" : "s", list);
    dki_hint(err, "complete the header, or give the names of all %zu fields: names = { ... }", record->n_cells);
    dki_at(err, r->name, record->line, at);
    return DK_ERR_DATA;
}

/* Copies the name of column i. Two of one name are refused. */
static dk_status take_name(dki_records *r, dki_text_map *seen, size_t i, const char *bytes, size_t size,
                           uint64_t line, dk_error *err)
{
    uint32_t number;
    char shown[DKI_SHOW_BYTES];
    dk_status status = dki_text_map_add(seen, bytes, size, &number, err);

    if (status != DK_OK)
        return status;
    if (number < i) {
        dki_fail(err, DK_ERR_DUPLICATE, "fields %u and %zu have the same name %s", number + 1, i + 1,
                 dki_show(shown, bytes, size));
        dki_hint(err, "rename one of them, or give the names of all %zu fields: names = { ... }", r->n_columns);
        dki_at(err, r->name, line, dki_records_column(r, i));
        return DK_ERR_DUPLICATE;
    }
    r->names[i] = dki_arena_text(&r->arena, bytes, size, err);
    return r->names[i] ? DK_OK : DK_ERR_MEMORY;
}

static dk_status take_names(dki_records *r, const dki_record *record, dk_error *err)
{
    const dk_csv_options *o = r->options;
    dki_text_map seen;
    dk_status status = DK_OK;

    dki_text_map_init(&seen, r->context);
    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++) {
        char neutral[32];
        if (o->names)
            status = take_name(r, &seen, i, o->names[i], strlen(o->names[i]), 0, err);
        else if (o->header != DK_HEADER_NONE)
            status = take_name(r, &seen, i, record->cells[i].bytes, record->cells[i].size, record->line, err);
        else
            status = take_name(r, &seen, i, neutral, (size_t)snprintf(neutral, sizeof neutral, "kolom_%zu", i + 1),
                               0, err);
    }
    dki_text_map_drop(&seen);
    return status;
}

/* Which columns have a stated type. */
static dk_status match_stated(dki_records *r, dk_error *err)
{
    const dk_csv_options *o = r->options;
    char shown[DKI_SHOW_BYTES];

    for (size_t k = 0; k < o->n_columns; k++) {
        size_t i = 0;
        while (i < r->n_columns && strcmp(r->names[i], o->columns[k].name) != 0)
            i++;
        if (i < r->n_columns) {
            r->stated[i] = &o->columns[k];
            continue;
        }
        dki_nearest nearest;
        dki_nearest_init(&nearest, o->columns[k].name, strlen(o->columns[k].name));
        for (size_t j = 0; j < r->n_columns; j++)
            dki_nearest_try(&nearest, r->names[j], strlen(r->names[j]));
        dki_fail(err, DK_ERR_NAME, "a type is stated for column %s, which the file does not have",
                 dki_show(shown, o->columns[k].name, strlen(o->columns[k].name)));
        if (nearest.best)
            dki_hint(err, "did you mean %s?", dki_show(shown, nearest.best, nearest.best_size));
        else
            dki_hint(err, "its first column is %s", dki_show(shown, r->names[0], strlen(r->names[0])));
        dki_at(err, r->name, 0, 0);
        return DK_ERR_NAME;
    }
    return DK_OK;
}

static dk_status append_null_row(dki_records *r, uint64_t line, dk_error *err)
{
    dk_status status = dki_records_note_line(r, r->n_rows, line, err);

    if (status == DK_OK)
        status = dki_raw_null(&r->columns[0], err);
    if (status == DK_OK) {
        r->n_rows++;
        r->pass_row++;
    }
    return status;
}

/* The first record says how many columns there are; as a header it names them. */
static dk_status begin_columns(dki_records *r, const dki_record *record, dk_error *err)
{
    const dk_csv_options *o = r->options;
    dk_status status = DK_OK;

    if (o->names && o->n_names != record->n_cells) {
        dki_fail(err, DK_ERR_LENGTH, "%zu name%s given, and the %s has %zu field%s", o->n_names,
                 o->n_names == 1 ? " is" : "s are", o->header != DK_HEADER_NONE ? "header" : "first record",
                 record->n_cells, record->n_cells == 1 ? "" : "s");
        dki_hint(err, "give one name for each field, in their order");
        dki_at(err, r->name, record->line, 0);
        return DK_ERR_LENGTH;
    }
    if (o->header != DK_HEADER_NONE && !o->names)
        for (size_t i = 0; i < record->n_cells; i++)
            if (record->cells[i].size == 0)
                return refuse_unnamed(r, record, err);
    r->names = dki_arena_array(&r->arena, record->n_cells, sizeof *r->names, err);
    r->stated = r->names ? dki_arena_array(&r->arena, record->n_cells, sizeof *r->stated, err) : NULL;
    r->columns = r->stated ? dki_arena_array(&r->arena, record->n_cells, sizeof *r->columns, err) : NULL;
    if (!r->columns)
        return DK_ERR_MEMORY;
    r->n_columns = record->n_cells;
    for (size_t i = 0; i < r->n_columns; i++)
        dki_raw_init(&r->columns[i], r->context);
    status = take_names(r, record, err);
    if (status == DK_OK)
        status = match_stated(r, err);
    r->has_columns = status == DK_OK;
    return status;
}

/* Blank lines met before the first record: rows of a one-column file without header, else skipped. */
static dk_status settle_blank_lines(dki_records *r, dk_error *err)
{
    dk_status status = DK_OK;

    if (r->options->header == DK_HEADER_NONE && r->n_columns == 1)
        for (size_t i = 0; i < r->n_blank_lines && status == DK_OK; i++)
            status = append_null_row(r, r->blank_lines[i], err);
    else
        r->n_blank += r->n_blank_lines;
    r->n_blank_lines = 0;
    return status;
}

/* Records. -------------------------------------------------------------------------------------------------------- */

static dk_status on_blank(void *arg, uint64_t line, dk_error *err)
{
    dki_records *r = arg;

    if (!r->header_read) {
        if (r->n_blank_lines == r->blank_lines_room) {
            dk_status status = dki_grow(r->context, (void **)&r->blank_lines, &r->blank_lines_room,
                                        r->n_blank_lines + 1, sizeof *r->blank_lines, err);
            if (status != DK_OK)
                return status;
        }
        r->blank_lines[r->n_blank_lines++] = line;
        return DK_OK;
    }
    if (r->n_columns == 1)
        return append_null_row(r, line, err);
    r->n_blank++;
    return DK_OK;
}

bool dki_is_null_marker(const dk_csv_options *options, const char *bytes, size_t size)
{
    for (size_t i = 0; i < options->n_nulls; i++)
        if (strlen(options->nulls[i]) == size && memcmp(options->nulls[i], bytes, size) == 0)
            return true;
    return false;
}

static dk_status on_record(void *arg, const dki_record *record, dk_error *err)
{
    dki_records *r = arg;
    dk_status status = DK_OK;

    if (!r->header_read) {
        status = r->has_columns ? DK_OK : begin_columns(r, record, err);
        r->header_read = status == DK_OK;
        if (status == DK_OK)
            status = settle_blank_lines(r, err);
        if (status != DK_OK || r->options->header != DK_HEADER_NONE)
            return status;
    }
    if (record->n_cells != r->n_columns)
        return reject_ragged(r, record, err);
    if (r->skip && dki_bit(r->skip, r->pass_row++))
        return reject_misfit(r, record, err);
    status = dki_records_note_line(r, r->n_rows, record->line, err);
    for (size_t i = 0; i < r->n_columns && status == DK_OK; i++) {
        const dki_cell *cell = &record->cells[i];
        if (!cell->bytes || dki_is_null_marker(r->options, cell->bytes, cell->size))
            status = dki_raw_null(&r->columns[i], err);
        else
            status = dki_raw_text(&r->columns[i], cell->bytes, cell->size, err);
    }
    r->n_rows += status == DK_OK;
    return status;
}

dk_status dki_records_read(dki_records *records, const uint64_t *skip, const dki_plan *plans, dk_error *err)
{
    dki_records *r = records;
    dki_token_sink sink = {
        .arg = r, .first_line = r->first_line, .record = on_record, .blank = on_blank, .fault = on_fault
    };

    for (size_t i = 0; r->has_columns && i < r->n_columns; i++)
        dki_raw_drop(&r->columns[i]);
    dki_rejects_drop(&r->rejects);
    if (r->options->lenient) {
        dk_status status = dki_rejects_begin(&r->rejects, r->context, err);
        if (status != DK_OK)
            return status;
    }
    r->n_rows = r->n_blank = r->n_rejected = r->pass_row = 0;
    r->n_runs = 0;
    r->n_blank_lines = 0;
    r->header_read = false;
    r->skip = skip;
    r->plans = plans;
    return r->feed
               ? r->feed(r->feed_arg, &sink, err)
               : dki_tokens_read(r->context, r->text, r->size, true, r->dialect, r->max_field_bytes, &sink, err);
}

/* Beside others. -------------------------------------------------------------------------------------------------- */

typedef struct beginning {
    dki_records *records;
    size_t size; /* of the first record */
    bool is_plain, has_stopped;
} beginning;

static dk_status stop(beginning *b)
{
    b->has_stopped = true;
    return DK_ERR_CALLBACK;
}

static dk_status on_first_record(void *arg, const dki_record *record, dk_error *err)
{
    beginning *b = arg;
    dk_status status = begin_columns(b->records, record, err);

    if (status == DK_ERR_MEMORY)
        return status;
    b->is_plain = status == DK_OK;
    b->size = record->raw_size;
    return stop(b);
}

static dk_status on_first_blank(void *arg, uint64_t line, dk_error *err)
{
    (void)line;
    (void)err;
    return stop(arg);
}

static dk_status on_first_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    (void)fault;
    (void)err;
    return stop(arg);
}

dk_status dki_records_begin(dki_records *records, const char *head, size_t size, bool whole, bool *is_plain,
                            size_t *offset, uint64_t *line, dk_error *err)
{
    beginning b = { .records = records };
    dki_token_sink sink = {
        .arg = &b, .record = on_first_record, .blank = on_first_blank, .fault = on_first_fault
    };
    dk_error met = DK_ERROR_INIT;
    dk_status status = dki_tokens_read(records->context, head, size, whole, records->dialect,
                                       records->max_field_bytes, &sink, &met);

    if (status != DK_OK && !b.has_stopped) {
        if (err)
            *err = met;
        return status;
    }
    records->header_read = true;
    *is_plain = b.is_plain;
    *offset = 0;
    *line = records->first_line;
    if (!b.is_plain || records->options->header == DK_HEADER_NONE)
        return DK_OK;
    for (size_t i = 0; i < b.size; i++) { /* lines within it */
        if (head[i] == '\r' && !(i + 1 < size && head[i + 1] == '\n'))
            *is_plain = false;
        *line += head[i] == '\n';
    }
    *line += 1;
    *offset = b.size;
    if (b.size < size && head[b.size] == '\r')
        *offset += b.size + 1 < size && head[b.size + 1] == '\n' ? 2 : 0;
    else if (b.size < size)
        *offset += 1;
    *is_plain = *is_plain && (*offset > b.size || (whole && b.size == size)); /* not a line that ends in CR alone */
    return DK_OK;
}

dk_status dki_records_continue(dki_records *records, const char *text, size_t size, bool whole, uint64_t line,
                               uint64_t most, dki_token_end *end, dk_error *err)
{
    dki_records *r = records;
    dki_token_sink sink = {
        .arg = r, .first_line = line, .record = on_record, .blank = on_blank, .fault = on_fault
    };

    return dki_tokens_read_some(r->context, text, size, whole, r->dialect, r->max_field_bytes, &sink, most, end,
                                err);
}

static dk_status on_unfit(void *arg, const dki_record *record, dk_error *err)
{
    return reject_misfit(arg, record, err);
}

static dk_status on_unfit_blank(void *arg, uint64_t line, dk_error *err)
{
    (void)arg;
    (void)line;
    (void)err;
    return DK_OK; /* not reached: null fits */
}

dk_status dki_records_reject(dki_records *records, const char *text, size_t size, uint64_t line,
                             const dki_plan *plans, dk_error *err)
{
    dki_records *r = records;
    dki_token_sink sink = {
        .arg = r, .first_line = line, .record = on_unfit, .blank = on_unfit_blank, .fault = on_fault
    };

    r->plans = plans;
    return dki_tokens_read(r->context, text, size, false,
                           (dki_dialect){ .delimiter = r->dialect.delimiter, .quote = r->dialect.quote },
                           r->max_field_bytes, &sink, err); /* how it ends was looked at */
}
