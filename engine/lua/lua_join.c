/* lua_join.c - tables put together: by key, and one below the other. */
#include <math.h>

#include "lua_options.h"
#include "lua_table.h"
#include "lua_value.h"

typedef struct keys {
    dkl_names mine;
    dkl_names theirs;
} keys;

static void fail_no_key(lua_State *L, const char *what)
{
    dkl_fail(L, "%s wants a key: \"name\", { \"a\", \"b\" }, or { mine = \"name\", theirs = \"other\" }", what);
}

/* "key", { "a", "b" }, or { mine = ..., theirs = ... } at index. Pushes anchors; room is the caller's. */
static keys check_keys(lua_State *L, int index, const char *what, dkl_few room[2])
{
    static const char *const sides[] = { "mine", "theirs", NULL };
    keys k;
    int type = lua_type(L, index);
    bool is_table = type == LUA_TTABLE, named = false;

    if (type == LUA_TSTRING) { /* the usual */
        k.mine = k.theirs = dkl_few_names(L, index, what, &room[0]);
        return k;
    }
    if (is_table) {
        named = dkl_option(L, index, "mine");
        named = dkl_option(L, index, "theirs") || named;
        lua_pop(L, 2);
    }
    if (named) {
        dkl_options o;

        dkl_spread(L, index, what, sides, &o);
        k.mine = dkl_given_names(L, &o, 0, &room[0]);
        k.theirs = dkl_given_names(L, &o, 1, &room[1]);
    } else {
        if (is_table && lua_rawlen(L, index) == 0) /* { on = "name" } */
            fail_no_key(L, what);
        k.mine = dkl_few_names(L, index, what, &room[0]);
        k.theirs = k.mine;
    }
    if (k.mine.n == 0 || k.theirs.n == 0)
        fail_no_key(L, what);
    if (k.mine.n != k.theirs.n)
        dkl_fail(L, "%s: mine names %d columns and theirs %d", what, (int)k.mine.n, (int)k.theirs.n);
    return k;
}

/* The tolerance that option says, in units of the column as stored: days of a date or a timestamp, else its own. */
static int64_t check_tolerance(lua_State *L, int index, const dk_column *column)
{
    int64_t unit = 1, least = 0;
    int exact = 1;
    lua_Number number = lua_tonumberx(L, index, &exact), scaled;

    if (dk_column_type(column) == DK_TIMESTAMP)
        unit = INT64_C(86400000000);
    for (unsigned i = 0; dk_column_type(column) == DK_DECIMAL && i < dk_column_scale(column); i++)
        unit *= 10;
    scaled = number * (lua_Number)unit;
    if (!exact || lua_type(L, index) != LUA_TNUMBER || !(scaled >= (lua_Number)least && scaled < 0x1p62) ||
        (dk_column_type(column) != DK_TIMESTAMP && dk_column_type(column) != DK_DECIMAL && scaled != floor(scaled)))
        dkl_fail(L, "join: tolerance is a number, 0 or more: of days where rows go by dates");
    return (int64_t)round(scaled);
}

/* The options of t:join. */
enum { KIND, MULTIPLE, SUFFIX, COLUMNS, AS_OF, DIRECTION, TOLERANCE };

/* as_of, direction and tolerance. Pushes anchors. False where rows do not go by time. */
static bool check_asof(lua_State *L, const dk_table *left, const dkl_options *o, dk_asof *asof, dkl_few room[2])
{
    static const char *const directions[] = { "backward", "forward", "nearest", NULL };
    keys k;
    size_t at;
    dk_error err;
    int direction = dkl_given_choice(L, o, DIRECTION, directions, -1);

    dkl_no_error(&err);
    if (!dkl_is_given(o, AS_OF)) {
        if (direction >= 0 || dkl_is_given(o, TOLERANCE))
            dkl_fail(L, "join: %s is about rows that go by time: as_of = \"column\"",
                     direction >= 0 ? "direction" : "tolerance");
        return false;
    }
    k = check_keys(L, o->values[AS_OF].at, "as_of", room);
    if (k.mine.n != 1)
        dkl_fail(L, "join: as_of names one column, or { mine = \"name\", theirs = \"other\" }");
    *asof = (dk_asof){ .left = k.mine.items[0], .right = k.theirs.items[0] };
    asof->direction = direction < 0 ? DK_ASOF_BACKWARD : (dk_asof_direction)direction;
    if (dk_table_get(left, asof->left, &at, &err) != DK_OK)
        dkl_raise(L, &err);
    asof->has_tolerance = dkl_is_given(o, TOLERANCE);
    if (asof->has_tolerance)
        asof->tolerance = check_tolerance(L, o->values[TOLERANCE].at, dk_table_field(left, at)->column);
    return true;
}

/* t:join(other, key [, { kind = "left", multiple = "all", suffix = "_2", columns = { ... },
 *                        as_of = "date", direction = "backward", tolerance = 30 }]) */
static int table_join(lua_State *L)
{
    static const char *const options[] = { "kind",  "multiple",  "suffix",    "columns",
                                           "as_of", "direction", "tolerance", NULL };
    static const char *const kinds[] = { "inner", "left", "right", "full", "semi", "anti", NULL };
    static const char *const ways[] = { "error", "all", "first", "last", NULL };
    const dk_table *left = dkl_check_table(L, 1);
    const dk_table *right = dkl_check_table(L, 2);
    dk_join_options how = { .kind = DK_JOIN_LEFT };
    dk_error err;
    keys k = { .mine = { NULL, 0 } };
    dkl_few room[2], dates[2], few;
    dkl_names columns;
    dkl_options o;
    dk_asof asof;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 4); /* options and anchors come above the arguments */
    dkl_spread(L, 4, "join", options, &o);
    how.kind = (dk_join_kind)dkl_given_choice(L, &o, KIND, kinds, DK_JOIN_LEFT);
    how.multiple = (dk_multiple)dkl_given_choice(L, &o, MULTIPLE, ways, DK_MULTIPLE_ERROR);
    how.suffix = dkl_given_text(L, &o, SUFFIX);
    if (dkl_is_given(&o, COLUMNS)) {
        columns = dkl_given_names(L, &o, COLUMNS, &few);
        how.columns = columns.items;
        how.n_columns = columns.n;
    }
    if (check_asof(L, left, &o, &asof, dates))
        how.asof = &asof;
    if (how.asof == NULL || !lua_isnil(L, 3))
        k = check_keys(L, 3, "join", room);
    out = dkl_new_table_given(L, &o);
    DKL_TRY(dk_table_join(left, right, k.mine.items, k.theirs.items, k.mine.n, &how, out, &err));
    return 1;
}

/* t:link(other, key, { as = "in_other" [, columns = { ... }, multiple = "first"] }) */
static int table_link(lua_State *L)
{
    static const char *const options[] = { "as", "columns", "multiple", NULL };
    static const char *const ways[] = { "error", "all", "first", "last", NULL };
    enum { NAME, TAKEN, WAY };
    const dk_table *table = dkl_check_table(L, 1);
    const dk_table *other = dkl_check_table(L, 2);
    dk_error err;
    keys k;
    dkl_few room[2], few;
    dkl_names columns;
    dkl_options o;
    dk_multiple multiple;
    const char *as;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 4);
    k = check_keys(L, 3, "link", room);
    dkl_spread(L, 4, "link", options, &o);
    as = dkl_given_text(L, &o, NAME);
    if (as == NULL)
        return dkl_fail(L, "link wants a name for the mark: { as = \"in_other\" }");
    columns = dkl_given_names(L, &o, TAKEN, &few);
    multiple = (dk_multiple)dkl_given_choice(L, &o, WAY, ways, DK_MULTIPLE_ERROR);
    out = dkl_new_table_given(L, &o);
    DKL_TRY(dk_table_link(table, other, k.mine.items, k.theirs.items, k.mine.n, as, columns.items, columns.n,
                          multiple, out, &err));
    return 1;
}

/* t:collect(other, key, value, { as = [, empty = ] }) -> the table with a column of the sets of values that other has */
static int table_collect(lua_State *L)
{
    static const char *const options[] = { "as", "empty", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    const dk_table *other = dkl_check_table(L, 2);
    dk_error err;
    keys k;
    dkl_few room[2];
    const char *value, *as;
    bool empty;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 5);
    if (lua_type(L, 4) != LUA_TSTRING && lua_type(L, 4) != LUA_TUSERDATA)
        return dkl_arg_fail(L, 4, "the name of the column that has the members");
    value = dkl_check_name(L, 4, "collect");
    k = check_keys(L, 3, "collect", room);
    dkl_check_options(L, 5, "collect", options);
    as = dkl_option_text(L, 5, "collect", "as");
    as = as ? as : value;
    empty = dkl_option_boolean(L, 5, "collect", "empty", false);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_collect(table, other, k.mine.items, k.theirs.items, k.mine.n, value, as, empty, out, &err));
    return 1;
}

/* t:reconcile(other, key [, { examples = 3 }]) */
static int table_reconcile(lua_State *L)
{
    static const char *const options[] = { "examples", NULL };
    const dk_table *left = dkl_check_table(L, 1);
    const dk_table *right = dkl_check_table(L, 2);
    dk_error err;
    lua_Integer n_examples;
    keys k;
    dkl_few room[2];
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 4);
    k = check_keys(L, 3, "reconcile", room);
    dkl_check_options(L, 4, "reconcile", options);
    n_examples = dkl_option_integer(L, 4, "reconcile", "examples", 0, 0);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_reconcile(left, right, k.mine.items, k.theirs.items, k.mine.n, (size_t)n_examples, out, &err));
    return 1;
}

/* t:distinct(), t:distinct("a", "b"), t:distinct("a", { keep = "last" }), t:distinct({ "a", "b" } [, { keep = "last" }]) */
static int table_distinct(lua_State *L)
{
    static const char *const options[] = { "keep", NULL };
    static const char *const ways[] = { "first", "last", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    const char *alone;
    dkl_few few;
    dkl_names names;
    int keep = DK_KEEP_FIRST;
    const dk_table **out;

    dkl_no_error(&err);
    if (lua_isnoneornil(L, 2) || lua_istable(L, 2) || lua_istable(L, 3)) {
        dkl_pad_arguments(L, 3);
        dkl_check_options(L, 3, "distinct", options);
        keep = dkl_option_choice(L, 3, "distinct", "keep", ways, DK_KEEP_FIRST);
        names = dkl_few_names(L, 2, "distinct", &few);
    } else {
        names = dkl_check_arguments(L, 2, "distinct", &alone);
    }
    out = dkl_new_table(L);
    DKL_TRY(dk_table_distinct(table, names.items, names.n, (dk_keep)keep, out, &err));
    return 1;
}

/* t:union(other [, { all = true }]) */
static int table_union(lua_State *L)
{
    static const char *const options[] = { "all", NULL };
    const dk_table *a = dkl_check_table(L, 1);
    const dk_table *b = dkl_check_table(L, 2);
    dk_error err;
    const dk_table **out;
    bool all;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 3);
    dkl_check_options(L, 3, "union", options);
    all = dkl_option_boolean(L, 3, "union", "all", false);
    out = dkl_new_table(L);
    DKL_TRY(dk_table_union(a, b, all, out, &err));
    return 1;
}

/* More than one other table would be left out without a word. */
static void check_alone(lua_State *L, const char *what)
{
    if (!lua_isnoneornil(L, 3))
        dkl_fail(L, "%s takes one table: t:%s(a):%s(b)", what, what, what);
}

/* t:intersect(other) */
static int table_intersect(lua_State *L)
{
    const dk_table *a = dkl_check_table(L, 1);
    const dk_table *b = dkl_check_table(L, 2);
    dk_error err;
    const dk_table **out;

    check_alone(L, "intersect");
    out = dkl_new_table(L);
    dkl_no_error(&err);
    DKL_TRY(dk_table_intersect(a, b, out, &err));
    return 1;
}

/* t:except(other) */
static int table_except(lua_State *L)
{
    const dk_table *a = dkl_check_table(L, 1);
    const dk_table *b = dkl_check_table(L, 2);
    dk_error err;
    const dk_table **out;

    check_alone(L, "except");
    out = dkl_new_table(L);
    dkl_no_error(&err);
    DKL_TRY(dk_table_except(a, b, out, &err));
    return 1;
}

/* Whether the table at index names only tables, as a list; their number. */
static size_t check_tables(lua_State *L, int index)
{
    size_t n = dkl_check_list(L, index, "append", false);

    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i);
        if (!dkl_is_object(L, -1, DKL_TABLE))
            dkl_fail(L, "append: item %d of the list is %s and not a table of dekking", (int)i,
                     dkl_push_kind(L, -1));
        lua_pop(L, 1);
    }
    if (n == 0)
        dkl_fail(L, "append: the list holds no table");
    return n;
}

/* t:append(other | { other, ... } [, { missing = "null" }]) */
static int table_append(lua_State *L)
{
    static const char *const options[] = { "missing", NULL };
    static const char *const ways[] = { "error", "null", NULL };
    const dk_table *table = dkl_check_table(L, 1);
    dk_append_options how = { .missing_is_null = false };
    dk_error err;
    const dk_table *both[2], **tables = both, **out;
    bool is_list = lua_istable(L, 2);
    size_t n;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 3);
    if (!is_list)
        both[1] = dkl_check_table(L, 2);
    n = is_list ? check_tables(L, 2) : 1;
    if (!lua_isnil(L, 3)) {
        dkl_check_options(L, 3, "append", options);
        how.missing_is_null = dkl_option_choice(L, 3, "append", "missing", ways, 0) == 1;
    }
    if (n > 1)
        tables = dkl_array(L, n + 1, sizeof *tables); /* borrowed from the objects, which the arguments hold */
    tables[0] = table;
    for (size_t i = 1; is_list && i <= n; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i);
        tables[i] = dkl_check_table(L, -1);
        lua_pop(L, 1);
    }
    out = dkl_new_table(L);
    DKL_TRY(dk_table_append(tables, n + 1, &how, out, &err));
    return 1;
}

/* t:attach(other, { "gemeente" }) or t:attach(dk.null) -> the table with figures of another beside it, or without them */
static int table_attach(lua_State *L)
{
    const dk_table *table = dkl_check_table(L, 1);
    dk_error err;
    const dk_table **out;

    dkl_no_error(&err);
    dkl_pad_arguments(L, 3);
    if (dkl_is_null(L, 2)) {
        dk_properties properties = *dk_table_properties(table);

        properties.attached = NULL;
        properties.n_attached = 0;
        out = dkl_new_table_like(L);
        DKL_TRY(dk_table_with_properties(table, &properties, out, &err));
    } else {
        const dk_table *other = dkl_check_table(L, 2);
        dkl_names by;

        if (lua_isnil(L, 3))
            return dkl_fail(L, "attach wants the columns by which the figures are known, such as \"gemeente\"");
        by = dkl_check_names(L, 3, "attach");
        out = dkl_new_table_like(L);
        DKL_TRY(dk_table_attach(table, other, by.items, by.n, out, &err));
    }
    return 1;
}

const luaL_Reg dkl_join_methods[] = { { "join", table_join },
                                      { "link", table_link },
                                      { "collect", table_collect },
                                      { "reconcile", table_reconcile },
                                      { "attach", table_attach },
                                      { "append", table_append },
                                      { "distinct", table_distinct },
                                      { "union", table_union },
                                      { "intersect", table_intersect },
                                      { "except", table_except },
                                      { NULL, NULL } };
