/* values.c - the different values of one column as one thread meets them, and their numbers.
 *
 * Looking up is most of the time of a reading: about a hundred million fields of a gigabyte. A key is loaded by whole words
 * and cut to size by a mask, so that fields of different lengths take the same way; the table is at most a quarter full,
 * so that the first slot nearly always answers.
 *
 * Where a key lies depends on numbers that each process draws; what the values are called never does.
 *
 * Invariants: no key of a value is zero; a value of up to 32 bytes is in the slots alone, another in longs alone.
 * Cost: four to eight nanoseconds a field. Memory: some 150 bytes a value.
 */
#include "values.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "base/memory.h"

#define LONGEST_KEY 32
#define FIRST_SLOTS 64
#define FEWEST_SLOTS 16      /* where memory is to be spared, */
#define FIRST_BYTES 128      /* of values there */
#define MOST_FREE_SLOTS 4096 /* so many at most, for keys that all stand in their own slots */
#define MANY_KEYS 8192       /* from here on the table is half full, which takes less room */
#define FEW_KEYS 128
#define N_TRIES 16
#define NO_CODE UINT16_MAX /* a code that no value of one byte can have */

/* 32 - size bytes into it stands a mask of size bytes. */
static const unsigned char masks[64] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };

static inline uint64_t load_word(const void *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return word;
}

/* A key in registers; what is behind n_words is zero. */
typedef struct value_key {
    uint64_t a, b, c, d;
} value_key;

/* The key of a value; reads LONGEST_KEY bytes at most. */
static inline __attribute__((always_inline)) value_key load_key(const char *bytes, size_t size, unsigned n_words)
{
    const unsigned char *mask = masks + LONGEST_KEY - size;
    value_key key = { .a = load_word(bytes) & load_word(mask) };

    if (n_words > 1)
        key.b = load_word(bytes + 8) & load_word(mask + 8);
    if (n_words > 2)
        key.c = load_word(bytes + 16) & load_word(mask + 16);
    if (n_words > 3)
        key.d = load_word(bytes + 24) & load_word(mask + 24);
    return key;
}

static inline __attribute__((always_inline)) size_t slot_of(value_key key, const uint64_t *factors,
                                                            unsigned n_words, unsigned shift)
{
    uint64_t hash = key.a * factors[0];

    if (n_words > 1)
        hash += key.b * factors[1];
    if (n_words > 2)
        hash += key.c * factors[2];
    if (n_words > 3)
        hash += key.d * factors[3];
    return (size_t)(hash >> shift);
}

static inline __attribute__((always_inline)) bool has_key(const uint64_t *slot, value_key key, unsigned n_words)
{
    uint64_t differs = slot[0] ^ key.a;

    if (n_words > 1)
        differs |= slot[1] ^ key.b;
    if (n_words > 2)
        differs |= slot[2] ^ key.c;
    if (n_words > 3)
        differs |= slot[3] ^ key.d;
    return differs == 0;
}

/* What has to be looked at in a field, decided once for all of them: */
typedef enum field_kind {
    BARE,   /* nothing */
    QUOTED, /* whether it stands between quotes */
    CAREFUL /* that too, and doubled quotes within it, and a CR of the line end */
} field_kind;

/* The slot of a key that does not stand in its first one; NULL: there is none. */
static __attribute__((noinline)) const uint64_t *find_further(const dki_values *v, const uint64_t *slot,
                                                              value_key key)
{
    const size_t width = v->n_words + (size_t)1;

    for (;;) {
        if (*slot == 0) /* the first word of a value is never zero */
            return NULL;
        slot += width;
        if (slot == v->slots + v->n_slots * width)
            slot = v->slots;
        if (has_key(slot, key, v->n_words))
            return slot;
    }
}

static inline __attribute__((always_inline)) size_t find(const dki_values *v, const dki_fields *f, size_t i,
                                                         uint16_t *codes, unsigned n_words, field_kind kind)
{
    const char *text = f->text, quote = f->quote;
    const uint64_t *slots = v->slots;
    const uint64_t factors[4] = { v->factors[0], v->factors[1], v->factors[2], v->factors[3] };
    const size_t longest = 8 * n_words, stride = f->stride, n = f->n, width = n_words + 1;
    const unsigned shift = v->shift;

    for (const uint32_t *end = f->ends + i * stride; i < n; i++, end += stride) {
        uint32_t from = end[-1] + 1, to = end[0];
        if (kind == CAREFUL && f->cut_cr)
            to -= to > from && text[to - 1] == '\r';
        const char *bytes = text + from;
        size_t size = to - from;
        if (kind !=
            BARE) { /* no branch on what cannot be foreseen: columns have empty fields, which have no quotes */
            size_t is_quoted = *bytes == quote; /* which is 0, and nowhere, where there are none */
            bytes += is_quoted;
            size -= 2 * is_quoted;
            if (size < is_quoted)
                return i;
            if (kind == CAREFUL && is_quoted && f->has_escapes && memchr(bytes, quote, size))
                return i;
        }
        if (size > longest)
            return i;
        value_key key = load_key(bytes, size, n_words);
        const uint64_t *slot = slots + slot_of(key, factors, n_words, shift) * width;
        if (!has_key(slot, key, n_words)) {
            slot = find_further(v, slot, key);
            if (!slot)
                return i;
        }
        codes[i] = (uint16_t)slot[n_words];
    }
    return n;
}

/* The same while all values are of one byte. */
static inline __attribute__((always_inline)) size_t find_bytes(const dki_values *v, const dki_fields *f, size_t i,
                                                               uint16_t *codes, field_kind kind)
{
    const char *text = f->text, quote = f->quote;
    const uint16_t *of_byte = v->of_byte;
    const size_t stride = f->stride, n = f->n;

    for (const uint32_t *end = f->ends + i * stride; i < n; i++, end += stride) {
        uint32_t from = end[-1] + 1, to = end[0];
        if (kind == CAREFUL && f->cut_cr)
            to -= to > from && text[to - 1] == '\r';
        uint32_t size = to - from;
        const char *byte = text + from;
        if (kind != BARE) {
            uint32_t is_quoted = *byte == quote;
            byte += is_quoted;
            size -= 2 * is_quoted;
            if (size < is_quoted)
                return i;
        }
        if (size > 1)
            return i;
        /* An empty field is as byte 0, which no value has and which means null. */
        uint16_t code = of_byte[(unsigned char)*byte & (0u - size)];
        if (code == NO_CODE)
            return i;
        codes[i] = code;
    }
    return n;
}

static inline __attribute__((always_inline)) size_t find_kind(const dki_values *values, const dki_fields *fields,
                                                              size_t i, uint16_t *codes, field_kind kind)
{
    if (values->has_bytes_alone)
        return find_bytes(values, fields, i, codes, kind);
    switch (values->n_words) {
    case 1: return find(values, fields, i, codes, 1, kind);
    case 2: return find(values, fields, i, codes, 2, kind);
    case 3: return find(values, fields, i, codes, 3, kind);
    default: return find(values, fields, i, codes, 4, kind);
    }
}

size_t dki_values_find(const dki_values *values, const dki_fields *fields, size_t i, uint16_t *codes)
{
    if (fields->has_escapes || fields->cut_cr)
        return find_kind(values, fields, i, codes, CAREFUL);
    return fields->quote ? find_kind(values, fields, i, codes, QUOTED) : find_kind(values, fields, i, codes, BARE);
}

/* Adding. --------------------------------------------------------------------------------------------------------- */

void dki_values_close(dki_values *values)
{
    if (!values->context)
        return;
    dki_free(values->context, values->slots);
    dki_free(values->context, values->of_byte);
    values->slots = NULL;
    values->of_byte = NULL;
    values->n_slots = values->n_used = 0;
}

void dki_values_drop(dki_values *values)
{
    dk_context *context = values->context;

    if (!context)
        return;
    dki_values_close(values);
    dki_arena_drop(&values->arena);
    dki_text_map_drop(&values->longs);
    dki_free(context, values->entries);
    dki_free(context, values->long_codes);
    *values = (dki_values){ .context = NULL };
}

static value_key key_in_slot(const uint64_t *slot, unsigned n_words)
{
    return (value_key){
        .a = slot[0], .b = n_words > 1 ? slot[1] : 0, .c = n_words > 2 ? slot[2] : 0, .d = n_words > 3 ? slot[3] : 0
    };
}

static void put_key(uint64_t *slot, value_key key, uint64_t code, unsigned n_words)
{
    const uint64_t words[4] = { key.a, key.b, key.c, key.d };

    memcpy(slot, words, n_words * sizeof *slot);
    slot[n_words] = code;
}

/* Puts all keys of v into n_slots slots. Returns how many do not stand in their own slot. */
static size_t place_keys(const dki_values *v, const uint64_t *factors, size_t n_slots, unsigned n_words,
                         uint64_t *slots)
{
    const unsigned shift = 64 - (unsigned)__builtin_ctzll(n_slots);
    const size_t width = n_words + (size_t)1, old_width = v->n_words + (size_t)1;
    size_t n_moved = 0;

    memset(slots, 0, n_slots * width * sizeof *slots);
    for (size_t i = 0; i < v->n_slots; i++) {
        const uint64_t *old = v->slots + i * old_width;
        if (old[0] == 0)
            continue;
        value_key key = key_in_slot(old, v->n_words);
        size_t at = slot_of(key, factors, n_words, shift);
        n_moved += slots[at * width] != 0;
        while (slots[at * width] != 0)
            at = (at + 1) & (n_slots - 1);
        put_key(slots + at * width, key, old[v->n_words], n_words);
    }
    return n_moved;
}

/* Another odd number, of which every bit depends on every bit of this one. */
static uint64_t next_factor(uint64_t factor)
{
    factor = (factor ^ factor >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    factor = (factor ^ factor >> 29) * UINT64_C(0xD6E8FEB86659FD93);
    return (factor ^ factor >> 32) | 1;
}

/* Puts all keys into n_slots slots of n_words words; is_neat: with other factors, if need be, until each stands in its own
 * slot, as far as that can be had in some tries. */
static dk_status rebuild(dki_values *v, size_t n_slots, unsigned n_words, bool is_neat, dk_error *err)
{
    uint64_t *slots = dki_alloc_array(v->context, n_slots, (n_words + (size_t)1) * sizeof *slots, err);

    if (!slots)
        return DK_ERR_MEMORY;
    for (int i = 0; place_keys(v, v->factors, n_slots, n_words, slots) > 0 && is_neat && i < N_TRIES; i++)
        for (unsigned k = 0; k < 4; k++)
            v->factors[k] = next_factor(v->factors[k]);
    dki_free(v->context, v->slots);
    v->slots = slots;
    v->n_slots = n_slots;
    v->n_words = n_words;
    v->shift = 64 - (unsigned)__builtin_ctzll(n_slots);
    return DK_OK;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint64_t factors_of_process[4];

/* Odd numbers that nobody can know: otherwise a file could be written whose values all begin in one slot. */
static void draw_factors(void)
{
    static const uint64_t constants[4] = { UINT64_C(0x9E3779B97F4A7C15), UINT64_C(0xC2B2AE3D27D4EB4F),
                                           UINT64_C(0x165667B19E3779F9), UINT64_C(0xD6E8FEB86659FD93) };

    if (getentropy(factors_of_process, sizeof factors_of_process) != 0)
        memcpy(factors_of_process, constants, sizeof constants);
    for (int i = 0; i < 4; i++)
        factors_of_process[i] |= 1;
}

dk_status dki_values_begin(dki_values *values, dk_context *context, bool is_sparing, dk_error *err)
{
    *values = (dki_values){ .context = context, .is_sparing = is_sparing, .has_bytes_alone = !is_sparing };
    pthread_once(&once, draw_factors);
    memcpy(values->factors, factors_of_process, sizeof values->factors);
    dki_arena_init(&values->arena, context);
    dki_text_map_init(&values->longs, context);
    if (is_sparing) {
        values->arena.size = FIRST_BYTES / 2; /* as if there had been a chunk of half that */
        return rebuild(values, FEWEST_SLOTS, 1, false, err);
    }
    values->of_byte = dki_alloc_array(context, 256, sizeof *values->of_byte, err);
    if (!values->of_byte)
        return DK_ERR_MEMORY;
    values->of_byte[0] = 0;
    for (unsigned i = 1; i < 256; i++)
        values->of_byte[i] = NO_CODE;
    return rebuild(values, FIRST_SLOTS, 1, false, err);
}

/* The slot that has the key, or the free one where it would be put. */
static uint64_t *find_slot(const dki_values *v, value_key key)
{
    const size_t width = v->n_words + (size_t)1;
    size_t at = slot_of(key, v->factors, v->n_words, v->shift);

    while (!has_key(v->slots + at * width, key, v->n_words) && v->slots[at * width] != 0)
        at = (at + 1) & (v->n_slots - 1);
    return v->slots + at * width;
}

/* Finds the slot of a key, or makes one with code 0; *is_new says which. Its code stands behind the key's words. */
static dk_status take_slot(dki_values *v, const char *bytes, size_t size, uint64_t **slot, bool *is_new,
                           dk_error *err)
{
    unsigned n_words = (unsigned)(size + 7) / 8;
    char padded[LONGEST_KEY] = { 0 };
    dk_status status = DK_OK;

    memcpy(padded, bytes, size);
    v->has_bytes_alone = v->has_bytes_alone && size == 1;
    if (n_words > v->n_words)
        status = rebuild(v, v->n_slots, n_words, v->n_used < FEW_KEYS && !v->is_sparing, err);
    else if (v->n_used * (v->n_used < MANY_KEYS && !v->is_sparing ? 4 : 2) >= v->n_slots)
        status = rebuild(v, v->n_slots * 2, v->n_words, v->n_used < FEW_KEYS && !v->is_sparing, err);
    if (status != DK_OK)
        return status;
    value_key key = load_key(padded, size, 4);
    *slot = find_slot(v, key);
    *is_new = **slot == 0;
    if (!*is_new)
        return DK_OK;
    bool is_moved = *slot != v->slots + slot_of(key, v->factors, v->n_words, v->shift) * (v->n_words + (size_t)1);
    put_key(*slot, key, 0, v->n_words);
    v->n_used++;
    /* For speed alone: while there are few keys, none stands where another belongs, so that no look is in vain. */
    if (is_moved && v->n_used < FEW_KEYS && !v->is_sparing) {
        bool larger = v->n_used * 16 > v->n_slots && v->n_slots < MOST_FREE_SLOTS;
        status = rebuild(v, larger ? v->n_slots * 2 : v->n_slots, v->n_words, true, err);
        *slot = find_slot(v, key);
    }
    return status;
}

/* Finds the number of a long value, or gives it one. */
static dk_status take_long(dki_values *v, const char *bytes, size_t size, uint32_t *number, bool *is_new,
                           dk_error *err)
{
    size_t before = v->longs.n;
    dk_status status = dki_text_map_add(&v->longs, bytes, size, number, err);

    if (status == DK_OK && *number >= v->long_room)
        status = dki_grow(v->context, (void **)&v->long_codes, &v->long_room, (size_t)*number + 1,
                          sizeof *v->long_codes, err);
    *is_new = v->longs.n > before;
    return status;
}

dk_status dki_values_add_null(dki_values *values, const char *bytes, size_t size, dk_error *err)
{
    uint32_t number;
    uint64_t *slot;
    bool is_new;
    dk_status status = DK_OK;

    if (size == 0) {
        values->has_empty = true;
        values->empty_code = 0;
    } else if (size <= LONGEST_KEY) {
        status = take_slot(values, bytes, size, &slot, &is_new, err);
        if (size == 1 && values->of_byte)
            values->of_byte[(unsigned char)*bytes] = 0;
    } else {
        status = take_long(values, bytes, size, &number, &is_new, err);
        if (status == DK_OK)
            values->long_codes[number] = 0;
    }
    return status;
}

/* What a new value has: its number is known, or one too many. Long ones have their bytes in longs already. */
static dk_status add_entry(dki_values *v, const char *bytes, size_t size, uint32_t number, uint64_t row,
                           dk_error *err)
{
    dk_status status =
        dki_grow(v->context, (void **)&v->entries, &v->entries_room, v->n + 1, sizeof *v->entries, err);
    const char *copy = NULL;

    if (status == DK_OK)
        copy = size > LONGEST_KEY ? dki_text_map_get(&v->longs, number, &size)
                                  : dki_arena_text(&v->arena, bytes, size, err);
    if (!copy)
        return DK_ERR_MEMORY;
    v->entries[v->n++] = (dki_value_entry){ .bytes = copy, .size = size, .row = row };
    return DK_OK;
}

dk_status dki_values_add(dki_values *values, const char *bytes, size_t size, uint64_t row, uint32_t *code,
                         dk_error *err)
{
    dki_values *v = values;
    uint32_t number = 0;
    uint64_t *slot = NULL;
    bool is_new;
    dk_status status = DK_OK;

    if (size == 0) {
        is_new = !v->has_empty;
        *code = v->empty_code;
    } else if (size <= LONGEST_KEY) {
        status = take_slot(v, bytes, size, &slot, &is_new, err);
        *code = status == DK_OK ? (uint32_t)slot[v->n_words] : 0;
    } else {
        v->has_bytes_alone = false;
        status = take_long(v, bytes, size, &number, &is_new, err);
        *code = status == DK_OK && !is_new ? v->long_codes[number] : 0;
    }
    if (status != DK_OK || !is_new)
        return status;
    *code = DKI_RAW_LEVELS + 1;
    if (v->n == DKI_RAW_LEVELS)
        return DK_OK;
    status = add_entry(v, bytes, size, number, row, err);
    if (status != DK_OK)
        return status;
    *code = (uint32_t)v->n;
    if (size == 0) {
        v->has_empty = true;
        v->empty_code = (uint16_t)v->n;
    } else if (size <= LONGEST_KEY) {
        slot[v->n_words] = v->n;
        if (size == 1 && v->of_byte)
            v->of_byte[(unsigned char)*bytes] = (uint16_t)v->n;
    } else {
        v->long_codes[number] = (uint16_t)v->n;
    }
    return DK_OK;
}
