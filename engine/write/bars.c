/* bars.c - numbers as lengths, drawn with characters.
 *
 *   Arnhem    74.0 %  ██████████████████▌
 *   Duiven     x      ░░░░░░░                 between its bounds
 *   Rheden    -3.1 %  ▐█│                     where there are negative numbers, a line stands for zero
 *
 * An eighth of a column can be told to the right of zero, a half to its left: there are no other characters. A number that
 * is not zero has the least of these at least.
 */
#include "bars.h"

#include <math.h>

#include <dekking/members.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "words.h"

#define WHOLE "\xE2\x96\x88"
#define LIGHT "\xE2\x96\x91"
#define MIDDLE "\xE2\x96\x92"
#define HALF_LEFT "\xE2\x96\x90"
#define ZERO_LINE "\xE2\x94\x82"
#define GOES_RIGHT "\xE2\x96\xB6"
#define GOES_LEFT "\xE2\x97\x80"

bool dki_value_ends(const dk_value *value, double *low, double *high)
{
    const dk_interval *interval = &value->as.interval;

    if (value->is_null)
        return false;
    switch (value->type) {
    case DK_INTEGER: *low = (double)value->as.integer; break;
    case DK_DECIMAL: *low = dki_decimal_real(value->as.integer, value->scale); break;
    case DK_REAL: *low = value->as.real; break;
    case DK_RATIO: *low = dki_ratio_real(value->as.ratio); break;
    case DK_INTERVAL:
        *low = interval->no_least ? -HUGE_VAL : dki_decimal_real(interval->least, value->scale);
        *high = interval->no_greatest ? HUGE_VAL : dki_decimal_real(interval->greatest, value->scale);
        return !interval->no_least || !interval->no_greatest;
    default: return false;
    }
    *high = *low;
    return true;
}

/* The bound of an interval, or the number itself. */
static dk_value end_of(const dk_value *value, bool upper)
{
    if (value->type != DK_INTERVAL)
        return *value;
    return (dk_value){
        .type = value->scale > 0 ? DK_DECIMAL : DK_INTEGER,
        .scale = value->scale,
        .as.integer = upper ? value->as.interval.greatest : value->as.interval.least,
    };
}

static void take(dki_bar_scale *scale, const dk_value *value)
{
    double low, high;

    if (!dki_value_ends(value, &low, &high))
        return;
    scale->is_any = true;
    if (isfinite(low) && low < scale->low) {
        scale->low = low;
        scale->least = end_of(value, false);
    }
    if (isfinite(high) && high > scale->high) {
        scale->high = high;
        scale->greatest = end_of(value, true);
    } else if (isfinite(low) && low > scale->high) {
        scale->high = low;
        scale->greatest = end_of(value, false);
    }
}

/* Takes the rows that are totals, or those that are none. */
static dk_status take_rows(const dki_cells *cells, size_t at, bool totals, dki_bar_scale *scale, dk_error *err)
{
    const dk_table *table = cells->table;
    uint64_t n_rows = dk_table_n_rows(table);
    dk_view view, margin;
    dk_status status = DK_OK;

    dk_view_init(&view, dk_table_context(table));
    dk_view_init(&margin, dk_table_context(table));
    for (uint64_t row = 0; row < n_rows && status == DK_OK; row += DK_BLOCK_ROWS) {
        size_t n = n_rows - row < DK_BLOCK_ROWS ? (size_t)(n_rows - row) : DK_BLOCK_ROWS;

        status = dki_poll(dk_table_context(table), err);
        if (status == DK_OK)
            status = dk_column_view(cells->columns[at].field->column, row, n, &view, err);
        if (status == DK_OK && dk_table_margin(table))
            status = dk_column_view(dk_table_margin(table), row, n, &margin, err);
        for (size_t i = 0; i < n && status == DK_OK; i++) {
            bool is_total = dk_table_margin(table) && dki_view_value(&margin, i).as.integer != 0;

            if (is_total == totals) {
                dk_value value = dki_view_value(&view, i);

                take(scale, &value);
            }
        }
    }
    dk_view_release(&view);
    dk_view_release(&margin);
    return status;
}

static dk_status open_scale(const dki_cells *cells, size_t at, double full, dki_bar_scale *out, dk_error *err)
{
    const dki_cell_column *column = &cells->columns[at];
    dk_type type = dk_column_type(column->field->column);
    bool is_percent = column->has_pattern && column->pattern.percent;
    dk_status status;

    if (!column->is_number) {
        (void)dki_fail(err, DK_ERR_TYPE, "bars are drawn of numbers, and %s is %s", column->field->name,
                       dk_column_type_name(column->field->column));
        dki_hint(err, "t:breakdown { by = \"%s\", measures = \"n = count()\" }:bars \"n\" counts",
                 column->field->name);
        return DK_ERR_TYPE;
    }
    *out = (dki_bar_scale){ .least = { .type = DK_INTEGER }, .greatest = { .type = DK_INTEGER } };
    status = take_rows(cells, at, false, out, err);
    out->has_details = out->is_any;
    out->draws_totals = is_percent || type == DK_RATIO || !out->has_details;
    if (status == DK_OK && !out->has_details)
        status = take_rows(cells, at, true, out, err);
    if (full > 0 || (is_percent && out->low >= 0 && out->high >= 0.5 && out->high <= 1)) {
        out->high = full > 0 ? full : 1;
        out->greatest = (dk_value){ .type = DK_REAL, .as.real = out->high };
        if (out->high == floor(out->high) && out->high < (double)INT32_MAX)
            out->greatest = (dk_value){ .type = DK_INTEGER, .as.integer = (int64_t)out->high };
    }
    return status;
}

/* One side of zero, in eighths (to the right) or halves (to the left) of a column: solid up to `near`, light up to `far`. */
typedef struct side {
    size_t whole, parts, light;
    bool goes_on;
} side;

/* 0 <= near <= far, in shares of the side's n columns, of which each has so many parts. */
static side measure(double near, double far, size_t n, size_t parts, bool is_total)
{
    side s = { .goes_on = far > 1 };
    double solid = (near > 1 ? 1 : near) * (double)n, reach = (far > 1 ? 1 : far) * (double)n;
    size_t all = (size_t)(solid * (double)parts + 0.5);

    if (near < far) {
        s.whole = (size_t)solid;
        s.light = (size_t)ceil(reach) - s.whole;
        return s;
    }
    if (is_total) /* its character has no parts */
        all = (all + parts / 2) / parts * parts + (all > 0 && all < parts / 2 ? parts : 0);
    else if (all == 0 && near > 0)
        all = 1;
    s.whole = all / parts;
    s.parts = all % parts;
    return s;
}

static dk_status draw_left(const side *s, size_t n, const char *solid, dki_buffer *to, dk_error *err)
{
    size_t used = s->whole + (s->parts > 0) + s->light;
    dk_status status = dki_buffer_repeat(to, " ", n - used, err);

    if (status == DK_OK && s->goes_on)
        status = dki_buffer_text(to, GOES_LEFT, err);
    if (status == DK_OK)
        status = dki_buffer_repeat(to, LIGHT, s->goes_on && s->light > 0 ? s->light - 1 : s->light, err);
    if (status == DK_OK && s->parts > 0)
        status = dki_buffer_text(to, HALF_LEFT, err);
    if (status == DK_OK)
        status = dki_buffer_repeat(to, solid, s->goes_on && s->light == 0 ? s->whole - 1 : s->whole, err);
    return status;
}

static dk_status draw_right(const side *s, const char *solid, dki_buffer *to, dk_error *err)
{
    char part[4] = { '\xE2', '\x96', (char)(0x90 - s->parts), '\0' }; /* U+258F, an eighth, .. U+2589 */
    dk_status status = dki_buffer_repeat(to, solid, s->goes_on && s->light == 0 ? s->whole - 1 : s->whole, err);

    if (status == DK_OK && s->parts > 0)
        status = dki_buffer_text(to, part, err);
    if (status == DK_OK)
        status = dki_buffer_repeat(to, LIGHT, s->goes_on && s->light > 0 ? s->light - 1 : s->light, err);
    return status == DK_OK && s->goes_on ? dki_buffer_text(to, GOES_RIGHT, err) : status;
}

/* How many columns are left of zero: none, or as many as negative numbers take, and one for zero's own line. */
static size_t left_columns(const dki_bar_scale *scale, size_t width)
{
    size_t n;

    if (scale->low >= 0)
        return 0;
    if (scale->high <= 0)
        return width - 1;
    n = (size_t)(-scale->low / (scale->high - scale->low) * (double)(width - 1) + 0.5);
    return n < 1 ? 1 : n > width - 2 ? width - 2 : n;
}

dk_status dki_bar_draw(const dki_bar_scale *scale, const dki_cell *cell, bool is_total, size_t width,
                       dki_buffer *to, dk_error *err)
{
    size_t n_left = left_columns(scale, width), n_right = width - n_left - (n_left > 0);
    bool is_apart = is_total && scale->has_details;
    const char *solid = is_apart ? MIDDLE : WHOLE;
    double low = 0, high = 0;
    side left = { 0 }, right = { 0 };
    dk_status status = DK_OK;

    if (cell->kind == DKI_CELL_VALUE && (!is_total || scale->draws_totals) &&
        dki_value_ends(&cell->value, &low, &high)) {
        if (high > 0)
            right = measure(low > 0 ? low / scale->high : 0, scale->high > 0 ? high / scale->high : HUGE_VAL,
                            n_right, 8, is_total);
        if (low < 0)
            left = measure(high < 0 ? high / scale->low : 0, scale->low < 0 ? low / scale->low : HUGE_VAL, n_left,
                           2, is_total);
    }
    if (n_left > 0)
        status = draw_left(&left, n_left, solid, to, err);
    if (status == DK_OK && n_left > 0)
        status = dki_buffer_text(to, ZERO_LINE, err);
    return status == DK_OK && n_right > 0 ? draw_right(&right, solid, to, err) : status;
}

static double clamp(double share)
{
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

bool dki_bar_place(const dki_bar_scale *scale, const dki_cell *cell, bool is_total, double solid[2],
                   double light[2])
{
    double length = scale->high - scale->low, zero = -scale->low / length, low, high;

    if (cell->kind != DKI_CELL_VALUE || (is_total && !scale->draws_totals) ||
        !dki_value_ends(&cell->value, &low, &high))
        return false;
    light[0] = clamp((low - scale->low) / length);
    light[1] = clamp((high - scale->low) / length);
    solid[0] = high < 0 ? light[1] : zero;
    solid[1] = low > 0 ? light[0] : zero;
    return true;
}

/* The end of a scale as a cell of the column would be shown. */
static void show_end(const dki_cells *cells, size_t column, const dk_value *value, char out[DKI_SHOWN_BYTES])
{
    const dki_cell_column *of = &cells->columns[column];
    dki_look look = { .pattern = of->has_pattern ? &of->pattern : NULL,
                      .style = cells->options->style,
                      .digits = of->digits,
                      .for_people = true };
    size_t size;

    (void)dki_show_value(value, &look, out, DKI_SHOWN_BYTES, &size);
}

dk_status dki_bar_say(const dki_bar_scale *scale, const dki_cells *cells, size_t column, dki_buffer *to,
                      dk_error *err)
{
    char least[DKI_SHOWN_BYTES], greatest[DKI_SHOWN_BYTES];
    const char *before, *between;

    show_end(cells, column, &scale->least, least);
    show_end(cells, column, &scale->greatest, greatest);
    dki_words_scale(cells->options->style, &before, &between);
    return dki_buffer_format(to, err, "%s %s: %s %s %s", before, dki_cells_heading(cells, column), least, between,
                             greatest);
}

dk_status dki_bars_of_options(const dki_cells *cells, dki_bar_scale **out, dk_error *err)
{
    const dk_write_options *options = cells->options;
    dk_context *context = dk_table_context(cells->table);
    dki_bar_scale *scales;
    dk_status status = DK_OK;

    *out = NULL;
    if (options->n_bars == 0)
        return DK_OK;
    scales = dki_calloc(context, cells->n_columns, sizeof *scales, err);
    if (scales == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < options->n_bars && status == DK_OK; i++) {
        size_t column;

        status = dk_table_get(cells->table, options->bars[i], &column, err);
        if (status == DK_OK)
            status = open_scale(cells, column, options->full_bar, &scales[column], err);
    }
    if (status == DK_OK)
        *out = scales;
    else
        dki_free(context, scales);
    return status;
}
