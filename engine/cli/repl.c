/* repl.c - the prompt: reads a statement, over several lines where it takes them, runs it, and prints what it gives.
 *
 * As in stock lua a line is tried as an expression first, and a statement that ends too early asks for more. Values are
 * shown with the global `print`. On a terminal a table is shown as large as the window lets it.
 */
#include "repl.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "line.h"
#include "lua/dekking_lua.h"

/* The prompt may be changed by the script; the value stays on the stack while it is used. */
static const char *push_prompt(lua_State *L, bool first)
{
    const char *prompt;

    if (lua_getglobal(L, first ? "_PROMPT" : "_PROMPT2") == LUA_TNIL) {
        lua_pop(L, 1);
        return lua_pushstring(L, first ? "> " : ">> ");
    }
    prompt = luaL_tolstring(L, -1, NULL);
    lua_remove(L, -2);
    return prompt;
}

/* Pushes a line. Returns what the reading gave; on anything but a line nothing is pushed. */
static dkc_read push_line(lua_State *L, dkc_input *input, bool first)
{
    const char *line;
    size_t size;
    dkc_read result = dkc_input_read(input, push_prompt(L, first), &line, &size);

    lua_pop(L, 1);
    if (result == DKC_READ_LINE) {
        dkc_input_remember(input, line);
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

/* line -> function, as `return line`. On failure the stack is as before. */
static bool load_expression(lua_State *L)
{
    const char *line = lua_tostring(L, -1);
    const char *start = line[0] == '=' ? line + 1 : line; /* "= x", as it was once written */

    lua_pushfstring(L, "return %s", start); /* line text */
    if (load_text(L, -1) == LUA_OK) {
        lua_replace(L, -3);
        lua_pop(L, 1);
        return true;
    }
    lua_pop(L, 2);
    return false;
}

/* line -> function or message, reading more lines while the statement is not finished. */
static dkc_read load_statement(lua_State *L, dkc_input *input, int *status)
{
    for (;;) { /* text */
        dkc_read read;

        *status = load_text(L, -1); /* text function|message */
        if (!is_incomplete(L, *status)) {
            lua_remove(L, -2);
            return DKC_READ_LINE;
        }
        read = push_line(L, input, false);
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

static void print_values(lua_State *L)
{
    int n = lua_gettop(L);

    if (n == 0)
        return;
    fit_tables(L);
    luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
    lua_getglobal(L, "print");
    lua_insert(L, 1);
    if (dkc_call(L, n, 0) != LUA_OK) {
        lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1));
        lua_remove(L, -2);
        dkc_report(L, NULL, LUA_ERRRUN);
    }
}

void dkc_repl(lua_State *L)
{
    bool on_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    dkc_input *input = dkc_input_open(on_terminal);
    dkc_read read;

    if (input == NULL) {
        fputs("not enough memory\n", stderr);
        return;
    }
    for (;;) {
        int status = LUA_OK;

        lua_settop(L, 0);
        read = push_line(L, input, true);
        if (read == DKC_READ_LINE && !load_expression(L))
            read = load_statement(L, input, &status);
        if (read == DKC_READ_CANCELLED)
            continue;
        if (read != DKC_READ_LINE)
            break;
        if (status == LUA_OK)
            status = dkc_call(L, 0, LUA_MULTRET);
        if (status == LUA_OK)
            print_values(L);
        else
            dkc_report(L, NULL, status);
    }
    if (read == DKC_READ_FAILED)
        fputs("not enough memory\n", stderr);
    lua_settop(L, 0);
    putchar('\n');
    fflush(stdout);
    dkc_input_close(input);
}
