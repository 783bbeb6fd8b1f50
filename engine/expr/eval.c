/* eval.c - bound expressions from the outside: binding and evaluating blocks. */
#include "eval.h"

#include <string.h>

#include "base/bitmap.h"
#include "base/status.h"
#include "base/types.h"
#include "bound.h"
#include "data/column_parts.h"
#include "lookup.h"

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
    if (status == DK_OK)
        status = dki_look_up(&binder, &root);
    if (status == DK_OK)
        status = dki_bound_end_notes(bound, err);
    if (status != DK_OK) {
        dki_bound_release(bound);
        return status;
    }
    bound->root = root;
    bound->n_slots = dki_op_number(root, 0);
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
    if (bound->is_single)
        dki_single_end(context);
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
    return dki_type_scale(bound->root->type, bound->root->scale);
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

bool dki_bound_is_looked_up(const dki_bound *bound)
{
    return bound->root->run == dki_run_lookup;
}

bool dki_bound_bounds(const dki_bound *bound, int64_t *least, int64_t *greatest)
{
    const dki_lookup *lookup = bound->root->data;

    if (!dki_bound_is_looked_up(bound) || !lookup->has_bounds)
        return false;
    *least = lookup->least;
    *greatest = lookup->greatest;
    return true;
}

const dk_text *dki_bound_texts(const dki_bound *bound, uint32_t *n, const uint8_t **is_null)
{
    const dki_lookup *lookup = bound->root->data;

    if (!dki_bound_is_looked_up(bound) || bound->root->type != DK_TEXT)
        return NULL;
    *n = lookup->n;
    *is_null = lookup->null;
    return lookup->values;
}

dk_status dki_bound_number_texts(dki_bound *bound, const int64_t *numbers, int64_t greatest, dk_error *err)
{
    const dki_lookup *lookup = bound->root->data;
    dki_lookup *made = dki_arena_array(&bound->arena, 1, sizeof *made, err);
    int64_t *values = made ? dki_arena_array(&bound->arena, lookup->n, sizeof *values, err) : NULL;

    if (values == NULL)
        return DK_ERR_MEMORY;
    memcpy(values, numbers, lookup->n * sizeof *values);
    *made = *lookup;
    made->values = values;
    made->has_bounds = true;
    made->least = 0;
    made->greatest = greatest;
    bound->root->type = DK_INTEGER;
    bound->root->data = made;
    return DK_OK;
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

static size_t value_bytes(dk_type type)
{
    switch (type) {
    case DK_RATIO: return sizeof(dk_ratio);
    case DK_TEXT: return sizeof(dk_text);
    case DK_INTERVAL: return sizeof(dk_interval);
    case DK_CATEGORY: return sizeof(uint32_t);
    default: return sizeof(int64_t); /* bits have more room than they need */
    }
}

/* Gives the slots of op and all below it memory for n rows, a multiple of 64. */
static dk_status make_slots(dki_eval *eval, const dki_op *op, size_t n, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    size_t values_bytes = n * value_bytes(op->type), valid_bytes = n / 64 * sizeof(uint64_t);
    dk_status status = DK_OK;

    dk_view_init(&slot->view, eval->context);
    slot->values = dki_alloc_wide(eval->context, values_bytes + valid_bytes, err);
    if (slot->values == NULL)
        return DK_ERR_MEMORY;
    slot->valid = (uint64_t *)(void *)((char *)slot->values + values_bytes);
    /* Rows outside a selection are counted apart, by some value. */
    memset(slot->values, 0, values_bytes + valid_bytes);
    for (size_t i = 0; i < op->n_args && status == DK_OK; i++)
        status = make_slots(eval, op->args[i], n, err);
    return status;
}

dk_status dki_eval_make(const dki_bound *bound, const dki_op *op, size_t n_slots, size_t n, dki_eval **out,
                        dk_error *err)
{
    dki_eval *eval = dki_calloc(bound->context, 1, sizeof *eval, err);
    dk_status status;

    if (eval == NULL)
        return DK_ERR_MEMORY;
    eval->bound = bound;
    eval->context = bound->context;
    eval->root = op;
    dki_arena_init(&eval->arena, bound->context);
    dk_view_init(&eval->out, bound->context);
    eval->slots = dki_calloc(bound->context, n_slots, sizeof *eval->slots, err);
    eval->n_slots = eval->slots ? n_slots : 0;
    status = eval->slots ? make_slots(eval, op, (n + 63) & ~(size_t)63, err) : DK_ERR_MEMORY;
    if (status != DK_OK) {
        dki_eval_release(eval);
        return status;
    }
    *out = eval;
    return DK_OK;
}

dk_status dki_eval_new(const dki_bound *bound, dki_eval **out, dk_error *err)
{
    uint64_t n_rows = dk_table_n_rows(bound->table);
    size_t n = n_rows < DK_BLOCK_ROWS ? (size_t)n_rows : DK_BLOCK_ROWS;

    return dki_eval_make(bound, bound->root, bound->n_slots, n > 0 ? n : 1, out, err);
}

void dki_eval_release(dki_eval *eval)
{
    if (eval == NULL)
        return;
    for (size_t i = 0; i < eval->n_slots; i++) {
        dki_free(eval->context, eval->slots[i].values);
        if (eval->slots[i].state)
            eval->slots[i].drop_state(eval->context, eval->slots[i].state);
        if (eval->slots[i].view.context)
            dk_view_release(&eval->slots[i].view);
    }
    dk_view_release(&eval->out);
    dki_free(eval->context, eval->slots);
    dki_arena_drop(&eval->arena);
    dki_free(eval->context, eval);
}

dk_status dki_eval_run(dki_eval *eval, uint64_t row, size_t n, const dki_override *overrides, size_t n_overrides,
                       const uint64_t *selection, dk_error *err)
{
    dki_arena_drop(&eval->arena);
    eval->row = row;
    eval->n = n;
    eval->overrides = overrides;
    eval->n_overrides = n_overrides;
    return dki_op_run(eval, eval->root, selection, err);
}

/* An operand is evaluated for all rows of a block before the next one is. So when something fails, another row before it may
 * fail as well: the rows are gone through again one by one, and the earliest is the one that is reported. */
static dk_status run_root(dki_eval *eval, uint64_t row, size_t n, const uint64_t *selection, dk_error *err)
{
    uint64_t some[DK_BLOCK_WORDS], one[DK_BLOCK_WORDS] = { 1 };
    dk_status status;

    memset(some, 0, sizeof some);
    dki_bits_fill(some, n);
    for (size_t w = 0; selection && w < dki_bit_words(n); w++)
        some[w] &= selection[w];
    status = dki_eval_run(eval, row, n, NULL, 0, some, err);
    if (status == DK_OK || status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || status == DK_ERR_CALLBACK)
        return status; /* a host that failed is not asked again */
    for (size_t i = 0; i < n && n > 1; i++) {
        dk_status first = dki_bit(some, i) ? dki_eval_run(eval, row + i, 1, NULL, 0, one, err) : DK_OK;

        if (first != DK_OK)
            return first;
    }
    return status;
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
    if (root->run == dki_run_lookup && root->type == DK_CATEGORY) {
        eval->row = row;
        eval->n = n;
        *out = view;
        return dki_lookup_view(eval, root, view, err);
    }
    status = run_root(eval, row, n, selection, err);
    if (status != DK_OK)
        return status;
    vector = dki_op_vector(eval, root);
    view->type = root->type;
    view->scale = dki_type_scale(root->type, root->scale);
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
    case DK_INTERVAL: view->storage = DK_STORE_INTERVAL; break;
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
    if (vector.valid == NULL && selection == NULL && n > 0) { /* speed: they are what they are */
        memcpy(truth, vector.values, dki_bit_words(n) * sizeof *truth);
        truth[dki_bit_words(n) - 1] &= dki_bit_tail(n);
        return DK_OK;
    }
    for (size_t w = 0; w < dki_bit_words(n); w++) {
        uint64_t rows = selection ? selection[w] : ~UINT64_C(0);
        uint64_t known = vector.valid ? vector.valid[w] : ~UINT64_C(0);

        if (w + 1 == dki_bit_words(n))
            rows &= dki_bit_tail(n);
        truth[w] = ((const uint64_t *)vector.values)[w] & known & rows;
        if (rows & ~known)
            *n_null += (uint64_t)__builtin_popcountll(rows & ~known);
    }
    return DK_OK;
}

/* One for each worker ----------------------------------------------------------------------------------------------- */

void dki_evals_init(dki_evals *evals, uint64_t n_rows, uint64_t grain)
{
    evals->n = dki_workers_bound(n_rows, grain);
    memset(evals->items, 0, evals->n * sizeof(dki_eval *));
}

dk_status dki_evals_get(dki_evals *evals, const dki_bound *bound, unsigned worker, dki_eval **out, dk_error *err)
{
    dk_status status = evals->items[worker] ? DK_OK : dki_eval_new(bound, &evals->items[worker], err);

    *out = evals->items[worker];
    return status;
}

void dki_evals_release(dki_evals *evals)
{
    for (unsigned i = 0; i < evals->n; i++)
        dki_eval_release(evals->items[i]);
}
