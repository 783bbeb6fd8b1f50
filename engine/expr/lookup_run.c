/* lookup_run.c - looking up: the code of each row of a block, and what its table has for it. */
#include "base/bitmap.h"
#include "bound.h"
#include "lookup.h"

static dk_status sum_columns(dki_eval *eval, const dki_op *op, dki_code_sum *sum, dk_error *err)
{
    const dki_lookup *lookup = op->data;

    sum->start = 0;
    sum->n_terms = 0;
    for (size_t k = 0; k < lookup->n_sources; k++) {
        dk_view *view = &eval->slots[op->args[k]->slot].view;
        const dk_column *column = dk_table_field(eval->bound->table, op->args[k]->column)->column;
        dk_status status = dk_column_view(column, eval->row, eval->n, view, err);

        if (status != DK_OK)
            return status;
        dki_sum_view(sum, &lookup->sources[k].coding, view, lookup->sources[k].factor);
    }
    return DK_OK;
}

/* The code of each row: where it lies, or in the room of the first column's values. */
static const void *make_codes(dki_eval *eval, const dki_op *op, const dki_code_sum *sum, unsigned *width)
{
    const dki_lookup *lookup = op->data;
    void *room = eval->slots[op->args[0]->slot].values;
    const void *codes;

    if (dki_sum_is_codes(sum, width, &codes))
        return codes;
    *width = lookup->width;
    dki_codes_sum(*width, room, sum, 0, eval->n);
    return room;
}

/* Which rows are true and which are null: bits of slot->values and, where any may be, slot->valid. */
static void run_tests(dki_eval *eval, const dki_op *op, const dki_code_sum *sum, dki_slot *slot)
{
    const dki_lookup *lookup = op->data;
    dki_code_test tests[] = { { &lookup->is_true, slot->values }, { &lookup->is_null, slot->valid } };
    size_t n_tests = lookup->any_null ? 2 : 1;
    const void *codes;
    unsigned width;

    if (lookup->width == 0 && !dki_sum_is_codes(sum, &width, &codes)) {
        dki_codes_test_sum(sum, tests, n_tests, eval->n);
        return;
    }
    codes = make_codes(eval, op, sum, &width);
    for (size_t k = 0; k < n_tests; k++)
        dki_codes_test(width, codes, tests[k].set, tests[k].out, eval->n);
}

#define GATHER(T)                                                           \
    do {                                                                    \
        T *to_ = slot->values;                                              \
        const T *table_ = lookup->values;                                   \
        for (size_t i_ = 0; i_ < eval->n; i_++)                             \
            to_[i_] = table_[width == 0   ? ((const uint8_t *)codes)[i_]    \
                             : width == 1 ? ((const uint16_t *)codes)[i_]   \
                                          : ((const uint32_t *)codes)[i_]]; \
    } while (0)

dk_status dki_run_lookup(dki_eval *eval, const dki_op *op, const uint64_t *selection, dk_error *err)
{
    const dki_lookup *lookup = op->data;
    dki_slot *slot = &eval->slots[op->slot];
    dki_code_sum sum;
    const void *codes = NULL;
    unsigned width = 0;
    dk_status status = sum_columns(eval, op, &sum, err);

    (void)selection; /* all rows: that costs no more */
    if (status != DK_OK)
        return status;
    slot->vector = (dki_vector){ slot->values, NULL };
    if (op->type == DK_BOOLEAN)
        run_tests(eval, op, &sum, slot);
    else
        codes = make_codes(eval, op, &sum, &width);
    switch (op->type) {
    case DK_BOOLEAN: break;
    case DK_CATEGORY: dki_codes_map(2, slot->values, lookup->values, width, codes, eval->n); return DK_OK;
    case DK_RATIO: GATHER(dk_ratio); break;
    case DK_TEXT: GATHER(dk_text); break;
    default: GATHER(int64_t); /* reals too, as they lie */
    }
    if (lookup->any_null) {
        if (op->type != DK_BOOLEAN)
            dki_codes_test(width, codes, &lookup->is_null, slot->valid, eval->n);
        for (size_t w = 0; w < dki_bit_words(eval->n); w++)
            slot->valid[w] = ~slot->valid[w];
        slot->vector.valid = slot->valid;
    }
    return DK_OK;
}

dk_status dki_lookup_view(dki_eval *eval, const dki_op *op, dk_view *view, dk_error *err)
{
    static const dk_storage storages[] = { DK_STORE_U8, DK_STORE_U16, DK_STORE_U32 };
    const dki_lookup *lookup = op->data;
    dki_slot *slot = &eval->slots[op->slot];
    dki_code_sum sum;
    const void *codes;
    unsigned width;
    dk_status status = sum_columns(eval, op, &sum, err);

    if (status != DK_OK)
        return status;
    codes = make_codes(eval, op, &sum, &width);
    dki_codes_map(lookup->narrow_width, slot->values, lookup->narrow, width, codes, eval->n);
    *view = (dk_view){ .type = DK_CATEGORY,
                       .storage = storages[lookup->narrow_width],
                       .n = eval->n,
                       .values = slot->values,
                       .levels = op->levels,
                       .context = view->context,
                       .scratch = view->scratch,
                       .scratch_bytes = view->scratch_bytes };
    return DK_OK;
}
