/* breakdown_sight.c - what an aggregate's argument may be: told by the columns that stand in it, and by its calls. */
#include "breakdown_sight.h"

#include <string.h>

#include "data/marker.h"

static void see_marker(dki_sight *sight, const dk_dictionary *markers, uint32_t code)
{
    dki_marker_means means = dki_marker_of(markers, code);
    dk_text *missing = means.meaning == DK_MEANS_IMPOSSIBLE    ? &sight->impossible
                       : means.meaning == DK_MEANS_UNAVAILABLE ? &sight->unavailable
                                                               : NULL;

    sight->has_estimates |= means.meaning == DK_MEANS_ESTIMATE;
    sight->may_be_null |= means.may_be_null;
    if (missing && missing->bytes == NULL)
        *missing = dk_dictionary_level(markers, code);
}

static bool see(void *arg, const dki_node *node)
{
    dki_sight *sight = arg;
    const dk_column *column;
    const dk_dictionary *markers;
    size_t at;

    if (node->kind == DKI_NODE_CALL) {
        sight->has_intervals |= strcmp(node->text, "interval") == 0;
        sight->may_be_null |= strcmp(node->text, "/") == 0;
    }
    at = node->kind == DKI_NODE_NAME ? dk_table_find(sight->table, node->text) : DK_NO_COLUMN;
    column = at == DK_NO_COLUMN ? NULL : dk_table_field(sight->table, at)->column;
    if (column == NULL || dk_column_type(column) != DK_INTERVAL)
        return true;
    sight->has_intervals = true;
    markers = dk_column_levels(dk_column_child(column, DK_CHILD_MARKER));
    for (uint32_t code = 1; code <= dk_dictionary_n_levels(markers); code++)
        see_marker(sight, markers, code);
    return true;
}

dk_status dki_sight_of(const dki_plan *plan, const dk_expr *expr, const dki_node *argument, dki_sight *sight,
                       bool *is_interval, dk_error *err)
{
    dki_scope scope = { .table = plan->table, .params = plan->params };
    dki_bound *bound = NULL;
    dk_status status = DK_OK;

    *is_interval = false;
    *sight = (dki_sight){ .table = plan->table };
    (void)dki_node_visit(argument, see, sight);
    if (!sight->has_intervals)
        return DK_OK;
    status = dki_bind(&scope, expr, argument, &bound, err);
    if (status == DK_OK)
        *is_interval = dki_bound_type(bound) == DK_INTERVAL;
    dki_bound_release(bound);
    return status;
}
