/* breakdown_attached_check.c - whether attached(m) can be asked: of which table it is, and whether the cells that are shown are no
 * finer than what its figures are known by.
 *
 * Invariant: what passes can be looked up by breakdown_attached.c for each cell that is shown.
 */
#include "breakdown_known.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "data/lineage.h"

static inline const dk_properties *properties_of(const dki_plan *plan)
{
    return dk_table_properties(plan->table);
}

struct check {
    const dki_plan *plan;
    const dk_expr *expr;
    const dk_attachment *attachment; /* that the node at hand is about */
    dk_error *err;
    dk_status status;
};

static dk_status fail_unknown(const struct check *check, const dki_node *node, size_t dim)
{
    const dk_attachment *attachment = check->attachment;
    const dk_breakdown *breakdown = check->plan->breakdown;
    char names[DKI_CELL_TEXT], text[DKI_NODE_TEXT];
    size_t known = 0;

    while (known < breakdown->n_by && !dki_attached_knows(check->plan, attachment, breakdown->by[known].expr))
        known++;
    (void)dki_node_text(check->expr, node, text);
    (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT, "%s is known per %s, and %s goes by %s",
                        text, dki_lineage_list(attachment->by, attachment->n_by, names, sizeof names),
                        breakdown->title, breakdown->by[dim].name);
    if (known < breakdown->n_by)
        dki_hint(check->err,
                 "all(%s, %s) is that of each %s as a whole, attached(m, 'bounds') what it lies within; or attach "
                 "figures that are known per %s too",
                 text, breakdown->by[known].name, breakdown->by[known].name, breakdown->by[dim].name);
    else
        dki_hint(check->err,
                 "by = \"%s\", or attached(m, 'bounds') for what it lies within; or attach figures that are known "
                 "per %s too",
                 attachment->by[0], breakdown->by[dim].name);
    return DK_ERR_ARGUMENT;
}

/* Fails where cells that total `mask` and no more would have to be known. */
static dk_status check_mask(const struct check *check, const dki_node *node, uint32_t mask)
{
    uint32_t unknown = dki_attached_unknown(check->plan, node) & ~mask;

    for (size_t d = 0; unknown >> d; d++)
        if (unknown >> d & 1)
            return fail_unknown(check, node, d);
    return DK_OK;
}

static dk_status check_shown(const struct check *check, const dki_node *node)
{
    const dk_breakdown *breakdown = check->plan->breakdown;
    dk_status status = DK_OK;

    if (breakdown->margins != DK_MARGINS_SETS)
        return check_mask(check, node, 0);
    for (size_t i = 0; i < breakdown->n_sets && status == DK_OK; i++)
        status = check_mask(check, node, breakdown->sets[i]);
    return status;
}

/* Those who are surely among the figure's are a number of persons. */
static dk_status check_sure(const struct check *check, const dki_node *node)
{
    if (dki_measure_adds_up(check->plan->breakdown, node->children[0]))
        return DK_OK;
    (void)dki_node_fail(check->expr, node->children[0], check->err, DK_ERR_ARGUMENT,
                        "those who are surely among a figure's are a count or a sum");
    dki_hint(check->err,
             "attached(register, 'bounds', bekend), where bekend is a measure such as count() where ...");
    return DK_ERR_ARGUMENT;
}

/* The columns of the tables that are attached, as far as they fit. */
static const char *list_figures(const dk_properties *properties, char out[DKI_CELL_TEXT])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < properties->n_attached; i++)
        for (size_t c = 0; c < dk_table_n_columns(properties->attached[i].table); c++) {
            const char *name = dk_table_field(properties->attached[i].table, c)->name;

            if (used + strlen(name) + 3 > DKI_CELL_TEXT)
                return out;
            used += (size_t)snprintf(out + used, DKI_CELL_TEXT - used, "%s%s", used ? ", " : "", name);
        }
    return out;
}

/* Finds the table that attached(m) is about: none where the only one lacks a column, which the measure itself tells. */
static dk_status find_attachment(struct check *check, const dki_node *node)
{
    const dk_properties *properties = properties_of(check->plan);
    char text[DKI_NODE_TEXT], figures[DKI_CELL_TEXT];
    size_t n;

    check->attachment = dki_attached_to(check->plan->table, node, &n);
    if (check->attachment == NULL) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT,
                            "attached() reads figures beside the table, and it has none");
        dki_hint(check->err, "t:attach(register, \"gemeente\") says per what they are known");
        return DK_ERR_ARGUMENT;
    }
    if (n == 1)
        return DK_OK;
    if (properties->n_attached == 1) {
        check->attachment = NULL;
        return DK_OK;
    }
    (void)dki_node_text(check->expr, node, text);
    if (n == 0) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME,
                            "none of the %zu tables that are attached has the columns of %s",
                            properties->n_attached, text);
        dki_hint(check->err, "they have: %s", list_figures(properties, figures));
        return DK_ERR_NAME;
    }
    (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT,
                        "%s may be about %zu of the tables that are attached: each has the columns that it names",
                        text, n);
    dki_hint(check->err,
             "give the column a name of its own before attaching: other:rename { register = \"register_land\" }");
    return DK_ERR_ARGUMENT;
}

/* within: the all() around, or NULL. */
static dk_status check_node(struct check *check, const dki_node *node, const dki_node *within)
{
    const dk_breakdown *breakdown = check->plan->breakdown;
    bool is_all = node->kind == DKI_NODE_CALL && strcmp(node->text, "all") == 0;
    dk_status status = DK_OK;

    if (dki_is_attached(node)) {
        uint32_t mask = dki_all_totals(breakdown->n_by);

        status = find_attachment(check, node);
        if (status != DK_OK || check->attachment == NULL)
            return status;
        if (breakdown->where && !dki_attached_knows(check->plan, check->attachment, breakdown->where)) {
            char names[DKI_CELL_TEXT], text[DKI_NODE_TEXT];

            (void)dki_node_fail(
                check->expr, node, check->err, DK_ERR_ARGUMENT,
                "%s is known per %s, and the condition of %s looks at more than that",
                dki_node_text(check->expr, node, text),
                dki_lineage_list(check->attachment->by, check->attachment->n_by, names, sizeof names),
                breakdown->title);
            dki_hint(check->err, "put the condition into the measures that it is about: count() where ...");
            return DK_ERR_ARGUMENT;
        }
        if (dki_is_bounded(node))
            return check_sure(check, node);
        if (within == NULL)
            return check_shown(check, node);
        for (size_t i = 1; i < within->n_children; i++)
            mask &= ~(UINT32_C(1) << dki_breakdown_find_dimension(breakdown, within->children[i]->text));
        return check_mask(check, node, mask);
    }
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
        status = check_node(check, node->children[i], is_all ? node : within);
    return status;
}

dk_status dki_plan_check_attached(const dki_plan *plan, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < plan->breakdown->n_measures && status == DK_OK; i++) {
        struct check check = { .plan = plan, .expr = plan->breakdown->measures[i].expr, .err = err };

        status = check_node(&check, dki_expr_root(check.expr), NULL);
    }
    return status;
}
