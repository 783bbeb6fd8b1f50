/* calls.c - what a method of a table costs beyond its work: a call from Lua beside the same work asked from C.
 *
 * usage: calls [CALLS [NAME]]        calls of each run (10000), and the one method that is to be timed
 *
 * Each line: nanoseconds of CPU time of the call, of its work, and the difference; then the call, and what the work is: the same
 * functions of the engine called from C with the same arguments and options, on the same tables, and releasing what they make. Where the
 * call parses a text, so does the work; a breakdown that is called was parsed when it was made. The work clears no dk_error, as no call
 * does. The least of several runs, in turn. Collecting garbage is part of a call, and Lua's memory is that of the program; an empty loop
 * is subtracted; tables of options stand before the loop, as making them is the script's.
 */
#include <dekking/dekking.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/blocks.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"

#define RUNS 15

static dk_context *context;
static const dk_table *table, *other;
static const dk_breakdown *breakdown;
static dk_params none;
static dk_error err = DK_ERROR_INIT;

static const char *const naam[] = { "naam" }, *const jaren[] = { "jaren" }, *const leeftijd[] = { "leeftijd" };
static const char *const peil[] = { "peil" }, *const regio[] = { "regio" };

static void must(dk_status status)
{
    if (status != DK_OK) {
        fprintf(stderr, "calls: %s\n", err.message);
        exit(1);
    }
}

/* The work `name` is a function of the engine's, with its arguments; name_text tells it. */
#define WORK(name, function, ...)                                     \
    static const char name##_text[] = #function "(" #__VA_ARGS__ ")"; \
    static void name(void)                                            \
    {                                                                 \
        const dk_table *made;                                         \
                                                                      \
        must(function(__VA_ARGS__, &made, &err));                     \
        dk_table_release(made);                                       \
    }

/* The same of an expression that is parsed first. */
#define PARSED_WORK(name, text, function, ...)                                                     \
    static const char name##_text[] = "dk_expr_parse(" #text "), " #function "(" #__VA_ARGS__ ")"; \
    static void name(void)                                                                         \
    {                                                                                              \
        const dk_table *made;                                                                      \
        const dk_expr *expr;                                                                       \
                                                                                                   \
        must(dk_expr_parse(context, text, &expr, &err));                                           \
        must(function(__VA_ARGS__, &made, &err));                                                  \
        dk_expr_release(expr);                                                                     \
        dk_table_release(made);                                                                    \
    }

static const dk_join_options left = { .kind = DK_JOIN_LEFT };
static const dk_sample_spec drawn = { .n = 2, .seed = 1 };
static const dk_pivot_spec wide = {
    .rows = naam, .n_rows = 1, .columns = peil, .n_columns = 1, .values = leeftijd, .n_values = 1
};
static const dk_unpivot_spec longer = {
    .rows = naam, .n_rows = 1, .columns = leeftijd, .n_columns = 1, .name = "name", .value = "value"
};
static const dk_append_options strict;
static const dk_table *both[2];

WORK(head, dk_table_slice, table, 0, 1)
WORK(tail, dk_table_slice, table, 2, 1)
WORK(slice, dk_table_slice, table, 1, 2)
WORK(select_columns, dk_table_select, table, naam, 1)
WORK(drop, dk_table_drop, table, naam, 1)
WORK(rename_column, dk_table_rename, table, leeftijd, jaren, 1)
WORK(sort, dk_table_sort_by, table, leeftijd, 1, &none, UINT64_MAX)
WORK(distinct, dk_table_distinct, table, naam, 1, DK_KEEP_FIRST)
WORK(sample, dk_table_sample, table, &drawn, &none)
WORK(join, dk_table_join, table, other, naam, naam, 1, &left)
WORK(link_tables, dk_table_link, table, other, naam, naam, 1, "in_other", regio, 0, DK_MULTIPLE_ERROR)
WORK(append, dk_table_append, both, 2, &strict)
WORK(pivot, dk_table_pivot, table, &wide)
WORK(unpivot, dk_table_unpivot, table, &longer)
WORK(run_breakdown, dk_breakdown_run, breakdown, table, &none)
PARSED_WORK(where, "leeftijd < 27", dk_table_where, table, expr, &none)
PARSED_WORK(derive, "jaren = leeftijd + 1", dk_table_derive, table, &expr, 1, &none)

static const char define_breakdown_text[] = "dk_breakdown_new(n = count()), dk_breakdown_run";
static void define_breakdown(void)
{
    static const dk_measure measures[] = { { .text = "n = count()" } };
    static const dk_breakdown_spec spec = { .measures = measures, .n_measures = 1 };
    const dk_breakdown *asked;
    const dk_table *made;

    must(dk_breakdown_new(context, &spec, &asked, &err));
    must(dk_breakdown_run(asked, table, &none, &made, &err));
    dk_table_release(made);
    dk_breakdown_release(asked);
}

static const char nothing_text[] = "nothing";
static void nothing(void) {}

#define OF(work) work, work##_text

static const struct {
    const char *name, *call;
    void (*work)(void);
    const char *work_text;
} methods[] = {
    { "", "", OF(nothing) },
    { "head", "t:head(1)", OF(head) },
    { "tail", "t:tail(1)", OF(tail) },
    { "slice", "t:slice(2, 3)", OF(slice) },
    { "select", "t:select 'naam'", OF(select_columns) },
    { "drop", "t:drop 'naam'", OF(drop) },
    { "rename", "t:rename(names)", OF(rename_column) },
    { "sort", "t:sort 'leeftijd'", OF(sort) },
    { "where", "t:where 'leeftijd < 27'", OF(where) },
    { "derive", "t:derive 'jaren = leeftijd + 1'", OF(derive) },
    { "derive list", "t:derive(derived)", OF(derive) },
    { "distinct", "t:distinct 'naam'", OF(distinct) },
    { "sample", "t:sample(two)", OF(sample) },
    { "join", "t:join(u, 'naam')", OF(join) },
    { "join options", "t:join(u, 'naam', left)", OF(join) },
    { "link", "t:link(u, 'naam', as)", OF(link_tables) },
    { "append", "t:append(t)", OF(append) },
    { "pivot", "t:pivot(wide)", OF(pivot) },
    { "unpivot", "t:unpivot(longer)", OF(unpivot) },
    { "a breakdown", "b(t)", OF(run_breakdown) },
    { "breakdown", "t:breakdown(asked)", OF(define_breakdown) },
    { "column", "t:column 'naam'", OF(nothing) },
    { "rows", "t:rows()", OF(nothing) },
    { "schema", "t:schema()", OF(nothing) },
};
#define N_METHODS (sizeof methods / sizeof *methods)

static const char prepare[] =
    "t = dk.table { { 'naam', { 'a', 'b', 'c' } }, { 'leeftijd', { 19, 35, 52 } }, { 'peil', { 'x', 'y', 'x' } } "
    "}\n"
    "u = dk.table { { 'naam', { 'a', 'b', 'd' } }, { 'regio', { 'p', 'q', 'p' } } }\n"
    "b = dk.breakdown { measures = 'n = count()' }\n"
    "local given = { names = { leeftijd = 'jaren' }, two = { n = 2, seed = 1 }, left = { kind = 'left', multiple = "
    "'error' }, "
    "as = { as = 'in_other', columns = {} }, wide = { rows = 'naam', columns = 'peil', values = 'leeftijd' }, "
    "longer = { rows = 'naam', columns = 'leeftijd' }, derived = { 'jaren = leeftijd + 1' }, "
    "asked = { measures = 'n = count()' }, t = t, u = u, b = b }\n"
    "function compile(call, left) local names, values = {}, {} for name, value in pairs(given) do names[#names + "
    "1] = name "
    "values[#values + 1] = value end return load('local ' .. table.concat(names, ', ') .. ' = ... return "
    "function(n) for _ = 1, n "
    "do local x' .. (left and '' or ' <close>') .. ' = ' .. (call == '' and 'nil' or call) .. ' end "
    "end')(table.unpack(values)) "
    "end\n";

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* Nanoseconds of the function on top of the stack, and of the work. */
static void time_both(lua_State *L, void (*work)(void), int n, double *call, double *alone)
{
    *call = *alone = 1e18;
    for (int run = 0; run < RUNS; run++) {
        double start = now();

        lua_pushvalue(L, -1);
        lua_pushinteger(L, n);
        lua_call(L, 1, 0);
        *call = least(*call, (now() - start) / n);
        start = now();
        for (int i = 0; i < n; i++)
            work();
        *alone = least(*alone, (now() - start) / n);
    }
}

static const dk_table *global_table(lua_State *L, const char *name)
{
    const dk_table *found;

    lua_getglobal(L, name);
    found = dkl_held(lua_touserdata(L, -1));
    lua_pop(L, 1);
    return found;
}

static void *allocate(void *unused, void *memory, size_t old_size, size_t size)
{
    (void)unused;
    return dkc_block_resize(memory, old_size, size);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 10000;
    const char *only = argc > 2 ? argv[2] : NULL;
    bool leave = getenv("LEAVE") != NULL;
    lua_State *L = lua_newstate(allocate, NULL); /* as the program runs a script */
    double empty = 0;

    lua_gc(L, LUA_GCGEN, 0, 0);
    luaL_openlibs(L);
    luaL_requiref(L, "dekking", luaopen_dekking, 0);
    lua_setglobal(L, "dk");
    if (luaL_dostring(L, prepare)) {
        fprintf(stderr, "calls: %s\n", lua_tostring(L, -1));
        return 1;
    }
    context = dkl_context(L);
    table = global_table(L, "t");
    other = global_table(L, "u");
    both[0] = both[1] = table;
    lua_getglobal(L, "b");
    breakdown = dkl_held(lua_touserdata(L, -1));
    printf("%-14s %8s %8s %8s  ns of a call, its work, the difference\n", "", "call", "work", "beyond");
    for (size_t i = 0; i < N_METHODS; i++) {
        double call, work;

        if (only && *only && i > 0 && strcmp(only, methods[i].name) != 0)
            continue;
        lua_getglobal(L, "compile");
        lua_pushstring(L, methods[i].call);
        lua_pushboolean(L, leave || methods[i].work == nothing);
        lua_call(L, 2, 1);
        time_both(L, methods[i].work, n, &call, &work);
        lua_pop(L, 1);
        if (i == 0)
            empty = call;
        else
            printf("%-14s %8.0f %8.0f %8.0f  %s | %s\n", methods[i].name, call - empty, work, call - empty - work,
                   methods[i].call, methods[i].work_text);
    }
    lua_close(L);
    return 0;
}
