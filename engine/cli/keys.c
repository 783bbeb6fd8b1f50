/* keys.c - keys that know about lines within what is edited.
 *
 * A statement of several lines is recalled as one text with line ends in it. libedit shows it so, but its arrows and the
 * ends of the line mean the whole text. Here they mean its lines, and the arrows go to the history from the first and the last
 * one; in a text of one line nothing is different.
 *
 * The user's own keys come from ~/.editrc. A line of it that chooses emacs or vi makes libedit forget all keys: then these are
 * bound again, and what follows in the file still has the last word.
 */
#include "keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "edit.h"

/* No key sends these: what an arrow does beyond the text. */
#define EARLIER "\033[990~"
#define LATER "\033[991~"

static const wchar_t *line_begin(const LineInfoW *text, const wchar_t *at)
{
    while (at > text->buffer && at[-1] != L'\n')
        at--;
    return at;
}

static const wchar_t *line_end(const LineInfoW *text, const wchar_t *at)
{
    while (at < text->lastchar && *at != L'\n')
        at++;
    return at;
}

static unsigned char move_to(EditLine *editor, const LineInfoW *text, const wchar_t *to)
{
    dkc_edit.el_cursor(editor, (int)(to - text->cursor));
    return CC_CURSOR;
}

static unsigned char press(EditLine *editor, const char *key)
{
    dkc_edit.el_push(editor, key);
    return CC_NORM;
}

static unsigned char go_up(EditLine *editor, wint_t key)
{
    const LineInfoW *text = dkc_edit.el_wline(editor);
    const wchar_t *begin = line_begin(text, text->cursor), *above;

    (void)key;
    if (begin == text->buffer)
        return press(editor, EARLIER);
    above = line_begin(text, begin - 1) + (text->cursor - begin);
    return move_to(editor, text, above < begin ? above : begin - 1);
}

static unsigned char go_down(EditLine *editor, wint_t key)
{
    const LineInfoW *text = dkc_edit.el_wline(editor);
    const wchar_t *end = line_end(text, text->cursor), *below;
    ptrdiff_t column = text->cursor - line_begin(text, text->cursor);

    (void)key;
    if (end == text->lastchar)
        return press(editor, LATER);
    below = line_end(text, end + 1);
    return move_to(editor, text, below - (end + 1) < column ? below : end + 1 + column);
}

static unsigned char go_to_line_begin(EditLine *editor, wint_t key)
{
    const LineInfoW *text = dkc_edit.el_wline(editor);

    (void)key;
    return move_to(editor, text, line_begin(text, text->cursor));
}

static unsigned char go_to_line_end(EditLine *editor, wint_t key)
{
    const LineInfoW *text = dkc_edit.el_wline(editor);

    (void)key;
    return move_to(editor, text, line_end(text, text->cursor));
}

static unsigned char break_line(EditLine *editor, wint_t key)
{
    (void)key;
    return dkc_edit.el_winsertstr(editor, L"\n") == 0 ? CC_REFRESH : CC_ERROR;
}

static const char *const keys[][2] = {
    { "^C", "cancel-line" },
    { "^I", "complete-line" },
    { EARLIER, "ed-prev-history" },
    { LATER, "ed-next-history" },
    { "\033[A", "go-up" },
    { "\033OA", "go-up" },
    { "\033[B", "go-down" },
    { "\033OB", "go-down" },
    { "^A", "go-to-line-begin" },
    { "\033[H", "go-to-line-begin" },
    { "\033OH", "go-to-line-begin" },
    { "\033[1~", "go-to-line-begin" },
    { "^E", "go-to-line-end" },
    { "\033[F", "go-to-line-end" },
    { "\033OF", "go-to-line-end" },
    { "\033[4~", "go-to-line-end" },
    { "\033\r", "break-line" },
    { "\033\n", "break-line" },
    { "\033[1;5D", "ed-prev-word" },
    { "\033[1;5C", "em-next-word" },
};
#define N_KEYS (sizeof keys / sizeof *keys)

/* Binds the keys for the editor that is chosen. In vi an escape ends inserting: what comes behind it is bound among the
 * commands, where it is also found as a whole. */
static void bind_keys(EditLine *editor)
{
    const char *name = NULL;
    bool vi = dkc_edit.el_get(editor, EL_EDITOR, &name) == 0 && name && strcmp(name, "vi") == 0;

    for (size_t i = 0; i < N_KEYS; i++) {
        const char *key = keys[i][0], *function = keys[i][1];

        if (!vi || *key != '\033')
            dkc_edit.el_set(editor, EL_BIND, key, function, NULL);
        if (vi && *key == '\033' && (key[1] == '[' || key[1] == 'O'))
            dkc_edit.el_set(editor, EL_BIND, "-a", key + 1, function, NULL);
        if (vi && *key != '^')
            dkc_edit.el_set(editor, EL_BIND, "-a", key, function, NULL);
    }
    if (vi) {
        dkc_edit.el_set(editor, EL_BIND, "-a", "^C", "cancel-line", NULL);
        dkc_edit.el_set(editor, EL_BIND, "-a", "k", "go-up", NULL);
        dkc_edit.el_set(editor, EL_BIND, "-a", "j", "go-down", NULL);
    }
}

/* Whether a line of ~/.editrc makes libedit forget the keys. */
static bool forgets(int n, const char **words)
{
    const char *command = n > 0 ? strrchr(words[0], ':') : NULL;

    command = command ? command + 1 : n > 0 ? words[0] : "";
    for (int i = 1; i < n && strcmp(command, "bind") == 0; i++)
        if (strcmp(words[i], "-e") == 0 || strcmp(words[i], "-v") == 0)
            return true;
    return false;
}

static void obey(EditLine *editor, const char *line)
{
    Tokenizer *words = dkc_edit.tok_init(NULL);
    const char **list;
    int n;

    if (words == NULL)
        return;
    if (dkc_edit.tok_str(words, line, &n, &list) == 0) {
        (void)dkc_edit.el_parse(editor, n, list); /* lines may begin with "dekking:", or with another program's name */
        if (forgets(n, list))
            bind_keys(editor);
    }
    dkc_edit.tok_end(words);
}

/* As el_source does, line by line. */
static void read_own_keys(EditLine *editor)
{
    const char *path = getenv("EDITRC"), *home = getenv("HOME");
    char *made = NULL, *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    FILE *file;

    if (path == NULL && home && asprintf(&made, "%s/.editrc", home) >= 0)
        path = made;
    file = path ? fopen(path, "r") : NULL;
    while (file && (size = getline(&line, &capacity, file)) > 0) {
        const char *text = line + strspn(line, " \t");

        if (line[size - 1] == '\n')
            line[size - 1] = '\0';
        if (*text != '#' && *text != '\0')
            obey(editor, text);
    }
    if (file)
        fclose(file);
    free(line);
    free(made);
}

void dkc_keys_add(EditLine *editor)
{
    static const struct {
        const wchar_t *name, *text;
        unsigned char (*function)(EditLine *, wint_t);
    } functions[] = { { L"go-up", L"Go to the line above, or to earlier history", go_up },
                      { L"go-down", L"Go to the line below, or to later history", go_down },
                      { L"go-to-line-begin", L"Go to the begin of the line", go_to_line_begin },
                      { L"go-to-line-end", L"Go to the end of the line", go_to_line_end },
                      { L"break-line", L"Begin another line of the statement", break_line } };

    /* The narrow form copies the texts and loses them. */
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        dkc_edit.el_wset(editor, EL_ADDFN, functions[i].name, functions[i].text, functions[i].function);
    bind_keys(editor);
    read_own_keys(editor);
    dkc_edit.el_set(editor, EL_BIND, "^C", "cancel-line", NULL);
}
