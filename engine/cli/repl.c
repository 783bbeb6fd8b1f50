/* repl.c - the prompt: reads a statement, runs it, and prints what it gives.
 *
 * Values are shown with the global `print`. On a terminal a table is shown as large as the window lets it, and Ctrl-C
 * never ends the program: what was loaded stays.
 */
#include "repl.h"

#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "call.h"
#include "execute.h"
#include "interrupt.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"
#include "lua/library.h"
#include "pager.h"
#include "statement.h"
#include "terminal.h"

#define BASE \
    DKC_STATEMENT_INPUT  /* the stack of the prompt: what it reads from, and above it the values of a statement */
#define LONG_SECONDS 1.0 /* a statement that takes longer says how long it took */

static bool on_terminal; /* somebody sits there */

static void fit_tables(lua_State *L)
{
    size_t columns, rows;

    if (dkc_terminal_size(STDOUT_FILENO, &columns, &rows))
        dkl_set_screen(L, columns, rows);
}

/* Shows a text and the end of a line a screen at a time, if it is one and longer than a screen. */
static int page_text(lua_State *L)
{
    size_t size;
    const char *text;

    if (lua_type(L, 1) != LUA_TTABLE && lua_type(L, 1) != LUA_TSTRING && lua_type(L, 1) != LUA_TUSERDATA)
        return 0;
    luaL_tolstring(L, 1, NULL);
    lua_pushliteral(L, "\n");
    lua_concat(L, 2);
    text = lua_tolstring(L, -1, &size);
    lua_pushboolean(L, dkc_page(text, size));
    return 1;
}

/* Whether the value, which is the only one, was shown by the pager. */
static bool is_paged(lua_State *L)
{
    bool paged;

    lua_pushcfunction(L, page_text);
    lua_pushvalue(L, BASE + 1);
    paged = dkc_call_plain(L, 1, 1) == LUA_OK && lua_toboolean(L, -1); /* print tells what is wrong */
    lua_pop(L, 1);
    return paged;
}

/* The global _ is the last value that was shown. Raw, as for help. */
static void keep_value(lua_State *L)
{
    lua_pushglobaltable(L);
    lua_pushliteral(L, "_");
    lua_pushvalue(L, BASE + 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
}

static void tell_how_to_leave(void)
{
    puts("Ctrl-D ends, and so does os.exit()");
}

/* Shows the error on a line of its own: on a terminal the cursor stands behind a ^C. */
static void report(lua_State *L, int status)
{
    fflush(stdout);
    if (dkc_interrupted() && isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
        fputc('\n', stderr);
    dkc_report(L, NULL, status);
}

/* Prints the values above the base, or only keeps them. */
static void print_values(lua_State *L, bool quiet)
{
    int n = lua_gettop(L) - BASE, status;

    if (n == 0)
        return;
    fit_tables(L);
    luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
    if (on_terminal && !lua_isnil(L, BASE + 1))
        keep_value(L);
    if (quiet)
        return;
    if (n == 1 && lua_isnil(L, BASE + 1) && dkc_statement_leaves(L)) {
        tell_how_to_leave();
        return;
    }
    status = dkc_call_global(L, "print");
    if (status == LUA_OK && on_terminal && n == 1 && lua_tocfunction(L, -1) == dkl_print && is_paged(L))
        return;
    if (status == LUA_OK) {
        lua_insert(L, BASE + 1);
        status = dkc_call_plain(L, n, 0);
    }
    if (status != LUA_OK) {
        lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1));
        lua_remove(L, -2);
        report(L, LUA_ERRRUN);
    }
}

static double seconds_since(const struct timespec *begun)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begun->tv_sec) + (double)(now.tv_nsec - begun->tv_nsec) / 1e9;
}

/* Reads, runs and prints once; false at the end of input. */
static bool step(lua_State *L)
{
    struct timespec begun;
    double seconds = 0;
    int status = LUA_OK;
    bool quiet = false;
    unsigned pages = dkc_pages();
    dkc_read read = dkc_statement_read(L, &status, &quiet);

    if (read == DKC_READ_CANCELLED)
        return true;
    if (read == DKC_READ_FAILED)
        fputs("not enough memory\n", stderr);
    if (read != DKC_READ_LINE)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    if (status == LUA_OK)
        status = dkc_call(L, 0, LUA_MULTRET);
    if (dkc_pages() == pages)
        seconds = seconds_since(&begun);
    if (status == LUA_OK)
        print_values(L, quiet);
    else if (dkc_statement_leaves(L))
        tell_how_to_leave();
    else
        report(L, status);
    if (on_terminal && seconds > LONG_SECONDS) {
        printf("(%.1f s)\n", seconds);
        fflush(stdout);
    }
    return true;
}

/* help(...) at the prompt is dk.help, whatever dk is by then; its part is loaded when it is first called. An object, so
 * that `help` alone says what to do. */
static int help_call(lua_State *L)
{
    dkl_push_script(L, "help");
    lua_replace(L, 1); /* the object */
    lua_call(L, lua_gettop(L) - 1, 0);
    return 0;
}

static int help_tostring(lua_State *L)
{
    lua_pushliteral(L, "help() shows what there is; help(dk.read), help \"t:where\" and help(object) tell more");
    return 1;
}

/* The global help, unless the script has one. Raw: a script may have made its globals strict. */
static void offer_help(lua_State *L)
{
    lua_pushglobaltable(L);
    lua_pushliteral(L, "help");
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pushliteral(L, "help");
        lua_newuserdatauv(L, 0, 0);
        lua_createtable(L, 0, 2);
        lua_pushcfunction(L, help_call);
        lua_setfield(L, -2, "__call");
        lua_pushcfunction(L, help_tostring);
        lua_setfield(L, -2, "__tostring");
        lua_setmetatable(L, -2);
        lua_rawset(L, -4); /* globals nil */
    }
    lua_pop(L, 2);
}

/* core.show(text): a text that may be long. */
static int show_text(lua_State *L)
{
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size);

    if (!dkc_page(text, size))
        fwrite(text, 1, size, stdout);
    return 0;
}

static void offer_pager(lua_State *L)
{
    dkl_push_core(L);
    lua_pushcfunction(L, show_text);
    lua_setfield(L, -2, "show");
    lua_pop(L, 1);
}

/* What the user wants to have at each prompt: dekking/init.lua in XDG_CONFIG_HOME (~/.config). */
static void run_own_script(lua_State *L)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const char *path;
    int status;

    if (folder && folder[0] == '/')
        path = lua_pushfstring(L, "%s/dekking/init.lua", folder);
    else if (home && home[0] == '/')
        path = lua_pushfstring(L, "%s/.config/dekking/init.lua", home);
    else
        return;
    if (access(path, F_OK) == 0) {
        status = luaL_loadfile(L, path);
        if (status == LUA_OK)
            status = dkc_call(L, 0, 0);
        dkc_report(L, NULL, status);
    }
    lua_settop(L, BASE);
}

void dkc_repl(lua_State *L, bool ignore_environment)
{
    struct sigaction before;

    on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    lua_settop(L, 0);
    offer_help(L);
    dkc_statement_open(L, on_terminal);
    if (on_terminal) {
        puts("help() shows what there is; Ctrl-D ends");
        offer_pager(L);
        dkc_replace_execute(L);
        if (!ignore_environment)
            run_own_script(L);
    }
    if (on_terminal) { /* between a statement and the next line, Ctrl-C has nothing to stop */
        struct sigaction ignore;

        ignore.sa_handler = SIG_IGN;
        sigemptyset(&ignore.sa_mask);
        ignore.sa_flags = 0;
        sigaction(SIGINT, &ignore, &before);
        dkc_interrupt_insist(2); /* two in a row are soon typed, and what was loaded would be gone */
    }
    while (step(L))
        lua_settop(L, BASE);
    if (on_terminal)
        sigaction(SIGINT, &before, NULL);
    lua_settop(L, 0);
    putchar('\n');
    fflush(stdout);
}
