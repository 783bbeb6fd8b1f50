/* breakdown_attached_lacking.c - figures that totals lack: rows of a region of which the table beside knows nothing count in the
 * country, and no figure does.
 *
 * A breakdown by regions tells it of each. One that is coarser asks this question too, by what the figures are known by, and
 * passes its note on. Cost: another pass over the rows.
 */
#include <string.h>

#include "breakdown_known.h"

/* Whether the breakdown tells all apart by which the figures are known. */
static bool tells_keys(const dki_plan *plan, const dk_attachment *attachment)
{
    const dk_breakdown *breakdown = plan->breakdown;
    size_t n_told = 0;

    for (size_t k = 0; k < attachment->n_by; k++)
        for (size_t d = 0; d < breakdown->n_by; d++) {
            const dki_node *root = dki_expr_root(breakdown->by[d].expr);

            if (root->kind == DKI_NODE_NAME && strcmp(root->text, attachment->by[k]) == 0) {
                n_told++;
                break;
            }
        }
    return n_told == attachment->n_by;
}

static dk_status ask(const dki_result *result, const dk_attachment *attachment, const char *measure,
                     const dk_table **out, dk_error *err)
{
    const dki_plan *plan = result->plan;
    const dk_breakdown *breakdown = NULL;
    dki_arena *arena = (dki_arena *)&result->arena;
    dk_measure *by = dki_arena_array(arena, attachment->n_by, sizeof *by, err), asked = { .text = measure };
    dk_breakdown_spec spec = { .by = by, .n_by = attachment->n_by, .measures = &asked, .n_measures = 1 };
    dk_status status;

    if (by == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < attachment->n_by; i++) {
        by[i].text = dki_arena_format(arena, err, "`%s`", attachment->by[i]);
        if (by[i].text == NULL)
            return DK_ERR_MEMORY;
    }
    if (plan->breakdown->where)
        spec.where = dk_expr_text(plan->breakdown->where);
    status = dk_breakdown_new(plan->context, &spec, &breakdown, err);
    if (status == DK_OK)
        status = dk_breakdown_run(breakdown, plan->table, plan->params, out, err);
    dk_breakdown_release(breakdown);
    return status;
}

dk_status dki_attached_lacking(const dki_result *result, const dk_expr *expr, const dki_node *node,
                               dki_note_fn *note, void *arg, dk_error *err)
{
    size_t n;
    const dk_attachment *attachment = dki_attached_to(result->plan->table, node, &n);
    const dk_table *regions = NULL;
    dk_error lost = DK_ERROR_INIT;
    const char *measure, *name = "figure", *mark = "the table that is attached knows nothing of ";
    dk_status status = DK_OK;

    if (attachment == NULL || tells_keys(result->plan, attachment))
        return DK_OK;
    while (name && dk_table_find(result->plan->table, name) != DK_NO_COLUMN)
        name = dki_arena_format((dki_arena *)&result->arena, err, "%s_", name);
    measure = name ? dki_arena_format((dki_arena *)&result->arena, err, "%s = attached(%.*s)", name,
                                      (int)node->other->size, dk_expr_text(expr) + node->other->at)
                   : NULL;
    if (measure == NULL)
        return DK_ERR_MEMORY;
    status = ask(result, attachment, measure, &regions, err ? err : &lost);
    if (status == DK_ERR_NAME) { /* cells that were grouped without it: their table was asked first */
        *(err ? err : &lost) = (dk_error)DK_ERROR_INIT;
        return DK_OK;
    }
    for (size_t i = 0; status == DK_OK && i < dk_table_n_notes(regions); i++)
        if (strstr(dk_table_note(regions, i), mark))
            status = note(arg, dk_table_note(regions, i), err);
    dk_table_release(regions);
    return status;
}
