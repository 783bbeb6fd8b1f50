/* mentioned.c - which parameters an expression mentions. */
#include "mentioned.h"

#include <string.h>

#include "base/memory.h"
#include "literal.h"

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

/* What can take the place of a parameter anywhere: `-x` of a negative number makes a comment, and nothing is compared with a plain
 * null. */
static dk_status add_value(dki_lineage *lineage, const dk_param *param, dk_error *err)
{
    char *text = dki_alloc(dki_lineage_context(lineage), dki_literal_size(&param->value) + 2, err);
    dk_lineage_item item = { .kind = DK_LINEAGE_PARAMETER, .name = param->name, .text = text };
    dk_status status;
    size_t n;

    if (text == NULL)
        return DK_ERR_MEMORY;
    text[0] = '(';
    n = 1 + dki_literal_into(&param->value, text + 1);
    if (param->value.is_null)
        item.text = "coalesce(null, null)";
    else if (text[1] == '-')
        memcpy(text + n, ")", 2);
    else
        item.text = text + 1;
    status = dki_lineage_add(lineage, &item, err);
    dki_free(dki_lineage_context(lineage), text);
    return status;
}

dk_status dki_mentioned_add(const dki_mentioned *mentioned, dki_lineage *lineage, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; status == DK_OK && i < MOST_PARAMS && mentioned->bits >> i; i++)
        if (mentioned->bits >> i & 1)
            status = add_value(lineage, &mentioned->params->items[i], err);
    return status;
}

dk_status dki_lineage_params(dki_lineage *lineage, const dki_node *root, const dk_params *params, dk_error *err)
{
    dki_mentioned mentioned = { params, 0 };

    dki_mentioned_collect(&mentioned, root);
    return dki_mentioned_add(&mentioned, lineage, err);
}
