/* collect.c - collectgarbage, which SIGINT stops where there is much to collect.
 *
 * A full collection is one call into Lua. In steps it is the same work, but there are steps of the incremental collector alone, and
 * scripts run with the generational one. To turn to the first takes a look at each object; to turn back is a full collection, at
 * which nobody can look in. So what is large stays incremental until it has grown by half, which Lua's own function for that tells,
 * for which the linker puts ours in between (--wrap in the Makefile). What was interrupted is finished there first, bit by bit. To a
 * script the collector is generational all the while.
 *
 * A cycle that runs already keeps what has become garbage since it began. What stands in the registry is marked as soon as a cycle
 * begins, and so tells: where it is taken away and survives, another cycle has to follow.
 *
 *   generational --collect--> incremental, waits --it grew; a script names a mode, or asks for a step--> generational
 */
#include "collect.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include "polled.h"
#include "stock.h"

#define LARGE (32 << 10) /* kilobytes: what is smaller takes some 20 ms */
#define PIECE 64         /* kilobytes of a step that a script asks for, between two looks */

/* Of what Lua 5.4 calls where it is time to collect: its own, and what calls of it come to. */
void __real_luaC_step(lua_State *L);
void __wrap_luaC_step(lua_State *L);

static const char witness;  /* its address is the place in the registry */
static bool is_incremental; /* since a script said so */
static bool waits;          /* the generational collector, to be turned back to */
static int due;             /* when: kilobytes */
static bool is_amid;        /* a cycle that was interrupted */
static bool is_stepping;    /* here */

/* Returns whether a cycle has ended; negative: puts off what Lua does by itself. */
static bool step(lua_State *L, int kilobytes)
{
    bool has_ended;

    is_stepping = true;
    has_ended = lua_gc(L, LUA_GCSTEP, kilobytes);
    is_stepping = false;
    return has_ended;
}

static int size(lua_State *L)
{
    return lua_gc(L, LUA_GCCOUNT);
}

static void turn_back(lua_State *L)
{
    if (waits)
        lua_gc(L, LUA_GCGEN, 0, 0);
    waits = is_amid = false;
}

static void end_cycle(lua_State *L)
{
    is_amid = false;
    due = size(L) + size(L) / 2;
}

void __wrap_luaC_step(lua_State *L)
{
    if (!waits || is_stepping || lua_gc(L, LUA_GCISRUNNING) <= 0)
        __real_luaC_step(L);
    else if (!is_amid && size(L) < due)
        step(L, size(L) - due);
    else if (!is_amid)
        turn_back(L);
    else if (step(L, 0))
        end_cycle(L);
}

static void finish_cycle(lua_State *L)
{
    is_amid = true;
    do
        dkc_poll(L);
    while (!step(L, 0));
    end_cycle(L);
}

/* Pushes an empty table of weak values. It is alive, and the youngest of all: a sweep begins with all that is before such a one, at
 * once. */
static void push_weak(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
}

static int collect(lua_State *L)
{
    bool is_known;

    push_weak(L);
    is_known = lua_rawgetp(L, LUA_REGISTRYINDEX, &witness) != LUA_TNIL;
    lua_rawseti(L, -2, 1); /* weak */
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &witness);
    if (lua_gc(L, LUA_GCINC, 0, 0, 0) == LUA_GCGEN)
        waits = true;
    finish_cycle(L);
    if (lua_rawgeti(L, -1, 1) != LUA_TNIL || !is_known)
        finish_cycle(L);
    lua_newuserdatauv(L, 0, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &witness);
    if (size(L) < LARGE)
        turn_back(L);
    else if (waits && lua_gc(L, LUA_GCISRUNNING) > 0)
        lua_gc(L, LUA_GCRESTART); /* asks soon how much is due */
    lua_pushinteger(L, 0);
    return 1;
}

/* collectgarbage("step", kilobytes) of the incremental collector: what one piece lacks is added to the next. */
static int step_long(lua_State *L, int kilobytes)
{
    bool has_ended = false;

    push_weak(L);
    for (; kilobytes > PIECE && !has_ended; kilobytes -= PIECE) {
        has_ended = step(L, PIECE);
        dkc_poll(L);
    }
    lua_pushboolean(L, has_ended || step(L, kilobytes));
    return 1;
}

/* collectgarbage([option [, ...]]) */
static int collect_garbage(lua_State *L)
{
    const char *option = lua_isnoneornil(L, 1) ? "collect" : lua_tostring(L, 1);
    lua_Integer kilobytes;
    bool is_step, sets_incremental;
    int n;

    if (option == NULL || lua_gc(L, LUA_GCISRUNNING) < 0) /* a finalizer */
        return dkc_stock.collect(L);
    if (strcmp(option, "collect") == 0)
        return waits || size(L) >= LARGE ? collect(L) : dkc_stock.collect(L);
    is_step = strcmp(option, "step") == 0;
    sets_incremental = strcmp(option, "incremental") == 0;
    if (!is_step && !sets_incremental && strcmp(option, "generational") != 0)
        return dkc_stock.collect(L);
    if (is_step && is_incremental && dkc_get_integer(L, 2, 0, &kilobytes) && kilobytes > PIECE &&
        kilobytes <= INT_MAX)
        return step_long(L, (int)kilobytes);
    turn_back(L);
    n = dkc_stock.collect(L);
    if (!is_step)
        is_incremental = sets_incremental;
    return n;
}

void dkc_replace_collect(lua_State *L)
{
    lua_pushglobaltable(L);
    dkc_stock_replace(L, "collectgarbage", collect_garbage, &dkc_stock.collect);
    lua_newuserdatauv(L, 0, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &witness);
    lua_pop(L, 1);
}
