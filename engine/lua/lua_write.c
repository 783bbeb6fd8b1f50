/* lua_write.c - tables as text: on the screen, in strings, in files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lua_options.h"
#include "lua_table.h"

#define USUAL_ROWS 40
#define USUAL_CELL 60
#define LEAST_ROWS 6
/* What stands on a screen around the rows of a cut table: names, types, two rules, rows not shown, count, prompt. */
#define LINES_AROUND 7

static const char *const styles[] = { "international", "nl", NULL };
static const char *const formulas[] = { "keep", "disarm", NULL };
static const char *const codes[] = { "label", "code", "both",
                                     NULL }; /* as dk_codes_shown has them behind its first */

#define FORMAT_NAME(code, name, extension) name,
static const char *const format_names[] = { DK_FORMAT_LIST(FORMAT_NAME) NULL };

/* How many rows of the table fit on a screen, with its notes below them. */
static size_t rows_that_fit(const dk_table *table, size_t n_lines, size_t width)
{
    size_t around = LINES_AROUND;

    for (size_t i = 0; i < dk_table_n_notes(table) && around < n_lines; i++)
        around += 1 + (width > 0 ? strlen(dk_table_note(table, i)) / width : 0);
    return n_lines > around + LEAST_ROWS ? n_lines - around : LEAST_ROWS;
}

/* What a terminal shows of a table. A program that runs scripts need not say how wide it is: then the terminal that
 * standard output is, if it is one, is asked. */
static void screen_options(lua_State *L, const dk_table *table, dk_write_options *out)
{
    const dkl_state *state = dkl_get_state(L);
    struct winsize size;

    *out = (dk_write_options)DK_WRITE_OPTIONS_INIT;
    out->max_rows = USUAL_ROWS;
    out->max_width = state->screen_columns;
    if (out->max_width == 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        out->max_width = size.ws_col;
    if (state->screen_rows > 0)
        out->max_rows = rows_that_fit(table, state->screen_rows, out->max_width);
    out->max_cell = USUAL_CELL;
    out->show_types = true;
    out->show_count = true;
    out->show_notes = true;
}

static dk_format usual_format(lua_State *L)
{
    const dkl_state *state = dkl_get_state(L);

    return state->has_format ? state->format : DK_FORMAT_TEXT;
}

static void read_options(lua_State *L, int index, const char *what, dk_write_options *out)
{
    out->style = dkl_option_choice(L, index, what, "style", styles, (int)out->style) == 1 ? DK_STYLE_NL
                                                                                          : DK_STYLE_INTERNATIONAL;
    out->total_label = dkl_option_text(L, index, what, "total_label");
    out->null_text = dkl_option_text(L, index, what, "null");
    out->title = dkl_option_text(L, index, what, "title");
    out->between = dkl_option_text(L, index, what, "between");
    out->max_rows = (size_t)dkl_option_integer(L, index, what, "rows", 0, (lua_Integer)out->max_rows);
    out->max_width = (size_t)dkl_option_integer(L, index, what, "width", 0, (lua_Integer)out->max_width);
    out->max_cell = (size_t)dkl_option_integer(L, index, what, "cell", 0, (lua_Integer)out->max_cell);
    out->show_types = dkl_option_boolean(L, index, what, "types", out->show_types);
    out->show_count = dkl_option_boolean(L, index, what, "count", out->show_count);
    out->show_notes = dkl_option_boolean(L, index, what, "notes", out->show_notes);
    out->codes = (dk_codes_shown)(dkl_option_choice(L, index, what, "codes", codes, -1) + 1);
    out->disarm_formulas = dkl_option_choice(L, index, what, "formulas", formulas, 0) == 1;
}

/* The format that the option names, or otherwise. */
static dk_format option_format(lua_State *L, int index, const char *what, dk_format otherwise)
{
    const char *name = dkl_option_text(L, index, what, "format");

    if (name && !dk_format_find(name, &otherwise))
        dkl_fail_unknown(L, what, "format", name, strlen(name), format_names);
    return otherwise;
}

static const char *const screen_names[] = { "format", "style",    "total_label", "null",    "title",
                                            "rows",   "cell",     "width",       "types",   "count",
                                            "notes",  "formulas", "codes",       "between", NULL };

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
    dk_write_options options;

    screen_options(L, table, &options);
    return push_text(L, table, usual_format(L), &options, true);
}

/* The format that the option names, or the usual one: text, for strings and the screen. */
static dk_format text_format(lua_State *L, int index, const char *what)
{
    dk_format format = option_format(L, index, what, usual_format(L));

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

    dkl_check_options(L, 2, "text", screen_names);
    screen_options(L, table, &options);
    options.max_rows = 0;
    options.max_width = 0;
    options.max_cell = 0;
    read_options(L, 2, "text", &options);
    format = text_format(L, 2, "text");
    return push_text(L, table, format, &options, false);
}

static bool to_stdout(void *arg, const char *bytes, size_t size)
{
    (void)arg;
    return fwrite(bytes, 1, size, stdout) == size;
}

/* t:print([options]) writes to standard output. It gives nothing back, which the prompt would print once more. */
static int table_print(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_write_options options;
    dk_format format;
    dk_status status;

    dkl_check_options(L, 2, "print", screen_names);
    screen_options(L, table, &options);
    read_options(L, 2, "print", &options);
    format = text_format(L, 2, "print");
    status = dk_write_sink(table, format, &options, to_stdout, NULL, &err); /* printed is printed: no second try */
    if (status == DK_ERR_IO || (status == DK_OK && fflush(stdout) != 0)) {
        int reason = errno;

        clearerr(stdout); /* or whatever is printed next would be blamed */
        return dkl_fail(L, "print: cannot write to standard output: %s", strerror(reason));
    }
    if (status != DK_OK)
        return dkl_raise(L, &err);
    return 0;
}

/* t:write(path [, options]) writes a file, complete or not at all. */
static int table_write(lua_State *L)
{
    static const char *const names[] = { "format", "style", "total_label", "null",  "title",   "types",
                                         "count",  "notes", "formulas",    "codes", "between", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    dk_write_options options = DK_WRITE_OPTIONS_INIT;
    dk_format format = DK_FORMAT_TEXT;
    const char *path;
    bool is_known;

    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_arg_fail(L, 2, "the path of a file");
    path = dkl_check_text(L, 2, "write: the path");
    dkl_check_options(L, 3, "write", names);
    if (strcmp(path, "-") == 0)
        return dkl_fail(L, "write: '-' is no file; t:print { format = \"csv\" } writes to standard output");
    options.show_notes = true;
    read_options(L, 3, "write", &options);
    is_known = dk_format_of_path(path, &format);
    if (!is_known && dkl_option_text(L, 3, "write", "format") == NULL)
        return dkl_fail(
            L,
            "write: the name '%s' does not end in .txt, .csv, .md, .html, .json or .xlsx: say { format = \"csv\" }",
            path);
    format = option_format(L, 3, "write", format);
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
}
