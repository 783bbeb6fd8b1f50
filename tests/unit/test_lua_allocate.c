/* test_lua_allocate.c - tables that grow when memory is refused in the midst of it: they are as they were, and grow when asked again. */
#include "check.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "cli/allocate.h"
#include "cli/interrupt.h"
#include "watched.h"

#define MIB ((size_t)1 << 20)
#define LIST ((lua_Integer)1 << 21) /* values in 32 MB, which grow to 64 */

static int n_looks;    /* since refuse */
static int refused_at; /* the look from which on nothing is given */
static int n_refusals; /* so many are left */

bool dkc_interrupt_refuses(size_t size, bool at_once)
{
    (void)size;
    if (!at_once || ++n_looks < refused_at || n_refusals == 0)
        return false;
    n_refusals--;
    return true;
}

static void refuse(int at, int n)
{
    n_looks = 0;
    refused_at = at;
    n_refusals = n;
}

static lua_State *open_state(void **state)
{
    lua_State *L = luaL_newstate();

    (void)state;
    assert_non_null(L);
    dkc_allocate(L);
    return L;
}

/* table key value: sets it */
static int set(lua_State *L)
{
    lua_settable(L, 1);
    return 0;
}

static int set_integer(lua_State *L, lua_Integer key, lua_Integer value)
{
    lua_pushcfunction(L, set);
    lua_pushvalue(L, -2);
    lua_pushinteger(L, key);
    lua_pushinteger(L, value);
    return lua_pcall(L, 3, 0, 0);
}

/* The table on top has all of 1 to n, or of -1 to -n, and nothing else. */
static void check_whole(lua_State *L, lua_Integer n, lua_Integer sign)
{
    lua_Integer sum = 0, n_found = 0;

    for (lua_Integer i = 1; i <= n; i++) {
        assert_int_equal(lua_rawgeti(L, -1, sign * i), LUA_TNUMBER);
        assert_int_equal(lua_tointeger(L, -1), i);
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        sum += lua_tointeger(L, -1);
        n_found++;
    }
    assert_int_equal(n_found, n);
    assert_int_equal(sum, n * (n + 1) / 2);
}

static void fill(lua_State *L, lua_Integer first, lua_Integer last, lua_Integer sign)
{
    for (lua_Integer i = first; i <= last; i++) {
        lua_pushinteger(L, i);
        lua_rawseti(L, -2, sign * i);
    }
}

/* Of a table of n values the place for the next is refused: at the first look, in the midst of the new pages, and at the last. */
static void check_refused(lua_State *L, lua_Integer n, lua_Integer sign)
{
    lua_newtable(L);
    fill(L, 1, n, sign);
    for (int at = 1; at <= 11; at += 5) {
        refuse(at, 2); /* Lua asks twice */
        assert_int_equal(set_integer(L, sign * (n + 1), n + 1), LUA_ERRMEM);
        assert_string_equal(lua_tostring(L, -1), "not enough memory");
        lua_pop(L, 1);
        assert_int_equal(n_looks, at + 1);
        assert_int_equal(n_refusals, 0);
        check_whole(L, n, sign);
        lua_gc(L, LUA_GCCOLLECT);
    }
    refuse(0, 0);
    assert_int_equal(set_integer(L, sign * (n + 1), n + 1), LUA_OK);
    assert_true(n_looks > 11);
    fill(L, n + 2, 2 * n, sign);
    check_whole(L, 2 * n, sign);
    lua_pop(L, 1);
}

static void a_list_stays_as_it_was(void **state)
{
    lua_State *L;

    if (watched(0, 1, 1))
        skip(); /* malloc's memory gives no way back; or it takes long */
    L = open_state(state);
    check_refused(L, LIST, 1);
    check_refused(L, LIST / 2, 1); /* malloc's memory before, and a mapping then */
    lua_close(L);
}

static void a_table_of_other_keys_stays_as_it_was(void **state)
{
    lua_State *L = open_state(state);

    check_refused(L, LIST / 4, -1); /* 24 MB of malloc's */
    if (!under_valgrind())
        check_refused(L, LIST / 2, -1);
    lua_close(L);
}

#define PART 100000

/* The table of all texts is as it was, and texts are found in it; Lua says nothing. */
static void texts_go_on_without_more_room(void **state)
{
    lua_State *L;
    int n = (1 << 21) + 1000; /* more than there is place for in 16 MB */

    if (watched(0, 1, 1))
        skip();
    L = open_state(state);
    assert_true(lua_checkstack(L, n / PART + 10));
    lua_gc(L, LUA_GCSTOP);
    refuse(10, 2);
    for (int i = 0; i < n; i++) {
        if (i % PART == 0)
            lua_newtable(L); /* no list of them is large itself */
        lua_pushfstring(L, "%d", i);
        lua_rawseti(L, -2, i % PART + 1);
    }
    assert_int_equal(n_refusals, 0);
    assert_int_equal(n_looks, 11 + 32); /* the next text had it grow */
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, i / PART + 1, i % PART + 1);
        lua_pushfstring(L, "%d", i);
        assert_ptr_equal(lua_tostring(L, -1), lua_tostring(L, -2));
        lua_pop(L, 2);
    }
    lua_close(L);
}

/* A buffer that grows may never be filled: its pages are left to whoever does. */
static void buffers_are_not_touched(void **state)
{
    lua_State *L = open_state(state);
    void *arg, *block;
    lua_Alloc allocate = lua_getallocf(L, &arg);

    refuse(0, 0);
    block = allocate(arg, NULL, 0, 40 * MIB);
    assert_non_null(block);
    if (!watched(0, 1, 0))
        assert_int_equal(n_looks, 40);
    n_looks = 0;
    memset(block, 7, 40 * MIB);
    block = allocate(arg, block, 40 * MIB, 200 * MIB);
    assert_non_null(block);
    assert_int_equal(n_looks, 0);
    for (size_t i = 0; i < 40 * MIB; i += 4096)
        assert_int_equal(((char *)block)[i], 7);
    assert_null(allocate(arg, block, 200 * MIB, 0));
    block = allocate(arg, NULL, 0, 31 * MIB);
    memset(block, 7, 31 * MIB);
    n_looks = 0;
    block = allocate(arg, block, 31 * MIB, 64 * MIB);
    assert_non_null(block);
    assert_int_equal(n_looks, 0);
    for (size_t i = 0; i < 31 * MIB; i += 4096)
        assert_int_equal(((char *)block)[i], 7);
    block = allocate(arg, block, 64 * MIB, 5);
    assert_int_equal(*(char *)block, 7);
    assert_null(allocate(arg, block, 5, 0));
    lua_close(L);
}

/* What is new is refused in the midst of it, and what it had is given back. */
static void new_blocks_are_refused(void **state)
{
    lua_State *L = open_state(state);
    void *arg;
    lua_Alloc allocate = lua_getallocf(L, &arg);

    for (int i = 0; i < 100; i++) {
        refuse(3, 1);
        assert_null(allocate(arg, NULL, LUA_TSTRING, 5 * MIB + (size_t)i * MIB));
        assert_int_equal(n_looks, 3);
    }
    lua_close(L);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_stays_as_it_was),        cmocka_unit_test(a_table_of_other_keys_stays_as_it_was),
        cmocka_unit_test(texts_go_on_without_more_room), cmocka_unit_test(buffers_are_not_touched),
        cmocka_unit_test(new_blocks_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
