/* rejects.c - the records that a lenient reading left out, as a table. */
#include "rejects.h"

#include <string.h>

dk_status dki_rejects_begin(dki_rejects *rejects, dk_context *context, dk_error *err)
{
    dk_status status = DK_OK;

    *rejects = (dki_rejects){ .context = context };
    for (int i = 0; i < DKI_N_REJECT && status == DK_OK; i++)
        status = dk_builder_new(context, i <= DKI_REJECT_COLUMN ? DK_INTEGER : DK_TEXT, 0, NULL,
                                &rejects->builders[i], err);
    if (status != DK_OK)
        dki_rejects_drop(rejects);
    return status;
}

void dki_rejects_drop(dki_rejects *rejects)
{
    for (int i = 0; i < DKI_N_REJECT; i++) {
        dk_builder_release(rejects->builders[i]);
        rejects->builders[i] = NULL;
    }
    rejects->n = 0;
}

dk_status dki_rejects_add(dki_rejects *rejects, uint64_t line, uint64_t column, dk_text value, const char *reason,
                          dk_text record, dk_error *err)
{
    dk_builder **b = rejects->builders;
    dk_text why = { .bytes = reason, .size = strlen(reason) };
    dk_status status = dk_builder_integer(b[DKI_REJECT_LINE], (int64_t)line, err);

    if (status == DK_OK)
        status = dk_builder_integer(b[DKI_REJECT_COLUMN], (int64_t)column, err);
    if (status == DK_OK)
        status = value.bytes ? dk_builder_text(b[DKI_REJECT_VALUE], value, err)
                             : dk_builder_null(b[DKI_REJECT_VALUE], 1, err);
    if (status == DK_OK)
        status = dk_builder_text(b[DKI_REJECT_REASON], why, err);
    if (status == DK_OK)
        status = dk_builder_text(b[DKI_REJECT_RECORD], record, err);
    rejects->n += status == DK_OK;
    return status;
}

dk_status dki_rejects_finish(dki_rejects *rejects, const dk_table **out, dk_error *err)
{
    static const char *const names[DKI_N_REJECT] = { "line", "column", "value", "reason", "record" };
    const dk_column *columns[DKI_N_REJECT] = { NULL };
    dk_field fields[DKI_N_REJECT];
    dk_status status = DK_OK;

    for (int i = 0; i < DKI_N_REJECT && status == DK_OK; i++) {
        status = dk_builder_finish(rejects->builders[i], &columns[i], err);
        fields[i] = DK_FIELD(names[i], columns[i]);
    }
    if (status == DK_OK)
        status = dk_table_new(rejects->context, fields, DKI_N_REJECT, rejects->n, out, err);
    for (int i = 0; i < DKI_N_REJECT; i++)
        dk_column_release(columns[i]);
    return status;
}
