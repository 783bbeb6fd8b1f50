/* fingerprint.c - a hash of what a table says, whatever it is stored in.
 *
 * Columns are cut into pieces of PIECE_ROWS rows by their row numbers alone; each piece is hashed in one plain form,
 * whatever its storage, and the hashes are hashed in order. So pieces can be hashed side by side. docs/snapshot.md writes
 * the form down.
 *
 * Cost: 8 bytes are hashed for each value, 16 for a ratio, and a text's own.
 */
#include <dekking/fingerprint.h>
#include <dekking/members.h>

#include <stdio.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* for the size of its state */
#include <xxhash.h>

#include "base/bitmap.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "data/checksum.h"
#include "data/children.h"
#include "data/column_parts.h"
#include "data/table_parts.h"
#include "snapshot_format.h"

#define PIECE_ROWS 65536 /* whole blocks */
#define MANY_ROWS 4096   /* are worth waking a thread for */

struct work {
    const dk_table *table;
    dki_flat *flat;
    size_t n;
    uint64_t **level_hashes; /* of a category: by code; 0 for null */
    uint64_t n_pieces;       /* of each column */
    uint64_t *hashes;        /* n_pieces for each column */
};

/* Adds the rows of a view in their plain form. */
static void add_rows(XXH3_state_t *state, const dk_view *view, const uint64_t *level_hashes, int64_t *numbers)
{
    size_t n = view->n;
    uint64_t known[DK_BLOCK_WORDS] = { 0 };

    for (size_t i = 0; i < n; i++)
        known[i / 64] |= (uint64_t)!dki_view_is_null(view, i) << i % 64;
    XXH3_64bits_update(state, known, dki_bit_words(n) * sizeof *known);
    switch (view->type) {
    case DK_TEXT:
        for (size_t i = 0; i < n; i++)
            numbers[i] = (int64_t)dki_view_text(view, i).size;
        XXH3_64bits_update(state, numbers, n * sizeof *numbers);
        for (size_t i = 0; i < n; i++) {
            dk_text text = dki_view_text(view, i);

            if (text.size > 0)
                XXH3_64bits_update(state, text.bytes, text.size);
        }
        return;
    case DK_RATIO:
        for (size_t i = 0; i < n; i++)
            XXH3_64bits_update(state, (const dk_ratio *)view->values + (view->constant ? 0 : i), sizeof(dk_ratio));
        return;
    case DK_CATEGORY: {
        uint32_t codes[DK_BLOCK_ROWS];

        dki_view_codes(view, codes);
        for (size_t i = 0; i < n; i++)
            numbers[i] = (int64_t)level_hashes[codes[i]];
        break;
    }
    case DK_REAL:
        for (size_t i = 0; i < n; i++)
            memcpy(&numbers[i], (const double *)view->values + (view->constant ? 0 : i), sizeof *numbers);
        break;
    default: dki_view_integers(view, numbers);
    }
    XXH3_64bits_update(state, numbers, n * sizeof *numbers);
}

static dk_status hash_piece(const struct work *work, uint64_t item, dk_view *view, XXH3_state_t *state,
                            int64_t *numbers, dk_error *err)
{
    size_t at = (size_t)(item / work->n_pieces);
    const dk_column *column = work->flat[at].column;
    uint64_t row = item % work->n_pieces * PIECE_ROWS;
    uint64_t n_rows = work->table->n_rows;
    uint64_t end = n_rows - row < PIECE_ROWS ? n_rows : row + PIECE_ROWS;
    dk_status status = DK_OK;

    XXH3_64bits_reset(state);
    if (column->type == DK_INTERVAL) /* its children say it all */
        row = end;
    for (; row < end && status == DK_OK; row += DK_BLOCK_ROWS) {
        status = dki_poll(work->table->context, err);
        if (status == DK_OK) /* blocks are of one size here whatever the context says: they show in the hash */
            status = dk_column_view(column, row, end - row < DK_BLOCK_ROWS ? (size_t)(end - row) : DK_BLOCK_ROWS,
                                    view, err);
        if (status == DK_OK)
            add_rows(state, view, work->level_hashes[at], numbers);
    }
    work->hashes[item] = XXH3_64bits_digest(state);
    return status;
}

static dk_status hash_pieces(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct work *work = arg;
    dk_context *context = work->table->context;
    XXH3_state_t *state = dki_alloc_wide(context, sizeof *state, err);
    int64_t *numbers = state ? dki_alloc_array(context, DK_BLOCK_ROWS, sizeof *numbers, err) : NULL;
    dk_status status = numbers ? DK_OK : DK_ERR_MEMORY;
    dk_view view;

    (void)worker;
    dk_view_init(&view, context);
    for (uint64_t item = begin; item < end && status == DK_OK; item++)
        status = hash_piece(work, item, &view, state, numbers, err);
    dk_view_release(&view);
    dki_free(context, numbers);
    dki_free(context, state);
    return status;
}

static dk_status hash_levels(dk_context *context, const dk_dictionary *levels, uint64_t **out, dk_error *err)
{
    size_t n = dk_dictionary_n_levels(levels);
    uint64_t *hashes = dki_alloc_array(context, n + 1, sizeof *hashes, err);

    if (hashes == NULL)
        return DK_ERR_MEMORY;
    hashes[0] = 0;
    for (size_t i = 1; i <= n; i++) {
        dk_text level = dk_dictionary_level(levels, (uint32_t)i);

        hashes[i] = dki_checksum(level.bytes, level.size);
    }
    *out = hashes;
    return DK_OK;
}

/* What stands before the hashes of a column's pieces. */
static dk_status put_column(dki_buffer *whole, const struct work *work, size_t i, dk_error *err)
{
    const dki_flat *flat = &work->flat[i];
    const dk_column *column = flat->column;
    bool has_dimension = work->table->margin && flat->field && !flat->is_child;
    dk_status status = dki_put_text(whole, flat->name, err);

    if (status == DK_OK)
        status = dki_put_text(whole, dk_column_is_set(column) ? "set" : dk_type_name(dk_column_type(column)), err);
    if (status == DK_OK)
        status = dki_put_u64(whole, dk_column_scale(column), err);
    if (status == DK_OK)
        status = dki_put_u64(whole, has_dimension ? (uint64_t)(flat->field->margin_bit + 1) : 0, err);
    for (uint64_t k = 0; k < work->n_pieces && status == DK_OK; k++)
        status = dki_put_u64(whole, work->hashes[i * work->n_pieces + k], err);
    return status;
}

static dk_status put_table(dki_buffer *whole, const struct work *work, dk_error *err)
{
    dk_status status = dki_put_u64(whole, work->table->n_rows, err);

    if (status == DK_OK)
        status = dki_put_u64(whole, work->n, err);
    for (size_t i = 0; i < work->n && status == DK_OK; i++)
        status = put_column(whole, work, i, err);
    return status;
}

dk_status dk_table_fingerprint(const dk_table *table, char out[DK_FINGERPRINT_SIZE], dk_error *err)
{
    dk_context *context = table->context;
    struct work work = { .table = table,
                         .n_pieces = table->n_rows / PIECE_ROWS + (table->n_rows % PIECE_ROWS != 0) };
    dki_buffer whole;
    dk_status status = dki_table_flatten(table, &work.flat, &work.n, err);

    dki_buffer_init(&whole, context);
    work.level_hashes = work.flat ? dki_calloc(context, work.n, sizeof *work.level_hashes, err) : NULL;
    work.hashes = work.level_hashes
                      ? dki_alloc_array(context, work.n, (size_t)(work.n_pieces ? work.n_pieces : 1) * 8, err)
                      : NULL;
    if (work.hashes == NULL)
        status = DK_ERR_MEMORY;
    for (size_t i = 0; i < work.n && status == DK_OK; i++)
        if (work.flat[i].column->levels)
            status = hash_levels(context, work.flat[i].column->levels, &work.level_hashes[i], err);
    if (status == DK_OK && work.n_pieces > 0)
        status = dki_parallel(context, work.n_pieces * work.n, table->n_rows < MANY_ROWS ? work.n : 1, hash_pieces,
                              &work, err);
    if (status == DK_OK)
        status = put_table(&whole, &work, err);
    if (status == DK_OK) {
        XXH128_canonical_t canonical;

        XXH128_canonicalFromHash(&canonical, XXH3_128bits(whole.bytes, whole.size));
        for (size_t i = 0; i < sizeof canonical.digest; i++)
            snprintf(out + 2 * i, 3, "%02x", canonical.digest[i]);
    }
    for (size_t i = 0; work.level_hashes && i < work.n; i++)
        dki_free(context, work.level_hashes[i]);
    dki_free(context, work.hashes);
    dki_free(context, work.level_hashes);
    dki_free(context, work.flat);
    dki_buffer_drop(&whole);
    return status;
}
