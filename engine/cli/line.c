/* line.c - reading lines.
 *
 * libedit is used through its own interface. It gets its characters from a function of ours, because its own retries
 * a read that a signal interrupted: with ours, Ctrl-C ends the line at once, and a change of the window's size is told
 * to libedit when it happens. Handlers are in place only while a line is read.
 *
 * The history is kept in XDG_STATE_HOME (~/.local/state) under dekking/history, readable by its owner alone. Where it
 * cannot be kept, the prompt works without it.
 */
#include "line.h"

#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define HISTORY_LINES 2000

struct dkc_input {
    EditLine *editor; /* NULL: plain */
    History *history;
    const char *prompt;
    char *history_path;
    char *line; /* plain: what getline gave; edited: a copy */
    size_t capacity;
};

static volatile sig_atomic_t interrupted, resized;

static void on_signal(int number)
{
    if (number == SIGINT)
        interrupted = 1;
    else
        resized = 1;
}

bool dkc_terminal_size(size_t *columns, size_t *rows)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

/* libedit ----------------------------------------------------------------------------------------------------------- */

static char *current_prompt(EditLine *editor)
{
    static char empty[] = "";
    dkc_input *input = NULL;

    el_get(editor, EL_CLIENTDATA, &input);
    return input && input->prompt ? (char *)(uintptr_t)input->prompt : empty;
}

/* One character for libedit: 1, or 0 at the end of input, or -1 when the line is to be given up. */
static int next_character(EditLine *editor, wchar_t *out)
{
    mbstate_t state;
    unsigned char byte;

    memset(&state, 0, sizeof state);
    for (;;) {
        ssize_t got = read(STDIN_FILENO, &byte, 1);

        if (interrupted)
            return -1;
        if (resized) {
            resized = 0;
            el_resize(editor);
            el_set(editor, EL_REFRESH);
        }
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -1 : 0;
        switch (mbrtowc(out, (const char *)&byte, 1, &state)) {
        case (size_t)-2: continue; /* the character goes on */
        case (size_t)-1:           /* bytes of no character: leave them out, and begin anew */
            memset(&state, 0, sizeof state);
            continue;
        default: return 1;
        }
    }
}

/* History ----------------------------------------------------------------------------------------------------------- */

/* Makes the folders of path that are missing. */
static bool make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        bool there = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = '/';
        if (!there)
            return false;
    }
    return true;
}

static char *history_path(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int length;

    if (state && state[0] == '/')
        length = asprintf(&path, "%s/dekking/history", state);
    else if (home && home[0] == '/')
        length = asprintf(&path, "%s/.local/state/dekking/history", home);
    else
        return NULL;
    if (length < 0)
        return NULL;
    if (!make_folders(path)) {
        free(path);
        return NULL;
    }
    return path;
}

static bool open_editor(dkc_input *input)
{
    HistEvent event;

    /* Characters of more than one byte; nothing else is taken from the environment's locale. */
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
    input->editor = el_init("dekking", stdin, stdout, stderr);
    input->history = history_init();
    if (input->editor == NULL || input->history == NULL)
        return false;
    el_set(input->editor, EL_CLIENTDATA, input);
    el_set(input->editor, EL_EDITOR, "emacs");
    el_set(input->editor, EL_SIGNAL, 0);
    el_set(input->editor, EL_PROMPT_ESC, current_prompt, '\001');
    el_set(input->editor, EL_GETCFN, next_character);
    el_set(input->editor, EL_HIST, history, input->history);
    el_set(input->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(input->editor, NULL);
    history(input->history, &event, H_SETSIZE, HISTORY_LINES);
    history(input->history, &event, H_SETUNIQUE, 1);
    input->history_path = history_path();
    if (input->history_path)
        history(input->history, &event, H_LOAD, input->history_path);
    return true;
}

dkc_input *dkc_input_open(bool edited)
{
    dkc_input *input = calloc(1, sizeof *input);

    if (input && edited && !open_editor(input)) {
        dkc_input_close(input);
        return NULL;
    }
    return input;
}

void dkc_input_close(dkc_input *input)
{
    HistEvent event;

    if (input == NULL)
        return;
    if (input->history && input->history_path) {
        mode_t mask = umask(077);

        history(input->history, &event, H_SAVE, input->history_path);
        umask(mask);
    }
    if (input->editor)
        el_end(input->editor);
    if (input->history)
        history_end(input->history);
    free(input->history_path);
    free(input->line);
    free(input);
}

void dkc_input_remember(dkc_input *input, const char *line)
{
    HistEvent event;

    if (input->history && line[strspn(line, " \t\n")] != '\0')
        history(input->history, &event, H_ENTER, line);
}

/* Reading ----------------------------------------------------------------------------------------------------------- */

static dkc_read read_edited(dkc_input *input, const char **line, size_t *size)
{
    struct sigaction action, before_interrupt, before_resize;
    const char *text;
    int length = 0;

    interrupted = 0;
    resized = 0;
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    sigaction(SIGINT, &action, &before_interrupt);
    sigaction(SIGWINCH, &action, &before_resize);
    text = el_gets(input->editor, &length);
    sigaction(SIGINT, &before_interrupt, NULL);
    sigaction(SIGWINCH, &before_resize, NULL);
    if (interrupted) {
        fputs("^C\n", stdout);
        fflush(stdout);
        el_reset(input->editor);
        return DKC_READ_CANCELLED;
    }
    if (text == NULL || length <= 0)
        return DKC_READ_END;
    if ((size_t)length + 1 > input->capacity) {
        char *larger = realloc(input->line, (size_t)length + 1);

        if (larger == NULL)
            return DKC_READ_FAILED;
        input->line = larger;
        input->capacity = (size_t)length + 1;
    }
    memcpy(input->line, text, (size_t)length);
    *size = (size_t)length - (text[length - 1] == '\n');
    input->line[*size] = '\0';
    *line = input->line;
    return DKC_READ_LINE;
}

dkc_read dkc_input_read(dkc_input *input, const char *prompt, const char **line, size_t *size)
{
    ssize_t length;

    input->prompt = prompt;
    if (input->editor)
        return read_edited(input, line, size);
    fputs(prompt, stdout);
    fflush(stdout);
    length = getline(&input->line, &input->capacity, stdin);
    if (length < 0)
        return ferror(stdin) && errno == ENOMEM ? DKC_READ_FAILED : DKC_READ_END;
    *size = (size_t)length - (length > 0 && input->line[length - 1] == '\n');
    input->line[*size] = '\0';
    *line = input->line;
    return DKC_READ_LINE;
}
