/* lacking.c - groups that a scenario makes, and for which figures that are attached to the table know nothing.
 *
 * Figures go where whole groups go (engine/scenario/follow_figures.c). That of a municipality to which a step moves a part of another one
 * is in no table. Its measures are null, and a note says why.
 */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "expr/poll_row.h"
#include "query/breakdown_parts.h"
#include "whatif_parts.h"

static bool find_attached(void *arg, const dki_node *node)
{
    bool is_attached = node->kind == DKI_NODE_CALL && node->other;

    if (is_attached)
        *(const dki_node **)arg = node;
    return !is_attached;
}

/* Whether a row is a group of its own, and its key and name. */
static dk_status read_row(const dk_table *result, size_t n_by, uint64_t row, bool *is_group, dki_buffer *key,
                          dki_buffer *name, dk_error *err)
{
    const dk_column *margin = dk_table_margin(result);
    dk_value mask = { .as.integer = 0 };
    dk_status status = margin ? dk_column_get(margin, row, &mask, err) : DK_OK;

    key->size = name->size = 0;
    *is_group = status == DK_OK && mask.as.integer == 0;
    for (size_t d = 0; d < n_by && *is_group && status == DK_OK; d++) {
        const dk_field *field = dk_table_field(result, d);
        char text[80];
        dk_value value;

        status = dk_column_get(field->column, row, &value, err);
        if (status == DK_OK)
            status = dki_group_key_add(&value, key, err);
        if (status == DK_OK)
            status = dki_buffer_format(name, err, "%s%s = ", d ? ", " : "", field->name);
        if (status != DK_OK)
            break;
        if (!value.is_null && (value.type == DK_TEXT || value.type == DK_CATEGORY)) {
            status = dki_buffer_append(name, value.as.text.bytes, value.as.text.size, err);
        } else {
            dk_value_format(&value, text, sizeof text);
            status = dki_buffer_text(name, value.is_null ? "null" : text, err);
        }
    }
    return status == DK_OK ? dki_buffer_terminate(name, err) : status;
}

struct lack {
    const dk_table *results[2]; /* the base, and the scenario's */
    size_t n_by, measure;
    dki_buffer key, name;
    dki_text_map keys; /* of the base's groups */
    uint64_t n;
    char first[200];
};

static dk_status find_lacking(struct lack *lack, dk_error *err)
{
    dk_context *context = dk_table_context(lack->results[0]);
    const dk_column *column = dk_table_field(lack->results[1], lack->n_by + lack->measure)->column;
    dk_status status = DK_OK;
    bool is_group;
    uint32_t number;

    DKI_FOR_ROWS(row, dk_table_n_rows(lack->results[0]), context, status, err)
    {
        status = read_row(lack->results[0], lack->n_by, row, &is_group, &lack->key, &lack->name, err);
        if (status == DK_OK && is_group)
            status = dki_text_map_add(&lack->keys, lack->key.bytes, lack->key.size, &number, err);
    }
    DKI_FOR_ROWS(row, dk_table_n_rows(lack->results[1]), context, status, err)
    {
        dk_value value;

        status = read_row(lack->results[1], lack->n_by, row, &is_group, &lack->key, &lack->name, err);
        if (status == DK_OK)
            status = dk_column_get(column, row, &value, err);
        if (status != DK_OK || !is_group || !value.is_null ||
            dki_text_map_find(&lack->keys, lack->key.bytes, lack->key.size) != DKI_MAP_NONE)
            continue;
        if (lack->n++ == 0)
            (void)snprintf(lack->first, sizeof lack->first, "%s", lack->name.bytes);
    }
    return status;
}

dk_status dki_note_lacking(const dk_breakdown *breakdown, const dk_table *base, const dk_table *result,
                           dki_buffer *note, dk_error *err)
{
    dk_context *context = dk_table_context(base);
    const dki_node *attached = NULL;
    struct lack lack = { .results = { base, result }, .n_by = breakdown->n_by };
    char node[DKI_NODE_TEXT];
    dk_status status;

    note->size = 0;
    while (lack.measure < breakdown->n_measures &&
           dki_node_visit(dki_expr_root(breakdown->measures[lack.measure].expr), find_attached, &attached))
        lack.measure++;
    if (attached == NULL || breakdown->n_by == 0)
        return DK_OK;
    (void)dki_node_text(breakdown->measures[lack.measure].expr, attached, node);
    dki_buffer_init(&lack.key, context);
    dki_buffer_init(&lack.name, context);
    dki_text_map_init(&lack.keys, context);
    status = find_lacking(&lack, err);
    if (status == DK_OK && lack.n > 0)
        status = dki_buffer_format(note, err, "%s: figures are of whole groups and know nothing of %s", node,
                                   lack.first);
    if (status == DK_OK && lack.n > 1)
        status = dki_buffer_format(note, err, " and %llu more", (unsigned long long)lack.n - 1);
    if (status == DK_OK && lack.n > 0)
        status = dki_buffer_text(note, ": a step moved parts of groups there, or groups without figures", err);
    if (status == DK_OK && lack.n > 0)
        status = dki_buffer_terminate(note, err);
    dki_text_map_drop(&lack.keys);
    dki_buffer_drop(&lack.name);
    dki_buffer_drop(&lack.key);
    return status;
}
