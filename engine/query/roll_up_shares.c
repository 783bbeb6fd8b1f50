/* roll_up_shares.c - shares in bounds of what is rolled up.
 *
 * p / w of p = sum(x) where f and w = sum(x) is p / (p + the rest), and narrower than a quotient of numbers that know nothing of each
 * other (breakdown_share.c). The bounds of w are those of p and of the rest together, so that the rest of each row is known as long as
 * nobody made one of both narrower: it becomes a column, and w in that quotient p + sum(rest).
 */
#include <string.h>

#include "base/status.h"
#include "breakdown_plan.h"
#include "expr/quote.h"
#include "roll_up.h"
#include "tighten_parts.h"

static const dk_column *column_of(const dki_roll *roll, const char *name)
{
    size_t at = dk_table_find(roll->rows, name);

    return at == DK_NO_COLUMN ? NULL : dk_table_field(roll->rows, at)->column;
}

/* Whether the measure still has the bounds that the breakdown gave it. */
static bool is_as_made(const dki_roll *roll, const char *measure)
{
    for (size_t i = roll->first; i < roll->end; i++) {
        const dk_lineage_item *item = dk_table_lineage(roll->result, i);

        if ((item->kind == DK_LINEAGE_STEP && strncmp(item->text, DKI_TIGHTENED, strlen(DKI_TIGHTENED)) == 0) ||
            (item->kind == DK_LINEAGE_COLUMN && item->depth == 0 && strcmp(item->name, measure) == 0))
            return false;
    }
    return column_of(roll, measure) && dk_column_type(column_of(roll, measure)) == DK_INTERVAL;
}

/* The sum that a measure is; NULL: none, or it cannot be read. The caller releases *expr. */
static const dki_node *sum_of(const dki_roll *roll, const dki_node *name, const dk_expr **expr)
{
    const dk_lineage_item *item =
        name->kind == DKI_NODE_NAME ? dki_roll_item(roll, DK_LINEAGE_MEASURE, name->text) : NULL;
    dk_error ignored = DK_ERROR_INIT;
    const dki_node *root;

    if (item == NULL || !is_as_made(roll, item->name) ||
        dk_expr_parse(roll->context, item->text, expr, &ignored) != DK_OK)
        return NULL;
    root = dki_expr_root(*expr);
    return root->kind == DKI_NODE_AGGREGATE && strcmp(root->text, "sum") == 0 ? root : NULL;
}

static bool is_share(const dki_roll *roll, const dki_node *node)
{
    const dk_expr *exprs[2] = { NULL, NULL };
    const dki_node *sums[2] = { NULL, NULL };
    bool is_one;

    if (node->kind != DKI_NODE_CALL || strcmp(node->text, "/") != 0)
        return false;
    for (size_t i = 0; i < 2; i++)
        sums[i] = sum_of(roll, node->children[i], &exprs[i]);
    is_one = sums[0] && sums[1] && dki_is_part(sums[0], sums[1]);
    for (size_t i = 0; i < 2; i++)
        dk_expr_release(exprs[i]);
    return is_one;
}

/* The rest of each row as a column of roll->rows; *out is its name in an expression. An end that is open on both sides tells nothing of
 * that of the rest. */
static dk_status add_rest(dki_roll *roll, const char *part, const char *whole, const char **out, dk_error *err)
{
    const char *p = dki_quote(&roll->arena, part, err), *w = dki_quote(&roll->arena, whole, err);
    const char *none =
        p ? dki_arena_format(&roll->arena, err, "coalesce(%s, 0)", p) : NULL; /* in a row without any part */
    const char *text =
        none && w ? dki_arena_format(&roll->arena, err,
                                     "interval(least(%s) - least(%s), greatest(%s) - greatest(%s)) + 0 * %s", w,
                                     none, w, none, w)
                  : NULL;
    const char *what = dki_arena_format(&roll->arena, err, "what is not %s of ", part);
    const dk_expr *expr = NULL;
    const dk_column *column = NULL;
    dk_status status = text && what ? dk_expr_parse(roll->context, text, &expr, err) : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dk_table_eval(roll->rows, expr, NULL, &column, err);
    if (status == DK_OK)
        status = dki_roll_add_part(roll, column, what, whole, out, err);
    dk_column_release(column);
    dk_expr_release(expr);
    return status;
}

/* A text that is being written out: *text is made of it up to `to`. */
struct writing {
    dki_roll *roll;
    const char *source, *text;
    size_t to;
};

static dk_status write_node(struct writing *w, const dki_node *node, dk_error *err)
{
    dk_status status = DK_OK;
    const char *rest = NULL;

    if (!is_share(w->roll, node)) {
        for (size_t i = 0; i < node->n_children && status == DK_OK; i++)
            status = write_node(w, node->children[i], err);
        return status;
    }
    status = add_rest(w->roll, node->children[0]->text, node->children[1]->text, &rest, err);
    if (status != DK_OK)
        return status;
    w->text = dki_arena_format(&w->roll->arena, err, "%s%.*s(%s + sum(%s))", w->text,
                               (int)(node->children[1]->at - w->to), w->source + w->to,
                               dki_quote(&w->roll->arena, node->children[0]->text, err), rest);
    w->to = node->children[1]->at + node->children[1]->size;
    return w->text ? DK_OK : DK_ERR_MEMORY;
}

dk_status dki_roll_write_shares(dki_roll *roll, const dki_node *root, const char *source, const char **out,
                                dk_error *err)
{
    struct writing w = { roll, source, "", 0 };
    dk_status status = write_node(&w, root, err);

    if (status == DK_OK)
        *out = w.to == 0 ? source : dki_arena_format(&roll->arena, err, "%s%s", w.text, source + w.to);
    return status == DK_OK && *out == NULL ? DK_ERR_MEMORY : status;
}
