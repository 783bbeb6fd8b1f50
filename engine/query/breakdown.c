/* breakdown.c - from a specification to a parsed breakdown: everything that can be checked without a table.
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
#include "base/status.h"
#include "base/text.h"
#include "expr/aggregate_list.h"
#include "expr/bound.h"
#include "expr/defined.h"
#include "expr/elsewhere.h"
#include "expr/quote.h"

#define MOST_NODES 1000000

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

/* Checking measures. ------------------------------------------------------------------------------------------- */

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

/* A name outside aggregates that is nothing known. */
static dk_status fail_name(struct check *check, const dki_node *node, bool in_all)
{
    const dk_breakdown *breakdown = check->breakdown;
    size_t measure = dki_breakdown_find_measure(breakdown, node->text);
    char quoted[DKI_QUOTED_SIZE];
    dki_nearest nearest;

    if (measure != SIZE_MAX) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME,
                            "the measure %s is not made before this one", node->text);
        dki_hint(check->err, "put %s before %s", node->text, breakdown->measures[check->n_before].name);
        return DK_ERR_NAME;
    }
    if (in_all && dki_breakdown_find_dimension(breakdown, node->text) != SIZE_MAX) {
        (void)dki_node_fail(check->expr, node, check->err, DK_ERR_ARGUMENT,
                            "all() takes a measure first, and %s is a dimension", node->text);
        dki_hint(check->err, "all(m, %s) is the measure m within each %s", node->text, node->text);
        return DK_ERR_ARGUMENT;
    }
    (void)dki_node_fail(check->expr, node, check->err, DK_ERR_NAME, "%s is no measure made before and no dimension",
                        node->text);
    dki_nearest_init(&nearest, node->text, strlen(node->text));
    for (size_t i = 0; i < check->n_before; i++)
        dki_nearest_try(&nearest, breakdown->measures[i].name, strlen(breakdown->measures[i].name));
    for (size_t i = 0; i < breakdown->n_by; i++)
        dki_nearest_try(&nearest, breakdown->by[i].name, strlen(breakdown->by[i].name));
    if (nearest.best)
        dki_hint(check->err, "did you mean %s?", dki_quote_shown(nearest.best, quoted));
    else
        dki_hint(check->err, "a column stands inside an aggregate: sum(%s)", dki_quote_shown(node->text, quoted));
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
    dki_within *longer = dki_arena_array(&breakdown->arena, breakdown->n_within + 1, sizeof *longer, check->err);

    if (longer == NULL)
        return DK_ERR_MEMORY;
    if (breakdown->n_within > 0)
        memcpy(longer, breakdown->within, breakdown->n_within * sizeof *longer);
    longer[breakdown->n_within++] = (dki_within){ check->expr, node };
    breakdown->within = longer;
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

        if (name->kind != DKI_NODE_NAME || dki_breakdown_find_measure(check->breakdown, name->text) != SIZE_MAX) {
            status = dki_node_fail(check->expr, name, check->err, DK_ERR_NAME,
                                   "all(m, d, ...) takes dimensions of the breakdown after the measure%s%s",
                                   name->kind == DKI_NODE_NAME ? ", not " : "",
                                   name->kind == DKI_NODE_NAME ? name->text : "");
            if (name->kind == DKI_NODE_NAME)
                dki_hint(check->err, "by = { ... } names the dimensions");
        } else if (dki_breakdown_find_dimension(check->breakdown, name->text) == SIZE_MAX) {
            status = add_within(check, name);
        }
    }
    return status;
}

/* Taking the specification over. ------------------------------------------------------------------------------- */

static dk_status copy_text(dk_breakdown *breakdown, const char *text, const char **out, dk_error *err)
{
    if (text == NULL)
        return DK_OK;
    *out = dki_arena_text(&breakdown->arena, text, strlen(text), err);
    return *out ? DK_OK : DK_ERR_MEMORY;
}

static dk_status read_part(dk_breakdown *breakdown, const dk_measure *spec, const char *what, size_t number,
                           dki_part *part, dk_error *err)
{
    const dki_node *root;
    dk_status status;

    if (spec->text == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT, "%s %zu of %s has no text", what, number, breakdown->title);
    status = dk_expr_parse(breakdown->context, spec->text, &part->expr, err);
    if (status == DK_OK)
        status = copy_text(breakdown, spec->label, &part->label, err);
    if (status == DK_OK)
        status = copy_text(breakdown, spec->format, &part->format, err);
    if (status != DK_OK)
        return status;
    root = dki_expr_root(part->expr);
    part->name = dk_expr_name(part->expr);
    if (part->name == NULL && strcmp(what, "dimension") == 0 && root->kind == DKI_NODE_NAME)
        part->name = root->text;
    if (part->name == NULL) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s %zu of %s has no name: %s", what, number, breakdown->title,
                       spec->text);
        dki_hint(err, "write it as \"name = %s\"", spec->text);
        return DK_ERR_ARGUMENT;
    }
    return DK_OK;
}

static dk_status fail_twice(const dk_breakdown *breakdown, const char *name, dk_error *err)
{
    (void)dki_fail(err, DK_ERR_DUPLICATE, "%s has two columns named %s", breakdown->title, name);
    dki_hint(err, "give each dimension and each measure a name of its own");
    return DK_ERR_DUPLICATE;
}

/* Measures are gone through with what the names in them stand for: of names of names that may be more than anybody waits for. */
static dk_status check_measures(dk_breakdown *breakdown, bool has_rest, dk_error *err)
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

static dk_status read_parts(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
{
    dk_status status = DK_OK;

    breakdown->by = dki_arena_array(&breakdown->arena, spec->n_by, sizeof *breakdown->by, err);
    breakdown->measures = dki_arena_array(&breakdown->arena, spec->n_measures, sizeof *breakdown->measures, err);
    if (breakdown->by == NULL || breakdown->measures == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < spec->n_by; i++) {
        status = read_part(breakdown, &spec->by[i], "dimension", i + 1, &breakdown->by[i], err);
        if (status == DK_OK && dki_breakdown_find_dimension(breakdown, breakdown->by[i].name) != SIZE_MAX)
            status = fail_twice(breakdown, breakdown->by[i].name, err);
        if (status == DK_OK && dk_expr_name(breakdown->by[i].expr))
            status = dki_breakdown_use_earlier(breakdown, &breakdown->by[i], err);
        breakdown->n_by++; /* also after a failure: what was parsed is released */
        if (status != DK_OK)
            return status;
    }
    for (size_t i = 0; i < spec->n_measures; i++) {
        status = read_part(breakdown, &spec->measures[i], "measure", i + 1, &breakdown->measures[i], err);
        if (status == DK_OK && (dki_breakdown_find_measure(breakdown, breakdown->measures[i].name) != SIZE_MAX ||
                                dki_breakdown_find_dimension(breakdown, breakdown->measures[i].name) != SIZE_MAX))
            status = fail_twice(breakdown, breakdown->measures[i].name, err);
        breakdown->n_measures++;
        if (status != DK_OK)
            return status;
    }
    return check_measures(breakdown, spec->rest != NULL, err);
}

static bool result_has(const dk_breakdown *breakdown, const char *name)
{
    return dki_breakdown_find_dimension(breakdown, name) != SIZE_MAX ||
           dki_breakdown_find_measure(breakdown, name) != SIZE_MAX;
}

/* "column", "column asc" or "column desc"; a column that has such a name itself goes first. */
static dk_status read_order(dk_breakdown *breakdown, const char *text, dki_order *order, dk_error *err)
{
    size_t size = strlen(text);
    dki_nearest nearest;
    char *name = dki_arena_text(&breakdown->arena, text, size, err);

    if (name == NULL)
        return DK_ERR_MEMORY;
    order->column = name;
    if (result_has(breakdown, name))
        return DK_OK;
    if (size > 5 && strcmp(name + size - 5, " desc") == 0) {
        order->descending = true;
        size -= 5;
    } else if (size > 4 && strcmp(name + size - 4, " asc") == 0) {
        size -= 4;
    }
    while (size > 0 && name[size - 1] == ' ')
        size--;
    name[size] = '\0';
    if (result_has(breakdown, name))
        return DK_OK;
    (void)dki_fail(err, DK_ERR_NAME, "order: %s has no column %s", breakdown->title, name);
    dki_nearest_init(&nearest, name, size);
    for (size_t i = 0; i < breakdown->n_by; i++)
        dki_nearest_try(&nearest, breakdown->by[i].name, strlen(breakdown->by[i].name));
    for (size_t i = 0; i < breakdown->n_measures; i++)
        dki_nearest_try(&nearest, breakdown->measures[i].name, strlen(breakdown->measures[i].name));
    if (nearest.best)
        dki_hint(err, "did you mean %.*s?", (int)nearest.best_size, nearest.best);
    else
        dki_hint(err, "order takes dimensions and measures, each with or without \" desc\"");
    return DK_ERR_NAME;
}

static dk_status read_orders(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
{
    if (spec->n_order == 1 && strcmp(spec->order[0], "none") == 0 && !result_has(breakdown, "none"))
        return DK_OK; /* no particular order: that of the keys is one */
    breakdown->order = dki_arena_array(&breakdown->arena, spec->n_order, sizeof *breakdown->order, err);
    if (breakdown->order == NULL)
        return DK_ERR_MEMORY;
    breakdown->n_order = spec->n_order;
    for (size_t i = 0; i < spec->n_order; i++) {
        dk_status status = read_order(breakdown, spec->order[i], &breakdown->order[i], err);

        if (status != DK_OK)
            return status;
    }
    return DK_OK;
}

/* The dimensions that a set totals. */
static dk_status get_dimension(const dk_breakdown *breakdown, const char *what, const char *name, size_t *out,
                               dk_error *err)
{
    dki_nearest nearest;

    *out = dki_breakdown_find_dimension(breakdown, name);
    if (*out != SIZE_MAX)
        return DK_OK;
    (void)dki_fail(err, DK_ERR_NAME, "%s: %s has no dimension %s", what, breakdown->title, name);
    dki_nearest_init(&nearest, name, strlen(name));
    for (size_t d = 0; d < breakdown->n_by; d++)
        dki_nearest_try(&nearest, breakdown->by[d].name, strlen(breakdown->by[d].name));
    if (nearest.best)
        dki_hint(err, "did you mean %.*s?", (int)nearest.best_size, nearest.best);
    else
        dki_hint(err, "by = { ... } names the dimensions");
    return DK_ERR_NAME;
}

static dk_status read_levels(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
{
    dk_status status = DK_OK;
    size_t dim;

    breakdown->all_levels = spec->all_levels;
    for (size_t i = 0; status == DK_OK && i < spec->n_levels; i++) {
        status = get_dimension(breakdown, "levels", spec->levels[i], &dim, err);
        if (status == DK_OK)
            breakdown->by[dim].shows_levels = true;
    }
    return status;
}

static dk_status read_set(const dk_breakdown *breakdown, const dk_grouping_set *set, uint32_t *out, dk_error *err)
{
    dk_status status = DK_OK;

    *out = (UINT32_C(1) << breakdown->n_by) - 1;
    for (size_t i = 0; status == DK_OK && i < set->n_by; i++) {
        size_t dim;

        status = get_dimension(breakdown, "margins", set->by[i], &dim, err);
        if (status == DK_OK)
            *out &= ~(UINT32_C(1) << dim);
    }
    return status;
}

static dk_status read_sets(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
{
    uint32_t *sets;
    dk_status status = DK_OK;

    if ((spec->margins == DK_MARGINS_SETS) != (spec->n_sets > 0)) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s: margins of sets go with the sets", breakdown->title);
        dki_hint(err, "margins = { { \"gemeente\" }, {} } shows each gemeente and the total");
        return DK_ERR_ARGUMENT;
    }
    sets = dki_arena_array(&breakdown->arena, spec->n_sets, sizeof *sets, err);
    if (sets == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; status == DK_OK && i < spec->n_sets; i++)
        status = read_set(breakdown, &spec->sets[i], &sets[i], err);
    breakdown->sets = sets;
    breakdown->n_sets = spec->n_sets;
    return status;
}

static dk_status read_rest(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
{
    dki_spread_kind kind;

    if (spec->rest == NULL)
        return DK_OK;
    if (spec->limit == 0 || spec->n_by != 1) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s: the rest is what is beyond the limit, of one dimension",
                       breakdown->title);
        dki_hint(err, "by = \"gemeente\", order = \"n desc\", limit = 10, rest = \"%s\"", spec->rest);
        return DK_ERR_ARGUMENT;
    }
    (void)dki_part_node(&breakdown->by[0], &kind);
    if (kind != DKI_SPREAD_NOT) {
        (void)dki_fail(err, DK_ERR_ARGUMENT,
                       "%s: groups of %s overlap, and what is in the rest may be in those that are shown",
                       breakdown->title, breakdown->by[0].name);
        dki_hint(err, "leave rest out: totals cover the groups beyond the limit too");
        return DK_ERR_ARGUMENT;
    }
    return copy_text(breakdown, spec->rest, &breakdown->rest, err);
}

static dk_status read_spec(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
{
    dk_status status = copy_text(breakdown, spec->name, &breakdown->name, err);

    if (status != DK_OK)
        return status;
    breakdown->title = "the breakdown";
    if (breakdown->name) {
        breakdown->title = dki_arena_format(&breakdown->arena, err, "breakdown %s", breakdown->name);
        if (breakdown->title == NULL)
            return DK_ERR_MEMORY;
    }
    if (spec->n_by > DKI_MAX_DIMENSIONS)
        return dki_fail(err, DK_ERR_LIMIT, "%s has %zu dimensions; at most %d are possible", breakdown->title,
                        spec->n_by, DKI_MAX_DIMENSIONS);
    if (spec->n_measures == 0) {
        (void)dki_fail(err, DK_ERR_ARGUMENT, "%s has no measure", breakdown->title);
        dki_hint(err, "measures = { \"n = count()\" }");
        return DK_ERR_ARGUMENT;
    }
    if ((unsigned)spec->margins > DK_MARGINS_SETS)
        return dki_fail(err, DK_ERR_ARGUMENT, "%s: %d is no kind of margins", breakdown->title, (int)spec->margins);
    breakdown->margins = spec->margins;
    breakdown->limit = spec->limit;
    status = read_parts(breakdown, spec, err);
    if (status == DK_OK && spec->where)
        status = dk_expr_parse(breakdown->context, spec->where, &breakdown->where, err);
    if (status == DK_OK && spec->where && dk_expr_name(breakdown->where))
        status = dki_fail(err, DK_ERR_ARGUMENT, "where of %s is a condition and takes no name: %s",
                          breakdown->title, spec->where);
    if (status == DK_OK)
        status = read_levels(breakdown, spec, err);
    if (status == DK_OK)
        status = read_sets(breakdown, spec, err);
    if (status == DK_OK)
        status = read_rest(breakdown, spec, err);
    if (status == DK_OK)
        status = read_orders(breakdown, spec, err);
    return status;
}

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
    status = read_spec(breakdown, spec, err);
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
