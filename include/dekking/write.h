/* write.h - tables for people and files.
 *
 * Numbers are rounded half away from zero on their exact value. A pattern says how one looks: "0", "0.0", "0.00",
 * "#,##0" (thousands), "#,##0.0", and each of them followed by " %" or "%", which multiplies by a hundred, or by " pp",
 * which does too and says that these are points of percentages ("procentpunt" in Dutch style), or by a blank and a
 * unit, which is a word such as "persons", or any text in quotes. A "+" before shows the sign of what is over 0. The
 * marks that appear depend on the style: international 1,758.5 or Dutch 1.758,5. Without a pattern an integer is shown
 * plain, a decimal with the digits its column needs, a real or a ratio with four decimals. What is too large to be
 * rounded exactly is shown in its shortest form, without percent or points.
 *
 * Text, Markdown and HTML are for people. No control character of a value reaches them: a terminal would obey it.
 *
 * CSV and JSON are for machines: patterns do not count, and a number is exact, a ratio or real in the shortest form that
 * reads back as the same double. Dates are ISO 8601, in Dutch style too. CSV is what dk_read_csv reads back as the same
 * values; there and in workbooks a marker such as <5 is written where the numbers of its column tell its bounds, else these are.
 * JSON is one object:
 *
 *   { "columns": [ { "name": "gemeente", "type": "category", "label": "Gemeente",            label where there is one
 *                    "codes": { "0202": "Arnhem", ... } }, ... ],                            codes of a code list
 *     "rows":    [ { "gemeente": "Arnhem", "n": 12, "share": 0.5, "since": "2024-12-31", "known": true }, ... ],
 *     "totals":  [ { "row": 9, "over": [ "gemeente" ] }, ... ],        rows that are totals, counted from 0
 *     "notes":   [ "..." ] }
 *
 * A column with a code list (dictionary.h) shows labels to people, in text, Markdown, HTML and workbooks, and codes to
 * machines, in CSV and JSON; options say otherwise. A code without a label is shown itself.
 *
 * A workbook (xlsx) has the table on its first sheet, the notes on its second one; numbers, dates and truth values are
 * a spreadsheet's own; points, of which a spreadsheet knows nothing, are a hundredfold there. A number with more than
 * fifteen digits, and a date before March 1900, are text there.
 */
#ifndef DEKKING_WRITE_H
#define DEKKING_WRITE_H

#include <dekking/table.h>

typedef enum dk_style { DK_STYLE_INTERNATIONAL, DK_STYLE_NL } dk_style;
/* What stands for a code that has a label: "ja", "1", "1 ja". */
typedef enum dk_codes_shown { DK_CODES_USUAL, DK_CODES_LABEL, DK_CODES_CODE, DK_CODES_BOTH } dk_codes_shown;

/* X(CODE, "name", "extension") */
#define DK_FORMAT_LIST(X)   \
    X(TEXT, "text", "txt")  \
    X(CSV, "csv", "csv")    \
    X(MARKDOWN, "md", "md") \
    X(HTML, "html", "html") \
    X(JSON, "json", "json") \
    X(XLSX, "xlsx", "xlsx")

typedef enum dk_format {
#define DK_FORMAT_ENUM(code, name, extension) DK_FORMAT_##code,
    DK_FORMAT_LIST(DK_FORMAT_ENUM)
#undef DK_FORMAT_ENUM
        DK_N_FORMATS
} dk_format;

/* Whether the bytes of a format are no text: for files, not for screens. */
DK_API bool dk_format_is_binary(dk_format format);

typedef struct dk_write_options {
    dk_codes_shown codes;    /* USUAL: labels to people, codes to machines */
    dk_style style;          /* NL: 1.758,5, 31-12-2024, ja and nee; CSV with semicolons and a byte-order mark */
    const char *total_label; /* what a margin row shows under its dimensions; NULL: "totaal" */
    const char *null_text;   /* NULL: an en dash for text, Markdown and HTML; nothing in CSV; null in JSON */
    const char *between; /* stands between the members of a set; NULL: "|". Not for JSON, where a set is an array */
    const char *title;   /* caption of HTML, heading of Markdown, first line of text; NULL: none */
    size_t max_rows;     /* text: rows at most, cut in the middle, which is said; 0: all, and all columns */
    size_t max_width;    /* text: columns of the terminal; wider tables are folded in parts, which together take
                                the lines of max_rows, as far as that can be; columns of a fifth part and on are named; 0: no limit */
    size_t max_cell;     /* text: columns of one text at most, a longer one ends in an ellipsis; 0: no limit */
    const char *const *bars; /* text, HTML: n_bars columns of numbers whose cells have a bar behind them */
    size_t n_bars;
    double full_bar; /* the number for which a bar is full; 0: the greatest of the column, or 100 % */
    bool colour;     /* text: names and totals bold, what is beside the numbers dim: for a terminal that can */
    bool show_types; /* text: a line with the types under the names */
    bool show_count; /* text: a last line with the numbers of rows and columns */
    bool show_notes; /* text, Markdown, HTML: the table's notes below it */
    /* CSV: an apostrophe before texts that begin with = + - @, a tab or a carriage return, which spreadsheets would
     * compute; the file is then not what the table holds. */
    bool disarm_formulas;
} dk_write_options;

#define DK_WRITE_OPTIONS_INIT           \
    {                                   \
        .style = DK_STYLE_INTERNATIONAL \
    }

/* Takes bytes as they come. Returns false to stop: the write then ends with DK_ERR_IO. */
typedef bool dk_sink_fn(void *arg, const char *bytes, size_t size);

/* Finds a format by name ("md") or by a path's extension. */
DK_API bool dk_format_find(const char *name, dk_format *out);
DK_API bool dk_format_of_path(const char *path, dk_format *out);

/* Hands the bytes to sink as they are made. options: NULL for none.
 * Errors  DK_ERR_ARGUMENT  a bad pattern, a format that does not exist or was left out of the build, a text of the options
 *                          that is not UTF-8: before the first byte
 *         DK_ERR_DATA      CSV: a zero byte in a text
 *         DK_ERR_LIMIT     more than a sheet or a cell of a workbook holds
 *         DK_ERR_IO        the sink stopped; the library that a format needs is not there
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_write_sink(const dk_table *table, dk_format format, const dk_write_options *options,
                                           dk_sink_fn *sink, void *arg, dk_error *err);
/* The whole as a string of *size bytes, terminated; free with dk_text_free. */
DK_API DK_MUST_USE dk_status dk_write_text(const dk_table *table, dk_format format, const dk_write_options *options,
                                           char **out, size_t *size, dk_error *err);
DK_API void dk_text_free(dk_context *context, char *text);
/* Writes a file that is complete or absent: a temporary file beside it is renamed when all is on disk; on failure
 * what was there before is untouched. Also DK_ERR_IO. */
DK_API DK_MUST_USE dk_status dk_write_file(const dk_table *table, const char *path, dk_format format,
                                           const dk_write_options *options, dk_error *err);

/* Shows one value to people, a number by a pattern (NULL: none); terminated, and cut where it does not fit.
 * Returns the whole length, or SIZE_MAX where the pattern is none. */
DK_API size_t dk_value_print(const dk_value *value, const char *pattern, dk_style style, char *buffer, size_t size);

/* The table with one more column of text: a sparkline, which has a character for each of n columns of numbers, ▁ for
 * the least and █ for the greatest of its row, or with `together` of all rows; null is a dot. Numbers that are all the same have
 * ▄. Bounds have the middle of them.
 * Errors  DK_ERR_NAME, DK_ERR_TYPE where a column has no numbers, DK_ERR_DUPLICATE for the name, DK_ERR_MEMORY,
 *         DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_table_with_sparks(const dk_table *table, const char *const *columns, size_t n,
                                                  const char *name, bool together, const dk_table **out,
                                                  dk_error *err);

#endif
