/* program_solve.c - programs from end to end: parts of numbers, whole ones, the first of equals, and prices. */
#include "program.h"

#include <math.h>
#include <string.h>

#include "memory.h"
#include "program_parts.h"

/* Numbers in parts ---------------------------------------------------------------------------------------------------- */

/* The sum of a row beyond its limit; up to 0 where it holds. */
static dki_i128 excess(const dki_program *p, size_t i, const int64_t *numbers)
{
    dki_i128 sum = -(dki_i128)p->most[i];

    for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++)
        sum += (dki_i128)p->factors[t] * numbers[p->numbers[t]];
    return sum;
}

/* Makes rows hold that rounding has broken, by a grain or some of a number that is free to move. */
static void mend(const dki_program *p, int64_t *numbers)
{
    for (unsigned round = 0; round < 8; round++)
        for (size_t i = 0; i < p->n_rows; i++)
            for (size_t t = p->starts[i]; t < p->starts[i + 1]; t++) {
                size_t j = p->numbers[t];
                int64_t factor = p->factors[t], by = factor < 0 ? -factor : factor;
                dki_i128 over = excess(p, i, numbers), steps = (over + by - 1) / by;
                int64_t free = factor < 0 ? p->greatest[j] - numbers[j] : numbers[j] - p->least[j];

                if (over <= 0)
                    break;
                if (steps > 16) /* more than rounding can have broken: another number must do some of it */
                    steps = 16;
                steps = steps < free ? steps : free;
                numbers[j] += factor < 0 ? (int64_t)steps : -(int64_t)steps;
            }
}

/* Offers Clp's numbers in grains: to the nearest, and mended where a limit is passed by that. */
static bool offer_parts(const dki_program *p, const int64_t *gains, int64_t grain, const double *numbers,
                        int64_t *scratch, dki_program_answer *answer)
{
    for (size_t j = 0; j < p->n; j++) {
        double number = nearbyint(numbers[j] * (double)grain);

        scratch[j] = number < (double)p->least[j]      ? p->least[j]
                     : number > (double)p->greatest[j] ? p->greatest[j]
                                                       : (int64_t)number;
    }
    if (!dki_program_holds(p, scratch))
        mend(p, scratch);
    return dki_program_offer(p, gains, scratch, answer);
}

/* What rounding can make of the gains: each row's, and each number's, a few grains. */
static dki_i128 slack_of(const dki_program *p, const int64_t *gains)
{
    dki_i128 most = 0;

    for (size_t j = 0; j < p->n; j++) {
        dki_i128 gain = gains[j] < 0 ? -(dki_i128)gains[j] : gains[j];

        most = gain > most ? gain : most;
    }
    return most * 1000 * (dki_i128)(p->n_rows + 1);
}

static dk_status solve_parts(const dki_program *p, const int64_t *gains, int64_t grain, dki_relaxed *relaxed,
                             dki_program_answer *answer, dk_error *err)
{
    int64_t *scratch = dki_alloc_array(p->context, p->n, sizeof *scratch, err);
    dki_relaxed_answer found;
    dki_i128 bound;
    dk_status status = scratch ? dki_relaxed_run(relaxed, gains, DKI_LIMITS_STATED, &found, err) : DK_ERR_MEMORY;

    answer->is_proved = answer->has_bound = false;
    if (status == DK_OK && found.end == DKI_RELAXED_IMPOSSIBLE) {
        answer->is_proved = dki_program_bound(p, NULL, found.multipliers, &bound) && bound < 0;
    } else if (status == DK_OK && found.end == DKI_RELAXED_SOLVED) {
        answer->has_bound = dki_program_bound(p, gains, found.multipliers, &answer->bound);
        if (!offer_parts(p, gains, grain, found.numbers, scratch, answer)) {
            status = dki_relaxed_run(relaxed, gains, DKI_LIMITS_NARROWER, &found, err);
            if (status == DK_OK && found.end == DKI_RELAXED_SOLVED)
                (void)offer_parts(p, gains, grain, found.numbers, scratch, answer);
        }
        answer->is_proved =
            answer->is_possible && answer->has_bound && answer->bound - answer->value <= slack_of(p, gains);
    }
    dki_free(p->context, scratch);
    return status;
}

/* Programs ------------------------------------------------------------------------------------------------------------- */

/* A program of the same rows with bounds of its own, so that a search can narrow them. */
static dk_status copy_bounds(const dki_program *program, dki_program *copy, dk_error *err)
{
    size_t size = program->n * sizeof *program->least;

    *copy = *program;
    copy->least = dki_alloc_array(program->context, program->n, sizeof *copy->least, err);
    copy->greatest = dki_alloc_array(program->context, program->n, sizeof *copy->greatest, err);
    if (copy->least == NULL || copy->greatest == NULL)
        return DK_ERR_MEMORY;
    memcpy(copy->least, program->least, size);
    memcpy(copy->greatest, program->greatest, size);
    return DK_OK;
}

static void drop_bounds(const dki_program *copy)
{
    dki_free(copy->context, copy->least);
    dki_free(copy->context, copy->greatest);
}

static bool cross(const dki_program *program)
{
    bool do_cross = false;

    for (size_t j = 0; j < program->n; j++)
        do_cross |= program->least[j] > program->greatest[j];
    return do_cross;
}

dk_status dki_program_solve(const dki_program *program, const int64_t *gains, int64_t grain, const char *who,
                            dki_program_answer *answer, dk_error *err)
{
    dki_program copy = { 0 };
    dki_relaxed *relaxed = NULL;
    size_t n_nodes = dki_program_nodes(program);
    dk_status status = copy_bounds(program, &copy, err);

    if (answer->is_possible)
        answer->value = dki_program_value(program, gains, answer->numbers);
    if (status == DK_OK && cross(program)) {
        answer->is_possible = false;
        answer->is_proved = true;
        drop_bounds(&copy);
        return DK_OK;
    }
    if (status == DK_OK)
        status = dki_relaxed_open(&copy, grain, who, &relaxed, err);
    if (status == DK_OK && grain > 1)
        status = solve_parts(&copy, gains, grain, relaxed, answer, err);
    else if (status == DK_OK)
        status = dki_program_branch(&copy, gains, relaxed, &n_nodes, answer, err);
    dki_relaxed_close(relaxed);
    drop_bounds(&copy);
    return status;
}

dk_status dki_program_hold(dki_program *program, const int64_t *gains, int64_t grain, const char *who,
                           const dki_program_answer *answer, dk_error *err)
{
    dki_i128 value = dki_program_value(program, gains, answer->numbers);
    int64_t *negated = dki_alloc_array(program->context, program->n, sizeof *negated, err);
    dki_relaxed *relaxed = NULL;
    dki_relaxed_answer found;
    dk_status status = negated ? dki_relaxed_open(program, grain, who, &relaxed, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_relaxed_run(relaxed, gains, DKI_LIMITS_STATED, &found, err);
    if (status == DK_OK && found.end == DKI_RELAXED_SOLVED)
        dki_program_narrow(program, gains, found.multipliers, value);
    for (size_t j = 0; j < program->n && status == DK_OK; j++)
        negated[j] = -gains[j];
    if (status == DK_OK)
        status = dki_program_add(program, negated, -value, err);
    dki_relaxed_close(relaxed);
    dki_free(program->context, negated);
    return status;
}

/* Makes number j as great as it can be while the rows hold, and holds it there. In parts, what is no more than rounding is left
 * as it is. */
static dk_status settle(dki_program *p, size_t j, int64_t grain, int64_t *gains, dki_relaxed *relaxed,
                        size_t *n_nodes, int64_t *scratch, dki_program_answer *answer, dk_error *err)
{
    int64_t rounding = grain > 1 ? 1000 : 0;
    dki_relaxed_answer found;
    dki_i128 bound;
    dk_status status = DK_OK;

    if (p->greatest[j] - answer->numbers[j] > rounding) {
        gains[j] = 1;
        answer->value = answer->numbers[j];
        status = dki_relaxed_run(relaxed, gains, DKI_LIMITS_STATED, &found, err);
        if (status == DK_OK && found.end == DKI_RELAXED_SOLVED &&
            !(dki_program_bound(p, gains, found.multipliers, &bound) && bound <= answer->value + rounding)) {
            if (grain > 1)
                (void)offer_parts(p, gains, grain, found.numbers, scratch, answer);
            else
                status = dki_program_branch(p, gains, relaxed, n_nodes, answer, err);
        }
        gains[j] = 0;
    }
    p->least[j] = p->greatest[j] = answer->numbers[j];
    return status;
}

dk_status dki_program_first(const dki_program *program, int64_t grain, const char *who, dki_program_answer *answer,
                            dk_error *err)
{
    dki_program copy = { 0 };
    dki_relaxed *relaxed = NULL;
    int64_t *gains = dki_calloc(program->context, program->n, sizeof *gains, err);
    int64_t *scratch = dki_alloc_array(program->context, program->n, sizeof *scratch, err);
    size_t n_nodes = dki_program_nodes(program); /* for all of them together */
    bool is_proved = true;
    dk_status status = gains && scratch ? copy_bounds(program, &copy, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dki_relaxed_open(&copy, grain, who, &relaxed, err);
    for (size_t j = 0; j < program->n && status == DK_OK; j++) {
        answer->is_proved = true;
        status = settle(&copy, j, grain, gains, relaxed, &n_nodes, scratch, answer, err);
        is_proved &= answer->is_proved;
    }
    answer->is_proved = is_proved;
    dki_relaxed_close(relaxed);
    drop_bounds(&copy);
    dki_free(program->context, scratch);
    dki_free(program->context, gains);
    return status;
}

/* Prices --------------------------------------------------------------------------------------------------------------- */

dk_status dki_program_prices(const dki_program *program, const int64_t *gains, int64_t grain, const char *who,
                             double *prices, dk_error *err)
{
    dki_relaxed *relaxed = NULL;
    dki_relaxed_answer found;
    dki_i128 plain = 0, wider = 0;
    size_t size = program->n_rows * sizeof *prices;
    dk_status status = dki_relaxed_open(program, grain, who, &relaxed, err);

    memset(prices, 0, size);
    if (status == DK_OK)
        status = dki_relaxed_run(relaxed, gains, DKI_LIMITS_STATED, &found, err);
    if (status == DK_OK && found.end == DKI_RELAXED_SOLVED) {
        memcpy(prices, found.multipliers, size);
        (void)dki_program_bound(program, gains, prices, &plain);
        status = dki_relaxed_run(relaxed, gains, DKI_LIMITS_WIDER, &found, err);
        /* The others are right as well where they prove the same: the limits were not made wider by too much. */
        if (status == DK_OK && found.end == DKI_RELAXED_SOLVED &&
            dki_program_bound(program, gains, found.multipliers, &wider) &&
            wider - plain <= slack_of(program, gains))
            memcpy(prices, found.multipliers, size);
    }
    dki_relaxed_close(relaxed);
    return status;
}
