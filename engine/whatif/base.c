/* base.c - the answer of a breakdown as things are, found once for a table and kept with it, as its cells are (cube.c).
 *
 * A table never changes, and neither does a breakdown: the same question with the same parameters has the same answer. What
 * calls the host is asked each time, as nobody knows what a script does.
 */
#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "data/table_parts.h"
#include "expr/defined.h"
#include "query/breakdown_parts.h"
#include "whatif_parts.h"

#define MOST_ANSWERS 8 /* of a table */

static const char answer_kind; /* its address stands for what is kept */

struct answer {
    dki_kept kept;
    dk_context *context;
    const dk_breakdown *breakdown;
    dk_param *params; /* names and texts are in the arena */
    size_t n_params;
    dki_arena arena;
    const dk_table *result;
};

static void drop_answer(dki_kept *kept)
{
    struct answer *answer = (struct answer *)kept;
    dk_context *context = answer->context;

    dk_table_release(answer->result);
    dk_breakdown_release(answer->breakdown);
    dki_arena_drop(&answer->arena);
    dki_free(context, answer);
    dk_context_release(context);
}

/* The same question --------------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_expr(const dk_expr *a, const dk_expr *b)
{
    return a == b || (a && b && same_text(dk_expr_text(a), dk_expr_text(b)) &&
                      dki_node_equal(dki_expr_root(a), dki_expr_root(b)));
}

static bool same_parts(const dki_part *a, const dki_part *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!same_text(a[i].name, b[i].name) || !same_text(a[i].label, b[i].label) ||
            !same_text(a[i].format, b[i].format) || !same_expr(a[i].expr, b[i].expr) ||
            a[i].shows_levels != b[i].shows_levels)
            return false;
    return true;
}

/* But for order and limit. */
static bool same_question(const dk_breakdown *a, const dk_breakdown *b)
{
    return a == b || (same_text(a->name, b->name) && same_text(a->title, b->title) && a->n_by == b->n_by &&
                      a->n_measures == b->n_measures && a->n_hidden == b->n_hidden && a->margins == b->margins &&
                      a->all_levels == b->all_levels && a->n_sets == b->n_sets && a->told == b->told &&
                      (a->n_sets == 0 || memcmp(a->sets, b->sets, a->n_sets * sizeof *a->sets) == 0) &&
                      same_expr(a->where, b->where) && same_parts(a->by, b->by, a->n_by) &&
                      same_parts(a->measures, b->measures, a->n_measures));
}

static bool same_params(const struct answer *answer, const dk_params *params)
{
    size_t n = params->n;

    for (size_t i = 0; i < n && n == answer->n_params; i++) {
        const dk_value *a = &answer->params[i].value, *b = &params->items[i].value;

        if (!same_text(answer->params[i].name, params->items[i].name) || a->type != b->type ||
            a->scale != b->scale || a->is_null != b->is_null || !dki_values_equal(a, b))
            return false;
    }
    return n == answer->n_params;
}

struct wish {
    const dk_breakdown *breakdown;
    const dk_params *params;
};

static uint64_t cost(const void *arg, const dki_kept *kept)
{
    const struct wish *wish = arg;
    const struct answer *answer = (const struct answer *)kept;

    return same_question(answer->breakdown, wish->breakdown) && same_params(answer, wish->params) ? 1
                                                                                                  : DKI_WILL_NOT_DO;
}

/* Visits all of the breakdown, also what it says of an attached table, which who walks a tree does not meet. */
struct walk {
    dki_node_visit_fn *visit;
    void *arg;
};

static bool walk_node(void *arg, const dki_node *node)
{
    const struct walk *walk = arg;

    return walk->visit(walk->arg, node) && (node->other == NULL || dki_node_visit(node->other, walk_node, arg));
}

static bool visit_all(const dk_breakdown *breakdown, dki_node_visit_fn *visit, void *arg)
{
    struct walk walk = { visit, arg };
    bool on = breakdown->where == NULL || dki_node_visit(dki_expr_root(breakdown->where), walk_node, &walk);

    for (size_t i = 0; on && i < breakdown->n_by; i++)
        on = dki_node_visit(dki_expr_root(breakdown->by[i].expr), walk_node, &walk);
    for (size_t i = 0; on && i < breakdown->n_measures; i++)
        on = dki_node_visit(dki_expr_root(breakdown->measures[i].expr), walk_node, &walk);
    return on;
}

bool dki_node_is_own(void *arg, const dki_node *node)
{
    const dk_context *context = arg;

    return (node->kind != DKI_NODE_CALL || dki_defined_find_function(context, node->text) == NULL) &&
           (node->kind != DKI_NODE_AGGREGATE || dki_defined_find(context, node->text) == NULL);
}

bool dki_breakdown_is_own(const dk_breakdown *breakdown)
{
    return visit_all(breakdown, dki_node_is_own, breakdown->context);
}

static bool is_no_param(void *arg, const dki_node *node)
{
    (void)arg;
    return node->kind != DKI_NODE_PARAM;
}

bool dki_breakdown_has_params(const dk_breakdown *breakdown)
{
    return !visit_all(breakdown, is_no_param, NULL);
}

/* Whether a node is no parameter of that name. */
static bool is_other(void *arg, const dki_node *node)
{
    return node->kind != DKI_NODE_PARAM || strcmp(node->text, arg) != 0;
}

/* Keeping ------------------------------------------------------------------------------------------------------- */

static bool copy_params(struct answer *answer, const dk_params *params)
{
    answer->n_params = params->n;
    answer->params = dki_arena_array(&answer->arena, answer->n_params + 1, sizeof *answer->params, NULL);
    for (size_t i = 0; answer->params && i < answer->n_params; i++) {
        const dk_param *from = &params->items[i];
        dk_param *to = &answer->params[i];
        bool has_text = !from->value.is_null && (from->value.type == DK_TEXT || from->value.type == DK_CATEGORY);

        *to = *from;
        to->name = dki_arena_text(&answer->arena, from->name, strlen(from->name), NULL);
        if (has_text)
            to->value.as.text.bytes =
                dki_arena_text(&answer->arena, from->value.as.text.bytes, from->value.as.text.size, NULL);
        if (to->name == NULL || (has_text && to->value.as.text.bytes == NULL))
            return false;
    }
    return answer->params != NULL;
}

/* Where there is no memory to keep it, it is not kept. */
static void keep(const dk_table *table, const struct wish *wish, const dk_table *result)
{
    dk_context *context = dk_table_context(table);
    struct answer *answer = dki_alloc(context, sizeof *answer, NULL);

    if (answer == NULL)
        return;
    *answer = (struct answer){ .context = dk_context_retain(context),
                               .breakdown = dk_breakdown_retain(wish->breakdown),
                               .result = dk_table_retain(result) };
    dki_kept_init(&answer->kept, drop_answer);
    dki_arena_init(&answer->arena, context);
    if (copy_params(answer, wish->params))
        dki_cache_add_many(context, &answer_kind, dki_table_owner(table), dki_cache_owner(), &answer->kept,
                           MOST_ANSWERS);
    dki_kept_release(&answer->kept);
}

/* Those of the parameters that the breakdown mentions, in an array of the arena. Scenarios have theirs among them. */
static dk_status own_params(const dk_breakdown *breakdown, const dk_params *params, dki_arena *arena,
                            dk_params *out, dk_error *err)
{
    dk_param *own = dki_arena_array(arena, params->n, sizeof *own, err);

    *out = (dk_params){ own, 0 };
    for (size_t i = 0; own && i < params->n; i++)
        if (!visit_all(breakdown, is_other, (void *)(uintptr_t)params->items[i].name))
            own[out->n++] = params->items[i];
    return own ? DK_OK : DK_ERR_MEMORY;
}

void dki_breakdown_whole(const dk_breakdown *breakdown, dk_breakdown *out)
{
    memcpy(out, breakdown, sizeof *out);
    out->n_order = 0;
    out->limit = 0;
    out->rest = NULL;
}

dk_status dki_base_get(const dk_breakdown *breakdown, const dk_breakdown *whole, const dk_table *table,
                       const dk_params *params, bool *was_kept, const dk_table **out, dk_error *err)
{
    dk_params own = { NULL, 0 };
    struct wish wish = { breakdown, &own };
    bool may = dki_breakdown_is_own(breakdown);
    dki_kept *kept = NULL;
    dki_arena arena;
    dk_status status = DK_OK;

    dki_arena_init(&arena, dk_table_context(table));
    if (may && params && params->n > 0)
        status = own_params(breakdown, params, &arena, &own, err);
    for (size_t i = 0; i < own.n; i++)
        may = may && own.items[i].value.type != DK_INTERVAL; /* its marker is a text of its own */
    if (status == DK_OK && may)
        kept = dki_cache_choose(dk_table_context(table), &answer_kind, dki_table_owner(table), cost, &wish);
    if (kept) {
        *out = dk_table_retain(((const struct answer *)kept)->result);
    } else if (status == DK_OK) {
        status = dk_breakdown_run(whole, table, params, out, err);
        if (status == DK_OK && may)
            keep(table, &wish, *out);
    }
    if (was_kept)
        *was_kept = kept != NULL;
    dki_kept_release(kept);
    dki_arena_drop(&arena);
    return status;
}
