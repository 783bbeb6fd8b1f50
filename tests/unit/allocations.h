/* allocations.h - asking how a budget is spread, for tests. */
#ifndef TESTS_UNIT_ALLOCATIONS_H
#define TESTS_UNIT_ALLOCATIONS_H

#include <dekking/allocate.h>

#include "solves.h"

/* What is asked, on the region unless a table is given. */
struct asking {
    const struct question *question;
    const struct plan *plan;
    const char *per[3];
    dk_allocate_spec spec;
    dk_allocate_target targets[4]; /* ends in one without a condition */
    const dk_params *breakdown_params;
};

#define AT_TOTAL(text)      \
    {                       \
        .condition = (text) \
    }
#define ALLOCATE(...) (&(const struct asking){ __VA_ARGS__ })
#define REGION(...) ALLOCATE(.question = &by_gemeente, .per = { "gemeente" }, __VA_ARGS__)

static inline dk_status ask(const dk_table *table, const struct asking *asking, const dk_table **plan,
                            const dk_table **limits, dk_error *err)
{
    dk_context *of = dk_table_context(table);
    const dk_breakdown *breakdown = make_breakdown(of, asking->question);
    const dk_scenario *scenario =
        make_scenario(of, asking->plan ? asking->plan : SHARE_PLAN(.per = { "gemeente" }));
    dk_allocate_spec spec = asking->spec;
    dk_status status;

    spec.per = asking->per;
    while (spec.n_per < 3 && asking->per[spec.n_per])
        spec.n_per++;
    spec.targets = asking->targets;
    while (spec.n_targets < 4 && asking->targets[spec.n_targets].condition)
        spec.n_targets++;
    status =
        dk_scenario_allocate(breakdown, table, asking->breakdown_params, scenario, NULL, &spec, plan, limits, err);
    dk_scenario_release(scenario);
    dk_breakdown_release(breakdown);
    return status;
}

/* The same on a table that is consumed, and must succeed; limits may be NULL. */
static inline const dk_table *asked(const dk_table *table, const struct asking *asking, const dk_table **limits)
{
    const dk_table *plan = NULL, *all = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_ok(ask(table, asking, &plan, &all, &err), &err);
    dk_table_release(table);
    if (limits)
        *limits = all;
    else
        dk_table_release(all);
    return plan;
}

static inline void refused(const dk_table *table, const struct asking *asking, dk_status code, const char *part)
{
    const dk_table *plan = NULL, *limits = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(ask(table, asking, &plan, &limits, &err), &err, code, part);
    assert_null(plan);
    assert_null(limits);
    dk_table_release(table);
}

#endif
