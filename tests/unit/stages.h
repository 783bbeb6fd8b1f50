/* stages.h - one step of a scenario on its way over cells that are written out, for tests of what happens inside.
 * */
#ifndef TESTS_UNIT_STAGES_H
#define TESTS_UNIT_STAGES_H

#include "scenarios.h"

#include "scenario/scenario_parts.h"

#define STAGE_CELLS 64

typedef struct stage {
    const dk_table *cells;
    const dk_scenario *scenario;
    int64_t weights[STAGE_CELLS];
    size_t columns[16];
    dk_param values[8];
    dk_params params;
    dki_stage stage;
    dki_strata strata;
} stage;

/* The first step of a plan on a table with a weight w, a decimal9. */
static inline void stage_init(stage *s, dk_context *context, const char *cells, const struct plan *plan)
{
    dk_error err = DK_ERROR_INIT;

    memset(s, 0, sizeof *s);
    s->cells = with_weight(make_table(context, cells), "w");
    s->scenario = make_scenario(context, plan);
    assert_true(dk_table_n_rows(s->cells) <= STAGE_CELLS);
    assert_ok(dki_cells_weights(s->cells, s->weights, &err), &err);
    assert_ok(dki_scenario_values(s->scenario, NULL, s->values, &err), &err);
    s->params = (dk_params){ s->values, s->scenario->n_params };
    s->stage = (dki_stage){ .step = &s->scenario->steps[0],
                            .cells = s->cells,
                            .weights = s->weights,
                            .params = &s->params,
                            .columns = s->columns,
                            .allow_none = s->scenario->steps[0].allow_none };
    assert_ok(dki_mentioned_columns(s->scenario, s->cells, s->columns, &s->stage.n_columns, &err), &err);
}

static inline void stage_drop(stage *s)
{
    dki_strata_drop(&s->strata);
    dk_scenario_release(s->scenario);
    dk_table_release(s->cells);
}

/* "available taken: cells; cells" for each stratum, with ; between combinations. */
static inline const char *show_strata(const dki_strata *strata)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (uint64_t k = 0; k < strata->n; k++) {
        char available[64], taken[64];

        dki_format_weight(strata->available[k], available, sizeof available);
        dki_format_weight(strata->taken[k], taken, sizeof taken);
        used += (size_t)sprintf(text + used, "%s %s:", available, taken);
        for (uint64_t c = strata->strata[k]; c < strata->strata[k + 1]; c++) {
            used += (size_t)sprintf(text + used, "%s", c > strata->strata[k] ? ";" : "");
            for (uint64_t i = strata->combinations[c]; i < strata->combinations[c + 1]; i++)
                used += (size_t)sprintf(text + used, " %llu", (unsigned long long)strata->cells[i]);
        }
        used += (size_t)sprintf(text + used, "\n");
    }
    return text;
}

#endif
