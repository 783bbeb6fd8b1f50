/* odd.c - the records of a source that the parallel path leaves alone, read plainly, some at a time.
 *
 * The text is read in parts, each of which ends where a line does, since what libcsv makes of a line is known at its end. A
 * part that holds no whole record is read again, twice as long.
 *
 * Cost: linear in what is read. Memory: the part, which is as long as the longest record, or MOST_BYTES.
 */
#include "odd.h"

#include "base/memory.h"
#include "base/text.h"

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
