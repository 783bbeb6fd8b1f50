/* cell_measures.c - what the measures of a breakdown want to know of the people in a cell.
 *
 *   count, sum, mean, min, max, median, quantile, mode,     as many persons as the cell weighs, parts of persons too: every
 *   variance, sd, cov, corr; a host's that weigh            column that they read is one that cells are told apart by
 *   distinct                                                whole persons: of a part nobody knows whose value it takes along
 *   rows, first, last; a host's that do not weigh           records, which cells are not: rows, moved as they are
 */
#include <string.h>

#include "base/status.h"
#include "expr/defined.h"
#include "query/breakdown_parts.h"
#include "scenario_parts.h"

struct mention {
    dki_text_map *names;
    dk_status status;
    dk_error *err;
};

static bool mention(void *arg, const char *column)
{
    struct mention *m = arg;
    uint32_t number;

    m->status = dki_text_map_add(m->names, column, strlen(column), &number, m->err);
    return m->status == DK_OK;
}

static dki_want want_of(const dk_context *context, const dki_node *node)
{
    static const char *const of_records[] = { "rows", "first", "last" };
    const dk_aggregate *defined = dki_defined_find(context, node->text);

    if (defined)
        return defined->weighs ? DKI_WANT_PERSONS : DKI_WANT_RECORDS;
    for (size_t i = 0; i < sizeof of_records / sizeof *of_records; i++)
        if (strcmp(node->text, of_records[i]) == 0)
            return DKI_WANT_RECORDS;
    return strcmp(node->text, "distinct") == 0 ? DKI_WANT_WHOLE : DKI_WANT_PERSONS;
}

struct search {
    const dk_context *context;
    const dk_expr *expr;
    dki_wants *wants;
};

static bool add_want(void *arg, const dki_node *node)
{
    struct search *search = arg;
    dki_want want;

    if (node->kind != DKI_NODE_AGGREGATE)
        return true;
    want = want_of(search->context, node);
    if (want > search->wants->most)
        *search->wants = (dki_wants){ want, search->expr, node };
    return true;
}

dki_wants dki_breakdown_wants(const dk_breakdown *breakdown)
{
    dki_wants wants = { .most = DKI_WANT_PERSONS };

    for (size_t i = 0; i < breakdown->n_measures; i++) {
        struct search search = { breakdown->context, breakdown->measures[i].expr, &wants };

        (void)dki_node_visit(dki_expr_root(search.expr), add_want, &search);
    }
    return wants;
}

dk_status dki_wants_fail(const dki_wants *wants, const dk_context *context, dk_error *err)
{
    const char *name = wants->node->text;
    dk_status status;

    if (wants->most == DKI_WANT_WHOLE) {
        status =
            dki_node_fail(wants->expr, wants->node, err, DK_ERR_ARGUMENT,
                          "distinct() counts the values of whole persons, and the scenario moves parts of persons");
        dki_hint(err, "where steps move whole persons (all = true), compare knows it");
    } else if (strcmp(name, "rows") == 0) {
        status = dki_node_fail(wants->expr, wants->node, err, DK_ERR_ARGUMENT,
                               "rows() counts records, and a scenario moves persons, in parts of records too");
        dki_hint(err, "count() counts persons");
    } else {
        status =
            dki_node_fail(wants->expr, wants->node, err, DK_ERR_ARGUMENT,
                          "%s() looks at records, and a scenario moves persons, in parts of records too", name);
        if (dki_defined_find(context, name))
            dki_hint(err, "define %s() with weights: what a cell weighs can be part of a person", name);
        else
            dki_hint(err, "min(), max() and mode() are known of persons");
    }
    return status;
}

dk_status dki_breakdown_mentions(const dk_table *table, const dk_breakdown *breakdown, dki_text_map *names,
                                 dk_error *err)
{
    const dk_properties *properties = dk_table_properties(table);
    struct mention m = { names, DK_OK, err };

    (void)dki_breakdown_columns(breakdown, mention, &m);
    for (size_t i = 0; i < breakdown->n_within && m.status == DK_OK; i++) { /* levels above a dimension */
        const char *name = breakdown->within[i].node->text;

        if (dk_table_find(table, name) != DK_NO_COLUMN)
            (void)mention(&m, name);
    }
    for (size_t i = 0; i < properties->n_attached; i++) {
        const dk_attachment *attachment = &properties->attached[i];

        for (size_t k = 0; k < attachment->n_by && dki_attached_bounds(breakdown, table, attachment); k++)
            if (m.status == DK_OK && dk_table_find(table, attachment->by[k]) != DK_NO_COLUMN)
                (void)mention(&m, attachment->by[k]);
    }
    return m.status;
}
