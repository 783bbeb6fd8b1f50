/* quote.c - which byte stands around the fields of a file: " or '.
 *
 * It is ' where the first records (100 at most, within the first megabyte) have no field that begins with ", and with some
 * delimiter all of them are read without fault into as many fields, one of them quoted, and either
 *
 *   " does not read them so: 'Zutphen; stad' is one field
 *   or of each column all values below the first record stand between ', or none: 's-Gravenhage or 'ja' among others is text
 *
 * Invariants: the answer depends on the sample alone.
 */
#include "quote.h"

#include <string.h>

#include "base/memory.h"

#define SAMPLE_BYTES ((size_t)1 << 20)
#define SAMPLE_RECORDS 100

typedef struct sample {
    dk_context *context;
    char delimiter;
    size_t n_records, n_fields;
    bool has_single, has_double; /* a field begins with ', with " */
    bool is_even;                /* no fault, and as many fields in each record */
    bool has_ended;
    unsigned char *columns; /* bits of what the values below the first record are */
    bool has_mixed;         /* of one column some values stand between ', and some do not */
} sample;
enum { QUOTED = 1, BARE = 2 };

static dk_status stop(sample *s)
{
    s->has_ended = true;
    return DK_ERR_LIMIT; /* enough: ends the reading, and is no error */
}

/* Whether a field of the record begins with that byte, as far as its text tells. */
static bool begins(const dki_record *record, char delimiter, char quote)
{
    const char *at = record->raw, *end = record->raw + record->raw_size;

    while ((at = memchr(at, quote, (size_t)(end - at))) != NULL) {
        if (at == record->raw || at[-1] == delimiter)
            return true;
        at++;
    }
    return false;
}

static dk_status on_record(void *arg, const dki_record *record, dk_error *err)
{
    sample *s = arg;

    if (s->n_records++ == 0) {
        s->n_fields = record->n_cells;
        s->columns = dki_calloc(s->context, record->n_cells, 1, err);
        if (!s->columns)
            return DK_ERR_MEMORY;
    }
    if (record->n_cells != s->n_fields) {
        s->is_even = false;
        return stop(s);
    }
    s->has_single = s->has_single || begins(record, s->delimiter, '\'');
    s->has_double = s->has_double || begins(record, s->delimiter, '"');
    for (size_t i = 0; i < s->n_fields && s->n_records > 1; i++) {
        const dki_cell *cell = &record->cells[i];

        if (cell->size == 0)
            continue;
        s->columns[i] |=
            cell->size > 1 && cell->bytes[0] == '\'' && cell->bytes[cell->size - 1] == '\'' ? QUOTED : BARE;
        s->has_mixed = s->has_mixed || s->columns[i] == (QUOTED | BARE);
    }
    return s->n_records == SAMPLE_RECORDS ? stop(s) : DK_OK;
}

static dk_status on_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    sample *s = arg;

    (void)fault;
    (void)err;
    s->is_even = false;
    return stop(s);
}

static dk_status look(dk_context *context, const char *bytes, size_t size, char delimiter, char quote, sample *s,
                      dk_error *err)
{
    dki_token_sink sink = { .arg = s, .record = on_record, .fault = on_fault };
    bool whole = size <= SAMPLE_BYTES;
    dk_status status;

    *s = (sample){ .context = context, .delimiter = delimiter, .is_even = true };
    status = dki_tokens_read(context, bytes, whole ? size : SAMPLE_BYTES, whole,
                             (dki_dialect){ .delimiter = delimiter, .quote = quote }, SAMPLE_BYTES, &sink, err);
    dki_free(context, s->columns);
    return status == DK_ERR_LIMIT && s->has_ended ? DK_OK : status;
}

/* Whether with that delimiter ' is the quote. */
static dk_status try_delimiter(dk_context *context, const char *bytes, size_t size, char delimiter, bool *is_single,
                               dk_error *err)
{
    sample single, twofold = { .is_even = false };
    dk_status status = look(context, bytes, size, delimiter, '\'', &single, err);
    bool fits =
        status == DK_OK && single.is_even && single.has_single && !single.has_double && single.n_records > 1;

    if (fits)
        status = look(context, bytes, size, delimiter, '"', &twofold, err);
    *is_single = fits && status == DK_OK && !(twofold.is_even && twofold.has_mixed);
    return status;
}

dk_status dki_quote_find(dk_context *context, const char *bytes, size_t size, char delimiter, char *out,
                         dk_error *err)
{
    const char candidates[] = { ';', ',', '\t', '|' };
    size_t n_sample = size < SAMPLE_BYTES ? size : SAMPLE_BYTES;
    bool is_single = false;
    dk_status status = DK_OK;

    *out = '"';
    if (delimiter == '\'' || !memchr(bytes, '\'', n_sample)) /* the latter for speed alone */
        return DK_OK;
    for (size_t i = 0; i < sizeof candidates && status == DK_OK && !is_single; i++)
        if (delimiter == 0 || i == 0)
            status = try_delimiter(context, bytes, size, delimiter ? delimiter : candidates[i], &is_single, err);
    if (status == DK_OK && is_single)
        *out = '\'';
    return status;
}
