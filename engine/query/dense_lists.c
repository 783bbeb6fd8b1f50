/* dense_lists.c - deals values to bins of slots, and puts those of each slot together.
 *
 * A row costs one store when it is dealt, at one of some hundred places, and two looks at its entry within the second
 * cache when its bin is put in order: one counts, one moves the code. Memory: 4 or 8 bytes a row until then, and 4 after.
 *
 * Poll: the caller while rows go by; once per bin in the end.
 */
#include "dense_lists.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "base/pool.h"
#include "data/codes_widths.h"

#define BIN_ROWS 32768 /* 128 or 256 KB of entries */
#define MOST_BINS 256  /* twice as many where entries are narrow then */
#define LEAST_CHUNK 64
#define MOST_CHUNK 4096
#define LEAST_SLAB_CHUNKS 32
#define SLAB_BYTES ((size_t)4 << 20) /* large pages come for as much, and no more than an eighth of the rows */

/* Entries lie behind one another in the order of chunks. */
struct dki_list_slab {
    struct dki_list_slab *before;
    char *entries;
    dki_list_chunk chunks[];
};

dki_bins dki_bins_for(size_t n_slots, uint64_t n_codes, uint64_t n_rows)
{
    uint64_t most = n_rows / BIN_ROWS + 1, chunk, slab;
    dki_bins bins = { .n_slots = n_slots, .code_bits = dki_bit_length(n_codes - 1) };

    most = most < MOST_BINS ? most : MOST_BINS;
    while (((n_slots - 1) >> bins.shift) + 1 > most)
        bins.shift++;
    bins.shift -= bins.shift > 0 && bins.code_bits + bins.shift == 33;
    bins.entry_bytes = bins.code_bits + bins.shift <= 32 ? 4 : 8;
    bins.n = ((n_slots - 1) >> bins.shift) + 1;
    chunk = n_rows / bins.n / 4;
    bins.chunk = (uint32_t)(chunk < LEAST_CHUNK ? LEAST_CHUNK : chunk > MOST_CHUNK ? MOST_CHUNK : chunk);
    slab = n_rows / 8 < SLAB_BYTES / bins.entry_bytes ? n_rows / 8 : SLAB_BYTES / bins.entry_bytes;
    bins.slab = bins.n < LEAST_SLAB_CHUNKS ? (uint32_t)bins.n : LEAST_SLAB_CHUNKS;
    if (slab / bins.chunk > bins.slab)
        bins.slab = (uint32_t)(slab / bins.chunk);
    return bins;
}

dk_status dki_dense_list_init(dki_dense_list *list, dk_context *context, const dki_bins *bins, dk_error *err)
{
    *list = (dki_dense_list){ .context = context, .bins = *bins };
    list->bin = dki_calloc(context, bins->n, sizeof *list->bin, err);
    return list->bin ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_dense_list_init_spread(dki_dense_list *list, dk_context *context, const dki_bins *bins,
                                     const dki_list_spread *spread, dk_error *err)
{
    dk_status status = dki_dense_list_init(list, context, bins, err);

    if (status != DK_OK)
        return status;
    list->spread = *spread;
    list->sizes = dki_calloc(context, spread->n_slots, sizeof *list->sizes, err);
    return list->sizes ? DK_OK : DK_ERR_MEMORY;
}

static void drop_slabs(dki_dense_list *list)
{
    while (list->slabs) {
        struct dki_list_slab *slab = list->slabs;

        list->slabs = slab->before;
        dki_free(list->context, slab->entries);
        dki_free(list->context, slab);
    }
    list->left = 0;
}

void dki_dense_list_drop(dki_dense_list *list)
{
    if (list->context == NULL)
        return;
    drop_slabs(list);
    dki_value_lists_release(list->made);
    dki_free(list->context, list->bin);
    dki_free(list->context, list->sizes);
    memset(list, 0, sizeof *list);
}

/* Dealing. ----------------------------------------------------------------------------------------------------- */

static void close_bin(const dki_dense_list *list, dki_list_bin *bin)
{
    if (bin->next)
        bin->last->n = (size_t)(bin->next - bin->last->entries) / list->bins.entry_bytes;
    bin->next = bin->end = NULL;
}

/* Gives a bin a new chunk to fill. */
static dk_status next_chunk(dki_dense_list *list, dki_list_bin *bin, dk_error *err)
{
    struct dki_list_slab *slab = list->slabs;
    size_t n_chunks = list->bins.slab, bytes = (size_t)list->bins.chunk * list->bins.entry_bytes;
    dki_list_chunk *chunk;

    close_bin(list, bin);
    if (list->left == 0) {
        slab = dki_alloc(list->context, sizeof *slab + n_chunks * sizeof *slab->chunks, err);
        if (slab == NULL)
            return DK_ERR_MEMORY;
        slab->entries = dki_alloc_wide(list->context, n_chunks * bytes, err);
        if (slab->entries == NULL) {
            dki_free(list->context, slab);
            return DK_ERR_MEMORY;
        }
        slab->before = list->slabs;
        list->slabs = slab;
        list->left = n_chunks;
    }
    list->left--;
    chunk = &slab->chunks[list->left];
    *chunk = (dki_list_chunk){ .before = bin->last, .entries = slab->entries + list->left * bytes };
    bin->last = chunk;
    bin->next = chunk->entries;
    bin->end = chunk->entries + bytes;
    return DK_OK;
}

/* Rows before the first whose bin has no room; the entry of a code of 0 is written over by the next. */
#define DEAL_AS(E, W, T, V, U)                                                                                  \
    static size_t deal_##E##_##W##_##V(const dki_dense_list *list, const T *restrict slots,                     \
                                       const U *restrict codes, size_t from, size_t n)                          \
    {                                                                                                           \
        dki_list_bin *restrict bins = list->bin;                                                                \
        unsigned shift = list->bins.shift, code_bits = list->bins.code_bits;                                    \
        size_t mask = ((size_t)1 << shift) - 1;                                                                 \
        for (size_t i = from; i < n; i++) {                                                                     \
            dki_list_bin *bin = &bins[slots[i] >> shift];                                                       \
            if (bin->next == bin->end)                                                                          \
                return i;                                                                                       \
            *(E *)(void *)bin->next = (E)((uint64_t)(slots[i] & mask) << code_bits | ((uint64_t)codes[i] - 1)); \
            bin->next += codes[i] ? sizeof(E) : 0;                                                              \
        }                                                                                                       \
        return n;                                                                                               \
    }
#define DEAL(W, T, V, U) DEAL_AS(uint32_t, W, T, V, U) DEAL_AS(uint64_t, W, T, V, U)
FOR_PAIRS(DEAL)
DEAL(2, uint32_t, 3, uint64_t)

static uint32_t slot_at(unsigned width, const void *slots, size_t i)
{
    switch (width) {
    case 0: return ((const uint8_t *)slots)[i];
    case 1: return ((const uint16_t *)slots)[i];
    default: return ((const uint32_t *)slots)[i];
    }
}

#define DEAL_BY(E, W, V) at = deal_##E##_##W##_##V(list, slots, codes, at, n)
#define DEAL_CASES(E)                 \
    switch (width * 3 + code_width) { \
    case 0: DEAL_BY(E, 0, 0); break;  \
    case 1: DEAL_BY(E, 0, 1); break;  \
    case 2: DEAL_BY(E, 0, 2); break;  \
    case 3: DEAL_BY(E, 1, 0); break;  \
    case 4: DEAL_BY(E, 1, 1); break;  \
    case 5: DEAL_BY(E, 1, 2); break;  \
    case 6: DEAL_BY(E, 2, 0); break;  \
    case 7: DEAL_BY(E, 2, 1); break;  \
    case 8: DEAL_BY(E, 2, 2); break;  \
    default: DEAL_BY(E, 2, 3);        \
    }

dk_status dki_dense_list_add(dki_dense_list *list, unsigned width, const void *slots, unsigned code_width,
                             const void *codes, size_t n, dk_error *err)
{
    size_t at = 0;

    for (;;) {
        dk_status status;

        if (list->bins.entry_bytes == sizeof(uint32_t))
            DEAL_CASES(uint32_t)
        else
            DEAL_CASES(uint64_t)
        if (at == n)
            return DK_OK;
        status = next_chunk(list, &list->bin[slot_at(width, slots, at) >> list->bins.shift], err);
        if (status != DK_OK)
            return status;
    }
}

void dki_dense_list_merge(dki_dense_list *list, dki_dense_list *from)
{
    struct dki_list_slab **end = &from->slabs;

    for (size_t i = 0; i < list->bins.n; i++) {
        dki_list_chunk *first = from->bin[i].last;

        close_bin(list, &list->bin[i]);
        close_bin(from, &from->bin[i]);
        while (first && first->before)
            first = first->before;
        if (first) {
            first->before = list->bin[i].last;
            list->bin[i].last = from->bin[i].last;
            from->bin[i].last = NULL;
        }
    }
    for (size_t slot = 0; slot < list->spread.n_slots; slot++)
        list->sizes[slot] += from->sizes[slot];
    while (*end)
        end = &(*end)->before;
    *end = list->slabs;
    list->slabs = from->slabs;
    from->slabs = NULL;
    list->left = from->left = 0; /* of the slab that is no longer first, what nobody has is given up */
}

/* Putting together. -------------------------------------------------------------------------------------------- */

struct gather {
    const dki_dense_list *list;
    uint32_t *bins; /* where each begins */
};

/* Counts the codes of a bin's slots, which begin at `at`, and moves them there. next: a number for each slot. */
#define GATHER(E)                                                                                         \
    static void gather_##E(const dki_list_chunk *last, unsigned code_bits, uint32_t at, uint32_t *starts, \
                           size_t n_slots, uint32_t *restrict next, uint32_t *restrict codes)             \
    {                                                                                                     \
        uint64_t mask = (UINT64_C(1) << code_bits) - 1;                                                   \
        memset(next, 0, n_slots * sizeof *next);                                                          \
        for (const dki_list_chunk *chunk = last; chunk; chunk = chunk->before) {                          \
            const E *entries = (const void *)chunk->entries;                                              \
            for (size_t i = 0; i < chunk->n; i++)                                                         \
                next[(uint64_t)entries[i] >> code_bits]++;                                                \
        }                                                                                                 \
        for (size_t slot = 0; slot < n_slots; slot++) {                                                   \
            uint32_t count = next[slot];                                                                  \
            starts[slot] = next[slot] = at;                                                               \
            at += count;                                                                                  \
        }                                                                                                 \
        for (const dki_list_chunk *chunk = last; chunk; chunk = chunk->before) {                          \
            const E *entries = (const void *)chunk->entries;                                              \
            for (size_t i = 0; i < chunk->n; i++)                                                         \
                codes[next[(uint64_t)entries[i] >> code_bits]++] = (uint32_t)(entries[i] & mask);         \
        }                                                                                                 \
    }
GATHER(uint32_t)
GATHER(uint64_t)

static dk_status gather_bins(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct gather *gather = arg;
    const dki_dense_list *list = gather->list;
    const dki_bins *bins = &list->bins;
    size_t width = (size_t)1 << bins->shift;
    uint32_t *next = dki_alloc_array(list->context, width, sizeof *next, err);

    (void)worker;
    if (next == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = begin; i < end; i++) {
        size_t first = (size_t)i << bins->shift, n = bins->n_slots - first < width ? bins->n_slots - first : width;

        if (bins->entry_bytes == sizeof(uint32_t))
            gather_uint32_t(list->bin[i].last, bins->code_bits, gather->bins[i], list->made->starts + first, n,
                            next, list->made->codes);
        else
            gather_uint64_t(list->bin[i].last, bins->code_bits, gather->bins[i], list->made->starts + first, n,
                            next, list->made->codes);
    }
    dki_free(list->context, next);
    return DK_OK;
}

/* Where each bin begins; the number of codes in all. */
static size_t start_bins(const dki_dense_list *list, uint32_t *starts)
{
    size_t n_codes = 0;

    for (size_t i = 0; i < list->bins.n; i++) {
        starts[i] = (uint32_t)n_codes;
        for (const dki_list_chunk *chunk = list->bin[i].last; chunk; chunk = chunk->before)
            n_codes += chunk->n;
    }
    return n_codes;
}

static dk_status gather_slots(dki_dense_list *list, int64_t least, dk_error *err)
{
    struct gather gather = { .list = list };
    size_t n_codes;
    dk_status status;

    gather.bins = dki_alloc_array(list->context, list->bins.n, sizeof *gather.bins, err);
    if (gather.bins == NULL)
        return DK_ERR_MEMORY;
    n_codes = start_bins(list, gather.bins);
    status = dki_value_lists_new(list->context, list->bins.n_slots, n_codes, least, &list->made, err);
    if (status == DK_OK) {
        list->made->starts[list->bins.n_slots] = (uint32_t)n_codes;
        status = dki_parallel(list->context, list->bins.n, 1, gather_bins, &gather, err);
    }
    dki_free(list->context, gather.bins);
    return status;
}

dk_status dki_dense_list_gather(dki_dense_list *list, int64_t least, dk_error *err)
{
    dk_status status;

    for (size_t i = 0; i < list->bins.n; i++)
        close_bin(list, &list->bin[i]);
    status = list->sizes ? dki_dense_list_spread(list, least, err) : gather_slots(list, least, err);
    memset(list->bin, 0, list->bins.n * sizeof *list->bin);
    drop_slabs(list);
    return status;
}

dki_value_lists *dki_dense_list_take(dki_dense_list *list, const uint32_t *slots, size_t n)
{
    dki_value_lists *made = list->made;
    uint32_t n_codes = made->starts[made->n_groups];

    for (size_t i = 0; i < n; i++) /* slots between these have no codes */
        made->starts[i] = made->starts[slots[i]];
    made->starts[n] = n_codes;
    made->n_groups = n;
    list->made = NULL;
    return made;
}
