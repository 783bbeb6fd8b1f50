/* lua_snapshot.c - tables in files of their own: t:save, dk.open, t:fingerprint. */
#include <dekking/write.h>

#include <limits.h>

#include "data/table_parts.h"
#include "lua_options.h"
#include "lua_table.h"

/* compress = true, a name, or a list of names */
static void read_compress(lua_State *L, int index, dk_snapshot_options *options)
{
    dkl_names names;

    if (dkl_option(L, index, "compress") && lua_isboolean(L, -1)) {
        options->compress = lua_toboolean(L, -1);
        return;
    }
    lua_pop(L, 1);
    names = dkl_option_names(L, index, "save", "compress");
    options->compressed = names.items;
    options->n_compressed = names.n;
}

/* t:save(path [, { compress =, level =, append =, explain = }]) -> the table; a snapshot that dk.open opens */
static int table_save(lua_State *L)
{
    static const char *const names[] = { "compress", "level", "append", "explain", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_snapshot_options options = { .level = 0 };
    dk_error err = DK_ERROR_INIT;
    dk_format format;
    lua_Integer level;
    const char *path;
    bool append, explain, must;

    lua_settop(L, 3);
    if (lua_type(L, 2) != LUA_TSTRING)
        return dkl_arg_fail(L, 2, "the path of a file");
    path = dkl_check_text(L, 2, "save: the path");
    if (dk_format_of_path(path, &format))
        return dkl_fail(L, "save: %s is no name of a snapshot: t:write writes such a file, and t:save \"x.dk\"",
                        path);
    dkl_check_options(L, 3, "save", names);
    level = dkl_option_integer(L, 3, "save", "level", 1, 0);
    options.level = level < INT_MAX ? (int)level : INT_MAX; /* more than there are */
    append = dkl_option_boolean(L, 3, "save", "append", false);
    read_compress(L, 3, &options);
    if (level > 0 && !append && !options.compress && options.n_compressed == 0)
        return dkl_fail(L, "save: level is how hard compress = true tries");
    explain = dkl_option_boolean(L, 3, "save", "explain", true);
    must = dkl_option(L, 3, "explain");
    if (append && must)
        return dkl_fail(L, "save: explain is said of a table that is saved, and not of rows that are appended");
    if (explain)
        (void)dkl_with_behind(L, table, !append, must);
    else
        DKL_TRY(dki_table_as_shown(table, dkl_new_table(L), &err));
    (void)dkl_with_question(L, explain && !append, must);
    table = dkl_check_table(L, lua_gettop(L));
    if (append)
        DKL_TRY(dk_snapshot_append(table, path, &options, &err));
    else
        DKL_TRY(dk_snapshot_save(table, path, &options, &err));
    lua_settop(L, 1);
    return 1;
}

/* dk.open(path [, { memory =, check = }]) -> the table of a snapshot; its values are read when they are needed */
static int open_snapshot(lua_State *L)
{
    static const char *const names[] = { "memory", "check", NULL };
    dk_snapshot_open_options options = { .check = false };
    dk_error err = DK_ERROR_INIT;
    const char *path;
    const dk_table **out;

    dkl_pad_arguments(L, 2);
    if (lua_type(L, 1) != LUA_TSTRING)
        return dkl_arg_fail(L, 1, "the path of a snapshot");
    path = dkl_check_text(L, 1, "open: the path");
    dkl_check_options(L, 2, "open", names);
    options.memory_bytes = (size_t)dkl_option_integer(L, 2, "open", "memory", 1, 0);
    options.check = dkl_option_boolean(L, 2, "open", "check", false);
    out = dkl_new_table(L);
    DKL_TRY(dk_snapshot_open(dkl_check_context(L), path, &options, out, &err));
    dkl_note_clashes(L, out, DKL_GIVEN_LABEL); /* of one that the script called so a note was kept */
    return 1;
}

/* t:fingerprint() -> 32 digits that tell the table's content from any other */
static int table_fingerprint(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err = DK_ERROR_INIT;
    char text[DK_FINGERPRINT_SIZE];

    DKL_TRY(dk_table_fingerprint(table, text, &err));
    lua_pushstring(L, text);
    return 1;
}

const luaL_Reg dkl_snapshot_methods[] = { { "save", table_save },
                                          { "fingerprint", table_fingerprint },
                                          { NULL, NULL } };

static const luaL_Reg functions[] = { { "open", open_snapshot }, { NULL, NULL } };

void dkl_open_snapshot(lua_State *L)
{
    lua_pushvalue(L, 1);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
