/* window_interval.c - sums, means, least and greatest of frames of numbers that are known in bounds only.
 *
 * The call is computed for each bound by itself. Where a row of the frame is open on a side that counts, so is the result.
 */
#include "window_parts.h"

#include "base/status.h"

enum { LEAST, GREATEST, KNOWN, WITH_LEAST, WITH_GREATEST, N_PARTS };

/* The call over another column; counts: how many rows of it are known in the frame. */
static dk_status run_of(const dki_window *window, const dki_window_call *call, const dk_column *arg, bool counts,
                        const dk_column **out, dk_error *err)
{
    dki_window_call part = *call;

    part.arg = arg;
    if (counts)
        part.what = DKI_COUNT;
    return dki_window_run(window, &part, out, err);
}

static dk_status put_together(const dki_window *window, const dki_window_call *call, const dk_column *const *parts,
                              const dk_column **out, dk_error *err)
{
    static const char *const names[N_PARTS] = { "least", "greatest", "known", "with_least", "with_greatest" };
    const char *text = call->what == DKI_MIN   ? "interval(case(known == with_least, `least`), `greatest`)"
                       : call->what == DKI_MAX ? "interval(`least`, case(known == with_greatest, `greatest`))"
                                               : "interval(case(known == with_least, `least`), "
                                                 "case(known == with_greatest, `greatest`))";
    dk_field fields[N_PARTS];
    const dk_table *table = NULL;
    const dk_expr *expr = NULL;
    dk_status status;

    for (int i = 0; i < N_PARTS; i++)
        fields[i] = DK_FIELD(names[i], parts[i]);
    status = dk_table_new(window->context, fields, N_PARTS, window->n_rows, &table, err);
    if (status == DK_OK)
        status = dk_expr_parse(window->context, text, &expr, err);
    if (status == DK_OK)
        status = dk_table_eval(table, expr, NULL, out, err);
    dk_expr_release(expr);
    dk_table_release(table);
    return status;
}

dk_status dki_window_interval(const dki_window *window, const dki_window_call *call, const dk_column **out,
                              dk_error *err)
{
    const dk_column *args[N_PARTS] = { dk_column_child(call->arg, DK_CHILD_LEAST),
                                       dk_column_child(call->arg, DK_CHILD_GREATEST), call->arg,
                                       dk_column_child(call->arg, DK_CHILD_LEAST),
                                       dk_column_child(call->arg, DK_CHILD_GREATEST) };
    const dk_column *parts[N_PARTS] = { NULL };
    dk_status status = DK_OK;

    for (int i = 0; i < N_PARTS && status == DK_OK; i++)
        status = run_of(window, call, args[i], i >= KNOWN, &parts[i], err);
    if (status == DK_OK)
        status = put_together(window, call, parts, out, err);
    for (int i = 0; i < N_PARTS; i++)
        dk_column_release(parts[i]);
    return status;
}
