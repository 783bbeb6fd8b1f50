/* lua_hierarchy.c - hierarchies and recodes as Lua sees them.
 *
 * What a script may give as a source or as changes is read by scripts/dekking/hierarchy.lua; here they are tables.
 */
#include <string.h>

#include "base/checked.h"
#include "data/hierarchy_levels.h"
#include "lua_codes.h"
#include "lua_options.h"
#include "lua_table.h"

static const dk_hierarchy *check_hierarchy(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_HIERARCHY, "a hierarchy");
}

static const dk_recode *check_recode(lua_State *L, int arg)
{
    return dkl_check_object(L, arg, DKL_RECODE, "a recode");
}

/* A table of dekking that the option names, or NULL. */
static const dk_table *table_option(lua_State *L, int index, const char *what, const char *key)
{
    const dk_table *table;

    if (!dkl_option(L, index, key))
        return NULL;
    table = dkl_test_object(L, -1, DKL_TABLE);
    if (table == NULL)
        dkl_fail(L, "%s: %s is a table of dekking, not %s", what, key, dkl_push_kind(L, -1));
    lua_pop(L, 1); /* the options keep it */
    return table;
}

/* core.hierarchy(table, { level, ... }, { name =, from =, to =, labels = { level = column }, member =, parent =, level =,
 * changes = table }) -> a hierarchy */
static int new_hierarchy(lua_State *L)
{
    static const char *const options[] = { "name",   "from",  "to",      "labels", "member",
                                           "parent", "level", "changes", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    const char *labels[DK_MOST_LEVELS] = { NULL };
    dk_hierarchy_spec spec = { .labels = labels };
    dk_error err = DK_ERROR_INIT;
    dkl_names levels;
    const dk_hierarchy **out;

    lua_settop(L, 3);
    levels = dkl_check_names(L, 2, "hierarchy: the levels");
    dkl_check_options(L, 3, "hierarchy", options);
    spec.levels = levels.items;
    spec.n_levels = levels.n;
    spec.name = dkl_option_text(L, 3, "hierarchy", "name");
    spec.from = dkl_option_name(L, 3, "hierarchy", "from");
    spec.to = dkl_option_name(L, 3, "hierarchy", "to");
    spec.member = dkl_option_name(L, 3, "hierarchy", "member");
    spec.parent = dkl_option_name(L, 3, "hierarchy", "parent");
    spec.level = dkl_option_name(L, 3, "hierarchy", "level");
    spec.changes = table_option(L, 3, "hierarchy", "changes");
    if (dkl_option(L, 3, "labels")) {
        int at = lua_gettop(L);

        if (lua_type(L, at) == LUA_TSTRING && spec.member) {
            labels[0] = lua_tostring(L, at);
        } else if (lua_istable(L, at)) {
            const char **names = dkl_array(L, levels.n + 1, sizeof *names);

            for (size_t i = 0; i < levels.n; i++)
                names[i] = levels.items[i];
            dkl_check_keys(L, at, "hierarchy: labels", "level", names);
            for (size_t i = 0; i < levels.n && i < DK_MOST_LEVELS; i++)
                labels[i] = dkl_option_text(L, at, "hierarchy: labels", levels.items[i]);
        } else {
            return dkl_fail(L, "hierarchy: labels are a table such as { gemeentecode = \"gemeente\" }, not %s",
                            dkl_push_kind(L, at));
        }
    }
    out = dkl_new_object(L, DKL_HIERARCHY, 0);
    DKL_TRY(dk_hierarchy_new(table, &spec, out, &err));
    return 1;
}

/* geo:at "2018-01-01" -> what holds on that day */
static int hierarchy_at(lua_State *L)
{
    const dk_hierarchy *hierarchy = check_hierarchy(L, 1), **out;
    const char *day = dkl_check_text(L, 2, "at: a day such as \"2018-01-01\"");
    dk_error err = DK_ERROR_INIT;

    out = dkl_new_object(L, DKL_HIERARCHY, 0);
    DKL_TRY(dk_hierarchy_at(hierarchy, day, out, &err));
    return 1;
}

/* geo:levels() -> their names, from the finest on */
static int hierarchy_levels(lua_State *L)
{
    const dk_hierarchy *hierarchy = check_hierarchy(L, 1);

    lua_newtable(L);
    for (size_t i = 0; i < dk_hierarchy_n_levels(hierarchy); i++) {
        lua_pushstring(L, dk_hierarchy_level(hierarchy, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static size_t check_level(lua_State *L, const dk_hierarchy *hierarchy, int arg)
{
    const char *name = dkl_check_text(L, arg, "the name of a level"), *names[DK_MOST_LEVELS + 1] = { NULL };
    size_t level = dk_hierarchy_find_level(hierarchy, name);

    for (size_t i = 0; level == SIZE_MAX && i < dk_hierarchy_n_levels(hierarchy); i++)
        names[i] = dk_hierarchy_level(hierarchy, i);
    if (level == SIZE_MAX)
        dkl_fail_unknown(L, "the hierarchy", "level", name, strlen(name), names);
    return level;
}

/* geo:members(level) -> those of all days, in order */
static int hierarchy_members(lua_State *L)
{
    const dk_hierarchy *hierarchy = check_hierarchy(L, 1);

    dkl_push_levels(L, dk_hierarchy_members(hierarchy, check_level(L, hierarchy, 2)));
    return 1;
}

/* geo:table() -> a row for each member of the finest level and each time in which nothing changes */
static int hierarchy_table(lua_State *L)
{
    const dk_hierarchy *hierarchy = check_hierarchy(L, 1);
    dk_error err = DK_ERROR_INIT;
    const dk_table **out = dkl_new_table(L);

    DKL_TRY(dk_hierarchy_table(hierarchy, out, &err));
    return 1;
}

/* geo:vintage() -> the day that it holds on, or nil */
static int hierarchy_vintage(lua_State *L)
{
    lua_pushstring(L, dk_hierarchy_vintage(check_hierarchy(L, 1))); /* NULL pushes nil */
    return 1;
}

/* geo:recode { on = "peildatum", to = "2018-01-01" [, weights = table] } -> what members of each row's day are on another */
static int recode_on(lua_State *L, const dk_hierarchy *hierarchy)
{
    static const char *const options[] = { "on", "to", "weights", NULL };
    const dk_table *weights;
    const char *on, *to;
    dk_error err = DK_ERROR_INIT;
    const dk_recode **out;

    dkl_pad_arguments(L, 2);
    dkl_check_options(L, 2, "recode", options);
    on = dkl_option_name(L, 2, "recode", "on");
    to = dkl_option_name(L, 2, "recode", "to");
    if (on == NULL || to == NULL)
        return dkl_fail(L, "recode: say by which days and to which: { on = \"peildatum\", to = \"2018-01-01\" }");
    weights = table_option(L, 2, "recode", "weights");
    out = dkl_new_object(L, DKL_RECODE, 0);
    DKL_TRY(dk_hierarchy_recode_on(hierarchy, on, to, weights, out, &err));
    return 1;
}

/* geo:recode(from, to [, { weights = table }]) -> what members of one day are on another */
static int hierarchy_recode(lua_State *L)
{
    static const char *const options[] = { "weights", NULL };
    const dk_hierarchy *hierarchy = check_hierarchy(L, 1);
    const char *from, *to;
    const dk_table *weights;
    dk_error err = DK_ERROR_INIT;
    const dk_recode **out;

    if (lua_istable(L, 2))
        return recode_on(L, hierarchy);
    from = dkl_check_text(L, 2, "recode: a day such as \"2015-01-01\"");
    to = dkl_check_text(L, 3, "recode: a day such as \"2018-01-01\"");
    dkl_pad_arguments(L, 4);
    dkl_check_options(L, 4, "recode", options);
    weights = table_option(L, 4, "recode", "weights");
    out = dkl_new_object(L, DKL_RECODE, 0);
    DKL_TRY(dk_hierarchy_recode(hierarchy, from, to, weights, out, &err));
    return 1;
}

static int hierarchy_tostring(lua_State *L)
{
    const dk_hierarchy *hierarchy = check_hierarchy(L, 1);
    const char *name = dk_hierarchy_name(hierarchy), *vintage = dk_hierarchy_vintage(hierarchy);
    luaL_Buffer text;

    luaL_buffinit(L, &text);
    luaL_addstring(&text, "hierarchy");
    if (name) {
        luaL_addchar(&text, ' ');
        luaL_addstring(&text, name);
    }
    luaL_addchar(&text, ':');
    for (size_t i = 0; i < dk_hierarchy_n_levels(hierarchy); i++) {
        luaL_addstring(&text, i > 0 ? " -> " : " ");
        luaL_addstring(&text, dk_hierarchy_level(hierarchy, i));
        lua_pushfstring(L, " (%I)", (lua_Integer)dk_dictionary_n_levels(dk_hierarchy_members(hierarchy, i)));
        luaL_addvalue(&text);
    }
    if (vintage) {
        luaL_addstring(&text, ", on ");
        luaL_addstring(&text, vintage);
    } else if (dk_hierarchy_is_dated(hierarchy)) {
        luaL_addstring(&text, ", of all days");
    }
    luaL_pushresult(&text);
    return 1;
}

/* Recodes. --------------------------------------------------------------------------------------------------------- */

/* core.recode({ old, ... }, new) -> a recode of members that become one */
static int new_recode(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;
    dkl_names old = dkl_check_names(L, 1, "recode: the old members");
    const char *new = dkl_check_text(L, 2, "recode: the new member");
    dk_recode_pair *pairs = dkl_array(L, old.n, sizeof *pairs);
    const dk_recode **out;

    for (size_t i = 0; i < old.n; i++)
        pairs[i] = (dk_recode_pair){ { old.items[i], strlen(old.items[i]) }, { new, strlen(new) }, { 1, 1 } };
    out = dkl_new_object(L, DKL_RECODE, 0);
    DKL_TRY(dk_recode_new(dkl_check_context(L), pairs, old.n, out, &err));
    return 1;
}

/* One of which it is known what every member becomes. */
static const dk_recode *check_whole(lua_State *L)
{
    const dk_recode *recode = check_recode(L, 1);
    dk_error err = DK_ERROR_INIT;

    if (dk_recode_check(recode, &err) != DK_OK)
        dkl_raise(L, &err);
    return recode;
}

/* recode:pairs() -> a list of { old, new, share } */
static int recode_pairs(lua_State *L)
{
    const dk_recode *recode = check_whole(L);

    lua_newtable(L);
    for (size_t i = 0; i < dk_recode_n_pairs(recode); i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);

        lua_createtable(L, 0, 3);
        lua_pushlstring(L, pair.old.bytes, pair.old.size);
        lua_setfield(L, -2, "old");
        lua_pushlstring(L, pair.new.bytes, pair.new.size);
        lua_setfield(L, -2, "new");
        lua_pushnumber(L, (lua_Number)pair.share.numerator / (lua_Number)pair.share.denominator);
        lua_setfield(L, -2, "share");
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* Pushes a share as readers are shown it: in tenths of a percent, half rounded up; neither nothing nor all where it is not that. */
static void push_percent(lua_State *L, dk_ratio share)
{
    dki_i128 tenths = ((dki_i128)2000 * share.numerator + share.denominator) / ((dki_i128)2 * share.denominator);

    if (tenths == 0 && share.numerator > 0)
        lua_pushliteral(L, "<0.1 %");
    else if (tenths == 1000 && share.numerator < share.denominator)
        lua_pushliteral(L, ">99.9 %");
    else
        lua_pushfstring(L, "%d.%d %%", (int)(tenths / 10), (int)(tenths % 10));
}

/* core.recode_shares(recode) -> of each of its pairs the share as an exact quotient, in the language of expressions; and as readers are
 * shown it */
static int recode_shares(lua_State *L)
{
    const dk_recode *recode = check_recode(L, 1);

    lua_newtable(L);
    lua_newtable(L);
    for (size_t i = 0; i < dk_recode_n_pairs(recode); i++) {
        dk_ratio share = dk_recode_get(recode, i).share;

        lua_pushfstring(L, "%I / %I", (lua_Integer)share.numerator, (lua_Integer)share.denominator);
        lua_rawseti(L, -3, (lua_Integer)i + 1);
        push_percent(L, share);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 2;
}

/* recode:exact() -> whether no member is divided */
static int recode_exact(lua_State *L)
{
    lua_pushboolean(L, dk_recode_is_exact(check_whole(L)));
    return 1;
}

static int recode_tostring(lua_State *L)
{
    const dk_recode *recode = check_recode(L, 1);
    const char *to, *on = dk_recode_on(recode, &to);
    size_t n = dk_recode_n_pairs(recode);
    dk_error err = DK_ERROR_INIT;
    bool whole = dk_recode_check(recode, &err) == DK_OK;
    luaL_Buffer text;

    if (on) {
        lua_pushfstring(L, "recode: from the day in %s to %s", on, to);
        return 1;
    }
    luaL_buffinit(L, &text);
    luaL_addstring(&text, n == 0 && whole ? "recode: everything stays" : "recode: ");
    for (size_t i = 0; i < n && i < 6; i++) {
        dk_recode_pair pair = dk_recode_get(recode, i);

        luaL_addstring(&text, i > 0 ? ", " : "");
        luaL_addlstring(&text, pair.old.bytes, pair.old.size);
        luaL_addstring(&text, " -> ");
        luaL_addlstring(&text, pair.new.bytes, pair.new.size);
        if (pair.share.numerator != pair.share.denominator) {
            luaL_addstring(&text, " (");
            push_percent(L, pair.share);
            luaL_addvalue(&text);
            luaL_addchar(&text, ')');
        }
    }
    if (n > 6) {
        lua_pushfstring(L, ", ... (%I pairs)", (lua_Integer)n);
        luaL_addvalue(&text);
    }
    if (!whole) {
        luaL_addstring(&text, n > 0 ? "; " : "");
        luaL_addstring(&text, err.message);
    }
    luaL_pushresult(&text);
    return 1;
}

/* Tables. ---------------------------------------------------------------------------------------------------------- */

/* t:use(geo [, { column = "woonplaats", level = "gemeente", on = "peildatum" }]) -> t with a column for each later level */
static int table_use(lua_State *L)
{
    static const char *const names[] = { "column", "level", "on", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    const dk_hierarchy *hierarchy = check_hierarchy(L, 2);
    dk_use_options options;
    dk_error err = DK_ERROR_INIT;
    const dk_table **out;

    dkl_pad_arguments(L, 3);
    dkl_check_options(L, 3, "use", names);
    options = (dk_use_options){ .column = dkl_option_name(L, 3, "use", "column"),
                                .level = dkl_option_text(L, 3, "use", "level"),
                                .on = dkl_option_name(L, 3, "use", "on") };
    out = dkl_new_table_like(L);
    DKL_TRY(dk_table_use(table, hierarchy, &options, out, &err));
    return 1;
}

/* core.table_recode(t, column, recode [, { divide = { ... }, weight = "gewicht" }]) */
static int table_recode(lua_State *L)
{
    static const char *const names[] = { "divide", "weight", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    const char *column = dkl_check_name(L, 2, "recode: the name of a column");
    const dk_recode *recode;
    dk_recode_options options = { NULL, 0, NULL };
    dk_error err = DK_ERROR_INIT;
    dkl_names divide;
    const dk_table **out;

    if (!dkl_is_object(L, 3, DKL_RECODE))
        return dkl_fail(L, "recode wants what becomes of the column's values, such as geo:recode(from, to), not %s",
                        dkl_push_kind(L, 3));
    recode = check_recode(L, 3);
    lua_settop(L, 4);
    dkl_check_options(L, 4, "recode", names);
    divide = dkl_option_names(L, 4, "recode", "divide");
    options.columns = divide.items;
    options.n_columns = divide.n;
    options.weight = dkl_option_name(L, 4, "recode", "weight");
    out = dkl_new_table_like(L);
    DKL_TRY(dk_table_recode(table, column, recode, &options, out, &err));
    return 1;
}

/* result:roll_up("arbeidsmarktregio" [, "gemeente"]) -> the result by the coarser level */
static int table_roll_up(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    const char *level = dkl_check_name(L, 2, "roll_up: the name of a level");
    const char *dimension = lua_isnoneornil(L, 3) ? NULL : dkl_check_name(L, 3, "roll_up: the name of a dimension");
    dk_error err = DK_ERROR_INIT;
    const dk_table **out = dkl_new_table(L);

    DKL_TRY(dk_comparison_roll_up(table, level, dimension, out, &err));
    return 1;
}

/* core.null_tells(table, column, level) -> whether a value that is null has no member of the level: none has one that lacks what is
 * between */
static int null_tells(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    size_t at = dk_table_find(table, luaL_checkstring(L, 2));
    const char *name = luaL_checkstring(L, 3);
    const dk_dictionary *levels = at == DK_NO_COLUMN ? NULL : dk_column_levels(dk_table_field(table, at)->column);
    bool tells = true;

    for (size_t i = 0; levels && i < dk_dictionary_n_hierarchies(levels); i++) {
        size_t own;
        const dk_hierarchy *hierarchy = dk_dictionary_hierarchy_at(levels, i, &own);
        size_t above = dk_hierarchy_find_level(hierarchy, name);
        dk_text member;

        if (above != SIZE_MAX && above > own && !dk_hierarchy_is_dated(hierarchy))
            tells = tells && !dki_hierarchy_skips(hierarchy, own, above, &member);
    }
    lua_pushboolean(L, tells);
    return 1;
}

const luaL_Reg dkl_hierarchy_methods[] = { { "roll_up", table_roll_up }, { "use", table_use }, { NULL, NULL } };

/* Classes. --------------------------------------------------------------------------------------------------------- */

static const luaL_Reg methods[] = { { "at", hierarchy_at },
                                    { "levels", hierarchy_levels },
                                    { "members", hierarchy_members },
                                    { "recode", hierarchy_recode },
                                    { "table", hierarchy_table },
                                    { "vintage", hierarchy_vintage },
                                    { NULL, NULL } };
static const luaL_Reg recode_methods[] = { { "exact", recode_exact }, { "pairs", recode_pairs }, { NULL, NULL } };

#define MOST_METHODS 8

/* __index; upvalues: the methods, what the object is called, the names of the methods in light userdata */
static int index_methods(lua_State *L)
{
    const luaL_Reg *list = lua_touserdata(L, lua_upvalueindex(3));
    const char *names[MOST_METHODS + 1] = { NULL }, *name;

    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    name = dkl_check_text(L, 2, "the name of a method");
    for (size_t i = 0; i < MOST_METHODS && list[i].name; i++)
        names[i] = list[i].name;
    return dkl_fail_unknown(L, lua_tostring(L, lua_upvalueindex(2)), "method", name, strlen(name), names);
}

static int never_changes(lua_State *L)
{
    return dkl_fail(L, "%s never changes", lua_tostring(L, lua_upvalueindex(1)));
}

static void open_class(lua_State *L, const char *class_name, const char *what, const luaL_Reg *list,
                       lua_CFunction shown)
{
    const luaL_Reg meta[] = { { "__tostring", shown }, { NULL, NULL } };

    dkl_object_class(L, class_name, meta);
    luaL_getmetatable(L, class_name);
    lua_newtable(L);
    luaL_setfuncs(L, list, 0);
    dkl_record_methods(L, list);
    lua_pushstring(L, what);
    lua_pushlightuserdata(L, (void *)(uintptr_t)list);
    lua_pushcclosure(L, index_methods, 3);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, what);
    lua_pushcclosure(L, never_changes, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);
}

void dkl_open_hierarchy(lua_State *L)
{
    open_class(L, DKL_HIERARCHY, "a hierarchy", methods, hierarchy_tostring);
    open_class(L, DKL_RECODE, "a recode", recode_methods, recode_tostring);
    lua_pushcfunction(L, new_hierarchy);
    lua_setfield(L, 2, "hierarchy");
    lua_pushcfunction(L, null_tells);
    lua_setfield(L, 2, "null_tells");
    lua_pushcfunction(L, new_recode);
    lua_setfield(L, 2, "recode");
    lua_pushcfunction(L, recode_shares);
    lua_setfield(L, 2, "recode_shares");
    lua_pushcfunction(L, table_recode);
    lua_setfield(L, 2, "table_recode");
}
