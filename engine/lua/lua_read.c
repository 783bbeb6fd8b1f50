/* lua_read.c - dk.read and dk.read_published: options of a script as options of a reader. */
#include <string.h>
#include <strings.h>

#include "lua_bounds.h"
#include "lua_options.h"
#include "lua_table.h"
#include "lua_types.h"

static const char *const read_names[] = {
    "delimiter", "line_ends", "quote",  "missing", "header",  "names",     "encoding",  "decimal",      "dates",
    "nulls",     "types",     "levels", "markers", "rounded", "lenient",   "max_field", "max_unpacked", "cache",
    "name",      "unit",      "weight", "key",     "as_of",   "published", "sheet",     "range",        NULL
};

/* Options for the one kind of file and not for the other. */
static const char *const sheet_names[] = { "sheet", "range", NULL };
static const char *const text_names[] = { "line_ends", "delimiter",    "quote", "missing", "encoding",
                                          "max_field", "max_unpacked", "cache", NULL };

static char option_character(lua_State *L, int index, const char *what, const char *key)
{
    const char *text = dkl_option_text(L, index, what, key);

    if (text == NULL)
        return 0;
    if (strlen(text) != 1 || (unsigned char)text[0] >= 128)
        dkl_fail(L, "%s: %s is one ASCII character, not '%s'", what, key, text);
    return text[0];
}

/* Raises where an option is given that the kind of file does not have. */
static void refuse_options(lua_State *L, int index, const char *what, const char *const *names, const char *file)
{
    for (; *names; names++)
        if (dkl_option(L, index, *names))
            dkl_fail(L, "%s: the option %s is not for %s", what, *names, file);
        else
            lua_pop(L, 1);
}

static dk_header option_header(lua_State *L, int index, const char *what)
{
    bool is_stated = dkl_option(L, index, "header");

    lua_pop(L, 1);
    if (!is_stated)
        return DK_HEADER_DETECT;
    return dkl_option_boolean(L, index, what, "header", true) ? DK_HEADER_FIRST : DK_HEADER_NONE;
}

/* Markers and rounding of all intervals that have none of their own. */
static void use_rule(lua_State *L, int index, const char *what, const dkl_types *types)
{
    const dk_bounds_rule *rule = dkl_option_bounds(L, index, what);
    bool used = rule == NULL;

    for (size_t i = 0; i < types->n; i++)
        if (types->items[i].type == DK_INTERVAL && types->items[i].bounds == NULL) {
            types->items[i].bounds = rule;
            used = true;
        }
    if (!used)
        dkl_fail(L, "%s: markers and rounded are for columns of intervals: types = { column = \"interval\" }",
                 what);
}

/* Fills options, but for the header, from the table at index. Pushes anchors and slots. */
static void read_options(lua_State *L, int index, const char *what, dk_csv_options *options, dkl_types *types)
{
    static const char *const encodings[] = { "utf-8", "windows-1252", "utf-16", NULL };
    static const char *const marks[] = { ".", ",", NULL };
    static const char *const orders[] = { "ymd", "dmy", "mdy", NULL };
    static const char *const line_ends[] = { "same", "any", NULL };
    static const char *const ways[] = { "null", NULL };
    dkl_names names, nulls;

    dkl_check_options(L, index, what, read_names);
    options->delimiter = option_character(L, index, what, "delimiter");
    options->quote = option_character(L, index, what, "quote");
    /* The choices are listed in the order of the enumerations, which begin with "found out". */
    options->encoding = (dk_encoding)(dkl_option_choice(L, index, what, "encoding", encodings, -1) + 1);
    options->decimal_mark = (dk_decimal_mark)(dkl_option_choice(L, index, what, "decimal", marks, -1) + 1);
    options->date_order = (dk_date_order)(dkl_option_choice(L, index, what, "dates", orders, -1) + 1);
    options->any_line_end = dkl_option_choice(L, index, what, "line_ends", line_ends, 0) == 1;
    options->missing_is_null = dkl_option_choice(L, index, what, "missing", ways, -1) == 0;
    options->lenient = dkl_option_boolean(L, index, what, "lenient", false);
    options->cache = dkl_option_boolean(L, index, what, "cache", false);
    options->max_field_bytes = (size_t)dkl_option_integer(L, index, what, "max_field", 1, 0);
    options->max_unpacked_bytes = (uint64_t)dkl_option_integer(L, index, what, "max_unpacked", 1, 0);
    names = dkl_option_names(L, index, what, "names");
    options->names = names.items;
    options->n_names = names.n;
    lua_pushfstring(L, "%s: nulls", what);
    if (dkl_option(L, index, "nulls"))
        dkl_check_values(L, -1, lua_tostring(L, -2));
    lua_pop(L, 2);
    nulls = dkl_option_names(L, index, what, "nulls");
    options->nulls = nulls.items; /* {} is not NULL: it states that there are none */
    options->n_nulls = nulls.n;
    *types = dkl_option_types(L, index, what);
    use_rule(L, index, what, types);
    options->columns = types->items;
    options->n_columns = types->n;
}

/* The table object at index `object`, with the properties that the options at index 2 state, is what the script gets.
 * given: a column that has its name from the reader, or NULL. */
static int give_table(lua_State *L, int object, const char *what, const char *given)
{
    const dk_table **read = dkl_held_place(L, object), *stated;
    dk_properties properties;
    dk_error err = DK_ERROR_INIT;
    const char *name = dkl_option_text(L, 2, what, "name");
    const char *unit = dkl_option_text(L, 2, what, "unit");
    const char *weight = dkl_option_text(L, 2, what, "weight");
    const char *as_of = dkl_option_text(L, 2, what, "as_of");
    const char *published = dkl_option_text(L, 2, what, "published");
    dkl_names key = dkl_option_names(L, 2, what, "key");

    dkl_note_clashes(L, read, given);
    lua_pushvalue(L, object);
    if (!name && !unit && !weight && !as_of && !published && key.n == 0)
        return 1;
    properties = *dk_table_properties(*read);
    properties.name = name ? name : properties.name;
    properties.unit = unit ? unit : properties.unit;
    properties.weight = weight ? weight : properties.weight;
    properties.as_of = as_of;
    properties.published = published;
    properties.key = key.items;
    properties.n_key = key.n;
    DKL_TRY(dk_table_with_properties(*read, &properties, &stated, &err));
    dk_table_release(*read);
    *read = stated;
    return 1;
}

/* Reads the files, or where there are none the text at index 1, which messages then call name. */
static int read_csv(lua_State *L, const char *what, const dkl_names *files, const char *name)
{
    dk_csv_options options = DK_CSV_OPTIONS_INIT;
    dk_error err = DK_ERROR_INIT;
    const dk_table **out, **rejected;
    dkl_types types;
    size_t size;
    const char *bytes;
    int object;

    out = dkl_new_table(L);
    object = lua_gettop(L);
    rejected = dkl_new_table(L);
    read_options(L, 2, what, &options, &types);
    options.header = option_header(L, 2, what);
    if (!files && options.cache)
        dkl_fail(L, "%s: the option cache is for files", what);
    if (!files && dkl_option_text(L, 2, what, "name"))
        name = dkl_option_text(L, 2, what, "name"); /* what messages call it */
    refuse_options(L, 2, what, sheet_names, "a CSV file");
    if (files) {
        DKL_TRY(dk_read_csv_files(dkl_check_context(L), files->items, files->n, &options, out, rejected, &err));
    } else {
        bytes = lua_tolstring(L, 1, &size);
        DKL_TRY(dk_read_csv_bytes(dkl_check_context(L), bytes, size, name, &options, out, rejected, &err));
    }
    dkl_split_columns(L, &types, out);
    if (*rejected) {
        lua_pushvalue(L, object + 1);
        lua_setiuservalue(L, object, DKL_REJECTED);
    }
    return give_table(L, object, what, NULL);
}

static const char *check_path(lua_State *L, const char *what)
{
    if (lua_type(L, 1) != LUA_TSTRING)
        dkl_arg_fail(L, 1, "the path of a file");
    return dkl_check_text(L, 1, what);
}

/* Which cells are read, and what of them is the header. */
static void sheet_options(lua_State *L, const char *what, dk_xlsx_options *options)
{
    int exact;
    lua_Integer n;

    if (dkl_option(L, 2, "sheet")) {
        n = lua_tointegerx(L, -1, &exact);
        if (lua_type(L, -1) == LUA_TNUMBER && (!exact || n < 1))
            dkl_fail(L, "%s: sheet is a name, or a whole number from 1", what);
        if (lua_type(L, -1) == LUA_TNUMBER)
            options->number = (size_t)n;
        else
            options->sheet = dkl_option_text(L, 2, what, "sheet");
    }
    lua_pop(L, 1);
    options->range = dkl_option_text(L, 2, what, "range");
    if (dkl_option(L, 2, "header") && lua_type(L, -1) == LUA_TNUMBER) {
        n = lua_tointegerx(L, -1, &exact);
        if (!exact || n < 1 || n > 100)
            dkl_fail(L, "%s: header is true, false, or how many rows it has", what);
        options->n_header_rows = (size_t)n;
    } else {
        options->fields.header = option_header(L, 2, what);
    }
    lua_pop(L, 1);
}

static int read_xlsx(lua_State *L, const char *what, const char *path)
{
    dk_xlsx_options options = { .number = 0 };
    dk_error err = DK_ERROR_INIT;
    const dk_table **out, **rejected;
    dkl_types types;
    int object;

    dkl_check_options(L, 2, what, read_names);
    refuse_options(L, 2, what, text_names, "a workbook");
    out = dkl_new_table(L);
    object = lua_gettop(L);
    rejected = dkl_new_table(L);
    read_options(L, 2, what, &options.fields, &types);
    sheet_options(L, what, &options);
    DKL_TRY(dk_read_xlsx(dkl_check_context(L), path, &options, out, rejected, &err));
    dkl_split_columns(L, &types, out);
    lua_pushvalue(L, object + 1);
    lua_setiuservalue(L, object, DKL_REJECTED);
    return give_table(L, object, what, NULL);
}

/* Whether the path ends in the name of a workbook, or the options speak of sheets. */
static bool is_workbook(lua_State *L, const char *path)
{
    static const char *const endings[] = { ".xlsx", ".xlsm" };
    size_t size = strlen(path);
    bool sheets = false;

    if (lua_istable(L, 2)) {
        sheets = dkl_option(L, 2, "sheet");
        sheets = dkl_option(L, 2, "range") || sheets;
        lua_pop(L, 2);
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (size > 5 && strcasecmp(path + size - 5, endings[i]) == 0)
            return true;
    return sheets && strcmp(path, "-") == 0;
}

/* dk.read(path [, options]) -> table; the path of a file, a pattern, or a list of them */
static int read_path(lua_State *L)
{
    dkl_names files;

    if (lua_type(L, 1) != LUA_TSTRING && lua_type(L, 1) != LUA_TTABLE)
        return dkl_arg_fail(L, 1, "the path of a file, or a list of paths");
    dkl_pad_arguments(L, 2);
    files = dkl_check_names(L, 1, "read: the path"); /* path options anchor */
    for (size_t i = 0; i < files.n; i++)
        if (is_workbook(L, files.items[i])) {
            if (files.n > 1)
                return dkl_fail(L, "read: a workbook is read by itself; append puts tables together");
            return read_xlsx(L, "read", files.items[i]);
        }
    return read_csv(L, "read", &files, NULL);
}

/* dk.read_text(text [, options]) -> table; the text is what a file would hold */
static int read_text(lua_State *L)
{
    if (lua_type(L, 1) != LUA_TSTRING)
        return dkl_arg_fail(L, 1, "the text of a CSV file");
    dkl_pad_arguments(L, 2);
    return read_csv(L, "read_text", NULL, "text");
}

/* dk.read_published(path [, options]) -> table, whose sums were checked */
static int read_published(lua_State *L)
{
    static const char *const names[] = { "label",    "columns", "total_word", "row_totals", "parts",
                                         "mismatch", "markers", "rounded",    "name",       "unit",
                                         "key",      "as_of",   "published",  NULL };
    static const char *const answers[] = { "error", "note", NULL }, *const parts[] = { "all", "at_most", NULL };
    const char *what = "read_published";
    const char *path = check_path(L, "read_published: the path");
    dk_published_options options;
    dk_error err = DK_ERROR_INIT;
    dkl_names columns;
    const dk_table **out, **checks;
    int object;

    memset(&options, 0, sizeof options);
    dkl_pad_arguments(L, 2);
    dkl_check_options(L, 2, what, names);
    options.label = dkl_option_text(L, 2, what, "label");
    options.total_word = dkl_option_text(L, 2, what, "total_word");
    options.no_row_totals = !dkl_option_boolean(L, 2, what, "row_totals", true);
    options.accept_mismatch = dkl_option_choice(L, 2, what, "mismatch", answers, 0) == 1;
    options.parts_at_most = dkl_option_choice(L, 2, what, "parts", parts, 0) == 1;
    options.bounds = dkl_option_bounds(L, 2, what);
    columns = dkl_option_names(L, 2, what, "columns");
    options.columns = columns.items;
    options.n_columns = columns.n;
    out = dkl_new_table(L);
    object = lua_gettop(L);
    checks = dkl_new_table(L);
    DKL_TRY(dk_read_published(dkl_check_context(L), path, &options, out, checks, &err));
    lua_setiuservalue(L, object, DKL_CHECKS);
    return give_table(L, object, what, options.label ? NULL : DKL_GIVEN_LABEL);
}

static const luaL_Reg functions[] = {
    { "read", read_path }, { "read_text", read_text }, { "read_published", read_published }, { NULL, NULL }
};

void dkl_open_read(lua_State *L)
{
    lua_pushvalue(L, 1);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
