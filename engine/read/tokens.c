/* tokens.c - text into records of fields, as libcsv reads it when it is set strictly.
 *
 * libcsv is fed one line at a time, so that everything it tells belongs to the line at hand: this is how a record gets
 * its line number, and how reading goes on after a fault, which libcsv itself does not.
 *
 *   text    a;"b CR LF            one record, begun on line 1
 *           c";d CR LF            line 2: LF after a CR that ended a row is fed to nobody
 *           LF                    line 3: blank
 *           e;f"g;h LF            line 4: a quote in an unquoted field: given up, up to this line's end
 *
 * Invariants: each byte of the text belongs to one record, one blank line, one fault, or a line end. libcsv never sees
 * a NUL byte, so that NUL can stand for "no delimiter". Its buffer never grows far beyond max_field_bytes, because a
 * line is fed in pieces and the field at hand is measured after each.
 * Cost: O(size), one copy of every field. Poll: once per POLL_LINES lines and POLL_BYTES bytes.
 */
#include "tokens.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/status.h"
#include "base/text.h"

#define PIECE_BYTES ((size_t)1 << 16)
#define POLL_LINES 4096
#define POLL_BYTES ((size_t)1 << 20)
#define OPTIONS (CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL | CSV_REPALL_NL)

typedef struct tokenizer {
    dk_context *context;
    const dki_token_sink *sink;
    dk_error *err;
    struct csv_parser parser;
    size_t max_field_bytes;
    dki_dialect dialect;

    const char *bytes, *end;
    bool whole;                               /* the end is the file's */
    const char *next_lf, *next_cr, *next_nul; /* first of their kind at or after the line at hand; end: none */
    uint64_t line;                            /* the line at hand */

    /* The record at hand. */
    const char *record;
    uint64_t record_line, field_line; /* field_line: the line on which the field at hand began */
    dki_buffer text;                  /* the bytes of its fields */
    struct span {
        size_t start, size;
        bool is_empty;
    } * spans;
    size_t n_spans, spans_room;
    dki_cell *cells;
    size_t cells_room;
    const char *row_end;  /* where its line ends; for the callbacks */
    bool row_ended;       /* libcsv ended a row during this feeding */
    bool too_long;        /* a field passed the limit */
    uint64_t long_column; /* which */
    char long_value[64];  /* how it begins */
    char long_reason[64];
    size_t long_size;
    dk_status status; /* what a callback met */
    uint64_t n_told;  /* records, blank lines and faults */
} tokenizer;

/* libcsv's allocator takes no argument. Its memory is counted against the context of the reading that is running in
 * this thread; a failure stays, because libcsv would try again with half the size. */
static _Thread_local tokenizer *current;

static void *parser_resize(void *pointer, size_t size)
{
    dk_error ignored = DK_ERROR_INIT;

    if (current->status != DK_OK)
        return NULL;
    if (!pointer) {
        pointer = dki_alloc(current->context, size, &ignored);
        current->status = pointer ? DK_OK : DK_ERR_MEMORY;
    } else {
        current->status = dki_resize(current->context, &pointer, size, &ignored);
    }
    if (current->status != DK_OK) {
        if (current->err)
            *current->err = ignored;
        return NULL;
    }
    return pointer;
}

static void parser_free(void *pointer)
{
    dki_free(current->context, pointer);
}

static int keep_blanks(unsigned char c)
{
    (void)c;
    return 0;
}

static void keep_long(tokenizer *t, const void *bytes, size_t size)
{
    t->too_long = true;
    t->long_column = t->n_spans + 1;
    t->long_size = dki_utf8_floor(bytes, size, size < sizeof t->long_value ? size : sizeof t->long_value);
    if (t->long_size > 0)
        memcpy(t->long_value, bytes, t->long_size);
}

/* What libcsv tells. ---------------------------------------------------------------------------------------------- */

static void on_field(void *bytes, size_t size, void *arg)
{
    tokenizer *t = arg;

    if (t->status != DK_OK || t->too_long)
        return;
    if (size > t->max_field_bytes) {
        keep_long(t, bytes, size);
        return;
    }
    if (t->n_spans == t->spans_room) {
        t->status =
            dki_grow(t->context, (void **)&t->spans, &t->spans_room, t->n_spans + 1, sizeof *t->spans, t->err);
        if (t->status != DK_OK)
            return;
    }
    t->spans[t->n_spans++] = (struct span){ .start = t->text.size, .size = size, .is_empty = bytes == NULL };
    if (size > 0)
        t->status = dki_buffer_append(&t->text, bytes, size, t->err);
    t->field_line = t->line;
}

static void on_row(int c, void *arg)
{
    tokenizer *t = arg;

    (void)c;
    t->row_ended = true;
}

/* What we tell. --------------------------------------------------------------------------------------------------- */

static void begin_record(tokenizer *t, const char *at)
{
    t->record = at;
    t->record_line = t->field_line = t->line;
    t->text.size = 0;
    t->n_spans = 0;
    t->row_ended = t->too_long = false;
}

static dk_status tell_record(tokenizer *t, const char *end)
{
    if (t->n_spans == 0)
        return t->sink->blank ? t->sink->blank(t->sink->arg, t->record_line, t->err) : DK_OK;
    if (t->n_spans > t->cells_room) {
        dk_status status =
            dki_grow(t->context, (void **)&t->cells, &t->cells_room, t->n_spans, sizeof *t->cells, t->err);
        if (status != DK_OK)
            return status;
    }
    for (size_t i = 0; i < t->n_spans; i++) {
        const struct span *span = &t->spans[i];
        t->cells[i].bytes = span->is_empty ? NULL : span->size > 0 ? t->text.bytes + span->start : "";
        t->cells[i].size = span->size;
    }
    dki_record record = { .line = t->record_line,
                          .raw = t->record,
                          .raw_size = (size_t)(end - t->record),
                          .cells = t->cells,
                          .n_cells = t->n_spans };
    return t->sink->record(t->sink->arg, &record, t->err);
}

/* Gives the record at hand up; end: where it is taken to end. */
static dk_status give_up(tokenizer *t, dki_fault fault, const char *end)
{
    fault.line = t->record_line;
    fault.raw = t->record;
    fault.raw_size = (size_t)(end - t->record);
    /* Make libcsv forget the record: without the strict options its end is no error. */
    csv_set_opts(&t->parser, 0);
    csv_fini(&t->parser, NULL, NULL, NULL);
    csv_set_opts(&t->parser, OPTIONS);
    return t->sink->fault(t->sink->arg, &fault, t->err);
}

/* line: where the fault stands; at: the byte at fault, in the field at hand. */
static dk_status tell_fault(tokenizer *t, uint64_t line, const char *at, const char *end, const char *reason,
                            const char *hint)
{
    /* What stands there: from the delimiter or line end before it up to the one after it. */
    const char *from = at, *to = at;
    while (from > t->record && at - from < 60 && from[-1] != t->dialect.delimiter && from[-1] != '\n' &&
           from[-1] != '\r')
        from--;
    while (from < at && ((unsigned char)*from & 0xC0) == 0x80)
        from++;
    while (to < end && to - at < 60 && (to == at || *to != t->dialect.delimiter) && *to != '\n' && *to != '\r')
        to++;
    while (to < end && ((unsigned char)*to & 0xC0) == 0x80)
        to++;
    dki_fault fault = { .fault_line = line,
                        .column = t->n_spans + 1,
                        .value = from,
                        .value_size = (size_t)(to - from),
                        .code = DK_ERR_DATA,
                        .reason = reason,
                        .hint = hint };
    return give_up(t, fault, end);
}

static dk_status tell_parse_error(tokenizer *t, const char *at, const char *end)
{
    if (*at == t->dialect.quote)
        return tell_fault(
            t, t->line, at, end, "a quote stands inside a field that does not begin with one",
            "put the whole field between quotes and write each quote in it twice, or state another quote");
    if (*at == ' ' || *at == '\t')
        return tell_fault(t, t->line, at, end, "a blank follows the closing quote of a field",
                          "take the blank away: the delimiter or the line end follows the quote at once");
    return tell_fault(t, t->line, at, end, "something follows the closing quote of a field",
                      "a quote inside a quoted field is written twice; after the last one comes the delimiter");
}

/* The record is whole; how its line ends is at fault. */
static dk_status tell_line_end(tokenizer *t, dki_line_end met, const char *end)
{
    static const char *const reasons[][4] = {
        [DKI_END_LF] = { [DKI_END_CR_LF] = "the line ends in CR LF, and the first one in LF",
                         [DKI_END_CR] = "the line ends in CR, and the first one in LF" },
        [DKI_END_CR_LF] = { [DKI_END_LF] = "the line ends in LF, and the first one in CR LF",
                            [DKI_END_CR] = "the line ends in CR, and the first one in CR LF" },
        [DKI_END_CR] = { [DKI_END_LF] = "the line ends in LF, and the first one in CR",
                         [DKI_END_CR_LF] = "the line ends in CR LF, and the first one in CR" },
    };
    const struct span *last = &t->spans[t->n_spans - 1];
    dki_fault fault = { .fault_line = t->line,
                        .column = t->n_spans,
                        .value = last->size > 0 ? t->text.bytes + last->start : "",
                        .value_size = last->size,
                        .code = DK_ERR_DATA,
                        .reason = reasons[t->dialect.line_end][met],
                        .hint =
                            "a line end within a field stands between quotes; where the line ends here, state that "
                            "they differ: line_ends = \"any\"" };
    return give_up(t, fault, end);
}

static dk_status tell_too_long(tokenizer *t, const char *end)
{
    if (!t->too_long) /* it is the field that libcsv is in */
        keep_long(t, t->parser.entry_buf, t->parser.entry_pos);
    snprintf(t->long_reason, sizeof t->long_reason, "a field is longer than the limit of %zu bytes",
             t->max_field_bytes);
    dki_fault fault = { .fault_line = t->field_line,
                        .column = t->long_column,
                        .value = t->long_value,
                        .value_size = t->long_size,
                        .code = DK_ERR_LIMIT,
                        .reason = t->long_reason,
                        .hint =
                            "a quote that is never closed does this; where the field is right, raise the limit: "
                            "max_field" };
    return give_up(t, fault, end);
}

/* Feeding. -------------------------------------------------------------------------------------------------------- */

static const char *find_next(const char *from, const char *end, int c)
{
    const char *at = from < end ? memchr(from, c, (size_t)(end - from)) : NULL;
    return at ? at : end;
}

/* Feeds at .. to - 1, a part of the line that ends at line_end. *given_up says that the record was. */
static dk_status feed(tokenizer *t, const char *at, const char *to, const char *line_end, bool *given_up)
{
    while (at < to) {
        size_t n = (size_t)(to - at) < PIECE_BYTES ? (size_t)(to - at) : PIECE_BYTES;
        size_t taken = csv_parse(&t->parser, at, n, on_field, on_row, t);

        if (t->status != DK_OK)
            return t->status;
        if (t->too_long) {
            *given_up = true;
            return tell_too_long(t, line_end);
        }
        if (taken < n) {
            *given_up = true;
            if (csv_error(&t->parser) != CSV_EPARSE)
                return dki_fail(t->err, DK_ERR_MEMORY, "a field does not fit in memory");
            return tell_parse_error(t, at + taken, line_end);
        }
        at += n;
        /* The field at hand, and perhaps the quote that may have closed it: exact at a line's end, where it counts. */
        if (t->parser.entry_pos > t->max_field_bytes &&
            (at > line_end || t->parser.entry_pos > t->max_field_bytes + 1)) {
            *given_up = true;
            return tell_too_long(t, line_end);
        }
        size_t room = csv_get_buffer_size(&t->parser);
        csv_set_blk_size(&t->parser, room < PIECE_BYTES ? 4096 : room); /* grow by doubling */
        dk_status status = n == PIECE_BYTES ? dki_poll(t->context, t->err) : DK_OK;
        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* Reads the line that begins at `at`; *next is where the next one does. */
static dk_status read_line(tokenizer *t, const char *at, const char **next)
{
    if (t->next_lf < at)
        t->next_lf = find_next(at, t->end, '\n');
    if (t->next_cr < at)
        t->next_cr = find_next(at, t->end, '\r');
    if (t->next_nul < at)
        t->next_nul = find_next(at, t->end, '\0');

    const char *line_end = t->next_lf < t->next_cr ? t->next_lf : t->next_cr;
    const char *after = line_end < t->end ? line_end + 1 : line_end;
    bool pair = after < t->end && *line_end == '\r' && *after == '\n', given_up = false;
    bool cut = t->next_nul < line_end;
    dk_status status = feed(t, at, cut ? t->next_nul : after, line_end, &given_up);

    *next = pair ? after + 1 : after;
    if (status == DK_OK && !given_up && cut) {
        given_up = true;
        status = tell_fault(t, t->line, t->next_nul, line_end, "a NUL byte stands in the text",
                            "the file is damaged, or not text: repair this line");
    }
    if (status == DK_OK && !given_up && pair && !t->row_ended) /* inside quotes both bytes are the field's */
        status = feed(t, after, after + 1, line_end, &given_up);
    dki_line_end met = pair ? DKI_END_CR_LF : line_end < t->end && *line_end == '\r' ? DKI_END_CR : DKI_END_LF;
    if (met == DKI_END_CR && after == t->end && t->whole && t->dialect.line_end == DKI_END_CR_LF)
        met = DKI_END_CR_LF; /* the file ends within it */
    if (status == DK_OK && !given_up && t->row_ended)
        status = t->dialect.line_end && met != t->dialect.line_end && t->n_spans > 0
                     ? tell_line_end(t, met, line_end)
                     : tell_record(t, line_end);
    if (status == DK_OK) {
        bool ended = given_up || t->row_ended;
        t->line++;
        t->n_told += ended;
        if (ended)
            begin_record(t, *next);
    }
    return status;
}

static dk_status read_end(tokenizer *t)
{
    if (t->record == t->end)
        return DK_OK;
    int failed = csv_fini(&t->parser, on_field, on_row, t);
    if (t->status != DK_OK)
        return t->status;
    if (t->too_long)
        return tell_too_long(t, t->end);
    if (failed && t->parser.entry_pos > t->max_field_bytes)
        return tell_too_long(t, t->end);
    if (failed) {
        /* The quote stands behind the last field's delimiter, or begins the record. */
        const char *at = t->record;
        for (uint64_t line = t->record_line; line < t->field_line; at++)
            if (*at == '\n' || (*at == '\r' && at[1] != '\n'))
                line++;
        const char *quote = find_next(at, t->end, t->dialect.quote);
        for (const char *q = quote; q < t->end && *q != '\n' && *q != '\r'; q++)
            if (*q == t->dialect.quote && (q == at || q[-1] == t->dialect.delimiter))
                quote = q; /* the last that can open a field on that line */
        return tell_fault(t, t->field_line, quote < t->end ? quote : at, t->end,
                          "a quote is opened here and never closed",
                          "close the quote, or write it twice if it belongs to the text of a quoted field");
    }
    return t->row_ended ? tell_record(t, t->end) : DK_OK;
}

dk_status dki_tokens_read_some(dk_context *context, const char *bytes, size_t size, bool whole, dki_dialect dialect,
                               size_t max_field_bytes, const dki_token_sink *sink, uint64_t most,
                               dki_token_end *end, dk_error *err)
{
    tokenizer t = { .context = context,
                    .sink = sink,
                    .err = err,
                    .max_field_bytes = max_field_bytes,
                    .dialect = dialect,
                    .bytes = bytes,
                    .end = bytes + size,
                    .whole = whole,
                    .line = sink->first_line ? sink->first_line : 1 };
    tokenizer *outer = current; /* a sink may read another text */
    dk_status status = DK_OK;
    uint64_t n_lines = 0;
    size_t polled = 0;

    *end = (dki_token_end){ .offset = 0, .line = t.line };
    if (size == 0)
        return DK_OK;
    csv_init(&t.parser, OPTIONS);
    csv_set_delim(&t.parser, (unsigned char)dialect.delimiter);
    csv_set_quote(&t.parser, (unsigned char)dialect.quote);
    csv_set_space_func(&t.parser, keep_blanks);
    csv_set_realloc_func(&t.parser, parser_resize);
    csv_set_free_func(&t.parser, parser_free);
    csv_set_blk_size(&t.parser, 4096);
    dki_buffer_init(&t.text, context);
    t.next_lf = find_next(bytes, t.end, '\n');
    t.next_cr = find_next(bytes, t.end, '\r');
    t.next_nul = find_next(bytes, t.end, '\0');
    begin_record(&t, bytes);

    for (const char *at = bytes; at < t.end && status == DK_OK && t.n_told < most;) {
        size_t done = (size_t)(at - bytes);
        if (n_lines++ % POLL_LINES == 0 || done - polled >= POLL_BYTES) {
            polled = done;
            status = dki_poll(context, err);
            if (t.whole)
                dki_progress(context, "reading", done, size);
        }
        current = &t;
        if (status == DK_OK)
            status = read_line(&t, at, &at);
        current = outer;
    }
    current = &t;
    *end = (dki_token_end){ .offset = (size_t)(t.record - bytes), .line = t.record_line };
    if (status == DK_OK && t.whole && t.n_told < most) {
        status = read_end(&t);
        end->offset = size;
    }
    csv_free(&t.parser);
    current = outer;
    dki_buffer_drop(&t.text);
    dki_free(context, t.spans);
    dki_free(context, t.cells);
    return status;
}

dk_status dki_tokens_read(dk_context *context, const char *bytes, size_t size, bool whole, dki_dialect dialect,
                          size_t max_field_bytes, const dki_token_sink *sink, dk_error *err)
{
    dki_token_end end;

    return dki_tokens_read_some(context, bytes, size, whole, dialect, max_field_bytes, sink, UINT64_MAX, &end, err);
}
