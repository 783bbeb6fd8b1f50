/* breakdown_making.c - trees that stand for parts of an expression. */
#include "breakdown_making.h"

dki_node *dki_make(dki_making *m, dki_node_kind kind, const char *text, const dki_node *const *children, size_t n)
{
    dki_node *node = dki_arena_array(m->arena, 1, sizeof *node, m->err);
    dki_node **list = node ? dki_arena_array(m->arena, n, sizeof(dki_node *), m->err) : NULL;
    uint32_t depth = 0;

    for (size_t i = 0; i < n; i++)
        m->failed |= children[i] == NULL;
    if (list == NULL || m->failed) {
        m->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = (dki_node *)(uintptr_t)children[i];
        depth = children[i]->depth > depth ? children[i]->depth : depth;
    }
    *node = (dki_node){ .kind = kind,
                        .at = m->at->at,
                        .size = m->at->size,
                        .depth = depth + 1,
                        .text = text,
                        .n_children = n,
                        .children = list };
    return node;
}
