/* sample.c - rows by random numbers that depend on their place alone.
 *
 * The number of each row is a column like another: rows are put in the order of their groups and then of their numbers
 * (sort_order.h), and the first of each group are taken.
 *
 * Cost: a sort of the rows by one or two words. Poll: once per block.
 */
#include <dekking/sample.h>

#include <stdio.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/number.h"
#include "bound_notes.h"
#include "data/column_parts.h"
#include "data/lineage.h"
#include "data/table_parts.h"
#include "keys.h"
#include "margin_rows.h"
#include "row_values.h"
#include "sample_weight.h"

uint64_t dk_random(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* The numbers as integers in the same order. */
static dk_status random_column(dk_context *context, uint64_t n_rows, uint64_t seed, const dk_column **out,
                               dk_error *err)
{
    dki_blocks blocks = { .context = context, .type = DK_INTEGER, .n_rows = n_rows };
    int64_t values[DK_BLOCK_ROWS];
    dk_status status = DK_OK;

    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(context, err);
        for (size_t i = 0; i < n; i++)
            values[i] = (int64_t)(dk_random(seed, row + i) ^ UINT64_C(1) << 63);
        if (status == DK_OK)
            status = dki_blocks_add(&blocks, values, NULL, n, err);
    }
    return dki_blocks_finish(&blocks, status, out, err);
}

struct draw {
    const dk_table *table;
    const dk_sample_spec *spec;
    uint64_t n_rows;
    uint64_t *rows;
    uint8_t *starts;
    uint64_t *taken; /* bits by row */
    uint64_t *some;  /* bits of the rows that may be drawn; NULL: all */
    uint64_t n_taken;
    uint64_t n_groups, n_short; /* groups, and those with fewer rows to draw than were asked for */
};

static uint64_t wanted(const dk_sample_spec *spec, uint64_t n)
{
    if (spec->share.denominator == 0)
        return spec->n;
    return (uint64_t)dki_divide_round((dki_i128)spec->share.numerator * (dki_i128)n, spec->share.denominator);
}

static void take_group(struct draw *draw, uint64_t begin, uint64_t end)
{
    uint64_t n = wanted(draw->spec, end - begin);

    draw->n_groups++;
    while (draw->some && end > begin && !dki_bit(draw->some, (size_t)draw->rows[end - 1])) /* which come last */
        end--;
    draw->n_short += n > end - begin;
    if (n > end - begin)
        n = end - begin;
    for (uint64_t p = begin; p < begin + n; p++)
        dki_bit_set(draw->taken, (size_t)draw->rows[p]);
    draw->n_taken += n;
}

static dk_status take(struct draw *draw, dk_error *err)
{
    uint64_t begin = 0;
    dk_status status = DK_OK;

    for (uint64_t p = 1; p <= draw->n_rows && status == DK_OK; p++) {
        if (p % DK_BLOCK_ROWS == 0)
            status = dki_poll(dk_table_context(draw->table), err);
        if (p == draw->n_rows || (draw->starts[p] & DKI_STARTS_GROUP)) {
            take_group(draw, begin, p);
            begin = p;
        }
    }
    return status;
}

/* The rows taken, in the order of the table, at the start of rows. */
static void list_taken(struct draw *draw)
{
    uint64_t n = 0;

    for (uint64_t row = 0; row < draw->n_rows; row++)
        if (dki_bit(draw->taken, (size_t)row))
            draw->rows[n++] = row;
}

static dk_status add_note(const struct draw *draw, const dk_table **table, dk_error *err)
{
    char few[64] = "fewer rows with a weight than are asked for", note[200];

    if (draw->n_short == 0)
        return DK_OK;
    if (draw->spec->share.denominator == 0)
        snprintf(few, sizeof few, "fewer than %llu rows%s", (unsigned long long)draw->spec->n,
                 draw->some ? " with a weight" : "");
    if (draw->spec->n_within == 0)
        snprintf(note, sizeof note, "there are %s: all of them are taken", few);
    else
        snprintf(note, sizeof note, "%llu of %llu groups have %s: all of them are taken",
                 (unsigned long long)draw->n_short, (unsigned long long)draw->n_groups, few);
    return dki_table_add_note(table, note, err);
}

static dk_status run(struct draw *draw, const dki_order_key *keys, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(draw->table);
    size_t n = (size_t)draw->n_rows, n_keys = draw->spec->n_within + 1;
    const dk_table *made = NULL;
    dk_status status;

    draw->rows = dki_alloc_array(context, n, sizeof *draw->rows, err);
    draw->starts = draw->rows ? dki_alloc_array(context, n, sizeof *draw->starts, err) : NULL;
    draw->taken = draw->starts ? dki_calloc(context, dki_bit_words(n), sizeof *draw->taken, err) : NULL;
    status = draw->taken ? DK_OK : DK_ERR_MEMORY;
    if (status == DK_OK)
        status = dki_order_rows(context, keys, n_keys, n_keys - 1, n, n, draw->rows, draw->starts, err);
    if (status == DK_OK)
        status = take(draw, err);
    if (status == DK_OK) {
        list_taken(draw);
        status = dk_table_gather(draw->table, draw->rows, draw->n_taken, &made, err);
    }
    if (status == DK_OK)
        status = add_note(draw, &made, err);
    if (status == DK_OK)
        status = dki_table_add_step(made, draw->table, err, "drew %llu of %llu rows by seed %llu%s%s%s",
                                    (unsigned long long)draw->n_taken, (unsigned long long)draw->n_rows,
                                    (unsigned long long)draw->spec->seed, draw->spec->n_within ? ", by group" : "",
                                    draw->spec->weight ? ", in proportion to " : "",
                                    draw->spec->weight ? draw->spec->weight : "");
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dki_free(context, draw->rows);
    dki_free(context, draw->starts);
    dki_free(context, draw->taken);
    return status;
}

static dk_status check_share(const dk_sample_spec *spec, dk_error *err)
{
    if (spec->share.denominator == 0 || (spec->share.denominator > 0 && spec->share.numerator >= 0 &&
                                         spec->share.numerator <= spec->share.denominator))
        return DK_OK;
    return dki_fail(err, DK_ERR_RANGE, "a sample's share is 0 to 1");
}

/* What the rows of a group are put in the order of. */
static dk_status order_column(struct draw *draw, const dk_params *params, const dk_column **out, dk_error *err)
{
    const dk_sample_spec *spec = draw->spec;
    dki_order_key weight;
    dk_status status;

    if (spec->weight == NULL)
        return random_column(dk_table_context(draw->table), draw->n_rows, spec->seed, out, err);
    status = dki_keys_bind(draw->table, &spec->weight, 1, false, "sample: weight", params, &weight, err);
    if (status != DK_OK)
        return status;
    status = dki_sample_keys(weight.column, spec->weight, spec->seed, out, err);
    dki_keys_release(&weight, 1);
    if (status == DK_OK && dk_column_n_nulls(*out) > 0)
        status = dki_known_rows(*out, &draw->some, err);
    return status;
}

dk_status dk_table_sample(const dk_table *table, const dk_sample_spec *spec, const dk_params *params,
                          const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    struct draw draw = { .table = table, .spec = spec, .n_rows = dk_table_n_rows(table) };
    dki_order_key *keys;
    dk_status status = dki_refuse_margin(table, "a sample", err);

    if (status == DK_OK)
        status = check_share(spec, err);
    if (status != DK_OK)
        return status;
    keys = dki_calloc(context, spec->n_within + 1, sizeof *keys, err);
    if (keys == NULL)
        return DK_ERR_MEMORY;
    status = dki_keys_bind(table, spec->within, spec->n_within, false, "sample: within", params, keys, err);
    if (status == DK_OK) {
        status = order_column(&draw, params, &keys[spec->n_within].column, err);
        if (status == DK_OK)
            status = run(&draw, keys, out, err);
        dki_keys_release(keys, spec->n_within + 1);
    }
    dki_free(context, draw.some);
    dki_free(context, keys);
    return status;
}

dk_status dk_table_shuffle(const dk_table *table, uint64_t seed, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    uint64_t n_rows = dk_table_n_rows(table);
    dki_order_key key = { NULL, false };
    const dk_table *made = NULL;
    uint64_t *rows;
    dk_status status = dki_refuse_margin(table, "a shuffle", err);

    if (status != DK_OK)
        return status;
    rows = dki_alloc_array(context, (size_t)n_rows, sizeof *rows, err);
    if (rows == NULL)
        return DK_ERR_MEMORY;
    status = random_column(context, n_rows, seed, &key.column, err);
    if (status == DK_OK)
        status = dki_order_rows(context, &key, 1, 0, n_rows, n_rows, rows, NULL, err);
    if (status == DK_OK)
        status = dk_table_gather(table, rows, n_rows, &made, err);
    if (status == DK_OK)
        status = dki_table_add_step(made, table, err, "shuffled by seed %llu", (unsigned long long)seed);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    dk_column_release(key.column);
    dki_free(context, rows);
    return status;
}
