/* functions_rate.c - numerator(x) and denominator(x): what a rate is made of, not in lowest terms.
 *
 * They are columns beside the rate's own, and are read as such. Rates are not added up: who wants to adds up both.
 */
#include "functions.h"

#include "base/status.h"
#include "base/types.h"
#include "data/overlap.h"

static const dk_column *column_of(const dki_binder *b, const dki_op *op)
{
    return op->run == dki_run_column ? dk_table_field(b->bound->table, op->column)->column : NULL;
}

bool dki_op_is_rate(const dki_binder *b, const dki_op *op)
{
    const dk_column *column = column_of(b, op);

    return column && dk_column_is_rate(column);
}

dk_status dki_fail_rates(dki_binder *b, const dki_node *node, const dki_op *const args[2])
{
    char x[DKI_NODE_TEXT], y[DKI_NODE_TEXT];

    (void)dki_node_fail(b->bound->expr, node, b->err, DK_ERR_TYPE,
                        "rates are not added up: that of both together is the sum of their numerators over that of "
                        "their denominators");
    (void)dki_node_text(b->bound->expr, args[0]->node, x);
    (void)dki_node_text(b->bound->expr, args[1]->node, y);
    dki_hint(b->err,
             "(numerator(%s) + numerator(%s)) / (denominator(%s) + denominator(%s)); of the same persons, over one "
             "of the "
             "denominators",
             x, y, x, y);
    return DK_ERR_TYPE;
}

static dk_status bind_part(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                           dki_op **out)
{
    size_t i = f->name[0] == '.' ? DK_CHILD_WHOLE : f->name[0] == 'n' ? DK_CHILD_NUMERATOR : DK_CHILD_DENOMINATOR;
    const dk_column *column = column_of(b, args[0]), *part;
    dki_op *op;

    (void)n;
    if (column == NULL || dk_column_type(column) != DK_RATIO || dk_column_n_children(column) == 0) {
        bool is_ratio = args[0]->type == DK_RATIO;

        (void)dki_node_fail(b->bound->expr, args[0]->node, b->err, DK_ERR_TYPE,
                            "%s() wants a rate, the quotient of two counts or sums as a breakdown gives it%s%s",
                            f->name, is_ratio ? "" : ", and this is ",
                            is_ratio ? "" : dki_type_shown(args[0]->type, args[0]->scale));
        if (is_ratio)
            dki_hint(b->err, "a ratio in lowest terms does not know what it was made of");
        return DK_ERR_TYPE;
    }
    part = dk_column_child(column, i);
    op = dki_op_new(b, node, dki_run_child, dk_column_type(part), dk_column_scale(part), 0);
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->data = part; /* lives as long as the table, which is retained */
    op->column = args[0]->column;
    *out = op;
    return DK_OK;
}

/* .overlap(x): only who knows that a column has one asks. */
static dk_status bind_overlap(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                              dki_op **out)
{
    const dk_column *overlap = dki_column_overlap(column_of(b, args[0]));
    dki_op *op = dki_op_new(b, node, dki_run_child, DK_CATEGORY, 0, 0);

    (void)f;
    (void)n;
    if (op == NULL)
        return DK_ERR_MEMORY;
    op->data = overlap;
    op->levels = dk_column_levels(overlap);
    op->column = args[0]->column;
    *out = op;
    return DK_OK;
}

/* .whole(x), which no text can write, is what a share is per; only who knows that x is a share asks. */
const dki_function dki_rate_functions[] = {
    { ".overlap", 1, 1, bind_overlap, NULL },
    { ".whole", 1, 1, bind_part, NULL },
    { "denominator", 1, 1, bind_part, NULL },
    { "numerator", 1, 1, bind_part, NULL },
    { NULL, 0, 0, NULL, NULL },
};
