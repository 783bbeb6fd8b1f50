/* fuzz_csv.c - any bytes as a CSV file: no crash, no leak, both paths say the same, and what holds for every file holds.
 *
 * The first byte chooses the options, the rest is the file. Run by libFuzzer, or over files by replay.c.
 */
#include <stdlib.h>

#include "unit/both_paths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(holds)   \
    do {              \
        if (!(holds)) \
            abort();  \
    } while (0)

/* Every value can be got, and a text is within its column. */
static void look_at(const dk_table *table)
{
    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_column *column = dk_table_field(table, i)->column;
        MUST(dk_column_n_rows(column) == dk_table_n_rows(table));
        for (uint64_t row = 0; row < dk_table_n_rows(table); row++) {
            char text[64];
            dk_value value;
            MUST(dk_column_get(column, row, &value, NULL) == DK_OK);
            dk_value_format(&value, text, sizeof text);
        }
    }
}

/* The parallel path, in blocks of few rows, says what the plain one says. */
static void compare_paths(dk_context *context, const char *text, size_t size, const dk_csv_options *o)
{
    static const size_t block_rows[] = { 1, 3, 4096 };
    both_reading plain, parallel;
    char why[2048];

    both_read(context, text, size, o, true, &plain);
    for (size_t i = 0; i < 3; i++) {
        dk_context_set_block_rows(context, block_rows[i]);
        both_read(context, text, size, o, false, &parallel);
        if (!both_same(&parallel, &plain, why, sizeof why)) {
            fprintf(stderr, "the paths differ: %s\n", why);
            abort();
        }
        both_drop(&parallel);
    }
    both_drop(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const nulls[] = { "NB" };
    static const dk_csv_column columns[] = { { .name = "a", .type = DK_INTEGER },
                                             { .name = "a", .type = DK_DECIMAL },
                                             { .name = "a", .type = DK_DATE },
                                             { .name = "a", .type = DK_BOOLEAN } };
    static const dk_csv_column periods[] = {
        { .name = "a", .type = DK_PERIOD, .has_scale = true, .scale = DK_MONTH },
        { .name = "a", .type = DK_PERIOD, .has_scale = true, .scale = DK_QUARTER },
        { .name = "a", .type = DK_PERIOD, .has_scale = true, .scale = DK_YEAR },
        { .name = "a", .type = DK_TIMESTAMP }
    };
    dk_context *context = NULL;
    const dk_table *strict = NULL, *lenient = NULL, *rejected = NULL;
    dk_error err = DK_ERROR_INIT;

    if (size == 0 || dk_context_new(&context, NULL) != DK_OK)
        return 0;
    dk_csv_options options = { .delimiter = data[0] & 1 ? ';' : 0,
                               .header = data[0] & 2 ? DK_HEADER_NONE : DK_HEADER_FIRST,
                               .encoding = data[0] & 4    ? DK_ENCODING_WINDOWS_1252
                                           : data[0] & 32 ? DK_ENCODING_UTF16
                                                          : DK_ENCODING_DETECT,
                               .nulls = nulls,
                               .n_nulls = 1,
                               .columns = data[0] & 32 ? &periods[data[0] >> 6] : &columns[data[0] >> 6],
                               .n_columns = data[0] & 8 ? 1 : 0,
                               .max_field_bytes = data[0] & 16 ? 5 : 0 };
    compare_paths(context, (const char *)data + 1, size - 1, &options);
    dk_status first = dk_read_csv_bytes(context, data + 1, size - 1, "fuzz", &options, &strict, NULL, &err);
    MUST((first == DK_OK) == (strict != NULL));
    MUST(first == DK_OK || (first == err.code && err.message[0]));

    options.lenient = true;
    compare_paths(context, (const char *)data + 1, size - 1, &options);
    dk_status second = dk_read_csv_bytes(context, data + 1, size - 1, "fuzz", &options, &lenient, &rejected, &err);
    MUST((second == DK_OK) == (lenient != NULL) && (second == DK_OK) == (rejected != NULL));
    if (first == DK_OK) {
        /* What is read strictly is read leniently too, the same. */
        MUST(second == DK_OK && dk_table_n_rows(rejected) == 0 &&
             dk_table_n_rows(lenient) == dk_table_n_rows(strict));
        look_at(strict);
    }
    if (second == DK_OK) {
        look_at(lenient);
        look_at(rejected);
    }
    dk_table_release(strict);
    dk_table_release(lenient);
    dk_table_release(rejected);
    MUST(dk_context_used_bytes(context) == 0);
    dk_context_release(context);
    return 0;
}
