/* storage.c - how wide values lie in a chunk. */
#include "storage.h"

#include "base/bitmap.h"

size_t dki_storage_width(dk_storage storage)
{
    switch (storage) {
    case DK_STORE_I8:
    case DK_STORE_U8: return 1;
    case DK_STORE_I16:
    case DK_STORE_U16: return 2;
    case DK_STORE_I32:
    case DK_STORE_U32: return 4;
    case DK_STORE_I64:
    case DK_STORE_F64: return 8;
    case DK_STORE_RATIO: return sizeof(dk_ratio);
    case DK_STORE_INTERVAL: return sizeof(dk_interval);
    default: return 0;
    }
}

size_t dki_storage_bytes(dk_storage storage, size_t n)
{
    switch (storage) {
    case DK_STORE_BITS: return dki_bit_words(n) * sizeof(uint64_t);
    case DK_STORE_TEXT: return (n + 1) * sizeof(uint32_t);
    default: return n * dki_storage_width(storage);
    }
}

dk_storage dki_widest(dk_type type)
{
    switch (type) {
    case DK_BOOLEAN: return DK_STORE_BITS;
    case DK_REAL: return DK_STORE_F64;
    case DK_RATIO: return DK_STORE_RATIO;
    case DK_CATEGORY: return DK_STORE_U32;
    case DK_TEXT: return DK_STORE_TEXT;
    default: return DK_STORE_I64;
    }
}

dk_storage dki_narrowest(int64_t least, int64_t greatest)
{
    if (least >= INT8_MIN && greatest <= INT8_MAX)
        return DK_STORE_I8;
    if (least >= INT16_MIN && greatest <= INT16_MAX)
        return DK_STORE_I16;
    return least >= INT32_MIN && greatest <= INT32_MAX ? DK_STORE_I32 : DK_STORE_I64;
}
