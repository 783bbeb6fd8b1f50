/* sort_pieces.c - the keys of an order as bits: see sort_pieces.h.
 *
 * Cost: a pass over each key for its words, and one before it for texts and reals, whose range is not known. Several
 * threads; what they find is merged by range. Poll: once per block.
 */
#include "sort_pieces.h"

#include <string.h>

#include "base/bit_length.h"
#include "base/memory.h"
#include "base/ordered_key.h"
#include "base/pool.h"
#include "data/column_parts.h"

#define RANGE_ROWS 262144
#define MOST_TEXT_BITS 128 /* a text that takes more goes by its rank */

/* What must be looked for. ------------------------------------------------------------------------------------------ */

struct found {
    bool any;
    uint64_t least, greatest; /* codes of reals */
    size_t shortest, longest;
    uint8_t seen[DKI_PIECES_TEXT][DKI_PIECES_BYTES]; /* byte + 1 at each place of texts */
};

struct search {
    const dk_column *column;
    struct found *found; /* one for each range */
};

static void look_at_text(struct found *found, dk_text text)
{
    size_t n = text.size < DKI_PIECES_TEXT ? text.size : DKI_PIECES_TEXT;

    if (!found->any || text.size < found->shortest)
        found->shortest = text.size;
    if (text.size > found->longest)
        found->longest = text.size;
    found->any = true;
    for (size_t i = 0; i < n; i++)
        found->seen[i][(unsigned char)text.bytes[i] + 1] = 1;
}

static void look_at_real(struct found *found, double value)
{
    uint64_t code = dki_real_key(value);

    if (code < found->least)
        found->least = code;
    if (code > found->greatest)
        found->greatest = code;
    found->any = true;
}

static dk_status search_range(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    const struct search *search = arg;
    struct found *found = &search->found[begin / RANGE_ROWS];
    dk_context *context = dk_column_context(search->column);
    size_t step = dki_block_rows(context);
    dk_status status = DK_OK;
    dk_view view;

    (void)worker;
    dk_view_init(&view, context);
    for (uint64_t row = begin; row < end && status == DK_OK; row += step) {
        size_t n = end - row < step ? (size_t)(end - row) : step;

        status = dki_poll(context, err);
        if (status == DK_OK)
            status = dk_column_view(search->column, row, n, &view, err);
        for (size_t i = 0; status == DK_OK && i < n; i++) {
            if (dki_view_is_null(&view, i))
                continue;
            if (view.type == DK_TEXT)
                look_at_text(found, dki_view_text(&view, i));
            else
                look_at_real(found, ((const double *)view.values)[view.constant ? 0 : i]);
        }
    }
    dk_view_release(&view);
    return status;
}

static void merge_found(struct found *all, const struct found *some)
{
    if (!some->any)
        return;
    if (!all->any || some->shortest < all->shortest)
        all->shortest = some->shortest;
    if (some->longest > all->longest)
        all->longest = some->longest;
    if (some->least < all->least)
        all->least = some->least;
    if (some->greatest > all->greatest)
        all->greatest = some->greatest;
    all->any = true;
    for (size_t i = 0; i < DKI_PIECES_TEXT; i++)
        for (size_t byte = 0; byte < DKI_PIECES_BYTES; byte++)
            all->seen[i][byte] |= some->seen[i][byte];
}

static void found_init(struct found *found)
{
    memset(found, 0, sizeof *found);
    found->least = UINT64_MAX;
}

static dk_status find(const dk_column *column, struct found *out, dk_error *err)
{
    dk_context *context = dk_column_context(column);
    uint64_t n_rows = dk_column_n_rows(column);
    size_t n_ranges = (size_t)(n_rows / RANGE_ROWS + 1);
    struct search search = { .column = column };
    dk_status status;

    search.found = dki_alloc_array(context, n_ranges, sizeof *search.found, err);
    if (search.found == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_ranges; i++)
        found_init(&search.found[i]);
    status = dki_parallel(context, n_rows, RANGE_ROWS, search_range, &search, err);
    found_init(out);
    for (size_t i = 0; i < n_ranges; i++)
        merge_found(out, &search.found[i]);
    dki_free(context, search.found);
    return status;
}

/* Keys. ------------------------------------------------------------------------------------------------------------- */

/* Codes least .. least + span, and null behind them where there is room. */
static void settle_range(dki_sort_pieces_key *key, uint64_t least, uint64_t span)
{
    key->least = least;
    key->span = span;
    key->null_apart = key->has_null && span == UINT64_MAX;
    key->bits = dki_bit_length(span + (key->has_null && !key->null_apart)) + key->null_apart;
}

static dk_status init_ranks(dki_sort_pieces_key *key, dk_error *err)
{
    uint64_t n_rows = dk_column_n_rows(key->column), greatest = 0;
    dk_status status = dki_sort_codes_init(&key->codes, key->column, err);

    for (uint64_t i = 0; status == DK_OK && i < n_rows; i++)
        if (key->codes.codes[i] > greatest)
            greatest = key->codes.codes[i];
    settle_range(key, 0, greatest);
    return status;
}

/* Ranks of the bytes that were seen at a place; returns the bits that they take. */
static unsigned rank_bytes(const dki_sort_pieces_key *key, const uint8_t *seen, uint8_t *ranks)
{
    unsigned n = 0;

    for (size_t byte = 0; byte < DKI_PIECES_BYTES; byte++)
        n += seen[byte];
    for (size_t byte = 0, rank = 0; byte < DKI_PIECES_BYTES; byte++)
        if (seen[byte]) {
            ranks[byte] = (uint8_t)(key->descending ? n - 1 - rank : rank);
            rank++;
        }
    return n ? dki_bit_length(n - 1) : 0;
}

/* UTF-8 has 243 different bytes at most, so that ranks fit, the end of a text included. */
static dk_status init_text(dki_sort_pieces_key *key, dk_context *context, dk_error *err)
{
    struct found *found = dki_alloc(context, sizeof *found, err);
    dk_status status = found ? find(key->column, found, err) : DK_ERR_MEMORY;
    unsigned bits = key->has_null;

    if (status == DK_OK && found->longest <= DKI_PIECES_TEXT) {
        key->n_bytes = found->longest;
        key->bytes = dki_calloc(context, key->n_bytes, sizeof *key->bytes, err);
        status = key->bytes ? DK_OK : DK_ERR_MEMORY;
    }
    for (size_t i = 0; status == DK_OK && i < key->n_bytes; i++) {
        found->seen[i][0] = i >= found->shortest;
        key->bytes[i].bits = rank_bytes(key, found->seen[i], key->bytes[i].ranks);
        bits += key->bytes[i].bits;
    }
    if (status == DK_OK && (found->longest > DKI_PIECES_TEXT || bits > MOST_TEXT_BITS)) {
        dki_free(context, key->bytes);
        key->bytes = NULL;
        status = init_ranks(key, err);
    } else if (status == DK_OK) {
        key->null_apart = key->has_null;
        key->bits = bits;
    }
    dki_free(context, found);
    return status;
}

static dk_status init_category(dki_sort_pieces_key *key, dk_context *context, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(key->column);
    size_t n = dk_dictionary_n_levels(levels);

    settle_range(key, 0, n ? n - 1 : 0);
    key->ranks = dki_alloc_array(context, n + 1, sizeof *key->ranks, err);
    if (key->ranks == NULL)
        return DK_ERR_MEMORY;
    key->ranks[0] = (uint32_t)key->span + 1;
    for (uint32_t code = 1; code <= n; code++) {
        uint32_t rank = dk_dictionary_rank(levels, code);

        key->ranks[code] = key->descending ? (uint32_t)key->span - rank : rank;
    }
    return DK_OK;
}

static dk_status init_key(dki_sort_pieces_key *key, dk_context *context, const dki_order_key *from, dk_error *err)
{
    int64_t least = 0, greatest = 0;
    struct found *found;
    dk_status status;

    key->column = from->column;
    key->type = dk_column_type(from->column);
    key->descending = from->descending;
    key->has_null = dk_column_n_nulls(from->column) > 0;
    switch (key->type) {
    case DK_CATEGORY: return init_category(key, context, err);
    case DK_TEXT: return init_text(key, context, err);
    case DK_RATIO: return init_ranks(key, err);
    case DK_BOOLEAN: settle_range(key, 0, 1); return DK_OK;
    case DK_REAL:
        found = dki_alloc(context, sizeof *found, err);
        status = found ? find(from->column, found, err) : DK_ERR_MEMORY;
        if (status == DK_OK)
            settle_range(key, found->any ? found->least : 0, found->any ? found->greatest - found->least : 0);
        dki_free(context, found);
        return status;
    default:
        (void)dk_column_bounds(from->column, &least, &greatest); /* none: all are null */
        settle_range(key, (uint64_t)least, (uint64_t)greatest - (uint64_t)least);
        return DK_OK;
    }
}

dk_status dki_sort_pieces_init(dki_sort_pieces *pieces, dk_context *context, const dki_order_key *keys,
                               size_t n_keys, size_t n_group, unsigned word_bits, dk_error *err)
{
    dk_status status = DK_OK;

    memset(pieces, 0, sizeof *pieces);
    pieces->context = context;
    pieces->word_bits = word_bits;
    pieces->keys = dki_calloc(context, n_keys, sizeof *pieces->keys, err);
    if (pieces->keys == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n_keys && status == DK_OK; i++) {
        pieces->n_keys = i + 1;
        status = init_key(&pieces->keys[i], context, &keys[i], err);
        pieces->bits += pieces->keys[i].bits;
        if (i < n_group)
            pieces->group_bits += pieces->keys[i].bits;
    }
    pieces->n_words = (pieces->bits + word_bits - 1) / word_bits;
    if (status != DK_OK)
        dki_sort_pieces_drop(pieces);
    return status;
}

void dki_sort_pieces_drop(dki_sort_pieces *pieces)
{
    for (size_t i = 0; i < pieces->n_keys; i++) {
        dki_free(pieces->context, pieces->keys[i].ranks);
        dki_free(pieces->context, pieces->keys[i].bytes);
        dki_sort_codes_drop(&pieces->keys[i].codes, pieces->context);
    }
    dki_free(pieces->context, pieces->keys);
    memset(pieces, 0, sizeof *pieces);
}

unsigned dki_sort_pieces_word_bits(const dki_sort_pieces *pieces, size_t w)
{
    return w + 1 < pieces->n_words ? pieces->word_bits : pieces->bits - (unsigned)w * pieces->word_bits;
}

unsigned dki_sort_pieces_word_group_bits(const dki_sort_pieces *pieces, size_t w)
{
    unsigned before = (unsigned)w * pieces->word_bits, bits = dki_sort_pieces_word_bits(pieces, w);

    if (pieces->group_bits <= before)
        return 0;
    return pieces->group_bits - before < bits ? pieces->group_bits - before : bits;
}

/* Blocks. ----------------------------------------------------------------------------------------------------------- */

dk_status dki_sort_pieces_block_new(const dki_sort_pieces *pieces, uint64_t n_rows, dki_sort_pieces_block **out,
                                    dk_error *err)
{
    const size_t n = n_rows < DK_BLOCK_ROWS ? (size_t)n_rows : DK_BLOCK_ROWS;
    const size_t row_bytes = sizeof(dk_text) + (1 + pieces->n_words) * sizeof(uint64_t);
    dki_sort_pieces_block *block =
        dki_alloc(pieces->context, sizeof *block + pieces->n_keys * sizeof(dk_view) + n * row_bytes, err);

    if (block == NULL)
        return DK_ERR_MEMORY;
    block->pieces = pieces;
    block->n_rows = n;
    block->views = (dk_view *)(block + 1);
    for (size_t i = 0; i < pieces->n_keys; i++)
        dk_view_init(&block->views[i], pieces->context);
    block->texts = (dk_text *)(block->views + pieces->n_keys);
    block->piece = (uint64_t *)(block->texts + n);
    block->words = block->piece + n;
    *out = block;
    return DK_OK;
}

void dki_sort_pieces_block_release(dki_sort_pieces_block *block)
{
    if (block == NULL)
        return;
    for (size_t i = 0; i < block->pieces->n_keys; i++)
        dk_view_release(&block->views[i]);
    dki_free(block->pieces->context, block);
}

struct writer {
    dki_sort_pieces_block *block;
    size_t n;
    size_t word;
    unsigned used; /* bits of the word */
};

/* Puts the piece's lowest `bits` bits behind what is there. */
static void write_piece(struct writer *writer, unsigned bits)
{
    const uint64_t *piece = writer->block->piece;
    const unsigned word_bits = writer->block->pieces->word_bits;

    while (bits > 0) {
        uint64_t *words = writer->block->words + writer->word * writer->block->n_rows;
        unsigned room = word_bits - writer->used;
        unsigned take = bits < room ? bits : room; /* < 64, as a word has room for a row's number beside it */
        unsigned rest = bits - take;
        uint64_t mask = (UINT64_C(1) << take) - 1;

        if (writer->used == 0)
            for (size_t i = 0; i < writer->n; i++)
                words[i] = piece[i] >> rest & mask;
        else
            for (size_t i = 0; i < writer->n; i++)
                words[i] = words[i] << take | (piece[i] >> rest & mask);
        bits = rest;
        writer->used += take;
        if (writer->used == word_bits) {
            writer->used = 0;
            writer->word++;
        }
    }
}

static void write_nulls(struct writer *writer, const dk_view *view)
{
    for (size_t i = 0; i < writer->n; i++)
        writer->block->piece[i] = dki_view_is_null(view, i);
    write_piece(writer, 1);
}

static void write_text(struct writer *writer, const dki_sort_pieces_key *key, const dk_view *view)
{
    uint64_t *piece = writer->block->piece;
    dk_text *texts = writer->block->texts;

    for (size_t i = 0; i < writer->n; i++)
        texts[i] = dki_view_text(view, i);
    for (size_t at = 0; at < key->n_bytes; at++) {
        const uint8_t *ranks = key->bytes[at].ranks;

        if (key->bytes[at].bits == 0)
            continue;
        for (size_t i = 0; i < writer->n; i++)
            piece[i] = ranks[at < texts[i].size ? (unsigned char)texts[i].bytes[at] + 1u : 0];
        write_piece(writer, key->bytes[at].bits);
    }
}

/* Where a piece of so many bits is to be made: in its word, where it begins one and fits; else apart. */
static uint64_t *piece_for(const struct writer *writer, unsigned bits)
{
    if (writer->used == 0 && bits < writer->block->pieces->word_bits)
        return writer->block->words + writer->word * writer->block->n_rows;
    return writer->block->piece;
}

static void write_made(struct writer *writer, const uint64_t *piece, unsigned bits)
{
    if (piece == writer->block->piece)
        write_piece(writer, bits);
    else
        writer->used = bits;
}

static void write_key(struct writer *writer, const dki_sort_pieces_key *key, const dk_view *view, uint64_t row)
{
    unsigned bits = key->bits - key->null_apart;
    uint64_t *piece;

    if (key->null_apart)
        write_nulls(writer, view);
    if (key->bytes) {
        write_text(writer, key, view);
        return;
    }
    piece = piece_for(writer, bits);
    if (key->type == DK_CATEGORY) {
        uint32_t codes[DK_BLOCK_ROWS];

        dki_view_codes(view, codes);
        for (size_t i = 0; i < writer->n; i++)
            piece[i] = key->ranks[codes[i]];
        write_made(writer, piece, bits);
        return;
    }
    if (key->codes.codes)
        memcpy(piece, key->codes.codes + row, writer->n * sizeof *piece);
    else if (key->type == DK_REAL)
        for (size_t i = 0; i < writer->n; i++)
            piece[i] = dki_real_key(((const double *)view->values)[view->constant ? 0 : i]);
    else {
        dki_view_integers(view, (int64_t *)piece);
    }
    if (key->descending)
        for (size_t i = 0; i < writer->n; i++)
            piece[i] = key->least + key->span - piece[i];
    else
        for (size_t i = 0; i < writer->n; i++)
            piece[i] -= key->least;
    for (size_t i = 0; key->has_null && i < writer->n; i++)
        if (dki_view_is_null(view, i))
            piece[i] = key->null_apart ? 0 : key->span + 1;
    write_made(writer, piece, bits);
}

dk_status dki_sort_pieces_block_fill(dki_sort_pieces_block *block, uint64_t row, size_t n, dk_error *err)
{
    struct writer writer = { .block = block, .n = n };
    dk_status status = DK_OK;

    for (size_t i = 0; i < block->pieces->n_keys && status == DK_OK; i++) {
        const dki_sort_pieces_key *key = &block->pieces->keys[i];

        if (key->bits == 0) /* one value */
            continue;
        status = dk_column_view(key->column, row, n, &block->views[i], err);
        if (status == DK_OK)
            write_key(&writer, key, &block->views[i], row);
    }
    return status;
}
