/* breakdown_spec.c - takes the specification of a breakdown over: parts, levels, sets of margins, the rest, the order. */
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "breakdown_parts.h"

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
    return dki_breakdown_check_measures(breakdown, spec->rest != NULL, err);
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

dk_status dki_breakdown_read_spec(dk_breakdown *breakdown, const dk_breakdown_spec *spec, dk_error *err)
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
