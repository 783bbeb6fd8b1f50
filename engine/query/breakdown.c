/* breakdown.c - a parsed breakdown: made of a specification, looked into, released.
 *
 * Which names are columns is known only when a table comes; which names may be measures and dimensions is known
 * here.
 *
 * Invariants of what dk_breakdown_new gives: names of dimensions and measures are unique; an aggregate has the
 * arguments that it takes and stands in no other; a name outside an aggregate is a dimension or a measure made
 * before; "all" has a measure, and behind it names, of which those that are no dimensions are kept in `within`; every order
 * names a column of the result.
 */
#include "breakdown_parts.h"

#include <string.h>

#include "base/memory.h"

static size_t find_part(const dki_part *parts, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(parts[i].name, name) == 0)
            return i;
    }
    return SIZE_MAX;
}

size_t dki_breakdown_find_dimension(const dk_breakdown *breakdown, const char *name)
{
    return find_part(breakdown->by, breakdown->n_by, name);
}

size_t dki_breakdown_find_measure(const dk_breakdown *breakdown, const char *name)
{
    return find_part(breakdown->measures, breakdown->n_measures, name);
}

bool dki_breakdown_shows_levels(const dk_breakdown *breakdown)
{
    bool shows = breakdown->all_levels;

    for (size_t d = 0; d < breakdown->n_by; d++)
        shows = shows || breakdown->by[d].shows_levels;
    return shows;
}

const char *dk_breakdown_name(const dk_breakdown *breakdown)
{
    return breakdown->name;
}

/* Columns that are read. --------------------------------------------------------------------------------------- */

struct columns {
    dki_column_visit_fn *visit;
    void *arg;
};

static bool visit_name(void *arg, const dki_node *node)
{
    const struct columns *columns = arg;

    return node->kind != DKI_NODE_NAME || columns->visit(columns->arg, node->text);
}

static bool visit_aggregate(void *arg, const dki_node *node)
{
    return node->kind != DKI_NODE_AGGREGATE || dki_node_visit(node, visit_name, arg);
}

bool dki_breakdown_columns(const dk_breakdown *breakdown, dki_column_visit_fn *visit, void *arg)
{
    struct columns columns = { visit, arg };

    for (size_t i = 0; i < breakdown->n_by; i++) {
        if (!dki_node_visit(dki_expr_root(breakdown->by[i].expr), visit_name, &columns))
            return false;
    }
    if (breakdown->where && !dki_node_visit(dki_expr_root(breakdown->where), visit_name, &columns))
        return false;
    for (size_t i = 0; i < breakdown->n_measures; i++) {
        if (!dki_node_visit(dki_expr_root(breakdown->measures[i].expr), visit_aggregate, &columns))
            return false;
    }
    return true;
}

/* Life. -------------------------------------------------------------------------------------------------------- */

dk_status dk_breakdown_new(dk_context *context, const dk_breakdown_spec *spec, const dk_breakdown **out,
                           dk_error *err)
{
    dk_breakdown *breakdown = dki_calloc(context, 1, sizeof *breakdown, err);
    dk_status status;

    if (breakdown == NULL)
        return DK_ERR_MEMORY;
    atomic_init(&breakdown->references, 1);
    breakdown->context = dk_context_retain(context);
    dki_arena_init(&breakdown->arena, context);
    status = dki_breakdown_read_spec(breakdown, spec, err);
    if (status != DK_OK) {
        dk_breakdown_release(breakdown);
        return status;
    }
    *out = breakdown;
    return DK_OK;
}

const dk_breakdown *dk_breakdown_retain(const dk_breakdown *breakdown)
{
    atomic_fetch_add_explicit(&((dk_breakdown *)breakdown)->references, 1, memory_order_relaxed);
    return breakdown;
}

void dk_breakdown_release(const dk_breakdown *breakdown)
{
    dk_breakdown *mine = (dk_breakdown *)breakdown;
    dk_context *context;

    if (mine == NULL || atomic_fetch_sub_explicit(&mine->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < mine->n_by; i++)
        dk_expr_release(mine->by[i].expr);
    for (size_t i = 0; i < mine->n_measures; i++)
        dk_expr_release(mine->measures[i].expr);
    dk_expr_release(mine->where);
    dki_arena_drop(&mine->arena);
    context = mine->context;
    dki_free(context, mine);
    dk_context_release(context);
}
