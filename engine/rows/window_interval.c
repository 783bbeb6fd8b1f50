/* window_interval.c - sums, means, least and greatest of frames of numbers that are known in bounds only.
 *
 * The call is computed for each bound by itself. Where a row of the frame is open on a side that counts, so is the result, and
 * where one is an estimate, so is the result. Where none has a number their markers tell why.
 */
#include "window_parts.h"

#include <stdio.h>

#include "base/status.h"
#include "data/marker.h"

enum {
    LEAST,
    GREATEST,
    KNOWN,
    WITH_LEAST,
    WITH_GREATEST,
    ESTIMATES,
    UNSURE,
    LEAST_OF_ALL,
    GREATEST_OF_ALL,
    WHY_NONE, /* 3: nobody knows one of the numbers; 1: none of them can be; 2 */
    N_PARTS
};

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

/* What the argument, x, is in an expression. */
static dk_status of_argument(const dki_window *window, const dk_column *arg, const char *text,
                             const dk_column **out, dk_error *err)
{
    return eval_text(window->context, (dk_field[]){ DK_FIELD("x", arg) }, 1, window->n_rows, text, NULL, out, err);
}

/* A bound as the call takes it where the number may be null: in a sum it counts or does not, and it does not decide how great the
 * least is at most, nor how small the greatest. NULL: as it is. */
static const char *bound_text(dki_window_what what, int part)
{
    if (what == DKI_SUM)
        return part == LEAST ? "case((x is null) is null, least(least(x), 0), least(x))"
                             : "case((x is null) is null, greatest(greatest(x), 0), greatest(x))";
    if (what == DKI_MIN && part == GREATEST)
        return "case((x is not null) is true, greatest(x))";
    return what == DKI_MAX && part == LEAST ? "case((x is not null) is true, least(x))" : NULL;
}

/* The columns that frames are made of: of the bounds, of all that are known, of known bounds, and those in which only some rows are
 * known. *own has what was made for the call. */
static dk_status find_arguments(const dki_window *window, const dki_window_call *call,
                                const dk_column *args[N_PARTS], const dk_column *own[N_PARTS], dk_error *err)
{
    const dk_column *arg = call->arg;
    const dk_dictionary *markers = dk_column_levels(dk_column_child(arg, DK_CHILD_MARKER));
    const char *texts[N_PARTS] = { NULL };
    dk_status status = DK_OK;

    args[LEAST] = args[WITH_LEAST] = dk_column_child(arg, DK_CHILD_LEAST);
    args[GREATEST] = args[WITH_GREATEST] = dk_column_child(arg, DK_CHILD_GREATEST);
    args[KNOWN] = arg;
    if (dki_markers_have(markers, DK_MEANS_ESTIMATE))
        texts[ESTIMATES] = "case(meaning(x) == 'estimate', 1)";
    if (dki_markers_have(markers, DK_MEANS_IMPOSSIBLE) || dki_markers_have(markers, DK_MEANS_UNAVAILABLE))
        texts[WHY_NONE] =
            "case(coalesce(meaning(x), '') == 'unavailable', 3, coalesce(meaning(x), '') == 'impossible', 1, 2)";
    if (dki_markers_may_be_null(markers)) {
        texts[UNSURE] = "case((x is null) is null, 1)";
        texts[LEAST] = bound_text(call->what, LEAST);
        texts[GREATEST] = bound_text(call->what, GREATEST);
        if (call->what == DKI_MEAN || call->what == DKI_MAX)
            args[LEAST_OF_ALL] = args[LEAST];
        if (call->what == DKI_MEAN || call->what == DKI_MIN)
            args[GREATEST_OF_ALL] = args[GREATEST];
    }
    for (int i = 0; i < N_PARTS && status == DK_OK; i++)
        if (texts[i]) {
            status = of_argument(window, arg, texts[i], &own[i], err);
            args[i] = own[i];
        }
    return status;
}

static dk_status run_part(const dki_window *window, const dki_window_call *call, const dk_column *arg, int i,
                          const dk_column **out, dk_error *err)
{
    static const dki_window_what whats[N_PARTS] = {
        [KNOWN] = DKI_COUNT,  [WITH_LEAST] = DKI_COUNT, [WITH_GREATEST] = DKI_COUNT, [ESTIMATES] = DKI_COUNT,
        [UNSURE] = DKI_COUNT, [LEAST_OF_ALL] = DKI_MIN, [GREATEST_OF_ALL] = DKI_MAX, [WHY_NONE] = DKI_MAX
    };
    dki_window_call part = *call;

    part.arg = arg;
    if (i >= KNOWN)
        part.what = whats[i];
    return dki_window_run(window, &part, out, err);
}

/* What is nothing, but an estimate, or null perhaps. */
static dk_value nothing(dk_meaning meaning, bool may_be_null)
{
    dk_value value = { .type = DK_INTERVAL, .as.interval = { .meaning = meaning, .may_be_null = may_be_null } };

    dki_interval_mark(&value.as.interval);
    return value;
}

/* Null, with the marker by which the column says so. */
static dk_value missing(const dk_dictionary *markers, dk_meaning meaning)
{
    dk_value value = { .type = DK_INTERVAL,
                       .is_null = true,
                       .as.interval = { .no_least = true, .no_greatest = true, .meaning = meaning } };

    for (uint32_t code = dk_dictionary_n_levels(markers); code > 0; code--)
        if (dki_marker_of(markers, code).meaning == meaning)
            value.as.interval.marker = dk_dictionary_level(markers, code);
    return value;
}

/* One side of the result: open where some row of the frame is, but of that side of a least or a greatest which the others decide. Of a
 * mean among which some may be null, and of a least or a greatest among which all may be, it is that of all. */
static void side_text(const dki_window_call *call, bool has_all, const char *side, dki_window_what other, char *out,
                      size_t size)
{
    const char *known = call->what == other ? "" : "known == with_", *of = call->what == other ? "" : side;

    if (!has_all)
        (void)snprintf(out, size, "case(%s%s, %s)", *known ? known : "true", of, side);
    else
        (void)snprintf(out, size, "case(%s, case(known == with_%s, %s_of_all), %s%s, %s)",
                       call->what == DKI_MEAN ? "unsure > 0" : "unsure == known", side, side,
                       *known ? known : "true", of, side);
}

/* An estimate in the frame makes what is computed of it one: nothing, known as an estimate, is added. What may be null throughout may be
 * null. */
static dk_status put_together(const dki_window *window, const dki_window_call *call, const dk_column *const *parts,
                              const dk_column **out, dk_error *err)
{
    static const char *const names[N_PARTS] = { "low",       "high",   "known",      "with_low",    "with_high",
                                                "estimates", "unsure", "low_of_all", "high_of_all", "why" };
    const dk_dictionary *markers = dk_column_levels(dk_column_child(call->arg, DK_CHILD_MARKER));
    const dk_params params = { (const dk_param[]){ { "estimated", nothing(DK_MEANS_ESTIMATE, false) },
                                                   { "perhaps", nothing(DK_MEANS_NOTHING, true) },
                                                   { "impossible", missing(markers, DK_MEANS_IMPOSSIBLE) },
                                                   { "unavailable", missing(markers, DK_MEANS_UNAVAILABLE) } },
                               4 };
    dk_field fields[N_PARTS];
    size_t n = 0;
    char low[120], high[120], text[480];

    for (size_t i = 0; i < N_PARTS; i++)
        if (parts[i])
            fields[n++] = DK_FIELD(names[i], parts[i]);
    side_text(call, parts[LEAST_OF_ALL], "low", DKI_MAX, low, sizeof low);
    side_text(call, parts[GREATEST_OF_ALL], "high", DKI_MIN, high, sizeof high);
    (void)snprintf(text, sizeof text, "case(known > 0, interval(%s, %s)%s%s%s)", low, high,
                   parts[ESTIMATES] ? " + case(estimates > 0, $estimated, 0)" : "",
                   parts[UNSURE] ? " + case(unsure == known, $perhaps, 0)" : "",
                   parts[WHY_NONE] ? ", why == 3, $unavailable, why == 1, $impossible" : "");
    return eval_text(window->context, fields, n, window->n_rows, text,
                     parts[ESTIMATES] || parts[UNSURE] || parts[WHY_NONE] ? &params : NULL, out, err);
}

dk_status dki_window_interval(const dki_window *window, const dki_window_call *call, const dk_column **out,
                              dk_error *err)
{
    const dk_column *args[N_PARTS] = { NULL }, *own[N_PARTS] = { NULL }, *parts[N_PARTS] = { NULL };
    dk_status status = find_arguments(window, call, args, own, err);

    for (int i = 0; i < N_PARTS && status == DK_OK; i++)
        if (args[i])
            status = run_part(window, call, args[i], i, &parts[i], err);
    if (status == DK_OK)
        status = put_together(window, call, parts, out, err);
    for (int i = 0; i < N_PARTS; i++) {
        dk_column_release(parts[i]);
        dk_column_release(own[i]);
    }
    return status;
}
