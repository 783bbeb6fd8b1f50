/* program_clp.c - programs in parts of numbers: COIN-OR Clp proposes, program.c checks.
 *
 * Clp sees the numbers in ones, and every row and the gains divided by their greatest factor; behind the numbers stands a column
 * that is held at 0 and misses every row, for when there is no solution. It solves by the simplex method,
 * each time from where the time before ended.
 */
#include "program.h"

#include "memory.h"
#include "program_parts.h"
#include "status.h"

#ifdef DK_HAVE_CLP

#include <float.h>
#include <math.h>
#include <string.h>

#include "clp.h"

struct dki_relaxed {
    const dki_program *program;
    int64_t grain;
    struct functions clp;
    Clp_Simplex *model;
    double *scales; /* of rows */
    double *costs, *least, *greatest, *most, *multipliers, *numbers;
    bool has_run;
};

static dk_status make_matrix(const dki_relaxed *r, dki_clp_matrix *m, dk_error *err)
{
    const dki_program *p = r->program;
    size_t n_terms = p->starts[p->n_rows];

    if (n_terms >= INT32_MAX / 2 || p->n >= INT32_MAX / 2 || p->n_rows >= INT32_MAX / 2)
        return dki_fail(err, DK_ERR_LIMIT, "%zu terms are too many to solve", n_terms);
    m->starts = dki_calloc(p->context, p->n + 2, sizeof *m->starts, err);
    m->rows = dki_alloc_array(p->context, n_terms + p->n_rows, sizeof *m->rows, err);
    m->factors = dki_alloc_array(p->context, n_terms + p->n_rows, sizeof *m->factors, err);
    if (m->starts == NULL || m->rows == NULL || m->factors == NULL)
        return DK_ERR_MEMORY;
    for (size_t t = 0; t < n_terms; t++)
        m->starts[p->numbers[t] + 2]++; /* becomes where the next one begins */
    for (size_t j = 0; j < p->n; j++)
        m->starts[j + 2] += m->starts[j + 1];
    for (size_t i = 0; i < p->n_rows; i++)
        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++) {
            CoinBigIndex at = m->starts[p->numbers[t] + 1]++;

            m->rows[at] = (int)i;
            m->factors[at] = (double)p->factors[t] / r->scales[i];
        }
    for (size_t i = 0; i < p->n_rows; i++) { /* what misses every row by as much */
        m->rows[n_terms + i] = (int)i;
        m->factors[n_terms + i] = -1;
    }
    m->starts[p->n + 1] = (CoinBigIndex)(n_terms + p->n_rows);
    return DK_OK;
}

static void find_scales(const dki_relaxed *r)
{
    const dki_program *p = r->program;

    for (size_t i = 0; i < p->n_rows; i++) {
        double scale = 0;

        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++)
            scale = fmax(scale, fabs((double)p->factors[t]));
        r->scales[i] = scale > 0 ? scale : 1;
    }
}

static dk_status make_arrays(dki_relaxed *r, dk_error *err)
{
    dk_context *context = r->program->context;
    size_t n = r->program->n + 1, n_rows = r->program->n_rows + 1;

    r->scales = dki_alloc_array(context, n_rows, sizeof *r->scales, err);
    r->most = dki_alloc_array(context, n_rows, sizeof *r->most, err);
    r->multipliers = dki_alloc_array(context, n_rows, sizeof *r->multipliers, err);
    r->costs = dki_calloc(context, n, sizeof *r->costs, err);
    r->least = dki_calloc(context, n, sizeof *r->least, err);
    r->greatest = dki_calloc(context, n, sizeof *r->greatest, err);
    r->numbers = dki_calloc(context, n, sizeof *r->numbers, err);
    return r->scales && r->most && r->multipliers && r->costs && r->least && r->greatest && r->numbers
               ? DK_OK
               : DK_ERR_MEMORY;
}

/* Loads the program; least of rows are open. */
static dk_status load(dki_relaxed *r, dk_error *err)
{
    const dki_program *p = r->program;
    double *open = dki_alloc_array(p->context, p->n_rows + 1, sizeof *open, err);
    dki_clp_matrix m = { 0 };
    dk_status status = open ? make_matrix(r, &m, err) : DK_ERR_MEMORY;

    if (status == DK_OK) {
        for (size_t i = 0; i < p->n_rows; i++) {
            open[i] = -DBL_MAX;
            r->most[i] = (double)p->most[i] / r->scales[i] / (double)r->grain;
        }
        r->model = dki_clp_load(&r->clp, p->n + 1, p->n_rows, &m, r->least, r->greatest, r->costs, open, r->most);
    }
    dki_free(p->context, m.starts);
    dki_free(p->context, m.rows);
    dki_free(p->context, m.factors);
    dki_free(p->context, open);
    return status;
}

dk_status dki_relaxed_open(const dki_program *program, int64_t grain, const char *who, dki_relaxed **out,
                           dk_error *err)
{
    dki_relaxed *r = dki_calloc(program->context, 1, sizeof *r, err);
    dk_status status;

    if (r == NULL)
        return DK_ERR_MEMORY;
    r->program = program;
    r->grain = grain;
    status = open_functions(who, &r->clp, err);
    if (status == DK_OK)
        status = make_arrays(r, err);
    if (status == DK_OK) {
        find_scales(r);
        status = load(r, err);
    }
    if (status == DK_OK)
        *out = r;
    else
        dki_relaxed_close(r);
    return status;
}

void dki_relaxed_close(dki_relaxed *r)
{
    dk_context *context;

    if (r == NULL)
        return;
    context = r->program->context;
    if (r->model)
        r->clp.Clp_deleteModel(r->model);
    dki_free(context, r->scales);
    dki_free(context, r->most);
    dki_free(context, r->multipliers);
    dki_free(context, r->costs);
    dki_free(context, r->least);
    dki_free(context, r->greatest);
    dki_free(context, r->numbers);
    dki_free(context, r);
}

/* How much wider limits are, in ones: the first row's by far most, the others' by more than a number's own, and no two by the same,
 * so that of several multipliers one is right. All are more than what Clp takes for nothing, and less than a person's part. */
#define WIDER_FIRST 1e-3
#define WIDER_ROW 3e-6
#define WIDER_NUMBER 1e-6
static double spread(size_t i)
{
    double unused;

    return 1 + modf((double)(i + 1) * 0.6180339887498949, &unused);
}

/* By how much row i is to be wider, in ones. Narrower: by as much as rounding every number can take. */
static double widen(const dki_relaxed *r, size_t i, dki_limits limits)
{
    const dki_program *p = r->program;
    double sum = 0;

    if (limits == DKI_LIMITS_WIDER)
        return i == 0 ? WIDER_FIRST : WIDER_ROW * spread(i);
    for (size_t t = p->starts[i]; limits == DKI_LIMITS_NARROWER && t < p->starts[i + 1]; t++)
        sum += fabs((double)p->factors[t]);
    return -sum / r->scales[i] / (double)r->grain;
}

static void set_limits(const dki_relaxed *r, dki_limits limits)
{
    const dki_program *p = r->program;
    double grain = (double)r->grain;

    for (size_t j = 0; j < p->n; j++) {
        double by = limits == DKI_LIMITS_WIDER ? WIDER_NUMBER * spread(j) : 0;

        r->least[j] = (double)p->least[j] / grain - by;
        r->greatest[j] = (double)p->greatest[j] / grain + by;
    }
    for (size_t i = 0; i < p->n_rows; i++)
        r->most[i] = (double)p->most[i] / r->scales[i] / grain + widen(r, i, limits);
    r->clp.Clp_chgColumnLower(r->model, r->least);
    r->clp.Clp_chgColumnUpper(r->model, r->greatest);
    r->clp.Clp_chgRowUpper(r->model, r->most);
}

static void take_multipliers(const dki_relaxed *r, double scale)
{
    const double *duals = r->clp.Clp_dualRowSolution(r->model);

    for (size_t i = 0; i < r->program->n_rows; i++)
        r->multipliers[i] = fmax(0, -duals[i]) * scale / r->scales[i];
}

static dk_status run(dki_relaxed *r, int *end, dk_error *err)
{
    return dki_clp_run(&r->clp, r->model, &r->has_run, r->program->context, end, err);
}

/* Multipliers that show that there is no solution: those of the program in which every row may be missed by as much, at a price,
 * and nothing else counts. */
static dk_status find_contradiction(dki_relaxed *r, dk_error *err)
{
    const dki_program *p = r->program;
    int end;
    dk_status status;

    memset(r->costs, 0, p->n * sizeof *r->costs);
    r->costs[p->n] = 1;
    r->greatest[p->n] = DBL_MAX;
    r->clp.Clp_chgObjCoefficients(r->model, r->costs);
    r->clp.Clp_chgColumnUpper(r->model, r->greatest);
    r->has_run = false; /* a solution that holds is at hand: the primal method goes on from there */
    status = run(r, &end, err);
    r->costs[p->n] = 0;
    r->greatest[p->n] = 0;
    if (status == DK_OK)
        take_multipliers(r, 1);
    return status;
}

dk_status dki_relaxed_run(dki_relaxed *r, const int64_t *gains, dki_limits limits, dki_relaxed_answer *answer,
                          dk_error *err)
{
    const dki_program *p = r->program;
    double scale = 1;
    int end;
    dk_status status;

    for (size_t j = 0; j < p->n; j++)
        scale = fmax(scale, fabs((double)gains[j]));
    for (size_t j = 0; j < p->n; j++)
        r->costs[j] = -(double)gains[j] / scale;
    r->clp.Clp_chgObjCoefficients(r->model, r->costs);
    set_limits(r, limits);
    status = run(r, &end, err);
    if (status != DK_OK)
        return status;
    memcpy(r->numbers, r->clp.Clp_primalColumnSolution(r->model), p->n * sizeof *r->numbers);
    if (end == DKI_CLP_OPTIMAL)
        take_multipliers(r, scale);
    else
        status = find_contradiction(r, err);
    answer->end = end == DKI_CLP_OPTIMAL      ? DKI_RELAXED_SOLVED
                  : end == DKI_CLP_INFEASIBLE ? DKI_RELAXED_IMPOSSIBLE
                                              : DKI_RELAXED_STOPPED;
    answer->numbers = r->numbers;
    answer->multipliers = r->multipliers;
    return status;
}

#else

dk_status dki_relaxed_open(const dki_program *program, int64_t grain, const char *who, dki_relaxed **out,
                           dk_error *err)
{
    (void)program;
    (void)grain;
    (void)out;
    (void)dki_fail(err, DK_ERR_IO, "%s needs COIN-OR Clp, which this dekking was built without", who);
    dki_hint(err, "install it (Debian: apt-get install coinor-libclp-dev) and build again");
    return DK_ERR_IO;
}

void dki_relaxed_close(dki_relaxed *relaxed)
{
    (void)relaxed;
}

dk_status dki_relaxed_run(dki_relaxed *relaxed, const int64_t *gains, dki_limits limits, dki_relaxed_answer *answer,
                          dk_error *err)
{
    (void)relaxed;
    (void)gains;
    (void)limits;
    (void)answer;
    return dki_fail(err, DK_ERR_IO, "this dekking was built without COIN-OR Clp");
}

#endif
