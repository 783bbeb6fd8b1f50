/* integer_cbc.c - whole numbers that gain much, by COIN-OR Cbc.
 *
 * What Cbc finds is made whole and offered; program.c checks that it holds, and program_branch.c that nothing is better. Cbc
 * cannot be stopped from outside: where the user interrupts, each node gets a cut that no number obeys, so that the search
 * runs out of nodes at once.
 */
#include <math.h>
#include <string.h>

#include "memory.h"
#include "program_parts.h"
#include "status.h"

#ifdef DK_HAVE_CBC

#include <coin/Cbc_C_Interface.h>
#include <float.h>

#include "late.h"

#define LIBRARY "libCbcSolver.so.3"
#define PACKAGE "coinor-libcbc3"

#define FUNCTIONS(X)       \
    X(Cbc_newModel)        \
    X(Cbc_deleteModel)     \
    X(Cbc_loadProblem)     \
    X(Cbc_setInteger)      \
    X(Cbc_setLogLevel)     \
    X(Cbc_setParameter)    \
    X(Cbc_setMaximumNodes) \
    X(Cbc_setAllowableGap) \
    X(Cbc_addCutCallback)  \
    X(Cbc_solve)           \
    X(Cbc_bestSolution)    \
    X(OsiCuts_addRowCut)

DKI_LATE_FUNCTIONS(FUNCTIONS, LIBRARY, PACKAGE)

#define MOST_NODES 20000

struct task {
    const dki_program *program;
    struct functions cbc;
    Cbc_Model *model;
    dk_status status; /* of polling, while Cbc runs */
    dk_error *err;
};

/* Called by Cbc where it looks for cuts: 0 <= -1 where the search is to end. */
static void look_around(void *solver, void *cuts, void *arg)
{
    struct task *task = arg;
    const int first = 0;
    const double factor = 0;

    (void)solver;
    if (task->status == DK_OK)
        task->status = dki_poll(task->program->context, task->err);
    if (task->status != DK_OK)
        task->cbc.OsiCuts_addRowCut(cuts, 1, &first, &factor, 'L', -1);
}

/* The program in doubles, row by row turned into column by column; gains and rows divided by their greatest factor. */
struct matrix {
    CoinBigIndex *starts;
    int *rows;
    double *factors, *least, *greatest, *costs, *open, *most;
};

static dk_status make_matrix(const dki_program *p, struct matrix *m, dk_error *err)
{
    dk_context *context = p->context;
    size_t n_terms = p->starts[p->n_rows] + 1;

    m->starts = dki_calloc(context, p->n + 2, sizeof *m->starts, err);
    m->rows = dki_alloc_array(context, n_terms, sizeof *m->rows, err);
    m->factors = dki_alloc_array(context, n_terms, sizeof *m->factors, err);
    m->least = dki_alloc_array(context, p->n, sizeof *m->least, err);
    m->greatest = dki_alloc_array(context, p->n, sizeof *m->greatest, err);
    m->costs = dki_alloc_array(context, p->n, sizeof *m->costs, err);
    m->open = dki_alloc_array(context, p->n_rows + 1, sizeof *m->open, err);
    m->most = dki_alloc_array(context, p->n_rows + 1, sizeof *m->most, err);
    return m->starts && m->rows && m->factors && m->least && m->greatest && m->costs && m->open && m->most
               ? DK_OK
               : DK_ERR_MEMORY;
}

static void drop_matrix(const dki_program *p, struct matrix *m)
{
    dk_context *context = p->context;

    dki_free(context, m->starts);
    dki_free(context, m->rows);
    dki_free(context, m->factors);
    dki_free(context, m->least);
    dki_free(context, m->greatest);
    dki_free(context, m->costs);
    dki_free(context, m->open);
    dki_free(context, m->most);
}

static double scale_of(const int64_t *factors, size_t n)
{
    double scale = 0;

    for (size_t t = 0; t < n; t++)
        scale = fmax(scale, fabs((double)factors[t]));
    return scale > 0 ? scale : 1;
}

static void fill_matrix(const dki_program *p, const int64_t *gains, struct matrix *m)
{
    double of_gains = scale_of(gains, p->n);

    for (size_t j = 0; j < p->n; j++) {
        m->least[j] = (double)p->least[j];
        m->greatest[j] = (double)p->greatest[j];
        m->costs[j] = -(double)gains[j] / of_gains;
    }
    for (size_t t = 0; t < p->starts[p->n_rows]; t++)
        m->starts[p->numbers[t] + 2]++;
    for (size_t j = 0; j < p->n; j++)
        m->starts[j + 2] += m->starts[j + 1];
    for (size_t i = 0; i < p->n_rows; i++) {
        double scale = scale_of(p->factors + p->starts[i], p->starts[i + 1] - p->starts[i]);

        m->open[i] = -DBL_MAX;
        m->most[i] = (double)p->most[i] / scale;
        for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++) {
            CoinBigIndex at = m->starts[p->numbers[t] + 1]++;

            m->rows[at] = (int)i;
            m->factors[at] = (double)p->factors[t] / scale;
        }
    }
}

/* Offers Cbc's best solution, if it has one. */
static void take_over(const struct task *task, const int64_t *gains, int64_t *scratch, dki_program_answer *answer)
{
    const dki_program *p = task->program;
    const double *best = task->cbc.Cbc_bestSolution(task->model);

    for (size_t j = 0; best && j < p->n; j++) {
        double number = nearbyint(best[j]);

        scratch[j] = fabs(number) < 9e18 ? (int64_t)number : INT64_MIN; /* which no bound allows */
    }
    if (best)
        (void)dki_program_offer(p, gains, scratch, answer);
}

static dk_status ask(struct task *task, const int64_t *gains, const struct matrix *m, int64_t *scratch,
                     dki_program_answer *answer)
{
    const dki_program *p = task->program;

    task->model = task->cbc.Cbc_newModel();
    task->cbc.Cbc_loadProblem(task->model, (int)p->n, (int)p->n_rows, m->starts, m->rows, m->factors, m->least,
                              m->greatest, m->costs, m->open, m->most);
    for (size_t j = 0; j < p->n; j++)
        task->cbc.Cbc_setInteger(task->model, (int)j);
    task->cbc.Cbc_setParameter(task->model, "log", "0");
    task->cbc.Cbc_setLogLevel(task->model, 0);
    task->cbc.Cbc_setAllowableGap(task->model, 0);
    task->cbc.Cbc_setMaximumNodes(task->model, MOST_NODES);
    task->cbc.Cbc_addCutCallback(task->model, look_around, "interruption", task);
    (void)task->cbc.Cbc_solve(task->model);
    if (task->status == DK_OK)
        take_over(task, gains, scratch, answer);
    task->cbc.Cbc_deleteModel(task->model);
    return task->status;
}

dk_status dki_program_ask_cbc(const dki_program *program, const int64_t *gains, dki_program_answer *answer,
                              dk_error *err)
{
    struct task task = { .program = program, .status = DK_OK, .err = err };
    struct matrix m = { 0 };
    int64_t *scratch;
    dk_status status;

    if (open_functions("a search", &task.cbc, NULL) != DK_OK)
        return DK_OK; /* the search goes on without */
    scratch = dki_alloc_array(program->context, program->n, sizeof *scratch, err);
    status = scratch ? make_matrix(program, &m, err) : DK_ERR_MEMORY;
    if (status == DK_OK) {
        fill_matrix(program, gains, &m);
        status = ask(&task, gains, &m, scratch, answer);
    }
    drop_matrix(program, &m);
    dki_free(program->context, scratch);
    return status;
}

#else

dk_status dki_program_ask_cbc(const dki_program *program, const int64_t *gains, dki_program_answer *answer,
                              dk_error *err)
{
    (void)program;
    (void)gains;
    (void)answer;
    (void)err;
    return DK_OK;
}

#endif
