/* eval.c - bound expressions from the outside: binding, evaluating blocks, making columns. */
#include "eval.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "bound.h"
#include "data/column_parts.h"

dk_status dki_bind(const dki_scope *scope, const dk_expr *expr, const dki_node *node, dki_bound **out,
                   dk_error *err)
{
    dk_context *context = dk_table_context(scope->table);
    dki_bound *bound = dki_calloc(context, 1, sizeof *bound, err);
    dki_binder binder = { scope, bound, err };
    dki_op *root = NULL;
    dk_status status;

    if (bound == NULL)
        return DK_ERR_MEMORY;
    bound->context = dk_context_retain(context);
    bound->table = dk_table_retain(scope->table);
    bound->expr = dk_expr_retain(expr);
    dki_arena_init(&bound->arena, context);
    status = dki_bind_node(&binder, node, &root);
    if (status != DK_OK) {
        dki_bound_release(bound);
        return status;
    }
    bound->root = root;
    *out = bound;
    return DK_OK;
}

void dki_bound_release(dki_bound *bound)
{
    dk_context *context;

    if (bound == NULL)
        return;
    context = bound->context;
    for (size_t i = 0; i < bound->n_dictionaries; i++)
        dk_dictionary_release(bound->dictionaries[i]);
    dki_free(context, bound->dictionaries);
    dki_free(context, bound->notes);
    dki_arena_drop(&bound->arena);
    dk_expr_release(bound->expr);
    dk_table_release(bound->table);
    dki_free(context, bound);
    dk_context_release(context);
}

dk_type dki_bound_type(const dki_bound *bound)
{
    return bound->root->type;
}

uint8_t dki_bound_scale(const dki_bound *bound)
{
    return bound->root->type == DK_DECIMAL ? bound->root->scale : 0;
}

const dk_dictionary *dki_bound_levels(const dki_bound *bound)
{
    return bound->root->levels;
}

const dk_value *dki_bound_constant(const dki_bound *bound)
{
    return bound->root->is_constant ? &bound->root->value : NULL;
}

size_t dki_bound_column(const dki_bound *bound)
{
    return bound->root->run == dki_run_column ? bound->root->column : DK_NO_COLUMN;
}

size_t dki_bound_n_notes(const dki_bound *bound)
{
    return bound->n_notes;
}

const char *dki_bound_note(const dki_bound *bound, size_t i)
{
    return bound->notes[i];
}

/* Evaluators -------------------------------------------------------------------------------------------------------- */

static size_t value_bytes(void)
{
    return DK_BLOCK_ROWS * sizeof(dk_ratio); /* the widest; dk_text is as wide */
}

/* Gives a slot its memory. Folding adds slots while it evaluates, so that this is done for all that there are now. */
static dk_status make_slot(dki_eval *eval, dki_slot *slot, dk_error *err)
{
    dk_view_init(&slot->view, eval->context);
    slot->values = dki_alloc_wide(eval->context, value_bytes(), err);
    slot->valid = dki_alloc_wide(eval->context, DK_BLOCK_WORDS * sizeof(uint64_t), err);
    return slot->values && slot->valid ? DK_OK : DK_ERR_MEMORY;
}

/* Slots of the ops below one; others stay without memory. */
static dk_status make_slots(dki_eval *eval, const dki_op *op, dk_error *err)
{
    dk_status status = DK_OK;

    if (eval->slots[op->slot].values == NULL)
        status = make_slot(eval, &eval->slots[op->slot], err);
    for (size_t i = 0; i < op->n_args && status == DK_OK; i++)
        status = make_slots(eval, op->args[i], err);
    return status;
}

dk_status dki_eval_make(const dki_bound *bound, dki_eval **out, dk_error *err)
{
    dki_eval *eval = dki_calloc(bound->context, 1, sizeof *eval, err);

    if (eval == NULL)
        return DK_ERR_MEMORY;
    eval->bound = bound;
    eval->context = bound->context;
    dki_arena_init(&eval->arena, bound->context);
    dk_view_init(&eval->out, bound->context);
    eval->slots = dki_calloc(bound->context, bound->n_slots, sizeof *eval->slots, err);
    if (eval->slots == NULL) {
        dki_free(bound->context, eval);
        return DK_ERR_MEMORY;
    }
    eval->n_slots = bound->n_slots;
    *out = eval;
    return DK_OK;
}

dk_status dki_eval_new(const dki_bound *bound, dki_eval **out, dk_error *err)
{
    dki_eval *eval;
    dk_status status = dki_eval_make(bound, &eval, err);

    if (status != DK_OK)
        return status;
    status = make_slots(eval, bound->root, err);
    if (status != DK_OK) {
        dki_eval_release(eval);
        return status;
    }
    *out = eval;
    return DK_OK;
}

void dki_eval_release(dki_eval *eval)
{
    if (eval == NULL)
        return;
    for (size_t i = 0; i < eval->n_slots; i++) {
        dki_free(eval->context, eval->slots[i].values);
        dki_free(eval->context, eval->slots[i].valid);
        if (eval->slots[i].view.context)
            dk_view_release(&eval->slots[i].view);
    }
    dk_view_release(&eval->out);
    dki_free(eval->context, eval->slots);
    dki_arena_drop(&eval->arena);
    dki_free(eval->context, eval);
}

void dki_eval_begin(dki_eval *eval, uint64_t row, size_t n)
{
    dki_arena_drop(&eval->arena);
    eval->row = row;
    eval->n = n;
    eval->overrides = NULL;
}

dk_status dki_eval_op(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dk_status status = make_slots(eval, op, err);

    return status == DK_OK ? dki_op_run(eval, op, selection, err) : status;
}

static dk_status run_root(dki_eval *eval, uint64_t row, size_t n, const uint64_t *selection, dk_error *err)
{
    uint64_t some[DK_BLOCK_WORDS];

    memset(some, 0, sizeof some);
    dki_bits_fill(some, n);
    for (size_t w = 0; selection && w < dki_bit_words(n); w++)
        some[w] &= selection[w];
    dki_eval_begin(eval, row, n);
    return dki_op_run(eval, eval->bound->root, some, err);
}

/* The texts of a vector as offsets and bytes in the scratch memory of the view. */
static dk_status lay_out_texts(dki_eval *eval, dki_vector vector, const uint64_t *selection, dk_error *err)
{
    const dk_text *texts = vector.values;
    dk_view *out = &eval->out;
    size_t bytes = 0, needed;
    uint32_t *offsets;
    char *to;

    for (size_t i = 0; i < eval->n; i++)
        if ((selection == NULL || dki_bit(selection, i)) && (vector.valid == NULL || dki_bit(vector.valid, i)))
            bytes += texts[i].size;
    if (bytes > UINT32_MAX)
        return dki_fail(err, DK_ERR_LIMIT, "%zu rows of text hold more than 4 GiB", eval->n);
    needed = (eval->n + 1) * sizeof *offsets + bytes;
    if (needed > out->scratch_bytes) {
        if (dki_resize(eval->context, &out->scratch, needed, err) != DK_OK)
            return DK_ERR_MEMORY;
        out->scratch_bytes = needed;
    }
    offsets = out->scratch;
    to = (char *)(offsets + eval->n + 1);
    out->bytes = to;
    bytes = 0;
    for (size_t i = 0; i < eval->n; i++) {
        offsets[i] = (uint32_t)bytes;
        if ((selection == NULL || dki_bit(selection, i)) && (vector.valid == NULL || dki_bit(vector.valid, i)) &&
            texts[i].size > 0) {
            memcpy(to + bytes, texts[i].bytes, texts[i].size);
            bytes += texts[i].size;
        }
    }
    offsets[eval->n] = (uint32_t)bytes;
    out->values = offsets;
    return DK_OK;
}

dk_status dki_eval_block(dki_eval *eval, uint64_t row, size_t n, const uint64_t *selection, const dk_view **out,
                         dk_error *err)
{
    const dki_op *root = eval->bound->root;
    dk_view *view = &eval->out;
    dki_vector vector;
    dk_status status;

    if (root->run == dki_run_column) { /* as it lies in the column */
        const dk_column *column = dk_table_field(eval->bound->table, root->column)->column;

        status = dk_column_view(column, row, n, &eval->slots[root->slot].view, err);
        *out = &eval->slots[root->slot].view;
        return status;
    }
    status = run_root(eval, row, n, selection, err);
    if (status != DK_OK)
        return status;
    vector = dki_op_vector(eval, root);
    view->type = root->type;
    view->scale = root->type == DK_DECIMAL ? root->scale : 0;
    view->constant = false;
    view->n = n;
    view->values = vector.values;
    view->valid = root->type == DK_CATEGORY ? NULL : vector.valid;
    view->levels = root->levels;
    switch (root->type) {
    case DK_BOOLEAN: view->storage = DK_STORE_BITS; break;
    case DK_REAL: view->storage = DK_STORE_F64; break;
    case DK_RATIO: view->storage = DK_STORE_RATIO; break;
    case DK_CATEGORY: view->storage = DK_STORE_U32; break;
    case DK_TEXT:
        view->storage = DK_STORE_TEXT;
        status = lay_out_texts(eval, vector, selection, err);
        break;
    default: view->storage = DK_STORE_I64;
    }
    *out = view;
    return status;
}

dk_status dki_eval_truth(dki_eval *eval, uint64_t row, size_t n, const uint64_t *selection, uint64_t *truth,
                         uint64_t *n_null, dk_error *err)
{
    dki_vector vector;
    dk_status status = run_root(eval, row, n, selection, err);

    if (status != DK_OK)
        return status;
    vector = dki_op_vector(eval, eval->bound->root);
    *n_null = 0;
    for (size_t w = 0; w < dki_bit_words(n); w++) {
        uint64_t rows = selection ? selection[w] : ~UINT64_C(0);
        uint64_t known = vector.valid ? vector.valid[w] : ~UINT64_C(0);

        if (w + 1 == dki_bit_words(n))
            rows &= dki_bit_tail(n);
        truth[w] = ((const uint64_t *)vector.values)[w] & known & rows;
        *n_null += (uint64_t)__builtin_popcountll(rows & ~known);
    }
    return DK_OK;
}

/* Columns ----------------------------------------------------------------------------------------------------------- */

static dk_status append_range(const dki_bound *bound, dk_builder *builder, uint64_t begin, uint64_t end,
                              dk_error *err)
{
    size_t block = dki_block_rows(bound->context);
    dki_eval *eval;
    dk_status status = dki_eval_new(bound, &eval, err);

    if (status != DK_OK)
        return status;
    for (uint64_t row = begin; row < end && status == DK_OK;) {
        size_t n = end - row < block ? (size_t)(end - row) : block;
        const dk_view *view;

        status = dki_poll(bound->context, err);
        if (status == DK_OK)
            status = dki_eval_block(eval, row, n, NULL, &view, err);
        if (status == DK_OK)
            status = dk_builder_view(builder, view, err);
        row += n;
    }
    dki_eval_release(eval);
    return status;
}

dk_status dki_bound_column_new(const dki_bound *bound, const dk_column **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(bound->table);
    size_t column = dki_bound_column(bound);
    dk_builder *builder;
    dk_status status;

    if (column != DK_NO_COLUMN) {
        *out = dk_column_retain(dk_table_field(bound->table, column)->column);
        return DK_OK;
    }
    status = dk_builder_new(bound->context, bound->root->type, dki_bound_scale(bound), bound->root->levels,
                            &builder, err);
    if (status != DK_OK)
        return status;
    status = append_range(bound, builder, 0, n_rows, err);
    if (status == DK_OK)
        status = dk_builder_finish(builder, out, err);
    dk_builder_release(builder);
    return status;
}
