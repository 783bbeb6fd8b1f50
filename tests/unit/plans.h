/* plans.h - plans that run on tables that are written out, and what is expected of them. */
#ifndef TESTS_UNIT_PLANS_H
#define TESTS_UNIT_PLANS_H

#include "scenarios.h"

#include "with_context.h"

/* A plan on a table, whose weight is w where it has one. */
static inline dk_status run_plan(const char *text, const struct plan *plan, const dk_params *params,
                                 const dk_table **out, dk_error *err)
{
    const dk_table *table = make_table(context, text), *cells = NULL;
    const dk_scenario *scenario = make_scenario(context, plan);
    dk_status status;

    if (dk_table_find(table, "w") != DK_NO_COLUMN)
        table = with_weight(table, "w");
    status = dk_cells_new(table, NULL, &scenario, 1, &cells, err);
    if (status == DK_OK)
        status = dk_scenario_apply(scenario, cells, params, out, NULL, err);
    dk_table_release(cells);
    dk_scenario_release(scenario);
    dk_table_release(table);
    return status;
}

static inline void assert_after(const char *text, const struct plan *plan, const char *expected)
{
    static const size_t blocks[] = { 1, 2, DK_BLOCK_ROWS };

    for (size_t i = 0; i < 6; i++) {
        const dk_table *after = NULL;
        dk_error err = DK_ERROR_INIT;

        dk_set_threads(1 + i % 2);
        dk_context_set_block_rows(context, blocks[i / 2]);
        assert_ok(run_plan(text, plan, NULL, &after, &err), &err);
        assert_string_equal(show_rows(after), expected);
        dk_table_release(after);
    }
    dk_context_set_block_rows(context, DK_BLOCK_ROWS);
    dk_set_threads(0);
}

static inline void assert_refused(const char *text, const struct plan *plan, dk_status expected, const char *part)
{
    const dk_table *after = NULL;
    dk_error err = DK_ERROR_INIT;

    assert_fails(run_plan(text, plan, NULL, &after, &err), &err, expected, part);
    assert_null(after);
}

/* A plan of one step. */
#define ONE(...) PLAN(.name = "p", .steps = { { .name = "stap", __VA_ARGS__ } })

#endif
