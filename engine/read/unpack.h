/* unpack.h - the bytes of a compressed file, block by block. */
#ifndef DKI_READ_UNPACK_H
#define DKI_READ_UNPACK_H

#include "source.h"

typedef enum dki_packing { DKI_NOT_PACKED, DKI_GZIP, DKI_ZSTD } dki_packing;

/* By the first four bytes, not by the name. */
dki_packing dki_packing_find(const char *bytes, size_t size);
const char *dki_packing_name(dki_packing packing); /* "gzip"; NULL where it is none */

/* What so many bytes may unpack to where nothing else is stated: see unpack.c. */
uint64_t dki_unpack_most_bytes(uint64_t packed_bytes);

typedef struct dki_unpack dki_unpack;

/* source is borrowed. most_bytes: 0, or what it may unpack to instead.
 *
 * Errors  DK_ERR_IO        the library is not there
 *         DK_ERR_ARGUMENT  a build without it
 *         DK_ERR_MEMORY */
dk_status dki_unpack_open(dk_context *context, const dki_source *source, dki_packing packing, uint64_t most_bytes,
                          dki_unpack **out, dk_error *err);
void dki_unpack_close(dki_unpack *unpack); /* NULL does nothing */

/* Up to room bytes more; *got is 0 at the end only. Polls, and tells its progress.
 *
 * Errors  DK_ERR_DATA   damaged, or cut off
 *         DK_ERR_LIMIT  it unpacks to more than it may
 *         DK_ERR_IO, DK_ERR_MEMORY, DK_ERR_INTERRUPTED */
dk_status dki_unpack_read(dki_unpack *unpack, char *out, size_t room, size_t *got, dk_error *err);

#endif
