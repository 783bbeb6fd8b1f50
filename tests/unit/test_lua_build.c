/* test_lua_build.c - what is built with columns and methods has the tree of what is written as a string.
 *
 * tests/lua/lib/trees.lua makes random expressions and writes each twice, with the builder and as text. Both are parsed and
 * the trees compared.
 */
#include "check.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/memory.h"
#include "expr/node.h"
#include "lua/bind.h"
#include "lua/dekking_lua.h"

static lua_State *L;
static dk_context *context;

static const dk_expr *parse(const char *text, const char *other)
{
    const dk_expr *expr = NULL;
    dk_error err = DK_ERROR_INIT;

    if (dk_expr_parse(context, text, &expr, &err) != DK_OK)
        fail_msg("%s\n%s\nbeside\n%s", err.message, text, other);
    return expr;
}

static void check_same(const char *built, const char *written)
{
    const dk_expr *a = parse(built, written), *b = parse(written, built);

    if (!dki_node_equal(dki_expr_root(a), dki_expr_root(b)))
        fail_msg("built is\n%s\nand written\n%s", built, written);
    dk_expr_release(a);
    dk_expr_release(b);
}

static void what_is_built_has_the_tree_of_what_is_written(void **state)
{
    (void)state;
    if (luaL_loadfile(L, "tests/lua/lib/trees.lua") != LUA_OK)
        fail_msg("%s", lua_tostring(L, -1));
    for (int seed = 1; seed <= 6000; seed++) {
        lua_pushvalue(L, 1);
        lua_getglobal(L, "dk");
        lua_pushinteger(L, seed);
        if (lua_pcall(L, 2, 2, 0) != LUA_OK)
            fail_msg("seed %d: %s", seed, lua_tostring(L, -1));
        check_same(lua_tostring(L, -2), lua_tostring(L, -1));
        lua_settop(L, 1);
    }
    lua_settop(L, 0);
}

/* As a user writes them: without a bracket more than is needed, and the same tree. */
static void plain_ones_read_like_strings(void **state)
{
    static const struct {
        const char *built, *text, *written;
    } cases[] = {
        { "t.leeftijd:lt(27) & t.gemeente:eq 'Arnhem'", "leeftijd < 27 and gemeente == \"Arnhem\"",
          "leeftijd < 27 and gemeente == 'Arnhem'" },
        { "t.a:lt(1) & t.b:lt(2) & t.c:lt(3)", "a < 1 and b < 2 and c < 3", NULL },
        { "t.a:lt(1) & (t.b:lt(2) | t.c:lt(3))", "a < 1 and (b < 2 or c < 3)", NULL },
        { "t.a:lt(1) | t.b:lt(2) & t.c:lt(3)", "a < 1 or b < 2 and c < 3", NULL },
        { "~t.a:is_null() & ~t.b", "not (a is null) and not b", "a is not null and not b" },
        { "(t.a + t.b) * -t.c / 2", "(a + b) * -c / 2", NULL },
        { "t.a - (t.b - 1)", "a - (b - 1)", NULL },
        { "1 - t.a", "1 - a", NULL },
        { "-(-t.a)", "-(-a)", NULL },
        { "t.a:between(18, 27)", "a between 18 and 27", NULL },
        { "t.a:is_in { 1, 2 } | t.a:not_null()", "a in (1, 2) or a is not null", NULL },
        { "t.a:bin(18, 27)", "bin(a, 18, 27)", NULL },
        { "dk.fn.count():where(t.a:lt(1)):as 'n'", "n = count() where a < 1", NULL },
        { "(dk.fn.count():where 'a') / dk.fn.count()", "(count() where a) / count()", NULL },
        { "dk.col 'in sonar' & 'not a'", "`in sonar` and (not a)", "`in sonar` and not a" },
        { "t.a:concat(' ', t.b)", "a .. \" \" .. b", NULL },
        { "t.a:ge(dk.param 'grens')", "a >= $grens", NULL },
        { "dk.fn.date '2024-12-31'", "date(\"2024-12-31\")", "date '2024-12-31'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lua_pushfstring(
            L,
            "local t = dk.table { { 'leeftijd', { 1 } }, { 'gemeente', { 'x' } }, { 'a', { 1 } }, { 'b', "
            "{ 1 } }, { 'c', { 1 } } } return tostring(%s)",
            cases[i].built);
        if (luaL_dostring(L, lua_tostring(L, -1)) != LUA_OK)
            fail_msg("%s: %s", cases[i].built, lua_tostring(L, -1));
        assert_string_equal(lua_tostring(L, -1), cases[i].text);
        check_same(lua_tostring(L, -1), cases[i].written ? cases[i].written : cases[i].text);
        lua_settop(L, 0);
    }
}

static int open_state(void **state)
{
    (void)state;
    L = luaL_newstate();
    luaL_openlibs(L);
    luaL_requiref(L, "dekking", luaopen_dekking, 0);
    lua_setglobal(L, "dk");
    lua_settop(L, 0);
    context = dkl_check_context(L);
    return 0;
}

static int close_state(void **state)
{
    (void)state;
    lua_close(L);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_built_has_the_tree_of_what_is_written),
        cmocka_unit_test(plain_ones_read_like_strings),
    };

    return cmocka_run_group_tests(tests, open_state, close_state);
}
