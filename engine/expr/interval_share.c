/* interval_share.c - a / (a + b): quotients whose denominator contains the numerator as a part.
 *
 * a stands in both, and is one number: the quotient is a / (a + the rest), which rises with a and falls with the rest where neither
 * is negative. So its bounds are a_least / (a_least + rest_greatest) and a_greatest / (a_greatest + rest_least), and narrower than
 * those of the quotient of numbers that know nothing of each other. Terms are told by their trees.
 */
#include "interval_share.h"

#include <string.h>

#include "interval.h"
#include "interval_ends.h"

/* Numbers. ----------------------------------------------------------------------------------------------------------- */

/* Neither is negative. */
static dki_interval_ends share_of_counts(const dki_interval_ends *part, const dki_interval_ends *rest,
                                         dki_i128 factor, bool *fits)
{
    dki_interval_end least = dki_interval_end_add(part->least, rest->greatest);
    dki_interval_end greatest = dki_interval_end_add(part->greatest, rest->least);
    dki_interval_ends made = { dki_interval_end_known(0), dki_interval_end_known(factor), 0, false };

    if (dki_interval_end_sign(part->greatest) == 0 && dki_interval_end_sign(rest->greatest) == 0) /* 0 of 0 */
        return DKI_INTERVAL_ENDS_NULL;
    if (dki_interval_end_sign(rest->least) == 0 && dki_interval_end_sign(rest->greatest) == 0) /* all of it */
        made.least = made.greatest;
    else if (dki_interval_end_sign(part->greatest) == 0)
        made.greatest = dki_interval_end_known(0);
    else if (!part->greatest.infinite)
        made.greatest = dki_interval_end_divide(part->greatest, greatest, 1, factor, true, fits);
    if (dki_interval_end_sign(made.least) == 0 && dki_interval_end_sign(part->least) > 0)
        made.least = dki_interval_end_divide(part->least, least, 1, factor, false, fits);
    return made;
}

static bool is_closed(const dki_interval_ends *x)
{
    return !x->least.infinite && !x->greatest.infinite;
}

/* Where the whole is never 0 the share goes one way with the part, whatever the rest, and one way with the rest: its ends are those
 * of corners. */
static dki_interval_ends share_of_corners(const dki_interval_ends *part, const dki_interval_ends *rest,
                                          dki_i128 factor, bool *fits)
{
    dki_interval_end corners[2][4];
    dki_interval_ends made;

    for (int up = 0; up < 2; up++)
        for (int k = 0; k < 4; k++) {
            dki_interval_end n = k & 1 ? part->greatest : part->least, r = k & 2 ? rest->greatest : rest->least;

            corners[up][k] = dki_interval_end_divide(n, dki_interval_end_add(n, r), 1, factor, up, fits);
        }
    made = dki_interval_ends_span(corners[0], 0);
    made.greatest = dki_interval_ends_span(corners[1], 0).greatest;
    return made;
}

dki_interval_ends dki_interval_ends_share(const dki_interval_ends *part, const dki_interval_ends *rest,
                                          dki_i128 factor, bool *fits)
{
    dki_interval_ends less[2] = { dki_interval_ends_negate(part), dki_interval_ends_negate(rest) };
    dki_interval_ends whole = { dki_interval_end_add(part->least, rest->least),
                                dki_interval_end_add(part->greatest, rest->greatest), 0, false };
    dki_interval_ends made;

    if (dki_interval_end_sign(part->least) >= 0 && dki_interval_end_sign(rest->least) >= 0)
        made = share_of_counts(part, rest, factor, fits);
    else if (dki_interval_end_sign(part->greatest) <= 0 && dki_interval_end_sign(rest->greatest) <= 0)
        made = share_of_counts(&less[0], &less[1], factor, fits);
    else if (is_closed(part) && is_closed(rest) &&
             dki_interval_end_sign(whole.least) * dki_interval_end_sign(whole.greatest) > 0)
        made = share_of_corners(part, rest, factor, fits);
    else
        made = dki_interval_ends_quotient(part, &whole, factor, fits);
    made.marks = part->marks | rest->marks | (dki_interval_ends_may_be_zero(&whole) ? DKI_MARK_MAY_BE_NULL : 0);
    return made;
}

/* Trees. ------------------------------------------------------------------------------------------------------------- */

static bool is_call(const dki_node *node, const char *name, size_t n)
{
    return node->kind == DKI_NODE_CALL && node->n_children == n && strcmp(node->text, name) == 0;
}

bool dki_terms_find(dki_terms *terms, const dki_node *node, bool minus)
{
    if (is_call(node, "+", 2) || is_call(node, "-", 2))
        return dki_terms_find(terms, node->children[0], minus) &&
               dki_terms_find(terms, node->children[1], minus != is_call(node, "-", 2));
    if (is_call(node, "-", 1))
        return dki_terms_find(terms, node->children[0], !minus);
    if (terms->n == DKI_MOST_TERMS)
        return false;
    terms->nodes[terms->n] = node;
    terms->minus[terms->n++] = minus;
    return true;
}

bool dki_terms_take(dki_terms *terms, const dki_terms *part)
{
    for (size_t i = 0; i < part->n; i++) {
        size_t k = 0;

        while (k < terms->n &&
               (terms->minus[k] != part->minus[i] || !dki_node_equal(terms->nodes[k], part->nodes[i])))
            k++;
        if (k == terms->n)
            return false;
        terms->n--;
        for (; k < terms->n; k++) {
            terms->nodes[k] = terms->nodes[k + 1];
            terms->minus[k] = terms->minus[k + 1];
        }
    }
    return true;
}

/* Binding. ----------------------------------------------------------------------------------------------------------- */

static void narrow(dki_interval_ends *made, const dki_interval_ends *other)
{
    if (made->is_null || other->is_null)
        return;
    if (dki_interval_end_compare(other->least, made->least) > 0)
        made->least = other->least;
    if (dki_interval_end_compare(other->greatest, made->greatest) < 0)
        made->greatest = other->greatest;
}

/* The numerator, the denominator, and what this has besides. */
static dk_status row_share(dki_eval *eval, const dki_op *op, const dk_value *args, dk_value *out, dk_error *err)
{
    uint8_t scale = dki_interval_common_scale(op->args, 3);
    dki_interval_ends part = dki_interval_ends_of(&args[0], scale), whole = dki_interval_ends_of(&args[1], scale),
                      rest = dki_interval_ends_of(&args[2], scale), made, plain;
    bool fits = true;

    (void)eval;
    if (args[0].is_null || args[1].is_null)
        return dki_interval_store_missing(args, 2, out, err);
    made = dki_interval_ends_share(&part, &rest, dki_power10[op->scale], &fits);
    plain = dki_interval_ends_quotient(&part, &whole, dki_power10[op->scale], &fits);
    narrow(&made, &plain); /* where a term is there more than once */
    if (!made.is_null)
        made.marks = op->sign == DKI_GUARDED ? part.marks | whole.marks : plain.marks;
    return fits ? dki_interval_ends_store(&made, out, err) : dki_interval_ends_too_wide(err);
}

dk_status dki_bind_interval_share(dki_binder *b, const dki_node *node, dki_op **args, dki_op **out)
{
    const dk_value zero = { .type = DK_INTEGER };
    dki_terms part = { .n = 0 }, rest = { .n = 0 };
    dki_op *all[3] = { args[0], args[1], NULL };
    dk_status status = DK_OK;

    *out = NULL;
    if (!dki_terms_find(&part, node->children[0], false) || !dki_terms_find(&rest, node->children[1], false) ||
        !dki_terms_take(&rest, &part))
        return DK_OK;
    all[2] = dki_op_constant(b, node, zero);
    if (all[2] == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < rest.n && status == DK_OK; i++) {
        dki_op *both[2] = { all[2], NULL };

        status = dki_bind_node(b, rest.nodes[i], &both[1]);
        if (status == DK_OK)
            status = dki_bind_interval_arithmetic(b, node, rest.minus[i] ? '-' : '+', both, &all[2]);
    }
    if (status == DK_OK)
        status = dki_interval_op(b, node, row_share, DK_INTERVAL, DKI_INTERVAL_DIGITS, all, 3, out);
    return status;
}
