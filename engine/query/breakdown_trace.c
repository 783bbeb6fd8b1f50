/* breakdown_trace.c - how a breakdown was computed, step by step, as a table. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "breakdown_plan.h"
#include "plan_steps.h"

#define NOTHING DKI_PLAN_NOTHING

struct rows {
    const dki_result *result;
    dki_plan_steps steps;
};

static void put_step(struct rows *rows, dki_plan_step step)
{
    dki_plan_steps_put(&rows->steps, step);
}

DK_PRINTF(3, 4) static void say(char *out, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out, size, format, args);
    va_end(args);
    out[dki_utf8_whole(out, strlen(out))] = '\0';
}

/* The text of a node of a measure, in the result's arena. */
static const char *text_of(struct rows *rows, const dk_expr *expr, const dki_node *node)
{
    const char *text = dki_arena_text((dki_arena *)&rows->result->arena, dk_expr_text(expr) + node->at, node->size,
                                      rows->steps.err);

    if (text == NULL && rows->steps.status == DK_OK)
        rows->steps.status = DK_ERR_MEMORY;
    return text;
}

dk_status dki_trace_begin(dki_trace *trace, dki_plan *plan, dk_error *err)
{
    trace->steps = dki_calloc(plan->context, DKI_N_STEPS(plan), sizeof *trace->steps, err);
    trace->n_common = dki_calloc(plan->context, plan->common->n, sizeof *trace->n_common, err);
    plan->trace = trace;
    return trace->steps && trace->n_common ? DK_OK : DK_ERR_MEMORY;
}

void dki_trace_drop(dki_trace *trace, const dki_plan *plan)
{
    dki_free(plan->context, trace->steps);
    dki_free(plan->context, trace->n_common);
    trace->steps = trace->n_common = NULL;
}

/* Inputs. ------------------------------------------------------------------------------------------------------ */

static void put_input(struct rows *rows, const char *step, const char *what, const dki_bound *bound, size_t number,
                      bool taken, uint64_t shared, uint64_t n_rows, uint64_t out)
{
    const dki_plan *plan = rows->result->plan;
    char how[DKI_DESCRIPTION];

    if (taken)
        say(how, sizeof how, "its rows are those that an earlier breakdown of the pass has found");
    else
        dki_bound_describe(bound, how, sizeof how);
    put_step(rows, (dki_plan_step){ step, what, how, shared, n_rows, out, plan->trace->steps[number] });
}

static void put_dimension(struct rows *rows, size_t i, uint64_t n_rows)
{
    const dki_plan *plan = rows->result->plan;
    const dki_groups *groups = &rows->result->groups;
    uint64_t n_codes =
        groups->parts ? NOTHING : dki_grouper_n_codes(&groups->grouper, i); /* parts have keys alone */
    char how[DKI_DESCRIPTION], all[DKI_DESCRIPTION + 80];

    if (plan->texts[i] && plan->texts[i]->numbers)
        say(how, sizeof how, "the numbers of its texts, which stay with the column");
    else
        dki_bound_describe(plan->by[i], how, sizeof how);
    say(all, sizeof all, "%s: %s", how,
        plan->texts[i] || dki_dimension_n_direct(&plan->dims[i]) ? "known beforehand" : "coded as they come");
    put_step(rows, (dki_plan_step){ "dimension", plan->breakdown->by[i].name, all, NOTHING, n_rows, n_codes,
                                    plan->trace->steps[DKI_STEP_BY + i] });
}

static void put_inputs(struct rows *rows)
{
    const dki_plan *plan = rows->result->plan;
    const dki_groups *groups = &rows->result->groups;
    uint64_t n_rows = dk_table_n_rows(plan->table), n_selected = plan->where ? groups->n_where : n_rows;

    for (size_t i = 0; i < plan->common->n && !plan->trace->comes_later; i++) {
        const dki_common_part *part = &plan->common->parts[i];
        char how[DKI_DESCRIPTION];

        dki_bound_describe(part->bound, how, sizeof how); /* its time is that of who asked first */
        put_step(rows, (dki_plan_step){ "common", text_of(rows, part->expr, part->node), how, part->n_places,
                                        plan->trace->n_common[i], NOTHING, NOTHING });
    }
    if (plan->where)
        put_input(rows, "where", dk_expr_text(plan->breakdown->where), plan->where, DKI_STEP_WHERE,
                  plan->trace->takes_where, NOTHING, n_rows, groups->n_where);
    for (size_t i = 0; i < plan->breakdown->n_by; i++)
        put_dimension(rows, i, n_selected);
    for (size_t i = 0; i < plan->n_filters; i++) {
        const dki_plan_filter *filter = &plan->filters[i];
        uint64_t n = 0;

        for (size_t k = 0; k < plan->n_aggregates; k++)
            n += plan->aggregates[k].filter == i;
        put_input(rows, "condition", text_of(rows, plan->breakdown->measures[filter->measure].expr, filter->node),
                  filter->bound, DKI_STEP_FILTER(plan) + i, i < 64 && plan->trace->takes_filter >> i & 1, n,
                  n_selected, plan->trace->steps[DKI_STEP_TRUE(plan) + i]);
    }
    for (size_t i = 0; i < plan->n_values; i++) {
        const dk_expr *expr = NULL;
        uint64_t n = 0;

        for (size_t k = plan->n_aggregates; k-- > 0;) {
            if (plan->aggregates[k].value == i) {
                expr = plan->aggregates[k].expr;
                n++;
            }
        }
        put_input(rows, "value", expr ? text_of(rows, expr, plan->values[i].node) : NULL, plan->values[i].bound,
                  DKI_STEP_VALUE(plan) + i, false, n, n_selected, NOTHING);
    }
}

/* The whole. --------------------------------------------------------------------------------------------------- */

static void put_groups(struct rows *rows)
{
    const dki_plan *plan = rows->result->plan;
    const dki_trace *trace = plan->trace;
    uint64_t n_rows = plan->where ? rows->result->groups.n_where : dk_table_n_rows(plan->table);
    size_t n_left = plan->n_aggregates - trace->n_counted - trace->n_summed - trace->n_listed;
    char how[160], listed[48] = "";

    if (trace->n_listed)
        say(listed, sizeof listed, ", %zu from lists of values", trace->n_listed);
    if (trace->n_slots)
        say(how, sizeof how, "by index, of %zu places: %zu counted, %zu added up%s", trace->n_slots,
            trace->n_counted, trace->n_summed, listed);
    else if (trace->in_order)
        say(how, sizeof how, "by sorting, dealt to partitions of keys");
    else if (trace->in_parts)
        say(how, sizeof how, "by hash, dealt to partitions of keys");
    else
        say(how, sizeof how, "by hash: each key is looked for");
    put_step(rows, (dki_plan_step){ "groups", NULL, how, NOTHING, n_rows, trace->n_groups,
                                    trace->steps[DKI_STEP_COUNT(plan)] });
    if (n_left == 0 || trace->in_parts) /* partitions add up as they count */
        return;
    say(how, sizeof how, "%zu accumulator%s for each group", n_left, n_left == 1 ? "" : "s");
    put_step(rows, (dki_plan_step){ "aggregate", NULL, how, NOTHING, n_rows, NOTHING,
                                    trace->steps[DKI_STEP_ACCUMULATE(plan)] });
}

/* Of several breakdowns the first one's, for all. */
static uint64_t time_of_pass(const dki_trace *trace, dki_phase phase)
{
    return trace->comes_later ? NOTHING : trace->phases[phase];
}

static void put_steps(struct rows *rows, const dk_table *made)
{
    const dki_result *result = rows->result;
    const dki_plan *plan = result->plan;
    const dki_trace *trace = plan->trace;
    size_t n_bound = plan->breakdown->n_by + (plan->where != NULL) + plan->n_filters + plan->n_values;
    uint64_t n_rows = dk_table_n_rows(plan->table), n_cells = result->n_rows;
    char how[160], others[60] = "";

    say(how, sizeof how, "%zu expression%s bound to names and types, tables of codes made", n_bound,
        n_bound == 1 ? "" : "s");
    put_step(rows, (dki_plan_step){ "bind", NULL, how, NOTHING, NOTHING, NOTHING, trace->phases[DKI_PHASE_BIND] });
    put_inputs(rows);
    put_groups(rows);
    if (trace->n_together > 1)
        say(others, sizeof others, " for %zu breakdowns", trace->n_together);
    say(how, sizeof how, "one pass over the rows%s, by %u worker%s in blocks of %zu", others, trace->n_workers,
        trace->n_workers == 1 ? "" : "s", dki_block_rows(plan->context));
    put_step(rows, (dki_plan_step){ "scan", NULL, trace->comes_later ? "the same pass" : how, NOTHING, n_rows,
                                    trace->n_groups, time_of_pass(trace, DKI_PHASE_SCAN) });
    put_step(rows, (dki_plan_step){ "merge", NULL, "what the workers found, put together", NOTHING, NOTHING,
                                    trace->n_groups, time_of_pass(trace, DKI_PHASE_MERGE) });
    put_step(rows,
             (dki_plan_step){ "cells", NULL,
                              plan->breakdown->margins == DK_MARGINS_NONE ? "groups put in order"
                                                                          : "groups and their totals put in order",
                              NOTHING, trace->n_groups, n_cells, trace->phases[DKI_PHASE_CELLS] });
    for (size_t d = 0; d < plan->breakdown->n_by; d++) {
        const dki_spread *spread = &result->cells.spreads[d];

        if (plan->spreads[d] == DKI_SPREAD_NOT)
            continue;
        say(how, sizeof how,
            plan->entries ? "rows taken once for each member that their set %s"
                          : "sets that rows have, each put in the groups of the members that it %s",
            plan->spreads[d] == DKI_SPREAD_MISSING ? "lacks" : "has");
        put_step(rows, (dki_plan_step){ "members", plan->breakdown->by[d].name, how, NOTHING, trace->n_groups,
                                        spread->n_known, NOTHING });
    }
    say(how, sizeof how, "%zu measure%s from %zu aggregate%s", plan->breakdown->n_measures,
        plan->breakdown->n_measures == 1 ? "" : "s", plan->n_aggregates, plan->n_aggregates == 1 ? "" : "s");
    put_step(rows, (dki_plan_step){ "measures", NULL, how, NOTHING, n_cells, n_cells,
                                    trace->phases[DKI_PHASE_MEASURES] });
    put_step(rows, (dki_plan_step){ "result", NULL, "columns, order, limit, notes", NOTHING, n_cells,
                                    dk_table_n_rows(made), trace->phases[DKI_PHASE_TABLE] });
}

dk_status dki_trace_table(const dki_result *result, const dk_table *made, const dk_table **out, dk_error *err)
{
    struct rows rows = { .result = result };

    dki_plan_steps_init(&rows.steps, result->plan->context, err);
    if (rows.steps.status == DK_OK)
        put_steps(&rows, made);
    return dki_plan_steps_finish(&rows.steps, out);
}
