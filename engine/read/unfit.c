/* unfit.c - rows with values that do not fit their columns leave what was collected, and become rejects.
 *
 * Of the text only the blocks are read again in which such rows stand, to tell the records; their rows are moved together in
 * every column. Rows behind them get other numbers, and values another first row: settle.c finds those.
 *
 * Cost: reading and scanning the blocks at hand, and moving their rows. Poll: once per block.
 */
#include "unfit.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "merge.h"
#include "numbers.h"
#include "scan.h"

static bool has_bad(const dki_block *block, const uint64_t *bad)
{
    for (size_t i = 0; i < block->n_rows; i++)
        if (dki_bit(bad, block->row + i))
            return true;
    return false;
}

bool dki_unfit_can_go(const dki_collected *collected, const uint64_t *bad)
{
    for (size_t b = 0; b < collected->n_blocks; b++)
        if (collected->blocks[b]->is_raw && has_bad(collected->blocks[b], bad))
            return false;
    return true;
}

/* Records. -------------------------------------------------------------------------------------------------------- */

/* The text of a block, and where the fields of a part of it end. */
typedef struct block_text {
    dk_context *context;
    char *text;
    size_t size;
    uint64_t *bits;
    uint32_t *positions; /* behind one that stands before the part */
    size_t bits_room, positions_room;
} block_text;

static void drop_text(block_text *t)
{
    dki_free(t->context, t->text);
    dki_free(t->context, t->bits);
    dki_free(t->context, t->positions);
    *t = (block_text){ .context = t->context };
}

static dk_status read_text(const dki_records *r, const dki_block *block, block_text *t, dk_error *err)
{
    const dki_source *source = r->collected->source;
    uint64_t left = source->size - block->offset;
    dk_status status;

    t->size = (size_t)(block->size < left ? block->size : left);
    t->text = dki_alloc(t->context, t->size + 1 + DKI_SCAN_PADDING, err);
    status = t->text ? dki_source_read(source, block->offset, t->size, t->text, err) : DK_ERR_MEMORY;
    if (status != DK_OK)
        return status;
    if (t->size == left && t->text[t->size - 1] != '\n')
        t->text[t->size++] = '\n'; /* the last record may go without */
    memset(t->text + t->size, 0, DKI_SCAN_PADDING);
    return DK_OK;
}

/* The rows of a part of the text in which nothing is odd. */
static dk_status find_rows(const dki_records *r, block_text *t, const char *text, size_t size, size_t *n_rows,
                           dk_error *err)
{
    const size_t n_words = (size + DKI_SCAN_BYTES - 1) / DKI_SCAN_BYTES;
    dki_scan scan;
    dk_status status = DK_OK;

    if (n_words > t->bits_room)
        status = dki_grow(t->context, (void **)&t->bits, &t->bits_room, n_words, sizeof *t->bits, err);
    if (status != DK_OK)
        return status;
    dki_scan_begin(&scan, (dki_dialect){ .delimiter = r->dialect.delimiter, .quote = r->dialect.quote });
    dki_scan_words(&scan, text, size, 0, n_words, UINT64_MAX, t->bits);
    *n_rows = (size_t)scan.n_ends;
    if (scan.is_bad || scan.n_fields != scan.n_ends * r->n_columns)
        return dki_fail(err, DK_ERR_IO, "the file has changed while it was read");
    size_t wanted = (size_t)scan.n_fields + 1 + DKI_SCAN_POSITIONS;
    if (wanted > t->positions_room)
        status =
            dki_grow(t->context, (void **)&t->positions, &t->positions_room, wanted, sizeof *t->positions, err);
    if (status != DK_OK)
        return status;
    t->positions[0] = UINT32_MAX;
    dki_scan_positions(t->bits, size, t->positions + 1);
    return DK_OK;
}

/* The rows of a block whose bit is set in bad, as they are told. */
typedef struct telling {
    dki_records *r;
    const uint64_t *bad;
    const dki_plan *plans;
    uint64_t row, end; /* of the block: the next one, and behind its last */
} telling;

static dk_status tell_row(telling *t, const char *text, size_t size, dk_error *err)
{
    uint64_t row = t->row++;

    if (row >= t->end)
        return dki_fail(err, DK_ERR_IO, "the file has changed while it was read");
    if (!dki_bit(t->bad, row))
        return DK_OK;
    return dki_records_reject(t->r, text, size, dki_records_line(t->r, row), t->plans, err);
}

static dk_status tell_part(telling *t, block_text *b, size_t from, size_t to, dk_error *err)
{
    const size_t n_columns = t->r->n_columns;
    const char *text = b->text + from;
    size_t n_rows;
    dk_status status = find_rows(t->r, b, text, to - from, &n_rows, err);

    for (size_t i = 0; i < n_rows && status == DK_OK; i++) {
        const uint32_t *ends = b->positions + 1 + i * n_columns;
        uint32_t begin = ends[-1] + 1;
        status = tell_row(t, text + begin, ends[n_columns - 1] + 1 - begin, err);
    }
    return status;
}

static dk_status tell_rows(dki_records *r, const dki_block *block, const uint64_t *bad, const dki_plan *plans,
                           dk_error *err)
{
    telling t = { .r = r, .bad = bad, .plans = plans, .row = block->row, .end = block->row + block->n_rows };
    block_text b = { .context = r->context };
    size_t at = 0;
    dk_status status = read_text(r, block, &b, err);

    for (size_t i = 0; i < block->n_odd && status == DK_OK; i++) {
        const dki_odd_span *odd = &block->odd[i];
        size_t from = (size_t)(odd->offset - block->offset);
        if (from > at)
            status = tell_part(&t, &b, at, from, err);
        if (status == DK_OK && odd->is_row)
            status = tell_row(&t, b.text + from, (size_t)odd->size, err);
        at = from + (size_t)odd->size;
    }
    if (status == DK_OK && at < b.size)
        status = tell_part(&t, &b, at, b.size, err);
    if (status == DK_OK && t.row != t.end)
        status = dki_fail(err, DK_ERR_IO, "the file has changed while it was read");
    drop_text(&b);
    return status;
}

/* Tells all bad rows, in their order among the records that were rejected before. */
static dk_status tell_all(dki_records *r, const uint64_t *bad, const dki_plan *plans, dk_error *err)
{
    dki_rejects before = r->rejects;
    dk_status status = dki_rejects_begin(&r->rejects, r->context, err);

    for (size_t b = 0; b < r->collected->n_blocks && status == DK_OK; b++) {
        const dki_block *block = r->collected->blocks[b];
        status = dki_poll(r->context, err);
        if (status == DK_OK && has_bad(block, bad))
            status = tell_rows(r, block, bad, plans, err);
    }
    if (status == DK_OK && before.n > 0)
        status = dki_rejects_merge(&r->rejects, &before, err);
    dki_rejects_drop(&before);
    return status;
}

/* Stretches. ------------------------------------------------------------------------------------------------------ */

#define MOVE(type, items)                      \
    do {                                       \
        type *items_ = (type *)(items);        \
        size_t n_ = 0;                         \
        for (size_t i_ = 0; i_ < n_rows; i_++) \
            if (!dki_bit(bad, row + i_))       \
                items_[n_++] = items_[i_];     \
    } while (0)

static void move_bits(uint64_t *words, const uint64_t *bad, uint64_t row, size_t n_rows)
{
    size_t n = 0;

    for (size_t i = 0; i < n_rows; i++)
        if (!dki_bit(bad, row + i))
            dki_bit_put(words, n++, dki_bit(words, i));
}

static void move_codes(dki_stretch *s, const uint64_t *bad, uint64_t row, size_t n_rows, size_t n_left)
{
    if (s->is_wide)
        MOVE(uint16_t, s->codes);
    else
        MOVE(uint8_t, s->codes);
    s->n_nulls = 0;
    for (size_t i = 0; i < n_left; i++)
        s->n_nulls += dki_stretch_code(s, i) == 0;
}

/* The digits before the mark; 0,5 has none. */
static uint8_t whole_digits(int64_t value, unsigned scale)
{
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    uint8_t n = 0;

    for (; scale > 0; scale--)
        left /= 10;
    for (; left > 0; left /= 10)
        n++;
    return n;
}

static void move_numbers(dki_stretch *s, const uint64_t *bad, uint64_t row, size_t n_rows, size_t n_left)
{
    size_t n = 0;
    uint8_t digits = 0;

    switch (s->width) {
    case 1: MOVE(int8_t, s->numbers); break;
    case 2: MOVE(int16_t, s->numbers); break;
    case 4: MOVE(int32_t, s->numbers); break;
    default: MOVE(int64_t, s->numbers); break;
    }
    s->least = INT64_MAX;
    s->greatest = INT64_MIN;
    for (size_t i = 0; i < n_left; i++) {
        int64_t value = dki_stretch_number(s, i);
        if (s->valid && !dki_bit(s->valid, i))
            continue;
        s->first = n++ == 0 ? (uint32_t)i : s->first;
        s->least = value < s->least ? value : s->least;
        s->greatest = value > s->greatest ? value : s->greatest;
        digits = whole_digits(value, s->scale) > digits ? whole_digits(value, s->scale) : digits;
    }
    s->n_nulls = n_left - n;
    s->whole_digits = digits;
}

static void move_text(dki_stretch *s, const uint64_t *bad, uint64_t row, size_t n_rows, uint64_t new_row,
                      bool loose)
{
    size_t n = 0, n_known = 0;
    uint32_t used = 0;

    s->n_nulls = 0;
    if (s->profile)
        dki_profile_begin(s->profile);
    for (size_t i = 0; i < n_rows; i++) {
        uint32_t from = s->ends[i], size = s->ends[i + 1] - from;
        if (dki_bit(bad, row + i))
            continue;
        memmove(s->bytes + used, s->bytes + from, size);
        if (s->valid && !dki_bit(s->valid, n)) {
            s->n_nulls++;
        } else {
            s->first = n_known++ == 0 ? (uint32_t)n : s->first;
            if (s->profile)
                dki_profile_add(s->profile, s->bytes + used, size, new_row + n, 1, loose);
        }
        used += size;
        s->ends[++n] = used;
    }
}

/* Leaves the bad rows of a block out of a column. */
static void move_stretch(dki_stretch *s, const uint64_t *bad, const dki_block *block, uint64_t new_row,
                         size_t n_left, bool loose)
{
    if (s->is_coded) {
        move_codes(s, bad, block->row, block->n_rows, n_left);
        return;
    }
    if (s->valid)
        move_bits(s->valid, bad, block->row, block->n_rows);
    if (s->is_numbers)
        move_numbers(s, bad, block->row, block->n_rows, n_left);
    else
        move_text(s, bad, block->row, block->n_rows, new_row, loose);
}

/* Leaves the bad rows out of all blocks. */
static void move_rows(dki_records *r, const uint64_t *bad)
{
    dki_collected *c = r->collected;
    uint64_t n_gone = 0;
    size_t kept = 0;

    for (size_t b = 0; b < c->n_blocks; b++) {
        dki_block *block = c->blocks[b];
        size_t n_left = 0;
        for (size_t i = 0; i < block->n_rows; i++)
            n_left += !dki_bit(bad, block->row + i);
        for (size_t i = 0; i < c->n_columns; i++) {
            dki_stretch *s = &block->stretches[i];
            if (n_left < block->n_rows)
                move_stretch(s, bad, block, block->row - n_gone, n_left, r->stated[i] != NULL);
            else if (s->profile)
                dki_profile_shift(s->profile, n_gone);
        }
        n_gone += block->n_rows - n_left;
        block->row -= n_gone - (block->n_rows - n_left);
        block->n_rows = n_left;
        if (n_left > 0)
            c->blocks[kept++] = block;
        else
            dki_block_drop(c, block);
    }
    c->n_blocks = kept;
    c->n_rows -= n_gone;
    c->has_odd = true; /* for settle.c */
}

/* Lines. ---------------------------------------------------------------------------------------------------------- */

static dk_status move_lines(dki_records *r, const uint64_t *bad, dk_error *err)
{
    dki_line_run *runs = r->runs;
    size_t n_runs = r->n_runs;
    uint64_t n_gone = 0;
    dk_status status = DK_OK;

    r->runs = NULL;
    r->n_runs = r->runs_room = 0;
    for (size_t k = 0; k < n_runs && status == DK_OK; k++) {
        uint64_t end = k + 1 < n_runs ? runs[k + 1].row : r->n_rows;
        bool is_told = false;
        for (uint64_t row = runs[k].row; row < end && status == DK_OK; row++) {
            if (dki_bit(bad, row)) {
                n_gone++;
                is_told = false;
            } else if (!is_told) {
                status = dki_records_note_line(r, row - n_gone, runs[k].line + (row - runs[k].row), err);
                is_told = true;
            }
        }
    }
    dki_free(r->context, runs);
    return status;
}

dk_status dki_unfit_drop(dki_records *records, const uint64_t *bad, uint64_t n_bad, const dki_plan *plans,
                         dk_error *err)
{
    dki_records *r = records;
    dk_status status = tell_all(r, bad, plans, err);

    if (status == DK_OK)
        status = move_lines(r, bad, err);
    if (status != DK_OK)
        return status;
    move_rows(r, bad);
    r->n_rows -= n_bad;
    return DK_OK;
}
