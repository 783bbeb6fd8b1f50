/* markdown.c - a table in Markdown (the tables of GitHub), with what Markdown would take for markup made plain.
 *
 * What is shown of a text is the text: marks get a backslash, those of HTML become entities, and line ends a <br>. Blanks at
 * the ends of a cell are not kept, as no reader shows them. */
#include <string.h>

#include "cells.h"
#include "control.h"

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether an address begins here that GitHub would make a link of: in one a backslash would be shown. */
static bool starts_link(const char *text, size_t size, size_t i)
{
    if (text[i] == ':')
        return i + 2 < size && text[i + 1] == '/' && text[i + 2] == '/';
    return text[i] == '.' && i >= 3 && memcmp(text + i - 3, "www", 3) == 0;
}

/* What stands for the character at i, or NULL where it stands for itself. */
static const char *plain_of(const char *text, size_t size, size_t i, dki_char_kind kind, char escaped[3])
{
    char c = text[i];

    switch (kind) {
    case DKI_CHAR_LINE_END: return "<br>";
    case DKI_CHAR_TAB: return " ";
    case DKI_CHAR_CONTROL:
    case DKI_CHAR_BROKEN: return DKI_REPLACEMENT;
    default: break;
    }
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '_': /* within a word it is no markup, and names are easier to read without backslashes */
        if (i > 0 && i + 1 < size && is_word(text[i - 1]) && is_word(text[i + 1]))
            return NULL;
        break;
    default:
        if (strchr("|\\`*[]#~$", c) == NULL && !starts_link(text, size, i))
            return NULL;
    }
    escaped[0] = '\\';
    escaped[1] = c;
    escaped[2] = '\0';
    return escaped;
}

static dk_status put_plain(dki_buffer *to, const char *text, size_t size, dk_error *err)
{
    dk_status status = DK_OK;
    size_t n;

    for (size_t i = 0; i < size && status == DK_OK; i += n) {
        dki_char_kind kind = dki_char_next(text + i, size - i, &n);
        char escaped[3];
        const char *plain = plain_of(text, size, i, kind, escaped);

        status = plain ? dki_buffer_text(to, plain, err) : dki_buffer_append(to, text + i, n, err);
    }
    return status;
}

/* One cell, with `mark` on either side of what is in it. */
static dk_status put_cell(dki_buffer *to, const char *text, size_t size, const char *mark, dk_error *err)
{
    dk_status status;

    while (size > 0 && text[0] == ' ') {
        text++;
        size--;
    }
    while (size > 0 && text[size - 1] == ' ')
        size--;
    if (size == 0)
        mark = "";
    status = dki_buffer_format(to, err, " %s", mark);
    if (status == DK_OK)
        status = put_plain(to, text, size, err);
    return status == DK_OK ? dki_buffer_format(to, err, "%s |", mark) : status;
}

static dk_status put_heading(const dki_cells *cells, dki_buffer *to, dk_error *err)
{
    dk_status status = dki_buffer_text(to, "|", err);

    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        const char *heading = dki_cells_heading(cells, c);

        status = put_cell(to, heading, strlen(heading), "", err);
    }
    if (status == DK_OK)
        status = dki_buffer_text(to, "\n|", err);
    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++)
        status = dki_buffer_text(to, cells->columns[c].is_number ? " --: |" : " :-- |", err);
    return status == DK_OK ? dki_buffer_text(to, "\n", err) : status;
}

static dk_status put_row(dki_cells *cells, uint64_t row, dki_buffer *to, dk_error *err)
{
    dk_status status = dki_cells_seek(cells, row, err);
    const char *mark;

    if (status == DK_OK)
        status = dki_buffer_text(to, "|", err);
    if (status != DK_OK)
        return status;
    mark = dki_cells_margin(cells, row) != 0 ? "**" : "";
    for (size_t c = 0; c < cells->n_columns && status == DK_OK; c++) {
        dki_cell cell = dki_cells_get(cells, row, c);

        status = put_cell(to, cell.text, cell.size, mark, err);
    }
    return status == DK_OK ? dki_buffer_text(to, "\n", err) : status;
}

/* A paragraph, or with "### " a heading. */
static dk_status put_line(dki_buffer *to, const char *before, const char *text, const char *after, dk_error *err)
{
    dk_status status = dki_buffer_text(to, before, err);

    if (status == DK_OK)
        status = put_plain(to, text, strlen(text), err);
    return status == DK_OK ? dki_buffer_text(to, after, err) : status;
}

dk_status dki_write_markdown(const dk_table *table, const dk_write_options *options, dki_sink *sink, dk_error *err)
{
    dki_buffer *to = &sink->buffer;
    dki_cells cells;
    dk_status status = dki_cells_open(table, options, true, &cells, err);

    if (status != DK_OK)
        return status;
    if (options->title)
        status = put_line(to, "### ", options->title, "\n\n", err);
    if (status == DK_OK)
        status = put_heading(&cells, to, err);
    for (uint64_t row = 0; row < dk_table_n_rows(table) && status == DK_OK; row++) {
        status = put_row(&cells, row, to, err);
        if (status == DK_OK)
            status = dki_sink_flush(sink, false, err);
    }
    for (size_t i = 0; i < dk_table_n_notes(table) && options->show_notes && status == DK_OK; i++)
        status = put_line(to, "\n", dk_table_note(table, i), "\n", err);
    dki_cells_close(&cells);
    return status;
}
