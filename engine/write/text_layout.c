/* text_layout.c - fits a table to a screen.
 *
 * What is too wide first breaks names that are longer than what stands below them, and is then folded into parts that repeat
 * the columns which tell rows apart. Texts give way where a column alone
 * would pass the screen; a number never does, as a cut number is another number. Where the number of rows is limited, so
 * is that of parts: the columns of the others are left out.
 */
#include "text_layout.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/types.h"

#define LEAST_ROWS 4   /* in however many parts a table is folded, each shows so many */
#define LEAST_TEXT 8   /* on however narrow a screen a text keeps so much */
#define MOST_PARTS 4   /* of a table whose rows are limited */
#define MOST_HEADING 4 /* lines of a name */
#define LEAST_SAVED 3  /* columns that are gained by breaking a name */
#define MOST_NAME \
    200 /* bytes of a name that is broken: a longer one is no name, and would take its square in time */
#define LEAST_BAR 8
#define MOST_BAR 40

static void show_rows(dki_layout *l, size_t max_rows)
{
    l->head = l->n_rows;
    l->tail = 0;
    if (max_rows > 0 && l->n_rows > max_rows) {
        l->head = (max_rows + 1) / 2;
        l->tail = max_rows - l->head;
    }
}

dk_status dki_layout_open(const dki_cells *cells, dki_layout *out, dk_error *err)
{
    dk_context *context = dk_table_context(cells->table);

    *out = (dki_layout){
        .options = cells->options,
        .cells = cells,
        .n_rows = dk_table_n_rows(cells->table),
        .n_shown = cells->n_columns,
        .widths = dki_calloc(context, cells->n_columns, sizeof *out->widths, err),
    };
    show_rows(out, cells->options->max_rows);
    if (out->widths)
        out->list = dki_calloc(context, cells->n_columns, sizeof *out->list, err);
    return out->list ? DK_OK : DK_ERR_MEMORY;
}

void dki_layout_close(dki_layout *l)
{
    if (l->cells == NULL)
        return;
    dki_free(dk_table_context(l->cells->table), l->widths);
    dki_free(dk_table_context(l->cells->table), l->list);
}

uint64_t dki_layout_below(const dki_layout *l, uint64_t row)
{
    return row + 1 == l->head && l->head + l->tail < l->n_rows ? l->n_rows - l->tail : row + 1;
}

size_t dki_layout_width(const dki_layout *l, size_t column)
{
    return l->widths[column].shown + (l->widths[column].bar ? DKI_GAP + l->widths[column].bar : 0);
}

/* Names in lines. ------------------------------------------------------------------------------------------------ */

/* The first line of a text: as many words as the width takes, at least one. A word ends at a blank, or with a mark that joins two. */
static size_t first_line(const char *text, size_t size, size_t width)
{
    size_t end = 0;

    if (dki_utf8_width(text, size) <= width)
        return size;
    for (size_t i = 1; i < size; i++) {
        bool joins = text[i - 1] == '_' || text[i - 1] == '-' || text[i - 1] == '+' || text[i - 1] == '/';

        if (text[i] != ' ' && !joins)
            continue;
        if (end > 0 && dki_utf8_width(text, i) > width)
            break;
        end = i;
    }
    return end > 0 ? end : size;
}

/* Line `line` of the name, of which the width takes so much; *n is how many there are. */
static dk_text line_of(const char *name, size_t width, size_t line, size_t *n)
{
    size_t size = strlen(name), from = 0;
    dk_text found = { name, 0 };

    for (*n = 0; from < size || *n == 0; ++*n) {
        size_t length = first_line(name + from, size - from, width);

        if (*n == line)
            found = (dk_text){ name + from, length };
        from += length;
        while (from < size && name[from] == ' ')
            from++;
    }
    return found;
}

/* Whether the name stands in the width in few lines, none of which is cut; *n is how many. */
static bool stands_in(const char *name, size_t width, size_t *n)
{
    *n = 1;
    if (strlen(name) > MOST_NAME)
        return false;
    for (size_t line = 0; line < *n; line++) {
        dk_text text = line_of(name, width, line, n);

        if (*n > MOST_HEADING || dki_utf8_width(text.bytes, text.size) > width)
            return false;
    }
    return true;
}

size_t dki_layout_heading_lines(const dki_layout *l, size_t column)
{
    size_t n;

    return l->is_folded && stands_in(dki_cells_heading(l->cells, column), l->widths[column].shown, &n) ? n : 1;
}

dk_text dki_layout_heading(const dki_layout *l, size_t column, size_t line)
{
    const char *name = dki_cells_heading(l->cells, column);
    size_t n;

    if (dki_layout_heading_lines(l, column) == 1)
        return (dk_text){ name, strlen(name) };
    return line_of(name, l->widths[column].shown, line, &n);
}

/* Makes columns narrower whose names are much longer than what stands below them. */
static void break_names(dki_layout *l)
{
    for (size_t c = 0; c < l->cells->n_columns; c++) {
        dki_width *width = &l->widths[c];
        size_t room = width->body > LEAST_TEXT ? width->body : LEAST_TEXT, n;

        while (room + LEAST_SAVED <= width->shown && !stands_in(dki_cells_heading(l->cells, c), room, &n))
            room++;
        if (room + LEAST_SAVED <= width->shown)
            width->shown = room;
    }
}

/* Columns. ------------------------------------------------------------------------------------------------------ */

/* How narrow a column can get. */
static size_t least_width(const dki_layout *l, size_t column)
{
    const dki_width *width = &l->widths[column];
    size_t least = width->least > LEAST_TEXT ? width->least : LEAST_TEXT;

    return dki_layout_width(l, column) - width->shown + (least < width->shown ? least : width->shown);
}

/* Columns that tell what a row is: the dimensions, or what stands before nothing but numbers, or else the first one. */
static size_t key_columns(const dki_layout *l)
{
    size_t n_columns = l->cells->n_columns, n_dimensions = 0, n_texts = 0, n;

    while (n_dimensions < n_columns && l->cells->columns[n_dimensions].field->margin_bit >= 0)
        n_dimensions++;
    if (n_dimensions > 0)
        return n_dimensions;
    while (n_texts < n_columns && !l->cells->columns[n_texts].is_number)
        n_texts++;
    for (n = n_texts; n < n_columns && l->cells->columns[n].is_number; n++)
        ;
    return n == n_columns && n_texts > 0 && n_texts < n_columns ? n_texts : 1;
}

/* Narrows the texts of a column to `room`, as far as that can be. */
static void narrow(dki_layout *l, size_t column, size_t room)
{
    size_t behind = dki_layout_width(l, column) - l->widths[column].shown;

    if (room < least_width(l, column))
        room = least_width(l, column);
    if (l->widths[column].shown > room - behind)
        l->widths[column].shown = room - behind;
}

/* What the widest of the columns from `first` on needs. */
static size_t needed_width(const dki_layout *l, size_t first)
{
    size_t needed = 0;

    for (size_t c = first; c < l->cells->n_columns; c++)
        if (least_width(l, c) > needed)
            needed = least_width(l, c);
    return needed;
}

/* How many of the keys each part repeats: as many as leave a third of the width, and what the other columns need. One that would not
 * gets narrower, so that half is left if that can be. */
static size_t repeated_columns(dki_layout *l, size_t *used)
{
    size_t n_keys = key_columns(l), n = 0, max_width = l->options->max_width;

    for (*used = 0; n < n_keys; n++) {
        size_t most = max_width - max_width / 3, needed = needed_width(l, n + 1);

        if (most + needed > max_width)
            most = max_width > needed ? max_width - needed : 0;
        if (*used + least_width(l, n) + DKI_GAP > most)
            break;
        if (*used + dki_layout_width(l, n) + DKI_GAP > most) {
            size_t half = most < max_width / 2 ? most : max_width / 2;

            narrow(l, n, half > *used + DKI_GAP ? half - *used - DKI_GAP : 0);
        }
        *used += dki_layout_width(l, n) + DKI_GAP;
    }
    return n;
}

static size_t whole_width(const dki_layout *l)
{
    size_t total = 0;

    for (size_t c = 0; c < l->cells->n_columns; c++)
        total += dki_layout_width(l, c) + DKI_GAP;
    return total > 0 ? total - DKI_GAP : 0;
}

static size_t bar_within(size_t room)
{
    return room < LEAST_BAR ? LEAST_BAR : room > MOST_BAR ? MOST_BAR : room;
}

/* Fits the columns to the screen where it is too narrow for all of them: none passes it beside those that repeat. */
static void fit_columns(dki_layout *l)
{
    size_t n = l->cells->n_columns, max_width = l->options->max_width, used, first;

    if (n == 0 || max_width == 0 || whole_width(l) <= max_width)
        return;
    l->is_folded = true;
    break_names(l);
    if (whole_width(l) <= max_width)
        return;
    if (n == 1) {
        narrow(l, 0, max_width);
        return;
    }
    first = l->widths[0].shown;
    if (max_width / 2 > DKI_GAP)
        narrow(l, 0, max_width / 2 - DKI_GAP);
    l->n_repeated = repeated_columns(l, &used);
    if (l->n_repeated == 0)
        l->widths[0].shown = first;
    for (size_t c = l->n_repeated; c < n; c++) {
        narrow(l, c, max_width - used);
        if (l->widths[c].bar > 0 && max_width > used + l->widths[c].shown + DKI_GAP)
            l->widths[c].bar = bar_within(max_width - used - l->widths[c].shown - DKI_GAP);
    }
}

/* The bars share what the columns leave of the screen. */
static void fit_bars(dki_layout *l)
{
    size_t n_bars = 0, total = whole_width(l), max_width = l->options->max_width, room = MOST_BAR;

    for (size_t c = 0; c < l->cells->n_columns; c++)
        n_bars += l->widths[c].bar > 0;
    if (n_bars == 0)
        return;
    total -= n_bars; /* each was counted as one wide */
    if (max_width > 0)
        room = max_width > total ? (max_width - total) / n_bars : 0;
    for (size_t c = 0; c < l->cells->n_columns; c++)
        if (l->widths[c].bar > 0)
            l->widths[c].bar = bar_within(room);
}

bool dki_layout_next(dki_layout *l, dki_part *out)
{
    size_t max_width = l->options->max_width ? l->options->max_width : SIZE_MAX;
    dki_part p = { l->list, 0, 0 };

    if (l->next >= l->n_shown)
        return false;
    for (size_t c = 0; l->next > 0 && c < l->n_repeated; c++) {
        l->list[p.n++] = c;
        p.width += dki_layout_width(l, c) + DKI_GAP;
    }
    do {
        p.width += dki_layout_width(l, l->next) + DKI_GAP;
        l->list[p.n++] = l->next++;
    } while (l->next < l->n_shown && p.width + dki_layout_width(l, l->next) <= max_width);
    p.width -= DKI_GAP;
    if (p.width > max_width) /* of the line under the names */
        p.width = max_width;
    *out = p;
    return true;
}

/* All parts together are to take the place that one would: each shows fewer rows, and there are not many. */
static void share_rows(dki_layout *l)
{
    size_t max_rows = l->options->max_rows, around = l->options->show_types ? 4 : 3; /* lines that each part adds */
    size_t n_parts = 0, n_lines = 1, rows;
    dki_part part;

    if (max_rows == 0)
        return;
    for (size_t c = 0; c < l->cells->n_columns; c++)
        if (dki_layout_heading_lines(l, c) > n_lines)
            n_lines = dki_layout_heading_lines(l, c);
    around += n_lines - 1;
    while (n_parts < MOST_PARTS && dki_layout_next(l, &part))
        n_parts++;
    l->n_shown = l->next;
    l->next = 0;
    if (n_parts < 2)
        return;
    rows = max_rows > (n_parts - 1) * around ? (max_rows - (n_parts - 1) * around) / n_parts : 0;
    if (rows < LEAST_ROWS)
        rows = LEAST_ROWS;
    if (rows < max_rows)
        show_rows(l, rows);
}

void dki_layout_fit(dki_layout *l)
{
    fit_bars(l);
    fit_columns(l);
    share_rows(l);
}
