/* bind.c - what every binding uses: the state's context, raising, slots. Objects of the engine's stand in object.c.
 *
 * Keeps true: a pointer of the engine stands in a userdata with its metatable before the next call that can raise;
 * a userdata that was closed holds NULL and can be closed again.
 */
#include "bind.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include "base/buffer.h"
#include "chunk.h"
#include "dekking_lua.h"
#include "lua_scalar.h"

/* Addresses that serve as keys of the registry. */
static const char state_key;
static const char core_key;
static const char error_key; /* false, or what a callback raised */

static const char slot_mark;

static _Atomic unsigned n_closed; /* states, of all threads */

#define SLOT "dk.slot"
#define PACE_BYTES ((size_t)32 << 20)
#define MOST_GROWTH ((size_t)32 << 20) /* bytes of tables that are worth a collection of a small state */

/* The state's context. -------------------------------------------------------------------------------------------- */

static int close_state(lua_State *L)
{
    dkl_state *state = lua_touserdata(L, 1);

    dkl_drop_holds(state);
    dk_context_release(state->context);
    state->context = NULL;
    atomic_fetch_add(&n_closed, 1);
    return 0;
}

/* The state that was found last, as long as none was closed since: another may have its registry, or its main thread, where that one
 * had it. One that is closing is looked for each time. */
static _Thread_local struct {
    const lua_State *main; /* NULL: it was first found in a coroutine */
    const void *registry;
    unsigned n_closed;
    dkl_state *state;
} last_found;

static dkl_state *look_for_state(lua_State *L, unsigned closed)
{
    const void *registry = lua_topointer(L, LUA_REGISTRYINDEX);
    bool is_main;
    dkl_state *state;

    if (last_found.registry == registry && last_found.n_closed == closed)
        return last_found.state;
    is_main = lua_pushthread(L);
    lua_pop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
    state = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (state && state->context) {
        last_found.main = is_main ? L : NULL;
        last_found.registry = registry;
        last_found.n_closed = closed;
        last_found.state = state;
    }
    return state;
}

/* NULL: there is none. */
static inline dkl_state *find_state(lua_State *L)
{
    unsigned closed = atomic_load(&n_closed);

    return last_found.main == L && last_found.n_closed == closed ? last_found.state : look_for_state(L, closed);
}

static void open_state(lua_State *L)
{
    dkl_state *state = lua_newuserdatauv(L, sizeof *state, 0);
    dk_error err = DK_ERROR_INIT;

    memset(state, 0, sizeof *state);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, close_state);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_pushboolean(L, false);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key);
    if (dk_context_new(&state->context, &err) != DK_OK)
        dkl_raise(L, &err);
    dkl_open_newest(L, state);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &state_key);
}

dkl_state *dkl_get_state(lua_State *L)
{
    dkl_state *state = find_state(L);

    if (state == NULL || state->context == NULL)
        luaL_error(L, "dekking is closed in this Lua state");
    return state;
}

dk_context *dkl_check_context(lua_State *L)
{
    return dkl_get_state(L)->context;
}

dkl_state *dkl_find_state(lua_State *L)
{
    return find_state(L);
}

dk_context *dkl_context(lua_State *L)
{
    dkl_state *state = find_state(L);

    return state ? state->context : NULL;
}

void dkl_set_screen(lua_State *L, size_t columns, size_t rows)
{
    dkl_state *state = find_state(L);

    if (state) {
        state->screen_columns = columns;
        state->screen_rows = rows;
    }
}

void dkl_set_format(lua_State *L, dk_format format)
{
    dkl_state *state = find_state(L);

    if (state) {
        state->has_format = true;
        state->format = format;
    }
}

void dkl_on_interrupt(lua_State *L, void (*raised)(lua_State *L))
{
    dkl_state *state = find_state(L);

    if (state)
        state->on_interrupt = raised;
}

/* Raising. -------------------------------------------------------------------------------------------------------- */

int dkl_script_level(lua_State *L, lua_Debug *where)
{
    for (int level = 1; level < DKL_DEEPEST_LEVEL && lua_getstack(L, level, where); level++) {
        lua_getinfo(L, "Sl", where);
        if (where->currentline > 0 && !dkl_is_library(where->source))
            return level;
    }
    return 0;
}

void dkl_where(lua_State *L)
{
    lua_Debug where;

    if (dkl_script_level(L, &where))
        lua_pushfstring(L, "%s:%d: ", where.short_src, where.currentline);
    else
        lua_pushliteral(L, "");
}

void dkl_keep_error(lua_State *L)
{
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key); /* the key is there: nothing is allocated */
}

/* Raises what a callback raised, if it did. */
static void raise_kept(lua_State *L)
{
    luaL_checkstack(L, 4, "too many values");
    lua_rawgetp(L, LUA_REGISTRYINDEX, &error_key);
    lua_pushboolean(L, false);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &error_key);
    if (lua_toboolean(L, -1))
        lua_error(L);
    lua_pop(L, 1);
}

int dkl_raise(lua_State *L, const dk_error *err)
{
    char text[sizeof err->file + sizeof err->message + sizeof err->hint + 128];

    if (err->code == DK_ERR_CALLBACK)
        raise_kept(L);
    if (err->code == DK_ERR_INTERRUPTED) {
        dkl_state *state = find_state(L);

        if (state && state->on_interrupt)
            state->on_interrupt(L);
        return dkl_raise_interrupted(L);
    }
    dk_error_format(err, text, sizeof text);
    dkl_where(L);
    lua_pushstring(L, text);
    lua_concat(L, 2);
    return lua_error(L);
}

int dkl_fail(lua_State *L, const char *format, ...)
{
    va_list arguments;

    dkl_where(L);
    va_start(arguments, format);
    lua_pushvfstring(L, format, arguments);
    va_end(arguments);
    lua_concat(L, 2);
    return lua_error(L);
}

const char *dkl_push_kind(lua_State *L, int index)
{
    const dkl_object *object;
    const char *name;

    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, "too many values");
    if (lua_isnone(L, index))
        return lua_pushliteral(L, "nothing");
    if (lua_isnil(L, index))
        return lua_pushliteral(L, "nil");
    if (luaL_getmetafield(L, index, "__name") != LUA_TSTRING)
        return lua_pushfstring(L, lua_istable(L, index) ? "a Lua %s" : "a %s", luaL_typename(L, index));
    name = lua_tostring(L, -1);
    object = dkl_as_object(L, index, name);
    if (strcmp(name, DKL_TABLE) == 0)
        return object && !dkl_held(object) ? lua_pushliteral(L, "a table of dekking that was closed")
                                           : lua_pushliteral(L, "a table of dekking");
    if (object && !dkl_held(object) && strncmp(name, "dk.", 3) == 0)
        return lua_pushfstring(L, "a %s that was closed", name + 3);
    if (strcmp(name, DKL_EXPR) == 0)
        return lua_pushliteral(L, "an expression");
    if (strcmp(name, DKL_CODES) == 0)
        return lua_pushliteral(L, "a code list");
    if (dkl_test_scalar(L, index))
        return lua_pushfstring(L, "a %s", dkl_scalar_kind(dkl_test_scalar(L, index)));
    if (strcmp(name, DKL_SENTINEL) == 0)
        return lua_pushfstring(L, "dk.%s", luaL_tolstring(L, index, NULL));
    if (strncmp(name, "dk.", 3) == 0)
        name += 3;
    return lua_pushfstring(L, "%s %s", *name != '\0' && strchr("aeiou", *name) ? "an" : "a", name);
}

const char *dkl_push_given(lua_State *L, int index)
{
    bool is_plain =
        lua_type(L, index) == LUA_TNUMBER || lua_type(L, index) == LUA_TSTRING || lua_isboolean(L, index);

    return is_plain ? luaL_tolstring(L, index, NULL) : dkl_push_kind(L, index);
}

const char *dkl_nil_hint(lua_State *L, int arg)
{
    return lua_type(L, arg) == LUA_TNIL ? "; got nil (was a variable nil?)" : "";
}

/* The same for a method that was called on what is not its object; a dot instead of a colon does that. */
static int arg_fail(lua_State *L, int arg, const char *expected, bool is_object)
{
    /* stays on the stack until the error is raised */
    const char *hint = lua_type(L, arg) == LUA_TNIL ? " (was a variable nil?)" : "";
    const char *got = lua_type(L, arg) == LUA_TNUMBER ? luaL_tolstring(L, arg, NULL) : dkl_push_kind(L, arg);
    const char *name = "";
    lua_Debug call;
    bool is_method = false;

    if (lua_getstack(L, 0, &call)) {
        lua_getinfo(L, "n", &call);
        if (call.name && strcmp(call.name, "?") == 0) /* t[method](...) */
            call.name = NULL;
        if (call.name) /* pcall calls a function that has none */
            name = lua_pushfstring(L, "%s: ", call.name);
        is_method = call.namewhat && strcmp(call.namewhat, "method") == 0;
        if (is_object && call.namewhat && strcmp(call.namewhat, "for iterator") == 0) /* for row in t.rows do */
            return dkl_fail(L, "a method has to be called: for row in t:rows() do");
    }
    if (is_method && arg == 1)
        return dkl_fail(L, "%scalled on %s, and not on %s", name, got, expected);
    if (is_object && arg == 1)
        return dkl_fail(L, "%sargument 1 must be %s, got %s (a method is called with a colon: x:%s(...))", name,
                        expected, got, call.name ? call.name : "name");
    return dkl_fail(L, "%sargument %d must be %s, got %s%s", name, is_method ? arg - 1 : arg, expected, got, hint);
}

int dkl_arg_fail(lua_State *L, int arg, const char *expected)
{
    return arg_fail(L, arg, expected, false);
}

int dkl_object_fail(lua_State *L, int arg, const char *expected)
{
    return arg_fail(L, arg, expected, true);
}

/* Memory. --------------------------------------------------------------------------------------------------------- */

bool dkl_reclaim(lua_State *L)
{
    dkl_state *state = dkl_get_state(L);
    size_t before = dk_context_used_bytes(state->context);

    if (!lua_gc(L, LUA_GCISRUNNING))
        return false;
    dkl_settle_newest(state);
    lua_gc(L, LUA_GCCOLLECT);
    state->settled_bytes = dk_context_used_bytes(state->context);
    return state->settled_bytes < before;
}

dkl_state *dkl_pace(lua_State *L)
{
    dkl_state *state = dkl_get_state(L);
    size_t used = dk_context_used_bytes(state->context);
    size_t budget = dk_context_budget(state->context);
    size_t settled, most, own, growth;

    if (used < state->settled_bytes)
        state->settled_bytes = used;
    settled = state->settled_bytes;
    most = budget > settled ? settled + (budget - settled) / 2 : SIZE_MAX;
    if (used <= most && used - settled <= PACE_BYTES) /* the usual: Lua's own need not be known */
        return state;
    own = (size_t)lua_gc(L, LUA_GCCOUNT) << 9; /* half of what a collection goes through */
    growth = 8 * own + MOST_GROWTH;            /* at the most, however much the tables hold that stay */
    growth = (growth < settled ? growth : settled) + own + PACE_BYTES;
    if (used > most || used - settled > growth)
        dkl_reclaim(L);
    return state;
}

void dkl_poll(lua_State *L)
{
    dk_error err = DK_ERROR_INIT;

    if (dki_poll(dkl_check_context(L), &err) != DK_OK)
        dkl_raise(L, &err);
}

/* Slots. ---------------------------------------------------------------------------------------------------------- */

typedef struct slot {
    const void *mark; /* as of a dkl_object: every slot is closed twice, by Lua and by the collector */
    void *object;
    dkl_release_fn *release;
} slot;

static int close_slot(lua_State *L)
{
    slot *s = lua_touserdata(L, 1);
    void *object;

    if (s == NULL || lua_rawlen(L, 1) < sizeof *s || s->mark != &slot_mark)
        return luaL_typeerror(L, 1, SLOT);
    object = s->object;
    s->object = NULL;
    if (object)
        s->release(object);
    return 0;
}

void **dkl_slot(lua_State *L, dkl_release_fn *release)
{
    slot *s;

    luaL_checkstack(L, 4, "too many values");
    s = lua_newuserdatauv(L, sizeof *s, 0);
    s->mark = &slot_mark;
    s->object = NULL;
    s->release = release;
    luaL_setmetatable(L, SLOT);
    lua_toclose(L, -1);
    return &s->object;
}

/* Its memory is the engine's: the collector may close a slot after what Lua held. */
static void release_buffer(void *held)
{
    dki_buffer *buffer = held;
    dk_context *context = buffer->context;

    dki_buffer_drop(buffer);
    dki_free(context, buffer);
    dk_context_release(context);
}

dki_buffer *dkl_buffer(lua_State *L)
{
    dk_context *context = dkl_check_context(L);
    void **held = dkl_slot(L, release_buffer);
    dk_error err = DK_ERROR_INIT;
    dki_buffer *buffer = dki_alloc(context, sizeof *buffer, &err);

    if (buffer == NULL) {
        dkl_raise(L, &err);
        return NULL;
    }
    dki_buffer_init(buffer, dk_context_retain(context));
    *held = buffer;
    return buffer;
}

void *dkl_array(lua_State *L, size_t n, size_t item_size)
{
    void *memory;

    if (n > (SIZE_MAX >> 1) / item_size)
        dkl_fail(L, "a list of that many items does not fit in memory");
    luaL_checkstack(L, 4, "too many values");
    memory = lua_newuserdatauv(L, n * item_size + 1, 0);
    memset(memory, 0, n * item_size + 1);
    return memory;
}

void dkl_release_breakdown(void *breakdown)
{
    dk_breakdown_release(breakdown);
}
void dkl_release_builder(void *builder)
{
    dk_builder_release(builder);
}
void dkl_release_column(void *column)
{
    dk_column_release(column);
}
void dkl_release_dictionary(void *dictionary)
{
    dk_dictionary_release(dictionary);
}
void dkl_release_hierarchy(void *hierarchy)
{
    dk_hierarchy_release(hierarchy);
}
void dkl_release_recode(void *recode)
{
    dk_recode_release(recode);
}
void dkl_release_expr(void *expr)
{
    dk_expr_release(expr);
}
void dkl_release_scenario(void *scenario)
{
    dk_scenario_release(scenario);
}
void dkl_release_table(void *table)
{
    dk_table_release(table);
}

/* Classes. -------------------------------------------------------------------------------------------------------- */

void dkl_class(lua_State *L, const char *name, const luaL_Reg *meta)
{
    luaL_newmetatable(L, name); /* sets __name */
    luaL_setfuncs(L, meta, 0);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__metatable"); /* scripts do not get at __gc */
    lua_pop(L, 1);
}

void dkl_push_core(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &core_key);
}

void dkl_open_bind(lua_State *L)
{
    static const luaL_Reg slot_meta[] = { { "__gc", close_slot }, { "__close", close_slot }, { NULL, NULL } };

    dkl_class(L, SLOT, slot_meta);
    if (find_state(L) == NULL)
        open_state(L);
    lua_pushvalue(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &core_key);
}
