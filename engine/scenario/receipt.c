/* receipt.c - what a scenario moved: one row for each step and stratum. */
#include <string.h>

#include "base/status.h"
#include "scenario_parts.h"

dk_status dki_receipt_init(dki_receipt *receipt, dk_context *context, dk_error *err)
{
    dk_status status;

    memset(receipt, 0, sizeof *receipt);
    status = dk_builder_new(context, DK_INTEGER, 0, NULL, &receipt->step, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &receipt->name, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &receipt->stratum, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &receipt->available, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_DECIMAL, DK_WEIGHT_SCALE, NULL, &receipt->taken, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &receipt->effect, err);
    if (status == DK_OK)
        status = dk_builder_new(context, DK_TEXT, 0, NULL, &receipt->set, err);
    return status;
}

/* What is set, as it was written; null where nothing is. */
static dk_status add_set(dk_builder *builder, const dki_strata *strata, dki_buffer *text, dk_error *err)
{
    dk_status status = DK_OK;

    if (strata->n_set == 0)
        return dk_builder_null(builder, 1, err);
    text->size = 0;
    for (size_t i = 0; i < strata->n_set && status == DK_OK; i++)
        status = dki_buffer_format(text, err, "%s%s", i ? ", " : "", dk_expr_text(strata->set[i]));
    return status == DK_OK ? dk_builder_text(builder, (dk_text){ text->bytes, text->size }, err) : status;
}

dk_status dki_receipt_add(dki_receipt *receipt, size_t number, const dki_stage *stage, const dki_strata *strata,
                          dk_error *err)
{
    static const char *const effects[] = { [DK_MOVES] = "moves", [DK_ADDS] = "adds", [DK_REMOVES] = "removes" };
    const char *name = stage->step->name, *effect = effects[strata->effect];
    bool only_some = stage->step->rate || stage->step->n_flows > 0; /* strata are in some flows alone */
    dki_buffer text;
    dk_status status = DK_OK;

    dki_buffer_init(&text, strata->context);
    for (uint64_t k = 0; k < strata->n && status == DK_OK; k++) {
        if (only_some && strata->taken[k] == 0)
            continue;
        text.size = 0;
        status =
            dki_describe(stage->cells, dki_strata_cell(strata, k), strata->columns, strata->n_columns, &text, err);
        if (status == DK_OK)
            status = dk_builder_integer(receipt->step, (int64_t)number, err);
        if (status == DK_OK)
            status = dk_builder_text(receipt->name, (dk_text){ name, strlen(name) }, err);
        if (status == DK_OK)
            status = dk_builder_text(receipt->stratum, (dk_text){ text.bytes, text.size }, err);
        if (status == DK_OK)
            status = dk_builder_integer(receipt->available, strata->available[k], err);
        if (status == DK_OK)
            status = dk_builder_integer(receipt->taken, strata->taken[k], err);
        if (status == DK_OK)
            status = dk_builder_text(receipt->effect, (dk_text){ effect, strlen(effect) }, err);
        if (status == DK_OK)
            status = add_set(receipt->set, strata, &text, err);
    }
    dki_buffer_drop(&text);
    return status;
}

dk_status dki_receipt_finish(const dki_receipt *receipt, dk_context *context, const dk_table **out, dk_error *err)
{
    static const char *const names[] = { "step", "name", "stratum", "available", "taken", "effect", "set" };
    dk_builder *builders[] = { receipt->step,  receipt->name,   receipt->stratum, receipt->available,
                               receipt->taken, receipt->effect, receipt->set };
    dk_field fields[7];
    dk_status status = DK_OK;
    size_t n = 0;

    for (; n < 7 && status == DK_OK; n++) {
        fields[n] = DK_FIELD(names[n], NULL);
        status = dk_builder_finish(builders[n], &fields[n].column, err);
    }
    if (status == DK_OK)
        status = dk_table_new(context, fields, 7, dk_column_n_rows(fields[0].column), out, err);
    for (size_t i = 0; i < n; i++)
        dk_column_release(fields[i].column);
    return status;
}

void dki_receipt_drop(dki_receipt *receipt)
{
    dk_builder_release(receipt->step);
    dk_builder_release(receipt->name);
    dk_builder_release(receipt->stratum);
    dk_builder_release(receipt->available);
    dk_builder_release(receipt->taken);
    dk_builder_release(receipt->effect);
    dk_builder_release(receipt->set);
    memset(receipt, 0, sizeof *receipt);
}
