/* csv.c - reads a CSV file into a table: which way it goes.
 *
 *   parallel   head --dialect, header--> collect (several threads) --> columns of text; the rest, from the first odd
 *              record on, through libcsv --> columns of text behind them
 *   first      gzip, zstd, UTF-16 --text_source--> UTF-8
 *   plain      bytes --encoding--> UTF-8 --dialect--> delimiter --records (libcsv)--> columns of text
 *   both       columns of text --infer--> plans --convert--> columns --> table, notes, rejects
 *
 * The plain path defines what a file means, and has the last word wherever the parallel one cannot tell: a file that is not
 * UTF-8, a header at fault. Faults of structure (quotes, ragged records) are found before faults of values, each in the
 * order of the file. A lenient reading with values that do not fit reads the text twice: types are then found without the
 * rejected rows.
 */
#include "csv_source.h"

#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/status.h"
#include "base/text.h"
#include "collect.h"
#include "csv_cache.h"
#include "dialect.h"
#include "encoding.h"
#include "finish.h"
#include "header.h"
#include "odd.h"
#include "quote.h"
#include "separator.h"
#include "show.h"
#include "text_source.h"

#define HEAD_BYTES (((size_t)1 << 20) + 4) /* what finding the delimiter looks at, and a byte-order mark */
#define HEAD_SAMPLE ((size_t)1 << 16)

/* Options. -------------------------------------------------------------------------------------------------------- */

static bool can_separate(char c)
{
    return c > 0 && c != '\n' && c != '\r';
}

dk_status dki_csv_options_check(const dk_csv_options *o, dk_error *err)
{
    char quote = o->quote ? o->quote : '"', shown[DKI_SHOW_BYTES];

    if ((o->delimiter && !can_separate(o->delimiter)) || !can_separate(quote))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "the delimiter and the quote are one ASCII character each, and no line end");
    if (o->delimiter == quote)
        return dki_fail(err, DK_ERR_ARGUMENT, "the delimiter and the quote are the same character");
    if (o->names)
        for (size_t i = 0; i < o->n_names; i++)
            if (!o->names[i] || !*o->names[i])
                return dki_fail(err, DK_ERR_ARGUMENT, "name %zu of the columns is empty", i + 1);
    for (size_t i = 0; i < o->n_nulls; i++)
        if (!o->nulls[i])
            return dki_fail(err, DK_ERR_ARGUMENT, "null marker %zu is no text", i + 1);
    for (size_t i = 0; i < o->n_columns; i++) {
        const dk_csv_column *column = &o->columns[i];
        if (!column->name)
            return dki_fail(err, DK_ERR_ARGUMENT, "column %zu with a stated type has no name", i + 1);
        dki_show(shown, column->name, strlen(column->name));
        if (column->type == DK_RATIO || (unsigned)column->type >= DK_N_TYPES)
            return dki_fail(err, DK_ERR_ARGUMENT, "column %s cannot be read as %s", shown,
                            (unsigned)column->type < DK_N_TYPES ? dk_type_name(column->type)
                                                                : "a type that does not exist");
        if (column->has_scale && column->scale > DK_DECIMAL_MAX_SCALE)
            return dki_fail(err, DK_ERR_ARGUMENT, "column %s has %u digits after the mark; %d is the most", shown,
                            column->scale, DK_DECIMAL_MAX_SCALE);
        if (column->type == DK_PERIOD && (!column->has_scale || column->scale >= DK_N_FREQUENCIES))
            return dki_fail(err, DK_ERR_ARGUMENT,
                            "column %s is a period, and is not said to be a year, a quarter or a month", shown);
        if (column->bounds && column->type != DK_INTERVAL)
            return dki_fail(err, DK_ERR_ARGUMENT,
                            "column %s has markers or is rounded, so it is an interval and no %s", shown,
                            dk_type_name(column->type));
        if (column->other && (column->type != DK_CATEGORY || !column->levels ||
                              column->other > dk_dictionary_n_levels(column->levels)))
            return dki_fail(err, DK_ERR_ARGUMENT, "other of column %s is no code of its levels", shown);
        for (size_t j = 0; j < i; j++)
            if (strcmp(o->columns[j].name, column->name) == 0)
                return dki_fail(err, DK_ERR_DUPLICATE, "two types are stated for column %s", shown);
    }
    return DK_OK;
}

/* One reading. ---------------------------------------------------------------------------------------------------- */

typedef struct reading {
    dk_context *context;
    const dki_source *source;
    const dk_csv_options *options;
    const dki_text_source *text; /* where the source comes from */
    const dk_table **out, **rejected;
    dki_found *found;
} reading;

/* The end of both paths: encoding and mark are those of the source's bytes; what the file's were is told. */
static dk_status finish(const reading *x, dki_records *records, dk_encoding encoding, bool has_mark, bool *is_again,
                        dk_error *err)
{
    records->packed = x->text->packed;
    records->found = x->found;
    if (x->text->is_utf16)
        encoding = DK_ENCODING_UTF16;
    return dki_finish(records, encoding, has_mark || x->text->has_mark, is_again, x->out, x->rejected, err);
}

static dk_status refuse_empty(const char *name, bool rejected, dk_error *err)
{
    if (rejected)
        dki_fail(err, DK_ERR_DATA, "no record of the file can be read");
    else
        dki_fail(err, DK_ERR_DATA, "the file is empty");
    dki_at(err, name, 0, 0);
    return DK_ERR_DATA;
}

/* Finds delimiter and quote, how many bytes of the text the line takes that states the former, and, in *options, whether
 * there is a header. */
static dk_status find_dialect(const reading *x, const char *text, size_t size, dki_dialect *dialect, size_t *skip,
                              dk_csv_options *options, dk_error *err)
{
    const dk_csv_options *o = x->options;
    const char *name = x->source->name;
    dk_status status = DK_OK;

    *options = *o;
    *dialect = (dki_dialect){ .delimiter = o->delimiter, .quote = o->quote };
    *skip = dki_separator_find(text, size, &dialect->delimiter);
    if (*skip > 0)
        status = dki_separator_check(o, dialect->delimiter, name, err);
    text += *skip;
    size -= *skip;
    if (status == DK_OK && !dialect->quote)
        status = dki_quote_find(x->context, text, size, dialect->delimiter, &dialect->quote, err);
    if (status == DK_OK && !dialect->delimiter)
        status = dki_delimiter_find(x->context, text, size, name, dialect->quote, &dialect->delimiter, err);
    dialect->line_end = o->any_line_end ? DKI_END_ANY : dki_line_end_find(text, size, dialect->quote);
    if (status == DK_OK && o->header == DK_HEADER_DETECT)
        status =
            dki_header_find(x->context, text, size, name, *skip > 0 ? 2 : 1, *dialect, o, &options->header, err);
    return status;
}

/* The plain path: all of the text through libcsv. */
static dk_status read_text(const reading *x, const dki_decoded *text, dk_error *err)
{
    const char *name = x->source->name;
    dk_csv_options options;
    dki_dialect dialect;
    dki_records records;
    bool is_again;
    size_t skip;
    dk_status status = find_dialect(x, text->bytes, text->size, &dialect, &skip, &options, err);

    dki_records_init(&records, x->context, name, text->bytes + skip, text->size - skip, &options, dialect);
    records.header = x->options->header;
    records.first_line = skip > 0 ? 2 : 1;
    if (status == DK_OK)
        status = dki_records_read(&records, NULL, NULL, err);
    if (status == DK_OK && !records.has_columns)
        status = refuse_empty(name, records.n_rejected > 0, err);
    if (status == DK_OK)
        status = finish(x, &records, text->encoding, text->has_mark, &is_again, err);
    dki_records_drop(&records);
    return status;
}

/* Parallel. ------------------------------------------------------------------------------------------------------- */

static dk_status note_lines(dki_records *records, const dki_collected *collected, size_t first_block, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t b = first_block; b < collected->n_blocks && status == DK_OK; b++) {
        const dki_block *block = collected->blocks[b];
        status = dki_records_note_line(records, block->row, block->line, err);
        for (size_t i = 0; i < block->n_runs && status == DK_OK; i++)
            status = dki_records_note_line(records, block->runs[i].row, block->runs[i].line, err);
    }
    return status;
}

/* Collects *n_rows rows, up to the next record that must be read otherwise. */
static dk_status run(const reading *x, dki_collecting *collecting, dki_records *records, dki_collected *collected,
                     uint64_t *n_rows, dk_error *err)
{
    size_t first_block = collected->n_blocks;
    dk_status status = dki_collect_run(collecting, err);

    *n_rows = collected->n_rows - records->n_rows;
    if (status == DK_OK && !collected->is_not_utf8)
        status = note_lines(records, collected, first_block, err);
    if (status == DK_OK && !collected->is_not_utf8)
        status = dki_odd_tell(x->source, records, collected->odd, collected->n_odd, err);
    records->n_rows = collected->n_rows;
    return status;
}

/* Reads at most `most` records from the odd one on plainly. */
static dk_status skip_odd(const reading *x, dki_collecting *collecting, dki_records *records,
                          dki_collected *collected, uint64_t most, dk_error *err)
{
    uint64_t offset = collected->offset, line = collected->line, raw_row = records->columns[0].n_rows;
    bool is_utf8 = true;
    dk_status status = dki_odd_read(x->source, records, most, &offset, &line, &is_utf8, err);

    collected->is_not_utf8 = !is_utf8;
    if (status == DK_OK && is_utf8)
        status = dki_collect_skip(collecting, offset, line, records->n_rows - collected->n_rows, raw_row, err);
    return status;
}

/* About how long a record is. */
static size_t record_bytes(const char *head, size_t size)
{
    size_t n = size < HEAD_SAMPLE ? size : HEAD_SAMPLE, n_lines = 1;

    for (size_t i = 0; i < n; i++)
        n_lines += head[i] == '\n';
    return n / n_lines + 1;
}

/* How many records are read plainly from an odd one on: it alone where odd ones are rare; four times as many each time
 * where they are not, since in so few rows no run is worth its beginning. */
static uint64_t next_most(const reading *x, uint64_t n_collected, uint64_t most)
{
    if (most == 0 || n_collected >= dki_block_rows(x->context))
        return 1;
    return most * 4 < DKI_COLLECT_ROWS ? most * 4 : DKI_COLLECT_ROWS;
}

/* Collects what follows the first record, but for what must be read otherwise. *is_done as for collect_text. */
static dk_status collect_records(const reading *x, dki_records *records, const dki_collect_options *options,
                                 dki_collected *collected, bool *is_done, dk_error *err)
{
    dki_collecting *collecting = NULL;
    uint64_t most = 0, n_rows;
    dk_status status = x->options->lenient ? dki_rejects_begin(&records->rejects, x->context, err) : DK_OK;

    if (status == DK_OK)
        status = dki_collect_begin(x->context, x->source, options, collected, &collecting, err);
    if (status == DK_OK)
        status = run(x, collecting, records, collected, &n_rows, err);
    while (status == DK_OK && !collected->is_not_utf8 && collected->offset < x->source->size) {
        most = next_most(x, n_rows, most);
        status = skip_odd(x, collecting, records, collected, most, err);
        if (status == DK_OK && !collected->is_not_utf8)
            status = run(x, collecting, records, collected, &n_rows, err);
    }
    dki_collect_end(collecting);
    *is_done = !collected->is_not_utf8;
    records->collected = collected;
    if (status == DK_OK && *is_done && records->n_columns > 0 && records->columns[0].n_rows > 0)
        status = dki_collect_raws(collected, records->columns, records->stated, err);
    return status;
}

/* The parallel path, for a source whose bytes, behind a mark of mark_size bytes, begin with head and are to be UTF-8.
 * *is_done: it has the answer, be it an error; else the plain path has. */
static dk_status collect_text(const reading *x, const char *head, size_t head_size, size_t mark_size,
                              dk_encoding encoding, bool *is_done, dk_error *err)
{
    dk_csv_options o;
    bool whole = head_size + mark_size == x->source->size, is_plain = false, is_again = false;
    dki_dialect dialect;
    dki_collected collected = { .context = NULL };
    dki_records records;
    dk_error met = DK_ERROR_INIT;
    size_t offset = 0, skip;
    uint64_t line = 1;
    dk_status status = find_dialect(x, head, head_size, &dialect, &skip, &o, &met);

    *is_done = false;
    head += skip;
    head_size -= skip;
    dki_records_init(&records, x->context, x->source->name, head, head_size, &o, dialect);
    records.header = x->options->header;
    records.first_line = skip > 0 ? 2 : 1;
    if (status == DK_OK)
        status = dki_records_begin(&records, head, head_size, whole, &is_plain, &offset, &line, &met);
    /* The header's own bytes: those of rows are checked block by block. */
    is_plain = is_plain && dki_utf8_check(head, offset) == offset;
    if (status == DK_OK && is_plain) {
        dki_collect_options options = { .dialect = dialect,
                                        .csv = &o,
                                        .stated = records.stated,
                                        .n_columns = records.n_columns,
                                        .max_field_bytes = records.max_field_bytes,
                                        .offset = mark_size + skip + offset,
                                        .line = line,
                                        .record_bytes = record_bytes(head, head_size) };
        status = collect_records(x, &records, &options, &collected, is_done, &met);
    }
    if (status == DK_OK && *is_done)
        status = finish(x, &records, encoding, mark_size > 0, &is_again, &met);
    dki_records_drop(&records);
    dki_collected_drop(&collected);
    /* Faults of the delimiter and of the header are for the plain path: those of the encoding come before them. */
    *is_done = *is_done || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_IO;
    *is_done = *is_done && !is_again;
    if (*is_done && status != DK_OK && err)
        *err = met;
    return *is_done ? status : DK_OK;
}

/* Both. ----------------------------------------------------------------------------------------------------------- */

static dk_status decode_and_read(const reading *x, const char *bytes, size_t size, bool plainly, dk_error *err)
{
    dki_decoded decoded = { 0 };
    bool is_done = false;
    dk_status status = dki_decode(x->context, bytes, size, x->source->name, x->options->encoding, &decoded, err);

    if (status == DK_OK && decoded.encoding == DK_ENCODING_WINDOWS_1252 && !plainly) {
        dki_source text;
        reading again = *x;
        dki_source_of_bytes(decoded.bytes, decoded.size, x->source->name, &text);
        again.source = &text;
        status = collect_text(&again, text.bytes, decoded.size < HEAD_BYTES ? decoded.size : HEAD_BYTES, 0,
                              decoded.encoding, &is_done, err);
    }
    if (status == DK_OK && !is_done)
        status = read_text(x, &decoded, err);
    dki_decoded_drop(&decoded);
    return status;
}

/* Tries the parallel path. */
static dk_status read_head(const reading *x, bool *is_done, dk_error *err)
{
    size_t n = x->source->size < HEAD_BYTES ? (size_t)x->source->size : HEAD_BYTES, mark_size = 0;
    dk_encoding encoding = x->options->encoding;
    bool has_mark = false;
    char *head = dki_alloc(x->context, n, err);
    dk_status status = head ? dki_source_read(x->source, 0, n, head, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_decode_head(head, n, x->source->name, &encoding, &has_mark, err);
    if (has_mark)
        mark_size = 3;
    if (status == DK_OK && encoding != DK_ENCODING_WINDOWS_1252)
        status = collect_text(x, head + mark_size, n - mark_size, mark_size, DK_ENCODING_UTF8, is_done, err);
    dki_free(x->context, head);
    return status;
}

static dk_status read_whole(const reading *x, bool plainly, dk_error *err)
{
    const dki_source *source = x->source;

    if (source->bytes)
        return decode_and_read(x, source->bytes, (size_t)source->size, plainly, err);
    if (source->size > SIZE_MAX - 1)
        return dki_fail(err, DK_ERR_MEMORY, "the file does not fit in memory");
    char *bytes = dki_alloc(x->context, (size_t)source->size, err);
    dk_status status = bytes ? dki_source_read(source, 0, (size_t)source->size, bytes, err) : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = decode_and_read(x, bytes, (size_t)source->size, plainly, err);
    dki_free(x->context, bytes);
    return status;
}

static dk_status read_source(dk_context *context, const dki_source *source, const dk_csv_options *options,
                             bool plainly, dki_found *found, const dk_table **out, const dk_table **rejected,
                             dk_error *err)
{
    dk_csv_options of_text = options ? *options : (dk_csv_options)DK_CSV_OPTIONS_INIT;
    dki_text_source text = { .context = context };
    const reading x = { .context = context,
                        .source = &text.source,
                        .options = &of_text,
                        .text = &text,
                        .out = out,
                        .rejected = rejected,
                        .found = found };
    bool is_done = false;
    dk_status status = dki_csv_options_check(&of_text, err);

    if (status == DK_OK)
        status = dki_text_source_open(context, source, of_text.encoding, of_text.max_unpacked_bytes, &text, err);
    if (text.is_utf16)
        of_text.encoding = DK_ENCODING_UTF8;
    if (status == DK_OK && !plainly)
        status = read_head(&x, &is_done, err);
    if (status == DK_OK && !is_done)
        status = read_whole(&x, plainly, err);
    dki_text_source_close(&text);
    dki_progress_end(context);
    return status;
}

dk_status dki_read_csv_source(dk_context *context, const dki_source *source, const dk_csv_options *options,
                              bool plainly, const dk_table **out, const dk_table **rejected, dk_error *err)
{
    return read_source(context, source, options, plainly, NULL, out, rejected, err);
}

dk_status dk_read_csv_bytes(dk_context *context, const void *bytes, size_t size, const char *name,
                            const dk_csv_options *options, const dk_table **out, const dk_table **rejected,
                            dk_error *err)
{
    dki_source source;

    dki_source_of_bytes(bytes, size, name ? name : "(memory)", &source);
    return read_source(context, &source, options, false, NULL, out, rejected, err);
}

dk_status dki_read_csv_path(dk_context *context, const char *path, const dk_csv_options *options, dki_found *found,
                            const dk_table **out, const dk_table **rejected, dk_error *err)
{
    dki_file file;
    dki_source source;
    dk_status status;

    if (dki_source_open(path, &source)) {
        status = read_source(context, &source, options, false, found, out, rejected, err);
        dki_source_close(&source);
        return status;
    }
    status = dki_file_open(context, path, &file, err);
    if (status != DK_OK)
        return status;
    dki_source_of_bytes(file.bytes, file.size, strcmp(path, "-") == 0 ? "standard input" : path, &source);
    status = read_source(context, &source, options, false, found, out, rejected, err);
    dki_file_close(&file);
    return status;
}

dk_status dk_read_csv(dk_context *context, const char *path, const dk_csv_options *options, const dk_table **out,
                      const dk_table **rejected, dk_error *err)
{
    if (options && options->cache)
        return dki_read_csv_cached(context, path, options, out, rejected, err);
    return dki_read_csv_path(context, path, options, NULL, out, rejected, err);
}
