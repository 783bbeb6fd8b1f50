/* step.c - a step of a scenario as a value: parsed, checked, copied, and what it mentions. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
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

dk_status dki_step_columns(const dki_step *step, bool with_per, dki_text_map *names, dk_error *err)
{
    dk_status status = dki_expr_names(step->where, DKI_NODE_NAME, names, err);
    uint32_t number;

    for (size_t i = 0; with_per && i < step->n_per && status == DK_OK; i++)
        status = dki_text_map_add(names, step->per[i], strlen(step->per[i]), &number, err);
    for (size_t i = 0; with_per && i < step->n_first && status == DK_OK; i++)
        status = dki_expr_names(step->first[i].expr, DKI_NODE_NAME, names, err);
    for (size_t i = 0; i < step->n_set && status == DK_OK; i++) {
        const char *name = dk_expr_name(step->set[i]);

        status = dki_text_map_add(names, name, strlen(name), &number, err);
        if (status == DK_OK)
            status = dki_expr_names(step->set[i], DKI_NODE_NAME, names, err);
    }
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

size_t dki_step_mentions(const dki_step *step, const char *param)
{
    struct count count = { param, 0 };
    const dk_expr *exprs[] = { step->where, step->share, step->count };

    for (size_t i = 0; i < sizeof exprs / sizeof *exprs; i++)
        if (exprs[i])
            (void)dki_node_visit(dki_expr_root(exprs[i]), count_param, &count);
    for (size_t i = 0; i < step->n_set; i++)
        (void)dki_node_visit(dki_expr_root(step->set[i]), count_param, &count);
    for (size_t i = 0; i < step->n_first; i++)
        (void)dki_node_visit(dki_expr_root(step->first[i].expr), count_param, &count);
    return count.n;
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

/* Making ------------------------------------------------------------------------------------------------------- */

/* A text that may be absent, and that is no "name = expression". */
static dk_status parse(dk_scenario *scenario, const char *what, const char *text, const dk_expr **out,
                       dk_error *err)
{
    dk_status status = text ? dk_expr_parse(scenario->context, text, out, err) : DK_OK;

    if (status != DK_OK || text == NULL || dk_expr_name(*out) == NULL)
        return status;
    dki_fail(err, DK_ERR_ARGUMENT, "%s sets nothing, and %s does", what, text);
    dki_hint(err, "== compares");
    return DK_ERR_ARGUMENT;
}

/* A share or count that no parameter decides is known, and checked, before anything runs. */
static dk_status check_amount(dk_scenario *scenario, const dki_step *step, const dk_expr *amount, dk_error *err)
{
    const char *what = step->share ? "share" : "count";
    const dk_table *nothing = NULL;
    dki_text_map names;
    dk_ratio number = { 0, 1 };
    dk_status status;

    dki_text_map_init(&names, scenario->context);
    status = dki_expr_names(amount, DKI_NODE_NAME, &names, err);
    if (status == DK_OK && names.n > 0) {
        size_t size;

        status = dki_fail(err, DK_ERR_ARGUMENT, "a %s is one number for everybody, and %s mentions the column %s",
                          what, dk_expr_text(amount), dki_text_map_get(&names, 0, &size));
        dki_hint(err, "per = \"column\" settles it for each group, where limits it");
    }
    if (status == DK_OK)
        status = dki_expr_names(amount, DKI_NODE_PARAM, &names, err);
    if (status == DK_OK && names.n == 0) {
        status = dk_table_new(scenario->context, NULL, 0, 0, &nothing, err);
        if (status == DK_OK)
            status = dki_amount(amount, nothing, NULL, what, &number, err);
        if (status == DK_OK)
            status = step->share ? dki_check_share(number, err)
                                 : dki_check_count(number, step->whole || step->drawn, err);
    }
    dk_table_release(nothing);
    dki_text_map_drop(&names);
    return status;
}

static dk_status parse_set(dk_scenario *scenario, dki_step *step, const dk_intervention *from, dk_error *err)
{
    for (size_t i = 0; i < from->n_set; i++) {
        dk_status status = dk_expr_parse(scenario->context, from->set[i], &step->set[i], err);

        if (status != DK_OK)
            return status;
        step->n_set++;
        if (dk_expr_name(step->set[i]) == NULL)
            return dki_fail(err, DK_ERR_ARGUMENT, "what is set is written as \"column = value\", not %s",
                            from->set[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(dk_expr_name(step->set[k]), dk_expr_name(step->set[i])) == 0)
                return dki_fail(err, DK_ERR_DUPLICATE, "%s is set twice", dk_expr_name(step->set[i]));
    }
    return DK_OK;
}

dk_status dki_step_parse(dk_scenario *scenario, const dk_intervention *from, dki_step *step, dk_error *err)
{
    int n_ways = (from->share != NULL) + (from->count != NULL) + from->all;
    dk_status status;

    step->all = from->all;
    step->whole = from->whole;
    step->drawn = from->drawn;
    step->allow_none = from->allow_none;
    step->estimate = from->estimate;
    if (n_ways != 1) {
        dki_fail(err, DK_ERR_ARGUMENT, "a step says exactly one of share, count and all, and this one says %d",
                 n_ways);
        dki_hint(err, "share = 0.3 takes 30 %%, count = 500 takes 500 persons, all = true takes everybody");
        return DK_ERR_ARGUMENT;
    }
    if (from->n_set == 0)
        return dki_fail(err, DK_ERR_ARGUMENT, "nothing is set: a step says which columns get which values");
    if (step->all && step->whole)
        return dki_fail(err, DK_ERR_ARGUMENT, "all takes everybody as they are: whole goes with share or count");
    step->per = dki_arena_array(&scenario->arena, from->n_per, sizeof *step->per, err);
    step->set = dki_arena_array(&scenario->arena, from->n_set, sizeof *step->set, err);
    if (step->per == NULL || step->set == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < from->n_per; i++) {
        step->per[i] = dki_arena_text(&scenario->arena, from->per[i], strlen(from->per[i]), err);
        if (step->per[i] == NULL)
            return DK_ERR_MEMORY;
        step->n_per++;
    }
    if ((status = parse(scenario, "where", from->where, &step->where, err)) != DK_OK ||
        (status = parse(scenario, "share", from->share, &step->share, err)) != DK_OK ||
        (status = parse(scenario, "count", from->count, &step->count, err)) != DK_OK ||
        (!step->all &&
         (status = check_amount(scenario, step, step->share ? step->share : step->count, err)) != DK_OK))
        return status;
    status = parse_set(scenario, step, from, err);
    return status == DK_OK ? dki_taking_parse(scenario, from, step, err) : status;
}

/* Keeping ------------------------------------------------------------------------------------------------------ */

static const dk_expr *share_expr(const dk_expr *expr)
{
    return expr ? dk_expr_retain(expr) : NULL;
}

dk_status dki_step_copy(dk_scenario *scenario, const dki_step *from, dk_error *err)
{
    dki_step *to = &scenario->steps[scenario->n_steps];

    *to = *from;
    to->per = dki_arena_array(&scenario->arena, from->n_per, sizeof *to->per, err);
    to->set = dki_arena_array(&scenario->arena, from->n_set, sizeof *to->set, err);
    to->first = dki_arena_array(&scenario->arena, from->n_first, sizeof *to->first, err);
    to->name = dki_arena_text(&scenario->arena, from->name, strlen(from->name), err);
    if (to->per == NULL || to->set == NULL || to->first == NULL || to->name == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < from->n_per; i++) {
        to->per[i] = dki_arena_text(&scenario->arena, from->per[i], strlen(from->per[i]), err);
        if (to->per[i] == NULL)
            return DK_ERR_MEMORY;
    }
    to->where = share_expr(from->where);
    to->share = share_expr(from->share);
    to->count = share_expr(from->count);
    for (size_t i = 0; i < from->n_set; i++)
        to->set[i] = dk_expr_retain(from->set[i]);
    for (size_t i = 0; i < from->n_first; i++)
        to->first[i] = (dki_first){ dk_expr_retain(from->first[i].expr), from->first[i].descending };
    scenario->n_steps++;
    return DK_OK;
}
