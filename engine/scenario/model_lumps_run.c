/* model_lumps_run.c - weights of lumps after the steps of a compiled scenario (model_lumps.c).
 *
 * Cost: some multiplications for each lump and step.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "model.h"

/* Multiples of a unit, on their way. */
struct way {
    int64_t *now, *after;
    int64_t unit;
    dki_i128 most; /* units of all cells together, at most */
};

/* What a step takes, on its way. */
struct taking {
    dk_ratio share; /* of all whom it matches, in lowest terms */
    bool is_known;
    bool fits;        /* it takes whole parts of the unit of each */
    size_t n_matched; /* lumps with somebody */
    size_t matched;   /* the last of them */
};

/* How much the step takes. */
static dk_status find_share(const dki_lump_step *step, const dki_lumps *lumps, const dk_param *params,
                            const struct way *way, struct taking *t, dk_error *err)
{
    const dki_step *of = step->of->step;
    const dk_params all = { params, lumps->model->scenario->n_params };
    dk_ratio *share = &t->share;
    int64_t matched = 0;
    dk_status status = DK_OK;

    *t = (struct taking){ .share = { 1, 1 } };
    if (!step->is_fixed && step->param != SIZE_MAX)
        status = dki_amount_of(&params[step->param].value, "number", "", share, err);
    else if (!step->is_fixed)
        status = dki_amount(dki_step_amount(of), step->of->cells, &all, "number", share, err);
    for (size_t k = 0; k < step->n; k++)
        if (step->move[k] != DKI_NOWHERE && way->now[k] > 0) {
            matched += way->now[k];
            t->matched = k;
            t->n_matched++;
        }
    t->is_known = status == DK_OK && matched > 0 && share->numerator >= 0;
    if (t->is_known && of->count)
        t->is_known =
            dki_ratio_make((dki_i128)share->numerator * DKI_PERSON, (dki_i128)share->denominator, share) &&
            share->denominator == 1 && dki_ratio_make(share->numerator, (dki_i128)matched * way->unit, share);
    t->is_known = t->is_known && (of->scale || share->numerator <= share->denominator);
    t->fits =
        way->unit % share->denominator == 0 && (!of->whole || way->unit / share->denominator % DKI_PERSON == 0);
    return status;
}

/* Takes p of each q multiples, which become multiples of the qth part of the unit. false: there may be too many. */
static bool take(const dki_lump_step *step, struct way *way, size_t n_after, dk_ratio share)
{
    const dki_step *of = step->of->step;
    int64_t *now = way->now, p = share.numerator, q = share.denominator, stays = of->scale ? p : q - p;

    if (of->scale && p > q)
        way->most = way->most / q * p + p;
    else if (of->effect == DK_ADDS)
        way->most *= 2;
    if (way->most > INT64_MAX)
        return false;
    if (of->effect == DK_ADDS)
        stays = q;
    memset(way->after, 0, n_after * sizeof *way->after);
    for (size_t k = 0; k < step->n; k++) {
        bool is_taken = step->move[k] != DKI_NOWHERE;

        way->after[step->stay[k]] += now[k] * (is_taken ? stays : q);
        if (is_taken && !of->scale && of->effect != DK_REMOVES)
            way->after[step->move[k]] += now[k] * p;
    }
    way->unit /= q;
    way->now = way->after;
    way->after = now;
    return true;
}

/* Takes of the one lump whom the step matches, rounded to a unit: as all strata together give that, whatever each of them
 * gives. From then on the unit is one. */
static void take_rounded(const dki_lump_step *step, struct way *way, size_t n_after, const struct taking *t)
{
    int64_t *now = way->now, there = now[t->matched] * way->unit;
    int64_t taken = (int64_t)dki_divide_round((dki_i128)there * t->share.numerator, t->share.denominator);

    memset(way->after, 0, n_after * sizeof *way->after);
    for (size_t k = 0; k < step->n; k++)
        way->after[step->stay[k]] += now[k] * way->unit;
    way->after[step->stay[t->matched]] -= taken;
    if (step->of->step->effect != DK_REMOVES)
        way->after[step->move[t->matched]] += taken;
    way->unit = 1;
    way->now = way->after;
    way->after = now;
}

static bool takes_rounded(const dki_step *step, const struct taking *t)
{
    return t->n_matched == 1 && !step->whole && !step->scale && step->effect != DK_ADDS;
}

dk_status dki_lumps_run(const dki_lumps *lumps, const dk_param *params, int64_t *scratch, int64_t *out, bool *done,
                        dk_error *err)
{
    size_t n_steps = lumps->model->n_steps, n_first = n_steps ? lumps->steps[0].n : lumps->n;
    struct way way = { scratch, scratch + lumps->most, lumps->unit, lumps->total };
    bool known = lumps->is_exact;

    if (known && n_first > 0)
        memcpy(way.now, lumps->multiples, n_first * sizeof *way.now);
    for (size_t i = 0; i < n_steps && known; i++) {
        const dki_lump_step *step = &lumps->steps[i];
        size_t n_after = i + 1 < n_steps ? lumps->steps[i + 1].n : lumps->n;
        dk_error why = DK_ERROR_INIT;
        struct taking t;
        dk_status status = find_share(step, lumps, params, &way, &t, &why);

        if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
            if (err)
                *err = why;
            return status;
        }
        known = t.is_known && (t.fits || takes_rounded(step->of->step, &t));
        if (known && t.fits)
            known = take(step, &way, n_after, t.share);
        else if (known)
            take_rounded(step, &way, n_after, &t);
    }
    for (size_t k = 0; k < lumps->n && known; k++)
        out[k] = lumps->rest[k] + way.now[k] * way.unit;
    *done = known;
    return DK_OK;
}

void dki_lumps_add(const dki_lumps *lumps, const int64_t *weights, int64_t *out)
{
    if (lumps->n > 0)
        memcpy(out, lumps->rest, lumps->n * sizeof *out);
    for (size_t c = 0; c < lumps->model->n; c++)
        out[lumps->of_cell[c]] += weights[c];
}

dk_status dki_lumps_table(const dki_lumps *lumps, int64_t *weights, const dk_table **out, dk_error *err)
{
    const dk_table *there = NULL;
    dk_field field = DK_FIELD(dk_table_properties(lumps->table)->weight, NULL);
    uint64_t *rows = dki_alloc_array(lumps->context, lumps->n, sizeof *rows, err);
    uint64_t n = 0;
    dk_status status = rows ? DK_OK : DK_ERR_MEMORY;

    for (size_t i = 0; rows && i < lumps->n; i++)
        if (weights[i] > 0) {
            weights[n] = weights[i];
            rows[n++] = i;
        }
    if (status == DK_OK && n < lumps->n)
        status = dk_table_gather(lumps->table, rows, n, &there, err);
    else if (status == DK_OK)
        there = dk_table_retain(lumps->table);
    if (status == DK_OK)
        status = dki_column_of_integers(lumps->context, DK_DECIMAL, DK_WEIGHT_SCALE, weights, (size_t)n,
                                        &field.column, err);
    if (status == DK_OK)
        status = dk_table_with(there, &field, 1, out, err);
    dk_column_release(field.column);
    dk_table_release(there);
    dki_free(lumps->context, rows);
    return status;
}
