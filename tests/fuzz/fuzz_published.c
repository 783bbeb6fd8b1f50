/* fuzz_published.c - any bytes as a published table: no crash, no leak, and sums that are called right are right.
 *
 * The first byte chooses the options, the rest is the file. Run by libFuzzer, or over files by replay.c.
 */
#include <stdlib.h>

#include "read/figures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(holds)   \
    do {              \
        if (!(holds)) \
            abort();  \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dk_context *context = NULL;
    const dk_table *table = NULL, *checks = NULL;
    dk_error err = DK_ERROR_INIT;

    if (size == 0 || dk_context_new(&context, NULL) != DK_OK)
        return 0;
    dk_published_options options = { .no_row_totals = data[0] & 1, .accept_mismatch = data[0] & 2 };
    dk_status status =
        dki_read_published_bytes(context, data + 1, size - 1, "fuzz", &options, &table, &checks, &err);
    MUST((status == DK_OK) == (table != NULL) && (status == DK_OK) == (checks != NULL));
    MUST(status == DK_OK || (status == err.code && err.message[0]));
    for (uint64_t row = 0; status == DK_OK && row < dk_table_n_rows(checks); row++) {
        dk_value stated, computed, holds;
        MUST(dk_column_get(dk_table_field(checks, 2)->column, row, &stated, NULL) == DK_OK);
        MUST(dk_column_get(dk_table_field(checks, 3)->column, row, &computed, NULL) == DK_OK);
        MUST(dk_column_get(dk_table_field(checks, 5)->column, row, &holds, NULL) == DK_OK);
        MUST(holds.as.boolean == (stated.as.integer == computed.as.integer));
        MUST(holds.as.boolean || options.accept_mismatch);
    }
    dk_table_release(table);
    dk_table_release(checks);
    MUST(dk_context_used_bytes(context) == 0);
    dk_context_release(context);
    return 0;
}
