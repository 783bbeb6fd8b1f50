/* compiled.c - what a scenario does to kept cells, compiled for a breakdown (model.h) and kept with the table.
 *
 * Who asks the same of other shares and counts pays for arithmetic on weights and for the breakdown of as many rows as it can
 * tell apart. Compiling costs about as much as running the steps, so that it is done when the same is asked a second time: the first
 * time a thing without a model is kept, and so is one where nothing can be compiled.
 *
 * Kept with the table that the cells are of (not with the cells, which it holds). Threads: any; a model is not changed by who runs it.
 */
#include "compiled.h"

#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "data/column_parts.h"
#include "data/table_parts.h"
#include "scenario/model.h"

#define MOST_COMPILED 8 /* of a table */

static const char compiled_kind; /* its address stands for what is kept */

struct compiled {
    dki_kept kept;
    dk_context *context;
    const dk_scenario *scenario;
    const dk_table *cells;
    bool shows_levels;
    dki_text_map columns; /* of the breakdown */
    dki_arena arena;
    dk_param *values; /* all of the scenario's, of which those that are amounts may be others */
    bool *is_amount;
    dk_params params;
    dki_model *model;
    dki_lumps *lumps; /* NULL: asked once, or it cannot be compiled */
    dki_text_map notes;
    bool is_hopeless;
};

static void drop_compiled(dki_kept *kept)
{
    struct compiled *c = (struct compiled *)kept;
    dk_context *context = c->context;

    dki_lumps_drop(c->lumps);
    dki_model_drop(c->model);
    dki_text_map_drop(&c->columns);
    dki_text_map_drop(&c->notes);
    dki_arena_drop(&c->arena);
    dk_table_release(c->cells);
    dk_scenario_release(c->scenario);
    dki_free(context, c);
    dk_context_release(context);
}

/* Finding ------------------------------------------------------------------------------------------------------- */

struct wish {
    const dk_scenario *scenario;
    const dk_table *cells;
    const dki_text_map *columns;
    bool shows_levels;
    const dk_param *values;
};

static bool same_columns(const dki_text_map *a, const dki_text_map *b)
{
    for (uint32_t i = 0; i < a->n && a->n == b->n; i++) {
        size_t size;
        const char *name = dki_text_map_get(a, i, &size);

        if (dki_text_map_find(b, name, size) == DKI_MAP_NONE)
            return false;
    }
    return a->n == b->n;
}

static bool same_value(const dk_value *a, const dk_value *b)
{
    return a->type == b->type && a->scale == b->scale && dki_values_equal(a, b);
}

bool dki_compiled_is_of(const dki_kept *kept, const dk_scenario *scenario, const dk_param *values)
{
    const struct compiled *c = (const struct compiled *)kept;

    for (size_t i = 0; c->scenario == scenario && i < scenario->n_params; i++)
        if (!c->is_amount[i] && !same_value(&c->values[i].value, &values[i].value))
            return false;
    return c->scenario == scenario;
}

static uint64_t cost(const void *arg, const dki_kept *kept)
{
    const struct wish *wish = arg;
    const struct compiled *c = (const struct compiled *)kept;

    if (c->cells != wish->cells || c->shows_levels != wish->shows_levels ||
        !same_columns(&c->columns, wish->columns) || !dki_compiled_is_of(kept, wish->scenario, wish->values))
        return DKI_WILL_NOT_DO;
    return c->lumps || c->is_hopeless ? 1 : 2;
}

/* Making -------------------------------------------------------------------------------------------------------- */

static bool copy_values(struct compiled *c, const dk_param *values, size_t n)
{
    c->values = dki_arena_array(&c->arena, n + 1, sizeof *c->values, NULL);
    c->is_amount = dki_arena_array(&c->arena, n + 1, sizeof *c->is_amount, NULL);
    for (size_t i = 0; c->values && c->is_amount && i < n; i++) {
        dk_value *value = &c->values[i].value;

        c->values[i] = values[i]; /* names are the scenario's */
        c->is_amount[i] = dki_param_is_amount(c->scenario, i);
        if (value->is_null || (value->type != DK_TEXT && value->type != DK_CATEGORY))
            continue;
        value->as.text.bytes = dki_arena_text(&c->arena, value->as.text.bytes, value->as.text.size, NULL);
        if (value->as.text.bytes == NULL)
            return false;
    }
    c->params = (dk_params){ c->values, n };
    return c->values && c->is_amount;
}

static bool copy_columns(struct compiled *c, const dki_text_map *columns)
{
    for (uint32_t i = 0; i < columns->n; i++) {
        size_t size;
        const char *name = dki_text_map_get(columns, i, &size);
        uint32_t number;

        if (dki_text_map_add(&c->columns, name, size, &number, NULL) != DK_OK)
            return false;
    }
    return true;
}

/* What the reader must know of the steps, where no amount has a say in it: of one that moves persons. */
static dk_status find_notes(struct compiled *c, const dki_run *run, bool *known, dk_error *err)
{
    const dki_step *step = &c->scenario->steps[0];
    dki_run noted = *run;
    const dk_table *after = NULL;
    dk_status status;

    *known = c->scenario->n_steps == 1 && step->scale == NULL && step->effect == DK_MOVES;
    if (!*known)
        return DK_OK;
    noted.notes = &c->notes;
    status = dki_run_steps(&noted, c->cells, &after, err);
    dk_table_release(after);
    return status;
}

/* Fills model and lumps, or finds that there are none. */
static dk_status compile(struct compiled *c, dk_error *err)
{
    dki_run run = { .scenario = c->scenario, .to = c->scenario->n_steps, .params = &c->params };
    bool can = dk_table_properties(c->cells)->n_attached == 0;
    dk_status status = can ? dki_model_new(&run, c->cells, &c->model, err) : DK_OK;

    if (status == DK_OK && c->model && c->shows_levels)
        can = !dki_cells_gain_levels(c->cells, c->model->cells, 0);
    if (status == DK_OK && c->model && can && c->model->has_notes)
        status = find_notes(c, &run, &can, err);
    if (status == DK_OK && c->model && can)
        status = dki_lumps_new(c->model, &c->columns, NULL, &c->lumps, err);
    c->is_hopeless = c->lumps == NULL;
    return status;
}

/* A thing that is kept, and the caller's. with_model: compiled. *out is NULL where there is no memory for that. */
static dk_status make(const dk_table *table, const struct wish *wish, bool with_model, struct compiled **out,
                      dk_error *err)
{
    dk_context *context = dk_table_context(table);
    struct compiled *c = dki_alloc(context, sizeof *c, NULL);
    dk_error none = DK_ERROR_INIT;
    dk_status status;

    *out = NULL;
    if (c == NULL)
        return DK_OK;
    *c = (struct compiled){ .context = dk_context_retain(context),
                            .scenario = dk_scenario_retain(wish->scenario),
                            .cells = dk_table_retain(wish->cells),
                            .shows_levels = wish->shows_levels };
    dki_kept_init(&c->kept, drop_compiled);
    dki_arena_init(&c->arena, context);
    dki_text_map_init(&c->columns, context);
    dki_text_map_init(&c->notes, context);
    status = copy_values(c, wish->values, wish->scenario->n_params) && copy_columns(c, wish->columns)
                 ? DK_OK
                 : DK_ERR_MEMORY;
    if (status == DK_OK && with_model)
        status = compile(c, &none);
    if (status == DK_OK) {
        dki_cache_add_many(context, &compiled_kind, dki_table_owner(table), dki_cache_owner(), &c->kept,
                           MOST_COMPILED);
        *out = c;
        return DK_OK;
    }
    dki_kept_release(&c->kept);
    if (status == DK_ERR_INTERRUPTED && err)
        *err = none;
    return status == DK_ERR_INTERRUPTED ? status : DK_OK; /* whatever else is wrong running the steps says too */
}

/* What was compiled for that, retained; NULL: nothing. at_once: also where it was not asked before. */
static dk_status get(const dk_table *table, const struct wish *wish, bool at_once, struct compiled **out,
                     dk_error *err)
{
    dk_context *context = dk_table_context(table);
    struct compiled *found =
        (struct compiled *)dki_cache_choose(context, &compiled_kind, dki_table_owner(table), cost, wish);
    bool compiles = found ? found->lumps == NULL && !found->is_hopeless : at_once;
    dk_status status = DK_OK;

    if (found == NULL || compiles) {
        if (found)
            dki_kept_release(&found->kept);
        status = make(table, wish, compiles, &found, err);
    }
    if (found && found->lumps == NULL) {
        dki_kept_release(&found->kept);
        found = NULL;
    }
    *out = found;
    return status;
}

/* Asking -------------------------------------------------------------------------------------------------------- */

dk_status dki_compiled_weigh(const dki_kept *kept, const dk_param *values, int64_t *out, bool *done, dk_error *err)
{
    const struct compiled *c = (const struct compiled *)kept;
    dk_params params = { values, c->scenario->n_params };
    dk_error none = DK_ERROR_INIT;
    dki_track track;
    bool told;
    dk_status status;

    dki_track_init(&track, c->context);
    status = dki_track_begin(&track, c->lumps, err);
    if (status == DK_OK)
        status = dki_lumps_run(&track, values, out, done, err);
    if (status == DK_OK && !*done) {
        status = dki_lumps_weigh(c->lumps, c->model, &params, NULL, out, &told, &none);
        *done = status == DK_OK;
        if ((status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) && err)
            *err = none;
        else if (status != DK_ERR_MEMORY && status != DK_ERR_INTERRUPTED)
            status = DK_OK; /* running the steps says what it is */
    }
    dki_track_drop(&track);
    return status;
}

static dk_status ask(const struct compiled *c, const dk_breakdown *whole, const dk_params *breakdown_params,
                     const dk_param *values, bool *done, const dk_table **cells, const dk_table **result,
                     dk_error *err)
{
    int64_t *weights = dki_alloc_array(c->context, c->lumps->n, sizeof *weights, err);
    const dk_table *lumps = NULL;
    dk_status status = weights ? dki_compiled_weigh(&c->kept, values, weights, done, err) : DK_ERR_MEMORY;

    if (status == DK_OK && *done)
        status = dki_lumps_table(c->lumps, weights, &lumps, err);
    if (status == DK_OK && *done)
        status = dki_put_notes(&c->notes, &lumps, err);
    if (status == DK_OK && *done)
        status = dk_breakdown_run(whole, lumps, breakdown_params, result, err);
    if (status == DK_OK && *done)
        *cells = dk_table_retain(lumps);
    dk_table_release(lumps);
    dki_free(c->context, weights);
    return status;
}

/* What is looked for: the values of parameters, and the columns of the breakdown. */
struct sought {
    dk_context *context;
    dk_param *values;
    dki_text_map columns;
    struct wish wish;
};

/* *can: the parameters have values. To be dropped whatever comes. */
static dk_status seek(struct sought *sought, const dki_basis *basis, const dk_scenario *scenario,
                      const dk_params *params, bool *can, dk_error *err)
{
    dk_context *context = dk_table_context(basis->table);
    dk_status status;

    sought->context = context;
    sought->values = dki_alloc_array(context, scenario->n_params, sizeof *sought->values, err);
    dki_text_map_init(&sought->columns, context);
    status = sought->values ? dki_breakdown_mentions(basis->table, basis->breakdown, &sought->columns, err)
                            : DK_ERR_MEMORY;
    sought->wish = (struct wish){ scenario, basis->cells, &sought->columns,
                                  dki_breakdown_shows_levels(basis->breakdown), sought->values };
    *can = status == DK_OK && dki_scenario_values(scenario, params, sought->values, NULL) == DK_OK;
    return status;
}

static void drop_sought(struct sought *sought)
{
    dki_text_map_drop(&sought->columns);
    dki_free(sought->context, sought->values);
}

dk_status dki_compiled_ask(const dki_basis *basis, const dk_breakdown *whole, const dk_params *breakdown_params,
                           const dk_scenario *scenario, const dk_params *params, bool *done, const dk_table **cells,
                           const dk_table **result, dk_error *err)
{
    struct compiled *c = NULL;
    struct sought sought;
    bool can;
    dk_status status = seek(&sought, basis, scenario, params, &can, err);

    *done = false;
    if (can && basis->wants.most == DKI_WANT_PERSONS && atomic_load(&scenario->n_references) > 0)
        status = get(basis->table, &sought.wish, false, &c, err);
    if (status == DK_OK && c)
        status = ask(c, whole, breakdown_params, sought.values, done, cells, result, err);
    if (c)
        dki_kept_release(&c->kept);
    drop_sought(&sought);
    return status;
}

dk_status dki_compiled_get(const dki_basis *basis, const dk_scenario *scenario, const dk_param *values,
                           const dki_model **model, const dki_lumps **lumps, dki_kept **kept, dk_error *err)
{
    struct wish wish = { .scenario = scenario,
                         .cells = basis->cells,
                         .shows_levels = dki_breakdown_shows_levels(basis->breakdown),
                         .values = values };
    struct compiled *c = NULL;
    dki_text_map columns;
    dk_status status;

    *kept = NULL;
    dki_text_map_init(&columns, dk_table_context(basis->table));
    status = dki_breakdown_mentions(basis->table, basis->breakdown, &columns, err);
    wish.columns = &columns;
    if (status == DK_OK)
        status = get(basis->table, &wish, true, &c, err);
    if (status == DK_OK && c) {
        *model = c->model;
        *lumps = c->lumps;
        *kept = &c->kept;
    }
    dki_text_map_drop(&columns);
    return status;
}

dk_status dki_compiled_find(const dki_basis *basis, const dk_scenario *scenario, const dk_params *params,
                            dki_kept **out, dk_error *err)
{
    struct compiled *found = NULL;
    struct sought sought;
    bool can;
    dk_status status = seek(&sought, basis, scenario, params, &can, err);

    *out = NULL;
    if (can)
        found = (struct compiled *)dki_cache_choose(sought.context, &compiled_kind, dki_table_owner(basis->table),
                                                    cost, &sought.wish);
    if (found && found->lumps)
        *out = &found->kept;
    else if (found)
        dki_kept_release(&found->kept);
    drop_sought(&sought);
    return status;
}

dk_status dki_compiled_parts(const dki_kept *kept, const dki_lumps **lumps, const dk_table **noted, dk_error *err)
{
    const struct compiled *c = (const struct compiled *)kept;

    *lumps = c->lumps;
    *noted = dk_table_retain(c->lumps->table);
    return dki_put_notes(&c->notes, noted, err);
}
