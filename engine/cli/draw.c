/* draw.c - where a line that is edited stands on the terminal.
 *
 * libedit draws it. Where the window changes its size, what is there is taken off the screen here, by counting its rows.
 */
#include "draw.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "edit.h"

bool dkc_terminal_size(size_t *columns, size_t *rows)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

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

/* How many rows stand above the cursor's, from where the prompt began, on a terminal of so many columns. */
static size_t rows_above_cursor(EditLine *editor, const char *prompt, size_t columns)
{
    const LineInfoW *line = dkc_edit.el_wline(editor);
    struct place at = { columns, 0, 0 };
    size_t length;
    mbstate_t state;
    bool hidden = false;
    wchar_t c;

    memset(&state, 0, sizeof state);
    for (; (length = mbrtowc(&c, prompt, MB_LEN_MAX, &state)) > 0 && length < (size_t)-2; prompt += length) {
        if (c == DKC_HIDDEN_MARK)
            hidden = !hidden;
        else if (!hidden)
            go_past(&at, c);
    }
    for (const wchar_t *typed = line->buffer; typed < line->cursor; typed++)
        go_past(&at, *typed);
    return at.row;
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

/* There are terminals that break rows anew, and others that cut them off (xterm), whose cursor stays in its row. Of one that is
 * not known, no more rows are cleared than the line has in both: a part of it may be left, but what stands above stays. */
void dkc_draw_clear(EditLine *editor, const char *prompt, size_t columns_before)
{
    const char *up = NULL, *clear = NULL;
    size_t columns, rows, n, n_before;

    if (!dkc_terminal_size(&columns, &rows))
        return;
    if (dkc_edit.el_get(editor, EL_GETTC, "up", &up) != 0 || dkc_edit.el_get(editor, EL_GETTC, "cd", &clear) != 0 ||
        up == NULL || clear == NULL)
        return;
    n = rows_above_cursor(editor, prompt, columns);
    n_before = columns_before ? rows_above_cursor(editor, prompt, columns_before) : 0;
    if (!breaks_anew() && (n_before < n || getenv("XTERM_VERSION")))
        n = n_before;
    for (fputc('\r', stdout); n > 0; n--)
        fputs(up, stdout);
    fputs(clear, stdout);
    fflush(stdout);
}
