/* tighten_mixture.c - bounds of sums and differences of numbers that are solved.
 *
 * n - k of two numbers that are known in bounds may be known better than these are: z - x of a sum x + y - z = 0 is y. So parts are put
 * in the place of totals, level by level, where something cancels out; what comes of any of that is true, and the narrowest is taken.
 * A linear program for each difference gave the same for all small random tables that were tried, and took a hundred times as long.
 *
 * Cost: for each row of a form, some passes over the parts of its totals.
 */
#include "tighten_anew.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/marker.h"
#include "data/table_parts.h"
#include "expr/poll_row.h"

#define MOST_GIVEN 4    /* numbers of which each way to put their parts is tried */
#define MOST_PUT 1000   /* sums in the place of totals */
#define MOST_FACTOR 100 /* of a number that is one */

/* Numbers. ---------------------------------------------------------------------------------------------------------- */

/* A form in one row: numbers, each once. */
struct row_form {
    uint32_t numbers[2 * DKI_MOST_TERMS];
    int32_t factors[2 * DKI_MOST_TERMS];
    size_t n;
    bool is_estimate;
};

/* What a number stands for: of one that is known in full, nothing. */
static dk_meaning meaning_of(const dki_tighten *t, uint64_t row, size_t column)
{
    const dk_column *of = dk_table_field(t->table, t->columns[column])->column;
    dk_value value;

    return dk_column_type(of) == DK_INTERVAL && dk_column_get(of, row, &value, NULL) == DK_OK
               ? value.as.interval.meaning
               : DK_MEANS_NOTHING;
}

/* false: a total is not there, or a number cannot be: that adds nothing to a total, but a difference from it is none either. */
static bool read_row(const dki_anew *anew, const dki_form *form, uint64_t row, struct row_form *out)
{
    out->n = 0;
    out->is_estimate = false;
    for (size_t i = 0; i < form->n_terms; i++) {
        const dki_form_term *term = &form->terms[i];
        uint64_t of = term->in == 0 ? row : anew->lookups[term->in - 1].rows[row];
        uint32_t number = (uint32_t)(of * anew->t->n_columns + term->column);
        dk_meaning meaning = of == DK_ROW_NULL ? DK_MEANS_IMPOSSIBLE : meaning_of(anew->t, of, term->column);
        size_t k = 0;

        if (meaning == DK_MEANS_IMPOSSIBLE)
            return false;
        out->is_estimate |= meaning == DK_MEANS_ESTIMATE;
        while (k < out->n && out->numbers[k] != number)
            k++;
        if (k == out->n) {
            out->numbers[out->n] = number;
            out->factors[out->n++] = 0;
        }
        out->factors[k] += term->factor;
    }
    for (size_t k = out->n; k-- > 0;)
        if (out->factors[k] == 0) { /* the same number on both sides */
            out->n--;
            out->numbers[k] = out->numbers[out->n];
            out->factors[k] = out->factors[out->n];
        }
    return true;
}

/* Bounds. ----------------------------------------------------------------------------------------------------------- */

/* A sum of numbers, of which totals are taken for their parts: z - x of x + y - z = 0 is y, known better than both. */
struct mixture {
    const dki_tighten *t;
    const dki_bounds *after;
    size_t
        *firsts; /* of each number: where the sums that it is the total of begin in `sums`, and behind the last */
    uint32_t *sums;
    int32_t *factors;  /* of each number; 0 where it takes no part */
    uint32_t *numbers; /* those that take part, or did */
    bool *is_listed;
    size_t n, n_given; /* of which the first were given */
    uint32_t put[MOST_PUT];
    int32_t put_by[MOST_PUT];
};

static size_t total_of(const dki_tighten *t, size_t sum)
{
    return t->numbers[t->starts[sum + 1] - 1]; /* the last one */
}

static dk_status open_mixture(struct mixture *m, dk_error *err)
{
    const dki_tighten *t = m->t;
    size_t n = t->spec->at_least ? 0 : t->n_sums; /* which are equal to their parts */

    m->firsts = dki_calloc(t->context, t->n_numbers + 2, sizeof *m->firsts, err);
    m->sums = dki_alloc_array(t->context, n + 1, sizeof *m->sums, err);
    m->factors = dki_calloc(t->context, t->n_numbers, sizeof *m->factors, err);
    m->numbers = dki_alloc_array(t->context, t->n_numbers, sizeof *m->numbers, err);
    m->is_listed = dki_calloc(t->context, t->n_numbers, sizeof *m->is_listed, err);
    if (!m->firsts || !m->sums || !m->factors || !m->numbers || !m->is_listed)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        m->firsts[total_of(t, i) + 2]++;
    for (size_t k = 2; k < t->n_numbers + 2; k++)
        m->firsts[k] += m->firsts[k - 1];
    for (size_t i = 0; i < n; i++)
        m->sums[m->firsts[total_of(t, i) + 1]++] = (uint32_t)i;
    return DK_OK;
}

static void drop_mixture(const struct mixture *m)
{
    dk_context *context = m->t->context;

    dki_free(context, m->firsts);
    dki_free(context, m->sums);
    dki_free(context, m->factors);
    dki_free(context, m->numbers);
    dki_free(context, m->is_listed);
}

static void add_part(struct mixture *m, uint32_t number, int32_t factor)
{
    m->factors[number] += factor;
    if (!m->is_listed[number])
        m->numbers[m->n++] = number;
    m->is_listed[number] = true;
}

static void add_sum(struct mixture *m, size_t sum, int32_t by)
{
    for (size_t i = m->t->starts[sum]; i < m->t->starts[sum + 1]; i++)
        add_part(m, m->t->numbers[i], by * m->t->factors[i]);
}

static dki_bounds add_up(const struct mixture *m)
{
    dki_bounds made = { 0 };
    dki_i128 least = 0, greatest = 0;

    for (size_t k = 0; k < m->n; k++) {
        const dki_bounds *b = &m->after[m->numbers[k]];
        dki_i128 factor = m->factors[m->numbers[k]];
        bool rises = factor > 0;

        if (factor == 0)
            continue;
        made.no_least |= rises ? b->no_least : b->no_greatest;
        made.no_greatest |= rises ? b->no_greatest : b->no_least;
        least += factor * (rises ? b->least : b->greatest);
        greatest += factor * (rises ? b->greatest : b->least);
    }
    made.no_least |= !dki_fits_i64(least);
    made.no_greatest |= !dki_fits_i64(greatest);
    made.least = made.no_least ? 0 : (int64_t)least;
    made.greatest = made.no_greatest ? 0 : (int64_t)greatest;
    return made;
}

/* Whether a part of the sum takes part with another sign than it would get: then there is less that is not known. */
static bool cancels(const struct mixture *m, size_t sum, int32_t by)
{
    for (size_t i = m->t->starts[sum]; i + 1 < m->t->starts[sum + 1]; i++)
        if ((int64_t)m->factors[m->t->numbers[i]] * by < 0)
            return true;
    return false;
}

/* Whether parts may stand in the place of a number. */
static bool is_open(const struct mixture *m, uint32_t number)
{
    int32_t factor = m->factors[number];

    return factor != 0 && abs(factor) <= MOST_FACTOR && !dki_tighten_is_exact(&m->after[number]);
}

/* Puts parts in the place of totals that came for others, as long as that leaves less; what was put is undone later. */
static size_t reduce(struct mixture *m)
{
    size_t n_put = 0;

    for (size_t k = m->n_given; k < m->n; k++) {
        uint32_t number = m->numbers[k];

        for (size_t i = m->firsts[number]; i < m->firsts[number + 1] && is_open(m, number); i++)
            if (n_put < MOST_PUT && cancels(m, m->sums[i], m->factors[number])) {
                m->put[n_put] = m->sums[i];
                m->put_by[n_put++] = m->factors[number];
                add_sum(m, m->sums[i], m->factors[number]); /* the total has -1 there */
            }
    }
    return n_put;
}

/* Narrows *best to what the numbers say, and what they do with parts in the place of totals: of each that was given, from `from` on,
 * by each sum that there is. */
static void explore(struct mixture *m, size_t from, dki_bounds *best)
{
    dki_bounds made = add_up(m);
    size_t n_put;

    (void)dki_tighten_meet(best, &made);
    n_put = reduce(m);
    if (n_put > 0) {
        made = add_up(m);
        (void)dki_tighten_meet(best, &made);
    }
    while (n_put-- > 0)
        add_sum(m, m->put[n_put], -m->put_by[n_put]);
    for (size_t k = from; k < m->n_given; k++) {
        uint32_t number = m->numbers[k];
        int32_t by = m->factors[number];

        for (size_t i = m->firsts[number]; i < m->firsts[number + 1] && is_open(m, number); i++) {
            add_sum(m, m->sums[i], by);
            explore(m, k + 1, best);
            add_sum(m, m->sums[i], -by);
        }
    }
}

static dki_bounds find_bounds(struct mixture *m, const struct row_form *of)
{
    dki_bounds best = { .no_least = true, .no_greatest = true };

    m->n = 0;
    for (size_t k = 0; k < of->n; k++)
        add_part(m, of->numbers[k], of->factors[k]);
    m->n_given = m->n;
    explore(m, m->n > MOST_GIVEN ? m->n : 0, &best);
    for (size_t k = 0; k < m->n; k++) {
        m->factors[m->numbers[k]] = 0;
        m->is_listed[m->numbers[k]] = false;
    }
    return best;
}

/* Columns. ---------------------------------------------------------------------------------------------------------- */

static dk_status form_column(const dki_anew *anew, const dki_form *form, struct mixture *m, const dk_column **out,
                             dk_error *err)
{
    const dki_tighten *t = anew->t;
    dk_builder *builder = NULL;
    struct row_form of;
    dk_status status = dk_builder_new(t->context, DK_INTERVAL, t->scale, NULL, &builder, err);

    DKI_FOR_ROWS(row, t->n_rows, t->context, status, err)
    {
        dk_interval value = { .meaning = DK_MEANS_NOTHING };
        dki_bounds made;

        if (!read_row(anew, form, row, &of)) {
            status = dk_builder_null(builder, 1, err);
            continue;
        }
        made = find_bounds(m, &of);
        value.least = made.least;
        value.greatest = made.greatest;
        value.no_least = made.no_least;
        value.no_greatest = made.no_greatest;
        if (made.no_least && made.no_greatest)
            value.meaning = DK_MEANS_UNBOUNDED;
        else if (of.is_estimate)
            value.meaning = DK_MEANS_ESTIMATE;
        dki_interval_mark(&value);
        status = dk_builder_interval(builder, &value, err);
    }
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}

dk_status dki_anew_add_forms(dki_anew *anew, const dki_bounds *after, dk_error *err)
{
    struct mixture m = { .t = anew->t, .after = after };
    dk_status status = open_mixture(&m, err);

    anew->is_solved = true;
    for (size_t i = 0; i < anew->n_forms && status == DK_OK; i++) {
        const dk_column *column = NULL;

        status = form_column(anew, &anew->forms[i], &m, &column, err);
        if (status == DK_OK)
            status = dki_table_lengthen(&anew->work, &DK_FIELD(anew->forms[i].name, column), err);
        dk_column_release(column);
    }
    drop_mixture(&m);
    return status;
}
