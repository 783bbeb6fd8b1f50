/* text_items.h - what a pattern is taken apart into. For engine/base/text_pattern.c and text_search.c. */
#ifndef DKI_BASE_TEXT_ITEMS_H
#define DKI_BASE_TEXT_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

/* Up to the set they match one byte, and may be repeated. */
typedef enum dki_item_kind {
    DKI_ITEM_CHARACTER,
    DKI_ITEM_ANY,
    DKI_ITEM_SET,
    DKI_ITEM_OPEN,
    DKI_ITEM_PLACE,
    DKI_ITEM_CLOSE,
    DKI_ITEM_SAME,
    DKI_ITEM_BALANCED,
    DKI_ITEM_FRONTIER,
    DKI_ITEM_TAIL,
    DKI_ITEM_END,
    DKI_ITEM_FAULT
} dki_item_kind;

/* How often: by itself, and with the signs ?*+- in their order. */
typedef enum dki_item_repeat {
    DKI_REPEAT_ONCE,
    DKI_REPEAT_OPTIONAL,
    DKI_REPEAT_GREEDY,
    DKI_REPEAT_GREEDY_ONE,
    DKI_REPEAT_LAZY
} dki_item_repeat;

typedef struct dki_pattern_item {
    uint8_t kind, repeat;
    unsigned char first, second; /* the character; the two of %b */
    uint32_t number;             /* of a set, of a capture */
} dki_pattern_item;

static inline bool dki_item_set_has(const uint64_t set[4], unsigned char c)
{
    return set[c / 64] >> c % 64 & 1;
}

#endif
