/* tokens.h - text into records of fields, as libcsv reads it when it is set strictly.
 *
 * A record is what libcsv ends with a row: LF, CR, or CR LF outside quotes. A blank line is no record. What libcsv
 * refuses, NUL bytes, fields that are too long and line ends of another kind than the dialect's are faults: the record
 * ends at the next line end, and reading goes on after it.
 */
#ifndef DKI_READ_TOKENS_H
#define DKI_READ_TOKENS_H

#include <dekking/csv.h>

#define DKI_NO_DELIMITER '\0' /* every record is one field: a NUL byte never gets as far as libcsv */

/* What ends the records of a file. */
typedef enum dki_line_end { DKI_END_ANY, DKI_END_LF, DKI_END_CR_LF, DKI_END_CR } dki_line_end;

typedef struct dki_dialect {
    char delimiter;
    char quote;
    dki_line_end line_end; /* any: they may differ; else what ends otherwise is a fault */
} dki_dialect;

/* A field. bytes is NULL where it was empty and unquoted; `""` has bytes and size 0. */
typedef struct dki_cell {
    const char *bytes;
    size_t size;
} dki_cell;

/* Everything in it is borrowed for the length of the call. */
typedef struct dki_record {
    uint64_t line; /* the one on which it begins, from 1 */
    const char *raw;
    size_t raw_size; /* as it stands in the text, without the line end */
    const dki_cell *cells;
    size_t n_cells; /* 1 at least */
} dki_record;

typedef struct dki_fault {
    uint64_t line; /* of the record's start */
    const char *raw;
    size_t raw_size;     /* the record up to where it was given up */
    uint64_t fault_line; /* where the fault itself stands */
    uint64_t column;     /* number of the field, from 1 */
    const char *value;   /* what stands there */
    size_t value_size;
    dk_status code;     /* DK_ERR_DATA or DK_ERR_LIMIT */
    const char *reason; /* a sentence without the value */
    const char *hint;
} dki_fault;

/* Is it one of the stated fields that mean "not known"? */
bool dki_is_null_marker(const dk_csv_options *options, const char *bytes, size_t size);
/* Are words of dki_null_word null in columns of anything but text? An empty list of markers says that nothing is. */
static inline bool dki_has_null_words(const dk_csv_options *options)
{
    return options->nulls == NULL || options->n_nulls > 0;
}

/* Rows from `row` on stand on line `line` and the ones after it, until the next of these. */
typedef struct dki_line_run {
    uint64_t row, line;
} dki_line_run;

/* Each may answer another status than DK_OK, err filled, which ends the reading. */
typedef struct dki_token_sink {
    void *arg;
    uint64_t first_line; /* on which the bytes begin; 0: they are a file's first */
    dk_status (*record)(void *arg, const dki_record *record, dk_error *err);
    dk_status (*blank)(void *arg, uint64_t line, dk_error *err); /* NULL: blank lines are passed over */
    dk_status (*fault)(void *arg, const dki_fault *fault, dk_error *err);
} dki_token_sink;

/* What hands records from elsewhere than text to a sink, all of them, until it fails. */
typedef dk_status dki_feed(void *arg, const dki_token_sink *sink, dk_error *err);

/* Reads all of bytes. whole: the end of bytes is the end of the file; else a record that is still open there is left
 * out. Polls and tells its progress once per block. Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED, and the sink's. */
dk_status dki_tokens_read(dk_context *context, const char *bytes, size_t size, bool whole, dki_dialect dialect,
                          size_t max_field_bytes, const dki_token_sink *sink, dk_error *err);

/* The same for `most` records, blank lines and faults; fewer where bytes holds no more that are complete. *end says where
 * the next one begins. Where bytes is not the whole, it must end with a line, and not between CR and LF. */
typedef struct dki_token_end {
    size_t offset; /* in bytes */
    uint64_t line;
} dki_token_end;
dk_status dki_tokens_read_some(dk_context *context, const char *bytes, size_t size, bool whole, dki_dialect dialect,
                               size_t max_field_bytes, const dki_token_sink *sink, uint64_t most,
                               dki_token_end *end, dk_error *err);

#endif
