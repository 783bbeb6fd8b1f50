/* key_index.c - builds the index of a key, and looks keys up.
 *
 *   key of one word:  | word (8) | row + 1 (8) |                   row + 1 is 0: empty; TAKEN: being filled
 *   of more words:    | bits of the hash | row + 1 |  in 8 bytes   0: empty; as few bits for the row as the table needs
 *
 * A slot is taken by a compare-and-swap. Where two rows have one key the slot keeps the lesser row. The place of a key
 * follows from the upper bits of its hash. Of a key of several words the lower bits stand in the slot, and where they
 * agree the words are compared, which were written before the slot: so no hash decides anything.
 *
 * What binds is the memory that lies far away: so the slots that a few keys will want are asked for before the first of
 * them is looked at, and then their words. Tables are at most two thirds full.
 *
 * Cost: 24 bytes a row; of keys of several words 12, and 8 for each word. Poll: once per block.
 */
#include "key_index.h"

#include <sched.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/column_parts.h"

#define RANGE_ROWS ((uint64_t)DK_BLOCK_ROWS * 16)
#define TAKEN UINT64_MAX
#define AHEAD 16 /* keys whose slots are asked for before they are looked at */
#define MOST_DIRECT_BITS 28
#define FEW_DIRECT 65536
#define LEAST_KEPT 65536 /* rows that are worth keeping an index of */
#define CLEAR_WORDS ((uint64_t)1 << 18)

static const char index_kind; /* its address */

/* Hashes. ------------------------------------------------------------------------------------------------------ */

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    dki_u128 product = (dki_u128)a * b;

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline uint64_t hash_key(const dki_key_index *index, const uint64_t *words, unsigned n)
{
    uint64_t hash = fold(words[0] ^ index->seed, index->factor);

    for (unsigned k = 1; k < n; k++)
        hash = fold(hash ^ words[k], index->factor);
    return hash;
}

static inline uint64_t place_of(const dki_key_index *index, uint64_t hash)
{
    return (uint64_t)((dki_u128)hash * index->n_slots >> 64);
}

static inline bool same_words(const uint64_t *a, const uint64_t *b, unsigned n)
{
    for (unsigned k = 0; k < n; k++)
        if (a[k] != b[k])
            return false;
    return true;
}

static inline uint64_t row_mask(const dki_key_index *index)
{
    return (UINT64_C(1) << index->row_bits) - 1;
}

/* Building. ---------------------------------------------------------------------------------------------------- */

struct build {
    dki_key_index *index;
    const dki_key_reader *reader;
    atomic_uint_fast64_t n_keys, n_nulls;
};

/* Whether the row has a key that was not there. */
static bool insert_direct(dki_key_index *index, uint64_t word, uint64_t row)
{
    _Atomic uint32_t *slot = (_Atomic uint32_t *)&index->direct[word];
    uint32_t before = atomic_load_explicit(slot, memory_order_relaxed);

    while (before == 0 || before > row + 1)
        if (atomic_compare_exchange_weak_explicit(slot, &before, (uint32_t)row + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
            return before == 0;
    return false;
}

static inline bool insert_hashed(dki_key_index *index, uint64_t hash, uint64_t row, unsigned n_words)
{
    uint64_t mask = row_mask(index), mine = hash << index->row_bits | (row + 1), at = place_of(index, hash);

    for (;;) {
        _Atomic uint64_t *slot = (_Atomic uint64_t *)&index->slots[at];
        uint64_t before = atomic_load_explicit(slot, memory_order_acquire);

        if (before == 0 && atomic_compare_exchange_strong_explicit(slot, &before, mine, memory_order_acq_rel,
                                                                   memory_order_acquire))
            return true;
        if ((before & ~mask) == (mine & ~mask) &&
            same_words(index->words + ((before & mask) - 1) * n_words, index->words + row * n_words, n_words)) {
            while (before > mine && !atomic_compare_exchange_weak_explicit(
                                        slot, &before, mine, memory_order_acq_rel, memory_order_acquire))
                ; /* only rows with this key ever stand here */
            return false;
        }
        if (++at == index->n_slots)
            at = 0;
    }
}

/* A key of one word. */
static inline bool insert_word(dki_key_index *index, uint64_t hash, uint64_t word, uint64_t row)
{
    for (uint64_t at = place_of(index, hash);; at = at + 1 == index->n_slots ? 0 : at + 1) {
        _Atomic uint64_t *key = (_Atomic uint64_t *)&index->slots[2 * at], *slot = key + 1;
        uint64_t before = atomic_load_explicit(slot, memory_order_acquire);

        if (before == 0 && atomic_compare_exchange_strong_explicit(slot, &before, TAKEN, memory_order_acquire,
                                                                   memory_order_acquire)) {
            atomic_store_explicit(key, word, memory_order_relaxed);
            atomic_store_explicit(slot, row + 1, memory_order_release);
            return true;
        }
        while (before == TAKEN) { /* for a few instructions, unless that thread was stopped between them */
            (void)sched_yield();
            before = atomic_load_explicit(slot, memory_order_acquire);
        }
        if (atomic_load_explicit(key, memory_order_relaxed) != word)
            continue;
        while (before > row + 1 && !atomic_compare_exchange_weak_explicit(
                                       slot, &before, row + 1, memory_order_relaxed, memory_order_relaxed))
            ;
        return false;
    }
}

static uint64_t insert_words(dki_key_index *index, uint64_t row, size_t n, const uint64_t *words,
                             const uint8_t *flags)
{
    uint64_t hashes[DK_BLOCK_ROWS], n_keys = 0;

    for (size_t i = 0; i < n; i++)
        hashes[i] = flags[i] ? 0 : hash_key(index, words + i, 1);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            __builtin_prefetch(&index->slots[2 * place_of(index, hashes[i + AHEAD])], 1);
        if (!flags[i])
            n_keys += insert_word(index, hashes[i], words[i], row + i);
    }
    return n_keys;
}

/* Rows row .. row + n - 1, whose words stand in the index. n_words is a constant where it is 2. */
static inline uint64_t insert_block(dki_key_index *index, uint64_t row, size_t n, const uint8_t *flags,
                                    unsigned n_words)
{
    const uint64_t *words = index->words + row * n_words;
    uint64_t hashes[DK_BLOCK_ROWS], n_keys = 0;

    for (size_t i = 0; i < n; i++)
        hashes[i] = flags[i] ? 0 : hash_key(index, words + i * n_words, n_words);
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            __builtin_prefetch(&index->slots[place_of(index, hashes[i + AHEAD])], 1);
        if (!flags[i])
            n_keys += insert_hashed(index, hashes[i], row + i, n_words);
    }
    return n_keys;
}

static uint64_t insert_rows(dki_key_index *index, uint64_t row, size_t n, const uint64_t *words,
                            const uint8_t *flags)
{
    uint64_t n_keys = 0;

    if (index->direct == NULL) {
        switch (index->code.n_words) {
        case 1: return insert_words(index, row, n, words, flags);
        case 2: return insert_block(index, row, n, flags, 2);
        default: return insert_block(index, row, n, flags, index->code.n_words);
        }
    }
    for (size_t i = 0; i < n; i++)
        if (!flags[i])
            n_keys += insert_direct(index, words[i], row + i);
    return n_keys;
}

struct dki_key_work {
    dki_key_scratch read;
    uint8_t flags[DK_BLOCK_ROWS];
    uint64_t words[]; /* of the keys of a block */
};

struct dki_key_work *dki_key_work_new(const dki_key_index *index, dk_error *err)
{
    size_t bytes = DK_BLOCK_ROWS * sizeof(uint64_t);
    struct dki_key_work *work = NULL;

    if (!dki_mul_size(bytes, index->code.n_words, &bytes) && !dki_add_size(bytes, sizeof *work, &bytes))
        work = dki_alloc(index->context, bytes, err);
    if (work)
        dk_view_init(&work->read.view, index->context);
    return work;
}

void dki_key_work_release(const dki_key_index *index, struct dki_key_work *work)
{
    if (work == NULL)
        return;
    dk_view_release(&work->read.view);
    dki_free(index->context, work);
}

static dk_status build_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct build *build = arg;
    dki_key_index *index = build->index;
    size_t step = dki_block_rows(index->context);
    struct dki_key_work *work = dki_key_work_new(index, err);
    uint64_t n_keys = 0, n_nulls = 0;
    dk_status status = work ? DK_OK : DK_ERR_MEMORY;

    (void)worker; /* what rows write is the same whoever writes it first */
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;
        uint64_t *words = index->words ? index->words + row * index->code.n_words : work->words;

        status = dki_poll(index->context, err);
        if (status == DK_OK)
            status = dki_key_read(build->reader, row, n, &work->read, words, work->flags, err);
        if (status != DK_OK)
            break;
        n_keys += insert_rows(index, row, n, words, work->flags);
        for (size_t i = 0; i < n; i++)
            n_nulls += work->flags[i] != 0;
    }
    dki_key_work_release(index, work);
    atomic_fetch_add(&build->n_keys, n_keys);
    atomic_fetch_add(&build->n_nulls, n_nulls);
    return status;
}

/* The second pass, where some key has several rows: the first row of each. */
static dk_status find_firsts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct build *build = arg;
    dki_key_index *index = build->index;
    size_t step = dki_block_rows(index->context);
    struct dki_key_work *work = dki_key_work_new(index, err);
    dk_status status = work ? DK_OK : DK_ERR_MEMORY;

    (void)worker;
    for (uint64_t row = begin; status == DK_OK && row < end; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(index->context, err);
        if (status == DK_OK)
            status = dki_key_find_rows(index, build->reader, work, row, n, index->firsts + row, err);
    }
    dki_key_work_release(index, work);
    return status;
}

static dk_status clear_slots(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    (void)worker;
    (void)err;
    memset((uint64_t *)arg + begin, 0, (size_t)(end - begin) * sizeof(uint64_t));
    return DK_OK;
}

static void *alloc_rows(dk_context *context, uint64_t n, size_t size, dk_error *err)
{
    size_t bytes;

    if (n > SIZE_MAX || dki_mul_size((size_t)n, size, &bytes))
        return dki_alloc_array(context, SIZE_MAX, size, err); /* says so */
    return dki_alloc_wide(context, bytes, err);
}

static dk_status alloc_index(dki_key_index *index, dk_error *err)
{
    dk_context *context = index->context;
    unsigned n_bits = index->code.n_bits;
    uint64_t n_words;

    if (index->code.n_words == 1 && n_bits <= MOST_DIRECT_BITS &&
        UINT64_C(1) << n_bits <= (index->n_rows < FEW_DIRECT / 2 ? FEW_DIRECT : 2 * index->n_rows)) {
        index->n_direct = UINT64_C(1) << n_bits;
        index->direct = dki_calloc(context, (size_t)index->n_direct, sizeof *index->direct, err);
        return index->direct ? DK_OK : DK_ERR_MEMORY;
    }
    index->row_bits = 64 - (unsigned)__builtin_clzll(index->n_rows + 1);
    index->n_slots = index->n_rows + index->n_rows / 2 + 16;
    n_words = index->code.n_words == 1 ? 2 * index->n_slots : index->n_slots;
    index->slots = alloc_rows(context, n_words, sizeof *index->slots, err);
    if (index->slots && index->code.n_words > 1)
        index->words = alloc_rows(context, index->n_rows * index->code.n_words, sizeof *index->words, err);
    if (index->slots == NULL || (index->code.n_words > 1 && index->words == NULL))
        return DK_ERR_MEMORY;
    return dki_parallel(context, n_words, CLEAR_WORDS, clear_slots, index->slots, err);
}

static void free_index(dki_key_index *index)
{
    dki_free(index->context, index->firsts);
    dki_free(index->context, index->direct);
    dki_free(index->context, index->slots);
    dki_free(index->context, index->words);
    dki_key_code_drop(&index->code);
}

static void drop_kept(dki_kept *kept)
{
    dki_key_index *index = (dki_key_index *)kept;

    free_index(index);
    dki_free(index->context, index);
}

void dki_key_index_release(dki_key_index *index)
{
    if (index)
        dki_kept_release(&index->kept);
}

static dk_status fill_index(dki_key_index *index, const dk_column *const *columns, dk_error *err)
{
    struct build build = { .index = index };
    dki_key_reader reader;
    uint64_t grain;
    dk_status status = dki_key_reader_init(&reader, &index->code, columns, true, err);

    build.reader = &reader;
    grain = dki_key_code_is_numbered(&index->code) ? index->n_rows + 1 : RANGE_ROWS;
    if (status == DK_OK)
        status = alloc_index(index, err);
    if (status == DK_OK)
        status = dki_parallel(index->context, index->n_rows, grain, build_range, &build, err);
    index->n_keys = build.n_keys;
    index->n_nulls = build.n_nulls;
    if (status == DK_OK && index->n_keys + index->n_nulls < index->n_rows) {
        index->firsts = alloc_rows(index->context, index->n_rows, sizeof *index->firsts, err);
        status = index->firsts ? dki_parallel(index->context, index->n_rows, grain, find_firsts, &build, err)
                               : DK_ERR_MEMORY;
    }
    dki_key_reader_drop(&reader);
    return status;
}

static dk_status build_index(dki_key_index *index, const dk_column *const *columns, size_t n, bool nulls_are_values,
                             bool try_digits, dk_error *err)
{
    dki_text_map secret;
    dk_status status =
        dki_key_code_init(&index->code, index->context, columns, n, nulls_are_values, try_digits, err);

    dki_text_map_init(&secret, index->context); /* knows the secret of the process */
    index->seed = dki_hash_u64(secret.seed);
    index->factor = dki_hash_u64(secret.seed + 1) | 1;
    dki_text_map_drop(&secret);
    if (status == DK_OK)
        status = fill_index(index, columns, err);
    return status;
}

dki_key_index *dki_key_index_kept(const dk_column *column)
{
    if (dk_column_n_rows(column) < LEAST_KEPT)
        return NULL;
    return (dki_key_index *)dki_cache_find(dk_column_context(column), &index_kind, dki_column_owner(column), 0);
}

dk_status dki_key_index_new(dk_context *context, const dk_column *const *columns, size_t n, uint64_t n_rows,
                            bool nulls_are_values, dki_key_index **out, dk_error *err)
{
    dki_key_index *index;
    dk_status status;

    if (n_rows >= DKI_NULL_KEY)
        return dki_fail(err, DK_ERR_LIMIT, "keys of %llu rows, and %lu are the most", (unsigned long long)n_rows,
                        (unsigned long)DKI_NULL_KEY - 1);
    index = n == 1 && !nulls_are_values ? dki_key_index_kept(columns[0]) : NULL;
    if (index) {
        *out = index;
        return DK_OK;
    }
    index = dki_calloc(context, 1, sizeof *index, err);
    if (index == NULL)
        return DK_ERR_MEMORY;
    dki_kept_init(&index->kept, drop_kept);
    index->context = context;
    index->n_rows = n_rows;
    status = build_index(index, columns, n, nulls_are_values, true, err);
    if (status == DK_ERR_DATA) { /* some text was not what the first ones were */
        dk_error none = DK_ERROR_INIT;
        dki_key_index plain = { .kept = index->kept, .context = context, .n_rows = n_rows };

        free_index(index);
        *index = plain;
        if (err)
            *err = none;
        status = build_index(index, columns, n, nulls_are_values, false, err);
    }
    if (status != DK_OK) {
        dki_key_index_release(index);
        return status;
    }
    *out = index;
    return DK_OK;
}

void dki_key_index_keep(dki_key_index *index, const dk_column *const *columns, size_t n)
{
    if (n == 1 && index->n_rows >= LEAST_KEPT && !index->code.nulls_are_values)
        dki_cache_add(index->context, &index_kind, dki_column_owner(columns[0]), 0, &index->kept);
}

/* Looking up. -------------------------------------------------------------------------------------------------- */

/* Keys of one word: a slot is asked for some time before it is looked at. */
static void find_words(const dki_key_index *index, const uint64_t *words, const uint8_t *flags, size_t n,
                       uint32_t *rows)
{
    uint64_t at[DK_BLOCK_ROWS];

    for (size_t i = 0; i < n; i++)
        at[i] = flags[i] ? 0 : place_of(index, hash_key(index, words + i, 1));
    for (size_t i = 0; i < n; i++) {
        uint64_t place = at[i], row;

        if (i + AHEAD < n)
            __builtin_prefetch(&index->slots[2 * at[i + AHEAD]]);
        if (flags[i]) {
            rows[i] = flags[i] & DKI_KEY_IS_NULL ? DKI_NULL_KEY : DKI_NO_ROW;
            continue;
        }
        while ((row = index->slots[2 * place + 1]) != 0 && index->slots[2 * place] != words[i])
            place = place + 1 == index->n_slots ? 0 : place + 1;
        rows[i] = (uint32_t)row - 1; /* 0 becomes DKI_NO_ROW */
    }
}

/* From slot `at` on: the row of the key, or DKI_NO_ROW. */
static inline uint32_t find_hashed(const dki_key_index *index, uint64_t hash, uint64_t at, const uint64_t *words,
                                   unsigned n_words)
{
    uint64_t mask = row_mask(index), mine = hash << index->row_bits, slot;

    while ((slot = index->slots[at]) != 0) {
        uint64_t row = (slot & mask) - 1;

        if (((slot ^ mine) & ~mask) == 0 && same_words(index->words + row * n_words, words, n_words))
            return (uint32_t)row;
        if (++at == index->n_slots)
            at = 0;
    }
    return DKI_NO_ROW;
}

/* Keys go through three stations, so that two of them always wait for memory while others are worked on: the slots are
 * asked for; the slot that may be the one is looked for, and the words of its row are asked for; words are compared. */
static inline void find_block(const dki_key_index *index, const uint64_t *words, const uint8_t *flags, size_t n,
                              uint32_t *rows, unsigned n_words)
{
    uint64_t hashes[DK_BLOCK_ROWS], at[DK_BLOCK_ROWS], mask = row_mask(index);

    for (size_t i = 0; i < n; i++) {
        hashes[i] = flags[i] ? 0 : hash_key(index, words + i * n_words, n_words);
        at[i] = place_of(index, hashes[i]);
    }
    for (size_t i = 0; i < n + 2 * AHEAD; i++) {
        if (i < n)
            __builtin_prefetch(&index->slots[at[i]]);
        if (i >= AHEAD && i < n + AHEAD) {
            uint64_t mine = hashes[i - AHEAD] << index->row_bits, slot, place = at[i - AHEAD];

            while ((slot = index->slots[place]) != 0 && ((slot ^ mine) & ~mask) != 0)
                if (++place == index->n_slots)
                    place = 0;
            at[i - AHEAD] = place;
            if (slot)
                __builtin_prefetch(index->words + ((slot & mask) - 1) * n_words);
        }
        if (i >= 2 * AHEAD) {
            size_t k = i - 2 * AHEAD;

            if (flags[k])
                rows[k] = flags[k] & DKI_KEY_IS_NULL ? DKI_NULL_KEY : DKI_NO_ROW;
            else
                rows[k] = find_hashed(index, hashes[k], at[k], words + k * n_words, n_words);
        }
    }
}

void dki_key_index_find(const dki_key_index *index, const uint64_t *words, const uint8_t *flags, size_t n,
                        uint32_t *rows)
{
    if (index->direct) {
        for (size_t i = 0; i < n; i++) {
            if (flags[i])
                rows[i] = flags[i] & DKI_KEY_IS_NULL ? DKI_NULL_KEY : DKI_NO_ROW;
            else
                rows[i] = index->direct[words[i]] - 1; /* 0 becomes DKI_NO_ROW */
        }
        return;
    }
    switch (index->code.n_words) {
    case 1: find_words(index, words, flags, n, rows); return;
    case 2: find_block(index, words, flags, n, rows, 2); return;
    default: find_block(index, words, flags, n, rows, index->code.n_words); return;
    }
}

dk_status dki_key_find_rows(const dki_key_index *index, const dki_key_reader *reader, struct dki_key_work *work,
                            uint64_t row, size_t n, uint32_t *rows, dk_error *err)
{
    dk_status status = dki_key_read(reader, row, n, &work->read, work->words, work->flags, err);

    if (status == DK_OK)
        dki_key_index_find(index, work->words, work->flags, n, rows);
    return status;
}

dk_status dki_key_index_chain(const dki_key_index *index, uint32_t *next, uint32_t *last, dk_error *err)
{
    uint32_t *ends = last ? last : dki_alloc_array(index->context, (size_t)index->n_rows, sizeof *ends, err);
    dk_status status = ends ? DK_OK : DK_ERR_MEMORY;

    for (uint64_t row = 0; status == DK_OK && row < index->n_rows; row++) {
        uint32_t first = index->firsts ? index->firsts[row] : (uint32_t)row;

        if (row % DK_BLOCK_ROWS == 0)
            status = dki_poll(index->context, err);
        next[row] = DKI_NO_ROW;
        if (first == DKI_NULL_KEY)
            continue;
        if (first != row)
            next[ends[first]] = (uint32_t)row;
        ends[first] = (uint32_t)row;
    }
    if (last == NULL)
        dki_free(index->context, ends);
    return status;
}
