/* rate.c - a rate that is set: how many of each stratum become true, or false, so that the share of true ones is what is
 * wanted.
 *
 * It is reached as a target is: as few become true as make true ones at least that share of the stratum, and as many
 * become false as leave it that. Who is not known counts in the whole, and is not taken.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "expr/poll_row.h"
#include "scenario_parts.h"

/* How much of each stratum is true, and the weights of those who are not what they are to become. */
static dk_status find_known(const dki_stage *stage, bool becomes, const dki_strata *strata, int64_t *is_true,
                            int64_t *others, int64_t *weights, dk_error *err)
{
    const dk_column *column;
    dk_status status = dki_rate_check(stage->step, stage->cells, &column, err);

    if (status != DK_OK)
        return status;
    memset(weights, 0, (size_t)dk_table_n_rows(stage->cells) * sizeof *weights);
    DKI_FOR_ROWS(k, strata->n, strata->context, status, err)
    {
        uint64_t end = strata->combinations[strata->strata[k + 1]];

        is_true[k] = others[k] = 0;
        for (uint64_t i = strata->combinations[strata->strata[k]]; i < end && status == DK_OK; i++) {
            uint64_t cell = strata->cells[i];
            dk_value value;

            status = dk_column_get(column, cell, &value, err);
            if (status != DK_OK || value.is_null)
                continue;
            if (value.as.boolean)
                is_true[k] += stage->weights[cell];
            if (value.as.boolean == becomes)
                continue;
            others[k] += stage->weights[cell];
            weights[cell] = stage->weights[cell];
        }
    }
    return status;
}

static dk_status fail_rate(const dki_stage *stage, const dki_strata *strata, uint64_t k, int64_t most, dk_ratio to,
                           dk_error *err)
{
    dk_value wanted = { .type = DK_RATIO, .as.ratio = to };
    dki_buffer text;
    char share[64], there[64], all[64];

    dki_buffer_init(&text, strata->context);
    if (strata->n_columns > 0 && dki_buffer_text(&text, " where ", NULL) == DK_OK)
        (void)dki_describe(stage->cells, dki_strata_cell(strata, k), strata->columns, strata->n_columns, &text,
                           NULL);
    dki_format_ratio(wanted.as.ratio, share, sizeof share);
    dki_format_weight(most, there, sizeof there);
    dki_format_weight(strata->available[k], all, sizeof all);
    dki_fail(err, DK_ERR_UNREACHABLE, "%s cannot be %s%.*s: at most %s of %s %s", stage->step->rate, share,
             (int)dki_utf8_floor(text.bytes, text.size, 160), text.size ? text.bytes : "", there, all,
             dki_unit(stage->cells, strata->available[k]));
    dki_buffer_drop(&text);
    return DK_ERR_UNREACHABLE;
}

dk_status dki_rate_settle(const dki_stage *stage, bool becomes, dki_strata *strata, int64_t *weights, dk_error *err)
{
    const dki_step *step = stage->step;
    int64_t unit = step->whole ? DKI_PERSON : 1;
    size_t n = (size_t)strata->n;
    int64_t *is_true = dki_alloc_array(strata->context, n, sizeof *is_true, err);
    int64_t *others = dki_alloc_array(strata->context, n, sizeof *others, err);
    dk_ratio to;
    dk_status status = is_true && others ? DK_OK : DK_ERR_MEMORY;

    strata->effect = DK_MOVES;
    strata->set = &step->rate_set[becomes];
    strata->n_set = 1;
    if (status == DK_OK)
        status = dki_amount(step->to, stage->cells, stage->params, "rate", &to, err);
    if (status == DK_OK)
        status = dki_check_share(to, err);
    if (status == DK_OK)
        status = find_known(stage, becomes, strata, is_true, others, weights, err);
    for (size_t k = 0; k < n && status == DK_OK; k++) {
        dki_i128 short_of = (dki_i128)to.numerator * strata->available[k] - (dki_i128)is_true[k] * to.denominator;
        dki_i128 whole = (dki_i128)to.denominator * unit, wanted;

        wanted = becomes ? (short_of + whole - 1) / whole : -short_of / whole;
        strata->taken[k] = 0;
        if ((short_of > 0) != becomes)
            continue;
        if (wanted * unit > others[k]) /* of those who become true alone */
            status = fail_rate(stage, strata, k, is_true[k] + others[k] / unit * unit, to, err);
        else
            strata->taken[k] = (int64_t)wanted * unit;
    }
    dki_free(strata->context, others);
    dki_free(strata->context, is_true);
    return status;
}
