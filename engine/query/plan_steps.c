/* plan_steps.c - columns of the steps of a plan: step, what, how, shared, rows, out, ms. */
#include "plan_steps.h"

#include <string.h>

enum { STEP, WHAT, HOW, SHARED, ROWS, OUT, MS };

static const dk_type types[DKI_PLAN_COLUMNS] = { DK_TEXT,    DK_TEXT,    DK_TEXT,   DK_INTEGER,
                                                 DK_INTEGER, DK_INTEGER, DK_DECIMAL };

void dki_plan_steps_init(dki_plan_steps *steps, dk_context *context, dk_error *err)
{
    *steps = (dki_plan_steps){ .context = context, .err = err };
    for (size_t i = 0; i < DKI_PLAN_COLUMNS && steps->status == DK_OK; i++)
        steps->status =
            dk_builder_new(context, types[i], types[i] == DK_DECIMAL ? 3 : 0, NULL, &steps->columns[i], err);
}

static void put_text(dki_plan_steps *steps, size_t column, const char *text)
{
    if (steps->status != DK_OK)
        return;
    steps->status = text ? dk_builder_text(steps->columns[column], (dk_text){ text, strlen(text) }, steps->err)
                         : dk_builder_null(steps->columns[column], 1, steps->err);
}

static void put_number(dki_plan_steps *steps, size_t column, uint64_t number)
{
    if (steps->status != DK_OK)
        return;
    steps->status = number == DKI_PLAN_NOTHING
                        ? dk_builder_null(steps->columns[column], 1, steps->err)
                        : dk_builder_integer(steps->columns[column], (int64_t)number, steps->err);
}

void dki_plan_steps_put(dki_plan_steps *steps, dki_plan_step step)
{
    put_text(steps, STEP, step.step);
    put_text(steps, WHAT, step.what);
    put_text(steps, HOW, step.how);
    put_number(steps, SHARED, step.shared);
    put_number(steps, ROWS, step.rows);
    put_number(steps, OUT, step.out);
    put_number(steps, MS, step.ns == DKI_PLAN_NOTHING ? DKI_PLAN_NOTHING : step.ns / 1000); /* thousandths */
}

dk_status dki_plan_steps_finish(dki_plan_steps *steps, const dk_table **out)
{
    static const char *const names[] = { "step", "what", "how", "shared", "rows", "out", "ms" };
    dk_field fields[DKI_PLAN_COLUMNS] = { DK_FIELD(NULL, NULL) };
    uint64_t n = steps->status == DK_OK ? dk_builder_n_rows(steps->columns[0]) : 0;

    for (size_t i = 0; i < DKI_PLAN_COLUMNS && steps->status == DK_OK; i++) {
        fields[i] = DK_FIELD(names[i], NULL);
        steps->status = dk_builder_finish(steps->columns[i], &fields[i].column, steps->err);
    }
    if (steps->status == DK_OK)
        steps->status = dk_table_new(steps->context, fields, DKI_PLAN_COLUMNS, n, out, steps->err);
    for (size_t i = 0; i < DKI_PLAN_COLUMNS; i++) {
        dk_builder_release(steps->columns[i]);
        dk_column_release(fields[i].column);
        steps->columns[i] = NULL;
    }
    return steps->status;
}
