/* vector.c - columns, constants, conversions, and functions row by row. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bitmap.h"
#include "base/number.h"
#include "base/status.h"
#include "bound.h"
#include "cut_text.h"
#include "data/column_parts.h"
#include "interval.h"

dk_status dki_row_fail(const dki_eval *eval, const dki_op *op, size_t i, dk_error *err, dk_status code,
                       const char *format, ...)
{
    char message[240];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    dki_cut_text(message);
    return dki_node_fail(eval->bound->expr, op->node, err, code, "row %llu: %s",
                         (unsigned long long)(eval->row + i + 1), message);
}

bool dki_vector_is_null(const dki_op *op, dki_vector vector, size_t i)
{
    if (op->type == DK_CATEGORY)
        return ((const uint32_t *)vector.values)[i] == 0;
    return vector.valid && !dki_bit(vector.valid, i);
}

/* Row i, into a value that has the type of the op already. */
static inline void load_value(const dki_op *op, dki_vector vector, size_t i, dk_value *value)
{
    value->is_null = dki_vector_is_null(op, vector, i);
    if (op->type == DK_INTERVAL)
        value->as.interval = ((const dk_interval *)vector.values)[i];
    if (value->is_null || op->type == DK_INTERVAL)
        return;
    switch (op->type) {
    case DK_BOOLEAN: value->as.boolean = dki_bit(vector.values, i); break;
    case DK_REAL: value->as.real = ((const double *)vector.values)[i]; break;
    case DK_RATIO: value->as.ratio = ((const dk_ratio *)vector.values)[i]; break;
    case DK_CATEGORY: value->as.text = dk_dictionary_level(op->levels, ((const uint32_t *)vector.values)[i]); break;
    case DK_TEXT: value->as.text = ((const dk_text *)vector.values)[i]; break;
    default: value->as.integer = ((const int64_t *)vector.values)[i];
    }
}

dk_value dki_vector_value(const dki_op *op, dki_vector vector, size_t i)
{
    dk_value value = { .type = op->type, .scale = op->scale };

    load_value(op, vector, i, &value);
    return value;
}

dk_status dki_op_run(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return op->run(eval, op, selection, err);
}

/* Columns ----------------------------------------------------------------------------------------------------------- */

static void spread_bits(uint64_t *to, bool on, size_t n)
{
    memset(to, on ? 0xFF : 0, dki_bit_words(n) * 8);
}

static dk_status view_column(dki_eval *eval, const dki_op *op, const dk_column *column, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_view *view = &slot->view;
    dk_status status = dk_column_view(column, eval->row, eval->n, view, err);

    if (status != DK_OK)
        return status;
    slot->vector = (dki_vector){ view->values, view->valid };
    if (view->constant && view->valid) {
        spread_bits(slot->valid, dki_bit(view->valid, 0), eval->n);
        slot->vector.valid = slot->valid;
    }
    switch (op->type) {
    case DK_BOOLEAN:
        if (view->constant) {
            spread_bits(slot->values, dki_bit(view->values, 0), eval->n);
            slot->vector.values = slot->values;
        }
        break;
    case DK_REAL:
        for (size_t i = 0; view->constant && i < eval->n; i++)
            ((double *)slot->values)[i] = ((const double *)view->values)[0];
        if (view->constant)
            slot->vector.values = slot->values;
        break;
    case DK_RATIO:
        for (size_t i = 0; view->constant && i < eval->n; i++)
            ((dk_ratio *)slot->values)[i] = ((const dk_ratio *)view->values)[0];
        if (view->constant)
            slot->vector.values = slot->values;
        break;
    case DK_CATEGORY:
        if (view->constant || view->storage != DK_STORE_U32) {
            dki_view_codes(view, slot->values);
            slot->vector.values = slot->values;
        }
        slot->vector.valid = NULL;
        break;
    case DK_TEXT:
        dki_view_texts(view, slot->values);
        slot->vector.values = slot->values;
        break;
    case DK_INTERVAL: break;
    default:
        if (view->constant || view->storage != DK_STORE_I64) {
            dki_view_integers(view, slot->values);
            slot->vector.values = slot->values;
        }
    }
    return DK_OK;
}

dk_status dki_run_column(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    (void)selection;
    for (size_t i = 0; i < eval->n_overrides; i++) {
        if (eval->overrides[i].column == op->column) {
            eval->slots[op->slot].vector = eval->overrides[i].vector;
            return DK_OK;
        }
    }
    return view_column(eval, op, dk_table_field(eval->bound->table, op->column)->column, err);
}

const dk_view *dki_op_text_view(const dki_eval *eval, const dki_op *op)
{
    const dk_view *view = &eval->slots[op->slot].view;
    bool lies = op->run == dki_run_column && eval->n_overrides == 0 && op->type == DK_TEXT && !view->constant;

    return lies ? view : NULL;
}

bool dki_texts_are_ascii(const dk_view *view)
{
    const uint32_t *offsets = view ? view->values : NULL;

    return view && dki_text_is_ascii(view->bytes + offsets[0], offsets[view->n] - offsets[0]);
}

dk_status dki_run_child(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    (void)selection;
    return view_column(eval, op, op->data, err);
}

static inline void put_value(const dki_op *op, dki_slot *slot, size_t i, const dk_value *value)
{
    switch (op->type) {
    case DK_BOOLEAN: dki_bit_put(slot->values, i, !value->is_null && value->as.boolean); break;
    case DK_REAL: ((double *)slot->values)[i] = value->is_null ? 0 : value->as.real; break;
    case DK_RATIO: ((dk_ratio *)slot->values)[i] = value->is_null ? (dk_ratio){ 0, 1 } : value->as.ratio; break;
    case DK_CATEGORY:
        ((uint32_t *)slot->values)[i] = value->is_null ? 0 : dk_dictionary_find(op->levels, value->as.text);
        break;
    case DK_TEXT: ((dk_text *)slot->values)[i] = value->is_null ? (dk_text){ "", 0 } : value->as.text; break;
    case DK_INTERVAL:
        ((dk_interval *)slot->values)[i] = value->as.interval;
        if (value->is_null)
            ((dk_interval *)slot->values)[i].no_least = ((dk_interval *)slot->values)[i].no_greatest = true;
        break;
    default: ((int64_t *)slot->values)[i] = value->is_null ? 0 : value->as.integer;
    }
    if (op->type != DK_CATEGORY)
        dki_bit_put(slot->valid, i, !value->is_null);
}

void dki_slot_put(const dki_op *op, dki_slot *slot, size_t i, const dk_value *value)
{
    put_value(op, slot, i, value);
}

static void own_vector(const dki_op *op, dki_slot *slot)
{
    slot->vector = (dki_vector){ slot->values, op->type == DK_CATEGORY ? NULL : slot->valid };
}

dk_status dki_run_constant(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];

    (void)selection;
    (void)err;
    for (; slot->n_made < eval->n; slot->n_made++)
        dki_slot_put(op, slot, slot->n_made, &op->value);
    own_vector(op, slot);
    if (!op->value.is_null)
        slot->vector.valid = NULL;
    return DK_OK;
}

/* Row by row -------------------------------------------------------------------------------------------------------- */

dk_status dki_row_fail_again(const dki_eval *eval, const dki_op *op, size_t i, dk_error *err, dk_status status)
{
    dk_error found;

    if (status == DK_ERR_MEMORY || status == DK_ERR_INTERRUPTED || err == NULL)
        return status;
    found = *err;
    dki_row_fail(eval, op, i, err, status, "%s", found.message);
    memcpy(err->hint, found.hint, sizeof found.hint);
    return status;
}

/* sees_nulls: the function is asked also where an argument is null; else that makes a null. */
static dk_status run_rows(dki_eval *eval, const dki_op *op, const uint64_t *selection, bool sees_nulls,
                          dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    dk_value *args = dki_arena_array(&eval->arena, op->n_args, sizeof *args, err);
    dki_vector *from = dki_arena_array(&eval->arena, op->n_args, sizeof *from, err);
    dk_status status = args && from ? DK_OK : DK_ERR_MEMORY;

    for (size_t k = 0; k < op->n_args && status == DK_OK; k++) {
        status = dki_op_run(eval, op->args[k], selection, err);
        from[k] = dki_op_vector(eval, op->args[k]);
        args[k] = (dk_value){ .type = op->args[k]->type, .scale = op->args[k]->scale };
        if (status == DK_OK && op->args[k]->is_constant && eval->n > 0)
            load_value(op->args[k], from[k], 0, &args[k]);
    }
    for (size_t i = 0; i < eval->n && status == DK_OK; i++) {
        dk_value value = { .type = op->type, .scale = op->scale };
        bool any_null = false;

        if (!dki_bit(selection, i))
            continue;
        for (size_t k = 0; k < op->n_args; k++) {
            if (!op->args[k]->is_constant)
                load_value(op->args[k], from[k], i, &args[k]);
            any_null |= args[k].is_null;
        }
        if (any_null && !sees_nulls)
            value.is_null = true;
        else
            status = op->row(eval, op, args, &value, err);
        if (status != DK_OK)
            return dki_row_fail_again(eval, op, i, err, status);
        put_value(op, slot, i, &value);
    }
    own_vector(op, slot);
    return status;
}

dk_status dki_run_row(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return run_rows(eval, op, selection, false, err);
}

dk_status dki_run_null_row(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    return run_rows(eval, op, selection, true, err);
}

/* Conversions of numbers -------------------------------------------------------------------------------------------- */

dk_status dki_value_convert(const dk_value *from, dk_type type, uint8_t scale, dk_value *out, dk_error *err)
{
    unsigned from_scale = from->type == DK_DECIMAL ? from->scale : 0;

    *out = (dk_value){ .type = type, .scale = scale };
    if (from->type == type && ((type != DK_DECIMAL && type != DK_INTERVAL) || from->scale == scale)) {
        *out = *from;
        return DK_OK;
    }
    switch (type) {
    case DK_REAL:
        out->as.real = from->type == DK_RATIO ? dki_ratio_real(from->as.ratio)
                                              : dki_decimal_real(from->as.integer, from_scale);
        return DK_OK;
    case DK_RATIO: dki_ratio_make(from->as.integer, dki_power10[from_scale], &out->as.ratio); return DK_OK;
    case DK_INTERVAL: return dki_interval_of(from, scale, out, err);
    default:
        if (dki_rescale(from->as.integer, from_scale, scale, &out->as.integer)) {
            return DK_OK;
        } else {
            char text[64];

            dk_value_format(from, text, sizeof text);
            return dki_fail(err, DK_ERR_OVERFLOW, "%s does not fit with %u digit%s after the point", text, scale,
                            scale == 1 ? "" : "s");
        }
    }
}

dk_status dki_run_convert(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const dki_op *arg = op->args[0];
    dki_vector from;
    dk_status status = dki_op_run(eval, arg, selection, err);

    if (status != DK_OK)
        return status;
    from = dki_op_vector(eval, arg);
    for (size_t i = 0; i < eval->n; i++) {
        dk_value value, made = { .type = op->type, .scale = op->scale };

        if (!dki_bit(selection, i))
            continue;
        value = dki_vector_value(arg, from, i);
        made.is_null = value.is_null;
        if (value.type == DK_INTERVAL)
            made.as = value.as;
        if (!value.is_null) {
            status = dki_value_convert(&value, op->type, op->scale, &made, err);
            if (status != DK_OK)
                return dki_row_fail_again(eval, op, i, err, status);
        }
        put_value(op, slot, i, &made);
    }
    own_vector(op, slot);
    return DK_OK;
}

/* Tables of levels -------------------------------------------------------------------------------------------------- */

dk_status dki_run_truth_table(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    uint64_t *bits = slot->values;
    const uint32_t *codes;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    codes = dki_op_vector(eval, op->args[0]).values;
    for (size_t word = 0; word < dki_bit_words(eval->n); word++) {
        size_t from = word * 64, n = eval->n - from < 64 ? eval->n - from : 64;
        uint64_t true_bits = 0, known_bits = 0;

        for (size_t i = 0; i < n; i++) {
            uint8_t truth = op->truth[codes[from + i]];

            true_bits |= (uint64_t)(truth == 1) << i;
            known_bits |= (uint64_t)(truth != 2) << i;
        }
        bits[word] = true_bits;
        slot->valid[word] = known_bits;
    }
    own_vector(op, slot);
    return DK_OK;
}

dk_status dki_run_code_map(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    dki_slot *slot = &eval->slots[op->slot];
    const uint32_t *codes;
    uint32_t *to = slot->values;
    dk_status status = dki_op_run(eval, op->args[0], selection, err);

    if (status != DK_OK)
        return status;
    codes = dki_op_vector(eval, op->args[0]).values;
    for (size_t i = 0; i < eval->n; i++)
        to[i] = op->codes[codes[i]];
    own_vector(op, slot);
    return DK_OK;
}
