/* markdown.c - a table in Markdown, with what Markdown would take for markup made plain. */
#include <string.h>

#include "base/text.h"
#include "cells.h"

static dk_status put_plain(dki_buffer *to, const char *text, size_t size, dk_error *err)
{
    dk_status status = DK_OK;
    size_t from = 0;

    for (size_t i = 0; i < size && status == DK_OK; i++) {
        char c = text[i];

        if (strchr("|\\`*_<>[]#", c) == NULL && c != '\n' && c != '\r' && c != '\t')
            continue;
        status = dki_buffer_append(to, text + from, i - from, err);
        from = i + 1;
        if (status == DK_OK)
            status = c == '<'    ? dki_buffer_text(to, "&lt;", err)
                     : c == '>'  ? dki_buffer_text(to, "&gt;", err)
                     : c == '\n' ? dki_buffer_text(to, "<br>", err)
                     : c == '_'  ? dki_buffer_text(to, i > 0 && i + 1 < size ? "_" : "\\_", err)
                     : c == '\r' || c == '\t' || c == '\0' ? dki_buffer_text(to, " ", err)
                                                           : dki_buffer_format(to, err, "\\%c", c);
    }
    return status == DK_OK ? dki_buffer_append(to, text + from, size - from, err) : status;
}

dk_status dki_write_markdown(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    dki_buffer *to = &sink->buffer;
    dki_cells cells;
    dk_status status = dki_cells_open(table, options, true, &cells, err);

    if (status != DK_OK)
        return status;
    if (options->title)
        status = dki_buffer_format(to, err, "### ") == DK_OK &&
                         put_plain(to, options->title, strlen(options->title), err) == DK_OK
                     ? dki_buffer_text(to, "\n\n", err)
                     : DK_ERR_MEMORY;
    for (size_t c = 0; c < cells.n_columns && status == DK_OK; c++) {
        const char *heading = dki_cells_heading(&cells, c);

        status = dki_buffer_text(to, c ? " " : "| ", err);
        if (status == DK_OK)
            status = put_plain(to, heading, strlen(heading), err);
        if (status == DK_OK)
            status = dki_buffer_text(to, " |", err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, "\n|", err);
    for (size_t c = 0; c < cells.n_columns && status == DK_OK; c++)
        status = dki_buffer_text(to, cells.columns[c].is_number ? " --: |" : " :-- |", err);
    if (status == DK_OK)
        status = dki_buffer_text(to, "\n", err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        bool total;

        status = dki_cells_seek(&cells, row, err);
        if (status != DK_OK)
            break;
        total = dki_cells_margin(&cells, row) != 0;
        for (size_t c = 0; c < cells.n_columns && status == DK_OK; c++) {
            dki_cell cell = dki_cells_get(&cells, row, c);

            status = dki_buffer_text(to, c ? " " : "| ", err);
            if (status == DK_OK && total && cell.size > 0)
                status = dki_buffer_text(to, "**", err);
            if (status == DK_OK)
                status = put_plain(to, cell.text, cell.size, err);
            if (status == DK_OK && total && cell.size > 0)
                status = dki_buffer_text(to, "**", err);
            if (status == DK_OK)
                status = dki_buffer_text(to, " |", err);
        }
        if (status == DK_OK)
            status = dki_buffer_text(to, "\n", err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    for (size_t i = 0; i < dk_table_n_notes(table) && options->show_notes && status == DK_OK; i++) {
        const char *note = dk_table_note(table, i);

        status = dki_buffer_text(to, "\n", err);
        if (status == DK_OK)
            status = put_plain(to, note, strlen(note), err);
        if (status == DK_OK)
            status = dki_buffer_text(to, "\n", err);
    }
    dki_cells_close(&cells);
    return status;
}
