/* sort_first.c - which rows can be among the first few: see sort_first.h.
 *
 * A value becomes a number that is never greater where the value comes before: for text its first eight bytes. Each
 * worker keeps rows whose number is within its bound. When its room is full, the bound becomes the number at place
 * `limit`, and what is beyond is dropped: soon nearly all rows cost a comparison and nothing more.
 *
 * What is kept is settled once more from what all workers have, by number and row, so that threads do not show.
 */
#include "sort_first.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/ordered_key.h"
#include "base/pool.h"
#include "data/column_parts.h"
#include "sort_key.h"
#include "sort_rows.h"

#define RANGE_ROWS 65536
#define ROOM 8192 /* beside twice the limit */

/* Rows that may still win: numbers and rows side by side. */
struct kept {
    uint64_t *numbers, *rows;
    size_t n, capacity;
    uint64_t bound; /* greater numbers are out */
    bool none;      /* and so are all */
    uint64_t end;   /* rows before it were looked at, if in_order */
    bool in_order;
};

struct first {
    dk_context *context;
    const dk_column *column;
    dk_type type;
    bool descending;
    bool exact; /* different values have different numbers, and there is no other key: ties go by the row */
    uint64_t least, span, null;
    uint64_t *ranks; /* category: numbers of codes */
    uint64_t limit, most;
    struct kept kept[DKI_MOST_WORKERS];
    atomic_bool too_many;
};

/* Numbers. ---------------------------------------------------------------------------------------------------------- */

static uint64_t text_number(const char *text, size_t size)
{
    unsigned char bytes[8] = { 0 };
    uint64_t number = 0;

    if (size >= sizeof bytes)
        memcpy(bytes, text, sizeof bytes);
    else if (size > 0)
        memcpy(bytes, text, size);
    for (size_t i = 0; i < sizeof bytes; i++) /* compilers know this as a load and a swap of bytes */
        number = number << 8 | bytes[i];
    return number;
}

#define NUMBERS(type)                                                        \
    do {                                                                     \
        const type *values_ = view->values;                                  \
        if (first->descending)                                               \
            for (size_t i_ = 0; i_ < n; i_++)                                \
                numbers[i_] = last - (uint64_t)(int64_t)values_[i_];         \
        else                                                                 \
            for (size_t i_ = 0; i_ < n; i_++)                                \
                numbers[i_] = (uint64_t)(int64_t)values_[i_] - first->least; \
    } while (0)

#define RANKS(type)                                  \
    do {                                             \
        const type *values_ = view->values;          \
        for (size_t i_ = 0; i_ < n; i_++)            \
            numbers[i_] = first->ranks[values_[i_]]; \
    } while (0)

/* Numbers of n rows as they are stored. */
static void number_values(const struct first *first, const dk_view *view, size_t n, uint64_t *numbers)
{
    const uint64_t last = first->least + first->span;
    const uint32_t *offsets = view->values; /* of texts */

    switch (view->storage) {
    case DK_STORE_BITS:
        for (size_t i = 0; i < n; i++)
            numbers[i] = (((const uint64_t *)view->values)[i / 64] >> (i % 64) & 1) != first->descending;
        break;
    case DK_STORE_I8: NUMBERS(int8_t); break;
    case DK_STORE_I16: NUMBERS(int16_t); break;
    case DK_STORE_I32: NUMBERS(int32_t); break;
    case DK_STORE_I64: NUMBERS(int64_t); break;
    case DK_STORE_U8: RANKS(uint8_t); break;
    case DK_STORE_U16: RANKS(uint16_t); break;
    case DK_STORE_U32: RANKS(uint32_t); break;
    case DK_STORE_F64:
        for (size_t i = 0; i < n; i++) {
            uint64_t number = dki_real_key(((const double *)view->values)[i]);

            numbers[i] = first->descending ? ~number : number;
        }
        break;
    default:
        for (size_t i = 0; i < n; i++) {
            uint64_t number = text_number(view->bytes + offsets[i], offsets[i + 1] - offsets[i]);

            numbers[i] = first->descending ? ~number : number;
        }
        break;
    }
    for (size_t i = 0; view->valid && i < n; i++)
        if (!(view->valid[i / 64] >> (i % 64) & 1))
            numbers[i] = first->null;
}

static void number_rows(const struct first *first, const dk_view *view, size_t n, uint64_t *numbers)
{
    number_values(first, view, view->constant ? 1 : n, numbers);
    for (size_t i = 1; view->constant && i < n; i++)
        numbers[i] = numbers[0];
}

/* Keeping. ---------------------------------------------------------------------------------------------------------- */

/* The number at place `place` (from 0) of numbers in order. */
static uint64_t number_at(const uint64_t *numbers, size_t n, size_t place)
{
    uint64_t prefix = 0, mask = 0;

    for (unsigned shift = 64; shift > 0;) {
        size_t counts[256] = { 0 };
        unsigned byte = 0;

        shift -= 8;
        for (size_t i = 0; i < n; i++)
            if ((numbers[i] & mask) == prefix)
                counts[numbers[i] >> shift & 255]++;
        while (place >= counts[byte])
            place -= counts[byte++];
        prefix |= (uint64_t)byte << shift;
        mask |= UINT64_C(255) << shift;
    }
    return prefix;
}

/* Drops what cannot win. Rows stand in rising order. */
static void drop_losers(const struct first *first, struct kept *kept)
{
    uint64_t bound;
    size_t n = 0, below = 0, ties = 0;

    if (kept->n < first->limit)
        return;
    bound = number_at(kept->numbers, kept->n, (size_t)first->limit - 1);
    for (size_t i = 0; i < kept->n; i++)
        below += kept->numbers[i] < bound;
    for (size_t i = 0; i < kept->n; i++) {
        if (kept->numbers[i] > bound)
            continue;
        if (first->exact && kept->numbers[i] == bound && ties++ >= first->limit - below)
            continue;
        kept->numbers[n] = kept->numbers[i];
        kept->rows[n++] = kept->rows[i];
    }
    kept->n = n;
    kept->bound = bound;
    if (first->exact && kept->in_order) { /* rows to come lose a tie */
        kept->none = bound == 0;
        kept->bound = bound ? bound - 1 : 0;
    }
}

static dk_status make_room(struct first *first, struct kept *kept, dk_error *err)
{
    size_t capacity = kept->capacity ? 2 * kept->capacity : (size_t)first->limit * 2 + ROOM;
    void *numbers = kept->numbers, *rows = kept->rows;
    dk_status status = dki_resize(first->context, &numbers, capacity * sizeof *kept->numbers, err);

    kept->numbers = numbers;
    if (status == DK_OK)
        status = dki_resize(first->context, &rows, capacity * sizeof *kept->rows, err);
    kept->rows = rows;
    if (status == DK_OK)
        kept->capacity = capacity;
    return status;
}

/* Room for a block more. */
static dk_status settle_room(struct first *first, struct kept *kept, dk_error *err)
{
    if (kept->n + DK_BLOCK_ROWS <= kept->capacity)
        return DK_OK;
    if (!kept->in_order) {
        dk_status status = dki_sort_keys(first->context, kept->rows, kept->numbers, kept->n, 64, err);

        if (status != DK_OK)
            return status;
    }
    drop_losers(first, kept);
    if (kept->n > first->most)
        atomic_store(&first->too_many, true);
    return kept->n + DK_BLOCK_ROWS <= kept->capacity ? DK_OK : make_room(first, kept, err);
}

static void keep_block(struct kept *kept, const uint64_t *numbers, uint64_t row, size_t n)
{
    const uint64_t bound = kept->bound;
    size_t at = kept->n;

    for (size_t i = 0; i < n; i++)
        if (numbers[i] <= bound) {
            kept->numbers[at] = numbers[i];
            kept->rows[at++] = row + i;
        }
    kept->n = at;
}

static dk_status keep_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct first *first = arg;
    struct kept *kept = &first->kept[worker];
    size_t step = dki_block_rows(first->context);
    uint64_t numbers[DK_BLOCK_ROWS];
    dk_status status = DK_OK;
    dk_view view;

    if (kept->capacity == 0) {
        kept->bound = UINT64_MAX;
        kept->in_order = true;
    }
    if (begin < kept->end && kept->in_order) { /* one that was out by the row may not be beside what comes now */
        kept->in_order = false;
        kept->bound += !kept->none && kept->bound < UINT64_MAX;
        kept->none = false;
    }
    kept->end = end;
    dk_view_init(&view, first->context);
    for (uint64_t row = begin; row < end && status == DK_OK && !kept->none && !atomic_load(&first->too_many);
         row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(first->context, err);
        if (status == DK_OK)
            status = settle_room(first, kept, err);
        if (status == DK_OK)
            status = dk_column_view(first->column, row, n, &view, err);
        if (status != DK_OK)
            break;
        number_rows(first, &view, n, numbers);
        keep_block(kept, numbers, row, n);
    }
    dk_view_release(&view);
    return status;
}

/* The whole. -------------------------------------------------------------------------------------------------------- */

static dk_status init_ranks(struct first *first, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(first->column);
    size_t n = dk_dictionary_n_levels(levels);

    first->ranks = dki_alloc_array(first->context, n + 1, sizeof *first->ranks, err);
    if (first->ranks == NULL)
        return DK_ERR_MEMORY;
    first->ranks[0] = n;
    for (uint32_t code = 1; code <= n; code++) {
        uint32_t rank = dk_dictionary_rank(levels, code);

        first->ranks[code] = first->descending ? n - 1 - rank : rank;
    }
    return DK_OK;
}

/* Settles how values become numbers; exact becomes whether different ones do become different. */
static dk_status init_numbers(struct first *first, dk_error *err)
{
    int64_t least = 0, greatest = 0;

    first->null = UINT64_MAX;
    switch (first->type) {
    case DK_CATEGORY: first->exact = true; return init_ranks(first, err);
    case DK_REAL:
    case DK_BOOLEAN: first->exact = true; return DK_OK;
    case DK_TEXT: return DK_OK;
    default:
        (void)dk_column_bounds(first->column, &least, &greatest); /* none: all are null */
        first->least = (uint64_t)least;
        first->span = (uint64_t)greatest - (uint64_t)least;
        first->exact = first->span < UINT64_MAX;
        return DK_OK;
    }
}

/* One list of all that workers kept, by row. */
static dk_status gather_kept(struct first *first, struct kept *all, dk_error *err)
{
    for (size_t w = 0; w < DKI_MOST_WORKERS; w++)
        all->capacity += first->kept[w].n;
    all->numbers = dki_alloc_array(first->context, all->capacity, 2 * sizeof *all->numbers, err);
    if (all->numbers == NULL)
        return DK_ERR_MEMORY;
    all->rows = all->numbers + all->capacity;
    for (size_t w = 0; w < DKI_MOST_WORKERS; w++) {
        const struct kept *kept = &first->kept[w];

        if (kept->n == 0)
            continue;
        memcpy(all->numbers + all->n, kept->numbers, kept->n * sizeof *kept->numbers);
        memcpy(all->rows + all->n, kept->rows, kept->n * sizeof *kept->rows);
        all->n += kept->n;
    }
    return dki_sort_keys(first->context, all->rows, all->numbers, all->n, 64, err);
}

static dk_status find(struct first *first, uint64_t n_rows, uint64_t *rows, uint64_t *n_found, dk_error *err)
{
    struct kept all = { 0 };
    dk_status status = dki_parallel(first->context, n_rows, RANGE_ROWS, keep_range, first, err);

    if (status == DK_OK && !atomic_load(&first->too_many)) {
        status = gather_kept(first, &all, err);
        if (status == DK_OK)
            drop_losers(first, &all);
        if (status == DK_OK && all.n <= first->most) {
            memcpy(rows, all.rows, all.n * sizeof *rows);
            *n_found = all.n;
        }
    }
    dki_free(first->context, all.numbers);
    return status;
}

dk_status dki_first_rows(dk_context *context, const dki_order_key *keys, size_t n_keys, uint64_t n_rows,
                         uint64_t limit, uint64_t most, uint64_t *rows, uint64_t *n_found, dk_error *err)
{
    struct first *first;
    dk_status status;

    *n_found = UINT64_MAX;
    if (n_keys == 0 || dk_column_type(keys[0].column) == DK_RATIO)
        return DK_OK;
    first = dki_calloc(context, 1, sizeof *first, err);
    if (first == NULL)
        return DK_ERR_MEMORY;
    first->context = context;
    first->column = keys[0].column;
    first->type = dk_column_type(first->column);
    first->descending = keys[0].descending;
    first->limit = limit;
    first->most = most;
    atomic_init(&first->too_many, false);
    status = init_numbers(first, err);
    first->exact = first->exact && n_keys == 1;
    if (status == DK_OK)
        status = find(first, n_rows, rows, n_found, err);
    for (size_t w = 0; w < DKI_MOST_WORKERS; w++) {
        dki_free(context, first->kept[w].numbers);
        dki_free(context, first->kept[w].rows);
    }
    dki_free(context, first->ranks);
    dki_free(context, first);
    return status;
}
