/* linear_clp.c - all sums together: the least and greatest of each number, by COIN-OR Clp.
 *
 * Numbers that are exact are left out, and the others measured from a bound of theirs, so that what Clp sees is as small as
 * what is not known. It solves by the simplex method, each time from where the time before ended: only what is to be least
 * changes. A solution that puts a number at its bound shows that the bound is met, and that number is not asked any more.
 *
 * What cannot hold is found by letting each sum be missed at a price, and then one after the other for nothing: those that
 * the others cannot do without are the smallest set.
 */
#include "linear.h"

#include <string.h>

#include "linear_parts.h"
#include "memory.h"
#include "status.h"

#ifdef DK_HAVE_CLP

#include <float.h>
#include <math.h>

#include "clp.h"
#include "progress.h"

#define CLOSE 1e-6 /* doubles that differ by less, of their size, are one */
#define NO_COLUMN UINT32_MAX

struct solver {
    dk_context *context;
    const dki_sums *sums;
    const dki_bounds *bounds; /* that the model has; borrowed */
    struct functions clp;
    Clp_Simplex *model;
    size_t n_columns; /* numbers that are not exact, and then what misses each sum from either side */
    size_t n_free;
    uint32_t *number_of; /* of the first n_free columns */
    uint32_t *column_of; /* of numbers */
    double *costs;       /* n_columns; cleared between programs, where nothing is missed */
    int64_t *scratch;    /* of dki_sums_prove */
};

/* What a column is measured from. */
static int64_t origin(const dki_bounds *b)
{
    return !b->no_least ? b->least : !b->no_greatest ? b->greatest : 0;
}

static double distance(int64_t to, int64_t from)
{
    return (double)((dki_i128)to - from);
}

/* The model. -------------------------------------------------------------------------------------------------------- */

struct matrix {
    dki_clp_matrix of; /* n_columns + 1 starts */
    double *column_least, *column_greatest, *row_least, *row_greatest;
};

static dk_status make_arrays(struct solver *s, struct matrix *m, size_t n_terms, dk_error *err)
{
    size_t n = s->n_columns + 1, n_rows = s->sums->n_sums + 1;

    if (s->n_columns >= INT32_MAX / 2 || n_terms >= INT32_MAX / 2)
        return dki_fail(err, DK_ERR_LIMIT, "sums of %zu terms are too many to solve", n_terms);
    m->of.starts = dki_calloc(s->context, n + 1, sizeof *m->of.starts, err);
    m->of.rows = dki_alloc_array(s->context, n_terms + 1, sizeof *m->of.rows, err);
    m->of.factors = dki_alloc_array(s->context, n_terms + 1, sizeof *m->of.factors, err);
    m->column_least = dki_alloc_array(s->context, n, sizeof *m->column_least, err);
    m->column_greatest = dki_alloc_array(s->context, n, sizeof *m->column_greatest, err);
    m->row_least = dki_alloc_array(s->context, n_rows, sizeof *m->row_least, err);
    m->row_greatest = dki_alloc_array(s->context, n_rows, sizeof *m->row_greatest, err);
    s->costs = dki_calloc(s->context, n, sizeof *s->costs, err);
    return m->of.starts && m->of.rows && m->of.factors && m->column_least && m->column_greatest && m->row_least &&
                   m->row_greatest && s->costs
               ? DK_OK
               : DK_ERR_MEMORY;
}

static void drop_arrays(const struct solver *s, const struct matrix *m)
{
    dki_free(s->context, m->of.starts);
    dki_free(s->context, m->of.rows);
    dki_free(s->context, m->of.factors);
    dki_free(s->context, m->column_least);
    dki_free(s->context, m->column_greatest);
    dki_free(s->context, m->row_least);
    dki_free(s->context, m->row_greatest);
}

static size_t count_terms(const struct solver *s, CoinBigIndex *starts)
{
    size_t n = 0;

    for (size_t t = 0; t < s->sums->starts[s->sums->n_sums]; t++) {
        uint32_t column = s->column_of[s->sums->numbers[t]];

        if (column == NO_COLUMN)
            continue;
        n++;
        if (starts)
            starts[column + 2]++; /* becomes where the next one begins */
    }
    return n;
}

/* A side of a sum as the columns have it: without what is exact, and what the columns are measured from. */
static double row_side(const struct solver *s, size_t i, int64_t total)
{
    dki_i128 rest = total;

    for (size_t t = s->sums->starts[i]; t < s->sums->starts[i + 1]; t++)
        rest -= (dki_i128)s->sums->factors[t] * origin(&s->bounds[s->sums->numbers[t]]);
    return (double)rest;
}

static void fill_arrays(const struct solver *s, struct matrix *m, bool may_miss)
{
    const dki_sums *sums = s->sums;

    count_terms(s, m->of.starts);
    for (size_t c = 0; c < s->n_free; c++) {
        const dki_bounds *b = &s->bounds[s->number_of[c]];

        m->column_least[c] = b->no_least ? -DBL_MAX : distance(b->least, origin(b));
        m->column_greatest[c] = b->no_greatest ? DBL_MAX : distance(b->greatest, origin(b));
        m->of.starts[c + 2] += m->of.starts[c + 1];
    }
    for (size_t i = 0; i < sums->n_sums; i++) {
        const dki_bounds *total = &sums->totals[i];

        m->row_least[i] = total->no_least ? -DBL_MAX : row_side(s, i, total->least);
        m->row_greatest[i] = total->no_greatest ? DBL_MAX : row_side(s, i, total->greatest);
        for (size_t t = sums->starts[i]; t < sums->starts[i + 1]; t++)
            if (s->column_of[sums->numbers[t]] != NO_COLUMN) {
                CoinBigIndex at = m->of.starts[s->column_of[sums->numbers[t]] + 1]++;

                m->of.rows[at] = (int)i;
                m->of.factors[at] = (double)sums->factors[t];
            }
    }
    for (size_t c = s->n_free; may_miss && c < s->n_columns; c++) {
        CoinBigIndex at = m->of.starts[c];

        m->of.starts[c + 1] = at + 1;
        m->of.rows[at] = (int)((c - s->n_free) / 2);
        m->of.factors[at] = (c - s->n_free) % 2 ? -1 : 1;
        m->column_least[c] = 0;
        m->column_greatest[c] = DBL_MAX;
        s->costs[c] = 1;
    }
}

static void choose_columns(struct solver *s)
{
    for (size_t k = 0; k < s->sums->n_numbers; k++) {
        s->column_of[k] = NO_COLUMN;
        if (dki_bounds_are_exact(&s->bounds[k]))
            continue;
        s->column_of[k] = (uint32_t)s->n_free;
        s->number_of[s->n_free++] = (uint32_t)k;
    }
}

static dk_status solver_open(struct solver *s, const char *who, bool may_miss, dk_error *err)
{
    size_t n = s->sums->n_numbers, n_terms;
    struct matrix m = { 0 };
    dk_status status = open_functions(who, &s->clp, err);

    if (status != DK_OK)
        return status;
    s->number_of = dki_alloc_array(s->context, n, sizeof *s->number_of, err);
    s->column_of = dki_alloc_array(s->context, n, sizeof *s->column_of, err);
    s->scratch = dki_calloc(s->context, n, sizeof *s->scratch, err);
    if (s->number_of == NULL || s->column_of == NULL || s->scratch == NULL)
        return DK_ERR_MEMORY;
    choose_columns(s);
    s->n_columns = s->n_free + (may_miss ? 2 * s->sums->n_sums : 0);
    n_terms = count_terms(s, NULL) + (s->n_columns - s->n_free);
    status = make_arrays(s, &m, n_terms, err);
    if (status == DK_OK) {
        fill_arrays(s, &m, may_miss);
        s->model = dki_clp_load(&s->clp, s->n_columns, s->sums->n_sums, &m.of, m.column_least, m.column_greatest,
                                s->costs, m.row_least, m.row_greatest);
        s->clp.Clp_scaling(s->model, 0); /* factors are 1 and -1 */
    }
    drop_arrays(s, &m);
    return status;
}

static void solver_close(struct solver *s)
{
    if (s->model)
        s->clp.Clp_deleteModel(s->model);
    dki_free(s->context, s->number_of);
    dki_free(s->context, s->column_of);
    dki_free(s->context, s->costs);
    dki_free(s->context, s->scratch);
}

/* Makes the costs as little as they can be; *end is what Clp says of it. */
static dk_status run(const struct solver *s, int *end, dk_error *err)
{
    s->clp.Clp_chgObjCoefficients(s->model, s->costs);
    return dki_clp_run(&s->clp, s->model, NULL, s->context, end, err);
}

/* Bounds of each number. -------------------------------------------------------------------------------------------- */

/* Margin systems have multipliers of small denominators: whole ones for two dimensions. */
static const int64_t denominators[] = { 1, 2, 12, 720720 };
#define N_DENOMINATORS (sizeof denominators / sizeof *denominators)

/* Puts what the multipliers prove of sign times a number into its bounds. True where that is as much as Clp says. */
static bool take_over(const struct solver *s, dki_bounds *bounds, size_t number, int sign)
{
    const double *multipliers = s->clp.Clp_dualRowSolution(s->model);
    double said = s->clp.Clp_objectiveValue(s->model);
    int64_t from = sign * origin(&s->bounds[number]);
    bool is_as_much = false;

    for (size_t i = 0; i < N_DENOMINATORS && !is_as_much; i++) {
        int64_t by = denominators[i];
        dki_i128 value;

        if (!dki_sums_prove(s->sums, bounds, multipliers, by, number, sign, s->scratch, &value))
            continue;
        if (sign > 0)
            dki_bounds_raise(&bounds[number], value, by, s->sums->are_whole);
        else
            dki_bounds_lower(&bounds[number], -value, by, s->sums->are_whole);
        is_as_much = (double)(value - (dki_i128)by * from) / (double)by >= said - CLOSE * (1 + fabs(said));
    }
    return is_as_much;
}

/* Bounds that the solution at hand meets need no program of their own. */
static void cross_off(const struct solver *s, uint8_t *asked)
{
    const double *solution = s->clp.Clp_primalColumnSolution(s->model);

    for (size_t c = 0; c < s->n_free; c++) {
        const dki_bounds *b = &s->bounds[s->number_of[c]];

        if (!b->no_least && solution[c] <= distance(b->least, origin(b)) + CLOSE)
            asked[c] &= (uint8_t)~1U;
        if (!b->no_greatest && solution[c] >= distance(b->greatest, origin(b)) - CLOSE)
            asked[c] &= (uint8_t)~2U;
    }
}

/* All that are asked at once: a solution in which many of them are at their bounds. */
static dk_status cross_off_many(struct solver *s, uint8_t *asked, dk_error *err)
{
    dk_status status = DK_OK;
    int end;

    for (int side = 0; side < 2 && status == DK_OK; side++) {
        for (size_t c = 0; c < s->n_free; c++) {
            const dki_bounds *b = &s->bounds[s->number_of[c]];
            bool is_open = side ? b->no_greatest : b->no_least;

            s->costs[c] = !is_open && asked[c] & 1U << side ? (side ? -1 : 1) : 0;
        }
        status = run(s, &end, err);
        if (status == DK_OK && end == DKI_CLP_OPTIMAL)
            cross_off(s, asked);
    }
    memset(s->costs, 0, s->n_columns * sizeof *s->costs);
    return status;
}

static dk_status ask_each(struct solver *s, uint8_t *asked, dki_bounds *bounds, dki_sums_answer *answer,
                          dk_error *err)
{
    dk_status status = cross_off_many(s, asked, err);

    for (size_t c = 0; c < s->n_free && status == DK_OK; c++) {
        dki_progress(s->context, "tightening", c, s->n_free);
        for (int side = 0; side < 2 && status == DK_OK; side++) {
            size_t number = s->number_of[c];
            int end;

            if (!(asked[c] & 1U << side))
                continue;
            s->costs[c] = side ? -1 : 1;
            status = run(s, &end, err);
            s->costs[c] = 0;
            if (status != DK_OK)
                break;
            if (end == DKI_CLP_OPTIMAL)
                cross_off(s, asked);
            if (end == DKI_CLP_OPTIMAL ? !take_over(s, bounds, number, side ? -1 : 1) : end != DKI_CLP_UNBOUNDED)
                answer->n_unsettled++;
        }
    }
    dki_progress_end(s->context);
    return status;
}

/* What cannot hold. ------------------------------------------------------------------------------------------------- */

/* Whether the multipliers at hand prove that the sums contradict each other; those that have one, where they do. */
static bool contradict(const struct solver *s, size_t *conflict, size_t *n_conflict)
{
    const double *multipliers = s->clp.Clp_dualRowSolution(s->model);

    for (size_t i = 0; i < N_DENOMINATORS; i++) {
        dki_i128 value;

        if (!dki_sums_prove(s->sums, s->bounds, multipliers, denominators[i], 0, 0, s->scratch, &value) ||
            value <= 0)
            continue;
        *n_conflict = 0;
        for (size_t k = 0; k < s->sums->n_sums; k++)
            if (nearbyint(multipliers[k] * (double)denominators[i]) != 0)
                conflict[(*n_conflict)++] = k;
        return true;
    }
    return false;
}

/* The conflict becomes these sums; all others may be missed for nothing from now on. */
static void limit_to(struct solver *s, dki_sums_answer *answer, const size_t *found, size_t n_found)
{
    memset(s->costs, 0, s->n_columns * sizeof *s->costs);
    for (size_t i = 0; i < n_found; i++) {
        answer->conflict[i] = found[i];
        for (size_t side = 0; side < 2; side++)
            s->costs[s->n_free + 2 * found[i] + side] = 1;
    }
    answer->n_conflict = n_found;
    answer->is_possible = false;
}

/* Each of the conflict's sums in turn may be missed for nothing; where the others still contradict, it stays so. */
static dk_status make_smallest(struct solver *s, dki_sums_answer *answer, size_t *found, dk_error *err)
{
    dk_status status = DK_OK;
    size_t n_found;

    for (size_t at = 0; at < answer->n_conflict && status == DK_OK;) {
        double *costs = &s->costs[s->n_free + 2 * answer->conflict[at]];
        int end;

        costs[0] = costs[1] = 0;
        status = run(s, &end, err);
        if (status == DK_OK && end == DKI_CLP_OPTIMAL && contradict(s, found, &n_found)) {
            limit_to(s, answer, found, n_found);
            at = 0;
        } else {
            costs[0] = costs[1] = 1;
            at++;
        }
    }
    answer->is_smallest = status == DK_OK;
    return status;
}

/* The answer is that of propagation, if any, where nothing else can be proved. */
static dk_status explain(dk_context *context, const dki_sums *sums, const char *who, const dki_bounds *bounds,
                         dki_sums_answer *answer, dk_error *err)
{
    struct solver s = { .context = context, .sums = sums, .bounds = bounds };
    size_t *found = dki_alloc_array(context, sums->n_sums, sizeof *found, err), n_found = 0;
    dk_status status = found ? solver_open(&s, who, true, err) : DK_ERR_MEMORY;
    int end = DKI_CLP_STOPPED;

    if (status == DK_OK)
        status = run(&s, &end, err);
    if (status == DK_OK && end == DKI_CLP_OPTIMAL && contradict(&s, found, &n_found)) {
        limit_to(&s, answer, found, n_found);
        status = make_smallest(&s, answer, found, err);
    }
    solver_close(&s);
    dki_free(context, found);
    return status;
}

/* All together. ----------------------------------------------------------------------------------------------------- */

static dk_status solve(dk_context *context, const dki_sums *sums, const char *who, const dki_bounds *stated,
                       dki_bounds *bounds, dki_sums_answer *answer, dk_error *err)
{
    size_t n = sums->n_numbers;
    dki_bounds *before = dki_alloc_array(context, n, sizeof *before, err);
    uint8_t *asked = dki_alloc_array(context, n, sizeof *asked, err);
    struct solver s = { .context = context, .sums = sums, .bounds = before };
    dk_status status = before && asked ? DK_OK : DK_ERR_MEMORY;
    int end = DKI_CLP_STOPPED;

    if (status == DK_OK) {
        memcpy(before, bounds, n * sizeof *before);
        memset(asked, 3, n);
        status = solver_open(&s, who, false, err);
    }
    if (status == DK_OK)
        status = run(&s, &end, err);
    if (status == DK_OK && end == DKI_CLP_OPTIMAL) {
        cross_off(&s, asked);
        status = ask_each(&s, asked, bounds, answer, err);
    } else if (status == DK_OK) {
        answer->n_unsettled = 2 * s.n_free;
        status = explain(context, sums, who, stated, answer, err);
    }
    solver_close(&s);
    dki_free(context, before);
    dki_free(context, asked);
    return status;
}

#else

static dk_status built_without(const char *who, dk_error *err)
{
    dki_fail(err, DK_ERR_IO, "%s needs COIN-OR Clp, which this dekking was built without", who);
    dki_hint(err, "install it (Debian: apt-get install coinor-libclp-dev) and build again");
    return DK_ERR_IO;
}

static dk_status explain(dk_context *context, const dki_sums *sums, const char *who, const dki_bounds *bounds,
                         dki_sums_answer *answer, dk_error *err)
{
    (void)context;
    (void)sums;
    (void)bounds;
    (void)answer;
    return built_without(who, err);
}

static dk_status solve(dk_context *context, const dki_sums *sums, const char *who, const dki_bounds *stated,
                       dki_bounds *bounds, dki_sums_answer *answer, dk_error *err)
{
    (void)context;
    (void)sums;
    (void)stated;
    (void)bounds;
    (void)answer;
    return built_without(who, err);
}

#endif

static bool all_are_exact(const dki_sums *sums, const dki_bounds *bounds)
{
    bool are_exact = true;

    for (size_t k = 0; k < sums->n_numbers && are_exact; k++)
        are_exact = dki_bounds_are_exact(&bounds[k]);
    return are_exact;
}

static dk_status tighten(dk_context *context, const dki_sums *sums, const char *who, const dki_bounds *stated,
                         dki_bounds *bounds, dki_sums_answer *answer, dk_error *err)
{
    dk_status status = dki_sums_propagate(context, sums, bounds, answer, err);
    size_t n_unsettled;

    if (status != DK_OK || (answer->is_possible && all_are_exact(sums, bounds)))
        return status;
    if (!answer->is_possible && answer->is_smallest)
        return DK_OK;
    if (!answer->is_possible) { /* without the library, what propagation says of it is true, too */
        dk_error met = DK_ERROR_INIT;

        status = explain(context, sums, who, stated, answer, &met);
        if (status == DK_ERR_IO)
            return DK_OK;
        if (status != DK_OK && err)
            *err = met;
        return status;
    }
    status = solve(context, sums, who, stated, bounds, answer, err);
    if (status != DK_OK || !answer->is_possible)
        return status;
    n_unsettled = answer->n_unsettled;
    status = dki_sums_propagate(context, sums, bounds, answer, err);
    answer->n_unsettled = n_unsettled;
    return status;
}

dk_status dki_sums_tighten(dk_context *context, const dki_sums *sums, const char *who, dki_bounds *bounds,
                           dki_sums_answer *answer, dk_error *err)
{
    dki_bounds *stated = dki_alloc_array(context, sums->n_numbers, sizeof *stated, err);
    dk_status status;

    if (stated == NULL)
        return DK_ERR_MEMORY;
    memcpy(stated, bounds, sums->n_numbers * sizeof *stated);
    status = tighten(context, sums, who, stated, bounds, answer, err);
    dki_free(context, stated);
    return status;
}
