/* csv.h - reads a CSV file into a table.
 *
 * What a file means is what libcsv says of its bytes, transcoded to UTF-8 and without byte-order mark, set strictly
 * and without stripping of blanks (docs/csv.md). Types come from the whole file or from the caller; a column that can
 * be read in two ways is an error that shows both and says what to state.
 */
#ifndef DEKKING_CSV_H
#define DEKKING_CSV_H

#include <dekking/members.h>

typedef enum dk_encoding {
    DK_ENCODING_DETECT,
    DK_ENCODING_UTF8,
    DK_ENCODING_WINDOWS_1252,
    DK_ENCODING_UTF16 /* of either byte order */
} dk_encoding;
typedef enum dk_decimal_mark { DK_MARK_DETECT, DK_MARK_POINT, DK_MARK_COMMA } dk_decimal_mark;
typedef enum dk_date_order { DK_DATES_DETECT, DK_DATES_YMD, DK_DATES_DMY, DK_DATES_MDY } dk_date_order;
typedef enum dk_header { DK_HEADER_DETECT, DK_HEADER_FIRST, DK_HEADER_NONE } dk_header;

/* What a source writes where a number is known in bounds only. */
typedef struct dk_bounds_rule {
    /* n_markers texts, each as it stands in a field, and what is known of the number there. One that means nothing is not kept,
     * its bounds are. A suppressed one of which neither bound is stated is a count: 0 or more; and where it is written <5 it is
     * less than 5, and not 0 where the column has a 0. */
    const dk_interval *markers;
    size_t n_markers;
    uint8_t scale;   /* of the markers' bounds, and of rounded */
    int64_t rounded; /* numbers are rounded to multiples of it, to the nearest; 0: they are exact */
} dk_bounds_rule;

/* What the caller knows of one column. */
typedef struct dk_csv_column {
    const char *name;
    dk_type type;
    bool
        has_scale; /* decimal, interval: scale says how many digits after the point; else as many as the column needs.
                        period: always, and scale is its dk_frequency */
    uint8_t scale;
    const dk_dictionary *levels;  /* category: the levels that may occur; NULL: those found */
    const dk_bounds_rule *bounds; /* interval: borrowed; NULL: there are no markers, and numbers are exact */
    /* category: fields list members, and one does not fit where a member cannot be one or is not stated. The column has the texts
     * of the fields: dk_column_split makes sets of them. Borrowed; NULL: they list none. */
    const dk_split *split;
    uint32_t other; /* the code of the level that a value counts as which is none of them; 0: it does not fit */
} dk_csv_column;

typedef struct dk_csv_options {
    char delimiter; /* 0: what a first line sep=; states, or found among ; , tab | */
    char quote;     /* 0: found, " or ' */
    dk_header header;
    const char *const
        *names; /* n_names column names instead of the header's, or where there is none; NULL: the header's,
                                 or kolom_1, kolom_2, ... */
    size_t n_names;
    dk_encoding encoding;
    dk_decimal_mark decimal_mark;
    dk_date_order date_order;
    /* n_nulls fields that mean "not known" besides the empty one, such as "NB" or "-". In columns of anything but
     * text the words NULL, NA, N/A, #N/A, NaN, None and \N are null too, unless nulls is a list of none, and not NULL. */
    const char *const *nulls;
    size_t n_nulls;
    const dk_csv_column *columns; /* n_columns columns whose type is stated, any but ratio; the others are found */
    size_t n_columns;
    bool any_line_end;      /* lines may end in LF, CR LF and CR in one file; else all end as the first does */
    bool missing_is_null;   /* of several files: a column that one lacks is null there; else that is an error */
    bool lenient;           /* keep rows that cannot be read in *rejected instead of failing */
    size_t max_field_bytes; /* 0: 16 MiB */
    /* What a compressed file may unpack to; 0: 256 MiB, or 250 times its size if that is more. */
    uint64_t max_unpacked_bytes;
    /* Serve the table from the snapshot beside the file, PATH.dk, if that was made of the same file, by the same options and
     * version; else read it and write that snapshot. Notes tell. Not from memory. */
    bool cache;
} dk_csv_options;

#define DK_CSV_OPTIONS_INIT \
    {                       \
        .delimiter = 0      \
    }

/* Reads the file at path ("-" is standard input). A file that gzip or zstd made is unpacked in memory; the text counts.
 *
 * out       the table; its properties name the source, its notes say what was found (delimiter, encoding, ...).
 * rejected  may be NULL; with lenient the rejected records: line (integer, of the record's start), field (its
 *           number, 0 when the record as a whole is at fault), value (text), reason (text), record (text). An
 *           empty table where all is well. rows + rejected = records in the file, which its note says.
 *
 * Errors  DK_ERR_IO        no such file, a directory, no permission, a read error
 *         DK_ERR_ENCODING  bytes that are not text in the encoding
 *         DK_ERR_DATA      a damaged compressed file; empty file, a first record that may be a header or not, ragged row, stray or unclosed quote, NUL byte,
 *                          a line that ends otherwise than the first, a value that does not fit its
 *                          column, a column that can be read two ways; file, line and column tell where
 *         DK_ERR_LIMIT     a field over max_field_bytes; a file that unpacks to more than max_unpacked_bytes
 *         DK_ERR_DUPLICATE two columns of one name, or two stated types for one column
 *         DK_ERR_LENGTH    names are not as many as the fields
 *         DK_ERR_ARGUMENT  delimiter or quote is no single ASCII character, or both are the same; a first line sep=; that
 *                          contradicts them; a stated ratio; a compressed file in a build without zlib or zstd; cache with
 *                          what is no file, or with several
 *         DK_ERR_NAME      columns states a column that the file does not have
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_read_csv(dk_context *context, const char *path, const dk_csv_options *options,
                                         const dk_table **out, const dk_table **rejected, dk_error *err);

/* Reads n files as one table, one below the other, as dk_table_append does it. A path that does not exist and has * ? [ in it
 * is a pattern as glob(7) has it, and stands for the files that match, sorted by name. A file in which nothing decides the
 * decimal mark or the order of dates is read with those of the others, where these agree. Notes tell of which file they
 * are; rejected has the file in a column `file`, as the last one. Of one file everything is as dk_read_csv says.
 *
 * Errors  as dk_read_csv for each file and as dk_table_append; and
 *         DK_ERR_ARGUMENT  n is 0
 *         DK_ERR_IO        no file matches a pattern; a folder cannot be looked into
 *         DK_ERR_DUPLICATE a file is named twice */
DK_API DK_MUST_USE dk_status dk_read_csv_files(dk_context *context, const char *const *paths, size_t n,
                                               const dk_csv_options *options, const dk_table **out,
                                               const dk_table **rejected, dk_error *err);

/* What dk_read_csv does, from memory; name stands for the file in messages. bytes are borrowed for the call. */
DK_API DK_MUST_USE dk_status dk_read_csv_bytes(dk_context *context, const void *bytes, size_t size,
                                               const char *name, const dk_csv_options *options,
                                               const dk_table **out, const dk_table **rejected, dk_error *err);

#endif
