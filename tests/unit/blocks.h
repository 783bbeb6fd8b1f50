/* blocks.h - the text of one block, as a test writes it out, split by one reader. */
#ifndef TESTS_UNIT_BLOCKS_H
#define TESTS_UNIT_BLOCKS_H

#include "check.h"

#include "base/bitmap.h"
#include "base/memory.h"
#include "read/merge.h"
#include "read/numbers.h"

#define BLOCK_COLUMNS 16

typedef struct block_case {
    dk_context *context;
    dk_csv_options csv;
    const dk_csv_column *stated[BLOCK_COLUMNS];
    dki_collect_options options;
    dki_collected collected; /* of the one block that was split last */
    dki_block_reader reader;
    dki_block *block;
} block_case;

/* A reader of texts with that many columns, for the delimiter ; and quotes ". */
static inline void block_case_begin(block_case *t, dk_context *context, size_t n_columns)
{
    dk_error err = DK_ERROR_INIT;

    memset(t, 0, sizeof *t);
    t->context = context;
    t->options = (dki_collect_options){ .dialect = { .delimiter = ';', .quote = '"' },
                                        .csv = &t->csv,
                                        .stated = t->stated,
                                        .n_columns = n_columns,
                                        .max_field_bytes = 1000000 };
    t->collected = (dki_collected){ .context = context, .n_columns = n_columns, .n_sets = 2 };
    t->collected.values = dki_calloc(context, 2 * n_columns, sizeof(dki_values), &err);
    t->collected.is_plain = dki_calloc(context, n_columns, sizeof(atomic_bool), &err);
    t->collected.n_given_up = dki_calloc(context, n_columns, sizeof(atomic_uint), &err);
    t->reader = (dki_block_reader){ .context = context,
                                    .options = &t->options,
                                    .values = t->collected.values,
                                    .is_plain = t->collected.is_plain,
                                    .n_given_up = t->collected.n_given_up };
    for (size_t c = 0; c < 2 * n_columns; c++)
        assert_ok(dki_values_begin(&t->collected.values[c], context, false, &err), &err);
}

/* What follows is split by another thread, which has values of its own. */
static inline void block_case_other(block_case *t)
{
    t->reader.set = 1;
    t->reader.values = t->collected.values + t->options.n_columns;
    t->reader.has_split = false;
}

static inline void block_case_drop(block_case *t)
{
    dki_block_reader_drop(&t->reader);
    dki_collected_drop(&t->collected);
}

/* Puts the text into the reader, and what a scan finds in it. The last record ends in a LF. Returns the records. */
static inline size_t block_case_load(block_case *t, const char *text, size_t size)
{
    dk_error err = DK_ERROR_INIT;
    size_t n_words = (size + DKI_SCAN_BYTES - 1) / DKI_SCAN_BYTES;

    assert_ok(
        dki_grow(t->context, (void **)&t->reader.text, &t->reader.text_room, size + DKI_SCAN_PADDING, 1, &err),
        &err);
    assert_ok(dki_grow(t->context, (void **)&t->reader.bits, &t->reader.bits_room, n_words + 1,
                       sizeof *t->reader.bits, &err),
              &err);
    memcpy(t->reader.text, text, size);
    memset(t->reader.text + size, 0, DKI_SCAN_PADDING);
    dki_scan_begin(&t->reader.scan, t->options.dialect);
    dki_scan_words(&t->reader.scan, t->reader.text, size, 0, n_words, UINT64_MAX, t->reader.bits);
    assert_false(t->reader.scan.is_bad);
    return (size_t)t->reader.scan.n_ends;
}

/* Splits the text that was loaded: a block of the collected, whose first row is `row`. */
static inline dk_status block_case_split(block_case *t, size_t size, size_t n_rows, uint64_t row, uint64_t line,
                                         size_t *odd_at, dk_error *err)
{
    dki_collected *c = &t->collected;
    dk_status status =
        dki_grow(c->context, (void **)&c->blocks, &c->blocks_room, c->n_blocks + 1, sizeof *c->blocks, err);

    if (status != DK_OK)
        return status;
    t->block = dki_calloc(c->context, 1, sizeof *t->block, err);
    if (!t->block)
        return DK_ERR_MEMORY;
    *t->block = (dki_block){ .row = row, .line = line, .n_rows = n_rows };
    c->blocks[c->n_blocks++] = t->block;
    status = dki_block_split(&t->reader, t->block, size, odd_at, err);
    c->n_rows = t->block->row + t->block->n_rows;
    return status;
}

/* Loads and splits, where nothing is odd, behind the blocks before. */
static inline void block_case_add(block_case *t, const char *text)
{
    dk_error err = DK_ERROR_INIT;
    size_t size = strlen(text), odd_at, n_rows = block_case_load(t, text, size);
    uint64_t row = t->collected.n_rows;

    assert_ok(block_case_split(t, size, n_rows, row, row + 1, &odd_at, &err), &err);
    assert_int_equal(odd_at, size);
    assert_int_equal(t->block->n_rows, n_rows);
}

/* "a|b|~|" of a column of the last block; ~ is null. */
static inline const char *block_case_fields(const block_case *t, size_t column)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < t->block->n_rows; i++) {
        const char *bytes;
        size_t size;
        if (dki_stretch_get(&t->collected, column, &t->block->stretches[column], i, &bytes, &size))
            used += (size_t)snprintf(text + used, sizeof text - used, "%.*s|", (int)size, bytes);
        else
            used += (size_t)snprintf(text + used, sizeof text - used, "~|");
    }
    return text;
}

#endif
