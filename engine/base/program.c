/* program.c - programs in whole numbers: rows, what holds, and what multipliers prove. Nothing here is a double's word. */
#include "program.h"

#include <math.h>
#include <string.h>

#include "memory.h"
#include "program_parts.h"
#include "status.h"

dk_status dki_program_init(dki_program *program, dk_context *context, size_t n, dk_error *err)
{
    memset(program, 0, sizeof *program);
    program->context = context;
    program->n = n;
    program->least = dki_calloc(context, n, sizeof *program->least, err);
    program->greatest = dki_calloc(context, n, sizeof *program->greatest, err);
    if (program->least == NULL || program->greatest == NULL ||
        dki_grow(context, (void **)&program->starts, &program->starts_capacity, 1, sizeof *program->starts, err) !=
            DK_OK)
        return DK_ERR_MEMORY;
    program->starts[0] = 0;
    return DK_OK;
}

void dki_program_drop(dki_program *program)
{
    if (program->context == NULL)
        return;
    dki_free(program->context, program->least);
    dki_free(program->context, program->greatest);
    dki_free(program->context, program->starts);
    dki_free(program->context, program->most);
    dki_free(program->context, program->numbers);
    dki_free(program->context, program->factors);
    memset(program, 0, sizeof *program);
}

dk_status dki_program_add(dki_program *program, const int64_t *factors, dki_i128 most, dk_error *err)
{
    dk_context *context = program->context;
    size_t n_terms = program->starts[program->n_rows], n = n_terms;
    dk_status status;

    for (size_t j = 0; j < program->n; j++)
        n += factors[j] != 0;
    status =
        dki_grow(context, (void **)&program->numbers, &program->numbers_capacity, n, sizeof *program->numbers, err);
    if (status == DK_OK)
        status = dki_grow(context, (void **)&program->factors, &program->factors_capacity, n,
                          sizeof *program->factors, err);
    if (status == DK_OK)
        status = dki_grow(context, (void **)&program->starts, &program->starts_capacity, program->n_rows + 2,
                          sizeof *program->starts, err);
    if (status == DK_OK)
        status = dki_grow(context, (void **)&program->most, &program->most_capacity, program->n_rows + 1,
                          sizeof *program->most, err);
    if (status != DK_OK)
        return status;
    for (size_t j = 0; j < program->n; j++)
        if (factors[j] != 0) {
            program->numbers[n_terms] = (uint32_t)j;
            program->factors[n_terms++] = factors[j];
        }
    program->most[program->n_rows++] = most;
    program->starts[program->n_rows] = n_terms;
    return DK_OK;
}

/* What holds. ------------------------------------------------------------------------------------------------------- */

bool dki_program_holds(const dki_program *program, const int64_t *numbers)
{
    for (size_t j = 0; j < program->n; j++)
        if (numbers[j] < program->least[j] || numbers[j] > program->greatest[j])
            return false;
    for (size_t i = 0; i < program->n_rows; i++) {
        dki_i128 sum = 0; /* 2^32 terms of 2^94 at most, and numbers that anybody has are far from that */

        for (size_t t = program->starts[i]; t < program->starts[i + 1]; t++)
            sum += (dki_i128)program->factors[t] * numbers[program->numbers[t]];
        if (sum > program->most[i])
            return false;
    }
    return true;
}

dki_i128 dki_program_value(const dki_program *program, const int64_t *gains, const int64_t *numbers)
{
    dki_i128 value = 0;

    for (size_t j = 0; j < program->n; j++)
        value += (dki_i128)gains[j] * numbers[j];
    return value;
}

bool dki_program_offer(const dki_program *program, const int64_t *gains, const int64_t *numbers,
                       dki_program_answer *answer)
{
    dki_i128 value;

    if (!dki_program_holds(program, numbers))
        return false;
    value = dki_program_value(program, gains, numbers);
    if (answer->is_possible && value <= answer->value)
        return true;
    memmove(answer->numbers, numbers, program->n * sizeof *numbers);
    answer->is_possible = true;
    answer->value = value;
    return true;
}

/* What is proved. --------------------------------------------------------------------------------------------------- */

/* By how much multipliers are scaled to be whole: as fine as 60 bits allow, and the gains with them. */
static bool choose_scale(const dki_program *program, const double *multipliers, int *shift)
{
    double most = 0;
    int exponent;

    for (size_t i = 0; i < program->n_rows; i++) {
        if (!(multipliers[i] >= 0) || isinf(multipliers[i]))
            return false;
        most = fmax(most, multipliers[i]);
    }
    (void)frexp(most, &exponent);
    *shift = most == 0 || exponent < -30 ? 90 : 60 - exponent;
    return *shift >= 0;
}

/* Takes from gains * 2^shift, in rests, what the rows say of the numbers; *sum is what the rows' limits are then worth. */
static bool reduce(const dki_program *program, const double *multipliers, int shift, dki_i128 *rests, dki_i128 *sum)
{
    bool fits = true;

    for (size_t i = 0; i < program->n_rows; i++) {
        int64_t y = (int64_t)nearbyint(ldexp(multipliers[i], shift));
        dki_i128 product;

        if (y == 0)
            continue;
        fits &= !dki_mul_i128(y, program->most[i], &product) && !dki_add_i128(*sum, product, sum);
        for (size_t t = program->starts[i]; t < program->starts[i + 1]; t++) {
            dki_i128 *rest = &rests[program->numbers[t]];

            fits &= !dki_add_i128(*rest, -(dki_i128)y * program->factors[t], rest);
        }
    }
    return fits;
}

/* What multipliers prove: gains are at most sum / 2^shift, and each number adds to that what its rest says. */
struct proof {
    dki_i128 *rests, sum;
    int shift;
};

/* With multipliers scaled by 2^shift; false where some number becomes too large. */
static bool prove_by(const dki_program *program, const int64_t *gains, const double *multipliers,
                     struct proof *proof)
{
    bool fits, overflows = false;

    proof->sum = 0;
    memset(proof->rests, 0, program->n * sizeof *proof->rests);
    for (size_t j = 0; j < program->n; j++)
        overflows |= gains && dki_mul_i128(gains[j], (dki_i128)1 << proof->shift, &proof->rests[j]);
    fits = !overflows && reduce(program, multipliers, proof->shift, proof->rests, &proof->sum);
    for (size_t j = 0; j < program->n && fits; j++) {
        dki_i128 rest = proof->rests[j], product;

        fits = !dki_mul_i128(rest, rest > 0 ? program->greatest[j] : program->least[j], &product) &&
               !dki_add_i128(proof->sum, product, &proof->sum);
    }
    return fits;
}

/* proof->rests is the caller's to free. False: nothing is proved, which is no wrong proof; where memory is out, the caller's next
 * allocation tells. */
static bool prove(const dki_program *program, const int64_t *gains, const double *multipliers, struct proof *proof)
{
    bool fits = false;

    proof->rests = NULL;
    if (!choose_scale(program, multipliers, &proof->shift))
        return false;
    proof->rests = dki_alloc_array(program->context, program->n, sizeof *proof->rests, NULL);
    for (; proof->rests && !fits && proof->shift >= 0; proof->shift -= fits ? 0 : 6)
        fits = prove_by(program, gains, multipliers, proof);
    return fits;
}

bool dki_program_bound(const dki_program *program, const int64_t *gains, const double *multipliers, dki_i128 *bound)
{
    struct proof proof;
    bool is_proved = prove(program, gains, multipliers, &proof);

    if (is_proved)
        *bound = proof.sum >> proof.shift; /* rounded down, as gains times whole numbers are whole */
    dki_free(program->context, proof.rests);
    return is_proved;
}

void dki_program_narrow(dki_program *program, const int64_t *gains, const double *multipliers, dki_i128 value)
{
    struct proof proof;
    dki_i128 wanted, slack;
    bool is_proved = prove(program, gains, multipliers, &proof) &&
                     !dki_mul_i128(value, (dki_i128)1 << proof.shift, &wanted) && (slack = proof.sum - wanted) >= 0;

    for (size_t j = 0; is_proved && j < program->n; j++) {
        dki_i128 rest = proof.rests[j], width = (dki_i128)program->greatest[j] - program->least[j];
        dki_i128 steps = rest > 0 ? slack / rest : rest < 0 ? slack / -rest : width;

        if (steps < width && rest > 0)
            program->least[j] = (int64_t)(program->greatest[j] - steps);
        else if (steps < width)
            program->greatest[j] = (int64_t)(program->least[j] + steps);
    }
    dki_free(program->context, proof.rests);
}
