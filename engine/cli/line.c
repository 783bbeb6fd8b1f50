/* line.c - reading lines.
 *
 * libedit is used through its own interface. It gets its characters from a function of ours, because its own
 * repeats a read that a signal interrupted. While a line is read, signals are held back except where this function
 * waits for a key: so Ctrl-C ends the line at once, a change of the window's size redraws it, and what stops or
 * ends the program first gets the terminal back as it was.
 */
#include "line.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "draw.h"
#include "edit.h"
#include "history.h"
#include "keys.h"
#include "offer.h"
#include "terminal.h"

#define CANCEL_KEY L'\003'

struct dkc_input {
    EditLine *editor; /* NULL: plain */
    dkc_history *history;
    const char *prompt;
    char *line; /* plain: what getline gave; edited: a copy */
    size_t capacity;
    sigset_t outside; /* the signals that are held back where no line is read */
    size_t columns;   /* of the terminal, when the line was drawn; 0: not known */
    bool cancelled, cancel_shown, offered;
    dkc_complete_fn *complete;
    void *complete_arg;
};

/* Signals ------------------------------------------------------------------------------------------------------ */

static const int watched[] = { SIGINT, SIGWINCH, SIGCONT, SIGTSTP, SIGTERM, SIGHUP, SIGQUIT };
#define N_WATCHED (sizeof watched / sizeof *watched)

static volatile sig_atomic_t arrived[N_WATCHED];

static void on_signal(int number)
{
    for (size_t i = 0; i < N_WATCHED; i++)
        if (watched[i] == number)
            arrived[i] = 1;
}

/* Holds the signals back and sets their handlers; what the parent process had ignored stays ignored. */
static void watch(dkc_input *input, struct sigaction *before)
{
    struct sigaction action;
    sigset_t all;

    sigemptyset(&all);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    for (size_t i = 0; i < N_WATCHED; i++)
        sigaddset(&all, watched[i]);
    sigprocmask(SIG_BLOCK, &all, &input->outside);
    for (size_t i = 0; i < N_WATCHED; i++) {
        arrived[i] = 0;
        sigaction(watched[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN || watched[i] == SIGINT)
            sigaction(watched[i], &action, NULL);
    }
}

static void unwatch(dkc_input *input, const struct sigaction *before)
{
    for (size_t i = 0; i < N_WATCHED; i++)
        sigaction(watched[i], &before[i], NULL);
    sigprocmask(SIG_SETMASK, &input->outside, NULL);
}

/* Lets a signal do what it does to a program that does not care, with the terminal as that program expects it. */
static void give_way(EditLine *editor, int number)
{
    struct sigaction usual, ignore, ours, on_continue;
    sigset_t only, held;

    dkc_edit.el_set(editor, EL_PREP_TERM, 0);
    sigemptyset(&usual.sa_mask);
    usual.sa_flags = 0;
    ignore = usual;
    usual.sa_handler = SIG_DFL;
    ignore.sa_handler = SIG_IGN;
    sigaction(number, &usual, &ours);
    raise(number);
    sigemptyset(&only);
    sigaddset(&only, number);
    sigprocmask(SIG_UNBLOCK, &only, &held); /* here the program stops, or ends */
    sigprocmask(SIG_SETMASK, &held, NULL);
    sigaction(number, &ours, NULL);
    sigaction(SIGCONT, &ignore, &on_continue); /* the one that ended the stop is answered: this drops it */
    sigaction(SIGCONT, &on_continue, NULL);
}

static void redraw(dkc_input *input)
{
    size_t rows;

    dkc_edit.el_set(input->editor, EL_PREP_TERM, 0); /* who stopped us may have changed the terminal */
    dkc_edit.el_set(input->editor, EL_PREP_TERM, 1);
    dkc_edit.el_resize(input->editor);
    dkc_edit.el_set(input->editor, EL_REFRESH);
    if (!dkc_terminal_size(STDOUT_FILENO, &input->columns, &rows))
        input->columns = 0;
    dkc_draw_wide(input->editor, input->prompt);
}

/* Does what the signals that arrived ask for; false when the line is to be given up. */
static bool obey_signals(dkc_input *input)
{
    for (size_t i = 0; i < N_WATCHED; i++) {
        if (!arrived[i])
            continue;
        arrived[i] = 0;
        switch (watched[i]) {
        case SIGINT: input->cancelled = true; return false;
        case SIGWINCH: dkc_draw_clear(input->editor, input->prompt, input->columns); break;
        case SIGCONT: break;
        default: give_way(input->editor, watched[i]); break;
        }
        redraw(input);
    }
    return true;
}

/* Waits for a key; false when the line is to be given up. Where a key waits already ppoll lets no signal in, but Ctrl-C comes before
 * it: the terminal has dropped all that was typed before Ctrl-C. */
static bool wait_for_key(dkc_input *input)
{
    struct pollfd key = { STDIN_FILENO, POLLIN, 0 };
    bool interrupted;
    int ready;

    do {
        ready = ppoll(&key, 1, NULL, &input->outside);
        interrupted = ready < 0 && errno == EINTR;
        if (ready > 0) {
            dkc_input_let_interrupt(true);
            dkc_input_let_interrupt(false);
        }
        if (!obey_signals(input))
            return false;
    } while (interrupted);
    return true;
}

/* One character for libedit: 1, or 0 at the end of input, or -1 when the line is to be given up. */
static int next_character(EditLine *editor, wchar_t *out)
{
    dkc_input *input = NULL;
    char bytes[MB_LEN_MAX];
    size_t n = 0, used = 0;

    dkc_edit.el_get(editor, EL_CLIENTDATA, &input);
    if (input->cancelled)
        return -1;
    if (!dkc_input_waits())
        dkc_draw_wide(editor, input->prompt);
    for (;;) {
        ssize_t got;

        if (!wait_for_key(input)) {
            *out = CANCEL_KEY; /* and -1 after it */
            return 1;
        }
        got = read(STDIN_FILENO, bytes + n, 1);
        if (got <= 0)
            return got < 0 ? -1 : 0;
        for (n++;; n = 1) {
            mbstate_t state;

            memset(&state, 0, sizeof state);
            used = mbrtowc(out, bytes, n, &state);
            if (used != (size_t)-1)
                break;
            if (n == 1) { /* the byte belongs to no character: left out */
                n = 0;
                break;
            }
            bytes[0] = bytes[n - 1]; /* what is cut short is left out, but its last byte may begin a character */
        }
        if (n > 0 && used != (size_t)-2) {
            if (*out == L'\0') /* Ctrl-D, typed while no line was read: the terminal keeps it like this */
                *out = L'\004';
            return 1;
        }
    }
}

/* Editing ------------------------------------------------------------------------------------------------------ */

static char *current_prompt(EditLine *editor)
{
    static char empty[] = "";
    dkc_input *input = NULL;

    dkc_edit.el_get(editor, EL_CLIENTDATA, &input);
    return input && input->prompt ? (char *)(uintptr_t)input->prompt : empty;
}

/* Ctrl-C is shown behind the text, as a part of it: in vi's command mode the cursor does not go behind the last character. */
static unsigned char cancel_line(EditLine *editor, wint_t key)
{
    const LineInfoW *line = dkc_edit.el_wline(editor);
    dkc_input *input = NULL;

    (void)key;
    dkc_edit.el_get(editor, EL_CLIENTDATA, &input);
    dkc_edit.el_cursor(editor, (int)(line->lastchar - line->cursor));
    input->cancel_shown = dkc_edit.el_winsertstr(editor, L"^C") == 0;
    return CC_REFRESH;
}

/* Completion --------------------------------------------------------------------------------------------------- */

bool dkc_input_waits(void)
{
    struct pollfd key = { STDIN_FILENO, POLLIN, 0 };

    return poll(&key, 1, 0) > 0;
}

void dkc_input_let_interrupt(bool lets)
{
    sigset_t interrupt;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(lets ? SIG_UNBLOCK : SIG_BLOCK, &interrupt, NULL);
}

/* The line up to the cursor, to be freed; NULL without memory. *blank: there are only blanks. */
static char *text_before_cursor(EditLine *editor, bool *blank)
{
    const LineInfoW *line = dkc_edit.el_wline(editor);
    char *text = malloc((size_t)(line->cursor - line->buffer) * MB_LEN_MAX + 1), *end = text;
    mbstate_t state;

    *blank = true;
    memset(&state, 0, sizeof state);
    for (const wchar_t *at = line->buffer; text && at < line->cursor; at++) {
        size_t length = wcrtomb(end, *at, &state);

        end += length == (size_t)-1 ? 0 : length;
        *blank = *blank && (*at == L' ' || *at == L'\t' || *at == L'\n');
    }
    if (text)
        *end = '\0';
    return text;
}

static unsigned char complete_line(EditLine *editor, wint_t key)
{
    dkc_input *input = NULL;
    bool blank;
    char *text = text_before_cursor(editor, &blank);

    (void)key;
    dkc_edit.el_get(editor, EL_CLIENTDATA, &input);
    input->offered = false;
    if (text && (blank || dkc_input_waits()))
        dkc_edit.el_winsertstr(editor, L"\t");
    else if (text && input->complete)
        input->complete(input->complete_arg, input, text);
    free(text);
    return input->offered ? CC_REDISPLAY : CC_REFRESH;
}

void dkc_input_offer(dkc_input *input, const char *const *names, size_t n_names, size_t n_typed)
{
    size_t common;
    wchar_t *rest;
    mbstate_t state;
    const char *from;
    size_t n;

    if (n_names == 0)
        return;
    common = dkc_offer_common(names, n_names);
    if (common <= n_typed) {
        input->offered = n_names > 1;
        if (input->offered)
            dkc_offer_show(names, n_names, input->columns);
        return;
    }
    rest = malloc((common - n_typed + 1) * sizeof *rest);
    if (rest == NULL)
        return;
    memset(&state, 0, sizeof state);
    from = names[0] + n_typed;
    n = mbsnrtowcs(rest, &from, common - n_typed, common - n_typed, &state);
    if (n != (size_t)-1) {
        rest[n] = L'\0';
        dkc_edit.el_winsertstr(input->editor, rest);
    }
    free(rest);
}

void dkc_input_completes(dkc_input *input, dkc_complete_fn *complete, void *arg)
{
    input->complete = complete;
    input->complete_arg = arg;
}

/* Opening ------------------------------------------------------------------------------------------------------ */

/* libedit loses count of the columns where it has a terminal insert or delete characters of two columns, or a row ends with one.
 * Without that it writes the rest of the row again. */
static void write_rows_whole(EditLine *editor)
{
    static const char *const abilities[] = { "ic", "IC", "im", "ei", "dc", "DC", "dm", "ed" };

    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
        dkc_edit.el_set(editor, EL_SETTC, abilities[i], "", NULL);
}

static bool open_editor(dkc_input *input)
{
    /* Characters of more than one byte; nothing else is taken from the environment's locale. */
    if (setlocale(LC_CTYPE, "") == NULL || MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
    input->editor = dkc_edit.el_init("dekking", stdin, stdout, stderr);
    input->history = dkc_history_open();
    if (input->editor == NULL || input->history == NULL)
        return false;
    dkc_edit.el_set(input->editor, EL_CLIENTDATA, input);
    dkc_edit.el_set(input->editor, EL_EDITOR, "emacs");
    dkc_edit.el_set(input->editor, EL_SIGNAL, 0);
    write_rows_whole(input->editor);
    dkc_edit.el_set(input->editor, EL_PROMPT_ESC, current_prompt, DKC_HIDDEN_MARK);
    dkc_edit.el_set(input->editor, EL_GETCFN, next_character);
    dkc_edit.el_set(input->editor, EL_HIST, dkc_edit.history, dkc_history_list(input->history));
    dkc_edit.el_wset(input->editor, EL_ADDFN, L"complete-line", L"Complete the word before the cursor",
                     complete_line);
    dkc_edit.el_wset(input->editor, EL_ADDFN, L"cancel-line", L"Show that the line is given up", cancel_line);
    dkc_keys_add(input->editor);
    return true;
}

dkc_input *dkc_input_open(bool edited)
{
    dkc_input *input = calloc(1, sizeof *input);
    dk_error err = DK_ERROR_INIT;
    char text[sizeof err.message + sizeof err.hint + 16];

    if (input == NULL || !edited)
        return input;
    if (!dkc_edit_open(&err)) {
        dk_error_format(&err, text, sizeof text);
        fprintf(stderr, "%s\n", text);
    } else if (!open_editor(input)) {
        dkc_input_close(input);
        return NULL;
    }
    return input;
}

void dkc_input_close(dkc_input *input)
{
    if (input == NULL)
        return;
    if (input->editor)
        dkc_edit.el_end(input->editor);
    dkc_history_close(input->history);
    free(input->line);
    free(input);
}

/* Copies the line to input->line, without its end; false without memory. */
static bool keep_line(dkc_input *input, const wchar_t *text, int n, size_t *size)
{
    size_t most = (size_t)n * MB_LEN_MAX + 1;
    mbstate_t state;

    if (most > input->capacity) {
        char *larger = realloc(input->line, most);

        if (larger == NULL)
            return false;
        input->line = larger;
        input->capacity = most;
    }
    if (text[n - 1] == L'\n')
        n--;
    *size = 0;
    memset(&state, 0, sizeof state);
    for (int i = 0; i < n; i++) {
        size_t length = wcrtomb(input->line + *size, text[i], &state);

        *size += length == (size_t)-1 ? 0 : length; /* all of them were read in this locale */
    }
    input->line[*size] = '\0';
    return true;
}

static dkc_read read_edited(dkc_input *input, const char **line, size_t *size)
{
    struct sigaction before[N_WATCHED];
    const wchar_t *text;
    size_t rows;
    int length = 0;

    input->cancelled = input->cancel_shown = false;
    if (!dkc_terminal_size(STDOUT_FILENO, &input->columns, &rows))
        input->columns = 0;
    watch(input, before);
    dkc_edit.el_set(input->editor, EL_PREP_TERM,
                    1); /* before the prompt shows: what is typed from then on is for us */
    text = dkc_edit.el_wgets(input->editor, &length);
    unwatch(input, before);
    if (input->cancelled) {
        fputs(input->cancel_shown ? "\n" : "^C\n", stdout);
        fflush(stdout);
        dkc_edit.el_reset(input->editor);
        return DKC_READ_CANCELLED;
    }
    if (text == NULL || length <= 0)
        return DKC_READ_END;
    if (!keep_line(input, text, length, size))
        return DKC_READ_FAILED;
    *line = input->line;
    return DKC_READ_LINE;
}

void dkc_input_remember(dkc_input *input, const char *text)
{
    if (input->history)
        dkc_history_add(input->history, text);
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
    *size = 0;
    for (ssize_t i = 0; i < length; i++) /* readline leaves zeros out */
        if (input->line[i] != '\0' && (i + 1 < length || input->line[i] != '\n'))
            input->line[(*size)++] = input->line[i];
    input->line[*size] = '\0';
    if (!isatty(STDIN_FILENO) &&
        (*size > 0 || *prompt)) { /* as a terminal would; readline does so, and with it stock lua */
        fwrite(input->line, 1, *size, stdout);
        putchar('\n');
        fflush(stdout); /* before what the line writes to standard error */
    }
    *line = input->line;
    return DKC_READ_LINE;
}
