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
/* Undoes that: of what it gave, in its size then, to where the block was, in its old size. False: something else is there by now, and
 * all stays as it was given. */
bool dkc_mapping_undo(void *resized, size_t size, void *block, size_t old_size);
void dkc_mapping_free(void *block, size_t size);

#endif
