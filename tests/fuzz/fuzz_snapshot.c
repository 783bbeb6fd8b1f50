/* fuzz_snapshot.c - any bytes as a snapshot: no crash, no leak, no great allocation, and what can be read is well formed.
 *
 * The first byte chooses what is done, the rest is the file; bit 0 makes the checksums right, so that what lies behind
 * them is reached. Run by libFuzzer, or over files by replay.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <dekking/fingerprint.h>
#include <dekking/snapshot.h>

#include "unit/reseal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(holds)   \
    do {              \
        if (!(holds)) \
            abort();  \
    } while (0)

#define MAX_ROWS 20000 /* a constant may stand for any number of rows */

static void look_at(const dk_table *table)
{
    char print[DK_FINGERPRINT_SIZE];
    const dk_table *slice = NULL;

    for (size_t i = 0; i < dk_table_n_columns(table); i++) {
        const dk_column *column = dk_table_field(table, i)->column;
        MUST(dk_column_n_rows(column) == dk_table_n_rows(table));
        for (uint64_t row = 0; row < dk_table_n_rows(table) && row < MAX_ROWS; row++) {
            char text[64];
            dk_value value;
            dk_error err = DK_ERROR_INIT;
            dk_status status = dk_column_get(column, row, &value, &err);
            MUST(status == DK_OK ||
                 ((status == DK_ERR_DATA || status == DK_ERR_IO) && err.file[0] && err.message[0]));
            if (status != DK_OK)
                break;
            dk_value_format(&value, text, sizeof text);
        }
    }
    if (dk_table_n_rows(table) < MAX_ROWS)
        (void)!dk_table_fingerprint(table, print, NULL);
    if (dk_table_slice(table, 1, 3, &slice, NULL) == DK_OK && dk_table_fingerprint(slice, print, NULL) != DK_OK)
        MUST(dk_table_n_columns(slice) > 0);
    dk_table_release(slice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dk_context *context = NULL;
    const dk_table *table = NULL;
    dk_error err = DK_ERROR_INIT;
    char path[64];
    uint8_t *bytes;
    int fd;

    if (size == 0 || dk_context_new(&context, NULL) != DK_OK)
        return 0;
    fd = memfd_create("fuzz", MFD_CLOEXEC);
    bytes = malloc(size);
    MUST(fd >= 0 && bytes);
    memcpy(bytes, data + 1, size - 1);
    if (data[0] & 1)
        reseal(bytes, size - 1);
    MUST(write(fd, bytes, size - 1) == (ssize_t)(size - 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    dk_snapshot_open_options options = { .check = data[0] & 2, .memory_bytes = data[0] & 4 ? 1 : 0 };
    dk_status status = dk_snapshot_open(context, path, &options, &table, &err);
    MUST((status == DK_OK) == (table != NULL));
    MUST(status == DK_OK || (status == err.code && err.message[0] && err.file[0]));
    if (status == DK_OK)
        look_at(table);
    if (status == DK_OK && data[0] & 8 && dk_table_n_rows(table) < MAX_ROWS && data[0] & 1) {
        status = dk_snapshot_append(table, path, NULL, &err); /* to itself, whatever it is */
        MUST(status == DK_OK || err.message[0]);
    }
    dk_table_release(table);
    MUST(dk_context_peak_bytes(context) < ((size_t)64 << 20));
    MUST(dk_context_used_bytes(context) == 0);
    dk_context_release(context);
    free(bytes);
    close(fd);
    return 0;
}
