/* bind.h - what every binding uses: the state's context, raising, slots, classes.
 *
 * A binding checks its arguments first (that may raise: nothing is held yet), makes the userdata of its result empty
 * and with its metatable, and then lets the engine fill it. What else must be freed sits in a slot. So it is safe
 * whatever raises, out of memory included.
 */
#ifndef DKL_BIND_H
#define DKL_BIND_H

#include <dekking/dekking.h>
#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#include "base/progress.h"

#define DKL_TABLE "dk.table"
#define DKL_COLUMN "dk.column"
#define DKL_EXPR "dk.expr"
#define DKL_BREAKDOWN "dk.breakdown"
#define DKL_SCENARIO "dk.scenario"
#define DKL_CODES "dk.codes"
#define DKL_HIERARCHY "dk.hierarchy"
#define DKL_RECODE "dk.recode"
#define DKL_SENTINEL "dk.sentinel"

/* One for each Lua state. */
typedef struct dkl_state {
    dk_context *context;
    size_t settled_bytes; /* what the context used after the last full collection that was asked for here */
    size_t screen_columns;
    size_t screen_rows; /* 0: the usual number */
    bool has_format;
    dk_format format;
    bool paints; /* the table that is shown next goes to standard output at once: it may have colours */
    struct dkl_hold *free_holds;
    struct dkl_holds *holds;         /* all of them, of objects and free */
    const struct dkl_object *newest; /* of finalizer.c, or NULL */
    lua_State *keeper;               /* keeps it */
    bool closes;        /* what can be the newest was last closed by the script, not by the collector */
    uint64_t numbers;   /* given to objects */
    lua_State *running; /* in a call of the engine: the coroutine that made it */
    bool counts;        /* a loop over values of Lua, for progress */
    void (*on_interrupt)(lua_State *L); /* or NULL */
} dkl_state;

/* NULL where the module is not open. */
dkl_state *dkl_find_state(lua_State *L);
/* Raises where it is not, or is closing. */
dkl_state *dkl_get_state(lua_State *L);
dk_context *dkl_check_context(lua_State *L);

/* Raising. The position is that of the innermost line of a script: frames of the library are passed over. ---------- */

#define DKL_DEEPEST_LEVEL 200 /* frames below it are not looked at */
/* The level of the innermost line of a script, and what is there; 0: there is none. */
int dkl_script_level(lua_State *L, lua_Debug *where);
/* Pushes "script.lua:12: ", or an empty string. */
void dkl_where(lua_State *L);
/* Raise; they do not return (the result is for `return dkl_raise(...)`). */
int dkl_raise(lua_State *L, const dk_error *err);
int dkl_raise_interrupted(lua_State *L);
int dkl_fail(lua_State *L, const char *format, ...);           /* the format of lua_pushfstring */
int dkl_arg_fail(lua_State *L, int arg, const char *expected); /* "NAME: argument 2 must be ..., got a number" */
/* The same of an object of the engine's, also where it is what a method was called on. */
int dkl_object_fail(lua_State *L, int arg, const char *expected);
/* Pushes what a value is, for messages: "nil", "nothing", "a number", "a Lua table", "a table of dekking", "a column". */
const char *dkl_push_kind(lua_State *L, int index);
/* The same of what a script gave: a number, a text or a truth value as it stands. No metamethod of the script's is called. */
const char *dkl_push_given(lua_State *L, int index);
/* What a message says of an argument that is there and nil: "; got nil (was a variable nil?)"; else an empty string. Asked before
 * the call has pushed anything. */
const char *dkl_nil_hint(lua_State *L, int arg);

/* Runs a call of the engine; when memory is out, once more after a full collection that freed something: what only
 * garbage holds does not count. The call is written once and may be evaluated twice, which it can, as a call that
 * fails leaves its out parameters alone. Not for one that uses up what it is given, such as dk_builder_finish: that is
 * DKL_ONCE. Both use the caller's L and err. */
#define DKL_ONCE(call)                 \
    do {                               \
        if ((call) != DK_OK)           \
            return dkl_raise(L, &err); \
    } while (0)
#define DKL_TRY(call)                                                \
    do {                                                             \
        dkl_state *state_ = dkl_get_state(L);                        \
        lua_State *before_ = state_->running;                        \
        dk_status status_;                                           \
        state_->running = L; /* where functions of the script run */ \
        status_ = (call);                                            \
        if (status_ == DK_ERR_MEMORY && dkl_reclaim(L))              \
            status_ = (call);                                        \
        state_->running = before_;                                   \
        if (before_ == NULL)                                         \
            dki_progress_end(state_->context);                       \
        if (status_ != DK_OK)                                        \
            return dkl_raise(L, &err);                               \
    } while (0)
/* Keeps the error value on top for dkl_raise, which raises it in the place of a DK_ERR_CALLBACK. Raises nothing. */
void dkl_keep_error(lua_State *L);

/* What `dk_error err = DK_ERROR_INIT` says, in the few fields that are looked at: clearing the room of its texts, 1300 bytes, takes
 * longer than many a call. */
static inline void dkl_no_error(dk_error *err)
{
    err->code = DK_OK;
    err->line = err->column = 0;
    err->file[0] = err->message[0] = err->hint[0] = '\0';
}

/* Collects garbage; whether that freed memory of the engine. */
bool dkl_reclaim(lua_State *L);
/* To be called before an object of the engine is made; gives the state, so that it is looked for once. Lua does not see the
 * memory behind a userdata, so a full collection is asked for whenever the engine's memory has doubled, and grown by half of
 * Lua's own besides: each time costs as much as Lua has to go through. */
dkl_state *dkl_pace(lua_State *L);

/* Raises when the context was interrupted; for loops over values of Lua, once per block. */
void dkl_poll(lua_State *L);
/* Until the C function returns or raises, the state counts as being in a call of the engine's, so that progress is shown: for long
 * loops over values of Lua that poll. Gives whether they count (dki_progress_count), and pushes a slot unless a call goes on already. */
bool dkl_busy(lua_State *L);

/* Slots. ---------------------------------------------------------------------------------------------------------- */

typedef void dkl_release_fn(void *object);
/* Pushes an empty slot that closes itself when the C function returns or raises: release is then called with
 * what is in it, unless that is NULL. */
void **dkl_slot(lua_State *L, dkl_release_fn *release);
/* A slot with a text that grows. */
struct dki_buffer *dkl_buffer(lua_State *L);
/* Pushes zeroed memory for n items that Lua frees. */
void *dkl_array(lua_State *L, size_t n, size_t item_size);

/* Releases by type, for dkl_slot. */
void dkl_release_breakdown(void *breakdown);
void dkl_release_builder(void *builder);
void dkl_release_column(void *column);
void dkl_release_dictionary(void *dictionary);
void dkl_release_expr(void *expr);
void dkl_release_hierarchy(void *hierarchy);
void dkl_release_recode(void *recode);
void dkl_release_scenario(void *scenario);
void dkl_release_table(void *table);

/* Classes. -------------------------------------------------------------------------------------------------------- */

/* Makes the metatable `name` with the given metamethods, and pushes nothing. __name and the hiding of the metatable
 * are added, and for a class of objects __gc and __close. */
void dkl_class(lua_State *L, const char *name, const luaL_Reg *meta);
void dkl_object_class(lua_State *L, const char *name, const luaL_Reg *meta);
/* Pushes the metatable of a class of objects. */
void dkl_push_class(lua_State *L, const char *name);

/* What is known of a call besides its arguments. */
typedef struct dkl_call {
    const char *op;   /* static, or kept by the recorder */
    int line;         /* where a question was asked, 0: in no script */
    uint16_t n;       /* arguments */
    uint16_t n_bytes; /* that they are packed in, of lua_recipe_pack.c */
    uint16_t n_kept;  /* user values that they take besides */
    bool fits;        /* they are known */
    bool opaque;      /* it cannot be asked again */
    bool is_question; /* what a breakdown or a scenario is asked */
} dkl_call;

/* Whether two names of classes are the same: mostly they stand at one address. */
static inline bool dkl_same_class(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0;
}

/* What an object holds, in memory that lives as long as the state: the collector forgets a finalizer for whose call there is no memory,
 * and frees the object all the same. What it held is released at the end then. */
typedef struct dkl_hold {
    void *held; /* NULL: nothing yet, or no more */
    dkl_release_fn *release;
    dkl_state *state;
    struct dkl_hold *next; /* of those that are free */
} dkl_hold;

/* What such an object is. It is closed once: by the script, by the collector, or with the state, as Lua calls no
 * finalizer of what a finalizer makes while the state closes. */
typedef struct dkl_object {
    dkl_hold *hold;         /* NULL: closed, or just made */
    const void *mark;       /* tells it from other userdata, sooner than a metatable would */
    const char *class_name; /* static */
    uint64_t number;        /* no other has it */
    int recipe_value;       /* which user value is its recipe, of lua_recipe.c; 0: it has none */
    bool can_be_newest;     /* of finalizer.c */
    bool has_recipe;        /* that is there */
    bool has_call;          /* ... or what it is made of, in its bytes and the user values behind that one */
    bool was_asked;         /* ... which finds it by its number */
    dkl_call call;          /* of its recipe only whether that is opaque, once it is there */
    uint8_t bytes[];
} dkl_object;

/* What it holds; NULL: it is empty, or closed. */
static inline void *dkl_held(const dkl_object *object)
{
    return object->hold ? object->hold->held : NULL;
}
/* Where the object at an index holds it; it is not closed. */
static inline void *dkl_held_place(lua_State *L, int index)
{
    return &((dkl_object *)lua_touserdata(L, index))->hold->held;
}
/* Takes from an object what it holds; once more does nothing. */
void dkl_drop_object(dkl_object *object);
/* Releases all that is held, at the end of a state. */
void dkl_drop_holds(dkl_state *state);
/* What is known of an option that is given, so that neither reading it nor packing it asks Lua again. */
typedef struct dkl_given {
    int type;                 /* of Lua's */
    int at;                   /* where it stands on the stack */
    size_t size;              /* of the text; or of a list that was read as one of plain names */
    const char *text;         /* a string without a zero byte, which the table keeps; NULL: it is something else */
    const char *const *names; /* of such a list; NULL: none was */
    bool is_integer;          /* of Lua's integers, and which */
    lua_Integer integer;
} dkl_given;

/* Options that are spread on the stack, by their place in names. */
#define DKL_MOST_OPTIONS 8
typedef struct dkl_options {
    const char *what;
    const char *const *names; /* static, as its texts are; ends with NULL */
    bool are_texts;           /* they stand nowhere: texts alone are known, by names that are not static */
    int index;                /* of the table */
    uint32_t given;           /* a bit for each that is not nil */
    dkl_given values[DKL_MOST_OPTIONS];
} dkl_options;

/* Pushes an empty object of a class of the engine's (DKL_TABLE, ...) with n_values user values; the result is where
 * it holds what it is filled with. */
void *dkl_new_object(lua_State *L, const char *class_name, int n_values);
/* The same of a call whose options were spread: they are not gone through again for the recipe. */
void *dkl_new_object_given(lua_State *L, const char *class_name, int n_values, const dkl_options *options);
/* The same for any class, with what releases. */
void *dkl_new_holder(lua_State *L, const char *class_name, int n_values, dkl_release_fn *release);
/* A recorder of lua_recipe.c, for which an object that has a recipe is one allocation with what is kept of the arguments. It is the
 * first upvalue of the function that runs. */
typedef struct dkl_maker {
    const void *mark;
    int n_arguments; /* which stand where the call put them until the object is made; -1: it was made */
} dkl_maker;

extern const char dkl_maker_mark;
/* The recorder of the function that runs, or NULL. */
dkl_maker *dkl_get_maker(lua_State *L);
/* Of lua_recipe.c: pushes an empty object with what is kept of the arguments; options: what was spread of one of them, or NULL. */
dkl_object *dkl_make_recorded(lua_State *L, dkl_maker *maker, const char *class_name, int n_values,
                              const dkl_options *options);
/* Arguments that were not given are nil, up to n; more of them than that stay, and are kept as they were given. */
static inline void dkl_pad_arguments(lua_State *L, int n)
{
    if (lua_gettop(L) < n)
        lua_settop(L, n);
}
/* Pushes an empty object of the class with room for what is kept of a call (NULL: nothing is), which it gets; its values are user
 * values behind that of the recipe. The light metatable of finalizer.c stands at index light, or 0. */
dkl_object *dkl_make_object(lua_State *L, const char *class_name, int n_values, const dkl_call *call, int light);

/* finalizer.c. */

/* Adds __gc and __close to the metatable of the class, which is on top of the stack. */
void dkl_add_finalizer(lua_State *L, const char *name);
/* Pushes the light metatable of the class. */
void dkl_push_light(lua_State *L, const char *name);
/* Fills it, once the other is complete: it is that of what a script closed. */
void dkl_close_lightly(lua_State *L, const char *name);
/* Before any object is made. */
void dkl_open_newest(lua_State *L, dkl_state *state);
/* Makes the object on top of the stack the newest, with its light metatable; false: it is to have a finalizer from the start. */
bool dkl_begin_newest(lua_State *L, dkl_state *state, dkl_object *object, int light);
/* Gives the newest object its finalizer, so that a collection takes it where nothing refers to it. */
void dkl_settle_newest(dkl_state *state);

/* The pointer in an object of the class. Raises where it is another, or was closed. */
void *dkl_check_object(lua_State *L, int arg, const char *class_name, const char *what);
/* The same, but NULL where it is not one, or was closed. */
void *dkl_test_object(lua_State *L, int arg, const char *class_name);
bool dkl_is_object(lua_State *L, int index, const char *class_name);
/* The value where it is the newest object, of finalizer.c, else NULL. */
dkl_object *dkl_newest(lua_State *L, int index);
/* The object itself, or NULL; the same of any class whose objects have recipes; whether it is a breakdown or a scenario. */
dkl_object *dkl_as_object(lua_State *L, int index, const char *class_name);
dkl_object *dkl_recipe_holder(lua_State *L, int index);
bool dkl_is_asked(lua_State *L, int index);

/* Of lua_parsed.c: what was parsed is parsed anew, as a script has defined a function. */
void dkl_forget_parsed(lua_State *L);

/* Of lua_expr.c: whether the value is an expression, which holds nothing of the engine's. */
bool dkl_is_expr(lua_State *L, int index);

/* "table", "column", "expr", "breakdown" or "scenario" where the value is an object of that class, else NULL. */
const char *dkl_kind(lua_State *L, int index);

/* The table of primitives that the Lua part of the library gets. */
void dkl_push_core(lua_State *L);

/* What each file opens: adds to dk (index 1) and to the primitives (index 2). dkl_open_bind comes first. */
void dkl_open_bind(lua_State *L);
void dkl_open_core(lua_State *L);
void dkl_open_needs(lua_State *L);
void dkl_open_folder(lua_State *L);
void dkl_open_file(lua_State *L);
void dkl_open_value(lua_State *L);
void dkl_open_table(lua_State *L);
void dkl_open_column(lua_State *L);
void dkl_open_expr(lua_State *L);
void dkl_open_parsed(lua_State *L);
void dkl_open_read(lua_State *L);
void dkl_open_table_new(lua_State *L);
void dkl_open_aggregate(lua_State *L);
void dkl_open_function(lua_State *L);
void dkl_open_callback(lua_State *L);
void dkl_open_map(lua_State *L);
void dkl_open_progress(lua_State *L);
void dkl_open_breakdown(lua_State *L);
void dkl_open_scenario(lua_State *L);
void dkl_open_bands(lua_State *L);
void dkl_open_contribution(lua_State *L);
void dkl_open_allocate(lua_State *L);
void dkl_open_sweep(lua_State *L);
void dkl_open_snapshot(lua_State *L);
void dkl_open_lineage(lua_State *L);
void dkl_open_behind(lua_State *L);
void dkl_open_measure_parts(lua_State *L);
void dkl_open_codes(lua_State *L);
void dkl_open_hierarchy(lua_State *L);
void dkl_open_recipe_class(lua_State *L); /* before what it records */
void dkl_open_recipe(lua_State *L);

/* Of lua_recipe.c: methods in the table on top of the stack remember what they are called with, those apart that make no
 * table. */
void dkl_record_methods(lua_State *L, const luaL_Reg *list);

#endif
