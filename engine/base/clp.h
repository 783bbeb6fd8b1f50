/* clp.h - COIN-OR Clp as who solves with it has it: opened when first used, quiet, asked in turns so that it can be
 * interrupted. For linear_clp.c and program_clp.c. */
#ifndef DKI_BASE_CLP_H
#define DKI_BASE_CLP_H

#ifdef DK_HAVE_CLP

#include <coin/Clp_C_Interface.h>

#include "late.h"
#include "memory.h"

#define DKI_CLP_FUNCTIONS(X)    \
    X(Clp_newModel)             \
    X(Clp_deleteModel)          \
    X(Clp_loadProblem)          \
    X(Clp_setLogLevel)          \
    X(Clp_scaling)              \
    X(Clp_setPerturbation)      \
    X(Clp_setMaximumIterations) \
    X(Clp_setNumberIterations)  \
    X(Clp_chgObjCoefficients)   \
    X(Clp_chgColumnLower)       \
    X(Clp_chgColumnUpper)       \
    X(Clp_chgRowUpper)          \
    X(Clp_dual)                 \
    X(Clp_primal)               \
    X(Clp_status)               \
    X(Clp_objectiveValue)       \
    X(Clp_primalColumnSolution) \
    X(Clp_dualRowSolution)

DKI_LATE_FUNCTIONS(DKI_CLP_FUNCTIONS, "libClp.so.1", "coinor-libclp1")

#define DKI_CLP_STEPS_BETWEEN_POLLS 1000
#define DKI_CLP_MOST_STEPS 1000000

/* What Clp_status says. */
enum { DKI_CLP_OPTIMAL = 0, DKI_CLP_INFEASIBLE = 1, DKI_CLP_UNBOUNDED = 2, DKI_CLP_STOPPED = 3 };

/* Columns one after the other, as Clp takes them: starts has one more than there are. */
typedef struct dki_clp_matrix {
    CoinBigIndex *starts;
    int *rows;
    double *factors;
} dki_clp_matrix;

static inline Clp_Simplex *dki_clp_load(const struct functions *clp, size_t n_columns, size_t n_rows,
                                        const dki_clp_matrix *matrix, const double *least, const double *greatest,
                                        const double *costs, const double *row_least, const double *row_greatest)
{
    Clp_Simplex *model = clp->Clp_newModel();

    clp->Clp_setLogLevel(model, 0);
    clp->Clp_loadProblem(model, (int)n_columns, (int)n_rows, matrix->starts, matrix->rows, matrix->factors, least,
                         greatest, costs, row_least, row_greatest);
    clp->Clp_setPerturbation(model, 100); /* none: solutions are at bounds */
    clp->Clp_setMaximumIterations(model, DKI_CLP_STEPS_BETWEEN_POLLS);
    return model;
}

/* Solves from where the model stands; *end is what Clp says of it. has_run: by the primal method first, and from then on by the
 * dual one, which is for limits that change; NULL: always by the primal one. */
static inline dk_status dki_clp_run(const struct functions *clp, Clp_Simplex *model, bool *has_run,
                                    dk_context *context, int *end, dk_error *err)
{
    dk_status status = DK_OK;

    *end = DKI_CLP_STOPPED;
    for (size_t steps = 0; status == DK_OK && *end == DKI_CLP_STOPPED && steps < DKI_CLP_MOST_STEPS;
         steps += DKI_CLP_STEPS_BETWEEN_POLLS) {
        status = dki_poll(context, err);
        clp->Clp_setNumberIterations(model, 0);
        if (status == DK_OK && has_run && *has_run)
            clp->Clp_dual(model, 0);
        else if (status == DK_OK)
            clp->Clp_primal(model, 0);
        if (has_run)
            *has_run = true;
        *end = clp->Clp_status(model);
    }
    return status;
}

#endif
#endif
