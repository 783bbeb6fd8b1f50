/* statement.c - reads a statement at the prompt, over several lines where need be.
 *
 * As in stock lua a line is tried as an expression first, and a statement that ends too early asks for more.
 */
#include "statement.h"

#include <lauxlib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "interrupt.h"
#include "lua/library.h"

#define INPUT "dekking.input"

static int begun_at;        /* on the stack: the lines of a statement that is not finished; 0: there are none */
static bool edited;         /* somebody at a terminal types it */
static const char *leaving; /* the last statement may have meant to leave, by this name; NULL: it did not */

static int tell(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    return 1;
}

/* The prompt may be changed by the script; the value stays on the stack while it is used. */
static const char *push_prompt(lua_State *L, bool first)
{
    const char *name = first ? "_PROMPT" : "_PROMPT2";

    if (dkc_call_global(L, name) == LUA_OK && !lua_isnil(L, -1)) {
        if (lua_type(L, -1) == LUA_TSTRING)
            return lua_tostring(L, -1);
        lua_pushcfunction(L, tell);
        lua_insert(L, -2);
        if (dkc_call_plain(L, 1, 1) == LUA_OK)
            return lua_tostring(L, -1);
        fprintf(stderr, "%serror in %s (%s)\n", edited && dkc_interrupted() ? "\n" : "", name, lua_tostring(L, -1));
    }
    lua_pop(L, 1);
    return lua_pushstring(L, first ? "> " : ">> ");
}

/* Pushes a line. Returns what the reading gave; on anything but a line nothing is pushed. */
static dkc_read push_line(lua_State *L, bool first)
{
    dkc_input **input = lua_touserdata(L, DKC_STATEMENT_INPUT);
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

static int load_text(lua_State *L, int text)
{
    size_t size;
    const char *bytes = lua_tolstring(L, text, &size);

    return luaL_loadbuffer(L, bytes, size, "=stdin");
}

static bool ends_at_end(lua_State *L, int status)
{
    static const char mark[] = "<eof>";
    size_t size;
    const char *message;

    if (status != LUA_ERRSYNTAX)
        return false;
    message = lua_tolstring(L, -1, &size);
    return size >= sizeof mark - 1 && strcmp(message + size - (sizeof mark - 1), mark) == 0;
}

/* text message -> text message: a syntax error whose message ends in <eof> wants more input. Stock lua asks for it even where
 * none helps, since a quote was not closed: somebody at a terminal is told that at once. */
static bool is_incomplete(lua_State *L, int status)
{
    if (!ends_at_end(L, status))
        return false;
    if (!edited)
        return true;
    lua_pushvalue(L, -2);
    lua_pushliteral(L, "\n");
    lua_concat(L, 2);
    status = load_text(L, -1); /* text message line message */
    lua_remove(L, -2);
    if (ends_at_end(L, status) || status == LUA_OK) {
        lua_pop(L, 1);
        return true;
    }
    lua_replace(L, -2);
    return false;
}

/* What was typed goes into the history before it runs, since it may end the program. */
static void remember(lua_State *L, int text)
{
    dkc_input **input = lua_touserdata(L, DKC_STATEMENT_INPUT);
    size_t size;
    const char *bytes = lua_tolstring(L, text, &size);

    if (strlen(bytes) == size)
        dkc_input_remember(*input, bytes);
}

/* How much of a line stands before the semicolon at its end, if somebody at a terminal typed one. */
static size_t before_semicolon(const char *line, size_t size)
{
    size_t end = size;

    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t'))
        end--;
    return edited && end > 0 && line[end - 1] == ';' ? end - 1 : size;
}

/* By what name a newcomer to Lua wants to leave, where somebody at a terminal typed it: "exit" or "quit" alone, or called; or NULL. */
static const char *name_to_leave(const char *line, size_t size)
{
    static const char *const names[] = { "exit", "quit" };
    size_t begin = strspn(line, " \t"), end = size;

    while (end > begin && (line[end - 1] == ' ' || line[end - 1] == '\t'))
        end--;
    if (end - begin == 6 && memcmp(line + end - 2, "()", 2) == 0)
        end -= 2;
    for (int i = 0; edited && i < 2; i++)
        if (end - begin == 4 && memcmp(line + begin, names[i], 4) == 0)
            return names[i];
    return NULL;
}

/* line -> function, as `return line;`. On failure the stack is as before. *quiet: a semicolon ends the line, so that its values
 * are not shown. */
static bool load_expression(lua_State *L, bool *quiet)
{
    size_t size, shown;
    const char *line = lua_tolstring(L, -1, &size);

    leaving = name_to_leave(line, size);
    shown = before_semicolon(line, size);
    *quiet = shown < size;
    lua_pushliteral(L, "return ");
    lua_pushlstring(L, line, shown);
    lua_pushliteral(L, ";");
    lua_concat(L, 3); /* line text */
    if (load_text(L, -1) == LUA_OK) {
        remember(L, -3);
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
            remember(L, -2);
            lua_remove(L, -2);
            return DKC_READ_LINE;
        }
        begun_at = lua_gettop(L) - 1;
        read = push_line(L, false);
        begun_at = 0;
        if (read != DKC_READ_LINE) {
            if (read == DKC_READ_END) { /* what is missing stays missing: say so */
                if (edited)             /* not behind the prompt */
                    putchar('\n');
                remember(L, -2);
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

dkc_read dkc_statement_read(lua_State *L, int *status, bool *quiet)
{
    dkc_read read = push_line(L, true);

    *status = LUA_OK;
    *quiet = false;
    leaving = NULL;
    return read == DKC_READ_LINE && !load_expression(L, quiet) ? load_statement(L, status) : read;
}

bool dkc_statement_leaves(lua_State *L)
{
    bool is_nothing;

    if (leaving == NULL)
        return false;
    lua_pushglobaltable(L);
    lua_pushstring(L, leaving);
    is_nothing = lua_rawget(L, -2) == LUA_TNIL;
    lua_pop(L, 2);
    return is_nothing;
}

/* Completion: scripts/dekking/complete.lua knows what may stand where the text ends. Arguments: the input, the line, and the
 * lines before it or nil. */
static int complete_text(lua_State *L)
{
    dkc_input *input = lua_touserdata(L, 1);
    const char **names;
    lua_Integer n, n_typed;

    dkc_input_let_interrupt(true);
    dkl_push_script(L, "complete");
    if (lua_isnil(L, 3)) {
        lua_pushstring(L, lua_touserdata(L, 2));
    } else {
        lua_pushvalue(L, 3);
        lua_pushliteral(L, "\n");
        lua_pushstring(L, lua_touserdata(L, 2));
        lua_concat(L, 3);
    }
    lua_call(L, 1, 2);
    n = luaL_len(L, 4);
    n_typed = lua_tointeger(L, 5);
    names = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *names, 0);
    for (lua_Integer i = 0; i < n; i++) {
        lua_geti(L, 4, i + 1);
        names[i] = lua_tostring(L, -1); /* the list keeps it */
        lua_pop(L, 1);
    }
    dkc_input_offer(input, names, (size_t)n, (size_t)n_typed);
    return 0;
}

/* What cannot be completed is left as it is, and where Ctrl-C says that it takes too long. */
static void complete(void *arg, dkc_input *input, const char *text)
{
    lua_State *L = arg;
    int top = lua_gettop(L);

    if (!lua_checkstack(L, LUA_MINSTACK))
        return;
    lua_pushcfunction(L, complete_text);
    lua_pushlightuserdata(L, input);
    lua_pushlightuserdata(L, (void *)(uintptr_t)text);
    if (begun_at)
        lua_pushvalue(L, begun_at);
    else
        lua_pushnil(L);
    (void)dkc_call_plain(L, 3, 0);
    dkc_input_let_interrupt(false);
    lua_settop(L, top);
}

static int close_input(lua_State *L)
{
    dkc_input **input = lua_touserdata(L, 1);

    dkc_input_close(*input);
    *input = NULL;
    return 0;
}

void dkc_statement_open(lua_State *L, bool on_terminal)
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
    if (on_terminal)
        lua_toclose(L,
                    -1); /* the terminal gets its own ways back; a pipe has none, and a hook would see the call */
    edited = on_terminal;
    *input = dkc_input_open(edited);
    if (*input == NULL)
        luaL_error(L, "not enough memory");
    dkc_input_completes(*input, complete, L);
}
