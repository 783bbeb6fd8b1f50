/* records.h - the records of a CSV file into columns of text: header, nulls, blank lines, ragged and rejected records. */
#ifndef DKI_READ_RECORDS_H
#define DKI_READ_RECORDS_H

#include <dekking/csv.h>

#include "base/arena.h"
#include "convert.h"
#include "raw.h"
#include "rejects.h"
#include "tokens.h"

typedef struct dki_records {
    dk_context *context;
    const char *name; /* of the file, in messages */
    const char *text;
    size_t size;
    uint64_t first_line; /* on which text begins: 2 behind the line that states the delimiter */
    const dk_csv_options *options;
    dki_dialect dialect;
    size_t max_field_bytes;
    /* Records that come from elsewhere than text, a sheet: feed hands all of them to the sink, once for each pass. */
    dki_feed *feed;
    void *feed_arg;
    const char *origin;      /* what notes call it; NULL: a text, by its encoding and delimiter */
    dk_header header;        /* what was stated of it; the options say what holds */
    dki_found *found;        /* to be filled; may be NULL */
    const char *packed;      /* what the text was compressed by, for notes; NULL: it was not */
    uint64_t columns_before; /* so many stand left of the first one */

    dki_arena arena; /* names, and the arrays by column */
    bool has_columns;
    size_t n_columns;
    const char **names;
    const dk_csv_column **stated; /* by column; NULL: its type is found */
    dki_raw *columns;
    struct dki_collected
        *collected; /* what was read otherwise: all rows, and columns are empty; NULL: nothing. Borrowed */

    uint64_t n_rows, n_blank, n_rejected;
    dki_line_run *runs;
    size_t n_runs, runs_room;
    uint64_t *blank_lines; /* before the number of columns is known */
    size_t n_blank_lines, blank_lines_room;
    bool header_read;

    dki_rejects rejects;   /* where lenient */
    const uint64_t *skip;  /* second pass: rows of the first that do not fit their columns; */
    const dki_plan *plans; /* and why */
    uint64_t pass_row;
} dki_records;

/* Everything is borrowed until dki_records_drop. */
void dki_records_init(dki_records *records, dk_context *context, const char *name, const char *text, size_t size,
                      const dk_csv_options *options, dki_dialect dialect);
void dki_records_drop(dki_records *records);

/* Reads the text into columns. skip and plans NULL: the first pass; else once more, without the rows whose bit is set,
 * which become rejects. In strict reading the first fault is the error. */
dk_status dki_records_read(dki_records *records, const uint64_t *skip, const dki_plan *plans, dk_error *err);

/* Reads the first record alone, from the head of the text, of which size bytes are there (whole: all of it), so that what
 * follows it can be collected. *is_plain: it is, and *offset is where the first row begins, *line its line; else nothing is
 * decided, not even what is wrong, and the records must be read as a whole from a fresh start. */
dk_status dki_records_begin(dki_records *records, const char *head, size_t size, bool whole, bool *is_plain,
                            size_t *offset, uint64_t *line, dk_error *err);
/* Goes on behind rows that were collected, which records->n_rows counts: the text begins with a record on that line. See
 * dki_tokens_read_some. */
dk_status dki_records_continue(dki_records *records, const char *text, size_t size, bool whole, uint64_t line,
                               uint64_t most, dki_token_end *end, dk_error *err);
/* Rejects a record that was collected, whose text is this, because of a value that does not fit. */
dk_status dki_records_reject(dki_records *records, const char *text, size_t size, uint64_t line,
                             const dki_plan *plans, dk_error *err);
/* Notes that the row begins on that line; rows in order. */
dk_status dki_records_note_line(dki_records *records, uint64_t row, uint64_t line, dk_error *err);

/* The number of a column in messages. */
static inline uint64_t dki_records_column(const dki_records *records, size_t i)
{
    return records->columns_before + i + 1;
}
/* The line on which a row begins. */
uint64_t dki_records_line(const dki_records *records, uint64_t row);

#endif
