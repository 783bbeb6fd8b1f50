/* lua_measure_parts.c - what a measure is made of, for scripts/dekking/explain_parts.lua: its aggregates, the measures that it
 * names, the figures of other tables, and its quotients.
 *
 * They come in the order in which they are computed, the whole last. Each text can be asked as a measure of its own.
 */
#include <string.h>

#include "bind.h"
#include "expr/node_source.h"
#include "lua_options.h"
#include "lua_value.h"

struct walk {
    lua_State *L;
    const dk_expr *expr;
    dki_buffer *buffer;
    int list; /* its index */
    lua_Integer n;
    bool is_plain; /* of the four operations alone */
};

typedef dk_status put_fn(dki_buffer *out, const dk_expr *expr, const dki_node *node, dk_error *err);

static void push_text(struct walk *walk, put_fn *put, const dki_node *node)
{
    dk_error err = DK_ERROR_INIT;

    walk->buffer->size = 0;
    if (put(walk->buffer, walk->expr, node, &err) != DK_OK)
        dkl_raise(walk->L, &err);
    lua_pushlstring(walk->L, walk->buffer->bytes, walk->buffer->size);
}

static void push_node(struct walk *walk, const dki_node *node)
{
    push_text(walk, dki_node_put, node);
}

static void push_written(struct walk *walk, const dki_node *node)
{
    lua_pushlstring(walk->L, dk_expr_text(walk->expr) + node->at, node->size);
}

/* Leaves the part on the stack; add takes it. */
static void new_part(struct walk *walk, const char *kind, const dki_node *node)
{
    lua_createtable(walk->L, 0, 6);
    lua_pushstring(walk->L, kind);
    lua_setfield(walk->L, -2, "kind");
    push_node(walk, node);
    lua_setfield(walk->L, -2, "text");
}

/* within: the dimensions that all() goes over, as a text such as ", regio"; NULL outside. */
static void add(struct walk *walk, const char *within)
{
    if (within) {
        lua_pushstring(walk->L, within);
        lua_setfield(walk->L, -2, "within");
    }
    lua_rawseti(walk->L, walk->list, ++walk->n);
}

static void add_aggregate(struct walk *walk, const dki_node *node, const char *within)
{
    lua_State *L = walk->L;

    new_part(walk, "aggregate", node);
    lua_pushstring(L, node->text);
    lua_setfield(L, -2, "name");
    if (node->filter) {
        push_text(walk, dki_node_put_filter, node->filter);
        lua_setfield(L, -2, "filter");
    }
    if (node->n_children > 0) {
        push_written(walk, node->children[0]);
        lua_setfield(L, -2, "argument");
    }
    lua_pushinteger(L, (lua_Integer)node->n_children);
    lua_setfield(L, -2, "n_arguments");
    add(walk, within);
}

static void add_parts(struct walk *walk, const dki_node *node, const char *within, bool is_whole);

static bool is_operation(const char *name)
{
    static const char *const operations[] = { "+", "-", "*", "/", "all" };
    bool found = false;

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        found = found || strcmp(name, operations[i]) == 0;
    return found;
}

/* What all() is of, over the dimensions that it names: ", regio, klasse". */
static void add_all(struct walk *walk, const dki_node *node)
{
    lua_State *L = walk->L;

    lua_pushliteral(L, "");
    for (size_t i = 1; i < node->n_children; i++) {
        lua_pushliteral(L, ", ");
        push_written(walk, node->children[i]);
        lua_concat(L, 3);
    }
    add_parts(walk, node->children[0], lua_tostring(L, -1), false);
    lua_pop(L, 1);
}

static void add_parts(struct walk *walk, const dki_node *node, const char *within, bool is_whole)
{
    lua_State *L = walk->L;

    luaL_checkstack(L, 8, "parts of a measure");
    if (node->kind == DKI_NODE_AGGREGATE) {
        add_aggregate(walk, node, within);
        return;
    }
    if (node->kind == DKI_NODE_NAME) {
        new_part(walk, "name", node);
        lua_pushstring(L, node->text);
        lua_setfield(L, -2, "name");
        add(walk, within);
        return;
    }
    if (node->kind != DKI_NODE_CALL)
        return;
    if (strcmp(node->text, "all") == 0 && node->other == NULL) {
        add_all(walk, node);
        return;
    }
    walk->is_plain = walk->is_plain && (node->other || is_operation(node->text));
    for (size_t i = 0; i < node->n_children; i++)
        add_parts(walk, node->children[i], within, false);
    if (node->other) {
        new_part(walk, "figure", node);
        add(walk, within);
    } else if (strcmp(node->text, "/") == 0) {
        new_part(walk, "quotient", node);
        push_node(walk, node->children[0]);
        lua_setfield(L, -2, "numerator");
        push_node(walk, node->children[1]);
        lua_setfield(L, -2, "denominator");
        lua_pushboolean(L, is_whole);
        lua_setfield(L, -2, "is_whole");
        add(walk, within);
    }
}

static void release_expr(void *held)
{
    dk_expr_release(held);
}

/* core.measure_parts(text) -> list of { kind = "aggregate", text =, name =, filter =, argument =, n_arguments =, within = },
 * { kind = "name", name =, ... }, { kind = "figure", ... }, { kind = "quotient", numerator =, denominator =, is_whole = }; whether nothing
 * but + - * / and all() is done with them */
static int measure_parts(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    dk_context *context = dkl_check_context(L);
    dk_error err = DK_ERROR_INIT;
    void **slot = dkl_slot(L, release_expr);
    const dk_expr *expr = NULL;
    struct walk walk = { .L = L, .is_plain = true };

    DKL_TRY(dk_expr_parse(context, text, &expr, &err));
    *slot = (void *)expr;
    walk.expr = expr;
    walk.buffer = dkl_buffer(L);
    lua_newtable(L);
    walk.list = lua_gettop(L);
    add_parts(&walk, dki_expr_root(expr), NULL, true);
    lua_pushboolean(L, walk.is_plain);
    return 2;
}

void dkl_open_measure_parts(lua_State *L)
{
    lua_pushcfunction(L, measure_parts);
    lua_setfield(L, 2, "measure_parts");
}
