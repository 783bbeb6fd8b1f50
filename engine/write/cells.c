/* cells.c - goes through a table, and tells of each cell whether it is a value, null or a total, and its text. */
#include "cells.h"

#include <string.h>

#include <dekking/members.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/progress.h"
#include "base/status.h"
#include "base/text.h"
#include "data/column_parts.h"
#include "data/formats.h"

/* What stands for the codes of a code list: their labels, perhaps with the code before them. */
static dk_status open_codes(dki_cells *cells, dki_cell_column *column, dk_error *err)
{
    dk_context *context = dk_table_context(cells->table);
    const dk_dictionary *levels = dk_column_levels(column->field->column);
    dk_codes_shown codes = cells->options->codes;
    size_t n = levels ? dk_dictionary_n_levels(levels) : 0, n_bytes = 0;
    char *to;

    if (codes == DK_CODES_USUAL)
        codes = cells->for_people ? DK_CODES_LABEL : DK_CODES_CODE;
    if (levels == NULL || codes == DK_CODES_CODE || !dk_dictionary_has_labels(levels))
        return DK_OK;
    column->shown = dki_alloc_array(context, n + 1, sizeof *column->shown, err);
    if (column->shown == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, code), label;

        column->shown[code] = dk_dictionary_label(levels, code, &label) ? label : level;
        n_bytes += level.size + 1 + column->shown[code].size;
    }
    if (codes == DK_CODES_LABEL)
        return DK_OK;
    column->shown_bytes = to = dki_alloc(context, n_bytes, err);
    if (to == NULL)
        return DK_ERR_MEMORY;
    for (uint32_t code = 1; code <= n; code++) {
        dk_text level = dk_dictionary_level(levels, code), label;
        char *from = to;

        if (!dk_dictionary_label(levels, code, &label))
            continue;
        memcpy(to, level.bytes, level.size);
        to += level.size;
        *to++ = ' ';
        memcpy(to, label.bytes, label.size);
        to += label.size;
        column->shown[code] = (dk_text){ from, (size_t)(to - from) };
    }
    return DK_OK;
}

/* The text of a member: its code, its label or both. */
static dk_status put_member(dki_buffer *to, const dk_dictionary *members, uint32_t code, dk_codes_shown codes,
                            dk_error *err)
{
    dk_text member = dk_dictionary_level(members, code), label;
    bool labelled = codes != DK_CODES_CODE && dk_dictionary_label(members, code, &label);
    dk_status status = DK_OK;

    if (!labelled || codes == DK_CODES_BOTH)
        status = dki_buffer_append(to, member.bytes, member.size, err);
    if (status == DK_OK && labelled && codes == DK_CODES_BOTH)
        status = dki_buffer_text(to, " ", err);
    return status == DK_OK && labelled ? dki_buffer_append(to, label.bytes, label.size, err) : status;
}

/* What stands for sets, where that is not their own text: members are shown as codes are, with another delimiter. */
static dk_status open_sets(dki_cells *cells, dki_cell_column *column, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(column->field->column), *members = dk_dictionary_members(levels);
    const char *between = cells->options->between ? cells->options->between : "|";
    dk_codes_shown codes = cells->options->codes;
    size_t n = dk_dictionary_n_levels(levels), n_members;
    dki_buffer text;
    dk_status status = DK_OK;

    if (codes == DK_CODES_USUAL)
        codes = cells->for_people ? DK_CODES_LABEL : DK_CODES_CODE;
    if (strcmp(between, "|") == 0 && (codes == DK_CODES_CODE || !dk_dictionary_has_labels(members)))
        return DK_OK;
    column->shown = dki_calloc(dk_table_context(cells->table), n + 1, sizeof *column->shown, err);
    if (column->shown == NULL)
        return DK_ERR_MEMORY;
    dki_buffer_init(&text, dk_table_context(cells->table));
    for (uint32_t code = 1; status == DK_OK && code <= n; code++) {
        const uint32_t *set = dk_dictionary_set(levels, code, &n_members);
        size_t from = text.size;

        for (size_t i = 0; status == DK_OK && i < n_members; i++) {
            status = i > 0 ? dki_buffer_text(&text, between, err) : DK_OK;
            if (status == DK_OK)
                status = put_member(&text, members, set[i], codes, err);
        }
        column->shown[code].size = text.size - from;
    }
    if (status == DK_OK)
        status = dki_buffer_terminate(&text, err);
    for (size_t code = 1, at = 0; status == DK_OK && code <= n; at += column->shown[code++].size)
        column->shown[code].bytes = text.bytes + at;
    column->shown_bytes = text.bytes; /* freed with the cells */
    return status;
}

/* Digits that both bounds need, and no more than a ratio shows: quotients have many. */
static dk_status digits_of_bounds(const dk_column *column, unsigned *out, dk_error *err)
{
    unsigned least = 0, greatest = 0;
    dk_status status = DK_OK;

    if (dk_column_scale(column) > 0)
        status = dki_column_digits(dk_column_child(column, DK_CHILD_LEAST), &least, err);
    if (status == DK_OK && dk_column_scale(column) > 0)
        status = dki_column_digits(dk_column_child(column, DK_CHILD_GREATEST), &greatest, err);
    *out = least > greatest ? least : greatest;
    if (*out > DKI_SCREEN_DIGITS)
        *out = DKI_SCREEN_DIGITS;
    return status;
}

/* A pattern for each level of another column. */
static dk_status open_patterns(dki_cells *cells, dki_cell_column *column, dk_error *err)
{
    const dk_dictionary *levels = dk_column_levels(dk_table_field(cells->table, column->by)->column);
    size_t n = dk_dictionary_n_levels(levels);

    column->patterns = dki_calloc(dk_table_context(cells->table), n + 1, sizeof *column->patterns, err);
    if (column->patterns == NULL)
        return DK_ERR_MEMORY;
    column->n_patterns = n + 1;
    for (uint32_t code = 1; code <= n; code++) {
        dki_level_pattern *of = &column->patterns[code];

        of->is_one = dki_formats_find(column->field->format, dk_dictionary_level(levels, code), of->text) &&
                     dki_pattern_parse(of->text, &of->pattern);
    }
    return DK_OK;
}

static dk_status open_column(dki_cells *cells, size_t i, dk_error *err)
{
    dki_cell_column *column = &cells->columns[i];
    const dk_field *field = dk_table_field(cells->table, i);
    dk_type type = dk_column_type(field->column);
    dk_status status;

    column->field = field;
    column->is_number = dk_type_is_number(type) || type == DK_INTERVAL;
    column->by = DK_NO_COLUMN;
    if (dki_formats_are(field->format)) {
        column->by = column->is_number ? dki_formats_column(field->format, cells->table) : DK_NO_COLUMN;
        status = column->by == DK_NO_COLUMN ? DK_OK : open_patterns(cells, column, err);
        if (status != DK_OK)
            return status;
    }
    column->has_pattern = field->format && column->is_number && !dki_formats_are(field->format);
    if (field->format && !dki_formats_are(field->format) && !dki_pattern_parse(field->format, &column->pattern)) {
        dki_fail(err, DK_ERR_ARGUMENT, "the format \"%s\" of column %s is no pattern of a number", field->format,
                 field->name);
        dki_hint(
            err,
            "patterns are \"0\", \"0.0\", \"#,##0\", \"#,##0.0\", each perhaps with \" %%\", \" pp\" or a unit "
            "such as \" persons\" behind it, and \"+\" before");
        return DK_ERR_ARGUMENT;
    }
    column->digits = DKI_SCREEN_DIGITS;
    if (type == DK_DECIMAL && cells->for_people && !column->has_pattern) {
        column->digits = 0;
        return dki_column_digits(field->column, &column->digits, err);
    }
    if (type == DK_INTERVAL && !cells->for_people)
        return dki_marker_facts_get(field->column, &column->facts, err);
    if (type == DK_INTERVAL && !column->has_pattern)
        return digits_of_bounds(field->column, &column->digits, err);
    if (dk_column_is_set(field->column))
        return open_sets(cells, column, err);
    return type == DK_CATEGORY ? open_codes(cells, column, err) : DK_OK;
}

static dk_status check_text(const char *text, const char *what, dk_error *err)
{
    if (text == NULL || dki_utf8_check(text, strlen(text)) == strlen(text))
        return DK_OK;
    return dki_fail(err, DK_ERR_ARGUMENT, "%s is not UTF-8", what);
}

dk_status dki_cells_open(const dk_table *table, const dk_write_options *options, bool for_people, dki_cells *out,
                         dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_status status = check_text(options->null_text, "the text of null", err);

    if (status == DK_OK)
        status = check_text(options->total_label, "the label of totals", err);
    if (status == DK_OK)
        status = check_text(options->title, "the title", err);
    if (status == DK_OK)
        status = check_text(options->between, "what stands between members", err);
    if (status != DK_OK)
        return status;
    memset(out, 0, sizeof *out);
    out->table = table;
    out->options = options;
    out->for_people = for_people;
    out->null_text = options->null_text ? options->null_text : for_people ? DKI_NULL_SHOWN : "";
    out->total_label = options->total_label ? options->total_label : "totaal";
    out->n_columns = dk_table_n_columns(table);
    out->columns = dki_calloc(context, out->n_columns, sizeof *out->columns, err);
    if (out->columns == NULL)
        return DK_ERR_MEMORY;
    out->counts = dki_progress_count_begin(context);
    dk_view_init(&out->margin, context);
    for (size_t i = 0; i < out->n_columns; i++)
        dk_view_init(&out->columns[i].view, context);
    out->shown_size = DKI_SHOWN_BYTES;
    for (size_t i = 0; i < out->n_columns && status == DK_OK; i++) {
        status = open_column(out, i, err);
        if (out->shown_size < DKI_SHOWN_BYTES + out->columns[i].facts.longest)
            out->shown_size = DKI_SHOWN_BYTES + out->columns[i].facts.longest;
    }
    if (status == DK_OK && !(out->shown = dki_alloc(context, out->shown_size, err)))
        status = DK_ERR_MEMORY;
    if (status != DK_OK)
        dki_cells_close(out);
    return status;
}

void dki_cells_close(dki_cells *cells)
{
    if (cells->counts)
        dki_progress_count_end(dk_table_context(cells->table));
    cells->counts = false;
    if (cells->columns == NULL)
        return;
    for (size_t i = 0; i < cells->n_columns; i++) {
        dk_view_release(&cells->columns[i].view);
        dki_free(dk_table_context(cells->table), cells->columns[i].shown);
        dki_free(dk_table_context(cells->table), cells->columns[i].shown_bytes);
        dki_free(dk_table_context(cells->table), cells->columns[i].patterns);
    }
    dk_view_release(&cells->margin);
    dki_free(dk_table_context(cells->table), cells->shown);
    dki_free(dk_table_context(cells->table), cells->columns);
    cells->columns = NULL;
}

dk_status dki_cells_seek(dki_cells *cells, uint64_t row, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(cells->table);
    dk_status status;

    if (cells->n > 0 && row >= cells->row && row < cells->row + cells->n)
        return DK_OK;
    cells->n = 0;
    cells->row = row - row % DK_BLOCK_ROWS;
    if (cells->counts)
        dki_progress_count(dk_table_context(cells->table), cells->row, n_rows);
    status = dki_poll(dk_table_context(cells->table), err);
    for (size_t i = 0; i < cells->n_columns && status == DK_OK; i++) {
        size_t n = n_rows - cells->row < DK_BLOCK_ROWS ? (size_t)(n_rows - cells->row) : DK_BLOCK_ROWS;

        status = dk_column_view(cells->columns[i].field->column, cells->row, n, &cells->columns[i].view, err);
    }
    if (status == DK_OK && dk_table_margin(cells->table)) {
        size_t n = n_rows - cells->row < DK_BLOCK_ROWS ? (size_t)(n_rows - cells->row) : DK_BLOCK_ROWS;

        status = dk_column_view(dk_table_margin(cells->table), cells->row, n, &cells->margin, err);
    }
    if (status == DK_OK)
        cells->n = n_rows - cells->row < DK_BLOCK_ROWS ? (size_t)(n_rows - cells->row) : DK_BLOCK_ROWS;
    return status;
}

int64_t dki_cells_margin(const dki_cells *cells, uint64_t row)
{
    if (dk_table_margin(cells->table) == NULL)
        return 0;
    return dki_view_value(&cells->margin, (size_t)(row - cells->row)).as.integer;
}

int64_t dki_margin_all(const dk_table *table)
{
    int64_t all = 0;

    for (size_t i = 0; i < dk_table_n_columns(table); i++)
        if (dk_table_field(table, i)->margin_bit >= 0)
            all |= INT64_C(1) << dk_table_field(table, i)->margin_bit;
    return all;
}

const char *dki_cells_heading(const dki_cells *cells, size_t column)
{
    const dk_field *field = cells->columns[column].field;

    return field->label ? field->label : field->name;
}

size_t dki_cells_which(const dki_cells *cells, uint64_t row, size_t at)
{
    const dki_cell_column *column = &cells->columns[at];

    if (column->by == DK_NO_COLUMN)
        return 0;
    return dki_view_code(&cells->columns[column->by].view, (size_t)(row - cells->row));
}

const dki_pattern *dki_cells_pattern(const dki_cell_column *column, size_t which)
{
    if (column->by == DK_NO_COLUMN)
        return column->has_pattern ? &column->pattern : NULL;
    return column->patterns[which].is_one ? &column->patterns[which].pattern : NULL;
}

dki_cell dki_cells_get(dki_cells *cells, uint64_t row, size_t at)
{
    dki_cell_column *column = &cells->columns[at];
    int bit = column->field->margin_bit;
    dki_cell cell = { .kind = DKI_CELL_VALUE };
    dki_look look = {
        .pattern = dki_cells_pattern(column, dki_cells_which(cells, row, at)),
        .style = cells->options->style,
        .digits = column->digits,
        .for_people = cells->for_people,
        .facts = cells->for_people ? NULL : &column->facts,
    };

    if (bit >= 0 && dki_cells_margin(cells, row) >> bit & 1) {
        cell.kind = DKI_CELL_TOTAL;
        cell.text = cells->total_label;
        cell.size = strlen(cell.text);
        return cell;
    }
    cell.value = dki_view_value(&column->view, (size_t)(row - cells->row));
    if (!dki_is_shown(&cell.value)) {
        cell.kind = DKI_CELL_NULL;
        cell.text = cells->null_text;
        cell.size = strlen(cell.text);
        return cell;
    }
    if (column->shown) {
        dk_text shown = column->shown[dki_view_code(&column->view, (size_t)(row - cells->row))];

        cell.text = shown.bytes;
        cell.size = shown.size;
        return cell;
    }
    cell.text = dki_show_value(&cell.value, &look, cells->shown, cells->shown_size, &cell.size);
    return cell;
}
