/* progress.c - a bar that is written over, and gone when the work has ended.
 *
 *   reading  38 % ███████████░░░░░░░░░░░░░░░░░░░
 *   breakdown   2 s ░░░░███░░░░░░░░░░░░░░░░░░░░░░░      of how many parts is not known
 *
 * It stands behind the cursor, which stays where it is: what the script has written to the row is left alone, and what it writes next
 * goes on from there. Nobody knows how much of the row that is, so the bar may be cut at the end of the row.
 *
 * A function of the library may call the engine several times. Its calls count as one work if they follow each other closely, but a
 * call that ends at once shows nothing: in a script's loop over small tables the line would come and go.
 */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lua/dekking_lua.h"
#include "terminal.h"

#define PATIENCE 500 /* milliseconds before anything is shown, unless DEKKING_PROGRESS says others */
#define PAUSE 250    /* milliseconds between two calls of one work, at the most */
#define MOST_NAME 24 /* bytes */
#define MOST_BAR 30  /* columns */
#define LEAST_BAR 5
#define RUNNER 3   /* columns of what runs to and fro */
#define NUMBERS 7  /* columns of what stands before the bar */
#define COLUMNS 80 /* of a terminal that does not say */

/* The terminal keeps the place of the cursor, and does not go on in the next row. */
#define STAY "\0337\033[?7l"
#define GO_BACK "\0338\033[?7h"

static struct {
    lua_State *L;
    long patience;
    struct timespec begun; /* the work */
    struct timespec called;
    struct timespec told;
    unsigned n_told; /* times in the call that runs */
    bool shown;
    char name[MOST_NAME + 1]; /* of the call that runs, where what it does has none */
    unsigned step;            /* of it */
    uint64_t done, total;
} line;

static int64_t milliseconds_since(const struct timespec *then)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)(now.tv_sec - then->tv_sec) * 1000 + (now.tv_nsec - then->tv_nsec) / 1000000;
}

void dkc_progress_hide(void)
{
    if (line.shown) {
        fputs("\033[K", stderr);
        fflush(stderr);
    }
    line.shown = false;
}

void dkc_progress_clear(void)
{
    dkc_progress_hide();
    line.n_told = 0;
}

/* Columns from .. to - 1 of the bar are full. Standard error has no buffer, so that the row is put together here. */
static void draw(const char *what, const char *numbers, size_t columns, size_t from, size_t to)
{
    char bar[MOST_BAR * sizeof "█"] = "";
    size_t size = 0;

    for (size_t i = 0; i < columns; i++)
        size += (size_t)snprintf(bar + size, sizeof bar - size, "%s", i >= from && i < to ? "█" : "░");
    fprintf(stderr, STAY "%s %s%s%s\033[K" GO_BACK, what, numbers, columns > 0 ? " " : "", bar);
    fflush(stderr);
    line.shown = true;
}

/* What is left of the terminal's row, of which the last column stays free. */
static size_t bar_columns(const char *what)
{
    size_t columns = COLUMNS, rows, taken = strlen(what) + 1 + NUMBERS + 1;

    (void)dkc_terminal_size(STDERR_FILENO, &columns, &rows);
    if (columns < taken + LEAST_BAR)
        return 0;
    return columns - taken < MOST_BAR ? columns - taken : MOST_BAR;
}

static void draw_share(const char *what, uint64_t done, uint64_t total)
{
    double share = (double)(done < total ? done : total) / (double)total;
    size_t columns = bar_columns(what);
    char numbers[NUMBERS + 1];

    snprintf(numbers, sizeof numbers, "%3u %%", (unsigned)(100.0 * share));
    draw(what, numbers, columns, 0, (size_t)(share * (double)columns));
}

static void draw_runner(const char *what, int64_t milliseconds)
{
    size_t columns = bar_columns(what), ways = columns > RUNNER ? columns - RUNNER : 1;
    size_t at = (size_t)(milliseconds / 100) % (2 * ways);
    char numbers[32];

    at = at < ways ? at : 2 * ways - at;
    snprintf(numbers, sizeof numbers, "%3lld s", (long long)(milliseconds / 1000));
    draw(what, numbers, columns, at, at + RUNNER);
}

/* The call does one thing after another, of each of which the bar tells how much is done: so the second says that it is one. */
static void note_step(uint64_t done, uint64_t total)
{
    if (total > 0 && (line.step == 0 || total != line.total || done < line.done))
        line.step++;
    if (total > 0) {
        line.done = done;
        line.total = total;
    }
}

static const char *name_call(char *out, size_t size)
{
    if (line.name[0] == '\0')
        dkl_name_running(line.L, line.name, sizeof line.name);
    if (line.step < 2)
        return line.name;
    snprintf(out, size, "%s, step %u", line.name, line.step);
    return out;
}

static void begin_call(void)
{
    clock_gettime(CLOCK_MONOTONIC, &line.called);
    if (milliseconds_since(&line.told) > PAUSE)
        line.begun = line.called;
    line.name[0] = '\0';
    line.step = 0;
}

static void show(void *arg, const char *what, uint64_t done, uint64_t total)
{
    char call[MOST_NAME + sizeof ", step 4294967295"];

    (void)arg;
    if (what && *what == '\0') {
        dkc_progress_clear();
        return;
    }
    if (what == NULL && !dkl_running(line.L))
        return; /* values of Lua are read or made, which ends without a word */
    if (line.n_told == 0)
        begin_call();
    clock_gettime(CLOCK_MONOTONIC, &line.told);
    if (what == NULL)
        note_step(done, total);
    if (++line.n_told == 1 || milliseconds_since(&line.begun) < line.patience)
        return;
    what = what ? what : name_call(call, sizeof call);
    if (total > 0)
        draw_share(what, done, total);
    else
        draw_runner(what, milliseconds_since(&line.called));
}

void dkc_progress_begin(lua_State *L)
{
    dk_context *context = dkl_context(L);
    const char *terminal = getenv("TERM"), *wanted = getenv("DEKKING_PROGRESS");

    line.L = L;
    line.told = (struct timespec){ 0, 0 };
    line.patience = wanted && *wanted ? strtol(wanted, NULL, 10) : PATIENCE;
    if (context && line.patience > 0 && isatty(STDERR_FILENO) && terminal && *terminal &&
        strcmp(terminal, "dumb") != 0)
        dk_context_set_progress(context, show, NULL);
}
