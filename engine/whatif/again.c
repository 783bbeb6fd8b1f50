/* again.c - the same question of the same scenario, of other amounts: how counts and sums come of weights is kept.
 *
 * Compiled steps (compiled.h) give weights of lumps. Which rows a breakdown has of these, and which lumps each takes together, is found
 * when it is asked a second time, and kept with the table beside all that deciding what to ask takes; then an answer costs arithmetic,
 * and its columns.
 *
 * Kept for one breakdown and one scenario. Threads: any; what is kept is not changed by who asks.
 */
#include "again.h"

#include "base/memory.h"
#include "compiled.h"
#include "data/table_parts.h"
#include "sums.h"

#define MOST_KEPT 8 /* of a table */

static const char again_kind; /* its address stands for what is kept */

struct again {
    dki_kept kept;
    dk_context *context;
    const dk_breakdown *breakdown;
    dk_breakdown whole; /* borrows from it */
    const dk_table *cells, *noted;
    dki_kept *compiled;
    const dki_lumps *lumps;
    dki_sums *sums;
};

static void drop_again(dki_kept *kept)
{
    struct again *a = (struct again *)kept;
    dk_context *context = a->context;

    dki_sums_drop(a->sums);
    dki_kept_release(a->compiled);
    dk_table_release(a->noted);
    dk_table_release(a->cells);
    dk_breakdown_release(a->breakdown);
    dki_free(context, a);
    dk_context_release(context);
}

struct wish {
    const dk_breakdown *breakdown;
    const dk_scenario *scenario;
    const dk_param *values;
};

static uint64_t cost(const void *arg, const dki_kept *kept)
{
    const struct wish *wish = arg;
    const struct again *a = (const struct again *)kept;

    return a->breakdown == wish->breakdown && dki_compiled_is_of(a->compiled, wish->scenario, wish->values)
               ? 1
               : DKI_WILL_NOT_DO;
}

dk_status dki_again_ask(const dk_breakdown *breakdown, const dk_table *table, const dk_scenario *scenario,
                        const dk_params *params, bool *done, const dk_table **base, const dk_table **cells,
                        const dk_table **result, dk_error *err)
{
    dk_context *context = dk_table_context(table);
    dk_param *values = dki_alloc_array(context, scenario->n_params, sizeof *values, err);
    struct wish wish = { breakdown, scenario, values };
    int64_t *weights = NULL;
    struct again *a = NULL;
    dk_status status = values ? DK_OK : DK_ERR_MEMORY;

    *done = false;
    if (status == DK_OK && !dki_basis_is_forced() && dki_scenario_values(scenario, params, values, NULL) == DK_OK)
        a = (struct again *)dki_cache_choose(context, &again_kind, dki_table_owner(table), cost, &wish);
    if (a) {
        weights = dki_alloc_array(context, a->lumps->n, sizeof *weights, err);
        status = weights ? dki_compiled_weigh(a->compiled, values, weights, done, err) : DK_ERR_MEMORY;
        if (status == DK_OK && *done)
            status = dki_sums_result(a->sums, weights, done, result, err);
        if (status == DK_OK && *done) {
            *base = dk_table_retain(a->cells);
            *cells = dk_table_retain(a->noted);
        }
        dki_free(context, weights);
        dki_kept_release(&a->kept);
    }
    dki_free(context, values);
    return status;
}

/* Keeping ------------------------------------------------------------------------------------------------------- */

/* What was compiled is given. */
static dk_status keep(const dki_basis *basis, dki_kept *compiled, dk_error *err)
{
    dk_context *context = dk_table_context(basis->table);
    struct again *a = dki_calloc(context, 1, sizeof *a, err);
    const dk_params none = { NULL, 0 };
    dk_status status;

    if (a == NULL) {
        dki_kept_release(compiled);
        return DK_ERR_MEMORY;
    }
    dki_kept_init(&a->kept, drop_again);
    a->context = dk_context_retain(context);
    a->breakdown = dk_breakdown_retain(basis->breakdown);
    a->cells = dk_table_retain(basis->cells);
    a->compiled = compiled;
    dki_breakdown_whole(a->breakdown, &a->whole);
    status = dki_compiled_parts(compiled, &a->lumps, &a->noted, err);
    if (status == DK_OK)
        status = dki_sums_new(&a->whole, &none, a->lumps, &a->sums, err);
    if (status == DK_OK && a->sums)
        dki_cache_add_many(context, &again_kind, dki_table_owner(basis->table), dki_cache_owner(), &a->kept,
                           MOST_KEPT);
    dki_kept_release(&a->kept);
    return status;
}

dk_status dki_again_keep(const dki_basis *basis, const dk_scenario *scenario, const dk_params *params,
                         dk_error *err)
{
    dki_kept *compiled = NULL;
    dk_status status = DK_OK;

    if (!basis->by_rows && basis->wants.most == DKI_WANT_PERSONS && !dki_basis_is_forced() &&
        !dki_breakdown_shows_levels(basis->breakdown) && dki_breakdown_is_own(basis->breakdown) &&
        !dki_breakdown_has_params(basis->breakdown))
        status = dki_compiled_find(basis, scenario, params, &compiled, err);
    return compiled ? keep(basis, compiled, err) : status;
}
