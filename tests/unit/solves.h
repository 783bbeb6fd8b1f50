/* solves.h - asking how many more it takes, for tests: a table, a question, a plan, and what is sought. */
#ifndef TESTS_UNIT_SOLVES_H
#define TESTS_UNIT_SOLVES_H

#include "scenarios.h"

struct search {
    const struct question *question;
    const struct plan *plan;
    const char *vary, *target, *each;
    dk_cell_at at[3]; /* ends in one without a dimension */
    const dk_params *breakdown_params, *params;
};

static const struct question by_gemeente = { .by = { "gemeente" }, .measures = { COVERAGE } };

#define SEARCH(...) (&(const struct search){ __VA_ARGS__ })

static inline dk_status solve_on(const dk_table *table, const struct search *s, const dk_table **out, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    const dk_breakdown *breakdown = make_breakdown(context, s->question);
    const dk_scenario *scenario = make_scenario(context, s->plan);
    dk_solve_spec spec = { .vary = s->vary, .target = s->target, .each = s->each, .at = s->at };
    dk_status status;

    while (spec.n_at < 3 && s->at[spec.n_at].dimension)
        spec.n_at++;
    status = dk_scenario_solve(breakdown, table, s->breakdown_params, scenario, s->params, &spec, out, err);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return status;
}

/* The same on a table that is consumed, and must succeed. */
static inline const dk_table *solved(const dk_table *table, const struct search *s)
{
    const dk_table *result = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(solve_on(table, s, &result, &err), &err);
    dk_table_release(table);
    return result;
}

/* A share or a count of those not known becomes known. */
#define KNOWN_STEP(...)                                                                                    \
    {                                                                                                      \
        .name = "register the unknown", .where = "not in_sonar", .set = { "in_sonar = true" }, __VA_ARGS__ \
    }
#define SHARE_PLAN(...)                                            \
    PLAN(.name = "outreach", .params = { SHARE("aandeel", 3, 1) }, \
         .steps = { KNOWN_STEP(.share = "$aandeel", __VA_ARGS__) })
#define COUNT_PLAN                                                                    \
    PLAN(.name = "outreach", .params = { { .name = "aantal", .value = WHOLE(100) } }, \
         .steps = { KNOWN_STEP(.count = "$aantal") })

#endif
