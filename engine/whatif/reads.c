/* reads.c - which columns a measure of a breakdown reads, and whether it looks at other rows than those of its group. */
#include <string.h>

#include "query/breakdown_parts.h"
#include "untouched.h"

struct visit {
    const dki_reads *reads;
    uint32_t bits;
};

/* Within rows every name is that of a column. */
static bool add_column(void *arg, const dki_node *node)
{
    struct visit *visit = arg;
    uint32_t number = node->kind == DKI_NODE_NAME
                          ? dki_text_map_find(visit->reads->names, node->text, strlen(node->text))
                          : DKI_MAP_NONE;

    if (number != DKI_MAP_NONE)
        visit->bits |= UINT32_C(1) << number;
    return true;
}

static uint32_t columns_of(const dki_reads *reads, const dki_node *node)
{
    struct visit visit = { reads, 0 };

    (void)dki_node_visit(node, add_column, &visit);
    return visit.bits;
}

/* The measure that a name outside of aggregates stands for; NULL: none. */
static const dki_node *measure_of(const dk_breakdown *breakdown, const dki_node *node)
{
    size_t measure = node->kind == DKI_NODE_NAME ? dki_breakdown_find_measure(breakdown, node->text) : SIZE_MAX;

    return measure == SIZE_MAX ? NULL : dki_expr_root(breakdown->measures[measure].expr);
}

static void read_node(dki_reads *reads, const dki_node *node)
{
    const dki_node *measure = measure_of(reads->breakdown, node);
    bool is_all = node->kind == DKI_NODE_CALL && strcmp(node->text, "all") == 0;

    if (measure) { /* one made before this one: there is no circle */
        read_node(reads, measure);
    } else if (node->kind == DKI_NODE_AGGREGATE) {
        reads->columns |= columns_of(reads, node);
        reads->of_rows = true;
    } else {
        reads->of_all |= is_all && node->n_children == 1;
        reads->of_others |= (is_all && node->n_children > 1) || (node->other && node->n_children > 0);
        reads->of_figures |= node->other != NULL;
        for (size_t i = 0; i < (is_all ? 1 : node->n_children); i++)
            read_node(reads, node->children[i]);
    }
}

void dki_reads_find(dki_reads *reads, const dk_breakdown *breakdown, size_t measure, const dki_text_map *names)
{
    *reads = (dki_reads){ .breakdown = breakdown, .names = names };
    if (breakdown->where)
        reads->columns = columns_of(reads, dki_expr_root(breakdown->where));
    read_node(reads, dki_expr_root(breakdown->measures[measure].expr));
}

uint32_t dki_reads_dimensions(const dki_reads *reads, uint32_t mask)
{
    uint32_t bits = 0;

    for (size_t d = 0; d < reads->breakdown->n_by; d++)
        if ((mask >> d & 1) == 0)
            bits |= columns_of(reads, dki_expr_root(reads->breakdown->by[d].expr));
    return bits;
}

size_t dki_reads_sum_of(const dk_breakdown *breakdown, size_t measure)
{
    const dki_node *node = dki_expr_root(breakdown->measures[measure].expr), *next;

    while ((next = measure_of(breakdown, node)) != NULL) {
        measure = dki_breakdown_find_measure(breakdown, node->text);
        node = next;
    }
    return node->kind == DKI_NODE_AGGREGATE && strcmp(node->text, "sum") == 0 ? measure : SIZE_MAX;
}
