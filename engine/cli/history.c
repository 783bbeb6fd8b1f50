/* history.c - the statements that were typed, in libedit's list and in a file.
 *
 * The file is dekking/history in XDG_STATE_HOME (~/.local/state), one line an entry, readable by its owner alone; lines
 * of one statement are parted by a control character. A statement is added to it before it runs, in one write: prompts
 * that are open side by side keep each other's lines, and one that ends with os.exit or is killed has kept its own.
 * libedit's way, to write the whole list at the end, loses both. The file is cut when it is opened at twice the length
 * that is kept.
 */
#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "edit.h"

#define KEPT_LINES 2000
#define LINE_MARK '\036' /* in the file, in the place of a line's end within an entry: a record separator */

struct dkc_history {
    History *list;
    char *path; /* NULL: not kept */
    char *last; /* the line that was added last */
};

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

static char *find_path(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int length;

    if (state && state[0] == '/') /* the standard says: a path that is not absolute is to be ignored */
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

/* Opens what is an ordinary file, and nothing that would make the prompt wait; -1: no. */
static int open_regular(const char *path, int flags)
{
    int file = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);
    struct stat about;

    if (file >= 0 && (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(file);
        return -1;
    }
    return file;
}

/* Opens the file for adding to it, and keeps others from it until it is closed: for a quarter of a second at most, as one who
 * was stopped meanwhile must not stop all. -1: no. */
static int open_locked(const char *path)
{
    const struct timespec pause = { 0, 5000000 };

    for (int tries = 0;; tries++) {
        int file = open_regular(path, O_WRONLY | O_CREAT | O_APPEND);
        struct stat ours, there;

        if (file < 0 || tries == 50)
            return file;
        if (flock(file, LOCK_EX | LOCK_NB) == 0 && fstat(file, &ours) == 0 && stat(path, &there) == 0 &&
            ours.st_ino == there.st_ino)
            return file;
        close(file); /* it is being cut, or was: another stands in its place */
        nanosleep(&pause, NULL);
    }
}

static FILE *open_stream(const char *path, int flags, const char *mode)
{
    int file = open_regular(path, flags);
    FILE *stream = file < 0 ? NULL : fdopen(file, mode);

    if (stream == NULL && file >= 0)
        close(file);
    return stream;
}

static void exchange(char *text, char from, char to)
{
    for (; (text = strchr(text, from)) != NULL; text++)
        *text = to;
}

/* Puts the line into libedit's list; false where it does not belong there. */
static bool enter(dkc_history *kept, const char *line)
{
    HistEvent event;
    char *copy;

    if (line[strspn(line, " \t")] == '\0' || (kept->last && strcmp(kept->last, line) == 0))
        return false;
    if (mbstowcs(NULL, line, 0) == (size_t)-1) /* libedit would find no entry behind one that it cannot read */
        return false;
    copy = strdup(line);
    if (copy == NULL || dkc_edit.history(kept->list, &event, H_ENTER, line) < 0) {
        free(copy);
        return false;
    }
    free(kept->last);
    kept->last = copy;
    return true;
}

/* Reads the file's lines into the list; returns how many there were. */
static size_t load(dkc_history *kept)
{
    FILE *file = open_stream(kept->path, O_RDONLY, "r");
    char *line = NULL;
    size_t capacity = 0, n = 0;
    ssize_t length;

    if (file == NULL)
        return 0;
    for (; (length = getline(&line, &capacity, file)) > 0; n++) {
        if (line[length - 1] == '\n')
            line[--length] = '\0';
        exchange(line, LINE_MARK, '\n');
        if (strlen(line) == (size_t)length)
            enter(kept, line);
    }
    free(line);
    fclose(file);
    return n;
}

/* Writes the list, from its oldest line on, in the place of the file. */
static void rewrite(dkc_history *kept)
{
    HistEvent event;
    char *path = NULL;
    FILE *file;
    bool ok = true;

    if (asprintf(&path, "%s.new", kept->path) < 0)
        return;
    file = open_stream(path, O_WRONLY | O_CREAT | O_TRUNC, "w");
    if (file) {
        for (int more = dkc_edit.history(kept->list, &event, H_LAST); more >= 0;
             more = dkc_edit.history(kept->list, &event, H_PREV)) {
            char *entry = strdup(event.str);

            if (entry)
                exchange(entry, '\n', LINE_MARK);
            ok = entry && fprintf(file, "%s\n", entry) >= 0 && ok;
            free(entry);
        }
        ok = fclose(file) == 0 && ok;
        if (!ok || rename(path, kept->path) != 0)
            unlink(path);
    }
    free(path);
}

dkc_history *dkc_history_open(void)
{
    dkc_history *kept = calloc(1, sizeof *kept);
    HistEvent event;

    if (kept == NULL)
        return NULL;
    kept->list = dkc_edit.history_init();
    if (kept->list == NULL) {
        free(kept);
        return NULL;
    }
    dkc_edit.history(kept->list, &event, H_SETSIZE, KEPT_LINES);
    kept->path = find_path();
    if (kept->path) {
        int file = open_locked(kept->path);

        if (load(kept) >= 2 * KEPT_LINES)
            rewrite(kept);
        if (file >= 0)
            close(file);
    }
    return kept;
}

void dkc_history_close(dkc_history *kept)
{
    if (kept == NULL)
        return;
    dkc_edit.history_end(kept->list);
    free(kept->path);
    free(kept->last);
    free(kept);
}

void dkc_history_add(dkc_history *kept, const char *line)
{
    char *text = NULL;
    int file, length;

    if (!enter(kept, line) || kept->path == NULL || (length = asprintf(&text, "%s\n", line)) < 0)
        return;
    exchange(text, '\n', LINE_MARK);
    text[length - 1] = '\n';
    file = open_locked(kept->path);
    if (file >= 0) {
        if (write(file, text, (size_t)length) != length) { /* a full disk: the next line begins anew */
            if (write(file, "\n", 1) != 1)
                errno = 0;
        }
        close(file);
    }
    free(text);
}

History *dkc_history_list(dkc_history *kept)
{
    return kept->list;
}
