/* collect_take.c - finds where the next block of a file ends, and brings its text.
 *
 * Where the scan cannot vouch for a record, libcsv looks at it alone: it is a row, whose fields are then known, or it is left
 * out, and the scan goes on behind it. That is possible because libcsv, too, begins every record afresh.
 */
#include <string.h>

#include "base/memory.h"
#include "base/progress.h"
#include "collect_parts.h"
#include "odd.h"
#include "sift.h"

#define MOST_RECORD_BYTES ((size_t)1 << 30)

void dki_collect_end_at(dki_collecting *c, uint64_t offset, uint64_t line)
{
    c->is_done = true;
    if (c->is_odd && c->odd_offset <= offset)
        return;
    c->is_odd = true;
    c->odd_offset = offset;
    c->odd_line = line;
}

/* How far the reading of one block is. */
typedef struct taking {
    uint64_t left; /* bytes of the source from the block on */
    size_t wanted; /* rows */
    size_t loaded, n_taken;
    size_t passed; /* behind the last odd record that was looked at */
    bool at_end;
    bool is_cut;   /* the odd record at hand goes on behind the text */
    bool is_stuck; /* it must be read otherwise */
} taking;

/* Behind the last structural line end before byte `before`, or the last odd record. */
static size_t record_begin(const dki_block_reader *r, const taking *t, size_t before)
{
    size_t i = before;

    while (i > t->passed &&
           (r->text[i - 1] != '\n' || !(r->bits[(i - 1) / DKI_SCAN_BYTES] >> (i - 1) % DKI_SCAN_BYTES & 1)))
        i--;
    return i;
}

/* Reads n bytes more. */
static dk_status load(const dki_collecting *c, dki_block_reader *r, taking *t, size_t n, dk_error *err)
{
    size_t room;
    dk_status status = DK_OK;

    n = n < t->left - t->loaded ? n : (size_t)(t->left - t->loaded);
    room = t->loaded + n + 2 + DKI_SCAN_PADDING;
    if (room > r->text_room)
        status = dki_grow_little(r->context, (void **)&r->text, &r->text_room, room, 1, err);
    if (status == DK_OK && room / DKI_SCAN_BYTES + 1 > r->bits_room)
        status = dki_grow_little(r->context, (void **)&r->bits, &r->bits_room, room / DKI_SCAN_BYTES + 1,
                                 sizeof *r->bits, err);
    if (status == DK_OK)
        status = dki_source_read(c->source, c->offset + t->loaded, n, r->text + t->loaded, err);
    if (status != DK_OK)
        return status;
    t->loaded += n;
    t->at_end = t->loaded == t->left;
    if (t->at_end && r->text[t->loaded - 1] != '\n') { /* the last record may go without */
        if (c->options.dialect.line_end == DKI_END_CR_LF && r->text[t->loaded - 1] != '\r')
            r->text[t->loaded++] = '\r';
        r->text[t->loaded++] = '\n';
    }
    memset(r->text + t->loaded, 0, DKI_SCAN_PADDING);
    return DK_OK;
}

/* Has libcsv look at the record that the scan cannot vouch for, and goes on behind it. */
static dk_status pass_odd(const dki_collecting *c, dki_block_reader *r, taking *t, dk_error *err)
{
    const size_t from = record_begin(r, t, (t->n_taken - 1) * DKI_SCAN_BYTES + r->scan.bad_bit);
    const size_t n = (t->at_end ? (size_t)t->left : t->loaded) - from;
    dki_odd_kind kind;
    size_t size;
    dk_status status = dki_odd_look(c->context, &c->options, r->text + from, n, t->at_end, &kind, &size, err);

    t->is_cut = kind == DKI_ODD_CUT;
    t->is_stuck = kind == DKI_ODD_FAULT && !c->options.csv->lenient;
    if (status != DK_OK || t->is_cut || t->is_stuck)
        return status;
    status = dki_grow(r->context, (void **)&r->odd, &r->odd_room, r->n_odd + 1, sizeof *r->odd, err);
    if (status != DK_OK)
        return status;
    if (size == n && t->at_end)
        size = t->loaded - from; /* with the line end that was put there */
    t->passed = from + size;
    r->odd[r->n_odd++] = (dki_text_span){ .at = from, .size = size, .is_row = kind == DKI_ODD_ROW };
    t->n_taken = dki_scan_resume(&r->scan, from, t->passed, t->n_taken, r->bits);
    if (kind == DKI_ODD_ROW)
        dki_scan_take(&r->scan, r->text, from, t->passed - 1, r->bits);
    return DK_OK;
}

/* Scans what is loaded, odd records and all. */
static dk_status scan_on(const dki_collecting *c, dki_block_reader *r, taking *t, dk_error *err)
{
    const size_t n_words = (t->at_end ? t->loaded + DKI_SCAN_BYTES - 1 : t->loaded) / DKI_SCAN_BYTES;
    dk_status status = DK_OK;

    t->is_cut = false;
    while (status == DK_OK) {
        if (!r->scan.is_bad)
            t->n_taken = dki_scan_words(&r->scan, r->text, t->loaded, t->n_taken, n_words, t->wanted, r->bits);
        if (!r->scan.is_bad || r->scan.n_ends >= t->wanted)
            break;
        status = pass_odd(c, r, t, err);
        if (t->is_cut || t->is_stuck)
            break;
    }
    return status;
}

/* Where the block ends that has n_rows rows. */
static size_t block_end(const dki_block_reader *r, const taking *t, size_t n_rows)
{
    if (r->scan.n_ends_before < n_rows)
        return dki_scan_end(&r->scan, t->n_taken, n_rows) + 1;
    if (r->scan.is_bad)
        return record_begin(r, t, (t->n_taken - 1) * DKI_SCAN_BYTES + r->scan.bad_bit);
    size_t taken = t->n_taken * DKI_SCAN_BYTES;
    return record_begin(r, t, taken < t->passed ? t->passed : taken < t->loaded ? taken : t->loaded);
}

/* Reads until the text at c->offset holds the records of a block, and finds their ends. *size: the bytes of those records and
 * of odd ones, the last one's line end included; *n_rows: how many they are, without the odd ones; *is_stuck: what follows
 * them must be read otherwise. */
static dk_status read_block(dki_collecting *c, dki_block_reader *r, size_t *size, size_t *n_rows, bool *is_stuck,
                            dk_error *err)
{
    taking t = { .left = c->source->size - c->offset };
    size_t next;

    /* Blocks end where those of views do, also behind one that was cut short. */
    t.wanted = c->block_rows - (c->block_rows >= DK_BLOCK_ROWS ? c->row % DK_BLOCK_ROWS : 0);
    next = c->record_bytes * (t.wanted + t.wanted / 64) + c->read_bytes;
    next = next < c->most_bytes ? next : c->most_bytes;
    dki_scan_begin(&r->scan, c->options.dialect);
    r->n_odd = 0;
    while (r->scan.n_ends < t.wanted && !t.is_stuck && !t.at_end && t.loaded < MOST_RECORD_BYTES &&
           (t.loaded < c->most_bytes || (r->scan.n_ends == 0 && r->n_odd == 0))) {
        dk_status status = load(c, r, &t, next, err);
        if (status == DK_OK)
            status = scan_on(c, r, &t, err);
        if (status != DK_OK)
            return status;
        next = c->read_bytes > t.loaded / 8 ? c->read_bytes : t.loaded / 8;
    }
    *n_rows = r->scan.n_ends < t.wanted ? (size_t)r->scan.n_ends : t.wanted;
    *size = *n_rows > 0 || r->n_odd > 0 ? block_end(r, &t, *n_rows) : 0;
    *is_stuck = *n_rows < t.wanted && (t.is_stuck || (t.at_end && *size < t.loaded) ||
                                       (*n_rows == 0 && r->n_odd == 0 && t.loaded >= MOST_RECORD_BYTES));
    return DK_OK;
}

/* The lines of a block, whose rows have one each unless some are within quotes. */
static uint64_t count_lines(const dki_block_reader *r, size_t size, size_t n_rows)
{
    uint64_t n = n_rows;

    if (r->scan.has_quoted_ends)
        return dki_count_lines(r->text, size);
    for (size_t i = 0; i < r->n_odd; i++)
        if (!r->odd[i].is_row)
            n += dki_count_lines(r->text + r->odd[i].at, r->odd[i].size);
    return n;
}

dk_status dki_collect_put(dki_collected *out, dki_block *block, dk_error *err)
{
    dk_status status = dki_grow(out->context, (void **)&out->blocks, &out->blocks_room, out->n_blocks + 1,
                                sizeof *out->blocks, err);
    if (status == DK_OK)
        out->blocks[out->n_blocks++] = block;
    return status;
}

dk_status dki_collect_take(dki_collecting *c, unsigned worker, dki_block **out, size_t *size, dk_error *err)
{
    dki_block_reader *r = &c->readers[worker];
    size_t n_rows;
    dki_block *block;
    bool is_stuck;
    uint64_t n_lines;
    dk_status status;

    *out = NULL;
    if (c->is_done || c->offset == c->source->size) {
        c->is_done = true;
        return DK_OK;
    }
    dki_progress(c->context, "reading", c->offset, c->source->size);
    status = read_block(c, r, size, &n_rows, &is_stuck, err);
    if (status != DK_OK)
        return status;
    n_lines = count_lines(r, *size, n_rows);
    if (is_stuck)
        dki_collect_end_at(c, c->offset + *size, c->line + n_lines);
    if (*size == 0)
        return DK_OK;
    block = dki_calloc(c->context, 1, sizeof *block, err);
    if (!block)
        return DK_ERR_MEMORY;
    *block = (dki_block){ .offset = c->offset, .row = c->row, .line = c->line, .n_rows = n_rows, .size = *size };
    status = dki_collect_put(c->out, block, err);
    if (status != DK_OK) {
        dki_free(c->context, block);
        return status;
    }
    c->row += n_rows;
    c->line += n_lines;
    c->offset += *size;
    if (c->offset > c->source->size) /* the line end that was put behind the last record */
        c->offset = c->source->size;
    c->record_bytes = *size / (n_rows + r->n_odd) + 1;
    *out = block;
    return DK_OK;
}
