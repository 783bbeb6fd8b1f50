/* chunk_runs.c - chunks whose equal rows follow each other: a value for each run.
 *
 * A register that is sorted by municipality, or a delivery that was appended, has columns that hardly change from row to
 * row. A block within one run is a view of one value, which who groups and evaluates treats as such; so runs make such a
 * column smaller and quicker. A block of several runs is written out, which costs a little: therefore
 * runs are kept only where they are long (docs/performance-tables.md).
 *
 * Invariants: two runs or more, none empty; ends ascend to n_rows; neighbours differ in the chunk where they were found,
 * which nobody relies on.
 */
#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "chunk.h"

#define RUN_ROWS 1024    /* of a run, on average, at least */
#define FEWEST_ROWS 4096 /* of a chunk: smaller ones are not worth a look */
#define PEEK_ROWS 512    /* are looked at first, ... */
#define PEEK_CHANGES 4   /* ... and may have so many runs */

size_t dki_chunk_run(const dki_chunk *chunk, uint64_t row)
{
    const uint32_t *ends = chunk->ends;
    size_t low = 0, high = chunk->n_runs;

    while (low < high) { /* the first run that ends behind the row */
        size_t middle = low + (high - low) / 2;

        if (ends[middle] <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Finding ------------------------------------------------------------------------------------------------------------ */

/* Counts the rows from `from` to n that differ from the row before; where ends is given, their numbers are put there. */
#define CHANGES(type_)                             \
    do {                                           \
        const type_ *v_ = chunk->values;           \
        if (ends)                                  \
            for (size_t i_ = from; i_ < n; i_++) { \
                ends[changes] = (uint32_t)i_;      \
                changes += v_[i_] != v_[i_ - 1];   \
            }                                      \
        else                                       \
            for (size_t i_ = from; i_ < n; i_++)   \
                changes += v_[i_] != v_[i_ - 1];   \
    } while (0)

static size_t value_changes(const dki_chunk *chunk, size_t from, size_t n, uint32_t *ends)
{
    size_t changes = 0;

    switch (dki_storage_width(chunk->storage)) {
    case 1: CHANGES(uint8_t); break;
    case 2: CHANGES(uint16_t); break;
    case 4: CHANGES(uint32_t); break;
    default: CHANGES(uint64_t); break;
    }
    return changes;
}

static bool known_at(const dki_chunk *chunk, size_t i)
{
    return chunk->valid == NULL || dki_bit(chunk->valid, i);
}

/* The same where bits say which rows are known, and for other storages: row by row. */
static size_t slow_changes(const dki_chunk *chunk, size_t from, size_t n, uint32_t *ends)
{
    size_t width = dki_storage_width(chunk->storage), changes = 0;
    const char *values = chunk->values;

    for (size_t i = from; i < n; i++) {
        bool same = known_at(chunk, i) == known_at(chunk, i - 1);

        if (same && width == 0)
            same = dki_bit(chunk->values, i) == dki_bit(chunk->values, i - 1);
        else if (same)
            same = memcmp(values + i * width, values + (i - 1) * width, width) == 0;
        if (same)
            continue;
        if (ends)
            ends[changes] = (uint32_t)i;
        changes++;
    }
    return changes;
}

static bool holds_numbers(dk_storage storage)
{
    return storage != DK_STORE_BITS && storage != DK_STORE_F64 && storage != DK_STORE_RATIO;
}

/* ends: room for one more than there are. */
static size_t count_changes(const dki_chunk *chunk, size_t n, uint32_t *ends)
{
    return chunk->valid == NULL && holds_numbers(chunk->storage) ? value_changes(chunk, 1, n, ends)
                                                                 : slow_changes(chunk, 1, n, ends);
}

/* Whether the first rows look like runs; a column that has none costs no more than this. */
static bool may_have_runs(const dki_chunk *chunk)
{
    const uint64_t *words = chunk->values;
    size_t changes = 0;

    if (holds_numbers(chunk->storage))
        return value_changes(chunk, 1, PEEK_ROWS, NULL) <= PEEK_CHANGES;
    if (chunk->storage != DK_STORE_BITS)
        return slow_changes(chunk, 1, PEEK_ROWS, NULL) <= PEEK_CHANGES;
    for (size_t i = 0; i < PEEK_ROWS / 64; i++)
        changes +=
            (size_t)__builtin_popcountll(words[i] ^ (words[i] << 1 | (i > 0 ? words[i - 1] >> 63 : words[i] & 1)));
    return changes <= PEEK_CHANGES;
}

/* Copies the values and bits of the rows before each end. */
static void pick(const dki_chunk *chunk, const uint32_t *ends, size_t n_runs, char *values, uint64_t *valid)
{
    size_t width = dki_storage_width(chunk->storage);

    for (size_t k = 0; k < n_runs; k++) {
        size_t row = ends[k] - 1;

        if (width == 0)
            dki_bit_put((uint64_t *)(void *)values, k, dki_bit(chunk->values, row));
        else
            memcpy(values + k * width, (const char *)chunk->values + row * width, width);
        if (valid)
            dki_bit_put(valid, k, dki_bit(chunk->valid, row));
    }
}

dk_status dki_chunk_find_runs(dki_chunk *chunk, dk_error *err)
{
    size_t n = (size_t)chunk->n_rows, n_runs, bytes, valid_bytes;
    uint32_t *ends;
    char *values;
    uint64_t *valid;

    if (chunk->constant || chunk->n_runs > 0 || chunk->storage == DK_STORE_TEXT || chunk->n_rows < FEWEST_ROWS ||
        chunk->n_rows > UINT32_MAX || !may_have_runs(chunk))
        return DK_OK;
    n_runs = count_changes(chunk, n, NULL) + 1;
    if (n_runs < 2 || n_runs > n / RUN_ROWS)
        return DK_OK;
    bytes = dki_storage_bytes(chunk->storage, n_runs);
    valid_bytes = chunk->valid ? dki_storage_bytes(DK_STORE_BITS, n_runs) : 0;
    ends = dki_alloc_wide(chunk->context, n_runs * sizeof *ends, err);
    values = dki_alloc_wide(chunk->context, bytes, err);
    valid = chunk->valid ? dki_alloc_wide(chunk->context, valid_bytes, err) : NULL;
    if (ends == NULL || values == NULL || (chunk->valid && valid == NULL)) {
        dki_free(chunk->context, ends);
        dki_free(chunk->context, values);
        dki_free(chunk->context, valid);
        return DK_ERR_MEMORY;
    }
    memset(values, 0, bytes);
    if (valid)
        memset(valid, 0, valid_bytes);
    (void)count_changes(chunk, n, ends);
    ends[n_runs - 1] = (uint32_t)n;
    pick(chunk, ends, n_runs, values, valid);
    dki_free(chunk->context, chunk->values);
    dki_free(chunk->context, chunk->valid);
    chunk->values = values;
    chunk->valid = valid;
    chunk->ends = ends;
    chunk->n_runs = (uint32_t)n_runs;
    chunk->heap_bytes = sizeof *chunk + bytes + valid_bytes + n_runs * sizeof *ends;
    return DK_OK;
}

/* Expanding ---------------------------------------------------------------------------------------------------------- */

static void fill_bits(uint64_t *bits, size_t from, size_t to, bool on)
{
    for (size_t i = from; i < to;) {
        if (i % 64 == 0 && to - i >= 64) {
            bits[i / 64] = on ? ~UINT64_C(0) : 0;
            i += 64;
        } else {
            dki_bit_put(bits, i++, on);
        }
    }
}

#define PATTERN_BYTES 64

/* Writes a value of `width` bytes, which divides the pattern, n times: in pieces that a compiler copies by registers. */
static void fill_value(char *to, const char *value, size_t width, size_t n)
{
    char pattern[PATTERN_BYTES];
    size_t bytes = n * width;

    for (size_t i = 0; i < PATTERN_BYTES; i += width)
        memcpy(pattern + i, value, width);
    for (; bytes >= PATTERN_BYTES; bytes -= PATTERN_BYTES, to += PATTERN_BYTES)
        memcpy(to, pattern, PATTERN_BYTES);
    memcpy(to, pattern, bytes);
}

static void fill_values(const dki_chunk *chunk, size_t run, void *values, size_t from, size_t to)
{
    size_t width = dki_storage_width(chunk->storage);
    const char *value = (const char *)chunk->values + run * width;

    if (width == 0)
        fill_bits(values, from, to, dki_bit(chunk->values, run));
    else if (width == 1)
        memset((char *)values + from, *(const unsigned char *)value, to - from);
    else
        fill_value((char *)values + from * width, value, width, to - from);
}

void dki_runs_expand(const dki_chunk *chunk, uint64_t at, size_t n, void *values, uint64_t *valid)
{
    size_t run = dki_chunk_run(chunk, at);

    for (size_t from = 0; from < n; run++) {
        uint64_t end = chunk->ends[run] - at;
        size_t to = end < n ? (size_t)end : n;

        fill_values(chunk, run, values, from, to);
        if (valid)
            fill_bits(valid, from, to, dki_bit(chunk->valid, run));
        from = to;
    }
}
