/* sift.c - leaves out of a block's text what is no row: ragged records, blank lines, and what was found to be odd before.
 *
 * Rows that stand behind one another are moved at once, text and positions, to the rows before; so what splits them need not
 * know that anything was there.
 *
 * Cost: looking at what ends each field; moving what stands behind the first record that is no row.
 */
#include "sift.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"

typedef struct sifting {
    dki_block_reader *r;
    dki_block *block;
    uint32_t *ends;
    size_t n_ends, in; /* in: of the record at hand */
    size_t from;       /* where that begins */
    uint64_t line;     /* on which */
    size_t next_odd;
    size_t gone; /* bytes that were left out */
    size_t n_kept;
    size_t run_from, run_in, n_run; /* rows that were met and not yet moved */
    uint64_t next_line;             /* behind the last row; 0: there is none */
} sifting;

uint64_t dki_count_lines(const char *text, size_t size)
{
    const char *end = text + size, *at;
    uint64_t n = 0;

    for (at = text; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        n++;
    for (at = text; (at = memchr(at, '\r', (size_t)(end - at))) != NULL; at++)
        n += at + 1 == end || at[1] != '\n';
    return n;
}

/* Is the record at hand, whose last field would end at end[n_columns - 1], as wide as the table? */
static bool is_even(const sifting *s, size_t n_columns)
{
    const char *text = s->r->text;
    const uint32_t *end = s->ends + s->in;

    if (s->n_ends - s->in < n_columns)
        return false;
    bool uneven = text[end[n_columns - 1]] != '\n';
    for (size_t c = 0; c + 1 < n_columns; c++)
        uneven |= text[end[c]] == '\n';
    return !uneven;
}

static bool has_long_field(const sifting *s, size_t n)
{
    size_t from = s->from;

    for (size_t c = 0; c < n; c++) {
        size_t to = s->ends[s->in + c];
        if (to - from > s->r->options->max_field_bytes) /* perhaps only with its quotes */
            return true;
        from = to + 1;
    }
    return false;
}

/* Moves the rows that were met to those that were kept. */
static void move_run(sifting *s)
{
    const size_t n_columns = s->r->options->n_columns, n = s->n_run * n_columns;
    uint32_t *to = s->ends + s->n_kept * n_columns;

    if (s->n_run > 0 && s->gone > 0) {
        const uint32_t gone = (uint32_t)s->gone;
        memmove(s->r->text + s->run_from - gone, s->r->text + s->run_from, s->from - s->run_from);
        memmove(to, s->ends + s->run_in, n * sizeof *to);
        for (size_t i = 0; i < n; i++)
            to[i] -= gone;
    }
    s->n_kept += s->n_run;
    s->n_run = 0;
}

static dk_status add_span(sifting *s, size_t size, bool is_row, dk_error *err)
{
    dki_block *block = s->block;
    dki_odd_span *last = block->n_odd > 0 ? &block->odd[block->n_odd - 1] : NULL;
    const uint64_t offset = block->offset + s->from;

    if (last && !is_row && !last->is_row && last->offset + last->size == offset) {
        last->size += size;
        return DK_OK;
    }
    dk_status status =
        dki_grow(s->r->context, (void **)&block->odd, &block->odd_room, block->n_odd + 1, sizeof *block->odd, err);
    if (status == DK_OK)
        block->odd[block->n_odd++] =
            (dki_odd_span){ .offset = offset, .size = size, .line = s->line, .is_row = is_row };
    return status;
}

/* The record at hand is none, and takes size bytes and n fields. */
static dk_status leave_out(sifting *s, size_t size, size_t n, dk_error *err)
{
    move_run(s);
    dk_status status = add_span(s, size, false, err);
    s->line += dki_count_lines(s->r->text + s->from, size);
    s->from += size;
    s->in += n;
    s->gone += size;
    return status;
}

static dk_status keep(sifting *s, size_t size, bool is_odd, dk_error *err)
{
    dki_block *block = s->block;
    const uint64_t n = s->n_kept + s->n_run;
    dk_status status = is_odd ? add_span(s, size, true, err) : DK_OK;

    if (n == 0)
        block->line = s->line;
    else if (s->line != s->next_line && status == DK_OK)
        status = dki_grow(s->r->context, (void **)&block->runs, &block->runs_room, block->n_runs + 1,
                          sizeof *block->runs, err);
    if (status != DK_OK)
        return status;
    if (n > 0 && s->line != s->next_line)
        block->runs[block->n_runs++] = (dki_line_run){ .row = block->row + n, .line = s->line };
    if (s->n_run == 0) {
        s->run_from = s->from;
        s->run_in = s->in;
    }
    s->next_line = s->line + 1;
    s->line += s->r->scan.has_quoted_ends ? dki_count_lines(s->r->text + s->from, size) : 1;
    s->n_run++;
    s->from += size;
    s->in += s->r->options->n_columns;
    return DK_OK;
}

/* One record; *stop: it must be read otherwise. */
static dk_status sift_record(sifting *s, bool *stop, dk_error *err)
{
    const dki_block_reader *r = s->r;
    const size_t n_columns = r->options->n_columns;
    const dki_text_span *odd =
        s->next_odd < r->n_odd && r->odd[s->next_odd].at == s->from ? &r->odd[s->next_odd] : NULL;
    size_t n = n_columns;

    s->next_odd += odd != NULL;
    if (odd && !odd->is_row)
        return leave_out(s, odd->size, 0, err);
    assert(s->in < s->n_ends); /* the last byte ends a record, or an odd span */
    bool is_row = is_even(s, n_columns);
    if (!is_row)
        for (n = 1; r->text[s->ends[s->in + n - 1]] != '\n';)
            n++;
    size_t end = s->ends[s->in + n - 1], size = end + 1 - s->from;
    if (size > r->options->max_field_bytes && has_long_field(s, n)) {
        *stop = true;
        return DK_OK;
    }
    if (is_row)
        return keep(s, size, odd != NULL, err);
    bool is_blank = size == 1 || (size == 2 && r->text[s->from] == '\r');
    if (is_blank || r->options->csv->lenient)
        return leave_out(s, size, n, err);
    *stop = true;
    return DK_OK;
}

dk_status dki_sift(dki_block_reader *reader, dki_block *block, size_t n_ends, size_t size, size_t *odd_at,
                   dk_error *err)
{
    sifting s = {
        .r = reader, .block = block, .ends = reader->positions + 1, .n_ends = n_ends, .line = block->line
    };
    dk_status status = DK_OK;
    bool stop = false;

    for (size_t i = 0; i < reader->n_odd; i++)
        if (reader->odd[i].is_row) /* a CR alone may stand there */
            reader->text[reader->odd[i].at + reader->odd[i].size - 1] = '\n';
    while (status == DK_OK && !stop && s.from < size)
        status = sift_record(&s, &stop, err);
    move_run(&s);
    *odd_at = s.from;
    reader->odd_line = s.line;
    block->n_rows = s.n_kept;
    return status;
}
