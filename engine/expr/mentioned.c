/* mentioned.c - which parameters an expression mentions. */
#include "mentioned.h"

#include <string.h>

#define MOST_PARAMS 64

static bool mention(void *arg, const dki_node *node)
{
    dki_mentioned *mentioned = arg;
    const dk_params *params = mentioned->params;

    for (size_t i = 0; node->kind == DKI_NODE_PARAM && i < params->n && i < MOST_PARAMS; i++)
        if (strcmp(params->items[i].name, node->text) == 0)
            mentioned->bits |= UINT64_C(1) << i;
    return node->other == NULL || dki_node_visit(node->other, mention, arg);
}

void dki_mentioned_collect(dki_mentioned *mentioned, const dki_node *root)
{
    if (mentioned->params && mentioned->params->n)
        (void)dki_node_visit(root, mention, mentioned);
}

/* As an expression has it, where that is its plain form in quotes. */
static void format_value(const dk_value *value, char *out, size_t size)
{
    bool is_text = !value->is_null && (value->type == DK_TEXT || value->type == DK_CATEGORY);
    size_t n = dk_value_format(value, out, size);

    if (!is_text || n + 3 > size || strpbrk(out, "\"\\\n") != NULL || strlen(out) != n)
        return;
    memmove(out + 1, out, n);
    out[0] = out[n + 1] = '"';
    out[n + 2] = '\0';
}

dk_status dki_mentioned_add(const dki_mentioned *mentioned, dki_lineage *lineage, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < MOST_PARAMS && mentioned->bits >> i; i++) {
        char text[200];
        const dk_lineage_item item = { .kind = DK_LINEAGE_PARAMETER,
                                       .name = mentioned->params->items[i].name,
                                       .text = text };

        if (!(mentioned->bits >> i & 1))
            continue;
        format_value(&mentioned->params->items[i].value, text, sizeof text);
        status = dki_lineage_add(lineage, &item, err);
    }
    return status;
}

dk_status dki_lineage_params(dki_lineage *lineage, const dki_node *root, const dk_params *params, dk_error *err)
{
    dki_mentioned mentioned = { params, 0 };

    dki_mentioned_collect(&mentioned, root);
    return dki_mentioned_add(&mentioned, lineage, err);
}
