/* breakdown_bounds.c - what figures that are known per region say of a municipality: bounds, and an estimate.
 *
 * Let S be how many of a group are surely among the figure's, and S_r and N_r how many of its region are, and how many there are
 * altogether. The others, N_r - S_r, may all be in the group or none of them: so there are S to S + (N_r - S_r), and the share of
 * the sure ones is S / (S + N_r - S_r) to 1; it is 0 where S is 0. The synthetic estimate takes it that the group is as its region
 * is: S N_r / S_r. A group for which the figure is known has that. Where N_r is known in bounds itself, each side goes by the bound
 * that makes it widest.
 *
 * The region is the cell that totals every dimension by which nothing is known.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/status.h"
#include "base/types.h"
#include "breakdown_known.h"
#include "data/column_parts.h"
#include "data/marker.h"

#define DIGITS 6 /* of shares and estimates */

bool dki_is_bounded(const dki_node *node)
{
    return node->kind == DKI_NODE_CALL && node->other && node->n_children > 0;
}

static bool is_estimate(const dki_node *node)
{
    return strcmp(node->text, DKI_ATTACHED_ESTIMATE) == 0;
}

enum { SURE, ALL_SURE, ALL, N_PARTS };

struct bounds {
    const dki_result *result;
    const dk_expr *expr;
    const dki_node *node;
    const dk_column *parts[N_PARTS];
    uint32_t unknown;
    uint8_t scale; /* of counts */
    uint64_t n_contradicted;
};

/* Columns. ---------------------------------------------------------------------------------------------------------- */

static dk_status find_parts(struct bounds *bounds, const dk_column *sure, uint64_t n, dk_error *err)
{
    const dki_result *result = bounds->result;
    const char *name = dki_attached_name((dki_result *)(uintptr_t)result, bounds->node, err);
    dk_status status = name ? DK_OK : DK_ERR_MEMORY;

    if (status == DK_OK)
        status = dk_column_slice(sure, 0, n, &bounds->parts[SURE], err);
    if (status == DK_OK)
        status = dki_result_look_up(result, n, bounds->unknown, sure, &bounds->parts[ALL_SURE], err);
    if (status == DK_OK)
        status = dki_result_look_up(result, n, bounds->unknown,
                                    dk_table_field(result->all, dk_table_find(result->all, name))->column,
                                    &bounds->parts[ALL], err);
    for (size_t i = 0; i < N_PARTS && status == DK_OK; i++) {
        dk_type type = dk_column_type(bounds->parts[i]);

        if (type != DK_INTEGER && type != DK_DECIMAL && (type != DK_INTERVAL || i != ALL))
            return dki_node_fail(
                bounds->expr, bounds->node, err, DK_ERR_TYPE,
                "bounds and estimates are those of counts and sums of whole numbers and decimals, and this has %s",
                dki_type_shown(type, dk_column_scale(bounds->parts[i])));
        if (dk_column_scale(bounds->parts[i]) > bounds->scale)
            bounds->scale = dk_column_scale(bounds->parts[i]);
    }
    return status;
}

static bool is_known(const struct bounds *bounds, uint64_t row)
{
    const dki_result *result = bounds->result;
    uint32_t mask = result->order ? dki_cell_mask(&result->cells, (size_t)result->order[row]) : 0;

    return (bounds->unknown & ~mask) == 0;
}

/* Rows. ------------------------------------------------------------------------------------------------------------- */

static dk_status fail_size(const struct bounds *bounds, dk_error *err)
{
    return dki_node_fail(bounds->expr, bounds->node, err, DK_ERR_OVERFLOW,
                         "these numbers are too large for bounds");
}

/* Of a row, in the digits of all. */
struct figures {
    int64_t sure, all_sure;
    dk_interval all;
};

static bool bound(struct bounds *bounds, const struct figures *f, dk_interval *out)
{
    dki_i128 most = (dki_i128)f->sure + f->all.greatest - f->all_sure;

    out->no_greatest = f->all.no_greatest;
    if (!out->no_greatest &&
        f->all.greatest < f->all_sure) { /* more than there are: one of both is not what it is taken for */
        bounds->n_contradicted++;
        out->no_least = out->no_greatest = true;
        return true;
    }
    out->least = f->sure;
    out->greatest = out->no_greatest ? 0 : (int64_t)most;
    return dki_fits_i64(most);
}

/* sure * all / all_sure, of one side of what there are. */
static bool divide(const struct bounds *bounds, const struct figures *f, int64_t all, bool upward, uint8_t scale,
                   int64_t *out)
{
    dki_i128 product = (dki_i128)f->sure * all, rounded;
    bool exact = !f->all.no_least && !f->all.no_greatest && f->all.least == f->all.greatest;

    if (__builtin_mul_overflow(product, (dki_i128)dki_power10[scale - bounds->scale], &product))
        return false;
    rounded = exact ? dki_divide_round(product, f->all_sure) : dki_divide_outward(product, f->all_sure, upward);
    *out = (int64_t)rounded;
    return dki_fits_i64(rounded);
}

/* Of what is known in bounds there are no fewer than those who are sure. */
static void at_least(struct figures *f)
{
    if (!f->all.no_greatest && f->all.greatest < f->all_sure)
        return;
    if (f->all.no_least || f->all.least < f->all_sure)
        f->all.least = f->all_sure;
    f->all.no_least = false;
}

/* scale: of the estimate, not less than that of the parts. */
static bool estimate(const struct bounds *bounds, struct figures *f, uint8_t scale, dk_interval *out)
{
    bool negative = f->sure < 0;
    const dk_interval *all = &f->all;

    *out = (dk_interval){ .no_least = true, .no_greatest = true };
    if (f->all_sure <= 0)
        return true;
    if (all->no_least || all->no_greatest || all->least < all->greatest)
        at_least(f);
    *out = (dk_interval){ .no_least = negative ? all->no_greatest : all->no_least,
                          .no_greatest = negative ? all->no_least : all->no_greatest,
                          .meaning = DK_MEANS_ESTIMATE,
                          .marker = { "~", 1 } };
    return (out->no_least || divide(bounds, f, negative ? all->greatest : all->least, false, scale, &out->least)) &&
           (out->no_greatest ||
            divide(bounds, f, negative ? all->least : all->greatest, true, scale, &out->greatest));
}

/* What there are, as bounds, in those digits. */
static bool read_all(const dk_view *view, size_t i, uint8_t scale, dk_interval *out)
{
    dk_value value = dki_view_value(view, i);

    *out = value.type == DK_INTERVAL ? value.as.interval
                                     : (dk_interval){ .least = value.as.integer, .greatest = value.as.integer };
    return (out->no_least || dki_rescale(out->least, view->scale, scale, &out->least)) &&
           (out->no_greatest || dki_rescale(out->greatest, view->scale, scale, &out->greatest));
}

static dk_status put_row(struct bounds *bounds, const dk_view views[N_PARTS], size_t i, uint64_t row, uint8_t scale,
                         dk_builder *builder, dk_error *err)
{
    bool known = is_known(bounds, row), fits;
    dk_interval value = { .least = 0 };
    struct figures f = { .sure = 0 };

    for (size_t k = known ? ALL : 0; k < N_PARTS; k++)
        if (dki_view_is_null(&views[k], i))
            return dk_builder_null(builder, 1, err);
    fits = read_all(&views[ALL], i, known ? scale : bounds->scale, &f.all);
    if (known)
        value = f.all;
    else
        fits = fits &&
               dki_rescale(dki_view_value(&views[SURE], i).as.integer, views[SURE].scale, bounds->scale, &f.sure) &&
               dki_rescale(dki_view_value(&views[ALL_SURE], i).as.integer, views[ALL_SURE].scale, bounds->scale,
                           &f.all_sure) &&
               (is_estimate(bounds->node) ? estimate(bounds, &f, scale, &value) : bound(bounds, &f, &value));
    if (!fits)
        return fail_size(bounds, err);
    return dk_interval_is_known(&value) ? dk_builder_interval(builder, &value, err)
                                        : dk_builder_null(builder, 1, err);
}

static dk_status put_rows(struct bounds *bounds, uint8_t scale, dk_builder *builder, dk_error *err)
{
    dk_context *context = bounds->result->plan->context;
    dk_view views[N_PARTS];
    dk_status status = DK_OK;

    for (size_t k = 0; k < N_PARTS; k++)
        dk_view_init(&views[k], context);
    for (uint64_t row = 0; dki_columns_block(bounds->parts, N_PARTS, row, views, &status, err); row += views->n) {
        for (size_t i = 0; i < views->n && status == DK_OK; i++)
            status = put_row(bounds, views, i, row + i, scale, builder, err);
    }
    for (size_t k = 0; k < N_PARTS; k++)
        dk_view_release(&views[k]);
    return status;
}

/* What the reader must know. */
static dk_status add_notes(const struct bounds *bounds, dk_error *err)
{
    const dki_result *result = bounds->result;
    size_t n;
    const char *by = dki_attached_to(result->plan->table, bounds->node, &n)->by[0];
    char node[DKI_NODE_TEXT], text[DKI_NODE_TEXT + 400];
    dk_status status = DK_OK;

    (void)dki_node_text(bounds->expr, bounds->node, node);
    if (is_estimate(bounds->node)) {
        (void)snprintf(text, sizeof text,
                       "%s is an estimate: each group is taken to be as all that is known per %.200s is", node, by);
        status = result->note(result->note_arg, text, err);
    }
    if (status == DK_OK && bounds->n_contradicted > 0) {
        (void)snprintf(text, sizeof text,
                       "%s: %llu group%s no bounds, because more are sure of all in its %.200s than there are",
                       node, (unsigned long long)bounds->n_contradicted,
                       bounds->n_contradicted == 1 ? " has" : "s have", by);
        status = result->note(result->note_arg, text, err);
    }
    return status;
}

dk_status dki_result_bounds(const dki_result *result, const dk_expr *expr, const dki_node *node,
                            const dk_column *sure, uint64_t n, const dk_column **out, dk_error *err)
{
    struct bounds bounds = { .result = result, .expr = expr, .node = node };
    dk_builder *builder = NULL;
    const dk_column *made = NULL;
    uint8_t scale;
    dk_status status;

    bounds.unknown = dki_attached_unknown(result->plan, node);
    status = find_parts(&bounds, sure, n, err);
    scale = is_estimate(node) && bounds.scale < DIGITS ? DIGITS : bounds.scale;
    if (status == DK_OK)
        status = dk_builder_new(result->plan->context, DK_INTERVAL, scale, NULL, &builder, err);
    if (status == DK_OK)
        status = put_rows(&bounds, scale, builder, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, &made, err);
    dk_builder_release(builder);
    if (status == DK_OK)
        status = add_notes(&bounds, err);
    if (status == DK_OK)
        *out = made;
    else
        dk_column_release(made);
    for (size_t k = 0; k < N_PARTS; k++)
        dk_column_release(bounds.parts[k]);
    return status;
}

/* Shares. ----------------------------------------------------------------------------------------------------------- */

/* What a name of a measure stands for. */
static const dki_node *written_out(const dk_breakdown *breakdown, const dki_node *node)
{
    size_t measure;

    while (node->kind == DKI_NODE_NAME && (measure = dki_breakdown_find_measure(breakdown, node->text)) != SIZE_MAX)
        node = dki_expr_root(breakdown->measures[measure].expr);
    return node;
}

bool dki_measure_is_bounded_share(const dk_breakdown *breakdown, const dki_node *root)
{
    const dki_node *of;

    if (root->kind != DKI_NODE_CALL || strcmp(root->text, "/") != 0)
        return false;
    of = written_out(breakdown, root->children[1]);
    return dki_is_bounded(of) && !is_estimate(of) &&
           dki_node_equal(written_out(breakdown, root->children[0]), written_out(breakdown, of->children[0]));
}
