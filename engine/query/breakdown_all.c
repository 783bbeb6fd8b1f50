/* breakdown_all.c - several breakdowns over one table in one pass.
 *
 * Each is planned as if it were alone, but that parts of expressions which any two of them have in common are bound once and
 * evaluated once for each block. The rows are then gone through once for all whose groups are few (breakdown_scan.c).
 *
 * Invariants: results and their notes are those of each alone. Where anything fails, be it for want of memory for all at
 * once, they are run one after the other: so the error, if there is one still, is that of the first that fails alone.
 * Those with a rest take two passes each, those with a share within what is no dimension get a dimension more, and those with
 * aggregates of the host call it in the order of their own pass: they are run alone.
 */
#include "breakdown_plan.h"

#include <string.h>

#include "base/memory.h"

struct all {
    dk_context *context;
    const dk_breakdown *const *breakdowns;
    size_t n;
    const dk_table *table;
    const dk_params *params;
    bool traced; /* how they were computed is asked for, in the place of results */
    dki_common common;
    const dk_breakdown **together; /* what follows is of these, n_together of them */
    size_t *places;                /* among all */
    size_t n_together;
    dki_plan *plans;
    dki_trace *traces; /* NULL: nobody asks */
    const dki_plan **plan_of;
    dki_groups *groups;
};

static dk_status all_init(struct all *all, dk_error *err)
{
    size_t n = all->n;

    all->together = dki_calloc(all->context, n, sizeof *all->together, err);
    all->places = dki_calloc(all->context, n, sizeof *all->places, err);
    all->plans = dki_calloc(all->context, n, sizeof *all->plans, err);
    all->plan_of = dki_calloc(all->context, n, sizeof *all->plan_of, err);
    all->groups = dki_calloc(all->context, n, sizeof *all->groups, err);
    all->traces = all->traced ? dki_calloc(all->context, n, sizeof *all->traces, err) : NULL;
    if (all->traced && all->traces == NULL)
        return DK_ERR_MEMORY;
    return all->together && all->places && all->plans && all->plan_of && all->groups ? DK_OK : DK_ERR_MEMORY;
}

static void all_drop(struct all *all)
{
    for (size_t i = 0; all->groups && i < all->n_together; i++)
        dki_groups_drop(&all->groups[i]);
    for (size_t i = 0; all->plans && i < all->n_together; i++) {
        if (all->plans[i].context && all->traces)
            dki_trace_drop(&all->traces[i], &all->plans[i]);
        if (all->plans[i].context)
            dki_plan_drop(&all->plans[i]);
    }
    dki_common_drop(&all->common);
    dki_free(all->context, (void *)all->together);
    dki_free(all->context, all->places);
    dki_free(all->context, all->plans);
    dki_free(all->context, all->traces);
    dki_free(all->context, (void *)all->plan_of);
    dki_free(all->context, all->groups);
}

static bool has_defined(void *arg, const dki_node *node)
{
    dki_aggregate_kind kind;

    (void)arg;
    if (dki_is_bounded(node)) /* it may get dimensions that nobody sees */
        return false;
    return node->kind != DKI_NODE_AGGREGATE || dki_aggregate_find(node->text, &kind);
}

static bool goes_together(const dk_breakdown *breakdown)
{
    for (size_t i = 0; i < breakdown->n_measures; i++) {
        if (!dki_node_visit(dki_expr_root(breakdown->measures[i].expr), has_defined, NULL))
            return false;
    }
    return breakdown->rest == NULL && breakdown->n_within == 0;
}

static dk_status plan_all(struct all *all, dk_error *err)
{
    dk_status status;

    for (size_t i = 0; i < all->n; i++) {
        if (!goes_together(all->breakdowns[i]))
            continue;
        all->places[all->n_together] = i;
        all->together[all->n_together++] = all->breakdowns[i];
    }
    status = dki_plan_common(all->together, all->n_together, all->table, all->params, &all->common, err);
    for (size_t i = 0; status == DK_OK && i < all->n_together; i++) {
        uint64_t since = all->traces ? dki_trace_now() : 0;

        status = dki_plan_init(&all->plans[i], all->together[i], all->table, all->params, &all->common, err);
        dki_trace_lap(all->traces ? all->traces[i].phases : NULL, DKI_PHASE_BIND, &since);
        if (status == DK_OK && all->traces)
            status = dki_trace_begin(&all->traces[i], &all->plans[i], err);
        all->plan_of[i] = &all->plans[i];
    }
    return status;
}

/* What is said of expressions is said in the order in which a breakdown alone binds them. */
static dk_status finish(struct all *all, size_t i, const dk_table **out, dk_error *err)
{
    dki_plan alone;
    dk_status status;

    if (!dki_plan_has_notes(&all->plans[i]))
        return dki_plan_finish(&all->plans[i], &all->plans[i], &all->groups[i], out, err);
    status = dki_plan_init(&alone, all->together[i], all->table, all->params, NULL, err);
    if (status == DK_OK)
        status = dki_plan_finish(&all->plans[i], &alone, &all->groups[i], out, err);
    dki_plan_drop(&alone);
    return status;
}

static dk_status run_together(struct all *all, const dk_table **made, dk_error *err)
{
    dk_status status = all_init(all, err);

    if (status == DK_OK)
        status = plan_all(all, err);
    if (status == DK_OK && all->n_together > 0)
        status = dki_groups_scan(all->groups, all->plan_of, all->n_together, err);
    for (size_t i = 0; status == DK_OK && i < all->n_together; i++)
        status = finish(all, i, &made[all->places[i]], err);
    all_drop(all);
    return status;
}

/* Runs those that have no result yet, in their order. */
static dk_status run_alone(const struct all *all, const dk_table **made, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < all->n; i++) {
        if (made[i] == NULL)
            status = (all->traced ? dk_breakdown_plan : dk_breakdown_run)(all->breakdowns[i], all->table,
                                                                          all->params, &made[i], err);
    }
    return status;
}

static void release_all(const dk_table **made, size_t n)
{
    for (size_t i = 0; i < n; i++)
        dk_table_release(made[i]);
    memset((void *)made, 0, n * sizeof *made);
}

static dk_status run_all(const dk_breakdown *const *breakdowns, size_t n, const dk_table *table,
                         const dk_params *params, bool traced, const dk_table **out, dk_error *err)
{
    struct all all = { .breakdowns = breakdowns, .n = n, .table = table, .params = params, .traced = traced };
    dk_error first = DK_ERROR_INIT;
    const dk_table **made;
    dk_status status;

    all.context = dk_table_context(table);
    made = dki_calloc(all.context, n, sizeof *made, err);
    if (made == NULL)
        return DK_ERR_MEMORY;
    status = n > 1 ? run_together(&all, made, &first) : DK_OK;
    if (status == DK_ERR_INTERRUPTED || status == DK_ERR_CALLBACK) {
        if (err)
            *err = first;
    } else {
        if (status != DK_OK)
            release_all(made, n);
        status = run_alone(&all, made, err);
    }
    if (status == DK_OK)
        memcpy((void *)out, (const void *)made, n * sizeof *made);
    else
        release_all(made, n);
    dki_free(all.context, (void *)made);
    return status;
}

dk_status dk_breakdown_run_all(const dk_breakdown *const *breakdowns, size_t n, const dk_table *table,
                               const dk_params *params, const dk_table **out, dk_error *err)
{
    return run_all(breakdowns, n, table, params, false, out, err);
}

dk_status dk_breakdown_plan_all(const dk_breakdown *const *breakdowns, size_t n, const dk_table *table,
                                const dk_params *params, const dk_table **out, dk_error *err)
{
    return run_all(breakdowns, n, table, params, true, out, err);
}
