/* storage.h - how wide values lie in a chunk. */
#ifndef DKI_DATA_STORAGE_H
#define DKI_DATA_STORAGE_H

#include <dekking/column.h>

/* Bytes of a value; 0 for BITS and TEXT. */
size_t dki_storage_width(dk_storage storage);
/* Of n values; of n + 1 offsets for TEXT. n is far from overflow. */
size_t dki_storage_bytes(dk_storage storage, size_t n);
/* The widest storage of a type, which rows of chunks of any width fit into. */
dk_storage dki_widest(dk_type type);
/* The narrowest storage of integers with these bounds. */
dk_storage dki_narrowest(int64_t least, int64_t greatest);

#endif
