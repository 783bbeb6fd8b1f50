/* tighten_quantities.c - what the columns of a result are made of, as its lineage tells.
 *
 * A name means what it meant where it was written: a measure is made of those before it, and of what they were then. A column that
 * a later step made anew under the same name is another quantity, and measures are still made of the old one; but one that keeps the
 * old value wherever nothing else is stated, such as case(x, 5, n), is n as somebody knows it better. Steps that are not known to
 * leave columns as they are end all that: nothing is known behind them.
 */
#include "tighten_anew.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/status.h"
#include "beside.h"
#include "data/lineage.h"

/* Quantities. ------------------------------------------------------------------------------------------------------- */

static dki_binding *find_binding(const dki_anew *anew, const char *name)
{
    return dki_binding_find(anew->bindings, anew->n_bindings, name);
}

/* A new quantity of that name, which takes the place of what the name meant. */
static dk_status add_quantity(dki_anew *anew, const char *name, const dk_expr *expr, const dki_node *root,
                              dk_error *err)
{
    dki_binding *binding = find_binding(anew, name);
    dki_quantity made = { .root = root, .column = DK_NO_COLUMN, .value = DK_NO_COLUMN };
    dk_context *context = anew->t->context;
    dk_status status = dki_grow(context, (void **)&anew->quantities, &anew->quantity_capacity,
                                anew->n_quantities + 1, sizeof *anew->quantities, err);

    if (status == DK_OK && binding == NULL)
        status = dki_grow(context, (void **)&anew->bindings, &anew->binding_capacity, anew->n_bindings + 1,
                          sizeof *anew->bindings, err);
    made.name =
        status == DK_OK ? dki_arena_format(&anew->arena, err, DKI_QUANTITY "%zu", anew->n_quantities) : NULL;
    if (made.name == NULL)
        return DK_ERR_MEMORY;
    if (binding == NULL) {
        binding = &anew->bindings[anew->n_bindings++];
        *binding = (dki_binding){ .name = name };
    }
    made.expr = expr ? dk_expr_retain(expr) : NULL;
    binding->of = anew->n_quantities;
    anew->quantities[anew->n_quantities++] = made;
    return DK_OK;
}

dki_quantity *dki_anew_find(const dki_anew *anew, const dki_node *node)
{
    static const char begin[] = DKI_QUANTITY;

    if (node->kind != DKI_NODE_NAME || strncmp(node->text, begin, sizeof begin - 1) != 0)
        return NULL;
    return &anew->quantities[strtoul(node->text + sizeof begin - 1, NULL, 10)];
}

dki_quantity *dki_anew_of_column(const dki_anew *anew, size_t column)
{
    for (size_t i = 0; i < anew->n_quantities; i++)
        if (anew->quantities[i].column == column)
            return &anew->quantities[i];
    return NULL;
}

dki_quantity *dki_anew_find_same(const dki_anew *anew, const dki_node *node)
{
    for (size_t i = 0; i < anew->n_quantities; i++) {
        dki_quantity *quantity = &anew->quantities[i];

        if (quantity->root && quantity->column != DK_NO_COLUMN && dki_node_equal(quantity->root, node))
            return quantity;
    }
    return NULL;
}

static bool may_add(const dki_anew *anew, const dki_node *node)
{
    const dki_quantity *quantity = dki_anew_find(anew, node);

    if (quantity)
        return quantity->root == NULL || may_add(anew, quantity->root);
    if (node->kind == DKI_NODE_AGGREGATE)
        return strcmp(node->text, "sum") == 0 || strcmp(node->text, "count") == 0 ||
               strcmp(node->text, "rows") == 0;
    if (node->kind == DKI_NODE_CALL && (strcmp(node->text, "/") == 0 || strcmp(node->text, "all") == 0))
        return false;
    for (size_t i = 0; i < node->n_children; i++)
        if (!may_add(anew, node->children[i]))
            return false;
    return true;
}

bool dki_anew_never_adds(const dki_anew *anew, size_t column)
{
    const dki_quantity *quantity = dki_anew_of_column(anew, column);

    return anew->since == NULL && quantity && quantity->root && !may_add(anew, quantity->root);
}

/* A quotient by what is the same for a total and its parts adds up. */
static bool divides_alike(const dki_node *by)
{
    bool is_number = by->kind == DKI_NODE_LITERAL || by->kind == DKI_NODE_PARAM;

    return is_number || (by->kind == DKI_NODE_CALL && strcmp(by->text, "all") == 0 && by->n_children == 1);
}

static bool is_rate(const dki_anew *anew, const dki_node *node)
{
    static const char *const sums[] = { "sum", "count", "rows", "distinct" };
    const dki_quantity *quantity = dki_anew_find(anew, node);

    if (quantity)
        return quantity->root && is_rate(anew, quantity->root);
    if (node->kind == DKI_NODE_AGGREGATE) {
        for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
            if (strcmp(node->text, sums[i]) == 0)
                return false;
        return true;
    }
    if (node->kind == DKI_NODE_CALL && strcmp(node->text, "/") == 0 && !divides_alike(node->children[1]))
        return true;
    for (size_t i = 0; i < node->n_children; i++)
        if (is_rate(anew, node->children[i]))
            return true;
    return false;
}

bool dki_anew_is_rate(const dki_anew *anew, size_t column)
{
    const dki_quantity *quantity = dki_anew_of_column(anew, column);

    return anew->since == NULL && quantity && quantity->root && is_rate(anew, quantity->root);
}

/* Trees. ------------------------------------------------------------------------------------------------------------ */

struct reading {
    dki_anew *anew;
    dki_making making;
    size_t item; /* of the lineage */
    dk_status status;
};

static bool goes_on(dk_lineage_kind kind)
{
    return kind == DK_LINEAGE_DIMENSION || kind == DK_LINEAGE_MEASURE || kind == DK_LINEAGE_WHERE ||
           kind == DK_LINEAGE_WEIGHT || kind == DK_LINEAGE_DAY || kind == DK_LINEAGE_COLUMN;
}

/* The tree of a parameter's value, which follows in the lineage what mentions it; NULL: there is none. */
static const dki_node *find_param(struct reading *reading, const char *name)
{
    dki_anew *anew = reading->anew;
    const dk_table *table = anew->t->table;
    const dk_expr *expr = NULL;
    const dk_lineage_item *item = NULL;

    for (size_t i = reading->item + 1; i < dk_table_n_lineage(table); i++) {
        item = dk_table_lineage(table, i);
        if (item->kind == DK_LINEAGE_PARAMETER && strcmp(item->name, name) == 0)
            break;
        if (item->kind != DK_LINEAGE_PARAMETER && !goes_on(item->kind))
            return NULL;
    }
    if (item == NULL || item->kind != DK_LINEAGE_PARAMETER || strcmp(item->name, name) != 0)
        return NULL;
    reading->status = dki_grow(anew->t->context, (void **)&anew->params, &anew->param_capacity, anew->n_params + 1,
                               sizeof *anew->params, reading->making.err);
    if (reading->status == DK_OK)
        reading->status = dk_expr_parse(anew->t->context, item->text, &expr, reading->making.err);
    if (reading->status != DK_OK)
        return NULL;
    anew->params[anew->n_params++] = expr;
    return dki_expr_root(expr);
}

/* The tree with quantities in the place of names, and values in that of parameters. */
static const dki_node *resolve(struct reading *reading, const dki_node *node)
{
    dki_making *m = &reading->making;
    const dki_binding *binding = node->kind == DKI_NODE_NAME ? find_binding(reading->anew, node->text) : NULL;
    const dki_node *value = node->kind == DKI_NODE_PARAM ? find_param(reading, node->text) : NULL;
    const char *text = binding                       ? reading->anew->quantities[binding->of].name
                       : node->kind == DKI_NODE_NAME ? "" /* of no column */
                                                     : node->text;
    dki_node *made;

    if (node->kind == DKI_NODE_AGGREGATE || node->other || m->failed)
        return node;
    if (value)
        return resolve(reading, value);
    made = dki_make(m, node->kind, text, (const dki_node *const *)node->children, node->n_children);
    if (made)
        made->value = node->value;
    for (size_t i = 0; made && i < node->n_children; i++)
        made->children[i] = (dki_node *)(uintptr_t)resolve(reading, node->children[i]);
    return made;
}

static bool is_call(const dki_node *node, const char *name)
{
    return node->kind == DKI_NODE_CALL && strcmp(node->text, name) == 0;
}

static bool is_another(void *arg, const dki_node *node)
{
    return node->kind != DKI_NODE_NAME || strcmp(node->text, arg) != 0;
}

/* Whether a tree is what the name stands for wherever nothing else is stated. */
static bool keeps(const dki_node *node, const char *name)
{
    size_t n = node->n_children, n_kept = 0;
    bool is_case = is_call(node, "case");

    if (node->kind == DKI_NODE_NAME)
        return strcmp(node->text, name) == 0;
    if (is_call(node, "interval"))
        return n == 2 && keeps(node->children[0], name) && keeps(node->children[1], name);
    if (!is_case && !is_call(node, "coalesce"))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool is_condition = is_case && i % 2 == 0 && i + 1 < n;

        if (is_condition)
            continue;
        if (keeps(node->children[i], name))
            n_kept++;
        else if (!dki_node_visit(node->children[i], is_another, (void *)(uintptr_t)name))
            return false;
    }
    return n_kept > 0;
}

/* Adds what an item makes. */
static dk_status define(dki_anew *anew, size_t at, dk_error *err)
{
    const dk_lineage_item *item = dk_table_lineage(anew->t->table, at);
    const dki_binding *old = find_binding(anew, item->name);
    struct reading reading = { anew, { .arena = &anew->arena, .err = err }, at, DK_OK };
    const dk_expr *expr = NULL;
    const dki_node *root = NULL;
    dk_error why = DK_ERROR_INIT;
    dk_status status = dk_expr_parse(anew->t->context, item->text, &expr, &why);

    if (status == DK_ERR_MEMORY && err)
        *err = why;
    if (status == DK_ERR_MEMORY)
        return status;
    if (status == DK_OK) { /* else it is written in another language, and nobody knows */
        reading.making.at = dki_expr_root(expr);
        root = resolve(&reading, reading.making.at);
        status = reading.making.failed ? DK_ERR_MEMORY : reading.status;
    } else {
        status = DK_OK;
    }
    if (status == DK_OK && !(old && root && keeps(root, anew->quantities[old->of].name)))
        status = add_quantity(anew, item->name, expr, root, err);
    dk_expr_release(expr);
    return status;
}

/* The lineage. ------------------------------------------------------------------------------------------------------ */

/* Whether a step leaves columns what they are: rows may be chosen, put in order, or be more. */
static bool leaves_columns(const char *text)
{
    static const char *const begins[] = { "with the total",   "with totals", "for the sets of",
                                          "with every level", "ordered by ", "the first ",
                                          "with figures of",  "sorted by ",  "rows ",
                                          "opened from",      DKI_NO_TOTALS, "drew ",
                                          "shuffled by seed", DKI_TIGHTENED };

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(text, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static dk_status read_item(dki_anew *anew, size_t at, dk_error *err)
{
    const dk_lineage_item *item = dk_table_lineage(anew->t->table, at);
    dk_status status = DK_OK;

    switch (item->kind) {
    case DK_LINEAGE_DIMENSION:
        status = add_quantity(anew, item->name, NULL, NULL, err);
        if (status == DK_OK)
            anew->quantities[anew->n_quantities - 1].is_dimension = true;
        return status;
    case DK_LINEAGE_MEASURE:
    case DK_LINEAGE_COLUMN: return define(anew, at, err);
    case DK_LINEAGE_STEP:
        if (dki_renames(item))
            return dki_bindings_rename(anew->bindings, anew->n_bindings, item, &anew->arena, err);
        if (!leaves_columns(item->text))
            anew->since = item->text;
        return DK_OK;
    case DK_LINEAGE_JOIN:
    case DK_LINEAGE_APPEND: anew->since = item->text; return DK_OK;
    case DK_LINEAGE_INTERVENTION: anew->since = item->name; return DK_OK;
    default: return DK_OK;
    }
}

static void drop_quantities(dki_anew *anew)
{
    for (size_t i = 0; i < anew->n_quantities; i++)
        dk_expr_release(anew->quantities[i].expr);
    anew->n_quantities = anew->n_bindings = 0;
}

dk_status dki_anew_init(dki_anew *anew, dki_tighten *t, dk_error *err)
{
    size_t n = dk_table_n_lineage(t->table), first = dki_beside_breakdown(t->table);
    dk_status status = DK_OK;

    memset(anew, 0, sizeof *anew);
    anew->t = t;
    anew->is_result = first < n;
    dki_arena_init(&anew->arena, t->context);
    for (size_t i = first + 1; i < n && status == DK_OK && anew->since == NULL; i++)
        if (dk_table_lineage(t->table, i)->depth == 0)
            status = read_item(anew, i, err);
    for (size_t i = 0; i < anew->n_bindings; i++)
        anew->quantities[anew->bindings[i].of].column = dk_table_find(t->table, anew->bindings[i].name);
    return status;
}

void dki_anew_drop(dki_anew *anew)
{
    dk_context *context = anew->t ? anew->t->context : NULL;

    if (context == NULL)
        return;
    drop_quantities(anew);
    for (size_t i = 0; i < anew->n_params; i++)
        dk_expr_release(anew->params[i]);
    for (size_t i = 0; i < anew->n_lookups; i++)
        dki_free(context, anew->lookups[i].rows);
    dki_free(context, anew->quantities);
    dki_free(context, anew->bindings);
    dki_free(context, (void *)anew->params);
    dki_free(context, anew->forms);
    dki_free(context, anew->lookups);
    dk_table_release(anew->work);
    dki_arena_drop(&anew->arena);
}
