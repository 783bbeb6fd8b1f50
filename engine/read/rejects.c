/* rejects.c - the records that a lenient reading left out, as a table. */
#include "rejects.h"

#include <stdio.h>
#include <string.h>

#include "show.h"

dk_status dki_rejects_begin(dki_rejects *rejects, dk_context *context, dk_error *err)
{
    dk_status status = DK_OK;

    *rejects = (dki_rejects){ .context = context };
    for (int i = 0; i < DKI_N_REJECT && status == DK_OK; i++)
        status = dk_builder_new(context, i <= DKI_REJECT_FIELD ? DK_INTEGER : DK_TEXT, 0, NULL,
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

dk_status dki_rejects_add(dki_rejects *rejects, uint64_t line, uint64_t field, dk_text value, const char *reason,
                          dk_text record, dk_error *err)
{
    dk_builder **b = rejects->builders;
    dk_text why = { .bytes = reason, .size = strlen(reason) };
    dk_status status = dk_builder_integer(b[DKI_REJECT_LINE], (int64_t)line, err);

    if (status == DK_OK)
        status = dk_builder_integer(b[DKI_REJECT_FIELD], (int64_t)field, err);
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
    static const char *const names[DKI_N_REJECT] = { "line", "field", "value", "reason", "record" };
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

static int64_t line_of(const dk_table *table, uint64_t row)
{
    dk_value line = { .is_null = true };

    if (row >= dk_table_n_rows(table) ||
        dk_column_get(dk_table_field(table, DKI_REJECT_LINE)->column, row, &line, NULL) != DK_OK)
        return INT64_MAX;
    return line.as.integer;
}

static dk_status copy_row(dki_rejects *out, const dk_table *from, uint64_t row, dk_error *err)
{
    dk_status status = DK_OK;

    for (size_t i = 0; i < DKI_N_REJECT && status == DK_OK; i++) {
        dk_value v;
        status = dk_column_get(dk_table_field(from, i)->column, row, &v, err);
        if (status != DK_OK)
            break;
        if (v.is_null)
            status = dk_builder_null(out->builders[i], 1, err);
        else
            status = i <= DKI_REJECT_FIELD ? dk_builder_integer(out->builders[i], v.as.integer, err)
                                           : dk_builder_text(out->builders[i], v.as.text, err);
    }
    out->n += status == DK_OK;
    return status;
}

dk_status dki_rejects_merge(dki_rejects *rejects, dki_rejects *other, dk_error *err)
{
    const dk_table *a = NULL, *b = NULL;
    uint64_t i = 0, j = 0;
    dki_rejects merged = { .n = 0 };
    dk_status status = dki_rejects_finish(rejects, &a, err);

    if (status == DK_OK)
        status = dki_rejects_finish(other, &b, err);
    if (status == DK_OK)
        status = dki_rejects_begin(&merged, rejects->context, err);
    while (status == DK_OK && (i < dk_table_n_rows(a) || j < dk_table_n_rows(b)))
        status = line_of(a, i) <= line_of(b, j) ? copy_row(&merged, a, i++, err) : copy_row(&merged, b, j++, err);
    dki_rejects_drop(rejects);
    dki_rejects_drop(other);
    dk_table_release(a);
    dk_table_release(b);
    *rejects = merged;
    return status;
}

dk_status dki_rejects_note(const dk_table **rejected, const char *in, uint64_t n_rows, dk_error *err)
{
    const dk_table *noted = NULL;
    unsigned long long n_rejected = dk_table_n_rows(*rejected), n = n_rows + n_rejected;
    char text[512], shown[DKI_SHOW_BYTES];
    dk_status status;

    snprintf(text, sizeof text, "%llu record%s in %s: %llu read, %llu rejected", n, n == 1 ? "" : "s",
             dki_show(shown, in, strlen(in)), (unsigned long long)n_rows, n_rejected);
    status = dk_table_with_note(*rejected, text, &noted, err);
    if (status == DK_OK) {
        dk_table_release(*rejected);
        *rejected = noted;
    }
    return status;
}
