/* breakdown_lineage.c - what a breakdown leaves for explaining its result: filter, dimensions, numerators and
 * denominators, steps.
 *
 * Texts are those that the user wrote. Cost: one small block of memory and a copy of the texts, also for a result
 * that nobody asks to explain.
 */
#include "breakdown_known.h"

#include <string.h>

#include "base/buffer.h"
#include "data/lineage.h"
#include "expr/mentioned.h"
#include "expr/node_source.h"

struct write {
    const dki_result *result;
    dki_lineage *lineage;
    dk_error *err;
    dk_status status;
    const dki_part *part;
    uint64_t n_rows; /* of the result */
};

/* A part of an expression's text, in the result's arena: as it was written, with the condition that stands behind more than it. */
static const char *cut(const struct write *write, const dk_expr *expr, const dki_node *node)
{
    dki_arena *arena = (dki_arena *)&write->result->arena;
    const char *text = NULL;
    dki_buffer whole;

    if (!dki_node_is_limited(node))
        return dki_arena_text(arena, dk_expr_text(expr) + node->at, node->size, write->err);
    dki_buffer_init(&whole, write->result->plan->context);
    if (dki_node_put(&whole, expr, node, write->err) == DK_OK)
        text = dki_arena_text(arena, whole.bytes, whole.size, write->err);
    dki_buffer_drop(&whole);
    return text;
}

static void add(struct write *write, const dk_lineage_item *item)
{
    if (write->status == DK_OK)
        write->status = dki_lineage_add(write->lineage, item, write->err);
}

/* The same of a condition, of which one part may stand behind more than its aggregate. */
static const char *cut_filter(const struct write *write, const dk_expr *expr, const dki_node *filter)
{
    const char *text = NULL;
    dki_buffer whole;

    dki_buffer_init(&whole, write->result->plan->context);
    if (dki_node_put_filter(&whole, expr, filter, write->err) == DK_OK)
        text = dki_arena_text((dki_arena *)&write->result->arena, whole.bytes, whole.size, write->err);
    dki_buffer_drop(&whole);
    return text;
}

/* The condition of an aggregate, and how many rows it left out. */
static bool add_where(void *arg, const dki_node *node)
{
    struct write *write = arg;
    const dki_plan *plan = write->result->plan;

    if (node->kind != DKI_NODE_AGGREGATE || node->filter == NULL)
        return true;
    for (size_t i = 0; i < plan->n_filters; i++) {
        dk_lineage_item item = { .kind = DK_LINEAGE_WHERE,
                                 .name = write->part->name,
                                 .n_null = write->result->groups.n_filter_null[i] };

        if (!dki_node_equal(plan->filters[i].node, node->filter))
            continue;
        item.text = cut_filter(write, write->part->expr, node->filter);
        if (item.text == NULL)
            write->status = DK_ERR_MEMORY;
        add(write, &item);
        break;
    }
    return write->status == DK_OK;
}

/* The first attached() of a part of a measure, also through measures that it names. */
static const dki_node *find_attached(const struct write *write, const dki_node *node)
{
    const dk_breakdown *breakdown = write->result->plan->breakdown;
    size_t measure = node->kind == DKI_NODE_NAME ? dki_breakdown_find_measure(breakdown, node->text) : SIZE_MAX;
    const dki_node *found = NULL;

    if (measure != SIZE_MAX)
        return find_attached(write, dki_expr_root(breakdown->measures[measure].expr));
    if (node->kind != DKI_NODE_CALL || dki_is_attached(node))
        return node->kind == DKI_NODE_CALL ? node : NULL;
    for (size_t i = 0; i < node->n_children && found == NULL; i++)
        found = find_attached(write, node->children[i]);
    return found;
}

/* A side of a rate of which one is attached, with its table, level and day as far as they are known: "attached(register), of
 * doelgroepregister as of 2024-09-30, known per arbeidsmarktregio". */
static const char *cut_side(const struct write *write, const dk_expr *expr, const dki_node *node)
{
    dki_arena *arena = (dki_arena *)&write->result->arena;
    const dk_table *table = write->result->plan->table, *of = table;
    const dki_node *attached = find_attached(write, node);
    const char *text = cut(write, expr, node), *name, *day;
    const dk_attachment *attachment = NULL;
    char levels[300];
    size_t n;

    if (text == NULL || (attached && (attachment = dki_attached_to(table, attached, &n)) == NULL))
        return text;
    of = attached ? attachment->table : table;
    name = dk_table_properties(of)->name;
    day = dk_table_properties(of)->as_of;
    text = dki_arena_format(arena, write->err, "%s%s%s%s%s", text,
                            name  ? ", of "
                            : day ? ","
                                  : "",
                            name ? name : "", day ? " as of " : "", day ? day : "");
    if (text == NULL || attached == NULL)
        return text;
    return dki_arena_format(arena, write->err, "%s, known per %s", text,
                            dki_lineage_list(attachment->by, attachment->n_by, levels, sizeof levels));
}

static void add_measure(struct write *write, const dki_part *part)
{
    const dki_node *root = dki_expr_root(part->expr);
    dk_lineage_item item = { .kind = DK_LINEAGE_MEASURE, .name = part->name, .text = dki_expr_body(part->expr) };

    write->part = part;
    if (root->kind == DKI_NODE_CALL && strcmp(root->text, "/") == 0) {
        bool beside = find_attached(write, root);
        const char *(*side)(const struct write *, const dk_expr *, const dki_node *) = beside ? cut_side : cut;

        item.numerator = side(write, part->expr, root->children[0]);
        item.denominator = side(write, part->expr, root->children[1]);
        if (item.numerator == NULL || item.denominator == NULL)
            write->status = DK_ERR_MEMORY;
    }
    add(write, &item);
    if (write->status == DK_OK)
        (void)dki_node_visit(root, add_where, write);
}

/* Of the first groups and the rest as one it is the breakdown that was asked for. */
static const dk_breakdown *told(const struct write *write)
{
    const dk_breakdown *breakdown = write->result->plan->breakdown;

    return breakdown->told ? breakdown->told : breakdown;
}

static void add_parts(struct write *write)
{
    const dki_plan *plan = write->result->plan;
    const dk_breakdown *breakdown = told(write);

    if (breakdown->where)
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_FILTER,
                                       .name = DKI_OWN_WHERE,
                                       .text = dk_expr_text(breakdown->where),
                                       .n_rows = write->result->groups.n_where,
                                       .n_null = write->result->groups.n_where_null });
    add(write, &(dk_lineage_item){
                   .kind = DK_LINEAGE_BREAKDOWN, .name = breakdown->name, .n_rows = write->result->n_shown });
    if (plan->weight)
        add(write,
            &(dk_lineage_item){ .kind = DK_LINEAGE_WEIGHT, .name = dk_table_properties(plan->table)->weight });
    for (size_t i = 0; i < breakdown->n_by; i++)
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_DIMENSION,
                                       .name = breakdown->by[i].name,
                                       .text = dki_expr_body(breakdown->by[i].expr) });
    for (size_t i = 0; i < breakdown->n_measures; i++)
        add_measure(write, &breakdown->measures[i]);
}

static void add_params(struct write *write)
{
    const dk_breakdown *breakdown = told(write);
    dki_mentioned mentioned = { write->result->plan->params, 0 };

    if (write->status != DK_OK)
        return;
    for (size_t i = 0; i < breakdown->n_by; i++)
        dki_mentioned_collect(&mentioned, dki_expr_root(breakdown->by[i].expr));
    for (size_t i = 0; i < breakdown->n_measures; i++)
        dki_mentioned_collect(&mentioned, dki_expr_root(breakdown->measures[i].expr));
    if (breakdown->where)
        dki_mentioned_collect(&mentioned, dki_expr_root(breakdown->where));
    write->status = dki_mentioned_add(&mentioned, write->lineage, write->err);
}

/* The figures that are read from one of the tables, a line each, as measures have them. */
struct lines {
    const struct write *write;
    const dk_attachment *attachment;
    const dk_expr *expr;
    dki_buffer *out;
    dk_status status;
};

static bool visit_figure(void *arg, const dki_node *node)
{
    struct lines *lines = arg;
    size_t n, begin = lines->out->size;

    if (!dki_is_attached(node) || dki_attached_to(lines->write->result->plan->table, node, &n) != lines->attachment)
        return true;
    lines->status =
        dki_buffer_append(lines->out, dk_expr_text(lines->expr) + node->at, node->size, lines->write->err);
    for (size_t i = begin; i < lines->out->size; i++) /* a blank too, but for names that have one */
        if (lines->out->bytes[i] == '\n')
            lines->out->bytes[i] = ' ';
    if (lines->status == DK_OK)
        lines->status = dki_buffer_text(lines->out, "\n", lines->write->err);
    return lines->status == DK_OK;
}

/* Where the figures of attached() come from: each table once. The name of the step has the figures. */
static void add_attached(struct write *write)
{
    const dki_result *result = write->result;
    const dk_breakdown *breakdown = told(write);
    const dk_table *table = result->plan->table;
    uint64_t told_of = 0;

    for (size_t i = 0; i < result->n_attached && write->status == DK_OK; i++) {
        size_t n;
        const dk_attachment *attachment = dki_attached_to(table, result->attached[i], &n);
        uint64_t bit = UINT64_C(1) << (attachment - dk_table_properties(table)->attached);
        char names[300];
        dki_buffer figures;
        struct lines lines = { write, attachment, NULL, &figures, DK_OK };
        const char *text;

        if (told_of & bit)
            continue;
        told_of |= bit;
        text = dki_arena_format((dki_arena *)&result->arena, write->err,
                                "with figures of %s beside it, known per %s", dki_lineage_name(attachment->table),
                                dki_lineage_list(attachment->by, attachment->n_by, names, sizeof names));
        dki_buffer_init(&figures, result->plan->context);
        for (size_t m = 0; m < breakdown->n_measures && lines.status == DK_OK; m++) {
            lines.expr = breakdown->measures[m].expr;
            (void)dki_node_visit(dki_expr_root(lines.expr), visit_figure, &lines);
        }
        write->status = text == NULL ? DK_ERR_MEMORY : lines.status;
        if (write->status == DK_OK)
            write->status = dki_buffer_terminate(&figures, write->err);
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_STEP,
                                       .name = figures.bytes,
                                       .text = text,
                                       .n_rows = dk_table_n_rows(attachment->table) });
        dki_buffer_drop(&figures);
    }
}

static void add_steps(struct write *write)
{
    static const char *const margins[] = { NULL, "with the total over everything",
                                           "with totals over the last dimension, the last two, and so on",
                                           "with totals over every set of dimensions",
                                           "for the sets of dimensions that are named, and no others" };
    const dk_breakdown *breakdown = told(write);

    if (breakdown->margins != DK_MARGINS_NONE)
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_STEP,
                                       .text = margins[breakdown->margins],
                                       .n_rows = write->result->n_shown });
    if (dki_breakdown_shows_levels(breakdown))
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_STEP,
                                       .text = "with every level, also those without rows",
                                       .n_rows = write->result->n_shown });
    for (size_t i = 0; write->status == DK_OK && i < breakdown->n_order; i++) {
        const char *text =
            dki_arena_format((dki_arena *)&write->result->arena, write->err, "ordered by %s%s",
                             breakdown->order[i].column, breakdown->order[i].descending ? ", falling" : "");

        if (text == NULL)
            write->status = DK_ERR_MEMORY;
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_STEP, .text = text, .n_rows = write->result->n_shown });
    }
    if (breakdown->limit && write->status == DK_OK) {
        const char *text = dki_arena_format(
            (dki_arena *)&write->result->arena, write->err, "the first %llu group%s%s%s",
            (unsigned long long)breakdown->limit, breakdown->limit == 1 ? "" : "s",
            breakdown->rest ? ", the others together as " : "", breakdown->rest ? breakdown->rest : "");

        if (text == NULL)
            write->status = DK_ERR_MEMORY;
        add(write, &(dk_lineage_item){ .kind = DK_LINEAGE_STEP, .text = text, .n_rows = write->n_rows });
    }
}

dk_status dki_result_lineage(const dki_result *result, const dk_table *made, dk_error *err)
{
    struct write write = { .result = result, .err = err, .n_rows = dk_table_n_rows(made) };

    write.status = dki_lineage_after(result->plan->table, &write.lineage, err);
    if (write.status != DK_OK)
        return write.status;
    add_parts(&write);
    add_params(&write);
    add_attached(&write);
    add_steps(&write);
    if (write.status == DK_OK)
        dki_table_attach(made, write.lineage);
    else
        dki_lineage_release(write.lineage);
    return write.status;
}
