/* lua_screen.c - how tables are shown where a call does not say: what dk.options says, and what the terminal is. */
#include "lua_screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lua_options.h"

#define USUAL_ROWS 40
#define USUAL_CELL 60
#define LEAST_ROWS 6
/* What stands on a screen around the rows of a cut table: names, types, two rules, rows not shown, count, prompt. */
#define LINES_AROUND 7

/* In the order of dk_style and dk_codes_shown. */
static const char *const styles[] = { "international", "nl", NULL };
static const char *const codes[] = { "usual", "label", "code", "both", NULL };
static const char *const formulas[] = { "keep", "disarm", NULL };

static const char *const names[] = { "style", "rows",        "width", "cell",    "types",  "count", "notes",
                                     "codes", "total_label", "null",  "between", "colour", NULL };
const char *const dkl_screen_names[] = { "format",  "style",  "total_label", "null",  "title",    "rows",
                                         "cell",    "width",  "types",       "count", "notes",    "codes",
                                         "between", "colour", "bars",        "full",  "formulas", NULL };
const char *const dkl_file_names[] = { "format", "style",    "total_label", "null",    "title", "types", "count",
                                       "notes",  "formulas", "codes",       "between", "bars",  "full",  NULL };

static const char options_key; /* a table of what dk.options was given */

/* Reading. -------------------------------------------------------------------------------------------------------- */

static bool is_auto(lua_State *L, int index, const char *key)
{
    bool is =
        dkl_option(L, index, key) && lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "auto") == 0;

    lua_pop(L, 1);
    return is;
}

static size_t read_size(lua_State *L, int index, const char *what, const char *key, size_t otherwise)
{
    if (is_auto(L, index, key))
        return otherwise;
    return (size_t)dkl_option_integer(L, index, what, key, 0, (lua_Integer)otherwise);
}

static const char *read_text(lua_State *L, int index, const char *what, const char *key, const char *otherwise)
{
    const char *text = dkl_option_text(L, index, what, key);

    return text ? text : otherwise;
}

/* Whether people want their terminal without colours: https://no-color.org */
static bool wants_no_colour(void)
{
    const char *no = getenv("NO_COLOR");

    return no && *no;
}

static bool read_colour(lua_State *L, int index, const char *what, bool otherwise)
{
    if (is_auto(L, index, "colour"))
        return otherwise;
    if (dkl_option(L, index, "colour"))
        otherwise = dkl_option_boolean(L, index, what, "colour", false) && !wants_no_colour();
    lua_pop(L, 1);
    return otherwise;
}

static double read_full(lua_State *L, int index, const char *what)
{
    lua_Number full = 0;

    if (dkl_option(L, index, "full")) {
        full = lua_tonumber(L, -1);
        if (lua_type(L, -1) != LUA_TNUMBER || !(full > 0) || full - full != 0)
            dkl_fail(L, "%s: full is the number for which a bar is full, over 0, not %s", what,
                     dkl_push_given(L, -1));
    }
    lua_pop(L, 1);
    return full;
}

void dkl_read_write_options(lua_State *L, int index, const char *what, dk_write_options *out)
{
    dkl_names bars;

    index = lua_absindex(L, index);
    out->style = (dk_style)dkl_option_choice(L, index, what, "style", styles, (int)out->style);
    out->codes = (dk_codes_shown)dkl_option_choice(L, index, what, "codes", codes, (int)out->codes);
    out->total_label = read_text(L, index, what, "total_label", out->total_label);
    out->null_text = read_text(L, index, what, "null", out->null_text);
    out->title = read_text(L, index, what, "title", out->title);
    out->between = read_text(L, index, what, "between", out->between);
    out->max_rows = read_size(L, index, what, "rows", out->max_rows);
    out->max_width = read_size(L, index, what, "width", out->max_width);
    out->max_cell = (size_t)dkl_option_integer(L, index, what, "cell", 0, (lua_Integer)out->max_cell);
    out->show_types = dkl_option_boolean(L, index, what, "types", out->show_types);
    out->show_count = dkl_option_boolean(L, index, what, "count", out->show_count);
    out->show_notes = dkl_option_boolean(L, index, what, "notes", out->show_notes);
    out->colour = read_colour(L, index, what, out->colour);
    out->disarm_formulas = dkl_option_choice(L, index, what, "formulas", formulas, 0) == 1;
    out->full_bar = read_full(L, index, what);
    bars = dkl_option_names(L, index, what, "bars");
    out->bars = bars.items;
    out->n_bars = bars.n;
}

/* The screen. ----------------------------------------------------------------------------------------------------- */

/* How many rows of the table fit on a screen, with its notes below them. */
static size_t rows_that_fit(const dk_table *table, size_t n_lines, size_t width)
{
    size_t around = LINES_AROUND;

    for (size_t i = 0; i < dk_table_n_notes(table) && around < n_lines; i++)
        around += 1 + (width > 0 ? strlen(dk_table_note(table, i)) / width : 0);
    return n_lines > around + LEAST_ROWS ? n_lines - around : LEAST_ROWS;
}

static bool has_colours(void)
{
    const char *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0 && !wants_no_colour();
}

/* What a terminal shows of a table. A program that runs scripts need not say how wide it is: then the terminal that
 * standard output is, if it is one, is asked. */
static void fit_screen(const dkl_state *state, const dk_table *table, dk_write_options *out)
{
    struct winsize size;

    out->max_rows = USUAL_ROWS;
    out->max_width = state->screen_columns;
    if (out->max_width == 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        out->max_width = size.ws_col;
    if (state->screen_rows > 0)
        out->max_rows = rows_that_fit(table, state->screen_rows, out->max_width);
    out->max_cell = USUAL_CELL;
}

dk_format dkl_usual_format(lua_State *L)
{
    const dkl_state *state = dkl_get_state(L);

    return state->has_format ? state->format : DK_FORMAT_TEXT;
}

void dkl_usual_options(lua_State *L, const dk_table *table, dk_format format, dkl_place place, bool paints,
                       dk_write_options *out)
{
    bool for_readers = format != DK_FORMAT_CSV && format != DK_FORMAT_JSON;

    *out = (dk_write_options)DK_WRITE_OPTIONS_INIT;
    out->show_types = out->show_count = place != DKL_FILE;
    out->show_notes = true;
    if (place == DKL_SCREEN)
        fit_screen(dkl_get_state(L), table, out);
    out->colour = paints && has_colours();
    if (for_readers && lua_rawgetp(L, LUA_REGISTRYINDEX, &options_key) == LUA_TTABLE) {
        dkl_read_write_options(L, -1, "options", out);
        lua_pop(L, 1);
    }
    if (for_readers)
        lua_pop(L, 1);
    if (place != DKL_SCREEN)
        out->max_rows = out->max_width = out->max_cell = 0;
    if (place == DKL_FILE)
        out->show_types = out->show_count = false;
    out->colour = out->colour && paints;
    if (format == DK_FORMAT_XLSX) /* its cells are numbers, or empty */
        out->null_text = NULL;
}

/* dk.options. ----------------------------------------------------------------------------------------------------- */

static void push_usual(lua_State *L)
{
    static const struct {
        const char *name, *text;
    } texts[] = { { "style", "international" }, { "rows", "auto" },         { "width", "auto" },
                  { "codes", "usual" },         { "null", "\xE2\x80\x93" }, { "total_label", "totaal" },
                  { "between", "|" },           { "colour", "auto" } };
    static const char *const flags[] = { "types", "count", "notes" };

    lua_newtable(L);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        lua_pushstring(L, texts[i].text);
        lua_setfield(L, -2, texts[i].name);
    }
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, flags[i]);
    }
    lua_pushinteger(L, USUAL_CELL);
    lua_setfield(L, -2, "cell");
}

/* Copies what the table at index says into the one on top. */
static void overlay(lua_State *L, int index)
{
    for (size_t i = 0; names[i]; i++) {
        if (dkl_option(L, index, names[i]))
            lua_setfield(L, -2, names[i]);
        else
            lua_pop(L, 1);
    }
}

#define SHOWN "dk.display"

/* What dk.options gives, at the prompt: style = "nl", a line for each. */
static int show_options(lua_State *L)
{
    luaL_Buffer text;

    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_buffinit(L, &text);
    for (size_t i = 0; names[i]; i++) {
        lua_pushfstring(L, "%s%s = ", i ? "\n" : "", names[i]);
        luaL_addvalue(&text);
        dkl_option(L, 1, names[i]);
        if (lua_type(L, -1) == LUA_TSTRING)
            lua_pushfstring(L, "\"%s\"", lua_tostring(L, -1));
        else
            luaL_tolstring(L, -1, NULL);
        lua_remove(L, -2);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    return 1;
}

static const luaL_Reg shown_meta[] = { { "__tostring", show_options }, { NULL, NULL } };

/* dk.options() -> all options; dk.options { style = "nl", ... } changes some */
static int options(lua_State *L)
{
    dk_write_options checked = DK_WRITE_OPTIONS_INIT;

    lua_settop(L, 1);
    dkl_check_options(L, 1, "options", names);
    dkl_read_write_options(L, 1, "options", &checked);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &options_key); /* given before */
    if (lua_isnil(L, 1))
        push_usual(L);
    else
        lua_newtable(L); /* a new one: what failed half-way changes nothing */
    overlay(L, 2);
    if (lua_isnil(L, 1)) {
        luaL_setmetatable(L, SHOWN);
        return 1;
    }
    overlay(L, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &options_key);
    return 0;
}

void dkl_open_screen(lua_State *L)
{
    dkl_class(L, SHOWN, shown_meta);
    lua_pushcfunction(L, options);
    lua_setfield(L, 1, "options");
}
