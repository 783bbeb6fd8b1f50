/* model_lumps_run.c - weights of lumps after the steps of a compiled scenario (model_lumps.c).
 *
 * Cost: some multiplications for each lump and step, from the first step on whose amount is another one than before.
 */
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "data/column_parts.h"
#include "model.h"

/* Multiples of a unit, on their way: before the first step, and after each. */
struct dki_way {
    int64_t *multiples;
    int64_t unit;
    dki_i128 most; /* units of all cells together, at most */
};

/* Keeping the way ---------------------------------------------------------------------------------------------- */

void dki_track_init(dki_track *track, dk_context *context)
{
    *track = (dki_track){ .context = context };
}

void dki_track_drop(dki_track *track)
{
    dki_free(track->context, track->ways);
    dki_free(track->context, track->amounts);
    dki_free(track->context, track->multiples);
    dki_track_init(track, track->context);
}

dk_status dki_track_begin(dki_track *track, const dki_lumps *lumps, dk_error *err)
{
    size_t n = lumps->model->n_steps + 1, most = lumps->most;

    dki_track_drop(track);
    track->ways = dki_alloc_array(track->context, n, sizeof *track->ways, err);
    track->amounts = dki_alloc_array(track->context, n, sizeof *track->amounts, err);
    track->multiples = dki_alloc_array(track->context, n, most * sizeof *track->multiples, err);
    if (track->ways == NULL || track->amounts == NULL || track->multiples == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        track->ways[i].multiples = track->multiples + i * most;
    track->ways[0].unit = lumps->unit;
    track->ways[0].most = lumps->total;
    if (lumps->is_exact && most > 0)
        memcpy(track->multiples, lumps->multiples,
               (n > 1 ? lumps->steps[0].n : lumps->n) * sizeof *track->multiples);
    track->lumps = lumps;
    return DK_OK;
}

static bool is_same(const dk_value *a, const dk_value *b)
{
    if (a->is_null || b->is_null || a->type != b->type || a->scale != b->scale)
        return false;
    if (a->type == DK_REAL)
        return a->as.real == b->as.real;
    if (a->type == DK_RATIO)
        return a->as.ratio.numerator == b->as.ratio.numerator && a->as.ratio.denominator == b->as.ratio.denominator;
    return (a->type == DK_INTEGER || a->type == DK_DECIMAL) && a->as.integer == b->as.integer;
}

/* How many of the first steps do what they did, and to the same. */
static size_t count_kept(const dki_track *track, const dk_param *params)
{
    size_t n = 0;

    for (; n < track->n_kept; n++) {
        const dki_lump_step *step = &track->lumps->steps[n];

        if (!step->is_fixed &&
            (step->param == SIZE_MAX || !is_same(&track->amounts[n], &params[step->param].value)))
            break;
    }
    return n;
}

/* Steps -------------------------------------------------------------------------------------------------------- */

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
                            const struct dki_way *way, struct taking *t, dk_error *err)
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
        if (step->move[k] != DKI_NOWHERE && way->multiples[k] > 0) {
            matched += way->multiples[k];
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
static bool take(const dki_lump_step *step, const struct dki_way *way, size_t n_after, dk_ratio share,
                 struct dki_way *after)
{
    const dki_step *of = step->of->step;
    const int64_t *now = way->multiples;
    int64_t p = share.numerator, q = share.denominator, stays = of->scale ? p : q - p;

    after->most = way->most;
    if (of->scale && p > q)
        after->most = way->most / q * p + p;
    else if (of->effect == DK_ADDS)
        after->most *= 2;
    if (after->most > INT64_MAX)
        return false;
    if (of->effect == DK_ADDS)
        stays = q;
    memset(after->multiples, 0, n_after * sizeof *after->multiples);
    for (size_t k = 0; k < step->n; k++) {
        bool is_taken = step->move[k] != DKI_NOWHERE;

        after->multiples[step->stay[k]] += now[k] * (is_taken ? stays : q);
        if (is_taken && !of->scale && of->effect != DK_REMOVES)
            after->multiples[step->move[k]] += now[k] * p;
    }
    after->unit = way->unit / q;
    return true;
}

/* Takes of the one lump whom the step matches, rounded to a unit: as all strata together give that, whatever each of them
 * gives. From then on the unit is one. */
static void take_rounded(const dki_lump_step *step, const struct dki_way *way, size_t n_after,
                         const struct taking *t, struct dki_way *after)
{
    int64_t there = way->multiples[t->matched] * way->unit;
    int64_t taken = (int64_t)dki_divide_round((dki_i128)there * t->share.numerator, t->share.denominator);

    memset(after->multiples, 0, n_after * sizeof *after->multiples);
    for (size_t k = 0; k < step->n; k++)
        after->multiples[step->stay[k]] += way->multiples[k] * way->unit;
    after->multiples[step->stay[t->matched]] -= taken;
    if (step->of->step->effect != DK_REMOVES)
        after->multiples[step->move[t->matched]] += taken;
    after->unit = 1;
    after->most = way->most;
}

static bool takes_rounded(const dki_step *step, const struct taking *t)
{
    return t->n_matched == 1 && !step->whole && !step->scale && step->effect != DK_ADDS;
}

dk_status dki_lumps_run(dki_track *track, const dk_param *params, int64_t *out, bool *done, dk_error *err)
{
    const dki_lumps *lumps = track->lumps;
    size_t n_steps = lumps->model->n_steps;
    const struct dki_way *last = &track->ways[n_steps];
    bool known = lumps->is_exact;
    dk_error why;

    dki_error_begin(&why);
    track->n_kept = known ? count_kept(track, params) : 0;
    for (size_t i = track->n_kept; i < n_steps && known; i++) {
        const dki_lump_step *step = &lumps->steps[i];
        struct dki_way *way = &track->ways[i];
        size_t n_after = i + 1 < n_steps ? lumps->steps[i + 1].n : lumps->n;
        struct taking t;
        dk_status status = find_share(step, lumps, params, way, &t, &why);

        if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED) {
            if (err)
                *err = why;
            return status;
        }
        known = t.is_known && (t.fits || takes_rounded(step->of->step, &t));
        if (known && t.fits)
            known = take(step, way, n_after, t.share, way + 1);
        else if (known)
            take_rounded(step, way, n_after, &t, way + 1);
        if (!known)
            break;
        if (!step->is_fixed && step->param != SIZE_MAX)
            track->amounts[i] = params[step->param].value;
        track->n_kept = i + 1;
    }
    for (size_t k = 0; k < lumps->n && known; k++)
        out[k] = lumps->rest[k] + last->multiples[k] * last->unit;
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
