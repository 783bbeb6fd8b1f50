/* dense_lists.c - deals values to bins of slots, and puts those of each slot together.
 *
 * A row costs one store when it is dealt, at one of up to 256 places, and two looks at its entry within the second cache
 * when its bin is put in order: one counts, one moves the code. Memory: 8 bytes a row until then, and 4 after.
 *
 * Poll: the caller while rows go by; once per bin in the end.
 */
#include "dense_lists.h"

#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "data/codes_widths.h"

#define BIN_ROWS 32768 /* 256 KB of entries */
#define LEAST_CHUNK 64
#define MOST_CHUNK 4096
#define SLAB_CHUNKS 32

/* Chunks lie behind it; their entries begin at `entries`. */
struct dki_list_slab {
    struct dki_list_slab *before;
    uint64_t *entries;
    dki_list_chunk chunks[SLAB_CHUNKS];
};

dki_bins dki_bins_for(size_t n_slots, uint64_t n_rows)
{
    uint64_t most = n_rows / BIN_ROWS + 1, chunk;
    dki_bins bins = { .n_slots = n_slots };

    most = most < DKI_MOST_BINS ? most : DKI_MOST_BINS;
    while (((n_slots - 1) >> bins.shift) + 1 > most)
        bins.shift++;
    bins.n = ((n_slots - 1) >> bins.shift) + 1;
    chunk = n_rows / bins.n / 4;
    bins.chunk = (uint32_t)(chunk < LEAST_CHUNK ? LEAST_CHUNK : chunk > MOST_CHUNK ? MOST_CHUNK : chunk);
    return bins;
}

dk_status dki_dense_list_init(dki_dense_list *list, dk_context *context, const dki_bins *bins, dk_error *err)
{
    *list = (dki_dense_list){ .context = context, .bins = *bins };
    list->bin = dki_calloc(context, bins->n, sizeof *list->bin, err);
    return list->bin ? DK_OK : DK_ERR_MEMORY;
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
    dki_free(list->context, list->bin);
    memset(list, 0, sizeof *list);
}

/* Dealing. ----------------------------------------------------------------------------------------------------- */

static void close_bin(dki_list_bin *bin)
{
    if (bin->next)
        bin->last->n = (size_t)(bin->next - bin->last->entries);
    bin->next = bin->end = NULL;
}

/* Gives a bin a new chunk to fill. */
static dk_status next_chunk(dki_dense_list *list, dki_list_bin *bin, dk_error *err)
{
    struct dki_list_slab *slab = list->slabs;
    dki_list_chunk *chunk;
    size_t n_chunks = list->bins.n < SLAB_CHUNKS ? list->bins.n : SLAB_CHUNKS;

    close_bin(bin);
    if (list->left == 0) {
        slab = dki_alloc(list->context, sizeof *slab, err);
        if (slab == NULL)
            return DK_ERR_MEMORY;
        slab->entries = dki_alloc_wide(list->context, n_chunks * list->bins.chunk * sizeof *slab->entries, err);
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
    *chunk = (dki_list_chunk){ .before = bin->last, .entries = slab->entries + list->left * list->bins.chunk };
    bin->last = chunk;
    bin->next = chunk->entries;
    bin->end = chunk->entries + list->bins.chunk;
    return DK_OK;
}

/* Rows before the first whose bin has no room; the entry of a code of 0 is written over by the next. */
#define DEAL(W, T, V, U)                                                                               \
    static size_t deal_##W##_##V(dki_list_bin *restrict bins, unsigned shift, const T *restrict slots, \
                                 const U *restrict codes, size_t from, size_t n)                       \
    {                                                                                                  \
        for (size_t i = from; i < n; i++) {                                                            \
            dki_list_bin *bin = &bins[slots[i] >> shift];                                              \
            if (bin->next == bin->end)                                                                 \
                return i;                                                                              \
            *bin->next = (uint64_t)slots[i] << 32 | (uint32_t)(codes[i] - 1);                          \
            bin->next += codes[i] != 0;                                                                \
        }                                                                                              \
        return n;                                                                                      \
    }
FOR_PAIRS(DEAL)

static uint32_t slot_at(unsigned width, const void *slots, size_t i)
{
    switch (width) {
    case 0: return ((const uint8_t *)slots)[i];
    case 1: return ((const uint16_t *)slots)[i];
    default: return ((const uint32_t *)slots)[i];
    }
}

dk_status dki_dense_list_add(dki_dense_list *list, unsigned width, const void *slots, unsigned code_width,
                             const void *codes, size_t n, dk_error *err)
{
    unsigned shift = list->bins.shift;
    size_t at = 0;

    for (;;) {
        dk_status status;

        switch (width * 3 + code_width) {
        case 0: at = deal_0_0(list->bin, shift, slots, codes, at, n); break;
        case 1: at = deal_0_1(list->bin, shift, slots, codes, at, n); break;
        case 2: at = deal_0_2(list->bin, shift, slots, codes, at, n); break;
        case 3: at = deal_1_0(list->bin, shift, slots, codes, at, n); break;
        case 4: at = deal_1_1(list->bin, shift, slots, codes, at, n); break;
        case 5: at = deal_1_2(list->bin, shift, slots, codes, at, n); break;
        case 6: at = deal_2_0(list->bin, shift, slots, codes, at, n); break;
        case 7: at = deal_2_1(list->bin, shift, slots, codes, at, n); break;
        default: at = deal_2_2(list->bin, shift, slots, codes, at, n);
        }
        if (at == n)
            return DK_OK;
        status = next_chunk(list, &list->bin[slot_at(width, slots, at) >> shift], err);
        if (status != DK_OK)
            return status;
    }
}

void dki_dense_list_merge(dki_dense_list *list, dki_dense_list *from)
{
    struct dki_list_slab **end = &from->slabs;

    for (size_t i = 0; i < list->bins.n; i++) {
        dki_list_chunk *first = from->bin[i].last;

        close_bin(&list->bin[i]);
        close_bin(&from->bin[i]);
        while (first && first->before)
            first = first->before;
        if (first) {
            first->before = list->bin[i].last;
            list->bin[i].last = from->bin[i].last;
            from->bin[i].last = NULL;
        }
    }
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
    uint32_t *starts; /* of each bin, then of each slot */
    uint32_t *codes;
};

/* Counts the codes of a bin's slots, which begin at starts, and moves them there. next: a number for each slot. */
static void gather_bin(const dki_list_chunk *last, uint32_t first_slot, uint32_t at, uint32_t *starts,
                       size_t n_slots, uint32_t *next, uint32_t *codes)
{
    memset(next, 0, n_slots * sizeof *next);
    for (const dki_list_chunk *chunk = last; chunk; chunk = chunk->before) {
        for (size_t i = 0; i < chunk->n; i++)
            next[(chunk->entries[i] >> 32) - first_slot]++;
    }
    for (size_t slot = 0; slot < n_slots; slot++) {
        uint32_t count = next[slot];

        starts[slot] = next[slot] = at;
        at += count;
    }
    for (const dki_list_chunk *chunk = last; chunk; chunk = chunk->before) {
        for (size_t i = 0; i < chunk->n; i++)
            codes[next[(chunk->entries[i] >> 32) - first_slot]++] = (uint32_t)chunk->entries[i];
    }
}

static dk_status gather_bins(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct gather *gather = arg;
    const dki_bins *bins = &gather->list->bins;
    size_t width = (size_t)1 << bins->shift;
    uint32_t *next = dki_alloc_array(gather->list->context, width, sizeof *next, err);

    (void)worker;
    if (next == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = begin; i < end; i++) {
        size_t first = (size_t)i << bins->shift, n = bins->n_slots - first < width ? bins->n_slots - first : width;
        uint32_t *starts = gather->starts + bins->n;

        gather_bin(gather->list->bin[i].last, (uint32_t)first, gather->starts[i], starts + first, n, next,
                   gather->codes);
    }
    dki_free(gather->list->context, next);
    return DK_OK;
}

/* Where each bin begins; the number of codes in all. */
static size_t start_bins(dki_dense_list *list, uint32_t *starts)
{
    size_t n_codes = 0;

    for (size_t i = 0; i < list->bins.n; i++) {
        close_bin(&list->bin[i]);
        starts[i] = (uint32_t)n_codes;
        for (const dki_list_chunk *chunk = list->bin[i].last; chunk; chunk = chunk->before)
            n_codes += chunk->n;
    }
    return n_codes;
}

dk_status dki_dense_list_finish(dki_dense_list *list, const uint32_t *slots, size_t n, int64_t least,
                                dki_value_lists **out, dk_error *err)
{
    struct gather gather = { .list = list };
    dki_value_lists *lists = NULL;
    size_t n_codes;
    dk_status status;

    gather.starts = dki_alloc_array(list->context, list->bins.n + list->bins.n_slots, sizeof *gather.starts, err);
    if (gather.starts == NULL)
        return DK_ERR_MEMORY;
    n_codes = start_bins(list, gather.starts);
    status = dki_value_lists_new(list->context, n, n_codes, least, &lists, err);
    if (status == DK_OK) {
        gather.codes = lists->codes;
        status = dki_parallel(list->context, list->bins.n, 1, gather_bins, &gather, err);
    }
    if (status == DK_OK) { /* slots between these have no codes */
        for (size_t i = 0; i < n; i++)
            lists->starts[i] = gather.starts[list->bins.n + slots[i]];
        lists->starts[n] = (uint32_t)n_codes;
        *out = lists;
    } else {
        dki_value_lists_release(lists);
    }
    dki_free(list->context, gather.starts);
    memset(list->bin, 0, list->bins.n * sizeof *list->bin);
    drop_slabs(list);
    return status;
}
