/* unique.c - looks for equal values in a column.
 *
 * Values become hashes of 64 bits, which are dealt to parts by their highest bits; a part is small enough for a
 * near cache, where a table finds equal ones. Two equal hashes count as two equal values: that happens by accident
 * once in a hundred thousand columns of ten million keys, and then only costs time. A column whose first rows hold
 * a value twice is given up at once.
 *
 * Cost: three passes over the rows, 16 bytes for each for the time of the call. Poll: once per block.
 */
#include "unique.h"

#include <string.h>
#include <xxhash.h>

#include "base/hash.h"
#include "base/pool.h"
#include "data/column_parts.h"
#include "key_index.h"

#define PART_BITS 8
#define PARTS (1u << PART_BITS)
#define RANGE_ROWS ((uint64_t)DK_BLOCK_ROWS * 16)
#define LOOK_ROWS 1024
#define MOST_ROWS (UINT64_C(1) << 32)

struct search {
    const dk_column *column;
    dk_context *context;
    uint64_t seed;             /* the process's secret */
    uint64_t *hashes;          /* of the rows of each range, those that are known one behind the other */
    uint64_t (*starts)[PARTS]; /* of each range: how many it has for each part, then where they go */
    uint64_t part_ends[PARTS];
    uint64_t *dealt;
    _Atomic bool found; /* two that are equal */
};

static uint64_t hash_at(const dk_view *view, const int64_t *integers, size_t i, uint64_t seed)
{
    dk_text text;

    if (view->type != DK_TEXT)
        return dki_hash_u64((uint64_t)integers[i] ^ seed);
    text = dki_view_text(view, i);
    return XXH3_64bits_withSeed(text.bytes, text.size, seed);
}

/* Hashes of the known rows of a block; returns how many. */
static size_t hash_view(const dk_view *view, uint64_t seed, uint64_t *out)
{
    int64_t integers[DK_BLOCK_ROWS];
    size_t n = 0;

    if (view->type != DK_TEXT)
        dki_view_integers(view, integers);
    for (size_t i = 0; i < view->n; i++) {
        if (!dki_view_is_null(view, i))
            out[n++] = hash_at(view, integers, i, seed);
    }
    return n;
}

static dk_status hash_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct search *search = arg;
    uint64_t *counts = search->starts[begin / RANGE_ROWS], *to = search->hashes + begin;
    dk_view view;
    dk_status status = DK_OK;

    (void)worker;
    dk_view_init(&view, search->context);
    for (uint64_t row = begin; status == DK_OK && row < end; row += DK_BLOCK_ROWS) {
        size_t n = end - row < DK_BLOCK_ROWS ? (size_t)(end - row) : DK_BLOCK_ROWS;

        status = dki_poll(search->context, err);
        if (status == DK_OK)
            status = dk_column_view(search->column, row, n, &view, err);
        if (status != DK_OK)
            break;
        n = hash_view(&view, search->seed, to);
        for (size_t i = 0; i < n; i++)
            counts[to[i] >> (64 - PART_BITS)]++;
        to += n;
    }
    dk_view_release(&view);
    return status;
}

static dk_status deal_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct search *search = arg;
    uint64_t *starts = search->starts[begin / RANGE_ROWS];
    uint64_t n = 0, counts[PARTS];

    (void)worker;
    (void)end;
    (void)err;
    for (size_t p = 0; p < PARTS; p++) { /* how many there are is what the next range's start leaves */
        counts[p] = begin + RANGE_ROWS < dk_column_n_rows(search->column)
                        ? search->starts[begin / RANGE_ROWS + 1][p] - starts[p]
                        : search->part_ends[p] - starts[p];
        n += counts[p];
    }
    for (size_t p = 0; p < PARTS; p++)
        counts[p] = starts[p];
    for (uint64_t i = 0; i < n; i++) {
        uint64_t hash = search->hashes[begin + i];

        search->dealt[counts[hash >> (64 - PART_BITS)]++] = hash;
    }
    return DK_OK;
}

/* Counts become starts: parts one behind the other, in a part the ranges one behind the other. */
static void lay_out(struct search *search, uint64_t n_ranges)
{
    uint64_t at = 0;

    for (size_t p = 0; p < PARTS; p++) {
        for (uint64_t r = 0; r < n_ranges; r++) {
            uint64_t count = search->starts[r][p];

            search->starts[r][p] = at;
            at += count;
        }
        search->part_ends[p] = at;
    }
}

static dk_status search_part(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct search *search = arg;
    uint64_t first = begin ? search->part_ends[begin - 1] : 0, n = search->part_ends[begin] - first;
    size_t n_slots = 64, mask;
    uint64_t *slots;
    bool zero = false, equal = false;

    (void)worker;
    (void)end;
    if (search->found)
        return DK_OK;
    while (n_slots < 2 * n)
        n_slots *= 2;
    mask = n_slots - 1;
    slots = dki_calloc(search->context, n_slots, sizeof *slots, err);
    if (slots == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t i = 0; i < n && !equal; i++) {
        uint64_t hash = search->dealt[first + i];
        size_t at = (size_t)hash & mask;

        if (hash == 0) {
            equal = zero;
            zero = true;
            continue;
        }
        while (slots[at] != 0 && slots[at] != hash)
            at = (at + 1) & mask;
        equal = slots[at] == hash;
        slots[at] = hash;
    }
    dki_free(search->context, slots);
    if (equal)
        search->found = true;
    return DK_OK;
}

static dk_status look_first(const dk_column *column, bool *equal, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column), hashes[LOOK_ROWS];
    size_t n = n_rows < LOOK_ROWS ? (size_t)n_rows : LOOK_ROWS;
    dki_int_map seen;
    dk_view view;
    dk_status status;

    *equal = false;
    dki_int_map_init(&seen, context);
    dk_view_init(&view, context);
    status = dk_column_view(column, 0, n, &view, err);
    if (status == DK_OK)
        n = hash_view(&view, 0, hashes);
    for (size_t i = 0; status == DK_OK && i < n; i++) {
        uint32_t number;

        status = dki_int_map_add(&seen, hashes[i], &number, err);
        *equal = *equal || number < i;
    }
    dk_view_release(&view);
    dki_int_map_drop(&seen);
    return status;
}

static dk_status look_at_all(const dk_column *column, bool *equal, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(column), n_ranges = (n_rows + RANGE_ROWS - 1) / RANGE_ROWS;
    dk_context *context = dk_column_context(column);
    struct search search = { .column = column, .context = context };
    dki_text_map none;
    dk_status status = DK_OK;

    dki_text_map_init(&none, context); /* knows the secret */
    search.seed = none.seed;
    dki_text_map_drop(&none);
    search.hashes = dki_alloc_array(context, (size_t)n_rows, sizeof *search.hashes, err);
    search.dealt = dki_alloc_array(context, (size_t)n_rows, sizeof *search.dealt, err);
    search.starts = dki_calloc(context, (size_t)n_ranges, sizeof *search.starts, err);
    if (!search.hashes || !search.dealt || !search.starts)
        status = DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_parallel(context, n_rows, RANGE_ROWS, hash_range, &search, err);
    if (status == DK_OK) {
        lay_out(&search, n_ranges);
        status = dki_parallel(context, n_rows, RANGE_ROWS, deal_range, &search, err);
    }
    if (status == DK_OK)
        status = dki_parallel(context, PARTS, 1, search_part, &search, err);
    *equal = search.found;
    dki_free(context, search.hashes);
    dki_free(context, search.dealt);
    dki_free(context, search.starts);
    return status;
}

static dk_status make(const dk_column *column, void **out, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(column), n_known = n_rows - dk_column_n_nulls(column);
    int64_t least, greatest;
    bool equal = n_rows >= MOST_ROWS, *unique;
    dki_key_index *index = equal ? NULL : dki_key_index_kept(column); /* a join may have found it out */
    dk_status status = DK_OK;

    if (index)
        equal = !dki_key_index_is_unique(index);
    else if (dk_column_bounds(column, &least, &greatest) && (uint64_t)greatest - (uint64_t)least < n_known - 1)
        equal = true; /* more values than there are places for */
    if (!equal && !index && n_known > 1)
        status = look_first(column, &equal, err);
    if (status == DK_OK && !equal && !index && n_rows > LOOK_ROWS)
        status = look_at_all(column, &equal, err);
    dki_key_index_release(index);
    if (status != DK_OK)
        return status;
    unique = dki_alloc(dk_column_context(column), sizeof *unique, err);
    if (unique == NULL)
        return DK_ERR_MEMORY;
    *unique = !equal;
    *out = unique;
    return DK_OK;
}

static void drop(dk_context *context, void *derived)
{
    dki_free(context, derived);
}

dk_status dki_column_is_unique(const dk_column *column, bool *out, dk_error *err)
{
    static const dki_derived_kind kind = { "unique", make, drop };
    const void *unique;
    dk_status status = dki_column_derived(column, &kind, &unique, err);

    if (status == DK_OK)
        *out = *(const bool *)unique;
    return status;
}
