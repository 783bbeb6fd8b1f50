/* reproduce.c - one cell of a breakdown as a question of its own: its measures over the rows that it has.
 *
 * Measures are printed from their trees, with the measures that they name in their place. A measure that looks at other
 * cells, all(m, d) or attached(m), is one over all rows instead, in which each aggregate has the condition of its cell. What an
 * aggregate is about stays as it was written.
 */
#include "reproduce.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "expr/node_source.h"

#define MOST_DIMENSIONS 32 /* bits */

struct printer {
    dk_context *context;
    const dki_cell_dimension *dims;
    size_t n_dims;
    const dki_cell_measure *measures;
    const dk_expr **exprs; /* of measures */
    size_t n;
    const dki_cell_figures *figures;
    size_t n_figures;
    dki_buffer *out;
    dk_error *err;
    bool inside;     /* aggregates have the condition of their cell */
    bool impossible; /* something cannot be written */
};

static const dki_node *root_of(const struct printer *printer, size_t measure)
{
    return dki_expr_root(printer->exprs[measure]);
}

static size_t find_measure(const struct printer *printer, const char *name)
{
    for (size_t i = 0; i < printer->n; i++)
        if (strcmp(printer->measures[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static size_t find_dimension(const struct printer *printer, const char *name)
{
    for (size_t i = 0; i < printer->n_dims; i++)
        if (strcmp(printer->dims[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The dimensions that the cell is told by. */
static uint32_t shown_dimensions(const struct printer *printer)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < printer->n_dims; i++)
        bits |= printer->dims[i].hidden ? 0 : UINT32_C(1) << i;
    return bits;
}

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

static dk_status put_slice(const struct printer *printer, const dk_expr *expr, const dki_node *node)
{
    return dki_buffer_append(printer->out, dk_expr_text(expr) + node->at, node->size, printer->err);
}

static dk_status put(struct printer *printer, const char *text)
{
    return dki_buffer_text(printer->out, text, printer->err);
}

/* Conditions. ------------------------------------------------------------------------------------------------------- */

/* Those of the dimensions whose bits are set; *any: whether there are some. */
static dk_status put_dimensions(struct printer *printer, uint32_t bits, bool *any)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < printer->n_dims && status == DK_OK; i++) {
        if (printer->dims[i].condition == NULL || !(bits >> i & 1))
            continue;
        status =
            dki_buffer_format(printer->out, printer->err, "%s%s", *any ? " and " : "", printer->dims[i].condition);
        *any = true;
    }
    return status;
}

/* Measures. --------------------------------------------------------------------------------------------------------- */

static dk_status put_node(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits);

static dk_status give_up(struct printer *printer)
{
    printer->impossible = true;
    return DK_OK;
}

static dk_status put_filter(struct printer *printer, const dk_expr *expr, const dki_node *filter, uint32_t bits)
{
    bool any = false, in_brackets = filter && is_call(filter, "or");
    size_t begin = printer->out->size;
    dk_status status = put(printer, " where ");

    if (status == DK_OK && printer->inside)
        status = put_dimensions(printer, bits, &any);
    if (status == DK_OK && filter && any)
        status = put(printer, in_brackets ? " and (" : " and ");
    if (status == DK_OK && filter)
        status = dki_node_put_filter(printer->out, expr, filter, printer->err);
    if (status == DK_OK && filter && any && in_brackets)
        status = put(printer, ")");
    if (!any && filter == NULL)
        printer->out->size = begin;
    return status;
}

/* (name(arguments) where condition); filter: of what is no aggregate by itself. */
static dk_status put_aggregate(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    size_t begin = printer->out->size, plain;
    dk_status status = put(printer, "(");

    if (status == DK_OK)
        status = put(printer, node->text);
    if (status == DK_OK)
        status = put(printer, "(");
    for (size_t i = 0; i < node->n_children && status == DK_OK; i++) {
        if (i > 0)
            status = put(printer, ", ");
        if (status == DK_OK)
            status = put_slice(printer, expr, node->children[i]);
    }
    if (status == DK_OK)
        status = put(printer, ")");
    plain = printer->out->size;
    if (status == DK_OK)
        status = put_filter(printer, expr, node->filter, bits);
    if (status != DK_OK || printer->out->size > plain)
        return status == DK_OK ? put(printer, ")") : status;
    memmove(printer->out->bytes + begin, printer->out->bytes + begin + 1,
            plain - begin - 1); /* no brackets needed */
    printer->out->size--;
    return DK_OK;
}

static dk_status put_list(struct printer *printer, const dk_expr *expr, const dki_node *node, size_t from,
                          const char *between, uint32_t bits)
{
    dk_status status = DK_OK;

    for (size_t i = from; i < node->n_children && status == DK_OK; i++) {
        if (i > from)
            status = put(printer, between);
        if (status == DK_OK)
            status = put_node(printer, expr, node->children[i], bits);
    }
    return status;
}

static dk_status put_operator(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    char sign[16];
    dk_status status = put(printer, "(");

    if (node->n_children == 1)
        (void)snprintf(sign, sizeof sign, strcmp(node->text, "-") == 0 ? "%s" : "%s ", node->text);
    else
        (void)snprintf(sign, sizeof sign, " %s ", node->text);
    if (status == DK_OK && node->n_children == 1)
        status = put(printer, sign);
    if (status == DK_OK)
        status = put_list(printer, expr, node, 0, sign, bits);
    return status == DK_OK ? put(printer, ")") : status;
}

static dk_status put_call(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    dk_status status = put(printer, node->text);

    if (status == DK_OK)
        status = put(printer, "(");
    if (status == DK_OK)
        status = put_list(printer, expr, node, 0, ", ", bits);
    return status == DK_OK ? put(printer, ")") : status;
}

/* Over the rows of the cells that all() looks at. */
static dk_status put_all(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    uint32_t within = 0;

    for (size_t i = 1; i < node->n_children; i++) {
        size_t dim = find_dimension(printer, node->children[i]->text);

        if (dim == SIZE_MAX) /* a level that nothing tells */
            return give_up(printer);
        within |= UINT32_C(1) << dim;
        if (printer->dims[dim].hidden)
            bits |= UINT32_C(1) << dim;
    }
    return put_node(printer, expr, node->children[0], bits & within);
}

/* attached(figure: the figure's own rows have the condition, too. */
static dk_status begin_figure(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    dki_node sum = { .kind = DKI_NODE_AGGREGATE, .text = "sum", .n_children = 1 };
    dki_node *argument = node->other;
    dk_status status;

    sum.children = &argument;
    status = put(printer, "attached(");
    if (status == DK_OK)
        status = node->other->kind == DKI_NODE_NAME ? put_aggregate(printer, expr, &sum, bits)
                                                    : put_node(printer, expr, node->other, bits);
    return status;
}

static dk_status put_figure(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    dk_status status = begin_figure(printer, expr, node, bits);

    return status == DK_OK ? put(printer, ")") : status;
}

static bool is_estimate(const dki_node *node)
{
    return strcmp(node->text, DKI_ATTACHED_ESTIMATE) == 0;
}

/* The same where it is known, as what it is without dimensions: in bounds, and no less than those who are sure in a share of these. */
static dk_status put_known(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits,
                           uint32_t known)
{
    dk_status status = begin_figure(printer, expr, node, bits | known);

    if (status == DK_OK)
        status = put(printer, is_estimate(node) ? ", 'estimate', " : ", 'bounds', ");
    if (status == DK_OK)
        status = put_node(printer, expr, node->children[0], bits);
    return status == DK_OK ? put(printer, ")") : status;
}

/* Whether one of the lines is the figure. */
static dk_status is_among(const struct printer *printer, const char *texts, const dki_node *node, bool *out)
{
    dk_status status = DK_OK;

    *out = false;
    while (*texts && !*out && status == DK_OK) {
        size_t size = strcspn(texts, "\n");
        const dk_expr *expr = NULL;
        dki_buffer line;

        dki_buffer_init(&line, printer->context);
        status = dki_buffer_append(&line, texts, size, printer->err);
        if (status == DK_OK)
            status = dki_buffer_terminate(&line, printer->err);
        if (status == DK_OK && dk_expr_parse(printer->context, line.bytes, &expr, NULL) == DK_OK)
            *out = dki_expr_root(expr)->other && dki_node_equal(dki_expr_root(expr)->other, node->other);
        dk_expr_release(expr);
        dki_buffer_drop(&line);
        texts += size + (texts[size] == '\n');
    }
    return status;
}

/* What is known of a figure; *out is NULL where nothing is. */
static dk_status find_figures(const struct printer *printer, const dki_node *node, const dki_cell_figures **out)
{
    dk_status status = DK_OK;

    *out = NULL;
    for (size_t i = 0; i < printer->n_figures && *out == NULL && status == DK_OK; i++) {
        bool is_it = printer->figures[i].texts == NULL;

        if (!is_it)
            status = is_among(printer, printer->figures[i].texts, node, &is_it);
        if (is_it)
            *out = &printer->figures[i];
    }
    return status;
}

/* The dimensions by which figures are known, and whether the cell goes by others. */
static uint32_t known_dimensions(const struct printer *printer, const dki_cell_figures *figures, uint32_t bits,
                                 bool *is_finer)
{
    uint32_t known = 0;

    *is_finer = false;
    for (size_t i = 0; i < printer->n_dims; i++) {
        known |= figures->known[i] ? UINT32_C(1) << i : 0;
        if (bits >> i & 1 && !figures->known[i] && printer->dims[i].condition)
            *is_finer = true;
    }
    return known;
}

/* The figure of the region, and those who are sure in it. */
static dk_status put_both(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t known,
                          const char *between)
{
    dk_status status = put_figure(printer, expr, node, known);

    if (status == DK_OK)
        status = put(printer, between);
    return status == DK_OK ? put_node(printer, expr, node->children[0], known) : status;
}

/* Of a figure of the cell's region, what it says of the cell: those who are sure, and none to all of the others; or as many as where
 * the cell is as its region. */
static dk_status put_bounds(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    const dki_node *sure = node->children[0];
    bool is_finer, estimates = is_estimate(node);
    const dki_cell_figures *figures;
    uint32_t known;
    dk_status status = find_figures(printer, node, &figures);

    if (status != DK_OK)
        return status;
    if (figures == NULL || !figures->told)
        return give_up(printer);
    known = known_dimensions(printer, figures, bits, &is_finer);
    if (!is_finer)
        return put_known(printer, expr, node, bits, known);
    status = put(printer, estimates ? "(" : "case(");
    if (status == DK_OK && !estimates) /* more are sure than there are, for sure: nothing is known */
        status = put_both(printer, expr, node, known, " < ");
    if (status == DK_OK && !estimates)
        status = put(printer, " is true, null, ");
    if (status == DK_OK)
        status = put_node(printer, expr, sure, bits);
    if (status == DK_OK)
        status = put(printer, estimates ? " * " : " + greatest(");
    if (status == DK_OK)
        status = put_both(printer, expr, node, known, estimates ? " / " : " - ");
    return status == DK_OK ? put(printer, estimates ? ")" : ", 0) * interval(0, 1))") : status;
}

static dk_status put_name(struct printer *printer, const dki_node *node, uint32_t bits)
{
    size_t measure = find_measure(printer, node->text), dim = find_dimension(printer, node->text);

    if (measure != SIZE_MAX)
        return put_node(printer, printer->exprs[measure], root_of(printer, measure), bits);
    if (dim == SIZE_MAX || printer->dims[dim].literal == NULL)
        return give_up(printer);
    return put(printer, printer->dims[dim].literal);
}

/* numerator(m) of a measure that is a quotient. */
static const dki_node *part_of(const struct printer *printer, const dki_node *node, const dk_expr **expr)
{
    size_t i = is_call(node, "numerator") ? 0 : is_call(node, "denominator") ? 1 : 2, measure;

    if (i == 2 || node->children[0]->kind != DKI_NODE_NAME)
        return NULL;
    measure = find_measure(printer, node->children[0]->text);
    if (measure == SIZE_MAX || !is_call(root_of(printer, measure), "/"))
        return NULL;
    *expr = printer->exprs[measure];
    return root_of(printer, measure)->children[i];
}

static dk_status put_node(struct printer *printer, const dk_expr *expr, const dki_node *node, uint32_t bits)
{
    static const char *const operators = " + - * / // % == ~= < <= > >= and or not .. ";
    const dki_node *part;
    char padded[24];
    dk_status status;

    switch (node->kind) {
    case DKI_NODE_LITERAL:
    case DKI_NODE_PARAM: return put_slice(printer, expr, node);
    case DKI_NODE_NAME: return put_name(printer, node, bits);
    case DKI_NODE_AGGREGATE: return put_aggregate(printer, expr, node, bits);
    case DKI_NODE_CALL: break;
    }
    if (node->other)
        return node->n_children > 0 ? put_bounds(printer, expr, node, bits) : put_figure(printer, expr, node, bits);
    if (is_call(node, "all"))
        return put_all(printer, expr, node, bits);
    part = part_of(printer, node, &expr);
    if (part)
        return put_node(printer, expr, part, bits);
    (void)snprintf(padded, sizeof padded, " %.20s ", node->text);
    if (strstr(operators, padded))
        return put_operator(printer, expr, node, bits);
    if (is_call(node, "is null") || is_call(node, "is true")) {
        status = put(printer, "(");
        if (status == DK_OK)
            status = put_node(printer, expr, node->children[0], bits);
        if (status == DK_OK)
            status = dki_buffer_format(printer->out, printer->err, " %s)", node->text);
        return status;
    }
    if (is_call(node, "is total") || is_call(node, "in") || is_call(node, "between"))
        return give_up(printer);
    return put_call(printer, expr, node, bits);
}

/* Whether a measure looks at other cells, also through those that it names. */
static bool looks_around(const struct printer *printer, const dki_node *node)
{
    size_t measure = node->kind == DKI_NODE_NAME ? find_measure(printer, node->text) : SIZE_MAX;

    if (measure != SIZE_MAX)
        return looks_around(printer, root_of(printer, measure));
    if (node->kind != DKI_NODE_CALL || node->other || is_call(node, "all"))
        return node->kind == DKI_NODE_CALL;
    for (size_t i = 0; i < node->n_children; i++)
        if (looks_around(printer, node->children[i]))
            return true;
    return false;
}

/* Without the brackets around all of it. */
static void strip(dki_buffer *out)
{
    size_t depth = 0;

    if (out->size < 2 || out->bytes[0] != '(' || out->bytes[out->size - 1] != ')')
        return;
    for (size_t i = 0; i + 1 < out->size; i++) { /* brackets in texts only keep some that need not be there */
        depth += out->bytes[i] == '(';
        depth -= out->bytes[i] == ')';
        if (depth == 0)
            return;
    }
    memmove(out->bytes, out->bytes + 1, out->size - 2);
    out->size -= 2;
}

dk_status dki_cell_expression(dk_context *context, const dki_cell_dimension *dims, size_t n_dims,
                              const dki_cell_measure *measures, size_t which, const dki_cell_figures *figures,
                              size_t n_figures, bool *whole, dki_buffer *out, dk_error *err)
{
    struct printer printer = { .context = context,
                               .dims = dims,
                               .n_dims = n_dims,
                               .measures = measures,
                               .n = which,
                               .figures = figures,
                               .n_figures = n_figures };
    dk_status status = DK_OK;

    if (printer.n_dims > MOST_DIMENSIONS)
        printer.n_dims = MOST_DIMENSIONS; /* what is within another level cannot be written */
    printer.out = out;
    printer.err = err;
    printer.exprs = dki_calloc(context, which + 1, sizeof *printer.exprs, err);
    if (printer.exprs == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i <= which && status == DK_OK; i++)
        status = dk_expr_parse(context, measures[i].text, &printer.exprs[i], err);
    out->size = 0;
    if (status == DK_OK) {
        printer.inside = looks_around(&printer, root_of(&printer, which));
        *whole = printer.inside;
        status = put_node(&printer, printer.exprs[which], root_of(&printer, which), shown_dimensions(&printer));
    }
    if (status == DK_OK && printer.impossible)
        out->size = 0;
    if (status == DK_OK)
        strip(out);
    for (size_t i = 0; i <= which; i++)
        dk_expr_release(printer.exprs[i]);
    dki_free(context, printer.exprs);
    return status;
}
