/* collect.h - the records of a file into blocks of columns, by several threads at once.
 *
 * Odd records, which the scan cannot vouch for or which are no rows, are few or many: each is looked at by libcsv alone, and
 * the block goes on behind it.
 *
 * A block has the same number of rows as every other, so that what is made of it can be a chunk of the finished column. In
 * a block a column is coded, each row the number of its value among those that one thread has met (or, where columns are
 * many and keys would fill the memory of each thread, all threads); or, once too many values
 * differ, the rows themselves, as the finished column has them: numbers where their text follows from them, else text.
 */
#ifndef DKI_READ_COLLECT_H
#define DKI_READ_COLLECT_H

#include <stdatomic.h>

#include "infer.h"
#include "source.h"
#include "tokens.h"
#include "values.h"

#define DKI_COLLECT_ROWS 16384 /* of a block: whole blocks of views */

#define DKI_MANY_COLUMNS 256 /* from here on memory counts for each of them */

/* The rows of one block in one column. */
typedef struct dki_stretch {
    bool is_coded;
    bool is_numbers;      /* canonical numbers of one form: */
    uint8_t width, scale; /* bytes of each, 1, 2, 4 or 8; digits after the mark */
    char mark;            /* 0 where scale is 0 */
    bool is_grouped;
    uint8_t whole_digits;    /* before the mark, at most */
    bool is_wide;            /* codes of two bytes */
    int64_t least, greatest; /* of the known ones, as long as there are any */
    void *numbers;           /* signed; 0 where null */
    unsigned set;            /* whose values its codes are */
    uint32_t first;          /* numbers and text: the first row of the block that is known */
    void *codes;             /* coded */
    uint32_t *ends;          /* text: n_rows + 1 offsets into bytes, the first of them 0 */
    char *bytes;
    uint64_t *valid;      /* numbers and text; NULL: nothing is null */
    dki_profile *profile; /* text; NULL: nothing that is known can be read as anything */
    size_t n_nulls;
} dki_stretch;

/* A part of a block's text that the scan does not vouch for, line end included. */
typedef struct dki_odd_span {
    uint64_t offset, size, line; /* in the file */
    bool is_row; /* one row, as it stands among others; else records that are none: faults, blank lines */
} dki_odd_span;

typedef struct dki_block {
    uint64_t offset;
    uint64_t row, line; /* of its first row */
    uint64_t n_gone;    /* until the run ends, row counts so many before it that are none */
    size_t n_rows;
    uint64_t size; /* of its text, the last line end included, which the file may lack */
    dki_odd_span *odd;
    size_t n_odd, odd_room;
    bool is_raw; /* its rows were read plainly, and stand in raw columns until dki_collect_raws: */
    uint64_t raw_row;
    dki_line_run *runs; /* rows that do not stand on the line after the one before; by number in the file */
    size_t n_runs, runs_room;
    dki_stretch *stretches; /* by column */
} dki_block;

typedef struct dki_collected {
    dk_context *context;
    const dki_source *source;
    size_t n_columns;
    dki_block **blocks; /* in the order of the file */
    size_t n_blocks, blocks_room;
    dki_values *values; /* set * n_columns + column */
    unsigned n_sets;
    bool
        is_shared; /* one set was that of all threads: its values are not in the order of their first rows, nor know these */
    atomic_bool
        *is_plain; /* by column: somewhere too many values differ, perhaps only in rows that were dropped; */
    /* By column: 0, or how many values one thread had met when it gave their codes up though they were not too many. */
    atomic_uint *n_given_up;
    bool has_last_set; /* the last set is that of columns that were numbered in the end */
    uint64_t n_rows;
    dki_odd_span *odd; /* of the last run, the records that are no rows, in their order: to be told */
    size_t n_odd, odd_room;
    /* Where the collecting stands: at the end of the file, or at a record that must be read otherwise. */
    uint64_t offset, line;
    bool is_not_utf8;
    bool
        has_odd; /* there was such a record: values may have been met that no row has, or not where they first are */
} dki_collected;

typedef struct dki_collect_options {
    dki_dialect dialect;
    const dk_csv_options *csv;
    const dk_csv_column *const *stated; /* by column */
    size_t n_columns;
    size_t max_field_bytes;
    uint64_t offset, line; /* of the first record that is a row */
    size_t record_bytes;   /* about how long one is */
} dki_collect_options;

/* What threads work with while a file is collected. */
typedef struct dki_collecting dki_collecting;

/* Everything is borrowed until the end, the source until out is dropped. Whatever it answers, out may be dropped and
 * *collecting ended. */
dk_status dki_collect_begin(dk_context *context, const dki_source *source, const dki_collect_options *options,
                            dki_collected *out, dki_collecting **collecting, dk_error *err);
/* Collects on, up to the end or the first record that must be read otherwise: a fault where reading is strict, and what is
 * too long. Errors: DK_ERR_IO, DK_ERR_MEMORY, DK_ERR_INTERRUPTED, after which
 * nothing more may be collected. */
dk_status dki_collect_run(dki_collecting *collecting, dk_error *err);
/* Goes on at the record at offset, behind n_rows rows that were read plainly since: rows of raw columns, from their
 * raw_row on, whose text began where the last run ended. */
dk_status dki_collect_skip(dki_collecting *collecting, uint64_t offset, uint64_t line, uint64_t n_rows,
                           uint64_t raw_row, dk_error *err);
void dki_collect_end(dki_collecting *collecting); /* NULL does nothing */

/* Puts the rows that were read plainly in their place; takes raws over, one for each column. */
dk_status dki_collect_raws(dki_collected *collected, dki_raw *raws, const dk_csv_column *const *stated,
                           dk_error *err);
void dki_collected_drop(dki_collected *collected);               /* may be called twice, and on zeroes */
void dki_block_drop(dki_collected *collected, dki_block *block); /* NULL does nothing */
void dki_stretch_drop(dk_context *context, dki_stretch *stretch);

#endif
