/* object.c - what holds something of the engine's: its classes, making it, telling it from other userdata.
 *
 * Keeps true: what an object holds stands in one of the state's holds from when it is made until it is closed, so that the end of the
 * state releases what no finalizer did. Nothing leads from there to an object, which may have been freed.
 */
#include <assert.h>
#include <string.h>

#include "bind.h"

static const char object_mark; /* of every dkl_object */
const char dkl_maker_mark;

typedef struct object_class {
    const char *name;
    dkl_release_fn *release;
    bool has_recipe; /* calls that make one are remembered with it */
} object_class;

static const object_class classes[] = {
    { DKL_TABLE, dkl_release_table, true },          { DKL_COLUMN, dkl_release_column, false },
    { DKL_BREAKDOWN, dkl_release_breakdown, false }, { DKL_SCENARIO, dkl_release_scenario, false },
    { DKL_CODES, dkl_release_dictionary, true },     { DKL_HIERARCHY, dkl_release_hierarchy, true },
    { DKL_RECODE, dkl_release_recode, true },
};
#define N_CLASSES (sizeof classes / sizeof *classes)

/* The value as an object of any class; NULL: it is none. */
static dkl_object *as_object(lua_State *L, int index)
{
    dkl_object *object = lua_touserdata(L, index);

    return object && lua_rawlen(L, index) >= sizeof *object && object->mark == &object_mark ? object : NULL;
}

static bool is_of(const dkl_object *object, const char *class_name)
{
    return dkl_same_class(object->class_name, class_name);
}

/* Holds ------------------------------------------------------------------------------------------------------------- */

#define HOLDS 64

/* Userdata of the registry, each with the one before it as its user value. */
struct dkl_holds {
    struct dkl_holds *before;
    dkl_hold holds[HOLDS];
};

static const char holds_key; /* the last of them */

static void add_holds(lua_State *L, dkl_state *state)
{
    struct dkl_holds *made;

    luaL_checkstack(L, 3, "too many values");
    made = lua_newuserdatauv(L, sizeof *made, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &holds_key);
    lua_setiuservalue(L, -2, 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &holds_key);
    made->before = state->holds;
    state->holds = made;
    for (size_t i = 0; i < HOLDS; i++) {
        made->holds[i] = (dkl_hold){ .held = NULL, .state = state, .next = state->free_holds };
        state->free_holds = &made->holds[i];
    }
}

static dkl_hold *take_hold(lua_State *L, dkl_state *state, dkl_release_fn *release)
{
    dkl_hold *hold;

    if (state->free_holds == NULL)
        add_holds(L, state);
    hold = state->free_holds;
    state->free_holds = hold->next;
    hold->release = release;
    return hold;
}

static void release_held(dkl_hold *hold)
{
    void *held = hold->held;

    hold->held = NULL;
    if (held)
        hold->release(held);
}

void dkl_drop_object(dkl_object *object)
{
    dkl_hold *hold = object->hold;

    if (hold == NULL)
        return;
    object->hold = NULL;
    release_held(hold);
    hold->next = hold->state->free_holds;
    hold->state->free_holds = hold;
}

void dkl_drop_holds(dkl_state *state)
{
    for (struct dkl_holds *holds = state->holds; holds; holds = holds->before)
        for (size_t i = 0; i < HOLDS; i++)
            release_held(&holds->holds[i]);
}

/* Classes ----------------------------------------------------------------------------------------------------------- */

void dkl_object_class(lua_State *L, const char *name, const luaL_Reg *meta)
{
    dkl_class(L, name, meta);
    luaL_getmetatable(L, name);
    dkl_add_finalizer(L, name);
    lua_rawsetp(L, LUA_REGISTRYINDEX, name); /* sooner found than by the text */
}

void dkl_push_class(lua_State *L, const char *name)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, name) != LUA_TNIL)
        return;
    lua_pop(L, 1); /* the name stands elsewhere too */
    luaL_getmetatable(L, name);
}

/* Its light metatable stands at index light, or 0. */
static dkl_object *new_object(lua_State *L, const char *class_name, dkl_release_fn *release, int n_values,
                              size_t n_bytes, int light)
{
    dkl_state *state = dkl_pace(L);
    dkl_object *object;

    if (light == 0)
        luaL_checkstack(L, 4, "too many values");
    object = lua_newuserdatauv(L, sizeof *object + n_bytes, n_values);
    object->hold = NULL;
    object->mark = &object_mark;
    object->class_name = class_name;
    object->number = ++state->numbers;
    object->recipe_value = 0;
    object->can_be_newest = object->has_recipe = object->has_call = object->was_asked = false;
    object->hold = take_hold(L, state, release);
    if (light == 0 || !dkl_begin_newest(L, state, object, light)) {
        dkl_push_class(L, class_name);
        lua_setmetatable(L, -2);
    }
    return object;
}

void *dkl_new_holder(lua_State *L, const char *class_name, int n_values, dkl_release_fn *release)
{
    return &new_object(L, class_name, release, n_values, 0, 0)->hold->held;
}

static const object_class *look_for_class(const char *name)
{
    size_t i = 0;

    while (i < N_CLASSES && !dkl_same_class(classes[i].name, name))
        i++;
    assert(i < N_CLASSES);
    return &classes[i];
}

/* Mostly that of tables. */
static inline const object_class *find_class(const char *name)
{
    return name == classes[0].name ? classes : look_for_class(name);
}

dkl_object *dkl_make_object(lua_State *L, const char *class_name, int n_values, const dkl_call *call, int light)
{
    const object_class *c = find_class(class_name);
    dkl_object *object = new_object(L, class_name, c->release, n_values + c->has_recipe + (call ? call->n_kept : 0),
                                    call ? call->n_bytes : 0, light);

    if (c->has_recipe)
        object->recipe_value = n_values + 1;
    if (call)
        object->call = *call;
    return object;
}

dkl_maker *dkl_get_maker(lua_State *L)
{
    dkl_maker *maker = lua_touserdata(L, lua_upvalueindex(1));

    return maker && lua_rawlen(L, lua_upvalueindex(1)) >= sizeof *maker && maker->mark == &dkl_maker_mark ? maker
                                                                                                          : NULL;
}

void *dkl_new_object_given(lua_State *L, const char *class_name, int n_values, const dkl_options *options)
{
    dkl_maker *maker = dkl_get_maker(L);
    bool is_recorded = maker && maker->n_arguments >= 0 && find_class(class_name)->has_recipe;
    dkl_object *object = is_recorded ? dkl_make_recorded(L, maker, class_name, n_values, options)
                                     : dkl_make_object(L, class_name, n_values, NULL, 0);

    return &object->hold->held;
}

void *dkl_new_object(lua_State *L, const char *class_name, int n_values)
{
    return dkl_new_object_given(L, class_name, n_values, NULL);
}

dkl_object *dkl_as_object(lua_State *L, int index, const char *class_name)
{
    dkl_object *object = as_object(L, index);

    return object && is_of(object, class_name) ? object : NULL;
}

dkl_object *dkl_newest(lua_State *L, int index)
{
    dkl_object *object = as_object(L, index);

    return object && object->hold && object == object->hold->state->newest ? object : NULL;
}

bool dkl_is_object(lua_State *L, int index, const char *class_name)
{
    return dkl_as_object(L, index, class_name) != NULL;
}

dkl_object *dkl_recipe_holder(lua_State *L, int index)
{
    dkl_object *object = as_object(L, index);

    return object && object->recipe_value > 0 ? object : NULL;
}

bool dkl_is_asked(lua_State *L, int index)
{
    const dkl_object *object = as_object(L, index);

    return object && object->recipe_value == 0 && (is_of(object, DKL_BREAKDOWN) || is_of(object, DKL_SCENARIO));
}

void *dkl_test_object(lua_State *L, int arg, const char *class_name)
{
    const dkl_object *object = dkl_as_object(L, arg, class_name);

    return object ? dkl_held(object) : NULL;
}

static void *refuse_object(lua_State *L, int arg, const char *class_name, const char *what)
{
    if (dkl_is_object(L, arg, class_name))
        dkl_fail(L, "this %s was closed", class_name + strlen("dk."));
    else
        dkl_object_fail(L, arg, what);
    return NULL;
}

void *dkl_check_object(lua_State *L, int arg, const char *class_name, const char *what)
{
    const dkl_object *object = as_object(L, arg);
    void *held = object && is_of(object, class_name) ? dkl_held(object) : NULL;

    return held ? held : refuse_object(L, arg, class_name, what);
}

const char *dkl_kind(lua_State *L, int index)
{
    const dkl_object *object = as_object(L, index);

    for (size_t i = 0; object && i < N_CLASSES; i++)
        if (strcmp(object->class_name, classes[i].name) == 0)
            return classes[i].name + strlen("dk.");
    return dkl_is_expr(L, index) ? "expr" : NULL;
}
