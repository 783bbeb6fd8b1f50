/* fingerprint.h - what tells a table's content from another's, however either is stored.
 *
 * Two tables have the same fingerprint when they have the same columns (names, types, digits of decimals, in this
 * order) and the same rows in the same order: values, nulls, and which rows are totals over what. Storage, chunks, the
 * order of a category's codes, files, threads, labels (also those of levels), properties and notes make no difference.
 * docs/snapshot.md says how it is computed.
 */
#ifndef DEKKING_FINGERPRINT_H
#define DEKKING_FINGERPRINT_H

#include <dekking/table.h>

#define DK_FINGERPRINT_SIZE 33 /* 32 hexadecimal digits and the terminator */

/* Writes the fingerprint to out. Cost: a pass over all values. Errors: DK_ERR_MEMORY, DK_ERR_INTERRUPTED, and what
 * reading the table can give. */
DK_API DK_MUST_USE dk_status dk_table_fingerprint(const dk_table *table, char out[DK_FINGERPRINT_SIZE],
                                                  dk_error *err);
/* The same for the bytes of a file: XXH3 with 128 bits, as 32 digits. n_bytes: how many there are.
 *
 * Errors  DK_ERR_IO           it cannot be read, or is no regular file (a pipe, a device: what it gives is gone then)
 *         DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
DK_API DK_MUST_USE dk_status dk_file_fingerprint(dk_context *context, const char *path,
                                                 char out[DK_FINGERPRINT_SIZE], uint64_t *n_bytes, dk_error *err);

#endif
