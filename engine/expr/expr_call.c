/* expr_call.c - calls as the parser meets them: functions, aggregates, and attached(). */
#include <string.h>

#include "aggregate_list.h"
#include "base/status.h"
#include "defined.h"
#include "expr_made.h"
#include "mark.h"

struct aggregate {
    const char *name;
    size_t least, greatest;
};

static const struct aggregate aggregates[] = {
#define AGGREGATE(name, least, greatest) { #name, least, greatest },
    DKI_AGGREGATE_LIST(AGGREGATE)
#undef AGGREGATE
};

/* One of the language, or one that the host has defined, which then is put into *of_host. */
static const struct aggregate *find_aggregate(const dki_parser *p, const char *name, struct aggregate *of_host)
{
    const dk_aggregate *defined;

    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++)
        if (strcmp(aggregates[i].name, name) == 0)
            return &aggregates[i];
    defined = dki_defined_find(p->arena->context, name);
    if (defined == NULL)
        return NULL;
    *of_host = (struct aggregate){ defined->name, defined->n_arguments, defined->n_arguments };
    return of_host;
}

/* attached(m), attached(m, 'bounds'), attached(m, 'estimate', n): m speaks of the other table, n, count() where it is left
 * out, of those in this one who are surely among them. */
static dk_status end_attached(dki_parser *p, dki_node *node)
{
    static const char *const ways[] = { "bounds", "estimate" };
    const dki_node *way = node->n_children > 1 ? node->children[1] : NULL;
    size_t i = 0;

    if (node->n_children == 0)
        return dki_mark_fail(p->lexer.text, node->at, node->size, p->err, DK_ERR_SYNTAX,
                             "attached() takes one measure of the table that is attached, such as a column of it");
    node->other = node->children[0];
    node->n_children--;
    node->children++;
    if (way == NULL)
        return DK_OK;
    while (i < 2 && !(way->kind == DKI_NODE_LITERAL && way->value.type == DK_TEXT && !way->value.is_null &&
                      way->value.as.text.size == strlen(ways[i]) &&
                      memcmp(way->value.as.text.bytes, ways[i], way->value.as.text.size) == 0))
        i++;
    if (i == 2 || node->n_children > 2) {
        (void)dki_mark_fail(
            p->lexer.text, way->at, way->size, p->err, DK_ERR_SYNTAX,
            "attached(m) is what is known; attached(m, 'bounds') and attached(m, 'estimate') are what can be "
            "said of finer groups");
        dki_hint(p->err,
                 "a third one says who is surely among them: attached(register, 'bounds', bekend); else count()");
        return DK_ERR_SYNTAX;
    }
    node->text = i == 0 ? DKI_ATTACHED_BOUNDS : DKI_ATTACHED_ESTIMATE;
    if (node->n_children == 1) {
        node->children[0] = dki_parser_node(p, DKI_NODE_AGGREGATE, "count", node->at, 0);
        if (node->children[0] == NULL)
            return DK_ERR_MEMORY;
        node->children[0]->size = node->size;
        return DK_OK;
    }
    node->n_children--;
    node->children++;
    return DK_OK;
}

dk_status dki_parser_call(dki_parser *p, const dki_token *name, const dki_node_list *list, dki_node **out)
{
    struct aggregate of_host;
    const struct aggregate *aggregate = find_aggregate(p, name->text, &of_host);
    dki_node *node = dki_parser_node(p, aggregate ? DKI_NODE_AGGREGATE : DKI_NODE_CALL, name->text, name->at, 0);
    dk_status status;

    if (node == NULL)
        return DK_ERR_MEMORY;
    node->n_children = list->n;
    node->children = list->items;
    if ((status = dki_parser_finish(p, node, out)) != DK_OK)
        return status;
    if (strcmp(name->text, "attached") == 0)
        return end_attached(p, node);
    if (aggregate && (list->n < aggregate->least || list->n > aggregate->greatest)) {
        if (aggregate->greatest == 0) {
            dki_mark_fail(p->lexer.text, node->at, node->size, p->err, DK_ERR_SYNTAX, "%s() takes no argument",
                          name->text);
            if (list->n == 1 && list->items[0]->kind != DKI_NODE_NAME)
                dki_hint(p->err, "%s() where x > 1 counts the rows where that is true", name->text);
            else
                dki_hint(p->err, "%s() where x is not null counts the rows where x is known", name->text);
        } else {
            dki_mark_fail(p->lexer.text, node->at, node->size, p->err, DK_ERR_SYNTAX, "%s() takes %s, not %zu",
                          name->text, aggregate->greatest == 1 ? "one argument" : "two arguments", list->n);
        }
        if (list->n > 1 && (strcmp(name->text, "min") == 0 || strcmp(name->text, "max") == 0))
            dki_hint(p->err, "of several values in a row: %s(...)", name->text[1] == 'i' ? "least" : "greatest");
        return DK_ERR_SYNTAX;
    }
    return DK_OK;
}
