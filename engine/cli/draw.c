/* draw.c - where a line that is edited stands on the terminal.
 *
 * libedit draws it. Where the window changes its size, what is there is taken off the screen here, by counting its rows; and a line
 * with characters of two columns is drawn anew, since libedit may leave half of one.
 */
#include "draw.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "edit.h"
#include "terminal.h"

/* How many columns a character takes that begins in `column`. */
static size_t width_of(size_t column, wchar_t c)
{
    int width = wcwidth(c);

    if (c == L'\t')
        return 8 - column % 8;
    return width < 0 ? 2 : (size_t)width; /* ^X */
}

/* A place on a terminal of so many columns: whole rows, and columns of one that is not full. */
struct place {
    size_t columns, row, column;
    const char *prompt;  /* its row begins here; NULL: not in the prompt */
    const wchar_t *text; /* its row begins here, or the text does */
    size_t text_column;  /* in which that is */
};

static void go_past(struct place *at, wchar_t c)
{
    size_t width = c == L'\n' ? 0 : width_of(at->column, c);

    if (c == L'\n' || at->column + width > at->columns) {
        at->row++;
        at->column = 0;
    }
    at->column += width;
    if (at->column >= at->columns) {
        at->row++;
        at->column = 0;
    }
}

/* Where a character of the line stands, or would, from where the prompt began. */
static struct place place_of(EditLine *editor, const char *prompt, size_t columns, const wchar_t *which)
{
    const LineInfoW *line = dkc_edit.el_wline(editor);
    struct place at = { columns, 0, 0, prompt, line->buffer, 0 };
    size_t length, row;
    mbstate_t state;
    bool hidden = false;
    wchar_t c;

    memset(&state, 0, sizeof state);
    for (; (length = mbrtowc(&c, prompt, MB_LEN_MAX, &state)) > 0 && length < (size_t)-2; prompt += length) {
        row = at.row;
        if (c == DKC_HIDDEN_MARK)
            hidden = !hidden;
        else if (!hidden)
            go_past(&at, c);
        if (at.row > row)
            at.prompt = at.column > 0 ? prompt : prompt + length;
    }
    at.text_column = at.column;
    for (const wchar_t *typed = line->buffer; typed < which; typed++) {
        row = at.row;
        go_past(&at, *typed);
        if (at.row > row) {
            at.prompt = NULL;
            at.text_column = 0;
            at.text = at.column > 0 ? typed : typed + 1;
        }
    }
    if (line->cursor < line->lastchar && wcwidth(*line->cursor) > 1 &&
        at.column + 2 > columns) { /* it does not fit */
        at.row++;
        at.column = 0;
    }
    return at;
}

static struct place place_of_cursor(EditLine *editor, const char *prompt, size_t columns)
{
    return place_of(editor, prompt, columns, dkc_edit.el_wline(editor)->cursor);
}

static bool begins_with(const char *text, const char *begin)
{
    return text && strncmp(text, begin, strlen(begin)) == 0;
}

/* Whether the terminal is known to break rows anew when its width changes, all that were full as one. What stands in the environment
 * may be another terminal's, in which this one was started: so TERM has to fit. */
static bool breaks_anew(void)
{
    static const char *const kinds[] = { "tmux", "alacritty", "foot",          "konsole",
                                         "vte",  "wezterm",   "xterm-ghostty", "xterm-kitty" };
    static const char *const marks[] = { "VTE_VERSION", "KONSOLE_VERSION", "TERM_PROGRAM", "WT_SESSION" };
    const char *kind = getenv("TERM");

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins_with(kind, kinds[i]))
            return true;
    if (begins_with(kind, "screen"))
        return getenv("TMUX") && !getenv("STY");
    for (size_t i = 0; begins_with(kind, "xterm") && !getenv("XTERM_VERSION") && i < sizeof marks / sizeof *marks;
         i++)
        if (getenv(marks[i]))
            return true;
    return false;
}

/* Takes the line off the screen, of which n rows are above the cursor's, and puts the cursor where it began; false, and nothing is
 * done, where the terminal cannot do that. */
static bool clear_line(EditLine *editor, size_t n)
{
    const char *up = NULL, *clear = NULL;

    if (dkc_edit.el_get(editor, EL_GETTC, "up", &up) != 0 || dkc_edit.el_get(editor, EL_GETTC, "cd", &clear) != 0 ||
        up == NULL || clear == NULL)
        return false;
    for (fputc('\r', stdout); n > 0; n--)
        fputs(up, stdout);
    fputs(clear, stdout);
    return true;
}

/* There are terminals that break rows anew, and others that cut them off (xterm), whose cursor stays in its row. Of one that is
 * not known, no more rows are cleared than the line has in both: a part of it may be left, but what stands above stays. */
void dkc_draw_clear(EditLine *editor, const char *prompt, size_t columns_before)
{
    size_t columns, rows, n, n_before;

    if (!dkc_terminal_size(STDOUT_FILENO, &columns, &rows))
        return;
    n = place_of_cursor(editor, prompt, columns).row;
    n_before = columns_before ? place_of_cursor(editor, prompt, columns_before).row : 0;
    if (!breaks_anew() && (n_before < n || getenv("XTERM_VERSION")))
        n = n_before;
    if (clear_line(editor, n))
        fflush(stdout);
}

/* Writes the cursor's row again, up to it. */
static void write_row(EditLine *editor, const struct place *cursor)
{
    const LineInfoW *line = dkc_edit.el_wline(editor);
    size_t column = cursor->text_column, width;

    fputc('\r', stdout);
    if (cursor->column == 0)
        return;
    for (const char *c = cursor->prompt; c && *c; c++)
        if (*c != DKC_HIDDEN_MARK)
            fputc(*c, stdout);
    for (const wchar_t *c = cursor->text; c < line->cursor; c++, column += width) {
        width = width_of(column, *c);
        if (*c == L'\t')
            fprintf(stdout, "%*s", (int)width, "");
        else if (wcwidth(*c) < 0)
            fprintf(stdout, "^%lc", (wint_t)(*c ^ 0100));
        else
            fprintf(stdout, "%lc", (wint_t)*c);
    }
}

void dkc_draw_wide(EditLine *editor, const char *prompt)
{
    const LineInfoW *line = dkc_edit.el_wline(editor);
    const wchar_t *at = line->buffer;
    size_t columns, rows;
    struct place cursor;

    while (at < line->lastchar && wcwidth(*at) < 2)
        at++;
    if (at == line->lastchar || !dkc_terminal_size(STDOUT_FILENO, &columns, &rows))
        return;
    cursor = place_of_cursor(editor, prompt, columns);
    if (!clear_line(editor, cursor.row))
        return;
    dkc_edit.el_set(editor, EL_REFRESH);
    if (place_of(editor, prompt, columns, line->lastchar).row < rows) /* else libedit has it in another row */
        write_row(editor, &cursor);
    fflush(stdout);
}
