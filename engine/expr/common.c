/* common.c - parts that several expressions have in common, computed once for each block.
 *
 * Larger parts go first: what stands within all places of one needs no place of its own. A reference asks for the
 * rows that its own expression has open. So a part is computed for no row that no expression reaches, and fails
 * only there; rows that a later reference adds are computed together with those that are there, which gives these
 * the same values again.
 *
 * Cost of finding: all pairs of operators of the trees, up to MOST_NODES of them; beyond that nothing is shared.
 */
#include "common.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/memory.h"
#include "base/status.h"
#include "bound.h"

#define MOST_NODES 400

/* Finding. ----------------------------------------------------------------------------------------------------- */

struct place {
    dki_tree tree;
    size_t last;  /* places from the next one to last - 1 stand within it */
    bool covered; /* by a larger part that is shared */
};

struct search {
    struct place *places;
    size_t n;
    const dk_expr *expr;
    bool full;
};

/* Operators and functions, each before what stands within it. */
static void list_places(struct search *search, const dki_node *node)
{
    size_t at = search->n;

    if (node->kind == DKI_NODE_CALL) {
        if (search->n == MOST_NODES) {
            search->full = true;
            return;
        }
        search->places[search->n++] = (struct place){ .tree = { search->expr, node } };
    }
    for (size_t i = 0; i < node->n_children && !search->full; i++)
        list_places(search, node->children[i]);
    if (node->kind == DKI_NODE_CALL)
        search->places[at].last = search->n;
}

/* The part of this place, with the number of places that are not covered. The first stays open to smaller parts. */
static size_t count_places(struct search *search, size_t at)
{
    const dki_node *node = search->places[at].tree.node;
    size_t n = 1;

    for (size_t i = search->places[at].last; i < search->n; i++)
        n += !search->places[i].covered && dki_node_equal(search->places[i].tree.node, node);
    for (size_t i = search->places[at].last; n > 1 && i < search->n; i++) {
        if (search->places[i].covered || !dki_node_equal(search->places[i].tree.node, node))
            continue;
        for (size_t k = i; k < search->places[i].last; k++)
            search->places[k].covered = true;
    }
    return n;
}

/* A part that is looked up, or lies in a column, costs no more twice. */
static bool is_cheap(const dki_bound *bound)
{
    const dki_op *root = bound->root;

    return root->is_constant || root->run == dki_run_column || root->run == dki_run_child ||
           root->run == dki_run_lookup || root->run == dki_run_common;
}

static dk_status add_part(dki_common *common, const dki_scope *scope, dki_tree tree, size_t n_places, dk_error *err)
{
    dki_scope with = *scope;
    dki_common_part part = { .expr = tree.expr, .node = tree.node, .n_places = n_places };
    dk_error quiet = DK_ERROR_INIT;
    dk_status status;

    with.common = common;
    status = dki_bind(&with, tree.expr, tree.node, &part.bound, &quiet);
    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
        if (err)
            *err = quiet;
        return status;
    }
    if (status != DK_OK) /* who binds the whole says so */
        return DK_OK;
    if (is_cheap(part.bound))
        dki_bound_release(part.bound);
    else
        common->parts[common->n++] = part;
    return DK_OK;
}

/* Binds those that occur more than once, smaller ones first: a larger one refers to them. */
static dk_status add_parts(dki_common *common, const dki_scope *scope, const struct search *search,
                           size_t *n_places, dk_error *err)
{
    for (;;) {
        size_t next = SIZE_MAX;
        dk_status status;

        for (size_t i = 0; i < search->n; i++)
            if (n_places[i] > 1 &&
                (next == SIZE_MAX || search->places[i].tree.node->depth < search->places[next].tree.node->depth))
                next = i;
        if (next == SIZE_MAX)
            return DK_OK;
        status = add_part(common, scope, search->places[next].tree, n_places[next], err);
        if (status != DK_OK)
            return status;
        n_places[next] = 0;
    }
}

dk_status dki_common_find(dki_common *common, const dki_scope *scope, const dki_tree *trees, size_t n,
                          dk_error *err)
{
    struct place places[MOST_NODES];
    size_t n_places[MOST_NODES], most = 0;
    struct search search = { .places = places };

    common->context = dk_table_context(scope->table);
    for (size_t i = 0; i < n && !search.full; i++) {
        search.expr = trees[i].expr;
        list_places(&search, trees[i].node);
    }
    if (search.full)
        return DK_OK;
    for (size_t i = 0; i < search.n; i++) {
        n_places[i] = places[i].covered ? 0 : count_places(&search, i);
        most += n_places[i] > 1;
    }
    common->parts = dki_alloc_array(common->context, most, sizeof *common->parts, err);
    if (common->parts == NULL)
        return DK_ERR_MEMORY;
    return add_parts(common, scope, &search, n_places, err);
}

void dki_common_drop(dki_common *common)
{
    for (size_t i = 0; i < common->n; i++)
        dki_bound_release(common->parts[i].bound);
    if (common->context)
        dki_free(common->context, common->parts);
    memset(common, 0, sizeof *common);
}

/* Binding. ----------------------------------------------------------------------------------------------------- */

dk_status dki_common_bind(dki_binder *b, const dki_node *node, dki_op **out)
{
    const dki_common *common = b->scope->common;

    *out = NULL;
    for (size_t i = 0; common && i < common->n; i++) {
        const dki_bound *bound = common->parts[i].bound;

        if (!dki_node_equal(common->parts[i].node, node))
            continue;
        *out = dki_op_new(b, node, dki_run_common, bound->root->type, bound->root->scale, 0);
        if (*out == NULL)
            return DK_ERR_MEMORY;
        (*out)->levels = bound->root->levels; /* the part outlives what refers to it */
        (*out)->column = i;
        (*out)->data = &common->parts[i];
        return DK_OK;
    }
    return DK_OK;
}

/* Running. ----------------------------------------------------------------------------------------------------- */

dk_status dki_common_evals_init(dki_common_evals *evals, const dki_common *common, dk_error *err)
{
    dk_status status = DK_OK;

    if (common->n == 0)
        return DK_OK;
    evals->items = dki_calloc(common->context, common->n, sizeof *evals->items, err);
    if (evals->items == NULL)
        return DK_ERR_MEMORY;
    evals->context = common->context;
    evals->n = common->n;
    for (size_t i = 0; i < common->n && status == DK_OK; i++) {
        status = dki_eval_new(common->parts[i].bound, &evals->items[i].eval, err);
        if (status == DK_OK)
            dki_eval_use(evals->items[i].eval, evals);
    }
    return status;
}

void dki_common_evals_drop(dki_common_evals *evals)
{
    for (size_t i = 0; i < evals->n; i++)
        dki_eval_release(evals->items[i].eval);
    if (evals->context)
        dki_free(evals->context, evals->items);
    memset(evals, 0, sizeof *evals);
}

void dki_eval_use(dki_eval *eval, dki_common_evals *evals)
{
    if (eval)
        eval->common = evals;
}

/* What failed in a part shows the place that asked for it. */
static dk_status fail_here(const dki_eval *eval, const dki_op *op, dk_status status, dk_error *err)
{
    const dki_common_part *part = op->data;
    dk_error found;
    size_t size;

    if (err == NULL || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || op->node == part->node)
        return status;
    found = *err;
    size = strcspn(found.message, "\n"); /* the expression and the mark come behind */
    (void)dki_node_fail(eval->bound->expr, op->node, err, status, "%.*s", (int)size, found.message);
    memcpy(err->hint, found.hint, sizeof err->hint);
    return status;
}

dk_status dki_run_common(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_common_eval *common = &eval->common->items[op->column];
    dki_eval *own = common->eval;
    size_t n_words = dki_bit_words(eval->n);
    bool same = common->n == eval->n && common->row == eval->row;
    uint64_t missing = 0, rows[DK_BLOCK_WORDS];
    dk_status status = DK_OK;

    for (size_t w = 0; w < n_words; w++) {
        rows[w] = selection[w] | (same ? common->done[w] : 0);
        missing |= rows[w] & ~(same ? common->done[w] : 0);
    }
    if (missing != 0 || !same) {
        if (!same)
            dki_arena_drop(&own->arena); /* texts of another block */
        own->row = eval->row;
        own->n = eval->n;
        common->n = 0;
        status = dki_op_run(own, own->root, rows, err);
        if (status != DK_OK)
            return fail_here(eval, op, status, err);
        common->n_computed += dki_bits_count(rows, eval->n) - (same ? dki_bits_count(common->done, eval->n) : 0);
        common->row = eval->row;
        common->n = eval->n;
        memcpy(common->done, rows, n_words * sizeof *rows);
    }
    eval->slots[op->slot].vector = dki_op_vector(own, own->root);
    return DK_OK;
}
