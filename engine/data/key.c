/* key.c - whether a key tells all rows of a table apart.
 *
 * Rows are hashed in blocks, and the hashes cut into parts by their top bits; each part is put into a table of its own,
 * small enough to stay near the processor. Values are compared only where all 64 bits of two hashes agree. Of several
 * rows that repeat a key the first is reported, whatever the number of threads.
 *
 * Cost: 8 bytes a row, and 16 for the rows of the parts that are worked on.
 */
#include <string.h>
#include <xxhash.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/text.h"
#include "column_parts.h"
#include "table_parts.h"

#define HASH_GRAIN 65536 /* rows, whole blocks */
#define PART_ROWS 262144
#define MAX_PARTS 64

struct search {
    const dk_table *table;
    const dk_column *const *columns;
    size_t n_columns;
    uint64_t seed; /* a secret, so that no file can be made whose hashes agree */
    uint64_t *hashes;
    unsigned part_bits; /* parts are 2^part_bits */
    struct pair {
        uint64_t first, again; /* again is DK_ROW_NULL where a part has no key twice */
    } found[MAX_PARTS];
};

static uint64_t hash_value(const dk_view *view, size_t i, uint64_t seed)
{
    dk_value value = dki_view_value(view, i);

    switch (view->type) {
    case DK_BOOLEAN: return value.as.boolean;
    case DK_REAL: return XXH3_64bits_withSeed(&value.as.real, sizeof value.as.real, seed);
    case DK_RATIO: return XXH3_64bits_withSeed(&value.as.ratio, sizeof value.as.ratio, seed);
    case DK_TEXT: return XXH3_64bits_withSeed(value.as.text.bytes, value.as.text.size, seed);
    default: return (uint64_t)value.as.integer;
    }
}

static void mix_view(const dk_view *view, uint64_t *hashes, uint64_t seed)
{
    uint32_t codes[DK_BLOCK_ROWS];
    bool is_category = view->type == DK_CATEGORY;

    if (is_category)
        dki_view_codes(view, codes);
    for (size_t i = 0; i < view->n; i++)
        hashes[i] = dki_hash_u64((hashes[i] ^ seed) * UINT64_C(0x9E3779B97F4A7C15) +
                                 (is_category ? codes[i] : hash_value(view, i, seed)));
}

static dk_status hash_rows(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct search *search = arg;
    size_t block_rows = dki_block_rows(search->table->context);
    dk_status status = DK_OK;
    dk_view view;

    (void)worker;
    memset(search->hashes + begin, 0, (size_t)(end - begin) * sizeof *search->hashes);
    dk_view_init(&view, search->table->context);
    for (size_t i = 0; i < search->n_columns; i++) {
        for (uint64_t row = begin; row < end && status == DK_OK; row += view.n) {
            status = dki_poll(search->table->context, err);
            if (status == DK_OK)
                status = dk_column_view(search->columns[i], row,
                                        end - row < block_rows ? (size_t)(end - row) : block_rows, &view, err);
            if (status == DK_OK)
                mix_view(&view, search->hashes + row, search->seed);
        }
    }
    dk_view_release(&view);
    return status;
}

static dk_status same_key(const struct search *search, uint64_t a, uint64_t b, bool *same, dk_error *err)
{
    dk_status status = DK_OK;

    *same = true;
    for (size_t i = 0; i < search->n_columns && *same && status == DK_OK; i++) {
        dk_value x = { .type = DK_INTEGER }, y = x;

        status = dk_column_get(search->columns[i], a, &x, err);
        if (status == DK_OK)
            status = dk_column_get(search->columns[i], b, &y, err);
        *same = status == DK_OK && dk_value_compare(&x, &y) == 0;
    }
    return status;
}

static uint64_t part_of(const struct search *search, uint64_t hash)
{
    return search->part_bits ? hash >> (64 - search->part_bits) : 0;
}

/* Finds the first row of a part that repeats a key. */
static dk_status search_part(const struct search *search, uint64_t part, struct pair *found, dk_error *err)
{
    uint64_t n_rows = search->table->n_rows, n = 0;
    size_t n_slots = 64;
    uint64_t *slots; /* row + 1 */
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < n_rows; row++)
        n += part_of(search, search->hashes[row]) == part;
    while (n_slots < 2 * n)
        n_slots *= 2;
    slots = dki_calloc(search->table->context, n_slots, sizeof *slots, err);
    if (slots == NULL)
        return DK_ERR_MEMORY;
    for (uint64_t row = 0; row < n_rows && status == DK_OK && found->again == DK_ROW_NULL; row++) {
        uint64_t hash = search->hashes[row];
        size_t at = (size_t)hash & (n_slots - 1);

        if (row % HASH_GRAIN == 0)
            status = dki_poll(search->table->context, err);
        if (part_of(search, hash) != part)
            continue;
        for (; slots[at] && status == DK_OK; at = (at + 1) & (n_slots - 1)) {
            bool same = false;

            if (search->hashes[slots[at] - 1] == hash)
                status = same_key(search, slots[at] - 1, row, &same, err);
            if (same) {
                *found = (struct pair){ slots[at] - 1, row };
                break;
            }
        }
        slots[at] = slots[at] ? slots[at] : row + 1;
    }
    dki_free(search->table->context, slots);
    return status;
}

static dk_status search_parts(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    struct search *search = arg;
    dk_status status = DK_OK;

    (void)worker;
    for (uint64_t part = begin; part < end && status == DK_OK; part++)
        status = search_part(search, part, &search->found[part], err);
    return status;
}

/* "A12" stands in rows 4 and 17 */
static dk_status repeats(const struct search *search, const char *const *key, struct pair pair, dk_error *err)
{
    char names[200], values[200];
    size_t n_names = 0, n_values = 0;

    names[0] = values[0] = '\0';
    for (size_t i = 0; i < search->n_columns; i++) {
        const char *between = i ? ", " : "";
        char text[120];
        dk_value value = { .type = DK_INTEGER };
        dk_status status = dk_column_get(search->columns[i], pair.again, &value, err);
        size_t size;

        if (status != DK_OK)
            return status;
        size = dk_value_format(&value, text, sizeof text);
        size = size < sizeof text ? size : strlen(text);
        if (n_names + strlen(key[i]) + 3 < sizeof names && n_values + size + 3 < sizeof values) {
            n_names = (size_t)(stpcpy(stpcpy(names + n_names, between), key[i]) - names);
            n_values = (size_t)(stpcpy(stpcpy(values + n_values, between), text) - values);
        }
    }
    dki_fail(err, DK_ERR_DUPLICATE, "the key %s is not unique: \"%s\" stands in rows %llu and %llu", names, values,
             (unsigned long long)pair.first + 1, (unsigned long long)pair.again + 1);
    dki_hint(err, "leave one of them out, or name more columns that tell them apart");
    return DK_ERR_DUPLICATE;
}

dk_status dki_key_check(const dk_table *table, const char *const *key, size_t n_key, dk_error *err)
{
    struct search search = { .table = table, .n_columns = n_key };
    const dk_column **columns = dki_alloc_array(table->context, n_key, sizeof *columns, err);
    struct pair first = { 0, DK_ROW_NULL };
    dki_int_map empty;
    dk_status status = columns ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; i < n_key && status == DK_OK; i++) {
        size_t at = 0;

        status = dk_table_get(table, key[i], &at, err);
        if (status != DK_OK)
            break;
        columns[i] = table->fields[at].column;
        if (dk_column_type(columns[i]) == DK_INTERVAL) {
            status = dki_fail(err, DK_ERR_TYPE, "%s is known in bounds only, and a key tells rows apart", key[i]);
            dki_hint(err, "name a column whose values are known, such as a code");
        }
    }
    dki_int_map_init(&empty, table->context);
    search.seed = empty.seed;
    search.columns = columns;
    if (status == DK_OK) {
        search.hashes = dki_alloc_array(table->context, (size_t)table->n_rows, sizeof *search.hashes, err);
        status = search.hashes ? DK_OK : DK_ERR_MEMORY;
    }
    while ((UINT64_C(1) << search.part_bits) < MAX_PARTS && table->n_rows >> search.part_bits > PART_ROWS)
        search.part_bits++;
    for (size_t i = 0; i < MAX_PARTS; i++)
        search.found[i] = first;
    if (status == DK_OK)
        status = dki_parallel(table->context, table->n_rows, HASH_GRAIN, hash_rows, &search, err);
    if (status == DK_OK)
        status = dki_parallel(table->context, UINT64_C(1) << search.part_bits, 1, search_parts, &search, err);
    for (size_t i = 0; i < MAX_PARTS && status == DK_OK; i++)
        if (search.found[i].again < first.again)
            first = search.found[i];
    if (status == DK_OK && first.again != DK_ROW_NULL)
        status = repeats(&search, key, first, err);
    dki_free(table->context, search.hashes);
    dki_free(table->context, columns);
    return status;
}
