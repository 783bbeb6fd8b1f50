/* step.c - a step of a scenario as a value: parsed, checked, and what it mentions. */
#include <stdio.h>
#include <string.h>

#include <dekking/members.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "expr/eval.h"
#include "expr/quote.h"
#include "scenario_parts.h"

/* Names that trees mention ------------------------------------------------------------------------------------- */

struct collect {
    dki_node_kind kind;
    dki_text_map *names;
    dk_status status;
    dk_error *err;
};

static bool collect_name(void *arg, const dki_node *node)
{
    struct collect *c = arg;
    uint32_t number;

    if (node->kind == c->kind)
        c->status = dki_text_map_add(c->names, node->text, strlen(node->text), &number, c->err);
    return c->status == DK_OK;
}

dk_status dki_expr_names(const dk_expr *expr, dki_node_kind kind, dki_text_map *names, dk_error *err)
{
    struct collect c = { kind, names, DK_OK, err };

    if (expr)
        (void)dki_node_visit(dki_expr_root(expr), collect_name, &c);
    return c.status;
}

static dk_status add_name(const char *name, dki_text_map *names, dk_error *err)
{
    uint32_t number;

    return dki_text_map_add(names, name, strlen(name), &number, err);
}

/* Adds the names of a map, but for one. */
static dk_status add_others(const dki_text_map *from, const char *except, dki_text_map *names, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < from->n && status == DK_OK; i++) {
        size_t size;
        const char *name = dki_text_map_get(from, (uint32_t)i, &size);

        if (except == NULL || strcmp(name, except) != 0)
            status = add_name(name, names, err);
    }
    return status;
}

/* Strata are the groups of per, or else of what is mentioned. Those of flows have one value each, and those of a rate
 * hold the true and the false ones. */
dk_status dki_step_columns(const dki_step *step, bool all, dki_text_map *names, dk_error *err)
{
    bool mentions = all || step->n_per == 0;
    dki_text_map found;
    dk_status status = step->flows_of ? add_name(step->flows_of, names, err) : DK_OK;

    dki_text_map_init(&found, names->context);
    if (status == DK_OK && mentions)
        status = dki_expr_names(step->where, DKI_NODE_NAME, &found, err);
    for (size_t i = 0; i < step->n_per && status == DK_OK; i++)
        status = add_name(step->per[i], &found, err);
    for (size_t i = 0; all && i < step->n_first && status == DK_OK; i++)
        status = dki_expr_names(step->first[i].expr, DKI_NODE_NAME, &found, err);
    for (size_t i = 0; mentions && i < step->n_set && status == DK_OK; i++) {
        status = add_name(dk_expr_name(step->set[i]), &found, err);
        if (status == DK_OK)
            status = dki_expr_names(step->set[i], DKI_NODE_NAME, &found, err);
    }
    if (status == DK_OK && step->rate)
        status = add_name(step->rate, &found, err);
    if (status == DK_OK)
        status = add_others(&found, all ? NULL : step->rate, names, err);
    dki_text_map_drop(&found);
    return status;
}

struct count {
    const char *param;
    size_t n;
};

static bool count_param(void *arg, const dki_node *node)
{
    struct count *count = arg;

    count->n += node->kind == DKI_NODE_PARAM && strcmp(node->text, count->param) == 0;
    return true;
}

size_t dki_expr_mentions(const dk_expr *expr, const char *param)
{
    struct count count = { param, 0 };

    if (expr)
        (void)dki_node_visit(dki_expr_root(expr), count_param, &count);
    return count.n;
}

size_t dki_step_mentions(const dki_step *step, const char *param)
{
    struct count count = { param, 0 };

    (void)dki_step_visit(step, count_param, &count);
    return count.n;
}

size_t dki_step_shares(const dki_step *step, const char *param)
{
    size_t n = dki_expr_mentions(step->share, param) + dki_expr_mentions(step->scale, param) +
               dki_expr_mentions(step->to, param);

    for (size_t i = 0; i < step->n_flows; i++)
        n += dki_expr_mentions(step->flows[i].share, param);
    return n;
}

bool dki_step_visit(const dki_step *step, dki_node_visit_fn *visit, void *arg)
{
    for (size_t i = 0; i < step->n_exprs; i++)
        if (!dki_node_visit(dki_expr_root(step->exprs[i]), visit, arg))
            return false;
    return true;
}

void dki_error_prefix(dk_error *err, const char *prefix, size_t size, const char *message)
{
    char text[sizeof err->message + 256];
    size_t shown = dki_utf8_floor(prefix, size, 200);

    snprintf(text, sizeof text, "%.*s%s: %s", (int)shown, prefix, shown < size ? "..." : "", message);
    size = strlen(text);
    size = dki_utf8_floor(text, size, size < sizeof err->message ? size : sizeof err->message - 1);
    memcpy(err->message, text, size);
    err->message[size] = '\0';
}

dk_status dki_step_fail(const dki_step *step, dk_status status, dk_error *err)
{
    char message[sizeof err->message];

    if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || err == NULL)
        return status;
    memcpy(message, err->message, sizeof message);
    dki_error_prefix(err, step->name, strlen(step->name), message);
    return status;
}

/* Parsing ------------------------------------------------------------------------------------------------------ */

/* A step on its way from texts. */
struct parse {
    dk_scenario *scenario;
    const dk_intervention *from;
    dki_step *step;
    const dk_table *nothing; /* what is the same for everybody is evaluated on */
};

/* An expression, which the step keeps. */
static dk_status parse(struct parse *p, const char *text, const dk_expr **out, dk_error *err)
{
    dk_status status = dk_expr_parse(p->scenario->context, text, out, err);

    if (status == DK_OK)
        p->step->exprs[p->step->n_exprs++] = *out;
    return status;
}

/* A text that may be absent, and that is no "name = expression". */
static dk_status parse_value(struct parse *p, const char *what, const char *text, const dk_expr **out,
                             dk_error *err)
{
    dk_status status = text ? parse(p, text, out, err) : DK_OK;

    if (status != DK_OK || text == NULL || dk_expr_name(*out) == NULL)
        return status;
    dki_fail(err, DK_ERR_ARGUMENT, "%s sets nothing, and %s does", what, text);
    dki_hint(err, "== compares");
    return DK_ERR_ARGUMENT;
}

/* What no row decides mentions no column. *fixed: nor a parameter, so that it is known before anything runs. */
static dk_status check_constant(const struct parse *p, const dk_expr *expr, const char *what, bool *fixed,
                                dk_error *err)
{
    dki_text_map names;
    dk_status status;

    dki_text_map_init(&names, p->scenario->context);
    status = dki_expr_names(expr, DKI_NODE_NAME, &names, err);
    if (status == DK_OK && names.n > 0) {
        size_t size;

        status = dki_fail(err, DK_ERR_ARGUMENT, "%s for everybody, and %s mentions the column %s", what,
                          dk_expr_text(expr), dki_text_map_get(&names, 0, &size));
        dki_hint(err, "per = \"column\" settles it for each group, where limits it");
    }
    if (status == DK_OK)
        status = dki_expr_names(expr, DKI_NODE_PARAM, &names, err);
    *fixed = names.n == 0;
    dki_text_map_drop(&names);
    return status;
}

/* A number, which is checked here where no parameter decides it. */
static dk_status parse_amount(struct parse *p, const char *what, const char *text, const dk_expr **out,
                              dk_error *err)
{
    char is_one_number[32];
    dk_ratio number = { 0, 1 };
    bool fixed = false;
    dk_status status = parse_value(p, what, text, out, err);

    if (status != DK_OK || text == NULL)
        return status;
    snprintf(is_one_number, sizeof is_one_number, "a %s is one number", what);
    status = check_constant(p, *out, is_one_number, &fixed, err);
    if (status != DK_OK || !fixed)
        return status;
    status = dki_amount(*out, p->nothing, NULL, what, &number, err);
    if (status != DK_OK)
        return status;
    if (*out == p->step->count)
        return dki_check_count(number, p->step->whole || p->step->drawn, err);
    return *out == p->step->scale ? dki_check_factor(number, err) : dki_check_share(number, err);
}

dk_status dki_step_happens(const dki_step *step, const dk_table *table, const dk_params *params, bool *out,
                           dk_error *err)
{
    dki_scope scope = { .table = table, .params = params };
    dki_bound *bound = NULL;
    const dk_value *value;
    dk_status status;

    *out = true;
    if (step->when == NULL)
        return DK_OK;
    status = dki_bind(&scope, step->when, dki_expr_root(step->when), &bound, err);
    if (status != DK_OK)
        return status;
    value = dki_bound_constant(bound);
    if (dki_bound_type(bound) != DK_BOOLEAN || value == NULL || value->is_null)
        status = dki_fail(err, DK_ERR_TYPE, "when wants a condition that is true or false, and %s is none",
                          dk_expr_text(step->when));
    else
        *out = value->as.boolean;
    dki_bound_release(bound);
    return status;
}

static dk_status parse_when(struct parse *p, dk_error *err)
{
    bool fixed = false, happens;
    dk_status status = parse_value(p, "when", p->from->when, &p->step->when, err);

    if (status == DK_OK && p->step->when)
        status = check_constant(p, p->step->when, "when is one condition", &fixed, err);
    return status == DK_OK && fixed ? dki_step_happens(p->step, p->nothing, NULL, &happens, err) : status;
}

static dk_status parse_set(struct parse *p, dk_error *err)
{
    dki_step *step = p->step;

    for (size_t i = 0; i < p->from->n_set; i++) {
        dk_status status = parse(p, p->from->set[i], &step->set[i], err);

        if (status != DK_OK)
            return status;
        step->n_set++;
        if (dk_expr_name(step->set[i]) == NULL)
            return dki_fail(err, DK_ERR_ARGUMENT, "what is set is written as \"column = value\", not %s",
                            p->from->set[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(dk_expr_name(step->set[k]), dk_expr_name(step->set[i])) == 0)
                return dki_fail(err, DK_ERR_DUPLICATE, "%s is set twice", dk_expr_name(step->set[i]));
    }
    return DK_OK;
}

/* "column = value", as an expression. */
static dk_status parse_assignment(struct parse *p, const char *column, const char *value, const dk_expr **out,
                                  dk_error *err)
{
    const char *quoted = dki_quote(&p->scenario->arena, column, err), *text = NULL;

    if (quoted)
        text = dki_arena_format(&p->scenario->arena, err, "%s = %s", quoted, value);
    return text ? parse(p, text, out, err) : DK_ERR_MEMORY;
}

static dk_status parse_rate(struct parse *p, dk_error *err)
{
    const char *rate = p->from->rate;
    dki_step *step = p->step;
    dk_status status = DK_OK;

    if (rate == NULL)
        return DK_OK;
    step->rate = dki_arena_text(&p->scenario->arena, rate, strlen(rate), err);
    if (step->rate == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < step->n_per; i++)
        if (strcmp(step->per[i], rate) == 0)
            return dki_fail(err, DK_ERR_ARGUMENT,
                            "per names %s, and the rate is of both who has it and who has not", rate);
    status = parse_assignment(p, rate, "false", &step->rate_set[0], err);
    if (status == DK_OK)
        status = parse_assignment(p, rate, "true", &step->rate_set[1], err);
    return status == DK_OK ? parse_amount(p, "rate", p->from->to, &step->to, err) : status;
}

static dk_status parse_flow(struct parse *p, const dk_flow *from, dki_flow *flow, bool *fixed, dk_error *err)
{
    bool known = true;
    dk_status status = parse_value(p, "from", from->from, &flow->from, err);

    if (status == DK_OK)
        status = check_constant(p, flow->from, "from is one value", &known, err);
    *fixed = *fixed && known;
    if (status == DK_OK)
        status = parse_assignment(p, p->step->flows_of, from->to, &flow->set, err);
    if (status == DK_OK)
        status = check_constant(p, flow->set, "to is one value", &known, err);
    *fixed = *fixed && known;
    if (status == DK_OK)
        status = parse_amount(p, "share", from->share, &flow->share, err);
    if (status == DK_OK)
        status = check_constant(p, flow->share, "a share is one number", &known, err);
    *fixed = *fixed && known;
    return status;
}

static dk_status parse_flows(struct parse *p, dk_error *err)
{
    dki_step *step = p->step;
    dki_text_map rows, places;
    bool fixed = true;
    dki_matrix matrix;
    dk_status status = DK_OK;

    if (p->from->n_flows == 0)
        return DK_OK;
    step->flows_of = dki_arena_text(&p->scenario->arena, p->from->flows_of, strlen(p->from->flows_of), err);
    step->flows = dki_arena_array(&p->scenario->arena, p->from->n_flows, sizeof *step->flows, err);
    if (step->flows_of == NULL || step->flows == NULL)
        return DK_ERR_MEMORY;
    dki_text_map_init(&rows, p->scenario->context);
    dki_text_map_init(&places, p->scenario->context);
    for (; step->n_flows < p->from->n_flows && status == DK_OK; step->n_flows++) {
        const dk_flow *from = &p->from->flows[step->n_flows];
        dki_flow *flow = &step->flows[step->n_flows];

        status = parse_flow(p, from, flow, &fixed, err);
        if (status == DK_OK)
            status = dki_text_map_add(&rows, from->from, strlen(from->from), &flow->row, err);
        if (status == DK_OK)
            status = dki_text_map_add(&places, from->to, strlen(from->to), &flow->place, err);
    }
    step->n_rows = rows.n;
    step->n_places = places.n;
    dki_text_map_drop(&places);
    dki_text_map_drop(&rows);
    if (status == DK_OK && fixed) {
        status = dki_matrix_init(&matrix, step, p->nothing, NULL, err);
        if (status == DK_OK)
            dki_matrix_drop(&matrix);
    }
    return status;
}

/* What a merger does to members of sets. */
static dk_status parse_merges(struct parse *p, dk_error *err)
{
    const dk_intervention *from = p->from;
    dk_status status;

    if (from->n_merges == 0)
        return DK_OK;
    status = dk_recode_new(p->scenario->context, from->merges, from->n_merges, &p->step->merges, err);
    return status == DK_OK ? parse_value(p, "where", from->merges_where, &p->step->merges_where, err) : status;
}

bool dki_step_merges_sets(const dki_step *step, const dk_table *table, const char *column)
{
    size_t at = step->merges ? dk_table_find(table, column) : DK_NO_COLUMN;

    return at != DK_NO_COLUMN && dk_column_is_set(dk_table_field(table, at)->column);
}

/* Checks ------------------------------------------------------------------------------------------------------- */

/* What a step says goes together. */
static dk_status check_ways(const dk_intervention *from, dk_error *err)
{
    bool all = from->all && from->n_flows == 0; /* of flows: their shares are all that there is */
    bool takes = from->share || from->count || all;
    int n_ways = (from->share != NULL) + (from->count != NULL) + all + (from->scale != NULL) +
                 (from->rate != NULL) + (from->n_flows > 0);

    if (n_ways != 1) {
        dki_fail(err, DK_ERR_ARGUMENT,
                 "a step says exactly one of share, count, all, scale and rate, and this one says %d", n_ways);
        dki_hint(err, "share = 0.3 takes 30 %%, count = 500 takes 500 persons, all = true takes everybody");
        return DK_ERR_ARGUMENT;
    }
    if ((from->rate != NULL) != (from->to != NULL))
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "rate names a column and to the share of it that becomes true: %s is missing",
                        from->rate ? "to" : "rate");
    if (!takes && (from->effect != DK_MOVES || from->n_set > 0))
        return dki_fail(err, DK_ERR_ARGUMENT, "%s goes with share, count or all, and this step says %s",
                        from->n_set > 0           ? "set"
                        : from->effect == DK_ADDS ? "add"
                                                  : "remove",
                        from->scale  ? "scale"
                        : from->rate ? "rate"
                                     : "what moves where");
    if (takes && from->effect == DK_MOVES && from->n_set == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "nothing is set: a step says which columns get which values");
    if (from->effect == DK_REMOVES && from->n_set > 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "who leaves has no values any more: remove goes without set");
    if (all && from->whole)
        return dki_fail(err, DK_ERR_ARGUMENT, "all takes everybody as they are: whole goes with share or count");
    return DK_OK;
}

static dk_status make_room(struct parse *p, dk_error *err)
{
    const dk_intervention *from = p->from;
    dki_arena *arena = &p->scenario->arena;
    dki_step *step = p->step;

    step->exprs =
        dki_arena_array(arena, 3 * from->n_flows + from->n_set + from->n_first + 9, sizeof *step->exprs, err);
    step->per = dki_arena_array(arena, from->n_per, sizeof *step->per, err);
    step->set = dki_arena_array(arena, from->n_set, sizeof *step->set, err);
    if (step->exprs == NULL || step->per == NULL || step->set == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < from->n_per; i++) {
        step->per[i] = dki_arena_text(arena, from->per[i], strlen(from->per[i]), err);
        if (step->per[i] == NULL)
            return DK_ERR_MEMORY;
        step->n_per++;
    }
    return DK_OK;
}

dk_status dki_step_parse(dk_scenario *scenario, const dk_intervention *from, dki_step *step, dk_error *err)
{
    struct parse p = { scenario, from, step, NULL };
    dk_status status = check_ways(from, err);

    step->effect = from->effect;
    step->all = from->all;
    step->whole = from->whole;
    step->drawn = from->drawn;
    step->allow_none = from->allow_none;
    step->estimate = from->estimate;
    if (status == DK_OK)
        status = make_room(&p, err);
    if (status == DK_OK)
        status = dk_table_new(scenario->context, NULL, 0, 0, &p.nothing, err);
    if (status == DK_OK)
        status = parse_value(&p, "where", from->where, &step->where, err);
    if (status == DK_OK)
        status = parse_when(&p, err);
    if (status == DK_OK)
        status = parse_amount(&p, "share", from->share, &step->share, err);
    if (status == DK_OK)
        status = parse_amount(&p, "count", from->count, &step->count, err);
    if (status == DK_OK)
        status = parse_amount(&p, "scale", from->scale, &step->scale, err);
    if (status == DK_OK)
        status = parse_set(&p, err);
    if (status == DK_OK)
        status = parse_rate(&p, err);
    if (status == DK_OK)
        status = parse_flows(&p, err);
    if (status == DK_OK)
        status = parse_merges(&p, err);
    if (status == DK_OK)
        status = dki_taking_parse(scenario, from, step, err);
    for (size_t i = 0; i < step->n_first; i++)
        if (step->first[i].expr)
            step->exprs[step->n_exprs++] = step->first[i].expr;
    dk_table_release(p.nothing);
    return status;
}

void dki_step_drop(dki_step *step)
{
    for (size_t i = 0; i < step->n_exprs; i++)
        dk_expr_release(step->exprs[i]);
    dk_recode_release(step->merges);
}
