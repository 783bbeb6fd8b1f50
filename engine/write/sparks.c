/* sparks.c - a row's numbers as one text: ▁▃▅▇█
 *
 * Two passes over the columns where all rows share a scale, else one.
 */
#include <dekking/write.h>

#include <math.h>

#include <dekking/members.h>

#include "bars.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/status.h"

#define N_LEVELS 8
#define UNKNOWN "\xC2\xB7"

typedef struct sparks {
    const dk_table *table;
    const size_t *columns;
    size_t n;
    double *numbers; /* of a row, NAN for null */
    bool together;
    double low, high; /* of all rows, where they share a scale */
} sparks;

/* The middle of what is known; NAN where that is nothing, or has an open side. */
static dk_status read_number(const sparks *s, size_t at, uint64_t row, double *out, dk_error *err)
{
    double low, high;
    dk_value value;
    dk_status status = dk_column_get(dk_table_field(s->table, s->columns[at])->column, row, &value, err);

    *out = (double)NAN;
    if (status == DK_OK && dki_value_ends(&value, &low, &high) && isfinite(low) && isfinite(high))
        *out = low + (high - low) / 2;
    return status;
}

static void widen(double number, double *low, double *high)
{
    *low = number < *low ? number : *low; /* never for NAN */
    *high = number > *high ? number : *high;
}

static dk_status read_row(const sparks *s, uint64_t row, double *low, double *high, dk_error *err)
{
    dk_status status = row % DK_BLOCK_ROWS == 0 ? dki_poll(dk_table_context(s->table), err) : DK_OK;

    for (size_t i = 0; i < s->n && status == DK_OK; i++) {
        status = read_number(s, i, row, &s->numbers[i], err);
        widen(s->numbers[i], low, high);
    }
    return status;
}

static dk_status draw(const double *numbers, size_t n, double low, double high, dki_buffer *to, dk_error *err)
{
    dk_status status = DK_OK;

    to->size = 0;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        double share = high > low ? (numbers[i] - low) / (high - low) : 0.5 - 1.0 / N_LEVELS;
        char level[4] = { '\xE2', '\x96', '\x81', '\0' }; /* U+2581 .. U+2588 */

        if (isnan(numbers[i])) {
            status = dki_buffer_text(to, UNKNOWN, err);
            continue;
        }
        level[2] = (char)(0x81 + (int)fmin(share * N_LEVELS, N_LEVELS - 1));
        status = dki_buffer_text(to, level, err);
    }
    return status;
}

static dk_status make_column(sparks *s, const dk_column **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(s->table);
    dk_builder *builder = NULL;
    dki_buffer text;
    dk_status status = DK_OK;

    s->low = HUGE_VAL;
    s->high = -HUGE_VAL;
    for (uint64_t row = 0; s->together && row < n_rows && status == DK_OK; row++)
        status = read_row(s, row, &s->low, &s->high, err);
    dki_buffer_init(&text, dk_table_context(s->table));
    if (status == DK_OK)
        status = dk_builder_new(dk_table_context(s->table), DK_TEXT, 0, NULL, &builder, err);
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row++) {
        double low = HUGE_VAL, high = -HUGE_VAL;

        status = read_row(s, row, &low, &high, err);
        if (status == DK_OK)
            status = draw(s->numbers, s->n, s->together ? s->low : low, s->together ? s->high : high, &text, err);
        if (status == DK_OK)
            status = dk_builder_text(builder, (dk_text){ text.bytes, text.size }, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    dki_buffer_drop(&text);
    return status;
}

static dk_status find_columns(const dk_table *table, const char *const *names, size_t n, size_t *out, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < n && status == DK_OK; i++) {
        status = dk_table_get(table, names[i], &out[i], err);
        if (status == DK_OK) {
            const dk_column *column = dk_table_field(table, out[i])->column;

            if (!dk_type_is_number(dk_column_type(column)) && dk_column_type(column) != DK_INTERVAL)
                status = dki_fail(err, DK_ERR_TYPE, "sparklines are drawn of numbers, and %s is %s", names[i],
                                  dk_column_type_name(column));
        }
    }
    return status;
}

dk_status dk_table_with_sparks(const dk_table *table, const char *const *names, size_t n, const char *name,
                               bool together, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    size_t *columns = dki_alloc_array(context, n, sizeof *columns, err);
    sparks s = { .table = table, .columns = columns, .n = n, .together = together };
    dk_field field = DK_FIELD(name, NULL);
    dk_status status = DK_ERR_MEMORY;

    if (columns)
        s.numbers = dki_alloc_array(context, n, sizeof *s.numbers, err);
    if (s.numbers)
        status = find_columns(table, names, n, columns, err);
    if (status == DK_OK && dk_table_find(table, name) != DK_NO_COLUMN)
        status = dki_fail(err, DK_ERR_DUPLICATE, "there is a column %s already", name);
    if (status == DK_OK)
        status = make_column(&s, &field.column, err);
    if (status == DK_OK)
        status = dk_table_with(table, &field, 1, out, err);
    dk_column_release(field.column);
    dki_free(context, s.numbers);
    dki_free(context, columns);
    return status;
}
