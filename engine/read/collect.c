/* collect.c - the records of a file into blocks of columns, by several threads at once.
 *
 *   take     one thread at a time: read on from where the block before ended, find DKI_COLLECT_ROWS record ends (collect_take.c)
 *   split    all threads: fields, codes, texts of the block that was taken
 *
 * Since blocks are taken in the order of the file, each knows its line, and that it begins outside quotes; nothing has to be
 * guessed and put right. Taking is a third of the work.
 *
 * Ragged records and blank lines are found while splitting (sift.c). Until the run ends rows are counted with those; then
 * blocks, and values by their first rows, get the numbers that they have without.
 *
 * Strictly, a fault ends the run, as does a field that may be too long: the plain path has the word. Blocks that other
 * threads took behind it are dropped, though not the values that they met: settle.c puts that right in the end.
 *
 * Invariants: rows are those of the file up to where it stands, whatever the number of threads.
 * Poll: once per block.
 */
#include "collect.h"

#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/text.h"
#include "block.h"
#include "collect_parts.h"
#include "sift.h"

#define MOST_BLOCK_BYTES ((size_t)16 << 20) /* a block of longer records has fewer rows; */
#define LEAST_WIDE_BYTES \
    ((size_t)4 << 20) /* with many columns, whose positions take as much again, WIDE_ROWS rows */
#define WIDE_ROWS 256
#define LEAST_SHARED_BLOCKS 32        /* of a file; with fewer, the others wait too long for the first */
#define MOST_SHARED 2048              /* values of a column; more are hardly all that it has */
#define READ_BYTES ((size_t)32 << 10) /* what is read more where the first part does not hold the whole block */

void dki_stretch_drop(dk_context *context, dki_stretch *stretch)
{
    dki_free(context, stretch->codes);
    dki_free(context, stretch->numbers);
    dki_free(context, stretch->ends);
    dki_free(context, stretch->bytes);
    dki_free(context, stretch->valid);
    dki_free(context, stretch->profile);
    *stretch = (dki_stretch){ .is_coded = false };
}

void dki_block_drop(dki_collected *collected, dki_block *block)
{
    dki_collected *c = collected;

    if (!block)
        return;
    for (size_t i = 0; block->stretches && i < c->n_columns; i++)
        dki_stretch_drop(c->context, &block->stretches[i]);
    dki_free(c->context, block->stretches);
    dki_free(c->context, block->runs);
    dki_free(c->context, block->odd);
    dki_free(c->context, block);
}

void dki_collected_drop(dki_collected *collected)
{
    dki_collected *c = collected;

    if (!c->context)
        return;
    for (size_t i = 0; i < c->n_blocks; i++)
        dki_block_drop(c, c->blocks[i]);
    for (size_t i = 0; c->values && i < c->n_sets * c->n_columns; i++)
        dki_values_drop(&c->values[i]);
    dki_free(c->context, c->blocks);
    dki_free(c->context, c->odd);
    dki_free(c->context, c->values);
    dki_free(c->context, c->is_plain);
    dki_free(c->context, c->n_given_up);
    *c = (dki_collected){ .context = NULL };
}

/* Splitting. ------------------------------------------------------------------------------------------------------ */

static dk_status split_block(dki_collecting *c, unsigned worker, dki_block *block, size_t size, dk_error *err)
{
    dki_block_reader *r = &c->readers[worker];
    size_t odd_at = size;

    if (r->scan.has_high && dki_utf8_check(r->text, size) != size) {
        pthread_mutex_lock(&c->lock);
        c->out->is_not_utf8 = true;
        c->is_done = true;
        pthread_mutex_unlock(&c->lock);
        block->n_rows = 0;
        return DK_OK;
    }
    dk_status status = dki_block_split(r, block, size, &odd_at, err);
    block->size = odd_at;
    if (status == DK_OK && odd_at < size) {
        pthread_mutex_lock(&c->lock);
        dki_collect_end_at(c, block->offset + odd_at, r->odd_line);
        pthread_mutex_unlock(&c->lock);
    }
    return status;
}

/* Takes and splits the next block; *is_done: there is none. */
static dk_status work_once(dki_collecting *c, unsigned worker, bool *is_done, dk_error *err)
{
    dki_block *block = NULL;
    size_t size = 0;
    dk_status status = dki_poll(c->context, err);

    if (status != DK_OK)
        return status;
    pthread_mutex_lock(&c->lock);
    status = dki_collect_take(c, worker, &block, &size, err);
    /* A long record is alone in memory: others wait until it is gone. */
    bool is_alone = block && c->readers[worker].text_room > 2 * c->most_bytes;
    if (!is_alone)
        pthread_mutex_unlock(&c->lock);
    *is_done = !block;
    if (status == DK_OK && block)
        status = split_block(c, worker, block, size, err);
    if (is_alone) {
        dki_block_reader_drop(&c->readers[worker]);
        pthread_mutex_unlock(&c->lock);
    }
    return status;
}

static dk_status work(void *arg, unsigned worker, uint64_t begin, uint64_t end, dk_error *err)
{
    dki_collecting *c = arg;
    dk_status status = DK_OK;
    bool is_done = false;

    (void)begin;
    (void)end;
    while (status == DK_OK && !is_done)
        status = work_once(c, worker, &is_done, err);
    if (status != DK_OK) {
        pthread_mutex_lock(&c->lock);
        c->is_done = true;
        pthread_mutex_unlock(&c->lock);
    }
    return status;
}

/* For speed alone: the first block is split before the others, and its values are given to all threads, under the same numbers.
 * Where they are all that the column has, its codes mean the same in every set, and are those of the finished column. */
static dk_status share_first_block(dki_collecting *c, dk_error *err)
{
    const dki_collected *out = c->out;
    bool is_done;
    dk_status status = work_once(c, 0, &is_done, err);

    for (size_t i = 0; i < out->n_columns && status == DK_OK; i++) {
        const dki_values *first = &out->values[i];
        if (atomic_load(&out->is_plain[i]) || first->n > MOST_SHARED)
            continue;
        for (size_t k = 0; k < (c->n_workers - (size_t)1) * first->n && status == DK_OK; k++) {
            const dki_value_entry *entry = &first->entries[k % first->n];
            uint32_t code;
            status = dki_values_add(&out->values[(1 + k / first->n) * out->n_columns + i], entry->bytes,
                                    entry->size, entry->row, &code, err);
        }
    }
    return status;
}

/* The end of a run. ----------------------------------------------------------------------------------------------- */

/* Blocks behind the record that ended the run go; the one in which it stands stays as far as it goes, as do the odd records
 * of blocks that have no row. */
static dk_status cut_blocks(dki_collecting *c, dk_error *err)
{
    dki_collected *out = c->out;
    size_t kept = c->first_block;
    dk_status status = DK_OK;

    out->n_odd = 0;
    for (size_t i = kept; i < out->n_blocks; i++) {
        dki_block *block = out->blocks[i];
        bool stays = status == DK_OK && (!c->is_odd || block->offset < c->odd_offset);
        for (size_t k = 0; stays && k < block->n_odd && status == DK_OK; k++) {
            if (block->odd[k].is_row)
                continue;
            status =
                dki_grow(out->context, (void **)&out->odd, &out->odd_room, out->n_odd + 1, sizeof *out->odd, err);
            if (status == DK_OK)
                out->odd[out->n_odd++] = block->odd[k];
        }
        if (stays && block->n_rows > 0)
            out->blocks[kept++] = block;
        else
            dki_block_drop(out, block);
    }
    out->n_blocks = kept;
    return status;
}

/* The first rows of a set's values, which are in their order, without those that are gone. */
static void number_values(const dki_collecting *c, dki_values *values)
{
    const dki_collected *out = c->out;
    size_t b = c->first_block;

    for (size_t i = 0; i < values->n; i++) {
        uint64_t *row = &values->entries[i].row;
        if (*row < out->blocks[c->first_block]->row)
            continue;
        while (b + 1 < out->n_blocks && out->blocks[b + 1]->row <= *row)
            b++;
        *row -= out->blocks[b]->n_gone;
    }
}

/* Blocks count the records that were taken for rows: now those are gone that were found to be none. Where blocks were dropped,
 * settle.c will number the values. */
static void number_rows(dki_collecting *c)
{
    dki_collected *out = c->out;
    uint64_t row = out->n_rows;

    for (size_t b = c->first_block; b < out->n_blocks; b++) {
        out->blocks[b]->n_gone = out->blocks[b]->row - row;
        row += out->blocks[b]->n_rows;
    }
    out->n_rows = row;
    if (c->first_block == out->n_blocks || out->blocks[out->n_blocks - 1]->n_gone == 0)
        return;
    for (size_t i = 0; i < c->n_sets * out->n_columns && !c->is_odd && !out->is_shared; i++)
        number_values(c, &out->values[i]);
    for (size_t b = c->first_block; b < out->n_blocks; b++) {
        dki_block *block = out->blocks[b];
        block->row -= block->n_gone;
        for (size_t i = 0; i < block->n_runs; i++)
            block->runs[i].row -= block->n_gone;
        for (size_t i = 0; i < out->n_columns; i++)
            if (block->stretches[i].profile)
                dki_profile_shift(block->stretches[i].profile, block->n_gone);
    }
}

/* About how many rows the file has. */
static uint64_t likely_rows(const dki_collecting *c)
{
    return (c->source->size - c->options.offset) / (c->options.record_bytes + 1) + 1;
}

/* Everything that one thread works with. */
static dk_status begin_reader(dki_collecting *c, unsigned worker, dk_error *err)
{
    const dk_csv_options *csv = c->options.csv;
    dki_collected *out = c->out;
    dki_block_reader *r = &c->readers[worker];
    dk_status status = DK_OK;

    *r = (dki_block_reader){ .context = c->context,
                             .options = &c->options,
                             .set = c->locks ? 0 : worker,
                             .values = out->values + (c->locks ? 0 : worker) * out->n_columns,
                             .locks = c->locks,
                             .n_coded = c->n_coded,
                             .n_others = c->locks ? c->n_workers - 1 : 0,
                             .is_plain = out->is_plain,
                             .n_given_up = out->n_given_up,
                             .likely_rows = likely_rows(c) };
    for (size_t i = 0; i < out->n_columns && status == DK_OK && worker < c->n_sets; i++) {
        status = dki_values_begin(&r->values[i], c->context, out->n_columns > DKI_MANY_COLUMNS, err);
        for (size_t k = 0; k < csv->n_nulls && status == DK_OK; k++)
            status = dki_values_add_null(&r->values[i], csv->nulls[k], strlen(csv->nulls[k]), err);
    }
    return status;
}

/* Where columns are many, keys are most of the memory: all threads share those of a column, one at a time. Each has thousands of
 * other columns to go on with meanwhile. */
static dk_status share_values(dki_collecting *c, dk_error *err)
{
    c->locks = dki_calloc(c->context, c->out->n_columns, sizeof *c->locks, err);
    c->n_coded = c->locks ? dki_calloc(c->context, c->out->n_columns, sizeof *c->n_coded, err) : NULL;
    for (size_t i = 0; c->locks && i < c->out->n_columns; i++)
        pthread_mutex_init(&c->locks[i], NULL);
    if (c->n_coded == NULL)
        return DK_ERR_MEMORY;
    c->n_sets = 1;
    c->out->is_shared = true;
    return DK_OK;
}

/* The bytes of a block, but for a longer record. */
static size_t most_bytes(const dki_collect_options *options)
{
    size_t wide = options->record_bytes * WIDE_ROWS;

    if (options->n_columns <= DKI_MANY_COLUMNS || wide >= MOST_BLOCK_BYTES)
        return MOST_BLOCK_BYTES;
    return wide < LEAST_WIDE_BYTES ? LEAST_WIDE_BYTES : wide;
}

dk_status dki_collect_begin(dk_context *context, const dki_source *source, const dki_collect_options *options,
                            dki_collected *out, dki_collecting **collecting, dk_error *err)
{
    size_t test_rows =
        dki_block_rows(context); /* a test that asks for small blocks of rows gets small ones of bytes */
    bool tiny = test_rows < DK_BLOCK_ROWS;
    dki_collecting *c = dki_calloc(context, 1, sizeof *c, err);
    dk_status status = DK_OK;

    *out = (dki_collected){ .context = context,
                            .source = source,
                            .n_columns = options->n_columns,
                            .offset = options->offset,
                            .line = options->line };
    *collecting = c;
    if (!c)
        return DK_ERR_MEMORY;
    c->context = context;
    c->source = source;
    c->options = *options;
    c->out = out;
    c->block_rows = tiny ? test_rows : DKI_COLLECT_ROWS;
    c->read_bytes = tiny ? 1 : READ_BYTES;
    c->most_bytes = most_bytes(options);
    c->record_bytes = tiny ? 0 : options->record_bytes;
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&c->lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
    /* Still whole blocks of views, as long as that can be. */
    while (!tiny && c->block_rows > DK_BLOCK_ROWS &&
           c->block_rows > c->most_bytes / 2 / (options->record_bytes + 1))
        c->block_rows /= 2;
    uint64_t n_bytes = source->size - options->offset,
             n_blocks = n_bytes / (options->record_bytes + 1) / c->block_rows + n_bytes / c->most_bytes + 1;
    unsigned n_workers = n_blocks < dk_threads() ? (unsigned)n_blocks : dk_threads();
    c->n_workers = n_workers;
    c->n_sets = n_workers;
    if (n_workers > 1 && out->n_columns > DKI_MANY_COLUMNS) {
        status = share_values(c, err);
        if (status != DK_OK)
            return status;
    }
    out->values = dki_calloc(context, c->n_sets * out->n_columns, sizeof *out->values, err);
    out->is_plain = out->values ? dki_calloc(context, out->n_columns, sizeof *out->is_plain, err) : NULL;
    out->n_given_up = out->is_plain ? dki_calloc(context, out->n_columns, sizeof *out->n_given_up, err) : NULL;
    c->readers = out->n_given_up ? dki_calloc(context, n_workers, sizeof *c->readers, err) : NULL;
    if (!c->readers)
        return DK_ERR_MEMORY;
    out->n_sets = c->n_sets;
    c->shares = n_workers > 1 && n_blocks >= LEAST_SHARED_BLOCKS && out->n_columns <= DKI_MANY_COLUMNS;
    for (unsigned i = 0; i < n_workers; i++)
        c->readers[i].context = context;
    for (unsigned i = 0; i < n_workers && status == DK_OK; i++)
        status = begin_reader(c, i, err);
    return status;
}

void dki_collect_end(dki_collecting *collecting)
{
    dki_collecting *c = collecting;

    if (!c)
        return;
    for (unsigned i = 0; c->readers && i < c->n_workers; i++)
        dki_block_reader_drop(&c->readers[i]);
    for (size_t i = 0; c->locks && i < c->options.n_columns; i++)
        pthread_mutex_destroy(&c->locks[i]);
    dki_free(c->context, c->locks);
    dki_free(c->context, c->n_coded);
    dki_free(c->context, c->readers);
    pthread_mutex_destroy(&c->lock);
    dki_free(c->context, c);
}

dk_status dki_collect_run(dki_collecting *collecting, dk_error *err)
{
    dki_collecting *c = collecting;
    dki_collected *out = c->out;

    c->offset = out->offset;
    c->line = out->line;
    c->row = out->n_rows;
    c->is_done = c->is_odd = false;
    c->first_block = out->n_blocks;
    dk_status status = DK_OK;
    if (c->shares)
        status = share_first_block(c, err);
    c->shares = false;
    if (status == DK_OK)
        status = dki_parallel(c->context, c->n_workers, 1, work, c, err);
    if (status != DK_OK)
        return status;
    out->line = c->is_odd ? c->odd_line : c->line;
    out->offset = c->is_odd ? c->odd_offset : c->source->size;
    out->has_odd = out->has_odd || c->is_odd;
    status = cut_blocks(c, err);
    if (status == DK_OK && !out->is_not_utf8)
        number_rows(c);
    return status;
}

/* Plain reading. -------------------------------------------------------------------------------------------------- */

dk_status dki_collect_skip(dki_collecting *collecting, uint64_t offset, uint64_t line, uint64_t n_rows,
                           uint64_t raw_row, dk_error *err)
{
    dki_collected *out = collecting->out;

    if (n_rows > 0) {
        dki_block *block = dki_calloc(out->context, 1, sizeof *block, err);
        if (!block)
            return DK_ERR_MEMORY;
        *block = (dki_block){ .offset = out->offset,
                              .row = out->n_rows,
                              .line = out->line,
                              .n_rows = (size_t)n_rows,
                              .is_raw = true,
                              .raw_row = raw_row };
        dk_status status = dki_collect_put(out, block, err);
        if (status != DK_OK) {
            dki_free(out->context, block);
            return status;
        }
    }
    out->n_rows += n_rows;
    out->offset = offset;
    out->line = line;
    return DK_OK;
}
