/* mapping.h - Lua's largest blocks, each a mapping of its own in large pages. */
#ifndef DKC_CLI_MAPPING_H
#define DKC_CLI_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a block of that size is one. */
bool dkc_is_mapping(size_t size);
/* A block of that size, zero where it was not written; NULL: the system gives no more. */
void *dkc_mapping_new(size_t size);
/* The block in another size that is one too; NULL: the system gives no more, and the block is as it was. */
void *dkc_mapping_resize(void *block, size_t old_size, size_t size);
void dkc_mapping_free(void *block, size_t size);

#endif
