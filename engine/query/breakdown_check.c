/* breakdown_check.c - what names and calls of measures stand for, as far as it is known without a table.
 *
 * Measures are gone through in their order: a name outside an aggregate is a dimension or a measure made before, a call is one of
 * a function, all() has a measure and names behind it, and no aggregate stands in another.
 */
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "breakdown_parts.h"
#include "expr/aggregate_list.h"
#include "expr/bound.h"
#include "expr/defined.h"
#include "expr/elsewhere.h"
#include "expr/quote.h"

#define MOST_NODES 1000000

struct check {
    dk_breakdown *breakdown;
    const dk_expr *expr; /* of the measure that is checked */
    size_t n_before;     /* measures made before it */
    dk_error *err;
    const dki_node *found;
    bool has_rest; /* the breakdown is to have one */
    uint64_t n_nodes;
};

static bool is_all(const dki_node *node)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, "all") == 0;
}

static bool find_aggregate(void *arg, const dki_node *node)
{
    struct check *check = arg;

    if (node->kind != DKI_NODE_AGGREGATE && !is_all(node))
        return true;
    check->found = node;
    return false;
}

static dk_status check_aggregate(struct check *check, const dki_node *node)
{
    for (size_t i = 0; i <= node->n_children; i++) {
        const dki_node *below = i < node->n_children ? node->children[i] : node->filter;

        if (below && !dki_node_visit(below, find_aggregate, check)) {
            (void)dki_node_fail(check->expr, check->found, check->err, DK_ERR_ARGUMENT, "%s() stands inside %s()",
                                check->found->text, node->text);
            dki_hint(check->err,
                     "make it a measure of its own, and compute with that: inside an aggregate names are "
                     "columns");
            return DK_ERR_ARGUMENT;
        }
    }
    return DK_OK;
}

enum { UNSEEN, SEEN, DONE };

/* Marks the measures that a node outside aggregates names. */
static void see_names(const dk_breakdown *breakdown, const dki_node *node, uint8_t *seen)
{
    size_t measure = node->kind == DKI_NODE_NAME ? dki_breakdown_find_measure(breakdown, node->text) : SIZE_MAX;

    if (measure != SIZE_MAX && seen[measure] == UNSEEN)
        seen[measure] = SEEN;
    for (size_t i = 0; node->kind == DKI_NODE_CALL && i < node->n_children; i++)
        see_names(breakdown, node->children[i], seen);
}

/* Whether a measure is made of another one, also by way of others. */
static dk_status is_made_of(dk_breakdown *breakdown, size_t measure, size_t of, bool *out, dk_error *err)
{
    uint8_t *seen = dki_arena_array(&breakdown->arena, breakdown->n_measures, sizeof *seen, err);
    bool more = true;

    if (seen == NULL)
        return DK_ERR_MEMORY;
    memset(seen, UNSEEN, breakdown->n_measures);
    seen[measure] = SEEN;
    while (more) {
        more = false;
        for (size_t i = 0; i < breakdown->n_measures; i++) {
            if (seen[i] != SEEN)
                continue;
            seen[i] = DONE;
            more = true;
            see_names(breakdown, dki_expr_root(breakdown->measures[i].expr), seen);
        }
    }
    *out = seen[of] == DONE;
    return DK_OK;
}

/* A name of a measure that is not made before: later ones may be made of it. */
static dk_status fail_measure(struct check *check, const dki_node *node, size_t measure)
{
    dk_breakdown *breakdown = check->breakdown;
    const char *own = breakdown->measures[check->n_before].name;
    char quoted[DKI_QUOTED_SIZE];
    bool circular = false;
    dk_status status = is_made_of(breakdown, measure, check->n_before, &circular, check->err);

    if (status != DK_OK)
        return status;
    if (measure == check->n_before) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME, "the measure %s is made of itself", own);
        dki_hint(check->err, "a column stands inside an aggregate, and the measure has another name: sum(%s)",
                 dki_quote_shown(node->text, quoted));
    } else if (circular) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME,
                            "the measures %s and %s are made of each other", own, node->text);
        dki_hint(check->err, "one of them has to be made without the other");
    } else {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME,
                            "the measure %s is not made before this one", node->text);
        dki_hint(check->err, "put %s before %s", node->text, own);
    }
    return DK_ERR_NAME;
}

/* A name outside aggregates that is nothing known. Whether a table has such a column is not known here. */
static dk_status fail_name(struct check *check, const dki_node *node, bool in_all)
{
    const dk_breakdown *breakdown = check->breakdown;
    size_t measure = dki_breakdown_find_measure(breakdown, node->text);
    char quoted[DKI_QUOTED_SIZE];
    dki_nearest nearest;

    if (measure != SIZE_MAX)
        return fail_measure(check, node, measure);
    if (in_all && dki_breakdown_find_dimension(breakdown, node->text) != SIZE_MAX) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT,
                            "all() takes a measure first, and %s is a dimension", node->text);
        dki_hint(check->err, "all(m, %s) is the measure m within each %s", node->text, node->text);
        return DK_ERR_ARGUMENT;
    }
    (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME, "%s is no measure made before and no dimension",
                        node->text);
    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; i < breakdown->n_measures; i++)
        if (i != check->n_before)
            dki_nearest_try(&nearest, breakdown->measures[i].name, strlen(breakdown->measures[i].name));
    for (size_t i = 0; i < breakdown->n_by; i++)
        dki_nearest_try(&nearest, breakdown->by[i].name, strlen(breakdown->by[i].name));
    if (nearest.best)
        dki_hint(check->err, "did you mean %s?", dki_quote_shown(nearest.best, quoted));
    else
        dki_hint(check->err, "a measure stands before %s; a column stands inside an aggregate: sum(%s)",
                 breakdown->measures[check->n_before].name, dki_quote_shown(node->text, quoted));
    return DK_ERR_NAME;
}

/* A call of something that is neither an operator nor a function: its arguments would be misunderstood. */
static bool is_unknown(const struct check *check, const dki_node *node)
{
    static const char *const words[] = { "all",     "attached", "and",     "between", "in",
                                         "is null", "is total", "is true", "not",     "or" };

    if ((node->text[0] | 0x20) < 'a' || (node->text[0] | 0x20) > 'z' || node->other)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], node->text) == 0)
            return false;
    }
    return dki_function_find(node->text) == NULL &&
           dki_defined_find_function(check->breakdown->context, node->text) == NULL;
}

static dk_status fail_unknown(struct check *check, const dki_node *node)
{
    dki_nearest nearest;

    (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME, "unknown function or aggregate %s()",
                        node->text);
    dki_nearest_init(&nearest, node->text, strlen(node->text));
#define TRY_AGGREGATE(name, least, most) dki_nearest_try(&nearest, #name, strlen(#name));
    DKI_AGGREGATE_LIST(TRY_AGGREGATE)
#undef TRY_AGGREGATE
    dki_defined_try(check->breakdown->context, &nearest);
    if (dki_elsewhere_hint(node->text))
        dki_hint(check->err, "%s", dki_elsewhere_hint(node->text));
    else if (nearest.best)
        dki_hint(check->err, "did you mean %.*s()?", (int)nearest.best_size, nearest.best);
    else
        dki_hint(check->err, "the aggregates are count(), rows(), sum(x), mean(x), min(x), max(x) and others");
    return DK_ERR_NAME;
}

/* What is no dimension may be a level above one: that is told when a table comes. */
static dk_status add_within(struct check *check, const dki_node *node)
{
    dk_breakdown *breakdown = check->breakdown;
    size_t n = breakdown->n_within;

    if ((n & (n - 1)) == 0) { /* 0, or a power of two: full */
        dki_within *longer = dki_arena_array(&breakdown->arena, n ? 2 * n : 1, sizeof *longer, check->err);

        if (longer == NULL)
            return DK_ERR_MEMORY;
        if (n > 0)
            memcpy(longer, breakdown->within, n * sizeof *longer);
        breakdown->within = longer;
    }
    breakdown->within[breakdown->n_within++] = (dki_within){ check->expr, node };
    return DK_OK;
}

static dk_status check_outside(struct check *check, const dki_node *node, bool in_all)
{
    dk_status status = DK_OK;
    size_t measure;

    check->n_nodes++;
    switch (node->kind) {
    case DKI_NODE_LITERAL:
    case DKI_NODE_PARAM: return DK_OK;
    case DKI_NODE_NAME:
        measure = dki_breakdown_find_measure(check->breakdown, node->text);
        if (measure != SIZE_MAX && measure < check->n_before) {
            check->n_nodes += check->breakdown->measures[measure].n_nodes;
            return DK_OK;
        }
        if (!in_all && dki_breakdown_find_dimension(check->breakdown, node->text) != SIZE_MAX)
            return DK_OK;
        return fail_name(check, node, in_all);
    case DKI_NODE_AGGREGATE: return check_aggregate(check, node);
    case DKI_NODE_CALL: break;
    }
    if (is_unknown(check, node))
        return fail_unknown(check, node);
    if (node->other && check->has_rest) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT,
                            "attached() has no figure for the rest of the groups");
        dki_hint(check->err, "leave rest out, or show all groups");
        return DK_ERR_ARGUMENT;
    }
    if (!is_all(node)) {
        for (size_t i = 0; status == DK_OK && i < node->n_children; i++)
            status = check_outside(check, node->children[i], in_all);
        return status;
    }
    if (node->n_children == 0) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT, "all() takes a measure");
        dki_hint(check->err, "all(m) is the measure m over all groups, all(m, d) within each d");
        return DK_ERR_ARGUMENT;
    }
    status = check_outside(check, node->children[0], true);
    for (size_t i = 1; status == DK_OK && i < node->n_children; i++) {
        const dki_node *name = node->children[i];

        if (name->kind != DKI_NODE_NAME) {
            status = dki_node_fail(check->expr, name, check->err, DK_ERR_NAME,
                                   "all(m, d, ...) takes dimensions of the breakdown after the measure");
        } else if (dki_breakdown_find_measure(check->breakdown, name->text) != SIZE_MAX) {
            status =
                dki_node_fail(check->expr, name, check->err, DK_ERR_NAME,
                              "all(m, d, ...) takes dimensions of the breakdown after the measure, and %s is a "
                              "measure",
                              name->text);
            dki_hint(
                check->err,
                "by = { ... } names the dimensions; where a level is meant, give the measure another name: n_%s",
                name->text);
        } else if (dki_breakdown_find_dimension(check->breakdown, name->text) == SIZE_MAX) {
            status = add_within(check, name);
        }
    }
    return status;
}

/* Measures are gone through with what the names in them stand for: of names of names that may be more than anybody waits for. */
dk_status dki_breakdown_check_measures(dk_breakdown *breakdown, bool has_rest, dk_error *err)
{
    uint64_t n_nodes = 0;

    for (size_t i = 0; i < breakdown->n_measures; i++) {
        dki_part *measure = &breakdown->measures[i];
        struct check check = { breakdown, measure->expr, i, err, NULL, has_rest, 0 };
        dk_status status = check_outside(&check, dki_expr_root(check.expr), false);

        if (status != DK_OK)
            return status;
        n_nodes += check.n_nodes;
        if (n_nodes > MOST_NODES) {
            (void)dki_fail(
                err, DK_ERR_LIMIT,
                "the measures to %s are made of more than %d parts, with what names of measures stand for",
                measure->name, MOST_NODES);
            dki_hint(err, "compute what is made of them in the result: result:derive \"%s = ...\"", measure->name);
            return DK_ERR_LIMIT;
        }
        measure->n_nodes = (uint32_t)check.n_nodes;
    }
    return DK_OK;
}
