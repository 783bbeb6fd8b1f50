/* pager.c - long texts, a screen at a time. */
#include "pager.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "line.h"
#include "terminal.h"

static unsigned n_pages; /* texts that were shown */

#define NO_PROGRAM 127 /* what a shell ends with that finds none */

static bool is_long(const char *text, size_t size, size_t columns, size_t rows)
{
    size_t n = 0;

    for (const char *at = text, *end = text + size; at < end && n < rows; n++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        stop = stop ? stop : end;
        n += (size_t)(stop - at) / columns; /* bytes: more than enough */
        at = stop + 1;
    }
    return n >= rows;
}

static void handle(int number, void (*handler)(int), struct sigaction *before)
{
    struct sigaction action;

    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;
    sigaction(number, &action, before);
}

bool dkc_page(const char *text, size_t size)
{
    struct sigaction on_pipe, on_interrupt;
    size_t columns, rows;
    const char *program = getenv("PAGER");
    FILE *pipe;
    int status = -1;

    if (!dkc_terminal_size(STDOUT_FILENO, &columns, &rows) || !is_long(text, size, columns, rows))
        return false;
    if (dkc_input_waits()) /* the pager would take what was pasted for its own commands */
        return false;
    if (program == NULL || *program == '\0')
        program = "less -FRX";
    fflush(stdout);
    handle(SIGPIPE, SIG_IGN, &on_pipe); /* who has seen enough ends the pager */
    handle(SIGINT, SIG_IGN, &on_interrupt);
    pipe = popen(program, "w");
    if (pipe) {
        (void)fwrite(text, 1, size, pipe);
        status = pclose(pipe);
    }
    sigaction(SIGINT, &on_interrupt, NULL);
    sigaction(SIGPIPE, &on_pipe, NULL);
    n_pages++;
    return status != -1 && !(WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM);
}

unsigned dkc_pages(void)
{
    return n_pages;
}
