/* lua_write.c - tables as text: on the screen, in strings, in files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dekking_lua.h"
#include "lua_options.h"
#include "lua_screen.h"
#include "lua_table.h"

#define FORMAT_NAME(code, name, extension) name,
static const char *const format_names[] = { DK_FORMAT_LIST(FORMAT_NAME) NULL };

/* The format that the option names, or otherwise. */
static dk_format option_format(lua_State *L, int index, const char *what, dk_format otherwise)
{
    const char *name = dkl_option_text(L, index, what, "format");

    if (name && !dk_format_find(name, &otherwise))
        dkl_fail_unknown(L, what, "format", name, strlen(name), format_names);
    return otherwise;
}

/* is_stated: the call says the format; else the program was told one, and where that has no bars, the numbers are what
 * there is to see. */
static void check_bars(lua_State *L, const char *what, dk_format format, bool is_stated, dk_write_options *options)
{
    bool has_bars = format == DK_FORMAT_TEXT || format == DK_FORMAT_HTML;

    if (options->n_bars == 0 && options->full_bar > 0)
        dkl_fail(L, "%s: full is said of bars, and no column has any: bars = \"name\"", what);
    if (options->n_bars > 0 && !has_bars && is_stated)
        dkl_fail(L, "%s: bars are drawn in text and html, not in %s", what, format_names[format]);
    if (!has_bars)
        options->n_bars = 0;
}

static bool states_format(lua_State *L, int index)
{
    return dkl_option_text(L, index, "format", "format") != NULL;
}

/* A text of the engine's until Lua has its own. It owns all that freeing it takes: when it is left to the collector,
 * what stood beside it on the stack may be gone. */
#define WRITTEN "dk.written"

typedef struct written {
    dk_context *context;
    char *bytes; /* NULL until there is a text */
} written;

static int close_written(lua_State *L)
{
    written *text = luaL_checkudata(L, 1, WRITTEN);
    dk_context *context = text->context;
    char *bytes = text->bytes;

    text->context = NULL;
    text->bytes = NULL;
    if (bytes)
        dk_text_free(context, bytes);
    dk_context_release(context);
    return 0;
}

static written *new_written(lua_State *L, dk_context *context)
{
    written *text;

    luaL_checkstack(L, 4, "too many values");
    text = lua_newuserdatauv(L, sizeof *text, 0);
    text->context = NULL;
    text->bytes = NULL;
    luaL_setmetatable(L, WRITTEN);
    lua_toclose(L, -1);
    text->context = dk_context_retain(context);
    return text;
}

/* Pushes the table as a string. */
static int push_text(lua_State *L, const dk_table *table, dk_format format, const dk_write_options *options,
                     bool is_line)
{
    written *text = new_written(L, dk_table_context(table));
    dk_error err = DK_ERROR_INIT;
    size_t size = 0;

    DKL_TRY(dk_write_text(table, format, options, &text->bytes, &size, &err));
    if (is_line && size > 0 && text->bytes[size - 1] == '\n')
        size--; /* print adds one */
    lua_pushlstring(L, text->bytes, size);
    return 1;
}

int dkl_table_tostring(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dkl_state *state = dkl_get_state(L);
    dk_format format = dkl_usual_format(L);
    dk_write_options options;
    bool paints = state->paints;

    state->paints = false; /* said of one table, which is printed at once */
    dkl_usual_options(L, table, format, DKL_SCREEN, paints, &options);
    return push_text(L, table, format, &options, true);
}

dk_format dkl_text_format(lua_State *L, int index, const char *what)
{
    dk_format format = option_format(L, index, what, dkl_usual_format(L));

    if (dk_format_is_binary(format))
        dkl_fail(L, "%s: a workbook is no text; t:write \"name.xlsx\" makes a file of it", what);
    return format;
}

/* t:text([options]) -> a string, whole and unfolded unless rows, cell and width say otherwise: what it is does not
 * depend on the screen */
static int table_text(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_write_options options;
    dk_format format;

    dkl_check_options(L, 2, "text", dkl_screen_names);
    format = dkl_text_format(L, 2, "text");
    dkl_usual_options(L, table, format, DKL_STRING, false, &options);
    dkl_read_write_options(L, 2, "text", &options);
    check_bars(L, "text", format, states_format(L, 2), &options);
    return push_text(L, table, format, &options, false);
}

static bool to_stdout(void *arg, const char *bytes, size_t size)
{
    (void)arg;
    return fwrite(bytes, 1, size, stdout) == size;
}

int dkl_print(lua_State *L)
{
    int n = lua_gettop(L);
    bool was_table = false;

    if (dkl_running(L))
        dki_progress_end(
            dkl_context(L)); /* the engine has called the script: what shows how far it is makes room */
    for (int i = 1; i <= n; i++) {
        bool is_table = dkl_test_object(L, i, DKL_TABLE) != NULL;
        size_t size;
        const char *text;

        if (is_table)
            dkl_get_state(L)->paints = true;
        text = luaL_tolstring(L, i, &size);
        if (i > 1)
            (void)fwrite(is_table || was_table ? "\n" : "\t", 1, 1, stdout);
        was_table = is_table;
        (void)fwrite(text, 1, size, stdout);
        lua_pop(L, 1);
    }
    (void)fwrite("\n", 1, 1, stdout);
    (void)fflush(stdout);
    return 0;
}

int dkl_print_table(lua_State *L, const dk_table *table, dk_format format, int index, dk_write_options *options,
                    const char *what)
{
    dk_error err = DK_ERROR_INIT;
    dk_status status;

    check_bars(L, what, format, states_format(L, index), options);
    status = dk_write_sink(table, format, options, to_stdout, NULL, &err); /* printed is printed: no second try */
    if (status == DK_ERR_IO || (status == DK_OK && fflush(stdout) != 0)) {
        int reason = errno;

        clearerr(stdout); /* or whatever is printed next would be blamed */
        return dkl_fail(L, "%s: cannot write to standard output: %s", what, strerror(reason));
    }
    if (status != DK_OK)
        return dkl_raise(L, &err);
    return 0;
}

/* t:print([options]) */
static int table_print(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_write_options options;
    dk_format format;

    dkl_check_options(L, 2, "print", dkl_screen_names);
    format = dkl_text_format(L, 2, "print");
    dkl_usual_options(L, table, format, DKL_SCREEN, true, &options);
    dkl_read_write_options(L, 2, "print", &options);
    return dkl_print_table(L, table, format, 2, &options, "print");
}

/* t:write(path [, options]) writes a file, complete or not at all. */
static int table_write(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_write_options options;
    dk_format format = DK_FORMAT_TEXT;
    const char *path;
    bool is_known;

    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_arg_fail(L, 2, "the path of a file");
    path = dkl_check_text(L, 2, "write: the path");
    dkl_check_options(L, 3, "write", dkl_file_names);
    if (strcmp(path, "-") == 0)
        return dkl_fail(L, "write: '-' is no file; t:print { format = \"csv\" } writes to standard output");
    is_known = dk_format_of_path(path, &format);
    if (!is_known && dkl_option_text(L, 3, "write", "format") == NULL)
        return dkl_fail(L,
                        "write: the name '%s' does not end in .txt, .csv, .md, .html, .json or .xlsx: say { format "
                        "= \"csv\" }%s",
                        path,
                        strlen(path) > 3 && strcmp(path + strlen(path) - 3, ".dk") == 0 ? "; t:save makes snapshots"
                                                                                        : "");
    format = option_format(L, 3, "write", format);
    dkl_usual_options(L, table, format, DKL_FILE, false, &options);
    dkl_read_write_options(L, 3, "write", &options);
    check_bars(L, "write", format, true, &options);
    DKL_TRY(dk_write_file(table, path, format, &options, &err));
    return 0;
}

const luaL_Reg dkl_write_methods[] = {
    { "text", table_text }, { "print", table_print }, { "write", table_write }, { NULL, NULL }
};

static const luaL_Reg written_meta[] = { { "__gc", close_written }, { "__close", close_written }, { NULL, NULL } };

void dkl_open_write(lua_State *L)
{
    dkl_class(L, WRITTEN, written_meta);
    dkl_open_screen(L);
}
