/* scenario_plan.c - how scenarios of a breakdown are computed, step by step, as a table: which cells, how many were expected
 * and are, whether they were there already, and where rows are taken in their place, why.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "basis.h"
#include "query/plan_steps.h"
#include "query/trace.h"

#define NOTHING DKI_PLAN_NOTHING
#define MEBIBYTE 1048576.0
#define WORDS 400

struct plan {
    dki_basis basis;
    dk_breakdown whole; /* without order and limit */
    dki_plan_steps steps;
    const dk_params *params; /* of the breakdown */
};

DK_PRINTF(2, 3) static void say(char out[WORDS], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(out, WORDS, format, args);
    va_end(args);
    out[dki_utf8_whole(out, strlen(out))] = '\0';
}

/* "gemeente, in_sonar": in the order of the table. */
static void list(const dk_table *table, const dki_text_map *names, char out[WORDS])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < dk_table_n_columns(table) && used + 1 < WORDS; i++) {
        const char *name = dk_table_field(table, i)->name;

        if (dki_text_map_find(names, name, strlen(name)) != DKI_MAP_NONE)
            used += (size_t)snprintf(out + used, WORDS - used, "%s%s", used ? ", " : "", name);
    }
    out[dki_utf8_whole(out, strlen(out))] = '\0';
}

/* How many cells there would be, as is known before they are made. */
static void put_prediction(struct plan *p, uint64_t ns)
{
    const dki_cube_size *size = &p->basis.size;
    char what[WORDS], how[WORDS];

    list(p->basis.table, &p->basis.names, what);
    say(how, "%s; at most %llu, %.1f MiB, and %.1f while a scenario runs",
        size->is_exact ? "all rows looked at" : "expected from a sample of the rows",
        (unsigned long long)size->n_most, (double)dki_cube_kept_bytes(size) / MEBIBYTE,
        (double)dki_cube_need_bytes(size) / MEBIBYTE);
    dki_plan_steps_put(&p->steps, (dki_plan_step){ "predict", what, how, NOTHING, dk_table_n_rows(p->basis.table),
                                                   size->n_cells, ns });
}

static void put_cells(struct plan *p, uint64_t ns)
{
    static const char *const ways[] = { [DKI_CUBE_KEPT] = "kept with the table: made before",
                                        [DKI_CUBE_REGROUPED] = "made of kept cells with more columns",
                                        [DKI_CUBE_GROUPED] = "made of the rows, and kept with the table" };
    const dki_basis *b = &p->basis;
    char what[WORDS], how[WORDS];

    if (b->by_rows) {
        list(b->table, &b->names, what);
        say(how, "not made, each row is a cell: %s", b->why);
        dki_plan_steps_put(&p->steps, (dki_plan_step){ "cube", what, how, NOTHING, NOTHING, NOTHING, NOTHING });
    }
    list(b->table, b->by_rows ? &b->own : &b->names, what);
    dki_plan_steps_put(&p->steps, (dki_plan_step){ b->by_rows ? "steps' cells" : "cube", what, ways[b->use.way],
                                                   NOTHING, b->use.way == DKI_CUBE_KEPT ? NOTHING : b->use.n_from,
                                                   dk_table_n_rows(b->cells), ns });
}

static dk_status put_base(struct plan *p, dk_error *err)
{
    const dk_table *first = NULL;
    uint64_t since = dki_trace_now(), ns;
    bool kept = false;
    dk_status status = dki_base_get(p->basis.breakdown, &p->whole, p->basis.table, p->params, &kept, &first, err);

    if (status != DK_OK)
        return status;
    ns = dki_trace_now() - since;
    dki_plan_steps_put(&p->steps, (dki_plan_step){ "base", NULL,
                                                   kept ? "kept with the table: asked before" : "asked of the rows",
                                                   NOTHING, kept ? NOTHING : dk_table_n_rows(p->basis.table),
                                                   dk_table_n_rows(first), ns });
    dk_table_release(first);
    return DK_OK;
}

static dk_status put_scenario(struct plan *p, const dk_scenario *scenario, const dk_params *params, dk_error *err)
{
    const dk_table *cells = NULL, *result = NULL;
    uint64_t since = dki_trace_now(), ns;
    char how[WORDS];
    bool by_rows = p->basis.by_rows;
    dk_status status = dki_basis_ask(&p->basis, &p->whole, p->params, scenario, params, &cells, &result, err);

    if (status != DK_OK)
        return status;
    ns = dki_trace_now() - since;
    if (by_rows != p->basis.by_rows)
        say(how, "by rows in the end: %s", p->basis.why);
    else
        say(how, "%zu step%s on cells, then the breakdown on %s", scenario->n_steps,
            scenario->n_steps == 1 ? "" : "s",
            by_rows ? "rows, each with what became of its cell" : "what they became");
    dki_plan_steps_put(&p->steps, (dki_plan_step){ "scenario", scenario->name, how, NOTHING,
                                                   dk_table_n_rows(by_rows ? p->basis.table : p->basis.cells),
                                                   dk_table_n_rows(result), ns });
    dk_table_release(cells);
    dk_table_release(result);
    return DK_OK;
}

static dk_status run(struct plan *p, const dk_scenario *const *scenarios, const dk_params *params, size_t n,
                     dk_error *err)
{
    uint64_t since = dki_trace_now(), ns;
    dk_status status = dki_basis_init(&p->basis, p->basis.breakdown, p->basis.table, scenarios, n, err);

    if (status == DK_OK && !p->basis.is_predicted)
        status = dki_cube_predict(p->basis.table, &p->basis.names, &p->basis.size, err);
    if (status != DK_OK)
        return status;
    ns = dki_trace_now() - since;
    put_prediction(p, ns);
    status = put_base(p, err);
    since = dki_trace_now();
    if (status == DK_OK)
        status = dki_basis_open(&p->basis, err);
    if (status == DK_OK)
        put_cells(p, dki_trace_now() - since);
    for (size_t i = 0; i < n && status == DK_OK; i++)
        status = put_scenario(p, scenarios[i], params ? &params[i] : NULL, err);
    return status;
}

dk_status dk_scenario_plan(const dk_breakdown *breakdown, const dk_table *table, const dk_params *breakdown_params,
                           const dk_scenario *const *scenarios, const dk_params *params, size_t n_scenarios,
                           const dk_table **out, dk_error *err)
{
    struct plan p = { .basis = { .breakdown = breakdown, .table = table }, .params = breakdown_params };
    const dk_table *made = NULL;
    dk_status status = dki_check_breakdown_params(breakdown, NULL, scenarios, n_scenarios, breakdown_params, err);

    if (status != DK_OK)
        return status;
    dki_breakdown_whole(breakdown, &p.whole);
    dki_plan_steps_init(&p.steps, dk_table_context(table), err);
    status = p.steps.status == DK_OK ? run(&p, scenarios, params, n_scenarios, err) : p.steps.status;
    if (status == DK_OK)
        status = dki_plan_steps_finish(&p.steps, &made);
    else
        (void)dki_plan_steps_finish(&p.steps, &made);
    dki_basis_drop(&p.basis);
    if (status == DK_OK)
        *out = made;
    else
        dk_table_release(made);
    return status;
}
