/* odd.c - the records of a source that the parallel path leaves alone, read plainly, one or some at a time.
 *
 * The text is read in parts, each of which ends where a line does, since what libcsv makes of a line is known at its end. A
 * part that holds no whole record is read again, twice as long.
 *
 * Cost: linear in what is read. Memory: the part, which is as long as the longest record, or MOST_BYTES.
 */
#include "odd.h"

#include "base/memory.h"
#include "base/text.h"

#define LOOK_BYTES ((size_t)512)
#define FIRST_BYTES ((size_t)1 << 16)
#define MOST_BYTES ((size_t)8 << 20)
#define CHECK_BYTES ((size_t)1 << 20)
#define LONGEST_CHARACTER 4

/* How much of the text is whole lines. */
static size_t whole_lines(const char *text, size_t size)
{
    if (size > 0 && text[size - 1] == '\r') /* a LF may follow */
        size--;
    while (size > 0 && text[size - 1] != '\n' && text[size - 1] != '\r')
        size--;
    return size;
}

/* One alone. ------------------------------------------------------------------------------------------------------ */

typedef struct looking {
    size_t n_columns;
    dki_odd_kind kind;
} looking;

static dk_status on_record(void *arg, const dki_record *record, dk_error *err)
{
    looking *l = arg;

    (void)err;
    l->kind = record->n_cells == l->n_columns ? DKI_ODD_ROW : DKI_ODD_FAULT;
    return DK_OK;
}

static dk_status on_blank(void *arg, uint64_t line, dk_error *err)
{
    looking *l = arg;

    (void)line;
    (void)err;
    l->kind = l->n_columns == 1 ? DKI_ODD_ROW : DKI_ODD_BLANK;
    return DK_OK;
}

static dk_status on_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    looking *l = arg;

    (void)fault;
    (void)err;
    l->kind = DKI_ODD_FAULT;
    return DK_OK;
}

dk_status dki_odd_look(dk_context *context, const dki_collect_options *options, const char *text, size_t n,
                       bool whole, dki_odd_kind *kind, size_t *size, dk_error *err)
{
    looking l = { .n_columns = options->n_columns, .kind = DKI_ODD_CUT };
    const dki_token_sink sink = {
        .arg = &l, .first_line = 1, .record = on_record, .blank = on_blank, .fault = on_fault
    };
    dki_token_end end = { .offset = 0 };
    dk_status status = DK_OK;

    for (size_t room = LOOK_BYTES; status == DK_OK && l.kind == DKI_ODD_CUT; room *= 4) {
        bool all = room >= n;
        size_t part = all ? n : room;
        if (!all || !whole)
            part = whole_lines(text, part);
        status = dki_tokens_read_some(context, text, part, all && whole, options->dialect, options->max_field_bytes,
                                      &sink, 1, &end, err);
        if (all)
            break;
    }
    *kind = l.kind;
    *size = end.offset;
    return status;
}

dk_status dki_odd_tell(const dki_source *source, dki_records *records, const dki_odd_span *spans, size_t n,
                       dk_error *err)
{
    dk_context *context = records->context;
    char *text = NULL;
    size_t room = 0;
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        const uint64_t left = source->size - spans[i].offset;
        const size_t size = (size_t)(spans[i].size < left ? spans[i].size : left);
        dki_token_end end;
        if (size > room)
            status = dki_grow(context, (void **)&text, &room, size, 1, err);
        if (status == DK_OK)
            status = dki_source_read(source, spans[i].offset, size, text, err);
        if (status == DK_OK)
            status = dki_records_continue(records, text, size, size == left, spans[i].line, UINT64_MAX, &end, err);
    }
    dki_free(context, text);
    return status;
}

/* Some at a time. ------------------------------------------------------------------------------------------------- */

/* Is the source from offset on UTF-8? */
static dk_status check_rest(const dki_source *source, dk_context *context, uint64_t offset, bool *is_utf8,
                            dk_error *err)
{
    char *part = dki_alloc(context, CHECK_BYTES, err);
    dk_status status = part ? DK_OK : DK_ERR_MEMORY;

    *is_utf8 = true;
    while (status == DK_OK && *is_utf8 && offset < source->size) {
        uint64_t left = source->size - offset;
        size_t n = left < CHECK_BYTES ? (size_t)left : CHECK_BYTES, good;
        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dki_source_read(source, offset, n, part, err);
        if (status != DK_OK)
            break;
        good = dki_utf8_check(part, n);
        *is_utf8 = good == n || (n < left && n - good < LONGEST_CHARACTER);
        offset += good; /* a character that is cut off is looked at again */
    }
    dki_free(context, part);
    return status;
}

/* Reads from one part, of n bytes, what it holds. */
static dk_status read_part(dki_records *records, const char *part, size_t n, bool whole, uint64_t most,
                           uint64_t line, dki_token_end *end, bool *is_utf8, dk_error *err)
{
    if (!whole)
        n = whole_lines(part, n);
    *is_utf8 = dki_utf8_check(part, n) == n;
    return *is_utf8 ? dki_records_continue(records, part, n, whole, line, most, end, err) : DK_OK;
}

dk_status dki_odd_read(const dki_source *source, dki_records *records, uint64_t most, uint64_t *offset,
                       uint64_t *line, bool *is_utf8, dk_error *err)
{
    const uint64_t left = source->size - *offset;
    dk_context *context = records->context;
    dki_token_end end = { .offset = 0 };
    size_t room = FIRST_BYTES;
    dk_status status = DK_OK;

    *is_utf8 = true;
    while (room < MOST_BYTES && room < most * 64)
        room *= 2;
    for (; status == DK_OK && *is_utf8 && end.offset == 0; room *= 2) {
        size_t n = left < room ? (size_t)left : room;
        char *part = dki_alloc(context, n, err);
        status = part ? dki_source_read(source, *offset, n, part, err) : DK_ERR_MEMORY;
        if (status == DK_OK)
            status = read_part(records, part, n, n == left, most, *line, &end, is_utf8, err);
        dki_free(context, part);
    }
    if (status == DK_OK) {
        *offset += end.offset;
        *line = end.line;
    } else if (status == DK_ERR_DATA || status == DK_ERR_LIMIT) { /* a fault */
        dk_status checked = check_rest(source, context, *offset, is_utf8, err);
        status = checked != DK_OK ? checked : *is_utf8 ? status : DK_OK;
    }
    return status;
}
