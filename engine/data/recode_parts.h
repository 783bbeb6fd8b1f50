/* recode_parts.h - recodes in the making. For engine/data alone. */
#ifndef DKI_DATA_RECODE_PARTS_H
#define DKI_DATA_RECODE_PARTS_H

#include <dekking/recode.h>

#include "base/hash.h"

typedef struct dki_recode_item {
    uint32_t old, new; /* numbers in names */
    dk_ratio share;
} dki_recode_item;

typedef struct dki_recode_items {
    dk_context *context; /* borrowed */
    dki_text_map names;
    dki_recode_item *items; /* those of one old name one behind the other */
    size_t n, capacity;
} dki_recode_items;

void dki_recode_items_init(dki_recode_items *items, dk_context *context);
void dki_recode_items_drop(dki_recode_items *items);
dk_status dki_recode_add(dki_recode_items *items, dk_text old, dk_text new, dk_ratio share, dk_error *err);
/* A recode of them, which takes them over: items are empty then. On failure they are as they were. */
dk_status dki_recode_of(dki_recode_items *items, const dk_recode **out, dk_error *err);

#endif
