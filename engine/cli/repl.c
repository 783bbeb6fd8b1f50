/* repl.c - the prompt: reads a statement, over several lines where need be, runs it, and prints what it gives.
 *
 * As in stock lua a line is tried as an expression first, and a statement that ends too early asks for more. Values
 * are shown with the global `print`. On a terminal a table is shown as large as the window lets it, and Ctrl-C
 * never ends the program: what was loaded stays.
 */
#include "repl.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "interrupt.h"
#include "line.h"
#include "lua/dekking_lua.h"
#include "lua/library.h"

#define INPUT "dekking.input"
#define BASE 1 /* the stack of the prompt: what it reads from, and above it the values of a statement */

static int tell(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    return 1;
}

/* The prompt may be changed by the script; the value stays on the stack while it is used. */
static const char *push_prompt(lua_State *L, bool first)
{
    const char *name = first ? "_PROMPT" : "_PROMPT2";

    lua_pushcfunction(L, tell);
    if (lua_getglobal(L, name) != LUA_TNIL) {
        if (lua_pcall(L, 1, 1, 0) == LUA_OK)
            return lua_tostring(L, -1);
        fprintf(stderr, "error in %s (%s)\n", name, lua_tostring(L, -1));
    } else {
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return lua_pushstring(L, first ? "> " : ">> ");
}

/* Pushes a line. Returns what the reading gave; on anything but a line nothing is pushed. */
static dkc_read push_line(lua_State *L, bool first)
{
    dkc_input **input = lua_touserdata(L, BASE);
    const char *line;
    size_t size;
    dkc_read result = dkc_input_read(*input, push_prompt(L, first), &line, &size);

    lua_pop(L, 1);
    if (result != DKC_READ_LINE)
        return result;
    if (first && line[0] == '=') { /* "= x", as it was once written */
        lua_pushliteral(L, "return ");
        lua_pushlstring(L, line + 1, size - 1);
        lua_concat(L, 2);
    } else {
        lua_pushlstring(L, line, size);
    }
    return result;
}

/* A syntax error whose message ends in <eof> wants more input. */
static bool is_incomplete(lua_State *L, int status)
{
    static const char mark[] = "<eof>";
    size_t size;
    const char *message;

    if (status != LUA_ERRSYNTAX)
        return false;
    message = lua_tolstring(L, -1, &size);
    return size >= sizeof mark - 1 && strcmp(message + size - (sizeof mark - 1), mark) == 0;
}

static int load_text(lua_State *L, int text)
{
    size_t size;
    const char *bytes = lua_tolstring(L, text, &size);

    return luaL_loadbuffer(L, bytes, size, "=stdin");
}

/* line -> function, as `return line;`. On failure the stack is as before. */
static bool load_expression(lua_State *L)
{
    lua_pushliteral(L, "return ");
    lua_pushvalue(L, -2);
    lua_pushliteral(L, ";");
    lua_concat(L, 3); /* line text */
    if (load_text(L, -1) == LUA_OK) {
        lua_replace(L, -3);
        lua_pop(L, 1);
        return true;
    }
    lua_pop(L, 2);
    return false;
}

/* line -> function or message, reading more lines while the statement is not finished. */
static dkc_read load_statement(lua_State *L, int *status)
{
    for (;;) { /* text */
        dkc_read read;

        *status = load_text(L, -1); /* text function|message */
        if (!is_incomplete(L, *status)) {
            lua_remove(L, -2);
            return DKC_READ_LINE;
        }
        read = push_line(L, false);
        if (read != DKC_READ_LINE) {
            if (read == DKC_READ_END) { /* what is missing stays missing: say so */
                lua_remove(L, -2);
                return DKC_READ_LINE;
            }
            lua_pop(L, 2);
            return read;
        }
        lua_remove(L, -2);
        lua_pushliteral(L, "\n");
        lua_insert(L, -2);
        lua_concat(L, 3); /* text newline line */
    }
}

static void fit_tables(lua_State *L)
{
    size_t columns, rows;

    if (dkc_terminal_size(&columns, &rows))
        dkl_set_screen(L, columns, rows);
}

/* Prints the values above the base. */
static void print_values(lua_State *L)
{
    int n = lua_gettop(L) - BASE;

    if (n == 0)
        return;
    fit_tables(L);
    luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
    lua_getglobal(L, "print");
    lua_insert(L, BASE + 1);
    if (dkc_call_plain(L, n, 0) != LUA_OK) {
        lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1));
        lua_remove(L, -2);
        dkc_report(L, NULL, LUA_ERRRUN);
    }
}

/* Shows the error on a line of its own: on a terminal the cursor stands behind a ^C. */
static void report(lua_State *L, int status)
{
    fflush(stdout);
    if (dkc_interrupted() && isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
        fputc('\n', stderr);
    dkc_report(L, NULL, status);
}

/* Reads, runs and prints once; false at the end of input. */
static bool step(lua_State *L)
{
    int status = LUA_OK;
    dkc_read read = push_line(L, true);

    if (read == DKC_READ_LINE && !load_expression(L))
        read = load_statement(L, &status);
    if (read == DKC_READ_CANCELLED)
        return true;
    if (read == DKC_READ_FAILED)
        fputs("not enough memory\n", stderr);
    if (read != DKC_READ_LINE)
        return false;
    if (status == LUA_OK)
        status = dkc_call(L, 0, LUA_MULTRET);
    if (status == LUA_OK)
        print_values(L);
    else
        report(L, status);
    return true;
}

static int close_input(lua_State *L)
{
    dkc_input **input = lua_touserdata(L, 1);

    dkc_input_close(*input);
    *input = NULL;
    return 0;
}

static void open_input(lua_State *L, bool edited)
{
    dkc_input **input = lua_newuserdatauv(L, sizeof *input, 0);

    *input = NULL;
    if (luaL_newmetatable(L, INPUT)) {
        lua_pushcfunction(L, close_input);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, "__close");
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    *input = dkc_input_open(edited);
    if (*input == NULL)
        luaL_error(L, "not enough memory");
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

void dkc_repl(lua_State *L)
{
    bool on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    struct sigaction before;

    lua_settop(L, 0);
    offer_help(L);
    open_input(L, on_terminal);
    if (on_terminal) { /* between a statement and the next line, Ctrl-C has nothing to stop */
        struct sigaction ignore;

        ignore.sa_handler = SIG_IGN;
        sigemptyset(&ignore.sa_mask);
        ignore.sa_flags = 0;
        sigaction(SIGINT, &ignore, &before);
        dkc_interrupt_answer(2); /* two in a row are soon typed, and what was loaded would be gone */
    }
    while (step(L))
        lua_settop(L, BASE);
    if (on_terminal)
        sigaction(SIGINT, &before, NULL);
    lua_settop(L, 0);
    putchar('\n');
    fflush(stdout);
}
