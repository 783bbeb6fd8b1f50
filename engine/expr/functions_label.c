/* functions_label.c - label(x): what people read for the codes of x, as a category in the order of the code list.
 *
 * A code without a label stands for itself. Codes with one label become one level, which has the place of the first.
 */
#include "functions.h"

#include "base/hash.h"
#include "base/status.h"

/* The labels by rank, each once, and the code of each label by code of the list. */
static dk_status find_labels(const dk_dictionary *from, uint32_t *by_rank, uint32_t *map, dki_text_map *labels,
                             dk_error *err)
{
    size_t n = dk_dictionary_n_levels(from);
    dk_status status = DK_OK;

    for (uint32_t code = 1; code <= n; code++)
        by_rank[dk_dictionary_rank(from, code)] = code;
    for (size_t i = 0; i < n && status == DK_OK; i++) {
        dk_text label;
        uint32_t number = 0;

        if (i % 4096 == 0)
            status = dki_poll(labels->context, err);
        if (!dk_dictionary_label(from, by_rank[i], &label))
            label = dk_dictionary_level(from, by_rank[i]);
        if (status == DK_OK)
            status = dki_text_map_add(labels, label.bytes, label.size, &number, err);
        map[by_rank[i]] = number + 1;
    }
    return status;
}

static dk_status make_levels(dki_binder *b, const dk_dictionary *from, const dki_text_map *labels,
                             const dk_dictionary **out)
{
    dk_text *texts = dki_arena_array(&b->bound->arena, labels->n, sizeof *texts, b->err);
    dk_dictionary *made = NULL;
    dk_status status;

    if (texts == NULL)
        return DK_ERR_MEMORY;
    for (size_t i = 0; i < labels->n; i++)
        texts[i].bytes = dki_text_map_get(labels, (uint32_t)i, &texts[i].size);
    status = dk_dictionary_new(b->bound->context, texts, labels->n, dk_dictionary_is_declared(from), &made, b->err);
    if (status == DK_OK)
        status = dki_bound_keep(b->bound, made, b->err);
    if (status == DK_OK)
        *out = made;
    return status;
}

static dk_status bind_label(dki_binder *b, const dki_function *f, const dki_node *node, dki_op **args, size_t n,
                            dki_op **out)
{
    const dk_dictionary *from = args[0]->levels;
    size_t n_codes;
    uint32_t *map, *by_rank;
    dki_text_map labels;
    dki_op *op;
    dk_status status;

    (void)f;
    (void)n;
    if (args[0]->type != DK_CATEGORY || from == NULL || !dk_dictionary_has_labels(from))
        return dki_node_fail(b->bound->expr, args[0]->node, b->err, DK_ERR_TYPE,
                             "label() wants a column with a code list, and this has none: "
                             "t:with_levels { x = dk.codes { ... } } gives it one");
    n_codes = dk_dictionary_n_levels(from) + 1;
    op = dki_op_new(b, node, dki_run_code_map, DK_CATEGORY, 0, 1);
    map = op ? dki_arena_array(&b->bound->arena, n_codes, sizeof *map, b->err) : NULL;
    by_rank = map ? dki_arena_array(&b->bound->arena, n_codes, sizeof *by_rank, b->err) : NULL;
    if (by_rank == NULL)
        return DK_ERR_MEMORY;
    dki_text_map_init(&labels, b->bound->context);
    status = find_labels(from, by_rank, map, &labels, b->err);
    if (status == DK_OK)
        status = make_levels(b, from, &labels, &op->levels);
    dki_text_map_drop(&labels);
    if (status != DK_OK)
        return status;
    op->args[0] = args[0];
    op->codes = map;
    *out = op;
    return DK_OK;
}

const dki_function dki_label_functions[] = {
    { "label", 1, 1, bind_label, NULL },
    { NULL, 0, 0, NULL, NULL },
};
