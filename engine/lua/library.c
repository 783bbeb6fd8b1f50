/* library.c - loads parts of the library that are written in Lua when they are first used.
 *
 * The environment variable DEKKING_SCRIPTS names a folder whose NAME.lua stands for the embedded text of that name,
 * for who changes the library; the interpreter's -E switches it off like Lua's own variables. What a part returned
 * is kept in a table of the registry.
 */
#include "library.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "bind.h"
#include "chunk.h"
#include "expr/elsewhere.h"
#include "lua_options.h"

static const char loaded_key;
static const char dk_key;

/* Names in dk that another part than that of the same name brings: { name, part }. */
static const char *const also[][2] = { { "aggregates", "aggregate" },
                                       { "breakdowns", "breakdown" },
                                       { "datasets", "dataset" },
                                       { "functions", "define" },
                                       { "scenarios", "scenario" } };
#define N_ALSO (sizeof also / sizeof *also)

/* Parts that the library alone uses (core.part), and the program: dk does not show them. */
static const char *const inner[] = { "allocate",
                                     "annotations",
                                     "ask",
                                     "bands",
                                     "breakdown_spec",
                                     "code",
                                     "command",
                                     "command_check",
                                     "command_data",
                                     "command_list",
                                     "command_replay",
                                     "command_run",
                                     "command_words",
                                     "complete",
                                     "contributions",
                                     "explain",
                                     "explain_absent",
                                     "explain_again",
                                     "explain_answer",
                                     "explain_asked",
                                     "explain_behind",
                                     "explain_called",
                                     "explain_cell",
                                     "explain_change",
                                     "explain_find",
                                     "explain_joined",
                                     "explain_lines",
                                     "explain_names",
                                     "explain_parts",
                                     "explain_point",
                                     "explain_remade",
                                     "explain_row",
                                     "explain_says",
                                     "explain_source",
                                     "explain_tables",
                                     "explain_turned",
                                     "explain_words",
                                     "flows",
                                     "given",
                                     "globals",
                                     "map",
                                     "merged",
                                     "notation",
                                     "parse",
                                     "receipt",
                                     "receipt_file",
                                     "recipe",
                                     "registry",
                                     "replay",
                                     "sensitivity",
                                     "stated",
                                     "step",
                                     "summary",
                                     "sweep",
                                     "taking" };

static bool is_inner(const char *name)
{
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if (strcmp(inner[i], name) == 0)
            return true;
    return false;
}

static const dkl_script *find_script(const char *name)
{
    for (size_t i = 0; i < dkl_n_scripts; i++)
        if (strcmp(dkl_scripts[i].name, name) == 0)
            return &dkl_scripts[i];
    return NULL;
}

/* Pushes the path of the file that stands for the part, if there is one. */
static bool push_path(lua_State *L, const char *name)
{
    const char *folder = dkl_scripts_folder();
    FILE *file;

    lua_getfield(L, LUA_REGISTRYINDEX, "LUA_NOENV"); /* set by -E */
    if (lua_toboolean(L, -1))
        folder = NULL;
    lua_pop(L, 1);
    if (folder == NULL)
        return false;
    lua_pushfstring(L, "%s/%s.lua", folder, name);
    file = fopen(lua_tostring(L, -1), "r");
    if (file)
        fclose(file);
    else
        lua_pop(L, 1);
    return file != NULL;
}

/* Pushes the chunk of the part. */
static void push_chunk(lua_State *L, const char *name)
{
    const dkl_script *script = find_script(name);
    int status;

    if (push_path(L, name)) {
        status = luaL_loadfilex(L, lua_tostring(L, -1), "t");
        lua_remove(L, -2);
    } else if (script) {
        lua_pushfstring(L, DKL_CHUNK "%s.lua", name);
        status = luaL_loadbufferx(L, script->text, script->size, lua_tostring(L, -1), "t");
        lua_remove(L, -2);
    } else {
        dkl_fail(L, "the library has no part '%s'", name);
        return;
    }
    if (status != LUA_OK)
        lua_error(L);
}

void dkl_push_script(lua_State *L, const char *name)
{
    luaL_checkstack(L, 8, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &loaded_key);
    if (lua_getfield(L, -1, name) != LUA_TNIL) {
        lua_remove(L, -2);
        return;
    }
    lua_pop(L, 1);
    push_chunk(L, name);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &dk_key);
    dkl_push_core(L);
    lua_call(L, 2, 1); /* loaded result */
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
    lua_remove(L, -2);
}

/* A function of the library as a C function, which a script can call in tail position and still be on the stack, so
 * that an error finds its line. Upvalue: the function. */
static int call_exported(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* core.export(function or table of functions) -> the same, exported */
static int core_export(lua_State *L)
{
    if (lua_isfunction(L, 1)) {
        lua_settop(L, 1);
        lua_pushcclosure(L, call_exported, 1);
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, 1);) { /* assigning to fields that are there is allowed */
        if (lua_isfunction(L, -1)) {
            lua_pushcclosure(L, call_exported, 1);
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, 1); /* table key */
        } else {
            lua_pop(L, 1);
        }
    }
    return 1;
}

/* core.part(name) -> what the part of that name returned */
static int core_part(lua_State *L)
{
    dkl_push_script(L, luaL_checkstring(L, 1));
    return 1;
}

/* core.annotations() -> the text of each by its name */
static int core_annotations(lua_State *L)
{
    lua_newtable(L);
    for (size_t i = 0; i < dkl_n_annotations; i++) {
        lua_pushlstring(L, dkl_annotations[i].text, dkl_annotations[i].size);
        lua_setfield(L, -2, dkl_annotations[i].name);
    }
    return 1;
}

/* What package.preload holds; upvalue: the name of the part. */
static int load_preloaded(lua_State *L)
{
    dkl_push_script(L, lua_tostring(L, lua_upvalueindex(1)));
    return 1;
}

/* Pushes a table with everything that dk has or can load as keys. */
static void push_names(lua_State *L)
{
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, 1);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4); /* names key */
    }
    for (size_t i = 0; i < dkl_n_scripts + N_ALSO; i++) {
        const char *name = i < dkl_n_scripts ? dkl_scripts[i].name : also[i - dkl_n_scripts][0];

        if (is_inner(name))
            continue;
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, name);
    }
}

static int fail_name(lua_State *L, const char *name, size_t size)
{
    const char **names;
    size_t n;
    dki_nearest nearest;

    if (dki_elsewhere_library(name))
        return dkl_fail(L, "dk has no '%s' (%s)", name, dki_elsewhere_library(name));
    push_names(L);
    names = dkl_sorted_keys(L, -1, &n);
    dki_nearest_init(&nearest, name, size);
    for (size_t i = 0; i < n; i++)
        dki_nearest_try(&nearest, names[i], strlen(names[i]));
    if (nearest.best)
        return dkl_fail(L, "dk has no '%s' (did you mean dk.%s?)", name, nearest.best);
    return dkl_fail(L, "dk has no '%s' (print(dk) shows what it has)", name);
}

/* "dekking 0.1.0: apportion, breakdown, ..." */
static int show_names(lua_State *L)
{
    const char **names;
    size_t n;
    luaL_Buffer text;

    luaL_checktype(L, 1, LUA_TTABLE);
    push_names(L);
    names = dkl_sorted_keys(L, -1, &n);
    luaL_buffinit(L, &text);
    luaL_addstring(&text, "dekking " DK_VERSION);
    for (size_t i = 0; i < n; i++) {
        luaL_addstring(&text, i ? ", " : ": ");
        luaL_addstring(&text, names[i]);
    }
    luaL_pushresult(&text);
    return 1;
}

/* dk's __index: a part that is not loaded yet */
static int find_part(lua_State *L)
{
    const char *name, *part = NULL;
    bool is_part;

    if (lua_type(L, 2) != LUA_TSTRING) {
        lua_pushnil(L);
        return 1;
    }
    part = name = lua_tostring(L, 2);
    for (size_t i = 0; i < N_ALSO; i++)
        if (strcmp(also[i][0], name) == 0)
            part = also[i][1];
    is_part = !is_inner(part) && (find_script(part) != NULL || (strpbrk(part, "./") == NULL && push_path(L, part)));
    lua_settop(L, 2);
    if (!is_part)
        return fail_name(L, name, lua_rawlen(L, 2));
    dkl_push_script(L, part); /* sets what it brings in dk; its own value is dk.PART */
    lua_pushstring(L, part);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, 1);
    return 1;
}

void dkl_open_library(lua_State *L)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &dk_key);
    dkl_push_core(L);
    lua_pushcfunction(L, core_export);
    lua_setfield(L, -2, "export");
    lua_pushcfunction(L, core_part);
    lua_setfield(L, -2, "part");
    lua_pushcfunction(L, core_annotations);
    lua_setfield(L, -2, "annotations");
    lua_newtable(L); /* of classes that a part has by itself */
    lua_setfield(L, -2, "methods");
    lua_pop(L, 1);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &loaded_key);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (size_t i = 0; i < dkl_n_scripts; i++) {
        lua_pushstring(L, dkl_scripts[i].name);
        lua_pushcclosure(L, load_preloaded, 1);
        lua_pushfstring(L, "dekking.%s", dkl_scripts[i].name);
        lua_insert(L, -2);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, find_part);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, show_names);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
}
