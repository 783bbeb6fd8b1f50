/* taking.c - what a step says about who is taken: who comes first, or that chance decides. */
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "expr/quote.h"
#include "rows/keys.h"
#include "scenario_parts.h"

/* What goes together, and what a drawing is keyed by. */
static dk_status check_drawn(const dk_intervention *from, dk_error *err)
{
    if (from->n_first > 0)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "either chance decides who is taken, or who comes first: drawn goes "
                        "without first");
    if (from->whole)
        return dki_fail(err, DK_ERR_ARGUMENT, "whole persons are drawn anyway: drawn goes without whole");
    if (from->share == NULL && from->count == NULL)
        return dki_fail(err, DK_ERR_ARGUMENT,
                        "so many are drawn as share or count say, and this step says neither");
    if (from->name == NULL) {
        dki_fail(err, DK_ERR_ARGUMENT, "what is drawn is keyed by the name of its step, and this one has none");
        dki_hint(err, "begin it with what it does: { \"register the unknown\", ... }");
        return DK_ERR_ARGUMENT;
    }
    return DK_OK;
}

/* Words with blanks between them, or one that is the language's own, and so no expression. */
static bool is_words(const char *text)
{
    static const char signs[] = "`\"'$()[]{}=<>~!+-*/%^.,:;&|#?@\\";

    return *text && text[strcspn(text, signs)] == '\0';
}

/* A key is an expression, or the name of a column that is none: "leeftijd in jaren". No table is there to tell. */
static dk_status parse_key(dk_scenario *scenario, const char *key, const dk_expr **out, dk_error *err)
{
    dk_status status = dk_expr_parse(scenario->context, key, out, err);
    const char *quoted;

    if (status != DK_ERR_SYNTAX || !is_words(key))
        return status;
    quoted = dki_quote(&scenario->arena, key, err);
    return quoted ? dk_expr_parse(scenario->context, quoted, out, err) : DK_ERR_MEMORY;
}

static dk_status parse_first(dk_scenario *scenario, const char *text, dki_first *out, dk_error *err)
{
    size_t size = strlen(text);
    const char *key;
    dk_status status;

    (void)dki_key_direction(text, &size, &out->descending);
    key = dki_arena_text(&scenario->arena, text, size, err);
    status = key ? parse_key(scenario, key, &out->expr, err) : DK_ERR_MEMORY;
    if (status == DK_OK && dk_expr_name(out->expr)) {
        status = dki_fail(err, DK_ERR_ARGUMENT, "first sets nothing, and %s does", key);
        dki_hint(err, "== compares");
    }
    return status;
}

dk_status dki_taking_parse(dk_scenario *scenario, const dk_intervention *from, dki_step *step, dk_error *err)
{
    dk_status status = from->drawn == DK_DRAWN_NOT ? DK_OK : check_drawn(from, err);

    step->seed = from->seed;
    if (status == DK_OK && from->n_first > 0 && from->share == NULL && from->count == NULL && from->rate == NULL)
        status = dki_fail(err, DK_ERR_ARGUMENT,
                          "first says who comes first where not all are taken: it goes with share, count or rate");
    if (status == DK_OK && from->effect == DK_ADDS && (from->n_first > 0 || from->drawn == DK_DRAWN_PERSONS))
        status = dki_fail(err, DK_ERR_ARGUMENT,
                          "who comes is like those who are matched, in proportion: add goes without %s",
                          from->n_first > 0 ? "first" : "drawn persons");
    if (status != DK_OK)
        return status;
    step->first = dki_arena_array(&scenario->arena, from->n_first, sizeof *step->first, err);
    if (step->first == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < from->n_first && status == DK_OK; i++)
        status = parse_first(scenario, from->first[i], &step->first[step->n_first++], err);
    return status;
}

dk_status dki_taking_check(const dk_scenario *scenario, dk_error *err)
{
    for (size_t i = 0; i < scenario->n_steps; i++)
        for (size_t k = 0; k < i && scenario->steps[i].drawn; k++) {
            const dki_step *step = &scenario->steps[i], *before = &scenario->steps[k];

            if (before->drawn && before->seed == step->seed && strcmp(before->name, step->name) == 0) {
                dki_fail(err, DK_ERR_DUPLICATE, "two steps named %s would draw the same random numbers",
                         step->name);
                dki_hint(err, "give one another name, or a seed of its own");
                return DK_ERR_DUPLICATE;
            }
        }
    return DK_OK;
}

bool dki_scenario_draws(const dk_scenario *scenario, dk_drawn kind)
{
    for (size_t i = 0; i < scenario->n_steps; i++)
        if (scenario->steps[i].drawn == kind)
            return true;
    return false;
}

dk_status dki_fail_keyless(dk_error *err)
{
    dki_fail(err, DK_ERR_ARGUMENT, "drawing persons wants to know who is who, and the table has no key");
    dki_hint(err, "say what tells them apart: t:with { key = \"pseudoniem\" }; or draw numbers: drawn = true");
    return DK_ERR_ARGUMENT;
}

dk_status dki_add_key(const dk_table *table, const dk_scenario *scenario, dki_text_map *names, dk_error *err)
{
    const dk_properties *properties = dk_table_properties(table);
    dk_status status = DK_OK;

    for (size_t i = 0; i < scenario->n_steps && properties->n_key == 0; i++)
        if (scenario->steps[i].drawn == DK_DRAWN_PERSONS)
            return dki_step_fail(&scenario->steps[i], dki_fail_keyless(err), err);

    for (size_t i = 0; i < properties->n_key && status == DK_OK && dki_scenario_draws(scenario, DK_DRAWN_PERSONS);
         i++) {
        uint32_t number;

        status = dki_text_map_add(names, properties->key[i], strlen(properties->key[i]), &number, err);
    }
    return status;
}
