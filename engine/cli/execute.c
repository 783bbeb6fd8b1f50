/* execute.c - os.execute at the prompt, where no Ctrl-C gets lost.
 *
 * While a program runs SIGINT is the program's, which gets it from the terminal, too. Where that ends of it, what called it does so
 * too, as a loop in a shell does. The C library's system() ignores the signal from before the program is there until after it has
 * ended: in a loop of short programs every fifth was lost. Here it is noted, with its time. Nobody is told whether a program took
 * it or was ending anyway: one that ends soon after it counts as one that ended of it.
 */
#include "execute.h"

#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "polled.h"
#include "stock.h"

extern char **environ;

#define SOON_NANOSECONDS 100000000

static volatile sig_atomic_t program; /* its process; 0: there is none */
static volatile sig_atomic_t came_alone, came_for_program;
static struct timespec came;

static void note(int number)
{
    (void)number;
    clock_gettime(CLOCK_MONOTONIC, &came);
    if (program)
        came_for_program = 1;
    else
        came_alone = 1;
}

static bool came_just_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - came.tv_sec) * 1000000000L + now.tv_nsec - came.tv_nsec < SOON_NANOSECONDS;
}

/* Starts the shell, with the signals as they were. */
static int start(const char *command, const struct sigaction *interrupt, const struct sigaction *quit)
{
    const char *words[] = { "sh", "-c", command, NULL };
    posix_spawnattr_t how;
    sigset_t usual;
    pid_t process = 0;
    int error;

    sigemptyset(&usual);
    if (interrupt->sa_handler != SIG_IGN)
        sigaddset(&usual, SIGINT);
    if (quit->sa_handler != SIG_IGN)
        sigaddset(&usual, SIGQUIT);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
    error = posix_spawn(&process, "/bin/sh", NULL, &how, (char *const *)(uintptr_t)words, environ);
    posix_spawnattr_destroy(&how);
    program = process;
    return error;
}

/* As system(): where it fails, -1 and errno, which is 0 otherwise. */
static int run(const char *command)
{
    struct sigaction ours, ignore, interrupt, quit;
    int status = 127 << 8; /* what a shell says that is not there */
    pid_t process = 0;

    sigemptyset(&ours.sa_mask);
    ours.sa_flags = 0;
    ignore = ours;
    ours.sa_handler = note;
    ignore.sa_handler = SIG_IGN;
    came_alone = came_for_program = 0;
    sigaction(SIGINT, &ours, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    if (start(command, &interrupt, &quit) == 0) {
        if (came_alone) /* perhaps before the program was there */
            kill(program, SIGINT);
        do
            process = waitpid(program, &status, 0);
        while (process < 0 && errno == EINTR);
        program = 0;
    }
    if (process < 0)
        status = -1;
    else
        errno = 0;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    return status;
}

/* os.execute(command) */
static int execute(lua_State *L)
{
    const char *command = luaL_optstring(L, 1, NULL);
    int status, error;

    if (command == NULL)
        return dkc_stock.execute(L);
    status = run(command);
    error = errno;
    if (came_alone || (came_for_program && came_just_now()) ||
        (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT)) {
        raise(SIGINT);
        dkc_poll(L);
    }
    errno = error;
    return luaL_execresult(L, status);
}

void dkc_replace_execute(lua_State *L)
{
    lua_pushglobaltable(L);
    lua_pushliteral(L, LUA_OSLIBNAME);
    if (lua_rawget(L, -2) == LUA_TTABLE)
        dkc_stock_replace(L, "execute", execute, &dkc_stock.execute);
    lua_pop(L, 2);
}
