/* header.c - whether a file's first record names its columns.
 *
 * Of the first records (100 at most, within the first megabyte) each column says one of five things:
 *
 *   names   all values below are numbers, dates or truth values of one kind, and the first one is not
 *   row     the first one is of that kind too and is no whole number (12,5; 2024-12-31; ja)
 *   below   the first one is a text that occurs below
 *   number  the first one and all below are whole numbers: a value, or a name such as 2019
 *   -       anything else
 *
 * A column that says names decides. Else one that says row does, or two that say below, or one beside a number. Else numbers
 * are names where they are years, or three and more that count on from column to column, and the file can be read in two ways
 * where they are not. Else the record names the columns, as it does where a stated type calls for one of its fields.
 *
 * Invariants: the answer depends on the sample alone.
 */
#include "header.h"

#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "readings.h"
#include "show.h"

#define SAMPLE_BYTES ((size_t)1 << 20)
#define SAMPLE_RECORDS 100
#define SAMPLE_FIELDS 50000 /* for files of very many columns */
#define FIRST_YEAR 1900
#define LAST_YEAR 2100
#define NAMES_THAT_COUNT 3 /* 17;18;19 are ages; of two columns it may be chance */

#define KINDS(reading, n) (((UINT32_C(1) << (n)) - 1) << (reading))
#define WHOLE KINDS(DKI_READ_INTEGER, DKI_N_MARKS)

typedef struct column {
    char *first; /* NULL: nothing is there */
    size_t size;
    uint32_t first_readings, readings; /* of the first value; that all values below have */
    int64_t number;                    /* the first value, where it is a whole number */
    bool has_values, occurs_below;
} column;

typedef struct sample {
    dk_context *context;
    const dk_csv_options *options;
    column *columns;
    size_t n_columns, n_records;
    size_t columns_before; /* in what the records are of */
    uint64_t line;         /* of the first record */
    bool has_ended;
} sample;

static dk_status stop(sample *s)
{
    s->has_ended = true;
    return DK_ERR_LIMIT; /* enough: ends the reading, and is no error */
}

static dk_status begin(sample *s, const dki_record *record, dk_error *err)
{
    s->line = record->line;
    s->columns = dki_calloc(s->context, record->n_cells, sizeof *s->columns, err);
    if (!s->columns)
        return DK_ERR_MEMORY;
    s->n_columns = record->n_cells;
    for (size_t i = 0; i < s->n_columns; i++) {
        const dki_cell *cell = &record->cells[i];
        column *c = &s->columns[i];
        dki_facts facts;

        c->readings = UINT32_MAX;
        if (cell->size == 0)
            continue;
        c->first = dki_alloc(s->context, cell->size, err);
        if (!c->first)
            return DK_ERR_MEMORY;
        memcpy(c->first, cell->bytes, cell->size);
        c->size = cell->size;
        dki_facts_find(cell->bytes, cell->size, false, &facts);
        c->first_readings = facts.readings;
        c->number =
            facts.number[facts.readings >> (DKI_READ_INTEGER + DKI_POINT) & 1 ? DKI_POINT : DKI_COMMA].value;
    }
    return DK_OK;
}

static dk_status on_record(void *arg, const dki_record *record, dk_error *err)
{
    sample *s = arg;

    if (s->n_records++ == 0)
        return begin(s, record, err);
    for (size_t i = 0; i < s->n_columns && record->n_cells == s->n_columns; i++) {
        const dki_cell *cell = &record->cells[i];
        column *c = &s->columns[i];
        dki_facts facts;

        if (cell->size == 0 || dki_is_null_marker(s->options, cell->bytes, cell->size) ||
            (dki_has_null_words(s->options) && dki_null_word(cell->bytes, cell->size)))
            continue;
        dki_facts_find(cell->bytes, cell->size, false, &facts);
        c->readings &= facts.readings;
        c->has_values = true;
        c->occurs_below = c->occurs_below || (cell->size == c->size && memcmp(cell->bytes, c->first, c->size) == 0);
    }
    return s->n_records == SAMPLE_RECORDS || s->n_records * s->n_columns > SAMPLE_FIELDS ? stop(s) : DK_OK;
}

static dk_status on_fault(void *arg, const dki_fault *fault, dk_error *err)
{
    sample *s = arg;

    (void)fault;
    (void)err;
    return s->n_records == 0 ? stop(s) : DK_OK;
}

static bool is_expected(const sample *s, const column *c)
{
    for (size_t k = 0; k < s->options->n_columns; k++)
        if (c->first && strlen(s->options->columns[k].name) == c->size &&
            memcmp(s->options->columns[k].name, c->first, c->size) == 0)
            return true;
    return false;
}

static dk_status refuse(const sample *s, const column *c, const char *name, dk_error *err)
{
    char shown[DKI_SHOW_BYTES];
    size_t i = (size_t)(c - s->columns);

    dki_fail(err, DK_ERR_DATA,
             "the first record can be read in two ways: %s can be the name of column %zu or its first value",
             dki_show(shown, c->first, c->size), i + 1);
    dki_hint(err,
             "state it: header = true where the first record names the columns, header = false where it does not");
    dki_at(err, name, s->line, s->columns_before + i + 1);
    return DK_ERR_DATA;
}

static dk_status decide(const sample *s, const char *name, dk_header *out, dk_error *err)
{
    const column *number = NULL, *before = NULL;
    size_t n_numbers = 0, n_below = 0;
    bool is_row = false, are_years = true, count_on = true;

    *out = DK_HEADER_FIRST;
    for (size_t i = 0; i < s->n_columns; i++) {
        const column *c = &s->columns[i];

        if (is_expected(s, c))
            return DK_OK;
        if (!c->first || !c->has_values)
            continue;
        if (c->readings == 0) {
            n_below += c->occurs_below && c->first_readings == 0;
            continue;
        }
        if ((c->first_readings & c->readings) == 0)
            return DK_OK;
        if ((c->first_readings & WHOLE) == 0 || c->number < 0) {
            is_row = true;
            continue;
        }
        are_years = are_years && c->number >= FIRST_YEAR && c->number <= LAST_YEAR;
        count_on = count_on && (!before || c->number - 1 == before->number);
        number = number ? number : c;
        n_numbers++;
        before = c;
    }
    if (is_row || n_below > 1 || (n_below > 0 && n_numbers > 0))
        *out = DK_HEADER_NONE;
    else if (number && !are_years && !(count_on && n_numbers >= NAMES_THAT_COUNT))
        return refuse(s, number, name, err);
    return DK_OK;
}

/* What was sampled, with the status of the reading that gave the records. */
static dk_status end(sample *s, dk_status status, const char *name, dk_header *out, dk_error *err)
{
    if (status == DK_ERR_LIMIT && s->has_ended)
        status = DK_OK;
    if (status == DK_OK)
        status = decide(s, name, out, err);
    for (size_t i = 0; s->columns && i < s->n_columns; i++)
        dki_free(s->context, s->columns[i].first);
    dki_free(s->context, s->columns);
    return status;
}

dk_status dki_header_find(dk_context *context, const char *bytes, size_t size, const char *name,
                          uint64_t first_line, dki_dialect dialect, const dk_csv_options *options, dk_header *out,
                          dk_error *err)
{
    sample s = { .context = context, .options = options };
    dki_token_sink sink = { .arg = &s, .first_line = first_line, .record = on_record, .fault = on_fault };
    bool whole = size <= SAMPLE_BYTES;

    return end(
        &s, dki_tokens_read(context, bytes, whole ? size : SAMPLE_BYTES, whole, dialect, SAMPLE_BYTES, &sink, err),
        name, out, err);
}

dk_status dki_header_find_fed(dk_context *context, dki_feed *feed, void *arg, const char *name,
                              size_t columns_before, const dk_csv_options *options, dk_header *out, dk_error *err)
{
    sample s = { .context = context, .options = options, .columns_before = columns_before };
    dki_token_sink sink = { .arg = &s, .first_line = 1, .record = on_record, .fault = on_fault };

    return end(&s, feed(arg, &sink, err), name, out, err);
}
