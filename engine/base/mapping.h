/* mapping.h - large blocks that are mappings of their own, in large pages. */
#ifndef DKI_BASE_MAPPING_H
#define DKI_BASE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

/* Whether there are any. Under a sanitizer, which finds what is used after it was freed in memory of malloc alone, there are none; nor under
 * valgrind, which takes pages that were moved for ones that are not there. */
bool dki_has_mappings(void);
#define DKI_HAS_MAPPINGS dki_has_mappings()
/* The size of a block's mapping: whole large pages. */
size_t dki_mapping_size(size_t size);
/* A block of that size, zero where it was not written, which begins with a large page; NULL: the system gives no more. */
void *dki_mapping_new(size_t size);
/* The block in another size; NULL: the system gives no more, and the block is as it was. */
void *dki_mapping_resize(void *block, size_t old_size, size_t size);
/* Undoes that: of what it gave, in its size then, to where the block was, in its old size. False: something else is there by now, and
 * all stays as it was given. */
bool dki_mapping_undo(void *resized, size_t size, void *block, size_t old_size);
void dki_mapping_free(void *block, size_t size);

#endif
