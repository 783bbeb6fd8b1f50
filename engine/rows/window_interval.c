/* window_interval.c - sums, means, least and greatest of frames of numbers that are known in bounds only.
 *
 * The call is computed for each bound by itself. Where a row of the frame is open on a side that counts, so is the result, and
 * where one is an estimate, so is the result.
 */
#include "window_parts.h"

#include <stdio.h>

#include "base/status.h"

enum { LEAST, GREATEST, KNOWN, WITH_LEAST, WITH_GREATEST, ESTIMATES, N_PARTS };

static dk_status eval_text(dk_context *context, const dk_field *fields, size_t n, uint64_t n_rows, const char *text,
                           const dk_params *params, const dk_column **out, dk_error *err)
{
    const dk_table *table = NULL;
    const dk_expr *expr = NULL;
    dk_status status = dk_table_new(context, fields, n, n_rows, &table, err);

    if (status == DK_OK)
        status = dk_expr_parse(context, text, &expr, err);
    if (status == DK_OK)
        status = dk_table_eval(table, expr, params, out, err);
    dk_expr_release(expr);
    dk_table_release(table);
    return status;
}

/* *out: known in the rows whose number is an estimate; NULL where none is. */
static dk_status estimates_of(const dki_window *window, const dk_column *arg, const dk_column **out, dk_error *err)
{
    const dk_dictionary *markers = dk_column_levels(dk_column_child(arg, DK_CHILD_MARKER));

    if (dk_dictionary_find_label(markers, (dk_text){ "estimate", 8 }) == 0)
        return DK_OK;
    return eval_text(window->context, (dk_field[]){ DK_FIELD("x", arg) }, 1, window->n_rows,
                     "case(meaning(x) == 'estimate', 1)", NULL, out, err);
}

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

/* An estimate in the frame makes what is computed of it one: nothing, known as an estimate, is added. */
static dk_status put_together(const dki_window *window, const dki_window_call *call, const dk_column *const *parts,
                              const dk_column **out, dk_error *err)
{
    static const char *const names[N_PARTS] = { "least",      "greatest",      "known",
                                                "with_least", "with_greatest", "estimates" };
    const char *least = call->what == DKI_MAX ? "`least`" : "case(known == with_least, `least`)";
    const char *greatest = call->what == DKI_MIN ? "`greatest`" : "case(known == with_greatest, `greatest`)";
    const dk_value nothing = { .type = DK_INTERVAL,
                               .as.interval = { .meaning = DK_MEANS_ESTIMATE, .marker = { "~", 1 } } };
    const dk_params params = { &(dk_param){ "nothing", nothing }, 1 };
    size_t n = parts[ESTIMATES] ? N_PARTS : ESTIMATES;
    dk_field fields[N_PARTS];
    char text[250];

    for (size_t i = 0; i < n; i++)
        fields[i] = DK_FIELD(names[i], parts[i]);
    (void)snprintf(text, sizeof text, "case(known > 0, interval(%s, %s)%s)", least, greatest,
                   parts[ESTIMATES] ? " + case(estimates > 0, $nothing, 0)" : "");
    return eval_text(window->context, fields, n, window->n_rows, text, parts[ESTIMATES] ? &params : NULL, out, err);
}

dk_status dki_window_interval(const dki_window *window, const dki_window_call *call, const dk_column **out,
                              dk_error *err)
{
    const dk_column *args[N_PARTS] = { dk_column_child(call->arg, DK_CHILD_LEAST),
                                       dk_column_child(call->arg, DK_CHILD_GREATEST), call->arg,
                                       dk_column_child(call->arg, DK_CHILD_LEAST),
                                       dk_column_child(call->arg, DK_CHILD_GREATEST) };
    const dk_column *parts[N_PARTS] = { NULL }, *estimates = NULL;
    dk_status status = estimates_of(window, call->arg, &estimates, err);

    args[ESTIMATES] = estimates;
    for (int i = 0; i < N_PARTS && status == DK_OK && args[i]; i++)
        status = run_of(window, call, args[i], i >= KNOWN, &parts[i], err);
    if (status == DK_OK)
        status = put_together(window, call, parts, out, err);
    for (int i = 0; i < N_PARTS; i++)
        dk_column_release(parts[i]);
    dk_column_release(estimates);
    return status;
}
